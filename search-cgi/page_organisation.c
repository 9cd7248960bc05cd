/* SPDX-License-Identifier: MIT */
/*
 * An organisation's own administrator and its users: who there is, another one,
 * another code, one less. Of other organisations he sees and changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* What a form has done, for the page behind it. */
struct done {
    const char *what; /* "added", "code", "removed", "wrong"; "" nothing */
    const char *identifier;
    const char *code; /* shown only now; "" none */
};

static void add_member(struct node root, const struct request *request,
                       const struct account *a)
{
    struct node node = model_add(root, "member");

    model_set(node, "identifier", a->identifier);
    model_set(node, "name", a->name);
    model_set(node, "role", a->role);
    if (a->manages)
        model_set(node, "manages", "yes");
    if (a->must_change)
        model_set(node, "new", "yes");
    if (a->id == request->account.id)
        model_set(node, "self", "yes");
}

/* What it is called: its users know no number. */
static int set_name(struct access *access, const struct request *request,
                    struct node root, struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    size_t count = 0;

    if (organisation_list(access, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].id, request->account.organisation) == 0)
            model_set(root, "title", list[i].name);
    return 0;
}

static int show(struct web *web, const struct request *request,
                const struct done *done, struct response *response,
                struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(free) struct account *accounts = NULL;
    struct access *access = NULL;
    struct node root;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        account_list(access, request->account.organisation, &accounts, &count,
                     err) != 0 ||
        model_new("organisation", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_set(root, "organisation", request->account.organisation);
    if (set_name(access, request, root, err) != 0)
        return -1;
    model_set(root, "done", done->what);
    model_set(root, "identifier", done->identifier);
    model_set(root, "code", done->code);
    for (size_t i = 0; i < count; i++)
        add_member(root, request, &accounts[i]);
    return view_render(web, request, model, response, err);
}

int page_organisation(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    return show(web, request, &(struct done){"", "", ""}, response, err);
}

/* The same page, with what the form has done; what its fields made impossible
 * is said there. */
static int answer(struct web *web, const struct request *request, int rc,
                  const struct done *done, struct response *response,
                  struct err *err)
{
    struct done wrong = {"wrong", done->identifier, ""};

    if (rc == 0)
        return show(web, request, done, response, err);
    if (err->kind != ERR_USAGE && err->kind != ERR_EXISTS)
        return -1;
    response->status = 400;
    return show(web, request, &wrong, response, err);
}

/* One of his own users, and not he himself. ERR_ABSENT. */
static int find_member(struct access *access, const struct request *request,
                       const char *identifier, struct err *err)
{
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;

    if (account_list(access, request->account.organisation, &accounts, &count,
                     err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(accounts[i].identifier, identifier) == 0 &&
            accounts[i].id != request->account.id)
            return 0;
    }
    return err_set(err, ERR_ABSENT, "the organisation has no such user");
}

/* ERR_USAGE: a field is too long, or there is no name. */
static int read_member(const struct request *request, struct account *out,
                       struct err *err)
{
    const char *identifier = request_form(request, "identifier");
    const char *name = request_form(request, "name");

    *out = (struct account){.must_change = true,
                            .manages =
                                request_form(request, "manages")[0] != '\0'};
    if (strlen(identifier) >= sizeof(out->identifier) ||
        strlen(name) >= sizeof(out->name) || name[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "an identifier of up to %zu and a name of up to %zu "
                       "bytes are expected",
                       sizeof(out->identifier) - 1, sizeof(out->name) - 1);
    memcpy(out->identifier, identifier, strlen(identifier) + 1);
    memcpy(out->name, name, strlen(name) + 1);
    memcpy(out->role, request->account.role, sizeof(out->role));
    memcpy(out->organisation, request->account.organisation,
           sizeof(out->organisation));
    return 0;
}

int page_member_add_post(struct web *web, const struct request *request,
                         struct response *response, struct err *err)
{
    struct account member;
    char code[CODE_SIZE];
    struct access *access = NULL;
    int rc;

    if (web_access(web, &access, err) != 0)
        return -1;
    account_random_code(code);
    rc = read_member(request, &member, err);
    if (rc == 0)
        rc = account_add(access, &member, code, err);
    return answer(
        web, request, rc,
        &(struct done){"added", request_form(request, "identifier"), code},
        response, err);
}

int page_member_code_post(struct web *web, const struct request *request,
                          struct response *response, struct err *err)
{
    const char *identifier = request_form(request, "identifier");
    char code[CODE_SIZE];
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0 ||
        find_member(access, request, identifier, err) != 0)
        return -1;
    account_random_code(code);
    return answer(web, request,
                  account_issue_code(access, identifier, code, err),
                  &(struct done){"code", identifier, code}, response, err);
}

int page_member_remove_post(struct web *web, const struct request *request,
                            struct response *response, struct err *err)
{
    const char *identifier = request_form(request, "identifier");
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0 ||
        find_member(access, request, identifier, err) != 0)
        return -1;
    return answer(web, request, account_remove(access, identifier, err),
                  &(struct done){"removed", identifier, ""}, response, err);
}
