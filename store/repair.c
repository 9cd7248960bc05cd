/* SPDX-License-Identifier: MIT */
#include "store/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"
#include "store/aside.h"
#include "store/ocfl.h"
#include "store/replica.h"
#include "store/store.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define STORED_MODE         0444
#define DECLARATION_TEXT    "ocfl_object_1.1\n"

struct repairing {
    struct object_place place;  /* of the damaged object */
    struct object_place source; /* of the replica's */
    char work[PATH_SIZE];       /* store.work/HASH.repair */
    struct buf inventory;       /* of the newest version: what is true */
    struct inventory *inv;
    json_t *newest;   /* the same as JSON */
    json_t *expected; /* path below the object -> true */
    unsigned brought; /* the version of a volume that was lost as a whole */
    struct repair *out;
};

static void repairing_fini_at(struct repairing *r)
{
    buf_fini(&r->inventory);
    inventory_free(r->inv);
    json_decref(r->newest);
    json_decref(r->expected);
}

void repair_fini(struct repair *repair)
{
    name_list_fini(&repair->mended);
    name_list_fini(&repair->removed);
    fault_report_fini(&repair->left);
}

/* A file, or a link, where a folder of the object belongs. */
static int clear_way(struct repairing *r, const char *path, struct err *err)
{
    return aside_clear_way(r->place.dir, r->out->aside, path, &r->out->removed,
                           err);
}

/* The staged file takes its place in the object. */
static int put_in_place(struct repairing *r, const char *staged,
                        const char *path, struct err *err)
{
    char to[PATH_SIZE];

    if (path_format(to, err, "%s/%s", r->place.dir, path) != 0)
        return -1;
    if (chmod(staged, STORED_MODE) != 0)
        return err_set_errno(err, "%s", staged);
    if (aside_put(r->place.dir, r->out->aside, path, err) != 0 ||
        aside_make_parent(to, err) != 0 ||
        file_move_durable(staged, to, err) != 0)
        return -1;
    return name_list_add(&r->out->mended, path, err);
}

/* Texts: inventories, sidecars, the declaration */

static int mend_text(struct repairing *r, const char *path, const char *text,
                     size_t len, struct err *err)
{
    CLEANUP(buf_fini) struct buf present = BUF_INIT;
    char full[PATH_SIZE], staged[PATH_SIZE];
    struct err ignored;
    struct stat st;

    if (json_object_set_new(r->expected, path, json_true()) != 0)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    if (path_format(full, err, "%s/%s", r->place.dir, path) != 0 ||
        path_format(staged, err, "%s/%s", r->work, path_base(path)) != 0 ||
        clear_way(r, path, err) != 0)
        return -1;
    if (lstat(full, &st) == 0 && S_ISREG(st.st_mode) &&
        file_read(full, INVENTORY_MAX_BYTES, &present, &ignored) == 0 &&
        present.len == len && memcmp(buf_str(&present), text, len) == 0)
        return 0;
    if (file_write_durable(staged, text, len, err) != 0)
        return -1;
    return put_in_place(r, staged, path, err);
}

static int mend_pair(struct repairing *r, const char *folder,
                     const struct buf *inventory, struct err *err)
{
    char path[64], hex[DIGEST_HEX_SIZE], sidecar[SIDECAR_SIZE];

    if (digest_bytes(inventory->data, inventory->len, DIGEST_SHA512, hex, err))
        return -1;
    (void)snprintf(sidecar, sizeof(sidecar), "%s " INVENTORY_NAME "\n", hex);
    (void)snprintf(path, sizeof(path), "%s" INVENTORY_NAME, folder);
    if (mend_text(r, path, inventory->data, inventory->len, err) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s" SIDECAR_NAME, folder);
    return mend_text(r, path, sidecar, strlen(sidecar), err);
}

/* Which inventory is true? */

/* The bytes of folder/inventory.json when they are of this object and version
 * (0: any) and one of the folders' sidecars states their digest. */
static bool read_trusted(const struct repairing *r, const char *folder,
                         const char *const sidecars[2], unsigned version,
                         struct buf *out, unsigned *head)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    char path[PATH_SIZE];
    struct err err;

    buf_clear(out);
    if (path_format(path, &err, "%s/" INVENTORY_NAME, folder) != 0 ||
        file_read(path, INVENTORY_MAX_BYTES, out, &err) != 0 ||
        (!sidecar_matches(sidecars[0], out) &&
         !sidecar_matches(sidecars[1], out)) ||
        inventory_parse(out, &inv, &err) != 0 ||
        strcmp(inventory_id(inv), r->place.id) != 0 ||
        (version != 0 && inventory_head(inv) != version))
        return false;
    *head = inventory_head(inv);
    return true;
}

