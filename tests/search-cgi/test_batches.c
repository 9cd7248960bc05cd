/* SPDX-License-Identifier: MIT */
/*
 * Batches on the web: who sees which, the contact sheet and its pictures.
 */
#include "tests/search-cgi/harmless.h"

#include "common/digest.h"
#include "common/json.h"
#include "ingest/batch_report.h"
#include "ingest/inbox_report.h"

static struct archive *archive;
static char *cookies[WEB_ROLES];

enum { ROLE_OPERATOR = 1, ROLE_ADMIN = 7 };

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

static struct page *make_page(const char *volume, const char *file,
                              unsigned orientation)
{
    struct page *p = page_new();
    struct err err;

    (void)snprintf(p->volume, sizeof(p->volume), "%s", volume);
    p->number = 1;
    assert_ok(page_id_format(volume, 1, p->id, &err), err);
    p->width_px = 1000;
    p->height_px = 600;
    p->orientation = orientation;
    p->bits_per_sample = p->samples_per_pixel = 1;
    assert_ok(digest_bytes("", 0, DIGEST_SHA256, p->digests.sha256, &err), err);
    assert_ok(digest_bytes("", 0, DIGEST_SHA512, p->digests.sha512, &err), err);
    clock_now_rfc3339(p->received_utc);
    web_set(&p->original_name, file);
    web_set(&p->master, "0001.tif");
    web_set(&p->picture, "000000-0000.jpg");
    web_set(&p->compression, "none");
    web_set(&p->language, "bul");
    return p;
}

static struct volume *make_volume(const char *id)
{
    struct volume *v = volume_new();
    struct volume_id parts;
    struct err err;

    assert_ok(volume_id_parse(id, &parts, &err), err);
    (void)snprintf(v->id, sizeof(v->id), "%s", id);
    memcpy(v->site, parts.site, sizeof(v->site));
    memcpy(v->series, parts.series, sizeof(v->series));
    memcpy(v->number, parts.number, sizeof(v->number));
    return v;
}

/* Two files: one accepted with a finding on it, one set aside. */
static void write_batch(const char *root, const char *id, const char *site,
                        const char *volume, unsigned orientation)
{
    struct batch batch = {.file_count = 2, .volume_count = 1, .page_count = 1};
    struct batch_file files[2] = {{.verdict = VERDICT_WARN, .image_count = 1},
                                  {.verdict = VERDICT_REJECT}};
    struct volume *volumes[] = {make_volume(volume)};
    struct page *pages[] = {make_page(volume, "добър.tif", orientation)};
    char dir[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    files[0].name = strdup("добър.tif");
    files[1].name = strdup("лош " HOSTILE_TEXT ".tif");
    assert_ok(finding_add(&files[0].findings, "quality-cut", SEVERITY_WARNING,
                          0, 0, &err, "text runs out on the right"),
              err);
    finding_set_box(&files[0].findings, (struct finding_box){10, 20, 30, 40});
    assert_ok(finding_add(&files[1].findings, "file-not-tiff", SEVERITY_ERROR,
                          -1, 0, &err, "it is %s", HOSTILE_TEXT),
              err);
    (void)snprintf(batch.id, sizeof(batch.id), "%s", id);
    (void)snprintf(batch.site, sizeof(batch.site), "%s", site);
    clock_now_rfc3339(batch.received_utc);
    batch.source = strdup("сканове " HOSTILE_TEXT);
    batch.files = files;
    batch.volumes = volumes;
    batch.pages = pages;
    assert_ok(path_format(dir, &err, "%s/%s", root, id), err);
    assert_ok(path_format(path, &err, "%s/" PICTURES_FOLDER, dir), err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(batch_picture_path(dir, "000000-0000.jpg", path, &err), err);
    assert_ok(file_write_durable(path, "a picture", 9, &err), err);
    assert_ok(batch_write(dir, &batch, &err), err);
    free(batch.source);
    batch_file_fini(&files[0]);
    batch_file_fini(&files[1]);
    volume_free(volumes[0]);
    page_free(pages[0]);
}

/* A third file of the batch, whose page is of another volume. */
static void add_to_batch(const char *root, const char *id, const char *volume)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char dir[PATH_SIZE], path[PATH_SIZE];
    struct err err;
    struct page *page = make_page(volume, "чужд.tif", 1);

    web_set(&page->picture, "000002-0000.jpg");
    assert_ok(path_format(dir, &err, "%s/%s", root, id), err);
    assert_ok(batch_read(dir, &batch, &err), err);
    batch->files = realloc(batch->files, 3 * sizeof(*batch->files));
    batch->volumes = realloc(batch->volumes, 2 * sizeof(struct volume *));
    batch->pages = realloc(batch->pages, 2 * sizeof(struct page *));
    batch->files[batch->file_count++] = (struct batch_file){
        .name = strdup("чужд.tif"), .verdict = VERDICT_WARN, .image_count = 1};
    assert_ok(finding_add(&batch->files[2].findings, "quality-skew",
                          SEVERITY_WARNING, 0, 0, &err, "it is turned"),
              err);
    batch->volumes[batch->volume_count++] = make_volume(volume);
    batch->pages[batch->page_count++] = page;
    assert_ok(batch_picture_path(dir, "000002-0000.jpg", path, &err), err);
    assert_ok(file_write_durable(path, "a picture", 9, &err), err);
    assert_ok(batch_write(dir, batch, &err), err);
}

static void add_outcome(const char *id, const char *page, const char *state)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    struct err err;

    assert_ok(batch_outcome_add(&outcome, page, state, "", &err), err);
    assert_ok(batch_report_close(archive->staging, archive->reports, id,
                                 &outcome, &err),
              err);
}

