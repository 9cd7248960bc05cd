/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/harvest.h - what anybody may harvest: the volumes of which the
 * public sees whole pages. Whoever asks, logged in or not, it is the same.
 */
#ifndef SEARCH_CGI_HARVEST_H
#define SEARCH_CGI_HARVEST_H

#include "common/clock.h"
#include "search-cgi/web.h"

struct harvested {
    const struct volume *volume; /* borrowed from the harvest        */
    int64_t since_utc_s;         /* published since; 0: always was    */
};

struct harvest {
    struct volume_rows rows;
    struct harvested *items; /* by time, then by id */
    size_t count;
};
#define HARVEST_INIT  \
    {                 \
        .items = NULL \
    }

/* What the public may do this with. */
int harvest_scope(struct web *web, const struct request *request,
                  enum action action, struct scope *out, struct err *err);

/* harvest_fini in any case. An archive with nothing in it gives none. */
int harvest_volumes(struct web *web, const struct request *request,
                    struct harvest *out, struct err *err);
void harvest_fini(struct harvest *harvest);
static inline void harvest_fini_at(struct harvest *harvest)
{
    harvest_fini(harvest);
}

/* As OAI-PMH 2.0 section 3.3 and sitemaps.org want it: RFC 3339, UTC. */
void harvest_stamp(int64_t utc_s, char out[CLOCK_RFC3339_SIZE]);

#endif
