/* SPDX-License-Identifier: MIT */
#include "index/phrase_pages.h"

#include <string.h>

#include "index/fold.h"
#include "index/fts.h"
#include "index/tokenizer.h"

/* How often the clock is looked at, in matches. */
#define ROWS_A_LOOK 1024

/* What one walk over word_index works with. */
struct collecting {
    struct fts_walk walk;
    const struct rank_task *task;
    struct buf
        *into[QUERY_MAX_PHRASES]; /* found pages, by phrase of the walk */
    size_t count;
    struct buf *any; /* not NULL: every page once, whatever matched */
    size_t seen;
    bool timed_out;
};

/* All that finding needs. */
struct page_search {
    struct db *db;
    const struct rank_task *task;
    struct query_pages *pages;
    struct stmt *reader, *walker;
    struct collecting collecting;
};

/* How often a phrase of the walk is on the page. */
static int count_phrase(const Fts5ExtensionApi *api, Fts5Context *fts,
                        int phrase, uint32_t *out)
{
    Fts5PhraseIter iter;
    int column;
    int place;
    int code = api->xPhraseFirst(fts, phrase, &iter, &column, &place);

    *out = 0;
    if (code != SQLITE_OK)
        return code;
    for (; column >= 0; api->xPhraseNext(fts, &iter, &column, &place))
        *out += column == 0 ? 1 : WORD_FIELD_WEIGHT;
    return SQLITE_OK;
}

static int collect(struct fts_walk *walk, const Fts5ExtensionApi *api,
                   Fts5Context *fts)
{
    struct collecting *c = (struct collecting *)walk;
    struct found_page page = {api->xRowid(fts), 0};

    if (c->seen++ % ROWS_A_LOOK == 0 && rank_is_late(c->task)) {
        c->timed_out = true;
        return SQLITE_INTERRUPT;
    }
    if (c->any != NULL) {
        page.count = 1;
        buf_add(c->any, &page, sizeof(page));
        return c->any->failed ? SQLITE_NOMEM : SQLITE_OK;
    }
    for (size_t i = 0; i < c->count; i++) {
        int code = count_phrase(api, fts, (int)i, &page.count);

        if (code != SQLITE_OK)
            return code;
        if (page.count == 0)
            continue;
        buf_add(c->into[i], &page, sizeof(page));
        if (c->into[i]->failed)
            return SQLITE_NOMEM;
    }
    return SQLITE_OK;
}

/* Keys from one to another, both within. */
struct key_range {
    int64_t first, last;
};

static int walk(struct page_search *f, const char *match,
                struct key_range range, struct err *err)
{
    sqlite3_stmt *s = stmt_handle(f->walker);
    int code = sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);

    f->collecting.seen = 0;
    if (code == SQLITE_OK)
        code = fts_walk_bind(s, 2, &f->collecting.walk);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(s, 3, range.first);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(s, 4, range.last);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code != SQLITE_DONE && !f->collecting.timed_out)
        (void)err_set(err, ERR_LIBRARY, "sqlite: %s",
                      sqlite3_errmsg(db_handle(f->db)));
    else
        code = SQLITE_DONE;
    (void)sqlite3_reset(s);
    return code == SQLITE_DONE ? 0 : -1;
}

/* The one word, or start of a word, that a phrase is. */
struct lone_word {
    char key[FOLD_KEY_SIZE + 1];
    size_t keys;
};

static int note_key(void *arg, const struct token *token)
{
    struct lone_word *w = arg;

    if (++w->keys > 1)
        return 1;
    (void)snprintf(w->key, sizeof(w->key), "%s", token->key);
    return 0;
}

static size_t letters(const char *key)
{
    size_t n = 0;

    for (; *key != '\0'; key++)
        n += ((unsigned char)*key & 0xc0) != 0x80;
    return n;
}

/* As word_line knows it; false: it has no such word. */
static bool line_word(const char *phrase, struct lone_word *out)
{
    size_t len = strlen(phrase);
    bool prefix = phrase[len - 1] == '*';

    out->keys = 0;
    (void)tokenize(phrase, len, prefix ? TOKEN_PREFIX : TOKEN_WHOLE, note_key,
                   out);
    if (out->keys != 1 || (prefix && letters(out->key) > WORD_PREFIX_MOST))
        return false;
    if (prefix)
        memcpy(out->key + strlen(out->key), "*", 2);
    return true;
}

