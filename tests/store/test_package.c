/* SPDX-License-Identifier: MIT */
#include "store/package.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "store/verify.h"
#include "tests/store/made.h"

static void store_init__refuses_a_folder_with_something_in_it(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    struct file_digests digests;
    char path[PATH_SIZE];
    struct err err;

    made_file(*state, "x", "x", &digests);
    assert_ok(path_format(path, &err, "%s/scans", (char *)*state), err);
    assert_int_equal(store_init(path, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
}

static void store_open__refuses_what_is_no_storage_root(void **state)
{
    struct store *store = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_int_equal(store_open(*state, &store, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_ok(path_format(path, &err, "%s/nowhere", (char *)*state), err);
    assert_int_equal(store_open(path, &store, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_null(store);
}

static void package_open__says_that_a_volume_is_absent(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    struct package *package = NULL;
    struct err err;

    assert_int_equal(package_open(store, MADE_VOLUME, &package, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_null(package);
}

static void assert_same_file(const char *a, const char *b)
{
    char x[DIGEST_HEX_SIZE], y[DIGEST_HEX_SIZE];
    struct err err;

    assert_ok(digest_file(a, DIGEST_SHA512, x, &err), err);
    assert_ok(digest_file(b, DIGEST_SHA512, y, &err), err);
    assert_string_equal(x, y);
}

static void draft_commit__makes_a_package_that_reads_back(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    char path[PATH_SIZE], scan[PATH_SIZE];
    struct stat st;
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 3);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 1);
    assert_int_equal(package_page_count(package), 3);
    assert_string_equal(package_volume(package)->id, MADE_VOLUME);
    assert_string_equal(package_volume(package)->title,
                        "Семеен регистър & <кв. 4>");
    assert_memory_equal(package_uuid(package), "urn:uuid:", 9);
    assert_int_equal(package_find(package, 3), 2);
    assert_int_equal(package_find(package, 4), -1);
    assert_int_equal(package_page(package, 1)->number, 2);
    assert_null(package_page(package, 3));

    assert_ok(package_master_path(package, 1, path, &err), err);
    made_path(*state, "0002.tif", scan);
    assert_same_file(path, scan);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0444);
    assert_ok(package_alto_path(package, 1, path, &err), err);
    assert_ok(alto_read(path, &text, &err), err);
    assert_string_equal(text->words[0].text, "лист2");
}

static void draft_commit__keeps_a_real_scan_byte_for_byte(void **state)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(volume_free) struct volume *v = NULL;
    CLEANUP(page_free) struct page *p = NULL;
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(close_fd) int fd = -1;
    const char *scan = SHARED_DIR "/corpus/tesseract-test/8087_054.3B.tif";
    char path[PATH_SIZE];
    struct err err;

    need_shared();
    store = made_store(*state);
    v = made_volume(MADE_VOLUME);
    p = made_page(*state, MADE_VOLUME, 1);
    made_path(*state, p->master, path);
    fd = open(scan, O_RDONLY | O_CLOEXEC);
    assert_ok(file_copy_durable(fd, scan, path, &p->digests, &err), err);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add_page(*state, draft, p, &err), err);
    assert_ok(draft_commit(draft, "a real scan", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_ok(package_master_path(package, 0, path, &err), err);
    assert_true(file_size(path) > 10000);
    assert_same_file(path, scan);
}

static void draft_begin__gives_the_same_volume_the_same_id(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    /* uuid.uuid5(UUID(namespace), volume id), reckoned with Python. */
    assert_string_equal(package_uuid(package),
                        "urn:uuid:a9203daa-83d4-53b3-8dc7-46513bf38249");
}

static void draft_commit__leaves_old_content_in_its_version(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 2, 3);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 2);
    assert_int_equal(package_page_count(package), 3);
    assert_int_equal(package_page(package, 0)->number, 1);
    assert_ok(package_master_path(package, 0, path, &err), err);
    assert_non_null(strstr(path, "/v2/content/"));
    assert_ok(package_master_path(package, 2, path, &err), err);
    assert_non_null(strstr(path, "/v1/content/"));
    assert_true(file_exists(path));
}

static void draft_begin__keeps_what_a_newer_record_does_not_say(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_text(&v->title, "");
    made_text(&v->shelfmark, "Ф. 13");
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add(*state, draft, MADE_VOLUME, 2, &err), err);
    assert_ok(draft_commit(draft, "second", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_string_equal(package_volume(package)->title,
                        "Семеен регистър & <кв. 4>");
    assert_string_equal(package_volume(package)->shelfmark, "Ф. 13");
}

static void draft_add_page__refuses_a_number_that_is_there(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(made_add(*state, draft, MADE_VOLUME, 1, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_ok(made_add(*state, draft, MADE_VOLUME, 2, &err), err);
    assert_int_equal(made_add(*state, draft, MADE_VOLUME, 2, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
}

static void draft_add_page__refuses_a_master_that_changed(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    struct file_digests now;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    made_file(*state, "0001.tif", "II*. the scan of page X\n", &now);
    assert_int_equal(now.size_bytes, p->digests.size_bytes);
    assert_int_equal(made_add_page(*state, draft, p, &err), -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
    assert_non_null(strstr(err.msg, "0001"));

    /* The draft is still good for other pages, and for the mended one. */
    assert_ok(made_add(*state, draft, MADE_VOLUME, 1, &err), err);
    assert_ok(draft_commit(draft, "mended", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_page_count(package), 1);
}

static void draft_add_page__leaves_no_trace_of_a_page_that_failed(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(page_text_free) struct page_text *text = made_reading(1);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char master[PATH_SIZE], alto[PATH_SIZE];
    struct err err;

    made_path(*state, p->master, master);
    made_path(*state, "not-there.xml", alto);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(draft_add_page(draft, p, master, alto, text, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_ok(made_add(*state, draft, MADE_VOLUME, 2, &err), err);
    assert_ok(draft_commit(draft, "without the first", &err), err);
    assert_ok(made_verify_volume(store, &report, &err), err);
    assert_int_equal(report.count, 0);
}

static void draft_add_page__keeps_a_file_of_many_images_once(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *first = made_page(*state, MADE_VOLUME, 7);
    CLEANUP(page_free) struct page *second = made_page(*state, MADE_VOLUME, 8);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char one[PATH_SIZE], other[PATH_SIZE];
    struct err err;

    second->digests = first->digests;
    second->image = 1;
    made_text(&second->master, "0007.tif");
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add_page(*state, draft, first, &err), err);
    assert_ok(made_add_page(*state, draft, second, &err), err);
    assert_ok(draft_commit(draft, "many images", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_page(package, 1)->image, 1);
    assert_ok(package_master_path(package, 0, one, &err), err);
    assert_ok(package_master_path(package, 1, other, &err), err);
    assert_string_equal(one, other);
}

static void draft_add_page__keeps_equal_masters_once(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *first = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(page_free) struct page *second = made_page(*state, MADE_VOLUME, 2);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char one[PATH_SIZE], other[PATH_SIZE];
    struct err err;

    made_file(*state, "0001.tif", "a blank page", &first->digests);
    made_file(*state, "0002.tif", "a blank page", &second->digests);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add_page(*state, draft, first, &err), err);
    assert_ok(made_add_page(*state, draft, second, &err), err);
    assert_ok(draft_commit(draft, "two blanks", &err), err);
    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_page_count(package), 2);
    assert_ok(package_master_path(package, 0, one, &err), err);
    assert_ok(package_master_path(package, 1, other, &err), err);
    assert_string_equal(one, other);
}

static void assert_left_alone(const char *dir)
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, 1);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    char path[PATH_SIZE];
    struct stat st;
    struct err err;

    made_path(dir, "0001.tif", path);
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add_page(dir, draft, p, &err), err);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(st.st_mode & 0777, 0644);
}

static void draft_add_page__never_changes_a_file_of_somebody_else(void **state)
{
    if (geteuid() != 0) {
        print_message("skipped: only root can give a file away\n");
        skip();
    }
    assert_left_alone(*state);
}

static void draft_add_page__refuses_a_page_of_another_volume(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(page_free) struct page *p = made_page(*state, MADE_VOLUME, 1);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(made_add(*state, draft, "odesos/local-tax/1", 1, &err),
                     -1);
    assert_int_equal(err.kind, ERR_USAGE);
    made_text(&p->master, "../0001.tif");
    assert_int_equal(made_add_page(*state, draft, p, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void draft_commit__refuses_a_version_without_pages(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_int_equal(draft_commit(draft, "nothing", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void draft_abandon__leaves_the_store_as_it_was(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(name_list_fini) struct name_list left = {NULL, 0};
    struct draft *draft = NULL;
    struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add(*state, draft, MADE_VOLUME, 1, &err), err);
    draft_abandon(draft);
    assert_int_equal(package_open(store, MADE_VOLUME, &package, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(path_format(path, &err, "%s/store.work", (char *)*state), err);
    assert_ok(dir_list(path, &left, &err), err);
    assert_int_equal(left.count, 1);
    assert_non_null(strstr(left.names[0], ".lock"));
}

static void store_list__names_all_volumes_in_order(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(name_list_fini) struct name_list volumes = {NULL, 0};
    struct err err;

    made_version(*state, store, "odesos/local-tax/2", 1, 1);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_version(*state, store, "kazashko/technical/b-7", 1, 2);
    assert_ok(store_list(store, &volumes, &err), err);
    assert_int_equal(volumes.count, 3);
    assert_string_equal(volumes.names[0], "kazashko/technical/b-7");
    assert_string_equal(volumes.names[1], MADE_VOLUME);
    assert_string_equal(volumes.names[2], "odesos/local-tax/2");
}

/* The path of something below the folder of the made volume's object. */
static void object_path(const char *dir, const char *name, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/store/" MADE_OBJECT "/%s", dir, name),
              err);
}

static void package_open__finds_a_changed_inventory(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    object_path(*state, "inventory.json", path);
    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    *strstr(bytes.data, "batch made-1") = 'B';
    assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
    assert_int_equal(package_open(store, MADE_VOLUME, &package, &err), -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
}

static void package_open__finds_a_changed_volume_record(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    object_path(*state, "v1/content/metadata/other/volume.json", path);
    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    *strstr(bytes.data, "1938") = '2';
    assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
    assert_int_equal(package_open(store, MADE_VOLUME, &package, &err), -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(store_init__refuses_a_folder_with_something_in_it),
        unit_test_in_dir(store_open__refuses_what_is_no_storage_root),
        unit_test_in_dir(package_open__says_that_a_volume_is_absent),
        unit_test_in_dir(draft_commit__makes_a_package_that_reads_back),
        unit_test_in_dir(draft_commit__keeps_a_real_scan_byte_for_byte),
        unit_test_in_dir(draft_begin__gives_the_same_volume_the_same_id),
        unit_test_in_dir(draft_commit__leaves_old_content_in_its_version),
        unit_test_in_dir(draft_begin__keeps_what_a_newer_record_does_not_say),
        unit_test_in_dir(draft_add_page__refuses_a_number_that_is_there),
        unit_test_in_dir(draft_add_page__refuses_a_master_that_changed),
        unit_test_in_dir(draft_add_page__leaves_no_trace_of_a_page_that_failed),
        unit_test_in_dir(draft_add_page__keeps_a_file_of_many_images_once),
        unit_test_in_dir(draft_add_page__keeps_equal_masters_once),
        unit_test_in_dir(draft_add_page__never_changes_a_file_of_somebody_else),
        unit_test_in_dir(draft_add_page__refuses_a_page_of_another_volume),
        unit_test_in_dir(draft_commit__refuses_a_version_without_pages),
        unit_test_in_dir(draft_abandon__leaves_the_store_as_it_was),
        unit_test_in_dir(store_list__names_all_volumes_in_order),
        unit_test_in_dir(package_open__finds_a_changed_inventory),
        unit_test_in_dir(package_open__finds_a_changed_volume_record),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
