/* SPDX-License-Identifier: MIT */
/*
 * correct: what a person reads in the fields of a record, as a version of its
 * own.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "common/json.h"
#include "index/catalogue.h"
#include "ocr/record_xml.h"
#include "store/package.h"
#include "tefter/command.h"

struct correction {
    const char *id; /* PAGE/r03 */
    char page[ID_SIZE], volume[ID_SIZE];
    uint32_t number, record;
    const char *by;
    char **fields; /* "name=Иванъ", borrowed from argv */
    int count;
    struct value_years years;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct correction *c = state->input;

    switch (key) {
    case 'b':
        c->by = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (c->id == NULL)
            c->id = arg;
        else if (strchr(arg, '=') == NULL)
            argp_error(state, "'%s': expected FIELD=TEXT", arg);
        else
            c->fields[c->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (c->count == 0)
            argp_error(state, "expected a record, and FIELD=TEXT");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int parse_id(struct correction *c, struct err *err)
{
    const char *last = strrchr(c->id, '/');
    char *end = NULL;

    if (last == NULL || last[1] != 'r' || last[2] < '0' || last[2] > '9')
        return err_set(err, ERR_USAGE,
                       "'%s' is no record; `tefter records VOLUME` lists them, "
                       "as PAGE/r03",
                       c->id);
    c->record = (uint32_t)strtoul(last + 2, &end, 10);
    if (*end != '\0' || last - c->id >= ID_SIZE)
        return err_set(err, ERR_USAGE, "'%s' is no record", c->id);
    (void)snprintf(c->page, sizeof(c->page), "%.*s", (int)(last - c->id),
                   c->id);
    return page_id_parse(c->page, c->volume, &c->number, err);
}

/* "notes", or "notes 2" for the second field of that name. */
static struct record_field *find_field(struct form_record *r, const char *name)
{
    const char *space = strrchr(name, ' ');
    long nth = space == NULL ? 0 : strtol(space + 1, NULL, 10);
    size_t len = nth > 1 ? (size_t)(space - name) : strlen(name);

    for (size_t i = 0; i < r->field_count; i++) {
        if (strlen(r->fields[i].name) == len &&
            strncmp(r->fields[i].name, name, len) == 0 && --nth <= 0)
            return &r->fields[i];
    }
    return NULL;
}

static int no_field(const struct form_record *r, const char *name,
                    struct err *err)
{
    CLEANUP(buf_fini) struct buf names = BUF_INIT;

    for (size_t i = 0; i < r->field_count; i++)
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", r->fields[i].name);
    return err_set(err, ERR_USAGE, "the record has no field '%.60s'; it has %s",
                   name, buf_str(&names));
}

/* Keyed where nothing was read; corrected where something was. *changed stays
 * when it says so already. */
static int enter(struct form_record *r, const char *given,
                 struct value_years years, size_t *changed, struct err *err)
{
    const char *equals = strchr(given, '=');
    CLEANUP(free) char *name = strndup(given, (size_t)(equals - given));
    struct record_field *field = name == NULL ? NULL : find_field(r, name);
    struct value value = {"", true};
    struct record_field said;

    if (name == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (field == NULL)
        return no_field(r, name, err);
    if (record_field_is_entered(field) && !field->review &&
        strcmp(field->text, equals + 1) == 0)
        return 0;
    if (equals[1] != '\0')
        value = value_read(field->type, equals + 1, years);
    said = *field;
    said.text = strdup(equals + 1);
    said.value = value.meaning;
    said.valid = value.valid;
    said.confidence = 100;
    said.review = false;
    said.origin =
        field->origin == RECORD_UNREAD || field->origin == RECORD_KEYED
            ? RECORD_KEYED
            : RECORD_CORRECTED;
    if (said.text == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (record_field_take(field, &said, err) != 0) {
        free(said.text);
        return -1;
    }
    free(said.text);
    (*changed)++;
    return 0;
}

static int enter_all(const struct correction *c, struct page_records *records,
                     size_t *changed, struct err *err)
{
    struct form_record *r = NULL;

    for (size_t i = 0; i < records->record_count; i++) {
        if (records->records[i].number == c->record)
            r = &records->records[i];
    }
    if (r == NULL)
        return err_set(err, ERR_ABSENT, "there is no record %s", c->id);
    for (int i = 0; i < c->count; i++) {
        if (enter(r, c->fields[i], c->years, changed, err) != 0)
            return -1;
    }
    return 0;
}

static struct value_years years_of(const struct volume *volume)
{
    return (struct value_years){atoi(volume->date_from), atoi(volume->date_to)};
}

static int note(const struct archive *archive, const struct correction *c,
                struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "by=%s fields=", c->by);
    for (int i = 0; i < c->count; i++)
        buf_printf(&detail, "%s%.*s", i > 0 ? "," : "",
                   (int)strcspn(c->fields[i], "="), c->fields[i]);
    return access_open(archive->access, &access, err) != 0
               ? -1
               : audit_note(access, AUDIT_CORRECTION, c->id, buf_str(&detail),
                            err);
}

/* What stands is read when nobody else can change it any more, or two people
 * who enter something on one page would undo each other's work. */
static int commit(const struct archive *archive, struct store *store,
                  const struct volume *volume, const struct correction *c,
                  size_t *changed, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(page_records_free) struct page_records *records = NULL;
    char message[160];

    if (draft_begin(store, volume, &draft, err) != 0 ||
        draft_records(draft, c->number, &records, err) != 0 ||
        enter_all(c, records, changed, err) != 0)
        return -1;
    if (*changed == 0)
        return 0;
    (void)snprintf(message, sizeof(message), "entered by %.64s: %zu fields",
                   c->by, *changed);
    if (note(archive, c, err) != 0 ||
        draft_enter_records(draft, c->number, records, *changed, c->by, err))
        return -1;
    return draft_commit(draft, message, err);
}

/* From now on it is found by what was entered. */
static int index_again(const struct archive *archive, const struct store *store,
                       const char *volume, struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(package_close) struct package *package = NULL;

    if (catalogue_open(archive->catalogue, CATALOGUE_WRITE, &catalogue, err) ||
        package_open(store, volume, &package, err) != 0)
        return -1;
    return catalogue_put(catalogue, package, err);
}

static int correct(const struct context *context, struct correction *c,
                   struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    size_t changed = 0;

    if (parse_id(c, err) != 0 ||
        archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        store_keep_record(store, archive->fixity, err) != 0 ||
        package_open(store, c->volume, &package, err) != 0)
        return -1;
    c->years = years_of(package_volume(package));
    if (commit(archive, store, package_volume(package), c, &changed, err) != 0)
        return -1;
    if (changed == 0) {
        /* Who asks again may have been killed before it was found by that. */
        if (index_again(archive, store, c->volume, err) != 0)
            return -1;
        (void)printf("%s: says that already\n", c->id);
        return EXIT_DONE;
    }
    if (index_again(archive, store, c->volume, err) != 0)
        return -1;
    (void)printf("%s: %zu %s entered\n", c->id, changed,
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
    struct correction c = {.by = user == NULL ? "unknown" : user->pw_name};
    int rc;

    c.fields = calloc((size_t)argc + 1, sizeof(*c.fields));
    if (c.fields == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    rc = argp_parse(&argp, argc, argv, 0, NULL, &c) != 0
             ? err_set(err, ERR_USAGE, "cannot read the arguments")
             : correct(context, &c, err);
    free(c.fields);
    return rc;
}
