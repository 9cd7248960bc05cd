/* SPDX-License-Identifier: MIT */
#include "ingest/quality_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of paper below A5. */
#define SMALLEST_CELL_MM 1.6
#define CELLS            (INK_MAP_LONG * INK_MAP_SHORT)
/* Three cells of 0 to 3 in a digit. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* On the sketch, which has 5 to 8 pixels a millimetre. */
#define DASH_MAX_HIGH   4u
#define LETTER_MAX_HIGH 24u

/* --- making --- */

unsigned ink_map_paper(double longer_side_mm)
{
    /* Between A5 and A4 and so on, by their geometric mean with a border. */
    static const double to_mm[] = {185, 260, 370, 520, 730, 1030};
    unsigned step = 0;

    for (size_t i = 0; i < sizeof(to_mm) / sizeof(*to_mm); i++)
        step += longer_side_mm > to_mm[i];
    return step;
}

/* The grid lies about the middle of the page, which is turned straight. */
struct frame {
    double c, s;   /* of the skew          */
    double mx, my; /* the middle, in pixels */
    double cell_px;
    int columns, rows;
};

static void add(const struct frame *f, double x, double y, uint32_t px,
                uint32_t *cells)
{
    double dx = x - f->mx, dy = y - f->my;
    double u = (dx * f->c + dy * f->s) / f->cell_px + f->columns / 2.0;
    double v = (dy * f->c - dx * f->s) / f->cell_px + f->rows / 2.0;

    if (u >= 0 && v >= 0 && u < f->columns && v < f->rows)
        cells[(size_t)v * (size_t)f->columns + (size_t)u] += px;
}

/* Letters alone: rules are the form's, blots nobody's; and a thin rule is
 * whole in one scan, and in the next it falls to dashes. */
static bool is_letter(const struct mark *m)
{
    uint32_t w = m->x1 - m->x0 + 1, h = m->y1 - m->y0 + 1;

    return m->kind == MARK_TEXT && (h > DASH_MAX_HIGH || w <= 2 * h) &&
           (w > DASH_MAX_HIGH || h <= LETTER_MAX_HIGH);
}

static void fill(const struct ink *ink, const struct frame *f, uint32_t *cells)
{
    for (size_t i = 0; i < ink->run_count; i++) {
        const struct ink_run *r = &ink->runs[i];

        if (!is_letter(&ink->marks[r->mark]))
            continue;
        for (uint32_t from = 0; from < r->length; from += 4) {
            uint32_t n = r->length - from < 4 ? r->length - from : 4;

            add(f, r->x + from + n / 2.0, r->y, n, cells);
        }
    }
}

static unsigned level_of(uint32_t px, double cell_px)
{
    double share = px / (cell_px * cell_px);
    double level = sqrt(share / INK_MAP_FULL_SHARE) * INK_MAP_FULL + 0.5;

    return level > INK_MAP_FULL ? INK_MAP_FULL : (unsigned)level;
}

int ink_map_make(const struct ink *ink, const struct paper *paper,
                 double skew_cw_deg, unsigned paper_step, double px_per_mm,
                 char out[INK_MAP_SIZE], struct err *err)
{
    double cell_px = SMALLEST_CELL_MM * pow(M_SQRT2, paper_step) * px_per_mm;
    double rad = skew_cw_deg * M_PI / 180;
    bool wide = paper->w > paper->h;
    struct frame f = {cos(rad),
                      sin(rad),
                      paper->w / 2.0,
                      paper->h / 2.0,
                      cell_px,
                      wide ? INK_MAP_LONG : INK_MAP_SHORT,
                      wide ? INK_MAP_SHORT : INK_MAP_LONG};
    CLEANUP(free) uint32_t *cells = calloc(CELLS, sizeof(*cells));

    if (cells == NULL)
        return err_set(err, ERR_NOMEM, "ink map: out of memory");
    fill(ink, &f, cells);
    out[0] = wide ? 'w' : 'h';
    out[1] = (char)('0' + paper_step);
    for (size_t i = 0; i < CELLS / 3; i++)
        out[i + 2] = digits[level_of(cells[3 * i], cell_px) * 16 +
                            level_of(cells[3 * i + 1], cell_px) * 4 +
                            level_of(cells[3 * i + 2], cell_px)];
    out[CELLS / 3 + 2] = '\0';
    return 0;
}

