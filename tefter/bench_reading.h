/* SPDX-License-Identifier: MIT */
/*
 * tefter/bench_reading.h - one page read in one of several ways, for
 * comparing them: each in a process of its own, with what it cost.
 */
#ifndef TEFTER_BENCH_READING_H
#define TEFTER_BENCH_READING_H

#include "ocr/form.h"
#include "ocr/reader.h"
#include "ocr/record.h"

enum reading_way {
    READING_TESSERACT, /* the program as it is, --psm 3, a process a page */
    READING_CLEANED,   /* our cleaned and level page, psm 3               */
    READING_STOCK,     /* as `tefter work` does, with the stock model     */
    READING_TEFTER,    /* what `tefter work` does with a page             */
    READING_WAYS
};

/* Short name of a way, of letters only; and a heading for it. */
const char *reading_way_name(enum reading_way way);
const char *reading_way_title(enum reading_way way);

struct reading {
    struct page_text *text;       /* NULL: it failed */
    struct page_records *records; /* NULL: not a form, or not our way */
    double cpu_s;   /* of the whole process                       */
    double image_s; /* of it, cleaning and straightening; ours    */
    char failure[512];
};

struct reading_job {
    struct reader *reader; /* with its models loaded, for our own ways    */
    const struct form_set *forms;
    const char *file;
    const char *language; /* "auto": the program gets "bul"               */
    const char *dir;      /* of temporary files                           */
};

/* A page that cannot be read is a result, with failure set; -1 when nothing
 * can be: ERR_ABSENT (tesseract is not installed), ERR_IO, ERR_NOMEM. The
 * caller calls reading_fini. */
int reading_init(struct reading *reading, const struct reading_job *job,
                 enum reading_way way, struct err *err);
void reading_fini(struct reading *reading);
static inline void reading_fini_at(struct reading *reading)
{
    reading_fini(reading);
}

#endif
