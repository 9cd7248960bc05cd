/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/web.h - what one process of the web holds on to from request to
 * request: the archive folder, its databases, the templates, and the last
 * package, page records and pyramid, for a viewer asks for tile after tile of
 * one page.
 * Each is opened when it is first asked for, so that a plain CGI process pays
 * only for what its one answer needs. All that is handed out is borrowed.
 */
#ifndef SEARCH_CGI_WEB_H
#define SEARCH_CGI_WEB_H

#include "ocr/record.h"
#include "search-cgi/request.h"
#include "search-cgi/scope.h"
#include "store/archive.h"
#include "store/package.h"

struct web;
struct pyramid_held; /* search-cgi/pyramid_cache.h */

/* The share folder (templates, static files, translations) is $TEFTER_SHARE,
 * else ../share/tefter beside the folder of the running program. */
int web_open(struct web **out, struct err *err);
void web_close(struct web *web);
DEFINE_CLEANUP(struct web, web_close)

/* Before each request: settings that were changed in tefter.conf are read
 * again, so that nothing need be started anew. Those that cannot be understood
 * are said in the log, and the ones of before stay in force. */
void web_begin_request(struct web *web);

/* The socket or pipe that the answer goes to; -1: none. */
void web_set_client(struct web *web, int fd);
/* Has whoever asked gone away? For search_request: arg is the struct web. */
bool web_client_is_gone(void *arg);
const char *web_share(const struct web *web);
/* The archive of $TEFTER_ARCHIVE. */
int web_archive(struct web *web, const struct archive **out, struct err *err);
int web_access(struct web *web, struct access **out, struct err *err);
/* Opened again when the file was replaced by a reindex. ERR_ABSENT: nothing
 * was ever indexed. */
int web_catalogue(struct web *web, struct catalogue **out, struct err *err);
int web_store(struct web *web, struct store **out, struct err *err);
/* The newest version of a volume's package, until another one is asked for. */
int web_package(struct web *web, const char *volume, const struct package **out,
                struct err *err);
/* A page in it, and which of the package's it is. ERR_ABSENT: the package has
 * no such page. */
int web_package_page(struct web *web, const char *volume, uint32_t number,
                     const struct package **package, size_t *index,
                     struct err *err);
/* The records of a page of a package, until those of another are asked for;
 * *out NULL: it has none. */
int web_records(struct web *web, const struct package *package, size_t index,
                const struct page_records **out, struct err *err);

/* Where the pyramid cache holds its last one. */
struct pyramid_held *web_pyramid(struct web *web);

/* What stands between the reader and an item, or the pages of a volume. */
int web_gate(struct web *web, const struct request *request, const char *id,
             struct gate *out, struct err *err);
/* What the reader may do this with. */
int web_scope(struct web *web, const struct request *request,
              enum action action, struct scope *out, struct err *err);

#endif
