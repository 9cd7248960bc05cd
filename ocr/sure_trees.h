/* SPDX-License-Identifier: MIT */
/*
 * ocr/sure_trees.h - how likely a word is exactly right, as trees
 * over the marks of sure.h.
 */
#ifndef OCR_SURE_TREES_H
#define OCR_SURE_TREES_H

#include "ocr/trees.h"

extern const struct trees sure_trees;

#endif
