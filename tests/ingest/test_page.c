/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "common/json.h"
#include "ingest/batch.h"

static void put(char **at, const char *text)
{
    free(*at);
    *at = strdup(text);
    assert_non_null(*at);
}

static struct page *sample_page(uint32_t number)
{
    struct page *page = page_new();
    struct err err;

    assert_non_null(page);
    (void)snprintf(page->volume, ID_SIZE, "odesos/family-register/1938-012");
    page->number = number;
    assert_ok(page_id_format(page->volume, number, page->id, &err), err);
    put(&page->label, "12a");
    put(&page->original_name, "лист\\n7.tif");
    put(&page->master, "0007.tif");
    put(&page->compression, "g4");
    put(&page->language, "bul");
    put(&page->operator_id, "op-3");
    put(&page->picture, "000006-0000.jpg");
    page->quality.measured = 1;
    page->quality.text_marks = 812;
    page->quality.edge_width_px = 2.25;
    page->quality.skew_cw_deg = -1.5;
    memset(page->digests.sha256, 'a', 64);
    memset(page->digests.sha512, 'b', 128);
    page->digests.size_bytes = (int64_t)5 << 32;
    page->width_px = 2480;
    page->height_px = 3508;
    page->xres_dpi = 300;
    page->yres_dpi = 299.99972;
    page->res_ratio = 0.5;
    page->bits_per_sample = 1;
    page->samples_per_pixel = 1;
    page->orientation = 8;
    clock_rfc3339(1795305600, page->received_utc);
    assert_ok(finding_add(&page->findings, "tiff-resolution", SEVERITY_WARNING,
                          2, 282, &err, "%u dpi, expected %u", 72u, 300u),
              err);
    finding_set_box(&page->findings, (struct finding_box){10, 20, 300, 400});
    return page;
}

static struct volume *sample_volume(void)
{
    struct volume *volume = volume_new();

    assert_non_null(volume);
    (void)snprintf(volume->id, ID_SIZE, "odesos/family-register/1938-012");
    (void)snprintf(volume->site, SLUG_SIZE, "odesos");
    (void)snprintf(volume->series, SLUG_SIZE, "family-register");
    (void)snprintf(volume->number, SLUG_SIZE, "1938-012");
    put(&volume->title, "Семеен регистър, том 12");
    put(&volume->date_from, "1938-05-01");
    return volume;
}

static void assert_same_json(json_t *a, json_t *b)
{
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
}

static void page__comes_back_from_json_unchanged(void **state)
{
    CLEANUP(page_free) struct page *page = sample_page(7);
    CLEANUP(page_free) struct page *back = NULL;
    json_t *before = NULL;
    json_t *after = NULL;
    struct err err;

    (void)state;
    assert_ok(page_to_json(page, &before, &err), err);
    assert_ok(page_from_json(before, &back, &err), err);
    assert_string_equal(back->id, "odesos/family-register/1938-012/0007");
    assert_string_equal(back->label, "12a");
    assert_string_equal(back->original_name, page->original_name);
    assert_true(back->digests.size_bytes == page->digests.size_bytes);
    assert_true(back->yres_dpi == page->yres_dpi);
    assert_true(back->res_ratio == 0.5);
    assert_string_equal(back->received_utc, page->received_utc);
    assert_int_equal(back->findings.count, 1);
    assert_int_equal(back->findings.items[0].severity, SEVERITY_WARNING);
    assert_int_equal(back->findings.items[0].image, 2);
    assert_int_equal(back->findings.items[0].tag, 282);
    assert_string_equal(back->findings.items[0].message,
                        "72 dpi, expected 300");
    assert_int_equal(back->findings.items[0].box.y, 20);
    assert_int_equal(back->findings.items[0].box.h, 400);
    assert_string_equal(back->picture, "000006-0000.jpg");
    assert_true(back->quality.skew_cw_deg == -1.5);
    assert_int_equal(back->quality.text_marks, 812);
    assert_ok(page_to_json(back, &after, &err), err);
    assert_same_json(before, after);
}

