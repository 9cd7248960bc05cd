/* SPDX-License-Identifier: MIT */
#include "ocr/mend.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Lengths at RULES_DPI. */

/* Rules across and down are found short of their ends by so much, half a
 * stretch and a little: at a corner, both do not quite get there. */
#define SHORT_ACROSS 26
#define SHORT_DOWN   14
/* Pieces may overlap by so much. */
#define OVERLAP_PX 6
/* Pieces of one rule lie on one line to so many pixels, and a share of the gap
 * between them. */
#define ALIGN_PX    6
#define ALIGN_SHARE 0.03
/* The longest gap of a rule that is mended. */
#define GAP_ACROSS 260
#define GAP_DOWN   130
/* An end that meets nothing is drawn on to a rule within so much. */
#define EXTEND_PX 70
/* A rule without gaps that sticks out by so much has a letter at its end. */
#define STUB_PX 36
/* A rule is mended only when its pieces are so long in all, and cover so much
 * of its length. */
#define TOTAL_PX    110
#define LEAST_SHARE 0.35
/* So far to either side of a frame one looks for rules that end at it. */
#define FRAME_PX 40
/* A side of a table is put in where so many rules end in line. */
#define SIDE_ENDS      4
#define SIDE_TOLERANCE 10
#define ENDS_LENGTH_PX 100
#define RULE_PX        3
#define END_PX         6 /* of a piece's end, to tell where it lies */

enum direction { ACROSS, DOWN };

/* Part of a rule. Along: the way it runs, to the right or down. */
struct piece {
    int from, to;          /* along                            */
    double at_from, at_to; /* aside, at its ends               */
    long next;             /* the piece that goes on; -1: none */
    bool has_previous;
};

struct pieces {
    struct piece *at;
    size_t count;
    enum direction direction;
    PIX *mask;   /* of their direction; borrowed, drawn on */
    PIX *others; /* rules of the other direction; the same */
};

static void pieces_fini_at(const struct pieces *pieces)
{
    free(pieces->at);
}

static bool is_set(PIX *pix, int x, int y)
{
    return x >= 0 && y >= 0 && x < pixGetWidth(pix) && y < pixGetHeight(pix) &&
           GET_DATA_BIT(pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix),
                        x);
}

static bool is_other(const struct pieces *p, int along, int aside)
{
    return p->direction == ACROSS ? is_set(p->others, along, aside)
                                  : is_set(p->others, aside, along);
}

/* Where a component lies aside, as a mean over a stretch of its length. */
static double aside_of(PIX *component, enum direction direction, int from,
                       int to)
{
    int breadth =
        direction == ACROSS ? pixGetHeight(component) : pixGetWidth(component);
    double sum = 0;
    int n = 0;

    for (int along = from; along < to; along++) {
        for (int aside = 0; aside < breadth; aside++) {
            if (direction == ACROSS ? is_set(component, along, aside)
                                    : is_set(component, aside, along)) {
                sum += aside;
                n++;
            }
        }
    }
    return n == 0 ? breadth / 2.0 : sum / n;
}

static struct piece piece_of(PIX *component, BOX *box, enum direction direction)
{
    l_int32 x, y, w, h;
    int from, length, aside;

    (void)boxGetGeometry(box, &x, &y, &w, &h);
    from = direction == ACROSS ? x : y;
    length = direction == ACROSS ? w : h;
    aside = direction == ACROSS ? y : x;
    return (struct piece){
        .from = from,
        .to = from + length,
        .at_from = aside + aside_of(component, direction, 0,
                                    length < END_PX ? length : END_PX),
        .at_to =
            aside + aside_of(component, direction,
                             length < END_PX ? 0 : length - END_PX, length),
        .next = -1,
    };
}

static int by_from(const void *a, const void *b)
{
    const struct piece *p = a;
    const struct piece *q = b;

    return (p->from > q->from) - (p->from < q->from);
}

static int pieces_init(struct pieces *p, PIX *mask, PIX *others,
                       enum direction direction, struct err *err)
{
    PIXA *components = NULL;
    BOXA *boxes = pixConnComp(mask, &components, 8);
    size_t count = boxes == NULL ? 0 : (size_t)boxaGetCount(boxes);