/* As long as it is, the batch stays in staging. */
static void say_unkept(const char *id, const char *page)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    struct err err;

    assert_ok(batch_outcome_add(&outcome, page, "repeated", "", &err), err);
    assert_ok(batch_report_outcome(archive->staging, id, &outcome, &err), err);
}

static void batches__are_seen_by_those_who_ingest(void **state)
{
    static const char *const uris[] = {"/batches", "/batch/box-1",
                                       "/batch/box-1/picture/000000-0000.jpg"};
    static const int expected[WEB_ROLES] = {403, 200, 403, 403,
                                            403, 403, 403, 200};

    (void)state;
    for (size_t u = 0; u < sizeof(uris) / sizeof(*uris); u++) {
        for (size_t r = 0; r < WEB_ROLES; r++) {
            int status = status_for(r, uris[u]);

            if (status != expected[r])
                fail_msg("%s as %s: %d, not %d", uris[u], web_roles[r], status,
                         expected[r]);
        }
    }
}

static void batches__of_another_site_are_not_there_for_an_operator(void **state)
{
    CLEANUP(free) char *list = get(ROLE_OPERATOR, "/batches");

    (void)state;
    assert_non_null(strstr(list, "box-1"));
    assert_null(strstr(list, "box-2"));
    assert_int_equal(status_for(ROLE_OPERATOR, "/batch/box-2"), 404);
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-2/picture/000000-0000.jpg"), 404);
    assert_int_equal(status_for(ROLE_ADMIN, "/batch/box-2"), 200);
    assert_int_equal(
        status_for(ROLE_ADMIN, "/batch/box-2/picture/000000-0000.jpg"), 200);
}

/* Given here, but all of its pages are another site's: what became no page is
 * still to be mended here. */
static void batch__given_for_another_site_hides_its_pages(void **state)
{
    CLEANUP(free) char *list = get(ROLE_OPERATOR, "/batches");
    CLEANUP(free) char *sheet = get(ROLE_OPERATOR, "/batch/box-3?show=all");

    (void)state;
    assert_non_null(strstr(list, "box-3"));
    assert_null(strstr(sheet, "добър.tif"));
    assert_null(strstr(sheet, "text runs out on the right"));
    assert_non_null(strstr(sheet, "лош "));
    assert_non_null(strstr(sheet, "Pages of this batch are in volumes of "
                                  "another site"));
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-3/picture/000000-0000.jpg"), 404);
    assert_int_equal(
        status_for(ROLE_ADMIN, "/batch/box-3/picture/000000-0000.jpg"), 200);
}

