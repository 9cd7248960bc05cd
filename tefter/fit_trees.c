/* SPDX-License-Identifier: MIT */
/*
 * tefter-fit-trees NAME SAMPLES [TEST [LIST]]: learn the trees of ocr/trees.h
 * from examples, and write them as a C table. For whoever changes a measure;
 * not installed.
 *
 * A file of examples has a line for each: 1 or 0, then its measures, separated
 * by tabs, as tefter-fit-reading writes them; what stands behind a # is left
 * out. With TEST the trees are tried on
 * its examples and the result is said on standard error, and with LIST the
 * likelihood of each is written there. The same examples
 * always make the same table.
 *
 * Gradient boosting of the logistic loss with Newton steps (Friedman 2001;
 * Chen and Guestrin, KDD 2016, equations 5 to 7). Limits are sought among
 * BINS quantiles of each measure.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/trees.h"

#define TREES      160
#define BINS       48
#define LEARN      0.12
#define RIDGE      3.0
#define LEAST_HESS 4.0
#define MEASURES   64
#define LINE_BYTES 4096

struct examples {
    float *at; /* count times measures */
    char *is;
    size_t count, cap, measures;
};

/* What is being learnt. */
struct learner {
    const struct examples *examples;
    float limits[MEASURES][BINS];
    unsigned char *bins; /* of each example and measure: limits not above it */
    double *score, *gradient, *hessian;
    unsigned char *node; /* each example's place in the tree being grown */
};

struct sums {
    double gradient, hessian;
};

static void out_of_memory(void)
{
    fprintf(stderr, "tefter-fit-trees: out of memory\n");
    exit(1);
}

static void *room(size_t count, size_t size)
{
    void *at = calloc(count + 1, size);

    if (at == NULL)
        out_of_memory();
    return at;
}

static void add_example(struct examples *e, const char *line)
{
    float values[MEASURES];
    size_t n = 0;
    char *end;
    long is = strtol(line, &end, 10);

    while (end[0] == '\t' && end[1] != '#' && n < MEASURES)
        values[n++] = strtof(end + 1, &end);
    if (e->measures == 0)
        e->measures = n;
    if (n != e->measures || n == 0) {
        fprintf(stderr,
                "tefter-fit-trees: example %zu has %zu measures, "
                "expected %zu\n",
                e->count + 1, n, e->measures);
        exit(1);
    }
    if (e->count == e->cap) {
        e->cap = e->cap * 2 + 1024;
        e->at = realloc(e->at, e->cap * n * sizeof(*e->at));
        e->is = realloc(e->is, e->cap);
        if (e->at == NULL || e->is == NULL)
            out_of_memory();
    }
    memcpy(e->at + e->count * n, values, n * sizeof(*values));
    e->is[e->count++] = is != 0;
}

static struct examples read_examples(const char *path)
{
    struct examples e = {NULL, NULL, 0, 0, 0};
    char line[LINE_BYTES];
    FILE *in = fopen(path, "r");

    if (in == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof(line), in) != NULL)
        add_example(&e, line);
    (void)fclose(in);
    return e;
}

static int by_value(const void *a, const void *b)
{
    const float *p = a;
    const float *q = b;

    return (*p > *q) - (*p < *q);
}

static void find_limits(struct learner *l)
{
    const struct examples *e = l->examples;
    float *values = room(e->count, sizeof(float));

    for (size_t m = 0; m < e->measures; m++) {
        for (size_t i = 0; i < e->count; i++)
            values[i] = e->at[i * e->measures + m];
        qsort(values, e->count, sizeof(*values), by_value);
        for (size_t b = 0; b < BINS; b++)
            l->limits[m][b] = values[(b + 1) * e->count / (BINS + 1)];
    }
    free(values);
}

static void sort_into_bins(struct learner *l)
{
    const struct examples *e = l->examples;

    for (size_t i = 0; i < e->count * e->measures; i++) {
        const float *limits = l->limits[i % e->measures];
        unsigned char n = 0;

        while (n < BINS && e->at[i] >= limits[n])
            n++;
        l->bins[i] = n;
    }
}

