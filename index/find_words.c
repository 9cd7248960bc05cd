/* SPDX-License-Identifier: MIT */
#include "index/find_words.h"

#include <stdlib.h>
#include <string.h>

#include "index/tokenizer.h"

/* Keys of one place of a phrase or a text. */
struct place {
    uint32_t first, count; /* of the keys' offsets         */
    uint32_t word;         /* of a text: by spaces         */
};

/* Words with their keys, in order. */
struct words {
    struct buf places;  /* struct place                     */
    struct buf offsets; /* uint32_t, into keys              */
    struct buf keys;    /* NUL-terminated, one after another */
};

struct phrase {
    uint32_t first, count; /* of the finder's places */
    bool is_prefix;        /* its last word          */
    const char *column;    /* NULL: all              */
};

struct finder {
    const struct query *query;
    struct words wanted; /* of all phrases */
    struct phrase *phrases;
    struct words seen; /* of the text that is looked at */
    struct buf marks;  /* uint32_t by word: phrase + 1, 0 none */
    bool *in_field;    /* by phrase */
    struct buf hits;   /* struct word_hit */
    struct buf stands; /* the same, of every phrase */
    const char *text;  /* being cut into words */
    size_t text_at;    /* bytes of it seen     */
    uint32_t text_word;
    bool failed;
};

static void words_clear(struct words *w)
{
    buf_clear(&w->places);
    buf_clear(&w->offsets);
    buf_clear(&w->keys);
}

static void words_fini(struct words *w)
{
    buf_fini(&w->places);
    buf_fini(&w->offsets);
    buf_fini(&w->keys);
}

static const struct place *place_at(const struct words *w, size_t i)
{
    return (const struct place *)(const void *)w->places.data + i;
}

static uint32_t place_count(const struct words *w)
{
    return (uint32_t)(w->places.len / sizeof(struct place));
}

static const char *key_at(const struct words *w, size_t i)
{
    return w->keys.data + ((const uint32_t *)(const void *)w->offsets.data)[i];
}

static void add_key(struct words *w, const struct token *token, uint32_t word)
{
    uint32_t offset = (uint32_t)w->keys.len;
    struct place place = {(uint32_t)(w->offsets.len / sizeof(offset)), 1, word};

    buf_add(&w->keys, token->key, strlen(token->key) + 1);
    buf_add(&w->offsets, &offset, sizeof(offset));
    if (!token->same_place)
        buf_add(&w->places, &place, sizeof(place));
    else if (w->places.len > 0)
        ((struct place *)(void *)w->places.data)[place_count(w) - 1].count++;
}

static bool words_failed(const struct words *w)
{
    return w->places.failed || w->offsets.failed || w->keys.failed;
}

static int take_wanted(void *arg, const struct token *token)
{
    add_key(arg, token, 0);
    return 0;
}

static void read_phrase(struct finder *f, size_t i)
{
    const struct query_phrase *p = &f->query->phrases[i];
    size_t len = strlen(p->text);
    struct phrase *out = &f->phrases[i];

    out->is_prefix = p->text[len - 1] == '*';
    out->column = f->query->places[p->operand].column;
    out->first = place_count(&f->wanted);
    (void)tokenize(p->text, len, out->is_prefix ? TOKEN_PREFIX : TOKEN_WHOLE,
                   take_wanted, &f->wanted);
    out->count = place_count(&f->wanted) - out->first;
}

