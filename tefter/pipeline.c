/* SPDX-License-Identifier: MIT */
#include "tefter/pipeline.h"

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "ocr/alto.h"
#include "ocr/form_fill.h"
#include "ocr/record_xml.h"
#include "tefter/archive_rules.h"
#include "tefter/claim.h"
#include "tefter/earlier.h"
#include "tefter/page_number.h"
#include "tefter/rescan.h"

int pipeline_open(struct archive *archive, struct pipeline **out,
                  struct err *err)
{
    CLEANUP(pipeline_close) struct pipeline *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return err_set(err, ERR_NOMEM, "pipeline: out of memory");
    p->archive = archive;
    if (queue_open(archive->queue, &p->queue, err) != 0 ||
        store_open(archive->store, &p->store, err) != 0 ||
        store_keep_record(p->store, archive->fixity, err) != 0 ||
        catalogue_open(archive->catalogue, CATALOGUE_WRITE, &p->catalogue,
                       err) != 0 ||
        access_open(archive->access, &p->access, err) != 0)
        return -1;
    *out = STEAL(p);
    return 0;
}

void pipeline_close(struct pipeline *p)
{
    if (p == NULL)
        return;
    access_close(p->access);
    catalogue_close(p->catalogue);
    store_close(p->store);
    queue_close(p->queue);
    free(p);
}

/* A batch's folder in staging, or a folder in it. */
static int staged_path(const struct pipeline *p, const char *batch,
                       const char *part, char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%s%s", p->archive->staging, batch, part);
}

static struct ingest_request make_request(struct pipeline *p,
                                          const char *source,
                                          const struct batch_defaults *d)
{
    const struct conf *conf = p->archive->conf;

    return (struct ingest_request){
        .source = source,
        .staging = p->archive->staging,
        .quarantine = p->archive->quarantine,
        .site = d->site != NULL ? d->site : conf_text(conf, "site", "odesos"),
        .series = d->series != NULL
                      ? d->series
                      : conf_text(conf, "series", "family-register"),
        .title = d->title != NULL ? d->title : "",
        .language = d->language != NULL ? d->language
                                        : conf_text(conf, "language", "auto"),
        .allow_repeats = d->allow_duplicates,
        .may_grow = d->may_grow,
        .enclosure = d->enclosure,
        .earlier = earlier_pages_find,
        .earlier_arg = p->archive,
    };
}

static int read_archive_limits(const struct pipeline *p,
                               struct ingest_request *request, struct err *err)
{
    int64_t files = 200000, ratio = 250;

    if (conf_int(p->archive->conf, "ingest.archive_files", 1, 10000000, &files,
                 err) != 0 ||
        conf_int(p->archive->conf, "ingest.archive_ratio", 1, 1000000, &ratio,
                 err) != 0)
        return -1;
    request->archive_files = (uint64_t)files;
    request->archive_ratio = (uint64_t)ratio;
    return 0;
}

static int adopt_batch(struct pipeline *p, const char *id, struct err *err)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];

    /* Units of a queue that was lost may be cut differently: read again. */
    if (staged_path(p, id, "/units", path, err) != 0 ||
        dir_remove(path, err) != 0 || staged_path(p, id, "", path, err) != 0 ||
        batch_read(path, &batch, err) != 0)
        return -1;
    return claim_batch(p, batch, err);
}

static int adopt_staged(struct pipeline *p, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list staged = {NULL, 0};
    char path[PATH_SIZE];

    if (dir_list(p->archive->staging, &staged, err) != 0)
        return -1;
    for (size_t i = 0; i < staged.count; i++) {
        bool known = true;

        if (staged_path(p, staged.names[i], "/batch.json", path, err) != 0)
            return -1;
        if (!file_exists(path))
            continue;
        if (queue_has_batch(p->queue, staged.names[i], &known, err) != 0 ||
            (!known && adopt_batch(p, staged.names[i], err) != 0))
            return -1;
    }
    return 0;
}

static int receive(struct pipeline *p, struct ingest_request *request,
                   struct progress *progress, struct batch **out,
                   struct err *err)
{
    CLEANUP(name_list_fini) struct name_list known = {NULL, 0};
    CLEANUP(access_series_fini) struct series_list series = {NULL, 0};
    CLEANUP(lock_release) struct lock *lock = NULL;
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    char path[PATH_SIZE];
    int64_t jobs = 0;
    int rc;

