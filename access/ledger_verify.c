/* SPDX-License-Identifier: MIT */
/*
 * Holds what follows from the audit trail (ledger_replay.c) against prices,
 * ledger, balances and purchases as they stand.
 */
#include <search.h>
#include <string.h>
#include <time.h>

#include "access/ledger_replay.h"

/* A question that finds what should not be: of the first row its key, what is
 * expected there, and what is found. */
struct question {
    const char *table, *field, *sql;
    const char *what; /* in words */
};

static int expect_none(struct access *access, const struct question *q,
                       const int64_t *number, struct ledger_fault *fault,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, q->sql, &s, err) != 0)
        return -1;
    if (number != NULL)
        stmt_bind_int(s, 1, *number);
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    fault_set(fault, q->table, stmt_text(s, 0), q->field, stmt_text(s, 1),
              stmt_text(s, 2));
    return err_set(err, ERR_CHECKSUM, "ledger: %s %s: %s", q->table,
                   stmt_text(s, 0), q->what);
}

/* Rows of the tables that stand beside their entries of the trail, and entries
 * that have none. */
#define PRICE_TOLD                                                    \
    "p.action || ' ' || p.series || ' cents=' || p.cents || ' from='" \
    " || p.from_day || ' to=' || iif(p.to_day = '', '-', p.to_day)"
#define TERMS_TOLD "t.kind || ' limit=' || t.limit_cents"
#define INVOICE_TOLD                                               \
    "'number=' || i.number || ' cents=' || i.cents || ' expires='" \
    " || i.expires_utc_ms"
#define BOTH_TOLD "a.subject || ' ' || a.detail"

static const char as_told[] = "it is not as the audit trail tells it";
static const char missing[] = "the audit trail tells of it, and it is missing";

static const struct question of_tables[] = {
    {"price", "told",
     "SELECT p.audit, " BOTH_TOLD ", p.role || ' ' || " PRICE_TOLD
     " FROM price p LEFT JOIN audit a ON a.seq = p.audit"
     " WHERE a.kind IS NOT 'price-set' OR a.subject <> p.role"
     " OR a.detail <> " PRICE_TOLD " LIMIT 1",
     as_told},
    {"price", "row",
     "SELECT a.seq, " BOTH_TOLD ", '' FROM audit a WHERE a.kind = 'price-set'"
     " AND a.seq NOT IN (SELECT audit FROM price) LIMIT 1",
     missing},
    {"terms", "told",
     "SELECT t.audit, " BOTH_TOLD ", t.payer || ' ' || " TERMS_TOLD
     " FROM terms t LEFT JOIN audit a ON a.seq = t.audit"
     " WHERE a.kind IS NOT 'terms-set' OR a.subject <> t.payer"
     " OR a.detail <> " TERMS_TOLD " LIMIT 1",
     as_told},
    {"terms", "row",
     "SELECT a.seq, " BOTH_TOLD ", '' FROM audit a WHERE a.kind = 'terms-set'"
     " AND a.seq NOT IN (SELECT audit FROM terms) LIMIT 1",
     missing},
    {"opening_window", "hours",
     "SELECT w.audit, a.detail, 'hours=' || w.hours FROM opening_window w"
     " LEFT JOIN audit a ON a.seq = w.audit WHERE a.kind IS NOT 'window-set'"
     " OR a.detail <> 'hours=' || w.hours LIMIT 1",
     as_told},
    {"opening_window", "row",
     "SELECT a.seq, a.detail, '' FROM audit a WHERE a.kind = 'window-set'"
     " AND a.seq NOT IN (SELECT audit FROM opening_window) LIMIT 1",
     missing},
    {"invoice", "told",
     "SELECT i.number, " BOTH_TOLD ", i.payer || ' ' || " INVOICE_TOLD
     " FROM invoice i LEFT JOIN audit a ON a.seq = i.audit"
     " WHERE a.kind IS NOT 'invoice' OR a.subject <> i.payer"
     " OR a.detail <> " INVOICE_TOLD " LIMIT 1",
     as_told},
    {"invoice", "row",
     "SELECT a.seq, " BOTH_TOLD ", '' FROM audit a WHERE a.kind = 'invoice'"
     " AND a.seq NOT IN (SELECT audit FROM invoice) LIMIT 1",
     missing},
    {"invoice_status", "told",
     "SELECT s.number || ' ' || s.status, " BOTH_TOLD
     ", i.payer || ' ' || s.status FROM invoice_status s"
     " LEFT JOIN audit a ON a.seq = s.audit"
     " LEFT JOIN ledger l ON l.audit = s.audit"
     " LEFT JOIN invoice i ON i.number = s.number"
     " WHERE a.subject IS NOT i.payer OR iif(s.status = 'paid',"
     "  l.debit IS NOT 'gateway'"
     "   OR instr(l.text, 'invoice ' || s.number || ' ') <> 1,"
     "  a.kind IS NOT 'invoice-unpaid'"
     "   OR a.detail <> 'number=' || s.number || ' ' || s.status) LIMIT 1",
     as_told},
    {"invoice_status", "row",
     "SELECT a.seq, " BOTH_TOLD ", '' FROM audit a"
     " LEFT JOIN ledger l ON l.audit = a.seq"
     " WHERE (a.kind = 'invoice-unpaid' OR l.debit = 'gateway')"
     " AND a.seq NOT IN (SELECT audit FROM invoice_status) LIMIT 1",
     missing},
};

