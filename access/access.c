/* SPDX-License-Identifier: MIT */
#include "access/access.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access_audit_sql.h"
#include "access/access_gateway_sql.h"
#include "access/access_ground_sql.h"
#include "access/access_internal.h"
#include "access/access_log_in_sql.h"
#include "access/access_money_sql.h"
#include "access/access_people_sql.h"
#include "access/access_pictured_sql.h"
#include "access/access_publish_sql.h"
#include "access/access_rights_tsv.h"
#include "access/access_rows_sql.h"
#include "access/access_schema_sql.h"
#include "access/access_second_factor_sql.h"
#include "access/access_throttle_sql.h"
#include "common/file.h"

#define SCHEMA_VERSION 12
#define RIGHT_FIELDS   4
/* Ten times what 32 writers at once make anybody wait at worst: a process that
 * was stopped with its turn must not stop all others. */
#define GATE_MS 10000

const char *action_name(enum action action)
{
    static const char *const names[ACTION_COUNT] = {
        [ACTION_SEARCH] = "search",   [ACTION_VIEW] = "view",
        [ACTION_ROW] = "row",         [ACTION_INGEST] = "ingest",
        [ACTION_CORRECT] = "correct", [ACTION_AUDIT] = "audit",
        [ACTION_ADMIN] = "admin",     [ACTION_RESTRICTED] = "restricted",
        [ACTION_MANAGE] = "manage",
    };

    return names[action];
}

static bool action_is_known(const char *name)
{
    for (int a = 0; a < ACTION_COUNT; a++) {
        if (strcmp(name, action_name((enum action)a)) == 0)
            return true;
    }
    return false;
}

/* One line of rights.tsv, its fields NUL-terminated in text. */
struct right_line {
    char text[256];
    const char *field[RIGHT_FIELDS]; /* role, series, action, condition */
};

/* Take the next line that is not a comment.
 * @return 1 a line, 0 the end, -1 not four fields */
static int next_line(const char **at, struct right_line *out, struct err *err)
{
    size_t len;
    char *rest = out->text;
    int n = 0;

    while (**at == '#' || **at == '\n')
        *at += strcspn(*at, "\n") + (**at == '\n' ? 1 : 0);
    len = strcspn(*at, "\n");
    if (len == 0)
        return 0;
    if (len >= sizeof(out->text))
        return err_set(err, ERR_INPUT, "rights.tsv: line too long");
    memcpy(out->text, *at, len);
    out->text[len] = '\0';
    *at += len;
    while (rest != NULL && n < RIGHT_FIELDS)
        out->field[n++] = strsep(&rest, "\t");
    if (n != RIGHT_FIELDS || rest != NULL || !action_is_known(out->field[2]))
        return err_set(err, ERR_INPUT,
                       "rights.tsv: role, series, action and condition are "
                       "expected in a line, not '%.*s'",
                       (int)len, *at - len);
    return 1;
}

bool role_is_known(const char *role)
{
    const char *at = access_rights_tsv;
    struct right_line line = {.text = ""};
    struct err err;

    while (next_line(&at, &line, &err) == 1) {
        if (strcmp(line.field[0], role) == 0)
            return true;
    }
    return false;
}

static int insert_name(struct db *db, const char *sql, const char *name,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, name);
    return stmt_run(s, err);
}

static int insert_right(struct db *db, struct stmt *s,
                        const struct right_line *line, struct err *err)
{
    if (insert_name(db, "INSERT OR IGNORE INTO role VALUES (?1)",
                    line->field[0], err) != 0)
        return -1;
    if (strcmp(line->field[1], "*") != 0 &&
        insert_name(db, "INSERT OR IGNORE INTO series VALUES (?1)",
                    line->field[1], err) != 0)
        return -1;
    for (int i = 0; i < RIGHT_FIELDS; i++)
        stmt_bind_text(s, i + 1, line->field[i]);
    if (strcmp(line->field[3], "-") == 0)
        stmt_bind_text(s, 4, "");
    return stmt_run(s, err);
}

static int insert_rights(struct db *db, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *at = access_rights_tsv;
    struct right_line line = {.text = ""};
    int rc;

    if (db_prepare(db, "INSERT INTO rights VALUES (?1, ?2, ?3, ?4)", &s, err))
        return -1;
    while ((rc = next_line(&at, &line, err)) == 1) {
        if (insert_right(db, s, &line, err) != 0)
            return -1;
    }
    return rc;
}

