/* SPDX-License-Identifier: MIT */
/*
 * search.cgi: one binary, a CGI program for one answer, or a FastCGI one for
 * many, as the web server starts it (the FastCGI 1.0 rule: file descriptor 0
 * is then a listening socket).
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/heap.h"
#include "common/log.h"
#include "search-cgi/dispatch.h"

#define FCGI_STDOUT  6     /* FastCGI 1.0, section 8 */
#define WHOLE_RECORD 65528 /* the most that a record holds, by eights */

static size_t read_stdin(void *from, char *out, size_t size)
{
    return fread(out, 1, size, from);
}

static size_t read_fastcgi(void *from, char *out, size_t size)
{
    int n = FCGX_GetStr(out, (int)size, from);

    return n < 0 ? 0 : (size_t)n;
}

/* Takes some bytes of an answer; -1: nobody takes them any more. */
typedef int put(void *to, const char *bytes, size_t len);

static int put_stdout(void *to, const char *bytes, size_t len)
{
    return fwrite(bytes, 1, len, to) == len ? 0 : -1;
}

static int put_fastcgi(void *to, const char *bytes, size_t len)
{
    return FCGX_PutStr(bytes, (int)len, to) >= 0 ? 0 : -1;
}

/* A file that is shorter than was said is an answer that breaks off. */
static int send_part(const struct file_part *file, put *put_bytes, void *to)
{
    char block[WHOLE_RECORD];
    int64_t sent = 0;

    while (sent < file->len) {
        int64_t left = file->len - sent;
        ssize_t n =
            pread(file->fd, block,
                  left < (int64_t)sizeof(block) ? (size_t)left : sizeof(block),
                  (off_t)(file->at + sent));

        if (n <= 0 || put_bytes(to, block, (size_t)n) != 0)
            return -1;
        sent += n;
    }
    return 0;
}

static int send_file(struct file_part *file, put *put_bytes, void *to)
{
    int rc = 0;

    if (file->fd >= 0) {
        rc = send_part(file, put_bytes, to);
        (void)close(file->fd);
        file->fd = -1;
    }
    return rc;
}

static int answer_cgi(struct web *web, struct err *err)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct file_part file;

    web_set_client(web, STDOUT_FILENO);
    if (dispatch(web, environ, read_stdin, stdin, &out, &file, err) != 0)
        return -1;
    if (fwrite(out.data, 1, out.len, stdout) != out.len ||
        send_file(&file, put_stdout, stdout) != 0 || fflush(stdout) != 0)
        return err_set_errno(err, "cannot send the answer");
    return 0;
}

/* libfcgi's own stream sends 8 KiB at a time, and each wakes the web server: a
 * tile in one piece costs it half of what it costs in three. The request's own
 * stream stays empty, and ends the answer in FCGX_Finish_r. */
static int send_fastcgi(const FCGX_Request *request, const struct buf *out,
                        struct file_part *file, struct err *err)
{
    FCGX_Stream *stream = FCGX_CreateWriter(request->ipcFd, request->requestId,
                                            WHOLE_RECORD, FCGI_STDOUT);

    if (stream == NULL) {
        if (file->fd >= 0)
            (void)close(file->fd);
        return err_set(err, ERR_NOMEM, "libfcgi: out of memory");
    }
    /* Whoever asked may have gone away: nothing is to be done about it. */
    if (put_fastcgi(stream, out->data, out->len) == 0 &&
        send_file(file, put_fastcgi, stream) == 0)
        (void)FCGX_FFlush(stream);
    if (file->fd >= 0)
        (void)close(file->fd);
    FCGX_FreeStream(&stream);
    return 0;
}

/* Whoever asked for a page has gone before his turn came: it is made for
 * nobody. A form is done all the same. */
static bool is_for_nobody(struct web *web, const FCGX_Request *request)
{
    const char *method = FCGX_GetParam("REQUEST_METHOD", request->envp);

    return method != NULL && strcmp(method, "GET") == 0 &&
           web_client_is_gone(web);
}

static int answer_fastcgi(struct web *web, struct err *err)
{
    FCGX_Request request;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
        return err_set(err, ERR_LIBRARY, "libfcgi: cannot start");
    while (FCGX_Accept_r(&request) == 0) {
        CLEANUP(buf_fini) struct buf out = BUF_INIT;
        struct file_part file;

        web_set_client(web, request.ipcFd);
        if (is_for_nobody(web, &request)) {
            FCGX_Finish_r(&request);
            continue;
        }
        if (dispatch(web, request.envp, read_fastcgi, request.in, &out, &file,
                     err) != 0 ||
            send_fastcgi(&request, &out, &file, err) != 0)
            log_error("error=%s", err->msg);
        FCGX_Finish_r(&request);
    }
    return 0;
}

/* `tefter serve` has a web server of its own, and nobody else ends what that
 * has begun when it is killed while it starts. */
static void end_with_server(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == 1)
        _exit(EXIT_FAILURE); /* it is gone already */
}

int main(void)
{
    CLEANUP(web_close) struct web *web = NULL;
    struct err err;
    int rc;

    heap_keep();
    if (getenv("TEFTER_RUN") != NULL)
        end_with_server();
    rc = web_open(&web, &err);

    if (rc == 0)
        rc = FCGX_IsCGI() ? answer_cgi(web, &err) : answer_fastcgi(web, &err);
    if (rc != 0) {
        log_error("error=%s", err.msg);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
