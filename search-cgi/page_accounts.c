/* SPDX-License-Identifier: MIT */
/*
 * The administrator's pages of accounts: who may log in, as what, from when
 * till when; another one; and what is changed about one: what `tefter account`
 * does, by the same rules (access/). Codes are shown once, in the answer to the
 * form that made them.
 */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* What a form has done, for the page behind it. */
struct done {
    const char *what;  /* name of a change, "added", "removed"; "" nothing */
    const char *wrong; /* what is said instead; "" nothing                 */
    char secret[TOTP_SECRET_SIZE]; /* shown only now; "" none              */
};
#define DONE_NOTHING ((struct done){"", "", ""})

/* What may be wrong with a form, as templates/account-form.xsl says it. */
static const char WRONG_EMPTY[] = "empty", WRONG_CHECK_DIGIT[] = "check-digit",
                  WRONG_DOCUMENT[] = "document", WRONG_TAKEN[] = "taken",
                  WRONG_SELF[] = "self", WRONG_ELSE[] = "else";

/* ---- showing ------------------------------------------------------------ */

static int add_account(struct access *access, struct node parent,
                       const struct request *request, const struct account *a,
                       struct err *err)
{
    struct node node = model_add(parent, "account");
    struct appointment office;

    if (account_office(access, a, &office, err) != 0)
        return -1;
    model_set(node, "identifier", a->identifier);
    model_set(node, "name", a->name);
    model_set(node, "role", a->role);
    model_set(node, "site", a->site);
    model_set(node, "organisation", a->organisation);
    model_set(node, "from", office.from);
    model_set(node, "to", office.to);
    model_set(node, "document", office.document);
    if (a->must_change)
        model_set(node, "new", "yes");
    if (a->has_factor)
        model_set(node, "second-factor", "yes");
    if (a->id == request->account.id)
        model_set(node, "self", "yes");
    return 0;
}

static int add_roles(struct node root, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list roles = {NULL, 0};

    if (role_list(&roles, err) != 0)
        return -1;
    for (size_t i = 0; i < roles.count; i++)
        (void)model_text(root, "role", roles.names[i]);
    return 0;
}

static int add_organisations(struct access *access, struct node root,
                             struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    size_t count = 0;

    if (organisation_list(access, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node node = model_add(root, "organisation");

        model_set(node, "id", list[i].id);
        model_set(node, "name", list[i].name);
    }
    return 0;
}

/* What was typed into a form that did nothing stands in it again. */
static void add_typed(struct node root, const struct request *request)
{
    static const char *const fields[] = {
        "identifier",   "name",     "chosen-role", "site",
        "organisation", "document", "from",        "to"};
    struct node node = model_add(root, "typed");

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        model_set(node, fields[i], request_form(request, fields[i]));
}

static int begin_page(struct web *web, const struct request *request,
                      const char *name, const struct done *done,
                      struct model **out, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node root;

    if (model_new(name, web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_set(root, "done", done->what);
    model_set(root, "wrong", done->wrong);
    model_set(root, "subject", request_form(request, "identifier"));
    model_set(root, "secret", done->secret);
    if (add_roles(root, err) != 0)
        return -1;
    if (done->wrong[0] != '\0')
        add_typed(root, request);
    *out = STEAL(model);
    return 0;
}

static int show_list(struct web *web, const struct request *request,
                     const struct done *done, struct response *response,
                     struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(free) struct account *accounts = NULL;
    struct access *access = NULL;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        account_list(access, NULL, &accounts, &count, err) != 0 ||
        begin_page(web, request, "accounts", done, &model, err) != 0 ||
        add_organisations(access, model_root(model), err) != 0)
        return -1;
    model_set(model_root(model), "chosen-organisation",
              request_query(request, "organisation"));
    for (size_t i = 0; i < count; i++)
        if (add_account(access, model_root(model), request, &accounts[i],
                        err) != 0)
            return -1;
    return view_render(web, request, model, response, err);
}

static int find_account(struct access *access, const char *identifier,
                        struct account *out, struct err *err)
{
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;

    if (account_list(access, NULL, &accounts, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(accounts[i].identifier, identifier) == 0) {
            *out = accounts[i];
            return 0;
        }
    }
    return err_set(err, ERR_ABSENT, "there is no such account");
}

static int show_one(struct web *web, const struct request *request,
                    const char *identifier, const struct done *done,
                    struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct access *access = NULL;
    struct account account;

    return web_access(web, &access, err) != 0 ||
                   find_account(access, identifier, &account, err) != 0 ||
                   begin_page(web, request, "account-change", done, &model,
                              err) != 0 ||
                   add_account(access, model_root(model), request, &account,
                               err) != 0 ||
                   page_add_sessions(access, request, identifier,
                                     model_root(model), err) != 0
               ? -1
               : view_render(web, request, model, response, err);
}

int page_accounts(struct web *web, const struct request *request,
                  struct response *response, struct err *err)
{
    return show_list(web, request, &DONE_NOTHING, response, err);
}

int page_account_show(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    return show_one(web, request, request_query(request, "identifier"),
                    &DONE_NOTHING, response, err);
}

/* ---- adding ------------------------------------------------------------- */

static struct office read_office(const struct request *request)
{
    return (struct office){request_form(request, "from"),
                           request_form(request, "to"),
                           request_form(request, "document")};
}

/* Users have the role of their organisation. ERR_ABSENT: there is none. */
static int take_role(struct access *access, struct account *account,
                     struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    size_t count = 0;

    if (account->organisation[0] == '\0')
        return 0;
    if (organisation_list(access, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].id, account->organisation) == 0) {
            memcpy(account->role, list[i].role, sizeof(account->role));
            return 0;
        }
    }
    return err_set(err, ERR_ABSENT, "there is no such organisation");
}

