/* SPDX-License-Identifier: MIT */
#include "ingest/plan.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "common/text.h"
#include "ingest/plan_describe.h"
#include "ingest/plan_folder.h"
#include "ingest/rules.h"

/* No volume is thicker; a larger number is a slip of the pen. */
#define MAX_PAGE 999999u

/* --- rows and files --- */

static int add_missing(struct listing *listing, const struct batch_row *row,
                       struct err *err)
{
    const struct batch_cell *cell = &row->cells[COLUMN_FILE];
    struct scan *scan;

    if (listing_add(listing, cell->text, &scan, err) != 0)
        return -1;
    scan->is_scan = true;
    scan->row = row;
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_MISSING, -1, 0, err,
        BATCH_CSV_NAME ":%u:%u: %s", cell->line, cell->column,
        path_is_safe(cell->text)
            ? "the file is listed, but it is not in the batch folder; add it, "
              "or take it off the list"
            : "what is listed is no path below the batch folder; expected one "
              "as 1938-013/0001.tif, without a / in front, without .. and with "
              "/ between: put the file into the batch folder and list it so");
}

static int match_row(struct listing *listing, struct scan *scan,
                     const struct batch_row *row, struct err *err)
{
    const struct batch_cell *cell = &row->cells[COLUMN_FILE];

    if (scan == NULL || scan->is_list)
        return add_missing(listing, row, err);
    scan->is_scan = true;
    if (scan->row == NULL) {
        scan->row = row;
        return 0;
    }
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_LISTED_TWICE, -1, 0, err,
        BATCH_CSV_NAME ":%u:%u: the file is listed already in "
                       "line %u; which page it is cannot be "
                       "told",
        cell->line, cell->column, scan->row->cells[COLUMN_FILE].line);
}

int plan_match_rows(const struct source *source, struct listing *listing,
                    const struct batch_csv *csv, struct err *err)
{
    size_t count = listing->count; /* listed files that are absent come after */
    CLEANUP(free) size_t *order = listing_by_path(listing);

    if (order == NULL)
        return err_set(err, ERR_NOMEM, "listing: out of memory");
    for (size_t i = 0; i < csv->count; i++) {
        const struct batch_row *row = &csv->rows[i];
        struct scan *scan =
            listing_find(listing, order, count,
                         source_row_path(source, row->cells[COLUMN_FILE].text));

        if (match_row(listing, scan, row, err) != 0)
            return -1;
    }
    return 0;
}

/* --- volumes and numbers --- */

struct volume_plan {
    struct volume *volume;
    const char *folder; /* it was first made of; borrowed, NULL with a list */
    uint32_t next;      /* number of the page after the last one */
    size_t *owner;      /* page number - 1 -> 1 + place in the listing */
    size_t owner_count;
    bool has_pages;
};

struct plan {
    const struct ingest_request *request;
    const char *fallback;
    struct listing *listing;
    struct volume_plan *volumes;
    size_t volume_count;
    struct err *err;
};

static void plan_fini(struct plan *plan)
{
    for (size_t i = 0; i < plan->volume_count; i++) {
        volume_free(plan->volumes[i].volume);
        free(plan->volumes[i].owner);
    }
    free(plan->volumes);
}

static inline void plan_fini_at(struct plan *plan)
{
    plan_fini(plan);
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "batch: out of memory");
}

static int set_text(char **at, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return no_memory(err);
    free(*at);
    *at = copy;
    return 0;
}

/* A slug of the cell, or the default when it is empty. */
static int slug_of(struct scan *scan, enum batch_column column,
                   const char *fallback, char out[SLUG_SIZE], struct err *err)
{
    const char *text = scan_cell(scan, column);
    struct err why;

    out[0] = '\0';
    if (strpbrk(text, "/\\") != NULL)
        return scan_bad_cell(scan, RULE_BATCH_VOLUME, column,
                             "has a slash in it; expected a name alone", err);
    if (slug_from_name(*text == '\0' ? fallback : text, out, &why) == 0)
        return 0;
    out[0] = '\0';
    return scan_bad_cell(scan, RULE_BATCH_VOLUME, column,
                         "has no Latin or Cyrillic letter and no digit", err);
}

