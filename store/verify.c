/* SPDX-License-Identifier: MIT */
#include "store/verify.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/xml_walk.h"
#include "store/check.h"
#include "store/contents.h"
#include "store/mets.h"
#include "store/mix.h"
#include "store/ocfl.h"
#include "store/store.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define WRITER_WAIT_S       10.0
#define WRITER_PAUSE_NS     50000000L /* 50 ms */

struct volume_check {
    struct check base;
    const struct inventory *inventory;
    const struct contents *contents;
    json_t *sha256; /* logical path -> SHA-256, of masters, ALTO, records */
    json_t *listed; /* logical path -> true, what some METS lists */
};

/* The page record and the state of the object say the same. */
static void check_packed_file(struct volume_check *v, const char *logical,
                              const struct file_digests *recorded,
                              const char *page)
{
    const char *sha512 = inventory_digest(v->inventory, logical);

    if (sha512 == NULL)
        check_fault(&v->base, FAULT_MISSING, "PKG1", logical,
                    "the page %s needs it, and it is not in the newest version",
                    page);
    else if (strcmp(sha512, recorded->sha512) != 0)
        check_rule(&v->base, "PKG2", logical,
                   "its SHA-512 in the record of the page %s is not the "
                   "inventory's",
                   page);
    if (json_object_set_new(v->sha256, logical,
                            json_string(recorded->sha256)) != 0)
        v->base.failed = true;
}

static int check_pages(struct volume_check *v, struct err *err)
{
    char logical[PATH_SIZE];

    for (size_t i = 0; i < v->contents->page_count; i++) {
        const struct packed_page *p = &v->contents->pages[i];

        if (contents_master_path(p->page, logical, err) != 0)
            return -1;
        check_packed_file(v, logical, &p->page->digests, p->page->id);
        if (contents_alto_path(p->page, logical, err) != 0)
            return -1;
        check_packed_file(v, logical, &p->alto, p->page->id);
        if (p->has_records) {
            if (contents_records_path(p->page, logical, err) != 0)
                return -1;
            check_packed_file(v, logical, &p->records, p->page->id);
        }
        if (p->mix.size_bytes == 0)
            continue;
        if (mix_path(p->page, logical, err) != 0)
            return -1;
        check_packed_file(v, logical, &p->mix, p->page->id);
    }
    return 0;
}

/* SHA-256 of a file of the state: as recorded, or reckoned when it is one of
 * the few metadata files. */
static int sha256_of(const struct volume_check *v, const char *logical,
                     char out[DIGEST_HEX_SIZE], struct err *err)
{
    const char *recorded = json_get_text(v->sha256, logical, NULL);
    char path[PATH_SIZE];

    if (recorded != NULL) {
        (void)snprintf(out, DIGEST_HEX_SIZE, "%s", recorded);
        return 0;
    }
    if (path_format(path, err, "%s/%s", v->base.dir,
                    inventory_content(v->inventory, logical)) != 0)
        return -1;
    return digest_file(path, DIGEST_SHA256, out, err);
}

/* One link of a METS, and the checksum that stands with it. */
static void check_link(struct volume_check *v, const char *mets,
                       const char *href, const char *checksum)
{
    char logical[PATH_SIZE], actual[DIGEST_HEX_SIZE];
    struct err err;

    if (eark_href_path(mets, href, logical) != 0)
        return;
    if (inventory_digest(v->inventory, logical) == NULL) {
        check_fault(&v->base, FAULT_MISSING, "PKG3", logical,
                    "is listed in %s, and is not in the newest version", mets);
        return;
    }
    if (json_object_set_new(v->listed, logical, json_true()) != 0)
        v->base.failed = true;
    if (sha256_of(v, logical, actual, &err) != 0)
        return; /* the object's own check tells what cannot be read */
    if (strcmp(checksum, actual) != 0)
        check_fault(&v->base, FAULT_ALTERED, "PKG3", logical,
                    "its SHA-256 is not what %s says", mets);
}

struct link_check {
    struct volume_check *volume;
    const char *mets;
    struct buf href, checksum; /* checksum: of the file, or the mdRef */
};

