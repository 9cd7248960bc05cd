/* SPDX-License-Identifier: MIT */
#include "ingest/check_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/text.h"
#include "ingest/checker.h"
#include "ingest/ingest.h"
#include "ingest/quality_intake.h"
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

bool scan_has_name(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL && *path_base(path) != '.' &&
           (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0);
}

int scan_check_name(const char *path, const struct rule_book *rules,
                    struct finding_list *findings, struct err *err)
{
    if (!text_is_utf8(path, strlen(path)))
        return rule_broken(rules, findings, RULE_FILE_NAME, -1, 0, err,
                           "the name is not UTF-8; rename the file");
    if (!text_is_one_line(path))
        return rule_broken(rules, findings, RULE_FILE_NAME, -1, 0, err,
                           "the name has a line break or another control "
                           "character in it; rename the file");
    return 0;
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

static int say_unreadable(const struct rule_book *rules,
                          struct finding_list *findings, struct err *err)
{
    if (errno == EACCES || errno == EPERM)
        return rule_broken(rules, findings, RULE_FILE_UNREADABLE, -1, 0, err,
                           "no permission to read the file; give the archive's "
                           "user the right to read it");
    if (errno_is_of_disk(errno))
        return err_set_errno(err, "the share or disk it lies on went away");
    return rule_broken(rules, findings, RULE_FILE_UNREADABLE, -1, 0, err,
                       "the file cannot be read: %s", strerror(errno));
}

int scan_open(const char *path, const struct rule_book *rules,
              struct finding_list *findings, int *fd, struct err *err)
{
    CLEANUP(close_fd) int opened = -1;
    struct stat st;

    if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return err_set(err, ERR_ABSENT, "%s: there is no such file", path);
    /* Not blocking: opening a pipe would wait for its other end. */
    opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (opened < 0 && errno != ENXIO)
        return say_unreadable(rules, findings, err);
    if (opened >= 0 && fstat(opened, &st) != 0)
        return say_unreadable(rules, findings, err);
    if (!S_ISREG(st.st_mode))
        return rule_broken(rules, findings, RULE_FILE_KIND, -1, 0, err,
                           "it is %s, expected a TIFF file",
                           kind_name(st.st_mode));
    *fd = opened;
    opened = -1;
    return 0;
}

int scan_sniff(int fd, const struct rule_book *rules,
               struct finding_list *findings, struct media *out,
               struct err *err)
{
    uint8_t head[MEDIA_HEAD_BYTES];
    ssize_t n;

