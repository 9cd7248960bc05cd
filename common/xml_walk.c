/* SPDX-License-Identifier: MIT */
#include "common/xml_walk.h"

#include <libxml/parserInternals.h>
#include <limits.h>
#include <string.h>

#include "common/file.h"
#include "common/xml.h"

#define ATTR_FIELDS 5 /* name, prefix, URI, begin and end of the value */

struct walk {
    xml_visit *visit;
    void *arg;
};

bool xml_attrs_get(const struct xml_attrs *attrs, const char *name,
                   struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < attrs->count; i++) {
        const unsigned char **a = attrs->values + i * ATTR_FIELDS;

        if (strcmp((const char *)a[0], name) != 0)
            continue;
        buf_add(out, a[3], (size_t)(a[4] - a[3]));
        return true;
    }
    return false;
}

static void start_element(void *context, const xmlChar *name,
                          const xmlChar *prefix, const xmlChar *uri,
                          int namespace_count, const xmlChar **namespaces,
                          int attr_count, int default_count,
                          const xmlChar **values)
{
    const struct walk *w = context;
    struct xml_attrs attrs = {values, (size_t)attr_count};

    (void)prefix;
    (void)uri;
    (void)namespace_count;
    (void)namespaces;
    (void)default_count;
    w->visit(w->arg, (const char *)name, &attrs);
}

static void say_nothing(void *context, const char *fmt, ...)
{
    (void)context;
    (void)fmt;
}

/* XML_PARSE_NOENT, so that "&amp;" in a value is "&"; nothing that a document
 * declares comes in by it, because nobody is told of what it declares. */
static int parse(struct walk *w, const struct buf *bytes, const char *name,
                 struct err *err)
{
    const xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                                   .startElementNs = start_element,
                                   .warning = say_nothing,
                                   .error = say_nothing};
    xmlParserCtxt *ctxt =
        xmlCreateMemoryParserCtxt(buf_str(bytes), (int)bytes->len);
    int rc = 0;

    if (ctxt == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    *ctxt->sax = handler;
    ctxt->userData = w;
    (void)xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_NOENT |
                                      XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    (void)xmlParseDocument(ctxt);
    if (!ctxt->wellFormed)
        rc = xml_not_well_formed(ctxt, name, err);
    if (ctxt->myDoc != NULL)
        xmlFreeDoc(ctxt->myDoc);
    xmlFreeParserCtxt(ctxt);
    return rc;
}

int xml_walk_file(const char *path, xml_visit *visit, void *arg,
                  struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct walk w = {visit, arg};

    if (file_read(path, XML_MAX_BYTES, &bytes, err) != 0)
        return -1;
    if (bytes.len == 0)
        return err_set(err, ERR_INPUT,
                       "%s:0:0: not well-formed XML: it is "
                       "empty",
                       path);
    return parse(&w, &bytes, path, err);
}
