/* SPDX-License-Identifier: MIT */
#include "access/gateway.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/ledger_internal.h"
#include "common/digest.h"
#include "common/file.h"

#define DAY_MS       ((int64_t)24 * 60 * 60 * 1000)
#define MS_IN_S      1000
#define SECRET_MAX   ((size_t)4096)
#define NOTIFIED_MAX ((size_t)64 << 10) /* bytes of one notification */
#define CODE_MAX     20
#define DIGITS       "0123456789"
#define WORD_CHARACTERS \
    DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static int read_secret(const char *access_path, struct gateway *out,
                       struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    size_t len;

    if (path_format(path, err, "%s-gateway-secret", access_path) != 0 ||
        file_read(path, SECRET_MAX, &bytes, err) != 0) {
        err->kind = ERR_INPUT; /* it is configured and cannot be used */
        return -1;
    }
    len = strcspn(buf_str(&bytes), "\r\n");
    if (len < 16 || len >= sizeof(out->secret))
        return err_set(err, ERR_INPUT,
                       "%s: the secret word of the gateway is expected in its "
                       "first line, 16 to %zu bytes",
                       path, sizeof(out->secret) - 1);
    (void)snprintf(out->secret, sizeof(out->secret), "%.*s", (int)len,
                   buf_str(&bytes));
    return 0;
}

int gateway_read(const struct conf *conf, const char *access_path,
                 struct gateway *out, struct err *err)
{
    const char *merchant = conf_text(conf, "gateway.merchant", "");
    const char *address =
        conf_text(conf, "gateway.address", "https://www.epay.bg/");

    *out = (struct gateway){.merchant = ""};
    if (merchant[0] == '\0')
        return err_set(err, ERR_ABSENT, "no payment gateway is set up");
    if (strlen(merchant) >= sizeof(out->merchant) ||
        strspn(merchant, WORD_CHARACTERS) != strlen(merchant))
        return err_set(err, ERR_INPUT,
                       "tefter.conf: gateway.merchant: letters and digits are "
                       "expected");
    if (strlen(address) >= sizeof(out->address) ||
        (strncmp(address, "https://", 8) != 0 &&
         strncmp(address, "http://127.0.0.1", 16) != 0) ||
        strpbrk(address, " ;,'\"\\") != NULL)
        return err_set(err, ERR_INPUT,
                       "tefter.conf: gateway.address: an https address is "
                       "expected");
    (void)snprintf(out->merchant, sizeof(out->merchant), "%s", merchant);
    (void)snprintf(out->address, sizeof(out->address), "%s", address);
    return read_secret(access_path, out, err);
}

static int sign(const struct gateway *gateway, const char *encoded,
                char out[GATEWAY_CHECKSUM_SIZE], struct err *err)
{
    char hex[DIGEST_HEX_SIZE];

    if (hmac_bytes(gateway->secret, strlen(gateway->secret), encoded,
                   strlen(encoded), DIGEST_SHA1, hex, err) != 0)
        return -1;
    (void)snprintf(out, GATEWAY_CHECKSUM_SIZE, "%.*s",
                   GATEWAY_CHECKSUM_SIZE - 1, hex);
    return 0;
}

/* --- invoices --- */

static int last_number(struct access *access, int64_t *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "SELECT coalesce(max(number), 0) FROM invoice",
                   &s, err) != 0 ||
        stmt_step(s, err) != 1)
        return -1;
    *out = stmt_int(s, 0);
    return 0;
}

static int insert_invoice(struct access *access, const struct invoice *i,
                          int64_t audit, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO invoice VALUES (?1, ?2, ?3, ?4, ?5)", &s,
                   err) != 0)
        return -1;
    stmt_bind_int(s, 1, i->number);
    stmt_bind_text(s, 2, i->payer);
    stmt_bind_int(s, 3, i->cents);
    stmt_bind_int(s, 4, i->expires_utc_ms);
    stmt_bind_int(s, 5, audit);
    return stmt_run(s, err);
}

