/* SPDX-License-Identifier: MIT */
#include "store/replica.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/ocfl.h"
#include "store/store.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define STORED_MODE         0444
#define DECLARATION_TEXT    "ocfl_object_1.1\n"

struct copying {
    const char *from;     /* the object's folder */
    char to[PATH_SIZE];   /* the object's folder in the replica */
    char work[PATH_SIZE]; /* to's store.work/HASH.copy */
    struct buf inventory; /* of the newest version, as it is */
    struct inventory *inv;
    unsigned first; /* version that is copied; all up to the newest are */
    struct replica_copy *done;
};

static void copying_fini_at(struct copying *c)
{
    buf_fini(&c->inventory);
    inventory_free(c->inv);
}

/* Made beside its place, for half a storage root would be none. */
static int make_root(const char *dir, const char *root, struct err *err)
{
    char new[PATH_SIZE];

    if (path_format(new, err, "%s/store.work/new", dir) != 0 ||
        dir_remove(new, err) != 0 || store_init(new, err) != 0)
        return -1;
    return file_move_durable(new, root, err);
}

int replica_make(const char *dir, struct store **out, struct err *err)
{
    char root[PATH_SIZE];

    if (path_format(root, err, "%s/store", dir) != 0)
        return -1;
    if (!file_exists(root) && make_root(dir, root, err) != 0)
        return -1;
    return store_open(root, out, err);
}

int replica_open(const char *dir, struct store **out, struct err *err)
{
    char root[PATH_SIZE], declaration[PATH_SIZE];

    if (path_format(root, err, "%s/store", dir) != 0 ||
        path_format(declaration, err, "%s/" OCFL_ROOT_DECLARATION, dir) != 0)
        return -1;
    return store_open(file_exists(declaration) ? dir : root, out, err);
}

int replica_lock(const char *dir, struct lock **out, struct err *err)
{
    char work[PATH_SIZE], path[PATH_SIZE];

    if (path_format(work, err, "%s/store.work", dir) != 0 ||
        path_format(path, err, "%s/replicate.lock", work) != 0 ||
        dir_make(work, err) != 0)
        return -1;
    if (lock_acquire(path, LOCK_TRY, out, err) == 0)
        return 0;
    return err->kind == ERR_BUSY
               ? err_set(err, ERR_BUSY,
                         "another process is writing into the replica %s; try "
                         "again when it is done",
                         dir)
               : -1;
}

static bool is_within(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 &&
           (path[len] == '/' || path[len] == '\0');
}

/* Of the nearest folder above that is there; NULL when none is. */
static char *real_of(const char *path)
{
    char above[PATH_SIZE];
    struct err err;
    char *real = realpath(path, NULL);

    if (real != NULL || path_format(above, &err, "%s", path) != 0)
        return real;
    for (char *slash; real == NULL && (slash = strrchr(above, '/')) != NULL;) {
        *slash = '\0';
        real = realpath(above[0] == '\0' ? "/" : above, NULL);
    }
    return real == NULL ? realpath(".", NULL) : real;
}

int replica_is_apart(const char *dir, const char *store_root, struct err *err)
{
    CLEANUP(free) char *here = realpath(store_root, NULL);
    CLEANUP(free) char *folder = real_of(dir);
    CLEANUP(free) char *there = NULL;
    char root[PATH_SIZE];

    if (path_format(root, err, "%s/store", dir) != 0)
        return -1;
    there = realpath(root, NULL);
    /* A root that is lost is not where the replica is. */
    if (here == NULL || folder == NULL ||
        (!is_within(folder, here) &&
         (there == NULL ||
          (!is_within(here, there) && !is_within(there, here)))))
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s is the store itself, or lies in it: a replica is on "
                   "another disk or share",
                   dir);
}

/* The inventory of a version with a sidecar that fits: it never changes, and
 * is the root's when the version is the newest. */
static int read_version_inventory(const char *object_dir, unsigned version,
                                  struct buf *out, struct err *err)
{
    char dir[PATH_SIZE], path[PATH_SIZE];

    if (path_format(dir, err, "%s/v%u", object_dir, version) != 0 ||
        path_format(path, err, "%s/" INVENTORY_NAME, dir) != 0)
        return -1;
    if (file_read(path, INVENTORY_MAX_BYTES, out, err) != 0) {
        err->kind = err->kind == ERR_ABSENT ? ERR_CHECKSUM : err->kind;
        return -1;
    }
    return sidecar_matches(dir, out)
               ? 0
               : err_set(err, ERR_CHECKSUM, "%s does not match its sidecar",
                         path);
}

