/* SPDX-License-Identifier: MIT */
/*
 * serve: the web server on this machine, with the configuration in
 * share/tefter/serve/lighttpd.conf. What it needs to know is handed over in
 * environment variables, so that a path may hold any character.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tefter/command.h"

/* What lighttpd adds to the folder for the sockets of its FastCGI processes. */
#define LONGEST_SOCKET "/search.sock-00"
#define LOOK_NS        50000000L /* 50 ms */

struct serve_arguments {
    int port; /* 0 = as tefter.conf says */
    bool plain_cgi;
};

static error_t take_serve_argument(int key, char *arg, struct argp_state *state)
{
    struct serve_arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'p':
        a->port = (int)strtol(arg, &end, 10);
        if (end == arg || *end != '\0' || a->port < 1 || a->port > 65535)
            argp_error(state, "--port=%s: expected 1 to 65535", arg);
        return 0;
    case 'c':
        a->plain_cgi = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "one word too many: '%s'", arg);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Folders of this very program: DIR/bin/tefter has DIR/share/tefter. */
static int program_dirs(char bin[PATH_SIZE], char share[PATH_SIZE],
                        struct err *err)
{
    const char *given = getenv("TEFTER_SHARE");

    if (program_dir(bin, err) != 0)
        return -1;
    return given != NULL ? path_format(share, err, "%s", given)
                         : program_share(share, err);
}

/* The address of a socket is short, and lighttpd divides the path of a FastCGI
 * program at spaces. */
static bool is_fit_for_sockets(const char *dir)
{
    struct sockaddr_un at;

    return dir != NULL && dir[0] == '/' && strpbrk(dir, " \t\n") == NULL &&
           strlen(dir) + strlen("/tefter-XXXXXX" LONGEST_SOCKET) <
               sizeof(at.sun_path) &&
           access(dir, W_OK | X_OK) == 0;
}

/* A folder for sockets and the like, of this run alone: not in the archive,
 * whose path may be too long, or lie where sockets cannot be. */
static int make_run_dir(char out[PATH_SIZE], struct err *err)
{
    const char *const bases[] = {getenv("XDG_RUNTIME_DIR"), "/run",
                                 getenv("TMPDIR"), "/tmp"};

    for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
        if (!is_fit_for_sockets(bases[i]))
            continue;
        if (path_format(out, err, "%s/tefter-XXXXXX", bases[i]) != 0)
            return -1;
        if (mkdtemp(out) != NULL)
            return 0;
    }
    return err_set(err, ERR_IO,
                   "no folder for the server's sockets: neither "
                   "$XDG_RUNTIME_DIR, /run, $TMPDIR nor /tmp can be written "
                   "to and has a short path without spaces");
}

/* lighttpd would say it in words of its own. */
static int check_port(int port, struct err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    CLEANUP(close_fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)))
        return err_set_errno(err, "cannot open a socket");
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return 0;
    if (errno == EADDRINUSE)
        return err_set(err, ERR_BUSY,
                       "port %d of 127.0.0.1 is taken by another program: "
                       "end that, or choose a free one with --port",
                       port);
    return err_set_errno(err, "cannot listen on port %d of 127.0.0.1", port);
}

static int set_variable(const char *name, const char *value, struct err *err)
{
    if (setenv(name, value, 1) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    return 0;
}

/* All that lighttpd.conf asks for, and the path of that file. FastCGI programs
 * are started by a link in the run folder, for their path may hold no space. */
static int set_environment(const struct archive *archive, int port,
                           bool plain_cgi, const char *run,
                           char conf[PATH_SIZE], struct err *err)
{
    char bin[PATH_SIZE], share[PATH_SIZE], program[PATH_SIZE], link[PATH_SIZE];
    char port_text[16];

    (void)snprintf(port_text, sizeof(port_text), "%d", port);
    if (program_dirs(bin, share, err) != 0 ||
        path_format(program, err, "%s/search.cgi", bin) != 0 ||
        path_format(link, err, "%s/search.cgi", run) != 0 ||
        path_format(conf, err, "%s/serve/lighttpd.conf", share) != 0)
        return -1;
    if (!file_exists(program))
        return err_set(err, ERR_ABSENT, "%s is not there", program);
    if (symlink(program, link) != 0)
        return err_set_errno(err, "cannot make %s", link);
    if (set_variable("TEFTER_ARCHIVE", archive->dir, err) != 0 ||
        set_variable("TEFTER_SHARE", share, err) != 0 ||
        set_variable("TEFTER_RUN", run, err) != 0 ||
        set_variable("TEFTER_PORT", port_text, err) != 0)
        return -1;
    return set_variable("TEFTER_MODE", plain_cgi ? "cgi" : "fastcgi", err);
}

/* Does not return. It ends with this process, however that ends. */
static void exec_lighttpd(const char *conf, const sigset_t *mask)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    (void)execlp("lighttpd", "lighttpd", "-D", "-f", conf, (char *)NULL);
    (void)execl("/usr/sbin/lighttpd", "lighttpd", "-D", "-f", conf,
                (char *)NULL);
    _exit(127);
}

