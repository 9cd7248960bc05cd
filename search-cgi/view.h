/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/view.h - a model to HTML or XML, by
 * share/tefter/templates/PAGE.xsl (XSLT 1.0, libxslt). Templates escape by
 * construction, and get the words of the interface through extension functions
 * of the namespace urn:tefter:text, here with the prefix t:
 *
 *     t:t('Search')                     the text in the reader's language
 *     t:t('page %1 of %2', 3, @pages)   %1 to %9 replaced
 *     t:n('%1 hit', '%1 hits', @total)  singular or plural of the number
 *     t:url(@id)                        percent-encoded for a part of a path
 */
#ifndef SEARCH_CGI_VIEW_H
#define SEARCH_CGI_VIEW_H

#include "search-cgi/model.h"
#include "search-cgi/response.h"
#include "search-cgi/web.h"

/* Sets body and type of the response. ERR_LIBRARY names template and line. To
 * who wants XML or JSON it is the model itself: in JSON an element is an object
 * of its attributes, of "text" where it has text, and of a list for each name
 * that its children have ("name.list" where an attribute has that name). */
int view_render(struct web *web, const struct request *request,
                const struct model *model, struct response *response,
                struct err *err);
/* The same for programs: the template makes XML, and the answer is of this
 * type. */
int view_render_xml(struct web *web, const struct request *request,
                    const struct model *model, const char *type,
                    struct response *response, struct err *err);

#endif
