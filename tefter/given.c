/* SPDX-License-Identifier: MIT */
#include "tefter/given.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "ocr/alto.h"
#include "ocr/record_xml.h"
#include "search-cgi/pdf_cache.h"
#include "search-cgi/scope.h"

/* What the role may see of the archive. */
struct sight {
    struct catalogue *catalogue;
    struct scope scope;
};

static void sight_fini_at(struct sight *s)
{
    scope_fini(&s->scope);
    catalogue_close(s->catalogue);
}

/* Is it a volume, a page, or a row? */
static int parse_of(struct given *g, char volume[ID_SIZE], struct err *err)
{
    struct volume_id id;

    if (item_parse(g->of, &g->item)) {
        (void)snprintf(volume, ID_SIZE, "%s", g->item.volume);
        return 0;
    }
    memset(&g->item, 0, sizeof(g->item));
    if (volume_id_parse(g->of, &id, err) != 0)
        return -1;
    (void)snprintf(volume, ID_SIZE, "%s", g->of);
    return 0;
}

static int state_ground(const struct given *g,
                        const struct given_request *request, enum action action,
                        struct err *err)
{
    int needs = access_needs_ground(g->access, g->role, action, err);

    if (needs < 0)
        return -1;
    if (request->ground == NULL)
        return needs == 0 ? 0
                          : err_set(err, ERR_USAGE,
                                    "the role %s states why it looks: --ground "
                                    "(`tefter role grounds` lists them) and "
                                    "--case",
                                    g->role);
    return access_state_ground(
        g->access, g->role, request->ground,
        request->case_number == NULL ? "" : request->case_number, err);
}

static int open_sight(struct given *g, const char *role, enum action action,
                      struct sight *s, struct err *err)
{
    if (catalogue_open(g->archive->catalogue, CATALOGUE_READ, &s->catalogue,
                       err) != 0)
        return -1;
    return scope_read(&s->scope, g->archive->conf, g->access, role, action,
                      err);
}

/* Whose account gives it away here: he gives nothing that he does not see
 * himself, and without a role what he sees. */
static int open_giver(struct given *g, enum action action, struct sight *s,
                      bool *has_account, struct err *err)
{
    int found;

    if (access_open(g->archive->access, &g->access, err) != 0)
        return -1;
    found = machine_user_role(g->access, g->giver, err);
    *has_account = found == 1;
    return found != 1 ? found : open_sight(g, g->giver, action, s, err);
}

