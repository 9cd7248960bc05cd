/* SPDX-License-Identifier: MIT */
/*
 * search.cgi behind lighttpd with the configuration that serve uses, as plain
 * CGI and as FastCGI: the same answers.
 */
#include "tests/search-cgi/web_archive.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#define LIGHTTPD "/usr/sbin/lighttpd"

static struct archive *archive;
static const char *work_dir;

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void fill(const char *template, const char *const slots[][2],
                 size_t count, struct buf *out)
{
    while (*template != '\0') {
        size_t i = 0;

        while (i < count &&
               strncmp(template, slots[i][0], strlen(slots[i][0])) != 0)
            i++;
        buf_puts(out, i < count ? slots[i][1] : "");
        if (i == count)
            buf_add(out, template, 1);
        template += i < count ? strlen(slots[i][0]) : 1;
    }
}

static void write_conf(const char *mode, int port, char conf[PATH_SIZE])
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(buf_fini) struct buf filled = BUF_INIT;
    char run[PATH_SIZE];
    char port_text[16];
    struct err err;

    (void)snprintf(port_text, sizeof(port_text), "%d", port);
    assert_ok(path_format(run, &err, "%s/run-%s", work_dir, mode), err);
    assert_ok(path_format(conf, &err, "%s/%s.conf", work_dir, mode), err);
    assert_ok(dir_make(run, &err), err);
    assert_ok(file_read(SHARE_DIR "/lighttpd.conf", 1 << 20, &text, &err), err);
    const char *const slots[][2] = {
        {"@PORT@", port_text},  {"@ARCHIVE@", archive->dir},
        {"@SHARE@", SHARE_DIR}, {"@SEARCH_CGI@", SEARCH_CGI},
        {"@RUN@", run},         {"@MODE@", mode},
    };
    fill(buf_str(&text), slots, sizeof(slots) / sizeof(*slots), &filled);
    assert_ok(file_write_durable(conf, filled.data, filled.len, &err), err);
}

static pid_t start(const char *conf)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)execl(LIGHTTPD, LIGHTTPD, "-D", "-f", conf, (char *)NULL);
        _exit(127);
    }
    return child;
}

static int connect_to(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int tries = 0; tries < 200; tries++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        assert_true(fd >= 0);
        if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
            return fd;
        (void)close(fd);
        (void)usleep(50000);
    }
    fail_msg("lighttpd does not answer on port %d", port);
    return -1;
}

/* The whole answer; the caller frees it. */
static char *fetch(int port, const char *uri)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(free) char *request = NULL;
    CLEANUP(close_fd) int fd = connect_to(port);
    char block[4096];
    ssize_t n;

    assert_true(asprintf(&request,
                         "GET %s HTTP/1.0\r\nHost: localhost\r\n"
                         "Accept-Language: en\r\n\r\n",
                         uri) > 0);
    assert_int_equal(write(fd, request, strlen(request)), strlen(request));
    while ((n = read(fd, block, sizeof(block))) > 0)
        buf_add(&out, block, (size_t)n);
    assert_true(out.len > 0);
    return buf_steal(&out);
}

static int status_in(const char *answer)
{
    assert_memory_equal(answer, "HTTP/1.", 7);
    return (int)strtol(answer + 9, NULL, 10);
}

static const struct {
    const char *uri;
    int status;
} visits[] = {
    {"/", 200},
    {"/?q=%D0%BE%D0%B1%D1%89%D0%BE", 200},
    {"/?q=%D0%BE%D0%B1%D1%89%D0%BE&format=json", 200},
    {"/volumes", 200},
    {"/page/primorski/technical/1979-107/0001?q=%D0%BE%D0%B1%D1%89%D0%BE", 200},
    {"/page/odesos/family-register/1938-012/0001", 404},
    {"/search.cgi", 404},
    {"/static/style.css", 200},
    {"/static/../templates/search.xsl", 404},
    {"/static/%2e%2e/templates/search.xsl", 404},
    {"/a%2Fb", 404},
    {"/%ff", 404},
};
#define VISITS (sizeof(visits) / sizeof(*visits))

static void visit(const char *mode, char *bodies[VISITS])
{
    char conf[PATH_SIZE];
    int port = free_port();
    int status;
    pid_t server;

    write_conf(mode, port, conf);
    server = start(conf);
    for (size_t i = 0; i < VISITS; i++) {
        CLEANUP(free) char *answer = fetch(port, visits[i].uri);

        if (status_in(answer) != visits[i].status)
            fail_msg("%s: %s: %d, not %d", mode, visits[i].uri,
                     status_in(answer), visits[i].status);
        bodies[i] = strdup(web_body(answer));
    }
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(waitpid(server, &status, 0), server);
}

static void lighttpd__gets_the_same_from_cgi_and_fastcgi(void **state)
{
    char *cgi[VISITS] = {NULL};
    char *fastcgi[VISITS] = {NULL};

    (void)state;
    if (!file_exists(LIGHTTPD)) {
        print_message("skipped: there is no " LIGHTTPD "\n");
        skip();
    }
    visit("cgi", cgi);
    visit("fastcgi", fastcgi);
    for (size_t i = 0; i < VISITS; i++) {
        assert_string_equal(cgi[i], fastcgi[i]);
        free(cgi[i]);
        free(fastcgi[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lighttpd__gets_the_same_from_cgi_and_fastcgi),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    work_dir = dir;
    web_archive_make(dir, &archive);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
