/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_persons.h - made persons for measuring whom a search finds: put
 * together from the lists of ocr/training/texts.grammar, written as registers
 * write them, read as a machine reads, and asked for as people type.
 */
#ifndef TEFTER_BENCH_PERSONS_H
#define TEFTER_BENCH_PERSONS_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "tefter/bench_records.h"

#define PERSON_NAME_SIZE 96

/* In the spelling of today. */
struct bench_person {
    bool is_woman;
    char given[PERSON_NAME_SIZE];
    char patronymic[PERSON_NAME_SIZE];
    char family[PERSON_NAME_SIZE];
    int year; /* of the record that tells of him */
};

/* How somebody asks for a person. */
enum bench_asking {
    ASKED_TODAY,       /* all three names                             */
    ASKED_OLD,         /* in the spelling of before 1945              */
    ASKED_OTHER_FORM,  /* a woman by the man's forms, and the other   */
    ASKED_LATIN,       /* the Transliteration Act of 2009             */
    ASKED_LATIN_OLD,   /* -off, tch, ch, j, ou                        */
    ASKED_INFORMAL,    /* q, 4, 6, c, x                               */
    ASKED_ABBREVIATED, /* the given name by its first letters         */
    ASKED_BY_YEAR,     /* given and family name, and the year         */
    ASKINGS
};

struct bench_lists;
struct bench_lists *bench_lists_new(void); /* NULL: out of memory */
void bench_lists_free(struct bench_lists *lists);
DEFINE_CLEANUP(struct bench_lists, bench_lists_free)

void bench_person_make(const struct bench_lists *lists, struct bench_dice *dice,
                       struct bench_person *out);
const char *bench_asking_name(enum bench_asking asking);
void bench_person_ask(const struct bench_person *person,
                      enum bench_asking asking, struct buf *out);
/* What tells him from others however he is asked for: initial, and stems of the
 * other two names. */
void bench_person_key(const struct bench_person *person, struct buf *out);
/* A record of these persons as it stands on paper: in the old spelling until
 * 1944, some given names abbreviated, other words between them. */
void bench_persons_write(const struct bench_lists *lists,
                         struct bench_dice *dice,
                         const struct bench_person *persons, size_t count,
                         struct buf *out);
/* The same as a machine reads it: so many of a thousand letters are taken for
 * others, left out or put in, and a quarter as many spaces. */
void bench_persons_read(struct bench_dice *dice, const char *text,
                        unsigned faults_a_thousand, struct buf *out);

#endif
