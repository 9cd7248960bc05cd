/* SPDX-License-Identifier: MIT */
#include "index/why.h"

#include <stdlib.h>
#include <string.h>

#include "index/tokenizer.h"

/* What is known so far for one operand. */
struct standing {
    bool found;
    enum match_grade grade;
    char *written, *quoted;
    char field[SLUG_SIZE];
    struct rect box;
};

/* All operands, on the page or in one record. */
struct standings {
    struct standing at[QUERY_MAX_WORDS];
    size_t found;
};

static void forget(struct standings *s)
{
    for (size_t i = 0; i < QUERY_MAX_WORDS; i++)
        free(s->at[i].written), free(s->at[i].quoted);
    *s = (struct standings){.found = 0};
}

/* @param quoted  the words of it that match */
static int set(struct standings *s, const struct query_phrase *phrase,
               const char *written, size_t len, const char *quoted,
               size_t quoted_len, struct err *err)
{
    struct standing *at = &s->at[phrase->operand];

    if (at->found && at->grade <= phrase->grade)
        return 0;
    free(at->written);
    free(at->quoted);
    at->written = strndup(written, len);
    at->quoted = strndup(quoted, quoted_len);
    if (at->written == NULL || at->quoted == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    s->found += !at->found;
    at->found = true;
    at->grade = phrase->grade;
    at->field[0] = '\0';
    return 0;
}

/* Words of the running text that matched: hits are in the order of the text. */
static int read_text(const struct query *q, const struct why_page *page,
                     struct standings *out, struct err *err)
{
    const char *at = page->text;
    uint32_t word = 0;

    for (size_t i = 0; i < page->hit_count; i++) {
        const struct word_hit *hit = &page->hits[i];
        size_t len;

        if (hit->word == WORD_IN_FIELD || hit->phrase >= q->phrase_count)
            continue;
        while (word < hit->word && *at != '\0')
            word += *at++ == ' ';
        len = strcspn(at, " ");
        if (set(out, &q->phrases[hit->phrase], at, len, at, len, err) != 0)
            return -1;
    }
    return 0;
}

/* Does a text have a word of the phrase? */
struct comparing {
    const char *text; /* of the field */
    size_t len;
    bool prefix;
    const char *key;
    struct buf *quote; /* the words that are of it */
    size_t quoted_to;  /* where in the text the last of them ends */
};

static int compare_key(void *arg, const struct token *token)
{
    struct comparing *c = arg;

    bool found = c->prefix ? strncmp(token->key, c->key, strlen(c->key)) == 0
                           : strcmp(token->key, c->key) == 0;

    if (!found || token->end <= c->quoted_to)
        return 0;
    buf_puts(c->quote, c->quote->len > 0 ? " … " : "");
    buf_add(c->quote, c->text + token->start, token->end - token->start);
    c->quoted_to = token->end;
    return 0;
}

static int compare_word(void *arg, const struct token *token)
{
    struct comparing *c = arg;

    c->key = token->key;
    c->quoted_to = 0;
    return tokenize(c->text, c->len, TOKEN_WHOLE, compare_key, c);
}

/* @param quote  its words that are of the phrase are added */
static bool field_has(const char *text, const struct query_phrase *phrase,
                      struct buf *quote)
{
    size_t len = strlen(phrase->text);
    bool prefix = phrase->text[len - 1] == '*';
    struct comparing c = {text, strlen(text), prefix, NULL, quote, 0};

    (void)tokenize(phrase->text, len, prefix ? TOKEN_PREFIX : TOKEN_WHOLE,
                   compare_word, &c);
    return quote->len > 0;
}

/* Columns of a field. */
enum { F_RECORD, F_NAME, F_TYPE, F_TEXT, F_VALUE, F_X, F_Y, F_W, F_H };

static const char fields_sql[] =
    "SELECT r.number, f.name, f.type, f.text, f.value, f.x, f.y, f.w, f.h"
    " FROM record r JOIN field f ON f.record_key = r.key"
    " WHERE r.page_key = ?1 ORDER BY r.number, f.place";

/* A personal number is told only to who typed it. */
static int set_field(struct standings *out, const struct query *q,
                     const struct query_phrase *phrase, const struct stmt *row,
                     const struct buf *quote, struct err *err)
{
    struct standing *at = &out->at[phrase->operand];
    bool is_secret = strcmp(stmt_text(row, F_TYPE), "egn") == 0;
    const char *text = is_secret                 ? q->typed[phrase->operand]
                       : *stmt_text(row, F_TEXT) ? stmt_text(row, F_TEXT)
                                                 : stmt_text(row, F_VALUE);

    if (at->found && at->grade <= phrase->grade)
        return 0;
    if (is_secret
            ? set(out, phrase, text, strlen(text), text, strlen(text), err) != 0
            : set(out, phrase, text, strlen(text), quote->data, quote->len,
                  err) != 0)
        return -1;
    (void)snprintf(at->field, sizeof(at->field), "%s", stmt_text(row, F_NAME));
    at->box =
        (struct rect){(int32_t)stmt_int(row, F_X), (int32_t)stmt_int(row, F_Y),
                      (int32_t)stmt_int(row, F_W), (int32_t)stmt_int(row, F_H)};
    return 0;
}

static int read_field(const struct query *q, const struct why_page *page,
                      const struct stmt *row, struct standings *out,
                      struct err *err)
{
    for (size_t i = 0; i < page->hit_count; i++) {
        CLEANUP(buf_fini) struct buf quote = BUF_INIT;
        const struct query_phrase *phrase;

        if (page->hits[i].word != WORD_IN_FIELD ||
            page->hits[i].phrase >= q->phrase_count)
            continue;
        phrase = &q->phrases[page->hits[i].phrase];
        if ((field_has(stmt_text(row, F_TEXT), phrase, &quote) ||
             field_has(stmt_text(row, F_VALUE), phrase, &quote)) &&
            set_field(out, q, phrase, row, &quote, err) != 0)
            return -1;
    }
    return 0;
}

/* The better record takes the place of the other. */
static void take_better(struct standings *best, uint32_t *best_number,
                        struct standings *one, uint32_t number)
{
    if (one->found > best->found) {
        struct standings worse = *best;

        *best = *one;
        *one = worse;
        *best_number = number;
    }
    forget(one);
}

/* The record in which most operands stand. @param number  0: none has any */
static int read_records(struct db *db, const struct query *q,
                        const struct why_page *page, struct standings *best,
                        uint32_t *number, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct standings one = {.found = 0};
    uint32_t at = 0;
    int rc;

    *number = 0;
    if (db_prepare(db, fields_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, page->key);
    while ((rc = stmt_step(s, err)) == 1) {
        if ((uint32_t)stmt_int(s, F_RECORD) != at) {
            take_better(best, number, &one, at);
            at = (uint32_t)stmt_int(s, F_RECORD);
        }
        if (read_field(q, page, s, &one, err) != 0) {
            rc = -1;
            break;
        }
    }
    take_better(best, number, &one, at);
    return rc;
}

/* Does one of the boxes lie in this one: is the word outlined already? A field
 * has a box of its own for what was keyed, and stands nowhere as words. */
static bool holds_a_box(struct rect field, const struct buf *boxes)
{
    size_t count = boxes->len / sizeof(struct rect);

    for (size_t i = 0; i < count; i++) {
        struct rect b;
        int32_t x, y;

        memcpy(&b, boxes->data + i * sizeof(b), sizeof(b));
        x = b.x + b.w / 2;
        y = b.y + b.h / 2;
        if (x >= field.x && x <= field.x + field.w && y >= field.y &&
            y <= field.y + field.h)
            return true;
    }
    return false;
}

static int add_reasons(const struct query *q, struct standings *text,
                       struct standings *record, struct hit *hit,
                       struct buf *boxes, struct err *err)
{
    hit->reasons = calloc(q->operand_count + 1, sizeof(*hit->reasons));
    if (hit->reasons == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < q->operand_count; i++) {
        struct standing *in_record = &record->at[i];
        struct standing *s = in_record->found ? in_record : &text->at[i];
        struct hit_reason *reason = &hit->reasons[hit->reason_count];

        if (!s->found)
            continue;
        if (in_record->found && in_record->box.w > 0 &&
            !holds_a_box(in_record->box, boxes))
            buf_add(boxes, &in_record->box, sizeof(in_record->box));
        reason->typed = strdup(q->typed[i]);
        if (reason->typed == NULL)
            return err_set(err, ERR_NOMEM, "search: out of memory");
        reason->written = STEAL(s->written);
        reason->quoted = STEAL(s->quoted);
        reason->grade = s->grade;
        memcpy(reason->field, s->field, sizeof(reason->field));
        hit->reason_count++;
    }
    return 0;
}

/* The operands of groups none of which stands there. */
static int add_lacks(const struct query *q, const bool *stands, struct hit *hit,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf lacks = BUF_INIT;

    for (size_t i = 0, end; i < q->operand_count; i = end) {
        bool found = false;

        for (end = i; end < q->operand_count &&
                      q->places[end].group == q->places[i].group;
             end++)
            found = found || stands[end];
        for (size_t k = i; k < end && !found; k++)
            buf_printf(&lacks, "%s%s", lacks.len > 0 ? " " : "", q->typed[k]);
    }
    if (lacks.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    hit->lacks = buf_steal(&lacks);
    return 0;
}

static bool any_in_field(const struct why_page *page)
{
    for (size_t i = 0; i < page->hit_count; i++)
        if (page->hits[i].word == WORD_IN_FIELD)
            return true;
    return false;
}

int why_fill(struct db *db, const struct query *query,
             const struct why_page *page, struct hit *hit, struct buf *boxes,
             struct err *err)
{
    struct standings text = {.found = 0};
    struct standings record = {.found = 0};
    bool stands[QUERY_MAX_WORDS];
    uint32_t number = 0;
    int rc = read_text(query, page, &text, err);

    if (rc == 0 && any_in_field(page))
        rc = read_records(db, query, page, &record, &number, err);
    for (size_t i = 0; i < QUERY_MAX_WORDS; i++)
        stands[i] = text.at[i].found || record.at[i].found;
    if (rc == 0 && hit->grade == MATCH_LACKING)
        rc = add_lacks(query, stands, hit, err);
    if (rc == 0)
        rc = add_reasons(query, &text, &record, hit, boxes, err);
    if (rc == 0 && number > 0)
        (void)snprintf(hit->record, sizeof(hit->record), "%s/r%02u", hit->page,
                       number);
    forget(&text);
    forget(&record);
    return rc;
}
