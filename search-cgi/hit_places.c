/* SPDX-License-Identifier: MIT */
#include "search-cgi/hit_places.h"

int hit_places_withhold(struct web *web, const struct request *request,
                        const struct scope *whole, struct search_answer *answer,
                        struct err *err)
{
    for (size_t i = 0; i < answer->hit_count; i++) {
        struct hit *hit = &answer->hits[i];
        struct gate gate;

        if (!scope_has(whole, hit->volume)) {
            hit->box_count = 0;
            continue;
        }
        if (web_gate(web, request, hit->page, &gate, err) != 0)
            return -1;
        if (gate.state == GATE_DUE || gate.state == GATE_OVER)
            hit->box_count = 0;
    }
    return 0;
}
