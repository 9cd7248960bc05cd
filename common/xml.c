/* SPDX-License-Identifier: MIT */
#include "common/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "common/file.h"
#include "common/text.h"

struct xml_writer {
    xmlBuffer *buffer;
    xmlTextWriter *writer;
    bool failed;
};

int xml_writer_new(struct xml_writer **out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return err_set(err, ERR_NOMEM, "xml: out of memory");
    w->buffer = xmlBufferCreate();
    if (w->buffer != NULL)
        w->writer = xmlNewTextWriterMemory(w->buffer, 0);
    if (w->writer == NULL || xmlTextWriterSetIndent(w->writer, 1) != 0 ||
        xmlTextWriterSetIndentString(w->writer, BAD_CAST "  ") != 0 ||
        xmlTextWriterStartDocument(w->writer, NULL, "UTF-8", NULL) < 0)
        return err_set(err, ERR_LIBRARY, "libxml2: cannot start a document");
    *out = STEAL(w);
    return 0;
}

void xml_writer_free(struct xml_writer *w)
{
    if (w == NULL)
        return;
    if (w->writer != NULL)
        xmlFreeTextWriter(w->writer);
    if (w->buffer != NULL)
        xmlBufferFree(w->buffer);
    free(w);
}

static void note(struct xml_writer *w, int rc)
{
    if (rc < 0)
        w->failed = true;
}

/* XML 1.0 section 2.2: tab, newline, return, and all from U+0020 but the
 * surrogates, U+FFFE and U+FFFF. Returns the length of the good character at
 * text, or 0. */
static size_t good_char(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    size_t len = t[0] < 0x80 ? 1 : t[0] < 0xe0 ? 2 : t[0] < 0xf0 ? 3 : 4;

    if (t[0] < 0x20)
        return t[0] == '\t' || t[0] == '\n' || t[0] == '\r' ? 1 : 0;
    if (strnlen(text, len) < len || !text_is_utf8(text, len))
        return 0;
    if (t[0] == 0xef && t[1] == 0xbf && t[2] >= 0xbe)
        return 0;
    return len;
}

static bool is_writable(const char *text)
{
    size_t len;

    for (; *text != '\0'; text += len) {
        len = good_char(text);
        if (len == 0)
            return false;
    }
    return true;
}

char *xml_clean(const char *text)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    buf_puts(&out, "");
    while (*text != '\0') {
        size_t len = good_char(text);

        if (len == 0)
            buf_puts(&out, "\xef\xbf\xbd");
        else
            buf_add(&out, text, len);
        text += len == 0 ? 1 : len;
    }
    return buf_steal(&out);
}

void xml_start(struct xml_writer *w, const char *name)
{
    note(w, xmlTextWriterStartElement(w->writer, BAD_CAST name));
}

void xml_attr(struct xml_writer *w, const char *name, const char *value)
{
    CLEANUP(free) char *copy = NULL;

    if (!is_writable(value)) {
        copy = xml_clean(value);
        value = copy;
    }
    if (value == NULL)
        w->failed = true;
    else
        note(w, xmlTextWriterWriteAttribute(w->writer, BAD_CAST name,
                                            BAD_CAST value));
}

static void format(struct xml_writer *w, struct buf *out, const char *fmt,
                   va_list ap) __attribute__((format(printf, 3, 0)));

static void format(struct xml_writer *w, struct buf *out, const char *fmt,
                   va_list ap)
{
    char *text = NULL;

    if (vasprintf(&text, fmt, ap) < 0) {
        w->failed = true;
        return;
    }
    buf_puts(out, text);
    free(text);
}

void xml_attrf(struct xml_writer *w, const char *name, const char *fmt, ...)
{
    CLEANUP(buf_fini) struct buf value = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    format(w, &value, fmt, ap);
    va_end(ap);
    xml_attr(w, name, buf_str(&value));
}

void xml_text(struct xml_writer *w, const char *text)
{
    CLEANUP(free) char *copy = NULL;

    if (!is_writable(text)) {
        copy = xml_clean(text);
        text = copy;
    }
    if (text == NULL)
        w->failed = true;
    else
        note(w, xmlTextWriterWriteString(w->writer, BAD_CAST text));
}

void xml_end(struct xml_writer *w)
{
    note(w, xmlTextWriterEndElement(w->writer));
}

void xml_element(struct xml_writer *w, const char *name, const char *text)
{
    if (text == NULL)
        return;
    xml_start(w, name);
    xml_text(w, text);
    xml_end(w);
}

void xml_elementf(struct xml_writer *w, const char *name, const char *fmt, ...)
{
    CLEANUP(buf_fini) struct buf value = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    format(w, &value, fmt, ap);
    va_end(ap);
    xml_element(w, name, buf_str(&value));
}

