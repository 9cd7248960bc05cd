/* SPDX-License-Identifier: MIT */
/*
 * store/fixity_log.h - ARCHIVE/fixity.jsonl: which volume was checked when, and
 * what was found. It is only ever added to, one JSON object a line (RFC 8259,
 * UTF-8), so that "every file was checked in the last 90 days" is a question
 * with an answer. Not in the packages, which a check must not change, and not
 * in the catalogue, which may be thrown away. Keys of every line:
 *
 *     "at"     when, RFC 3339 in UTC
 *     "run"    the UUID of the run of the program
 *     "event"  "begin"      a run of checks begins; "selection": what it is of
 *              "check"      "volume", "version" (1 = v1: all files up to it),
 *                           "files", "bytes", "whole": bool, "faults": [...]
 *                           as `tefter verify --json` prints them
 *              "root"       the storage root: "whole", "faults"
 *              "publish"    "volume", "version": a version came into the store
 *              "repair"     "volume", "from", "mended": [path, ...], "aside":
 *                           folder, "left": [fault, ...]; a "check" of what
 *                           the volume is now follows
 *              "replicate"  "volume", "version", "to", "files", "bytes"
 *              "loss"       "volume", "version" (that is left; 0: none),
 *                           "paths": [...] as in store/loss.h ("": the whole
 *                           volume), "by", "reason": no good copy is left
 *                           anywhere. What a check finds there from then on is
 *                           of the kind "acknowledged", until it comes back
 *              "end"        the run came to its end
 *
 * A line that was cut off by a power failure is left standing, and not counted.
 */
#ifndef STORE_FIXITY_LOG_H
#define STORE_FIXITY_LOG_H

#include <stdbool.h>

#include <jansson.h>

#include "common/cleanup.h"
#include "common/err.h"

struct fixity_log;

/* Open for adding, made when absent. @param run  an earlier run to go on with,
 * or NULL: a new one. ERR_IO when it may not be written. */
int fixity_log_open(const char *path, const char *run, struct fixity_log **out,
                    struct err *err);
/* Syncs what is not synced yet; an error of that is in the log of errors. */
void fixity_log_close(struct fixity_log *log);
DEFINE_CLEANUP(struct fixity_log, fixity_log_close)
const char *fixity_log_run(const struct fixity_log *log); /* borrowed */

/* Add a line; entry gets "at" and "run" in front and is taken over, also when
 * this fails; NULL is out of memory. On the disk a second later at most. A NULL
 * log takes the entry and keeps nothing. */
int fixity_log_add(struct fixity_log *log, const char *event, json_t *entry,
                   struct err *err);
/* Put all that was added on the disk. */
int fixity_log_sync(struct fixity_log *log, struct err *err);

/* Say that a version came into the store: on the disk when this returns 0, so
 * that a volume is missed also when it is lost before its first check. */
int fixity_log_published(const char *path, const char *volume, unsigned version,
                         struct err *err);

/* What the log says, the newest for each volume. */
struct fixity_history {
    json_t *last; /* volume -> its last "check" */
    /* volume -> the line that knows its highest version: "check", "publish",
     * "replicate" */
    json_t *known;
    /* volume -> path -> its "loss", of what is lost still */
    json_t *losses;
    json_t *begun;      /* "begin" of the newest run, if it has no end; NULL */
    json_t *begun_last; /* volume -> its "check" in that run */
    json_t *begun_root; /* "root" of that run; NULL */
    size_t unreadable;  /* lines */
};

/* An absent log is an empty history. ERR_IO, ERR_NOMEM. */
int fixity_history_read(const char *path, struct fixity_history *out,
                        struct err *err);
/* What it says of one volume alone: of a long record only the lines that name
 * it are parsed, so that each new version may ask. */
int fixity_history_read_volume(const char *path, const char *volume,
                               struct fixity_history *out, struct err *err);
/* The highest version that the volume had; 0: the log does not know it. */
unsigned fixity_history_version(const struct fixity_history *h,
                                const char *volume);
/* The "loss" of a path of the volume ("": all of it); NULL. Borrowed. */
const json_t *fixity_history_loss(const struct fixity_history *h,
                                  const char *volume, const char *path);
/* Is one of a check's faults, {"path": ...}, of that path? */
bool fixity_faults_have(const json_t *faults, const char *path);
void fixity_history_fini(struct fixity_history *h);
static inline void fixity_history_fini_at(struct fixity_history *h)
{
    fixity_history_fini(h);
}

#endif