    *p =
        (struct pieces){.direction = direction, .mask = mask, .others = others};
    p->at = calloc(count + 1, sizeof(*p->at));
    for (size_t i = 0; p->at != NULL && i < count; i++) {
        BOX *box = boxaGetBox(boxes, (l_int32)i, L_CLONE);
        PIX *component = pixaGetPix(components, (l_int32)i, L_CLONE);

        if (component != NULL)
            p->at[p->count++] = piece_of(component, box, direction);
        pixDestroy(&component);
        boxDestroy(&box);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&components);
    if (p->at == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    qsort(p->at, p->count, sizeof(*p->at), by_from);
    return 0;
}

static double slope(const struct piece *piece)
{
    int length = piece->to - piece->from;

    return length < 60 ? 0 : (piece->at_to - piece->at_from) / length;
}

/* The nearest piece that goes on where this one ends. */
static long find_next(const struct pieces *p, size_t i)
{
    const struct piece *a = &p->at[i];
    int most = p->direction == ACROSS ? GAP_ACROSS : GAP_DOWN;

    for (size_t j = i + 1; j < p->count; j++) {
        const struct piece *b = &p->at[j];
        int gap = b->from - a->to;

        if (gap > most)
            break;
        if (gap >= -OVERLAP_PX && b->to > a->to && !b->has_previous &&
            fabs(a->at_to + slope(a) * gap - b->at_from) <=
                ALIGN_PX + ALIGN_SHARE * gap)
            return (long)j;
    }
    return -1;
}

static void link_pieces(const struct pieces *p)
{
    for (size_t i = 0; i < p->count; i++) {
        p->at[i].next = find_next(p, i);
        if (p->at[i].next >= 0)
            p->at[p->at[i].next].has_previous = true;
    }
}

/* How far from a corner its own rules, and those of the other direction, may
 * end. */
static int short_own(const struct pieces *p)
{
    return p->direction == ACROSS ? SHORT_ACROSS : SHORT_DOWN;
}

static int short_other(const struct pieces *p)
{
    return p->direction == ACROSS ? SHORT_DOWN : SHORT_ACROSS;
}

static bool meets(const struct pieces *p, int along, double aside)
{
    for (int i = -short_own(p); i <= short_own(p); i++) {
        for (int j = -short_other(p); j <= short_other(p); j += 2) {
            if (is_other(p, along + i, (int)aside + j))
                return true;
        }
    }
    return false;
}

/* How many rules of the other direction a piece crosses or meets. */
static int crossings(const struct pieces *p, const struct piece *piece)
{
    double step = (piece->at_to - piece->at_from) /
                  (piece->to > piece->from ? piece->to - piece->from : 1);
    int reach = short_own(p);
    bool was = false;
    int n = 0;

    for (int along = piece->from - reach; along < piece->to + reach; along++) {
        int aside = (int)(piece->at_from + step * (along - piece->from));
        bool is = false;

        for (int j = -short_other(p); j <= short_other(p) && !is; j += 2)
            is = is_other(p, along, aside + j);

        n += is && !was;
        was = is;
    }
    return n;
}

static void draw(const struct pieces *p, int from, double at_from, int to,
                 double at_to)
{
    int a = (int)(at_from + 0.5);
    int b = (int)(at_to + 0.5);

    if (p->direction == ACROSS)
        (void)pixRenderLine(p->mask, from, a, to, b, RULE_PX, L_SET_PIXELS);
    else
        (void)pixRenderLine(p->mask, a, from, b, to, RULE_PX, L_SET_PIXELS);
}

/* What of one rule there is. */
struct chain {
    int total, length, crossings;
    double share;
};

static struct chain chain_of(const struct pieces *p, size_t head)
{
    struct chain out = {0, 0, 0, 0};

