/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_rules.h"

#include <math.h>
#include <stdlib.h>

#include "common/cleanup.h"

#define MAX_SAID     5u /* strips outside the file; the rest is counted */
#define HEADER_BYTES 8u /* of a BigTIFF 16, whose pixels do not begin there */

/* One image being judged. */
struct image {
    struct breach_log *log;
    TIFF *tif;
    const struct tiff_layout *layout;
};

static uint32_t count_blocks(const struct image *m)
{
    return m->layout->tiled ? TIFFNumberOfTiles(m->tif)
                            : TIFFNumberOfStrips(m->tif);
}

/* --- strips and tiles --- */

static const char *block_name(const struct image *m)
{
    return m->layout->tiled ? "tile" : "strip";
}

static int places_tag(const struct image *m)
{
    return m->layout->tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS;
}

static int check_places(const struct image *m, uint64_t file_bytes)
{
    const char *what = block_name(m);
    int tag = places_tag(m);
    uint32_t count = count_blocks(m);
    unsigned outside = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = TIFFGetStrileOffset(m->tif, i);
        uint64_t bytes = TIFFGetStrileByteCount(m->tif, i);

        if ((bytes == 0 || at >= HEADER_BYTES) && at <= file_bytes &&
            bytes <= file_bytes - at)
            continue;
        if (++outside > MAX_SAID)
            continue;
        if (bytes > 0 && at < HEADER_BYTES) {
            if (breach(m->log, RULE_STRIP_PLACE, tag,
                       "%s %u should stand at offset %llu, where the header of "
                       "the file is: its place is lost, scan the page again",
                       what, i, (unsigned long long)at) != 0)
                return -1;
            continue;
        }
        if (breach(m->log, RULE_STRIP_PLACE, tag,
                   "%s %u should stand at offset %llu with %llu bytes; the "
                   "file has %llu bytes: it is cut short or damaged, copy or "
                   "scan it again",
                   what, i, (unsigned long long)at, (unsigned long long)bytes,
                   (unsigned long long)file_bytes) != 0)
            return -1;
    }
    return outside <= MAX_SAID
               ? 0
               : breach(m->log, RULE_STRIP_PLACE, tag,
                        "%u of %u %ss have no place in the file in all",
                        outside, count, what);
}

struct span {
    uint64_t at, bytes;
};

static int by_place(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

/* Of white paper they may rightly be one: so little is stored of it. */
static bool is_white(const struct image *m, uint64_t stored_bytes)
{
    uint64_t pixels =
        m->layout->tiled ? TIFFTileSize64(m->tif) : TIFFStripSize64(m->tif);

    return stored_bytes < pixels / 64;
}

static int say_overlap(const struct image *m, const struct span *spans,
                       size_t count, uint64_t at)
{
    if (spans[0].at == spans[count - 1].at && !is_white(m, spans[0].bytes))
        return breach(m->log, RULE_STRIP_PLACE, places_tag(m),
                      "all %zu %ss stand at offset %llu: the places of the "
                      "others are lost, scan the page again",
                      count, block_name(m), (unsigned long long)spans[0].at);
    return breach(m->log, RULE_STRIP_OVERLAP, places_tag(m),
                  "two %ss share the bytes at offset %llu: look at the page, "
                  "and scan it again",
                  block_name(m), (unsigned long long)at);
}

/* Strips without bytes are left out: sparse files have them (GDAL). */
static int check_overlap(const struct image *m)
{
    uint32_t count = count_blocks(m);
    CLEANUP(free)
    struct span *spans = calloc((size_t)count + 1, sizeof(*spans));
    size_t n = 0;

    if (spans == NULL)
        return err_set(m->log->err, ERR_NOMEM, "strips: out of memory");
    for (uint32_t i = 0; i < count; i++) {
        spans[n].at = TIFFGetStrileOffset(m->tif, i);
        spans[n].bytes = TIFFGetStrileByteCount(m->tif, i);
        n += spans[n].bytes > 0;
    }
    qsort(spans, n, sizeof(*spans), by_place);
    for (size_t i = 1; i < n; i++) {
        if (spans[i].at - spans[i - 1].at < spans[i - 1].bytes)
            return say_overlap(m, spans, n, spans[i].at);
    }
    return 0;
}

uint64_t tiff_stored_bytes(TIFF *tif, const struct tiff_layout *layout)
{
    uint32_t count =
        layout->tiled ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
    uint64_t stored = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (__builtin_add_overflow(stored, TIFFGetStrileByteCount(tif, i),
                                   &stored))
            return UINT64_MAX;
    }
    return stored;
}

static bool is_fax(uint16_t compression)
{
    return compression == COMPRESSION_CCITTRLE ||
           compression == COMPRESSION_CCITTFAX3 ||
           compression == COMPRESSION_CCITTFAX4;
}

