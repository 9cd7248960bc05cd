/* SPDX-License-Identifier: MIT */
#include "index/rank_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/phrase_pages.h"
#include "index/rank_best.h"

/* Pages that are looked at together. */
#define PAGES_AT_ONCE 8
/* page.key: index/schema.sql. */
#define CHUNKS_A_YEAR (((int64_t)1 << 28) / PAGES_A_CHUNK)

/* One operand in the chunk. */
struct operand_counts {
    uint8_t counts[PAGES_A_CHUNK];
    uint8_t grades[PAGES_A_CHUNK]; /* where it counts something */
};

struct lines_rank {
    struct db *db;
    const struct rank_task *task;
    const struct query *query;
    struct query_pages *pages;
    struct page_lines *lines;
    struct rank_result *result;
    struct rank_best best;
    double mean_words;
    double weights[QUERY_MAX_WORDS];
    double bounds[QUERY_MAX_WORDS][WORD_COUNT_MOST + 1]; /* of the chunk */
    struct operand_counts *operand;                      /* by operand   */
    uint8_t match[PAGES_A_CHUNK];                        /* 0 or 1       */
    uint8_t groups[PAGES_A_CHUNK]; /* of operands that are there */
    uint8_t other[PAGES_A_CHUNK];
    bool has_grades; /* some phrase is not as typed */
};

/* To the counts of an operand those of one more phrase of it. */
static void add_phrase(struct operand_counts *o, const uint8_t *counts,
                       enum match_grade grade)
{
    for (size_t i = 0; i < PAGES_A_CHUNK; i++) {
        unsigned sum = o->counts[i] + counts[i];

        if (counts[i] == 0)
            continue;
        if (o->counts[i] == 0 || grade < o->grades[i])
            o->grades[i] = (uint8_t)grade;
        o->counts[i] = (uint8_t)(sum < WORD_COUNT_MOST ? sum : WORD_COUNT_MOST);
    }
}

/* The first phrase of an operand alone is read where it belongs. */
static void load_operand(struct lines_rank *r, size_t operand, int64_t chunk)
{
    struct operand_counts *o = &r->operand[operand];
    bool is_first = true;

    memset(o, 0, sizeof(*o));
    for (size_t i = 0; i < r->query->phrase_count; i++) {
        const struct query_phrase *phrase = &r->query->phrases[i];
        struct phrase_pages *pages = &r->pages->phrase[i];

        if (phrase->operand != operand || !phrase_pages_has(pages, chunk))
            continue;
        if (is_first && phrase->grade == MATCH_EXACT) {
            (void)phrase_pages_add(pages, chunk, o->counts);
        } else {
            memset(r->other, 0, sizeof(r->other));
            (void)phrase_pages_add(pages, chunk, r->other);
            add_phrase(o, r->other, phrase->grade);
        }
        is_first = false;
    }
}

static bool operand_is_in(struct lines_rank *r, size_t operand, int64_t chunk)
{
    for (size_t i = 0; i < r->query->phrase_count; i++)
        if (r->query->phrases[i].operand == operand &&
            phrase_pages_has(&r->pages->phrase[i], chunk))
            return true;
    return false;
}

/* Groups that a page must have. */
static size_t groups_needed(const struct query *q)
{
    return q->group_count - (q->may_lack && q->group_count > 1);
}

/* Have enough groups an operand in the chunk? */
static bool chunk_may_match(struct lines_rank *r, int64_t chunk)
{
    const struct query_place *places = r->query->places;
    size_t count = r->query->operand_count;
    size_t found = 0;

    for (size_t i = 0, end; i < count; i = end) {
        bool is_in = false;

        for (end = i; end < count && places[end].group == places[i].group;
             end++)
            is_in = is_in || operand_is_in(r, end, chunk);
        found += is_in;
    }
    return found >= groups_needed(r->query);
}

static void match_group(struct lines_rank *r, size_t first, size_t end)
{
    memset(r->other, 0, sizeof(r->other));
    for (size_t k = first; k < end; k++)
        for (size_t i = 0; i < PAGES_A_CHUNK; i++)
            r->other[i] |= r->operand[k].counts[i];
    for (size_t i = 0; i < PAGES_A_CHUNK; i++)
        r->groups[i] += r->other[i] != 0;
}

