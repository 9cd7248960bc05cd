/* SPDX-License-Identifier: MIT */
/*
 * index/misread.h - words that a word may have been misread for. The words
 * that are known here are those that name somebody or something: they begin
 * with a capital, or stand in a field of type name or place.
 *
 * Each is found by its skeleton: letters that are taken for one another
 * (../shared/domain.md, "Names") are one letter in it, so that mistaking them
 * is no difference at all; and by its skeleton with any one letter left out;
 * what is looked for without any two and with any one put in, besides
 * (symmetric deletion, Garbe 2012). So everything is found that is one edit
 * away, and of what is two away all but two letters exchanged for others that
 * do not look alike.
 *
 * Words of 4 letters are found at one edit, longer ones at two.
 */
#ifndef INDEX_MISREAD_H
#define INDEX_MISREAD_H

#include "common/buf.h"
#include "common/db.h"
#include "index/names.h"

#define MISREAD_MIN_LETTERS 4
#define MISREAD_MAX_LETTERS 24

/* Words of pages on their way in and out: tables name_word and misread. */
struct misread_rows;
int misread_rows_new(struct db *db, struct misread_rows **out, struct err *err);
void misread_rows_free(struct misread_rows *rows);
DEFINE_CLEANUP(struct misread_rows, misread_rows_free)

/* The words of one page. */
struct misread_words {
    struct buf keys; /* each ended by a NUL */
};

/* @param all  every word, not only those with a capital */
void misread_collect(const char *text, bool all, struct misread_words *words);
void misread_words_fini(struct misread_words *words);
static inline void misread_words_fini_at(struct misread_words *words)
{
    misread_words_fini(words);
}

/* The page has these words; it has them no more. Told in any order, and put
 * into the tables by misread_rows_write, inside a transaction, all at once. */
int misread_rows_add(struct misread_rows *rows, struct misread_words *words,
                     struct err *err);
int misread_rows_drop(struct misread_rows *rows, struct misread_words *words,
                      struct err *err);
int misread_rows_write(struct misread_rows *rows, struct err *err);

/* What stands somewhere and may be meant by a word, likeliest first; and the
 * word in two pieces, as a reader may have split it.
 * @param arg  the struct db, for struct query_options */
int misread_find(void *arg, const char *word, size_t len,
                 struct name_forms *out, struct err *err);

#endif
