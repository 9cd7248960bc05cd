/* SPDX-License-Identifier: MIT */
#include "search-cgi/correction.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "index/catalogue.h"
#include "store/package.h"

/* Where the record is. */
struct place {
    char page[ID_SIZE], volume[ID_SIZE];
    uint32_t number, record;
};

static int find_place(const char *id, struct place *out, struct err *err)
{
    const char *last = strrchr(id, '/');
    char *end = NULL;

    if (last == NULL || last[1] != 'r' || last[2] < '0' || last[2] > '9')
        return err_set(err, ERR_USAGE,
                       "'%s' is no record; `tefter records VOLUME` lists them, "
                       "as PAGE/r03",
                       id);
    out->record = (uint32_t)strtoul(last + 2, &end, 10);
    if (*end != '\0' || last - id >= ID_SIZE)
        return err_set(err, ERR_USAGE, "'%s' is no record", id);
    (void)snprintf(out->page, sizeof(out->page), "%.*s", (int)(last - id), id);
    return page_id_parse(out->page, out->volume, &out->number, err);
}

void correction_field_name(const struct form_record *r, size_t field,
                           char out[RECORD_FIELD_SIZE + 16])
{
    const char *name = r->fields[field].name;
    unsigned nth = 1;

    for (size_t i = 0; i < field; i++)
        nth += strcmp(r->fields[i].name, name) == 0;
    if (nth == 1)
        (void)snprintf(out, RECORD_FIELD_SIZE + 16, "%.*s",
                       RECORD_FIELD_SIZE - 1, name);
    else
        (void)snprintf(out, RECORD_FIELD_SIZE + 16, "%.*s %u",
                       RECORD_FIELD_SIZE - 1, name, nth);
}

static struct record_field *find_field(struct form_record *r, const char *name)
{
    char own[RECORD_FIELD_SIZE + 16];

    for (size_t i = 0; i < r->field_count; i++) {
        correction_field_name(r, i, own);
        if (strcmp(own, name) == 0)
            return &r->fields[i];
    }
    return NULL;
}

static int no_field(const struct form_record *r, const char *name,
                    struct err *err)
{
    CLEANUP(buf_fini) struct buf names = BUF_INIT;
    char own[RECORD_FIELD_SIZE + 16];

    for (size_t i = 0; i < r->field_count; i++) {
        correction_field_name(r, i, own);
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", own);
    }
    return err_set(err, ERR_USAGE, "the record has no field '%.60s'; it has %s",
                   name, buf_str(&names));
}

/* One line, as a cell of a form is read. */
static int check_text(const struct correction_field *f, struct err *err)
{
    if (strlen(f->text) > CORRECTION_MOST)
        return err_set(err, ERR_USAGE, "%.60s: longer than %d bytes", f->name,
                       CORRECTION_MOST);
    for (const char *c = f->text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return err_set(err, ERR_USAGE, "%.60s: is not one line of text",
                           f->name);
    }
    return 0;
}

/* Keyed where nothing was read; corrected where something was. *changed stays
 * when it says so already. */
static int enter(struct form_record *r, const struct correction_field *given,
                 struct value_years years, size_t *changed, struct err *err)
{
    struct record_field *field = find_field(r, given->name);
    struct value value = {"", true};
    struct record_field said;
    int rc;

    if (field == NULL)
        return no_field(r, given->name, err);
    if (record_field_is_entered(field) && !field->review &&
        strcmp(field->text, given->text) == 0)
        return 0;
    if (given->was != NULL && strcmp(field->text, given->was) != 0)
        return err_set(err, ERR_EXISTS,
                       "%.60s: somebody else has entered something meanwhile",
                       given->name);
    if (given->text[0] != '\0')
        value = value_read(field->type, given->text, years);
    said = *field;
    said.text = strdup(given->text);
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
    rc = record_field_take(field, &said, err);
    free(said.text);
    *changed += rc == 0;
    return rc;
}

static int enter_all(const struct correction *what, const struct place *at,
                     struct value_years years, struct page_records *records,
                     size_t *changed, struct err *err)
{
    struct form_record *r = NULL;

    for (size_t i = 0; i < records->record_count; i++) {
        if (records->records[i].number == at->record)
            r = &records->records[i];
    }
    if (r == NULL)
        return err_set(err, ERR_ABSENT, "there is no record %s", what->record);
    for (size_t i = 0; i < what->count; i++) {
        if (check_text(&what->fields[i], err) != 0 ||
            enter(r, &what->fields[i], years, changed, err) != 0)
            return -1;
    }
    return 0;
}

static struct value_years years_of(const struct volume *volume)
{
    return (struct value_years){atoi(volume->date_from), atoi(volume->date_to)};
}

static int note(struct access *access, const struct correction *what,
                struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "by=%s fields=", what->by);
    for (size_t i = 0; i < what->count; i++)
        buf_printf(&detail, "%s%s", i > 0 ? "," : "", what->fields[i].name);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "out of memory");
    return audit_note(access, AUDIT_CORRECTION, what->record, buf_str(&detail),
                      err);
}

static int commit(struct access *access, struct store *store,
                  const struct volume *volume, const struct correction *what,
                  const struct place *at, size_t *changed, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(page_records_free) struct page_records *records = NULL;
    char message[160];

    if (draft_begin(store, volume, &draft, err) != 0 ||
        draft_records(draft, at->number, &records, err) != 0 ||
        enter_all(what, at, years_of(volume), records, changed, err) != 0)
        return -1;
    if (*changed == 0)
        return 0;
    (void)snprintf(message, sizeof(message), "entered by %.64s: %zu fields",
                   what->by, *changed);
    if (note(access, what, err) != 0 ||
        draft_enter_records(draft, at->number, records, *changed, what->by,
                            err) != 0)
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

int correction_enter(const struct archive *archive, struct access *access,
                     const struct correction *what, size_t *changed,
                     struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    struct place at;

    *changed = 0;
    if (find_place(what->record, &at, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        store_keep_record(store, archive->fixity, err) != 0 ||
        package_open(store, at.volume, &package, err) != 0 ||
        commit(access, store, package_volume(package), what, &at, changed,
               err) != 0)
        return -1;
    /* Also where nothing changed: who entered it may have been killed before it
     * was found by that. */
    return index_again(archive, store, at.volume, err);
}
