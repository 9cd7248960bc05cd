/* SPDX-License-Identifier: MIT */
/*
 * The sessions that are open under an account: on its own page, where its owner
 * ends one, and on that of who keeps the accounts.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "search-cgi/pages.h"

int page_add_sessions(struct access *access, const struct request *request,
                      const char *identifier, struct node parent,
                      struct err *err)
{
    const char *token = param_get(&request->cookies, COOKIE_SESSION);
    CLEANUP(free) struct open_session *list = NULL;
    char own[SESSION_ID_SIZE] = "", moment[CLOCK_RFC3339_SIZE];
    size_t count = 0;

    if (session_list(access, identifier, &list, &count, err) != 0)
        return -1;
    if (token != NULL)
        session_id(token, own);
    for (size_t i = 0; i < count; i++) {
        struct node node = model_add(parent, "session");

        model_set(node, "id", list[i].id);
        model_set(node, "origin", list[i].origin);
        clock_rfc3339(list[i].begun_utc_s, moment);
        model_set(node, "begun", moment);
        clock_rfc3339(list[i].last_used_utc_s, moment);
        model_set(node, "used", moment);
        if (list[i].by_certificate)
            model_set(node, "certificate", "yes");
        if (strcmp(list[i].id, own) == 0)
            model_set(node, "own", "yes");
    }
    return 0;
}

/* One that is over already is what was wanted. */
int page_session_end_post(struct web *web, const struct request *request,
                          struct response *response, struct err *err)
{
    const char *token = param_get(&request->cookies, COOKIE_SESSION);
    const char *id = request_form(request, "session");
    const char *identifier = request->account.identifier;
    struct access *access = NULL;
    int rc;

    if (request->account.id == 0 || request->is_program || token == NULL)
        return err_set(err, ERR_ABSENT, "people have sessions, after log-in");
    if (web_access(web, &access, err) != 0)
        return -1;
    rc = strcmp(id, "others") == 0
             ? session_revoke_all(access, identifier, token, err)
             : session_revoke(access, identifier, id, err);
    if (rc != 0 && err->kind != ERR_ABSENT)
        return -1;
    response_redirect(response, "/account");
    return 0;
}
