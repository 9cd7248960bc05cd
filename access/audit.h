/* SPDX-License-Identifier: MIT */
/*
 * access/audit.h - the audit trail: entries that can be added, and never
 * changed or removed without audit_verify naming the place. Each entry holds a
 * hash over the one before; the end of the chain is signed (Ed25519, RFC 8032)
 * with a key that lies beside the database, and so is the end of each day.
 * Format: access/audit.sql.
 *
 * What a chain cannot tell: an intruder who has the key and the database can
 * write a whole new trail. The heads that were printed and kept elsewhere
 * (audit_heads) tell that.
 */
#ifndef ACCESS_AUDIT_H
#define ACCESS_AUDIT_H

#include "access/access.h"
#include "common/clock.h"

enum audit_kind {
    AUDIT_LOGIN,
    AUDIT_LOGIN_REFUSED, /* subject: the identifier when there is such an
                            account, else ''; people type codes there */
    AUDIT_LOGOUT,
    AUDIT_SEARCH,  /* detail: what was asked, the pages shown     */
    AUDIT_SUGGEST, /* words for what is typed: its beginning; grouped */
    AUDIT_OPEN,    /* a page or volume: subject                   */
    AUDIT_IMAGE,   /* a picture of a page: subject; grouped       */
    AUDIT_REFUSED, /* what was asked for and not given: the path  */
    AUDIT_ACCOUNT_ADDED,
    AUDIT_ACCOUNT_REMOVED,
    AUDIT_RIGHT_GRANTED,
    AUDIT_RIGHT_REVOKED,
    AUDIT_PUBLISHED, /* a volume: subject */
    AUDIT_WITHDRAWN,
    AUDIT_GROUND,     /* was stated, and holds for what follows: the account */
    AUDIT_PRICE_SET,  /* for a role: access/money.sql tells the details    */
    AUDIT_TERMS_SET,  /* how an account pays                               */
    AUDIT_WINDOW_SET, /* for how long what was paid for stays open         */
    AUDIT_CHARGE,     /* money was taken for a page                        */
    AUDIT_REVERSAL,   /* and given back: it could not be shown             */
    AUDIT_REFUND,     /* and given back by an officer: the account         */
    AUDIT_TOP_UP,     /* an account's money came in                        */
    AUDIT_PAY_OUT,    /* and was returned                                  */
    AUDIT_INVOICE,    /* an account wants to pay through the gateway       */
    AUDIT_INVOICE_UNPAID, /* and did not                                   */
    AUDIT_GROUND_ADDED,   /* that a role may state: the role               */
    AUDIT_GROUND_REMOVED,
    AUDIT_SECOND_FACTOR_SET, /* one-time codes: the account */
    AUDIT_SECOND_FACTOR_REMOVED,
    AUDIT_SECOND_FACTOR_RULE, /* whether a role needs them: the role */
    AUDIT_SESSION_REVOKED,    /* by its owner or an officer: the account */
    AUDIT_USER_BOUND,         /* of this machine: the account */
    AUDIT_USER_UNBOUND,
    AUDIT_APPOINTED, /* a role, from-to, by a document: account or organisation
                      */
    AUDIT_DISMISSED,
    AUDIT_ORGANISATION_ADDED,
    AUDIT_ORGANISATION_REMOVED,
    AUDIT_CODE_CHANGED, /* by its owner: the account                       */
    AUDIT_CODE_ISSUED,  /* another one, by an officer or a manager         */
    AUDIT_TOKEN_ADDED,  /* of a machine: the account                       */
    AUDIT_TOKEN_REMOVED,
    AUDIT_CERTIFICATE_ADDED, /* of a TLS client: the account               */
    AUDIT_CERTIFICATE_REMOVED,
    AUDIT_RESTRICTED, /* a page with such an entry: the page               */
    AUDIT_UNRESTRICTED,
    AUDIT_TRAIL_READ, /* somebody asked who saw a person's record          */
    AUDIT_CORRECTION, /* of a record by a person: the record */
    AUDIT_RESCAN, /* a new scan was given for a page that is kept: the page */
    AUDIT_SCAN_REPLACED, /* and has taken its place                       */
    AUDIT_REREAD, /* the pages of a volume were read anew: the volume     */
    AUDIT_EXPORT, /* of what may be seen, as files: the volume, page or row */
    AUDIT_LOSS,   /* somebody said that it has no good copy: the volume */
    AUDIT_KIND_COUNT
};
const char *audit_kind_name(enum audit_kind kind);
/* -1: there is none of this name. */
int audit_kind_find(const char *name);

