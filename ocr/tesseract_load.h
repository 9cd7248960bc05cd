/* SPDX-License-Identifier: MIT */
/*
 * ocr/tesseract_load.h - Tesseract, loaded when the first page is to be read.
 *
 * It comes with some forty libraries, which take eight milliseconds to load and
 * relocate: as long as checking three pages. All commands are in one program,
 * and most read nothing. Only ocr/engine.c includes this.
 */
#ifndef OCR_TESSERACT_LOAD_H
#define OCR_TESSERACT_LOAD_H

#include <tesseract/capi.h>

#include "common/err.h"

/* OpenMP 5.0, section 3.2.15; it is in the libgomp that libtesseract is linked
 * with. Declared here because clang comes without omp.h. */
void omp_set_max_active_levels(int levels);

/* What is called of its C interface (tesseract/capi.h). */
#define TESSERACT_FUNCTIONS(X)                \
    X(TessBaseAPIClear)                       \
    X(TessBaseAPICreate)                      \
    X(TessBaseAPIDelete)                      \
    X(TessBaseAPIDetectOrientationScript)     \
    X(TessBaseAPIEnd)                         \
    X(TessBaseAPIGetDatapath)                 \
    X(TessBaseAPIGetIterator)                 \
    X(TessBaseAPIInit3)                       \
    X(TessBaseAPIRecognize)                   \
    X(TessBaseAPISetImage2)                   \
    X(TessBaseAPISetPageSegMode)              \
    X(TessBaseAPISetSourceResolution)         \
    X(TessBaseAPISetVariable)                 \
    X(TessDeleteText)                         \
    X(TessPageIteratorBoundingBox)            \
    X(TessPageIteratorIsAtBeginningOf)        \
    X(TessResultIteratorConfidence)           \
    X(TessResultIteratorDelete)               \
    X(TessResultIteratorGetPageIteratorConst) \
    X(TessResultIteratorGetUTF8Text)          \
    X(TessResultIteratorNext)                 \
    X(TessVersion)                            \
    X(omp_set_max_active_levels)

struct tesseract {
#define X(function) __typeof__(&function) function;
    TESSERACT_FUNCTIONS(X)
#undef X
};

/* Loads it the first time; it stays until the process ends. *out is nobody's to
 * free. ERR_LIBRARY: it is not there, or lacks a function. Not for two threads
 * at once. */
int tesseract_load(const struct tesseract **out, struct err *err);

#endif
