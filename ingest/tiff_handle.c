/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_handle.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/text.h"
#include "ingest/raster.h"

/* What libtiff may ask for at once: a strip of A0 in grey at 400 dpi, twice. */
#define MAX_ALLOC_BYTES ((tmsize_t)512 << 20)
#define MAX_SAMPLES     32u
#define MAX_DPI         100000.0
#define CM_PER_INCH     2.54
/* More is no scanner's: one of two values is wrong. */
#define MAX_RATIO 16.0

static bool is_known(const struct tiff_handle *h, const char *text)
{
    for (size_t i = 0; i < h->message_count; i++) {
        if (strcmp(h->messages[i].text, text) == 0)
            return true;
    }
    return false;
}

/* A message lost for want of memory costs a reason, never a verdict: libtiff's
 * return value decides that. */
static void keep_message(struct tiff_handle *h, bool is_error, char *text)
{
    if (text == NULL || h->message_count == TIFF_MAX_MESSAGES ||
        is_known(h, text)) {
        free(text);
        return;
    }
    h->messages[h->message_count++] =
        (struct tiff_message){is_error, false, text};
}

static void take_message(struct tiff_handle *h, bool is_error,
                         const char *module, const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static void take_message(struct tiff_handle *h, bool is_error,
                         const char *module, const char *fmt, va_list ap)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char line[512];

    if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
        return;
    buf_puts(&out, "libtiff: ");
    if (module != NULL && strncmp(line, module, strlen(module)) != 0) {
        text_add_visible(&out, module);
        buf_puts(&out, ": ");
    }
    text_add_visible(&out, line);
    keep_message(h, is_error, buf_steal(&out));
}

static int on_error(TIFF *tif, void *user, const char *module, const char *fmt,
                    va_list ap) __attribute__((format(printf, 4, 0)));
static int on_warning(TIFF *tif, void *user, const char *module,
                      const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static int on_error(TIFF *tif, void *user, const char *module, const char *fmt,
                    va_list ap)
{
    (void)tif;
    take_message(user, true, module, fmt, ap);
    return 1;
}

static int on_warning(TIFF *tif, void *user, const char *module,
                      const char *fmt, va_list ap)
{
    (void)tif;
    take_message(user, false, module, fmt, ap);
    return 1;
}

static TIFF *open_with_handlers(int fd, const char *name, struct tiff_handle *h)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFF *tif;

    if (options == NULL)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, h);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, h);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_ALLOC_BYTES);
    tif = tiff_io_open(&h->io, fd, name, options);
    TIFFOpenOptionsFree(options);
    return tif;
}

int tiff_handle_open(int fd, const char *name, struct tiff_handle **out,
                     struct err *err)
{
    CLEANUP(tiff_handle_close) struct tiff_handle *h = calloc(1, sizeof(*h));

    if (h != NULL)
        h->messages = calloc(TIFF_MAX_MESSAGES, sizeof(*h->messages));
    if (h == NULL || h->messages == NULL) {
        (void)close(fd);
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    }
    h->tif = open_with_handlers(fd, name, h);
    if (h->tif == NULL) {
        (void)close(fd);
        return err_set(err, ERR_INPUT, "%s: %s", name, tiff_handle_reason(h));
    }
    *out = STEAL(h);
    return 0;
}

void tiff_handle_forget(struct tiff_handle *h)
{
    for (size_t i = 0; i < h->message_count; i++)
        free(h->messages[i].text);
    h->message_count = 0;
}

void tiff_handle_close(struct tiff_handle *h)
{
    if (h == NULL)
        return;
    if (h->tif != NULL)
        TIFFClose(h->tif);
    if (h->messages != NULL)
        tiff_handle_forget(h);
    free(h->messages);
    free(h);
}

const char *tiff_handle_reason(const struct tiff_handle *h)
{
    for (size_t i = 0; i < h->message_count; i++) {
        if (h->messages[i].is_error)
            return h->messages[i].text;
    }
    return h->message_count > 0 ? h->messages[0].text
                                : "libtiff: no reason given";
}

