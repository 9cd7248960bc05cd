/* SPDX-License-Identifier: MIT */
/*
 * samples/picture.h - the scanned picture: from the drawn sheet to grey
 * levels, through the scanner's light and noise, to a TIFF 6.0 file.
 *
 * Lifecycle: picture_from_sheet -> picture_degrade -> picture_write ->
 * picture_free.
 */
#ifndef SAMPLES_PICTURE_H
#define SAMPLES_PICTURE_H

#include "samples/sheet.h"

enum encoding { ENCODING_GREY_LZW, ENCODING_BITONAL_G4 };

struct picture {
    struct size size;
    uint8_t *grey; /* rows from the top, one byte a pixel, 255 white */
};

/** Take the sheet's pixels; NULL if memory is short. */
struct picture *picture_from_sheet(const struct sheet *sheet);

/** Do to the picture what the sheet's look says the scanner did. */
void picture_degrade(struct picture *picture, struct sheet *sheet);

/**
 * Write the picture at 300 dpi, Orientation 1.
 *
 * @return 0, or -1 when libtiff could not write it (it says why on stderr)
 */
int picture_write(const struct picture *picture, enum encoding encoding,
                  const char *path);

/** Free a picture; NULL is allowed. */
void picture_free(struct picture *picture);

#endif
