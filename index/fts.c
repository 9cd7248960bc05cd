/* SPDX-License-Identifier: MIT */
#include "index/fts.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "index/tokenizer.h"

#define BM25_K1 1.2
#define BM25_B  0.75

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

/* Which words of the text the matched places are. */
struct hit_walk {
    const char *text;
    const bool *matched; /* by place in the index */
    size_t place_count;
    size_t place; /* of the token before, plus 1 */
    size_t at;    /* bytes of the text seen      */
    uint32_t word;
    uint32_t *words;
    size_t word_count;
};

static int walk_token(void *arg, const struct token *token)
{
    struct hit_walk *w = arg;

    if (token->same_place)
        return 0;
    for (; w->at < token->start; w->at++)
        w->word += w->text[w->at] == ' ';
    if (w->place >= w->place_count)
        return 1;
    if (w->matched[w->place++] &&
        (w->word_count == 0 || w->words[w->word_count - 1] != w->word))
        w->words[w->word_count++] = w->word;
    return 0;
}

/* Mark the places in the running text of all instances of all phrases of the
 * query; those in fields have boxes of their own. */
static int mark_places(const Fts5ExtensionApi *api, Fts5Context *fts,
                       bool *matched, int place_count)
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
        for (int n = api->xPhraseSize(fts, phrase); column == 0 && n > 0;
             n--, place++)
            if (place >= 0 && place < place_count)
                matched[place] = true;
    }
    return code;
}

static void word_hits(const Fts5ExtensionApi *api, Fts5Context *fts,
                      sqlite3_context *ctx, int arg_count, sqlite3_value **args)
{
    CLEANUP(free) bool *matched = NULL;
    CLEANUP(free) uint32_t *words = NULL;
    const char *text = NULL;
    int len = 0;
    int places = 0;
    int code;

    (void)arg_count;
    (void)args;
    code = api->xColumnSize(fts, 0, &places);
    if (code == SQLITE_OK)
        code = api->xColumnText(fts, 0, &text, &len);
    if (code == SQLITE_OK && places > 0) {
        matched = calloc((size_t)places, sizeof(*matched));
        words = calloc((size_t)places, sizeof(*words));
        code = matched == NULL || words == NULL
                   ? SQLITE_NOMEM
                   : mark_places(api, fts, matched, places);
    }
    if (code != SQLITE_OK) {
        sqlite3_result_error_code(ctx, code);
        return;
    }
    struct hit_walk w = {text, matched, (size_t)places, 0, 0, 0, words, 0};
    if (places > 0)
        (void)tokenize(text, (size_t)len, TOKEN_WHOLE, walk_token, &w);
    sqlite3_result_blob64(ctx, w.word_count > 0 ? (const void *)words : "",
                          w.word_count * sizeof(*words), SQLITE_TRANSIENT);
}

static int phrase_count(const Fts5ExtensionApi *api, Fts5Context *fts,
                        int phrase, double *out)
{
    Fts5PhraseIter iter;
    int column;
    int place;
    int code = api->xPhraseFirst(fts, phrase, &iter, &column, &place);

    *out = 0;
    if (code != SQLITE_OK)
        return code;
    for (; column >= 0; api->xPhraseNext(fts, &iter, &column, &place))
        *out += 1;
    return SQLITE_OK;
}

static void word_score(const Fts5ExtensionApi *api, Fts5Context *fts,
                       sqlite3_context *ctx, int arg_count,
                       sqlite3_value **args)
{
    double length = arg_count == 2 ? sqlite3_value_double(args[0]) : 0;
    const double *weights = arg_count == 2 ? sqlite3_value_blob(args[1]) : NULL;
    int count = weights == NULL
                    ? 0
                    : sqlite3_value_bytes(args[1]) / (int)sizeof(*weights);
    double score = 0;

    if (count < 2 || weights[0] <= 0) {
        sqlite3_result_error(ctx, "word_score: length, weights", -1);
        return;
    }
    for (int i = 1; i < count && i <= api->xPhraseCount(fts); i++) {
        double n;
        int code = phrase_count(api, fts, i - 1, &n);

        if (code != SQLITE_OK) {
            sqlite3_result_error_code(ctx, code);
            return;
        }
        score += weights[i] * n * (BM25_K1 + 1) /
                 (n + BM25_K1 * (1 - BM25_B + BM25_B * length / weights[0]));
    }
    sqlite3_result_double(ctx, score);
}

int fts_register(sqlite3 *db, struct err *err)
{
    fts5_api *api = NULL;

    if (tokenizer_register(db, err) != 0 || fts_api(db, &api, err) != 0)
        return -1;
    if (api->xCreateFunction(api, "word_hits", NULL, word_hits, NULL) !=
            SQLITE_OK ||
        api->xCreateFunction(api, "word_score", NULL, word_score, NULL) !=
            SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: cannot add functions: %s",
                       sqlite3_errmsg(db));
    return 0;
}
