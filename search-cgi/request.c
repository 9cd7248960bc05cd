/* SPDX-License-Identifier: MIT */
#include "search-cgi/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "search-cgi/response.h"

static const char *env_get(char *const *env, const char *name)
{
    size_t len = strlen(name);

    for (; *env != NULL; env++) {
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
            return *env + len + 1;
    }
    return "";
}

static enum method read_method(char *const *env)
{
    const char *name = env_get(env, "REQUEST_METHOD");

    if (name[0] == '\0') /* tried by hand, from a command line */
        return METHOD_GET;
    for (int m = 0; m < METHOD_OTHER; m++) {
        if (strcmp(name, method_name((enum method)m)) == 0)
            return (enum method)m;
    }
    return METHOD_OTHER;
}

const char *method_name(enum method method)
{
    static const char *const names[METHOD_COUNT] = {
        [METHOD_GET] = "GET",     [METHOD_HEAD] = "HEAD",
        [METHOD_POST] = "POST",   [METHOD_OPTIONS] = "OPTIONS",
        [METHOD_OTHER] = "OTHER",
    };

    return names[method];
}

const char *language_code(enum language language)
{
    return language == LANGUAGE_EN ? "en" : "bg";
}

/* PATH_INFO is decoded already: only for web servers without REQUEST_URI. */
static void path_from_info(const char *info, struct buf *out)
{
    if (info[0] != '/')
        buf_puts(out, "/");
    for (; *info != '\0'; info++) {
        if (*info == '%')
            buf_puts(out, "%25");
        else
            buf_add(out, info, 1);
    }
}

static int copy_text(char **to, const char *text, struct err *err)
{
    free(*to);
    *to = strdup(text);
    return *to == NULL ? err_set(err, ERR_NOMEM, "request: out of memory") : 0;
}

bool path_is_local(const char *path)
{
    if (path[0] != '/' || path[1] == '/')
        return false;
    for (; *path != '\0'; path++) {
        if ((unsigned char)*path <= ' ' || *path == '\\' || *path == 0x7f)
            return false;
    }
    return true;
}

const char *path_local(const char *path)
{
    return path_is_local(path) ? path : "/";
}

/* REQUEST_URI is what the browser sent; a web server that rewrites addresses
 * may hand over another QUERY_STRING. */
static const char *query_of(char *const *env)
{
    const char *uri = env_get(env, "REQUEST_URI");
    const char *mark = strchr(uri, '?');

    if (uri[0] == '\0')
        return env_get(env, "QUERY_STRING");
    return mark == NULL ? "" : mark + 1;
}

static int read_path(char *const *env, struct request *r, struct err *err)
{
    CLEANUP(buf_fini) struct buf path = BUF_INIT;
    const char *uri = env_get(env, "REQUEST_URI");

    if (strlen(uri) > REQUEST_MAX_URI_BYTES ||
        strlen(query_of(env)) > REQUEST_MAX_URI_BYTES)
        return err_set(err, ERR_INPUT, "the address is longer than %zu bytes",
                       REQUEST_MAX_URI_BYTES);
    if (uri[0] == '\0')
        path_from_info(env_get(env, "PATH_INFO"), &path);
    else
        buf_add(&path, uri, strcspn(uri, "?#"));
    if (!path_is_local(buf_str(&path)))
        return err_set(err, ERR_INPUT, "the address is not a path");
    return copy_text(&r->path, buf_str(&path), err);
}

/* A host name or address with an optional port, or nothing: it goes into
 * links (IIIF ids), so it must not carry anything else. */
static const char *clean_host(const char *host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    size_t len = strlen(host);

    return len <= 255 && strspn(host, allowed) == len ? host : "";
}

static int read_origin(char *const *env, struct request *r, struct err *err)
{
    const char *https = env_get(env, "HTTPS");
    bool secure = strcmp(https, "on") == 0 || strcmp(https, "1") == 0 ||
                  strcmp(env_get(env, "REQUEST_SCHEME"), "https") == 0;

    if (copy_text(&r->scheme, secure ? "https" : "http", err) != 0 ||
        copy_text(&r->origin, env_get(env, "REMOTE_ADDR"), err) != 0 ||
        copy_text(&r->site, env_get(env, "HTTP_ORIGIN"), err) != 0 ||
        copy_text(&r->if_none_match, env_get(env, "HTTP_IF_NONE_MATCH"), err) !=
            0 ||
        copy_text(&r->range, env_get(env, "HTTP_RANGE"), err) != 0 ||
        copy_text(&r->if_range, env_get(env, "HTTP_IF_RANGE"), err) != 0)
        return -1;
    return copy_text(&r->host, clean_host(env_get(env, "HTTP_HOST")), err);
}

/* What stands behind "Bearer " (RFC 6750, section 2.1; the scheme's case does
 * not count). */
static const char *bearer_of(char *const *env)
{
    static const char scheme[] = "Bearer ";
    const char *header = env_get(env, "HTTP_AUTHORIZATION");

    return strncasecmp(header, scheme, sizeof(scheme) - 1) == 0
               ? header + sizeof(scheme) - 1
               : "";
}