static int read_version(struct db *db, int64_t *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, "PRAGMA user_version", &s, err) != 0 ||
        stmt_step(s, err) < 0)
        return -1;
    *out = stmt_int(s, 0);
    return 0;
}

#define AUDIT_VERSION 3 /* the first that signs */

/* What makes the next version of each. */
static const char *const steps[SCHEMA_VERSION] = {
    [1] = access_throttle_sql,  [2] = access_audit_sql,
    [3] = access_publish_sql,   [4] = access_ground_sql,
    [5] = access_money_sql,     [6] = access_rows_sql,
    [7] = access_gateway_sql,   [8] = access_second_factor_sql,
    [9] = access_people_sql,    [10] = access_log_in_sql,
    [11] = access_pictured_sql,
};

/* From nothing, or from an older version, step by step. Another process may
 * have done it while this one waited its turn. */
static int fill(struct access *access, struct err *err)
{
    struct db *db = access->db;
    int64_t version;

    if (read_version(db, &version, err) != 0)
        return -1;
    if (version == 0 && (db_exec(db, access_schema_sql, err) != 0 ||
                         insert_rights(db, err) != 0))
        return -1;
    if (version < AUDIT_VERSION && audit_make_key(access, err) != 0)
        return -1;
    for (int64_t v = version < 1 ? 1 : version; v < SCHEMA_VERSION; v++) {
        if (db_exec(db, steps[v], err) != 0)
            return -1;
    }
    return db_exec(db, "PRAGMA user_version=12", err);
}

