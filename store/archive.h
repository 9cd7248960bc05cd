/* SPDX-License-Identifier: MIT */
/*
 * store/archive.h - the archive folder: where things lie, and tefter.conf.
 *
 *     ARCHIVE/tefter.conf  rules.conf  forms/
 *             inbox/  quarantine/  staging/  reports/  store/  cache/
 *             catalogue.sqlite  queue.sqlite  access.sqlite
 *             fixity.jsonl  damaged/
 *
 * In inbox/SITE/ (a folder for each site; it may be a link to a network share)
 * scanners drop folders and archives; `tefter work --watch` takes each in once,
 * never moves or removes it, and writes NAME.TAKEN.txt, NAME.WAITING.txt or
 * NAME.REFUSED.txt beside it (tefter/inbox.h).
 *
 * forms/ holds form definitions of the archive's own (docs/forms.md); it is
 * there when somebody made it.
 *
 * store.work/ appears beside store/ with the first package: see
 * store/package.h.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "common/conf.h"
#include "common/file.h"

struct archive {
    char dir[PATH_SIZE]; /* absolute */
    char inbox[PATH_SIZE];
    char quarantine[PATH_SIZE];
    char staging[PATH_SIZE];
    char reports[PATH_SIZE]; /* ingest/batch_report.h */
    char store[PATH_SIZE];
    char cache[PATH_SIZE];
    char catalogue[PATH_SIZE]; /* catalogue.sqlite */
    char queue[PATH_SIZE];     /* queue.sqlite     */
    char access[PATH_SIZE];    /* access.sqlite    */
    char fixity[PATH_SIZE];    /* store/fixity_log.h */
    char damaged[PATH_SIZE];   /* what a repair took out of the store */
    char rules[PATH_SIZE];     /* rules.conf, or what tefter.conf says */
    struct conf *conf;
};

/* Make an empty archive in a folder that is absent or empty. ERR_EXISTS. */
int archive_init(const char *dir, struct err *err);
/* @param dir  NULL: $TEFTER_ARCHIVE, else the nearest parent folder with a
 *             tefter.conf. ERR_ABSENT says what was looked for where. */
int archive_open(const char *dir, struct archive **out, struct err *err);
void archive_close(struct archive *archive);
DEFINE_CLEANUP(struct archive, archive_close)

#endif
