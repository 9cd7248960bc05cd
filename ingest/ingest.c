/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "common/space.h"
#include "common/text.h"
#include "ingest/batch_csv.h"
#include "ingest/check_file.h"
#include "ingest/checker.h"
#include "ingest/listing.h"
#include "ingest/plan.h"
#include "ingest/quality_intake.h"
#include "ingest/quarantine.h"
#include "ingest/rules.h"
#include "ingest/source.h"
#include "ingest/staging.h"

#define MAX_CSV_BYTES ((size_t)64 << 20)
#define SPARE_BYTES   ((int64_t)64 << 10) /* lists and reasons */

/* One batch on its way in. */
struct intake {
    struct ingest_request effective; /* what was asked, and a bag's title */
    const struct ingest_request *request;
    const struct rule_book *rules;
    struct rule_book *own_rules; /* when the request has none */
    struct progress *progress;
    struct source *source;
    char slug[SLUG_SIZE];
    struct listing listing;
    struct batch_csv *csv; /* NULL when there is no list */
    struct file_digests csv_digests;
    struct staging *staging;
    struct batch *batch;
    struct err *err;
};

static void intake_fini(struct intake *in)
{
    source_close(in->source);
    staging_abandon(in->staging);
    rule_book_free(in->own_rules);
    listing_fini(&in->listing);
    batch_csv_free(in->csv);
    batch_free(in->batch);
}

static inline void intake_fini_at(struct intake *in)
{
    intake_fini(in);
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "batch: out of memory");
}

/* --- begin --- */

/* It goes to the recognizer, which makes a file name of it. */
static bool language_is_name(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz_+")] == '\0';
}

static int check_request(const struct ingest_request *request, struct err *err)
{
    if (!slug_is_valid(request->site) || !slug_is_valid(request->series))
        return err_set(err, ERR_USAGE,
                       "site \"%s\" and series \"%s\": each is 1 to 64 of a-z "
                       "0-9 . _ -, starting with a letter or digit",
                       request->site, request->series);
    if (!language_is_name(request->language))
        return err_set(err, ERR_USAGE,
                       "language \"%s\" is not a language's name; expected one "
                       "as auto, bul or bul+eng",
                       request->language);
    return 0;
}

static int take_rules(struct intake *in)
{
    if (in->request->rules == NULL &&
        rule_book_new(&in->own_rules, in->err) != 0)
        return -1;
    in->rules = in->own_rules != NULL ? in->own_rules : in->request->rules;
    return 0;
}

static void take_slug(struct intake *in, const char *name)
{
    struct err why;

    if (slug_from_name(name, in->slug, &why) != 0)
        memcpy(in->slug, "batch", sizeof("batch"));
}

static int take_source_name(struct intake *in, const char *given)
{
    in->batch->source = text_visible(given);
    return in->batch->source == NULL ? no_memory(in->err) : 0;
}

/* Write down why a whole batch is refused: the reason, and the one file that
 * it lies in when its bytes are at hand. The batch has no id yet; a digest of
 * what is known stands for it. Returns -1 with *why in the intake's err. */
static int set_batch_aside(struct intake *in, enum rule rule, char *name,
                           const char *copy, const char *digest,
                           const struct err *why)
{
    struct batch_file file = {.name = name, .verdict = VERDICT_REJECT};
    struct quarantine_entry entry = {
        .batch = in->batch->id,
        .source = in->batch->source,
        .received_utc = in->batch->received_utc,
        .file = &file,
        .digests = copy == NULL ? NULL : &in->csv_digests,
    };
    int rc;

    (void)snprintf(in->batch->id, sizeof(in->batch->id), "%s-%.12s", in->slug,
                   digest);
    rc = rule_broken(in->rules, &file.findings, rule, -1, 0, in->err, "%s",
                     why->msg);
    if (rc == 0)
        rc = quarantine_put(in->request->quarantine, &entry, copy, in->err);
    finding_list_fini(&file.findings);
    if (rc == 0)
        *in->err = *why;
    return -1;
}