static int invoice_in_turn(struct access *access, struct invoice *i,
                           struct err *err)
{
    int exists = payer_exists(access, i->payer, err);
    int64_t now_ms = access_now_ms(access), audit;
    char detail[96];

    if (exists < 0 || last_number(access, &i->number, err) != 0 ||
        audit_next(access, &audit, err) != 0)
        return -1;
    if (exists == 0)
        return err_set(err, ERR_ABSENT, "there is no account '%s'", i->payer);
    i->number++;
    i->expires_utc_ms = now_ms + DAY_MS;
    (void)snprintf(detail, sizeof(detail),
                   "number=%lld cents=%lld expires=%lld", (long long)i->number,
                   (long long)i->cents, (long long)i->expires_utc_ms);
    if (audit_add_at(access, AUDIT_INVOICE, i->payer, detail, now_ms, err) != 0)
        return -1;
    return insert_invoice(access, i, audit, err);
}

int gateway_invoice(struct access *access, const char *payer, int64_t cents,
                    int64_t *number, struct err *err)
{
    struct invoice i = {.cents = cents};

    if (cents < INVOICE_MIN_CENTS || cents > INVOICE_MAX_CENTS)
        return err_set(err, ERR_USAGE, "a sum from %d to %d euro is expected",
                       INVOICE_MIN_CENTS / 100, INVOICE_MAX_CENTS / 100);
    (void)snprintf(i.payer, sizeof(i.payer), "%s", payer);
    if (access_begin(access, err) != 0)
        return -1;
    if (invoice_in_turn(access, &i, err) != 0) {
        access_rollback(access);
        return -1;
    }
    if (access_commit(access, err) != 0)
        return -1;
    *number = i.number;
    return 0;
}

static const char invoices_sql[] =
    "SELECT i.number, i.payer, i.cents, i.expires_utc_ms, coalesce("
    " (SELECT status FROM invoice_status s WHERE s.number = i.number"
    "  ORDER BY status = 'paid' DESC, audit DESC LIMIT 1), 'open')"
    " FROM invoice i WHERE ?1 = 0 OR i.number = ?1 ORDER BY i.number";

static void invoice_from_row(const struct stmt *s, struct invoice *out)
{
    *out = (struct invoice){.number = stmt_int(s, 0),
                            .cents = stmt_int(s, 2),
                            .expires_utc_ms = stmt_int(s, 3)};
    (void)snprintf(out->payer, sizeof(out->payer), "%s", stmt_text(s, 1));
    (void)snprintf(out->status, sizeof(out->status), "%s", stmt_text(s, 4));
}

int invoice_list(struct access *access, struct invoice **out, size_t *count,
                 struct err *err)
{
    CLEANUP(free) struct invoice *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, invoices_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, 0);
    while ((rc = stmt_step(s, err)) == 1) {
        struct invoice *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "invoices: out of memory");
        list = grown;
        invoice_from_row(s, &list[n++]);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

