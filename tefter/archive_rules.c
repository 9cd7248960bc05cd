/* SPDX-License-Identifier: MIT */
#include "tefter/archive_rules.h"

int archive_rules(const struct archive *archive, struct rule_book **out,
                  struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *book = NULL;
    bool is_named = conf_text(archive->conf, "rules", NULL) != NULL;

    if (rule_book_new(&book, err) != 0)
        return -1;
    if (rule_book_read(book, archive->rules, err) != 0 &&
        (err->kind != ERR_ABSENT || is_named))
        return -1;
    *out = STEAL(book);
    return 0;
}
