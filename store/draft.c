/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"
#include "common/log.h"
#include "common/tree.h"
#include "common/xml.h"
#include "ocr/record_xml.h"
#include "store/contents.h"
#include "store/dc.h"
#include "store/fixity_log.h"
#include "store/mets.h"
#include "store/mix.h"
#include "store/ocfl.h"
#include "store/premis.h"
#include "store/quality.h"
#include "store/store.h"

#define RENAME_ATTEMPTS 5
#define SOFTWARE        "Tefter " TEFTER_VERSION
#define STORED_MODE     0444 /* finished files are not written again */

struct draft {
    struct store *store; /* borrowed from the caller */
    struct object_place place;
    struct lock *lock;
    struct contents *contents;
    struct inventory *inventory;
    char work[PATH_SIZE];        /* store.work/HASH */
    char version_dir[PATH_SIZE]; /* the vN folder that is being made */
    /* Number of the version that is being made, as the contents count: OCFL's,
     * except in an object that was imported without its history. */
    unsigned revision;
    size_t added;
    bool spoiled; /* memory ran out half-way: the inventory may be incomplete */
    bool committed;
};

/* Begin */

/* Finished work is renamed into the store, which works inside a filesystem
 * only. */
static int check_filesystem(const struct store *store, struct err *err)
{
    struct stat root, work;

    if (stat(store->root, &root) != 0)
        return err_set_errno(err, "%s", store->root);
    if (stat(store->work, &work) != 0)
        return err_set_errno(err, "%s", store->work);
    if (root.st_dev != work.st_dev)
        return err_set(err, ERR_IO,
                       "%s and %s are on different filesystems; mount the "
                       "folder above both, or mount the store's filesystem "
                       "there too",
                       store->root, store->work);
    return 0;
}

static int take_lock(struct draft *d, const char *volume, struct err *err)
{
    if (dir_make(d->store->work, err) != 0 ||
        check_filesystem(d->store, err) != 0)
        return -1;
    if (store_lock(d->store, d->place.hash, &d->lock, err) == 0)
        return 0;
    if (err->kind == ERR_BUSY)
        return err_set(err, ERR_BUSY,
                       "another process is writing the volume %s (waited "
                       "10 s); try again when it is done",
                       volume);
    return -1;
}

/* What the volume has so far, or an empty beginning. */
static int load_present(struct draft *d, const struct volume *volume,
                        struct err *err)
{
    if (!dir_exists(d->place.dir)) {
        if (inventory_new(d->place.id, &d->inventory, err) != 0)
            return -1;
        return contents_new(d->place.id, volume, &d->contents, err);
    }
    if (inventory_open(d->place.dir, &d->inventory, err) != 0 ||
        package_read_contents(d->place.dir, d->inventory, &d->contents, err))
        return err_add(err, "volume %s", volume->id);
    return contents_update_volume(d->contents, volume, err);
}

/* A version upon one that was rolled back would hide for good that there was a
 * later one, and take its number. */
static int check_present(const struct draft *d, const char *volume,
                         struct err *err)
{
    CLEANUP(fixity_history_fini) struct fixity_history history = {NULL};
    unsigned head = inventory_head(d->inventory), known;

    if (d->store->record[0] == '\0')
        return 0;
    if (fixity_history_read_volume(d->store->record, volume, &history, err))
        return -1;
    known = fixity_history_version(&history, volume);
    if (known <= head)
        return 0;
    return err_set(err, ERR_CHECKSUM,
                   "the volume %s had version %u, and %s: nothing is written "
                   "upon a loss. Bring it back with `tefter verify "
                   "--repair-from REPLICA'; if no copy is left, say so with "
                   "`tefter loss acknowledge'",
                   volume, known,
                   head == 0 ? "is not in the store now"
                             : "was put back to an older one");
}

static int make_work_folder(struct draft *d, struct err *err)
{
    unsigned version = inventory_head(d->inventory);
    char folder[PATH_SIZE];

    if (version == 1) {
        if (path_format(d->version_dir, err, "%s/object/v1", d->work) != 0)
            return -1;
    } else if (path_format(d->version_dir, err, "%s/v%u", d->work, version)) {
        return -1;
    }
    if (path_format(folder, err, "%s/content/" MASTER_FOLDER, d->version_dir) ||
        dir_make(folder, err) != 0 ||
        path_format(folder, err, "%s/content/" ALTO_FOLDER, d->version_dir))
        return -1;
    return dir_make(folder, err);
}

static unsigned next_revision(const struct draft *d)
{
    const struct contents *c = d->contents;

    return c->revision_count == 0
               ? inventory_head(d->inventory)
               : c->revisions[c->revision_count - 1].version + 1;
}

