/* SPDX-License-Identifier: MIT */
#include "samples/practice.h"

#include <fontconfig/fontconfig.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "samples/draw.h"

#define COLUMNS       9
#define MARGIN_PX     150
#define TRIES         10
#define PAD_PX        14
#define OLD_SHARE     0.40
#define RUNNING_SHARE 0.25 /* pages of running text */
#define RUNNING_TYPED 0.25 /* its lines that are typed, not printed */

/* How the text of one column looks. */
struct style {
    const char *face;
    int is_bold, is_italic;
    double size_px;
    double pitch_px;  /* 0: as the face is set                  */
    double spacing;   /* added between letters, px              */
    double thick_px;  /* strokes thicker by it; thinner below 0 */
    double rough_px;  /* edges stray by it                      */
    double strength;  /* of the ink, 0-1                        */
    double uneven;    /* by which a letter's strength may differ */
    double jitter_px; /* letters off their line                 */
    double ink[3];
    enum cell_kind kind;
};

/* The ink of one line. */
struct extents {
    double x0, y0, x1, y1;
};

static double roll(struct sheet *sheet, double low, double high)
{
    return sheet_random(sheet, low, high);
}

static double roll_for(void *sheet, double low, double high)
{
    return sheet_random(sheet, low, high);
}

static int happens(struct sheet *sheet, double share)
{
    return sheet_random(sheet, 0, 1) < share;
}

static int has_family(char *const *families, size_t count, const char *family)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(families[i], family) == 0)
            return 1;
    }
    return 0;
}

static int add_family(char ***families, size_t *count, const char *family)
{
    char **grown = realloc(*families, (*count + 1) * sizeof(char *));

    if (grown == NULL)
        return -1;
    *families = grown;
    grown[*count] = strdup(family);
    return grown[(*count)++] == NULL ? -1 : 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_face(struct faces *faces, FcPattern *font)
{
    FcChar8 *family;
    int spacing = FC_PROPORTIONAL;

    if (FcPatternGetString(font, FC_FAMILY, 0, &family) != FcResultMatch ||
        has_family(faces->all, faces->all_count, (char *)family))
        return 0;
    (void)FcPatternGetInteger(font, FC_SPACING, 0, &spacing);
    if (spacing == FC_MONO &&
        add_family(&faces->mono, &faces->mono_count, (char *)family) != 0)
        return -1;
    return add_family(&faces->all, &faces->all_count, (char *)family);
}

int faces_find(struct faces *faces)
{
    FcPattern *wanted = FcPatternCreate();
    FcObjectSet *keys =
        FcObjectSetBuild(FC_FAMILY, FC_SPACING, (const char *)NULL);
    FcCharSet *letters = FcCharSetCreate();
    FcFontSet *found;
    int status = 0;

    *faces = (struct faces){NULL, 0, NULL, 0};
    (void)FcCharSetAddChar(letters, 0x436); /* ж */
    (void)FcPatternAddCharSet(wanted, FC_CHARSET, letters);
    found = FcFontList(NULL, wanted, keys);
    for (int i = 0; found != NULL && status == 0 && i < found->nfont; i++)
        status = add_face(faces, found->fonts[i]);
    if (found != NULL)
        FcFontSetDestroy(found);
    FcCharSetDestroy(letters);
    FcObjectSetDestroy(keys);
    FcPatternDestroy(wanted);
    /* Fontconfig's order is that of its cache. */
    if (faces->all_count > 0)
        qsort(faces->all, faces->all_count, sizeof(char *), by_name);
    if (faces->mono_count > 0)
        qsort(faces->mono, faces->mono_count, sizeof(char *), by_name);
    return status == 0 && faces->all_count > 0 ? 0 : -1;
}

void faces_fini(struct faces *faces)
{
    for (size_t i = 0; i < faces->all_count; i++)
        free(faces->all[i]);
    for (size_t i = 0; i < faces->mono_count; i++)
        free(faces->mono[i]);
    free(faces->all);
    free(faces->mono);
}

static PangoLayout *new_layout(struct sheet *sheet, const struct style *style)
{
    PangoLayout *layout = pango_cairo_create_layout(sheet->cr);
    PangoFontDescription *font = pango_font_description_new();
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout),
                                         options);
    cairo_font_options_destroy(options);
    pango_font_description_set_family(font, style->face);
    pango_font_description_set_absolute_size(font,
                                             style->size_px * PANGO_SCALE);
    if (style->is_bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    if (style->is_italic)
        pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    return layout;
}

