/* SPDX-License-Identifier: MIT */
/*
 * common/digest.h - message digests (FIPS 180-4) and base64, by OpenSSL's
 * libcrypto.
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

enum digest_kind {
    DIGEST_SHA256,
    DIGEST_SHA512,
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_BLAKE2B_512, /* RFC 7693 */
    DIGEST_SHA224,
    DIGEST_SHA384
};

#define DIGEST_HEX_SIZE                                  \
    129 /* the longest, SHA-512, in lower-case hex + NUL \
         */

struct digest;

int digest_new(enum digest_kind kind, struct digest **out, struct err *err);
int digest_add(struct digest *d, const void *bytes, size_t len,
               struct err *err);
/* The digest of all that was added; d can only be freed afterwards. */
int digest_hex(struct digest *d, char out[DIGEST_HEX_SIZE], struct err *err);
void digest_free(struct digest *d);
DEFINE_CLEANUP(struct digest, digest_free)

/* Digest of a whole file. ERR_IO, ERR_LIBRARY. */
int digest_file(const char *path, enum digest_kind kind,
                char out[DIGEST_HEX_SIZE], struct err *err);
int digest_bytes(const void *bytes, size_t len, enum digest_kind kind,
                 char out[DIGEST_HEX_SIZE], struct err *err);

/* The HMAC (RFC 2104) of bytes by a key, in hex. ERR_LIBRARY. */
int hmac_bytes(const void *key, size_t key_len, const void *bytes, size_t len,
               enum digest_kind kind, char out[DIGEST_HEX_SIZE],
               struct err *err);

/* Append bytes as base64 (RFC 4648, section 4). */
void base64_add(struct buf *out, const void *bytes, size_t len);

#endif
