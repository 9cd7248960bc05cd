/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "common/json.h"
#include "common/log.h"
#include "common/xml.h"
#include "ingest/identifier.h"
#include "store/contents.h"
#include "store/fixity_log.h"
#include "store/ocfl.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define DECLARATION_TEXT    "ocfl_1.1\n"
#define TUPLES              3
#define TUPLE_SIZE          3
#define HASH_LEN            64 /* of a SHA-256, in hex */
#define LOCK_WAIT_S         10.0
#define ROOT_FILE_MAX_BYTES ((size_t)1 << 20)
#define LOCK_PAUSE_NS       50000000L /* 50 ms */

static const char readme_text[] =
    "This folder is an OCFL 1.1 storage root (Oxford Common File Layout,\n"
    "https://ocfl.io/1.1/spec/). Each volume of the archive is one OCFL "
    "object.\n"
    "\n"
    "To read a volume by hand: in its object folder, inventory.json names the\n"
    "newest version (\"head\"). Its \"state\" lists the volume's files by "
    "their\n"
    "SHA-512, and \"manifest\" says where in the object the bytes of each "
    "are.\n"
    "METS.xml lists the files and the order of the pages; premis.xml says "
    "what\n"
    "was done to them; metadata/descriptive/dc.xml says what the volume is.\n"
    "Masters are TIFF files exactly as they were received, the text of each\n"
    "page is ALTO (XML). Nothing here needs a database or a program of its "
    "own.\n"
    "\n"
    "Do not add, change or rename files here by hand.\n";

static const char layout_text[] =
    "{\n"
    "  \"extension\": \"" OCFL_LAYOUT "\",\n"
    "  \"description\": \"Hashed n-tuple: the SHA-256 of the object id, its "
    "first 9 hex digits as three folders, then all of it.\"\n"
    "}\n";

static const char layout_config_text[] =
    "{\n"
    "  \"extensionName\": \"" OCFL_LAYOUT "\",\n"
    "  \"digestAlgorithm\": \"sha256\",\n"
    "  \"tupleSize\": 3,\n"
    "  \"numberOfTuples\": 3,\n"
    "  \"shortObjectRoot\": false\n"
    "}\n";

#define LAYOUT_FOLDER "extensions/" OCFL_LAYOUT

static const struct root_file root_files[] = {
    {LAYOUT_FOLDER "/config.json", layout_config_text},
    {"ocfl_layout.json", layout_text},
    {"README.txt", readme_text},
    {OCFL_ROOT_DECLARATION, DECLARATION_TEXT},
    {NULL, NULL},
};

const struct root_file *store_root_files(void)
{
    return root_files;
}

bool store_root_is_own(const char *path)
{
    size_t len = strlen(path);

    for (const struct root_file *f = root_files; f->path != NULL; f++) {
        if (strncmp(f->path, path, len) == 0 &&
            (f->path[len] == '\0' || f->path[len] == '/'))
            return true;
    }
    return false;
}

int store_root_file_state(const char *root, const struct root_file *file,
                          enum root_file_state *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf present = BUF_INIT;
    char path[PATH_SIZE];
    struct err ignored;

    if (path_format(path, err, "%s/%s", root, file->path) != 0)
        return -1;
    *out = ROOT_FILE_GOOD;
    if (!file_exists(path))
        *out = ROOT_FILE_LOST;
    else if (file_read(path, ROOT_FILE_MAX_BYTES, &present, &ignored) != 0 ||
             present.len != strlen(file->text) ||
             memcmp(present.data, file->text, present.len) != 0)
        *out = ROOT_FILE_ALTERED;
    return 0;
}

int store_restore_root(const char *root, struct name_list *written,
                       struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/" LAYOUT_FOLDER, root) != 0 ||
        dir_make(path, err) != 0)
        return -1;
    for (const struct root_file *f = root_files; f->path != NULL; f++) {
        enum root_file_state state;

        if (store_root_file_state(root, f, &state, err) != 0)
            return -1;
        if (state == ROOT_FILE_GOOD)
            continue;
        if (path_format(path, err, "%s/%s", root, f->path) != 0 ||
            file_write_durable(path, f->text, strlen(f->text), err) != 0 ||
            (written != NULL && name_list_add(written, f->path, err) != 0))
            return -1;
    }
    return 0;
}

