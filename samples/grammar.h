/* SPDX-License-Identifier: MIT */
/*
 * samples/grammar.h - text made up by a grammar that is a file (the format
 * stands at the head of ocr/training/texts.grammar).
 *
 * In the old spelling [NAME old] is taken where there is one, and words of
 * modern sections are put into something like it: a silent ъ or ь behind the
 * last consonant, and here and there ѣ for е, ѫ for ъ, і before a vowel. What
 * stands there matters to whoever learns letters, not whether it was so spelt.
 */
#ifndef SAMPLES_GRAMMAR_H
#define SAMPLES_GRAMMAR_H

#include <stddef.h>

#define GRAMMAR_TEXT 256

struct grammar;

enum grammar_spelling { GRAMMAR_MODERN, GRAMMAR_OLD };

/* Evenly from low (included) to high. */
typedef double grammar_random(void *arg, double low, double high);

/** Read a grammar; says on stderr what is wrong with it. @return NULL then */
struct grammar *grammar_read(const char *path);
void grammar_free(struct grammar *grammar);

/** Is there a section of that name? */
int grammar_has(const struct grammar *grammar, const char *name);

/** Make a text of a section. Too long ones are cut. */
void grammar_make(const struct grammar *grammar, const char *name,
                  enum grammar_spelling spelling, grammar_random *random,
                  void *arg, char out[GRAMMAR_TEXT]);

#endif
