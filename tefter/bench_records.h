/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_records.h - made records for measuring the search: pages of
 * registers with three persons and running text, the same for the same number
 * of the record. Words are made of syllables and fall off as in Zipf's law;
 * 1.5 % of the letters are misread, two in three of them for letters that look
 * alike.
 */
#ifndef TEFTER_BENCH_RECORDS_H
#define TEFTER_BENCH_RECORDS_H

#include <stdint.h>

#include "common/buf.h"

#define BENCH_WORDS      40000u /* different ones in running text */
#define BENCH_SURNAMES   200000u
#define BENCH_FIRST_YEAR 1934
#define BENCH_YEARS      44
#define BENCH_EVERY_PAGE "лист" /* stands in every record       */

/* Numbers that follow from a seed (splitmix64, Steele 2014). */
struct bench_dice {
    uint64_t state;
};

uint64_t bench_throw(struct bench_dice *dice);
/* A rank below count; small ones are likelier, as 1/rank. */
uint32_t bench_rank(struct bench_dice *dice, uint32_t count);

/* The word, the surname (a man's) of that rank; a given name. Append to out. */
void bench_word(uint32_t rank, struct buf *out);
void bench_surname(uint32_t rank, struct buf *out);
const char *bench_given(uint32_t number);
/* Text with edits: letters exchanged, left out, put in. */
void bench_misread(struct bench_dice *dice, const char *text, unsigned edits,
                   struct buf *out);
/* The words of record number n by spaces, lower case but for names. */
void bench_record(uint64_t n, struct buf *out);

#endif