int store_init(const char *root, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};

    if (dir_make(root, err) != 0 || dir_list(root, &names, err) != 0)
        return -1;
    if (names.count > 0)
        return err_set(err, ERR_EXISTS, "%s is not empty", root);
    return store_restore_root(root, NULL, err);
}

static int check_declaration(const char *root, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char path[PATH_SIZE];
    struct err ignored;

    if (path_format(path, err, "%s/" OCFL_ROOT_DECLARATION, root) != 0)
        return -1;
    if (file_read(path, 64, &text, &ignored) != 0 ||
        strcmp(buf_str(&text), DECLARATION_TEXT) != 0)
        return err_set(err, ERR_INPUT,
                       "%s is not an OCFL 1.1 storage root: it has no good "
                       "file " OCFL_ROOT_DECLARATION,
                       root);
    return 0;
}

static int check_layout(const char *root, struct err *err)
{
    CLEANUP(json_decref) json_t *config = NULL;
    char path[PATH_SIZE];
    struct err ignored;

    if (path_format(path, err, "%s/extensions/" OCFL_LAYOUT "/config.json",
                    root) != 0)
        return -1;
    if (json_read_file(path, &config, &ignored) != 0 ||
        strcmp(json_get_text(config, "digestAlgorithm", ""), "sha256") != 0 ||
        json_get_int(config, "tupleSize", 0) != TUPLE_SIZE ||
        json_get_int(config, "numberOfTuples", 0) != TUPLES ||
        json_is_true(json_object_get(config, "shortObjectRoot")))
        return err_set(err, ERR_INPUT,
                       "%s is not laid out by " OCFL_LAYOUT
                       " with sha256 and three tuples of three (%s)",
                       root, path);
    return 0;
}

int store_open_damaged(const char *root, struct store **out, struct err *err)
{
    CLEANUP(store_close) struct store *store = calloc(1, sizeof(*store));
    size_t len = strlen(root);

    if (store == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", root);
    while (len > 1 && root[len - 1] == '/')
        len--;
    if (path_format(store->root, err, "%.*s", (int)len, root) != 0 ||
        path_format(store->work, err, "%s.work", store->root) != 0)
        return -1;
    *out = STEAL(store);
    return 0;
}

int store_open(const char *root, struct store **out, struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;

    if (store_open_damaged(root, &store, err) != 0)
        return -1;
    if (!dir_exists(store->root))
        return err_set(err, ERR_ABSENT, "%s: there is no such folder",
                       store->root);
    if (check_declaration(store->root, err) != 0 ||
        check_layout(store->root, err) != 0)
        return -1;
    *out = STEAL(store);
    return 0;
}

void store_close(struct store *store)
{
    free(store);
}

int store_keep_record(struct store *store, const char *path, struct err *err)
{
    return path_format(store->record, err, "%s", path);
}

void store_note_published(const struct store *store, const char *volume,
                          unsigned version)
{
    struct err err;

    if (store->record[0] != '\0' &&
        fixity_log_published(store->record, volume, version, &err) != 0)
        log_error("volume=%s version=%u is not in the record of checks: %s",
                  volume, version, err.msg);
}

void uuid_of_name(const char *name, const char *detail, char out[URN_UUID_SIZE])
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    uuid_t namespace, uuid;
    char plain[37];

    buf_puts(&text, name);
    if (detail != NULL)
        buf_printf(&text, "#%s", detail);
    (void)uuid_parse(TEFTER_NAMESPACE, namespace);
    uuid_generate_sha1(uuid, namespace, buf_str(&text), text.len);
    uuid_unparse_lower(uuid, plain);
    (void)snprintf(out, URN_UUID_SIZE, "urn:uuid:%s", plain);
}

int store_object_dir(const struct store *store, const char *hash,
                     char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%.3s/%.3s/%.3s/%s", store->root, hash,
                       hash + TUPLE_SIZE, hash + (size_t)2 * TUPLE_SIZE, hash);
}

int store_locate(const struct store *store, const char *volume,
                 struct object_place *out, struct err *err)
{
    struct volume_id id;

