/* SPDX-License-Identifier: MIT */
#include "samples/draw.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define PI             3.14159265358979323846
#define CELL_PAD       8.0
#define TYPED_LINE_EM  1.18 /* line step of typed cells, in font sizes */
#define TYPED_TEXT_MAX 512

static const struct place HEAD = {REGION_HEAD, -1, -1, 0};

/* As g_utf8_next_char(), but const. */
static const char *next_char(const char *at)
{
    return at + g_utf8_skip[(unsigned char)*at];
}

static void set_ink(struct sheet *sheet, int level, double strength)
{
    double grey = level / 255.0;

    cairo_set_source_rgba(sheet->cr, grey, grey, grey, strength);
}

/* The typewriter's ribbon: black unless the look has another colour. */
static void set_ribbon(struct sheet *sheet, double strength)
{
    const double *c = sheet->look->ribbon;

    strength *= 1 - sheet->look->weak_share;
    if (c[0] + c[1] + c[2] > 0)
        cairo_set_source_rgba(sheet->cr, c[0], c[1], c[2], strength);
    else
        set_ink(sheet, 44, strength);
}

static PangoLayout *new_layout(struct sheet *sheet, const char *family,
                               double size_px, int bold)
{
    PangoLayout *layout = pango_cairo_create_layout(sheet->cr);
    PangoFontDescription *font = pango_font_description_new();
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout),
                                         options);
    cairo_font_options_destroy(options);
    pango_font_description_set_family(font, family);
    pango_font_description_set_absolute_size(font, size_px * PANGO_SCALE);
    if (bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    return layout;
}

