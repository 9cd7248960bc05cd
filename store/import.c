/* SPDX-License-Identifier: MIT */
#include "store/import.h"
#include "common/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/json.h"
#include "store/bag_check.h"
#include "store/check.h"
#include "store/contents.h"
#include "store/eark_check.h"
#include "store/mets.h"
#include "store/ocfl.h"
#include "store/own_check.h"
#include "store/replica.h"
#include "store/store.h"

#define STORED_MODE      0444
#define DECLARATION_TEXT "ocfl_object_1.1\n"

/* A package on its way into an object of its own. */
struct importing {
    struct store *store;
    char package[PATH_SIZE]; /* the folder with METS.xml */
    struct object_place place;
    char work[PATH_SIZE];   /* store.work/HASH.import */
    char object[PATH_SIZE]; /* work/object */
    struct inventory *inv;
    struct import_result *out;
};

static void importing_fini_at(struct importing *x)
{
    inventory_free(x->inv);
}

static bool has_file(const char *dir, const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/%s", dir, name) == 0 &&
           file_exists(path);
}

static int fault(struct import_result *out, const char *dir, const char *path,
                 const char *message, struct err *err)
{
    struct check c = {&out->report, dir, "", false};

    check_rule(&c, "IMP1", path, "%s", message);
    return check_end(&c, err);
}

/* The record of the pages, and what lies there of them */

struct record_check {
    struct check base;
    json_t
        *there; /* masters, ALTO, records: path -> false; true: it is named */
    const char *page;
};

static bool is_of_pages(const char *path)
{
    return strncmp(path, MASTER_FOLDER, strlen(MASTER_FOLDER)) == 0 ||
           strncmp(path, ALTO_FOLDER, strlen(ALTO_FOLDER)) == 0;
}

/* An inventory_visit. */
static void note_there(void *arg, const char *path)
{
    struct record_check *r = arg;

    if (is_of_pages(path) &&
        json_object_set_new(r->there, path, json_false()) != 0)
        r->base.failed = true;
}

/* @param is_shared  pages of one file of many images name the same one */
static void check_named(struct record_check *r, const char *path,
                        bool is_shared)
{
    const json_t *known = json_object_get(r->there, path);

    if (known == NULL)
        check_fault(&r->base, FAULT_MISSING, "IMP8", path,
                    "the page %s needs it, and it is not in the package",
                    r->page);
    else if (json_is_true(known) && !is_shared)
        check_rule(&r->base, "IMP8", path,
                   "two pages have it; the second is %s", r->page);
    else if (json_object_set_new(r->there, path, json_true()) != 0)
        r->base.failed = true;
}

static int check_named_of(struct record_check *r, const struct packed_page *p,
                          bool is_owner, struct err *err)
{
    char path[PATH_SIZE];

    r->page = p->page->id;
    if (contents_master_path(p->page, path, err) != 0)
        return -1;
    check_named(r, path, !is_owner);
    if (contents_alto_path(p->page, path, err) != 0)
        return -1;
    check_named(r, path, false);
    if (!p->has_records)
        return 0;
    if (contents_records_path(p->page, path, err) != 0)
        return -1;
    check_named(r, path, false);
    return 0;
}

/* A page that the record does not know would be an extra file of the next
 * version, and the volume broken by it: what comes in fits to the file. */
static int check_record(struct record_check *r, const struct contents *c,
                        struct err *err)
{
    const char *path;
    json_t *is_named;

    for (size_t i = 0; i < c->page_count; i++) {
        if (check_named_of(r, &c->pages[i], c->pages[i].owner == i, err) != 0)
            return -1;
    }
    json_object_foreach(r->there, path, is_named)
    {
        if (!json_is_true(is_named))
            check_fault(&r->base, FAULT_EXTRA, "IMP8", path,
                        "no page of " VOLUME_JSON " has it");
    }
    return check_end(&r->base, err);
}

/* Of a folder with METS.xml. */
static int check_package_record(const char *dir, const struct contents *c,
                                struct fault_report *report, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};
    CLEANUP(json_decref) json_t *there = json_object();
    struct record_check r = {{report, dir, "", false}, there, ""};

    if (tree_list(dir, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++)
        note_there(&r, files.names[i]);
    return check_record(&r, c, err);
}

