/* SPDX-License-Identifier: MIT */
#include "ingest/tag_check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ingest/tag_table.h"

#define MAX_TEXT_BYTES ((uint64_t)1 << 20) /* longer ones are not read */
#define DATE_BYTES     20                  /* with the NUL             */
#define ICC_HEADER     128

/* Exif 2.3 dates have the form of TIFF's. */
enum { TAG_DATE_ORIGINAL = 36867, TAG_DATE_DIGITIZED = 36868 };

/* One directory being checked. */
struct tags {
    struct breach_log *log;
    const struct tiff_source *source;
    const struct tiff_directory *directory;
};

static const char *type_name(uint16_t type)
{
    static const char *const names[] = {
        "0",         "BYTE",  "ASCII",     "SHORT",  "LONG",
        "RATIONAL",  "SBYTE", "UNDEFINED", "SSHORT", "SLONG",
        "SRATIONAL", "FLOAT", "DOUBLE",    "IFD",    "14",
        "15",        "LONG8", "SLONG8",    "IFD8"};

    return type < sizeof(names) / sizeof(*names) ? names[type] : "?";
}

/* --- the entry itself --- */

static int check_order(const struct tags *t)
{
    const struct tiff_directory *d = t->directory;

    for (size_t i = 1; i < d->count; i++) {
        uint16_t before = d->entries[i - 1].tag;
        uint16_t tag = d->entries[i].tag;

        if (tag == before &&
            breach(t->log, RULE_TAG_TWICE, tag,
                   "tag %u stands twice in the directory at offset %llu", tag,
                   (unsigned long long)d->at) != 0)
            return -1;
        if (tag < before)
            return breach(t->log, RULE_TAG_ORDER, tag,
                          "tag %u stands after tag %u in the directory at "
                          "offset %llu, expected ascending order",
                          tag, before, (unsigned long long)d->at);
    }
    return 0;
}

static int check_boundary(const struct tags *t, const struct tiff_entry *e)
{
    if (e->is_inline || e->at % 2 == 0)
        return 0;
    return breach(t->log, RULE_WORD_BOUNDARY, e->tag,
                  "the value of tag %u stands at offset %llu, expected an even "
                  "one",
                  e->tag, (unsigned long long)e->at);
}

/* Type, count and place: what each entry has, whatever its tag. */
static int check_entry(const struct tags *t, const struct tiff_entry *e)
{
    if (tiff_type_bytes(e->type) == 0)
        return breach(t->log, RULE_TAG_TYPE, e->tag,
                      "tag %u has the type %u, which does not exist", e->tag,
                      e->type);
    if (e->count == 0)
        return breach(t->log, RULE_TAG_COUNT, e->tag,
                      "tag %u has no values (count 0), expected at least one",
                      e->tag);
    if (!entry_is_inside(t->source, e))
        return breach(t->log, RULE_TAG_PLACE, e->tag,
                      "the value of tag %u stands at offset %llu with %llu "
                      "bytes; the file has %llu bytes",
                      e->tag, (unsigned long long)e->at,
                      (unsigned long long)e->bytes,
                      (unsigned long long)t->source->size_bytes);
    return check_boundary(t, e);
}

static int by_place(const void *a, const void *b)
{
    const struct tiff_entry *x = a;
    const struct tiff_entry *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->tag < y->tag ? -1 : x->tag > y->tag;
}

static int say_overlap(const struct tags *t, const struct tiff_entry *sorted)
{
    const struct tiff_entry *last = NULL;

    for (size_t i = 0; i < t->directory->count; i++) {
        const struct tiff_entry *e = &sorted[i];

        if (e->is_inline || e->bytes > t->source->size_bytes)
            continue;
        if (last != NULL && e->at < last->at + last->bytes &&
            breach(t->log, RULE_TAG_OVERLAP, e->tag,
                   "the values of tags %u and %u share bytes at offset %llu",
                   last->tag, e->tag, (unsigned long long)e->at) != 0)
            return -1;
        last = e;
    }
    return 0;
}