/* --- comparing --- */

/* How far, in cells, two scans of a page may lie apart. */
#define REACH 6
/* And how much one may be turned against the other when its skew is known. */
#define MAX_TURN_DEG 2
/* Lines of prose fit one way as well as the other: no gain, no turn. */
#define MIN_TURN_GAIN 0.02
/* The edge around the cells, which is empty: nothing is moved beyond it. */
#define EDGE    (REACH + 3)
#define MAX_ROW (INK_MAP_LONG + 2 * EDGE)

/* A map whose cells can be looked at, smoothed over neighbours: words that
 * stand on the line between two cells fall now into one, now the other. */
struct map {
    int columns, rows;
    float at[MAX_ROW * (INK_MAP_SHORT + 2 * EDGE)];
};

static float *row_of(struct map *m, int v)
{
    return m->at + (size_t)(v + EDGE) * (size_t)(m->columns + 2 * EDGE) + EDGE;
}

static const float *const_row_of(const struct map *m, int v)
{
    return m->at + (size_t)(v + EDGE) * (size_t)(m->columns + 2 * EDGE) + EDGE;
}

/* What the pages of a volume have in common, where the first of them has it. */
struct common {
    struct map reference, typical;
    bool known; /* that which is typical; else it is all 0 */
};

/* So many pages tell what is common; the rest is not asked. */
#define MAX_SAMPLE    48u
#define MIN_SAMPLE    4u
#define MIN_DIFFERENT 2u
/* So like are two pages of the sample only when they are one; prose comes to
 * 0.98. */
#define SAMPLED_COSINE 0.995
/* So far back a page is looked for. */
#define WINDOW 96u
/* Less than that of its own, and a page is an empty form like others. */
#define MIN_OWN 20.0
/* What is not so much alike at first glance, or as a whole, is not compared. */
#define MIN_COSINE 0.5
#define MIN_WHOLE  0.85

static void smooth_row(float *at, int count, int apart)
{
    float last = at[-apart];

    for (int i = 0; i < count; i++) {
        float here = at[i * apart];

        at[i * apart] = (last + 2 * here + at[(i + 1) * apart]) / 4;
        last = here;
    }
}

static void smooth(struct map *m)
{
    int apart = m->columns + 2 * EDGE;

    for (int v = 0; v < m->rows; v++)
        smooth_row(row_of(m, v), m->columns, 1);
    for (int u = 0; u < m->columns; u++)
        smooth_row(row_of(m, 0) + u, m->rows, apart);
}

static unsigned value_of(char digit)
{
    const char *at = memchr(digits, digit, sizeof(digits) - 1);

    return at == NULL ? 0 : (unsigned)(at - digits);
}

static void unpack(const char *text, struct map *out)
{
    int i = 0;

    memset(out, 0, sizeof(*out));
    out->columns = *text == 'w' ? INK_MAP_LONG : INK_MAP_SHORT;
    out->rows = *text == 'w' ? INK_MAP_SHORT : INK_MAP_LONG;
    for (int v = 0; v < out->rows; v++) {
        float *row = row_of(out, v);

        for (int u = 0; u < out->columns; u++, i++)
            row[u] =
                (float)(value_of(text[2 + i / 3]) >> (4 - 2 * (i % 3)) & 3);
    }
    smooth(out);
}

/* What stands so far between a cell and the next, and the two below them. */
static inline float between(const float *above, const float *below, float fx,
                            float fy)
{
    return (1 - fy) * ((1 - fx) * above[0] + fx * above[1]) +
           fy * ((1 - fx) * below[0] + fx * below[1]);
}