static unsigned newest_folder(const char *object_dir)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    unsigned newest = 0;
    struct err err;

    if (dir_list(object_dir, &names, &err) != 0)
        return 0;
    for (size_t i = 0; i < names.count; i++) {
        unsigned v = store_version_of(names.names[i]);

        newest = v > newest ? v : newest;
    }
    return newest;
}

/* What the inventories of the newest version say: most often all the same. An
 * object and its replica have two each. */
#define MAX_CLAIMS 4

struct claims {
    unsigned head;
    size_t count;
    struct claim {
        struct buf bytes;
        unsigned witnesses;
    } items[MAX_CLAIMS];
};

static void claims_fini_at(struct claims *c)
{
    for (size_t i = 0; i < MAX_CLAIMS; i++)
        buf_fini(&c->items[i].bytes);
}

static void hear(struct claims *c, const struct buf *bytes, unsigned head)
{
    size_t i = 0;

    if (head < c->head)
        return;
    c->count = head > c->head ? 0 : c->count;
    c->head = head;
    while (i < c->count &&
           (c->items[i].bytes.len != bytes->len ||
            memcmp(c->items[i].bytes.data, bytes->data, bytes->len) != 0))
        i++;
    if (i == MAX_CLAIMS)
        return;
    if (i == c->count) {
        buf_clear(&c->items[i].bytes);
        buf_add(&c->items[i].bytes, bytes->data, bytes->len);
        c->items[i].witnesses = 0;
        c->count++;
    }
    c->items[i].witnesses++;
}

/* Of one object: its root's inventory, and those of its versions. */
static void look_in_object(const struct repairing *r, const char *dir,
                           struct claims *claims)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char folder[PATH_SIZE];
    const char *root[2] = {dir, dir};
    const char *own[2] = {folder, folder};
    bool has_root;
    struct err err;
    unsigned head;

    has_root = read_trusted(r, dir, root, 0, &bytes, &head);
    if (has_root)
        hear(claims, &bytes, head);
    for (unsigned v = newest_folder(dir); v > 0 && v >= claims->head; v--) {
        if (path_format(folder, &err, "%s/v%u", dir, v) != 0)
            return;
        if (read_trusted(r, folder, own, v, &bytes, &head))
            hear(claims, &bytes, head);
        /* The root's copy, and only its version's sidecar left. */
        root[1] = folder;
        if (!has_root && read_trusted(r, dir, root, v, &bytes, &head))
            hear(claims, &bytes, head);
    }
}

/* What most say. NULL: as many say something else. */
static const struct claim *believed(const struct claims *c)
{
    const struct claim *most = &c->items[0];
    bool is_alone = true;

    for (size_t i = 1; i < c->count; i++) {
        is_alone = c->items[i].witnesses != most->witnesses && is_alone;
        if (c->items[i].witnesses > most->witnesses) {
            most = &c->items[i];
            is_alone = true;
        }
    }
    return is_alone ? most : NULL;
}

/* Is the version behind the newest that can be trusted one of which all
 * inventories are lost, here and in the replica? Not when the object's own
 * inventory is whole, for a version is there once that names it, and not when
 * versions between them are missing: then the folder is a stray. */
static bool is_version_lost(const struct repairing *r, unsigned head)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    const char *root[2] = {r->place.dir, r->place.dir};
    char next[PATH_SIZE];
    unsigned own;
    struct err err;

    return path_format(next, &err, "%s/v%u", r->place.dir, head + 1) == 0 &&
           dir_exists(next) &&
           !read_trusted(r, r->place.dir, root, head, &bytes, &own);
}

