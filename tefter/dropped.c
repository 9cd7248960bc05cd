/* SPDX-License-Identifier: MIT */
#include "tefter/dropped.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "common/text.h"
#include "ingest/bag.h"
#include "ingest/batch_csv.h"
#include "ingest/spare_name.h"
#include "ingest/tiff_cut.h"

#define MAX_CSV_BYTES ((size_t)64 << 20)
#define MAX_DEPTH     20u

/* Lines "path NUL size mtime", to be sorted and hashed. */
struct walk {
    struct buf lines;
    char **starts; /* made when the walk is over */
    size_t count;
    struct dropped *out;
    struct err *err;
};

static void say(struct dropped *out, const char *what, const char *name)
{
    CLEANUP(free) char *shown = text_visible(name);

    if (out->reason[0] == '\0')
        (void)snprintf(out->reason, sizeof(out->reason), "%s%.300s", what,
                       shown == NULL ? "" : shown);
}

static void note(struct walk *w, const char *below, const struct stat *st)
{
    buf_printf(&w->lines, "%s", below);
    buf_add(&w->lines, "\t", 1);
    buf_printf(&w->lines, "%" PRId64 " %" PRId64 ".%09ld", (int64_t)st->st_size,
               (int64_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
    buf_add(&w->lines, "", 1);
    w->count++;
    if (name_is_transfer(path_base(below)))
        say(w->out, "a transfer is under way: ", below);
}

static int walk_folder(struct walk *w, const char *path, const char *below,
                       unsigned depth)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct stat st;

    if (dir_list_all(path, &names, w->err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        char full[PATH_SIZE], inner[PATH_SIZE];

        if (path_format(full, w->err, "%s/%s", path, names.names[i]) != 0 ||
            path_format(inner, w->err, "%s%s%s", below,
                        *below == '\0' ? "" : "/", names.names[i]) != 0)
            return -1;
        if (lstat(full, &st) != 0)
            continue; /* gone again: another look sees what is left */
        if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH) {
            if (walk_folder(w, full, inner, depth + 1) != 0)
                return w->err->kind == ERR_ABSENT ? 0 : -1;
        } else {
            note(w, inner, &st);
        }
    }
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int fingerprint(struct walk *w)
{
    CLEANUP(digest_free) struct digest *d = NULL;
    CLEANUP(free) char **starts = calloc(w->count + 1, sizeof(*starts));
    char *at = w->lines.data;

    if (starts == NULL || w->lines.failed)
        return err_set(w->err, ERR_NOMEM, "inbox: out of memory");
    for (size_t i = 0; i < w->count; i++) {
        starts[i] = at;
        at += strlen(at) + 1;
    }
    if (w->count > 1)
        qsort(starts, w->count, sizeof(*starts), by_text);
    if (digest_new(DIGEST_SHA256, &d, w->err) != 0)
        return -1;
    for (size_t i = 0; i < w->count; i++) {
        if (digest_add(d, starts[i], strlen(starts[i]) + 1, w->err) != 0)
            return -1;
    }
    return digest_hex(d, w->out->fingerprint, w->err);
}

/* --- lists --- */

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/%s", folder, name) == 0 &&
           file_exists(path);
}

static void say_missing(struct dropped *out, const char *list, const char *name,
                        size_t missing, size_t listed)
{
    char what[128];

    if (missing == 0)
        return;
    (void)snprintf(what, sizeof(what),
                   "%zu of %zu files that %s lists are "
                   "not there: ",
                   missing, listed, list);
    say(out, what, name);
}

static int check_bag(const char *path, struct dropped *out, struct err *err)
{
    CLEANUP(bag_free) struct bag *bag = NULL;
    const char *first = "";
    char data[PATH_SIZE];
    size_t missing = 0;
    struct err why;

    if (path_format(data, err, "%s/data", path) != 0)
        return -1;
    if (bag_read(path, NULL, &bag, &why) != 0)
        return why.kind == ERR_NOMEM ? err_set(err, ERR_NOMEM, "%s", why.msg)
                                     : 0;
    for (size_t i = 0; i < bag_file_count(bag); i++) {
        if (is_there(data, bag_file(bag, i)))
            continue;
        first = missing++ == 0 ? bag_file(bag, i) : first;
    }
    say_missing(out, "the bag", first, missing, bag_file_count(bag));
    return 0;
}

static int check_csv(const char *folder, const char *path, struct dropped *out,
                     struct err *err)
{
    CLEANUP(batch_csv_free) struct batch_csv *csv = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    const char *first = "";
    size_t missing = 0;
    struct err why;

    if (file_read(path, MAX_CSV_BYTES, &bytes, &why) != 0 ||
        batch_csv_parse(buf_str(&bytes), bytes.len, NULL, &csv, &why) != 0)
        return why.kind == ERR_NOMEM ? err_set(err, ERR_NOMEM, "%s", why.msg)
                                     : 0;
    for (size_t i = 0; i < csv->count; i++) {
        const char *name = csv->rows[i].cells[COLUMN_FILE].text;

        /* One that leads elsewhere never comes: ingest says so. */
        if (!path_is_safe(name) || is_there(folder, name) ||
            (strncmp(name, "data/", 5) == 0 && is_there(folder, name + 5)))
            continue;
        first = missing++ == 0 ? name : first;
    }
    say_missing(out, BATCH_CSV_NAME, first, missing, csv->count);
    return 0;
}

static int check_lists(const char *path, struct dropped *out, struct err *err)
{
    char data[PATH_SIZE], csv[PATH_SIZE];
    bool is_bag = bag_is(path);

    if (is_bag && check_bag(path, out, err) != 0)
        return -1;
    if (path_format(data, err, "%s%s", path, is_bag ? "/data" : "") != 0 ||
        path_format(csv, err, "%s/" BATCH_CSV_NAME, path) != 0)
        return -1;
    if (file_exists(csv))
        return check_csv(data, csv, out, err);
    if (path_format(csv, err, "%s/" BATCH_CSV_NAME, data) != 0)
        return -1;
    return file_exists(csv) ? check_csv(data, csv, out, err) : 0;
}

/* Why a file is not whole yet; NULL: it looks whole. */
static const char *why_not_whole(const char *path)
{
    if (tiff_is_cut(path))
        return "ends too early";
    return tiff_is_unfilled(path)
               ? "has zeros where its pixels or their description should be"
               : NULL;
}

static bool find_cut(const char *folder, unsigned depth, char *reason,
                     size_t size)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err ignored;

    if (dir_list_all(folder, &names, &ignored) != 0)
        return false;
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(free) char *shown = NULL;
        const char *why;

        if (path_format(path, &ignored, "%s/%s", folder, names.names[i]) != 0)
            continue;
        if (dir_exists(path)) {
            if (depth < MAX_DEPTH && find_cut(path, depth + 1, reason, size))
                return true;
            continue;
        }
        why = why_not_whole(path);
        if (why == NULL)
            continue;
        shown = text_visible(names.names[i]);
        (void)snprintf(reason, size,
                       "%.200s %s: it is still being copied, or was cut "
                       "short; copy it again, or take it out",
                       shown == NULL ? "" : shown, why);
        return true;
    }
    return false;
}

void dropped_find_cut(const char *path, char *reason, size_t size)
{
    reason[0] = '\0';
    if (dir_exists(path))
        (void)find_cut(path, 0, reason, size);
}

int dropped_look(const char *path, struct dropped *out, struct err *err)
{
    struct dropped found = {.is_complete = false};
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    struct walk w = {.out = &found, .err = err};
    struct stat st;
    int rc = 0;

    if (stat(path, &st) != 0)
        return errno == ENOENT
                   ? err_set(err, ERR_ABSENT, "%s: there is no such file", path)
                   : err_set_errno(err, "%s", path);
    if (S_ISDIR(st.st_mode))
        rc = walk_folder(&w, path, "", 0);
    else
        note(&w, path_base(path), &st);
    lines = w.lines; /* to be freed */
    if (rc != 0 || fingerprint(&w) != 0)
        return -1;
    if (w.count == 0)
        say(&found, "nothing is in it yet", "");
    else if (S_ISDIR(st.st_mode) && check_lists(path, &found, err) != 0)
        return -1;
    found.is_complete = found.reason[0] == '\0';
    *out = found;
    return 0;
}
