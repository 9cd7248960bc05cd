/* SPDX-License-Identifier: MIT */
/*
 * Volumes as the IIIF Presentation API 3.0 tells them: who gets what, and that
 * what a viewer is sent to is there.
 */
#include "search-cgi/manifest.h"
#include "tests/search-cgi/web_archive.h"

#include "common/json.h"

#define BASE       "http://archive.example"
#define PUBLISHED  "primorski/technical/1979-107"
#define MANIFEST   "/volume/" PUBLISHED "/manifest.json"
#define FIND       "/volume/" PUBLISHED "/find.json"
#define FAMILY     "/volume/odesos/family-register/1938-012"
#define COLLECTION "/volumes/collection.json"
#define PUBLIC     0
#define CLERK      2

static struct archive *archive;
static char *cookies[WEB_ROLES];

static char *get(size_t role, const char *uri)
{
    return web_ask(archive->dir,
                   &(struct ask){.uri = uri, .cookie = cookies[role]});
}

static json_t *get_json(size_t role, const char *uri)
{
    CLEANUP(free) char *answer = get(role, uri);
    json_t *json;

    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Content-Type: application/ld+json"));
    assert_non_null(strstr(answer, "Access-Control-Allow-Origin: *"));
    json = json_loads(web_body(answer), 0, NULL);
    assert_non_null(json);
    return json;
}

static const char *text_at(json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));

    assert_non_null(text);
    return text;
}

static json_t *item(json_t *json, size_t i)
{
    json_t *found = json_array_get(json_object_get(json, "items"), i);

    assert_non_null(found);
    return found;
}

/* Roles in the order of web_roles. Whole pages of the family register are for
 * clerk and admin. */
static const struct {
    const char *uri;
    int status[WEB_ROLES];
} expected[] = {
    /*                                  p    o    c    n    k    b    a    m */
    {MANIFEST, {200, 403, 200, 200, 200, 200, 403, 200}},
    {FIND "?q=x", {200, 403, 200, 200, 200, 200, 403, 200}},
    {FAMILY "/manifest.json", {404, 403, 200, 404, 404, 404, 403, 200}},
    {FAMILY "/find.json?q=x", {404, 403, 200, 404, 404, 404, 403, 200}},
    {"/volume/" PUBLISHED "/mets.xml",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {FAMILY "/mets.xml", {404, 403, 200, 404, 404, 404, 403, 200}},
    {"/page/" PUBLISHED "/0001/alto.xml",
     {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/page/odesos/family-register/1938-012/0001/alto.xml",
     {404, 403, 200, 404, 404, 404, 403, 200}},
    {COLLECTION, {200, 403, 200, 200, 200, 200, 403, 200}},
};

static void manifest__answers_each_role_as_the_table_says(void **state)
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

static void manifest__says_the_same_of_closed_and_absent(void **state)
{
    static const char *const tails[] = {"manifest.json", "find.json?q=x"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(free) char *closed = NULL;
        CLEANUP(free) char *absent = NULL;
        char uri[128];
        char *at;

        (void)snprintf(uri, sizeof(uri), FAMILY "/%s", tails[i]);
        closed = get(PUBLIC, uri);
        (void)snprintf(uri, sizeof(uri),
                       "/volume/odesos/family-register/1938-099/%s", tails[i]);
        absent = get(PUBLIC, uri);
        while ((at = strstr(absent, "1938-099")) != NULL)
            memcpy(at, "1938-012", 8);
        assert_string_equal(closed, absent);
    }
}

/* The address without the server, as the program is asked. */
static const char *path_of(const char *address)
{
    assert_memory_equal(address, BASE "/", strlen(BASE) + 1);
    return address + strlen(BASE);
}

static void check_picture(json_t *canvas, json_t *picture)
{
    json_t *service = json_array_get(json_object_get(picture, "service"), 0);
    CLEANUP(free) char *image = get(PUBLIC, path_of(text_at(picture, "id")));
    CLEANUP(json_decref) json_t *info = NULL;
    char uri[256];

    assert_int_equal(web_status(image), 200);
    assert_string_equal(text_at(service, "type"), "ImageService3");
    (void)snprintf(uri, sizeof(uri), "%s/info.json",
                   path_of(text_at(service, "id")));
    info = get_json(PUBLIC, uri);
    assert_string_equal(text_at(info, "id"), text_at(service, "id"));
    assert_true(json_equal(json_object_get(info, "width"),
                           json_object_get(canvas, "width")));
    assert_true(json_equal(json_object_get(info, "height"),
                           json_object_get(canvas, "height")));
}

static void manifest__leads_to_pictures_that_are_there(void **state)
{
    CLEANUP(json_decref) json_t *m = get_json(PUBLIC, MANIFEST);

    (void)state;
    assert_string_equal(text_at(m, "id"), BASE MANIFEST);
    assert_string_equal(text_at(m, "type"), "Manifest");
    assert_int_equal(json_array_size(json_object_get(m, "items")), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *canvas = item(m, i);
        json_t *painting = item(item(canvas, 0), 0);
        json_t *page = json_array_get(json_object_get(canvas, "homepage"), 0);
        CLEANUP(free) char *html = get(PUBLIC, path_of(text_at(page, "id")));

        assert_int_equal(web_status(html), 200);
        assert_string_equal(text_at(canvas, "type"), "Canvas");
        assert_string_equal(text_at(painting, "motivation"), "painting");
        assert_string_equal(text_at(painting, "target"), text_at(canvas, "id"));
        check_picture(canvas, json_object_get(painting, "body"));
    }
}

static void check_xml(const char *address, const char *root)
{
    CLEANUP(free) char *answer = get(PUBLIC, path_of(address));

    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Content-Type: application/xml\r\n"));
    assert_non_null(strstr(answer, "Access-Control-Allow-Origin: *\r\n"));
    assert_non_null(strstr(web_body(answer), root));
}

static void manifest__leads_to_mets_and_alto(void **state)
{
    CLEANUP(json_decref) json_t *m = get_json(PUBLIC, MANIFEST);
    json_t *mets = json_array_get(json_object_get(m, "seeAlso"), 0);
    json_t *alto = json_array_get(json_object_get(item(m, 0), "seeAlso"), 0);

    (void)state;
    check_xml(text_at(mets, "id"), "<mets ");
    check_xml(text_at(alto, "id"), "тайнатехническа");
}

/* One page is restricted: who is not shown it is not given the METS, in which
 * it is told of. Its place in the volume is not empty for the clerk. */
static void manifest__names_no_mets_of_what_is_not_shown_whole(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(json_decref) json_t *publics = NULL;
    CLEANUP(json_decref) json_t *clerks = NULL;
    CLEANUP(free) char *mets = NULL;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(access_restrict(access, PUBLISHED "/0002", "осиновяване", &err),
              err);
    publics = get_json(PUBLIC, MANIFEST);
    clerks = get_json(CLERK, MANIFEST);
    mets = get(PUBLIC, "/volume/" PUBLISHED "/mets.xml");
    assert_null(json_object_get(publics, "seeAlso"));
    assert_non_null(json_object_get(item(publics, 0), "seeAlso"));
    assert_non_null(json_object_get(clerks, "seeAlso"));
    assert_int_equal(web_status(mets), 404);
    assert_ok(access_unrestrict(access, PUBLISHED "/0002", "решение", &err),
              err);
}

static void collection__lists_what_the_reader_may_see(void **state)
{
    CLEANUP(json_decref) json_t *all = get_json(CLERK, COLLECTION);
    CLEANUP(json_decref) json_t *published = get_json(PUBLIC, COLLECTION);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(all, "items")),
                     WEB_VOLUMES);
    assert_int_equal(json_array_size(json_object_get(published, "items")), 1);
    assert_string_equal(text_at(item(published, 0), "id"), BASE MANIFEST);
}