/* lighttpd (ssl.verifyclient.exportcert), Apache (SSLOptions +StdEnvVars
 * +ExportCertData) and nginx (fastcgi_param) tell it by the same names. */
static int read_certificate(char *const *env, struct request *r,
                            struct err *err)
{
    const char *pem = env_get(env, "SSL_CLIENT_CERT");

    if (strcmp(env_get(env, "SSL_CLIENT_VERIFY"), "SUCCESS") != 0 ||
        pem[0] == '\0')
        return 0;
    return certificate_fingerprint(pem, r->certificate, err);
}

static int read_credentials(char *const *env, struct request *r,
                            struct err *err)
{
    if (copy_text(&r->bearer, bearer_of(env), err) != 0 ||
        copy_text(&r->bearer_ground, env_get(env, "HTTP_TEFTER_GROUND"), err) !=
            0 ||
        copy_text(&r->bearer_case, env_get(env, "HTTP_TEFTER_CASE"), err) != 0)
        return -1;
    return read_certificate(env, r, err);
}

static int read_body(char *const *env, body_reader *read, void *from,
                     struct buf *body, struct err *err)
{
    const char *text = env_get(env, "CONTENT_LENGTH");
    char *end = NULL;
    unsigned long left = strtoul(text, &end, 10);
    char block[4096];

    if (*end != '\0' || left > REQUEST_MAX_BODY_BYTES)
        return err_set(err, ERR_INPUT, "the form is longer than %zu bytes",
                       REQUEST_MAX_BODY_BYTES);
    while (left > 0) {
        size_t want = left < sizeof(block) ? left : sizeof(block);
        size_t n = read(from, block, want);

        if (n == 0)
            return err_set(err, ERR_INPUT, "the form ended too early");
        buf_add(body, block, n);
        left -= n;
    }
    if (body->failed)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    return 0;
}

static int read_form(char *const *env, body_reader *read, void *from,
                     struct request *r, struct err *err)
{
    static const char form_type[] = "application/x-www-form-urlencoded";
    CLEANUP(buf_fini) struct buf body = BUF_INIT;

    if (r->method != METHOD_POST)
        return 0;
    if (strncmp(env_get(env, "CONTENT_TYPE"), form_type,
                sizeof(form_type) - 1) != 0)
        return err_set(err, ERR_INPUT, "a form of type %s was expected",
                       form_type);
    if (read_body(env, read, from, &body, err) != 0)
        return -1;
    if (strlen(buf_str(&body)) != body.len)
        return err_set(err, ERR_INPUT, "the form holds a NUL byte");
    return param_parse_query(buf_str(&body), &r->form, err);
}

static bool is_language(const char *code, enum language *out)
{
    bool bg = code != NULL && strncmp(code, "bg", 2) == 0;
    bool en = code != NULL && strncmp(code, "en", 2) == 0;

    if (!bg && !en)
        return false;
    *out = en ? LANGUAGE_EN : LANGUAGE_BG;
    return true;
}

/* The first of ours in Accept-Language; browsers send them best first. */
static enum language accepted_language(const char *header)
{
    enum language found = LANGUAGE_BG;

    while (*header != '\0') {
        if (is_language(header, &found))
            break;
        header += strcspn(header, ",");
        header += strspn(header, ", ");
    }
    return found;
}

static void choose_language(char *const *env, struct request *r)
{
    if (is_language(param_get(&r->query, "lang"), &r->language)) {
        r->language_chosen = true;
        return;
    }
    if (!is_language(param_get(&r->cookies, COOKIE_LANGUAGE), &r->language))
        r->language = accepted_language(env_get(env, "HTTP_ACCEPT_LANGUAGE"));
}