int finder_new(const struct query *query, struct finder **out, struct err *err)
{
    CLEANUP(finder_free) struct finder *f = calloc(1, sizeof(*f));

    if (f == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    f->query = query;
    f->phrases = calloc(query->phrase_count + 1, sizeof(*f->phrases));
    f->in_field = calloc(query->phrase_count + 1, sizeof(*f->in_field));
    if (f->phrases == NULL || f->in_field == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < query->phrase_count; i++)
        read_phrase(f, i);
    if (words_failed(&f->wanted))
        return err_set(err, ERR_NOMEM, "search: out of memory");
    *out = STEAL(f);
    return 0;
}

void finder_free(struct finder *finder)
{
    if (finder == NULL)
        return;
    words_fini(&finder->wanted);
    words_fini(&finder->seen);
    buf_fini(&finder->marks);
    buf_fini(&finder->hits);
    buf_fini(&finder->stands);
    free(finder->phrases);
    free(finder->in_field);
    free(finder);
}

void finder_begin(struct finder *finder)
{
    buf_clear(&finder->marks);
    buf_clear(&finder->hits);
    buf_clear(&finder->stands);
    memset(finder->in_field, 0, finder->query->phrase_count);
}

static int take_seen(void *arg, const struct token *token)
{
    struct finder *f = arg;

    for (; f->text_at < token->start; f->text_at++)
        f->text_word += f->text[f->text_at] == ' ';
    add_key(&f->seen, token, f->text_word);
    return 0;
}

static bool keys_meet(const char *wanted, const char *seen, bool is_prefix)
{
    return is_prefix ? strncmp(seen, wanted, strlen(wanted)) == 0
                     : strcmp(seen, wanted) == 0;
}

/* Has a place of the text a key of one of the phrase? */
static bool places_meet(const struct finder *f, const struct place *wanted,
                        const struct place *seen, bool is_prefix)
{
    for (size_t i = 0; i < wanted->count; i++)
        for (size_t k = 0; k < seen->count; k++)
            if (keys_meet(key_at(&f->wanted, wanted->first + i),
                          key_at(&f->seen, seen->first + k), is_prefix))
                return true;
    return false;
}

static bool phrase_stands(const struct finder *f, const struct phrase *p,
                          uint32_t at)
{
    if (p->count == 0 || p->count > place_count(&f->seen) - at)
        return false;
    for (uint32_t i = 0; i < p->count; i++)
        if (!places_meet(f, place_at(&f->wanted, p->first + i),
                         place_at(&f->seen, at + i),
                         p->is_prefix && i == p->count - 1))
            return false;
    return true;
}

/* A word where several phrases stand is of the first: that is the nearest to
 * what was typed. */
static void mark(struct finder *f, uint32_t at, uint32_t count, uint32_t phrase)
{
    uint32_t *marks = (uint32_t *)(void *)f->marks.data;

    for (; count > 0; count--, at++) {
        uint32_t word = place_at(&f->seen, at)->word;

        if (marks[word] == 0 || marks[word] > phrase + 1)
            marks[word] = phrase + 1;
    }
}

static bool make_marks(struct finder *f)
{
    static const uint32_t none = 0;
    uint32_t last = place_count(&f->seen);

    if (last > 0)
        last = place_at(&f->seen, last - 1)->word;
    for (uint32_t i = 0; i <= last; i++)
        buf_add(&f->marks, &none, sizeof(none));
    return !f->marks.failed;
}

static void note_stand(struct finder *f, uint32_t word, uint32_t phrase)
{
    struct word_hit hit = {word, phrase};

    buf_add(&f->stands, &hit, sizeof(hit));
}

const struct word_hit *finder_stands(const struct finder *finder, size_t *count)
{
    *count = finder->stands.failed
                 ? 0
                 : finder->stands.len / sizeof(struct word_hit);
    return (const struct word_hit *)(const void *)finder->stands.data;
}

void finder_look(struct finder *finder, const char *column, const char *text)
{
    struct finder *f = finder;
    bool is_text = strcmp(column, "text") == 0;

    if (*text == '\0')
        return;
    words_clear(&f->seen);
    f->text = text;
    f->text_at = f->text_word = 0;
    (void)tokenize(text, strlen(text), TOKEN_WHOLE, take_seen, f);
    f->failed =
        f->failed || words_failed(&f->seen) || (is_text && !make_marks(f));
    for (uint32_t at = 0; at < place_count(&f->seen) && !f->failed; at++)
        for (size_t i = 0; i < f->query->phrase_count; i++) {
            const struct phrase *p = &f->phrases[i];

            if ((p->column != NULL && strcmp(p->column, column) != 0) ||
                !phrase_stands(f, p, at))
                continue;
            note_stand(f,
                       is_text ? place_at(&f->seen, at)->word : WORD_IN_FIELD,
                       (uint32_t)i);
            if (is_text)
                mark(f, at, p->count, (uint32_t)i);
            else
                f->in_field[i] = true;
        }
}

int finder_hits(struct finder *finder, const struct word_hit **out,
                size_t *count, struct err *err)
{
    const uint32_t *marks = (const uint32_t *)(const void *)finder->marks.data;
    size_t words = finder->marks.len / sizeof(*marks);

    for (size_t i = 0; i < words; i++) {
        struct word_hit hit = {(uint32_t)i, marks[i] - 1};

        if (marks[i] > 0)
            buf_add(&finder->hits, &hit, sizeof(hit));
    }
    for (size_t i = 0; i < finder->query->phrase_count; i++) {
        struct word_hit hit = {WORD_IN_FIELD, (uint32_t)i};

        if (finder->in_field[i])
            buf_add(&finder->hits, &hit, sizeof(hit));
    }
    if (finder->failed || finder->hits.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    *count = finder->hits.len / sizeof(**out);
    *out = (const struct word_hit *)(const void *)finder->hits.data;
    return 0;
}
