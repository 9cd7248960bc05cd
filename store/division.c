/* SPDX-License-Identifier: MIT */
#include "store/division.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"

/* The field of that name holds the number of the file that a form is of. */
#define FILE_FIELD "file"

void division_list_fini(struct division_list *list)
{
    free(list->items);
    *list = (struct division_list){NULL, 0};
}

static struct division *add(struct division_list *list)
{
    size_t count = list->count + 1;
    struct division *grown = reallocarray(list->items, count, sizeof(*grown));

    if (grown == NULL)
        return NULL;
    list->items = grown;
    list->count = count;
    grown += count - 1;
    memset(grown, 0, sizeof(*grown));
    return grown;
}

static bool is_division(const struct page_records *records, size_t i)
{
    const struct form_record *r = &records->records[i];
    size_t in_none = 0;

    if (r->in != 0)
        return false;
    for (size_t k = 0; k < records->record_count; k++) {
        if (records->records[k].in == r->number)
            return true;
        in_none += records->records[k].in == 0;
    }
    return in_none == 1;
}

int divisions_of_records(const struct page_records *records,
                         struct division_list *out, struct err *err)
{
    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];
        const struct record_field *file = form_record_get(r, FILE_FIELD);
        struct division *d;

        if (!is_division(records, i))
            continue;
        d = add(out);
        if (d == NULL)
            return err_set(err, ERR_NOMEM, "divisions: out of memory");
        memcpy(d->kind, r->kind, sizeof(d->kind));
        memcpy(d->form, r->form, sizeof(d->form));
        if (file != NULL && strlen(file->text) < sizeof(d->file))
            (void)snprintf(d->file, sizeof(d->file), "%s", file->text);
    }
    return 0;
}

json_t *divisions_to_json(const struct division_list *list)
{
    json_t *json = json_array();

    for (size_t i = 0; i < list->count; i++) {
        const struct division *d = &list->items[i];

        if (json_array_append_new(json, json_pack("{s:s, s:s, s:s}", "kind",
                                                  d->kind, "form", d->form,
                                                  "file", d->file)) != 0) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}

static bool take(const json_t *object, const char *key, char *out, size_t size)
{
    const char *text = json_get_text(object, key, NULL);

    return text != NULL && snprintf(out, size, "%s", text) < (int)size;
}

int divisions_from_json(const json_t *json, struct division_list *out,
                        struct err *err)
{
    const json_t *object;
    size_t i;

    json_array_foreach(json, i, object)
    {
        struct division *d = add(out);

        if (d == NULL)
            return err_set(err, ERR_NOMEM, "divisions: out of memory");
        if (!take(object, "kind", d->kind, sizeof(d->kind)) ||
            !take(object, "form", d->form, sizeof(d->form)) ||
            !take(object, "file", d->file, sizeof(d->file)))
            return err_set(err, ERR_INPUT,
                           "division %zu: 'kind', 'form' and 'file' are "
                           "expected",
                           i + 1);
    }
    return 0;
}

static bool goes_on(const struct division *a, const struct division *b)
{
    return a->file[0] != '\0' && strcmp(a->file, b->file) == 0 &&
           strcmp(a->kind, b->kind) == 0 && strcmp(a->form, b->form) == 0;
}

int divisions_join(const struct division_list *const *pages, size_t page_count,
                   struct volume_division **out, size_t *count, struct err *err)
{
    struct volume_division *all = NULL;
    size_t most = 0, n = 0;

    for (size_t p = 0; p < page_count; p++)
        most += pages[p]->count;
    *out = NULL;
    *count = 0;
    if (most == 0)
        return 0;
    all = calloc(most, sizeof(*all));
    if (all == NULL)
        return err_set(err, ERR_NOMEM, "divisions: out of memory");
    for (size_t p = 0; p < page_count; p++) {
        for (size_t i = 0; i < pages[p]->count; i++) {
            const struct division *d = &pages[p]->items[i];

            if (i == 0 && n > 0 && all[n - 1].last + 1 == p &&
                goes_on(all[n - 1].what, d))
                all[n - 1].last = p;
            else
                all[n++] = (struct volume_division){d, p, p};
        }
    }
    *out = all;
    *count = n;
    return 0;
}
