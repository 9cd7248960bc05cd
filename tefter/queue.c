/* SPDX-License-Identifier: MIT */
#include "tefter/queue.h"

#include <string.h>

#include "common/json.h"
#include "tefter/queue_sql.h"

struct queue {
    struct db *db;
};

static const char *const state_names[PAGE_STATE_COUNT] = {
    [PAGE_RECEIVED] = "received",   [PAGE_READ] = "read",
    [PAGE_PACKED] = "packed",       [PAGE_DUPLICATE] = "duplicate",
    [PAGE_REPEATED] = "repeated",   [PAGE_SET_ASIDE] = "set-aside",
    [PAGE_DISCARDED] = "discarded",
};

const char *page_state_name(enum page_state state)
{
    return state_names[state];
}

/* What older queues lack: a state that their table's CHECK does not know. */
#define SCHEMA_VERSION 2
static const char upgrade_sql[] =
    "DROP INDEX IF EXISTS page_state; DROP INDEX IF EXISTS page_id;"
    "ALTER TABLE page RENAME TO page_before;";
static const char refill_sql[] =
    "INSERT INTO page (batch, id, volume, name, sha256, image, state, reason,"
    " unit, times) SELECT batch, id, volume, name, sha256, image, state,"
    " reason, unit, times FROM page_before; DROP TABLE page_before;";

static int read_number(struct db *db, const char *sql, int64_t *out,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, sql, &s, err) != 0 || stmt_step(s, err) < 0)
        return -1;
    *out = stmt_int(s, 0);
    return 0;
}

static int upgrade(struct db *db, struct err *err)
{
    int64_t version = 0, has_pages = 0;
    int rc;

    /* Asked again under the lock: two processes may open an old queue. */
    if (db_begin(db, err) != 0)
        return -1;
    rc = read_number(db, "PRAGMA user_version", &version, err);
    if (rc == 0)
        rc = read_number(db,
                         "SELECT count(*) FROM sqlite_schema"
                         " WHERE type = 'table' AND name = 'page'",
                         &has_pages, err);
    if (rc == 0 && version < SCHEMA_VERSION && has_pages > 0)
        rc = db_exec(db, upgrade_sql, err);
    if (rc == 0)
        rc = db_exec(db, queue_sql, err);
    if (rc == 0 && version < SCHEMA_VERSION && has_pages > 0)
        rc = db_exec(db, refill_sql, err);
    if (rc == 0)
        rc = db_exec(db, "PRAGMA user_version = 2", err);
    if (rc == 0)
        rc = db_commit(db, err);
    db_rollback(db);
    return rc;
}

int queue_open(const char *path, struct queue **out, struct err *err)
{
    CLEANUP(queue_close) struct queue *q = calloc(1, sizeof(*q));
    int64_t version = 0;

    if (q == NULL)
        return err_set(err, ERR_NOMEM, "queue: out of memory");
    if (db_open(path, DB_WRITE, &q->db, err) != 0 ||
        read_number(q->db, "PRAGMA user_version", &version, err) != 0)
        return -1;
    if (version > SCHEMA_VERSION)
        return err_set(err, ERR_INPUT,
                       "%s was made by a newer version of Tefter", path);
    if (version < SCHEMA_VERSION && upgrade(q->db, err) != 0)
        return err_add(err, "%s", path);
    *out = STEAL(q);
    return 0;
}

int queue_open_read(const char *path, struct queue **out, struct err *err)
{
    CLEANUP(queue_close) struct queue *q = calloc(1, sizeof(*q));
    int64_t version = 0;

    if (q == NULL)
        return err_set(err, ERR_NOMEM, "queue: out of memory");
    if (db_open(path, DB_READ, &q->db, err) != 0 ||
        read_number(q->db, "PRAGMA user_version", &version, err) != 0)
        return -1;
    if (version != SCHEMA_VERSION)
        return err_set(err, ERR_INPUT,
                       "%s was made by another version of Tefter, and cannot "
                       "be brought up to date where nothing may be written",
                       path);
    *out = STEAL(q);
    return 0;
}

