/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tiffio.h>
#include <zlib.h>

#include "ingest/ingest.h"
#include "ingest/tiff_check.h"
#include "tests/ingest/made_tiff.h"

static const struct finding *finding_of(const struct batch_file *file,
                                        const char *rule)
{
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0)
            return &file->findings.items[i];
    }
    return NULL;
}

static struct rule_book *rules; /* those built in, but where a test says so */

static int make_rules(void **state)
{
    struct err err;

    (void)state;
    return rule_book_new(&rules, &err);
}

static int drop_rules(void **state)
{
    (void)state;
    rule_book_free(rules);
    return 0;
}

static struct batch_file check_path(const char *path)
{
    struct batch_file file;
    struct err err;

    assert_ok(ingest_check_file(path, rules, &file, &err), err);
    return file;
}

static struct batch_file check_bytes(void **state, const struct buf *b)
{
    char path[PATH_SIZE];
    struct err err;

    assert_false(b->failed);
    assert_ok(path_format(path, &err, "%s/made.tif", (char *)*state), err);
    assert_ok(file_write_durable(path, b->data, b->len, &err), err);
    return check_path(path);
}

/* The file has this verdict, this finding, and that word in its message. */
static void expect(struct batch_file file, enum file_verdict verdict,
                   const char *rule, const char *word)
{
    const struct finding *f = finding_of(&file, rule);

    if (f == NULL || strstr(f->message, word) == NULL) {
        for (size_t i = 0; i < file.findings.count; i++)
            print_error("%s: %s\n", file.findings.items[i].rule,
                        file.findings.items[i].message);
        fail_msg("no finding %s with \"%s\"", rule, word);
    }
    assert_string_equal(verdict_name(file.verdict), verdict_name(verdict));
    batch_file_fini(&file);
}

static void expect_page(void **state, const struct made_entry *tags,
                        uint32_t next, enum file_verdict verdict,
                        const char *rule, const char *word)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_page(&b, tags, next);
    expect(check_bytes(state, &b), verdict, rule, word);
}

/* --- files that are no TIFF --- */

static void tiff_check__accepts_a_plain_page_without_resolution(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;

    expect_page(state, tags, 0, VERDICT_ACCEPT, "tiff-resolution",
                "no resolution");
}

static void tiff_check__says_what_a_file_is_that_is_no_tiff(void **state)
{
    static const struct {
        const char *bytes, *rule, *word;
        size_t len;
    } cases[] = {
        {"", "file-empty", "0 bytes", 0},
        {"\x89PNG\r\n\x1a\n....", "file-other-picture", "a PNG image", 12},
        {"\xff\xd8\xff\xe0", "file-other-picture", "a JPEG image", 4},
        {"%PDF-1.4\n", "file-other-picture", "a PDF document", 9},
        {"Dear archive,\n", "file-not-tiff", "it is text", 14},
        {"\0\0\0\0\0\0\0\0", "file-not-tiff", "zero bytes", 8},
        {"II*\0", "tiff-header", "4 bytes", 4},
        {"II*\0\0\0\0\0", "tiff-ifd-offset", "offset 0", 8},
        {"II+\0\10\0\0\0", "tiff-header", "needs 16", 8},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(buf_fini) struct buf b = BUF_INIT;

        buf_add(&b, cases[i].bytes, cases[i].len);
        expect(check_bytes(state, &b), VERDICT_REJECT, cases[i].rule,
               cases[i].word);
    }
}

static void tiff_check__rejects_a_folder_and_a_pipe_with_that_name(void **state)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/folder.tif", (char *)*state), err);
    assert_int_equal(mkdir(path, 0755), 0);
    expect(check_path(path), VERDICT_REJECT, "file-kind", "a folder");
    assert_ok(path_format(path, &err, "%s/pipe.tif", (char *)*state), err);
    assert_int_equal(mkfifo(path, 0644), 0);
    expect(check_path(path), VERDICT_REJECT, "file-kind", "a pipe");
}

