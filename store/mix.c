/* SPDX-License-Identifier: MIT */
#include "store/mix.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/xml.h"

#define HUNDREDTHS  100
#define BIG_TIFF    43  /* the version in a BigTIFF's header */
#define SHORT       3   /* a tag's type */
#define PHOTOMETRIC 262 /* a tag */
#define TAGS_MOST   4096

/* A file's numbers, in the order that it states. */
struct tiff_bytes {
    int fd;
    bool is_big_endian;
    bool failed;
};

static uint64_t number_at(struct tiff_bytes *t, uint64_t at, size_t len)
{
    unsigned char bytes[8] = {0};
    uint64_t n = 0;

    if (t->failed || at > INT64_MAX ||
        pread(t->fd, bytes, len, (off_t)at) != (ssize_t)len) {
        t->failed = true;
        return 0;
    }
    for (size_t i = 0; i < len; i++)
        n = n << 8 | bytes[t->is_big_endian ? i : len - 1 - i];
    return n;
}

/* One short value of the first directory; -1 when it has none. */
static int short_tag(struct tiff_bytes *t, unsigned tag)
{
    bool is_big = number_at(t, 2, 2) == BIG_TIFF;
    uint64_t ifd = is_big ? number_at(t, 8, 8) : number_at(t, 4, 4);
    uint64_t count = number_at(t, ifd, is_big ? 8 : 2);
    uint64_t entry = ifd + (is_big ? 8 : 2);

    for (uint64_t i = 0; i < count && i < TAGS_MOST && !t->failed; i++) {
        if (number_at(t, entry, 2) == tag &&
            number_at(t, entry + 2, 2) == SHORT)
            return (int)number_at(t, entry + (is_big ? 12 : 8), 2);
        entry += is_big ? 20 : 12;
    }
    return -1;
}

struct mix_header mix_read_header(const char *master_path)
{
    struct mix_header header = {BYTE_ORDER_UNKNOWN, -1};
    CLEANUP(close_fd) int fd = open(master_path, O_RDONLY | O_CLOEXEC);
    struct tiff_bytes t = {fd, false, false};
    char head[2];

    if (fd < 0 || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
        return header;
    if (memcmp(head, "II", sizeof(head)) == 0)
        header.order = BYTE_ORDER_LITTLE;
    else if (memcmp(head, "MM", sizeof(head)) == 0)
        header.order = BYTE_ORDER_BIG;
    else
        return header;
    t.is_big_endian = header.order == BYTE_ORDER_BIG;
    header.photometric = short_tag(&t, PHOTOMETRIC);
    if (t.failed)
        header.photometric = -1;
    return header;
}

int mix_path(const struct page *page, char out[PATH_SIZE], struct err *err)
{
    const char *dot = strrchr(page->master, '.');
    size_t len =
        dot == NULL ? strlen(page->master) : (size_t)(dot - page->master);

    return path_format(out, err, MIX_FOLDER "mix-%.*s.xml", (int)len,
                       page->master);
}

/* The words that NISO Z39.87 6.6.1 suggests; others as they are. */
static const char *compression_word(const char *name)
{
    static const char *const words[][2] = {{"none", "Uncompressed"},
                                           {"ccitt-rle", "CCITT 1D"},
                                           {"g3", "CCITT Group 3"},
                                           {"g4", "CCITT Group 4"},
                                           {"lzw", "LZW"},
                                           {"jpeg", "JPEG"},
                                           {"old-jpeg", "JPEG (TIFF 6.0)"},
                                           {"deflate", "Deflate"},
                                           {"packbits", "PackBits"}};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i][0], name) == 0)
            return words[i][1];
    }
    return name;
}

static void write_object(struct xml_writer *w, const struct page *page,
                         enum byte_order order)
{
    xml_start(w, "BasicDigitalObjectInformation");
    xml_start(w, "ObjectIdentifier");
    xml_element(w, "objectIdentifierType", "local");
    xml_elementf(w, "objectIdentifierValue",
                 "%s/representations/master/data/%s", page->volume,
                 page->master);
    xml_end(w);
    xml_elementf(w, "fileSize", "%" PRId64, page->digests.size_bytes);
    xml_start(w, "FormatDesignation");
    xml_element(w, "formatName", "image/tiff");
    xml_element(w, "formatVersion", "6.0");
    xml_end(w);
    xml_start(w, "FormatRegistry");
    xml_element(w, "formatRegistryName", "PRONOM");
    xml_element(w, "formatRegistryKey", "fmt/353");
    xml_end(w);
    if (order != BYTE_ORDER_UNKNOWN)
        xml_element(w, "byteOrder",
                    order == BYTE_ORDER_LITTLE ? "little endian"
                                               : "big endian");
    if (page->compression[0] != '\0') {
        xml_start(w, "Compression");
        xml_element(w, "compressionScheme",
                    compression_word(page->compression));
        xml_end(w);
    }
    xml_start(w, "Fixity");
    xml_element(w, "messageDigestAlgorithm", "SHA-512");
    xml_element(w, "messageDigest", page->digests.sha512);
    xml_end(w);
    xml_end(w);
}

/* The words of NISO Z39.87 7.1.3; NULL: of another number. */
static const char *colour_space(int photometric)
{
    static const char *const words[] = {
        "WhiteIsZero",      "BlackIsZero", "RGB",   "PaletteColor",
        "TransparencyMask", "CMYK",        "YCbCr", NULL,
        "CIELab",           "ICCLab",      "ITULab"};

    return photometric < 0 ||
                   (size_t)photometric >= sizeof(words) / sizeof(*words)
               ? NULL
               : words[photometric];
}

