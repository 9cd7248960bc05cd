/* SPDX-License-Identifier: MIT */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/text.h"

static void write_line(const char *level, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void write_line(const char *level, const char *fmt, va_list ap)
{
    CLEANUP(buf_fini) struct buf line = BUF_INIT;
    char now[CLOCK_RFC3339_SIZE];
    char text[2048];

    (void)vsnprintf(text, sizeof(text), fmt, ap);
    clock_now_rfc3339(now);
    buf_printf(&line, "%s %s ", now, level);
    text_add_visible(&line, text);
    (void)fprintf(stderr, "%s\n", buf_str(&line));
}

void log_info(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    write_line("info", fmt, ap);
    va_end(ap);
}

void log_warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    write_line("warn", fmt, ap);
    va_end(ap);
}

void log_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    write_line("error", fmt, ap);
    va_end(ap);
}