int xml_finish(struct xml_writer *w, struct buf *out, struct err *err)
{
    note(w, xmlTextWriterEndDocument(w->writer));
    note(w, xmlTextWriterFlush(w->writer));
    if (w->failed)
        return err_set(err, ERR_LIBRARY, "libxml2: cannot write a document");
    buf_add(out, xmlBufferContent(w->buffer),
            (size_t)xmlBufferLength(w->buffer));
    if (out->failed)
        return err_set(err, ERR_NOMEM, "xml: out of memory");
    return 0;
}

static void no_entity_noise(void *context, const char *fmt, ...)
{
    (void)context;
    (void)fmt;
}

int xml_not_well_formed(xmlParserCtxt *ctxt, const char *name, struct err *err)
{
    const xmlError *e = xmlCtxtGetLastError(ctxt);
    const char *why = e == NULL || e->message == NULL ? "unknown" : e->message;

    return err_set(err, ERR_INPUT, "%s:%d:%d: not well-formed XML: %.*s", name,
                   e == NULL ? 0 : e->line, e == NULL ? 0 : e->int2,
                   (int)strcspn(why, "\n"), why);
}

int xml_parse(const void *bytes, size_t len, const char *name, xmlDoc **out,
              struct err *err)
{
    xmlParserCtxt *ctxt = xmlNewParserCtxt();

    if (ctxt == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    if (len > INT_MAX) {
        xmlFreeParserCtxt(ctxt);
        return err_set(err, ERR_INPUT, "%s: too large for XML", name);
    }
    ctxt->sax->error = no_entity_noise;
    ctxt->sax->warning = no_entity_noise;
    *out = xmlCtxtReadMemory(ctxt, bytes, (int)len, name, NULL,
                             XML_PARSE_NONET | XML_PARSE_NOERROR |
                                 XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    if (*out == NULL)
        (void)xml_not_well_formed(ctxt, name, err);
    xmlFreeParserCtxt(ctxt);
    return *out == NULL ? -1 : 0;
}

int xml_parse_file(const char *path, xmlDoc **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    if (file_read(path, XML_MAX_BYTES, &bytes, err) != 0)
        return -1;
    return xml_parse(buf_str(&bytes), bytes.len, path, out, err);
}

/* The first thing that a schema finds wrong. */
struct complaint {
    const char *name;
    struct err *err;
    bool is_made;
};

static void note_complaint(void *context, xmlErrorPtr error)
{
    struct complaint *c = context;
    const char *why = error->message == NULL ? "unknown" : error->message;

    if (c->is_made)
        return;
    c->is_made = true;
    (void)err_set(c->err, ERR_INPUT, "%s:%d: %.*s", c->name, error->line,
                  (int)strcspn(why, "\n"), why);
}

static xmlSchema *read_schema(const char *text)
{
    xmlSchemaParserCtxt *parser =
        xmlSchemaNewMemParserCtxt(text, (int)strlen(text));
    xmlSchema *schema;

    if (parser == NULL)
        return NULL;
    xmlSchemaSetParserErrors(parser, no_entity_noise, no_entity_noise, NULL);
    schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    return schema;
}

int xml_validate(xmlDoc *doc, const char *schema, const char *name,
                 struct err *err)
{
    xmlSchema *read = read_schema(schema);
    xmlSchemaValidCtxt *ctxt =
        read == NULL ? NULL : xmlSchemaNewValidCtxt(read);
    struct complaint complaint = {name, err, false};
    int rc = -1;

    if (ctxt != NULL) {
        xmlSchemaSetValidStructuredErrors(ctxt, note_complaint, &complaint);
        rc = xmlSchemaValidateDoc(ctxt, doc);
        xmlSchemaFreeValidCtxt(ctxt);
    }
    xmlSchemaFree(read);
    if (rc == 0)
        return 0;
    return complaint.is_made
               ? -1
               : err_set(err, ERR_LIBRARY,
                         "%s: libxml2: its schema cannot be used", name);
}

static xmlNode *first_named(xmlNode *node, const char *name)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE &&
            xmlStrcmp(node->name, BAD_CAST name) == 0)
            return node;
    }
    return NULL;
}

void xml_before_threads(void)
{
    xmlInitParser();
}

xmlNode *xml_child(const xmlNode *parent, const char *name)
{
    return first_named(parent->children, name);
}

xmlNode *xml_next(const xmlNode *node, const char *name)
{
    return first_named(node->next, name);
}

static char *own(xmlChar *text)
{
    char *copy = text == NULL ? NULL : strdup((const char *)text);

    xmlFree(text);
    return copy;
}

char *xml_get_attr(const xmlNode *node, const char *name)
{
    for (xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (xmlStrcmp(a->name, BAD_CAST name) == 0)
            return own(xmlNodeListGetString(node->doc, a->children, 1));
    }
    return NULL;
}

char *xml_get_text(const xmlNode *node)
{
    return own(xmlNodeGetContent(node));
}
