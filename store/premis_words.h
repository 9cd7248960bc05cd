/* SPDX-License-Identifier: MIT */
/*
 * store/premis_words.h - what PREMIS files are written with, of a package that
 * is kept (store/premis.h) or given away (store/dip.h): identifiers, terms of
 * the Library of Congress, events. For the files of this folder alone.
 */
#ifndef STORE_PREMIS_WORDS_H
#define STORE_PREMIS_WORDS_H

#include "common/xml.h"
#include "store/contents.h"

/* A term of id.loc.gov/vocabulary/preservation. */
struct premis_term {
    const char *code;
    const char *label;
};

/* The software of a version, when that was made, and what read a page.
 * Borrowed. */
const char *premis_software_of(const struct contents *c, unsigned version);
const char *premis_created_of(const struct contents *c, unsigned version);
const char *premis_reader_of(const struct contents *c,
                             const struct packed_page *p);

/* Identifiers: prefix is the name of the element that holds it, without
 * "Identifier". */
void premis_start_identifier(struct xml_writer *w, const char *prefix,
                             const char *type);
void premis_end_identifier(struct xml_writer *w);
/* A thing in the package: the volume id, "/", its path. */
void premis_start_local(struct xml_writer *w, const char *prefix,
                        const struct contents *c, const char *path);
void premis_local(struct xml_writer *w, const char *prefix,
                  const struct contents *c, const char *path);

void premis_start_relationship(struct xml_writer *w, const char *type,
                               const char *subtype);
void premis_start_characteristics(struct xml_writer *w,
                                  const struct file_digests *digests,
                                  const char *format, const char *version);
void premis_start_object(struct xml_writer *w, const char *type);

void premis_term(struct xml_writer *w, const char *element,
                 const char *authority, const struct premis_term *term);
/* Events keep their identifier: it is made of the volume, the term and a key.
 */
void premis_start_event(struct xml_writer *w, const struct contents *c,
                        const struct premis_term *term, const char *key,
                        const char *when);
void premis_detail(struct xml_writer *w, const char *text);
void premis_success(struct xml_writer *w);
void premis_agent_link(struct xml_writer *w, const char *kind, const char *name,
                       const char *role);
/* @param role  "source", "outcome", or NULL */
void premis_object_link(struct xml_writer *w, const struct contents *c,
                        const char *path, const char *role);
/* The element round objects, events and agents; xml_finish closes it. */
void premis_start(struct xml_writer *w);
/* @param kind  "software" (its name, a space, its version), "person", ... */
void premis_agent(struct xml_writer *w, const char *kind, const char *name);

#endif