/* An archive or a bag that is refused stays where it is; only the reason goes
 * to quarantine. */
static int refuse_source(struct intake *in, const struct err *why)
{
    CLEANUP(free)
    char *name = text_visible(path_base(in->request->source));
    char hex[DIGEST_HEX_SIZE];

    if (name == NULL || take_source_name(in, in->request->source) != 0)
        return no_memory(in->err);
    if (*name == '\0' ||
        digest_bytes(in->request->source, strlen(in->request->source),
                     DIGEST_SHA256, hex, in->err) != 0) {
        *in->err = *why;
        return -1;
    }
    return set_batch_aside(in, RULE_BATCH_ARCHIVE, name, NULL, hex, why);
}

static int open_source(struct intake *in)
{
    const struct ingest_request *request = in->request;
    struct unpack_limits limits = UNPACK_LIMITS_INIT;
    char work[PATH_SIZE];
    struct err why;

    if (request->replacement_count > 0)
        return source_open_files(request->replacements,
                                 request->replacement_count, &in->source,
                                 in->err);
    if (request->archive_files > 0)
        limits.max_files = request->archive_files;
    if (request->archive_ratio > 0)
        limits.max_ratio = request->archive_ratio;
    if (staging_unpack_path(in->staging, work, in->err) != 0)
        return -1;
    if (source_open(request->source, work, &limits, in->rules, in->progress,
                    &in->source, &why) == 0)
        return 0;
    if (why.kind == ERR_INPUT && file_exists(request->source))
        return refuse_source(in, &why);
    *in->err = why;
    return -1;
}

static int begin(struct intake *in)
{
    if (check_request(in->request, in->err) != 0 || take_rules(in) != 0)
        return -1;
    in->batch = calloc(1, sizeof(*in->batch));
    if (in->batch == NULL)
        return no_memory(in->err);
    clock_now_rfc3339(in->batch->received_utc);
    memcpy(in->batch->site, in->request->site, strlen(in->request->site) + 1);
    in->batch->allow_repeats = in->request->allow_repeats;
    take_slug(in, in->request->source == NULL ? "rescan"
                                              : path_base(in->request->source));
    if (staging_begin(in->request->staging, in->slug, &in->staging, in->err) !=
            0 ||
        open_source(in) != 0)
        return -1;
    if (*in->effective.title == '\0' && source_bag(in->source) != NULL)
        in->effective.title = bag_title(source_bag(in->source));
    take_slug(in, source_name(in->source));
    return take_source_name(in, source_given(in->source));
}

/* --- batch.csv --- */

static int set_list_aside(struct intake *in, const char *copy,
                          const struct err *why)
{
    char name[] = BATCH_CSV_NAME;

    return set_batch_aside(in, RULE_BATCH_CSV, name, copy,
                           copy == NULL ? "unreadable" : in->csv_digests.sha256,
                           why);
}

static struct scan *list_of(struct intake *in)
{
    for (size_t i = 0; i < in->listing.count; i++) {
        if (in->listing.scans[i].is_list)
            return &in->listing.scans[i];
    }
    return NULL;
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

static int list(struct intake *in)
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

/* --- copy --- */

static bool is_rejected(const struct scan *scan)
{
    return finding_list_worst(&scan->file.findings) == SEVERITY_ERROR;
}

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

static int check_listed_digest(struct scan *scan, struct err *err)
{
    const struct batch_cell *cell;

    if (scan->row == NULL)
        return 0;
    cell = &scan->row->cells[COLUMN_SHA256];
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

static int receive_all(struct intake *in)
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

/* --- the batch's id --- */

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const struct scan *const *)a)->path,
                  (*(const struct scan *const *)b)->path);
}