    if (volume_id_parse(volume, &id, err) != 0)
        return -1;
    uuid_of_name(volume, NULL, out->id);
    if (digest_bytes(out->id, strlen(out->id), DIGEST_SHA256, out->hash, err))
        return -1;
    return store_object_dir(store, out->hash, out->dir, err);
}

int store_lock(const struct store *store, const char *hash, struct lock **out,
               struct err *err)
{
    const struct timespec pause = {0, LOCK_PAUSE_NS};
    double until_s = clock_monotonic_s() + LOCK_WAIT_S;
    char path[PATH_SIZE];

    if (dir_make(store->work, err) != 0 ||
        path_format(path, err, "%s/%s.lock", store->work, hash) != 0)
        return -1;
    while (lock_acquire(path, LOCK_TRY, out, err) != 0) {
        if (err->kind != ERR_BUSY || clock_monotonic_s() > until_s)
            return -1;
        (void)nanosleep(&pause, NULL);
    }
    return 0;
}

/* Mending */

void store_prune(const struct store *store, const char *object_dir)
{
    char path[PATH_SIZE];
    struct err err;

    if (path_format(path, &err, "%s", object_dir) != 0)
        return;
    for (int i = 0; i < TUPLES; i++) {
        char *slash = strrchr(path, '/');

        if (slash == NULL || strlen(store->root) >= (size_t)(slash - path))
            return;
        *slash = '\0';
        /* Most often it is not empty; or the writer did not get that far. */
        if (rmdir(path) != 0 && errno != ENOENT)
            return;
    }
}

int store_clear_place(struct store *store, const char *volume, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0 ||
        dir_make(store->work, err) != 0 ||
        store_lock(store, place.hash, &lock, err) != 0)
        return -1;
    if (rmdir(place.dir) == 0 || errno == ENOENT)
        store_prune(store, place.dir);
    return 0;
}

/* Version number of a folder name v1, v2, ...; 0 when it is something else. */
unsigned store_version_of(const char *name)
{
    unsigned long n;
    char *end;

    if (name[0] != 'v' || name[1] < '1' || name[1] > '9')
        return 0;
    n = strtoul(name + 1, &end, 10);
    return *end != '\0' || n > 1000000 ? 0 : (unsigned)n;
}

/* The version whose folder has this very inventory with a good sidecar. */
static unsigned voucher(const char *object_dir, const struct name_list *names,
                        const struct buf *inventory)
{
    char dir[PATH_SIZE];
    struct err err;

    for (size_t i = 0; i < names->count; i++) {
        unsigned version = store_version_of(names->names[i]);

        if (version > 0 &&
            path_format(dir, &err, "%s/%s", object_dir, names->names[i]) == 0 &&
            sidecar_matches(dir, inventory))
            return version;
    }
    return 0;
}

/* A writer died between the inventory and its sidecar: take the sidecar from
 * the version folder that holds the same inventory. */
static int mend_sidecar(const char *work, const char *object_dir,
                        unsigned version, struct err *err)
{
    CLEANUP(buf_fini) struct buf sidecar = BUF_INIT;
    char from[PATH_SIZE], temp[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/v%u/" SIDECAR_NAME, object_dir, version) ||
        path_format(temp, err, "%s/" SIDECAR_NAME, work) != 0 ||
        path_format(to, err, "%s/" SIDECAR_NAME, object_dir) != 0 ||
        file_read(from, SIDECAR_SIZE, &sidecar, err) != 0 ||
        dir_make(work, err) != 0 ||
        file_write_durable(temp, sidecar.data, sidecar.len, err) != 0)
        return -1;
    return file_move_durable(temp, to, err);
}

/* A version folder that the inventory does not know was never acknowledged. */
static int drop_version(const char *work, const char *object_dir,
                        const char *name, struct err *err)
{
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/%s", object_dir, name) != 0 ||
        path_format(to, err, "%s/trash-%s", work, name) != 0 ||
        dir_make(work, err) != 0 || dir_remove(to, err) != 0)
        return -1;
    return file_move_durable(from, to, err);
}

