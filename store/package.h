/* SPDX-License-Identifier: MIT */
/*
 * store/package.h - one volume as an archival package: an OCFL 1.1 object
 * whose newest version is an E-ARK CSIP 2.2 information package (METS, PREMIS
 * 3, Dublin Core) with the masters and their ALTO. ../docs/preservation.md
 * draws the folder. Packages are the truth of the archive.
 *
 * Reading:
 *     store_open(root, &store, err);
 *     package_open(store, volume_id, &pkg, err);
 *     for (i = 0; i < package_page_count(pkg); i++) package_page(pkg, i) ...
 *
 * Writing makes the volume's next version, whole or not at all:
 *     draft_begin(store, volume, &draft, err);   // holds the volume's lock
 *     draft_add_page(draft, page, master, alto, text, err);   // many
 *     draft_add_records(draft, page, records, err);   // of those that have
 *     draft_replace_page(draft, page, master, alto, text, err);
 *     draft_commit(draft, "batch ...", err);     // durable on return 0
 *     draft_abandon(draft);                      // frees; undoes if not done
 */
#ifndef STORE_PACKAGE_H
#define STORE_PACKAGE_H

#include <stdint.h>

#include "common/file.h"
#include "ingest/page.h"
#include "ocr/page_text.h"
#include "ocr/record.h"
#include "store/division.h"

struct store;
struct package;
struct draft;

/* Make an empty OCFL storage root. ERR_EXISTS when the folder is not empty.
 * Work in progress lies beside it, in ROOT.work: it must be in the same
 * filesystem, and may be removed when nobody is writing. */
int store_init(const char *root, struct err *err);
/* ERR_ABSENT, ERR_INPUT (not an OCFL 1.1 storage root of layout 0004). */
int store_open(const char *root, struct store **out, struct err *err);
/* The same without asking whether it is a storage root, or there at all: for
 * checking one that may be damaged. ERR_NOMEM. */
int store_open_damaged(const char *root, struct store **out, struct err *err);
/* What comes into the store by this handle is told in the archive's record of
 * checks ("publish", store/fixity_log.h): so that it is missed when it is lost
 * before it was ever checked. ERR_USAGE: the path is too long. */
int store_keep_record(struct store *store, const char *path, struct err *err);
/* Write the root's own files where they are lost or altered, and the root when
 * it is lost: they are the same in every store of ours.
 * @param written  gets the paths of those that were written; may be NULL */
int store_restore_root(const char *root, struct name_list *written,
                       struct err *err);
void store_close(struct store *store);
DEFINE_CLEANUP(struct store, store_close)
/* Undo or finish what a killed writer left behind. Called once by whoever is
 * going to write; harmless beside other writers. */
int store_recover(struct store *store, struct err *err);
/* Ids of all volumes, sorted. An object that cannot be read is left out, with
 * a line in the log: verify_store is what names all damage. */
int store_list(const struct store *store, struct name_list *volumes,
               struct err *err);
/* The same of a store that may be damaged: folders above the objects that
 * cannot be listed are left out, too. For who looks for damage. */
int store_list_damaged(const struct store *store, struct name_list *volumes,
                       struct err *err);
/* The folders in which the package of a volume lay go, if they are empty: OCFL
 * allows none, and one that is gone for good needs none. ERR_BUSY. */
int store_clear_place(struct store *store, const char *volume, struct err *err);
/* How many objects there are, read or not, in folders that can be listed: for
 * progress. */
int store_count(const struct store *store, uint64_t *objects, struct err *err);

/* ERR_ABSENT when the volume has no package; ERR_CHECKSUM when its inventory
 * does not match its sidecar. */
int package_open(const struct store *store, const char *volume,
                 struct package **out, struct err *err);
void package_close(struct package *package);
/* Is it still the volume's newest version? Every version puts a new inventory
 * in the place of the one before (OCFL 1.1, section 3.5). */
