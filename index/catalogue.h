/* SPDX-License-Identifier: MIT */
/*
 * index/catalogue.h - catalogue.sqlite: volumes, pages, their text and word
 * boxes, derived from the packages alone. It can be deleted and rebuilt; what
 * `work` adds page by page equals what `reindex` makes from nothing. The
 * schema is index/schema.sql.
 *
 * Beside it lie catalogue.sqlite.lock, held by whoever puts a volume in, and
 * catalogue.sqlite.rebuild(.lock) while it is rebuilt.
 */
#ifndef INDEX_CATALOGUE_H
#define INDEX_CATALOGUE_H

#include <stdbool.h>

#include "common/db.h"
#include "common/progress.h"
#include "store/package.h"

struct catalogue;
struct memory;

enum catalogue_mode { CATALOGUE_READ, CATALOGUE_WRITE };

/* Opening for writing makes the schema when it is not there. ERR_ABSENT,
 * ERR_INPUT (made by another version: reindex). */
int catalogue_open(const char *path, enum catalogue_mode mode,
                   struct catalogue **out, struct err *err);
void catalogue_close(struct catalogue *catalogue);
DEFINE_CLEANUP(struct catalogue, catalogue_close)
/* All borrowed. */
struct db *catalogue_db(const struct catalogue *catalogue);
const char *catalogue_path(const struct catalogue *catalogue);
struct memory *catalogue_memory(const struct catalogue *catalogue);

/* Put a package's newest version in, replacing what was there of that volume;
 * pages whose master and ALTO did not change are left as they are. One
 * transaction: all of it is found afterwards, or none. */
int catalogue_put(struct catalogue *catalogue, const struct package *package,
                  struct err *err);
/* Another page than this one that has these bytes: its id, "" when there is
 * none. */
int catalogue_find_bytes(struct catalogue *catalogue, const struct page *page,
                         char found[ID_SIZE], struct err *err);

/* Each volume that is in it, with the version of its package. */
typedef int catalogue_visit(void *arg, const char *volume, unsigned version,
                            struct err *err);
int catalogue_each(struct catalogue *catalogue, catalogue_visit *visit,
                   void *arg, struct err *err);

/* Build a catalogue of the whole store in path.rebuild, then copy it over path
 * in one transaction: who reads path meanwhile sees the old one, then the new
 * one. Whatever was at path (nothing, another version, no database) is
 * replaced. Waits for writers; ERR_BUSY when another rebuild is running.
 * progress counts volumes. */
int catalogue_rebuild(const char *path, const struct store *store,
                      struct progress *progress, struct err *err);

#endif
