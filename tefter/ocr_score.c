/* SPDX-License-Identifier: MIT */
#include "tefter/ocr_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"

#define NEAR_PX        30 /* a word may lie so far outside its cell      */
#define LINE_SHARE     0.6
#define LINE_MIN_PX    12
#define QUAD_TOLERANCE 3.0 /* pixels; quads are rounded to tenths      */
#define NEWTON_STEPS   6

/* Text as code points, compared one by one. */
struct runes {
    int32_t *at;
    size_t count;
};

static void runes_fini_at(const struct runes *runes)
{
    free(runes->at);
}
#define RUNES_CLEANUP __attribute__((cleanup(runes_fini_at)))

struct box {
    double left, top, right, bottom;
};

struct spot {
    double x, y;
};

/* A cell of the truth. */
struct cell {
    struct box box;
    struct spot quad[4];
    const char *text, *kind, *region; /* borrowed from the truth */
};

/* A word on the straight paper. */
struct placed {
    double x, y, w, h;
    const char *text; /* NULL: marked unread             */
    unsigned confidence;
    long cell;     /* -1: none                        */
    size_t number; /* as it was read: order of equals */
};

struct form {
    double cos, sin; /* of the angle                         */
    double cx, cy;   /* the middle of the file               */
    double left, top;
    struct cell *cells;
    size_t count;
    bool by_quads;
};

static void form_fini_at(const struct form *form)
{
    free(form->cells);
}

const char *score_class_name(enum score_class class)
{
    static const char *const names[SCORE_CLASSES] = {
        "all",   "readable", "filled", "empty", "printed",
        "typed", "digits",   "head",   "hand"};

    return names[class];
}

static struct score_word place_of(struct quad quad)
{
    const struct point *c = quad.corner;

    return (struct score_word){
        .x = (c[0].x + c[1].x + c[2].x + c[3].x) / 4.0,
        .y = (c[0].y + c[1].y + c[2].y + c[3].y) / 4.0,
        .w = hypot(c[1].x - c[0].x, c[1].y - c[0].y),
        .h = hypot(c[3].x - c[0].x, c[3].y - c[0].y),
    };
}

int score_words_of(const struct page_text *text, struct score_word **out,
                   size_t *count, struct err *err)
{
    size_t n = 0;
    struct score_word *at =
        calloc(text->word_count + text->block_count + 1, sizeof(*at));

    if (at == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    for (size_t i = 0; i < text->word_count; i++) {
        at[n] = place_of(text->words[i].quad);
        at[n].text = text->words[i].text;
        at[n++].confidence = text->words[i].confidence;
    }
    for (size_t i = 0; i < text->block_count; i++) {
        if (text->blocks[i].unread)
            at[n++] = place_of(text->blocks[i].quad);
    }
    *out = at;
    *count = n;
    return 0;
}

/* What a code point counts as. */
static int32_t fold(int32_t rune)
{
    if ((rune >= '\t' && rune <= '\r') || (rune >= 0x1c && rune <= 0x1f) ||
        rune == 0x85)
        return ' ';
    switch (utf8proc_category(rune)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return ' ';
    default:
        break;
    }
    if (rune == 0x2014 || rune == 0x2013 || rune == 0x2212) /* — – − */
        return '-';
    if (rune == 0x201c || rune == 0x201d || rune == 0x201e || rune == 0xab ||
        rune == 0xbb) /* “ ” „ « » */
        return '"';
    return rune;
}

/* Text with one kind of dash, quotation mark and space, none at the ends. */
static int runes_of(const char *text, struct runes *out, struct err *err)
{
    CLEANUP(free)
    utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)text);
    const utf8proc_uint8_t *from = nfc;
    int32_t *at =
        nfc == NULL ? NULL : calloc(strlen((const char *)nfc) + 1, sizeof(*at));
    size_t n = 0;

    if (at == NULL)
        return err_set(err, ERR_NOMEM, "score: '%.40s' is no text", text);
    while (*from != 0) {
        utf8proc_int32_t rune;
        utf8proc_ssize_t len = utf8proc_iterate(from, -1, &rune);

        if (len <= 0)
            break;
        from += len;
        rune = fold(rune);
        if (rune != ' ' || (n > 0 && at[n - 1] != ' '))
            at[n++] = rune;
    }
    if (n > 0 && at[n - 1] == ' ')
        n--;
    *out = (struct runes){at, n};
    return 0;
}

