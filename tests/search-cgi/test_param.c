/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "search-cgi/param.h"

static void decodes(const char *text, const char *want)
{
    CLEANUP(free) char *out = NULL;
    struct err err;

    assert_ok(percent_decode(text, strlen(text), PLUS_IS_SPACE, &out, &err),
              err);
    assert_string_equal(out, want);
}

static void refuses(const char *text)
{
    char *out = NULL;
    struct err err;

    assert_int_equal(
        percent_decode(text, strlen(text), PLUS_IS_SPACE, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(out);
}

static void percent_decode__decodes(void **state)
{
    (void)state;
    decodes("", "");
    decodes("a+b%20c", "a b c");
    decodes("%D0%98%d0%b2", "Ив");
    decodes("100%", "100%");
    decodes("%4", "%4");
    decodes("%zz%41", "%zzA");
}

static void percent_decode__refuses_what_is_not_text(void **state)
{
    (void)state;
    refuses("%00");
    refuses("a%00b");
    refuses("%ff");
    refuses("%c0%af");       /* an overlong slash */
    refuses("%ed%a0%80");    /* a surrogate       */
    refuses("%f4%90%80%80"); /* beyond Unicode    */
    refuses("%D0");
}

static void percent_encode__comes_back_the_same(void **state)
{
    static const char *const texts[] = {"", "plain", "<\">'&", "Иванов +%/?#",
                                        "a/b/c"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CLEANUP(buf_fini) struct buf out = BUF_INIT;

        percent_encode(&out, texts[i]);
        assert_int_equal(strcspn(buf_str(&out), "<\">'&/?#+ "), out.len);
        decodes(buf_str(&out), texts[i]);
    }
}

static void param_parse_query__splits(void **state)
{
    CLEANUP(param_list_fini) struct param_list list = PARAM_LIST_INIT;
    struct err err;

    (void)state;
    assert_ok(
        param_parse_query("&&q=a%26b&empty=&alone&=x&q=second", &list, &err),
        err);
    assert_string_equal(param_get(&list, "q"), "a&b");
    assert_string_equal(param_get(&list, "empty"), "");
    assert_string_equal(param_get(&list, "alone"), "");
    assert_string_equal(param_get(&list, ""), "x");
    assert_null(param_get(&list, "none"));
}

static void param_parse_query__limits_how_many(void **state)
{
    CLEANUP(param_list_fini) struct param_list list = PARAM_LIST_INIT;
    CLEANUP(buf_fini) struct buf query = BUF_INIT;
    struct err err;

    (void)state;
    for (int i = 0; i <= PARAM_MAX_COUNT; i++)
        buf_puts(&query, "a=1&");
    assert_int_equal(param_parse_query(buf_str(&query), &list, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void param_parse_cookies__leaves_out_what_is_not_ours(void **state)
{
    CLEANUP(param_list_fini) struct param_list list = PARAM_LIST_INIT;
    struct err err;

    (void)state;
    assert_ok(param_parse_cookies("a=1;b=2; bad=\xff; ;c; d=x=y", &list, &err),
              err);
    assert_string_equal(param_get(&list, "a"), "1");
    assert_string_equal(param_get(&list, "b"), "2");
    assert_string_equal(param_get(&list, "d"), "x=y");
    assert_null(param_get(&list, "bad"));
    assert_null(param_get(&list, "c"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent_decode__decodes),
        cmocka_unit_test(percent_decode__refuses_what_is_not_text),
        cmocka_unit_test(percent_encode__comes_back_the_same),
        cmocka_unit_test(param_parse_query__splits),
        cmocka_unit_test(param_parse_query__limits_how_many),
        cmocka_unit_test(param_parse_cookies__leaves_out_what_is_not_ours),
    };
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
