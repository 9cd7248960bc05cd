/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "access/gateway.h"
#include "common/log.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* @param role  whose; NULL: everybody's */
static int add_rights(struct web *web, const char *role, struct node root,
                      struct err *err)
{
    CLEANUP(free) struct right *rights = NULL;
    struct access *access = NULL;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        access_rights_list(access, &rights, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node right;

        if (role != NULL && strcmp(rights[i].role, role) != 0)
            continue;
        right = model_add(root, "right");
        model_set(right, "role", rights[i].role);
        model_set(right, "series", rights[i].series);
        model_set(right, "action", rights[i].action);
        model_set(right, "condition", rights[i].condition);
    }
    return 0;
}

/* On what document he has his role, and for which days: his own, or his
 * organisation's. */
static int add_office(struct web *web, const struct request *request,
                      struct node root, struct err *err)
{
    struct appointment office;
    struct access *access = NULL;
    struct node node;

    if (web_access(web, &access, err) != 0 ||
        account_office(access, &request->account, &office, err) != 0)
        return -1;
    if (office.document[0] == '\0')
        return 0;
    node = model_add(root, "office");
    model_set(node, "from", office.from);
    model_set(node, "to", office.to);
    model_set(node, "document", office.document);
    return 0;
}

#define ENTRIES_SHOWN 50

/* Does opening something cost his role anything? */
static int has_price(struct access *access, const char *role, bool *out,
                     struct err *err)
{
    CLEANUP(free) struct price *prices = NULL;
    size_t count = 0;

    if (price_list(access, &prices, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        *out = *out || strcmp(prices[i].role, role) == 0;
    return 0;
}

/* How he pays, what he has, and the latest entries; nothing for who never had
 * to do with money. */
static int add_money(struct web *web, const struct request *request,
                     struct node root, struct err *err)
{
    CLEANUP(ledger_list_fini) struct ledger_list list = {NULL, 0};
    const char *payer = account_payer(&request->account);
    const struct ledger_filter filter = {.payer = payer,
                                         .limit = ENTRIES_SHOWN};
    struct access *access = NULL;
    struct statement statement = STATEMENT_INIT;
    struct terms terms;
    char sum[EURO_SIZE], now[CLOCK_RFC3339_SIZE];
    const struct archive *archive = NULL;
    struct gateway gateway;
    struct node money;
    bool pays = false;
    int64_t has;

    /* What an organisation pays for is no business of who is not of it now. */
    if (request->account.id == 0 ||
        strcmp(request->account.role, ROLE_NONE) == 0)
        return 0;
    if (web_access(web, &access, err) != 0 ||
        ledger_settle(access, NULL, err) != 0 ||
        terms_find(access, payer, &terms, err) != 0 ||
        ledger_balance(access, payer, &has, err) != 0 ||
        has_price(access, request->account.role, &pays, err) != 0 ||
        web_archive(web, &archive, err) != 0 ||
        ledger_list(access, &filter, &list, err) != 0)
        return -1;
    if (list.count == 0 && terms.kind == TERMS_PREPAID && !pays)
        return 0;
    money = model_add(root, "money");
    clock_now_rfc3339(now);
    euro_format(has, sum);
    model_set(money, "balance", sum);
    model_set(money, "terms", terms_kind_name(terms.kind));
    model_setf(money, "month", "%.7s", now);
    if (gateway_read(archive->conf, archive->access, &gateway, err) == 0)
        model_set(money, "card", "yes");
    else if (err->kind != ERR_ABSENT)
        log_error("gateway: %s", err->msg);
    euro_format(terms.limit_cents, sum);
    if (terms.kind == TERMS_POSTPAID)
        model_set(money, "limit", sum);
    (void)snprintf(statement.payer, sizeof(statement.payer), "%s", payer);
    for (size_t i = list.count; i > 0; i--)
        page_add_entry(money, &statement, &list.items[i - 1]);
    return 0;
}

int page_account(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct access *access = NULL;

    if (model_new("account", web, request, &model, err) != 0 ||
        add_office(web, request, model_root(model), err) != 0 ||
        add_rights(web, request->account.role, model_root(model), err) != 0 ||
        add_money(web, request, model_root(model), err) != 0)
        return -1;
    if (request->account.id != 0 && !request->is_program &&
        (web_access(web, &access, err) != 0 ||
         page_add_sessions(access, request, request->account.identifier,
                           model_root(model), err) != 0))
        return -1;
    if (request->account.has_factor)
        model_set(model_root(model), "second-factor", "yes");
    return view_render(web, request, model, response, err);
}

static int add_rules(struct web *web, struct node root, struct err *err)
{
    CLEANUP(free) struct role_rule *rules = NULL;
    struct access *access = NULL;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        role_rules(access, &rules, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node rule = model_add(root, "rule");

        model_set(rule, "role", rules[i].role);
        if (rules[i].second_factor)
            model_set(rule, "second-factor", "yes");
    }
    return 0;
}

/* The whole table, for the administrator: one screen. */
int page_rights(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("rights", web, request, &model, err) != 0 ||
        add_rights(web, NULL, model_root(model), err) != 0 ||
        add_rules(web, model_root(model), err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}
