/* SPDX-License-Identifier: MIT */
/*
 * A closed page is absent from the web, whatever address is asked, for who sees
 * only what is published; who sees its series is told that it is closed.
 */
#include "tests/search-cgi/web_archive.h"

#define VOLUME "primorski/technical/1979-107"
#define IMAGE  "/iiif/primorski%2Ftechnical%2F1979-107%2F"

static struct archive *archive;

/* Page 1 has a text that no record explains: closed. Page 2 is blank. p public,
 * c clerk. */
static const struct {
    const char *uri;
    int public, clerk;
} table[] = {
    {"/page/" VOLUME "/0001", 404, 200},
    {"/page/" VOLUME "/0001/boxes?q=x", 404, 200},
    {"/page/" VOLUME "/0001/form", 404, 200},
    {IMAGE "0001/info.json", 404, 200},
    {IMAGE "0001/full/max/0/default.jpg", 404, 200},
    {IMAGE "0001/0,0,256,256/128,/0/default.jpg", 404, 200},
    {IMAGE "0001", 404, 303},
    {"/page/" VOLUME "/0002", 200, 200},
    {IMAGE "0002/full/max/0/default.jpg", 200, 200},
    {"/volume/" VOLUME, 200, 200},
};

static char *get(const char *cookie, const char *uri)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = cookie, .language = "en"});
}

static void closed_page__is_absent_at_every_address(void **state)
{
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(free) char *to_public = get("", table[i].uri);
        CLEANUP(free) char *to_clerk = get(clerk, table[i].uri);

        if (web_status(to_public) != table[i].public ||
            web_status(to_clerk) != table[i].clerk)
            fail_msg("%s: %d and %d", table[i].uri, web_status(to_public),
                     web_status(to_clerk));
        assert_null(strstr(to_public, "тайнатехническа"));
    }
}

/* Absent, and not refused: no difference to a page that is not there. */
static void closed_page__looks_like_one_that_is_not_there(void **state)
{
    CLEANUP(free) char *closed = get("", "/page/" VOLUME "/0001");
    CLEANUP(free) char *absent = get("", "/page/" VOLUME "/0009");
    char *at;

    (void)state;
    while ((at = strstr(closed, "0001")) != NULL)
        at[3] = '9';
    assert_string_equal(closed, absent);
}

static void closed_page__is_told_to_who_may_see_it(void **state)
{
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");
    CLEANUP(free) char *page = get(clerk, "/page/" VOLUME "/0001");
    CLEANUP(free) char *blank = get(clerk, "/page/" VOLUME "/0002");
    CLEANUP(free)
    char *hits = get("", "/?q=%D0%BE%D0%B1%D1%89%D0%BE&format=json");
    CLEANUP(free) char *volume = get("", "/volume/" VOLUME);

    (void)state;
    assert_non_null(strstr(page, "Closed to the public"));
    assert_null(strstr(blank, "Closed to the public"));
    assert_non_null(strstr(hits, "\"total\": 0"));
    assert_null(strstr(volume, "/0001"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_page__is_absent_at_every_address),
        cmocka_unit_test(closed_page__looks_like_one_that_is_not_there),
        cmocka_unit_test(closed_page__is_told_to_who_may_see_it),
    };
    static const char rules[] = "[closure]\nseries = technical\n";
    char path[PATH_SIZE];
    void *dir = NULL;
    struct err err;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    if (path_format(path, &err, "%s/tefter.conf", archive->dir) != 0 ||
        file_write_durable(path, rules, strlen(rules), &err) != 0)
        return 1;
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
