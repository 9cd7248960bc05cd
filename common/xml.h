/* SPDX-License-Identifier: MIT */
/*
 * common/xml.h - XML in and out over libxml2. The writer is sticky: calls are
 * made in a row and xml_finish says whether all of them worked. Text that XML
 * 1.0 cannot hold (control characters, bad UTF-8) is written as U+FFFD.
 */
#ifndef COMMON_XML_H
#define COMMON_XML_H

#include <libxml/parser.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

#define XML_MAX_BYTES ((size_t)512 << 20)

struct xml_writer;

/* A copy with what XML 1.0 (section 2.2) cannot hold replaced by U+FFFD; NULL
 * when out of memory. The caller frees it. */
char *xml_clean(const char *text);

/* A document in memory, UTF-8, indented by two spaces. */
int xml_writer_new(struct xml_writer **out, struct err *err);
void xml_writer_free(struct xml_writer *w);
DEFINE_CLEANUP(struct xml_writer, xml_writer_free)

void xml_start(struct xml_writer *w, const char *name);
void xml_attr(struct xml_writer *w, const char *name, const char *value);
void xml_attrf(struct xml_writer *w, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void xml_text(struct xml_writer *w, const char *text);
void xml_end(struct xml_writer *w);
/* <name>text</name>; nothing at all when text is NULL. */
void xml_element(struct xml_writer *w, const char *name, const char *text);
void xml_elementf(struct xml_writer *w, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Close what is open and hand the bytes over (appended to out). */
int xml_finish(struct xml_writer *w, struct buf *out, struct err *err);

/* Parse a file of ours or of others: no network, no entities substituted, no
 * DTD loaded. ERR_ABSENT, ERR_INPUT with line and column, ERR_NOMEM. The
 * caller frees the document with CLEANUP(xml_doc_free). */
int xml_parse_file(const char *path, xmlDoc **out, struct err *err);
/* The same for bytes; name stands in messages. */
int xml_parse(const void *bytes, size_t len, const char *name, xmlDoc **out,
              struct err *err);
static inline void xml_doc_free_at(xmlDoc **doc)
{
    if (*doc != NULL)
        xmlFreeDoc(*doc);
}

/* Says what a parser found first, with line and column: ERR_INPUT. For
 * common/xml_walk.c. */
int xml_not_well_formed(xmlParserCtxt *ctxt, const char *name, struct err *err);

/* Hold a document against an XML Schema (1.0), given as text, that refers to
 * no other. name stands in messages. ERR_INPUT names the first line that the
 * schema does not allow, and why; ERR_LIBRARY: the schema is none. */
int xml_validate(xmlDoc *doc, const char *schema, const char *name,
                 struct err *err);

/* Called before threads begin that parse: libxml2 sets itself up once. */
void xml_before_threads(void);

/* First child element of that local name (any namespace), or NULL. */
xmlNode *xml_child(const xmlNode *parent, const char *name);
/* Next sibling element of that local name, or NULL. */
xmlNode *xml_next(const xmlNode *node, const char *name);
/* Attribute by local name; NULL when absent. The caller frees it: free(). */
char *xml_get_attr(const xmlNode *node, const char *name);
/* Text content. The caller frees it: free(). */
char *xml_get_text(const xmlNode *node);

#endif
