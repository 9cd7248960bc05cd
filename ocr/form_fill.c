/* SPDX-License-Identifier: MIT */
#include "ocr/form_fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "ocr/form_rows.h"
#include "ocr/record_cells.h"

#define ROW_KIND  "row"
#define PAGE_KIND "page"
/* A sum's row says so with so much likeness. */
#define TOTAL_ENOUGH 0.75
/* Of the filled cells of a row that counts the columns, so many do. */
#define COUNTING_SHARE 0.5
/* A row that goes on with the one before fills no more cells than these. */
#define GOES_ON_MOST 2
/* What a number of a row, or of a column, may be long as read, in bytes. */
#define SHORT_BYTES 4

/* Filling the records of one leaf. */
struct filling {
    const struct leaf *leaf;
    const struct match *match;
    const struct rows *rows;
    struct page_records *out;
    uint32_t page;   /* number of the leaf's own record; 0: none yet */
    uint32_t family; /* that rows belong to; 0: to none              */
    bool has_head;   /* of that family                               */
};

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "form: out of memory");
}

static const char *form_id(const struct filling *f)
{
    return f->match->form == NULL ? FORM_UNKNOWN : f->match->form->id;
}

static struct value_years years_of(const struct filling *f)
{
    return f->match->form == NULL ? (struct value_years){0, 0}
                                  : f->match->form->years;
}

/* Pieces that make one field. */
struct words {
    const struct leaf_piece *const *at;
    size_t count;
};

static char *words_text(struct words words)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    buf_puts(&out, "");
    for (size_t i = 0; i < words.count; i++) {
        if (words.at[i]->word == NULL)
            continue;
        if (out.len > 0)
            buf_puts(&out, " ");
        buf_puts(&out, words.at[i]->word->text);
    }
    return out.failed ? NULL : strdup(buf_str(&out));
}

static bool words_have(struct words words, bool unread)
{
    for (size_t i = 0; i < words.count; i++) {
        if ((words.at[i]->word == NULL) == unread)
            return true;
    }
    return false;
}

/* The chance that all of them are right. */
static unsigned words_sure(struct words words)
{
    double sure = 100;

    for (size_t i = 0; i < words.count; i++) {
        if (words.at[i]->word != NULL)
            sure *= words.at[i]->word->confidence / 100.0;
    }
    return (unsigned)lround(sure);
}

/* Level bounds as a box on the master. */
static struct rect box_of(const struct filling *f, struct span x, struct span y)
{
    struct rect level = {(int32_t)x.from, (int32_t)y.from,
                         (int32_t)(x.to - x.from), (int32_t)(y.to - y.from)};

    return quad_bounds(
        affine_quad(affine_inverse(f->leaf->text->to_level), level));
}

/* Round words that stand in no cell. */
static struct rect box_round(struct words words)
{
    struct rect all = {0, 0, 0, 0};

    for (size_t i = 0; i < words.count; i++) {
        struct rect r;

        if (words.at[i]->word == NULL)
            continue;
        r = quad_bounds(words.at[i]->word->quad);
        if (all.w == 0) {
            all = r;
            continue;
        }
        all.w = (all.x + all.w > r.x + r.w ? all.x + all.w : r.x + r.w);
        all.h = (all.y + all.h > r.y + r.h ? all.y + all.h : r.y + r.h);
        all.x = all.x < r.x ? all.x : r.x;
        all.y = all.y < r.y ? all.y : r.y;
        all.w -= all.x;
        all.h -= all.y;
    }
    return all;
}

/* Where a field lies. */
struct spot {
    struct rect box;
    uint32_t cell; /* of the page's, from 1; 0: none */
};

static int add_field(const struct filling *f, uint32_t record,
                     const struct form_part *part, struct words words,
                     struct spot spot, struct err *err)
{
    CLEANUP(free) char *text = words_text(words);
    struct value value = {.valid = false};
    bool is_unread;
    struct record_field field;