static void tiff_check__fails_when_there_is_no_such_file(void **state)
{
    struct batch_file file;
    struct err err;

    (void)state;
    assert_int_equal(ingest_check_file("/nowhere/x.tif", rules, &file, &err),
                     -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void tiff_check__says_that_permission_is_missing(void **state)
{
    char path[PATH_SIZE];
    struct err err;
    int status;
    pid_t pid;

    assert_ok(path_format(path, &err, "%s/closed.tif", (char *)*state), err);
    assert_ok(file_write_durable(path, "II*\0", 4, &err), err);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(*state, 0755), 0);
    if (geteuid() != 0) {
        expect(check_path(path), VERDICT_REJECT, "file-unreadable",
               "no permission");
        return;
    }
    pid = fork(); /* root may read everything: look as nobody */
    if (pid == 0) {
        struct batch_file file;

        if (setuid(65534) != 0 ||
            ingest_check_file(path, rules, &file, &err) != 0)
            _exit(2);
        _exit(file.verdict == VERDICT_REJECT &&
                      finding_of(&file, "file-unreadable") != NULL
                  ? 0
                  : 1);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* --- the skeleton --- */

static void tiff_check__rejects_a_first_directory_outside_the_file(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_header(&b, 5000);
    buf_add(&b, MADE_PIXELS, 16);
    expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-ifd-offset",
           "offset 5000");
}

static void tiff_check__warns_of_a_next_directory_outside_the_file(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;

    expect_page(state, tags, 9999, VERDICT_WARN, "tiff-ifd-next",
                "offset 9999");
}

static void tiff_check__ends_on_a_chain_that_bites_its_tail(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;

    expect_page(state, tags, MADE_FIRST_DIRECTORY, VERDICT_WARN,
                "tiff-ifd-loop", "offset 24");
}

static void tiff_check__rejects_more_than_ten_thousand_directories(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    const struct made_entry tags[] = MADE_PAGE;
    uint32_t at = MADE_FIRST_DIRECTORY;

    made_header(&b, at);
    buf_add(&b, MADE_PIXELS, 16);
    for (int i = 0; i < 10050; i++) {
        at += MADE_DIRECTORY_BYTES;
        made_directory(&b, tags, MADE_TAGS, i < 10049 ? at : 0);
    }
    expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-ifd-count",
           "more than 10000 directories");
}

static void tiff_check__warns_of_tags_out_of_order(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    struct made_entry swap = tags[MADE_ROWS];

    tags[MADE_ROWS] = tags[MADE_COUNTS];
    tags[MADE_COUNTS] = swap;
    expect_page(state, tags, 0, VERDICT_WARN, "tiff-tag-order",
                "tag 278 stands after tag 279");
}

static void tiff_check__warns_of_a_type_that_does_not_exist(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_BITS] = (struct made_entry){258, MADE_SHORT, 1, 8};
    tags[MADE_COUNTS].tag = 279;
    tags[MADE_ROWS] = (struct made_entry){274, 99, 1, 1};
    expect_page(state, tags, 0, VERDICT_WARN, "tiff-tag-type", "the type 99");
}

/* --- pages --- */

static void tiff_check__rejects_zero_width(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_WIDTH].value = 0;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-size",
                "ImageWidth (256) is 0");
}

static void tiff_check__rejects_sixty_thousand_squared(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_WIDTH].value = 60000;
    tags[MADE_LENGTH].value = 60000;
    tags[MADE_ROWS].value = 60000;
    tags[MADE_BITS].value = 1;
    tags[MADE_COMPRESSION].value = 4;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-size",
                "60000 x 60000 pixels: 3600 million, expected at most 500");
}

static void tiff_check__rejects_strip_past_eof(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_OFFSETS].value = 4000;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-strip-place",
                "offset 4000");
}

static void tiff_check__rejects_a_file_cut_in_its_last_strip(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct made_entry moved[MADE_TAGS];

    memcpy(moved, tags, sizeof(moved));
    moved[MADE_OFFSETS].value = 8 + MADE_DIRECTORY_BYTES;
    made_header(&b, 8);
    made_directory(&b, moved, MADE_TAGS, 0);
    buf_add(&b, MADE_PIXELS, 10); /* of 16 */
    expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-strip-place",
           "cut short");
}

static void tiff_check__rejects_pixels_that_do_not_decode(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_COMPRESSION].value = 8; /* Deflate; the bytes are not */
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-strip-decodes",
                "strip 0 does not decode: libtiff: ");
}

static void tiff_check__rejects_a_compression_nobody_knows(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_COMPRESSION].value = 4711;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-readable", "4711");
}

static void tiff_check__reports_all_that_is_wrong(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct batch_file file;

    tags[MADE_BITS].value = 12;
    tags[MADE_COUNTS].value = 24;
    tags[MADE_OFFSETS].value = 4000;
    made_page(&b, tags, 9999);
    file = check_bytes(state, &b);
    assert_non_null(finding_of(&file, "tiff-ifd-next"));
    assert_non_null(finding_of(&file, "tiff-bits"));
    assert_non_null(finding_of(&file, "tiff-strip-place"));
    assert_non_null(finding_of(&file, "tiff-strip-decodes"));
    batch_file_fini(&file);
}

static void tiff_check__names_the_image_of_a_many_paged_file(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct batch_file file;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    tags[MADE_OFFSETS].value = 4000;
    made_directory(&b, tags, MADE_TAGS, 0);
    file = check_bytes(state, &b);
    assert_int_equal(finding_of(&file, "tiff-strip-place")->image, 1);
    batch_file_fini(&file);
}

