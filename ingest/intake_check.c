/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "ingest/checker.h"
#include "ingest/intake.h"

/* Pictures go to the disk at once: those of a whole batch would not fit into
 * memory. */
static int put_pictures(struct intake *in, size_t i)
{
    struct scan *scan = &in->listing.scans[i];

    scan->file.image_count = (uint32_t)scan->image_count;
    for (size_t k = 0; k < scan->image_count; k++) {
        struct buf *picture = &scan->images[k].picture;

        if (picture->len == 0)
            continue;
        if (staging_put_picture(in->staging, i, (uint32_t)k, picture,
                                in->err) != 0)
            return -1;
        buf_fini(picture);
        *picture = (struct buf)BUF_INIT;
        scan->images[k].has_picture = true;
    }
    return 0;
}

static bool is_checked(const struct scan *scan)
{
    return scan->has_copy && scan->is_tiff;
}

static int begin_check(struct intake *in, struct checker *checker, size_t i)
{
    const struct scan *scan = &in->listing.scans[i];
    char path[PATH_SIZE];
    int fd;

    if (staging_incoming_path(in->staging, i, path, in->err) != 0)
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(in->err, "cannot open %s", path);
    return checker_add(checker, fd, path_base(scan->file.name), in->err);
}

static int end_check(struct intake *in, struct checker *checker, size_t i)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    struct scan *scan = &in->listing.scans[i];

    if (checker_next(checker, &report, in->err) != 0 ||
        finding_list_append(&scan->file.findings, &report.findings, in->err) !=
            0)
        return -1;
    scan->images = STEAL(report.images);
    scan->image_count = report.image_count;
    report.image_count = 0;
    if (put_pictures(in, i) != 0)
        return -1;
    if (scan->image_count == 0 && !scan_is_rejected(scan))
        return rule_broken(scan->rules, &scan->file.findings, RULE_READABLE, -1,
                           0, in->err, "no page was found in it");
    return 0;
}

int intake_check(struct intake *in)
{
    CLEANUP(checker_close) struct checker *checker = NULL;
    size_t count = in->listing.count, begun = 0;

    if (checker_open(in->rules, in->request->jobs, LOOKS_PICTURED, &checker,
                     in->err) != 0)
        return -1;
    progress_phase(in->progress, "checking", count);
    for (size_t i = 0; i < count; i++) {
        for (; begun < count && checker_has_room(checker); begun++) {
            if (is_checked(&in->listing.scans[begun]) &&
                begin_check(in, checker, begun) != 0)
                return -1;
        }
        if (is_checked(&in->listing.scans[i]) && end_check(in, checker, i) != 0)
            return -1;
        progress_set(in->progress, i + 1);
    }
    return 0;
}
