/* SPDX-License-Identifier: MIT */
/*
 * audit: who saw and did what, and the proof that nobody has altered it since.
 */
#include <string.h>
#include <time.h>

#include "access/audit.h"
#include "access/state_verify.h"
#include "common/json.h"
#include "search-cgi/disclosed.h"
#include "store/archive.h"
#include "tefter/answers.h"
#include "tefter/command.h"

#define MS_IN_S      1000
#define MS_IN_A_DAY  ((int64_t)24 * 60 * 60 * MS_IN_S)
#define WORDS_MAX    2
#define OPTION_UNTIL 1
#define OPTION_KEY   2
#define OPTION_ROLE  3
#define OPTION_FROM  4

struct audit_arguments {
    struct audit_filter filter;
    const char
        *words[WORDS_MAX]; /* the verb, and whom `audit person` asks for */
    int count;
    const char *key;
    bool json, csv;
};

/* The first moment of a day in UTC. */
static int64_t read_day(const char *arg, struct argp_state *state)
{
    struct tm day = {.tm_year = 0};
    const char *end = strptime(arg, "%Y-%m-%d", &day);

    if (end == NULL || *end != '\0')
        argp_error(state, "'%s': a day is expected, like 2026-11-26", arg);
    return (int64_t)timegm(&day) * MS_IN_S;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct audit_arguments *a = state->input;
    const struct kept_option options[] = {
        {'w', &a->filter.who, NULL},
        {'a', &a->filter.about, NULL},
        {'g', &a->filter.ground, NULL},
        {'o', &a->filter.organisation, NULL},
        {OPTION_ROLE, &a->filter.role, NULL},
        {OPTION_FROM, &a->filter.origin, NULL},
        {OPTION_KEY, &a->key, NULL},
        {'j', NULL, &a->json},
        {'c', NULL, &a->csv},
        {0}};

    switch (key) {
    case 'k':
        if (audit_kind_find(arg) < 0)
            argp_error(state, "there is no kind '%s' of entries", arg);
        a->filter.kind = arg;
        return 0;
    case 's':
        a->filter.since_utc_ms = read_day(arg, state);
        return 0;
    case OPTION_UNTIL:
        a->filter.until_utc_ms = read_day(arg, state) + MS_IN_A_DAY;
        return 0;
    case ARGP_KEY_ARG:
        word_keep(a->words, WORDS_MAX, &a->count, arg, state);
        return 0;
    default:
        return option_keep(options, key, arg);
    }
}

/* Texts come from browsers: none may end a line or move the cursor. */
static void print_field(const char *text, char end)
{
    for (; *text != '\0'; text++) {
        bool is_control = (unsigned char)*text < 0x20 || *text == 0x7F;

        (void)putchar(is_control ? '?' : *text);
    }
    (void)putchar(end);
}

static void print_entry(const struct audit_entry *e)
{
    char at[CLOCK_RFC3339_SIZE];

    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    (void)printf("%lld\t%s\t", (long long)e->seq, at);
    print_field(e->kind, '\t');
    print_field(e->who, '\t');
    print_field(e->role, '\t');
    print_field(e->origin, '\t');
    print_field(e->subject, '\t');
    print_field(e->detail, '\t');
    print_field(e->ground, '\t');
    print_field(e->organisation, '\n');
}

static json_t *entry_to_json(const struct audit_entry *e)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
                     "seq", (json_int_t)e->seq, "at_utc_ms",
                     (json_int_t)e->at_utc_ms, "kind", e->kind, "who", e->who,
                     "role", e->role, "origin", e->origin, "subject",
                     e->subject, "detail", e->detail, "ground", e->ground,
                     "organisation", e->organisation);
}

static int print_csv(int rc, const struct buf *csv)
{
    if (rc == 0)
        (void)fputs(buf_str(csv), stdout);
    return rc;
}

static json_t *disclosed_json(const struct disclosed *d)
{
    json_t *entries = json_array();

    for (size_t i = 0; i < d->entries.count; i++) {
        json_t *entry = entry_to_json(&d->entries.items[i]);

        (void)json_object_set_new(
            entry, "how", json_string(disclosed_how(&d->entries.items[i])));
        (void)json_array_append_new(entries, entry);
    }
    return json_pack("{s:s, s:o}", "record", d->record, "entries", entries);
}

