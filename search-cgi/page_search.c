/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/found_note.h"
#include "search-cgi/hit_places.h"
#include "search-cgi/pages.h"
#include "search-cgi/strip.h"
#include "search-cgi/view.h"

#define HITS_A_PAGE 20
#define LAST_PAGE   500
#define LAST_YEAR   9999

/* What the address asks for. Borrows from the request. */
struct question {
    struct search_request search;
    long page;       /* of hits, from 1 */
    bool is_started; /* words or a filter are given */
};

/* An empty field of the form is no filter. */
static const char *filter(const struct request *request, const char *name)
{
    const char *value = request_query(request, name);

    return value[0] == '\0' ? NULL : value;
}

/* What is no mode is none that was chosen. */
static enum search_mode read_mode(const char *name)
{
    for (int mode = 0; mode < SEARCH_MODES; mode++)
        if (strcmp(name, search_mode_name((enum search_mode)mode)) == 0)
            return (enum search_mode)mode;
    return SEARCH_AUTO;
}

static struct question read_question(const struct request *r)
{
    struct question q = {.page = request_number(r, "page", 1, LAST_PAGE, 1)};

    q.search = (struct search_request){
        .query = request_query(r, "q"),
        .site = filter(r, "site"),
        .series = filter(r, "series"),
        .volume = filter(r, "volume"),
        .year_from = (int)request_number(r, "from", 1, LAST_YEAR, 0),
        .year_to = (int)request_number(r, "to", 1, LAST_YEAR, 0),
        .offset = (unsigned)(q.page - 1) * HITS_A_PAGE,
        .limit = HITS_A_PAGE,
        .mode = read_mode(request_query(r, "match")),
    };
    q.is_started = q.search.query[strspn(q.search.query, " \t")] != '\0' ||
                   q.search.site != NULL || q.search.series != NULL ||
                   q.search.volume != NULL || q.search.year_from != 0 ||
                   q.search.year_to != 0;
    return q;
}

/* A filter that no field of the form shows, and the address without it. */
static void add_filter(struct node root, const struct request *r,
                       const char *name)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;
    struct link_change without[2] = {{name, NULL}, {"page", NULL}};
    struct node node;

    if (filter(r, name) == NULL)
        return;
    request_link(r, without, 2, &link);
    node = model_text(root, "filter", filter(r, name));
    model_set(node, "name", name);
    model_set(node, "href", buf_str(&link));
}

/* A year that is none is no filter; the page says so, and shows what was typed.
 */
static void add_year(struct node root, const struct request *r,
                     const char *name, int year)
{
    const char *typed = request_query(r, name);

    if (typed[0] == '\0')
        return;
    model_set(root, name, typed);
    if (year == 0)
        model_set(model_text(root, "no-year", typed), "name", name);
}

static int check_years(const struct request *r, const struct question *q,
                       struct err *err)
{
    const char *from = request_query(r, "from");
    const char *to = request_query(r, "to");

    if ((from[0] != '\0' && q->search.year_from == 0) ||
        (to[0] != '\0' && q->search.year_to == 0))
        return err_set(err, ERR_INPUT, "from=%s to=%s: years from 1 to %d",
                       from, to, LAST_YEAR);
    return 0;
}

