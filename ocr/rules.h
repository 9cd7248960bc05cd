/* SPDX-License-Identifier: MIT */
/*
 * ocr/rules.h - the ruled lines of a form: found on the grey page, because
 * faded ones do not survive a threshold.
 */
#ifndef OCR_RULES_H
#define OCR_RULES_H

#include "ocr/pix.h"

#define RULES_DPI 150 /* of the picture they are looked for on */

struct rules {
    PIX *across; /* 1 bit a pixel at RULES_DPI, 1 = rule; horizontal ones */
    PIX *down;   /* vertical ones                                         */
};

/* On a level 8-bit page at RULES_DPI. ERR_LIBRARY, ERR_NOMEM. The caller calls
 * rules_fini. */
int rules_find(PIX *grey, struct rules *out, struct err *err);
void rules_fini(struct rules *rules);
static inline void rules_fini_at(struct rules *rules)
{
    rules_fini(rules);
}

#endif