/* Lines "digest, two spaces, path, NUL", in the order of the paths, composed:
 * a name that went through an archive or a Macintosh is the same name. */
static int digest_listing(const struct intake *in, struct digest *d)
{
    size_t count = in->listing.count;
    CLEANUP(free)
    const struct scan **order = calloc(count + 1, sizeof(*order));

    if (order == NULL)
        return no_memory(in->err);
    for (size_t i = 0; i < count; i++)
        order[i] = &in->listing.scans[i];
    qsort(order, count, sizeof(*order), by_path);
    for (size_t i = 0; i < count; i++) {
        const struct scan *s = order[i];
        CLEANUP(free) char *composed = text_nfc(s->path);
        const char *path = composed == NULL ? s->path : composed;
        const char *sha256 = s->is_list    ? in->csv_digests.sha256
                             : s->has_copy ? s->digests.sha256
                                           : "-";

        if (!s->is_scan && !s->is_list)
            continue;
        if (digest_add(d, sha256, strlen(sha256), in->err) != 0 ||
            digest_add(d, "  ", 2, in->err) != 0 ||
            digest_add(d, path, strlen(path) + 1, in->err) != 0)
            return -1;
    }
    return 0;
}

/* A rescan is also of its page, and of what the volume was then. */
static int digest_replacements(const struct intake *in, struct digest *d)
{
    for (size_t i = 0; i < in->request->replacement_count; i++) {
        const struct ingest_replacement *r = &in->request->replacements[i];
        char text[ID_SIZE + 64];
        int len = snprintf(text, sizeof(text), "%s/%u@v%u", r->volume,
                           r->number, r->version);

        if (digest_add(d, text, (size_t)len + 1, in->err) != 0)
            return -1;
    }
    return 0;
}

static int make_id(struct intake *in)
{
    CLEANUP(digest_free) struct digest *d = NULL;
    char hex[DIGEST_HEX_SIZE];

    if (digest_new(DIGEST_SHA256, &d, in->err) != 0 ||
        digest_listing(in, d) != 0 || digest_replacements(in, d) != 0 ||
        digest_hex(d, hex, in->err) != 0)
        return -1;
    (void)snprintf(in->batch->id, sizeof(in->batch->id), "%s-%.12s", in->slug,
                   hex);
    return 0;
}

