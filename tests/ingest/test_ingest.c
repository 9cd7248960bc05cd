/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/json.h"
#include "ingest/ingest.h"
#include "tests/ingest/made_tiff.h"

/* A source folder and an archive's folders, below the test's own. */
struct stage {
    char source[PATH_SIZE];
    char staging[PATH_SIZE];
    char quarantine[PATH_SIZE];
    struct ingest_request request;
};

static void make_stage(void **state, struct stage *s)
{
    struct err err;

    assert_ok(path_format(s->source, &err, "%s/Box 7", (char *)*state), err);
    assert_ok(path_format(s->staging, &err, "%s/staging", (char *)*state), err);
    assert_ok(path_format(s->quarantine, &err, "%s/quarantine", (char *)*state),
              err);
    assert_ok(dir_make(s->source, &err), err);
    s->request = (struct ingest_request){.source = s->source,
                                         .staging = s->staging,
                                         .quarantine = s->quarantine,
                                         .site = "odesos",
                                         .series = "family-register",
                                         .title = "",
                                         .language = "bul"};
}

static void put_bytes(const struct stage *s, const char *name,
                      const void *bytes, size_t len)
{
    char path[PATH_SIZE];
    char dir[PATH_SIZE];
    struct err err;
    FILE *f;

    assert_ok(path_format(path, &err, "%s/%s", s->source, name), err);
    memcpy(dir, path, sizeof(dir));
    dir[path_base(dir) - dir - 1] = '\0';
    assert_ok(dir_make(dir, &err), err);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void put_text(const struct stage *s, const char *name, const char *text)
{
    put_bytes(s, name, text, strlen(text));
}

/* A page whose pixels all have this value, so that each file differs. */
static void put_scan(const struct stage *s, const char *name, char value)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_good_page(&b, value);
    put_bytes(s, name, b.data, b.len);
}

static struct batch *take_in(struct stage *s)
{
    struct batch *batch = NULL;
    struct err err;

    assert_ok(ingest_batch(&s->request, NULL, &batch, &err), err);
    return batch;
}

static const struct batch_file *file_of(const struct batch *batch,
                                        const char *name)
{
    for (size_t i = 0; i < batch->file_count; i++) {
        if (strcmp(batch->files[i].name, name) == 0)
            return &batch->files[i];
    }
    fail_msg("no file %s in the batch", name);
    return NULL;
}

static void expect_verdict(const struct batch *batch, const char *name,
                           enum file_verdict verdict)
{
    const struct batch_file *file = file_of(batch, name);

    if (file->verdict != verdict)
        fail_msg("%s: %s: %s", name, verdict_name(file->verdict),
                 file->findings.count > 0 ? file->findings.items[0].message
                                          : "");
}

/* The file was set aside by this rule, and the message has the word in it. */
static void expect_rejected(const struct batch *batch, const char *name,
                            const char *rule, const char *word)
{
    const struct batch_file *file = file_of(batch, name);

    expect_verdict(batch, name, VERDICT_REJECT);
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0 &&
            strstr(file->findings.items[i].message, word) != NULL)
            return;
    }
    fail_msg("%s: %s: %s, expected %s with \"%s\"", name,
             file->findings.items[0].rule, file->findings.items[0].message,
             rule, word);
}

/* The file was taken in, with this said. */
static void expect_found(const struct batch *batch, const char *name,
                         const char *rule, const char *word)
{
    const struct batch_file *file = file_of(batch, name);

    assert_int_not_equal(file->verdict, VERDICT_REJECT);
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0 &&
            strstr(file->findings.items[i].message, word) != NULL)
            return;
    }
    fail_msg("%s: no %s with \"%s\", but %s", name, rule, word,
             file->findings.count > 0 ? file->findings.items[0].message : "");
}

static void expect_page(const struct batch *batch, size_t i, const char *id,
                        const char *original_name)
{
    assert_true(i < batch->page_count);
    assert_string_equal(batch->pages[i]->id, id);
    assert_string_equal(batch->pages[i]->original_name, original_name);
}

static bool in_quarantine(const struct stage *s, const struct batch *batch,
                          const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(
        path_format(path, &err, "%s/%s/%s", s->quarantine, batch->id, name),
        err);
    return file_exists(path);
}

static void staged_dir(const struct stage *s, const struct batch *batch,
                       char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s", s->staging, batch->id), err);
}

/* Names in staging, temporary ones too, but not the lock. */
static unsigned count_staged(const struct stage *s)
{
    DIR *dir = opendir(s->staging);
    const struct dirent *entry;
    unsigned n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        n += strcmp(entry->d_name, ".") != 0 &&
             strcmp(entry->d_name, "..") != 0 &&
             strcmp(entry->d_name, ".lock") != 0;
    (void)closedir(dir);
    return n;
}

/* --- folders --- */

static void ingest__takes_the_number_of_a_name_for_the_place(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "10.tif", 'a');
    put_scan(&s, "9.tif", 'b');
    put_scan(&s, "1.TIFF", 'c');
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 3);
    expect_page(batch, 0, "odesos/family-register/box-7/0001", "1.TIFF");
    expect_page(batch, 1, "odesos/family-register/box-7/0009", "9.tif");
    expect_page(batch, 2, "odesos/family-register/box-7/0010", "10.tif");
    expect_found(batch, "1.TIFF", "batch-order", "1.TIFF is page 1");
    expect_found(batch, "1.TIFF", "batch-order", "no file is the page 2 and");
    assert_string_equal(batch->files[1].name, "9.tif");
    assert_int_equal(batch->volume_count, 1);
    assert_string_equal(batch->volumes[0]->title, "Box 7");
    assert_string_equal(batch->pages[0]->language, "bul");
    assert_int_equal(batch->pages[0]->width_px, 4);
    assert_string_equal(batch->pages[0]->compression, "none");
    assert_int_equal(strncmp(batch->id, "box-7-", 6), 0);
    assert_int_equal(strlen(batch->id), 6 + 12);
}

