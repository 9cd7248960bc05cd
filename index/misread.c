/* SPDX-License-Identifier: MIT */
#include "index/misread.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "index/tokenizer.h"

/* Cost of an edit, in hundredths: of letters that look alike, of any. */
#define COST_ALIKE 40
#define COST_EDIT  100
/* Candidates that are looked for in the index. */
#define MAX_FOUND 64
#define MIN_PIECE 2 /* letters of a word that was split */
/* A shorter word is looked for at one edit. */
#define TWO_EDITS_LETTERS 5

enum sql {
    SQL_FIND_WORD,
    SQL_ADD_WORD,
    SQL_SET_WORD,
    SQL_DROP_WORD,
    SQL_ADD_MISREAD,
    SQL_DROP_MISREAD,
    SQL_COUNT
};

static const char *const sql_text[SQL_COUNT] = {
    [SQL_FIND_WORD] = "SELECT key, pages FROM name_word WHERE word = ?1",
    [SQL_ADD_WORD] = ("INSERT INTO name_word (key, word, pages)"
                      " VALUES (?1, ?2, ?3)"),
    [SQL_SET_WORD] = "UPDATE name_word SET pages = ?2 WHERE key = ?1",
    [SQL_DROP_WORD] = "DELETE FROM name_word WHERE key = ?1",
    [SQL_ADD_MISREAD] =
        "INSERT OR IGNORE INTO misread (hash, word_key) VALUES (?1, ?2)",
    [SQL_DROP_MISREAD] =
        "DELETE FROM misread WHERE hash = ?1 AND word_key = ?2",
};

/* A word on one page more, or less. */
struct change {
    size_t word; /* place in texts */
    int by;      /* 1 or -1        */
};

/* A row of misread that is to come or to go. */
struct hash_change {
    int64_t hash, word_key;
    int by;
};

struct misread_rows {
    struct db *db;
    struct stmt *stmt[SQL_COUNT];
    struct buf texts;   /* NUL-terminated, one after another */
    struct buf changes; /* struct change                     */
    struct buf hashes;  /* struct hash_change                */
    int64_t next_key;   /* of name_word; 0: not known yet    */
};

/* Lower case Cyrillic, as keys have it. */
struct letters {
    int32_t codes[MISREAD_MAX_LETTERS];
    size_t count;
};

/* The letter that stands for all that are taken for one another with it:
 * и н п й л д · ш щ ц · о с е · з э · г т · ъ ь */
static int32_t skeleton_of(int32_t code)
{
    switch (code) {
    case 0x43d: /* н */
    case 0x43f: /* п */
    case 0x439: /* й */
    case 0x43b: /* л */
    case 0x434: /* д */
        return 0x438;
    case 0x449: /* щ */
    case 0x446: /* ц */
        return 0x448;
    case 0x441: /* с */
    case 0x435: /* е */
        return 0x43e;
    case 0x44d: /* э */
        return 0x437;
    case 0x442: /* т */
        return 0x433;
    case 0x44c: /* ь */
        return 0x44a;
    default:
        return code;
    }
}

/* false: too short, too long, or not of Cyrillic letters alone. */
static bool read_letters(const char *key, struct letters *out)
{
    out->count = 0;
    while (*key != '\0') {
        int32_t code;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)key, -1, &code);

        if (n <= 0 || code < 0x430 || code > 0x44f ||
            out->count == MISREAD_MAX_LETTERS)
            return false;
        out->codes[out->count++] = code;
        key += n;
    }
    return out->count >= MISREAD_MIN_LETTERS;
}

#define HASH_BEGIN 2166136261U

/* FNV-1a. */
static uint32_t hash_on(uint32_t hash, int32_t skeleton)
{
    return (hash ^ (uint32_t)skeleton) * 16777619U;
}

/* As SQLite keeps it in four bytes. */
static int64_t hash_end(uint32_t hash)
{
    return (int64_t)hash - ((hash & 0x80000000U) != 0 ? INT64_C(1) << 32 : 0);
}

/* The skeleton but for two letters; count: none. */
static int64_t hash_without(const struct letters *w, size_t skip, size_t other)
{
    uint32_t hash = HASH_BEGIN;

    for (size_t i = 0; i < w->count; i++)
        if (i != skip && i != other)
            hash = hash_on(hash, skeleton_of(w->codes[i]));
    return hash_end(hash);
}

/* The skeleton with a letter put in before place `at`. */
static int64_t hash_with(const struct letters *w, size_t at, int32_t skeleton)
{
    uint32_t hash = HASH_BEGIN;

    for (size_t i = 0; i <= w->count; i++) {
        if (i == at)
            hash = hash_on(hash, skeleton);
        if (i < w->count)
            hash = hash_on(hash, skeleton_of(w->codes[i]));
    }
    return hash_end(hash);
}

