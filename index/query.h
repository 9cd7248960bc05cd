/* SPDX-License-Identifier: MIT */
/*
 * index/query.h - what a person typed, as an expression of FTS5 that cannot go
 * wrong: each operand is a quoted string, each operator is ours.
 *
 *     words          all of them must be on the page
 *     "a phrase"     these words behind one another; „…“ “…” «…» do as well;
 *                    a quote that is not closed runs to the end
 *     -word          not on the page; also -"a phrase"
 *     one OR two     either; binds closer than the space between words
 *     word*          words that start so; also "a phra*"
 *     име:word       in a field of a record of this type: фамилия: family:
 *                    име: name: · място: place: · егн: egn: · партида: file:
 *                    номер: number:
 *     година:1938..1945   years of the volume, as a filter; year:1938
 *
 * An OR without a word on both sides is the word "or"; a - before nothing, or
 * inside a word, is punctuation. Something with letters or digits in it is a
 * word; what has none is left out, and a query of nothing but that finds
 * nothing. Bytes that are not UTF-8 separate. What was not understood is told
 * with its place, and the rest is looked for.
 *
 * A bare word or a word in a field is looked for in other forms, too
 * (index/names.h; words that are no names, index/stem.h), and as what it may
 * have been misread for; what stands inside quotes is meant as it is written.
 * Each of these is one phrase of the expression, in the order of `phrases`.
 */
#ifndef INDEX_QUERY_H
#define INDEX_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"
#include "index/names.h"

/* Words beyond these are not looked for. */
#define QUERY_MAX_WORDS 64

/* Forms beyond these are not. */
#define QUERY_MAX_PHRASES  400
#define QUERY_MAX_PROBLEMS 8

/* How near what stands on the page is to what was typed; lower is nearer. */
enum match_grade {
    MATCH_EXACT,
    MATCH_VARIANT,
    MATCH_MISREAD,
    MATCH_LACKING, /* one of the words is not there: may_lack */
    MATCH_GRADES
};

enum query_problem_kind {
    QUERY_UNCLOSED,      /* a quotation mark without the other one    */
    QUERY_UNKNOWN_FIELD, /* word: that is no field; read as words     */
    QUERY_BAD_YEARS,     /* година: without years; left out           */
    QUERY_LONE_OR,       /* an OR without two words; read as a word   */
    QUERY_CUT,           /* more than QUERY_MAX_WORDS; left out       */
    QUERY_SHORT_START,   /* start* too short, or of a number; a word  */
    QUERY_PROBLEM_KINDS
};

struct query_problem {
    enum query_problem_kind kind;
    size_t position; /* in characters of what was typed, from 1 */
};

/* One phrase of the expression that is wanted. */
struct query_phrase {
    unsigned operand; /* which one it stands for        */
    enum match_grade grade;
    char *text; /* as an FTS5 string: "стоян", "ива"* */
};

/* Where an operand stands in the expression. */
struct query_place {
    unsigned group; /* those of one number have OR between them, groups AND */
    const char *column; /* of word_index, that alone counts; NULL: all      */
};

/* Finds what a word may have been misread for. @param out  empty to begin with
 */
typedef int query_misread(void *arg, const char *word, size_t len,
                          struct name_forms *out, struct err *err);

struct query_options {
    bool exact;             /* nothing but what was typed         */
    query_misread *misread; /* NULL: no misreadings               */
    void *arg;
    bool may_lack; /* one of several words need not be there */
    /* Whoever asks is not to feel his way, letter by letter, through what
     * stands on pages that he has not opened: a start of a word counts from
     * QUERY_START_LETTERS on and without digits, and no number or initial is
     * looked for as something like it. */
    bool is_guarded;
};

#define QUERY_START_LETTERS 3

enum query_kind {
    QUERY_EVERYTHING, /* nothing was typed                                */
    QUERY_NOTHING,    /* something without a word was typed               */
    QUERY_MATCH,      /* match says what                                  */
    QUERY_EXCEPT      /* everything but what match says: only -words      */
};

struct query {
    enum query_kind kind;
    char *shown; /* as typed, made valid UTF-8                    */
    char *match; /* FTS5 expression; NULL when there is no word   */
    /* The operands that are to be on the page, in their order in match: each
     * as an expression of its own, and as typed. */
    char **operands;
    char **typed;
    struct query_place *places;
    size_t operand_count;
    size_t group_count;
    bool may_lack;  /* match says any of the groups: a page that has fewer than
                       all but one of them is no hit               */
    char *unwanted; /* what is not to be on the page, or NULL       */
    struct query_phrase *phrases;
    size_t phrase_count;
    int year_from, year_to; /* година:; 0 = open                   */
    bool was_cut;           /* had more than QUERY_MAX_WORDS          */
    struct query_problem problems[QUERY_MAX_PROBLEMS];
    size_t problem_count;
};

/* @param text     any bytes, or NULL
 * @param options  borrowed for the call
 * @return 0, or -1 with ERR_NOMEM, or what misread returned */
int query_parse(const char *text, const struct query_options *options,
                struct query *out, struct err *err);
/* A problem in plain English, without its place. */
const char *query_problem_text(enum query_problem_kind kind);
/* Stable words for programs: "unclosed-quote", "exact". */
const char *query_problem_name(enum query_problem_kind kind);
const char *match_grade_name(enum match_grade grade);
void query_fini(struct query *query);
static inline void query_fini_at(struct query *query)
{
    query_fini(query);
}

#endif