int draft_begin(struct store *store, const struct volume *volume,
                struct draft **out, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *d = calloc(1, sizeof(*d));

    if (d == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", volume->id);
    d->store = store;
    if (store_locate(store, volume->id, &d->place, err) != 0 ||
        path_format(d->work, err, "%s/%s", store->work, d->place.hash) != 0 ||
        take_lock(d, volume->id, err) != 0)
        return -1;
    /* The lock is ours, so what lies there is a dead writer's. */
    if (dir_exists(d->work) && store_mend(store, d->place.hash, err) != 0)
        return -1;
    if (load_present(d, volume, err) != 0 ||
        check_present(d, volume->id, err) != 0 ||
        inventory_begin(d->inventory, err) != 0 ||
        make_work_folder(d, err) != 0)
        return -1;
    d->revision = next_revision(d);
    *out = STEAL(d);
    return 0;
}

/* Add */

static int staged_path(const struct draft *d, const char *logical,
                       char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/content/%s", d->version_dir, logical);
}

/* Only a file of our own is linked: nobody else can then write into it. */
static bool link_own(int fd, const char *from, const char *to)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_uid == geteuid() && link(from, to) == 0;
}

/* Bring a file into the stage, and tell its digests. */
static int stage_file(const char *from, const char *to,
                      struct file_digests *digests, struct err *err)
{
    CLEANUP(close_fd) int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (fd < 0)
        return err_set_errno(err, "cannot open %s", from);
    if (fstat(fd, &st) != 0)
        return err_set_errno(err, "%s", from);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_INPUT, "%s is not a regular file", from);
    if (link_own(fd, from, to)) {
        if (file_digest(fd, from, digests, err) != 0)
            return -1;
    } else if (file_copy_durable(fd, from, to, digests, err) != 0) {
        return -1;
    }
    if (chmod(to, STORED_MODE) != 0)
        return err_set_errno(err, "cannot make %s read-only", to);
    return 0;
}

static int check_digests(const char *path, const struct file_digests *is,
                         const struct file_digests *expected, struct err *err)
{
    if (is->size_bytes != expected->size_bytes)
        return err_set(err, ERR_CHECKSUM,
                       "%s changed since it was received: it has %lld bytes, "
                       "%lld were received",
                       path, (long long)is->size_bytes,
                       (long long)expected->size_bytes);
    if (strcmp(is->sha256, expected->sha256) != 0 ||
        strcmp(is->sha512, expected->sha512) != 0)
        return err_set(err, ERR_CHECKSUM,
                       "%s changed since it was received: its SHA-256 is "
                       "%.16s..., received was %.16s...",
                       path, is->sha256, expected->sha256);
    return 0;
}

/* A file on its way into the version. */
struct staged {
    char logical[PATH_SIZE];
    char path[PATH_SIZE]; /* in the work folder */
    struct file_digests digests;
    bool is_present; /* the volume has it already: another image of the file */
};

static int name_staged(const struct draft *d, struct staged *s, struct err *err)
{
    s->is_present = false;
    return staged_path(d, s->logical, s->path, err);
}

static void unstage(const struct staged *s)
{
    if (!s->is_present)
        (void)unlink(s->path);
}

static int stage_master(const struct draft *d, const struct page *page,
                        const char *from, struct staged *s, struct err *err)
{
    const char *present;

    if (contents_master_path(page, s->logical, err) != 0 ||
        name_staged(d, s, err) != 0)
        return -1;
    present = inventory_digest(d->inventory, s->logical);
    if (present != NULL && strcmp(present, page->digests.sha512) != 0)
        return err_set(err, ERR_EXISTS,
                       "the volume has another file as its master %s",
                       page->master);
    s->is_present = present != NULL;
    if (s->is_present ||
        (stage_file(from, s->path, &s->digests, err) == 0 &&
         check_digests(from, &s->digests, &page->digests, err) == 0))
        return 0;
    unstage(s);
    return -1;
}

/* What was read of a page: its logical path is set. */
static int stage_reading(const struct draft *d, const char *from,
                         struct staged *s, struct err *err)
{
    if (name_staged(d, s, err) != 0)
        return -1;
    if (stage_file(from, s->path, &s->digests, err) == 0)
        return 0;
    unstage(s);
    return -1;
}

/* Say in the inventory what was staged; bytes that an earlier version, or
 * another page, holds already are not kept twice. */
static int record(struct draft *d, const struct staged *s, struct err *err)
{
    bool is_new;

    if (s->is_present)
        return 0;
    if (inventory_put(d->inventory, s->logical, s->digests.sha512, &is_new,
                      err) != 0)
        return -1;
    return is_new ? 0 : file_remove(s->path, err);
}

