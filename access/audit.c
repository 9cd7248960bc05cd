/* SPDX-License-Identifier: MIT */
#include "access/audit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/access_internal.h"
#include "common/csv.h"
#include "common/file.h"

#define HASH_BYTES    crypto_hash_sha256_BYTES
#define SIGN_BYTES    crypto_sign_BYTES
#define GROUPED_MS    ((int64_t)30 * 60 * 1000)
#define DETAIL_MAX    ((size_t)4096)
#define MS_IN_S       1000
#define NS_IN_MS      1000000
#define HEAD_TEXT_MAX 128
#define TEXTS         8 /* of an entry, from kind to organisation */

const char *audit_kind_name(enum audit_kind kind)
{
    static const char *const names[AUDIT_KIND_COUNT] = {
        [AUDIT_LOGIN] = "login",
        [AUDIT_LOGIN_REFUSED] = "login-refused",
        [AUDIT_LOGOUT] = "logout",
        [AUDIT_SEARCH] = "search",
        [AUDIT_SUGGEST] = "suggest",
        [AUDIT_OPEN] = "open",
        [AUDIT_IMAGE] = "image",
        [AUDIT_REFUSED] = "refused",
        [AUDIT_ACCOUNT_ADDED] = "account-added",
        [AUDIT_ACCOUNT_REMOVED] = "account-removed",
        [AUDIT_RIGHT_GRANTED] = "right-granted",
        [AUDIT_RIGHT_REVOKED] = "right-revoked",
        [AUDIT_PUBLISHED] = "published",
        [AUDIT_WITHDRAWN] = "withdrawn",
        [AUDIT_GROUND] = "ground",
        [AUDIT_PRICE_SET] = "price-set",
        [AUDIT_TERMS_SET] = "terms-set",
        [AUDIT_WINDOW_SET] = "window-set",
        [AUDIT_CHARGE] = "charge",
        [AUDIT_REVERSAL] = "reversal",
        [AUDIT_REFUND] = "refund",
        [AUDIT_TOP_UP] = "top-up",
        [AUDIT_PAY_OUT] = "pay-out",
        [AUDIT_INVOICE] = "invoice",
        [AUDIT_INVOICE_UNPAID] = "invoice-unpaid",
        [AUDIT_GROUND_ADDED] = "ground-added",
        [AUDIT_GROUND_REMOVED] = "ground-removed",
        [AUDIT_SECOND_FACTOR_SET] = "totp-set",
        [AUDIT_SECOND_FACTOR_REMOVED] = "totp-removed",
        [AUDIT_SECOND_FACTOR_RULE] = "second-factor",
        [AUDIT_SESSION_REVOKED] = "session-revoked",
        [AUDIT_USER_BOUND] = "user-bound",
        [AUDIT_USER_UNBOUND] = "user-unbound",
        [AUDIT_APPOINTED] = "appointed",
        [AUDIT_DISMISSED] = "dismissed",
        [AUDIT_ORGANISATION_ADDED] = "organisation-added",
        [AUDIT_ORGANISATION_REMOVED] = "organisation-removed",
        [AUDIT_CODE_CHANGED] = "code-changed",
        [AUDIT_CODE_ISSUED] = "code-issued",
        [AUDIT_TOKEN_ADDED] = "token-added",
        [AUDIT_TOKEN_REMOVED] = "token-removed",
        [AUDIT_CERTIFICATE_ADDED] = "certificate-added",
        [AUDIT_CERTIFICATE_REMOVED] = "certificate-removed",
        [AUDIT_RESTRICTED] = "restricted",
        [AUDIT_UNRESTRICTED] = "unrestricted",
        [AUDIT_TRAIL_READ] = "trail-read",
        [AUDIT_CORRECTION] = "correction",
        [AUDIT_RESCAN] = "rescan",
        [AUDIT_SCAN_REPLACED] = "scan-replaced",
        [AUDIT_REREAD] = "reread",
        [AUDIT_EXPORT] = "export",
        [AUDIT_LOSS] = "loss",
    };

    return names[kind];
}

