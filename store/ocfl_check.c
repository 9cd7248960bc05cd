/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/json.h"
#include "store/ocfl_rules.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define INVENTORY           "inventory.json"
#define DIGEST_KINDS        5
#define BLOCK_BYTES         (1 << 16) /* on the stack: files are many, and small */

/* A file below a version's content folder. */
struct content_file {
    char *path; /* below the object */
    unsigned version;
    unsigned wanted; /* digests to compute: bit 1 << enum digest_kind */
    bool is_read;
    bool is_condemned;          /* an E092 was reported: once is enough */
    uint64_t bytes;             /* that were read */
    char *trouble;              /* why it could not be; NULL */
    char *digest[DIGEST_KINDS]; /* NULL: not wanted, or not reckoned */
};

struct version_folder {
    char name[16];
    unsigned number;
    struct judged_inventory inv; /* json is NULL when it has none */
    char inv_path[40];
    bool has_inventory;
};

struct object_check {
    struct check base;
    struct verify_means means;
    struct judged_inventory root;
    struct version_folder *versions; /* by number */
    size_t version_count;
    struct content_file *files; /* by path */
    size_t file_count, file_cap;
    json_t *listed; /* content paths of the root inventory -> true */
};

static void content_file_fini(struct content_file *f)
{
    free(f->path);
    free(f->trouble);
    for (int k = 0; k < DIGEST_KINDS; k++)
        free(f->digest[k]);
}

static void object_check_fini_at(struct object_check *o)
{
    for (size_t i = 0; i < o->version_count; i++)
        judged_inventory_fini(&o->versions[i].inv);
    for (size_t i = 0; i < o->file_count; i++)
        content_file_fini(&o->files[i]);
    judged_inventory_fini(&o->root);
    json_decref(o->listed);
    free(o->versions);
    free(o->files);
}

enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_OTHER };

/* What a path below the object is; symbolic links and devices are ENTRY_OTHER
 * and reported, for OCFL knows neither (E090). */
static enum entry_kind entry_kind(struct check *c, const char *path)
{
    char full[PATH_SIZE];
    struct stat st;
    struct err err;

    if (path_format(full, &err, "%s/%s", c->dir, path) != 0 ||
        lstat(full, &st) != 0) {
        check_fault(c, FAULT_UNREADABLE, "", path, "cannot be looked at: %s",
                    strerror(errno));
        return ENTRY_OTHER;
    }
    if (S_ISDIR(st.st_mode))
        return ENTRY_FOLDER;
    if (S_ISREG(st.st_mode))
        return ENTRY_FILE;
    check_rule(c, "E090", path, "is neither a regular file nor a folder");
    return ENTRY_OTHER;
}

/* Names in a folder below the object, also temporary ones. */
static int list_folder(struct check *c, const char *path,
                       struct name_list *names)
{
    char full[PATH_SIZE];
    struct err err;

    if (path_format(full, &err, "%s/%s", c->dir, path) == 0 &&
        dir_list_all(full, names, &err) == 0)
        return 0;
    check_fault(c, FAULT_UNREADABLE, "", path, "cannot be listed: %s", err.msg);
    return -1;
}

/* Inventories and their sidecars */

static void check_sidecar(struct object_check *o, struct judged_inventory *inv)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char path[PATH_SIZE], full[PATH_SIZE];
    const char *algorithm = json_get_text(inv->json, "digestAlgorithm", "");
    enum digest_kind kind;
    struct err err;
    size_t len;

    if (!ocfl_digest_kind(algorithm, &kind))
        return; /* reported as E025; there is no saying what it should be */
    if (path_format(path, &err, "%s.%s", inv->path, algorithm) != 0 ||
        path_format(full, &err, "%s/%s", o->base.dir, path) != 0 ||
        file_read(full, 4096, &text, &err) != 0) {
        check_rule(&o->base, "E058", path, "the sidecar is not there");
        return;
    }
    len = strspn(buf_str(&text), "0123456789abcdefABCDEF");
    size_t gap = strspn(buf_str(&text) + len, " \t");
    const char *rest = buf_str(&text) + len + gap;
    if (len == 0 || gap == 0 ||
        (strcmp(rest, INVENTORY) != 0 && strcmp(rest, INVENTORY "\n") != 0)) {
        check_rule(&o->base, "E061", path,
                   "is not a digest, a space and '" INVENTORY "'");
        return;
    }
    if (inv->hex[0] == '\0')
        (void)digest_bytes(buf_str(&inv->bytes), inv->bytes.len, kind, inv->hex,
                           &err);
    inv->is_vouched = strlen(inv->hex) == len &&
                      strncasecmp(inv->hex, buf_str(&text), len) == 0;
    if (!inv->is_vouched)
        check_fault(&o->base, FAULT_ALTERED, "E060", inv->path,
                    "its digest is not what the sidecar states");
}

