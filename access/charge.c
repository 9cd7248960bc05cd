/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "access/ledger_internal.h"
#include "common/buf.h"

#define MS_IN_AN_HOUR ((int64_t)60 * 60 * 1000)
#define MS_IN_S       1000
#define PAGE_ID_PARTS 4 /* site/series/volume/page */

/* site/series/... */
static int series_of(const char *item, char out[SLUG_SIZE], struct err *err)
{
    const char *start = strchr(item, '/');
    size_t len = start == NULL ? 0 : strcspn(start + 1, "/");

    if (len == 0 || len >= SLUG_SIZE)
        return err_set(err, ERR_USAGE, "'%s' is no page", item);
    memcpy(out, start + 1, len);
    out[len] = '\0';
    return 0;
}

/* What is opened, by what stands behind the page's id. */
static const char *action_of(const char *item)
{
    const char *last = strrchr(item, '/');

    return last == NULL     ? "view"
           : last[1] == 'r' ? "row"
           : last[1] == 'h' ? "household"
                            : "view";
}

/* Whatever the clock was when it was bought: one that was put back must not
 * make anybody pay twice. */
static const char held_sql[] =
    "SELECT charge, delivered IS NOT NULL FROM purchase WHERE payer = ?1"
    " AND item = ?2 AND until_utc_ms > ?3 AND reversed IS NULL"
    " ORDER BY until_utc_ms DESC LIMIT 1";

/* 1 he has paid for it, 0 not, -1 error. */
static int find_held(struct access *access, const char *payer, const char *item,
                     int64_t at_utc_ms, struct gate *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, held_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, payer);
    stmt_bind_text(s, 2, item);
    stmt_bind_int(s, 3, at_utc_ms);
    rc = stmt_step(s, err);
    if (rc == 1)
        *out = (struct gate){.state = GATE_PAID,
                             .charge = stmt_int(s, 0),
                             .shown = stmt_int(s, 1) != 0};
    return rc;
}

static int find_fee(struct access *access, const struct account *reader,
                    const char *item, int64_t at_utc_ms, struct gate *out,
                    struct err *err)
{
    enum price_state state;
    char series[SLUG_SIZE];
    struct terms terms;
    int64_t cents = 0;

    *out = (struct gate){.state = GATE_FREE};
    if (series_of(item, series, err) != 0 ||
        price_find(access, reader->role, series, action_of(item), at_utc_ms,
                   &state, &cents, err) != 0)
        return -1;
    if (state == PRICE_NONE || (state == PRICE_SET && cents == 0))
        return 0;
    if (terms_find(access, account_payer(reader), &terms, err) != 0)
        return -1;
    if (terms.kind == TERMS_EXEMPT)
        return 0;
    out->state = state == PRICE_OVER ? GATE_OVER : GATE_DUE;
    out->cents = cents;
    return 0;
}

static int find_gate(struct access *access, const struct account *reader,
                     const char *item, int64_t at_utc_ms, struct gate *out,
                     struct err *err)
{
    int held =
        find_held(access, account_payer(reader), item, at_utc_ms, out, err);

    return held < 0    ? -1
           : held == 1 ? 0
                       : find_fee(access, reader, item, at_utc_ms, out, err);
}

int charge_gate(struct access *access, const struct account *reader,
                const char *item, struct gate *out, struct err *err)
{
    return find_gate(access, reader, item, access_now_ms(access), out, err);
}

/* How low may the payer's balance go? */
static int64_t floor_of(const struct terms *terms)
{
    return terms->kind == TERMS_POSTPAID ? -terms->limit_cents : 0;
}

static int can_pay(struct access *access, const char *payer, int64_t cents,
                   struct err *err)
{
    struct terms terms;
    int64_t has;

    if (terms_find(access, payer, &terms, err) != 0 ||
        ledger_balance(access, payer, &has, err) != 0)
        return -1;
    return has - cents >= floor_of(&terms);
}