/* Leaves id empty when a finding says why. */
static int volume_of_row(const struct plan *p, struct scan *scan,
                         struct volume_id *id)
{
    const char *text = scan_cell(scan, COLUMN_VOLUME);
    struct err why;

    if (strchr(text, '/') != NULL)
        return volume_id_parse(text, id, &why) == 0
                   ? 0
                   : scan_bad_cell(
                         scan, RULE_BATCH_VOLUME, COLUMN_VOLUME,
                         "is not site/series/number, nor a number alone",
                         p->err);
    if (*text == '\0')
        return scan_bad_cell(scan, RULE_BATCH_VOLUME, COLUMN_VOLUME,
                             "is empty; expected the volume's number", p->err);
    return slug_of(scan, COLUMN_VOLUME, "", id->number, p->err) != 0 ||
                   slug_of(scan, COLUMN_SITE, p->request->site, id->site,
                           p->err) != 0 ||
                   slug_of(scan, COLUMN_SERIES, p->request->series, id->series,
                           p->err) != 0
               ? -1
               : 0;
}

static const char *folder_name(const struct plan *p, const struct scan *scan)
{
    return *scan->folder == '\0' ? p->fallback : scan->folder;
}

static int volume_of_folder(const struct plan *p, struct scan *scan,
                            struct volume_id *id)
{
    const char *name = folder_name(p, scan);
    struct err why;

    if (slug_from_name(name, id->number, &why) != 0)
        return rule_broken(scan->rules, &scan->file.findings, RULE_BATCH_VOLUME,
                           -1, 0, p->err, "%s; rename the folder", why.msg);
    (void)snprintf(id->site, sizeof(id->site), "%s", p->request->site);
    (void)snprintf(id->series, sizeof(id->series), "%s", p->request->series);
    return 0;
}

static struct volume_plan *find_volume(struct plan *p, const char *id)
{
    /* Files of a volume mostly come one after the other. */
    for (size_t i = p->volume_count; i > 0; i--) {
        if (strcmp(p->volumes[i - 1].volume->id, id) == 0)
            return &p->volumes[i - 1];
    }
    return NULL;
}

static int add_volume(struct plan *p, const struct scan *scan,
                      const struct volume_id *id, struct volume_plan **out)
{
    struct volume_plan *grown =
        realloc(p->volumes, (p->volume_count + 1) * sizeof(*grown));
    struct volume_plan *v;

    if (grown == NULL)
        return no_memory(p->err);
    p->volumes = grown;
    v = &grown[p->volume_count];
    *v = (struct volume_plan){.volume = volume_new(), .next = 1};
    if (v->volume == NULL)
        return no_memory(p->err);
    p->volume_count++;
    memcpy(v->volume->site, id->site, sizeof(id->site));
    memcpy(v->volume->series, id->series, sizeof(id->series));
    memcpy(v->volume->number, id->number, sizeof(id->number));
    *out = v;
    if (volume_id_format(id->site, id->series, id->number, v->volume->id,
                         p->err) != 0)
        return -1;
    if (scan->row != NULL)
        return 0;
    v->folder = scan->folder;
    return plan_folder(p->request, p->listing,
                       (size_t)(scan - p->listing->scans), v->volume->id,
                       p->err);
}

static bool series_is_known(const struct ingest_request *r, const char *series)
{
    for (size_t i = 0; i < r->series_count; i++) {
        if (strcmp(r->series_known[i], series) == 0)
            return true;
    }
    return r->series_known == NULL;
}

/* Rights are given by series: of a new one, nobody has any. */
static int check_series(const struct plan *p, struct scan *scan,
                        const char *series)
{
    CLEANUP(buf_fini) struct buf known = BUF_INIT;

    if (series_is_known(p->request, series))
        return 0;
    for (size_t i = 0; i < p->request->series_count; i++)
        buf_printf(&known, "%s%s", i == 0 ? "" : ", ",
                   p->request->series_known[i]);
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_SERIES, -1, 0, p->err,
        "the series \"%s\" is new to this archive, which has %s; until rights "
        "are given nobody sees its pages. If it is misspelt, discard the batch "
        "before it is read, and give it again",
        series, buf_str(&known));
}

/* The volume a scan belongs to; NULL when a finding says why not. */
static int place_in_volume(struct plan *p, struct scan *scan,
                           struct volume_plan **out)
{
    struct volume_id id = {"", "", ""};
    char name[ID_SIZE];