    if (text == NULL)
        return no_memory(err);
    is_unread = text[0] == '\0';
    if (is_unread && !words_have(words, true))
        return 0;
    if (!is_unread)
        value = value_read(part->type, text, years_of(f));
    /* Of what was read in part nobody knows what all of it says. */
    if (!is_unread && words_have(words, true))
        value = (struct value){.valid = false};
    field = (struct record_field){
        .name = (char *)(uintptr_t)part->field,
        .type = part->type,
        .text = text,
        .value = value.meaning,
        .valid = value.valid,
        .confidence = is_unread ? 0 : words_sure(words),
        .origin = is_unread ? RECORD_UNREAD : RECORD_OCR,
        .box = spot.cell == 0 ? box_round(words) : spot.box,
        .cell = spot.cell};
    return form_record_add(&f->out->records[record - 1], &field, err);
}

/* How many of the words are the date they begin with. */
static size_t date_words(struct words words)
{
    CLEANUP(free) char *text = words_text(words);
    size_t prefix = text == NULL ? 0 : value_date_prefix(text);
    size_t at = 0;

    for (size_t i = 0; i < words.count && prefix > 0; i++) {
        if (words.at[i]->word == NULL)
            continue;
        if (at >= prefix)
            return i;
        at += strlen(words.at[i]->word->text) + 1;
    }
    return prefix > 0 ? words.count : 0;
}

/* Where a place's kind stands that a date that was misread ends before. */
static size_t place_words(struct words words)
{
    static const char *const kinds[] = {"гр.", "с.", "гр", "с", "гр,", "с,"};

    for (size_t i = 1; i < words.count; i++) {
        for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
            if (words.at[i]->word != NULL &&
                strcmp(words.at[i]->word->text, kinds[k]) == 0)
                return i;
        }
    }
    return words.count;
}

/* A date, and behind it the rest. */
static int add_dated(const struct filling *f, uint32_t record,
                     const struct form_column *column, struct words words,
                     struct spot spot, struct err *err)
{
    size_t first = date_words(words);

    if (!words_have(words, false)) /* unread: so is the rest */
        return add_field(f, record, &column->part, words, spot, err);
    if (first == 0)
        first = place_words(words);
    if (add_field(f, record, &column->part, (struct words){words.at, first},
                  spot, err) != 0)
        return -1;
    return add_field(f, record, &column->rest,
                     (struct words){words.at + first, words.count - first},
                     spot, err);
}

static int add_slot(const struct filling *f, uint32_t record,
                    const struct row *row, size_t column, struct err *err)
{
    const struct match_column *m = &f->match->table.columns[column];
    const struct row_slot *slot = &row->slots[column];
    struct words words = {slot->pieces, slot->count};
    struct spot spot = {box_of(f, m->x, row->y), 0};
    struct form_part part = {.type = m->type};

    if (slot->count == 0)
        return 0;
    if (slot->cell > 0) {
        const struct leaf_cell *cell = &f->leaf->cells[slot->cell - 1];

        spot.cell = cell->number;
        spot.box = box_of(f, m->x,
                          (struct span){fmax(cell->y.from, row->y.from),
                                        fmin(cell->y.to, row->y.to)});
    }
    if (m->column != NULL && m->column->rest.field[0] != '\0')
        return add_dated(f, record, m->column, words, spot, err);
    if (m->column != NULL)
        return add_field(f, record, &m->column->part, words, spot, err);
    /* Its own heading may be longer than a name of a form's field. */
    if (strlen(m->name) < sizeof(part.field)) {
        (void)snprintf(part.field, sizeof(part.field), "%s", m->name);
        return add_field(f, record, &part, words, spot, err);
    }
    (void)snprintf(part.field, sizeof(part.field), "column %zu", column + 1);
    return add_field(f, record, &part, words, spot, err);
}

/* What stands in a slot, "" when nothing does. NULL: out of memory. */
static char *slot_text(const struct row *row, size_t column)
{
    return words_text(
        (struct words){row->slots[column].pieces, row->slots[column].count});
}

static bool row_is_empty(const struct filling *f, const struct row *row)
{
    for (size_t i = 0; i < f->match->table.count; i++) {
        const struct match_column *m = &f->match->table.columns[i];
        bool is_order = m->column != NULL && m->column->role == FORM_ORDER;

        /* A number alone is printed in forms before anybody fills them. */
        if (row->slots[i].count > 0 && !is_order)
            return false;
    }
    return true;
}

