/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include "common/file.h"
#include "ingest/rules.h"
#include "search-cgi/translate.h"

/* The text of a template with the few entities that msgids use replaced. */
static char *read_template(const char *name)
{
    static const char *const entity[][2] = {
        {"&quot;", "\""}, {"&gt;", ">"}, {"&lt;", "<"}, {"&amp;", "&"}};
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", TEMPLATES_DIR, name), err);
    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    for (const char *at = buf_str(&bytes); *at != '\0';) {
        size_t skip = 0;

        for (size_t i = 0; i < 4 && skip == 0; i++) {
            size_t len = strlen(entity[i][0]);

            if (strncmp(at, entity[i][0], len) == 0) {
                buf_puts(&out, entity[i][1]);
                skip = len;
            }
        }
        if (skip == 0)
            buf_add(&out, at, skip = 1);
        at += skip;
    }
    return buf_steal(&out);
}

/* The literal that begins behind a quote; NULL when there is none. */
static char *literal(const char **at)
{
    const char *start = *at + strspn(*at, " ,\n");
    size_t len;

    if (*start != '\'')
        return NULL;
    len = strcspn(start + 1, "'");
    *at = start + len + 2;
    return strndup(start + 1, len);
}

/* A word of the interface that is the same in both languages would be an
 * exception worth naming here; there is none. */
static size_t check_singles(const char *name, const char *text)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, "t:t(")) != NULL;) {
        CLEANUP(free) char *msgid = NULL;

        at += 4;
        msgid = literal(&at);
        if (msgid == NULL)
            fail_msg("%s: t:t() of something that is not a literal", name);
        if (strcmp(translate(LANGUAGE_BG, msgid), msgid) == 0)
            fail_msg("%s: '%s' has no Bulgarian translation", name, msgid);
        assert_string_equal(translate(LANGUAGE_EN, msgid), msgid);
        count++;
    }
    return count;
}

static void check_plurals(const char *name, const char *text)
{
    for (const char *at = text; (at = strstr(at, "t:n(")) != NULL;) {
        CLEANUP(free) char *one = NULL;
        CLEANUP(free) char *many = NULL;

        at += 4;
        one = literal(&at);
        many = literal(&at);
        assert_non_null(one);
        assert_non_null(many);
        if (strcmp(translate_count(LANGUAGE_BG, one, many, 1), one) == 0 ||
            strcmp(translate_count(LANGUAGE_BG, one, many, 2), many) == 0)
            fail_msg("%s: '%s' has no Bulgarian plural", name, one);
    }
}

static void translate__has_bulgarian_for_every_text_of_the_templates(
    void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    size_t count = 0;
    struct err err;

    (void)state;
    assert_ok(dir_list(TEMPLATES_DIR, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(free) char *text = read_template(names.names[i]);

        count += check_singles(names.names[i], text);
        check_plurals(names.names[i], text);
    }
    assert_true(count > 50);
}

/* Text between tags of a template that is not from t:t is shown in every
 * language: only names, signs and the languages' own names may be. */
static void templates__hold_no_words_of_their_own(void **state)
{
    static const char *const allowed[] = {"Tefter", "English",  "/",     "page",
                                          "true",   "selected", "chosen"};
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct err err;

    (void)state;
    assert_ok(dir_list(TEMPLATES_DIR, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(free) char *text = read_template(names.names[i]);

        if (strstr(text, "method=\"xml\"") != NULL)
            continue; /* for programs: no language at all */
        for (char *at = text; (at = strchr(at, '>')) != NULL; at++) {
            size_t len = strcspn(at + 1, "<");
            CLEANUP(free) char *between = strndup(at + 1, len);
            bool fine = strcspn(between, "abcdefghijklmnopqrstuvwxyz") ==
                        strlen(between);

            /* Behind a comment, or an operator of a test. */
            if (at > text && (at[-1] == '-' || at[-1] == ' '))
                continue;
            for (size_t a = 0; a < sizeof(allowed) / sizeof(*allowed); a++)
                fine = fine || strstr(between, allowed[a]) != NULL;
            if (!fine)
                fail_msg("%s: '%s' is not translated", names.names[i], between);
        }
    }
}

static void translate_count__knows_one_from_many(void **state)
{
    (void)state;
    assert_string_equal(translate_count(LANGUAGE_EN, "%1 page", "%1 pages", 1),
                        "%1 page");
    assert_string_equal(translate_count(LANGUAGE_EN, "%1 page", "%1 pages", 0),
                        "%1 pages");
    assert_string_equal(translate_count(LANGUAGE_BG, "%1 page", "%1 pages", 1),
                        "%1 страница");
    assert_string_equal(translate_count(LANGUAGE_BG, "%1 page", "%1 pages", 21),
                        "%1 страници");
}

static void translate__leaves_the_empty_text_empty(void **state)
{
    (void)state;
    assert_string_equal(translate(LANGUAGE_BG, ""), "");
    assert_string_equal(translate(LANGUAGE_BG, "not in the po"),
                        "not in the po");
}

/* Those that are off by themselves too: an archive may want them. */
static void rules__have_a_name_for_operators(void **state)
{
    CLEANUP(free) char *words = read_template("rules.xsl");

    (void)state;
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        const char *id = rule_row((enum rule)rule)->id;
        char test[96];

        (void)snprintf(test, sizeof(test), "$rule = '%s'\"><", id);
        if (strncmp(id, "tiff-libtiff", 12) != 0 && strstr(words, test) == NULL)
            fail_msg("rules.xsl has no name for %s", id);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            translate__has_bulgarian_for_every_text_of_the_templates),
        cmocka_unit_test(rules__have_a_name_for_operators),
        cmocka_unit_test(templates__hold_no_words_of_their_own),
        cmocka_unit_test(translate_count__knows_one_from_many),
        cmocka_unit_test(translate__leaves_the_empty_text_empty),
    };

    translate_init(SHARE_DIR);
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
