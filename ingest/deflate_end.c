/* SPDX-License-Identifier: MIT */
#include "ingest/deflate_end.h"

#define ZLIB_CONST /* what is inflated is not written to */
#include <zlib.h>

#define SINK_BYTES 65536u
#define RUN_BYTES  ((size_t)1 << 30) /* zlib counts in unsigned int */

/* *left: bytes that z has not been given yet; *length: what it decodes to (of
 * zlib's own count no more than a long is certain) */
static int inflate_all(z_stream *z, size_t *left, uint64_t *length)
{
    static uint8_t sink[SINK_BYTES]; /* what stands there is not looked at */
    int rc = Z_OK;

    while (rc == Z_OK) {
        if (z->avail_in == 0) {
            z->avail_in = (uInt)(*left < RUN_BYTES ? *left : RUN_BYTES);
            *left -= z->avail_in;
        }
        z->next_out = sink;
        z->avail_out = sizeof(sink);
        rc = inflate(z, Z_NO_FLUSH);
        *length += sizeof(sink) - z->avail_out;
    }
    return rc;
}

enum deflate_end deflate_end_of(const uint8_t *data, size_t bytes,
                                uint64_t needed, uint64_t *surplus)
{
    z_stream z = {.next_in = data};
    uint64_t length = 0;
    int rc;

    if (inflateInit(&z) != Z_OK)
        return DEFLATE_NO_MEMORY;
    rc = inflate_all(&z, &bytes, &length);
    *surplus = bytes + z.avail_in + (length > needed ? length - needed : 0);
    (void)inflateEnd(&z);
    if (rc == Z_STREAM_END)
        return DEFLATE_WHOLE;
    return rc == Z_MEM_ERROR ? DEFLATE_NO_MEMORY : DEFLATE_DAMAGED;
}