/* Rows of columns' numbers, 1 2 3 ..., stand below headings. */
static bool row_counts_columns(const struct filling *f, const struct row *row)
{
    size_t filled = 0, counting = 0;

    for (size_t i = 0; i < f->match->table.count; i++) {
        CLEANUP(free) char *text = slot_text(row, i);

        if (text == NULL || text[0] == '\0')
            continue;
        if (strlen(text) > SHORT_BYTES)
            return false;
        filled++;
        counting += strtoul(text, NULL, 10) == i + 1;
    }
    return filled >= 3 && (double)counting >= COUNTING_SHARE * (double)filled;
}

/* Is it the row of the sum? It goes into the page's own record. */
static bool row_is_total(const struct filling *f, const struct row *row)
{
    const struct form *form = f->match->form;

    for (size_t i = 0; form != NULL && form->total.field[0] != '\0' &&
                       i < f->match->table.count;
         i++) {
        CLEANUP(free) char *text = slot_text(row, i);
        struct likeness_key key;

        if (text == NULL)
            return false;
        likeness_key(text, LIKENESS_PLAIN, &key);
        for (size_t k = 0; k < form->total_texts.count; k++) {
            if (likeness(&key, &form->total_texts.at[k].key, TOTAL_ENOUGH) > 0)
                return true;
        }
    }
    return false;
}

static int new_record(struct filling *f, const char *kind, uint32_t *number,
                      struct err *err)
{
    const struct form_record *record =
        page_records_add(f->out, form_id(f), kind);

    if (record == NULL)
        return no_memory(err);
    *number = record->number;
    return 0;
}

static int page_record(struct filling *f, struct err *err)
{
    const struct form *form = f->match->form;

    if (f->page > 0 || (form != NULL && form->page_record[0] == '\0'))
        return 0;
    if (new_record(f, form == NULL ? PAGE_KIND : form->page_record, &f->page,
                   err) != 0)
        return -1;
    f->family = f->page;
    return 0;
}

static int add_total(struct filling *f, const struct row *row, struct err *err)
{
    const struct form *form = f->match->form;

    if (page_record(f, err) != 0)
        return -1;
    for (size_t i = 0; f->page > 0 && i < f->match->table.count; i++) {
        const struct match_column *m = &f->match->table.columns[i];
        const struct row_slot *slot = &row->slots[i];
        struct spot spot = {box_of(f, m->x, row->y), 0};

        if (strcmp(m->name, form->total_column) != 0 || m->column == NULL)
            continue;
        if (slot->cell > 0)
            spot.cell = f->leaf->cells[slot->cell - 1].number;
        return add_field(f, f->page, &form->total,
                         (struct words){slot->pieces, slot->count}, spot, err);
    }
    return 0;
}

/* The column of the rows' numbers; of a form that nobody described, the
 * first. */
static size_t order_column(const struct match_table *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->columns[i].column != NULL &&
            m->columns[i].column->role == FORM_ORDER)
            return i;
    }
    return 0;
}

/* The first column that names somebody or something. */
static size_t naming_column(const struct match_table *m)
{
    size_t order = order_column(m);

    for (size_t i = 0; i < m->count; i++) {
        if (m->columns[i].type == VALUE_NAME)
            return i;
    }
    return order == 0 && m->count > 1 ? 1 : 0;
}

/* Does a row go on with the one before: has it no number, no whole name, and
 * little else? */
static bool row_goes_on(const struct filling *f, const struct row *row)
{
    const struct match_table *m = &f->match->table;
    const struct row_slot *naming = &row->slots[naming_column(m)];
    size_t filled = 0;

    for (size_t i = 0; i < m->count; i++)
        filled += row->slots[i].count > 0;
    return row->slots[order_column(m)].count == 0 && naming->count < 2 &&
           filled <= GOES_ON_MOST &&
           !words_have((struct words){naming->pieces, naming->count}, true);
}

static struct rect rect_round(struct rect a, struct rect b)
{
    int32_t right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    int32_t bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    struct rect all = {a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, 0, 0};

    all.w = right - all.x;
    all.h = bottom - all.y;
    return all;
}

/* What a row adds to the record before: its text goes on in the same fields.
 * One record at a time: the row's own is made, and joined to the last. */
