/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/quality_sketch.h"
#include "ingest/raster.h"
#include "ingest/tiff_decode.h"

/* The first image of a file as a sketch, as it is stored; NULL: it cannot be
 * seen in passing. */
static struct sketch *sketch_file(const char *path, struct err *err)
{
    CLEANUP(tiff_handle_close) struct tiff_handle *h = NULL;
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    struct finding_list findings = {NULL, 0};
    struct breach_log log = {NULL, &findings, 0, 0, err};
    struct sketch *sketch = NULL;
    struct tiff_decoded decoded;
    struct tiff_layout layout;

    assert_ok(rule_book_new(&rules, err), *err);
    log.rules = rules;
    if (tiff_handle_open(open(path, O_RDONLY), path, &h, err) != 0 ||
        tiff_layout_read(h->tif, &layout, err) != 0)
        return NULL;
    assert_ok(sketch_begin(h->tif, &layout, &sketch, err), *err);
    assert_ok(tiff_decode(&log,
                          &(struct tiff_decode_job){h, &layout,
                                                    RULE_STRIP_DECODES, sketch},
                          &decoded),
              *err);
    finding_list_fini(&findings);
    /* Of separate planes only green is looked at. */
    if (layout.planes == 1 && decoded.failures == 0)
        return sketch;
    sketch_free(sketch);
    return NULL;
}

static double grey_of(const struct raster *r, uint32_t x, uint32_t y)
{
    const uint8_t *row = r->data + r->stride_bytes * y;

    switch (r->form) {
    case RASTER_BITONAL:
        return row[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
    case RASTER_GREY:
        return row[x];
    default:
        return (row[3 * x] + row[3 * x + 1] + row[3 * x + 2]) / 3.0;
    }
}

static double mean_of(const struct raster *r, uint32_t x, uint32_t y,
                      uint32_t k)
{
    double sum = 0;
    unsigned n = 0;

    for (uint32_t v = y * k; v < (y + 1) * k && v < r->height_px; v++) {
        for (uint32_t u = x * k; u < (x + 1) * k && u < r->width_px; u++, n++)
            sum += grey_of(r, u, v);
    }
    return sum / n;
}

/* How far the sketch is from the raster reduced, in grey levels, at most. */
static double farthest(const struct sketch *s, const struct raster *r)
{
    double most = 0;

    for (uint32_t y = 0; y < s->grey.h; y++) {
        for (uint32_t x = 0; x < s->grey.w; x++) {
            double d = mean_of(r, x, y, s->factor) -
                       s->grey.px[(size_t)y * s->grey.w + x];

            d = d < 0 ? -d : d;
            most = d > most ? d : most;
        }
    }
    return most;
}

/* 1 compared, 0 one of both cannot be had. */
static int compare(const char *path)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(sketch_free) struct sketch *sketch = NULL;
    struct err err;
    double d;

    if (raster_read_tiff(path, 0, &raster, &err) != 0)
        return 0;
    sketch = sketch_file(path, &err);
    if (sketch == NULL)
        return 0;
    d = farthest(sketch, raster);
    if (d > 2.5)
        fail_msg("%s: the sketch is off by %.1f", path, d);
    return 1;
}

static void sketch__is_the_page_reduced(void **state)
{
    /* Two or three times smaller: grey, colour, bits. */
    static const char *const pages[] = {"reg00", "spr00", "tax06", "tax03",
                                        "reg04"};

    (void)state;
    need_shared();
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        char path[PATH_SIZE];
        struct err err;

        assert_ok(
            path_format(path, &err, SHARED_DIR "/registers/%s.tif", pages[i]),
            err);
        assert_int_equal(compare(path), 1);
    }
}

/* Every colour model, depth, tile and compression of the corpus. */
static unsigned compare_all(const char *dir)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    unsigned count = 0;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(dir_list(dir, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        assert_ok(path_format(path, &err, "%s/%s", dir, names.names[i]), err);
        if (dir_exists(path))
            count += compare_all(path);
        else if (strstr(path, ".tif") != NULL && file_size(path) < (1 << 22))
            count += (unsigned)compare(path);
    }
    return count;
}

static void sketch__agrees_with_the_raster_on_every_kind_of_tiff(void **state)
{
    (void)state;
    need_shared();
    assert_in_range(compare_all(SHARED_DIR "/corpus/tiff"), 100, 100000);
}

/* 3 x 2 pixels, 0 to 5 by rows, one pixel of the master each. */
static struct sketch *small_sketch(unsigned orientation)
{
    struct sketch *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    s->grey = (struct grey){3, 2, malloc(6)};
    assert_non_null(s->grey.px);
    for (uint8_t i = 0; i < 6; i++)
        s->grey.px[i] = i;
    s->width_px = 3;
    s->height_px = 2;
    s->factor = 1;
    s->orientation = orientation;
    return s;
}

/* TIFF 6.0 page 36: where the 0th row and the 0th column are. */
static void sketch_end__turns_it_upright(void **state)
{
    static const char *const upright[] = {"012345", "210543", "543210",
                                          "345012", "031425", "304152",
                                          "524130", "251403"};

    (void)state;
    for (unsigned o = 1; o <= 8; o++) {
        CLEANUP(sketch_free) struct sketch *s = small_sketch(o);
        struct err err;

        assert_ok(sketch_end(s, &err), err);
        assert_int_equal(s->grey.w, o < 5 ? 3 : 2);
        assert_int_equal(s->width_px, o < 5 ? 3 : 2);
        for (unsigned i = 0; i < 6; i++) {
            if (s->grey.px[i] != upright[o - 1][i] - '0')
                fail_msg("orientation %u: pixel %u is %u", o, i, s->grey.px[i]);
        }
    }
}

static void sketch_box_on_master__finds_the_way_back(void **state)
{
    (void)state;
    for (unsigned o = 1; o <= 8; o++) {
        CLEANUP(sketch_free) struct sketch *s = small_sketch(o);
        struct err err;

        assert_ok(sketch_end(s, &err), err);
        for (uint32_t i = 0; i < 6; i++) {
            struct finding_box b = sketch_box_on_master(
                s, (struct finding_box){i % s->grey.w, i / s->grey.w, 1, 1});

            /* A stored pixel's value says where it is stored. */
            assert_int_equal(b.y * 3 + b.x, s->grey.px[i]);
            assert_int_equal(b.w, 1);
            assert_int_equal(b.h, 1);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sketch__is_the_page_reduced),
        cmocka_unit_test(sketch__agrees_with_the_raster_on_every_kind_of_tiff),
        cmocka_unit_test(sketch_end__turns_it_upright),
        cmocka_unit_test(sketch_box_on_master__finds_the_way_back),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