static int check_overlap(const struct tags *t)
{
    size_t bytes = t->directory->count * sizeof(struct tiff_entry);
    CLEANUP(free) struct tiff_entry *sorted = malloc(bytes);

    if (sorted == NULL)
        return err_set(t->log->err, ERR_NOMEM, "directory: out of memory");
    memcpy(sorted, t->directory->entries, bytes);
    qsort(sorted, t->directory->count, sizeof(*sorted), by_place);
    return say_overlap(t, sorted);
}

/* --- the form that TIFF prescribes for the tag --- */

/* "SHORT or LONG" */
static void list_types(uint32_t types, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (uint16_t type = 1; type <= TYPE_IFD8 && len < size; type++) {
        if ((types & 1u << type) != 0)
            len += (size_t)snprintf(out + len, size - len, "%s%s",
                                    len == 0 ? "" : " or ", type_name(type));
    }
}

/* 0: any number of values will do. */
static uint64_t count_expected(const struct tags *t, const struct tag_row *row)
{
    const struct tiff_directory *d = t->directory;
    uint64_t bits;

    switch (row->count) {
    case COUNT_SAMPLES:
        return directory_number(t->source, d, TAG_SAMPLES, 1);
    case COUNT_COLOUR_MAP:
        bits = directory_number(t->source, d, TAG_BITS, 1);
        return bits <= 16 ? (uint64_t)3 << bits : 0;
    default:
        return row->count > 0 ? (uint64_t)row->count : 0;
    }
}

static int check_form(const struct tags *t, const struct tiff_entry *e,
                      const struct tag_row *row)
{
    uint64_t count = count_expected(t, row);
    char types[128];

    if (tiff_type_bytes(e->type) == 0 || e->count == 0)
        return 0; /* said already */
    if (!tag_allows_type(row, e->type, t->source->is_big)) {
        list_types(row->types, types, sizeof(types));
        return breach(t->log, RULE_TAG_FORM, e->tag,
                      "%s (%u) has the type %s, expected %s", row->name, e->tag,
                      type_name(e->type), types);
    }
    if (count == 0 || e->count == count || e->tag == TAG_DATE_TIME)
        return 0;
    return breach(t->log, RULE_TAG_FORM, e->tag,
                  "%s (%u) has %llu values, expected %llu", row->name, e->tag,
                  (unsigned long long)e->count, (unsigned long long)count);
}

static int check_choice(const struct tags *t, const struct tiff_entry *e,
                        const struct tag_row *row)
{
    uint64_t n;

    for (uint64_t i = 0; row->min <= row->max && i < e->count && i < 64; i++) {
        if (!entry_number(t->source, e, i, &n))
            return 0;
        if (n < row->min || n > row->max)
            return breach(t->log, RULE_TAG_VALUE, e->tag,
                          "%s (%u) is %llu, expected %u to %u", row->name,
                          e->tag, (unsigned long long)n, row->min, row->max);
    }
    return 0;
}

/* --- texts and dates --- */

/* Texts of one entry are separated by NULs. */
static bool all_utf8(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = strnlen(text + at, len - at);

        if (!text_is_utf8(text + at, n))
            return false;
        at += n + 1;
    }
    return true;
}

static size_t count_ascii(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && (unsigned char)text[n] < 0x80)
        n++;
    return n;
}

static int say_text(const struct tags *t, const struct tiff_entry *e,
                    const char *text, size_t len)
{
    size_t ascii = count_ascii(text, len);

    if (text[len - 1] != '\0' && breach(t->log, RULE_TEXT_END, e->tag,
                                        "%s (%u) does not end with a NUL byte",
                                        tag_name(e->tag), e->tag) != 0)
        return -1;
    if (ascii == len)
        return 0;
    if (all_utf8(text, len))
        return breach(t->log, RULE_TEXT_UTF8, e->tag,
                      "%s (%u) is UTF-8 from byte %zu on, expected 7-bit ASCII",
                      tag_name(e->tag), e->tag, ascii);
    return breach(t->log, RULE_TEXT_ENCODING, e->tag,
                  "%s (%u) has the byte 0x%02x at %zu, which is neither ASCII "
                  "nor UTF-8: the text cannot be read with certainty",
                  tag_name(e->tag), e->tag, (unsigned char)text[ascii], ascii);
}

