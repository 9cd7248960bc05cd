/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_run.h - a whole program run and measured: CPU seconds and peak
 * memory are the operating system's own (wait4), its children included.
 */
#ifndef TEFTER_BENCH_RUN_H
#define TEFTER_BENCH_RUN_H

#include <stdint.h>

#include "common/err.h"

struct bench_usage {
    double cpu_s, wall_s;
    int64_t peak_bytes; /* of the largest process among them */
    int status;         /* exit status; 128: killed          */
};

/* Run a program to its end, what it prints going to a file. ERR_ABSENT: it is
 * not installed. */
int bench_run(char *const argv[], const char *output, struct bench_usage *out,
              struct err *err);
/* For an argv of literals, which nobody writes into. */
char *bench_text(const char *text);

#endif
