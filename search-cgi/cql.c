/* SPDX-License-Identifier: MIT */
#include "search-cgi/cql.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_TOKEN 1024

enum kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_SIGN };

struct token {
    enum kind kind;
    char text[MAX_TOKEN];
};

struct reader {
    const char *at;
    struct token token; /* the next one */
    struct cql *out;
    enum cql_problem problem;
    char boolean; /* in front of the clause: 'a' and, 'o' or, 'n' not; 0 */
    bool has_and; /* an or would now bind closer than it is meant to     */
    bool was_date;
};

void cql_fini(struct cql *cql)
{
    buf_fini(&cql->query);
}

static void fail(struct reader *r, enum cql_problem problem, const char *detail)
{
    if (r->problem != CQL_FINE)
        return;
    r->problem = problem;
    (void)snprintf(r->out->detail, sizeof(r->out->detail), "%.63s", detail);
}

/* --- tokens (CQL 1.2, BNF) --- */

static bool is_sign(char c)
{
    return c != '\0' && strchr("()=<>/", c) != NULL;
}

static void add_char(struct reader *r, size_t *len, char c)
{
    if (*len + 1 < MAX_TOKEN)
        r->token.text[(*len)++] = c;
    else
        fail(r, CQL_SYNTAX, "a term is too long");
}

static void read_quoted(struct reader *r)
{
    size_t len = 0;

    r->token.kind = TOKEN_QUOTED;
    for (r->at++; *r->at != '"' && *r->at != '\0'; r->at++) {
        if (*r->at == '\\' && r->at[1] != '\0')
            r->at++;
        add_char(r, &len, *r->at);
    }
    r->token.text[len] = '\0';
    if (*r->at == '\0')
        fail(r, CQL_SYNTAX, "a quotation mark is not closed");
    else
        r->at++;
}

static void read_sign(struct reader *r)
{
    size_t len = 0;

    r->token.kind = TOKEN_SIGN;
    add_char(r, &len, *r->at++);
    while (len == 1 && strchr("=<>", r->token.text[0]) != NULL &&
           (*r->at == '=' || (*r->at == '>' && r->token.text[0] == '<')))
        add_char(r, &len, *r->at++);
    r->token.text[len] = '\0';
}

static void next(struct reader *r)
{
    size_t len = 0;

    while (isspace((unsigned char)*r->at))
        r->at++;
    r->token.kind = TOKEN_END;
    r->token.text[0] = '\0';
    if (*r->at == '"') {
        read_quoted(r);
    } else if (is_sign(*r->at)) {
        read_sign(r);
    } else if (*r->at != '\0') {
        r->token.kind = TOKEN_WORD;
        while (*r->at != '\0' && !isspace((unsigned char)*r->at) &&
               !is_sign(*r->at) && *r->at != '"')
            add_char(r, &len, *r->at++);
        r->token.text[len] = '\0';
    }
}

static bool is_word(const struct reader *r, const char *word)
{
    return r->token.kind == TOKEN_WORD && strcasecmp(r->token.text, word) == 0;
}

/* --- terms --- */

/* Letters and digits, perhaps a * behind: a word of ours, too. */
static bool is_plain(const char *word)
{
    size_t len = strlen(word);

    if (len > 1 && word[len - 1] == '*')
        len--;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)word[i]) && (unsigned char)word[i] < 0x80)
            return false;
    }
    return len > 0 && strcasecmp(word, "or") != 0;
}

static void add_phrase(struct buf *out, const char *text)
{
    buf_puts(out, "\"");
    for (; *text != '\0'; text++) {
        if (*text != '"')
            buf_add(out, text, 1);
    }
    buf_puts(out, "\"");
}

/* Each word of the term by itself, with this between them. */
static void add_words(struct buf *out, const char *term, const char *between)
{
    char word[MAX_TOKEN];
    bool is_first = true;

    while (*term != '\0') {
        size_t len = strcspn(term, " \t");

        if (len > 0) {
            (void)snprintf(word, sizeof(word), "%.*s", (int)len, term);
            buf_puts(out, is_first ? "" : between);
            if (is_plain(word))
                buf_puts(out, word);
            else
                add_phrase(out, word);
            is_first = false;
        }
        term += len + (term[len] != '\0');
    }
}

/* Of several words each by itself. Ours has no brackets to put round them. */
static void add_list(struct reader *r, bool is_all, const char *term)
{
    bool is_several = strpbrk(term, " \t") != NULL;

    if (is_several && (r->boolean == 'n' || (is_all && r->boolean == 'o')))
        fail(r, CQL_FEATURE, "several words behind this boolean");
    add_words(&r->out->query, term, is_all ? " " : " OR ");
    r->has_and = r->has_and || (is_all && is_several);
}

static void add_term(struct reader *r, const char *relation, const char *term)
{
    struct buf *out = &r->out->query;

    if (strcasecmp(relation, "any") == 0 || strcasecmp(relation, "all") == 0)
        add_list(r, relation[1] == 'l' || relation[1] == 'L', term);
    else if (strcmp(relation, "==") == 0 ||
             strcasecmp(relation, "exact") == 0 || strpbrk(term, " \t") != NULL)
        add_phrase(out, term);
    else
        add_words(out, term, " ");
}

