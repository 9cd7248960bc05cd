/* SPDX-License-Identifier: MIT */
#include "ingest/bag.h"

#include <locale.h>

#include "tests/ingest/stage.h"

#define DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

static void add_line(const struct stage *s, const char *file,
                     enum digest_kind kind, struct buf *out)
{
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", s->source, file), err);
    assert_ok(digest_file(path, kind, hex, &err), err);
    buf_printf(out, "%s  %s\n", hex, file);
}

/* A bag of three pages, whole, with two manifests and a tag manifest. */
static void make_bag(void **state, struct stage *s)
{
    static const char *const files[] = {"data/1.tif", "data/2.tif",
                                        "data/3.tif", "data/notes.txt"};
    CLEANUP(buf_fini) struct buf sha256 = BUF_INIT;
    CLEANUP(buf_fini) struct buf md5 = BUF_INIT;
    CLEANUP(buf_fini) struct buf tags = BUF_INIT;

    stage_make(state, s);
    for (int i = 0; i < 3; i++)
        stage_put_scan(s, files[i], (char)('a' + i));
    stage_put_text(s, files[3], "by hand\n");
    stage_put_text(s, "bagit.txt", DECLARATION);
    stage_put_text(s, "bag-info.txt",
                   "External-Description: Книга 12\nPayload-Oxum: 386.4\n");
    for (int i = 0; i < 4; i++) {
        add_line(s, files[i], DIGEST_SHA256, &sha256);
        add_line(s, files[i], DIGEST_MD5, &md5);
    }
    stage_put_text(s, "manifest-sha256.txt", buf_str(&sha256));
    stage_put_text(s, "manifest-md5.txt", buf_str(&md5));
    add_line(s, "bag-info.txt", DIGEST_SHA512, &tags);
    add_line(s, "manifest-sha256.txt", DIGEST_SHA512, &tags);
    stage_put_text(s, "tagmanifest-sha512.txt", buf_str(&tags));
}

static void remove_file(const struct stage *s, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", s->source, name), err);
    assert_ok(file_remove(path, &err), err);
}

static void bag__is_taken_in_as_the_folder_in_it(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_bag(state, &s);
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 3);
    assert_string_equal(batch->pages[0]->id,
                        "odesos/family-register/box-7/0001");
    assert_string_equal(batch->pages[0]->original_name, "1.tif");
    assert_string_equal(batch->volumes[0]->title, "Книга 12");
    for (size_t i = 0; i < batch->file_count; i++) {
        if (batch->files[i].verdict == VERDICT_REJECT ||
            finding_list_worst(&batch->files[i].findings) > SEVERITY_INFO)
            fail_msg("%s: %s", batch->files[i].name,
                     batch->files[i].findings.items[0].message);
    }
}

static void bag__in_an_archive_is_the_same_batch(void **state)
{
    CLEANUP(batch_free) struct batch *bag = NULL;
    CLEANUP(batch_free) struct batch *packed = NULL;
    char path[PATH_SIZE];
    struct stage s;
    struct err err;

    make_bag(state, &s);
    bag = stage_take(&s, s.source);
    assert_ok(path_format(path, &err, "%s/x.zip", s.dir), err);
    made_archive_of(path, MADE_ZIP, s.source, "Box 7/");
    stage_clear(&s);
    packed = stage_take(&s, path);
    assert_string_equal(bag->id, packed->id);
    assert_int_equal(packed->page_count, 3);
    assert_string_equal(packed->pages[2]->id, bag->pages[2]->id);
}

static void bag__sets_altered_files_aside_and_takes_the_others(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    const struct batch_file *file;
    unsigned digests = 0;
    struct stage s;

    make_bag(state, &s);
    stage_put_scan(&s, "data/2.tif", 'x');
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 2);
    file = stage_file(batch, "2.tif");
    /* both manifests speak, each naming found and expected */
    for (size_t i = 0; i < file->findings.count; i++)
        digests += strcmp(file->findings.items[i].rule, "batch-digest") == 0;
    assert_int_equal(digests, 2);
    stage_expect(batch, "2.tif", VERDICT_REJECT,
                 "manifest-md5.txt:2: the file "
                 "has the digest ");
    stage_expect(batch, "2.tif", VERDICT_REJECT, "manifest-sha256.txt:2: ");
    /* and its place stays free */
    assert_string_equal(batch->pages[1]->id,
                        "odesos/family-register/box-7/0003");
}

