/* SPDX-License-Identifier: MIT */
/*
 * common/err.h - the one error type of Tefter.
 *
 * A function that can fail returns 0 or -1 and takes `struct err *err` as its
 * last parameter. On -1 *err holds a kind, for the caller's decision, and a
 * sentence, for the operator. On 0 *err is untouched. There is no global error
 * state and no allocation, so that "out of memory" can be reported too.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,    /* the caller broke the contract written in the header     */
    ERR_INPUT,    /* the scan or file is not acceptable; it is set aside     */
    ERR_CUT,      /* a file ends too early: cut short, or still being copied */
    ERR_CHECKSUM, /* stored bytes do not match their recorded digest         */
    ERR_EXISTS,   /* the thing to be made is there already                   */
    ERR_ABSENT,   /* the thing asked for is not there                        */
    ERR_BUSY,     /* somebody else holds it; trying again may succeed        */
    ERR_IO,       /* the operating system said no; msg ends with strerror    */
    ERR_NOMEM,    /* allocation failed                                       */
    ERR_LIBRARY,  /* libtiff, tesseract, sqlite... failed; msg names it      */
};

struct err {
    enum err_kind kind;
    char msg[1024]; /* UTF-8, NUL-terminated, no final newline */
};

/* Record an error. Always returns -1, so that it can be the return value. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Record ERR_IO with strerror(errno) behind the message. Returns -1. */
int err_set_errno(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "context: " in front of the message already in *err. Returns -1. */
int err_add(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Exit status for a kind: 0 none, 2 usage, 4 checksum, 1 the rest. */
int err_exit_status(const struct err *err);

#endif