/* A file of two images. */
static void put_double(const struct stage *s, const char *name, uint8_t value)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    made_directory(&b, tags, MADE_TAGS, 0);
    memset(b.data + 8, value, 16); /* its pixels */
    put_bytes(s, name, b.data, b.len);
}

static void ingest__gives_a_lone_rescan_the_place_of_its_name(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1938-013/1938-013-0003.tif", 'a');
    put_scan(&s, "1938-014/scan_12.tif", 'b');
    put_scan(&s, "1938-015/cover.tif", 'c');
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 3);
    expect_page(batch, 0, "odesos/family-register/1938-013/0003",
                "1938-013/1938-013-0003.tif");
    expect_page(batch, 1, "odesos/family-register/1938-014/0012",
                "1938-014/scan_12.tif");
    expect_page(batch, 2, "odesos/family-register/1938-015/0001",
                "1938-015/cover.tif");
}

static void ingest__counts_names_from_zero_one_up(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "p000.tif", 'a');
    put_scan(&s, "p001.tif", 'b');
    batch = take_in(&s);
    expect_page(batch, 0, "odesos/family-register/box-7/0001", "p000.tif");
    expect_page(batch, 1, "odesos/family-register/box-7/0002", "p001.tif");
    expect_found(batch, "p000.tif", "batch-order", "begin with 0");
}

static void ingest__puts_names_without_a_number_behind_the_others(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "0001.tif", 'a');
    put_scan(&s, "0003.tif", 'b');
    put_scan(&s, "0001a.tif", 'c');
    batch = take_in(&s);
    expect_page(batch, 1, "odesos/family-register/box-7/0003", "0003.tif");
    expect_page(batch, 2, "odesos/family-register/box-7/0004", "0001a.tif");
    expect_found(batch, "0001a.tif", "batch-no-place", "as page 4");
}

static void ingest__is_not_led_astray_by_one_file_of_another_name(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "0002.tif", 'a');
    put_scan(&s, "0004.tif", 'b');
    put_scan(&s, "0007.tif", 'c');
    put_scan(&s, "Scan1.tif", 'd');
    batch = take_in(&s);
    expect_page(batch, 0, "odesos/family-register/box-7/0002", "0002.tif");
    expect_page(batch, 2, "odesos/family-register/box-7/0007", "0007.tif");
    expect_page(batch, 3, "odesos/family-register/box-7/0008", "Scan1.tif");
    expect_found(batch, "Scan1.tif", "batch-no-place", "as page 8");
}

static void ingest__takes_the_order_where_numbers_are_no_places(void **state)
{
    static const char *const names[][2] = {
        {"reg1.tif", "tax1.tif"},                       /* two rows of them */
        {"1.tif", "01.tif"},                            /* twice            */
        {"20240115_101530.tif", "20240115_101612.tif"}, /* a clock's        */
        {"left.tif", "right.tif"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        CLEANUP(batch_free) struct batch *batch = NULL;
        struct stage s;
        struct err err;

        make_stage(state, &s);
        assert_ok(path_format(s.source, &err, "%s/Row %zu", (char *)*state, i),
                  err);
        put_scan(&s, names[i][0], 'a');
        put_scan(&s, names[i][1], 'b');
        batch = take_in(&s);
        assert_int_equal(batch->page_count, 2);
        assert_int_equal(batch->pages[0]->number, 1);
        assert_int_equal(batch->pages[1]->number, 2);
        expect_found(batch, batch->pages[0]->original_name, "batch-order",
                     "order of the files' names");
    }
}

static void ingest__refuses_an_image_that_is_another_files_place(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "0001.tif", 'a');
    put_double(&s, "0002.tif", 'b'); /* pages 2 and 3 */
    put_scan(&s, "0003.tif", 'c');
    put_scan(&s, "0004.tif", 'd');
    put_double(&s, "0006.tif", 'e'); /* pages 6 and 7 */
    put_scan(&s, "0008.tif", 'f');
    batch = take_in(&s);
    expect_rejected(batch, "0002.tif", "batch-page-twice",
                    "page 3 is the file 0003.tif");
    assert_int_equal(batch->page_count, 6);
    expect_page(batch, 1, "odesos/family-register/box-7/0003", "0003.tif");
    expect_page(batch, 4, "odesos/family-register/box-7/0007", "0006.tif");
    expect_page(batch, 5, "odesos/family-register/box-7/0008", "0008.tif");
}

static void ingest__counts_parts_of_a_book_on(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_double(&s, "part1.tif", 'a');
    put_double(&s, "part2.tif", 'b');
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 4);
    expect_page(batch, 2, "odesos/family-register/box-7/0003", "part2.tif");
    expect_found(batch, "part1.tif", "batch-order", "several pages each");
}

/* What a volume has, as the batch before gave it. */
static int pages_of(void *arg, const char *volume, struct earlier_page **out,
                    size_t *count, struct err *err)
{
    const struct batch *b = arg;
    struct earlier_page *pages = calloc(b->page_count, sizeof(*pages));

    (void)err;
    assert_non_null(pages);
    *count = 0;
    for (size_t i = 0; i < b->page_count; i++) {
        if (strcmp(b->pages[i]->volume, volume) != 0)
            continue;
        pages[*count].number = b->pages[i]->number;
        pages[*count].image = b->pages[i]->image;
        memcpy(pages[*count].sha256, b->pages[i]->digests.sha256,
               sizeof(pages->sha256));
        (*count)++;
    }
    *out = pages;
    return 0;
}

