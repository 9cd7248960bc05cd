/* SPDX-License-Identifier: MIT */
/*
 * search.cgi as a program: every address as every role, and what must not be
 * in an answer.
 */
#include "tests/search-cgi/harmless.h"

#include "common/json.h"

static struct archive *archive;  /* made once: hashes of codes are slow */
static char *cookies[WEB_ROLES]; /* of a session a role                 */

static char *get(size_t role, const char *uri)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = cookies[role], .language = "en"});
}

static int status_for(size_t role, const char *uri)
{
    CLEANUP(free) char *answer = get(role, uri);

    return web_status(answer);
}

/* Written by hand from the roles of the domain. Roles: p public, o operator,
 * c clerk, n notary, k bank, b bailiff, a auditor, m admin, in the order of
 * web_roles. */
static const struct {
    const char *uri;
    int status[WEB_ROLES];
} expected[] = {
    /*                                  p    o    c    n    k    b    a    m */
    {"/", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/?q=x", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/?q=x&format=json", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/suggest?q=x", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/volumes", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/volume/odesos/family-register/1938-012",
     {404, 403, 200, 200, 404, 200, 403, 200}},
    {"/volume/mladost/local-tax/1957-034",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/volume/primorski/technical/1979-107",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/volume/primorski/technical/1981-002",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1981-002/0001",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1981-002/0001/boxes?q=x",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1981-002/0001/form",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/odesos/family-register/1938-012/0001",
     {404, 403, 200, 200, 404, 200, 403, 200}},
    {"/page/odesos/family-register/1938-012/0001?q=x",
     {404, 403, 200, 200, 404, 200, 403, 200}},
    {"/page/mladost/local-tax/1957-034/0001",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1979-107/0001",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/odesos/family-register/1938-012/0001/boxes?q=x",
     {404, 403, 200, 404, 404, 404, 403, 200}},
    {"/page/odesos/family-register/1938-012/0001/form",
     {404, 403, 200, 404, 404, 404, 403, 200}},
    {"/page/mladost/local-tax/1957-034/0001/boxes?q=x",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/mladost/local-tax/1957-034/0001/form",
     {404, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1979-107/0001/boxes?q=x",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1979-107/0001/form",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/primorski/technical/1979-107/0003",
     {404, 403, 404, 404, 404, 404, 403, 404}},
    {"/account", {200, 200, 200, 200, 200, 200, 200, 200}},
    {"/login", {200, 200, 200, 200, 200, 200, 200, 200}},
    {"/logout", {405, 405, 405, 405, 405, 405, 405, 405}},
    {"/static/style.css", {200, 200, 200, 200, 200, 200, 200, 200}},
    {"/nowhere", {404, 404, 404, 404, 404, 404, 404, 404}},
};

static void program__answers_each_role_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        for (size_t r = 0; r < WEB_ROLES; r++) {
            int status = status_for(r, expected[i].uri);

            if (status != expected[i].status[r])
                fail_msg("%s as %s: %d, not %d", expected[i].uri, web_roles[r],
                         status, expected[i].status[r]);
        }
    }
}

/* Which volumes, in the order of web_volumes, a role may know of. */
static const bool may_know[WEB_ROLES][WEB_VOLUMES] = {
    {false, false, true, false},  {false, false, false, false},
    {true, true, true, true},     {true, true, true, true},
    {false, true, true, true},    {true, true, true, true},
    {false, false, false, false}, {true, true, true, true},
};

/* What only a volume's own pages say, and its id. */
static const char *const tells[WEB_VOLUMES][4] = {
    {"тайнасемейна", "Заглавие-семейно", "1938-012", "family-register"},
    {"тайнаданъчна", "Заглавие-данъчно", "1957-034", "local-tax"},
    {"тайнатехническа", "Заглавие-техническо", "1979-107", "technical"},
    {"тайнанеиздадена", "Заглавие-неиздадено", "1981-002", "1981"},
};

