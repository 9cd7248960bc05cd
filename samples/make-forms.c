/* SPDX-License-Identifier: MIT */
/*
 * Make varied forms with their truth: OUTDIR/NAME.tif, OUTDIR/truth/NAME.json.
 * All faults come in turn, and the truth names each page's own; from the third
 * turn on pages have two or three others as well.
 */
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "samples/layouts.h"
#include "samples/scan.h"
#include "samples/truth.h"

#define PATH_SIZE 4096
#define STEM_SIZE 32

enum fault {
    FAULT_NONE,
    FAULT_CURL,
    FAULT_DITHER,
    FAULT_SCREEN,
    FAULT_ONE_SIDE,
    FAULT_TORN,
    FAULT_SKEW,
    FAULT_RIBBON,
    FAULT_CARBON,
    FAULT_RING,
    FAULT_FAX,
    FAULT_FADED,
    FAULT_BROKEN,
    FAULT_STAMP,
    FAULT_STRUCK,
    FAULT_MARGIN,
    FAULT_BACK,
    FAULT_HAND,
    FAULT_COUNT
};

static const char *const FAULT_NAMES[FAULT_COUNT] = {
    "none",   "curl",   "dither", "screen", "one-side", "torn",
    "skew",   "ribbon", "carbon", "ring",   "fax",      "faded",
    "broken", "stamp",  "struck", "margin", "back",     "hand"};

/* One page: what is drawn, and what becomes of it. */
struct plan {
    char stem[STEM_SIZE];
    enum set set;
    enum fault fault; /* its own       */
    unsigned faults;  /* bits: all     */
    int by_hand;      /* many of the cells are */
    struct look look;
    struct filling filling;
};

/* splitmix64 of the page's number, for what is decided before there is a
 * sheet to draw randomness from. */
static double decide(unsigned page, unsigned question, double low, double high)
{
    uint64_t z =
        (page + 1) * 0x9e3779b97f4a7c15u + question * 0xd1b54a32d192ed03u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) / 9007199254740992.0);
}

static int has(const struct plan *plan, enum fault fault)
{
    return (plan->faults >> fault & 1) != 0;
}

/* How a picture became black and white: only in one of these ways. */
static int excludes(enum fault a, enum fault b)
{
    static const unsigned bitonal =
        1u << FAULT_DITHER | 1u << FAULT_SCREEN | 1u << FAULT_FAX;
    static const unsigned weak = 1u << FAULT_CARBON | 1u << FAULT_FADED |
                                 1u << FAULT_RIBBON | 1u << FAULT_BROKEN |
                                 bitonal;

    return ((bitonal >> a & 1) && (weak >> b & 1)) ||
           ((bitonal >> b & 1) && (weak >> a & 1)) ||
           (a == FAULT_CURL && (b == FAULT_SKEW || b == FAULT_FAX)) ||
           (b == FAULT_CURL && (a == FAULT_SKEW || a == FAULT_FAX));
}

static void plan_faults(struct plan *plan, unsigned n, unsigned number)
{
    unsigned more = number < 2 * FAULT_COUNT ? 0 : 2 + number % 2;

    plan->fault = (enum fault)(number % FAULT_COUNT);
    plan->faults = 1u << plan->fault;
    for (unsigned i = 0; i < more; i++) {
        enum fault other =
            (enum fault)decide(n, 60 + i, FAULT_NONE + 1, FAULT_COUNT);
        int fits = 1;

        for (int j = 0; j < FAULT_COUNT; j++)
            fits = fits && !(has(plan, (enum fault)j) &&
                             excludes((enum fault)j, other));
        if (fits)
            plan->faults |= 1u << other;
    }
}

static int sign(unsigned page)
{
    return decide(page, 90, 0, 1) < 0.5 ? -1 : 1;
}