static void extents_add(struct extents *e, double x0, double y0, double x1,
                        double y1)
{
    if (x1 <= x0 || y1 <= y0)
        return;
    e->x0 = fmin(e->x0, x0);
    e->y0 = fmin(e->y0, y0);
    e->x1 = fmax(e->x1, x1);
    e->y1 = fmax(e->y1, y1);
}

/* Edges that stray, as of type that was used for years. */
static void roughen(struct sheet *sheet, double by)
{
    double length = roll(sheet, 4, 9);
    double phase = roll(sheet, 0, 6.28);
    cairo_path_t *path = cairo_copy_path(sheet->cr);

    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        for (int j = 1; j < path->data[i].header.length; j++) {
            double x = path->data[i + j].point.x;
            double y = path->data[i + j].point.y;

            path->data[i + j].point.x += by * sin(y * 6.28 / length + phase);
            path->data[i + j].point.y +=
                by * sin(x * 6.28 / length - 2 * phase);
        }
    }
    cairo_new_path(sheet->cr);
    cairo_append_path(sheet->cr, path);
    cairo_path_destroy(path);
}

/* The path drawn so far becomes ink. */
static void ink_path(struct sheet *sheet, const struct style *style,
                     double strength)
{
    double paper = sheet->look->paper_level / 255.0;

    if (style->rough_px > 0)
        roughen(sheet, style->rough_px);
    cairo_set_source_rgba(sheet->cr, style->ink[0], style->ink[1],
                          style->ink[2], strength);
    cairo_fill_preserve(sheet->cr);
    cairo_set_line_width(sheet->cr, fabs(style->thick_px));
    if (style->thick_px < 0)
        cairo_set_source_rgb(sheet->cr, paper, paper, paper);
    if (style->thick_px != 0)
        cairo_stroke(sheet->cr);
    cairo_new_path(sheet->cr);
}

static double strength_now(struct sheet *sheet, const struct style *style)
{
    double s = style->strength - roll(sheet, 0, style->uneven);

    return fmax(s, 0.12);
}

static void add_path_extents(struct sheet *sheet, struct extents *e)
{
    double x0, y0, x1, y1;

    cairo_path_extents(sheet->cr, &x0, &y0, &x1, &y1);
    extents_add(e, x0, y0, x1, y1);
}

/* Letter by letter at one distance, wide ones squeezed into it. */
static void draw_pitched(struct sheet *sheet, const struct style *style,
                         PangoLayout *layout, struct point at, const char *text,
                         struct extents *e)
{
    for (const char *next; *text != '\0'; text = next) {
        PangoRectangle all;
        double w, by;

        next = g_utf8_next_char(text);
        pango_layout_set_text(layout, text, (int)(next - text));
        pango_layout_get_extents(layout, NULL, &all);
        w = (double)all.width / PANGO_SCALE;
        by = w > style->pitch_px ? style->pitch_px / w : 1;
        cairo_save(sheet->cr);
        cairo_translate(
            sheet->cr,
            at.x + (style->pitch_px - w * by) / 2 +
                roll(sheet, -style->jitter_px, style->jitter_px),
            at.y + roll(sheet, -style->jitter_px, style->jitter_px) * 1.3);
        cairo_scale(sheet->cr, by, 1);
        cairo_move_to(sheet->cr, 0, 0);
        pango_cairo_layout_path(sheet->cr, layout);
        cairo_restore(sheet->cr);
        if (*text != ' ') {
            add_path_extents(sheet, e);
            ink_path(sheet, style, strength_now(sheet, style));
        }
        at.x += style->pitch_px;
    }
}

