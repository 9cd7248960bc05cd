/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/over_http.h - a request to a web server on this machine, as
 * bytes, and the bytes that come back.
 */
#ifndef TESTS_SEARCH_CGI_OVER_HTTP_H
#define TESTS_SEARCH_CGI_OVER_HTTP_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "tests/unit.h"

/* A port that was free a moment ago. */
static inline int http_free_port(void)
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

static inline int http_connect(int port)
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
    fail_msg("nothing answers on port %d", port);
    return -1;
}

/* The whole answer; the caller frees it. */
static inline char *http_exchange(int port, const char *request)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(close_fd) int fd = http_connect(port);
    char block[4096];
    ssize_t n;

    assert_int_equal(write(fd, request, strlen(request)), strlen(request));
    while ((n = read(fd, block, sizeof(block))) > 0)
        buf_add(&out, block, (size_t)n);
    assert_true(out.len > 0);
    return buf_steal(&out);
}

#endif
