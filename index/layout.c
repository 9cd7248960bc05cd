/* SPDX-License-Identifier: MIT */
#include "index/layout.h"

#include <stdlib.h>
#include <string.h>

#define LAYOUT_VERSION 1
#define MIN_WORD_BYTES 4
#define NO_BREAK_SPACE "\xc2\xa0"

static void put_unsigned(struct buf *out, uint64_t value)
{
    unsigned char bytes[10];
    size_t n = 0;

    while (value >= 0x80) {
        bytes[n++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (unsigned char)value;
    buf_add(out, bytes, n);
}

static void put_signed(struct buf *out, int64_t value)
{
    put_unsigned(out, value < 0 ? (((uint64_t)-value) << 1) - 1
                                : ((uint64_t)value) << 1);
}

static void put_word(struct buf *out, struct rect box, struct rect before,
                     enum word_start start)
{
    put_signed(out, (int64_t)box.x - ((int64_t)before.x + before.w));
    put_signed(out, (int64_t)box.y - before.y);
    put_unsigned(out, (uint64_t)(box.w < 0 ? 0 : box.w) * 4 + start);
    put_signed(out, (int64_t)box.h - before.h);
}

/* How each word starts, by the lines and blocks of the page. */
static void put_words(struct buf *out, const struct page_text *text)
{
    struct rect before = {0, 0, 0, 0};
    size_t line = 0;
    size_t block = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        enum word_start start = WORD_FOLLOWS;
        struct rect box = quad_bounds(text->words[i].quad);

        if (line < text->line_count && text->lines[line].first_word == i) {
            start = WORD_STARTS_LINE;
            if (block < text->block_count &&
                text->blocks[block].first_line == line) {
                start = WORD_STARTS_BLOCK;
                block++;
            }
            line++;
        }
        put_word(out, box, before, start);
        before = box;
    }
}

void layout_pack(const struct page_text *text, struct buf *out)
{
    put_unsigned(out, LAYOUT_VERSION);
    put_unsigned(out, text->word_count);
    put_words(out, text);
}

void layout_text(const struct page_text *text, struct buf *out)
{
    for (size_t i = 0; i < text->word_count; i++) {
        const char *word = text->words[i].text;
        const char *space;

        if (i > 0)
            buf_puts(out, " ");
        while ((space = strchr(word, ' ')) != NULL) {
            buf_add(out, word, (size_t)(space - word));
            buf_puts(out, NO_BREAK_SPACE);
            word = space + 1;
        }
        buf_puts(out, word);
    }
}

struct reader_at {
    const unsigned char *at, *end;
    bool bad;
};

static uint64_t get_unsigned(struct reader_at *r)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 63 && r->at < r->end; shift += 7) {
        unsigned char byte = *r->at++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return value;
    }
    r->bad = true;
    return 0;
}

static int64_t get_signed(struct reader_at *r)
{
    uint64_t z = get_unsigned(r);

    return (z & 1) != 0 ? -(int64_t)(z / 2) - 1 : (int64_t)(z / 2);
}

static int32_t to_pixels(struct reader_at *r, int64_t value)
{
    if (value < INT32_MIN / 2 || value > INT32_MAX / 2) {
        r->bad = true;
        return 0;
    }
    return (int32_t)value;
}

/* Values are small enough to add: to_pixels has seen all that is in before,
 * and get_signed gives 62 bits at most. */
static struct word_place get_word(struct reader_at *r, struct rect before)
{
    struct word_place place;
    uint64_t wide;

    place.box.x = to_pixels(r, get_signed(r) + before.x + before.w);
    place.box.y = to_pixels(r, get_signed(r) + before.y);
    wide = get_unsigned(r);
    place.box.w = to_pixels(r, (int64_t)(wide / 4));
    place.start = (enum word_start)(wide % 4);
    place.box.h = to_pixels(r, get_signed(r) + before.h);
    if (wide % 4 > WORD_STARTS_BLOCK)
        r->bad = true;
    return place;
}

int layout_unpack(const void *bytes, size_t len, struct word_place **out,
                  size_t *count, struct err *err)
{
    struct reader_at r = {bytes, (const unsigned char *)bytes + len, false};
    struct rect before = {0, 0, 0, 0};
    CLEANUP(free) struct word_place *places = NULL;
    uint64_t n;

    if (get_unsigned(&r) != LAYOUT_VERSION || r.bad)
        return err_set(err, ERR_INPUT, "word boxes of an unknown layout");
    n = get_unsigned(&r);
    if (r.bad || n > len / MIN_WORD_BYTES)
        return err_set(err, ERR_INPUT, "word boxes are cut off");
    places = calloc(n > 0 ? n : 1, sizeof(*places));
    if (places == NULL)
        return err_set(err, ERR_NOMEM, "word boxes: out of memory");
    for (uint64_t i = 0; i < n && !r.bad; i++) {
        places[i] = get_word(&r, before);
        before = places[i].box;
    }
    if (r.bad || r.at != r.end)
        return err_set(err, ERR_INPUT, "word boxes are damaged");
    *out = STEAL(places);
    *count = n;
    return 0;
}
