/* SPDX-License-Identifier: MIT */
/*
 * Correcting and keying on the web: what was changed or ticked is entered, as a
 * version of the volume, and nothing else; two people do not undo each other's
 * work. Who may is in test_rights.c.
 */
#include "access/audit.h"
#include "access/price.h"
#include "search-cgi/param.h"
#include "tests/search-cgi/form_volume.h"

#define REGISTER "odesos/family-register/1939-001"
#define TAX      "mladost/local-tax/1957-035"
#define ROW(n)   "/page/" REGISTER "/0001/correct/r0" n
#define RECORD   REGISTER "/0001/r02"

static struct archive *archive;
static char *clerk;
static char csrf[SESSION_TOKEN_SIZE];

static const struct form_page pages[] = {
    {{"Първиев", "Вториев", "Третиев", "Четвъртиев"}, "1901-01-01"},
};

static char *get(const char *uri)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = clerk, .language = "en"});
}

/* Fields by "name|text|was|" or "name|text|was|tick", NULL at the end. */
static char *post(const char *uri, const char *const *fields, const char *more)
{
    CLEANUP(buf_fini) struct buf form = BUF_INIT;

    buf_printf(&form, "csrf=%s%s", csrf, more);
    for (; *fields != NULL; fields++) {
        const char *text = strchr(*fields, '|') + 1;
        const char *was = strchr(text, '|') + 1;
        const char *tick = strchr(was, '|') + 1;
        int name = (int)(text - *fields - 1);
        CLEANUP(free) char *t = strndup(text, (size_t)(was - text - 1));
        CLEANUP(free) char *w = strndup(was, (size_t)(tick - was - 1));

        buf_printf(&form, "&text.%.*s=", name, *fields);
        percent_encode(&form, t);
        buf_printf(&form, "&was.%.*s=", name, *fields);
        percent_encode(&form, w);
        if (*tick != '\0')
            buf_printf(&form, "&checked.%.*s=yes", name, *fields);
    }
    return web_ask(archive->dir, &(struct ask){.method = "POST",
                                               .uri = uri,
                                               .cookie = clerk,
                                               .language = "en",
                                               .form = buf_str(&form)});
}

/* What stands in the newest version of the register. */
struct standing {
    unsigned version;
    struct page_records *records;
};

static void standing_fini_at(struct standing *s)
{
    page_records_free(s->records);
}

static void read_standing(struct standing *out)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(package_open(store, REGISTER, &package, &err), err);
    out->version = package_version(package);
    assert_ok(package_records_path(package, 0, path, &err), err);
    assert_ok(records_read(path, &out->records, &err), err);
}

/* Record 2 is the first person. */
static const struct record_field *field_of(const struct standing *s,
                                           const char *name)
{
    return form_record_get(&s->records->records[1], name);
}

static void count_corrections(const char *about, size_t due)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_list(access,
                         &(struct audit_filter){.kind = "correction",
                                                .about = about,
                                                .limit = 100},
                         &list, &err),
              err);
    assert_int_equal(list.count, due);
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.items[i].who, "clerk");
}

static void correct__shows_each_field_beside_its_cell(void **state)
{
    CLEANUP(free) char *page = get(ROW("2"));

    (void)state;
    assert_int_equal(web_status(page), 200);
    assert_non_null(strstr(page, "name=\"text.name\""));
    assert_non_null(strstr(page, "value=\"Първиев\""));
    assert_non_null(strstr(page, "name=\"was.sex\" value=\"1\""));
    /* The cell of the name, and the row. */
    assert_non_null(strstr(page, "%2F0001/1,92,"));
    assert_non_null(strstr(page, "class=\"row-strip\""));
    assert_non_null(strstr(page, "sure by 12 of 100"));
    assert_non_null(strstr(page, "Next row"));
}

static void page__leads_there_who_may_correct(void **state)
{
    CLEANUP(free) char *page = get("/page/" REGISTER "/0001");
    CLEANUP(free) char *row = get("/page/" REGISTER "/0001/row/r02");
    CLEANUP(free) char *bank = web_log_in(archive, "bank");
    CLEANUP(free)
    char *other =
        web_ask(archive->dir,
                &(struct ask){.uri = "/page/" TAX "/0001", .cookie = bank});

    (void)state;
    assert_non_null(strstr(page, "href=\"" ROW("2") "\""));
    assert_non_null(strstr(row, "href=\"" ROW("2") "\""));
    assert_int_equal(web_status(other), 200);
    assert_null(strstr(other, "/correct/"));
}

