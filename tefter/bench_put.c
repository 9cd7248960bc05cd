/* SPDX-License-Identifier: MIT */
#include "tefter/bench_put.h"

#include <stdlib.h>
#include <string.h>

static int add_words(struct page_text *text, const char *words, struct err *err)
{
    int32_t x = 0;

    if (page_text_begin_block(text, err) != 0 ||
        page_text_begin_line(text, err) != 0)
        return -1;
    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        CLEANUP(free) char *word = strndup(words, len);
        struct quad quad = {{{x, 0}, {x + 90, 0}, {x + 90, 40}, {x, 40}}};

        if (word == NULL)
            return err_set(err, ERR_NOMEM, "out of memory");
        if (page_text_add_word(text, word, 90, quad, err) != 0)
            return -1;
        x += 100;
        words += len + (words[len] == ' ');
    }
    page_text_finish(text);
    return 0;
}

int bench_put_page(struct put *put, const struct bench_volume *volume,
                   uint32_t number, const char *words, struct err *err)
{
    CLEANUP(page_free) struct page *page = page_new();
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    struct put_made_from made_from = {"", ""};
    struct put_content content = {text, NULL, 0};

    if (page == NULL || text == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    page->number = number;
    (void)snprintf(page->digests.sha256, sizeof(page->digests.sha256),
                   "%056x%08x", volume->number, number);
    if (page_id_format(volume->id, number, page->id, err) != 0 ||
        add_words(text, words, err) != 0)
        return -1;
    return put_page(put, page, &made_from, &content, err);
}

int bench_put_begin(struct catalogue *catalogue, struct bench_volume *volume,
                    struct put **out, struct err *err)
{
    CLEANUP(volume_free) struct volume *v = volume_new();
    struct put_source source = {v, 1, ""};
    char year[16];

    if (v == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    (void)snprintf(v->site, sizeof(v->site), "bench");
    (void)snprintf(v->series, sizeof(v->series), "%s", volume->series);
    (void)snprintf(v->number, sizeof(v->number), "%u", volume->number);
    (void)snprintf(year, sizeof(year), "%d", volume->year);
    free(v->date_from);
    v->date_from = strdup(year);
    if (v->date_from == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (volume_id_format(v->site, v->series, v->number, volume->id, err) != 0)
        return -1;
    memcpy(v->id, volume->id, sizeof(v->id));
    return put_begin(catalogue_db(catalogue), &source, out, err);
}
