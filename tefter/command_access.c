/* SPDX-License-Identifier: MIT */
/*
 * account, role: who may log in, and what each role may do.
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "common/json.h"
#include "tefter/command.h"

struct account_arguments {
    struct account account;
    const char *verb;
    const char *identifier;
    const char *code;
    bool json;
};

static void take_text(char *to, size_t size, const char *arg, const char *name,
                      struct argp_state *state)
{
    if (strlen(arg) >= size)
        argp_error(state, "--%s: longer than %zu bytes", name, size - 1);
    (void)snprintf(to, size, "%s", arg);
}

static error_t take_account_argument(int key, char *arg,
                                     struct argp_state *state)
{
    struct account_arguments *a = state->input;

    switch (key) {
    case 'r':
        take_text(a->account.role, sizeof(a->account.role), arg, "role", state);
        return 0;
    case 'n':
        take_text(a->account.name, sizeof(a->account.name), arg, "name", state);
        return 0;
    case 's':
        take_text(a->account.site, sizeof(a->account.site), arg, "site", state);
        return 0;
    case 'c':
        a->code = arg;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1)
            argp_error(state, "one word too many: '%s'", arg);
        *(state->arg_num == 0 ? &a->verb : &a->identifier) = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Four groups of four hex digits: 64 random bits, easy to type once. */
static void make_code(char out[20])
{
    char token[SESSION_TOKEN_SIZE];

    access_random_token(token);
    (void)snprintf(out, 20, "%.4s-%.4s-%.4s-%.4s", token, token + 4, token + 8,
                   token + 12);
}

static int add_account(struct access *access, struct account_arguments *a,
                       struct err *err)
{
    char made[20];

    if (a->account.role[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "--role is missing; `tefter role show` "
                       "lists them");
    if (strlen(a->identifier) >= sizeof(a->account.identifier))
        return err_set(err, ERR_USAGE, "'%s' is longer than %zu bytes",
                       a->identifier, sizeof(a->account.identifier) - 1);
    (void)snprintf(a->account.identifier, sizeof(a->account.identifier), "%s",
                   a->identifier);
    if (a->account.name[0] == '\0')
        (void)snprintf(a->account.name, sizeof(a->account.name), "%.127s",
                       a->identifier);
    make_code(made);
    if (account_add(access, &a->account, a->code != NULL ? a->code : made, err))
        return -1;
    if (a->code == NULL)
        (void)printf("identifier %s, code %s (shown only now)\n", a->identifier,
                     made);
    return 0;
}

static int list_accounts(struct access *access, bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;

    if (account_list(access, &accounts, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct account *a = &accounts[i];

        if (json)
            (void)json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:s}", "identifier", a->identifier,
                          "name", a->name, "role", a->role, "site", a->site));
        else
            (void)printf("%s\t%s\t%s\t%s\n", a->identifier, a->role, a->site,
                         a->name);
    }
    return json ? json_print(stdout, list, err) : 0;
}

/* What authenticator apps read ("Key URI Format"). */
static int set_totp(struct access *access, const char *identifier,
                    struct err *err)
{
    CLEANUP(buf_fini) struct buf label = BUF_INIT;
    char secret[TOTP_SECRET_SIZE];

    if (account_set_totp(access, identifier, secret, err) != 0)
        return -1;
    for (const char *c = identifier; *c != '\0'; c++)
        buf_printf(&label, "%%%02X", (unsigned char)*c);
    (void)printf("otpauth://totp/Tefter:%s?secret=%s&issuer=Tefter\n"
                 "secret %s (shown only now)\n",
                 buf_str(&label), secret, secret);
    return 0;
}

static int run_account(struct access *access, struct account_arguments *a,
                       struct err *err)
{
    if (a->verb != NULL && strcmp(a->verb, "list") == 0)
        return list_accounts(access, a->json, err);
    if (a->identifier != NULL && strcmp(a->verb, "add") == 0)
        return add_account(access, a, err);
    if (a->identifier != NULL && strcmp(a->verb, "remove") == 0)
        return account_remove(access, a->identifier, err);
    if (a->identifier != NULL && strcmp(a->verb, "totp") == 0)
        return set_totp(access, a->identifier, err);
    if (a->identifier != NULL && strcmp(a->verb, "totp-remove") == 0)
        return account_remove_totp(access, a->identifier, err);
    return err_set(err, ERR_USAGE,
                   "expected list, or add, remove, totp or totp-remove and an "
                   "identifier");
}

