/* SPDX-License-Identifier: MIT */
#include "common/json_split.h"

#include <string.h>

#include "tests/unit.h"

static int split_text(const char *text, struct buf *bytes,
                      struct json_split *out, struct err *err)
{
    buf_puts(bytes, text);
    return json_split(bytes, "pages", out, err);
}

/* Put together again, it is what jansson reads in one go. */
static void assert_same(const char *text, size_t items)
{
    CLEANUP(json_decref) json_t *whole = NULL;
    CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    json_error_t e;
    struct err err;

    whole = json_loads(text, JSON_REJECT_DUPLICATES, &e);
    assert_non_null(whole);
    assert_ok(split_text(text, &bytes, &split, &err), err);
    assert_int_equal(split.count, items);
    for (size_t i = 0; i < split.count; i++) {
        json_t *item = NULL;

        assert_ok(json_split_item(&split, i, &item, &err), err);
        json_array_append_new(json_object_get(split.rest, "pages"), item);
    }
    assert_true(json_equal(whole, split.rest));
}

static void json_split__reads_what_jansson_reads(void **state)
{
    (void)state;
    assert_same("{}", 0);
    assert_same("{\"pages\": []}", 0);
    assert_same("{\"pages\":[{}],\"z\":[{\"pages\":[1,2]}]}", 1);
    assert_same(" { \"a\" : {\"pages\": [1, 2]}, \"b\": \"pages\",\n"
                "\"pages\" : [ {\"x\": [1, {\"y\": 2}]} , [3] ,\n{} ] ,"
                "\"c\": -1.5e3, \"d\": null } \n",
                3);
    /* What looks like structure, in text. */
    assert_same("{\"}\\\\\": \"]\\\"}\", \"pages\": [{\"a\": \"],[{\\\"\"},"
                "{\"\\\\\": \"\\\\\"}], \"ж\": \"[\"}",
                2);
    assert_same("{\"pages\": 3}", 0);
    assert_same("{\"pages\": {\"pages\": [1]}}", 0);
}

static void json_split__refuses_what_is_no_json(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{",
        "3",
        "{\"pages\": [",
        "{\"pages\": [{}",
        "{\"pages\": [{}}",
        "{\"pages\": [{} {}]",
        "{\"pages\": []} x",
        "{\"pages\": [], \"a\": }",
        "{\"pages\": [], \"pages\": []}",
        "{\"a\": 1, \"a\": 2, \"pages\": []}",
        "{\"pages\": []",
        "{\"a\" 1, \"pages\": []}",
        "{\"pages\": [\"",
        "{\"pages\\",
        "{\"pages\": [[}]]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        struct err err;

        if (split_text(texts[i], &bytes, &split, &err) == 0)
            fail_msg("taken for JSON: %s", texts[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void json_split_item__refuses_what_is_no_object(void **state)
{
    static const char *const texts[] = {
        "{\"pages\": [1]}",
        "{\"pages\": [{},]}",
        "{\"pages\": [{\"a\": 1, \"a\": 2}]}",
        "{\"pages\": [{} {}]}",
        "{\"pages\": [{\"a\"}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;
        CLEANUP(json_decref) json_t *item = NULL;
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        struct err err;

        assert_ok(split_text(texts[i], &bytes, &split, &err), err);
        assert_true(split.count > 0);
        if (json_split_item(&split, split.count - 1, &item, &err) == 0)
            fail_msg("taken for an item: %s", texts[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.msg, "not JSON"));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_split__reads_what_jansson_reads),
        cmocka_unit_test(json_split__refuses_what_is_no_json),
        cmocka_unit_test(json_split_item__refuses_what_is_no_object),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