static void choose_representation(char *const *env, struct request *r)
{
    const char *accept = env_get(env, "HTTP_ACCEPT");
    const char *format = request_query(r, "format");
    bool json = strstr(accept, "application/json") != NULL;
    bool xml = strstr(accept, "application/xml") != NULL ||
               strstr(accept, "text/xml") != NULL;

    if (format[0] != '\0') {
        json = strcmp(format, "json") == 0;
        xml = strcmp(format, "xml") == 0;
    } else if (strstr(accept, "text/html") != NULL) { /* a browser reads all */
        json = xml = false;
    }
    r->wanted = json ? AS_JSON : xml ? AS_XML : AS_HTML;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

/* Whoever says that he reads HTML is a person, whatever he asks for. */
static enum representation choose_told(char *const *env,
                                       const struct request *r)
{
    static const char *const json_ends[] = {".json", "/boxes", "/form"};
    const char *accept = env_get(env, "HTTP_ACCEPT");

    if (r->wanted == AS_JSON)
        return AS_JSON;
    if (strstr(accept, "text/html") != NULL)
        return AS_HTML;
    if (strstr(accept, "/xml") != NULL || ends_with(r->path, ".xml") ||
        strcmp(r->path, "/oai") == 0 || strcmp(r->path, "/sru") == 0)
        return AS_XML;
    if (r->bearer[0] != '\0' || strncmp(r->path, "/iiif/", 6) == 0 ||
        strcmp(r->path, "/suggest") == 0)
        return AS_JSON;
    for (size_t i = 0; i < sizeof(json_ends) / sizeof(*json_ends); i++) {
        if (ends_with(r->path, json_ends[i]))
            return AS_JSON;
    }
    return AS_HTML;
}

/* A web server that hands an error over tells its status so, and 200 otherwise
 * (RFC 3875 does not know it; lighttpd and Apache do it, for PHP's sake). */
static int refused_status(char *const *env)
{
    long status = strtol(env_get(env, "REDIRECT_STATUS"), NULL, 10);

    if (status == 403) /* it lists no folder: there is nothing to be had */
        return 404;
    if (status < 400 || status > 599)
        return 0;
    if (strtol(status_text((int)status), NULL, 10) == status)
        return (int)status;
    return status < 500 ? 400 : 500; /* one that we have no words for */
}

int request_read(char *const *env, body_reader *read, void *from,
                 struct request *out, struct err *err)
{
    *out = (struct request){.method = read_method(env),
                            .refused = refused_status(env)};
    (void)snprintf(out->account.role, sizeof(out->account.role), "public");
    out->language = accepted_language(env_get(env, "HTTP_ACCEPT_LANGUAGE"));
    if (copy_text(&out->path, "/", err) != 0 ||
        read_origin(env, out, err) != 0 ||
        read_credentials(env, out, err) != 0 || read_path(env, out, err) != 0 ||
        param_parse_cookies(env_get(env, "HTTP_COOKIE"), &out->cookies, err))
        return -1;
    choose_language(env, out);
    if (param_parse_query(query_of(env), &out->query, err) != 0)
        return -1;
    choose_language(env, out);
    choose_representation(env, out);
    out->told = choose_told(env, out);
    return read_form(env, read, from, out, err);
}

void request_fini(struct request *r)
{
    free(r->path);
    free(r->scheme);
    free(r->host);
    free(r->origin);
    free(r->if_none_match);
    free(r->range);
    free(r->if_range);
    free(r->site);
    free(r->bearer);
    free(r->bearer_ground);
    free(r->bearer_case);
    param_list_fini(&r->query);
    param_list_fini(&r->form);
    param_list_fini(&r->cookies);
    param_list_fini(&r->parts);
    *r = (struct request){.method = METHOD_GET};
}

static const char *value_or_empty(const struct param_list *list,
                                  const char *name)
{
    const char *value = param_get(list, name);

    return value == NULL ? "" : value;
}

const char *request_part(const struct request *r, const char *name)
{
    return value_or_empty(&r->parts, name);
}

const char *request_query(const struct request *r, const char *name)
{
    return value_or_empty(&r->query, name);
}

bool request_wants_csv(const struct request *r)
{
    return strcmp(request_query(r, "format"), "csv") == 0;
}

const char *request_form(const struct request *r, const char *name)
{
    return value_or_empty(&r->form, name);
}

bool request_form_copy(const struct request *request, const char *name,
                       char *to, size_t size)
{
    int n = snprintf(to, size, "%s", request_form(request, name));

    return n >= 0 && (size_t)n < size;
}

int request_check_sure(const struct request *request, struct err *err)
{
    return strcmp(request_form(request, "sure"), "yes") == 0
               ? 0
               : err_set(err, ERR_INPUT,
                         "it is not said that this is to be done for good "
                         "(sure=yes)");
}

static void add_pair(struct buf *out, const char *name, const char *value,
                     char *separator)
{
    buf_add(out, separator, 1);
    percent_encode(out, name);
    buf_puts(out, "=");
    percent_encode(out, value);
    *separator = '&';
}

static const struct link_change *find_change(const struct link_change *to,
                                             size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(to[i].name, name) == 0)
            return &to[i];
    }
    return NULL;
}

void request_link(const struct request *r, const struct link_change *to,
                  size_t count, struct buf *out)
{
    char separator = '?';

    buf_puts(out, r->path);
    for (size_t i = 0; i < r->query.count; i++) {
        const struct param *p = &r->query.items[i];

        if (p->value[0] != '\0' && strcmp(p->name, "lang") != 0 &&
            strcmp(p->name, "format") != 0 &&
            find_change(to, count, p->name) == NULL)
            add_pair(out, p->name, p->value, &separator);
    }
    for (size_t i = 0; i < count; i++) {
        if (to[i].value != NULL)
            add_pair(out, to[i].name, to[i].value, &separator);
    }
}

long request_number(const struct request *r, const char *name, long min,
                    long max, long fallback)
{
    const char *text = request_query(r, name);
    char *end = NULL;
    long value;

    if (text[0] == '\0')
        return fallback;
    errno = 0;
    value = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || value < min || value > max)
        return fallback;
    return value;
}
