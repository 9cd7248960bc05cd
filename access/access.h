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
    ACTION_RESTRICTED, /* pages with restricted entries, too   */
    ACTION_MANAGE,     /* accounts of one's own organisation   */
    ACTION_COUNT
};
const char *action_name(enum action action);

#define CASE_SIZE          65
#define SESSION_TOKEN_SIZE 65 /* 256 bits in hex and NUL */
/* Of who has no role today: his days have not begun, or are over. */
#define ROLE_NONE "none"

struct account {
    int64_t id;          /* 0: not logged in                          */
    char identifier[64]; /* EGN, EIK, register number or user name    */
    char name[128];
    char role[SLUG_SIZE];  /* "public" when not logged in               */
    char site[SLUG_SIZE];  /* an operator's site; "" = none             */
    char organisation[64]; /* for which he acts; "" = for himself      */
    bool manages;          /* keeps the accounts of the organisation   */
    bool must_change;      /* has still the code that was handed out   */
    bool has_factor;       /* one-time codes are asked of him at log-in */
    bool must_enrol;       /* his role needs a second factor, and he has none */
    bool is_again;         /* to be added: the person who had an account with
                              this identifier before                   */
    /* Of a session: on what ground and for which case; "" = none stated. */
    char ground[SLUG_SIZE];
    char case_number[CASE_SIZE];
};

/* Has he something to do before anything else is for him? */
static inline bool account_is_held(const struct account *account)
{
    return account->must_change || account->must_enrol;
}

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
/* Those that an account can have, in the order of that file: all but the
 * public's. */
int role_list(struct series_list *out, struct err *err);

/* Does the log-in of a role need a second factor? */
struct role_rule {
    char role[SLUG_SIZE];
    bool second_factor;
};
/* Of all roles that people log in as, sorted. The caller frees *out. */
int role_rules(struct access *access, struct role_rule **out, size_t *count,
               struct err *err);
/* Whoever has the role and no second factor is asked to enrol one from the next
 * request on; or is no more. ERR_USAGE: no such role. */
int role_require_factor(struct access *access, const char *role, bool required,
                        struct err *err);

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
/* The same for somebody who has the role and no session, when it is a ground of
 * his role and a case number. ERR_USAGE. */
int access_state_ground(struct access *access, const char *role,
                        const char *ground, const char *case_number,
                        struct err *err);

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

/* From when till when somebody has his role, as an officer saw it proved. */
struct office {
    const char *from, *to; /* days, UTC; "" = today; "" = no end    */
    const char *document;  /* number and date of it, one line       */
};

/* Accounts. The code is hashed (argon2id, RFC 9106); it is never stored. Who
 * was never appointed has his role without end. */
#define CODE_MIN_BYTES 8
#define CODE_MAX_BYTES 128
/* ERR_EXISTS: it is there, or was (is_again); ERR_USAGE: the role or site is
 * none, the code too short, ...;
 * ERR_ABSENT: there is no such organisation */
int account_add(struct access *access, const struct account *account,
                const char *code, struct err *err);
/* And appoint it. */
int account_add_for(struct access *access, const struct account *account,
                    const struct office *office, const char *code,
                    struct err *err);
/* ERR_USAGE: ten digits that are no EGN or LNCh, nine or thirteen that are no
 * EIK. */
int identifier_check(const char *identifier, struct err *err);
/* Who pays for him: his organisation, or he himself. Borrowed. */
const char *account_payer(const struct account *account);
/* Four groups of four hex digits: 64 random bits, easy to type once. */
#define CODE_SIZE 20
void account_random_code(char out[CODE_SIZE]);
/* Sorted by identifier; the role is ROLE_NONE of who has none today. The caller
 * frees *out.
 * @param organisation  its users alone; NULL: all */
int account_list(struct access *access, const char *organisation,
                 struct account **out, size_t *count, struct err *err);
/* And its sessions. ERR_ABSENT. */
int account_remove(struct access *access, const char *identifier,
                   struct err *err);

/* Another code, for who has lost his own: he has to change it, too, and his
 * sessions are over. ERR_ABSENT, ERR_USAGE. */
int account_issue_code(struct access *access, const char *identifier,
                       const char *code, struct err *err);
/* Its owner puts another in its place; his other sessions are over. ERR_INPUT:
 * the old code is wrong (and counts as one at log-in: ERR_BUSY); ERR_USAGE: the
 * new one is too short, or the old one; ERR_ABSENT: the session is over. */
int account_change_code(struct access *access, const char *token,
                        const char *old_code, const char *code,
                        struct err *err);

/* Organisations: their users are accounts of the same role; they pay for them,
 * and what they have bought is open to their users alone. */
struct organisation {
    char id[64]; /* EIK or register number; no account's identifier */
    char name[128];
    char role[SLUG_SIZE];  /* ROLE_NONE outside its days */
    char from[11], to[11]; /* "": without end            */
    char document[201];
    bool is_again; /* organisation_add: it was there before, and is the same */
};
/* ERR_EXISTS, ERR_USAGE. */
int organisation_add(struct access *access, const struct organisation *what,
                     const struct office *office, struct err *err);
