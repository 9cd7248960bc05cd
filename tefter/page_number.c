/* SPDX-License-Identifier: MIT */
#include "tefter/page_number.h"

#include <stdlib.h>
#include <string.h>

#include "ocr/alto.h"

/* The edges where page numbers stand: so much of the height at top and foot. */
#define EDGE_HEIGHT 0.12
#define MAX_DIGITS  4
/* The head of a register's page. */
#define HEAD_HEIGHT 0.3

struct place {
    double x, y; /* of the upright page, 0 to 1 */
};

/* Where the middle of a word is when the page is turned to be looked at
 * (ocr/page_text.h says how; the little skew does not matter here). */
static struct place upright_place(const struct page_text *text,
                                  const struct text_word *word)
{
    struct rect r = quad_bounds(word->quad);
    double x = (r.x + r.w / 2.0) / text->width_px;
    double y = (r.y + r.h / 2.0) / text->height_px;

    if (text->mirrored)
        x = 1 - x;
    switch (text->turn_cw_deg) {
    case 90:
        return (struct place){1 - y, x};
    case 180:
        return (struct place){1 - x, 1 - y};
    case 270:
        return (struct place){y, 1 - x};
    default:
        return (struct place){x, y};
    }
}

/* What stands before a page's number and says that it is one. */
static bool is_label(const char *word)
{
    static const char *const labels[] = {
        "лист", "листъ", "Лист", "Листъ", "стр.", "стр", "Стр.", "Стр",
        "с.",   "№",     "page", "Page",  "p.",   "-",   "–",    "—"};

    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
        if (strcmp(word, labels[i]) == 0)
            return true;
    }
    return false;
}

/* "117", "-117-", "117.": dashes and full stops round it are no part of it.
 * -1: no number of up to four digits. */
static long number_of(const char *word)
{
    size_t skip = strspn(word, "-.");
    size_t digits = strspn(word + skip, "0123456789");
    const char *rest = word + skip + digits;

    if (digits == 0 || digits > MAX_DIGITS || rest[strspn(rest, "-.")] != '\0')
        return -1;
    return strtol(word + skip, NULL, 10);
}

/* A line with nothing on it but one number and what says that it is one. */
static bool line_number(const struct page_text *text,
                        const struct text_line *line, struct number_read *out)
{
    size_t numbers = 0;

    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &text->words[line->first_word + i];
        long number = number_of(word->text);

        if (number < 0 && !is_label(word->text))
            return false;
        if (number < 0)
            continue;
        out->number = number;
        out->confidence = word->confidence;
        numbers++;
    }
    return numbers == 1;
}

/* How many such lines there are at one edge; *out is the last of them. */
static size_t edge_numbers(const struct page_text *text, bool at_top,
                           struct number_read *out)
{
    size_t found = 0;

    for (size_t i = 0; i < text->line_count; i++) {
        const struct text_line *line = &text->lines[i];
        struct place p;

        if (line->word_count == 0)
            continue;
        p = upright_place(text, &text->words[line->first_word]);
        if (at_top ? p.y < EDGE_HEIGHT : p.y > 1 - EDGE_HEIGHT)
            found += line_number(text, line, out);
    }
    return found;
}

bool page_number_read(const struct page_text *text, struct number_read *out)
{
    size_t at_top = edge_numbers(text, true, out);

    return at_top == 0 ? edge_numbers(text, false, out) == 1 : at_top == 1;
}

/* --- the number of the family --- */

/* What stands before it; the ends of the words and their case differ. */
static bool is_family_label(const char *word)
{
    static const char *const labels[] = {
        "Партида",   "ПАРТИДА",   "партида",     "Семейство",
        "СЕМЕЙСТВО", "семейство", "Домакинство", "домакинство"};

    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
        if (strncmp(word, labels[i], strlen(labels[i])) == 0)
            return true;
    }
    return false;
}

/* "№", and what it is read as: "Хе", "Ме", "М", "No". */
static bool is_short(const char *word)
{
    size_t letters = 0;

    for (; *word != '\0'; word++)
        letters += ((unsigned char)*word & 0xc0) != 0x80; /* of UTF-8 */
    return letters <= 3;
}

/* Behind the label in its line, and alone there. */
static bool number_behind(const struct page_text *text,
                          const struct text_line *line, size_t label,
                          struct number_read *out)
{
    size_t i = label + 1, end = line->word_count;
    const struct text_word *words = &text->words[line->first_word];

    if (i < end && number_of(words[i].text) < 0 && is_short(words[i].text))
        i++;
    if (i >= end || number_of(words[i].text) < 0 ||
        (i + 1 < end && number_of(words[i + 1].text) >= 0))
        return false;
    out->number = number_of(words[i].text);
    out->confidence = words[i].confidence;
    return true;
}

bool family_number_read(const struct page_text *text, struct number_read *out)
{
    size_t labels = 0;
    bool found = false;

    for (size_t i = 0; i < text->line_count; i++) {
        const struct text_line *line = &text->lines[i];

        for (size_t k = 0; k < line->word_count; k++) {
            const struct text_word *word = &text->words[line->first_word + k];

            if (!is_family_label(word->text) ||
                upright_place(text, word).y > HEAD_HEIGHT)
                continue;
            labels++;
            found = number_behind(text, line, k, out);
        }
    }
    return labels == 1 && found;
}

/* --- all pages --- */

/* What was read of the pages of a volume; room for one of each page. */
struct numbers {
    struct number_read *pages, *families;
    size_t page_count, family_count;
};

static int read_numbers(const struct package *package, size_t i,
                        struct numbers *out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    uint32_t place = package_page(package, i)->number;
    char path[PATH_SIZE];

    if (package_alto_path(package, i, path, err) != 0 ||
        alto_read(path, &text, err) != 0)
        return -1;
    out->pages[out->page_count].place = place;
    out->page_count += page_number_read(text, &out->pages[out->page_count]);
    out->families[out->family_count].place = place;
    out->family_count +=
        family_number_read(text, &out->families[out->family_count]);
    return 0;
}

int page_numbers_check(const struct package *package,
                       const struct rule_book *rules,
                       struct finding_list *findings, struct err *err)
{
    size_t pages = package_page_count(package);
    CLEANUP(free)
    struct number_read *reads = calloc(2 * pages + 2, sizeof(*reads));
    struct numbers n = {reads, reads + pages + 1, 0, 0};

    if (reads == NULL)
        return err_set(err, ERR_NOMEM, "numbering: out of memory");
    for (size_t i = 0; i < pages; i++) {
        if (read_numbers(package, i, &n, err) != 0)
            return -1;
    }
    if (numbering_check(rules, n.pages, n.page_count, findings, err) != 0)
        return -1;
    return numbering_check_families(rules, n.families, n.family_count, findings,
                                    err);
}
