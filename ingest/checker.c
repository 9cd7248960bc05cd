/* SPDX-License-Identifier: MIT */
#include "ingest/checker.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "common/process.h"
#include "common/text.h"
#include "ingest/confine.h"
#include "ingest/rules.h"

/* Files that are open at once: an ordinary limit of descriptors is 1024. */
#define MAX_ROOM 512u
/* What one child takes: at most CONFINE_FILES files, and no more bytes than
 * that, but for a file that is larger alone. */
#define GROUP_BYTES ((uint64_t)64 << 20)
/* With so few left, no child is started for the sake of fairness. */
#define SMALL_BYTES ((uint64_t)32 << 20)
/* So few bytes are not worth two children. */
#define MIN_GROUP_BYTES ((uint64_t)1 << 20)
/* CPU time that a larger file may take beyond that of the rule book. */
#define BYTES_PER_CPU_S ((double)(64 << 20))
/* Against a child that waits for ever: on a busy machine, wall time passes
 * several times as fast as CPU time. */
#define WALL_PER_CPU 5
#define ANSWER_BYTES ((size_t)64 << 20)
/* The sketch of a page, its contrast, its ink. */
#define LOOK_BYTES ((size_t)12 << 20)
#define LARGE_PAGE ((uintptr_t)2 << 20)

/* As often as reading does (tefter/unit.c). */
#define TRIES_AFTER_KILL 6

enum progress_of { FILE_WAITING, FILE_RUNNING, FILE_DONE };

struct item {
    enum progress_of state;
    bool alone;     /* a child died of it, perhaps of those before it */
    unsigned kills; /* of children that were at it */
    int fd;
    char *name;
    uint64_t bytes;
    struct tiff_report report;
};

/* The files that one child is at. */
struct group {
    struct checker *checker;
    unsigned first, count; /* places in the ring */
    struct process_limits limits;
};

struct checker {
    const struct rule_book *rules;
    enum tiff_looks looks;
    struct confinement *confinement;
    struct process_pool *pool;
    struct group *groups; /* one a child; count 0: no child */
    unsigned jobs;
    struct item ring[MAX_ROOM];
    unsigned room;        /* of the ring, that is used      */
    unsigned head, count; /* the first without report taken */
};

static struct item *item_at(struct checker *c, unsigned i)
{
    return &c->ring[i % c->room];
}

static void item_fini(struct item *item)
{
    if (item->fd >= 0)
        (void)close(item->fd);
    free(item->name);
    tiff_report_fini(&item->report);
    *item = (struct item){.fd = -1};
}

/* Files that wait or run: enough to fill all children twice, within what may
 * be open. */
static unsigned room_for(unsigned jobs)
{
    unsigned room = jobs > MAX_ROOM / (2 * CONFINE_FILES)
                        ? MAX_ROOM
                        : jobs * 2 * CONFINE_FILES;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < room)
        room = (unsigned)(limit.rlim_cur / 2);
    return room == 0 ? 1 : room;
}

int checker_open(const struct rule_book *rules, unsigned jobs,
                 enum tiff_looks looks, struct checker **out, struct err *err)
{
    CLEANUP(checker_close) struct checker *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return err_set(err, ERR_NOMEM, "checker: out of memory");
    c->rules = rules;
    c->looks = looks;
    c->jobs = jobs == 0 ? process_cores() : jobs;
    c->room = room_for(c->jobs);
    c->groups = calloc(c->jobs, sizeof(*c->groups));
    if (c->groups == NULL)
        return err_set(err, ERR_NOMEM, "checker: out of memory");
    if (confinement_new(&c->confinement, err) != 0 ||
        process_pool_new(c->jobs, &c->pool, err) != 0)
        return -1;
    *out = STEAL(c);
    return 0;
}

void checker_close(struct checker *c)
{
    if (c == NULL)
        return;
    process_pool_free(c->pool);
    for (unsigned i = 0; i < c->count; i++)
        item_fini(item_at(c, c->head + i));
    confinement_free(c->confinement);
    free(c->groups);
    free(c);
}

bool checker_has_room(const struct checker *c)
{
    return c->count < c->room;
}

/* --- in the child --- */