/* Of the newest version of an object. */
static int check_object_record(const char *dir, struct fault_report *report,
                               struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(contents_free) struct contents *contents = NULL;
    CLEANUP(json_decref) json_t *there = json_object();
    struct record_check r = {{report, dir, "", false}, there, ""};

    if (inventory_open(dir, &inv, err) != 0 ||
        package_read_contents(dir, inv, &contents, err) != 0)
        return -1;
    inventory_each(inv, note_there, &r);
    if (check_record(&r, contents, err) != 0)
        return -1;
    if (fault_report_is_broken(report))
        return 0; /* of such a record all the rest would only say so again */
    return own_check(dir, inv, contents, report, err) != 0
               ? -1
               : own_check_history(dir, inventory_head(inv), report, err);
}

/* OCFL object */

/* Has the store these versions, and perhaps later ones? Each version folder
 * keeps the inventory that the object had then. */
static bool has_versions(const struct store *store, const char *volume,
                         const char *dir, unsigned *head)
{
    CLEANUP(inventory_free) struct inventory *here = NULL, *there = NULL;
    CLEANUP(buf_fini) struct buf is = BUF_INIT, given = BUF_INIT;
    struct object_place place;
    char path[PATH_SIZE];
    struct err ignored;

    if (store_locate(store, volume, &place, &ignored) != 0 ||
        inventory_open(place.dir, &here, &ignored) != 0 ||
        inventory_open(dir, &there, &ignored) != 0 ||
        path_format(path, &ignored, "%s/" INVENTORY_NAME, dir) != 0 ||
        file_read(path, VOLUME_JSON_MAX_BYTES, &given, &ignored) != 0 ||
        path_format(path, &ignored, "%s/v%u/" INVENTORY_NAME, place.dir,
                    inventory_head(there)) != 0 ||
        file_read(path, VOLUME_JSON_MAX_BYTES, &is, &ignored) != 0)
        return false;
    *head = inventory_head(here);
    return is.len == given.len && memcmp(is.data, given.data, is.len) == 0;
}

static int refuse_other(const char *volume, struct err *err)
{
    return err_set(err, ERR_EXISTS,
                   "the archive has the volume %s, with other contents; "
                   "nothing of it is overwritten",
                   volume);
}

static int import_object(struct store *store, const char *dir,
                         const struct verify_means *means,
                         struct import_result *out, struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct replica_copy copy;
    struct err why;

    if (package_open_dir(dir, &package, &why) != 0) {
        /* By the standard's own codes, if they tell it. */
        if (ocfl_check_object(dir, "", means, &out->report, err) != 0)
            return -1;
        return fault(out, dir, VOLUME_JSON, why.msg, err);
    }
    (void)snprintf(out->volume, sizeof(out->volume), "%s",
                   package_volume(package)->id);
    if (verify_object_of(store, out->volume, dir, means, &out->report, err))
        return -1;
    /* Of one that cannot be read that much is told already. */
    if (!fault_report_is_broken(&out->report) &&
        check_object_record(dir, &out->report, err) != 0)
        return -1;
    if (fault_report_is_broken(&out->report))
        return 0;
    if (has_versions(store, out->volume, dir, &out->version))
        return 0;
    if (replica_copy_object(dir, store, &copy, err) != 0)
        return err->kind == ERR_EXISTS ? refuse_other(out->volume, err) : -1;
    out->version = copy.version;
    out->is_new = copy.files > 0;
    if (out->is_new)
        store_note_published(store, out->volume, copy.version);
    return 0;
}

/* Bag */

/* Does the bag hold one folder that is an E-ARK package? */
static int find_package(struct importing *x, const char *dir, bool *found,
                        struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char data[PATH_SIZE];

    *found = false;
    if (path_format(data, err, "%s/data", dir) != 0 ||
        dir_list_all(data, &names, err) != 0)
        return -1;
    if (names.count != 1)
        return 0;
    if (path_format(x->package, err, "%s/%s", data, names.names[0]) != 0)
        return -1;
    *found = has_file(x->package, METS_XML);
    return 0;
}