/* An xml_visit: <mdRef> carries both, <FLocat> stands in <file>. */
static void check_element(void *arg, const char *name,
                          const struct xml_attrs *attrs)
{
    struct link_check *l = arg;
    bool is_ref = strcmp(name, "mdRef") == 0;

    if (is_ref || strcmp(name, "file") == 0)
        (void)xml_attrs_get(attrs, "CHECKSUM", &l->checksum);
    if ((is_ref || strcmp(name, "FLocat") == 0) &&
        xml_attrs_get(attrs, "href", &l->href))
        check_link(l->volume, l->mets, buf_str(&l->href),
                   buf_str(&l->checksum));
    l->volume->base.failed |= l->href.failed || l->checksum.failed;
}

static void check_mets(struct volume_check *v, const char *logical)
{
    struct link_check l = {v, logical, BUF_INIT, BUF_INIT};
    const char *content = inventory_content(v->inventory, logical);
    char path[PATH_SIZE];
    struct err err;

    if (content == NULL) {
        check_fault(&v->base, FAULT_MISSING, "PKG1", logical,
                    "every package has one, and it is not in the newest "
                    "version");
        return;
    }
    if (path_format(path, &err, "%s/%s", v->base.dir, content) != 0 ||
        xml_walk_file(path, check_element, &l, &err) != 0)
        check_rule(&v->base, "PKG3", logical, "%s", err.msg);
    buf_fini(&l.href);
    buf_fini(&l.checksum);
}

static void check_all_listed(void *arg, const char *logical)
{
    struct volume_check *v = arg;

    if (strcmp(logical, METS_XML) != 0 &&
        json_object_get(v->listed, logical) == NULL)
        check_fault(&v->base, FAULT_EXTRA, "PKG4", logical,
                    "is in the newest version, and no METS lists it");
}

static void check_identity(struct volume_check *v, const char *volume,
                           const char *id)
{
    if (strcmp(inventory_id(v->inventory), id) != 0 ||
        strcmp(v->contents->uuid, id) != 0)
        check_rule(&v->base, "PKG5", VOLUME_JSON,
                   "the package of the volume %s is %s; the inventory says "
                   "%s, the record %s",
                   volume, id, inventory_id(v->inventory), v->contents->uuid);
    if (strcmp(v->contents->volume->id, volume) != 0)
        check_rule(&v->base, "PKG5", VOLUME_JSON,
                   "the record is of the volume %s", v->contents->volume->id);
}

/* OCFL does without the inventories of old versions, takes a digest in upper or
 * lower case, and knows two ends of a sidecar. Ours are there, and written in
 * one way: what is gone or flipped there is decay, too. */
static void check_inventory_bytes(struct volume_check *v, const char *folder)
{
    CLEANUP(buf_fini) struct buf sidecar = BUF_INIT;
    char path[PATH_SIZE], name[64];
    struct err err;

    (void)snprintf(name, sizeof(name), "%s" INVENTORY_NAME, folder);
    if (path_format(path, &err, "%s/%s", v->base.dir, name) != 0)
        return;
    if (!file_exists(path)) {
        if (folder[0] != '\0')
            check_fault(&v->base, FAULT_MISSING, "PKG6", name,
                        "every version of ours has its inventory");
        return;
    }
    (void)snprintf(name, sizeof(name), "%s" SIDECAR_NAME, folder);
    if (path_format(path, &err, "%s/%s", v->base.dir, name) != 0 ||
        file_read(path, SIDECAR_SIZE, &sidecar, &err) != 0)
        return; /* said by the object's own check, as a wrong digest is */
    if (!sidecar_is_ours(&sidecar))
        check_fault(&v->base, FAULT_ALTERED, "PKG6", name,
                    "is not, to the byte, as it was written");
}

static void check_inventories(struct volume_check *v)
{
    char folder[16];

    check_inventory_bytes(v, "");
    for (unsigned n = 1; n <= inventory_head(v->inventory); n++) {
        (void)snprintf(folder, sizeof(folder), "v%u/", n);
        check_inventory_bytes(v, folder);
    }
}

