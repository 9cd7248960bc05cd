/* SPDX-License-Identifier: MIT */
/*
 * Paying through the pages, as a browser does it: the price stands before the
 * page, the page is charged once, and what cannot be shown costs nothing; also
 * when processes are killed in the middle of it ($KILLS, 40 unless told).
 */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#include "access/access_internal.h"
#include "access/ledger.h"
#include "tests/search-cgi/web_archive.h"

#define FAMILY_PAGE "odesos/family-register/1938-012/0001"
#define FAMILY_NEXT "odesos/family-register/1938-012/0002"
#define TAX_PAGE    "mladost/local-tax/1957-034/0001"
#define TECHNICAL   "primorski/technical/1979-107/0001"
#define SECRET      "тайнасемейна"
/* The same, encoded. */
#define SECRET_QUERY \
    "%D1%82%D0%B0%D0%B9%D0%BD%D0%B0%D1%81%D0%B5%D0%BC%D0%B5%D0%B9%D0%BD%D0%B0"
#define IMAGE "/iiif/odesos%2Ffamily-register%2F1938-012%2F0001/"

static struct archive *archive;

static struct access *open_access(void)
{
    struct access *access = NULL;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    return access;
}

static void set_price(const char *role, const char *series, int64_t cents)
{
    CLEANUP(access_close) struct access *access = open_access();
    struct price p = {.cents = cents};
    struct err err;

    (void)snprintf(p.role, sizeof(p.role), "%s", role);
    (void)snprintf(p.series, sizeof(p.series), "%s", series);
    assert_ok(price_set(access, &p, &err), err);
}

static int64_t has(const char *payer)
{
    CLEANUP(access_close) struct access *access = open_access();
    int64_t cents = 0;
    struct err err;

    assert_ok(ledger_balance(access, payer, &cents, &err), err);
    return cents;
}

static void assert_sound(void)
{
    CLEANUP(access_close) struct access *access = open_access();
    struct ledger_sum sum;
    int64_t count;
    struct err err;

    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
}

static char *get(const char *cookie, const char *uri)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = cookie, .language = "en"});
}

static int status_of(const char *cookie, const char *uri)
{
    CLEANUP(free) char *answer = get(cookie, uri);

    return web_status(answer);
}

/* The value of a hidden field; "" when there is none. The caller frees it. */
static char *hidden(const char *answer, const char *name)
{
    char start[64];
    const char *at;

    (void)snprintf(start, sizeof(start), "name=\"%s\" value=\"", name);
    at = strstr(answer, start);
    if (at == NULL)
        return strdup("");
    at += strlen(start);
    return strndup(at, strcspn(at, "\""));
}

/* The token of this session's forms. */
static char *token_of(const char *cookie)
{
    CLEANUP(free) char *answer = get(cookie, "/account");

    return hidden(answer, "csrf");
}

static char *post_open(const char *cookie, const char *page, const char *token,
                       int64_t cents)
{
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *form = NULL;

    assert_true(asprintf(&uri, "/page/%s/open", page) > 0);
    assert_true(asprintf(&form, "csrf=%s&cents=%lld&q=%%D0%%B8", token,
                         (long long)cents) > 0);
    return web_ask(archive->dir, &(struct ask){.method = "POST",
                                               .uri = uri,
                                               .cookie = cookie,
                                               .form = form,
                                               .language = "en"});
}

static int open_page(const char *cookie, const char *page, int64_t cents)
{
    CLEANUP(free) char *token = token_of(cookie);
    CLEANUP(free) char *answer = post_open(cookie, page, token, cents);

    return web_status(answer);
}

/* Notary: 1.50 a family page, 2.00 any other, 3.60 in hand. Bailiff: the same
 * prices, exempt. Bank: 5.00, and may owe 5.00. */
