/* SPDX-License-Identifier: MIT */
/*
 * tefter/queue.h - queue.sqlite: how far each page of each batch has come.
 * Schema and meaning of each state: queue.sql. One process writes at a time:
 * the one that holds the archive's queue.lock.
 */
#ifndef TEFTER_QUEUE_H
#define TEFTER_QUEUE_H

#include "common/db.h"
#include "ingest/batch_report.h"

struct queue;

int queue_open(const char *path, struct queue **out, struct err *err);
/* To look at only: nothing is written, nor need it be allowed. ERR_ABSENT;
 * ERR_INPUT: it is of an older version, which only a writer can change. */
int queue_open_read(const char *path, struct queue **out, struct err *err);
void queue_close(struct queue *queue);
DEFINE_CLEANUP(struct queue, queue_close)
struct db *queue_db(const struct queue *queue); /* borrowed */

enum page_state {
    PAGE_RECEIVED,
    PAGE_READ,
    PAGE_PACKED,
    PAGE_DUPLICATE, /* these very bytes are this very page already    */
    PAGE_REPEATED,  /* they are another page: an operator decides     */
    PAGE_SET_ASIDE,
    PAGE_DISCARDED,
    PAGE_STATE_COUNT
};
const char *page_state_name(enum page_state state);

/* What the archive already holds of a page that comes in. */
struct page_claim {
    enum page_state state; /* RECEIVED, DUPLICATE, REPEATED or SET_ASIDE */
    char reason[1024];
};

/* Ids of all batches ever taken in, sorted. */
int queue_batch_ids(struct queue *queue, struct name_list *out,
                    struct err *err);
/* Was a batch of that id ever taken in? */
int queue_has_batch(struct queue *queue, const char *id, bool *has,
                    struct err *err);
/* Register a staged batch: one transaction; one that is known is left alone.
 * @param claims  one for each page of the batch, in its order */
int queue_add_batch(struct queue *queue, const struct batch *batch,
                    const struct page_claim *claims, struct err *err);
/* As if it had never been taken in. */
int queue_forget_batch(struct queue *queue, const char *id, struct err *err);
/* Is this page waiting or being read in another batch? *found gets its sha256,
 * its image and that batch then, else "". */
struct page_bytes {
    char sha256[DIGEST_HEX_SIZE];
    uint32_t image;
    char batch[SLUG_SIZE + 16];
};
int queue_find_pending(struct queue *queue, const char *batch, const char *page,
                       struct page_bytes *found, struct err *err);

/* Another page of any batch that waits or is being read and has these bytes;
 * found->page is "" when there is none. */
struct page_place {
    char page[ID_SIZE];
    char batch[SLUG_SIZE + 16];
};
int queue_find_bytes(struct queue *queue, const struct page *page,
                     struct page_place *found, struct err *err);

/* What became of each page of a batch so far. */
int queue_outcome(struct queue *queue, const char *batch,
                  struct batch_outcome *out, struct err *err);
/* @param reason  NULL: what was said of it stands */
int queue_set_page(struct queue *queue, const char *batch, const char *page,
                   enum page_state state, const char *reason,
                   const char *times_json, struct err *err);
/* All pages of a batch's volume that are in state from go to state to. */
int queue_move_pages(struct queue *queue, const char *batch, const char *volume,
                     enum page_state from, enum page_state to, struct err *err);

/* Units. */
struct unit_row {
    char batch[SLUG_SIZE + 16];
    uint32_t number;
    char volume[ID_SIZE];
    unsigned failures;
};
int queue_add_unit(struct queue *queue, const struct unit_row *unit,
                   const char *const *pages, size_t count, struct err *err);
/* Highest unit number of a batch, 0 when it has none. */
int queue_last_unit(struct queue *queue, const char *batch, uint32_t *number,
                    struct err *err);
/* Units in state ready, oldest batch first. The caller frees *out. */
int queue_ready_units(struct queue *queue, struct unit_row **out, size_t *count,
                      struct err *err);
