/* SPDX-License-Identifier: MIT */
#include "index/stem.h"

#include <string.h>

/* Bytes of a stem: four letters. */
#define SHORTEST 8
#define LETTER   2

/* The endings of one kind of noun or adjective: bare, with article, many, many
 * with article. A word with one of them has the others, too. */
static const char *const kinds[][8] = {
    {"", "а", "ът", "ове", "овете", "и", "ите", NULL}, /* дом, договор  */
    {"а", "ата", "и", "ите", NULL},     /* къща, нива    */
    {"я", "ята", "и", "ите", NULL},     /* земя          */
    {"ия", "ията", "ии", "иите", NULL}, /* декларация    */
    {"о", "ото", "а", "ата", NULL},     /* място, дърво  */
    {"е", "ето", "ета", "етата", NULL}, /* дете, поле    */
    {"ие", "ието", "ия", "ията", NULL}, /* имение        */
    {"ен", "на", "но", "ни", "ният", "ната", "ните", NULL}, /* каменен */
    {"ост", "остта", "ости", "остите", NULL}, /* собственост   */
    {"тел", "телят", "теля", "тели", "телите", NULL}, /* жител         */
    {"ар", "арят", "аря", "ари", "арите", NULL},      /* нотар         */
    {"ник", "никът", "ника", "ници", "ниците", NULL}, /* чиновник      */
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static bool ends_with(const char *word, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n + SHORTEST - LETTER && memcmp(word + len - n, end, n) == 0;
}

bool stem_is_name(const char *word, size_t len)
{
    static const char *const endings[] = {"ов",  "ова", "ев",  "ева", "ски",
                                          "ска", "цки", "цка", "овъ", "евъ"};
    struct name_forms forms;

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
        if (ends_with(word, len, endings[i]))
            return true;
    name_forms(word, len, &forms);
    return forms.count > 0 || forms.initial_count > 0;
}

static void add_form(struct name_forms *out, const char *stem, size_t len,
                     const char *ending)
{
    if (out->count < NAME_MAX_FORMS && len + strlen(ending) < NAME_SIZE)
        (void)snprintf(out->form[out->count++], NAME_SIZE, "%.*s%s", (int)len,
                       stem, ending);
}

/* The longest ending of a kind that the word has; NULL: none. "" alone is one
 * only of a word that ends in a consonant. */
static const char *ending_of(const char *const *kind, const char *word,
                             size_t len)
{
    const char *longest = NULL;

    for (; *kind != NULL; kind++)
        if (ends_with(word, len, *kind) &&
            (longest == NULL || strlen(*kind) > strlen(longest)))
            longest = *kind;
    return longest;
}

static bool ends_in_vowel(const char *word, size_t len)
{
    static const char *const vowels[] = {"а", "е", "и", "о",
                                         "у", "ъ", "ю", "я"};

    for (size_t i = 0; i < sizeof(vowels) / sizeof(*vowels); i++)
        if (len >= LETTER &&
            memcmp(word + len - LETTER, vowels[i], LETTER) == 0)
            return true;
    return false;
}

void stem_forms(const char *word, size_t len, struct name_forms *out)
{
    if (len < SHORTEST - LETTER || stem_is_name(word, len))
        return;
    for (size_t i = 0; i < KINDS; i++) {
        const char *ending = ending_of(kinds[i], word, len);

        if (ending == NULL || (*ending == '\0' && ends_in_vowel(word, len)))
            continue;
        for (const char *const *other = kinds[i]; *other != NULL; other++)
            if (strcmp(*other, ending) != 0)
                add_form(out, word, len - strlen(ending), *other);
    }
}