/* A border all round that holds the page's corners when it lies aslant. */
static void plan_border(struct plan *plan, unsigned n)
{
    const struct size *page = &plan->filling.layout->page;
    double slant = fabs(sin(plan->look.angle_ccw_deg * 3.14159 / 180)) / 2;
    int extra[2] = {(int)(page->h * slant), (int)(page->w * slant)};

    plan->look.border_level = decide(n, 20, 0, 1) < 0.6
                                  ? (int)decide(n, 21, 8, 45)
                                  : (int)decide(n, 21, 225, 250);
    for (int i = 0; i < SHEET_MARGIN; i++)
        plan->look.margins[i] =
            (int)decide(n, 22 + (unsigned)i, 10, 90) +
            (fabs(plan->look.angle_ccw_deg) > 5 ? extra[i % 2] : 0);
    if (has(plan, FAULT_ONE_SIDE)) {
        memset(plan->look.margins, 0, sizeof(plan->look.margins));
        plan->look.margins[(int)decide(n, 27, 0, 4)] =
            (int)decide(n, 28, 150, 420);
        plan->look.border_level = (int)decide(n, 29, 5, 40);
    }
}

static void plan_look(struct plan *plan, unsigned n)
{
    enum set set = plan->set;
    struct look *look = &plan->look;

    *look = (struct look){
        .print_font = PRINT_FONTS[set][(int)decide(n, 1, 0, 5)],
        .typewriter = &TYPEWRITERS[set][(int)decide(n, 2, 0, 3)],
        .type_pitch_px = decide(n, 3, 0, 1) < 0.5 ? 25 : 30,
        .angle_ccw_deg = decide(n, 4, -3, 3),
        .paper_level = (int)decide(n, 5, 190, 235),
        .stain_count = (int)decide(n, 6, 0, 30),
    };
    if (plan->filling.layout->row_h < 80)
        look->type_pitch_px = 25;
    if (has(plan, FAULT_SKEW))
        look->angle_ccw_deg = sign(n) * decide(n, 7, 7, 15);
    if (has(plan, FAULT_CURL) || has(plan, FAULT_FAX))
        look->angle_ccw_deg *= 0.3;
    if (has(plan, FAULT_RIBBON)) {
        int violet = decide(n, 8, 0, 1) < 0.5;

        look->ribbon[0] = violet ? 0.42 : 0.12;
        look->ribbon[1] = violet ? 0.16 : 0.24;
        look->ribbon[2] = violet ? 0.55 : 0.62;
        look->weak_share = decide(n, 9, 0, 0.3);
    }
    if (has(plan, FAULT_CARBON)) {
        look->ribbon[0] = 0.2;
        look->ribbon[1] = 0.2;
        look->ribbon[2] = 0.32;
        look->weak_share = decide(n, 9, 0.25, 0.45);
    }
    /* Worn type, so that not all hands are told from crisp letters. */
    if (set == SET_LOOK && plan->by_hand && decide(n, 10, 0, 1) < 0.6) {
        look->clog_px = decide(n, 14, 0.5, 4.5);
        look->rough_px = decide(n, 15, 0, 1.8);
    }
    if (set == SET_LOOK && plan->by_hand && decide(n, 17, 0, 1) < 0.7)
        look->typewriter =
            &MORE_TYPEWRITERS[(int)decide(n, 18, 0, MORE_TYPEWRITERS_COUNT)];
    plan_border(plan, n);
}

/* Each fault comes with another form in each turn. */
static void plan_filling(struct plan *plan, unsigned n, unsigned number)
{
    struct filling *f = &plan->filling;

    *f = (struct filling){
        .layout = &LAYOUTS[plan->set][(number + number / FAULT_COUNT) %
                                      LAYOUT_COUNTS[plan->set]],
        .set = plan->set,
        .empty_share = decide(n, 11, 0.05, 0.25),
        .filled_rows = (int)decide(n, 12, 6, 30),
    };
    if (has(plan, FAULT_FADED))
        f->across = f->down = RULE_FADED;
    if (has(plan, FAULT_BROKEN))
        f->across = f->down = RULE_BROKEN;
    if (has(plan, FAULT_STAMP))
        f->extra = EXTRA_STAMP;
    if (has(plan, FAULT_STRUCK))
        f->extra = EXTRA_STRUCK;
    if (has(plan, FAULT_MARGIN))
        f->extra = EXTRA_MARGIN;
    if (has(plan, FAULT_HAND)) {
        f->hand = HANDS[plan->set][(int)decide(n, 13, 0, HANDS_OF_SET)];
        f->hand_share = plan->by_hand ? decide(n, 16, -0.25, 0.9) : 0.5;
    }
}

