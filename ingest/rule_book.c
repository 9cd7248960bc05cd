/* SPDX-License-Identifier: MIT */
#include "ingest/rule_book.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/conf.h"
#include "ingest/archive_conf.h"
#include "ingest/rules.h"

#define DEFAULT_NAME "ingest/rules/archive.conf"

enum text { TEXT_WHAT, TEXT_WHY, TEXT_DO, TEXT_COUNT };

/* What a book says of one rule. */
struct ruling {
    bool is_off;
    enum severity severity;
    double numbers[RULE_MAX_KEYS];
    char *words[RULE_MAX_KEYS]; /* NULL where the threshold is a number */
    char *texts[TEXT_COUNT];    /* of the built-in file's comments      */
};

struct rule_book {
    struct ruling rulings[RULE_COUNT];
};

void rule_book_free(struct rule_book *book)
{
    if (book == NULL)
        return;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        for (size_t k = 0; k < RULE_MAX_KEYS; k++)
            free(book->rulings[i].words[k]);
        for (size_t k = 0; k < TEXT_COUNT; k++)
            free(book->rulings[i].texts[k]);
    }
    free(book);
}

const char *rule_book_default_text(void)
{
    return archive_conf;
}

/* --- names --- */

/* RULE_COUNT when there is no such rule. */
static size_t find_rule(const char *id, size_t len)
{
    size_t i = 0;

    while (i < RULE_COUNT && (strlen(rule_row(i)->id) != len ||
                              memcmp(rule_row(i)->id, id, len) != 0))
        i++;
    return i;
}

const char *rule_known_id(const char *id, size_t len)
{
    size_t i = find_rule(id, len);

    return i == RULE_COUNT ? NULL : rule_row(i)->id;
}

static size_t count_keys(const struct rule_row *row)
{
    size_t k = 0;

    while (k < RULE_MAX_KEYS && row->keys[k].name != NULL)
        k++;
    return k;
}

static size_t find_key(const struct rule_row *row, const char *name)
{
    size_t k = 0;

    while (k < count_keys(row) && strcmp(row->keys[k].name, name) != 0)
        k++;
    return k;
}

/* Is word, of that length, one of the words in list? */
static bool has_word(const char *list, const char *word, size_t len)
{
    while (*list != '\0') {
        size_t n = strcspn(list, " ");

        if (n == len && memcmp(list, word, len) == 0)
            return true;
        list += n;
        list += strspn(list, " ");
    }
    return false;
}

/* --- values --- */

static const char *ruling_severity(const struct ruling *r)
{
    return r->is_off ? "off" : severity_name(r->severity);
}

static int set_severity(struct ruling *r, const struct rule_row *row,
                        const char *value, struct err *err)
{
    struct ruling read = {.is_off = strcmp(value, "off") == 0};

    while (!read.is_off && strcmp(severity_name(read.severity), value) != 0) {
        if (read.severity == SEVERITY_ERROR)
            return err_set(err, ERR_INPUT,
                           "severity = %s: expected error, warning, info or "
                           "off",
                           value);
        read.severity++;
    }
    if (row->is_fixed && (read.is_off || read.severity != SEVERITY_ERROR))
        return err_set(err, ERR_INPUT,
                       "[%s] severity = %s: this rule stays an error, because "
                       "what breaks it cannot be read as a page; take the line "
                       "out",
                       row->id, value);
    r->is_off = read.is_off;
    r->severity = read.severity;
    return 0;
}

static int set_number(double *at, const struct rule_key *key, const char *value,
                      struct err *err)
{
    char *end = NULL;
    double n;

    errno = 0;
    n = strtod(value, &end);
    if (end == value || *end != '\0' || errno != 0 || !isfinite(n) ||
        n < key->min || n > key->max)
        return err_set(err, ERR_INPUT,
                       "%s = %s: expected a number from %.15g to %.15g",
                       key->name, value, key->min, key->max);
    *at = n;
    return 0;
}

