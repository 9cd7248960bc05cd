/* SPDX-License-Identifier: MIT */
/*
 * index/search.h - asking the catalogue. Whoever asks states a scope: what he
 * may see. What lies outside it is not in hits, counts, facets, snippets or
 * boxes: the scope is part of the SQL, not a filter over the answer.
 *
 * Query language: index/query.h. Any text is a query; what was not understood
 * is told with its place, and the rest is looked for.
 */
#ifndef INDEX_SEARCH_H
#define INDEX_SEARCH_H

#include <jansson.h>
#include <stdbool.h>

#include "common/geometry.h"
#include "index/catalogue.h"
#include "index/closure.h"
#include "index/query.h"

/* What the asker may see: these series, and these volumes of others. Empty
 * lists are nothing. Borrowed. */
struct search_scope {
    const char *const *series;
    size_t series_count;
    const char *const *volumes;
    size_t volume_count;
    bool masks_numbers; /* personal numbers in hits: index/mask.h */
    /* Of which of them whole pages may be seen: a hit of any other tells the
     * record and field that matched, and no words or places round it. NULL: of
     * all. Borrowed. */
    const struct search_scope *whole;
    /* When pages of the single volumes are closed (of whole series none is):
     * borrowed, NULL for none. */
    const struct closure *closure;
    /* Pages with a restricted entry, by id: as if they were not there.
     * Borrowed. */
    const char *const *restricted;
    size_t restricted_count;
};

/* What counts as a hit beside what was typed. */
enum search_mode {
    SEARCH_AUTO,  /* other forms of names; misreadings when little is found  */
    SEARCH_EXACT, /* nothing                                                 */
    SEARCH_FUZZY, /* other forms of names and misreadings                    */
    SEARCH_MODES
};

/* With fewer hits than these, SEARCH_AUTO looks for misreadings, too. */
#define SEARCH_LITTLE 20
/* And with fewer than these of misreadings, any one of three words and more may
 * be lacking; of two, when nothing is found. But for SEARCH_EXACT. */
#define SEARCH_NOT_MANY 100
/* How long a query may take, if the request does not say. */
#define SEARCH_BUDGET_MS 500

struct search_request {
    const char *query; /* UTF-8, any length; NULL or "" = everything      */
    const char *site;  /* filters; NULL or "" = any                           */
    const char *series;
    const char *volume; /* a volume id                                     */
    int year_from, year_to; /* 0 = open                                    */
    unsigned offset, limit; /* 1 to 200; 0 = 20, more = 200                */
    enum search_mode mode;
    int budget_ms;  /* 0 = SEARCH_BUDGET_MS; below: no time at all      */
    bool walks_all; /* index/rank.h; the answer is the same             */
    /* NULL, or asked now and then: is nobody waiting for the answer any more?
     * Then time is up. */
    bool (*is_gone)(void *arg);
    void *gone_arg;
};

struct snippet_part {
    char *text;
    bool is_hit;
};

/* Why a page is a hit: one for each word asked for that stands there. */
struct hit_reason {
    char *typed;
    char *written; /* the word of the text, or the whole field */
    char *quoted;  /* of that the words that match, and no others */
    enum match_grade grade;
    char field[SLUG_SIZE]; /* of the record; "": in the running text */
};

/* Page id, /r and a number. */
#define RECORD_ID_SIZE (ID_SIZE + 16)

struct hit {
    char page[ID_SIZE];
    char record[RECORD_ID_SIZE]; /* the one that matches best; "" = none */
    char volume[ID_SIZE];
    char site[SLUG_SIZE];
    char series[SLUG_SIZE];
    uint32_t number;
    bool mirrored; /* how to turn the picture: ocr/page_text.h */
    int turn_cw_deg;
    int year; /* of the volume's date_from; 0 = unknown */
    char *title;
    struct snippet_part *snippet; /* as written on the page */
    size_t snippet_count;
    double score; /* higher is better; of one grade                  */
    enum match_grade grade; /* of the word that is least as typed         */
    struct hit_reason *reasons;
    size_t reason_count;
    char *lacks;        /* what was typed and is not there; NULL: all is */
    struct rect *boxes; /* of the words that matched, on the master */
    size_t box_count;
};

struct facet_value {
    char *value;
    int64_t count;
};

struct facet {
    const char *name; /* "series", "site", "decade" */
    struct facet_value *values;
    size_t count;
};