/* Chunks where the phrase has no line are asked of word_index, as many as lie
 * side by side at once. */
static int fill_gaps(struct page_search *f, size_t phrase, struct err *err)
{
    const struct page_chunks *chunks = f->pages->chunks;
    const struct word_lines *lines = &f->pages->phrase[phrase].lines;
    size_t line = 0;

    f->collecting.count = 1;
    f->collecting.into[0] = &f->pages->phrase[phrase].found;
    for (size_t i = 0; i < chunks->count;) {
        size_t end = i;

        while (end < chunks->count &&
               (line == lines->count ||
                chunks->items[end].chunk < lines->items[line].chunk))
            end++;
        if (end > i) {
            struct key_range range = {chunks->items[i].chunk * PAGES_A_CHUNK,
                                      chunks->items[end - 1].chunk *
                                              PAGES_A_CHUNK +
                                          PAGES_A_CHUNK - 1};

            if (walk(f, f->task->query->phrases[phrase].text, range, err) != 0)
                return -1;
        }
        i = end + 1;
        line++;
    }
    return 0;
}

/* The lines of a phrase, if it has enough; what they lack besides. */
static int read_lines(struct page_search *f, size_t phrase, struct err *err)
{
    const struct query *q = f->task->query;
    struct word_lines *lines = &f->pages->phrase[phrase].lines;
    struct lone_word word;

    if (q->places[q->phrases[phrase].operand].column != NULL ||
        !line_word(q->phrases[phrase].text, &word))
        return 0;
    if (word_lines_read(f->reader, word.key, lines, err) != 0)
        return -1;
    if (lines->count * 2 < f->pages->chunks->with_lines)
        word_lines_fini(lines);
    return lines->count == 0 ? 0 : fill_gaps(f, phrase, err);
}

/* Groups none of whose phrases has lines. */
static void find_joint(struct page_search *f, bool *has_joint)
{
    const struct query *q = f->task->query;
    bool has_lines[QUERY_MAX_WORDS] = {false};

    for (size_t i = 0; i < q->phrase_count; i++)
        if (f->pages->phrase[i].lines.count > 0)
            has_lines[q->places[q->phrases[i].operand].group] = true;
    for (size_t i = 0; i < q->operand_count; i++) {
        f->pages->is_joint[i] = !has_lines[q->places[i].group];
        *has_joint = *has_joint || f->pages->is_joint[i];
    }
}

/* All joint operands as one expression. */
static void write_joint(const struct page_search *f, struct buf *out)
{
    const struct query *q = f->task->query;
    const struct query_place *before = NULL;

    for (size_t i = 0; i < q->operand_count; i++) {
        if (!f->pages->is_joint[i])
            continue;
        buf_puts(out, before == NULL                        ? "("
                      : before->group == q->places[i].group ? " OR "
                      : q->may_lack                         ? ") OR ("
                                                            : ") AND (");
        buf_puts(out, q->operands[i]);
        before = &q->places[i];
    }
    buf_puts(out, ")");
}

static const struct key_range all_keys = {0, INT64_MAX};

