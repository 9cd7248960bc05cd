/* SPDX-License-Identifier: MIT */
/*
 * ingest/rule_book.h - the rules that a scan is judged by: how a breach of each
 * weighs, and its thresholds. Made from the file that is built in
 * (ingest/rules/archive.conf, whose comments say what each rule is for), then
 * changed key by key by an archive's own file of the same form:
 *
 *     rule_book_new → rule_book_read (any number of times) → rule_book_free
 *
 * A book is only read while scans are checked. What each rule is called in
 * code, and how a breach is reported, is in ingest/rules.h.
 */
#ifndef INGEST_RULE_BOOK_H
#define INGEST_RULE_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"

struct rule_book;

/* The rules as they are built in. ERR_NOMEM. */
int rule_book_new(struct rule_book **out, struct err *err);
/* Change what a file says. ERR_ABSENT; ERR_INPUT naming file and line: not of
 * that form, a rule, key or value that does not exist, or a severity other
 * than error for a rule that is fixed. The book is unchanged then. */
int rule_book_read(struct rule_book *book, const char *path, struct err *err);
void rule_book_free(struct rule_book *book);
DEFINE_CLEANUP(struct rule_book, rule_book_free)

/* The built-in file as it stands, comments and all. */
const char *rule_book_default_text(void);

/* --- for listing them --- */

/* One rule as a person reads it; borrowed from the book. */
struct rule_entry {
    const char *id;
    const char *severity; /* "error" "warning" "info" "off" */
    bool is_fixed;        /* must stay an error             */
    const char *what, *why, *what_to_do;
    size_t key_count; /* thresholds */
};
struct rule_threshold {
    const char *key;
    double number;     /* when words is NULL              */
    const char *words; /* names with single spaces, or NULL */
};
size_t rule_book_count(const struct rule_book *book);
struct rule_entry rule_book_entry(const struct rule_book *book, size_t i);
struct rule_threshold rule_book_threshold(const struct rule_book *book,
                                          size_t i, size_t key);

#endif
