/* SPDX-License-Identifier: MIT */
/*
 * The services with which a viewer on another site shows what its reader may
 * see (IIIF Authorization Flow 2.0), and what may be kept of answers.
 */
#include "tests/search-cgi/web_archive.h"

#include "access/ledger.h"
#include "common/json.h"

#define FAMILY    "/iiif/odesos%2Ffamily-register%2F1938-012%2F0001"
#define TAX       "/iiif/mladost%2Flocal-tax%2F1957-034%2F0001"
#define TECHNICAL "/iiif/primorski%2Ftechnical%2F1979-107%2F0001"
#define ABSENT    "/iiif/odesos%2Ffamily-register%2F1938-099%2F0001"
#define VIEWER    "https://viewer.example"
#define OWN       "http://archive.example"
#define PUBLIC    0
#define CLERK     2
#define NOTARY    3

static struct archive *archive;
static char *cookies[WEB_ROLES];

static char *get_with(size_t role, const char *uri, const char *bearer,
                      const char *site)
{
    return web_ask(archive->dir, &(struct ask){.uri = uri,
                                               .cookie = cookies[role],
                                               .bearer = bearer,
                                               .language = "en",
                                               .site = site});
}

static char *get(size_t role, const char *uri)
{
    return get_with(role, uri, NULL, NULL);
}

static json_t *json_of(const char *answer)
{
    json_t *json = json_loads(web_body(answer), 0, NULL);

    assert_int_equal(web_status(answer), 200);
    assert_non_null(json);
    return json;
}

/* What the frame says to the page round it: an attribute in " or '. */
static json_t *message_of(const char *answer)
{
    const char *at = strstr(answer, "data-message=");
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    json_t *json;
    char quote;

    assert_non_null(at);
    quote = at[13];
    for (at += 14; *at != quote; at++) {
        bool is_quote = strncmp(at, "&quot;", 6) == 0;

        buf_add(&text, is_quote ? "\"" : at, 1);
        at += is_quote ? 5 : 0;
    }
    json = json_loads(buf_str(&text), 0, NULL);
    assert_non_null(json);
    return json;
}

static char *token_of(size_t role, const char *origin)
{
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(json_decref) json_t *message = NULL;
    char *bearer = NULL;

    assert_true(asprintf(&uri, "/viewer/token?messageId=m&origin=%s", origin) >
                0);
    answer = get(role, uri);
    message = message_of(answer);
    assert_string_equal(json_get_text(message, "type", ""), "AuthAccessToken2");
    assert_string_equal(json_get_text(message, "messageId", ""), "m");
    assert_true(asprintf(&bearer, "Bearer %s",
                         json_get_text(message, "accessToken", "")) > 0);
    return bearer;
}

/* The status that a probe tells. */
static int probe(const char *picture, const char *bearer, const char *site)
{
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(json_decref) json_t *json = NULL;

    assert_true(asprintf(&uri, "%s/probe", picture) > 0);
    answer = get_with(PUBLIC, uri, bearer, site);
    assert_non_null(strstr(answer, "Access-Control-Allow-Origin: *\r\n"));
    assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
    json = json_of(answer);
    assert_string_equal(json_get_text(json, "type", ""), "AuthProbeResult2");
    return (int)json_get_int(json, "status", 0);
}

/* ---- what is offered ---------------------------------------------------- */

static json_t *probe_service_of(json_t *image)
{
    json_t *service = json_array_get(json_object_get(image, "service"), 0);

    return json_object_get(service, "type") != NULL &&
                   strcmp(json_get_text(service, "type", ""),
                          "AuthProbeService2") == 0
               ? service
               : NULL;
}

