/* SPDX-License-Identifier: MIT */
#include "tefter/answers.h"

#include <stdarg.h>

struct answers answers_begin(bool as_json)
{
    struct answers answers = {.list = as_json ? json_array() : NULL,
                              .as_json = as_json};

    answers.failed = as_json && answers.list == NULL;
    return answers;
}

void answers_add(struct answers *answers, json_t *object, const char *line, ...)
{
    va_list values;

    if (answers->as_json) {
        if (json_array_append_new(answers->list, object) != 0)
            answers->failed = true;
        return;
    }
    json_decref(object);
    va_start(values, line);
    (void)vprintf(line, values);
    va_end(values);
}

int answers_end(struct answers *answers, struct err *err)
{
    if (answers->failed)
        return err_set(err, ERR_NOMEM, "the list: out of memory");
    return answers->as_json ? json_print(stdout, answers->list, err) : 0;
}

void answers_fini(struct answers *answers)
{
    json_decref(answers->list);
    answers->list = NULL;
}
