/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "samples/layouts.h"

#define LEFT_PX     170
#define RIGHT_PX    120
#define TOP_PX      120
#define FIELD_H     66
#define HEADING_H   130
#define STOREY_H    60
#define BOTTOM_PX   190
#define CAPTION_H   50
#define HEADING_PX  31
#define LETTER_EM   0.62 /* mean width of a letter of heading type */
#define TYPED_STEP  1.18
#define CELL_PAD_PX 22

/* Where the columns and rows of one form lie. */
struct frame {
    double x[LAYOUT_COLUMNS + 1];
    int columns;
    double top, head_bottom, y, bottom;
};

static void stroke(struct sheet *sheet, struct point a, struct point b,
                   double width, double strength)
{
    cairo_set_source_rgba(sheet->cr, 0.14, 0.14, 0.16, strength);
    cairo_set_line_width(sheet->cr, width);
    cairo_new_path(sheet->cr);
    cairo_move_to(sheet->cr, a.x, a.y);
    cairo_line_to(sheet->cr, b.x, b.y);
    cairo_stroke(sheet->cr);
}

static struct point along(struct point a, struct point b, double at)
{
    double length = hypot(b.x - a.x, b.y - a.y);

    return (struct point){a.x + (b.x - a.x) * at / length,
                          a.y + (b.y - a.y) * at / length};
}

/* Pieces of `on` px and gaps of `off`, both uneven. */
static void dashes(struct sheet *sheet, struct point a, struct point b,
                   double on, double off, double strength)
{
    double length = hypot(b.x - a.x, b.y - a.y);

    for (double at = 0; at < length;) {
        double to = fmin(at + on * sheet_random(sheet, 0.6, 1.4), length);

        stroke(sheet, along(a, b, at), along(a, b, to), 3, strength);
        at = to + off * sheet_random(sheet, 0.6, 1.4);
    }
}

static void dots(struct sheet *sheet, struct point a, struct point b)
{
    double length = hypot(b.x - a.x, b.y - a.y);

    for (unsigned i = 0; 9.0 * i < length; i++)
        stroke(sheet, along(a, b, 9.0 * i),
               along(a, b, fmin(9.0 * i + 3.5, length)), 3.5, 0.8);
}

static void rule(struct sheet *sheet, enum rule_style style, struct point a,
                 struct point b)
{
    double dx = a.x == b.x ? 9 : 0;
    double dy = a.x == b.x ? 0 : 9;

    switch (style) {
    case RULE_NONE:
        return;
    case RULE_PLAIN:
        draw_rule(sheet, a, b, 3);
        return;
    case RULE_DOTTED:
        dots(sheet, a, b);
        return;
    case RULE_BROKEN:
        dashes(sheet, a, b, 260, 55, 0.75);
        return;
    case RULE_FADED:
        dashes(sheet, a, b, 150, 14, sheet_random(sheet, 0.16, 0.3));
        return;
    case RULE_DOUBLE:
        draw_rule(sheet, a, b, 5);
        draw_rule(sheet, (struct point){a.x + dx, a.y + dy},
                  (struct point){b.x + dx, b.y + dy}, 2);
    }
}

static void rule_h(struct sheet *sheet, enum rule_style style,
                   const struct frame *f, double y)
{
    rule(sheet, style, (struct point){f->x[0], y},
         (struct point){f->x[f->columns], y});
}

