/* SPDX-License-Identifier: MIT */
#include "samples/faults.h"

#include <math.h>

static const char *const names[FAULT_KINDS] = {
    "blank",    "blur",         "smear", "faded",  "burnt", "dark",
    "skew",     "border",       "cut",   "coarse", "small", "head-down",
    "sideways", "show-through", "twice", "spread"};

const char *fault_name(enum fault_kind kind)
{
    return names[kind];
}

bool fault_fits(enum fault_kind kind, const struct pixels *page)
{
    switch (kind) {
    case FAULT_FADED:
    case FAULT_BURNT:
    case FAULT_DARK:
    case FAULT_SHOW_THROUGH:
        return !page->bitonal;
    default:
        return true;
    }
}

static struct pixels *tone_of(struct pixels *p, double at_black, double gain,
                              double pivot)
{
    uint8_t level[256];

    for (unsigned v = 0; v < 256; v++) {
        double t = at_black + pivot + (v - pivot) * gain;

        level[v] = (uint8_t)(t < 0 ? 0 : t > 255 ? 255 : t);
    }
    return pixels_tone(p, level);
}

static struct pixels *blank(struct pixels *p, struct dice *dice)
{
    unsigned reach = p->w / 25;
    bool bitonal = p->bitonal;

    p = pixels_blur(pixels_brightest(p, reach), 12);
    return bitonal ? p : pixels_noise(p, 3, dice->state);
}

/* Contrast to the paper shrinks; ink comes near to it. */
static struct pixels *faded(struct pixels *p, double left)
{
    return p == NULL ? NULL : tone_of(p, 0, left, pixels_level(p, 0.5));
}

/* The paper goes beyond white, and with it what is not much darker. */
static struct pixels *burnt(struct pixels *p, double gain)
{
    return tone_of(p, 0, gain, 0);
}

static struct pixels *dark(struct pixels *p, double left)
{
    return tone_of(p, 0, left, 0);
}

static struct pixels *border(struct pixels *p, double share, struct dice *dice)
{
    unsigned side = dice_below(dice, 4);
    uint32_t w = p->w, h = p->h;
    int64_t dx = (int64_t)(share * w), dy = (int64_t)(share * h);

    switch (side) {
    case 0:
        return pixels_window(p, 0, -dy, w, h + (uint32_t)dy, 12);
    case 1:
        return pixels_window(p, 0, 0, w + (uint32_t)dx, h, 12);
    case 2:
        return pixels_window(p, 0, 0, w, h + (uint32_t)dy, 12);
    default:
        return pixels_window(p, -dx, 0, w + (uint32_t)dx, h, 12);
    }
}

/* Ink on a line across, or down, the page. */
static unsigned ink_on(const struct pixels *p, uint32_t place, bool down)
{
    unsigned dark = pixels_level(p, 0.5) * 6u / 10, count = 0;

    for (uint32_t i = 0; i < (down ? p->h : p->w); i++)
        count +=
            p->at[((size_t)(down ? i : place) * p->w + (down ? place : i)) *
                  p->channels] < dark;
    return count;
}

/* The place nearby where the cut goes through most; a cut between two lines
 * would be no fault that anybody could see. */
static uint32_t worst_place(const struct pixels *p, uint32_t about, bool down)
{
    uint32_t reach = (down ? p->w : p->h) / 50;
    uint32_t worst = about;
    unsigned most = 0;

    for (uint32_t i = about - reach; i < about + reach; i++) {
        unsigned ink = ink_on(p, i, down);

        /* Not along a rule. */
        if (ink > most && ink < (down ? p->h : p->w) / 5) {
            most = ink;
            worst = i;
        }
    }
    return worst;
}

/* Tables and text of a form stand within its middle; a cut of that much goes
 * through them on three sides. The foot of a form is often empty. */
static struct pixels *cut(struct pixels *p, double share, struct dice *dice)
{
    unsigned side = dice_below(dice, 3);
    uint32_t at;

    switch (side) {
    case 0:
        at = worst_place(p, (uint32_t)(share * p->h), false);
        return pixels_window(p, 0, at, p->w, p->h - at, 0);
    case 1:
        at = worst_place(p, (uint32_t)((1 - share) * p->w), true);
        return pixels_window(p, 0, 0, at, p->h, 0);
    default:
        at = worst_place(p, (uint32_t)(share * p->w), true);
        return pixels_window(p, at, 0, p->w - at, p->h, 0);
    }
}

