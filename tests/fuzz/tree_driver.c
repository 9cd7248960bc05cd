/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/tree_driver.c - a fuzz target run without a fuzzer over files,
 * and over folders of folders of them: each file whole, and each small one
 * again with some bytes altered or its end cut off. Nothing there: skipped.
 */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "tests/fuzz/fuzz.h"

#define MAX_FILE_BYTES   ((size_t)64 << 20)
#define SMALL_FILE_BYTES ((size_t)64 << 10)

/* Altered copies are the same in every run. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void run_altered(const struct buf *file)
{
    CLEANUP(free) uint8_t *copy = malloc(file->len);
    uint32_t seed = (uint32_t)file->len;

    if (copy == NULL)
        return;
    for (int round = 0; round < 12; round++) {
        memcpy(copy, file->data, file->len);
        for (int i = 0; i <= round; i++)
            copy[next_random(&seed) % file->len] ^= (uint8_t)next_random(&seed);
        /* half of them where the tags are, as a rule: at one of the ends */
        if (round % 2 == 0) {
            copy[next_random(&seed) % (file->len < 300 ? file->len : 300)] ^=
                (uint8_t)next_random(&seed);
            copy[file->len - 1 -
                 next_random(&seed) % (file->len < 300 ? file->len : 300)] ^=
                (uint8_t)next_random(&seed);
        }
        (void)LLVMFuzzerTestOneInput(copy, round % 4 == 3 ? file->len / 2
                                                          : file->len);
    }
}

static int run_file(const char *path, const struct stat *st, int kind,
                    struct FTW *ftw)
{
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct err err;

    (void)st;
    (void)ftw;
    if (kind != FTW_F)
        return 0;
    if (file_read(path, MAX_FILE_BYTES, &file, &err) != 0 || file.len == 0)
        return 0;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)file.data, file.len);
    if (file.len <= SMALL_FILE_BYTES)
        run_altered(&file);
    return 0;
}

int main(int argc, char **argv)
{
    int ran = 0;

    for (int i = 1; i < argc; i++) {
        if (!file_exists(argv[i])) {
            (void)printf("skipped: %s is not there\n", argv[i]);
            continue;
        }
        if (nftw(argv[i], run_file, 32, FTW_PHYS) != 0)
            return 1;
        ran++;
    }
    return ran > 0 ? 0 : 77;
}
