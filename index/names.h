/* SPDX-License-Identifier: MIT */
/*
 * index/names.h - the other ways in which a word that was typed may stand in
 * a register (../shared/domain.md, "Names"):
 *
 *     gendered forms       Иванов Иванова, Вълчински Вълчинска
 *     variants             Димитър Митко: index/names/given.txt
 *     abbreviations        Стоян Ст., and of one letter beside the next word
 *     typed in Latin       Ivanov, Ivanoff, Ivanow, Dimitroff, Tchernev, 4ernev
 *     another keyboard     rldkfl is Иванов on the keys of BDS
 *
 * What is made here are words to look for: whether they stand anywhere is for
 * the index to say.
 */
#ifndef INDEX_NAMES_H
#define INDEX_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Letters of a word beyond these have no other forms. */
#define NAME_SIZE      128
#define NAME_MAX_FORMS 96

struct name_forms {
    char form[NAME_MAX_FORMS][NAME_SIZE]; /* UTF-8, lower case   */
    size_t count;
    /* Abbreviations of one letter, too common to be looked for alone. */
    char initial[NAME_MAX_FORMS][8];
    size_t initial_count;
};

/* @param word  one word of len bytes, UTF-8, in any case; what it is itself is
 *              not among the forms */
void name_forms(const char *word, size_t len, struct name_forms *out);
/* The full given names that an initial or abbreviation stands for: "Ст." is
 * Стоян, Стефан, Станка. @param word  without its dot */
/* Its first letters, as an abbreviation may have them: with any initials of it.
 * Of names that are in no list. */
void names_first_letters(const char *word, size_t len, struct name_forms *out);
/* How a word of Latin letters may be meant, the likeliest first; none when it
 * has others. */
void names_of_latin(const char *word, size_t len, struct name_forms *out);
void names_of_initial(const char *word, size_t len, struct name_forms *out);
/* A word typed in Latin letters, with 4 for ч and 6 for ш in it: does it look
 * like a name written so? */
bool name_is_latin(const char *word, size_t len);

#endif
