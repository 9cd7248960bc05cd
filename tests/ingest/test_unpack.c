/* SPDX-License-Identifier: MIT */
#include "ingest/unpack.h"

#include <locale.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "common/json.h"
#include "tests/ingest/stage.h"

static const char *const endings[] = {"tar",    "tar.gz",  "tar.bz2",
                                      "tar.xz", "tar.zst", "zip"};

static void archive_path(const struct stage *s, const char *name,
                         char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s", s->dir, name), err);
}

static void put_volumes(const struct stage *s)
{
    stage_put_scan(s, "Том 2/1.tif", 'a');
    stage_put_scan(s, "Том 2/2.tif", 'b');
    stage_put_scan(s, "Том 10/1.tif", 'c');
    stage_put_scan(s, "loose.tif", 'd');
    stage_put_text(s, "readme.txt", "by hand\n");
}

static void assert_same_batch(const struct batch *a, const struct batch *b)
{
    assert_string_equal(a->id, b->id);
    assert_int_equal(a->page_count, b->page_count);
    assert_int_equal(a->file_count, b->file_count);
    for (size_t i = 0; i < a->page_count; i++) {
        assert_string_equal(a->pages[i]->id, b->pages[i]->id);
        assert_string_equal(a->pages[i]->digests.sha512,
                            b->pages[i]->digests.sha512);
        assert_string_equal(a->pages[i]->original_name,
                            b->pages[i]->original_name);
    }
    for (size_t i = 0; i < a->volume_count; i++)
        assert_string_equal(a->volumes[i]->title, b->volumes[i]->title);
}

static void ingest__takes_a_folder_in_an_archive_as_the_folder(void **state)
{
    CLEANUP(batch_free) struct batch *folder = NULL;
    char path[PATH_SIZE], name[64];
    struct stage s;

    stage_make(state, &s);
    put_volumes(&s);
    folder = stage_take(&s, s.source);
    assert_int_equal(folder->page_count, 4);
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        CLEANUP(batch_free) struct batch *whole = NULL;
        CLEANUP(batch_free) struct batch *inside = NULL;

        /* with the folder in it, whatever the archive's own name */
        (void)snprintf(name, sizeof(name), "upload.%s", endings[i]);
        archive_path(&s, name, path);
        made_archive_of(path, (enum made_kind)i, s.source, "Box 7/");
        stage_clear(&s);
        whole = stage_take(&s, path);
        assert_same_batch(folder, whole);
        assert_true(file_exists(path));

        /* of what is in the folder, under the folder's name */
        (void)snprintf(name, sizeof(name), "Box 7.%s", endings[i]);
        archive_path(&s, name, path);
        made_archive_of(path, (enum made_kind)i, s.source,
                        i == MADE_ZIP ? "" : "./");
        stage_clear(&s);
        inside = stage_take(&s, path);
        assert_same_batch(folder, inside);
    }
}

static void ingest__keeps_masters_of_an_archive_byte_for_byte(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE], dir[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct stage s;
    struct err err;

    stage_make(state, &s);
    stage_put_scan(&s, "1.tif", 'a');
    archive_path(&s, "x.tgz", path);
    made_archive_of(path, MADE_GZ, s.source, "Box 7/");
    batch = stage_take(&s, path);
    assert_ok(path_format(dir, &err, "%s/%s", s.staging, batch->id), err);
    assert_ok(batch_master_path(dir, batch->pages[0], path, &err), err);
    assert_ok(digest_file(path, DIGEST_SHA256, hex, &err), err);
    assert_string_equal(hex, batch->pages[0]->digests.sha256);
    assert_ok(path_format(path, &err, "%s/1.tif", s.source), err);
    assert_ok(digest_file(path, DIGEST_SHA256, hex, &err), err);
    assert_string_equal(hex, batch->pages[0]->digests.sha256);
    /* nothing of the unpacking is left */
    assert_ok(dir_list_all(dir, &names, &err), err);
    assert_int_equal(names.count, 4);
    assert_string_equal(names.names[0], "batch.json");
    assert_string_equal(names.names[1], "masters");
    assert_string_equal(names.names[2], "pages.jsonl");
    assert_string_equal(names.names[3], PICTURES_FOLDER);
}

static void refuse_members(struct stage *s, const struct made_member *m,
                           size_t count, const char *reason)
{
    char path[PATH_SIZE];

    archive_path(s, "hostile.tar", path);
    made_archive(path, MADE_TAR, m, count);
    stage_refuses(s, path, reason);
    assert_true(file_exists(path));
}

