/* SPDX-License-Identifier: MIT */
/*
 * ocr/hand.h - writing by hand told from type and print. No model we have reads
 * handwriting, but all of them make up words of it; what is written by hand is
 * to be left unread.
 *
 * Each line of a page is measured: how straight, upright and even its strokes
 * are, how its letters stand and join, and how the reading of it went. Trees
 * learnt from made pages judge the measures (ocr/hand_trees.c says how they
 * were made).
 */
#ifndef OCR_HAND_H
#define OCR_HAND_H

#include "ocr/page_text.h"
#include "ocr/pix.h"

enum hand_mark {
    HAND_RUN_ACROSS,    /* mean length of runs of ink across, at 300 dpi */
    HAND_RUN_ACROSS_CV, /* their deviation, in means                     */
    HAND_RUN_DOWN,
    HAND_RUN_DOWN_CV,
    HAND_LETTERS,       /* letters for a length of one letter's height */
    HAND_WIDTH,         /* mean width of a letter, in mean heights     */
    HAND_WIDEST,        /* greatest width, the same                    */
    HAND_HEIGHT,        /* mean height, at 300 dpi                     */
    HAND_HEIGHT_CV,     /* its deviation                               */
    HAND_FEET,          /* deviation of where letters end below, in heights */
    HAND_HEADS,         /* and begin above                             */
    HAND_FEET_LEVEL,    /* share of letters that end in one line       */
    HAND_PITCH_CV,      /* deviation of the distance of letters        */
    HAND_SLANT,         /* dx for dy that makes columns of ink densest */
    HAND_SLANT_GAIN,    /* how much denser than upright                */
    HAND_STEMS,         /* share of ink in long runs down              */
    HAND_BARS,          /* and across                                  */
    HAND_EDGE_HEAD,     /* steepest rise of ink from row to row        */
    HAND_EDGE_FOOT,     /* and fall                                    */
    HAND_DENSITY,       /* ink in the line's box                       */
    HAND_STRAIGHT_DOWN, /* share of upright edges that are long        */
    HAND_STRAIGHT_ACROSS,
    HAND_SPECKS,  /* components too small for letters, of all    */
    HAND_LENGTH,  /* of the line, in heights                     */
    HAND_ECHO,    /* how alike columns are a letter's distance apart */
    HAND_ECHO_AT, /* that distance, in heights                   */
    /* Share of edges that run in each of so many directions, from upright
     * clockwise; of the ink blurred, so that ragged edges do not count. */
    HAND_EDGES,
    HAND_EDGES_LAST = HAND_EDGES + 11,
    HAND_CONFIDENCE, /* mean over the words read, 0 to 100          */
    HAND_LEAST,      /* least of them                               */
    HAND_READ,       /* characters read for a letter found          */
    HAND_READ_PITCH, /* characters read for a length of a height    */
    HAND_ALNUM,      /* share of letters and digits in them         */
    HAND_DIGITS,     /* share of digits                             */
    /* As compared with the page's middle line of figures, or of letters. */
    HAND_REL_HEIGHT,
    HAND_REL_RUN_ACROSS,
    HAND_REL_RUN_DOWN,
    HAND_REL_STEMS,
    HAND_REL_EDGE,
    HAND_REL_STRAIGHT,
    HAND_REL_FEET,
    HAND_REL_DENSITY,
    HAND_REL_BARS,
    HAND_REL_LETTERS,
    HAND_REL_ECHO,  /* how alike at the distance common to the page  */
    HAND_REL_PITCH, /* and how alike all of the page's lines are there */
    HAND_MARKS
};

struct hand_marks {
    float of[HAND_MARKS];
};

/* A typewriter's letters stand at one distance: distances tried, in pixels at
 * 300 dpi, are HAND_ECHO_FROM and so many more. */
#define HAND_ECHO_FROM 16
#define HAND_ECHOES    36

/* A line of a form as it was found. */
struct hand_line {
    struct quad quad;  /* on the master                                  */
    size_t line;       /* the first that was read of it, or would have been */
    size_t line_count; /* of the page's text; 0: nothing was read        */
    unsigned letters;  /* components of the size of letters              */
    uint32_t cell;     /* that it stands in: ocr/page_text.h             */
    float echo[HAND_ECHOES]; /* correlation of its columns with themselves */
    struct hand_marks marks;
    double alone;  /* how likely it is by hand as seen alone, 0 to 1 */
    double likely; /* and together with the lines like it            */
};

struct hand_lines {
    struct hand_line *at;
    size_t count, cap;
};

void hand_lines_fini(struct hand_lines *lines);
static inline void hand_lines_fini_at(struct hand_lines *lines)
{
    hand_lines_fini(lines);
}

/**
 * Measure one line.
 *
 * @param ink    1 bit a pixel, without rules
 * @param scale  its pixels for one at 300 dpi
 * @param read   what was read of it, unsifted
 * @param out    marks but for those that compare, and letters are set
 * ERR_LIBRARY, ERR_NOMEM.
 */
int hand_measure(PIX *ink, double scale, const struct page_text *read,
                 struct hand_line *out, struct err *err);
int hand_lines_add(struct hand_lines *lines, const struct hand_line *line,
                   struct err *err);
/* Set the marks that compare each line with the others of its page, and how
 * likely each is by hand. ERR_NOMEM. */
int hand_judge(struct hand_lines *lines, struct err *err);

/* The text without the lines that are likely by hand: there stand unread
 * blocks. ERR_NOMEM. */
int hand_leave(const struct page_text *text, const struct hand_lines *lines,
               struct page_text **out, struct err *err);

#endif
