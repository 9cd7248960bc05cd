/* SPDX-License-Identifier: MIT */
/*
 * How fast codes can be tried. From one place an identifier has a few tries,
 * then each further one has to wait longer; all identifiers together have so
 * many from there in a minute. Who tries from elsewhere is not held up by it:
 * nobody can lock others out. It is the same for identifiers that there are and
 * that there are not, and a try counts before the code is looked at, so that
 * tries at the same moment gain nothing.
 */
#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "access/access_internal.h"

#define FREE_TRIES       5
#define FIRST_WAIT_S     30 /* doubled with every further one */
#define LONGEST_WAIT_S   (15 * 60)
#define FORGOTTEN_S      (60 * 60) /* after the last wait is over */
#define TRIES_A_MINUTE   60        /* of all identifiers from one place */
#define MINUTE_S         60
#define SUBJECT_BYTES    32
#define PURPOSE_THROTTLE "tefter identifier of a failed log-in"

struct failures {
    int64_t count, since_s, until_s;
};

/* Where the request comes from: an address, but of IPv6 the network, for
 * whoever has one of its addresses has all of them (RFC 4291, section 2.5.4).
 */
static void name_place(const char *origin, struct buf *out)
{
    struct in6_addr address;
    char network[INET6_ADDRSTRLEN];

    if (inet_pton(AF_INET6, origin, &address) == 1 &&
        !IN6_IS_ADDR_V4MAPPED(&address)) {
        memset(address.s6_addr + 8, 0, 8);
        if (inet_ntop(AF_INET6, &address, network, sizeof(network)) != NULL)
            origin = network;
    }
    buf_puts(out, origin);
}

/* People type codes where identifiers belong: neither is kept as typed.
 * identifier NULL: all of the place. */
static int bind_subject(const struct access *access, const char *identifier,
                        struct stmt *s, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    unsigned char subject[SUBJECT_BYTES];

    name_place(access->actor.origin, &text);
    if (identifier != NULL) {
        buf_puts(&text, "\n");
        buf_puts(&text, identifier);
    }
    if (text.failed)
        return err_set(err, ERR_NOMEM, "log-in: out of memory");
    access_derive(buf_str(&text), PURPOSE_THROTTLE, subject);
    stmt_bind_blob(s, 1, subject, sizeof(subject));
    return 0;
}

/* identifier NULL: all of the place. Nothing known is no failure. */
static int read_failures(struct access *access, const char *identifier,
                         struct failures *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT failures, since_utc_s, until_utc_s"
                   " FROM login_failure WHERE subject = ?1",
                   &s, err) != 0)
        return -1;
    if (bind_subject(access, identifier, s, err) != 0)
        return -1;
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    *out = (struct failures){0};
    if (rc == 1)
        *out =
            (struct failures){stmt_int(s, 0), stmt_int(s, 1), stmt_int(s, 2)};
    return 0;
}

static int write_failures(struct access *access, const char *identifier,
                          const struct failures *f, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT INTO login_failure VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (subject) DO UPDATE SET failures = ?2,"
                   " since_utc_s = ?3, until_utc_s = ?4",
                   &s, err) != 0)
        return -1;
    if (bind_subject(access, identifier, s, err) != 0)
        return -1;
    stmt_bind_int(s, 2, f->count);
    stmt_bind_int(s, 3, f->since_s);
    stmt_bind_int(s, 4, f->until_s);
    return stmt_run(s, err);
}

static int64_t wait_after(int64_t failures)
{
    int64_t wait_s = FIRST_WAIT_S;

    if (failures < FREE_TRIES)
        return 0;
    for (int64_t i = FREE_TRIES; i < failures && wait_s < LONGEST_WAIT_S; i++)
        wait_s *= 2;
    return wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S;
}

/* Seconds left. A clock that was put back must not shut anybody out for long.
 */
static int64_t left(const struct failures *f, int64_t now_s)
{
    int64_t left_s = f->until_s - now_s;

    return left_s < 0 ? 0 : left_s > LONGEST_WAIT_S ? LONGEST_WAIT_S : left_s;
}

static bool is_over(const struct failures *all, int64_t now_s)
{
    return now_s - all->since_s >= MINUTE_S || now_s < all->since_s;
}

int throttle_wait(struct access *access, const char *identifier,
                  int64_t *wait_s, struct err *err)
{
    struct failures own, all;
    int64_t now_s = (int64_t)time(NULL);

    if (read_failures(access, identifier, &own, err) != 0 ||
        read_failures(access, NULL, &all, err) != 0)
        return -1;
    *wait_s = left(&own, now_s);
    if (*wait_s == 0 && all.count >= TRIES_A_MINUTE && !is_over(&all, now_s))
        *wait_s = all.since_s + MINUTE_S - now_s;
    return 0;
}

static int forget_old(struct access *access, int64_t now_s, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "DELETE FROM login_failure"
                   " WHERE max(since_utc_s, until_utc_s) < ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, now_s - FORGOTTEN_S);
    return stmt_run(s, err);
}

static int count_try(struct access *access, const char *identifier,
                     struct err *err)
{
    int64_t now_s = (int64_t)time(NULL), wait_s;
    struct failures own, all;

    if (forget_old(access, now_s, err) != 0 ||
        throttle_wait(access, identifier, &wait_s, err) != 0)
        return -1;
    if (wait_s > 0)
        return err_set(err, ERR_BUSY,
                       "too many wrong codes: nothing is tried for %lld s",
                       (long long)wait_s);
    if (read_failures(access, identifier, &own, err) != 0 ||
        read_failures(access, NULL, &all, err) != 0)
        return -1;
    if (is_over(&all, now_s))
        all = (struct failures){0, now_s, 0};
    all.count++;
    own.count++;
    own.since_s = now_s;
    own.until_s = now_s + wait_after(own.count);
    if (write_failures(access, identifier, &own, err) != 0)
        return -1;
    return write_failures(access, NULL, &all, err);
}

int throttle_begin(struct access *access, const char *identifier,
                   struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (count_try(access, identifier, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int throttle_forgive(struct access *access, const char *identifier,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *own = NULL;
    CLEANUP(stmt_free) struct stmt *all = NULL;

    if (db_prepare(access->db, "DELETE FROM login_failure WHERE subject = ?1",
                   &own, err) != 0 ||
        db_prepare(access->db,
                   "UPDATE login_failure SET failures = failures - 1"
                   " WHERE subject = ?1 AND failures > 0",
                   &all, err) != 0 ||
        bind_subject(access, identifier, own, err) != 0 ||
        bind_subject(access, NULL, all, err) != 0)
        return -1;
    return stmt_run(own, err) != 0 || stmt_run(all, err) != 0 ? -1 : 0;
}