/* Which pages of the chunk match, as far as words go. */
static void match_chunk(struct lines_rank *r, int64_t chunk)
{
    const struct query_place *places = r->query->places;
    size_t count = r->query->operand_count;
    uint8_t needed = (uint8_t)groups_needed(r->query);

    for (size_t i = 0; i < count; i++)
        load_operand(r, i, chunk);
    memset(r->groups, 0, sizeof(r->groups));
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1;
             end < count && places[end].group == places[first].group; end++)
            ;
        match_group(r, first, end);
    }
    for (size_t i = 0; i < PAGES_A_CHUNK; i++)
        r->match[i] = r->groups[i] >= needed;
    if (r->query->unwanted == NULL)
        return;
    memset(r->other, 0, sizeof(r->other));
    (void)phrase_pages_add(&r->pages->unwanted, chunk, r->other);
    for (size_t i = 0; i < PAGES_A_CHUNK; i++)
        r->match[i] &= r->other[i] == 0;
}

/* Bytes of 0 and 1, eight at once where they stand so. */
static size_t count_run(const uint8_t *match, const struct page_run *run)
{
    size_t count = 0;
    size_t i = run->first;

    for (; i < run->end && i % sizeof(uint64_t) != 0; i++)
        count += match[i];
    for (; i + sizeof(uint64_t) <= run->end; i += sizeof(uint64_t)) {
        uint64_t eight;

        memcpy(&eight, match + i, sizeof(eight));
        count += (size_t)((eight * 0x0101010101010101u) >> 56);
    }
    for (; i < run->end; i++)
        count += match[i];
    return count;
}

static int drop_closed(struct lines_rank *r, int64_t chunk,
                       const struct page_run *run, struct err *err)
{
    const uint32_t *born = page_lines_part(r->lines, chunk, PAGE_BORN, err);
    const uint32_t *died =
        born == NULL ? NULL : page_lines_part(r->lines, chunk, PAGE_DIED, err);

    if (died == NULL)
        return -1;
    for (size_t i = run->first; i < run->end; i++)
        if (rank_is_closed(born[i], died[i], r->task->closure))
            r->match[i] = 0;
    return 0;
}

static void drop_restricted(struct lines_rank *r, int64_t chunk,
                            const struct page_run *run,
                            const struct rank_volumes *volumes)
{
    for (size_t i = run->first; i < run->end; i++)
        if (rank_volumes_restrict(volumes, chunk * PAGES_A_CHUNK + (int64_t)i))
            r->match[i] = 0;
}

/* Take out of what matches what may not be seen.
 * @param volumes  what may; of each the pages that are left are counted
 * @return how many are left, -1 */
static int64_t see_chunk(struct lines_rank *r, struct rank_volumes *volumes,
                         struct page_chunk *chunk, struct err *err)
{
    int64_t seen = 0;

    if (memory_pages(r->lines, chunk, err) != 0)
        return -1;
    for (size_t i = 0; i < chunk->run_count; i++) {
        const struct page_run *run = &chunk->runs[i];
        uint32_t place = run->volume < volumes->place_count
                             ? volumes->place[run->volume]
                             : 0;
        size_t count;

        if (place == 0) {
            memset(r->match + run->first, 0, (size_t)(run->end - run->first));
            continue;
        }
        if (volumes->items[place - 1].is_closing &&
            drop_closed(r, chunk->chunk, run, err) != 0)
            return -1;
        if (volumes->items[place - 1].is_limited)
            drop_restricted(r, chunk->chunk, run, volumes);
        count = count_run(r->match, run);
        volumes->items[place - 1].matches += (int64_t)count;
        seen += (int64_t)count;
    }
    return seen;
}

static void rewind_all(struct lines_rank *r)
{
    for (size_t i = 0; i < r->query->phrase_count; i++)
        phrase_pages_rewind(&r->pages->phrase[i]);
    phrase_pages_rewind(&r->pages->unwanted);
}

/* Pages that have one operand, of those that may be seen. */
static int count_visible(struct lines_rank *r, size_t operand, double *out,
                         struct err *err)
{
    rewind_all(r);
    for (size_t k = 0; k < r->pages->chunks->count; k++) {
        struct page_chunk *chunk = &r->pages->chunks->items[k];
        int64_t seen;

        if (!operand_is_in(r, operand, chunk->chunk))
            continue;
        load_operand(r, operand, chunk->chunk);
        for (size_t i = 0; i < PAGES_A_CHUNK; i++)
            r->match[i] = r->operand[operand].counts[i] != 0;
        seen = see_chunk(r, r->task->scope, chunk, err);
        if (seen < 0)
            return -1;
        *out += (double)seen;
    }
    for (size_t i = 0; i < r->task->scope->count; i++)
        r->task->scope->items[i].matches = 0;
    return 0;
}

