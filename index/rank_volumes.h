/* SPDX-License-Identifier: MIT */
/*
 * index/rank_volumes.h - the volumes that somebody may see, with what an answer
 * says of them. Read once for a scope (index/memory.h), then chosen from by the
 * filters of each question.
 */
#ifndef INDEX_RANK_VOLUMES_H
#define INDEX_RANK_VOLUMES_H

#include "index/asked.h"

enum volume_state { /* index/schema.sql, volume.state */
                    VOLUME_UNREAD,
                    VOLUME_OCR,
                    VOLUME_KEYED,
                    VOLUME_VERIFIED
};

/* A volume that the scope and the filters let see. */
struct rank_volume {
    uint32_t key;
    const char *id, *site, *series; /* borrowed from who read them */
    int year, year_to;
    enum volume_state state;
    int64_t pages, with_text, blank, words; /* that may be seen */
    int64_t matches;                        /* pages of it that match */
    bool is_closing; /* closed pages are not seen                   */
    bool is_limited; /* some pages are not: closed, or restricted   */
};

/* In the order of hits with one score: newest first, then by id. */
struct rank_volumes {
    struct rank_volume *items;
    size_t count;
    uint32_t *place; /* by key: 1 + index in items, 0 = not to be seen */
    size_t place_count;
    int64_t with_text, words; /* pages with text, for the mean length */
    bool is_limited;          /* some volume is                       */
    int64_t *restricted;      /* keys of pages that are as if not there,
                                 ascending */
    size_t restricted_count;
};

/* @param texts  what ids, sites and series point into; owned by the caller, as
 *               is out */
int rank_volumes_read(struct db *db, const char *scope, struct buf *texts,
                      struct rank_volumes *out, struct err *err);
/* Those of them that the filters want, with nothing counted yet. They borrow
 * the texts of all. @param request  NULL: all */
int rank_volumes_choose(const struct rank_volumes *all,
                        const struct search_request *request,
                        struct rank_volumes *out, struct err *err);
/* Is the page one of the restricted? */
bool rank_volumes_restrict(const struct rank_volumes *volumes, int64_t page);
void rank_volumes_fini(struct rank_volumes *volumes);
static inline void rank_volumes_fini_at(struct rank_volumes *volumes)
{
    rank_volumes_fini(volumes);
}

#endif
