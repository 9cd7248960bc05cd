/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/pages.h - the handlers that the route table names: page_search is
 * in page_search.c, page_login and page_login_post in page_login.c.
 */
#ifndef SEARCH_CGI_PAGES_H
#define SEARCH_CGI_PAGES_H

#include "access/ledger.h"
#include "search-cgi/item.h"
#include "search-cgi/model.h"
#include "search-cgi/route.h"

handler page_search;
handler page_view;
handler page_boxes;
handler page_form;
handler page_correct;
handler page_correct_post;
handler page_alto;
handler page_mets;
handler page_pdf;
handler page_suggest;
handler page_volumes;
handler page_volume;
handler page_collection;
handler page_manifest;
handler page_manifest_find;
handler page_batches;
handler page_batch;
handler page_batch_picture;
handler page_batch_scan;
handler page_account;
handler page_accounts;
handler page_account_show;
handler page_account_add_post;
handler page_account_change_post;
handler page_organisations;
handler page_organisation_show;
handler page_organisation_add_post;
handler page_organisation_change_post;
handler page_prices;
handler page_price_set_post;
handler page_audit;
handler page_rights;
handler page_person;
handler page_organisation;
handler page_member_add_post;
handler page_member_code_post;
handler page_member_remove_post;
handler page_code;
handler page_code_post;
handler page_factor;
handler page_factor_post;
handler page_session_end_post;
handler page_ground;
handler page_ground_post;
handler page_open_post;
handler page_row;
handler page_statement;
handler page_pay_post;
handler page_gateway_post;
handler page_login;
handler page_login_post;
handler page_login_certificate_post;
handler page_logout_post;
handler page_iiif_base;
handler page_iiif_info;
handler page_iiif_image;
handler page_viewer_access;
handler page_viewer_token;
handler page_viewer_logout;
handler page_viewer_probe;
handler page_viewer_probe_options;
handler page_oai;
handler page_sru;
handler page_sitemap;
handler page_robots;
handler page_static;

/* In the place of a page of which the reader may see the rows alone: which
 * there are, or why none can be opened. ERR_ABSENT: it is not there for him. */
handler page_rows;

/* What stands in the place of a page that has to be paid for first: what it is
 * and costs, and the form that opens it. ERR_ABSENT: it is not there for this
 * reader. */
handler page_price;

/* Does the row, as a reader is shown it, have every page of the volume? */
bool volume_is_whole(const struct volume_row *row,
                     const struct package *package);

/* Are the pages that the row has, as a reader is shown it, his as a PDF? */
bool volume_has_pdf(const struct volume_row *row, const struct gate *gate);

/* Can the picture of the item be made? It is made for that. ERR_ABSENT: it is
 * not there for this reader. */
int page_picture_ready(struct web *web, const struct request *request,
                       const struct item *item, struct err *err);

/* A machine's reading that is none of its column's kind, or that the machine
 * does not believe itself. */
bool page_field_is_doubtful(const struct record_field *field);

/* What the forms of an item say, field by field, with what people entered. */
void page_add_records(struct node root, const struct item *item,
                      const struct page_records *records);

/* Where the item's records are corrected, for who may: attribute "correct", to
 * be followed by r03. */
int page_set_correct(struct node root, struct web *web,
                     const struct request *request, const struct item *item,
                     struct err *err);

/* The open sessions of an account: children "session". */
int page_add_sessions(struct access *access, const struct request *request,
                      const char *identifier, struct node parent,
                      struct err *err);

/* An entry of the ledger, as the payer of the statement has it. */
void page_add_entry(struct node parent, const struct statement *statement,
                    const struct ledger_entry *entry);

/* What says what went wrong: a page, or to a program a problem as RFC 9457 has
 * it, in JSON or XML (request->told), with the reason of a refusal; must not
 * fail for want of anything but memory: when templates are missing it is one
 * line of plain text. */
void page_error(struct web *web, const struct request *request, int status,
                struct response *response);

#endif
