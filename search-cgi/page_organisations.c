/* SPDX-License-Identifier: MIT */
/*
 * The administrator's pages of organisations: which there are, as what, from
 * when till when, with which users; another one; and what is changed about one:
 * what `tefter organisation` does, by the same rules (access/). Their users are
 * accounts: page_accounts.c.
 */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* What a form has done, for the page behind it; its field "identifier" names
 * the organisation, as one of accounts does an account. */
struct done {
    const char *what;  /* name of a change, "added"; "" nothing */
    const char *wrong; /* what is said instead; "" nothing      */
};
#define DONE_NOTHING ((struct done){"", ""})

/* What may be wrong with a form, as templates/account-form.xsl says it. */
static const char WRONG_EMPTY[] = "empty", WRONG_CHECK_DIGIT[] = "check-digit",
                  WRONG_DOCUMENT[] = "document", WRONG_TAKEN[] = "taken",
                  WRONG_SELF[] = "own-organisation", WRONG_USERS[] = "users",
                  WRONG_ELSE[] = "organisation";

/* ---- showing ------------------------------------------------------------- */

static void set_organisation(struct node node, const struct request *request,
                             const struct organisation *o)
{
    model_set(node, "identifier", o->id);
    model_set(node, "name", o->name);
    model_set(node, "role", o->role);
    model_set(node, "from", o->from);
    model_set(node, "to", o->to);
    model_set(node, "document", o->document);
    if (strcmp(o->id, request->account.organisation) == 0)
        model_set(node, "self", "yes");
}

/* Those that look on a ground come first: organisations are made for them. */
static int add_roles(struct access *access, struct node root, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list roles = {NULL, 0};

    if (role_list(&roles, err) != 0)
        return -1;
    for (int grounded = 1; grounded >= 0; grounded--) {
        for (size_t i = 0; i < roles.count; i++) {
            CLEANUP(access_series_fini) struct series_list grounds = {NULL, 0};

            if (access_grounds(access, roles.names[i], &grounds, err) != 0)
                return -1;
            if ((grounds.count > 0) == (grounded == 1))
                (void)model_text(root, "role", roles.names[i]);
        }
    }
    return 0;
}

/* What was typed into a form that did nothing stands in it again. */
static void add_typed(struct node root, const struct request *request)
{
    static const char *const fields[] = {"identifier", "name", "chosen-role",
                                         "document",   "from", "to"};
    struct node node = model_add(root, "typed");

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        model_set(node, fields[i], request_form(request, fields[i]));
}

