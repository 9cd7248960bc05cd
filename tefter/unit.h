/* SPDX-License-Identifier: MIT */
/*
 * tefter/unit.h - a unit of work: some pages of one volume, read by one
 * process. A folder, so that it can be run on any machine that sees it:
 *
 *     staging/BATCH/units/0001/
 *         unit.json       the pages, with the masters' paths from here
 *         unit.lock       held (flock) by the process that runs it
 *         0007.alto.xml   what was read on page 7
 *         0007.json       page 7 is done: how it went; written last
 *
 * Inputs are only read. Each result is durable and complete when it has its
 * name. A unit can be run again at any time: what has a result is left alone.
 *
 * Who runs a unit loads the models once and then reads each page in a child
 * of its own: a crash, a hang or a greedy page costs that page alone, and the
 * memory of a child goes with it.
 */
#ifndef TEFTER_UNIT_H
#define TEFTER_UNIT_H

#include "ingest/batch.h"

struct unit {
    struct page **pages;
    char **masters; /* absolute or relative to the current folder */
    size_t count;
};

struct unit_limits {
    double page_s;       /* wall seconds a page may take */
    uint64_t page_bytes; /* address space a page may use */
};

/* CPU seconds of one page by stage. */
struct page_times {
    double decode_s; /* TIFF to pixels                               */
    double image_s;  /* cleaning, turning, straightening, binarising */
    double read_s;   /* recognition                                  */
    double alto_s;   /* writing ALTO, durably                        */
    double total_s;  /* of the whole child process                   */
    double peak_mib; /* its largest resident size                    */
    /* Largest resident size so far of the worker, which holds the models and
     * starts the children. */
    double worker_mib;
};

struct page_result {
    bool is_read;      /* else set aside */
    char reason[1024]; /* why it was set aside */
    struct page_times times;
};

/* Write unit.json: after return 0 the unit can be run.
 * @param masters  paths relative to dir */
int unit_write(const char *dir, const struct page *const *pages,
               const char *const *masters, size_t count, struct err *err);
int unit_read(const char *dir, struct unit **out, struct err *err);
void unit_free(struct unit *unit);
DEFINE_CLEANUP(struct unit, unit_free)

/**
 * Read every page that has no result yet.
 *
 * @param progress_fd  one byte is written to it after each page; -1: none
 * @return 0 when every page has a result, set aside or read; -1 when the work
 *         cannot go on: ERR_IO (disk full, ...), ERR_LIBRARY (models)
 */
int unit_run(const char *dir, const struct unit_limits *limits, int progress_fd,
             struct err *err);

/* ERR_ABSENT when the page has no result yet. */
int unit_result(const char *dir, uint32_t page_number, struct page_result *out,
                struct err *err);
int unit_alto_path(const char *dir, uint32_t page_number, char out[PATH_SIZE],
                   struct err *err);

int page_times_to_json(const struct page_times *times, json_t **out,
                       struct err *err);
struct page_times page_times_from_json(const json_t *json);

#endif
