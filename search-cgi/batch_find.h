/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/batch_find.h - a batch's record, for who may see it: a batch of
 * another site is not there for an operator.
 */
#ifndef SEARCH_CGI_BATCH_FIND_H
#define SEARCH_CGI_BATCH_FIND_H

#include "ingest/batch_report.h"
#include "search-cgi/web.h"

/* A record without its pages, and how many they are. */
struct batch_head {
    struct batch *batch;
    size_t page_count;
};

static inline void batch_head_fini_at(struct batch_head *head)
{
    batch_free(head->batch);
}

/* Where the record is and what its head says. ERR_ABSENT: there is none, or not
 * for this reader; ERR_IO: it cannot be read. */
int batch_find(struct web *web, const struct request *request, const char *id,
               char dir[PATH_SIZE], struct batch_head *out, struct err *err);

#endif
