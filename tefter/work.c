/* SPDX-License-Identifier: MIT */
/*
 * The work of tefter/pipeline.h: units are handed to reading processes, one a
 * job, their results taken in, finished volumes kept. Only this process
 * touches databases and packages; a reading process only its unit's folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "common/progress.h"
#include "tefter/pipeline.h"
#include "tefter/plan.h"
#include "tefter/scratch.h"

#define JOBS_MAX 256
#define TICK_MS  100 /* how late the end of a process is noticed */
#define IDLE_MS  500 /* how late a new batch is */

struct job_slot {
    pid_t pid; /* 0 = free */
    struct unit_row unit;
};

struct work {
    struct pipeline *p;
    const struct work_options *options;
    struct job_slot slots[JOBS_MAX];
    unsigned running;
    int progress_read_fd, progress_write_fd;
    struct progress *progress;
    uint64_t pages_done, pages_total;
    /* Volumes that are damaged in the store: left waiting, and told at the end;
     * what stands behind them is kept all the same. */
    json_t *held; /* volume -> true */
    struct err held_err;
};

int work_options_read(const struct archive *archive, struct work_options *out,
                      struct err *err)
{
    int64_t jobs = 0, seconds = 120, mebibytes = 2048, pages = 32;
    const struct conf *conf = archive->conf;

    if (conf_int(conf, "work.jobs", 0, JOBS_MAX, &jobs, err) != 0 ||
        conf_int(conf, "work.page_seconds", 1, 86400, &seconds, err) != 0 ||
        conf_int(conf, "work.page_mebibytes", 16, 1 << 20, &mebibytes, err) ||
        conf_int(conf, "work.unit_pages", 1, 10000, &pages, err) != 0)
        return -1;
    *out = (struct work_options){
        .jobs = (unsigned)jobs,
        .unit_pages = (unsigned)pages,
        .limits = {.page_s = (double)seconds,
                   .page_bytes = (uint64_t)mebibytes << 20},
        .program = "/proc/self/exe",
    };
    return 0;
}

/* The reading process: this program again, as `tefter unit DIR`. It is started
 * anew so that it inherits no database handle, and dies with its parent. */
static void exec_unit(const struct work *w, const char *dir)
{
    char fd[16], seconds[32], mebibytes[32];
    char *const argv[] = {(char[]){"tefter"},           (char[]){"unit"},
                          (char[]){"--progress-fd"},    fd,
                          (char[]){"--page-seconds"},   seconds,
                          (char[]){"--page-mebibytes"}, mebibytes,
                          (char *)(uintptr_t)dir,       NULL};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(fd, sizeof(fd), "%d", w->progress_write_fd);
    (void)snprintf(seconds, sizeof(seconds), "%g", w->options->limits.page_s);
    (void)snprintf(mebibytes, sizeof(mebibytes), "%llu",
                   (unsigned long long)(w->options->limits.page_bytes >> 20));
    (void)fcntl(w->progress_write_fd, F_SETFD, 0);
    /* Several OpenMP threads a process cost 2.8 times the CPU of one. */
    (void)setenv("OMP_THREAD_LIMIT", "1", 1);
    (void)execv(w->options->program, argv);
    _exit(127);
}

static int start_unit(struct work *w, const struct unit_row *unit,
                      struct err *err)
{
    struct job_slot *slot = w->slots;
    char dir[PATH_SIZE];
    pid_t parent = getpid();

    if (plan_unit_dir(w->p, unit, dir, err) != 0)
        return -1;
    while (slot->pid != 0)
        slot++;
    slot->pid = fork();
    if (slot->pid == 0) {
        if (getppid() == parent)
            exec_unit(w, dir);
        _exit(127);
    }
    if (slot->pid < 0) {
        slot->pid = 0;
        return err_set_errno(err, "cannot start a reading process");
    }
    slot->unit = *unit;
    w->running++;
    return 0;
}