void queue_close(struct queue *queue)
{
    if (queue == NULL)
        return;
    db_close(queue->db);
    free(queue);
}

struct db *queue_db(const struct queue *queue)
{
    return queue->db;
}

/* Append a copy of text; the list grows by one each time. */
static int list_add(struct name_list *list, const char *text, struct err *err)
{
    char **grown =
        realloc(list->names, (list->count + 1) * sizeof(*list->names));

    if (grown != NULL)
        list->names = grown;
    if (grown == NULL || (grown[list->count] = strdup(text)) == NULL)
        return err_set(err, ERR_NOMEM, "queue: out of memory");
    list->count++;
    return 0;
}

/* First column of all rows of a prepared statement. */
static int collect_names(struct stmt *s, struct name_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};
    int rc;

    while ((rc = stmt_step(s, err)) == 1) {
        if (list_add(&list, stmt_text(s, 0), err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct name_list){NULL, 0};
    return 0;
}

int queue_batch_ids(struct queue *queue, struct name_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, "SELECT id FROM batch ORDER BY id", &s, err) != 0)
        return -1;
    return collect_names(s, out, err);
}

int queue_has_batch(struct queue *queue, const char *id, bool *has,
                    struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue->db, "SELECT 1 FROM batch WHERE id = ?1", &s, err))
        return -1;
    stmt_bind_text(s, 1, id);
    rc = stmt_step(s, err);
    *has = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int add_files(struct queue *queue, const struct batch *batch,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, "INSERT INTO file VALUES (?1, ?2, ?3, ?4, ?5)",
                   &s, err) != 0)
        return -1;
    for (size_t i = 0; i < batch->file_count; i++) {
        const struct batch_file *f = &batch->files[i];
        CLEANUP(json_decref) json_t *findings = NULL;
        CLEANUP(free) char *text = NULL;

        if (findings_to_json(&f->findings, &findings, err) != 0)
            return -1;
        text = json_dumps(findings, JSON_COMPACT);
        stmt_bind_text(s, 1, batch->id);
        stmt_bind_int(s, 2, (int64_t)i);
        stmt_bind_text(s, 3, f->name);
        stmt_bind_text(s, 4, verdict_name(f->verdict));
        stmt_bind_text(s, 5, text == NULL ? "[]" : text);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

static int add_pages(struct queue *queue, const struct batch *batch,
                     const struct page_claim *claims, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "INSERT INTO page (batch, id, volume, name, sha256, image,"
                   " state, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   &s, err) != 0)
        return -1;
    for (size_t i = 0; i < batch->page_count; i++) {
        const struct page *p = batch->pages[i];

        stmt_bind_text(s, 1, batch->id);
        stmt_bind_text(s, 2, p->id);
        stmt_bind_text(s, 3, p->volume);
        stmt_bind_text(s, 4, p->original_name);
        stmt_bind_text(s, 5, p->digests.sha256);
        stmt_bind_int(s, 6, p->image);
        stmt_bind_text(s, 7, page_state_name(claims[i].state));
        stmt_bind_text(s, 8, claims[i].reason);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

static int add_batch_row(struct queue *queue, const struct batch *batch,
                         struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "INSERT OR IGNORE INTO batch (id, source, received_utc)"
                   " VALUES (?1, ?2, ?3)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch->id);
    stmt_bind_text(s, 2, batch->source);
    stmt_bind_text(s, 3, batch->received_utc);
    return stmt_run(s, err);
}

int queue_add_batch(struct queue *queue, const struct batch *batch,
                    const struct page_claim *claims, struct err *err)
{
    int rc = -1;

    if (db_begin(queue->db, err) != 0)
        return -1;
    if (add_batch_row(queue, batch, err) == 0) {
        if (db_changes(queue->db) == 0)
            rc = 0; /* known already */
        else if (add_files(queue, batch, err) == 0)
            rc = add_pages(queue, batch, claims, err);
    }
    if (rc == 0)
        rc = db_commit(queue->db, err);
    db_rollback(queue->db);
    return rc;
}

static int forget_rows(struct queue *queue, const char *sql, const char *id,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, id);
    return stmt_run(s, err);
}

int queue_forget_batch(struct queue *queue, const char *id, struct err *err)
{
    static const char *const rows[] = {
        "DELETE FROM unit WHERE batch = ?1",
        "DELETE FROM page WHERE batch = ?1",
        "DELETE FROM file WHERE batch = ?1",
        "DELETE FROM batch WHERE id = ?1",
    };
    int rc = 0;

    if (db_begin(queue->db, err) != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < sizeof(rows) / sizeof(*rows); i++)
        rc = forget_rows(queue, rows[i], id, err);
    if (rc == 0)
        rc = db_commit(queue->db, err);
    db_rollback(queue->db);
    return rc;
}

int queue_find_pending(struct queue *queue, const char *batch, const char *page,
                       struct page_bytes *found, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT sha256, image, batch FROM page WHERE id = ?1"
                   " AND batch <> ?2 AND state IN ('received', 'read')",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, page);
    stmt_bind_text(s, 2, batch);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *found = (struct page_bytes){.image = 0};
    if (rc == 1) {
        (void)snprintf(found->sha256, sizeof(found->sha256), "%s",
                       stmt_text(s, 0));
        found->image = (uint32_t)stmt_int(s, 1);
        (void)snprintf(found->batch, sizeof(found->batch), "%s",
                       stmt_text(s, 2));
    }
    return 0;
}

int queue_find_bytes(struct queue *queue, const struct page *page,
                     struct page_place *found, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT id, batch FROM page WHERE sha256 = ?1 AND image = ?2"
                   " AND id <> ?3 AND state IN ('received', 'read')"
                   " ORDER BY id LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, page->digests.sha256);
    stmt_bind_int(s, 2, page->image);
    stmt_bind_text(s, 3, page->id);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *found = (struct page_place){"", ""};
    if (rc == 1) {
        (void)snprintf(found->page, sizeof(found->page), "%s", stmt_text(s, 0));
        (void)snprintf(found->batch, sizeof(found->batch), "%s",
                       stmt_text(s, 1));
    }
    return 0;
}

int queue_outcome(struct queue *queue, const char *batch,
                  struct batch_outcome *out, struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT id, state, reason FROM page WHERE batch = ?1"
                   " ORDER BY id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    while ((rc = stmt_step(s, err)) == 1) {
        if (batch_outcome_add(&outcome, stmt_text(s, 0), stmt_text(s, 1),
                              stmt_text(s, 2), err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = outcome;
    outcome = (struct batch_outcome){NULL, 0};
    return 0;
}

int queue_set_page(struct queue *queue, const char *batch, const char *page,
                   enum page_state state, const char *reason,
                   const char *times_json, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "UPDATE page SET state = ?3,"
                   " reason = coalesce(?4, reason), times = ?5"
                   " WHERE batch = ?1 AND id = ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, page);
    stmt_bind_text(s, 3, page_state_name(state));
    stmt_bind_text(s, 4, reason);
    stmt_bind_text(s, 5, times_json);
    return stmt_run(s, err);
}

int queue_move_pages(struct queue *queue, const char *batch, const char *volume,
                     enum page_state from, enum page_state to, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "UPDATE page SET state = ?4"
                   " WHERE batch = ?1 AND volume = ?2 AND state = ?3",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, volume);
    stmt_bind_text(s, 3, page_state_name(from));
    stmt_bind_text(s, 4, page_state_name(to));
    return stmt_run(s, err);
}

static int give_pages(struct queue *queue, const struct unit_row *unit,
                      const char *const *pages, size_t count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "UPDATE page SET unit = ?3 WHERE batch = ?1 AND id = ?2", &s,
                   err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        stmt_bind_text(s, 1, unit->batch);
        stmt_bind_text(s, 2, pages[i]);
        stmt_bind_int(s, 3, unit->number);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

static int add_unit_row(struct queue *queue, const struct unit_row *unit,
                        struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "INSERT INTO unit (batch, number, volume, state)"
                   " VALUES (?1, ?2, ?3, 'ready')",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, unit->batch);
    stmt_bind_int(s, 2, unit->number);
    stmt_bind_text(s, 3, unit->volume);
    return stmt_run(s, err);
}

int queue_add_unit(struct queue *queue, const struct unit_row *unit,
                   const char *const *pages, size_t count, struct err *err)
{
    int rc;

    if (db_begin(queue->db, err) != 0)
        return -1;
    rc = add_unit_row(queue, unit, err);
    if (rc == 0)
        rc = give_pages(queue, unit, pages, count, err);
    if (rc == 0)
        rc = db_commit(queue->db, err);
    db_rollback(queue->db);
    return rc;
}

int queue_last_unit(struct queue *queue, const char *batch, uint32_t *number,
                    struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, "SELECT max(number) FROM unit WHERE batch = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    if (stmt_step(s, err) < 0)
        return -1;
    *number = (uint32_t)stmt_int(s, 0);
    return 0;
}

int queue_ready_units(struct queue *queue, struct unit_row **out, size_t *count,
                      struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(free) struct unit_row *rows = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT u.batch, u.number, u.volume, u.failures FROM unit u"
                   " JOIN batch b ON b.id = u.batch WHERE u.state = 'ready'"
                   " ORDER BY b.received_utc, u.batch, u.number",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct unit_row *grown = realloc(rows, (n + 1) * sizeof(*rows));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "queue: out of memory");
        rows = grown;
        (void)snprintf(rows[n].batch, sizeof(rows[n].batch), "%s",
                       stmt_text(s, 0));
        rows[n].number = (uint32_t)stmt_int(s, 1);
        (void)snprintf(rows[n].volume, sizeof(rows[n].volume), "%s",
                       stmt_text(s, 2));
        rows[n].failures = (unsigned)stmt_int(s, 3);
        n++;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(rows);
    *count = n;
    return 0;
}

static int update_unit(struct queue *queue, const char *sql,
                       const struct unit_row *unit, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, unit->batch);
    stmt_bind_int(s, 2, unit->number);
    return stmt_run(s, err);
}

