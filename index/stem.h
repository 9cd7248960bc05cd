/* SPDX-License-Identifier: MIT */
/*
 * index/stem.h - other forms of a word of the language: with and without
 * article, one and many. къща finds къщата, къщи, къщите, and each the others.
 *
 * Light, and on the side of the question alone: what stands there is indexed as
 * it stands, so that quotes and --exact mean what they say, and a name is not
 * cut. Endings are taken off and put on by rule, whether or not there is such a
 * word; what is none is nowhere found. (Nakov, "BulStem", 2003, has learnt
 * rules for all parts of speech; these are those of nouns and adjectives.)
 */
#ifndef INDEX_STEM_H
#define INDEX_STEM_H

#include <stdbool.h>

#include "index/names.h"

/* Could it be a person's name, that is to stay as it is? Names in -ов, -ев,
 * -ски, and those that are in the list of given names. */
bool stem_is_name(const char *word, size_t len);
/* @param out  forms are put behind those that it has */
void stem_forms(const char *word, size_t len, struct name_forms *out);

#endif