static void make_prices(void)
{
    CLEANUP(access_close) struct access *access = open_access();
    struct err err;

    /* An archive that shows them whole pages. */
    for (int i = 0; i < 2; i++) {
        struct right right = {.series = "family-register",
                              .action = "view",
                              .condition = "ground"};

        (void)snprintf(right.role, sizeof(right.role), "%s",
                       i == 0 ? "notary" : "bailiff");
        assert_ok(access_grant(access, &right, &err), err);
    }
    set_price("notary", "*", 200);
    set_price("notary", "family-register", 150);
    set_price("bailiff", "*", 200);
    set_price("bank", "*", 500);
    assert_ok(ledger_top_up(access, "notary", 360, "TRF 1", &err), err);
    assert_ok(
        terms_set(access, "bailiff", &(struct terms){TERMS_EXEMPT, 0}, &err),
        err);
    assert_ok(
        terms_set(access, "bank", &(struct terms){TERMS_POSTPAID, 500}, &err),
        err);
}

/* What each role gets of a page that it has not paid for, written by hand: p
 * public, o operator, c clerk, n notary, k bank, b bailiff (exempt), a auditor,
 * m admin. */
static const struct {
    const char *uri;
    int status[WEB_ROLES];
} unpaid[] = {
    /*                          p    o    c    n    k    b    a    m */
    {"/page/" FAMILY_PAGE, {404, 403, 200, 402, 404, 200, 403, 200}},
    {"/page/" FAMILY_PAGE "?q=x", {404, 403, 200, 402, 404, 200, 403, 200}},
    {"/page/" FAMILY_PAGE "/boxes?q=x",
     {404, 403, 200, 402, 404, 200, 403, 200}},
    {"/page/" FAMILY_PAGE "/form", {404, 403, 200, 402, 404, 200, 403, 200}},
    {"/page/" TAX_PAGE, {404, 403, 200, 402, 402, 200, 403, 200}},
    {"/page/" TAX_PAGE "/boxes?q=x", {404, 403, 200, 402, 402, 200, 403, 200}},
    {"/page/" TECHNICAL, {200, 403, 200, 402, 402, 200, 403, 200}},
    {"/page/odesos/family-register/1938-012/0009",
     {404, 403, 404, 404, 404, 404, 403, 404}},
    {IMAGE "full/max/0/default.jpg", {404, 404, 200, 402, 404, 200, 404, 200}},
    {IMAGE "0,0,512,512/256,/0/default.jpg",
     {404, 404, 200, 402, 404, 200, 404, 200}},
    {IMAGE "info.json", {404, 404, 200, 402, 404, 200, 404, 200}},
    {"/iiif/odesos%2Ffamily-register%2F1938-012%2F0001",
     {404, 404, 303, 402, 404, 303, 404, 303}},
    {"/iiif/odesos%2Ffamily-register%2F1938-012%2F0009/info.json",
     {404, 404, 404, 404, 404, 404, 404, 404}},
    {"/page/" FAMILY_PAGE "/open", {405, 405, 405, 405, 405, 405, 405, 405}},
    /* What stays free. */
    {"/?q=%D0%BE%D0%B1%D1%89%D0%BE", {200, 403, 200, 200, 200, 200, 403, 200}},
    {"/volume/odesos/family-register/1938-012",
     {404, 403, 200, 200, 404, 200, 403, 200}},
    {"/account", {200, 200, 200, 200, 200, 200, 200, 200}},
    {"/account/statement?month=2026-11",
     {404, 200, 200, 200, 200, 200, 200, 200}},
    {"/account/statement?month=2026", {404, 400, 400, 400, 400, 400, 400, 400}},
};

static void price__stands_before_whatever_is_of_the_page(void **state)
{
    (void)state;
    for (size_t r = 0; r < WEB_ROLES; r++) {
        CLEANUP(free) char *cookie = web_log_in(archive, web_roles[r]);

        for (size_t i = 0; i < sizeof(unpaid) / sizeof(*unpaid); i++) {
            CLEANUP(free) char *answer = get(cookie, unpaid[i].uri);
            int status = web_status(answer);

            if (status != unpaid[i].status[r])
                fail_msg("%s as %s: %d, not %d", unpaid[i].uri, web_roles[r],
                         status, unpaid[i].status[r]);
            if (status == 402 && (strstr(answer, SECRET) != NULL ||
                                  strstr(answer, "image/jpeg") != NULL))
                fail_msg("%s as %s shows it", unpaid[i].uri, web_roles[r]);
        }
    }
    assert_int_equal(has("notary"), 360);
    assert_sound();
}