int queue_unit_failed(struct queue *queue, const struct unit_row *unit,
                      struct err *err)
{
    return update_unit(queue,
                       "UPDATE unit SET failures = failures + 1"
                       " WHERE batch = ?1 AND number = ?2",
                       unit, err);
}

int queue_forgive_units(struct queue *queue, struct err *err)
{
    return db_exec(queue->db, "UPDATE unit SET failures = 0 WHERE failures > 0",
                   err);
}

int queue_unit_done(struct queue *queue, const struct unit_row *unit,
                    struct err *err)
{
    return update_unit(queue,
                       "UPDATE unit SET state = 'done'"
                       " WHERE batch = ?1 AND number = ?2",
                       unit, err);
}

int queue_pages(struct queue *queue, const char *batch, uint32_t unit,
                enum page_state state, struct name_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "SELECT id FROM page WHERE batch = ?1 AND state = ?2"
                   " AND (?3 = 0 OR unit = ?3) ORDER BY id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, page_state_name(state));
    stmt_bind_int(s, 3, unit);
    return collect_names(s, out, err);
}

struct unit_map {
    struct unit_map_entry {
        char page[ID_SIZE];
        uint32_t unit;
    } * entries; /* sorted by page */
    size_t count;
};

int queue_read_pages(struct queue *queue, const char *batch, const char *volume,
                     struct unit_map **out, struct err *err)
{
    CLEANUP(unit_map_free) struct unit_map *map = calloc(1, sizeof(*map));
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (map == NULL)
        return err_set(err, ERR_NOMEM, "queue: out of memory");
    if (db_prepare(queue->db,
                   "SELECT id, unit FROM page WHERE batch = ?1 AND volume = ?2"
                   " AND state = 'read' ORDER BY id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, volume);
    while ((rc = stmt_step(s, err)) == 1) {
        struct unit_map_entry *e =
            realloc(map->entries, (map->count + 1) * sizeof(*e));

        if (e == NULL)
            return err_set(err, ERR_NOMEM, "queue: out of memory");
        map->entries = e;
        e += map->count++;
        (void)snprintf(e->page, sizeof(e->page), "%s", stmt_text(s, 0));
        e->unit = (uint32_t)stmt_int(s, 1);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(map);
    return 0;
}

static int by_page(const void *key, const void *entry)
{
    return strcmp(key, ((const struct unit_map_entry *)entry)->page);
}

uint32_t unit_map_find(const struct unit_map *map, const char *page)
{
    const struct unit_map_entry *e =
        map->count == 0 ? NULL
                        : bsearch(page, map->entries, map->count,
                                  sizeof(*map->entries), by_page);

    return e == NULL ? 0 : e->unit;
}

void unit_map_free(struct unit_map *map)
{
    if (map == NULL)
        return;
    free(map->entries);
    free(map);
}

int queue_unplanned_batches(struct queue *queue, struct name_list *out,
                            struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "SELECT DISTINCT batch FROM page WHERE state = 'received'"
                   " AND unit IS NULL ORDER BY batch",
                   &s, err) != 0)
        return -1;
    return collect_names(s, out, err);
}

int queue_unplanned_pages(struct queue *queue, const char *batch,
                          struct name_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "SELECT id FROM page WHERE batch = ?1 AND unit IS NULL"
                   " AND state = 'received' ORDER BY id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    return collect_names(s, out, err);
}

int queue_waiting(struct queue *queue, int64_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "SELECT count(*) FROM page WHERE state = 'received'", &s,
                   err) != 0 ||
        stmt_step(s, err) < 0)
        return -1;
    *count = stmt_int(s, 0);
    return 0;
}