static void tiff_check__rejects_when_a_later_page_cannot_be_opened(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    tags[MADE_OFFSETS].tag = 270;
    tags[MADE_OFFSETS].type = MADE_LONG;
    made_directory(&b, tags, MADE_TAGS, 0);
    expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-readable",
           "image 2 of 2 cannot be opened");
}

static void tiff_check__rejects_what_ends_within_its_directory(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    for (size_t missing = 1; missing <= 4; missing++) {
        CLEANUP(buf_fini) struct buf b = BUF_INIT;

        made_page(&b, tags, 0);
        b.len -= missing;
        expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-ifd-end",
               "cut short");
    }
}

static void tiff_check__rejects_pixels_in_the_header(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_OFFSETS].value = 0;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-strip-place",
                "where the header of the file is");
}

static void tiff_check__warns_of_pixels_over_a_directory(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_OFFSETS].value = MADE_FIRST_DIRECTORY + 4;
    expect_page(state, tags, 0, VERDICT_WARN, "tiff-strip-overlap",
                "with a directory or a value");
}

static void tiff_check__warns_of_pages_that_share_pixels(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    made_directory(&b, tags, MADE_TAGS, 0);
    expect(check_bytes(state, &b), VERDICT_WARN, "tiff-strip-overlap",
           "pages 1 and 2 share the bytes at offset 8");
}

static void tiff_check__warns_of_a_palette_without_colours(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_PHOTOMETRIC].value = 3;
    expect_page(state, tags, 0, VERDICT_WARN, "tiff-colour", "ColorMap (320)");
}

static void tiff_check__warns_of_a_last_directory_without_image(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    const struct made_entry none[] = {{271, 2, 4, 0x00000041}};
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    made_directory(&b, none, 1, 0);
    expect(check_bytes(state, &b), VERDICT_WARN, "tiff-ifd-next",
           "describes no image");
}

/* A page in one Deflate strip, its last bytes changed or cut. */
static struct batch_file check_deflate(void **state, uint32_t side_px,
                                       size_t cut, uint8_t flip)
{
    size_t bytes = (size_t)side_px * side_px;
    CLEANUP(free) uint8_t *pixels = calloc(bytes, 1);
    uLongf len = compressBound(bytes);
    CLEANUP(free) uint8_t *packed = calloc(len, 1);
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    for (size_t i = 0; i < bytes; i++)
        pixels[i] = (uint8_t)(i >> 6);
    assert_int_equal(compress2(packed, &len, pixels, bytes, 1), Z_OK);
    packed[len - 1] ^= flip;
    tags[MADE_WIDTH].value = tags[MADE_LENGTH].value = side_px;
    tags[MADE_ROWS].value = side_px;
    tags[MADE_COMPRESSION].value = 8;
    tags[MADE_OFFSETS].value = 8 + MADE_DIRECTORY_BYTES;
    tags[MADE_COUNTS].value = (uint32_t)(len - cut);
    made_header(&b, 8);
    made_directory(&b, tags, MADE_TAGS, 0);
    buf_add(&b, packed, len - cut);
    return check_bytes(state, &b);
}

/* A small strip is read as a whole, a large one by rows. */
static void tiff_check__checks_the_checksum_of_deflate(void **state)
{
    static const uint32_t sides[] = {64, 4200};

    for (size_t i = 0; i < 2; i++) {
        struct batch_file file = check_deflate(state, sides[i], 0, 0);

        assert_null(finding_of(&file, "tiff-strip-decodes"));
        assert_int_not_equal(file.verdict, VERDICT_REJECT);
        batch_file_fini(&file);
        expect(check_deflate(state, sides[i], 0, 0x10), VERDICT_REJECT,
               "tiff-strip-decodes", "does not decode");
        expect(check_deflate(state, sides[i], 3, 0), VERDICT_REJECT,
               "tiff-strip-decodes", "does not decode");
    }
}

/* Strips of the same pixels, stored without compression, so that a byte can be
 * another and all of it still inflates. */