static int open_source(struct copying *c, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *head = NULL;

    if (inventory_open(c->from, &head, err) != 0) {
        err->kind = err->kind == ERR_ABSENT ? ERR_CHECKSUM : err->kind;
        return -1;
    }
    if (read_version_inventory(c->from, inventory_head(head), &c->inventory,
                               err) != 0)
        return -1;
    return inventory_parse(&c->inventory, &c->inv, err);
}

/* What the replica has must be what the source was at that version. */
static int compare_present(struct copying *c, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *present = NULL;
    CLEANUP(buf_fini) struct buf was = BUF_INIT, is = BUF_INIT;
    char path[PATH_SIZE];

    c->first = 1;
    if (!dir_exists(c->to))
        return 0;
    if (inventory_open(c->to, &present, err) != 0)
        return err_add(err, "the replica is damaged");
    c->first = inventory_head(present) + 1;
    if (c->first > inventory_head(c->inv) + 1)
        return err_set(err, ERR_EXISTS,
                       "the replica has version %u, and the store only %u: "
                       "what was lost here?",
                       inventory_head(present), inventory_head(c->inv));
    if (path_format(path, err, "%s/" INVENTORY_NAME, c->to) != 0 ||
        file_read(path, INVENTORY_MAX_BYTES, &is, err) != 0 ||
        read_version_inventory(c->from, inventory_head(present), &was, err))
        return -1;
    if (was.len != is.len || memcmp(was.data, is.data, is.len) != 0)
        return err_set(err, ERR_EXISTS,
                       "the replica has another version %u than the store; "
                       "nothing of it is overwritten",
                       inventory_head(present));
    return 0;
}

/* Where a file of a version is put together. */
static int stage_path(const struct copying *c, const char *path,
                      char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%s%s", c->work,
                       c->first == 1 ? "object/" : "", path);
}

static int make_parent(const char *path, struct err *err)
{
    char parent[PATH_SIZE];

    if (path_format(parent, err, "%.*s", (int)(path_base(path) - path) - 1,
                    path) != 0)
        return -1;
    return dir_make(parent, err);
}

/* Also what an earlier attempt has brought, when it is right. */
static bool is_staged(const char *staged, const char *sha512)
{
    char hex[DIGEST_HEX_SIZE];
    struct err err;

    return file_exists(staged) &&
           digest_file(staged, DIGEST_SHA512, hex, &err) == 0 &&
           strcmp(hex, sha512) == 0;
}

static int copy_content(struct copying *c, const char *sha512, const char *path,
                        const char *staged, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    struct file_digests digests;
    char from[PATH_SIZE];

    if (path_format(from, err, "%s/%s", c->from, path) != 0 ||
        make_parent(staged, err) != 0 || file_remove(staged, err) != 0)
        return -1;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_CHECKSUM, "%s is missing", path);
    if (fd < 0)
        return err_set_errno(err, "%s", from);
    if (file_copy(fd, from, staged, &digests, err) != 0) {
        /* A place of the disk that does not read is this volume's damage. */
        err->kind = errno == EIO ? ERR_CHECKSUM : err->kind;
        return -1;
    }
    if (strcmp(digests.sha512, sha512) != 0) {
        (void)unlink(staged);
        return err_set(err, ERR_CHECKSUM,
                       "%s is not what the inventory says; verify the volume "
                       "first",
                       path);
    }
    if (chmod(staged, STORED_MODE) != 0)
        return err_set_errno(err, "%s", staged);
    c->done->bytes += (uint64_t)digests.size_bytes;
    return 0;
}

/* An inventory_content_visit. */
static int stage_content(void *arg, const char *sha512, const char *path,
                         struct err *err)
{
    struct copying *c = arg;
    char staged[PATH_SIZE];

    if (strtoul(path + 1, NULL, 10) < c->first)
        return 0;
    if (stage_path(c, path, staged, err) != 0)
        return -1;
    c->done->files++;
    return is_staged(staged, sha512)
               ? 0
               : copy_content(c, sha512, path, staged, err);
}

/* An inventory_content_visit: what is on the disk now, and not in memory. */
static int check_content(void *arg, const char *sha512, const char *path,
                         struct err *err)
{
    struct copying *c = arg;
    CLEANUP(close_fd) int fd = -1;
    char staged[PATH_SIZE];

    if (strtoul(path + 1, NULL, 10) < c->first)
        return 0;
    if (stage_path(c, path, staged, err) != 0)
        return -1;
    fd = open(staged, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return is_staged(staged, sha512)
               ? 0
               : err_set(err, ERR_CHECKSUM,
                         "%s was written and does not read as it was written: "
                         "look to the disk of the replica",
                         staged);
}

static int write_stored(const char *path, const void *bytes, size_t len,
                        struct err *err)
{
    if (make_parent(path, err) != 0 ||
        file_write_durable(path, bytes, len, err) != 0)
        return -1;
    return chmod(path, STORED_MODE) == 0 ? 0 : err_set_errno(err, "%s", path);
}

/* What a killed copy was just writing. */
static int sweep(const char *dir, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];