/* Given elsewhere, but all of its pages are this site's. */
static void batch__given_elsewhere_is_seen_at_its_pages_site(void **state)
{
    CLEANUP(free) char *list = get(ROLE_OPERATOR, "/batches");
    CLEANUP(free) char *sheet = get(ROLE_OPERATOR, "/batch/box-4?show=all");

    (void)state;
    assert_non_null(strstr(list, "box-4"));
    assert_non_null(strstr(sheet, "добър.tif"));
    assert_non_null(strstr(sheet, "лош "));
    assert_null(strstr(sheet, "another site"));
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-4/picture/000000-0000.jpg"), 200);
}

static void batch__of_two_sites_shows_each_its_own(void **state)
{
    CLEANUP(free) char *sheet = get(ROLE_OPERATOR, "/batch/box-5?show=all");
    CLEANUP(free) char *whole = get(ROLE_ADMIN, "/batch/box-5?show=all");

    (void)state;
    assert_null(strstr(sheet, "добър.tif"));
    assert_null(strstr(sheet, "лош "));
    assert_non_null(strstr(sheet, "чужд.tif"));
    assert_non_null(strstr(sheet, "it is turned"));
    assert_non_null(strstr(sheet, "/batch/box-5/picture/000002-0000.jpg"));
    assert_null(strstr(sheet, "another site")); /* it was given there */
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-5/picture/000002-0000.jpg"), 200);
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-5/picture/000000-0000.jpg"), 404);
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-5/scan/000000-0000.jpg"), 404);
    assert_non_null(strstr(whole, "добър.tif"));
    assert_non_null(strstr(whole, "чужд.tif"));
    assert_null(strstr(whole, "another site"));
}

static void batch__that_cannot_be_is_not_there(void **state)
{
    static const char *const uris[] = {
        "/batch/none",
        "/batch/..",
        "/batch/.",
        "/batch/..%2Freports",
        "/batch/box-1%2Fpictures",
        "/batch/box-1/picture/..%2Fbatch.json",
        "/batch/box-1/picture/..",
        "/batch/box-1/picture/000009-0000.jpg",
        "/batch/box-1/picture/%2Fetc%2Fpasswd",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
        int status = status_for(ROLE_ADMIN, uris[i]);

        if (status != 404)
            fail_msg("%s: %d", uris[i], status);
    }
}

static void batch__shows_what_was_found_and_harms_nobody(void **state)
{
    CLEANUP(free) char *sheet = get(ROLE_ADMIN, "/batch/box-1?show=all");
    CLEANUP(free) char *list = get(ROLE_ADMIN, "/batches");

    (void)state;
    assert_harmless_html("/batch/box-1", web_body(sheet));
    assert_harmless_html("/batches", web_body(list));
    assert_non_null(strstr(sheet, "text runs out on the right"));
    assert_non_null(strstr(sheet, "/batch/box-1/picture/000000-0000.jpg"));
    assert_null(strstr(sheet, HOSTILE_TEXT));
    assert_non_null(strstr(sheet, "&lt;"));
}

/* What is not kept is shown first thing, whatever its scan looks like. */
static void batch__says_which_of_its_pages_are_not_kept(void **state)
{
    CLEANUP(free) char *sheet = get(ROLE_OPERATOR, "/batch/box-6");
    CLEANUP(free) char *kept = get(ROLE_OPERATOR, "/batch/box-1");
    CLEANUP(free) char *list = get(ROLE_OPERATOR, "/batches");
    static const char line[] = "these bytes are another page already";

    (void)state;
    assert_non_null(strstr(sheet, line));
    assert_non_null(strstr(sheet, "Pages NOT kept"));
    assert_null(strstr(sheet, "still being read"));
    assert_null(strstr(kept, "Pages NOT kept"));
    assert_non_null(
        strstr(list, "<td class=\"number\"><strong>1</strong></td>"));
}

