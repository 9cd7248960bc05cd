/* SPDX-License-Identifier: MIT */
#include "ocr/sift.h"

#include <math.h>
#include <string.h>

/* Of words read on the register pages below 15, 82 of 96 were wrong, and of
 * single letters below 40, 29 of 31. */
#define SURE_CONFIDENCE  60
#define JUNK_CONFIDENCE  15
#define SHORT_CONFIDENCE 40
#define SHORT_BYTES      6 /* three letters of Cyrillic */
/* On a nearly empty page one word this sure makes it a page with text, and
 * others may stand beside it. */
#define SPARSE_SURE   85
#define SPARSE_BESIDE 60

/* Dashes and quotation marks are none: U+2000 to U+203F. */
static bool has_letter(const char *word)
{
    for (; *word != '\0'; word++) {
        unsigned char c = (unsigned char)*word;

        if ((c >= 0xc3 && !(c == 0xe2 && (unsigned char)word[1] == 0x80)) ||
            (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

static bool has_two_digits(const char *word)
{
    const char *digit = strpbrk(word, "0123456789");

    return digit != NULL && strpbrk(digit + 1, "0123456789") != NULL;
}

bool sift_is_sure(const struct page_text *text, const struct text_line *line)
{
    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &text->words[line->first_word + i];

        if (word->confidence >= SURE_CONFIDENCE && has_letter(word->text))
            return true;
    }
    return false;
}

bool sift_is_junk(const struct text_word *word, bool line_is_sure)
{
    bool is_short = strlen(word->text) <= SHORT_BYTES;

    if (!has_letter(word->text))
        return true;
    if (has_two_digits(word->text)) /* dirt seldom looks like a number */
        return false;
    if (line_is_sure)
        return is_short && word->confidence < JUNK_CONFIDENCE;
    return word->confidence < (is_short ? SHORT_CONFIDENCE : JUNK_CONFIDENCE);
}

static bool is_figure(const char *word)
{
    return word[0] >= '0' && word[0] <= '9' && word[1] == '\0';
}

bool sift_is_blot(const struct text_word *word, bool line_is_sure)
{
    if (!has_letter(word->text))
        return true;
    if (strlen(word->text) > SHORT_BYTES || is_figure(word->text))
        return false;
    return sift_is_junk(word, line_is_sure);
}

static double height_px(struct quad q)
{
    return hypot(q.corner[3].x - q.corner[0].x, q.corner[3].y - q.corner[0].y);
}

/* Which words pass. */
struct sieve {
    double letter_px;        /* least height                     */
    unsigned confidence;     /* least confidence                 */
    bool junk_in_sure_lines; /* true: lines with a sure word stay whole */
};

static bool passes(const struct sieve *sieve, const struct text_word *word,
                   bool line_is_sure)
{
    if (word->confidence < sieve->confidence ||
        height_px(word->quad) < sieve->letter_px)
        return false;
    if (line_is_sure && sieve->junk_in_sure_lines)
        return true;
    return !sift_is_junk(word, line_is_sure);
}

static int sift_line(const struct sieve *sieve, const struct page_text *text,
                     const struct text_line *line, struct page_text *out,
                     struct err *err)
{
    bool line_is_sure = sift_is_sure(text, line);

    if (page_text_begin_line(out, err) != 0)
        return -1;
    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &text->words[line->first_word + i];

        if (passes(sieve, word, line_is_sure) &&
            page_text_add_word(out, word->text, word->confidence, word->quad,
                               err) != 0)
            return -1;
    }
    return 0;
}

static int sift_block(const struct sieve *sieve, const struct page_text *text,
                      const struct text_block *block, struct page_text *out,
                      struct err *err)
{
    if (page_text_begin_block(out, err) != 0)
        return -1;
    for (size_t i = 0; i < block->line_count; i++) {
        if (sift_line(sieve, text, &text->lines[block->first_line + i], out,
                      err) != 0)
            return -1;
    }
    return 0;
}

static int sift(const struct sieve *sieve, const struct page_text *text,
                struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *kept = page_text_new();

    if (kept == NULL)
        return err_set(err, ERR_NOMEM, "page text: out of memory");
    memcpy(kept->language, text->language, sizeof(kept->language));
    memcpy(kept->lacks, text->lacks, sizeof(kept->lacks));
    for (size_t i = 0; i < text->block_count; i++) {
        if (sift_block(sieve, text, &text->blocks[i], kept, err) != 0)
            return -1;
    }
    page_text_finish(kept);
    *out = STEAL(kept);
    return 0;
}

int sift_page(const struct page_text *text, struct page_text **out,
              struct err *err)
{
    const struct sieve sieve = {.junk_in_sure_lines = true};

    return sift(&sieve, text, out, err);
}

static bool has_sure_word(const struct page_text *text, double letter_px)
{
    for (size_t i = 0; i < text->word_count; i++) {
        if (text->words[i].confidence >= SPARSE_SURE &&
            height_px(text->words[i].quad) >= letter_px)
            return true;
    }
    return false;
}

int sift_sparse(const struct page_text *text, double letter_px,
                struct page_text **out, struct err *err)
{
    const struct sieve sieve = {
        .letter_px = letter_px,
        .confidence = has_sure_word(text, letter_px) ? SPARSE_BESIDE : 101};

    return sift(&sieve, text, out, err);
}
