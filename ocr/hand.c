/* SPDX-License-Identifier: MIT */
#include "ocr/hand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/hand_trees.h"

/* As likely a line must be written by hand to be left unread. Figures have
 * little of what tells hands from type; that of old type are round. */
#define HAND_LIKELY    0.4
#define FIGURES_LIKELY 0.73
/* Lengths at 300 dpi, as in cells.c. */
#define LETTER_W 6
#define LETTER_H 14
#define TALL_H   95
/* Of a letter's height: a run of ink so long is a stem, or a bar. */
#define STEM_SHARE 0.6
#define BAR_SHARE  0.45
/* An edge is long that goes straight on for so many pixels. */
#define EDGE_PX 7
/* Letters whose feet lie within so much of a height stand in one line. */
#define LEVEL_SHARE 0.09
/* Slants tried: dx for dy in steps, up to so many either way. */
#define SLANTS     12
#define SLANT_STEP 0.05
/* Directions of edges told apart, and by how much ink is blurred for them. */
#define DIRECTIONS (HAND_EDGES_LAST - HAND_EDGES + 1)
#define BLUR_PX    2
/* Lines with so many letters, read with such confidence, are what others are
 * compared with. */
#define MODEL_LETTERS    2
#define MODEL_CONFIDENCE 50
/* More digits than this among its characters make a line one of figures. */
#define FIGURES_SHARE 0.5F

/* So many lines of the page that look most alike have a say. */
#define NEIGHBOURS        8
#define NEIGHBOURS_WEIGHT 0.25

/* A picture as plain bytes, 1 = ink. */
struct bytes {
    uint8_t *at;
    int w, h;
};

static void bytes_fini_at(const struct bytes *b)
{
    free(b->at);
}

static const uint8_t *row(const struct bytes *b, int y)
{
    return b->at + (size_t)y * (size_t)b->w;
}