static void info__offers_the_services_of_what_is_not_public(void **state)
{
    CLEANUP(free) char *closed = get(CLERK, FAMILY "/info.json");
    CLEANUP(free) char *open = get(CLERK, TECHNICAL "/info.json");
    CLEANUP(free) char *publics = get(PUBLIC, TECHNICAL "/info.json");
    CLEANUP(json_decref) json_t *info = json_of(closed);
    json_t *service = probe_service_of(info);
    json_t *access;

    (void)state;
    assert_non_null(service);
    assert_string_equal(json_get_text(service, "id", ""), OWN FAMILY "/probe");
    access = json_array_get(json_object_get(service, "service"), 0);
    assert_string_equal(json_get_text(access, "type", ""),
                        "AuthAccessService2");
    assert_string_equal(json_get_text(access, "profile", ""), "active");
    assert_string_equal(json_get_text(access, "id", ""), OWN "/viewer/access");
    assert_int_equal(json_array_size(json_object_get(access, "service")), 2);
    assert_null(strstr(open, "AuthProbeService2"));
    assert_null(strstr(publics, "AuthProbeService2"));
}

static void manifest__offers_the_services_of_what_is_not_public(void **state)
{
    CLEANUP(free)
    char *closed =
        get(CLERK, "/volume/odesos/family-register/1938-012/manifest.json");
    CLEANUP(free)
    char *open = get(CLERK, "/volume/primorski/technical/1979-107/"
                            "manifest.json");

    (void)state;
    assert_non_null(strstr(closed, "\"AuthProbeService2\""));
    assert_non_null(strstr(closed, OWN FAMILY "/probe"));
    assert_int_equal(web_status(open), 200);
    assert_null(strstr(open, "AuthProbeService2"));
}

/* ---- the token ---------------------------------------------------------- */

static void token__is_for_named_viewers_and_our_own_pages_alone(void **state)
{
    static const struct {
        const char *origin, *type, *profile;
        size_t role;
    } table[] = {
        {VIEWER, "AuthAccessToken2", "", CLERK},
        {OWN, "AuthAccessToken2", "", CLERK},
        {VIEWER, "AuthAccessTokenError2", "missingAspect", PUBLIC},
        {"https://other.example", "AuthAccessTokenError2", "invalidOrigin",
         CLERK},
        {"https://viewer.example.evil.example", "AuthAccessTokenError2",
         "invalidOrigin", CLERK},
        {"https://viewer.exampl", "AuthAccessTokenError2", "invalidOrigin",
         CLERK},
        {"http://archive.exampl", "AuthAccessTokenError2", "invalidOrigin",
         CLERK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(free) char *uri = NULL;
        CLEANUP(free) char *answer = NULL;
        CLEANUP(free) char *to = NULL;
        CLEANUP(json_decref) json_t *message = NULL;

        assert_true(asprintf(&uri, "/viewer/token?messageId=1&origin=%s",
                             table[i].origin) > 0);
        assert_true(asprintf(&to, "data-to=\"%s\"", table[i].origin) > 0);
        answer = get(table[i].role, uri);
        message = message_of(answer);
        assert_string_equal(json_get_text(message, "type", ""), table[i].type);
        assert_string_equal(json_get_text(message, "profile", ""),
                            table[i].profile);
        assert_non_null(strstr(answer, to));
        assert_null(strstr(answer, "X-Frame-Options"));
        assert_non_null(strstr(answer, "script-src 'self';"));
    }
}

static void token__takes_no_origin_that_is_none(void **state)
{
    static const char *const origins[] = {"",
                                          "null",
                                          "*",
                                          "https://",
                                          "https://viewer.example/",
                                          "https://viewer.example%20*",
                                          "javascript:alert(1)",
                                          "https://viewer.example%0d%0aX:1",
                                          "https://a%27%3b"};

    (void)state;
    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
        CLEANUP(free) char *uri = NULL;
        CLEANUP(free) char *answer = NULL;

        assert_true(asprintf(&uri, "/viewer/token?messageId=1&origin=%s",
                             origins[i]) > 0);
        answer = get(CLERK, uri);
        assert_int_equal(web_status(answer), 400);
        assert_non_null(strstr(answer, "frame-ancestors 'none'"));
    }
}