static void tiff_check__rejects_an_altered_strip_of_several(void **state)
{
    enum { SIDE = 64, STRIPS = 4, ROWS = SIDE / STRIPS };
    uint8_t pixels[SIDE * ROWS];
    uint8_t packed[2 * SIDE * ROWS];
    uLongf len = sizeof(packed);
    char path[PATH_SIZE];
    struct batch_file file;
    struct err err;
    TIFF *tif;

    assert_ok(path_format(path, &err, "%s/strips.tif", (char *)*state), err);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(i * i);
    assert_int_equal(compress2(packed, &len, pixels, sizeof(pixels), 0), Z_OK);
    for (int altered = 0; altered < 2; altered++) {
        tif = TIFFOpen(path, "w");
        assert_non_null(tif);
        (void)TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, SIDE);
        (void)TIFFSetField(tif, TIFFTAG_IMAGELENGTH, SIDE);
        (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
        (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        (void)TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
        (void)TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, ROWS);
        for (uint32_t i = 0; i < STRIPS; i++) {
            packed[100] ^= (uint8_t)(altered == 1 && i == 2 ? 0x55 : 0);
            assert_int_equal(TIFFWriteRawStrip(tif, i, packed, (tmsize_t)len),
                             len);
            packed[100] ^= (uint8_t)(altered == 1 && i == 2 ? 0x55 : 0);
        }
        TIFFClose(tif);
        if (altered == 1) {
            expect(check_path(path), VERDICT_REJECT, "tiff-strip-decodes",
                   "strip 2 does not decode");
            continue;
        }
        file = check_path(path);
        assert_int_equal(file.verdict, VERDICT_ACCEPT);
        batch_file_fini(&file);
    }
}

/* --- pixels that nobody stored --- */

/* A page of one strip of these bytes. */
struct raw_page {
    uint32_t width_px, height_px;
    uint16_t bits, compression;
    const uint8_t *bytes;
    size_t count;
};

static void write_raw(const char *path, const struct raw_page *p)
{
    TIFF *tif = TIFFOpen(path, "w");

    assert_non_null(tif);
    (void)TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, p->width_px);
    (void)TIFFSetField(tif, TIFFTAG_IMAGELENGTH, p->height_px);
    (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, p->bits);
    (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC,
                       p->bits == 1 ? PHOTOMETRIC_MINISWHITE
                                    : PHOTOMETRIC_MINISBLACK);
    (void)TIFFSetField(tif, TIFFTAG_COMPRESSION, p->compression);
    (void)TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, p->height_px);
    assert_int_equal(TIFFWriteRawStrip(tif, 0, (void *)(uintptr_t)p->bytes,
                                       (tmsize_t)p->count),
                     p->count);
    TIFFClose(tif);
}

static struct batch_file check_raw(void **state, const struct raw_page *p)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/raw.tif", (char *)*state), err);
    write_raw(path, p);
    return check_path(path);
}

static void put_bits(struct buf *b, unsigned *used, const char *bits)
{
    for (; *bits != '\0'; bits++, (*used)++) {
        if (*used % 8 == 0)
            buf_add(b, "", 1);
        if (*bits == '1')
            b->data[b->len - 1] |= (char)(0x80 >> *used % 8);
    }
}

/* Fax rows of one white run each, after T.4's table: 64 pixels. */
static void make_fax(struct buf *b, unsigned rows)
{
    unsigned used = 0;

    for (unsigned i = 0; i < rows; i++)
        put_bits(b, &used,
                 "000000000001"
                 "11011"
                 "00110101");
}

static void tiff_check__rejects_fax_rows_that_are_too_long(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    make_fax(&b, 100);
    expect(
        check_raw(state, &(struct raw_page){32, 100, 1, COMPRESSION_CCITTFAX3,
                                            (uint8_t *)b.data, b.len}),
        VERDICT_REJECT, "tiff-pixels-missing", "Line length mismatch");
}

static void tiff_check__rejects_many_fax_rows_that_are_too_short(void **state)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct batch_file whole;

    make_fax(&b, 100);
    expect(
        check_raw(state, &(struct raw_page){128, 100, 1, COMPRESSION_CCITTFAX3,
                                            (uint8_t *)b.data, b.len}),
        VERDICT_REJECT, "tiff-pixels-missing", "rows or more end early");
    whole =
        check_raw(state, &(struct raw_page){64, 100, 1, COMPRESSION_CCITTFAX3,
                                            (uint8_t *)b.data, b.len});
    assert_null(finding_of(&whole, "tiff-pixels-missing"));
    batch_file_fini(&whole);
}

static void tiff_check__rejects_packbits_runs_beyond_the_strip(void **state)
{
    static const uint8_t bytes[] = {(uint8_t)-19, 0x41}; /* 20 times */

    expect(check_raw(state, &(struct raw_page){4, 4, 8, COMPRESSION_PACKBITS,
                                               bytes, sizeof(bytes)}),
           VERDICT_REJECT, "tiff-pixels-missing", "buffer overrun");
}

static void tiff_check__rejects_strips_that_are_all_one(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_OFFSETS] = (struct made_entry){273, MADE_SHORT, 2, 8 | 8u << 16};
    tags[MADE_COUNTS] = (struct made_entry){279, MADE_SHORT, 2, 8 | 8u << 16};
    tags[MADE_ROWS].value = 2;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-strip-place",
                "all 2 strips stand at offset 8");
}