#define TEN(s) s s s s s s s s s s

static void ingest__refuses_names_that_lead_elsewhere(void **state)
{
    static const struct {
        const char *name, *reason;
    } cases[] = {
        {"/etc/passwd", "absolute"},
        {"../escape.tif", "leads elsewhere"},
        {"a/../../escape.tif", "leads elsewhere"},
        {"a/./b.tif", "leads elsewhere"},
        {"a//b.tif", "leads elsewhere"},
        {"a\\..\\b.tif", "backslash"},
        {"a\nb.tif", "control character"},
        {"a\x1b[2Jb.tif", "control character"},
        {"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s.tif", "16 folders deep"},
        {"a/" TEN(TEN("long")) ".tif", "255 bytes"},
        {TEN(TEN("long")) "/a.tif", "255 bytes"},
    };
    char escaped[PATH_SIZE];
    struct stage s;

    stage_make(state, &s);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct made_member m[] = {
            {"ok.tif", AE_IFREG, NULL, "x", 1},
            {cases[i].name, AE_IFREG, NULL, "x", 1},
        };

        refuse_members(&s, m, 2, cases[i].reason);
    }
    archive_path(&s, "escape.tif", escaped);
    assert_false(file_exists(escaped));
}

static void ingest__refuses_links_and_devices(void **state)
{
    static const struct made_member members[] = {
        {"l.tif", AE_IFLNK, "/etc/passwd", NULL, 0},
        {"l.tif", 0, "ok.tif", NULL, 0},
        {"p.tif", AE_IFIFO, NULL, NULL, 0},
        {"d.tif", AE_IFCHR, NULL, NULL, 0},
    };
    static const char *const reasons[] = {"a link; put", "--hard-dereference",
                                          "a device", "a device"};
    struct stage s;

    stage_make(state, &s);
    for (size_t i = 0; i < 4; i++) {
        const struct made_member m[] = {{"ok.tif", AE_IFREG, NULL, "x", 1},
                                        members[i]};

        refuse_members(&s, m, 2, reasons[i]);
    }
}

static void ingest__refuses_two_entries_of_one_name(void **state)
{
    static const struct {
        const char *a, *b, *reason;
    } cases[] = {
        {"1.tif", "1.tif", "there twice"},
        {"1.tif", "./1.tif", "there twice"},
        {"a/1.tif", "A/2.tif", "upper and lower case"},
        {"Лист.tif", "ЛИСТ.tif", "upper and lower case"},
        /* libarchive composes what a pax header says */
        {"\xd0\xb9.tif", "\xd0\xb8\xcc\x86.tif", "there twice"},
        {"a", "a/1.tif", "a file and a folder"},
    };
    struct stage s;

    stage_make(state, &s);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct made_member m[] = {
            {cases[i].a, AE_IFREG, NULL, "x", 1},
            {cases[i].b, AE_IFREG, NULL, "y", 1},
        };

        refuse_members(&s, m, 2, cases[i].reason);
    }
}

