/* SPDX-License-Identifier: MIT */
/*
 * samples/draw.h - what a printer, a typewriter, a clerk's pen and a rubber
 * stamp leave on a sheet. Functions that take a place also note the text in the
 * truth; stamps and signatures are not text to be found, and leave no cell.
 */
#ifndef SAMPLES_DRAW_H
#define SAMPLES_DRAW_H

#include "samples/sheet.h"

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* Printed type: size in px; bold is used for headings. */
struct type {
    double size_px;
    enum align align;
    enum { WEIGHT_PLAIN, WEIGHT_BOLD } weight;
};

/** Print text inside a box, vertically centred; newlines break lines. */
void draw_printed(struct sheet *sheet, struct box box, struct type type,
                  struct place place, const char *text);

/**
 * Print a justified paragraph; each of its lines becomes a cell.
 *
 * @param box   left, top and width are used
 * @param line  number of the first line, counted on by this call
 * @return the height used, px
 */
double draw_paragraph(struct sheet *sheet, struct box box, struct type type,
                      int *line, const char *text);

/**
 * Type text inside a box, wrapped at spaces; newlines break lines too.
 *
 * @param align  across the box
 * @param lines  leave room for so many lines and begin at the first of them,
 *               as a typist does who types a whole row before she turns the
 *               roller; 0 to centre
 */
void draw_typed(struct sheet *sheet, struct box box, enum align align,
                int lines, struct place place, const char *text);

/**
 * Type running text; each of its lines becomes a cell.
 *
 * @return the height used, px
 */
double draw_typed_lines(struct sheet *sheet, struct box box, int *line,
                        const char *text);

/** Type a word and strike it out with х; it is no text to be found. */
void draw_struck(struct sheet *sheet, struct point at, const char *word);

/** Write by pen, in a font that is a hand, a little aslant and off its line. */
void draw_hand(struct sheet *sheet, struct box box, const char *font,
               double size_px, struct place place, const char *text);

/** Draw a ruled line whose strength varies along its way. */
void draw_rule(struct sheet *sheet, struct point from, struct point to,
               double width_px);

/** Draw the four sides of a box with draw_rule(). */
void draw_frame(struct sheet *sheet, struct box box, double width_px);

/** Print a label and type a value on the rule behind it. */
void draw_field(struct sheet *sheet, struct box box, double label_w,
                const char *label, const char *value, char side);

/** Press a round stamp with lettering along its ring. */
void draw_stamp(struct sheet *sheet, struct point centre, double radius,
                const char *ring, const char *middle);

/** Sign with an unreadable hand. */
void draw_signature(struct sheet *sheet, struct point start, double width);

#endif
