/* SPDX-License-Identifier: MIT */
/*
 * access/ledger.h - who has paid what, and for what: a double-entry ledger in
 * whole euro cents. Entries are added, never changed or removed; each is tied
 * to one entry of the audit trail, which tells its hash. Rules and accounts:
 * access/money.sql.
 *
 * A page is paid for once: charge_make takes the money, charge_show says in
 * the transaction of the audit entry that the page is shown, charge_fail gives
 * the money back when it could not be. What is neither shown nor given back
 * when its window ends is given back by ledger_settle.
 */
#ifndef ACCESS_LEDGER_H
#define ACCESS_LEDGER_H

#include "access/audit.h"
#include "access/euro.h"
#include "access/price.h"
#include "common/buf.h"

/* How somebody pays. */
enum terms_kind { TERMS_PREPAID, TERMS_POSTPAID, TERMS_EXEMPT, TERMS_KINDS };
const char *terms_kind_name(enum terms_kind kind);

struct terms {
    enum terms_kind kind;
    int64_t limit_cents; /* of TERMS_POSTPAID: what may be owed */
};
/* ERR_ABSENT: there is no such account; ERR_USAGE: a limit of what has none. */
int terms_set(struct access *access, const char *payer,
              const struct terms *terms, struct err *err);
/* Prepaid when none were set. */
int terms_find(struct access *access, const char *payer, struct terms *out,
               struct err *err);

/* What a payer has; below 0: owes. */
int ledger_balance(struct access *access, const char *payer, int64_t *cents,
                   struct err *err);
struct payer {
    char identifier[64];
    int64_t cents;
    struct terms terms;
};
/* All who have terms or a balance. The caller frees *out. */
int ledger_payers(struct access *access, struct payer **out, size_t *count,
                  struct err *err);

/* What stands between a reader and a page. */
struct gate {
    enum { GATE_FREE, GATE_PAID, GATE_DUE, GATE_OVER } state;
    int64_t cents;  /* GATE_DUE: what is to be paid                        */
    int64_t charge; /* GATE_PAID: ledger entry that opened it              */
    bool shown;     /* GATE_PAID: it was shown already                     */
};
/* For an item: a page, a row of one ("/r03" behind the page's id) or a
 * household ("/h01"); or, when it is a volume's id, for its pages in general
 * (never GATE_PAID). */
#define ITEM_SIZE (ID_SIZE + 16)
int charge_gate(struct access *access, const struct account *reader,
                const char *item, struct gate *out, struct err *err);

enum charge_result {
    CHARGE_MADE,
    CHARGE_HELD,    /* it is paid for already, or costs nothing: no charge */
    CHARGE_CHANGED, /* the price is no longer what the reader saw          */
    CHARGE_SHORT,   /* the balance or limit does not reach                 */
    CHARGE_OVER     /* no price is in force: nothing can be opened         */
};
/* Take the money for an item. Whoever calls has made sure that the reader may
 * see it. What he had looked for, the trail knows: the entry of the charge
 * names his last search that showed him the page.
 * @param seen_cents  the price that he agreed to */
int charge_make(struct access *access, const struct account *reader,
                const char *item, int64_t seen_cents, enum charge_result *out,
                struct err *err);
/* Note that something of a page is shown to a reader, as audit_note does
 * (grouped: as audit_note_grouped does), if he has paid or need not. ERR_BUSY:
 * price or window changed since charge_gate was asked. */
int charge_show(struct access *access, const struct account *reader,
                const char *item, enum audit_kind kind, bool grouped,
                const char *detail, struct err *err);
/* The detail of a picture that is shown: the trail has one of each charge. */
#define CHARGE_PICTURE "picture"
/* It could not be shown: what was paid and not yet shown is given back. When it
 * was the picture, also what was shown in words alone: the picture is what is
 * paid for. What was refunded meanwhile is not given back twice. */
