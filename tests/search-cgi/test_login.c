/* SPDX-License-Identifier: MIT */
/*
 * Logging in and out through the forms, as a browser does it.
 */
#include <liboath/oath.h>

#include "access/audit.h"
#include "tests/search-cgi/web_archive.h"

static struct archive *archive;

static char *get(const char *uri, const char *cookie)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = cookie, .language = "en"});
}

static char *post(const char *uri, const char *cookie, const char *form)
{
    return web_ask(archive->dir, &(struct ask){.method = "POST",
                                               .uri = uri,
                                               .cookie = cookie,
                                               .form = form,
                                               .language = "en"});
}

/* The form token that stands in a page. The caller frees it. */
static char *form_token(const char *answer)
{
    static const char start[] = "name=\"csrf\" value=\"";
    const char *at = strstr(answer, start);

    assert_non_null(at);
    at += sizeof(start) - 1;
    return strndup(at, strcspn(at, "\""));
}

static char *text(const char *fmt, const char *a, const char *b)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    for (; *fmt != '\0'; fmt++) {
        if (*fmt == '1' || *fmt == '2')
            buf_puts(&out, *fmt == '1' ? a : b);
        else
            buf_add(&out, fmt, 1);
    }
    return buf_steal(&out);
}

/* Send the log-in form with a token of its own, and get the answer. */
static char *log_in(const char *identifier, const char *rest)
{
    CLEANUP(free) char *page = get("/login", NULL);
    CLEANUP(free) char *token = form_token(page);
    CLEANUP(free) char *cookie = text("tefter_form=1", token, "");
    CLEANUP(free) char *start = text("csrf=1&identifier=2", token, identifier);
    CLEANUP(free) char *form = text("12", start, rest);

    return post("/login", cookie, form);
}

#define GOOD_CODE                                                              \
    "&code=%D0%BA%D0%BE%D0%B4+%D0%BD%D0%B0+%D0%B2%D1%81%D0%B8%D1%87%D0%BA%D0%" \
    "B8"

static void login__opens_a_session_and_logout_ends_it(void **state)
{
    CLEANUP(free) char *answer = log_in("clerk", GOOD_CODE "&back=/volumes");
    CLEANUP(free) char *token = web_cookie(answer, "tefter_session");
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *account = NULL;
    CLEANUP(free) char *csrf = NULL;
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *out = NULL;
    CLEANUP(free) char *after = NULL;

    (void)state;
    assert_int_equal(web_status(answer), 303);
    assert_non_null(strstr(answer, "\nLocation: /volumes\r"));
    assert_non_null(token);
    assert_non_null(strstr(answer, "HttpOnly; SameSite=Lax"));
    cookie = text("tefter_session=1", token, "");
    account = get("/account", cookie);
    assert_non_null(strstr(account, "archive clerk"));
    csrf = form_token(account);
    form = text("csrf=1", csrf, "");
    out = post("/logout", cookie, form);
    assert_int_equal(web_status(out), 303);
    after = get("/account", cookie);
    assert_null(strstr(after, "archive clerk"));
    assert_non_null(strstr(after, "You are not logged in"));
}

/* Whoever logs in anew is done with what was open in this browser. */
static void login__ends_the_session_before(void **state)
{
    CLEANUP(free) char *first = log_in("clerk", GOOD_CODE);
    CLEANUP(free) char *token = web_cookie(first, "tefter_session");
    CLEANUP(free) char *old = text("tefter_session=1", token, "");
    CLEANUP(free) char *page = get("/login", old);
    CLEANUP(free) char *form = form_token(page);
    CLEANUP(free)
    char *again = text("csrf=1&identifier=clerk2", form, GOOD_CODE);
    CLEANUP(free) char *second = NULL;
    CLEANUP(free) char *account = NULL;

    (void)state;
    second = post("/login", old, again);
    account = get("/account", old);
    assert_int_equal(web_status(second), 303);
    assert_non_null(strstr(account, "You are not logged in"));
}

static void login__leads_who_may_not_search_to_what_they_may(void **state)
{
    CLEANUP(free) char *answer = log_in("operator", GOOD_CODE "&back=/");
    CLEANUP(free) char *token = web_cookie(answer, "tefter_session");
    CLEANUP(free) char *cookie = text("tefter_session=1", token, "");
    CLEANUP(free) char *batches = get("/batches", cookie);
    CLEANUP(free) char *auditor = log_in("auditor", GOOD_CODE "&back=/");

    (void)state;
    assert_non_null(strstr(answer, "\nLocation: /batches\r"));
    assert_non_null(strstr(batches, "scanning operator"));
    assert_null(strstr(batches, "href=\"/volumes\""));
    assert_non_null(strstr(auditor, "\nLocation: /audit\r"));
}