static void program__tells_nothing_of_what_a_role_may_not_see(void **state)
{
    static const char *const uris[] = {
        "/",
        "/?q=%D0%BE%D0%B1%D1%89%D0%BE",        /* общо, on all volumes   */
        "/?q=%D1%82%D0%B0%D0%B9%D0%BD%D0%B0*", /* тайна*                 */
        "/?q=%D0%BE%D0%B1%D1%89%D0%BE&format=json",
        "/suggest?q=%D1%82%D0%B0%D0%B9%D0%BD", /* тайн */
        "/?from=1900&to=1999",
        "/volumes",
        "/account",
        "/nowhere",
    };

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        for (size_t r = 0; r < WEB_ROLES; r++) {
            CLEANUP(free) char *answer = get(r, uris[u]);

            for (size_t v = 0; v < WEB_VOLUMES; v++) {
                bool may_name = strcmp(uris[u], "/account") == 0;

                for (size_t t = 0; t < 4; t++) {
                    if (may_know[r][v] || (may_name && t == 3))
                        continue;
                    if (strstr(answer, tells[v][t]) != NULL)
                        fail_msg("%s as %s tells '%s'", uris[u], web_roles[r],
                                 tells[v][t]);
                }
            }
        }
    }
}

static void program__shows_what_a_role_may_see(void **state)
{
    (void)state;
    for (size_t r = 0; r < WEB_ROLES; r++) {
        CLEANUP(free) char *hits = get(r, "/?q=%D0%BE%D0%B1%D1%89%D0%BE");
        CLEANUP(free) char *volumes = get(r, "/volumes");

        for (size_t v = 0; v < WEB_VOLUMES; v++) {
            if (!may_know[r][v])
                continue;
            /* What stands on a page is told to who may see whole pages. */
            if ((strcmp(web_roles[r], "notary") == 0 ||
                 strcmp(web_roles[r], "bailiff") == 0) &&
                v == 0)
                assert_null(strstr(hits, tells[v][0]));
            else
                assert_non_null(strstr(hits, tells[v][0]));
            assert_non_null(strstr(volumes, tells[v][1]));
        }
    }
}

static json_t *get_json(size_t role, const char *uri)
{
    CLEANUP(free) char *answer = get(role, uri);
    json_t *json = json_loads(web_body(answer), 0, NULL);

    assert_int_equal(web_status(answer), 200);
    assert_non_null(json);
    return json;
}

static void program__counts_only_what_a_role_may_see(void **state)
{
    (void)state;
    for (size_t r = 0; r < WEB_ROLES; r++) {
        CLEANUP(json_decref) json_t *json = NULL;
        json_int_t volumes = 0;

        for (size_t v = 0; v < WEB_VOLUMES; v++)
            volumes += may_know[r][v];
        if (volumes == 0)
            continue;
        json = get_json(r, "/?q=%D0%BE%D0%B1%D1%89%D0%BE&format=json");
        assert_int_equal(json_get_int(json, "total", -1), volumes);
        assert_int_equal(
            json_get_int(json_object_get(json, "coverage"), "volumes", -1),
            volumes);
    }
}

/* As many words as volumes, each with one of its own. */
static void program__suggests_what_a_role_may_see(void **state)
{
    (void)state;
    for (size_t r = 0; r < WEB_ROLES; r++) {
        CLEANUP(json_decref) json_t *json = NULL;
        size_t volumes = 0;

        for (size_t v = 0; v < WEB_VOLUMES; v++)
            volumes += may_know[r][v];
        if (volumes == 0)
            continue;
        json = get_json(r, "/suggest?q=%D1%82%D0%B0%D0%B9%D0%BD");
        assert_int_equal(json_array_size(json_object_get(json, "suggestions")),
                         volumes);
    }
}

/* "1938-012" becomes "1938-013" and the other way round. */
static void exchange(char *text, const char *from, const char *to)
{
    for (char *at = text; (at = strstr(at, from)) != NULL; at += strlen(from))
        memcpy(at, to, strlen(to));
}

