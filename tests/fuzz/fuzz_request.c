/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz_request.c - any bytes as a request: lines of a CGI
 * environment (NAME=value, each up to a NUL or the end of the line), an empty
 * line, and a body. Read, routed and linked to again. What comes out is a local
 * path, text in UTF-8, and links that begin no header and leave no attribute.
 *
 * Linked with libFuzzer (clang, SANITIZE set), or with plain_driver.c, which
 * runs it over files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "search-cgi/iiif_request.h"
#include "search-cgi/item.h"
#include "search-cgi/kept.h"
#include "search-cgi/route.h"
#include "search-cgi/viewer_auth.h"
#include "tests/fuzz/fuzz.h"

#define MAX_LINES 64

struct body {
    const char *bytes;
    size_t left;
};

static size_t read_body(void *from, char *out, size_t size)
{
    struct body *b = from;
    size_t n = b->left < size ? b->left : size;

    memcpy(out, b->bytes, n);
    b->bytes += n;
    b->left -= n;
    return n;
}

/* Cut the text into lines up to an empty one; what stands behind that. */
static struct body cut(char *text, size_t size, char *env[MAX_LINES + 1])
{
    struct body body = {text + size, 0};
    size_t at = 0, n = 0;

    while (at < size && n < MAX_LINES) {
        size_t len = 0;

        while (at + len < size && text[at + len] != '\n')
            len++;
        if (len == 0) {
            body = (struct body){text + at + 1, size - at - 1};
            break;
        }
        text[at + len] = '\0'; /* text has one byte more than size */
        env[n++] = text + at;
        at += len + 1;
    }
    env[n] = NULL;
    return body;
}

static void check_link(const char *link)
{
    for (; *link != '\0'; link++) {
        if ((unsigned char)*link < ' ' || *link == 0x7f)
            abort();
    }
}

static void check_params(const struct param_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!text_is_utf8(list->items[i].name, strlen(list->items[i].name)) ||
            !text_is_utf8(list->items[i].value, strlen(list->items[i].value)))
            abort();
    }
}

static void check_picture(const struct request *r)
{
    struct iiif_request asked;
    struct iiif_plan plan;
    struct item item;
    struct err err;

    if (item_parse(request_part(r, "id"), &item) &&
        strcmp(item.id, request_part(r, "id")) != 0)
        abort();
    if (iiif_parse(request_part(r, "region"), request_part(r, "size"),
                   request_part(r, "rotation"), request_part(r, "quality"),
                   &asked, &err) == 0)
        (void)iiif_plan(&asked, 1000, 600, &plan, &err);
}

static void check_request(struct request *r)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;
    const struct link_change change = {"lang", "en"};
    const struct route *route = NULL;
    enum route_match status;
    struct err err;

    if (route_find(r, &route, &status, &err) == 0 && status == ROUTE_FOUND) {
        check_params(&r->parts);
        check_picture(r);
    }
    check_params(&r->query);
    check_params(&r->form);
    check_params(&r->cookies);
    request_link(r, &change, 1, &link);
    check_link(buf_str(&link));
    (void)request_number(r, "page", 1, 100, 1);
    (void)kept_is_held(r, "\"0123\"");
    if (viewer_is_origin(r->site) && strpbrk(r->site, " ;,'\"\r\n") != NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(request_fini) struct request request = {.method = METHOD_GET};
    CLEANUP(free) char *text = malloc(size + 1);
    char *env[MAX_LINES + 1];
    struct body body;
    struct err err;

    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    body = cut(text, size, env);
    if (request_read(env, read_body, &body, &request, &err) == 0)
        check_request(&request);
    /* An error page is made of these in any case. */
    if (request.path == NULL || !path_is_local(request.path) ||
        !path_is_local(path_local(request_query(&request, "back"))))
        abort();
    return 0;
}