static PangoLayout *new_print_layout(struct sheet *sheet, struct type type,
                                     double width, const char *text)
{
    static const PangoAlignment aligns[] = {
        [ALIGN_LEFT] = PANGO_ALIGN_LEFT,
        [ALIGN_CENTER] = PANGO_ALIGN_CENTER,
        [ALIGN_RIGHT] = PANGO_ALIGN_RIGHT,
    };
    PangoLayout *layout = new_layout(sheet, sheet->look->print_font,
                                     type.size_px, type.weight == WEIGHT_BOLD);

    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(layout, aligns[type.align]);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

void draw_printed(struct sheet *sheet, struct box box, struct type type,
                  struct place place, const char *text)
{
    PangoLayout *layout = new_print_layout(sheet, type, box.w, text);
    int height;

    pango_layout_get_pixel_size(layout, NULL, &height);
    cairo_move_to(sheet->cr, box.x, box.y + (box.h - height) / 2);
    set_ink(sheet, 34, sheet_random(sheet, 0.88, 1.0));
    pango_cairo_show_layout(sheet->cr, layout);
    g_object_unref(layout);
    sheet_add_cell(sheet, box, place, CELL_PRINTED, text);
}

static void add_line_cell(struct sheet *sheet, struct box box, int line,
                          enum cell_kind kind, const char *text, size_t len)
{
    struct place place = {REGION_TEXT, line, 0, 0};
    char copy[TYPED_TEXT_MAX];

    if (len >= sizeof(copy)) {
        sheet->failed = 1;
        return;
    }
    memcpy(copy, text, len);
    while (len > 0 && copy[len - 1] == ' ')
        len--;
    copy[len] = '\0';
    sheet_add_cell(sheet, box, place, kind, copy);
}

double draw_paragraph(struct sheet *sheet, struct box box, struct type type,
                      int *line, const char *text)
{
    PangoLayout *layout = new_print_layout(sheet, type, box.w, text);
    PangoLayoutIter *iter;
    PangoRectangle all;

    pango_layout_set_justify(layout, TRUE);
    pango_layout_set_indent(layout, (int)(type.size_px * 1.6 * PANGO_SCALE));
    pango_layout_set_spacing(layout, (int)(type.size_px * 0.18 * PANGO_SCALE));
    cairo_move_to(sheet->cr, box.x, box.y);
    set_ink(sheet, 34, sheet_random(sheet, 0.92, 1.0));
    pango_cairo_show_layout(sheet->cr, layout);
    iter = pango_layout_get_iter(layout);
    do {
        PangoLayoutLine *run = pango_layout_iter_get_line_readonly(iter);
        PangoRectangle at;
        struct box cell;

        pango_layout_iter_get_line_extents(iter, NULL, &at);
        cell = (struct box){box.x + (double)at.x / PANGO_SCALE,
                            box.y + (double)at.y / PANGO_SCALE,
                            (double)at.width / PANGO_SCALE,
                            (double)at.height / PANGO_SCALE};
        add_line_cell(sheet, cell, (*line)++, CELL_PRINTED,
                      text + run->start_index, (size_t)run->length);
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    pango_layout_get_extents(layout, NULL, &all);
    g_object_unref(layout);
    return (double)all.height / PANGO_SCALE;
}

static double type_size(const struct sheet *sheet)
{
    return sheet->look->type_pitch_px / sheet->look->typewriter->advance_em;
}

/* Each stroke lands a little off its place and with its own force. */
/* How a hand strays from its font: waves of the outline, and a line that
 * rises, sinks and sways. */
struct tremor {
    double amount[2], length[2], phase[4];
    double sway, sway_length;
};

static struct tremor make_tremor(struct sheet *sheet, double size_px)
{
    struct tremor t;

    for (int i = 0; i < 2; i++) {
        t.amount[i] = size_px * sheet_random(sheet, 0.01, 0.035);
        t.length[i] = size_px * sheet_random(sheet, 0.5, 1.6);
    }
    for (int i = 0; i < 4; i++)
        t.phase[i] = sheet_random(sheet, 0, 6.28);
    t.sway = size_px * sheet_random(sheet, 0, 0.09);
    t.sway_length = size_px * sheet_random(sheet, 2, 7);
    return t;
}

static void tremble(const struct tremor *t, double *x, double *y)
{
    double a = *x;
    double b = *y;

    *x += t->amount[0] * sin(b / t->length[0] * 6.28 + t->phase[0]) +
          t->amount[0] * sin(a / t->length[1] * 3.1 + t->phase[1]);
    *y += t->amount[1] * sin(a / t->length[0] * 6.28 + t->phase[2]) +
          t->sway * sin(a / t->sway_length * 6.28 + t->phase[3]);
}

/* The path drawn so far, by an unsteady hand. */
static void tremble_path(cairo_t *cr, const struct tremor *t)
{
    cairo_path_t *path = cairo_copy_path(cr);

    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        for (int j = 1; j < path->data[i].header.length; j++)
            tremble(t, &path->data[i + j].point.x, &path->data[i + j].point.y);
    }
    cairo_new_path(cr);
    cairo_append_path(cr, path);
    cairo_path_destroy(path);
}

/* A letter of worn type: thick, and ragged. */
static void draw_worn(struct sheet *sheet, PangoLayout *layout)
{
    const struct look *look = sheet->look;
    struct tremor rough = {
        .amount = {look->rough_px, look->rough_px},
        .length = {sheet_random(sheet, 5, 9), sheet_random(sheet, 5, 9)},
        .sway_length = 100};

    for (int i = 0; i < 4; i++)
        rough.phase[i] = sheet_random(sheet, 0, 6.28);
    pango_cairo_layout_path(sheet->cr, layout);
    tremble_path(sheet->cr, &rough);
    cairo_set_line_width(sheet->cr, look->clog_px);
    cairo_fill_preserve(sheet->cr);
    cairo_stroke(sheet->cr);
}

static void type_line(struct sheet *sheet, struct point at, const char *text,
                      const char *end)
{
    PangoLayout *layout =
        new_layout(sheet, sheet->look->typewriter->font, type_size(sheet), 1);
    double x = at.x;
    double base = sheet_random(sheet, 0.80, 0.95);

    while (text < end) {
        const char *next = next_char(text);

        pango_layout_set_text(layout, text, (int)(next - text));
        cairo_move_to(sheet->cr, x + sheet_random(sheet, -0.9, 0.9),
                      at.y + sheet_random(sheet, -1.3, 1.3));
        set_ribbon(sheet, base + sheet_random(sheet, -0.22, 0.05));
        if (sheet->look->clog_px > 0)
            draw_worn(sheet, layout);
        else
            pango_cairo_show_layout(sheet->cr, layout);
        x += sheet->look->type_pitch_px;
        text = next;
    }
    g_object_unref(layout);
}

/* Ends a line at the last space that fits, or at a newline. */
static const char *find_line_end(const char *text, long columns)
{
    const char *last = NULL;

    for (; *text != '\0' && *text != '\n'; text = next_char(text)) {
        if (*text == ' ')
            last = text;
        if (columns-- == 0)
            return last != NULL ? last : text;
    }
    return text;
}

/* The space or newline a line ended at is not typed on the next. */
static const char *skip_break(const char *end)
{
    return *end == ' ' || *end == '\n' ? end + 1 : end;
}

/* Writes the text with newlines where the typist ended her lines. */
static int wrap_typed(struct sheet *sheet, double width, const char *text,
                      char wrapped[TYPED_TEXT_MAX])
{
    long columns = (long)(width / sheet->look->type_pitch_px);
    size_t used = 0;
    int lines = 0;

    while (*text != '\0') {
        const char *end = find_line_end(text, columns);
        size_t len = (size_t)(end - text);

        if (used + len + 2 > TYPED_TEXT_MAX) {
            sheet->failed = 1;
            break;
        }
        if (lines++ > 0)
            wrapped[used++] = '\n';
        memcpy(wrapped + used, text, len);
        used += len;
        text = skip_break(end);
    }
    wrapped[used] = '\0';
    return lines;
}

static double align_offset(const struct sheet *sheet, enum align align,
                           double width, const char *text, const char *end)
{
    double used =
        (double)g_utf8_strlen(text, end - text) * sheet->look->type_pitch_px;

    if (align == ALIGN_LEFT)
        return CELL_PAD;
    if (align == ALIGN_RIGHT)
        return width - used - CELL_PAD;
    return (width - used) / 2;
}

void draw_typed(struct sheet *sheet, struct box box, enum align align,
                int lines, struct place place, const char *text)
{
    char wrapped[TYPED_TEXT_MAX];
    int count = wrap_typed(sheet, box.w - 2 * CELL_PAD, text, wrapped);
    double step = type_size(sheet) * TYPED_LINE_EM;
    double room = (lines > count ? lines : count) * step;
    double x = box.x + sheet_random(sheet, -3, 4);
    double y = box.y + (box.h - room) / 2 + sheet_random(sheet, -1.5, 1.5);

    for (const char *from = wrapped; count > 0; count--) {
        const char *end = from + strcspn(from, "\n");
        double offset = align_offset(sheet, align, box.w, from, end);

        type_line(sheet, (struct point){x + offset, y}, from, end);
        from = skip_break(end);
        y += step;
    }
    sheet_add_cell(sheet, box, place, CELL_TYPED, wrapped);
}

void draw_struck(struct sheet *sheet, struct point at, const char *word)
{
    static const char strokes[] = "хххххххххххххххх";
    size_t len = strlen(word);

    if (len >= sizeof(strokes))
        len = sizeof(strokes) - 1;
    type_line(sheet, at, word, word + len);
    type_line(sheet, at, strokes, strokes + len);
}

void draw_hand(struct sheet *sheet, struct box box, const char *font,
               double size_px, struct place place, const char *text)
{
    PangoLayout *layout =
        new_layout(sheet, font, size_px * sheet_random(sheet, 0.85, 1.1), 0);
    struct tremor tremor = make_tremor(sheet, size_px);
    double slant = sheet_random(sheet, -0.32, 0.12);
    cairo_matrix_t shear;
    int height;

    pango_layout_set_text(layout, text, -1);
    pango_layout_get_pixel_size(layout, NULL, &height);
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, box.x + sheet_random(sheet, 8, 24),
                    box.y + (box.h - height) / 2 + sheet_random(sheet, -6, 6));
    cairo_rotate(sheet->cr, sheet_random(sheet, -0.02, 0.01));
    cairo_matrix_init(&shear, 1, 0, slant, 1, -slant * height, 0);
    cairo_transform(sheet->cr, &shear);
    cairo_move_to(sheet->cr, 0, 0);
    pango_cairo_layout_path(sheet->cr, layout);
    tremble_path(sheet->cr, &tremor);
    cairo_set_source_rgba(sheet->cr, 0.13, 0.14, 0.33,
                          sheet_random(sheet, 0.75, 0.95));
    cairo_set_line_width(sheet->cr, sheet_random(sheet, 0.1, 2.2));
    cairo_fill_preserve(sheet->cr);
    cairo_stroke(sheet->cr);
    cairo_restore(sheet->cr);
    g_object_unref(layout);
    sheet_add_cell(sheet, box, place, CELL_HAND, text);
}