static bool is_same_text(const struct judged_inventory *a,
                         const struct judged_inventory *b)
{
    return a->bytes.len == b->bytes.len &&
           memcmp(buf_str(&a->bytes), buf_str(&b->bytes), a->bytes.len) == 0;
}

/* What was found in the root inventory is not said again of its copy in the
 * newest version, nor is a large one parsed again. */
static void judge_once(struct object_check *o, struct judged_inventory *inv)
{
    const struct judged_inventory own = *inv;

    if (inv == &o->root || !is_same_text(inv, &o->root)) {
        judge_inventory(&o->base, inv);
        return;
    }
    *inv = o->root; /* its digest, too, is reckoned once */
    inv->path = own.path;
    inv->bytes = own.bytes;
    inv->is_vouched = false;
    (void)json_incref(inv->json);
}

/* Reads and judges; false when the file is not there. */
static bool load_inventory(struct object_check *o, struct judged_inventory *inv)
{
    char full[PATH_SIZE];
    struct err err;

    if (path_format(full, &err, "%s/%s", o->base.dir, inv->path) != 0)
        return false;
    if (file_read(full, INVENTORY_MAX_BYTES, &inv->bytes, &err) != 0) {
        if (err.kind != ERR_ABSENT)
            check_fault(&o->base, FAULT_UNREADABLE, "", inv->path, "%s",
                        err.msg);
        return err.kind != ERR_ABSENT;
    }
    judge_once(o, inv);
    check_sidecar(o, inv);
    return true;
}

static bool is_inventory_name(const char *name,
                              const struct judged_inventory *inv)
{
    const char *algorithm = json_get_text(inv->json, "digestAlgorithm", NULL);

    if (strcmp(name, INVENTORY) == 0)
        return true;
    if (strncmp(name, INVENTORY ".", sizeof(INVENTORY)) != 0)
        return false;
    /* Of an inventory that cannot be read, any sidecar may be the right one. */
    return algorithm == NULL ||
           strcmp(name + sizeof(INVENTORY), algorithm) == 0;
}

/* The object's root folder */

static void check_declaration(struct object_check *o, const char *name)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char full[PATH_SIZE], expected[32];
    const char *version = name + strlen("0=ocfl_object_");
    struct err err;

    if (strncmp(name, "0=ocfl_object_", strlen("0=ocfl_object_")) != 0 ||
        (strcmp(version, "1.0") != 0 && strcmp(version, "1.1") != 0)) {
        check_rule(&o->base, "E006", name,
                   "does not declare an object of OCFL 1.0 or 1.1");
        return;
    }
    (void)snprintf(expected, sizeof(expected), "%s\n", name + 2);
    if (path_format(full, &err, "%s/%s", o->base.dir, name) != 0 ||
        file_read(full, 4096, &text, &err) != 0 ||
        strcmp(buf_str(&text), expected) != 0)
        check_rule(&o->base, "E007", name, "its text is not '%s' and a newline",
                   name + 2);
    if (o->root.json != NULL &&
        o->root.spec_minor != (unsigned)(version[2] - '0'))
        check_rule(&o->base, "E038", INVENTORY,
                   "'type' is of another OCFL version than %s", name);
}

static void check_declarations(struct object_check *o,
                               const struct name_list *names)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        if (strncmp(names->names[i], "0=", 2) != 0)
            continue;
        count++;
        check_declaration(o, names->names[i]);
    }
    if (count != 1)
        check_rule(&o->base, "E003", "",
                   "has %zu version declarations (0=ocfl_object_...), and must "
                   "have one",
                   count);
}

