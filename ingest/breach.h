/* SPDX-License-Identifier: MIT */
/*
 * ingest/breach.h - where the checks of one file write down what they find:
 * the rule book, the list, and which image is looked at. A hostile file could
 * break a rule a million times: beyond a bound only errors are kept, and the
 * rest is counted. Private to ingest/.
 */
#ifndef INGEST_BREACH_H
#define INGEST_BREACH_H

#include "ingest/rules.h"

struct breach_log {
    const struct rule_book *rules; /* borrowed                       */
    struct finding_list *findings; /* borrowed                       */
    int image;                     /* from 0; -1: the file           */
    size_t dropped;                /* findings that are not in it    */
    struct err *err;
};

/* 0, or -1 with log->err set: out of memory. */
int breach(struct breach_log *log, enum rule rule, int tag, const char *fmt,
           ...) __attribute__((format(printf, 4, 5)));
/* Say how many were dropped. */
int breach_end(struct breach_log *log);

#endif