static void print_disclosed(const struct disclosed *d)
{
    (void)printf("%s: %zu entries\n", d->record, d->entries.count);
    for (size_t i = 0; i < d->entries.count; i++) {
        const struct audit_entry *e = &d->entries.items[i];
        char at[CLOCK_RFC3339_SIZE];

        clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
        (void)printf("  %lld\t%s\t%s\t", (long long)e->seq, at,
                     disclosed_how(e));
        print_field(e->who, '\t');
        print_field(e->organisation, '\t');
        print_field(e->role, '\t');
        print_field(e->ground, '\t');
        print_field(e->origin, '\n');
    }
}

/* That it was asked is in the trail before it is answered. */
static int note_person(struct access *access, const char *person,
                       const struct disclosed_list *list, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "records=%zu person=%s", list->count, person);
    return detail.failed ? err_set(err, ERR_NOMEM, "audit: out of memory")
                         : audit_note(access, AUDIT_TRAIL_READ, "",
                                      buf_str(&detail), err);
}

static int person(const struct archive *archive, struct access *access,
                  const struct audit_arguments *a, struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(disclosed_fini) struct disclosed_list found = DISCLOSED_INIT;
    CLEANUP(json_decref) json_t *json = json_array();
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;

    if (catalogue_open(archive->catalogue, CATALOGUE_READ, &catalogue, err) !=
            0 ||
        store_open(archive->store, &store, err) != 0 ||
        disclosed_find(&(struct disclosed_places){catalogue, store, access},
                       a->words[1], &a->filter, &found, err) != 0 ||
        note_person(access, a->words[1], &found, err) != 0)
        return -1;
    if (found.is_cut)
        (void)fprintf(stderr, "more pages fit these words than were looked at: "
                              "name the person more closely\n");
    if (a->csv)
        return print_csv(disclosed_csv(&found, &csv, err), &csv);
    for (size_t i = 0; i < found.count; i++) {
        if (a->json)
            (void)json_array_append_new(json, disclosed_json(&found.items[i]));
        else
            print_disclosed(&found.items[i]);
    }
    return a->json ? json_print(stdout, json, err) : 0;
}

static int list(struct access *access, const struct audit_arguments *a,
                struct err *err)
{
    CLEANUP(json_decref) json_t *json = json_array();
    CLEANUP(audit_list_fini) struct audit_list entries = {NULL, 0};
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;

    if (audit_list(access, &a->filter, &entries, err) != 0)
        return -1;
    if (a->csv)
        return print_csv(audit_csv(&entries, &csv, err), &csv);
    for (size_t i = 0; i < entries.count; i++) {
        if (!a->json)
            print_entry(&entries.items[i]);
        else if (json_array_append_new(json, entry_to_json(&entries.items[i])))
            return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    }
    return a->json ? json_print(stdout, json, err) : 0;
}

static int heads(struct access *access, bool as_json, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(as_json);
    CLEANUP(json_decref) json_t *whole = NULL;
    CLEANUP(free) struct audit_head *found = NULL;
    char key[AUDIT_HASH_HEX];
    size_t count = 0;

    if (audit_public_key(access, key, err) != 0 ||
        audit_heads(access, &found, &count, err) != 0)
        return -1;
    if (!as_json)
        (void)printf("key\t%s\n", key);
    for (size_t i = 0; i < count; i++) {
        const struct audit_head *h = &found[i];

        answers_add(&answers,
                    json_pack("{s:s, s:I, s:s, s:s}", "day", h->day, "seq",
                              (json_int_t)h->seq, "hash", h->hash, "signature",
                              h->signature),
                    "%s\t%lld\t%s\t%s\n", h->day, (long long)h->seq, h->hash,
                    h->signature);
    }
    if (!as_json)
        return 0;
    whole = json_pack("{s:s, s:O}", "key", key, "heads", answers.list);
    return whole == NULL || answers.failed
               ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
               : json_print(stdout, whole, err);
}