    if ((scan->row != NULL ? volume_of_row(p, scan, &id)
                           : volume_of_folder(p, scan, &id)) != 0)
        return -1;
    if (id.site[0] == '\0' || id.series[0] == '\0' || id.number[0] == '\0')
        return 0;
    if (volume_id_format(id.site, id.series, id.number, name, p->err) != 0)
        return -1;
    *out = find_volume(p, name);
    if (*out == NULL && (add_volume(p, scan, &id, out) != 0 ||
                         check_series(p, scan, id.series) != 0))
        return -1;
    if ((*out)->folder != NULL && strcmp((*out)->folder, scan->folder) != 0) {
        const char *other = (*out)->folder;

        *out = NULL;
        return rule_broken(
            scan->rules, &scan->file.findings, RULE_BATCH_VOLUME, -1, 0, p->err,
            "the folders \"%s\" and \"%s\" would both be the "
            "volume %s; rename one of them",
            *other == '\0' ? p->fallback : other, folder_name(p, scan), name);
    }
    memcpy(scan->volume, name, sizeof(name));
    return plan_describe(scan, (*out)->volume, p->err);
}

static bool is_number(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* 12a, IV or 7 verso; what has no letter is a slip. */
static bool is_label(const char *text)
{
    for (; *text != '\0'; text++) {
        if (isalpha((unsigned char)*text) || (*text & 0x80) != 0)
            return true;
    }
    return false;
}

/* Of a list: a number says the place; a label, or nothing, is the place after
 * the last; 0: it is neither. Of a folder it is known. */
static unsigned long place_of(const struct scan *scan,
                              const struct volume_plan *v)
{
    const char *text = scan_cell(scan, COLUMN_PAGE);

    if (scan->row == NULL)
        return scan->number;
    if (is_number(text))
        return strtoul(text, NULL, 10);
    return *text == '\0' || is_label(text) ? v->next : 0;
}

/* Whoever meant a number sees what became of it. */
static int say_label(struct plan *p, struct scan *scan)
{
    const struct batch_cell *cell = &scan->row->cells[COLUMN_PAGE];

    return rule_broken(scan->rules, &scan->file.findings, RULE_BATCH_LABEL, -1,
                       0, p->err,
                       BATCH_CSV_NAME ":%u:%u: page \"%s\" is no number but a "
                                      "label: its place is the next one, %u",
                       cell->line, cell->column, cell->text, scan->number);
}

static int take_place(struct plan *p, struct scan *scan, struct volume_plan *v)
{
    unsigned long number = place_of(scan, v);
    uint32_t pages = scan->image_count > 0 ? (uint32_t)scan->image_count : 1;

    if (number < 1 || number > MAX_PAGE)
        return scan->row == NULL
                   ? rule_broken(scan->rules, &scan->file.findings,
                                 RULE_BATCH_PAGE, -1, 0, p->err,
                                 "more than %u pages in one volume", MAX_PAGE)
                   : scan_bad_cell(
                         scan, RULE_BATCH_PAGE, COLUMN_PAGE,
                         "is not a page number; expected 1 to 999999, or "
                         "a label as 12a",
                         p->err);
    scan->number = (uint32_t)number;
    v->next = scan->number + pages;
    return is_label(scan_cell(scan, COLUMN_PAGE)) ? say_label(p, scan) : 0;
}

static int grow_owners(struct plan *p, struct volume_plan *v, size_t count)
{
    size_t room = v->owner_count == 0 ? 64 : v->owner_count;
    size_t *grown;

    if (count <= v->owner_count)
        return 0;
    while (room < count)
        room *= 2;
    grown = realloc(v->owner, room * sizeof(*grown));
    if (grown == NULL)
        return no_memory(p->err);
    memset(grown + v->owner_count, 0, (room - v->owner_count) * sizeof(*grown));
    v->owner = grown;
    v->owner_count = room;
    return 0;
}

static int say_taken(const struct plan *p, struct scan *scan, size_t place,
                     const struct scan *owner)
{
    const struct batch_cell *cell;

    if (scan->row == NULL)
        return rule_broken(scan->rules, &scan->file.findings,
                           RULE_BATCH_PAGE_TWICE, -1, 0, p->err,
                           "page %zu of %s is the file %s already; give the "
                           "pages in a batch.csv",
                           place, scan->volume, owner->file.name);
    cell = &scan->row->cells[COLUMN_PAGE];
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_PAGE_TWICE, -1, 0, p->err,
        BATCH_CSV_NAME ":%u:%u: page %zu of %s is the file %s "
                       "already",
        cell->line, cell->column, place, scan->volume, owner->file.name);
}