static void ingest__moves_no_page_for_one_that_comes_late(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(batch_free) struct batch *again = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "numbered/1.tif", 'a');
    put_scan(&s, "numbered/3.tif", 'b');
    put_scan(&s, "named/back.tif", 'c');
    put_scan(&s, "named/front.tif", 'd');
    batch = take_in(&s);
    put_scan(&s, "numbered/2.tif", 'e');
    put_scan(&s, "named/cover.tif", 'f');
    s.request.earlier = pages_of;
    s.request.earlier_arg = batch;
    again = take_in(&s);
    assert_int_equal(again->page_count, 6);
    expect_page(again, 0, "odesos/family-register/named/0001",
                "named/back.tif");
    expect_page(again, 1, "odesos/family-register/named/0002",
                "named/front.tif");
    expect_page(again, 2, "odesos/family-register/named/0003",
                "named/cover.tif");
    expect_found(again, "named/cover.tif", "batch-no-place", "came later");
    expect_page(again, 4, "odesos/family-register/numbered/0002",
                "numbered/2.tif");
    expect_page(again, 5, "odesos/family-register/numbered/0003",
                "numbered/3.tif");
}

static void ingest__takes_each_sub_folder_as_a_volume(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "Том 2/1.tif", 'a');
    put_scan(&s, "Том 10/a/1.tif", 'b');
    put_scan(&s, "loose.tif", 'c');
    batch = take_in(&s);
    assert_int_equal(batch->volume_count, 3);
    expect_page(batch, 0, "odesos/family-register/box-7/0001", "loose.tif");
    expect_page(batch, 1, "odesos/family-register/tom-10-a/0001",
                "Том 10/a/1.tif");
    expect_page(batch, 2, "odesos/family-register/tom-2/0001", "Том 2/1.tif");
    assert_string_equal(batch->volumes[1]->title, "Том 10-a");
    assert_string_equal(batch->files[0].name, "loose.tif");
    assert_string_equal(batch->files[1].name, "Том 2/1.tif");
}

static void ingest__keeps_two_folders_of_one_slug_apart(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "Том 1/1.tif", 'a');
    put_scan(&s, "tom 1/1.tif", 'b');
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 1);
    expect_rejected(batch, "Том 1/1.tif", "batch-volume", "rename one");
}

static void ingest__stages_masters_byte_for_byte(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(batch_free) struct batch *back = NULL;
    char dir[PATH_SIZE];
    char path[PATH_SIZE];
    char hex[DIGEST_HEX_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    batch = take_in(&s);
    staged_dir(&s, batch, dir);
    assert_ok(batch_read(dir, &back, &err), err);
    assert_int_equal(back->page_count, 1);
    assert_string_equal(back->pages[0]->id, batch->pages[0]->id);
    assert_ok(batch_master_path(dir, back->pages[0], path, &err), err);
    assert_ok(digest_file(path, DIGEST_SHA256, hex, &err), err);
    assert_string_equal(hex, back->pages[0]->digests.sha256);
    assert_ok(path_format(path, &err, "%s/1.tif", s.source), err);
    assert_ok(digest_file(path, DIGEST_SHA256, hex, &err), err);
    assert_string_equal(hex, back->pages[0]->digests.sha256);
    assert_true(file_exists(path));
    assert_int_equal(count_staged(&s), 1);
}

static void ingest__gives_each_image_of_a_file_its_page(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct stage s;

    make_stage(state, &s);
    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    made_directory(&b, tags, MADE_TAGS, 0);
    put_bytes(&s, "1.tif", b.data, b.len);
    put_scan(&s, "2.tif", 'a');
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 3);
    expect_page(batch, 1, "odesos/family-register/box-7/0002", "1.tif");
    assert_int_equal(batch->pages[1]->image, 1);
    assert_string_equal(batch->pages[1]->master, "0001.tif");
    expect_page(batch, 2, "odesos/family-register/box-7/0003", "2.tif");
    assert_string_equal(batch->pages[2]->master, "0003.tif");
}

/* --- what is set aside --- */

static void ingest__sets_bad_files_aside_and_goes_on(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(json_decref) json_t *reason = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_text(&s, "2.tif", "not a scan at all\n");
    put_bytes(&s, "3.tif", "", 0);
    put_bytes(&s, "4.tif", "II*\0\x08\0\0\0", 8);
    put_bytes(&s, "5.jpg", "\xff\xd8\xff\xe0", 4);
    put_scan(&s, "6.tif", 'b');
    put_scan(&s, "6.tif~", 'c');
    put_scan(&s, ".6.tif.Xa91bQ", 'd');
    put_text(&s, "notes.txt", "by hand\n");
    batch = take_in(&s);
    expect_verdict(batch, "1.tif", VERDICT_ACCEPT);
    expect_rejected(batch, "2.tif", "file-not-tiff", "it is text");
    expect_rejected(batch, "3.tif", "file-empty", "0 bytes");
    expect_rejected(batch, "4.tif", "tiff-ifd-offset", "offset 8");
    expect_rejected(batch, "5.jpg", "file-other-picture", "JPEG");
    expect_rejected(batch, "6.tif~", "file-spare", "a backup");
    expect_rejected(batch, ".6.tif.Xa91bQ", "file-spare", "a copy under way");
    expect_verdict(batch, "notes.txt", VERDICT_IGNORE);
    assert_int_equal(batch->page_count, 2);
    /* the places of those set aside stay free for their rescans */
    expect_page(batch, 1, "odesos/family-register/box-7/0006", "6.tif");
    assert_true(in_quarantine(&s, batch, "2.tif"));
    assert_true(in_quarantine(&s, batch, "3.tif"));
    assert_false(in_quarantine(&s, batch, "1.tif"));
    assert_false(in_quarantine(&s, batch, "notes.txt"));
    assert_ok(path_format(path, &err, "%s/%s/2.tif.reason.json", s.quarantine,
                          batch->id),
              err);
    assert_ok(json_read_file(path, &reason, &err), err);
    assert_string_equal(json_get_text(reason, "file", ""), "2.tif");
    assert_int_equal(strlen(json_get_text(reason, "sha256", "")), 64);
    assert_int_equal(json_array_size(json_object_get(reason, "findings")), 1);
}

