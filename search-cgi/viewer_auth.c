/* SPDX-License-Identifier: MIT */
#include "search-cgi/viewer_auth.h"

#include <string.h>

#include "search-cgi/server_address.h"
#include "search-cgi/translate.h"

static json_t *in_both(const char *msgid)
{
    return json_pack("{s:[s], s:[s]}", language_code(LANGUAGE_BG),
                     translate(LANGUAGE_BG, msgid), language_code(LANGUAGE_EN),
                     translate(LANGUAGE_EN, msgid));
}

static json_t *access_service(const char *base)
{
    return json_pack(
        "{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:[{s:o, s:s}, {s:o, s:s, s:o}]}",
        "id", json_sprintf("%s" VIEWER_ACCESS, base), "type",
        "AuthAccessService2", "profile", "active", "label",
        in_both("Log in at the archive"), "heading",
        in_both("This page is not open to everybody"), "note",
        in_both("Log in at the archive in the window that opens. It closes by "
                "itself."),
        "confirmLabel", in_both("Log in"), "service", "id",
        json_sprintf("%s" VIEWER_TOKEN, base), "type",
        "AuthAccessTokenService2", "id", json_sprintf("%s" VIEWER_LOGOUT, base),
        "type", "AuthLogoutService2", "label", in_both("Log out"));
}

json_t *viewer_services(const char *base, const char *item)
{
    CLEANUP(buf_fini) struct buf id = BUF_INIT;

    percent_encode(&id, item);
    return id.failed
               ? NULL
               : json_pack("[{s:o, s:s, s:[o]}]", "id",
                           json_sprintf("%s/iiif/%s/probe", base, buf_str(&id)),
                           "type", "AuthProbeService2", "service",
                           access_service(base));
}

bool viewer_is_origin(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";
    size_t len = strlen(host);

    return len > 0 && len <= 255 && strspn(host, allowed) == len;
}

/* Is the word among those of the list, which spaces divide? */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list != '\0') {
        size_t n;

        list += strspn(list, " \t,");
        n = strcspn(list, " \t,");
        if (n == len && memcmp(list, word, len) == 0)
            return true;
        list += n;
    }
    return false;
}

/* The server's address without the path that may stand behind it. */
static bool is_of_server(const char *address, const char *origin)
{
    size_t len = strlen(origin);

    return strncmp(address, origin, len) == 0 &&
           (address[len] == '\0' || address[len] == '/');
}

int viewer_is_allowed(struct web *web, const struct request *request,
                      const char *origin, bool *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    const struct archive *archive = NULL;

    *out = false;
    if (!viewer_is_origin(origin))
        return 0;
    if (web_archive(web, &archive, err) != 0 ||
        server_address(web, request, &base, err) != 0)
        return -1;
    *out = is_of_server(buf_str(&base), origin) ||
           has_word(conf_text(archive->conf, "web.viewers", ""), origin);
    return 0;
}

/* Pages on the way through the log-in, which say where they lead. */
static bool is_on_the_way(const struct request *request)
{
    static const char *const paths[] = {"/login", "/login/certificate",
                                        "/ground", "/code"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (strcmp(request->path, paths[i]) == 0)
            return true;
    }
    return false;
}

static bool leads_to_viewer(struct web *web, const struct request *request,
                            const char *back)
{
    CLEANUP(param_list_fini) struct param_list query = {NULL, 0};
    const char *origin;
    struct err err;
    bool allowed;

    if (strncmp(back, VIEWER_ACCESS "?", sizeof(VIEWER_ACCESS)) != 0 ||
        param_parse_query(back + sizeof(VIEWER_ACCESS), &query, &err) != 0)
        return false;
    origin = param_get(&query, "origin");
    return origin != NULL &&
           viewer_is_allowed(web, request, origin, &allowed, &err) == 0 &&
           allowed;
}

bool viewer_window(struct web *web, const struct request *request)
{
    struct err err;
    bool allowed;

    if (strcmp(request->path, VIEWER_ACCESS) == 0)
        return viewer_is_allowed(web, request, request_query(request, "origin"),
                                 &allowed, &err) == 0 &&
               allowed;
    return is_on_the_way(request) &&
           (leads_to_viewer(web, request, request_query(request, "back")) ||
            leads_to_viewer(web, request, request_form(request, "back")));
}
