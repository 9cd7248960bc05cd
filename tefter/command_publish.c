/* SPDX-License-Identifier: MIT */
/*
 * volume publish, withdraw, published: what the public may see. page restrict,
 * unrestrict, restricted: what most may not.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "tefter/answers.h"
#include "tefter/view.h"

static int print_names(const struct series_list *list, const char *what,
                       bool json, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(json);

    for (size_t i = 0; i < list->count; i++)
        answers_add(&answers, json_pack("{s:s}", what, list->names[i]), "%s\n",
                    list->names[i]);
    return answers_end(&answers, err);
}

static int print_published(struct access *access, bool json, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};

    return access_published(access, &list, err) != 0
               ? -1
               : print_names(&list, "volume", json, err);
}

/* A slip of the pen publishes nothing. */
static int check_volume(const struct view *v, const char *volume,
                        struct err *err)
{
    struct volume_rows rows = {NULL, 0};
    int rc = volume_show(v->catalogue, &v->scope, volume, &rows, err);

    volume_rows_fini(&rows);
    return rc;
}

int volume_publication(const struct context *context, const struct words *words,
                       struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(access_close) struct access *access = NULL;
    const char *verb = words->items[0];
    const char *volume = words->count == 2 ? words->items[1] : NULL;

    if ((strcmp(verb, "published") == 0) == (volume != NULL))
        return err_set(err, ERR_USAGE,
                       "expected published, or publish or withdraw and a "
                       "volume");
    if (view_open(&v, context, err) != 0 ||
        access_open(v.archive->access, &access, err) != 0)
        return -1;
    if (volume == NULL)
        return print_published(access, words->json, err);
    if (strcmp(verb, "withdraw") == 0) /* also of a volume that is lost */
        return access_withdraw(access, volume, err);
    return check_volume(&v, volume, err) != 0
               ? -1
               : access_publish(access, volume, err);
}

static int print_restricted(struct access *access, bool json, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};

    return access_restricted(access, NULL, &list, err) != 0
               ? -1
               : print_names(&list, "page", json, err);
}

int page_restriction(const struct context *context, const char *const *words,
                     int count, bool json, struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(access_close) struct access *access = NULL;
    bool lists = count == 1 && strcmp(words[0], "restricted") == 0;
    bool lifts = count == 3 && strcmp(words[0], "unrestrict") == 0;
    struct page_row row;

    if (!lists && !lifts && (count != 3 || strcmp(words[0], "restrict") != 0))
        return err_set(err, ERR_USAGE,
                       "expected show PAGE, restricted, or restrict or "
                       "unrestrict, PAGE and REASON");
    if (view_open(&v, context, err) != 0 ||
        access_open(v.archive->access, &access, err) != 0)
        return -1;
    if (lists)
        return print_restricted(access, json, err);
    if (lifts) /* also of a page that is lost */
        return access_unrestrict(access, words[1], words[2], err);
    if (page_show(v.catalogue, &v.scope, words[1], &row, err) != 0)
        return -1;
    page_row_fini(&row);
    return access_restrict(access, words[1], words[2], err);
}
