/* SPDX-License-Identifier: MIT */
#include "common/crew.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/pace.h"
#include "tests/unit.h"

#define OUTER 40
#define INNER 200

struct shared {
    struct crew *crew;
    atomic_uint done[OUTER][INNER];
};

struct row {
    struct shared *shared;
    size_t i;
};

static void mark(void *arg, size_t i)
{
    const struct row *row = arg;

    atomic_fetch_add(&row->shared->done[row->i][i], 1);
}

static void mark_row(void *arg, size_t i)
{
    struct row row = {arg, i};

    crew_each(row.shared->crew, INNER, mark, &row);
}

static void crew_each__does_everything_once_also_inside_itself(void **state)
{
    static struct shared shared;
    struct err err;

    (void)state;
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        memset(shared.done, 0, sizeof(shared.done));
        assert_ok(crew_new(threads, &shared.crew, &err), err);
        assert_int_equal(crew_size(shared.crew), threads);
        crew_each(shared.crew, OUTER, mark_row, &shared);
        for (size_t i = 0; i < OUTER; i++)
            for (size_t k = 0; k < INNER; k++)
                assert_int_equal(shared.done[i][k], 1);
        crew_free(shared.crew);
    }
}

static void crew_each__needs_no_crew(void **state)
{
    static struct shared shared;

    (void)state;
    memset(&shared, 0, sizeof(shared));
    crew_each(NULL, OUTER, mark_row, &shared);
    assert_int_equal(shared.done[OUTER - 1][INNER - 1], 1);
    crew_each(NULL, 0, mark_row, NULL);
}

/* Each body waits until the other is there: one thread alone would never
 * return. */
static void meet(void *arg, size_t i)
{
    const struct timespec pause = {0, 1000000};
    atomic_uint *here = arg;

    (void)i;
    atomic_fetch_add(here, 1);
    while (atomic_load(here) < 2)
        (void)nanosleep(&pause, NULL);
}

static void crew_each__runs_several_at_once(void **state)
{
    CLEANUP(crew_free) struct crew *crew = NULL;
    atomic_uint here = 0;
    struct err err;

    (void)state;
    assert_ok(crew_new(2, &crew, &err), err);
    crew_each(crew, 2, meet, &here);
    assert_int_equal(here, 2);
}

static void pace_take__is_no_faster_than_allowed(void **state)
{
    CLEANUP(pace_free) struct pace *pace = pace_new(1000000);
    double begun_s = clock_monotonic_s();

    (void)state;
    assert_non_null(pace);
    for (int i = 0; i < 20; i++)
        pace_take(pace, 5000);
    assert_true(clock_monotonic_s() - begun_s >= 0.099);
    pace_take(NULL, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crew_each__does_everything_once_also_inside_itself),
        cmocka_unit_test(crew_each__needs_no_crew),
        cmocka_unit_test(crew_each__runs_several_at_once),
        cmocka_unit_test(pace_take__is_no_faster_than_allowed),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
