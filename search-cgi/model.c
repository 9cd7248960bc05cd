/* SPDX-License-Identifier: MIT */
#include "search-cgi/model.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"

struct model {
    xmlDoc *doc;
    const char *page;
    bool failed;
};

static void add_reader(struct node root, const struct request *r)
{
    struct node reader = model_add(root, "reader");

    model_set(reader, "role", r->account.role);
    model_set(reader, "name", r->account.name);
    model_set(reader, "identifier", r->account.identifier);
    model_set(reader, "site", r->account.site);
    model_set(reader, "csrf", r->csrf);
    model_set(reader, "ground", r->account.ground);
    model_set(reader, "case", r->account.case_number);
    if (r->account.id != 0)
        model_set(reader, "known", "yes");
    /* Nothing is looked up for an address that makes no sense. */
    if (!r->is_identified || r->may[ACTION_SEARCH])
        model_set(reader, "may-search", "yes");
    if (!r->is_identified || r->may[ACTION_ROW])
        model_set(reader, "may-view", "yes");
    if (r->is_identified && r->may[ACTION_INGEST])
        model_set(reader, "may-ingest", "yes");
    if (r->is_identified && r->may[ACTION_AUDIT])
        model_set(reader, "may-audit", "yes");
    if (r->is_identified && r->may[ACTION_ADMIN])
        model_set(reader, "may-admin", "yes");
    if (r->is_identified && r->may[ACTION_MANAGE])
        model_set(reader, "may-manage", "yes");
    model_set(reader, "organisation", r->account.organisation);
}

/* Where to come back to after logging in. */
static void add_way_back(struct node root, const struct request *r)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;

    request_link(r, NULL, 0, &link);
    model_set(root, "back",
              strcmp(r->path, "/login") == 0 ? "/" : buf_str(&link));
}

/* This very page in each language. What answers a form is at no address, but
 * for the form itself, shown again where it was. */
static void add_languages(struct node root, const struct request *r,
                          const char *page)
{
    if (r->method == METHOD_POST &&
        (r->path[0] != '/' || strcmp(r->path + 1, page) != 0))
        return;
    for (int i = LANGUAGE_BG; i <= LANGUAGE_EN; i++) {
        CLEANUP(buf_fini) struct buf link = BUF_INIT;
        struct node language = model_add(root, "language");
        const char *code = language_code((enum language)i);

        request_link(r, &(struct link_change){"lang", code}, 1, &link);
        model_set(language, "code", code);
        model_set(language, "href", buf_str(&link));
        if (r->language == (enum language)i)
            model_set(language, "current", "yes");
    }
}

int model_new(const char *page, struct web *web, const struct request *r,
              struct model **out, struct err *err)
{
    CLEANUP(model_free) struct model *model = calloc(1, sizeof(*model));
    struct node root;

    (void)web;
    if (model == NULL)
        return err_set(err, ERR_NOMEM, "page: out of memory");
    model->page = page;
    model->doc = xmlNewDoc(BAD_CAST "1.0");
    if (model->doc == NULL)
        return err_set(err, ERR_NOMEM, "page: out of memory");
    (void)xmlDocSetRootElement(
        model->doc, xmlNewDocNode(model->doc, NULL, BAD_CAST "page", NULL));
    root = model_root(model);
    model_set(root, "name", page);
    model_set(root, "lang", language_code(r->language));
    model_set(root, "path", r->path);
    add_way_back(root, r);
    add_reader(root, r);
    add_languages(root, r, page);
    *out = STEAL(model);
    return 0;
}

void model_free(struct model *model)
{
    if (model == NULL)
        return;
    if (model->doc != NULL)
        xmlFreeDoc(model->doc);
    free(model);
}

struct node model_root(struct model *model)
{
    return (struct node){model, xmlDocGetRootElement(model->doc)};
}

struct node model_add(struct node parent, const char *name)
{
    struct node node = {parent.model, NULL};

    if (parent.xml != NULL)
        node.xml = xmlNewChild(parent.xml, NULL, BAD_CAST name, NULL);
    if (node.xml == NULL)
        parent.model->failed = true;
    return node;
}

struct node model_text(struct node parent, const char *name, const char *text)
{
    CLEANUP(free) char *clean = xml_clean(text);
    struct node node = model_add(parent, name);
    xmlNode *content = NULL;

    if (clean != NULL && node.xml != NULL)
        content = xmlNewDocText(node.model->doc, BAD_CAST clean);
    if (content == NULL)
        node.model->failed = true;
    else
        (void)xmlAddChild(node.xml, content);
    return node;
}

void model_set(struct node node, const char *attribute, const char *value)
{
    CLEANUP(free) char *clean = xml_clean(value);

    if (node.xml == NULL || clean == NULL ||
        xmlSetProp(node.xml, BAD_CAST attribute, BAD_CAST clean) == NULL)
        node.model->failed = true;
}

void model_setf(struct node node, const char *attribute, const char *fmt, ...)
{
    char *value = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&value, fmt, ap);
    va_end(ap);
    if (n < 0) {
        node.model->failed = true;
        return;
    }
    model_set(node, attribute, value);
    free(value);
}

void model_set_price(struct node node, const struct gate *gate)
{
    char text[EURO_SIZE];

    euro_format(gate->cents, text);
    if (gate->state == GATE_DUE || gate->state == GATE_OVER)
        model_set(node, "price", gate->state == GATE_DUE ? text : "");
}

int model_doc(const struct model *model, xmlDoc **out, struct err *err)
{
    if (model->failed)
        return err_set(err, ERR_NOMEM, "page %s: out of memory", model->page);
    *out = model->doc;
    return 0;
}

const char *model_page(const struct model *model)
{
    return model->page;
}
