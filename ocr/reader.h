/* SPDX-License-Identifier: MIT */
/*
 * ocr/reader.h - the reading of pages: one long-lived handle a process with
 * Tesseract's models loaded once. Links Tesseract and Leptonica; nothing that
 * only looks at results includes this.
 *
 *     reader_open(&options, &reader, err);
 *     reader_read(reader, raster, "auto", &text, &times, err);   // many
 *     reader_close(reader);
 *
 * A reader works in the thread that opened it, and in no other: OpenMP's
 * threads are switched off, whatever OMP_THREAD_LIMIT says.
 */
#ifndef OCR_READER_H
#define OCR_READER_H

#include "ingest/raster.h"
#include "ocr/page_text.h"

struct reader;
struct hand_lines;
struct sure_marks;

/* CPU seconds of this process by stage. */
struct reader_times {
    double image_s; /* cleaning, turning, straightening, binarising */
    double read_s;  /* Tesseract, and cutting out lines for it      */
};

/* For whoever fits the judgement of lines: all lines of a form's cells. */
typedef void lines_seen(void *arg, const struct hand_lines *lines);

/* And for whoever fits the confidence of words: a page's words with the
 * reader's own confidence, and the marks of each. */
typedef void words_seen(void *arg, const struct page_text *text,
                        const struct sure_marks *marks);

struct reader_options {
    const char *tessdata;   /* folder of models; NULL = Tesseract's own */
    lines_seen *lines_seen; /* NULL: nobody looks */
    words_seen *words_seen; /* the same           */
    void *seen_arg;
};
#define READER_OPTIONS_INIT \
    {                       \
        .tessdata = NULL    \
    }

int reader_open(const struct reader_options *options, struct reader **out,
                struct err *err);
void reader_close(struct reader *reader);
DEFINE_CLEANUP(struct reader, reader_close)

/* Load now the models that a language needs, so that processes forked from
 * this one share them. ERR_USAGE (no such model), ERR_NOMEM. */
int reader_prepare(struct reader *reader, const char *language,
                   struct err *err);

/**
 * Straighten and read one page.
 *
 * @param language  "tefter" (our own model), or Tesseract's name(s), "bul",
 *                  "eng", "bul+eng"; "auto" reads with our own and changes to
 *                  English (Latin) when that reads the page better
 * @param out       boxes are those of the raster given
 * @param times     added to; may be NULL
 * @return 0, or -1 with ERR_LIBRARY, ERR_NOMEM, ERR_USAGE (no such model)
 */
int reader_read(struct reader *reader, const struct raster *raster,
                const char *language, struct page_text **out,
                struct reader_times *times, struct err *err);

/* Read the straightened page as a whole, with Tesseract's own layout whatever
 * is ruled on it: what the reading of forms is measured against. Parameters
 * and errors as of reader_read. */
int reader_read_flat(struct reader *reader, const struct raster *raster,
                     const char *language, struct page_text **out,
                     struct reader_times *times, struct err *err);

#endif
