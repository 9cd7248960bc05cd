/* SPDX-License-Identifier: MIT */
#include "ocr/form_match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "ocr/form_headings.h"

/* Of a printed text as read, and as it should be. */
#define LIKE_ENOUGH 0.68
/* Labels stand beside what is filled in, and are told from it more strictly. */
#define LABEL_ENOUGH 0.75
#define TITLE_ENOUGH 0.72
/* Letters of a label that may stand anywhere in a line. */
#define LABEL_LETTERS 3
/* A value's cell begins so close behind its label's, in middle heights. */
#define BESIDE 0.35
/* Words of a label or title. */
#define WORDS_MAX 12

/* A text of the form against one that was read. */
static double best_of(const struct form_texts *texts,
                      const struct likeness_key *key, double least)
{
    double best = 0;

    for (size_t i = 0; i < texts->count; i++) {
        double like = likeness(key, &texts->at[i].key, least);

        best = like > best ? like : best;
    }
    return best;
}

/* The key of some pieces of one line. */
static bool key_of(const struct leaf *leaf, size_t first, size_t count,
                   struct likeness_key *out)
{
    CLEANUP(free) char *text = pieces_text(leaf->pieces + first, count);

    if (text == NULL)
        return false;
    likeness_key(text, LIKENESS_PLAIN, out);
    return true;
}

/* How many pieces from this one on stand in its line, untaken. */
static size_t line_from(const struct leaf *leaf, size_t first)
{
    const struct leaf_piece *p = &leaf->pieces[first];
    size_t count = 0;

    while (first + count < leaf->piece_count &&
           leaf->pieces[first + count].line == p->line &&
           leaf->pieces[first + count].word != NULL &&
           leaf->pieces[first + count].cell == p->cell &&
           !leaf->pieces[first + count].is_taken)
        count++;
    return count;
}

/* How well some texts fit words that stand outside cells, and which. */
struct find {
    double like;
    size_t first, count;
};

static void find_from(const struct leaf *leaf, const struct form_texts *texts,
                      size_t first, double least, struct find *best)
{
    size_t count = line_from(leaf, first);
    struct likeness_key key;

    for (size_t n = 1; n <= count && n <= WORDS_MAX; n++) {
        double like;

        if (!key_of(leaf, first, n, &key))
            return;
        like = best_of(texts, &key, least);
        /* Of "Партида" and "Партида №" the longer is the label. */
        if (like > best->like ||
            (like > 0 && first == best->first && like >= best->like))
            *best = (struct find){like, first, n};
    }
}

static struct find find_outside(const struct leaf *leaf,
                                const struct form_texts *texts, double least)
{
    struct find best = {0, 0, 0};

    for (size_t i = leaf->outside; i < leaf->piece_count; i++) {
        if (leaf->pieces[i].word != NULL && !leaf->pieces[i].is_taken)
            find_from(leaf, texts, i, least, &best);
    }
    return best;
}

static void take_pieces(struct leaf *leaf, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        leaf->pieces[i].is_taken = true;
}

/* The cell right of another, in its row. */
static size_t cell_beside(const struct leaf *leaf, const struct leaf_cell *from)
{
    double reach = BESIDE * leaf_middle_height(leaf);
    size_t found = 0;

    for (size_t i = 0; i < leaf->cell_count; i++) {
        const struct leaf_cell *cell = &leaf->cells[i];
        double least =
            fmin(cell->y.to - cell->y.from, from->y.to - from->y.from);

        if (cell == from || cell->is_taken ||
            span_shared(cell->y, from->y) < 0.6 * least ||
            fabs(cell->x.from - from->x.to) > reach)
            continue;
        found = i + 1;
    }
    return found;
}

static struct match_label *add_label(struct match *match,
                                     const struct form_label *label)
{
    struct match_label *added;

    if (match->label_count == MATCH_LABELS)
        return NULL;
    added = &match->labels[match->label_count++];
    *added = (struct match_label){.label = label};
    return added;
}

