/* SPDX-License-Identifier: MIT */
#include "index/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "index/names.h"
#include "index/tokenizer.h"

/* Hits that words are taken from. */
#define LOOKED_AT 60
/* Different words among them. */
#define MAX_WORDS 400
/* Ways to read Latin letters. */
#define READINGS    4
#define WORD_BYTES  128
#define MAX_TYPED   400
#define WORD_LETTER 2 /* letters that a start has at least, in bytes */

/* A word that goes on from what was typed. */
struct word {
    char key[WORD_BYTES];
    char written[WORD_BYTES]; /* as it was met first */
    size_t pages;
    size_t last_hit; /* 1 + the hit that counted it last */
};

struct suggesting {
    char start[READINGS][WORD_BYTES]; /* keys of the last word */
    size_t start_count;
    struct word *words;
    size_t count;
    const char *text; /* being looked through */
    size_t hit;
};

static int note_start(void *arg, const struct token *token)
{
    struct suggesting *s = arg;

    if (s->start_count == READINGS || strlen(token->key) >= WORD_BYTES)
        return 1;
    (void)snprintf(s->start[s->start_count++], WORD_BYTES, "%s", token->key);
    return 0;
}

static bool begins_so(const struct suggesting *s, const char *key)
{
    for (size_t i = 0; i < s->start_count; i++)
        if (strncmp(key, s->start[i], strlen(s->start[i])) == 0)
            return true;
    return false;
}

static struct word *find_word(struct suggesting *s, const struct token *token)
{
    size_t len = token->end - token->start;

    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->words[i].key, token->key) == 0)
            return &s->words[i];
    if (s->count == MAX_WORDS || strlen(token->key) >= WORD_BYTES ||
        len >= WORD_BYTES)
        return NULL;
    (void)snprintf(s->words[s->count].key, WORD_BYTES, "%s", token->key);
    (void)snprintf(s->words[s->count].written, WORD_BYTES, "%.*s", (int)len,
                   s->text + token->start);
    return &s->words[s->count++];
}

/* One word of a hit. Of several keys the first is what it is counted under. */
static int take_word(void *arg, const struct token *token)
{
    struct suggesting *s = arg;
    struct word *word;

    if (token->same_place || !begins_so(s, token->key))
        return 0;
    word = find_word(s, token);
    if (word == NULL || word->last_hit == s->hit + 1)
        return 0;
    word->last_hit = s->hit + 1;
    word->pages++;
    return 0;
}

static void take_text(struct suggesting *s, const char *text)
{
    s->text = text;
    (void)tokenize(text, strlen(text), TOKEN_WHOLE, take_word, s);
}

/* What of a hit is shown to who asks, and nothing else of its page. */
static void take_hits(struct suggesting *s, const struct search_answer *answer)
{
    for (s->hit = 0; s->hit < answer->hit_count; s->hit++) {
        const struct hit *hit = &answer->hits[s->hit];

        for (size_t i = 0; i < hit->snippet_count; i++)
            if (hit->snippet[i].is_hit)
                take_text(s, hit->snippet[i].text);
        for (size_t i = 0; i < hit->reason_count; i++)
            take_text(s, hit->reasons[i].written);
    }
}

static int compare_words(const void *a, const void *b)
{
    const struct word *x = a;
    const struct word *y = b;

    if (x->pages != y->pages)
        return x->pages > y->pages ? -1 : 1;
    return strcmp(x->key, y->key);
}

static bool ends_word(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || strchr("\"*:()", c) != NULL;
}

/* Where the last word begins; at the end: there is none. */
static size_t last_word(const char *typed)
{
    size_t at = strlen(typed);

    while (at > 0 && !ends_word(typed[at - 1]))
        at--;
    if (typed[at] == '-')
        at++;
    return at;
}

/* The question: what stands before, and the word as a start, in each way it may
 * be meant. */
static void write_query(const char *typed, size_t at, struct suggesting *s,
                        struct buf *out)
{
    const char *word = typed + at;
    struct name_forms readings;

    names_of_latin(word, strlen(word), &readings);
    buf_add(out, typed, at);
    if (readings.count == 0) {
        (void)tokenize(word, strlen(word), TOKEN_PREFIX, note_start, s);
        buf_printf(out, "%s*", word);
    }
    for (size_t i = 0; i < readings.count && i < READINGS; i++) {
        (void)tokenize(readings.form[i], strlen(readings.form[i]), TOKEN_PREFIX,
                       note_start, s);
        buf_printf(out, "%s%s*", i > 0 ? " OR " : "", readings.form[i]);
    }
}

static int put_suggestions(const struct suggesting *s, const char *typed,
                           size_t at, struct suggestions *out, struct err *err)
{
    for (size_t i = 0; i < s->count && out->count < SUGGESTIONS; i++) {
        CLEANUP(buf_fini) struct buf text = BUF_INIT;
        struct suggestion *item = &out->items[out->count];

        buf_add(&text, typed, at);
        buf_puts(&text, s->words[i].written);
        item->pages = s->words[i].pages;
        item->text = buf_steal(&text);
        if (item->text == NULL)
            return err_set(err, ERR_NOMEM, "search: out of memory");
        out->count++;
    }
    return 0;
}

int search_suggest(struct catalogue *catalogue,
                   const struct search_scope *scope, const char *typed,
                   struct suggestions *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf query = BUF_INIT;
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    CLEANUP(free) struct word *words = calloc(MAX_WORDS, sizeof(*words));
    CLEANUP(suggestions_fini) struct suggestions found = {.count = 0};
    struct suggesting s = {.words = words};
    struct search_request request = {.limit = LOOKED_AT, .mode = SEARCH_EXACT};
    size_t at = last_word(typed);

    *out = (struct suggestions){.count = 0};
    if (strlen(typed) > MAX_TYPED || strlen(typed + at) < WORD_LETTER)
        return 0;
    write_query(typed, at, &s, &query);
    if (words == NULL || query.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    request.query = buf_str(&query);
    if (s.start_count == 0)
        return 0;
    if (search_run(catalogue, scope, &request, &answer, err) != 0)
        return -1;
    take_hits(&s, answer);
    if (s.count > 1)
        qsort(words, s.count, sizeof(*words), compare_words);
    if (put_suggestions(&s, typed, at, &found, err) != 0)
        return -1;
    *out = found;
    found = (struct suggestions){.count = 0};
    return 0;
}

int suggestions_to_json(const struct suggestions *suggestions,
                        const char *typed, json_t **out, struct err *err)
{
    json_t *list = json_array();

    for (size_t i = 0; i < suggestions->count; i++) {
        json_t *text = json_string(suggestions->items[i].text);

        (void)json_array_append_new(list, text != NULL ? text : json_null());
    }
    *out = json_pack("{s:o?,s:o}", "query", json_string(typed), "suggestions",
                     list);
    return *out != NULL ? 0 : err_set(err, ERR_NOMEM, "search: out of memory");
}

void suggestions_fini(struct suggestions *suggestions)
{
    for (size_t i = 0; i < suggestions->count; i++)
        free(suggestions->items[i].text);
    *suggestions = (struct suggestions){.count = 0};
}
