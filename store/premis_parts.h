/* SPDX-License-Identifier: MIT */
/*
 * store/premis_parts.h - the objects and the events of store/premis.h, each in
 * a file of its own.
 */
#ifndef STORE_PREMIS_PARTS_H
#define STORE_PREMIS_PARTS_H

#include "store/premis_words.h"

/* Logical paths of a page's files. */
static inline void premis_master_path(const struct packed_page *p, char *out,
                                      size_t size)
{
    (void)snprintf(out, size, MASTER_FOLDER "%s", p->page->master);
}

static inline void premis_alto_path(const struct packed_page *p, char *out,
                                    size_t size)
{
    (void)snprintf(out, size, ALTO_FOLDER "%04u.xml", p->page->number);
}

static inline void premis_records_path(const struct packed_page *p, char *out,
                                       size_t size)
{
    (void)snprintf(out, size, ALTO_FOLDER "%04u.records.xml", p->page->number);
}

/* Does the batch tell who scanned the page, or on what? */
bool premis_is_scan_told(const struct contents *c, const struct packed_page *p);

/* Pages as they were read before, each time: what was done stays told. Their
 * ALTO is in earlier versions alone: replaced says since which. *out is the
 * caller's to free, and borrows from c. ERR_NOMEM. */
int premis_earlier_readings(const struct contents *c, struct packed_page **out,
                            size_t *count, struct err *err);

void premis_objects(struct xml_writer *w, const struct contents *c);
int premis_events(struct xml_writer *w, const struct contents *c,
                  struct err *err);

#endif