static void check_extensions(struct object_check *o)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    if (list_folder(&o->base, "extensions", &names) != 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, &err, "extensions/%s", names.names[i]) != 0)
            continue;
        if (entry_kind(&o->base, path) != ENTRY_FOLDER)
            check_rule(&o->base, "E067", path, "is not an extension's folder");
        else if (!ocfl_extension_is_registered(names.names[i]))
            check_warn(&o->base, "W013", path,
                       "is not the name of a registered extension");
    }
}

static int add_version(struct object_check *o, const char *name,
                       unsigned number)
{
    struct version_folder *grown, *v;
    size_t bytes;

    if (__builtin_mul_overflow(o->version_count + 1, sizeof(*grown), &bytes) ||
        (grown = realloc(o->versions, bytes)) == NULL) {
        o->base.failed = true;
        return -1;
    }
    o->versions = grown;
    v = &grown[o->version_count++];
    memset(v, 0, sizeof(*v));
    v->number = number;
    (void)snprintf(v->name, sizeof(v->name), "%s", name);
    (void)snprintf(v->inv_path, sizeof(v->inv_path), "%s/" INVENTORY, name);
    return 0;
}

static void check_root_entry(struct object_check *o, const char *name)
{
    enum entry_kind kind = entry_kind(&o->base, name);
    struct version_name v;

    if (kind == ENTRY_OTHER)
        return;
    if (kind == ENTRY_FILE) {
        if (strncmp(name, "0=", 2) != 0 && !is_inventory_name(name, &o->root))
            check_fault(&o->base, FAULT_EXTRA, "E001", name,
                        "does not belong into the root of an object");
        return;
    }
    if (version_name_parse(name, &v))
        (void)add_version(o, name, v.number);
    else if (strcmp(name, "extensions") == 0)
        check_extensions(o);
    else if (strcmp(name, "logs") != 0)
        check_fault(&o->base, FAULT_EXTRA, "E001", name,
                    "does not belong into the root of an object");
}

static int by_number(const void *a, const void *b)
{
    const struct version_folder *x = a;
    const struct version_folder *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static const struct version_folder *find_folder(const struct object_check *o,
                                                const char *name)
{
    for (size_t i = 0; i < o->version_count; i++) {
        if (strcmp(o->versions[i].name, name) == 0)
            return &o->versions[i];
    }
    return NULL;
}

/* Version folders and the versions of the root inventory are the same. */
static void check_folders_match(struct object_check *o)
{
    json_t *versions = inventory_member(&o->root, "versions");
    const char *name;
    json_t *version;

    if (versions == NULL)
        return;
    for (size_t i = 0; i < o->version_count; i++) {
        if (json_object_get(versions, o->versions[i].name) == NULL)
            check_rule(&o->base, "E046", o->versions[i].name,
                       "the root inventory does not know this version");
    }
    json_object_foreach(versions, name, version)
    {
        if (find_folder(o, name) == NULL)
            check_rule(&o->base, "E010", name,
                       "the folder of this version is not there");
    }
}

static int check_root_folder(struct object_check *o, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};

    if (dir_list_all(o->base.dir, &names, err) != 0)
        return -1;
    o->root.path = INVENTORY;
    if (!load_inventory(o, &o->root))
        check_fault(&o->base, FAULT_MISSING, "E063", INVENTORY,
                    "the object has no inventory");
    check_declarations(o, &names);
    for (size_t i = 0; i < names.count; i++)
        check_root_entry(o, names.names[i]);
    if (o->version_count > 1)
        qsort(o->versions, o->version_count, sizeof(*o->versions), by_number);
    if (o->version_count == 0)
        check_rule(&o->base, "E008", "", "has no version folder");
    check_folders_match(o);
    return 0;
}

/* Version folders: what lies in them */

