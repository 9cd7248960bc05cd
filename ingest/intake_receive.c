/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "common/space.h"
#include "ingest/check_file.h"
#include "ingest/intake.h"
#include "ingest/listing.h"
#include "ingest/spare_name.h"

#define SPARE_BYTES ((int64_t)64 << 10) /* lists and reasons */

/* The source failed, or the disk here: only the first is the file's fault. */
static int explain_copy(struct scan *scan, int fd, const char *copy,
                        struct err *err)
{
    struct file_digests d;
    struct err why;

    if (lseek(fd, 0, SEEK_SET) == 0 &&
        file_digest(fd, scan->file.name, &d, &why) == 0)
        return err_add(err, "nothing of this batch was taken in");
    if (errno_is_of_disk(errno)) {
        *err = why;
        return err_add(err, "the share or disk of the batch went away, nothing "
                            "of it was taken in");
    }
    (void)unlink(copy);
    return rule_broken(scan->rules, &scan->file.findings, RULE_FILE_UNREADABLE,
                       -1, 0, err, "%s", why.msg);
}

static int check_bag_digest(const struct intake *in, struct scan *scan,
                            const char *copy)
{
    const struct bag *bag = source_bag(in->source);

    if (bag == NULL || !bag_lists(bag, scan->path))
        return 0;
    return bag_check_file(bag, scan->path, copy, &scan->digests,
                          &scan->file.findings, in->err);
}

static bool is_sha256(const char *text)
{
    return strlen(text) == 64 &&
           text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

static int check_listed_digest(struct scan *scan, struct err *err)
{
    const struct batch_cell *cell;

    if (scan->row == NULL)
        return 0;
    cell = &scan->row->cells[COLUMN_SHA256];
    if (*cell->text != '\0' && !is_sha256(cell->text))
        return rule_broken(
            scan->rules, &scan->file.findings, RULE_BATCH_DIGEST, -1, 0, err,
            BATCH_CSV_NAME ":%u:%u: \"%.80s\" is no SHA-256; expected 64 "
                           "digits of 0-9 a-f, or nothing",
            cell->line, cell->column, cell->text);
    if (*cell->text == '\0' ||
        strcasecmp(cell->text, scan->digests.sha256) == 0)
        return 0;
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_DIGEST, -1, 0, err,
        BATCH_CSV_NAME ":%u:%u: the file has the SHA-256 %s, the list says "
                       "%.80s: it was altered after it was listed, copy it "
                       "again",
        cell->line, cell->column, scan->digests.sha256, cell->text);
}

static int check_listed_language(struct scan *scan, struct err *err)
{
    const struct batch_cell *cell;

    if (scan->row == NULL)
        return 0;
    cell = &scan->row->cells[COLUMN_LANGUAGE];
    if (language_is_name(cell->text))
        return 0;
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_LANGUAGE, -1, 0, err,
        BATCH_CSV_NAME ":%u:%u: language \"%s\" is not a language's name; "
                       "expected one as auto, bul or bul+eng",
        cell->line, cell->column, cell->text);
}

static int check_listed_replace(struct scan *scan, struct err *err)
{
    const struct batch_cell *cell;

    if (scan->row == NULL)
        return 0;
    cell = &scan->row->cells[COLUMN_REPLACE];
    if (*cell->text == '\0' || strcmp(cell->text, "yes") == 0 ||
        strcmp(cell->text, "no") == 0)
        return 0;
    return rule_broken(scan->rules, &scan->file.findings, RULE_BATCH_REPLACE,
                       -1, 0, err,
                       BATCH_CSV_NAME ":%u:%u: replace \"%s\" is neither yes "
                                      "nor no",
                       cell->line, cell->column, cell->text);
}

static int copy_scan(struct intake *in, size_t i, int fd)
{
    struct scan *scan = &in->listing.scans[i];
    char copy[PATH_SIZE];

    if (staging_incoming_path(in->staging, i, copy, in->err) != 0)
        return -1;
    if (source_copy(in->source, scan, fd, copy, &scan->digests, in->err) != 0)
        return explain_copy(scan, fd, copy, in->err);
    scan->has_copy = true;
    if (check_bag_digest(in, scan, copy) != 0 ||
        check_listed_replace(scan, in->err) != 0)
        return -1;
    return check_listed_digest(scan, in->err) != 0
               ? -1
               : check_listed_language(scan, in->err);
}

