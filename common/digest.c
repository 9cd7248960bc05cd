/* SPDX-License-Identifier: MIT */
#include "common/digest.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

struct digest {
    EVP_MD_CTX *ctx;
};

static const EVP_MD *algorithm(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_SHA256:
        return EVP_sha256();
    case DIGEST_SHA224:
        return EVP_sha224();
    case DIGEST_SHA384:
        return EVP_sha384();
    case DIGEST_MD5:
        return EVP_md5();
    case DIGEST_SHA1:
        return EVP_sha1();
    case DIGEST_BLAKE2B_512:
        return EVP_blake2b512();
    default:
        return EVP_sha512();
    }
}

int digest_new(enum digest_kind kind, struct digest **out, struct err *err)
{
    CLEANUP(digest_free) struct digest *d = calloc(1, sizeof(*d));

    if (d == NULL || (d->ctx = EVP_MD_CTX_new()) == NULL)
        return err_set(err, ERR_NOMEM, "digest: out of memory");
    if (EVP_DigestInit_ex(d->ctx, algorithm(kind), NULL) != 1)
        return err_set(err, ERR_LIBRARY, "libcrypto: cannot start a digest");
    *out = STEAL(d);
    return 0;
}

int digest_add(struct digest *d, const void *bytes, size_t len, struct err *err)
{
    if (EVP_DigestUpdate(d->ctx, bytes, len) != 1)
        return err_set(err, ERR_LIBRARY, "libcrypto: cannot update a digest");
    return 0;
}

static void write_hex(const unsigned char *raw, unsigned int len,
                      char out[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out;

    for (unsigned int i = 0; i < len && 2 * i + 2 < DIGEST_HEX_SIZE; i++) {
        *at++ = digits[raw[i] >> 4];
        *at++ = digits[raw[i] & 15];
    }
    *at = '\0';
}

int digest_hex(struct digest *d, char out[DIGEST_HEX_SIZE], struct err *err)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    if (EVP_DigestFinal_ex(d->ctx, raw, &len) != 1)
        return err_set(err, ERR_LIBRARY, "libcrypto: cannot finish a digest");
    write_hex(raw, len, out);
    return 0;
}

int hmac_bytes(const void *key, size_t key_len, const void *bytes, size_t len,
               enum digest_kind kind, char out[DIGEST_HEX_SIZE],
               struct err *err)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int raw_len = 0;

    if (key_len > INT_MAX || HMAC(algorithm(kind), key, (int)key_len, bytes,
                                  len, raw, &raw_len) == NULL)
        return err_set(err, ERR_LIBRARY, "libcrypto: cannot make an HMAC");
    write_hex(raw, raw_len, out);
    return 0;
}

void digest_free(struct digest *d)
{
    if (d == NULL)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

int digest_file(const char *path, enum digest_kind kind,
                char out[DIGEST_HEX_SIZE], struct err *err)
{
    CLEANUP(digest_free) struct digest *d = NULL;
    CLEANUP(free) unsigned char *block = malloc(1 << 17);
    CLEANUP(close_fd) int fd = -1;
    ssize_t n;

    if (block == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, "%s", path);
    if (digest_new(kind, &d, err) != 0)
        return -1;
    while ((n = read(fd, block, 1 << 17)) > 0) {
        if (digest_add(d, block, (size_t)n, err) != 0)
            return -1;
    }
    if (n < 0)
        return err_set_errno(err, "%s", path);
    return digest_hex(d, out, err);
}

int digest_bytes(const void *bytes, size_t len, enum digest_kind kind,
                 char out[DIGEST_HEX_SIZE], struct err *err)
{
    CLEANUP(digest_free) struct digest *d = NULL;

    if (digest_new(kind, &d, err) != 0 || digest_add(d, bytes, len, err) != 0)
        return -1;
    return digest_hex(d, out, err);
}

#define BASE64_STEP ((size_t)3 * 1024)

void base64_add(struct buf *out, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    unsigned char text[BASE64_STEP / 3 * 4 + 1];

    while (len > 0) {
        size_t n = len < BASE64_STEP ? len : BASE64_STEP;

        buf_add(out, text, (size_t)EVP_EncodeBlock(text, at, (int)n));
        at += n;
        len -= n;
    }
}
