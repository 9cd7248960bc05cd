/* SPDX-License-Identifier: MIT */
/*
 * ledger: who pays how, what came in, was charged and given back, statements,
 * and the proof of all of it.
 */
#include <stdlib.h>
#include <string.h>

#include "access/gateway.h"
#include "access/ledger.h"
#include "common/json.h"
#include "tefter/answers.h"
#include "tefter/command.h"
#include "tefter/statement_pdf.h"

#define WORDS_MAX  4
#define MS_IN_S    1000
#define OPTION_PDF 1
#define OPTION_SUM 2

struct ledger_arguments {
    const char *words[WORDS_MAX];
    int count;
    const char *payer, *pdf, *sum;
    bool json;
};

/* A verb, how many words it takes with itself, and what does it. */
typedef int verb_run(const struct archive *archive, struct access *access,
                     const struct ledger_arguments *a, struct err *err);
struct verb {
    const char *name;
    int min, max;
    verb_run *run;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct ledger_arguments *a = state->input;
    const struct kept_option options[] = {{'p', &a->payer, NULL},
                                          {OPTION_PDF, &a->pdf, NULL},
                                          {OPTION_SUM, &a->sum, NULL},
                                          {'j', NULL, &a->json},
                                          {0}};

    if (key != ARGP_KEY_ARG)
        return option_keep(options, key, arg);
    word_keep(a->words, WORDS_MAX, &a->count, arg, state);
    return 0;
}

static json_t *entry_json(const struct ledger_entry *e)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s}",
                     "seq", (json_int_t)e->seq, "at_utc_ms",
                     (json_int_t)e->at_utc_ms, "kind", e->kind, "debit",
                     e->debit, "credit", e->credit, "cents",
                     (json_int_t)e->cents, "charge", (json_int_t)e->charge,
                     "audit", (json_int_t)e->audit, "text", e->text, "who",
                     e->who, "ground", e->ground);
}

static void print_entry(const struct ledger_entry *e)
{
    char at[CLOCK_RFC3339_SIZE], sum[EURO_SIZE];

    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    euro_format(e->cents, sum);
    (void)printf("%lld\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", (long long)e->seq,
                 at, e->kind, e->debit, e->credit, sum, e->text, e->who,
                 e->ground);
}

static int list(const struct archive *archive, struct access *access,
                const struct ledger_arguments *a, struct err *err)
{
    CLEANUP(json_decref) json_t *json = json_array();
    CLEANUP(ledger_list_fini) struct ledger_list entries = {NULL, 0};
    const struct ledger_filter filter = {.payer = a->payer};

    (void)archive;
    if (ledger_list(access, &filter, &entries, err) != 0)
        return -1;
    for (size_t i = 0; i < entries.count; i++) {
        if (!a->json)
            print_entry(&entries.items[i]);
        else if (json_array_append_new(json, entry_json(&entries.items[i])))
            return err_set(err, ERR_NOMEM, "ledger: out of memory");
    }
    return a->json ? json_print(stdout, json, err) : 0;
}

