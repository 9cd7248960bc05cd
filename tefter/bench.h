/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench.h - what the benches share: a program run to its end and what it
 * cost, by the operating system's own count (wait4).
 */
#ifndef TEFTER_BENCH_H
#define TEFTER_BENCH_H

#include <stdint.h>

#include "tefter/command.h"

struct usage {
    double cpu_s; /* of it and all its children                  */
    double wall_s;
    int64_t peak_bytes; /* resident, of the largest of these processes */
    int status;
};

/* Its output goes to a file. ERR_ABSENT when it is not installed. */
int bench_run(char *const argv[], const char *output, struct usage *out,
              struct err *err);
char *bench_word(const char *text); /* for argv: nobody writes to it */

/* `bench batch` */
int bench_batch(int argc, char **argv, struct err *err);

#endif