const char *tiff_handle_say(struct tiff_handle *h, size_t since)
{
    struct tiff_message *said = NULL;

    for (size_t i = since; i < h->message_count; i++) {
        struct tiff_message *m = &h->messages[i];

        if (said == NULL || (m->is_error && !said->is_error))
            said = m;
    }
    if (said == NULL)
        return tiff_handle_reason(h);
    said->is_said = true;
    return said->text;
}

const char *tiff_handle_missing_pixels(struct tiff_handle *h)
{
    for (size_t i = 0; i < h->message_count; i++) {
        const char *text = h->messages[i].text;

        /* An error (a code word that does not exist, a row that is short) and
         * success all the same: the decoder made something up. libjpeg: the
         * strip ends early, or pixels were skipped to a place to begin again.
         * Fax: the data end early. G4: each row is told by the one above, so
         * that one bad row spoils the rest; G3: a row is longer than there is
         * place for. PackBits: a run goes beyond its strip, so that a run
         * before it was another. */
        if (h->messages[i].is_error || strstr(text, "remature end") != NULL ||
            strstr(text, "bad Huffman code") != NULL ||
            strstr(text, "instead of RST") != NULL ||
            strstr(text, "Premature EOF") != NULL ||
            strstr(text, "Line length mismatch") != NULL ||
            strstr(text, "to avoid buffer overrun") != NULL ||
            strstr(text, "Fax4Decode") != NULL) {
            h->messages[i].is_said = true;
            return text;
        }
    }
    return NULL;
}

unsigned tiff_handle_short_rows(const struct tiff_handle *h)
{
    unsigned rows = 0;

    for (size_t i = 0; i < h->message_count; i++)
        rows += strstr(h->messages[i].text, "Premature EOL") != NULL;
    return rows;
}

const char *tiff_compression_name(uint16_t compression)
{
    switch (compression) {
    case COMPRESSION_NONE:
        return "none";
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTRLEW:
        return "ccitt-rle";
    case COMPRESSION_CCITTFAX3:
        return "g3";
    case COMPRESSION_CCITTFAX4:
        return "g4";
    case COMPRESSION_LZW:
        return "lzw";
    case COMPRESSION_OJPEG:
        return "old-jpeg";
    case COMPRESSION_JPEG:
        return "jpeg";
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
        return "deflate";
    case COMPRESSION_PACKBITS:
        return "packbits";
    case COMPRESSION_SGILOG:
    case COMPRESSION_SGILOG24:
        return "sgilog";
    case COMPRESSION_LZMA:
        return "lzma";
    case COMPRESSION_ZSTD:
        return "zstd";
    case COMPRESSION_WEBP:
        return "webp";
    case COMPRESSION_LERC:
        return "lerc";
    default:
        return "unknown";
    }
}

const char *tiff_photometric_name(uint16_t photometric)
{
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
        return "min-is-white";
    case PHOTOMETRIC_MINISBLACK:
        return "min-is-black";
    case PHOTOMETRIC_RGB:
        return "RGB";
    case PHOTOMETRIC_PALETTE:
        return "palette";
    case PHOTOMETRIC_SEPARATED:
        return "CMYK";
    case PHOTOMETRIC_YCBCR:
        return "YCbCr";
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
        return "Lab";
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
        return "LogLuv";
    default:
        return "an unknown colour model";
    }
}

/* ResolutionUnit none (1) states an aspect ratio, not a size (TIFF 6.0 p.38) */
static double read_dpi(TIFF *tif, uint32_t tag)
{
    uint16_t unit = RESUNIT_INCH;
    float value = 0;
    double dpi;

    if (TIFFGetField(tif, tag, &value) != 1)
        return 0;
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (unit != RESUNIT_INCH && unit != RESUNIT_CENTIMETER)
        return 0;
    dpi = unit == RESUNIT_CENTIMETER ? value * CM_PER_INCH : value;
    return isfinite(dpi) && dpi > 0 && dpi <= MAX_DPI ? dpi : 0;
}

static double read_ratio(TIFF *tif)
{
    float x = 0, y = 0;
    double ratio;

    if (TIFFGetField(tif, TIFFTAG_XRESOLUTION, &x) != 1 ||
        TIFFGetField(tif, TIFFTAG_YRESOLUTION, &y) != 1 || !(x > 0) || !(y > 0))
        return 0;
    ratio = (double)y / (double)x;
    return ratio <= MAX_RATIO && ratio >= 1 / MAX_RATIO ? ratio : 0;
}

