/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/viewer_auth.h - the IIIF Authorization Flow 2.0: how a viewer on
 * another site is shown what its reader may see here, and others may not.
 *
 *     /iiif/ITEM/probe     AuthProbeService2: would the picture be shown?
 *     /viewer/access       AuthAccessService2, profile active: our log-in
 *     /viewer/token        AuthAccessTokenService2, in a frame of the viewer's
 *     /viewer/logout       AuthLogoutService2
 *
 * A token is given to this server's own pages and to the origins that
 * tefter.conf names in web.viewers, to nobody else; and a picture is still
 * shown by the session's cookie alone, which a browser sends along only from
 * the same site (SameSite=Lax). A probe shows nothing and costs nothing.
 */
#ifndef SEARCH_CGI_VIEWER_AUTH_H
#define SEARCH_CGI_VIEWER_AUTH_H

#include <jansson.h>

#include "search-cgi/web.h"

#define VIEWER_ACCESS  "/viewer/access"
#define VIEWER_TOKEN   "/viewer/token"
#define VIEWER_LOGOUT  "/viewer/logout"
#define VIEWER_CONTEXT "http://iiif.io/api/auth/2/context.json"

/* Of an item that is not for everybody, as info.json and manifests have it.
 * NULL: out of memory. */
json_t *viewer_services(const char *base, const char *item);
/* "https://name:port" and nothing more. */
bool viewer_is_origin(const char *text);
/* May pages of that origin be given tokens? */
int viewer_is_allowed(struct web *web, const struct request *request,
                      const char *origin, bool *out, struct err *err);
/* Is the request answered into a window that such a viewer opened for its
 * reader to log in? It has to see when that window is closed. */
bool viewer_window(struct web *web, const struct request *request);

#endif