    /* One batch comes in at a time: what a page may claim is asked and
     * written down under this lock. */
    if (archive_rules(p->archive, &rules, err) != 0 ||
        conf_int(p->archive->conf, "work.jobs", 0, 1024, &jobs, err) != 0 ||
        read_archive_limits(p, request, err) != 0 ||
        path_format(path, err, "%s/receive.lock", p->archive->dir) != 0 ||
        lock_acquire(path, LOCK_WAIT, &lock, err) != 0 ||
        queue_batch_ids(p->queue, &known, err) != 0 ||
        access_known_series(p->access, &series, err) != 0)
        return -1;
    request->known = &known;
    request->series_known = series.names;
    request->series_count = series.count;
    request->rules = rules;
    request->jobs = (unsigned)jobs;
    rc = ingest_batch(request, progress, out, err);
    if (rc == 0)
        return claim_batch(p, *out, err);
    if (err->kind == ERR_EXISTS) {
        struct err twice = *err;

        /* It may be staged and not in the queue: its intake was killed. */
        if (adopt_staged(p, err) != 0)
            return -1;
        *err = twice;
    }
    return -1;
}

static int receive_counted(struct pipeline *p, struct ingest_request *request,
                           struct progress *progress, struct batch **out,
                           struct err *err)
{
    double own_s = clock_cpu_s(), children_s = clock_children_cpu_s();
    int rc = receive(p, request, progress, out, err);

    p->costs.receive_s += clock_cpu_s() - own_s;
    p->costs.check_s += clock_children_cpu_s() - children_s;
    return rc;
}

static bool is_within(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 &&
           (path[len] == '\0' || path[len] == '/');
}

/* What the archive keeps is no batch: nor a folder that it lies in. */
static int check_source(const struct pipeline *p, const char *source,
                        struct err *err)
{
    const char *const own[] = {p->archive->store, p->archive->staging,
                               p->archive->reports};
    char given[PATH_MAX], folder[PATH_MAX];

    if (realpath(source, given) == NULL)
        return 0; /* there is none, which ingest says */
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
        if (realpath(own[i], folder) != NULL &&
            (is_within(given, folder) || is_within(folder, given)))
            return err_set(err, ERR_USAGE,
                           "%s has the archive's own files in it (%s): give "
                           "the folder of the scans",
                           source, folder);
    }
    return 0;
}

int pipeline_receive(struct pipeline *p, const char *source,
                     const struct batch_defaults *defaults,
                     struct progress *progress, struct batch **out,
                     struct err *err)
{
    struct ingest_request request = make_request(p, source, defaults);

    if (check_source(p, source, err) != 0)
        return -1;
    return receive_counted(p, &request, progress, out, err);
}

/* Why there is no such page: it may only wait to be read. */
static int say_no_page(struct pipeline *p, const char *page, const char *volume,
                       struct err *err)
{
    struct page_bytes waiting;

    if (queue_find_pending(p->queue, "", page, &waiting, err) != 0)
        return -1;
    if (waiting.sha256[0] != '\0')
        return err_set(err, ERR_ABSENT,
                       "page %s waits in batch %s and is not kept yet; `tefter "
                       "work` keeps it, then it can be replaced",
                       page, waiting.batch);
    return err_set(err, ERR_ABSENT,
                   "there is no page %s; `tefter volume show %s` lists "
                   "what the volume has. If its scan was set aside, give "
                   "the new one as the first was given: with the same "
                   "options, in a folder of the same name, under the same "
                   "file name",
                   page, volume);
}

/* The files take the places of the page and of those behind it. */
static int place_replacements(struct pipeline *p, const struct package *package,
                              const char *page, const char *const *files,
                              size_t count, struct ingest_replacement *out,
                              struct err *err)
{
    char volume[ID_SIZE];
    uint32_t number = 0;
    long first;

    if (page_id_parse(page, volume, &number, err) != 0)
        return -1;
    first = package_find(package, number);
    if (first < 0)
        return say_no_page(p, page, volume, err);
    if (count > package_page_count(package) - (size_t)first)
        return err_set(err, ERR_USAGE,
                       "%zu files, but from page %s on the volume has only %zu "
                       "pages",
                       count, page,
                       package_page_count(package) - (size_t)first);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct ingest_replacement){
            files[i], package_volume(package)->id,
            package_page(package, (size_t)first + i)->number,
            package_version(package)};
    return 0;
}

int pipeline_replace(struct pipeline *p, const char *page,
                     const char *const *files, size_t count,
                     const struct batch_defaults *defaults,
                     struct progress *progress, struct batch **out,
                     struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(free)
    struct ingest_replacement *places = calloc(count + 1, sizeof(*places));
    struct ingest_request request = make_request(p, NULL, defaults);
    char volume[ID_SIZE];
    uint32_t number = 0;

    if (places == NULL)
        return err_set(err, ERR_NOMEM, "rescan: out of memory");
    if (page_id_parse(page, volume, &number, err) != 0) {
        err->kind = ERR_USAGE; /* it was typed, and is no batch's fault */
        return -1;
    }
    if (package_open(p->store, volume, &package, err) != 0)
        return err->kind == ERR_ABSENT
                   ? say_no_page(p, page, volume, err)
                   : err_add(err, "page %s cannot be replaced", page);
    if (place_replacements(p, package, page, files, count, places, err) != 0)
        return -1;
    /* The volume is what it was; only its page is another. */
    if (defaults->title == NULL)
        request.title = package_volume(package)->title;
    request.replacements = places;
    request.replacement_count = count;
    return receive_counted(p, &request, progress, out, err);
}

