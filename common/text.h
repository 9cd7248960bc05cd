/* SPDX-License-Identifier: MIT */
/*
 * common/text.h - UTF-8 as it comes from outside: is it valid, and how is a
 * name that is not (or that holds a newline) shown on one line.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/* Well-formed UTF-8 (Unicode 15 table 3-7: no surrogates, no overlong forms)
 * without NUL. */
bool text_is_utf8(const char *bytes, size_t len);

/* Valid UTF-8 of one line: no C0 or C1 control character, no DEL. */
bool text_is_one_line(const char *text);

/* Append text so that it is one line of valid UTF-8: control characters and
 * bytes that are not UTF-8 become \\n, \\t or \\xNN, a backslash becomes two.
 */
void text_add_visible(struct buf *out, const char *text);

/* The same as a new string; NULL when out of memory. The caller frees it. */
char *text_visible(const char *text);

/* Canonical composition (NFC, UAX #15); NULL when text is not UTF-8 or memory
 * ran out. The caller frees it. */
char *text_nfc(const char *text);

/* What two names must not share, where upper and lower case, or two ways to
 * write one letter, are the same name: Unicode case folding, then composition.
 * NULL when text is not UTF-8 or memory ran out. The caller frees it. */
char *text_casefold(const char *text);

#endif