/* The only phrase of an operand; NULL: it has several. */
static const struct phrase_pages *only_phrase(const struct lines_rank *r,
                                              size_t operand)
{
    const struct phrase_pages *only = NULL;

    for (size_t i = 0; i < r->query->phrase_count; i++) {
        if (r->query->phrases[i].operand != operand)
            continue;
        if (only != NULL)
            return NULL;
        only = &r->pages->phrase[i];
    }
    return only;
}

static bool has_other_joint(const struct lines_rank *r, size_t operand)
{
    const struct query_place *places = r->query->places;

    for (size_t i = 0; i < r->query->operand_count; i++)
        if (r->pages->is_joint[i] && places[i].group != places[operand].group)
            return true;
    return false;
}

static int count_operand(struct lines_rank *r, size_t operand, double *out,
                         struct err *err)
{
    const struct phrase_pages *only = only_phrase(r, operand);

    *out = 0;
    if (r->pages->is_joint[operand] && !r->query->may_lack &&
        has_other_joint(r, operand))
        return rank_count_operand(r->db, r->task, operand, out, err);
    if (!r->task->sees_all || only == NULL)
        return count_visible(r, operand, out, err);
    *out = phrase_pages_count(only);
    return 0;
}

static int weigh(struct lines_rank *r, struct err *err)
{
    r->mean_words = rank_mean_words(r->task);
    for (size_t i = 0; i < r->query->operand_count; i++) {
        double pages = 0;

        r->weights[i] = 1;
        if (r->query->operand_count == 1)
            break;
        if (count_operand(r, i, &pages, err) != 0)
            return -1;
        r->weights[i] = rank_weight(r->task, pages);
    }
    return 0;
}

/* The best score that each count can give in the chunk: on its shortest page. A
 * score falls with the words of the page, in floating point, too, so that no
 * page is passed over that could be kept. */
static void make_bounds(struct lines_rank *r, uint32_t least)
{
    double norm = rank_norm(least, r->mean_words);

    for (size_t k = 0; k < r->query->operand_count; k++)
        for (size_t n = 0; n <= WORD_COUNT_MOST; n++)
            r->bounds[k][n] = rank_score(r->weights[k], (double)n, norm);
}

/* Which of the pages from here on match and could be kept, a bit for each:
 * without a branch, as no guess at them would be right. */
static unsigned pages_in_reach(const struct lines_rank *r, size_t at)
{
    double bound[PAGES_AT_ONCE] = {0};
    unsigned reach = 0;

    for (size_t k = 0; k < r->query->operand_count; k++)
        for (size_t i = 0; i < PAGES_AT_ONCE; i++)
            bound[i] += r->bounds[k][r->operand[k].counts[at + i]];
    for (size_t i = 0; i < PAGES_AT_ONCE; i++)
        reach |= (unsigned)((bound[i] >= r->best.floor) & r->match[at + i])
                 << i;
    return reach;
}

static enum match_grade grade_of(const struct lines_rank *r, size_t page)
{
    unsigned grade = MATCH_EXACT;

    for (size_t k = 0; r->has_grades && k < r->query->operand_count; k++)
        if (r->operand[k].counts[page] > 0 &&
            r->operand[k].grades[page] > grade)
            grade = r->operand[k].grades[page];
    if (r->groups[page] < r->query->group_count)
        grade = MATCH_LACKING;
    return (enum match_grade)grade;
}

static double score_of(const struct lines_rank *r, uint32_t words, size_t page)
{
    double norm = rank_norm(words, r->mean_words);
    double score = 0;

    for (size_t k = 0; k < r->query->operand_count; k++)
        score += rank_score(r->weights[k], r->operand[k].counts[page], norm);
    return score;
}

static uint32_t place_of(const struct lines_rank *r,
                         const struct page_chunk *chunk, size_t page)
{
    size_t i = 0;

    while (chunk->runs[i].end <= page)
        i++;
    return r->task->volumes->place[chunk->runs[i].volume];
}