double draw_typed_lines(struct sheet *sheet, struct box box, int *line,
                        const char *text)
{
    double step = type_size(sheet) * 1.55;
    long columns = (long)(box.w / sheet->look->type_pitch_px);
    double y = box.y;

    while (*text != '\0') {
        const char *end = find_line_end(text, columns);
        double used = (double)g_utf8_strlen(text, end - text) *
                      sheet->look->type_pitch_px;
        struct box cell = {box.x, y, used, type_size(sheet) * 1.2};

        type_line(sheet, (struct point){box.x, y}, text, end);
        add_line_cell(sheet, cell, (*line)++, CELL_TYPED, text,
                      (size_t)(end - text));
        text = skip_break(end);
        y += step;
    }
    return y - box.y;
}

void draw_rule(struct sheet *sheet, struct point from, struct point to,
               double width_px)
{
    double length = hypot(to.x - from.x, to.y - from.y);
    int pieces = (int)(length / 90) + 1;
    double strength = sheet_random(sheet, 0.6, 0.9);

    for (int i = 0; i < pieces; i++) {
        double a = (double)i / pieces;
        double b = (double)(i + 1) / pieces;

        strength += sheet_random(sheet, -0.08, 0.08);
        strength = fmin(fmax(strength, 0.5), 0.95);
        set_ink(sheet, 40, strength);
        cairo_set_line_width(sheet->cr, width_px);
        cairo_move_to(sheet->cr, from.x + a * (to.x - from.x),
                      from.y + a * (to.y - from.y));
        cairo_line_to(sheet->cr, from.x + b * (to.x - from.x),
                      from.y + b * (to.y - from.y));
        cairo_stroke(sheet->cr);
    }
}