/* The one that was changed, and the one that was ticked; not the third. */
static void correct__enters_what_was_changed_or_ticked(void **state)
{
    static const char *const fields[] = {
        "name|Първиевъ|Първиев|", "sex|1|1|tick",
        "birth_date|1901-01-01|1901-01-01|", NULL};
    __attribute__((cleanup(standing_fini_at))) struct standing before, after;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *found = NULL;

    (void)state;
    read_standing(&before);
    answer = post(ROW("2"), fields, "&onward=yes");
    assert_int_equal(web_status(answer), 303);
    assert_non_null(strstr(answer, "Location: " ROW("3") "?entered=2&of=2\r"));
    read_standing(&after);
    assert_int_equal(after.version, before.version + 1);
    assert_string_equal(field_of(&after, "name")->text, "Първиевъ");
    assert_int_equal(field_of(&after, "name")->origin, RECORD_CORRECTED);
    assert_int_equal(field_of(&after, "sex")->origin, RECORD_CORRECTED);
    assert_int_equal(field_of(&after, "sex")->confidence, 100);
    assert_int_equal(field_of(&after, "birth_date")->origin, RECORD_OCR);
    count_corrections(RECORD, 1);
    found = get("/?format=json&q=%D0%9F%D1%8A%D1%80%D0%B2%D0%B8%D0%B5%D0%B2"
                "%D1%8A"); /* Първиевъ */
    assert_non_null(strstr(found, REGISTER "/0001"));
}

static void correct__changes_nothing_when_nothing_was_changed(void **state)
{
    static const char *const fields[] = {"name|Вториев|Вториев|", NULL};
    __attribute__((cleanup(standing_fini_at))) struct standing before, after;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *page = NULL;

    (void)state;
    read_standing(&before);
    answer = post(ROW("3"), fields, "");
    assert_non_null(strstr(answer, "Location: " ROW("3") "?entered=0&of=3\r"));
    page = get(ROW("3") "?entered=0&of=3");
    assert_non_null(strstr(page, "nothing was changed"));
    read_standing(&after);
    assert_int_equal(after.version, before.version);
    count_corrections(REGISTER "/0001/r03", 0);
}

/* He typed it beside what stood there before, and is shown what does now. */
static void correct__undoes_nobodys_work(void **state)
{
    static const char *const first[] = {"name|Третакиев|Третиев|", NULL};
    static const char *const second[] = {"name|Третонов|Третиев|",
                                         "birth_date|1902|1901-01-01|", NULL};
    static const char *const same[] = {"name|Третакиев|Третиев|", NULL};
    __attribute__((cleanup(standing_fini_at))) struct standing before, after;
    CLEANUP(free) char *answer = post(ROW("4"), first, "");
    CLEANUP(free) char *refused = NULL;
    CLEANUP(free) char *again = NULL;

    (void)state;
    assert_int_equal(web_status(answer), 303);
    read_standing(&before);
    refused = post(ROW("4"), second, "");
    assert_int_equal(web_status(refused), 409);
    assert_non_null(strstr(refused, "Somebody else has entered: Третакиев"));
    assert_non_null(strstr(refused, "value=\"Третонов\""));
    assert_non_null(strstr(refused, "value=\"1902\""));
    read_standing(&after);
    assert_int_equal(after.version, before.version);
    /* Who typed the same as the other has nothing to be asked. */
    again = post(ROW("4"), same, "");
    assert_int_equal(web_status(again), 303);
}

static void correct__takes_one_line_of_text(void **state)
{
    static const char *const lines[] = {"name|две\nлинии|Четвъртиев|", NULL};
    static const char *const hostile[] = {"name|<\">'&|Четвъртиев|", NULL};
    CLEANUP(free) char *refused = post(ROW("5"), lines, "");
    CLEANUP(free) char *answer = post(ROW("5"), hostile, "");
    CLEANUP(free) char *page = get(ROW("5"));

    (void)state;
    assert_int_equal(web_status(refused), 400);
    assert_non_null(strstr(refused, "one line of text"));
    assert_int_equal(web_status(answer), 303);
    assert_null(strstr(page, "<\">'&"));
    assert_non_null(strstr(page, "&lt;&quot;&gt;'&amp;"));
}

