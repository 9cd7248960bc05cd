/* SPDX-License-Identifier: MIT */
/*
 * Holds what follows from the audit trail (ledger_replay.c) against prices,
 * ledger, balances and purchases as they stand.
 */
#include <search.h>
#include <string.h>
#include <time.h>

#include "access/ledger_replay.h"

/* The first row of a question that finds what should not be. */
static int expect_none(struct access *access, const char *sql,
                       const int64_t *number, const char *what, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    if (number != NULL)
        stmt_bind_int(s, 1, *number);
    rc = stmt_step(s, err);
    return rc == 1 ? err_set(err, ERR_CHECKSUM, "ledger: %s: %s", what,
                             stmt_text(s, 0))
                   : rc;
}

/* Rows of the tables that stand beside their entries of the trail. */
static const char untold_price_sql[] =
    "SELECT p.audit || ' (' || p.role || ' ' || p.series || ')' FROM price p"
    " LEFT JOIN audit a ON a.seq = p.audit WHERE a.kind IS NOT 'price-set'"
    " OR a.subject <> p.role"
    " OR a.detail <> p.action || ' ' || p.series || ' cents=' || p.cents || ' "
    "from='"
    "  || p.from_day || ' to=' || iif(p.to_day = '', '-', p.to_day) LIMIT 1";
static const char untold_terms_sql[] =
    "SELECT t.audit || ' (' || t.payer || ')' FROM terms t"
    " LEFT JOIN audit a ON a.seq = t.audit WHERE a.kind IS NOT 'terms-set'"
    " OR a.subject <> t.payer"
    " OR a.detail <> t.kind || ' limit=' || t.limit_cents LIMIT 1";
static const char untold_window_sql[] =
    "SELECT w.audit FROM opening_window w LEFT JOIN audit a ON a.seq = w.audit"
    " WHERE a.kind IS NOT 'window-set' OR a.detail <> 'hours=' || w.hours"
    " LIMIT 1";

static const char untold_invoice_sql[] =
    "SELECT i.number FROM invoice i LEFT JOIN audit a ON a.seq = i.audit"
    " WHERE a.kind IS NOT 'invoice' OR a.subject <> i.payer"
    " OR a.detail <> 'number=' || i.number || ' cents=' || i.cents ||"
    "  ' expires=' || i.expires_utc_ms LIMIT 1";
static const char untold_status_sql[] =
    "SELECT s.number || ' ' || s.status FROM invoice_status s"
    " LEFT JOIN audit a ON a.seq = s.audit"
    " LEFT JOIN ledger l ON l.audit = s.audit"
    " LEFT JOIN invoice i ON i.number = s.number"
    " WHERE a.subject IS NOT i.payer OR iif(s.status = 'paid',"
    "  l.debit IS NOT 'gateway'"
    "   OR instr(l.text, 'invoice ' || s.number || ' ') <> 1,"
    "  a.kind IS NOT 'invoice-unpaid'"
    "   OR a.detail <> 'number=' || s.number || ' ' || s.status) LIMIT 1";

static int check_invoices(struct access *access, const struct replay *r,
                          struct err *err)
{
    const int64_t asked = (int64_t)r->asked_count;
    static const char as_told[] = "not as the audit trail tells it, invoice";
    static const char missing[] = "rows are missing or too many in the table";

    if (expect_none(access, untold_invoice_sql, NULL, as_told, err) != 0 ||
        expect_none(access, untold_status_sql, NULL, as_told, err) != 0 ||
        expect_none(
            access,
            "SELECT 'invoice' WHERE (SELECT count(*) FROM invoice) <> ?1",
            &asked, missing, err) != 0)
        return -1;
    return expect_none(access,
                       "SELECT 'invoice_status' WHERE"
                       " (SELECT count(*) FROM invoice_status) <> ?1",
                       &r->said, missing, err);
}

static int check_told(struct access *access, const struct replay *r,
                      struct err *err)
{
    static const char as_told[] = "not as the audit trail tells it, entry";
    const int64_t prices = (int64_t)r->price_count;
    static const char missing[] = "rows are missing or too many in the table";

    if (expect_none(access, untold_price_sql, NULL, as_told, err) != 0 ||
        expect_none(access, untold_terms_sql, NULL, as_told, err) != 0 ||
        expect_none(access, untold_window_sql, NULL, as_told, err) != 0 ||
        expect_none(access,
                    "SELECT 'price' WHERE (SELECT count(*) FROM price) <> ?1",
                    &prices, missing, err) != 0 ||
        expect_none(access,
                    "SELECT 'terms' WHERE (SELECT count(*) FROM terms) <> ?1",
                    &r->terms_count, missing, err) != 0 ||
        expect_none(access,
                    "SELECT 'opening_window' WHERE"
                    " (SELECT count(*) FROM opening_window) <> ?1",
                    &r->window_count, missing, err) != 0)
        return -1;
    return expect_none(access,
                       "SELECT seq FROM ledger WHERE seq > ?1 OR seq < 1"
                       " ORDER BY seq LIMIT 1",
                       &r->sum.entries,
                       "the audit trail tells of no such entry of it", err);
}