int queue_finished_volumes(struct queue *queue, struct batch_volume **out,
                           size_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(free) struct batch_volume *rows = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT DISTINCT batch, volume FROM page p"
                   " WHERE state = 'read' AND NOT EXISTS (SELECT 1 FROM page q"
                   " WHERE q.state = 'received' AND q.batch = p.batch"
                   " AND q.volume = p.volume)",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct batch_volume *grown = realloc(rows, (n + 1) * sizeof(*rows));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "queue: out of memory");
        rows = grown;
        (void)snprintf(rows[n].batch, sizeof(rows[n].batch), "%s",
                       stmt_text(s, 0));
        (void)snprintf(rows[n].volume, sizeof(rows[n].volume), "%s",
                       stmt_text(s, 1));
        n++;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(rows);
    *count = n;
    return 0;
}

int queue_finished_batches(struct queue *queue, struct name_list *out,
                           struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "SELECT id FROM batch b WHERE finished_utc IS NULL"
                   " AND NOT EXISTS (SELECT 1 FROM page WHERE batch = b.id"
                   " AND state IN ('received', 'read'))",
                   &s, err) != 0)
        return -1;
    return collect_names(s, out, err);
}

int queue_finish_batch(struct queue *queue, const char *batch, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char now[CLOCK_RFC3339_SIZE];

    if (db_prepare(queue->db,
                   "UPDATE batch SET finished_utc = ?2 WHERE id = ?1", &s,
                   err) != 0)
        return -1;
    clock_now_rfc3339(now);
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, now);
    return stmt_run(s, err);
}

