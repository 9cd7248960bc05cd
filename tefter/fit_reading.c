/* SPDX-License-Identifier: MIT */
/*
 * tefter-fit-reading hand FILE...: read pages whose truth is known (truth/
 * beside each, as for tefter bench ocr), and write for each line of a cell
 * whether it is written by hand, its measures, and behind a # what stands
 * there: examples for tefter-fit-trees. For whoever changes a measure; not
 * installed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/json.h"
#include "ocr/hand.h"
#include "ocr/reader.h"
#include "ocr/sure.h"

#define TOKENS 128 /* words of a cell that are compared */

/* The page being read. */
struct page {
    const char *file;
    const json_t *truth;
};

static double number_at(const json_t *quad, size_t corner, size_t axis)
{
    return json_number_value(
        json_array_get(json_array_get(quad, corner), axis));
}

/* Is the point inside the quad, whose corners go clockwise? */
static bool is_inside(const json_t *quad, double x, double y)
{
    for (size_t i = 0; i < 4; i++) {
        double ax = number_at(quad, i, 0);
        double ay = number_at(quad, i, 1);
        double bx = number_at(quad, (i + 1) % 4, 0);
        double by = number_at(quad, (i + 1) % 4, 1);

        if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0)
            return false;
    }
    return true;
}

/* The cell of the truth that a quad's middle lies in; NULL: none. */
static const json_t *cell_at(const json_t *truth, struct quad quad)
{
    const json_t *cells = json_object_get(truth, "cells");
    double x = 0, y = 0;

    for (int i = 0; i < 4; i++) {
        x += quad.corner[i].x / 4.0;
        y += quad.corner[i].y / 4.0;
    }
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);

        if (is_inside(json_object_get(cell, "quad"), x, y))
            return cell;
    }
    return NULL;
}

static bool is_hand(const char *kind)
{
    return strcmp(kind, "hand") == 0 || strcmp(kind, "script") == 0;
}

static void print_lines(void *arg, const struct hand_lines *lines)
{
    const struct page *page = arg;

    for (size_t i = 0; i < lines->count; i++) {
        const struct hand_line *line = &lines->at[i];
        const json_t *cell = cell_at(page->truth, line->quad);
        const char *text = cell == NULL ? "" : json_get_text(cell, "text", "");

        printf("%d",
               text[0] != '\0' && is_hand(json_get_text(cell, "kind", "")));
        for (int m = 0; m < HAND_MARKS; m++)
            printf("\t%.6g", (double)line->marks.of[m]);
        printf("\t# %s %s %.*s\n", page->file,
               text[0] == '\0' ? "empty" : json_get_text(cell, "kind", "-"),
               (int)strcspn(text, "\n"), text);
    }
}

/* The words of a text, in place. */
struct tokens {
    char *at[TOKENS];
    size_t count;
};

static void split(char *text, struct tokens *out)
{
    char *save = NULL;

    out->count = 0;
    for (char *t = strtok_r(text, " \n", &save);
         t != NULL && out->count < TOKENS; t = strtok_r(NULL, " \n", &save))
        out->at[out->count++] = t;
}

/* The words of a page that lie in one cell of the truth. */
struct in_cell {
    size_t word[TOKENS];
    size_t count;
};

/* Which of the words read are those of the truth, in their order: the longest
 * common subsequence. */
static void compare(const struct page_text *text, const struct in_cell *read,
                    const struct tokens *want, bool *right)
{
    static unsigned char length[TOKENS + 1][TOKENS + 1];
    size_t i = 0, j = 0;

    memset(length, 0, sizeof(length));
    for (size_t a = read->count; a-- > 0;) {
        for (size_t b = want->count; b-- > 0;) {
            bool same =
                strcmp(text->words[read->word[a]].text, want->at[b]) == 0;
            unsigned char skip = length[a + 1][b] > length[a][b + 1]
                                     ? length[a + 1][b]
                                     : length[a][b + 1];

            length[a][b] =
                same ? (unsigned char)(length[a + 1][b + 1] + 1) : skip;
        }
    }
    while (i < read->count && j < want->count) {
        if (strcmp(text->words[read->word[i]].text, want->at[j]) == 0) {
            right[read->word[i++]] = true;
            j++;
        } else if (length[i + 1][j] >= length[i][j + 1])
            i++;
        else
            j++;
    }
}

static void judge_cell(const struct page_text *text, const json_t *cell,
                       const json_t *const *cells, bool *right)
{
    CLEANUP(free) char *copy = strdup(json_get_text(cell, "text", ""));
    struct in_cell read = {{0}, 0};
    struct tokens want;

    if (copy == NULL)
        return;
    for (size_t i = 0; i < text->word_count && read.count < TOKENS; i++) {
        if (cells[i] == cell)
            read.word[read.count++] = i;
    }
    split(copy, &want);
    compare(text, &read, &want, right);
}

static void print_words(void *arg, const struct page_text *text,
                        const struct sure_marks *marks)
{
    const struct page *page = arg;
    const json_t *all = json_object_get(page->truth, "cells");
    CLEANUP(free) bool *right = calloc(text->word_count + 1, sizeof(bool));
    CLEANUP(free)
    const json_t **cells = calloc(text->word_count + 1, sizeof(json_t *));

    if (right == NULL || cells == NULL)
        return;
    for (size_t i = 0; i < text->word_count; i++)
        cells[i] = cell_at(page->truth, text->words[i].quad);
    for (size_t i = 0; i < json_array_size(all); i++)
        judge_cell(text, json_array_get(all, i), cells, right);
    for (size_t i = 0; i < text->word_count; i++) {
        printf("%d", right[i]);
        for (int m = 0; m < SURE_MARKS; m++)
            printf("\t%.6g", (double)marks[i].of[m]);
        printf("\t# %s %s\n", page->file, text->words[i].text);
    }
}

static int collect(struct reader *reader, struct page *page, const char *file,
                   struct err *err)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    const char *base = path_base(file);
    char path[PATH_SIZE];

    if (path_format(path, err, "%.*struth/%.*s.json", (int)(base - file), file,
                    (int)strcspn(base, "."), base) != 0 ||
        json_read_file(path, &truth, err) != 0 ||
        raster_read_tiff(file, 0, &raster, err) != 0)
        return -1;
    page->file = file;
    page->truth = truth;
    return reader_read(reader, raster, "tefter", &text, NULL, err);
}

int main(int argc, char **argv)
{
    CLEANUP(reader_close) struct reader *reader = NULL;
    struct page page = {NULL, NULL};
    struct reader_options options = {.seen_arg = &page};
    struct err err;

    if (argc > 2 && strcmp(argv[1], "hand") == 0)
        options.lines_seen = print_lines;
    else if (argc > 2 && strcmp(argv[1], "words") == 0)
        options.words_seen = print_words;
    else {
        fprintf(stderr, "Usage: tefter-fit-reading hand|words FILE...\n");
        return 2;
    }
    if (reader_open(&options, &reader, &err) != 0) {
        fprintf(stderr, "tefter-fit-reading: %s\n", err.msg);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        if (collect(reader, &page, argv[i], &err) != 0) {
            fprintf(stderr, "tefter-fit-reading: %s: %s\n", argv[i], err.msg);
            return 1;
        }
    }
    return 0;
}