/* A cell whose words are the label: its value stands in the cell beside. */
static bool match_cell(struct leaf *leaf, struct match *match,
                       const struct form_label *label)
{
    double best = 0;
    size_t found = 0;
    struct match_label *added;

    for (size_t i = 0; i < leaf->cell_count; i++) {
        double like =
            leaf->cells[i].is_taken
                ? 0
                : best_of(&label->texts, &leaf->cells[i].key, LABEL_ENOUGH);

        if (like > best) {
            best = like;
            found = i + 1;
        }
    }
    if (found == 0)
        return false;
    leaf->cells[found - 1].is_taken = true;
    added = add_label(match, label);
    if (added == NULL)
        return true;
    added->cell = cell_beside(leaf, &leaf->cells[found - 1]);
    if (added->cell > 0) {
        leaf->cells[added->cell - 1].is_taken = true;
        added->first = leaf->cells[added->cell - 1].first;
        added->count = leaf->cells[added->cell - 1].count;
    }
    return true;
}

/* A cell that begins with the label: the rest of it is the value. */
static bool match_caption(struct leaf *leaf, struct match *match,
                          const struct form_label *label)
{
    struct find best = {0, 0, 0};
    const struct leaf_cell *cell = NULL;
    struct match_label *added;

    for (size_t i = 0; i < leaf->cell_count; i++) {
        struct find found = {0, 0, 0};
        const struct leaf_cell *at = &leaf->cells[i];

        if (at->is_taken || at->count < 2 ||
            leaf->pieces[at->first].word == NULL)
            continue;
        find_from(leaf, &label->texts, at->first, LABEL_ENOUGH, &found);
        if (found.like > best.like && found.count < at->count) {
            best = found;
            cell = at;
        }
    }
    if (cell == NULL)
        return false;
    added = add_label(match, label);
    if (added == NULL)
        return true;
    *added = (struct match_label){label, best.first + best.count,
                                  cell->count - best.count,
                                  (size_t)(cell - leaf->cells) + 1};
    leaf->cells[added->cell - 1].is_taken = true;
    return true;
}

/* Labels in a line outside of cells; values run up to the next label. */
static void match_line(struct leaf *leaf, struct match *match,
                       const struct form_label *label)
{
    struct find found = find_outside(leaf, &label->texts, LABEL_ENOUGH);
    struct match_label *added;
    struct likeness_key key;

    if (found.count == 0 || !key_of(leaf, found.first, found.count, &key) ||
        (key.count < LABEL_LETTERS && found.like < 1))
        return;
    added = add_label(match, label);
    take_pieces(leaf, found.first, found.count);
    if (added != NULL)
        added->first = found.first + found.count;
}

/* Does a piece go on where another ends, in one line to the eye? Readers cut
 * lines of wide gaps. */
static bool goes_on(const struct leaf_piece *a, const struct leaf_piece *b)
{
    double reach = 0.6 * fmax(a->height, b->height);

    return a->cell == 0 && b->cell == 0 &&
           (a->line == b->line ||
            (fabs(a->y - b->y) < reach && b->x.from > a->x.to));
}

/* Once all labels of the lines are known: what stands behind each. */
static void end_values(struct leaf *leaf, struct match *match)
{
    for (size_t i = 0; i < match->label_count; i++) {
        struct match_label *label = &match->labels[i];
        size_t at = label->first;

        if (label->cell > 0 || at <= leaf->outside)
            continue;
        while (at < leaf->piece_count && !leaf->pieces[at].is_taken &&
               goes_on(&leaf->pieces[at - 1], &leaf->pieces[at]))
            leaf->pieces[at++].is_taken = true;
        label->count = at - label->first;
    }
}

/* Of labels alike, those with more letters first. */
static size_t longest_text(const struct form_label *label)
{
    size_t longest = 0;

    for (size_t i = 0; i < label->texts.count; i++) {
        if (label->texts.at[i].key.count > longest)
            longest = label->texts.at[i].key.count;
    }
    return longest;
}

typedef bool label_matcher(struct leaf *leaf, struct match *match,
                           const struct form_label *label);

