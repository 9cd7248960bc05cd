/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz_query.c - any bytes as a query against a small catalogue:
 * parsed, run, and its boxes found. A search that fails is a bug, and so is
 * one that finds a page outside the scope.
 *
 * Linked with libFuzzer (clang, SANITIZE set), or with plain_driver.c, which
 * runs it over files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index/put.h"
#include "index/search.h"
#include "tests/fuzz/fuzz.h"

static const char *const seen_series[] = {"technical"};
static const struct search_scope scope = {.series = seen_series,
                                          .series_count = 1};

static void must(int rc, const struct err *err)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "fuzz_query: %s\n", err->msg);
    abort();
}

static void add_words(struct page_text *text, const char *words)
{
    struct quad quad = {{{0, 0}, {9, 0}, {9, 9}, {0, 9}}};
    struct err err;

    must(page_text_begin_block(text, &err), &err);
    must(page_text_begin_line(text, &err), &err);
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        CLEANUP(free) char *word = strndup(words, len);

        must(page_text_add_word(text, word, 90, quad, &err), &err);
        words += len + (words[len] == ' ');
    }
    page_text_finish(text);
}

static void put_words(struct catalogue *catalogue, const char *series,
                      const char *words)
{
    CLEANUP(volume_free) struct volume *volume = volume_new();
    CLEANUP(page_free) struct page *page = page_new();
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 1, ""};
    struct put_made_from made_from = {"", ""};
    struct put_content content = {text, NULL, 0};
    struct err err;

    if (volume == NULL || page == NULL || text == NULL)
        abort();
    must(volume_id_format("a", series, "1", volume->id, &err), &err);
    (void)snprintf(volume->site, sizeof(volume->site), "a");
    (void)snprintf(volume->series, sizeof(volume->series), "%s", series);
    (void)snprintf(volume->number, sizeof(volume->number), "1");
    page->number = 1;
    add_words(text, words);
    must(put_begin(catalogue_db(catalogue), &source, &put, &err), &err);
    must(put_page(put, page, &made_from, &content, &err), &err);
    must(put_commit(put, &err), &err);
}

/* Made once, kept to the end: the fuzzer has no hook for the end. */
static struct catalogue *the_catalogue(void)
{
    static struct catalogue *catalogue;
    struct err err;

    if (catalogue != NULL)
        return catalogue;
    must(catalogue_open(":memory:", CATALOGUE_WRITE, &catalogue, &err), &err);
    put_words(catalogue, "technical",
              "Стоянъ Тодоровъ бѣлъ домъ — 123/1897 софия-град or XII м²");
    put_words(catalogue, "local-tax", "тайна Тодоровъ 1938г.");
    return catalogue;
}

static void check_answer(const struct search_answer *answer)
{
    if (answer->total > 1 || answer->hit_count != (size_t)answer->total ||
        answer->coverage.pages > 1)
        abort();
    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].series, "technical") != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(free) char *query = strndup((const char *)bytes, size);
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    CLEANUP(free) struct rect *boxes = NULL;
    struct search_request request = {.query = query, .limit = 10};
    struct catalogue *catalogue = the_catalogue();
    json_t *json = NULL;
    struct err err;
    size_t count;

    if (query == NULL)
        return 0;
    must(search_run(catalogue, &scope, &request, &answer, &err), &err);
    check_answer(answer);
    must(search_answer_to_json(answer, &json, &err), &err);
    json_decref(json);
    must(search_page_boxes(catalogue, &scope, "a/technical/1/0001", query,
                           &boxes, &count, &err),
         &err);
    if (answer->hit_count > 0 && count != answer->hits[0].box_count)
        abort();
    return 0;
}