    do {
        n = pread(fd, head, sizeof(head), 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return say_unreadable(rules, findings, err);
    *out = media_of(head, (size_t)n);
    return 0;
}

int scan_kind_finding(struct media media, const struct rule_book *rules,
                      struct finding_list *findings, struct err *err)
{
    switch (media.kind) {
    case MEDIA_TIFF:
        return 0;
    case MEDIA_EMPTY:
        return rule_broken(rules, findings, RULE_FILE_EMPTY, -1, 0, err,
                           "the file is %s, expected a TIFF; copy or scan it "
                           "again",
                           media.name);
    case MEDIA_PICTURE:
        return rule_broken(rules, findings, RULE_OTHER_PICTURE, -1, 0, err,
                           "it is %s, expected a TIFF; set the scanner to TIFF "
                           "and scan the page again",
                           media.name);
    case MEDIA_ARCHIVE:
        return rule_broken(rules, findings, RULE_BATCH_ARCHIVE, -1, 0, err,
                           "it is %s inside the batch, and is not opened; give "
                           "it as a batch of its own, or unpack it here",
                           media.name);
    default:
        return rule_broken(rules, findings, RULE_NOT_TIFF, -1, 0, err,
                           "it is %s, expected a TIFF (first bytes II or MM)",
                           media.name);
    }
}

/* --- single files, without an archive --- */

/* A file on its way: its verdict waits for the checker when it is a TIFF. */
struct pending {
    struct batch_file file;
    bool is_tiff, is_ignored;
};

struct file_checker {
    const struct rule_book *rules;
    struct checker *checker;
    struct pending *ring;
    size_t head, count;
};

/* As many as the descriptors of a process allow: of them, those that are no
 * TIFFs have none. */
#define ROOM ((size_t)1024)

int file_checker_open(const struct rule_book *rules, unsigned jobs,
                      enum file_looks looks, struct file_checker **out,
                      struct err *err)
{
    CLEANUP(file_checker_close)
    struct file_checker *c = calloc(1, sizeof(*c));

    if (c != NULL)
        c->ring = calloc(ROOM, sizeof(*c->ring));
    if (c == NULL || c->ring == NULL)
        return err_set(err, ERR_NOMEM, "check: out of memory");
    c->rules = rules;
    if (checker_open(rules, jobs,
                     looks == FILE_LOOKED_AT ? LOOKS_JUDGED : LOOKS_PASSED_OVER,
                     &c->checker, err) != 0)
        return -1;
    *out = STEAL(c);
    return 0;
}

void file_checker_close(struct file_checker *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->count; i++)
        batch_file_fini(&c->ring[(c->head + i) % ROOM].file);
    checker_close(c->checker);
    free(c->ring);
    free(c);
}

bool file_checker_has_room(const struct file_checker *c)
{
    return c->count < ROOM && checker_has_room(c->checker);
}

/* What lies beside the scans of a folder, as ingest would pass it over. */
static int pass_over(struct file_checker *c, struct pending *p,
                     struct media media, struct err *err)
{
    p->is_ignored = true;
    return rule_broken(c->rules, &p->file.findings, RULE_FILE_IGNORED, -1, 0,
                       err, "it is %s and no scan", media.name);
}

/* Findings on what is no TIFF; a TIFF goes to the checker. */
static int look_at(struct file_checker *c, const char *path,
                   enum file_origin origin, struct pending *p, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    struct media media = {MEDIA_OTHER, NULL};
    int given;

    if (scan_check_name(path_base(path), c->rules, &p->file.findings, err) !=
            0 ||
        scan_open(path, c->rules, &p->file.findings, &fd, err) != 0)
        return -1;
    if (fd < 0)
        return 0;
    if (scan_sniff(fd, c->rules, &p->file.findings, &media, err) != 0)
        return -1;
    if (media.name == NULL)
        return 0;
    if (origin == FILE_FOUND && !scan_has_name(path) &&
        (media.kind == MEDIA_OTHER || media.kind == MEDIA_EMPTY))
        return pass_over(c, p, media, err);
    if (media.kind != MEDIA_TIFF)
        return scan_kind_finding(media, c->rules, &p->file.findings, err);
    given = fd;
    fd = -1;
    p->is_tiff = true;
    return checker_add(c->checker, given, path_base(p->file.name), err);
}

int file_checker_add(struct file_checker *c, const char *path,
                     enum file_origin origin, struct err *err)
{
    struct pending *p = &c->ring[(c->head + c->count) % ROOM];

    *p = (struct pending){
        .file = {.name = text_visible(path), .verdict = VERDICT_ACCEPT}};
    if (p->file.name == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (look_at(c, path, origin, p, err) != 0) {
        batch_file_fini(&p->file);
        return -1;
    }
    c->count++;
    return 0;
}

/* Figures and size of each image are all that stays of them. */
static int take_qualities(const struct tiff_report *report,
                          struct batch_file *file, struct err *err)
{
    if (report->image_count == 0)
        return 0;
    file->qualities = calloc(report->image_count, sizeof(*file->qualities));
    file->views = calloc(report->image_count, sizeof(*file->views));
    if (file->qualities == NULL || file->views == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", file->name);
    for (size_t i = 0; i < report->image_count; i++) {
        file->qualities[i] = report->images[i].quality;
        file->views[i] = image_view(&report->images[i]);
    }
    file->image_count = (uint32_t)report->image_count;
    return 0;
}

int file_checker_next(struct file_checker *c, struct batch_file *out,
                      struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    struct pending *p = &c->ring[c->head];

    if (p->is_tiff &&
        (checker_next(c->checker, &report, err) != 0 ||
         finding_list_append(&p->file.findings, &report.findings, err) != 0 ||
         take_qualities(&report, &p->file, err) != 0))
        return -1;
    p->file.verdict =
        p->is_ignored ? VERDICT_IGNORE : verdict_of(&p->file.findings);
    *out = p->file;
    p->file = (struct batch_file){.name = NULL};
    c->head = (c->head + 1) % ROOM;
    c->count--;
    return 0;
}

int ingest_check_file(const char *path, const struct rule_book *rules,
                      struct batch_file *out, struct err *err)
{
    CLEANUP(file_checker_close) struct file_checker *c = NULL;

    return file_checker_open(rules, 1, FILE_LOOKED_AT, &c, err) != 0 ||
                   file_checker_add(c, path, FILE_NAMED, err) != 0
               ? -1
               : file_checker_next(c, out, err);
}
