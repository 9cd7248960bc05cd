/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz.h - the one function of a fuzz target (LLVM, "libFuzzer").
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
