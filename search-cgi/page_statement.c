/* SPDX-License-Identifier: MIT */
/*
 * A reader's own month in the ledger, as a file for his bookkeeping.
 */
#include "search-cgi/pages.h"

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
                       &statement, err) != 0 ||
        statement_csv(&statement, &response->body, err) != 0)
        return -1;
    (void)snprintf(name, sizeof(name), "%s.csv", statement.month);
    response_csv(response, name);
    return 0;
}