static struct pixels *coarse(struct pixels *p, double dpi, bool says_so)
{
    double was = p->dpi;
    struct pixels *to = pixels_shrink(p, was / dpi);

    if (to != NULL && says_so)
        to->dpi = dpi;
    return to;
}

static struct pixels *through(struct pixels *p, const struct pixels *other,
                              double strength)
{
    CLEANUP(pixels_free)
    struct pixels *back = pixels_blur(pixels_mirror(pixels_copy(other)), 2.2);

    return pixels_shine_through(p, back, strength);
}

/* Laid down again: a little turned and moved, in other light. */
static struct pixels *twice(struct pixels *p, double deg, struct dice *dice)
{
    int64_t dx = (int64_t)dice_between(dice, -40, 40);
    int64_t dy = (int64_t)dice_between(dice, -40, 40);
    double gain = dice_between(dice, 0.9, 1.05);
    uint32_t w = p->w, h = p->h;
    uint8_t fill = p->at[0];

    p = pixels_window(pixels_rotate(p, deg), dx, dy, w, h, fill);
    p = tone_of(p, 0, gain, 0);
    return p == NULL || p->bitonal ? p : pixels_noise(p, 2, dice->state);
}

/* Strengths from "a person would scan it again" to far beyond. */
static double choose_strength(enum fault_kind kind, struct dice *dice)
{
    switch (kind) {
    case FAULT_BLUR:
        return dice_between(dice, 2.5, 5);
    case FAULT_SMEAR:
        return dice_between(dice, 12, 30);
    case FAULT_FADED:
        return dice_between(dice, 0.12, 0.28);
    case FAULT_BURNT:
        return dice_between(dice, 2, 3);
    case FAULT_DARK:
        return dice_between(dice, 0.16, 0.33);
    case FAULT_SKEW:
        return dice_between(dice, 9.5, 15) * (dice_below(dice, 2) ? 1 : -1);
    case FAULT_BORDER:
        return dice_between(dice, 0.2, 0.5);
    case FAULT_CUT:
        return dice_between(dice, 0.14, 0.3);
    case FAULT_COARSE:
    case FAULT_SMALL:
        return dice_between(dice, 60, 120);
    case FAULT_SIDEWAYS:
        return dice_below(dice, 2) ? 90 : 270;
    case FAULT_SHOW_THROUGH:
        return dice_between(dice, 0.5, 0.75);
    case FAULT_TWICE:
        return dice_between(dice, -2, 2);
    default:
        return 1;
    }
}

static struct pixels *plant(struct fault f, struct pixels *p,
                            const struct pixels *other, struct dice *dice)
{
    double s = f.strength;

    switch (f.kind) {
    case FAULT_BLANK:
        return blank(p, dice);
    case FAULT_BLUR:
        return pixels_blur(p, s);
    case FAULT_SMEAR:
        return pixels_smear(p, (unsigned)s, dice_below(dice, 2) == 1);
    case FAULT_FADED:
        return faded(p, s);
    case FAULT_BURNT:
        return burnt(p, s);
    case FAULT_DARK:
        return dark(p, s);
    case FAULT_SKEW:
        return pixels_rotate(p, s);
    case FAULT_BORDER:
        return border(p, s, dice);
    case FAULT_CUT:
        return cut(p, s, dice);
    case FAULT_COARSE:
        return coarse(p, s, true);
    case FAULT_SMALL:
        return coarse(p, s, false);
    case FAULT_HEAD_DOWN:
        return pixels_turn(p, 2);
    case FAULT_SIDEWAYS:
        return pixels_turn(p, (unsigned)s / 90);
    case FAULT_SHOW_THROUGH:
        return through(p, other, s);
    case FAULT_TWICE:
        return twice(p, s, dice);
    default:
        return pixels_beside(p, other);
    }
}

int fault_plant(enum fault_kind kind, const struct pixels *page,
                const struct pixels *other, struct dice *dice,
                struct pixels **out, struct fault *what, struct err *err)
{
    struct fault f = {kind, choose_strength(kind, dice)};
    struct pixels *copy = pixels_copy(page);
    struct pixels *made = copy == NULL ? NULL : plant(f, copy, other, dice);

    if (made == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", names[kind]);
    *out = made;
    *what = f;
    return 0;
}
