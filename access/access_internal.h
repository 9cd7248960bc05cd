/* SPDX-License-Identifier: MIT */
/*
 * access/access_internal.h - what the files of access/ share.
 */
#ifndef ACCESS_ACCESS_INTERNAL_H
#define ACCESS_ACCESS_INTERNAL_H

#include "access/audit.h"
#include "access/price.h"
#include "common/file.h"

/* For whom the handle works: what the audit trail says of its entries. */
struct actor {
    char who[64];
    char role[SLUG_SIZE];
    char origin[64];
    char ground[SLUG_SIZE + CASE_SIZE];
    char organisation[64];
};

#define TOKEN_BYTES           32
#define SESSION_IDLE_LIMIT_S  (30 * 60)
#define SESSION_TOTAL_LIMIT_S (12 * 60 * 60)
/* A right to the action ?2: one to view pages is one to their rows. */
#define ACTION_SQL " (action = ?2 OR (?2 = 'row' AND action = 'view'))"

/* An appointment's document and days; and, in the open transaction, the
 * appointment. */
int office_check(const struct office *office, struct err *err);
int office_put(struct access *access, const char *holder, const char *role,
               const struct office *office, struct err *err);

/* What the database keeps of a session's token. */
void session_token_hash(const char *token, unsigned char out[TOKEN_BYTES]);
/* The account of a session that is not over. 1 found, 0 not, -1 error. */
int session_find(struct access *access, const unsigned char *hash,
                 int64_t now_s, struct account *out, int64_t *last_used_s,
                 struct err *err);

/* Statements of every request, prepared once a handle. */
enum kept { KEPT_TIP, KEPT_ENTRY, KEPT_NEW_TIP, KEPT_LATE, KEPT_COUNT };

struct audit_keys;

struct access {
    struct db *db;
    struct stmt *kept[KEPT_COUNT];
    struct audit_keys *keys; /* that sign; NULL: not read yet */
    char *path; /* of access.sqlite; slots of the slow hash lie beside it */
    struct actor actor;
    struct lock *turn; /* while a transaction is open */
    int gate_ms;       /* how long a turn, or the slow hash, is waited for */
    int wal_fd;        /* of access.sqlite-wal; -1: not opened yet */
    int64_t ahead_ms;  /* tests look at what happens later */
};

/* The statement, prepared with this text when it was not yet. Borrowed; whoever
 * uses it resets it: CLEANUP(stmt_reset) struct stmt *s = NULL. */
int access_kept(struct access *access, enum kept which, const char *sql,
                struct stmt **out, struct err *err);
static inline void stmt_reset_at(struct stmt **s)
{
    if (*s != NULL)
        stmt_reset(*s);
}
void audit_forget_keys(struct access *access);

/* A transaction. All who write stand in one queue in front of SQLite: its own
 * way of waiting for a lock, sleeping and trying again, lets some wait for as
 * long as others write. */
int access_begin(struct access *access, struct err *err);
int access_commit(struct access *access, struct err *err);
void access_rollback(struct access *access);

/* An entry in the transaction that the caller has open: it is there when what
 * it tells of is. Texts over 4 KiB are cut. */
int audit_add(struct access *access, enum audit_kind kind, const char *subject,
              const char *detail, struct err *err);
/* The same of another moment. */
int audit_add_at(struct access *access, enum audit_kind kind,
                 const char *subject, const char *detail, int64_t at_utc_ms,
                 struct err *err);
/* Whoever has the identifier of a person or office that was removed would have
 * its money, what it has bought, and its past in the trail.
 * @param added     as what it is to be there: account-added, organisation-added
 * @param is_again  it is said to be the same one
 * ERR_EXISTS: it was there, and as something else, or is not said to be. */
int payer_check_unused(struct access *access, const char *id,
                       enum audit_kind added, bool is_again, struct err *err);
/* The number that the next entry gets, while the transaction is open. */
int audit_next(struct access *access, int64_t *seq, struct err *err);
/* Is there an entry that audit_note_grouped would not repeat? 1, 0, or -1. */
int audit_noted_of_late(struct access *access, enum audit_kind kind,
                        const char *subject, struct err *err);