/* Turned about its middle, between four cells. */
static void turn(const struct map *m, double cw_deg, struct map *out)
{
    double rad = cw_deg * M_PI / 180;
    double c = cos(rad), s = sin(rad);

    memset(out, 0, sizeof(*out));
    out->columns = m->columns;
    out->rows = m->rows;
    for (int v = 0; v < m->rows; v++) {
        float *to = row_of(out, v);

        for (int u = 0; u < m->columns; u++) {
            double dx = u - m->columns / 2.0, dy = v - m->rows / 2.0;
            double x = dx * c - dy * s + m->columns / 2.0;
            double y = dx * s + dy * c + m->rows / 2.0;
            int x0 = (int)floor(x), y0 = (int)floor(y);
            float fx = (float)(x - x0), fy = (float)(y - y0);
            const float *a, *b;

            if (x0 < -EDGE || y0 < -EDGE || x0 + 1 >= m->columns + EDGE ||
                y0 + 1 >= m->rows + EDGE)
                continue;
            a = const_row_of(m, y0) + x0;
            b = const_row_of(m, y0 + 1) + x0;
            to[u] = between(a, b, fx, fy);
        }
    }
}

/* Moved by parts of a cell, between four cells. */
static void move(const struct map *m, double dx, double dy, struct map *out)
{
    int x0 = (int)floor(dx), y0 = (int)floor(dy);
    float fx = (float)(dx - x0), fy = (float)(dy - y0);

    if (out->columns != m->columns) {
        memset(out, 0, sizeof(*out));
        out->columns = m->columns;
        out->rows = m->rows;
    }
    for (int v = 0; v < m->rows; v++) {
        const float *a = const_row_of(m, v + y0) + x0;
        const float *b = const_row_of(m, v + y0 + 1) + x0;
        float *to = row_of(out, v);

        for (int u = 0; u < m->columns; u++)
            to[u] = between(a + u, b + u, fx, fy);
    }
}

/* Four neighbouring cells at once (bytes16.h says how). */
typedef float floats4 __attribute__((vector_size(16)));

static floats4 load4(const float *from)
{
    floats4 v;

    memcpy(&v, from, sizeof(v));
    return v;
}

static double sum4(floats4 v)
{
    return (double)(v[0] + v[1] + v[2] + v[3]);
}