int audit_kind_find(const char *name)
{
    for (int k = 0; k < AUDIT_KIND_COUNT; k++) {
        if (strcmp(name, audit_kind_name((enum audit_kind)k)) == 0)
            return k;
    }
    return -1;
}

void access_act_as(struct access *access, const char *who, const char *role,
                   const char *origin)
{
    struct actor *a = &access->actor;

    (void)snprintf(a->who, sizeof(a->who), "%s", who);
    (void)snprintf(a->role, sizeof(a->role), "%s", role);
    (void)snprintf(a->origin, sizeof(a->origin), "%s", origin);
    a->organisation[0] = '\0';
}

void access_act_for(struct access *access, const struct account *account,
                    const char *origin)
{
    struct actor *a = &access->actor;

    access_act_as(access, account->identifier, account->role, origin);
    (void)snprintf(a->organisation, sizeof(a->organisation), "%s",
                   account->organisation);
}

/* The end of the chain, or all zero before the first entry. */
struct tip {
    int64_t seq;
    int64_t at_utc_ms; /* of that entry */
    unsigned char hash[HASH_BYTES];
    unsigned char signature[SIGN_BYTES];
};

static bool take_bytes(const struct stmt *s, int column, void *to, size_t size)
{
    size_t len;
    const void *bytes = stmt_blob(s, column, &len);

    memset(to, 0, size);
    if (bytes == NULL || len != size)
        return false;
    memcpy(to, bytes, size);
    return true;
}

static int read_tip(struct access *access, struct tip *out, struct err *err)
{
    CLEANUP(stmt_reset) struct stmt *s = NULL;
    int rc;

    *out = (struct tip){.seq = 0};
    if (access_kept(access, KEPT_TIP,
                    "SELECT t.seq, t.hash, t.signature, a.at_utc_ms"
                    " FROM audit_tip t LEFT JOIN audit a ON a.seq = t.seq",
                    &s, err) != 0)
        return -1;
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    out->seq = stmt_int(s, 0);
    out->at_utc_ms = stmt_int(s, 3);
    if (!take_bytes(s, 1, out->hash, HASH_BYTES) ||
        !take_bytes(s, 2, out->signature, SIGN_BYTES))
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: the end of the chain is altered; `tefter "
                       "audit verify` says more");
    return 0;
}

/* What is signed. The purpose stands in front, so that a signature of this key
 * can never be one of something else. */
static size_t head_text(int64_t seq, const unsigned char *hash,
                        char out[HEAD_TEXT_MAX])
{
    char hex[AUDIT_HASH_HEX];

    (void)sodium_bin2hex(hex, sizeof(hex), hash, HASH_BYTES);
    return (size_t)snprintf(out, HEAD_TEXT_MAX, "tefter audit head %lld %s\n",
                            (long long)seq, hex);
}

/* The pair of keys grown from the seed in the file beside the database. */
struct audit_keys {
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
};

static inline void keys_fini_at(struct audit_keys *keys)
{
    sodium_memzero(keys, sizeof(*keys));
}

static int grow_keys(struct access *access, struct audit_keys *out,
                     struct err *err)
{
    unsigned char seed[crypto_sign_SEEDBYTES];

    if (secret_read(access, "audit-key", seed, sizeof(seed), err) != 0)
        return err_add(err, "audit trail");
    (void)crypto_sign_seed_keypair(out->public, out->secret, seed);
    sodium_memzero(seed, sizeof(seed));
    return 0;
}

/* Read once a handle: to read and grow them takes as long as to sign. */
static int need_keys(struct access *access, struct err *err)
{
    struct audit_keys *keys;

    if (access->keys != NULL)
        return 0;
    keys = sodium_malloc(sizeof(*keys));
    if (keys == NULL)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    if (grow_keys(access, keys, err) != 0) {
        sodium_free(keys);
        return -1;
    }
    access->keys = keys;
    return 0;
}

void audit_forget_keys(struct access *access)
{
    sodium_free(access->keys);
    access->keys = NULL;
}

