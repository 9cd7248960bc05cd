/* SPDX-License-Identifier: MIT */
#include "ocr/training/network.h"

#include <stdint.h>
#include <string.h>

#include "common/cleanup.h"
#include "tests/unit.h"

/* Builds networks as Tesseract writes them. */
static void put_i32(struct buf *b, int32_t value)
{
    buf_add(b, &value, sizeof(value));
}

static void put_text(struct buf *b, const char *text)
{
    put_i32(b, (int32_t)strlen(text));
    buf_puts(b, text);
}

static void put_u8(struct buf *b, uint8_t value)
{
    buf_add(b, &value, 1);
}

static void put_layer(struct buf *b, const char *type, int32_t flags,
                      int32_t inputs, int32_t outputs, int32_t weights)
{
    put_u8(b, 0);
    put_text(b, type);
    put_u8(b, 0);
    put_u8(b, 0);
    put_i32(b, flags);
    put_i32(b, inputs);
    put_i32(b, outputs);
    put_i32(b, weights);
    put_text(b, "name");
}

/* Three rows of two weights of 8 bits, scaled by 0.5, 2 and 1; a fourth scale
 * pads them. */
static void put_int8(struct buf *b)
{
    static const int8_t values[] = {10, -20, 30, 40, -128, 127};
    static const double scales[] = {0.5, 2, 1, 99};

    put_u8(b, 133);
    put_i32(b, 3);
    put_i32(b, 2);
    put_u8(b, 0);
    buf_add(b, values, sizeof(values));
    put_i32(b, 4);
    buf_add(b, scales, sizeof(scales));
}

static void put_doubles(struct buf *b, int32_t rows, int32_t columns,
                        const double *values)
{
    const double empty = 0;

    put_u8(b, 132);
    put_i32(b, rows);
    put_i32(b, columns);
    buf_add(b, &empty, sizeof(empty));
    buf_add(b, values, (size_t)(rows * columns) * sizeof(double));
}

static void put_end(struct buf *b, int32_t flags, int32_t null_output)
{
    put_text(b, "[spec]");
    put_i32(b, flags);
    put_i32(b, 7);
    put_i32(b, 8);
    put_i32(b, null_output);
    put_i32(b, 1);
    put_i32(b, 2);
    put_i32(b, 3);
}

static void put_rates(struct buf *b, float first, float last)
{
    put_i32(b, 2);
    buf_add(b, &first, sizeof(first));
    buf_add(b, &last, sizeof(last));
}

/* Input and three outputs of one input each. */
static void put_network(struct buf *b)
{
    put_layer(b, "Series", 64, 1, 3, 6);
    put_i32(b, 2);
    put_layer(b, "Input", 0, 1, 1, 0);
    for (int i = 0; i < 5; i++)
        put_i32(b, i);
    put_layer(b, "Softmax", 0, 1, 3, 6);
    put_int8(b);
    put_rates(b, 0.5F, 0.25F);
    put_end(b, 65, 2);
}

static void assert_same(const struct buf *got, const struct buf *want)
{
    assert_int_equal(got->len, want->len);
    assert_memory_equal(got->data, want->data, want->len);
}

/* The network of put_network() as floats, with so many outputs of two weights
 * each, the rate of the last layer, and the number its end has. */
static void put_floats(struct buf *want, int outputs, const double *weights,
                       float rate, int end)
{
    put_layer(want, "Series", 64, 1, outputs, 2 * outputs);
    put_i32(want, 2);
    put_layer(want, "Input", 0, 1, 1, 0);
    for (int i = 0; i < 5; i++)
        put_i32(want, i);
    put_layer(want, "Softmax", 0, 1, outputs, 2 * outputs);
    put_doubles(want, outputs, 2, weights);
    put_rates(want, 0.5F, rate);
    put_end(want, 64, end);
}

static void network_convert__makes_weights_floats_again(void **state)
{
    static const double weights[] = {5, -10, 60, 80, -128, 127};
    const struct network_change change = {NULL, 0, 0, 0};
    CLEANUP(buf_fini) struct buf in = BUF_INIT;
    CLEANUP(buf_fini) struct buf got = BUF_INIT;
    CLEANUP(buf_fini) struct buf want = BUF_INIT;
    struct err err;

    (void)state;
    put_network(&in);
    put_floats(&want, 3, weights, 0.25F, 2);
    assert_ok(network_convert(&in, &change, &got, &err), err);
    assert_same(&got, &want);
}

/* Floats again are what they were: converting twice changes nothing. */
static void network_convert__leaves_floats_alone(void **state)
{
    const struct network_change change = {NULL, 0, 0, 0};
    CLEANUP(buf_fini) struct buf in = BUF_INIT;
    CLEANUP(buf_fini) struct buf once = BUF_INIT;
    CLEANUP(buf_fini) struct buf twice = BUF_INIT;
    struct err err;

    (void)state;
    put_network(&in);
    assert_ok(network_convert(&in, &change, &once, &err), err);
    assert_ok(network_convert(&once, &change, &twice, &err), err);
    assert_same(&twice, &once);
}

static void network_convert__starts_new_outputs_from_their_likes(void **state)
{
    const struct network_output outputs[] = {
        {.from = {2}, .count = 1},
        {.from = {0, 1}, .count = 2, .shift = -0.5},
        {.from = {1}, .count = 1},
        {.from = {0}, .count = 1}};
    const struct network_change change = {outputs, 4, 3, 0.125};
    static const double weights[] = {-128, 127, 32.5, 34.5, 60, 80, 5, -10};
    CLEANUP(buf_fini) struct buf in = BUF_INIT;
    CLEANUP(buf_fini) struct buf got = BUF_INIT;
    CLEANUP(buf_fini) struct buf want = BUF_INIT;
    struct err err;

    (void)state;
    put_network(&in);
    put_floats(&want, 4, weights, 0.125F, 3);
    assert_ok(network_convert(&in, &change, &got, &err), err);
    assert_same(&got, &want);
}

/* Cut anywhere, or with a layer nobody knows, it is refused and not overrun. */
static void network_convert__refuses_what_it_cannot_understand(void **state)
{
    const struct network_change change = {NULL, 0, 0, 0};
    CLEANUP(buf_fini) struct buf in = BUF_INIT;
    CLEANUP(buf_fini) struct buf odd = BUF_INIT;
    struct err err;

    (void)state;
    put_network(&in);
    for (size_t len = 0; len < in.len; len++) {
        CLEANUP(buf_fini) struct buf cut = BUF_INIT;
        CLEANUP(buf_fini) struct buf out = BUF_INIT;

        buf_add(&cut, in.data, len);
        assert_int_equal(network_convert(&cut, &change, &out, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
    }
    put_layer(&odd, "Crystal", 0, 1, 1, 0);
    {
        CLEANUP(buf_fini) struct buf out = BUF_INIT;

        assert_int_equal(network_convert(&odd, &change, &out, &err), -1);
        assert_non_null(strstr(err.msg, "Crystal"));
    }
    put_u8(&in, 0);
    {
        CLEANUP(buf_fini) struct buf out = BUF_INIT;

        assert_int_equal(network_convert(&in, &change, &out, &err), -1);
        assert_non_null(strstr(err.msg, "1 bytes too many"));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_convert__makes_weights_floats_again),
        cmocka_unit_test(network_convert__leaves_floats_alone),
        cmocka_unit_test(network_convert__starts_new_outputs_from_their_likes),
        cmocka_unit_test(network_convert__refuses_what_it_cannot_understand),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
