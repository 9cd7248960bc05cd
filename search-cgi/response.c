/* SPDX-License-Identifier: MIT */
#include "search-cgi/response.h"

#include <string.h>
#include <unistd.h>

/* Everything comes from this server, nothing is written into the page itself,
 * and nobody may put a page of ours into a frame (CSP level 3) but the viewer
 * that the page is for. */
static const char content_policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors %s; "
    "form-action 'self'%s%s\r\n";
static const char more_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

static bool is_header_text(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

void response_header(struct response *r, const char *name, const char *value)
{
    if (is_header_text(value))
        buf_printf(&r->headers, "%s: %s\r\n", name, value);
}

void response_cookie(struct response *r, const char *name, const char *value,
                     bool secure)
{
    CLEANUP(buf_fini) struct buf cookie = BUF_INIT;

    buf_printf(&cookie, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name,
               value, value[0] == '\0' ? "; Max-Age=0" : "",
               secure ? "; Secure" : "");
    if (cookie.failed)
        r->headers.failed = true;
    else
        response_header(r, "Set-Cookie", buf_str(&cookie));
}

void response_redirect(struct response *r, const char *address)
{
    r->status = 303;
    response_header(r, "Location", address);
}

void response_csv(struct response *response, const char *file_name)
{
    char disposition[128];

    (void)snprintf(disposition, sizeof(disposition),
                   "attachment; filename=\"%s\"", file_name);
    response_header(response, "Content-Disposition", disposition);
    response->type = "text/csv; charset=utf-8";
}

int response_json(struct response *r, const json_t *json, struct err *err)
{
    CLEANUP(free) char *text = json_dumps(json, JSON_INDENT(1));

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    buf_clear(&r->body);
    buf_puts(&r->body, text);
    buf_puts(&r->body, "\n");
    r->type = "application/json";
    return 0;
}

void response_reset(struct response *r)
{
    response_fini(r);
    *r = (struct response)RESPONSE_INIT;
}

const char *status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "200 OK"},
        {202, "202 Accepted"},
        {204, "204 No Content"},
        {206, "206 Partial Content"},
        {303, "303 See Other"},
        {304, "304 Not Modified"},
        {400, "400 Bad Request"},
        {401, "401 Unauthorized"},
        {402, "402 Payment Required"},
        {403, "403 Forbidden"},
        {404, "404 Not Found"},
        {405, "405 Method Not Allowed"},
        {406, "406 Not Acceptable"},
        {409, "409 Conflict"},
        {411, "411 Length Required"},
        {413, "413 Content Too Large"},
        {414, "414 URI Too Long"},
        {416, "416 Range Not Satisfiable"},
        {417, "417 Expectation Failed"},
        {429, "429 Too Many Requests"},
        {431, "431 Request Header Fields Too Large"},
        {500, "500 Internal Server Error"},
        {501, "501 Not Implemented"},
        {503, "503 Service Unavailable"},
        {504, "504 Gateway Timeout"},
        {505, "505 HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i].status == status)
            return texts[i].text;
    }
    return "500 Internal Server Error";
}

static const char *cache_control(enum caching caching)
{
    switch (caching) {
    case CACHE_PRIVATE:
        return "private, no-cache";
    case CACHE_SHARED:
        return "public, no-cache";
    case CACHE_PUBLIC:
        return "public, max-age=3600";
    case CACHE_NO_STORE:
        break;
    }
    return "no-store";
}

static void write_policy(const struct response *r, struct buf *out)
{
    bool framed = r->framed_by.len > 0;

    buf_printf(out, content_policy, framed ? buf_str(&r->framed_by) : "'none'",
               r->form_to.len > 0 ? " " : "", buf_str(&r->form_to));
    buf_puts(out, more_headers);
    if (!framed)
        buf_puts(out, "X-Frame-Options: DENY\r\n");
    if (!r->keeps_opener)
        buf_puts(out, "Cross-Origin-Opener-Policy: same-origin\r\n");
}

int response_write(const struct response *r, bool head_only, struct buf *out,
                   struct err *err)
{
    buf_printf(out, "Status: %s\r\n", status_text(r->status));
    write_policy(r, out);
    buf_printf(out, "Cache-Control: %s\r\n", cache_control(r->caching));
    if (r->headers.len > 0)
        buf_add(out, r->headers.data, r->headers.len);
    if (r->status != 304 && r->status != 204)
        buf_printf(out, "Content-Type: %s\r\nContent-Length: %lld\r\n", r->type,
                   r->file.fd >= 0 ? (long long)r->file.len
                                   : (long long)r->body.len);
    buf_puts(out, "\r\n");
    if (!head_only && r->status != 304 && r->body.len > 0)
        buf_add(out, r->body.data, r->body.len);
    if (out->failed || r->headers.failed || r->body.failed ||
        r->form_to.failed || r->framed_by.failed)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    return 0;
}

void response_fini(struct response *r)
{
    buf_fini(&r->headers);
    buf_fini(&r->body);
    buf_fini(&r->subject);
    buf_fini(&r->shown);
    buf_fini(&r->form_to);
    buf_fini(&r->framed_by);
    if (r->file.fd >= 0)
        (void)close(r->file.fd);
    r->file.fd = -1;
}
