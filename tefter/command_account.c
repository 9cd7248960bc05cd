/* SPDX-License-Identifier: MIT */
/*
 * account, organisation: who may log in, as what, from when till when, and by
 * what means.
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "common/clock.h"
#include "common/json.h"
#include "tefter/answers.h"
#include "tefter/command.h"

#define WORDS_MAX          3
#define PEM_MAX_BYTES      ((size_t)64 << 10)
#define OPTION_MANAGER     1
#define OPTION_SAME_PERSON 3
#define OPTION_TO          2
#define OPTION_REVOKE      4

struct arguments {
    const char *words[WORDS_MAX]; /* the verb first */
    int count;
    const char *role, *name, *site, *code, *organisation;
    const char *document, *from, *to, *revoke;
    bool manages, same_person, json;
};

typedef int verb_run(struct access *access, const struct arguments *a,
                     struct err *err);
struct verb {
    const char *name;
    int count; /* of words, with itself */
    verb_run *run;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    const struct kept_option options[] = {
        {'r', &a->role, NULL},
        {'n', &a->name, NULL},
        {'s', &a->site, NULL},
        {'c', &a->code, NULL},
        {'d', &a->document, NULL},
        {'f', &a->from, NULL},
        {'o', &a->organisation, NULL},
        {OPTION_TO, &a->to, NULL},
        {OPTION_REVOKE, &a->revoke, NULL},
        {OPTION_SAME_PERSON, NULL, &a->same_person},
        {OPTION_MANAGER, NULL, &a->manages},
        {'j', NULL, &a->json},
        {0}};

    if (key != ARGP_KEY_ARG)
        return option_keep(options, key, arg);
    word_keep(a->words, WORDS_MAX, &a->count, arg, state);
    return 0;
}

static int copy(char *to, size_t size, const char *word, struct err *err)
{
    if (word == NULL)
        word = "";
    if (strlen(word) >= size)
        return err_set(err, ERR_USAGE, "'%.80s' is longer than %zu bytes", word,
                       size - 1);
    (void)snprintf(to, size, "%s", word);
    return 0;
}

static struct office office_of(const struct arguments *a)
{
    return (struct office){a->from == NULL ? "" : a->from,
                           a->to == NULL ? "" : a->to,
                           a->document == NULL ? "" : a->document};
}

/* --- accounts --- */

static int check_document(struct access *access, const struct account *account,
                          const struct arguments *a, struct err *err)
{
    int needed = account_needs_document(access, account, err);

    if (needed < 0)
        return -1;
    return needed == 0 || a->document != NULL
               ? 0
               : err_set(err, ERR_USAGE,
                         "--document is missing: number and date of what "
                         "proves that '%s' is a %s",
                         account->identifier, account->role);
}

/* Users have the role of their organisation. */
static int find_role(struct access *access, const struct arguments *a,
                     struct account *out, struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    size_t count = 0;

    if (a->role != NULL || a->organisation == NULL)
        return copy(out->role, sizeof(out->role), a->role, err);
    if (organisation_list(access, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].id, a->organisation) == 0)
            memcpy(out->role, list[i].role, sizeof(out->role));
    }
    return out->role[0] != '\0'
               ? 0
               : err_set(err, ERR_ABSENT, "there is no organisation '%s'",
                         a->organisation);
}

static int read_account(struct access *access, const struct arguments *a,
                        struct account *out, struct err *err)
{
    const char *name = a->name == NULL ? a->words[1] : a->name;

    *out = (struct account){.manages = a->manages,
                            .must_change = a->code == NULL,
                            .is_again = a->same_person};
    if (copy(out->identifier, sizeof(out->identifier), a->words[1], err) != 0 ||
        copy(out->name, sizeof(out->name), name, err) != 0 ||
        copy(out->site, sizeof(out->site), a->site, err) != 0 ||
        copy(out->organisation, sizeof(out->organisation), a->organisation,
             err) != 0 ||
        find_role(access, a, out, err) != 0)
        return -1;
    if (out->role[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "--role is missing; `tefter role show` lists them");
    return check_document(access, out, a, err);
}

static void print_code(const char *identifier, const char *code)
{
    (void)printf("identifier %s, code %s (shown only now; it is changed at the "
                 "first log-in)\n",
                 identifier, code);
}

static int add(struct access *access, const struct arguments *a,
               struct err *err)
{
    struct office office = office_of(a);
    bool appoints = a->document != NULL || a->from != NULL || a->to != NULL;
    struct account account;
    char made[CODE_SIZE];