/* 1 there is one, 0 not, -1 error. */
static int find_invoice(struct access *access, int64_t number,
                        struct invoice *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (number < 1)
        return 0;
    if (db_prepare(access->db, invoices_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, number);
    rc = stmt_step(s, err);
    if (rc == 1)
        invoice_from_row(s, out);
    return rc;
}

/* --- the request --- */

int gateway_request(struct access *access, const struct gateway *gateway,
                    int64_t number, struct buf *encoded,
                    char checksum[GATEWAY_CHECKSUM_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct invoice i;
    char sum[EURO_SIZE], expires[32];
    struct tm at;
    time_t s;
    int rc = find_invoice(access, number, &i, err);

    if (rc != 1)
        return rc < 0 ? -1
                      : err_set(err, ERR_ABSENT, "there is no invoice %lld",
                                (long long)number);
    s = (time_t)(i.expires_utc_ms / MS_IN_S);
    (void)localtime_r(&s, &at); /* the gateway's clock is Bulgaria's */
    (void)strftime(expires, sizeof(expires), "%d.%m.%Y %H:%M:%S", &at);
    euro_format(i.cents, sum);
    buf_printf(&text,
               "MIN=%s\nINVOICE=%lld\nAMOUNT=%s\nCURRENCY=EUR\nEXP_TIME=%s\n"
               "DESCR=Tefter %s\nENCODING=utf-8\n",
               gateway->merchant, (long long)i.number, sum, expires, i.payer);
    base64_add(encoded, text.data, text.len);
    if (text.failed || encoded->failed)
        return err_set(err, ERR_NOMEM, "gateway: out of memory");
    return sign(gateway, buf_str(encoded), checksum, err);
}

/* --- the notification --- */

/* One line of it. */
struct notified {
    int64_t number;
    char status[16]; /* in lower case */
    char stan[CODE_MAX + 1], bcode[CODE_MAX + 1];
};

/* A code of the acquirer, for the ledger's text; any other is left out. */
static void take_code(const char *value, char out[CODE_MAX + 1])
{
    size_t len = strlen(value);

    if (len <= CODE_MAX && strspn(value, WORD_CHARACTERS) == len)
        (void)snprintf(out, CODE_MAX + 1, "%s", value);
}

static bool take_number(const char *value, int64_t *out)
{
    size_t len = strlen(value);

    if (len == 0 || len > 18 || strspn(value, DIGITS) != len)
        return false;
    *out = strtoll(value, NULL, 10);
    return true;
}

static bool take_status(const char *value, char out[16])
{
    static const char *const names[][2] = {
        {"PAID", "paid"}, {"DENIED", "denied"}, {"EXPIRED", "expired"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(value, names[i][0]) == 0) {
            (void)snprintf(out, 16, "%s", names[i][1]);
            return true;
        }
    }
    return false;
}

/* INVOICE=17:STATUS=PAID:PAY_TIME=20261126101500:STAN=1:BCODE=2. False: it is
 * none; number is set when that at least could be read. */
static bool read_line(char *line, struct notified *out)
{
    bool has_number = false, has_status = false;
    char *part;

    *out = (struct notified){.number = 0};
    while ((part = strsep(&line, ":")) != NULL) {
        char *value = strchr(part, '=');

        if (value == NULL)
            return false;
        *value++ = '\0';
        if (strcmp(part, "INVOICE") == 0 && !has_number)
            has_number = take_number(value, &out->number);
        else if (strcmp(part, "STATUS") == 0 && !has_status)
            has_status = take_status(value, out->status);
        else if (strcmp(part, "STAN") == 0)
            take_code(value, out->stan);
        else if (strcmp(part, "BCODE") == 0)
            take_code(value, out->bcode);
    }
    return has_number && has_status;
}

static int note_status(struct access *access, const struct notified *n,
                       int64_t audit, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "INSERT INTO invoice_status VALUES (?1, ?2, ?3)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, n->number);
    stmt_bind_text(s, 2, n->status);
    stmt_bind_int(s, 3, audit);
    return stmt_run(s, err);
}

static int take_payment(struct access *access, const struct notified *n,
                        const struct invoice *i, struct err *err)
{
    char account[LEDGER_NAME_SIZE], text[128];
    int64_t seq;

    ledger_payer_name(i->payer, account);
    (void)snprintf(text, sizeof(text), "invoice %lld stan=%s bcode=%s",
                   (long long)i->number, n->stan, n->bcode);
    return ledger_post(access,
                       &(struct posting){.kind = AUDIT_TOP_UP,
                                         .debit = "gateway",
                                         .credit = account,
                                         .cents = i->cents,
                                         .text = text,
                                         .about = i->payer,
                                         .more = text},
                       access_now_ms(access), &seq, err);
}

static int take_refusal(struct access *access, const struct notified *n,
                        const struct invoice *i, struct err *err)
{
    char detail[64];

    (void)snprintf(detail, sizeof(detail), "number=%lld %s",
                   (long long)n->number, n->status);
    return audit_add(access, AUDIT_INVOICE_UNPAID, i->payer, detail, err);
}

/* 1 it was said before, 0 not, -1 error. */
static int was_said(struct access *access, const struct notified *n,
                    struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT 1 FROM invoice_status WHERE number = ?1"
                   " AND status IN (?2, 'paid')",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, n->number);
    stmt_bind_text(s, 2, n->status);
    return stmt_step(s, err);
}

/* @param said  for the gateway: OK, or NO when there is no such invoice */
static int take_line(struct access *access, const struct notified *n,
                     const char **said, struct err *err)
{
    struct invoice i;
    int found = find_invoice(access, n->number, &i, err);
    int before = found == 1 ? was_said(access, n, err) : 0;
    int64_t audit;

    if (found < 0 || before < 0 || audit_next(access, &audit, err) != 0)
        return -1;
    *said = found == 1 ? "OK" : "NO";
    if (found == 0 || before == 1)
        return 0;
    return (strcmp(n->status, "paid") == 0
                ? take_payment(access, n, &i, err)
                : take_refusal(access, n, &i, err)) != 0
               ? -1
               : note_status(access, n, audit, err);
}

static int take_lines(struct access *access, char *text, struct buf *answer,
                      struct err *err)
{
    char *line;

    while ((line = strsep(&text, "\r\n")) != NULL) {
        const char *said = "ERR";
        struct notified n;

        if (line[0] == '\0')
            continue;
        if (read_line(line, &n) && take_line(access, &n, &said, err) != 0)
            return -1;
        buf_printf(answer, "INVOICE=%lld:STATUS=%s\n", (long long)n.number,
                   said);
    }
    return answer->failed ? err_set(err, ERR_NOMEM, "gateway: out of memory")
                          : 0;
}

/* All of it or nothing: the answer is for what is on the disk. */
static int take_in_turn(struct access *access, char *text, struct buf *answer,
                        struct err *err)
{
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    struct actor before = access->actor;
    int rc;

    if (access_begin(access, err) != 0)
        return -1;
    access->actor = (struct actor){.who = "@gateway"};
    (void)snprintf(access->actor.origin, sizeof(access->actor.origin), "%s",
                   before.origin);
    rc = take_lines(access, text, &lines, err);
    access->actor = before;
    if (rc != 0) {
        access_rollback(access);
        return -1;
    }
    if (access_commit(access, err) != 0)
        return -1;
    buf_puts(answer, buf_str(&lines));
    return answer->failed ? err_set(err, ERR_NOMEM, "gateway: out of memory")
                          : 0;
}

int gateway_notify(struct access *access, const struct gateway *gateway,
                   const char *encoded, const char *checksum,
                   struct buf *answer, struct err *err)
{
    char expected[GATEWAY_CHECKSUM_SIZE];
    size_t len = strlen(encoded), decoded = 0;
    CLEANUP(free) char *text = NULL;

    if (len > NOTIFIED_MAX || sign(gateway, encoded, expected, err) != 0)
        return len > NOTIFIED_MAX
                   ? err_set(err, ERR_INPUT, "the notification is too long")
                   : -1;
    if (!token_equal(expected, checksum)) {
        buf_puts(answer, "ERR=Not valid CHECKSUM\n");
        return audit_note(access, AUDIT_REFUSED, "gateway",
                          "a notification that is not signed", err);
    }
    text = calloc(len + 1, 1);
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "gateway: out of memory");
    if (sodium_base642bin((unsigned char *)text, len, encoded, len, " \r\n",
                          &decoded, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        strlen(text) != decoded) {
        buf_puts(answer, "ERR=Not valid ENCODED\n");
        return 0;
    }
    return take_in_turn(access, text, answer, err);
}