static int add_file(struct object_check *o, const char *path, unsigned version)
{
    size_t cap = o->file_cap == 0 ? 256 : o->file_cap * 2;
    struct content_file *grown, *f;
    size_t bytes;

    if (o->file_count == o->file_cap) {
        if (__builtin_mul_overflow(cap, sizeof(*grown), &bytes) ||
            (grown = realloc(o->files, bytes)) == NULL) {
            o->base.failed = true;
            return -1;
        }
        o->files = grown;
        o->file_cap = cap;
    }
    f = &o->files[o->file_count];
    memset(f, 0, sizeof(*f));
    f->version = version;
    f->path = strdup(path);
    if (f->path == NULL) {
        o->base.failed = true;
        return -1;
    }
    o->file_count++;
    return 0;
}

static void walk_content(struct object_check *o, const char *folder,
                         unsigned version, bool is_top)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    if (list_folder(&o->base, folder, &names) != 0)
        return;
    if (names.count == 0 && is_top)
        check_warn(&o->base, "W003", folder, "the content folder is empty");
    else if (names.count == 0)
        check_rule(&o->base, "E024", folder, "is an empty folder");
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, &err, "%s/%s", folder, names.names[i]) != 0) {
            check_fault(&o->base, FAULT_UNREADABLE, "", folder, "%s", err.msg);
            continue;
        }
        switch (entry_kind(&o->base, path)) {
        case ENTRY_FOLDER:
            walk_content(o, path, version, false);
            break;
        case ENTRY_FILE:
            (void)add_file(o, path, version);
            break;
        default:
            break;
        }
    }
}

static void check_version_entry(struct object_check *o,
                                const struct version_folder *v,
                                const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    if (path_format(path, &err, "%s/%s", v->name, name) != 0)
        return;
    switch (entry_kind(&o->base, path)) {
    case ENTRY_FOLDER:
        if (strcmp(name, o->root.content_folder) == 0)
            walk_content(o, path, v->number, true);
        else
            check_warn(&o->base, "W002", path,
                       "is not the content folder of a version");
        break;
    case ENTRY_FILE:
        if (!is_inventory_name(name, &v->inv))
            check_fault(&o->base, FAULT_EXTRA, "E015", path,
                        "does not belong into a version folder");
        break;
    default:
        break;
    }
}

static void check_version_folder(struct object_check *o,
                                 struct version_folder *v)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};

    v->inv.path = v->inv_path;
    v->has_inventory = load_inventory(o, &v->inv);
    if (!v->has_inventory)
        check_warn(&o->base, "W010", v->name,
                   "the version has no inventory of its own");
    if (list_folder(&o->base, v->name, &names) != 0)
        return;
    for (size_t i = 0; i < names.count; i++)
        check_version_entry(o, v, names.names[i]);
}

/* Version inventories against the root inventory */

/* Logical path -> digest of a version's state; NULL when out of memory. */
static json_t *logical_map(json_t *version)
{
    json_t *map = json_object();
    const char *digest;
    json_t *paths;

    json_object_foreach(json_object_get(version, "state"), digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path != NULL &&
                json_object_set_new(map, path, json_string(digest)) != 0) {
                json_decref(map);
                return NULL;
            }
        }
    }
    return map;
}

static bool array_has(json_t *array, const char *text)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *here = json_string_value(json_array_get(array, i));

        if (here != NULL && strcmp(here, text) == 0)
            return true;
    }
    return false;
}

/* Do two digests of two inventories stand for the same bytes? With the same
 * algorithm they are equal; otherwise every content file that the older one
 * names for it is one the newer names. */
static bool same_content(const struct judged_inventory *old,
                         const char *old_digest,
                         const struct judged_inventory *now,
                         const char *now_digest)
{
    json_t *old_paths, *now_paths;

    if (old->digest == now->digest)
        return strcasecmp(old_digest, now_digest) == 0;
    old_paths = json_object_get(inventory_member(old, "manifest"), old_digest);
    now_paths = json_object_get(inventory_member(now, "manifest"), now_digest);
    for (size_t i = 0; i < json_array_size(old_paths); i++) {
        const char *path = json_string_value(json_array_get(old_paths, i));

        if (path != NULL && !array_has(now_paths, path))
            return false;
    }
    return json_array_size(old_paths) > 0;
}

