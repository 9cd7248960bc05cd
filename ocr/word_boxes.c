/* SPDX-License-Identifier: MIT */
#include "ocr/word_boxes.h"

/* Where a word begins and ends across the line. */
struct span {
    int from, to;
};

static struct span span_of(const struct text_word *word)
{
    struct rect r = quad_bounds(word->quad);

    return (struct span){r.x, r.x + r.w};
}

static void set_rect(struct text_word *word, struct rect r)
{
    word->quad = (struct quad){{{r.x, r.y},
                                {r.x + r.w, r.y},
                                {r.x + r.w, r.y + r.h},
                                {r.x, r.y + r.h}}};
}

/* What is left of the word between two columns: the ink there, if any. */
static void narrow(struct text_word *word, struct span to, PIX *ink,
                   struct point at)
{
    struct rect r = quad_bounds(word->quad);
    BOX *there =
        boxCreate(to.from - at.x, 0, to.to - to.from, pixGetHeight(ink));
    BOX *found = NULL;
    l_int32 x, y, w, h;

    if (there != NULL &&
        pixClipBoxToForeground(ink, there, NULL, &found) == 0 &&
        found != NULL && boxGetGeometry(found, &x, &y, &w, &h) == 0)
        r = (struct rect){x + at.x, y + at.y, w, h};
    else {
        r.x = to.from;
        r.w = to.to - to.from;
    }
    boxDestroy(&there);
    boxDestroy(&found);
    set_rect(word, r);
}

/* The one that reaches over the other ends where that begins. */
static bool part(struct span *a, struct span *b)
{
    if (a->to <= b->from)
        return false;
    if (a->to >= b->to && a->from < b->from)
        a->to = b->from;
    else if (b->from <= a->from && b->to > a->to)
        b->from = a->to;
    else
        return false;
    return true;
}

static void mend_line(struct page_text *text, const struct text_line *line,
                      PIX *ink, struct point at)
{
    for (size_t i = line->first_word; i < line->first_word + line->word_count;
         i++) {
        struct text_word *word = &text->words[i];
        struct span span = span_of(word);
        bool is_wide = false;

        for (size_t j = line->first_word;
             j < line->first_word + line->word_count; j++) {
            struct span other = span_of(&text->words[j]);

            if (j < i)
                is_wide = part(&other, &span) || is_wide;
            else if (j > i)
                is_wide = part(&span, &other) || is_wide;
        }
        if (is_wide && span.to > span.from)
            narrow(word, span, ink, at);
    }
}

void word_boxes_mend(struct page_text *text, PIX *ink, struct point at)
{
    for (size_t l = 0; l < text->line_count; l++)
        mend_line(text, &text->lines[l], ink, at);
}
