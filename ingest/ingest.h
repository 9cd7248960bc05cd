/* SPDX-License-Identifier: MIT */
/*
 * ingest/ingest.h - take a batch in: list it, read its batch.csv, hash and copy
 * every master into staging, check each in a process that may die, set aside
 * what is not acceptable, and acknowledge the whole.
 *
 * A batch is a folder of scans, a BagIt bag (ingest/bag.h: what a fault in it
 * means), or a tar or zip of either (ingest/unpack.h: what is refused). An
 * archive or a bag that is refused stays where it is, and its reason goes to
 * quarantine.
 *
 * Without a batch.csv each sub-folder is a volume (and the folder itself, when
 * scans lie in it directly), and the number in each file's name, or the order
 * of the names, is its place (ingest/plan_folder.h). With one, its rows say so.
 * A scan is a file named .tif or .tiff, or one whose first bytes are a TIFF's;
 * other pictures and PDFs are set aside with a word on what to do; anything
 * else is ignored, and said to be. A file that is set aside keeps its place in
 * its volume: the numbers of the others do not change when its rescan comes.
 *
 * batch.csv: RFC 4180, UTF-8, a header row naming the columns; semicolons or
 * tabs may stand for the commas, as the header has them. `file` (path
 * below the batch folder) and `volume` (its number, or a whole volume id) must
 * be there; `page` (a number is the place; any other text is the label, and
 * the place is the next one), `series`, `site`, `title`, `shelfmark`,
 * `date_from`, `date_to`, `operator`, `device`, `scanned_at`, `sha256`,
 * `language`, `replace` (yes: a new scan of a page that is held) may be. What
 * one row says wrong sets its file aside; a list that cannot be read at all
 * refuses the batch.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "ingest/batch.h"
#include "ingest/rule_book.h"

/* A new scan of a page that is held already. */
struct ingest_replacement {
    const char *file;   /* path of the scan      */
    const char *volume; /* site/series/number    */
    uint32_t number;    /* of the page           */
    unsigned version;   /* of the volume's package: the same file after a
                           later version is another batch */
};

/* A page that a volume has already, or that waits to become one of it. */
struct earlier_page {
    uint32_t number;
    char sha256[DIGEST_HEX_SIZE]; /* of its master            */
    uint32_t image;               /* which image of the master */
    bool is_taken; /* the asker's own mark; false as it is handed over */
    struct page_view view;
    struct page_quality quality;
};

/* All of a volume, in any order; none is no error. The caller frees *out. */
typedef int earlier_pages(void *arg, const char *volume,
                          struct earlier_page **out, size_t *count,
                          struct err *err);

struct ingest_request {
    unsigned jobs;          /* files checked at once; 0 = one a core       */
    const char *source;     /* the batch: a folder, a bag, a tar or zip    */
    const char *staging;    /* ARCHIVE/staging                             */
    const char *quarantine; /* ARCHIVE/quarantine                          */
    const char *site;       /* defaults where batch.csv does not say       */
    const char *series;
    const char *title;    /* "" = the folder's name                      */
    const char *language; /* "auto", "bul", "eng", ...                   */
    const struct rule_book *rules; /* NULL = those built in              */
    /* Ids of batches that were taken in before and are no longer staged,
     * sorted as bytes; NULL = none. */
    const struct name_list *known;
    /* Series of the archive; NULL = any. Another one is said: mostly it is
     * misspelt. */
    char *const *series_known;
    size_t series_count;
    /* What is new of a volume is held against these pages of it, too. NULL =
     * there are none. Asked once or twice a volume. */
    earlier_pages *earlier;
    void *earlier_arg;
    /* Instead of source: files, each of which takes the place of a page. */
    const struct ingest_replacement *replacements;
    size_t replacement_count;
    /* A folder of what came with the scans: it is kept beside them in staging
     * (ENCLOSURE_NAME of ingest/batch.h); NULL = nothing did. */
    const char *enclosure;
    bool allow_repeats; /* noted in the batch for whoever judges its pages */
    bool may_grow; /* an archive that ends too early is not refused, for it may
                      still be copied: ERR_CUT */
    /* What an archive may unpack to; 0 = the defaults of ingest/unpack.h. */
    uint64_t archive_files, archive_ratio;
};

/**
 * Take a batch in. Every accepted master is durable before this returns.
 * Nothing in the source folder is written, moved or removed.
 *
 * @param out  the batch as staged, files in listing order; when every file was
 *             set aside the batch is staged all the same, with no pages
 * @return 0 (also when files were set aside), or -1 with ERR_INPUT (no such
 *         folder; an archive or bag that is refused; a batch.csv that cannot
 *         be read, naming line and column: it is in quarantine with the reason,
 *         nothing else was taken), ERR_CUT (with may_grow),
 *         ERR_EXISTS (this very batch was taken in before: *out is set, to
 *         what is staged, or to id and source alone when it is only known),
 *         ERR_USAGE (site or series is no slug), ERR_LIBRARY (no child can be
 *         confined), ERR_IO (disk full, source gone, ...: nothing was
 *         acknowledged)
 */
int ingest_batch(const struct ingest_request *request,
                 struct progress *progress, struct batch **out,
                 struct err *err);

/*
 * The verdict on single files, without an archive: several at once, handed
 * back in the order they came. Never fails on what is in a file: that is a
 * finding.
 *     file_checker_open → file_checker_add while it has room
 *         → file_checker_next for each that was added → file_checker_close
 */
struct file_checker;
/* A file that was found in a folder and is no scan by name or content is
 * ignored; one that somebody named is judged as a scan. */
enum file_origin { FILE_NAMED, FILE_FOUND };
/* Is the quality of its pages judged as well, or do the TIFF rules stand
 * alone? */
enum file_looks { FILE_LOOKED_AT, FILE_RULES_ALONE };
/* @param rules  borrowed until the end
 * @param jobs   processes at once; 0 = one a core */
int file_checker_open(const struct rule_book *rules, unsigned jobs,
                      enum file_looks looks, struct file_checker **out,
                      struct err *err);
void file_checker_close(struct file_checker *c);
DEFINE_CLEANUP(struct file_checker, file_checker_close)
bool file_checker_has_room(const struct file_checker *c);
/* ERR_ABSENT when there is no such file: it is not waited for. */
int file_checker_add(struct file_checker *c, const char *path,
                     enum file_origin origin, struct err *err);
/* Of the first file that has no verdict yet. The caller owns *out. */
int file_checker_next(struct file_checker *c, struct batch_file *out,
                      struct err *err);

/* The same for one file. */
int ingest_check_file(const char *path, const struct rule_book *rules,
                      struct batch_file *out, struct err *err);

#endif