static int check_growth(const struct image *m)
{
    const struct tiff_layout *l = m->layout;
    double max =
        rule_number(m->log->rules, RULE_STRIP_RATIO, "max_growth_ratio");
    uint64_t pixels = (uint64_t)l->width_px * l->height_px / 8;
    uint64_t stored;

    if (!is_fax(l->compression) || l->tiled)
        return 0;
    stored = tiff_stored_bytes(m->tif, l);
    if ((double)stored <= max * (double)pixels + 256)
        return 0;
    return breach(m->log, RULE_STRIP_RATIO, TIFFTAG_STRIPBYTECOUNTS,
                  "%llu bytes of %s for pixels of %llu bytes: the page is "
                  "noise, or damaged",
                  (unsigned long long)stored,
                  tiff_compression_name(l->compression),
                  (unsigned long long)pixels);
}

int tiff_rules_expansion(struct breach_log *log, uint64_t stored_bytes,
                         uint64_t decoded_bytes)
{
    double max = rule_number(log->rules, RULE_EXPANSION, "max_expansion_ratio");

    if (stored_bytes == 0 ||
        (double)decoded_bytes <= max * (double)stored_bytes)
        return 0;
    return breach(log, RULE_EXPANSION, TIFFTAG_COMPRESSION,
                  "%llu stored bytes become %llu bytes of pixels, expected at "
                  "most %.0f times as many",
                  (unsigned long long)stored_bytes,
                  (unsigned long long)decoded_bytes, max);
}

/* --- what the pixels are --- */

static int check_pixels(const struct image *m)
{
    const struct tiff_layout *l = m->layout;
    double max = rule_number(m->log->rules, RULE_SIZE, "max_pixels");

    if ((double)l->width_px * l->height_px <= max)
        return 0;
    return breach(m->log, RULE_SIZE, TIFFTAG_IMAGEWIDTH,
                  "%u x %u pixels, expected at most %.0f; scan at a lower "
                  "resolution or in parts",
                  l->width_px, l->height_px, max);
}

static int check_colour(const struct image *m)
{
    uint16_t photometric = m->layout->photometric;
    const char *name = tiff_photometric_name(photometric);

    if (rule_allows(m->log->rules, RULE_COLOUR, "allowed", name))
        return 0;
    return breach(m->log, RULE_COLOUR, TIFFTAG_PHOTOMETRIC,
                  "the colour model is %s (PhotometricInterpretation %u), "
                  "expected one of: %s; set the scanner to one of them",
                  name, photometric,
                  rule_words(m->log->rules, RULE_COLOUR, "allowed"));
}

static int check_bits(const struct image *m)
{
    char bits[16];

    (void)snprintf(bits, sizeof(bits), "%u", m->layout->bits);
    if (rule_allows(m->log->rules, RULE_BITS, "allowed", bits))
        return 0;
    return breach(m->log, RULE_BITS, TIFFTAG_BITSPERSAMPLE,
                  "%s bits a sample, expected one of: %s", bits,
                  rule_words(m->log->rules, RULE_BITS, "allowed"));
}

static int check_format(const struct image *m)
{
    if (m->layout->format == SAMPLEFORMAT_UINT)
        return 0;
    return breach(m->log, RULE_SAMPLE_FORMAT, TIFFTAG_SAMPLEFORMAT,
                  "SampleFormat %u, expected unsigned whole numbers (1)",
                  m->layout->format);
}

static int check_extra_samples(const struct image *m)
{
    uint16_t count = 0;
    uint16_t *kinds = NULL;

    (void)TIFFGetFieldDefaulted(m->tif, TIFFTAG_EXTRASAMPLES, &count, &kinds);
    if (count == 0)
        return 0;
    return breach(m->log, RULE_EXTRA_SAMPLES, TIFFTAG_EXTRASAMPLES,
                  "%u extra samples a pixel (transparency or the like) are "
                  "not read",
                  count);
}

static int check_compression(const struct image *m)
{
    const char *name = tiff_compression_name(m->layout->compression);

    if (rule_allows(m->log->rules, RULE_COMPRESSION, "allowed", name))
        return 0;
    return breach(m->log, RULE_COMPRESSION, TIFFTAG_COMPRESSION,
                  "the compression is %s (%u), expected one of: %s; set the "
                  "scanner to one of them",
                  name, m->layout->compression,
                  rule_words(m->log->rules, RULE_COMPRESSION, "allowed"));
}

static int check_planar(const struct image *m)
{
    if (m->layout->planar != PLANARCONFIG_SEPARATE || m->layout->samples == 1)
        return 0;
    return breach(m->log, RULE_PLANAR, TIFFTAG_PLANARCONFIG,
                  "the samples of a pixel stand in %u planes, expected them "
                  "together (PlanarConfiguration 1)",
                  m->layout->samples);
}

