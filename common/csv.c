/* SPDX-License-Identifier: MIT */
#include "common/csv.h"

#include <string.h>

void csv_text(struct buf *out, const char *text, const char *end)
{
    buf_puts(out, "\"");
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        buf_puts(out, "'");
    for (; *text != '\0'; text++)
        buf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    buf_printf(out, "\"%s", end);
}
