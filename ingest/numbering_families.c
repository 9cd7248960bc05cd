/* SPDX-License-Identifier: MIT */
#include "ingest/numbering.h"

#include <stdlib.h>

#include "ingest/rules.h"

/* As in numbering.c. */
#define MIN_RUN   2u
#define MIN_SHARE 0.6
/* What more families are missing at once is another part of the register. */
#define MAX_MISSING 200

/* Readings, each of which may follow the one before it. */
struct run {
    const struct number_read *first, *last;
    size_t count;
};

/* From page to page by one or not at all, over pages without a reading too. */
static bool follows(const struct number_read *a, const struct number_read *b)
{
    int64_t pages = (int64_t)b->place - (int64_t)a->place;

    return b->number >= a->number && b->number - a->number <= pages;
}

/* Is it a number of this run? */
static bool has_number(const struct run *run, int64_t number)
{
    return number >= run->first->number && number <= run->last->number;
}

static int say_missing(const struct rule_book *rules,
                       const struct number_read *a, const struct number_read *b,
                       struct finding_list *findings, struct err *err)
{
    return rule_broken(
        rules, findings, RULE_QUALITY_NUMBERING, -1, 0, err,
        "page %04u has the family %lld and page %04u the family %lld: not all "
        "families between them can be on the pages between; look whether a "
        "page is missing, and scan it",
        a->place, (long long)a->number, b->place, (long long)b->number);
}

static int say_repeated(const struct rule_book *rules,
                        const struct number_read *a,
                        const struct number_read *b,
                        struct finding_list *findings, struct err *err)
{
    return rule_broken(
        rules, findings, RULE_QUALITY_NUMBERING, -1, 0, err,
        "page %04u has the family %lld, which was there before page %04u with "
        "the family %lld; look whether a page was scanned twice or lies in the "
        "wrong place",
        b->place, (long long)b->number, a->place, (long long)a->number);
}

/* What is found on the way. */
struct families {
    const struct number_read **certain; /* readings that count              */
    size_t count;
    struct run *runs;
    size_t run_count;
    const struct number_read **repeated; /* single ones, and before each of  */
    size_t repeated_count;               /* these the one it does not follow */
};

/* A reading that does not follow, where the next one does, and not from it. If
 * its number was there before, the page was; else it is a mistake of reading.
 */
static bool is_odd(const struct families *f, size_t i)
{
    const struct number_read *last = f->runs[f->run_count - 1].last;

    return i + 1 < f->count && follows(last, f->certain[i + 1]) &&
           !follows(f->certain[i], f->certain[i + 1]);
}

static void find_runs(struct families *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct number_read *r = f->certain[i];
        struct run *run = f->run_count > 0 ? &f->runs[f->run_count - 1] : NULL;

        if (run != NULL && follows(run->last, r)) {
            run->last = r;
            run->count++;
        } else if (run == NULL || !is_odd(f, i)) {
            f->runs[f->run_count++] = (struct run){r, r, 1};
        } else if (run->count >= MIN_RUN && has_number(run, r->number)) {
            f->repeated[2 * f->repeated_count] = run->last;
            f->repeated[2 * f->repeated_count++ + 1] = r;
        }
    }
}

/* Those of one reading tell nothing: they go, and what they parted is joined.
 * Returns how many readings the others have. */
static size_t drop_short_runs(struct families *f)
{
    size_t n = 0, sum = 0;

    for (size_t i = 0; i < f->run_count; i++) {
        struct run *run = &f->runs[i];

        if (run->count < MIN_RUN)
            continue;
        sum += run->count;
        if (n > 0 && follows(f->runs[n - 1].last, run->first))
            f->runs[n - 1].last = run->last;
        else
            f->runs[n++] = *run;
    }
    f->run_count = n;
    return sum;
}

static int judge_runs(const struct rule_book *rules, const struct run *runs,
                      size_t count, struct finding_list *findings,
                      struct err *err)
{
    for (size_t i = 1; i < count; i++) {
        const struct number_read *a = runs[i - 1].last, *b = runs[i].first;
        int rc = 0;

        if (b->number > a->number && b->number - a->number <= MAX_MISSING)
            rc = say_missing(rules, a, b, findings, err);
        else if (has_number(&runs[i - 1], b->number))
            rc = say_repeated(rules, a, b, findings, err);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static int judge(const struct rule_book *rules, const struct families *f,
                 struct finding_list *findings, struct err *err)
{
    for (size_t i = 0; i < f->repeated_count; i++) {
        if (say_repeated(rules, f->repeated[2 * i], f->repeated[2 * i + 1],
                         findings, err) != 0)
            return -1;
    }
    return judge_runs(rules, f->runs, f->run_count, findings, err);
}

int numbering_check_families(const struct rule_book *rules,
                             const struct number_read *reads, size_t count,
                             struct finding_list *findings, struct err *err)
{
    CLEANUP(free) struct run *runs = calloc(count + 1, sizeof(*runs));
    CLEANUP(free)
    const struct number_read **room = calloc(3 * count + 1, sizeof(*room));
    double least = rule_number(rules, RULE_QUALITY_NUMBERING, "min_confidence");
    struct families f = {
        .certain = room, .runs = runs, .repeated = room + count};
    size_t in_runs;

    if (runs == NULL || room == NULL)
        return err_set(err, ERR_NOMEM, "numbering: out of memory");
    for (size_t i = 0; i < count; i++) {
        if (reads[i].confidence >= least)
            f.certain[f.count++] = &reads[i];
    }
    find_runs(&f);
    in_runs = drop_short_runs(&f) + f.repeated_count;
    if (in_runs < 2 * MIN_RUN || (double)in_runs < MIN_SHARE * (double)f.count)
        return 0;
    return judge(rules, &f, findings, err);
}
