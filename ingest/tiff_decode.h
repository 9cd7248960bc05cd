/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_decode.h - every strip and tile of one image is decoded, once,
 * and what does not decode is written down. Memory is that of one block (16
 * MiB at most for strips; a larger strip goes by rows), whatever the image's
 * height. Private to ingest/.
 */
#ifndef INGEST_TIFF_DECODE_H
#define INGEST_TIFF_DECODE_H

#include "ingest/breach.h"
#include "ingest/quality_sketch.h"
#include "ingest/tiff_handle.h"

/* What an image decoded to. */
struct tiff_decoded {
    uint64_t bytes;    /* of all blocks that decoded           */
    unsigned failures; /* strips, tiles or rows that did not   */
};

/* What is to be decoded; all borrowed. */
struct tiff_decode_job {
    struct tiff_handle *h;
    const struct tiff_layout *layout;
    enum rule rule;        /* what a block that does not decode breaks      */
    struct sketch *sketch; /* is shown every block; NULL: nobody looks      */
};

/* Decode the current image of the handle. Its messages are forgotten before;
 * those of the decoders are left in it.
 * @return 0, or -1 with ERR_NOMEM in log->err */
int tiff_decode(struct breach_log *log, const struct tiff_decode_job *job,
                struct tiff_decoded *out);

#endif