static int begin_page(struct web *web, const struct request *request,
                      const char *name, const struct done *done,
                      struct model **out, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct access *access = NULL;
    struct node root;

    if (web_access(web, &access, err) != 0 ||
        model_new(name, web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_set(root, "done", done->what);
    model_set(root, "wrong", done->wrong);
    model_set(root, "subject", request_form(request, "identifier"));
    if (add_roles(access, root, err) != 0)
        return -1;
    if (done->wrong[0] != '\0')
        add_typed(root, request);
    *out = STEAL(model);
    return 0;
}

/* How many users each has, by one walk through the accounts. */
static size_t count_users(const struct account *accounts, size_t count,
                          const char *id)
{
    size_t users = 0;

    for (size_t i = 0; i < count; i++)
        users += strcmp(accounts[i].organisation, id) == 0;
    return users;
}

static int show_list(struct web *web, const struct request *request,
                     const struct done *done, struct response *response,
                     struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(free) struct organisation *list = NULL;
    CLEANUP(free) struct account *accounts = NULL;
    struct access *access = NULL;
    size_t count = 0, account_count = 0;

    if (web_access(web, &access, err) != 0 ||
        organisation_list(access, &list, &count, err) != 0 ||
        account_list(access, NULL, &accounts, &account_count, err) != 0 ||
        begin_page(web, request, "organisations", done, &model, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node node = model_add(model_root(model), "organisation");

        set_organisation(node, request, &list[i]);
        model_setf(node, "users", "%zu",
                   count_users(accounts, account_count, list[i].id));
    }
    return view_render(web, request, model, response, err);
}

static int find_organisation(struct access *access, const char *id,
                             struct organisation *out, struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    size_t count = 0;

    if (organisation_list(access, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].id, id) == 0) {
            *out = list[i];
            return 0;
        }
    }
    return err_set(err, ERR_ABSENT, "there is no such organisation");
}

static int add_users(struct access *access, struct node root, const char *id,
                     struct err *err)
{
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;

    if (account_list(access, id, &accounts, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node node = model_add(root, "user");

        model_set(node, "identifier", accounts[i].identifier);
        model_set(node, "name", accounts[i].name);
        if (accounts[i].manages)
            model_set(node, "manages", "yes");
        if (accounts[i].must_change)
            model_set(node, "new", "yes");
    }
    return 0;
}

static int show_one(struct web *web, const struct request *request,
                    const char *id, const struct done *done,
                    struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct access *access = NULL;
    struct organisation found;

    if (web_access(web, &access, err) != 0 ||
        find_organisation(access, id, &found, err) != 0 ||
        begin_page(web, request, "organisation-change", done, &model, err) !=
            0 ||
        add_users(access, model_root(model), id, err) != 0)
        return -1;
    set_organisation(model_add(model_root(model), "organisation"), request,
                     &found);
    return view_render(web, request, model, response, err);
}

int page_organisations(struct web *web, const struct request *request,
                       struct response *response, struct err *err)
{
    return show_list(web, request, &DONE_NOTHING, response, err);
}

int page_organisation_show(struct web *web, const struct request *request,
                           struct response *response, struct err *err)
{
    return show_one(web, request, request_query(request, "identifier"),
                    &DONE_NOTHING, response, err);
}

/* ---- adding -------------------------------------------------------------- */

/* Accounts and what pays for them are kept by people. */
static int check_person(const struct request *request, struct err *err)
{
    return request->is_program
               ? err_set(err, ERR_ABSENT, "organisations are kept by people")
               : 0;
}

static struct office read_office(const struct request *request)
{
    return (struct office){request_form(request, "from"),
                           request_form(request, "to"),
                           request_form(request, "document")};
}

/* What the fields make impossible; NULL: nothing. */
static const char *read_form(const struct request *request,
                             struct organisation *out)
{
    struct err err;

    *out = (struct organisation){.id = ""};
    if (!request_form_copy(request, "identifier", out->id, sizeof(out->id)) ||
        !request_form_copy(request, "name", out->name, sizeof(out->name)) ||
        out->id[0] == '\0' || out->name[0] == '\0')
        return WRONG_EMPTY;
    if (!request_form_copy(request, "chosen-role", out->role,
                           sizeof(out->role)))
        return WRONG_ELSE;
    if (identifier_check(out->id, &err) != 0)
        return WRONG_CHECK_DIGIT;
    return request_form(request, "document")[0] == '\0' ? WRONG_DOCUMENT : NULL;
}

int page_organisation_add_post(struct web *web, const struct request *request,
                               struct response *response, struct err *err)
{
    struct office office = read_office(request);
    struct access *access = NULL;
    struct organisation what;
    const char *wrong;

    if (check_person(request, err) != 0 || web_access(web, &access, err) != 0)
        return -1;
    wrong = read_form(request, &what);
    if (wrong == NULL && organisation_add(access, &what, &office, err) == 0)
        return show_one(web, request, what.id, &(struct done){"added", ""},
                        response, err);
    if (wrong == NULL && err->kind != ERR_EXISTS && err->kind != ERR_USAGE)
        return -1;
    if (wrong == NULL)
        wrong = err->kind == ERR_EXISTS ? WRONG_TAKEN : WRONG_ELSE;
    response->status = 400;
    return show_list(web, request, &(struct done){"", wrong}, response, err);
}

/* ---- changing one -------------------------------------------------------- */

typedef int change_run(struct access *access, const struct request *request,
                       const char *id, struct err *err);

static int appoint(struct access *access, const struct request *request,
                   const char *id, struct err *err)
{
    struct office office = read_office(request);

    return access_appoint(access, id, request_form(request, "chosen-role"),
                          &office, err);
}

static int dismiss(struct access *access, const struct request *request,
                   const char *id, struct err *err)
{
    return access_dismiss(access, id, request_form(request, "document"), err);
}

/* It may have got a user since its page was made. */
static int close_one(struct access *access, const struct request *request,
                     const char *id, struct err *err)
{
    CLEANUP(free) struct account *users = NULL;
    size_t count = 0;

    if (request_check_sure(request, err) != 0 ||
        account_list(access, id, &users, &count, err) != 0)
        return -1;
    return count > 0 ? err_set(err, ERR_EXISTS, "it has users")
                     : organisation_remove(access, id, err);
}

static const struct change {
    const char *name; /* in the address */
    change_run *run;
} changes[] = {
    {"appoint", appoint},
    {"dismiss", dismiss},
    {"remove", close_one},
};

static const struct change *find_change(const char *name)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++)
        if (strcmp(changes[i].name, name) == 0)
            return &changes[i];
    return NULL;
}

/* What was refused because of what the form says; NULL: that was not it. */
static const char *wrong_change(const struct request *request,
                                const struct err *err)
{
    return err->kind == ERR_EXISTS                        ? WRONG_USERS
           : err->kind != ERR_USAGE                       ? NULL
           : request_form(request, "document")[0] == '\0' ? WRONG_DOCUMENT
                                                          : WRONG_ELSE;
}

/* Nobody changes what his own role is from. */
int page_organisation_change_post(struct web *web,
                                  const struct request *request,
                                  struct response *response, struct err *err)
{
    const struct change *change = find_change(request_part(request, "change"));
    const char *id = request_form(request, "identifier");
    struct done done = DONE_NOTHING;
    struct access *access = NULL;
    struct organisation found;

    if (change == NULL)
        return err_set(err, ERR_ABSENT, "there is no such change");
    if (check_person(request, err) != 0 || web_access(web, &access, err) != 0 ||
        find_organisation(access, id, &found, err) != 0)
        return -1;
    if (strcmp(id, request->account.organisation) == 0)
        done.wrong = WRONG_SELF;
    else if (change->run(access, request, id, err) == 0)
        done.what = change->name;
    else
        done.wrong = wrong_change(request, err);
    if (done.wrong == NULL)
        return -1;
    if (done.wrong[0] != '\0')
        response->status = 400;
    return change->run == close_one && done.wrong[0] == '\0'
               ? show_list(web, request, &done, response, err)
               : show_one(web, request, id, &done, response, err);
}
