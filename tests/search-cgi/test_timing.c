/* SPDX-License-Identifier: MIT */
/*
 * Neither the size of an answer nor the time it takes tells a record that is
 * closed, restricted or not published from one that is not there.
 *
 * Both are asked for in turn, in an order thrown anew each time, many times
 * over ($ROUNDS, 200 unless told), and the processor time of the answers is
 * compared: whatever else the machine does meanwhile comes upon both alike. Two
 * figures say how far they differ: that of their medians, and how often, of
 * one answer each, the one to the hidden record took longer (1/2 when nothing
 * can be told). The thresholds are far below what a network adds of its own.
 */
#include <math.h>
#include <time.h>

#include "access/access_internal.h"
#include "search-cgi/dispatch.h"
#include "tests/search-cgi/form_volume.h"

/* Of the median: what somebody at the next machine could not see in one answer,
 * nor, with half a millisecond of jitter, in a thousand. */
#define MEDIAN_MAX_SHARE 0.04
/* Of one answer each, who guesses is right in at most so many of a hundred. */
#define GUESS_MAX 0.65

#define REGISTER  "odesos/family-register/1890-001"
#define TECHNICAL "primorski/technical/1979-107"

static struct archive *archive;
static struct web *web;
static char *notary;

static size_t no_body(void *from, char *out, size_t size)
{
    (void)from;
    (void)out;
    (void)size;
    return 0;
}

static double processor_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* @return processor time; the answer's status and size */
static double ask(const char *cookie, const char *uri, int *status,
                  size_t *size)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(free) char *uri_line = NULL;
    CLEANUP(free) char *cookie_line = NULL;
    char method[] = "REQUEST_METHOD=GET", host[] = "HTTP_HOST=archive.example";
    double began_s;
    struct err err;

    assert_true(asprintf(&uri_line, "REQUEST_URI=%s", uri) > 0);
    assert_true(asprintf(&cookie_line, "HTTP_COOKIE=%s", cookie) > 0);
    {
        char *env[] = {uri_line, cookie_line, method, host, NULL};

        began_s = processor_s();
        assert_ok(dispatch(web, env, no_body, NULL, &out, &err), err);
        began_s = processor_s() - began_s;
    }
    *status = web_status(buf_str(&out));
    *size = out.len;
    return began_s;
}

/* Addresses of one length; u public, n notary. */
static const struct pair {
    char who;
    const char *what;
    const char *hidden, *absent;
} pairs[] = {
    {'u', "closed page", "/page/" REGISTER "/0002", "/page/" REGISTER "/0008"},
    {'u', "restricted page", "/page/" REGISTER "/0003",
     "/page/" REGISTER "/0008"},
    {'u', "page not published", "/page/primorski/technical/1981-002/0001",
     "/page/primorski/technical/1981-009/0001"},
    {'u', "volume not published", "/volume/primorski/technical/1981-002",
     "/volume/primorski/technical/1981-009"},
    {'u', "picture of a closed page",
     "/iiif/odesos%2Ffamily-register%2F1890-001%2F0002/full/max/0/default.jpg",
     "/iiif/odesos%2Ffamily-register%2F1890-001%2F0008/full/max/0/default.jpg"},
    {'u', "words of a closed page", "/page/" REGISTER "/0002/boxes?q=x",
     "/page/" REGISTER "/0008/boxes?q=x"},
    {'n', "restricted page", "/page/" REGISTER "/0003",
     "/page/" REGISTER "/0008"},
    {'n', "row of a restricted page", "/page/" REGISTER "/0003/row/r02",
     "/page/" REGISTER "/0008/row/r02"},
    /* Живиев, and one letter else. */
    {'u', "search for who stands on a closed page",
     "/?q=%D0%96%D0%B8%D0%B2%D0%B8%D0%B5%D0%B2",
     "/?q=%D0%96%D0%B8%D0%B2%D0%B8%D0%B5%D0%BD"},
    /* Осиновиев */
    {'n', "search for who stands on a restricted page",
     "/?q=%D0%9E%D1%81%D0%B8%D0%BD%D0%BE%D0%B2%D0%B8%D0%B5%D0%B2",
     "/?q=%D0%9E%D1%81%D0%B8%D0%BD%D0%BE%D0%B2%D0%B8%D0%B5%D0%BD"},
};
#define PAIRS (sizeof(pairs) / sizeof(*pairs))

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* How often x is above y, of all pairs of one of each (Mann and Whitney's U,
 * over their number). */
