/* SPDX-License-Identifier: MIT */
/*
 * store/ocfl_rules.h - the rules for one inventory of an OCFL object taken by
 * itself (OCFL 1.1 section 3.5, and 1.0, which differs in E107 and E111), by
 * the codes of the specification's table of validation codes.
 */
#ifndef STORE_OCFL_RULES_H
#define STORE_OCFL_RULES_H

#include <jansson.h>

#include "store/check.h"

/* A version folder's name: v1, or zero-padded v001. */
struct version_name {
    unsigned number;
    unsigned digits;
    bool is_padded;
};

/* False when it is not "v" and a whole number from 1. */
bool version_name_parse(const char *name, struct version_name *out);

/* An inventory that is being checked. */
struct judged_inventory {
    const char *path; /* below the object: "inventory.json", "v1/..." */
    struct buf bytes;
    json_t *json;               /* NULL when it is not a JSON object */
    enum digest_kind digest;    /* what its manifest is in */
    bool digest_is_known;       /* false: digests cannot be compared */
    const char *content_folder; /* borrowed from json, or "content" */
    unsigned spec_minor;        /* 1.0 or 1.1 by its type; 1 when unknown */
    unsigned head;              /* 0 when it has none that is good */
    char hex[DIGEST_HEX_SIZE];  /* of bytes, in its algorithm; "" not known */
    bool is_vouched;            /* its sidecar states that */
};

/* Check bytes, and fill in the rest. Findings carry inv->path. */
void judge_inventory(struct check *c, struct judged_inventory *inv);
void judged_inventory_fini(struct judged_inventory *inv);

/* The digest algorithm by OCFL's name; false when we cannot compute it. */
bool ocfl_digest_kind(const char *name, enum digest_kind *out);
/* Members that are objects; NULL when absent or something else. Borrowed. */
json_t *inventory_member(const struct judged_inventory *inv, const char *key);
json_t *inventory_version(const struct judged_inventory *inv, const char *name);

#endif
