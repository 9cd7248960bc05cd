/* SPDX-License-Identifier: MIT */
/*
 * tests/store/made.h - a made archive for the tests of store/: a volume, pages
 * with small masters, and their ALTO, all different for different numbers.
 */
#ifndef TESTS_STORE_MADE_H
#define TESTS_STORE_MADE_H

#include <string.h>

#include <sys/stat.h>

#include "ocr/alto.h"
#include "ocr/record_xml.h"
#include "store/check.h"
#include "store/package.h"
#include "store/verify.h"
#include "tests/unit.h"

#define MADE_VOLUME "odesos/family-register/1938-012"
/* sha256("urn:uuid:" + uuid5(namespace, MADE_VOLUME)) by layout 0004. */
#define MADE_HASH \
    "7f62a7e72b11da56c9c96ca801e65e78a6b404f06f681138480ab44c13f0f5de"
#define MADE_OBJECT "7f6/2a7/e72/" MADE_HASH

static inline void made_text(char **at, const char *text)
{
    free(*at);
    *at = strdup(text);
    assert_non_null(*at);
}

static inline struct volume *made_volume(const char *id)
{
    struct volume *v = volume_new();
    struct volume_id parts;
    struct err err;

    assert_non_null(v);
    assert_ok(volume_id_parse(id, &parts, &err), err);
    (void)snprintf(v->id, sizeof(v->id), "%s", id);
    memcpy(v->site, parts.site, sizeof(v->site));
    memcpy(v->series, parts.series, sizeof(v->series));
    memcpy(v->number, parts.number, sizeof(v->number));
    made_text(&v->title, "Семеен регистър & <кв. 4>");
    made_text(&v->shelfmark, "Ф. 12, оп. 3");
    made_text(&v->date_from, "1938");
    made_text(&v->date_to, "1940-05-01");
    return v;
}

/* The folder that made files lie in. */
static inline void made_path(const char *dir, const char *name,
                             char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/scans/%s", dir, name), err);
}

static inline void made_file(const char *dir, const char *name,
                             const char *content, struct file_digests *out)
{
    char path[PATH_SIZE], folder[PATH_SIZE];
    struct err err;

    assert_ok(path_format(folder, &err, "%s/scans", dir), err);
    assert_ok(dir_make(folder, &err), err);
    made_path(dir, name, path);
    (void)chmod(path, 0644);
    assert_ok(file_write_durable(path, content, strlen(content), &err), err);
    out->size_bytes = (int64_t)strlen(content);
    assert_ok(digest_file(path, DIGEST_SHA256, out->sha256, &err), err);
    assert_ok(digest_file(path, DIGEST_SHA512, out->sha512, &err), err);
}

/* A page whose master is scans/NNNN.tif, made here. */
static inline struct page *made_page(const char *dir, const char *volume,
                                     uint32_t number)
{
    struct page *p = page_new();
    char name[32], content[64];
    struct err err;

    assert_non_null(p);
    assert_ok(page_id_format(volume, number, p->id, &err), err);
    (void)snprintf(p->volume, sizeof(p->volume), "%s", volume);
    (void)snprintf(name, sizeof(name), "%04u.tif", number);
    (void)snprintf(content, sizeof(content), "II*. the scan of page %u\n",
                   number);
    p->number = number;
    made_file(dir, name, content, &p->digests);
    made_text(&p->master, name);
    made_text(&p->original_name, "сканове/лист.tif");
    made_text(&p->compression, "g4");
    made_text(&p->language, "bul");
    p->width_px = 100;
    p->height_px = 200;
    p->bits_per_sample = 1;
    p->samples_per_pixel = 1;
    p->orientation = 1;
    clock_rfc3339(1795000000, p->received_utc);
    return p;
}

static inline struct page_text *made_reading(uint32_t number)
{
    struct page_text *t = page_text_new();
    struct quad quad = {{{10, 20}, {60, 20}, {60, 40}, {10, 40}}};
    char word[32];
    struct err err;

    assert_non_null(t);
    t->width_px = 100;
    t->height_px = 200;
    t->skew_cw_deg = 0.25;
    (void)snprintf(t->language, sizeof(t->language), "bul");
    (void)snprintf(t->software, sizeof(t->software), "tesseract 5.3.0");
    clock_rfc3339(1795000000 + (time_t)number, t->read_utc);
    (void)snprintf(word, sizeof(word), "лист%u", number);
    assert_ok(page_text_begin_block(t, &err), err);
    assert_ok(page_text_begin_line(t, &err), err);
    assert_ok(page_text_add_word(t, word, 93, quad, &err), err);
    page_text_finish(t);
    return t;
}

/* scans/NNNN.alto.xml */
static inline void made_alto(const char *dir, const struct page *p,
                             const struct page_text *text, char out[PATH_SIZE])
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct alto_source source = {p->id, p->master, p->image, p->number};
    struct err err;

    assert_ok(path_format(out, &err, "%s/scans/%04u.alto.xml", dir, p->number),
              err);
    assert_ok(alto_write(text, &source, &bytes, &err), err);
    assert_ok(file_write_durable(out, bytes.data, bytes.len, &err), err);
}

/* Add a page as the pipeline would; its master is scans/MASTER. */
static inline int made_add_page(const char *dir, struct draft *draft,
                                const struct page *p, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = made_reading(p->number);
    char master[PATH_SIZE], alto[PATH_SIZE];

    made_path(dir, p->master, master);
    made_alto(dir, p, text, alto);
    return draft_add_page(draft, p, master, alto, text, err);
}

