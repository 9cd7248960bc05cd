/* SPDX-License-Identifier: MIT */
#include "ingest/numbering.h"

#include <stdlib.h>

#include "ingest/rules.h"

/* So many readings in a row tell what the difference is. */
#define MIN_RUN 2u
/* Of all readings, those must be in such runs. */
#define MIN_SHARE 0.6

/* Readings in a row with one difference of number and place. */
struct run {
    const struct number_read *first, *last;
    int64_t difference;
    size_t count;
};

static int64_t difference_of(const struct number_read *r)
{
    return r->number - (int64_t)r->place;
}

/* Runs of the readings that are certain enough, short ones left out and their
 * neighbours joined. Returns how many readings they have. */
static size_t find_runs(const struct number_read *reads, size_t count,
                        double least, struct run *runs, size_t *run_count)
{
    struct run now = {NULL, NULL, 0, 0};
    size_t in_runs = 0, n = 0;

    for (size_t i = 0; i <= count; i++) {
        const struct number_read *r = i < count ? &reads[i] : NULL;

        if (r != NULL && r->confidence < least)
            continue;
        if (r != NULL && now.count > 0 && difference_of(r) == now.difference) {
            now.last = r;
            now.count++;
            continue;
        }
        if (now.count >= MIN_RUN) {
            in_runs += now.count;
            if (n > 0 && runs[n - 1].difference == now.difference)
                runs[n - 1].last = now.last;
            else
                runs[n++] = now;
        }
        if (r != NULL)
            now = (struct run){r, r, difference_of(r), 1};
    }
    *run_count = n;
    return in_runs;
}

static int say_missing(const struct rule_book *rules, const struct run *a,
                       const struct run *b, struct finding_list *findings,
                       struct err *err)
{
    int64_t missing = b->difference - a->difference;

    return rule_broken(
        rules, findings, RULE_QUALITY_NUMBERING, -1, 0, err,
        "page %04u has the number %lld and page %04u the number %lld: %lld "
        "number%s between them %s missing; scan what is between",
        a->last->place, (long long)a->last->number, b->first->place,
        (long long)b->first->number, (long long)missing,
        missing == 1 ? "" : "s", missing == 1 ? "is" : "are");
}

static int say_repeated(const struct rule_book *rules, const struct run *a,
                        const struct run *b, struct finding_list *findings,
                        struct err *err)
{
    return rule_broken(
        rules, findings, RULE_QUALITY_NUMBERING, -1, 0, err,
        "page %04u has the number %lld and page %04u the number %lld: there "
        "are %lld pages more between them than numbers; look whether a page "
        "was scanned twice",
        a->last->place, (long long)a->last->number, b->first->place,
        (long long)b->first->number,
        (long long)(a->difference - b->difference));
}

int numbering_check(const struct rule_book *rules,
                    const struct number_read *reads, size_t count,
                    struct finding_list *findings, struct err *err)
{
    CLEANUP(free) struct run *runs = calloc(count + 1, sizeof(*runs));
    double least = rule_number(rules, RULE_QUALITY_NUMBERING, "min_confidence");
    size_t certain = 0, run_count = 0, in_runs;

    if (runs == NULL)
        return err_set(err, ERR_NOMEM, "numbering: out of memory");
    for (size_t i = 0; i < count; i++)
        certain += reads[i].confidence >= least;
    in_runs = find_runs(reads, count, least, runs, &run_count);
    if (in_runs < 2 * MIN_RUN || (double)in_runs < MIN_SHARE * (double)certain)
        return 0;
    for (size_t i = 1; i < run_count; i++) {
        int rc =
            runs[i].difference > runs[i - 1].difference
                ? say_missing(rules, &runs[i - 1], &runs[i], findings, err)
                : say_repeated(rules, &runs[i - 1], &runs[i], findings, err);

        if (rc != 0)
            return -1;
    }
    return 0;
}