static size_t letters(const char *text, const char *end)
{
    size_t n = 0;

    for (; text < end; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

/* Type no larger than the longest word of it needs. */
static double heading_size(const char *text, double width)
{
    size_t longest = 1;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        size_t n = letters(text, text + len);

        longest = n > longest ? n : longest;
        text += len + (text[len] == ' ');
    }
    return fmin(HEADING_PX, (width - 12) / ((double)longest * LETTER_EM));
}

static void heading(struct sheet *sheet, struct box box, int column,
                    const char *text)
{
    struct type type = {heading_size(text, box.w), ALIGN_CENTER, WEIGHT_PLAIN};
    struct place place = {REGION_TABLE, -1, column, 0};

    draw_printed(sheet, box, type, place, text);
}

/* How many lines a typist needs. */
static int lines_of(const struct sheet *sheet, const char *text, double width)
{
    size_t room = (size_t)(width / sheet->look->type_pitch_px);
    size_t used = 0;
    int lines = 1;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        size_t n = letters(text, text + len);

        if (n > room)
            return 99;
        if (used > 0 && used + 1 + n > room) {
            lines++;
            used = 0;
        }
        used += n + (used > 0);
        text += len + (text[len] == ' ');
    }
    return lines;
}

/* What does not fit is left out, from the end. */
static void fit(const struct sheet *sheet, char *text, struct box box)
{
    double step = sheet->look->type_pitch_px /
                  sheet->look->typewriter->advance_em * TYPED_STEP;
    int most = (int)((box.h - 8) / step);

    while (text[0] != '\0' &&
           lines_of(sheet, text, box.w - CELL_PAD_PX) > (most < 1 ? 1 : most)) {
        char *space = strrchr(text, ' ');

        *(space == NULL ? text : space) = '\0';
    }
}

static void fill(struct sheet *sheet, const struct filling *f, struct box box,
                 struct place place, enum value kind, int row)
{
    char text[VALUE_SIZE] = "";
    enum align align =
        kind == VALUE_MONEY || kind == VALUE_AREA ? ALIGN_RIGHT : ALIGN_LEFT;

    if (sheet_random(sheet, 0, 1) >= f->empty_share)
        value_make(sheet, f->set, kind, row, text);
    fit(sheet, text, box);
    if (text[0] != '\0' && f->hand != NULL &&
        sheet_random(sheet, 0, 1) < f->hand_share)
        draw_hand(sheet, box, f->hand, fmin(58, box.h * 0.6), place, text);
    else
        draw_typed(sheet, box, align, 0, place, text);
}

static void frame_init(const struct sheet *sheet, const struct layout *l,
                       double top, struct frame *f)
{
    double sum = 0;
    double width = sheet->page.w - LEFT_PX - RIGHT_PX;

    *f = (struct frame){.top = top, .y = top};
    while (f->columns < LAYOUT_COLUMNS && l->columns[f->columns].heading)
        sum += l->columns[f->columns++].weight;
    f->x[0] = LEFT_PX;
    for (int i = 0; i < f->columns; i++)
        f->x[i + 1] = f->x[i] + width * l->columns[i].weight / sum;
}

/* How many columns from this one share the heading above them. */
static int storey(const struct layout *l, int column, int columns)
{
    int n = 1;

    if (l->columns[column].above[0] == '\0')
        return 1;
    while (column + n < columns &&
           strcmp(l->columns[column + n].above, l->columns[column].above) == 0)
        n++;
    return n;
}

static void draw_headings(struct sheet *sheet, const struct layout *l,
                          struct frame *f)
{
    f->head_bottom = f->top + HEADING_H;
    for (int i = 0; i < f->columns;) {
        int n = storey(l, i, f->columns);
        double split = f->top + STOREY_H;
        int has_above = l->columns[i].above[0] != '\0';

        if (has_above) {
            heading(
                sheet,
                (struct box){f->x[i], f->top, f->x[i + n] - f->x[i], STOREY_H},
                i, l->columns[i].above);
            rule(sheet, RULE_PLAIN, (struct point){f->x[i], split},
                 (struct point){f->x[i + n], split});
        }
        for (int j = i; j < i + n; j++) {
            double top = has_above ? split : f->top;

            heading(sheet,
                    (struct box){f->x[j], top, f->x[j + 1] - f->x[j],
                                 f->head_bottom - top},
                    j, l->columns[j].heading);
            if (j > i)
                rule(sheet, RULE_PLAIN, (struct point){f->x[j], top},
                     (struct point){f->x[j], f->head_bottom});
        }
        if (i > 0)
            rule(sheet, RULE_PLAIN, (struct point){f->x[i], f->top},
                 (struct point){f->x[i], f->head_bottom});
        i += n;
    }
    f->y = f->head_bottom;
}