static int set_words(char **at, const struct rule_key *key, const char *value,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf words = BUF_INIT;

    while (*value != '\0') {
        size_t len = strcspn(value, " \t,");

        if (len > 0 && !has_word(key->words, value, len))
            return err_set(err, ERR_INPUT,
                           "%s: \"%.*s\" is none of the words there are: %s",
                           key->name, (int)(len < 100 ? len : 100), value,
                           key->words);
        if (len > 0 && words.len > 0)
            buf_puts(&words, " ");
        buf_add(&words, value, len);
        value += len;
        value += strspn(value, " \t,");
    }
    if (words.len == 0)
        return err_set(err, ERR_INPUT, "%s: expected some of: %s", key->name,
                       key->words);
    free(*at);
    *at = buf_steal(&words);
    return *at == NULL ? err_set(err, ERR_NOMEM, "rules: out of memory") : 0;
}

static int set_value(struct ruling *r, const struct rule_row *row,
                     const char *name, const char *value, struct err *err)
{
    size_t k = find_key(row, name);
    const struct rule_key *key = &row->keys[k];

    if (strcmp(name, "severity") == 0)
        return set_severity(r, row, value, err);
    if (k == count_keys(row)) {
        CLEANUP(buf_fini) struct buf known = BUF_INIT;

        for (size_t i = 0; i < k; i++)
            buf_printf(&known, ", %s", row->keys[i].name);
        return err_set(err, ERR_INPUT,
                       "[%s] has no key \"%s\"; expected severity%s", row->id,
                       name, buf_str(&known));
    }
    return key->words == NULL ? set_number(&r->numbers[k], key, value, err)
                              : set_words(&r->words[k], key, value, err);
}

static bool stands_before(const struct conf *conf, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(conf_at(conf, k).key, conf_at(conf, i).key) == 0)
            return true;
    }
    return false;
}

/* Entry i of the file: "rule.key" with a value. */
static int take_entry(struct rule_book *book, const struct conf *conf, size_t i,
                      struct err *err)
{
    struct conf_entry e = conf_at(conf, i);
    size_t len = strcspn(e.key, ".");
    size_t rule = find_rule(e.key, len);

    if (e.key[len] == '\0')
        return err_set(err, ERR_INPUT, "\"%s\" stands before the first [rule]",
                       e.key);
    if (rule == RULE_COUNT)
        return err_set(err, ERR_INPUT,
                       "there is no rule [%.*s]; `tefter check --list-rules` "
                       "prints those there are",
                       (int)(len < 100 ? len : 100), e.key);
    if (stands_before(conf, i))
        return err_set(err, ERR_INPUT, "%s is set twice in the file", e.key);
    return set_value(&book->rulings[rule], rule_row(rule), e.key + len + 1,
                     e.value, err);
}

static int apply(struct rule_book *book, const struct conf *conf,
                 const char *name, struct err *err)
{
    for (size_t i = 0; i < conf_count(conf); i++) {
        if (take_entry(book, conf, i, err) != 0)
            return err_add(err, "%s:%u", name, conf_at(conf, i).line);
    }
    return 0;
}

/* --- the built-in file --- */

/* "# What: text", or the next line of it: "#       text". */
static void take_comment(struct buf texts[TEXT_COUNT], enum text *at,
                         const char *line, size_t len)
{
    static const char *const heads[TEXT_COUNT] = {
        "# What: ", "# Why:  ", "# Do:   "};
    const size_t indent = 8; /* of all three, and of the lines after them */

    for (enum text t = TEXT_WHAT; t < TEXT_COUNT; t++) {
        if (len > indent && memcmp(line, heads[t], indent) == 0)
            *at = t;
    }
    if (len <= indent || *at == TEXT_COUNT)
        return;
    if (texts[*at].len > 0)
        buf_puts(&texts[*at], " ");
    buf_add(&texts[*at], line + indent, len - indent);
}

static int keep_texts(struct ruling *r, struct buf texts[TEXT_COUNT],
                      struct err *err)
{
    for (size_t t = 0; t < TEXT_COUNT; t++) {
        r->texts[t] = buf_steal(&texts[t]);
        if (r->texts[t] == NULL)
            return err_set(err, ERR_NOMEM, "rules: out of memory");
    }
    return 0;
}

