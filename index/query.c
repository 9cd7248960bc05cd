/* SPDX-License-Identifier: MIT */
#include "index/query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "index/stem.h"
#include "index/tokenizer.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for a byte that is not UTF-8 */

/* Readings of a Latin word that are followed up as misread. */
#define MISREAD_READINGS 2
/* Those of the word behind an initial. */
#define INITIAL_READINGS 8

enum item_kind { ITEM_WORDS, ITEM_OR };

/* Something between spaces or quotes; text is borrowed from query.shown. */
struct item {
    enum item_kind kind;
    const char *text;
    size_t len;
    bool unwanted; /* -word */
    bool prefix;   /* word* */
    bool quoted;
    const char *column; /* of word_index; NULL: all */
};

struct field_name {
    const char *name;   /* lower case             */
    const char *column; /* of word_index          */
};

#define YEARS "" /* is no column, but a filter */

static const struct field_name field_names[] = {
    {"фамилия", "name"}, {"family", "name"},    {"име", "name"},
    {"name", "name"},    {"презиме", "name"},   {"given", "name"},
    {"място", "place"},  {"place", "place"},    {"егн", "egn"},
    {"egn", "egn"},      {"партида", "number"}, {"file", "number"},
    {"номер", "number"}, {"number", "number"},  {"година", YEARS},
    {"години", YEARS},   {"year", YEARS},       {"years", YEARS}};

struct items {
    struct item *list;
    size_t count, cap;
    size_t words; /* in all of them */
};

/* Where reading has come to. */
struct scan {
    const char *at, *end;
    struct query *q;
    bool is_guarded;
};

/* @param at  where, in q->shown */
static void note(struct query *q, enum query_problem_kind kind, const char *at)
{
    size_t position = 1;

    if (q->problem_count == QUERY_MAX_PROBLEMS)
        return;
    for (const char *c = q->shown; c < at; c++)
        position += ((unsigned char)*c & 0xc0U) != 0x80;
    q->problems[q->problem_count++] = (struct query_problem){kind, position};
}

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

static bool has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            return true;
    }
    return false;
}

/* Of the last word of the item. */
static bool is_poor_start(const struct item *item)
{
    size_t letters = 0, at = item->len;

    while (at > 0 && !is_space(item->text[at - 1]))
        letters += ((unsigned char)item->text[--at] & 0xc0U) != 0x80;
    return letters < QUERY_START_LETTERS ||
           has_digit(item->text + at, item->len - at);
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
    if (item->prefix && s->is_guarded && is_poor_start(item)) {
        item->prefix = false;
        note(s->q, QUERY_SHORT_START, item->text);
    }
}

static void read_phrase(struct scan *s, struct item *item)
{
    const char *opening = s->at;

    item->quoted = true;
    s->at += quote_len(s);
    item->text = s->at;
    while (s->at < s->end && quote_len(s) == 0)
        s->at++;
    item->len = (size_t)(s->at - item->text);
    if (s->at == s->end)
        note(s->q, QUERY_UNCLOSED, opening);
    s->at += quote_len(s);
    take_star(s, item);
}

static void read_word(struct scan *s, struct item *item)
{
    item->text = s->at;
    while (s->at < s->end && !is_space(*s->at) && quote_len(s) == 0)
        s->at++;
    item->len = (size_t)(s->at - item->text);
    if (item->len == 2 && memcmp(item->text, "OR", 2) == 0 && !item->unwanted &&
        item->column == NULL)
        item->kind = ITEM_OR;
    else
        take_star(s, item);
}

static void skip_spaces(struct scan *s)
{
    while (s->at < s->end && is_space(*s->at))
        s->at++;
}

static bool is_field(const char *text, size_t len, const struct field_name *f)
{
    const char *name = f->name;

    while (len > 0 && *name != '\0') {
        int32_t a, b;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                              (utf8proc_ssize_t)len, &a);
        utf8proc_ssize_t m =
            utf8proc_iterate((const utf8proc_uint8_t *)name, -1, &b);

        if (n <= 0 || m <= 0 || utf8proc_tolower(a) != b)
            return false;
        text += n;
        len -= (size_t)n;
        name += m;
    }
    return len == 0 && *name == '\0';
}

