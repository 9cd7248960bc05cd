/* SPDX-License-Identifier: MIT */
/*
 * tefter/watch.h - `work --watch`: stay, read what waits, and take in what is
 * dropped into the inbox. Two processes, so that neither waits for the other:
 * this one reads and keeps (tefter/pipeline.h), a receiver (`tefter receive`,
 * started anew whenever it dies) looks after the inbox (tefter/inbox.h).
 *
 * A full or read-only disk, and a share that went away, stop nothing for good:
 * each is said once, and tried again until it works. SIGTERM and SIGINT end
 * both; what was acknowledged is kept, what was under way is done again.
 */
#ifndef TEFTER_WATCH_H
#define TEFTER_WATCH_H

#include "tefter/pipeline.h"

/* Returns 0 after a signal; -1 with an error that does not mend itself. */
int watch_work(struct pipeline *p, const struct work_options *options,
               struct err *err);
/* The receiver: returns 0 after a signal. ERR_BUSY: another one is at work. */
int watch_receive(struct pipeline *p, struct err *err);

#endif