static void batches__tell_what_waits_in_the_inbox(void **state)
{
    CLEANUP(json_decref)
    json_t *list = json_pack(
        "[{s:s,s:s,s:s,s:s,s:s},{s:s,s:s,s:s,s:s,s:s}]", "site", "Одесос",
        "name", HOSTILE_TEXT, "state", "overdue", "since_utc",
        "2026-11-26T10:00:00Z", "reason", "listed and not there: 0003.tif",
        "site", "mladost", "name", "box-of-another", "state", "refused",
        "since_utc", "2026-11-26T10:00:00Z", "reason", "no batch");
    struct err err;

    (void)state;
    assert_ok(inbox_report_write(archive->reports, list, &err), err);
    CLEANUP(free) char *mine = get(ROLE_OPERATOR, "/batches");
    CLEANUP(free) char *all = get(ROLE_ADMIN, "/batches");

    assert_harmless_html("/batches", web_body(mine));
    assert_non_null(strstr(mine, "listed and not there: 0003.tif"));
    assert_non_null(strstr(mine, "waits for too long"));
    assert_null(strstr(mine, "box-of-another"));
    assert_non_null(strstr(all, "mladost/box-of-another"));
}

/* The link to the page is for those who may view pages. */
static void batch__links_to_pages_for_those_who_may_view_them(void **state)
{
    static const char link[] =
        "href=\"/page/odesos/family-register/1938-012/0001\"";
    CLEANUP(free) char *admin = get(ROLE_ADMIN, "/batch/box-1");
    CLEANUP(free) char *operator= get(ROLE_OPERATOR, "/batch/box-1");

    (void)state;
    assert_non_null(strstr(admin, link));
    assert_null(strstr(operator, link));
}

/* TIFF 6.0, Orientation: where the box 30 x 40 at (10, 20) of a stored image
 * of 1000 x 600 is on the upright one. */
static void batch__outlines_findings_on_the_upright_picture(void **state)
{
    static const char *const boxes[9] = {
        [1] = "x=\"10\" y=\"20\" width=\"30\" height=\"40\"",
        [2] = "x=\"960\" y=\"20\" width=\"30\" height=\"40\"",
        [3] = "x=\"960\" y=\"540\" width=\"30\" height=\"40\"",
        [4] = "x=\"10\" y=\"540\" width=\"30\" height=\"40\"",
        [5] = "x=\"20\" y=\"10\" width=\"40\" height=\"30\"",
        [6] = "x=\"540\" y=\"10\" width=\"40\" height=\"30\"",
        [7] = "x=\"540\" y=\"960\" width=\"40\" height=\"30\"",
        [8] = "x=\"20\" y=\"960\" width=\"40\" height=\"30\"",
    };

    (void)state;
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        char id[32], uri[48];

        (void)snprintf(id, sizeof(id), "turned-%u", orientation);
        (void)snprintf(uri, sizeof(uri), "/batch/%s", id);
        write_batch(archive->reports, id, "odesos", "odesos/technical/1",
                    orientation);
        {
            CLEANUP(free) char *sheet = get(ROLE_ADMIN, uri);

            if (strstr(sheet, boxes[orientation]) == NULL)
                fail_msg("orientation %u: no %s in %s", orientation,
                         boxes[orientation], sheet);
        }
    }
}

/* The master of a batch's page, as it lies in staging. */
static void write_staged_master(const char *id)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(page_text_free) struct page_text *text = web_text("scan");
    char dir[PATH_SIZE], path[PATH_SIZE], folder[PATH_SIZE];
    struct err err;

    assert_ok(path_format(dir, &err, "%s/%s", archive->staging, id), err);
    assert_ok(batch_read(dir, &batch, &err), err);
    assert_ok(batch_master_path(dir, batch->pages[0], path, &err), err);
    assert_ok(path_format(folder, &err, "%.*s",
                          (int)(path_base(path) - path - 1), path),
              err);
    assert_ok(dir_make(folder, &err), err);
    web_write_master(dir, path, batch->pages[0], text);
}