/* All different hashes of a word. @return how many */
static size_t hashes_of(const struct letters *w,
                        int64_t out[MISREAD_MAX_LETTERS + 1])
{
    size_t count = 0;

    for (size_t skip = 0; skip <= w->count; skip++) {
        int64_t hash = hash_without(w, skip, w->count);
        size_t i = 0;

        while (i < count && out[i] != hash)
            i++;
        if (i == count)
            out[count++] = hash;
    }
    return count;
}

int misread_rows_new(struct db *db, struct misread_rows **out, struct err *err)
{
    CLEANUP(misread_rows_free)
    struct misread_rows *rows = calloc(1, sizeof(*rows));

    if (rows == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    rows->db = db;
    if (db_prepare_all(db, sql_text, SQL_COUNT, rows->stmt, err) != 0)
        return -1;
    *out = STEAL(rows);
    return 0;
}

void misread_rows_free(struct misread_rows *rows)
{
    if (rows == NULL)
        return;
    stmt_free_all(rows->stmt, SQL_COUNT);
    buf_fini(&rows->texts);
    buf_fini(&rows->changes);
    buf_fini(&rows->hashes);
    free(rows);
}

struct collecting {
    const char *text;
    bool all;
    struct misread_words *words;
};

static bool is_capital(const char *at)
{
    int32_t code;

    return utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &code) > 0 &&
           utf8proc_tolower(code) != code;
}

static int collect_word(void *arg, const struct token *token)
{
    const struct collecting *c = arg;
    struct letters letters;

    if ((c->all || is_capital(c->text + token->start)) &&
        read_letters(token->key, &letters))
        buf_add(&c->words->keys, token->key, strlen(token->key) + 1);
    return 0;
}

void misread_collect(const char *text, bool all, struct misread_words *words)
{
    struct collecting c = {text, all, words};

    (void)tokenize(text, strlen(text), TOKEN_WHOLE, collect_word, &c);
}

