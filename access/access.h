/* SPDX-License-Identifier: MIT */
/*
 * access/access.h - who may do what: accounts, roles and rights in
 * access.sqlite (schema: access/schema.sql), sessions of the web. A page or a
 * command asks for a capability, never for a role. Everything is denied unless
 * a row of the rights table grants it. The audit trail: access/audit.h; prices:
 * access/price.h; the ledger: access/ledger.h.
 */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <stdbool.h>

#include "common/db.h"
#include "ingest/identifier.h"

struct access;

/* Made with the roles and rights of access/rights.tsv when it is not there. */
int access_open(const char *path, struct access **out, struct err *err);
void access_close(struct access *access);
DEFINE_CLEANUP(struct access, access_close)

enum action {
    ACTION_SEARCH, /* hits, counts, snippets of a series       */
    ACTION_VIEW,   /* pages of a series: image, text, boxes    */
    ACTION_ROW,    /* single rows or households of its pages; who may view
                      pages may do that, too                   */
    ACTION_INGEST, /* batches of one's own site                */
    ACTION_CORRECT,
    ACTION_AUDIT,
    ACTION_ADMIN,
    ACTION_COUNT
};
const char *action_name(enum action action);

#define CASE_SIZE 65

struct account {
    int64_t id;          /* 0: not logged in                          */
    char identifier[64]; /* EGN, EIK, register number or user name    */
    char name[128];
    char role[SLUG_SIZE]; /* "public" when not logged in               */
    char site[SLUG_SIZE]; /* an operator's site; "" = none             */
    /* Of a session: on what ground and for which case; "" = none stated. */
    char ground[SLUG_SIZE];
    char case_number[CASE_SIZE];
};

/* Series in which a role may do this; "*" in the table means every series
 * known. Rights with the condition "ground" count once access_on_ground was
 * called. The list is owned by the caller (access_series_fini). */
struct series_list {
    char **names;
    size_t count;
};
int access_series(struct access *access, const char *role, enum action action,
                  struct series_list *out, struct err *err);
void access_series_fini(struct series_list *list);
static inline void access_series_fini_at(struct series_list *list)
{
    access_series_fini(list);
}
/* Volumes, each by itself, in which a role may do this: those published, where
 * its right has the condition "published". By series. */
int access_volumes(struct access *access, const char *role, enum action action,
                   struct series_list *out, struct err *err);
/* Every series that is known, whoever may see it. */
int access_known_series(struct access *access, struct series_list *out,
                        struct err *err);
/* Make a series known, when a volume of it is taken in; harmless when it is
 * known. Until then nobody sees it. ERR_USAGE: not a slug. */
int access_add_series(struct access *access, const char *series,
                      struct err *err);
/* May the role do this at all (in any series)? 1, 0, or -1. */
int access_may(struct access *access, const char *role, enum action action,
               struct err *err);
/* The same for all actions at once. */
int access_actions(struct access *access, const char *role,
                   bool may[ACTION_COUNT], struct err *err);
/* May the role do this at every site (1), or at the account's own alone (0)? */
int access_at_every_site(struct access *access, const char *role,
                         enum action action, struct err *err);
/* Is it one of the roles of access/rights.tsv? */
bool role_is_known(const char *role);

/* One line of the rights table. */
struct right {
    char role[SLUG_SIZE];
    char series[SLUG_SIZE]; /* or "*" */
    char action[16];
    char condition[SLUG_SIZE]; /* "" none, "published", "ground"; "own-site",
                                  enforced by whoever does the action: it alone
                                  knows the site */
};
/* The table in force, sorted. The caller frees *out. */
int access_rights_list(struct access *access, struct right **out, size_t *count,
                       struct err *err);

/* Put a line into the table, or take it out; the audit trail says who did.
 * ERR_USAGE: no such role, action or condition, or a series that is neither
 * known nor "*"; ERR_EXISTS: it is there (grant); ERR_ABSENT: it is not
 * (revoke). */
int access_grant(struct access *access, const struct right *right,
                 struct err *err);
int access_revoke(struct access *access, const struct right *right,
                  struct err *err);

/* Does the role see personal numbers whole before it has opened a page: 1, 0,
 * or -1. Only a role that may view without a condition. */
int access_sees_numbers(struct access *access, const char *role,
                        struct err *err);

/* The grounds that a role may state; none: it is not asked for one. */
int access_grounds(struct access *access, const char *role,
                   struct series_list *out, struct err *err);
