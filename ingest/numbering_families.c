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

/* Of the readings that are certain enough, all runs, those of one too. */
static size_t find_runs(const struct number_read *reads, size_t count,
                        double least, struct run *runs)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (reads[i].confidence < least)
            continue;
        if (n > 0 && follows(runs[n - 1].last, &reads[i])) {
            runs[n - 1].last = &reads[i];
            runs[n - 1].count++;
        } else {
            runs[n++] = (struct run){&reads[i], &reads[i], 1};
        }
    }
    return n;
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

/* Runs of one reading go, unless it is a number that the run before has: a
 * mistake of reading seldom is. Runs that such a one parted are joined again.
 * Returns how many are left. */
static size_t judge_single(struct run *runs, size_t count,
                           const struct number_read **repeated,
                           size_t *repeated_count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (runs[i].count < MIN_RUN) {
            if (n > 0 && has_number(&runs[n - 1], runs[i].first->number))
                repeated[(*repeated_count)++] = runs[i].first;
            continue;
        }
        if (n > 0 && follows(runs[n - 1].last, runs[i].first)) {
            runs[n - 1].last = runs[i].last;
            runs[n - 1].count += runs[i].count;
        } else {
            runs[n++] = runs[i];
        }
    }
    return n;
}

/* The last reading that stands before this one, of all that are certain. */
static const struct number_read *before(const struct number_read *reads,
                                        const struct number_read *r,
                                        double least)
{
    const struct number_read *at = r;

    while (at > reads && (at == r || at->confidence < least))
        at--;
    return at;
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

static size_t sum_of_runs(const struct run *runs, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += runs[i].count < MIN_RUN ? 0 : runs[i].count;
    return sum;
}

int numbering_check_families(const struct rule_book *rules,
                             const struct number_read *reads, size_t count,
                             struct finding_list *findings, struct err *err)
{
    CLEANUP(free) struct run *runs = calloc(count + 1, sizeof(*runs));
    CLEANUP(free)
    const struct number_read **repeated = calloc(count + 1, sizeof(*repeated));
    double least = rule_number(rules, RULE_QUALITY_NUMBERING, "min_confidence");
    size_t certain = 0, run_count, in_runs, repeated_count = 0;

    if (runs == NULL || repeated == NULL)
        return err_set(err, ERR_NOMEM, "numbering: out of memory");
    for (size_t i = 0; i < count; i++)
        certain += reads[i].confidence >= least;
    run_count = find_runs(reads, count, least, runs);
    in_runs = sum_of_runs(runs, run_count);
    if (in_runs < 2 * MIN_RUN || (double)in_runs < MIN_SHARE * (double)certain)
        return 0;
    run_count = judge_single(runs, run_count, repeated, &repeated_count);
    for (size_t i = 0; i < repeated_count; i++) {
        if (say_repeated(rules, before(reads, repeated[i], least), repeated[i],
                         findings, err) != 0)
            return -1;
    }
    return judge_runs(rules, runs, run_count, findings, err);
}