bool package_is_current(const struct package *package);
DEFINE_CLEANUP(struct package, package_close)

/* All borrowed until package_close. Pages are in order of their number. */
const struct volume *package_volume(const struct package *package);
unsigned package_version(const struct package *package);    /* 1 = v1 */
const char *package_uuid(const struct package *package);    /* urn:uuid:... */
const char *package_created(const struct package *package); /* that version */
size_t package_page_count(const struct package *package);
const struct page *package_page(const struct package *package, size_t i);
/* Index of the page of that number; -1 when there is none. */
long package_find(const struct package *package, uint32_t number);
int package_master_path(const struct package *package, size_t i,
                        char out[PATH_SIZE], struct err *err);
/* What pages were before a new scan took their place: borrowed records, in the
 * order they were replaced; NULL behind the last. *version brought that scan,
 * *replaced brought the next one; both may be NULL. */
const struct page *package_superseded(const struct package *package, size_t i,
                                      unsigned *version, unsigned *replaced);
int package_superseded_path(const struct package *package, size_t i,
                            char out[PATH_SIZE], struct err *err);
int package_alto_path(const struct package *package, size_t i,
                      char out[PATH_SIZE], struct err *err);
/* Are the files of these pages (indices) what the inventory says: master, ALTO,
 * records? For whoever is going to give them away. ERR_CHECKSUM names the first
 * that is lost or not what it was. */
int package_check_pages(const struct package *package, const size_t *pages,
                        size_t count, struct err *err);
/* The METS of the newest version. */
int package_mets_path(const struct package *package, char out[PATH_SIZE],
                      struct err *err);
/* The logical structure, by places of pages: to be freed, and borrowing from
 * the package. ERR_NOMEM. */
int package_divisions(const struct package *package,
                      struct volume_division **out, size_t *count,
                      struct err *err);
/* Is the page a form that records were made of? ocr/record_xml.h */
bool package_has_records(const struct package *package, size_t i);
/* ERR_ABSENT when it has none. */
int package_records_path(const struct package *package, size_t i,
                         char out[PATH_SIZE], struct err *err);

/* SHA-256 of a file that came with the scans of a batch, by its path in the
 * submission (store/enclosure.h); "" when the volume has none. */
void package_enclosed(const struct package *package, const char *batch,
                      const char *path, char sha256[DIGEST_HEX_SIZE]);

/* ERR_BUSY when another process is writing this volume (after 10 s). */
int draft_begin(struct store *store, const struct volume *volume,
                struct draft **out, struct err *err);
/**
 * Add a page to the version. The files are copied, or linked when they are this
 * user's own and in the same filesystem (they are then made read-only, and must
 * not be written to again; they may be removed once the draft is committed).
 * After a failure the draft can still take other pages.
 *
 * @param page  page->master is a plain file name; pages of one file of many
 *              images name the same one
 * @param text  what the ALTO says; its header fields become PREMIS events
 * @return 0, or -1 with ERR_EXISTS (the volume has a page of that number, or
 *         another file of that name), ERR_CHECKSUM (the master is not what
 *         page->digests say), ERR_USAGE (a page of another volume), ERR_IO,
 *         ERR_NOMEM
 */
int draft_add_page(struct draft *draft, const struct page *page,
                   const char *master_path, const char *alto_path,
                   const struct page_text *text, struct err *err);
/**
 * The same for a page that the volume has: a new scan in its place, under its
 * identifier. What it was stays in the earlier versions, is told in volume.json
 * and PREMIS, and is linked there with the new one. page->master must be a
 * name that no other file of the volume has. What people had entered on the
 * page comes along into the new records (page_records_carry).
 *
 * @param records_path  of the new scan's form; NULL: it is none
 * @return as draft_add_page, but ERR_ABSENT when there is no page of that
 *         number; ERR_EXISTS when this draft brought it
 */