/* ERR_ABSENT; ERR_USAGE: it has users. What it has paid stays. */
int organisation_remove(struct access *access, const char *id, struct err *err);
/* By id. The caller frees *out. */
int organisation_list(struct access *access, struct organisation **out,
                      size_t *count, struct err *err);

/* Give an account or organisation, and its users, a role for some days; what
 * it was before is over. ERR_ABSENT, ERR_USAGE: the days, the document, the
 * role, or a user whose role is his organisation's. */
int access_appoint(struct access *access, const char *holder, const char *role,
                   const struct office *office, struct err *err);
/* Has somebody to have seen a document before this account is made: it would
 * look on a ground, so that its role comes from outside, and acts for itself.
 * 1, 0, or -1. */
int account_needs_document(struct access *access, const struct account *account,
                           struct err *err);
/* He has no role any more, from now on. */
int access_dismiss(struct access *access, const char *holder,
                   const char *reason, struct err *err);
/* His last appointment. ERR_ABSENT: he was never appointed. */
struct appointment {
    char role[SLUG_SIZE], from[11], to[11], document[201];
};
int access_appointment(struct access *access, const char *holder,
                       struct appointment *out, struct err *err);

/* The same of an account: its own, or else its organisation's; all empty: it
 * has its role without end, and no document of it. */
int account_office(struct access *access, const struct account *account,
                   struct appointment *out, struct err *err);

/* Tokens with which a program works on behalf of an account. */
#define MACHINE_TOKEN_SIZE (SESSION_TOKEN_SIZE + 7) /* "tefter-" in front */
struct machine_token {
    char identifier[64], name[64], to[11];
};
/* @param name   one line: what it is for, so that it can be removed
 * @param to     the last day, at most a year from now
 * @param token  shown once
 * ERR_ABSENT, ERR_EXISTS, ERR_USAGE. */
int machine_token_add(struct access *access, const char *identifier,
                      const char *name, const char *to,
                      char token[MACHINE_TOKEN_SIZE], struct err *err);
int machine_token_remove(struct access *access, const char *identifier,
                         const char *name, struct err *err);
int machine_token_list(struct access *access, struct machine_token **out,
                       size_t *count, struct err *err);
/* Whose it is. ERR_ABSENT: nobody's, or no longer; the trail says so. */
int machine_token_account(struct access *access, const char *token,
                          struct account *out, struct err *err);
/* What a program says with each request: account->ground and case_number.
 * ERR_USAGE: no ground of the role, or no case number. */
int account_state_ground(struct access *access, struct account *account,
                         const char *ground, const char *case_number,
                         struct err *err);

/* Certificates of TLS clients, known by the SHA-256 of their DER in hex. */
#define FINGERPRINT_SIZE 65
/* Of the first certificate of a PEM text (RFC 7468). ERR_INPUT: there is none.
 */
int certificate_fingerprint(const char *pem, char out[FINGERPRINT_SIZE],
                            struct err *err);
/* ERR_ABSENT, ERR_EXISTS: it is somebody's. */
int certificate_add(struct access *access, const char *identifier,
                    const char *fingerprint, struct err *err);
int certificate_remove(struct access *access, const char *fingerprint,
                       struct err *err);
struct certificate {
    char identifier[64], fingerprint[FINGERPRINT_SIZE];
};
int certificate_list(struct access *access, struct certificate **out,
                     size_t *count, struct err *err);

/* At the command line: which account a user of this machine has there. */
#define USER_NAME_SIZE 33 /* useradd(8) */
struct machine_user {
    char name[USER_NAME_SIZE], identifier[64];
};
/* Who is asking: the user, or, of root by sudo, who called it (SUDO_USER). */
void machine_user_name(char out[USER_NAME_SIZE]);
/* What he had before is over. ERR_ABSENT: no such account; ERR_USAGE. */
int machine_user_bind(struct access *access, const char *identifier,
                      const char *name, struct err *err);
/* ERR_ABSENT: he has none. */
int machine_user_unbind(struct access *access, const char *name,
                        struct err *err);
/* By name. The caller frees *out. */
int machine_user_list(struct access *access, struct machine_user **out,
                      size_t *count, struct err *err);
/* Whoever has an account needs its right to do this at the command line;
 * whoever has none does it by being able to write the files. A refusal is
 * noted. ERR_INPUT: he may not.
 * @param what  for the trail: the command */
int machine_user_check(struct access *access, enum action action,
                       const char *what, struct err *err);

/* The same for what shows whole records: the right 'view' without a condition,
 * for here nobody states a ground or pays, and nothing is masked. */
int machine_user_check_reader(struct access *access, const char *what,
                              struct err *err);
/* 1 and the role today of the account that whoever asks has here, ROLE_NONE
 * when it is over; 0: he has none; -1. */
int machine_user_role(struct access *access, char role[SLUG_SIZE],
                      struct err *err);

/* 1 and the site of his account, "" where it has none, when its role may do
 * this at its own site alone; 0: it may at every one, or he has no account; -1.
 */
