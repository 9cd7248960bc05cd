/* SPDX-License-Identifier: MIT */
#include "ingest/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/text.h"
#include "ingest/rules.h"

struct source {
    char given[PATH_SIZE];
    char dir[PATH_SIZE];  /* whose files are the batch's */
    char list[PATH_SIZE]; /* batch.csv beside data/, "" when it is in dir */
    char name[PATH_SIZE];
    bool is_unpacked; /* dir is ours */
    struct bag *bag;
    const struct ingest_replacement *files;
    size_t file_count;
    dev_t device; /* of given */
    ino_t inode;
    int64_t bytes;
};

void source_close(struct source *source)
{
    if (source == NULL)
        return;
    bag_free(source->bag);
    free(source);
}

const char *source_given(const struct source *source)
{
    return source->given;
}

const char *source_name(const struct source *source)
{
    return source->name;
}

const struct bag *source_bag(const struct source *source)
{
    return source->bag;
}

int64_t source_bytes(const struct source *source)
{
    return source->is_unpacked ? 0 : source->bytes;
}

/* --- opening --- */

static int open_archive(struct source *s, const char *work,
                        const struct unpack_limits *limits,
                        struct progress *progress, struct err *err)
{
    char top[PATH_SIZE];

    /* Of one that is on its way, not even the beginning need be there. */
    if (!unpack_knows(s->given))
        return err_set(err, unpack_is_named(s->given) ? ERR_CUT : ERR_INPUT,
                       "%s: it is a file, and neither a tar nor a zip; "
                       "expected a folder of scans, a bag, or an archive of "
                       "one; put a single scan into a folder named after its "
                       "volume",
                       s->given);
    if (dir_make(work, err) != 0 ||
        unpack(s->given, work, limits, progress, top, err) != 0)
        return -1;
    s->is_unpacked = true;
    if (top[0] == '\0') {
        unpack_stem(s->given, s->name);
        return path_format(s->dir, err, "%s", work);
    }
    memcpy(s->name, top, sizeof(top));
    return path_format(s->dir, err, "%s/%s", work, top);
}

/* Of a bag, data/ is the batch; a batch.csv may lie in it or beside it. */
static int open_bag(struct source *s, const struct rule_book *rules,
                    struct err *err)
{
    char data[PATH_SIZE], inner[PATH_SIZE];

    if (bag_read(s->dir, rules, &s->bag, err) != 0) {
        if (err->kind == ERR_CUT && s->is_unpacked) /* no more will come */
            err->kind = ERR_INPUT;
        return -1;
    }
    if (path_format(data, err, "%s/data", s->dir) != 0 ||
        path_format(inner, err, "%s/" BATCH_CSV_NAME, data) != 0 ||
        path_format(s->list, err, "%s/" BATCH_CSV_NAME, s->dir) != 0)
        return -1;
    if (!dir_exists(data))
        return err_set(err, ERR_INPUT,
                       "bagit.txt:1: the bag has no folder data/, where its "
                       "scans belong");
    if (!file_exists(s->list))
        s->list[0] = '\0';
    else if (file_exists(inner))
        return err_set(err, ERR_INPUT,
                       BATCH_CSV_NAME
                       ":1: there is a list beside data/ and another in it; "
                       "which one counts cannot be told");
    memcpy(s->dir, data, sizeof(data));
    return 0;
}

/* A bag that is being copied, its declaration still to come: data/ with a
 * manifest beside it, or nothing beside it yet. */
