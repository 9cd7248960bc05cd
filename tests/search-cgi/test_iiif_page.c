/* SPDX-License-Identifier: MIT */
/*
 * The picture addresses of search.cgi, run as a program: who gets what, by the
 * rules of the IIIF Image API 3.0.
 */
#include "tests/search-cgi/picture.h"
#include "tests/search-cgi/web_archive.h"

#include "common/json.h"

#define FAMILY    "/iiif/odesos%2Ffamily-register%2F1938-012%2F0001"
#define TAX       "/iiif/mladost%2Flocal-tax%2F1957-034%2F0001"
#define TECHNICAL "/iiif/primorski%2Ftechnical%2F1979-107%2F0001"
#define PUBLIC    0
#define CLERK     2

static struct archive *archive;
static char *cookies[WEB_ROLES];

static char *get(size_t role, const char *uri)
{
    return web_ask(archive->dir,
                   &(struct ask){.uri = uri, .cookie = cookies[role]});
}

/* Roles in the order of web_roles. */
static const struct {
    const char *uri;
    int status[WEB_ROLES];
} expected[] = {
    /*                                  p    o    c    n    k    b    a    m */
    {FAMILY "/info.json", {404, 404, 200, 404, 404, 404, 404, 200}},
    {FAMILY "/full/max/0/default.jpg",
     {404, 404, 200, 404, 404, 404, 404, 200}},
    {FAMILY "/0,0,256,256/256,256/0/default.jpg",
     {404, 404, 200, 404, 404, 404, 404, 200}},
    {FAMILY, {404, 404, 303, 404, 404, 404, 404, 303}},
    {TAX "/info.json", {404, 404, 200, 200, 200, 200, 404, 200}},
    {TAX "/full/!200,200/0/default.png",
     {404, 404, 200, 200, 200, 200, 404, 200}},
    {TECHNICAL "/info.json", {200, 404, 200, 200, 200, 200, 404, 200}},
    {TECHNICAL "/full/!200,200/!90/gray.jpg",
     {200, 404, 200, 200, 200, 200, 404, 200}},
};

static void iiif__answers_each_role_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        for (size_t r = 0; r < WEB_ROLES; r++) {
            CLEANUP(free) char *answer = get(r, expected[i].uri);

            if (web_status(answer) != expected[i].status[r])
                fail_msg("%s as %s: %d, not %d", expected[i].uri, web_roles[r],
                         web_status(answer), expected[i].status[r]);
        }
    }
}

/* Put the text right where the ids differ, and compare all of it. */
static void iiif__says_the_same_of_closed_and_absent(void **state)
{
    static const char *const tails[] = {
        "", "/info.json", "/full/max/0/default.jpg",
        "/9000,9000,1,1/max/0/default.jpg", "/full/max/1/default.jpg"};

    (void)state;
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        CLEANUP(free) char *closed = NULL;
        CLEANUP(free) char *absent = NULL;
        char uri[256];
        char *at;

        (void)snprintf(uri, sizeof(uri), "%s%s", FAMILY, tails[i]);
        closed = get(PUBLIC, uri);
        (void)snprintf(uri, sizeof(uri),
                       "/iiif/odesos%%2Ffamily-register%%2F1938-099%%2F0001%s",
                       tails[i]);
        absent = get(PUBLIC, uri);
        while ((at = strstr(absent, "1938-099")) != NULL)
            memcpy(at, "1938-012", 8);
        assert_string_equal(closed, absent);
    }
}