static int read_volume(struct importing *x, const char *dir, struct err *err)
{
    CLEANUP(contents_free) struct contents *contents = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    struct err why;

    if (path_format(path, err, "%s/" VOLUME_JSON, x->package) != 0)
        return -1;
    if (file_read(path, VOLUME_JSON_MAX_BYTES, &bytes, &why) != 0 ||
        contents_parse(&bytes, &contents, &why) != 0)
        return fault(x->out, dir, VOLUME_JSON, why.msg, err);
    (void)snprintf(x->out->volume, sizeof(x->out->volume), "%s",
                   contents->volume->id);
    if (store_locate(x->store, x->out->volume, &x->place, &why) != 0)
        return fault(x->out, dir, VOLUME_JSON, why.msg, err);
    if (strcmp(x->place.id, contents->uuid) != 0)
        return fault(x->out, dir, VOLUME_JSON,
                     "its UUID is not the one of its volume", err);
    if (check_package_record(x->package, contents, &x->out->report, err) != 0)
        return -1;
    return fault_report_is_broken(&x->out->report)
               ? 0
               : own_check(x->package, NULL, contents, &x->out->report, err);
}

static int take_file(struct importing *x, const char *logical, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char from[PATH_SIZE], to[PATH_SIZE], parent[PATH_SIZE];
    struct file_digests digests;
    bool is_new;

    if (path_format(from, err, "%s/%s", x->package, logical) != 0 ||
        path_format(to, err, "%s/v1/content/%s", x->object, logical) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(to) - to) - 1, to) ||
        dir_make(parent, err) != 0)
        return -1;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_set_errno(err, "%s", from);
    if (file_copy(fd, from, to, &digests, err) != 0 ||
        inventory_put(x->inv, logical, digests.sha512, &is_new, err) != 0)
        return -1;
    if (!is_new)
        return file_remove(to, err);
    return chmod(to, STORED_MODE) == 0 ? 0 : err_set_errno(err, "%s", to);
}

/* Nothing that a link leads to: it is not of the package. */
static int take_all(struct importing *x, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};

    if (tree_list(x->package, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        if (take_file(x, files.names[i], err) != 0)
            return -1;
    }
    return 0;
}

static int write_stored(const char *dir, const char *name, const char *text,
                        size_t len, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%s", dir, name) != 0 ||
        file_write(path, text, len, err) != 0)
        return -1;
    return chmod(path, STORED_MODE) == 0 ? 0 : err_set_errno(err, "%s", path);
}

static int write_inventory(struct importing *x, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char sidecar[SIDECAR_SIZE], version[PATH_SIZE], now[CLOCK_RFC3339_SIZE];
    const char *const folders[2] = {x->object, version};

    clock_now_rfc3339(now);
    if (path_format(version, err, "%s/v1", x->object) != 0 ||
        inventory_seal(x->inv, now, "imported from a bag", err) != 0 ||
        inventory_format(x->inv, &bytes, sidecar, err) != 0)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        if (write_stored(folders[i], INVENTORY_NAME, bytes.data, bytes.len,
                         err) != 0 ||
            write_stored(folders[i], SIDECAR_NAME, sidecar, strlen(sidecar),
                         err) != 0)
            return -1;
    }
    return write_stored(x->object, OCFL_OBJECT_DECLARATION, DECLARATION_TEXT,
                        strlen(DECLARATION_TEXT), err);
}

static int make_object(struct importing *x, struct err *err)
{
    if (path_format(x->work, err, "%s/%s.import", x->store->work,
                    x->place.hash) != 0 ||
        path_format(x->object, err, "%s/object", x->work) != 0 ||
        dir_remove(x->work, err) != 0 || dir_make(x->object, err) != 0 ||
        inventory_new(x->place.id, &x->inv, err) != 0 ||
        inventory_begin(x->inv, err) != 0 || take_all(x, err) != 0)
        return -1;
    return write_inventory(x, err);
}

