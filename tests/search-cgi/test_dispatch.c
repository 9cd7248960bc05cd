/* SPDX-License-Identifier: MIT */
/*
 * One process that answers many requests, as under FastCGI: hostile text in
 * every parameter, and databases that come and go meanwhile.
 */
#include "tests/search-cgi/harmless.h"

#include <sys/stat.h>

#include "search-cgi/dispatch.h"

static struct archive *archive;
static struct web *web;
static char *cookie; /* of a clerk's session */

static size_t no_body(void *from, char *out, size_t size)
{
    (void)from;
    (void)out;
    (void)size;
    return 0;
}

/* The caller frees the answer. */
static char *get(const char *uri)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(free) char *uri_line = NULL;
    CLEANUP(free) char *cookie_line = NULL;
    struct file_part file;
    struct err err;

    assert_true(asprintf(&uri_line, "REQUEST_URI=%s", uri) > 0);
    assert_true(asprintf(&cookie_line, "HTTP_COOKIE=%s", cookie) > 0);
    {
        char method[] = "REQUEST_METHOD=GET";
        char language[] = "HTTP_ACCEPT_LANGUAGE=en";
        char *env[] = {uri_line, cookie_line, method, language, NULL};

        assert_ok(dispatch(web, env, no_body, NULL, &out, &file, &err), err);
    }
    return buf_steal(&out);
}

/* Every parameter of every address, and every part of every path. */
static const char *const with_hostile[] = {
    "/?q=%s",
    "/?q=x&series=%s",
    "/?q=x&site=%s",
    "/?q=x&volume=%s",
    "/?q=x&from=%s",
    "/?q=x&to=%s",
    "/?q=x&page=%s",
    "/?q=x&format=%s",
    "/?q=x&lang=%s",
    "/?q=x&%s=1",
    "/page/primorski/technical/1979-107/0001?q=%s",
    "/page/primorski/technical/1979-107/0001/boxes?q=%s",
    "/page/primorski/technical/1979-107/%s",
    "/page/primorski/technical/%s/0001",
    "/page/primorski/%s/1979-107/0001",
    "/page/%s/technical/1979-107/0001",
    "/volume/primorski/technical/%s",
    "/volumes?q=%s",
    "/account?x=%s",
    "/login?back=%s",
    "/static/%s",
    "/static/%s.css",
    "/%s",
};
#define HOSTILE_COUNT (sizeof(with_hostile) / sizeof(*with_hostile))

static const char *const hostile_values[] = {
    "%3C%22%3E%27%26", /* <">'& */
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%20onload%3D%22alert(1)",
    "%27%20OR%201%3D1%20--",
    "..%2F..%2F..%2Faccess.sqlite",
    "../../access.sqlite",
    "%00",
    "x%00y",
    "%ff%fe",
    "%c0%af",
    "%ed%a0%80",
    "%",
    "%zz",
    "%0d%0aSet-Cookie:%20a=b",
    "%0aLocation:%20http://elsewhere",
    "%22%22%22%28%29*^-NEAR%20AND%20OR%20NOT",
    "%F0%9F%93%9C",
    "%01%02%1b",
    "%ef%bf%bf",
    "99999999999999999999",
    "-1",
};

static void dispatch__takes_hostile_text_in_every_parameter(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        for (size_t h = 0; h < sizeof(hostile_values) / sizeof(*hostile_values);
             h++) {
            CLEANUP(buf_fini) struct buf uri = BUF_INIT;
            CLEANUP(free) char *answer = NULL;
            size_t before = strcspn(with_hostile[i], "%");

            buf_add(&uri, with_hostile[i], before);
            buf_puts(&uri, hostile_values[h]);
            buf_puts(&uri, with_hostile[i] + before + 2);
            answer = get(buf_str(&uri));
            assert_harmless(buf_str(&uri), answer);
        }
    }
}

static void dispatch__takes_long_texts_in_every_parameter(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        for (size_t length = 3000; length <= 100000; length += 97000) {
            CLEANUP(buf_fini) struct buf uri = BUF_INIT;
            CLEANUP(free) char *answer = NULL;
            size_t before = strcspn(with_hostile[i], "%");

            buf_add(&uri, with_hostile[i], before);
            for (size_t n = 0; n < length; n += 6)
                buf_puts(&uri, "%D1%8A");
            buf_puts(&uri, with_hostile[i] + before + 2);
            answer = get(buf_str(&uri));
            assert_harmless(with_hostile[i], answer);
        }
    }
}

/* Any text is a query, whatever FTS5 would say of it. */
static void dispatch__never_fails_on_a_query(void **state)
{
    static const char *const queries[] = {
        "%22",      "%22%22",    "*",
        "-",        "OR",        "AND%20OR",
        "%28",      "%29%28",    "NEAR(a,1)",
        "a%3Ab",    "%5Ea",      "a%2Bb",
        "-%22a",    "%22a*%22*", "%D1%8A*",
        "a%20-a",   "%27%27",    "%7B%7D",
        "text%3Aa", "1%2F2",     "%E2%80%9Ea%E2%80%9C"};

    (void)state;
    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
        CLEANUP(free) char *uri = NULL;
        CLEANUP(free) char *page = NULL;
        CLEANUP(free) char *answer = NULL;

        assert_true(asprintf(&uri, "/?q=%s", queries[i]) > 0);
        answer = get(uri);
        if (web_status(answer) != 200)
            fail_msg("%s: %d", uri, web_status(answer));
        free(uri);
        assert_true(asprintf(&uri,
                             "/page/primorski/technical/1979-107/0001?q=%s",
                             queries[i]) > 0);
        page = get(uri);
        if (web_status(page) != 200)
            fail_msg("%s: %d", uri, web_status(page));
    }
}

