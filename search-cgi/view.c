/* SPDX-License-Identifier: MIT */
#include "search-cgi/view.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <libxslt/extensions.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdarg.h>
#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "common/xml.h"
#include "search-cgi/translate.h"

#define TEXT_NAMESPACE "urn:tefter:text"
#define MAX_ARGUMENTS  10

/* CLEANUP(free_xslt_doc) xmlDoc *page = NULL; and the like */
static void stylesheet_free_at(xsltStylesheet **at)
{
    if (*at != NULL)
        xsltFreeStylesheet(*at);
}

static void transform_free_at(xsltTransformContext **at)
{
    if (*at != NULL)
        xsltFreeTransformContext(*at);
}

static void prefs_free_at(xsltSecurityPrefs **at)
{
    if (*at != NULL)
        xsltFreeSecurityPrefs(*at);
}

struct arguments {
    xmlChar *text[MAX_ARGUMENTS];
    int count;
};

static void arguments_fini_at(struct arguments *arguments)
{
    for (int i = 0; i < arguments->count; i++)
        xmlFree(arguments->text[i]);
}

static bool pop_arguments(xmlXPathParserContext *ctxt, int count, int least,
                          struct arguments *out)
{
    if (count < least || count > MAX_ARGUMENTS) {
        xmlXPathSetArityError(ctxt);
        return false;
    }
    out->count = count;
    for (int i = count; i > 0; i--)
        out->text[i - 1] = xmlXPathPopString(ctxt);
    return !xmlXPathCheckError(ctxt);
}

static enum language language_of(xmlXPathParserContext *ctxt)
{
    const xsltTransformContext *t = xsltXPathGetTransformContext(ctxt);
    const struct request *request = t->_private;

    return request->language;
}

static void push_text(xmlXPathParserContext *ctxt, const struct buf *text)
{
    xmlXPathReturnString(ctxt, xmlStrdup(BAD_CAST buf_str(text)));
}

/* %1 is arguments[first], %2 the next, ... */
static void fill_in(struct buf *out, const char *text,
                    const struct arguments *arguments, int first)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "%");
        int i = text[len] == '%' ? text[len + 1] - '1' + first : -1;

        buf_add(out, text, len);
        text += len;
        if (i >= first && i < arguments->count) {
            buf_puts(out, (const char *)arguments->text[i]);
            text += 2;
        } else if (*text == '%') {
            buf_puts(out, "%");
            text++;
        }
    }
}

static void text_function(xmlXPathParserContext *ctxt, int count)
{
    CLEANUP(arguments_fini) struct arguments arguments = {{NULL}, 0};
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    if (!pop_arguments(ctxt, count, 1, &arguments))
        return;
    fill_in(&out, translate(language_of(ctxt), (const char *)arguments.text[0]),
            &arguments, 1);
    push_text(ctxt, &out);
}

static void count_function(xmlXPathParserContext *ctxt, int count)
{
    CLEANUP(arguments_fini) struct arguments arguments = {{NULL}, 0};
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    unsigned long n;

    if (!pop_arguments(ctxt, count, 3, &arguments))
        return;
    n = strtoul((const char *)arguments.text[2], NULL, 10);
    fill_in(&out,
            translate_count(language_of(ctxt), (const char *)arguments.text[0],
                            (const char *)arguments.text[1], n),
            &arguments, 2);
    push_text(ctxt, &out);
}

static void url_function(xmlXPathParserContext *ctxt, int count)
{
    CLEANUP(arguments_fini) struct arguments arguments = {{NULL}, 0};
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    if (!pop_arguments(ctxt, count, 1, &arguments) || count != 1)
        return;
    percent_encode(&out, (const char *)arguments.text[0]);
    push_text(ctxt, &out);
}

