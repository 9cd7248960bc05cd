/* SPDX-License-Identifier: MIT */
#include "ocr/training/network.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define MODE_INT8    1
#define MODE_ADAM    4
#define MODE_DOUBLE  128
#define FLAG_RATES   64
#define IS_INT8      1 /* of the network's own flags */
#define LSTM_PARTS   4
#define NAME_MAX_LEN 4096
#define SIDE_MAX     65536
#define DEPTH_MAX    16

/* What is read is written at once, but for what changes. */
struct copying {
    const struct buf *in;
    size_t at;
    struct buf *out;
    const struct network_change *change;
    /* In out: how many weights the layer with the outputs has, and what
     * contains it. */
    size_t weights_at[DEPTH_MAX + 2];
    int last_count;
    struct err *err;
};

static int cut_short(const struct copying *c)
{
    return err_set(c->err, ERR_INPUT, "network: ends too early, at byte %zu",
                   c->in->len);
}

static int take(struct copying *c, void *to, size_t len)
{
    if (len > c->in->len - c->at)
        return cut_short(c);
    memcpy(to, c->in->data + c->at, len);
    c->at += len;
    return 0;
}

static int copy(struct copying *c, size_t len)
{
    if (len > c->in->len - c->at)
        return cut_short(c);
    buf_add(c->out, c->in->data + c->at, len);
    c->at += len;
    return 0;
}

/* x86 and ARM, for which Tesseract is built, are little-endian. */
static void put_i32(struct copying *c, int32_t value)
{
    buf_add(c->out, &value, sizeof(value));
}

static int copy_string(struct copying *c, char *text, size_t size)
{
    uint32_t len;

    if (take(c, &len, sizeof(len)) != 0)
        return -1;
    if (len > NAME_MAX_LEN)
        return err_set(c->err, ERR_INPUT,
                       "network: a name of %u bytes at byte %zu", len, c->at);
    buf_add(c->out, &len, sizeof(len));
    if (text != NULL && len < size && len <= c->in->len - c->at) {
        memcpy(text, c->in->data + c->at, len);
        text[len] = '\0';
    }
    return copy(c, len);
}

/* A matrix of doubles, whatever the file has. */
struct matrix {
    uint8_t mode;
    uint32_t rows, columns;
    double *of;
};

static void matrix_fini_at(const struct matrix *m)
{
    free(m->of);
}

static int take_int8(struct copying *c, struct matrix *m)
{
    size_t count = (size_t)m->rows * m->columns;
    const char *from = c->in->data + c->at + 1;
    uint32_t scales;

    if (count + 1 > c->in->len - c->at)
        return cut_short(c);
    c->at += count + 1;
    if (take(c, &scales, sizeof(scales)) != 0)
        return -1;
    if (scales < m->rows || scales > SIDE_MAX ||
        (size_t)scales * sizeof(double) > c->in->len - c->at)
        return err_set(c->err, ERR_INPUT,
                       "network: %u scales for %u rows at byte %zu", scales,
                       m->rows, c->at);
    for (size_t i = 0; i < count; i++) {
        double scale;

        memcpy(&scale, c->in->data + c->at + i / m->columns * sizeof(scale),
               sizeof(scale));
        m->of[i] = (double)(int8_t)from[i] * scale;
    }
    c->at += (size_t)scales * sizeof(double);
    return 0;
}

static int take_doubles(struct copying *c, const struct matrix *m)
{
    double empty;

    return take(c, &empty, sizeof(empty)) != 0
               ? -1
               : take(c, m->of, (size_t)m->rows * m->columns * sizeof(double));
}

static int take_matrix(struct copying *c, struct matrix *m)
{
    if (take(c, &m->mode, 1) != 0 || take(c, &m->rows, 4) != 0 ||
        take(c, &m->columns, 4) != 0)
        return -1;
    if ((m->mode & MODE_DOUBLE) == 0 || m->rows > SIDE_MAX ||
        m->columns > SIDE_MAX || m->rows == 0 || m->columns == 0 ||
        (size_t)m->rows * m->columns > c->in->len)
        return err_set(c->err, ERR_INPUT,
                       "network: at byte %zu no matrix (mode %u, %u by %u)",
                       c->at, m->mode, m->rows, m->columns);
    m->of = calloc((size_t)m->rows * m->columns, sizeof(double));
    if (m->of == NULL)
        return err_set(c->err, ERR_NOMEM, "network: out of memory");
    return m->mode & MODE_INT8 ? take_int8(c, m) : take_doubles(c, m);
}