static bool is_listed(const struct series_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

/* Each series that hits may come from, once: of whole series, and of single
 * volumes, which come by series. */
static void add_series(struct node root, const struct scope *scope)
{
    struct volume_id last = {.series = ""};

    for (size_t i = 0; i < scope->list.count; i++)
        (void)model_text(root, "series", scope->list.names[i]);
    for (size_t i = 0; i < scope->volumes.count; i++) {
        struct volume_id id;
        struct err err;

        if (volume_id_parse(scope->volumes.names[i], &id, &err) != 0 ||
            strcmp(id.series, last.series) == 0 ||
            is_listed(&scope->list, id.series))
            continue;
        (void)model_text(root, "series", id.series);
        last = id;
    }
}

static void add_question(struct node root, const struct request *r,
                         const struct scope *scope, const struct question *q)
{
    model_set(root, "query", request_query(r, "q"));
    model_set(root, "series", request_query(r, "series"));
    model_set(root, "match", search_mode_name(q->search.mode));
    model_set(root, "started", q->is_started ? "yes" : "no");
    add_year(root, r, "from", q->search.year_from);
    add_year(root, r, "to", q->search.year_to);
    add_filter(root, r, "site");
    add_filter(root, r, "volume");
    add_series(root, scope);
}

/* Why it is a hit, where that is not plain to see: a word stands in another
 * form, or in a field. */
static void add_reason(struct node parent, const struct hit_reason *reason)
{
    struct node node;

    if (reason->grade == MATCH_EXACT && reason->field[0] == '\0')
        return;
    node = model_add(parent, "reason");
    model_set(node, "typed", reason->typed);
    model_set(node, "written", reason->written);
    model_set(node, "grade", match_grade_name(reason->grade));
}

static void add_problems(struct node parent, const struct search_answer *answer)
{
    for (size_t i = 0; i < answer->problem_count; i++) {
        struct node node = model_add(parent, "problem");

        model_set(node, "kind", query_problem_name(answer->problems[i].kind));
        model_setf(node, "position", "%zu", answer->problems[i].position);
    }
}

/* The line of what was found, where that may be read before the page is opened:
 * personal numbers stand on it as they are. Else the whole page, too small to
 * be read. */
static void add_picture(struct node node, const struct hit *hit, bool may_read)
{
    const struct upright upright = {hit->mirrored, hit->turn_cw_deg};
    bool sideways = hit->turn_cw_deg % 180 != 0;
    struct rect strip = strip_of(hit->boxes, hit->box_count, sideways);

    if (!may_read || strip.w == 0) {
        address_picture(node, "image", hit->page, upright, THUMBNAIL_PX);
        return;
    }
    address_strip(node, "strip", hit->page, upright, strip, STRIP_WIDTH_PX);
    model_setf(node, "strip-width", "%d", sideways ? strip.h : strip.w);
    model_setf(node, "strip-height", "%d", sideways ? strip.w : strip.h);
}

/* The picture is part of what is paid for. */
static int add_picture_or_price(struct web *web, const struct request *r,
                                struct node node, const struct scope *whole,
                                const struct hit *hit, struct err *err)
{
    bool sees = scope_has(whole, hit->volume);
    const char *id = sees ? hit->page : hit->record;
    struct gate gate = {.state = GATE_FREE};

    if (id[0] != '\0') {
        if (web_gate(web, r, id, &gate, err) != 0)
            return -1;
        model_set_price(node, &gate);
    }
    if (sees && (gate.state == GATE_FREE || gate.state == GATE_PAID))
        add_picture(node, hit,
                    !whole->search.masks_numbers || gate.state == GATE_PAID);
    return 0;
}

/* Where it is opened: the page, or, of who may see rows alone, the row. */
static void add_hit_link(struct node node, const struct hit *hit, bool sees,
                         const char *query)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;
    struct item item;

    if (sees || !item_parse(hit->record, &item)) {
        address_page_link(node, "href", hit->page, query);
        return;
    }
    address_item_path(&item, query, &link);
    model_set(node, "href", buf_str(&link));
}

/* @param whole  what the reader may see whole pages of */
static int add_hit(struct web *web, const struct request *r, struct node parent,
                   const struct scope *whole, const struct hit *hit,
                   const char *query, struct err *err)
{
    struct node node = model_add(parent, "hit");
    bool sees = scope_has(whole, hit->volume);

    model_set(node, "page", hit->page);
    model_set(node, "volume", hit->volume);
    model_setf(node, "volume-href", "/volume/%s", hit->volume);
    model_set(node, "site", hit->site);
    model_set(node, "series", hit->series);
    model_setf(node, "number", "%u", hit->number);
    model_set(node, "title", hit->title);
    if (hit->year != 0)
        model_setf(node, "year", "%d", hit->year);
    add_hit_link(node, hit, sees, query);
    if (hit->record[0] != '\0')
        model_set(node, "record", strrchr(hit->record, '/') + 2);
    for (size_t i = 0; i < hit->reason_count; i++)
        add_reason(node, &hit->reasons[i]);
    if (hit->lacks != NULL)
        model_set(node, "lacks", hit->lacks);
    for (size_t i = 0; i < hit->snippet_count; i++) {
        struct node part = model_text(node, "part", hit->snippet[i].text);

        if (hit->snippet[i].is_hit)
            model_set(part, "hit", "yes");
    }
    return add_picture_or_price(web, r, node, whole, hit, err);
}

/* The address with this value of the facet chosen, or, when it is already,
 * with the choice taken back. A decade is the years from to to. */
static void add_facet_link(struct node node, const struct request *r,
                           const char *facet, const char *value)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;
    bool is_decade = strcmp(facet, "decade") == 0;
    bool chosen =
        strcmp(request_query(r, is_decade ? "from" : facet), value) == 0;
    char last_year[16];
    struct link_change change[3] = {
        {is_decade ? "from" : facet, chosen ? NULL : value},
        {"page", NULL},
        {"to", chosen ? NULL : last_year},
    };

    (void)snprintf(last_year, sizeof(last_year), "%d", atoi(value) + 9);
    request_link(r, change, is_decade ? 3 : 2, &link);
    model_set(node, "href", buf_str(&link));
    if (chosen)
        model_set(node, "chosen", "yes");
}