static void program__says_the_same_of_closed_and_absent(void **state)
{
    static const char *const uris[] = {
        "/volume/odesos/family-register/1938-012",
        "/page/odesos/family-register/1938-012/0001",
        "/page/odesos/family-register/1938-012/0001?q=x",
        "/page/odesos/family-register/1938-012/0001/boxes?q=x",
        "/page/odesos/family-register/1938-012/0009",
    };

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        CLEANUP(free) char *absent_uri = strdup(uris[u]);
        CLEANUP(free) char *closed = get(0, uris[u]);
        CLEANUP(free) char *absent = NULL;

        exchange(absent_uri, "1938-012", "1938-013");
        absent = get(0, absent_uri);
        exchange(absent, "1938-013", "1938-012");
        assert_string_equal(closed, absent);
    }
}

static void program__says_why_a_page_is_refused(void **state)
{
    enum { PUBLIC = 0, OPERATOR = 1, CLERK = 2, AUDITOR = 6 };
    CLEANUP(free) char *page = get(OPERATOR, "/volumes");
    CLEANUP(free) char *search = get(AUDITOR, "/?q=x");
    CLEANUP(free)
    char *form = web_ask(archive->dir, &(struct ask){.method = "POST",
                                                     .uri = "/logout",
                                                     .form = "csrf=1",
                                                     .cookie = cookies[CLERK],
                                                     .language = "en"});
    static const char stale[] = "open too long";
    static const char open[] = "open to everybody can be seen after logging";

    (void)state;
    assert_int_equal(status_for(PUBLIC, "/volumes"), 200);
    assert_non_null(strstr(page, "You are logged in as: scanning operator."));
    assert_non_null(strstr(page, open));
    assert_null(strstr(page, stale));
    assert_non_null(strstr(search, "You are logged in as: auditor."));
    assert_int_equal(web_status(form), 403);
    assert_non_null(strstr(form, stale));
    assert_null(strstr(form, "You are logged in as"));
}

static void program__says_that_a_year_is_none(void **state)
{
    CLEANUP(free) char *page = get(2, "/?from=abc&to=1957");
    CLEANUP(free) char *right = get(2, "/?from=1900&to=1957");

    (void)state;
    assert_int_equal(web_status(page), 200);
    assert_non_null(strstr(page, "“abc” is not a year: it was left out."));
    assert_non_null(strstr(page, "value=\"abc\" aria-invalid=\"true\""));
    assert_null(strstr(right, "is not a year"));
    assert_null(strstr(right, "aria-invalid"));
    assert_int_equal(status_for(2, "/?to=19999&format=json"), 400);
    assert_int_equal(status_for(2, "/?to=1957&format=json"), 200);
}

static void program__takes_hostile_headers(void **state)
{
    const struct ask asks[] = {
        {.uri = "/", .cookie = "tefter_session=<\">'&; tefter_lang=<\">'&"},
        {.uri = "/", .cookie = "tefter_form=\xff\xfe; ;;; = ;a"},
        {.uri = "/", .accept = "<\">'&", .language = "<\">'&"},
        {.uri = "//elsewhere/x"},
        {.uri = "/\\elsewhere"},
        {.uri = "http://elsewhere/"},
        {.uri = ""},
        {.uri = "/", .method = "BREW"},
        {.uri = "/", .method = "POST", .form = "a=b"},
        {.uri = "/login", .method = "POST", .form = "identifier=%ff"},
        {.uri = "/login", .method = "POST", .form = "%00=%00"},
    };
    static const int status[] = {200, 200, 200, 400, 400, 400,
                                 200, 405, 405, 400, 400};

    (void)state;
    for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
        CLEANUP(free) char *answer = web_ask(archive->dir, &asks[i]);

        if (web_status(answer) != status[i])
            fail_msg("'%s': %d, not %d", asks[i].uri, web_status(answer),
                     status[i]);
        assert_null(strstr(answer, "<\">"));
        assert_null(strstr(answer, "\"//elsewhere"));
    }
}

static void program__escapes_what_the_archive_holds(void **state)
{
    static const char *const uris[] = {
        "/?q=%D0%BE%D0%B1%D1%89%D0%BE",
        "/volumes",
        "/volume/primorski/technical/1979-107",
        "/page/primorski/technical/1979-107/0001",
        "/account",
    };

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        CLEANUP(free) char *answer = get(2, uris[u]);

        assert_int_equal(web_status(answer), 200);
        assert_harmless(uris[u], answer);
        assert_non_null(strstr(answer, "&lt;"));
    }
}