static void put_matrix(struct copying *c, const struct matrix *m)
{
    const uint8_t mode = MODE_DOUBLE | MODE_ADAM;
    const double empty = 0;

    buf_add(c->out, &mode, 1);
    buf_add(c->out, &m->rows, 4);
    buf_add(c->out, &m->columns, 4);
    buf_add(c->out, &empty, sizeof(empty));
    buf_add(c->out, m->of, (size_t)m->rows * m->columns * sizeof(double));
}

static int copy_matrix(struct copying *c)
{
    __attribute__((cleanup(matrix_fini_at))) struct matrix m = {.of = NULL};

    if (take_matrix(c, &m) != 0)
        return -1;
    put_matrix(c, &m);
    return 0;
}

/* The mean of some rows of the old matrix. */
static int mean_row(const struct copying *c, const struct matrix *old,
                    const struct network_output *output, double *row)
{
    int count = output->count > 0 ? output->count : (int)old->rows;

    for (int i = 0; i < count; i++) {
        int from = output->count > 0 ? output->from[i] : i;

        if (from < 0 || (uint32_t)from >= old->rows)
            return err_set(c->err, ERR_INPUT,
                           "network: it has no output %d, it has %u", from,
                           old->rows);
        for (uint32_t j = 0; j < old->columns; j++)
            row[j] += old->of[(size_t)from * old->columns + j] / count;
    }
    row[old->columns - 1] += output->shift; /* the bias stands last */
    return 0;
}

static void add_weights(struct copying *c, int32_t more)
{
    for (int i = 0; i < c->last_count && !c->out->failed; i++) {
        char *at = c->out->data + c->weights_at[i];
        int32_t weights;

        memcpy(&weights, at, sizeof(weights));
        weights += more;
        memcpy(at, &weights, sizeof(weights));
    }
}

static int copy_outputs(struct copying *c)
{
    __attribute__((cleanup(matrix_fini_at))) struct matrix old = {.of = NULL};
    __attribute__((cleanup(matrix_fini_at))) struct matrix m = {.of = NULL};

    if (c->change->outputs == NULL)
        return copy_matrix(c);
    if (take_matrix(c, &old) != 0)
        return -1;
    m.rows = (uint32_t)c->change->output_count;
    m.columns = old.columns;
    m.of = calloc((size_t)m.rows * m.columns, sizeof(double));
    if (m.of == NULL)
        return err_set(c->err, ERR_NOMEM, "network: out of memory");
    for (uint32_t i = 0; i < m.rows; i++) {
        if (mean_row(c, &old, &c->change->outputs[i],
                     m.of + (size_t)i * m.columns) != 0)
            return -1;
    }
    put_matrix(c, &m);
    add_weights(c, ((int32_t)m.rows - (int32_t)old.rows) * (int32_t)m.columns);
    return 0;
}

static int copy_layer(struct copying *c, bool is_last, int depth);

/* Rates of the layers of the outermost container; the last is the output's. */
static int copy_rates(struct copying *c, bool is_outermost)
{
    uint32_t count;

    if (take(c, &count, sizeof(count)) != 0)
        return -1;
    buf_add(c->out, &count, sizeof(count));
    for (uint32_t i = 0; i < count; i++) {
        float rate;

        if (take(c, &rate, sizeof(rate)) != 0)
            return -1;
        if (is_outermost && i + 1 == count && c->change->output_rate > 0)
            rate = (float)c->change->output_rate;
        buf_add(c->out, &rate, sizeof(rate));
    }
    return 0;
}