static double sigmoid(double v)
{
    return 1 / (1 + exp(-v));
}

static void take_gradients(struct learner *l)
{
    for (size_t i = 0; i < l->examples->count; i++) {
        double p = sigmoid(l->score[i]);

        l->gradient[i] = p - l->examples->is[i];
        l->hessian[i] = p * (1 - p);
        l->node[i] = 0;
    }
}

static double gain(struct sums s)
{
    return s.gradient * s.gradient / (s.hessian + RIDGE);
}

/* The best question of a measure for one node, better than *best. */
static void try_measure(const struct sums bins[BINS + 1], struct sums all,
                        size_t measure, const float *limits, double *best,
                        struct tree *tree, int node)
{
    struct sums below = {0, 0};

    for (size_t b = 0; b < BINS; b++) {
        struct sums rest;
        double v;

        below.gradient += bins[b].gradient;
        below.hessian += bins[b].hessian;
        rest = (struct sums){all.gradient - below.gradient,
                             all.hessian - below.hessian};
        if (below.hessian < LEAST_HESS || rest.hessian < LEAST_HESS)
            continue;
        v = gain(below) + gain(rest) - gain(all);
        if (v > *best) {
            *best = v;
            tree->measure[node] = (short)measure;
            tree->below[node] = limits[b];
        }
    }
}

/* Ask the best questions at the nodes first to first + count - 1. */
static void grow_level(struct learner *l, struct tree *tree, int first,
                       int count)
{
    const struct examples *e = l->examples;
    double best[TREE_ENDS] = {0};

    for (size_t m = 0; m < e->measures; m++) {
        struct sums bins[TREE_ENDS][BINS + 1] = {{{0, 0}}};
        struct sums all[TREE_ENDS] = {{0, 0}};

        for (size_t i = 0; i < e->count; i++) {
            int n = l->node[i] - first;
            struct sums *to = &bins[n][l->bins[i * e->measures + m]];

            to->gradient += l->gradient[i];
            to->hessian += l->hessian[i];
            all[n].gradient += l->gradient[i];
            all[n].hessian += l->hessian[i];
        }
        for (int n = 0; n < count; n++)
            try_measure(bins[n], all[n], m, l->limits[m], &best[n], tree,
                        first + n);
    }
    for (size_t i = 0; i < e->count; i++) {
        int n = l->node[i];

        l->node[i] =
            (unsigned char)(2 * n +
                            (e->at[i * e->measures + (size_t)tree->measure[n]] <
                                     tree->below[n]
                                 ? 1
                                 : 2));
    }
}

static struct tree grow(struct learner *l)
{
    const struct examples *e = l->examples;
    struct tree tree = {{0}, {0}, {0}};
    struct sums ends[TREE_ENDS] = {{0, 0}};

    take_gradients(l);
    for (int level = 0; level < TREE_DEPTH; level++)
        grow_level(l, &tree, (1 << level) - 1, 1 << level);
    for (size_t i = 0; i < e->count; i++) {
        ends[l->node[i] - TREE_NODES].gradient += l->gradient[i];
        ends[l->node[i] - TREE_NODES].hessian += l->hessian[i];
    }
    for (int n = 0; n < TREE_ENDS; n++)
        tree.answer[n] =
            (float)(-LEARN * ends[n].gradient / (ends[n].hessian + RIDGE));
    for (size_t i = 0; i < e->count; i++)
        l->score[i] += (double)tree.answer[l->node[i] - TREE_NODES];
    return tree;
}

static double log_odds(const struct examples *e)
{
    double is = 0;

    for (size_t i = 0; i < e->count; i++)
        is += e->is[i];
    return log((is + 1) / ((double)e->count - is + 1));
}

static struct trees learn(const struct examples *e, struct tree *at)
{
    struct learner l = {.examples = e};
    struct trees trees = {log_odds(e), at, TREES};

