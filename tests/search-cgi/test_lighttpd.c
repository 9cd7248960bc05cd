/* SPDX-License-Identifier: MIT */
/*
 * search.cgi behind lighttpd with the configuration that serve uses, as plain
 * CGI and as FastCGI: the same answers.
 */
#include <signal.h>

#include "tests/search-cgi/over_http.h"
#include "tests/search-cgi/web_archive.h"

#define LIGHTTPD "/usr/sbin/lighttpd"

static struct archive *archive;
static const char *work_dir;

/* A folder for one server, with the link to the program in it. */
static void make_run(const char *mode, char run[PATH_SIZE])
{
    char link[PATH_SIZE];
    struct err err;

    assert_ok(path_format(run, &err, "%s/run-%s", work_dir, mode), err);
    assert_ok(path_format(link, &err, "%s/search.cgi", run), err);
    assert_ok(dir_make(run, &err), err);
    assert_int_equal(symlink(SEARCH_CGI, link), 0);
}

static pid_t start(const char *mode, int port)
{
    char run[PATH_SIZE], port_text[16];
    pid_t child;

    make_run(mode, run);
    (void)snprintf(port_text, sizeof(port_text), "%d", port);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)setenv("TEFTER_ARCHIVE", archive->dir, 1);
        (void)setenv("TEFTER_SHARE", SHARE_DIR, 1);
        (void)setenv("TEFTER_RUN", run, 1);
        (void)setenv("TEFTER_PORT", port_text, 1);
        (void)setenv("TEFTER_MODE", mode, 1);
        (void)execl(LIGHTTPD, LIGHTTPD, "-D", "-f",
                    SHARE_DIR "/serve/lighttpd.conf", (char *)NULL);
        _exit(127);
    }
    return child;
}

/* @param more  further header lines, each with its end */
static char *fetch(int port, const char *method, const char *uri,
                   const char *more)
{
    CLEANUP(free) char *request = NULL;

    assert_true(asprintf(&request,
                         "%s %s HTTP/1.1\r\nHost: localhost\r\n"
                         "Connection: close\r\n"
                         "Accept-Language: en\r\n%s\r\n",
                         method, uri, more) > 0);
    return http_exchange(port, request);
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

/* What lighttpd refuses by itself, and what the page that comes then says. */
static void check_refusals(const char *mode, int port)
{
    CLEANUP(buf_fini) struct buf long_header = BUF_INIT;
    const struct {
        const char *method, *uri, *more;
        int status;
        const char *words;
    } refused[] = {
        {"GET", "/static/", "", 404, "nothing here to show"},
        {"GET", "/static/nosuch.css", "", 404, "nothing here to show"},
        {"GET", "/?q=%00", "", 400, "cannot be understood"},
        {"POST", "/login", "", 411, "does not work that way"},
        {"POST", "/login", "Content-Length: 300000\r\n", 413, "too long"},
        {"DELETE", "/static/style.css", "", 501, "does not work that way"},
        {"GET", "/", NULL, 431, "твърде дълго"},
    };

    buf_puts(&long_header, "X-Long: ");
    for (int i = 0; i < 4000; i++)
        buf_puts(&long_header, "0123456789");
    buf_puts(&long_header, "\r\n");
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        bool is_long = refused[i].status == 431;
        CLEANUP(free)
        char *answer = fetch(port, refused[i].method, refused[i].uri,
                             is_long ? buf_str(&long_header) : refused[i].more);

        if (status_in(answer) != refused[i].status ||
            strstr(answer, refused[i].words) == NULL ||
            strstr(answer, "class=\"brand\"") == NULL)
            fail_msg("%s: %s %s: %d: %.600s", mode, refused[i].method,
                     refused[i].uri, status_in(answer), answer);
    }
}

static void visit(const char *mode, char *bodies[VISITS])
{
    int port = http_free_port();
    pid_t server = start(mode, port);
    int status;

    for (size_t i = 0; i < VISITS; i++) {
        CLEANUP(free) char *answer = fetch(port, "GET", visits[i].uri, "");

        if (status_in(answer) != visits[i].status)
            fail_msg("%s: %s: %d, not %d", mode, visits[i].uri,
                     status_in(answer), visits[i].status);
        bodies[i] = strdup(web_body(answer));
    }
    check_refusals(mode, port);
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

/* ---- certificates of clients -------------------------------------------- */

#define MOD_OPENSSL "/usr/lib/lighttpd/mod_openssl.so"

/* An authority, a client of it, and one of an authority that nobody named. */
static const char make_certificates[] =
    "cd '%s' && for ca in ours theirs; do"
    " openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    "  -subj /CN=$ca -days 2 -keyout $ca.key -out $ca.pem &&"
    " openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    "  -subj /CN=client-of-$ca -keyout client-$ca.key -out $ca.csr &&"
    " openssl x509 -req -in $ca.csr -CA $ca.pem -CAkey $ca.key -CAcreateserial"
    "  -days 2 -out client-$ca.pem || exit 1; done 2>/dev/null;"
    " cat ours.pem ours.key > server.pem;"
    " printf 'include \"%s/serve/lighttpd.conf\"\\ninclude"
    " \"%s/serve/tls.conf\"\\n' > tls-server.conf";

static void run_shell(const char *line)
{
    assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c): our own words */
}

