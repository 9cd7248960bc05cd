/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_pack.h - bench pack and bench verify: what it costs to make a
 * package of many pages, and to check it, on volumes made for it.
 */
#ifndef TEFTER_BENCH_PACK_H
#define TEFTER_BENCH_PACK_H

#include "common/err.h"

int bench_pack(int argc, char **argv, struct err *err);
int bench_verify(int argc, char **argv, struct err *err);

#endif