static void batch__shows_a_staged_scan_in_full_size(void **state)
{
    CLEANUP(free) char *sheet = get(ROLE_OPERATOR, "/batch/box-1?show=all");
    CLEANUP(free) char *scan = NULL;

    (void)state;
    assert_non_null(
        strstr(sheet, "href=\"/batch/box-1/scan/000000-0000.jpg\""));
    /* Packed; but what the volume has there now is another scan. */
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-1/scan/000000-0000.jpg"), 404);
    write_staged_master("box-4");
    scan = get(ROLE_OPERATOR, "/batch/box-4/scan/000000-0000.jpg");
    assert_int_equal(web_status(scan), 200);
    assert_non_null(strstr(scan, "image/jpeg"));
    assert_memory_equal(web_body(scan), "\xff\xd8\xff", 3);
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-4/scan/000009-0000.jpg"), 404);
    /* Another site's is not there for him. */
    write_staged_master("box-2");
    assert_int_equal(
        status_for(ROLE_OPERATOR, "/batch/box-2/scan/000000-0000.jpg"), 404);
    assert_int_equal(
        status_for(ROLE_ADMIN, "/batch/box-2/scan/000000-0000.jpg"), 200);
}

static void batch__in_work_says_so(void **state)
{
    CLEANUP(free) char *finished = get(ROLE_ADMIN, "/batch/box-1");
    CLEANUP(free) char *staged = get(ROLE_ADMIN, "/batch/box-2");

    (void)state;
    assert_null(strstr(finished, "still being read"));
    assert_non_null(strstr(staged, "still being read"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches__are_seen_by_those_who_ingest),
        cmocka_unit_test(
            batches__of_another_site_are_not_there_for_an_operator),
        cmocka_unit_test(batch__given_for_another_site_hides_its_pages),
        cmocka_unit_test(batch__given_elsewhere_is_seen_at_its_pages_site),
        cmocka_unit_test(batch__of_two_sites_shows_each_its_own),
        cmocka_unit_test(batch__that_cannot_be_is_not_there),
        cmocka_unit_test(batch__shows_what_was_found_and_harms_nobody),
        cmocka_unit_test(batch__says_which_of_its_pages_are_not_kept),
        cmocka_unit_test(batches__tell_what_waits_in_the_inbox),
        cmocka_unit_test(batch__links_to_pages_for_those_who_may_view_them),
        cmocka_unit_test(batch__outlines_findings_on_the_upright_picture),
        cmocka_unit_test(batch__shows_a_staged_scan_in_full_size),
        cmocka_unit_test(batch__in_work_says_so),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    for (size_t r = 0; r < WEB_ROLES; r++)
        cookies[r] = web_log_in(archive, web_roles[r]);
    write_batch(archive->staging, "box-1", "odesos",
                "odesos/family-register/1938-012", 1);
    add_outcome("box-1", "odesos/family-register/1938-012/0001", "packed");
    write_batch(archive->staging, "box-2", "mladost",
                "mladost/family-register/1", 1);
    write_batch(archive->staging, "box-3", "odesos",
                "mladost/family-register/2", 1);
    write_batch(archive->staging, "box-4", "mladost",
                "odesos/family-register/4", 1);
    write_batch(archive->staging, "box-5", "mladost",
                "mladost/family-register/5", 1);
    add_to_batch(archive->staging, "box-5", "odesos/family-register/5");
    write_batch(archive->staging, "box-6", "odesos", "odesos/family-register/6",
                1);
    say_unkept("box-6", "odesos/family-register/6/0001");
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    for (size_t r = 0; r < WEB_ROLES; r++)
        free(cookies[r]);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