/* Take the places of all its pages, or none and say who has one already. */
static int own_places(struct plan *p, size_t i, struct volume_plan *v)
{
    struct scan *scan = &p->listing->scans[i];
    size_t first = scan->number - 1;
    size_t end = first + scan->image_count;

    if (grow_owners(p, v, end) != 0)
        return -1;
    for (size_t k = first; k < end; k++) {
        if (v->owner[k] == 0)
            continue;
        return say_taken(p, scan, k + 1, &p->listing->scans[v->owner[k] - 1]);
    }
    for (size_t k = first; k < end; k++)
        v->owner[k] = i + 1;
    v->has_pages = v->has_pages || end > first;
    return 0;
}

/* The folder gave it none: it is no page of it, as has been said. */
static bool has_no_place(const struct scan *scan)
{
    return scan->row == NULL && scan->number == 0 && scan_is_rejected(scan);
}

static int plan_scan(struct plan *p, size_t i)
{
    struct scan *scan = &p->listing->scans[i];
    struct volume_plan *v = NULL;

    if (!scan->is_scan || (p->listing->has_csv && scan->row == NULL))
        return 0;
    if (place_in_volume(p, scan, &v) != 0)
        return -1;
    if (v == NULL || has_no_place(scan))
        return 0;
    if (take_place(p, scan, v) != 0)
        return -1;
    return scan_is_rejected(scan) ? 0 : own_places(p, i, v);
}

static int by_row(const void *a, const void *b, void *arg)
{
    const struct listing *l = arg;
    const struct scan *x = &l->scans[*(const size_t *)a];
    const struct scan *y = &l->scans[*(const size_t *)b];

    if (x->row != y->row)
        return x->row == NULL    ? 1
               : y->row == NULL  ? -1
               : x->row < y->row ? -1
                                 : 1;
    return x < y ? -1 : x > y;
}

static int by_id(const void *a, const void *b)
{
    const struct volume *const *x = a;
    const struct volume *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

static int finish_volume(const struct plan *p, struct volume_plan *v)
{
    CLEANUP(free) char *name = NULL;

    if (*v->volume->title != '\0')
        return 0;
    if (*p->request->title != '\0')
        return set_text(&v->volume->title, p->request->title, p->err);
    if (v->folder == NULL)
        return set_text(&v->volume->title, v->volume->number, p->err);
    name = text_visible(*v->folder == '\0' ? p->fallback : v->folder);
    return name == NULL ? no_memory(p->err)
                        : set_text(&v->volume->title, name, p->err);
}

static int hand_over(struct plan *p, struct batch *batch)
{
    batch->volumes = calloc(p->volume_count + 1, sizeof(*batch->volumes));
    if (batch->volumes == NULL)
        return no_memory(p->err);
    for (size_t i = 0; i < p->volume_count; i++) {
        if (!p->volumes[i].has_pages)
            continue;
        if (finish_volume(p, &p->volumes[i]) != 0)
            return -1;
        batch->volumes[batch->volume_count++] = STEAL(p->volumes[i].volume);
    }
    qsort(batch->volumes, batch->volume_count, sizeof(*batch->volumes), by_id);
    return 0;
}

int plan_pages(const struct ingest_request *request, const char *fallback,
               struct listing *listing, struct batch *batch, struct err *err)
{
    CLEANUP(plan_fini)
    struct plan p = {.request = request,
                     .fallback = fallback,
                     .listing = listing,
                     .err = err};
    CLEANUP(free)
    size_t *order = calloc(listing->count + 1, sizeof(*order));

    if (order == NULL)
        return no_memory(err);
    for (size_t i = 0; i < listing->count; i++)
        order[i] = i;
    qsort_r(order, listing->count, sizeof(*order), by_row, listing);
    for (size_t i = 0; i < listing->count; i++) {
        if (plan_scan(&p, order[i]) != 0)
            return -1;
    }
    return hand_over(&p, batch);
}
