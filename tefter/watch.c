/* SPDX-License-Identifier: MIT */
#include "tefter/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/space.h"
#include "tefter/inbox.h"

#define RETRY_S       5.0 /* after an error that may mend itself */
#define RESTART_S     1.0 /* of a receiver that died               */
#define RESTART_MAX_S 60.0
#define GRACE_S       10.0 /* for the receiver to end by itself     */

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Not restarted: whoever waits wakes up. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
}

/* --- what is said once --- */

/* The last trouble, its digits taken out: how full a disk is changes. */
struct trouble {
    char text[sizeof(((struct err *)NULL)->msg)];
};

static void say_trouble(struct trouble *last, const char *what,
                        const struct err *err)
{
    struct trouble now;
    size_t n = 0;

    for (const char *c = err->msg; *c != '\0'; c++) {
        if (*c < '0' || *c > '9')
            now.text[n++] = *c;
    }
    now.text[n] = '\0';
    if (strcmp(now.text, last->text) == 0)
        return;
    *last = now;
    (void)fprintf(stderr, "tefter: %s waits: %s\n", what, err->msg);
}

static void say_over(struct trouble *last, const char *what)
{
    if (last->text[0] != '\0')
        (void)fprintf(stderr, "tefter: %s goes on\n", what);
    last->text[0] = '\0';
}

/* --- the receiver --- */

int watch_receive(struct pipeline *p, struct err *err)
{
    CLEANUP(inbox_close) struct inbox *inbox = NULL;
    struct inbox_options options;
    struct trouble last = {""};

    catch_signals();
    if (inbox_options_read(p->archive, &options, err) != 0)
        return -1;
    while (!stopped && inbox_open(p, &options, &inbox, err) != 0) {
        if (err->kind != ERR_BUSY)
            return -1;
        say_trouble(&last, "the inbox", err);
        (void)poll(NULL, 0, (int)(RETRY_S * 1000));
    }
    while (!stopped) {
        double next_s = options.poll_s;

        if (inbox_look(inbox, &next_s, err) == 0) {
            say_over(&last, "the inbox");
        } else {
            (void)space_explain(p->archive->dir, err);
            say_trouble(&last, "the inbox", err);
            next_s = next_s < RETRY_S ? next_s : RETRY_S;
        }
        if (!stopped)
            inbox_wait(inbox, next_s);
    }
    return 0;
}

/* --- the main process --- */

struct watch {
    const char *archive;
    const char *program;
    pid_t receiver; /* 0: none runs */
    double started_s;
    double
        patience_s; /* before it is started again: grows when it dies young */
};

static void exec_receiver(const struct watch *w)
{
    char *const argv[] = {(char[]){"tefter"}, (char[]){"--archive"},
                          (char *)(uintptr_t)w->archive, (char[]){"receive"},
                          NULL};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)execv(w->program, argv);
    _exit(127);
}

static void start_receiver(struct watch *w)
{
    pid_t parent = getpid();

    w->started_s = clock_monotonic_s();
    (void)fflush(NULL);
    w->receiver = fork();
    if (w->receiver == 0) {
        if (getppid() == parent)
            exec_receiver(w);
        _exit(127);
    }
    if (w->receiver < 0) {
        log_warn("cannot start the process that watches the inbox: %s",
                 strerror(errno));
        w->receiver = 0;
    }
}

/* work_options.stay: not 0 ends the work. */
static int look_after(void *arg)
{
    struct watch *w = arg;
    int status = 0;

    if (stopped)
        return 1;
    if (w->receiver > 0 &&
        waitpid(w->receiver, &status, WNOHANG) == w->receiver) {
        w->receiver = 0;
        w->patience_s = clock_monotonic_s() - w->started_s > RESTART_MAX_S
                            ? RESTART_S
                            : w->patience_s * 2;
        if (w->patience_s > RESTART_MAX_S)
            w->patience_s = RESTART_MAX_S;
        log_warn("the process that watches the inbox ended (%s %d) and is "
                 "started again",
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (w->receiver == 0 && clock_monotonic_s() - w->started_s >= w->patience_s)
        start_receiver(w);
    return 0;
}

static void end_receiver(struct watch *w)
{
    double until_s = clock_monotonic_s() + GRACE_S;

    if (w->receiver <= 0)
        return;
    (void)kill(w->receiver, SIGTERM);
    while (waitpid(w->receiver, NULL, WNOHANG) == 0) {
        if (clock_monotonic_s() > until_s)
            (void)kill(w->receiver, SIGKILL);
        (void)poll(NULL, 0, 50);
    }
    w->receiver = 0;
}

static void pause_for(struct watch *w, double seconds)
{
    double until_s = clock_monotonic_s() + seconds;

    while (look_after(w) == 0 && clock_monotonic_s() < until_s)
        (void)poll(NULL, 0, 200);
}

int watch_work(struct pipeline *p, const struct work_options *options,
               struct err *err)
{
    struct work_options ours = *options;
    struct watch w = {.archive = p->archive->dir,
                      .program = options->program,
                      .started_s = -RESTART_S,
                      .patience_s = RESTART_S};
    struct trouble last = {""};
    int rc = 0;

    catch_signals();
    ours.stay = look_after;
    ours.stay_arg = &w;
    while (!stopped) {
        rc = pipeline_work(p, &ours, err);
        if (rc == 0 || (err->kind != ERR_IO && err->kind != ERR_BUSY))
            break;
        (void)space_explain(p->archive->dir, err);
        say_trouble(&last, "reading", err);
        pause_for(&w, RETRY_S);
        rc = 0;
    }
    end_receiver(&w);
    return rc;
}
