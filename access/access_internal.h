/* SPDX-License-Identifier: MIT */
/*
 * access/access_internal.h - what the files of access/ share.
 */
#ifndef ACCESS_ACCESS_INTERNAL_H
#define ACCESS_ACCESS_INTERNAL_H

#include "access/access.h"

struct access {
    struct db *db;
    char *path; /* of access.sqlite; slots of the slow hash lie beside it */
};

/* Does the code belong to the account? Takes the time of one slow hash in any
 * case, and waits for one of its two slots.
 * @param out  the account, when 1 is returned
 * @return 1, 0, or -1 */
int account_check_code(struct access *access, const char *identifier,
                       const char *code, struct account *out, struct err *err);
/* From a row that begins with id, identifier, name, role, site. */
void account_from_row(const struct stmt *s, struct account *out);

/* 32 bytes of a text for one purpose (BLAKE2b): nothing is kept as typed. */
void access_derive(const char *text, const char *purpose,
                   unsigned char out[32]);

/* Count a try at the identifier's code, before it is made. ERR_BUSY: none may
 * be made now. throttle_forgive, in the transaction of the caller, takes it
 * back when the code was right. */
int throttle_begin(struct access *access, const char *identifier,
                   struct err *err);
int throttle_forgive(struct access *access, const char *identifier,
                     struct err *err);

#endif
