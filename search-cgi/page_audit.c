/* SPDX-License-Identifier: MIT */
#include "access/audit.h"

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

#define ENTRIES_SHOWN 200
#define MS_IN_S       1000

/* An empty field of the form is no condition. */
static const char *condition(const struct request *request, const char *name)
{
    const char *value = request_query(request, name);

    return value[0] == '\0' ? NULL : value;
}

static void add_entry(struct node root, const struct audit_entry *e)
{
    struct node node = model_add(root, "entry");
    char at[CLOCK_RFC3339_SIZE];

    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    model_setf(node, "seq", "%lld", (long long)e->seq);
    model_set(node, "at", at);
    model_set(node, "kind", e->kind);
    model_set(node, "who", e->who);
    model_set(node, "role", e->role);
    model_set(node, "origin", e->origin);
    model_set(node, "subject", e->subject);
    model_set(node, "detail", e->detail);
    model_set(node, "ground", e->ground);
}

static void add_form(struct node root, const struct request *request)
{
    model_set(root, "who", request_query(request, "who"));
    model_set(root, "about", request_query(request, "about"));
    model_set(root, "ground", request_query(request, "ground"));
    model_set(root, "kind", request_query(request, "kind"));
    for (int k = 0; k < AUDIT_KIND_COUNT; k++)
        model_set(model_add(root, "kind"), "name",
                  audit_kind_name((enum audit_kind)k));
}

int page_audit(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    CLEANUP(model_free) struct model *model = NULL;
    const struct audit_filter filter = {
        .kind = condition(request, "kind"),
        .who = condition(request, "who"),
        .about = condition(request, "about"),
        .ground = condition(request, "ground"),
        .limit = ENTRIES_SHOWN,
    };
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0 ||
        audit_list(access, &filter, &list, err) != 0 ||
        model_new("audit", web, request, &model, err) != 0)
        return -1;
    add_form(model_root(model), request);
    for (size_t i = list.count; i > 0; i--)
        add_entry(model_root(model), &list.items[i - 1]);
    return view_render(web, request, model, response, err);
}