/* How much of what the filters match can be found by words at all. */
struct coverage {
    int64_t volumes, pages;
    int64_t pages_with_text, pages_blank, pages_without_text;
    /* Volumes by what can be found in them: index/schema.sql, volume.state. */
    int64_t volumes_unread, volumes_ocr, volumes_keyed, volumes_verified;
};

#define SEARCH_FACETS 3

struct search_answer {
    char *query;        /* as typed, made valid UTF-8                      */
    bool query_was_cut; /* too many words: those behind were left out      */
    struct query_problem problems[QUERY_MAX_PROBLEMS];
    size_t problem_count;
    enum search_mode mode; /* how it was searched; AUTO: other forms only    */
    bool timed_out;        /* these are the best of what was found in time   */
    int64_t total;
    bool total_is_exact;
    struct hit *hits;
    size_t hit_count;
    struct facet facets[SEARCH_FACETS]; /* series, site, decade */
    struct facet related; /* volumes with most hits, five at most */
    struct coverage coverage;
};

const char *search_mode_name(enum search_mode mode); /* "auto" "exact" ... */
int search_run(struct catalogue *catalogue, const struct search_scope *scope,
               const struct search_request *request, struct search_answer **out,
               struct err *err);
void search_answer_free(struct search_answer *answer);
DEFINE_CLEANUP(struct search_answer, search_answer_free)
/* What search --json and the web's format=json say. Caller owns it.
 *     {"query": ..., "total": N, "total_is_exact": bool,
 *      "hits": [{"page", "record", "volume", "series", "year", "title",
 *                "snippet", "score", "boxes": [[x, y, w, h], ...], ...}],
 *      "facets": {"series": ..., "site": ..., "decade": ...},
 *      "related": [{"value": VOLUME, "count": N}, ...],
 *      "coverage": {"volumes", "pages", ...},
 *      "mode": "auto|exact|fuzzy", "timed_out": bool,
 *      "problems": [{"problem", "position", "message"}, ...]}
 * A hit's "why" is [{"typed", "written", "grade", "field"}, ...], its "lacks"
 * what was typed and is not there, or null, its "record" the identifier of the
 * record that matches, or null. year is null when it is not known; boxes are in
 * pixels of the master. More keys may come, none changes its name. */
int search_answer_to_json(const struct search_answer *answer, json_t **out,
                          struct err *err);

/* Boxes on one page, in pixels of the master: first the `written` ones of words
 * as they are asked for and of their other forms, then what may be a misreading
 * of them. The items are the caller's to free. */
struct page_boxes {
    struct rect *items;
    size_t count;
    size_t written;
};

/* Boxes of the words of one page that a query matches (page view). */
int search_page_boxes(struct catalogue *catalogue,
                      const struct search_scope *scope, const char *page,
                      const char *query, struct page_boxes *out,
                      struct err *err);

/* What the web and the lists say of volumes and pages; borrowed until free. */
struct page_row {
    char id[ID_SIZE];
    uint32_t number; /* as in the id: what the batch called the page */
    uint32_t order;  /* its place among the pages of the volume, from 1, as
                        ORDER in the METS: a number may be missing  */
    char *label;
    char *original_name;
    char master_sha256[DIGEST_HEX_SIZE];
    uint32_t master_image;        /* which image of it, from 0 */
    uint32_t width_px, height_px; /* of the master as stored   */
    bool mirrored;
    int turn_cw_deg;
    double skew_cw_deg;
    bool blank;
    unsigned mean_confidence;
    int64_t words;
    struct extent extent;
    struct lifetimes lifetimes; /* what its closure follows from */
};

struct volume_row {
    struct volume *volume;
    int year;
    int64_t page_count;
    struct extent extent;   /* of all pages */
    struct page_row *pages; /* only from volume_show */
};

struct volume_rows {
    struct volume_row *items;
    size_t count;
};

/* Every series that has a volume, sorted: the scope of who may see all. */
int catalogue_series(struct catalogue *catalogue, struct name_list *out,
                     struct err *err);
/* ERR_ABSENT when it is not there or outside the scope: no difference. */
int volume_list(struct catalogue *catalogue, const struct search_scope *scope,
                struct volume_rows *out, struct err *err);
int volume_show(struct catalogue *catalogue, const struct search_scope *scope,
                const char *volume, struct volume_rows *out, struct err *err);
int page_show(struct catalogue *catalogue, const struct search_scope *scope,
              const char *page, struct page_row *out, struct err *err);
void page_row_fini(struct page_row *row);
void volume_rows_fini(struct volume_rows *rows);

#endif