int machine_user_site(struct access *access, enum action action,
                      char site[SLUG_SIZE], struct err *err);

/* Pages with a restricted entry. ERR_USAGE: no page, no reason; ERR_EXISTS,
 * ERR_ABSENT. */
int access_restrict(struct access *access, const char *page, const char *reason,
                    struct err *err);
int access_unrestrict(struct access *access, const char *page,
                      const char *reason, struct err *err);
/* Of the pages those that the role does not see; NULL: all. */
int access_restricted(struct access *access, const char *role,
                      struct series_list *out, struct err *err);

/* A second factor: from now on the account logs in with one-time codes (TOTP,
 * RFC 6238), too, and its sessions are over. A secret that it had is replaced.
 * ERR_ABSENT.
 * @param secret_base32  for the owner's device; shown once */
#define TOTP_SECRET_SIZE 40
int account_set_totp(struct access *access, const char *identifier,
                     char secret_base32[TOTP_SECRET_SIZE], struct err *err);
/* Its sessions are over. ERR_ABSENT: no such account, or it has none. */
int account_remove_totp(struct access *access, const char *identifier,
                        struct err *err);
/* What authenticator apps read ("Key URI Format"); appended. */
struct buf;
void totp_uri(const char *identifier, const char *secret_base32,
              struct buf *out);
/* The same by its owner, in a session. What is offered is a secret of this
 * session's, the same until it is taken; one of its codes takes it, and is used
 * up by that. His other sessions are over then. ERR_ABSENT: the session is
 * over; ERR_EXISTS: he has a second factor; ERR_INPUT: it is no code of what
 * was offered. */
int session_offer_totp(struct access *access, const char *token,
                       char secret_base32[TOTP_SECRET_SIZE], struct err *err);
int session_enrol_totp(struct access *access, const char *token,
                       const char *one_time, struct err *err);

/* Log-in. The same error and the same time for an unknown identifier, a wrong
 * code and a wrong one-time code: ERR_ABSENT. After some wrong codes an
 * identifier, known or not, has to wait, and so has everybody after very many:
 * ERR_BUSY.
 * @param one_time  of who has a second factor; "" of others
 * @param token     of the new session, for the cookie */
int session_begin(struct access *access, const char *identifier,
                  const char *code, const char *one_time,
                  char token[SESSION_TOKEN_SIZE], struct err *err);
/* With a certificate that the web server has verified, in place of codes.
 * ERR_ABSENT: it is no account's. */
int session_begin_certificate(struct access *access, const char *fingerprint,
                              char token[SESSION_TOKEN_SIZE], struct err *err);
/* Seconds that must pass before a code of this identifier is looked at from
 * where the request comes; 0: it may be tried. */
int throttle_wait(struct access *access, const char *identifier,
                  int64_t *wait_s, struct err *err);
/* The account of a session; the public account when the token is NULL, unknown
 * or too old. Idle limit 30 minutes, absolute 12 hours.
 * @param csrf  for the forms of this session; "" when not logged in */
int session_account(struct access *access, const char *token,
                    struct account *out, char csrf[SESSION_TOKEN_SIZE],
                    struct err *err);
int session_end(struct access *access, const char *token, struct err *err);

/* Sessions that are not over. One is known by the beginning of its token's
 * hash: nobody comes in with that. */
#define SESSION_ID_SIZE 17
struct open_session {
    char id[SESSION_ID_SIZE];
    char identifier[64];
    char origin[64]; /* network address that it was begun from; "" not told */
    int64_t begun_utc_s, last_used_utc_s; /* the latter to the minute */
    bool by_certificate;
};
void session_id(const char *token, char out[SESSION_ID_SIZE]);
/* By account, the one used last first. The caller frees *out.
 * @param identifier  whose; NULL: everybody's */
int session_list(struct access *access, const char *identifier,
                 struct open_session **out, size_t *count, struct err *err);
/* End one, or all of an account but one; the trail says who did. ERR_ABSENT:
 * there is none.
 * @param identifier  whose it must be; NULL: anybody's
 * @param kept  token of the one that goes on; NULL: none does */
int session_revoke(struct access *access, const char *identifier,
                   const char *id, struct err *err);
int session_revoke_all(struct access *access, const char *identifier,
                       const char *kept, struct err *err);

/* What a viewer on another site is given in place of the session, which stays
 * in its cookie: it tells who is asking while the session lasts, for that site
 * alone and for some minutes. Sealed, and kept nowhere. */
#define VIEWER_TOKEN_SIZE  257
#define VIEWER_TOKEN_TTL_S 600
/* @param site  the origin of the viewer ("https://viewer.example.bg") */
int viewer_token_make(struct access *access, const char *session,
                      const char *site, char out[VIEWER_TOKEN_SIZE],
                      struct err *err);
/* The public account when the token is not one of ours, not of this site, or
 * over, or its session is.
 * @param site  who asks; "": not told, and not looked at */
int viewer_token_account(struct access *access, const char *token,
                         const char *site, struct account *out,
                         struct err *err);

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
