/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/form_volume.h - a volume of forms whose rows are known, for
 * the archive of web_archive.h: on each page a household (record 1), three of
 * its people (2 to 4), and one who is in another (5). Every page is black all
 * over, so that any pixel that is shown is seen to be.
 */
#ifndef TESTS_SEARCH_CGI_FORM_VOLUME_H
#define TESTS_SEARCH_CGI_FORM_VOLUME_H

#include "ocr/record_xml.h"
#include "tests/search-cgi/web_archive.h"

#define FORM_ROWS 4

struct form_page {
    const char *names[FORM_ROWS];
    const char *birth_date; /* of all of them */
};

/* A row each, 100 px high; its cells are 90 px wide, from x = 10 on. The
 * household's cell stands above them. A little aslant, as cells are. */
static inline struct quad form_quad(int row, int column)
{
    int x = 10 + column * 100, y = 100 + row * 100;

    return (struct quad){
        {{x, y}, {x + 90, y + 3}, {x + 89, y + 83}, {x - 1, y + 80}}};
}

static inline void form_add_cell(struct page_records *r, struct quad quad)
{
    r->cells = realloc(r->cells, (r->cell_count + 1) * sizeof(*r->cells));
    assert_non_null(r->cells);
    r->cells[r->cell_count++] = (struct record_cell){.quad = quad,
                                                     .state = CELL_READ,
                                                     .row = 1,
                                                     .column = 1,
                                                     .rows = 1,
                                                     .columns = 1,
                                                     .confidence = 97};
}

static inline void form_add_field(struct page_records *r,
                                  struct form_record *record, const char *name,
                                  enum value_type type, const char *text,
                                  struct quad quad)
{
    struct err err;

    form_add_cell(r, quad);
    assert_ok(
        form_record_add(record,
                        &(struct record_field){.name = (char *)(uintptr_t)name,
                                               .type = type,
                                               .text = (char *)(uintptr_t)text,
                                               .value = (char *)(uintptr_t)text,
                                               .valid = true,
                                               .confidence = 97,
                                               .box = quad_bounds(quad),
                                               .cell = (uint32_t)r->cell_count},
                        &err),
        err);
}

/* A sex that was misread, in the cell of the field before. */
static inline void form_add_doubtful(struct page_records *r,
                                     struct form_record *record)
{
    char name[] = "sex", text[] = "1";
    struct err err;

    assert_ok(form_record_add(
                  record,
                  &(struct record_field){
                      .name = name,
                      .type = VALUE_SEX,
                      .text = text,
                      .value = text,
                      .confidence = 12,
                      .box = quad_bounds(r->cells[r->cell_count - 1].quad),
                      .cell = (uint32_t)r->cell_count},
                  &err),
              err);
}

/* r01 household, r02 to r04 in it, r05 in none. */
static inline void form_write_records(const struct form_page *form,
                                      const char *page, const char *path)
{
    CLEANUP(page_records_free) struct page_records *r = page_records_new();
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct form_record *record;
    struct err err;

    record = page_records_add(r, "family-register", "household");
    form_add_field(r, record, "street", VALUE_TEXT, "Шипченска",
                   form_quad(-1, 0));
    for (int i = 0; i < FORM_ROWS; i++) {
        record = page_records_add(r, "family-register", "person");
        record->in = i < 3 ? 1 : 0;
        form_add_field(r, record, "name", VALUE_NAME, form->names[i],
                       form_quad(i, 0));
        form_add_field(r, record, "birth_date", VALUE_DATE, form->birth_date,
                       form_quad(i, 2));
        form_add_doubtful(r, record);
    }
    assert_ok(records_write(r, page, &bytes, &err), err);
    assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
}

static inline void form_write_master(const char *temp, const char *path,
                                     const char *id)
{
    CLEANUP(raster_free) struct raster *r = NULL;
    struct err err;

    assert_ok(raster_new(RASTER_BITONAL, 1000, 600, &r, &err), err);
    memset(r->data, 0xFF, r->stride_bytes * r->height_px);
    memcpy(r->data + (r->height_px - 1) * r->stride_bytes, id, strlen(id));
    assert_ok(pyramid_make_from(r, temp, path, &err), err);
}

/* The running text is the names. */
static inline struct page_text *form_text(const struct form_page *form)
{
    CLEANUP(free) char *words = NULL;

    assert_true(asprintf(&words, "%s %s %s %s", form->names[0], form->names[1],
                         form->names[2], form->names[3]) > 0);
    return web_text(words);
}