    if (read_account(access, a, &account, err) != 0)
        return -1;
    account_random_code(made);
    if (account_add_for(access, &account, appoints ? &office : NULL,
                        a->code != NULL ? a->code : made, err) != 0)
        return -1;
    if (a->code == NULL)
        print_code(account.identifier, made);
    return 0;
}

static json_t *account_json(const struct account *a,
                            const struct appointment *office)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:s, s:s, s:s}",
                     "identifier", a->identifier, "name", a->name, "role",
                     a->role, "site", a->site, "organisation", a->organisation,
                     "manages", (int)a->manages, "new", (int)a->must_change,
                     "second_factor", (int)a->has_factor, "from", office->from,
                     "until", office->to, "document", office->document);
}

static int list(struct access *access, const struct arguments *a,
                struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;

    if (account_list(access, a->organisation, &accounts, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct account *one = &accounts[i];
        struct appointment office;

        if (account_office(access, one, &office, err) != 0)
            return -1;
        answers_add(&answers, account_json(one, &office),
                    "%s\t%s\t%s\t%s\t%s%s\t%s\n", one->identifier, one->role,
                    one->site, one->name, one->organisation,
                    one->manages ? " (manager)" : "", office.to);
    }
    return answers_end(&answers, err);
}

static int remove_account(struct access *access, const struct arguments *a,
                          struct err *err)
{
    return account_remove(access, a->words[1], err);
}

static int appoint(struct access *access, const struct arguments *a,
                   struct err *err)
{
    struct office office = office_of(a);

    return access_appoint(access, a->words[1], a->words[2], &office, err);
}

static int dismiss(struct access *access, const struct arguments *a,
                   struct err *err)
{
    return access_dismiss(access, a->words[1], a->words[2], err);
}

static int issue_code(struct access *access, const struct arguments *a,
                      struct err *err)
{
    char made[CODE_SIZE];

    account_random_code(made);
    if (account_issue_code(access, a->words[1], made, err) != 0)
        return -1;
    print_code(a->words[1], made);
    return 0;
}

static int set_totp(struct access *access, const struct arguments *a,
                    struct err *err)
{
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;
    char secret[TOTP_SECRET_SIZE];

    if (account_set_totp(access, a->words[1], secret, err) != 0)
        return -1;
    totp_uri(a->words[1], secret, &uri);
    (void)printf("%s\nsecret %s (shown only now)\n", buf_str(&uri), secret);
    return 0;
}

static int remove_totp(struct access *access, const struct arguments *a,
                       struct err *err)
{
    return account_remove_totp(access, a->words[1], err);
}

/* --- sessions --- */

static json_t *session_json(const struct open_session *s, const char *begun,
                            const char *used)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "session", s->id,
                     "identifier", s->identifier, "begun", begun, "last_used",
                     used, "origin", s->origin, "by_certificate",
                     (int)s->by_certificate);
}

