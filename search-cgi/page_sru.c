/* SPDX-License-Identifier: MIT */
/*
 * Search/Retrieve via URL, version 1.2
 * (https://www.loc.gov/standards/sru/sru-1-2.html): pages that the public sees,
 * found by a question in CQL (cql.h), as Dublin Core. Without an operation it
 * is the explain record.
 */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/cql.h"
#include "search-cgi/found_note.h"
#include "search-cgi/harvest.h"
#include "search-cgi/pages.h"
#include "search-cgi/server_address.h"
#include "search-cgi/view.h"

#define RECORDS_USUAL 10
#define RECORDS_MOST  100
#define POSITION_MOST 100000

/* Of SRU, beside those of CQL. */
enum problem {
    PROBLEM_OPERATION = 4,
    PROBLEM_VERSION = 5,
    PROBLEM_VALUE = 6,
    PROBLEM_MISSING = 7,
    PROBLEM_PARAMETER = 8,
    PROBLEM_POSITION = 61,
    PROBLEM_SCHEMA = 66,
    PROBLEM_PACKING = 71,
};

static const struct {
    int number;
    const char *text;
} messages[] = {
    {PROBLEM_OPERATION, "Unsupported operation"},
    {PROBLEM_VERSION, "Unsupported version"},
    {PROBLEM_VALUE, "Unsupported parameter value"},
    {PROBLEM_MISSING, "Mandatory parameter not supplied"},
    {PROBLEM_PARAMETER, "Unsupported Parameter"},
    {CQL_SYNTAX, "Query syntax error"},
    {CQL_INDEX, "Unsupported index"},
    {CQL_RELATION, "Unsupported relation"},
    {CQL_MODIFIER, "Unsupported relation modifier"},
    {CQL_EMPTY, "Empty term unsupported"},
    {CQL_TERM, "Term in invalid format for index or relation"},
    {CQL_BOOLEAN, "Unsupported boolean operator"},
    {CQL_FEATURE, "Query feature unsupported"},
    {PROBLEM_POSITION, "First record position out of range"},
    {PROBLEM_SCHEMA, "Unknown schema for retrieval"},
    {PROBLEM_PACKING, "Unsupported record packing"},
};

struct sru {
    struct node root;
    struct cql cql;
    unsigned first, most; /* records; the first is 1 */
    int64_t total;
    bool failed;
};

static void say(struct sru *s, int number, const char *detail)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        struct node node;

        if (messages[i].number != number)
            continue;
        node = model_text(s->root, "problem", messages[i].text);
        model_setf(node, "number", "%d", number);
        model_set(node, "detail", detail);
    }
    s->failed = true;
}

static bool is_known(const char *name)
{
    static const char *const known[] = {
        "operation",      "version",       "query",        "startRecord",
        "maximumRecords", "recordPacking", "recordSchema", "lang"};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(name, known[i]) == 0)
            return true;
    }
    return strncmp(name, "x-", 2) == 0; /* extensions that nobody knows */
}

static unsigned number(struct sru *s, const struct request *request,
                       const char *name, unsigned usual, unsigned least)
{
    const char *text = request_query(request, name);
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (text[0] == '\0')
        return usual;
    if (*end != '\0' || text[0] == '-' || n < least || n > POSITION_MOST) {
        say(s, PROBLEM_VALUE, name);
        return usual;
    }
    return (unsigned)n;
}

static bool is_one_of(const char *text, const char *a, const char *b)
{
    return text[0] == '\0' || strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

static void check_parameters(struct sru *s, const struct request *request)
{
    const char *version = request_query(request, "version");
    const char *schema = request_query(request, "recordSchema");
    const char *packing = request_query(request, "recordPacking");

    for (size_t i = 0; i < request->query.count; i++) {
        if (!is_known(request->query.items[i].name))
            say(s, PROBLEM_PARAMETER, request->query.items[i].name);
    }
    if (!is_one_of(version, "1.2", "1.1"))
        say(s, PROBLEM_VERSION, "1.2");
    if (!is_one_of(schema, "dc", "info:srw/schema/1/dc-v1.1"))
        say(s, PROBLEM_SCHEMA, schema);
    if (!is_one_of(packing, "xml", "xml"))
        say(s, PROBLEM_PACKING, packing);
}

static void read_question(struct sru *s, const struct request *request)
{
    const char *query = request_query(request, "query");
    enum cql_problem problem;

    s->first = number(s, request, "startRecord", 1, 1);
    s->most = number(s, request, "maximumRecords", RECORDS_USUAL, 0);
    s->most = s->most > RECORDS_MOST ? RECORDS_MOST : s->most;
    if (query[0] == '\0') {
        say(s, PROBLEM_MISSING, "query");
        return;
    }
    problem = cql_read(query, &s->cql);
    if (problem != CQL_FINE)
        say(s, problem, s->cql.detail);
}

static void add_hit(struct sru *s, const struct hit *hit, unsigned position)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct node node;

    for (size_t i = 0; i < hit->snippet_count; i++)
        buf_puts(&text, hit->snippet[i].text);
    node = model_text(s->root, "hit", buf_str(&text));
    model_set(node, "title", hit->title);
    model_set(node, "page", hit->page);
    model_set(node, "volume", hit->volume);
    model_setf(node, "position", "%u", position);
    if (hit->year != 0)
        model_setf(node, "year", "%d", hit->year);
}