/* Were a table made anew without its key, a row could stand in it twice. */
#define COUNT(table)                                                  \
    {                                                                 \
        table, "row",                                                 \
            "SELECT '', ?1, n FROM (SELECT count(*) AS n FROM " table \
            ") WHERE n <> ?1",                                        \
            "so many rows are not told by the audit trail"            \
    }

static int check_counts(struct access *access, struct replay *r,
                        struct err *err)
{
    static const struct question counts[] = {
        COUNT("price"), COUNT("terms"), COUNT("opening_window"),
        COUNT("invoice"), COUNT("invoice_status")};
    const int64_t told[] = {(int64_t)r->price_count, r->terms_count,
                            r->window_count, (int64_t)r->asked_count, r->said};

    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        if (expect_none(access, &counts[i], &told[i], &r->sum.fault, err) != 0)
            return -1;
    }
    return 0;
}

static int check_told(struct access *access, struct replay *r, struct err *err)
{
    static const struct question untold = {
        "ledger", "row",
        "SELECT seq, '', kind || ' ' || cents || ' ' || text FROM ledger"
        " WHERE seq > ?1 OR seq < 1 ORDER BY seq LIMIT 1",
        "the audit trail tells of no such entry of it"};

    for (size_t i = 0; i < sizeof(of_tables) / sizeof(*of_tables); i++) {
        if (expect_none(access, &of_tables[i], NULL, &r->sum.fault, err) != 0)
            return -1;
    }
    if (check_counts(access, r, err) != 0)
        return -1;
    return expect_none(access, &untold, &r->sum.entries, &r->sum.fault, err);
}

static void find_unseen(const void *node, VISIT visit, void *out)
{
    const struct named *n = *(struct named *const *)node;

    if ((visit == postorder || visit == leaf) && !n->seen)
        *(const char **)out = n->name;
}

/* @param found  cents; "" the row is missing */
static int balance_wrong(struct replay *r, const char *account, int64_t cents,
                         const char *found, struct err *err)
{
    char expected[24];

    (void)snprintf(expected, sizeof(expected), "%lld", (long long)cents);
    fault_set(&r->sum.fault, "balance", account,
              found[0] == '\0' ? "row" : "cents", expected, found);
    return err_set(err, ERR_CHECKSUM,
                   "ledger: balance of %s: %s cents are kept, and its entries "
                   "make %s",
                   account, found[0] == '\0' ? "no" : found, expected);
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
            return balance_wrong(r, stmt_text(s, 0), n == NULL ? 0 : n->value,
                                 stmt_text(s, 1), err);
        n->seen = true;
    }
    if (rc < 0)
        return -1;
    twalk_r(r->balances, find_unseen, &unseen);
    return unseen == NULL
               ? 0
               : balance_wrong(r, unseen,
                               replay_find(&r->balances, unseen)->value, "",
                               err);
}

static int purchase_wrong(const struct bought *b, struct err *err,
                          const char *what)
{
    return err_set(err, ERR_CHECKSUM,
                   "ledger: charge %lld, %.80s for %.80s: %s",
                   (long long)b->charge, b->payer, b->item, what);
}

static int check_purchase(const struct bought *b, const struct stmt *s,
                          int64_t now_ms, struct ledger_fault *fault,
                          struct err *err)
{
    const struct column columns[] = {{"charge", 0, b->charge, NULL},
                                     {"payer", 1, 0, b->payer},
                                     {"item", 2, 0, b->item},
                                     {"from_utc_ms", 3, b->from_ms, NULL},
                                     {"until_utc_ms", 4, b->until_ms, NULL},
                                     {"delivered", 5, b->delivered, NULL},
                                     {"reversed", 6, b->reversed, NULL},
                                     {NULL, 0, 0, NULL}};

    if (fault_find(fault, "purchase", b->charge, s, columns))
        return purchase_wrong(b, err,
                              "the purchase that is kept of it is not "
                              "what the audit trail tells");
    if (b->delivered != 0 || b->reversed != 0 || b->until_ms > now_ms)
        return 0;
    fault_set_row(fault, "purchase", b->charge, "reversed", "", "0");
    return purchase_wrong(b, err, "was neither shown nor given back");
}

static int check_purchases(struct access *access, struct replay *r,
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
        if (rc == 0 || stmt_int(s, 0) > r->bought[i].charge) {
            fault_set_row(&r->sum.fault, "purchase", r->bought[i].charge, "row",
                          r->bought[i].item, "");
            return purchase_wrong(&r->bought[i], err, "no purchase is kept");
        }
        if (check_purchase(&r->bought[i], s, now_ms, &r->sum.fault, err) != 0)
            return -1;
    }
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    fault_set_row(&r->sum.fault, "purchase", stmt_int(s, 0), "row", "",
                  stmt_text(s, 2));
    return err_set(err, ERR_CHECKSUM,
                   "ledger: a purchase is kept of charge %lld, which the audit "
                   "trail does not tell",
                   (long long)stmt_int(s, 0));
}

static int verify(struct access *access, struct ledger_sum *out,
                  struct err *err)
{
    CLEANUP(replay_fini) struct replay r = REPLAY_INIT;

    bool is_sound = replay_trail(access, &r, err) == 0 &&
                    check_told(access, &r, err) == 0 &&
                    check_balances(access, &r, err) == 0 &&
                    check_purchases(access, &r, err) == 0;

    *out = r.sum;
    return is_sound ? 0 : -1;
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
