/* SPDX-License-Identifier: MIT */
#include "ocr/second.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "ocr/roman.h"

/* White kept, and white added, round a word. */
#define PAD_PX    6
#define BORDER_PX 10
/* More letters alone in a line are no number that was taken for them. */
#define DIGITS_MAX 2
/* Less sure of digits, the first reading stays. */
#define DIGITS_SURE 60
#define YEAR_DIGITS 4

/* The parts of day.month.year; what stands behind the year is its tail. */
struct date_parts {
    const char *day, *month, *year, *tail;
    size_t day_len, month_len, year_len;
};

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* Is the word of that shape? Month and day may be of anything but dots. */
static bool split_date(const char *word, struct date_parts *out)
{
    const char *first = strchr(word, '.');
    const char *second = first == NULL ? NULL : strchr(first + 1, '.');

    if (second == NULL || first == word || second == first + 1)
        return false;
    *out = (struct date_parts){.day = word,
                               .day_len = (size_t)(first - word),
                               .month = first + 1,
                               .month_len = (size_t)(second - first) - 1,
                               .year = second + 1};
    out->year_len = digits_at(out->year);
    out->tail = out->year + out->year_len;
    return out->year_len >= YEAR_DIGITS - 1 && out->year_len <= YEAR_DIGITS &&
           out->day_len <= 2 * strlen("З") && strchr(out->tail, '.') == NULL;
}

/* 01 to 09: nothing Roman begins with a zero. */
static bool is_plain_month(const struct date_parts *parts)
{
    return parts->month_len == 2 && parts->month[0] == '0' &&
           digits_at(parts->month) >= 2;
}

/* Only of letters that Roman ones are taken for? */
static bool is_like_roman(const char *word)
{
    static const char *const like[] = {"у", "У", "т", "Т", "Х", "І",
                                       "П", "Ш", "1", "7", "М"};
    size_t letters = 0;

    for (const char *at = word; *at != '\0'; letters++) {
        size_t step = 0;

        for (size_t i = 0; step == 0 && i < sizeof(like) / sizeof(*like); i++)
            step = strncmp(at, like[i], strlen(like[i])) == 0 ? strlen(like[i])
                                                              : 0;
        if (step == 0)
            return false;
        at += step;
    }
    return letters >= 2 && letters < ROMAN_SIZE && digits_at(word) == 0;
}

static size_t letters_of(const char *word)
{
    size_t count = 0;

    for (; *word != '\0'; word++)
        count += ((unsigned char)*word & 0xc0) != 0x80;
    return count;
}

enum second_kind second_kind_of(const char *word, bool alone)
{
    struct date_parts parts;

    if (split_date(word, &parts))
        return is_plain_month(&parts) ? SECOND_NONE : SECOND_DATE;
    if (is_like_roman(word))
        return SECOND_ROMAN;
    return alone && letters_of(word) <= DIGITS_MAX &&
                   word[digits_at(word)] != '\0'
               ? SECOND_DIGITS
               : SECOND_NONE;
}

static char *choose_date(const char *word, const char *again)
{
    struct date_parts first, second;
    char month[ROMAN_SIZE], *out = NULL;
    unsigned value;

    if (!split_date(word, &first) || !split_date(again, &second))
        return NULL;
    value = roman_value(second.month, second.month_len);
    if (value == 0 || value > 12)
        return NULL;
    /* Days are digits; where the first reading has letters, ask the second. */
    if (digits_at(first.day) < first.day_len &&
        digits_at(second.day) >= second.day_len) {
        first.day = second.day;
        first.day_len = second.day_len;
    }
    roman_write(value, month);
    if (asprintf(&out, "%.*s.%s.%s", (int)first.day_len, first.day, month,
                 first.year) < 0)
        return NULL;
    return out;
}

char *second_choose(enum second_kind kind, const char *word, const char *again)
{
    char roman[ROMAN_SIZE];
    unsigned value;

    switch (kind) {
    case SECOND_DATE:
        return choose_date(word, again);
    case SECOND_ROMAN:
        value = roman_value(again, strlen(again));
        if (value == 0)
            return NULL;
        roman_write(value, roman);
        return strdup(roman);
    case SECOND_DIGITS:
        return again[0] != '\0' && again[digits_at(again)] == '\0'
                   ? strdup(again)
                   : NULL;
    default:
        return NULL;
    }
}

/* The word alone, with white round it. */
static PIX *cut(const struct engine_job *job, struct quad quad)
{
    struct affine back = affine_inverse(job->to_master);
    struct rect r = quad_bounds(affine_quad(back, quad_bounds(quad)));
    BOX *box = boxCreate(r.x - PAD_PX, r.y - PAD_PX, r.w + 2 * PAD_PX,
                         r.h + 2 * PAD_PX);
    CLEANUP(pix_drop) PIX *word = pixClipRectangle(job->pix, box, NULL);

    boxDestroy(&box);
    return word == NULL ? NULL
                        : pixAddBorder(word, BORDER_PX,
                                       pixGetDepth(word) == 1 ? 0 : 255);
}

/* All words that were read of one, without the spaces. */
static char *joined(const struct page_text *text)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    for (size_t i = 0; i < text->word_count; i++)
        buf_puts(&out, text->words[i].text);
    return out.failed ? NULL : strdup(buf_str(&out));
}

static int replace(struct text_word *word, enum second_kind kind,
                   const struct page_text *read, struct err *err)
{
    CLEANUP(free) char *again = joined(read);
    char *chosen;

    if (again == NULL)
        return err_set(err, ERR_NOMEM, "second reading: out of memory");
    if (kind == SECOND_DIGITS && read->mean_confidence < DIGITS_SURE)
        return 0;
    chosen = second_choose(kind, word->text, again);
    if (chosen == NULL)
        return 0;
    free(word->text);
    word->text = chosen;
    /* The first reading could not be right, and its confidence says nothing. */
    word->confidence = read->mean_confidence;
    return 0;
}

static int read_word(struct engine *engine, const struct engine_job *job,
                     struct text_word *word, enum second_kind kind,
                     struct err *err)
{
    CLEANUP(page_text_free) struct page_text *read = page_text_new();
    CLEANUP(pix_drop) PIX *picture = cut(job, word->quad);
    struct engine_job again = {picture, ENGINE_LINE, job->dpi, AFFINE_IDENTITY};

    if (read == NULL)
        return err_set(err, ERR_NOMEM, "second reading: out of memory");
    if (picture == NULL) /* it lies outside: there is nothing to read */
        return 0;
    if (engine_read(engine, &again, read, err) != 0)
        return -1;
    page_text_finish(read);
    return replace(word, kind, read, err);
}

int second_read(struct engine *engine, const struct engine_job *job,
                struct page_text *text, struct err *err)
{
    for (size_t l = 0; l < text->line_count; l++) {
        const struct text_line *line = &text->lines[l];
        bool alone = line->word_count == 1 && job->layout == ENGINE_LINE;

        for (size_t i = 0; i < line->word_count; i++) {
            struct text_word *word = &text->words[line->first_word + i];
            enum second_kind kind = second_kind_of(word->text, alone);

            if (kind != SECOND_NONE &&
                read_word(engine, job, word, kind, err) != 0)
                return -1;
        }
    }
    return 0;
}
