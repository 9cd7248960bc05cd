/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/pdf_cache.h - ARCHIVE/cache/pdf: volumes as PDF/A for who may see
 * their pages, each made once, together no larger than a bound. A file is named
 * after what is in it, the volume's version and the pages, so that it can never
 * be out of date, and who may see other pages is never given it; any of them
 * can be deleted at any time.
 *
 *     <32 hex digits>.pdf     whole; its time of last change is that of its
 *                             last use
 *     <32 hex digits>.failed  why it could not be made
 *     .tmp-...                being made
 *     .lock                   who makes one (flock): one at a time
 *
 * The web reads them, and has them made: fonts, colour profiles and a volume's
 * scans are no work for a process that answers people. `tefter pdf`, which it
 * starts beside itself, makes them (tefter/command_pdf.c).
 *
 *     pdf_cache_path(archive, package, "1-3,5", path, err);
 *     pdf_cache_open(path, &fd, &size_bytes, err);     // ERR_ABSENT:
 *     pdf_cache_order(archive, path, volume, "1-3,5", err);
 *
 *     pdf_cache_begin(path, &lock, err);               // the maker
 *     pdf_cache_fail(path, why) or pdf_cache_trim(archive, path, err);
 */
#ifndef SEARCH_CGI_PDF_CACHE_H
#define SEARCH_CGI_PDF_CACHE_H

#include "store/archive.h"
#include "store/package.h"

/* Where it is, made or not. */
int pdf_cache_path(const struct archive *archive, const struct package *package,
                   const char *pages, char out[PATH_SIZE], struct err *err);
/* Is the page of that number in such a list? */
bool pdf_pages_have(const char *pages, uint32_t number);

/* The caller closes *fd. ERR_ABSENT: it is not made; ERR_LIBRARY: it could not
 * be, and so lately that it is not tried again. */
int pdf_cache_open(const char *path, int *fd, int64_t *size_bytes,
                   struct err *err);
/* Have it made, unless one is being made; does not wait. ERR_IO, ERR_NOMEM. */
int pdf_cache_order(const struct archive *archive, const char *path,
                    const char *volume, const char *pages, struct err *err);

/* Nobody else makes one while the lock is held. ERR_BUSY: somebody does. */
int pdf_cache_begin(const char *path, struct lock **out, struct err *err);
void pdf_cache_fail(const char *path, const char *why);
/* Remove the longest unused, all but this one, while there are too many. */
int pdf_cache_trim(const struct archive *archive, const char *path,
                   struct err *err);

#endif
