/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/web_archive.h - a whole small archive for the tests of the
 * web: one volume a series, each with a word that is on no other volume's
 * pages, all with the word "общо"; one account a role, its identifier the
 * role, its code CODE_OF_ALL. And search.cgi run as a program over it:
 * environment in, bytes out.
 */
#ifndef TESTS_SEARCH_CGI_WEB_ARCHIVE_H
#define TESTS_SEARCH_CGI_WEB_ARCHIVE_H

#include <string.h>
#include <sys/wait.h>

#include "access/access.h"
#include "index/catalogue.h"
#include "ocr/alto.h"
#include "search-cgi/pyramid.h"
#include "store/archive.h"
#include "tests/unit.h"

#define CODE_OF_ALL  "код на всички"
#define HOSTILE_TEXT "<\">'&"

struct web_volume {
    const char *id;
    const char *title;
    const char *year;
    const char *words; /* of page 1, by spaces; page 2 is blank */
};

/* family, tax, technical that is published, and technical that is not */
static const struct web_volume web_volumes[] = {
    {"odesos/family-register/1938-012", "Заглавие-семейно <\">'&", "1938",
     "общо тайнасемейна Иванов"},
    {"mladost/local-tax/1957-034", "Заглавие-данъчно <\">'&", "1957",
     "общо тайнаданъчна"},
    {"primorski/technical/1979-107", "Заглавие-техническо <\">'&", "1979",
     "общо тайнатехническа <script>alert('x')</script> &amp; \"къща\""},
    {"primorski/technical/1981-002", "Заглавие-неиздадено <\">'&", "1981",
     "общо тайнанеиздадена"},
};
#define WEB_VOLUMES   4
#define WEB_PUBLISHED 2

static const char *const web_roles[] = {"public",  "operator", "clerk",
                                        "notary",  "bank",     "bailiff",
                                        "auditor", "admin"};
#define WEB_ROLES 8

static inline void web_set(char **at, const char *text)
{
    free(*at);
    *at = strdup(text);
    assert_non_null(*at);
}

static inline struct volume *web_volume_new(const struct web_volume *made)
{
    struct volume *v = volume_new();
    struct volume_id parts;
    struct err err;

    assert_non_null(v);
    assert_ok(volume_id_parse(made->id, &parts, &err), err);
    (void)snprintf(v->id, sizeof(v->id), "%s", made->id);
    memcpy(v->site, parts.site, sizeof(v->site));
    memcpy(v->series, parts.series, sizeof(v->series));
    memcpy(v->number, parts.number, sizeof(v->number));
    web_set(&v->title, made->title);
    web_set(&v->shelfmark, "Ф. 12 " HOSTILE_TEXT);
    web_set(&v->date_from, made->year);
    return v;
}

/* Word n stands at (10 + 100 n, 20), 90 wide and 30 high. */
static inline struct page_text *web_text(const char *words)
{
    struct page_text *t = page_text_new();
    struct err err;
    int x = 10;

    assert_non_null(t);
    t->width_px = 1000;
    t->height_px = 600;
    t->blank = words == NULL;
    assert_ok(page_text_begin_block(t, &err), err);
    assert_ok(page_text_begin_line(t, &err), err);
    while (words != NULL && *words != '\0') {
        size_t len = strcspn(words, " ");
        CLEANUP(free) char *word = strndup(words, len);
        struct quad q = {{{x, 20}, {x + 90, 20}, {x + 90, 50}, {x, 50}}};

        assert_ok(page_text_add_word(t, word, 90, q, &err), err);
        x += 100;
        words += len + (words[len] == ' ');
    }
    page_text_finish(t);
    return t;
}

/* The scan of it: ink where its words stand, and a last row that is no other
 * page's. */
static inline void web_write_master(const char *dir, const char *path,
                                    const struct page *p,
                                    const struct page_text *text)
{
    CLEANUP(raster_free) struct raster *r = NULL;
    char temp[PATH_SIZE];
    struct err err;

    assert_ok(raster_new(RASTER_BITONAL, p->width_px, p->height_px, &r, &err),
              err);
    memset(r->data, 0, r->stride_bytes * r->height_px);
    for (size_t i = 0; i < text->word_count; i++) {
        struct rect box = quad_bounds(text->words[i].quad);

        for (int32_t y = box.y; y < box.y + box.h; y++)
            for (int32_t x = box.x; x < box.x + box.w; x++)
                r->data[(size_t)y * r->stride_bytes + (size_t)x / 8] |=
                    (uint8_t)(0x80 >> x % 8);
    }
    memcpy(r->data + (r->height_px - 1) * r->stride_bytes, p->id,
           strlen(p->id));
    assert_ok(path_format(temp, &err, "%s/.tmp-master", dir), err);
    assert_ok(pyramid_make_from(r, temp, path, &err), err);
}