static int check_begun(const struct source *s, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    const char *listed = NULL;
    char data[PATH_SIZE];

    if (path_format(data, err, "%s/data", s->dir) != 0)
        return -1;
    if (!dir_exists(data))
        return 0;
    if (dir_list(s->dir, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.names[i];

        if (strncmp(name, "manifest-", strlen("manifest-")) == 0 ||
            strncmp(name, "tagmanifest-", strlen("tagmanifest-")) == 0 ||
            strcmp(name, "bag-info.txt") == 0)
            listed = name;
    }
    if (listed == NULL && names.count > 1)
        return 0;
    return err_set(err, s->is_unpacked ? ERR_INPUT : ERR_CUT,
                   "it has a folder data/ %s%s as a BagIt bag has, and no "
                   "bagit.txt: copy the rest of the bag, or, where it is none, "
                   "give data/ the name of its volume",
                   listed == NULL ? "alone" : "and ",
                   listed == NULL ? "," : listed);
}

static int fill(struct source *s, const char *given, const char *work,
                const struct unpack_limits *limits,
                const struct rule_book *rules, struct progress *progress,
                struct err *err)
{
    struct stat st;

    if (realpath(given, s->given) == NULL || stat(s->given, &st) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: there is no such folder (%s); expected a folder of "
                       "scans, a bag, or a tar or zip of one",
                       given, strerror(errno));
    s->device = st.st_dev;
    s->inode = st.st_ino;
    if (S_ISDIR(st.st_mode)) {
        memcpy(s->dir, s->given, sizeof(s->dir));
        (void)snprintf(s->name, sizeof(s->name), "%s", path_base(s->given));
    } else if (!S_ISREG(st.st_mode)) {
        return err_set(err, ERR_INPUT,
                       "%s: it is no folder and no file; expected a folder of "
                       "scans",
                       given);
    } else if (open_archive(s, work, limits, progress, err) != 0) {
        return -1;
    }
    return bag_is(s->dir) ? open_bag(s, rules, err) : check_begun(s, err);
}

int source_open(const char *given, const char *work,
                const struct unpack_limits *limits,
                const struct rule_book *rules, struct progress *progress,
                struct source **out, struct err *err)
{
    CLEANUP(source_close) struct source *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", given);
    if (fill(s, given, work, limits, rules, progress, err) != 0)
        return -1;
    *out = STEAL(s);
    return 0;
}

static int check_names(const struct ingest_replacement *r, size_t count,
                       struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(path_base(r[i].file), path_base(r[k].file)) == 0)
                return err_set(err, ERR_USAGE,
                               "%s and %s have the same name: give them one "
                               "after the other",
                               r[k].file, r[i].file);
        }
    }
    return 0;
}

int source_open_files(const struct ingest_replacement *replacements,
                      size_t count, struct source **out, struct err *err)
{
    CLEANUP(source_close) struct source *s = calloc(1, sizeof(*s));
    struct stat st;

    if (s == NULL)
        return err_set(err, ERR_NOMEM, "rescan: out of memory");
    s->files = replacements;
    s->file_count = count;
    if (check_names(replacements, count, err) != 0)
        return -1;
    if (realpath(replacements[0].file, s->given) == NULL ||
        stat(s->given, &st) != 0)
        return err_set(err, ERR_INPUT, "%s: there is no such file (%s)",
                       replacements[0].file, strerror(errno));
    s->device = st.st_dev;
    s->inode = st.st_ino;
    (void)snprintf(s->name, sizeof(s->name), "rescan-%s",
                   replacements[0].volume);
    *out = STEAL(s);
    return 0;
}

/* --- listing --- */

static int list_files(const struct source *s, struct listing *out,
                      struct err *err)
{
    for (size_t i = 0; i < s->file_count; i++) {
        struct scan *scan = NULL;

        if (listing_add(out, path_base(s->files[i].file), &scan, err) != 0)
            return -1;
        scan->is_file = scan->is_scan = true;
        scan->origin = s->files[i].file;
    }
    return 0;
}

static int add_list(struct listing *listing, struct err *err)
{
    struct scan *scan = NULL;

    if (listing_add(listing, BATCH_CSV_NAME, &scan, err) != 0)
        return -1;
    scan->is_file = scan->is_list = listing->has_csv = true;
    return rule_broken(scan->rules, &scan->file.findings, RULE_FILE_IGNORED, -1,
                       0, err,
                       "it is the list of the batch, beside the bag's data/");
}

/* What the manifests have and the folder does not, each at its place. */
static int add_missing(const struct bag *bag, struct listing *listing,
                       struct err *err)
{
    size_t there = listing->count;
    CLEANUP(free) size_t *order = listing_by_path(listing);