static void correct__takes_no_text_without_end(void **state)
{
    CLEANUP(free) char *letters = malloc(5000);
    CLEANUP(free) char *field = NULL;
    const char *fields[2] = {NULL, NULL};
    CLEANUP(free) char *refused = NULL;

    (void)state;
    memset(letters, 'x', 4999);
    letters[4999] = '\0';
    assert_true(asprintf(&field, "name|%s|Четвъртиев|", letters) > 0);
    fields[0] = field;
    refused = post(ROW("5"), fields, "");
    assert_int_equal(web_status(refused), 400);
}

/* What he typed is not lost. */
static void correct__says_that_the_volume_is_being_written(void **state)
{
    static const char *const fields[] = {"name|Чакалиев|Вториев|", NULL};
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(free) char *answer = NULL;
    struct err err;

    (void)state;
    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(package_open(store, REGISTER, &package, &err), err);
    assert_ok(draft_begin(store, package_volume(package), &draft, &err), err);
    answer = post(ROW("3"), fields, "");
    assert_int_equal(web_status(answer), 503);
    assert_non_null(strstr(answer, "is being written to"));
    assert_non_null(strstr(answer, "value=\"Чакалиев\""));
    count_corrections(REGISTER "/0001/r03", 0);
}

static void correct__wants_its_own_form(void **state)
{
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir,
                &(struct ask){.method = "POST",
                              .uri = ROW("3"),
                              .cookie = clerk,
                              .form = "csrf=x&text.name=y&was.name=%D0%92"});

    (void)state;
    assert_int_equal(web_status(answer), 403);
    count_corrections(REGISTER "/0001/r03", 0);
}

static void correct__is_absent_where_there_is_no_such_record(void **state)
{
    static const char *const uris[] = {
        ROW("9"),
        "/page/" REGISTER "/0001/correct/h01",
        "/page/" REGISTER "/0001/correct/r2",
        "/page/" REGISTER "/0001/correct/x",
        "/page/" REGISTER "/0009/correct/r02",
        "/page/odesos/family-register/1938-012/0001/correct/r01"};

    (void)state;
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
        CLEANUP(free) char *answer = get(uris[i]);

        assert_int_equal(web_status(answer), 404);
    }
}

/* The last: from now on the clerk would have to pay. */
static void correct__shows_nothing_that_costs_money(void **state)
{
    struct price price = {.role = "clerk", .series = "*", .cents = 100};
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) char *answer = NULL;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(price_set(access, &price, &err), err);
    answer = get(ROW("2"));
    assert_int_equal(web_status(answer), 404);
}

static void find_csrf(void)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct account account;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(session_account(access, strstr(clerk, "session=") + 8, &account,
                              csrf, &err),
              err);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correct__shows_each_field_beside_its_cell),
        cmocka_unit_test(page__leads_there_who_may_correct),
        cmocka_unit_test(correct__enters_what_was_changed_or_ticked),
        cmocka_unit_test(correct__changes_nothing_when_nothing_was_changed),
        cmocka_unit_test(correct__undoes_nobodys_work),
        cmocka_unit_test(correct__takes_one_line_of_text),
        cmocka_unit_test(correct__takes_no_text_without_end),
        cmocka_unit_test(correct__says_that_the_volume_is_being_written),
        cmocka_unit_test(correct__wants_its_own_form),
        cmocka_unit_test(correct__is_absent_where_there_is_no_such_record),
        cmocka_unit_test(correct__shows_nothing_that_costs_money),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    form_volume_add(dir, archive,
                    &(struct web_volume){REGISTER, "Регистър", "1939", ""},
                    pages, 1);
    form_volume_add(dir, archive,
                    &(struct web_volume){TAX, "Данък", "1957", ""}, pages, 1);
    clerk = web_log_in(archive, "clerk");
    find_csrf();
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    free(clerk);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