static int mend_object(const char *work, const char *object_dir,
                       struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    unsigned head;

    if (path_format(path, err, "%s/" INVENTORY_NAME, object_dir) != 0 ||
        dir_list(object_dir, &names, err) != 0 ||
        file_read(path, INVENTORY_MAX_BYTES, &bytes, err) != 0)
        return -1;
    head = voucher(object_dir, &names, &bytes);
    if (head == 0)
        return err_set(err, ERR_CHECKSUM,
                       "%s: no version folder has this inventory; a copy of "
                       "the object is needed to repair it",
                       path);
    if (!sidecar_matches(object_dir, &bytes) &&
        mend_sidecar(work, object_dir, head, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (store_version_of(names.names[i]) > head &&
            drop_version(work, object_dir, names.names[i], err) != 0)
            return -1;
    }
    return 0;
}

int store_mend(const struct store *store, const char *hash, struct err *err)
{
    char object_dir[PATH_SIZE], work[PATH_SIZE];

    if (store_object_dir(store, hash, object_dir, err) != 0 ||
        path_format(work, err, "%s/%s", store->work, hash) != 0)
        return -1;
    if (!dir_exists(object_dir))
        store_prune(store, object_dir);
    else if (mend_object(work, object_dir, err) != 0)
        return -1;
    return dir_remove(work, err);
}

/* Killed between a version's last rename and the line that says it is there. */
static void note_mended(const struct store *store, const char *object_dir)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    char volume[ID_SIZE];
    struct err ignored;

    if (store->record[0] != '\0' &&
        inventory_open(object_dir, &inv, &ignored) == 0 &&
        store_volume_of(store, object_dir, volume, &ignored))
        store_note_published(store, volume, inventory_head(inv));
}

static int recover_draft(const struct store *store, const char *hash,
                         struct err *err)
{
    if (store_mend(store, hash, err) == 0)
        return 0;
    if (err->kind != ERR_CHECKSUM && err->kind != ERR_ABSENT)
        return -1;
    /* Damage is for verify and repair, and does not stop the others. */
    log_error("object=%s %s", hash, err->msg);
    return 0;
}

/* Of an import, a repair, or a copy that one of them was at: nothing of it was
 * acknowledged, and whoever asks again begins again. */
static bool is_leftover(const char *suffix)
{
    return strcmp(suffix, ".import") == 0 || strcmp(suffix, ".repair") == 0 ||
           strcmp(suffix, ".copy") == 0;
}

/* One entry of the work folder; another writer's is left alone. */
static int recover_one(const struct store *store, const char *name,
                       struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE], hash[DIGEST_HEX_SIZE];
    int rc;

    (void)snprintf(hash, sizeof(hash), "%.*s", HASH_LEN, name);
    if (path_format(path, err, "%s/%s.lock", store->work, hash) != 0)
        return -1;
    if (lock_acquire(path, LOCK_TRY, &lock, err) != 0)
        return err->kind == ERR_BUSY ? 0 : -1;
    if (name[HASH_LEN] == '\0')
        rc = recover_draft(store, hash, err);
    else
        rc = path_format(path, err, "%s/%s", store->work, name) != 0
                 ? -1
                 : dir_remove(path, err);
    /* What it had put in its place before it was killed. */
    if (rc == 0 && store_object_dir(store, hash, path, err) == 0)
        note_mended(store, path);
    return rc;
}

int store_recover(struct store *store, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};

    if (!dir_exists(store->work))
        return 0;
    if (dir_list(store->work, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.names[i];

        if (strlen(name) >= HASH_LEN &&
            (name[HASH_LEN] == '\0' || is_leftover(name + HASH_LEN)) &&
            recover_one(store, name, err) != 0)
            return -1;
    }
    return 0;
}

/* Listing */

struct walk {
    store_visit *visit;
    void *arg;
    bool is_damaged; /* what cannot be listed is left out */
};

