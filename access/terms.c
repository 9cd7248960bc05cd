/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "access/ledger.h"

const char *terms_kind_name(enum terms_kind kind)
{
    static const char *const names[TERMS_KINDS] = {[TERMS_PREPAID] = "prepaid",
                                                   [TERMS_POSTPAID] =
                                                       "postpaid",
                                                   [TERMS_EXEMPT] = "exempt"};

    return names[kind];
}

static enum terms_kind kind_of(const char *name)
{
    for (int k = 0; k < TERMS_KINDS; k++) {
        if (strcmp(name, terms_kind_name((enum terms_kind)k)) == 0)
            return (enum terms_kind)k;
    }
    return TERMS_PREPAID;
}

static int insert_terms(struct access *access, const char *payer,
                        const struct terms *terms, int64_t audit,
                        struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "INSERT INTO terms VALUES (?1, ?2, ?3, ?4)", &s,
                   err) != 0)
        return -1;
    stmt_bind_int(s, 1, audit);
    stmt_bind_text(s, 2, payer);
    stmt_bind_text(s, 3, terms_kind_name(terms->kind));
    stmt_bind_int(s, 4, terms->limit_cents);
    return stmt_run(s, err);
}

static int set_in_turn(struct access *access, const char *payer,
                       const struct terms *terms, struct err *err)
{
    int exists = payer_exists(access, payer, err);
    char detail[64];
    int64_t audit;

    if (exists < 0)
        return -1;
    if (exists == 0)
        return err_set(err, ERR_ABSENT, "there is no account '%s'", payer);
    (void)snprintf(detail, sizeof(detail), "%s limit=%lld",
                   terms_kind_name(terms->kind), (long long)terms->limit_cents);
    if (audit_next(access, &audit, err) != 0 ||
        audit_add(access, AUDIT_TERMS_SET, payer, detail, err) != 0)
        return -1;
    return insert_terms(access, payer, terms, audit, err);
}

int terms_set(struct access *access, const char *payer,
              const struct terms *terms, struct err *err)
{
    if (terms->limit_cents < 0 || terms->limit_cents > EURO_MAX_CENTS ||
        (terms->limit_cents > 0 && terms->kind != TERMS_POSTPAID))
        return err_set(err, ERR_USAGE,
                       "a limit belongs to who pays afterwards (postpaid)");
    if (access_begin(access, err) != 0)
        return -1;
    if (set_in_turn(access, payer, terms, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int terms_find(struct access *access, const char *payer, struct terms *out,
               struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT kind, limit_cents FROM terms WHERE payer = ?1"
                   " ORDER BY audit DESC LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, payer);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *out = (struct terms){TERMS_PREPAID, 0};
    if (rc == 1)
        *out = (struct terms){kind_of(stmt_text(s, 0)), stmt_int(s, 1)};
    return 0;
}

/* "payer:" stands before the name of each in the ledger. */
static const char payers_sql[] =
    "SELECT p.id, coalesce(b.cents, 0), coalesce(t.kind, 'prepaid'),"
    " coalesce(t.limit_cents, 0)"
    " FROM (SELECT DISTINCT payer AS id FROM terms UNION"
    "       SELECT substr(account, 7) FROM balance"
    "       WHERE account >= 'payer:' AND account < 'payer;') p"
    " LEFT JOIN balance b ON b.account = 'payer:' || p.id"
    " LEFT JOIN terms t ON t.audit ="
    "  (SELECT max(audit) FROM terms WHERE payer = p.id)"
    " ORDER BY p.id";

int ledger_payers(struct access *access, struct payer **out, size_t *count,
                  struct err *err)
{
    CLEANUP(free) struct payer *payers = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, payers_sql, &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct payer *grown = realloc(payers, (n + 1) * sizeof(*payers));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "payers: out of memory");
        payers = grown;
        payers[n] =
            (struct payer){.cents = stmt_int(s, 1),
                           .terms = {kind_of(stmt_text(s, 2)), stmt_int(s, 3)}};
        (void)snprintf(payers[n].identifier, sizeof(payers[n].identifier), "%s",
                       stmt_text(s, 0));
        n++;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(payers);
    *count = n;
    return 0;
}