static int check_size(const struct tiff_layout *l, struct err *err)
{
    uint64_t pixels = (uint64_t)l->width_px * l->height_px;

    if (pixels == 0)
        return err_set(err, ERR_INPUT,
                       "%u x %u pixels: the image has no area; expected at "
                       "least one pixel each way",
                       l->width_px, l->height_px);
    if (pixels > RASTER_MAX_PIXELS)
        return err_set(err, ERR_INPUT,
                       "%u x %u pixels: %.0f million, expected at most %.0f "
                       "million; scan at a lower resolution or in parts",
                       l->width_px, l->height_px, (double)pixels / 1e6,
                       (double)RASTER_MAX_PIXELS / 1e6);
    return 0;
}

static int read_blocks(TIFF *tif, struct tiff_layout *l, struct err *err)
{
    uint32_t rows = 0;

    l->tiled = TIFFIsTiled(tif) != 0;
    l->block_width_px = l->width_px;
    if (l->tiled) {
        (void)TIFFGetField(tif, TIFFTAG_TILEWIDTH, &l->block_width_px);
        (void)TIFFGetField(tif, TIFFTAG_TILELENGTH, &rows);
        if (l->block_width_px == 0 || rows == 0)
            return err_set(err, ERR_INPUT, "tiles of %u x %u pixels",
                           l->block_width_px, rows);
        l->block_height_px = rows;
        return 0;
    }
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_ROWSPERSTRIP, &rows);
    l->block_height_px = rows == 0 || rows > l->height_px ? l->height_px : rows;
    return 0;
}

/* T.4 begins every row with an end-of-line code, eleven zeros and a one.
 * Eleven zeros occur nowhere else. */
static bool has_eol(const uint8_t *bytes, size_t count)
{
    unsigned zeros = 0;

    for (size_t i = 0; i < count * 8; i++) {
        zeros = bytes[i / 8] >> (7 - i % 8) & 1 ? 0 : zeros + 1;
        if (zeros == 11)
            return true;
    }
    return false;
}

/* Some writers leave the codes out (libtiff's bug 54). That is what libtiff
 * calls RLE without byte alignment: then it decodes. */
static void allow_fax_without_eol(TIFF *tif)
{
    uint8_t head[4096];
    uint32_t options = 0;
    uint16_t order = FILLORDER_MSB2LSB;
    tmsize_t n;

    (void)TIFFGetField(tif, TIFFTAG_GROUP3OPTIONS, &options);
    if ((options & (GROUP3OPT_2DENCODING | GROUP3OPT_UNCOMPRESSED)) != 0 ||
        TIFFIsTiled(tif))
        return;
    n = TIFFReadRawStrip(tif, 0, head, sizeof(head));
    if (n <= 0)
        return;
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_FILLORDER, &order);
    if (order == FILLORDER_LSB2MSB)
        TIFFReverseBits(head, n);
    if (has_eol(head, (size_t)n))
        return;
    (void)TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_CCITTRLE);
    (void)TIFFSetField(tif, TIFFTAG_FAXMODE, FAXMODE_NOEOL | FAXMODE_NORTC);
}

int tiff_layout_read(TIFF *tif, struct tiff_layout *out, struct err *err)
{
    struct tiff_layout l = {.photometric = UINT16_MAX};
    uint16_t bits = 1;
    uint16_t samples = 1;

    (void)TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &l.width_px);
    (void)TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &l.height_px);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &bits);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &samples);
    (void)TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &l.photometric);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &l.planar);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_COMPRESSION, &l.compression);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &l.format);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_ORIENTATION, &l.orientation);
    l.bits = bits;
    l.samples = samples;
    l.planes = l.planar == PLANARCONFIG_SEPARATE ? samples : 1;
    l.xres_dpi = read_dpi(tif, TIFFTAG_XRESOLUTION);
    l.yres_dpi = read_dpi(tif, TIFFTAG_YRESOLUTION);
    l.res_ratio = read_ratio(tif);
    if (l.orientation < 1 || l.orientation > 8)
        l.orientation = ORIENTATION_TOPLEFT;
    if (check_size(&l, err) != 0 || read_blocks(tif, &l, err) != 0)
        return -1;
    if (l.compression == COMPRESSION_JPEG && l.planes == 1 &&
        l.photometric == PHOTOMETRIC_YCBCR)
        (void)TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    if (l.compression == COMPRESSION_CCITTFAX3)
        allow_fax_without_eol(tif);
    *out = l;
    return 0;
}