static int payers(const struct archive *archive, struct access *access,
                  const struct ledger_arguments *a, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct payer *found = NULL;
    char has[EURO_SIZE], limit[EURO_SIZE];
    size_t count = 0;

    (void)archive;
    if (ledger_payers(access, &found, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct payer *p = &found[i];
        const char *kind = terms_kind_name(p->terms.kind);

        euro_format(p->cents, has);
        euro_format(p->terms.limit_cents, limit);
        answers_add(&answers,
                    json_pack("{s:s, s:s, s:I, s:I}", "payer", p->identifier,
                              "terms", kind, "balance_cents",
                              (json_int_t)p->cents, "limit_cents",
                              (json_int_t)p->terms.limit_cents),
                    "%s\t%s\t%s\t%s\n", p->identifier, kind, has,
                    p->terms.kind == TERMS_POSTPAID ? limit : "");
    }
    return answers_end(&answers, err);
}

static int set_terms(const struct archive *archive, struct access *access,
                     const struct ledger_arguments *a, struct err *err)
{
    struct terms terms = {TERMS_KINDS, 0};

    (void)archive;
    for (int k = 0; k < TERMS_KINDS; k++) {
        if (strcmp(a->words[2], terms_kind_name((enum terms_kind)k)) == 0)
            terms.kind = (enum terms_kind)k;
    }
    if (terms.kind == TERMS_KINDS)
        return err_set(err, ERR_USAGE,
                       "'%s': prepaid, postpaid or exempt is expected",
                       a->words[2]);
    if (a->count == 4 && euro_parse(a->words[3], &terms.limit_cents, err) != 0)
        return -1;
    return terms_set(access, a->words[1], &terms, err);
}

static int transfer(const struct archive *archive, struct access *access,
                    const struct ledger_arguments *a, struct err *err)
{
    int64_t cents;

    (void)archive;
    if (euro_parse(a->words[2], &cents, err) != 0)
        return -1;
    return (strcmp(a->words[0], "top-up") == 0
                ? ledger_top_up
                : ledger_pay_out)(access, a->words[1], cents, a->words[3], err);
}

static int refund(const struct archive *archive, struct access *access,
                  const struct ledger_arguments *a, struct err *err)
{
    char *end = NULL;
    long long charge = strtoll(a->words[1], &end, 10);
    int64_t cents = 0;

    (void)archive;
    if (*end != '\0' || charge < 1)
        return err_set(err, ERR_USAGE,
                       "'%s': the number of a charge is expected, as `tefter "
                       "ledger list` prints it",
                       a->words[1]);
    if (a->sum != NULL && euro_parse(a->sum, &cents, err) != 0)
        return -1;
    if (a->sum != NULL && cents == 0)
        return err_set(err, ERR_USAGE, "a sum above 0.00 is expected");
    return ledger_refund(access, charge, cents, a->words[2], err);
}

static int statement_json(const struct statement *st, struct err *err)
{
    CLEANUP(json_decref) json_t *entries = json_array();
    CLEANUP(json_decref) json_t *json = NULL;

    for (size_t i = 0; i < st->entries.count; i++)
        (void)json_array_append_new(entries, entry_json(&st->entries.items[i]));
    json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:O}", "payer", st->payer,
                     "name", st->name, "month", st->month, "before_cents",
                     (json_int_t)st->before_cents, "after_cents",
                     (json_int_t)st->after_cents, "entries", entries);
    return json == NULL ? err_set(err, ERR_NOMEM, "statement: out of memory")
                        : json_print(stdout, json, err);
}

static int statement(const struct archive *archive, struct access *access,
                     const struct ledger_arguments *a, struct err *err)
{
    CLEANUP(statement_fini) struct statement st = STATEMENT_INIT;
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;

    if (ledger_settle(access, NULL, err) != 0 ||
        statement_make(access, a->words[1], a->words[2], &st, err) != 0)
        return -1;
    if (a->pdf != NULL)
        return statement_pdf(&st, conf_text(archive->conf, "money.issuer", ""),
                             a->pdf, err);
    if (a->json)
        return statement_json(&st, err);
    if (statement_csv(&st, &csv, err) != 0)
        return -1;
    (void)fputs(buf_str(&csv), stdout);
    return 0;
}

static int invoices(const struct archive *archive, struct access *access,
                    const struct ledger_arguments *a, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct invoice *found = NULL;
    char sum[EURO_SIZE];
    size_t count = 0;

    (void)archive;
    if (invoice_list(access, &found, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct invoice *v = &found[i];

        euro_format(v->cents, sum);
        answers_add(&answers,
                    json_pack("{s:I, s:s, s:I, s:s, s:I}", "number",
                              (json_int_t)v->number, "payer", v->payer, "cents",
                              (json_int_t)v->cents, "status", v->status,
                              "expires_utc_ms", (json_int_t)v->expires_utc_ms),
                    "%lld\t%s\t%s\t%s\n", (long long)v->number, v->payer, sum,
                    v->status);
    }
    return answers_end(&answers, err);
}

static int settle(const struct archive *archive, struct access *access,
                  const struct ledger_arguments *a, struct err *err)
{
    int64_t count = 0;

    (void)archive;
    (void)a;
    if (ledger_settle(access, &count, err) != 0)
        return -1;
    (void)printf("%lld charges given back, whose pages were never shown\n",
                 (long long)count);
    return 0;
}

/* For who looks for the row: what the message says in words. */
static int print_fault(const struct ledger_fault *f, const char *message,
                       struct err *err)
{
    CLEANUP(json_decref)
    json_t *json =
        json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "fault", "table",
                  f->table, "id", f->id, "field", f->field, "expected",
                  f->expected, "found", f->found, "message", message);

    return json == NULL ? err_set(err, ERR_NOMEM, "ledger: out of memory")
                        : json_print(stdout, json, err);
}