/* Cosine of the angle between them as vectors, b moved by whole cells. */
static double cosine_at(const struct map *a, const struct map *b, int dx,
                        int dy)
{
    floats4 pq = {0}, pp = {0}, qq = {0};
    double ab, aa, bb;

    for (int v = 0; v < a->rows; v++) {
        const float *p = const_row_of(a, v);
        const float *q = const_row_of(b, v + dy) + dx;
        int u = 0;

        for (; u + 4 <= a->columns; u += 4) {
            floats4 x = load4(p + u), y = load4(q + u);

            pq += x * y;
            pp += x * x;
            qq += y * y;
        }
        for (; u < a->columns; u++) {
            pq[0] += p[u] * q[u];
            pp[0] += p[u] * p[u];
            qq[0] += q[u] * q[u];
        }
    }
    ab = sum4(pq);
    aa = sum4(pp);
    bb = sum4(qq);
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static double cosine(const struct map *a, const struct map *b)
{
    return cosine_at(a, b, 0, 0);
}

/* The steps of lay_over that are of whole cells. */
#define WHOLE_PASSES 2

/* Lay m over onto; the cosine is that of the best place. Steps of two cells as
 * far as reach, then of one, a half and a quarter around the best so far. */
static double lay_over(const struct map *onto, const struct map *m, int reach,
                       struct map *out)
{
    struct map moved = {.columns = 0};
    double best = -1, x = 0, y = 0, step = 2;

    if (onto->columns != m->columns)
        return 0;
    for (int pass = 0; pass < 4; pass++, step /= 2) {
        double cx = x, cy = y;
        int n = pass == 0 ? reach / 2 : 1;

        for (int k = 0; k < (2 * n + 1) * (2 * n + 1); k++) {
            int across = k % (2 * n + 1) - n, down = k / (2 * n + 1) - n;
            double dx = cx + step * across;
            double dy = cy + step * down;
            double c;

            if (pass < WHOLE_PASSES) {
                c = cosine_at(onto, m, (int)dx, (int)dy);
            } else {
                move(m, dx, dy, &moved);
                c = cosine(onto, &moved);
            }
            if (c > best) {
                best = c;
                x = dx;
                y = dy;
            }
        }
    }
    out->columns = 0;
    move(m, x, y, out);
    return best;
}

/* The same with small turns: skew is measured to a degree or so where a form
 * is bent. From none to the farthest, and then between the best and the next.
 */
#define TURN_REACH 2 /* cells that a turn about the middle may move it on */

static double turn_over(const struct map *onto, const struct map *m, int reach,
                        struct map *out)
{
    struct map straight_map, turned, laid;
    double straight = lay_over(onto, m, reach, out);
    double best = straight + MIN_TURN_GAIN, deg = 0;

    if (onto->columns != m->columns)
        return straight;
    straight_map = *out;
    for (int pass = 0; pass < 3; pass++) { /* 1, a half, a quarter of one */
        int n = pass == 0 ? MAX_TURN_DEG : 1;
        double step = 1.0 / (1 << pass), middle = deg;

        for (int k = -n; k <= n; k++) {
            double like;

            if (k == 0)
                continue;
            turn(&straight_map, middle + k * step, &turned);
            like = lay_over(onto, &turned, TURN_REACH, &laid);
            if (like > best) {
                best = like;
                deg = middle + k * step;
                *out = laid;
            }
        }
    }
    return deg == 0 ? straight : best;
}

#define CELLS_WITH_EDGE (MAX_ROW * (INK_MAP_SHORT + 2 * EDGE))

/* The middle value of each cell over the sample, in quarters. */
static void take_typical(struct map *const *sample, size_t count,
                         struct map *out)
{
    *out = *sample[0];
    for (size_t i = 0; i < CELLS_WITH_EDGE; i++) {
        uint32_t of[4 * INK_MAP_FULL + 1] = {0};
        size_t below = 0, v = 0;

        for (size_t k = 0; k < count; k++)
            of[(size_t)(sample[k]->at[i] * 4 + 0.5f)]++;
        while (below + of[v] < (count + 1) / 2)
            below += of[v++];
        out->at[i] = (float)v / 4;
    }
}

/* A page that is there many times counts once: else it is what is common, and
 * none of its copies has anything of its own. */
static size_t keep_different(struct map **sample, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        struct map *m = sample[i];
        size_t k = 0;

        while (k < kept && cosine(sample[k], m) < SAMPLED_COSINE)
            k++;
        if (k < kept)
            continue;
        sample[i] = sample[kept];
        sample[kept++] = m;
    }
    return kept;
}

static int find_common(const char *const *maps, size_t count,
                       struct common *out, struct err *err)
{
    struct map *sample[MAX_SAMPLE] = {NULL};
    size_t step = count / MAX_SAMPLE + 1, n = 0, different;
    int rc = 0;

    *out = (struct common){.known = false};
    for (size_t i = 0; i < count && n < MAX_SAMPLE && rc == 0; i += step) {
        struct map m;

        if (*maps[i] == '\0')
            continue;
        unpack(maps[i], &m);
        if (n == 0)
            out->reference = m;
        sample[n] = malloc(sizeof(m));
        if (sample[n] == NULL)
            rc = err_set(err, ERR_NOMEM, "ink maps: out of memory");
        else
            (void)turn_over(&out->reference, &m, REACH, sample[n++]);
    }
    if (rc == 0 && n >= MIN_SAMPLE) {
        different = keep_different(sample, n);
        /* Of prose, all may be alike. */
        take_typical(sample, different >= MIN_DIFFERENT ? different : n,
                     &out->typical);
        out->known = true;
    }
    for (size_t i = 0; i < n; i++)
        free(sample[i]);
    return rc;
}

/* How much bolder or fainter its print is: in another light the strokes of a
 * page are thicker. */
static float gain_of(const struct common *common, const struct map *m)
{
    double mt = 0, tt = 0;

    for (size_t i = 0; i < CELLS_WITH_EDGE; i++) {
        const float t = common->typical.at[i];

        mt += (double)(m->at[i] < 2 * t ? m->at[i] * t : 2 * t * t);
        tt += (double)(t * t);
    }
    return tt > 0 ? (float)(mt / tt) : 1;
}