static bool read_year(const char **at, int *out)
{
    char *end;
    long year = strtol(*at, &end, 10);

    if (end - *at != 4 || year < 1)
        return false;
    *out = (int)year;
    *at = end;
    return true;
}

static void narrow(struct cql *out, int from, int to)
{
    if (from > out->year_from)
        out->year_from = from;
    if (to != 0 && (out->year_to == 0 || to < out->year_to))
        out->year_to = to;
}

static void add_years(struct reader *r, const char *relation, const char *term)
{
    const char *at = term;
    int year, last;

    if (!read_year(&at, &year)) {
        fail(r, CQL_TERM, term);
        return;
    }
    if (strcasecmp(relation, "within") == 0) {
        if (*at != ' ' || (at++, !read_year(&at, &last)))
            fail(r, CQL_TERM, term);
        else
            narrow(r->out, year, last);
    } else if (strcmp(relation, "<") == 0 || strcmp(relation, "<=") == 0) {
        narrow(r->out, 0, relation[1] == '=' ? year : year - 1);
    } else if (strcmp(relation, ">") == 0 || strcmp(relation, ">=") == 0) {
        narrow(r->out, relation[1] == '=' ? year : year + 1, 0);
    } else if (strcmp(relation, "<>") == 0) {
        fail(r, CQL_RELATION, relation);
    } else {
        narrow(r->out, year, year);
    }
    if (*at != '\0')
        fail(r, CQL_TERM, term);
}

/* --- clauses --- */

static bool is_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcasecmp(name, *list) == 0)
            return true;
    }
    return false;
}

static const char *const text_indexes[] = {
    "cql.serverChoice", "cql.anywhere", "cql.keywords", "cql.anyIndexes", NULL};
static const char *const date_indexes[] = {"dc.date", "date", NULL};
static const char *const text_relations[] = {"=",   "==",  "exact", "all",
                                             "any", "scr", NULL};
static const char *const all_relations[] = {
    "=", "==", "exact", "all", "any", "scr", "within",
    "<", "<=", ">",     ">=",  "<>",  NULL};

static void end_clause(struct reader *r, const char *index,
                       const char *relation, const char *term)
{
    bool is_date = is_of(index, date_indexes);

    if (!is_date && !is_of(index, text_indexes))
        fail(r, CQL_INDEX, index);
    else if (!is_of(relation, is_date ? all_relations : text_relations))
        fail(r, CQL_RELATION, relation);
    else if (term[0] == '\0')
        fail(r, CQL_EMPTY, index);
    else if (is_date && r->boolean != 0 && r->boolean != 'a')
        fail(r, CQL_FEATURE, "years are a filter: and them");
    else if (is_date)
        add_years(r, relation, term);
    else
        add_term(r, relation, term);
    r->was_date = is_date;
}

/* [index relation] term; the relation may be a word or a sign. */
static void read_clause(struct reader *r)
{
    char first[MAX_TOKEN], relation[MAX_TOKEN];
    bool is_quoted = r->token.kind == TOKEN_QUOTED;

    if (r->token.kind == TOKEN_SIGN && strchr("()", r->token.text[0]) != NULL) {
        fail(r, CQL_FEATURE, "brackets");
        return;
    }
    if (r->token.kind == TOKEN_END || r->token.kind == TOKEN_SIGN) {
        fail(r, CQL_SYNTAX, "a term is missing");
        return;
    }
    memcpy(first, r->token.text, sizeof(first));
    next(r);
    if (is_quoted || r->token.kind == TOKEN_END ||
        !(r->token.kind == TOKEN_SIGN || is_of(r->token.text, all_relations))) {
        end_clause(r, "cql.serverChoice", "=", first);
        return;
    }
    memcpy(relation, r->token.text, sizeof(relation));
    next(r);
    if (r->token.kind == TOKEN_SIGN)
        fail(r, strcmp(r->token.text, "/") == 0 ? CQL_MODIFIER : CQL_SYNTAX,
             r->token.text);
    else if (r->token.kind == TOKEN_END)
        fail(r, CQL_SYNTAX, "a term is missing");
    else
        end_clause(r, first, relation, r->token.text);
    next(r);
}

static void read_boolean(struct reader *r)
{
    struct buf *out = &r->out->query;

    if (is_word(r, "or") && (r->has_and || r->was_date)) {
        fail(r, CQL_FEATURE, "an or behind an and, a not, or years");
    } else if (is_word(r, "or")) {
        buf_puts(out, " OR ");
        r->boolean = 'o';
    } else if (is_word(r, "and") || is_word(r, "not")) {
        r->boolean = is_word(r, "not") ? 'n' : 'a';
        buf_puts(out, r->boolean == 'n' ? " -" : " ");
        r->has_and = true;
    } else {
        fail(r, is_word(r, "prox") ? CQL_BOOLEAN : CQL_SYNTAX, r->token.text);
    }
    next(r);
}

enum cql_problem cql_read(const char *text, struct cql *out)
{
    struct reader r = {.at = text, .out = out, .problem = CQL_FINE};

    next(&r);
    read_clause(&r);
    while (r.problem == CQL_FINE && r.token.kind != TOKEN_END) {
        read_boolean(&r);
        if (r.problem == CQL_FINE)
            read_clause(&r);
    }
    return r.problem;
}
