/* SPDX-License-Identifier: MIT */
#include "search-cgi/web.h"

#include <stdlib.h>
#include <string.h>

#include "search-cgi/translate.h"

struct web {
    char share[PATH_SIZE];
};

/* bin/search.cgi -> share/tefter */
static int find_share(char out[PATH_SIZE], struct err *err)
{
    const char *given = getenv("TEFTER_SHARE");
    char program[PATH_SIZE];
    ssize_t len;

    if (given != NULL && given[0] != '\0')
        return path_format(out, err, "%s", given);
    len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (len <= 0)
        return err_set_errno(err, "cannot tell where this program lies");
    program[len] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');

        if (slash != NULL)
            *slash = '\0';
    }
    return path_format(out, err, "%s/share/tefter", program);
}

int web_open(struct web **out, struct err *err)
{
    CLEANUP(web_close) struct web *web = calloc(1, sizeof(*web));

    if (web == NULL)
        return err_set(err, ERR_NOMEM, "web: out of memory");
    if (find_share(web->share, err) != 0)
        return -1;
    translate_init(web->share);
    *out = STEAL(web);
    return 0;
}

void web_close(struct web *web)
{
    free(web);
}

const char *web_share(const struct web *web)
{
    return web->share;
}
