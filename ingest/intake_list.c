/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "ingest/intake.h"
#include "ingest/listing.h"

#define MAX_CSV_BYTES ((size_t)64 << 20)

static int set_list_aside(struct intake *in, const char *copy,
                          const struct err *why)
{
    char name[] = BATCH_CSV_NAME;

    return intake_set_batch_aside(
        in, RULE_BATCH_CSV, name, copy,
        copy == NULL ? "unreadable" : in->csv_digests.sha256, why);
}

static struct scan *list_of(struct intake *in)
{
    for (size_t i = 0; i < in->listing.count; i++) {
        if (in->listing.scans[i].is_list)
            return &in->listing.scans[i];
    }
    return NULL;
}

/* One list, which is a file: pages of a batch whose list is passed over would
 * become another volume's. */
static int check_is_list(const struct intake *in, const struct scan *list,
                         struct err *why)
{
    if (!list->is_file)
        return err_set(why, ERR_INPUT,
                       "%s: it is a folder, a link or a device; expected the "
                       "list itself, as a file",
                       list->file.name);
    for (const struct scan *other = list + 1;
         other < in->listing.scans + in->listing.count; other++) {
        if (other->is_list)
            return err_set(why, ERR_INPUT,
                           "%s: there is another list, %s; which one counts "
                           "cannot be told: leave one",
                           list->file.name, other->file.name);
    }
    return 0;
}

/* A list that a bag says was altered is no list. */
static int check_list(struct intake *in, const struct scan *list,
                      const char *copy, struct err *why)
{
    CLEANUP(finding_list_fini) struct finding_list findings = {NULL, 0};
    const struct bag *bag = source_bag(in->source);

    if (bag == NULL || !bag_lists(bag, list->path))
        return 0;
    if (bag_check_file(bag, list->path, copy, &in->csv_digests, &findings,
                       why) != 0)
        return -1;
    return finding_list_worst(&findings) < SEVERITY_ERROR
               ? 0
               : err_set(why, ERR_INPUT, BATCH_CSV_NAME ": %s",
                         findings.items[0].message);
}

static int read_list(struct intake *in)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(close_fd) int fd = -1;
    const struct scan *list = list_of(in);
    char path[PATH_SIZE];
    char copy[PATH_SIZE];
    struct err why;

    if (list == NULL)
        return 0;
    if (check_is_list(in, list, &why) != 0)
        return set_list_aside(in, NULL, &why);
    if (source_path(in->source, list, path, in->err) != 0 ||
        staging_incoming_path(in->staging, in->listing.count, copy, in->err))
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        (void)err_set(&why, ERR_INPUT, BATCH_CSV_NAME ": cannot be read: %s",
                      strerror(errno));
        return source_check(in->source, in->err) != 0
                   ? -1
                   : set_list_aside(in, NULL, &why);
    }
    if (file_copy_durable(fd, BATCH_CSV_NAME, copy, &in->csv_digests,
                          in->err) != 0)
        return -1;
    if (check_list(in, list, copy, &why) != 0)
        return set_list_aside(in, copy, &why);
    if (file_read(copy, MAX_CSV_BYTES, &bytes, &why) != 0) {
        if (why.kind != ERR_INPUT) {
            *in->err = why;
            return -1;
        }
        (void)err_set(&why, ERR_INPUT, BATCH_CSV_NAME ": larger than %zu bytes",
                      MAX_CSV_BYTES);
        return set_list_aside(in, copy, &why);
    }
    if (batch_csv_parse(buf_str(&bytes), bytes.len, in->rules, &in->csv,
                        &why) == 0)
        return file_remove(copy, in->err);
    if (why.kind == ERR_INPUT)
        return set_list_aside(in, copy, &why);
    *in->err = why;
    return -1;
}

/* A file that a bag does not know is nobody's page. */
static int check_manifests(struct intake *in)
{
    const struct bag *bag = source_bag(in->source);
    static const struct file_digests unknown = {.size_bytes = 0};

    for (size_t i = 0; bag != NULL && i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];

        if (scan->is_file && !scan->is_list && !bag_lists(bag, scan->path) &&
            bag_check_file(bag, scan->path, "", &unknown, &scan->file.findings,
                           in->err) != 0)
            return -1;
    }
    return 0;
}

/* Single files come with their places, as if a list said so. */
static int list_replacements(struct intake *in)
{
    const struct ingest_request *request = in->request;

    if (batch_csv_of_replacements(request->replacements,
                                  request->replacement_count, &in->csv,
                                  in->err) != 0)
        return -1;
    in->listing.has_csv = true;
    return plan_match_rows(in->source, &in->listing, in->csv, in->err);
}

int intake_list(struct intake *in)
{
    progress_phase(in->progress, "counting", 0);
    if (source_list(in->source, in->rules, &in->listing, in->err) != 0)
        return -1;
    if (in->request->replacement_count > 0)
        return list_replacements(in);
    if (read_list(in) != 0 || check_manifests(in) != 0)
        return -1;
    if (in->csv == NULL)
        return 0;
    for (size_t i = 0; i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];

        if (scan->is_list &&
            finding_list_append(&scan->file.findings, &in->csv->findings,
                                in->err) != 0)
            return -1;
    }
    return plan_match_rows(in->source, &in->listing, in->csv, in->err);
}
