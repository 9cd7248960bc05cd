/* SPDX-License-Identifier: MIT */
/* The rules for an OCFL storage root (OCFL 1.1 section 4), and the walk over
 * its volumes. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/json.h"
#include "common/xml.h"
#include "store/check.h"
#include "store/ocfl.h"
#include "store/store.h"

#define HIERARCHY_MAX_DEPTH 64

bool ocfl_extension_is_registered(const char *name)
{
    /* github.com/OCFL/extensions, as of 2025; "initial" is that of 1.0. */
    static const char *const names[] = {
        "initial",
        "0000-example-extension",
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

struct root_check {
    struct check base;
    const struct store *store; /* NULL: not of ours, plain OCFL alone */
    const struct verify_walk *walk;
    struct name_list volumes; /* of the store, that were met and are wanted */
    size_t volumes_cap;
    struct progress *progress;
    uint64_t objects;
    bool has_layout; /* 0004, with the numbers below */
    size_t tuple_size, tuples;
    bool is_short;
    unsigned spec_minor;
};

static int walk_folder(struct root_check *r, const char *path, int depth,
                       struct err *err);

static bool is_folder(struct root_check *r, const char *path)
{
    char full[PATH_SIZE];
    struct stat st;
    struct err err;

    if (path_format(full, &err, "%s/%s", r->base.dir, path) != 0 ||
        lstat(full, &st) != 0) {
        check_fault(&r->base, FAULT_UNREADABLE, "", path,
                    "cannot be looked at: %s", strerror(errno));
        return false;
    }
    if (S_ISLNK(st.st_mode))
        check_rule(&r->base, "E090", path, "is a symbolic link");
    return S_ISDIR(st.st_mode);
}

static void check_root_declaration(struct root_check *r,
                                   const struct name_list *names)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char full[PATH_SIZE], expected[32];
    const char *found = NULL;
    size_t count = 0;
    struct err err;

    for (size_t i = 0; i < names->count; i++) {
        if (strncmp(names->names[i], "0=", 2) == 0) {
            found = names->names[i];
            count++;
        }
    }
    if (count == 0) {
        check_rule(&r->base, "E069", "",
                   "has no root conformance declaration (0=ocfl_1.1)");
        return;
    }
    if (count > 1)
        check_rule(&r->base, "E076", "", "has %zu version declarations", count);
    if (strcmp(found, "0=ocfl_1.0") != 0 && strcmp(found, "0=ocfl_1.1") != 0) {
        check_rule(&r->base, "E079", found,
                   "does not declare a storage root of OCFL 1.0 or 1.1");
        return;
    }
    r->spec_minor = found[strlen(found) - 1] == '0' ? 0 : 1;
    (void)snprintf(expected, sizeof(expected), "%s\n", found + 2);
    if (path_format(full, &err, "%s/%s", r->base.dir, found) != 0 ||
        file_read(full, 4096, &text, &err) != 0 ||
        strcmp(buf_str(&text), expected) != 0)
        check_rule(&r->base, "E080", found,
                   "its text is not '%s' and a newline", found + 2);
}

/* Layout 0004 says where each object must be; others are not known to us. */
static void load_layout_config(struct root_check *r, const char *extension)
{
    CLEANUP(json_decref) json_t *config = NULL;
    char path[PATH_SIZE];
    struct err err;

    if (strcmp(extension, OCFL_LAYOUT) != 0 ||
        path_format(path, &err, "%s/extensions/" OCFL_LAYOUT "/config.json",
                    r->base.dir) != 0 ||
        json_read_file(path, &config, &err) != 0)
        return;
    r->tuple_size = (size_t)json_get_int(config, "tupleSize", 3);
    r->tuples = (size_t)json_get_int(config, "numberOfTuples", 3);
    r->is_short = json_is_true(json_object_get(config, "shortObjectRoot"));
    r->has_layout = strcmp(json_get_text(config, "digestAlgorithm", "sha256"),
                           "sha256") == 0 &&
                    r->tuple_size * r->tuples < 64;
}

