/* SPDX-License-Identifier: MIT */
#include "tefter/unit.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "common/json.h"
#include "common/process.h"
#include "tefter/archive_forms.h"
#include "tefter/pipeline.h"

/* SIGKILL comes from outside (an administrator, a node going down): the page
 * is not to blame, and is tried again more often than after a crash. */
#define TRIES_AFTER_CRASH 2
#define TRIES_AFTER_KILL  6
#define ANSWER_MAX_BYTES  ((size_t)1 << 16)

int page_times_to_json(const struct page_times *times, json_t **out,
                       struct err *err)
{
    *out = json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "decode_s",
                     times->decode_s, "image_s", times->image_s, "read_s",
                     times->read_s, "alto_s", times->alto_s, "total_s",
                     times->total_s, "peak_mib", times->peak_mib, "worker_mib",
                     times->worker_mib);
    if (*out == NULL)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    return 0;
}

struct page_times page_times_from_json(const json_t *json)
{
    return (struct page_times){
        .decode_s = json_get_real(json, "decode_s", 0),
        .image_s = json_get_real(json, "image_s", 0),
        .read_s = json_get_real(json, "read_s", 0),
        .alto_s = json_get_real(json, "alto_s", 0),
        .total_s = json_get_real(json, "total_s", 0),
        .peak_mib = json_get_real(json, "peak_mib", 0),
        .worker_mib = json_get_real(json, "worker_mib", 0),
    };
}

static int add_page(json_t *list, const struct page *page, const char *master,
                    struct err *err)
{
    json_t *entry = NULL;

    if (page_to_json(page, &entry, err) != 0)
        return -1;
    if (json_object_set_new(entry, "master_path", json_string(master)) != 0 ||
        json_array_append_new(list, entry) != 0)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    return 0;
}

int unit_write(const char *dir, const struct page *const *pages,
               const char *const *masters, size_t count, struct err *err)
{
    CLEANUP(json_decref) json_t *unit = json_pack("{s:[]}", "pages");
    char path[PATH_SIZE];

    if (unit == NULL)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    for (size_t i = 0; i < count; i++) {
        if (add_page(json_object_get(unit, "pages"), pages[i], masters[i],
                     err) != 0)
            return -1;
    }
    if (dir_make(dir, err) != 0 ||
        path_format(path, err, "%s/unit.json", dir) != 0)
        return -1;
    return json_write_durable(path, unit, err);
}

static int take_page(struct unit *unit, const char *dir, const json_t *entry,
                     struct err *err)
{
    const char *master = json_get_text(entry, "master_path", NULL);
    char path[PATH_SIZE];

    if (master == NULL)
        return err_set(err, ERR_INPUT,
                       "%s/unit.json: a page has no "
                       "master_path",
                       dir);
    if (path_format(path, err, "%s%s%s", master[0] == '/' ? "" : dir,
                    master[0] == '/' ? "" : "/", master) != 0 ||
        page_from_json(entry, &unit->pages[unit->count], err) != 0)
        return err_add(err, "%s/unit.json", dir);
    unit->masters[unit->count] = strdup(path);
    unit->count++;
    if (unit->masters[unit->count - 1] == NULL)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    return 0;
}

int unit_read(const char *dir, struct unit **out, struct err *err)
{
    CLEANUP(unit_free) struct unit *unit = calloc(1, sizeof(*unit));
    CLEANUP(json_decref) json_t *json = NULL;
    const json_t *list, *entry;
    char path[PATH_SIZE];
    size_t i;

    if (path_format(path, err, "%s/unit.json", dir) != 0 ||
        json_read_file(path, &json, err) != 0)
        return -1;
    list = json_object_get(json, "pages");
    if (unit == NULL ||
        (unit->pages = calloc(json_array_size(list) + 1,
                              sizeof(struct page *))) == NULL ||
        (unit->masters = calloc(json_array_size(list) + 1, sizeof(char *))) ==
            NULL)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    json_array_foreach(list, i, entry)
    {
        if (take_page(unit, dir, entry, err) != 0)
            return -1;
    }
    *out = STEAL(unit);
    return 0;
}

void unit_free(struct unit *unit)
{
    if (unit == NULL)
        return;
    for (size_t i = 0; i < unit->count; i++) {
        page_free(unit->pages[i]);
        free(unit->masters[i]);
    }
    free(unit->pages);
    free(unit->masters);
    free(unit);
}