/* 1: the role may have it; 0: it may not; -1. */
static int may_have(const struct sight *s, const char *page, struct err *err)
{
    struct page_row row = {.number = 0};

    if (s == NULL)
        return 1;
    if (page_show(s->catalogue, &s->scope.search, page, &row, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    page_row_fini(&row);
    return 1;
}

/* @param by, to  who gives it, and who is given it; NULL: everything */
static int choose_pages(struct given *g, const struct sight *by,
                        const struct sight *to, struct err *err)
{
    size_t all = package_page_count(g->package);

    g->pages = calloc(all + 1, sizeof(*g->pages));
    if (g->pages == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    for (size_t i = 0; i < all; i++) {
        const struct page *page = package_page(g->package, i);
        int may;

        if (g->item.number != 0 && page->number != g->item.number)
            continue;
        may = may_have(by, page->id, err);
        if (may == 1)
            may = may_have(to, page->id, err);
        if (may < 0)
            return -1;
        if (may == 1)
            g->pages[g->count++] = i;
        else
            g->withheld++;
    }
    if (g->count > 0)
        return 0;
    if (g->withheld == 0)
        return err_set(err, ERR_ABSENT, "there is no %s", g->of);
    return err_set(
        err, ERR_ABSENT, "the role %s may have nothing of %s%s", g->role, g->of,
        g->item.part != 0 ? "" : "; where it may see rows, name one: PAGE/r03");
}

static int read_item(struct given *g, struct err *err)
{
    size_t i = g->pages[0];
    char path[PATH_SIZE];

    if (package_has_records(g->package, i) &&
        (package_records_path(g->package, i, path, err) != 0 ||
         records_read(path, &g->records, err) != 0))
        return -1;
    return item_check(&g->item, g->records, err);
}

/* The role that it is given to states its ground, and then sees. */
static int open_taker(struct given *g, const struct given_request *request,
                      enum action action, struct sight *s, struct err *err)
{
    if (!role_is_known(request->role))
        return err_set(err, ERR_USAGE,
                       "there is no role '%s'; `tefter role show` lists "
                       "them",
                       request->role);
    return state_ground(g, request, action, err) != 0
               ? -1
               : open_sight(g, request->role, action, s, err);
}

int given_open(struct given *g, const struct context *context,
               const struct given_request *request, struct err *err)
{
    __attribute__((cleanup(sight_fini_at))) struct sight by = {.catalogue =
                                                                   NULL};
    __attribute__((cleanup(sight_fini_at))) struct sight to = {.catalogue =
                                                                   NULL};
    char volume[ID_SIZE];
    enum action action;
    bool has_account;

    *g = (struct given){.of = request->of, .role = request->role};
    if (parse_of(g, volume, err) != 0 ||
        archive_open(context->archive_dir, &g->archive, err) != 0 ||
        store_open(g->archive->store, &g->store, err) != 0)
        return -1;
    action = g->item.part == 0 ? ACTION_VIEW : ACTION_ROW;
    if (open_giver(g, action, &by, &has_account, err) != 0)
        return -1;
    if (g->role == NULL)
        g->role = has_account ? g->giver : "";
    else if (open_taker(g, request, action, &to, err) != 0)
        return -1;
    if (package_open(g->store, volume, &g->package, err) != 0 ||
        choose_pages(g, has_account ? &by : NULL,
                     request->role == NULL ? NULL : &to, err) != 0)
        return -1;
    return g->item.part == 0 ? 0 : read_item(g, err);
}

int given_choose(struct given *g, const char *pages, struct err *err)
{
    size_t kept = 0;

    if (g->item.number != 0)
        return err_set(err, ERR_USAGE, "'%s' is no volume", g->of);
    for (size_t i = 0; i < g->count; i++) {
        if (pdf_pages_have(pages, given_page(g, i)->number))
            g->pages[kept++] = g->pages[i];
    }
    g->count = kept;
    return kept > 0 ? 0
                    : err_set(err, ERR_USAGE, "%s has no pages %.200s", g->of,
                              pages);
}

void given_fini(struct given *g)
{
    page_records_free(g->records);
    free(g->pages);
    access_close(g->access);
    package_close(g->package);
    store_close(g->store);
    archive_close(g->archive);
}

const struct page *given_page(const struct given *g, size_t i)
{
    return package_page(g->package, g->pages[i]);
}

int given_mask(const struct given *g, struct iiif_mask *storage,
               const struct iiif_mask **mask, struct err *err)
{
    *mask = NULL;
    if (g->item.part == 0)
        return 0;
    if (item_mask(&g->item, g->records, storage, err) != 0)
        return -1;
    *mask = storage;
    return 0;
}

static struct quad quad_of(struct rect r)
{
    return (struct quad){{{r.x, r.y},
                          {r.x + r.w, r.y},
                          {r.x + r.w, r.y + r.h},
                          {r.x, r.y + r.h}}};
}

/* Where each word of a field stands is not known: they share its box by their
 * lengths. */
static int add_field(struct page_text *text, const struct record_field *f,
                     struct err *err)
{
    CLEANUP(free) char *copy = strdup(f->text);
    int64_t all = (int64_t)strlen(f->text);
    char *rest = NULL;

    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    if (all == 0 || f->box.w <= 0 || f->box.h <= 0)
        return 0;
    if (page_text_begin_line(text, err) != 0)
        return -1;
    for (char *word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        struct rect r = f->box;

        r.x += (int32_t)(f->box.w * (int64_t)(word - copy) / all);
        r.w = (int32_t)(f->box.w * (int64_t)strlen(word) / all);
        if (page_text_add_word(text, word, f->confidence, quad_of(r), err))
            return -1;
    }
    return 0;
}

static int text_of_item(const struct given *g, const struct page *page,
                        struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();

    if (text == NULL || page_text_begin_block(text, err) != 0)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    text->width_px = page->width_px;
    text->height_px = page->height_px;
    for (size_t i = 0; i < g->records->record_count; i++) {
        const struct form_record *r = &g->records->records[i];

        for (size_t f = 0;
             item_has(&g->item, g->records, i) && f < r->field_count; f++) {
            if (add_field(text, &r->fields[f], err) != 0)
                return -1;
        }
    }
    page_text_finish(text);
    *out = STEAL(text);
    return 0;
}

int given_text(const struct given *g, size_t i, struct page_text **out,
               struct err *err)
{
    CLEANUP(page_text_free) struct page_text *whole = NULL;
    CLEANUP(page_text_free) struct page_text *part = NULL;
    char path[PATH_SIZE];

    if (package_alto_path(g->package, g->pages[i], path, err) != 0 ||
        alto_read(path, &whole, err) != 0)
        return err_add(err, "page %s", given_page(g, i)->id);
    if (g->item.part == 0) {
        *out = STEAL(whole);
        return 0;
    }
    if (text_of_item(g, given_page(g, i), &part, err) != 0)
        return -1;
    part->mirrored = whole->mirrored;
    part->turn_cw_deg = whole->turn_cw_deg;
    *out = STEAL(part);
    return 0;
}

/* What number a record of the page has among those that are given; 0: it is
 * not. */
static uint32_t number_given(const struct given *g, uint32_t number)
{
    uint32_t count = 0;

    for (size_t k = 0; k < g->records->record_count; k++) {
        bool is_given = item_has(&g->item, g->records, k);

        count += is_given;
        if (g->records->records[k].number == number)
            return is_given ? count : 0;
    }
    return 0;
}

static int copy_record(const struct given *g, const struct form_record *from,
                       struct page_records *to, struct err *err)
{
    struct form_record *r = page_records_add(to, from->form, from->kind);

    if (r == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    r->in = number_given(g, from->in);
    r->head = number_given(g, from->head);
    for (size_t f = 0; f < from->field_count; f++) {
        struct record_field field = from->fields[f];

        /* The page's cells are not given: their number would mean nothing. */
        field.cell = 0;
        if (form_record_add(r, &field, err) != 0)
            return -1;
    }
    return 0;
}

int given_records(const struct given *g, size_t i, struct page_records **out,
                  struct err *err)
{
    CLEANUP(page_records_free) struct page_records *some = NULL;
    char path[PATH_SIZE];

    *out = NULL;
    if (g->item.part == 0) {
        if (!package_has_records(g->package, g->pages[i]))
            return 0;
        return package_records_path(g->package, g->pages[i], path, err) != 0
                   ? -1
                   : records_read(path, out, err);
    }
    some = page_records_new();
    if (some == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    for (size_t k = 0; k < g->records->record_count; k++) {
        if (item_has(&g->item, g->records, k) &&
            copy_record(g, &g->records->records[k], some, err) != 0)
            return -1;
    }
    *out = STEAL(some);
    return 0;
}

/* "1-3,5" */
static void list_pages(const struct given *g, struct buf *out)
{
    for (size_t i = 0; i < g->count; i++) {
        size_t last = i;

        while (last + 1 < g->count && given_page(g, last + 1)->number ==
                                          given_page(g, last)->number + 1)
            last++;
        buf_printf(out, "%s%u", i > 0 ? "," : "", given_page(g, i)->number);
        if (last > i)
            buf_printf(out, "-%u", given_page(g, last)->number);
        i = last;
    }
}

int given_note(const struct given *g, const char *as, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "as=%s role=%s version=%u pages=", as, g->role,
               package_version(g->package));
    list_pages(g, &detail);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    return audit_note(g->access, AUDIT_EXPORT, g->of, buf_str(&detail), err);
}
