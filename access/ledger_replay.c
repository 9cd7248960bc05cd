/* SPDX-License-Identifier: MIT */
#include "access/ledger_replay.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"

#define HASH_BYTES     crypto_hash_sha256_BYTES
#define HASH_HEX       (2 * HASH_BYTES + 1)
#define NAME_MAX_BYTES 512 /* of an account, or of payer and item */
#define HOUR_MS        3600000
#define LEDGER_TEXTS   9 /* columns that the hash is over */

/* The entry of the trail that is being looked at. Borrowed from its row. */
struct told {
    int64_t seq, at_ms;
    const char *kind, *who, *role, *subject, *detail;
    const char *payer; /* the organisation that who acts for, or he himself */
    struct ledger_fault *fault;
};

void fault_set(struct ledger_fault *fault, const char *table, const char *id,
               const char *field, const char *expected, const char *found)
{
    (void)snprintf(fault->table, sizeof(fault->table), "%s", table);
    (void)snprintf(fault->id, sizeof(fault->id), "%s", id);
    (void)snprintf(fault->field, sizeof(fault->field), "%s", field);
    (void)snprintf(fault->expected, sizeof(fault->expected), "%s", expected);
    (void)snprintf(fault->found, sizeof(fault->found), "%s", found);
}

void fault_set_row(struct ledger_fault *fault, const char *table, int64_t id,
                   const char *field, const char *expected, const char *found)
{
    char key[24];

    (void)snprintf(key, sizeof(key), "%lld", (long long)id);
    fault_set(fault, table, key, field, expected, found);
}

bool fault_find(struct ledger_fault *fault, const char *table, int64_t id,
                const struct stmt *row, const struct column *columns)
{
    for (; columns->name != NULL; columns++) {
        const char *found = stmt_text(row, columns->at);
        const char *expected = columns->expected_text;
        char number[24];

        (void)snprintf(number, sizeof(number), "%lld",
                       (long long)columns->expected);
        if (expected == NULL)
            expected = number;
        if (strcmp(found, expected) != 0) {
            fault_set_row(fault, table, id, columns->name, expected, found);
            return true;
        }
    }
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static void free_named(void *node)
{
    struct named *n = node;

    free(n->name);
    free(n);
}

void replay_fini(struct replay *r)
{
    for (size_t i = 0; i < r->bought_count; i++) {
        free(r->bought[i].payer);
        free(r->bought[i].item);
    }
    for (size_t i = 0; i < r->asked_count; i++)
        free(r->asked[i].payer);
    free(r->asked);
    free(r->bought);
    free(r->prices);
    tdestroy(r->balances, free_named);
    tdestroy(r->terms, free_named);
    tdestroy(r->last, free_named);
}

struct named *replay_find(void *const *tree, const char *name)
{
    struct named key = {.name = (char *)(uintptr_t)name};
    void *found = tfind(&key, tree, compare_names);

    return found == NULL ? NULL : *(struct named **)found;
}

/* Found, or made with zeros. NULL: out of memory. */
static struct named *need_named(void **tree, const char *name)
{
    struct named *n = replay_find(tree, name);

    if (n != NULL)
        return n;
    n = calloc(1, sizeof(*n));
    if (n != NULL)
        n->name = strdup(name);
    if (n == NULL || n->name == NULL || tsearch(n, tree, compare_names) == NULL)
        return NULL; /* the process is about to end */
    return n;
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "ledger: out of memory");
}

/* All errors of what is told by an entry of the trail. */
static int wrong(const struct told *t, struct err *err, const char *what)
{
    fault_set_row(t->fault, "audit", t->seq, t->kind, what, t->detail);
    return err_set(err, ERR_CHECKSUM,
                   "ledger: audit entry %lld (%s of %.80s): %s",
                   (long long)t->seq, t->kind, t->subject, what);
}

