/* SPDX-License-Identifier: MIT */
#include "ocr/training/label.h"

#include <string.h>

#include "common/buf.h"

char *label_of(const char *text)
{
    struct buf out = BUF_INIT;
    char *label;

    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == 'N' && at[1] == 'o') {
            buf_puts(&out, "Nо");
            at++;
        } else
            buf_add(&out, at, 1);
    }
    label = out.failed ? NULL : strdup(buf_str(&out));
    buf_fini(&out);
    return label;
}