static pid_t start_tls(const char *mode, int port)
{
    char run[PATH_SIZE], name[32], path[PATH_SIZE], conf[PATH_SIZE];
    struct err err;
    pid_t child;

    (void)snprintf(name, sizeof(name), "tls-%s", mode);
    make_run(name, run);
    (void)snprintf(name, sizeof(name), "%d", port);
    assert_ok(path_format(path, &err, "%s", work_dir), err);
    assert_ok(path_format(conf, &err, "%s/tls-server.conf", work_dir), err);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (chdir(path) != 0)
            _exit(126);
        (void)setenv("TEFTER_ARCHIVE", archive->dir, 1);
        (void)setenv("TEFTER_SHARE", SHARE_DIR, 1);
        (void)setenv("TEFTER_RUN", run, 1);
        (void)setenv("TEFTER_PORT", name, 1);
        (void)setenv("TEFTER_MODE", mode, 1);
        (void)setenv("TEFTER_TLS_PEM", "server.pem", 1);
        (void)setenv("TEFTER_CLIENT_CA", "ours.pem", 1);
        (void)execl(LIGHTTPD, LIGHTTPD, "-D", "-f", conf, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* The log-in page, as it comes to who shows that certificate ("": none) and
 * sends that header. The caller frees it. */
static char *log_in_page(int port, const char *client, const char *header)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(free) char *line = NULL;
    char block[4096];
    FILE *from;
    size_t n;

    assert_true(asprintf(&line,
                         "cd '%s' && curl -sk --retry 20 --retry-connrefused"
                         " --retry-delay 1 %s%s%s%s%s -H 'Accept-Language: en'"
                         " -H '%s' https://127.0.0.1:%d/login",
                         work_dir, client[0] == '\0' ? "" : "--cert client-",
                         client, client[0] == '\0' ? "" : ".pem --key client-",
                         client, client[0] == '\0' ? "" : ".key", header,
                         port) > 0);
    from = popen(line, "r"); /* NOLINT(cert-env33-c): our own words */
    assert_non_null(from);
    while ((n = fread(block, 1, sizeof(block), from)) > 0)
        buf_add(&out, block, n);
    assert_int_equal(pclose(from), 0);
    assert_non_null(strstr(buf_str(&out), "name=\"identifier\""));
    return buf_steal(&out);
}

static bool is_offered(int port, const char *client, const char *header)
{
    CLEANUP(free) char *page = log_in_page(port, client, header);

    return strstr(page, "/login/certificate") != NULL;
}

static void lighttpd__tells_of_certificates_it_has_verified(void **state)
{
    static const char *const modes[] = {"cgi", "fastcgi"};
    CLEANUP(free) char *line = NULL;

    (void)state;
    if (!file_exists(LIGHTTPD) || !file_exists(MOD_OPENSSL)) {
        print_message("skipped: there is no " MOD_OPENSSL "\n");
        skip();
    }
    assert_true(
        asprintf(&line, make_certificates, work_dir, SHARE_DIR, SHARE_DIR) > 0);
    run_shell(line);
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        int port = http_free_port(), status;
        pid_t server = start_tls(modes[i], port);

        assert_true(is_offered(port, "ours", "X-None: 1"));
        assert_false(is_offered(port, "", "X-None: 1"));
        assert_false(is_offered(port, "theirs", "X-None: 1"));
        assert_false(is_offered(port, "", "SSL-Client-Verify: SUCCESS"));
        assert_false(is_offered(port, "", "SSL_CLIENT_VERIFY: SUCCESS"));
        assert_int_equal(kill(server, SIGTERM), 0);
        assert_int_equal(waitpid(server, &status, 0), server);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lighttpd__gets_the_same_from_cgi_and_fastcgi),
        cmocka_unit_test(lighttpd__tells_of_certificates_it_has_verified),
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
