/* SPDX-License-Identifier: MIT */
/*
 * ocr/hand_trees.h - the trees that tell writing by hand from type and print,
 * over the marks of hand.h.
 */
#ifndef OCR_HAND_TREES_H
#define OCR_HAND_TREES_H

#include "ocr/trees.h"

extern const struct trees hand_trees;

#endif