static bool match_line_of(struct leaf *leaf, struct match *match,
                          const struct form_label *label)
{
    size_t before = match->label_count;

    match_line(leaf, match, label);
    return match->label_count > before;
}

/* Every label that was not found yet, the longest first. */
static void match_by(struct leaf *leaf, struct match *match, bool *is_found,
                     label_matcher *matcher)
{
    const struct form *form = match->form;

    for (size_t length = LIKENESS_MAX; length > 0; length--) {
        for (size_t i = 0; i < form->label_count; i++) {
            if (!is_found[i] && longest_text(&form->labels[i]) == length)
                is_found[i] = matcher(leaf, match, &form->labels[i]);
        }
    }
}

static int by_label(const void *a, const void *b)
{
    const struct match_label *p = a;
    const struct match_label *q = b;

    return (p->label > q->label) - (p->label < q->label);
}

/* In the order of the form. */
static void match_labels(struct leaf *leaf, struct match *match)
{
    CLEANUP(free)
    bool *is_found = calloc(match->form->label_count + 1, sizeof(*is_found));

    if (is_found == NULL)
        return;
    match_by(leaf, match, is_found, match_cell);
    match_by(leaf, match, is_found, match_caption);
    match_by(leaf, match, is_found, match_line_of);
    end_values(leaf, match);
    qsort(match->labels, match->label_count, sizeof(*match->labels), by_label);
}

static void take_headings(struct leaf *leaf, const struct match_table *table)
{
    for (size_t i = 0; i < leaf->cell_count; i++) {
        struct leaf_cell *cell = &leaf->cells[i];

        if (table->count > 0 && span_holds(table->y, span_middle(cell->y)))
            cell->is_taken = true;
    }
}

/* Every match takes pieces and cells for itself. */
static void untake(struct leaf *leaf)
{
    for (size_t i = 0; i < leaf->cell_count; i++)
        leaf->cells[i].is_taken = false;
    for (size_t i = 0; i < leaf->piece_count; i++)
        leaf->pieces[i].is_taken = false;
}

static double title_of(const struct leaf *leaf, const struct form *form)
{
    return find_outside(leaf, &form->titles, TITLE_ENOUGH).like;
}

/* How much of the page the form explains. */
static double score_of(const struct match *match, double title)
{
    const struct match_table *t = &match->table;
    double headings = t->count == 0 ? 0 : t->likeness / (double)t->count;
    double labels =
        match->form->label_count == 0
            ? 0
            : (double)match->label_count / (double)match->form->label_count;

    return title + 3 * headings + labels;
}

static bool is_enough(const struct match *match, double title)
{
    const struct match_table *t = &match->table;
    bool by_words = t->known >= 3 && 2 * t->known >= t->count;

    return by_words ||
           (title > 0 && (t->known >= 2 || match->label_count >= 2));
}

static void match_one(const struct form *form, struct leaf *leaf,
                      struct match *out)
{
    *out = (struct match){.form = form};
    untake(leaf);
    headings_match(form, leaf, LIKE_ENOUGH, &out->table);
    take_headings(leaf, &out->table);
    match_labels(leaf, out);
}

void form_match(const struct form_set *forms, struct leaf *leaf,
                struct match *out)
{
    const struct form *best = NULL;
    double best_score = 0;

    for (size_t i = 0; i < form_set_count(forms); i++) {
        const struct form *form = form_set_at(forms, i);
        double title;

        match_one(form, leaf, out);
        untake(leaf);
        title = title_of(leaf, form);
        out->score = score_of(out, title);
        if (is_enough(out, title) && out->score > best_score) {
            best = form;
            best_score = out->score;
        }
    }
    if (best != NULL) {
        match_one(best, leaf, out);
        headings_name(forms, leaf, &out->table);
        out->score = best_score;
        return;
    }
    *out = (struct match){.form = NULL};
    untake(leaf);
    headings_guess(leaf, &out->table);
    take_headings(leaf, &out->table);
    headings_name(forms, leaf, &out->table);
}