static int check_orientation(const struct image *m)
{
    char orientation[16];

    (void)snprintf(orientation, sizeof(orientation), "%u",
                   m->layout->orientation);
    if (rule_allows(m->log->rules, RULE_ORIENTATION, "allowed", orientation))
        return 0;
    return breach(m->log, RULE_ORIENTATION, TIFFTAG_ORIENTATION,
                  "Orientation %s, expected one of: %s; the page is turned "
                  "when it is read and shown",
                  orientation,
                  rule_words(m->log->rules, RULE_ORIENTATION, "allowed"));
}

/* A reader that counts images takes a thumbnail for a page, as we do. */
static int check_subfile(const struct image *m)
{
    uint32_t kind = 0;

    (void)TIFFGetField(m->tif, TIFFTAG_SUBFILETYPE, &kind);
    if ((kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0)
        return 0;
    return breach(m->log, RULE_IMAGES, TIFFTAG_SUBFILETYPE,
                  "the image is a %s of another (NewSubfileType %u), and "
                  "becomes a page of its own",
                  (kind & FILETYPE_MASK) != 0 ? "mask" : "reduced copy", kind);
}

/* --- resolution --- */

static int say_unit(const struct image *m, uint16_t unit)
{
    return breach(m->log, RULE_RESOLUTION_UNIT, TIFFTAG_RESOLUTIONUNIT,
                  "ResolutionUnit %u, expected inch (2) or centimetre (3): the "
                  "size of the page is unknown",
                  unit);
}

static int check_range(const struct image *m)
{
    const struct tiff_layout *l = m->layout;
    double min = rule_number(m->log->rules, RULE_RESOLUTION_RANGE, "min_dpi");
    double max = rule_number(m->log->rules, RULE_RESOLUTION_RANGE, "max_dpi");

    /* Half a dot of grace: 118 dots a centimetre are 299.72 an inch. */
    if (fmin(l->xres_dpi, l->yres_dpi) >= min - 0.5 &&
        fmax(l->xres_dpi, l->yres_dpi) <= max + 0.5)
        return 0;
    return breach(m->log, RULE_RESOLUTION_RANGE, TIFFTAG_XRESOLUTION,
                  "%.6g x %.6g dpi, expected %g to %g", l->xres_dpi,
                  l->yres_dpi, min, max);
}

static int check_aspect(const struct image *m)
{
    const struct tiff_layout *l = m->layout;
    double max =
        rule_number(m->log->rules, RULE_RESOLUTION_ASPECT, "max_ratio");
    double low = fmin(l->xres_dpi, l->yres_dpi);

    /* One that is not to be believed counts as 0, and is said to be. */
    if (low <= 0 || fmax(l->xres_dpi, l->yres_dpi) <= max * low)
        return 0;
    return breach(m->log, RULE_RESOLUTION_ASPECT, TIFFTAG_YRESOLUTION,
                  "%.6g x %.6g dpi: the pixels are not square, expected a "
                  "ratio of at most %g; the page is rescaled when it is read",
                  l->xres_dpi, l->yres_dpi, max);
}

static int check_resolution(const struct image *m)
{
    uint16_t unit = RESUNIT_INCH;
    float x = 0, y = 0;

    if (TIFFGetField(m->tif, TIFFTAG_XRESOLUTION, &x) != 1 ||
        TIFFGetField(m->tif, TIFFTAG_YRESOLUTION, &y) != 1 || !(x > 0) ||
        !(y > 0))
        return breach(m->log, RULE_RESOLUTION, TIFFTAG_XRESOLUTION,
                      "no resolution is stated; the size of the page is "
                      "unknown");
    (void)TIFFGetFieldDefaulted(m->tif, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (unit != RESUNIT_INCH && unit != RESUNIT_CENTIMETER)
        return say_unit(m, unit);
    return check_range(m) != 0 ? -1 : check_aspect(m);
}

int tiff_rules(struct breach_log *log, struct tiff_handle *h,
               const struct tiff_layout *layout, uint64_t file_bytes)
{
    const struct image m = {log, h->tif, layout};

    return check_pixels(&m) != 0 || check_places(&m, file_bytes) != 0 ||
                   check_overlap(&m) != 0 || check_growth(&m) != 0 ||
                   check_colour(&m) != 0 || check_bits(&m) != 0 ||
                   check_format(&m) != 0 || check_extra_samples(&m) != 0 ||
                   check_compression(&m) != 0 || check_planar(&m) != 0 ||
                   check_orientation(&m) != 0 || check_subfile(&m) != 0 ||
                   check_resolution(&m) != 0
               ? -1
               : 0;
}