/* The newest that can be trusted. A digest that fits proves that it is whole,
 * not that nobody altered both. */
static int find_truth(struct repairing *r, struct err *err)
{
    CLEANUP(claims_fini) struct claims claims = {.head = 0};
    const struct claim *truth;

    look_in_object(r, r->place.dir, &claims);
    look_in_object(r, r->source.dir, &claims);
    if (claims.head == 0)
        return err_set(err, ERR_CHECKSUM,
                       "neither the object nor the replica has an inventory "
                       "that its sidecar vouches for");
    truth = believed(&claims);
    if (truth == NULL)
        return err_set(err, ERR_CHECKSUM,
                       "there are two inventories of version %u, each with a "
                       "digest that fits, and nothing tells which is true; "
                       "compare %s with %s",
                       claims.head, r->place.dir, r->source.dir);
    buf_add(&r->inventory, truth->bytes.data, truth->bytes.len);
    if (r->inventory.failed || truth->bytes.failed)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    if (is_version_lost(r, claims.head))
        return err_set(err, ERR_CHECKSUM,
                       "no inventory of version %u can be trusted, and the "
                       "replica has only version %u",
                       claims.head + 1, claims.head);
    r->newest = json_loadb(r->inventory.data, r->inventory.len, 0, NULL);
    return inventory_parse(&r->inventory, &r->inv, err);
}

/* Does it tell of its versions what the newest inventory tells of them? (OCFL
 * 1.1 section 3.5.3.1) */
static bool agrees_with_newest(const struct repairing *r,
                               const struct buf *bytes, unsigned version)
{
    CLEANUP(json_decref)
    json_t *own = json_loadb(bytes->data, bytes->len, 0, NULL);
    json_t *told = json_object_get(own, "versions");
    json_t *known = json_object_get(r->newest, "versions");
    char name[16];

    for (unsigned v = 1; v <= version; v++) {
        (void)snprintf(name, sizeof(name), "v%u", v);
        if (!json_equal(json_object_get(told, name),
                        json_object_get(known, name)))
            return false;
    }
    return true;
}

/* The inventory of a version before the newest: the object's own, unless the
 * replica's alone agrees with the newest. */
static bool read_earlier(const struct repairing *r, const char *own,
                         const char *other, unsigned version, struct buf *out)
{
    CLEANUP(buf_fini) struct buf theirs = BUF_INIT;
    const char *const sidecars[2] = {own, other};
    bool has_own, has_theirs;
    unsigned head;

    has_own = read_trusted(r, own, sidecars, version, out, &head);
    if (has_own && agrees_with_newest(r, out, version))
        return true;
    has_theirs = read_trusted(r, other, sidecars, version, &theirs, &head);
    if (has_theirs && (!has_own || agrees_with_newest(r, &theirs, version))) {
        buf_clear(out);
        buf_add(out, theirs.data, theirs.len);
    }
    return has_own || has_theirs;
}

/* Versions before the newest keep the inventory of their time. */
static int mend_version(struct repairing *r, unsigned version, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char own[PATH_SIZE], other[PATH_SIZE], folder[16];

    (void)snprintf(folder, sizeof(folder), "v%u/", version);
    if (version == inventory_head(r->inv))
        return mend_pair(r, folder, &r->inventory, err);
    if (path_format(own, err, "%s/v%u", r->place.dir, version) != 0 ||
        path_format(other, err, "%s/v%u", r->source.dir, version) != 0)
        return -1;
    if (!read_earlier(r, own, other, version, &bytes)) {
        char path[64];

        /* It stays as it is, and verify says what is wrong with it. */
        for (int i = 0; i < 2; i++) {
            (void)snprintf(path, sizeof(path), "%s%s", folder,
                           i == 0 ? INVENTORY_NAME : SIDECAR_NAME);
            if (json_object_set_new(r->expected, path, json_true()) != 0)
                return err_set(err, ERR_NOMEM, "repair: out of memory");
        }
        return 0;
    }
    return mend_pair(r, folder, &bytes, err);
}