struct moment {
    unsigned year, month, day, hour, minute, second;
};

/* "YYYY:MM:DD HH:MM:SS" */
static bool read_moment(const char *text, struct moment *out)
{
    static const char form[DATE_BYTES] = "dddd:dd:dd dd:dd:dd";
    unsigned *const parts[] = {&out->year, &out->month,  &out->day,
                               &out->hour, &out->minute, &out->second};
    size_t part = 0;

    *out = (struct moment){0, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < DATE_BYTES; i++) {
        if (form[i] != 'd') {
            if (text[i] != form[i])
                return false;
            part++;
        } else if (text[i] >= '0' && text[i] <= '9') {
            *parts[part] = *parts[part] * 10 + (unsigned)(text[i] - '0');
        } else {
            return false;
        }
    }
    return true;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static bool is_in_calendar(const struct moment *m)
{
    return m->month >= 1 && m->month <= 12 && m->day >= 1 &&
           m->day <= days_in_month(m->year, m->month) && m->hour < 24 &&
           m->minute < 60 && m->second <= 60;
}

/* Days since 1970-01-01. By hand: timegm(3) may open the time zone's file,
 * which a confined process must not. */
static int64_t days_since_epoch(const struct moment *m)
{
    int64_t days = 0;

    for (unsigned y = 1970; y < m->year; y++)
        days += days_in_month(y, 2) == 29 ? 366 : 365;
    for (unsigned k = 1; k < m->month; k++)
        days += days_in_month(m->year, k);
    return days + m->day - 1;
}

static bool is_ahead(const struct moment *m)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return m->year > 1970 && days_since_epoch(m) > now.tv_sec / 86400 + 2;
}

static int say_date(const struct tags *t, const struct tiff_entry *e,
                    const char *text, size_t len)
{
    CLEANUP(free) char *shown = NULL;
    char copy[DATE_BYTES + 1] = "";
    struct moment m;
    const char *fault = NULL;

    memcpy(copy, text, len < DATE_BYTES ? len : DATE_BYTES);
    if (!read_moment(copy, &m))
        fault = "is not of the form YYYY:MM:DD HH:MM:SS";
    else if (!is_in_calendar(&m))
        fault = "is no day and time of the calendar";
    else if (m.year < rule_number(t->log->rules, RULE_DATE, "min_year"))
        fault = "is earlier than a scan can be; set the scanner's clock";
    else if (is_ahead(&m))
        fault = "lies in the future; set the scanner's clock";
    if (fault == NULL)
        return 0;
    shown = text_visible(copy);
    return breach(t->log, RULE_DATE, e->tag, "the date \"%s\" (tag %u) %s",
                  shown == NULL ? "" : shown, e->tag, fault);
}

static bool is_date(uint16_t tag, enum directory_kind kind)
{
    return kind == DIRECTORY_IMAGE
               ? tag == TAG_DATE_TIME
               : tag == TAG_DATE_ORIGINAL || tag == TAG_DATE_DIGITIZED;
}

/* libtiff reads the text of a tag from whatever type it has. */
static int check_other_text(const struct tags *t, const struct tiff_entry *e,
                            enum directory_kind kind)
{
    const struct tag_row *row = tag_row(e->tag);
    size_t wide = tiff_type_bytes(e->type);
    uint8_t last[8];

    if (kind != DIRECTORY_IMAGE || row == NULL ||
        row->types != 1u << TYPE_ASCII || wide == 0 || e->count == 0 ||
        !entry_is_inside(t->source, e) ||
        !source_read(t->source, e->at + e->bytes - wide, last, wide) ||
        source_number(t->source, last, wide) == 0)
        return 0;
    return breach(t->log, RULE_TEXT_END, e->tag,
                  "%s (%u) does not end with a NUL byte", row->name, e->tag);
}

static int check_text(const struct tags *t, const struct tiff_entry *e,
                      enum directory_kind kind)
{
    CLEANUP(free) char *text = NULL;