int64_t access_now_ms(const struct access *access); /* since 1970 UTC */
void access_day(int64_t at_utc_ms, char out[DAY_TEXT_SIZE]); /* UTC */
bool access_is_day(const char *text);                        /* 2026-11-26 */
/* Is it one of the series, or "*"? 1, 0, or -1. */
int series_is_known(struct access *access, const char *series, struct err *err);
/* A file of that many random bytes beside the database, access.sqlite-NAME, of
 * mode 0600; made when it is not there. ERR_INPUT: it has another size. */
int secret_make(struct access *access, const char *name, size_t size,
                struct err *err);
int secret_read(struct access *access, const char *name, unsigned char *out,
                size_t size, struct err *err);
/* Is that the account's one-time code of now, or has it no second factor?
 * @param step  for second_factor_use
 * @return 1, 0, or -1 */
int second_factor_check(struct access *access, int64_t account,
                        const char *one_time, int64_t *step, struct err *err);
/* In the open transaction: the code is used up. 0: it was already. */
int second_factor_use(struct access *access, int64_t account, int64_t step,
                      struct err *err);
/* The signing key beside the database, when there is none. */
int audit_make_key(struct access *access, struct err *err);

/* The first column of all rows. */
int access_take_names(struct stmt *s, struct series_list *out, struct err *err);

/* 1, 0, or -1. */
int account_exists(struct access *access, const char *identifier,
                   struct err *err);
/* The same of accounts and organisations. */
int payer_exists(struct access *access, const char *payer, struct err *err);
/* ERR_ABSENT. */
int account_find_id(struct access *access, const char *identifier, int64_t *id,
                    struct err *err);
/* Whoever is logged in as the account is no more; of one session that is kept,
 * the hash of its token, or NULL. */
int session_end_all(struct access *access, int64_t account,
                    const unsigned char *kept, struct err *err);
/* A change in a transaction of its own: work does it, and rolls back what it
 * began when it returns -1. */
int access_in_turn(struct access *access,
                   int (*work)(struct access *, void *arg, struct err *),
                   void *arg, struct err *err);
/* Does the code belong to the account? Takes the time of one slow hash in any
 * case, and waits for one of its two slots.
 * @param out  the account, when 1 is returned
 * @return 1, 0, or -1 */
int account_check_code(struct access *access, const char *identifier,
                       const char *code, struct account *out, struct err *err);
/* Whether a holder's last appointment, if he has one, has day ?9. */
#define IN_OFFICE_SQL(holder)                                            \
    " coalesce((SELECT from_day <= ?9 AND (to_day = '' OR to_day >= ?9)" \
    " FROM appointment WHERE holder = " holder                           \
    " ORDER BY audit DESC LIMIT 1), 1)"
/* What rows of accounts begin with; account_bind_day gives them their day. */
#define ACCOUNT_SELF_SQL   IN_OFFICE_SQL("account.identifier")
#define ACCOUNT_OFFICE_SQL IN_OFFICE_SQL("account.organisation")
#define ACCOUNT_ROLE_SQL                               \
    " iif(" ACCOUNT_SELF_SQL " AND" ACCOUNT_OFFICE_SQL \
    ", account.role, '" ROLE_NONE "')"
#define ACCOUNT_COLUMNS                                               \
    " account.id, account.identifier, account.name," ACCOUNT_ROLE_SQL \
    ", account.site, account.organisation, account.manages,"          \
    " account.must_change,"                                           \
    " EXISTS (SELECT 1 FROM second_factor f"                          \
    " WHERE f.account = account.id),"                                 \
    " (SELECT second_factor FROM role WHERE role.id = account.role)"
#define ACCOUNT_COLUMN_COUNT 10
void account_bind_day(struct access *access, struct stmt *s);
void account_from_row(const struct stmt *s, struct account *out);

/* Whose certificate it is: 1, 0, or -1. */
int certificate_account(struct access *access, const char *fingerprint,
                        struct account *out, struct err *err);

/* 32 bytes of a text for one purpose (BLAKE2b): nothing is kept as typed. */
void access_derive(const char *text, const char *purpose,
                   unsigned char out[TOKEN_BYTES]);

/* Count a try at the identifier's code, before it is made. ERR_BUSY: none may
 * be made now from where the request comes (access_act_as). throttle_forgive,
 * in the transaction of the caller, takes it back when the code was right. */
int throttle_begin(struct access *access, const char *identifier,
                   struct err *err);
int throttle_forgive(struct access *access, const char *identifier,
                     struct err *err);

#endif
