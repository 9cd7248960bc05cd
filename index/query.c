/* SPDX-License-Identifier: MIT */
#include "index/query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "index/tokenizer.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for a byte that is not UTF-8 */

enum item_kind { ITEM_WORDS, ITEM_OR };

/* Something between spaces or quotes; text is borrowed from query.shown. */
struct item {
    enum item_kind kind;
    const char *text;
    size_t len;
    bool unwanted; /* -word */
    bool prefix;   /* word* */
};

struct items {
    struct item *list;
    size_t count, cap;
    size_t words; /* in all of them */
};

/* Where reading has come to. */
struct scan {
    const char *at, *end;
};

static void clean(const char *text, struct buf *out)
{
    size_t left = strlen(text);
    int32_t code;

    buf_puts(out, "");
    while (left > 0) {
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                              (utf8proc_ssize_t)left, &code);

        if (n > 0)
            buf_add(out, text, (size_t)n);
        else
            buf_puts(out, REPLACEMENT);
        n = n > 0 ? n : 1;
        text += n;
        left -= (size_t)n;
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes of the quotation mark standing there; 0 when none does. */
static size_t quote_len(const struct scan *s)
{
    static const char *const quotes[] = {"\"",           "\xe2\x80\x9e", /* „ */
                                         "\xe2\x80\x9c", /* “ */
                                         "\xe2\x80\x9d", /* ” */
                                         "\xc2\xab",     /* « */
                                         "\xc2\xbb" /* » */};

    for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
        size_t len = strlen(quotes[i]);

        if ((size_t)(s->end - s->at) >= len &&
            memcmp(s->at, quotes[i], len) == 0)
            return len;
    }
    return 0;
}

/* Take a closing star off the item, and off the scan when it stands there. */
static void take_star(struct scan *s, struct item *item)
{
    while (item->len > 0 && item->text[item->len - 1] == '*') {
        item->prefix = true;
        item->len--;
    }
    if (s->at < s->end && *s->at == '*') {
        item->prefix = true;
        s->at++;
    }
}

static void read_phrase(struct scan *s, struct item *item)
{
    s->at += quote_len(s);
    item->text = s->at;
    while (s->at < s->end && quote_len(s) == 0)
        s->at++;
    item->len = (size_t)(s->at - item->text);
    s->at += quote_len(s);
    take_star(s, item);
}

static void read_word(struct scan *s, struct item *item)
{
    item->text = s->at;
    while (s->at < s->end && !is_space(*s->at) && quote_len(s) == 0)
        s->at++;
    item->len = (size_t)(s->at - item->text);
    if (item->len == 2 && memcmp(item->text, "OR", 2) == 0 && !item->unwanted)
        item->kind = ITEM_OR;
    else
        take_star(s, item);
}

static bool read_item(struct scan *s, struct item *item)
{
    *item = (struct item){ITEM_WORDS, NULL, 0, false, false};
    while (s->at < s->end && is_space(*s->at))
        s->at++;
    if (s->at == s->end)
        return false;
    if (*s->at == '-' && s->at + 1 < s->end && !is_space(s->at[1])) {
        item->unwanted = true;
        s->at++;
    }
    if (quote_len(s) > 0)
        read_phrase(s, item);
    else
        read_word(s, item);
    return true;
}

/* Stops the walk behind the last word that is still allowed. */
struct cut {
    size_t allowed;
    size_t end;
};

static int find_cut(void *arg, const struct token *token)
{
    struct cut *cut = arg;

    if (!token->same_place && cut->allowed == 0)
        return 1;
    cut->allowed -= !token->same_place;
    cut->end = token->end;
    return 0;
}

/* An item is cut where the words of the whole query become too many. */
static bool cut_item(struct item *item, size_t allowed)
{
    struct cut cut = {allowed, 0};

    if (tokenize(item->text, item->len, TOKEN_WHOLE, find_cut, &cut) == 0)
        return false;
    item->len = cut.end;
    item->prefix = false;
    return true;
}

static int add_item(struct items *items, const struct item *item,
                    struct err *err)
{
    if (items->count == items->cap) {
        size_t cap = items->cap == 0 ? 8 : items->cap * 2;
        struct item *list = realloc(items->list, cap * sizeof(*list));

        if (list == NULL)
            return err_set(err, ERR_NOMEM, "query: out of memory");
        items->list = list;
        items->cap = cap;
    }
    items->list[items->count++] = *item;
    return 0;
}

