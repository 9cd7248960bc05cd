/* SPDX-License-Identifier: MIT */
/*
 * A new scan of a page: it takes the page's place in a new version, and the
 * one before stays, is told, and can be read.
 */
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "store/verify.h"
#include "tests/store/made.h"

#define SCHEMAS SHARED_DIR "/schemas"

/* Another scan of a made page: text tells which. */
static struct page *made_rescan(const char *dir, uint32_t number,
                                const char *text)
{
    struct page *p = made_page(dir, MADE_VOLUME, number);
    char name[64];

    p->replaces = 1;
    made_file(dir, "rescan.tif", text, &p->digests);
    (void)snprintf(name, sizeof(name), "%04u-%.8s.tif", number,
                   p->digests.sha256);
    made_file(dir, name, text, &p->digests);
    made_text(&p->master, name);
    made_text(&p->original_name, "нов скан.tif");
    made_text(&p->device, "скенер 2");
    return p;
}

static int replace_page(const char *dir, struct draft *draft,
                        const struct page *p, struct err *err)
{
    CLEANUP(page_text_free)
    struct page_text *text = made_reading(p->number + 100);
    char master[PATH_SIZE], alto[PATH_SIZE];

    made_path(dir, p->master, master);
    made_alto(dir, p, text, alto);
    return draft_replace_page(draft, p, master, alto, text, NULL, err);
}

static void replace(const char *dir, struct store *store, uint32_t number,
                    const char *bytes)
{
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_rescan(dir, number, bytes);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(replace_page(dir, draft, p, &err), err);
    assert_ok(draft_commit(draft, "a rescan", &err), err);
}

static void assert_clean(const struct store *store)
{
    CLEANUP(fault_report_fini) struct fault_report report = {.count = 0};

    made_verify(store, &report);
    for (size_t i = 0; i < report.count; i++)
        fail_msg("%s %s: %s", report.faults[i].code, report.faults[i].path,
                 report.faults[i].message);
}

static void assert_bytes(const char *path, const char *expected)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct err err;

    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    assert_string_equal(buf_str(&bytes), expected);
}

/* Is a logical path in a version's state? */
static bool in_state(const char *dir, const char *version, const char *logical)
{
    CLEANUP(json_decref) json_t *inventory = NULL;
    char path[PATH_SIZE];
    const char *digest;
    json_t *paths, *state, *one;
    struct err err;
    size_t i;

    assert_ok(
        path_format(path, &err, "%s/store/" MADE_OBJECT "/inventory.json", dir),
        err);
    assert_ok(json_read_file(path, &inventory, &err), err);
    state = json_object_get(
        json_object_get(json_object_get(inventory, "versions"), version),
        "state");
    json_object_foreach(state, digest, paths)
    {
        json_array_foreach(paths, i, one)
        {
            if (strcmp(json_string_value(one), logical) == 0)
                return true;
        }
    }
    return false;
}

static void rescan__takes_the_place_and_keeps_the_old_scan(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    const struct page *old;
    unsigned version = 0, replaced = 0;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 3);
    replace(*state, store, 2, "II*. better\n");
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 2);
    assert_int_equal(package_page_count(package), 3);
    assert_string_equal(package_page(package, 1)->id, MADE_VOLUME "/0002");
    assert_string_equal(package_page(package, 1)->original_name,
                        "нов скан.tif");
    assert_ok(package_master_path(package, 1, path, &err), err);
    assert_bytes(path, "II*. better\n");
    assert_ok(package_alto_path(package, 1, path, &err), err);
    assert_ok(alto_read(path, &text, &err), err);
    assert_string_equal(text->words[0].text, "лист102");

    old = package_superseded(package, 0, &version, &replaced);
    assert_non_null(old);
    assert_null(package_superseded(package, 1, NULL, NULL));
    assert_int_equal(version, 1);
    assert_int_equal(replaced, 2);
    assert_string_equal(old->original_name, "сканове/лист.tif");
    assert_ok(package_superseded_path(package, 0, path, &err), err);
    assert_bytes(path, "II*. the scan of page 2\n");
    assert_non_null(strstr(path, "/v1/content/"));

    assert_true(in_state(*state, "v1", "representations/master/data/0002.tif"));
    assert_false(
        in_state(*state, "v2", "representations/master/data/0002.tif"));
    assert_true(in_state(*state, "v2", "representations/master/data/0003.tif"));
    assert_clean(store);
}