/* In the transaction that makes the tables: only one process gets here. A key
 * that is there already (a database put back from a backup) is kept. */
int audit_make_key(struct access *access, struct err *err)
{
    return secret_make(access, "audit-key", crypto_sign_SEEDBYTES, err);
}

static void add_field(crypto_hash_sha256_state *state, const char *text)
{
    char length[24];
    size_t len = strlen(text);
    int n = snprintf(length, sizeof(length), "%zu:", len);

    (void)crypto_hash_sha256_update(state, (const unsigned char *)length,
                                    (unsigned long long)n);
    (void)crypto_hash_sha256_update(state, (const unsigned char *)text, len);
    (void)crypto_hash_sha256_update(state, (const unsigned char *)",", 1);
}

static void add_number(crypto_hash_sha256_state *state, int64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    add_field(state, text);
}

static void hash_entry(const struct audit_entry *e,
                       const unsigned char before[HASH_BYTES],
                       unsigned char out[HASH_BYTES])
{
    crypto_hash_sha256_state state;

    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, before, HASH_BYTES);
    add_number(&state, e->seq);
    add_number(&state, e->at_utc_ms);
    add_field(&state, e->kind);
    add_field(&state, e->who);
    add_field(&state, e->role);
    add_field(&state, e->origin);
    add_field(&state, e->subject);
    add_field(&state, e->detail);
    if (e->ground[0] != '\0' || e->organisation[0] != '\0')
        add_field(&state, e->ground);
    if (e->organisation[0] != '\0')
        add_field(&state, e->organisation);
    (void)crypto_hash_sha256_final(&state, out);
}

void access_day(int64_t at_utc_ms, char out[DAY_TEXT_SIZE])
{
    char moment[CLOCK_RFC3339_SIZE];

    clock_rfc3339((time_t)(at_utc_ms / MS_IN_S), moment);
    (void)snprintf(out, DAY_TEXT_SIZE, "%.10s", moment);
}

int64_t access_now_ms(const struct access *access)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MS_IN_S + now.tv_nsec / NS_IN_MS +
           access->ahead_ms;
}