/* Tell a scan from what lies beside it. 1 it is to be copied. */
static int classify(struct intake *in, struct scan *scan, int fd)
{
    struct media media = {MEDIA_OTHER, NULL};

    if (scan_sniff(fd, scan->rules, &scan->file.findings, &media, in->err) != 0)
        return -1;
    if (media.name == NULL) /* unreadable, said so */
        return 0;
    if (media.kind == MEDIA_ARCHIVE)
        scan->is_scan = true;
    if (!scan->is_scan &&
        (media.kind == MEDIA_OTHER || media.kind == MEDIA_EMPTY))
        return rule_broken(
            scan->rules, &scan->file.findings, RULE_FILE_IGNORED, -1, 0,
            in->err, "it is %s and no scan: left where it is", media.name);
    scan->is_scan = true;
    scan->is_tiff = media.kind == MEDIA_TIFF;
    if (scan->row == NULL && name_is_spare(path_base(scan->path)) &&
        rule_broken(scan->rules, &scan->file.findings, RULE_FILE_SPARE, -1, 0,
                    in->err,
                    "its name is that of a backup or of a copy under way; "
                    "delete it, or rename it if it is a page") != 0)
        return -1;
    if (in->csv != NULL && scan->row == NULL &&
        rule_broken(scan->rules, &scan->file.findings, RULE_BATCH_NOT_LISTED,
                    -1, 0, in->err,
                    "the file is not in " BATCH_CSV_NAME
                    "; list it with its volume and page") != 0)
        return -1;
    return scan_kind_finding(media, scan->rules, &scan->file.findings,
                             in->err) != 0
               ? -1
               : 1;
}

/* What is no scan stays where it is; a bag says all the same what it is. */
static int check_beside(const struct intake *in, struct scan *scan, int fd,
                        const char *path)
{
    struct err why;

    if (source_bag(in->source) == NULL)
        return 0;
    if (file_digest(fd, scan->file.name, &scan->digests, &why) != 0)
        return rule_broken(scan->rules, &scan->file.findings,
                           RULE_FILE_UNREADABLE, -1, 0, in->err, "%s", why.msg);
    return check_bag_digest(in, scan, path);
}

static int receive(struct intake *in, size_t i)
{
    struct scan *scan = &in->listing.scans[i];
    CLEANUP(close_fd) int fd = -1;
    char path[PATH_SIZE];
    struct err why;
    int rc;

    if (!scan->is_file || scan->is_list)
        return 0;
    if (source_path(in->source, scan, path, in->err) != 0)
        return -1;
    if (scan_open(path, scan->rules, &scan->file.findings, &fd, &why) != 0) {
        if (why.kind != ERR_ABSENT) {
            *in->err = why;
            return -1;
        }
        return rule_broken(scan->rules, &scan->file.findings,
                           RULE_FILE_UNREADABLE, -1, 0, in->err,
                           "the file has gone while the batch was taken in");
    }
    if (fd < 0) {
        scan->is_scan = true; /* it cannot be told that it is none */
        return 0;
    }
    rc = classify(in, scan, fd);
    if (rc == 0 && !scan->is_scan)
        return check_beside(in, scan, fd, path);
    return rc <= 0 ? rc : copy_scan(in, i, fd);
}

/* Room for all that comes is asked for before the first byte is copied; the
 * reading stage will want some more. */
static int check_room(const struct intake *in)
{
    int64_t bytes = source_bytes(in->source);

    if (space_need(in->request->staging, bytes + bytes / 16 + SPARE_BYTES,
                   in->err) == 0)
        return 0;
    return err_add(in->err, "%s: nothing of this batch was taken in",
                   in->batch->source);
}

int intake_receive(struct intake *in)
{
    size_t scans = 0;

    if (check_room(in) != 0)
        return -1;
    progress_phase(in->progress, "copying", in->listing.count);
    for (size_t i = 0; i < in->listing.count; i++) {
        if (receive(in, i) != 0)
            return -1;
        scans += in->listing.scans[i].is_scan;
        progress_set(in->progress, i + 1);
    }
    if (source_check(in->source, in->err) != 0)
        return -1;
    if (scans == 0)
        return err_set(in->err, ERR_INPUT,
                       "%s: there is no scan in the folder; expected TIFF "
                       "files",
                       in->batch->source);
    return 0;
}