static int check_page(const struct draft *d, const struct page *page,
                      struct err *err)
{
    if (strcmp(page->volume, d->contents->volume->id) != 0)
        return err_set(err, ERR_USAGE, "it is of the volume %s, not %s",
                       page->volume, d->contents->volume->id);
    if (page->number == 0 || !slug_is_valid(page->master))
        return err_set(err, ERR_USAGE,
                       "a page needs a number from 1 and a plain file name as "
                       "its master, not %u and '%.100s'",
                       page->number, page->master);
    return 0;
}

/* Index of the page of that number; the last ones are not in order yet. */
static long find_page(const struct draft *d, uint32_t number)
{
    for (size_t i = 0; i < d->contents->page_count; i++) {
        if (d->contents->pages[i].page->number == number)
            return (long)i;
    }
    return -1;
}

static int check_new(const struct draft *d, const struct page *page,
                     struct err *err)
{
    char alto[PATH_SIZE];

    if (contents_alto_path(page, alto, err) != 0)
        return -1;
    if (inventory_digest(d->inventory, alto) != NULL)
        return err_set(err, ERR_EXISTS,
                       "the volume has a page of that number already");
    return 0;
}

static int check_held(const struct draft *d, const struct page *page,
                      struct err *err)
{
    long i = find_page(d, page->number);

    if (i < 0)
        return err_set(err, ERR_ABSENT, "the volume has no such page");
    if (d->contents->pages[i].version == d->revision)
        return err_set(err, ERR_EXISTS, "this version brings the page already");
    return 0;
}

/* Both files, or neither. */
static int stage_page(const struct draft *d, const struct page *page,
                      const char *master_path, const char *alto_path,
                      struct staged *master, struct staged *alto,
                      struct err *err)
{
    if (stage_master(d, page, master_path, master, err) != 0)
        return -1;
    if (contents_alto_path(page, alto->logical, err) == 0 &&
        stage_reading(d, alto_path, alto, err) == 0)
        return 0;
    unstage(master);
    return -1;
}

/* How a page gets into the contents. */
typedef int put_page(struct contents *c, const struct page *page,
                     unsigned version, const struct file_digests *alto,
                     const struct page_text *text, struct err *err);

static int bring_page(struct draft *draft, const struct page *page,
                      const char *master_path, const char *alto_path,
                      const struct page_text *text, put_page *put,
                      struct err *err)
{
    struct staged master, alto;

    if (stage_page(draft, page, master_path, alto_path, &master, &alto, err))
        return err_add(err, "page %s", page->id);
    if (record(draft, &master, err) != 0 || record(draft, &alto, err) != 0 ||
        put(draft->contents, page, draft->revision, &alto.digests, text, err) !=
            0) {
        draft->spoiled = true;
        return err_add(err, "page %s", page->id);
    }
    draft->added++;
    return 0;
}

int draft_add_page(struct draft *draft, const struct page *page,
                   const char *master_path, const char *alto_path,
                   const struct page_text *text, struct err *err)
{
    if (check_page(draft, page, err) != 0 || check_new(draft, page, err) != 0)
        return err_add(err, "page %s", page->id);
    return bring_page(draft, page, master_path, alto_path, text,
                      contents_add_page, err);
}

/* Those of the earlier scan leave the newest state; the new one may bring its
 * own. */
static int drop_records(struct draft *d, const struct page *page,
                        struct err *err)
{
    long i = find_page(d, page->number);
    char logical[PATH_SIZE];

    if (!d->contents->pages[i].has_records)
        return 0;
    if (contents_records_path(page, logical, err) != 0)
        return -1;
    return inventory_digest(d->inventory, logical) == NULL
               ? 0
               : inventory_drop(d->inventory, logical, err);
}

int draft_add_records(struct draft *draft, const struct page *page,
                      const char *records_path, struct err *err)
{
    long i = find_page(draft, page->number);
    struct packed_page *slot = i < 0 ? NULL : &draft->contents->pages[i];
    CLEANUP(page_records_free) struct page_records *records = NULL;
    struct staged staged;

    if (slot == NULL || slot->version != draft->revision)
        return err_set(err, ERR_ABSENT,
                       "page %s: this version does not bring it", page->id);
    if (slot->has_records)
        return err_set(err, ERR_EXISTS, "page %s: it has records already",
                       page->id);
    if (contents_records_path(page, staged.logical, err) != 0 ||
        records_read(records_path, &records, err) != 0 ||
        stage_reading(draft, records_path, &staged, err) != 0)
        return err_add(err, "page %s", page->id);
    if (record(draft, &staged, err) == 0 &&
        contents_set_records(slot, &staged.digests, records, err) == 0)
        return 0;
    draft->spoiled = true;
    return err_add(err, "page %s", page->id);
}

