/* SPDX-License-Identifier: MIT */
/*
 * store/ocfl.h - the inventory of an OCFL 1.1 object (section 3.5): which
 * content file holds which digest, and what each version's logical state is.
 *
 *     inventory_open(object_dir, &inv, err);      // or inventory_new(id, ...)
 *     inventory_content(inv, "METS.xml")          // "v2/content/METS.xml"
 *     inventory_begin(inv, err);                  // next version, same state
 *     inventory_put(inv, "METS.xml", sha512, &is_new, err);
 *     inventory_seal(inv, created, message, err);
 *     inventory_format(inv, &bytes, sidecar, err);
 *
 * We write sha512, unpadded version names and the default content folder, one
 * content path a digest: what an earlier version holds is not written again.
 */
#ifndef STORE_OCFL_H
#define STORE_OCFL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/file.h"

#define OCFL_OBJECT_DECLARATION "0=ocfl_object_1.1"
#define OCFL_ROOT_DECLARATION   "0=ocfl_1.1"
#define OCFL_TYPE_1_1           "https://ocfl.io/1.1/spec/#inventory"
#define OCFL_LAYOUT             "0004-hashed-n-tuple-storage-layout"
#define INVENTORY_NAME          "inventory.json"
#define SIDECAR_NAME            "inventory.json.sha512"
#define SIDECAR_SIZE            (DIGEST_HEX_SIZE + sizeof(" inventory.json\n"))

struct inventory;

/* Of an object without versions. */
int inventory_new(const char *id, struct inventory **out, struct err *err);
/* The root inventory of an object of ours, checked against its sidecar. A
 * writer replaces first one, then the other: a pair that does not match is
 * taken when the version folder vouches for the inventory, and looked at again
 * for a moment otherwise. ERR_ABSENT, ERR_CHECKSUM, ERR_INPUT. */
int inventory_open(const char *object_dir, struct inventory **out,
                   struct err *err);
/* An inventory of ours from its bytes; nothing is compared with a sidecar.
 * ERR_INPUT. */
int inventory_parse(const struct buf *bytes, struct inventory **out,
                    struct err *err);
/* The same from JSON, of which it keeps a reference. */
int inventory_from_json(json_t *json, struct inventory **out, struct err *err);
void inventory_free(struct inventory *inv);
DEFINE_CLEANUP(struct inventory, inventory_free)

const char *inventory_id(const struct inventory *inv);
unsigned inventory_head(const struct inventory *inv); /* 2 = v2 */
/* SHA-512 of a logical path in the newest state; NULL when it is not there. */
const char *inventory_digest(const struct inventory *inv, const char *logical);
/* Where its bytes are, below the object root; NULL when it is not there. */
const char *inventory_content(const struct inventory *inv, const char *logical);
/* Calls visit for each logical path of the newest state. */
typedef void inventory_visit(void *arg, const char *logical);
void inventory_each(const struct inventory *inv, inventory_visit *visit,
                    void *arg);

/* Calls visit for each content file, of whichever version; -1 of it ends that.
 * ERR_INPUT: a path leads out of the object. */
typedef int inventory_content_visit(void *arg, const char *sha512,
                                    const char *path, struct err *err);
int inventory_each_content(const struct inventory *inv,
                           inventory_content_visit *visit, void *arg,
                           struct err *err);
/* Content files of all versions, and of those after one. */
void inventory_count(const struct inventory *inv, unsigned version,
                     uint64_t *files, uint64_t *after);

/* Start the next version with the state of the present one. */
int inventory_begin(struct inventory *inv, struct err *err);
/* In the version begun, the logical path has this content. is_new is set when
 * no content file holds it yet: it belongs at vN/content/LOGICAL. */
int inventory_put(struct inventory *inv, const char *logical,
                  const char *sha512, bool *is_new, struct err *err);
/* In the version begun, the logical path is no more; its bytes stay where the
 * earlier versions have them. */
int inventory_drop(struct inventory *inv, const char *logical, struct err *err);
/* Where bytes of this digest are, whichever version brought them; NULL. */
const char *inventory_bytes(const struct inventory *inv, const char *sha512);
/* Finish the version begun: who, when (RFC 3339), why. */
int inventory_seal(struct inventory *inv, const char *created_utc,
                   const char *message, struct err *err);
/* The bytes of inventory.json and of its sidecar. */
int inventory_format(const struct inventory *inv, struct buf *bytes,
                     char sidecar[SIDECAR_SIZE], struct err *err);

/* Does the sidecar in this folder state the digest of these bytes? */
bool sidecar_matches(const char *dir, const struct buf *inventory);
/* Is a sidecar, to the byte, of the form that we write? Which digest it states
 * is not looked at. */
bool sidecar_is_ours(const struct buf *sidecar);

#endif