static bool same_member(json_t *a, json_t *b, const char *key)
{
    json_t *x = json_object_get(a, key);
    json_t *y = json_object_get(b, key);

    return x == y || (x != NULL && y != NULL && json_equal(x, y));
}

static bool same_state(struct object_check *o,
                       const struct judged_inventory *old, json_t *old_version,
                       json_t *now_version)
{
    CLEANUP(json_decref) json_t *was = NULL;
    CLEANUP(json_decref) json_t *is = NULL;
    const char *path;
    json_t *digest;

    /* Nearly always; the same files may be told in another order, too. */
    if (old->digest == o->root.digest &&
        same_member(old_version, now_version, "state"))
        return true;
    was = logical_map(old_version);
    is = logical_map(now_version);
    if (was == NULL || is == NULL) {
        o->base.failed = true;
        return true;
    }
    if (json_object_size(was) != json_object_size(is))
        return false;
    json_object_foreach(was, path, digest)
    {
        const char *now = json_get_text(is, path, NULL);

        if (now == NULL ||
            !same_content(old, json_string_value(digest), &o->root, now))
            return false;
    }
    return true;
}

static void compare_versions(struct object_check *o,
                             const struct version_folder *v)
{
    json_t *versions = inventory_member(&v->inv, "versions");
    const char *name;
    json_t *old;

    json_object_foreach(versions, name, old)
    {
        json_t *now = inventory_version(&o->root, name);

        if (now == NULL || !same_state(o, &v->inv, old, now))
            check_rule(&o->base, "E066", v->inv.path,
                       "the state of %s is not what the root inventory says",
                       name);
        if (now != NULL && (!same_member(old, now, "created") ||
                            !same_member(old, now, "message") ||
                            !same_member(old, now, "user")))
            check_warn(&o->base, "W011", v->inv.path,
                       "created, message or user of %s differ from the root "
                       "inventory's",
                       name);
    }
}

static void compare_keys(struct object_check *o, const struct version_folder *v)
{
    const char *id = json_get_text(v->inv.json, "id", "");

    if (strcmp(id, json_get_text(o->root.json, "id", "")) != 0)
        check_rule(&o->base, "E037", v->inv.path,
                   "the id differs from the root inventory's");
    if (strcmp(v->inv.content_folder, o->root.content_folder) != 0)
        check_rule(&o->base,
                   json_object_get(o->root.json, "contentDirectory") == NULL ||
                           v->number == 1
                       ? "E019"
                       : "E020",
                   v->inv.path,
                   "contentDirectory is '%s', and '%s' in the root inventory",
                   v->inv.content_folder, o->root.content_folder);
    if (v->inv.head != 0 && v->inv.head != v->number)
        check_rule(&o->base, "E040", v->inv.path,
                   "'head' is not the version of this folder, %s", v->name);
}

static void compare_inventories(struct object_check *o)
{
    unsigned spec_minor = 0;

    for (size_t i = 0; i < o->version_count; i++) {
        const struct version_folder *v = &o->versions[i];
        bool is_newest = i + 1 == o->version_count;

        if (v->inv.json == NULL)
            continue;
        if (v->inv.spec_minor < spec_minor)
            check_rule(&o->base, "E103", v->inv.path,
                       "is of an older OCFL version than an earlier version");
        spec_minor = v->inv.spec_minor;
        if (o->root.json == NULL)
            continue;
        bool is_copy = is_same_text(&v->inv, &o->root);
        if (is_newest && !is_copy)
            check_rule(&o->base, "E064", v->inv.path,
                       "is not the same as the root inventory");
        compare_keys(o, v);
        if (!is_copy)
            compare_versions(o, v);
    }
}

/* Content files against manifests and fixity blocks */

static int by_file_path(const void *a, const void *b)
{
    const struct content_file *x = a;
    const struct content_file *y = b;

    return strcmp(x->path, y->path);
}

static struct content_file *find_file(const struct object_check *o,
                                      const char *path)
{
    struct content_file key = {.path = (char *)(uintptr_t)path};

    if (o->file_count == 0)
        return NULL;
    return bsearch(&key, o->files, o->file_count, sizeof(key), by_file_path);
}

