/* SPDX-License-Identifier: MIT */
/*
 * search: pages by their words, as a role sees them.
 */
#include <stdlib.h>

#include "common/json.h"
#include "common/text.h"
#include "index/suggest.h"
#include "search-cgi/found_note.h"
#include "tefter/command.h"
#include "tefter/noted.h"
#include "tefter/view.h"

static void free_words(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

static void free_words_at(char ***words)
{
    free_words(*words);
}

/* To argp -dog is three options. A word of more than one letter after a single
 * dash goes past argp behind this byte, which no terminal types. */
#define WORD_MARK '\001'

static bool is_minus_word(const char *arg)
{
    return arg[0] == '-' && arg[1] != '-' && arg[1] != '\0' && arg[2] != '\0';
}

static const char *without_mark(const char *arg)
{
    return arg != NULL && arg[0] == WORD_MARK ? arg + 1 : arg;
}

/* The same arguments with minus words marked. The caller frees them. */
static char **mark_words(int argc, char **argv)
{
    char **marked = calloc((size_t)argc + 1, sizeof(*marked));

    for (int i = 0; marked != NULL && i < argc; i++) {
        bool is_word = i > 0 && is_minus_word(argv[i]);

        if (asprintf(&marked[i], "%s%s", is_word ? "\001" : "", argv[i]) < 0) {
            marked[i] = NULL;
            free_words(marked);
            return NULL;
        }
    }
    return marked;
}

struct search_arguments {
    struct search_request request;
    const char *role;  /* NULL: everything */
    struct buf *query; /* the words given, joined by spaces */
    bool json, suggest;
};

static int parse_count(const char *text, unsigned max, const char *name,
                       struct argp_state *state)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);

    if (end == text || *end != '\0' || n < 0 || n > (long)max)
        argp_error(state, "--%s=%s: expected 0 to %u", name, text, max);
    return (int)n;
}

static error_t take_search_argument(int key, char *given,
                                    struct argp_state *state)
{
    struct search_arguments *a = state->input;
    struct search_request *r = &a->request;
    const char *arg = without_mark(given);