/* Paper to the end, black from a row on, or nothing from the middle of one. */
static void tiff_check__tells_a_copy_that_stopped_from_a_border(void **state)
{
    enum { SIDE = 200 };
    uint8_t pixels[SIDE * SIDE];
    struct raw_page page = {SIDE,   SIDE,          8, COMPRESSION_NONE,
                            pixels, sizeof(pixels)};
    struct batch_file file;

    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(200 + i * i % 17);
    memset(pixels + 130 * SIDE, 0, (size_t)SIDE * 70);
    file = check_raw(state, &page);
    assert_null(finding_of(&file, "tiff-pixels-missing"));
    batch_file_fini(&file);
    for (size_t y = 0; y < SIDE; y++) /* and a border at the right as well */
        memset(pixels + y * SIDE + 150, 0, 50);
    file = check_raw(state, &page);
    assert_null(finding_of(&file, "tiff-pixels-missing"));
    batch_file_fini(&file);
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(200 + i * i % 17);
    memset(pixels + 130 * SIDE + 77, 0, (size_t)SIDE * 70 - 77);
    expect(check_raw(state, &page), VERDICT_REJECT, "tiff-pixels-missing",
           "within row 130 of 200");
    memset(pixels, 0x80, sizeof(pixels)); /* 8 bytes before them: a header */
    memset(pixels + 4 * 4096 - 8, 0, sizeof(pixels) - 4 * 4096 + 8);
    expect(check_raw(state, &page), VERDICT_REJECT, "tiff-pixels-missing",
           "from offset 16384 on");
}

/* And black just so large, but not where blocks lie. */
static void tiff_check__rejects_a_block_that_was_never_written(void **state)
{
    enum { SIDE = 200, HEADER = 8 };
    uint8_t pixels[SIDE * SIDE];
    struct raw_page page = {SIDE,   SIDE,          8, COMPRESSION_NONE,
                            pixels, sizeof(pixels)};
    struct batch_file file;

    memset(pixels, 0x80, sizeof(pixels));
    memset(pixels + 3 * 4096 - HEADER, 0, 2 * 4096);
    expect(check_raw(state, &page), VERDICT_REJECT, "tiff-pixels-missing",
           "from offset 12288 to 20480");
    pixels[3 * 4096 - HEADER - 1] = 0;
    file = check_raw(state, &page);
    assert_null(finding_of(&file, "tiff-pixels-missing"));
    batch_file_fini(&file);
}

/* The first strip has more than its rows, so that the second begins with a
 * block. */
static void tiff_check__takes_a_black_row_of_a_block_for_black(void **state)
{
    enum { WIDE = 4096, ROWS = 3, FIRST = (ROWS + 1) * WIDE - 8 };
    uint8_t pixels[(ROWS + 1) * WIDE];
    char path[PATH_SIZE];
    struct batch_file file;
    struct err err;
    TIFF *tif;

    memset(pixels, 0x80, sizeof(pixels));
    assert_ok(path_format(path, &err, "%s/rows.tif", (char *)*state), err);
    tif = TIFFOpen(path, "w");
    assert_non_null(tif);
    (void)TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, WIDE);
    (void)TIFFSetField(tif, TIFFTAG_IMAGELENGTH, 2 * ROWS);
    (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
    (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    (void)TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, ROWS);
    assert_int_equal(TIFFWriteRawStrip(tif, 0, pixels, FIRST), FIRST);
    memset(pixels + WIDE, 0, WIDE);
    assert_int_equal(TIFFWriteRawStrip(tif, 1, pixels, ROWS * WIDE),
                     ROWS * WIDE);
    TIFFClose(tif);
    file = check_path(path);
    assert_null(finding_of(&file, "tiff-pixels-missing"));
    batch_file_fini(&file);
}

static void tiff_check__says_what_a_strip_has_too_much(void **state)
{
    uint8_t pixels[16 + 64] = {0x41};

    expect(check_raw(state, &(struct raw_page){4, 4, 8, COMPRESSION_NONE,
                                               pixels, sizeof(pixels)}),
           VERDICT_WARN, "tiff-strip-surplus", "64 bytes");
}

/* Rows in one strip, by libtiff's own codes; then the image shows fewer. */
static void write_rows(const char *path, uint16_t compression, uint32_t rows,
                       uint32_t shown)
{
    TIFF *tif = TIFFOpen(path, "w");
    uint8_t row[64];

    assert_non_null(tif);
    TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, 64);
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, rows);
    TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, rows);
    TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tif, TIFFTAG_COMPRESSION, compression);
    for (uint32_t y = 0; y < rows; y++) {
        for (uint32_t x = 0; x < sizeof(row); x++)
            row[x] = (uint8_t)(y * x * 31 + y);
        assert_int_equal(TIFFWriteScanline(tif, row, y, 0), 1);
    }
    TIFFClose(tif);
    tif = TIFFOpen(path, "r+");
    TIFFSetField(tif, TIFFTAG_IMAGELENGTH, shown);
    assert_int_equal(TIFFRewriteDirectory(tif), 1);
    TIFFClose(tif);
}