int pipeline_adopt(struct pipeline *p, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/receive.lock", p->archive->dir) != 0)
        return -1;
    if (lock_acquire(path, LOCK_TRY, &lock, err) != 0)
        return err->kind == ERR_BUSY ? 0 : -1;
    return adopt_staged(p, err);
}

/* Records are there before the ALTO: what has an ALTO is done. */
static int write_records(const struct page_reading *to, const struct page *page,
                         const struct page_text *text, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf xml = BUF_INIT;

    if (form_fill(to->forms, text, &records, err) != 0)
        return -1;
    if (records == NULL)
        return 0;
    if (records_write(records, page->id, &xml, err) != 0)
        return -1;
    return file_write_durable(to->records, xml.data, xml.len, err);
}

static int write_alto(const struct page_reading *to, const struct page *page,
                      const struct page_text *text, struct err *err)
{
    const struct alto_source source = {page->id, page->master, page->image,
                                       page->number};
    CLEANUP(buf_fini) struct buf alto = BUF_INIT;

    if (alto_write(text, &source, &alto, err) != 0)
        return -1;
    return file_write_durable(to->alto, alto.data, alto.len, err);
}

/* Keep freed memory: of a page's many pictures the next is as large as the
 * last, and to have its pages cleared by the kernel anew each time costs a
 * tenth of the reading. */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

int pipeline_read_page(const struct page_reading *to, const struct page *page,
                       struct page_times *times, struct err *err)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct reader_times reading = {0, 0};
    double start_s = clock_cpu_s();

    keep_memory();
    if (raster_read_tiff(to->master, page->image, &raster, err) != 0)
        return -1;
    times->decode_s = clock_cpu_s() - start_s;
    if (reader_read(to->reader, raster, page->language, &text, &reading, err))
        return -1;
    times->image_s = reading.image_s;
    times->read_s = reading.read_s;
    start_s = clock_cpu_s();
    if (write_records(to, page, text, err) != 0 ||
        write_alto(to, page, text, err) != 0)
        return -1;
    times->alto_s = clock_cpu_s() - start_s;
    return 0;
}

/* The unit's folder that holds the result of a page. */
static int result_dir(struct pipeline *p, const char *batch, uint32_t unit,
                      char out[PATH_SIZE], struct err *err)
{
    char part[32];

    (void)snprintf(part, sizeof(part), "/units/%04u", unit);
    return staged_path(p, batch, part, out, err);
}

static int keep_page(struct pipeline *p, const char *batch,
                     const struct page *page, uint32_t unit,
                     struct draft *draft, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    char staged[PATH_SIZE], dir[PATH_SIZE];
    char master[PATH_SIZE], alto[PATH_SIZE], records[PATH_SIZE];

    if (staged_path(p, batch, "", staged, err) != 0 ||
        batch_master_path(staged, page, master, err) != 0 ||
        result_dir(p, batch, unit, dir, err) != 0 ||
        unit_alto_path(dir, page->number, alto, err) != 0 ||
        unit_records_path(dir, page->number, records, err) != 0 ||
        alto_read(alto, &text, err) != 0)
        return -1;
    if (page->replaces != 0)
        return draft_replace_page(draft, page, master, alto, text,
                                  file_exists(records) ? records : NULL, err);
    if (draft_add_page(draft, page, master, alto, text, err) != 0)
        return -1;
    return file_exists(records) ? draft_add_records(draft, page, records, err)
                                : 0;
}

/* Is the page what it is to become? After a kill, a committed version is not
 * committed again; and a place that was free when the page was judged is this
 * page's, since others that wanted it were set aside. */
static bool is_kept(const struct package *held, const struct page *page)
{
    long i = held == NULL ? -1 : package_find(held, page->number);
    const struct page *is = i < 0 ? NULL : package_page(held, (size_t)i);

    if (is == NULL)
        return false;
    return page->replaces == 0 ||
           (strcmp(is->digests.sha256, page->digests.sha256) == 0 &&
            is->image == page->image);
}

/* What came with the scans of the batch goes with the first of its pages. */
static int keep_enclosure(struct pipeline *p, const char *batch,
                          struct draft *draft, struct err *err)
{
    char dir[PATH_SIZE];

