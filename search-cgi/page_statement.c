/* SPDX-License-Identifier: MIT */
/*
 * A reader's own month in the ledger: to be looked at and printed, and as a
 * file for his bookkeeping.
 */
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

#define MS_IN_S 1000

/* A page's own text is its id; of anything else it is what an officer wrote. */
void page_add_entry(struct node parent, const struct statement *statement,
                    const struct ledger_entry *e)
{
    struct node node = model_add(parent, "entry");
    char at[CLOCK_RFC3339_SIZE], sum[EURO_SIZE];

    euro_format(statement_change(statement, e), sum);
    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    model_set(node, "at", at);
    model_set(node, "kind", e->kind);
    model_set(node, "text", e->text);
    model_set(node, "ground", e->ground);
    model_set(node, "euro", sum);
}

static int show(struct web *web, const struct request *request,
                const struct statement *statement, struct response *response,
                struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    char before[EURO_SIZE], after[EURO_SIZE];
    struct node node;

    if (model_new("statement", web, request, &model, err) != 0)
        return -1;
    node = model_add(model_root(model), "statement");
    euro_format(statement->before_cents, before);
    euro_format(statement->after_cents, after);
    model_set(node, "payer", statement->payer);
    model_set(node, "name", statement->name);
    model_set(node, "month", statement->month);
    model_set(node, "before", before);
    model_set(node, "after", after);
    for (size_t i = 0; i < statement->entries.count; i++)
        page_add_entry(node, statement, &statement->entries.items[i]);
    return view_render(web, request, model, response, err);
}

int page_statement(struct web *web, const struct request *request,
                   struct response *response, struct err *err)
{
    CLEANUP(statement_fini) struct statement statement = STATEMENT_INIT;
    const char *payer = account_payer(&request->account);
    struct access *access = NULL;
    char name[32];

    if (request->account.id == 0)
        return err_set(err, ERR_ABSENT, "who is not logged in pays nothing");
    if (web_access(web, &access, err) != 0 ||
        ledger_settle(access, NULL, err) != 0 ||
        statement_make(access, payer, request_query(request, "month"),
                       &statement, err) != 0)
        return -1;
    if (!request_wants_csv(request))
        return show(web, request, &statement, response, err);
    if (statement_csv(&statement, &response->body, err) != 0)
        return -1;
    (void)snprintf(name, sizeof(name), "%s.csv", statement.month);
    response_csv(response, name);
    return 0;
}