static bool is_known(const struct name_list *known, const char *id)
{
    size_t lo = 0;
    size_t hi = known == NULL ? 0 : known->count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int rc = strcmp(known->names[mid], id);

        if (rc == 0)
            return true;
        if (rc < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* ERR_EXISTS with *out when this very batch has been here. */
static int refuse_twice(struct intake *in, struct batch **out)
{
    char path[PATH_SIZE];

    if (path_format(path, in->err, "%s/%s", in->request->staging,
                    in->batch->id) != 0)
        return -1;
    if (file_exists(path)) {
        if (batch_read(path, out, in->err) != 0)
            return -1;
    } else if (is_known(in->request->known, in->batch->id)) {
        *out = STEAL(in->batch);
    } else {
        return 0;
    }
    return err_set(in->err, ERR_EXISTS,
                   "%s: this very batch was taken in already, as %s",
                   (*out)->source, (*out)->id);
}

/* --- check --- */

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
    if (scan->image_count == 0 && !is_rejected(scan))
        return rule_broken(scan->rules, &scan->file.findings, RULE_READABLE, -1,
                           0, in->err, "no page was found in it");
    return 0;
}

static int check_all(struct intake *in)
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

/* --- pages --- */

static int set_text(char **at, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return no_memory(err);
    free(*at);
    *at = copy;
    return 0;
}

static const char *cell_text(const struct scan *scan, enum batch_column column)
{
    return scan->row == NULL ? "" : scan->row->cells[column].text;
}

static int take_row(const struct intake *in, const struct scan *scan,
                    struct page *page, struct err *err)
{
    const char *label = cell_text(scan, COLUMN_PAGE);
    const char *language = cell_text(scan, COLUMN_LANGUAGE);

    if (label[strspn(label, "0123456789")] == '\0')
        label = ""; /* a number is the place, and no name beside it */
    return set_text(&page->label, label, err) != 0 ||
                   set_text(&page->language,
                            *language != '\0' ? language
                                              : in->request->language,
                            err) != 0 ||
                   set_text(&page->operator_id,
                            cell_text(scan, COLUMN_OPERATOR), err) != 0 ||
                   set_text(&page->device, cell_text(scan, COLUMN_DEVICE),
                            err) != 0 ||
                   set_text(&page->scanned_at,
                            cell_text(scan, COLUMN_SCANNED_AT), err) != 0
               ? -1
               : 0;
}

/* What was found about this image, and about the file as a whole. */
static int take_findings(const struct scan *scan, struct page *page,
                         struct err *err)
{
    for (size_t i = 0; i < scan->file.findings.count; i++) {
        const struct finding *f = &scan->file.findings.items[i];

        if (f->image >= 0 && (uint32_t)f->image != page->image)
            continue;
        if (finding_copy(&page->findings, f, err) != 0)
            return -1;
    }
    return 0;
}

static int name_picture(const struct intake *in, const struct scan *scan,
                        struct page *page)
{
    char name[PICTURE_NAME_SIZE] = "";

    if (scan->images[page->image].has_picture)
        batch_picture_name((size_t)(scan - in->listing.scans), page->image,
                           name);
    return set_text(&page->picture, name, in->err);
}

static int make_page(const struct intake *in, const struct scan *scan,
                     uint32_t image, struct page **out)
{
    CLEANUP(page_free) struct page *page = page_new();
    const struct tiff_image *measured = &scan->images[image];
    char master[32];

    if (page == NULL)
        return no_memory(in->err);
    memcpy(page->volume, scan->volume, sizeof(page->volume));
    page->number = scan->number + image;
    page->image = image;
    page->digests = scan->digests;
    page->width_px = measured->width_px;
    page->height_px = measured->height_px;
    page->xres_dpi = measured->xres_dpi;
    page->yres_dpi = measured->yres_dpi;
    page->bits_per_sample = measured->bits;
    page->samples_per_pixel = measured->samples;
    page->orientation = measured->orientation;
    page->quality = measured->quality;
    memcpy(page->received_utc, in->batch->received_utc,
           sizeof(page->received_utc));
    page->replaces = strcmp(cell_text(scan, COLUMN_REPLACE), "yes") == 0;
    (void)snprintf(master, sizeof(master),
                   page->replaces ? "%04u-%.8s.tif" : "%04u.tif", scan->number,
                   scan->digests.sha256);
    if (page_id_format(page->volume, page->number, page->id, in->err) != 0 ||
        set_text(&page->master, master, in->err) != 0 ||
        set_text(&page->original_name, scan->file.name, in->err) != 0 ||
        set_text(&page->compression, measured->compression, in->err) != 0 ||
        name_picture(in, scan, page) != 0 ||
        take_row(in, scan, page, in->err) != 0 ||
        take_findings(scan, page, in->err) != 0)
        return -1;
    *out = STEAL(page);
    return 0;
}

static int make_pages(struct intake *in, const struct scan *scan)
{
    struct batch *b = in->batch;
    struct page **grown = realloc(
        b->pages, (b->page_count + scan->image_count + 1) * sizeof(*grown));

    if (grown == NULL)
        return no_memory(in->err);
    b->pages = grown;
    for (size_t i = 0; i < scan->image_count; i++) {
        if (make_page(in, scan, (uint32_t)i, &b->pages[b->page_count]) != 0)
            return -1;
        b->page_count++;
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct page *const *x = a;
    const struct page *const *y = b;
    int rc = strcmp((*x)->volume, (*y)->volume);

    if (rc != 0)
        return rc;
    return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

static int accept_all(struct intake *in)
{
    struct batch *b = in->batch;

    for (size_t i = 0; i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];
        size_t first = b->page_count;

        if (!scan->is_scan || is_rejected(scan))
            continue;
        if (make_pages(in, scan) != 0 ||
            staging_accept(in->staging, i, b->pages[first], in->err) != 0)
            return -1;
        /* The pages have what was measured; a large batch has it once. */
        tiff_images_free(STEAL(scan->images), scan->image_count);
        scan->image_count = 0;
    }
    if (b->page_count > 1)
        qsort(b->pages, b->page_count, sizeof(*b->pages), by_place);
    return 0;
}

static bool has_page(const struct batch *b, const struct volume *volume)
{
    for (size_t i = 0; i < b->page_count; i++) {
        if (strcmp(b->pages[i]->volume, volume->id) == 0)
            return true;
    }
    return false;
}

/* All pages of a volume may have been set aside for what they look like beside
 * each other. */
static void drop_empty_volumes(struct batch *b)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->volume_count; i++) {
        if (has_page(b, b->volumes[i]))
            b->volumes[kept++] = b->volumes[i];
        else
            volume_free(b->volumes[i]);
    }
    b->volume_count = kept;
}

