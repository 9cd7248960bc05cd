/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_put.h - made pages on their way into a catalogue: a page is a
 * line of words, each in a box of its own.
 */
#ifndef TEFTER_BENCH_PUT_H
#define TEFTER_BENCH_PUT_H

#include "index/catalogue.h"
#include "index/put.h"

struct bench_volume {
    const char *series;
    unsigned number;
    int year;
    char id[ID_SIZE]; /* set by bench_put_begin */
};

int bench_put_begin(struct catalogue *catalogue, struct bench_volume *volume,
                    struct put **out, struct err *err);
/* @param number  of the page, from 1
 * @param words   by single spaces */
int bench_put_page(struct put *put, const struct bench_volume *volume,
                   uint32_t number, const char *words, struct err *err);

#endif