/* @param by_hand  up to nine cells of ten of most pages are, beside its own
 * fault */
static void plan_page(struct plan *plan, enum set set, unsigned number,
                      int by_hand)
{
    unsigned n = number + (set == SET_JUDGE ? 100000 : 0);

    *plan = (struct plan){.set = set};
    plan_faults(plan, n, number);
    if (by_hand)
        plan->faults |= 1u << FAULT_HAND;
    plan->by_hand = by_hand;
    snprintf(plan->stem, STEM_SIZE, "%s-%03u",
             set == SET_LOOK ? "look" : "judge", number);
    plan_filling(plan, n, number);
    plan_look(plan, n);
}

static int bitonal_fax(struct scan *scan, struct sheet *sheet,
                       struct curl *curl)
{
    double by_y = sheet_random(sheet, 0, 1) < 0.5 ? 98.0 / 300 : 196.0 / 300;

    if (scan_shrink(scan, sheet, curl, 204.0 / 300, by_y) != 0)
        return -1;
    scan->tone = TONE_BITONAL;
    scan->black_below = 165;
    return 0;
}

static int carbon(struct scan *scan, struct sheet *sheet)
{
    if (scan_blur(scan, 2) != 0)
        return -1;
    scan_grain(scan, sheet, 14);
    return 0;
}

static int add_curl(struct scan *scan, struct sheet *sheet, struct curl *curl)
{
    curl->side = sheet_random(sheet, 0, 1) < 0.5 ? GUTTER_LEFT : GUTTER_RIGHT;
    curl->reach = sheet_random(sheet, 700, 1200);
    curl->rise = sheet_random(sheet, -45, 45);
    curl->fan = sheet_random(sheet, -40, 40);
    curl->squeeze = sheet_random(sheet, 10, 60);
    curl->wave = sheet_random(sheet, -9, 9);
    return scan_curl(scan, sheet, curl);
}

static int apply_fault(enum fault fault, struct scan *scan, struct sheet *sheet,
                       struct curl *curl)
{
    switch (fault) {
    case FAULT_CURL:
        return add_curl(scan, sheet, curl);
    case FAULT_DITHER:
        scan_dither(scan);
        return 0;
    case FAULT_SCREEN:
        scan_screen(scan, sheet_random(sheet, 4.2, 6.5),
                    sheet_random(sheet, 0.2, 1.2));
        return 0;
    case FAULT_TORN:
        for (int i = 0; i < 2; i++)
            scan_tear(scan, sheet, (int)sheet_random(sheet, 0, 4),
                      sheet_random(sheet, 180, 420));
        return 0;
    case FAULT_CARBON:
        return carbon(scan, sheet);
    case FAULT_RING:
        for (int i = 0; i < 3; i++)
            scan_ring(scan, sheet);
        return 0;
    case FAULT_FAX:
        return bitonal_fax(scan, sheet, curl);
    case FAULT_BACK:
        return scan_show_through(scan, sheet_random(sheet, 0.15, 0.3));
    default:
        return 0;
    }
}

/* What every scanner does, then the fault, then how it is kept. */
static int expose(const struct plan *plan, struct scan *scan,
                  struct sheet *sheet, struct curl *curl)
{
    /* As they come about: in the book, on the shelf, in the scanner. */
    static const enum fault order[] = {FAULT_BACK,   FAULT_RING,  FAULT_CARBON,
                                       FAULT_TORN,   FAULT_CURL,  FAULT_FAX,
                                       FAULT_DITHER, FAULT_SCREEN};
    int may_be_bitonal = !has(plan, FAULT_RIBBON) && !has(plan, FAULT_CARBON) &&
                         !has(plan, FAULT_FADED);

