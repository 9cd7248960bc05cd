/* SPDX-License-Identifier: MIT */
#include "index/word_line_make.h"

#include <stdlib.h>
#include <string.h>

#include "index/fold.h"
#include "index/tokenizer.h"
#include "index/word_line.h"

#define TEXT_COLUMNS 6
#define BITMAP_BYTES (PAGES_A_CHUNK / 8)
/* Places of the hash table to begin with; a power of two. */
#define FIRST_PLACES (1u << 16)
/* A word with its prefixes, of all its keys. */
#define MOST_KEYS (FOLD_MAX_KEYS * (1 + WORD_PREFIX_MOST))
#define NO_COUNT  SIZE_MAX

enum sql {
    SQL_READ,
    SQL_DROP,
    SQL_WRITE,
    SQL_WRITE_APART,
    SQL_DONE,
    SQL_COUNT
};

/* To find what a chunk has, each word of the table is looked at, from one to
 * the next: an index of its own would be as large again. */
static const char *const sql_text[SQL_COUNT] = {
    [SQL_READ] = "SELECT key, text, name, place, egn, number, other FROM body"
                 " WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
    [SQL_DROP] = "WITH RECURSIVE w (word) AS (SELECT min(word) FROM word_line"
                 " UNION ALL SELECT (SELECT min(l.word) FROM word_line l"
                 " WHERE l.word > w.word) FROM w WHERE w.word IS NOT NULL)"
                 " DELETE FROM word_line WHERE chunk = ?1"
                 " AND word IN (SELECT word FROM w)",
    [SQL_WRITE] = "INSERT INTO word_line (word, chunk, lines)"
                  " VALUES (?1, ?2, ?3)",
    [SQL_WRITE_APART] = "INSERT INTO temp.word_line_apart"
                        " (word, chunk, lines) VALUES (?1, ?2, ?3)",
    [SQL_DONE] = "UPDATE word_chunk SET state = 1 WHERE chunk = ?1",
};

/* A word, or a prefix, on the pages so far. */
struct entry {
    size_t key;     /* place in keys, NUL-terminated      */
    uint32_t hash;  /* of it                              */
    uint32_t pages; /* that have it                       */
    size_t last;    /* its last count, or NO_COUNT        */
    size_t first;   /* when sorted: its first page's count */
};

/* How often a word is on a page. */
struct word_count {
    uint32_t entry;
    uint16_t page;
    uint8_t count;
};

struct word_line_maker {
    struct stmt *stmt[SQL_COUNT];
    enum sql write; /* by what lines are written */
    struct buf keys;
    struct buf entries; /* struct entry      */
    struct buf counts;  /* struct word_count */
    uint32_t pages;     /* of the chunk      */
    uint32_t *places;   /* 1 + index of an entry; 0 = free */
    size_t place_count;
    struct buf lines;
};

int word_line_maker_new(struct db *db, enum word_line_target target,
                        struct word_line_maker **out, struct err *err)
{
    CLEANUP(word_line_maker_free)
    struct word_line_maker *m = calloc(1, sizeof(*m));

