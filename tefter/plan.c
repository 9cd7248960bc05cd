/* SPDX-License-Identifier: MIT */
#include "tefter/plan.h"

#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "tefter/archive_forms.h"
#include "tefter/claim.h"

/* Runs of a unit, in one run of `work`, that brought no result before its
 * pages are given up. Pages die in children of their own: what kills the unit
 * itself is mostly somebody or something outside, so that this is generous. */
#define UNIT_FAILURES_MAX 20

int plan_unit_dir(const struct pipeline *p, const struct unit_row *unit,
                  char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%s/units/%04u", p->archive->staging,
                       unit->batch, unit->number);
}

static bool is_listed(const struct name_list *sorted, const char *id)
{
    size_t lo = 0, hi = sorted->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(id, sorted->names[mid]);

        if (order == 0)
            return true;
        if (order < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return false;
}

/* A unit under construction. */
struct cut {
    const struct page **pages;
    char **masters;
    const char **ids;
    size_t count;
};

static void cut_clear(struct cut *cut)
{
    for (size_t i = 0; i < cut->count; i++)
        free(cut->masters[i]);
    cut->count = 0;
}

static void cut_fini_at(struct cut *cut)
{
    cut_clear(cut);
    free(cut->pages);
    free(cut->masters);
    free(cut->ids);
}

static int cut_init(struct cut *cut, size_t max, struct err *err)
{
    cut->pages = calloc(max, sizeof(struct page *));
    cut->masters = calloc(max, sizeof(char *));
    cut->ids = calloc(max, sizeof(char *));
    if (cut->pages == NULL || cut->masters == NULL || cut->ids == NULL)
        return err_set(err, ERR_NOMEM, "plan: out of memory");
    return 0;
}

/* The master's path as seen from the unit's folder, two below the batch. */
static int add_to_cut(struct cut *cut, const struct page *page, struct err *err)
{
    char path[PATH_SIZE];

    if (batch_master_path("../..", page, path, err) != 0)
        return -1;
    cut->pages[cut->count] = page;
    cut->ids[cut->count] = page->id;
    cut->masters[cut->count] = strdup(path);
    if (cut->masters[cut->count] == NULL)
        return err_set(err, ERR_NOMEM, "plan: out of memory");
    cut->count++;
    return 0;
}

/* Folder first, then the queue's row: a row means that the unit can run. A
 * folder of that number without a row is from before a kill. */
static int write_cut(struct pipeline *p, const char *batch, struct cut *cut,
                     struct err *err)
{
    struct unit_row row = {.failures = 0};
    char dir[PATH_SIZE];

    if (cut->count == 0)
        return 0;
    if (queue_last_unit(p->queue, batch, &row.number, err) != 0)
        return -1;
    row.number++;
    (void)snprintf(row.batch, sizeof(row.batch), "%s", batch);
    (void)snprintf(row.volume, sizeof(row.volume), "%s", cut->pages[0]->volume);
    if (plan_unit_dir(p, &row, dir, err) != 0 || dir_remove(dir, err) != 0 ||
        dir_make(dir, err) != 0 ||
        archive_forms_copy(p->archive, dir, err) != 0 ||
        unit_write(dir, cut->pages, (const char *const *)cut->masters,
                   cut->count, err) != 0 ||
        queue_add_unit(p->queue, &row, cut->ids, cut->count, err) != 0)
        return -1;
    cut_clear(cut);
    return 0;
}

/* So many pages a unit that every job has two units at least, if it can be. */
static size_t unit_size(size_t pages, const struct work_options *options)
{
    size_t size = pages / ((size_t)options->jobs * 2) + 1;

    return size < options->unit_pages ? size : options->unit_pages;
}

static int plan_batch(struct pipeline *p, const char *id,
                      const struct work_options *options, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list waiting = {NULL, 0};
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(cut_fini) struct cut cut = {NULL, NULL, NULL, 0};
    char dir[PATH_SIZE];
    size_t size;

    if (queue_unplanned_pages(p->queue, id, &waiting, err) != 0 ||
        path_format(dir, err, "%s/%s", p->archive->staging, id) != 0 ||
        batch_read(dir, &batch, err) != 0)
        return -1;
    size = unit_size(waiting.count, options);
    if (cut_init(&cut, size, err) != 0)
        return -1;
    for (size_t i = 0; i < batch->page_count; i++) {
        const struct page *page = batch->pages[i];

        if (!is_listed(&waiting, page->id))
            continue;
        if ((cut.count == size ||
             (cut.count > 0 &&
              strcmp(cut.pages[0]->volume, page->volume) != 0)) &&
            write_cut(p, id, &cut, err) != 0)
            return -1;
        if (add_to_cut(&cut, page, err) != 0)
            return -1;
    }
    return write_cut(p, id, &cut, err);
}

int plan_units(struct pipeline *p, const struct work_options *options,
               struct err *err)
{
    CLEANUP(name_list_fini) struct name_list batches = {NULL, 0};

    if (queue_unplanned_batches(p->queue, &batches, err) != 0)
        return -1;
    for (size_t i = 0; i < batches.count; i++) {
        if (plan_batch(p, batches.names[i], options, err) != 0)
            return err_add(err, "batch %s", batches.names[i]);
    }
    return 0;
}

/* 1 when the page has a result, which the queue then knows; 0 when not. */
static int take_result(struct pipeline *p, const struct unit_row *unit,
                       const char *dir, const struct page *page,
                       struct err *err)
{
    CLEANUP(json_decref) json_t *times = NULL;
    CLEANUP(free) char *text = NULL;
    struct page_result result;

    if (unit_result(dir, page->number, &result, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    if (page_times_to_json(&result.times, &times, err) != 0)
        return -1;
    text = json_dumps(times, JSON_COMPACT);
    if (!result.is_read) {
        log_warn("page=%s set aside: %s", page->id, result.reason);
        if (claim_quarantine(p, unit->batch, page, result.reason, err) != 0)
            return -1;
    }
    if (queue_set_page(p->queue, unit->batch, page->id,
                       result.is_read ? PAGE_READ : PAGE_SET_ASIDE,
                       result.is_read ? NULL : result.reason,
                       text == NULL ? "{}" : text, err) != 0)
        return -1;
    p->costs.pages.decode_s += result.times.decode_s;
    p->costs.pages.image_s += result.times.image_s;
    p->costs.pages.read_s += result.times.read_s;
    p->costs.pages.alto_s += result.times.alto_s;
    p->costs.pages.total_s += result.times.total_s;
    if (result.times.peak_mib > p->costs.pages.peak_mib)
        p->costs.pages.peak_mib = result.times.peak_mib;
    p->costs.pages_read += result.is_read;
    p->costs.pages_set_aside += !result.is_read;
    return 1;
}

/* No result however often it was run: something is wrong with the unit, and a
 * person must look. */
static int give_up(struct pipeline *p, const struct unit_row *unit,
                   const struct page *page, struct err *err)
{
    static const char reason[] =
        "the process reading this page's unit died again and again before it "
        "came to this page; `tefter batch retry` tries again";

    if (claim_quarantine(p, unit->batch, page, reason, err) != 0)
        return -1;
    p->costs.pages_set_aside++;
    return queue_set_page(p->queue, unit->batch, page->id, PAGE_SET_ASIDE,
                          reason, "{}", err);
}

/* @param taken  how many results were new; @param missing  how many lack */
static int take_pages(struct pipeline *p, const struct unit_row *row,
                      const struct unit *unit, const char *dir, size_t *taken,
                      size_t *missing, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list open = {NULL, 0};

    if (queue_pages(p->queue, row->batch, row->number, PAGE_RECEIVED, &open,
                    err) != 0)
        return -1;
    *taken = 0;
    for (size_t i = 0; i < unit->count; i++) {
        int rc = 0;

        if (!is_listed(&open, unit->pages[i]->id))
            continue;
        rc = take_result(p, row, dir, unit->pages[i], err);
        if (rc == 0 && row->failures >= UNIT_FAILURES_MAX)
            rc = give_up(p, row, unit->pages[i], err) == 0 ? 1 : -1;
        if (rc < 0)
            return -1;
        *taken += (size_t)rc;
    }
    *missing = open.count - *taken;
    return 0;
}

int plan_take_results(struct pipeline *p, const struct unit_row *row,
                      struct err *err)
{
    CLEANUP(unit_free) struct unit *unit = NULL;
    size_t taken = 0, missing = 0;
    char dir[PATH_SIZE];
    int rc;

    if (plan_unit_dir(p, row, dir, err) != 0 ||
        unit_read(dir, &unit, err) != 0 ||
        db_begin(queue_db(p->queue), err) != 0)
        return -1;
    rc = take_pages(p, row, unit, dir, &taken, &missing, err);
    if (rc == 0 && missing == 0)
        rc = queue_unit_done(p->queue, row, err);
    else if (rc == 0 && taken == 0)
        rc = queue_unit_failed(p->queue, row, err);
    if (rc == 0)
        rc = db_commit(queue_db(p->queue), err);
    db_rollback(queue_db(p->queue));
    return rc;
}

/* Units go, masters stay: an operator may still ask to retry. */
static int clear_units(const struct pipeline *p, const char *batch,
                       struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%s/units", p->archive->staging, batch) != 0)
        return -1;
    return dir_remove(path, err);
}

int plan_close_report(const struct archive *archive, struct queue *queue,
                      const char *batch, struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};

    if (queue_outcome(queue, batch, &outcome, err) != 0)
        return -1;
    return batch_report_close(archive->staging, archive->reports, batch,
                              &outcome, err);
}

int plan_report_outcome(const struct archive *archive, struct queue *queue,
                        const char *batch, struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};

    return queue_outcome(queue, batch, &outcome, err) != 0
               ? -1
               : batch_report_outcome(archive->staging, batch, &outcome, err);
}

/* Staging first: a kill in between means that both are done again. */
static int finish_batch(struct pipeline *p, const char *batch, struct err *err)
{
    struct batch_row *row = NULL;
    size_t count = 0;
    int64_t open;

    if (queue_batches(p->queue, batch, &row, &count, err) != 0)
        return -1;
    open = row->pages[PAGE_SET_ASIDE] + row->pages[PAGE_REPEATED];
    batch_rows_free(row, count);
    if (open > 0 &&
        (clear_units(p, batch, err) != 0 ||
         plan_report_outcome(p->archive, p->queue, batch, err) != 0))
        return -1;
    if (open == 0 && plan_close_report(p->archive, p->queue, batch, err) != 0)
        return -1;
    return queue_finish_batch(p->queue, batch, err);
}

int plan_finish_batches(struct pipeline *p, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list done = {NULL, 0};

    if (queue_finished_batches(p->queue, &done, err) != 0)
        return -1;
    for (size_t i = 0; i < done.count; i++) {
        if (finish_batch(p, done.names[i], err) != 0)
            return -1;
    }
    return 0;
}