/* @param root  the root inventory, when it was read and is vouched for */
static int check_package(const struct object_place *place, const char *volume,
                         json_t *root, struct fault_report *report,
                         struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(contents_free) struct contents *contents = NULL;
    CLEANUP(json_decref) json_t *sha256 = json_object();
    CLEANUP(json_decref) json_t *listed = json_object();
    struct volume_check v = {
        {report, place->dir, "", false}, NULL, NULL, sha256, listed};
    struct err why;

    if ((root != NULL ? inventory_from_json(root, &inv, &why)
                      : inventory_open(place->dir, &inv, &why)) != 0 ||
        package_read_contents(place->dir, inv, &contents, &why) != 0) {
        check_rule(&v.base, "PKG5", VOLUME_JSON,
                   "cannot be read as a package: %s", why.msg);
        return check_end(&v.base, err);
    }
    report->version = inventory_head(inv);
    v.inventory = inv;
    v.contents = contents;
    check_identity(&v, volume, place->id);
    check_inventories(&v);
    if (check_pages(&v, err) != 0)
        return -1;
    check_mets(&v, METS_XML);
    check_mets(&v, METS_MASTER_XML);
    check_mets(&v, METS_OCR_XML);
    inventory_each(inv, check_all_listed, &v);
    return check_end(&v.base, err);
}

static int check_volume(const struct object_place *place, const char *volume,
                        const struct verify_means *means,
                        struct fault_report *report, struct err *err)
{
    CLEANUP(json_decref) json_t *root = NULL;

    if (ocfl_check_object_root(place->dir, "", means, report, &root, err) != 0)
        return -1;
    return check_package(place, volume, root, report, err);
}

/* Wait for whoever is writing the object; NULL when it cannot be told, as in a
 * store that may only be read. */
static struct lock *wait_for_writer(const struct store *store,
                                    const struct object_place *place)
{
    const struct timespec pause = {0, WRITER_PAUSE_NS};
    double until_s = clock_monotonic_s() + WRITER_WAIT_S;
    struct lock *lock = NULL;
    char path[PATH_SIZE];
    struct err err;

    if (path_format(path, &err, "%s/%s.lock", store->work, place->hash) != 0 ||
        !file_exists(path))
        return NULL;
    while (lock_acquire(path, LOCK_TRY, &lock, &err) != 0) {
        if (err.kind != ERR_BUSY || clock_monotonic_s() > until_s)
            return NULL;
        (void)nanosleep(&pause, NULL);
    }
    return lock;
}

int verify_volume(const struct store *store, const char *volume,
                  const struct verify_means *means, struct fault_report *report,
                  struct err *err)
{
    struct fault_report found = FAULT_REPORT_INIT;
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0)
        return -1;
    if (!dir_exists(place.dir))
        return err_set(err, ERR_ABSENT, "the volume %s has no package", volume);
    int rc = check_volume(&place, volume, means, &found, err);
    if (rc == 0 && fault_report_is_broken(&found)) {
        /* It may have been looked at while a version came in: once more, with
         * nobody writing. */
        CLEANUP(lock_release)
        struct lock *lock = wait_for_writer(store, &place);

        if (lock != NULL) {
            fault_report_fini(&found);
            rc = check_volume(&place, volume, means, &found, err);
        }
    }
    if (rc == 0)
        rc = fault_report_append(report, &found, err);
    fault_report_fini(&found);
    return rc;
}

int verify_compare_version(struct fault_report *report, unsigned known,
                           struct err *err)
{
    struct check c = {report, "", "", false};
    char folder[16];

    /* Of one that cannot be read that much is told already. */
    if (report->version == 0 || report->version >= known)
        return 0;
    (void)snprintf(folder, sizeof(folder), "v%u", known);
    check_fault(&c, FAULT_MISSING, "PKG7", folder,
                "the volume had version %u, and the newest now is %u: what "
                "came after it is lost",
                known, report->version);
    return check_end(&c, err);
}

int verify_extent(const struct store *store, const char *volume,
                  unsigned version, struct volume_extent *out, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0 ||
        inventory_open(place.dir, &inv, err) != 0)
        return -1;
    out->head = inventory_head(inv);
    inventory_count(inv, version, &out->files, &out->files_after);
    return 0;
}

int verify_object_of(const struct store *store, const char *volume,
                     const char *object_dir, const struct verify_means *means,
                     struct fault_report *report, struct err *err)
{
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0 ||
        path_format(place.dir, err, "%s", object_dir) != 0)
        return -1;
    return check_volume(&place, volume, means, report, err);
}
