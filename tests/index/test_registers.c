/* SPDX-License-Identifier: MIT */
/*
 * The words of ../shared/registers as their truth gives them: each word of
 * each page finds its page, and has its box there.
 */
#include "tests/unit.h"

#include <string.h>

#include "common/json.h"
#include "index/tokenizer.h"
#include "tests/index/made.h"

#define REGISTERS SHARED_DIR "/registers/truth"
#define VOLUME    "odesos/family-register/truth"

static struct quad quad_of(const json_t *cell)
{
    const json_t *corners = json_object_get(cell, "quad");
    struct quad quad;

    for (size_t i = 0; i < 4; i++) {
        const json_t *at = json_array_get(corners, i);

        quad.corner[i].x = (int32_t)json_number_value(json_array_get(at, 0));
        quad.corner[i].y = (int32_t)json_number_value(json_array_get(at, 1));
    }
    return quad;
}

/* Calls visit for each word of each cell. */
typedef void visit_word(void *arg, const char *word, struct quad quad);

static void walk_cells(const json_t *truth, visit_word *visit, void *arg)
{
    size_t i;
    json_t *cell;

    json_array_foreach(json_object_get(truth, "cells"), i, cell)
    {
        const char *text = json_get_text(cell, "text", "");

        while (*(text += strspn(text, " \n\t")) != '\0') {
            size_t len = strcspn(text, " \n\t");
            CLEANUP(free) char *word = strndup(text, len);

            visit(arg, word, quad_of(cell));
            text += len;
        }
    }
}

static void add_word(void *arg, const char *word, struct quad quad)
{
    struct err err;

    assert_ok(page_text_begin_line(arg, &err), err);
    assert_ok(page_text_add_word(arg, word, 95, quad, &err), err);
}

static void put_truth(struct put *put, uint32_t number, const json_t *truth)
{
    CLEANUP(page_free) struct page *page = made_page(VOLUME, number);
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    struct put_made_from made_from = {"", ""};
    struct put_content content = {text, NULL, 0};
    struct err err;

    assert_ok(page_text_begin_block(text, &err), err);
    walk_cells(truth, add_word, text);
    page_text_finish(text);
    assert_ok(put_page(put, page, &made_from, &content, &err), err);
}

/* A page being asked for each of its words. */
struct asking {
    struct catalogue *catalogue;
    char page[ID_SIZE];
    size_t words;
};

static bool has_box(const struct page_boxes *boxes, struct rect box)
{
    for (size_t i = 0; i < boxes->count; i++)
        if (memcmp(&boxes->items[i], &box, sizeof(box)) == 0)
            return true;
    return false;
}

static bool finds_page(struct catalogue *catalogue, const char *word,
                       const char *page)
{
    struct search_request request = {.query = word, .limit = 200};
    CLEANUP(search_answer_free)
    struct search_answer *answer = made_ask(catalogue, &scope_all, &request);

    for (size_t i = 0; i < answer->hit_count; i++)
        if (strcmp(answer->hits[i].page, page) == 0)
            return true;
    return false;
}

static void ask_word(void *arg, const char *word, struct quad quad)
{
    struct asking *asking = arg;
    struct page_boxes boxes = {NULL, 0, 0};
    struct err err;

    if (token_count(word, strlen(word)) == 0 || strchr(word, '"') != NULL)
        return;
    assert_ok(search_page_boxes(asking->catalogue, &scope_all, asking->page,
                                word, &boxes, &err),
              err);
    if (!finds_page(asking->catalogue, word, asking->page))
        fail_msg("%s: \"%s\" is not found", asking->page, word);
    if (!has_box(&boxes, quad_bounds(quad)))
        fail_msg("%s: \"%s\" has no box", asking->page, word);
    free(boxes.items);
    asking->words++;
}

static void read_truth(const struct name_list *names, size_t i, json_t **out)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, REGISTERS "/%s", names->names[i]), err);
    assert_ok(json_read_file(path, out, &err), err);
}

static void put_all(struct catalogue *catalogue, const struct name_list *names)
{
    CLEANUP(volume_free)
    struct volume *volume = made_volume(VOLUME, "1938", "");
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {volume, 1, ""};
    struct err err;

    assert_ok(put_begin(catalogue_db(catalogue), &source, &put, &err), err);
    for (size_t i = 0; i < names->count; i++) {
        CLEANUP(json_decref) json_t *truth = NULL;

        read_truth(names, i, &truth);
        put_truth(put, (uint32_t)i + 1, truth);
    }
    assert_ok(put_commit(put, &err), err);
}

static void search_run__finds_every_word_of_the_registers(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct asking asking = {NULL, "", 0};
    struct err err;

    need_shared();
    catalogue = made_catalogue(*state);
    asking.catalogue = catalogue;
    assert_ok(dir_list(REGISTERS, &names, &err), err);
    put_all(catalogue, &names);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(json_decref) json_t *truth = NULL;

        read_truth(&names, i, &truth);
        assert_ok(page_id_format(VOLUME, (uint32_t)i + 1, asking.page, &err),
                  err);
        walk_cells(truth, ask_word, &asking);
    }
    print_message("%zu words of %zu pages\n", asking.words, names.count);
    assert_true(asking.words > 1000);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(search_run__finds_every_word_of_the_registers),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