/* lighttpd writes its process id when it listens. */
static bool is_listening(const char *run)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/lighttpd.pid", run) == 0 &&
           file_size(path) > 0;
}

static int end_of_lighttpd(int status, bool was_stopped, struct err *err)
{
    if (was_stopped)
        return EXIT_DONE;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return err_set(err, ERR_ABSENT,
                       "lighttpd is not installed: `apt-get install lighttpd`");
    if (WIFSIGNALED(status))
        return err_set(err, ERR_LIBRARY, "lighttpd was killed by signal %d",
                       WTERMSIG(status));
    return err_set(err, ERR_LIBRARY,
                   "lighttpd ended with status %d; why stands above",
                   WEXITSTATUS(status));
}

/* Until lighttpd has ended, by itself or because this process was told to. */
static int attend(pid_t server, const char *run, int port,
                  const sigset_t *signals, struct err *err)
{
    const struct timespec look = {0, LOOK_NS};
    bool is_announced = false, was_stopped = false;
    int status = 0;

    while (waitpid(server, &status, WNOHANG) == 0) {
        int got = is_announced ? sigwaitinfo(signals, NULL)
                               : sigtimedwait(signals, NULL, &look);

        if (got == SIGINT || got == SIGTERM || got == SIGHUP) {
            (void)kill(server, was_stopped ? SIGKILL : SIGTERM);
            was_stopped = true;
        }
        if (!is_announced && is_listening(run)) {
            is_announced = true;
            (void)fprintf(stderr,
                          "the search page: http://127.0.0.1:%d/   "
                          "(Ctrl-C stops it)\n",
                          port);
        }
    }
    return end_of_lighttpd(status, was_stopped, err);
}

static int run_server(const char *conf, const char *run, int port,
                      struct err *err)
{
    sigset_t signals, before;
    pid_t server;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &signals, &before);
    server = fork();
    if (server < 0)
        return err_set_errno(err, "cannot start a process");
    if (server == 0)
        exec_lighttpd(conf, &before);
    return attend(server, run, port, &signals, err);
}

static int serve(const struct archive *archive, int port, bool plain_cgi,
                 struct err *err)
{
    char run[PATH_SIZE], conf[PATH_SIZE];
    struct err ignored;
    int rc;

    if (check_port(port, err) != 0 || make_run_dir(run, err) != 0)
        return -1;
    rc = set_environment(archive, port, plain_cgi, run, conf, err);
    if (rc == 0)
        rc = run_server(conf, run, port, err);
    (void)dir_remove(run, &ignored);
    return rc;
}

int command_serve(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    static const struct argp_option options[] = {
        {"port", 'p', "N", 0, "listen on 127.0.0.1:N (8080)", 0},
        {"plain-cgi", 'c', NULL, 0, "one process a request instead of FastCGI",
         0},
        {0}};
    const struct argp argp = {
        options,
        take_serve_argument,
        "",
        "Start lighttpd on this machine with the search pages of this archive; "
        "stays in front until it is stopped."
        "\vThe address is shown when it can be visited.\n\nExample:\n  tefter "
        "--archive archive serve --port 8080",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    struct serve_arguments a = {0, false};
    int64_t port = 8080;

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        conf_int(archive->conf, "web.port", 1, 65535, &port, err) != 0)
        return -1;
    return serve(archive, a.port > 0 ? a.port : (int)port, a.plain_cgi, err);
}