static void check_layout(struct root_check *r)
{
    CLEANUP(json_decref) json_t *layout = NULL;
    char path[PATH_SIZE];
    const char *extension;
    struct err err;

    if (path_format(path, &err, "%s/ocfl_layout.json", r->base.dir) != 0)
        return;
    if (json_read_file(path, &layout, &err) != 0) {
        if (err.kind != ERR_ABSENT)
            check_rule(&r->base, "E070", "ocfl_layout.json", "%s", err.msg);
        return;
    }
    extension = json_get_text(layout, "extension", NULL);
    if (extension == NULL || json_get_text(layout, "description", NULL) == NULL)
        check_rule(&r->base, "E070", "ocfl_layout.json",
                   "has not both keys, 'extension' and 'description'");
    if (extension == NULL)
        return;
    if (!ocfl_extension_is_registered(extension))
        check_rule(&r->base, "E071", "ocfl_layout.json",
                   "'%s' is not the name of a registered extension", extension);
    load_layout_config(r, extension);
}

/* OCFL allows files beside the objects. In a store of ours nobody put them
 * there, and no replica and no export has them. */
static void check_stray(struct root_check *r, const char *path)
{
    if (r->store != NULL && !store_root_is_own(path))
        check_fault(&r->base, FAULT_EXTRA, "PKG9", path,
                    "is no file of the storage root, nor of a volume");
}

/* What lies in a folder that an extension of ours has. */
static void check_strays_in(struct root_check *r, const char *folder)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    if (r->store == NULL || !store_root_is_own(folder))
        return;
    if (path_format(path, &err, "%s/%s", r->base.dir, folder) != 0 ||
        dir_list_all(path, &names, &err) != 0) {
        check_fault(&r->base, FAULT_UNREADABLE, "", folder, "%s", err.msg);
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, &err, "%s/%s", folder, names.names[i]) == 0)
            check_stray(r, path);
    }
}

static void check_root_extensions(struct root_check *r)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    if (path_format(path, &err, "%s/extensions", r->base.dir) != 0 ||
        dir_list_all(path, &names, &err) != 0) {
        check_fault(&r->base, FAULT_UNREADABLE, "", "extensions", "%s",
                    err.msg);
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, &err, "extensions/%s", names.names[i]) != 0)
            continue;
        check_stray(r, path);
        if (!is_folder(r, path))
            check_rule(&r->base, "E112", path, "is not an extension's folder");
        else if (!ocfl_extension_is_registered(names.names[i]))
            check_warn(&r->base, "W016", path,
                       "is not the name of a registered extension");
        else
            check_strays_in(r, path);
    }
}

/* Where 0004 puts the object of that id. */
static int layout_path(const struct root_check *r, const char *id,
                       struct buf *out, struct err *err)
{
    char hash[DIGEST_HEX_SIZE];

    if (digest_bytes(id, strlen(id), DIGEST_SHA256, hash, err) != 0)
        return -1;
    for (size_t i = 0; i < r->tuples; i++)
        buf_printf(out, "%.*s/", (int)r->tuple_size, hash + i * r->tuple_size);
    buf_puts(out, r->is_short ? hash + r->tuple_size * r->tuples : hash);
    return 0;
}

static void check_place(struct root_check *r, const char *path)
{
    CLEANUP(json_decref) json_t *inventory = NULL;
    CLEANUP(buf_fini) struct buf expected = BUF_INIT;
    char full[PATH_SIZE];
    struct err err;

    if (!r->has_layout ||
        path_format(full, &err, "%s/%s/inventory.json", r->base.dir, path) ||
        json_read_file(full, &inventory, &err) != 0 ||
        layout_path(r, json_get_text(inventory, "id", ""), &expected, &err))
        return;
    if (strcmp(buf_str(&expected), path) != 0)
        check_rule(&r->base, "E083", path,
                   "the layout puts the object '%s' at %s",
                   json_get_text(inventory, "id", ""), buf_str(&expected));
}

/* The volume whose package lies in this folder, and would be looked for here.
 */
static bool find_volume(const struct root_check *r, const char *full,
                        char volume[ID_SIZE])
{
    struct object_place place;
    struct err err;

    return r->store != NULL &&
           strlen(path_base(full)) == 64 && /* of a SHA-256 */
           store_volume_of(r->store, full, volume, &err) &&
           store_locate(r->store, volume, &place, &err) == 0 &&
           strcmp(place.dir, full) == 0;
}

/* Volumes are checked once all are known, for then they can be shared out. */
static int note_volume(struct root_check *r, const char *volume,
                       struct err *err)
{
    struct name_list *list = &r->volumes;
    size_t cap = r->volumes_cap == 0 ? 64 : r->volumes_cap * 2;
    char **grown;

    if (r->walk->wants != NULL && !r->walk->wants(r->walk->arg, volume))
        return 0;
    if (list->count == r->volumes_cap) {
        grown = realloc(list->names, cap * sizeof(*grown));
        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "list of volumes: out of memory");
        list->names = grown;
        r->volumes_cap = cap;
    }
    list->names[list->count] = strdup(volume);
    if (list->names[list->count] == NULL)
        return err_set(err, ERR_NOMEM, "list of volumes: out of memory");
    list->count++;
    return 0;
}