static double share_above(const double *x, const double *y, size_t n)
{
    double above = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            above += x[i] > y[k] ? 1 : x[i] < y[k] ? 0 : 0.5;
    return above / ((double)n * (double)n);
}

static void measure(const struct pair *p, double *hidden, double *absent,
                    size_t rounds)
{
    const char *cookie = p->who == 'n' ? notary : "";

    for (size_t i = 0; i < rounds; i++) {
        int status[2], order = (int)(random() & 1);
        size_t size[2];

        for (int k = 0; k < 2; k++) {
            bool is_hidden = (k == 0) == (order == 0);
            double s = ask(cookie, is_hidden ? p->hidden : p->absent,
                           &status[is_hidden], &size[is_hidden]);

            (is_hidden ? hidden : absent)[i] = s;
        }
        assert_int_equal(status[0], status[1]);
        assert_int_equal(size[0], size[1]);
    }
}

static void hidden_record__takes_as_long_as_one_that_is_not_there(void **state)
{
    const char *wanted = getenv("ROUNDS");
    size_t rounds = wanted == NULL ? 200 : strtoul(wanted, NULL, 10);
    CLEANUP(free) double *hidden = calloc(rounds, sizeof(*hidden));
    CLEANUP(free) double *absent = calloc(rounds, sizeof(*absent));

    (void)state;
    assert_true(rounds > 0 && hidden != NULL && absent != NULL);
    for (size_t i = 0; i < PAIRS; i++) {
        const struct pair *p = &pairs[i];
        double guess, share, median;

        measure(p, hidden, absent, rounds);
        guess = share_above(hidden, absent, rounds);
        qsort(hidden, rounds, sizeof(*hidden), compare);
        qsort(absent, rounds, sizeof(*absent), compare);
        median = absent[rounds / 2];
        share = (hidden[rounds / 2] - median) / median;
        print_message("%s, %s: %.0f us, %+.1f %%, guessed right %.0f of 100\n",
                      p->who == 'n' ? "notary" : "public", p->what,
                      median * 1e6, share * 100, fmax(guess, 1 - guess) * 100);
        if (fabs(share) > MEDIAN_MAX_SHARE &&
            fmax(guess, 1 - guess) > GUESS_MAX)
            fail_msg("%s: the times tell that there is something", p->what);
    }
}

static const struct form_page register_pages[] = {
    {{"Древниев", "Стариев", "Предишниев", "Съседев"}, "1838-01-01"},
    {{"Живиев", "Младиев", "Днешниев", "Близкиев"}, "1990-01-01"},
    {{"Осиновиев", "Приетиев", "Родниев", "Странични"}, "1838-01-01"},
};

static void grant_public(struct access *access, const char *action)
{
    struct right right = {.role = "public",
                          .series = "family-register",
                          .condition = "published"};
    struct err err;

    (void)snprintf(right.action, sizeof(right.action), "%s", action);
    assert_ok(access_grant(access, &right, &err), err);
}

static void make_archive(const char *dir)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct err err;

    web_archive_make(dir, &archive);
    form_volume_add(
        dir, archive, &(struct web_volume){REGISTER, "Стар", "1890", ""},
        register_pages, sizeof(register_pages) / sizeof(*register_pages));
    assert_ok(access_open(archive->access, &access, &err), err);
    grant_public(access, "search");
    grant_public(access, "view");
    assert_ok(access_publish(access, REGISTER, &err), err);
    assert_ok(access_restrict(access, REGISTER "/0003", "осиновяване", &err),
              err);
    notary = web_log_in(archive, "notary");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hidden_record__takes_as_long_as_one_that_is_not_there),
    };
    void *dir = NULL;
    struct err err;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    make_archive(dir);
    srandom((unsigned)time(NULL));
    if (setenv("TEFTER_ARCHIVE", archive->dir, 1) != 0 ||
        setenv("TEFTER_SHARE", SHARE_DIR, 1) != 0 || web_open(&web, &err) != 0)
        return 1;
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    web_close(web);
    free(notary);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
