/* SPDX-License-Identifier: MIT */
#include "ingest/identifier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/text.h"

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_slug_char(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == '-';
}

bool slug_is_valid(const char *slug)
{
    size_t len = 0;

    if (!is_alnum(slug[0]))
        return false;
    while (slug[len] != '\0') {
        if (!is_slug_char(slug[len]) || ++len >= SLUG_SIZE)
            return false;
    }
    return true;
}

/* Transliteration Act (State Gazette 19/2009), art. 5: U+0430 to U+044F. */
static const char *const latin[] = {
    "a",  "b",  "v",  "g",   "d", "e",  "zh", "z",  "i",  "y",  "k",
    "l",  "m",  "n",  "o",   "p", "r",  "s",  "t",  "u",  "f",  "h",
    "ts", "ch", "sh", "sht", "a", NULL, "y",  NULL, "yu", "ya",
};

/* Two bytes of UTF-8 as a lower-case Cyrillic letter, or 0. */
static unsigned cyrillic_at(const char *at)
{
    unsigned char b0 = (unsigned char)at[0];
    unsigned char b1;
    unsigned code;

    if (b0 != 0xd0 && b0 != 0xd1) /* the end of the text, too */
        return 0;
    b1 = (unsigned char)at[1];
    code = (b0 & 0x1fu) << 6 | (b1 & 0x3fu);
    if ((b1 & 0xc0) != 0x80)
        return 0;
    if (code >= 0x410 && code <= 0x42f)
        code += 0x20;
    return code >= 0x430 && code <= 0x44f ? code : 0;
}

static void add_dash(struct buf *out)
{
    if (out->len > 0 && out->data[out->len - 1] != '-')
        buf_puts(out, "-");
}

/* Word-final -ия is written -ia (art. 6). Bytes taken, 0 when it is not. */
static size_t add_final_iya(struct buf *out, const char *at)
{
    if (cyrillic_at(at) != 0x438 || cyrillic_at(at + 2) != 0x44f ||
        cyrillic_at(at + 4) != 0)
        return 0;
    buf_puts(out, "ia");
    return 4;
}

static size_t add_cyrillic(struct buf *out, const char *at)
{
    unsigned code = cyrillic_at(at);
    size_t n = add_final_iya(out, at);

    if (n > 0)
        return n;
    if (latin[code - 0x430] == NULL)
        add_dash(out);
    else
        buf_puts(out, latin[code - 0x430]);
    return 2;
}

static size_t add_other(struct buf *out, const char *at)
{
    char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
    size_t n = 1;

    if (is_slug_char(c) && (is_alnum(c) || out->len > 0)) {
        buf_add(out, &c, 1);
        return n;
    }
    while (((unsigned char)at[n] & 0xc0) == 0x80)
        n++;
    add_dash(out);
    return n;
}

int slug_from_name(const char *name, char out[SLUG_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf slug = BUF_INIT;
    CLEANUP(free) char *nfc = text_nfc(name);
    const char *at = nfc != NULL ? nfc : name;

    while (*at != '\0' && slug.len < SLUG_SIZE)
        at += cyrillic_at(at) != 0 ? add_cyrillic(&slug, at)
                                   : add_other(&slug, at);
    if (slug.failed)
        return err_set(err, ERR_NOMEM, "slug: out of memory");
    if (slug.len >= SLUG_SIZE)
        slug.len = SLUG_SIZE - 1;
    while (slug.len > 0 && !is_alnum(slug.data[slug.len - 1]))
        slug.len--;
    if (slug.len == 0)
        return err_set(err, ERR_INPUT,
                       "no identifier can be made of the name \"%s\": it has "
                       "no Latin or Cyrillic letter and no digit",
                       name);
    memcpy(out, slug.data, slug.len);
    out[slug.len] = '\0';
    return 0;
}

static int check_part(const char *what, const char *part, struct err *err)
{
    if (slug_is_valid(part))
        return 0;
    return err_set(err, ERR_INPUT,
                   "%s \"%s\" is not 1 to 64 of a-z 0-9 . _ -, starting with a "
                   "letter or digit",
                   what, part);
}

int volume_id_format(const char *site, const char *series, const char *number,
                     char out[ID_SIZE], struct err *err)
{
    if (check_part("site", site, err) != 0 ||
        check_part("series", series, err) != 0 ||
        check_part("volume number", number, err) != 0)
        return -1;
    (void)snprintf(out, ID_SIZE, "%s/%s/%s", site, series, number);
    return 0;
}

int page_id_format(const char *volume, uint32_t number, char out[ID_SIZE],
                   struct err *err)
{
    struct volume_id id;

    if (volume_id_parse(volume, &id, err) != 0)
        return -1;
    if (number == 0)
        return err_set(err, ERR_INPUT,
                       "page number 0 of %s: pages count from 1", volume);
    (void)snprintf(out, ID_SIZE, "%s/%04" PRIu32, volume, number);
    return 0;
}

/* The part before the next '/' (or the end); NULL when it is no slug. */
static const char *take_part(const char *at, char out[SLUG_SIZE])
{
    size_t len = strcspn(at, "/");

    if (len >= SLUG_SIZE)
        return NULL;
    memcpy(out, at, len);
    out[len] = '\0';
    return slug_is_valid(out) ? at + len : NULL;
}

int volume_id_parse(const char *id, struct volume_id *out, struct err *err)
{
    struct volume_id parsed;
    const char *at = take_part(id, parsed.site);

    if (at != NULL && *at == '/')
        at = take_part(at + 1, parsed.series);
    else
        at = NULL;
    if (at != NULL && *at == '/')
        at = take_part(at + 1, parsed.number);
    else
        at = NULL;
    if (at == NULL || *at != '\0')
        return err_set(err, ERR_INPUT,
                       "\"%s\" is not a volume: expected site/series/number, "
                       "as odesos/family-register/1938-012",
                       id);
    *out = parsed;
    return 0;
}

/* Four digits or more, without needless zeros in front; 0 when it is not. */
static uint32_t parse_number(const char *text)
{
    size_t len = strspn(text, "0123456789");
    uint64_t n = 0;

    if (text[len] != '\0' || len < 4 || len > 10 || (len > 4 && text[0] == '0'))
        return 0;
    for (size_t i = 0; i < len; i++)
        n = n * 10 + (uint64_t)(text[i] - '0');
    return n <= UINT32_MAX ? (uint32_t)n : 0;
}

int page_id_parse(const char *id, char volume[ID_SIZE], uint32_t *number,
                  struct err *err)
{
    const char *slash = strrchr(id, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - id);
    uint32_t n = slash == NULL ? 0 : parse_number(slash + 1);
    char head[ID_SIZE] = "";
    struct volume_id parsed;

    if (len < ID_SIZE)
        memcpy(head, id, len);
    if (n == 0 || len >= ID_SIZE || volume_id_parse(head, &parsed, err) != 0)
        return err_set(err, ERR_INPUT,
                       "\"%s\" is not a page: expected volume and number, as "
                       "odesos/family-register/1938-012/0007",
                       id);
    memcpy(volume, head, len + 1);
    *number = n;
    return 0;
}