/* All items with a word in them. */
static int read_items(struct query *q, struct items *items, struct err *err)
{
    struct scan s = {q->shown, q->shown + strlen(q->shown)};
    struct item item;

    while (!q->was_cut && read_item(&s, &item)) {
        size_t words;

        q->was_cut = cut_item(&item, QUERY_MAX_WORDS - items->words);
        words = token_count(item.text, item.len);
        if (words > 0 && add_item(items, &item, err) != 0)
            return -1;
        items->words += words;
    }
    return 0;
}

static bool is_operand(const struct items *items, size_t i)
{
    return i < items->count && items->list[i].kind == ITEM_WORDS &&
           !items->list[i].unwanted;
}

/* An OR between two operands joins them; any other is a word. */
static void settle_ors(struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->list[i].kind == ITEM_OR &&
            !(i > 0 && is_operand(items, i - 1) && is_operand(items, i + 1)))
            items->list[i].kind = ITEM_WORDS;
}

/* No quote and no NUL can be inside: quotes end an item. */
static void add_operand(struct buf *out, const struct item *item)
{
    buf_puts(out, "\"");
    buf_add(out, item->text, item->len);
    buf_puts(out, item->prefix ? "\"*" : "\"");
}

static int add_wanted(struct query *q, const struct item *item, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    add_operand(&text, item);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    q->wanted[q->wanted_count++] = buf_steal(&text);
    return 0;
}

static int build_wanted(struct query *q, const struct items *items,
                        struct buf *out, struct err *err)
{
    const char *glue = "((";

    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];

        if (item->unwanted)
            continue;
        if (item->kind == ITEM_OR) {
            glue = " OR ";
            continue;
        }
        buf_puts(out, glue);
        add_operand(out, item);
        if (add_wanted(q, item, err) != 0)
            return -1;
        glue = ") AND (";
    }
    if (q->wanted_count > 0)
        buf_puts(out, "))");
    return 0;
}

static void build_unwanted(const struct items *items, struct buf *out)
{
    const char *glue = out->len > 0 ? " NOT (" : "(";
    bool any = false;

    for (size_t i = 0; i < items->count; i++) {
        if (!items->list[i].unwanted)
            continue;
        buf_puts(out, glue);
        add_operand(out, &items->list[i]);
        glue = " OR ";
        any = true;
    }
    if (any)
        buf_puts(out, ")");
}

static bool is_blank(const char *text)
{
    while (is_space(*text))
        text++;
    return *text == '\0';
}

static int build(struct query *q, struct items *items, struct err *err)
{
    CLEANUP(buf_fini) struct buf match = BUF_INIT;

    settle_ors(items);
    q->wanted = calloc(items->count + 1, sizeof(*q->wanted));
    if (q->wanted == NULL)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    if (build_wanted(q, items, &match, err) != 0)
        return -1;
    build_unwanted(items, &match);
    if (match.failed)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    q->kind = q->wanted_count > 0  ? QUERY_MATCH
              : items->count > 0   ? QUERY_EXCEPT
              : is_blank(q->shown) ? QUERY_EVERYTHING
                                   : QUERY_NOTHING;
    q->match = buf_steal(&match);
    return 0;
}

int query_parse(const char *text, struct query *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf shown = BUF_INIT;
    CLEANUP(query_fini) struct query q = {.kind = QUERY_NOTHING};
    struct items items = {NULL, 0, 0, 0};
    int rc;

    clean(text == NULL ? "" : text, &shown);
    if (shown.failed)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    q.shown = shown.len > 0 ? buf_steal(&shown) : strdup("");
    if (q.shown == NULL)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    rc = read_items(&q, &items, err);
    if (rc == 0)
        rc = build(&q, &items, err);
    free(items.list);
    if (rc != 0)
        return -1;
    *out = q;
    q = (struct query){.kind = QUERY_NOTHING};
    return 0;
}

void query_fini(struct query *query)
{
    for (size_t i = 0; i < query->wanted_count; i++)
        free(query->wanted[i]);
    free(query->wanted);
    free(query->match);
    free(query->shown);
    *query = (struct query){.kind = QUERY_NOTHING};
}