static int list_sessions(struct access *access, const struct arguments *a,
                         struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct open_session *found = NULL;
    size_t count = 0;

    if (session_list(access, a->count == 2 ? a->words[1] : NULL, &found, &count,
                     err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct open_session *s = &found[i];
        char begun[CLOCK_RFC3339_SIZE], used[CLOCK_RFC3339_SIZE];

        clock_rfc3339(s->begun_utc_s, begun);
        clock_rfc3339(s->last_used_utc_s, used);
        answers_add(&answers, session_json(s, begun, used),
                    "%s\t%s\t%s\t%s\t%s%s\n", s->identifier, s->id, begun, used,
                    s->origin, s->by_certificate ? "\tcertificate" : "");
    }
    return answers_end(&answers, err);
}

/* --revoke all, or one of those that are listed. */
static int sessions(struct access *access, const struct arguments *a,
                    struct err *err)
{
    const char *whose = a->count == 2 ? a->words[1] : NULL;

    if (a->revoke == NULL)
        return list_sessions(access, a, err);
    if (strcmp(a->revoke, "all") != 0)
        return session_revoke(access, whose, a->revoke, err);
    return whose != NULL
               ? session_revoke_all(access, whose, NULL, err)
               : err_set(err, ERR_USAGE, "--revoke all: of whom is expected");
}

/* --- users of this machine --- */

static int list_users(struct access *access, const struct arguments *a,
                      struct err *err)
{
    CLEANUP(json_decref) json_t *json = json_array();
    CLEANUP(free) struct machine_user *found = NULL;
    size_t count = 0;

    if (machine_user_list(access, &found, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (a->json)
            (void)json_array_append_new(
                json, json_pack("{s:s, s:s}", "user", found[i].name,
                                "identifier", found[i].identifier));
        else
            (void)printf("%s\t%s\n", found[i].name, found[i].identifier);
    }
    return a->json ? json_print(stdout, json, err) : 0;
}

static int bind_user(struct access *access, const struct arguments *a,
                     struct err *err)
{
    return machine_user_bind(access, a->words[1], a->words[2], err);
}

static int unbind_user(struct access *access, const struct arguments *a,
                       struct err *err)
{
    return machine_user_unbind(access, a->words[1], err);
}

/* --- tokens and certificates --- */

static int list_tokens(struct access *access, const struct arguments *a,
                       struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct machine_token *tokens = NULL;
    size_t count = 0;

    if (machine_token_list(access, &tokens, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct machine_token *t = &tokens[i];

        answers_add(&answers,
                    json_pack("{s:s, s:s, s:s}", "identifier", t->identifier,
                              "name", t->name, "to", t->to),
                    "%s\t%s\t%s\n", t->identifier, t->name, t->to);
    }
    return answers_end(&answers, err);
}

static int add_token(struct access *access, const struct arguments *a,
                     struct err *err)
{
    char token[MACHINE_TOKEN_SIZE];

    if (a->to == NULL)
        return err_set(err, ERR_USAGE, "--to is missing: its last day");
    if (machine_token_add(access, a->words[1], a->words[2], a->to, token,
                          err) != 0)
        return -1;
    (void)printf("token %s (shown only now)\n", token);
    return 0;
}

static int remove_token(struct access *access, const struct arguments *a,
                        struct err *err)
{
    return machine_token_remove(access, a->words[1], a->words[2], err);
}

static int list_certificates(struct access *access, const struct arguments *a,
                             struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct certificate *found = NULL;
    size_t count = 0;

    if (certificate_list(access, &found, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        answers_add(&answers,
                    json_pack("{s:s, s:s}", "identifier", found[i].identifier,
                              "fingerprint", found[i].fingerprint),
                    "%s\t%s\n", found[i].identifier, found[i].fingerprint);
    }
    return answers_end(&answers, err);
}

static int add_certificate(struct access *access, const struct arguments *a,
                           struct err *err)
{
    CLEANUP(buf_fini) struct buf pem = BUF_INIT;
    char fingerprint[FINGERPRINT_SIZE];

    if (file_read(a->words[2], PEM_MAX_BYTES, &pem, err) != 0 ||
        certificate_fingerprint(buf_str(&pem), fingerprint, err) != 0)
        return err_add(err, "%s", a->words[2]);
    if (certificate_add(access, a->words[1], fingerprint, err) != 0)
        return -1;
    (void)printf("%s\t%s\n", a->words[1], fingerprint);
    return 0;
}

static int remove_certificate(struct access *access, const struct arguments *a,
                              struct err *err)
{
    return certificate_remove(access, a->words[1], err);
}

/* --- organisations --- */

static int list_organisations(struct access *access, const struct arguments *a,
                              struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(a->json);
    CLEANUP(free) struct organisation *found = NULL;
    size_t count = 0;

    if (organisation_list(access, &found, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct organisation *o = &found[i];

        answers_add(&answers,
                    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", o->id,
                              "name", o->name, "role", o->role, "from", o->from,
                              "to", o->to, "document", o->document),
                    "%s\t%s\t%s\t%s\t%s\t%s\n", o->id, o->role, o->name,
                    o->from, o->to, o->document);
    }
    return answers_end(&answers, err);
}

static int add_organisation(struct access *access, const struct arguments *a,
                            struct err *err)
{
    struct office office = office_of(a);
    struct organisation o = {.is_again = a->same_person};

    if (a->role == NULL || a->name == NULL || a->document == NULL)
        return err_set(err, ERR_USAGE,
                       "--role, --name and --document are needed");
    if (copy(o.id, sizeof(o.id), a->words[1], err) != 0 ||
        copy(o.name, sizeof(o.name), a->name, err) != 0 ||
        copy(o.role, sizeof(o.role), a->role, err) != 0)
        return -1;
    return organisation_add(access, &o, &office, err);
}

static int remove_organisation(struct access *access, const struct arguments *a,
                               struct err *err)
{
    return organisation_remove(access, a->words[1], err);
}

/* --- the two commands --- */

static const struct verb account_verbs[] = {
    {"list", 1, list},
    {"add", 2, add},
    {"remove", 2, remove_account},
    {"appoint", 3, appoint},
    {"dismiss", 3, dismiss},
    {"code", 2, issue_code},
    {"totp", 2, set_totp},
    {"totp-remove", 2, remove_totp},
    {"sessions", 1, sessions},
    {"sessions", 2, sessions},
    {"users", 1, list_users},
    {"user-bind", 3, bind_user},
    {"user-unbind", 2, unbind_user},
    {"tokens", 1, list_tokens},
    {"token-add", 3, add_token},
    {"token-remove", 3, remove_token},
    {"certificates", 1, list_certificates},
    {"certificate-add", 3, add_certificate},
    {"certificate-remove", 2, remove_certificate},
    {NULL, 0, NULL},
};

static const struct verb organisation_verbs[] = {
    {"list", 1, list_organisations},
    {"add", 2, add_organisation},
    {"remove", 2, remove_organisation},
    {"appoint", 3, appoint},
    {"dismiss", 3, dismiss},
    {NULL, 0, NULL},
};

#define DAYS_OPTIONS                                                            \
    {"document",                                                                \
     'd',                                                                       \
     "TEXT",                                                                    \
     0,                                                                         \
     "add, appoint: number and date of what proves the role",                   \
     0},                                                                        \
        {"from", 'f', "DAY", 0, "add, appoint: the first day (today, UTC)", 0}, \
    {                                                                           \
        "to", OPTION_TO, "DAY", 0,                                              \
            "add, appoint, token-add: the last day (no end)", 0                 \
    }

static int run(const struct context *context, const struct argp *argp,
               const struct verb *verbs, int argc, char **argv, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    struct arguments a = {.count = 0};

    if (argp_parse(argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    while (verbs->name != NULL &&
           (a.count != verbs->count || strcmp(a.words[0], verbs->name) != 0))
        verbs++;
    if (verbs->name == NULL)
        return err_set(err, ERR_USAGE,
                       "expected one of these, and what it needs:\n%s",
                       argp->args_doc);
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return verbs->run(access, &a, err);
}

int command_account(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    static const struct argp_option options[] = {
        {"role", 'r', "ROLE", 0, "add: what the person is", 0},
        {"name", 'n', "NAME", 0, "add: the person's or office's name", 0},
        {"site", 's', "SITE", 0, "add: an operator's site", 0},
        {"organisation", 'o', "ID", 0,
         "add: acts for it, and has its role; list: its users", 0},
        {"manager", OPTION_MANAGER, NULL, 0,
         "add: keeps the organisation's users", 0},
        {"code", 'c', "CODE", 0,
         "add: a code that the person has chosen, and need not change "
         "(default: "
         "made and shown once)",
         0},
        {"same-person", OPTION_SAME_PERSON, NULL, 0,
         "add: who had an account with this identifier before, and gets his "
         "money and purchases back",
         0},
        {"revoke", OPTION_REVOKE, "SESSION", 0,
         "sessions: end this one, or all of IDENTIFIER", 0},
        DAYS_OPTIONS,
        JSON_OPTION,
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "list\nadd IDENTIFIER\nremove IDENTIFIER\nappoint IDENTIFIER ROLE\n"
        "dismiss IDENTIFIER REASON\ncode IDENTIFIER\ntotp IDENTIFIER\n"
        "totp-remove IDENTIFIER\nsessions [IDENTIFIER]\nusers\n"
        "user-bind IDENTIFIER USER\nuser-unbind USER\ntokens\ntoken-add "
        "IDENTIFIER NAME\n"
        "token-remove IDENTIFIER NAME\ncertificates\n"
        "certificate-add IDENTIFIER FILE\ncertificate-remove FINGERPRINT",
        "People who may log in: an identifier (EGN, EIK, register number or a "
        "user name) and a code, which is changed at the first log-in; one-time "
        "codes as a second factor (totp); or a TLS client's certificate. "
        "Programs have tokens. A user of this machine who is bound to "
        "an account has its rights at the command line, and no others. "
        "Outside the days of an appointment a role has "
        "no rights."
        "\vExample:\n  tefter account add 1234 --role notary --name 'Нотариус "
        "1234' --document 'Заповед РД-7/2026' --to 2027-12-31",
        NULL,
        NULL,
        NULL};

    return run(context, &argp, account_verbs, argc, argv, err);
}

int command_organisation(const struct context *context, int argc, char **argv,
                         struct err *err)
{
    static const struct argp_option options[] = {
        {"role", 'r', "ROLE", 0, "add: what all its users are", 0},
        {"name", 'n', "NAME", 0, "add: its name", 0},
        {"same-office", OPTION_SAME_PERSON, NULL, 0,
         "add: the office that was here with this identifier before, and gets "
         "its money and purchases back",
         0},
        DAYS_OPTIONS,
        JSON_OPTION,
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "list\nadd ID\nremove ID\nappoint ID ROLE\ndismiss ID REASON",
        "Organisations, such as a bank's branch or a notary's office: they pay "
        "for their users (`tefter account add --organisation ID`), and what "
        "they have bought is open to these alone. Their managers keep their "
        "users at /organisation."
        "\vExample:\n  tefter organisation add 121830616 --role bank --name "
        "'Банка, клон Варна' --document 'Договор 12/2026'\n"
        "  tefter account add 7501010010 --organisation 121830616 --manager",
        NULL,
        NULL,
        NULL};

    return run(context, &argp, organisation_verbs, argc, argv, err);
}
