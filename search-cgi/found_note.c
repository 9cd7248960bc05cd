/* SPDX-License-Identifier: MIT */
#include "search-cgi/found_note.h"

#include <string.h>

#include "common/text.h"

#define LETTERS_OF_BEGINNING 3

void found_list(const struct search_answer *answer, struct buf *out)
{
    buf_printf(out, "total=%lld shown:", (long long)answer->total);
    for (size_t i = 0; i < answer->hit_count; i++)
        buf_printf(out, " %s", answer->hits[i].page);
    buf_puts(out, " asked: ");
}

void found_note(const struct request *request,
                const struct search_answer *answer, struct response *response)
{
    if (answer != NULL)
        found_list(answer, &response->shown);
    request_link(request, NULL, 0, &response->shown);
}

/* Bytes up to and with the third letter of the last word; 0: there is none. */
static size_t beginning_of(const char *typed)
{
    const char *last = strrchr(typed, ' ');
    const char *at = last == NULL ? typed : last + 1;

    if (*at == '\0')
        return 0;
    for (int letters = 0; *at != '\0'; at++) {
        bool begins_letter = ((unsigned char)*at & 0xC0) != 0x80; /* UTF-8 */

        if (begins_letter && letters++ == LETTERS_OF_BEGINNING)
            break;
    }
    return (size_t)(at - typed);
}

void suggest_note(const char *typed, const struct suggestions *found,
                  struct buf *subject, struct buf *shown)
{
    CLEANUP(buf_fini) struct buf beginning = BUF_INIT;

    buf_add(&beginning, typed, beginning_of(typed));
    if (beginning.len == 0)
        return;
    text_add_visible(subject, buf_str(&beginning));
    text_add_visible(shown, typed);
    buf_puts(shown, " suggested:");
    for (size_t i = 0; i < found->count; i++)
        buf_printf(shown, "%s %s", i == 0 ? "" : ",", found->items[i].text);
    subject->failed = subject->failed || beginning.failed;
}
