/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz_picture.c - any bytes as REGION/SIZE/ROTATION/QUALITY.FORMAT
 * of a small bitonal page: parsed, planned, and when the answer is small, made.
 * A plan that leaves the page or the limits is a bug, and so is a plan that
 * cannot be made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "search-cgi/iiif_image.h"
#include "tests/fuzz/fuzz.h"

#define WIDTH      700
#define HEIGHT     530
#define MADE_UP_TO 20000 /* pixels; larger answers only take longer */

static void must(int rc, const struct err *err)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "fuzz_picture: %s\n", err->msg);
    abort();
}

/* Made once, kept to the end; its file needs no name any more. */
static struct pyramid *the_pyramid(void)
{
    static struct pyramid *pyramid;
    CLEANUP(raster_free) struct raster *r = NULL;
    char dir[] = "/tmp/tefter-fuzz-XXXXXX";
    char temp[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    if (pyramid != NULL)
        return pyramid;
    if (mkdtemp(dir) == NULL)
        abort();
    must(path_format(temp, &err, "%s/.tmp-p", dir), &err);
    must(path_format(path, &err, "%s/p.tif", dir), &err);
    must(raster_new(RASTER_BITONAL, WIDTH, HEIGHT, &r, &err), &err);
    for (size_t i = 0; i < r->stride_bytes * HEIGHT; i++)
        r->data[i] = (uint8_t)(i * 37 >> 3);
    must(pyramid_make_from(r, temp, path, &err), &err);
    must(pyramid_open(path, &pyramid, &err), &err);
    must(dir_remove(dir, &err), &err);
    return pyramid;
}

/* Cut text at its first three slashes; what is missing is "". */
static void cut(char *text, const char *part[4])
{
    for (int i = 0; i < 4; i++) {
        char *slash = i < 3 ? strchr(text, '/') : NULL;

        part[i] = text;
        text += strlen(text);
        if (slash != NULL) {
            *slash = '\0';
            text = slash + 1;
        }
    }
}

static void check_plan(const struct iiif_plan *plan)
{
    struct rect r = plan->region;

    if (r.x < 0 || r.y < 0 || r.w < 1 || r.h < 1 || r.x + r.w > WIDTH ||
        r.y + r.h > HEIGHT)
        abort();
    if (plan->out_w < 1 || plan->out_h < 1 || plan->out_w > IIIF_MAX_SIDE_PX ||
        plan->out_h > IIIF_MAX_SIDE_PX ||
        (uint64_t)plan->out_w * plan->out_h > IIIF_MAX_AREA_PX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(free) char *text = calloc(1, size + 1);
    CLEANUP(buf_fini) struct buf file = BUF_INIT;
    struct iiif_request request;
    struct iiif_plan plan;
    const char *part[4];
    struct err err;

    if (text == NULL)
        abort();
    memcpy(text, bytes, size);
    cut(text, part);
    if (iiif_parse(part[0], part[1], part[2], part[3], &request, &err) != 0 ||
        iiif_plan(&request, WIDTH, HEIGHT, &plan, &err) != 0)
        return 0;
    check_plan(&plan);
    if (plan.out_w * plan.out_h <= MADE_UP_TO)
        must(iiif_image(the_pyramid(), &plan, NULL, &file, &err), &err);
    return 0;
}
