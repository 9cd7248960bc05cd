/* SPDX-License-Identifier: MIT */
/* The storage root round the objects, made again what it was. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/aside.h"
#include "store/ocfl.h"
#include "store/repair.h"
#include "store/store.h"

#define OBJECT_DEPTH   4 /* three tuples, and the object */
#define HIERARCHY_MOST 64
#define HASH_LEN       64 /* of a SHA-256, in hex */

struct root_repair {
    struct store *store;
    struct repair *out;
    struct name_list *volumes;
    struct name_list misplaced; /* objects, below the root */
};

static void root_repair_fini_at(struct root_repair *r)
{
    name_list_fini(&r->misplaced);
}

static bool has_file(const char *dir, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/%s", dir, name) == 0 &&
           file_exists(path);
}

/* One that has lost both files that say so is an object by its place. */
static bool is_object(const char *dir, int depth)
{
    return has_file(dir, INVENTORY_NAME) ||
           has_file(dir, OCFL_OBJECT_DECLARATION) ||
           (depth == OBJECT_DEPTH && strlen(path_base(dir)) == HASH_LEN &&
            strspn(path_base(dir), "0123456789abcdef") == HASH_LEN);
}

/* Where an object belongs, by an inventory that can be trusted, when it lies
 * elsewhere. */
static bool belongs_elsewhere(const struct store *store, const char *dir,
                              char hash[DIGEST_HEX_SIZE], char to[PATH_SIZE])
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    struct err err;

    return inventory_open(dir, &inv, &err) == 0 &&
           digest_bytes(inventory_id(inv), strlen(inventory_id(inv)),
                        DIGEST_SHA256, hash, &err) == 0 &&
           store_object_dir(store, hash, to, &err) == 0 && strcmp(to, dir) != 0;
}

/* What is done with the folders between the root and its objects. */
typedef int visit_object(struct root_repair *r, const char *path,
                         const char *full, struct err *err);

struct pass {
    visit_object *object; /* may be NULL */
    bool is_clearing;     /* strays go aside, empty folders go */
};

static int walk(struct root_repair *r, const struct pass *p, const char *path,
                int depth, struct err *err);

static int walk_entry(struct root_repair *r, const struct pass *p,
                      const char *path, int depth, struct err *err)
{
    char full[PATH_SIZE];
    struct stat st;

    if (path_format(full, err, "%s/%s", r->store->root, path) != 0)
        return -1;
    if (lstat(full, &st) != 0)
        return err_set_errno(err, "%s", full);
    if (S_ISDIR(st.st_mode) && !is_object(full, depth))
        return walk(r, p, path, depth, err);
    if (S_ISDIR(st.st_mode))
        return p->object == NULL ? 0 : p->object(r, path, full, err);
    if (!p->is_clearing || (depth == 1 && store_root_is_own(path)))
        return 0;
    return aside_put(r->store->root, r->out->aside, path, err) != 0
               ? -1
               : name_list_add(&r->out->removed, path, err);
}

static int walk(struct root_repair *r, const struct pass *p, const char *path,
                int depth, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    const char *slash = path[0] == '\0' ? "" : "/";
    char full[PATH_SIZE], below[PATH_SIZE];

    if (depth > HIERARCHY_MOST)
        return err_set(err, ERR_INPUT, "%s: folders lie deeper than %d", path,
                       HIERARCHY_MOST);
    if (path_format(full, err, "%s/%s", r->store->root, path) != 0 ||
        dir_list_all(full, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (depth == 0 && strcmp(names.names[i], "extensions") == 0)
            continue;
        if (path_format(below, err, "%s%s%s", path, slash, names.names[i]) ||
            walk_entry(r, p, below, depth + 1, err) != 0)
            return -1;
    }
    if (!p->is_clearing || depth == 0 || rmdir(full) != 0)
        return 0; /* most often: it is not empty */
    return name_list_add(&r->out->removed, path, err);
}

static int note_misplaced(struct root_repair *r, const char *path,
                          const char *full, struct err *err)
{
    char hash[DIGEST_HEX_SIZE], to[PATH_SIZE];

    return belongs_elsewhere(r->store, full, hash, to)
               ? name_list_add(&r->misplaced, path, err)
               : 0;
}

static int note_moved(struct root_repair *r, const char *to, struct err *err)
{
    char volume[ID_SIZE];
    struct err ignored;

    if (name_list_add(&r->out->mended, to + strlen(r->store->root) + 1, err))
        return -1;
    return store_volume_of(r->store, to, volume, &ignored)
               ? name_list_add(r->volumes, volume, err)
               : 0;
}

static int sync_both(const char *a, const char *b, struct err *err)
{
    char parent[PATH_SIZE];

    if (path_format(parent, err, "%.*s", (int)(path_base(a) - a), a) != 0 ||
        dir_sync(parent, err) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(b) - b), b) != 0)
        return -1;
    return dir_sync(parent, err);
}

