/* SPDX-License-Identifier: MIT */
/*
 * ingest/deflate_end.h - does a Deflate strip or tile end as RFC 1950 says?
 * Its last bytes are a checksum of the pixels (section 2.2, ADLER32), which
 * libtiff leaves alone once it has all of them. Private to ingest/.
 */
#ifndef INGEST_DEFLATE_END_H
#define INGEST_DEFLATE_END_H

#include <stddef.h>
#include <stdint.h>

enum deflate_end {
    DEFLATE_WHOLE,   /* the checksum is there, and right              */
    DEFLATE_DAMAGED, /* it lacks, is wrong, or something before it is */
    DEFLATE_NO_MEMORY
};
/* @param needed   bytes that its pixels are
 * @param surplus  set when it is whole: bytes that stand behind its end, and
 *                 those that it decodes to beyond what is needed */
enum deflate_end deflate_end_of(const uint8_t *data, size_t bytes,
                                uint64_t needed, uint64_t *surplus);

#endif