static int run_for_batch(struct queue *queue, const char *sql,
                         const char *batch, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    return stmt_run(s, err);
}

static int mark_unfinished(struct queue *queue, const char *batch,
                           struct err *err)
{
    return run_for_batch(queue,
                         "UPDATE batch SET finished_utc = NULL WHERE id = ?1",
                         batch, err);
}

static int drop_unit(struct queue *queue, const char *batch, const char *page,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(queue->db,
                   "UPDATE page SET unit = NULL WHERE batch = ?1 AND id = ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    stmt_bind_text(s, 2, page);
    return stmt_run(s, err);
}

int queue_retry_page(struct queue *queue, const char *batch, const char *page,
                     const struct page_claim *claim, struct err *err)
{
    int rc;

    if (db_begin(queue->db, err) != 0)
        return -1;
    rc = queue_set_page(queue, batch, page, claim->state, claim->reason, "{}",
                        err);
    if (rc == 0 && claim->state == PAGE_RECEIVED &&
        (drop_unit(queue, batch, page, err) != 0 ||
         mark_unfinished(queue, batch, err) != 0))
        rc = -1;
    if (rc == 0)
        rc = db_commit(queue->db, err);
    db_rollback(queue->db);
    return rc;
}

static int count_pages(struct queue *queue, struct batch_row *row,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue->db,
                   "SELECT state, count(*) FROM page WHERE batch = ?1"
                   " GROUP BY state",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, row->id);
    while ((rc = stmt_step(s, err)) == 1) {
        for (int i = 0; i < PAGE_STATE_COUNT; i++) {
            if (strcmp(stmt_text(s, 0), state_names[i]) == 0)
                row->pages[i] = stmt_int(s, 1);
        }
    }
    return rc;
}

