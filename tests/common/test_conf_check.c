/* SPDX-License-Identifier: MIT */
#include "common/conf_check.h"

#include <string.h>

#include "tests/unit.h"

static const char known[] = "# what it is\n"
                            "# site = odesos\n"
                            "series = x\n"
                            "# This line = no, it is prose with a sign.\n"
                            "\n"
                            "[work]\n"
                            "# jobs = 0\n"
                            "# page_mebibytes = 2048\n"
                            "[web]\n"
                            "# port = 8080";

static struct conf *read_conf(const char *dir, const char *text)
{
    struct conf *conf = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/t.conf", dir), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
    assert_ok(conf_read(path, &conf, &err), err);
    return conf;
}

static void conf_check__takes_what_is_known(void **state)
{
    CLEANUP(conf_free)
    struct conf *conf = read_conf(*state, "# nothing\nsite = a\nseries = b\n"
                                          "[web]\nport = 81\n"
                                          "[work]\njobs=1\n");
    struct err err;

    assert_ok(conf_check(conf, "t.conf", known, &err), err);
}

/* page_megabytes = 5 had no effect, and nobody noticed. */
static void conf_check__names_line_and_key_of_what_is_not_known(void **state)
{
    static const struct {
        const char *text;
        const char *words[3];
    } bad[] = {
        {"\n[work]\njobs = 1\npage_megabytes = 5\n",
         {"t.conf:4: ", "'page_megabytes'",
          "[work] there are: jobs, page_meb"}},
        {"site = a\nport = 81\n",
         {"t.conf:2: ", "'port'", "there are: site, series"}},
        {"[work]\nport = 81\n", {"t.conf:2: ", "'port'", "in [work]"}},
        {"[wor]\njobs = 1\n", {"t.conf:2: ", "no section [wor]", "'jobs'"}},
        {"[work]\njob = 1\n", {"t.conf:2: ", "'job'", "jobs"}},
        {"[]\n\nThis = 1\n", {"t.conf:3: ", "'This'", "site"}},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        CLEANUP(conf_free) struct conf *conf = read_conf(*state, bad[i].text);
        struct err err = {ERR_NONE, ""};

        assert_int_equal(conf_check(conf, "t.conf", known, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        for (size_t w = 0; w < 3; w++) {
            if (strstr(err.msg, bad[i].words[w]) == NULL)
                fail_msg("'%s' is not in: %s", bad[i].words[w], err.msg);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(conf_check__takes_what_is_known),
        unit_test_in_dir(conf_check__names_line_and_key_of_what_is_not_known),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
