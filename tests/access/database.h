/* SPDX-License-Identifier: MIT */
/*
 * tests/access/database.h - access.sqlite of a test, and what an intruder does
 * to it by himself.
 */
#ifndef TESTS_ACCESS_DATABASE_H
#define TESTS_ACCESS_DATABASE_H

#include "access/access_internal.h"
#include "tests/unit.h"

static inline struct access *open_in(const char *dir)
{
    struct access *access = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", dir), err);
    assert_ok(access_open(path, &access, &err), err);
    return access;
}

static inline void run(struct access *access, const char *sql)
{
    struct err err;

    assert_ok(db_exec(access->db, sql, &err), err);
}

#endif
