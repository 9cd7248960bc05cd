/* SPDX-License-Identifier: MIT */
#include "tefter/page_number.h"

#include <stdlib.h>
#include <string.h>

#include "ocr/alto.h"

/* A corner: so much of the height from the top, of the width from the side. */
#define CORNER_HEIGHT 0.12
#define CORNER_WIDTH  0.18
#define MAX_DIGITS    4

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

static bool is_in_corner(struct place p)
{
    return p.y < CORNER_HEIGHT &&
           (p.x < CORNER_WIDTH || p.x > 1 - CORNER_WIDTH);
}

static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits <= MAX_DIGITS && text[digits] == '\0';
}

bool page_number_read(const struct page_text *text, struct number_read *out)
{
    size_t found = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        const struct text_word *word = &text->words[i];

        if (!is_number(word->text) || !is_in_corner(upright_place(text, word)))
            continue;
        out->number = strtol(word->text, NULL, 10);
        out->confidence = word->confidence;
        found++;
    }
    return found == 1;
}

static int read_number(const struct package *package, size_t i,
                       struct number_read *out, bool *found, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    char path[PATH_SIZE];

    if (package_alto_path(package, i, path, err) != 0 ||
        alto_read(path, &text, err) != 0)
        return -1;
    out->place = package_page(package, i)->number;
    *found = page_number_read(text, out);
    return 0;
}

int page_numbers_check(const struct package *package,
                       const struct rule_book *rules,
                       struct finding_list *findings, struct err *err)
{
    size_t pages = package_page_count(package), count = 0;
    CLEANUP(free)
    struct number_read *reads = calloc(pages + 1, sizeof(*reads));

    if (reads == NULL)
        return err_set(err, ERR_NOMEM, "numbering: out of memory");
    for (size_t i = 0; i < pages; i++) {
        bool found = false;

        if (read_number(package, i, &reads[count], &found, err) != 0)
            return -1;
        count += found;
    }
    return numbering_check(rules, reads, count, findings, err);
}