/* Words round a hit are part of the page; without a price they are told. */
static void price__stands_before_what_is_round_a_hit(void **state)
{
    static const char uri[] = "/?q=%D0%BE%D0%B1%D1%89%D0%BE";
    CLEANUP(free) char *notary = web_log_in(archive, "notary");
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");
    CLEANUP(free) char *paying = get(notary, uri);
    CLEANUP(free) char *free_of_it = get(clerk, uri);

    (void)state;
    assert_non_null(strstr(paying, "<mark>общо</mark>"));
    assert_null(strstr(paying, SECRET));
    assert_non_null(strstr(free_of_it, SECRET));
}

static void price__is_told_before_and_no_picture_is_shown(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *hits = get(cookie, "/?q=%D0%BE%D0%B1%D1%89%D0%BE");
    CLEANUP(free)
    char *volume = get(cookie, "/volume/odesos/family-register/1938-012");
    CLEANUP(free) char *offer = get(cookie, "/page/" FAMILY_PAGE "?q=x");
    CLEANUP(free)
    char *json = web_ask(
        archive->dir, &(struct ask){.uri = "/page/" FAMILY_PAGE "?format=json",
                                    .cookie = cookie,
                                    .language = "en"});

    (void)state;
    assert_non_null(strstr(hits, "Opening costs 1.50 euro"));
    assert_non_null(strstr(hits, "Opening costs 2.00 euro"));
    assert_null(strstr(hits, "/iiif/"));
    assert_non_null(strstr(volume, "Opening costs 1.50 euro"));
    assert_null(strstr(volume, "/iiif/"));
    assert_non_null(strstr(offer, "Open for 1.50 euro"));
    assert_non_null(strstr(offer, "3.60 euro"));
    assert_non_null(strstr(json, "\"price_cents\": 150"));
}

/* Are places of words on this page told at the address? It must name the
 * page in any case. */
static bool tells_places(const char *cookie, const char *uri, const char *page,
                         const char *place)
{
    CLEANUP(free) char *answer = get(cookie, uri);
    const char *hit = strstr(answer, page);

    assert_int_equal(web_status(answer), 200);
    if (hit == NULL)
        fail_msg("%s", answer);
    return strstr(hit, place) != NULL;
}

/* Of a list of hits, and of what a viewer asks for. */
static void check_places(const char *cookie, bool told)
{
    assert_int_equal(tells_places(cookie,
                                  "/?format=json&q=" SECRET_QUERY
                                  "&series=family"
                                  "-register",
                                  FAMILY_PAGE, "\"boxes\": [\n"),
                     told);
    assert_int_equal(tells_places(cookie,
                                  "/volume/odesos/family-register/1938-012"
                                  "/find.json?q=" SECRET_QUERY,
                                  "/canvas/0001", "#xywh="),
                     told);
}

static void open__charges_once_and_shows(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *wrong = NULL;
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *offer = NULL;
    CLEANUP(free) char *account = NULL;

    (void)state;
    check_places(cookie, false);
    wrong = post_open(cookie, FAMILY_PAGE, "0123", 150);
    assert_int_equal(web_status(wrong), 403);
    assert_int_equal(open_page(cookie, FAMILY_PAGE, 149), 409);
    assert_int_equal(open_page(cookie, FAMILY_PAGE, -1), 409);
    assert_int_equal(has("notary"), 360);
    assert_int_equal(open_page(cookie, FAMILY_PAGE, 150), 303);
    assert_int_equal(open_page(cookie, FAMILY_PAGE, 150), 303);
    assert_int_equal(has("notary"), 210);
    page = get(cookie, "/page/" FAMILY_PAGE);
    assert_int_equal(web_status(page), 200);
    assert_non_null(strstr(page, SECRET));
    check_places(cookie, true);
    assert_int_equal(status_of(cookie, IMAGE "full/max/0/default.jpg"), 200);
    assert_int_equal(status_of(cookie, IMAGE "info.json"), 200);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_PAGE "/boxes?q=x"), 200);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_NEXT), 402);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_PAGE), 200);
    assert_int_equal(has("notary"), 210);
    /* 2.10 does not reach for 2.00 and 1.50. */
    assert_int_equal(open_page(cookie, TAX_PAGE, 200), 303);
    assert_int_equal(status_of(cookie, "/page/" TAX_PAGE), 200);
    assert_int_equal(open_page(cookie, FAMILY_NEXT, 150), 402);
    offer = get(cookie, "/page/" FAMILY_NEXT);
    assert_non_null(strstr(offer, "Your balance does not reach"));
    assert_int_equal(has("notary"), 10);
    account = get(cookie, "/account");
    assert_non_null(strstr(account, "page opened"));
    assert_non_null(strstr(account, FAMILY_PAGE));
    assert_sound();
}

