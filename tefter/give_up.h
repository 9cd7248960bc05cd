/* SPDX-License-Identifier: MIT */
/*
 * tefter/give_up.h - a batch that is given up before it is read: it was given
 * with the wrong series or language, or was the wrong folder. It is forgotten,
 * so that it can be given again; its masters go to quarantine, since they were
 * acknowledged.
 */
#ifndef TEFTER_GIVE_UP_H
#define TEFTER_GIVE_UP_H

#include "tefter/pipeline.h"

/**
 * Killed anywhere, the batch is as before or gone.
 *
 * @param count  out: masters that are in quarantine now
 * @return 0, or -1 with ERR_BUSY (somebody is at work in the archive),
 * ERR_INPUT (pages of it are kept already), ERR_ABSENT, ERR_IO
 */
int give_up_batch(struct pipeline *p, const char *batch, size_t *count,
                  struct err *err);

#endif