/* What a page has beyond what is common. */
static double own_part(const struct common *common, const struct map *m,
                       struct map *own)
{
    double sum = 0;
    float gain = gain_of(common, m);

    *own = *m;
    for (size_t i = 0; i < CELLS_WITH_EDGE; i++) {
        float more = m->at[i] - gain * common->typical.at[i];

        own->at[i] = more > 0 ? more : 0;
        sum += (double)(own->at[i] * own->at[i]);
    }
    return sum;
}

/* Likeness as a whole counts twice, likeness of what is their own once. */
static double likeness(const struct common *common, const struct map *a,
                       const struct map *b)
{
    struct map own_a, own_b, laid;
    double whole;

    if (cosine(a, b) < MIN_COSINE)
        return 0;
    whole = lay_over(a, b, 2, &laid);
    if (whole < MIN_WHOLE || own_part(common, a, &own_a) < MIN_OWN ||
        own_part(common, &laid, &own_b) < MIN_OWN)
        return 0;
    return (2 * whole + cosine(&own_a, &own_b)) / 3;
}

/* So many of the pages that are most like a page are remembered. */
#define BEST 64
/* The third may be another copy. */
#define OTHER 3
/* So like are copies; and so many times further from that, at one step, is what
 * is none. Prose goes down in small steps. */
#define COPY_LIKENESS 0.92
#define COPY_STEP     3.0

/* So many of the pages behind are compared, those that are most alike by what
 * is their own, seen from afar: squares of so many cells by so many. */
#define SCREEN    16u
#define AFAR      6
#define AFAR_SIZE ((INK_MAP_LONG / AFAR) * (INK_MAP_SHORT / AFAR))

/* The pages behind, in a ring, and what is most like each page. */
struct window {
    struct map *maps;         /* WINDOW of them */
    float (*afar)[AFAR_SIZE]; /* of each, as long as 1 */
    bool known[WINDOW];
    /* Of every page, the highest first; less than 0: no such page. */
    double (*best)[BEST];
};

static void window_fini_at(struct window *w)
{
    free(w->maps);
    free(w->afar);
    free(w->best);
}

static void note_best(double best[BEST], double like)
{
    for (size_t i = 0; i < BEST && like > best[BEST - 1]; i++) {
        double was = best[i];

        if (like <= was)
            continue;
        best[i] = like;
        like = was;
    }
}

/* How like the page is that stands behind all copies of a page. */
static double behind_copies(const double best[BEST])
{
    for (size_t i = OTHER; i < BEST && best[i - 1] >= COPY_LIKENESS; i++) {
        if (best[i] >= 0 && 1 - best[i] >= COPY_STEP * (1 - best[i - 1]))
            return best[i];
    }
    return fmax(best[OTHER - 1], 0);
}

static void see_from_afar(const struct common *common, const struct map *m,
                          float out[AFAR_SIZE])
{
    struct map own;
    int across = m->columns / AFAR, down = m->rows / AFAR;
    float sum = 0;

    (void)own_part(common, m, &own);
    memset(out, 0, AFAR_SIZE * sizeof(*out));
    for (int v = 0; v < down * AFAR; v++) {
        const float *row = const_row_of(&own, v);
        float *to = out + (size_t)(v / AFAR) * (size_t)across;

        for (int u = 0; u < across * AFAR; u++)
            to[u / AFAR] += row[u];
    }
    for (size_t i = 0; i < AFAR_SIZE; i++)
        sum += out[i] * out[i];
    for (size_t i = 0; i < AFAR_SIZE && sum > 0; i++)
        out[i] /= sqrtf(sum);
}

/* A page behind, and how like it is from afar. */
struct candidate {
    size_t page;
    float like;
};

static void note_candidate(struct candidate list[SCREEN], size_t *count,
                           struct candidate c)
{
    size_t at = *count < SCREEN ? (*count)++ : SCREEN;

    while (at > 0 && list[at - 1].like < c.like) {
        if (at < SCREEN)
            list[at] = list[at - 1];
        at--;
    }
    if (at < SCREEN)
        list[at] = c;
}