/* A notary of his own, with 9.00 euro and a ground: his cookie. */
static char *new_notary(struct access *access, const char *identifier)
{
    struct account a = {.name = "Нотариус", .role = "notary"};
    char token[SESSION_TOKEN_SIZE], *cookie = NULL;
    struct err err;

    (void)snprintf(a.identifier, sizeof(a.identifier), "%s", identifier);
    assert_ok(account_add(access, &a, CODE_OF_ALL, &err), err);
    assert_ok(ledger_top_up(access, identifier, 900, "TRF", &err), err);
    assert_ok(session_begin(access, identifier, CODE_OF_ALL, "", token, &err),
              err);
    web_state_ground(access, "notary", token);
    assert_true(asprintf(&cookie, "tefter_session=%s", token) > 0);
    return cookie;
}

/* The search that showed the page, by its number in the trail; nothing of what
 * the form says, and nothing of what others have looked for. */
static void charge__names_the_search_that_the_trail_knows(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(audit_list_fini) struct audit_list charges = {NULL, 0};
    CLEANUP(audit_list_fini) struct audit_list searches = {NULL, 0};
    CLEANUP(free) char *one = new_notary(access, "searcher");
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");
    CLEANUP(free) char *expected = NULL;
    struct err err;

    (void)state;
    assert_int_equal(open_page(one, TAX_PAGE, 200), 303);
    assert_int_equal(status_of(one, "/?q=%D0%BE%D0%B1%D1%89%D0%BE"), 200);
    assert_int_equal(status_of(clerk, "/?q=-x"), 200);
    assert_int_equal(status_of(one, "/?q=nothing-of-it"), 200);
    assert_int_equal(open_page(one, TECHNICAL, 200), 303);
    assert_ok(
        audit_list(access,
                   &(struct audit_filter){.kind = "charge", .who = "searcher"},
                   &charges, &err),
        err);
    assert_ok(audit_list(access,
                         &(struct audit_filter){.kind = "search",
                                                .who = "searcher",
                                                .about = TECHNICAL},
                         &searches, &err),
              err);
    assert_int_equal(charges.count, 2);
    assert_int_equal(searches.count, 1);
    assert_non_null(strstr(charges.items[0].detail, " search=-"));
    assert_true(asprintf(&expected,
                         " search=%lld asked=/?q=%%D0%%BE%%D0%%B1%%D1%%89%%D0"
                         "%%BE",
                         (long long)searches.items[0].seq) > 0);
    assert_non_null(strstr(charges.items[1].detail, expected));
    assert_null(strstr(charges.items[1].detail, "q=%D0%B8"));
    assert_int_equal(status_of(one, "/page/" TAX_PAGE), 200);
    assert_int_equal(status_of(one, "/page/" TECHNICAL), 200);
    assert_sound();
}

static void open__is_absent_where_the_page_is(void **state)
{
    CLEANUP(free) char *bank = web_log_in(archive, "bank");

    (void)state;
    assert_int_equal(open_page(bank, FAMILY_PAGE, 500), 404);
    assert_int_equal(open_page(bank, "mladost/local-tax/1957-034/0009", 500),
                     404);
    assert_int_equal(has("bank"), 0);
    assert_int_equal(open_page(bank, TAX_PAGE, 500), 303);
    assert_int_equal(has("bank"), -500);
    assert_int_equal(open_page(bank, TECHNICAL, 500), 402);
    assert_sound();
}

/* The notary, who has money enough, has paid for the page. The caller frees the
 * cookie.
 * @return what he had before */
static int64_t pay_for(const char *page, int cents, char **cookie)
{
    CLEANUP(access_close) struct access *access = open_access();
    int64_t before;
    struct err err;

    assert_ok(ledger_top_up(access, "notary", 1000, "TRF 2", &err), err);
    before = has("notary");
    *cookie = web_log_in(archive, "notary");
    assert_int_equal(open_page(*cookie, page, cents), 303);
    assert_int_equal(has("notary"), before - cents);
    return before;
}

