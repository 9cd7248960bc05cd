/* SPDX-License-Identifier: MIT */
/*
 * The records of a form in the package: kept beside the page's ALTO, told in
 * METS and PREMIS, checked, and gone when a new scan of the page has none.
 */
#include <stdlib.h>
#include <string.h>

#include "ocr/record_xml.h"
#include "store/eark_check.h"
#include "store/mets.h"
#include "tests/store/made.h"

#define SCHEMAS SHARED_DIR "/schemas"

/* scans/NNNN.records.xml */
static void made_records(const char *dir, const struct page *p,
                         char out[PATH_SIZE])
{
    CLEANUP(page_records_free)
    struct page_records *records = page_records_new();
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct err err;

    assert_non_null(records);
    assert_non_null(page_records_add(records, "family-register", "household"));
    assert_ok(
        path_format(out, &err, "%s/scans/%04u.records.xml", dir, p->number),
        err);
    assert_ok(records_write(records, p->id, &bytes, &err), err);
    assert_ok(file_write_durable(out, bytes.data, bytes.len, &err), err);
}

static int add_records(const char *dir, struct draft *draft,
                       const struct page *p, struct err *err)
{
    char path[PATH_SIZE];

    made_records(dir, p, path);
    return draft_add_records(draft, p, path, err);
}

/* Pages 1 and 2, of which the first is a form. */
static void made_form(const char *dir, struct store *store)
{
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *one = made_page(dir, MADE_VOLUME, 1);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(add_records(dir, draft, one, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(made_add_page(dir, draft, one, &err), err);
    assert_ok(add_records(dir, draft, one, &err), err);
    assert_int_equal(add_records(dir, draft, one, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_ok(made_add(dir, draft, MADE_VOLUME, 2, &err), err);
    assert_ok(draft_commit(draft, "forms", &err), err);
}

static size_t count_faults(const struct store *store)
{
    CLEANUP(fault_report_fini) struct fault_report report = {.count = 0};

    made_verify(store, &report);
    return report.count;
}

static void assert_holds(const char *dir, const char *logical, const char *text)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/store/" MADE_OBJECT "/v1/content/%s",
                          dir, logical),
              err);
    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    if (strstr(buf_str(&bytes), text) == NULL)
        fail_msg("%s has no %s", logical, text);
}

/* By the official schema, when it is there. */
static void assert_valid(const char *dir, const char *logical)
{
    CLEANUP(buf_fini) struct buf command = BUF_INIT;

    if (!dir_exists(SCHEMAS)) {
        unit_skipped++;
        return;
    }
    buf_printf(&command,
               "XML_CATALOG_FILES='%s/catalog.xml' xmllint --nonet --noout "
               "--schema '%s/package.xsd' '%s/store/" MADE_OBJECT
               "/v1/content/%s' 2>&1",
               SCHEMAS, SCHEMAS, dir, logical);
    assert_int_equal(system(buf_str(&command)), 0);
}

static void records__are_kept_and_told(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(page_records_free) struct page_records *records = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_form(*state, store);
    assert_int_equal(count_faults(store), 0);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_true(package_has_records(package, 0));
    assert_false(package_has_records(package, 1));
    assert_ok(package_records_path(package, 0, path, &err), err);
    assert_ok(records_read(path, &records, &err), err);
    assert_int_equal(records->record_count, 1);
    assert_int_equal(package_records_path(package, 1, path, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_holds(*state, METS_OCR_XML, "data/0001.records.xml");
    assert_holds(*state, METS_OCR_XML, "FILEID=\"records-0001\"");
    assert_holds(*state, METS_OCR_XML, "TYPE=\"household\"");
    assert_holds(*state, METS_OCR_XML,
                 "xlink:from=\"division-1\" xlink:to=\"page-0001\"");
    assert_holds(*state, PREMIS_XML, "0001.records.xml");
    assert_holds(*state, PREMIS_XML, "Records made of the form");
    assert_valid(*state, METS_OCR_XML);
    assert_valid(*state, PREMIS_XML);
}

/* In thirty years nobody has the program's sources. */
static void records__have_their_schema_beside_them(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(store_close) struct store *store = made_store(*state);
    char package[PATH_SIZE];
    struct err err;

    made_form(*state, store);
    assert_holds(*state, "schemas/records.xsd", "urn:tefter:records:1");
    assert_holds(*state, "METS.xml", "USE=\"Schemas\"");
    assert_holds(*state, "METS.xml", "FILEID=\"group-schemas\"");
    assert_valid(*state, "METS.xml");
    assert_ok(path_format(package, &err, "%s/store/" MADE_OBJECT "/v1/content",
                          (char *)*state),
              err);
    assert_ok(eark_check(package, &report, &err), err);
    assert_int_equal(report.count, 0);
    assert_int_equal(count_faults(store), 0);
}

static void records__that_are_lost_are_missed(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_form(*state, store);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_ok(package_records_path(package, 0, path, &err), err);
    assert_ok(file_remove(path, &err), err);
    assert_true(count_faults(store) > 0);
}

static void records__go_with_the_scan_they_were_made_of(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(page_text_free) struct page_text *text = made_reading(101);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char master[PATH_SIZE], alto[PATH_SIZE];
    struct err err;

    made_form(*state, store);
    p->replaces = 1;
    made_file(*state, "again.tif", "II*. another scan\n", &p->digests);
    made_text(&p->master, "again.tif");
    made_path(*state, p->master, master);
    made_alto(*state, p, text, alto);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(draft_replace_page(draft, p, master, alto, text, NULL, &err),
              err);
    assert_ok(draft_commit(draft, "a rescan", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_false(package_has_records(package, 0));
    assert_int_equal(count_faults(store), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(records__are_kept_and_told),
        unit_test_in_dir(records__have_their_schema_beside_them),
        unit_test_in_dir(records__that_are_lost_are_missed),
        unit_test_in_dir(records__go_with_the_scan_they_were_made_of),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