/* Content */

static bool has_digest(const char *path, const char *sha512)
{
    char hex[DIGEST_HEX_SIZE];
    struct stat st;
    struct err err;

    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           digest_file(path, DIGEST_SHA512, hex, &err) == 0 &&
           strcmp(hex, sha512) == 0;
}

/* Bytes of that digest from the replica's file into the stage; false when it
 * has others, or none. */
static int stage_from(const char *from, const char *sha512, const char *staged,
                      bool *is_good, struct err *err)
{
    CLEANUP(close_fd) int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct file_digests digests;
    struct err why;

    *is_good = false;
    if (fd < 0)
        return 0;
    if (file_copy_durable(fd, from, staged, &digests, &why) != 0) {
        if (errno == EIO)
            return 0; /* the replica's place does not read */
        *err = why;
        return -1;
    }
    *is_good = strcmp(digests.sha512, sha512) == 0;
    return 0;
}

/* An inventory_content_visit. */
static int mend_content(void *arg, const char *sha512, const char *path,
                        struct err *err)
{
    struct repairing *r = arg;
    char full[PATH_SIZE], from[PATH_SIZE], staged[PATH_SIZE];
    bool is_good;

    if (json_object_set_new(r->expected, path, json_true()) != 0)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    if (path_format(full, err, "%s/%s", r->place.dir, path) != 0 ||
        path_format(from, err, "%s/%s", r->source.dir, path) != 0 ||
        path_format(staged, err, "%s/content", r->work) != 0 ||
        clear_way(r, path, err) != 0)
        return -1;
    if (has_digest(full, sha512))
        return 0;
    if (stage_from(from, sha512, staged, &is_good, err) != 0)
        return -1;
    return is_good ? put_in_place(r, staged, path, err) : 0;
}

/* What belongs to no version */

static int clear_folder(struct repairing *r, const char *folder,
                        struct err *err);

static bool is_folder_of(const struct repairing *r, const char *path)
{
    char full[PATH_SIZE];
    struct stat st;
    struct err err;

    return path_format(full, &err, "%s/%s", r->place.dir, path) == 0 &&
           lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
}

static int clear_entry(struct repairing *r, const char *path, struct err *err)
{
    /* OCFL says nothing of what is in these two. */
    if (strcmp(path, "logs") == 0 || strcmp(path, "extensions") == 0)
        return 0;
    if (is_folder_of(r, path))
        return clear_folder(r, path, err);
    if (json_object_get(r->expected, path) != NULL)
        return 0;
    if (aside_put(r->place.dir, r->out->aside, path, err) != 0)
        return -1;
    return name_list_add(&r->out->removed, path, err);
}

static int clear_folder(struct repairing *r, const char *folder,
                        struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    const char *slash = folder[0] == '\0' ? "" : "/";
    char full[PATH_SIZE], path[PATH_SIZE];

    if (path_format(full, err, "%s/%s", r->place.dir, folder) != 0 ||
        dir_list_all(full, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, err, "%s%s%s", folder, slash, names.names[i]) ||
            clear_entry(r, path, err) != 0)
            return -1;
    }
    /* OCFL knows no empty folders; most often it is not empty. */
    if (folder[0] != '\0')
        (void)rmdir(full);
    return 0;
}

/* All together */

/* The root inventory goes last: until then every step can be done again. */
static int mend_object(struct repairing *r, struct err *err)
{
    if (find_truth(r, err) != 0 || dir_make(r->work, err) != 0 ||
        mend_text(r, OCFL_OBJECT_DECLARATION, DECLARATION_TEXT,
                  strlen(DECLARATION_TEXT), err) != 0 ||
        inventory_each_content(r->inv, mend_content, r, err) != 0)
        return -1;
    for (unsigned v = 1; v <= inventory_head(r->inv); v++) {
        if (mend_version(r, v, err) != 0)
            return -1;
    }
    if (mend_pair(r, "", &r->inventory, err) != 0 ||
        clear_folder(r, "", err) != 0)
        return -1;
    return dir_remove(r->work, err);
}