/* Its text comes back in an attribute, and as JSON in it. */
static void token__carries_any_message_id_unharmed(void **state)
{
    CLEANUP(free)
    char *answer = get(CLERK, "/viewer/token?origin=" VIEWER
                              "&messageId=%22%3E%3Cscript%3E%27%26");
    CLEANUP(free)
    char *without = get(CLERK, "/viewer/token?origin=" VIEWER);
    CLEANUP(json_decref) json_t *error = message_of(without);

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_null(strstr(answer, "<script>"));
    assert_string_equal(json_get_text(error, "profile", ""), "invalidRequest");
}

/* ---- the probe ---------------------------------------------------------- */

static void probe__tells_what_the_picture_would_answer(void **state)
{
    CLEANUP(free) char *clerk = token_of(CLERK, VIEWER);
    CLEANUP(free) char *notary = token_of(NOTARY, VIEWER);

    (void)state;
    assert_int_equal(probe(TECHNICAL, NULL, VIEWER), 200);
    assert_int_equal(probe(FAMILY, clerk, VIEWER), 200);
    assert_int_equal(probe(TAX, clerk, VIEWER), 200);
    assert_int_equal(probe(FAMILY, notary, VIEWER), 404);
    assert_int_equal(probe(TAX, notary, VIEWER), 402);
    assert_int_equal(probe(FAMILY, NULL, VIEWER), 401);
    assert_int_equal(probe(FAMILY, "Bearer 0123", VIEWER), 401);
    assert_int_equal(probe("/iiif/none", NULL, VIEWER), 401);
}

static void probe__takes_a_token_from_its_own_viewer_alone(void **state)
{
    CLEANUP(free) char *clerk = token_of(CLERK, VIEWER);
    CLEANUP(free) char *altered = strdup(clerk);

    (void)state;
    assert_int_equal(probe(FAMILY, clerk, "https://other.example"), 401);
    assert_int_equal(probe(FAMILY, clerk, NULL), 200);
    altered[60] = altered[60] == '0' ? '1' : '0';
    assert_int_equal(probe(FAMILY, altered, VIEWER), 401);
}

static void probe__says_the_same_of_closed_and_absent(void **state)
{
    CLEANUP(free) char *closed = get(PUBLIC, FAMILY "/probe");
    CLEANUP(free) char *absent = get(PUBLIC, ABSENT "/probe");

    (void)state;
    assert_string_equal(closed, absent);
}

/* The token is no session, and the cookie is no token. */
static void token__opens_nothing_else(void **state)
{
    CLEANUP(free) char *clerk = token_of(CLERK, VIEWER);
    CLEANUP(free)
    char *picture =
        get_with(PUBLIC, FAMILY "/full/max/0/default.jpg", clerk, VIEWER);
    CLEANUP(free) char *by_cookie = get(CLERK, FAMILY "/probe");

    (void)state;
    assert_int_equal(web_status(picture), 401);
    assert_non_null(strstr(by_cookie, "\"status\": 401"));
}

static void probe__ends_with_the_session(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "clerk");
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) char *bearer = NULL;
    char *kept = cookies[CLERK];
    struct err err;

    (void)state;
    cookies[CLERK] = cookie;
    bearer = token_of(CLERK, VIEWER);
    cookies[CLERK] = kept;
    assert_int_equal(probe(FAMILY, bearer, VIEWER), 200);
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(session_end(access, strstr(cookie, "tefter_session=") + 15, &err),
              err);
    assert_int_equal(probe(FAMILY, bearer, VIEWER), 401);
}

static void probe__charges_nothing(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) char *notary = token_of(NOTARY, VIEWER);
    struct ledger_sum sum;
    int64_t has;
    struct err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(probe(TAX, notary, VIEWER), 402);
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_int_equal(sum.charges, 0);
    assert_int_equal(sum.shown, 0);
    assert_ok(ledger_balance(access, "notary", &has, &err), err);
    assert_int_equal(has, 1000);
}

static void probe__lets_a_script_send_its_token(void **state)
{
    CLEANUP(free)
    char *answer = web_ask(archive->dir, &(struct ask){.method = "OPTIONS",
                                                       .uri = FAMILY "/probe",
                                                       .site = VIEWER});

    (void)state;
    assert_int_equal(web_status(answer), 204);
    assert_non_null(
        strstr(answer, "Access-Control-Allow-Headers: Authorization\r\n"));
    assert_null(strstr(answer, "Access-Control-Allow-Credentials"));
}

