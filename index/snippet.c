/* SPDX-License-Identifier: MIT */
#include "index/snippet.h"

#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Words [first, first + count) of the page. */
struct window {
    size_t first, count;
};

static size_t count_words(const char *text)
{
    size_t count = *text != '\0';

    for (; *text != '\0'; text++)
        count += *text == ' ';
    return count;
}

/* The hits from i on that fit into one window. */
static size_t hits_in_reach(const uint32_t *hits, size_t hit_count, size_t i)
{
    size_t n = 1;

    while (i + n < hit_count && hits[i + n] - hits[i] < SNIPPET_WORDS)
        n++;
    return n;
}

/* The window with most hits, the first of equals, with its hits in the middle.
 */
static struct window densest(const uint32_t *hits, size_t hit_count,
                             size_t words)
{
    struct window w = {0, words < SNIPPET_WORDS ? words : SNIPPET_WORDS};
    size_t best = 0;
    size_t most = 0;
    size_t span;
    size_t before;

    for (size_t i = 0; i < hit_count; i++) {
        size_t n = hits_in_reach(hits, hit_count, i);

        if (n > most) {
            most = n;
            best = i;
        }
    }
    if (most == 0)
        return w;
    span = hits[best + most - 1] - hits[best] + 1;
    before = span < w.count ? (w.count - span) / 2 : 0;
    w.first = hits[best] > before ? hits[best] - before : 0;
    if (w.first + w.count > words)
        w.first = words - w.count;
    return w;
}

static const char *skip_words(const char *text, size_t count)
{
    for (; count > 0 && (text = strchr(text, ' ')) != NULL; count--)
        text++;
    return text;
}

/* Parts being put together; `open` is the text of the last one. */
struct builder {
    struct snippet_part *parts;
    size_t count;
    struct buf open;
    bool open_is_hit;
};

static bool close_part(struct builder *b)
{
    struct snippet_part *part = &b->parts[b->count];

    if (b->open.failed)
        return false;
    if (b->open.len == 0)
        return true;
    part->is_hit = b->open_is_hit;
    part->text = buf_steal(&b->open);
    b->count += part->text != NULL;
    return part->text != NULL;
}

static bool add(struct builder *b, const char *text, size_t len, bool is_hit)
{
    if (is_hit != b->open_is_hit && !close_part(b))
        return false;
    b->open_is_hit = is_hit;
    buf_add(&b->open, text, len);
    return true;
}

static bool is_one_of(const uint32_t *hits, size_t hit_count, size_t word)
{
    for (size_t i = 0; i < hit_count && hits[i] <= word; i++)
        if (hits[i] == word)
            return true;
    return false;
}

/* A space between two hits is part of the hit, any other is not. */
static bool add_words(struct builder *b, const char *text, struct window w,
                      const uint32_t *hits, size_t hit_count)
{
    bool before = false;

    for (size_t i = w.first; i < w.first + w.count; i++) {
        bool is_hit = is_one_of(hits, hit_count, i);
        size_t len = strcspn(text, " ");

        if (i > w.first && !add(b, " ", 1, is_hit && before))
            return false;
        if (!add(b, text, len, is_hit))
            return false;
        text += len + (text[len] == ' ');
        before = is_hit;
    }
    return true;
}

static bool build(struct builder *b, const char *text, size_t words,
                  const uint32_t *hits, size_t hit_count)
{
    struct window w = densest(hits, hit_count, words);

    if (w.first > 0 && !add(b, ELLIPSIS " ", sizeof(ELLIPSIS), false))
        return false;
    if (!add_words(b, skip_words(text, w.first), w, hits, hit_count))
        return false;
    if (w.first + w.count < words &&
        !add(b, " " ELLIPSIS, sizeof(ELLIPSIS), false))
        return false;
    return close_part(b);
}

int snippet_make(const char *text, const uint32_t *hits, size_t hit_count,
                 struct snippet_part **out, size_t *count, struct err *err)
{
    /* At most a part for each word, for each space, and the ellipses. */
    struct builder b = {calloc(SNIPPET_WORDS * 2 + 2, sizeof(*b.parts)), 0,
                        BUF_INIT, false};
    size_t words = count_words(text);

    while (hit_count > 0 && hits[hit_count - 1] >= words)
        hit_count--;
    if (b.parts == NULL || !build(&b, text, words, hits, hit_count)) {
        for (size_t i = 0; i < b.count; i++)
            free(b.parts[i].text);
        free(b.parts);
        buf_fini(&b.open);
        return err_set(err, ERR_NOMEM, "snippet: out of memory");
    }
    buf_fini(&b.open);
    *out = b.parts;
    *count = b.count;
    return 0;
}
