/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_writers.h - how long those wait who write into access.sqlite at
 * the same moment.
 */
#ifndef TEFTER_BENCH_WRITERS_H
#define TEFTER_BENCH_WRITERS_H

#include "common/err.h"

/* `tefter bench writers`: the arguments behind its name. As command_run. */
int bench_writers(int argc, char **argv, struct err *err);

#endif