    if (m == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    m->place_count = FIRST_PLACES;
    m->places = calloc(m->place_count, sizeof(*m->places));
    if (m->places == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    m->write = target == LINES_APART ? SQL_WRITE_APART : SQL_WRITE;
    for (int i = 0; i < SQL_COUNT; i++) {
        bool is_other =
            i == (target == LINES_APART ? SQL_WRITE : SQL_WRITE_APART);

        if (!is_other && db_prepare(db, sql_text[i], &m->stmt[i], err) != 0)
            return -1;
    }
    *out = STEAL(m);
    return 0;
}

void word_line_maker_free(struct word_line_maker *maker)
{
    if (maker == NULL)
        return;
    stmt_free_all(maker->stmt, SQL_COUNT);
    buf_fini(&maker->keys);
    buf_fini(&maker->entries);
    buf_fini(&maker->counts);
    buf_fini(&maker->lines);
    free(maker->places);
    free(maker);
}

static struct entry *entry_at(struct word_line_maker *m, size_t i)
{
    return (struct entry *)(void *)m->entries.data + i;
}

static struct word_count *count_at(struct word_line_maker *m, size_t i)
{
    return (struct word_count *)(void *)m->counts.data + i;
}

static size_t entry_count(const struct word_line_maker *m)
{
    return m->entries.len / sizeof(struct entry);
}

/* Twice the places, before they are too full. */
static bool make_room(struct word_line_maker *m)
{
    size_t count = m->place_count * 2;
    uint32_t *places;

    if (entry_count(m) * 2 < m->place_count)
        return true;
    places = calloc(count, sizeof(*places));
    if (places == NULL)
        return false;
    for (size_t i = 0; i < entry_count(m); i++) {
        size_t at = entry_at(m, i)->hash & (count - 1);

        while (places[at] != 0)
            at = (at + 1) & (count - 1);
        places[at] = (uint32_t)i + 1;
    }
    free(m->places);
    m->places = places;
    m->place_count = count;
    return true;
}

/* FNV-1a. */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261U;

    for (; *key != '\0'; key++)
        hash = (hash ^ (uint8_t)*key) * 16777619U;
    return hash;
}

/* @return the entry of a key, a new one if need be; UINT32_MAX: no memory */
static uint32_t find_entry(struct word_line_maker *m, const char *key)
{
    struct entry entry = {m->keys.len, hash_of(key), 0, NO_COUNT, 0};
    size_t at;

    if (!make_room(m))
        return UINT32_MAX;
    at = entry.hash & (m->place_count - 1);
    while (m->places[at] != 0) {
        const struct entry *e = entry_at(m, m->places[at] - 1);

        if (e->hash == entry.hash && strcmp(m->keys.data + e->key, key) == 0)
            return m->places[at] - 1;
        at = (at + 1) & (m->place_count - 1);
    }
    buf_add(&m->keys, key, strlen(key) + 1);
    buf_add(&m->entries, &entry, sizeof(entry));
    if (m->keys.failed || m->entries.failed)
        return UINT32_MAX;
    m->places[at] = (uint32_t)entry_count(m);
    return m->places[at] - 1;
}

/* A word of a page being counted, with all its keys and prefixes. */
struct counting {
    struct word_line_maker *m;
    uint16_t page;
    uint8_t weight;
    uint32_t here[MOST_KEYS]; /* entries of this place of the text */
    size_t here_count;
    bool failed;
};

static void count_entry(struct counting *c, uint32_t i)
{
    struct word_count one = {i, c->page, c->weight};
    struct entry *e = entry_at(c->m, i);
    struct word_count *last =
        e->last == NO_COUNT ? NULL : count_at(c->m, e->last);

    if (last != NULL && last->page == c->page) {
        last->count = last->count > WORD_COUNT_MOST - c->weight
                          ? WORD_COUNT_MOST
                          : (uint8_t)(last->count + c->weight);
        return;
    }
    e->pages++;
    e->last = c->m->counts.len / sizeof(one);
    buf_add(&c->m->counts, &one, sizeof(one));
}

/* Two keys of one word that begin alike are one place for a prefix. */
static void count_key(struct counting *c, const char *key)
{
    uint32_t entry = find_entry(c->m, key);

    if (entry == UINT32_MAX || c->m->counts.failed) {
        c->failed = true;
        return;
    }
    for (size_t i = 0; i < c->here_count; i++)
        if (c->here[i] == entry)
            return;
    if (c->here_count < MOST_KEYS)
        c->here[c->here_count++] = entry;
    count_entry(c, entry);
}

static int count_token(void *arg, const struct token *token)
{
    struct counting *c = arg;
    char prefix[WORD_PREFIX_MOST * 4 + 2];
    const char *at = token->key;

    if (!token->same_place)
        c->here_count = 0;
    count_key(c, token->key);
    for (int n = 0; n < WORD_PREFIX_MOST && *at != '\0'; n++) {
        size_t len;

        do
            at++;
        while (((uint8_t)*at & 0xc0) == 0x80);
        len = (size_t)(at - token->key);
        memcpy(prefix, token->key, len);
        memcpy(prefix + len, "*", 2);
        count_key(c, prefix);
    }
    return c->failed;
}

/* Count the words of all pages of the chunk. */
static int read_pages(struct word_line_maker *m, int64_t chunk, struct err *err)
{
    struct stmt *s = m->stmt[SQL_READ];
    int rc;

    stmt_bind_int(s, 1, chunk * PAGES_A_CHUNK);
    stmt_bind_int(s, 2, chunk * PAGES_A_CHUNK + PAGES_A_CHUNK - 1);
    while ((rc = stmt_step(s, err)) == 1) {
        m->pages++;
        struct counting c = {
            .m = m, .page = (uint16_t)(stmt_int(s, 0) % PAGES_A_CHUNK)};

        for (int i = 1; i <= TEXT_COLUMNS && !c.failed; i++) {
            const char *text = stmt_text(s, i);

            c.weight = i == 1 ? 1 : WORD_FIELD_WEIGHT;
            (void)tokenize(text, strlen(text), TOKEN_WHOLE, count_token, &c);
        }
        if (c.failed) {
            rc = err_set(err, ERR_NOMEM, "catalogue: out of memory");
            break;
        }
    }
    stmt_reset(s);
    return rc;
}

static void forget(struct word_line_maker *m)
{
    buf_clear(&m->keys);
    buf_clear(&m->entries);
    buf_clear(&m->counts);
    m->pages = 0;
    memset(m->places, 0, m->place_count * sizeof(*m->places));
}

/* Entries that get lines, by their keys. */
struct chosen {
    struct word_line_maker *m;
    uint32_t *entries;
    size_t count;
};

static int compare_keys(const void *a, const void *b, void *arg)
{
    struct word_line_maker *m = arg;

    return strcmp(m->keys.data + entry_at(m, *(const uint32_t *)a)->key,
                  m->keys.data + entry_at(m, *(const uint32_t *)b)->key);
}

/* On how many pages a word must be to have a line. */
static uint32_t least_pages(const struct word_line_maker *m)
{
    uint32_t share = m->pages * WORD_LINE_PAGES / PAGES_A_CHUNK;

    return share < WORD_LINE_FEWEST ? WORD_LINE_FEWEST : share;
}

static int choose(struct word_line_maker *m, struct chosen *out,
                  struct err *err)
{
    out->entries = calloc(entry_count(m) + 1, sizeof(*out->entries));
    if (out->entries == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    for (size_t i = 0; i < entry_count(m); i++)
        if (entry_at(m, i)->pages >= least_pages(m))
            out->entries[out->count++] = (uint32_t)i;
    if (out->count > 1)
        qsort_r(out->entries, out->count, sizeof(*out->entries), compare_keys,
                m);
    return 0;
}

/* Counts of the chosen ones, entry by entry, in the order of pages. */
static struct word_count *sort_counts(const struct chosen *chosen)
{
    struct word_line_maker *m = chosen->m;
    size_t total = 0;
    struct word_count *sorted;

