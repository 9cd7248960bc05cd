/* SPDX-License-Identifier: MIT */
/*
 * common/buf.h - a growing run of bytes, NUL-kept, for building text.
 *
 *     CLEANUP(buf_fini) struct buf b = BUF_INIT;
 *     buf_printf(&b, "%u pages", n);
 *     if (b.failed) return err_set(err, ERR_NOMEM, ...);
 *
 * Running out of memory is sticky: it is checked once, at the end.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* NULL until something is added; then data[len] is NUL */
    size_t len;
    size_t cap;
    bool failed; /* an allocation failed; what was added since is lost */
};

#define BUF_INIT          \
    {                     \
        NULL, 0, 0, false \
    }

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for so many bytes behind the content, for a reader to write to; NULL
 * when memory ran out. buf_grow says how many of them are content now. */
char *buf_room(struct buf *b, size_t more);
void buf_grow(struct buf *b, size_t len);
/* Forget the content, keep the memory. */
void buf_clear(struct buf *b);
/* The content as a C string; "" when empty. Borrowed until the next change. */
const char *buf_str(const struct buf *b);
/* Hand the bytes over: the caller frees them. NULL when empty or failed. */
char *buf_steal(struct buf *b);
void buf_fini(struct buf *b);

static inline void buf_fini_at(struct buf *b)
{
    buf_fini(b);
}

#endif