/* @return NULL, or what is wrong with the form */
static const char *read_account(const struct request *request,
                                struct account *out)
{
    struct err err;

    *out = (struct account){.must_change = true,
                            .manages =
                                request_form(request, "manages")[0] != '\0'};
    if (!request_form_copy(request, "identifier", out->identifier,
                           sizeof(out->identifier)) ||
        !request_form_copy(request, "name", out->name, sizeof(out->name)) ||
        out->identifier[0] == '\0' || out->name[0] == '\0')
        return WRONG_EMPTY;
    if (!request_form_copy(request, "chosen-role", out->role,
                           sizeof(out->role)) ||
        !request_form_copy(request, "site", out->site, sizeof(out->site)) ||
        !request_form_copy(request, "organisation", out->organisation,
                           sizeof(out->organisation)))
        return WRONG_ELSE;
    return identifier_check(out->identifier, &err) != 0 ? WRONG_CHECK_DIGIT
                                                        : NULL;
}

/* What a refusal of access/ comes to on the page; NULL: it is no matter of the
 * form. */
static const char *wrong_of(const struct err *err)
{
    return err->kind == ERR_EXISTS  ? WRONG_TAKEN
           : err->kind == ERR_USAGE ? WRONG_ELSE
                                    : NULL;
}

/* @param code   of the account that was added
 * @param wrong  written when it was not, for what stands in the form
 * @return 0, or -1 for what is no matter of the form */
static int add(struct access *access, const struct request *request,
               char code[CODE_SIZE], const char **wrong, struct err *err)
{
    struct office office = read_office(request);
    bool appoints = office.document[0] != '\0' || office.from[0] != '\0' ||
                    office.to[0] != '\0';
    struct account account;
    int needed;

    *wrong = read_account(request, &account);
    if (*wrong != NULL)
        return 0;
    if (take_role(access, &account, err) != 0)
        return -1;
    needed = account_needs_document(access, &account, err);
    if (needed < 0)
        return -1;
    if ((needed == 1 || appoints) && office.document[0] == '\0') {
        *wrong = WRONG_DOCUMENT;
        return 0;
    }
    account_random_code(code);
    if (account_add_for(access, &account, appoints ? &office : NULL, code,
                        err) == 0)
        return 0;
    *wrong = wrong_of(err);
    return *wrong == NULL ? -1 : 0;
}

/* Accounts are kept by people. */
static int check_person(const struct request *request, struct err *err)
{
    return request->is_program
               ? err_set(err, ERR_ABSENT, "accounts are kept by people")
               : 0;
}

int page_account_add_post(struct web *web, const struct request *request,
                          struct response *response, struct err *err)
{
    struct done done = {"added", "", ""};
    struct access *access = NULL;
    const char *wrong = NULL;

    if (check_person(request, err) != 0 || web_access(web, &access, err) != 0 ||
        add(access, request, done.secret, &wrong, err) != 0)
        return -1;
    if (wrong == NULL)
        return show_one(web, request, request_form(request, "identifier"),
                        &done, response, err);
    response->status = 400;
    return show_list(web, request, &(struct done){"", wrong, ""}, response,
                     err);
}

/* ---- changing one ------------------------------------------------------- */

/* @param secret  what is shown once, where the change makes one */
typedef int change_run(struct access *access, const struct request *request,
                       const char *identifier, char secret[TOTP_SECRET_SIZE],
                       struct err *err);

