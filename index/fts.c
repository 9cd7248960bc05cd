/* SPDX-License-Identifier: MIT */
#include "index/fts.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index/rank.h"
#include "index/tokenizer.h"

/* SQLite's way to its FTS5 interface ("Extending FTS5"). */
int fts_api(sqlite3 *db, fts5_api **out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) ==
            SQLITE_OK &&
        sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL) ==
            SQLITE_OK)
        (void)sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    if (api == NULL)
        return err_set(err, ERR_LIBRARY, "sqlite: has no FTS5: %s",
                       sqlite3_errmsg(db));
    *out = api;
    return 0;
}

/* What matched where. */
struct marks {
    uint32_t *at; /* by place in the text: phrase + 1, 0 = none  */
    size_t places;
    bool *in_field; /* by phrase                                  */
    size_t phrases;
};

static void marks_fini(struct marks *m)
{
    free(m->at);
    free(m->in_field);
}

/* Which words of the text the matched places are. */
struct hit_walk {
    const char *text;
    const struct marks *marks;
    size_t place; /* of the token before, plus 1 */
    size_t at;    /* bytes of the text seen      */
    uint32_t word;
    struct word_hit *hits;
    size_t count;
};

static int walk_token(void *arg, const struct token *token)
{
    struct hit_walk *w = arg;
    uint32_t mark;

    if (token->same_place)
        return 0;
    for (; w->at < token->start; w->at++)
        w->word += w->text[w->at] == ' ';
    if (w->place >= w->marks->places)
        return 1;
    mark = w->marks->at[w->place++];
    if (mark > 0 && (w->count == 0 || w->hits[w->count - 1].word != w->word))
        w->hits[w->count++] = (struct word_hit){w->word, mark - 1};
    return 0;
}

/* A place where several phrases stand is of the first: that is the nearest to
 * what was typed. */
static void mark_phrase(struct marks *m, uint32_t phrase, int place, int words)
{
    for (; words > 0; words--, place++) {
        if (place < 0 || (size_t)place >= m->places)
            continue;
        if (m->at[place] == 0 || m->at[place] > phrase + 1)
            m->at[place] = phrase + 1;
    }
}

static int mark_all(const Fts5ExtensionApi *api, Fts5Context *fts,
                    struct marks *m)
{
    int count = 0;
    int code = api->xInstCount(fts, &count);

    for (int i = 0; i < count && code == SQLITE_OK; i++) {
        int phrase;
        int column;
        int place;

        code = api->xInst(fts, i, &phrase, &column, &place);
        if (code != SQLITE_OK)
            break;
        if (column == 0)
            mark_phrase(m, (uint32_t)phrase, place,
                        api->xPhraseSize(fts, phrase));
        else if ((size_t)phrase < m->phrases)
            m->in_field[phrase] = true;
    }
    return code;
}

static int make_marks(const Fts5ExtensionApi *api, Fts5Context *fts,
                      struct marks *m)
{
    int places = 0;
    int code = api->xColumnSize(fts, 0, &places);

    if (code != SQLITE_OK)
        return code;
    m->places = places > 0 ? (size_t)places : 0;
    m->phrases = (size_t)api->xPhraseCount(fts);
    m->at = calloc(m->places + 1, sizeof(*m->at));
    m->in_field = calloc(m->phrases + 1, sizeof(*m->in_field));
    if (m->at == NULL || m->in_field == NULL)
        return SQLITE_NOMEM;
    return mark_all(api, fts, m);
}

/* The text first, then the fields. */
static int collect_hits(const Fts5ExtensionApi *api, Fts5Context *fts,
                        const struct marks *m, struct hit_walk *w)
{
    int len = 0;
    int code = api->xColumnText(fts, 0, &w->text, &len);

    if (code != SQLITE_OK)
        return code;
    w->hits = calloc(m->places + m->phrases + 1, sizeof(*w->hits));
    if (w->hits == NULL)
        return SQLITE_NOMEM;
    if (m->places > 0)
        (void)tokenize(w->text, (size_t)len, TOKEN_WHOLE, walk_token, w);
    for (size_t i = 0; i < m->phrases; i++)
        if (m->in_field[i])
            w->hits[w->count++] = (struct word_hit){WORD_IN_FIELD, (uint32_t)i};
    return SQLITE_OK;
}

static void word_hits(const Fts5ExtensionApi *api, Fts5Context *fts,
                      sqlite3_context *ctx, int arg_count, sqlite3_value **args)
{
    struct marks marks = {NULL, 0, NULL, 0};
    struct hit_walk w = {.marks = &marks};
    int code = make_marks(api, fts, &marks);

    (void)arg_count;
    (void)args;
    if (code == SQLITE_OK)
        code = collect_hits(api, fts, &marks, &w);
    if (code != SQLITE_OK)
        sqlite3_result_error_code(ctx, code);
    else
        sqlite3_result_blob64(ctx, w.count > 0 ? (const void *)w.hits : "",
                              w.count * sizeof(*w.hits), SQLITE_TRANSIENT);
    free(w.hits);
    marks_fini(&marks);
}

int fts_register(sqlite3 *db, struct err *err)
{
    fts5_api *api = NULL;

    if (tokenizer_register(db, err) != 0 || fts_api(db, &api, err) != 0)
        return -1;
    if (api->xCreateFunction(api, "word_hits", NULL, word_hits, NULL) !=
        SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: cannot add functions: %s",
                       sqlite3_errmsg(db));
    return rank_register(db, api, err);
}