static bool is_running(const struct work *w, const struct unit_row *unit)
{
    for (unsigned i = 0; i < w->options->jobs; i++) {
        const struct job_slot *slot = &w->slots[i];

        if (slot->pid != 0 && slot->unit.number == unit->number &&
            strcmp(slot->unit.batch, unit->batch) == 0)
            return true;
    }
    return false;
}

static int start_units(struct work *w, struct err *err)
{
    CLEANUP(free) struct unit_row *ready = NULL;
    size_t count = 0;

    if (w->running == w->options->jobs)
        return 0;
    if (queue_ready_units(w->p->queue, &ready, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count && w->running < w->options->jobs; i++) {
        if (!is_running(w, &ready[i]) && start_unit(w, &ready[i], err) != 0)
            return -1;
    }
    return 0;
}

/* Status 1 is the unit's own word that the work cannot go on (it has said why
 * on stderr). Anything else that is not 0 is a death: the unit runs again. */
static int reap_unit(struct work *w, struct job_slot *slot, int status,
                     struct err *err)
{
    struct unit_row unit = slot->unit;

    slot->pid = 0;
    w->running--;
    if (plan_take_results(w->p, &unit, err) != 0)
        return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
        return err_set(err, ERR_IO,
                       "reading stopped for the reason given above; nothing "
                       "is lost: mend that and run `tefter work` again");
    log_warn("unit=%s/%04u its process died (%s %d) and is started again",
             unit.batch, unit.number, WIFSIGNALED(status) ? "signal" : "status",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}

static int reap_ended(struct work *w, struct err *err)
{
    int status;
    pid_t pid;

    for (unsigned i = 0; i < w->options->jobs; i++) {
        if (w->slots[i].pid == 0)
            continue;
        pid = waitpid(w->slots[i].pid, &status, WNOHANG);
        if (pid < 0 && errno != EINTR)
            return err_set_errno(err, "cannot wait for a reading process");
        if (pid > 0 && reap_unit(w, &w->slots[i], status, err) != 0)
            return -1;
    }
    return 0;
}

static void count_progress(struct work *w, int timeout_ms)
{
    struct pollfd p = {.fd = w->progress_read_fd, .events = POLLIN};
    char bytes[256];
    ssize_t n;

    if (poll(&p, 1, timeout_ms) <= 0)
        return;
    n = read(w->progress_read_fd, bytes, sizeof(bytes));
    if (n > 0)
        w->pages_done += (uint64_t)n;
    if (w->pages_done > w->pages_total)
        w->pages_done = w->pages_total; /* pages of a unit that ran again */
    progress_set(w->progress, w->pages_done);
}

/* -1: it is no matter of that volume alone. */
static int hold(struct work *w, const char *volume, const struct err *why)
{
    if (why->kind != ERR_CHECKSUM ||
        json_object_set_new(w->held, volume, json_true()) != 0)
        return -1;
    log_error("volume=%s waits: %s", volume, why->msg);
    if (w->held_err.kind == ERR_NONE)
        w->held_err = *why;
    return 0;
}

static int keep_finished(struct work *w, struct err *err)
{
    CLEANUP(free) struct batch_volume *volumes = NULL;
    size_t count = 0;

    if (queue_finished_volumes(w->p->queue, &volumes, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(w->held, volumes[i].volume) == NULL &&
            pipeline_keep(w->p, volumes[i].batch, volumes[i].volume, err) !=
                0 &&
            hold(w, volumes[i].volume, err) != 0)
            return -1;
    }
    return plan_finish_batches(w->p, err);
}

static int plan_new(struct work *w, struct err *err)
{
    int64_t waiting = 0;

    if (plan_units(w->p, w->options, err) != 0 ||
        queue_waiting(w->p->queue, &waiting, err) != 0)
        return -1;
    if (waiting > 0 && w->progress == NULL) {
        w->pages_total = (uint64_t)waiting;
        w->pages_done = 0;
        w->progress = progress_new("reading", "pages", w->pages_total);
    }
    return 0;
}

static void end_progress(struct work *w)
{
    progress_end(w->progress);
    w->progress = NULL;
}

/* Results that a killed run left behind are taken first, so that nothing is
 * read twice. How often units died then is forgotten: a new run is a new
 * chance. */
static int take_leftovers(struct work *w, struct err *err)
{
    CLEANUP(free) struct unit_row *ready = NULL;
    size_t count = 0;

    if (queue_forgive_units(w->p->queue, err) != 0 ||
        queue_ready_units(w->p->queue, &ready, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (plan_take_results(w->p, &ready[i], err) != 0)
            return -1;
    }
    return 0;
}

/* One round: start what can be started, wait a little, take what has ended.
 * *idle says that nothing runs and nothing is left to do. */
static int work_round(struct work *w, bool *idle, struct err *err)
{
    double cpu_s = clock_cpu_s();
    double kept_s = w->p->costs.pack_s + w->p->costs.index_s;
    int rc = 0;

    if (reap_ended(w, err) != 0 || keep_finished(w, err) != 0)
        rc = -1;
    if (rc == 0 && w->running < w->options->jobs)
        rc = plan_new(w, err);
    if (rc == 0)
        rc = start_units(w, err);
    *idle = rc == 0 && w->running == 0;
    w->p->costs.queue_s += clock_cpu_s() - cpu_s - w->p->costs.pack_s -
                           w->p->costs.index_s + kept_s;
    if (rc == 0 && w->running > 0)
        count_progress(w, TICK_MS);
    return rc;
}

static void kill_running(struct work *w)
{
    for (unsigned i = 0; i < w->options->jobs; i++) {
        if (w->slots[i].pid == 0)
            continue;
        (void)kill(w->slots[i].pid, SIGKILL);
        (void)waitpid(w->slots[i].pid, NULL, 0);
    }
}

/* Nothing runs: a moment later there may be a new batch, of this process's
 * receiver or of somebody else. */
static int rest(struct work *w, struct err *err)
{
    end_progress(w);
    (void)poll(NULL, 0, IDLE_MS);
    return pipeline_adopt(w->p, err);
}

static bool is_over(const struct work *w, bool idle)
{
    const struct work_options *o = w->options;

    return o->stay == NULL ? idle : o->stay(o->stay_arg) != 0;
}

static int work_on(struct work *w, struct err *err)
{
    bool idle = false;
    int rc = 0;

    do {
        rc = work_round(w, &idle, err);
        if (rc == 0 && idle && w->options->stay != NULL)
            rc = rest(w, err);
    } while (rc == 0 && !is_over(w, idle));
    end_progress(w);
    return rc;
}

int pipeline_work(struct pipeline *p, const struct work_options *options,
                  struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    CLEANUP(free) struct work *w = calloc(1, sizeof(*w));
    struct work_options effective = *options;
    char path[PATH_SIZE];
    int ends[2], rc;

    if (w == NULL)
        return err_set(err, ERR_NOMEM, "work: out of memory");
    if (effective.jobs == 0)
        effective.jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (effective.jobs > JOBS_MAX)
        effective.jobs = JOBS_MAX;
    if (path_format(path, err, "%s/work.lock", p->archive->dir) != 0 ||
        lock_acquire(path, LOCK_TRY, &lock, err) != 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, "cannot make a pipe");
    w->held = json_object();
    w->p = p;
    w->options = &effective;
    w->progress_read_fd = ends[0];
    w->progress_write_fd = ends[1];
    scratch_sweep(p->archive);
    rc = store_recover(p->store, err);
    if (rc == 0)
        rc = pipeline_adopt(p, err);
    if (rc == 0)
        rc = take_leftovers(w, err);
    if (rc == 0)
        rc = work_on(w, err);
    if (rc == 0 && w->held_err.kind != ERR_NONE) {
        *err = w->held_err;
        rc = -1;
    }
    json_decref(w->held);
    kill_running(w);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return rc;
}