static void tiff_check__says_what_compressed_strips_have_too_much(void **state)
{
    static const struct {
        uint16_t code;
        const char *rule;
    } kinds[] = {{COMPRESSION_LZW, "tiff-strip-surplus"},
                 {COMPRESSION_PACKBITS, "tiff-strip-surplus"},
                 {COMPRESSION_ADOBE_DEFLATE, "tiff-strip-surplus"},
                 {COMPRESSION_JPEG, "tiff-libtiff-warning"}};
    char path[PATH_SIZE];
    struct batch_file file;
    struct err err;

    assert_ok(path_format(path, &err, "%s/hidden.tif", (char *)*state), err);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        write_rows(path, kinds[i].code, 200, 200);
        file = check_path(path);
        assert_null(finding_of(&file, kinds[i].rule));
        batch_file_fini(&file);
        write_rows(path, kinds[i].code, 200, 180);
        expect(check_path(path), VERDICT_WARN, kinds[i].rule, "");
    }
}

static void tiff_check__says_how_many_strips_are_too_many(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    const uint32_t counts = MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES + 8;
    uint8_t pixels[80] = {1};

    tags[MADE_OFFSETS] = (struct made_entry){273, MADE_LONG, 2, counts - 8};
    tags[MADE_COUNTS] = (struct made_entry){279, MADE_LONG, 2, counts};
    made_page(&b, tags, 0);
    made_u32(&b, 8);
    made_u32(&b, counts + 8);
    made_u32(&b, 16);
    made_u32(&b, sizeof(pixels));
    buf_add(&b, pixels, sizeof(pixels));
    expect(
        check_bytes(state, &b), VERDICT_WARN, "tiff-strip-surplus",
        "2 strips are stored, the image's 4 rows need 1; the others hold 80");
}

static void tiff_check__warns_of_a_tag_that_is_there_twice(void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_ROWS] = tags[MADE_OFFSETS];
    expect_page(state, tags, 0, VERDICT_WARN, "tiff-tag-twice",
                "tag 273 stands twice");
}

/* What is left of a second page: some of its pixels, or its place alone. */
static void tiff_check__rejects_a_file_of_pages_that_was_cut(void **state)
{
    const struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    uint8_t pixels[600] = {1};

    made_page(&b, tags, 9999);
    buf_add(&b, pixels, sizeof(pixels));
    expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-ifd-cut",
           "after image 1 there was another");
    expect_page(state, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES,
                VERDICT_REJECT, "tiff-ifd-cut", "cut short");
}

/* Two pages: the second's pixels and directory stand behind the first's. */
enum {
    SECOND_PIXELS = MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES,
    SECOND_DIRECTORY = SECOND_PIXELS + 16,
    TWO_BYTES = SECOND_DIRECTORY + MADE_DIRECTORY_BYTES
};

static void make_two(struct buf *b)
{
    struct made_entry tags[] = MADE_PAGE;

    made_page(b, tags, SECOND_DIRECTORY);
    buf_add(b, MADE_PIXELS, 16);
    tags[MADE_OFFSETS].value = SECOND_PIXELS;
    made_directory(b, tags, MADE_TAGS, 0);
}

static void tiff_check__rejects_two_pages_cut_anywhere(void **state)
{
    CLEANUP(buf_fini) struct buf whole = BUF_INIT;

    make_two(&whole);
    assert_int_equal(whole.len, TWO_BYTES);
    for (size_t len = 1; len < TWO_BYTES; len++) {
        CLEANUP(buf_fini) struct buf b = BUF_INIT;
        struct batch_file file;

        buf_add(&b, whole.data, len);
        file = check_bytes(state, &b);
        if (file.verdict != VERDICT_REJECT)
            fail_msg("cut to %zu of %d bytes: %s", len, TWO_BYTES,
                     verdict_name(file.verdict));
        batch_file_fini(&file);
    }
}

/* Odd, far beyond any page, or into pixels. */
static void tiff_check__warns_of_a_next_page_at_no_likely_place(void **state)
{
    static const uint32_t places[] = {301, 65535, 0x20202020, 12};
    const struct made_entry tags[] = MADE_PAGE;

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        expect_page(state, tags, places[i], VERDICT_WARN, "tiff-ifd-next",
                    "pages may be missing");
}