    switch (key) {
    case 's':
        r->site = arg;
        return 0;
    case 'S':
        r->series = arg;
        return 0;
    case 'v':
        r->volume = arg;
        return 0;
    case 'f':
        r->year_from = parse_count(arg, 9999, "from", state);
        return 0;
    case 'u':
        r->year_to = parse_count(arg, 9999, "to", state);
        return 0;
    case 'n':
        r->limit = (unsigned)parse_count(arg, 200, "limit", state);
        return 0;
    case 'o':
        r->offset = (unsigned)parse_count(arg, 1000000000, "offset", state);
        return 0;
    case 'r':
        a->role = arg;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case 'g':
        a->suggest = true;
        return 0;
    case 'e':
        r->mode = SEARCH_EXACT;
        return 0;
    case 'z':
        r->mode = SEARCH_FUZZY;
        return 0;
    case ARGP_KEY_ARG:
        if (a->query->len > 0)
            buf_puts(a->query, " ");
        buf_puts(a->query, arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_hit(const struct hit *hit)
{
    (void)printf("%s\t%s\t", hit->page, hit->title);
    if (hit->year != 0)
        (void)printf("%d", hit->year);
    (void)printf("\t");
    for (size_t i = 0; i < hit->snippet_count; i++) {
        const struct snippet_part *part = &hit->snippet[i];

        (void)printf(part->is_hit ? "«%s»" : "%s", part->text);
    }
    if (hit->lacks != NULL)
        (void)printf("\tlacks %s", hit->lacks);
    (void)printf("\n");
}

/* What was not understood is no result. */
static void print_problems(const struct search_answer *answer)
{
    for (size_t i = 0; i < answer->problem_count; i++)
        (void)fprintf(stderr, "tefter: search: character %zu: %s\n",
                      answer->problems[i].position,
                      query_problem_text(answer->problems[i].kind));
}

static int print_answer(const struct search_answer *answer, bool json,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *out = NULL;

    if (json)
        return search_answer_to_json(answer, &out, err) != 0
                   ? -1
                   : json_print(stdout, out, err);
    print_problems(answer);
    for (size_t i = 0; i < answer->hit_count; i++)
        print_hit(&answer->hits[i]);
    if (answer->timed_out)
        (void)printf("time is up: these are the best of what was found\n");
    (void)printf("%s%lld pages found; searched %lld pages of %lld volumes, "
                 "%lld without text, %lld blank\n",
                 answer->total_is_exact ? "" : "more than ",
                 (long long)answer->total, (long long)answer->coverage.pages,
                 (long long)answer->coverage.volumes,
                 (long long)answer->coverage.pages_without_text,
                 (long long)answer->coverage.pages_blank);
    return 0;
}

static int suggest(struct view *v, const struct search_arguments *a,
                   struct err *err)
{
    CLEANUP(suggestions_fini) struct suggestions found = {.count = 0};
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(buf_fini) struct buf subject = BUF_INIT;
    CLEANUP(buf_fini) struct buf shown = BUF_INIT;
    const char *typed = a->request.query;

    if (search_suggest(v->catalogue, &v->scope, typed, &found, err) != 0)
        return -1;
    suggest_note(typed, &found, &subject, &shown);
    if (subject.len > 0 && noted(v->archive, AUDIT_SUGGEST, true,
                                 buf_str(&subject), buf_str(&shown), err) != 0)
        return -1;
    if (a->json)
        return suggestions_to_json(&found, typed, &json, err) != 0
                   ? -1
                   : json_print(stdout, json, err);
    for (size_t i = 0; i < found.count; i++)
        (void)printf("%s\n", found.items[i].text);
    return 0;
}

/* As the web notes it, with what was asked in words. */
static int note(const struct view *v, const struct search_arguments *a,
                const struct search_answer *answer, struct err *err)
{
    const struct search_request *r = &a->request;
    const char *const filters[][2] = {{"role", a->role},
                                      {"site", r->site},
                                      {"series", r->series},
                                      {"volume", r->volume}};
    CLEANUP(buf_fini) struct buf shown = BUF_INIT;

    found_list(answer, &shown);
    text_add_visible(&shown, r->query);
    for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
        if (filters[i][1] == NULL)
            continue;
        buf_printf(&shown, " %s=", filters[i][0]);
        text_add_visible(&shown, filters[i][1]);
    }
    if (r->year_from != 0 || r->year_to != 0)
        buf_printf(&shown, " years=%d-%d", r->year_from, r->year_to);
    return shown.failed ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
                        : noted(v->archive, AUDIT_SEARCH, false, "",
                                buf_str(&shown), err);
}

static int run_search(const struct context *context, struct search_arguments *a,
                      struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;

    a->request.query = buf_str(a->query);
    if (view_open_own(&v, context, a->role, err) != 0)
        return -1;
    if (a->suggest)
        return suggest(&v, a, err);
    if (search_run(v.catalogue, &v.scope, &a->request, &answer, err) != 0 ||
        note(&v, a, answer, err) != 0)
        return -1;
    return print_answer(answer, a->json, err);
}

int command_search(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        {"site", 's', "SITE", 0, "only this site", 0},
        {"series", 'S', "SERIES", 0, "only this series", 0},
        {"volume", 'v', "VOLUME", 0, "only this volume", 0},
        {"from", 'f', "YEAR", 0, "volumes from this year on", 0},
        {"to", 'u', "YEAR", 0, "volumes up to this year", 0},
        {"limit", 'n', "N", 0, "at most so many hits (20)", 0},
        {"offset", 'o', "N", 0, "skip so many hits", 0},
        {"suggest", 'g', NULL, 0,
         "words that the last one may be the start of, not pages", 0},
        {"exact", 'e', NULL, 0, "only words as they were typed", 0},
        {"fuzzy", 'z', NULL, 0, "misread words, too, however much is found", 0},
        {"role", 'r', "ROLE", 0,
         "find only what this role may (default: everything)", 0},
        JSON_OPTION,
        {0}};
    const struct argp argp = {
        options,
        take_search_argument,
        "QUERY...",
        "Find pages by words: all of them; \"a phrase\"; -word: without it; "
        "OR; prefix*. Without words: every page that the options leave. In a "
        "field: family:, name:, place:, egn:, file:, number: (фамилия: име: "
        "място: егн: партида: номер:); year:1938..1945. Other forms of names "
        "are found; misread words, and pages that lack one of the words, when "
        "little else is."
        "\vA dash and more than one letter are a word to be left out; "
        "single-letter options stand alone: -n 5, not -n5.\n\nExample:\n"
        "  tefter search --series family-register Иванова -Варна",
        NULL,
        NULL,
        NULL};
    CLEANUP(buf_fini) struct buf query = BUF_INIT;
    CLEANUP(free_words) char **marked = mark_words(argc, argv);
    struct search_arguments a = {.query = &query};

    a.request.limit = 20;
    if (marked == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, marked, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    return run_search(context, &a, err);
}