static void bag__says_what_is_missing_and_what_is_not_listed(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_bag(state, &s);
    remove_file(&s, "data/2.tif");
    stage_put_scan(&s, "data/4.tif", 'z');
    stage_put_scan(&s, "data/5.tif", 'y');
    stage_put_text(&s, "fetch.txt",
                   "https://example.org/2.tif 100 data/2.tif\n");
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 2);
    stage_expect(batch, "2.tif", VERDICT_REJECT, "fetch.txt:1 names https://");
    stage_expect(batch, "4.tif", VERDICT_REJECT, "in no manifest");
    stage_expect(batch, "bag-info.txt", VERDICT_IGNORE, "Payload-Oxum says");
    /* the missing one keeps its place */
    assert_string_equal(batch->pages[1]->id,
                        "odesos/family-register/box-7/0003");
}

static void bag__follows_a_list_beside_its_data(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_bag(state, &s);
    stage_put_text(&s, "batch.csv",
                   "file,volume,page\ndata/1.tif,v,7\n2.tif,v,8\n"
                   "data/3.tif,v,9\n");
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 3);
    assert_string_equal(batch->pages[0]->id, "odesos/family-register/v/0007");
    assert_string_equal(batch->pages[2]->id, "odesos/family-register/v/0009");
    stage_put_text(&s, "data/batch.csv", "file,volume\n");
    stage_clear(&s);
    stage_refuses(&s, s.source, "a list beside data/ and another in it");
}

static void bag__refuses_lists_that_cannot_be_trusted(void **state)
{
    static const struct {
        const char *file, *text, *reason;
    } cases[] = {
        {"bagit.txt", "", "bagit.txt:0"},
        {"bagit.txt", "BagIt-Version: 2.0\n", "bagit.txt:1: "},
        {"bagit.txt",
         "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n",
         "bagit.txt:2: "},
        {"manifest-md5.txt", "abc  data/1.tif\n", "manifest-md5.txt:1: "},
        {"manifest-md5.txt", "\nd41d8cd98f00b204e9800998ecf8427e  ../1.tif\n",
         "manifest-md5.txt:2: "},
        {"manifest-md5.txt",
         "d41d8cd98f00b204e9800998ecf8427e  data/../../1.tif\n",
         "leads out of the bag"},
        {"manifest-md5.txt",
         "d41d8cd98f00b204e9800998ecf8427e  data/1.tif\n"
         "00000000000000000000000000000000  data/1.tif\n",
         "manifest-md5.txt:2: "},
        {"manifest-md5.txt", "d41d8cd98f00b204e9800998ecf8427e  data/\xff\n",
         "manifest-md5.txt:1: not UTF-8"},
        /* in the tag manifest */
        {"manifest-sha256.txt", "\n", "tagmanifest-sha512.txt:2"},
        {"fetch.txt", "nonsense\n", "fetch.txt:1: "},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct stage s;
        struct err err;

        make_bag(state, &s);
        stage_put_text(&s, cases[i].file, cases[i].text);
        stage_refuses(&s, s.source, cases[i].reason);
        assert_ok(dir_remove(s.source, &err), err);
    }
}

static void bag__warns_of_what_no_page_depends_on(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct stage s;

    make_bag(state, &s);
    stage_put_text(&s, "bag-info.txt", "Contact-Name: someone else\n");
    stage_put_text(&s, "manifest-whirlpool.txt", "whatever\n");
    stage_put_text(&s, "data/notes.txt", "altered\n");
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 3);
    stage_expect(batch, "bag-info.txt", VERDICT_IGNORE, "altered");
    stage_expect(batch, "manifest-whirlpool.txt", VERDICT_IGNORE, "not known");
    stage_expect(batch, "notes.txt", VERDICT_IGNORE, "manifest-md5.txt:4");
}

