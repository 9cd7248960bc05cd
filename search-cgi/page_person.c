/* SPDX-License-Identifier: MIT */
/*
 * For the auditor: everyone who has seen a person's record. That he asked is in
 * the trail itself.
 */
#include "search-cgi/disclosed.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

#define MS_IN_S 1000

static void add_entry(struct node parent, const struct audit_entry *e)
{
    struct node node = model_add(parent, "entry");
    char at[CLOCK_RFC3339_SIZE];

    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    model_setf(node, "seq", "%lld", (long long)e->seq);
    model_set(node, "at", at);
    model_set(node, "how", disclosed_how(e));
    model_set(node, "who", e->who);
    model_set(node, "organisation", e->organisation);
    model_set(node, "role", e->role);
    model_set(node, "ground", e->ground);
    model_set(node, "origin", e->origin);
}

static int show(struct web *web, const struct request *request,
                const struct disclosed_list *list, struct response *response,
                struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;
    struct node root;

    if (model_new("person", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    request_link(request, &(struct link_change){"format", "csv"}, 1, &csv);
    model_set(root, "q", request_query(request, "q"));
    model_set(root, "csv", buf_str(&csv));
    if (list->is_cut)
        model_set(root, "cut", "yes");
    for (size_t i = 0; i < list->count; i++) {
        struct node record = model_add(root, "record");

        model_set(record, "id", list->items[i].record);
        for (size_t e = 0; e < list->items[i].entries.count; e++)
            add_entry(record, &list->items[i].entries.items[e]);
    }
    return view_render(web, request, model, response, err);
}

int page_person(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(disclosed_fini) struct disclosed_list list = DISCLOSED_INIT;
    const struct audit_filter days = {.kind = NULL};
    const char *person = request_query(request, "q");
    struct disclosed_places at = {NULL, NULL, NULL};

    if (person[0] == '\0')
        return show(web, request, &list, response, err);
    if (web_catalogue(web, &at.catalogue, err) != 0 ||
        web_store(web, &at.store, err) != 0 ||
        web_access(web, &at.access, err) != 0 ||
        disclosed_find(&at, person, &days, &list, err) != 0)
        return -1;
    buf_printf(&response->shown, "records=%zu person=%s", list.count, person);
    if (!request_wants_csv(request))
        return show(web, request, &list, response, err);
    response_csv(response, "disclosed.csv");
    return disclosed_csv(&list, &response->body, err);
}
