/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "search-cgi/pages.h"

#define STATIC_MAX_BYTES ((size_t)8 << 20)
#define LONGEST_NAME     200 /* more than a filesystem takes is an error */

static const char *type_of(const char *file)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".png", "image/png"},
        {".svg", "image/svg+xml"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *dot = strrchr(path_base(file), '.');

    for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(*types); i++) {
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    }
    return NULL;
}

/* In production the web server hands these out itself; here it needs none of
 * its own configuration. */
int page_static(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    const char *file = request_part(request, "file");
    const char *type = type_of(file);
    char path[PATH_SIZE];

    if (type == NULL || !path_is_safe(file) || strlen(file) > LONGEST_NAME)
        return err_set(err, ERR_ABSENT, "there is no file %s", file);
    if (path_format(path, err, "%s/static/%s", web_share(web), file) != 0 ||
        file_read(path, STATIC_MAX_BYTES, &response->body, err) != 0)
        return -1;
    response->type = type;
    response->caching = CACHE_PUBLIC;
    return 0;
}
