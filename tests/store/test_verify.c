/* SPDX-License-Identifier: MIT */
#include "store/verify.h"

#include <string.h>
#include <sys/stat.h>

#include "tests/store/made.h"

/* A store with one volume of two versions: pages 1 and 2, then 3. */
static struct store *two_versions(const char *dir)
{
    struct store *store = made_store(dir);

    made_version(dir, store, MADE_VOLUME, 1, 2);
    made_version(dir, store, MADE_VOLUME, 3, 3);
    return store;
}

/* The path of something below the folder of the made volume's object. */
static void in_object(const char *dir, const char *name, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/store/" MADE_OBJECT "/%s", dir, name),
              err);
}

static const struct fault *find_fault(const struct fault_report *report,
                                      enum fault_kind kind, const char *code,
                                      const char *path)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct fault *f = &report->faults[i];

        if (f->kind == kind && strcmp(f->code, code) == 0 &&
            strcmp(f->path, path) == 0)
            return f;
    }
    for (size_t i = 0; i < report->count; i++)
        print_message("%s %s %s: %s\n", report->faults[i].code,
                      fault_kind_name(report->faults[i].kind),
                      report->faults[i].path, report->faults[i].message);
    return NULL;
}

static void overwrite(const char *path, const char *text)
{
    struct err err;

    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
}

/* Replace the first occurrence of a text by one of the same length. */
static void alter(const char *path, const char *from, const char *to)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct err err;
    char *at;

    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    at = strstr(bytes.data, from);
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
}

static void verify_volume__finds_nothing_in_what_we_write(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    struct err err;

    assert_ok(made_verify_volume(store, &report, &err), err);
    if (report.count > 0)
        fail_msg("%s %s: %s", report.faults[0].code, report.faults[0].path,
                 report.faults[0].message);
    /* 3 masters with MIX, 3 ALTO, and 7 metadata files a version. */
    assert_int_equal(report.files, 23);
    assert_true(report.bytes > 1000);
    assert_false(fault_report_is_broken(&report));
}