static int make_schema(struct access *access, struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (fill(access, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

/* Hashes of codes and sessions are for nobody else's eyes: the file is made
 * before SQLite would make it, and its journals get the same mode. One that is
 * there is not opened: to close it again would take away the locks that another
 * handle of this process has on it (fcntl(2), "Advisory record locking"). */
static int make_private(const char *path, struct err *err)
{
    CLEANUP(close_fd)
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && (errno != EEXIST || access(path, R_OK | W_OK) != 0))
        return err_set_errno(err, "cannot open %s", path);
    return 0;
}

static void act_as_user(struct access *access)
{
    char name[USER_NAME_SIZE], who[sizeof(access->actor.who)];

    machine_user_name(name);
    (void)snprintf(who, sizeof(who), "@%s", name);
    access_act_as(access, who, "", "");
}

int access_open(const char *path, struct access **out, struct err *err)
{
    CLEANUP(access_close) struct access *a = calloc(1, sizeof(*a));
    int64_t version = 0;

    if (a != NULL)
        a->path = strdup(path);
    if (a == NULL || a->path == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    a->wal_fd = -1;
    a->gate_ms = GATE_MS;
    if (sodium_init() < 0)
        return err_set(err, ERR_LIBRARY, "libsodium: cannot start");
    act_as_user(a);
    if (make_private(path, err) != 0 ||
        db_open(path, DB_WRITE, &a->db, err) != 0 ||
        read_version(a->db, &version, err) != 0)
        return -1;
    if (version < SCHEMA_VERSION && make_schema(a, err) != 0)
        return err_add(err, "%s", path);
    if (version > SCHEMA_VERSION)
        return err_set(err, ERR_INPUT,
                       "%s has tables of version %lld, and this program "
                       "knows version %d: use the program that wrote it",
                       path, (long long)version, SCHEMA_VERSION);
    *out = STEAL(a);
    return 0;
}

void access_close(struct access *access)
{
    if (access == NULL)
        return;
    stmt_free_all(access->kept, KEPT_COUNT);
    db_close(access->db);
    audit_forget_keys(access);
    lock_release(access->turn);
    if (access->wal_fd >= 0)
        (void)close(access->wal_fd);
    free(access->path);
    free(access);
}

int access_kept(struct access *access, enum kept which, const char *sql,
                struct stmt **out, struct err *err)
{
    if (access->kept[which] == NULL &&
        db_prepare(access->db, sql, &access->kept[which], err) != 0)
        return -1;
    *out = access->kept[which];
    return 0;
}

int access_add_series(struct access *access, const char *series,
                      struct err *err)
{
    if (!slug_is_valid(series))
        return err_set(err, ERR_USAGE,
                       "series '%s': lower-case letters, digits, . _ - are "
                       "expected",
                       series);
    return insert_name(access->db, "INSERT OR IGNORE INTO series VALUES (?1)",
                       series, err);
}

static int add_name(struct series_list *list, const char *name, struct err *err)
{
    char **grown =
        realloc(list->names, (list->count + 1) * sizeof(*list->names));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "series: out of memory");
    list->names = grown;
    list->names[list->count] = strdup(name);
    if (list->names[list->count] == NULL)
        return err_set(err, ERR_NOMEM, "series: out of memory");
    list->count++;
    return 0;
}

/* A list of series cannot carry another condition. */
static const char series_sql[] =
    "SELECT id FROM series WHERE EXISTS ("
    "  SELECT 1 FROM rights WHERE role = ?1 AND" ACTION_SQL
    "  AND rights.series IN ('*', series.id)"
    "  AND (condition = '' OR (condition = 'ground' AND ?3)))"
    " ORDER BY id";

int access_take_names(struct stmt *s, struct series_list *out, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
    int rc;

    while ((rc = stmt_step(s, err)) == 1) {
        if (add_name(&list, stmt_text(s, 0), err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct series_list){NULL, 0};
    return 0;
}

int role_list(struct series_list *out, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
    const char *at = access_rights_tsv;
    struct right_line line = {.text = ""};
    int rc;

    while ((rc = next_line(&at, &line, err)) == 1) {
        const char *role = line.field[0];
        bool is_last =
            list.count > 0 && strcmp(list.names[list.count - 1], role) == 0;

        if (strcmp(role, "public") != 0 && !is_last &&
            add_name(&list, role, err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct series_list){NULL, 0};
    return 0;
}

int access_series(struct access *access, const char *role, enum action action,
                  struct series_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, series_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, action_name(action));
    stmt_bind_int(s, 3, access->actor.ground[0] != '\0');
    return access_take_names(s, out, err);
}

int access_known_series(struct access *access, struct series_list *out,
                        struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "SELECT id FROM series ORDER BY id", &s, err))
        return -1;
    return access_take_names(s, out, err);
}

void access_series_fini(struct series_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct series_list){NULL, 0};
}

/* A condition that this program does not know grants nothing. */
static const char actions_sql[] =
    "SELECT DISTINCT action FROM rights WHERE role = ?1"
    " AND condition IN ('', 'own-site', 'published', 'ground',"
    " 'own-organisation')";

int access_actions(struct access *access, const char *role,
                   bool may[ACTION_COUNT], struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    bool found[ACTION_COUNT] = {false};
    int rc;

    if (db_prepare(access->db, actions_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    while ((rc = stmt_step(s, err)) == 1) {
        for (int a = 0; a < ACTION_COUNT; a++) {
            if (strcmp(stmt_text(s, 0), action_name((enum action)a)) == 0)
                found[a] = true;
        }
    }
    if (rc < 0)
        return -1;
    found[ACTION_ROW] = found[ACTION_ROW] || found[ACTION_VIEW];
    memcpy(may, found, sizeof(found));
    return 0;
}

int access_may(struct access *access, const char *role, enum action action,
               struct err *err)
{
    bool may[ACTION_COUNT];

    if (access_actions(access, role, may, err) != 0)
        return -1;
    return may[action];
}

int access_sees_numbers(struct access *access, const char *role,
                        struct err *err)
{
    return access_at_every_site(access, role, ACTION_VIEW, err);
}

int access_at_every_site(struct access *access, const char *role,
                         enum action action, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT 1 FROM rights WHERE role = ?1 AND action = ?2"
                   " AND condition = ''",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, action_name(action));
    return stmt_step(s, err);
}

static void copy_text(char *to, size_t size, const char *text)
{
    (void)snprintf(to, size, "%s", text);
}

int access_rights_list(struct access *access, struct right **out, size_t *count,
                       struct err *err)
{
    CLEANUP(free) struct right *rights = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT role, series, action, condition FROM rights"
                   " ORDER BY role, series, action, condition",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct right *grown = realloc(rights, (n + 1) * sizeof(*rights));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "rights: out of memory");
        rights = grown;
        copy_text(rights[n].role, SLUG_SIZE, stmt_text(s, 0));
        copy_text(rights[n].series, SLUG_SIZE, stmt_text(s, 1));
        copy_text(rights[n].action, sizeof(rights[n].action), stmt_text(s, 2));
        copy_text(rights[n].condition, SLUG_SIZE, stmt_text(s, 3));
        n++;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(rights);
    *count = n;
    return 0;
}
