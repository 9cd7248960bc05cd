/* SPDX-License-Identifier: MIT */
/*
 * What the web shows, and what it refuses, stands in the audit trail before it
 * is sent; the auditor reads it there, and nobody else does.
 */
#include "access/audit.h"

#include "tests/search-cgi/web_archive.h"

#define TAX_PAGE    "mladost/local-tax/1957-034/0001"
#define FAMILY_PAGE "odesos/family-register/1938-012/0001"
#define TAX_IMAGE   "/iiif/mladost%2Flocal-tax%2F1957-034%2F0001/"

static struct archive *archive;

static int ask(const char *role, const char *uri)
{
    CLEANUP(free) char *cookie = web_log_in(archive, role);
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir,
                &(struct ask){.uri = uri, .cookie = cookie, .language = "en"});

    return web_status(answer);
}

/* Entries by this filter, after the trail was found whole. */
static void read_trail(const struct audit_filter *filter,
                       struct audit_list *out)
{
    CLEANUP(access_close) struct access *access = NULL;
    int64_t count;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(audit_list(access, filter, out, &err), err);
}

static size_t count(const char *kind, const char *who, const char *about)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};

    read_trail(&(struct audit_filter){.kind = kind, .who = who, .about = about},
               &list);
    return list.count;
}

static void audit__has_the_search_and_each_page_it_showed(void **state)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};

    (void)state;
    assert_int_equal(ask("bank", "/"), 200);
    assert_int_equal(count("search", "bank", NULL), 0);
    assert_int_equal(ask("bank", "/?q=%D0%BE%D0%B1%D1%89%D0%BE"), 200);
    assert_int_equal(ask("bank", "/?format=json&q=nothing"), 200);
    read_trail(&(struct audit_filter){.kind = "search", .who = "bank"}, &list);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].role, "bank");
    assert_non_null(strstr(list.items[0].detail, "q=%D0%BE"));
    assert_non_null(strstr(list.items[0].detail, TAX_PAGE));
    /* Not his: neither shown nor counted, and so not in the entry. */
    assert_null(strstr(list.items[0].detail, FAMILY_PAGE));
    assert_non_null(strstr(list.items[1].detail, "total=0"));
}

/* о, об, общ, общо: all that begins with общ stands for one entry, and who may
 * not feel his way through pages is told nothing before. */
static void audit__has_one_entry_for_words_suggested_while_typing(void **state)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    CLEANUP(audit_list_fini) struct audit_list hidden = {NULL, 0};

    (void)state;
    assert_int_equal(ask("bank", "/suggest?q=%D0%BE"), 200);
    assert_int_equal(ask("bank", "/suggest?q=%D0%BE%D0%B1"), 200);
    assert_int_equal(ask("bank", "/suggest?q=%D0%BE%D0%B1%D1%89"), 200);
    assert_int_equal(ask("bank", "/suggest?q=%D0%BE%D0%B1%D1%89%D0%BE"), 200);
    assert_int_equal(ask("bank", "/suggest?q="), 200);
    assert_int_equal(ask("bank", "/suggest?q=x+"), 200);
    read_trail(&(struct audit_filter){.kind = "suggest", .who = "bank"}, &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].subject, "о");
    assert_string_equal(list.items[1].detail, "об suggested:");
    assert_string_equal(list.items[2].subject, "общ");
    assert_string_equal(list.items[2].detail, "общ suggested: общо");
    assert_true(list.items[2].ground[0] != '\0');
    /* The same for words of pages that are not his, of which none is named;
     * and another reader's are his own. */
    assert_int_equal(ask("bank", "/suggest?q=%D1%82%D0%B0%D0%B9%D0%BD%D0%B0"
                                 "%D1%81"),
                     200);
    assert_int_equal(ask("clerk", "/suggest?q=%D0%BE%D0%B1%D1%89"), 200);
    read_trail(&(struct audit_filter){.kind = "suggest", .about = "тай"},
               &hidden);
    assert_int_equal(hidden.count, 1);
    assert_string_equal(hidden.items[0].detail, "тайнас suggested:");
    assert_int_equal(count("suggest", "clerk", NULL), 1);
}