static enum rule_style other(enum rule_style wanted, enum rule_style form)
{
    return wanted != RULE_NONE && form != RULE_NONE ? wanted : form;
}

static void draw_rows(struct sheet *sheet, const struct filling *fl,
                      struct frame *f)
{
    const struct layout *l = fl->layout;
    enum rule_style across = other(fl->across, l->across);
    double end = sheet->page.h - BOTTOM_PX;

    for (int row = 0;; row++) {
        double h = l->row_h * (1 + sheet_random(sheet, 0, l->row_spread));
        int new_household = l->household > 0 && row % l->household == 0;

        if (f->y + h > end)
            break;
        if (row > 0)
            rule_h(sheet, new_household ? l->between : across, f, f->y);
        for (int i = 0; i < f->columns; i++) {
            struct box box = {f->x[i], f->y, f->x[i + 1] - f->x[i], h};
            struct place place = {REGION_TABLE, row, i, 0};

            if (row < fl->filled_rows)
                fill(sheet, fl, box, place, l->columns[i].value, row);
            else
                sheet_add_cell(sheet, box, place, CELL_TYPED, "");
        }
        f->y += h;
    }
    f->bottom = f->y;
}

static void draw_outline(struct sheet *sheet, const struct filling *fl,
                         const struct frame *f)
{
    const struct layout *l = fl->layout;
    enum rule_style down = other(fl->down, l->down);

    for (int i = 1; l->arrangement == ARRANGE_TABLE && i < f->columns; i++)
        rule(sheet, down, (struct point){f->x[i], f->head_bottom},
             (struct point){f->x[i], f->bottom});
    rule_h(sheet, other(fl->across, l->frame), f, f->top);
    rule_h(sheet, other(fl->across, l->frame), f, f->head_bottom);
    rule_h(sheet, other(fl->across, l->frame), f, f->bottom);
    rule(sheet, other(fl->down, l->frame), (struct point){f->x[0], f->top},
         (struct point){f->x[0], f->bottom});
    rule(sheet, other(fl->down, l->frame),
         (struct point){f->x[f->columns], f->top},
         (struct point){f->x[f->columns], f->bottom});
}

/* Boxes side by side until the width is used up, then the next row of them;
 * over and over until the page is full. */
static void draw_boxes(struct sheet *sheet, const struct filling *fl,
                       struct frame *f)
{
    const struct layout *l = fl->layout;
    double right = f->x[f->columns];
    double end = sheet->page.h - BOTTOM_PX;
    int first = 0;

    for (int row = 0; f->y + l->row_h < end; row++) {
        int n = 1 + (int)sheet_random(sheet, 1, 3);
        double sum = 0;
        double x = f->x[0];

        n = first + n > f->columns ? f->columns - first : n;
        for (int i = first; i < first + n; i++)
            sum += l->columns[i].weight;
        for (int i = first; i < first + n; i++) {
            double w = (right - f->x[0]) * l->columns[i].weight / sum;
            struct box caption = {x + 8, f->y + 4, w - 16, CAPTION_H};
            struct box value = {x, f->y + CAPTION_H, w, l->row_h - CAPTION_H};
            struct type type = {26, ALIGN_LEFT, WEIGHT_PLAIN};

            draw_printed(sheet, caption, type,
                         (struct place){REGION_TABLE, row, i, 0},
                         l->columns[i].heading);
            fill(sheet, fl, value, (struct place){REGION_TABLE, row, i, 0},
                 l->columns[i].value, row);
            if (i > first)
                rule(sheet, other(fl->down, l->down), (struct point){x, f->y},
                     (struct point){x, f->y + l->row_h});
            x += w;
        }
        if (row > 0)
            rule_h(sheet, other(fl->across, l->across), f, f->y);
        f->y += l->row_h;
        first = first + n >= f->columns ? 0 : first + n;
    }
    f->bottom = f->y;
    f->head_bottom = f->top;
}

