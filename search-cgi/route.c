/* SPDX-License-Identifier: MIT */
#include "search-cgi/route.h"

#include <stdlib.h>
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/viewer_auth.h"

#define PAGE   "/page/{site}/{series}/{number}/{page}"
#define VOLUME "/volume/{site}/{series}/{number}"

/* clang-format off: a table */
static const struct route routes[] = {
    /* method, pattern, session, capability, form token, toll, audit, handler */
    {METHOD_GET, "/", READER_KNOWN, ACTION_SEARCH, CSRF_NONE, TOLL_NONE,
     AUDIT_SEARCH, page_search},
    {METHOD_GET, "/suggest", READER_KNOWN, ACTION_SEARCH, CSRF_NONE, TOLL_NONE,
     AUDIT_SUGGEST, page_suggest},
    {METHOD_GET, PAGE, READER_KNOWN, ACTION_ROW, CSRF_NONE, TOLL_PAGE,
     AUDIT_OPEN, page_view},
    {METHOD_GET, PAGE "/boxes", READER_KNOWN, ACTION_VIEW, CSRF_NONE, TOLL_PAGE,
     AUDIT_IMAGE, page_boxes},
    {METHOD_GET, PAGE "/form", READER_KNOWN, ACTION_VIEW, CSRF_NONE, TOLL_PAGE,
     AUDIT_IMAGE, page_form},
    {METHOD_GET, PAGE "/alto.xml", READER_KNOWN, ACTION_VIEW, CSRF_NONE,
     TOLL_PAGE, AUDIT_IMAGE, page_alto},
    {METHOD_GET, PAGE "/correct/{record}", READER_KNOWN, ACTION_CORRECT,
     CSRF_NONE, TOLL_NONE, AUDIT_OPEN, page_correct},
    /* Noted by what it enters (correction.h). */
    {METHOD_POST, PAGE "/correct/{record}", READER_KNOWN, ACTION_CORRECT,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_correct_post},
    {METHOD_POST, PAGE "/open", READER_KNOWN, ACTION_ROW, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_open_post},
    {METHOD_GET, PAGE "/row/{record}", READER_KNOWN, ACTION_ROW, CSRF_NONE,
     TOLL_PAGE, AUDIT_OPEN, page_row},
    {METHOD_POST, PAGE "/row/{record}/open", READER_KNOWN, ACTION_ROW,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_open_post},
    {METHOD_GET, "/volumes", READER_KNOWN, ACTION_ROW, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_volumes},
    {METHOD_GET, "/volumes/collection.json", READER_KNOWN, ACTION_VIEW,
     CSRF_NONE, TOLL_NONE, AUDIT_NONE, page_collection},
    {METHOD_GET, VOLUME, READER_KNOWN, ACTION_ROW, CSRF_NONE, TOLL_NONE,
     AUDIT_OPEN, page_volume},
    {METHOD_GET, VOLUME "/manifest.json", READER_KNOWN, ACTION_VIEW, CSRF_NONE,
     TOLL_NONE, AUDIT_OPEN, page_manifest},
    {METHOD_GET, VOLUME "/mets.xml", READER_KNOWN, ACTION_VIEW, CSRF_NONE,
     TOLL_NONE, AUDIT_OPEN, page_mets},
    {METHOD_GET, VOLUME "/volume.pdf", READER_KNOWN, ACTION_VIEW, CSRF_NONE,
     TOLL_NONE, AUDIT_EXPORT, page_pdf},
    {METHOD_GET, VOLUME "/find.json", READER_KNOWN, ACTION_SEARCH, CSRF_NONE,
     TOLL_NONE, AUDIT_SEARCH, page_manifest_find},
    {METHOD_GET, "/batches", READER_KNOWN, ACTION_INGEST, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_batches},
    {METHOD_GET, "/batch/{batch}", READER_KNOWN, ACTION_INGEST, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_batch},
    {METHOD_GET, "/batch/{batch}/picture/{picture}", READER_KNOWN,
     ACTION_INGEST, CSRF_NONE, TOLL_NONE, AUDIT_NONE, page_batch_picture},
    {METHOD_GET, "/batch/{batch}/scan/{picture}", READER_KNOWN, ACTION_INGEST,
     CSRF_NONE, TOLL_NONE, AUDIT_IMAGE, page_batch_scan},
    {METHOD_GET, "/account", READER_KNOWN, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_account},
    {METHOD_GET, "/account/statement", READER_KNOWN, CAPABILITY_ROLE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_statement},
    {METHOD_POST, "/account/pay", READER_KNOWN, CAPABILITY_ROLE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_pay_post},
    {METHOD_POST, "/account/session", READER_KNOWN, CAPABILITY_NONE,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_session_end_post},
    /* Signed, and noted, by what it says itself. */
    {METHOD_POST, "/gateway/epay", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_gateway_post},
    {METHOD_GET, "/audit", READER_KNOWN, ACTION_AUDIT, CSRF_NONE, TOLL_NONE,
     AUDIT_TRAIL_READ, page_audit},
    {METHOD_GET, "/audit/person", READER_KNOWN, ACTION_AUDIT, CSRF_NONE,
     TOLL_NONE, AUDIT_TRAIL_READ, page_person},
    {METHOD_GET, "/rights", READER_KNOWN, ACTION_ADMIN, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_rights},
    {METHOD_GET, "/accounts", READER_KNOWN, ACTION_ADMIN, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_accounts},
    {METHOD_GET, "/accounts/show", READER_KNOWN, ACTION_ADMIN, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_account_show},
    {METHOD_POST, "/accounts/add", READER_KNOWN, ACTION_ADMIN, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_account_add_post},
    {METHOD_POST, "/accounts/{change}", READER_KNOWN, ACTION_ADMIN, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_account_change_post},
    {METHOD_GET, "/organisations", READER_KNOWN, ACTION_ADMIN, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_organisations},
    {METHOD_GET, "/organisations/show", READER_KNOWN, ACTION_ADMIN, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_organisation_show},
    {METHOD_POST, "/organisations/add", READER_KNOWN, ACTION_ADMIN, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_organisation_add_post},
    {METHOD_POST, "/organisations/{change}", READER_KNOWN, ACTION_ADMIN,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_organisation_change_post},
    {METHOD_GET, "/prices", READER_KNOWN, ACTION_ADMIN, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_prices},
    {METHOD_POST, "/prices/set", READER_KNOWN, ACTION_ADMIN, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_price_set_post},
    {METHOD_GET, "/organisation", READER_KNOWN, ACTION_MANAGE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_organisation},
    {METHOD_POST, "/organisation/add", READER_KNOWN, ACTION_MANAGE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_member_add_post},
    {METHOD_POST, "/organisation/code", READER_KNOWN, ACTION_MANAGE,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_member_code_post},
    {METHOD_POST, "/organisation/remove", READER_KNOWN, ACTION_MANAGE,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_member_remove_post},
    {METHOD_GET, "/code", READER_ANY_CODE, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_code},
    {METHOD_POST, "/code", READER_ANY_CODE, CAPABILITY_NONE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_code_post},
    {METHOD_GET, "/second-factor", READER_ANY_FACTOR, CAPABILITY_NONE,
     CSRF_NONE, TOLL_NONE, AUDIT_NONE, page_factor},
    {METHOD_POST, "/second-factor", READER_ANY_FACTOR, CAPABILITY_NONE,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_factor_post},
    {METHOD_GET, "/ground", READER_KNOWN, CAPABILITY_NONE, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_ground},
    {METHOD_POST, "/ground", READER_KNOWN, CAPABILITY_NONE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_ground_post},
    {METHOD_GET, "/login", READER_AT_DOOR, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_login},
    {METHOD_POST, "/login", READER_AT_DOOR, CAPABILITY_NONE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_login_post},
    {METHOD_POST, "/login/certificate", READER_AT_DOOR, CAPABILITY_NONE,
     CSRF_NEEDED, TOLL_NONE, AUDIT_NONE, page_login_certificate_post},
    {METHOD_POST, "/logout", READER_AT_DOOR, CAPABILITY_NONE, CSRF_NEEDED,
     TOLL_NONE, AUDIT_NONE, page_logout_post},
    {METHOD_GET, "/iiif/{id}", READER_KNOWN, CAPABILITY_NONE, CSRF_NONE,
     TOLL_PAGE, AUDIT_NONE, page_iiif_base},
    {METHOD_GET, "/iiif/{id}/probe", READER_VIEWER, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_viewer_probe},
    {METHOD_OPTIONS, "/iiif/{id}/probe", READER_ANYBODY, CAPABILITY_NONE,
     CSRF_NONE, TOLL_NONE, AUDIT_NONE, page_viewer_probe_options},
    {METHOD_GET, VIEWER_ACCESS, READER_KNOWN, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_viewer_access},
    {METHOD_GET, VIEWER_TOKEN, READER_AT_DOOR, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_viewer_token},
    {METHOD_GET, VIEWER_LOGOUT, READER_AT_DOOR, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_viewer_logout},
    {METHOD_GET, "/iiif/{id}/info.json", READER_KNOWN, CAPABILITY_NONE,
     CSRF_NONE, TOLL_PAGE, AUDIT_NONE, page_iiif_info},
    {METHOD_GET, "/iiif/{id}/{region}/{size}/{rotation}/{quality}",
     READER_KNOWN, CAPABILITY_NONE, CSRF_NONE, TOLL_PAGE, AUDIT_IMAGE,
     page_iiif_image},
    /* The same for everybody: what the public sees. */
    {METHOD_GET, "/oai", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_oai},
    {METHOD_POST, "/oai", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE, TOLL_NONE,
     AUDIT_NONE, page_oai},
    {METHOD_GET, "/sru", READER_KNOWN, CAPABILITY_NONE, CSRF_NONE, TOLL_NONE,
     AUDIT_SEARCH, page_sru},
    {METHOD_GET, "/sitemap.xml", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_sitemap},
    {METHOD_GET, "/robots.txt", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_robots},
    {METHOD_GET, "/static/{file*}", READER_ANYBODY, CAPABILITY_NONE, CSRF_NONE,
     TOLL_NONE, AUDIT_NONE, page_static},
};
/* clang-format on */

