/* SPDX-License-Identifier: MIT */
/*
 * index/layout.h - where the words of a page stand, packed into one blob; five
 * or six bytes a word. The text of a page and its layout have the same words
 * in the same order: word i of the text is what stands behind its i-th space.
 *
 *     blob    = version count word*
 *     version = 1                          one byte
 *     count   = number of words            unsigned
 *     word    = dx dy w:start dh           signed signed unsigned signed
 *
 * dx is from the right edge of the word before, dy from its top, dh from its
 * height (the first word: from 0). w:start is the width times 4 plus 0 for a
 * word that follows another, 1 for one that starts a line, 2 for one that
 * starts a block. Unsigned is LEB128 (seven bits a byte, lowest first, the
 * eighth set when more follow); signed is zigzag (0 -1 1 -2 2 ...) in
 * it. Boxes are upright bounds in pixels of the master; the true outlines are
 * in the ALTO.
 */
#ifndef INDEX_LAYOUT_H
#define INDEX_LAYOUT_H

#include "common/buf.h"
#include "common/geometry.h"
#include "ocr/page_text.h"

enum word_start { WORD_FOLLOWS, WORD_STARTS_LINE, WORD_STARTS_BLOCK };

struct word_place {
    struct rect box;
    enum word_start start;
};

/* Appends to out, whose `failed` tells of memory. */
void layout_pack(const struct page_text *text, struct buf *out);
/* The words of a page by single spaces; a space inside a word (there should
 * be none) becomes a no-break space. Appends to out. */
void layout_text(const struct page_text *text, struct buf *out);
/* ERR_INPUT (not a layout), ERR_NOMEM. The caller frees *out. */
int layout_unpack(const void *bytes, size_t len, struct word_place **out,
                  size_t *count, struct err *err);

#endif