static int result_path(const char *dir, uint32_t number, char out[PATH_SIZE],
                       struct err *err)
{
    return path_format(out, err, "%s/%04u.json", dir, number);
}

int unit_alto_path(const char *dir, uint32_t page_number, char out[PATH_SIZE],
                   struct err *err)
{
    return path_format(out, err, "%s/%04u.alto.xml", dir, page_number);
}

int unit_records_path(const char *dir, uint32_t page_number,
                      char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%04u.records.xml", dir, page_number);
}

static int write_result(const char *dir, uint32_t number,
                        const struct page_result *result, struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    json_t *times = NULL;
    char path[PATH_SIZE];

    if (result_path(dir, number, path, err) != 0 ||
        page_times_to_json(&result->times, &times, err) != 0)
        return -1;
    json = json_pack("{s:b, s:s, s:o}", "read", result->is_read, "reason",
                     result->reason, "times", times);
    if (json == NULL)
        return err_set(err, ERR_NOMEM, "unit: out of memory");
    return json_write_durable(path, json, err);
}

int unit_result(const char *dir, uint32_t page_number, struct page_result *out,
                struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    char path[PATH_SIZE];

    if (result_path(dir, page_number, path, err) != 0 ||
        json_read_file(path, &json, err) != 0)
        return -1;
    *out = (struct page_result){
        .is_read = json_is_true(json_object_get(json, "read")),
        .times = page_times_from_json(json_object_get(json, "times")),
    };
    (void)snprintf(out->reason, sizeof(out->reason), "%s",
                   json_get_text(json, "reason", ""));
    return 0;
}

/* What a page's child needs; the models are loaded already. */
struct job {
    struct reader *reader;
    const struct form_set *forms;
    const char *dir;
    const struct page *page;
    const char *master;
};

static int read_page_to_alto(const struct job *job, struct page_times *times,
                             struct err *err)
{
    char alto[PATH_SIZE], records[PATH_SIZE];
    const struct page_reading reading = {job->reader, job->forms, job->master,
                                         alto, records};

    if (unit_alto_path(job->dir, job->page->number, alto, err) != 0 ||
        unit_records_path(job->dir, job->page->number, records, err) != 0)
        return -1;
    return pipeline_read_page(&reading, job->page, times, err);
}

/* The child: {"times": {...}} or {"kind": n, "message": "..."}. */
static int read_in_child(void *arg, int answer_fd)
{
    struct page_times times = {0};
    json_t *answer = NULL;
    struct err err;
    int failed = read_page_to_alto(arg, &times, &err) != 0;

    if (failed)
        answer =
            json_pack("{s:i, s:s}", "kind", (int)err.kind, "message", err.msg);
    else if (page_times_to_json(&times, &answer, &err) != 0)
        failed = 1;
    if (answer == NULL || json_dumpfd(answer, answer_fd, JSON_COMPACT) != 0)
        return 2;
    return failed;
}

#define HOW_TO_RAISE                                                      \
    "; what a page may use is set by page_mebibytes and page_seconds in " \
    "tefter.conf, and `tefter batch retry` reads it again"

/* What the child said of its failure: its kind, and its sentence in reason,
 * with the file by the name that the operator knows. */
static enum err_kind failure_of(const struct job *job,
                                const struct process_limits *limits,
                                const struct process_result *end,
                                const struct buf *answer, char *reason,
                                size_t size)
{
    CLEANUP(json_decref)
    json_t *json = json_loadb(buf_str(answer), answer->len, 0, NULL);
    enum err_kind kind = (enum err_kind)json_get_int(json, "kind", ERR_LIBRARY);
    const char *said =
        json_get_text(json, "message", "the reading process gave no reason");
    size_t path = strlen(job->master);
    bool is_path = strncmp(said, job->master, path) == 0;

    (void)snprintf(reason, size, "%s%s",
                   is_path ? job->page->original_name : "",
                   is_path ? said + path : said);
    /* A library that cannot have memory seldom says more than that it failed.
     */
    if (kind == ERR_NOMEM || kind == ERR_LIBRARY) {
        size_t len = strlen(reason);

        (void)snprintf(reason + len, size - len,
                       " (peak memory %.0f MiB, limit %.0f MiB)" HOW_TO_RAISE,
                       (double)end->peak_rss_bytes / (1 << 20),
                       (double)limits->memory_bytes / (1 << 20));
    }
    return kind;
}