enum charge_failure { CHARGE_FAILED, CHARGE_FAILED_PICTURE };
int charge_fail(struct access *access, const struct account *reader,
                const char *item, enum charge_failure failure, struct err *err);
/* Give back what was paid, and not shown before its window ended.
 * @param count  may be NULL */
int ledger_settle(struct access *access, int64_t *count, struct err *err);

/* An officer's entries. Reason and reference: one line, not empty, to 200
 * bytes. ERR_USAGE, ERR_ABSENT (no such account or charge).
 * pay_out gives a payer's money back, at most what he has. */
int ledger_top_up(struct access *access, const char *payer, int64_t cents,
                  const char *reference, struct err *err);
int ledger_pay_out(struct access *access, const char *payer, int64_t cents,
                   const char *reference, struct err *err);
/* @param cents  0: all of the charge that was not given back yet */
int ledger_refund(struct access *access, int64_t charge, int64_t cents,
                  const char *reason, struct err *err);

/* One entry as read, with what the audit trail says of it; owned by the list.
 */
struct ledger_entry {
    int64_t seq, at_utc_ms, cents, charge, audit;
    char *kind, *debit, *credit, *text;
    char *who, *ground; /* who did it, on what ground */
};
struct ledger_list {
    struct ledger_entry *items;
    size_t count;
};
void ledger_list_fini(struct ledger_list *list);
static inline void ledger_list_fini_at(struct ledger_list *list)
{
    ledger_list_fini(list);
}
struct ledger_filter {
    const char *payer; /* NULL: all */
    int64_t since_utc_ms;
    int64_t
        until_utc_ms; /* 0: no end; the first moment that no longer counts */
    int64_t limit;    /* so many of the latest; 0: all                     */
};
int ledger_list(struct access *access, const struct ledger_filter *filter,
                struct ledger_list *out, struct err *err);

/* A payer's month (UTC). */
struct statement {
    char payer[64];
    char name[128]; /* "" when there is no such account any more */
    char month[8];  /* 2026-11 */
    int64_t before_cents, after_cents;
    struct ledger_list entries;
};
#define STATEMENT_INIT         \
    {                          \
        .entries = { NULL, 0 } \
    }
/* ERR_USAGE: no month; ERR_ABSENT: nobody of that identifier was ever a payer.
 * statement_fini in any case. */
int statement_make(struct access *access, const char *payer, const char *month,
                   struct statement *out, struct err *err);
void statement_fini(struct statement *statement);
static inline void statement_fini_at(struct statement *statement)
{
    statement_fini(statement);
}
/* What an entry adds to the payer's balance. */
int64_t statement_change(const struct statement *statement,
                         const struct ledger_entry *entry);

/* As CSV (RFC 4180) with a head line: what was before, each entry, what is
 * after. Appended. ERR_NOMEM. */
int statement_csv(const struct statement *statement, struct buf *out,
                  struct err *err);

/* The first row that is not as it should be. */
struct ledger_fault {
    char table[16]; /* of access/money.sql and gateway.sql; audit: what the
                       trail tells follows from nothing                     */
    char id[160];   /* of the row: its key                                  */
    char field[32]; /* the column; "row": it is missing, or one too many    */
    char expected[256], found[256]; /* "" nothing                           */
};
/* What was found sound, or what was not. */
struct ledger_sum {
    int64_t entries, charges, reversals, refunds;
    int64_t shown; /* charges of which something was, and that stand */
    struct ledger_fault fault; /* with ERR_CHECKSUM */
};
/* Derive every fee and balance anew, from the audit trail and the prices set in
 * it, by code that shares nothing with what charged, and hold them against the
 * ledger. ERR_CHECKSUM: out->fault names the first row that is not as it should
 * be, and the message says it in words. The audit trail itself: audit_verify.
 */
int ledger_verify(struct access *access, struct ledger_sum *out,
                  struct err *err);

#endif
