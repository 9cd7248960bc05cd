/* SPDX-License-Identifier: MIT */
/*
 * ocr/alphabet.h - which letters a model can write at all. Debian's `bul`
 * knows no ѣ, no №, and of Latin nothing: Tesseract puts what is most alike in
 * their place, and is sure of it.
 *
 * A model's alphabet is the LSTM unicharset in its NAME.traineddata: a file of
 * an int32 count, that many int64 offsets (-1: not there), and the parts at
 * them (tesseract, src/ccutil/tessdatamanager.h; the unicharset is part 21).
 * The part is text: the number of characters, then a line for each, which
 * begins with it.
 */
#ifndef OCR_ALPHABET_H
#define OCR_ALPHABET_H

#include <stddef.h>

#include "common/err.h"

/* Letters of Bulgarian registers that a model may lack: those of the spelling
 * before 1945, the sign of a number, and what Roman months are written in. */
#define ALPHABET_WANTED "ѣѢѫѪѭ№IVX"

#define ALPHABET_SIZE 64

/**
 * Those of the wanted letters that none of a language's models can write.
 *
 * @param folder    of the models
 * @param language  "bul", "bul+eng"
 * @param out       "" when there are none
 * @return 0, or -1 with ERR_INPUT (a model that cannot be understood),
 *         ERR_ABSENT, ERR_NOMEM
 */
int alphabet_missing(const char *folder, const char *language,
                     char out[ALPHABET_SIZE], struct err *err);

#endif