static int walk_joint(struct page_search *f, struct err *err)
{
    CLEANUP(buf_fini) struct buf match = BUF_INIT;
    const struct query *q = f->task->query;
    bool has_joint = false;

    find_joint(f, &has_joint);
    if (!has_joint)
        return 0;
    write_joint(f, &match);
    if (match.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    f->collecting.count = 0;
    for (size_t i = 0; i < q->phrase_count; i++)
        if (f->pages->is_joint[q->phrases[i].operand])
            f->collecting.into[f->collecting.count++] =
                &f->pages->phrase[i].found;
    return walk(f, buf_str(&match), all_keys, err);
}

/* Phrases without lines of an operand that stands with others that have some.
 */
static int walk_rest(struct page_search *f, size_t operand, struct err *err)
{
    CLEANUP(buf_fini) struct buf match = BUF_INIT;
    const struct query *q = f->task->query;

    f->collecting.count = 0;
    for (size_t i = 0; i < q->phrase_count; i++) {
        if (q->phrases[i].operand != operand ||
            f->pages->phrase[i].lines.count > 0)
            continue;
        buf_puts(&match, match.len > 0 ? " OR " : "");
        buf_puts(&match, q->phrases[i].text);
        f->collecting.into[f->collecting.count++] = &f->pages->phrase[i].found;
    }
    if (match.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (f->collecting.count == 0)
        return 0;
    return walk(f,
                q->places[operand].column != NULL ? q->operands[operand]
                                                  : buf_str(&match),
                all_keys, err);
}

static int walk_unwanted(struct page_search *f, struct err *err)
{
    const char *match = f->task->query->unwanted;

    if (match == NULL)
        return 0;
    f->collecting.any = &f->pages->unwanted.found;
    return walk(f, match, all_keys, err);
}

static int find(struct page_search *f, struct err *err)
{
    const struct query *q = f->task->query;

    if (memory_chunks(f->task->memory, f->db, &f->pages->chunks, err) != 0)
        return -1;
    for (size_t i = 0; i < q->phrase_count; i++)
        if (read_lines(f, i, err) != 0)
            return -1;
    if (walk_joint(f, err) != 0)
        return -1;
    for (size_t i = 0; i < q->operand_count; i++)
        if (!f->pages->is_joint[i] && walk_rest(f, i, err) != 0)
            return -1;
    return walk_unwanted(f, err);
}

int query_pages_find(struct db *db, const struct rank_task *task,
                     struct query_pages *out, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM word_index WHERE word_index MATCH"
                              " ?1 AND rowid BETWEEN ?3 AND ?4"
                              " AND each_match(word_index, ?2)";
    struct page_search f = {.db = db, .task = task, .pages = out};
    int rc;

    f.collecting.walk.each = collect;
    f.collecting.task = task;
    rc = db_prepare(db, sql, &f.walker, err);
    if (rc == 0)
        rc = word_lines_prepare(db, &f.reader, err);
    if (rc == 0)
        rc = find(&f, err);
    out->timed_out = f.collecting.timed_out;
    stmt_free(f.reader);
    stmt_free(f.walker);
    return rc;
}

static void fini(struct phrase_pages *pages)
{
    word_lines_fini(&pages->lines);
    buf_fini(&pages->found);
}

void query_pages_fini(struct query_pages *pages)
{
    for (size_t i = 0; i < QUERY_MAX_PHRASES; i++)
        fini(&pages->phrase[i]);
    fini(&pages->unwanted);
    *pages = (struct query_pages){.chunks = NULL};
}

void phrase_pages_rewind(struct phrase_pages *pages)
{
    pages->next_line = 0;
    pages->next_found = 0;
}

static const struct found_page *next_found(const struct phrase_pages *pages)
{
    return pages->next_found < pages->found.len / sizeof(struct found_page)
               ? (const struct found_page *)(const void *)pages->found.data +
                     pages->next_found
               : NULL;
}

bool phrase_pages_has(struct phrase_pages *pages, int64_t chunk)
{
    const struct found_page *found;

    while (pages->next_line < pages->lines.count &&
           pages->lines.items[pages->next_line].chunk < chunk)
        pages->next_line++;
    while ((found = next_found(pages)) != NULL &&
           found->key / PAGES_A_CHUNK < chunk)
        pages->next_found++;
    return (pages->next_line < pages->lines.count &&
            pages->lines.items[pages->next_line].chunk == chunk) ||
           (found != NULL && found->key / PAGES_A_CHUNK == chunk);
}

bool phrase_pages_add(struct phrase_pages *pages, int64_t chunk,
                      uint8_t *counts)
{
    const struct found_page *found;

    if (!phrase_pages_has(pages, chunk))
        return false;
    if (pages->next_line < pages->lines.count &&
        pages->lines.items[pages->next_line].chunk == chunk)
        word_line_add(&pages->lines, pages->next_line, counts);
    for (; (found = next_found(pages)) != NULL &&
           found->key / PAGES_A_CHUNK == chunk;
         pages->next_found++)
        counts[found->key % PAGES_A_CHUNK] =
            (uint8_t)(found->count < WORD_COUNT_MOST ? found->count
                                                     : WORD_COUNT_MOST);
    return true;
}

double phrase_pages_count(const struct phrase_pages *pages)
{
    size_t found = pages->found.len / sizeof(struct found_page);
    double count = (double)found;

    for (size_t i = 0; i < pages->lines.count; i++)
        count += word_line_pages(&pages->lines, i);
    return count;
}