/* OBJID of a submission, for people; "" when its METS has none. */
static char *read_submission_id(const char *dir)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    char *id = NULL;
    char path[PATH_SIZE];
    struct err ignored;

    if (path_format(path, &ignored, "%s/" METS_XML, dir) == 0 &&
        xml_parse_file(path, &doc, &ignored) == 0)
        id = xml_get_attr(xmlDocGetRootElement(doc), "OBJID");
    return id == NULL ? strdup("") : id;
}

static int enclose_file(struct draft *d, struct enclosure *e, const char *dir,
                        const char *path, struct err *err)
{
    char from[PATH_SIZE], folder[PATH_SIZE];
    const struct enclosed_file named = {(char *)(uintptr_t)path, {"", "", 0}};
    struct staged s;

    if (path_format(from, err, "%s/%s", dir, path) != 0 ||
        enclosure_path(e, &named, s.logical, err) != 0 ||
        name_staged(d, &s, err) != 0 ||
        path_format(folder, err, "%.*s", (int)(path_base(s.path) - s.path),
                    s.path) != 0 ||
        dir_make(folder, err) != 0 ||
        stage_file(from, s.path, &s.digests, err) != 0 ||
        record(d, &s, err) != 0)
        return -1;
    return enclosure_add_file(e, path, &s.digests, err);
}

int draft_enclose(struct draft *draft, const char *batch, const char *dir,
                  struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};
    CLEANUP(free) char *id = NULL;
    struct enclosure *e;

    if (enclosure_find(&draft->contents->enclosures, batch) != NULL)
        return 0;
    if (tree_list(dir, &files, err) != 0)
        return -1;
    id = read_submission_id(dir);
    e = id == NULL ? NULL
                   : enclosure_add(&draft->contents->enclosures,
                                   draft->revision, batch, id);
    draft->spoiled = draft->spoiled || e == NULL;
    if (e == NULL)
        return err_set(err, ERR_NOMEM, "submission: out of memory");
    for (size_t i = 0; i < files.count; i++) {
        if (enclose_file(draft, e, dir, files.names[i], err) != 0) {
            draft->spoiled = true;
            return -1;
        }
    }
    return 0;
}

int draft_add_repair(struct draft *draft, const struct name_list *mended,
                     const struct name_list *removed, const char *from,
                     struct err *err)
{
    if (contents_add_repair(draft->contents, draft->revision, mended, removed,
                            from, err) != 0) {
        draft->spoiled = true;
        return -1;
    }
    draft->added++;
    return 0;
}

int draft_add_loss(struct draft *draft, const char *by, const char *reason,
                   const struct name_list *paths, struct err *err)
{
    if (loss_add(&draft->contents->losses, draft->revision, by, reason, paths,
                 err) != 0) {
        draft->spoiled = true;
        return -1;
    }
    draft->added++;
    return 0;
}

/* Commit */

static int drop_if_there(struct draft *d, const char *logical, struct err *err)
{
    return inventory_digest(d->inventory, logical) == NULL
               ? 0
               : inventory_drop(d->inventory, logical, err);
}

/* Masters that no page needs any more leave the newest state; their bytes stay
 * in the version that brought them. */
static int drop_superseded(struct draft *d, struct err *err)
{
    const struct contents *c = d->contents;
    char logical[PATH_SIZE];

    for (size_t i = 0; i < c->superseded_count; i++) {
        const struct page *old = c->superseded[i].page;

        if (contents_master_path(old, logical, err) != 0)
            return -1;
        if (contents_uses_master(c, old->master))
            continue;
        if (drop_if_there(d, logical, err) != 0 ||
            mix_path(old, logical, err) != 0 ||
            drop_if_there(d, logical, err) != 0)
            return -1;
    }
    return 0;
}

static int digest_buf(const struct buf *bytes, struct file_digests *out,
                      struct err *err)
{
    out->size_bytes = (int64_t)bytes->len;
    if (digest_bytes(buf_str(bytes), bytes->len, DIGEST_SHA256, out->sha256,
                     err) != 0)
        return -1;
    return digest_bytes(buf_str(bytes), bytes->len, DIGEST_SHA512, out->sha512,
                        err);
}

/* Synced with all the rest, before the version is put in its place. */
static int write_file(const char *path, const void *bytes, size_t len,
                      struct err *err)
{
    if (file_write(path, bytes, len, err) != 0)
        return -1;
    if (chmod(path, STORED_MODE) != 0)
        return err_set_errno(err, "cannot make %s read-only", path);
    return 0;
}

static int add_metadata(struct draft *d, const char *logical,
                        const struct buf *bytes, struct file_digests *out,
                        struct err *err)
{
    char staged[PATH_SIZE], folder[PATH_SIZE];
    bool is_new;

