/* SPDX-License-Identifier: MIT */
/*
 * ocr/mend.h - what is missing of a form's rules, put in: gaps of broken and
 * faded ones, ends that stop short of the rule they once met, and the sides of
 * tables that have none. Cells are holes of the lattice, and one gap makes one
 * hole of two.
 */
#ifndef OCR_MEND_H
#define OCR_MEND_H

#include "ocr/rules.h"

/* In place. ERR_LIBRARY, ERR_NOMEM. */
int rules_mend(struct rules *rules, struct err *err);

#endif
