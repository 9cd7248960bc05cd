/* SPDX-License-Identifier: MIT */
#include "ocr/alphabet.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/file.h"

#define UNICHARSET_PART 21
#define MOST_PARTS      64
#define MODEL_MAX_BYTES ((size_t)256 << 20)

static int refuse(const char *path, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s: no model of Tesseract 4 or later: it has no alphabet",
                   path);
}

/* The part's bytes; offsets of other parts say where it ends. */
static int find_part(const char *path, const struct buf *model,
                     const char **part, size_t *len, struct err *err)
{
    int32_t count;
    int64_t at[MOST_PARTS];
    int64_t end = (int64_t)model->len;

    if (model->len < sizeof(count))
        return refuse(path, err);
    memcpy(&count, model->data, sizeof(count));
    if (count <= UNICHARSET_PART || count > MOST_PARTS ||
        model->len < sizeof(count) + (size_t)count * sizeof(*at))
        return refuse(path, err);
    memcpy(at, model->data + sizeof(count), (size_t)count * sizeof(*at));
    for (int i = 0; i < count; i++) {
        if (at[i] > at[UNICHARSET_PART] && at[i] < end)
            end = at[i];
    }
    if (at[UNICHARSET_PART] < 0 || at[UNICHARSET_PART] >= end)
        return refuse(path, err);
    *part = model->data + at[UNICHARSET_PART];
    *len = (size_t)(end - at[UNICHARSET_PART]);
    return 0;
}

/* Does a line begin with the letter and a space? */
static bool has_letter(const char *part, size_t len, const char *letter,
                       size_t letter_len)
{
    const char *end = part + len;

    for (const char *line = part; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));

        if ((size_t)(end - line) > letter_len &&
            memcmp(line, letter, letter_len) == 0 && line[letter_len] == ' ')
            return true;
        if (next == NULL)
            return false;
        line = next + 1;
    }
    return false;
}

static size_t letter_length(const char *letter)
{
    size_t n = 1;

    while (((unsigned char)letter[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* Take those letters out that the model has. */
static int strike_known(const char *path, char letters[ALPHABET_SIZE],
                        struct err *err)
{
    CLEANUP(buf_fini) struct buf model = BUF_INIT;
    const char *part = NULL;
    size_t len = 0;
    char *to = letters;

    if (file_read(path, MODEL_MAX_BYTES, &model, err) != 0 ||
        find_part(path, &model, &part, &len, err) != 0)
        return -1;
    for (const char *from = letters; *from != '\0';) {
        size_t n = letter_length(from);

        if (!has_letter(part, len, from, n)) {
            memmove(to, from, n);
            to += n;
        }
        from += n;
    }
    *to = '\0';
    return 0;
}

int alphabet_missing(const char *folder, const char *language,
                     char out[ALPHABET_SIZE], struct err *err)
{
    char letters[ALPHABET_SIZE] = ALPHABET_WANTED;
    char path[PATH_SIZE];

    while (*language != '\0') {
        size_t n = strcspn(language, "+");

        if (path_format(path, err, "%s/%.*s.traineddata", folder, (int)n,
                        language) != 0 ||
            strike_known(path, letters, err) != 0)
            return -1;
        language += n + (language[n] == '+');
    }
    memcpy(out, letters, sizeof(letters));
    return 0;
}