int command_account(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    static const struct argp_option options[] = {
        {"role", 'r', "ROLE", 0, "what the person is", 0},
        {"name", 'n', "NAME", 0, "the person's or office's name", 0},
        {"site", 's', "SITE", 0, "an operator's site", 0},
        {"code", 'c', "CODE", 0, "the code (default: made and shown once)", 0},
        {"json", 'j', NULL, 0, "print the list as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_account_argument,
        "list\nadd IDENTIFIER\nremove IDENTIFIER\ntotp IDENTIFIER\n"
        "totp-remove IDENTIFIER",
        "People who may log in: an identifier (EGN, EIK, register number or a "
        "user name) and a code; and one-time codes as a second factor (totp)."
        "\vExample:\n  tefter account add 1234 --role notary --name 'Нотариус "
        "1234'",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    struct account_arguments a = {.verb = NULL};

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return run_account(access, &a, err);
}

static int show_rights(struct access *access, bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    CLEANUP(free) struct right *rights = NULL;
    size_t count = 0;

    if (access_rights_list(access, &rights, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct right *r = &rights[i];

        if (json)
            (void)json_array_append_new(
                list, json_pack("{s:s, s:s, s:s, s:s}", "role", r->role,
                                "series", r->series, "action", r->action,
                                "condition", r->condition));
        else
            (void)printf("%-9s %-16s %-8s %s\n", r->role, r->series, r->action,
                         r->condition);
    }
    return json ? json_print(stdout, list, err) : 0;
}

static int copy_word(char *to, size_t size, const char *word, struct err *err)
{
    if (strlen(word) >= size)
        return err_set(err, ERR_USAGE, "'%s' is longer than %zu bytes", word,
                       size - 1);
    (void)snprintf(to, size, "%s", word);
    return 0;
}

/* ROLE SERIES ACTION [CONDITION], as `role show` prints them. */
static int read_right(char *const *words, int count, struct right *out,
                      struct err *err)
{
    *out = (struct right){.condition = ""};
    if (copy_word(out->role, sizeof(out->role), words[0], err) != 0 ||
        copy_word(out->series, sizeof(out->series), words[1], err) != 0 ||
        copy_word(out->action, sizeof(out->action), words[2], err) != 0)
        return -1;
    return count < 4 ? 0
                     : copy_word(out->condition, sizeof(out->condition),
                                 words[3], err);
}

#define RIGHT_WORDS_MIN 4 /* the verb, and three */

static int list_grounds(struct access *access, bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    CLEANUP(free) struct role_ground *grounds = NULL;
    size_t count = 0;

    if (access_ground_list(access, &grounds, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (json)
            (void)json_array_append_new(
                list, json_pack("{s:s, s:s}", "role", grounds[i].role, "ground",
                                grounds[i].id));
        else
            (void)printf("%s\t%s\n", grounds[i].role, grounds[i].id);
    }
    return json ? json_print(stdout, list, err) : 0;
}

/* grounds; ground-add and ground-remove ROLE GROUND. */
static int run_ground(struct access *access, const struct words *words,
                      struct err *err)
{
    const char *verb = words->items[0];

    if (strcmp(verb, "grounds") == 0 && words->count == 1)
        return list_grounds(access, words->json, err);
    if (strcmp(verb, "ground-add") == 0 && words->count == 3)
        return access_ground_add(access, words->items[1], words->items[2], err);
    if (strcmp(verb, "ground-remove") == 0 && words->count == 3)
        return access_ground_remove(access, words->items[1], words->items[2],
                                    err);
    return err_set(err, ERR_USAGE,
                   "expected grounds, or ground-add or ground-remove and ROLE "
                   "GROUND");
}

static int run_role(struct access *access, const struct words *words,
                    struct err *err)
{
    const char *verb = words->items[0];
    bool grants = strcmp(verb, "grant") == 0;
    struct right right;

    if (strncmp(verb, "ground", strlen("ground")) == 0)
        return run_ground(access, words, err);
    if (strcmp(verb, "show") == 0 && words->count == 1)
        return show_rights(access, words->json, err);
    if ((!grants && strcmp(verb, "revoke") != 0) ||
        words->count < RIGHT_WORDS_MIN)
        return err_set(err, ERR_USAGE,
                       "expected show, or grant or revoke and ROLE SERIES "
                       "ACTION [CONDITION], or grounds, ground-add, "
                       "ground-remove");
    if (read_right(words->items + 1, words->count - 1, &right, err) != 0)
        return -1;
    return grants ? access_grant(access, &right, err)
                  : access_revoke(access, &right, err);
}

int command_role(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) char **items = NULL;
    struct words words;

    if (words_read(argc, argv,
                   "show\ngrant ROLE SERIES ACTION [CONDITION]\n"
                   "revoke ROLE SERIES ACTION [CONDITION]\ngrounds\n"
                   "ground-add ROLE GROUND\nground-remove ROLE GROUND",
                   "What each role may do: role, series, action, condition. "
                   "What does not stand here is denied. A series of * is "
                   "every series. And on which grounds a role may look."
                   "\vExample:\n  tefter role show\n"
                   "  tefter role revoke public technical view",
                   1, 5, &words, err) != 0)
        return -1;
    items = words.items;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return run_role(access, &words, err);
}
