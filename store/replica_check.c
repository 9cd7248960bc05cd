/* SPDX-License-Identifier: MIT */
/* Is what goes into a replica good, and what lies there still? */
#include <string.h>
#include <sys/stat.h>

#include "store/check.h"
#include "store/ocfl.h"
#include "store/replica.h"
#include "store/store.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)

struct comparing {
    const char *from; /* the store's object */
    const char *to;   /* the replica's */
};

/* A small file that both have must be the same. */
static int compare_file(const struct comparing *c, const char *path,
                        struct err *err)
{
    CLEANUP(buf_fini) struct buf here = BUF_INIT, there = BUF_INIT;
    char from[PATH_SIZE], to[PATH_SIZE];
    struct err ignored;

    if (path_format(from, err, "%s/%s", c->from, path) != 0 ||
        path_format(to, err, "%s/%s", c->to, path) != 0)
        return -1;
    if (!file_exists(to))
        return err_set(err, ERR_CHECKSUM, "the replica has lost %s", path);
    if (file_read(from, INVENTORY_MAX_BYTES, &here, &ignored) == 0 &&
        file_read(to, INVENTORY_MAX_BYTES, &there, &ignored) == 0 &&
        here.len == there.len &&
        (here.len == 0 || memcmp(here.data, there.data, here.len) == 0))
        return 0;
    return err_set(err, ERR_CHECKSUM,
                   "%s is not the same here and in the replica: verify both",
                   path);
}

static int compare_pair(const struct comparing *c, const char *folder,
                        struct err *err)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "%s" INVENTORY_NAME, folder);
    if (compare_file(c, path, err) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s" SIDECAR_NAME, folder);
    return compare_file(c, path, err);
}

/* An inventory_content_visit: there, and as long as here. */
static int compare_size(void *arg, const char *sha512, const char *path,
                        struct err *err)
{
    const struct comparing *c = arg;
    char from[PATH_SIZE], to[PATH_SIZE];
    struct stat here, there;

    (void)sha512;
    if (path_format(from, err, "%s/%s", c->from, path) != 0 ||
        path_format(to, err, "%s/%s", c->to, path) != 0)
        return -1;
    if (lstat(to, &there) != 0 || !S_ISREG(there.st_mode))
        return err_set(err, ERR_CHECKSUM, "the replica has lost %s", path);
    if (lstat(from, &here) == 0 && here.st_size != there.st_size)
        return err_set(err, ERR_CHECKSUM,
                       "%s has %lld bytes here, and %lld in the replica: "
                       "verify both",
                       path, (long long)here.st_size, (long long)there.st_size);
    return 0;
}

/* The first thing that breaks a rule. */
static int refuse_broken(const struct fault_report *report, const char *where,
                         struct err *err)
{
    size_t i = 0;

    if (!fault_report_is_broken(report))
        return 0;
    while (report->faults[i].kind == FAULT_WARNING)
        i++;
    return err_set(err, ERR_CHECKSUM, "%s: %s: %s", where,
                   report->faults[i].path, report->faults[i].message);
}

int replica_check_copy(const char *from, const char *to, bool is_read,
                       const struct verify_means *means, struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(inventory_free) struct inventory *here = NULL;
    CLEANUP(inventory_free) struct inventory *there = NULL;
    struct comparing c = {from, to};
    char folder[16];

    if (is_read)
        return ocfl_check_object(to, "", means, &report, err) != 0
                   ? -1
                   : refuse_broken(&report, "the replica is damaged", err);
    if (inventory_open(to, &there, err) != 0)
        return err_add(err, "the replica is damaged");
    if (inventory_open(from, &here, err) != 0 ||
        compare_file(&c, OCFL_OBJECT_DECLARATION, err) != 0)
        return -1;
    for (unsigned v = 1;
         v <= inventory_head(there) && v <= inventory_head(here); v++) {
        (void)snprintf(folder, sizeof(folder), "v%u/", v);
        if (compare_pair(&c, folder, err) != 0)
            return -1;
    }
    if (inventory_head(there) == inventory_head(here) &&
        compare_pair(&c, "", err) != 0)
        return -1;
    return inventory_each_content(there, compare_size, &c, err);
}

int replica_check_source(const struct store *store, const char *volume,
                         unsigned known, const struct verify_means *means,
                         struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;

    if (verify_volume(store, volume, means, &report, err) != 0 ||
        verify_compare_version(&report, known, err) != 0)
        return -1;
    return refuse_broken(&report, "it is damaged here", err);
}