/* A value that follows upon the directory, and one that stands nowhere. */
static void tiff_check__tells_a_value_cut_off_from_a_wrong_offset(void **state)
{
    const struct made_entry page[] = MADE_PAGE;
    const uint32_t behind = MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES + 12;
    struct made_entry tags[MADE_TAGS + 1];

    memcpy(tags, page, sizeof(page));
    for (int i = 0; i < 2; i++) {
        CLEANUP(buf_fini) struct buf b = BUF_INIT;

        tags[MADE_TAGS] =
            (struct made_entry){282, 5, 1, i == 0 ? behind : 5000};
        made_header(&b, MADE_FIRST_DIRECTORY);
        buf_add(&b, MADE_PIXELS, 16);
        made_directory(&b, tags, MADE_TAGS + 1, 0);
        made_u32(&b, 300); /* and its other half is cut off */
        if (i == 0)
            expect(check_bytes(state, &b), VERDICT_REJECT, "tiff-ifd-end",
                   "cut short");
        else
            expect(check_bytes(state, &b), VERDICT_WARN, "tiff-tag-value-place",
                   "offset 5000");
    }
}

static void tiff_check__measures_every_image(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    CLEANUP(close_fd) int fd = -1;
    char path[PATH_SIZE];
    struct err err;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    tags[MADE_WIDTH].value = 8;
    tags[MADE_LENGTH].value = 2;
    made_directory(&b, tags, MADE_TAGS, 0);
    assert_ok(path_format(path, &err, "%s/two.tif", (char *)*state), err);
    assert_ok(file_write_durable(path, b.data, b.len, &err), err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_ok(tiff_check_here(dup(fd), "two.tif", rules, LOOKS_PICTURED,
                              &report, &err),
              err);
    assert_int_equal(report.image_count, 2);
    assert_int_equal(report.images[1].width_px, 8);
    assert_int_equal(report.images[1].height_px, 2);
    assert_int_equal(report.images[1].bits, 8);
    assert_int_equal(report.images[1].orientation, 1);
    assert_string_equal(report.images[1].compression, "none");
}

static void tiff_check__rejects_four_billion_strips_in_a_small_file(
    void **state)
{
    struct made_entry tags[] = MADE_PAGE;

    tags[MADE_COUNTS].count = 0xffffffffu;
    tags[MADE_OFFSETS].count = 0xffffffffu;
    tags[MADE_LENGTH].value = 0xffffffffu;
    tags[MADE_ROWS].value = 1;
    expect_page(state, tags, 0, VERDICT_REJECT, "tiff-tag-value-place",
                "17179869180 bytes");
}

/* --- the corpus --- */

struct tally {
    unsigned files, agree;
};

static bool is_one_of(const char *verdict, const char *a, size_t a_len,
                      const char *b, size_t b_len)
{
    size_t len = strlen(verdict);

    return (len == a_len && memcmp(verdict, a, len) == 0) ||
           (len == b_len && memcmp(verdict, b, len) == 0);
}

static void judge_line(const char *line, struct tally *t)
{
    size_t path_len = strcspn(line, "\t");
    const char *want = line + path_len + 1;
    size_t want_len = strcspn(want, "\t");
    const char *also = want + want_len + 1;
    size_t also_len = strcspn(also, "\t");
    char path[PATH_SIZE];
    struct batch_file file;
    struct err err;

    assert_ok(path_format(path, &err, SHARED_DIR "/corpus/tiff/%.*s",
                          (int)path_len, line),
              err);
    file = check_path(path);
    t->files++;
    if (is_one_of(verdict_name(file.verdict), want, want_len, also, also_len))
        t->agree++;
    else
        print_error("%.*s: %s, expected %.*s\n", (int)path_len, line,
                    verdict_name(file.verdict), (int)want_len, want);
    batch_file_fini(&file);
}

static void tiff_check__agrees_with_the_corpus(void **state)
{
    CLEANUP(close_stream) FILE *f = NULL;
    struct tally t = {0, 0};
    char line[4096];

    (void)state;
    need_shared();
    f = fopen(SHARED_DIR "/corpus/tiff/manifest.tsv", "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    while (fgets(line, sizeof(line), f) != NULL)
        judge_line(line, &t);
    print_message("%u of %u files agree\n", t.agree, t.files);
    assert_true(t.files > 200);
    assert_int_equal(t.agree, t.files);
}

/* The scans of the main job: none may be set aside. */
static void expect_folder_accepted(const char *folder, unsigned at_least)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};
    unsigned seen = 0;
    struct err err;

    assert_ok(dir_list(folder, &list, &err), err);
    for (size_t i = 0; i < list.count; i++) {
        const char *dot = strrchr(list.names[i], '.');
        struct batch_file file;
        char path[PATH_SIZE];

        if (dot == NULL || strncmp(dot, ".tif", 4) != 0)
            continue;
        assert_ok(path_format(path, &err, "%s/%s", folder, list.names[i]), err);
        file = check_path(path);
        if (file.verdict == VERDICT_REJECT)
            fail_msg("%s: %s", path, file.findings.items[0].message);
        batch_file_fini(&file);
        seen++;
    }
    assert_true(seen >= at_least);
}