static void iiif__tells_bad_requests_from_absent_pictures(void **state)
{
    static const struct {
        const char *uri;
        int status;
    } table[] = {
        {TECHNICAL "/full/full/0/default.jpg", 400},
        {TECHNICAL "/full/1001,/0/default.jpg", 400},
        {TECHNICAL "/full/pct:200/0/default.jpg", 400},
        {TECHNICAL "/full/^pct:110/0/default.jpg", 200},
        {TECHNICAL "/1000,0,5,5/max/0/default.jpg", 400},
        {TECHNICAL "/999,599,5,5/max/0/default.jpg", 200},
        {TECHNICAL "/full/max/45/default.jpg", 400},
        {TECHNICAL "/full/max/0/native.jpg", 400},
        {TECHNICAL "/full/max/0/default.gif", 400},
        {TECHNICAL "/full/max/0/default", 400},
        {TECHNICAL "/full/max/0", 404},
        {TECHNICAL "/full/max/0/default.jpg/more", 404},
        {TECHNICAL "/%66ull/%6dax/0/default%2Ejpg", 200},
        {TECHNICAL "/0%2C0%2C10%2C10/max/0/default.jpg", 200},
        {"/iiif/primorski/technical/1979-107/0001/info.json", 400},
        {"/iiif/primorski/technical/1979-107/0001", 404},
        {"/iiif/primorski%2Ftechnical%2F1979-107%2F0003/info.json", 404},
        {"/iiif/a%2Fb/info.json", 404},
        {"/iiif/[frob]/info.json", 404},
        {"/iiif/..%2F..%2Faccess.sqlite/info.json", 404},
        {"/iiif/%00/info.json", 400},
        {"/iiif/%ff/info.json", 400},
        {"/iiif/x/%22%3E%3Cscript%3E/max/0/default.jpg", 400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(free) char *answer = get(CLERK, table[i].uri);

        if (web_status(answer) != table[i].status)
            fail_msg("%s: %d, not %d", table[i].uri, web_status(answer),
                     table[i].status);
        assert_null(strstr(answer, "<script>"));
    }
}

static void get_picture(const char *uri, const char *type, struct decoded *out)
{
    CLEANUP(free) char *answer = get(CLERK, uri);
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    const char *length = strstr(answer, "Content-Length: ");

    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, type));
    assert_non_null(length);
    buf_add(&file, web_body(answer), strtoul(length + 16, NULL, 10));
    if (strstr(type, "png") != NULL)
        decode_png(&file, out);
    else
        decode_jpeg(&file, out);
}

/* Word 1 of the family page is inked from (110, 20) to (200, 50). */
static void iiif__gives_the_pixels_of_the_master(void **state)
{
    CLEANUP(decoded_fini) struct decoded d = {0};
    CLEANUP(decoded_fini) struct decoded turned = {0};

    (void)state;
    get_picture(FAMILY "/105,15,100,40/max/0/default.png",
                "Content-Type: image/png", &d);
    assert_int_equal(d.bits, 1);
    assert_int_equal(d.width_px, 100);
    for (uint32_t y = 0; y < 40; y++)
        for (uint32_t x = 0; x < 100; x++)
            assert_int_equal(decoded_at(&d, x, y, 0),
                             x >= 5 && x < 95 && y >= 5 && y < 35 ? 0 : 255);
    get_picture(FAMILY "/105,15,100,40/max/90/default.jpg",
                "Content-Type: image/jpeg", &turned);
    assert_int_equal(turned.width_px, 40);
    assert_int_equal(turned.height_px, 100);
}

static void iiif_info__bears_the_address_it_was_asked_under(void **state)
{
    static const char *const spellings[] = {
        TECHNICAL, "/iiif/primorski%2ftechnical%2f1979%2D107%2f0001"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(free) char *answer = NULL;
        CLEANUP(json_decref) json_t *info = NULL;
        char uri[256];

        (void)snprintf(uri, sizeof(uri), "%s/info.json", spellings[i]);
        answer = get(PUBLIC, uri);
        assert_non_null(
            strstr(answer, "Content-Type: application/ld+json;profile=\"http"));
        assert_non_null(strstr(answer, "Access-Control-Allow-Origin: *"));
        info = json_loads(web_body(answer), 0, NULL);
        assert_non_null(info);
        (void)snprintf(uri, sizeof(uri), "http://archive.example%s",
                       spellings[i]);
        assert_string_equal(json_get_text(info, "id", ""), uri);
        assert_int_equal(json_get_int(info, "width", 0), 1000);
        assert_int_equal(json_get_int(info, "height", 0), 600);
    }
}