static void login__forgives_spaces_round_what_was_pasted(void **state)
{
    CLEANUP(free) char *answer = log_in("+clerk%20", GOOD_CODE "+%0A");

    (void)state;
    assert_int_equal(web_status(answer), 303);
    assert_non_null(strstr(answer, "\nLocation: /\r"));
}

static void login__says_the_same_of_unknown_and_wrong(void **state)
{
    CLEANUP(free) char *wrong = log_in("clerk", "&code=not+the+code");
    CLEANUP(free) char *unknown = log_in("qlerk", "&code=not+the+code");
    const char *a = web_body(wrong);
    const char *b = web_body(unknown);
    const char *at;

    (void)state;
    assert_int_equal(web_status(wrong), 403);
    assert_int_equal(web_status(unknown), 403);
    assert_int_equal(strlen(a), strlen(b));
    assert_non_null(strstr(a, "do not fit together"));
    assert_non_null(strstr(b, "do not fit together"));
    assert_null(strstr(wrong, "tefter_session"));
    assert_null(strstr(unknown, "tefter_session"));
    at = strstr(b, "value=\"qlerk\"");
    assert_non_null(at);
    assert_memory_equal(a + (at - b), "value=\"clerk\"", 13);
}

static void login__needs_the_token_of_its_own_form(void **state)
{
    static const char *const forms[] = {
        "identifier=clerk" GOOD_CODE,
        "csrf=&identifier=clerk" GOOD_CODE,
        "csrf=0000000000000000000000000000000000000000000000000000000000000000"
        "&identifier=clerk" GOOD_CODE,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        CLEANUP(free) char *page = get("/login", NULL);
        CLEANUP(free) char *token = form_token(page);
        CLEANUP(free) char *cookie = text("tefter_form=1", token, "");
        CLEANUP(free) char *with = post("/login", cookie, forms[i]);
        CLEANUP(free) char *without = post("/login", NULL, forms[i]);

        assert_int_equal(web_status(with), 403);
        assert_int_equal(web_status(without), 403);
        assert_null(strstr(with, "tefter_session"));
    }
}

static void logout__needs_the_token_of_the_session(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "clerk");
    CLEANUP(free)
    char *both = text("1; tefter_form=2", cookie,
                      "00000000000000000000000000000000"
                      "00000000000000000000000000000000");
    CLEANUP(free)
    char *forged = post("/logout", both,
                        "csrf=00000000000000000000000000000000"
                        "00000000000000000000000000000000");
    CLEANUP(free) char *account = get("/account", cookie);

    (void)state;
    assert_int_equal(web_status(forged), 403);
    assert_non_null(strstr(account, "archive clerk"));
}

static void login__leads_back_to_this_server_only(void **state)
{
    static const char *const elsewhere[] = {"http://elsewhere/",
                                            "//elsewhere/",
                                            "/%5Celsewhere/",
                                            "%2F%2Felsewhere",
                                            "elsewhere",
                                            "javascript:alert(1)",
                                            "/x%0d%0aSet-Cookie:+a=b",
                                            ""};

    (void)state;
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
        CLEANUP(free) char *rest = text("1&back=2", GOOD_CODE, elsewhere[i]);
        CLEANUP(free) char *answer = NULL;

        CLEANUP(free) char *form = NULL;
        CLEANUP(free) char *uri = text("/login?back=1", elsewhere[i], "");

        answer = log_in("clerk", rest);
        form = get(uri, NULL);
        assert_int_equal(web_status(answer), 303);
        assert_non_null(strstr(answer, "\nLocation: /\r"));
        assert_non_null(strstr(form, "name=\"back\" value=\"/\""));
    }
}

static void login__makes_cookies_secure_behind_tls(void **state)
{
    CLEANUP(free) char *plain = get("/login", NULL);
    CLEANUP(free)
    char *secure =
        web_ask(archive->dir, &(struct ask){.uri = "/login", .https = "on"});

    (void)state;
    assert_non_null(strstr(secure, "SameSite=Lax; Secure"));
    assert_non_null(strstr(plain, "Set-Cookie: tefter_form="));
    assert_null(strstr(plain, "; Secure"));
}

