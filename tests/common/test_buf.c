/* SPDX-License-Identifier: MIT */
#include "common/buf.h"

#include <string.h>

#include "common/cleanup.h"
#include "tests/unit.h"

static void buf__starts_as_the_empty_string(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    assert_string_equal(buf_str(&b), "");
    assert_null(buf_steal(&b));
}

static void buf__keeps_nul_bytes_and_grows(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++)
        buf_add(&b, "a\0b", 3);
    assert_int_equal(b.len, 3000);
    assert_int_equal(b.data[2998], '\0');
    assert_int_equal(b.data[3000], '\0');
}

static void buf__prints(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    (void)state;
    buf_printf(&b, "%s-%d", "лист", 7);
    buf_puts(&b, "!");
    assert_string_equal(buf_str(&b), "лист-7!");
    buf_clear(&b);
    assert_string_equal(buf_str(&b), "");
}

static void buf__too_much_is_sticky(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    (void)state;
    buf_add(&b, "x", SIZE_MAX / 2);
    assert_true(b.failed);
    buf_puts(&b, "later");
    assert_string_equal(buf_str(&b), "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf__starts_as_the_empty_string),
        cmocka_unit_test(buf__keeps_nul_bytes_and_grows),
        cmocka_unit_test(buf__prints),
        cmocka_unit_test(buf__too_much_is_sticky),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