static void add_facet(struct node parent, const struct request *r,
                      const struct facet *facet)
{
    struct node node = model_add(parent, "facet");

    model_set(node, "name", facet->name);
    for (size_t i = 0; i < facet->count; i++) {
        struct node value = model_text(node, "value", facet->values[i].value);

        model_setf(value, "count", "%lld", (long long)facet->values[i].count);
        add_facet_link(value, r, facet->name, facet->values[i].value);
    }
}

static void add_coverage(struct node parent, const struct coverage *c)
{
    struct node node = model_add(parent, "coverage");

    model_setf(node, "volumes", "%lld", (long long)c->volumes);
    model_setf(node, "pages", "%lld", (long long)c->pages);
    model_setf(node, "with-text", "%lld", (long long)c->pages_with_text);
    model_setf(node, "blank", "%lld", (long long)c->pages_blank);
    model_setf(node, "without-text", "%lld", (long long)c->pages_without_text);
    model_setf(node, "unread", "%lld", (long long)c->volumes_unread);
    model_setf(node, "ocr", "%lld", (long long)c->volumes_ocr);
    model_setf(node, "keyed", "%lld", (long long)c->volumes_keyed);
    model_setf(node, "verified", "%lld", (long long)c->volumes_verified);
}

static void add_paging_link(struct node node, const char *name,
                            const struct request *r, long page)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;
    char number[24];
    struct link_change change = {"page", number};

    (void)snprintf(number, sizeof(number), "%ld", page);
    request_link(r, &change, 1, &link);
    model_set(node, name, buf_str(&link));
}

static void add_paging(struct node parent, const struct request *r,
                       const struct question *q,
                       const struct search_answer *answer)
{
    struct node node = model_add(parent, "paging");
    int64_t first = q->search.offset;
    int64_t last = first + (int64_t)answer->hit_count;

    model_setf(node, "first", "%lld", (long long)first + 1);
    model_setf(node, "last", "%lld", (long long)last);
    if (q->page > 1)
        add_paging_link(node, "previous", r, q->page - 1);
    if (answer->hit_count == HITS_A_PAGE && q->page < LAST_PAGE &&
        (last < answer->total || !answer->total_is_exact))
        add_paging_link(node, "next", r, q->page + 1);
}

static int add_answer(struct web *web, struct node root,
                      const struct request *r, const struct scope *whole,
                      const struct question *q,
                      const struct search_answer *answer, struct err *err)
{
    struct node node = model_add(root, "answer");

    model_setf(node, "total", "%lld", (long long)answer->total);
    model_set(node, "exact", answer->total_is_exact ? "yes" : "no");
    model_set(node, "late", answer->timed_out ? "yes" : "no");
    add_problems(node, answer);
    for (size_t i = 0; i < sizeof(answer->facets) / sizeof(*answer->facets);
         i++)
        add_facet(node, r, &answer->facets[i]);
    add_coverage(node, &answer->coverage);
    add_paging(node, r, q, answer);
    for (size_t i = 0; q->is_started && i < answer->hit_count; i++) {
        if (add_hit(web, r, node, whole, &answer->hits[i], q->search.query,
                    err) != 0)
            return -1;
    }
    return 0;
}

static int run(struct web *web, const struct scope *scope,
               const struct question *q, struct search_answer **out,
               struct err *err)
{
    struct catalogue *catalogue = NULL;
    struct search_request request = q->search;

    if (web_catalogue(web, &catalogue, err) != 0)
        return -1;
    request.is_gone = web_client_is_gone;
    request.gone_arg = web;
    return search_run(catalogue, &scope->search, &request, out, err);
}

static int show(struct web *web, const struct request *request,
                const struct scope *scope, const struct scope *whole,
                const struct question *q, const struct search_answer *answer,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("search", web, request, &model, err) != 0)
        return -1;
    add_question(model_root(model), request, scope, q);
    if (answer != NULL &&
        add_answer(web, model_root(model), request, whole, q, answer, err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}

int page_search(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(scope_fini) struct scope whole = SCOPE_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    struct question question = read_question(request);

    if (request->wanted == AS_JSON && check_years(request, &question, err) != 0)
        return -1;
    if (web_scope(web, request, ACTION_SEARCH, &scope, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &whole, err) != 0)
        return -1;
    scope.search.whole = &whole.search;
    /* No catalogue: an archive into which nothing was taken yet. */
    if (run(web, &scope, &question, &answer, err) != 0 &&
        (err->kind != ERR_ABSENT || request->wanted == AS_JSON))
        return -1;
    if (question.is_started || request->wanted == AS_JSON)
        found_note(request, answer, response);
    if (answer != NULL &&
        hit_places_withhold(web, request, &whole, answer, err) != 0)
        return -1;
    if (request->wanted != AS_JSON)
        return show(web, request, &scope, &whole, &question, answer, response,
                    err);
    if (search_answer_to_json(answer, &json, err) != 0)
        return -1;
    return response_json(response, json, err);
}