/* A page that could be kept: its score first, as most are not. */
static int take_page(struct lines_rank *r, const struct page_chunk *chunk,
                     size_t page, struct err *err)
{
    struct rank_hit hit = {.key = chunk->chunk * PAGES_A_CHUNK + (int64_t)page,
                           .grade = grade_of(r, page),
                           .score = score_of(r, chunk->words[page], page)};
    const uint32_t *numbers;

    if (!rank_best_may_take(&r->best, hit.grade, hit.score))
        return 0;
    numbers = page_lines_part(r->lines, chunk->chunk, PAGE_NUMBER, err);
    if (numbers == NULL)
        return -1;
    hit.volume = place_of(r, chunk, page);
    hit.number = numbers[page];
    rank_best_take(&r->best, &hit);
    return 0;
}

static int score_chunk(struct lines_rank *r, const struct page_chunk *chunk,
                       struct err *err)
{
    make_bounds(r, chunk->least);
    for (size_t at = 0; at < PAGES_A_CHUNK; at += PAGES_AT_ONCE) {
        uint64_t eight;
        unsigned reach;

        memcpy(&eight, r->match + at, sizeof(eight));
        reach = eight == 0 ? 0 : pages_in_reach(r, at);
        for (size_t i = 0; reach != 0; i++, reach >>= 1)
            if ((reach & 1) != 0 && take_page(r, chunk, at + i, err) != 0)
                return -1;
    }
    return 0;
}

static int rank_chunk(struct lines_rank *r, struct page_chunk *chunk,
                      struct err *err)
{
    int64_t seen;

    match_chunk(r, chunk->chunk);
    seen = see_chunk(r, r->task->volumes, chunk, err);
    if (seen <= 0)
        return (int)seen;
    r->result->total += seen;
    return r->task->keep > 0 ? score_chunk(r, chunk, err) : 0;
}

/* The chunks in which volumes to be seen have pages: from ... to, without it.
 */
static void find_chunks(const struct rank_volumes *volumes, int64_t *from,
                        int64_t *to)
{
    int first = INT32_MAX;
    int last = -1;

    for (size_t i = 0; i < volumes->count; i++) {
        int year = volumes->items[i].year;

        first = year < first ? year : first;
        last = year > last ? year : last;
    }
    *from = first * CHUNKS_A_YEAR;
    *to = (last + 1) * CHUNKS_A_YEAR;
}

static int rank_all(struct lines_rank *r, struct err *err)
{
    int64_t from, to;

    if (query_pages_find(r->db, r->task, r->pages, err) != 0 ||
        weigh(r, err) != 0)
        return -1;
    r->result->timed_out = r->pages->timed_out;
    find_chunks(r->task->volumes, &from, &to);
    rewind_all(r);
    for (size_t k = 0; k < r->pages->chunks->count; k++) {
        struct page_chunk *chunk = &r->pages->chunks->items[k];

        if (chunk->chunk < from || chunk->chunk >= to ||
            !chunk_may_match(r, chunk->chunk))
            continue;
        if (rank_is_late(r->task)) {
            r->result->timed_out = true;
            break;
        }
        if (rank_chunk(r, chunk, err) != 0)
            return -1;
    }
    rank_best_sort(&r->best);
    r->result->hit_count = r->best.count;
    return 0;
}

static bool has_grades(const struct query *q)
{
    for (size_t i = 0; i < q->phrase_count; i++)
        if (q->phrases[i].grade != MATCH_EXACT)
            return true;
    return false;
}

int rank_lines_run(struct db *db, const struct rank_task *task,
                   struct rank_hit *hits, struct rank_result *out,
                   struct err *err)
{
    CLEANUP(free) struct lines_rank *r = calloc(1, sizeof(*r));
    CLEANUP(page_lines_close) struct page_lines *lines = NULL;
    CLEANUP(query_pages_free)
    struct query_pages *pages = calloc(1, sizeof(*pages));
    CLEANUP(free)
    struct operand_counts *operand =
        calloc(task->query->operand_count, sizeof(*operand));

    if (r == NULL || pages == NULL || operand == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (page_lines_open(db, &lines, err) != 0)
        return -1;
    *r = (struct lines_rank){.db = db,
                             .task = task,
                             .query = task->query,
                             .pages = pages,
                             .lines = lines,
                             .result = out,
                             .best = {hits, 0, task->keep, -INFINITY},
                             .operand = operand,
                             .has_grades = has_grades(task->query)};
    return rank_all(r, err);
}