/* A whole town cannot try codes at one identifier; nor does the answer tell
 * whether there is such an account. */
static void login__lets_codes_not_be_tried_in_a_row(void **state)
{
    static const char *const identifiers[] = {"bank", "panc"};
    char *answers[2];

    (void)state;
    for (int who = 0; who < 2; who++) {
        CLEANUP(free) char *right = NULL;

        for (int i = 0; i < 5; i++) {
            CLEANUP(free) char *wrong = log_in(identifiers[who], "&code=no");

            assert_int_equal(web_status(wrong), 403);
        }
        right = log_in(identifiers[who], GOOD_CODE);
        assert_int_equal(web_status(right), 429);
        assert_null(strstr(right, "tefter_session"));
        assert_non_null(strstr(right, "Retry-After: "));
        assert_non_null(strstr(right, "Please try again in 1 minute."));
        answers[who] = strdup(web_body(right));
    }
    assert_int_equal(strlen(answers[0]), strlen(answers[1]));
    free(answers[0]);
    free(answers[1]);
}

/* A bailiff, logged in, who is led from a search to the form and back. */
static void ground__is_asked_for_before_anything_is_shown(void **state)
{
    CLEANUP(free) char *answer = log_in("bailiff", GOOD_CODE "&back=/");
    CLEANUP(free) char *token = web_cookie(answer, "tefter_session");
    CLEANUP(free) char *cookie = text("tefter_session=1", token, "");
    CLEANUP(free) char *asked = get("/?q=x", cookie);
    CLEANUP(free) char *program = get("/?q=x&format=json", cookie);
    CLEANUP(free)
    char *image = get(
        "/iiif/odesos%2Ffamily-register%2F1938-012%2F0001/info.json", cookie);
    CLEANUP(free) char *page = get("/ground?back=%2F%3Fq%3Dx", cookie);
    CLEANUP(free) char *csrf = form_token(page);
    CLEANUP(free)
    char *none = text("csrf=1&ground=2&case=secret&back=/?q=x", csrf,
                      "enforcement-case");
    CLEANUP(free)
    char *foreign = text("csrf=1&ground=2&case=7/2026", csrf, "notarial-case");
    CLEANUP(free)
    char *good = text("csrf=1&ground=2&case=7/6666&back=/?q=x", csrf,
                      "enforcement-case");
    CLEANUP(free) char *refused = post("/ground", cookie, none);
    CLEANUP(free) char *strange = post("/ground", cookie, foreign);
    CLEANUP(free) char *forged = post("/ground", cookie, "case=7/2026");
    CLEANUP(free) char *still = get("/?q=x", cookie);
    CLEANUP(free) char *led_back = post("/ground", cookie, good);
    CLEANUP(free) char *after = get("/?q=x", cookie);
    CLEANUP(free)
    char *shown = get("/page/mladost/local-tax/1957-034/0001", cookie);

    (void)state;
    assert_int_equal(web_status(asked), 303);
    assert_non_null(strstr(asked, "\nLocation: /ground?back=%2F%3Fq%3Dx\r"));
    assert_int_equal(web_status(program), 403);
    assert_int_equal(web_status(image), 404);
    assert_int_equal(web_status(page), 200);
    assert_int_equal(web_status(refused), 400);
    assert_non_null(strstr(refused, "This is no case number"));
    assert_int_equal(web_status(strange), 400);
    assert_int_equal(web_status(forged), 403);
    assert_int_equal(web_status(still), 303);
    assert_int_equal(web_status(led_back), 303);
    assert_non_null(strstr(led_back, "\nLocation: /?q=x\r"));
    assert_int_equal(web_status(after), 200);
    assert_non_null(strstr(after, "7/6666"));
    assert_int_equal(web_status(shown), 200);
}

/* It stands in every entry from then on. */
static void ground__stands_in_the_audit_trail(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(
        audit_list(access,
                   &(struct audit_filter){.who = "bailiff", .ground = "7/6666"},
                   &list, &err),
        err);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].kind, "ground");
    assert_string_equal(list.items[1].kind, "search");
    assert_string_equal(list.items[2].kind, "open");
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.items[i].ground, "enforcement-case 7/6666");
}

/* ---- second factor ------------------------------------------------------ */

static void set_rule(bool required)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(role_require_factor(access, "auditor", required, &err), err);
}

