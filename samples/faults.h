/* SPDX-License-Identifier: MIT */
/*
 * samples/faults.h - what goes wrong at a scanner, planted into a good page:
 * each kind a little beyond the strength from which a person would scan the
 * page again, and up to much beyond it.
 */
#ifndef SAMPLES_FAULTS_H
#define SAMPLES_FAULTS_H

#include "samples/pixels.h"

enum fault_kind {
    FAULT_BLANK,  /* the wrong side was scanned                       */
    FAULT_BLUR,   /* out of focus, sigma 2.5 to 5 px                  */
    FAULT_SMEAR,  /* moved by 12 to 30 px while it was scanned        */
    FAULT_FADED,  /* 12 to 28 % of the contrast is left               */
    FAULT_BURNT,  /* light doubled or tripled: paper and pale ink at white */
    FAULT_DARK,   /* paper at a sixth to a third of its brightness    */
    FAULT_SKEW,   /* turned by 9.5 to 15 degrees, and what it had     */
    FAULT_BORDER, /* scanner bed on 15 to 35 % of a side              */
    FAULT_CUT,    /* a side cut off through what stands there         */
    FAULT_COARSE, /* 60 to 120 dpi, and says so                       */
    FAULT_SMALL,  /* 60 to 120 dpi, and says that it is 300           */
    FAULT_HEAD_DOWN,
    FAULT_SIDEWAYS,
    FAULT_SHOW_THROUGH, /* 50 to 75 % of the other side's ink               */
    FAULT_TWICE,        /* the same page again, laid down anew              */
    FAULT_SPREAD,       /* two pages in one picture                         */
    FAULT_KINDS
};

struct fault {
    enum fault_kind kind;
    double strength; /* in the unit of the kind, see above */
};

const char *fault_name(enum fault_kind kind); /* "blank", "blur", ... */
/* Can it be planted into this page? A bitonal page has no tones, and what
 * shines through is lost in it. */
bool fault_fits(enum fault_kind kind, const struct pixels *page);

/**
 * Plant a fault.
 *
 * @param page   a good one; not altered
 * @param other  another page of its volume: what shines through, or lies beside
 * @param out    the caller's
 * @return 0, or -1 with ERR_NOMEM
 */
int fault_plant(enum fault_kind kind, const struct pixels *page,
                const struct pixels *other, struct dice *dice,
                struct pixels **out, struct fault *what, struct err *err);

#endif