/* --- quarantine, commit --- */

static int set_aside(struct intake *in, size_t i)
{
    const struct scan *scan = &in->listing.scans[i];
    struct quarantine_entry entry = {
        .batch = in->batch->id,
        .source = in->batch->source,
        .received_utc = in->batch->received_utc,
        .file = &scan->file,
        .digests = scan->has_copy ? &scan->digests : NULL,
    };
    char copy[PATH_SIZE];

    if (staging_incoming_path(in->staging, i, copy, in->err) != 0)
        return -1;
    return quarantine_put(in->request->quarantine, &entry,
                          scan->has_copy ? copy : NULL, in->err);
}

/* The verdicts go into the batch, what was rejected into quarantine. */
static int judge_all(struct intake *in)
{
    struct batch *b = in->batch;

    b->files = calloc(in->listing.count + 1, sizeof(*b->files));
    if (b->files == NULL)
        return no_memory(in->err);
    for (size_t i = 0; i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];
        struct batch_file *file = &scan->file;

        file->verdict =
            scan->is_scan ? verdict_of(&file->findings) : VERDICT_IGNORE;
        if (file->verdict == VERDICT_REJECT && set_aside(in, i) != 0)
            return -1;
        b->files[b->file_count++] = *file;
        *file = (struct batch_file){.name = NULL};
    }
    return 0;
}

static int run(struct intake *in, struct batch **out)
{
    if (begin(in) != 0 || list(in) != 0 || receive_all(in) != 0 ||
        make_id(in) != 0 || refuse_twice(in, out) != 0 || check_all(in) != 0 ||
        plan_pages(in->request, source_name(in->source), &in->listing,
                   in->batch, in->err) != 0 ||
        quality_judge_scans(in->request, &in->listing, in->err) != 0 ||
        accept_all(in) != 0 || source_check(in->source, in->err) != 0)
        return -1;
    drop_empty_volumes(in->batch);
    if (judge_all(in) != 0 ||
        staging_commit(in->staging, in->batch, in->err) != 0)
        return -1;
    *out = STEAL(in->batch);
    return 0;
}

int ingest_batch(const struct ingest_request *request,
                 struct progress *progress, struct batch **out, struct err *err)
{
    CLEANUP(intake_fini)
    struct intake in = {
        .effective = *request, .progress = progress, .err = err};

    in.request = &in.effective;
    if (run(&in, out) == 0)
        return 0;
    /* What seems to be the batch's fault is none when its share went away. */
    if (err->kind == ERR_INPUT && in.source != NULL)
        (void)source_check(in.source, err);
    return -1;
}