static void day_text(int64_t at_ms, char out[16])
{
    time_t s = (time_t)(at_ms / 1000);
    struct tm day;

    (void)gmtime_r(&s, &day);
    (void)strftime(out, 16, "%Y-%m-%d", &day);
}

/* --- prices, terms, window --- */

static int take_price(struct replay *r, const struct told *t, struct err *err)
{
    struct set_price *grown =
        realloc(r->prices, (r->price_count + 1) * sizeof(*grown));
    struct set_price p = {.audit = t->seq};
    long long cents = -1;

    if (grown == NULL)
        return no_memory(err);
    r->prices = grown;
    if (sscanf(t->detail, "%15s %63s cents=%lld from=%15s to=%15s", p.action,
               p.series, &cents, p.from, p.to) != 5 ||
        cents < 0 || strlen(t->subject) >= sizeof(p.role))
        return wrong(t, err, "it is not told as a price is");
    if (strcmp(p.to, "-") == 0)
        p.to[0] = '\0';
    (void)snprintf(p.role, sizeof(p.role), "%s", t->subject);
    p.cents = cents;
    r->prices[r->price_count++] = p;
    return 0;
}

static int take_terms(struct replay *r, const struct told *t, struct err *err)
{
    struct named *terms = need_named(&r->terms, t->subject);
    long long limit = -1;
    char kind[16];

    if (terms == NULL)
        return no_memory(err);
    if (sscanf(t->detail, "%15s limit=%lld", kind, &limit) != 2 || limit < 0)
        return wrong(t, err, "it is not told as terms are");
    terms->value = strcmp(kind, "exempt") == 0;
    terms->limit = limit;
    r->terms_count++;
    return 0;
}

static int take_window(struct replay *r, const struct told *t, struct err *err)
{
    long long hours = 0;

    if (sscanf(t->detail, "hours=%lld", &hours) != 1 || hours < 1)
        return wrong(t, err, "it is not told as a window is");
    r->hours = hours;
    r->window_count++;
    return 0;
}

/* Is a to be preferred to b, which was set before it? */
static bool comes_first(const struct set_price *a, const struct set_price *b,
                        const char *action)
{
    bool own_action = strcmp(a->action, action) == 0;
    bool own_series = strcmp(a->series, "*") != 0;

    if (b == NULL || own_action != (strcmp(b->action, action) == 0))
        return b == NULL || own_action;
    return own_series || strcmp(b->series, "*") == 0;
}

/* --- invoices --- */

static int take_invoice(struct replay *r, const struct told *t, struct err *err)
{
    struct asked *grown =
        realloc(r->asked, (r->asked_count + 1) * sizeof(*grown));
    long long number = 0, cents = 0;

    if (grown == NULL)
        return no_memory(err);
    r->asked = grown;
    if (sscanf(t->detail, "number=%lld cents=%lld ", &number, &cents) != 2 ||
        number != (long long)r->asked_count + 1 || cents <= 0)
        return wrong(t, err, "it is not told as the next invoice is");
    grown[r->asked_count] = (struct asked){
        .number = number, .cents = cents, .payer = strdup(t->subject)};
    return grown[r->asked_count++].payer == NULL ? no_memory(err) : 0;
}

/* The invoice of that number, when it is this account's; NULL: none. */
static struct asked *find_asked(struct replay *r, const char *payer,
                                long long number)
{
    if (number < 1 || (unsigned long long)number > r->asked_count ||
        strcmp(r->asked[number - 1].payer, payer) != 0)
        return NULL;
    return &r->asked[number - 1];
}

static int take_unpaid(struct replay *r, const struct told *t, struct err *err)
{
    long long number = 0;
    char status[16] = "";
    struct asked *a;
    bool *said;

    if (sscanf(t->detail, "number=%lld %15s", &number, status) != 2)
        return wrong(t, err, "it is not told as an unpaid invoice is");
    a = find_asked(r, t->subject, number);
    if (a == NULL || a->paid)
        return wrong(t, err, "there is no such unpaid invoice");
    said = strcmp(status, "denied") == 0 ? &a->denied : &a->expired;
    if (*said)
        return wrong(t, err, "it was told before");
    *said = true;
    r->said++;
    return 0;
}

