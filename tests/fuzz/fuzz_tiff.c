/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz_tiff.c - any bytes as a scan: walked, decoded, and made into
 * pixels. Whatever is in them is a finding or an error, never a crash.
 *
 * Linked with libFuzzer (clang, SANITIZE set):
 *     fuzz_tiff -max_len=65536 -rss_limit_mb=4096 FOLDER
 * or with tree_driver.c, which runs it over files.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/file.h"
#include "ingest/raster.h"
#include "ingest/tiff_check.h"
#include "tests/fuzz/fuzz.h"

#define MAX_PIXELS ((uint64_t)4 << 20) /* beyond that it only takes time */

static void read_pixels(const struct tiff_report *report, const char *path)
{
    for (size_t i = 0; i < report->image_count && i < 4; i++) {
        const struct tiff_image *image = &report->images[i];
        struct raster *raster = NULL;
        struct err err;

        if ((uint64_t)image->width_px * image->height_px > MAX_PIXELS)
            continue;
        if (raster_read_tiff(path, (uint32_t)i, &raster, &err) == 0)
            raster_free(raster);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    static struct rule_book *rules = NULL;
    CLEANUP(close_fd) int fd = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    struct err err;

    if (rules == NULL && rule_book_new(&rules, &err) != 0)
        abort();
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    if (tiff_check_here(dup(fd), "fuzz", rules, LOOKS_PICTURED, &report,
                        &err) != 0)
        return 0;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    read_pixels(&report, path);
    return 0;
}
