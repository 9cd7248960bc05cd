/* SPDX-License-Identifier: MIT */
#include "index/tokenizer.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "index/fold.h"
#include "index/fts.h"

#define BREVE         0x306
#define CAPITAL_I     0x418 /* И */
#define SMALL_I       0x438 /* и */
#define SMALL_SHORT_I 0x439 /* й */
/* No compatibility decomposition in Unicode is longer (UAX #15, table 8). */
#define MAX_DECOMPOSED 18

enum kind {
    KIND_SEPARATOR,
    KIND_LETTER,
    KIND_DIGIT,
    KIND_MARK,
    KIND_INVISIBLE
};

/* A run being collected. */
struct run {
    struct fold_word word;
    enum kind kind; /* KIND_SEPARATOR: none */
    size_t start, end;
};

struct walk {
    enum token_use use;
    token_sink *sink;
    void *arg;
    struct run run;
    struct fold_keys keys;
    size_t last_start; /* where the last word of the text starts */
};

/* The letters of one code point: its accents gone, but for the breve of й. */
struct letters {
    int32_t codes[MAX_DECOMPOSED];
    size_t count;
    enum kind kind;
};

static enum kind kind_of_category(utf8proc_category_t category)
{
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL: /* Ⅳ is letters */
        return KIND_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NO: /* ² is a digit, ½ is not */
        return KIND_DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return KIND_MARK;
    case UTF8PROC_CATEGORY_CF: /* soft hyphen, zero-width joiner */
        return KIND_INVISIBLE;
    default:
        return KIND_SEPARATOR;
    }
}

static bool is_plain_letter(int32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= 0x410 && code <= 0x44f);
}

/* A breve makes й of и; over any other letter it is an accent. */
static void add_breve(int32_t *letter)
{
    if (*letter == SMALL_I || *letter == CAPITAL_I)
        *letter += SMALL_SHORT_I - SMALL_I;
}

/* The base letters of a compatibility decomposition. */
static void decompose(int32_t code, struct letters *out)
{
    int32_t codes[MAX_DECOMPOSED];
    utf8proc_ssize_t n =
        utf8proc_decompose_char(code, codes, MAX_DECOMPOSED,
                                UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, NULL);

    if (n > MAX_DECOMPOSED)
        n = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        if (kind_of_category(utf8proc_category(codes[i])) == out->kind)
            out->codes[out->count++] = codes[i];
        else if (codes[i] == BREVE && out->count > 0)
            add_breve(&out->codes[out->count - 1]);
    }
    if (out->count == 0 || (out->kind == KIND_DIGIT && n > 1))
        out->kind = KIND_SEPARATOR;
}

static void letters_of(int32_t code, struct letters *out)
{
    out->count = 0;
    if (is_plain_letter(code) || (code >= '0' && code <= '9')) {
        out->kind = code <= '9' ? KIND_DIGIT : KIND_LETTER;
        out->codes[out->count++] = code;
        return;
    }
    if (code < 0x80) {
        out->kind = KIND_SEPARATOR;
        return;
    }
    out->kind = kind_of_category(utf8proc_category(code));
    if (out->kind == KIND_LETTER || out->kind == KIND_DIGIT)
        decompose(code, out);
}

static int emit(struct walk *w)
{
    struct run *run = &w->run;
    bool prefix = w->use == TOKEN_PREFIX && run->start == w->last_start;

    if (run->kind == KIND_SEPARATOR)
        return 0;
    run->kind = KIND_SEPARATOR;
    fold_word(&run->word, prefix ? FOLD_PREFIX : FOLD_WHOLE, &w->keys);
    for (size_t i = 0; i < w->keys.count; i++) {
        struct token token = {w->keys.key[i], run->start, run->end, i > 0};
        int rc = w->sink(w->arg, &token);

        if (rc != 0)
            return rc;
    }
    return 0;
}

static int begin_run(struct walk *w, enum kind kind, size_t start)
{
    int rc = emit(w);

    w->run.kind = kind;
    w->run.word.count = 0;
    w->run.start = start;
    return rc;
}