    if (digest_buf(bytes, out, err) != 0 ||
        inventory_put(d->inventory, logical, out->sha512, &is_new, err) != 0 ||
        staged_path(d, logical, staged, err) != 0)
        return -1;
    if (!is_new)
        return 0;
    if (path_format(folder, err, "%.*s", (int)(path_base(staged) - staged),
                    staged) != 0 ||
        dir_make(folder, err) != 0)
        return -1;
    return write_file(staged, buf_str(bytes), bytes->len, err);
}

/* Amendments */

/* The page, when this draft has not changed it. */
static int find_held(const struct draft *d, uint32_t number, size_t *out,
                     struct err *err)
{
    const struct amendment_list *list = &d->contents->amendments;
    long i = find_page(d, number);

    if (i < 0)
        return err_set(err, ERR_ABSENT, "the volume has no page %u", number);
    for (size_t k = 0; k < list->count; k++) {
        if (list->items[k].version == d->revision &&
            list->items[k].page == number)
            return err_set(err, ERR_EXISTS,
                           "this version changes page %u already", number);
    }
    if (d->contents->pages[i].version == d->revision)
        return err_set(err, ERR_EXISTS, "this version brings page %u", number);
    *out = (size_t)i;
    return 0;
}

static int put_records(struct draft *d, struct packed_page *p,
                       const struct page_records *records, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct file_digests digests;
    char logical[PATH_SIZE];

    if (contents_records_path(p->page, logical, err) != 0 ||
        records_write(records, p->page->id, &bytes, err) != 0 ||
        add_metadata(d, logical, &bytes, &digests, err) != 0)
        return -1;
    return contents_set_records(p, &digests, records, err);
}

static int note_amendment(struct draft *d, const struct amendment *amendment,
                          struct err *err)
{
    if (amendment_add(&d->contents->amendments, amendment, err) != 0)
        return -1;
    d->added++;
    return 0;
}

int draft_enter_records(struct draft *draft, uint32_t page_number,
                        const struct page_records *records, size_t fields,
                        const char *by, struct err *err)
{
    struct amendment amendment = {.version = draft->revision,
                                  .kind = AMENDMENT_ENTRY,
                                  .page = page_number,
                                  .fields = (uint32_t)fields};
    size_t i;

    if (fields == 0 || by[0] == '\0' ||
        snprintf(amendment.by, sizeof(amendment.by), "%s", by) >=
            (int)sizeof(amendment.by))
        return err_set(err, ERR_USAGE,
                       "page %u: who entered what is to be said, in up to %zu "
                       "bytes",
                       page_number, sizeof(amendment.by) - 1);
    if (find_held(draft, page_number, &i, err) != 0)
        return -1;
    if (put_records(draft, &draft->contents->pages[i], records, err) == 0 &&
        note_amendment(draft, &amendment, err) == 0)
        return 0;
    draft->spoiled = true;
    return err_add(err, "page %u", page_number);
}

/* The records that stand; *out NULL: there are none. */
static int read_held_records(const struct draft *d, const struct packed_page *p,
                             struct page_records **out, struct err *err)
{
    char logical[PATH_SIZE], path[PATH_SIZE];

    *out = NULL;
    if (!p->has_records)
        return 0;
    if (contents_records_path(p->page, logical, err) != 0 ||
        path_format(path, err, "%s/%s", d->place.dir,
                    inventory_content(d->inventory, logical)) != 0)
        return -1;
    return records_read(path, out, err);
}

int draft_records(const struct draft *draft, uint32_t page_number,
                  struct page_records **out, struct err *err)
{
    long i = find_page(draft, page_number);

    *out = NULL;
    if (i >= 0 &&
        read_held_records(draft, &draft->contents->pages[i], out, err) != 0)
        return -1;
    return *out != NULL ? 0
                        : err_set(err, ERR_ABSENT, "the page %u has no records",
                                  page_number);
}

