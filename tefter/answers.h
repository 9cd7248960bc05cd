/* SPDX-License-Identifier: MIT */
/*
 * tefter/answers.h - what a command lists: the objects of a JSON array, or a
 * line of text each.
 *
 *     CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
 *     for (...)
 *         answers_add(&answers, json_pack("{s:s}", "id", id), "%s\n", id);
 *     return answers_end(&answers, err);
 */
#ifndef TEFTER_ANSWERS_H
#define TEFTER_ANSWERS_H

#include <stdbool.h>

#include "common/json.h"

struct answers {
    json_t *list; /* NULL: lines of text, or nothing is left to store them */
    bool as_json, failed;
};

struct answers answers_begin(bool as_json);
/* Lines are printed at once.
 * @param object  taken over; NULL: out of memory, which answers_end says */
void answers_add(struct answers *answers, json_t *object, const char *line, ...)
    __attribute__((format(printf, 3, 4)));
/* Print the array. ERR_NOMEM, ERR_IO. */
int answers_end(struct answers *answers, struct err *err);
void answers_fini(struct answers *answers);
static inline void answers_fini_at(struct answers *answers)
{
    answers_fini(answers);
}

#endif
