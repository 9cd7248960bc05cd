/* SPDX-License-Identifier: MIT */
/*
 * role: what each role may do.
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "common/json.h"
#include "tefter/answers.h"
#include "tefter/command.h"

static bool needs_factor(const struct role_rule *rules, size_t count,
                         const char *role)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rules[i].role, role) == 0)
            return rules[i].second_factor;
    }
    return false;
}

static const char *rule_name(bool required)
{
    return required ? "required" : "optional";
}

static int show_rights(struct access *access, bool json, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(json);
    CLEANUP(free) struct right *rights = NULL;
    CLEANUP(free) struct role_rule *rules = NULL;
    size_t count = 0, rule_count = 0;

    if (access_rights_list(access, &rights, &count, err) != 0 ||
        role_rules(access, &rules, &rule_count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct right *r = &rights[i];

        answers_add(
            &answers,
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "role", r->role, "series",
                      r->series, "action", r->action, "condition", r->condition,
                      "second_factor",
                      rule_name(needs_factor(rules, rule_count, r->role))),
            "%-9s %-16s %-10s %s\n", r->role, r->series, r->action,
            r->condition);
    }
    for (size_t i = 0; i < rule_count && !json; i++)
        (void)printf("%-9s second factor %s\n", rules[i].role,
                     rule_name(rules[i].second_factor));
    return answers_end(&answers, err);
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
    CLEANUP(answers_fini) struct answers answers = answers_begin(json);
    CLEANUP(free) struct role_ground *grounds = NULL;
    size_t count = 0;

    if (access_ground_list(access, &grounds, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        answers_add(&answers,
                    json_pack("{s:s, s:s}", "role", grounds[i].role, "ground",
                              grounds[i].id),
                    "%s\t%s\n", grounds[i].role, grounds[i].id);
    }
    return answers_end(&answers, err);
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

/* second-factor; second-factor ROLE required or optional. */
static int run_second_factor(struct access *access, const struct words *words,
                             struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(words->json);
    CLEANUP(free) struct role_rule *rules = NULL;
    size_t count = 0;

    if (words->count == 3 && (strcmp(words->items[2], "required") == 0 ||
                              strcmp(words->items[2], "optional") == 0))
        return role_require_factor(access, words->items[1],
                                   words->items[2][0] == 'r', err);
    if (words->count != 1)
        return err_set(err, ERR_USAGE,
                       "expected second-factor, or second-factor ROLE "
                       "required or optional");
    if (role_rules(access, &rules, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const char *rule = rule_name(rules[i].second_factor);

        answers_add(&answers,
                    json_pack("{s:s, s:s}", "role", rules[i].role,
                              "second_factor", rule),
                    "%s\t%s\n", rules[i].role, rule);
    }
    return answers_end(&answers, err);
}

static int run_role(struct access *access, const struct words *words,
                    struct err *err)
{
    const char *verb = words->items[0];
    bool grants = strcmp(verb, "grant") == 0;
    struct right right;

    if (strncmp(verb, "ground", strlen("ground")) == 0)
        return run_ground(access, words, err);
    if (strcmp(verb, "second-factor") == 0)
        return run_second_factor(access, words, err);
    if (strcmp(verb, "show") == 0 && words->count == 1)
        return show_rights(access, words->json, err);
    if ((!grants && strcmp(verb, "revoke") != 0) ||
        words->count < RIGHT_WORDS_MIN)
        return err_set(err, ERR_USAGE,
                       "expected show, or grant or revoke and ROLE SERIES "
                       "ACTION [CONDITION], or grounds, ground-add, "
                       "ground-remove, second-factor");
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

    if (words_read(
            argc, argv,
            "show\ngrant ROLE SERIES ACTION [CONDITION]\n"
            "revoke ROLE SERIES ACTION [CONDITION]\ngrounds\n"
            "ground-add ROLE GROUND\nground-remove ROLE GROUND\n"
            "second-factor [ROLE required|optional]",
            "What each role may do: role, series, action, condition. "
            "What does not stand here is denied. A series of * is "
            "every series. On which grounds a role may look; and whether who "
            "logs in with it needs one-time codes as well."
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
