/* SPDX-License-Identifier: MIT */
/*
 * A volume as PDF: made beside, given in parts, held by nobody whole. Who is
 * given which is in test_rights.c.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "access/audit.h"
#include "search-cgi/pdf_cache.h"
#include "tests/search-cgi/web_archive.h"

#define PUBLISHED  "primorski/technical/1979-107"
#define HIDDEN     "primorski/technical/1981-002"
#define PDF_OF(v)  "/volume/" v "/volume.pdf"
#define LARGE      ((off_t)300 << 20)
#define LARGE_MOST ((long)200 << 10) /* KiB */

static struct archive *archive;
static char *clerk;

static long long length_of(const char *answer)
{
    const char *at = strstr(answer, "Content-Length: ");

    return at == NULL ? -1 : strtoll(at + strlen("Content-Length: "), NULL, 10);
}

/* The program may be asked again and again: until it is made. */
static char *ask_until_made(const struct ask *ask)
{
    for (int i = 0;; i++) {
        char *answer = web_ask(archive->dir, ask);

        if (web_status(answer) != 202)
            return answer;
        assert_true(i < 60);
        free(answer);
    }
}

static char *get(const char *uri, const char *cookie)
{
    return ask_until_made(&(struct ask){.uri = uri, .cookie = cookie});
}

/* The one file of the published volume that the public is given. */
static void path_of(const char *volume, char out[PATH_SIZE])
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(package_open(store, volume, &package, &err), err);
    assert_ok(pdf_cache_path(archive, package, "1-2", out, &err), err);
}

static void pdf__is_given_and_kept(void **state)
{
    CLEANUP(free) char *answer = get(PDF_OF(PUBLISHED), NULL);
    CLEANUP(free) char *head = NULL;
    char path[PATH_SIZE];

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Content-Type: application/pdf\r\n"));
    assert_non_null(strstr(answer, "filename=\"primorski-technical-1979-107"
                                   ".pdf\""));
    assert_memory_equal(web_body(answer), "%PDF-1.7\n", 9);
    path_of(PUBLISHED, path);
    assert_int_equal(length_of(answer), file_size(path));
    head = web_ask(archive->dir,
                   &(struct ask){.method = "HEAD", .uri = PDF_OF(PUBLISHED)});
    assert_int_equal(web_status(head), 200);
    assert_int_equal(length_of(head), file_size(path));
    assert_string_equal(web_body(head), "");
}

static void pdf__is_told_to_who_holds_it(void **state)
{
    CLEANUP(free) char *answer = get(PDF_OF(PUBLISHED), NULL);
    const char *etag = strstr(answer, "ETag: ");
    CLEANUP(free) char *value = NULL;
    CLEANUP(free) char *again = NULL;

    (void)state;
    assert_non_null(etag);
    value = strndup(etag + 6, strcspn(etag + 6, "\r"));
    again = web_ask(archive->dir, &(struct ask){.uri = PDF_OF(PUBLISHED),
                                                .if_none_match = value});
    assert_int_equal(web_status(again), 304);
    assert_string_equal(web_body(again), "");
}

/* RFC 9110, section 14; SIZE stands for the file's. */
static void pdf__is_given_in_parts(void **state)
{
    static const struct {
        const char *range;
        int status;
        const char *first; /* of the body */
        int length;        /* -1: all of it */
    } parts[] = {
        {"bytes=0-7", 206, "%PDF-1.7", 8},
        {"bytes=1-3", 206, "PDF", 3},
        {"bytes=-6", 206, "%%EOF\n", 6},
        {"bytes=99999999-", 416, "", 0},
        {"bytes=-0", 416, "", 0},
        {"bytes=0-99999999999999999999", 206, "%PDF", -1},
        {"bytes=-99999999999999999999", 206, "%PDF", -1},
        {"bytes=3-1", 200, "%PDF", -1},
        {"bytes=0-1,4-5", 200, "%PDF", -1},
        {"bytes=-", 200, "%PDF", -1},
        {"bytes=a-b", 200, "%PDF", -1},
        {"lines=0-1", 200, "%PDF", -1},
        {"bytes=0-7 ", 200, "%PDF", -1},
    };
    CLEANUP(free) char *made = get(PDF_OF(PUBLISHED), NULL);
    long long size = length_of(made);

    (void)state;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        CLEANUP(free)
        char *answer =
            web_ask(archive->dir, &(struct ask){.uri = PDF_OF(PUBLISHED),
                                                .range = parts[i].range});
        long long due = parts[i].length < 0 ? size : parts[i].length;

        if (web_status(answer) != parts[i].status || length_of(answer) != due ||
            strncmp(web_body(answer), parts[i].first, strlen(parts[i].first)) !=
                0)
            fail_msg("%s: %.400s", parts[i].range, answer);
        assert_int_equal(strstr(answer, "\nContent-Range: bytes ") != NULL,
                         parts[i].status != 200);
    }
}

/* Who has the beginning of another file is given all of this one. */
static void pdf__is_given_whole_when_it_is_another(void **state)
{
    CLEANUP(free) char *made = get(PDF_OF(PUBLISHED), NULL);
    CLEANUP(free)
    char *answer = web_ask(archive->dir, &(struct ask){.uri = PDF_OF(PUBLISHED),
                                                       .range = "bytes=1-3",
                                                       .if_range = "\"x\""});

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_int_equal(length_of(answer), length_of(made));
}

/* By account, with the pages that are in it. */
static void pdf__is_noted_for_who_is_given_it(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    CLEANUP(free) char *answer = get(PDF_OF(HIDDEN), clerk);
    struct err err;

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_list(access,
                         &(struct audit_filter){
                             .kind = "export", .about = HIDDEN, .limit = 10},
                         &list, &err),
              err);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].who, "clerk");
    assert_non_null(strstr(list.items[0].detail, " pages=1-2"));
}

