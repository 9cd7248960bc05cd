/* SPDX-License-Identifier: MIT */
#include "search-cgi/qr.h"

#include <qrencode.h>

#include "common/cleanup.h"

#define MARGIN 4 /* ISO/IEC 18004, 5.3.8 */
#define BLACK  1 /* the lowest bit of a module */

static void qr_free_at(QRcode **at)
{
    QRcode_free(*at);
}

/* Black modules side by side are one stroke. */
static void draw_line(const QRcode *qr, int y, struct buf *path)
{
    const unsigned char *line = qr->data + (size_t)y * (size_t)qr->width;

    for (int x = 0; x < qr->width;) {
        int end = x;

        while (end < qr->width && (line[end] & BLACK) != 0)
            end++;
        if (end > x)
            buf_printf(path, "M%d %dh%dv1h-%dz", x + MARGIN, y + MARGIN,
                       end - x, end - x);
        x = end + 1;
    }
}

int qr_path(const char *text, struct buf *path, int *side, struct err *err)
{
    CLEANUP(qr_free)
    QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

    if (qr == NULL)
        return err_set_errno(err, "libqrencode");
    for (int y = 0; y < qr->width; y++)
        draw_line(qr, y, path);
    *side = qr->width + 2 * MARGIN;
    return path->failed ? err_set(err, ERR_NOMEM, "QR code: out of memory") : 0;
}