static int issue_code(struct access *access, const struct request *request,
                      const char *identifier, char secret[TOTP_SECRET_SIZE],
                      struct err *err)
{
    char code[CODE_SIZE];

    (void)request;
    account_random_code(code);
    (void)snprintf(secret, TOTP_SECRET_SIZE, "%s", code);
    return account_issue_code(access, identifier, code, err);
}

static int set_totp(struct access *access, const struct request *request,
                    const char *identifier, char secret[TOTP_SECRET_SIZE],
                    struct err *err)
{
    (void)request;
    return account_set_totp(access, identifier, secret, err);
}

static int remove_totp(struct access *access, const struct request *request,
                       const char *identifier, char secret[TOTP_SECRET_SIZE],
                       struct err *err)
{
    (void)request;
    (void)secret;
    if (account_remove_totp(access, identifier, err) == 0)
        return 0;
    /* The account is there: it was looked up before. */
    return err->kind == ERR_ABSENT ? err_set(err, ERR_EXISTS, "it has none")
                                   : -1;
}

/* One that is over already is what was wanted. */
static int end_sessions(struct access *access, const struct request *request,
                        const char *identifier, char secret[TOTP_SECRET_SIZE],
                        struct err *err)
{
    const char *id = request_form(request, "session");

    (void)secret;
    return (strcmp(id, "all") == 0
                ? session_revoke_all(access, identifier, NULL, err)
                : session_revoke(access, identifier, id, err)) == 0 ||
                   err->kind == ERR_ABSENT
               ? 0
               : -1;
}

static int appoint(struct access *access, const struct request *request,
                   const char *identifier, char secret[TOTP_SECRET_SIZE],
                   struct err *err)
{
    struct office office = read_office(request);

    (void)secret;
    return access_appoint(access, identifier,
                          request_form(request, "chosen-role"), &office, err);
}

static int dismiss(struct access *access, const struct request *request,
                   const char *identifier, char secret[TOTP_SECRET_SIZE],
                   struct err *err)
{
    (void)secret;
    return access_dismiss(access, identifier, request_form(request, "document"),
                          err);
}

static int remove_one(struct access *access, const struct request *request,
                      const char *identifier, char secret[TOTP_SECRET_SIZE],
                      struct err *err)
{
    (void)secret;
    return request_check_sure(request, err) != 0
               ? -1
               : account_remove(access, identifier, err);
}

static const struct change {
    const char *name; /* in the address */
    change_run *run;
    bool ends; /* there is no account to show any more */
} changes[] = {
    {"code", issue_code, false},         {"totp", set_totp, false},
    {"totp-remove", remove_totp, false}, {"appoint", appoint, false},
    {"session", end_sessions, false},    {"dismiss", dismiss, false},
    {"remove", remove_one, true},
};

static const struct change *find_change(const char *name)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
        if (strcmp(changes[i].name, name) == 0)
            return &changes[i];
    return NULL;
}

/* What was refused because of what the form says. */
static const char *wrong_change(const struct request *request,
                                const struct change *change,
                                const struct err *err)
{
    if (err->kind == ERR_EXISTS)
        return "no-totp";
    if (err->kind != ERR_USAGE)
        return NULL;
    return (change->run == appoint || change->run == dismiss) &&
                   request_form(request, "document")[0] == '\0'
               ? WRONG_DOCUMENT
               : WRONG_ELSE;
}

/* Nobody shuts himself out: that is for the command line, or a colleague. */
int page_account_change_post(struct web *web, const struct request *request,
                             struct response *response, struct err *err)
{
    const struct change *change = find_change(request_part(request, "change"));
    const char *identifier = request_form(request, "identifier");
    struct done done = DONE_NOTHING;
    struct access *access = NULL;
    struct account account;

    if (change == NULL)
        return err_set(err, ERR_ABSENT, "there is no such change");
    if (check_person(request, err) != 0 || web_access(web, &access, err) != 0 ||
        find_account(access, identifier, &account, err) != 0)
        return -1;
    if (account.id == request->account.id) {
        done.wrong = WRONG_SELF;
    } else if (change->run(access, request, identifier, done.secret, err) ==
               0) {
        done.what = change->name;
    } else {
        done.secret[0] = '\0';
        done.wrong = wrong_change(request, change, err);
        if (done.wrong == NULL)
            return -1;
    }
    if (done.wrong[0] != '\0')
        response->status = 400;
    return change->ends && done.wrong[0] == '\0'
               ? show_list(web, request, &done, response, err)
               : show_one(web, request, identifier, &done, response, err);
}
