/* SPDX-License-Identifier: MIT */
#include "tefter/pdf_font.h"

#include <stdint.h>
#include <string.h>

#define UNITS_PER_EM 1000
#define ADVANCE      500
#define GLYPHS       2 /* .notdef, and the one that all codes have */
#define TABLES       6
#define CODES        65536
#define RANGES_MOST  100 /* in a block of a CMap */

/* An OpenType font file of the tables that PDF asks for (ISO 32000-1, 9.9). */

static void put16(struct buf *b, unsigned value)
{
    const unsigned char bytes[2] = {(unsigned char)(value >> 8),
                                    (unsigned char)value};

    buf_add(b, bytes, sizeof(bytes));
}

static void put32(struct buf *b, uint32_t value)
{
    put16(b, value >> 16);
    put16(b, value & 0xFFFF);
}

static void put_zeros(struct buf *b, size_t count)
{
    while (count-- > 0)
        buf_add(b, "", 1);
}

static void make_head(struct buf *b)
{
    put32(b, 0x00010000); /* version */
    put32(b, 0x00010000); /* of the font */
    put32(b, 0);          /* checkSumAdjustment: set when all is known */
    put32(b, 0x5F0F3CF5); /* magic */
    put16(b, 0);
    put16(b, UNITS_PER_EM);
    put_zeros(b, 16); /* made and changed: no matter */
    put16(b, 0);
    put16(b, 0);
    put16(b, ADVANCE);
    put16(b, UNITS_PER_EM);
    put16(b, 0);
    put16(b, 8); /* smallest readable size */
    put16(b, 2);
    put16(b, 0); /* short offsets in loca */
    put16(b, 0);
}

static void make_hhea(struct buf *b)
{
    put32(b, 0x00010000);
    put16(b, UNITS_PER_EM); /* ascender */
    put16(b, 0);            /* descender */
    put16(b, 0);
    put16(b, ADVANCE);
    put_zeros(b, 22);
    put16(b, 1); /* of hmtx; the other glyph is as wide */
}

static void make_hmtx(struct buf *b)
{
    put16(b, ADVANCE);
    put16(b, 0);
    put16(b, 0);
}

static void make_maxp(struct buf *b)
{
    put32(b, 0x00010000);
    put16(b, GLYPHS);
    put_zeros(b, 8);
    put16(b, 1); /* zones */
    put_zeros(b, 16);
}

/* Glyphs without contours have no bytes; a table of none is no table. */
static void make_loca(struct buf *b)
{
    put_zeros(b, 2 * (GLYPHS + 1));
}

static void make_glyf(struct buf *b)
{
    put_zeros(b, 4);
}

static const struct {
    const char *tag;
    void (*make)(struct buf *b);
} tables[TABLES] = {{"glyf", make_glyf}, {"head", make_head},
                    {"hhea", make_hhea}, {"hmtx", make_hmtx},
                    {"loca", make_loca}, {"maxp", make_maxp}};

static uint32_t checksum(const char *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum += (uint32_t)(unsigned char)bytes[i] << (24 - 8 * (i % 4));
    return sum;
}

static void make_font(struct buf *font)
{
    CLEANUP(buf_fini) struct buf body = BUF_INIT;
    size_t start = 12 + 16 * TABLES, head_at = 0;
    uint32_t adjustment;

    put32(font, 0x00010000);
    put16(font, TABLES);
    put16(font, 64); /* searchRange, entrySelector, rangeShift of six */
    put16(font, 2);
    put16(font, 32);
    for (size_t i = 0; i < TABLES; i++) {
        CLEANUP(buf_fini) struct buf table = BUF_INIT;

        tables[i].make(&table);
        if (strcmp(tables[i].tag, "head") == 0)
            head_at = start + body.len;
        buf_puts(font, tables[i].tag);
        put32(font, checksum(buf_str(&table), table.len));
        put32(font, (uint32_t)(start + body.len));
        put32(font, (uint32_t)table.len);
        buf_add(&body, buf_str(&table), table.len);
        put_zeros(&body, (4 - table.len % 4) % 4);
    }
    buf_add(font, buf_str(&body), body.len);
    if (font->failed || body.failed)
        return;
    adjustment = 0xB1B0AFBAu - checksum(font->data, font->len);
    for (int i = 0; i < 4; i++)
        font->data[head_at + 8 + (size_t)i] =
            (char)(unsigned char)(adjustment >> (24 - 8 * i));
}

