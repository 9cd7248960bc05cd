/* SPDX-License-Identifier: MIT */
/*
 * records: what the forms of a volume say, row by row, from its package.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "ocr/record_xml.h"
#include "store/package.h"
#include "tefter/command.h"
#include "tefter/noted.h"
#include "tefter/record_words.h"
#include "tefter/view.h"

struct arguments {
    const char *volume;
    uint32_t page; /* 0: all */
    bool json;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end;
    unsigned long number;

    switch (key) {
    case 'j':
        a->json = true;
        return 0;
    case 'p':
        number = strtoul(arg, &end, 10);
        if (*arg == '\0' || *end != '\0' || number == 0 || number > UINT32_MAX)
            argp_error(state, "--page %s: expected the number of a page", arg);
        a->page = (uint32_t)number;
        return 0;
    case ARGP_KEY_ARG:
        if (a->volume != NULL)
            argp_error(state, "one word too many: '%s'", arg);
        a->volume = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->volume == NULL)
            argp_error(state, "expected a volume");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int show_page(const struct package *package, size_t i, bool json,
                     json_t *list, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;
    const char *page = package_page(package, i)->id;
    char path[PATH_SIZE];

    if (!package_has_records(package, i))
        return 0;
    if (package_records_path(package, i, path, err) != 0 ||
        records_read(path, &records, err) != 0)
        return -1;
    if (json)
        return records_add_json(records, page, list, err);
    records_print(records, page);
    return 0;
}

/* Of all its pages, or of one. */
static int note(const struct archive *archive, const struct arguments *a,
                struct err *err)
{
    char page[ID_SIZE];

    if (a->page > 0 && page_id_format(a->volume, a->page, page, err) != 0)
        return -1;
    return noted(archive, AUDIT_OPEN, false, a->page > 0 ? page : a->volume,
                 "records", err);
}

/* Pages that are asked for, and are there for who asks. */
static int choose(const struct view *v, const struct package *package,
                  const struct arguments *a, bool **out, struct err *err)
{
    size_t all = package_page_count(package), chosen = 0;
    CLEANUP(free) bool *list = calloc(all + 1, sizeof(*list));

    if (list == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    for (size_t i = 0; i < all; i++) {
        const struct page *page = package_page(package, i);

        if (a->page != 0 && page->number != a->page)
            continue;
        list[i] = view_check_page(v, page->id, err) == 0;
        if (!list[i] && err->kind != ERR_ABSENT)
            return -1;
        chosen += list[i];
    }
    if (a->page > 0 && chosen == 0)
        return err_set(err, ERR_ABSENT, "%s has no page %u", a->volume,
                       a->page);
    if (v->is_own && chosen == 0)
        return err_set(err, ERR_ABSENT, "there is no volume %s", a->volume);
    *out = STEAL(list);
    return 0;
}

static int show(const struct context *context, const struct arguments *a,
                struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(json_decref) json_t *list = json_array();
    CLEANUP(free) bool *shown = NULL;

    if (view_open_own(&v, context, NULL, err) != 0 ||
        store_open(v.archive->store, &store, err) != 0 ||
        package_open(store, a->volume, &package, err) != 0 ||
        choose(&v, package, a, &shown, err) != 0 ||
        note(v.archive, a, err) != 0)
        return -1;
    for (size_t i = 0; i < package_page_count(package); i++) {
        if (shown[i] && show_page(package, i, a->json, list, err) != 0)
            return err_add(err, "page %s", package_page(package, i)->id);
    }
    return a->json ? json_print(stdout, list, err) : 0;
}

int command_records(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    static const struct argp_option options[] = {
        {"page", 'p', "N", 0, "of this page only", 0}, JSON_OPTION, {0}};
    static const struct argp argp = {
        options,
        take_argument,
        "VOLUME",
        "Rows of forms: each field with what was read, how surely, and what it "
        "means."
        "\vExample:\n"
        "  tefter records odesos/family-register/1938-012 --page 2",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.volume = NULL};

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    return show(context, &a, err);
}
