/* SPDX-License-Identifier: MIT */
/*
 * The administrator's page of prices: those in force, those to come and those
 * that were, and another one: what `tefter price` does. None is changed or
 * removed (access/price.h).
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "access/euro.h"
#include "access/price.h"
#include "common/clock.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* Where its days stand to today: "", "future" or "past". */
static const char *days_of(const struct price *price, const char *today)
{
    if (strcmp(price->from, today) > 0)
        return "future";
    return price->to[0] != '\0' && strcmp(price->to, today) < 0 ? "past" : "";
}

static bool is_same_thing(const struct price *a, const struct price *b)
{
    return strcmp(a->role, b->role) == 0 && strcmp(a->series, b->series) == 0 &&
           strcmp(a->action, b->action) == 0;
}

/* Of the prices for one thing whose days have come the last one counts. */
static bool is_outdone(const struct price *prices, size_t count, size_t i,
                       const char *today)
{
    for (size_t k = i + 1; k < count; k++) {
        if (is_same_thing(&prices[k], &prices[i]) &&
            days_of(&prices[k], today)[0] == '\0')
            return true;
    }
    return false;
}

static void add_price(struct node root, const struct price *prices,
                      size_t count, size_t i, const char *today)
{
    const struct price *p = &prices[i];
    const char *days = days_of(p, today);
    struct node node = model_add(root, "price");
    char sum[EURO_SIZE];

    euro_format(p->cents, sum);
    model_set(node, "role", p->role);
    model_set(node, "series", p->series);
    model_set(node, "what", p->action);
    if (p->cents != 0)
        model_set(node, "euro", sum);
    model_set(node, "from", p->from);
    model_set(node, "to", p->to);
    model_set(node, "state",
              days[0] != '\0'                       ? days
              : is_outdone(prices, count, i, today) ? "outdone"
                                                    : "counts");
}

static int add_choices(struct access *access, struct node root, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list roles = {NULL, 0};
    CLEANUP(access_series_fini) struct series_list series = {NULL, 0};

    if (role_list(&roles, err) != 0 ||
        access_known_series(access, &series, err) != 0)
        return -1;
    for (size_t i = 0; i < roles.count; i++)
        (void)model_text(root, "role", roles.names[i]);
    (void)model_text(root, "series", "*");
    for (size_t i = 0; i < series.count; i++)
        (void)model_text(root, "series", series.names[i]);
    return 0;
}

static int add_prices(struct access *access, struct node root, struct err *err)
{
    CLEANUP(free) struct price *prices = NULL;
    char today[CLOCK_RFC3339_SIZE];
    size_t count = 0;
    int64_t hours;

    if (price_list(access, &prices, &count, err) != 0 ||
        price_window(access, &hours, err) != 0)
        return -1;
    clock_now_rfc3339(today);
    today[DAY_TEXT_SIZE - 1] = '\0';
    model_set(root, "today", today);
    model_setf(root, "hours", "%lld", (long long)hours);
    for (size_t i = count; i > 0; i--)
        add_price(root, prices, count, i - 1, today);
    return 0;
}

/* What was typed into a form that did nothing stands in it again. */
static void add_typed(struct node root, const struct request *request)
{
    static const char *const fields[] = {"chosen-role", "chosen-series", "what",
                                         "sum",         "from",          "to"};
    struct node node = model_add(root, "typed");

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        model_set(node, fields[i], request_form(request, fields[i]));
}

/* @param done  "set", "wrong-sum", "wrong-days", or "" */
static int show(struct web *web, const struct request *request,
                const char *done, struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct access *access = NULL;
    struct node root;

    if (web_access(web, &access, err) != 0 ||
        model_new("prices", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_set(root, "done", done);
    if (strncmp(done, "wrong", strlen("wrong")) == 0)
        add_typed(root, request);
    if (add_choices(access, root, err) != 0 ||
        add_prices(access, root, err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}

int page_prices(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    return show(web, request, "", response, err);
}

/* What stands in no choice of the form, or is too long, was not typed there. */
static bool read_price(const struct request *request, struct price *out)
{
    return request_form_copy(request, "chosen-role", out->role,
                             sizeof(out->role)) &&
           request_form_copy(request, "chosen-series", out->series,
                             sizeof(out->series)) &&
           request_form_copy(request, "what", out->action,
                             sizeof(out->action)) &&
           request_form_copy(request, "from", out->from, sizeof(out->from)) &&
           request_form_copy(request, "to", out->to, sizeof(out->to));
}

/* An empty sum is none; 0 frees the role from paying. */
static int set(struct access *access, const struct request *request,
               const char **done, struct err *err)
{
    struct price price = {.cents = 0};

    *done = "wrong-sum";
    if (euro_parse(request_form(request, "sum"), &price.cents, err) != 0)
        return err->kind == ERR_USAGE ? 0 : -1;
    *done = "wrong-days";
    if (!read_price(request, &price))
        return 0;
    if (price_set(access, &price, err) != 0)
        return err->kind == ERR_USAGE ? 0 : -1;
    *done = "set";
    return 0;
}

int page_price_set_post(struct web *web, const struct request *request,
                        struct response *response, struct err *err)
{
    struct access *access = NULL;
    const char *done = "";

    if (request->is_program)
        return err_set(err, ERR_ABSENT, "prices are set by people");
    if (web_access(web, &access, err) != 0 ||
        set(access, request, &done, err) != 0)
        return -1;
    if (strcmp(done, "set") != 0)
        response->status = 400;
    return show(web, request, done, response, err);
}
