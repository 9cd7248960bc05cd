/* SPDX-License-Identifier: MIT */
/*
 * The inbox table of tefter/queue.h.
 */
#include <stdlib.h>
#include <string.h>

#include "tefter/queue.h"

static const char *const state_names[INBOX_STATE_COUNT] = {
    [INBOX_WAITING] = "waiting",
    [INBOX_OVERDUE] = "overdue",
    [INBOX_TAKEN] = "taken",
    [INBOX_REFUSED] = "refused",
};

#define COLUMNS "site, name, state, fingerprint, batch, reason, since_utc"

const char *inbox_state_name(enum inbox_state state)
{
    return state_names[state];
}

static void take_row(const struct stmt *s, struct inbox_row *row)
{
    *row = (struct inbox_row){.state = INBOX_WAITING};
    (void)snprintf(row->site, sizeof(row->site), "%s", stmt_text(s, 0));
    (void)snprintf(row->name, sizeof(row->name), "%s", stmt_text(s, 1));
    for (int i = 0; i < INBOX_STATE_COUNT; i++) {
        if (strcmp(stmt_text(s, 2), state_names[i]) == 0)
            row->state = (enum inbox_state)i;
    }
    (void)snprintf(row->fingerprint, sizeof(row->fingerprint), "%s",
                   stmt_text(s, 3));
    (void)snprintf(row->batch, sizeof(row->batch), "%s", stmt_text(s, 4));
    (void)snprintf(row->reason, sizeof(row->reason), "%s", stmt_text(s, 5));
    (void)snprintf(row->since_utc, sizeof(row->since_utc), "%s",
                   stmt_text(s, 6));
}

int queue_inbox(struct queue *queue, enum inbox_choice choice,
                struct inbox_row **out, size_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(free) struct inbox_row *rows = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(queue_db(queue),
                   "SELECT " COLUMNS " FROM inbox WHERE ?1 OR state <> 'taken'"
                   " ORDER BY site, name",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, choice == INBOX_ALL);
    while ((rc = stmt_step(s, err)) == 1) {
        struct inbox_row *grown = realloc(rows, (n + 1) * sizeof(*rows));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "queue: out of memory");
        rows = grown;
        take_row(s, &rows[n++]);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(rows);
    *count = n;
    return 0;
}

int queue_inbox_find(struct queue *queue, const char *site, const char *name,
                     struct inbox_row *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue_db(queue),
                   "SELECT " COLUMNS
                   " FROM inbox WHERE site = ?1 AND name = ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, site);
    stmt_bind_text(s, 2, name);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT,
                       "the inbox has no '%s/%s'; `tefter batch list` shows "
                       "all",
                       site, name);
    if (rc == 1)
        take_row(s, out);
    return rc == 1 ? 0 : -1;
}

int queue_inbox_put(struct queue *queue, const struct inbox_row *row,
                    struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue_db(queue),
                   "INSERT OR REPLACE INTO inbox (" COLUMNS
                   ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, row->site);
    stmt_bind_text(s, 2, row->name);
    stmt_bind_text(s, 3, state_names[row->state]);
    stmt_bind_text(s, 4, row->fingerprint);
    stmt_bind_text(s, 5, row->batch);
    stmt_bind_text(s, 6, row->reason);
    stmt_bind_text(s, 7, row->since_utc);
    return stmt_run(s, err);
}

int queue_inbox_remove(struct queue *queue, const char *site, const char *name,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue_db(queue),
                   "DELETE FROM inbox WHERE site = ?1 AND name = ?2", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, site);
    stmt_bind_text(s, 2, name);
    return stmt_run(s, err);
}