/* On whose behalf this handle works from now on; texts that are too long are
 * cut. Until it is said: "@" and the machine's user, with no role. */
void access_act_as(struct access *access, const char *who, const char *role,
                   const char *origin);
/* The same for an account, and for its organisation. */
void access_act_for(struct access *access, const struct account *account,
                    const char *origin);

/* Add an entry in a transaction of its own: it is on the disk when this
 * returns 0. ERR_BUSY, ERR_IO, ERR_LIBRARY. */
int audit_note(struct access *access, enum audit_kind kind, const char *subject,
               const char *detail, struct err *err);
/* The same for what happens many times in a row (the tiles of a page): nothing
 * when the same person, from the same address, on the same ground, has an entry
 * of this kind or an AUDIT_OPEN about this subject that is younger than 30
 * minutes. */
int audit_note_grouped(struct access *access, enum audit_kind kind,
                       const char *subject, const char *detail,
                       struct err *err);

/* One entry as read; all text is owned by the list. */
struct audit_entry {
    int64_t seq;
    int64_t at_utc_ms;
    char *kind, *who, *role, *origin, *subject, *detail;
    char *ground;       /* and case number; "" when none was stated */
    char *organisation; /* that who acted for; "" none */
};
struct audit_list {
    struct audit_entry *items;
    size_t count;
};
void audit_list_fini(struct audit_list *list);
static inline void audit_list_fini_at(struct audit_list *list)
{
    audit_list_fini(list);
}
/* Which entries; NULL and 0 are no condition. Borrowed. */
struct audit_filter {
    const char *kind;
    const char *who;
    const char *about;  /* the subject, one below it (a row of a page), or a
                          text within the detail */
    const char *ground; /* a text within it: a case number, a ground */
    const char *role, *organisation, *origin;
    int64_t since_utc_ms;
    int64_t until_utc_ms; /* the first moment that no longer counts */
    int64_t limit;        /* so many of the latest */
};
/* In the order of the trail. */
int audit_list(struct access *access, const struct audit_filter *filter,
               struct audit_list *out, struct err *err);

/* As CSV (RFC 4180) with a head line; appended. ERR_NOMEM. */
struct buf;
int audit_csv(const struct audit_list *list, struct buf *out, struct err *err);

/* Everyone who has been shown something of a record: who opened its page, it or
 * its household, saw a picture of them, was given them in a file, or saw the
 * page among the hits of a search. Of the filter the days count. Names
 * borrowed; "" what is not known: of a page without a row, who opened any of
 * its rows, too. */
struct audit_record {
    const char *page, *row, *household; /* ids */
};
int audit_shown(struct access *access, const struct audit_record *record,
                const struct audit_filter *filter, struct audit_list *out,
                struct err *err);

#define AUDIT_HASH_HEX 65
#define AUDIT_SIGN_HEX 129
/* The signed end of a day; day is "now" for the end of the trail. */
struct audit_head {
    char day[11];
    int64_t seq;
    char hash[AUDIT_HASH_HEX];
    char signature[AUDIT_SIGN_HEX];
};
/* By day, the present end last. The caller frees *out. */
int audit_heads(struct access *access, struct audit_head **out, size_t *count,
                struct err *err);
/* The key that signs, in hex. ERR_IO: the file with it cannot be read. */
int audit_public_key(struct access *access, char out[AUDIT_HASH_HEX],
                     struct err *err);

/* Go through the whole trail. ERR_CHECKSUM names the first entry that is
 * altered, missing, inserted or out of order, or the head that is not as it
 * was signed.
 * @param key    public key in hex that must have signed, as printed at an
 *               earlier time; NULL: the one beside the database
 * @param count  entries that are sound */
int audit_verify(struct access *access, const char *key, int64_t *count,
                 struct err *err);

#endif