static void rescan__is_told_in_premis_with_a_link_both_ways(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;
    CLEANUP(buf_fini) struct buf first = BUF_INIT;
    CLEANUP(buf_fini) struct buf command = BUF_INIT;
    const char *at;

    made_version(*state, store, MADE_VOLUME, 1, 3);
    replace(*state, store, 2, "II*. better\n");
    made_read(*state, 1, "metadata/preservation/premis.xml", &first);
    made_read(*state, 2, "metadata/preservation/premis.xml", &premis);
    assert_non_null(strstr(premis.data, ">supersedes<"));
    assert_non_null(strstr(premis.data, ">is superseded by<"));
    assert_non_null(strstr(premis.data, ">modification<"));
    assert_non_null(strstr(premis.data, "takes the place of page 2"));
    assert_non_null(strstr(premis.data, "data/0002.tif<"));
    assert_non_null(strstr(premis.data, "hardware:скенер 2"));
    /* the ingestion of the first version is still told, as it was */
    at = strstr(first.data, ">ingestion<");
    assert_non_null(at);
    at = strstr(first.data, "<eventIdentifierValue>");
    assert_non_null(at);
    buf_add(&command, at, strcspn(at, "\n"));
    assert_non_null(strstr(premis.data, buf_str(&command)));

    if (!dir_exists(SCHEMAS))
        return;
    buf_clear(&command);
    buf_printf(&command,
               "XML_CATALOG_FILES='%s/catalog.xml' xmllint --nonet --noout "
               "--schema '%s/package.xsd' '%s/store/" MADE_OBJECT
               "/v2/content/metadata/preservation/premis.xml' 2>&1",
               SCHEMAS, SCHEMAS, (char *)*state);
    assert_int_equal(system(buf_str(&command)), 0);
}

static void rescan__leaves_all_events_told(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);

    made_version(*state, store, MADE_VOLUME, 1, 2);
    replace(*state, store, 1, "another scan");
    replace(*state, store, 1, "and another");
    replace(*state, store, 2, "the other page, too");
    for (int version = 1; version < 4; version++)
        made_assert_history(*state, version, version + 1);
    assert_clean(store);
}

static void rescan__can_be_rescanned_and_taken_back(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    replace(*state, store, 2, "II*. better\n");
    assert_clean(store);
    replace(*state, store, 2, "II*. best\n");
    assert_clean(store);
    /* the first scan was the best after all */
    replace(*state, store, 2, "II*. the scan of page 2\n");
    assert_clean(store);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 4);
    assert_ok(package_master_path(package, 1, path, &err), err);
    assert_bytes(path, "II*. the scan of page 2\n");
    assert_non_null(strstr(path, "/v1/content/"));
    assert_non_null(package_superseded(package, 2, NULL, NULL));
    assert_null(package_superseded(package, 3, NULL, NULL));
}

/* A page of a file of many images: the others still need that file. */
static void rescan__of_one_image_leaves_the_others_their_file(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(page_free) struct page *a = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(page_free) struct page *b = made_page(*state, MADE_VOLUME, 2);
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    b->digests = a->digests;
    b->image = 1;
    made_text(&b->master, a->master);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add_page(*state, draft, a, &err), err);
    assert_ok(made_add_page(*state, draft, b, &err), err);
    assert_ok(draft_commit(draft, "one file", &err), err);
    draft_abandon(STEAL(draft));
    replace(*state, store, 1, "II*. better\n");
    assert_clean(store);
    assert_true(in_state(*state, "v2", "representations/master/data/0001.tif"));
    replace(*state, store, 2, "II*. better, too\n");
    assert_clean(store);
    assert_false(
        in_state(*state, "v3", "representations/master/data/0001.tif"));
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_ok(package_superseded_path(package, 1, path, &err), err);
    assert_bytes(path, "II*. the scan of page 1\n");
}

static void rescan__is_refused_without_a_page_or_twice_at_once(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *one = made_rescan(*state, 1, "II*. x\n");
    CLEANUP(page_free) struct page *again = made_rescan(*state, 1, "II*. y\n");
    CLEANUP(page_free) struct page *nine = made_rescan(*state, 9, "II*. z\n");
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(replace_page(*state, draft, nine, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(replace_page(*state, draft, one, &err), err);
    assert_int_equal(replace_page(*state, draft, again, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    /* new pages and rescans in one version */
    assert_ok(made_add(*state, draft, MADE_VOLUME, 3, &err), err);
    assert_ok(draft_commit(draft, "both", &err), err);
    assert_clean(store);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(rescan__takes_the_place_and_keeps_the_old_scan),
        unit_test_in_dir(rescan__is_told_in_premis_with_a_link_both_ways),
        unit_test_in_dir(rescan__leaves_all_events_told),
        unit_test_in_dir(rescan__can_be_rescanned_and_taken_back),
        unit_test_in_dir(rescan__of_one_image_leaves_the_others_their_file),
        unit_test_in_dir(rescan__is_refused_without_a_page_or_twice_at_once),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
