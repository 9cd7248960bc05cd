/* SPDX-License-Identifier: MIT */
#include "index/memory.h"

#include <stdlib.h>
#include <string.h>

/* Scopes that are remembered: of the roles, and of who asks on a ground. */
#define MAX_SCOPES 8

struct remembered_scope {
    char *scope; /* NULL: free */
    struct buf texts;
    struct rank_volumes volumes;
    bool is_all;
};

struct memory {
    int64_t version; /* of the database; what is remembered is of it */
    struct remembered_scope scopes[MAX_SCOPES];
    size_t next_scope; /* the one that is forgotten next */
    struct page_chunks chunks;
    bool has_chunks;
};

struct memory *memory_new(void)
{
    return calloc(1, sizeof(struct memory));
}

static void forget_scope(struct remembered_scope *s)
{
    free(s->scope);
    buf_fini(&s->texts);
    rank_volumes_fini(&s->volumes);
    *s = (struct remembered_scope){.texts = BUF_INIT};
}

static void forget_all(struct memory *m)
{
    for (size_t i = 0; i < MAX_SCOPES; i++)
        forget_scope(&m->scopes[i]);
    for (size_t i = 0; i < m->chunks.count; i++) {
        free(m->chunks.items[i].runs);
        free(m->chunks.items[i].words);
    }
    free(m->chunks.items);
    m->chunks = (struct page_chunks){.count = 0};
    m->has_chunks = false;
}

void memory_free(struct memory *memory)
{
    if (memory == NULL)
        return;
    forget_all(memory);
    free(memory);
}

int memory_refresh(struct memory *memory, struct db *db, struct err *err)
{
    int64_t version = 0;

    if (db_version(db, &version, err) != 0)
        return -1;
    if (version != memory->version)
        forget_all(memory);
    memory->version = version;
    return 0;
}

/* Is every page of the catalogue in the scope? */
static int sees_all(struct db *db, const struct rank_volumes *volumes,
                    bool *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, "SELECT count(*) FROM volume", &s, err) != 0 ||
        stmt_step(s, err) != 1)
        return -1;
    *out = stmt_int(s, 0) == (int64_t)volumes->count && !volumes->is_limited;
    return 0;
}

static int read_scope(struct db *db, const char *scope,
                      struct remembered_scope *out, struct err *err)
{
    if (rank_volumes_read(db, scope, &out->texts, &out->volumes, err) != 0 ||
        sees_all(db, &out->volumes, &out->is_all, err) != 0)
        return -1;
    out->scope = strdup(scope);
    return out->scope != NULL
               ? 0
               : err_set(err, ERR_NOMEM, "search: out of memory");
}

int memory_volumes(struct memory *memory, struct db *db, const char *scope,
                   const struct rank_volumes **out, bool *is_all,
                   struct err *err)
{
    struct remembered_scope *s = NULL;

    for (size_t i = 0; i < MAX_SCOPES && s == NULL; i++)
        if (memory->scopes[i].scope != NULL &&
            strcmp(memory->scopes[i].scope, scope) == 0)
            s = &memory->scopes[i];
    if (s == NULL) {
        s = &memory->scopes[memory->next_scope];
        memory->next_scope = (memory->next_scope + 1) % MAX_SCOPES;
        forget_scope(s);
        if (read_scope(db, scope, s, err) != 0) {
            forget_scope(s);
            return -1;
        }
    }
    *out = &s->volumes;
    *is_all = s->is_all;
    return 0;
}

static int read_chunks(struct db *db, struct page_chunks *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(buf_fini) struct buf list = BUF_INIT;
    int rc;

    if (db_prepare(db,
                   "SELECT chunk, state = 1 FROM word_chunk"
                   " ORDER BY chunk",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct page_chunk one = {.chunk = stmt_int(s, 0),
                                 .has_lines = stmt_int(s, 1) != 0};

        buf_add(&list, &one, sizeof(one));
        out->with_lines += one.has_lines;
    }
    if (list.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    out->count = list.len / sizeof(*out->items);
    out->items = (struct page_chunk *)(void *)buf_steal(&list);
    return rc;
}

int memory_chunks(struct memory *memory, struct db *db,
                  struct page_chunks **out, struct err *err)
{
    if (!memory->has_chunks && read_chunks(db, &memory->chunks, err) != 0)
        return -1;
    memory->has_chunks = true;
    *out = &memory->chunks;
    return 0;
}

static int read_runs(const uint32_t *volumes, struct page_chunk *chunk,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf runs = BUF_INIT;

    for (unsigned first = 0, end; first < PAGES_A_CHUNK; first = end) {
        struct page_run run = {(uint16_t)first, 0, volumes[first]};

        for (end = first + 1;
             end < PAGES_A_CHUNK && volumes[end] == volumes[first];)
            end++;
        run.end = (uint16_t)end;
        if (run.volume != 0)
            buf_add(&runs, &run, sizeof(run));
    }
    if (runs.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    chunk->run_count = runs.len / sizeof(*chunk->runs);
    chunk->runs = (struct page_run *)(void *)buf_steal(&runs);
    return 0;
}

static uint32_t least_words(const struct page_chunk *chunk)
{
    uint32_t least = UINT32_MAX;

    for (size_t k = 0; k < chunk->run_count; k++)
        for (unsigned i = chunk->runs[k].first; i < chunk->runs[k].end; i++)
            if (chunk->words[i] < least)
                least = chunk->words[i];
    return least;
}

int memory_pages(struct page_lines *lines, struct page_chunk *chunk,
                 struct err *err)
{
    const uint32_t *volumes, *words;

    if (chunk->words != NULL)
        return 0;
    volumes = page_lines_part(lines, chunk->chunk, PAGE_VOLUME, err);
    words = page_lines_part(lines, chunk->chunk, PAGE_WORDS, err);
    if (volumes == NULL || words == NULL)
        return -1;
    free(chunk->runs); /* left by a try that failed */
    chunk->runs = NULL;
    if (read_runs(volumes, chunk, err) != 0)
        return -1;
    chunk->words = malloc(PAGES_A_CHUNK * sizeof(*words));
    if (chunk->words == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    memcpy(chunk->words, words, PAGES_A_CHUNK * sizeof(*words));
    chunk->least = least_words(chunk);
    return 0;
}