static void iiif_info__is_plain_json_for_those_who_ask_for_it(void **state)
{
    CLEANUP(free)
    char *plain =
        web_ask(archive->dir, &(struct ask){.uri = TECHNICAL "/info.json",
                                            .accept = "application/json"});
    CLEANUP(free)
    char *linked =
        web_ask(archive->dir, &(struct ask){.uri = TECHNICAL "/info.json",
                                            .accept = "application/ld+json"});

    (void)state;
    assert_non_null(strstr(plain, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(linked, "Content-Type: application/ld+json;"));
}

static void iiif_base__leads_to_the_information(void **state)
{
    CLEANUP(free) char *answer = get(PUBLIC, TECHNICAL);

    (void)state;
    assert_int_equal(web_status(answer), 303);
    assert_non_null(strstr(answer, "Location: http://archive.example" TECHNICAL
                                   "/info.json\r\n"));
}

static char *etag_of(const char *answer)
{
    const char *at = strstr(answer, "ETag: ");

    assert_non_null(at);
    return strndup(at + 6, strcspn(at + 6, "\r"));
}

static void iiif__does_not_send_again_what_the_browser_has(void **state)
{
    static const char *const uris[] = {
        FAMILY "/0,0,256,256/256,256/0/default.jpg", FAMILY "/info.json"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(free) char *first = get(CLERK, uris[i]);
        CLEANUP(free) char *etag = etag_of(first);
        CLEANUP(free) char *other = NULL;
        CLEANUP(free) char *again = NULL;
        CLEANUP(free) char *logged_out = NULL;
        struct ask ask = {
            .uri = uris[i], .cookie = cookies[CLERK], .if_none_match = etag};

        assert_non_null(strstr(first, "Cache-Control: private"));
        again = web_ask(archive->dir, &ask);
        assert_int_equal(web_status(again), 304);
        assert_string_equal(web_body(again), "");
        ask.if_none_match = "\"0123\", W/\"4567\"";
        other = web_ask(archive->dir, &ask);
        assert_int_equal(web_status(other), 200);
        /* Who may no longer see it is not told that it is still the same. */
        ask.if_none_match = etag;
        ask.cookie = NULL;
        logged_out = web_ask(archive->dir, &ask);
        assert_int_equal(web_status(logged_out), 404);
    }
}

/* Behind a cache a Host header of one reader would get into the copy of all. */
static void iiif_info__bears_the_address_of_the_settings(void **state)
{
    CLEANUP(buf_fini) struct buf settings = BUF_INIT;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(json_decref) json_t *info = NULL;
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(path_format(path, &err, "%s/tefter.conf", archive->dir), err);
    assert_ok(file_read(path, 1 << 20, &settings, &err), err);
    assert_ok(file_write_durable(
                  path, "[web]\naddress = https://archive.test/a/\n", 40, &err),
              err);
    answer = get(CLERK, TECHNICAL "/info.json");
    assert_ok(file_write_durable(path, settings.data, settings.len, &err), err);
    info = json_loads(web_body(answer), 0, NULL);
    assert_string_equal(json_get_text(info, "id", ""),
                        "https://archive.test/a" TECHNICAL);
}

static void iiif__tells_pictures_apart_by_etag(void **state)
{
    CLEANUP(free) char *a = get(CLERK, FAMILY "/full/100,60/0/default.jpg");
    CLEANUP(free) char *b = get(CLERK, FAMILY "/full/100,60/0/default.png");
    CLEANUP(free) char *c = get(CLERK, FAMILY "/full/pct:10/0/default.jpg");
    CLEANUP(free) char *d = get(CLERK, TAX "/full/100,60/0/default.jpg");
    CLEANUP(free) char *tag_a = etag_of(a);
    CLEANUP(free) char *tag_b = etag_of(b);
    CLEANUP(free) char *tag_c = etag_of(c);
    CLEANUP(free) char *tag_d = etag_of(d);

    (void)state;
    assert_string_not_equal(tag_a, tag_b);
    assert_string_equal(tag_a, tag_c);
    assert_string_not_equal(tag_a, tag_d);
}

/* A master that is lost is our fault, and no pyramid of it is left behind. */
static void iiif__says_so_when_the_master_is_lost(void **state)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(free) char *answer = NULL;
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(package_open(store, web_volumes[2].id, &package, &err), err);
    assert_ok(package_master_path(package, 1, path, &err), err);
    assert_ok(file_remove(path, &err), err);
    answer = get(PUBLIC, "/iiif/primorski%2Ftechnical%2F1979-107%2F0002"
                         "/full/max/0/default.jpg");
    assert_int_equal(web_status(answer), 500);
    assert_null(strstr(answer, archive->dir));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iiif__answers_each_role_as_the_table_says),
        cmocka_unit_test(iiif__says_the_same_of_closed_and_absent),
        cmocka_unit_test(iiif__tells_bad_requests_from_absent_pictures),
        cmocka_unit_test(iiif__gives_the_pixels_of_the_master),
        cmocka_unit_test(iiif_info__bears_the_address_it_was_asked_under),
        cmocka_unit_test(iiif_info__bears_the_address_of_the_settings),
        cmocka_unit_test(iiif_info__is_plain_json_for_those_who_ask_for_it),
        cmocka_unit_test(iiif_base__leads_to_the_information),
        cmocka_unit_test(iiif__does_not_send_again_what_the_browser_has),
        cmocka_unit_test(iiif__tells_pictures_apart_by_etag),
        cmocka_unit_test(iiif__says_so_when_the_master_is_lost),
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