static void draw_set(struct sheet *sheet, const struct style *style,
                     PangoLayout *layout, struct point at, const char *text,
                     struct extents *e)
{
    if (style->spacing != 0) {
        PangoAttrList *list = pango_attr_list_new();

        pango_attr_list_insert(list, pango_attr_letter_spacing_new(
                                         (int)(style->spacing * PANGO_SCALE)));
        pango_layout_set_attributes(layout, list);
        pango_attr_list_unref(list);
    }
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(sheet->cr, at.x, at.y);
    pango_cairo_layout_path(sheet->cr, layout);
    add_path_extents(sheet, e);
    ink_path(sheet, style, strength_now(sheet, style));
}

static double width_of(struct sheet *sheet, const struct style *style,
                       const char *text)
{
    PangoLayout *layout;
    int w;

    if (style->pitch_px > 0)
        return (double)g_utf8_strlen(text, -1) * style->pitch_px;
    layout = new_layout(sheet, style);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_pixel_size(layout, &w, NULL);
    g_object_unref(layout);
    return w + style->spacing * (double)g_utf8_strlen(text, -1);
}

/* What a model is to write for what stands there: capital І of the old
 * spelling has the shape of a numeral's I, and о of No is Cyrillic, as Latin
 * has no other use here. */
static void draw_text(struct sheet *sheet, const struct style *style,
                      struct point at, struct place place, const char *text)
{
    struct extents e = {1e9, 1e9, -1e9, -1e9};
    PangoLayout *layout = new_layout(sheet, style);

    if (style->pitch_px > 0)
        draw_pitched(sheet, style, layout, at, text, &e);
    else
        draw_set(sheet, style, layout, at, text, &e);
    g_object_unref(layout);
    if (e.x1 > e.x0)
        sheet_add_cell(sheet,
                       (struct box){e.x0, e.y0, e.x1 - e.x0, e.y1 - e.y0},
                       place, style->kind, text);
}

/* Typewriters: of one advance, or any face forced into one. */
static void style_typed(struct sheet *sheet, const struct faces *faces,
                        struct style *s)
{
    int is_mono = faces->mono_count > 0 && happens(sheet, 0.6);

    s->kind = CELL_TYPED;
    s->face = is_mono
                  ? faces->mono[(int)roll(sheet, 0, (double)faces->mono_count)]
                  : faces->all[(int)roll(sheet, 0, (double)faces->all_count)];
    s->pitch_px = happens(sheet, 0.5)   ? 25
                  : happens(sheet, 0.6) ? 30
                                        : roll(sheet, 19, 36);
    s->size_px = s->pitch_px / roll(sheet, 0.52, 0.64);
    s->is_bold = happens(sheet, 0.45);
    s->jitter_px = roll(sheet, 0, 1.6);
    s->uneven = roll(sheet, 0, 0.4);
}

static void style_printed(struct sheet *sheet, const struct faces *faces,
                          struct style *s)
{
    s->kind = CELL_PRINTED;
    s->face = faces->all[(int)roll(sheet, 0, (double)faces->all_count)];
    s->size_px =
        happens(sheet, 0.75) ? roll(sheet, 26, 46) : roll(sheet, 20, 90);
    s->is_bold = happens(sheet, 0.25);
    s->is_italic = happens(sheet, 0.05);
    s->spacing = happens(sheet, 0.2) ? roll(sheet, 1, 14) : 0;
    s->uneven = roll(sheet, 0, 0.12);
}