static inline int made_add(const char *dir, struct draft *draft,
                           const char *volume, uint32_t number, struct err *err)
{
    CLEANUP(page_free) struct page *p = made_page(dir, volume, number);

    return made_add_page(dir, draft, p, err);
}

/* DIR/store, opened. */
static inline struct store *made_store(const char *dir)
{
    struct store *store = NULL;
    char root[PATH_SIZE];
    struct err err;

    assert_ok(path_format(root, &err, "%s/store", dir), err);
    assert_ok(store_init(root, &err), err);
    assert_ok(store_open(root, &store, &err), err);
    return store;
}

/* Commit pages first to last as the volume's next version. */
static inline void made_version(const char *dir, struct store *store,
                                const char *volume, uint32_t first,
                                uint32_t last)
{
    CLEANUP(volume_free) struct volume *v = made_volume(volume);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    for (uint32_t n = first; n <= last; n++)
        assert_ok(made_add(dir, draft, volume, n, &err), err);
    assert_ok(draft_commit(draft, "batch made-1", &err), err);
}

/* A verify_visit: all findings into one report, paths of a volume's behind its
 * id. */
static inline int made_take_report(void *arg, const char *volume,
                                   const struct fault_report *report,
                                   struct err *err)
{
    struct fault_report *all = arg;
    struct check c = {all, "", "", false};
    CLEANUP(free) char *prefix = NULL;

    if (volume != NULL) {
        assert_true(asprintf(&prefix, "%s:", volume) > 0);
        c.prefix = prefix;
    }
    for (size_t i = 0; i < report->count; i++)
        check_fault(&c, report->faults[i].kind, report->faults[i].code,
                    report->faults[i].path, "%s", report->faults[i].message);
    all->files += report->files;
    all->bytes += report->bytes;
    return check_end(&c, err);
}

static inline void made_verify(const struct store *store,
                               struct fault_report *all)
{
    const struct verify_walk walk = {.visit = made_take_report, .arg = all};
    struct err err;

    assert_ok(verify_store(store, &walk, &err), err);
}

static inline int made_verify_volume(const struct store *store,
                                     struct fault_report *report,
                                     struct err *err)
{
    const struct verify_means alone = VERIFY_MEANS_INIT;

    return verify_volume(store, MADE_VOLUME, &alone, report, err);
}

static inline void made_assert_whole(const struct store *store)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;

    made_verify(store, &report);
    if (report.count > 0)
        fail_msg("%s %s: %s", report.faults[0].code, report.faults[0].path,
                 report.faults[0].message);
}

/* A file of a version that brought it. */
static inline void made_read(const char *dir, int version, const char *logical,
                             struct buf *out)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/store/" MADE_OBJECT "/v%d/content/%s",
                          dir, version, logical),
              err);
    assert_ok(file_read(path, 1 << 22, out, &err), err);
}

/* The text of the first such element behind a place; an empty one: none. */
static inline void made_element(const char *at, const char *name, char out[256])
{
    char tag[64];

    (void)snprintf(tag, sizeof(tag), "<%s>", name);
    at = strstr(at, tag);
    (void)snprintf(out, 256, "%.*s",
                   at == NULL ? 0 : (int)strcspn(at + strlen(tag), "<"),
                   at == NULL ? "" : at + strlen(tag));
}

/* Every event that a version's PREMIS tells is told by a later version's, under
 * the same identifier and of the same time. */
static inline void made_assert_history(const char *dir, int older, int newer)
{
    CLEANUP(buf_fini) struct buf was = BUF_INIT, is = BUF_INIT;
    char id[256], then[256], now[256];

    made_read(dir, older, "metadata/preservation/premis.xml", &was);
    made_read(dir, newer, "metadata/preservation/premis.xml", &is);
    assert_non_null(strstr(buf_str(&was), "<eventIdentifierValue>"));
    for (const char *at = buf_str(&was);
         (at = strstr(at, "<eventIdentifierValue>")) != NULL; at++) {
        const char *found;

        made_element(at, "eventIdentifierValue", id);
        made_element(at, "eventDateTime", then);
        found = strstr(buf_str(&is), id);
        if (found == NULL)
            fail_msg("version %d does not tell the event %s of %s", newer, id,
                     then);
        made_element(found, "eventDateTime", now);
        assert_string_equal(now, then);
    }
}

/* Of the made volume, for its next version. */
static inline struct draft *made_draft(struct store *store)
{
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    return draft;
}

/* The records of a page, as they come from reading. */
static inline void made_records_file(const char *dir,
                                     const struct page_records *records,
                                     const char *page, char out[PATH_SIZE])
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct err err;

    made_path(dir, "records.xml", out);
    (void)unlink(out);
    assert_ok(records_write(records, page, &bytes, &err), err);
    assert_ok(file_write_durable(out, bytes.data, bytes.len, &err), err);
}

/* The records of a page of the made volume as they stand; i: its place. */
static inline struct page_records *made_held_records(const struct store *store,
                                                     size_t i)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct page_records *records = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(package_open(store, MADE_VOLUME, &package, &err), err);
    assert_ok(package_records_path(package, i, path, &err), err);
    assert_ok(records_read(path, &records, &err), err);
    return records;
}

#endif
