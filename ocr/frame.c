/* SPDX-License-Identifier: MIT */
#include "ocr/frame.h"

#define PAD_PX        8
#define BORDER_PX     10
#define RAW_PAD_PX    4
#define RAW_BORDER_PX 3
#define RAW_LEAST_H   44 /* at 300 dpi */

int frame_pad(bool is_raw)
{
    return is_raw ? RAW_PAD_PX : PAD_PX;
}

PIX *frame_line(PIX *line, bool is_raw, double scale, struct point *by)
{
    int side = is_raw ? RAW_BORDER_PX : BORDER_PX;
    int lacking = is_raw ? (int)(RAW_LEAST_H * scale) - pixGetHeight(line) : 0;
    int above = lacking / 2 > side ? lacking / 2 : side;

    *by = (struct point){side, above};
    return pixAddBorderGeneral(line, side, side, above, above,
                               pixGetDepth(line) == 1 ? 0 : 255);
}