static double draw_head(struct sheet *sheet, const struct filling *fl)
{
    const struct layout *l = fl->layout;
    struct box title = {LEFT_PX, TOP_PX, sheet->page.w - LEFT_PX - RIGHT_PX,
                        90};
    struct box under = {LEFT_PX, TOP_PX + 90, title.w, 56};
    struct place place = {REGION_HEAD, -1, -1, 0};
    double y = TOP_PX + 170;
    int n = 0;

    draw_printed(sheet, title, (struct type){62, ALIGN_CENTER, WEIGHT_BOLD},
                 place, l->title);
    draw_printed(sheet, under, (struct type){34, ALIGN_CENTER, WEIGHT_PLAIN},
                 place, l->under);
    while (n < LAYOUT_FIELDS && l->fields[n] != NULL)
        n++;
    for (int i = 0; i < n; i++) {
        double w = title.w / n;
        struct box box = {LEFT_PX + w * i, y, w - 30, FIELD_H};
        char text[VALUE_SIZE];

        value_make(sheet, fl->set, l->field_values[i], 3, text);
        fit(sheet, text, (struct box){0, 0, box.w - 230, FIELD_H});
        draw_field(sheet, box, 230, l->fields[i], text, 0);
    }
    return y + (n > 0 ? FIELD_H + 40 : 10);
}

/* A note typed in the margin, upright as the rest. */
static void draw_margin(struct sheet *sheet, const struct frame *f)
{
    static const char *const notes[] = {"виж", "стр. 7", "изм.", "да", "№ 4"};

    for (int i = 0; i < 5; i++) {
        struct box box = {12, f->head_bottom + 60 + i * 260.0, 150, 60};

        draw_typed(sheet, box, ALIGN_LEFT, 0,
                   (struct place){REGION_MARGIN, i, -1, 0}, notes[i]);
    }
}

static void draw_extra(struct sheet *sheet, const struct filling *fl,
                       const struct frame *f)
{
    double w = f->x[f->columns] - f->x[0];

    switch (fl->extra) {
    case EXTRA_NONE:
        return;
    case EXTRA_STAMP:
        for (int i = 0; i < 3; i++)
            draw_stamp(
                sheet,
                (struct point){f->x[0] + w * sheet_random(sheet, 0.15, 0.9),
                               f->head_bottom + sheet_random(sheet, 150, 900)},
                sheet_random(sheet, 130, 190),
                "ГРАДСКИ НАРОДЕН СЪВЕТ * ВАРНА * ", "ВАРНА");
        return;
    case EXTRA_STRUCK:
        for (int i = 0; i < 8; i++)
            draw_struck(
                sheet,
                (struct point){f->x[f->columns] - 16 * 12,
                               f->head_bottom + (0.1 + i) * fl->layout->row_h},
                "грешка");
        return;
    case EXTRA_MARGIN:
        draw_margin(sheet, f);
    }
}

void form_draw(struct sheet *sheet, const struct filling *fl)
{
    struct frame f;
    double top = draw_head(sheet, fl);
    const char *foot = fl->layout->foot;

    frame_init(sheet, fl->layout, top, &f);
    if (fl->layout->arrangement == ARRANGE_BOXES)
        draw_boxes(sheet, fl, &f);
    else {
        draw_headings(sheet, fl->layout, &f);
        draw_rows(sheet, fl, &f);
    }
    draw_outline(sheet, fl, &f);
    if (foot != NULL) {
        struct box box = {LEFT_PX + 60, f.bottom + 40, 420, 60};

        draw_printed(sheet, box, (struct type){36, ALIGN_LEFT, WEIGHT_PLAIN},
                     (struct place){REGION_HEAD, -1, -1, 0}, foot);
        draw_signature(sheet, (struct point){LEFT_PX + 560, f.bottom + 110},
                       380);
    }
    draw_extra(sheet, fl, &f);
}
