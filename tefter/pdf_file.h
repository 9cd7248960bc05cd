/* SPDX-License-Identifier: MIT */
/*
 * tefter/pdf_file.h - a PDF 1.7 file (ISO 32000-1) written front to back, one
 * object at a time, so that it needs no memory for what was written: header,
 * indirect objects, cross-reference table, trailer, as PDF/A-2 (ISO 19005-2,
 * 6.1) wants them.
 *
 *     pdf_file_new("/archive/cache/out.pdf", &f, err);
 *     root = pdf_file_reserve(f);            // a number to be referred to
 *     pdf_file_object(f, root, "<< /Type /Catalog ... >>");
 *     pdf_file_stream(f, picture, "/Type /XObject ...", bytes, len);
 *     pdf_file_finish(f, root, info, id, err);
 *     pdf_file_free(f);
 *
 * Errors are sticky: pdf_file_finish says whether all of it was written.
 */
#ifndef TEFTER_PDF_FILE_H
#define TEFTER_PDF_FILE_H

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

struct pdf_file;

/* The file must not exist. ERR_EXISTS, ERR_IO, ERR_NOMEM. */
int pdf_file_new(const char *path, struct pdf_file **out, struct err *err);
/* Closes the file, finished or not; it stays where it is. */
void pdf_file_free(struct pdf_file *f);
DEFINE_CLEANUP(struct pdf_file, pdf_file_free)

/* The number of an object that will be written. */
unsigned pdf_file_reserve(struct pdf_file *f);
/* An object without a stream, by printf rules. */
void pdf_file_object(struct pdf_file *f, unsigned number, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* @param entries  of the stream's dictionary, without << >> and /Length */
void pdf_file_stream(struct pdf_file *f, unsigned number, const char *entries,
                     const void *bytes, size_t len);
/* The same, compressed (FlateDecode). */
void pdf_file_flate(struct pdf_file *f, unsigned number, const char *entries,
                    const void *bytes, size_t len);
/* @param id  32 hex digits that no other file has
 * @return 0 when the file is whole and on the disk, or -1 with ERR_IO,
 *         ERR_NOMEM, ERR_LIBRARY */
int pdf_file_finish(struct pdf_file *f, unsigned root, unsigned info,
                    const char *id, struct err *err);

/* A text as a string of a PDF, with its brackets: UTF-16 with a byte order
 * mark, in hex. Appended to out. */
void pdf_text(const char *utf8, struct buf *out);
/* Its UTF-16 code units in hex, without brackets and mark; what lies beyond
 * U+FFFF, or is no text, is U+FFFD. How many units. */
size_t pdf_code_units(const char *utf8, struct buf *out);

#endif
