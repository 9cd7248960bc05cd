/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/item.h - what of a page a reader opens: all of it, one row, or one
 * household. An item has an id, under which it is charged and noted:
 *
 *     odesos/family-register/1938-012/0007         the page
 *     odesos/family-register/1938-012/0007/r03     record 3 on it, and what the
 *                                                  household it is in says
 *     odesos/family-register/1938-012/0007/h01     record 1, a household, and
 *                                                  all rows that are in it
 *
 * What does not belong to an item is masked in its pictures and absent from its
 * text.
 */
#ifndef SEARCH_CGI_ITEM_H
#define SEARCH_CGI_ITEM_H

#include "ocr/record.h"
#include "search-cgi/iiif_image.h"
#include "search-cgi/web.h"

struct item {
    char id[ITEM_SIZE];
    char page[ID_SIZE];
    char volume[ID_SIZE];
    uint32_t number; /* of the page                          */
    char part;       /* 0 the page, 'r' a row, 'h' household */
    uint32_t record; /* its number on the page               */
};

/* The one spelling of each id. False: it is none. */
bool item_parse(const char *id, struct item *out);
/* Those a page has, when its rows are known: r and h. False: the record is no
 * item of its own (a declaration's property). */
bool item_of_record(const char *page, const struct form_record *record,
                    char out[ITEM_SIZE]);

/* The records of the item's page, as web_records; *out NULL: its rows are not
 * known. */
int item_records(struct web *web, const struct item *item,
                 const struct page_records **out, struct err *err);
/* Is record i part of the item? */
bool item_has(const struct item *item, const struct page_records *records,
              size_t i);
/* ERR_ABSENT: the page has no such row or household. */
int item_check(const struct item *item, const struct page_records *records,
               struct err *err);
/* The cells of the item, on the master; none that is another's, too. The caller
 * frees out->quads. ERR_NOMEM. */
int item_mask(const struct item *item, const struct page_records *records,
              struct iiif_mask *out, struct err *err);
/* What lies round the cells of a row itself, on the master, without those of
 * its household; w is 0: it has none. */
struct rect item_row_bounds(const struct item *item,
                            const struct page_records *records);

#endif
