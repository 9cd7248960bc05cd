/* SPDX-License-Identifier: MIT */
/*
 * samples/practice.h - a page for a letter model to practise on: a table whose
 * columns are each of another face, size, wear and kind of text, with a title
 * above it, or running text. Each line of text is a cell of the truth, whose
 * box is that of its ink.
 */
#ifndef SAMPLES_PRACTICE_H
#define SAMPLES_PRACTICE_H

#include "samples/grammar.h"
#include "samples/sheet.h"

/* Families of the fonts that fontconfig lets us have and that have Cyrillic. */
struct faces {
    char **all;
    size_t all_count;
    char **mono; /* those of one advance */
    size_t mono_count;
};

int faces_find(struct faces *faces);
void faces_fini(struct faces *faces);

void practice_draw(struct sheet *sheet, const struct faces *faces,
                   const struct grammar *grammar);

#endif
