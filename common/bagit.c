/* SPDX-License-Identifier: MIT */
#include "common/bagit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEX_DIGITS "0123456789abcdefABCDEF"
#define DIGITS     "0123456789"
#define BLANKS     " \t"

const struct bagit_algorithm bagit_algorithms[BAGIT_ALGORITHMS] = {
    {"md5", DIGEST_MD5, 32},
    {"sha1", DIGEST_SHA1, 40},
    {"sha224", DIGEST_SHA224, 56},
    {"sha256", DIGEST_SHA256, 64},
    {"sha384", DIGEST_SHA384, 96},
    {"sha512", DIGEST_SHA512, 128},
    {"blake2b512", DIGEST_BLAKE2B_512, 128},
};

bool bagit_next_line(struct bagit_lines *l)
{
    if (l->at == NULL || *l->at == '\0')
        return false;
    l->line = l->at;
    l->number++;
    l->at += strcspn(l->at, "\r\n");
    if (l->at[0] == '\r' && l->at[1] == '\n')
        *l->at++ = '\0';
    if (*l->at != '\0')
        *l->at++ = '\0';
    return true;
}

/* --- manifests --- */

static bool is_name(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && strncasecmp(name, text, len) == 0;
}

static const struct bagit_algorithm *find_algorithm(const char *text,
                                                    size_t len)
{
    for (size_t i = 0; i < BAGIT_ALGORITHMS; i++) {
        if (is_name(bagit_algorithms[i].name, text, len) ||
            (bagit_algorithms[i].kind == DIGEST_BLAKE2B_512 &&
             is_name("blake2b-512", text, len)))
            return &bagit_algorithms[i];
    }
    return NULL;
}

struct bagit_manifest bagit_manifest_of_name(const char *name)
{
    static const char tags[] = "tagmanifest-", payload[] = "manifest-";
    static const char ending[] = ".txt";
    struct bagit_manifest m = {.of = BAGIT_OF_NOTHING};
    bool is_tags = strncmp(name, tags, strlen(tags)) == 0;
    const char *said = name + strlen(is_tags ? tags : payload);
    size_t len = strlen(name);

    if ((!is_tags && strncmp(name, payload, strlen(payload)) != 0) ||
        strchr(name, '/') != NULL || strlen(said) <= strlen(ending) ||
        strcmp(name + len - strlen(ending), ending) != 0)
        return m;
    len = strlen(said) - strlen(ending);
    m.of = is_tags ? BAGIT_OF_TAGS : BAGIT_OF_PAYLOAD;
    m.algorithm = find_algorithm(said, len);
    m.said = said;
    m.said_length = (int)len;
    return m;
}

bool bagit_split_listed(char *line, struct bagit_listed *out)
{
    size_t len = strspn(line, HEX_DIGITS);
    char *path = line + len + strspn(line + len, BLANKS);

    if (len == 0 || path == line + len || path[0] == '\0')
        return false;
    *out = (struct bagit_listed){.hex = line, .hex_length = (int)len};
    out->has_star = path[0] == '*';
    path += out->has_star;
    out->has_dot = strncmp(path, "./", 2) == 0;
    path += out->has_dot ? 2 : 0;
    out->path = path;
    return true;
}

bool bagit_split_fetched(char *line, struct bagit_fetched *out)
{
    size_t url = strcspn(line, BLANKS);
    char *at = line + url + strspn(line + url, BLANKS);

    at += strcspn(at, BLANKS);
    at += strspn(at, BLANKS);
    *out = (struct bagit_fetched){line, (int)url, at};
    return *at != '\0';
}

void bagit_decode_path(char *path)
{
    static const struct {
        const char *code;
        char meant;
    } codes[] = {{"%0d", '\r'}, {"%0a", '\n'}, {"%25", '%'}};
    char *to = path;

    for (const char *from = path; *from != '\0'; to++) {
        *to = *from;
        for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
            if (strncasecmp(from, codes[i].code, 3) == 0) {
                *to = codes[i].meant;
                from += 2;
                break;
            }
        }
        from++;
    }
    *to = '\0';
}

/* --- labels and values --- */

const char *bagit_value(const char *line, const char *label,
                        enum bagit_spacing spacing)
{
    size_t len = strlen(label);

    if (line == NULL || strncasecmp(line, label, len) != 0)
        return NULL;
    line += len;
    if (spacing == BAGIT_STRICT)
        return strncmp(line, ": ", 2) == 0 && line[2] != ' ' ? line + 2 : NULL;
    line += strspn(line, BLANKS);
    return *line == ':' ? line + 1 + strspn(line + 1, BLANKS) : NULL;
}

/* Digits, a dot, digits, and at most blanks behind them. */
static bool split_dotted(const char *text, uint64_t *whole, uint64_t *part)
{
    size_t len = strspn(text, DIGITS), rest;
    const char *behind = text + len + 1;

    if (len == 0 || text[len] != '.')
        return false;
    rest = strspn(behind, DIGITS);
    if (rest == 0 || behind[rest + strspn(behind + rest, BLANKS)] != '\0')
        return false;
    errno = 0;
    *whole = strtoull(text, NULL, 10);
    *part = strtoull(behind, NULL, 10);
    return errno == 0;
}

bool bagit_version(const char *text, unsigned *major, unsigned *minor)
{
    uint64_t whole, part;

    if (!split_dotted(text, &whole, &part) || whole > 9999 || part > 9999)
        return false;
    *major = (unsigned)whole;
    *minor = (unsigned)part;
    return true;
}

bool bagit_oxum(const char *text, uint64_t *bytes, uint64_t *files)
{
    return split_dotted(text, bytes, files);
}