/* What `tefter verify --bagit' compares, intake compares. */
static void bag__is_compared_by_every_algorithm_that_is_known(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(buf_fini) struct buf sha384 = BUF_INIT;
    struct stage s;

    make_bag(state, &s);
    remove_file(&s, "manifest-md5.txt");
    remove_file(&s, "manifest-sha256.txt");
    remove_file(&s, "tagmanifest-sha512.txt");
    add_line(&s, "data/1.tif", DIGEST_SHA384, &sha384);
    add_line(&s, "data/2.tif", DIGEST_SHA384, &sha384);
    add_line(&s, "data/notes.txt", DIGEST_SHA384, &sha384);
    stage_put_scan(&s, "data/2.tif", 'x');
    remove_file(&s, "data/3.tif");
    stage_put_text(&s, "manifest-sha384.txt", buf_str(&sha384));
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 1);
    stage_expect(batch, "2.tif", VERDICT_REJECT, "manifest-sha384.txt:2");
}

/* The lines that can be read are checked all the same. */
static void bag__says_which_line_of_a_tag_manifest_is_broken(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(buf_fini) struct buf tags = BUF_INIT;
    struct stage s;

    make_bag(state, &s);
    add_line(&s, "manifest-sha256.txt", DIGEST_SHA512, &tags);
    buf_puts(&tags, "abc  bag-info.txt\nnot a line at all\n");
    stage_put_text(&s, "tagmanifest-sha512.txt", buf_str(&tags));
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 3);
    stage_expect(batch, "tagmanifest-sha512.txt", VERDICT_IGNORE,
                 "tagmanifest-sha512.txt:2: \"abc");
}

static void bag__refuses_a_manifest_altered_beside_a_broken_line(void **state)
{
    CLEANUP(buf_fini) struct buf tags = BUF_INIT;
    struct stage s;

    make_bag(state, &s);
    buf_puts(&tags, "not a line at all\n");
    add_line(&s, "manifest-sha256.txt", DIGEST_SHA512, &tags);
    stage_put_text(&s, "tagmanifest-sha512.txt", buf_str(&tags));
    stage_put_text(&s, "manifest-sha256.txt", "\n");
    stage_refuses(&s, s.source, "tagmanifest-sha512.txt:2");
}

static void bag__reads_escaped_names_and_any_line_end(void **state)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    CLEANUP(buf_fini) struct buf scan = BUF_INIT;
    char hex[DIGEST_HEX_SIZE];
    struct stage s;
    struct err err;

    stage_make(state, &s);
    stage_put_scan(&s, "data/50%.tif", 'a');
    stage_put_scan(&s, "data/2.tif", 'b');
    stage_put_text(&s, "bagit.txt",
                   "BagIt-Version: 0.97\r\n"
                   "Tag-File-Character-Encoding: utf-8\r\n");
    made_good_page(&scan, 'a');
    assert_ok(digest_bytes(scan.data, scan.len, DIGEST_SHA1, hex, &err), err);
    buf_printf(&lines, "%s *./data/50%%25.tif\r", hex);
    buf_clear(&scan);
    made_good_page(&scan, 'b');
    assert_ok(digest_bytes(scan.data, scan.len, DIGEST_SHA1, hex, &err), err);
    for (char *c = hex; *c != '\0'; c++)
        *c = (char)(*c >= 'a' ? *c - 32 : *c);
    buf_printf(&lines, "%s\tdata/2.tif", hex);
    stage_put_text(&s, "manifest-sha1.txt", buf_str(&lines));
    batch = stage_take(&s, s.source);
    assert_int_equal(batch->page_count, 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(bag__is_taken_in_as_the_folder_in_it),
        unit_test_in_dir(bag__in_an_archive_is_the_same_batch),
        unit_test_in_dir(bag__sets_altered_files_aside_and_takes_the_others),
        unit_test_in_dir(bag__says_what_is_missing_and_what_is_not_listed),
        unit_test_in_dir(bag__follows_a_list_beside_its_data),
        unit_test_in_dir(bag__refuses_lists_that_cannot_be_trusted),
        unit_test_in_dir(bag__warns_of_what_no_page_depends_on),
        unit_test_in_dir(bag__is_compared_by_every_algorithm_that_is_known),
        unit_test_in_dir(bag__says_which_line_of_a_tag_manifest_is_broken),
        unit_test_in_dir(bag__refuses_a_manifest_altered_beside_a_broken_line),
        unit_test_in_dir(bag__reads_escaped_names_and_any_line_end),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