static void ingest__sets_impossible_names_aside_on_one_line(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "a\nb.tif", 'b');
    put_scan(&s, "\xff\xfe.tif", 'c');
    put_scan(&s, "sub~x/50%.tif", 'd');
    batch = take_in(&s);
    expect_rejected(batch, "a\\nb.tif", "file-name", "line break");
    expect_rejected(batch, "\\xff\\xfe.tif", "file-name", "not UTF-8");
    assert_true(in_quarantine(&s, batch, "a\\nb.tif"));
    assert_true(in_quarantine(&s, batch, "\\xff\\xfe.tif.reason.json"));
    assert_int_equal(batch->page_count, 2);
}

static void ingest__sets_folders_pipes_and_stray_links_aside(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif/inside.tif", 'b');
    put_text(&s, "../outside.tif", "secret");
    assert_ok(path_format(path, &err, "%s/3.tif", s.source), err);
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_ok(path_format(path, &err, "%s/4.tif", s.source), err);
    assert_int_equal(symlink("../outside.tif", path), 0);
    assert_ok(path_format(path, &err, "%s/5.tif", s.source), err);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_ok(path_format(path, &err, "%s/6.tif", s.source), err);
    assert_int_equal(symlink("1.tif", path), 0);
    batch = take_in(&s);
    expect_rejected(batch, "2.tif", "file-kind", "a folder");
    expect_rejected(batch, "3.tif", "file-kind", "a pipe");
    expect_rejected(batch, "4.tif", "file-link-outside", "outside");
    expect_rejected(batch, "5.tif", "file-link-outside", "nowhere");
    expect_verdict(batch, "6.tif", VERDICT_ACCEPT);
    assert_false(in_quarantine(&s, batch, "4.tif"));
    assert_true(in_quarantine(&s, batch, "4.tif.reason.json"));
    assert_int_equal(batch->page_count, 2);
}

static void ingest__flattens_paths_in_quarantine(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_text(&s, "a/b~c/50%.tif", "x");
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 0);
    assert_int_equal(batch->volume_count, 0);
    assert_true(in_quarantine(&s, batch, "a~b%7ec~50%25.tif"));
    assert_true(in_quarantine(&s, batch, "a~b%7ec~50%25.tif.reason.json"));
}