/* Sets the page aside for how its child died, or says to try again. */
static bool is_final_death(const struct process_result *end, unsigned tries,
                           const struct process_limits *limits,
                           struct page_result *result)
{
    unsigned allowed = end->end == PROCESS_SIGNALED && end->code == SIGKILL
                           ? TRIES_AFTER_KILL
                           : TRIES_AFTER_CRASH;
    char how[160];

    if (end->end != PROCESS_TIMEOUT && tries < allowed)
        return false;
    process_end_text(end, limits, how, sizeof(how));
    (void)snprintf(result->reason, sizeof(result->reason),
                   "the process reading this page %s (peak memory %.0f MiB, "
                   "limit %.0f MiB; time limit %g s)" HOW_TO_RAISE,
                   how, (double)end->peak_rss_bytes / (1 << 20),
                   (double)limits->memory_bytes / (1 << 20), limits->wall_s);
    return true;
}

/* One try. 1: result is final; 0: try again; -1: the work cannot go on. */
static int try_page(struct job *job, const struct process_limits *limits,
                    unsigned tries, struct page_result *result, struct err *err)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_result end;
    enum err_kind kind;

    *result = (struct page_result){.is_read = false};
    if (process_run(read_in_child, job, limits, &answer, &end, err) != 0)
        return -1;
    if (end.end != PROCESS_EXITED || end.code > 1) {
        result->times.total_s = end.cpu_s;
        return is_final_death(&end, tries, limits, result);
    }
    if (end.code == 1) {
        kind = failure_of(job, limits, &end, &answer, result->reason,
                          sizeof(result->reason));
        return kind == ERR_IO ? err_set(err, kind, "%s", result->reason) : 1;
    }
    CLEANUP(json_decref)
    json_t *times = json_loadb(buf_str(&answer), answer.len, 0, NULL);
    result->is_read = true;
    result->times = page_times_from_json(times);
    result->times.total_s = end.cpu_s;
    result->times.peak_mib = (double)end.peak_rss_bytes / (1 << 20);
    return 1;
}

static double own_peak_mib(void)
{
    struct rusage used;

    return getrusage(RUSAGE_SELF, &used) == 0 ? (double)used.ru_maxrss / 1024
                                              : 0;
}

static int run_page(struct job *job, const struct unit_limits *limits,
                    struct err *err)
{
    const struct process_limits child = {.memory_bytes = limits->page_bytes,
                                         .wall_s = limits->page_s,
                                         .answer_bytes = ANSWER_MAX_BYTES};
    struct page_result result;
    int rc = 0;

    for (unsigned tries = 1; rc == 0; tries++)
        rc = try_page(job, &child, tries, &result, err);
    if (rc < 0)
        return err_add(err, "%s", job->page->id);
    result.times.worker_mib = own_peak_mib();
    return write_result(job->dir, job->page->number, &result, err);
}

static bool has_result(const char *dir, uint32_t number)
{
    char path[PATH_SIZE];
    struct err err;

    return result_path(dir, number, path, &err) == 0 && file_exists(path);
}

static int run_pages(const struct unit *unit, const char *dir,
                     const struct unit_limits *limits, int progress_fd,
                     struct err *err)
{
    CLEANUP(reader_close) struct reader *reader = NULL;
    CLEANUP(form_set_free) struct form_set *forms = NULL;
    const struct reader_options options = READER_OPTIONS_INIT;

    if (unit_forms(dir, &forms, err) != 0)
        return -1;
    for (size_t i = 0; i < unit->count; i++) {
        const struct page *page = unit->pages[i];

        if (!has_result(dir, page->number)) {
            struct job job = {NULL, forms, dir, page, unit->masters[i]};

            if (reader == NULL && reader_open(&options, &reader, err) != 0)
                return -1;
            /* A language without a model is the page's own fault, and its
             * child says so. */
            if (reader_prepare(reader, page->language, err) != 0 &&
                err->kind != ERR_USAGE)
                return err_add(err, "%s", page->id);
            job.reader = reader;
            if (run_page(&job, limits, err) != 0)
                return -1;
        }
        if (progress_fd >= 0 && write(progress_fd, ".", 1) != 1)
            return err_set_errno(err, "cannot tell progress");
    }
    return 0;
}

int unit_run(const char *dir, const struct unit_limits *limits, int progress_fd,
             struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    CLEANUP(unit_free) struct unit *unit = NULL;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/unit.lock", dir) != 0 ||
        lock_acquire(path, LOCK_WAIT, &lock, err) != 0 ||
        unit_read(dir, &unit, err) != 0)
        return -1;
    return run_pages(unit, dir, limits, progress_fd, err);
}