/* Calls use for each path of a digest -> [paths] block. */
struct block_use {
    struct object_check *o;
    const struct judged_inventory *inv;
    enum digest_kind kind;
    bool is_fixity;
};
typedef void use_path(const struct block_use *u, const char *digest,
                      const char *path);

static void each_path(const struct block_use *u, json_t *block, use_path *use)
{
    const char *digest;
    json_t *paths;

    json_object_foreach(block, digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path != NULL)
                use(u, digest, path);
        }
    }
}

static void each_block(struct object_check *o,
                       const struct judged_inventory *inv, use_path *use)
{
    struct block_use u = {o, inv, inv->digest, false};
    const char *algorithm;
    json_t *block;

    if (inv->json == NULL)
        return;
    if (inv->digest_is_known)
        each_path(&u, inventory_member(inv, "manifest"), use);
    u.is_fixity = true;
    json_object_foreach(inventory_member(inv, "fixity"), algorithm, block)
    {
        if (ocfl_digest_kind(algorithm, &u.kind) && json_is_object(block))
            each_path(&u, block, use);
    }
}

static void want_digest(const struct block_use *u, const char *digest,
                        const char *path)
{
    struct content_file *f = find_file(u->o, path);

    (void)digest;
    if (f != NULL)
        f->wanted |= 1U << u->kind;
}

static int keep_digest(struct digest *d, char **out, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];

    if (digest_hex(d, hex, err) != 0)
        return -1;
    *out = strdup(hex);
    return *out == NULL ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

static int hash_open_file(struct content_file *f, int fd, struct pace *pace,
                          struct err *err)
{
    struct digest *digests[DIGEST_KINDS] = {NULL};
    unsigned char block[BLOCK_BYTES];
    ssize_t n = 0;
    int rc = 0;

    for (int k = 0; rc == 0 && k < DIGEST_KINDS; k++) {
        if ((f->wanted & (1U << k)) != 0)
            rc = digest_new((enum digest_kind)k, &digests[k], err);
    }
    while (rc == 0 && (n = read(fd, block, BLOCK_BYTES)) > 0) {
        f->bytes += (uint64_t)n;
        pace_take(pace, (size_t)n);
        for (int k = 0; rc == 0 && k < DIGEST_KINDS; k++) {
            if (digests[k] != NULL)
                rc = digest_add(digests[k], block, (size_t)n, err);
        }
    }
    if (n < 0)
        rc = err_set_errno(err, "cannot be read");
    for (int k = 0; k < DIGEST_KINDS; k++) {
        if (rc == 0 && digests[k] != NULL)
            rc = keep_digest(digests[k], &f->digest[k], err);
        digest_free(digests[k]);
    }
    return rc;
}

/* A crew_body: the findings wait for report_hashed, which has the order. */
static void hash_file(void *arg, size_t i)
{
    const struct object_check *o = arg;
    struct content_file *f = &o->files[i];
    CLEANUP(close_fd) int fd = -1;
    char full[PATH_SIZE];
    struct err err;

    if (path_format(full, &err, "%s/%s", o->base.dir, f->path) != 0) {
        f->trouble = strdup(err.msg);
        return;
    }
    fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        (void)err_set_errno(&err, "cannot be opened");
        f->trouble = strdup(err.msg);
        return;
    }
    if (hash_open_file(f, fd, o->means.pace, &err) != 0)
        f->trouble = strdup(err.msg);
    else
        f->is_read = true;
}

static void report_hashed(struct object_check *o, const struct content_file *f)
{
    o->base.report->bytes += f->bytes;
    o->base.report->files += f->is_read;
    if (f->is_read)
        return;
    o->base.failed = o->base.failed || f->trouble == NULL;
    check_fault(&o->base, FAULT_UNREADABLE, "", f->path, "%s",
                f->trouble == NULL ? "" : f->trouble);
}