static int print_faults(const struct state_faults *faults, int64_t count,
                        bool as_json, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(as_json);
    CLEANUP(json_decref) json_t *whole = NULL;

    for (size_t i = 0; i < faults->count; i++) {
        const struct state_fault *f = &faults->items[i];

        answers_add(&answers,
                    json_pack("{s:s, s:s, s:s, s:s}", "table", f->table,
                              "expected", f->expected, "found", f->found,
                              "message", state_fault_words(f)),
                    "%s\t%s\t%s\n", f->table,
                    f->found[0] == '\0' ? f->expected : f->found,
                    state_fault_words(f));
    }
    if (!as_json)
        return 0;
    whole = json_pack("{s:I, s:O}", "entries", (json_int_t)count, "faults",
                      answers.list);
    return whole == NULL || answers.failed
               ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
               : json_print(stdout, whole, err);
}

/* The trail first: what does not follow from one that was altered proves
 * nothing. */
static int verify(struct access *access, const struct audit_arguments *a,
                  struct err *err)
{
    CLEANUP(state_faults_fini) struct state_faults faults = {NULL, 0};
    int64_t count = 0;

    if (audit_verify(access, a->key, &count, err) != 0 ||
        state_verify(access, &faults, err) != 0 ||
        print_faults(&faults, count, a->json, err) != 0)
        return -1;
    if (faults.count > 0)
        return err_set(
            err, ERR_CHECKSUM,
            "the trail is whole, and %zu %s of access.sqlite %s not as "
            "it tells: changed past it",
            faults.count, faults.count == 1 ? "row" : "rows",
            faults.count == 1 ? "is" : "are");
    if (!a->json)
        (void)printf("%lld entries, none altered, missing or moved; rights, "
                     "accounts and publications are as they tell\n",
                     (long long)count);
    return 0;
}

static int run(const struct archive *archive, struct access *access,
               const struct audit_arguments *a, struct err *err)
{
    bool asks = a->words[0] != NULL && strcmp(a->words[0], "person") == 0;

    if (asks && a->words[1] != NULL)
        return person(archive, access, a, err);
    if (asks || a->words[1] != NULL)
        return err_set(err, ERR_USAGE,
                       "expected person and a name, a personal number, or the "
                       "id of a page or row");
    if (a->words[0] != NULL && strcmp(a->words[0], "list") == 0)
        return list(access, a, err);
    if (a->words[0] != NULL && strcmp(a->words[0], "heads") == 0)
        return heads(access, a->json, err);
    if (a->words[0] != NULL && strcmp(a->words[0], "verify") == 0)
        return verify(access, a, err);
    return err_set(err, ERR_USAGE, "expected list, person, heads or verify");
}

int command_audit(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    static const struct argp_option options[] = {
        {"kind", 'k', "KIND", 0, "list: entries of this kind", 0},
        {"who", 'w', "IDENTIFIER", 0, "list: of this account", 0},
        {"ground", 'g', "TEXT", 0, "list: on this ground or case", 0},
        {"about", 'a', "TEXT", 0,
         "list: about this page, volume or account, or with this text in the "
         "details: who was shown a page",
         0},
        {"since", 's', "DAY", 0, "list: from this day on (UTC)", 0},
        {"until", OPTION_UNTIL, "DAY", 0, "list: to the end of this day", 0},
        {"key", OPTION_KEY, "HEX", 0,
         "verify: the key that must have signed, as `audit heads` printed it "
         "earlier",
         0},
        {"role", OPTION_ROLE, "ROLE", 0, "list: of this role", 0},
        {"organisation", 'o', "ID", 0, "list: of who acted for it", 0},
        {"origin", OPTION_FROM, "ADDRESS", 0, "list: from this address", 0},
        {"json", 'j', NULL, 0, "print as JSON", 0},
        {"csv", 'c', NULL, 0, "list, person: print as CSV", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "list\nperson PERSON\nheads\nverify",
        "Who saw and did what (list); everyone who has seen the record of a "
        "person, by name, personal number, or the id of the row (person); the "
        "signed ends of its days, to be "
        "printed and kept elsewhere (heads); and whether anything in it was "
        "altered, removed or moved since, and whether rights, accounts and "
        "what "
        "is published are as it tells (verify; exit status 4)."
        "\vExample:\n  tefter audit list --kind open --since 2026-11-01\n"
        "  tefter audit person 'Стоян Иванов Вълчински' --csv > seen.csv",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    struct audit_arguments a = {.count = 0};

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return run(archive, access, &a, err);
}