enum { CHILD_DONE = 0, CHILD_FAILED = 1, CHILD_UNCONFINED = 2 };

static bool send_bytes(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno != EINTR)
            return false;
        at += n < 0 ? 0 : n;
        len -= n < 0 ? 0 : (size_t)n;
    }
    return true;
}

/* One report: its length, as much text, and the pictures. */
static bool send_report(const struct tiff_report *report, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    uint32_t len;

    tiff_report_to_text(report, &text);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "report: out of memory") == 0;
    len = (uint32_t)text.len;
    if (!send_bytes(CONFINE_ANSWER_FD, &len, sizeof(len)) ||
        !send_bytes(CONFINE_ANSWER_FD, text.data, text.len))
        return false;
    for (size_t i = 0; i < report->image_count; i++) {
        if (!send_bytes(CONFINE_ANSWER_FD, report->images[i].picture.data,
                        report->images[i].picture.len))
            return false;
    }
    return true;
}

static double cpu_limit_s(const struct checker *c, uint64_t bytes)
{
    return rule_number(c->rules, RULE_DECODER_DIED, "max_cpu_seconds") +
           (double)bytes / BYTES_PER_CPU_S;
}

/* SIGPROF ends this process when the file has taken so much CPU time. */
static void limit_cpu(double seconds)
{
    struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)seconds,
                     .tv_usec = (suseconds_t)(fmod(seconds, 1) * 1e6)}};

    (void)setitimer(ITIMER_PROF, &timer, NULL);
}

/* A text that is no report, for an error: the file that it is about is the
 * first without one. */
static int fail_child(int fd, int status, const struct err *err)
{
    const uint32_t none = UINT32_MAX;

    (void)send_bytes(fd, &none, sizeof(none));
    (void)send_bytes(fd, err->msg, strlen(err->msg));
    return status;
}

static int check_one(const struct checker *c, const struct item *item, int fd)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    struct err err = {ERR_NONE, "the answer cannot be sent"};

    limit_cpu(cpu_limit_s(c, item->bytes));
    if (tiff_check_here(fd, item->name, c->rules, c->looks, &report, &err) !=
            0 ||
        !send_report(&report, &err))
        return fail_child(CONFINE_ANSWER_FD, CHILD_FAILED, &err);
    return CHILD_DONE;
}

/* What it allocates itself (heap and private mappings). */
static void limit_memory(const struct checker *c)
{
    double mebibytes =
        rule_number(c->rules, RULE_DECODER_DIED, "max_mebibytes");

    process_limit_data((uint64_t)mebibytes << 20);
}

/* Keep freed memory: the next strip, and the next file, want as much, and
 * pages that the kernel has to clear anew cost more than decoding small ones.
 */
static void keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

/* What is taken and given back here is what the first pages are looked at in.
 * In pages of 4 KiB, the kernel would be asked for it fifteen hundred times by
 * each child, which costs as much as all else that is done to begin one. Where
 * there are no large pages, nothing is lost. */
static void ask_for_large_pages(void)
{
    char *at = malloc(LOOK_BYTES);
    size_t skip = -(uintptr_t)at % LARGE_PAGE;

    if (at != NULL)
        (void)madvise(at + skip, LOOK_BYTES - skip, MADV_HUGEPAGE);
    free(at);
}

static int run_group(void *arg, int answer_fd)
{
    const struct group *g = arg;
    int files[CONFINE_FILES];
    struct err err;
    int rc = CHILD_DONE;

    (void)signal(SIGPROF, SIG_DFL);
    limit_memory(g->checker);
    keep_memory();
    if (g->checker->looks != LOOKS_PASSED_OVER)
        ask_for_large_pages();
    for (unsigned i = 0; i < g->count; i++)
        files[i] = item_at(g->checker, g->first + i)->fd;
    if (confine(g->checker->confinement, files, g->count, answer_fd, &err) != 0)
        return fail_child(answer_fd, CHILD_UNCONFINED, &err);
    for (unsigned i = 0; rc == CHILD_DONE && i < g->count; i++)
        rc = check_one(g->checker, item_at(g->checker, g->first + i),
                       CONFINE_FILE(i));
    return rc;
}

/* --- starting children --- */