/* An object that is no volume of ours, or not where it should be. */
static int check_stray_object(struct root_check *r, const char *path,
                              const char *full, struct err *err)
{
    CLEANUP(buf_fini) struct buf prefix = BUF_INIT;

    buf_printf(&prefix, "%s/", path);
    if (ocfl_check_object(full, buf_str(&prefix), &r->walk->means,
                          r->base.report, err) != 0)
        return -1;
    check_place(r, path);
    progress_set(r->progress, ++r->objects);
    return 0;
}

static bool is_object_declaration(const char *name)
{
    return strncmp(name, "0=ocfl_object_", strlen("0=ocfl_object_")) == 0;
}

static void check_spec(struct root_check *r, const char *path,
                       const char *declaration)
{
    if (r->spec_minor == 0 && strcmp(declaration, "0=ocfl_object_1.1") == 0)
        check_rule(&r->base, "E081", path,
                   "the object is of a newer OCFL version than the root");
}

/* Is a writer just making the object for which this folder is, or was he
 * killed at it? The next writer mends that; it is no fault of the store. */
static bool is_being_made(const struct root_check *r, const char *path)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(buf_fini) struct buf hash = BUF_INIT;
    struct err err;

    for (; *path != '\0'; path++) {
        if (*path != '/')
            buf_add(&hash, path, 1);
    }
    if (r->store == NULL || dir_list(r->store->work, &names, &err) != 0)
        return false;
    for (size_t i = 0; i < names.count; i++) {
        if (strchr(names.names[i], '.') == NULL &&
            strncmp(names.names[i], buf_str(&hash), hash.len) == 0)
            return true;
    }
    return false;
}

/* A folder between the root and its objects: folders only, and not none. */
static int walk_names(struct root_check *r, const char *path,
                      const struct name_list *names, int depth, struct err *err)
{
    char below[PATH_SIZE];

    if (names->count == 0 && !is_being_made(r, path))
        check_rule(&r->base, "E073", path, "is an empty folder");
    for (size_t i = 0; i < names->count; i++) {
        if (path_format(below, err, "%s/%s", path, names->names[i]) != 0)
            return -1;
        if (!is_folder(r, below))
            check_fault(&r->base, FAULT_EXTRA, "E072", below,
                        "is not part of an object");
        else if (walk_folder(r, below, depth + 1, err) != 0)
            return -1;
    }
    return 0;
}

static int walk_folder(struct root_check *r, const char *path, int depth,
                       struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char full[PATH_SIZE], volume[ID_SIZE];

    if (depth > HIERARCHY_MAX_DEPTH)
        return err_set(err, ERR_INPUT, "%s: folders lie deeper than %d", path,
                       HIERARCHY_MAX_DEPTH);
    if (path_format(full, err, "%s/%s", r->base.dir, path) != 0)
        return -1;
    if (find_volume(r, full, volume))
        return note_volume(r, volume, err);
    if (dir_list_all(full, &names, err) != 0) {
        check_fault(&r->base, FAULT_UNREADABLE, "", path, "%s", err->msg);
        return 0;
    }
    for (size_t i = 0; i < names.count; i++) {
        if (!is_object_declaration(names.names[i]))
            continue;
        check_spec(r, path, names.names[i]);
        return check_stray_object(r, path, full, err);
    }
    return walk_names(r, path, &names, depth, err);
}

/* What the root of ours holds beside objects is the same in every store. */
static int check_own_files(struct root_check *r, struct err *err)
{
    for (const struct root_file *f = store_root_files(); f->path != NULL; f++) {
        enum root_file_state state;

        if (store_root_file_state(r->base.dir, f, &state, err) != 0)
            return -1;
        if (state == ROOT_FILE_LOST)
            check_fault(&r->base, FAULT_MISSING, "PKG8", f->path,
                        "every store of ours has it");
        if (state == ROOT_FILE_ALTERED)
            check_fault(&r->base, FAULT_ALTERED, "PKG8", f->path,
                        "is not, to the byte, as it was written");
    }
    return 0;
}