static void style_ink(struct sheet *sheet, struct style *s)
{
    double level = roll(sheet, 0.08, 0.25);

    for (int i = 0; i < 3; i++)
        s->ink[i] = level;
    if (s->kind == CELL_TYPED && happens(sheet, 0.15)) {
        s->ink[0] = roll(sheet, 0.1, 0.45);
        s->ink[1] = roll(sheet, 0.1, 0.25);
        s->ink[2] = roll(sheet, 0.4, 0.65);
    }
    s->strength =
        happens(sheet, 0.7) ? roll(sheet, 0.75, 1) : roll(sheet, 0.4, 0.75);
    if (happens(sheet, 0.25))
        s->thick_px = -roll(sheet, 0.2, 0.045 * s->size_px);
    else if (happens(sheet, 0.35))
        s->thick_px = roll(sheet, 0.3, 0.075 * s->size_px);
    if (happens(sheet, s->kind == CELL_TYPED ? 0.4 : 0.15))
        s->rough_px = roll(sheet, 0.3, 1.7);
}

static struct style make_style(struct sheet *sheet, const struct faces *faces,
                               double typed_share)
{
    struct style s = {.pitch_px = 0};

    if (happens(sheet, typed_share))
        style_typed(sheet, faces, &s);
    else
        style_printed(sheet, faces, &s);
    style_ink(sheet, &s);
    return s;
}

/* What is too long ends at a space, or is left out. */
static void make_fitting(struct sheet *sheet, const struct grammar *grammar,
                         const char *section, enum grammar_spelling spelling,
                         const struct style *style, double width,
                         char text[GRAMMAR_TEXT])
{
    for (int i = 0; i < TRIES; i++) {
        grammar_make(grammar, section, spelling, roll_for, sheet, text);
        if (width_of(sheet, style, text) <= width)
            return;
    }
    while (text[0] != '\0' && width_of(sheet, style, text) > width) {
        char *space = strrchr(text, ' ');

        *(space == NULL ? text : space) = '\0';
    }
}

/* A column's section is one of those that [column] names. */
static void make_section(struct sheet *sheet, const struct grammar *grammar,
                         char section[GRAMMAR_TEXT])
{
    grammar_make(grammar, "column", GRAMMAR_MODERN, roll_for, sheet, section);
}

struct column {
    double x, w;
    struct style style;
    char section[GRAMMAR_TEXT];
    enum align align;
};

static void fill_cell(struct sheet *sheet, const struct grammar *grammar,
                      const struct column *c, int column, int row, double y,
                      double h, enum grammar_spelling spelling)
{
    double step = c->style.size_px * roll(sheet, 1.1, 1.25);
    int most = (int)((h - 6) / step);
    int lines = most > 1 && happens(sheet, 0.45) ? 2 : most > 0 ? 1 : 0;
    double top = y + (h - lines * step) * roll(sheet, 0.2, 0.8);

    if (happens(sheet, 0.06))
        return;
    for (int i = 0; i < lines; i++) {
        char text[GRAMMAR_TEXT];
        struct place place = {REGION_TABLE, row, column, 0};
        double x = c->x + PAD_PX + roll(sheet, -4, 6);
        double room = c->w - 2 * PAD_PX - 6;

        make_fitting(sheet, grammar, c->section, spelling, &c->style, room,
                     text);
        if (text[0] == '\0')
            continue;
        room -= width_of(sheet, &c->style, text);
        if (c->align != ALIGN_LEFT && room > 0)
            x += c->align == ALIGN_RIGHT ? room : room / 2;
        draw_text(sheet, &c->style, (struct point){x, top + i * step}, place,
                  text);
    }
}

static int make_columns(struct sheet *sheet, const struct faces *faces,
                        const struct grammar *grammar, struct column *columns)
{
    int count = (int)roll(sheet, 4, sheet->page.w > 3000 ? COLUMNS : 7);
    double weights[COLUMNS];
    double sum = 0;
    double x = MARGIN_PX;

    for (int i = 0; i < count; i++)
        sum += weights[i] = roll(sheet, 1, 3.2);
    for (int i = 0; i < count; i++) {
        struct column *c = &columns[i];

        c->x = x;
        c->w = (sheet->page.w - 2 * MARGIN_PX) * weights[i] / sum;
        c->style = make_style(sheet, faces, 0.62);
        c->align = happens(sheet, 0.2)   ? ALIGN_RIGHT
                   : happens(sheet, 0.2) ? ALIGN_CENTER
                                         : ALIGN_LEFT;
        make_section(sheet, grammar, c->section);
        x += c->w;
    }
    return count;
}