static bool is_grey(const struct tiff_layout *l)
{
    return l->photometric == PHOTOMETRIC_MINISWHITE ||
           l->photometric == PHOTOMETRIC_MINISBLACK;
}

/* Samples that libtiff hands over as RGB or as the colour model they are in. */
static uint32_t samples_needed(const struct tiff_layout *l)
{
    switch (l->photometric) {
    case PHOTOMETRIC_RGB:
        return 3;
    case PHOTOMETRIC_SEPARATED:
        return 4;
    case PHOTOMETRIC_YCBCR:
        return l->compression == COMPRESSION_JPEG && l->planes == 1 ? 3 : 0;
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE:
        return 1;
    default:
        return 0;
    }
}

static int check_samples(const struct tiff_layout *l, struct err *err)
{
    if (l->photometric == UINT16_MAX)
        return err_set(err, ERR_INPUT,
                       "PhotometricInterpretation (262) is missing: whether 0 "
                       "is black or white is not known");
    if (l->samples > MAX_SAMPLES)
        return err_set(err, ERR_INPUT,
                       "%u samples a pixel, expected at most %u", l->samples,
                       MAX_SAMPLES);
    if (l->format != SAMPLEFORMAT_UINT && l->format != SAMPLEFORMAT_VOID &&
        l->format != SAMPLEFORMAT_INT)
        return err_set(err, ERR_INPUT,
                       "samples of SampleFormat %u (floating point or "
                       "complex), expected whole numbers (1)",
                       l->format);
    if (l->bits < 1 || l->bits > 16)
        return err_set(err, ERR_INPUT, "%u bits a sample, expected 1 to 16",
                       l->bits);
    return 0;
}

static int check_inks(TIFF *tif, struct err *err)
{
    uint16_t inks = INKSET_CMYK;

    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_INKSET, &inks);
    if (inks != INKSET_CMYK)
        return err_set(err, ERR_INPUT, "inks that are not CMYK (InkSet %u)",
                       inks);
    return 0;
}

static int check_rgba(TIFF *tif, struct err *err)
{
    char reason[1024] = "";

    if (TIFFRGBAImageOK(tif, reason))
        return 0;
    return err_set(err, ERR_INPUT, "libtiff cannot make pixels of it: %s",
                   reason);
}

static bool is_direct(const struct tiff_layout *l)
{
    if (l->tiled || l->planes != 1 || l->format == SAMPLEFORMAT_INT)
        return false;
    if (is_grey(l) && l->samples == 1)
        return l->bits == 1 || l->bits == 8;
    return l->bits == 8 && l->samples == 3 && samples_needed(l) == 3;
}

int tiff_layout_way(TIFF *tif, const struct tiff_layout *layout,
                    enum tiff_way *out, struct err *err)
{
    uint32_t needed = samples_needed(layout);

    if (!TIFFIsCODECConfigured(layout->compression))
        return err_set(err, ERR_INPUT,
                       "Compression (259) %u is not one that libtiff decodes",
                       layout->compression);
    if (check_samples(layout, err) != 0)
        return -1;
    if (layout->photometric == PHOTOMETRIC_SEPARATED &&
        check_inks(tif, err) != 0)
        return -1;
    if (needed > layout->samples)
        return err_set(err, ERR_INPUT, "%s with %u samples a pixel, needs %u",
                       tiff_photometric_name(layout->photometric),
                       layout->samples, needed);
    if (needed == 0) {
        *out = TIFF_WAY_RGBA;
        return check_rgba(tif, err);
    }
    *out = is_direct(layout) ? TIFF_WAY_DIRECT : TIFF_WAY_SAMPLES;
    return 0;
}