static int add_functions(xsltTransformContext *t, struct err *err)
{
    static const struct {
        const char *name;
        xmlXPathFunction run;
    } functions[] = {
        {"t", text_function}, {"n", count_function}, {"url", url_function}};

    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        if (xsltRegisterExtFunction(t, BAD_CAST functions[i].name,
                                    BAD_CAST TEXT_NAMESPACE,
                                    functions[i].run) != 0)
            return err_set(err, ERR_LIBRARY, "libxslt: cannot add t:%s",
                           functions[i].name);
    }
    return 0;
}

/* The first message of libxslt, as one line. */
static void collect_error(void *context, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void collect_error(void *context, const char *fmt, ...)
{
    struct buf *out = context;
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    for (char *c = text; (c = strchr(c, '\n')) != NULL;)
        *c = ' ';
    if (out->len < sizeof(text))
        buf_puts(out, text);
}

/* A template reads templates; it writes nothing and asks no network. */
static xsltSecurityPrefs *make_prefs(void)
{
    static const xsltSecurityOption forbidden[] = {
        XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK};
    xsltSecurityPrefs *prefs = xsltNewSecurityPrefs();

    for (size_t i = 0; prefs != NULL && i < 4; i++)
        (void)xsltSetSecurityPrefs(prefs, forbidden[i], xsltSecurityForbid);
    return prefs;
}

static int load(const char *path, xsltStylesheet **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf problem = BUF_INIT;

    xsltSetGenericErrorFunc(&problem, collect_error);
    xmlSetGenericErrorFunc(&problem, collect_error);
    *out = xsltParseStylesheetFile(BAD_CAST path);
    xmlSetGenericErrorFunc(NULL, NULL);
    xsltSetGenericErrorFunc(NULL, NULL);
    if (*out == NULL)
        return err_set(err, ERR_LIBRARY, "libxslt: %s: %s", path,
                       buf_str(&problem));
    return 0;
}

static int transform(const xsltStylesheet *sheet, xmlDoc *doc,
                     const struct request *request, xmlDoc **out,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf problem = BUF_INIT;
    CLEANUP(prefs_free) xsltSecurityPrefs *prefs = make_prefs();
    /* libxslt's parameters are not const, but it leaves sheets alone. */
    CLEANUP(transform_free)
    xsltTransformContext *t =
        xsltNewTransformContext((xsltStylesheet *)(uintptr_t)sheet, doc);

    if (t == NULL || prefs == NULL)
        return err_set(err, ERR_NOMEM, "libxslt: out of memory");
    t->_private = (void *)(uintptr_t)request;
    if (xsltSetCtxtSecurityPrefs(prefs, t) != 0 || add_functions(t, err) != 0)
        return -1;
    xsltSetTransformErrorFunc(t, &problem, collect_error);
    xsltSetGenericErrorFunc(&problem, collect_error);
    *out = xsltApplyStylesheetUser(t->style, doc, NULL, NULL, NULL, t);
    xsltSetGenericErrorFunc(NULL, NULL);
    if (problem.len > 0)
        log_warn("template=%s libxslt=%s", t->style->doc->URL,
                 buf_str(&problem));
    if (*out == NULL || t->state != XSLT_STATE_OK)
        return err_set(err, ERR_LIBRARY, "libxslt: %s", buf_str(&problem));
    return 0;
}

static int serialize(xmlDoc *page, xsltStylesheet *sheet, const char *doctype,
                     struct response *response, struct err *err)
{
    xmlChar *bytes = NULL;
    int len = 0;

    if (xsltSaveResultToString(&bytes, &len, page, sheet) != 0)
        return err_set(err, ERR_LIBRARY, "libxslt: cannot write the page");
    buf_clear(&response->body);
    buf_puts(&response->body, doctype);
    buf_add(&response->body, bytes, (size_t)len);
    xmlFree(bytes);
    return 0;
}

static int render(struct web *web, const struct request *request,
                  const struct model *model, const char *doctype,
                  struct response *response, struct err *err)
{
    CLEANUP(stylesheet_free) xsltStylesheet *sheet = NULL;
    CLEANUP(xml_doc_free) xmlDoc *page = NULL;
    xmlDoc *doc = NULL;
    char path[PATH_SIZE];

    if (model_doc(model, &doc, err) != 0 ||
        path_format(path, err, "%s/templates/%s.xsl", web_share(web),
                    model_page(model)) != 0 ||
        load(path, &sheet, err) != 0 ||
        transform(sheet, doc, request, &page, err) != 0)
        return -1;
    return serialize(page, sheet, doctype, response, err);
}

/* ---- the model itself, for programs ----------------------------------------
 */

static int give_xml(const struct model *model, struct response *response,
                    struct err *err)
{
    xmlChar *bytes = NULL;
    xmlDoc *doc = NULL;
    int len = 0;

    if (model_doc(model, &doc, err) != 0)
        return -1;
    xmlDocDumpMemoryEnc(doc, &bytes, &len, "UTF-8");
    if (bytes == NULL)
        return err_set(err, ERR_NOMEM, "page: out of memory");
    buf_clear(&response->body);
    buf_add(&response->body, bytes, (size_t)len);
    xmlFree(bytes);
    response->type = "application/xml; charset=utf-8";
    return 0;
}

static int set_attributes(json_t *object, xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        xmlChar *value = xmlGetProp(node, a->name);
        int rc = json_object_set_new(object, (const char *)a->name,
                                     json_string((const char *)value));

        xmlFree(value);
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* The list of the children of that name; NULL: out of memory. Borrowed. */
static json_t *list_of(json_t *object, const char *name)
{
    CLEANUP(buf_fini) struct buf key = BUF_INIT;
    json_t *list = json_object_get(object, name);

    buf_puts(&key, name);
    if (json_is_string(list)) {
        buf_puts(&key, ".list");
        list = json_object_get(object, buf_str(&key));
    }
    if (list != NULL || key.failed)
        return list;
    list = json_array();
    return json_object_set_new(object, buf_str(&key), list) == 0 ? list : NULL;
}

static int set_text(json_t *object, xmlNode *node)
{
    xmlChar *text = xmlNodeGetContent(node);
    int rc =
        json_object_set_new(object, "text", json_string((const char *)text));

    xmlFree(text);
    return rc;
}

/* Models are a few elements deep. NULL: out of memory. */
static json_t *element_to_json(xmlNode *node)
{
    CLEANUP(json_decref) json_t *object = json_object();

    if (set_attributes(object, node) != 0)
        return NULL;
    for (xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            json_t *list = list_of(object, (const char *)child->name);

            if (json_array_append_new(list, element_to_json(child)) != 0)
                return NULL;
        } else if (child->type == XML_TEXT_NODE && set_text(object, node)) {
            return NULL;
        }
    }
    return STEAL(object);
}

static int give_json(const struct model *model, struct response *response,
                     struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    xmlDoc *doc = NULL;

    if (model_doc(model, &doc, err) != 0)
        return -1;
    json = element_to_json(xmlDocGetRootElement(doc));
    return json == NULL ? err_set(err, ERR_NOMEM, "page: out of memory")
                        : response_json(response, json, err);
}

int view_render(struct web *web, const struct request *request,
                const struct model *model, struct response *response,
                struct err *err)
{
    if (request->wanted != AS_HTML)
        return request->wanted == AS_XML ? give_xml(model, response, err)
                                         : give_json(model, response, err);
    if (render(web, request, model, "<!DOCTYPE html>\n", response, err) != 0)
        return -1;
    if (request->language_chosen)
        response_cookie(response, COOKIE_LANGUAGE,
                        language_code(request->language),
                        strcmp(request->scheme, "https") == 0);
    response->type = "text/html; charset=utf-8";
    return 0;
}

int view_render_xml(struct web *web, const struct request *request,
                    const struct model *model, const char *type,
                    struct response *response, struct err *err)
{
    if (render(web, request, model, "", response, err) != 0)
        return -1;
    response->type = type;
    return 0;
}