/* @return the height used */
static double draw_titles(struct sheet *sheet, const struct faces *faces,
                          const struct grammar *grammar,
                          enum grammar_spelling spelling)
{
    double y = 110;

    for (int i = 0; i < 3; i++) {
        struct style style = make_style(sheet, faces, 0.2);
        char text[GRAMMAR_TEXT];
        double room = sheet->page.w - 2 * MARGIN_PX;
        struct place place = {REGION_TEXT, i, 0, 0};

        make_fitting(sheet, grammar, i == 1 ? "heading" : "title", spelling,
                     &style, room, text);
        room -= width_of(sheet, &style, text);
        draw_text(sheet, &style,
                  (struct point){MARGIN_PX + roll(sheet, 0, fmax(room, 1)), y},
                  place, text);
        y += style.size_px * 1.7 + 14;
    }
    return y;
}

static void draw_table(struct sheet *sheet, const struct faces *faces,
                       const struct grammar *grammar, double top)
{
    struct column columns[COLUMNS];
    int count = make_columns(sheet, faces, grammar, columns);
    double left = MARGIN_PX;
    double right = sheet->page.w - MARGIN_PX;
    double bottom = sheet->page.h - 110;
    double y = top;
    double width = roll(sheet, 2, 5);
    enum grammar_spelling spelling =
        happens(sheet, OLD_SHARE) ? GRAMMAR_OLD : GRAMMAR_MODERN;

    for (int row = 0; y + 60 < bottom; row++) {
        double h = fmin(roll(sheet, 62, 135), bottom - y);

        draw_rule(sheet, (struct point){left, y}, (struct point){right, y},
                  width);
        for (int i = 0; i < count; i++)
            fill_cell(sheet, grammar, &columns[i], i, row, y, h, spelling);
        y += h;
    }
    draw_rule(sheet, (struct point){left, y}, (struct point){right, y}, width);
    for (int i = 0; i <= count; i++) {
        double x = i == count ? right : columns[i].x;

        draw_rule(sheet, (struct point){x, top}, (struct point){x, y}, width);
    }
}

static void draw_running(struct sheet *sheet, const struct faces *faces,
                         const struct grammar *grammar, double top)
{
    struct style style = make_style(sheet, faces, RUNNING_TYPED);
    enum grammar_spelling spelling =
        happens(sheet, OLD_SHARE) ? GRAMMAR_OLD : GRAMMAR_MODERN;

    double y = top;

    while (y < sheet->page.h - 200) {
        char text[GRAMMAR_TEXT];
        struct place place = {REGION_TEXT, 9, 0, 0};

        make_fitting(sheet, grammar, happens(sheet, 0.6) ? "prose" : "remark",
                     spelling, &style, sheet->page.w - 2.0 * MARGIN_PX, text);
        if (text[0] != '\0')
            draw_text(sheet, &style, (struct point){MARGIN_PX, y}, place, text);
        if (happens(sheet, 0.12))
            style = make_style(sheet, faces, RUNNING_TYPED);
        y += style.size_px * 1.5;
    }
}

void practice_draw(struct sheet *sheet, const struct faces *faces,
                   const struct grammar *grammar)
{
    enum grammar_spelling spelling =
        happens(sheet, OLD_SHARE) ? GRAMMAR_OLD : GRAMMAR_MODERN;
    double top = draw_titles(sheet, faces, grammar, spelling);

    if (happens(sheet, RUNNING_SHARE))
        draw_running(sheet, faces, grammar, top);
    else
        draw_table(sheet, faces, grammar, top);
}
