/* SPDX-License-Identifier: MIT */
/* `tefter bench relevance`: is the person found who was asked for? */
#ifndef TEFTER_BENCH_RELEVANCE_H
#define TEFTER_BENCH_RELEVANCE_H

#include "common/err.h"

int bench_relevance(int argc, char **argv, struct err *err);

#endif
