/* SPDX-License-Identifier: MIT */
#include "ingest/check_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/text.h"
#include "ingest/ingest.h"
#include "ingest/rules.h"

enum file_verdict verdict_of(const struct finding_list *findings)
{
    switch (finding_list_worst(findings)) {
    case SEVERITY_ERROR:
        return VERDICT_REJECT;
    case SEVERITY_WARNING:
        return VERDICT_WARN;
    default:
        return VERDICT_ACCEPT;
    }
}

static const char *kind_name(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

static int say_unreadable(struct finding_list *findings, struct err *err)
{
    if (errno == EACCES || errno == EPERM)
        return rule_broken(findings, RULE_FILE_UNREADABLE, -1, 0, err,
                           "no permission to read the file; give the archive's "
                           "user the right to read it");
    if (errno_is_of_disk(errno))
        return err_set_errno(err, "the share or disk it lies on went away");
    return rule_broken(findings, RULE_FILE_UNREADABLE, -1, 0, err,
                       "the file cannot be read: %s", strerror(errno));
}

int scan_open(const char *path, struct finding_list *findings, int *fd,
              struct err *err)
{
    CLEANUP(close_fd) int opened = -1;
    struct stat st;

    if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(err, ERR_ABSENT, "%s: there is no such file", path);
    /* Not blocking: opening a pipe would wait for its other end. */
    opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0 && errno != ENXIO)
        return say_unreadable(findings, err);
    if (opened >= 0 && fstat(opened, &st) != 0)
        return say_unreadable(findings, err);
    if (!S_ISREG(st.st_mode))
        return rule_broken(findings, RULE_FILE_KIND, -1, 0, err,
                           "it is %s, expected a TIFF file",
                           kind_name(st.st_mode));
    *fd = opened;
    opened = -1;
    return 0;
}

int scan_sniff(int fd, struct finding_list *findings, struct media *out,
               struct err *err)
{
    uint8_t head[MEDIA_HEAD_BYTES];
    ssize_t n;

    do {
        n = pread(fd, head, sizeof(head), 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return say_unreadable(findings, err);
    *out = media_of(head, (size_t)n);
    return 0;
}

int scan_kind_finding(struct media media, struct finding_list *findings,
                      struct err *err)
{
    switch (media.kind) {
    case MEDIA_TIFF:
        return 0;
    case MEDIA_EMPTY:
        return rule_broken(findings, RULE_FILE_EMPTY, -1, 0, err,
                           "the file is %s, expected a TIFF; copy or scan it "
                           "again",
                           media.name);
    case MEDIA_PICTURE:
        return rule_broken(findings, RULE_OTHER_PICTURE, -1, 0, err,
                           "it is %s, expected a TIFF; set the scanner to TIFF "
                           "and scan the page again",
                           media.name);
    case MEDIA_ARCHIVE:
        return rule_broken(findings, RULE_BATCH_ARCHIVE, -1, 0, err,
                           "it is %s inside the batch, and is not opened; give "
                           "it as a batch of its own, or unpack it here",
                           media.name);
    default:
        return rule_broken(findings, RULE_NOT_TIFF, -1, 0, err,
                           "it is %s, expected a TIFF (first bytes II or MM)",
                           media.name);
    }
}

int scan_check(int fd, const char *name, struct finding_list *findings,
               struct tiff_image **images, size_t *image_count, struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};

    if (tiff_check(fd, name, &report, err) != 0 ||
        finding_list_append(findings, &report.findings, err) != 0)
        return -1;
    if (images != NULL) {
        *images = STEAL(report.images);
        *image_count = report.image_count;
    }
    return 0;
}

static int check_path(const char *path, struct batch_file *file,
                      struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    struct media media = {MEDIA_OTHER, NULL};

    if (scan_open(path, &file->findings, &fd, err) != 0)
        return -1;
    if (fd < 0)
        return 0;
    if (scan_sniff(fd, &file->findings, &media, err) != 0)
        return -1;
    if (media.name == NULL)
        return 0;
    if (media.kind != MEDIA_TIFF)
        return scan_kind_finding(media, &file->findings, err);
    return scan_check(fd, path_base(file->name), &file->findings, NULL, NULL,
                      err);
}

int ingest_check_file(const char *path, struct batch_file *out, struct err *err)
{
    struct batch_file file = {text_visible(path), VERDICT_ACCEPT, {NULL, 0}};
    int rc;

    if (file.name == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    rc = check_path(path, &file, err);
    if (rc != 0) {
        batch_file_fini(&file);
        return -1;
    }
    file.verdict = verdict_of(&file.findings);
    *out = file;
    return 0;
}
