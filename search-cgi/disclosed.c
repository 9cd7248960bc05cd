/* SPDX-License-Identifier: MIT */
#include "search-cgi/disclosed.h"

#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "ocr/record_xml.h"
#include "search-cgi/item.h"

#define PAGES_MAX 200 /* that one question looks at */
#define MS_IN_S   1000

void disclosed_fini(struct disclosed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        audit_list_fini(&list->items[i].entries);
    free(list->items);
    *list = (struct disclosed_list)DISCLOSED_INIT;
}

const char *disclosed_how(const struct audit_entry *e)
{
    const char *last = strrchr(e->subject, '/');

    if (strcmp(e->kind, "search") == 0)
        return "hits";
    if (strcmp(e->kind, "image") == 0)
        return "picture";
    if (strcmp(e->kind, "export") == 0)
        return "file";
    return last != NULL && last[1] == 'r'   ? "row"
           : last != NULL && last[1] == 'h' ? "household"
                                            : "page";
}

/* The records of the page; *out NULL: they are not known, or the page is not in
 * the store any more. */
static int read_records(const struct disclosed_places *at,
                        const struct item *item, struct page_records **out,
                        struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    long i;

    if (package_open(at->store, item->volume, &package, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    i = package_find(package, item->number);
    if (i < 0 || !package_has_records(package, (size_t)i))
        return 0;
    return package_records_path(package, (size_t)i, path, err) != 0
               ? -1
               : records_read(path, out, err);
}

/* The household that a row stands in; "" none, or the row is one itself. */
static int find_household(const struct disclosed_places *at,
                          const struct item *item, char out[ITEM_SIZE],
                          struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;

    out[0] = '\0';
    if (item->part == 0)
        return 0;
    if (read_records(at, item, &records, err) != 0)
        return -1;
    for (size_t i = 0; records != NULL && i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];

        if (r->number == item->record && r->in != 0)
            (void)snprintf(out, ITEM_SIZE, "%s/h%02u", item->page, r->in);
        else if (r->number == item->record && strcmp(r->kind, "household") == 0)
            (void)snprintf(out, ITEM_SIZE, "%s/h%02u", item->page, r->number);
    }
    return 0;
}

static int add_record(const struct disclosed_places *at, const char *record,
                      const struct audit_filter *days,
                      struct disclosed_list *list, struct err *err)
{
    struct disclosed *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));
    char household[ITEM_SIZE];
    struct item item;

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    list->items = grown;
    if (!item_parse(record, &item))
        return err_set(err, ERR_USAGE, "'%.200s' is no page and no row",
                       record);
    grown += list->count;
    *grown = (struct disclosed){.entries = {NULL, 0}};
    (void)snprintf(grown->record, sizeof(grown->record), "%s", item.id);
    if (find_household(at, &item, household, err) != 0 ||
        audit_shown(at->access,
                    &(struct audit_record){
                        item.page, item.part == 0 ? "" : item.id, household},
                    days, &grown->entries, err) != 0)
        return -1;
    list->count++;
    return 0;
}

/* A misreading of other words is somebody else. */
static int add_hits(const struct disclosed_places *at,
                    const struct search_answer *answer,
                    const struct audit_filter *days,
                    struct disclosed_list *list, struct err *err)
{
    list->is_cut = answer->total > (int64_t)answer->hit_count;
    for (size_t i = 0; i < answer->hit_count; i++) {
        const struct hit *hit = &answer->hits[i];

        if (hit->grade < MATCH_MISREAD &&
            add_record(at, hit->record[0] != '\0' ? hit->record : hit->page,
                       days, list, err) != 0)
            return -1;
    }
    return 0;
}

/* Whoever asks may be told where somebody stands, whatever he may see. */
static int look_for(const struct disclosed_places *at, const char *words,
                    const struct audit_filter *days,
                    struct disclosed_list *list, struct err *err)
{
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    const struct search_request request = {.query = words, .limit = PAGES_MAX};
    struct name_list series = {NULL, 0};
    struct search_scope all;
    int rc = catalogue_series(at->catalogue, &series, err);

    if (rc == 0) {
        all = (struct search_scope){
            .series = (const char *const *)series.names,
            .series_count = series.count,
        };
        rc = search_run(at->catalogue, &all, &request, &answer, err);
    }
    name_list_fini(&series);
    return rc != 0 ? -1 : add_hits(at, answer, days, list, err);
}

int disclosed_find(const struct disclosed_places *at, const char *person,
                   const struct audit_filter *days, struct disclosed_list *out,
                   struct err *err)
{
    CLEANUP(disclosed_fini) struct disclosed_list list = DISCLOSED_INIT;
    struct item item;

    if (person[strspn(person, " \t")] == '\0')
        return err_set(err, ERR_USAGE,
                       "a name, a personal number, or the id of a page or row "
                       "is expected");
    if ((item_parse(person, &item) ? add_record : look_for)(at, person, days,
                                                            &list, err) != 0)
        return -1;
    *out = list;
    list = (struct disclosed_list)DISCLOSED_INIT;
    return 0;
}

int disclosed_csv(const struct disclosed_list *list, struct buf *out,
                  struct err *err)
{
    buf_puts(out, "record,entry,utc,how,who,organisation,role,ground,origin"
                  "\r\n");
    for (size_t i = 0; i < list->count; i++) {
        const struct disclosed *d = &list->items[i];

        for (size_t e = 0; e < d->entries.count; e++) {
            const struct audit_entry *entry = &d->entries.items[e];
            char at[CLOCK_RFC3339_SIZE];

            clock_rfc3339((time_t)(entry->at_utc_ms / MS_IN_S), at);
            csv_text(out, d->record, ",");
            buf_printf(out, "%lld,%s,%s,", (long long)entry->seq, at,
                       disclosed_how(entry));
            csv_text(out, entry->who, ",");
            csv_text(out, entry->organisation, ",");
            csv_text(out, entry->role, ",");
            csv_text(out, entry->ground, ",");
            csv_text(out, entry->origin, "\r\n");
        }
    }
    return out->failed ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
                       : 0;
}
