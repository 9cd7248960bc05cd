/* SPDX-License-Identifier: MIT */
#include "ingest/listing.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/text.h"
#include "ingest/check_file.h"
#include "ingest/rules.h"

#define MAX_DEPTH 16u

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits compare by value: fewer (without leading zeros) is less. */
static int compare_numbers(const char **a, const char **b)
{
    size_t la, lb;
    int rc;

    while (**a == '0' && is_digit((*a)[1]))
        (*a)++;
    while (**b == '0' && is_digit((*b)[1]))
        (*b)++;
    la = strspn(*a, "0123456789");
    lb = strspn(*b, "0123456789");
    rc = la != lb ? (la < lb ? -1 : 1) : memcmp(*a, *b, la);
    *a += la;
    *b += lb;
    return rc;
}

static int fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

int natural_order(const char *a, const char *b)
{
    const char *x = a;
    const char *y = b;

    while (*x != '\0' && *y != '\0') {
        int rc;

        if (is_digit(*x) && is_digit(*y)) {
            rc = compare_numbers(&x, &y);
        } else {
            rc = fold(*x) - fold(*y);
            x++;
            y++;
        }
        if (rc != 0)
            return rc;
    }
    if (*x != *y)
        return *x == '\0' ? -1 : 1;
    return strcmp(a, b); /* 01.tif and 1.tif: still one order */
}

void listing_fini(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        struct scan *s = &listing->scans[i];

        free(s->path);
        free(s->folder);
        tiff_images_free(s->images, s->image_count);
        batch_file_fini(&s->file);
    }
    free(listing->scans);
    *listing = (struct listing){.count = 0};
}

/* "a/b/c.tif" -> "a-b" */
static char *folder_of(const char *path)
{
    size_t len = (size_t)(path_base(path) - path);
    char *folder = strndup(path, len > 0 ? len - 1 : 0);

    for (char *c = folder; c != NULL && *c != '\0'; c++) {
        if (*c == '/')
            *c = '-';
    }
    return folder;
}

int listing_add(struct listing *listing, const char *path, struct scan **added,
                struct err *err)
{
    struct scan s = {
        .path = strdup(path),
        .folder = folder_of(path),
        .file = {.name = text_visible(path), .verdict = VERDICT_ACCEPT},
        .rules = listing->rules};
    struct scan *grown = listing->scans;

    /* room is doubled whenever the count is a power of two */
    if ((listing->count & (listing->count - 1)) == 0)
        grown = realloc(listing->scans,
                        (listing->count == 0 ? 1 : listing->count * 2) *
                            sizeof(*grown));
    if (grown != NULL)
        listing->scans = grown;
    if (grown == NULL || s.path == NULL || s.folder == NULL ||
        s.file.name == NULL) {
        free(s.path);
        free(s.folder);
        batch_file_fini(&s.file);
        return err_set(err, ERR_NOMEM, "listing: out of memory");
    }
    *added = &listing->scans[listing->count++];
    **added = s;
    return 0;
}

/* --- order --- */

static int by_path(const void *a, const void *b, void *arg)
{
    const struct listing *l = arg;

    return strcmp(l->scans[*(const size_t *)a].path,
                  l->scans[*(const size_t *)b].path);
}

size_t *listing_by_path(struct listing *l)
{
    size_t *order = calloc(l->count + 1, sizeof(*order));

    if (order == NULL)
        return NULL;
    for (size_t i = 0; i < l->count; i++)
        order[i] = i;
    qsort_r(order, l->count, sizeof(*order), by_path, l);
    return order;
}

struct scan *listing_find(struct listing *l, const size_t *order, size_t count,
                          const char *path)
{
    size_t lo = 0;
    size_t hi = count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int rc = strcmp(l->scans[order[mid]].path, path);

        if (rc == 0)
            return &l->scans[order[mid]];
        if (rc < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* As walk_folder goes: files of a folder before its sub-folders. */
static int by_walk(const void *a, const void *b)
{
    const char *x = ((const struct scan *)a)->path;
    const char *y = ((const struct scan *)b)->path;

    for (;;) {
        CLEANUP(free) char *one = strndup(x, strcspn(x, "/"));
        CLEANUP(free) char *two = strndup(y, strcspn(y, "/"));
        bool x_deeper = x[strcspn(x, "/")] == '/';
        bool y_deeper = y[strcspn(y, "/")] == '/';
        int rc;

        if (one == NULL || two == NULL)
            return strcmp(x, y);
        if (x_deeper != y_deeper)
            return x_deeper ? 1 : -1;
        rc = natural_order(one, two);
        if (rc != 0 || !x_deeper)
            return rc;
        x += strlen(one) + 1;
        y += strlen(two) + 1;
    }
}

void listing_sort(struct listing *l)
{
    if (l->count > 1)
        qsort(l->scans, l->count, sizeof(*l->scans), by_walk);
}

/* --- one file --- */

struct walk {
    const char *source;
    char real_source[PATH_SIZE];
    struct listing *listing;
    struct err *err;
};

static bool is_inside(const char *folder, const char *path)
{
    size_t len = strlen(folder);

    return strncmp(folder, path, len) == 0 &&
           (path[len] == '/' || folder[len - 1] == '/');
}

/* A link to a file of the same batch is that file again; any other is refused:
 * it could lead to a file that is nobody's scan. */
static int check_link(const struct walk *w, struct scan *s)
{
    char path[PATH_SIZE];
    CLEANUP(free) char *real = NULL;
    struct stat st;

    if (path_format(path, w->err, "%s/%s", w->source, s->path) != 0)
        return -1;
    real = realpath(path, NULL);
    if (real == NULL)
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_LINK, -1, 0,
                           w->err,
                           "it is a link that leads nowhere (%s); put the file "
                           "itself into the batch",
                           strerror(errno));
    if (!is_inside(w->real_source, real))
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_LINK, -1, 0,
                           w->err,
                           "it is a link to a file outside the batch folder; "
                           "put the file itself into the batch");
    if (stat(real, &st) != 0 || !S_ISREG(st.st_mode))
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_LINK, -1, 0,
                           w->err,
                           "it is a link to something that is no file; put the "
                           "file itself into the batch");
    s->is_file = true;
    return 0;
}