/* What this role pays for this in the series on this day: -1 nothing opens, 0
 * nothing is to be paid. */
static int64_t fee_of(const struct replay *r, const char *role,
                      const char *series, const char *action, int64_t at_ms)
{
    const struct set_price *best = NULL;
    bool has_some = false;
    char day[16];

    day_text(at_ms, day);
    for (size_t i = 0; i < r->price_count; i++) {
        const struct set_price *p = &r->prices[i];

        if (strcmp(p->role, role) != 0 ||
            (strcmp(p->series, series) != 0 && strcmp(p->series, "*") != 0) ||
            (strcmp(p->action, action) != 0 && strcmp(p->action, "view") != 0))
            continue;
        has_some = true;
        if (strcmp(day, p->from) >= 0 &&
            (p->to[0] == '\0' || strcmp(day, p->to) <= 0) &&
            comes_first(p, best, action))
            best = p;
    }
    return best != NULL ? best->cents : has_some ? -1 : 0;
}

static bool is_exempt(const struct replay *r, const char *payer)
{
    const struct named *terms = replay_find(&r->terms, payer);

    return terms != NULL && terms->value != 0;
}

/* --- pages --- */

/* The series of site/series/number/page, and what of the page it is: with /r03
 * behind it a row, with /h01 a household. False: it is no page. */
static bool page_series(const char *subject, char out[SLUG_SIZE],
                        const char **action)
{
    char site[SLUG_SIZE], number[SLUG_SIZE], part[2] = "v";
    unsigned page, record;
    int end = -1, whole = -1;

    (void)sscanf(subject, "%63[^/]/%63[^/]/%63[^/]/%9u%n/%1[rh]%9u%n", site,
                 out, number, &page, &whole, part, &record, &end);
    if (whole < 0)
        return false;
    *action = part[0] == 'r' ? "row" : part[0] == 'h' ? "household" : "view";
    return subject[end > 0 ? end : whole] == '\0';
}

static int item_key(const struct told *t, const char *payer,
                    char out[NAME_MAX_BYTES], struct err *err)
{
    int n = snprintf(out, NAME_MAX_BYTES, "%s\n%s", payer, t->subject);

    return n < 0 || n >= NAME_MAX_BYTES
               ? wrong(t, err, "its names are too long")
               : 0;
}

/* What he has bought of it last, if that is still open; NULL: nothing. */
static int find_open(struct replay *r, const struct told *t,
                     struct bought **out, struct err *err)
{
    char key[NAME_MAX_BYTES];
    struct named *last;

    *out = NULL;
    if (item_key(t, t->payer, key, err) != 0)
        return -1;
    last = replay_find(&r->last, key);
    if (last != NULL) {
        struct bought *b = &r->bought[last->value];

        if (b->reversed == 0 && b->until_ms > t->at_ms)
            *out = b;
    }
    return 0;
}

/* A page was shown: was it paid for, where it had to be? */
static int take_shown(struct replay *r, const struct told *t, struct err *err)
{
    char series[SLUG_SIZE];
    const char *action;
    const char *rest = strchr(t->detail, ' ');
    struct bought *open;
    long long charge = 0;
    int64_t fee;

    if (!page_series(t->subject, series, &action))
        return 0;
    if (sscanf(t->detail, "charge=%lld ", &charge) != 1)
        charge = 0;
    if (find_open(r, t, &open, err) != 0)
        return -1;
    if (charge != (open == NULL ? 0 : open->charge))
        return wrong(t, err,
                     "the charge that it names is not the one that "
                     "opens the page");
    fee = fee_of(r, t->role, series, action, t->at_ms);
    if (open == NULL && fee != 0 && !is_exempt(r, t->payer))
        return wrong(t, err, "it was shown and had not been paid for");
    if (open != NULL && open->delivered == 0) {
        open->delivered = t->seq;
        r->sum.shown++;
    }
    if (open != NULL && strcmp(t->kind, "image") == 0 && rest != NULL &&
        strcmp(rest, " picture") == 0)
        open->pictured = true;
    return 0;
}