static int insert_purchase(struct access *access, const char *payer,
                           const char *item, int64_t charge, int64_t from_ms,
                           int64_t until_ms, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO purchase (charge, payer, item, from_utc_ms,"
                   " until_utc_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, charge);
    stmt_bind_text(s, 2, payer);
    stmt_bind_text(s, 3, item);
    stmt_bind_int(s, 4, from_ms);
    stmt_bind_int(s, 5, until_ms);
    return stmt_run(s, err);
}

/* The latest of a reader's searches that showed the page, and what was asked;
 * no older than a session can be. */
static const char search_sql[] =
    "SELECT seq, iif(instr(detail, ' asked: ') > 0,"
    " substr(detail, instr(detail, ' asked: ') + 8), '') FROM audit"
    " WHERE kind = 'search' AND who = ?1 AND at_utc_ms > ?2"
    " AND instr(detail, ' ' || ?3 || ' ') > 0 ORDER BY seq DESC LIMIT 1";

/* What led to it, as the trail knows it: what the browser says of that would be
 * nobody's proof. */
static int add_search(struct access *access, const char *item,
                      int64_t at_utc_ms, struct buf *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(buf_fini) struct buf page = BUF_INIT;
    int rc;

    if (db_prepare(access->db, search_sql, &s, err) != 0)
        return -1;
    for (int slashes = 0; *item != '\0';
         item++) { /* of a row's id its page's */
        if (*item == '/' && ++slashes == PAGE_ID_PARTS)
            break;
        buf_add(&page, item, 1);
    }
    stmt_bind_text(s, 1, access->actor.who);
    stmt_bind_int(s, 2, at_utc_ms - (int64_t)SESSION_TOTAL_LIMIT_S * MS_IN_S);
    stmt_bind_text(s, 3, buf_str(&page));
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    if (rc == 1)
        buf_printf(out, "search=%lld asked=%s", (long long)stmt_int(s, 0),
                   stmt_text(s, 1));
    else
        buf_puts(out, "search=-");
    return page.failed || out->failed
               ? err_set(err, ERR_NOMEM, "charge: out of memory")
               : 0;
}

static int take_money(struct access *access, const struct account *reader,
                      const char *item, int64_t cents, int64_t at_utc_ms,
                      struct err *err)
{
    CLEANUP(buf_fini) struct buf more = BUF_INIT;
    char debit[LEDGER_NAME_SIZE], credit[LEDGER_NAME_SIZE], series[SLUG_SIZE];
    int64_t hours, until_ms, charge;

    if (series_of(item, series, err) != 0 ||
        price_window(access, &hours, err) != 0 ||
        add_search(access, item, at_utc_ms, &more, err) != 0)
        return -1;
    until_ms = at_utc_ms + hours * MS_IN_AN_HOUR;
    ledger_payer_name(account_payer(reader), debit);
    ledger_fees_name(series, credit);
    if (ledger_post(access,
                    &(struct posting){.kind = AUDIT_CHARGE,
                                      .debit = debit,
                                      .credit = credit,
                                      .cents = cents,
                                      .until_utc_ms = until_ms,
                                      .text = item,
                                      .about = item,
                                      .more = buf_str(&more)},
                    at_utc_ms, &charge, err) != 0)
        return -1;
    return insert_purchase(access, account_payer(reader), item, charge,
                           at_utc_ms, until_ms, err);
}

static int make_in_turn(struct access *access, const struct account *reader,
                        const char *item, int64_t seen_cents,
                        enum charge_result *out, struct err *err)
{
    int64_t now_ms = access_now_ms(access);
    struct gate gate;
    int can;

    if (settle_in_turn(access, now_ms, NULL, err) != 0 ||
        find_gate(access, reader, item, now_ms, &gate, err) != 0)
        return -1;
    *out = CHARGE_HELD;
    if (gate.state == GATE_FREE || gate.state == GATE_PAID)
        return 0;
    *out = gate.state == GATE_OVER ? CHARGE_OVER : CHARGE_CHANGED;
    if (gate.state == GATE_OVER || gate.cents != seen_cents)
        return 0;
    can = can_pay(access, account_payer(reader), gate.cents, err);
    *out = CHARGE_SHORT;
    if (can != 1)
        return can;
    *out = CHARGE_MADE;
    return take_money(access, reader, item, gate.cents, now_ms, err);
}

int charge_make(struct access *access, const struct account *reader,
                const char *item, int64_t seen_cents, enum charge_result *out,
                struct err *err)
{
    enum charge_result result = CHARGE_HELD;

    if (reader->id == 0)
        return err_set(err, ERR_USAGE, "who is not logged in cannot pay");
    if (access_begin(access, err) != 0)
        return -1;
    if (make_in_turn(access, reader, item, seen_cents, &result, err) != 0) {
        access_rollback(access);
        return -1;
    }
    if (access_commit(access, err) != 0)
        return -1;
    *out = result;
    return 0;
}

static int mark(struct access *access, const char *sql, int64_t charge,
                int64_t by, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, charge);
    stmt_bind_int(s, 2, by);
    return stmt_run(s, err);
}

