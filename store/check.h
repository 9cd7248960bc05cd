/* SPDX-License-Identifier: MIT */
/*
 * store/check.h - what the checks of one folder share: where findings go and
 * how paths in them begin. For the files of this folder alone; others include
 * store/verify.h.
 *
 * Running out of memory is sticky, and reported once by check_end.
 */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <jansson.h>

#include "store/verify.h"

struct check {
    struct fault_report *report;
    const char *dir;    /* the folder that is checked */
    const char *prefix; /* stands before paths in findings: "" or "a/b/" */
    bool failed;
};

/* Add a finding about a path below dir; "" is the folder itself. */
void check_fault(struct check *c, enum fault_kind kind, const char *code,
                 const char *path, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
#define check_rule(c, code, path, ...) \
    check_fault(c, FAULT_RULE, code, path, __VA_ARGS__)
#define check_warn(c, code, path, ...) \
    check_fault(c, FAULT_WARNING, code, path, __VA_ARGS__)
/* 0, or ERR_NOMEM when a finding was lost. */
int check_end(const struct check *c, struct err *err);

/* Move the findings of one report to the end of another. ERR_NOMEM. */
int fault_report_append(struct fault_report *to, struct fault_report *from,
                        struct err *err);

/* The path below the package that an xlink:href means in the METS at the path
 * mets there: percent-encoding taken back, "file:" and "./" away from the
 * front. -1: it leads elsewhere. */
int eark_href_path(const char *mets, const char *href, char out[PATH_SIZE]);

/* Is this the name of an extension in the public register? */
bool ocfl_extension_is_registered(const char *name);
/* Check the object in the folder dir; prefix stands before each path. */
int ocfl_check_object(const char *dir, const char *prefix,
                      const struct verify_means *means,
                      struct fault_report *report, struct err *err);
/* The same; *root is set to the root inventory, for the caller to release, when
 * its sidecar vouches for it: a large one is not read twice. */
int ocfl_check_object_root(const char *dir, const char *prefix,
                           const struct verify_means *means,
                           struct fault_report *report, json_t **root,
                           struct err *err);

#endif
