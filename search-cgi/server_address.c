/* SPDX-License-Identifier: MIT */
#include "search-cgi/server_address.h"

#include <string.h>

int server_address(struct web *web, const struct request *request,
                   struct buf *out, struct err *err)
{
    const struct archive *archive = NULL;
    const char *address;
    size_t len;

    if (web_archive(web, &archive, err) != 0)
        return -1;
    address = conf_text(archive->conf, "web.address", "");
    len = strlen(address);
    while (len > 0 && address[len - 1] == '/')
        len--;
    buf_add(out, address, len);
    if (len == 0 && request->host[0] == '\0')
        return err_set(err, ERR_INPUT, "the request names no host");
    if (len == 0)
        buf_printf(out, "%s://%s", request->scheme, request->host);
    return out->failed ? err_set(err, ERR_NOMEM, "address: out of memory") : 0;
}
