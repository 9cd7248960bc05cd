/* SPDX-License-Identifier: MIT */
/*
 * Correcting and keying one record: its row on the scan, and each of its fields
 * beside the picture of its own cell. What is changed is entered; what is only
 * ticked is entered as it stands, for somebody has looked at it. Of two who
 * enter something in one field, the later is shown what the earlier did.
 */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/address.h"
#include "search-cgi/correction.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

#define TEXT        "text."
#define WAS         "was."
#define CHECKED     "checked."
#define KEY_SIZE    (RECORD_FIELD_SIZE + 16)
#define CELL_PX     700 /* the picture of a cell, no side longer */
#define CELL_MARGIN 10  /* of its height is shown round it: the 10th part */

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

struct sight {
    struct item item; /* a row's, whether it is an item of its own or not */
    struct page_row page;
    struct volume_rows rows;
    const struct page_records *records;
    size_t at; /* which of them */
};

static void sight_fini_at(struct sight *sight)
{
    page_row_fini_at(&sight->page);
    rows_fini_at(&sight->rows);
}

static int absent(struct err *err)
{
    return err_set(err, ERR_ABSENT, "there is nothing to correct here");
}

/* ---- who may ------------------------------------------------------------- */

/* 1, 0, or -1. What is entered is what a person reads, and what costs money is
 * not to be had by correcting it. */
static int may_correct(struct web *web, const struct request *request,
                       const char *volume, const char *page, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct gate gate;

    if (!request->may[ACTION_CORRECT] || request->is_program)
        return 0;
    if (web_scope(web, request, ACTION_CORRECT, &scope, err) != 0 ||
        web_gate(web, request, page, &gate, err) != 0)
        return -1;
    return gate.state == GATE_FREE && scope_has(&scope, volume);
}

int page_set_correct(struct node root, struct web *web,
                     const struct request *request, const struct item *item,
                     struct err *err)
{
    int may = may_correct(web, request, item->volume, item->page, err);

    if (may == 1)
        model_setf(root, "correct", "/page/%s/correct/", item->page);
    return may < 0 ? -1 : 0;
}

/* ---- what there is ------------------------------------------------------- */

static int find_record(struct sight *sight, struct err *err)
{
    for (size_t i = 0; sight->records != NULL && sight->item.part == 'r' &&
                       i < sight->records->record_count;
         i++) {
        if (sight->records->records[i].number == sight->item.record) {
            sight->at = i;
            return 0;
        }
    }
    return absent(err);
}

static int look(struct web *web, const struct request *request,
                struct sight *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;
    int may;

    *out = (struct sight){.records = NULL};
    if (address_item(request, &out->item, err) != 0)
        return -1;
    may = may_correct(web, request, out->item.volume, out->item.page, err);
    if (may != 1)
        return may < 0 ? -1 : absent(err);
    if (web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, out->item.page, &out->page, err) !=
            0 ||
        volume_show(catalogue, &scope.search, out->item.volume, &out->rows,
                    err) != 0 ||
        item_records(web, &out->item, &out->records, err) != 0)
        return -1;
    return find_record(out, err);
}

/* ---- the page ------------------------------------------------------------ */

/* What was done with what was sent. */
struct outcome {
    const char *problem; /* "conflict", "busy", "text"; "" none */
    bool is_sent;        /* the fields hold what was typed      */
};

static struct rect place_of(const struct page_records *records,
                            const struct record_field *field)
{
    return field->cell == 0 || field->cell > records->cell_count
               ? field->box
               : quad_bounds(records->cells[field->cell - 1].quad);
}

static struct rect with_margin(struct rect r)
{
    int32_t margin = r.h / CELL_MARGIN;
    int32_t left = r.x < margin ? r.x : margin;
    int32_t above = r.y < margin ? r.y : margin;

    return (struct rect){r.x - left, r.y - above, r.w + left + margin,
                         r.h + above + margin};
}

static void add_picture(struct node node, const struct sight *sight,
                        struct rect place, unsigned side_px)
{
    const struct page_row *page = &sight->page;
    bool sideways = page->turn_cw_deg % 180 != 0;

