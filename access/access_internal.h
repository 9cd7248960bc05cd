/* SPDX-License-Identifier: MIT */
/*
 * access/access_internal.h - what access.c, account.c and session.c share.
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

#endif
