/* SPDX-License-Identifier: MIT */
#include "search-cgi/found_note.h"

void found_note(const struct request *request,
                const struct search_answer *answer, struct response *response)
{
    if (answer != NULL) {
        buf_printf(&response->shown,
                   "total=%lld shown:", (long long)answer->total);
        for (size_t i = 0; i < answer->hit_count; i++)
            buf_printf(&response->shown, " %s", answer->hits[i].page);
        buf_puts(&response->shown, " asked: ");
    }
    request_link(request, NULL, 0, &response->shown);
}
