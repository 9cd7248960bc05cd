/* SPDX-License-Identifier: MIT */
/*
 * Rows instead of pages: who may see rows alone gets the row or household that
 * he opened, and of everybody else nothing, neither text nor pixel.
 */
#include "access/access_internal.h"
#include "access/ledger.h"
#include "common/json.h"
#include "search-cgi/png_file.h"
#include "tests/search-cgi/form_volume.h"

#include <png.h>

#define VOLUME "odesos/family-register/1940-001"
#define PAGE   VOLUME "/0001"
#define ROW    "/page/" PAGE "/row/"
#define IMAGE  "/iiif/odesos%2Ffamily-register%2F1940-001%2F0001"
#define OTHERS "odesos/family-register/1938-012/0001" /* rows not known */

static struct archive *archive;

static const struct form_page form = {
    .names = {"Първиев", "Вториев", "Третиев", "Чуждиев"},
    .birth_date = "1938-01-01"};

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

/* Written by hand: p public, o operator, c clerk, n notary, k bank, b bailiff,
 * a auditor, m admin. Nothing costs anything yet. */
static const struct {
    const char *uri;
    int status[WEB_ROLES];
} table[] = {
    /*                          p    o    c    n    k    b    a    m */
    {"/page/" PAGE, {404, 403, 200, 200, 404, 200, 403, 200}},
    {"/page/" PAGE "/boxes?q=x", {404, 403, 200, 404, 404, 404, 403, 200}},
    {"/page/" PAGE "/form", {404, 403, 200, 404, 404, 404, 403, 200}},
    {IMAGE "/info.json", {404, 404, 200, 404, 404, 404, 404, 200}},
    {IMAGE "/full/max/0/default.jpg", {404, 404, 200, 404, 404, 404, 404, 200}},
    {ROW "r02", {404, 403, 200, 200, 404, 200, 403, 200}},
    {ROW "h01", {404, 403, 200, 200, 404, 200, 403, 200}},
    {ROW "r05", {404, 403, 200, 200, 404, 200, 403, 200}},
    /* The household is no row, a row no household, and there is no sixth. */
    {ROW "r01", {404, 403, 404, 404, 404, 404, 403, 404}},
    {ROW "h02", {404, 403, 404, 404, 404, 404, 403, 404}},
    {ROW "r06", {404, 403, 404, 404, 404, 404, 403, 404}},
    {ROW "r2", {404, 403, 404, 404, 404, 404, 403, 404}},
    {ROW "r002", {404, 403, 404, 404, 404, 404, 403, 404}},
    {ROW "x02", {404, 403, 404, 404, 404, 404, 403, 404}},
    {"/page/" OTHERS "/row/r01", {404, 403, 404, 404, 404, 404, 403, 404}},
    {IMAGE "%2Fr02/info.json", {404, 404, 200, 200, 404, 200, 404, 200}},
    {IMAGE "%2Fr02/full/max/0/default.jpg",
     {404, 404, 200, 200, 404, 200, 404, 200}},
    {IMAGE "%2Fr06/full/max/0/default.jpg",
     {404, 404, 404, 404, 404, 404, 404, 404}},
    {ROW "r02/open", {405, 405, 405, 405, 405, 405, 405, 405}},
};

static void row__is_for_whom_the_table_says(void **state)
{
    (void)state;
    for (size_t r = 0; r < WEB_ROLES; r++) {
        CLEANUP(free) char *cookie = web_log_in(archive, web_roles[r]);

        for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
            int status = status_of(cookie, table[i].uri);

            if (status != table[i].status[r])
                fail_msg("%s as %s: %d, not %d", table[i].uri, web_roles[r],
                         status, table[i].status[r]);
        }
    }
}

/* Which of the names a text has, as bits. */
static unsigned names_in(const char *text)
{
    unsigned found = 0;

    for (unsigned i = 0; i < FORM_ROWS; i++)
        found |= (strstr(text, form.names[i]) != NULL ? 1U : 0U) << i;
    return found;
}