    for (size_t i = 0; i < chosen->count; i++) {
        struct entry *e = entry_at(m, chosen->entries[i]);

        e->first = e->last = total;
        total += e->pages;
    }
    sorted = calloc(total + 1, sizeof(*sorted));
    for (size_t i = 0; sorted != NULL && i < m->counts.len / sizeof(*sorted);
         i++) {
        struct entry *e = entry_at(m, count_at(m, i)->entry);

        if (e->pages >= least_pages(m))
            sorted[e->last++] = *count_at(m, i);
    }
    return sorted;
}

/* The pages where the word counts so much. */
struct layer {
    const struct word_count *counts;
    size_t count;
    unsigned least;
};

static void put_steps(const struct layer *l, struct buf *out)
{
    static const uint8_t more = 255;
    int before = -1;

    for (size_t i = 0; i < l->count; i++) {
        int step = l->counts[i].page - before;
        uint8_t rest;

        if (l->counts[i].count < l->least)
            continue;
        for (; step >= more; step -= more)
            buf_add(out, &more, 1);
        rest = (uint8_t)step;
        buf_add(out, &rest, 1);
        before = l->counts[i].page;
    }
}

static void put_bitmap(const struct layer *l, struct buf *out)
{
    uint8_t bits[BITMAP_BYTES] = {0};

    for (size_t i = 0; i < l->count; i++)
        if (l->counts[i].count >= l->least)
            bits[l->counts[i].page / 8] |=
                (uint8_t)(1u << (l->counts[i].page % 8));
    buf_add(out, bits, sizeof(bits));
}

/* Layer by layer, until none of its pages has more. */
static void put_layers(struct layer l, struct buf *out)
{
    for (l.least = 1; l.least <= WORD_COUNT_MOST; l.least++) {
        uint16_t pages = 0;

        for (size_t i = 0; i < l.count; i++)
            pages += l.counts[i].count >= l.least;
        if (pages == 0)
            return;
        buf_add(out, &pages, sizeof(pages));
        if (pages >= BITMAP_BYTES)
            put_bitmap(&l, out);
        else
            put_steps(&l, out);
    }
}

static int write_lines(const struct chosen *chosen, int64_t chunk,
                       const struct word_count *sorted, struct err *err)
{
    struct word_line_maker *m = chosen->m;
    struct stmt *s = m->stmt[m->write];

    for (size_t i = 0; i < chosen->count; i++) {
        const struct entry *e = entry_at(m, chosen->entries[i]);

        buf_clear(&m->lines);
        put_layers((struct layer){sorted + e->first, e->pages, 1}, &m->lines);
        if (m->lines.failed)
            return err_set(err, ERR_NOMEM, "catalogue: out of memory");
        stmt_bind_text(s, 1, m->keys.data + e->key);
        stmt_bind_int(s, 2, chunk);
        stmt_bind_blob(s, 3, m->lines.data, m->lines.len);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

static int write_chosen(struct word_line_maker *m, int64_t chunk,
                        struct err *err)
{
    CLEANUP(free) struct word_count *sorted = NULL;
    struct chosen chosen = {m, NULL, 0};
    int rc = -1;

    if (choose(m, &chosen, err) == 0) {
        sorted = sort_counts(&chosen);
        rc = sorted == NULL
                 ? err_set(err, ERR_NOMEM, "catalogue: out of memory")
                 : write_lines(&chosen, chunk, sorted, err);
    }
    free(chosen.entries);
    return rc;
}

int word_line_maker_run(struct word_line_maker *maker, int64_t chunk,
                        bool is_stale, struct err *err)
{
    static const enum sql steps[] = {SQL_DROP, SQL_DONE};
    int rc;

    forget(maker);
    for (size_t i = is_stale ? 0 : 1; i < 2; i++) {
        stmt_bind_int(maker->stmt[steps[i]], 1, chunk);
        if (stmt_run(maker->stmt[steps[i]], err) != 0)
            return -1;
    }
    rc = read_pages(maker, chunk, err);
    return rc == 0 ? write_chosen(maker, chunk, err) : -1;
}