static int insert_entry(struct access *access, const struct audit_entry *e,
                        const unsigned char *hash, struct err *err)
{
    CLEANUP(stmt_reset) struct stmt *s = NULL;
    const char *const texts[] = {e->kind,   e->who,         e->role,
                                 e->origin, e->subject,     e->detail,
                                 e->ground, e->organisation};

    if (access_kept(access, KEPT_ENTRY,
                    "INSERT INTO audit (seq, at_utc_ms, kind, who, role,"
                    " origin, subject, detail, ground, organisation, hash)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, e->seq);
    stmt_bind_int(s, 2, e->at_utc_ms);
    for (int i = 0; i < TEXTS; i++)
        stmt_bind_text(s, i + 3, texts[i]);
    stmt_bind_blob(s, TEXTS + 3, hash, HASH_BYTES);
    return stmt_run(s, err);
}

/* The day of the last entry is over: its end is kept, as it was signed. A
 * clock that was put back may come to the same day twice; the later end is the
 * one to keep. */
static int keep_head(struct access *access, const struct tip *tip,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char day[DAY_TEXT_SIZE];

    access_day(tip->at_utc_ms, day);
    if (db_prepare(access->db,
                   "INSERT OR REPLACE INTO audit_head VALUES (?1, ?2, ?3, ?4)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, day);
    stmt_bind_int(s, 2, tip->seq);
    stmt_bind_blob(s, 3, tip->hash, HASH_BYTES);
    stmt_bind_blob(s, 4, tip->signature, SIGN_BYTES);
    return stmt_run(s, err);
}

static int write_tip(struct access *access, int64_t seq,
                     const unsigned char *hash, struct err *err)
{
    CLEANUP(stmt_reset) struct stmt *s = NULL;
    unsigned char signature[SIGN_BYTES];
    char text[HEAD_TEXT_MAX];
    size_t len = head_text(seq, hash, text);

    if (need_keys(access, err) != 0 ||
        access_kept(access, KEPT_NEW_TIP,
                    "INSERT OR REPLACE INTO audit_tip VALUES (1, ?1, ?2, ?3)",
                    &s, err) != 0)
        return -1;
    (void)crypto_sign_detached(signature, NULL, (const unsigned char *)text,
                               len, access->keys->secret);
    stmt_bind_int(s, 1, seq);
    stmt_bind_blob(s, 2, hash, HASH_BYTES);
    stmt_bind_blob(s, 3, signature, SIGN_BYTES);
    return stmt_run(s, err);
}

/* Longer texts are cut between two characters of UTF-8. */
static char *cut(const char *text)
{
    size_t len = strnlen(text, DETAIL_MAX);

    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return strndup(text, len);
}

int audit_add_at(struct access *access, enum audit_kind kind,
                 const char *subject, const char *detail, int64_t at_utc_ms,
                 struct err *err)
{
    CLEANUP(free) char *about = cut(subject);
    CLEANUP(free) char *more = cut(detail);
    unsigned char hash[HASH_BYTES];
    char today[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    struct audit_entry e = {.at_utc_ms = at_utc_ms};
    struct tip tip;

    if (about == NULL || more == NULL)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    if (read_tip(access, &tip, err) != 0)
        return -1;
    e.seq = tip.seq + 1;
    e.kind = (char *)(uintptr_t)audit_kind_name(kind);
    e.who = access->actor.who;
    e.role = access->actor.role;
    e.origin = access->actor.origin;
    e.subject = about;
    e.detail = more;
    e.ground = access->actor.ground;
    e.organisation = access->actor.organisation;
    hash_entry(&e, tip.hash, hash);
    access_day(e.at_utc_ms, today);
    access_day(tip.at_utc_ms, last);
    if (tip.seq > 0 && strcmp(today, last) != 0 &&
        keep_head(access, &tip, err) != 0)
        return -1;
    if (insert_entry(access, &e, hash, err) != 0)
        return -1;
    return write_tip(access, e.seq, hash, err);
}

int audit_next(struct access *access, int64_t *seq, struct err *err)
{
    struct tip tip;

    if (read_tip(access, &tip, err) != 0)
        return -1;
    *seq = tip.seq + 1;
    return 0;
}

int audit_add(struct access *access, enum audit_kind kind, const char *subject,
              const char *detail, struct err *err)
{
    return audit_add_at(access, kind, subject, detail, access_now_ms(access),
                        err);
}

int audit_note(struct access *access, enum audit_kind kind, const char *subject,
               const char *detail, struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (audit_add(access, kind, subject, detail, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int audit_noted_of_late(struct access *access, enum audit_kind kind,
                        const char *subject, struct err *err)
{
    CLEANUP(stmt_reset) struct stmt *s = NULL;

    if (access_kept(access, KEPT_LATE,
                    "SELECT 1 FROM audit WHERE subject = ?1 AND at_utc_ms > ?2"
                    " AND who = ?3 AND origin = ?4 AND kind IN (?5, 'open')"
                    " AND ground = ?6",
                    &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, subject);
    stmt_bind_int(s, 2, access_now_ms(access) - GROUPED_MS);
    stmt_bind_text(s, 3, access->actor.who);
    stmt_bind_text(s, 4, access->actor.origin);
    stmt_bind_text(s, 5, audit_kind_name(kind));
    stmt_bind_text(s, 6, access->actor.ground);
    return stmt_step(s, err);
}

int audit_note_grouped(struct access *access, enum audit_kind kind,
                       const char *subject, const char *detail, struct err *err)
{
    int noted = audit_noted_of_late(access, kind, subject, err);

    if (noted != 0)
        return noted < 0 ? -1 : 0;
    return audit_note(access, kind, subject, detail, err);
}

static void entry_fini(struct audit_entry *e)
{
    free(e->kind);
    free(e->who);
    free(e->role);
    free(e->origin);
    free(e->subject);
    free(e->detail);
    free(e->ground);
    free(e->organisation);
}

void audit_list_fini(struct audit_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        entry_fini(&list->items[i]);
    free(list->items);
    *list = (struct audit_list){NULL, 0};
}

/* From a row that begins with seq, at_utc_ms, and the texts in order. */
static int entry_from_row(const struct stmt *s, struct audit_entry *out,
                          struct err *err)
{
    char **const texts[TEXTS] = {&out->kind,   &out->who,         &out->role,
                                 &out->origin, &out->subject,     &out->detail,
                                 &out->ground, &out->organisation};

    *out = (struct audit_entry){.seq = stmt_int(s, 0),
                                .at_utc_ms = stmt_int(s, 1)};
    for (int i = 0; i < TEXTS; i++) {
        *texts[i] = strdup(stmt_text(s, i + 2));
        if (*texts[i] == NULL) {
            entry_fini(out);
            return err_set(err, ERR_NOMEM, "audit trail: out of memory");
        }
    }
    return 0;
}

#define ENTRY_COLUMNS                                                          \
    "SELECT seq, at_utc_ms, kind, who, role, origin, subject, detail, ground," \
    " organisation FROM audit"

static const char list_sql[] =
    "SELECT * FROM (" ENTRY_COLUMNS
    " WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR who = ?2)"
    " AND (?3 IS NULL OR subject = ?3 OR instr(detail, ?3) > 0"
    "  OR instr(subject, ?3 || '/') = 1)"
    " AND (?7 IS NULL OR instr(ground, ?7) > 0)"
    " AND (?8 IS NULL OR role = ?8) AND (?9 IS NULL OR organisation = ?9)"
    " AND (?10 IS NULL OR origin = ?10)"
    " AND at_utc_ms >= ?4 AND (?5 = 0 OR at_utc_ms < ?5)"
    " ORDER BY seq DESC LIMIT CASE ?6 WHEN 0 THEN -1 ELSE ?6 END)"
    " ORDER BY seq";

static int add_entry(struct audit_list *list, const struct stmt *s,
                     struct err *err)
{
    struct audit_entry *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    list->items = grown;
    if (entry_from_row(s, &grown[list->count], err) != 0)
        return -1;
    list->count++;
    return 0;
}

static int take_entries(struct stmt *s, struct audit_list *out, struct err *err)
{
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    int rc;

    while ((rc = stmt_step(s, err)) == 1) {
        if (add_entry(&list, s, err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct audit_list){NULL, 0};
    return 0;
}

int audit_list(struct access *access, const struct audit_filter *filter,
               struct audit_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, list_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, filter->kind);
    stmt_bind_text(s, 2, filter->who);
    stmt_bind_text(s, 3, filter->about);
    stmt_bind_int(s, 4, filter->since_utc_ms);
    stmt_bind_int(s, 5, filter->until_utc_ms);
    stmt_bind_int(s, 6, filter->limit);
    stmt_bind_text(s, 7, filter->ground);
    stmt_bind_text(s, 8, filter->role);
    stmt_bind_text(s, 9, filter->organisation);
    stmt_bind_text(s, 10, filter->origin);
    return take_entries(s, out, err);
}

/* Pages of hits stand between spaces (page_search.c). */
static const char shown_sql[] = ENTRY_COLUMNS
    " WHERE ((kind IN ('open', 'image') AND subject IN (?1, ?2, ?3)"
    "  AND subject <> '') OR (kind IN ('open', 'image') AND ?2 = ''"
    "  AND instr(subject, ?1 || '/') = 1) OR (kind = 'search'"
    "  AND instr(detail || ' ', ' ' || ?1 || ' ') > 0)"
    " OR (kind = 'export' AND ((subject IN (?1, ?2, ?3) AND subject <> '')"
    "  OR (?2 = '' AND instr(subject, ?1 || '/') = 1)"
    "  OR instr(?1, subject || '/') = 1)))"
    " AND at_utc_ms >= ?4 AND (?5 = 0 OR at_utc_ms < ?5) ORDER BY seq";

/* Of an export of a volume "pages=1-3,5" says which; without, it was all. */
static bool has_page(const char *detail, unsigned long number)
{
    const char *at = strstr(detail, " pages=");
    char *end;

    for (at = at == NULL ? NULL : at + strlen(" pages="); at != NULL;
         at = *end == ',' ? end + 1 : NULL) {
        unsigned long first = strtoul(at, &end, 10), last = first;

        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        if (number >= first && number <= last)
            return true;
    }
    return strstr(detail, " pages=") == NULL;
}

/* Was the page in it, where the entry is of all its volume? */
static bool shows(const struct audit_entry *e, const char *page)
{
    return strcmp(e->kind, "export") != 0 ||
           strlen(e->subject) >= strlen(page) ||
           has_page(e->detail, strtoul(strrchr(page, '/') + 1, NULL, 10));
}

static void keep_shown(struct audit_list *list, const char *page)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (shows(&list->items[i], page))
            list->items[kept++] = list->items[i];
        else
            entry_fini(&list->items[i]);
    }
    list->count = kept;
}

int audit_shown(struct access *access, const struct audit_record *record,
                const struct audit_filter *filter, struct audit_list *out,
                struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, shown_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, record->page);
    stmt_bind_text(s, 2, record->row);
    stmt_bind_text(s, 3, record->household);
    stmt_bind_int(s, 4, filter->since_utc_ms);
    stmt_bind_int(s, 5, filter->until_utc_ms);
    if (take_entries(s, out, err) != 0)
        return -1;
    keep_shown(out, record->page);
    return 0;
}

int audit_csv(const struct audit_list *list, struct buf *out, struct err *err)
{
    buf_puts(out, "entry,utc,kind,who,organisation,role,ground,origin,about,"
                  "details\r\n");
    for (size_t i = 0; i < list->count; i++) {
        const struct audit_entry *e = &list->items[i];
        char at[CLOCK_RFC3339_SIZE];

        clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
        buf_printf(out, "%lld,%s,%s,", (long long)e->seq, at, e->kind);
        csv_text(out, e->who, ",");
        csv_text(out, e->organisation, ",");
        csv_text(out, e->role, ",");
        csv_text(out, e->ground, ",");
        csv_text(out, e->origin, ",");
        csv_text(out, e->subject, ",");
        csv_text(out, e->detail, "\r\n");
    }
    return out->failed ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
                       : 0;
}

static const char heads_sql[] =
    "SELECT day, seq, hash, signature FROM audit_head"
    " UNION ALL SELECT 'now', seq, hash, signature FROM audit_tip"
    " ORDER BY day";

static int head_from_row(const struct stmt *s, struct audit_head *out,
                         struct err *err)
{
    unsigned char hash[HASH_BYTES], signature[SIGN_BYTES];

    *out = (struct audit_head){.seq = stmt_int(s, 1)};
    (void)snprintf(out->day, sizeof(out->day), "%s", stmt_text(s, 0));
    if (!take_bytes(s, 2, hash, sizeof(hash)) ||
        !take_bytes(s, 3, signature, sizeof(signature)))
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: the head of %s is altered", out->day);
    (void)sodium_bin2hex(out->hash, sizeof(out->hash), hash, sizeof(hash));
    (void)sodium_bin2hex(out->signature, sizeof(out->signature), signature,
                         sizeof(signature));
    return 0;
}

int audit_public_key(struct access *access, char out[AUDIT_HASH_HEX],
                     struct err *err)
{
    CLEANUP(keys_fini) struct audit_keys keys;

    if (grow_keys(access, &keys, err) != 0)
        return -1;
    (void)sodium_bin2hex(out, AUDIT_HASH_HEX, keys.public, sizeof(keys.public));
    return 0;
}

int audit_heads(struct access *access, struct audit_head **out, size_t *count,
                struct err *err)
{
    CLEANUP(free) struct audit_head *heads = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, heads_sql, &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct audit_head *grown = realloc(heads, (n + 1) * sizeof(*heads));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "audit trail: out of memory");
        heads = grown;
        if (head_from_row(s, &heads[n++], err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(heads);
    *count = n;
    return 0;
}
