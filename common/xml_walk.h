/* SPDX-License-Identifier: MIT */
/*
 * common/xml_walk.h - the elements of an XML file in their order, without a
 * tree of them in memory: for long lists of which only attributes matter.
 */
#ifndef COMMON_XML_WALK_H
#define COMMON_XML_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

/* The attributes of one element; for the time of the call. */
struct xml_attrs {
    const unsigned char **values; /* as SAX 2 of libxml2 hands them over */
    size_t count;
};

/* Called as an element begins, by its local name. */
typedef void xml_visit(void *arg, const char *name,
                       const struct xml_attrs *attrs);

/* Attribute by local name, put into out, which is emptied first; false when it
 * is absent. */
bool xml_attrs_get(const struct xml_attrs *attrs, const char *name,
                   struct buf *out);

/* No network, no DTD, no entities but XML's own five. ERR_ABSENT, ERR_IO,
 * ERR_NOMEM, ERR_INPUT with line and column: what came before was visited. */
int xml_walk_file(const char *path, xml_visit *visit, void *arg,
                  struct err *err);

#endif
