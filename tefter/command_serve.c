/* SPDX-License-Identifier: MIT */
/*
 * serve: the web server on this machine, with a configuration of our own. The
 * template is share/tefter/lighttpd.conf; what it becomes lies in
 * ARCHIVE/run/.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tefter/command.h"

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

/* What a @NAME@ of the template stands for. */
struct slot {
    const char *name;
    const char *value;
};

static void fill_template(const char *text, const struct slot *slots,
                          size_t count, struct buf *out)
{
    while (*text != '\0') {
        size_t i = 0;

        while (i < count &&
               strncmp(text, slots[i].name, strlen(slots[i].name)) != 0)
            i++;
        if (i < count) {
            buf_puts(out, slots[i].value);
            text += strlen(slots[i].name);
        } else {
            buf_add(out, text++, 1);
        }
    }
}

/* Folders of this very program: DIR/bin/tefter has DIR/share/tefter. */
static int program_dirs(char bin[PATH_SIZE], char share[PATH_SIZE],
                        struct err *err)
{
    const char *given = getenv("TEFTER_SHARE");
    ssize_t n = readlink("/proc/self/exe", bin, PATH_SIZE - 1);

    if (n < 0)
        return err_set_errno(err, "cannot tell where this program lies");
    bin[n] = '\0';
    *strrchr(bin, '/') = '\0';
    if (given != NULL)
        return path_format(share, err, "%s", given);
    return path_format(share, err, "%.*s/share/tefter",
                       (int)(strrchr(bin, '/') - bin), bin);
}

static int write_conf(const struct archive *archive, int port, bool plain_cgi,
                      char conf[PATH_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(buf_fini) struct buf filled = BUF_INIT;
    char bin[PATH_SIZE], share[PATH_SIZE], run[PATH_SIZE], template[PATH_SIZE];
    char search_cgi[PATH_SIZE], port_text[16];

    (void)snprintf(port_text, sizeof(port_text), "%d", port);
    if (program_dirs(bin, share, err) != 0 ||
        path_format(run, err, "%s/run", archive->dir) != 0 ||
        path_format(search_cgi, err, "%s/search.cgi", bin) != 0 ||
        path_format(template, err, "%s/lighttpd.conf", share) != 0 ||
        path_format(conf, err, "%s/lighttpd.conf", run) != 0 ||
        dir_make(run, err) != 0 ||
        file_read(template, (size_t)1 << 20, &text, err) != 0)
        return -1;
    const struct slot slots[] = {
        {"@PORT@", port_text},
        {"@ARCHIVE@", archive->dir},
        {"@SEARCH_CGI@", search_cgi},
        {"@SHARE@", share},
        {"@RUN@", run},
        {"@MODE@", plain_cgi ? "cgi" : "fastcgi"},
    };
    fill_template(buf_str(&text), slots, sizeof(slots) / sizeof(*slots),
                  &filled);
    if (filled.failed)
        return err_set(err, ERR_NOMEM, "out of memory");
    return file_write_durable(conf, filled.data, filled.len, err);
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
        "\vExample:\n  tefter --archive archive serve --port 8080",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    struct serve_arguments a = {0, false};
    char conf[PATH_SIZE];
    int64_t port = 8080;

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        conf_int(archive->conf, "web.port", 1, 65535, &port, err) != 0 ||
        write_conf(archive, a.port > 0 ? a.port : (int)port, a.plain_cgi, conf,
                   err) != 0)
        return -1;
    (void)fprintf(stderr, "http://127.0.0.1:%lld/\n",
                  a.port > 0 ? (long long)a.port : (long long)port);
    (void)execlp("lighttpd", "lighttpd", "-D", "-f", conf, (char *)NULL);
    (void)execl("/usr/sbin/lighttpd", "lighttpd", "-D", "-f", conf,
                (char *)NULL);
    return err_set_errno(err, "cannot start lighttpd; is it installed");
}