static void program__marks_the_words_that_were_asked_for(void **state)
{
    CLEANUP(free)
    char *answer = get(2, "/page/odesos/family-register/1938-012/0001"
                          "?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2");
    CLEANUP(json_decref)
    json_t *json = get_json(2, "/page/odesos/family-register/1938-012/0001"
                               "/boxes?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2");
    json_t *box = json_array_get(json_object_get(json, "boxes"), 0);

    (void)state;
    assert_non_null(strstr(answer, "<mark>Иванов</mark>"));
    assert_null(strstr(answer, "<mark>общо</mark>"));
    assert_int_equal(json_array_size(json_object_get(json, "boxes")), 1);
    assert_int_equal(json_integer_value(json_array_get(box, 0)), 210);
    assert_int_equal(json_integer_value(json_array_get(box, 1)), 20);
    assert_int_equal(json_integer_value(json_array_get(box, 2)), 90);
    assert_int_equal(json_integer_value(json_array_get(box, 3)), 30);
}

static void program__sends_the_headers_that_protect(void **state)
{
    static const char *const uris[] = {"/", "/nowhere", "/static/style.css",
                                       "/?format=json"};

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        CLEANUP(free) char *answer = get(2, uris[u]);

        assert_non_null(strstr(answer, "default-src 'none'"));
        assert_non_null(strstr(answer, "frame-ancestors 'none'"));
        assert_null(strstr(answer, "unsafe-inline"));
        assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
        assert_non_null(strstr(answer, "Referrer-Policy: "));
        assert_int_equal(strstr(answer, "Cache-Control: no-store") != NULL,
                         u != 2);
    }
}

static void program__uses_no_inline_style_or_script(void **state)
{
    static const char *const uris[] = {
        "/",        "/?q=%D0%BE%D0%B1%D1%89%D0%BE",
        "/volumes", "/login",
        "/account", "/page/primorski/technical/1979-107/0001",
        "/nowhere"};

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        CLEANUP(free) char *answer = get(2, uris[u]);

        assert_null(strstr(answer, " style="));
        assert_null(strstr(answer, "<style"));
        assert_null(strstr(answer, " onclick="));
        assert_null(strstr(answer, "http://"));
        assert_null(strstr(answer, "https://"));
    }
}

static void program__speaks_the_language_asked_for(void **state)
{
    const struct {
        struct ask ask;
        const char *lang;
    } cases[] = {
        {{.uri = "/"}, "bg"},
        {{.uri = "/", .language = "de,en;q=0.5"}, "en"},
        {{.uri = "/", .language = "bg,en"}, "bg"},
        {{.uri = "/", .language = "en", .cookie = "tefter_lang=bg"}, "bg"},
        {{.uri = "/?lang=en", .cookie = "tefter_lang=bg"}, "en"},
        {{.uri = "/nowhere?lang=en"}, "en"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(free) char *answer = web_ask(archive->dir, &cases[i].ask);
        bool english = strcmp(cases[i].lang, "en") == 0;

        assert_non_null(strstr(answer, english ? "<html lang=\"en\""
                                               : "<html lang=\"bg\""));
        assert_int_equal(strstr(answer, ">Log in<") != NULL, english);
        assert_int_equal(strstr(answer, ">Вход<") != NULL, !english);
    }
}

static void program__answers_head_without_a_body(void **state)
{
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir, &(struct ask){.uri = "/", .method = "HEAD"});

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_string_equal(web_body(answer), "");
}

static void program__gives_json_by_content_type(void **state)
{
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir,
                &(struct ask){.uri = "/?q=x", .accept = "application/json"});

    (void)state;
    assert_non_null(strstr(answer, "Content-Type: application/json"));
}