/* Of what was read now, with what people had entered put in. */
static int renew_records(struct draft *d, struct packed_page *p,
                         const char *fresh_path, size_t *kept, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *held = NULL;
    CLEANUP(page_records_free) struct page_records *fresh = NULL;
    char logical[PATH_SIZE];

    if (read_held_records(d, p, &held, err) != 0)
        return -1;
    *kept = held == NULL ? 0 : page_records_entered(held);
    if (fresh_path == NULL && *kept == 0) {
        (void)contents_set_records(p, NULL, NULL, err);
        return held == NULL || contents_records_path(p->page, logical, err)
                   ? 0
                   : drop_if_there(d, logical, err);
    }
    if (fresh_path != NULL && records_read(fresh_path, &fresh, err) != 0)
        return -1;
    if (fresh == NULL && (fresh = page_records_new()) == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    if (held != NULL && page_records_keep_entered(fresh, held, err) != 0)
        return -1;
    return put_records(d, p, fresh, err);
}

/* Of the new scan's records, with what people had entered on the earlier scan
 * put in. */
static int carry_records(struct draft *d, const struct page *page,
                         const struct page_records *held,
                         const char *fresh_path, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *fresh = NULL;
    struct amendment amendment = {.version = d->revision,
                                  .kind = AMENDMENT_CARRIED,
                                  .page = page->number};
    size_t marked = 0;

    amendment.fields = held == NULL ? 0 : (uint32_t)page_records_entered(held);
    if (amendment.fields == 0)
        return fresh_path == NULL ? 0
                                  : draft_add_records(d, page, fresh_path, err);
    if (fresh_path != NULL && records_read(fresh_path, &fresh, err) != 0)
        return -1;
    if (fresh == NULL && (fresh = page_records_new()) == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    if (page_records_carry(fresh, held, &marked, err) != 0)
        return -1;
    amendment.review = (uint32_t)marked;
    return put_records(d, &d->contents->pages[find_page(d, page->number)],
                       fresh, err) != 0
               ? -1
               : note_amendment(d, &amendment, err);
}

int draft_replace_page(struct draft *draft, const struct page *page,
                       const char *master_path, const char *alto_path,
                       const struct page_text *text, const char *records_path,
                       struct err *err)
{
    CLEANUP(page_records_free) struct page_records *held = NULL;

    if (check_page(draft, page, err) != 0 ||
        check_held(draft, page, err) != 0 ||
        read_held_records(
            draft, &draft->contents->pages[find_page(draft, page->number)],
            &held, err) != 0 ||
        drop_records(draft, page, err) != 0)
        return err_add(err, "page %s", page->id);
    if (bring_page(draft, page, master_path, alto_path, text,
                   contents_replace_page, err) != 0)
        return -1;
    if (carry_records(draft, page, held, records_path, err) == 0)
        return 0;
    draft->spoiled = true;
    return err_add(err, "page %s", page->id);
}

static int read_again(struct draft *d, size_t i, const struct staged *alto,
                      const struct page_text *text, const char *records_path,
                      struct err *err)
{
    struct amendment amendment;
    size_t kept;

    if (record(d, alto, err) != 0)
        return -1;
    contents_read_again(d->contents, i, d->revision, &alto->digests, text,
                        &amendment);
    if (renew_records(d, &d->contents->pages[i], records_path, &kept, err) != 0)
        return -1;
    amendment.fields = (uint32_t)kept;
    return note_amendment(d, &amendment, err);
}

int draft_read_again(struct draft *draft, const struct page *page,
                     const char *alto_path, const struct page_text *text,
                     const char *records_path, struct err *err)
{
    const struct page *held;
    struct staged alto;
    size_t i;

    if (find_held(draft, page->number, &i, err) != 0)
        return -1;
    held = draft->contents->pages[i].page;
    if (strcmp(held->digests.sha256, page->digests.sha256) != 0 ||
        held->image != page->image)
        return err_set(err, ERR_EXISTS,
                       "page %s: it got another scan while it was read",
                       page->id);
    if (contents_alto_path(held, alto.logical, err) != 0 ||
        stage_reading(draft, alto_path, &alto, err) != 0)
        return err_add(err, "page %u", page->number);
    if (read_again(draft, i, &alto, text, records_path, err) == 0)
        return 0;
    draft->spoiled = true;
    return err_add(err, "page %u", page->number);
}

static int format_volume(const struct contents *c, struct buf *out,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(free) char *text = NULL;

    if (contents_to_json(c, &json, err) != 0)
        return -1;
    text = json_dumps(json, JSON_INDENT(1));
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", VOLUME_JSON);
    buf_puts(out, text);
    buf_puts(out, "\n");
    return out->failed ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

static int format_part(const struct contents *c, enum mets_part part,
                       struct buf *out, struct err *err)
{
    switch (part) {
    case METS_PART_DC:
        return dc_format(&(struct dc_package){c->volume, c->uuid, "image/tiff",
                                              c->page_count},
                         out, err);
    case METS_PART_VOLUME:
        return format_volume(c, out, err);
    case METS_PART_PREMIS:
        return premis_format(c, out, err);
    case METS_PART_QUALITY:
        return quality_format(c, out, err);
    case METS_PART_SCHEMA:
        buf_puts(out, records_schema());
        return out->failed ? err_set(err, ERR_NOMEM, "out of memory") : 0;
    case METS_PART_MASTER:
        return mets_format_representation(c, REPRESENTATION_MASTER, out, err);
    default:
        return mets_format_representation(c, REPRESENTATION_OCR, out, err);
    }
}

/* Where the bytes of a file of the version are now. */
static int present_path(const struct draft *d, const char *logical,
                        char out[PATH_SIZE], struct err *err)
{
    if (staged_path(d, logical, out, err) != 0)
        return -1;
    if (file_exists(out))
        return 0;
    return path_format(out, err, "%s/%s", d->place.dir,
                       inventory_content(d->inventory, logical));
}

static int write_mix(struct draft *d, struct packed_page *p, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char logical[PATH_SIZE], master[PATH_SIZE], path[PATH_SIZE];

    if (mix_path(p->page, logical, err) != 0)
        return -1;
    /* What an earlier version has stays as it is. */
    if (p->mix.size_bytes > 0 &&
        inventory_digest(d->inventory, logical) != NULL)
        return 0;
    if (contents_master_path(p->page, master, err) != 0 ||
        present_path(d, master, path, err) != 0 ||
        mix_format(p->page, mix_read_header(path), &bytes, err) != 0)
        return -1;
    return add_metadata(d, logical, &bytes, &p->mix, err);
}

static int write_all_mix(struct draft *d, struct err *err)
{
    struct contents *c = d->contents;

    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].owner == i && write_mix(d, &c->pages[i], err) != 0)
            return err_add(err, "page %s", c->pages[i].page->id);
    }
    return 0;
}

