/* SPDX-License-Identifier: MIT */
#include "access/price.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/access_internal.h"
#include "access/euro.h"
#include "common/buf.h"

/* Of the calendar, too: there is no 30th of February. */
bool access_is_day(const char *text)
{
    struct tm day = {.tm_year = 0};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    char back[DAY_TEXT_SIZE];

    if (strlen(text) != DAY_TEXT_SIZE - 1 || end == NULL || *end != '\0')
        return false;
    access_day((int64_t)timegm(&day) * 1000, back);
    return strcmp(back, text) == 0;
}

static int check_days(const struct price *p, const char *today, struct err *err)
{
    if (!access_is_day(p->from) || (p->to[0] != '\0' && !access_is_day(p->to)))
        return err_set(err, ERR_USAGE,
                       "from '%s' to '%s': days are expected, like 2026-11-26",
                       p->from, p->to);
    if (strcmp(p->from, today) < 0)
        return err_set(err, ERR_USAGE,
                       "from %s: today is %s, and a price of days that are "
                       "over cannot be set any more",
                       p->from, today);
    if (p->to[0] != '\0' && strcmp(p->to, p->from) < 0)
        return err_set(err, ERR_USAGE,
                       "the price would end on %s, before it "
                       "begins on %s",
                       p->to, p->from);
    return 0;
}

static int check_price(struct access *access, const struct price *p,
                       struct err *err)
{
    int known = series_is_known(access, p->series, err);

    if (known < 0)
        return -1;
    if (!role_is_known(p->role) || strcmp(p->role, "public") == 0)
        return err_set(err, ERR_USAGE,
                       "role '%s' is none that can pay; `tefter role show` "
                       "lists them",
                       p->role);
    if (known == 0)
        return err_set(err, ERR_USAGE,
                       "there is no series '%s' yet; * stands for all",
                       p->series);
    if (strcmp(p->action, "view") != 0 && strcmp(p->action, "row") != 0 &&
        strcmp(p->action, "household") != 0)
        return err_set(err, ERR_USAGE,
                       "'%s': view, row or household is what has a price",
                       p->action);
    if (p->cents < 0 || p->cents > EURO_MAX_CENTS)
        return err_set(err, ERR_USAGE, "the price is too high");
    return 0;
}

static int insert_price(struct access *access, const struct price *p,
                        int64_t audit, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO price (audit, role, series, action, cents,"
                   " from_day, to_day) VALUES (?1, ?2, ?3, ?7, ?4, ?5, ?6)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, audit);
    stmt_bind_text(s, 2, p->role);
    stmt_bind_text(s, 3, p->series);
    stmt_bind_int(s, 4, p->cents);
    stmt_bind_text(s, 5, p->from);
    stmt_bind_text(s, 6, p->to);
    stmt_bind_text(s, 7, p->action);
    return stmt_run(s, err);
}

static int set_in_turn(struct access *access, struct price *p, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;
    int64_t now_ms = access_now_ms(access), audit;
    char today[DAY_TEXT_SIZE];

    access_day(now_ms, today);
    if (p->from[0] == '\0')
        memcpy(p->from, today, sizeof(today));
    if (check_days(p, today, err) != 0 || audit_next(access, &audit, err) != 0)
        return -1;
    buf_printf(&detail, "%s %s cents=%lld from=%s to=%s", p->action, p->series,
               (long long)p->cents, p->from, p->to[0] == '\0' ? "-" : p->to);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "price: out of memory");
    if (audit_add_at(access, AUDIT_PRICE_SET, p->role, buf_str(&detail), now_ms,
                     err) != 0)
        return -1;
    return insert_price(access, p, audit, err);
}

int price_set(struct access *access, const struct price *price, struct err *err)
{
    struct price p = *price;

    if (p.action[0] == '\0')
        (void)snprintf(p.action, sizeof(p.action), "view");
    if (check_price(access, &p, err) != 0 || access_begin(access, err) != 0)
        return -1;
    if (set_in_turn(access, &p, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

static void price_from_row(const struct stmt *s, struct price *out)
{
    *out = (struct price){.audit = stmt_int(s, 0), .cents = stmt_int(s, 3)};
    (void)snprintf(out->role, sizeof(out->role), "%s", stmt_text(s, 1));
    (void)snprintf(out->series, sizeof(out->series), "%s", stmt_text(s, 2));
    (void)snprintf(out->from, sizeof(out->from), "%s", stmt_text(s, 4));
    (void)snprintf(out->to, sizeof(out->to), "%s", stmt_text(s, 5));
    (void)snprintf(out->action, sizeof(out->action), "%s", stmt_text(s, 6));
}

int price_list(struct access *access, struct price **out, size_t *count,
               struct err *err)
{
    CLEANUP(free) struct price *prices = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT audit, role, series, cents, from_day, to_day, action"
                   " FROM price ORDER BY audit",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct price *grown = realloc(prices, (n + 1) * sizeof(*prices));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "prices: out of memory");
        prices = grown;
        price_from_row(s, &prices[n++]);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(prices);
    *count = n;
    return 0;
}

/* The one that counts comes first. */
static const char find_sql[] =
    "SELECT cents, from_day <= ?3 AND (to_day = '' OR to_day >= ?3) AS counts"
    " FROM price WHERE role = ?1 AND series IN (?2, '*')"
    " AND action IN (?4, 'view')"
    " ORDER BY counts DESC, action <> ?4, series = '*', audit DESC LIMIT 1";

int price_find(struct access *access, const char *role, const char *series,
               const char *action, int64_t at_utc_ms, enum price_state *state,
               int64_t *cents, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char day[DAY_TEXT_SIZE];
    int rc;

    access_day(at_utc_ms, day);
    if (db_prepare(access->db, find_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, series);
    stmt_bind_text(s, 3, day);
    stmt_bind_text(s, 4, action);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *state = rc == 0 ? PRICE_NONE : stmt_int(s, 1) ? PRICE_SET : PRICE_OVER;
    if (*state == PRICE_SET)
        *cents = stmt_int(s, 0);
    return 0;
}

static int window_in_turn(struct access *access, int64_t hours, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char detail[32];
    int64_t audit;

    (void)snprintf(detail, sizeof(detail), "hours=%lld", (long long)hours);
    if (audit_next(access, &audit, err) != 0 ||
        audit_add(access, AUDIT_WINDOW_SET, "", detail, err) != 0 ||
        db_prepare(access->db, "INSERT INTO opening_window VALUES (?1, ?2)", &s,
                   err) != 0)
        return -1;
    stmt_bind_int(s, 1, audit);
    stmt_bind_int(s, 2, hours);
    return stmt_run(s, err);
}

int price_set_window(struct access *access, int64_t hours, struct err *err)
{
    if (hours < 1 || hours > WINDOW_MAX_HOURS)
        return err_set(err, ERR_USAGE, "%lld hours: 1 to %d are expected",
                       (long long)hours, WINDOW_MAX_HOURS);
    if (access_begin(access, err) != 0)
        return -1;
    if (window_in_turn(access, hours, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int price_window(struct access *access, int64_t *hours, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT hours FROM opening_window ORDER BY audit DESC"
                   " LIMIT 1",
                   &s, err) != 0)
        return -1;
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *hours = rc == 1 ? stmt_int(s, 0) : WINDOW_DEFAULT_HOURS;
    return 0;
}
