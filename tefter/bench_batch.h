/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_batch.h - `bench batch`: a batch of many small pages taken in.
 */
#ifndef TEFTER_BENCH_BATCH_H
#define TEFTER_BENCH_BATCH_H

#include "common/err.h"

/* @return an exit status, or -1 with err set */
int bench_batch(int argc, char **argv, struct err *err);

#endif
