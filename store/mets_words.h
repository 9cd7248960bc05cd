/* SPDX-License-Identifier: MIT */
/*
 * store/mets_words.h - what METS files are written with, of a package that is
 * kept (store/mets.h) or given away (store/dip.h). For the files of this folder
 * alone.
 */
#ifndef STORE_METS_WORDS_H
#define STORE_METS_WORDS_H

#include "common/file.h"
#include "common/xml.h"

struct mets_head {
    const char *id, *label; /* OBJID, LABEL */
    const char *profile;
    const char *package_type; /* "AIP", "DIP" */
    const char *created;
    const char *modified; /* NULL: it was not */
    const char *software; /* name, space, version */
};

/* The root element with its header; xml_finish closes it. */
void mets_start(struct xml_writer *w, const struct mets_head *head);
/* The attributes that mdRef and file share. */
void mets_facts(struct xml_writer *w, const char *mime,
                const struct file_digests *digests, const char *created);
/* An element with a link, left open. */
void mets_link(struct xml_writer *w, const char *element, const char *href);
/* The same to a file of any name: percent-encoded (RFC 3986). */
void mets_link_path(struct xml_writer *w, const char *element,
                    const char *path);
/* CSIP's structural map, down to its div Metadata, which is left open.
 * @param id  the package's, or the representation's */
void mets_start_csip_map(struct xml_writer *w, const char *id);
/* Behind that div: one of a representation, by its METS; its file group is
 * "group-NAME". */
void mets_representation_div(struct xml_writer *w, const char *name,
                             const char *mets_path);
/* Or, in a representation's own METS, the one of its files, "group-data". */
void mets_data_div(struct xml_writer *w);
void mets_end_csip_map(struct xml_writer *w);

#endif