static void compare_digest(const struct block_use *u, const char *digest,
                           const char *path)
{
    const char *code = u->is_fixity ? "E093" : "E092";
    struct content_file *f = find_file(u->o, path);

    if (f == NULL) {
        /* What the root inventory lists too is reported of that one. */
        if (u->inv == &u->o->root ||
            json_object_get(u->o->listed, path) == NULL)
            check_fault(&u->o->base, FAULT_MISSING, code, path,
                        "is listed in %s and is not there", u->inv->path);
        return;
    }
    if (!f->is_read || (f->is_condemned && !u->is_fixity) ||
        strcasecmp(f->digest[u->kind], digest) == 0)
        return;
    f->is_condemned = true;
    check_fault(&u->o->base, FAULT_ALTERED, code, path,
                "its digest is %.16s..., and %.16s... in %s",
                f->digest[u->kind], digest, u->inv->path);
}

/* The content paths of a manifest as keys; NULL when out of memory. */
static json_t *listed_paths(const struct judged_inventory *inv)
{
    json_t *listed = json_object();
    const char *digest;
    json_t *paths;

    json_object_foreach(inventory_member(inv, "manifest"), digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path != NULL &&
                json_object_set_new(listed, path, json_true()) != 0) {
                json_decref(listed);
                return NULL;
            }
        }
    }
    return listed;
}

static void check_root_lists_all(struct object_check *o)
{
    if (o->root.json == NULL)
        return;
    for (size_t i = 0; i < o->file_count; i++) {
        if (json_object_get(o->listed, o->files[i].path) == NULL)
            check_fault(&o->base, FAULT_EXTRA, "E023", o->files[i].path,
                        "is not in the manifest of %s", o->root.path);
    }
}

/* An older inventory lists the files up to its version. What the root does not
 * list either has been reported. */
static void check_version_lists_all(struct object_check *o,
                                    const struct version_folder *v)
{
    CLEANUP(json_decref) json_t *listed = listed_paths(&v->inv);

    if (listed == NULL) {
        o->base.failed = true;
        return;
    }
    for (size_t i = 0; i < o->file_count; i++) {
        const struct content_file *f = &o->files[i];

        if (f->version <= v->number &&
            json_object_get(listed, f->path) == NULL &&
            json_object_get(o->listed, f->path) != NULL)
            check_fault(&o->base, FAULT_EXTRA, "E023", f->path,
                        "is not in the manifest of %s", v->inv.path);
    }
}

static void check_content(struct object_check *o)
{
    if (o->file_count > 1)
        qsort(o->files, o->file_count, sizeof(*o->files), by_file_path);
    each_block(o, &o->root, want_digest);
    for (size_t i = 0; i < o->version_count; i++)
        each_block(o, &o->versions[i].inv, want_digest);
    crew_each(o->means.crew, o->file_count, hash_file, o);
    for (size_t i = 0; i < o->file_count; i++)
        report_hashed(o, &o->files[i]);
    each_block(o, &o->root, compare_digest);
    check_root_lists_all(o);
    for (size_t i = 0; i < o->version_count; i++) {
        const struct version_folder *v = &o->versions[i];

        if (v->inv.json == NULL || is_same_text(&v->inv, &o->root))
            continue;
        each_block(o, &v->inv, compare_digest);
        check_version_lists_all(o, v);
    }
}

int ocfl_check_object(const char *dir, const char *prefix,
                      const struct verify_means *means,
                      struct fault_report *report, struct err *err)
{
    return ocfl_check_object_root(dir, prefix, means, report, NULL, err);
}

int ocfl_check_object_root(const char *dir, const char *prefix,
                           const struct verify_means *means,
                           struct fault_report *report, json_t **root,
                           struct err *err)
{
    __attribute__((cleanup(object_check_fini_at))) struct object_check o = {
        .base = {report, dir, prefix, false}, .means = *means};

    if (check_root_folder(&o, err) != 0)
        return -1;
    if (o.root.content_folder == NULL)
        o.root.content_folder = "content";
    for (size_t i = 0; i < o.version_count; i++)
        check_version_folder(&o, &o.versions[i]);
    compare_inventories(&o);
    o.listed = listed_paths(&o.root);
    if (o.listed == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", dir);
    check_content(&o);
    if (root != NULL && o.root.is_vouched)
        *root = json_incref(o.root.json);
    return check_end(&o.base, err);
}