static size_t choose(const struct window *w, size_t i,
                     struct candidate list[SCREEN])
{
    const float *own = w->afar[i % WINDOW];
    size_t count = 0;

    for (size_t k = i < WINDOW ? 0 : i - WINDOW + 1; k < i; k++) {
        const float *other = w->afar[k % WINDOW];
        floats4 sum = {0};

        if (!w->known[k % WINDOW])
            continue;
        for (size_t c = 0; c + 4 <= AFAR_SIZE; c += 4)
            sum += load4(own + c) * load4(other + c);
        note_candidate(list, &count, (struct candidate){k, (float)sum4(sum)});
    }
    return count;
}

static void find_best(const struct common *common, struct window *w, size_t i,
                      struct map_pair *pair)
{
    struct candidate list[SCREEN];
    size_t count = choose(w, i, list);

    for (size_t c = 0; c < count; c++) {
        size_t k = list[c].page;
        double like =
            likeness(common, &w->maps[k % WINDOW], &w->maps[i % WINDOW]);

        note_best(w->best[k], like);
        note_best(w->best[i], like);
        if (like > pair->likeness)
            *pair = (struct map_pair){k, i, like, 0};
    }
}

/* Of the maps that begin with these two characters, as whole pages of one
 * paper do. */
static int find_pairs_of(const char *const *maps, size_t count,
                         const struct common *common, struct map_pair *pairs,
                         struct err *err)
{
    CLEANUP(window_fini)
    struct window w = {.maps = malloc(WINDOW * sizeof(struct map)),
                       .afar = calloc(WINDOW, sizeof(*w.afar)),
                       .best = calloc(count + 1, sizeof(*w.best))};
    struct map m;

    if (w.maps == NULL || w.afar == NULL || w.best == NULL)
        return err_set(err, ERR_NOMEM, "ink maps: out of memory");
    for (size_t i = 0; i < count * BEST; i++)
        w.best[i / BEST][i % BEST] = -1;
    for (size_t i = 0; i < count; i++) {
        w.known[i % WINDOW] = *maps[i] != '\0';
        if (*maps[i] == '\0')
            continue;
        unpack(maps[i], &m);
        (void)turn_over(&common->reference, &m, REACH, &w.maps[i % WINDOW]);
        see_from_afar(common, &w.maps[i % WINDOW], w.afar[i % WINDOW]);
        find_best(common, &w, i, &pairs[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (*maps[i] != '\0')
            pairs[i].others = fmax(behind_copies(w.best[pairs[i].a]),
                                   behind_copies(w.best[pairs[i].b]));
    }
    return 0;
}

/* Equal maps are of equal pixels: for that nothing need be known of others. */
static void find_equal(const char *const *maps, size_t count,
                       struct map_pair *pairs)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = i < WINDOW ? 0 : i - WINDOW;

        while (k < i && strcmp(maps[k], maps[i]) != 0)
            k++;
        if (k < i && *maps[i] != '\0')
            pairs[i] = (struct map_pair){k, i, 1, 0};
    }
}

static bool is_kind(const char *map, const char *like)
{
    return *map != '\0' && map[0] == like[0] && map[1] == like[1];
}

int map_find_pairs(const char *const *maps, size_t count,
                   struct map_pair *pairs, struct err *err)
{
    CLEANUP(free) const char **kind = calloc(count + 1, sizeof(*kind));
    struct common common;

    if (kind == NULL)
        return err_set(err, ERR_NOMEM, "ink maps: out of memory");
    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct map_pair){0, i, 0, 0};
    for (size_t first = 0; first < count; first++) {
        bool is_new = *maps[first] != '\0';

        for (size_t i = 0; i < first && is_new; i++)
            is_new = !is_kind(maps[i], maps[first]);
        if (!is_new)
            continue;
        for (size_t i = 0; i < count; i++)
            kind[i] = is_kind(maps[i], maps[first]) ? maps[i] : "";
        if (find_common(kind, count, &common, err) != 0 ||
            (common.known &&
             find_pairs_of(kind, count, &common, pairs, err) != 0))
            return -1;
    }
    find_equal(maps, count, pairs);
    return 0;
}