static inline struct page *form_page_new(const char *volume, uint32_t number,
                                         const char *name)
{
    struct page *p = page_new();
    struct err err;

    assert_non_null(p);
    (void)snprintf(p->volume, sizeof(p->volume), "%s", volume);
    assert_ok(page_id_format(volume, number, p->id, &err), err);
    p->number = number;
    p->width_px = 1000;
    p->height_px = 600;
    p->orientation = p->bits_per_sample = p->samples_per_pixel = 1;
    web_set(&p->master, name);
    web_set(&p->original_name, name);
    web_set(&p->compression, "none");
    web_set(&p->language, "bul");
    clock_now_rfc3339(p->received_utc);
    return p;
}

static inline void form_add_page(const char *dir, struct draft *draft,
                                 const char *volume,
                                 const struct form_page *form, uint32_t number)
{
    CLEANUP(page_free) struct page *p = NULL;
    CLEANUP(page_text_free) struct page_text *text = form_text(form);
    CLEANUP(buf_fini) struct buf alto = BUF_INIT;
    char master[PATH_SIZE], alto_path[PATH_SIZE], records[PATH_SIZE];
    char temp[PATH_SIZE], name[16];
    struct err err;

    (void)snprintf(name, sizeof(name), "%04u.tif", number);
    p = form_page_new(volume, number, name);
    clock_now_rfc3339(text->read_utc);
    (void)snprintf(text->language, sizeof(text->language), "bul");
    (void)snprintf(text->software, sizeof(text->software), "made");
    assert_ok(path_format(master, &err, "%s/%s", dir, name), err);
    assert_ok(path_format(temp, &err, "%s/.tmp-master", dir), err);
    assert_ok(path_format(alto_path, &err, "%s/a.xml", dir), err);
    assert_ok(path_format(records, &err, "%s/r.xml", dir), err);
    (void)unlink(master);
    form_write_master(temp, master, p->id);
    p->digests.size_bytes = file_size(master);
    assert_ok(digest_file(master, DIGEST_SHA256, p->digests.sha256, &err), err);
    assert_ok(digest_file(master, DIGEST_SHA512, p->digests.sha512, &err), err);
    assert_ok(alto_write(text,
                         &(struct alto_source){p->id, p->master, 0, p->number},
                         &alto, &err),
              err);
    assert_ok(file_write_durable(alto_path, alto.data, alto.len, &err), err);
    form_write_records(form, p->id, records);
    assert_ok(draft_add_page(draft, p, master, alto_path, text, &err), err);
    assert_ok(draft_add_records(draft, p, records, &err), err);
}

/* @param dir  of the test: the archive's is DIR/archive */
static inline void form_volume_add(const char *dir,
                                   const struct archive *archive,
                                   const struct web_volume *made,
                                   const struct form_page *pages, size_t count)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(volume_free) struct volume *v = web_volume_new(made);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/made", dir), err);
    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(
        catalogue_open(archive->catalogue, CATALOGUE_WRITE, &catalogue, &err),
        err);
    assert_ok(draft_begin(store, v, &draft, &err), err);
    for (size_t i = 0; i < count; i++)
        form_add_page(path, draft, made->id, &pages[i], (uint32_t)i + 1);
    assert_ok(draft_commit(draft, "made", &err), err);
    assert_ok(package_open(store, made->id, &package, &err), err);
    assert_ok(catalogue_put(catalogue, package, &err), err);
}

static inline void form_grant_public(struct access *access, const char *action)
{
    struct right right = {.role = "public",
                          .series = "family-register",
                          .condition = "published"};
    struct err err;

    (void)snprintf(right.action, sizeof(right.action), "%s", action);
    assert_ok(access_grant(access, &right, &err), err);
}

/* An old register that the public is shown: its first page is open, on the
 * second somebody may live, the third is restricted. */
static inline void form_register_add(const char *dir,
                                     const struct archive *archive,
                                     struct access *access, const char *id)
{
    static const struct form_page pages[] = {
        {{"Древниев", "Стариев", "Предишниев", "Съседев"}, "1838-01-01"},
        {{"Живиев", "Младиев", "Днешниев", "Близкиев"}, "1990-01-01"},
        {{"Осиновиев", "Приетиев", "Родниев", "Странични"}, "1838-01-01"},
    };
    char restricted[ID_SIZE];
    struct err err;

    form_volume_add(dir, archive, &(struct web_volume){id, "Стар", "1890", ""},
                    pages, sizeof(pages) / sizeof(*pages));
    form_grant_public(access, "search");
    form_grant_public(access, "view");
    assert_ok(access_publish(access, id, &err), err);
    (void)snprintf(restricted, sizeof(restricted), "%s/0003", id);
    assert_ok(access_restrict(access, restricted, "осиновяване", &err), err);
}

#endif