static void row__tells_of_nobody_else(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *page = get(cookie, "/page/" PAGE "?q=x");
    CLEANUP(free) char *row = get(cookie, ROW "r03");
    CLEANUP(free) char *json = get(cookie, ROW "r03?format=json");
    CLEANUP(free) char *house = get(cookie, ROW "h01");
    CLEANUP(free) char *alone = get(cookie, ROW "r05");
    CLEANUP(free) char *unknown = get(cookie, "/page/" OTHERS);

    (void)state;
    assert_int_equal(names_in(page), 0);
    assert_non_null(strstr(page, "/row/r05"));
    assert_non_null(strstr(page, "/row/h01"));
    assert_int_equal(names_in(row), 1U << 1);
    assert_non_null(strstr(row, "Шипченска"));
    assert_int_equal(names_in(json), 1U << 1);
    assert_int_equal(names_in(house), 7);
    assert_int_equal(names_in(alone), 1U << 3);
    assert_null(strstr(alone, "Шипченска"));
    assert_int_equal(web_status(unknown), 200);
    assert_non_null(strstr(unknown, "The rows of this page are not known"));
    assert_null(strstr(unknown, "тайнасемейна"));
    assert_null(strstr(unknown, "/iiif/"));
}

/* Who sees the whole page has all of its rows at one glance, each with a way
 * to it alone. */
static void page__tells_what_its_rows_say(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "clerk");
    CLEANUP(free) char *page = get(cookie, "/page/" PAGE);

    (void)state;
    assert_non_null(strstr(page, "What the form says"));
    assert_int_equal(names_in(page), (1U << FORM_ROWS) - 1);
    assert_non_null(strstr(page, "href=\"" ROW "r02\""));
    assert_non_null(strstr(page, "href=\"" ROW "h01\""));
    assert_non_null(strstr(page, "<em>read doubtfully: 1</em>"));
}

/* Sure and of its column's kind, or said to be neither. */
static void row__does_not_show_a_doubtful_reading_as_sure(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *row = get(cookie, ROW "r02");

    (void)state;
    assert_non_null(strstr(row, "<em>read doubtfully: 1</em>"));
    assert_null(strstr(row, "read doubtfully: Първиев"));
}

/* A hit tells the row that matched, and no words round it. */
static void row__is_where_a_hit_leads(void **state)
{
    CLEANUP(free) char *notary = web_log_in(archive, "notary");
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");
    static const char query[] =
        "/?q=%D0%92%D1%82%D0%BE%D1%80%D0%B8%D0%B5%D0%B2";
    CLEANUP(free) char *hits = get(notary, query);
    CLEANUP(free) char *json = NULL;
    CLEANUP(free) char *all = get(clerk, query);

    (void)state;
    json = web_ask(archive->dir, &(struct ask){.uri = query,
                                               .cookie = notary,
                                               .accept = "application/json"});
    assert_int_equal(names_in(hits), 1U << 1);
    assert_non_null(strstr(hits, ROW "r03"));
    assert_null(strstr(hits, "/iiif/"));
    assert_int_equal(names_in(json), 1U << 1);
    assert_int_equal(names_in(all), 15);
    assert_non_null(strstr(all, "/iiif/"));
}

/* ---- pixels ------------------------------------------------------------ */

struct picture {
    png_image image;
    uint8_t *pixels; /* grey */
};