static void ingest__refuses_bombs(void **state)
{
    CLEANUP(free) char *zeros = calloc(1, (size_t)8 << 20);
    struct archive *a;
    char path[PATH_SIZE], name[32];
    struct stage s;

    stage_make(state, &s);
    archive_path(&s, "bomb.tar.xz", path);
    a = made_archive_open(path, MADE_XZ);
    for (int i = 0; i < 12; i++) {
        (void)snprintf(name, sizeof(name), "%d.tif", i);
        made_archive_add(a, &(struct made_member){name, AE_IFREG, NULL, zeros,
                                                  (size_t)8 << 20});
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    stage_refuses(&s, path, "looks like a bomb");

    archive_path(&s, "many.zip", path);
    a = made_archive_open(path, MADE_ZIP);
    for (int i = 0; i < 60; i++) {
        (void)snprintf(name, sizeof(name), "%d.tif", i);
        made_archive_add(a,
                         &(struct made_member){name, AE_IFREG, NULL, "x", 1});
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    s.request.archive_files = 50;
    stage_refuses(&s, path, "more than 50 entries");
}

static void ingest__says_that_an_archive_ends_early_or_is_none(void **state)
{
    CLEANUP(free) char *noise = malloc((size_t)200 << 10);
    char path[PATH_SIZE], cut[PATH_SIZE], reason[PATH_SIZE];
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(name_list_fini) struct name_list kept = {NULL, 0};
    struct stage s;
    struct err err;

    stage_make(state, &s);
    for (size_t i = 0; i < (size_t)200 << 10; i++)
        noise[i] = (char)(i * i * 2654435761u >> 13);
    stage_put(&s, "1.tif", noise, (size_t)200 << 10);
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

        archive_path(&s, "whole", path);
        made_archive_of(path, (enum made_kind)i, s.source, "Box 7/");
        assert_ok(file_read(path, SIZE_MAX, &bytes, &err), err);
        archive_path(&s, "cut", cut);
        assert_ok(file_write_durable(cut, bytes.data, bytes.len / 2, &err),
                  err);
        stage_refuses(&s, cut, "cannot be read");
    }
    assert_ok(file_write_durable(cut, "hello", 5, &err), err);
    stage_refuses(&s, cut, "neither a tar nor a zip");
    /* the reason is kept, the archive stays where it was */
    assert_true(file_exists(cut));
    assert_ok(dir_list(s.quarantine, &kept, &err), err);
    assert_int_equal(kept.count, 1);
    assert_ok(path_format(reason, &err, "%s/%s/cut.reason.json", s.quarantine,
                          kept.names[0]),
              err);
    assert_ok(json_read_file(reason, &json, &err), err);
    assert_string_equal(json_get_text(json, "source", ""), cut);
}

/* It may still be on its way to the inbox: nothing is noted then. */
static void ingest__waits_for_the_rest_of_an_archive(void **state)
{
    static const char *const names[] = {"cut.tar", "cut.zip"};
    struct stage s;
    struct err err;

    stage_make(state, &s);
    put_volumes(&s);
    s.request.may_grow = true;
    for (int i = 0; i < 2; i++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        char path[PATH_SIZE];

        archive_path(&s, names[i], path);
        made_archive_of(path, i == 0 ? MADE_TAR : MADE_ZIP, s.source, "Box 7/");
        assert_ok(file_read(path, SIZE_MAX, &bytes, &err), err);
        s.request.source = path;
        for (size_t part = 0; part < 4; part++) {
            CLEANUP(batch_free) struct batch *batch = NULL;

            assert_ok(file_write_durable(path, bytes.data, bytes.len * part / 4,
                                         &err),
                      err);
            assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
            assert_int_equal(err.kind, ERR_CUT);
        }
    }
    assert_false(dir_exists(s.quarantine));
}

/* Cut where a member ends, all that is left can be read: nobody missed the
 * pages behind. A zip without its directory is as readable. */
static void ingest__refuses_an_archive_cut_between_its_members(void **state)
{
    static const char one[512] = "1", two[512] = "2";
    const struct made_member members[] = {
        {"1.tif", AE_IFREG, NULL, one, sizeof(one)},
        {"2.tif", AE_IFREG, NULL, two, sizeof(two)},
    };
    char path[PATH_SIZE], cut[PATH_SIZE];
    struct stage s;
    struct err err;

    stage_make(state, &s);
    archive_path(&s, "whole", path);
    archive_path(&s, "cut", cut);
    for (int kind = MADE_TAR; kind <= MADE_ZIP; kind += MADE_ZIP - MADE_TAR) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        size_t end;

        made_archive(path, (enum made_kind)kind, members, 2);
        assert_ok(file_read(path, SIZE_MAX, &bytes, &err), err);
        end = kind == MADE_TAR ? 2 * 1024 : bytes.len - 30;
        assert_true(end < bytes.len);
        assert_ok(file_write_durable(cut, bytes.data, end, &err), err);
        stage_refuses(&s, cut, "cannot be read");
    }
}

static void ingest__sets_an_archive_inside_a_batch_aside(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;

    stage_make(state, &s);
    stage_put_scan(&s, "1.tif", 'a');
    assert_ok(path_format(path, &err, "%s/inner.zip", s.source), err);
    made_archive(path, MADE_ZIP,
                 &(struct made_member){"1.tif", AE_IFREG, NULL, "x", 1}, 1);
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 1);
    stage_expect(batch, "inner.zip", VERDICT_REJECT, "ZIP archive inside");
}

