/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "ingest/spare_name.h"

static void name_is_transfer__knows_transfers_under_way(void **state)
{
    static const char *const partial[] = {
        "1.tif.part",    "1.tif.filepart", "box.zip.crdownload", ".~tmp123",
        "1.tif.PARTIAL", ".1.tif.aB3dE9",  "~$list.csv",         "x.tmp"};
    static const char *const whole[] = {"1.tif",       ".DS_Store", "part.tif",
                                        "1.tif.parts", ".1.tif",    "tmp",
                                        ".part"};

    (void)state;
    for (size_t i = 0; i < sizeof(partial) / sizeof(*partial); i++) {
        if (!name_is_transfer(partial[i]))
            fail_msg("%s is not seen as partial", partial[i]);
    }
    for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
        if (name_is_transfer(whole[i]))
            fail_msg("%s is seen as partial", whole[i]);
    }
}

static void name_is_spare__knows_backups_too(void **state)
{
    static const char *const spare[] = {"1.tif.bak", "1.tif~", "1.OLD",
                                        "1.tif.orig", "1.tif.part"};
    static const char *const page[] = {"1.tif", "old.tif", "~1.tif", "bak",
                                       "1.tif.2"};

    (void)state;
    for (size_t i = 0; i < sizeof(spare) / sizeof(*spare); i++) {
        if (!name_is_spare(spare[i]))
            fail_msg("%s is not seen as spare", spare[i]);
    }
    for (size_t i = 0; i < sizeof(page) / sizeof(*page); i++) {
        if (name_is_spare(page[i]))
            fail_msg("%s is seen as spare", page[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_is_transfer__knows_transfers_under_way),
        cmocka_unit_test(name_is_spare__knows_backups_too),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