/* While another is made, this one is waited for in words. */
static void pdf__says_that_it_is_being_made(void **state)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    CLEANUP(free) char *answer = NULL;
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    path_of("mladost/local-tax/1957-034", path);
    assert_ok(pdf_cache_begin(path, &lock, &err), err);
    answer = web_ask(archive->dir,
                     &(struct ask){.uri = PDF_OF("mladost/local-tax/1957-034"),
                                   .cookie = clerk,
                                   .language = "en"});
    assert_int_equal(web_status(answer), 202);
    assert_non_null(strstr(answer, "\nRetry-After: "));
    assert_non_null(strstr(answer, "is being made"));
    assert_null(strstr(answer, "%PDF"));
}

static char *ask_again(void)
{
    return get(PDF_OF("odesos/family-register/1938-012"), clerk);
}

static long count_exports(const char *about)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_list(access,
                         &(struct audit_filter){
                             .kind = "export", .about = about, .limit = 100},
                         &list, &err),
              err);
    return (long)list.count;
}

/* A damaged page goes to nobody; it is not tried again and again, and what was
 * not given is not noted as given. */
static void pdf__is_not_made_of_a_damaged_page(void **state)
{
    static const char volume[] = "odesos/family-register/1938-012";
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char master[PATH_SIZE], path[PATH_SIZE];
    struct err err;
    int fd;

    (void)state;
    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(package_open(store, volume, &package, &err), err);
    assert_ok(package_master_path(package, 0, master, &err), err);
    assert_int_equal(chmod(master, 0600), 0);
    fd = open(master, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "x", 1, 100), 1);
    (void)close(fd);
    path_of(volume, path);
    for (int i = 0; i < 2; i++) {
        CLEANUP(free) char *answer = ask_again();

        assert_int_equal(web_status(answer), 500);
        assert_null(strstr(answer, archive->dir));
    }
    assert_false(file_exists(path));
    assert_int_equal(count_exports(volume), 0);
}

/* However large: put in the place of one that was made. */
static void pdf__is_held_whole_by_nobody(void **state)
{
    CLEANUP(free) char *made = get(PDF_OF(PUBLISHED), NULL);
    CLEANUP(free) char *answer = NULL;
    struct rusage usage;
    char path[PATH_SIZE];

    (void)state;
    path_of(PUBLISHED, path);
    assert_int_equal(truncate(path, LARGE), 0);
    answer = web_ask(archive->dir, &(struct ask){.uri = PDF_OF(PUBLISHED)});
    assert_int_equal(length_of(answer), LARGE);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
    print_message("%ld KiB\n", usage.ru_maxrss);
    assert_in_range(usage.ru_maxrss, 1, LARGE_MOST);
    assert_int_equal(unlink(path), 0);
}

static void pages__are_read_as_they_are_written(void **state)
{
    (void)state;
    assert_true(pdf_pages_have("1-3,5", 1));
    assert_true(pdf_pages_have("1-3,5", 3));
    assert_true(pdf_pages_have("1-3,5", 5));
    assert_false(pdf_pages_have("1-3,5", 4));
    assert_false(pdf_pages_have("1-3,5", 6));
    assert_false(pdf_pages_have("", 1));
    assert_false(pdf_pages_have("x", 1));
    assert_false(pdf_pages_have("1x2", 2));
}

/* A MiB: of three that are larger together the two used last stay. */
static void cache__stays_within_its_bound(void **state)
{
    static const char *const names[] = {"a.pdf", "b.pdf", "c.pdf"};
    CLEANUP(archive_close) struct archive *small = NULL;
    char dir[PATH_SIZE], path[PATH_SIZE], bytes[400 << 10];
    struct timespec times[2] = {{0, UTIME_OMIT}, {1000000000, 0}};
    static const char conf[] = "[web]\npdf_mebibytes = 1\n";
    struct err err;

    memset(bytes, 'x', sizeof(bytes));
    assert_ok(path_format(dir, &err, "%s/small", (char *)*state), err);
    assert_ok(archive_init(dir, &err), err);
    assert_ok(path_format(path, &err, "%s/tefter.conf", dir), err);
    assert_ok(file_write_durable(path, conf, strlen(conf), &err), err);
    assert_ok(archive_open(dir, &small, &err), err);
    assert_ok(path_format(dir, &err, "%s/pdf", small->cache), err);
    assert_ok(dir_make(dir, &err), err);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(path_format(path, &err, "%s/%s", dir, names[i]), err);
        assert_ok(file_write(path, bytes, sizeof(bytes), &err), err);
        times[1].tv_sec += 100;
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    assert_ok(pdf_cache_trim(small, path, &err), err);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(path_format(path, &err, "%s/%s", dir, names[i]), err);
        assert_int_equal(file_exists(path), i > 0);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages__are_read_as_they_are_written),
        unit_test_in_dir(cache__stays_within_its_bound),
        cmocka_unit_test(pdf__is_given_and_kept),
        cmocka_unit_test(pdf__is_told_to_who_holds_it),
        cmocka_unit_test(pdf__is_given_in_parts),
        cmocka_unit_test(pdf__is_given_whole_when_it_is_another),
        cmocka_unit_test(pdf__is_noted_for_who_is_given_it),
        cmocka_unit_test(pdf__says_that_it_is_being_made),
        cmocka_unit_test(pdf__is_not_made_of_a_damaged_page),
        cmocka_unit_test(pdf__is_held_whole_by_nobody),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    clerk = web_log_in(archive, "clerk");
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    free(clerk);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
