/* SPDX-License-Identifier: MIT */
/*
 * ocr/engine.h - Tesseract: one handle a language, models loaded on first use
 * and kept. Of this folder only engine.c knows Tesseract's interface.
 */
#ifndef OCR_ENGINE_H
#define OCR_ENGINE_H

#include "ocr/page_text.h"
#include "ocr/pix.h"
#include "ocr/plane.h"

struct engine;

/* What the picture given is. */
enum engine_layout {
    ENGINE_PAGE, /* a page of any layout (psm 3)  */
    ENGINE_LINE  /* one line of text (psm 7; 13 where engine_reads_raw) */
};

/* How the names of our own models begin (docs/model.md). They were taught with
 * lines cut by ocr/cells.c, and are given them as they are. */
#define ENGINE_OWN "tefter"

/* A picture to read. */
struct engine_job {
    PIX *pix; /* borrowed */
    enum engine_layout layout;
    double dpi;              /* 0 = unknown                        */
    struct affine to_master; /* from pix to the master             */
};

/**
 * @param tessdata  folder of models, or NULL for Tesseract's own
 * @param language  "bul", "bul+eng", ...
 * @return 0, or -1 with ERR_USAGE (no such model), ERR_LIBRARY
 *         (Tesseract cannot be loaded), ERR_NOMEM
 */
int engine_open(const char *tessdata, const char *language, struct engine **out,
                struct err *err);
void engine_close(struct engine *engine);
const char *engine_language(const struct engine *engine);
/* Letters of ALPHABET_WANTED that it cannot write, found out when opened. */
const char *engine_lacks(const struct engine *engine);

/* Is a line given to it read as it is, without looking for text in it first? */
bool engine_reads_raw(const struct engine *engine);

/* Append the blocks, lines and words read to text. ERR_LIBRARY, ERR_NOMEM. */
int engine_read(struct engine *engine, const struct engine_job *job,
                struct page_text *text, struct err *err);

/**
 * Which way up is it? For an engine opened with "osd".
 * @param cw_deg      turn that makes the picture upright: 0, 90, 180, 270
 * @param confidence  0 when it could not be told
 */
void engine_orient(struct engine *engine, PIX *pix, double dpi, int *cw_deg,
                   double *confidence);

/* "tesseract 5.3.0"; without the number where it cannot be loaded. */
void engine_software(char *out, size_t size);

#endif