static int copy_container(struct copying *c, int32_t flags, bool is_last,
                          int depth)
{
    uint32_t count;

    if (take(c, &count, sizeof(count)) != 0)
        return -1;
    if (depth == DEPTH_MAX)
        return err_set(c->err, ERR_INPUT, "network: nested too deep");
    buf_add(c->out, &count, sizeof(count));
    for (uint32_t i = 0; i < count; i++) {
        if (copy_layer(c, is_last && i + 1 == count, depth + 1) != 0)
            return -1;
    }
    return flags & FLAG_RATES ? copy_rates(c, depth == 0) : 0;
}

static bool is_one_of(const char *type, const char *const *types)
{
    for (; *types != NULL; types++) {
        if (strcmp(type, *types) == 0)
            return true;
    }
    return false;
}

static int copy_content(struct copying *c, const char *type, int32_t flags,
                        bool is_last, int depth)
{
    static const char *const pools[] = {"Convolve", "Maxpool", "Reconfig",
                                        NULL};
    static const char *const cells[] = {"LSTM", "SummLSTM", NULL};
    static const char *const full[] = {"Softmax", "Tanh",   "Logistic",
                                       "Relu",    "Linear", NULL};
    static const char *const containers[] = {
        "Series",    "Parallel",     "Replicated",  "ParBidiLSTM",
        "Par2dLSTM", "RTLReversed",  "TTBReversed", "XYTranspose",
        "ParLeft",   "DepParUDLSTM", NULL};

    if (strcmp(type, "Input") == 0)
        return copy(c, (size_t)5 * 4);
    if (is_one_of(type, pools))
        return copy(c, (size_t)2 * 4);
    if (is_one_of(type, full))
        return is_last ? copy_outputs(c) : copy_matrix(c);
    if (is_one_of(type, containers))
        return copy_container(c, flags, is_last, depth);
    if (!is_one_of(type, cells))
        return err_set(c->err, ERR_INPUT,
                       "network: unknown layer \"%s\" before byte %zu", type,
                       c->at);
    if (copy(c, 4) != 0)
        return -1;
    for (int i = 0; i < LSTM_PARTS; i++) {
        if (copy_matrix(c) != 0)
            return -1;
    }
    return 0;
}

static int copy_layer(struct copying *c, bool is_last, int depth)
{
    char type[64] = "";
    int32_t flags, sizes[3];

    if (copy(c, 1) != 0 || copy_string(c, type, sizeof(type)) != 0 ||
        copy(c, 2) != 0 || take(c, &flags, 4) != 0)
        return -1;
    put_i32(c, flags);
    if (take(c, sizes, sizeof(sizes)) != 0)
        return -1;
    if (is_last) {
        if (c->change->outputs != NULL)
            sizes[1] = c->change->output_count;
        c->weights_at[c->last_count++] = c->out->len + 2 * sizeof(int32_t);
    }
    buf_add(c->out, sizes, sizeof(sizes));
    if (copy_string(c, NULL, 0) != 0)
        return -1;
    return copy_content(c, type, flags, is_last, depth);
}

static int copy_end(struct copying *c)
{
    int32_t flags, null_output;

    if (copy_string(c, NULL, 0) != 0 || take(c, &flags, 4) != 0)
        return -1;
    put_i32(c, flags & ~IS_INT8);
    if (copy(c, (size_t)2 * 4) != 0 || take(c, &null_output, 4) != 0)
        return -1;
    put_i32(c,
            c->change->outputs == NULL ? null_output : c->change->null_output);
    if (copy(c, (size_t)3 * 4) != 0)
        return -1;
    return c->at == c->in->len
               ? 0
               : err_set(c->err, ERR_INPUT, "network: %zu bytes too many",
                         c->in->len - c->at);
}

int network_convert(const struct buf *in, const struct network_change *change,
                    struct buf *out, struct err *err)
{
    struct copying c = {.in = in, .out = out, .change = change, .err = err};

    if (copy_layer(&c, true, 0) != 0 || copy_end(&c) != 0)
        return -1;
    return out->failed ? err_set(err, ERR_NOMEM, "network: out of memory") : 0;
}
