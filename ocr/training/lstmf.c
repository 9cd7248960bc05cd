/* SPDX-License-Identifier: MIT */
#include "ocr/training/lstmf.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"

/* The trainer wants a language, and makes nothing of it. */
#define LANGUAGE "tefter"

static void put_u32(struct buf *to, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8),
                              (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    buf_add(to, bytes, sizeof(bytes));
}

static void put_u8(struct buf *to, uint8_t value)
{
    buf_add(to, &value, 1);
}

static void put_bytes(struct buf *to, const void *bytes, size_t len)
{
    put_u32(to, (uint32_t)len);
    buf_add(to, bytes, len);
}

/* One box for the whole line: left, bottom, right, top, 16 bits each. */
static void put_box(struct buf *to, PIX *line)
{
    const int sides[4] = {0, 0, pixGetWidth(line), pixGetHeight(line)};

    put_u32(to, 1);
    for (int i = 0; i < 4; i++) {
        put_u8(to, (uint8_t)sides[i]);
        put_u8(to, (uint8_t)(sides[i] >> 8));
    }
}

int lstmf_add(struct lstmf *lstmf, const char *name, PIX *line,
              const char *text, struct err *err)
{
    struct buf *to = &lstmf->lines;
    l_uint8 *png = NULL;
    size_t png_len = 0;

    if (pixWriteMem(&png, &png_len, line, IFF_PNG) != 0)
        return err_set(err, ERR_LIBRARY, "leptonica: %s: no PNG", name);
    put_u8(to, 1);
    put_bytes(to, name, strlen(name));
    put_u32(to, 0);
    put_bytes(to, png, png_len);
    put_bytes(to, LANGUAGE, strlen(LANGUAGE));
    put_bytes(to, text, strlen(text));
    put_box(to, line);
    put_u32(to, 1);
    put_bytes(to, text, strlen(text));
    put_u8(to, 0);
    free(png);
    lstmf->count++;
    return to->failed ? err_set(err, ERR_NOMEM, "lines: out of memory") : 0;
}

int lstmf_write(const struct lstmf *lstmf, const char *path, struct err *err)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    put_u32(&out, lstmf->count);
    buf_add(&out, buf_str(&lstmf->lines), lstmf->lines.len);
    if (out.failed)
        return err_set(err, ERR_NOMEM, "lines: out of memory");
    return file_write_durable(path, buf_str(&out), out.len, err);
}

void lstmf_fini(struct lstmf *lstmf)
{
    buf_fini(&lstmf->lines);
    lstmf->count = 0;
}