/* Add the part of the path under the name between the braces. */
static int take_part(const char *name, size_t name_len, const char *text,
                     size_t len, struct param_list *parts, struct err *err)
{
    CLEANUP(free) char *value = NULL;
    char key[32];

    if (name_len >= sizeof(key))
        return err_set(err, ERR_USAGE, "route part %s: too long", name);
    memcpy(key, name, name_len);
    key[name_len] = '\0';
    if (percent_decode(text, len, PLUS_IS_PLUS, &value, err) != 0)
        return -1;
    return param_add(parts, key, value, err);
}

/* 1 it matches, 0 it does not, -1 error. Goes segment by segment, so that an
 * encoded slash never divides. */
static int match(const char *pattern, const char *path,
                 struct param_list *parts, struct err *err)
{
    for (;;) {
        size_t plen = strcspn(pattern, "/");
        size_t len = strcspn(path, "/");

        if (plen > 2 && pattern[0] == '{') {
            bool takes_rest = pattern[plen - 2] == '*';

            if (takes_rest)
                len = strlen(path);
            if (len == 0)
                return 0;
            if (take_part(pattern + 1, plen - 2 - takes_rest, path, len, parts,
                          err) != 0)
                return -1;
        } else if (plen != len || memcmp(pattern, path, len) != 0) {
            return 0;
        }
        pattern += plen;
        path += len;
        if (*pattern == '\0' || *path == '\0')
            return *pattern == *path;
        pattern++;
        path++;
    }
}

static bool answers_method(const struct route *route, enum method method)
{
    return route->method == method ||
           (route->method == METHOD_GET && method == METHOD_HEAD);
}

int route_find(struct request *r, const struct route **out,
               enum route_match *status, struct err *err)
{
    *status = ROUTE_NOT_FOUND;
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        int rc;

        param_list_fini(&r->parts);
        rc = match(routes[i].pattern, r->path, &r->parts, err);
        if (rc < 0)
            return -1;
        if (rc == 0)
            continue;
        *status = ROUTE_WRONG_METHOD;
        if (answers_method(&routes[i], r->method)) {
            *status = ROUTE_FOUND;
            *out = &routes[i];
            return 0;
        }
    }
    return 0;
}

const struct route *route_at(size_t i)
{
    return i < sizeof(routes) / sizeof(*routes) ? &routes[i] : NULL;
}
