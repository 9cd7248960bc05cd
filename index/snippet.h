/* SPDX-License-Identifier: MIT */
/*
 * index/snippet.h - the words round the densest hits of a page, as written.
 */
#ifndef INDEX_SNIPPET_H
#define INDEX_SNIPPET_H

#include "index/search.h"

#define SNIPPET_WORDS 30

/* @param text  words of the page by single spaces (body.text)
 * @param hits  which of them matched, ascending; none: the page's beginning
 * @param out   parts that make the snippet when put together; an ellipsis
 *              stands where the page goes on. Owned by the caller, as are the
 *              texts. NULL when the page has no words. */
int snippet_make(const char *text, const uint32_t *hits, size_t hit_count,
                 struct snippet_part **out, size_t *count, struct err *err);

#endif
