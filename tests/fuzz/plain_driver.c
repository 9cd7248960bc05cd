/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/plain_driver.c - a fuzz target run over files, without a fuzzer:
 * each file of each folder given, whole, cut in the middle, and each of its
 * first bytes altered. So the ordinary test run with gcc meets the corpus too.
 */
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "tests/fuzz/fuzz.h"

#define MAX_BYTES   ((size_t)1 << 20)
#define MAX_ALTERED 64

static void run_bytes(struct buf *bytes)
{
    char *data = bytes->data;

    (void)LLVMFuzzerTestOneInput((const uint8_t *)data, bytes->len);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)data, bytes->len / 2);
    for (size_t i = 0; i < bytes->len && i < MAX_ALTERED; i++) {
        static const char with[] = {'\0', '"', '-', '*', ' ', '\x80', '\xff'};
        char was = data[i];

        for (size_t w = 0; w < sizeof(with); w++) {
            data[i] = with[w];
            (void)LLVMFuzzerTestOneInput((const uint8_t *)data, bytes->len);
        }
        data[i] = was;
    }
}

static int run_folder(const char *folder, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};

    if (dir_list(folder, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        char path[PATH_SIZE];

        if (path_format(path, err, "%s/%s", folder, files.names[i]) != 0 ||
            file_read(path, MAX_BYTES, &bytes, err) != 0)
            return -1;
        run_bytes(&bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct err err;

    for (int i = 1; i < argc; i++)
        if (run_folder(argv[i], &err) != 0) {
            (void)fprintf(stderr, "%s\n", err.msg);
            return 1;
        }
    return 0;
}