static void ingest__says_that_a_zip_is_encrypted(void **state)
{
    char path[PATH_SIZE];
    struct archive *a;
    struct stage s;

    stage_make(state, &s);
    archive_path(&s, "secret.zip", path);
    a = archive_write_new();
    (void)archive_write_set_format_zip(a);
    if (archive_write_set_options(a, "zip:encryption=aes256") != ARCHIVE_OK ||
        archive_write_set_passphrase(a, "secret") != ARCHIVE_OK)
        skip();
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    made_archive_add(
        a, &(struct made_member){"1.tif", AE_IFREG, NULL, "hello", 5});
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    stage_refuses(&s, path, "it is encrypted");
}

/* Whatever bytes are wrong: taken in, or refused with a reason. */
static void ingest__survives_any_damage_to_an_archive(void **state)
{
    char path[PATH_SIZE];
    struct stage s;
    struct err err;
    uint32_t seed = 7;

    stage_make(state, &s);
    put_volumes(&s);
    for (int round = 0; round < 120; round++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        CLEANUP(batch_free) struct batch *batch = NULL;

        archive_path(&s, "damaged", path);
        made_archive_of(path, (enum made_kind)(round % 6), s.source, "Box 7/");
        assert_ok(file_read(path, SIZE_MAX, &bytes, &err), err);
        for (int i = 0; i < 1 + round % 5; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes.data[(seed >> 4) % bytes.len] ^= (char)(1u << (seed >> 29));
        }
        assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
        stage_clear(&s);
        s.request.source = path;
        if (ingest_batch(&s.request, NULL, &batch, &err) != 0)
            assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void ingest__of_an_archive_too_large_for_the_disk(void **state)
{
    CLEANUP(free) char *noise = malloc((size_t)600 << 10);
    CLEANUP(name_list_fini) struct name_list left = {NULL, 0};
    char path[PATH_SIZE], small[PATH_SIZE];
    struct batch *batch = NULL;
    struct stage s;
    struct err err, err2;

    stage_make(state, &s);
    archive_path(&s, "small", small);
    assert_ok(dir_make(small, &err), err);
    if (mount("tmpfs", small, "tmpfs", 0, "size=512k") != 0) {
        print_message("skipped: no right to mount a small disk\n");
        skip();
    }
    memset(noise, 7, (size_t)600 << 10);
    stage_put(&s, "1.tif", noise, (size_t)600 << 10);
    archive_path(&s, "x.tar", path);
    made_archive_of(path, MADE_TAR, s.source, "Box 7/");
    assert_ok(path_format(s.staging, &err, "%s/staging", small), err);
    s.request.source = path;
    assert_int_equal(ingest_batch(&s.request, NULL, &batch, &err), -1);
    (void)dir_list_all(s.staging, &left, &err2);
    assert_int_equal(umount(small), 0);
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.msg, "MiB free"));
    assert_non_null(strstr(err.msg, small));
    assert_int_equal(left.count, 1); /* the lock */
}

static void unpack_stem__takes_the_ending_off(void **state)
{
    static const char *const cases[][2] = {
        {"/a/box-12.tar.gz", "box-12"},
        {"box.v2.ZIP", "box.v2"},
        {"box.tgz", "box"},
        {"box", "box"},
        {"x.tar", "x"},
        {".zip", ".zip"},
    };
    char out[PATH_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        unpack_stem(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(ingest__takes_a_folder_in_an_archive_as_the_folder),
        unit_test_in_dir(ingest__keeps_masters_of_an_archive_byte_for_byte),
        unit_test_in_dir(ingest__refuses_names_that_lead_elsewhere),
        unit_test_in_dir(ingest__refuses_links_and_devices),
        unit_test_in_dir(ingest__waits_for_the_rest_of_an_archive),
        unit_test_in_dir(ingest__refuses_two_entries_of_one_name),
        unit_test_in_dir(ingest__refuses_bombs),
        unit_test_in_dir(ingest__says_that_an_archive_ends_early_or_is_none),
        unit_test_in_dir(ingest__refuses_an_archive_cut_between_its_members),
        unit_test_in_dir(ingest__sets_an_archive_inside_a_batch_aside),
        unit_test_in_dir(ingest__says_that_a_zip_is_encrypted),
        unit_test_in_dir(ingest__survives_any_damage_to_an_archive),
        unit_test_in_dir(ingest__of_an_archive_too_large_for_the_disk),
        cmocka_unit_test(unpack_stem__takes_the_ending_off),
    };

    /* libarchive writes names as the locale has them. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
