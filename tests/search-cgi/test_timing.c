/* SPDX-License-Identifier: MIT */
/*
 * Neither the size of an answer nor the time it takes tells a record that is
 * closed, restricted or not published from one that is not there.
 *
 * Both are asked for in turn, in an order thrown anew each time, and the
 * processor time of the answers is compared: whatever else the machine does
 * meanwhile comes upon both alike. A sample is the least of TRIES answers, as
 * who wants to know would take it; there are $ROUNDS (100 unless told) of each,
 * and up to LOTS times as many where the machine is too restless for the
 * control.
 *
 * One test, the sign test of pairs: it fails where chance would explain in less
 * than one of 100,000 cases that of the pairs, one of each at the same time,
 * more than half have the hidden record's answer more than TOLD_SHARE slower,
 * or faster. It supposes nothing of how the times are spread. A control holds
 * the same samples, made 15 % slower, against it: by so much a restricted page
 * once was.
 */
#include <math.h>
#include <time.h>

#include "access/access_internal.h"
#include "search-cgi/dispatch.h"
#include "tests/search-cgi/form_volume.h"

/* Of the time of an answer: 0.1 ms of two, which is less than what a network
 * adds of its own. */
#define TOLD_SHARE    0.05
#define CONTROL_SHARE 0.15
#define TRIES         5
#define LOTS          4
#define LEAST_Z       4.26 /* of the normal distribution, one of 100,000 above */

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
    struct file_part file;
    double began_s;
    struct err err;

    assert_true(asprintf(&uri_line, "REQUEST_URI=%s", uri) > 0);
    assert_true(asprintf(&cookie_line, "HTTP_COOKIE=%s", cookie) > 0);
    {
        char *env[] = {uri_line, cookie_line, method, host, NULL};

        began_s = processor_s();
        assert_ok(dispatch(web, env, no_body, NULL, &out, &file, &err), err);
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

/* In how many pairs is x above factor times y? */
static double count_above(const double *x, const double *y, double factor,
                          size_t n)
{
    size_t above = 0;

    for (size_t i = 0; i < n; i++)
        above += x[i] > factor * y[i];
    return (double)above;
}

/* More often than in every other pair, and not by chance? */
static bool is_above(const double *x, const double *y, size_t n)
{
    return count_above(x, y, 1 + TOLD_SHARE, n) >
           (double)n / 2 + LEAST_Z * sqrt((double)n) / 2;
}

static bool tells(const double *hidden, const double *absent, size_t n)
{
    return is_above(hidden, absent, n) || is_above(absent, hidden, n);
}

/* Each once, in whichever order; status and size are the same. */
static void ask_both(const struct pair *p, double *hidden, double *absent)
{
    const char *cookie = p->who == 'n' ? notary : "";
    int status[2], order = (int)(random() & 1);
    size_t size[2];

    for (int k = 0; k < 2; k++) {
        bool is_hidden = k == order;
        double s = ask(cookie, is_hidden ? p->hidden : p->absent,
                       &status[is_hidden], &size[is_hidden]);
        double *least = is_hidden ? hidden : absent;

        *least = fmin(*least, s);
    }
    assert_int_equal(status[0], status[1]);
    assert_int_equal(size[0], size[1]);
}

static void measure(const struct pair *p, double *hidden, double *absent,
                    size_t rounds)
{
    for (size_t i = 0; i < rounds; i++) {
        hidden[i] = absent[i] = INFINITY;
        for (int k = 0; k < TRIES; k++)
            ask_both(p, &hidden[i], &absent[i]);
    }
}

/* What who takes the slower one for the hidden one is right in, too. */
static void report(const struct pair *p, const double *hidden,
                   const double *absent, double *sorted, size_t n)
{
    double above = count_above(hidden, absent, 1, n) / (double)n, median;

    memcpy(sorted, absent, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), compare);
    median = sorted[n / 2];
    for (size_t i = 0; i < n; i++)
        sorted[i] = hidden[i] / absent[i];
    qsort(sorted, n, sizeof(*sorted), compare);
    print_message("%s, %s: %.0f us, %+.1f %% (%+.1f to %+.1f), right %.0f of "
                  "100\n",
                  p->who == 'n' ? "notary" : "public", p->what, median * 1e6,
                  (sorted[n / 2] - 1) * 100, (sorted[n / 10] - 1) * 100,
                  (sorted[n - 1 - n / 10] - 1) * 100,
                  fmax(above, 1 - above) * 100);
}

/* Would it be seen, were the hidden one's answers that much slower? */
static bool sees_control(const double *hidden, const double *absent, size_t n)
{
    CLEANUP(free) double *slower = calloc(n, sizeof(*slower));

    assert_non_null(slower);
    for (size_t i = 0; i < n; i++)
        slower[i] = hidden[i] * (1 + CONTROL_SHARE);
    return tells(slower, absent, n);
}

/* More is measured only while too little would be seen: whether something is,
 * is asked once. */
static void compare_pair(const struct pair *p, size_t rounds)
{
    CLEANUP(free) double *hidden = calloc(LOTS * rounds, sizeof(*hidden));
    CLEANUP(free) double *absent = calloc(LOTS * rounds, sizeof(*absent));
    CLEANUP(free) double *sorted = calloc(LOTS * rounds, sizeof(*sorted));
    size_t n = 0;

    assert_true(hidden != NULL && absent != NULL && sorted != NULL);
    do {
        measure(p, hidden + n, absent + n, rounds);
        n += rounds;
    } while (n < LOTS * rounds && !sees_control(hidden, absent, n));
    report(p, hidden, absent, sorted, n);
    if (!sees_control(hidden, absent, n))
        fail_msg("%s: answers 15 %% slower would not be seen on this machine",
                 p->what);
    if (tells(hidden, absent, n))
        fail_msg("%s: the times tell that there is something", p->what);
}

static void hidden_record__takes_as_long_as_one_that_is_not_there(void **state)
{
    const char *wanted = getenv("ROUNDS");
    size_t rounds = wanted == NULL ? 100 : strtoul(wanted, NULL, 10);

    (void)state;
    assert_true(rounds >= 30);
    for (size_t i = 0; i < PAIRS; i++)
        compare_pair(&pairs[i], rounds);
}

static void make_archive(const char *dir)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct err err;

    web_archive_make(dir, &archive);
    assert_ok(access_open(archive->access, &access, &err), err);
    form_register_add(dir, archive, access, REGISTER);
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
