/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "index/search.h"

static void hit_fini(struct hit *hit)
{
    for (size_t i = 0; i < hit->snippet_count; i++)
        free(hit->snippet[i].text);
    for (size_t i = 0; i < hit->reason_count; i++) {
        free(hit->reasons[i].typed);
        free(hit->reasons[i].written);
        free(hit->reasons[i].quoted);
    }
    free(hit->reasons);
    free(hit->lacks);
    free(hit->snippet);
    free(hit->title);
    free(hit->boxes);
}

static void facet_fini(struct facet *facet)
{
    for (size_t i = 0; i < facet->count; i++)
        free(facet->values[i].value);
    free(facet->values);
}

void search_answer_free(struct search_answer *answer)
{
    if (answer == NULL)
        return;
    for (size_t i = 0; i < answer->hit_count; i++)
        hit_fini(&answer->hits[i]);
    free(answer->hits);
    for (size_t i = 0; i < SEARCH_FACETS; i++)
        facet_fini(&answer->facets[i]);
    facet_fini(&answer->related);
    free(answer->query);
    free(answer);
}

/* json_pack and the calls below take the parts over and make NULL of a whole
 * that lacks one: memory is checked once, at the end. Text that is no UTF-8
 * (a damaged catalogue) becomes null rather than no answer. */

static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);

    return value != NULL ? value : json_null();
}

static json_t *boxes_json(const struct hit *hit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hit->box_count; i++) {
        struct rect b = hit->boxes[i];

        (void)json_array_append_new(list,
                                    json_pack("[iiii]", b.x, b.y, b.w, b.h));
    }
    return list;
}

static json_t *snippet_json(const struct hit *hit)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    for (size_t i = 0; i < hit->snippet_count; i++)
        buf_puts(&text, hit->snippet[i].text);
    return text_json(buf_str(&text));
}

static json_t *parts_json(const struct hit *hit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hit->snippet_count; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:o,s:b}", "text",
                                              text_json(hit->snippet[i].text),
                                              "hit", hit->snippet[i].is_hit));
    return list;
}

static json_t *why_json(const struct hit *hit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hit->reason_count; i++) {
        const struct hit_reason *r = &hit->reasons[i];

        (void)json_array_append_new(
            list,
            json_pack("{s:o,s:o,s:s,s:o}", "typed", text_json(r->typed),
                      "written", text_json(r->written), "grade",
                      match_grade_name(r->grade), "field",
                      r->field[0] == '\0' ? json_null() : text_json(r->field)));
    }
    return list;
}

static json_t *hit_json(const struct hit *hit)
{
    return json_pack(
        "{s:s,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:f,s:s,s:o,s:o,s:o}", "page",
        hit->page, "record",
        hit->record[0] == '\0' ? json_null() : json_string(hit->record),
        "volume", hit->volume, "series", hit->series, "site", hit->site, "year",
        hit->year > 0 ? json_integer(hit->year) : json_null(), "title",
        text_json(hit->title), "snippet", snippet_json(hit), "snippet_parts",
        parts_json(hit), "score", hit->score, "grade",
        match_grade_name(hit->grade), "why", why_json(hit), "lacks",
        hit->lacks == NULL ? json_null() : text_json(hit->lacks), "boxes",
        boxes_json(hit));
}

static json_t *hits_json(const struct search_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->hit_count; i++)
        if (json_array_append_new(list, hit_json(&answer->hits[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *facet_json(const struct facet *facet)
{
    json_t *list = json_array();

    for (size_t i = 0; i < facet->count; i++)
        (void)json_array_append_new(
            list, json_pack("{s:s,s:I}", "value", facet->values[i].value,
                            "count", (json_int_t)facet->values[i].count));
    return list;
}

static json_t *facets_json(const struct search_answer *answer)
{
    json_t *object = json_object();

    for (size_t i = 0; i < SEARCH_FACETS; i++)
        (void)json_object_set_new(object, answer->facets[i].name,
                                  facet_json(&answer->facets[i]));
    return object;
}

static json_t *coverage_json(const struct coverage *c)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "volumes",
                     (json_int_t)c->volumes, "pages", (json_int_t)c->pages,
                     "pages_with_text", (json_int_t)c->pages_with_text,
                     "pages_blank", (json_int_t)c->pages_blank,
                     "pages_without_text", (json_int_t)c->pages_without_text,
                     "volumes_unread", (json_int_t)c->volumes_unread,
                     "volumes_ocr", (json_int_t)c->volumes_ocr, "volumes_keyed",
                     (json_int_t)c->volumes_keyed, "volumes_verified",
                     (json_int_t)c->volumes_verified);
}

static json_t *problems_json(const struct search_answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->problem_count; i++) {
        const struct query_problem *p = &answer->problems[i];

        (void)json_array_append_new(
            list,
            json_pack("{s:s,s:I,s:s}", "problem", query_problem_name(p->kind),
                      "position", (json_int_t)p->position, "message",
                      query_problem_text(p->kind)));
    }
    return list;
}

const char *search_mode_name(enum search_mode mode)
{
    static const char *const names[SEARCH_MODES] = {[SEARCH_AUTO] = "auto",
                                                    [SEARCH_EXACT] = "exact",
                                                    [SEARCH_FUZZY] = "fuzzy"};

    return names[mode];
}

int search_answer_to_json(const struct search_answer *answer, json_t **out,
                          struct err *err)
{
    json_t *json = json_pack(
        "{s:o,s:I,s:b,s:b,s:o,s:o,s:o,s:s,s:b,s:o,s:o}", "query",
        text_json(answer->query), "total", (json_int_t)answer->total,
        "total_is_exact", answer->total_is_exact, "query_was_cut",
        answer->query_was_cut, "hits", hits_json(answer), "facets",
        facets_json(answer), "coverage", coverage_json(&answer->coverage),
        "mode", search_mode_name(answer->mode), "timed_out", answer->timed_out,
        "related", facet_json(&answer->related), "problems",
        problems_json(answer));

    if (json == NULL)
        return err_set(err, ERR_NOMEM, "search: no memory for the answer");
    *out = json;
    return 0;
}
