/* SPDX-License-Identifier: MIT */
/*
 * tests/index/made.h - catalogues of pages made from strings. A page's words
 * stand in a grid: word w of line l has its box at (100 w, 50 l), 90 wide and
 * 40 high, so that a test can tell which words a box belongs to.
 */
#ifndef TESTS_INDEX_MADE_H
#define TESTS_INDEX_MADE_H

#include <string.h>

#include "common/buf.h"
#include "index/put.h"
#include "index/search.h"
#include "tests/unit.h"

struct made_page {
    uint32_t number;
    const char
        *text; /* lines by \n; "" = blank; NULL = nothing could be read */
    const struct put_record *records;
    size_t record_count;
};

static inline struct rect made_box(size_t line, size_t word)
{
    return (struct rect){(int32_t)word * 100, (int32_t)line * 50, 90, 40};
}

static inline struct quad made_quad(struct rect r)
{
    return (struct quad){{{r.x, r.y},
                          {r.x + r.w, r.y},
                          {r.x + r.w, r.y + r.h},
                          {r.x, r.y + r.h}}};
}

static inline void made_line(struct page_text *text, const char *line,
                             size_t len, size_t line_number)
{
    struct err err;
    size_t word = 0;

    assert_ok(page_text_begin_line(text, &err), err);
    while (len > 0) {
        const char *space = memchr(line, ' ', len);
        size_t n = space == NULL ? len : (size_t)(space - line);
        char *copy = strndup(line, n);

        assert_ok(page_text_add_word(text, copy, 90,
                                     made_quad(made_box(line_number, word++)),
                                     &err),
                  err);
        free(copy);
        n += space != NULL;
        line += n;
        len -= n;
    }
}

static inline struct page_text *made_text(const char *lines)
{
    struct page_text *text = page_text_new();
    struct err err;
    size_t line = 0;

    assert_non_null(text);
    text->width_px = 2480;
    text->height_px = 3508;
    text->mirrored = true;
    text->turn_cw_deg = 270;
    text->blank = lines != NULL && *lines == '\0';
    (void)snprintf(text->language, sizeof(text->language), "bul");
    assert_ok(page_text_begin_block(text, &err), err);
    while (lines != NULL && *lines != '\0') {
        size_t len = strcspn(lines, "\n");

        made_line(text, lines, len, line++);
        lines += len + (lines[len] == '\n');
    }
    page_text_finish(text);
    return text;
}

static inline struct volume *made_volume(const char *id, const char *date_from,
                                         const char *date_to)
{
    struct volume *volume = volume_new();
    struct volume_id parts;
    struct err err;

    assert_non_null(volume);
    assert_ok(volume_id_parse(id, &parts, &err), err);
    (void)snprintf(volume->id, sizeof(volume->id), "%s", id);
    (void)snprintf(volume->site, sizeof(volume->site), "%s", parts.site);
    (void)snprintf(volume->series, sizeof(volume->series), "%s", parts.series);
    (void)snprintf(volume->number, sizeof(volume->number), "%s", parts.number);
    free(volume->date_from);
    free(volume->date_to);
    volume->date_from = strdup(date_from);
    volume->date_to = strdup(date_to);
    return volume;
}

static inline struct page *made_page(const char *volume, uint32_t number)
{
    struct page *page = page_new();
    struct err err;

    assert_non_null(page);
    page->number = number;
    page->width_px = 2480;
    page->height_px = 3508;
    (void)snprintf(page->volume, sizeof(page->volume), "%s", volume);
    assert_ok(page_id_format(volume, number, page->id, &err), err);
    (void)snprintf(page->digests.sha256, sizeof(page->digests.sha256),
                   "master-%u", number);
    return page;
}

static inline void made_records_digest(const struct put_content *content,
                                       char out[DIGEST_HEX_SIZE])
{
    CLEANUP(buf_fini) struct buf all = BUF_INIT;
    struct err err;

    for (size_t r = 0; r < content->record_count; r++)
        for (size_t f = 0; f < content->records[r].field_count; f++) {
            const struct put_field *field = &content->records[r].fields[f];

            buf_printf(&all, "%u %s %s %d\n", content->records[r].number,
                       field->text, field->value, (int)field->origin);
        }
    out[0] = '\0';
    if (all.len > 0)
        assert_ok(digest_bytes(all.data, all.len, DIGEST_SHA256, out, &err),
                  err);
}

/* Its text stands for the ALTO's digest, the texts of its fields for that of
 * the records. */
static inline void made_put_page(struct put *put, const char *volume,
                                 struct made_page made)
{
    char records_sha256[DIGEST_HEX_SIZE];
    CLEANUP(page_free) struct page *page = made_page(volume, made.number);
    CLEANUP(page_text_free) struct page_text *text = made_text(made.text);
    char sha256[DIGEST_HEX_SIZE];
    struct put_made_from made_from = {sha256, records_sha256};
    struct put_content content = {text, made.records, made.record_count};
    struct err err;
    bool same = false;

    if (made.text == NULL)
        text->blank = false;
    assert_ok(digest_bytes(made.text == NULL ? "?" : made.text,
                           made.text == NULL ? 1 : strlen(made.text),
                           DIGEST_SHA256, sha256, &err),
              err);
    made_records_digest(&content, records_sha256);
    assert_ok(put_is_same(put, page, &made_from, &same, &err), err);
    if (!same)
        assert_ok(put_page(put, page, &made_from, &content, &err), err);
}

static inline void made_put(struct catalogue *catalogue, const char *volume_id,
                            const char *date_from, const char *date_to,
                            const struct made_page *pages, size_t count)
{
    CLEANUP(volume_free)
    struct volume *volume = made_volume(volume_id, date_from, date_to);
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 1, "urn:uuid:made"};
    struct err err;

    assert_ok(put_begin(catalogue_db(catalogue), &source, &put, &err), err);
    for (size_t i = 0; i < count; i++)
        made_put_page(put, volume_id, pages[i]);
    assert_ok(put_commit(put, &err), err);
}

/* A volume of one page. */
static inline void made_put_text(struct catalogue *catalogue,
                                 const char *volume, const char *year,
                                 const char *text)
{
    struct made_page page = {1, text, NULL, 0};

    made_put(catalogue, volume, year, "", &page, 1);
}

static inline struct catalogue *made_catalogue(const char *dir)
{
    char path[PATH_SIZE];
    struct catalogue *catalogue = NULL;
    struct err err;

    assert_ok(path_format(path, &err, "%s/catalogue.sqlite", dir), err);
    assert_ok(catalogue_open(path, CATALOGUE_WRITE, &catalogue, &err), err);
    return catalogue;
}

static const char *const all_series[] = {"family-register", "local-tax",
                                         "technical"};
static const struct search_scope scope_all = {.series = all_series,
                                              .series_count = 3};

static inline struct search_answer *made_ask(
    struct catalogue *catalogue, const struct search_scope *scope,
    const struct search_request *request)
{
    struct search_answer *answer = NULL;
    struct err err;

    assert_ok(search_run(catalogue, scope, request, &answer, &err), err);
    return answer;
}

/* The numbers of all pages found for a query, in order of rank. */
static inline size_t made_found(struct catalogue *catalogue, const char *query)
{
    struct search_request request = {.query = query, .limit = 200};
    CLEANUP(search_answer_free)
    struct search_answer *answer = made_ask(catalogue, &scope_all, &request);

    assert_int_equal(answer->total, answer->hit_count);
    return answer->hit_count;
}

#endif