void draw_frame(struct sheet *sheet, struct box box, double width_px)
{
    struct point tl = {box.x, box.y};
    struct point tr = {box.x + box.w, box.y};
    struct point bl = {box.x, box.y + box.h};
    struct point br = {box.x + box.w, box.y + box.h};

    draw_rule(sheet, tl, tr, width_px);
    draw_rule(sheet, bl, br, width_px);
    draw_rule(sheet, tl, bl, width_px);
    draw_rule(sheet, tr, br, width_px);
}

void draw_field(struct sheet *sheet, struct box box, double label_w,
                const char *label, const char *value, char side)
{
    struct box left = {box.x, box.y, label_w, box.h};
    struct box right = {box.x + label_w, box.y, box.w - label_w, box.h};
    struct type type = {38, ALIGN_LEFT, WEIGHT_PLAIN};
    struct place place = HEAD;
    double y = box.y + box.h - 6;

    place.side = side;
    draw_printed(sheet, left, type, place, label);
    draw_rule(sheet, (struct point){right.x, y},
              (struct point){right.x + right.w, y}, 2);
    right.h -= 8;
    draw_typed(sheet, right, ALIGN_LEFT, 0, place, value);
}

static void draw_ring_text(struct sheet *sheet, double radius, const char *text)
{
    PangoLayout *layout =
        new_layout(sheet, sheet->look->print_font, radius * 0.2, 1);
    long count = g_utf8_strlen(text, -1);

    for (; *text != '\0'; text = next_char(text)) {
        int width;

        pango_layout_set_text(layout, text, (int)(next_char(text) - text));
        pango_layout_get_pixel_size(layout, &width, NULL);
        cairo_move_to(sheet->cr, -width / 2.0, -radius * 0.97);
        pango_cairo_show_layout(sheet->cr, layout);
        cairo_rotate(sheet->cr, 2 * PI / (double)count);
    }
    g_object_unref(layout);
}

void draw_stamp(struct sheet *sheet, struct point centre, double radius,
                const char *ring, const char *middle)
{
    PangoLayout *layout;
    int width, height;

    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, centre.x, centre.y);
    cairo_rotate(sheet->cr, sheet_random(sheet, -0.4, 0.4));
    set_ink(sheet, 96, 0.55);
    cairo_set_line_width(sheet->cr, 5);
    cairo_new_path(sheet->cr); /* text leaves its current point */
    cairo_arc(sheet->cr, 0, 0, radius, 0, 2 * PI);
    cairo_stroke(sheet->cr);
    cairo_set_line_width(sheet->cr, 3);
    cairo_arc(sheet->cr, 0, 0, radius * 0.66, 0, 2 * PI);
    cairo_stroke(sheet->cr);
    layout = new_layout(sheet, sheet->look->print_font, radius * 0.3, 1);
    pango_layout_set_text(layout, middle, -1);
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_move_to(sheet->cr, -width / 2.0, -height / 2.0);
    pango_cairo_show_layout(sheet->cr, layout);
    g_object_unref(layout);
    draw_ring_text(sheet, radius, ring);
    cairo_restore(sheet->cr);
}

void draw_signature(struct sheet *sheet, struct point start, double width)
{
    double x = start.x;
    double tall = 130; /* a large initial, then an ever lower wave */

    set_ink(sheet, 52, 0.8);
    cairo_set_line_width(sheet->cr, 4.5);
    cairo_set_line_cap(sheet->cr, CAIRO_LINE_CAP_ROUND);
    cairo_new_path(sheet->cr);
    cairo_move_to(sheet->cr, x - 30, start.y - 30);
    while (x < start.x + width) {
        double step = sheet_random(sheet, 40, 95);
        double up = tall * sheet_random(sheet, 0.5, 1.1);
        double end = start.y + sheet_random(sheet, -6, 8) + up * 0.08;

        cairo_curve_to(sheet->cr, x + step * 1.1, start.y - up * 1.2,
                       x - step * 0.2, start.y - up * 0.9, x + step * 0.7, end);
        x += step * 0.7;
        tall = fmax(tall * sheet_random(sheet, 0.55, 0.9), 28);
    }
    cairo_rel_curve_to(sheet->cr, 60, -50, 90, 60, 220, -60);
    cairo_stroke(sheet->cr);
    cairo_set_line_cap(sheet->cr, CAIRO_LINE_CAP_BUTT);
}
