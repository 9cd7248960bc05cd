/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz_query.c - any bytes as a query against a small catalogue:
 * parsed, run, and its boxes found; run again with each match scored, and its
 * last word gone on from. A search that fails is a bug, and so is one that
 * finds or suggests what is outside the scope, or another answer the slow way.
 *
 * Linked with libFuzzer (clang, SANITIZE set), or with plain_driver.c, which
 * runs it over files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index/put.h"
#include "index/suggest.h"
#include "index/word_line.h"
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

/* Enough of them for the words to have lines. */
#define PAGES 40

static void put_page_of(struct put *put, uint32_t number, const char *words)
{
    CLEANUP(page_free) struct page *page = page_new();
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    struct put_made_from made_from = {"", ""};
    struct put_content content = {text, NULL, 0};
    struct err err;

    if (page == NULL || text == NULL)
        abort();
    page->number = number;
    add_words(text, words);
    must(put_page(put, page, &made_from, &content, &err), &err);
}

static void put_words(struct catalogue *catalogue, const char *series,
                      const char *words)
{
    CLEANUP(volume_free) struct volume *volume = volume_new();
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 1, ""};
    struct err err;

    if (volume == NULL)
        abort();
    must(volume_id_format("a", series, "1", volume->id, &err), &err);
    (void)snprintf(volume->site, sizeof(volume->site), "a");
    (void)snprintf(volume->series, sizeof(volume->series), "%s", series);
    (void)snprintf(volume->number, sizeof(volume->number), "1");
    must(put_begin(catalogue_db(catalogue), &source, &put, &err), &err);
    for (uint32_t number = 1; number <= PAGES; number++)
        put_page_of(put, number, words);
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
    must(word_lines_make(catalogue_db(catalogue), 0, &err), &err);
    return catalogue;
}

static void check_answer(const struct search_answer *answer)
{
    if (answer->total > PAGES || answer->coverage.pages > PAGES)
        abort();
    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].series, "technical") != 0)
            abort();
}

static void check_walk(struct catalogue *catalogue,
                       const struct search_request *request,
                       const struct search_answer *answer)
{
    CLEANUP(search_answer_free) struct search_answer *walked = NULL;
    struct search_request slow = *request;
    struct err err;

    slow.walks_all = true;
    must(search_run(catalogue, &scope, &slow, &walked, &err), &err);
    if (walked->total != answer->total ||
        walked->hit_count != answer->hit_count)
        abort();
    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].page, walked->hits[i].page) != 0)
            abort();
}

static void check_suggestions(struct catalogue *catalogue, const char *typed)
{
    CLEANUP(suggestions_fini) struct suggestions found = {.count = 0};
    struct err err;

    must(search_suggest(catalogue, &scope, typed, &found, &err), &err);
    for (size_t i = 0; i < found.count; i++)
        if (strstr(typed, "тайна") == NULL &&
            strstr(found.items[i].text, "тайна") != NULL)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(free) char *query = strndup((const char *)bytes, size);
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    struct page_boxes boxes;
    struct search_request request = {
        .query = query, .limit = 10, .mode = SEARCH_FUZZY, .budget_ms = 60000};
    struct catalogue *catalogue = the_catalogue();
    json_t *json = NULL;
    struct err err;

    if (query == NULL)
        return 0;
    must(search_run(catalogue, &scope, &request, &answer, &err), &err);
    check_answer(answer);
    check_walk(catalogue, &request, answer);
    check_suggestions(catalogue, query);
    must(search_answer_to_json(answer, &json, &err), &err);
    json_decref(json);
    must(search_page_boxes(catalogue, &scope, "a/technical/1/0001", query,
                           &boxes, &err),
         &err);
    free(boxes.items);
    if (boxes.written > boxes.count ||
        (answer->hit_count > 0 && boxes.count != answer->hits[0].box_count))
        abort();
    return 0;
}
