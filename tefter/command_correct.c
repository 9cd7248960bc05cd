/* SPDX-License-Identifier: MIT */
/*
 * correct: what a person reads in the fields of a record, as a version of its
 * own.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "search-cgi/correction.h"
#include "tefter/command.h"

struct arguments {
    struct correction what;
    struct correction_field *fields; /* the same; names and texts from argv */
};

/* "name=Иванъ": argv's own text is cut in two. */
static void take_field(struct arguments *a, char *arg, struct argp_state *state)
{
    char *equals = strchr(arg, '=');

    if (equals == NULL)
        argp_error(state, "'%s': expected FIELD=TEXT", arg);
    *equals = '\0';
    a->fields[a->what.count++] =
        (struct correction_field){arg, equals + 1, NULL};
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case 'b':
        a->what.by = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->what.record == NULL)
            a->what.record = arg;
        else
            take_field(a, arg, state);
        return 0;
    case ARGP_KEY_END:
        if (a->what.count == 0)
            argp_error(state, "expected a record, and FIELD=TEXT");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int correct(const struct context *context, const struct correction *what,
                   struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    size_t changed;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0 ||
        correction_enter(archive, access, what, &changed, err) != 0)
        return -1;
    if (changed == 0)
        (void)printf("%s: says that already\n", what->record);
    else
        (void)printf("%s: %zu %s entered\n", what->record, changed,
                     changed == 1 ? "field" : "fields");
    return EXIT_DONE;
}

int command_correct(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    static const struct argp_option options[] = {
        {"by", 'b', "NAME", 0, "who read it (default: the machine's user)", 0},
        {0}};
    static const struct argp argp = {
        options,
        take_argument,
        "RECORD FIELD=TEXT...",
        "Enter what a person reads in fields of a record (`tefter records' "
        "lists them). It becomes a version of the volume; what was read "
        "before stays in the earlier ones, and no later reading overwrites "
        "it. An empty text says that nothing stands there."
        "\vExample:\n"
        "  tefter correct --by clerk-2 "
        "odesos/family-register/1938-012/0002/r03 'name=Петъръ Ивановъ'",
        NULL,
        NULL,
        NULL};
    const struct passwd *user = getpwuid(getuid());
    struct arguments a = {
        .what = {.by = user == NULL ? "unknown" : user->pw_name}};
    int rc;

    a.fields = calloc((size_t)argc + 1, sizeof(*a.fields));
    if (a.fields == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    a.what.fields = a.fields;
    rc = argp_parse(&argp, argc, argv, 0, NULL, &a) != 0
             ? err_set(err, ERR_USAGE, "cannot read the arguments")
             : correct(context, &a.what, err);
    free(a.fields);
    return rc;
}