/* Files for the next child: half of what each would get of those that wait, so
 * that children come to their end together, whatever one file takes. */
static unsigned fair_share(struct checker *c)
{
    unsigned waiting = 0, children = 2 * c->jobs;
    uint64_t bytes = 0;

    for (unsigned i = 0; i < c->count; i++) {
        const struct item *item = item_at(c, c->head + i);

        waiting += item->state == FILE_WAITING;
        bytes += item->state == FILE_WAITING ? item->bytes : 0;
    }
    if (bytes < SMALL_BYTES)
        children = c->jobs;
    return (waiting + children - 1) / children;
}

/* The first run of files that wait, of max unless they are tiny: where it
 * begins, and how long it is. 0: none waits. */
static unsigned find_group(struct checker *c, unsigned max, unsigned *first,
                           uint64_t *all_bytes)
{
    unsigned i = 0, n = 0;

    while (i < c->count && item_at(c, c->head + i)->state != FILE_WAITING)
        i++;
    *first = c->head + i;
    *all_bytes = 0;
    for (; i < c->count && n < CONFINE_FILES; i++, n++) {
        const struct item *item = item_at(c, c->head + i);

        if (item->state != FILE_WAITING || (n > 0 && item->alone) ||
            (n >= max && *all_bytes >= MIN_GROUP_BYTES) ||
            (n > 0 && *all_bytes + item->bytes > GROUP_BYTES))
            break;
        *all_bytes += item->bytes;
        if (item->alone)
            return 1;
    }
    return n;
}

static int start_group(struct checker *c, unsigned first, unsigned count,
                       uint64_t bytes, struct err *err)
{
    double mebibytes =
        rule_number(c->rules, RULE_DECODER_DIED, "max_mebibytes");
    struct group *g = c->groups;

    while (g->count != 0)
        g++;
    *g = (struct group){
        .checker = c,
        .first = first,
        .count = count,
        /* Mapped files are address space, and no memory of the child's. */
        .limits = {.memory_bytes = ((uint64_t)mebibytes << 20) + bytes,
                   .wall_s = WALL_PER_CPU * count * cpu_limit_s(c, bytes),
                   .answer_bytes = ANSWER_BYTES},
    };
    if (process_pool_start(c->pool, run_group, g, &g->limits, err) != 0) {
        g->count = 0;
        return -1;
    }
    for (unsigned i = 0; i < count; i++)
        item_at(c, first + i)->state = FILE_RUNNING;
    return 0;
}

static int start_groups(struct checker *c, struct err *err)
{
    unsigned first, count;
    uint64_t bytes;

    while (!process_pool_is_full(c->pool) &&
           (count = find_group(c, fair_share(c), &first, &bytes)) > 0) {
        if (start_group(c, first, count, bytes, err) != 0)
            return -1;
    }
    return 0;
}

int checker_add(struct checker *c, int fd, const char *name, struct err *err)
{
    struct item *item = item_at(c, c->head + c->count);
    struct stat st;

    *item = (struct item){.fd = fd, .name = strdup(name)};
    c->count++;
    if (item->name == NULL)
        return err_set(err, ERR_NOMEM, "checker: out of memory");
    if (fstat(fd, &st) == 0)
        item->bytes = (uint64_t)st.st_size;
    return 0;
}

/* --- taking answers --- */

static bool took_too_long(const struct process_result *result)
{
    return result->end == PROCESS_SIGNALED && result->code == SIGPROF;
}

static int say_died(const struct checker *c, const struct group *g,
                    const struct process_result *result, const char *text,
                    struct item *item, struct err *err)
{
    CLEANUP(buf_fini) struct buf said = BUF_INIT;
    double cpu_s = cpu_limit_s(c, item->bytes);
    char how[128];

    process_end_text(result, &g->limits, how, sizeof(how));
    if (took_too_long(result))
        (void)snprintf(how, sizeof(how), "took more than %.0f s of CPU time",
                       cpu_s);
    text_add_visible(&said, text);
    return rule_broken(
        c->rules, &item->report.findings, RULE_DECODER_DIED, -1, 0, err,
        "the process that decodes the file %s%s%s; expected it "
        "to end within %.0f s and %u MiB: scan the page again",
        how, said.len > 0 ? ": " : "", buf_str(&said), cpu_s,
        (unsigned)rule_number(c->rules, RULE_DECODER_DIED, "max_mebibytes"));
}

