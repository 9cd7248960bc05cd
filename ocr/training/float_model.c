/* SPDX-License-Identifier: MIT */
/*
 * tefter-float-model OLD NEW ALIKE RATE: of the parts OLD.lstm,
 * OLD.lstm-unicharset and OLD.lstm-recoder of a model, and of the alphabet
 * NEW.lstm-unicharset and NEW.lstm-recoder, make NEW.lstm: the old network with
 * weights that can be trained, and with the new alphabet. Letters that the old
 * one lacks begin as the mean of those that look like them, which the lines of
 * ALIKE name ("ѣ ъ ь б"). RATE is the learning rate of the output layer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "ocr/training/network.h"

#define MODEL_MAX_BYTES ((size_t)64 << 20)
#define LETTERS_MAX     1024
#define LETTER_SIZE     32
#define BROKEN          2 /* the entry of an alphabet whose code is "nothing" */
/* With less a new letter is written in place of its likes at once. */
#define NEW_LETTER_SHIFT (-0.5)

/* A model's letters, and the output of each. */
struct letters {
    char name[LETTERS_MAX][LETTER_SIZE];
    int output[LETTERS_MAX];
    size_t count;
    int outputs; /* how many there are */
};

static int read_part(const char *stem, const char *part, struct buf *out,
                     struct err *err)
{
    char path[PATH_SIZE];

    return path_format(path, err, "%s.%s", stem, part) != 0
               ? -1
               : file_read(path, MODEL_MAX_BYTES, out, err);
}

static int read_names(const char *stem, struct letters *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    const char *line;
    size_t count;

    if (read_part(stem, "lstm-unicharset", &text, err) != 0)
        return -1;
    count = strtoul(buf_str(&text), NULL, 10);
    line = strchr(buf_str(&text), '\n');
    for (; out->count < count && out->count < LETTERS_MAX && line != NULL;
         line = strchr(line + 1, '\n')) {
        size_t len = strcspn(line + 1, " \n");

        if (len >= LETTER_SIZE)
            return err_set(err, ERR_INPUT, "%s: a letter of %zu bytes", stem,
                           len);
        memcpy(out->name[out->count], line + 1, len);
        out->name[out->count++][len] = '\0';
    }
    return out->count == count ? 0
                               : err_set(err, ERR_INPUT,
                                         "%s: an alphabet of %zu letters, of "
                                         "which %zu are there",
                                         stem, count, out->count);
}

/* u32 count; of each: i8, u32 length, that many i32, of which scripts like
 * these have one. */
static int read_outputs(const char *stem, struct letters *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    size_t at = 4;

    if (read_part(stem, "lstm-recoder", &bytes, err) != 0)
        return -1;
    for (size_t i = 0; i < out->count; i++, at += 9) {
        uint32_t length;
        int32_t output;

        if (at + 9 > bytes.len)
            return err_set(err, ERR_INPUT, "%s: a recoder that ends too early",
                           stem);
        memcpy(&length, bytes.data + at + 1, sizeof(length));
        memcpy(&output, bytes.data + at + 5, sizeof(output));
        if (length != 1 || output < 0 || output >= LETTERS_MAX)
            return err_set(err, ERR_INPUT, "%s: a letter of %u outputs", stem,
                           length);
        out->output[i] = output;
        out->outputs = output >= out->outputs ? output + 1 : out->outputs;
    }
    return 0;
}

static int read_letters(const char *stem, struct letters *out, struct err *err)
{
    *out = (struct letters){.count = 0};
    return read_names(stem, out, err) != 0 ? -1 : read_outputs(stem, out, err);
}

static int output_of(const struct letters *letters, const char *name)
{
    for (size_t i = 0; i < letters->count; i++) {
        if (strcmp(letters->name[i], name) == 0)
            return letters->output[i];
    }
    return -1;
}

/* The likes of a letter, on the line of the file that begins with it. */
static void find_alike(const struct buf *alike, const struct letters *old,
                       const char *name, struct network_output *out)
{
    CLEANUP(free) char *text = strdup(buf_str(alike));
    char *lines = NULL;

    for (char *line = text == NULL ? NULL : strtok_r(text, "\n", &lines);
         line != NULL; line = strtok_r(NULL, "\n", &lines)) {
        char *words = NULL;
        char *word = strtok_r(line, " ", &words);

        if (word == NULL || strcmp(word, name) != 0)
            continue;
        while ((word = strtok_r(NULL, " ", &words)) != NULL) {
            int output = output_of(old, word);

            if (output >= 0 && out->count < NETWORK_ALIKE)
                out->from[out->count++] = output;
        }
    }
}

static void plan(const struct letters *old, const struct letters *new,
                 const struct buf *alike, struct network_output *outputs)
{
    for (size_t i = 0; i < new->count; i++) {
        struct network_output *to = &outputs[new->output[i]];
        int same = output_of(old, new->name[i]);

        *to = (struct network_output){.count = 0};
        if (same >= 0) {
            to->from[to->count++] = same;
            continue;
        }
        find_alike(alike, old, new->name[i], to);
        to->shift = NEW_LETTER_SHIFT;
        printf("new: %s, of %d alike\n", new->name[i], to->count);
    }
}

static int make(char **argv, struct err *err)
{
    static struct letters old, new;
    static struct network_output outputs[LETTERS_MAX];
    CLEANUP(buf_fini) struct buf alike = BUF_INIT;
    CLEANUP(buf_fini) struct buf network = BUF_INIT;
    CLEANUP(buf_fini) struct buf made = BUF_INIT;
    struct network_change change = {.outputs = outputs,
                                    .output_rate = strtod(argv[4], NULL)};
    char path[PATH_SIZE];

    if (read_letters(argv[1], &old, err) != 0 ||
        read_letters(argv[2], &new, err) != 0 ||
        file_read(argv[3], MODEL_MAX_BYTES, &alike, err) != 0 ||
        read_part(argv[1], "lstm", &network, err) != 0)
        return -1;
    if (new.count <= BROKEN)
        return err_set(err, ERR_INPUT, "%s: no alphabet", argv[2]);
    plan(&old, &new, &alike, outputs);
    change.output_count = new.outputs;
    change.null_output = new.output[BROKEN];
    if (network_convert(&network, &change, &made, err) != 0 ||
        path_format(path, err, "%s.lstm", argv[2]) != 0)
        return -1;
    printf("%d letters became %d\n", old.outputs, new.outputs);
    return file_write_durable(path, made.data, made.len, err);
}

int main(int argc, char **argv)
{
    struct err err;

    if (argc != 5) {
        fprintf(stderr, "Usage: tefter-float-model OLD NEW ALIKE RATE\n");
        return 2;
    }
    if (make(argv, &err) != 0) {
        fprintf(stderr, "tefter-float-model: %s\n", err.msg);
        return 1;
    }
    return 0;
}