static void audit__has_one_entry_for_a_page_and_its_tiles(void **state)
{
    (void)state;
    assert_int_equal(ask("clerk", "/page/" TAX_PAGE), 200);
    assert_int_equal(ask("clerk", TAX_IMAGE "0,0,512,512/256,/0/default.jpg"),
                     200);
    assert_int_equal(ask("clerk", "/page/" TAX_PAGE "/boxes?q=x"), 200);
    assert_int_equal(count(NULL, "clerk", TAX_PAGE), 1);
    /* Who takes the picture without the page is seen all the same. */
    assert_int_equal(ask("bank", TAX_IMAGE "full/max/0/default.jpg"), 200);
    assert_int_equal(ask("bank", TAX_IMAGE "0,0,512,512/256,/0/default.jpg"),
                     200);
    assert_int_equal(count("image", "bank", TAX_PAGE), 1);
}

static void audit__has_what_was_refused(void **state)
{
    (void)state;
    assert_int_equal(ask("bank", "/page/" FAMILY_PAGE), 404);
    assert_int_equal(count("refused", "bank", "/page/" FAMILY_PAGE), 1);
    assert_int_equal(ask("operator", "/?q=x"), 403);
    assert_int_equal(count("refused", "operator", "/"), 1);
    assert_int_equal(count("open", "bank", FAMILY_PAGE), 0);
}

static void audit__is_read_by_the_auditor_alone(void **state)
{
    static const char *const may[] = {"auditor", "admin"};

    (void)state;
    for (size_t i = 0; i < WEB_ROLES; i++) {
        bool expected = strcmp(web_roles[i], may[0]) == 0 ||
                        strcmp(web_roles[i], may[1]) == 0;

        assert_int_equal(ask(web_roles[i], "/audit"), expected ? 200 : 403);
    }
}

static void audit_page__filters_and_escapes(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "auditor");
    CLEANUP(free) char *answer = NULL;

    (void)state;
    assert_int_equal(ask("clerk", "/page/" TAX_PAGE "?q=%3Cb%3E%22'%26"), 200);
    answer = web_ask(archive->dir,
                     &(struct ask){.uri = "/audit?who=clerk&kind=open&about="
                                          "q%3D%3Cb%3E",
                                   .cookie = cookie,
                                   .language = "en"});
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "q=&lt;b&gt;\"'&amp;"));
    assert_null(strstr(answer, "<b>\"'"));
    assert_null(strstr(answer, FAMILY_PAGE));
}

/* What cannot be noted is not shown. */
static void page__is_not_shown_when_the_trail_cannot_be_written(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "clerk");
    CLEANUP(free) char *answer = NULL;
    char key[PATH_SIZE], away[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(path_format(key, &err, "%s-audit-key", archive->access), err);
    assert_ok(path_format(away, &err, "%s-away", key), err);
    assert_int_equal(rename(key, away), 0);
    answer = web_ask(archive->dir, &(struct ask){.uri = "/page/" TAX_PAGE,
                                                 .cookie = cookie,
                                                 .language = "en"});
    assert_int_equal(rename(away, key), 0);
    assert_int_equal(web_status(answer), 500);
    assert_null(strstr(answer, "тайнаданъчна"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit__has_the_search_and_each_page_it_showed),
        cmocka_unit_test(audit__has_one_entry_for_words_suggested_while_typing),
        cmocka_unit_test(audit__has_one_entry_for_a_page_and_its_tiles),
        cmocka_unit_test(audit__has_what_was_refused),
        cmocka_unit_test(audit__is_read_by_the_auditor_alone),
        cmocka_unit_test(audit_page__filters_and_escapes),
        cmocka_unit_test(page__is_not_shown_when_the_trail_cannot_be_written),
    };

    return web_archive_main(argc, argv, tests, sizeof(tests) / sizeof(*tests),
                            &archive);
}
