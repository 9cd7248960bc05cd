/* SPDX-License-Identifier: MIT */
#include "search-cgi/hit_places.h"

#include <stdlib.h>
#include <string.h>

/* Of why it is a hit, the words that matched and not the cells they are of. */
static void quote_reasons_alone(struct hit *hit)
{
    for (size_t i = 0; i < hit->reason_count; i++) {
        free(hit->reasons[i].written);
        hit->reasons[i].written = STEAL(hit->reasons[i].quoted);
    }
}

/* Words that matched, and no others. */
static int quote_hits_alone(struct hit *hit, struct err *err)
{
    quote_reasons_alone(hit);
    for (size_t i = 0; i < hit->snippet_count; i++) {
        char *gap;

        if (hit->snippet[i].is_hit)
            continue;
        gap = strdup(" … ");
        if (gap == NULL)
            return err_set(err, ERR_NOMEM, "search: out of memory");
        free(hit->snippet[i].text);
        hit->snippet[i].text = gap;
    }
    return 0;
}

int hit_places_withhold(struct web *web, const struct request *request,
                        const struct scope *whole, struct search_answer *answer,
                        struct err *err)
{
    for (size_t i = 0; i < answer->hit_count; i++) {
        struct hit *hit = &answer->hits[i];
        struct gate gate;

        if (!scope_has(whole, hit->volume)) {
            hit->box_count = 0;
            quote_reasons_alone(hit);
            continue;
        }
        if (web_gate(web, request, hit->page, &gate, err) != 0)
            return -1;
        if (gate.state != GATE_DUE && gate.state != GATE_OVER)
            continue;
        hit->box_count = 0;
        if (quote_hits_alone(hit, err) != 0)
            return -1;
    }
    return 0;
}