    if (place.w <= 0 || place.h <= 0)
        return;
    place = with_margin(place);
    address_strip(node, "image", page->id,
                  (struct upright){page->mirrored, page->turn_cw_deg}, place,
                  side_px);
    model_setf(node, "width", "%d", sideways ? place.h : place.w);
    model_setf(node, "height", "%d", sideways ? place.w : place.h);
}

/* What a form has for a field; NULL: nothing. */
static const char *sent(const struct request *request, const char *prefix,
                        const char *key)
{
    char name[KEY_SIZE + 16];

    (void)snprintf(name, sizeof(name), "%s%s", prefix, key);
    return param_get(&request->form, name);
}

static void add_typed(struct node node, const struct request *request,
                      const struct record_field *field, const char *key)
{
    const char *typed = sent(request, TEXT, key);
    const char *was = sent(request, WAS, key);

    if (typed == NULL || was == NULL)
        return;
    model_set(node, "typed", typed);
    if (sent(request, CHECKED, key) != NULL)
        model_set(node, "checked", "yes");
    if (strcmp(was, field->text) != 0 && strcmp(typed, field->text) != 0 &&
        (strcmp(typed, was) != 0 || sent(request, CHECKED, key) != NULL))
        model_set(node, "conflict", "yes");
}

static void add_field(struct node parent, const struct request *request,
                      const struct sight *sight, size_t i,
                      const struct outcome *outcome)
{
    const struct form_record *record = &sight->records->records[sight->at];
    const struct record_field *field = &record->fields[i];
    struct node node = model_text(parent, "field", field->text);
    char key[KEY_SIZE];

    correction_field_name(record, i, key);
    model_set(node, "name", field->name);
    model_set(node, "key", key);
    model_setf(node, "number", "%zu", i + 1);
    model_set(node, "type", value_type_name(field->type));
    model_set(node, "origin", record_origin_name(field->origin));
    model_setf(node, "confidence", "%u", field->confidence);
    if (record_field_is_entered(field))
        model_set(node, "entered", "yes");
    if (field->review)
        model_set(node, "review", "yes");
    if (field->review || field->origin == RECORD_UNREAD ||
        page_field_is_doubtful(field))
        model_set(node, "doubtful", "yes");
    if (!field->valid && field->text[0] != '\0')
        model_set(node, "invalid", "yes");
    add_picture(node, sight, place_of(sight->records, field), CELL_PX);
    if (outcome->is_sent)
        add_typed(node, request, field, key);
}

static void add_neighbour(struct node root, const struct sight *sight,
                          const char *attribute, size_t i)
{
    model_setf(root, attribute, "/page/%s/correct/r%02u", sight->item.page,
               sight->records->records[i].number);
}

static void add_place(struct node root, const struct request *request,
                      const struct sight *sight)
{
    const struct form_record *record = &sight->records->records[sight->at];

    model_set(root, "title", sight->rows.items[0].volume->title);
    model_setf(root, "volume-href", "/volume/%s", sight->item.volume);
    model_setf(root, "page-href", "/page/%s", sight->item.page);
    model_setf(root, "number", "%u", sight->page.number);
    model_setf(root, "action", "/page/%s/correct/r%02u", sight->item.page,
               record->number);
    model_set(root, "kind", record->kind);
    model_setf(root, "record", "%u", record->number);
    model_setf(root, "records", "%zu", sight->records->record_count);
    model_set(root, "entered", request_query(request, "entered"));
    model_set(root, "of", request_query(request, "of"));
    if (sight->at > 0)
        add_neighbour(root, sight, "previous", sight->at - 1);
    if (sight->at + 1 < sight->records->record_count)
        add_neighbour(root, sight, "next", sight->at + 1);
}