/* The same model, under the same rules: the volumes of who asks. */
static void program__gives_the_model_by_content_type(void **state)
{
    static const struct {
        const char *uri, *accept, *type, *begins;
    } ways[] = {
        {"/volumes", "application/json", "application/json", "{"},
        {"/volumes", "application/xml", "application/xml", "<?xml"},
        {"/volumes", "text/xml;q=0.9, */*;q=0.1", "application/xml", "<?xml"},
        {"/volumes?format=xml", NULL, "application/xml", "<?xml"},
        {"/volumes?format=json", "text/html", "application/json", "{"},
        {"/?q=x", "application/xml", "application/xml", "<?xml"},
        {"/volumes", "text/html,application/xml;q=0.9", "text/html", "<!DOC"},
        {"/volumes", NULL, "text/html", "<!DOC"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        CLEANUP(free)
        char *answer =
            web_ask(archive->dir, &(struct ask){.uri = ways[i].uri,
                                                .accept = ways[i].accept});
        CLEANUP(free) char *type = NULL;

        assert_true(asprintf(&type, "\nContent-Type: %s", ways[i].type) > 0);
        assert_int_equal(web_status(answer), 200);
        assert_non_null(strstr(answer, type));
        assert_memory_equal(web_body(answer), ways[i].begins,
                            strlen(ways[i].begins));
        if (strstr(ways[i].uri, "/volumes") != NULL) {
            assert_non_null(strstr(answer, web_volumes[WEB_PUBLISHED].id));
            assert_null(strstr(answer, web_volumes[0].id));
        }
        assert_null(strstr(answer, "<script>alert"));
    }
}

static void program__says_when_nothing_was_taken_in_yet(void **state)
{
    CLEANUP(archive_close) struct archive *empty = NULL;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *volumes = NULL;
    struct err err;

    assert_ok(archive_init(*state, &err), err);
    answer = web_ask(*state, &(struct ask){.uri = "/", .language = "en"});
    volumes = web_ask(*state, &(struct ask){.uri = "/volumes"});
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Nothing has been taken into"));
    assert_int_equal(web_status(volumes), 200);
}

static void program__is_a_500_without_an_archive(void **state)
{
    CLEANUP(free) char *answer = web_ask(*state, &(struct ask){.uri = "/"});

    assert_int_equal(web_status(answer), 500);
    assert_null(strstr(answer, (const char *)*state));
}

static void program__links_nothing_that_recognises(void **state)
{
    FILE *ldd = popen("ldd " SEARCH_CGI, "r");
    char line[512];
    size_t lines = 0;

    (void)state;
    assert_non_null(ldd);
    while (fgets(line, sizeof(line), ldd) != NULL) {
        assert_null(strstr(line, "tesseract"));
        assert_null(strstr(line, "lept"));
        assert_null(strstr(line, "lcms"));
        assert_null(strstr(line, "pango"));
        lines++;
    }
    assert_int_equal(pclose(ldd), 0);
    assert_true(lines > 3);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program__answers_each_role_as_the_table_says),
        cmocka_unit_test(program__tells_nothing_of_what_a_role_may_not_see),
        cmocka_unit_test(program__shows_what_a_role_may_see),
        cmocka_unit_test(program__counts_only_what_a_role_may_see),
        cmocka_unit_test(program__suggests_what_a_role_may_see),
        cmocka_unit_test(program__says_the_same_of_closed_and_absent),
        cmocka_unit_test(program__says_why_a_page_is_refused),
        cmocka_unit_test(program__says_that_a_year_is_none),
        cmocka_unit_test(program__takes_hostile_headers),
        cmocka_unit_test(program__escapes_what_the_archive_holds),
        cmocka_unit_test(program__marks_the_words_that_were_asked_for),
        cmocka_unit_test(program__sends_the_headers_that_protect),
        cmocka_unit_test(program__uses_no_inline_style_or_script),
        cmocka_unit_test(program__speaks_the_language_asked_for),
        cmocka_unit_test(program__answers_head_without_a_body),
        cmocka_unit_test(program__gives_json_by_content_type),
        cmocka_unit_test(program__gives_the_model_by_content_type),
        unit_test_in_dir(program__says_when_nothing_was_taken_in_yet),
        unit_test_in_dir(program__is_a_500_without_an_archive),
        cmocka_unit_test(program__links_nothing_that_recognises),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    for (size_t r = 0; r < WEB_ROLES; r++)
        cookies[r] = web_log_in(archive, web_roles[r]);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    for (size_t r = 0; r < WEB_ROLES; r++)
        free(cookies[r]);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
