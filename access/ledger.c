/* SPDX-License-Identifier: MIT */
#include "access/ledger.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/ledger_internal.h"
#include "common/buf.h"
#include "common/text.h"

#define HASH_BYTES crypto_hash_sha256_BYTES
#define TEXT_MAX   200

void ledger_payer_name(const char *payer, char out[LEDGER_NAME_SIZE])
{
    (void)snprintf(out, LEDGER_NAME_SIZE, "payer:%s", payer);
}

void ledger_fees_name(const char *series, char out[LEDGER_NAME_SIZE])
{
    (void)snprintf(out, LEDGER_NAME_SIZE, "fees:%s", series);
}

int ledger_check_text(const char *what, const char *text, struct err *err)
{
    size_t len = strlen(text);

    if (len == 0 || len > TEXT_MAX || !text_is_one_line(text))
        return err_set(err, ERR_USAGE,
                       "%s: one line of up to %d bytes is expected", what,
                       TEXT_MAX);
    return 0;
}

/* The end of the chain; all zero before the first entry. */
static int read_last(struct access *access, int64_t *seq,
                     unsigned char hash[HASH_BYTES], struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const void *bytes;
    size_t len;
    int rc;

    *seq = 0;
    memset(hash, 0, HASH_BYTES);
    if (db_prepare(access->db,
                   "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", &s,
                   err) != 0)
        return -1;
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    *seq = stmt_int(s, 0);
    bytes = stmt_blob(s, 1, &len);
    if (bytes == NULL || len != HASH_BYTES)
        return err_set(err, ERR_CHECKSUM,
                       "ledger: its last entry, %lld, is altered",
                       (long long)*seq);
    memcpy(hash, bytes, HASH_BYTES);
    return 0;
}

static void add_text(struct buf *out, const char *text)
{
    buf_printf(out, "%zu:%s,", strlen(text), text);
}

static void add_number(struct buf *out, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    add_text(out, text);
}

/* Where an entry stands. */
struct place {
    int64_t seq, at_utc_ms, audit;
};

/* @param hash  in: of the entry before; out: of this one */
static int hash_posting(const struct posting *p, struct place place,
                        unsigned char hash[HASH_BYTES], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    buf_add(&text, (const char *)hash, HASH_BYTES);
    add_number(&text, place.seq);
    add_number(&text, place.at_utc_ms);
    add_text(&text, audit_kind_name(p->kind));
    add_text(&text, p->debit);
    add_text(&text, p->credit);
    add_number(&text, p->cents);
    add_number(&text, p->charge);
    add_number(&text, place.audit);
    add_text(&text, p->text);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "ledger: out of memory");
    (void)crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
    return 0;
}

static int insert_entry(struct access *access, const struct posting *p,
                        struct place place, const unsigned char *hash,
                        struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO ledger (seq, at_utc_ms, kind, debit, credit,"
                   " cents, charge, audit, text, hash)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, place.seq);
    stmt_bind_int(s, 2, place.at_utc_ms);
    stmt_bind_text(s, 3, audit_kind_name(p->kind));
    stmt_bind_text(s, 4, p->debit);
    stmt_bind_text(s, 5, p->credit);
    stmt_bind_int(s, 6, p->cents);
    stmt_bind_int(s, 7, p->charge);
    stmt_bind_int(s, 8, place.audit);
    stmt_bind_text(s, 9, p->text);
    stmt_bind_blob(s, 10, hash, HASH_BYTES);
    return stmt_run(s, err);
}

static int add_to_balance(struct access *access, const char *account,
                          int64_t cents, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO balance VALUES (?1, ?2)"
                   " ON CONFLICT (account) DO UPDATE SET cents = cents + ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account);
    stmt_bind_int(s, 2, cents);
    return stmt_run(s, err);
}

static int note_posting(struct access *access, const struct posting *p,
                        struct place place, const unsigned char *hash,
                        struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;
    char hex[AUDIT_HASH_HEX];

    (void)sodium_bin2hex(hex, sizeof(hex), hash, HASH_BYTES);
    buf_printf(&detail,
               "ledger=%lld hash=%s cents=%lld charge=%lld until=%lld "
               "%s",
               (long long)place.seq, hex, (long long)p->cents,
               (long long)p->charge, (long long)p->until_utc_ms, p->more);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "ledger: out of memory");
    return audit_add_at(access, p->kind, p->about, buf_str(&detail),
                        place.at_utc_ms, err);
}