/* Root reads everything: the intake runs as nobody. */
static void ingest__says_that_permission_is_missing(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;
    int status = 0;
    pid_t pid;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif", 'b');
    assert_ok(path_format(path, &err, "%s/2.tif", s.source), err);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(*state, 0777), 0);
    if (geteuid() != 0) {
        batch = take_in(&s);
        expect_rejected(batch, "2.tif", "file-unreadable", "permission");
        assert_int_equal(batch->page_count, 1);
        return;
    }
    pid = fork();
    if (pid == 0) {
        if (setuid(65534) != 0 ||
            ingest_batch(&s.request, NULL, &batch, &err) != 0)
            _exit(2);
        _exit(batch->page_count == 1 &&
                      batch->files[1].verdict == VERDICT_REJECT &&
                      strcmp(batch->files[1].findings.items[0].rule,
                             "file-unreadable") == 0
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* --- batch.csv --- */

static void ingest__follows_the_list(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "x/1.tif", 'a');
    put_scan(&s, "x/2.tif", 'b');
    put_scan(&s, "x/3.tif", 'c');
    put_scan(&s, "x/4.tif", 'd');
    put_text(&s, "batch.csv",
             "\xef\xbb\xbf"
             "file,volume,page,title,date_from,operator,language,colour\r\n"
             "x/2.tif,1938-012,7,\"Том \"\"12\"\", част 1\",1938,op-1,eng,r\r\n"
             "x/1.tif,1938-012,7a,,,,,\r\n"
             "x/3.tif,1938-012,,,,,,\r\n"
             "x/4.tif,mladost/local-tax/A.1,3,,soon,,,\r\n");
    put_text(&s, "readme.txt", "hello");
    /* a volume id has to be slugs already; a bare number becomes one */
    batch = take_in(&s);
    expect_rejected(batch, "x/4.tif", "batch-volume", "batch.csv:5:9");
    assert_int_equal(batch->page_count, 3);
    expect_page(batch, 0, "odesos/family-register/1938-012/0007", "x/2.tif");
    expect_page(batch, 1, "odesos/family-register/1938-012/0008", "x/1.tif");
    expect_page(batch, 2, "odesos/family-register/1938-012/0009", "x/3.tif");
    assert_string_equal(batch->pages[0]->label, "");
    assert_string_equal(batch->pages[1]->label, "7a");
    assert_string_equal(batch->pages[0]->language, "eng");
    assert_string_equal(batch->pages[1]->language, "bul");
    assert_string_equal(batch->pages[0]->operator_id, "op-1");
    assert_string_equal(batch->volumes[0]->title, "Том \"12\", част 1");
    assert_string_equal(batch->volumes[0]->date_from, "1938");
    expect_verdict(batch, "batch.csv", VERDICT_IGNORE);
    expect_verdict(batch, "readme.txt", VERDICT_IGNORE);
}

static void ingest__says_what_list_and_folder_do_not_share(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif", 'b');
    put_scan(&s, "3.tif", 'c');
    put_scan(&s, "5.tif", 'd');
    put_scan(&s, "6.tif", 'e');
    put_scan(&s, "7.tif", 'f');
    put_scan(&s, "8.tif", 'g');
    put_text(&s, "batch.csv",
             "file,volume,page,site,scanned_at\n"
             "1.tif,v,1,,yesterday\n"
             "3.tif,v,2,,\n"
             "4.tif,v,3,,\n"
             "3.tif,v,4,,\n"
             "5.tif,v,1,,\n"
             "6.tif,v,0,,\n"
             "7.tif,v,-3,,\n"
             "8.tif,v,9,../../etc,\n");
    batch = take_in(&s);
    expect_verdict(batch, "1.tif", VERDICT_WARN);
    expect_rejected(batch, "7.tif", "batch-page", "batch.csv:8:9: page \"-3\"");
    expect_rejected(batch, "8.tif", "batch-volume",
                    "batch.csv:9:11: site \"../../etc\" has a slash");
    expect_rejected(batch, "2.tif", "batch-file-not-listed", "batch.csv");
    expect_rejected(batch, "3.tif", "batch-file-listed-twice",
                    "batch.csv:5:1: the file is listed already in line 3");
    expect_rejected(batch, "4.tif", "batch-file-missing", "batch.csv:4:1");
    expect_rejected(batch, "5.tif", "batch-page-twice",
                    "batch.csv:6:9: page 1 of odesos/family-register/v is the "
                    "file 1.tif already");
    expect_rejected(batch, "6.tif", "batch-page", "batch.csv:7:9: page \"0\"");
    assert_true(in_quarantine(&s, batch, "2.tif"));
    assert_true(in_quarantine(&s, batch, "4.tif.reason.json"));
    assert_int_equal(batch->page_count, 1);
}

static void ingest__checks_listed_digests(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;
    char path[PATH_SIZE];
    char hex[DIGEST_HEX_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif", 'b');
    assert_ok(path_format(path, &err, "%s/1.tif", s.source), err);
    assert_ok(digest_file(path, DIGEST_SHA256, hex, &err), err);
    for (char *c = hex; *c != '\0'; c++)
        *c = (char)(*c >= 'a' ? *c - 32 : *c); /* case does not matter */
    buf_printf(&csv, "file,volume,sha256\n1.tif,v,%s\n2.tif,v,%s\n", hex, hex);
    put_text(&s, "batch.csv", csv.data);
    batch = take_in(&s);
    expect_verdict(batch, "1.tif", VERDICT_ACCEPT);
    expect_rejected(batch, "2.tif", "batch-digest", "batch.csv:3:9");
    assert_int_equal(batch->page_count, 1);
}

/* As a spreadsheet writes it where the comma is for decimals. */
static void ingest__reads_a_list_with_semicolons_or_tabs(void **state)
{
    static const char *const lists[] = {
        "file;volume;title\r\n1.tif;v;Дела, т. 2\r\n",
        "\xef\xbb\xbf"
        "file\tvolume\ttitle\n1.tif\tv\tДела, т. 2\n"};
    struct stage s;

    make_stage(state, &s);
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(batch_free) struct batch *batch = NULL;

        put_scan(&s, "1.tif", (char)('a' + i));
        put_text(&s, "batch.csv", lists[i]);
        batch = take_in(&s);
        assert_int_equal(batch->page_count, 1);
        assert_string_equal(batch->volumes[0]->title, "Дела, т. 2");
    }
}

/* Whoever meant a number sees what became of it; what has no letter is none. */
static void ingest__says_what_is_no_page_number(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif", 'b');
    put_scan(&s, "3.tif", 'c');
    put_scan(&s, "4.tif", 'd');
    put_text(&s, "batch.csv",
             "file,volume,page\n1.tif,v, 12 \n2.tif,v,12r\n3.tif,v,+7\n"
             "4.tif,v,1.5\n");
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 2);
    expect_page(batch, 0, "odesos/family-register/v/0012", "1.tif");
    assert_string_equal(batch->pages[0]->label, "");
    expect_page(batch, 1, "odesos/family-register/v/0013", "2.tif");
    assert_string_equal(batch->pages[1]->label, "12r");
    expect_found(batch, "2.tif", "batch-label",
                 "batch.csv:3:9: page \"12r\" is no number but a label: its "
                 "place is the next one, 13");
    expect_rejected(batch, "3.tif", "batch-page",
                    "\"+7\" is not a page number");
    expect_rejected(batch, "4.tif", "batch-page", "\"1.5\" is not a page");
}

static void ingest__looks_at_every_date_and_line(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    for (const char *n = "123456"; *n != '\0'; n++)
        put_scan(&s, (char[]){*n, '.', 't', 'i', 'f', '\0'}, *n);
    put_text(&s, "batch.csv",
             "file,volume,title,date_from,date_to,scanned_at\n"
             "1.tif,v,Дела,1938,1940-02-29,2026-02-28T23:59:59Z\n"
             "2.tif,v,Други,1938-13,1940-02-30,2026-02-31\n"
             "3.tif,v,Дела,1937,,2026-02-01T25:00:00Z\n"
             "4.tif,w,,1940,1930,2026-09-14 08:12\n"
             "5.tif,x,,1938,1938-05,\n"
             "6.tif,x,,,foo,\n");
    batch = take_in(&s);
    expect_verdict(batch, "1.tif", VERDICT_ACCEPT);
    expect_found(batch, "2.tif", "batch-differs",
                 "a line before says \"Дела\"");
    expect_found(batch, "2.tif", "batch-date", "date_from \"1938-13\"");
    expect_found(batch, "2.tif", "batch-date", "date_to \"1940-02-30\"");
    expect_found(batch, "2.tif", "batch-date", "scanned_at \"2026-02-31\"");
    expect_found(batch, "3.tif", "batch-differs",
                 "a line before says \"1938\"");
    expect_found(batch, "3.tif", "batch-date", "is no moment");
    expect_found(batch, "4.tif", "batch-date",
                 "ends in 1930, before it begins in 1940");
    expect_verdict(batch, "5.tif", VERDICT_ACCEPT);
    expect_found(batch, "6.tif", "batch-date", "date_to \"foo\"");
}