    if (staged_path(p, batch, "/" ENCLOSURE_NAME, dir, err) != 0)
        return -1;
    return dir_exists(dir) ? draft_enclose(draft, batch, dir, err) : 0;
}

/* Last before they take their places: what cannot be noted is not done. */
static int note_replaced(const struct pipeline *p, const struct batch *batch,
                         const struct unit_map *read,
                         const struct package *held, struct err *err)
{
    for (size_t i = 0; i < batch->page_count; i++) {
        const struct page *page = batch->pages[i];
        long at = held == NULL || page->replaces == 0
                      ? -1
                      : package_find(held, page->number);

        if (at < 0 || unit_map_find(read, page->id) == 0 || is_kept(held, page))
            continue;
        if (rescan_note(p, AUDIT_SCAN_REPLACED, batch->id, page,
                        package_page(held, (size_t)at),
                        package_version(held) + 1, err) != 0)
            return -1;
    }
    return 0;
}

/* The next version of a volume, from those of the batch's pages that were read
 * and are not in it yet. None left: nothing to do. */
static int package_volume_pages(struct pipeline *p, const struct batch *batch,
                                const struct volume *volume, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *held = NULL;
    CLEANUP(unit_map_free) struct unit_map *read = NULL;
    char message[200];

    if (queue_read_pages(p->queue, batch->id, volume->id, &read, err) != 0)
        return -1;
    if (package_open(p->store, volume->id, &held, err) != 0 &&
        err->kind != ERR_ABSENT)
        return -1;
    for (size_t i = 0; i < batch->page_count; i++) {
        const struct page *page = batch->pages[i];
        uint32_t unit = unit_map_find(read, page->id);

        if (unit == 0 || is_kept(held, page))
            continue;
        if (draft == NULL && draft_begin(p->store, volume, &draft, err) != 0)
            return -1;
        if (keep_page(p, batch->id, page, unit, draft, err) != 0)
            return err_add(err, "%s", page->id);
    }
    if (draft == NULL)
        return 0;
    if (keep_enclosure(p, batch->id, draft, err) != 0 ||
        note_replaced(p, batch, read, held, err) != 0)
        return -1;
    (void)snprintf(message, sizeof(message), "Batch %s", batch->id);
    return draft_commit(draft, message, err);
}

/* What can be told of a volume only when its pages are read: is there a number
 * that no page has? Said with the batch whose pages came in. */
static int check_numbers(struct pipeline *p, const char *batch_dir,
                         const struct package *pkg, struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    CLEANUP(finding_list_fini) struct finding_list findings = {NULL, 0};
    const char *volume = package_volume(pkg)->id;

    if (archive_rules(p->archive, &rules, err) != 0 ||
        page_numbers_check(pkg, rules, &findings, err) != 0)
        return -1;
    for (size_t i = 0; i < findings.count; i++)
        log_warn("volume=%s %s", volume, findings.items[i].message);
    return batch_report_volume(batch_dir, volume, &findings, err);
}

static int index_volume(struct pipeline *p, const char *batch_dir,
                        const char *volume, struct err *err)
{
    CLEANUP(package_close) struct package *pkg = NULL;

    if (package_open(p->store, volume, &pkg, err) != 0 ||
        access_add_series(p->access, package_volume(pkg)->series, err) != 0 ||
        catalogue_put(p->catalogue, pkg, err) != 0)
        return -1;
    return check_numbers(p, batch_dir, pkg, err);
}

static const struct volume *find_volume(const struct batch *batch,
                                        const char *id)
{
    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->id, id) == 0)
            return batch->volumes[i];
    }
    return NULL;
}

int pipeline_keep(struct pipeline *p, const char *batch_id, const char *volume,
                  struct err *err)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    const struct volume *v;
    char dir[PATH_SIZE];
    double start_s = clock_cpu_s(), packed_s;

    if (staged_path(p, batch_id, "", dir, err) != 0 ||
        batch_read(dir, &batch, err) != 0)
        return -1;
    v = find_volume(batch, volume);
    if (v == NULL)
        return err_set(err, ERR_INPUT, "%s/batch.json: has no volume %s", dir,
                       volume);
    if (package_volume_pages(p, batch, v, err) != 0)
        return err_add(err, "%s", volume);
    packed_s = clock_cpu_s();
    p->costs.pack_s += packed_s - start_s;
    if (index_volume(p, dir, volume, err) != 0)
        return err_add(err, "%s", volume);
    p->costs.index_s += clock_cpu_s() - packed_s;
    /* Last: until now a kill means that all of this is done again. */
    return queue_move_pages(p->queue, batch_id, volume, PAGE_READ, PAGE_PACKED,
                            err);
}