static void page__keeps_its_ink_map_and_no_other_text(void **state)
{
    CLEANUP(page_free) struct page *page = sample_page(7);
    CLEANUP(page_free) struct page *back = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    struct page *bad = NULL;
    struct err err;

    (void)state;
    memset(page->quality.ink_map, 'A', INK_MAP_SIZE - 1);
    page->quality.ink_map[0] = 'h';
    page->quality.ink_map[1] = '2';
    assert_ok(page_to_json(page, &json, &err), err);
    assert_ok(page_from_json(json, &back, &err), err);
    assert_string_equal(back->quality.ink_map, page->quality.ink_map);
    assert_int_equal(json_object_set_new(json_object_get(json, "quality"),
                                         INK_MAP_KEY, json_string("h2AA")),
                     0);
    assert_int_equal(page_from_json(json, &bad, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void page__copy_is_equal_and_its_own(void **state)
{
    CLEANUP(page_free) struct page *page = sample_page(7);
    CLEANUP(page_free) struct page *copy = NULL;
    json_t *a = NULL;
    json_t *b = NULL;
    struct err err;

    (void)state;
    assert_ok(page_copy(page, &copy, &err), err);
    assert_ptr_not_equal(copy->label, page->label);
    assert_ok(page_to_json(page, &a, &err), err);
    assert_ok(page_to_json(copy, &b, &err), err);
    assert_same_json(a, b);
}

static void expect_refused(const char *key, json_t *value, const char *word)
{
    CLEANUP(page_free) struct page *page = sample_page(7);
    struct page *back = NULL;
    json_t *json = NULL;
    struct err err;

    assert_ok(page_to_json(page, &json, &err), err);
    if (value == NULL)
        assert_int_equal(json_object_del(json, key), 0);
    else
        assert_int_equal(json_object_set_new(json, key, value), 0);
    assert_int_equal(page_from_json(json, &back, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(back);
    assert_non_null(strstr(err.msg, word));
    json_decref(json);
}

static void page__from_json_names_the_key_that_is_wrong(void **state)
{
    (void)state;
    expect_refused("label", NULL, "\"label\" is missing");
    expect_refused("label", json_integer(3), "\"label\"");
    expect_refused("width_px", json_integer(-1), "\"width_px\"");
    expect_refused("width_px", json_integer((json_int_t)1 << 33), "\"width_px");
    expect_refused("xres_dpi", json_string("300"), "\"xres_dpi\"");
    expect_refused("number", json_integer(8), "0008");
    expect_refused("volume", json_string("../../etc"), "\"volume\"");
    expect_refused("master", json_string("../0007.tif"), "\"master\"");
    expect_refused("master", json_string("a/0007.tif"), "\"master\"");
    expect_refused("sha256", json_string("xyz"), "\"sha256\"");
    expect_refused("orientation", json_integer(9), "\"orientation\"");
    expect_refused("findings", json_integer(9), "\"findings\"");
    expect_refused("findings", json_pack("[{s:s}]", "rule", "x"), "\"message");
}

static void page__from_json_refuses_a_quality_that_is_none(void **state)
{
    (void)state;
    expect_refused("quality", json_integer(3), "quality");
    expect_refused("quality", json_pack("{s:i}", "measured", 1), "is missing");
    expect_refused("picture", json_string("../a.jpg"), "\"picture\"");
    expect_refused("findings",
                   json_pack("[{s:s, s:s, s:s, s:[i,i,i]}]", "rule", "x",
                             "severity", "info", "message", "y", "box", 1, 2,
                             3),
                   "\"box\"");
}

/* Packages that were kept before quality was measured stay readable. */
static void page__from_json_reads_records_without_quality(void **state)
{
    CLEANUP(page_free) struct page *page = sample_page(7);
    CLEANUP(page_free) struct page *back = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    struct err err;

    (void)state;
    assert_ok(page_to_json(page, &json, &err), err);
    assert_int_equal(json_object_del(json, "quality"), 0);
    assert_int_equal(json_object_del(json, "picture"), 0);
    assert_ok(page_from_json(json, &back, &err), err);
    assert_int_equal(back->quality.measured, 0);
    assert_string_equal(back->picture, "");
}

static void volume__comes_back_with_its_parts(void **state)
{
    CLEANUP(volume_free) struct volume *volume = sample_volume();
    CLEANUP(volume_free) struct volume *back = NULL;
    CLEANUP(volume_free) struct volume *copy = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    struct err err;

    (void)state;
    assert_ok(volume_to_json(volume, &json, &err), err);
    assert_ok(volume_from_json(json, &back, &err), err);
    assert_string_equal(back->site, "odesos");
    assert_string_equal(back->series, "family-register");
    assert_string_equal(back->number, "1938-012");
    assert_string_equal(back->title, volume->title);
    assert_string_equal(back->shelfmark, "");
    assert_ok(volume_copy(back, &copy, &err), err);
    assert_string_equal(copy->series, "family-register");
    assert_string_equal(copy->date_from, "1938-05-01");
}

static void findings__worst_is_found(void **state)
{
    struct finding_list list = {NULL, 0};
    struct err err;

    (void)state;
    assert_int_equal(finding_list_worst(&list), SEVERITY_INFO);
    assert_ok(finding_add(&list, "a", SEVERITY_ERROR, -1, 0, &err, "x"), err);
    assert_ok(finding_add(&list, "b", SEVERITY_INFO, -1, 0, &err, "y"), err);
    assert_int_equal(finding_list_worst(&list), SEVERITY_ERROR);
    finding_list_fini(&list);
}

static struct batch *sample_batch(void)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    struct err err;

    assert_non_null(batch);
    (void)snprintf(batch->id, sizeof(batch->id), "box-7-0123456789ab");
    batch->source = strdup("/scans/Box 7");
    clock_now_rfc3339(batch->received_utc);
    batch->files = calloc(2, sizeof(*batch->files));
    batch->file_count = 2;
    batch->files[0].name = strdup("0007.tif");
    batch->files[0].verdict = VERDICT_WARN;
    batch->files[1].name = strdup("bad.tif");
    batch->files[1].verdict = VERDICT_REJECT;
    assert_ok(finding_add(&batch->files[1].findings, "tiff-empty",
                          SEVERITY_ERROR, -1, 0, &err, "0 bytes"),
              err);
    batch->volumes = calloc(1, sizeof(*batch->volumes));
    batch->volumes[batch->volume_count++] = sample_volume();
    batch->pages = calloc(1, sizeof(*batch->pages));
    batch->pages[batch->page_count++] = sample_page(7);
    return batch;
}

static void batch__comes_back_from_its_folder(void **state)
{
    CLEANUP(batch_free) struct batch *batch = sample_batch();
    CLEANUP(batch_free) struct batch *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(batch_write(*state, batch, &err), err);
    assert_ok(batch_read(*state, &back, &err), err);
    assert_string_equal(back->id, batch->id);
    assert_string_equal(back->source, batch->source);
    assert_int_equal(back->file_count, 2);
    assert_int_equal(back->files[1].verdict, VERDICT_REJECT);
    assert_string_equal(back->files[1].findings.items[0].message, "0 bytes");
    assert_int_equal(back->volume_count, 1);
    assert_int_equal(back->page_count, 1);
    assert_ok(batch_master_path("s/b", back->pages[0], path, &err), err);
    assert_string_equal(path,
                        "s/b/masters/odesos~family-register~1938-012/0007.tif");
}

static void batch__that_is_not_there_is_not_acknowledged(void **state)
{
    struct batch *batch = NULL;
    struct err err;

    assert_int_equal(batch_read(*state, &batch, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void batch__with_a_wrong_page_is_refused_whole(void **state)
{
    CLEANUP(batch_free) struct batch *batch = sample_batch();
    struct batch *back = NULL;
    struct err err;

    batch->pages[0]->number = 9;
    assert_ok(batch_write(*state, batch, &err), err);
    assert_int_equal(batch_read(*state, &back, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "pages.jsonl: line 1: "));
}

/* People count pages from 1; what is of the whole file is of none. */
static void findings__name_the_page_as_people_count(void **state)
{
    CLEANUP(finding_list_fini) struct finding_list list = {NULL, 0};
    CLEANUP(json_decref) json_t *json = NULL;
    struct err err;

    (void)state;
    assert_ok(finding_add(&list, "a", SEVERITY_ERROR, 1, 273, &err, "x"), err);
    assert_ok(finding_add(&list, "b", SEVERITY_INFO, -1, 0, &err, "y"), err);
    assert_ok(findings_to_json(&list, &json, &err), err);
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(json, 0), "page")),
        2);
    assert_true(json_is_null(json_object_get(json_array_get(json, 1), "page")));
}

static void put_pages(const char *dir, const char *text)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/pages.jsonl", dir), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
}

/* Fewer or more pages than were acknowledged, and what is no page at all. */
static void batch__with_other_pages_than_it_had_is_refused(void **state)
{
    CLEANUP(batch_free) struct batch *batch = sample_batch();
    CLEANUP(buf_fini) struct buf line = BUF_INIT;
    CLEANUP(free) char *twice = NULL;
    struct batch *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(batch_write(*state, batch, &err), err);
    assert_ok(path_format(path, &err, "%s/pages.jsonl", (char *)*state), err);
    assert_ok(file_read(path, 1 << 20, &line, &err), err);
    put_pages(*state, "");
    assert_int_equal(batch_read(*state, &back, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "has 0 pages, expected 1"));
    assert_true(asprintf(&twice, "%s%s", buf_str(&line), buf_str(&line)) > 0);
    put_pages(*state, twice);
    assert_int_equal(batch_read(*state, &back, &err), -1);
    assert_non_null(strstr(err.msg, "line 2: more than the 1 pages"));
    put_pages(*state, "no JSON\n");
    assert_int_equal(batch_read(*state, &back, &err), -1);
    assert_non_null(strstr(err.msg, "line 1: not JSON"));
}

static void batch_read_head__leaves_the_pages_out(void **state)
{
    CLEANUP(batch_free) struct batch *batch = sample_batch();
    CLEANUP(batch_free) struct batch *head = NULL;
    size_t pages = 0;
    struct err err;

    assert_ok(batch_write(*state, batch, &err), err);
    assert_ok(batch_read_head(*state, &head, &pages, &err), err);
    assert_int_equal(pages, 1);
    assert_int_equal(head->page_count, 0);
    assert_string_equal(head->id, batch->id);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page__comes_back_from_json_unchanged),
        cmocka_unit_test(page__keeps_its_ink_map_and_no_other_text),
        cmocka_unit_test(page__copy_is_equal_and_its_own),
        cmocka_unit_test(page__from_json_names_the_key_that_is_wrong),
        cmocka_unit_test(page__from_json_refuses_a_quality_that_is_none),
        cmocka_unit_test(page__from_json_reads_records_without_quality),
        cmocka_unit_test(volume__comes_back_with_its_parts),
        cmocka_unit_test(findings__worst_is_found),
        unit_test_in_dir(batch__comes_back_from_its_folder),
        unit_test_in_dir(batch__that_is_not_there_is_not_acknowledged),
        unit_test_in_dir(batch__with_a_wrong_page_is_refused_whole),
        unit_test_in_dir(batch__with_other_pages_than_it_had_is_refused),
        cmocka_unit_test(findings__name_the_page_as_people_count),
        unit_test_in_dir(batch_read_head__leaves_the_pages_out),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
