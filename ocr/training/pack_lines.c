/* SPDX-License-Identifier: MIT */
/*
 * tefter-pack-lines OUT.lstmf DIR: all lines of a folder, NAME.png with its
 * text in NAME.gt.txt as `tefter training export` writes them, become one file
 * for Tesseract's trainer.
 */
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "ocr/training/label.h"
#include "ocr/training/lstmf.h"

#define PICTURE        ".png"
#define TEXT_MAX_BYTES 4096

static int read_label(const char *dir, const char *stem, int len, char **out,
                      struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%.*s.gt.txt", dir, len, stem) != 0 ||
        file_read(path, TEXT_MAX_BYTES, &text, err) != 0)
        return -1;
    if (text.len > 0)
        text.data[strcspn(text.data, "\r\n")] = '\0';
    if (buf_str(&text)[0] == '\0')
        return err_set(err, ERR_INPUT, "%s: no text on its first line", path);
    *out = label_of(buf_str(&text));
    return *out == NULL ? err_set(err, ERR_NOMEM, "lines: out of memory") : 0;
}

static int add(struct lstmf *lstmf, const char *dir, const char *name,
               struct err *err)
{
    CLEANUP(pix_drop) PIX *line = NULL;
    CLEANUP(free) char *label = NULL;
    int len = (int)(strlen(name) - strlen(PICTURE));
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%s", dir, name) != 0 ||
        read_label(dir, name, len, &label, err) != 0)
        return -1;
    line = pixRead(path);
    if (line == NULL)
        return err_set(err, ERR_INPUT, "%s: no picture that can be read", path);
    return lstmf_add(lstmf, name, line, label, err);
}

static bool is_picture(const char *name)
{
    size_t len = strlen(name);

    return len > strlen(PICTURE) &&
           strcmp(name + len - strlen(PICTURE), PICTURE) == 0;
}

static int pack(const char *out, const char *dir, struct err *err)
{
    __attribute__((cleanup(lstmf_fini_at))) struct lstmf lstmf = LSTMF_INIT;
    struct name_list names;
    int rc = dir_list(dir, &names, err);

    if (rc != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        if (is_picture(names.names[i]))
            rc = add(&lstmf, dir, names.names[i], err);
    }
    name_list_fini(&names);
    if (rc != 0)
        return -1;
    if (lstmf.count == 0)
        return err_set(err, ERR_INPUT, "%s: no .png in it", dir);
    printf("%s\t%u lines\n", out, lstmf.count);
    return lstmf_write(&lstmf, out, err);
}

int main(int argc, char **argv)
{
    struct err err;

    if (argc != 3) {
        fprintf(stderr, "Usage: tefter-pack-lines OUT.lstmf DIR\n");
        return 2;
    }
    (void)setMsgSeverity(L_SEVERITY_NONE);
    if (pack(argv[1], argv[2], &err) != 0) {
        fprintf(stderr, "tefter-pack-lines: %s\n", err.msg);
        return 1;
    }
    return 0;
}