static void write_image(struct xml_writer *w, const struct page *page,
                        int photometric)
{
    const char *space = colour_space(photometric);

    xml_start(w, "BasicImageInformation");
    xml_start(w, "BasicImageCharacteristics");
    xml_elementf(w, "imageWidth", "%" PRIu32, page->width_px);
    xml_elementf(w, "imageHeight", "%" PRIu32, page->height_px);
    if (space != NULL) {
        xml_start(w, "PhotometricInterpretation");
        xml_element(w, "colorSpace", space);
        xml_end(w);
    }
    xml_end(w);
    xml_end(w);
}

static bool fits(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; text++, pattern++) {
        if (*pattern == '9' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    }
    return *text == '\0';
}

static unsigned two_digits(const char *text)
{
    return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

/* A day of the calendar, and a time of the day where there is one: a batch's
 * text is kept whatever it says. */
static bool is_possible(const char *text)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    unsigned year = two_digits(text) * 100 + two_digits(text + 2);
    unsigned month = two_digits(text + 5), day = two_digits(text + 8);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const char *zone;

    if (year == 0 || month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] || (month == 2 && day == 29 && !is_leap))
        return false;
    if (text[10] == '\0')
        return true;
    zone = text + 19;
    return two_digits(text + 11) < 24 && two_digits(text + 14) < 60 &&
           two_digits(text + 17) < 60 &&
           (*zone == '\0' || *zone == 'Z' ||
            (two_digits(zone + 1) < 14 && two_digits(zone + 4) < 60));
}

/* An xs:date or xs:dateTime as batches write them; anything else is for
 * PREMIS, which takes EDTF. */
static bool is_schema_date(const char *text)
{
    static const char *const patterns[] = {
        "9999-99-99", "9999-99-99T99:99:99", "9999-99-99T99:99:99Z",
        "9999-99-99T99:99:99+99:99", "9999-99-99T99:99:99-99:99"};

    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        if (fits(text, patterns[i]))
            return is_possible(text);
    }
    return false;
}

static void write_capture(struct xml_writer *w, const struct page *page)
{
    /* By TIFF 6.0 Orientation, 1 to 8. */
    static const char *const orientations[] = {
        "normal*",
        "normal, image flipped",
        "normal, rotated 180\xc2\xb0",
        "normal, image flipped, rotated 180\xc2\xb0",
        "normal, image flipped, rotated cw 90\xc2\xb0",
        "normal, rotated ccw 90\xc2\xb0",
        "normal, image flipped, rotated ccw 90\xc2\xb0",
        "normal, rotated cw 90\xc2\xb0"};

    xml_start(w, "ImageCaptureMetadata");
    if (is_schema_date(page->scanned_at)) {
        xml_start(w, "GeneralCaptureInformation");
        xml_element(w, "dateTimeCreated", page->scanned_at);
        xml_end(w);
    }
    if (page->device[0] != '\0') {
        xml_start(w, "ScannerCapture");
        xml_start(w, "ScannerModel");
        xml_element(w, "scannerModelName", page->device);
        xml_end(w);
        xml_end(w);
    }
    if (page->orientation >= 1 && page->orientation <= 8)
        xml_element(w, "orientation", orientations[page->orientation - 1]);
    xml_end(w);
}

/* In hundredths where the resolution is no whole number. */
static void write_frequency(struct xml_writer *w, const char *element,
                            double dpi)
{
    bool is_whole = dpi >= 1 && dpi == (double)(uint32_t)dpi;

    xml_start(w, element);
    xml_elementf(w, "numerator", "%.0f", is_whole ? dpi : dpi * HUNDREDTHS);
    xml_elementf(w, "denominator", "%d", is_whole ? 1 : HUNDREDTHS);
    xml_end(w);
}

static void write_assessment(struct xml_writer *w, const struct page *page)
{
    xml_start(w, "ImageAssessmentMetadata");
    if (page->xres_dpi > 0 && page->yres_dpi > 0) {
        xml_start(w, "SpatialMetrics");
        xml_element(w, "samplingFrequencyUnit", "in.");
        write_frequency(w, "xSamplingFrequency", page->xres_dpi);
        write_frequency(w, "ySamplingFrequency", page->yres_dpi);
        xml_end(w);
    }
    if (page->bits_per_sample > 0 && page->samples_per_pixel > 0) {
        xml_start(w, "ImageColorEncoding");
        xml_start(w, "BitsPerSample");
        for (unsigned i = 0; i < page->samples_per_pixel; i++)
            xml_elementf(w, "bitsPerSampleValue", "%u", page->bits_per_sample);
        xml_element(w, "bitsPerSampleUnit", "integer");
        xml_end(w);
        xml_elementf(w, "samplesPerPixel", "%u", page->samples_per_pixel);
        xml_end(w);
    }
    xml_end(w);
}

int mix_format(const struct page *page, struct mix_header header,
               struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "mix");
    xml_attr(w, "xmlns", "http://www.loc.gov/mix/v20");
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:schemaLocation",
             "http://www.loc.gov/mix/v20 "
             "http://www.loc.gov/standards/mix/mix20/mix20.xsd");
    write_object(w, page, header.order);
    write_image(w, page, header.photometric);
    write_capture(w, page);
    write_assessment(w, page);
    return xml_finish(w, out, err);
}