/* The master cannot be read: the page is not shown, and costs nothing. */
static void open__gives_back_what_cannot_be_shown(void **state)
{
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *hide = NULL;
    CLEANUP(free) char *back = NULL;
    int64_t before = pay_for(FAMILY_NEXT, 150, &cookie);

    (void)state;
    assert_true(asprintf(&hide,
                         "cd '%s' && mv store store-away && rm -rf "
                         "cache/pyramids",
                         archive->dir) > 0);
    assert_true(
        asprintf(&back, "cd '%s' && mv store-away store", archive->dir) > 0);
    assert_int_equal(system(hide), 0);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_NEXT), 500);
    assert_int_equal(system(back), 0);
    assert_int_equal(has("notary"), before);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_NEXT), 402);
    assert_int_equal(open_page(cookie, FAMILY_NEXT, 150), 303);
    assert_int_equal(status_of(cookie, "/page/" FAMILY_NEXT), 200);
    assert_int_equal(has("notary"), before - 150);
    assert_sound();
}

#define LOST_PAGE "mladost/local-tax/1957-034/0002"

/* What the archive can still tell in words of a page whose picture it cannot
 * make is not what was paid for. */
static void hide_masters(bool hide)
{
    CLEANUP(free) char *command = NULL;

    assert_true(asprintf(&command,
                         "cd '%s' && rm -rf cache/pyramids && find store -name "
                         "'*.tif%s' | while read f; do mv \"$f\" \"%s\"; done",
                         archive->dir, hide ? "" : ".away",
                         hide ? "$f.away" : "${f%.away}") > 0);
    assert_int_equal(system(command), 0);
}

static void open__gives_no_text_of_what_has_no_picture(void **state)
{
    static const char *const texts[] = {"/alto.xml", "/boxes?q=x", "/form", ""};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CLEANUP(free) char *cookie = NULL;
        CLEANUP(free) char *uri = NULL;
        CLEANUP(free) char *answer = NULL;
        int64_t before;

        before = pay_for(LOST_PAGE, 200, &cookie);
        assert_true(asprintf(&uri, "/page/" LOST_PAGE "%s", texts[i]) > 0);
        hide_masters(true);
        answer = get(cookie, uri);
        hide_masters(false);
        assert_int_equal(web_status(answer), 500);
        assert_int_equal(has("notary"), before);
        assert_int_equal(status_of(cookie, uri), 402);
        assert_sound();
    }
}

/* Shown in words, and then the picture is lost before it was shown: it is given
 * back; after it was shown, nothing is. */
static void open__gives_back_what_no_picture_was_shown_of(void **state)
{
    static const char image[] =
        "/iiif/mladost%2Flocal-tax%2F1957-034%2F0002/full/max/0/default.jpg";
    CLEANUP(free) char *cookie = NULL;
    int64_t before = pay_for(LOST_PAGE, 200, &cookie);

    (void)state;
    assert_int_equal(status_of(cookie, "/page/" LOST_PAGE), 200);
    assert_int_equal(status_of(cookie, "/iiif/mladost%2Flocal-tax%2F1957-034%2F"
                                       "0002/full/0,/0/default.jpg"),
                     400); /* his own fault */
    assert_int_equal(has("notary"), before - 200);
    hide_masters(true);
    assert_int_equal(status_of(cookie, image), 500);
    assert_int_equal(has("notary"), before);
    assert_int_equal(status_of(cookie, image), 402);
    assert_int_equal(status_of(cookie, "/page/" LOST_PAGE "/alto.xml"), 402);
    hide_masters(false);
    assert_sound();
    assert_int_equal(open_page(cookie, LOST_PAGE, 200), 303);
    assert_int_equal(status_of(cookie, "/page/" LOST_PAGE), 200);
    assert_int_equal(status_of(cookie, image), 200);
    hide_masters(true);
    assert_int_equal(status_of(cookie, image), 500);
    hide_masters(false);
    assert_int_equal(has("notary"), before - 200);
    assert_int_equal(status_of(cookie, image), 200);
    assert_sound();
}

/* The head of an answer shows nothing; and what is restricted meanwhile is not
 * shown any more, and costs nothing. */