/* One step: the object comes to its place, and what is misplaced there takes
 * its own. Killed in between, each folder is in one of the two. */
static int move_home(struct root_repair *r, const char *full, const char *hash,
                     const char *to, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    char ignored_hash[DIGEST_HEX_SIZE], ignored[PATH_SIZE];

    if (store_lock(r->store, hash, &lock, err) != 0 ||
        aside_make_parent(to, err) != 0)
        return -1;
    if (renameat2(AT_FDCWD, full, AT_FDCWD, to,
                  file_exists(to) ? RENAME_EXCHANGE : RENAME_NOREPLACE) != 0)
        return err_set_errno(err, "cannot move %s to %s", full, to);
    if (sync_both(full, to, err) != 0 || note_moved(r, to, err) != 0)
        return -1;
    if (!dir_exists(full))
        store_prune(r->store, full);
    /* Two that were swapped are both at home now. */
    else if (!belongs_elsewhere(r->store, full, ignored_hash, ignored))
        return note_moved(r, full, err);
    return 0;
}

static int settle(struct root_repair *r, const char *path, struct err *err)
{
    char full[PATH_SIZE], hash[DIGEST_HEX_SIZE], to[PATH_SIZE];
    char ignored_hash[DIGEST_HEX_SIZE], ignored[PATH_SIZE];

    if (path_format(full, err, "%s/%s", r->store->root, path) != 0)
        return -1;
    while (dir_exists(full) && belongs_elsewhere(r->store, full, hash, to)) {
        /* What is at home, or cannot be told, is not disturbed. */
        if (file_exists(to) &&
            !belongs_elsewhere(r->store, to, ignored_hash, ignored)) {
            if (aside_put(r->store->root, r->out->aside, path, err) != 0)
                return -1;
            store_prune(r->store, full);
            return name_list_add(&r->out->removed, path, err);
        }
        if (move_home(r, full, hash, to, err) != 0)
            return -1;
    }
    return 0;
}

/* Beside an extension of ours, or inside, everything that is not its own. */
static int clear_extensions(struct root_repair *r, const char *folder,
                            struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char full[PATH_SIZE], path[PATH_SIZE];

    if (path_format(full, err, "%s/%s", r->store->root, folder) != 0)
        return -1;
    if (!dir_exists(full))
        return 0; /* it is a file of the root's own */
    if (dir_list_all(full, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, err, "%s/%s", folder, names.names[i]) != 0)
            return -1;
        if (store_root_is_own(path)
                ? clear_extensions(r, path, err) != 0
                : aside_put(r->store->root, r->out->aside, path, err) != 0 ||
                      name_list_add(&r->out->removed, path, err) != 0)
            return -1;
    }
    return 0;
}

/* What stands where a file of the root's own belongs, and is none. */
static int clear_own(struct root_repair *r, struct err *err)
{
    for (const struct root_file *f = store_root_files(); f->path != NULL; f++) {
        char full[PATH_SIZE];
        struct stat st;

        if (aside_clear_way(r->store->root, r->out->aside, f->path,
                            &r->out->removed, err) != 0 ||
            path_format(full, err, "%s/%s", r->store->root, f->path) != 0)
            return -1;
        if (lstat(full, &st) == 0 && !S_ISREG(st.st_mode) &&
            (aside_put(r->store->root, r->out->aside, f->path, err) != 0 ||
             name_list_add(&r->out->removed, f->path, err) != 0))
            return -1;
    }
    return 0;
}

int repair_root(struct store *store, const char *damaged,
                struct name_list *volumes, struct repair *out, struct err *err)
{
    __attribute__((cleanup(root_repair_fini_at))) struct root_repair r = {
        .store = store, .out = out, .volumes = volumes};
    const struct pass looking = {note_misplaced, false};
    const struct pass clearing = {NULL, true};

    if (aside_name(damaged, "store", out->aside, err) != 0 ||
        clear_own(&r, err) != 0 ||
        store_restore_root(store->root, &out->mended, err) != 0 ||
        clear_extensions(&r, "extensions", err) != 0 ||
        walk(&r, &looking, "", 0, err) != 0)
        return -1;
    for (size_t i = 0; i < r.misplaced.count; i++) {
        if (settle(&r, r.misplaced.names[i], err) != 0)
            return -1;
    }
    return walk(&r, &clearing, "", 0, err);
}