/* ---- the window --------------------------------------------------------- */

#define ACCESS "/viewer/access?origin=" VIEWER
#define OPENER "Cross-Origin-Opener-Policy: same-origin\r\n"
#define TO_IT  "%2Fviewer%2Faccess%3Forigin%3Dhttps%253A%252F%252F"

static void window__leads_through_the_log_in(void **state)
{
    CLEANUP(free) char *first = get(PUBLIC, ACCESS);
    CLEANUP(free)
    char *login = get(PUBLIC, "/login?back=" TO_IT "viewer.example");
    CLEANUP(free)
    char *others = get(PUBLIC, "/login?back=" TO_IT "other.example");
    CLEANUP(free) char *done = get(CLERK, ACCESS);
    CLEANUP(free)
    char *refused = get(CLERK, "/viewer/access?origin=https://other.example");
    CLEANUP(free) char *plain = get(PUBLIC, "/login");

    (void)state;
    assert_int_equal(web_status(first), 303);
    assert_non_null(
        strstr(first, "Location: /login?back=" TO_IT "viewer.example\r\n"));
    assert_null(strstr(first, OPENER));
    assert_null(strstr(login, OPENER));
    assert_null(strstr(done, OPENER));
    assert_int_equal(web_status(done), 200);
    assert_non_null(strstr(done, "viewer-window.js"));
    assert_non_null(strstr(done, "frame-ancestors 'none'"));
    assert_int_equal(web_status(refused), 403);
    assert_null(strstr(refused, "viewer-window.js"));
    assert_non_null(strstr(refused, OPENER));
    assert_non_null(strstr(others, OPENER));
    assert_non_null(strstr(plain, OPENER));
}

/* A link, or a picture of another site, logs nobody out. */
static void logout__asks_before_it_is_done(void **state)
{
    CLEANUP(free) char *asked = get(CLERK, "/viewer/logout");
    CLEANUP(free) char *still = get(CLERK, FAMILY "/info.json");

    (void)state;
    assert_non_null(strstr(asked, "action=\"/logout\""));
    assert_int_equal(web_status(still), 200);
}

/* ---- what may be kept --------------------------------------------------- */

#define PAGE_URI   "/page/primorski/technical/1979-107/0001"
#define VOLUME_URI "/volume/primorski/technical/1979-107"
#define TILE       "/0,0,256,256/256,256/0/default.jpg"

static const char *const public_uris[] = {PAGE_URI,
                                          VOLUME_URI,
                                          VOLUME_URI "/manifest.json",
                                          "/volumes",
                                          TECHNICAL "/info.json",
                                          TECHNICAL TILE,
                                          "/volumes/collection.json"};
#define PUBLIC_URIS (sizeof(public_uris) / sizeof(*public_uris))

static void public_answer__is_kept_and_asked_after(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLIC_URIS; i++) {
        CLEANUP(free) char *first = get(PUBLIC, public_uris[i]);
        CLEANUP(free) char *again = NULL;
        CLEANUP(free) char *etag = NULL;
        const char *at = strstr(first, "ETag: ");

        if (strstr(first, "Cache-Control: public, no-cache\r\n") == NULL ||
            strstr(first, "Vary: Cookie, Authorization") == NULL || at == NULL)
            fail_msg("%s: %.*s", public_uris[i], 900, first);
        etag = strndup(at + 6, strcspn(at + 6, "\r"));
        again = web_ask(archive->dir, &(struct ask){.uri = public_uris[i],
                                                    .language = "en",
                                                    .if_none_match = etag});
        if (web_status(again) != 304)
            fail_msg("%s: %d, not 304", public_uris[i], web_status(again));
        assert_string_equal(web_body(again), "");
        assert_non_null(strstr(again, etag));
    }
}

