/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/ledger_internal.h"
#include "common/csv.h"

#define MS_IN_S 1000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The first moments of a month and of the next one. */
static int read_month(const char *text, int64_t *from_ms, int64_t *until_ms,
                      struct err *err)
{
    struct tm month = {.tm_mday = 1};
    bool looks = strlen(text) == strlen("2026-11") && text[4] == '-';

    for (size_t i = 0; looks && text[i] != '\0'; i++)
        looks = i == 4 || is_digit(text[i]);
    if (!looks || strptime(text, "%Y-%m", &month) == NULL)
        return err_set(err, ERR_USAGE,
                       "'%.20s': a month is expected, like 2026-11", text);
    *from_ms = (int64_t)timegm(&month) * MS_IN_S;
    month.tm_mon++;
    *until_ms = (int64_t)timegm(&month) * MS_IN_S;
    return 0;
}

/* Once there were charges, the statement can be had, account or not. */
static const char known_sql[] =
    "SELECT coalesce((SELECT name FROM account WHERE identifier = ?1),"
    "  (SELECT name FROM organisation WHERE id = ?1)),"
    " EXISTS (SELECT 1 FROM account WHERE identifier = ?1) OR"
    " EXISTS (SELECT 1 FROM organisation WHERE id = ?1) OR"
    " EXISTS (SELECT 1 FROM balance WHERE account = ?2)";

static int find_name(struct access *access, const char *payer,
                     const char *account, struct statement *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, known_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, payer);
    stmt_bind_text(s, 2, account);
    if (stmt_step(s, err) != 1)
        return -1;
    if (stmt_int(s, 1) == 0)
        return err_set(err, ERR_ABSENT, "there is no account '%.63s'", payer);
    (void)snprintf(out->name, sizeof(out->name), "%s", stmt_text(s, 0));
    return 0;
}

static int find_before(struct access *access, const char *account,
                       int64_t from_ms, int64_t *cents, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT coalesce(sum(CASE credit WHEN ?1 THEN cents ELSE"
                   " -cents END), 0) FROM ledger"
                   " WHERE (debit = ?1 OR credit = ?1) AND at_utc_ms < ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account);
    stmt_bind_int(s, 2, from_ms);
    if (stmt_step(s, err) != 1)
        return -1;
    *cents = stmt_int(s, 0);
    return 0;
}

int64_t statement_change(const struct statement *statement,
                         const struct ledger_entry *entry)
{
    char account[LEDGER_NAME_SIZE];

    ledger_payer_name(statement->payer, account);
    return strcmp(entry->credit, account) == 0 ? entry->cents : -entry->cents;
}

int statement_make(struct access *access, const char *payer, const char *month,
                   struct statement *out, struct err *err)
{
    struct ledger_filter filter = {.payer = payer};
    char account[LEDGER_NAME_SIZE];

    *out = (struct statement)STATEMENT_INIT;
    ledger_payer_name(payer, account);
    (void)snprintf(out->payer, sizeof(out->payer), "%s", payer);
    (void)snprintf(out->month, sizeof(out->month), "%s", month);
    if (read_month(month, &filter.since_utc_ms, &filter.until_utc_ms, err) !=
            0 ||
        find_name(access, payer, account, out, err) != 0 ||
        find_before(access, account, filter.since_utc_ms, &out->before_cents,
                    err) != 0 ||
        ledger_list(access, &filter, &out->entries, err) != 0)
        return -1;
    out->after_cents = out->before_cents;
    for (size_t i = 0; i < out->entries.count; i++)
        out->after_cents += statement_change(out, &out->entries.items[i]);
    return 0;
}

void statement_fini(struct statement *statement)
{
    ledger_list_fini(&statement->entries);
}

static void add_sum(struct buf *out, int64_t cents, const char *end)
{
    char text[EURO_SIZE];

    euro_format(cents, text);
    buf_printf(out, "%s%s", text, end);
}

static void add_row(struct buf *out, const struct statement *statement,
                    const struct ledger_entry *e, int64_t balance_cents)
{
    char at[CLOCK_RFC3339_SIZE];

    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    buf_printf(out, "%lld,%s,%s,", (long long)e->seq, at, e->kind);
    csv_text(out, e->text, ",");
    csv_text(out, e->who, ",");
    csv_text(out, e->ground, ",");
    add_sum(out, statement_change(statement, e), ",");
    add_sum(out, balance_cents, "\r\n");
}

int statement_csv(const struct statement *statement, struct buf *out,
                  struct err *err)
{
    int64_t balance = statement->before_cents;

    buf_puts(out, "entry,utc,kind,text,who,ground,euro,balance\r\n"
                  ",,before,,,,,");
    add_sum(out, balance, "\r\n");
    for (size_t i = 0; i < statement->entries.count; i++) {
        const struct ledger_entry *e = &statement->entries.items[i];

        balance += statement_change(statement, e);
        add_row(out, statement, e, balance);
    }
    buf_puts(out, ",,after,,,,,");
    add_sum(out, balance, "\r\n");
    return out->failed ? err_set(err, ERR_NOMEM, "statement: out of memory")
                       : 0;
}