static void ingest__says_that_a_listed_path_leads_elsewhere(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_text(&s, "batch.csv", "file,volume\n1.tif,v\n../2.tif,v\n3.tif,v\n");
    batch = take_in(&s);
    expect_rejected(batch, "../2.tif", "batch-file-missing",
                    "batch.csv:3:1: what is listed is no path below");
    expect_rejected(batch, "3.tif", "batch-file-missing",
                    "batch.csv:4:1: the file is listed, but");
}

static void ingest__refuses_a_list_it_cannot_read(void **state)
{
    static const struct {
        const char *csv, *where;
    } cases[] = {
        {"", "batch.csv:1:1: the list is empty"},
        {"file,page\n1.tif,1\n", "batch.csv:1:1: the header has no column "
                                 "\"volume\""},
        {"file;volume\n1.tif,v\n", "batch.csv:2:1: 1 fields, expected 2"},
        {"file|volume\n1.tif|v\n",
         "batch.csv:1:1: the header has no column \"file\""},
        {"file,volume\n1.tif,v\n2.tif,\"v\nw\n",
         "batch.csv:3:7: the quotation mark that opens here is never closed"},
        {"file,volume\n1.tif,v\"w\n", "batch.csv:2:8: a quotation mark out"},
        {"file,volume\n1.tif,\"v\"w\n", "batch.csv:2:10: a quotation mark out"},
        {"file,volume\n\n1.tif,v,w\n", "batch.csv:3:1: 3 fields, expected 2"},
        {"file,volume\nх.tif,\xff\n", "batch.csv:2:7: the byte ff is not"},
        {"file,file,volume\n", "batch.csv:1:6: the column \"file\" is there"},
        {"file,volume,title\n1.tif,v,\"a\nb\"\n",
         "batch.csv:2:9: title has a line break"},
        {"file,volume,pgae\n1.tif,v,1\n",
         "batch.csv:1:13: the column \"pgae\" is not known; expected \"page\""},
        {"file,volume,page,sha25\n1.tif,v,1,\n",
         "batch.csv:1:18: the column \"sha25\" is not known; expected "
         "\"sha256\""},
        {" File,volume\n1.tif,v\n",
         "batch.csv:1:1: the column \" File\" is not known; expected \"file\""},
    };
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
        struct batch *batch = NULL;
        struct err err;
        struct err err2;

        put_text(&s, "batch.csv", cases[i].csv);
        assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(batch);
        if (strncmp(err.msg, cases[i].where, strlen(cases[i].where)) != 0)
            fail_msg("%s: expected %s", err.msg, cases[i].where);
        assert_int_equal(count_staged(&s), 0);
        assert_ok(dir_list(s.quarantine, &names, &err2), err2);
        assert_int_equal(names.count, i + 1);
    }
}