static void open__gives_back_what_is_gone(void **state)
{
    static const char page[] = "mladost/local-tax/1957-034/0002";
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *head = NULL;
    CLEANUP(free) char *uri = NULL;
    int64_t before = pay_for(page, 200, &cookie);
    struct err err;

    (void)state;
    assert_true(asprintf(&uri, "/page/%s", page) > 0);
    head =
        web_ask(archive->dir,
                &(struct ask){.method = "HEAD", .uri = uri, .cookie = cookie});
    assert_int_equal(web_status(head), 200);
    assert_int_equal(has("notary"), before - 200);
    assert_ok(access_restrict(access, page, "осиновяване", &err), err);
    assert_int_equal(status_of(cookie, uri), 404);
    assert_int_equal(has("notary"), before);
    assert_ok(access_unrestrict(access, page, "по погрешка", &err), err);
    assert_int_equal(status_of(cookie, uri), 402);
    assert_sound();
}

/* ---- killed ------------------------------------------------------------ */

#define READERS      32
#define PAYERS_MAX   160
#define PAGES        6
#define KILLED_MAX_S 600

static const char *const kill_pages[PAGES] = {
    FAMILY_PAGE, FAMILY_NEXT,
    TAX_PAGE,    "mladost/local-tax/1957-034/0002",
    TECHNICAL,   "primorski/technical/1979-107/0002"};

struct killed {
    atomic_int kills, answers;
    atomic_int shown[PAYERS_MAX][PAGES];
    int payers, wanted;
    char cookie[PAYERS_MAX][128];
    char token[PAYERS_MAX][SESSION_TOKEN_SIZE];
};

static unsigned below(unsigned *state, unsigned n)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % n;
}

/* One request, killed within 30 ms half of the time; true when it answered with
 * a page. */
static bool ask_or_kill(struct killed *k, unsigned *seed, const struct ask *ask)
{
    int in[2], out[2], status = 0;
    bool kills = below(seed, 2) == 0;
    char block[256] = "";
    ssize_t n = 0;
    pid_t child;

    if (pipe(in) != 0 || pipe(out) != 0)
        _exit(3);
    child = fork();
    if (child == 0) {
        if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
            _exit(126);
        (void)close(in[1]);
        (void)close(out[0]);
        web_exec(archive->dir, ask);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    if (ask->form != NULL && write(in[1], ask->form, strlen(ask->form)) < 0)
        n = 0;
    (void)close(in[1]);
    if (kills) {
        struct timespec pause = {0, (long)below(seed, 300) * 1000000};

        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
    }
    n = read(out[0], block, sizeof(block) - 1);
    while (n > 0 && read(out[0], block + 200, 50) > 0)
        continue;
    (void)close(out[0]);
    if (waitpid(child, &status, 0) != child)
        _exit(3);
    if (WIFSIGNALED(status))
        (void)atomic_fetch_add(&k->kills, 1);
    else
        (void)atomic_fetch_add(&k->answers, 1);
    return n > 0 && strncmp(block, "Status: 200", 11) == 0;
}

static void read_on(struct killed *k, unsigned seed)
{
    time_t end = time(NULL) + KILLED_MAX_S;

    while (atomic_load(&k->kills) < k->wanted && time(NULL) < end) {
        unsigned who = below(&seed, (unsigned)k->payers);
        unsigned what = below(&seed, PAGES);
        CLEANUP(free) char *uri = NULL;
        CLEANUP(free) char *form = NULL;

        if (asprintf(&uri, "/page/%s/open", kill_pages[what]) < 0 ||
            asprintf(&form, "csrf=%s&cents=100", k->token[who]) < 0)
            _exit(3);
        (void)ask_or_kill(k, &seed,
                          &(struct ask){.method = "POST",
                                        .uri = uri,
                                        .cookie = k->cookie[who],
                                        .form = form});
        uri[strlen(uri) - strlen("/open")] = '\0';
        if (ask_or_kill(k, &seed,
                        &(struct ask){.uri = uri, .cookie = k->cookie[who]}))
            atomic_store(&k->shown[who][what], 1);
    }
    _exit(0);
}

static void add_payers(struct killed *k)
{
    CLEANUP(access_close) struct access *access = open_access();
    struct err err;

    set_price("notary", "*", 100);
    set_price("notary", "family-register", 100);
    for (int i = 0; i < k->payers; i++) {
        struct account a = {.name = "Н", .role = "notary"};
        char session[SESSION_TOKEN_SIZE];

        (void)snprintf(a.identifier, sizeof(a.identifier), "payer-%03d", i);
        assert_ok(account_add(access, &a, CODE_OF_ALL, &err), err);
        assert_ok(
            session_begin(access, a.identifier, CODE_OF_ALL, "", session, &err),
            err);
        web_state_ground(access, "notary", session);
        /* Four of the six: the limit is met as well. */
        assert_ok(ledger_top_up(access, a.identifier, 400, "TRF", &err), err);
        (void)snprintf(k->cookie[i], sizeof(k->cookie[i]), "tefter_session=%s",
                       session);
        assert_ok(session_account(access, session, &a, k->token[i], &err), err);
    }
}

/* What a reader was shown, he has paid for, and it was not given back. */
static void assert_paid(struct access *access, const struct killed *k)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int shown = 0;
    struct err err;

    assert_ok(db_prepare(access->db,
                         "SELECT count(*) FROM purchase WHERE payer = ?1 AND"
                         " item = ?2 AND delivered IS NOT NULL",
                         &s, &err),
              err);
    for (int i = 0; i < k->payers; i++) {
        for (int p = 0; p < PAGES; p++) {
            char payer[32];

            if (atomic_load(&k->shown[i][p]) == 0)
                continue;
            (void)snprintf(payer, sizeof(payer), "payer-%03d", i);
            stmt_bind_text(s, 1, payer);
            stmt_bind_text(s, 2, kill_pages[p]);
            assert_int_equal(stmt_step(s, &err), 1);
            assert_int_equal(stmt_int(s, 0), 1);
            stmt_reset(s);
            shown++;
        }
    }
    assert_true(shown > 0);
}

