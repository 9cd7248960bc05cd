/* SPDX-License-Identifier: MIT */
#include "common/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    err->kind = kind;
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    return -1;
}

/* In the language of the message, whatever the process speaks to people. */
static const char *error_text(int error)
{
    const char *text = strerrordesc_np(error);

    return text == NULL ? "unknown error" : text;
}

int err_set_errno(struct err *err, const char *fmt, ...)
{
    int saved = errno;
    size_t len;
    va_list ap;

    err->kind = saved == ENOMEM ? ERR_NOMEM : ERR_IO;
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    len = strlen(err->msg);
    (void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
                   error_text(saved));
    return -1;
}

int err_add(struct err *err, const char *fmt, ...)
{
    char inner[sizeof(err->msg)];
    size_t len;
    va_list ap;

    memcpy(inner, err->msg, sizeof(inner));
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    len = strlen(err->msg);
    (void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", inner);
    return -1;
}

int err_exit_status(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE:
        return 0;
    case ERR_USAGE:
        return 2;
    case ERR_CHECKSUM:
        return 4;
    default:
        return 1;
    }
}