static int join_fields(const struct filling *f, struct form_record *to,
                       const struct form_record *from, struct err *err)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const struct record_field *more = &from->fields[i];
        struct record_field *field = NULL;
        struct value value;
        char *text;

        for (size_t k = 0; k < to->field_count; k++) {
            if (strcmp(to->fields[k].name, more->name) == 0)
                field = &to->fields[k];
        }
        if (field == NULL) {
            if (form_record_add(to, more, err) != 0)
                return -1;
            continue;
        }
        if (asprintf(&text, "%s%s%s", field->text,
                     field->text[0] == '\0' || more->text[0] == '\0' ? "" : " ",
                     more->text) < 0)
            return no_memory(err);
        free(field->text);
        field->text = text;
        field->box = rect_round(field->box, more->box);
        field->confidence = field->confidence * more->confidence / 100;
        value = value_read(field->type, text, years_of(f));
        field->valid = value.valid && field->origin == RECORD_OCR &&
                       more->origin == RECORD_OCR;
        free(field->value);
        field->value = strdup(field->valid ? value.meaning : "");
        if (field->value == NULL)
            return no_memory(err);
    }
    return 0;
}

static void drop_last(struct page_records *out)
{
    struct form_record *last = &out->records[--out->record_count];

    for (size_t i = 0; i < last->field_count; i++) {
        free(last->fields[i].name);
        free(last->fields[i].text);
        free(last->fields[i].value);
    }
    free(last->fields);
}

static bool is_head(const struct filling *f, const struct form_record *record)
{
    const struct form *form = f->match->form;

    for (size_t i = 0; form != NULL && i < form->column_count; i++) {
        const struct record_field *field;

        if (form->columns[i].role != FORM_HEAD)
            continue;
        field = form_record_get(record, form->columns[i].part.field);
        return field != NULL && field->valid &&
               strcmp(field->value[0] != '\0' ? field->value : field->text,
                      "глава") == 0;
    }
    return false;
}

/* A second head on a leaf begins another family, in front of him. */
static int new_family(struct filling *f, uint32_t *number, struct err *err)
{
    struct form_record head = f->out->records[*number - 1];
    uint32_t family = 0;

    f->out->record_count--; /* its fields go on in `head` */
    if (new_record(f, f->match->form->page_record, &family, err) != 0) {
        f->out->record_count++;
        return -1;
    }
    if (new_record(f, head.kind, number, err) != 0) {
        free(head.fields);
        return -1;
    }
    f->out->records[*number - 1].fields = head.fields;
    f->out->records[*number - 1].field_count = head.field_count;
    f->family = family;
    return 0;
}

static int join_family(struct filling *f, uint32_t number, struct err *err)
{
    bool heads = is_head(f, &f->out->records[number - 1]);

    if (heads && f->has_head && f->family > 0 &&
        new_family(f, &number, err) != 0)
        return -1;
    f->out->records[number - 1].in = f->family;
    if (heads) {
        f->has_head = true;
        if (f->family > 0)
            f->out->records[f->family - 1].head = number;
    }
    return 0;
}

static int add_row(struct filling *f, const struct row *row, uint32_t *last,
                   struct err *err)
{
    const struct form *form = f->match->form;
    bool goes_on = *last > 0 && row_goes_on(f, row);
    uint32_t number = 0;

    if (new_record(f, form == NULL ? ROW_KIND : form->row_record, &number,
                   err) != 0)
        return -1;
    for (size_t i = 0; i < f->match->table.count; i++) {
        if (add_slot(f, number, row, i, err) != 0)
            return -1;
    }
    if (goes_on) {
        int rc = join_fields(f, &f->out->records[*last - 1],
                             &f->out->records[number - 1], err);

        drop_last(f->out);
        return rc;
    }
    if (join_family(f, number, err) != 0)
        return -1;
    *last = (uint32_t)f->out->record_count;
    return 0;
}

