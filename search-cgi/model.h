/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/model.h - what a page says, as a tree: plain elements and
 * attributes, no HTML. The view (view.h) makes HTML of it with
 * templates/NAME.xsl, NAME being the name of the page. Building is sticky: a
 * failed call comes out in view_render.
 *
 *     <page name="search" language="bg" address="/?q=...">
 *       <reader role="clerk" name="..." csrf="..."/>
 *       ... what the handler adds ...
 *     </page>
 */
#ifndef SEARCH_CGI_MODEL_H
#define SEARCH_CGI_MODEL_H

#include <libxml/tree.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "search-cgi/request.h"

struct web;
struct model;

int model_new(const char *page, struct web *web, const struct request *request,
              struct model **out, struct err *err);
void model_free(struct model *model);
DEFINE_CLEANUP(struct model, model_free)

/* A place in the tree; passed by value. */
struct node {
    struct model *model;
    xmlNode *xml; /* NULL after a failure; all functions then do nothing */
};
struct node model_root(struct model *model);
struct node model_add(struct node parent, const char *name);
/* <name>text</name>; text of any bytes: what XML cannot hold is U+FFFD. */
struct node model_text(struct node parent, const char *name, const char *text);
void model_set(struct node node, const char *attribute, const char *value);
void model_setf(struct node node, const char *attribute, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a page costs this reader, when it costs something: price="1.50", or
 * price="" when no price is in force. */
void model_set_price(struct node node, const struct gate *gate);

/* The finished tree, for the view; ERR_NOMEM when building failed. */
int model_doc(const struct model *model, xmlDoc **out, struct err *err);
const char *model_page(const struct model *model);

#endif
