/* SPDX-License-Identifier: MIT */
#include "ocr/page_text.h"

#include <math.h>
#include <string.h>

#include "common/buf.h"
#include "common/text.h"

/* Corners further out are no place on any scan; the limit keeps sums and
 * differences of corners inside an int32_t. */
#define COORDINATE_MAX (1 << 29)
#define FIRST_CAPACITY ((size_t)64)

struct page_text *page_text_new(void)
{
    return calloc(1, sizeof(struct page_text));
}

void page_text_free(struct page_text *text)
{
    if (text == NULL)
        return;
    for (size_t i = 0; i < text->word_count; i++)
        free(text->words[i].text);
    free(text->words);
    free(text->lines);
    free(text->blocks);
    free(text->cells);
    free(text);
}

/* Room for one more. The arrays grow by doubling from FIRST_CAPACITY, so that
 * the count alone says when one is full. */
static int make_room(void **items, size_t count, size_t item_size,
                     struct err *err)
{
    size_t capacity = count == 0 ? FIRST_CAPACITY : count * 2;
    size_t bytes;
    void *grown;

    if (count != 0 && (count < FIRST_CAPACITY || (count & (count - 1)) != 0))
        return 0;
    if (__builtin_mul_overflow(capacity, item_size, &bytes))
        return err_set(err, ERR_NOMEM, "page text: too large");
    grown = realloc(*items, bytes);
    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "page text: out of memory");
    *items = grown;
    return 0;
}

static void drop_empty_line(struct page_text *text)
{
    if (text->line_count > 0 &&
        text->lines[text->line_count - 1].word_count == 0) {
        text->line_count--;
        text->blocks[text->block_count - 1].line_count--;
    }
}

static void drop_empty_block(struct page_text *text)
{
    const struct text_block *last;

    drop_empty_line(text);
    if (text->block_count == 0)
        return;
    last = &text->blocks[text->block_count - 1];
    if (last->line_count == 0 && !last->unread)
        text->block_count--;
}

/* An array that shrank by one may stand at a power of two again, and would be
 * grown a second time to the size that it has: harmless. */
int page_text_begin_block(struct page_text *text, struct err *err)
{
    void *blocks = text->blocks;

    drop_empty_block(text);
    if (make_room(&blocks, text->block_count, sizeof(*text->blocks), err) != 0)
        return -1;
    text->blocks = blocks;
    text->blocks[text->block_count++] = (struct text_block){
        .first_line = text->line_count, .cell = text->in_cell};
    return 0;
}

int page_text_begin_line(struct page_text *text, struct err *err)
{
    void *lines = text->lines;

    if ((text->block_count == 0 ||
         text->blocks[text->block_count - 1].unread) &&
        page_text_begin_block(text, err) != 0)
        return -1;
    drop_empty_line(text);
    if (make_room(&lines, text->line_count, sizeof(*text->lines), err) != 0)
        return -1;
    text->lines = lines;
    text->lines[text->line_count++] = (struct text_line){
        .first_word = text->word_count, .cell = text->in_cell};
    text->blocks[text->block_count - 1].line_count++;
    return 0;
}

static bool is_on_a_scan(struct quad quad)
{
    for (int i = 0; i < 4; i++) {
        struct point p = quad.corner[i];

        if (p.x < -COORDINATE_MAX || p.x > COORDINATE_MAX ||
            p.y < -COORDINATE_MAX || p.y > COORDINATE_MAX)
            return false;
    }
    return true;
}

int page_text_add_unread(struct page_text *text, struct quad quad,
                         struct err *err)
{
    if (!is_on_a_scan(quad))
        return err_set(err, ERR_USAGE,
                       "page text: an unread block at corner %d,%d; expected "
                       "a place on the scan",
                       quad.corner[0].x, quad.corner[0].y);
    if (page_text_begin_block(text, err) != 0)
        return -1;
    text->blocks[text->block_count - 1].quad = quad;
    text->blocks[text->block_count - 1].unread = true;
    return 0;
}

