/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/contact_sheet.h - the contact sheet of a batch as a model: a card
 * for each page and each file that was set aside, with its small picture, what
 * was found and where. The web shows it by templates/batch.xsl; `tefter batch
 * show --html` writes it as one file by templates/sheet.xsl.
 *
 *     <batch id= source= site= received= files= pages= warned= rejected=
 *            ignored= elsewhere= cards= first= last= rows=>
 *     <rule id= severity= count=/>
 *     <volume id= rule= severity= message=/>
 *     <card anchor= file= image= verdict= page= number= label= state= reason=
 *           href= picture= scan= width= height=>
 *       <finding rule= severity= message= x= y= w= h=/>
 *     </card>
 */
#ifndef SEARCH_CGI_CONTACT_SHEET_H
#define SEARCH_CGI_CONTACT_SHEET_H

#include "ingest/batch_report.h"
#include "search-cgi/model.h"

enum sheet_pictures {
    SHEET_LINKED,  /* src="/batch/ID/picture/NAME"  */
    SHEET_EMBEDDED /* the bytes, as a data: address */
};

/* A batch with more pages than that has pictures only of those with findings
 * when they are embedded: no browser likes a file of hundreds of MB. */
#define SHEET_MAX_EMBEDDED 1000

struct contact_sheet {
    const char *dir; /* folder of the batch's record */
    const struct batch *batch;
    bool has_elsewhere; /* it has pages that the reader may not see */
    const struct batch_outcome *outcome;
    enum sheet_pictures pictures;
    const char *web;     /* put in front of links to pages; NULL: no links   */
    bool only_findings;  /* leave out cards with nothing worse than info     */
    size_t first, count; /* which of the cards that are left; count 0: all   */
};

/* Add it to the page. ERR_NOMEM, ERR_IO. */
int contact_sheet_add(struct node root, const struct contact_sheet *sheet,
                      struct err *err);

#endif
