/* SPDX-License-Identifier: MIT */
#include "tefter/statement_pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"

/* A4 in points of 1/72 inch. */
#define PAGE_W_PT   595.28
#define PAGE_H_PT   841.89
#define MARGIN_PT   42.0
#define GAP_PT      4.0
#define FOOT_PT     60.0
#define FONT        "DejaVu Sans, Sans 7.5"
#define FONT_HEAD   "DejaVu Sans, Sans 12"
#define MS_IN_S     1000
#define DATE_BYTES  16 /* of "2026-11-26T10:15" */
#define COLUMNS     6
#define SUM_COLUMNS 4 /* columns from here on are sums, set to the right */

static const struct {
    const char *head;
    double width_pt;
} columns[COLUMNS] = {
    {"№", 34},           {"Дата (UTC)", 76}, {"Операция", 82},
    {"Относно", 199.28}, {"Сума, €", 56},    {"Наличност, €", 64},
};

/* Where drawing stands. */
struct sheet {
    cairo_t *cairo;
    PangoLayout *layout;
    double y_pt;
    int number; /* of the page */
};

static cairo_status_t take_bytes(void *to, const unsigned char *bytes,
                                 unsigned len)
{
    buf_add(to, (const char *)bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

static const char *kind_text(const char *kind)
{
    static const char *const names[][2] = {{"charge", "отворена страница"},
                                           {"reversal", "върната такса"},
                                           {"refund", "възстановена такса"},
                                           {"top-up", "постъпило плащане"},
                                           {"pay-out", "изплатена наличност"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(kind, names[i][0]) == 0)
            return names[i][1];
    }
    return kind;
}

/* Draw a text in a box of that width; its height. */
static double put(struct sheet *s, double x_pt, double width_pt,
                  PangoAlignment alignment, const char *text)
{
    int height;

    pango_layout_set_width(s->layout, (int)(width_pt * PANGO_SCALE));
    pango_layout_set_wrap(s->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(s->layout, alignment);
    pango_layout_set_text(s->layout, text, -1);
    pango_layout_get_size(s->layout, NULL, &height);
    cairo_move_to(s->cairo, x_pt, s->y_pt);
    pango_cairo_show_layout(s->cairo, s->layout);
    return (double)height / PANGO_SCALE;
}

static void use_font(struct sheet *s, const char *name)
{
    PangoFontDescription *font = pango_font_description_from_string(name);

    pango_layout_set_font_description(s->layout, font);
    pango_font_description_free(font);
}

static void rule(struct sheet *s)
{
    cairo_set_line_width(s->cairo, 0.5);
    cairo_move_to(s->cairo, MARGIN_PT, s->y_pt);
    cairo_line_to(s->cairo, PAGE_W_PT - MARGIN_PT, s->y_pt);
    cairo_stroke(s->cairo);
    s->y_pt += GAP_PT;
}

static void put_row(struct sheet *s, const char *const text[COLUMNS])
{
    double x_pt = MARGIN_PT, height_pt = 0;

    for (int i = 0; i < COLUMNS; i++) {
        double height = put(
            s, x_pt, columns[i].width_pt - GAP_PT,
            i < SUM_COLUMNS ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT, text[i]);

        height_pt = height > height_pt ? height : height_pt;
        x_pt += columns[i].width_pt;
    }
    s->y_pt += height_pt + GAP_PT;
}

static void put_heads(struct sheet *s)
{
    const char *heads[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        heads[i] = columns[i].head;
    put_row(s, heads);
    rule(s);
}

static void end_page(struct sheet *s)
{
    char number[16];

    (void)snprintf(number, sizeof(number), "%d", ++s->number);
    s->y_pt = PAGE_H_PT - MARGIN_PT;
    (void)put(s, MARGIN_PT, PAGE_W_PT - 2 * MARGIN_PT, PANGO_ALIGN_CENTER,
              number);
    cairo_show_page(s->cairo);
    s->y_pt = MARGIN_PT;
}

static void put_title(struct sheet *s, const struct statement *st,
                      const char *issuer)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char made[CLOCK_RFC3339_SIZE];

    clock_now_rfc3339(made);
    use_font(s, FONT_HEAD);
    buf_printf(&text, "%s\nИзвлечение за месец %s", issuer, st->month);
    s->y_pt += put(s, MARGIN_PT, PAGE_W_PT - 2 * MARGIN_PT, PANGO_ALIGN_LEFT,
                   buf_str(&text)) +
               2 * GAP_PT;
    use_font(s, FONT);
    buf_clear(&text);
    buf_printf(&text, "Платец: %s, %s\nИзготвено: %s", st->payer, st->name,
               made);
    s->y_pt += put(s, MARGIN_PT, PAGE_W_PT - 2 * MARGIN_PT, PANGO_ALIGN_LEFT,
                   buf_str(&text)) +
               3 * GAP_PT;
}

static void put_balance(struct sheet *s, const char *what, int64_t cents)
{
    char sum[EURO_SIZE];

    euro_format(cents, sum);
    put_row(s, (const char *const[COLUMNS]){"", "", "", what, "", sum});
}

static void put_entry(struct sheet *s, const struct statement *st,
                      const struct ledger_entry *e, int64_t balance_cents)
{
    CLEANUP(buf_fini) struct buf about = BUF_INIT;
    char number[24], at[CLOCK_RFC3339_SIZE], sum[EURO_SIZE], balance[EURO_SIZE];

    (void)snprintf(number, sizeof(number), "%lld", (long long)e->seq);
    clock_rfc3339((time_t)(e->at_utc_ms / MS_IN_S), at);
    at[DATE_BYTES] = '\0';
    at[DATE_BYTES - 6] = ' ';
    euro_format(statement_change(st, e), sum);
    euro_format(balance_cents, balance);
    buf_printf(&about, "%s%s%s", e->text, e->ground[0] == '\0' ? "" : "; ",
               e->ground);
    put_row(s, (const char *const[COLUMNS]){number, at, kind_text(e->kind),
                                            buf_str(&about), sum, balance});
}

static void draw(struct sheet *s, const struct statement *st,
                 const char *issuer)
{
    int64_t balance = st->before_cents;

    put_title(s, st, issuer);
    put_heads(s);
    put_balance(s, "Наличност в началото", balance);
    for (size_t i = 0; i < st->entries.count; i++) {
        if (s->y_pt > PAGE_H_PT - MARGIN_PT - FOOT_PT) {
            end_page(s);
            put_heads(s);
        }
        balance += statement_change(st, &st->entries.items[i]);
        put_entry(s, st, &st->entries.items[i], balance);
    }
    rule(s);
    put_balance(s, "Наличност в края", balance);
    end_page(s);
}

static int draw_to(cairo_surface_t *surface, const struct statement *st,
                   const char *issuer, struct err *err)
{
    struct sheet s = {.cairo = cairo_create(surface), .y_pt = MARGIN_PT};
    cairo_status_t status;

    s.layout = pango_cairo_create_layout(s.cairo);
    draw(&s, st, issuer);
    g_object_unref(s.layout);
    cairo_surface_finish(surface);
    status = cairo_status(s.cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_destroy(s.cairo);
    return status == CAIRO_STATUS_SUCCESS
               ? 0
               : err_set(err, ERR_LIBRARY, "cairo: %s",
                         cairo_status_to_string(status));
}

int statement_pdf(const struct statement *statement, const char *issuer,
                  const char *path, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        take_bytes, &bytes, PAGE_W_PT, PAGE_H_PT);
    int rc = draw_to(surface, statement, issuer, err);

    cairo_surface_destroy(surface);
    if (rc != 0)
        return -1;
    if (bytes.failed)
        return err_set(err, ERR_NOMEM, "statement: out of memory");
    return file_write_durable(path, bytes.data, bytes.len, err);
}