struct role_ground {
    char role[SLUG_SIZE], id[SLUG_SIZE];
};
/* Those of all roles, sorted. The caller frees *out. */
int access_ground_list(struct access *access, struct role_ground **out,
                       size_t *count, struct err *err);
/* Let a role state another ground, or one no more (sessions that stated it end
 * by it). ERR_USAGE: no such role, or no slug; ERR_EXISTS, ERR_ABSENT. */
int access_ground_add(struct access *access, const char *role, const char *id,
                      struct err *err);
int access_ground_remove(struct access *access, const char *role,
                         const char *id, struct err *err);
/* Has the role to state a ground before it may do this at all? 1, 0, or -1. */
int access_needs_ground(struct access *access, const char *role,
                        enum action action, struct err *err);
/* From now on this handle works on that ground ("": on none), and the audit
 * trail says so with each entry. */
void access_on_ground(struct access *access, const char *ground,
                      const char *case_number);

/* Make a volume one of the published, or take it back; the audit trail says
 * who did. Whether there is such a volume is for the caller to know.
 * ERR_USAGE: not a volume id; ERR_EXISTS: it is published; ERR_ABSENT: it is
 * not (withdraw). */
int access_publish(struct access *access, const char *volume, struct err *err);
int access_withdraw(struct access *access, const char *volume, struct err *err);
/* All of them. */
int access_published(struct access *access, struct series_list *out,
                     struct err *err);
struct publication {
    char volume[ID_SIZE];
    int64_t since_utc_s;
};
/* And since when, by volume. The caller frees *out. */
int access_publications(struct access *access, struct publication **out,
                        size_t *count, struct err *err);

/* Accounts. The code is hashed (argon2id, RFC 9106); it is never stored. */
#define CODE_MIN_BYTES 8
#define CODE_MAX_BYTES 128
/* ERR_EXISTS; ERR_USAGE: the role or site is none, the code too short, ... */
int account_add(struct access *access, const struct account *account,
                const char *code, struct err *err);
/* Sorted by identifier. The caller frees *out. */
int account_list(struct access *access, struct account **out, size_t *count,
                 struct err *err);
/* And its sessions. ERR_ABSENT. */
int account_remove(struct access *access, const char *identifier,
                   struct err *err);

/* A second factor: from now on the account logs in with one-time codes (TOTP,
 * RFC 6238), too, and its sessions are over. A secret that it had is replaced.
 * ERR_ABSENT.
 * @param secret_base32  for the owner's device; shown once */
#define TOTP_SECRET_SIZE 40
int account_set_totp(struct access *access, const char *identifier,
                     char secret_base32[TOTP_SECRET_SIZE], struct err *err);
/* ERR_ABSENT: no such account, or it has none. */
int account_remove_totp(struct access *access, const char *identifier,
                        struct err *err);

/* Log-in. The same error and the same time for an unknown identifier, a wrong
 * code and a wrong one-time code: ERR_ABSENT. After some wrong codes an
 * identifier, known or not, has to wait, and so has everybody after very many:
 * ERR_BUSY.
 * @param one_time  of who has a second factor; "" of others
 * @param token     of the new session, for the cookie */
#define SESSION_TOKEN_SIZE 65
int session_begin(struct access *access, const char *identifier,
                  const char *code, const char *one_time,
                  char token[SESSION_TOKEN_SIZE], struct err *err);
/* Seconds that must pass before a code of this identifier is looked at; 0: it
 * may be tried. */
int throttle_wait(struct access *access, const char *identifier,
                  int64_t *wait_s, struct err *err);
/* The account of a session; the public account when the token is NULL, unknown
 * or too old. Idle limit 30 minutes, absolute 12 hours.
 * @param csrf  for the forms of this session; "" when not logged in */
int session_account(struct access *access, const char *token,
                    struct account *out, char csrf[SESSION_TOKEN_SIZE],
                    struct err *err);
int session_end(struct access *access, const char *token, struct err *err);
/* The session's reader says why he looks, until he says otherwise; the audit
 * trail has it. ERR_USAGE: no ground of his role, or the case number is none;
 * ERR_ABSENT: the session is over. */
int session_state_ground(struct access *access, const char *token,
                         const char *ground, const char *case_number,
                         struct err *err);

/* 256 random bits in hex. libsodium must be ready: after access_open. */
void access_random_token(char out[SESSION_TOKEN_SIZE]);
/* Equal and not empty, in a time that does not tell how much of it is. */
bool token_equal(const char *a, const char *b);

#endif
