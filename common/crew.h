/* SPDX-License-Identifier: MIT */
/*
 * common/crew.h - threads that share one work: the same thing done for each of
 * many items. A body may itself share a work out; whoever has nothing to do
 * then helps there, so that all cores are busy until the last item is done.
 *
 *     crew_new(0, &crew, err);
 *     crew_each(crew, count, body, arg);   // returns when all are done
 *     crew_free(crew);
 */
#ifndef COMMON_CREW_H
#define COMMON_CREW_H

#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"

struct crew;

/* Does item i of a work. Several run at once: what they share is theirs to
 * guard. */
typedef void crew_body(void *arg, size_t i);

/* @param threads  how many do the work, the caller among them; 0: one a core
 * ERR_NOMEM, ERR_IO. */
int crew_new(unsigned threads, struct crew **out, struct err *err);
/* Nobody may be at work. */
void crew_free(struct crew *crew);
DEFINE_CLEANUP(struct crew, crew_free)
unsigned crew_size(const struct crew *crew); /* the caller included */
/* body(arg, i) for all i below count, in any order; crew NULL: one by one. */
void crew_each(struct crew *crew, size_t count, crew_body *body, void *arg);

#endif