static int bring_back(struct repairing *r, const struct store *store,
                      struct err *err)
{
    CLEANUP(name_list_fini) struct name_list moved = {NULL, 0};
    struct replica_copy copy;
    char inside[PATH_SIZE];

    if (!dir_exists(r->source.dir))
        return err_set(err, ERR_ABSENT, "the replica has no such volume");
    /* The object's own folder is on the way, too. What stood there was nothing
     * of the object's, so its record does not name it. */
    if (path_format(inside, err, "%s/" INVENTORY_NAME,
                    r->place.dir + strlen(store->root) + 1) != 0 ||
        aside_clear_way(store->root, r->out->aside, inside, &moved, err) != 0)
        return -1;
    if (replica_copy_object(r->source.dir, store, &copy, err) != 0)
        return -1;
    r->brought = copy.version;
    return name_list_add(&r->out->mended, "", err);
}

static int mend(struct repairing *r, struct store *store, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;

    if (!dir_exists(r->place.dir))
        return bring_back(r, store, err);
    if (store_lock(store, r->place.hash, &lock, err) != 0)
        return -1;
    return mend_object(r, err);
}

int repair_volume(struct store *store, const char *volume,
                  const struct store *replica, const char *damaged,
                  const struct verify_means *means, struct repair *out,
                  struct err *err)
{
    __attribute__((cleanup(repairing_fini_at))) struct repairing r = {
        .expected = json_object(), .out = out};

    if (store_locate(store, volume, &r.place, err) != 0 ||
        store_locate(replica, volume, &r.source, err) != 0 ||
        path_format(r.work, err, "%s/%s.repair", store->work, r.place.hash) ||
        aside_name(damaged, volume, out->aside, err) != 0 ||
        mend(&r, store, err) != 0)
        return err_add(err, "volume %s", volume);
    if (r.brought > 0)
        store_note_published(store, volume, r.brought);
    return verify_volume(store, volume, means, &out->left, err);
}

/* The files that a version brought, read again. */
struct reading_back {
    const char *dir;
    char folder[16]; /* "vN/" */
    struct fault_report *report;
};

/* An inventory_content_visit. */
static int read_back_file(void *arg, const char *sha512, const char *path,
                          struct err *err)
{
    const struct reading_back *r = arg;
    char full[PATH_SIZE], hex[DIGEST_HEX_SIZE];

    if (strncmp(path, r->folder, strlen(r->folder)) != 0)
        return 0;
    if (path_format(full, err, "%s/%s", r->dir, path) != 0 ||
        digest_file(full, DIGEST_SHA512, hex, err) != 0)
        return -1;
    r->report->files++;
    r->report->bytes += (uint64_t)file_size(full);
    return strcmp(hex, sha512) == 0
               ? 0
               : err_set(err, ERR_CHECKSUM,
                         "%s was just written, and is not what was written",
                         full);
}

/* All before it was read for the repair; so all of the volume is checked. */
static int read_back(const struct store *store, const char *volume,
                     struct fault_report *report, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0 ||
        inventory_open(place.dir, &inv, err) != 0)
        return -1;
    struct reading_back r = {.dir = place.dir, .report = report};

    (void)snprintf(r.folder, sizeof(r.folder), "v%u/", inventory_head(inv));
    if (inventory_each_content(inv, read_back_file, &r, err) != 0)
        return -1;
    report->version = inventory_head(inv);
    return 0;
}

int repair_record(struct store *store, const char *volume,
                  struct repair *repair, const char *from, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(buf_fini) struct buf message = BUF_INIT;

    if (package_open(store, volume, &package, err) != 0 ||
        draft_begin(store, package_volume(package), &draft, err) != 0 ||
        draft_add_repair(draft, &repair->mended, &repair->removed, from, err))
        return -1;
    buf_printf(&message, "repair from %s", from);
    /* The draft holds the lock until it is freed: no other version is newer. */
    return draft_commit(draft, buf_str(&message), err) != 0
               ? -1
               : read_back(store, volume, &repair->left, err);
}
