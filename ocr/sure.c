/* SPDX-License-Identifier: MIT */
#include "ocr/sure.h"

#include <math.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "ocr/page_text.h"
#include "ocr/sure_trees.h"

/* What a word's characters are. */
struct spelling {
    double all, digits, capitals, letters, signs;
};

static struct spelling spelling_of(const char *word)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)word;
    struct spelling s = {0, 0, 0, 0, 0};
    utf8proc_int32_t rune;
    utf8proc_ssize_t n;

    while (*at != 0 && (n = utf8proc_iterate(at, -1, &rune)) > 0) {
        utf8proc_category_t c = utf8proc_category(rune);

        at += n;
        s.all++;
        s.digits += c == UTF8PROC_CATEGORY_ND;
        s.capitals += c == UTF8PROC_CATEGORY_LU;
        s.letters += c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LL;
    }
    s.signs = s.all - s.digits - s.letters;
    return s;
}

static double side(const struct point *a, const struct point *b)
{
    return hypot((double)b->x - a->x, (double)b->y - a->y);
}

static double height_of(const struct text_word *word)
{
    return fmax(1, side(&word->quad.corner[0], &word->quad.corner[3]));
}

/* Width for a character, in heights. */
static double pitch_of(const struct text_word *word)
{
    double n = spelling_of(word->text).all;

    return side(&word->quad.corner[0], &word->quad.corner[1]) /
           (height_of(word) * fmax(1, n));
}

static int by_value(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

/* The middle value over a page's words, 1 when there are none. */
static double middle(const struct page_text *text,
                     double (*of)(const struct text_word *), double *values)
{
    for (size_t i = 0; i < text->word_count; i++)
        values[i] = of(&text->words[i]);
    qsort(values, text->word_count, sizeof(*values), by_value);
    return text->word_count == 0 ? 1 : fmax(values[text->word_count / 2], 0.01);
}

/* What all words of a page share. */
struct measuring {
    const struct page_text *text;
    double mean, height, pitch; /* mean confidence; middle height and pitch */
    double scale;               /* pixels of the master for one at 300 dpi  */
    float common[SURE_MARKS];
    struct sure_marks *out;
};

static void mark_word(const struct measuring *m, size_t i)
{
    const struct text_word *word = &m->text->words[i];
    struct spelling s = spelling_of(word->text);
    float *of = m->out[i].of;

    of[SURE_OWN] = (float)word->confidence;
    of[SURE_LENGTH] = (float)s.all;
    of[SURE_DIGITS] = (float)(s.digits / fmax(1, s.all));
    of[SURE_CAPITALS] = (float)(s.capitals / fmax(1, s.all));
    of[SURE_SIGNS] = (float)(s.signs / fmax(1, s.all));
    of[SURE_MIXED] = s.digits > 0 && s.letters > 0;
    of[SURE_HEIGHT] = (float)(height_of(word) / m->scale);
    of[SURE_REL_HEIGHT] = (float)(height_of(word) / m->height);
    of[SURE_PITCH] = (float)pitch_of(word);
    of[SURE_REL_PITCH] = (float)(pitch_of(word) / m->pitch);
    of[SURE_PAGE_MEAN] = (float)m->mean;
    of[SURE_GREY] = m->common[SURE_GREY];
    of[SURE_BITONAL] = m->common[SURE_BITONAL];
    of[SURE_DPI] = m->common[SURE_DPI];
}

static double mark_line(const struct measuring *m, const struct text_line *line)
{
    double least = 100;
    double sum = 0;

    for (size_t i = line->first_word; i < line->first_word + line->word_count;
         i++) {
        least = fmin(least, m->text->words[i].confidence);
        sum += m->text->words[i].confidence;
        mark_word(m, i);
    }
    for (size_t i = line->first_word; i < line->first_word + line->word_count;
         i++) {
        float *of = m->out[i].of;

        of[SURE_LINE_LEAST] = (float)least;
        of[SURE_LINE_MEAN] = (float)(sum / (double)line->word_count);
        of[SURE_IN_LINE] = (float)line->word_count;
        of[SURE_FIRST] = i == line->first_word;
        of[SURE_HAND] = line->by_hand;
    }
    return least;
}

static void mark_block(const struct measuring *m,
                       const struct text_block *block)
{
    double least = 100;

    for (size_t i = 0; i < block->line_count; i++)
        least =
            fmin(least, mark_line(m, &m->text->lines[block->first_line + i]));
    for (size_t i = 0; i < block->line_count; i++) {
        const struct text_line *line = &m->text->lines[block->first_line + i];

        for (size_t j = 0; j < line->word_count; j++)
            m->out[line->first_word + j].of[SURE_BLOCK_LEAST] = (float)least;
    }
}

int sure_measure(const struct page_text *text, const struct sheet *sheet,
                 struct sure_marks **out, struct err *err)
{
    const struct affine *a = &sheet->to_master;
    double dpi = sheet->dpi == 0 ? 300 : sheet->dpi;
    CLEANUP(free) double *values = calloc(text->word_count + 1, sizeof(double));
    struct measuring m = {
        .text = text,
        .mean = text->mean_confidence,
        .scale = dpi / 300 * sqrt(fabs(a->xx * a->yy - a->xy * a->yx)),
        .out = calloc(text->word_count + 1, sizeof(struct sure_marks)),
    };

    if (values == NULL || m.out == NULL) {
        free(m.out);
        return err_set(err, ERR_NOMEM, "confidence: out of memory");
    }
    m.common[SURE_GREY] = sheet->grey != NULL;
    m.common[SURE_BITONAL] = sheet->was_bitonal;
    m.common[SURE_DPI] = (float)(dpi / 100);
    m.height = middle(text, height_of, values);
    m.pitch = middle(text, pitch_of, values);
    for (size_t i = 0; i < text->block_count; i++)
        mark_block(&m, &text->blocks[i]);
    *out = m.out;
    return 0;
}

void sure_set(struct page_text *text, const struct sure_marks *marks)
{
    for (size_t i = 0; i < text->word_count; i++)
        text->words[i].confidence =
            (unsigned)(100 * trees_judge(&sure_trees, marks[i].of));
    page_text_finish(text);
}
