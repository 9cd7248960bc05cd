/* SPDX-License-Identifier: MIT */
/*
 * Users of this machine who have an account at the command line.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access_internal.h"
#include "common/text.h"

/* Several people may be root on one machine, each by sudo: then it is the
 * person (sudo(8), SUDO_USER). */
static const struct passwd *person(void)
{
    const char *by_sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
    const struct passwd *user = by_sudo == NULL ? NULL : getpwnam(by_sudo);

    return user != NULL ? user : getpwuid(getuid());
}

void machine_user_name(char out[USER_NAME_SIZE])
{
    const struct passwd *user = person();

    if (user != NULL)
        (void)snprintf(out, USER_NAME_SIZE, "%s", user->pw_name);
    else
        (void)snprintf(out, USER_NAME_SIZE, "%u", (unsigned)getuid());
}

/* 1, 0, or -1. */
static int find_user(struct access *access, const char *name,
                     struct machine_user *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT name, identifier FROM machine_user WHERE name = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, name);
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    (void)snprintf(out->name, sizeof(out->name), "%s", stmt_text(s, 0));
    (void)snprintf(out->identifier, sizeof(out->identifier), "%s",
                   stmt_text(s, 1));
    return 1;
}

static int bind_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct machine_user *user = arg;
    int64_t account;

    if (account_find_id(access, user->identifier, &account, err) != 0 ||
        db_prepare(access->db,
                   "INSERT OR REPLACE INTO machine_user"
                   " VALUES (?1, ?2)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, user->name);
    stmt_bind_text(s, 2, user->identifier);
    return stmt_run(s, err) != 0 ? -1
                                 : audit_add(access, AUDIT_USER_BOUND,
                                             user->identifier, user->name, err);
}

int machine_user_bind(struct access *access, const char *identifier,
                      const char *name, struct err *err)
{
    struct machine_user user;

    if (name[0] == '\0' || strlen(name) >= sizeof(user.name) ||
        !text_is_one_line(name))
        return err_set(err, ERR_USAGE,
                       "the name of a user of this machine is expected");
    (void)snprintf(user.name, sizeof(user.name), "%s", name);
    (void)snprintf(user.identifier, sizeof(user.identifier), "%s", identifier);
    return access_in_turn(access, bind_in_turn, &user, err);
}

static int unbind_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct machine_user user;
    int found = find_user(access, arg, &user, err);

    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_ABSENT, "the user '%s' has no account here",
                       (const char *)arg);
    if (db_prepare(access->db, "DELETE FROM machine_user WHERE name = ?1", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, user.name);
    return stmt_run(s, err) != 0 ? -1
                                 : audit_add(access, AUDIT_USER_UNBOUND,
                                             user.identifier, user.name, err);
}

int machine_user_unbind(struct access *access, const char *name,
                        struct err *err)
{
    return access_in_turn(access, unbind_in_turn, (void *)(uintptr_t)name, err);
}

int machine_user_list(struct access *access, struct machine_user **out,
                      size_t *count, struct err *err)
{
    CLEANUP(free) struct machine_user *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT name, identifier FROM machine_user ORDER BY name",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct machine_user *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "users: out of memory");
        list = grown;
        (void)snprintf(list[n].name, sizeof(list[n].name), "%s",
                       stmt_text(s, 0));
        (void)snprintf(list[n].identifier, sizeof(list[n].identifier), "%s",
                       stmt_text(s, 1));
        n++;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

/* His account, with its role today: ROLE_NONE when the account is gone. */
static int account_of(struct access *access, const char *identifier,
                      struct account *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT" ACCOUNT_COLUMNS " FROM account"
                   " WHERE identifier = ?1",
                   &s, err) != 0)
        return -1;
    account_bind_day(access, s);
    stmt_bind_text(s, 1, identifier);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *out = (struct account){.role = ROLE_NONE};
    if (rc == 1)
        account_from_row(s, out);
    return 0;
}

/* 1: the user who asks has an account, which is in *account with its role
 * today; 0: he has none; -1. */
static int find_account(struct access *access, struct machine_user *out,
                        struct account *account, struct err *err)
{
    char name[USER_NAME_SIZE];
    int rc;

    machine_user_name(name);
    rc = find_user(access, name, out, err);
    if (rc != 1)
        return rc;
    return account_of(access, out->identifier, account, err) != 0 ? -1 : 1;
}

static int find_asking(struct access *access, struct machine_user *out,
                       char role[SLUG_SIZE], struct err *err)
{
    struct account account;
    int rc = find_account(access, out, &account, err);

    if (rc == 1)
        memcpy(role, account.role, SLUG_SIZE);
    return rc;
}

int machine_user_site(struct access *access, enum action action,
                      char site[SLUG_SIZE], struct err *err)
{
    struct account account;
    struct machine_user user;
    int rc = find_account(access, &user, &account, err);

    if (rc != 1)
        return rc;
    rc = access_at_every_site(access, account.role, action, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    memcpy(site, account.site, SLUG_SIZE);
    return 1;
}

int machine_user_role(struct access *access, char role[SLUG_SIZE],
                      struct err *err)
{
    struct machine_user user;

    return find_asking(access, &user, role, err);
}

int machine_user_check(struct access *access, enum action action,
                       const char *what, struct err *err)
{
    char role[SLUG_SIZE];
    struct machine_user user;
    int rc = find_asking(access, &user, role, err);

    if (rc != 1)
        return rc;
    rc = access_may(access, role, action, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (audit_note(access, AUDIT_REFUSED, what, action_name(action), err) != 0)
        return -1;
    return err_set(err, ERR_INPUT,
                   "%s has the account '%s' here, whose role (%s) may not do "
                   "this: it needs the right '%s'",
                   user.name, user.identifier, role, action_name(action));
}

int machine_user_check_reader(struct access *access, const char *what,
                              struct err *err)
{
    char role[SLUG_SIZE];
    struct machine_user user;
    int rc = find_asking(access, &user, role, err);

    if (rc != 1)
        return rc;
    rc = access_at_every_site(access, role, ACTION_VIEW, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (audit_note(access, AUDIT_REFUSED, what, "view", err) != 0)
        return -1;
    return err_set(err, ERR_INPUT,
                   "%s has the account '%s' here, whose role (%s) may not do "
                   "this: it needs the right 'view' without a condition. What "
                   "is shown on a ground, against payment or in part is shown "
                   "on the web",
                   user.name, user.identifier, role);
}