static int walk_level(const struct walk *w, const char *dir, int level,
                      struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];

    if (dir_list(dir, &names, err) != 0) {
        if (!w->is_damaged)
            return -1;
        log_error("folder=%s is left out: %s", dir, err->msg);
        return 0;
    }
    for (size_t i = 0; i < names.count; i++) {
        size_t len = strlen(names.names[i]);
        int rc;

        if (len != (level < TUPLES ? TUPLE_SIZE : 64))
            continue;
        if (path_format(path, err, "%s/%s", dir, names.names[i]) != 0)
            return -1;
        if (!dir_exists(path))
            continue;
        rc = level < TUPLES ? walk_level(w, path, level + 1, err)
                            : w->visit(w->arg, path, err);
        if (rc != 0)
            return -1;
    }
    return 0;
}

int store_walk(const struct store *store, store_visit *visit, void *arg,
               struct err *err)
{
    const struct walk w = {visit, arg, false};

    return walk_level(&w, store->root, 0, err);
}

struct listing {
    const struct store *store;
    struct name_list names;
    size_t cap;
};

static int add_volume(struct listing *l, const char *volume, struct err *err)
{
    char *copy;

    if (l->names.count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : l->cap * 2;
        char **grown = realloc(l->names.names, cap * sizeof(*grown));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "list of volumes: out of memory");
        l->names.names = grown;
        l->cap = cap;
    }
    copy = strdup(volume);
    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "list of volumes: out of memory");
    l->names.names[l->names.count++] = copy;
    return 0;
}

/* A volume id never changes, so the first version's small Dublin Core record
 * tells it; that it is the right one is seen from the folder's name. */
static char *volume_from_dc(const struct store *store, const char *object_dir)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct object_place place;
    char path[PATH_SIZE];
    struct err err;
    const xmlNode *node;

    if (path_format(path, &err, "%s/v1/content/metadata/descriptive/dc.xml",
                    object_dir) != 0 ||
        xml_parse_file(path, &doc, &err) != 0)
        return NULL;
    node = xml_child(xmlDocGetRootElement(doc), "identifier");
    for (; node != NULL; node = xml_next(node, "identifier")) {
        CLEANUP(free) char *text = xml_get_text(node);

        if (text != NULL && store_locate(store, text, &place, &err) == 0 &&
            strcmp(place.hash, path_base(object_dir)) == 0)
            return STEAL(text);
    }
    return NULL;
}

bool store_volume_of(const struct store *store, const char *object_dir,
                     char out[ID_SIZE], struct err *err)
{
    CLEANUP(free) char *volume = volume_from_dc(store, object_dir);
    CLEANUP(package_close) struct package *package = NULL;

    if (volume == NULL && package_open_dir(object_dir, &package, err) != 0)
        return false;
    (void)snprintf(out, ID_SIZE, "%s",
                   volume != NULL ? volume : package_volume(package)->id);
    return true;
}

static int list_object(void *arg, const char *object_dir, struct err *err)
{
    struct listing *l = arg;
    char volume[ID_SIZE];

    if (store_volume_of(l->store, object_dir, volume, err))
        return add_volume(l, volume, err);
    /* The others are still there to be read; verify names this one. */
    log_error("object=%s is left out: %s", object_dir, err->msg);
    return 0;
}

static int count_object(void *arg, const char *object_dir, struct err *err)
{
    uint64_t *count = arg;

    (void)object_dir;
    (void)err;
    (*count)++;
    return 0;
}

int store_count(const struct store *store, uint64_t *objects, struct err *err)
{
    uint64_t count = 0;
    const struct walk w = {count_object, &count, true};

    if (walk_level(&w, store->root, 0, err) != 0)
        return -1;
    *objects = count;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_all(const struct store *store, bool is_damaged,
                    struct name_list *volumes, struct err *err)
{
    struct listing l = {store, {NULL, 0}, 0};
    const struct walk w = {list_object, &l, is_damaged};

    if (walk_level(&w, store->root, 0, err) != 0) {
        name_list_fini(&l.names);
        return -1;
    }
    if (l.names.count > 1)
        qsort(l.names.names, l.names.count, sizeof(*l.names.names), by_bytes);
    *volumes = l.names;
    return 0;
}

int store_list(const struct store *store, struct name_list *volumes,
               struct err *err)
{
    return list_all(store, false, volumes, err);
}

int store_list_damaged(const struct store *store, struct name_list *volumes,
                       struct err *err)
{
    return list_all(store, true, volumes, err);
}