static void find_unseen(const void *node, VISIT visit, void *out)
{
    const struct named *n = *(struct named *const *)node;

    if ((visit == postorder || visit == leaf) && !n->seen)
        *(const char **)out = n->name;
}

static int check_balances(struct access *access, struct replay *r,
                          struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *unseen = NULL;
    int rc;

    if (db_prepare(access->db, "SELECT account, cents FROM balance", &s, err))
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct named *n = replay_find(&r->balances, stmt_text(s, 0));

        if (n == NULL || n->value != stmt_int(s, 1))
            return err_set(err, ERR_CHECKSUM,
                           "ledger: balance of %s: %lld cents are kept, and "
                           "its entries make %lld",
                           stmt_text(s, 0), (long long)stmt_int(s, 1),
                           n == NULL ? 0LL : (long long)n->value);
        n->seen = true;
    }
    if (rc < 0)
        return -1;
    twalk_r(r->balances, find_unseen, &unseen);
    return unseen == NULL ? 0
                          : err_set(err, ERR_CHECKSUM,
                                    "ledger: balance of %s is missing", unseen);
}

static int purchase_wrong(const struct bought *b, struct err *err,
                          const char *what)
{
    return err_set(err, ERR_CHECKSUM,
                   "ledger: charge %lld, %.80s for %.80s: %s",
                   (long long)b->charge, b->payer, b->item, what);
}

static int check_purchase(const struct bought *b, const struct stmt *s,
                          int64_t now_ms, struct err *err)
{
    if (stmt_int(s, 0) != b->charge || strcmp(stmt_text(s, 1), b->payer) != 0 ||
        strcmp(stmt_text(s, 2), b->item) != 0 || stmt_int(s, 3) != b->from_ms ||
        stmt_int(s, 4) != b->until_ms || stmt_int(s, 5) != b->delivered ||
        stmt_int(s, 6) != b->reversed)
        return purchase_wrong(b, err,
                              "the purchase that is kept of it is not "
                              "what the audit trail tells");
    if (b->delivered == 0 && b->reversed == 0 && b->until_ms <= now_ms)
        return purchase_wrong(b, err, "was neither shown nor given back");
    return 0;
}

static int check_purchases(struct access *access, const struct replay *r,
                           struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t now_ms = (int64_t)time(NULL) * 1000 + access->ahead_ms;
    int rc = 0;

    if (db_prepare(access->db,
                   "SELECT charge, payer, item, from_utc_ms, until_utc_ms,"
                   " coalesce(delivered, 0), coalesce(reversed, 0)"
                   " FROM purchase ORDER BY charge",
                   &s, err) != 0)
        return -1;
    for (size_t i = 0; i < r->bought_count; i++) {
        rc = stmt_step(s, err);
        if (rc < 0)
            return -1;
        if (rc == 0)
            return purchase_wrong(&r->bought[i], err, "no purchase is kept");
        if (check_purchase(&r->bought[i], s, now_ms, err) != 0)
            return -1;
    }
    rc = stmt_step(s, err);
    return rc == 1 ? err_set(err, ERR_CHECKSUM,
                             "ledger: a purchase is kept of charge %lld, which "
                             "the audit trail does not tell",
                             (long long)stmt_int(s, 0))
                   : rc;
}

static int verify(struct access *access, struct ledger_sum *out,
                  struct err *err)
{
    CLEANUP(replay_fini) struct replay r = REPLAY_INIT;

    if (replay_trail(access, &r, err) != 0 ||
        check_told(access, &r, err) != 0 ||
        check_invoices(access, &r, err) != 0 ||
        check_balances(access, &r, err) != 0 ||
        check_purchases(access, &r, err) != 0)
        return -1;
    *out = r.sum;
    return 0;
}

/* One moment of the database, while others go on writing. */
int ledger_verify(struct access *access, struct ledger_sum *out,
                  struct err *err)
{
    struct err ignored;
    int rc;

    if (db_exec(access->db, "SAVEPOINT verify", err) != 0)
        return -1;
    rc = verify(access, out, err);
    (void)db_exec(access->db, "RELEASE verify", &ignored);
    return rc;
}