/* What the device that was given the secret of the page shows now. */
static void shown_by_device(const char *page, char out[7])
{
    static const char start[] = "<strong class=\"id secret\">";
    const char *at = strstr(page, start);
    char *secret = NULL;
    size_t len = 0;

    assert_non_null(at);
    at += sizeof(start) - 1;
    assert_int_equal(oath_base32_decode(at, strcspn(at, "<"), &secret, &len),
                     OATH_OK);
    assert_int_equal(oath_totp_generate(secret, len, time(NULL), 30, 0, 6, out),
                     OATH_OK);
    free(secret);
}

static void factor__is_enrolled_before_anything_is_shown(void **state)
{
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *token = NULL;
    CLEANUP(free) char *held = NULL;
    CLEANUP(free) char *program = NULL;
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *again = NULL;
    CLEANUP(free) char *csrf = NULL;
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *wrong = NULL;
    CLEANUP(free) char *still = NULL;
    CLEANUP(free) char *enrolled = NULL;
    CLEANUP(free) char *after = NULL;
    CLEANUP(free) char *without = NULL;
    CLEANUP(free) char *replay = NULL;
    CLEANUP(free) char *rest = NULL;
    char code[7];

    (void)state;
    set_rule(true);
    answer = log_in("auditor", GOOD_CODE "&back=/audit");
    token = web_cookie(answer, "tefter_session");
    cookie = text("tefter_session=1", token, "");
    held = get("/audit", cookie);
    program = get("/audit?format=json", cookie);
    page = get("/second-factor?back=/audit", cookie);
    again = get("/second-factor?back=/audit", cookie);
    csrf = form_token(page);
    form = text("csrf=1&back=/audit&one-time=", csrf, "");
    assert_int_equal(web_status(held), 303);
    assert_non_null(strstr(held, "\nLocation: /second-factor?back=%2Faudit\r"));
    assert_int_equal(web_status(program), 403);
    assert_int_equal(web_status(page), 200);
    assert_non_null(strstr(page, "otpauth://totp/Tefter:%61%75"));
    assert_non_null(strstr(page, "<path d=\"M4 4h7v1h-7z")); /* a finder */
    assert_string_equal(strstr(page, "otpauth"), strstr(again, "otpauth"));
    wrong = post("/second-factor", cookie, form);
    assert_int_equal(web_status(wrong), 400);
    assert_non_null(strstr(wrong, "These are not the digits"));
    still = get("/audit", cookie);
    assert_int_equal(web_status(still), 303);
    shown_by_device(page, code);
    free(form);
    assert_true(asprintf(&form, "csrf=%s&back=/audit&one-time=%.3s+%s", csrf,
                         code, code + 3) > 0);
    enrolled = post("/second-factor", cookie, form);
    assert_int_equal(web_status(enrolled), 303);
    assert_non_null(strstr(enrolled, "\nLocation: /audit\r"));
    after = get("/audit", cookie);
    assert_int_equal(web_status(after), 200);
    /* From now on it is asked for, and a code is taken once. */
    without = log_in("auditor", GOOD_CODE);
    assert_int_equal(web_status(without), 403);
    rest = text("1&one-time=2", GOOD_CODE, code);
    replay = log_in("auditor", rest);
    assert_int_equal(web_status(replay), 403);
    set_rule(false);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login__opens_a_session_and_logout_ends_it),
        cmocka_unit_test(login__ends_the_session_before),
        cmocka_unit_test(login__leads_who_may_not_search_to_what_they_may),
        cmocka_unit_test(login__forgives_spaces_round_what_was_pasted),
        cmocka_unit_test(login__says_the_same_of_unknown_and_wrong),
        cmocka_unit_test(login__needs_the_token_of_its_own_form),
        cmocka_unit_test(logout__needs_the_token_of_the_session),
        cmocka_unit_test(login__leads_back_to_this_server_only),
        cmocka_unit_test(login__makes_cookies_secure_behind_tls),
        cmocka_unit_test(ground__is_asked_for_before_anything_is_shown),
        cmocka_unit_test(ground__stands_in_the_audit_trail),
        cmocka_unit_test(factor__is_enrolled_before_anything_is_shown),
        cmocka_unit_test(login__lets_codes_not_be_tried_in_a_row),
    };

    return web_archive_main(argc, argv, tests, sizeof(tests) / sizeof(*tests),
                            &archive);
}