static void verify_volume__says_that_a_volume_is_absent(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    struct err err;

    assert_int_equal(made_verify_volume(store, &report, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void verify_volume__tells_missing_altered_and_extra_apart(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const char *lost = "v1/content/representations/ocr/data/0001.xml";
    const char *rotten = "v2/content/representations/master/data/0003.tif";
    const char *stray = "v1/content/representations/master/data/Thumbs.db";
    char path[PATH_SIZE];
    struct err err;

    in_object(*state, lost, path);
    assert_ok(file_remove(path, &err), err);
    in_object(*state, rotten, path);
    alter(path, "scan", "skan");
    in_object(*state, stray, path);
    overwrite(path, "x");
    assert_ok(made_verify_volume(store, &report, &err), err);
    assert_true(fault_report_is_broken(&report));
    assert_non_null(find_fault(&report, FAULT_MISSING, "E092", lost));
    assert_non_null(find_fault(&report, FAULT_ALTERED, "E092", rotten));
    assert_non_null(find_fault(&report, FAULT_EXTRA, "E023", stray));
    assert_int_equal(report.count, 3);
}

static void verify_volume__tells_what_cannot_be_read(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const char *closed = "v1/content/representations/master/data/0001.tif";
    bool is_root = geteuid() == 0;
    char path[PATH_SIZE];
    struct err err;

    in_object(*state, closed, path);
    assert_int_equal(chmod(path, 0), 0);
    /* Root may read everything: be somebody else for a moment. */
    assert_int_equal(chmod(*state, 0755), 0);
    assert_int_equal(is_root ? seteuid(65534) : 0, 0);
    int rc = made_verify_volume(store, &report, &err);
    assert_int_equal(is_root ? seteuid(0) : 0, 0);
    assert_ok(rc, err);
    assert_non_null(find_fault(&report, FAULT_UNREADABLE, "", closed));
    assert_int_equal(report.count, 1);
}

static void verify_volume__finds_swapped_files(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char one[PATH_SIZE], other[PATH_SIZE], spare[PATH_SIZE];
    struct err err;

    in_object(*state, "v1/content/representations/master/data/0001.tif", one);
    in_object(*state, "v1/content/representations/master/data/0002.tif", other);
    in_object(*state, "spare", spare);
    assert_int_equal(rename(one, spare), 0);
    assert_int_equal(rename(other, one), 0);
    assert_int_equal(rename(spare, other), 0);
    assert_ok(made_verify_volume(store, &report, &err), err);
    assert_non_null(
        find_fault(&report, FAULT_ALTERED, "E092",
                   "v1/content/representations/master/data/0001.tif"));
    assert_non_null(
        find_fault(&report, FAULT_ALTERED, "E092",
                   "v1/content/representations/master/data/0002.tif"));
}

/* Make the inventory and its copies good again after a metadata file of v2 was
 * changed by hand: only what METS and the page records say is then wrong. */
static void forge(const char *dir, const char *file)
{
    CLEANUP(buf_fini) struct buf inventory = BUF_INIT;
    CLEANUP(buf_fini) struct buf forged = BUF_INIT;
    char path[PATH_SIZE], old_path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    char sidecar[DIGEST_HEX_SIZE + 32];
    struct err err;
    char *at;

    in_object(dir, "inventory.json", path);
    assert_ok(file_read(path, 1 << 20, &inventory, &err), err);
    in_object(dir, file, old_path);
    assert_ok(digest_file(old_path, DIGEST_SHA512, hex, &err), err);
    at = strstr(inventory.data, file);
    assert_non_null(at);
    while (at > inventory.data && strncmp(at, "\": [", 4) != 0)
        at--;
    at -= 128;
    char old_hex[DIGEST_HEX_SIZE];
    memcpy(old_hex, at, 128);
    old_hex[128] = '\0';
    for (const char *from = inventory.data;;) {
        const char *hit = strstr(from, old_hex);

        if (hit == NULL) {
            buf_puts(&forged, from);
            break;
        }
        buf_add(&forged, from, (size_t)(hit - from));
        buf_puts(&forged, hex);
        from = hit + 128;
    }
    assert_ok(digest_bytes(forged.data, forged.len, DIGEST_SHA512, hex, &err),
              err);
    (void)snprintf(sidecar, sizeof(sidecar), "%s inventory.json\n", hex);
    const char *const folders[] = {"", "v2/"};
    for (size_t i = 0; i < 2; i++) {
        char name[64];

        (void)snprintf(name, sizeof(name), "%sinventory.json.sha512",
                       folders[i]);
        in_object(dir, name, path);
        overwrite(path, sidecar);
        path[strlen(path) - strlen(".sha512")] = '\0';
        overwrite(path, forged.data);
    }
}

static void verify_volume__finds_a_mets_that_does_not_fit(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const char *mets = "v2/content/representations/ocr/METS.xml";
    char path[PATH_SIZE];
    struct err err;

    in_object(*state, mets, path);
    alter(path, "data/0002.xml", "data/0009.xml");
    forge(*state, mets);
    assert_ok(made_verify_volume(store, &report, &err), err);
    assert_non_null(find_fault(&report, FAULT_MISSING, "PKG3",
                               "representations/ocr/data/0009.xml"));
    assert_non_null(find_fault(&report, FAULT_EXTRA, "PKG4",
                               "representations/ocr/data/0002.xml"));
    /* The root METS tells the checksum of the representation's. */
    assert_non_null(find_fault(&report, FAULT_ALTERED, "PKG3",
                               "representations/ocr/METS.xml"));
}

static void verify_volume__finds_a_page_record_that_does_not_fit(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const char *record = "v2/content/metadata/other/volume.json";
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE], other[9];
    struct err err;

    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    memcpy(other, package_page(package, 1)->digests.sha512, 8);
    other[8] = '\0';
    in_object(*state, record, path);
    alter(path, other, other[0] == '0' ? "11111111" : "00000000");
    forge(*state, record);
    assert_ok(made_verify_volume(store, &report, &err), err);
    assert_non_null(find_fault(&report, FAULT_RULE, "PKG2",
                               "representations/master/data/0002.tif"));
}

static void verify_store__finds_nothing_in_what_we_write(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;

    made_version(*state, store, "mladost/local-tax/44", 1, 1);
    made_verify(store, &report);
    assert_int_equal(report.count, 0);
    assert_int_equal(report.files, 23 + 10);
}

static void verify_store__finds_what_does_not_belong(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char root[PATH_SIZE], path[PATH_SIZE], to[PATH_SIZE];
    struct err err;

    assert_ok(path_format(root, &err, "%s/store", (char *)*state), err);
    assert_ok(path_format(path, &err, "%s/aaa/bbb", root), err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(path_format(path, &err, "%s/ccc", root), err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(path_format(path, &err, "%s/ccc/.tmp-1-x", root), err);
    overwrite(path, "");
    assert_ok(path_format(path, &err, "%s/0=ocfl_1.1", root), err);
    overwrite(path, "ocfl_1.1");
    /* An object under another's name. */
    in_object(*state, "", path);
    path[strlen(path) - 1] = '\0';
    assert_ok(path_format(to, &err, "%s/ddd", root), err);
    assert_int_equal(rename(path, to), 0);
    made_verify(store, &report);
    assert_non_null(find_fault(&report, FAULT_RULE, "E073", "aaa/bbb"));
    assert_non_null(find_fault(&report, FAULT_EXTRA, "E072", "ccc/.tmp-1-x"));
    assert_non_null(find_fault(&report, FAULT_RULE, "E080", "0=ocfl_1.1"));
    assert_non_null(find_fault(&report, FAULT_RULE, "E083", "ddd"));
}

static void verify_store__reads_and_reports_everything_once(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const char *rotten = "v2/content/representations/master/data/0003.tif";
    char path[PATH_SIZE];

    in_object(*state, rotten, path);
    alter(path, "scan", "skan");
    made_verify(store, &report);
    assert_int_equal(report.files, 23);
    assert_int_equal(report.count, 1);
    assert_non_null(find_fault(
        &report, FAULT_ALTERED, "E092",
        MADE_VOLUME ":v2/content/representations/master/data/0003.tif"));
}

static void verify_store__knows_a_volume_without_its_declaration(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char path[PATH_SIZE];
    struct err err;

    in_object(*state, "0=ocfl_object_1.1", path);
    assert_ok(file_remove(path, &err), err);
    made_verify(store, &report);
    assert_int_equal(report.count, 1);
    assert_non_null(find_fault(&report, FAULT_RULE, "E003", MADE_VOLUME ":"));
}

static void verify_store__is_calm_while_a_first_version_comes_in(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/store.work/" MADE_HASH "/object",
                          (char *)*state),
              err);
    assert_ok(dir_make(path, &err), err);
    assert_ok(path_format(path, &err, "%s/store/7f6/2a7", (char *)*state), err);
    assert_ok(dir_make(path, &err), err);
    made_verify(store, &report);
    assert_int_equal(report.count, 0);
    /* Nobody is making anything for this one. */
    assert_ok(path_format(path, &err, "%s/store/7f6/2a8", (char *)*state), err);
    assert_ok(dir_make(path, &err), err);
    made_verify(store, &report);
    assert_int_equal(report.count, 1);
    assert_non_null(find_fault(&report, FAULT_RULE, "E073", "7f6/2a8"));
}

static void ocfl_check_object__finds_links(void **state)
{
    CLEANUP(store_close) struct store *store = two_versions(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const struct verify_means alone = VERIFY_MEANS_INIT;
    char dir[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    in_object(*state, "", dir);
    in_object(*state, "v1/content/link", path);
    assert_int_equal(symlink("METS.xml", path), 0);
    assert_ok(ocfl_check_object(dir, "", &alone, &report, &err), err);
    assert_non_null(find_fault(&report, FAULT_RULE, "E090", "v1/content/link"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(verify_volume__finds_nothing_in_what_we_write),
        unit_test_in_dir(verify_volume__says_that_a_volume_is_absent),
        unit_test_in_dir(verify_volume__tells_missing_altered_and_extra_apart),
        unit_test_in_dir(verify_volume__tells_what_cannot_be_read),
        unit_test_in_dir(verify_volume__finds_swapped_files),
        unit_test_in_dir(verify_volume__finds_a_mets_that_does_not_fit),
        unit_test_in_dir(verify_volume__finds_a_page_record_that_does_not_fit),
        unit_test_in_dir(verify_store__finds_nothing_in_what_we_write),
        unit_test_in_dir(verify_store__finds_what_does_not_belong),
        unit_test_in_dir(verify_store__reads_and_reports_everything_once),
        unit_test_in_dir(verify_store__knows_a_volume_without_its_declaration),
        unit_test_in_dir(verify_store__is_calm_while_a_first_version_comes_in),
        unit_test_in_dir(ocfl_check_object__finds_links),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