/* The next report of the answer, from *at on. 1 read, 0 there is none. */
static int take_report(const struct buf *answer, size_t *at,
                       struct tiff_report *out)
{
    struct err ignored;
    size_t from, pictures = 0;
    uint32_t len;

    if (answer->len - *at < sizeof(len))
        return 0;
    memcpy(&len, answer->data + *at, sizeof(len));
    if (len > answer->len - *at - sizeof(len))
        return 0;
    if (tiff_report_from_text(answer->data + *at + sizeof(len), len, out,
                              &ignored) != 0)
        return 0;
    from = *at + sizeof(len) + len;
    if (tiff_report_take_pictures(out, answer->data + from, answer->len - from,
                                  &pictures, &ignored) != 0) {
        tiff_report_fini(out);
        return 0;
    }
    *at = from + pictures;
    return 1;
}

/* What a child said instead of a report. */
static const char *last_words(const struct buf *answer, size_t at)
{
    uint32_t len;

    if (answer->len - at < sizeof(len))
        return "";
    memcpy(&len, answer->data + at, sizeof(len));
    return len == UINT32_MAX ? answer->data + at + sizeof(len) : "";
}

static void set_done(struct item *item)
{
    (void)close(item->fd);
    item->fd = -1;
    item->state = FILE_DONE;
}

static bool was_killed(const struct process_result *result)
{
    return result->end == PROCESS_SIGNALED && result->code == SIGKILL;
}

/* Was it this file that the child died of? What others left behind in the
 * child may have had its part: then it is tried again, alone. So it is when the
 * child was killed, which comes from outside: an administrator, a machine that
 * is out of memory. CPU time is each file's own. */
static bool is_to_blame(struct item *item, unsigned place,
                        const struct process_result *result)
{
    if (was_killed(result) && ++item->kills < TRIES_AFTER_KILL) {
        item->alone = true;
        return false;
    }
    if (item->alone || place == 0 || took_too_long(result))
        return true;
    item->alone = true;
    return false;
}

/* The files that were reported on are done; the one that the child died of is
 * done as well, when it is to blame; those behind it wait again. */
static int take_answer(struct checker *c, const struct group *g,
                       const struct process_ended *ended, struct err *err)
{
    size_t at = 0;
    unsigned i = 0;

    while (i < g->count && take_report(&ended->answer, &at,
                                       &item_at(c, g->first + i)->report) == 1)
        set_done(item_at(c, g->first + i++));
    if (i == g->count)
        return 0;
    if (ended->result.end == PROCESS_EXITED &&
        ended->result.code == CHILD_UNCONFINED)
        return err_set(err, ERR_LIBRARY, "%s", last_words(&ended->answer, at));
    if (is_to_blame(item_at(c, g->first + i), i, &ended->result)) {
        if (say_died(c, g, &ended->result, last_words(&ended->answer, at),
                     item_at(c, g->first + i), err) != 0)
            return -1;
        set_done(item_at(c, g->first + i++));
    }
    for (; i < g->count; i++)
        item_at(c, g->first + i)->state = FILE_WAITING;
    return 0;
}

static int wait_for_one(struct checker *c, struct err *err)
{
    struct process_ended ended;
    struct group *g;
    int rc;

    if (process_pool_wait(c->pool, &ended, err) != 0)
        return -1;
    g = ended.arg;
    rc = ended.answer.failed ? err_set(err, ERR_NOMEM, "checker: out of memory")
                             : take_answer(c, g, &ended, err);
    buf_fini(&ended.answer);
    g->count = 0;
    return rc;
}

int checker_next(struct checker *c, struct tiff_report *out, struct err *err)
{
    struct item *item = item_at(c, c->head);

    for (;;) {
        if (start_groups(c, err) != 0)
            return -1;
        if (item->state == FILE_DONE)
            break;
        if (wait_for_one(c, err) != 0)
            return -1;
    }
    *out = item->report;
    item->report = (struct tiff_report){.image_count = 0};
    item_fini(item);
    c->head = (c->head + 1) % c->room;
    c->count--;
    return 0;
}