static void find__points_at_the_words(void **state)
{
    CLEANUP(json_decref)
    json_t *hits =
        get_json(PUBLIC, FIND "?q=%D1%82%D0%B0%D0%B9%D0%BD%D0%B0%D1%82%D0%B5%D1"
                              "%85%D0%BD%D0%B8%D1%87%D0%B5%D1%81%D0%BA%D0%B0");
    CLEANUP(json_decref) json_t *m = get_json(PUBLIC, MANIFEST);
    char target[256];

    (void)state;
    assert_int_equal(json_array_size(json_object_get(hits, "items")), 1);
    (void)snprintf(target, sizeof(target), "%s#xywh=110,20,90,30",
                   text_at(item(m, 0), "id"));
    assert_string_equal(text_at(item(hits, 0), "target"), target);
    assert_non_null(
        strstr(text_at(json_object_get(item(hits, 0), "body"), "value"),
               "тайнатехническа"));
}

static void find__finds_nothing_when_nothing_is_asked(void **state)
{
    CLEANUP(json_decref) json_t *hits = get_json(PUBLIC, FIND);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(hits, "items")), 0);
}

/* A page of 1000 x 600 whose scan is mirrored and lies on its side: what
 * stands at its left top comes to the right top. */
static void manifest__turns_what_was_scanned_aslant(void **state)
{
    CLEANUP(volume_free) struct volume *v = volume_new();
    CLEANUP(json_decref) json_t *m = NULL;
    CLEANUP(json_decref) json_t *hits = NULL;
    char label[] = "12";
    struct page_row page = {.id = PUBLISHED "/0001",
                            .label = label,
                            .width_px = 1000,
                            .height_px = 600,
                            .mirrored = true,
                            .turn_cw_deg = 90};
    struct volume_row row = {.volume = v, .page_count = 1, .pages = &page};
    struct rect box = {900, 0, 100, 50}; /* mirrored: 0, 0 */
    struct hit hit = {.page = PUBLISHED "/0001", .boxes = &box, .box_count = 1};
    struct search_answer answer = {.hits = &hit, .hit_count = 1};
    json_t *body;
    struct err err;

    (void)state;
    (void)snprintf(v->id, sizeof(v->id), PUBLISHED);
    assert_ok(manifest_of_volume(
                  &(struct manifest_of){.base = BASE, .row = &row}, &m, &err),
              err);
    assert_int_equal(json_integer_value(json_object_get(item(m, 0), "width")),
                     600);
    body = json_object_get(item(item(item(m, 0), 0), 0), "body");
    assert_string_equal(text_at(body, "type"), "SpecificResource");
    assert_string_equal(text_at(json_object_get(body, "selector"), "rotation"),
                        "!90");
    assert_ok(manifest_of_hits(BASE, "/x", &row, &answer, &hits, &err), err);
    assert_non_null(
        strstr(text_at(item(hits, 0), "target"), "#xywh=550,0,50,100"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest__answers_each_role_as_the_table_says),
        cmocka_unit_test(manifest__says_the_same_of_closed_and_absent),
        cmocka_unit_test(manifest__leads_to_pictures_that_are_there),
        cmocka_unit_test(manifest__leads_to_mets_and_alto),
        cmocka_unit_test(manifest__names_no_mets_of_what_is_not_shown_whole),
        cmocka_unit_test(collection__lists_what_the_reader_may_see),
        cmocka_unit_test(find__points_at_the_words),
        cmocka_unit_test(find__finds_nothing_when_nothing_is_asked),
        cmocka_unit_test(manifest__turns_what_was_scanned_aslant),
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
