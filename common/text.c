/* SPDX-License-Identifier: MIT */
#include "common/text.h"

#include <string.h>
#include <utf8proc.h>

#include "common/cleanup.h"

static utf8proc_ssize_t next_code(const char *at, size_t left,
                                  utf8proc_int32_t *code)
{
    return utf8proc_iterate((const utf8proc_uint8_t *)at,
                            (utf8proc_ssize_t)left, code);
}

static bool is_control(utf8proc_int32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

bool text_is_utf8(const char *bytes, size_t len)
{
    utf8proc_int32_t code;

    while (len > 0) {
        utf8proc_ssize_t n = next_code(bytes, len, &code);

        if (n <= 0 || code == 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

bool text_is_one_line(const char *text)
{
    size_t left = strlen(text);
    utf8proc_int32_t code;

    while (left > 0) {
        utf8proc_ssize_t n = next_code(text, left, &code);

        if (n <= 0 || is_control(code))
            return false;
        text += n;
        left -= (size_t)n;
    }
    return true;
}

static void add_escaped(struct buf *out, unsigned char byte)
{
    if (byte == '\n')
        buf_puts(out, "\\n");
    else if (byte == '\t')
        buf_puts(out, "\\t");
    else
        buf_printf(out, "\\x%02x", byte);
}

void text_add_visible(struct buf *out, const char *text)
{
    size_t left = strlen(text);
    utf8proc_int32_t code;

    while (left > 0) {
        utf8proc_ssize_t n = next_code(text, left, &code);

        if (n <= 0 || is_control(code)) {
            n = n <= 0 ? 1 : n;
            for (utf8proc_ssize_t i = 0; i < n; i++)
                add_escaped(out, (unsigned char)text[i]);
        } else if (code == '\\') {
            buf_puts(out, "\\\\");
        } else {
            buf_add(out, text, (size_t)n);
        }
        text += n;
        left -= (size_t)n;
    }
}

char *text_visible(const char *text)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    buf_puts(&out, "");
    text_add_visible(&out, text);
    return buf_steal(&out);
}

char *text_nfc(const char *text)
{
    if (!text_is_utf8(text, strlen(text)))
        return NULL;
    return (char *)utf8proc_NFC((const utf8proc_uint8_t *)text);
}

char *text_casefold(const char *text)
{
    utf8proc_uint8_t *out = NULL;

    if (!text_is_utf8(text, strlen(text)))
        return NULL;
    if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &out,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                         UTF8PROC_CASEFOLD) < 0)
        return NULL;
    return (char *)out;
}