/* Unicode's White_Space above ASCII (PropList.txt) as it stands in UTF-8, and
 * the two that XML cannot hold, U+FFFE and U+FFFF. */
static bool has_wide_space(const char *word)
{
    static const char *const spaces[] = {
        "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "\xe3\x80\x80", "\xef\xbf\xbe", "\xef\xbf\xbf",
    };

    for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
        if (strstr(word, spaces[i]) != NULL)
            return true;
    }
    for (const char *at = strstr(word, "\xe2\x80"); at != NULL;
         at = strstr(at + 2, "\xe2\x80")) {
        if ((unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x8a)
            return true; /* U+2000 to U+200A */
    }
    return false;
}

static bool is_word(const char *word)
{
    return word[0] != '\0' && strchr(word, ' ') == NULL &&
           text_is_one_line(word) && !has_wide_space(word);
}

static bool has_open_line(const struct page_text *text)
{
    return text->block_count > 0 &&
           text->blocks[text->block_count - 1].line_count > 0;
}

int page_text_add_word(struct page_text *text, const char *word,
                       unsigned confidence, struct quad quad, struct err *err)
{
    void *words = text->words;
    char *composed;

    if (!is_word(word))
        return err_set(err, ERR_USAGE,
                       "page text: a word is UTF-8 without white space or "
                       "control characters");
    if (confidence > 100 || !is_on_a_scan(quad))
        return err_set(err, ERR_USAGE,
                       "page text: word '%s': confidence %u, corner %d,%d; "
                       "expected 0 to 100, and a place on the scan",
                       word, confidence, quad.corner[0].x, quad.corner[0].y);
    if (!has_open_line(text) && page_text_begin_line(text, err) != 0)
        return -1;
    if (make_room(&words, text->word_count, sizeof(*text->words), err) != 0)
        return -1;
    text->words = words;
    composed = text_nfc(word);
    if (composed == NULL)
        return err_set(err, ERR_NOMEM, "page text: out of memory");
    text->words[text->word_count++] =
        (struct text_word){composed, confidence, quad};
    text->lines[text->line_count - 1].word_count++;
    return 0;
}

/* The box round quads that share a direction: its axes are their mean
 * reading direction and what stands at right angles to it. */
struct hull {
    double ux, uy; /* along the reading direction, length 1   */
    double vx, vy; /* from the top of letters to their bottom */
    double lo_u, hi_u, lo_v, hi_v;
    bool has_any;
};

static struct hull hull_along(double ux, double uy, double vx, double vy)
{
    double len = hypot(ux, uy);
    struct hull h = {.ux = 1, .uy = 0};

    if (len > 0) {
        h.ux = ux / len;
        h.uy = uy / len;
    }
    h.vx = -h.uy;
    h.vy = h.ux;
    if (h.vx * vx + h.vy * vy < 0) { /* a mirrored page */
        h.vx = -h.vx;
        h.vy = -h.vy;
    }
    return h;
}

static void hull_add(struct hull *h, struct quad quad)
{
    for (int i = 0; i < 4; i++) {
        double x = quad.corner[i].x;
        double y = quad.corner[i].y;
        double u = x * h->ux + y * h->uy;
        double v = x * h->vx + y * h->vy;

        h->lo_u = !h->has_any || u < h->lo_u ? u : h->lo_u;
        h->hi_u = !h->has_any || u > h->hi_u ? u : h->hi_u;
        h->lo_v = !h->has_any || v < h->lo_v ? v : h->lo_v;
        h->hi_v = !h->has_any || v > h->hi_v ? v : h->hi_v;
        h->has_any = true;
    }
}

static struct point hull_point(const struct hull *h, double u, double v)
{
    return (struct point){(int32_t)lround(u * h->ux + v * h->vx),
                          (int32_t)lround(u * h->uy + v * h->vy)};
}

static struct quad hull_quad(const struct hull *h)
{
    return (struct quad){
        {hull_point(h, h->lo_u, h->lo_v), hull_point(h, h->hi_u, h->lo_v),
         hull_point(h, h->hi_u, h->hi_v), hull_point(h, h->lo_u, h->hi_v)}};
}