int ledger_post(struct access *access, const struct posting *p,
                int64_t at_utc_ms, int64_t *seq, struct err *err)
{
    struct place place = {.at_utc_ms = at_utc_ms};
    unsigned char hash[HASH_BYTES];

    if (read_last(access, &place.seq, hash, err) != 0 ||
        audit_next(access, &place.audit, err) != 0)
        return -1;
    place.seq++;
    if (hash_posting(p, place, hash, err) != 0 ||
        note_posting(access, p, place, hash, err) != 0 ||
        insert_entry(access, p, place, hash, err) != 0 ||
        add_to_balance(access, p->debit, -p->cents, err) != 0 ||
        add_to_balance(access, p->credit, p->cents, err) != 0)
        return -1;
    *seq = place.seq;
    return 0;
}

int ledger_account_cents(struct access *access, const char *account,
                         int64_t *cents, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, "SELECT cents FROM balance WHERE account = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *cents = rc == 1 ? stmt_int(s, 0) : 0;
    return 0;
}

int ledger_balance(struct access *access, const char *payer, int64_t *cents,
                   struct err *err)
{
    char account[LEDGER_NAME_SIZE];

    ledger_payer_name(payer, account);
    return ledger_account_cents(access, account, cents, err);
}

/* What an officer asks for. Borrowed. */
struct order {
    enum audit_kind kind;
    const char *payer; /* of top-up and pay-out */
    int64_t cents;
    int64_t charge; /* of a refund           */
    const char *text;
};

/* The money of a transfer comes in, or is returned. */
static int transfer(struct access *access, const struct order *o,
                    struct err *err)
{
    bool comes_in = o->kind == AUDIT_TOP_UP;
    int exists = payer_exists(access, o->payer, err);
    char account[LEDGER_NAME_SIZE];
    int64_t has = 0, seq;

    if (exists < 0 || ledger_balance(access, o->payer, &has, err) != 0)
        return -1;
    if (exists == 0 && comes_in)
        return err_set(err, ERR_ABSENT, "there is no account '%s'", o->payer);
    if (!comes_in && o->cents > has)
        return err_set(err, ERR_USAGE,
                       "'%s' has %lld cents: no more can be paid out", o->payer,
                       (long long)(has < 0 ? 0 : has));
    ledger_payer_name(o->payer, account);
    return ledger_post(access,
                       &(struct posting){.kind = o->kind,
                                         .debit = comes_in ? "bank" : account,
                                         .credit = comes_in ? account : "bank",
                                         .cents = o->cents,
                                         .text = o->text,
                                         .about = o->payer,
                                         .more = o->text},
                       access_now_ms(access), &seq, err);
}

static const char charge_sql[] =
    "SELECT debit, credit, cents - (SELECT coalesce(sum(cents), 0) FROM ledger"
    " WHERE charge = ?1) FROM ledger WHERE seq = ?1 AND kind = 'charge'";