static void paying__survives_kills(void **state)
{
    struct killed *k = mmap(NULL, sizeof(*k), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *wanted = getenv("KILLS");
    struct access *access;
    struct ledger_sum sum;
    int64_t given_back, count;
    unsigned seed = (unsigned)time(NULL);
    struct err err;

    (void)state;
    assert_true(k != MAP_FAILED);
    k->wanted = wanted == NULL ? 40 : atoi(wanted);
    k->payers = k->wanted / 4 + 4 < PAYERS_MAX ? k->wanted / 4 + 4 : PAYERS_MAX;
    add_payers(k);
    for (unsigned i = 0; i < READERS; i++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
            read_on(k, seed + i * 7919);
    }
    for (int i = 0, status; i < READERS; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_true(atomic_load(&k->kills) >= k->wanted);
    /* A day later: what nobody came back for was given back. */
    access = open_access();
    assert_paid(access, k);
    access->ahead_ms = (int64_t)25 * 3600 * 1000;
    assert_ok(ledger_settle(access, &given_back, &err), err);
    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_int_equal(sum.charges, sum.shown + sum.reversals);
    print_message("seed %u: %d kills, %d answers, %lld charges, %lld shown, "
                  "%lld given back, %lld of them after a day\n",
                  seed, atomic_load(&k->kills), atomic_load(&k->answers),
                  (long long)sum.charges, (long long)sum.shown,
                  (long long)sum.reversals, (long long)given_back);
    access_close(access);
    (void)munmap(k, sizeof(*k));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(price__stands_before_whatever_is_of_the_page),
        cmocka_unit_test(price__stands_before_what_is_round_a_hit),
        cmocka_unit_test(price__is_told_before_and_no_picture_is_shown),
        cmocka_unit_test(open__charges_once_and_shows),
        cmocka_unit_test(charge__names_the_search_that_the_trail_knows),
        cmocka_unit_test(open__is_absent_where_the_page_is),
        cmocka_unit_test(open__gives_back_what_cannot_be_shown),
        cmocka_unit_test(open__gives_back_what_is_gone),
        cmocka_unit_test(open__gives_no_text_of_what_has_no_picture),
        cmocka_unit_test(open__gives_back_what_no_picture_was_shown_of),
        cmocka_unit_test(paying__survives_kills),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    make_prices();
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