static int take_batch_row(const struct stmt *s, struct batch_row *row,
                          struct err *err)
{
    *row = (struct batch_row){.files = stmt_int(s, 4),
                              .rejected = stmt_int(s, 5),
                              .ignored = stmt_int(s, 6)};
    (void)snprintf(row->id, sizeof(row->id), "%s", stmt_text(s, 0));
    row->source = strdup(stmt_text(s, 1));
    row->received_utc = strdup(stmt_text(s, 2));
    row->finished_utc = strdup(stmt_text(s, 3));
    if (row->source == NULL || row->received_utc == NULL ||
        row->finished_utc == NULL)
        return err_set(err, ERR_NOMEM, "queue: out of memory");
    return 0;
}

static int read_batch_rows(struct queue *queue, struct stmt *s,
                           struct batch_row **rows, size_t *count,
                           struct err *err)
{
    int rc;

    while ((rc = stmt_step(s, err)) == 1) {
        struct batch_row *grown = realloc(*rows, (*count + 1) * sizeof(**rows));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "queue: out of memory");
        *rows = grown;
        if (take_batch_row(s, &grown[*count], err) != 0)
            return -1;
        (*count)++;
        if (count_pages(queue, &grown[*count - 1], err) != 0)
            return -1;
    }
    return rc;
}

int queue_batches(struct queue *queue, const char *id, struct batch_row **out,
                  size_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct batch_row *rows = NULL;
    size_t n = 0;

    if (db_prepare(queue->db,
                   "SELECT b.id, b.source, b.received_utc, b.finished_utc,"
                   " count(f.place), total(f.verdict = 'reject'),"
                   " total(f.verdict = 'ignore') FROM batch b"
                   " LEFT JOIN file f ON f.batch = b.id"
                   " WHERE ?1 IS NULL OR b.id = ?1 GROUP BY b.id"
                   " ORDER BY b.received_utc DESC, b.id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, id);
    if (read_batch_rows(queue, s, &rows, &n, err) != 0) {
        batch_rows_free(rows, n);
        return -1;
    }
    if (id != NULL && n == 0)
        return err_set(err, ERR_ABSENT,
                       "there is no batch '%s'; `tefter batch list` shows all",
                       id);
    *out = rows;
    *count = n;
    return 0;
}

void batch_rows_free(struct batch_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(rows[i].source);
        free(rows[i].received_utc);
        free(rows[i].finished_utc);
    }
    free(rows);
}