/* In any case of letters: scanning software on Windows writes BATCH.CSV. */
static bool is_list_path(const char *path)
{
    return strcasecmp(path, BATCH_CSV_NAME) == 0;
}

static int take_file(struct walk *w, const char *path, mode_t mode)
{
    struct scan *s = NULL;

    if (listing_add(w->listing, path, &s, w->err) != 0)
        return -1;
    s->is_file = S_ISREG(mode);
    if (is_list_path(path)) {
        s->is_list = w->listing->has_csv = true;
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_IGNORED, -1,
                           0, w->err, "it is the list of the batch");
    }
    s->is_scan = scan_has_name(path) || !s->is_file;
    if (scan_check_name(s->path, s->rules, &s->file.findings, w->err) != 0)
        return -1;
    if (S_ISLNK(mode))
        return check_link(w, s);
    if (S_ISDIR(mode))
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_KIND, -1, 0,
                           w->err, "it is a folder, expected a TIFF file");
    if (!S_ISREG(mode))
        return rule_broken(s->rules, &s->file.findings, RULE_FILE_KIND, -1, 0,
                           w->err,
                           "it is a device, a pipe or a socket, expected a "
                           "TIFF file");
    return 0;
}

/* --- folders --- */

static int by_nature(const void *a, const void *b)
{
    return natural_order(*(char *const *)a, *(char *const *)b);
}

static bool is_volume_folder(const char *path, mode_t mode)
{
    return S_ISDIR(mode) && !scan_has_name(path) && !is_list_path(path);
}

/* A name's path below the source, and its mode: 0 when it is gone again. */
static int look_at(const struct walk *w, const char *below, const char *name,
                   char path[PATH_SIZE], mode_t *mode)
{
    char full[PATH_SIZE];
    struct stat st;

    if (path_format(path, w->err, "%s%s%s", below, *below == '\0' ? "" : "/",
                    name) != 0 ||
        path_format(full, w->err, "%s/%s", w->source, path) != 0)
        return -1;
    *mode = lstat(full, &st) == 0 ? st.st_mode : 0;
    return 0;
}

static int say_closed_folder(struct walk *w, const char *below, const char *why)
{
    struct scan *s = NULL;

    if (listing_add(w->listing, below, &s, w->err) != 0)
        return -1;
    s->is_scan = true;
    return rule_broken(s->rules, &s->file.findings, RULE_FILE_UNREADABLE, -1, 0,
                       w->err, "the folder cannot be listed: %s", why);
}

static int walk_folder(struct walk *w, const char *below, unsigned depth)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err why;
    mode_t mode;

    if (path_format(path, w->err, "%s/%s", w->source, below) != 0)
        return -1;
    if (depth > MAX_DEPTH)
        return say_closed_folder(w, below, "nested too deep");
    if (dir_list(path, &names, &why) != 0)
        return say_closed_folder(w, below, why.msg);
    if (names.count > 1)
        qsort(names.names, names.count, sizeof(*names.names), by_nature);
    for (size_t i = 0; i < names.count; i++) {
        if (look_at(w, below, names.names[i], path, &mode) != 0)
            return -1;
        if (mode != 0 && !is_volume_folder(path, mode) &&
            take_file(w, path, mode) != 0)
            return -1;
    }
    for (size_t i = 0; i < names.count; i++) {
        if (look_at(w, below, names.names[i], path, &mode) != 0)
            return -1;
        if (is_volume_folder(path, mode) &&
            walk_folder(w, path, depth + 1) != 0)
            return -1;
    }
    return 0;
}

int listing_read(const char *source, const struct rule_book *rules,
                 struct listing *out, struct err *err)
{
    CLEANUP(listing_fini) struct listing listing = {.rules = rules};
    struct walk w = {.source = source, .listing = &listing, .err = err};
    CLEANUP(name_list_fini) struct name_list top = {NULL, 0};

    if (!dir_exists(source) || realpath(source, w.real_source) == NULL)
        return err_set(err, ERR_INPUT,
                       "%s: there is no such folder; expected a folder of "
                       "scans",
                       source);
    if (dir_list(source, &top, err) != 0)
        return err_set(err, ERR_INPUT, "%s: the folder cannot be listed: %s",
                       source, strerror(errno));
    if (walk_folder(&w, "", 0) != 0)
        return -1;
    *out = listing;
    listing = (struct listing){.count = 0};
    return 0;
}

bool scan_is_rejected(const struct scan *scan)
{
    return finding_list_worst(&scan->file.findings) == SEVERITY_ERROR;
}