static struct quad quad_round_words(const struct text_word *words, size_t count)
{
    double ux = 0, uy = 0, vx = 0, vy = 0;
    struct hull hull;

    for (size_t i = 0; i < count; i++) {
        const struct point *c = words[i].quad.corner;

        ux += (double)c[1].x - c[0].x + c[2].x - c[3].x;
        uy += (double)c[1].y - c[0].y + c[2].y - c[3].y;
        vx += (double)c[3].x - c[0].x + c[2].x - c[1].x;
        vy += (double)c[3].y - c[0].y + c[2].y - c[1].y;
    }
    hull = hull_along(ux, uy, vx, vy);
    for (size_t i = 0; i < count; i++)
        hull_add(&hull, words[i].quad);
    return hull_quad(&hull);
}

static void finish_words(struct page_text *text)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < text->word_count; i++)
        sum += text->words[i].confidence;
    text->mean_confidence =
        text->word_count == 0
            ? 0
            : (unsigned)((sum + text->word_count / 2) / text->word_count);
}

void page_text_finish(struct page_text *text)
{
    drop_empty_block(text);
    finish_words(text);
    for (size_t i = 0; i < text->line_count; i++) {
        struct text_line *line = &text->lines[i];

        line->quad =
            quad_round_words(&text->words[line->first_word], line->word_count);
    }
    for (size_t i = 0; i < text->block_count; i++) {
        struct text_block *block = &text->blocks[i];
        const struct text_line *first;
        const struct text_line *last;

        if (block->unread)
            continue;
        first = &text->lines[block->first_line];
        last = first + block->line_count - 1;
        block->quad = quad_round_words(&text->words[first->first_word],
                                       last->first_word + last->word_count -
                                           first->first_word);
    }
}

/* Gauss's formula; corners keep within 2^29, and the sum within int64_t. */
static uint64_t area_px(struct quad q)
{
    const struct point *c = q.corner;
    int64_t twice = 0;

    for (int i = 0; i < 4; i++) {
        int j = (i + 1) % 4;

        twice += (int64_t)c[i].x * c[j].y - (int64_t)c[j].x * c[i].y;
    }
    return (uint64_t)(twice < 0 ? -twice : twice) / 2;
}

struct extent page_text_extent(const struct page_text *text)
{
    struct extent out = {0, 0, 0};

    for (size_t i = 0; i < text->word_count; i++) {
        const struct text_word *word = &text->words[i];

        if (word->confidence < PAGE_TEXT_DOUBTFUL)
            out.doubtful_px += area_px(word->quad);
        else
            out.read_px += area_px(word->quad);
    }
    for (size_t i = 0; i < text->block_count; i++) {
        if (text->blocks[i].unread)
            out.unread_px += area_px(text->blocks[i].quad);
    }
    return out;
}

unsigned extent_percent(const struct extent *c, uint64_t part_px)
{
    uint64_t all = c->read_px + c->doubtful_px + c->unread_px;
    unsigned percent;

    if (part_px == 0 || all == 0)
        return 0;
    percent = (unsigned)((double)part_px * 100 / (double)all);
    return percent == 0 ? 1 : percent;
}

int page_text_plain(const struct page_text *text, char **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf plain = BUF_INIT;

    buf_puts(&plain, "");
    for (size_t b = 0; b < text->block_count; b++) {
        const struct text_block *block = &text->blocks[b];

        if (block->unread)
            continue;
        buf_puts(&plain, plain.len == 0 ? "" : "\n");
        for (size_t l = 0; l < block->line_count; l++) {
            const struct text_line *line = &text->lines[block->first_line + l];

            for (size_t w = 0; w < line->word_count; w++) {
                buf_puts(&plain, w == 0 ? "" : " ");
                buf_puts(&plain, text->words[line->first_word + w].text);
            }
            buf_puts(&plain, "\n");
        }
    }
    if (plain.failed || plain.data == NULL)
        return err_set(err, ERR_NOMEM, "page text: out of memory");
    *out = buf_steal(&plain);
    return 0;
}
