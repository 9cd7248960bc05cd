/* SPDX-License-Identifier: MIT */
/*
 * ocr/training/lstmf.h - lines with their text, as Tesseract's trainer reads
 * them (tesseract 5.3, src/ccstruct/imagedata.cpp, DocumentData::SaveToBuffer):
 * a count of lines, and for each its name, its picture as PNG, the language,
 * the text, a box, and the text again. All numbers are little-endian.
 */
#ifndef OCR_TRAINING_LSTMF_H
#define OCR_TRAINING_LSTMF_H

#include "common/buf.h"
#include "ocr/pix.h"

struct lstmf {
    struct buf lines;
    uint32_t count;
};
#define LSTMF_INIT  \
    {               \
        BUF_INIT, 0 \
    }

/* ERR_LIBRARY (no PNG could be made), ERR_NOMEM. */
int lstmf_add(struct lstmf *lstmf, const char *name, PIX *line,
              const char *text, struct err *err);
/* Write all lines as one file, durably. ERR_IO, ERR_NOMEM. */
int lstmf_write(const struct lstmf *lstmf, const char *path, struct err *err);
void lstmf_fini(struct lstmf *lstmf);
static inline void lstmf_fini_at(struct lstmf *lstmf)
{
    lstmf_fini(lstmf);
}

#endif