static void expect_refused(struct stage *s, const char *message)
{
    struct batch *batch = NULL;
    struct err err;

    assert_int_equal(ingest_batch(&s->request, NULL, &batch, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(batch);
    assert_int_equal(count_staged(s), 0);
    if (strstr(err.msg, message) == NULL)
        fail_msg("%s: expected %s", err.msg, message);
}

static void ingest__refuses_a_list_that_is_no_file(void **state)
{
    char path[PATH_SIZE], target[PATH_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    assert_ok(path_format(path, &err, "%s/batch.csv", s.source), err);
    assert_int_equal(symlink("nowhere.csv", path), 0);
    expect_refused(&s, "batch.csv: it is a folder, a link or a device");
    assert_ok(file_remove(path, &err), err);
    put_text(&s, "list.csv", "file,volume\n1.tif,v\n");
    assert_ok(path_format(target, &err, "%s/list.csv", s.source), err);
    assert_int_equal(symlink(target, path), 0);
    expect_refused(&s, "batch.csv: it is a folder, a link or a device");
    assert_ok(file_remove(path, &err), err);
    put_text(&s, "batch.csv/list.csv", "file,volume\n1.tif,v\n");
    expect_refused(&s, "batch.csv: it is a folder, a link or a device");
}

static void ingest__takes_a_list_named_in_capitals(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_text(&s, "BATCH.CSV", "file,volume,page\n1.tif,1938-012,7\n");
    put_text(&s, "batch.csv", "file,volume,page\n1.tif,1938-012,8\n");
    expect_refused(&s, "there is another list");
    {
        char path[PATH_SIZE];
        struct err err;

        assert_ok(path_format(path, &err, "%s/batch.csv", s.source), err);
        assert_ok(file_remove(path, &err), err);
    }
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 1);
    expect_page(batch, 0, "odesos/family-register/1938-012/0007", "1.tif");
}

/* --- once, whole, or not at all --- */

static void ingest__knows_the_same_batch_again(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(batch_free) struct batch *again = NULL;
    CLEANUP(batch_free) struct batch *known = NULL;
    CLEANUP(batch_free) struct batch *changed = NULL;
    struct name_list list;
    char first[] = "a-1";
    char last[] = "z-9";
    char dir[PATH_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    batch = take_in(&s);
    assert_int_equal(ingest_batch(&s.request, NULL, &again, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_string_equal(again->id, batch->id);
    assert_int_equal(again->page_count, 1);
    assert_int_equal(count_staged(&s), 1);

    /* packed and gone from staging, but known */
    staged_dir(&s, batch, dir);
    assert_ok(dir_remove(dir, &err), err);
    list = (struct name_list){(char *[]){first, batch->id, last}, 3};
    s.request.known = &list;
    assert_int_equal(ingest_batch(&s.request, NULL, &known, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_string_equal(known->id, batch->id);
    assert_int_equal(count_staged(&s), 0);

    put_scan(&s, "2.tif", 'b');
    changed = take_in(&s);
    assert_string_not_equal(changed->id, batch->id);
}

static void ingest__removes_what_a_dead_intake_left(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    assert_ok(path_format(path, &err, "%s/.tmp-99999-box/masters", s.staging),
              err);
    assert_ok(dir_make(path, &err), err);
    batch = take_in(&s);
    assert_int_equal(count_staged(&s), 1);
}

/* Killed at any moment: the next intake gives the same batch, once. */
static void ingest__survives_being_killed(void **state)
{
    struct stage s;
    char name[32];

    make_stage(state, &s);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(name, sizeof(name), "%d.tif", i);
        put_scan(&s, name, (char)i);
    }
    put_text(&s, "40.tif", "not a scan");
    for (unsigned delay_us = 1000; delay_us < 120000; delay_us += 17000) {
        CLEANUP(batch_free) struct batch *batch = NULL;
        struct err err;
        pid_t pid = fork();

        if (pid == 0)
            _exit(ingest_batch(&s.request, NULL, &batch, &err) == 0 ? 0 : 1);
        (void)usleep(delay_us);
        (void)kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        if (ingest_batch(&s.request, NULL, &batch, &err) != 0)
            assert_int_equal(err.kind, ERR_EXISTS);
        assert_int_equal(batch->page_count, 40);
        assert_int_equal(count_staged(&s), 1);
        assert_true(in_quarantine(&s, batch, "40.tif"));
        assert_ok(dir_remove(s.staging, &err), err);
    }
}

static void ingest__of_a_full_disk_acknowledges_nothing(void **state)
{
    CLEANUP(free) char *big = calloc(1, (size_t)300 << 10);
    CLEANUP(batch_free) struct batch *batch = NULL;
    char small[PATH_SIZE];
    bool quarantined;
    unsigned left;
    struct stage s;
    struct err err;
    int rc;

    make_stage(state, &s);
    assert_ok(path_format(small, &err, "%s/small", (char *)*state), err);
    assert_ok(dir_make(small, &err), err);
    if (mount("tmpfs", small, "tmpfs", 0, "size=512k") != 0) {
        print_message("skipped: no right to mount a small disk\n");
        skip();
    }
    memcpy(big, "II*\0", 4);
    put_scan(&s, "1.tif", 'a');
    put_bytes(&s, "2.tif", big, (size_t)300 << 10);
    put_bytes(&s, "3.tif", big, (size_t)299 << 10);
    assert_ok(path_format(s.staging, &err, "%s/staging", small), err);
    assert_ok(path_format(s.quarantine, &err, "%s/quarantine", small), err);
    rc = ingest_batch(&s.request, NULL, &batch, &err);
    left = count_staged(&s);
    quarantined = file_exists(s.quarantine);
    assert_int_equal(umount(small), 0);
    assert_int_equal(rc, -1);
    assert_int_equal(err.kind, ERR_IO);
    assert_null(batch);
    assert_non_null(strstr(err.msg, "No space left on device"));
    assert_non_null(strstr(err.msg, "nothing of this batch was taken in"));
    assert_int_equal(left, 0);
    assert_false(quarantined);
}

static void ingest__refuses_what_is_no_folder_of_scans(void **state)
{
    struct batch *batch = NULL;
    struct stage s;
    struct err err;

    make_stage(state, &s);
    assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "no scan in the folder"));
    s.request.source = "/nowhere";
    assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    s.request.site = "No Slug";
    assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_null(batch);
}

static void ingest__takes_the_register_pages_in(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    need_shared();
    make_stage(state, &s);
    s.request.source = SHARED_DIR "/registers";
    batch = take_in(&s);
    assert_int_equal(batch->volume_count, 1);
    assert_true(batch->page_count >= 20);
    for (size_t i = 0; i < batch->file_count; i++)
        assert_int_not_equal(batch->files[i].verdict, VERDICT_REJECT);
}

/* The bytes a JPEG begins with, and its size. */
static void assert_picture(const struct stage *s, const struct batch *batch,
                           size_t file)
{
    CLEANUP(buf_fini) struct buf jpeg = BUF_INIT;
    char dir[PATH_SIZE], path[PATH_SIZE], name[PICTURE_NAME_SIZE];
    struct err err;

    batch_picture_name(file, 0, name);
    assert_ok(path_format(dir, &err, "%s/%s", s->staging, batch->id), err);
    assert_ok(batch_picture_path(dir, name, path, &err), err);
    assert_ok(file_read(path, 20 * 1024, &jpeg, &err), err);
    assert_memory_equal(jpeg.data, "\xff\xd8\xff", 3);
}

static void ingest__keeps_a_picture_also_of_what_it_sets_aside(void **state)
{
    struct stage s;
    struct batch *batch;

    make_stage(state, &s);
    put_scan(&s, "1.tif", 'a');
    put_scan(&s, "2.tif", 'b');
    put_text(&s, "batch.csv",
             "file,volume,sha256\n"
             "1.tif,7,\n"
             "2.tif,7,0000000000000000000000000000000000000000000000000000000"
             "000000000\n");
    batch = take_in(&s);
    assert_int_equal(batch->page_count, 1);
    assert_string_equal(batch->pages[0]->picture, "000000-0000.jpg");
    assert_int_equal(batch->pages[0]->quality.measured, 1);
    assert_int_equal(file_of(batch, "2.tif")->verdict, VERDICT_REJECT);
    assert_int_equal(file_of(batch, "2.tif")->image_count, 1);
    assert_picture(&s, batch, 0);
    assert_picture(&s, batch, (size_t)(file_of(batch, "2.tif") - batch->files));
    batch_free(batch);
}

/* What is known of the volume alone goes to the file, its page and its verdict,
 * and an archive may make an error of it. */
static void ingest__judges_the_pages_of_a_volume_together(void **state)
{
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    static const char *const names[] = {"tax00", "tax04", "tax06", "tax09"};
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    static const char strict[] = "[quality-twice]\nseverity = error\n";
    char path[PATH_SIZE], name[32];
    const struct batch_file *twin;
    struct batch *batch;
    struct stage s;
    struct err err;

    need_shared();
    make_stage(state, &s);
    assert_ok(path_format(path, &err, "%s/rules.conf", (char *)*state), err);
    assert_ok(file_write_durable(path, strict, strlen(strict), &err), err);
    assert_ok(rule_book_new(&rules, &err), err);
    assert_ok(rule_book_read(rules, path, &err), err);
    s.request.rules = rules;
    for (size_t i = 0; i < 4; i++) {
        assert_ok(
            path_format(path, &err, SHARED_DIR "/registers/%s.tif", names[i]),
            err);
        buf_clear(&bytes);
        assert_ok(file_read(path, 64 << 20, &bytes, &err), err);
        (void)snprintf(name, sizeof(name), "7/%zu.tif", i + 1);
        put_bytes(&s, name, bytes.data, bytes.len);
    }
    /* Other bytes behind the last page's end, the same pixels. */
    buf_puts(&bytes, "once more");
    put_bytes(&s, "7/5.tif", bytes.data, bytes.len);
    batch = take_in(&s);
    twin = file_of(batch, "7/5.tif");
    assert_int_equal(batch->page_count, 4);
    assert_int_equal(twin->verdict, VERDICT_REJECT);
    for (size_t i = 0; i < twin->findings.count; i++) {
        const struct finding *f = &twin->findings.items[i];

        if (strcmp(f->rule, "quality-twice") == 0) {
            assert_non_null(strstr(f->message, "page 0005 is page 0004"));
            batch_free(batch);
            return;
        }
    }
    fail_msg("nobody saw that page 5 is page 4");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(ingest__takes_the_number_of_a_name_for_the_place),
        unit_test_in_dir(ingest__gives_a_lone_rescan_the_place_of_its_name),
        unit_test_in_dir(ingest__counts_names_from_zero_one_up),
        unit_test_in_dir(ingest__puts_names_without_a_number_behind_the_others),
        unit_test_in_dir(ingest__is_not_led_astray_by_one_file_of_another_name),
        unit_test_in_dir(ingest__takes_the_order_where_numbers_are_no_places),
        unit_test_in_dir(ingest__refuses_an_image_that_is_another_files_place),
        unit_test_in_dir(ingest__counts_parts_of_a_book_on),
        unit_test_in_dir(ingest__moves_no_page_for_one_that_comes_late),
        unit_test_in_dir(ingest__takes_each_sub_folder_as_a_volume),
        unit_test_in_dir(ingest__keeps_two_folders_of_one_slug_apart),
        unit_test_in_dir(ingest__stages_masters_byte_for_byte),
        unit_test_in_dir(ingest__gives_each_image_of_a_file_its_page),
        unit_test_in_dir(ingest__sets_bad_files_aside_and_goes_on),
        unit_test_in_dir(ingest__sets_impossible_names_aside_on_one_line),
        unit_test_in_dir(ingest__sets_folders_pipes_and_stray_links_aside),
        unit_test_in_dir(ingest__flattens_paths_in_quarantine),
        unit_test_in_dir(ingest__says_that_permission_is_missing),
        unit_test_in_dir(ingest__follows_the_list),
        unit_test_in_dir(ingest__says_what_list_and_folder_do_not_share),
        unit_test_in_dir(ingest__checks_listed_digests),
        unit_test_in_dir(ingest__reads_a_list_with_semicolons_or_tabs),
        unit_test_in_dir(ingest__says_that_a_listed_path_leads_elsewhere),
        unit_test_in_dir(ingest__says_what_is_no_page_number),
        unit_test_in_dir(ingest__looks_at_every_date_and_line),
        unit_test_in_dir(ingest__refuses_a_list_it_cannot_read),
        unit_test_in_dir(ingest__refuses_a_list_that_is_no_file),
        unit_test_in_dir(ingest__takes_a_list_named_in_capitals),
        unit_test_in_dir(ingest__knows_the_same_batch_again),
        unit_test_in_dir(ingest__removes_what_a_dead_intake_left),
        unit_test_in_dir(ingest__survives_being_killed),
        unit_test_in_dir(ingest__of_a_full_disk_acknowledges_nothing),
        unit_test_in_dir(ingest__refuses_what_is_no_folder_of_scans),
        unit_test_in_dir(ingest__keeps_a_picture_also_of_what_it_sets_aside),
        unit_test_in_dir(ingest__judges_the_pages_of_a_volume_together),
        unit_test_in_dir(ingest__takes_the_register_pages_in),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