/* One code point of the text, standing at [start, end). */
static int take(struct walk *w, int32_t code, size_t start, size_t end)
{
    struct letters letters;
    struct run *run = &w->run;
    int rc = 0;

    letters_of(code, &letters);
    if (letters.kind == KIND_SEPARATOR)
        return emit(w);
    if (letters.kind == KIND_MARK || letters.kind == KIND_INVISIBLE) {
        if (run->kind != KIND_SEPARATOR && letters.kind == KIND_MARK) {
            if (code == BREVE)
                add_breve(&run->word.codes[run->word.count - 1]);
            run->end = end;
        }
        return 0;
    }
    if (run->kind != letters.kind)
        rc = begin_run(w, letters.kind, start);
    for (size_t i = 0; i < letters.count; i++)
        if (run->word.count < FOLD_MAX_LETTERS)
            run->word.codes[run->word.count++] = letters.codes[i];
    run->end = end;
    return rc;
}

/* The next code point; what is no UTF-8 separates. Plain letters are read
 * here: most of every text is of them. */
static size_t read_code(const char *text, size_t len, int32_t *code)
{
    const uint8_t *at = (const uint8_t *)text;
    utf8proc_ssize_t n;

    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    if (len > 1 && (at[0] == 0xd0 || at[0] == 0xd1) && (at[1] & 0xc0) == 0x80) {
        *code = (at[0] & 0x1f) << 6 | (at[1] & 0x3f);
        return 2;
    }
    n = utf8proc_iterate(at, (utf8proc_ssize_t)len, code);
    if (n > 0)
        return (size_t)n;
    *code = ' ';
    return 1;
}

static int walk_text(struct walk *w, const char *text, size_t len)
{
    size_t at = 0;
    int rc = 0;

    while (at < len && rc == 0) {
        int32_t code;
        size_t n = read_code(text + at, len - at, &code);

        rc = take(w, code, at, at + n);
        at += n;
    }
    return rc == 0 ? emit(w) : rc;
}

static int note_start(void *arg, const struct token *token)
{
    *(size_t *)arg = token->start;
    return 0;
}

static int count_word(void *arg, const struct token *token)
{
    *(size_t *)arg += !token->same_place;
    return 0;
}

int tokenize(const char *text, size_t len, enum token_use use, token_sink *sink,
             void *arg)
{
    struct walk w = {.use = use, .sink = sink, .arg = arg};

    if (use == TOKEN_PREFIX)
        (void)tokenize(text, len, TOKEN_WHOLE, note_start, &w.last_start);
    return walk_text(&w, text, len);
}

size_t token_count(const char *text, size_t len)
{
    size_t count = 0;

    (void)tokenize(text, len, TOKEN_WHOLE, count_word, &count);
    return count;
}

/* From here on: the shape FTS5 wants. The tokenizer has no state. */

typedef int fts5_token(void *ctx, int flags, const char *key, int key_len,
                       int start, int end);

struct fts5_sink {
    fts5_token *token;
    void *ctx;
};

static int pass_to_fts5(void *arg, const struct token *token)
{
    const struct fts5_sink *sink = arg;

    return sink->token(sink->ctx, token->same_place ? FTS5_TOKEN_COLOCATED : 0,
                       token->key, (int)strlen(token->key), (int)token->start,
                       (int)token->end);
}

static int create_tokenizer(void *ctx, const char **args, int arg_count,
                            Fts5Tokenizer **out)
{
    (void)ctx;
    (void)args;
    if (arg_count != 0)
        return SQLITE_ERROR;
    *out = malloc(1); /* FTS5 wants a pointer; there is nothing to keep */
    return *out == NULL ? SQLITE_NOMEM : SQLITE_OK;
}

static void delete_tokenizer(Fts5Tokenizer *tokenizer)
{
    free(tokenizer);
}

static int run_tokenizer(Fts5Tokenizer *tokenizer, void *ctx, int flags,
                         const char *text, int len, fts5_token *token)
{
    struct fts5_sink sink = {token, ctx};
    enum token_use use =
        (flags & FTS5_TOKENIZE_PREFIX) != 0 ? TOKEN_PREFIX : TOKEN_WHOLE;

    (void)tokenizer;
    return tokenize(text, len > 0 ? (size_t)len : 0, use, pass_to_fts5, &sink);
}

int tokenizer_register(struct sqlite3 *db, struct err *err)
{
    fts5_tokenizer functions = {create_tokenizer, delete_tokenizer,
                                run_tokenizer};
    fts5_api *api = NULL;

    if (fts_api(db, &api, err) != 0)
        return -1;
    if (api->xCreateTokenizer(api, "tefter", NULL, &functions, NULL) !=
        SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: cannot add a tokenizer: %s",
                       sqlite3_errmsg(db));
    return 0;
}