/* --- the ledger --- */

/* What the trail says of an entry of the ledger, and the entry. */
struct posted {
    long long seq, cents, charge, until_ms;
    char hash[HASH_HEX];
    const char *more;
    const char *debit, *credit, *text; /* borrowed from the row */
};

static int read_told(const struct told *t, struct posted *out, struct err *err)
{
    int end = -1;

    if (sscanf(t->detail,
               "ledger=%lld hash=%64[0-9a-f] cents=%lld charge=%lld "
               "until=%lld%n",
               &out->seq, out->hash, &out->cents, &out->charge, &out->until_ms,
               &end) != 5 ||
        end < 0 || t->detail[end] != ' ')
        return wrong(t, err, "it is not told as an entry of the ledger is");
    out->more = t->detail + end + 1;
    return 0;
}

static int next_hash(const struct stmt *s, unsigned char hash[HASH_BYTES],
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    buf_add(&text, (const char *)hash, HASH_BYTES);
    for (int i = 0; i < LEDGER_TEXTS; i++)
        buf_printf(&text, "%zu:%s,", strlen(stmt_text(s, i)), stmt_text(s, i));
    if (text.failed)
        return no_memory(err);
    (void)crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
    return 0;
}

static const char entry_sql[] =
    "SELECT seq, at_utc_ms, kind, debit, credit, cents, charge, audit, text,"
    " lower(hex(hash)) FROM ledger WHERE seq = ?1";

/* Is the row what the trail says of it? */
static int check_entry(struct replay *r, const struct told *t,
                       const struct posted *p, const struct stmt *s,
                       struct err *err)
{
    const struct column columns[] = {{"at_utc_ms", 1, t->at_ms, NULL},
                                     {"kind", 2, 0, t->kind},
                                     {"cents", 5, p->cents, NULL},
                                     {"charge", 6, p->charge, NULL},
                                     {"audit", 7, t->seq, NULL},
                                     {"hash", 9, 0, p->hash},
                                     {NULL, 0, 0, NULL}};
    bool is_other = fault_find(t->fault, "ledger", p->seq, s, columns);
    char hex[HASH_HEX];

    if (next_hash(s, r->hash, err) != 0)
        return -1;
    (void)sodium_bin2hex(hex, sizeof(hex), r->hash, HASH_BYTES);
    if (!is_other && strcmp(hex, p->hash) != 0) {
        is_other = true; /* the trail tells these by the hash alone */
        fault_set_row(t->fault, "ledger", p->seq, "debit, credit or text",
                      p->hash, hex);
    }
    if (!is_other && p->cents <= 0)
        return wrong(t, err, "a sum above nothing");
    if (is_other)
        return err_set(err, ERR_CHECKSUM,
                       "ledger: entry %lld is not as audit entry %lld (%s) "
                       "tells it: it or one before it was altered, inserted or "
                       "moved",
                       p->seq, (long long)t->seq, t->kind);
    return 0;
}

static int move_cents(struct replay *r, const struct posted *p, struct err *err)
{
    struct named *debit, *credit;

    debit = need_named(&r->balances, p->debit);
    credit = need_named(&r->balances, p->credit);
    if (debit == NULL || credit == NULL)
        return no_memory(err);
    debit->value -= p->cents;
    credit->value += p->cents;
    return 0;
}

static bool is_named(const char *account, const char *kind, const char *name)
{
    size_t len = strlen(kind);

    return strncmp(account, kind, len) == 0 && strcmp(account + len, name) == 0;
}