static inline void web_add_page(const char *dir, struct draft *draft,
                                const struct web_volume *made, uint32_t number)
{
    CLEANUP(page_free) struct page *p = page_new();
    CLEANUP(page_text_free)
    struct page_text *text = web_text(number == 1 ? made->words : NULL);
    CLEANUP(buf_fini) struct buf alto = BUF_INIT;
    char master[PATH_SIZE];
    char alto_path[PATH_SIZE];
    char name[16];
    struct err err;

    (void)snprintf(name, sizeof(name), "%04u.tif", number);
    (void)snprintf(p->volume, sizeof(p->volume), "%s", made->id);
    assert_ok(page_id_format(made->id, number, p->id, &err), err);
    p->number = number;
    p->width_px = 1000;
    p->height_px = 600;
    p->orientation = p->bits_per_sample = p->samples_per_pixel = 1;
    web_set(&p->master, name);
    web_set(&p->original_name, "файл " HOSTILE_TEXT ".tif");
    web_set(&p->compression, "none");
    web_set(&p->language, "bul");
    clock_now_rfc3339(p->received_utc);
    clock_now_rfc3339(text->read_utc);
    (void)snprintf(text->language, sizeof(text->language), "bul");
    (void)snprintf(text->software, sizeof(text->software), "made");

    assert_ok(path_format(master, &err, "%s/%s", dir, name), err);
    assert_ok(path_format(alto_path, &err, "%s/a.xml", dir), err);
    (void)unlink(master); /* the one of the volume before is linked */
    web_write_master(dir, master, p, text);
    p->digests.size_bytes = file_size(master);
    assert_ok(digest_file(master, DIGEST_SHA256, p->digests.sha256, &err), err);
    assert_ok(digest_file(master, DIGEST_SHA512, p->digests.sha512, &err), err);
    assert_ok(alto_write(text,
                         &(struct alto_source){p->id, p->master, 0, p->number},
                         &alto, &err),
              err);
    assert_ok(file_write_durable(alto_path, alto.data, alto.len, &err), err);
    assert_ok(draft_add_page(draft, p, master, alto_path, text, &err), err);
}

static inline void web_add_volume(const char *dir, struct store *store,
                                  struct catalogue *catalogue,
                                  const struct web_volume *made)
{
    CLEANUP(volume_free) struct volume *v = web_volume_new(made);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    web_add_page(dir, draft, made, 1);
    web_add_page(dir, draft, made, 2);
    assert_ok(draft_commit(draft, "made", &err), err);
    assert_ok(package_open(store, made->id, &package, &err), err);
    assert_ok(catalogue_put(catalogue, package, &err), err);
}

static inline void web_add_accounts(const char *path)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct err err;

    assert_ok(access_open(path, &access, &err), err);
    for (size_t i = 1; i < WEB_ROLES; i++) {
        struct account a = {.name = "Име " HOSTILE_TEXT, .site = "odesos"};

        (void)snprintf(a.identifier, sizeof(a.identifier), "%s", web_roles[i]);
        (void)snprintf(a.role, sizeof(a.role), "%s", web_roles[i]);
        assert_ok(account_add(access, &a, CODE_OF_ALL, &err), err);
        /* Log-in has tests of its own (test_login.c). */
        assert_ok(role_require_factor(access, web_roles[i], false, &err), err);
    }
    assert_ok(access_publish(access, web_volumes[WEB_PUBLISHED].id, &err), err);
}

/* DIR/archive, and DIR/made for what goes into it. */
static inline void web_archive_make(const char *dir, struct archive **out)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    char path[PATH_SIZE];
    char made[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/archive", dir), err);
    assert_ok(path_format(made, &err, "%s/made", dir), err);
    assert_ok(dir_make(made, &err), err);
    assert_ok(archive_init(path, &err), err);
    assert_ok(archive_open(path, out, &err), err);
    assert_ok(store_open((*out)->store, &store, &err), err);
    assert_ok(
        catalogue_open((*out)->catalogue, CATALOGUE_WRITE, &catalogue, &err),
        err);
    for (size_t i = 0; i < WEB_VOLUMES; i++)
        web_add_volume(made, store, catalogue, &web_volumes[i]);
    web_add_accounts((*out)->access);
}

#ifdef SEARCH_CGI
/* One request of the program. All but method and uri may be NULL. */
struct ask {
    const char *method;
    const char *uri;
    const char *cookie;
    const char *accept;
    const char *language;
    const char *form;  /* body of a POST             */
    const char *https; /* "on", as web servers say it */
    const char *if_none_match;
    const char *range, *if_range;
    const char *site;              /* the Origin header                    */
    const char *bearer;            /* "Bearer ..."                         */
    const char *ground, *number;   /* of the program with the token        */
    const char *verified;          /* what the web server says of it       */
    const char *certificate;       /* PEM                                  */
    const char *false_certificate; /* the same as a header of the client's */
};

static inline void web_env(const char *name, const char *value)
{
    if (value != NULL)
        (void)setenv(name, value, 1);
}