#define MODIFIED " LASTMODDATE=\""

/* A METS without the moment of its last change. */
static void without_moment(const struct buf *mets, struct buf *out)
{
    const char *text = buf_str(mets);
    const char *at = strstr(text, MODIFIED);
    const char *end = at == NULL ? NULL : strchr(at + strlen(MODIFIED), '"');

    if (end == NULL) {
        buf_puts(out, text);
        return;
    }
    buf_add(out, text, (size_t)(at - text));
    buf_puts(out, end + 1);
}

/* Would only the moment of its last change be another? Then the METS that the
 * volume has is the one: what did not change is not written again. */
static int keep_mets(const struct draft *d, const char *logical,
                     const struct buf *fresh, struct file_digests *out,
                     bool *is_kept, struct err *err)
{
    CLEANUP(buf_fini) struct buf held = BUF_INIT, is = BUF_INIT, was = BUF_INIT;
    const char *sha512 = inventory_digest(d->inventory, logical);
    char path[PATH_SIZE];
    struct err ignored;

    *is_kept = false;
    if (sha512 == NULL)
        return 0;
    if (path_format(path, err, "%s/%s", d->place.dir,
                    inventory_content(d->inventory, logical)) != 0)
        return -1;
    /* What is damaged there is not kept, but written anew. */
    if (file_read(path, XML_MAX_BYTES, &held, &ignored) != 0)
        return 0;
    if (digest_buf(&held, out, err) != 0)
        return -1;
    without_moment(fresh, &is);
    without_moment(&held, &was);
    if (is.failed || was.failed)
        return err_set(err, ERR_NOMEM, "%s: out of memory", logical);
    *is_kept = strcmp(out->sha512, sha512) == 0 &&
               strcmp(buf_str(&is), buf_str(&was)) == 0;
    return 0;
}

static bool has_records(const struct contents *c)
{
    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].has_records)
            return true;
    }
    return false;
}

static int write_part(struct draft *d, enum mets_part part,
                      struct file_digests *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    const char *logical = mets_part_path(part);
    bool is_kept = false;

    if (part == METS_PART_SCHEMA && !has_records(d->contents))
        return drop_if_there(d, logical, err);
    if (format_part(d->contents, part, &bytes, err) != 0)
        return -1;
    if ((part == METS_PART_MASTER || part == METS_PART_OCR) &&
        keep_mets(d, logical, &bytes, out, &is_kept, err) != 0)
        return -1;
    return is_kept ? 0 : add_metadata(d, logical, &bytes, out, err);
}

static int write_metadata(struct draft *d, struct err *err)
{
    struct file_digests parts[METS_PART_COUNT] = {0}, root;
    CLEANUP(buf_fini) struct buf mets = BUF_INIT;

    if (write_all_mix(d, err) != 0)
        return -1;
    for (int part = 0; part < METS_PART_COUNT; part++) {
        if (write_part(d, (enum mets_part)part, &parts[part], err) != 0)
            return -1;
    }
    if (mets_format_root(d->contents, parts, &mets, err) != 0)
        return -1;
    return add_metadata(d, METS_XML, &mets, &root, err);
}

static int write_pair(const char *dir, const struct buf *inventory,
                      const char *sidecar, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/" INVENTORY_NAME, dir) != 0 ||
        write_file(path, inventory->data, inventory->len, err) != 0 ||
        path_format(path, err, "%s/" SIDECAR_NAME, dir) != 0)
        return -1;
    return write_file(path, sidecar, strlen(sidecar), err);
}