static int publish(struct importing *x, struct err *err)
{
    char parent[PATH_SIZE];

    if (path_format(parent, err, "%.*s",
                    (int)(path_base(x->place.dir) - x->place.dir) - 1,
                    x->place.dir) != 0 ||
        dir_sync_tree(x->work, err) != 0 || dir_make(parent, err) != 0 ||
        file_move_durable(x->object, x->place.dir, err) != 0)
        return -1;
    x->out->version = 1;
    x->out->is_new = true;
    store_note_published(x->store, x->out->volume, 1);
    return dir_remove(x->work, err);
}

/* Is what the store has of the volume just this package? */
static int compare_present(const struct importing *x, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];

    /* METS.xml states the digests of all the rest. */
    if (path_format(path, err, "%s/" METS_XML, x->package) != 0 ||
        inventory_open(x->place.dir, &inv, err) != 0 ||
        digest_file(path, DIGEST_SHA512, hex, err) != 0)
        return -1;
    if (inventory_digest(inv, METS_XML) == NULL ||
        strcmp(hex, inventory_digest(inv, METS_XML)) != 0)
        return refuse_other(x->out->volume, err);
    x->out->version = inventory_head(inv);
    return 0;
}

static int import_package(struct importing *x, const struct verify_means *means,
                          struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;

    if (store_lock(x->store, x->place.hash, &lock, err) != 0)
        return -1;
    if (dir_exists(x->place.dir))
        return compare_present(x, err);
    if (make_object(x, err) != 0 ||
        verify_object_of(x->store, x->out->volume, x->object, means,
                         &x->out->report, err) != 0)
        return -1;
    return fault_report_is_broken(&x->out->report) ? dir_remove(x->work, err)
                                                   : publish(x, err);
}

/* The package in x->package. */
static int import_eark(struct importing *x, const struct verify_means *means,
                       struct err *err)
{
    struct import_result *out = x->out;

    if (eark_check(x->package, &out->report, err) != 0)
        return -1;
    if (!has_file(x->package, VOLUME_JSON)) {
        out->kind = IMPORT_FOREIGN_EARK;
        memcpy(out->package, x->package, sizeof(out->package));
        return 0;
    }
    if (fault_report_is_broken(&out->report))
        return 0;
    if (read_volume(x, x->package, err) != 0)
        return -1;
    return fault_report_is_broken(&out->report) ? 0
                                                : import_package(x, means, err);
}

static int import_bag(struct importing *x, const char *dir,
                      const struct verify_means *means, struct err *err)
{
    struct import_result *out = x->out;
    bool is_eark;

    if (bag_check(dir, &out->report, err) != 0)
        return -1;
    /* A broken package in a broken bag: both are told. */
    if (!has_file(dir, "data") || find_package(x, dir, &is_eark, err) != 0)
        return fault_report_is_broken(&out->report) ? 0 : -1;
    if (!is_eark) {
        out->kind = IMPORT_FOREIGN_BAG;
        return 0;
    }
    return import_eark(x, means, err);
}

int import_folder(struct store *store, const char *dir,
                  const struct verify_means *means, struct import_result *out,
                  struct err *err)
{
    __attribute__((cleanup(importing_fini_at))) struct importing x = {
        .store = store, .out = out};

    if (!dir_exists(dir))
        return err_set(err, ERR_ABSENT, "%s: there is no such folder", dir);
    if (has_file(dir, "bagit.txt"))
        return import_bag(&x, dir, means, err);
    if (has_file(dir, OCFL_OBJECT_DECLARATION) || has_file(dir, INVENTORY_NAME))
        return import_object(store, dir, means, out, err);
    if (has_file(dir, METS_XML))
        return path_format(x.package, err, "%s", dir) != 0
                   ? -1
                   : import_eark(&x, means, err);
    return fault(out, dir, "",
                 "is neither a BagIt bag (bagit.txt), nor an E-ARK package "
                 "(" METS_XML "), nor an OCFL object "
                 "(" OCFL_OBJECT_DECLARATION ")",
                 err);
}