static void tiff_check__accepts_the_register_pages(void **state)
{
    (void)state;
    need_shared();
    expect_folder_accepted(SHARED_DIR "/registers", 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(tiff_check__accepts_a_plain_page_without_resolution),
        unit_test_in_dir(tiff_check__says_what_a_file_is_that_is_no_tiff),
        unit_test_in_dir(
            tiff_check__rejects_a_folder_and_a_pipe_with_that_name),
        cmocka_unit_test(tiff_check__fails_when_there_is_no_such_file),
        unit_test_in_dir(tiff_check__says_that_permission_is_missing),
        unit_test_in_dir(
            tiff_check__rejects_a_first_directory_outside_the_file),
        unit_test_in_dir(
            tiff_check__warns_of_a_next_directory_outside_the_file),
        unit_test_in_dir(tiff_check__ends_on_a_chain_that_bites_its_tail),
        unit_test_in_dir(
            tiff_check__rejects_more_than_ten_thousand_directories),
        unit_test_in_dir(tiff_check__warns_of_tags_out_of_order),
        unit_test_in_dir(tiff_check__warns_of_a_type_that_does_not_exist),
        unit_test_in_dir(tiff_check__rejects_zero_width),
        unit_test_in_dir(tiff_check__rejects_sixty_thousand_squared),
        unit_test_in_dir(tiff_check__rejects_strip_past_eof),
        unit_test_in_dir(tiff_check__rejects_a_file_cut_in_its_last_strip),
        unit_test_in_dir(tiff_check__rejects_pixels_that_do_not_decode),
        unit_test_in_dir(tiff_check__rejects_a_compression_nobody_knows),
        unit_test_in_dir(tiff_check__reports_all_that_is_wrong),
        unit_test_in_dir(tiff_check__names_the_image_of_a_many_paged_file),
        unit_test_in_dir(
            tiff_check__rejects_when_a_later_page_cannot_be_opened),
        unit_test_in_dir(tiff_check__rejects_what_ends_within_its_directory),
        unit_test_in_dir(tiff_check__rejects_pixels_in_the_header),
        unit_test_in_dir(tiff_check__warns_of_pixels_over_a_directory),
        unit_test_in_dir(tiff_check__warns_of_pages_that_share_pixels),
        unit_test_in_dir(tiff_check__warns_of_a_palette_without_colours),
        unit_test_in_dir(tiff_check__warns_of_a_last_directory_without_image),
        unit_test_in_dir(tiff_check__checks_the_checksum_of_deflate),
        unit_test_in_dir(tiff_check__rejects_an_altered_strip_of_several),
        unit_test_in_dir(tiff_check__rejects_fax_rows_that_are_too_long),
        unit_test_in_dir(tiff_check__rejects_many_fax_rows_that_are_too_short),
        unit_test_in_dir(tiff_check__rejects_packbits_runs_beyond_the_strip),
        unit_test_in_dir(tiff_check__rejects_strips_that_are_all_one),
        unit_test_in_dir(tiff_check__tells_a_copy_that_stopped_from_a_border),
        unit_test_in_dir(tiff_check__rejects_a_block_that_was_never_written),
        unit_test_in_dir(tiff_check__takes_a_black_row_of_a_block_for_black),
        unit_test_in_dir(tiff_check__says_what_a_strip_has_too_much),
        unit_test_in_dir(tiff_check__warns_of_a_tag_that_is_there_twice),
        unit_test_in_dir(tiff_check__rejects_a_file_of_pages_that_was_cut),
        unit_test_in_dir(tiff_check__rejects_two_pages_cut_anywhere),
        unit_test_in_dir(tiff_check__warns_of_a_next_page_at_no_likely_place),
        unit_test_in_dir(tiff_check__tells_a_value_cut_off_from_a_wrong_offset),
        unit_test_in_dir(tiff_check__says_what_compressed_strips_have_too_much),
        unit_test_in_dir(tiff_check__says_how_many_strips_are_too_many),
        unit_test_in_dir(tiff_check__measures_every_image),
        unit_test_in_dir(
            tiff_check__rejects_four_billion_strips_in_a_small_file),
        cmocka_unit_test(tiff_check__agrees_with_the_corpus),
        cmocka_unit_test(tiff_check__accepts_the_register_pages),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_rules, drop_rules) == 0 ? 0 : 1;
}