int queue_unit_failed(struct queue *queue, const struct unit_row *unit,
                      struct err *err);
/* No unit has failed yet: at the beginning of a run. */
int queue_forgive_units(struct queue *queue, struct err *err);
int queue_unit_done(struct queue *queue, const struct unit_row *unit,
                    struct err *err);

/* Ids of the batch's pages in a state; of one unit, or of all when it is 0. */
int queue_pages(struct queue *queue, const char *batch, uint32_t unit,
                enum page_state state, struct name_list *out, struct err *err);
/* Which unit read which page of a batch's volume (state read). */
struct unit_map;
int queue_read_pages(struct queue *queue, const char *batch, const char *volume,
                     struct unit_map **out, struct err *err);
/* 0 when the page is not in it. */
uint32_t unit_map_find(const struct unit_map *map, const char *page);
void unit_map_free(struct unit_map *map);
DEFINE_CLEANUP(struct unit_map, unit_map_free)
/* Batches with a page that is received and in no unit yet. */
int queue_unplanned_batches(struct queue *queue, struct name_list *out,
                            struct err *err);
/* Ids of a batch's received pages that are in no unit, in order. */
int queue_unplanned_pages(struct queue *queue, const char *batch,
                          struct name_list *out, struct err *err);
/* How many pages are received, in all batches. */
int queue_waiting(struct queue *queue, int64_t *count, struct err *err);

/* Volumes with something read and nothing left to read. */
struct batch_volume {
    char batch[SLUG_SIZE + 16];
    char volume[ID_SIZE];
};
int queue_finished_volumes(struct queue *queue, struct batch_volume **out,
                           size_t *count, struct err *err);
/* Batches not marked finished that have no page received or read. */
int queue_finished_batches(struct queue *queue, struct name_list *out,
                           struct err *err);
int queue_finish_batch(struct queue *queue, const char *batch, struct err *err);
/* A page of a batch is judged again: it waits, in no unit, and the batch is
 * unfinished; or it stays where it is, for the reason in the claim. */
int queue_retry_page(struct queue *queue, const char *batch, const char *page,
                     const struct page_claim *claim, struct err *err);

/* The inbox. */
enum inbox_state {
    INBOX_WAITING,
    INBOX_OVERDUE,
    INBOX_TAKEN,
    INBOX_REFUSED,
    INBOX_STATE_COUNT
};
const char *inbox_state_name(enum inbox_state state);

struct inbox_row {
    char site[256]; /* name of a folder in inbox/        */
    char name[256]; /* of what lies in it                */
    enum inbox_state state;
    char fingerprint[DIGEST_HEX_SIZE];
    char batch[SLUG_SIZE + 16]; /* "" unless taken         */
    char reason[1024];          /* when taken: how many files  */
    char since_utc[CLOCK_RFC3339_SIZE];
};
/* All rows, or those that are not taken, by site and name. The caller frees
 * *out. */
enum inbox_choice { INBOX_ALL, INBOX_OPEN };
int queue_inbox(struct queue *queue, enum inbox_choice choice,
                struct inbox_row **out, size_t *count, struct err *err);
/* ERR_ABSENT. */
int queue_inbox_find(struct queue *queue, const char *site, const char *name,
                     struct inbox_row *out, struct err *err);
int queue_inbox_put(struct queue *queue, const struct inbox_row *row,
                    struct err *err);
int queue_inbox_remove(struct queue *queue, const char *site, const char *name,
                       struct err *err);

struct batch_row {
    char id[SLUG_SIZE + 16];
    char *source;
    char *received_utc;
    char *finished_utc; /* "" while unfinished */
    int64_t files, rejected, ignored;
    int64_t pages[PAGE_STATE_COUNT];
};
/* One batch, or all when id is NULL, newest first. ERR_ABSENT. */
int queue_batches(struct queue *queue, const char *id, struct batch_row **out,
                  size_t *count, struct err *err);
void batch_rows_free(struct batch_row *rows, size_t count);

#endif
