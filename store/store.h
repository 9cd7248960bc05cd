/* SPDX-License-Identifier: MIT */
/*
 * store/store.h - where things lie in the store; for the files of this folder
 * alone (store/package.h is for others).
 *
 *     ROOT/                    an OCFL 1.1 storage root, layout 0004
 *     ROOT/3c0/ff4/240/HASH/   an object; HASH is the SHA-256 of its id
 *     ROOT.work/HASH.lock      held while a draft of that object is open
 *     ROOT.work/HASH/          what the draft has made so far:
 *         object/              the whole object, when it is the first version
 *         vN/                  the version folder, otherwise,
 *         inventory.json(.sha512)   and the next root inventory
 *         trash-vN/            what was taken out of the object, going
 *     ROOT.work/HASH.copy/     an object on its way into a replica
 *                              (store/replica.h)
 *     ROOT.work/HASH.repair/   a file on its way back (store/repair.h)
 *
 * ROOT.work lies beside the root because OCFL allows nothing stray in it, and
 * in the same filesystem, so that finished work is renamed into place. A
 * ROOT.work/HASH whose lock nobody holds is what a killed writer left: it is
 * also the only sign that the object may need mending, so it goes last.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/package.h"

/* Package ids are UUIDs of version 5 (RFC 9562 section 5.5) of the volume id in
 * this namespace: the same volume has the same id in every archive. */
#define TEFTER_NAMESPACE "a151a45d-ce3c-4b6c-abb5-aa402a4cae96"
#define URN_UUID_SIZE    46 /* "urn:uuid:", 36 characters, NUL */

struct contents;
struct inventory;

struct store {
    char root[PATH_SIZE]; /* without a final '/' */
    char work[PATH_SIZE];
    char record[PATH_SIZE]; /* store/fixity_log.h; "": nothing is told there */
};

struct object_place {
    char id[URN_UUID_SIZE];     /* urn:uuid:... */
    char hash[DIGEST_HEX_SIZE]; /* SHA-256 of id, lower-case hex */
    char dir[PATH_SIZE];        /* of the object */
};

/* A UUID of version 5 as urn:uuid:..., of two texts joined by '#', or of the
 * first alone when the second is NULL. */
void uuid_of_name(const char *name, const char *detail,
                  char out[URN_UUID_SIZE]);
/* Where the volume's object is, or would be. */
int store_locate(const struct store *store, const char *volume,
                 struct object_place *out, struct err *err);
int store_object_dir(const struct store *store, const char *hash,
                     char out[PATH_SIZE], struct err *err);

/* The files of the storage root itself. */
struct root_file {
    const char *path; /* below the root */
    const char *text;
};
/* Ends with a path NULL; the declaration is last: with it the folder is a
 * storage root. */
const struct root_file *store_root_files(void);
/* Is that path below the root one of them, or a folder on the way to one? */
bool store_root_is_own(const char *path);
enum root_file_state { ROOT_FILE_GOOD, ROOT_FILE_LOST, ROOT_FILE_ALTERED };
int store_root_file_state(const char *root, const struct root_file *file,
                          enum root_file_state *out, struct err *err);

/* The folder's number when its name is that of a version (v1, v2, ...); 0. */
unsigned store_version_of(const char *name);
/* Hold an object's lock, waiting up to 10 s. ERR_BUSY. */
int store_lock(const struct store *store, const char *hash, struct lock **out,
               struct err *err);

/* A version is in its place: say so in the store's record. That it could not be
 * said undoes nothing, and goes to the log of errors. */
void store_note_published(const struct store *store, const char *volume,
                          unsigned version);

/* Mend one object after a killed writer, and remove what it left. The caller
 * holds the object's lock. ERR_CHECKSUM when the object is damaged otherwise.
 */
int store_mend(const struct store *store, const char *hash, struct err *err);
/* Remove the folders above an object that are empty. */
void store_prune(const struct store *store, const char *object_dir);

/* volume.json of the newest version, checked against the inventory. */
int package_read_contents(const char *object_dir, const struct inventory *inv,
                          struct contents **out, struct err *err);
/* Read the package in an object folder. ERR_ABSENT, ERR_CHECKSUM, ERR_INPUT. */
int package_open_dir(const char *object_dir, struct package **out,
                     struct err *err);

/* Whose package is in an object folder? False, with the reason in err, when
 * it cannot be told. */
bool store_volume_of(const struct store *store, const char *object_dir,
                     char out[ID_SIZE], struct err *err);

/* Calls visit for the folder of each object, in the order of their hashes. */
typedef int store_visit(void *arg, const char *object_dir, struct err *err);
int store_walk(const struct store *store, store_visit *visit, void *arg,
               struct err *err);

#endif