/* A word and a colon that stand there. */
static void read_field(struct scan *s, struct item *item)
{
    const char *colon = s->at;

    while (colon < s->end && *colon != ':' && !is_space(*colon) &&
           *colon != '"')
        colon++;
    if (colon == s->end || *colon != ':' || colon == s->at)
        return;
    for (size_t i = 0; i < sizeof(field_names) / sizeof(*field_names); i++)
        if (is_field(s->at, (size_t)(colon - s->at), &field_names[i])) {
            item->column = field_names[i].column;
            s->at = colon + 1;
            skip_spaces(s);
            return;
        }
    if (token_count(s->at, (size_t)(colon - s->at)) == 1 &&
        (unsigned char)*s->at > '9' && colon + 1 < s->end &&
        !is_space(colon[1]))
        note(s->q, QUERY_UNKNOWN_FIELD, s->at);
}

static bool read_item(struct scan *s, struct item *item)
{
    *item = (struct item){.kind = ITEM_WORDS};
    skip_spaces(s);
    if (s->at == s->end)
        return false;
    if (*s->at == '-' && s->at + 1 < s->end && !is_space(s->at[1])) {
        item->unwanted = true;
        s->at++;
    }
    read_field(s, item);
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

/* A year of the text; what does not stand there leaves it as it is. */
static const char *read_year(const char *at, const char *end, int *year)
{
    int value = 0;
    int count = 0;

    while (at + count < end && count < 5 && at[count] >= '0' &&
           at[count] <= '9')
        value = value * 10 + (at[count++] - '0');
    if (count != 4 || value == 0)
        return at;
    *year = value;
    return at + count;
}

/* 1938, 1938..1945, 1938-1945, 1938.. and ..1945 */
static bool read_years(const struct item *item, int *from, int *to)
{
    static const char *const dashes[] = {"..", "-", "\xe2\x80\x93",
                                         "\xe2\x80\xa6"};
    const char *end = item->text + item->len;
    const char *at = read_year(item->text, end, from);

    *to = *from;
    if (at == end)
        return *from != 0;
    for (size_t i = 0; i < sizeof(dashes) / sizeof(*dashes); i++) {
        size_t len = strlen(dashes[i]);

        if ((size_t)(end - at) >= len && memcmp(at, dashes[i], len) == 0) {
            *to = 0;
            return read_year(at + len, end, to) == end && (*from || *to) &&
                   (*to == 0 || *from <= *to);
        }
    }
    return false;
}

static void take_years(struct query *q, const struct item *item)
{
    int from = 0;
    int to = 0;

    if (item->unwanted || !read_years(item, &from, &to)) {
        note(q, QUERY_BAD_YEARS, item->text);
        return;
    }
    q->year_from = from;
    q->year_to = to;
}

/* All items with a word in them. */
static int read_items(struct query *q, bool is_guarded, struct items *items,
                      struct err *err)
{
    struct scan s = {q->shown, q->shown + strlen(q->shown), q, is_guarded};
    struct item item;

    while (!q->was_cut && read_item(&s, &item)) {
        size_t words;

        if (item.column != NULL && *item.column == '\0') {
            take_years(q, &item);
            continue;
        }
        q->was_cut = cut_item(&item, QUERY_MAX_WORDS - items->words);
        if (q->was_cut)
            note(q, QUERY_CUT, item.text + item.len);
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

static void note_lone_or(struct query *q, struct item *item)
{
    item->kind = ITEM_WORDS;
    note(q, QUERY_LONE_OR, item->text);
}

/* An OR between two operands joins them; any other is a word. */
static void settle_ors(struct query *q, struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->list[i].kind == ITEM_OR &&
            !(i > 0 && is_operand(items, i - 1) && is_operand(items, i + 1)))
            note_lone_or(q, &items->list[i]);
}

/* No quote and no NUL can be inside: quotes end an item. */
static void add_operand(struct buf *out, const struct item *item)
{
    if (item->column != NULL)
        buf_printf(out, "%s : ", item->column);
    buf_puts(out, "\"");
    buf_add(out, item->text, item->len);
    buf_puts(out, item->prefix ? "\"*" : "\"");
}

/* What the expression is being made of. */
struct building {
    const struct query_options *options;
    struct query *q;
    const struct items *items;
    size_t at;           /* the item                           */
    struct buf *operand; /* its phrases, with OR between       */
};

static int add_phrase(struct building *b, const char *text, size_t len,
                      const char *tail, enum match_grade grade, struct err *err)
{
    struct query *q = b->q;
    CLEANUP(buf_fini) struct buf phrase = BUF_INIT;
    unsigned operand = (unsigned)q->operand_count;

    buf_puts(&phrase, "\"");
    buf_add(&phrase, text, len);
    buf_puts(&phrase, tail);
    if (phrase.failed)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    if (q->phrase_count == QUERY_MAX_PHRASES ||
        (grade != MATCH_EXACT && token_count(text, len) == 0))
        return 0;
    for (size_t i = q->phrase_count; i > 0; i--)
        if (q->phrases[i - 1].operand == operand &&
            strcmp(q->phrases[i - 1].text, buf_str(&phrase)) == 0)
            return 0;
    if (b->operand->len > 0)
        buf_puts(b->operand, " OR ");
    buf_puts(b->operand, buf_str(&phrase));
    q->phrases[q->phrase_count++] =
        (struct query_phrase){operand, grade, buf_steal(&phrase)};
    return 0;
}

static int add_forms(struct building *b, const struct name_forms *forms,
                     enum match_grade grade, struct err *err)
{
    for (size_t i = 0; i < forms->count; i++)
        if (add_phrase(b, forms->form[i], strlen(forms->form[i]), "\"", grade,
                       err) != 0)
            return -1;
    return 0;
}

/* The first word of an item, without what stands round it. */
struct first_word {
    size_t start, end;
};

static int note_word(void *arg, const struct token *token)
{
    *(struct first_word *)arg = (struct first_word){token->start, token->end};
    return 1;
}

static bool is_bare(const struct items *items, size_t i)
{
    return is_operand(items, i) && !items->list[i].quoted &&
           !items->list[i].prefix &&
           token_count(items->list[i].text, items->list[i].len) == 1;
}

static int add_initials_before(struct building *b,
                               const struct name_forms *forms, const char *next,
                               size_t len, struct err *err)
{
    for (size_t i = 0; i < forms->initial_count; i++) {
        CLEANUP(buf_fini) struct buf both = BUF_INIT;

        buf_puts(&both, forms->initial[i]);
        buf_puts(&both, " ");
        buf_add(&both, next, len);
        if (both.failed)
            return err_set(err, ERR_NOMEM, "query: out of memory");
        if (add_phrase(b, both.data, both.len, "\"", MATCH_VARIANT, err) != 0)
            return -1;
    }
    return 0;
}

/* An initial is looked for with the word behind it: "С. Тодоров"; of Latin
 * letters with how that is read. */
static int add_initials(struct building *b, const struct name_forms *forms,
                        struct err *err)
{
    const struct item *next = &b->items->list[b->at + 1];
    struct name_forms readings;

    if (forms->initial_count == 0 || !is_bare(b->items, b->at + 1))
        return 0;
    names_of_latin(next->text, next->len, &readings);
    if (readings.count == 0)
        return add_initials_before(b, forms, next->text, next->len, err);
    for (size_t i = 0; i < readings.count && i < INITIAL_READINGS; i++)
        if (add_initials_before(b, forms, readings.form[i],
                                strlen(readings.form[i]), err) != 0)
            return -1;
    return 0;
}

/* An initial somewhere is next to nothing: but where the name behind it is
 * misread, it is what is left. */
static int add_lone_initials(struct building *b, const struct name_forms *forms,
                             struct err *err)
{
    for (size_t i = 0; i < forms->initial_count; i++)
        if (add_phrase(b, forms->initial[i], strlen(forms->initial[i]), "\"",
                       MATCH_LACKING, err) != 0)
            return -1;
    return 0;
}

/* What a word may have been misread for; of one in Latin letters, what its
 * likeliest readings may. */
static int add_misreadings(struct building *b, const char *word, size_t len,
                           struct err *err)
{
    const struct query_options *o = b->options;
    struct name_forms readings, forms;
    size_t count;

    names_of_latin(word, len, &readings);
    count =
        readings.count < MISREAD_READINGS ? readings.count : MISREAD_READINGS;
    for (size_t i = 0; i < count || (i == 0 && count == 0); i++) {
        const char *of = count == 0 ? word : readings.form[i];

        forms.count = 0;
        forms.initial_count = 0;
        if (o->misread(o->arg, of, count == 0 ? len : strlen(of), &forms,
                       err) != 0 ||
            add_forms(b, &forms, MATCH_MISREAD, err) != 0)
            return -1;
    }
    return 0;
}

/* Of a word with a small first letter: a capital begins a name. */
static void add_stem_forms(const char *word, size_t len,
                           struct name_forms *forms)
{
    int32_t code = 0;

    if (utf8proc_iterate((const utf8proc_uint8_t *)word, (utf8proc_ssize_t)len,
                         &code) > 0 &&
        code >= 0x430 && code <= 0x44f)
        stem_forms(word, len, forms);
}

/* The other forms of a word, then what it may have been misread for. */
static int add_other_forms(struct building *b, const char *word, size_t len,
                           bool is_initial, struct err *err)
{
    const struct query_options *o = b->options;
    struct name_forms forms;

    if (is_initial)
        names_of_initial(word, len, &forms);
    else
        name_forms(word, len, &forms);
    if (!is_initial && b->items->list[b->at].column == NULL)
        add_stem_forms(word, len, &forms);
    if (add_forms(b, &forms, MATCH_VARIANT, err) != 0 ||
        add_initials(b, &forms, err) != 0)
        return -1;
    if (o->misread == NULL ||
        (o->is_guarded && (is_initial || has_digit(word, len))))
        return 0;
    if (is_initial) /* of a name that is in no list */
        return add_phrase(b, word, len, "\"*", MATCH_VARIANT, err);
    names_of_latin(word, len, &forms);
    if (forms.count > 0)
        names_first_letters(forms.form[0], strlen(forms.form[0]), &forms);
    else
        names_first_letters(word, len, &forms);
    if (add_initials(b, &forms, err) != 0 ||
        add_misreadings(b, word, len, err) != 0)
        return -1;
    return o->may_lack ? add_lone_initials(b, &forms, err) : 0;
}

static int add_phrases(struct building *b, struct err *err)
{
    const struct item *item = &b->items->list[b->at];
    struct first_word word = {0, 0};
    bool bare = is_bare(b->items, b->at);
    bool is_latin =
        !item->quoted && !item->prefix && name_is_latin(item->text, item->len);

    if (add_phrase(b, item->text, item->len, item->prefix ? "\"*" : "\"",
                   MATCH_EXACT, err) != 0)
        return -1;
    if (b->options->exact || (!bare && !is_latin))
        return 0;
    (void)tokenize(item->text, item->len, TOKEN_WHOLE, note_word, &word);
    if (!bare)
        word = (struct first_word){0, item->len};
    return add_other_forms(b, item->text + word.start, word.end - word.start,
                           word.end < item->len && item->text[word.end] == '.',
                           err);
}

/* An operand as an expression of its own: its phrases, in its column. */
static int add_wanted(struct building *b, struct err *err)
{
    CLEANUP(buf_fini) struct buf phrases = BUF_INIT;
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    const struct item *item = &b->items->list[b->at];
    struct query *q = b->q;

    b->operand = &phrases;
    if (add_phrases(b, err) != 0)
        return -1;
    if (item->column != NULL)
        buf_printf(&text, "%s : (%s)", item->column, buf_str(&phrases));
    else
        buf_puts(&text, buf_str(&phrases));
    q->places[q->operand_count].column = item->column;
    q->typed[q->operand_count] = strndup(item->text, item->len);
    if (phrases.failed || text.failed || q->typed[q->operand_count] == NULL)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    q->operands[q->operand_count++] = buf_steal(&text);
    return 0;
}

static int build_wanted(struct building *b, struct buf *out, struct err *err)
{
    const char *glue = "((";
    unsigned group = 0;

    for (b->at = 0; b->at < b->items->count; b->at++) {
        const struct item *item = &b->items->list[b->at];

        if (item->unwanted)
            continue;
        if (item->kind == ITEM_OR) {
            glue = " OR ";
            continue;
        }
        if (add_wanted(b, err) != 0)
            return -1;
        group += *glue == ')';
        b->q->group_count = group + 1;
        b->q->places[b->q->operand_count - 1].group = group;
        buf_puts(out, glue);
        buf_puts(out, b->q->operands[b->q->operand_count - 1]);
        glue = b->q->may_lack ? ") OR (" : ") AND (";
    }
    if (b->q->operand_count > 0)
        buf_puts(out, "))");
    return 0;
}

static void build_unwanted(const struct items *items, struct buf *out)
{
    for (size_t i = 0; i < items->count; i++) {
        if (!items->list[i].unwanted)
            continue;
        if (out->len > 0)
            buf_puts(out, " OR ");
        add_operand(out, &items->list[i]);
    }
}

/* What is wanted, but for what is not. */
static void join(const struct buf *unwanted, struct buf *match)
{
    if (unwanted->len == 0)
        return;
    buf_puts(match, match->len > 0 ? " NOT (" : "(");
    buf_puts(match, buf_str(unwanted));
    buf_puts(match, ")");
}

static bool is_blank(const char *text)
{
    while (is_space(*text))
        text++;
    return *text == '\0';
}

static int build(struct query *q, struct items *items,
                 const struct query_options *options, struct err *err)
{
    CLEANUP(buf_fini) struct buf match = BUF_INIT;
    CLEANUP(buf_fini) struct buf unwanted = BUF_INIT;
    struct building b = {options, q, items, 0, NULL};

    settle_ors(q, items);
    q->may_lack = options->may_lack;
    q->operands = calloc(items->count + 1, sizeof(*q->operands));
    q->typed = calloc(items->count + 1, sizeof(*q->typed));
    q->places = calloc(items->count + 1, sizeof(*q->places));
    q->phrases = calloc(QUERY_MAX_PHRASES, sizeof(*q->phrases));
    if (q->operands == NULL || q->typed == NULL || q->places == NULL ||
        q->phrases == NULL)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    if (build_wanted(&b, &match, err) != 0)
        return -1;
    build_unwanted(items, &unwanted);
    join(&unwanted, &match);
    if (match.failed || unwanted.failed)
        return err_set(err, ERR_NOMEM, "query: out of memory");
    q->kind = q->operand_count > 0 ? QUERY_MATCH
              : items->count > 0   ? QUERY_EXCEPT
              : is_blank(q->shown) || q->year_from != 0 || q->year_to != 0
                  ? QUERY_EVERYTHING
                  : QUERY_NOTHING;
    q->match = buf_steal(&match);
    q->unwanted = unwanted.len > 0 ? buf_steal(&unwanted) : NULL;
    return 0;
}

int query_parse(const char *text, const struct query_options *options,
                struct query *out, struct err *err)
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
    rc = read_items(&q, options->is_guarded, &items, err);
    if (rc == 0)
        rc = build(&q, &items, options, err);
    free(items.list);
    if (rc != 0)
        return -1;
    *out = q;
    q = (struct query){.kind = QUERY_NOTHING};
    return 0;
}

const char *query_problem_text(enum query_problem_kind kind)
{
    static const char *const texts[QUERY_PROBLEM_KINDS] = {
        [QUERY_UNCLOSED] = "a quotation mark is not closed: the phrase runs "
                           "to the end",
        [QUERY_UNKNOWN_FIELD] = "there is no such field: it was read as words",
        [QUERY_BAD_YEARS] = "expected a year or years, as 1938..1945: it was "
                            "left out",
        [QUERY_LONE_OR] = "OR needs a word on both sides: it was read as a "
                          "word",
        [QUERY_CUT] = "too many words: those from here on were left out",
        [QUERY_SHORT_START] = "the start of a word needs three letters and no "
                              "digit: it was read as a word"};

    return texts[kind];
}

const char *query_problem_name(enum query_problem_kind kind)
{
    static const char *const names[QUERY_PROBLEM_KINDS] = {
        [QUERY_UNCLOSED] = "unclosed-quote",
        [QUERY_UNKNOWN_FIELD] = "unknown-field",
        [QUERY_BAD_YEARS] = "bad-years",
        [QUERY_LONE_OR] = "lone-or",
        [QUERY_CUT] = "cut",
        [QUERY_SHORT_START] = "short-start"};

    return names[kind];
}

const char *match_grade_name(enum match_grade grade)
{
    static const char *const names[MATCH_GRADES] = {[MATCH_EXACT] = "exact",
                                                    [MATCH_VARIANT] = "variant",
                                                    [MATCH_MISREAD] = "misread",
                                                    [MATCH_LACKING] =
                                                        "lacking"};

    return names[grade];
}

void query_fini(struct query *query)
{
    for (size_t i = 0; query->operands != NULL && i < query->operand_count;
         i++) {
        free(query->operands[i]);
        free(query->typed[i]);
    }
    for (size_t i = 0; i < query->phrase_count; i++)
        free(query->phrases[i].text);
    free(query->operands);
    free(query->typed);
    free(query->phrases);
    free(query->places);
    free(query->unwanted);
    free(query->match);
    free(query->shown);
    *query = (struct query){.kind = QUERY_NOTHING};
}