static int add_rows(struct filling *f, struct err *err)
{
    uint32_t last = 0;

    for (size_t i = 0; i < f->rows->count; i++) {
        const struct row *row = &f->rows->at[i];
        int rc;

        if (row_is_empty(f, row) || (i < 2 && row_counts_columns(f, row)))
            continue;
        if (f->match->form != NULL && page_record(f, err) != 0)
            return -1;
        rc = row_is_total(f, row) ? add_total(f, row, err)
                                  : add_row(f, row, &last, err);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static int add_label(struct filling *f, const struct match_label *label,
                     struct err *err)
{
    CLEANUP(free)
    const struct leaf_piece **pieces =
        calloc(label->count + 1, sizeof(struct leaf_piece *));
    struct spot spot = {{0, 0, 0, 0}, 0};

    if (pieces == NULL)
        return no_memory(err);
    for (size_t i = 0; i < label->count; i++)
        pieces[i] = &f->leaf->pieces[label->first + i];
    if (label->cell > 0) {
        const struct leaf_cell *cell = &f->leaf->cells[label->cell - 1];

        spot = (struct spot){box_of(f, cell->x, cell->y), cell->number};
    }
    if (label->count == 0)
        return 0;
    if (page_record(f, err) != 0)
        return -1;
    return add_field(f, f->page, &label->label->part,
                     (struct words){pieces, label->count}, spot, err);
}

/* A cell of a form without a table that nobody described: the line it begins
 * with is its caption. */
static int add_captioned(struct filling *f, const struct leaf_cell *cell,
                         struct err *err)
{
    const struct leaf_piece *pieces = f->leaf->pieces + cell->first;
    CLEANUP(free)
    const struct leaf_piece **rest =
        calloc(cell->count + 1, sizeof(struct leaf_piece *));
    CLEANUP(free) char *caption = NULL;
    struct form_part part = {.type = VALUE_TEXT};
    size_t first = 1;

    if (rest == NULL)
        return no_memory(err);
    while (first < cell->count && pieces[first].line == pieces[0].line)
        first++;
    if (first >= cell->count || pieces[0].word == NULL)
        return 0;
    for (size_t i = first; i < cell->count; i++)
        rest[i - first] = &pieces[i];
    caption = pieces_text(pieces, first);
    if (caption == NULL)
        return no_memory(err);
    if (strlen(caption) >= sizeof(part.field))
        return 0;
    (void)snprintf(part.field, sizeof(part.field), "%s", caption);
    if (page_record(f, err) != 0)
        return -1;
    return add_field(
        f, f->page, &part, (struct words){rest, cell->count - first},
        (struct spot){box_of(f, cell->x, cell->y), cell->number}, err);
}

static int fill_leaf(struct filling *f, struct err *err)
{
    for (size_t i = 0; i < f->match->label_count; i++) {
        if (add_label(f, &f->match->labels[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; f->match->form == NULL && f->match->table.count == 0 &&
                       i < f->leaf->cell_count;
         i++) {
        if (add_captioned(f, &f->leaf->cells[i], err) != 0)
            return -1;
    }
    return add_rows(f, err);
}

static int fill_side(const struct form_set *forms, const struct page_text *text,
                     int side, struct page_records *out, struct err *err)
{
    __attribute__((cleanup(leaf_fini_at))) struct leaf leaf = {NULL};
    __attribute__((cleanup(rows_fini_at))) struct rows rows = {NULL, 0, NULL};
    CLEANUP(free) struct match *match = calloc(1, sizeof(*match));
    struct filling f = {&leaf, match, &rows, out, 0, 0, false};

    if (match == NULL)
        return no_memory(err);
    if (leaf_init(&leaf, text, side, err) != 0)
        return -1;
    if (leaf.cell_count == 0)
        return 0;
    form_match(forms, &leaf, match);
    if (rows_find(&leaf, match, &rows, err) != 0)
        return -1;
    return fill_leaf(&f, err);
}

int form_fill(const struct form_set *forms, const struct page_text *text,
              struct page_records **out, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;

    *out = NULL;
    if (text->cell_count == 0)
        return 0;
    records = page_records_new();
    if (records == NULL)
        return no_memory(err);
    if (record_cells(text, records, err) != 0 ||
        fill_side(forms, text, 0, records, err) != 0 ||
        fill_side(forms, text, 1, records, err) != 0)
        return -1;
    *out = STEAL(records);
    return 0;
}
