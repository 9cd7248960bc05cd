/* SPDX-License-Identifier: MIT */
#include "ocr/number_sign.h"

#include <stdlib.h>
#include <string.h>

/* What was read for No and № on made registers: all of the errors in their
 * addresses. Small letters were read once. */
static bool is_misread(const char *word)
{
    static const char *const misread[] = {"Но", "Ко", "Мо", "Хо", "Ме",
                                          "Хе", "Не", "Ке", "мо", "ко"};

    for (size_t i = 0; i < sizeof(misread) / sizeof(*misread); i++) {
        if (strcmp(word, misread[i]) == 0)
            return true;
    }
    return false;
}

static bool is_number(const char *word)
{
    return strspn(word, "0123456789") > 0;
}

int number_sign_mend(struct page_text *text, struct err *err)
{
    if (strstr(text->lacks, "№") == NULL)
        return 0;
    for (size_t l = 0; l < text->line_count; l++) {
        const struct text_line *line = &text->lines[l];

        for (size_t i = 0; i + 1 < line->word_count; i++) {
            struct text_word *word = &text->words[line->first_word + i];
            char *sign;

            if (!is_misread(word->text) || !is_number(word[1].text))
                continue;
            sign = strdup("No");
            if (sign == NULL)
                return err_set(err, ERR_NOMEM, "page text: out of memory");
            free(word->text);
            word->text = sign;
        }
    }
    return 0;
}