static int64_t least(int64_t a, int64_t b, int64_t c)
{
    int64_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

static int distance(const struct runes *a, const struct runes *b, int64_t *out,
                    struct err *err)
{
    CLEANUP(free) int64_t *row = calloc(b->count + 1, sizeof(*row));

    if (row == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    for (size_t j = 0; j <= b->count; j++)
        row[j] = (int64_t)j;
    for (size_t i = 1; i <= a->count; i++) {
        int64_t diagonal = row[0];

        row[0] = (int64_t)i;
        for (size_t j = 1; j <= b->count; j++) {
            int64_t above = row[j];

            row[j] = least(row[j - 1] + 1, above + 1,
                           diagonal + (a->at[i - 1] != b->at[j - 1]));
            diagonal = above;
        }
    }
    *out = row[b->count];
    return 0;
}

static int take_numbers(const json_t *array, size_t count, double *out)
{
    if (json_array_size(array) != count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const json_t *number = json_array_get(array, i);

        if (!json_is_number(number))
            return -1;
        out[i] = json_number_value(number);
    }
    return 0;
}

static int take_cell(const json_t *json, struct cell *out)
{
    const json_t *quad = json_object_get(json, "quad");
    double box[4];

    if (take_numbers(json_object_get(json, "box"), 4, box) != 0 ||
        json_array_size(quad) != 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        double xy[2];

        if (take_numbers(json_array_get(quad, i), 2, xy) != 0)
            return -1;
        out->quad[i] = (struct spot){xy[0], xy[1]};
    }
    out->box = (struct box){box[0], box[1], box[2], box[3]};
    out->text = json_get_text(json, "text", NULL);
    out->kind = json_get_text(json, "kind", "");
    out->region = json_get_text(json, "region", "");
    return out->text == NULL ? -1 : 0;
}

static struct spot to_paper(const struct form *form, double x, double y)
{
    double dx = x - form->cx;
    double dy = y - form->cy;

    return (struct spot){
        dx * form->cos - dy * form->sin + form->cx - form->left,
        dx * form->sin + dy * form->cos + form->cy - form->top};
}

/* Are the quads anywhere else than the angle puts the boxes? */
static bool needs_quads(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct cell *c = &form->cells[i];
        struct spot a = to_paper(form, c->quad[0].x, c->quad[0].y);
        struct spot b = to_paper(form, c->quad[2].x, c->quad[2].y);

        if (fabs(a.x - c->box.left) > QUAD_TOLERANCE ||
            fabs(a.y - c->box.top) > QUAD_TOLERANCE ||
            fabs(b.x - c->box.right) > QUAD_TOLERANCE ||
            fabs(b.y - c->box.bottom) > QUAD_TOLERANCE)
            return true;
    }
    return false;
}

static int form_init(struct form *form, const json_t *truth, struct err *err)
{
    const json_t *cells = json_object_get(truth, "cells");
    double size[2];
    double margins[4];
    double rad = json_get_real(truth, "angle_ccw_deg", 0) * M_PI / 180;

    if (take_numbers(json_object_get(truth, "size"), 2, size) != 0 ||
        take_numbers(json_object_get(truth, "margins"), 4, margins) != 0 ||
        !json_is_array(cells))
        return err_set(err, ERR_INPUT,
                       "truth: size, margins or cells are not there");
    *form = (struct form){.cos = cos(rad),
                          .sin = sin(rad),
                          .cx = size[0] / 2,
                          .cy = size[1] / 2,
                          .left = margins[0],
                          .top = margins[1],
                          .count = json_array_size(cells)};
    form->cells = calloc(form->count + 1, sizeof(*form->cells));
    if (form->cells == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    for (size_t i = 0; i < form->count; i++) {
        if (take_cell(json_array_get(cells, i), &form->cells[i]) != 0)
            return err_set(err, ERR_INPUT,
                           "truth: cell %zu has no text, box or quad", i);
    }
    form->by_quads = needs_quads(form);
    return 0;
}

/* Where in the unit square a point of the file lies, the quad being its
 * corners: the bilinear map turned round by Newton's method. */
static struct spot in_square(const struct spot quad[4], struct spot p)
{
    struct spot at = {0.5, 0.5};

    for (int i = 0; i < NEWTON_STEPS; i++) {
        double u = at.x;
        double v = at.y;
        double xu =
            (1 - v) * (quad[1].x - quad[0].x) + v * (quad[2].x - quad[3].x);
        double yu =
            (1 - v) * (quad[1].y - quad[0].y) + v * (quad[2].y - quad[3].y);
        double xv =
            (1 - u) * (quad[3].x - quad[0].x) + u * (quad[2].x - quad[1].x);
        double yv =
            (1 - u) * (quad[3].y - quad[0].y) + u * (quad[2].y - quad[1].y);
        double det = xu * yv - xv * yu;
        double dx = (1 - v) * (quad[0].x + u * (quad[1].x - quad[0].x)) +
                    v * (quad[3].x + u * (quad[2].x - quad[3].x)) - p.x;
        double dy = (1 - v) * (quad[0].y + u * (quad[1].y - quad[0].y)) +
                    v * (quad[3].y + u * (quad[2].y - quad[3].y)) - p.y;

        if (fabs(det) < 1e-9)
            break;
        at.x -= (dx * yv - dy * xv) / det;
        at.y -= (dy * xu - dx * yu) / det;
    }
    return at;
}

/* A point of the file on the straight paper, as seen from a cell. */
static struct spot beside(const struct form *form, const struct cell *cell,
                          const struct score_word *word)
{
    struct spot at;

    if (!form->by_quads)
        return to_paper(form, word->x, word->y);
    at = in_square(cell->quad, (struct spot){word->x, word->y});
    return (struct spot){
        cell->box.left + at.x * (cell->box.right - cell->box.left),
        cell->box.top + at.y * (cell->box.bottom - cell->box.top)};
}

static double outside_by(const struct box *box, struct spot p)
{
    double x = fmax(box->left - p.x, p.x - box->right);
    double y = fmax(box->top - p.y, p.y - box->bottom);

    return fmax(fmax(x, y), 0);
}

/* The nearest cell takes the word. */
static struct placed place(const struct form *form,
                           const struct score_word *word)
{
    struct placed out = {.w = word->w,
                         .h = word->h,
                         .text = word->text,
                         .confidence = word->confidence,
                         .cell = -1};
    double best = NEAR_PX + 1;

    for (size_t i = 0; i < form->count && best > 0; i++) {
        struct spot p = beside(form, &form->cells[i], word);
        double d = outside_by(&form->cells[i].box, p);

        if (d < best) {
            best = d;
            out.cell = (long)i;
            out.x = p.x;
            out.y = p.y;
        }
    }
    return out;
}

static int by_cell_and_y(const void *a, const void *b)
{
    const struct placed *p = a;
    const struct placed *q = b;

    if (p->cell != q->cell)
        return (p->cell > q->cell) - (p->cell < q->cell);
    if (p->y != q->y)
        return (p->y > q->y) - (p->y < q->y);
    return (p->number > q->number) - (p->number < q->number);
}

static int by_number(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

static int by_x(const void *a, const void *b)
{
    const struct placed *p = a;
    const struct placed *q = b;
    const double pv[] = {p->x, p->y, p->w, p->h};
    const double qv[] = {q->x, q->y, q->w, q->h};

    for (size_t i = 0; i < 4; i++) {
        if (pv[i] != qv[i])
            return by_number(&pv[i], &qv[i]);
    }
    return strcmp(p->text, q->text);
}

static int median_height(const struct placed *words, size_t count, double *out,
                         struct err *err)
{
    CLEANUP(free) double *h = calloc(count + 1, sizeof(*h));

    if (h == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    for (size_t i = 0; i < count; i++)
        h[i] = words[i].h;
    qsort(h, count, sizeof(*h), by_number);
    *out = fmax(LINE_MIN_PX, h[count / 2]);
    return 0;
}

/* Words of one cell, by y, into lines, each by x. */
static int order(struct placed *words, size_t count, struct err *err)
{
    size_t start = 0;
    double height = LINE_MIN_PX;
    double sum = 0;

    if (median_height(words, count, &height, err) != 0)
        return -1;
    for (size_t i = 0; i <= count; i++) {
        bool is_same =
            i == start || (i < count && words[i].y - sum / (double)(i - start) <
                                            height * LINE_SHARE);

        if (!is_same) {
            qsort(words + start, i - start, sizeof(*words), by_x);
            start = i;
            sum = 0;
        }
        if (i < count)
            sum += words[i].y;
    }
    return 0;
}

static int text_of(const struct placed *words, size_t count, struct buf *out,
                   struct err *err)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%s", i > 0 ? " " : "", words[i].text);
    return out->failed ? err_set(err, ERR_NOMEM, "score: out of memory") : 0;
}

/* The tokens of a page, as text, to be compared as bags. */
struct bag {
    char **at;
    size_t count, cap;
};

static void bag_fini_at(const struct bag *bag)
{
    for (size_t i = 0; i < bag->count; i++)
        free(bag->at[i]);
    free(bag->at);
}

static bool is_trimmed(int32_t rune)
{
    static const char ascii[] = ".,;:|-_\"'()[]{}!~*`";

    return (rune < 128 && strchr(ascii, (int)rune) != NULL) || rune == 0x2018 ||
           rune == 0x2019 || rune == 0xb0; /* ‘ ’ ° */
}

static int bag_add(struct bag *bag, const int32_t *at, size_t count,
                   struct err *err)
{
    char *text, *to;

    while (count > 0 && is_trimmed(at[0])) {
        at++;
        count--;
    }
    while (count > 0 && is_trimmed(at[count - 1]))
        count--;
    if (count == 0)
        return 0;
    if (bag->count == bag->cap) {
        size_t cap = bag->cap * 2 + 64;
        char **grown = realloc(bag->at, cap * sizeof(*grown));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "score: out of memory");
        bag->at = grown;
        bag->cap = cap;
    }
    text = to = calloc(count + 1, 4);
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    for (size_t i = 0; i < count; i++)
        to += utf8proc_encode_char(at[i], (utf8proc_uint8_t *)to);
    bag->at[bag->count++] = text;
    return 0;
}

static int bag_add_words(struct bag *bag, const struct runes *runes,
                         struct err *err)
{
    size_t start = 0;

    for (size_t i = 0; i <= runes->count; i++) {
        if (i < runes->count && runes->at[i] != ' ')
            continue;
        if (bag_add(bag, runes->at + start, i - start, err) != 0)
            return -1;
        start = i + 1;
    }
    return 0;
}

static int by_text(const void *a, const void *b)
{
    char *const *p = a;
    char *const *q = b;

    return strcmp(*p, *q);
}

static int64_t bag_common(struct bag *a, struct bag *b)
{
    int64_t common = 0;
    size_t i = 0;
    size_t j = 0;

    if (a->count == 0 || b->count == 0)
        return 0;
    qsort(a->at, a->count, sizeof(*a->at), by_text);
    qsort(b->at, b->count, sizeof(*b->at), by_text);
    while (i < a->count && j < b->count) {
        int c = strcmp(a->at[i], b->at[j]);

        common += c == 0;
        i += c <= 0;
        j += c >= 0;
    }
    return common;
}

static bool is_digits(const struct runes *runes)
{
    for (size_t i = 0; i < runes->count; i++) {
        int32_t r = runes->at[i];

        if (r != ' ' && r != '.' && r != ',' &&
            utf8proc_category(r) != UTF8PROC_CATEGORY_ND)
            return false;
    }
    return runes->count > 0;
}

static bool is_hand(const struct cell *cell)
{
    return cell->text[0] != '\0' && (strcmp(cell->kind, "hand") == 0 ||
                                     strcmp(cell->kind, "script") == 0);
}

static void tally_add(struct tally *to, const struct tally *from)
{
    to->edits += from->edits;
    to->chars += from->chars;
    to->exact += from->exact;
    to->cells += from->cells;
}

/* The chance that all words are right, as a bin of confidence. */
static size_t bin_of(const struct placed *words, size_t count)
{
    double chance = 1;

    for (size_t i = 0; i < count; i++)
        chance *= words[i].confidence / 100.0;
    return chance >= 0.9 ? SCORE_BINS - 1 : (size_t)(chance * SCORE_BINS);
}

static void count_cell(struct score *out, const struct cell *cell,
                       const struct runes *want, const struct runes *got,
                       int64_t edits)
{
    const struct tally one = {edits, (int64_t)want->count, edits == 0, 1};
    bool is_filled = cell->text[0] != '\0';
    bool hand = is_hand(cell);
    const bool in[SCORE_CLASSES] = {
        [SCORE_ALL] = true,
        [SCORE_READABLE] = !hand,
        [SCORE_FILLED] = is_filled && !hand,
        [SCORE_EMPTY] = !is_filled,
        [SCORE_PRINTED] = is_filled && strcmp(cell->kind, "printed") == 0,
        [SCORE_TYPED] = is_filled && strcmp(cell->kind, "typed") == 0,
        [SCORE_DIGITS] = !hand && is_digits(want),
        [SCORE_HEAD] = !hand && strcmp(cell->region, "head") == 0,
        [SCORE_HAND] = hand,
    };

    for (int i = 0; i < SCORE_CLASSES; i++) {
        if (in[i])
            tally_add(&out->of[i], &one);
    }
    out->junk_cells += !is_filled && got->count > 0;
    out->hand_unread += hand && got->count == 0;
}

/* What was marked unread is taken from the words. @return how many were */
static size_t take_unread(struct placed *words, size_t *count)
{
    size_t kept = 0;
    size_t unread;

    for (size_t i = 0; i < *count; i++) {
        if (words[i].text != NULL)
            words[kept++] = words[i];
    }
    unread = *count - kept;
    *count = kept;
    return unread;
}

static int score_cell(const struct cell *cell, struct placed *words,
                      size_t count, struct bag *truth, struct bag *read,
                      struct score *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    RUNES_CLEANUP struct runes want = {NULL, 0};
    RUNES_CLEANUP struct runes got = {NULL, 0};
    int64_t edits = 0;
    size_t unread = take_unread(words, &count);

    if ((count > 0 && order(words, count, err) != 0) ||
        text_of(words, count, &text, err) != 0 ||
        runes_of(cell->text, &want, err) != 0 ||
        runes_of(buf_str(&text), &got, err) != 0 ||
        distance(&want, &got, &edits, err) != 0 ||
        bag_add_words(truth, &want, err) != 0 ||
        bag_add_words(read, &got, err) != 0)
        return -1;
    count_cell(out, cell, &want, &got, edits);
    if (!is_hand(cell)) {
        const struct tally one = {edits, (int64_t)want.count, edits == 0, 1};

        if (count > 0)
            tally_add(&out->by_confidence[bin_of(words, count)], &one);
        out->type_unread += unread > 0 && want.count > 0;
        score_old_letters((struct letters){want.at, want.count},
                          (struct letters){got.at, got.count},
                          &out->old_letters);
        score_roman_dates((struct letters){want.at, want.count},
                          (struct letters){got.at, got.count},
                          &out->roman_dates);
    }
    return 0;
}

static int score_stray(const struct placed *words, size_t count,
                       struct bag *read, struct score *out, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        RUNES_CLEANUP struct runes got = {NULL, 0};

        if (words[i].text == NULL)
            continue;
        if (runes_of(words[i].text, &got, err) != 0 ||
            bag_add_words(read, &got, err) != 0)
            return -1;
        out->stray += (int64_t)got.count;
    }
    return 0;
}

static size_t run_length(const struct placed *words, size_t from, size_t count,
                         long cell)
{
    size_t n = 0;

    while (from + n < count && words[from + n].cell == cell)
        n++;
    return n;
}

static int score_placed(const struct form *form, struct placed *words,
                        size_t count, struct score *out, struct err *err)
{
    __attribute__((cleanup(bag_fini_at))) struct bag truth = {NULL, 0, 0};
    __attribute__((cleanup(bag_fini_at))) struct bag read = {NULL, 0, 0};
    size_t at = run_length(words, 0, count, -1);

    if (score_stray(words, at, &read, out, err) != 0)
        return -1;
    for (size_t i = 0; i < form->count; i++) {
        size_t n = run_length(words, at, count, (long)i);

        if (score_cell(&form->cells[i], words + at, n, &truth, &read, out,
                       err) != 0)
            return -1;
        at += n;
    }
    out->words_common += bag_common(&truth, &read);
    out->words_true += (int64_t)truth.count;
    out->words_read += (int64_t)read.count;
    out->pages++;
    return 0;
}

int score_page(const json_t *truth, const struct score_word *words,
               size_t count, struct score *out, struct err *err)
{
    __attribute__((cleanup(form_fini_at))) struct form form = {.cells = NULL};
    CLEANUP(free) struct placed *placed = calloc(count + 1, sizeof(*placed));
    struct score page = {.pages = 0};

    if (placed == NULL)
        return err_set(err, ERR_NOMEM, "score: out of memory");
    if (form_init(&form, truth, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        placed[i] = place(&form, &words[i]);
        placed[i].number = i;
    }
    qsort(placed, count, sizeof(*placed), by_cell_and_y);
    if (score_placed(&form, placed, count, &page, err) != 0)
        return -1;
    score_add(out, &page);
    return 0;
}

static void part_add(struct part *to, const struct part *from)
{
    to->right += from->right;
    to->all += from->all;
}

void score_add(struct score *to, const struct score *from)
{
    for (int i = 0; i < SCORE_CLASSES; i++)
        tally_add(&to->of[i], &from->of[i]);
    for (int i = 0; i < SCORE_BINS; i++)
        tally_add(&to->by_confidence[i], &from->by_confidence[i]);
    part_add(&to->old_letters, &from->old_letters);
    part_add(&to->roman_dates, &from->roman_dates);
    to->type_unread += from->type_unread;
    to->stray += from->stray;
    to->junk_cells += from->junk_cells;
    to->hand_unread += from->hand_unread;
    to->words_true += from->words_true;
    to->words_read += from->words_read;
    to->words_common += from->words_common;
    to->pages += from->pages;
}