/* The entry of what is shown, and with it the delivery of what was paid. */
static int show_in_turn(struct access *access, const struct account *reader,
                        const char *item, enum audit_kind kind,
                        const char *detail, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    int64_t now_ms = access_now_ms(access), audit;
    struct gate gate;

    if (find_gate(access, reader, item, now_ms, &gate, err) != 0 ||
        audit_next(access, &audit, err) != 0)
        return -1;
    if (gate.state == GATE_DUE || gate.state == GATE_OVER)
        return err_set(err, ERR_BUSY, "%s: it has to be paid for by now", item);
    if (gate.state == GATE_PAID)
        buf_printf(&text, "charge=%lld ", (long long)gate.charge);
    buf_puts(&text, detail);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    if (audit_add_at(access, kind, item, buf_str(&text), now_ms, err) != 0)
        return -1;
    return gate.state == GATE_PAID && !gate.shown
               ? mark(access,
                      "UPDATE purchase SET delivered = ?2 WHERE charge = ?1",
                      gate.charge, audit, err)
               : 0;
}

/* Is a picture of what the charge opened in the trail? 1, 0, or -1. */
static int is_pictured(struct access *access, const char *item, int64_t charge,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT 1 FROM audit WHERE subject = ?1 AND kind = 'image'"
                   " AND detail = 'charge=' || ?2 || ' " CHARGE_PICTURE
                   "' LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, item);
    stmt_bind_int(s, 2, charge);
    return stmt_step(s, err);
}

/* Need it not be noted again? The first picture of what was paid for is, once,
 * although the page was opened before it. 1, 0, or -1. */
static int is_told(struct access *access, const struct gate *gate,
                   const char *item, enum audit_kind kind, const char *detail,
                   struct err *err)
{
    int noted = audit_noted_of_late(access, kind, item, err);

    if (noted != 1 || gate->state == GATE_FREE)
        return noted;
    if (gate->state != GATE_PAID || !gate->shown)
        return 0;
    return strcmp(detail, CHARGE_PICTURE) == 0
               ? is_pictured(access, item, gate->charge, err)
               : 1;
}