    if (dir_list_all(dir, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (strncmp(names.names[i], TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0 &&
            (path_format(path, err, "%s/%s", dir, names.names[i]) != 0 ||
             file_remove(path, err) != 0))
            return -1;
    }
    return 0;
}

/* An inventory and its sidecar, into a folder of the stage. */
static int write_pair(const char *dir, const struct buf *inventory,
                      struct err *err)
{
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE], sidecar[SIDECAR_SIZE];

    if (digest_bytes(inventory->data, inventory->len, DIGEST_SHA512, hex, err))
        return -1;
    (void)snprintf(sidecar, sizeof(sidecar), "%s " INVENTORY_NAME "\n", hex);
    if (path_format(path, err, "%s/" INVENTORY_NAME, dir) != 0 ||
        write_stored(path, inventory->data, inventory->len, err) != 0 ||
        path_format(path, err, "%s/" SIDECAR_NAME, dir) != 0 ||
        write_stored(path, sidecar, strlen(sidecar), err) != 0)
        return -1;
    return sweep(dir, err);
}

static int stage_versions(struct copying *c, struct err *err)
{
    char dir[PATH_SIZE], name[16];

    for (unsigned v = c->first; v <= inventory_head(c->inv); v++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

        (void)snprintf(name, sizeof(name), "v%u", v);
        if (read_version_inventory(c->from, v, &bytes, err) != 0 ||
            stage_path(c, name, dir, err) != 0 ||
            write_pair(dir, &bytes, err) != 0)
            return -1;
    }
    return 0;
}

/* What goes into the object's own folder. */
static int stage_root(struct copying *c, struct err *err)
{
    char dir[PATH_SIZE], path[PATH_SIZE];

    if (path_format(dir, err, "%s%s", c->work,
                    c->first == 1 ? "/object" : "") != 0 ||
        write_pair(dir, &c->inventory, err) != 0)
        return -1;
    if (c->first > 1)
        return 0;
    if (path_format(path, err, "%s/" OCFL_OBJECT_DECLARATION, dir) != 0)
        return -1;
    if (write_stored(path, DECLARATION_TEXT, strlen(DECLARATION_TEXT), err))
        return -1;
    return sweep(dir, err);
}

/* Versions that a broken-off copy has moved in, and no inventory knows yet:
 * back, to be compared with the rest. */
static int take_back(const struct copying *c, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char from[PATH_SIZE], to[PATH_SIZE];

    if (c->first == 1)
        return 0;
    if (dir_list(c->to, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (store_version_of(names.names[i]) < c->first)
            continue;
        if (path_format(from, err, "%s/%s", c->to, names.names[i]) != 0 ||
            stage_path(c, names.names[i], to, err) != 0 ||
            dir_make(c->work, err) != 0 || dir_remove(to, err) != 0 ||
            file_move_durable(from, to, err) != 0)
            return -1;
    }
    return 0;
}

static int publish_object(const struct copying *c, struct err *err)
{
    char from[PATH_SIZE];

    if (path_format(from, err, "%s/object", c->work) != 0 ||
        make_parent(c->to, err) != 0)
        return -1;
    return file_move_durable(from, c->to, err);
}

static int publish_versions(const struct copying *c, struct err *err)
{
    static const char *const pair[] = {INVENTORY_NAME, SIDECAR_NAME};
    char name[16], from[PATH_SIZE], to[PATH_SIZE];

    for (unsigned v = c->first; v <= inventory_head(c->inv); v++) {
        (void)snprintf(name, sizeof(name), "v%u", v);
        if (stage_path(c, name, from, err) != 0 ||
            path_format(to, err, "%s/%s", c->to, name) != 0 ||
            file_move_durable(from, to, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < 2; i++) {
        if (path_format(from, err, "%s/%s", c->work, pair[i]) != 0 ||
            path_format(to, err, "%s/%s", c->to, pair[i]) != 0 ||
            file_move_durable(from, to, err) != 0)
            return -1;
    }
    return 0;
}

/* Killed between the inventory and its sidecar: the version's folder has it. */
static int mend_sidecar(const struct copying *c, struct err *err)
{
    char from[PATH_SIZE], to[PATH_SIZE];

    if (sidecar_matches(c->to, &c->inventory))
        return 0;
    if (dir_make(c->work, err) != 0 ||
        write_pair(c->work, &c->inventory, err) != 0 ||
        path_format(from, err, "%s/" SIDECAR_NAME, c->work) != 0 ||
        path_format(to, err, "%s/" SIDECAR_NAME, c->to) != 0)
        return -1;
    return file_move_durable(from, to, err);
}

static int copy_versions(struct copying *c, struct err *err)
{
    if (take_back(c, err) != 0 ||
        inventory_each_content(c->inv, stage_content, c, err) != 0 ||
        stage_versions(c, err) != 0 || stage_root(c, err) != 0 ||
        dir_sync_tree(c->work, err) != 0 ||
        inventory_each_content(c->inv, check_content, c, err) != 0)
        return -1;
    return c->first == 1 ? publish_object(c, err) : publish_versions(c, err);
}

int replica_copy_object(const char *object_dir, const struct store *to,
                        struct replica_copy *out, struct err *err)
{
    __attribute__((cleanup(copying_fini_at))) struct copying c = {
        .from = object_dir, .done = out};
    CLEANUP(lock_release) struct lock *lock = NULL;
    char hash[DIGEST_HEX_SIZE];

    *out = (struct replica_copy){0, 0, 0};
    if (open_source(&c, err) != 0 ||
        digest_bytes(inventory_id(c.inv), strlen(inventory_id(c.inv)),
                     DIGEST_SHA256, hash, err) != 0 ||
        store_object_dir(to, hash, c.to, err) != 0 ||
        path_format(c.work, err, "%s/%s.copy", to->work, hash) != 0 ||
        store_lock(to, hash, &lock, err) != 0 || compare_present(&c, err) != 0)
        return -1;
    if (c.first > inventory_head(c.inv)) {
        if (mend_sidecar(&c, err) != 0)
            return -1;
    } else if (copy_versions(&c, err) != 0) {
        return -1;
    }
    out->version = inventory_head(c.inv);
    return dir_remove(c.work, err);
}

struct copying_all {
    const struct store *from, *to;
    const struct replica_walk *walk;
    uint64_t done;
};

static unsigned head_of(const char *object_dir)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    struct err ignored;

    return inventory_open(object_dir, &inv, &ignored) == 0 ? inventory_head(inv)
                                                           : 0;
}

/* Whose object is it, and is it where that one's is? The name of its folder
 * otherwise. */
static int tell_volume(const struct store *store, const char *object_dir,
                       char volume[ID_SIZE], struct err *err)
{
    struct object_place place;

    if (!store_volume_of(store, object_dir, volume, err)) {
        (void)snprintf(volume, ID_SIZE, "%s", path_base(object_dir));
        err->kind = err->kind == ERR_ABSENT ? ERR_CHECKSUM : err->kind;
        return -1;
    }
    if (store_locate(store, volume, &place, err) != 0)
        return -1;
    return strcmp(place.dir, object_dir) == 0
               ? 0
               : err_set(err, ERR_CHECKSUM, "its object lies at %s",
                         object_dir);
}

static int copy_if_good(const struct copying_all *all, const char *object_dir,
                        char volume[ID_SIZE], struct replica_copy *copy,
                        struct err *err)
{
    const struct replica_walk *w = all->walk;
    struct object_place there;

    if (tell_volume(all->from, object_dir, volume, err) != 0 ||
        store_locate(all->to, volume, &there, err) != 0)
        return -1;
    if (dir_exists(there.dir) &&
        replica_check_copy(object_dir, there.dir, w->is_read, &w->means, err))
        return -1;
    if (head_of(object_dir) != head_of(there.dir) &&
        replica_check_source(all->from, volume,
                             w->known == NULL ? 0 : w->known(w->arg, volume),
                             &w->means, err) != 0)
        return -1;
    return replica_copy_object(object_dir, all->to, copy, err);
}

/* A store_visit. */
static int copy_one(void *arg, const char *object_dir, struct err *err)
{
    struct copying_all *all = arg;
    struct replica_copy copy = {0, 0, 0};
    char volume[ID_SIZE];
    struct err why = {ERR_NONE, ""};
    int rc = copy_if_good(all, object_dir, volume, &copy, &why);

    progress_set(all->walk->progress, ++all->done);
    /* A disk that is full or gone is no matter of one volume. */
    if (rc != 0 && (why.kind == ERR_IO || why.kind == ERR_NOMEM)) {
        *err = why;
        return err_add(err, "%s", volume);
    }
    return all->walk->visit(all->walk->arg, volume, &copy,
                            rc == 0 ? NULL : &why, err);
}

int replica_copy_store(const struct store *from, const struct store *to,
                       const struct replica_walk *walk, struct err *err)
{
    struct copying_all all = {from, to, walk, 0};

    return store_walk(from, copy_one, &all, err);
}