static int refund(struct access *access, const struct order *o, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t left, seq;
    int rc;

    if (db_prepare(access->db, charge_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, o->charge);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return err_set(err, ERR_ABSENT,
                       "entry %lld of the ledger is no charge: `tefter ledger "
                       "list` shows them",
                       (long long)o->charge);
    left = stmt_int(s, 2);
    if (left <= 0 || o->cents > left)
        return err_set(err, ERR_USAGE,
                       "of charge %lld there are %lld cents to give back",
                       (long long)o->charge, (long long)left);
    return ledger_post(
        access,
        &(struct posting){.kind = AUDIT_REFUND,
                          .debit = stmt_text(s, 1),
                          .credit = stmt_text(s, 0),
                          .cents = o->cents == 0 ? left : o->cents,
                          .charge = o->charge,
                          .text = o->text,
                          .about = stmt_text(s, 0) + strlen("payer:"),
                          .more = o->text},
        access_now_ms(access), &seq, err);
}

static int order(struct access *access, const struct order *o, struct err *err)
{
    int rc;

    if (ledger_check_text(o->kind == AUDIT_REFUND ? "reason" : "reference",
                          o->text, err) != 0)
        return -1;
    if (o->cents < 0 || o->cents > EURO_MAX_CENTS ||
        (o->cents == 0 && o->kind != AUDIT_REFUND))
        return err_set(err, ERR_USAGE, "a sum above 0.00 is expected");
    if (access_begin(access, err) != 0)
        return -1;
    rc = o->kind == AUDIT_REFUND ? refund(access, o, err)
                                 : transfer(access, o, err);
    if (rc != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int ledger_top_up(struct access *access, const char *payer, int64_t cents,
                  const char *reference, struct err *err)
{
    return order(
        access, &(struct order){AUDIT_TOP_UP, payer, cents, 0, reference}, err);
}

int ledger_pay_out(struct access *access, const char *payer, int64_t cents,
                   const char *reference, struct err *err)
{
    return order(access,
                 &(struct order){AUDIT_PAY_OUT, payer, cents, 0, reference},
                 err);
}

int ledger_refund(struct access *access, int64_t charge, int64_t cents,
                  const char *reason, struct err *err)
{
    return order(access,
                 &(struct order){AUDIT_REFUND, "", cents, charge, reason}, err);
}

static void entry_fini(struct ledger_entry *e)
{
    free(e->kind);
    free(e->debit);
    free(e->credit);
    free(e->text);
    free(e->who);
    free(e->ground);
}

void ledger_list_fini(struct ledger_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        entry_fini(&list->items[i]);
    free(list->items);
    *list = (struct ledger_list){NULL, 0};
}

static int entry_from_row(const struct stmt *s, struct ledger_entry *out,
                          struct err *err)
{
    char **const texts[] = {&out->kind, &out->debit, &out->credit,
                            &out->text, &out->who,   &out->ground};

    *out = (struct ledger_entry){.seq = stmt_int(s, 0),
                                 .at_utc_ms = stmt_int(s, 1),
                                 .cents = stmt_int(s, 2),
                                 .charge = stmt_int(s, 3),
                                 .audit = stmt_int(s, 4)};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        *texts[i] = strdup(stmt_text(s, (int)i + 5));
        if (*texts[i] == NULL) {
            entry_fini(out);
            return err_set(err, ERR_NOMEM, "ledger: out of memory");
        }
    }
    return 0;
}

static const char list_sql[] =
    "SELECT * FROM (SELECT l.seq, l.at_utc_ms, l.cents, l.charge, l.audit,"
    "  l.kind, l.debit, l.credit, l.text, coalesce(a.who, ''),"
    "  coalesce(a.ground, '')"
    " FROM ledger l LEFT JOIN audit a ON a.seq = l.audit"
    " WHERE (?1 IS NULL OR l.debit = ?1 OR l.credit = ?1)"
    " AND l.at_utc_ms >= ?2 AND (?3 = 0 OR l.at_utc_ms < ?3)"
    " ORDER BY l.seq DESC LIMIT CASE ?4 WHEN 0 THEN -1 ELSE ?4 END)"
    " ORDER BY seq";

static int add_row(struct ledger_list *list, const struct stmt *s,
                   struct err *err)
{
    struct ledger_entry *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "ledger: out of memory");
    list->items = grown;
    if (entry_from_row(s, &grown[list->count], err) != 0)
        return -1;
    list->count++;
    return 0;
}

int ledger_list(struct access *access, const struct ledger_filter *filter,
                struct ledger_list *out, struct err *err)
{
    CLEANUP(ledger_list_fini) struct ledger_list list = {NULL, 0};
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char account[LEDGER_NAME_SIZE];
    int rc;

    if (db_prepare(access->db, list_sql, &s, err) != 0)
        return -1;
    if (filter->payer != NULL)
        ledger_payer_name(filter->payer, account);
    stmt_bind_text(s, 1, filter->payer == NULL ? NULL : account);
    stmt_bind_int(s, 2, filter->since_utc_ms);
    stmt_bind_int(s, 3, filter->until_utc_ms);
    stmt_bind_int(s, 4, filter->limit);
    while ((rc = stmt_step(s, err)) == 1) {
        if (add_row(&list, s, err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct ledger_list){NULL, 0};
    return 0;
}
