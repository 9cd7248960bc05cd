/* SPDX-License-Identifier: MIT */
/*
 * tefter/inbox.h - inbox/SITE/: folders and archives that scanners drop, each
 * taken in once, when it is complete.
 *
 * Something is due when it is complete (tefter/dropped.h) and nothing about it
 * changed for settle_s. It is then taken in as any batch is, with SITE as its
 * site, and remembered in the queue with its fingerprint.
 *
 * What was taken is neither moved nor removed. Scanning programs keep writing
 * to a folder that they opened, and stop when it is gone; a page that comes
 * late to a folder without a list is counted right only beside the others; and
 * whoever may delete scans should be a person. So:
 *   - a folder that was taken and did not change is left alone, by its row;
 *   - one that changed is taken in again when it has settled: what was there
 *     before is a duplicate in its own place, what is new is new;
 *   - the same batch copied here once more has the same id, and is recognised.
 * What became of each lies beside it, for whoever looks at the share, as
 * NAME.TAKEN.txt, NAME.WAITING.txt (it should have been complete long ago) or
 * NAME.REFUSED.txt. These notes say what the queue says and nothing depends on
 * them; the folder and its note may be deleted once it is TAKEN.
 *
 * Exactly once, whatever is interrupted: a batch's id is made from its bytes,
 * and the intake refuses an id that it knows. Killed before the batch was
 * acknowledged, nothing was taken; killed after, the next look takes it in once
 * more, is told that it is known, and only writes the row.
 */
#ifndef TEFTER_INBOX_H
#define TEFTER_INBOX_H

#include "tefter/pipeline.h"

struct inbox_options {
    double poll_s;     /* between looks when there are no events          */
    double settle_s;   /* without any change before a batch is taken      */
    double patience_s; /* then what is not complete is reported           */
    double recheck_s;  /* between looks at what was taken                 */
    bool use_events;   /* inotify(7); network shares mostly give none     */
};
int inbox_options_read(const struct archive *archive, struct inbox_options *out,
                       struct err *err);

struct inbox;
/* Borrows both. ERR_BUSY: another process watches this inbox. */
int inbox_open(struct pipeline *p, const struct inbox_options *options,
               struct inbox **out, struct err *err);
void inbox_close(struct inbox *inbox);
DEFINE_CLEANUP(struct inbox, inbox_close)

/* Look at everything once, and take in what is due. *next_s gets how long
 * nothing need be done, at most poll_s. ERR_IO (the disk is full, a share went
 * away, ...) leaves what was not taken for the next look. */
int inbox_look(struct inbox *inbox, double *next_s, struct err *err);
/* Wait for so long, for an event, or for a signal. */
void inbox_wait(struct inbox *inbox, double seconds);

#endif