static int show(struct web *web, const struct request *request,
                const struct sight *sight, const struct outcome *outcome,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    const struct form_record *record = &sight->records->records[sight->at];
    struct node root;

    if (model_new("correct", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    add_place(root, request, sight);
    model_set(root, "problem", outcome->problem);
    add_picture(model_add(root, "row"), sight,
                item_row_bounds(&sight->item, sight->records), PLAIN_IMAGE_PX);
    for (size_t i = 0; i < record->field_count; i++)
        add_field(root, request, sight, i, outcome);
    return view_render(web, request, model, response, err);
}

int page_correct(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    __attribute__((cleanup(sight_fini_at))) struct sight sight;

    if (look(web, request, &sight, err) != 0)
        return -1;
    /* Its cells are looked at by their places on the page. */
    buf_puts(&response->subject, sight.item.page);
    return show(web, request, &sight, &(struct outcome){"", false}, response,
                err);
}

/* ---- entering ------------------------------------------------------------ */

/* Those that were changed or ticked; out has room for all. Names are the
 * caller's. */
static size_t read_fields(const struct request *request,
                          const struct form_record *record,
                          char (*keys)[KEY_SIZE], struct correction_field *out)
{
    size_t count = 0;

    for (size_t i = 0; i < record->field_count; i++) {
        const char *text, *was;

        correction_field_name(record, i, keys[i]);
        text = sent(request, TEXT, keys[i]);
        was = sent(request, WAS, keys[i]);
        if (text == NULL || was == NULL ||
            (strcmp(text, was) == 0 && sent(request, CHECKED, keys[i]) == NULL))
            continue;
        out[count++] = (struct correction_field){keys[i], text, was};
    }
    return count;
}

static int enter(struct web *web, const struct request *request,
                 const struct sight *sight, size_t *changed, struct err *err)
{
    const struct form_record *record = &sight->records->records[sight->at];
    CLEANUP(free)
    char(*keys)[KEY_SIZE] = calloc(record->field_count + 1, sizeof(*keys));
    CLEANUP(free)
    struct correction_field *fields =
        calloc(record->field_count + 1, sizeof(*fields));
    struct correction what = {.by = request->account.identifier,
                              .record = sight->item.id,
                              .fields = fields};
    const struct archive *archive = NULL;
    struct access *access = NULL;

    *changed = 0;
    if (keys == NULL || fields == NULL)
        return err_set(err, ERR_NOMEM, "correction: out of memory");
    what.count = read_fields(request, record, keys, fields);
    if (what.count == 0)
        return 0;
    return web_archive(web, &archive, err) != 0 ||
                   web_access(web, &access, err) != 0
               ? -1
               : correction_enter(archive, access, &what, changed, err);
}

/* To the next record, or back to this one; behind the last to its page. */
static void go_on(const struct request *request, const struct sight *sight,
                  size_t changed, struct response *response)
{
    const struct page_records *records = sight->records;
    bool onward = request_form(request, "onward")[0] != '\0' &&
                  sight->at + 1 < records->record_count;
    char to[ID_SIZE + 128];

    (void)snprintf(to, sizeof(to), "/page/%s/correct/r%02u?entered=%zu&of=%u",
                   sight->item.page,
                   records->records[sight->at + onward].number, changed,
                   records->records[sight->at].number);
    response_redirect(response, to);
}

/* The same page again, with what was typed; NULL: it is no matter of that. */
static const char *problem_of(const struct err *err, struct response *response)
{
    response->status = err->kind == ERR_EXISTS ? 409
                       : err->kind == ERR_BUSY ? 503
                                               : 400;
    return err->kind == ERR_EXISTS  ? "conflict"
           : err->kind == ERR_BUSY  ? "busy"
           : err->kind == ERR_USAGE ? "text"
                                    : NULL;
}

int page_correct_post(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    __attribute__((cleanup(sight_fini_at))) struct sight sight;
    __attribute__((cleanup(sight_fini_at))) struct sight now = {.records =
                                                                    NULL};
    struct outcome outcome = {"", true};
    size_t changed;

    if (look(web, request, &sight, err) != 0)
        return -1;
    if (enter(web, request, &sight, &changed, err) == 0) {
        go_on(request, &sight, changed, response);
        return 0;
    }
    outcome.problem = problem_of(err, response);
    if (outcome.problem == NULL)
        return -1;
    return look(web, request, &now, err) != 0
               ? -1
               : show(web, request, &now, &outcome, response, err);
}