    if (e->type != TYPE_ASCII)
        return check_other_text(t, e, kind);
    if (e->count == 0 || e->bytes > MAX_TEXT_BYTES)
        return 0;
    text = malloc((size_t)e->bytes);
    if (text == NULL)
        return err_set(t->log->err, ERR_NOMEM, "text: out of memory");
    if (!source_read(t->source, e->at, text, (size_t)e->bytes))
        return 0; /* said already: it is not in the file */
    if (say_text(t, e, text, (size_t)e->bytes) != 0)
        return -1;
    return is_date(e->tag, kind) ? say_date(t, e, text, (size_t)e->bytes) : 0;
}

/* --- the ICC profile --- */

/* What ICC.1 7.2.6 calls the colour space of such an image. */
static const char *icc_space(uint64_t photometric)
{
    switch (photometric) {
    case 0: /* WhiteIsZero */
    case 1: /* BlackIsZero */
        return "GRAY";
    case 2: /* RGB */
    case 3: /* palette */
    case 6: /* YCbCr */
        return "RGB ";
    case 5: /* separated */
        return "CMYK";
    case 8: /* CIE L*a*b* */
    case 9: /* ICC L*a*b* */
        return "Lab ";
    default:
        return NULL;
    }
}

static int check_icc_header(const struct tags *t, const struct tiff_entry *e,
                            const uint8_t head[ICC_HEADER])
{
    uint64_t photometric =
        directory_number(t->source, t->directory, TAG_PHOTOMETRIC, UINT64_MAX);
    const char *space = icc_space(photometric);
    uint64_t size = 0;

    for (size_t i = 0; i < 4; i++) /* always big-endian */
        size = size << 8 | head[i];
    if (memcmp(head + 36, "acsp", 4) != 0)
        return breach(t->log, RULE_ICC, e->tag,
                      "the ICC profile has no signature \"acsp\": it is none");
    if (size != e->bytes &&
        breach(t->log, RULE_ICC, e->tag,
               "the ICC profile says that it has %llu bytes, the tag has %llu",
               (unsigned long long)size, (unsigned long long)e->bytes) != 0)
        return -1;
    if (space == NULL || memcmp(head + 16, space, 4) == 0)
        return 0;
    return breach(t->log, RULE_ICC, e->tag,
                  "the ICC profile is for the colour space %.4s, the image is "
                  "%.4s (PhotometricInterpretation %llu)",
                  text_is_utf8((const char *)head + 16, 4)
                      ? (const char *)head + 16
                      : "????",
                  space, (unsigned long long)photometric);
}

static int check_icc(const struct tags *t, const struct tiff_entry *e)
{
    uint8_t head[ICC_HEADER];

    if (e->tag != TAG_ICC || e->count == 0 || !entry_is_inside(t->source, e))
        return 0;
    if (e->bytes < ICC_HEADER)
        return breach(t->log, RULE_ICC, e->tag,
                      "the ICC profile has %llu bytes, its header alone needs "
                      "%d",
                      (unsigned long long)e->bytes, ICC_HEADER);
    if (!source_read(t->source, e->at, head, sizeof(head)))
        return 0;
    return check_icc_header(t, e, head);
}

/* --- all together --- */

static int check_image_entry(const struct tags *t, const struct tiff_entry *e)
{
    const struct tag_row *row = tag_row(e->tag);

    if (row != NULL &&
        (check_form(t, e, row) != 0 || check_choice(t, e, row) != 0))
        return -1;
    return check_icc(t, e);
}

int tag_check(struct breach_log *log, const struct tiff_source *s,
              const struct tiff_directory *d, enum directory_kind kind)
{
    const struct tags t = {log, s, d};

    if (d->at % 2 != 0 &&
        breach(log, RULE_WORD_BOUNDARY, 0,
               "a directory stands at offset %llu, expected an even one",
               (unsigned long long)d->at) != 0)
        return -1;
    if (check_order(&t) != 0 || check_overlap(&t) != 0)
        return -1;
    for (size_t i = 0; i < d->count; i++) {
        const struct tiff_entry *e = &d->entries[i];

        if (check_entry(&t, e) != 0 || check_text(&t, e, kind) != 0 ||
            (kind == DIRECTORY_IMAGE && check_image_entry(&t, e) != 0))
            return -1;
    }
    return 0;
}
