/* SPDX-License-Identifier: MIT */
/*
 * tefter/given.h - what of a volume, a page, or a row somebody may have as
 * files: by the same rights as on the web (docs/access-rules.md, 3g). Without a
 * role it is what the account of whoever asks may see, or everything where he
 * has none here (decision 0016); with one nothing that he does not see.
 *
 *     given_open(&g, context, &request, err);
 *     for (i = 0; i < g.count; i++) given_text(&g, i, &text, err) ...
 *     given_note(&g, "pdf", err);         // before anything leaves
 *     given_fini(&g);
 */
#ifndef TEFTER_GIVEN_H
#define TEFTER_GIVEN_H

#include "access/access.h"
#include "index/search.h"
#include "ocr/page_text.h"
#include "search-cgi/item.h"
#include "store/package.h"
#include "tefter/command.h"

struct given_request {
    const char *of;     /* a volume, page, row or household */
    const char *role;   /* NULL: of whoever asks */
    const char *ground; /* NULL: none is stated */
    const char *case_number;
};

struct given {
    struct archive *archive;
    struct store *store;
    struct package *package;
    struct access *access;
    char giver[SLUG_SIZE];        /* role of whoever asks, if he has one here */
    struct item item;             /* part 0 and no page: the volume */
    const char *of, *role;        /* role: "" without one */
    size_t *pages;                /* which of the package's */
    size_t count, withheld;       /* so many are not given */
    struct page_records *records; /* of an item that is a row or household */
};

/* ERR_ABSENT: there is no such thing, or the role may have nothing of it;
 * ERR_USAGE: no such role, a ground is wanting or is none of the role's.
 * given_fini in any case. */
int given_open(struct given *g, const struct context *context,
               const struct given_request *request, struct err *err);
/* Of a volume's pages only these: "1-3,5". ERR_USAGE: none of them is there, or
 * it is no volume. */
int given_choose(struct given *g, const char *pages, struct err *err);
void given_fini(struct given *g);
static inline void given_fini_at(struct given *g)
{
    given_fini(g);
}

/* The page's record. Borrowed. */
const struct page *given_page(const struct given *g, size_t i);
/* What is shown of its picture: *mask NULL, all of it; else of storage, whose
 * quads the caller frees. */
int given_mask(const struct given *g, struct iiif_mask *storage,
               const struct iiif_mask **mask, struct err *err);
/* Of an item the fields alone, each where it stands. */
int given_text(const struct given *g, size_t i, struct page_text **out,
               struct err *err);
/* The records that are given; *out NULL: the page has none. */
int given_records(const struct given *g, size_t i, struct page_records **out,
                  struct err *err);
/* The audit trail says what is given as what. */
int given_note(const struct given *g, const char *as, struct err *err);

#endif