static void read_picture(const char *cookie, const char *uri,
                         struct picture *out)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    const char *body;
    int in[2];
    char block[4096];
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(in), 0);
    child = fork();
    if (child == 0) {
        (void)dup2(in[1], 1);
        (void)close(in[0]);
        web_exec(archive->dir, &(struct ask){.uri = uri, .cookie = cookie});
    }
    (void)close(in[1]);
    while ((n = read(in[0], block, sizeof(block))) > 0)
        buf_add(&answer, block, (size_t)n);
    (void)close(in[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(web_status(buf_str(&answer)), 200);
    body = web_body(buf_str(&answer));
    memset(out, 0, sizeof(*out));
    out->image.version = PNG_IMAGE_VERSION;
    assert_true(png_image_begin_read_from_memory(
        &out->image, body, answer.len - (size_t)(body - buf_str(&answer))));
    out->image.format = PNG_FORMAT_GRAY;
    out->pixels = malloc(PNG_IMAGE_SIZE(out->image));
    assert_true(png_image_finish_read(&out->image, NULL, out->pixels, 0, NULL));
}

/* Does the full-size pixel lie in one of the cells? By half planes, written
 * anew. */
static bool lies_in(struct quad q, double x, double y)
{
    for (int i = 0; i < 4; i++) {
        struct point a = q.corner[i], b = q.corner[(i + 1) % 4];

        if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
            return false;
    }
    return true;
}

static bool is_bought(const int (*cells)[2], size_t count, double x, double y)
{
    for (size_t i = 0; i < count; i++) {
        if (lies_in(form_quad(cells[i][0], cells[i][1]), x, y))
            return true;
    }
    return false;
}

/* Is any of the corners of a square round the pixel in a bought cell? */
static bool is_near(const int (*cells)[2], size_t count, int x, int y,
                    int scale)
{
    bool near = false;

    for (int dy = -1; dy <= 2; dy++)
        for (int dx = -1; dx <= 2; dx++)
            near = near || is_bought(cells, count, (double)(x + dx) * scale,
                                     (double)(y + dy) * scale);
    return near;
}

/* Every pixel of the page, which is black, against the cells: at full size
 * black where all of it lies in a bought cell and white everywhere else; of a
 * smaller picture white where no bought cell is near.
 * @param scale  full-size pixels a pixel */
static void assert_masked(const struct picture *p, const int (*cells)[2],
                          size_t count, int scale)
{
    size_t shown = 0;

    for (int y = 0; y < (int)p->image.height; y++) {
        for (int x = 0; x < (int)p->image.width; x++) {
            int grey = p->pixels[(size_t)y * p->image.width + (size_t)x];
            bool whole = is_bought(cells, count, x, y) &&
                         is_bought(cells, count, x + 1, y) &&
                         is_bought(cells, count, x, y + 1) &&
                         is_bought(cells, count, x + 1, y + 1);

            if (scale == 1 && grey != (whole ? 0 : 255))
                fail_msg("pixel %d, %d is %d", x, y, grey);
            if (!is_near(cells, count, x, y, scale) && grey != 255)
                fail_msg("pixel %d, %d of 1/%d is %d", x, y, scale, grey);
            shown += grey == 0;
        }
    }
    assert_true(shown > 100);
}

static void masked_picture__shows_the_bought_cells_alone(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    static const int row[][2] = {{1, 0}, {1, 2}, {-1, 0}};
    static const int house[][2] = {{-1, 0}, {0, 0}, {0, 2}, {1, 0},
                                   {1, 2},  {2, 0}, {2, 2}};
    static const int alone[][2] = {{3, 0}, {3, 2}};
    struct picture p;

    (void)state;
    read_picture(cookie, IMAGE "%2Fr03/full/max/0/default.png", &p);
    assert_int_equal(p.image.width, 1000);
    assert_int_equal(p.image.height, 600);
    assert_masked(&p, row, 3, 1);
    free(p.pixels);
    read_picture(cookie, IMAGE "%2Fh01/full/max/0/default.png", &p);
    assert_masked(&p, house, 7, 1);
    free(p.pixels);
    read_picture(cookie, IMAGE "%2Fr05/full/max/0/default.png", &p);
    assert_masked(&p, alone, 2, 1);
    free(p.pixels);
    read_picture(cookie, IMAGE "%2Fr03/full/500,300/0/default.png", &p);
    assert_masked(&p, row, 3, 2);
    free(p.pixels);
    read_picture(cookie, IMAGE "%2Fr03/full/250,150/0/default.png", &p);
    assert_masked(&p, row, 3, 4);
    free(p.pixels);
}

/* A tile of nothing but other people's, however it is asked for. */
static void masked_picture__is_white_where_nothing_is_bought(void **state)
{
    static const char *const tiles[] = {
        "256,300,256,256/256,/0/default.png", "500,0,500,600/max/0/gray.png",
        "300,400,256,200/128,/0/color.png", "10,420,90,20/max/0/bitonal.png",
        "pct:50,0,50,100/100,/90/default.png"};
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");

    (void)state;
    for (size_t i = 0; i < sizeof(tiles) / sizeof(*tiles); i++) {
        CLEANUP(free) char *uri = NULL;
        struct picture p;

        assert_true(asprintf(&uri, "%s/%s", IMAGE "%2Fr03", tiles[i]) > 0);
        read_picture(cookie, uri, &p);
        for (size_t k = 0; k < PNG_IMAGE_SIZE(p.image); k++)
            assert_int_equal(p.pixels[k], 255);
        free(p.pixels);
    }
}

/* ---- money ------------------------------------------------------------- */

static int open_row(const char *cookie, const char *row, int cents)
{
    CLEANUP(free) char *account = get(cookie, "/account");
    const char *at = strstr(account, "name=\"csrf\" value=\"");
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *body = NULL;
    CLEANUP(free) char *answer = NULL;

    assert_non_null(at);
    at += strlen("name=\"csrf\" value=\"");
    assert_true(asprintf(&uri, ROW "%s/open", row) > 0);
    assert_true(asprintf(&body, "csrf=%.64s&cents=%d", at, cents) > 0);
    answer = web_ask(archive->dir, &(struct ask){.method = "POST",
                                                 .uri = uri,
                                                 .cookie = cookie,
                                                 .form = body});
    return web_status(answer);
}

static void row__costs_what_rows_do_and_opens_no_other(void **state)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *offer = NULL;
    struct access *access = NULL;
    struct ledger_sum sum;
    int64_t cents, count;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(ledger_top_up(access, "notary", 1000, "TRF", &err), err);
    assert_ok(price_set(access,
                        &(struct price){
                            .role = "notary", .series = "*", .cents = 200},
                        &err),
              err);
    assert_ok(price_set(access,
                        &(struct price){.role = "notary",
                                        .series = "*",
                                        .action = "row",
                                        .cents = 70},
                        &err),
              err);
    assert_int_equal(status_of(cookie, ROW "r03"), 402);
    assert_int_equal(status_of(cookie, IMAGE "%2Fr03/full/max/0/default.jpg"),
                     402);
    assert_int_equal(status_of(cookie, "/page/" PAGE), 200);
    offer = get(cookie, ROW "h01");
    assert_non_null(strstr(offer, "Open for 2.00 euro")); /* as a page */
    assert_int_equal(open_row(cookie, "r03", 200), 409);
    assert_int_equal(open_row(cookie, "r03", 70), 303);
    assert_int_equal(open_row(cookie, "r99", 70), 404);
    assert_int_equal(status_of(cookie, ROW "r03"), 200);
    assert_int_equal(status_of(cookie, IMAGE "%2Fr03/full/max/0/default.jpg"),
                     200);
    assert_int_equal(status_of(cookie, ROW "r02"), 402);
    assert_int_equal(status_of(cookie, ROW "h01"), 402);
    assert_ok(ledger_balance(access, "notary", &cents, &err), err);
    assert_int_equal(cents, 930);
    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_int_equal(sum.charges, 1);
    {
        CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};

        assert_ok(audit_list(access,
                             &(struct audit_filter){.kind = "open",
                                                    .who = "notary",
                                                    .about = PAGE,
                                                    .limit = 1},
                             &list, &err),
                  err);
        assert_int_equal(list.count, 1);
        assert_string_equal(list.items[0].subject, PAGE "/r03");
        assert_non_null(strstr(list.items[0].detail, "charge=2 pixels=9,0,"));
    }
    access_close(access);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row__is_for_whom_the_table_says),
        cmocka_unit_test(row__tells_of_nobody_else),
        cmocka_unit_test(page__tells_what_its_rows_say),
        cmocka_unit_test(row__does_not_show_a_doubtful_reading_as_sure),
        cmocka_unit_test(row__is_where_a_hit_leads),
        cmocka_unit_test(masked_picture__shows_the_bought_cells_alone),
        cmocka_unit_test(masked_picture__is_white_where_nothing_is_bought),
        cmocka_unit_test(row__costs_what_rows_do_and_opens_no_other),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    form_volume_add(dir, archive,
                    &(struct web_volume){VOLUME, "Семеен", "1940", ""}, &form,
                    1);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
