/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/batch_find.h - a batch's record, for who may see it. An operator
 * sees the pages of his own site's volumes, whoever gave the batch; files that
 * became no page are seen where the batch was given, and at the site of its
 * volumes when they have one in common.
 */
#ifndef SEARCH_CGI_BATCH_FIND_H
#define SEARCH_CGI_BATCH_FIND_H

#include "ingest/batch_report.h"
#include "search-cgi/web.h"

struct batch_seen {
    char dir[PATH_SIZE]; /* of the record */
    bool is_staged;      /* that is in staging: something is left to do */
    struct batch *batch; /* without what the reader may not see */
    size_t page_count;   /* also when the pages themselves are not read */
    bool has_elsewhere;  /* pages were left out that are another site's, of a
                            batch that was given here */
};

static inline void batch_seen_fini_at(struct batch_seen *seen)
{
    batch_free(seen->batch);
}

/* *site: NULL when batches of every site may be seen, else the one. Borrowed
 * of the request. */
int batch_site_of_reader(struct web *web, const struct request *request,
                         const char **site, struct err *err);

enum batch_part {
    BATCH_HEAD, /* the pages need not be there */
    BATCH_WHOLE
};

/* ERR_ABSENT: there is none, or nothing of it is for this reader; ERR_IO: it
 * cannot be read. */
int batch_find(struct web *web, const struct request *request, const char *id,
               enum batch_part part, struct batch_seen *out, struct err *err);

#endif