static void add_answer(struct sru *s, const struct search_answer *answer)
{
    size_t count = answer->hit_count < s->most ? answer->hit_count : s->most;

    s->total = answer->total;
    for (size_t i = 0; i < count; i++)
        add_hit(s, &answer->hits[i], s->first + (unsigned)i);
    if (answer->total > 0 && answer->hit_count == 0 && s->most > 0)
        say(s, PROBLEM_POSITION, "startRecord");
    if ((int64_t)s->first + (int64_t)count <= answer->total && count > 0)
        model_setf(s->root, "next", "%zu", s->first + count);
}

static int search(struct web *web, const struct request *request, struct sru *s,
                  struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    struct catalogue *catalogue = NULL;
    struct search_request asked = {
        .query = buf_str(&s->cql.query),
        .year_from = s->cql.year_from,
        .year_to = s->cql.year_to,
        .offset = s->first - 1,
        .limit = s->most == 0 ? 1 : s->most,
    };

    if (harvest_scope(web, request, ACTION_SEARCH, &scope, err) != 0)
        return -1;
    if (web_catalogue(web, &catalogue, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    if (search_run(catalogue, &scope.search, &asked, &answer, err) != 0)
        return -1;
    found_note(request, answer, response);
    add_answer(s, answer);
    return 0;
}

/* Of http://host:port what the explain record wants apart. */
static void add_place(struct node root, const char *base)
{
    bool is_secure = strncmp(base, "https:", 6) == 0;
    const char *host = strstr(base, "://");
    size_t len = strcspn(host == NULL ? base : host + 3, ":");

    host = host == NULL ? base : host + 3;
    model_set(root, "transport", is_secure ? "https" : "http");
    model_setf(root, "host", "%.*s", (int)len, host);
    model_set(root, "port",
              host[len] == ':' ? host + len + 1
              : is_secure      ? "443"
                               : "80");
}

static int answer(struct web *web, const struct request *request, struct sru *s,
                  struct response *response, struct err *err)
{
    const char *operation = request_query(request, "operation");

    check_parameters(s, request);
    if (strcmp(operation, "searchRetrieve") != 0) {
        if (!is_one_of(operation, "explain", "explain"))
            say(s, PROBLEM_OPERATION, operation);
        return 0;
    }
    model_set(s->root, "operation", operation);
    read_question(s, request);
    return s->failed ? 0 : search(web, request, s, response, err);
}

int page_sru(struct web *web, const struct request *request,
             struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    const struct archive *archive = NULL;
    struct sru s = {.cql = CQL_INIT};
    int rc;

    if (model_new("sru", web, request, &model, err) != 0 ||
        server_address(web, request, &base, err) != 0 ||
        web_archive(web, &archive, err) != 0)
        return -1;
    s.root = model_root(model);
    model_set(s.root, "base", buf_str(&base));
    model_set(s.root, "title", conf_text(archive->conf, "web.name", "Tefter"));
    add_place(s.root, buf_str(&base));
    rc = answer(web, request, &s, response, err);
    model_setf(s.root, "total", "%lld", (long long)s.total);
    if (rc == 0 && s.cql.query.failed)
        rc = err_set(err, ERR_NOMEM, "question: out of memory");
    cql_fini(&s.cql);
    return rc != 0 ? -1
                   : view_render_xml(web, request, model,
                                     "text/xml; charset=utf-8", response, err);
}
