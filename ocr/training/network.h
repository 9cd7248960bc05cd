/* SPDX-License-Identifier: MIT */
/*
 * ocr/training/network.h - the network inside a model, made ready to be taught:
 * weights of 8 bits, which Tesseract reads with but cannot train, become
 * floating-point numbers again, and the output layer gets other letters.
 *
 * The format (tesseract 5.3: src/lstm/network.cpp, plumbing.cpp,
 * weightmatrix.cpp, lstmrecognizer.cpp; little-endian), recursively:
 *   layer   i8 0, string type, i8 training, i8 needs_backprop, i32 flags,
 *           i32 inputs, i32 outputs, i32 weights, string name; then
 *           Input: 5 x i32; Convolve, Maxpool, Reconfig: 2 x i32;
 *           LSTM, SummLSTM: i32 states, 4 matrices; Softmax, Tanh, ...: one;
 *           the others: u32 count, layers, and with flag 64 a list of f32
 *   matrix  u8 mode (1: 8 bits; 4: Adam; 128: doubles), u32 rows, u32 columns,
 *           one value for "empty", rows x columns values; of 8 bits, also u32
 *           n and n doubles (n may be more than rows): scale by row
 *   string  u32 length, bytes
 * and behind the outermost layer: string specification, i32 flags (1: 8 bits),
 * i32 iteration, i32 sample, i32 null character, f32 Adam's beta, f32 rate,
 * f32 momentum.
 */
#ifndef OCR_TRAINING_NETWORK_H
#define OCR_TRAINING_NETWORK_H

#include "common/buf.h"
#include "common/err.h"

/* What an output of the new network begins as: the mean of the rows of so many
 * outputs of the old one. */
#define NETWORK_ALIKE 8
struct network_output {
    int from[NETWORK_ALIKE];
    int count;    /* 0: the mean of all                   */
    double shift; /* added to its bias: below 0 for a letter that was not there,
                     so that it does not come at once     */
};

struct network_change {
    const struct network_output *outputs; /* NULL: they stay */
    int output_count;
    int null_output;    /* the new number of "nothing"             */
    double output_rate; /* learning rate of the output layer; 0: as it is */
};

/**
 * @param in   a model's part "lstm"
 * @param out  appended to
 * @return 0, or -1 with ERR_INPUT (what cannot be understood, and where),
 *         ERR_NOMEM
 */
int network_convert(const struct buf *in, const struct network_change *change,
                    struct buf *out, struct err *err);

#endif
