/* SPDX-License-Identifier: MIT */
#include "access/audit.h"

#include <time.h>

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
    model_set(node, "organisation", e->organisation);
}

static const char *const texts[] = {"who",   "organisation", "role", "origin",
                                    "about", "ground",       "kind"};

static void add_form(struct node root, const struct request *request)
{
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        model_set(root, texts[i], request_query(request, texts[i]));
    model_set(root, "since", request_query(request, "since"));
    model_set(root, "until", request_query(request, "until"));
    request_link(request, &(struct link_change){"format", "csv"}, 1, &csv);
    model_set(root, "csv", buf_str(&csv));
    for (int k = 0; k < AUDIT_KIND_COUNT; k++)
        model_set(model_add(root, "kind"), "name",
                  audit_kind_name((enum audit_kind)k));
}

/* The first moment of a day in UTC, so many days later; 0: none was named. */
static int read_day(const struct request *request, const char *name, int later,
                    int64_t *out, struct err *err)
{
    const char *text = request_query(request, name);
    struct tm day = {.tm_year = 0};
    const char *end = strptime(text, "%Y-%m-%d", &day);

    *out = 0;
    if (text[0] == '\0')
        return 0;
    if (end == NULL || *end != '\0')
        return err_set(err, ERR_USAGE, "'%.20s': a day is expected", text);
    day.tm_mday += later;
    *out = (int64_t)timegm(&day) * MS_IN_S;
    return 0;
}

/* A page of the latest; all of them as a file. */
static int read_filter(const struct request *request, struct audit_filter *out,
                       struct err *err)
{
    *out = (struct audit_filter){
        .kind = condition(request, "kind"),
        .who = condition(request, "who"),
        .role = condition(request, "role"),
        .organisation = condition(request, "organisation"),
        .origin = condition(request, "origin"),
        .about = condition(request, "about"),
        .ground = condition(request, "ground"),
        .limit = request_wants_csv(request) ? 0 : ENTRIES_SHOWN,
    };
    return read_day(request, "since", 0, &out->since_utc_ms, err) != 0
               ? -1
               : read_day(request, "until", 1, &out->until_utc_ms, err);
}

static int show(struct web *web, const struct request *request,
                const struct audit_list *list, struct response *response,
                struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("audit", web, request, &model, err) != 0)
        return -1;
    add_form(model_root(model), request);
    for (size_t i = list->count; i > 0; i--)
        add_entry(model_root(model), &list->items[i - 1]);
    return view_render(web, request, model, response, err);
}

int page_audit(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    struct audit_filter filter;
    struct access *access = NULL;

    if (read_filter(request, &filter, err) != 0 ||
        web_access(web, &access, err) != 0 ||
        audit_list(access, &filter, &list, err) != 0)
        return -1;
    if (!request_wants_csv(request))
        return show(web, request, &list, response, err);
    response_csv(response, "audit.csv");
    buf_printf(&response->shown, "entries=%zu as=csv", list.count);
    return audit_csv(&list, &response->body, err);
}
