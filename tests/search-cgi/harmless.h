/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/harmless.h - an answer to a hostile request as a browser
 * would see it: nothing out of the request runs, and no header came of it.
 */
#ifndef TESTS_SEARCH_CGI_HARMLESS_H
#define TESTS_SEARCH_CGI_HARMLESS_H

#include <libxml/HTMLparser.h>

#include "tests/search-cgi/web_archive.h"

/* No attribute that runs a script, no script that
 * is not a file of ours, no element that no template has. */
static inline void assert_no_script(const char *uri, const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        bool is_script = node->type == XML_ELEMENT_NODE &&
                         strcmp((const char *)node->name, "script") == 0;
        const xmlNode *src = NULL;

        for (const xmlAttr *a =
                 node->type == XML_ELEMENT_NODE ? node->properties : NULL;
             a != NULL; a = a->next) {
            if (strncmp((const char *)a->name, "on", 2) == 0 ||
                strcmp((const char *)a->name, "style") == 0)
                fail_msg("%s: attribute %s", uri, a->name);
            if (strcmp((const char *)a->name, "src") == 0)
                src = a->children;
        }
        if (is_script &&
            (src == NULL || node->children != NULL ||
             strncmp((const char *)src->content, "/static/", 8) != 0))
            fail_msg("%s: a script", uri);
        assert_no_script(uri, node->children);
    }
}

static inline void assert_harmless_html(const char *uri, const char *body)
{
    htmlDocPtr doc = htmlReadMemory(body, (int)strlen(body), uri, "UTF-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);

    assert_non_null(doc);
    assert_no_script(uri, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
}

static inline void assert_no_header(const char *uri, const char *answer,
                                    const char *header)
{
    const char *at = strstr(answer, header);

    if (at != NULL && at < web_body(answer))
        fail_msg("%s: a header was brought in", uri);
}

static inline void assert_harmless(const char *uri, const char *answer)
{
    const char *body = web_body(answer);
    int status = web_status(answer);

    if (status != 200 && status != 400 && status != 404)
        fail_msg("%s: %d", uri, status);
    if (strstr(answer, "Content-Type: text/html") != NULL)
        assert_harmless_html(uri, body);
    assert_no_header(uri, answer, "\nSet-Cookie: a=b");
    assert_no_header(uri, answer, "\nLocation:");
    if (strstr(answer, "SQLite format") != NULL)
        fail_msg("%s: a file got out", uri);
}

#endif