static int add_bought(struct replay *r, const struct told *t,
                      const struct posted *p, struct err *err)
{
    struct bought *grown =
        realloc(r->bought, (r->bought_count + 1) * sizeof(*grown));
    char key[NAME_MAX_BYTES];
    struct named *last;

    if (grown == NULL)
        return no_memory(err);
    r->bought = grown;
    if (item_key(t, t->payer, key, err) != 0)
        return -1;
    last = need_named(&r->last, key);
    grown[r->bought_count] = (struct bought){.charge = p->seq,
                                             .cents = p->cents,
                                             .from_ms = t->at_ms,
                                             .until_ms = p->until_ms,
                                             .payer = strdup(t->payer),
                                             .item = strdup(t->subject)};
    if (last == NULL || grown[r->bought_count].payer == NULL ||
        grown[r->bought_count].item == NULL)
        return no_memory(err);
    last->value = (int64_t)r->bought_count++;
    return 0;
}

static int take_charge(struct replay *r, const struct told *t,
                       const struct posted *p, struct err *err)
{
    char series[SLUG_SIZE];
    const char *action;
    const struct named *terms = replay_find(&r->terms, t->payer);
    const struct named *balance = replay_find(&r->balances, p->debit);
    struct bought *open;

    if (!page_series(t->subject, series, &action) ||
        strcmp(p->text, t->subject) != 0 ||
        !is_named(p->debit, "payer:", t->payer) ||
        !is_named(p->credit, "fees:", series) || p->charge != 0)
        return wrong(t, err, "it is not booked as a charge for this page is");
    if (find_open(r, t, &open, err) != 0)
        return -1;
    if (open != NULL)
        return wrong(t, err, "the page was charged twice");
    if (is_exempt(r, t->payer) ||
        fee_of(r, t->role, series, action, t->at_ms) != p->cents)
        return wrong(t, err, "by the prices of that day another sum was due");
    if (p->until_ms != t->at_ms + r->hours * HOUR_MS)
        return wrong(t, err, "its window is not as long as it was set");
    if (balance->value < -(terms == NULL ? 0 : terms->limit))
        return wrong(t, err, "the payer's limit was passed");
    r->sum.charges++;
    return add_bought(r, t, p, err);
}

/* By its number in the ledger; they stand in that order. */
static struct bought *find_bought(struct replay *r, int64_t charge)
{
    size_t low = 0, high = r->bought_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->bought[middle].charge < charge)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->bought_count && r->bought[low].charge == charge
               ? &r->bought[low]
               : NULL;
}

static int take_back(struct replay *r, const struct told *t,
                     const struct posted *p, struct err *err)
{
    struct bought *b = find_bought(r, p->charge);
    bool reverses = strcmp(t->kind, "reversal") == 0;
    char series[SLUG_SIZE];
    const char *action;

    if (b == NULL || !page_series(b->item, series, &action) ||
        !is_named(p->credit, "payer:", b->payer) ||
        !is_named(p->debit, "fees:", series) ||
        strcmp(t->subject, reverses ? b->item : b->payer) != 0)
        return wrong(t, err, "there is no such charge to give back");
    b->back += p->cents;
    if (b->back > b->cents)
        return wrong(t, err, "more was given back than was charged");
    if (reverses && (b->pictured || b->back != b->cents ||
                     p->cents != b->cents || b->reversed != 0))
        return wrong(t, err,
                     "what was shown, or given back already, cannot "
                     "be reversed");
    if (!reverses && (p->text[0] == '\0' || strcmp(p->text, p->more) != 0))
        return wrong(t, err, "it has not the reason that the ledger has");
    if (reverses) {
        b->reversed = p->seq;
        r->sum.shown -= b->delivered != 0; /* in words alone */
    }
    *(reverses ? &r->sum.reversals : &r->sum.refunds) += 1;
    return 0;
}

/* Money of the gateway is that of an invoice, once. */
static int take_paid(struct replay *r, const struct told *t,
                     const struct posted *p, struct err *err)
{
    long long number = 0;
    struct asked *a;

    if (sscanf(p->text, "invoice %lld ", &number) != 1)
        number = 0;
    a = find_asked(r, t->subject, number);
    if (a == NULL || a->paid || a->cents != p->cents)
        return wrong(t, err, "there is no unpaid invoice of this sum");
    a->paid = true;
    r->said++;
    return 0;
}