/* ToUnicode: each code is the character of its number. A range may not change
 * the first byte (ISO 32000-1, 9.10.3). */
static void make_cmap(struct buf *b)
{
    buf_puts(b, "/CIDInit /ProcSet findresource begin\n"
                "12 dict begin\nbegincmap\n"
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) "
                "/Supplement 0 >> def\n"
                "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (unsigned first = 0; first < 256; first += RANGES_MOST) {
        unsigned end = first + RANGES_MOST < 256 ? first + RANGES_MOST : 256;

        buf_printf(b, "%u beginbfrange\n", end - first);
        for (unsigned i = first; i < end; i++)
            buf_printf(b, "<%02X00> <%02XFF> <%02X00>\n", i, i, i);
        buf_puts(b, "endbfrange\n");
    }
    buf_puts(b, "endcmap\nCMapName currentdict /CMap defineresource pop\n"
                "end\nend\n");
}

/* All codes have glyph 1: .notdef may stand for none (6.2.11.8). */
static void make_glyph_map(struct buf *b)
{
    for (unsigned i = 0; i < CODES; i++)
        put16(b, 1);
}

unsigned pdf_font_write(struct pdf_file *f)
{
    CLEANUP(buf_fini) struct buf font = BUF_INIT, cmap = BUF_INIT;
    CLEANUP(buf_fini) struct buf glyphs = BUF_INIT, entries = BUF_INIT;
    unsigned type0 = pdf_file_reserve(f), cid = pdf_file_reserve(f);
    unsigned descriptor = pdf_file_reserve(f), file = pdf_file_reserve(f);
    unsigned unicode = pdf_file_reserve(f), map = pdf_file_reserve(f);

    make_font(&font);
    make_cmap(&cmap);
    make_glyph_map(&glyphs);
    buf_printf(&entries, "/Length1 %zu", font.len);
    pdf_file_object(f, type0,
                    "<< /Type /Font /Subtype /Type0 /BaseFont /TefterUnseen "
                    "/Encoding /Identity-H /DescendantFonts [%u 0 R] "
                    "/ToUnicode %u 0 R >>",
                    cid, unicode);
    pdf_file_object(f, cid,
                    "<< /Type /Font /Subtype /CIDFontType2 "
                    "/BaseFont /TefterUnseen /CIDSystemInfo << /Registry "
                    "(Adobe) /Ordering (Identity) /Supplement 0 >> "
                    "/FontDescriptor %u 0 R /DW %d /CIDToGIDMap %u 0 R >>",
                    descriptor, ADVANCE, map);
    pdf_file_object(f, descriptor,
                    "<< /Type /FontDescriptor /FontName /TefterUnseen "
                    "/Flags 5 /FontBBox [0 0 %d %d] /ItalicAngle 0 "
                    "/Ascent %d /Descent 0 /CapHeight %d /StemV 80 "
                    "/FontFile2 %u 0 R >>",
                    ADVANCE, UNITS_PER_EM, UNITS_PER_EM, UNITS_PER_EM, file);
    pdf_file_flate(f, file, buf_str(&entries), buf_str(&font), font.len);
    pdf_file_flate(f, unicode, "", buf_str(&cmap), cmap.len);
    pdf_file_flate(f, map, "", buf_str(&glyphs), glyphs.len);
    return type0;
}