int charge_show(struct access *access, const struct account *reader,
                const char *item, enum audit_kind kind, bool grouped,
                const char *detail, struct err *err)
{
    struct gate gate;
    int told = 0;

    if (charge_gate(access, reader, item, &gate, err) != 0)
        return -1;
    if (grouped)
        told = is_told(access, &gate, item, kind, detail, err);
    if (told != 0)
        return told < 0 ? -1 : 0;
    if (access_begin(access, err) != 0)
        return -1;
    if (show_in_turn(access, reader, item, kind, detail, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

/* A purchase that nothing came of. */
struct pending {
    int64_t charge;
    char payer[64];
    char item[ITEM_SIZE];
    int64_t cents;
};

/* Nobody gives it back but the rules: the entry is in nobody's name. */
static int reverse(struct access *access, const struct pending *p,
                   int64_t at_utc_ms, struct err *err)
{
    struct actor before = access->actor;
    char debit[LEDGER_NAME_SIZE], credit[LEDGER_NAME_SIZE], series[SLUG_SIZE];
    int64_t seq;
    int rc;

    if (series_of(p->item, series, err) != 0)
        return -1;
    ledger_fees_name(series, debit);
    ledger_payer_name(p->payer, credit);
    access->actor = (struct actor){.who = "@tefter"};
    rc = ledger_post(access,
                     &(struct posting){.kind = AUDIT_REVERSAL,
                                       .debit = debit,
                                       .credit = credit,
                                       .cents = p->cents,
                                       .charge = p->charge,
                                       .text = p->item,
                                       .about = p->item,
                                       .more = p->payer},
                     at_utc_ms, &seq, err);
    access->actor = before;
    return rc != 0 ? -1
                   : mark(access,
                          "UPDATE purchase SET reversed = ?2 WHERE charge = ?1",
                          p->charge, seq, err);
}

static const char overdue_sql[] =
    "SELECT p.charge, p.payer, p.item, l.cents FROM purchase p"
    " JOIN ledger l ON l.seq = p.charge"
    " WHERE p.delivered IS NULL AND p.reversed IS NULL"
    " AND p.until_utc_ms <= ?1 ORDER BY p.charge LIMIT 1";
static const char unshown_sql[] =
    "SELECT p.charge, p.payer, p.item, l.cents FROM purchase p"
    " JOIN ledger l ON l.seq = p.charge"
    " WHERE p.payer = ?1 AND p.item = ?2 AND p.delivered IS NULL"
    " AND p.reversed IS NULL ORDER BY p.charge LIMIT 1";

static const char unpictured_sql[] =
    "SELECT p.charge, p.payer, p.item, l.cents FROM purchase p"
    " JOIN ledger l ON l.seq = p.charge"
    " WHERE p.payer = ?1 AND p.item = ?2 AND p.until_utc_ms > ?3"
    " AND p.delivered IS NOT NULL AND p.reversed IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM ledger b WHERE b.charge = p.charge)"
    " ORDER BY p.charge LIMIT 1";

/* 1 and the first of them, 0 there is none, -1 error. */
static int take_pending(struct stmt *s, struct pending *out, struct err *err)
{
    int rc = stmt_step(s, err);

    if (rc == 1) {
        *out =
            (struct pending){.charge = stmt_int(s, 0), .cents = stmt_int(s, 3)};
        (void)snprintf(out->payer, sizeof(out->payer), "%s", stmt_text(s, 1));
        (void)snprintf(out->item, sizeof(out->item), "%s", stmt_text(s, 2));
    }
    return rc;
}

static int find_overdue(struct access *access, int64_t at_utc_ms,
                        struct pending *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, overdue_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, at_utc_ms);
    return take_pending(s, out, err);
}

static int find_unshown(struct access *access, const char *payer,
                        const char *item, struct pending *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, unshown_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, payer);
    stmt_bind_text(s, 2, item);
    return take_pending(s, out, err);
}

int settle_in_turn(struct access *access, int64_t at_utc_ms, int64_t *count,
                   struct err *err)
{
    struct pending pending;
    int64_t n = 0;
    int rc;

    while ((rc = find_overdue(access, at_utc_ms, &pending, err)) == 1) {
        if (reverse(access, &pending, at_utc_ms, err) != 0)
            return -1;
        n++;
    }
    if (rc == 0 && count != NULL)
        *count = n;
    return rc;
}

int ledger_settle(struct access *access, int64_t *count, struct err *err)
{
    int64_t now_ms = access_now_ms(access);
    struct pending pending;
    int rc = find_overdue(access, now_ms, &pending, err);

    if (rc == 0 && count != NULL)
        *count = 0;
    if (rc != 1)
        return rc;
    if (access_begin(access, err) != 0)
        return -1;
    if (settle_in_turn(access, now_ms, count, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

/* What is given back when this failed: what nothing was shown of; and when it
 * is the picture that failed, what no picture was shown of. 1, 0, or -1. */
static int find_failed(struct access *access, const char *payer,
                       const char *item, enum charge_failure failure,
                       struct pending *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc = find_unshown(access, payer, item, out, err);

    if (rc != 0 || failure != CHARGE_FAILED_PICTURE)
        return rc;
    if (db_prepare(access->db, unpictured_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, payer);
    stmt_bind_text(s, 2, item);
    stmt_bind_int(s, 3, access_now_ms(access));
    rc = take_pending(s, out, err);
    if (rc != 1)
        return rc;
    rc = is_pictured(access, item, out->charge, err);
    return rc < 0 ? -1 : rc == 0;
}

static int fail_in_turn(struct access *access, const char *payer,
                        const char *item, enum charge_failure failure,
                        struct err *err)
{
    struct pending pending;
    int rc = find_failed(access, payer, item, failure, &pending, err);

    return rc != 1 ? rc : reverse(access, &pending, access_now_ms(access), err);
}

int charge_fail(struct access *access, const struct account *reader,
                const char *item, enum charge_failure failure, struct err *err)
{
    struct pending pending;
    int rc = find_failed(access, account_payer(reader), item, failure, &pending,
                         err);

    if (rc != 1)
        return rc;
    if (access_begin(access, err) != 0)
        return -1;
    if (fail_in_turn(access, account_payer(reader), item, failure, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}