static int bytes_of(PIX *ink, struct bytes *out, struct err *err)
{
    int w = pixGetWidth(ink);
    int h = pixGetHeight(ink);
    uint8_t *at = calloc((size_t)w + 1, (size_t)h + 1);

    if (at == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (int y = 0; y < h; y++) {
        const l_uint32 *line =
            pixGetData(ink) + (size_t)y * (size_t)pixGetWpl(ink);

        for (int x = 0; x < w; x++)
            at[(size_t)y * (size_t)w + (size_t)x] =
                (uint8_t)GET_DATA_BIT(line, x);
    }
    *out = (struct bytes){at, w, h};
    return 0;
}

/* Mean and deviation of what is added. */
struct moments {
    double n, sum, squares;
};

static void moments_add(struct moments *m, double v)
{
    m->n++;
    m->sum += v;
    m->squares += v * v;
}

static double mean(const struct moments *m)
{
    return m->n > 0 ? m->sum / m->n : 0;
}

static double deviation(const struct moments *m)
{
    double mu = mean(m);

    return m->n > 1 ? sqrt(fmax(0, m->squares / m->n - mu * mu)) : 0;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

/* Components of the size of letters. */
struct letters {
    struct rect *at;
    size_t count, specks;
};

static void letters_fini_at(const struct letters *letters)
{
    free(letters->at);
}

static int by_left(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;

    return (p->x > q->x) - (p->x < q->x);
}

static int letters_of(PIX *ink, double scale, struct letters *out,
                      struct err *err)
{
    BOXA *boxes = pixConnCompBB(ink, 8);
    int n = boxes == NULL ? 0 : boxaGetCount(boxes);

    *out = (struct letters){calloc((size_t)n + 1, sizeof(struct rect)), 0, 0};
    for (int i = 0; out->at != NULL && i < n; i++) {
        struct rect r;

        (void)boxaGetBoxGeometry(boxes, i, &r.x, &r.y, &r.w, &r.h);
        if (r.h >= LETTER_H * scale && r.h <= TALL_H * scale &&
            2 * r.w >= LETTER_W * scale)
            out->at[out->count++] = r;
        else
            out->specks++;
    }
    boxaDestroy(&boxes);
    if (out->at == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    qsort(out->at, out->count, sizeof(*out->at), by_left);
    return 0;
}

static int by_value(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

/* The middle one; values are sorted. */
static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_value);
    return count == 0 ? 0 : values[count / 2];
}

/* How letters stand: their sizes, feet, heads and distances. */
static int measure_letters(const struct letters *letters, double scale,
                           float *of, struct err *err)
{
    CLEANUP(free) double *feet = calloc(letters->count + 1, sizeof(double));
    struct moments h = {0, 0, 0}, w = {0, 0, 0};
    struct moments foot = {0, 0, 0}, head = {0, 0, 0}, pitch = {0, 0, 0};
    double widest = 0, length = 0, middle;
    size_t level = 0;

    if (feet == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (size_t i = 0; i < letters->count; i++) {
        struct rect r = letters->at[i];

        moments_add(&h, r.h);
        moments_add(&w, r.w);
        moments_add(&foot, r.y + r.h);
        moments_add(&head, r.y);
        if (i > 0)
            moments_add(&pitch, r.x + r.w / 2.0 - letters->at[i - 1].x -
                                    letters->at[i - 1].w / 2.0);
        feet[i] = r.y + r.h;
        widest = fmax(widest, r.w);
        length = fmax(length, r.x + r.w - letters->at[0].x);
    }
    middle = median(feet, letters->count);
    for (size_t i = 0; i < letters->count; i++)
        level += fabs(feet[i] - middle) <= LEVEL_SHARE * mean(&h);
    of[HAND_LETTERS] = (float)ratio((double)letters->count * mean(&h), length);
    of[HAND_WIDTH] = (float)ratio(mean(&w), mean(&h));
    of[HAND_WIDEST] = (float)ratio(widest, mean(&h));
    of[HAND_HEIGHT] = (float)(mean(&h) / scale);
    of[HAND_HEIGHT_CV] = (float)ratio(deviation(&h), mean(&h));
    of[HAND_FEET] = (float)ratio(deviation(&foot), mean(&h));
    of[HAND_HEADS] = (float)ratio(deviation(&head), mean(&h));
    of[HAND_FEET_LEVEL] = (float)ratio((double)level, (double)letters->count);
    of[HAND_PITCH_CV] = (float)ratio(deviation(&pitch), mean(&pitch));
    of[HAND_SPECKS] = (float)ratio((double)letters->specks,
                                   (double)(letters->specks + letters->count));
    of[HAND_LENGTH] = (float)ratio(length, mean(&h));
    return 0;
}

/* Runs of ink, and how much of it lies in long ones. */
struct runs {
    struct moments length;
    double ink, in_long;
};

static void runs_add(struct runs *runs, int length, double is_long)
{
    moments_add(&runs->length, length);
    runs->ink += length;
    if (length >= is_long)
        runs->in_long += length;
}

static void runs_across(const struct bytes *b, double is_long,
                        struct runs *runs)
{
    for (int y = 0; y < b->h; y++) {
        const uint8_t *at = row(b, y);
        int n = 0;

        for (int x = 0; x <= b->w; x++) {
            bool is_ink = x < b->w && at[x] != 0;

            if (!is_ink && n > 0)
                runs_add(runs, n, is_long);
            n = is_ink ? n + 1 : 0;
        }
    }
}

static void runs_down(const struct bytes *b, double is_long, struct runs *runs)
{
    for (int x = 0; x < b->w; x++) {
        int n = 0;

        for (int y = 0; y <= b->h; y++) {
            bool is_ink = y < b->h && row(b, y)[x] != 0;

            if (!is_ink && n > 0)
                runs_add(runs, n, is_long);
            n = is_ink ? n + 1 : 0;
        }
    }
}

static void measure_runs(const struct bytes *b, double height, double scale,
                         float *of)
{
    struct runs across = {{0, 0, 0}, 0, 0};
    struct runs down = {{0, 0, 0}, 0, 0};

    runs_across(b, BAR_SHARE * height, &across);
    runs_down(b, STEM_SHARE * height, &down);
    of[HAND_RUN_ACROSS] = (float)(mean(&across.length) / scale);
    of[HAND_RUN_ACROSS_CV] =
        (float)ratio(deviation(&across.length), mean(&across.length));
    of[HAND_RUN_DOWN] = (float)(mean(&down.length) / scale);
    of[HAND_RUN_DOWN_CV] =
        (float)ratio(deviation(&down.length), mean(&down.length));
    of[HAND_STEMS] = (float)ratio(down.in_long, down.ink);
    of[HAND_BARS] = (float)ratio(across.in_long, across.ink);
    of[HAND_DENSITY] = (float)ratio(across.ink, (double)b->w * b->h);
}

/* Share of edges, from paper to ink along one way, that go straight on across
 * it for EDGE_PX. */
static double straight(const struct bytes *b, bool is_down, int edge_px)
{
    int lines = is_down ? b->w : b->h;
    int length = is_down ? b->h : b->w;
    double all = 0, in_long = 0;

    for (int i = 1; i < lines; i++) {
        int n = 0;

        for (int j = 0; j <= length; j++) {
            bool is_edge =
                j < length && (is_down ? row(b, j)[i] != row(b, j)[i - 1]
                                       : row(b, i)[j] != row(b, i - 1)[j]);

            if (is_edge) {
                n++;
                continue;
            }
            all += n;
            in_long += n >= edge_px ? n : 0;
            n = 0;
        }
    }
    return ratio(in_long, all);
}

/* Sum of squares of the ink in columns that lean by dx for dy. */
static double columns_at(const struct bytes *b, double slant, int *sums)
{
    int reach = (int)(fabs(slant) * b->h) + 1;
    int n = b->w + 2 * reach;
    double out = 0;

    memset(sums, 0, (size_t)n * sizeof(*sums));
    for (int y = 0; y < b->h; y++) {
        const uint8_t *at = row(b, y);
        int shift = reach + (int)lround(slant * (y - b->h / 2.0));

        for (int x = 0; x < b->w; x++)
            sums[x + shift] += at[x];
    }
    for (int i = 0; i < n; i++)
        out += (double)sums[i] * sums[i];
    return out;
}

static int measure_slant(const struct bytes *b, float *of, struct err *err)
{
    size_t room = (size_t)b->w + 2 * (size_t)b->h + 4;
    CLEANUP(free) int *sums = calloc(room, sizeof(int));
    double upright, best;
    int at = 0;

    if (sums == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    upright = best = columns_at(b, 0, sums);
    for (int i = -SLANTS; i <= SLANTS; i++) {
        double v = columns_at(b, i * SLANT_STEP, sums);

        if (v > best) {
            best = v;
            at = i;
        }
    }
    of[HAND_SLANT] = (float)(at * SLANT_STEP);
    of[HAND_SLANT_GAIN] = (float)ratio(best, upright);
    return 0;
}

/* Ink blurred: the sum over (2 BLUR_PX + 1)^2 pixels. */
static int blur(const struct bytes *b, struct bytes *out, struct err *err)
{
    CLEANUP(free) uint16_t *sums = calloc((size_t)b->w + 1, sizeof(*sums));

    *out =
        (struct bytes){calloc((size_t)b->w + 1, (size_t)b->h + 1), b->w, b->h};
    if (sums == NULL || out->at == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (int y = -BLUR_PX; y < b->h; y++) {
        const uint8_t *in = y + BLUR_PX < b->h ? row(b, y + BLUR_PX) : NULL;
        const uint8_t *gone =
            y - BLUR_PX - 1 >= 0 ? row(b, y - BLUR_PX - 1) : NULL;
        int sum = 0;

        for (int x = 0; x < b->w; x++)
            sums[x] = (uint16_t)(sums[x] + (in != NULL ? in[x] : 0) -
                                 (gone != NULL ? gone[x] : 0));
        for (int x = -BLUR_PX; y >= 0 && x < b->w; x++) {
            sum += x + BLUR_PX < b->w ? sums[x + BLUR_PX] : 0;
            sum -= x - BLUR_PX - 1 >= 0 ? sums[x - BLUR_PX - 1] : 0;
            if (x >= 0)
                out->at[(size_t)y * (size_t)b->w + (size_t)x] = (uint8_t)sum;
        }
    }
    return 0;
}

static int measure_directions(const struct bytes *b, float *of, struct err *err)
{
    __attribute__((cleanup(bytes_fini_at))) struct bytes soft = {0};
    double bins[DIRECTIONS] = {0};
    double all = 0;

    if (blur(b, &soft, err) != 0)
        return -1;
    for (int y = 1; y < b->h - 1; y++) {
        const uint8_t *up = row(&soft, y - 1);
        const uint8_t *at = row(&soft, y);
        const uint8_t *down = row(&soft, y + 1);

        for (int x = 1; x < b->w - 1; x++) {
            int gx = at[x + 1] - at[x - 1];
            int gy = down[x] - up[x];
            double turns;

            if (gx == 0 && gy == 0)
                continue;
            turns = atan2(gy, gx) / M_PI + 1 + 0.5 / DIRECTIONS;
            bins[(int)(turns * DIRECTIONS) % DIRECTIONS] += hypot(gx, gy);
            all += hypot(gx, gy);
        }
    }
    for (int i = 0; i < DIRECTIONS; i++)
        of[HAND_EDGES + i] = (float)ratio(bins[i], all);
    return 0;
}

/* Ink in each column, less its mean over a letter's width to either side. */
static int column_profile(const struct bytes *b, int reach, double *out,
                          struct err *err)
{
    CLEANUP(free) double *ink = calloc((size_t)b->w + 1, sizeof(double));
    double sum = 0;

    if (ink == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (int y = 0; y < b->h; y++) {
        for (int x = 0; x < b->w; x++)
            ink[x] += row(b, y)[x];
    }
    for (int x = -reach; x < b->w; x++) {
        sum += x + reach < b->w ? ink[x + reach] : 0;
        sum -= x - reach - 1 >= 0 ? ink[x - reach - 1] : 0;
        if (x >= 0)
            out[x] = ink[x] - sum / (2 * reach + 1);
    }
    return 0;
}

/* How alike the columns are that stand so far apart, -1 to 1. */
static double echo(const double *profile, int w, int lag)
{
    double both = 0, first = 0, second = 0;

    for (int x = 0; x + lag < w; x++) {
        both += profile[x] * profile[x + lag];
        first += profile[x] * profile[x];
        second += profile[x + lag] * profile[x + lag];
    }
    return first > 0 && second > 0 ? both / sqrt(first * second) : 0;
}

static int measure_echo(const struct bytes *b, double height, double scale,
                        struct hand_line *out, struct err *err)
{
    CLEANUP(free) double *profile = calloc((size_t)b->w + 1, sizeof(double));
    int best = 0;

    if (profile == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    if (column_profile(b, (int)(HAND_ECHO_FROM * scale) + 1, profile, err) != 0)
        return -1;
    for (int i = 0; i < HAND_ECHOES; i++) {
        int lag = (int)((HAND_ECHO_FROM + i) * scale + 0.5);

        /* Of a line shorter than two letters nothing is known. */
        out->echo[i] = b->w < 2 * lag ? 0 : (float)echo(profile, b->w, lag);
        if (out->echo[i] > out->echo[best])
            best = i;
    }
    out->marks.of[HAND_ECHO] = out->echo[best];
    out->marks.of[HAND_ECHO_AT] =
        (float)((HAND_ECHO_FROM + best) * scale / height);
    return 0;
}

/* How sharply the ink of a line begins at the heads of its letters, and ends
 * at their feet. */
static int measure_edges(const struct bytes *b, double height, float *of,
                         struct err *err)
{
    CLEANUP(free) double *ink = calloc((size_t)b->h + 3, sizeof(double));
    double all = 0, rise = 0, fall = 0;

    if (ink == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (int y = 0; y < b->h; y++) {
        for (int x = 0; x < b->w; x++)
            ink[y + 1] += row(b, y)[x];
        all += ink[y + 1];
    }
    for (int y = 2; y <= b->h + 1; y++) {
        rise = fmax(rise, ink[y] - ink[y - 2]);
        fall = fmax(fall, ink[y - 2] - ink[y]);
    }
    of[HAND_EDGE_HEAD] = (float)ratio(rise * height, all);
    of[HAND_EDGE_FOOT] = (float)ratio(fall * height, all);
    return 0;
}

/* Characters of a word, and those of them that are letters or digits; outside
 * ASCII all count as such that are no signs. */
static void count_characters(const char *word, double *all, double *alnum,
                             double *digits)
{
    for (; *word != '\0'; word++) {
        unsigned char c = (unsigned char)*word;

        if ((c & 0xc0) == 0x80)
            continue;
        (*all)++;
        *digits += c >= '0' && c <= '9';
        *alnum += (c >= 0xc3 && c < 0xe2) || (c >= '0' && c <= '9') ||
                  ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    }
}

static void measure_reading(const struct page_text *read,
                            const struct letters *letters, float *of)
{
    struct moments confidence = {0, 0, 0};
    double least = 100, characters = 0, alnum = 0, digits = 0;

    for (size_t i = 0; i < read->word_count; i++) {
        moments_add(&confidence, read->words[i].confidence);
        least = fmin(least, read->words[i].confidence);
        count_characters(read->words[i].text, &characters, &alnum, &digits);
    }
    of[HAND_CONFIDENCE] = (float)mean(&confidence);
    of[HAND_LEAST] = read->word_count == 0 ? 0 : (float)least;
    of[HAND_READ] = (float)ratio(characters, (double)letters->count);
    of[HAND_READ_PITCH] = (float)ratio(characters, (double)of[HAND_LENGTH]);
    of[HAND_ALNUM] = (float)ratio(alnum, characters);
    of[HAND_DIGITS] = (float)ratio(digits, characters);
}

int hand_measure(PIX *ink, double scale, const struct page_text *read,
                 struct hand_line *out, struct err *err)
{
    __attribute__((cleanup(letters_fini_at))) struct letters letters = {0};
    __attribute__((cleanup(bytes_fini_at))) struct bytes bytes = {0};
    int edge_px = (int)(EDGE_PX * scale + 0.5);
    float *of = out->marks.of;
    double height;

    if (letters_of(ink, scale, &letters, err) != 0 ||
        bytes_of(ink, &bytes, err) != 0 ||
        measure_letters(&letters, scale, of, err) != 0)
        return -1;
    out->letters = (unsigned)letters.count;
    height = fmax((double)of[HAND_HEIGHT] * scale, 1);
    measure_runs(&bytes, height, scale, of);
    if (measure_slant(&bytes, of, err) != 0 ||
        measure_edges(&bytes, height, of, err) != 0 ||
        measure_directions(&bytes, of, err) != 0 ||
        measure_echo(&bytes, height, scale, out, err) != 0)
        return -1;
    of[HAND_STRAIGHT_DOWN] = (float)straight(&bytes, true, edge_px);
    of[HAND_STRAIGHT_ACROSS] = (float)straight(&bytes, false, edge_px);
    measure_reading(read, &letters, of);
    return 0;
}

void hand_lines_fini(struct hand_lines *lines)
{
    free(lines->at);
}

int hand_lines_add(struct hand_lines *lines, const struct hand_line *line,
                   struct err *err)
{
    if (lines->count == lines->cap) {
        size_t cap = lines->cap * 2 + 64;
        struct hand_line *grown = realloc(lines->at, cap * sizeof(*grown));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "hand: out of memory");
        lines->at = grown;
        lines->cap = cap;
    }
    lines->at[lines->count++] = *line;
    return 0;
}

static bool is_model(const struct hand_line *line)
{
    return line->letters >= MODEL_LETTERS &&
           line->marks.of[HAND_CONFIDENCE] >= (float)MODEL_CONFIDENCE;
}

static bool is_figures(const struct hand_line *line)
{
    return line->marks.of[HAND_DIGITS] > FIGURES_SHARE;
}

/* The middle of a mark over the page's model lines of figures, or of letters;
 * over all lines when there are hardly any such. */
static double middle_of(const struct hand_lines *lines, enum hand_mark mark,
                        bool figures, double *values)
{
    size_t models = 0;
    size_t n = 0;

    for (size_t i = 0; i < lines->count; i++)
        models +=
            is_model(&lines->at[i]) && is_figures(&lines->at[i]) == figures;
    for (size_t i = 0; i < lines->count; i++) {
        const struct hand_line *line = &lines->at[i];

        if (models < 3 || (is_model(line) && is_figures(line) == figures))
            values[n++] = (double)line->marks.of[mark];
    }
    return median(values, n);
}

/* The distance of letters that most of the page has. */
static void compare_echoes(struct hand_lines *lines)
{
    double sums[HAND_ECHOES] = {0};
    double weight = 0;
    int best = 0;

    for (size_t i = 0; i < lines->count; i++) {
        double length = (double)lines->at[i].marks.of[HAND_LENGTH];

        for (int j = 0; j < HAND_ECHOES; j++)
            sums[j] += length * (double)lines->at[i].echo[j];
        weight += length;
    }
    for (int j = 0; j < HAND_ECHOES; j++)
        best = sums[j] > sums[best] ? j : best;
    for (size_t i = 0; i < lines->count; i++) {
        lines->at[i].marks.of[HAND_REL_ECHO] = lines->at[i].echo[best];
        lines->at[i].marks.of[HAND_REL_PITCH] =
            (float)ratio(sums[best], weight);
    }
}

/* Marks by which lines of one page are alike. */
static const enum hand_mark alike[] = {HAND_HEIGHT,    HAND_RUN_ACROSS,
                                       HAND_RUN_DOWN,  HAND_DENSITY,
                                       HAND_EDGE_HEAD, HAND_LETTERS};
#define ALIKE (sizeof(alike) / sizeof(*alike))

/* How much each of these marks differs over the page: between quartiles. */
static void spreads_of(const struct hand_lines *lines, double spread[ALIKE],
                       double *values)
{
    size_t n = lines->count;

    for (size_t m = 0; m < ALIKE; m++) {
        for (size_t i = 0; i < n; i++)
            values[i] = (double)lines->at[i].marks.of[alike[m]];
        (void)median(values, n);
        spread[m] = n == 0 ? 1 : values[3 * n / 4] - values[n / 4];
        spread[m] = spread[m] > 0 ? spread[m] : 1;
    }
}

static double distance(const struct hand_line *a, const struct hand_line *b,
                       const double spread[ALIKE])
{
    double sum = 0;

    for (size_t m = 0; m < ALIKE; m++) {
        double d =
            (double)(a->marks.of[alike[m]] - b->marks.of[alike[m]]) / spread[m];

        sum += d * d;
    }
    return sum;
}

static double log_odds(double likely)
{
    return fmax(-4, fmin(4, log((likely + 1e-4) / (1 - likely + 1e-4))));
}

/* The lines of the page most like one, the likest first. */
struct neighbours {
    double distance[NEIGHBOURS], odds[NEIGHBOURS];
    size_t count;
};

static void neighbours_add(struct neighbours *n, double d, double odds)
{
    size_t at = n->count;

    if (n->count < NEIGHBOURS)
        n->count++;
    else if (d < n->distance[NEIGHBOURS - 1])
        at = NEIGHBOURS - 1;
    else
        return;
    for (; at > 0 && n->distance[at - 1] > d; at--) {
        n->distance[at] = n->distance[at - 1];
        n->odds[at] = n->odds[at - 1];
    }
    n->distance[at] = d;
    n->odds[at] = odds;
}

/* The mean over them of how likely they are by hand. */
static double neighbours_say(const struct hand_lines *lines, size_t which,
                             const double spread[ALIKE])
{
    struct neighbours near = {.count = 0};
    double sum = 0;

    for (size_t i = 0; i < lines->count; i++) {
        if (i != which)
            neighbours_add(&near,
                           distance(&lines->at[which], &lines->at[i], spread),
                           log_odds(lines->at[i].alone));
    }
    for (size_t i = 0; i < near.count; i++)
        sum += near.odds[i];
    return near.count == 0 ? 0 : sum / (double)near.count;
}

/* Lines that look alike are by one hand, or one machine. */
static int ask_neighbours(struct hand_lines *lines, struct err *err)
{
    CLEANUP(free) double *values = calloc(lines->count + 1, sizeof(double));
    double spread[ALIKE];

    if (values == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    spreads_of(lines, spread, values);
    for (size_t i = 0; i < lines->count; i++) {
        double sum = log_odds(lines->at[i].alone) +
                     NEIGHBOURS_WEIGHT * neighbours_say(lines, i, spread);

        lines->at[i].likely = 1 / (1 + exp(-sum));
    }
    return 0;
}

int hand_judge(struct hand_lines *lines, struct err *err)
{
    static const enum hand_mark pairs[][2] = {
        {HAND_REL_HEIGHT, HAND_HEIGHT},
        {HAND_REL_RUN_ACROSS, HAND_RUN_ACROSS},
        {HAND_REL_RUN_DOWN, HAND_RUN_DOWN},
        {HAND_REL_STEMS, HAND_STEMS},
        {HAND_REL_EDGE, HAND_EDGE_FOOT},
        {HAND_REL_STRAIGHT, HAND_STRAIGHT_DOWN},
        {HAND_REL_FEET, HAND_FEET_LEVEL},
        {HAND_REL_DENSITY, HAND_DENSITY},
        {HAND_REL_BARS, HAND_BARS},
        {HAND_REL_LETTERS, HAND_LETTERS},
    };
    CLEANUP(free) double *values = calloc(lines->count + 1, sizeof(double));

    if (values == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        double middle[2] = {middle_of(lines, pairs[i][1], false, values),
                            middle_of(lines, pairs[i][1], true, values)};

        for (size_t j = 0; j < lines->count; j++) {
            float *of = lines->at[j].marks.of;

            of[pairs[i][0]] = (float)ratio((double)of[pairs[i][1]],
                                           middle[is_figures(&lines->at[j])]);
        }
    }
    compare_echoes(lines);
    for (size_t i = 0; i < lines->count; i++)
        lines->at[i].alone = trees_judge(&hand_trees, lines->at[i].marks.of);
    return ask_neighbours(lines, err);
}

/* Copying a text, and what is noted of its lines beside it. */
struct copying {
    const struct page_text *from;
    const struct hand_lines *lines;
    size_t next;   /* of lines                             */
    size_t until;  /* lines of from before this are by hand */
    double likely; /* that the line before was             */
    struct page_text *to;
};

static int copy_line(const struct copying *c, const struct text_line *line,
                     struct err *err)
{
    c->to->in_cell = line->cell;
    if (page_text_begin_line(c->to, err) != 0)
        return -1;
    c->to->lines[c->to->line_count - 1].by_hand = (float)c->likely;
    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &c->from->words[line->first_word + i];

        if (page_text_add_word(c->to, word->text, word->confidence, word->quad,
                               err) != 0)
            return -1;
    }
    return 0;
}

/* Unread blocks for the lines by hand noted up to this one of the text. */
static int leave_lines(struct copying *c, size_t line, struct err *err)
{
    for (; c->next < c->lines->count && c->lines->at[c->next].line <= line;
         c->next++) {
        const struct hand_line *note = &c->lines->at[c->next];

        c->likely = note->likely;
        if (c->likely < (is_figures(note) ? FIGURES_LIKELY : HAND_LIKELY))
            continue;
        c->to->in_cell = note->cell;
        if (page_text_add_unread(c->to, note->quad, err) != 0)
            return -1;
        c->until = note->line + note->line_count;
    }
    return 0;
}

static int copy_block(struct copying *c, const struct text_block *block,
                      struct err *err)
{
    c->to->in_cell = block->cell;
    if (block->unread)
        return page_text_add_unread(c->to, block->quad, err);
    if (page_text_begin_block(c->to, err) != 0)
        return -1;
    for (size_t i = block->first_line;
         i < block->first_line + block->line_count; i++) {
        if (leave_lines(c, i, err) != 0 ||
            (i >= c->until && copy_line(c, &c->from->lines[i], err) != 0))
            return -1;
    }
    return 0;
}

int hand_leave(const struct page_text *text, const struct hand_lines *lines,
               struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *to = page_text_new();
    struct copying c = {text, lines, 0, 0, 0, to};

    if (to == NULL)
        return err_set(err, ERR_NOMEM, "hand: out of memory");
    memcpy(to->language, text->language, sizeof(to->language));
    memcpy(to->lacks, text->lacks, sizeof(to->lacks));
    for (size_t i = 0; i < text->block_count; i++) {
        if (copy_block(&c, &text->blocks[i], err) != 0)
            return -1;
    }
    if (leave_lines(&c, SIZE_MAX, err) != 0)
        return -1;
    page_text_finish(to);
    *out = STEAL(to);
    return 0;
}
