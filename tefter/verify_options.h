/* SPDX-License-Identifier: MIT */
/*
 * tefter/verify_options.h - the words and options of `tefter verify`.
 */
#ifndef TEFTER_VERIFY_OPTIONS_H
#define TEFTER_VERIFY_OPTIONS_H

#include "tefter/command.h"

#define DAYS_UNSET (-1)

struct verify_options {
    struct words words;              /* volumes; items are the caller's */
    const char *ocfl, *bagit, *eark; /* a folder outside the archive, or NULL */
    const char *site;                /* NULL: all */
    const char *repair_from;         /* a replica, or NULL */
    bool report, resume;
    long older_than_days; /* DAYS_UNSET */
    double sample;        /* 0: all */
    bool sample_is_percent;
    double bytes_a_second; /* 0: as fast as it goes */
    long jobs;             /* 0: one a core */
};

int verify_options_read(int argc, char **argv, struct verify_options *out,
                        struct err *err);

#endif