/* The trail first: what follows from one that was altered proves nothing. */
static int verify(const struct archive *archive, struct access *access,
                  const struct ledger_arguments *a, struct err *err)
{
    struct ledger_sum sum = {.fault = {.table = "audit"}};
    struct err printing;
    int64_t noted;

    (void)archive;
    if (ledger_settle(access, NULL, err) != 0)
        return -1;
    if (audit_verify(access, NULL, &noted, err) != 0 ||
        ledger_verify(access, &sum, err) != 0) {
        if (a->json && err->kind == ERR_CHECKSUM &&
            print_fault(&sum.fault, err->msg, &printing) != 0)
            *err = printing;
        return -1;
    }
    if (a->json)
        (void)printf("{\"audit\": %lld, \"entries\": %lld, \"charges\": %lld, "
                     "\"shown\": %lld, \"reversals\": %lld, \"refunds\": "
                     "%lld}\n",
                     (long long)noted, (long long)sum.entries,
                     (long long)sum.charges, (long long)sum.shown,
                     (long long)sum.reversals, (long long)sum.refunds);
    else
        (void)printf("%lld entries follow from %lld of the audit trail: %lld "
                     "charges, %lld shown, %lld reversed, %lld refunds\n",
                     (long long)sum.entries, (long long)noted,
                     (long long)sum.charges, (long long)sum.shown,
                     (long long)sum.reversals, (long long)sum.refunds);
    return 0;
}

static const struct verb verbs[] = {
    {"list", 1, 1, list},       {"invoices", 1, 1, invoices},
    {"payers", 1, 1, payers},   {"terms", 3, 4, set_terms},
    {"top-up", 4, 4, transfer}, {"pay-out", 4, 4, transfer},
    {"refund", 3, 3, refund},   {"statement", 3, 3, statement},
    {"settle", 1, 1, settle},   {"verify", 1, 1, verify},
};

static const struct verb *find_verb(const struct ledger_arguments *a)
{
    for (size_t i = 0; a->count > 0 && i < sizeof(verbs) / sizeof(*verbs);
         i++) {
        if (strcmp(a->words[0], verbs[i].name) == 0 &&
            a->count >= verbs[i].min && a->count <= verbs[i].max)
            return &verbs[i];
    }
    return NULL;
}

int command_ledger(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        {"payer", 'p', "IDENTIFIER", 0, "list: of this account", 0},
        {"sum", OPTION_SUM, "SUM", 0, "refund: so much of it (all of it)", 0},
        {"pdf", OPTION_PDF, "FILE", 0, "statement: write it as PDF", 0},
        {"json", 'j', NULL, 0, "print as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "list\npayers\ninvoices\nterms IDENTIFIER prepaid|exempt\n"
        "terms IDENTIFIER postpaid LIMIT\ntop-up IDENTIFIER SUM REFERENCE\n"
        "pay-out IDENTIFIER SUM REFERENCE\nrefund CHARGE REASON\n"
        "statement IDENTIFIER MONTH\nsettle\nverify",
        "How accounts pay (terms, payers), what came in by bank transfer or "
        "through the payment gateway (invoices) and "
        "was returned (top-up, pay-out), what was charged and given back "
        "(list, refund, settle), a month's statement as CSV or PDF, and "
        "whether every fee and balance follows from the audit trail and the "
        "prices (verify; exit status 4)."
        "\vExample:\n  tefter ledger top-up 000001234 50 'TRF 77/26.11.2026'\n"
        "  tefter ledger statement 000001234 2026-11 --pdf november.pdf",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    struct ledger_arguments a = {.count = 0};
    const struct verb *verb;

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    verb = find_verb(&a);
    if (verb == NULL)
        return err_set(
            err, ERR_USAGE,
            "expected list, payers, invoices, terms, top-up, pay-out, refund, "
            "statement, settle or verify, and what it needs: "
            "`tefter ledger --help`");
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return verb->run(archive, access, &a, err);
}