/* In the child: becomes the program. */
static inline void web_exec(const char *archive, const struct ask *ask)
{
    const char *query = strchr(ask->uri, '?');
    char length[24];

    (void)clearenv();
    web_env("TEFTER_ARCHIVE", archive);
    web_env("REQUEST_METHOD", ask->method == NULL ? "GET" : ask->method);
    web_env("REQUEST_URI", ask->uri);
    web_env("QUERY_STRING", query == NULL ? "" : query + 1);
    web_env("HTTP_COOKIE", ask->cookie);
    web_env("HTTP_ACCEPT", ask->accept);
    web_env("HTTP_ACCEPT_LANGUAGE", ask->language);
    web_env("HTTPS", ask->https);
    web_env("HTTP_IF_NONE_MATCH", ask->if_none_match);
    web_env("HTTP_RANGE", ask->range);
    web_env("HTTP_IF_RANGE", ask->if_range);
    web_env("HTTP_ORIGIN", ask->site);
    web_env("HTTP_AUTHORIZATION", ask->bearer);
    web_env("HTTP_TEFTER_GROUND", ask->ground);
    web_env("HTTP_TEFTER_CASE", ask->number);
    web_env("SSL_CLIENT_VERIFY", ask->verified);
    web_env("SSL_CLIENT_CERT", ask->certificate);
    if (ask->false_certificate != NULL)
        web_env("HTTP_SSL_CLIENT_VERIFY", "SUCCESS");
    web_env("HTTP_SSL_CLIENT_CERT", ask->false_certificate);
    web_env("HTTP_HOST", "archive.example");
    if (ask->form != NULL) {
        (void)snprintf(length, sizeof(length), "%zu", strlen(ask->form));
        web_env("CONTENT_LENGTH", length);
        web_env("CONTENT_TYPE", "application/x-www-form-urlencoded");
    }
    (void)execl(SEARCH_CGI, SEARCH_CGI, (char *)NULL);
    _exit(127);
}

/* The answer, headers and body, as one string. The caller frees it. */
static inline char *web_ask(const char *archive, const struct ask *ask)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    int in[2], answer[2], status;
    char block[4096];
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(answer), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(in[0], 0) < 0 || dup2(answer[1], 1) < 0)
            _exit(126);
        (void)close(in[1]);
        (void)close(answer[0]);
        /* Its log is of no interest here; a sanitizer's report is. */
        web_exec(archive, ask);
    }
    (void)close(in[0]);
    (void)close(answer[1]);
    if (ask->form != NULL)
        assert_int_equal(write(in[1], ask->form, strlen(ask->form)),
                         strlen(ask->form));
    (void)close(in[1]);
    while ((n = read(answer[0], block, sizeof(block))) > 0)
        buf_add(&out, block, (size_t)n);
    (void)close(answer[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(out.len > 0);
    return buf_steal(&out);
}

#endif

static inline int web_status(const char *answer)
{
    static const char start[] = "Status: ";

    assert_memory_equal(answer, start, sizeof(start) - 1);
    return (int)strtol(answer + sizeof(start) - 1, NULL, 10);
}

static inline const char *web_body(const char *answer)
{
    const char *end = strstr(answer, "\r\n\r\n");

    assert_non_null(end);
    return end + 4;
}

/* The value of a cookie that the answer sets. The caller frees it; NULL when
 * it does not. */
static inline char *web_cookie(const char *answer, const char *name)
{
    char start[64];
    const char *at;

    (void)snprintf(start, sizeof(start), "Set-Cookie: %s=", name);
    at = strstr(answer, start);
    if (at == NULL)
        return NULL;
    at += strlen(start);
    return strndup(at, strcspn(at, ";\r"));
}

/* Those who have to say why they look. */
static inline void web_state_ground(struct access *access, const char *role,
                                    const char *token)
{
    CLEANUP(access_series_fini) struct series_list grounds = {NULL, 0};
    struct err err;

    assert_ok(access_grounds(access, role, &grounds, &err), err);
    if (grounds.count > 0)
        assert_ok(session_state_ground(access, token, grounds.names[0],
                                       "123/2026", &err),
                  err);
}

/* A session of the role's account, without the way through the form: the
 * whole Cookie header. "" for the public. The caller frees it. */
static inline char *web_log_in(const struct archive *archive, const char *role)
{
    CLEANUP(access_close) struct access *access = NULL;
    char token[SESSION_TOKEN_SIZE];
    char *cookie = NULL;
    struct err err;

    if (strcmp(role, "public") == 0)
        return strdup("");
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(session_begin(access, role, CODE_OF_ALL, "", token, &err), err);
    web_state_ground(access, role, token);
    assert_true(asprintf(&cookie, "other=1; tefter_session=%s", token) > 0);
    return cookie;
}

/* main of tests that need the archive and nothing else of their own. */
static inline int web_archive_main(int argc, char **argv,
                                   const struct CMUnitTest *tests, size_t count,
                                   struct archive **archive)
{
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, archive);
    rc = unit_main(argc, argv, tests, count);
    archive_close(*archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}

#endif