    if (order == NULL)
        return err_set(err, ERR_NOMEM, "listing: out of memory");
    for (size_t i = 0; i < bag_file_count(bag); i++) {
        const char *path = bag_file(bag, i);
        struct scan *scan = NULL;

        if (listing_find(listing, order, there, path) != NULL)
            continue;
        if (listing_add(listing, path, &scan, err) != 0 ||
            bag_say_missing(bag, path, &scan->file.findings, err) != 0)
            return -1;
        scan->is_scan = scan_has_name(path);
    }
    listing_sort(listing);
    return 0;
}

static int add_tags(const struct bag *bag, struct listing *listing,
                    struct err *err)
{
    for (size_t i = 0; i < bag_tag_count(bag); i++) {
        const struct batch_file *tag = bag_tag(bag, i);
        struct scan *scan = NULL;

        if (tag->findings.count == 0)
            continue;
        if (listing_add(listing, tag->name, &scan, err) != 0 ||
            finding_list_append(&scan->file.findings, &tag->findings, err) != 0)
            return -1;
    }
    return 0;
}

static int add_up(struct source *s, const struct listing *listing,
                  struct err *err)
{
    int64_t files = 0;
    char path[PATH_SIZE];

    s->bytes = 0;
    for (size_t i = 0; i < listing->count; i++) {
        const struct scan *scan = &listing->scans[i];
        int64_t size;

        if (!scan->is_file)
            continue;
        if (source_path(s, scan, path, err) != 0)
            return -1;
        size = file_size(path);
        s->bytes += size < 0 ? 0 : size;
        files += !(scan->is_list && s->list[0] != '\0');
    }
    if (s->bag == NULL)
        return 0;
    return bag_check_sum(
        s->bag, s->bytes - (s->list[0] != '\0' ? file_size(s->list) : 0), files,
        err);
}

int source_list(struct source *s, const struct rule_book *rules,
                struct listing *out, struct err *err)
{
    CLEANUP(listing_fini) struct listing listing = {.rules = rules};

    if (s->files != NULL ? list_files(s, &listing, err) != 0
                         : listing_read(s->dir, rules, &listing, err) != 0)
        return -1;
    if (s->list[0] != '\0' && add_list(&listing, err) != 0)
        return -1;
    if (add_up(s, &listing, err) != 0)
        return -1;
    if (s->bag != NULL && (add_missing(s->bag, &listing, err) != 0 ||
                           add_tags(s->bag, &listing, err) != 0))
        return -1;
    *out = listing;
    listing = (struct listing){.count = 0};
    return 0;
}

/* --- files --- */

int source_path(const struct source *s, const struct scan *scan,
                char out[PATH_SIZE], struct err *err)
{
    if (scan->origin != NULL)
        return path_format(out, err, "%s", scan->origin);
    if (scan->is_list && s->list[0] != '\0')
        return path_format(out, err, "%s", s->list);
    return path_format(out, err, "%s/%s", s->dir, scan->path);
}

const char *source_row_path(const struct source *s, const char *path)
{
    return s->list[0] != '\0' && strncmp(path, "data/", 5) == 0 ? path + 5
                                                                : path;
}

int source_copy(const struct source *s, const struct scan *scan, int fd,
                const char *to, struct file_digests *out, struct err *err)
{
    char from[PATH_SIZE];

    if (!s->is_unpacked)
        return file_copy(fd, scan->file.name, to, out, err);
    if (source_path(s, scan, from, err) != 0 ||
        file_digest(fd, scan->file.name, out, err) != 0)
        return -1;
    if (rename(from, to) != 0)
        return err_set_errno(err, "cannot rename %s to %s", from, to);
    return 0;
}

int source_check(const struct source *s, struct err *err)
{
    struct stat st;

    if (stat(s->given, &st) != 0)
        return err_set(err, ERR_IO,
                       "%s went away while it was taken in (%s): nothing of "
                       "this batch was taken in; bring it back and give it "
                       "again",
                       s->given, strerror(errno));
    if (st.st_dev != s->device || st.st_ino != s->inode)
        return err_set(err, ERR_IO,
                       "%s is another folder than when the batch began (was a "
                       "share unmounted?): nothing of this batch was taken in; "
                       "bring it back and give it again",
                       s->given);
    return 0;
}