void misread_words_fini(struct misread_words *words)
{
    buf_fini(&words->keys);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each word of a page once. */
static int note_words(struct misread_rows *rows, struct misread_words *words,
                      int by, struct err *err)
{
    CLEANUP(free) const char **list = NULL;
    size_t count = 0;
    size_t n = 0;

    for (size_t i = 0; i < words->keys.len; i++)
        count += words->keys.data[i] == '\0';
    list = calloc(count + 1, sizeof(*list));
    if (list == NULL || words->keys.failed)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    for (size_t i = 0; i < words->keys.len; i += strlen(list[n - 1]) + 1)
        list[n++] = words->keys.data + i;
    if (n > 1)
        qsort(list, n, sizeof(*list), compare_texts);
    for (size_t i = 0; i < n; i++) {
        struct change change = {rows->texts.len, by};

        if (i > 0 && strcmp(list[i], list[i - 1]) == 0)
            continue;
        buf_add(&rows->texts, list[i], strlen(list[i]) + 1);
        buf_add(&rows->changes, &change, sizeof(change));
    }
    return 0;
}

int misread_rows_add(struct misread_rows *rows, struct misread_words *words,
                     struct err *err)
{
    return note_words(rows, words, 1, err);
}

int misread_rows_drop(struct misread_rows *rows, struct misread_words *words,
                      struct err *err)
{
    return note_words(rows, words, -1, err);
}

static void note_hashes(struct misread_rows *rows, const char *word,
                        int64_t word_key, int by)
{
    struct letters letters;
    int64_t hashes[MISREAD_MAX_LETTERS + 1];
    size_t count;

    if (!read_letters(word, &letters))
        return;
    count = hashes_of(&letters, hashes);
    for (size_t i = 0; i < count; i++) {
        struct hash_change change = {hashes[i], word_key, by};

        buf_add(&rows->hashes, &change, sizeof(change));
    }
}

/* @param pages  of the word; 0: it is not there yet */
static int find_word(struct misread_rows *rows, const char *word, int64_t *key,
                     int64_t *pages, struct err *err)
{
    struct stmt *s = rows->stmt[SQL_FIND_WORD];
    int rc;

    *pages = 0;
    stmt_bind_text(s, 1, word);
    rc = stmt_step(s, err);
    if (rc == 1) {
        *key = stmt_int(s, 0);
        *pages = stmt_int(s, 1);
    }
    stmt_reset(s);
    return rc < 0 ? -1 : 0;
}

static int next_key(struct misread_rows *rows, int64_t *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (rows->next_key == 0) {
        if (db_prepare(rows->db, "SELECT coalesce(max(key), 0) FROM name_word",
                       &s, err) != 0 ||
            stmt_step(s, err) != 1)
            return -1;
        rows->next_key = stmt_int(s, 0) + 1;
    }
    *out = rows->next_key++;
    return 0;
}

static int add_word(struct misread_rows *rows, const char *word, int64_t pages,
                    struct err *err)
{
    struct stmt *s = rows->stmt[SQL_ADD_WORD];
    int64_t key = 0;

    if (next_key(rows, &key, err) != 0)
        return -1;
    stmt_bind_int(s, 1, key);
    stmt_bind_text(s, 2, word);
    stmt_bind_int(s, 3, pages);
    note_hashes(rows, word, key, 1);
    return stmt_run(s, err);
}

static int drop_word(struct misread_rows *rows, const char *word, int64_t key,
                     struct err *err)
{
    struct stmt *s = rows->stmt[SQL_DROP_WORD];

    stmt_bind_int(s, 1, key);
    note_hashes(rows, word, key, -1);
    return stmt_run(s, err);
}

static int set_word(struct misread_rows *rows, int64_t key, int64_t pages,
                    struct err *err)
{
    struct stmt *s = rows->stmt[SQL_SET_WORD];

    stmt_bind_int(s, 1, key);
    stmt_bind_int(s, 2, pages);
    return stmt_run(s, err);
}

static int change_word(struct misread_rows *rows, const char *word, int by,
                       struct err *err)
{
    int64_t key = 0;
    int64_t pages = 0;

    if (by == 0)
        return 0;
    if (find_word(rows, word, &key, &pages, err) != 0)
        return -1;
    if (pages == 0)
        return add_word(rows, word, by, err);
    return pages + by > 0 ? set_word(rows, key, pages + by, err)
                          : drop_word(rows, word, key, err);
}

static int compare_changes(const void *a, const void *b, void *texts)
{
    return strcmp((const char *)texts + ((const struct change *)a)->word,
                  (const char *)texts + ((const struct change *)b)->word);
}

static int compare_hashes(const void *a, const void *b)
{
    const struct hash_change *x = a;
    const struct hash_change *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->word_key < y->word_key ? -1 : x->word_key > y->word_key;
}

static int write_hashes(struct misread_rows *rows, struct err *err)
{
    struct hash_change *list = (struct hash_change *)(void *)rows->hashes.data;
    size_t count = rows->hashes.len / sizeof(*list);

    if (count > 1)
        qsort(list, count, sizeof(*list), compare_hashes);
    for (size_t i = 0; i < count; i++) {
        struct stmt *s =
            rows->stmt[list[i].by > 0 ? SQL_ADD_MISREAD : SQL_DROP_MISREAD];

        stmt_bind_int(s, 1, list[i].hash);
        stmt_bind_int(s, 2, list[i].word_key);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

/* In the order of the table, each word once: pages share most of them. */
static int write_words(struct misread_rows *rows, struct err *err)
{
    struct change *list = (struct change *)(void *)rows->changes.data;
    const char *texts = rows->texts.data;
    size_t count = rows->changes.len / sizeof(*list);

    if (count > 1)
        qsort_r(list, count, sizeof(*list), compare_changes, rows->texts.data);
    for (size_t i = 0, end; i < count; i = end) {
        int by = 0;

        for (end = i; end < count &&
                      strcmp(texts + list[end].word, texts + list[i].word) == 0;
             end++)
            by += list[end].by;
        if (change_word(rows, texts + list[i].word, by, err) != 0)
            return -1;
    }
    return 0;
}

int misread_rows_write(struct misread_rows *rows, struct err *err)
{
    if (rows->texts.failed || rows->changes.failed)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    if (write_words(rows, err) != 0)
        return -1;
    if (rows->hashes.failed)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    return write_hashes(rows, err);
}

static int smallest(int a, int b, int c)
{
    int least = a < b ? a : b;

    return least < c ? least : c;
}

/* What an exchange of letters costs. */
static int exchange(int32_t a, int32_t b, int alike_cost)
{
    if (a == b)
        return 0;
    return skeleton_of(a) == skeleton_of(b) ? alike_cost : COST_EDIT;
}

/* Weighted edit distance (Wagner and Fischer 1974). */
static int distance(const struct letters *a, const struct letters *b,
                    int alike_cost)
{
    int row[MISREAD_MAX_LETTERS + 1];

    for (size_t k = 0; k <= b->count; k++)
        row[k] = (int)k * COST_EDIT;
    for (size_t i = 1; i <= a->count; i++) {
        int before = row[0];

        row[0] = (int)i * COST_EDIT;
        for (size_t k = 1; k <= b->count; k++) {
            int here = row[k];

            row[k] = smallest(row[k] + COST_EDIT, row[k - 1] + COST_EDIT,
                              before + exchange(a->codes[i - 1],
                                                b->codes[k - 1], alike_cost));
            before = here;
        }
    }
    return row[b->count];
}

struct candidate {
    int cost;
    char word[NAME_SIZE];
};

struct candidates {
    struct candidate list[MAX_FOUND];
    size_t count;
};

/* Kept in order; one that is there already is not taken again. */
static void take_candidate(struct candidates *c, int cost, const char *word)
{
    size_t at = c->count;

    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->list[i].word, word) == 0)
            return;
    while (at > 0 && (c->list[at - 1].cost > cost ||
                      (c->list[at - 1].cost == cost &&
                       strcmp(c->list[at - 1].word, word) > 0)))
        at--;
    if (at == MAX_FOUND || strlen(word) >= NAME_SIZE)
        return;
    if (c->count < MAX_FOUND)
        c->count++;
    memmove(&c->list[at + 1], &c->list[at],
            (c->count - at - 1) * sizeof(*c->list));
    c->list[at].cost = cost;
    memcpy(c->list[at].word, word, strlen(word) + 1);
}

static int find_by_hash(struct stmt *s, int64_t hash, const struct letters *w,
                        struct candidates *out, struct err *err)
{
    int limit = w->count >= TWO_EDITS_LETTERS ? 2 * COST_EDIT : COST_EDIT;
    int rc;

    stmt_bind_int(s, 1, hash);
    while ((rc = stmt_step(s, err)) == 1) {
        struct letters other;

        if (!read_letters(stmt_text(s, 0), &other) ||
            distance(w, &other, COST_EDIT) > limit)
            continue;
        int cost = distance(w, &other, COST_ALIKE);

        if (cost > 0)
            take_candidate(out, cost, stmt_text(s, 0));
    }
    stmt_reset(s);
    return rc;
}

/* Each letter that stands for others in a skeleton, once. */
static const int32_t skeletons[] = {
    0x430, 0x431, 0x432, 0x433, 0x436, 0x437, 0x438, 0x43a, 0x43c, 0x43e,
    0x440, 0x443, 0x444, 0x445, 0x447, 0x448, 0x44a, 0x44e, 0x44f};

/* By it with any letter put in: a word that lacks two is one without one of
 * them. */
static int find_longer(struct stmt *s, const struct letters *w,
                       struct candidates *out, struct err *err)
{
    for (size_t at = 0; at <= w->count; at++)
        for (size_t i = 0; i < sizeof(skeletons) / sizeof(*skeletons); i++)
            if (find_by_hash(s, hash_with(w, at, skeletons[i]), w, out, err) !=
                0)
                return -1;
    return 0;
}

/* By the word, by it without any letter, and by it without any two. */
static int find_candidates(struct stmt *s, const struct letters *w,
                           struct candidates *out, struct err *err)
{
    int64_t hashes[MISREAD_MAX_LETTERS + 1];
    size_t count = hashes_of(w, hashes);

    for (size_t i = 0; i < count; i++)
        if (find_by_hash(s, hashes[i], w, out, err) != 0)
            return -1;
    if (w->count < TWO_EDITS_LETTERS)
        return 0;
    for (size_t i = 0; i < w->count; i++)
        for (size_t k = i + 1; k < w->count; k++)
            if (find_by_hash(s, hash_without(w, i, k), w, out, err) != 0)
                return -1;
    return find_longer(s, w, out, err);
}

/* "Тодо ровъ" */
static void add_pieces(const char *key, const struct letters *w,
                       struct name_forms *out)
{
    size_t at = 0;

    for (size_t i = 0; i < w->count; i++) {
        if (i >= MIN_PIECE && i + MIN_PIECE <= w->count &&
            out->count < NAME_MAX_FORMS)
            (void)snprintf(out->form[out->count++], NAME_SIZE, "%.*s %s",
                           (int)at, key, key + at);
        at += 2; /* bytes of a Cyrillic letter */
    }
}

static int note_key(void *arg, const struct token *token)
{
    if (token->same_place || strlen(token->key) >= NAME_SIZE)
        return 1;
    memcpy(arg, token->key, strlen(token->key) + 1);
    return 0;
}

int misread_find(void *arg, const char *word, size_t len,
                 struct name_forms *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct candidates found = {.count = 0};
    char key[NAME_SIZE] = "";
    struct letters letters;

    out->count = 0;
    (void)tokenize(word, len, TOKEN_WHOLE, note_key, key);
    if (!read_letters(key, &letters))
        return 0;
    if (db_prepare(arg,
                   "SELECT w.word FROM misread m JOIN name_word w"
                   " ON w.key = m.word_key WHERE m.hash = ?1",
                   &s, err) != 0)
        return -1;
    if (find_candidates(s, &letters, &found, err) != 0)
        return -1;
    for (size_t i = 0; i < found.count; i++)
        memcpy(out->form[out->count++], found.list[i].word, NAME_SIZE);
    add_pieces(key, &letters, out);
    return 0;
}