    l.bins = room(e->count * e->measures, 1);
    l.score = room(e->count, sizeof(double));
    l.gradient = room(e->count, sizeof(double));
    l.hessian = room(e->count, sizeof(double));
    l.node = room(e->count, 1);
    find_limits(&l);
    sort_into_bins(&l);
    for (size_t i = 0; i < e->count; i++)
        l.score[i] = trees.base;
    for (size_t t = 0; t < TREES; t++)
        at[t] = grow(&l);
    free(l.bins);
    free(l.score);
    free(l.gradient);
    free(l.hessian);
    free(l.node);
    return trees;
}

/* Of the examples that are, and that are not, how many are taken for it. */
static void try_on(const struct trees *trees, const struct examples *e,
                   const char *path)
{
    static const double limits[] = {0.1, 0.2, 0.3, 0.4, 0.5,
                                    0.6, 0.7, 0.8, 0.9};

    fprintf(stderr,
            "%s: %zu examples\nat least   taken of those that are   "
            "that are not   right of those taken\n",
            path, e->count);
    for (size_t n = 0; n < sizeof(limits) / sizeof(*limits); n++) {
        double taken[2] = {0, 0}, all[2] = {0, 0};

        for (size_t i = 0; i < e->count; i++) {
            double p = trees_judge(trees, e->at + i * e->measures);

            all[(int)e->is[i]]++;
            taken[(int)e->is[i]] += p >= limits[n];
        }
        fprintf(stderr, "%8.1f %21.2f %% %12.2f %% %19.2f %%\n", limits[n],
                100 * taken[1] / fmax(all[1], 1),
                100 * taken[0] / fmax(all[0], 1),
                100 * taken[1] / fmax(taken[0] + taken[1], 1));
    }
}

/* Each example's likelihood, and what it was. */
static void list(const struct trees *trees, const struct examples *e,
                 const char *path)
{
    FILE *out = fopen(path, "w");

    for (size_t i = 0; out != NULL && i < e->count; i++)
        fprintf(out, "%.4f\n", trees_judge(trees, e->at + i * e->measures));
    if (out == NULL || fclose(out) != 0)
        perror(path);
}

static void print_tree(const struct tree *tree)
{
    printf("    {{");
    for (int i = 0; i < TREE_NODES; i++)
        printf("%s%d", i > 0 ? ", " : "", tree->measure[i]);
    printf("},\n     {");
    for (int i = 0; i < TREE_NODES; i++)
        printf("%s%#.9gF", i > 0 ? ", " : "", (double)tree->below[i]);
    printf("},\n     {");
    for (int i = 0; i < TREE_ENDS; i++)
        printf("%s%#.5gF", i > 0 ? ", " : "", (double)tree->answer[i]);
    printf("}},\n");
}

static void print_table(const char *name, const struct trees *trees)
{
    printf("/* SPDX-License-Identifier: MIT */\n"
           "/* Written by tefter-fit-trees: see docs/learning.md. */\n"
           "#include \"ocr/%s_trees.h\"\n\n"
           "/* clang-format off */\n"
           "static const struct tree trees[] = {\n",
           name);
    for (size_t i = 0; i < trees->count; i++)
        print_tree(&trees->at[i]);
    printf("};\n/* clang-format on */\n\n"
           "const struct trees %s_trees = {%.6g, trees,\n"
           "                                 sizeof(trees) / "
           "sizeof(*trees)};\n",
           name, trees->base);
}

int main(int argc, char **argv)
{
    static struct tree at[TREES];
    struct examples examples;
    struct trees trees;

    if (argc < 3 || argc > 5) {
        fprintf(stderr, "Usage: tefter-fit-trees NAME SAMPLES [TEST [LIST]]\n");
        return 2;
    }
    examples = read_examples(argv[2]);
    trees = learn(&examples, at);
    print_table(argv[1], &trees);
    try_on(&trees, &examples, argv[2]);
    if (argc > 3) {
        struct examples test = read_examples(argv[3]);

        try_on(&trees, &test, argv[3]);
        if (argc > 4)
            list(&trees, &test, argv[4]);
        free(test.at);
        free(test.is);
    }
    free(examples.at);
    free(examples.is);
    return 0;
}
