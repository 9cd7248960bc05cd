/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_search.h - `bench search`: many made records searched beside
 * SQLite's own ranking and Xapian.
 */
#ifndef TEFTER_BENCH_SEARCH_H
#define TEFTER_BENCH_SEARCH_H

#include "common/err.h"

/* @return an exit status, or -1 with err set */
int bench_search(int argc, char **argv, struct err *err);

#endif
