/* SPDX-License-Identifier: MIT */
/*
 * common/log.h - one line an event on stderr: UTC time, level, key=value text.
 * Values are made visible (common/text.h), so that a line stays a line. No
 * personal data of readers is ever logged.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