/* Of whoever is known; of a page with a form's token; of what is not there. */
static void other_answer__is_kept_by_no_cache(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLIC_URIS; i++) {
        CLEANUP(free) char *known = get(CLERK, public_uris[i]);
        CLEANUP(free)
        char *form =
            web_ask(archive->dir, &(struct ask){.uri = public_uris[i],
                                                .cookie = "tefter_form=0123"});

        assert_null(strstr(known, "Cache-Control: public"));
        assert_null(strstr(form, "Cache-Control: public"));
    }
}

static void closed_answer__is_kept_by_nobody(void **state)
{
    static const struct {
        const char *uri;
        size_t role;
        int status;
    } table[] = {
        {"/page/odesos/family-register/1938-012/0001", CLERK, 200},
        {"/page/odesos/family-register/1938-012/0001", PUBLIC, 404},
        {FAMILY TILE, PUBLIC, 404},
        {TAX TILE, NOTARY, 402},
        {TAX "/info.json", NOTARY, 402},
        {"/?q=x", PUBLIC, 200},
        {VOLUME_URI "/find.json?q=x", PUBLIC, 200},
        {"/account", CLERK, 200},
        {"/login", PUBLIC, 200},
        {"/viewer/token?messageId=1&origin=" VIEWER, CLERK, 200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(free) char *answer = get(table[i].role, table[i].uri);

        if (web_status(answer) != table[i].status ||
            strstr(answer, "Cache-Control: no-store\r\n") == NULL)
            fail_msg("%s: %.*s", table[i].uri, 900, answer);
    }
}

static void paid_picture__is_kept_by_nobody(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) char *answer = NULL;
    enum charge_result result;
    struct account account = {.role = "notary"};
    struct err err;

    (void)state;
    (void)snprintf(account.identifier, sizeof(account.identifier), "notary");
    account.id = 1;
    assert_ok(access_open(archive->access, &access, &err), err);
    access_act_for(access, &account, "192.0.2.1");
    assert_ok(charge_make(access, &account, "mladost/local-tax/1957-034/0001",
                          200, &result, &err),
              err);
    answer = get(NOTARY, TAX TILE);
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
    assert_null(strstr(answer, "ETag"));
}

/* ---- the archive -------------------------------------------------------- */

static void set_up(void)
{
    static const char viewers[] =
        "[web]\nviewers = https://a.example https://viewer.example\n";
    CLEANUP(access_close) struct access *access = NULL;
    struct price price = {.role = "notary", .series = "*", .cents = 200};
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/tefter.conf", archive->dir), err);
    assert_ok(file_write_durable(path, viewers, sizeof(viewers) - 1, &err),
              err);
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(price_set(access, &price, &err), err);
    assert_ok(ledger_top_up(access, "notary", 1000, "TRF", &err), err);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info__offers_the_services_of_what_is_not_public),
        cmocka_unit_test(manifest__offers_the_services_of_what_is_not_public),
        cmocka_unit_test(token__is_for_named_viewers_and_our_own_pages_alone),
        cmocka_unit_test(token__takes_no_origin_that_is_none),
        cmocka_unit_test(token__carries_any_message_id_unharmed),
        cmocka_unit_test(probe__tells_what_the_picture_would_answer),
        cmocka_unit_test(probe__takes_a_token_from_its_own_viewer_alone),
        cmocka_unit_test(probe__says_the_same_of_closed_and_absent),
        cmocka_unit_test(token__opens_nothing_else),
        cmocka_unit_test(probe__ends_with_the_session),
        cmocka_unit_test(probe__charges_nothing),
        cmocka_unit_test(probe__lets_a_script_send_its_token),
        cmocka_unit_test(window__leads_through_the_log_in),
        cmocka_unit_test(logout__asks_before_it_is_done),
        cmocka_unit_test(public_answer__is_kept_and_asked_after),
        cmocka_unit_test(other_answer__is_kept_by_no_cache),
        cmocka_unit_test(closed_answer__is_kept_by_nobody),
        cmocka_unit_test(paid_picture__is_kept_by_nobody),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    set_up();
    for (size_t r = 0; r < WEB_ROLES; r++)
        cookies[r] = web_log_in(archive, web_roles[r]);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    for (size_t r = 0; r < WEB_ROLES; r++)
        free(cookies[r]);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
