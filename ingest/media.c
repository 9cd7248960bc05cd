/* SPDX-License-Identifier: MIT */
#include "ingest/media.h"

#include <stdbool.h>
#include <string.h>

struct magic {
    size_t offset;
    const char *bytes;
    size_t len;
    enum media_kind kind;
    const char *name;
};

#define MAGIC(offset, bytes, kind, name)             \
    {                                                \
        offset, bytes, sizeof(bytes) - 1, kind, name \
    }

/* TIFF 6.0 section 2; BigTIFF has 43 in the place of 42. */
static const struct magic magics[] = {
    MAGIC(0, "II\x2a\0", MEDIA_TIFF, "a TIFF"),
    MAGIC(0, "MM\0\x2a", MEDIA_TIFF, "a TIFF"),
    MAGIC(0, "II\x2b\0", MEDIA_TIFF, "a BigTIFF"),
    MAGIC(0, "MM\0\x2b", MEDIA_TIFF, "a BigTIFF"),
    MAGIC(0, "\x89PNG\r\n\x1a\n", MEDIA_PICTURE, "a PNG image"),
    MAGIC(0, "\xff\xd8\xff", MEDIA_PICTURE, "a JPEG image"),
    MAGIC(0, "%PDF-", MEDIA_PICTURE, "a PDF document"),
    MAGIC(0, "GIF8", MEDIA_PICTURE, "a GIF image"),
    MAGIC(0, "BM", MEDIA_PICTURE, "a BMP image"),
    MAGIC(0, "\0\0\0\x0cjP  ", MEDIA_PICTURE, "a JPEG 2000 image"),
    MAGIC(0, "\xff\x4f\xff\x51", MEDIA_PICTURE, "a JPEG 2000 codestream"),
    MAGIC(0, "AT&TFORM", MEDIA_PICTURE, "a DjVu document"),
    MAGIC(0, "8BPS", MEDIA_PICTURE, "a Photoshop document"),
    MAGIC(8, "WEBP", MEDIA_PICTURE, "a WebP image"),
    MAGIC(4, "ftypheic", MEDIA_PICTURE, "a HEIC image"),
    MAGIC(4, "ftypavif", MEDIA_PICTURE, "an AVIF image"),
    MAGIC(0, "\x97JB2\r\n\x1a\n", MEDIA_PICTURE, "a JBIG2 image"),
    MAGIC(0, "PK\x03\x04", MEDIA_ARCHIVE, "a ZIP archive"),
    MAGIC(0, "\x1f\x8b", MEDIA_ARCHIVE, "gzip data"),
    MAGIC(0, "7z\xbc\xaf\x27\x1c", MEDIA_ARCHIVE, "a 7-Zip archive"),
    MAGIC(0, "Rar!", MEDIA_ARCHIVE, "a RAR archive"),
    MAGIC(257, "ustar", MEDIA_ARCHIVE, "a tar archive"),
    MAGIC(0, "SQLite format 3", MEDIA_OTHER, "an SQLite database"),
    MAGIC(0,
          "\x7f"
          "ELF",
          MEDIA_OTHER, "a program"),
    MAGIC(0, "MZ", MEDIA_OTHER, "a Windows program"),
    MAGIC(0, "<?xml", MEDIA_OTHER, "XML text"),
    MAGIC(0, "<!DOCTYPE html", MEDIA_OTHER, "HTML text"),
    MAGIC(0, "<html", MEDIA_OTHER, "HTML text"),
};

/* Any 8-bit text: no control characters but white space. */
static bool is_text(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((head[i] < 0x20 && (head[i] < '\t' || head[i] > '\r')) ||
            head[i] == 0x7f)
            return false;
    }
    return true;
}

static bool is_all_zero(const uint8_t *head, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (head[i] != 0)
            return false;
    }
    return true;
}

struct media media_of(const uint8_t *head, size_t len)
{
    if (len == 0)
        return (struct media){MEDIA_EMPTY, "empty (0 bytes)"};
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
        const struct magic *m = &magics[i];

        if (m->offset + m->len <= len &&
            memcmp(head + m->offset, m->bytes, m->len) == 0)
            return (struct media){m->kind, m->name};
    }
    if (is_text(head, len))
        return (struct media){MEDIA_OTHER, "text"};
    if (is_all_zero(head, len))
        return (struct media){MEDIA_OTHER, "nothing but zero bytes"};
    return (struct media){MEDIA_OTHER, "data of an unknown kind"};
}
