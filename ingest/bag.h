/* SPDX-License-Identifier: MIT */
/*
 * ingest/bag.h - a BagIt bag (RFC 8493, and the 0.9x drafts before it) that
 * comes in as a batch: the files below data/ are the batch, its manifests say
 * what they must be. Private to ingest/.
 *
 * What a fault in a bag means:
 *   - bagit.txt or a manifest cannot be read, or names a path outside data/:
 *     nobody can say what the bag should hold. The batch is refused, with
 *     file:line.
 *   - a manifest, bagit.txt or batch.csv is not what the tag manifest says:
 *     the same, since the list itself was altered.
 *   - a line of a tag manifest cannot be read: a warning with file:line, and
 *     the other lines count. A bag need not have one, and no page depends on
 *     it (RFC 8493 section 2.2.1); that it leads out of the bag refuses all.
 *   - another tag file (bag-info.txt, ...) was altered, is missing, or cannot
 *     be read: said as a warning; no page depends on it.
 *   - a payload file is not what a manifest says, is in no manifest, or is
 *     listed and not there: this one is set aside, and the others go on.
 *   - a file in some manifests but not in all (RFC 8493 section 3 wants all):
 *     an observation, as long as one of them can be checked.
 *   - fetch.txt: nothing is ever fetched from a network. A file that it names
 *     is taken when it is there; else it is missing, and its message says so.
 *   - a manifest of an algorithm that is not known here (common/bagit.h) is
 *     passed over and said to be; a bag with no other is refused.
 *   - Payload-Oxum differs from what is there: a warning, for the files tell
 *     themselves which of them is wrong.
 *
 * Of bag-info.txt, External-Description is the title of volumes that have no
 * other.
 */
#ifndef INGEST_BAG_H
#define INGEST_BAG_H

#include <stdbool.h>

#include "ingest/batch.h"
#include "ingest/rule_book.h"

struct bag;

/* Does the folder claim to be one? */
bool bag_is(const char *dir);
/* Reads all tag files, and no payload. rules are borrowed; NULL: faults that
 * are findings are not looked for. ERR_INPUT: "bagit.txt:1: ..."; ERR_CUT: it
 * has no manifest, which may be still to come. */
int bag_read(const char *dir, const struct rule_book *rules, struct bag **out,
             struct err *err);
void bag_free(struct bag *bag);
DEFINE_CLEANUP(struct bag, bag_free)

const char *bag_title(const struct bag *bag); /* "" when it has none */

/* The payload files that are listed, each once, sorted as bytes; paths below
 * data/. Borrowed. */
size_t bag_file_count(const struct bag *bag);
const char *bag_file(const struct bag *bag, size_t i);
bool bag_lists(const struct bag *bag, const char *path);
/* "manifest-sha256.txt:12", where it is listed first, and what fetch.txt says
 * of it. For messages. */
int bag_say_missing(const struct bag *bag, const char *path,
                    struct finding_list *findings, struct err *err);

/* Compare with every manifest. What differs, or is not listed, is a finding.
 * @param copy   the file's bytes, read again for digests that are not in known
 * @param known  its SHA-256 and SHA-512 */
int bag_check_file(const struct bag *bag, const char *path, const char *copy,
                   const struct file_digests *known,
                   struct finding_list *findings, struct err *err);
/* What is there of the payload, against Payload-Oxum. */
int bag_check_sum(struct bag *bag, int64_t bytes, int64_t files,
                  struct err *err);

/* The tag files, with what was found of each. Borrowed. */
size_t bag_tag_count(const struct bag *bag);
const struct batch_file *bag_tag(const struct bag *bag, size_t i);

#endif