/* The status that the program answers when the web server refuses with this. */
static int status_of_refusal(int refused)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char status[32], uri[] = "REQUEST_URI=/";
    char *env[] = {uri, status, NULL};
    struct file_part file;
    struct err err;

    (void)snprintf(status, sizeof(status), "REDIRECT_STATUS=%d", refused);
    assert_ok(dispatch(web, env, no_body, NULL, &out, &file, &err), err);
    assert_non_null(strstr(buf_str(&out), "class=\"brand\""));
    return web_status(buf_str(&out));
}

static void dispatch__makes_a_page_of_what_the_web_server_refuses(void **state)
{
    (void)state;
    assert_int_equal(status_of_refusal(200), 200); /* it refuses nothing */
    assert_int_equal(status_of_refusal(411), 411);
    assert_int_equal(status_of_refusal(431), 431);
    assert_int_equal(status_of_refusal(501), 501);
    /* A folder whose names it does not list is nothing to be had. */
    assert_int_equal(status_of_refusal(403), 404);
    for (int status = 400; status < 600; status++)
        assert_int_equal(status_of_refusal(status) / 100, status / 100);
}

#define FIND_ALL "/?q=%D0%BE%D0%B1%D1%89%D0%BE"

static void dispatch__notices_that_the_catalogue_was_replaced(void **state)
{
    char away[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(path_format(away, &err, "%s.away", archive->catalogue), err);
    {
        CLEANUP(free) char *answer = get(FIND_ALL);

        assert_non_null(strstr(answer, "4 pages found"));
    }
    assert_int_equal(rename(archive->catalogue, away), 0);
    {
        CLEANUP(free) char *answer = get(FIND_ALL);

        assert_non_null(strstr(answer, "Nothing has been taken into"));
    }
    assert_int_equal(rename(away, archive->catalogue), 0);
    {
        CLEANUP(free) char *answer = get(FIND_ALL);

        assert_non_null(strstr(answer, "4 pages found"));
    }
}

static void dispatch__shows_a_page_whose_package_is_gone(void **state)
{
    char away[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(path_format(away, &err, "%s.away", archive->store), err);
    assert_int_equal(rename(archive->store, away), 0);
    {
        CLEANUP(free)
        char *answer = get("/page/primorski/technical/1979-107/0001");

        assert_int_equal(web_status(answer), 200);
        assert_non_null(strstr(answer, "cannot be shown at the moment"));
    }
    assert_int_equal(rename(away, archive->store), 0);
}

static int notify_gateway(void)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char uri[] = "REQUEST_URI=/gateway/epay", method[] = "REQUEST_METHOD=POST";
    char type[] = "CONTENT_TYPE=application/x-www-form-urlencoded";
    char length[] = "CONTENT_LENGTH=0";
    char *env[] = {uri, method, type, length, NULL};
    struct file_part file;
    struct err err;

    assert_ok(dispatch(web, env, no_body, NULL, &out, &file, &err), err);
    return web_status(buf_str(&out));
}

static void write_settings(const char *text)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/tefter.conf", archive->dir), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
}

/* A gateway that was set up is there at once; a slip in the settings changes
 * nothing. */
static void dispatch__reads_changed_settings_again(void **state)
{
    CLEANUP(buf_fini) struct buf before = BUF_INIT;
    CLEANUP(buf_fini) struct buf with = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(path_format(path, &err, "%s/tefter.conf", archive->dir), err);
    assert_ok(file_read(path, 1 << 20, &before, &err), err);
    assert_ok(path_format(path, &err, "%s-gateway-secret", archive->access),
              err);
    assert_ok(file_write_durable(path, "a secret word of 16", 19, &err), err);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(notify_gateway(), 404);
    buf_printf(&with, "%s\n[gateway]\nmerchant = D520908428\n",
               buf_str(&before));
    write_settings(buf_str(&with));
    assert_int_equal(notify_gateway(), 200);
    write_settings("no such setting = 1\n");
    assert_int_equal(notify_gateway(), 200);
    write_settings(buf_str(&before));
    assert_int_equal(notify_gateway(), 404);
}

static void dispatch__is_a_500_when_a_template_is_missing(void **state)
{
    struct err err;

    (void)state;
    {
        CLEANUP(web_close) struct web *broken = NULL;
        struct web *whole = web;

        assert_int_equal(setenv("TEFTER_SHARE", "/nonexistent", 1), 0);
        assert_ok(web_open(&broken, &err), err);
        web = broken;
        {
            CLEANUP(free) char *answer = get("/");

            assert_int_equal(web_status(answer), 500);
            assert_string_equal(web_body(answer),
                                "500 Internal Server Error\n");
        }
        web = whole;
        (void)unsetenv("TEFTER_SHARE");
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispatch__takes_hostile_text_in_every_parameter),
        cmocka_unit_test(dispatch__takes_long_texts_in_every_parameter),
        cmocka_unit_test(dispatch__never_fails_on_a_query),
        cmocka_unit_test(dispatch__makes_a_page_of_what_the_web_server_refuses),
        cmocka_unit_test(dispatch__notices_that_the_catalogue_was_replaced),
        cmocka_unit_test(dispatch__shows_a_page_whose_package_is_gone),
        cmocka_unit_test(dispatch__reads_changed_settings_again),
        cmocka_unit_test(dispatch__is_a_500_when_a_template_is_missing),
    };
    void *dir = NULL;
    struct err err;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    cookie = web_log_in(archive, "clerk");
    if (setenv("TEFTER_ARCHIVE", archive->dir, 1) != 0 ||
        web_open(&web, &err) != 0)
        return 1;
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    web_close(web);
    free(cookie);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