/* The comment behind "[id]" and before its first key. */
static int read_texts(struct rule_book *book, struct err *err)
{
    for (const char *line = archive_conf; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        size_t rule =
            len > 2 && *line == '[' ? find_rule(line + 1, len - 2) : RULE_COUNT;
        struct buf texts[TEXT_COUNT] = {BUF_INIT, BUF_INIT, BUF_INIT};
        enum text at = TEXT_COUNT;

        line += len + 1;
        if (rule == RULE_COUNT)
            continue;
        for (; *line == '#'; line += len + 1) {
            len = strcspn(line, "\n");
            take_comment(texts, &at, line, len);
        }
        if (keep_texts(&book->rulings[rule], texts, err) != 0)
            return -1;
    }
    return 0;
}

int rule_book_new(struct rule_book **out, struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *book = calloc(1, sizeof(*book));
    CLEANUP(conf_free) struct conf *conf = NULL;

    if (book == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    if (conf_parse(archive_conf, DEFAULT_NAME, &conf, err) != 0 ||
        apply(book, conf, DEFAULT_NAME, err) != 0 || read_texts(book, err) != 0)
        return -1;
    *out = STEAL(book);
    return 0;
}

/* --- an archive's own --- */

/* What a file may change; the texts stay. Words are copied. */
static int copy_rulings(struct rule_book *to, const struct rule_book *from,
                        struct err *err)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        to->rulings[i] = from->rulings[i];
        memset(to->rulings[i].texts, 0, sizeof(to->rulings[i].texts));
        memset(to->rulings[i].words, 0, sizeof(to->rulings[i].words));
    }
    for (size_t i = 0; i < RULE_COUNT; i++) {
        for (size_t k = 0; k < RULE_MAX_KEYS; k++) {
            const char *words = from->rulings[i].words[k];

            if (words == NULL)
                continue;
            to->rulings[i].words[k] = strdup(words);
            if (to->rulings[i].words[k] == NULL)
                return err_set(err, ERR_NOMEM, "rules: out of memory");
        }
    }
    return 0;
}

static void swap_rulings(struct rule_book *a, struct rule_book *b)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        struct ruling was = a->rulings[i];

        a->rulings[i] = b->rulings[i];
        memcpy(a->rulings[i].texts, was.texts, sizeof(was.texts));
        memset(was.texts, 0, sizeof(was.texts));
        b->rulings[i] = was;
    }
}

int rule_book_read(struct rule_book *book, const char *path, struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *next = calloc(1, sizeof(*next));
    CLEANUP(conf_free) struct conf *conf = NULL;

    if (next == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    if (conf_read(path, &conf, err) != 0 ||
        copy_rulings(next, book, err) != 0 || apply(next, conf, path, err) != 0)
        return -1;
    swap_rulings(book, next);
    return 0;
}

/* --- asking --- */

bool rule_is_off(const struct rule_book *book, enum rule rule)
{
    return book->rulings[rule].is_off;
}

enum severity rule_severity(const struct rule_book *book, enum rule rule)
{
    return book->rulings[rule].severity;
}

static size_t key_of(enum rule rule, const char *key)
{
    size_t k = find_key(rule_row(rule), key);

    assert(k < count_keys(rule_row(rule)));
    return k;
}

double rule_number(const struct rule_book *book, enum rule rule,
                   const char *key)
{
    return book->rulings[rule].numbers[key_of(rule, key)];
}

const char *rule_words(const struct rule_book *book, enum rule rule,
                       const char *key)
{
    return book->rulings[rule].words[key_of(rule, key)];
}

bool rule_allows(const struct rule_book *book, enum rule rule, const char *key,
                 const char *word)
{
    return has_word(rule_words(book, rule, key), word, strlen(word));
}

size_t rule_book_count(const struct rule_book *book)
{
    (void)book;
    return RULE_COUNT;
}

struct rule_entry rule_book_entry(const struct rule_book *book, size_t i)
{
    const struct ruling *r = &book->rulings[i];

    return (struct rule_entry){
        .id = rule_row(i)->id,
        .severity = ruling_severity(r),
        .is_fixed = rule_row(i)->is_fixed,
        .what = r->texts[TEXT_WHAT],
        .why = r->texts[TEXT_WHY],
        .what_to_do = r->texts[TEXT_DO],
        .key_count = count_keys(rule_row(i)),
    };
}

struct rule_threshold rule_book_threshold(const struct rule_book *book,
                                          size_t i, size_t key)
{
    return (struct rule_threshold){
        .key = rule_row(i)->keys[key].name,
        .number = book->rulings[i].numbers[key],
        .words = book->rulings[i].words[key],
    };
}
