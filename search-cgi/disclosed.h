/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/disclosed.h - everyone who has been shown something of a person's
 * record, whom the person may ask for (General Data Protection Regulation,
 * article 15(1)(c)). For the auditor's page and `tefter audit person`.
 */
#ifndef SEARCH_CGI_DISCLOSED_H
#define SEARCH_CGI_DISCLOSED_H

#include "access/audit.h"
#include "index/search.h"
#include "store/package.h"

/* Where it is looked for. Borrowed. */
struct disclosed_places {
    struct catalogue *catalogue;
    struct store *store;
    struct access *access;
};

/* A record, and the entries of the trail that tell of it. */
struct disclosed {
    char record[RECORD_ID_SIZE]; /* a page, where its rows are not known */
    struct audit_list entries;
};
struct disclosed_list {
    struct disclosed *items;
    size_t count;
    bool is_cut; /* the words fit more pages than were looked at */
};
#define DISCLOSED_INIT \
    {                  \
        NULL, 0, false \
    }

/* How somebody saw it, of an entry about this record: "page", "row",
 * "household", "picture", "file" or "hits". */
const char *disclosed_how(const struct audit_entry *entry);

/* @param person  words of a name, or a personal number, as they are searched;
 *                or the id of a page, or of a row: .../0007/r03
 * @param days    of it the days count
 * ERR_USAGE: nothing was asked */
int disclosed_find(const struct disclosed_places *at, const char *person,
                   const struct audit_filter *days, struct disclosed_list *out,
                   struct err *err);
void disclosed_fini(struct disclosed_list *list);
static inline void disclosed_fini_at(struct disclosed_list *list)
{
    disclosed_fini(list);
}

/* As CSV (RFC 4180) with a head line; appended. ERR_NOMEM. */
int disclosed_csv(const struct disclosed_list *list, struct buf *out,
                  struct err *err);

#endif