int draft_replace_page(struct draft *draft, const struct page *page,
                       const char *master_path, const char *alto_path,
                       const struct page_text *text, const char *records_path,
                       struct err *err);
/**
 * Add the records (ocr/record_xml.h) of a new page that this draft brought; the
 * file is taken as the page's own are.
 *
 * @return 0, or -1 with ERR_ABSENT (this draft brought no such page),
 *         ERR_EXISTS (it has records already), ERR_IO, ERR_NOMEM
 */
int draft_add_records(struct draft *draft, const struct page *page,
                      const char *records_path, struct err *err);
/* The records of a page as they stand, to be entered into: nobody else changes
 * them before the draft ends. The caller's. ERR_ABSENT: it has none. */
int draft_records(const struct draft *draft, uint32_t page_number,
                  struct page_records **out, struct err *err);
/**
 * What a person entered on a page of the volume: its records as they are now,
 * with keyed and corrected fields. A version of its own, told in volume.json
 * and PREMIS; the records of before stay in the earlier versions.
 *
 * @param fields  so many fields changed, 1 or more
 * @param by      who entered them; UTF-8
 * @return 0, or -1 with ERR_ABSENT (no such page), ERR_EXISTS (this draft
 *         changed the page already), ERR_USAGE, ERR_IO, ERR_NOMEM
 */
int draft_enter_records(struct draft *draft, uint32_t page_number,
                        const struct page_records *records, size_t fields,
                        const char *by, struct err *err);
/**
 * A page of the volume was read again, by another program or with other models:
 * ALTO and records take the place of those that stand. What people entered
 * stays: it is put into the new records, and never overwritten.
 *
 * @param page          as it was when it was read
 * @param text          what the ALTO says
 * @param records_path  of its form; NULL: it is none
 * @return as draft_enter_records; ERR_EXISTS, too, when the page has another
 *         scan by now: the draft goes on without it
 */
int draft_read_again(struct draft *draft, const struct page *page,
                     const char *alto_path, const struct page_text *text,
                     const char *records_path, struct err *err);
/**
 * Keep what came with the scans of a submission (store/enclosure.h). Does
 * nothing when the volume has what came with that batch.
 *
 * @param batch  id of the batch
 * @param dir    a folder with a METS.xml; its files are taken as a page's are
 * @return 0, or -1 with ERR_INPUT, ERR_IO, ERR_NOMEM
 */
int draft_enclose(struct draft *draft, const char *batch, const char *dir,
                  struct err *err);
/**
 * Say in the version that files of the volume were found damaged and taken
 * again from a replica, by PREMIS events; no page need be added beside it.
 *
 * @param mended   paths below the OCFL object ("": all of it)
 * @param removed  paths of what belonged to no version
 * @param from     the replica, as people call it; UTF-8
 */
int draft_add_repair(struct draft *draft, const struct name_list *mended,
                     const struct name_list *removed, const char *from,
                     struct err *err);
/**
 * Say in the version that files of the volume are lost for good, by a PREMIS
 * event; no page need be added beside it.
 *
 * @param by      who says so; UTF-8
 * @param reason  why there is no good copy; UTF-8
 * @param paths   as in store/loss.h
 */
int draft_add_loss(struct draft *draft, const char *by, const char *reason,
                   const struct name_list *paths, struct err *err);
/**
 * Make the draft the volume's newest version: durable when this returns 0.
 * After a failure (ERR_IO: the disk is full) the draft can only be abandoned,
 * and the volume is as before; ask package_find before trying again.
 *
 * @param message  why, in UTF-8, e.g. "batch odesos-12"; it stays for ever
 * @return 0, or -1 with ERR_USAGE (no page was added), ERR_IO, ERR_NOMEM
 */
int draft_commit(struct draft *draft, const char *message, struct err *err);
void draft_abandon(struct draft *draft);
DEFINE_CLEANUP(struct draft, draft_abandon)

#endif