static int take_transfer(struct replay *r, const struct told *t,
                         const struct posted *p, struct err *err)
{
    bool comes_in = strcmp(t->kind, "top-up") == 0;
    bool by_gateway = comes_in && strcmp(p->debit, "gateway") == 0;

    if (by_gateway && take_paid(r, t, p, err) != 0)
        return -1;
    if (!is_named(comes_in ? p->credit : p->debit, "payer:", t->subject) ||
        (!by_gateway && strcmp(comes_in ? p->debit : p->credit, "bank") != 0) ||
        p->charge != 0 || strcmp(p->text, p->more) != 0)
        return wrong(t, err, "it is not booked as a transfer is");
    if (!comes_in && replay_find(&r->balances, p->debit)->value < 0)
        return wrong(t, err, "more was paid out than the payer had");
    return 0;
}

static int take_posted(struct access *access, struct replay *r,
                       const struct told *t, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct posted p;
    int rc;

    if (read_told(t, &p, err) != 0 ||
        db_prepare(access->db, entry_sql, &s, err) != 0)
        return -1;
    if (p.seq != r->sum.entries + 1)
        return wrong(t, err, "the ledger's entries are not told in order");
    stmt_bind_int(s, 1, p.seq);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        fault_set_row(t->fault, "ledger", p.seq, "row", t->detail, "");
        return err_set(err, ERR_CHECKSUM,
                       "ledger: entry %lld, told by audit entry %lld, is "
                       "missing",
                       p.seq, (long long)t->seq);
    }
    if (check_entry(r, t, &p, s, err) != 0)
        return -1;
    p.debit = stmt_text(s, 3);
    p.credit = stmt_text(s, 4);
    p.text = stmt_text(s, 8);
    r->sum.entries++;
    if (move_cents(r, &p, err) != 0)
        return -1;
    if (strcmp(t->kind, "charge") == 0)
        return take_charge(r, t, &p, err);
    return p.charge != 0 ? take_back(r, t, &p, err)
                         : take_transfer(r, t, &p, err);
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
    for (; *kinds != NULL; kinds++) {
        if (strcmp(kind, *kinds) == 0)
            return true;
    }
    return false;
}

static int take_entry(struct access *access, struct replay *r,
                      const struct told *t, struct err *err)
{
    static const char *const shown[] = {"open", "image", NULL};
    static const char *const posted[] = {"charge", "reversal", "refund",
                                         "top-up", "pay-out",  NULL};

    if (is_one_of(t->kind, shown))
        return take_shown(r, t, err);
    if (is_one_of(t->kind, posted))
        return take_posted(access, r, t, err);
    if (strcmp(t->kind, "price-set") == 0)
        return take_price(r, t, err);
    if (strcmp(t->kind, "invoice") == 0)
        return take_invoice(r, t, err);
    if (strcmp(t->kind, "invoice-unpaid") == 0)
        return take_unpaid(r, t, err);
    if (strcmp(t->kind, "terms-set") == 0)
        return take_terms(r, t, err);
    return strcmp(t->kind, "window-set") == 0 ? take_window(r, t, err) : 0;
}

int replay_trail(struct access *access, struct replay *r, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT seq, at_utc_ms, kind, who, role, subject, detail,"
                   " iif(organisation = '', who, organisation)"
                   " FROM audit ORDER BY seq",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        const struct told t = {
            stmt_int(s, 0),  stmt_int(s, 1),  stmt_text(s, 2),
            stmt_text(s, 3), stmt_text(s, 4), stmt_text(s, 5),
            stmt_text(s, 6), stmt_text(s, 7), &r->sum.fault};

        if (take_entry(access, r, &t, err) != 0)
            return -1;
    }
    return rc;
}