/* The inventory in the version folder, and again for the object root. */
static int write_inventory(const struct draft *d, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char sidecar[SIDECAR_SIZE], path[PATH_SIZE];
    const char *declaration = "ocfl_object_1.1\n";

    if (inventory_format(d->inventory, &bytes, sidecar, err) != 0 ||
        write_pair(d->version_dir, &bytes, sidecar, err) != 0)
        return -1;
    if (inventory_head(d->inventory) > 1)
        return write_pair(d->work, &bytes, sidecar, err);
    if (path_format(path, err, "%s/object", d->work) != 0 ||
        write_pair(path, &bytes, sidecar, err) != 0 ||
        path_format(path, err, "%s/object/" OCFL_OBJECT_DECLARATION, d->work))
        return -1;
    return write_file(path, declaration, strlen(declaration), err);
}

/* OCFL wants no empty folders (E024), and a version may bring no masters. */
static void drop_empty_folders(const struct draft *d)
{
    static const char *const folders[] = {
        MASTER_FOLDER, ALTO_FOLDER, "representations/master",
        "representations/ocr", "representations"};
    char path[PATH_SIZE];
    struct err ignored;

    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        if (staged_path(d, folders[i], path, &ignored) == 0)
            (void)rmdir(path); /* most often: it is not empty */
    }
}

/* The whole object takes its place. The folders above it may be pruned by a
 * recovering process just then: they are made again. */
static int publish_object(const struct draft *d, struct err *err)
{
    char from[PATH_SIZE], parent[PATH_SIZE];

    if (path_format(from, err, "%s/object", d->work) != 0 ||
        path_format(parent, err, "%.*s",
                    (int)(path_base(d->place.dir) - d->place.dir) - 1,
                    d->place.dir) != 0)
        return -1;
    for (int i = 0;; i++) {
        if (dir_make(parent, err) == 0 && rename(from, d->place.dir) == 0)
            break;
        if (errno != ENOENT || i == RENAME_ATTEMPTS)
            return err_set_errno(err, "cannot rename %s to %s", from,
                                 d->place.dir);
    }
    return dir_sync(parent, err);
}

/* The version folder first, then the inventory, then its sidecar: from the
 * second rename on the version is the head for every reader. */
static int publish_version(const struct draft *d, struct err *err)
{
    static const char *const names[] = {INVENTORY_NAME, SIDECAR_NAME};
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(to, err, "%s/v%u", d->place.dir,
                    inventory_head(d->inventory)) != 0 ||
        file_move_durable(d->version_dir, to, err) != 0)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        if (path_format(from, err, "%s/%s", d->work, names[i]) != 0 ||
            path_format(to, err, "%s/%s", d->place.dir, names[i]) != 0 ||
            file_move_durable(from, to, err) != 0)
            return -1;
    }
    return 0;
}

static int commit(struct draft *d, const char *message, struct err *err)
{
    unsigned version = inventory_head(d->inventory);
    char now[CLOCK_RFC3339_SIZE];

    clock_now_rfc3339(now);
    if (contents_add_revision(d->contents, d->revision, now, message, SOFTWARE,
                              err) != 0 ||
        contents_order(d->contents, err) != 0 || drop_superseded(d, err) != 0 ||
        write_metadata(d, err) != 0 ||
        inventory_seal(d->inventory, now, message, err) != 0)
        return -1;
    drop_empty_folders(d);
    if (write_inventory(d, err) != 0 || dir_sync_tree(d->work, err) != 0)
        return -1;
    return version == 1 ? publish_object(d, err) : publish_version(d, err);
}

int draft_commit(struct draft *draft, const char *message, struct err *err)
{
    const char *volume = draft->contents->volume->id;
    struct err cleaning;

    if (draft->committed || draft->spoiled)
        return err_set(err, ERR_USAGE, "volume %s: the draft is %s", volume,
                       draft->committed ? "committed already" : "spoiled");
    if (draft->added == 0)
        return err_set(err, ERR_USAGE,
                       "volume %s: a version needs at least one new page",
                       volume);
    if (commit(draft, message, err) != 0) {
        draft->spoiled = true;
        return err_add(err, "volume %s", volume);
    }
    draft->committed = true;
    store_note_published(draft->store, volume,
                         inventory_head(draft->inventory));
    /* The version is safe; what is left of the work is for the next writer. */
    if (dir_remove(draft->work, &cleaning) != 0)
        log_warn("volume=%s %s", volume, cleaning.msg);
    return 0;
}

void draft_abandon(struct draft *draft)
{
    struct err err;

    if (draft == NULL)
        return;
    /* Without the lock nothing was begun, and nothing may be touched. */
    if (draft->lock != NULL && !draft->committed &&
        store_mend(draft->store, draft->place.hash, &err) != 0)
        log_warn("object=%s cannot undo a draft yet: %s", draft->place.hash,
                 err.msg);
    inventory_free(draft->inventory);
    contents_free(draft->contents);
    lock_release(draft->lock);
    free(draft);
}