static int check_root(struct root_check *r, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct err why;

    if (r->store != NULL && !dir_exists(r->base.dir)) {
        check_fault(&r->base, FAULT_MISSING, "E069", "",
                    "the storage root is not there: %s", r->base.dir);
        return check_end(&r->base, err);
    }
    if (dir_list_all(r->base.dir, &names, &why) != 0) {
        check_fault(&r->base, FAULT_UNREADABLE, "", "", "%s", why.msg);
        return check_end(&r->base, err);
    }
    check_root_declaration(r, &names);
    check_layout(r);
    if (r->store != NULL && check_own_files(r, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (!is_folder(r, names.names[i])) {
            check_stray(r, names.names[i]);
            continue;
        }
        if (strcmp(names.names[i], "extensions") == 0)
            check_root_extensions(r);
        else if (walk_folder(r, names.names[i], 1, err) != 0)
            return -1;
    }
    return check_end(&r->base, err);
}

/* The volumes, shared out. The first error stops the rest. */
struct volumes_check {
    struct root_check *root;
    pthread_mutex_t lock; /* round all that follows, and the visit */
    struct err err;
    bool stopped;
};

static void stop_volumes(struct volumes_check *v, const struct err *err,
                         const char *volume)
{
    if (v->stopped)
        return;
    v->stopped = true;
    v->err = *err;
    (void)err_add(&v->err, "%s", volume);
}

/* A crew_body. */
static void check_one_volume(void *arg, size_t i)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    struct volumes_check *v = arg;
    struct root_check *r = v->root;
    const char *volume = r->volumes.names[i];
    struct err err;
    bool stopped;

    (void)pthread_mutex_lock(&v->lock);
    stopped = v->stopped;
    (void)pthread_mutex_unlock(&v->lock);
    if (stopped)
        return;
    int rc = verify_volume(r->store, volume, &r->walk->means, &report, &err);
    if (rc == 0 && r->walk->known != NULL)
        rc = verify_compare_version(&report,
                                    r->walk->known(r->walk->arg, volume), &err);
    (void)pthread_mutex_lock(&v->lock);
    if (rc != 0 || (!v->stopped &&
                    r->walk->visit(r->walk->arg, volume, &report, &err) != 0))
        stop_volumes(v, &err, volume);
    progress_set(r->progress, ++r->objects);
    (void)pthread_mutex_unlock(&v->lock);
}

static int check_volumes(struct root_check *r, struct err *err)
{
    struct volumes_check v = {.root = r, .stopped = false};

    xml_before_threads();
    (void)pthread_mutex_init(&v.lock, NULL);
    crew_each(r->walk->means.crew, r->volumes.count, check_one_volume, &v);
    (void)pthread_mutex_destroy(&v.lock);
    if (!v.stopped)
        return 0;
    *err = v.err;
    return -1;
}

int verify_store(const struct store *store, const struct verify_walk *walk,
                 struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    struct root_check r = {.base = {&report, store->root, "", false},
                           .store = store,
                           .walk = walk,
                           .progress = walk->progress,
                           .spec_minor = 1};
    int rc = check_root(&r, err);

    if (rc == 0)
        rc = check_volumes(&r, err);
    name_list_fini(&r.volumes);
    return rc != 0 ? -1 : walk->visit(walk->arg, NULL, &report, err);
}

/* Does the folder claim to be an object? One that lost its declaration does by
 * its inventory; a storage root has none. */
static int looks_like_object(const char *dir, bool *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};

    if (dir_list_all(dir, &names, err) != 0)
        return -1;
    *out = false;
    for (size_t i = 0; i < names.count; i++)
        *out = *out || is_object_declaration(names.names[i]) ||
               strcmp(names.names[i], INVENTORY_NAME) == 0;
    return 0;
}

int verify_ocfl(const char *dir, const struct verify_means *means,
                struct progress *progress, struct fault_report *report,
                struct err *err)
{
    const struct verify_walk walk = {.means = *means};
    struct root_check r = {.base = {report, dir, "", false},
                           .walk = &walk,
                           .progress = progress,
                           .spec_minor = 1};
    bool is_object;
    struct err why;

    if (!file_exists(dir))
        return err_set(err, ERR_ABSENT, "%s: there is no such folder", dir);
    if (!dir_exists(dir)) {
        check_rule(&r.base, "E069", "",
                   "is a file: storage roots and objects are folders");
        return check_end(&r.base, err);
    }
    if (looks_like_object(dir, &is_object, &why) != 0) {
        check_fault(&r.base, FAULT_UNREADABLE, "", "", "%s", why.msg);
        return check_end(&r.base, err);
    }
    return is_object ? ocfl_check_object(dir, "", means, report, err)
                     : check_root(&r, err);
}
