/* SPDX-License-Identifier: MIT */
#include "access/state_verify.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "access/access_rights_tsv.h"
#include "access/access_state_sql.h"

#define CODE_BYTES 16 /* of a digest */
#define CODE_HEX   (CODE_BYTES * 2 + 1)

/* Tables of which state.sql has the two views, told_ and held_. */
static const char *const tables[] = {
    "rights",       "role",          "ground",       "published",
    "restricted",   "account",       "organisation", "appointment",
    "machine_user", "machine_token", "certificate",  "second_factor",
    "session"};

const char *state_fault_words(const struct state_fault *fault)
{
    if (fault->expected[0] == '\0')
        return "no entry of the audit trail accounts for it";
    return fault->found[0] == '\0'
               ? "the audit trail tells of it, and it is missing"
               : "it is not as the audit trail tells it";
}

static int add_fault(struct state_faults *list, const char *table,
                     const char *expected, const char *found, struct err *err)
{
    struct state_fault *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));
    struct state_fault *f;

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "state: out of memory");
    list->items = grown;
    f = &grown[list->count++];
    *f = (struct state_fault){table, strdup(expected), strdup(found)};
    return f->expected == NULL || f->found == NULL
               ? err_set(err, ERR_NOMEM, "state: out of memory")
               : 0;
}

void state_faults_fini(struct state_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        free(faults->items[i].expected);
        free(faults->items[i].found);
    }
    free(faults->items);
    *faults = (struct state_faults){NULL, 0};
}

/* What is in one of the views alone. */
static int compare(struct access *access, const char *table,
                   struct state_faults *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char sql[300];
    int rc;

    (void)snprintf(sql, sizeof(sql),
                   "SELECT '', k FROM (SELECT k FROM temp.held_%s"
                   " EXCEPT SELECT k FROM temp.told_%s) UNION ALL"
                   " SELECT k, '' FROM (SELECT k FROM temp.told_%s"
                   " EXCEPT SELECT k FROM temp.held_%s)",
                   table, table, table, table);
    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (add_fault(out, table, stmt_text(s, 0), stmt_text(s, 1), err) != 0)
            return -1;
    }
    return rc;
}

/* What every archive begins with, in the words of an entry. */
static int fill_first(struct access *access, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char role[64], series[64], action[64], condition[64], text[300];

    if (db_exec(access->db, access_state_sql, err) != 0 ||
        db_exec(access->db, "DELETE FROM temp.first_right", err) != 0 ||
        db_prepare(access->db, "INSERT INTO temp.first_right VALUES (?1)", &s,
                   err) != 0)
        return -1;
    for (const char *at = access_rights_tsv; *at != '\0';
         at += strcspn(at, "\n"), at += *at == '\n') {
        if (*at == '#' || sscanf(at,
                                 "%63[^\t\n]\t%63[^\t\n]\t%63[^\t\n]\t"
                                 "%63[^\t\n]",
                                 role, series, action, condition) != 4)
            continue;
        (void)snprintf(text, sizeof(text), "%s %s %s%s%s", role, action, series,
                       strcmp(condition, "-") == 0 ? "" : " ",
                       strcmp(condition, "-") == 0 ? "" : condition);
        stmt_bind_text(s, 1, text);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

static int check_codes(struct access *access, struct state_faults *out,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[CODE_HEX], expected[160], found[160];
    int rc;

    if (db_prepare(access->db,
                   "SELECT identifier, code_hash, hex FROM temp.told_code", &s,
                   err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        const char *code = stmt_text(s, 1);

        (void)crypto_hash_sha256(hash, (const unsigned char *)code,
                                 strlen(code));
        (void)sodium_bin2hex(hex, sizeof(hex), hash, CODE_BYTES);
        if (strcmp(hex, stmt_text(s, 2)) == 0)
            continue;
        (void)snprintf(expected, sizeof(expected), "%.64s code=%.32s",
                       stmt_text(s, 0), stmt_text(s, 2));
        (void)snprintf(found, sizeof(found), "%.64s code=%s", stmt_text(s, 0),
                       hex);
        if (stmt_text(s, 2)[0] != '\0' &&
            add_fault(out, "account", expected, found, err) != 0)
            return -1;
    }
    return rc;
}

static int verify(struct access *access, struct state_faults *out,
                  struct err *err)
{
    if (fill_first(access, err) != 0)
        return -1;
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        if (compare(access, tables[i], out, err) != 0)
            return -1;
    }
    return check_codes(access, out, err);
}

/* One moment of the database, while others go on writing. */
int state_verify(struct access *access, struct state_faults *out,
                 struct err *err)
{
    CLEANUP(state_faults_fini) struct state_faults found = {NULL, 0};
    struct err ignored;
    int rc;

    if (db_exec(access->db, "SAVEPOINT verify", err) != 0)
        return -1;
    rc = verify(access, &found, err);
    (void)db_exec(access->db, "RELEASE verify", &ignored);
    if (rc != 0)
        return -1;
    *out = found;
    found = (struct state_faults){NULL, 0};
    return 0;
}
