/* SPDX-License-Identifier: MIT */
#include "tefter/archive_rules.h"

int rules_change(struct rule_book *rules, const char *path, struct err *err)
{
    if (rule_book_read(rules, path, err) == 0)
        return 0;
    if (err->kind == ERR_INPUT || err->kind == ERR_ABSENT)
        err->kind = ERR_USAGE;
    return -1;
}

int archive_rules(const struct archive *archive, struct rule_book **out,
                  struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *book = NULL;
    bool is_named = conf_text(archive->conf, "rules", NULL) != NULL;

    if (rule_book_new(&book, err) != 0)
        return -1;
    if ((is_named || file_exists(archive->rules)) &&
        rules_change(book, archive->rules, err) != 0)
        return -1;
    *out = STEAL(book);
    return 0;
}