    for (long i = (long)head; i >= 0; i = p->at[i].next) {
        out.total += p->at[i].to - p->at[i].from;
        out.crossings += crossings(p, &p->at[i]);
        out.length = p->at[i].to - p->at[head].from;
    }
    out.share = out.length > 0 ? (double)out.total / out.length : 0;
    return out;
}

static bool is_rule_of_table(const struct pieces *p, const struct chain *chain)
{
    return chain->total >= TOTAL_PX && chain->share >= LEAST_SHARE &&
           chain->crossings >= (p->direction == ACROSS ? 2 : 1);
}

/* Does the rule across go on to this side of an end? */
static bool goes_on(const struct pieces *p, int along, int aside)
{
    for (int i = -short_own(p); i <= short_own(p); i++) {
        if (is_other(p, along + i, aside))
            return true;
    }
    return false;
}

/* Rules across end at the frame of a table: it has no gaps of its own. */
static bool is_frame(const struct pieces *p, int along, double aside)
{
    return goes_on(p, along, (int)aside - FRAME_PX) !=
           goes_on(p, along, (int)aside + FRAME_PX);
}

/* A gap both sides of which stop at a rule across is mostly none, but a cell
 * that spans it, or the gutter between two tables; unless it is in the frame.
 */
static bool is_gap(const struct pieces *p, const struct piece *a,
                   const struct piece *b)
{
    return !meets(p, a->to, a->at_to) || !meets(p, b->from, b->at_from) ||
           (p->direction == DOWN && is_frame(p, a->to, a->at_to) &&
            is_frame(p, b->from, b->at_from));
}

/* In a broken rule, with gaps that stop nowhere, all of them are gaps. */
static void join(const struct pieces *p, size_t head)
{
    int gaps = 0;
    int links = 0;

    for (long i = (long)head; p->at[i].next >= 0; i = p->at[i].next) {
        gaps += is_gap(p, &p->at[i], &p->at[p->at[i].next]);
        links++;
    }
    for (long i = (long)head; p->at[i].next >= 0; i = p->at[i].next) {
        const struct piece *a = &p->at[i];
        const struct piece *b = &p->at[a->next];

        if (2 * gaps >= links || is_gap(p, a, b))
            draw(p, a->to - 1, a->at_to, b->from + 1, b->at_from);
    }
}

/* Does an end stick out of the last rule it crosses by no more than a letter
 * that stands in its way is high? */
static bool is_stub(const struct pieces *p, int along, double aside, int by)
{
    for (int i = 0; i <= STUB_PX; i++) {
        if (is_other(p, along - i * by, (int)aside))
            return true;
    }
    return false;
}

/* From an end on, forth (by 1) or back (by -1), to the rule it meets, or to one
 * further off when it meets none. */
static void extend(const struct pieces *p, int along, double aside, double lean,
                   int by, bool is_broken)
{
    bool stays =
        meets(p, along, aside) || (!is_broken && is_stub(p, along, aside, by));
    int reach = stays ? short_own(p) : EXTEND_PX;

    for (int i = 0; i <= reach; i++) {
        double at = aside + lean * i * by;

        for (int j = -2; j <= 2; j++) {
            if (is_other(p, along + i * by, (int)at + j)) {
                draw(p, along, aside, along + i * by, at);
                return;
            }
        }
    }
}

static void mend(const struct pieces *p)
{
    link_pieces(p);
    for (size_t i = 0; i < p->count; i++) {
        struct chain chain;
        size_t last = i;

        if (p->at[i].has_previous)
            continue;
        chain = chain_of(p, i);
        if (!is_rule_of_table(p, &chain))
            continue;
        join(p, i);
        while (p->at[last].next >= 0)
            last = (size_t)p->at[last].next;
        extend(p, p->at[i].from, p->at[i].at_from, slope(&p->at[i]), -1,
               last != i);
        extend(p, p->at[last].to, p->at[last].at_to, slope(&p->at[last]), 1,
               last != i);
    }
}

/* Ends of rules that meet no side. */
struct end {
    int along, aside;
};

static int by_along(const void *a, const void *b)
{
    const struct end *p = a;
    const struct end *q = b;

    return (p->along > q->along) - (p->along < q->along);
}

static int by_aside(const void *a, const void *b)
{
    const struct end *p = a;
    const struct end *q = b;

    return (p->aside > q->aside) - (p->aside < q->aside);
}

/* @param side  -1: where they begin, 1: where they end */
static size_t free_ends(const struct pieces *p, int side, struct end *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++) {
        const struct piece *piece = &p->at[i];
        int along = side < 0 ? piece->from : piece->to;
        double aside = side < 0 ? piece->at_from : piece->at_to;

        if (piece->to - piece->from >= ENDS_LENGTH_PX &&
            crossings(p, piece) >= 1 && !meets(p, along, aside))
            out[n++] = (struct end){along, (int)aside};
    }
    return n;
}

/* Through ends that lie in line, in the mask of the other direction. */
static void draw_side(const struct pieces *p, const struct end *ends,
                      size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        const struct end *a = &ends[i];
        const struct end *b = &ends[i + 1];

        if (p->direction == ACROSS)
            (void)pixRenderLine(p->others, a->along, a->aside, b->along,
                                b->aside, RULE_PX, L_SET_PIXELS);
        else
            (void)pixRenderLine(p->others, a->aside, a->along, b->aside,
                                b->along, RULE_PX, L_SET_PIXELS);
    }
}

static void draw_sides(const struct pieces *p, struct end *ends, size_t count)
{
    qsort(ends, count, sizeof(*ends), by_along);
    for (size_t i = 0; i < count;) {
        size_t n = 1;

        while (i + n < count &&
               ends[i + n].along - ends[i].along <= SIDE_TOLERANCE)
            n++;
        if (n < SIDE_ENDS) {
            i++;
            continue;
        }
        qsort(ends + i, n, sizeof(*ends), by_aside);
        draw_side(p, ends + i, n);
        i += n;
    }
}

/* Left and right of rules across, above and below rules down. */
static int add_sides(PIX *mask, PIX *others, enum direction direction,
                     struct err *err)
{
    __attribute__((cleanup(pieces_fini_at))) struct pieces p = {NULL};
    CLEANUP(free) struct end *ends = NULL;

    if (pieces_init(&p, mask, others, direction, err) != 0)
        return -1;
    ends = calloc(p.count + 1, sizeof(*ends));
    if (ends == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    draw_sides(&p, ends, free_ends(&p, -1, ends));
    draw_sides(&p, ends, free_ends(&p, 1, ends));
    return 0;
}

int rules_mend(struct rules *rules, struct err *err)
{
    __attribute__((cleanup(pieces_fini_at))) struct pieces down = {NULL};
    __attribute__((cleanup(pieces_fini_at))) struct pieces across = {NULL};

    if (pieces_init(&down, rules->down, rules->across, DOWN, err) != 0)
        return -1;
    mend(&down);
    if (pieces_init(&across, rules->across, rules->down, ACROSS, err) != 0)
        return -1;
    mend(&across);
    if (add_sides(rules->across, rules->down, ACROSS, err) != 0)
        return -1;
    return add_sides(rules->down, rules->across, DOWN, err);
}