    scan_light(scan, sheet_random(sheet, 0, 0.3));
    if (sheet_random(sheet, 0, 1) < 0.5 && scan_blur(scan, 1) != 0)
        return -1;
    scan_grain(scan, sheet, sheet_random(sheet, 1, 7));
    if (has(plan, FAULT_RIBBON) || has(plan, FAULT_RING))
        scan->tone = TONE_COLOUR;
    else if (may_be_bitonal && sheet_random(sheet, 0, 1) < 0.25)
        scan->tone = TONE_BITONAL;
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        if (has(plan, order[i]) &&
            apply_fault(order[i], scan, sheet, curl) != 0)
            return -1;
    }
    return 0;
}

static int write_page(const struct plan *plan, struct sheet *sheet,
                      const char *root)
{
    char tiff[PATH_SIZE], truth[PATH_SIZE];
    struct curl curl = {.reach = 0};
    struct scan *scan = scan_from_sheet(sheet);
    int status = scan == NULL ? -1 : expose(plan, scan, sheet, &curl);

    snprintf(tiff, sizeof(tiff), "%s/%s.tif", root, plan->stem);
    snprintf(truth, sizeof(truth), "%s/truth/%s.json", root, plan->stem);
    if (status == 0)
        status = scan_write(scan, tiff);
    scan_free(scan);
    sheet->notes[0] = (struct note){"fault", FAULT_NAMES[plan->fault]};
    sheet->notes[1] = (struct note){"form", plan->filling.layout->name};
    sheet->notes[3] = (struct note){
        "faults", plan->faults == 1u << plan->fault ? "one" : "several"};
    if (has(plan, FAULT_CURL))
        sheet->notes[2] = (struct note){"warp", "curl"};
    if (status == 0)
        status = truth_write(sheet, plan->stem, SPELLING_MODERN, truth);
    return status;
}

static int make_page(enum set set, unsigned number, int by_hand,
                     const char *root)
{
    struct plan plan;
    struct sheet *sheet;
    int status = -1;

    plan_page(&plan, set, number, by_hand);
    sheet = sheet_new(plan.filling.layout->page, &plan.look, plan.stem);
    if (sheet == NULL)
        return -1;
    form_draw(sheet, &plan.filling);
    if (!sheet->failed)
        status = write_page(&plan, sheet, root);
    sheet_free(sheet);
    if (status == 0)
        printf("%s\t%s\t%s\n", plan.stem, FAULT_NAMES[plan.fault],
               plan.filling.layout->name);
    return status;
}

static int make_folders(const char *root)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/truth", root);
    if (mkdir(root, 0777) != 0 && errno != EEXIST)
        return -1;
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

int main(int argc, char **argv)
{
    enum set set =
        argc > 2 && strcmp(argv[2], "judge") == 0 ? SET_JUDGE : SET_LOOK;
    unsigned from = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
    unsigned count = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

    if (argc < 4 || argc > 7 || count == 0 ||
        (set == SET_LOOK && strcmp(argv[2], "look") != 0) ||
        (argc > 6 && strcmp(argv[6], "hand") != 0)) {
        fprintf(stderr,
                "Usage: make-forms OUTDIR look|judge COUNT "
                "[FIRST [FONTS [hand]]]\n"
                "FONTS is a folder of fonts that are not installed; 'hand': "
                "up to nine\ncells of ten of most pages are filled by pen.\n"
                "Example: make-forms build/forms look 18\n");
        return 2;
    }
    if (argc > 5 && !FcConfigAppFontAddDir(NULL, (const FcChar8 *)argv[5]))
        fprintf(stderr, "make-forms: no fonts in %s\n", argv[5]);
    if (make_folders(argv[1]) != 0) {
        fprintf(stderr, "make-forms: %s: cannot make folders\n", argv[1]);
        return 1;
    }
    for (unsigned i = from; i < from + count; i++) {
        if (make_page(set, i, argc > 6, argv[1]) != 0) {
            fprintf(stderr, "make-forms: page %u failed\n", i);
            return 1;
        }
    }
    return 0;
}
