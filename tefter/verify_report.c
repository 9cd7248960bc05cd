/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/json.h"
#include "store/fixity_log.h"
#include "store/verify.h"
#include "tefter/verify_known.h"
#include "tefter/verify_run.h"

#define DAYS_USUAL 90

/* What is asked, and the answer as it grows. */
struct query {
    const struct store *store;
    const char *root;
    const struct fixity_history *history;
    const char *site; /* NULL: all */
    long days;
    char since[CLOCK_RFC3339_SIZE];
    json_t *volumes;
    uint64_t files, due;
    uint64_t volumes_due, broken;
    json_t *losses; /* acknowledged: losses_list */
};

/* One volume: how many of its files were not looked at since then. */
static int ask_volume(struct query *q, const char *volume, struct err *err)
{
    const json_t *last = json_object_get(q->history->last, volume);
    unsigned known = fixity_history_version(q->history, volume);
    const char *at = json_get_text(last, "at", "");
    bool whole = json_is_true(json_object_get(last, "whole"));
    unsigned version = (unsigned)json_get_int(last, "version", 0);
    struct volume_extent extent = {0, 0, 0};
    struct err why;
    json_t *line;

    bool is_read = verify_extent(q->store, volume, version, &extent, &why) == 0;
    /* What is acknowledged as lost may be its inventory. */
    bool is_acknowledged =
        json_object_size(json_object_get(q->history->losses, volume)) > 0;
    /* Lost since, or damaged, or rolled back. */
    bool is_behind =
        is_read ? extent.head < known : !(is_acknowledged && whole);
    bool is_broken = is_behind || (last != NULL && !whole);

    uint64_t due = strcmp(at, q->since) < 0 ? extent.files : extent.files_after;
    q->files += extent.files;
    q->due += due;
    q->volumes_due += due > 0 || last == NULL;
    q->broken += is_broken;
    line = json_pack("{s:s, s:I, s:I, s:I, s:b, s:s?, s:b, s:b}", "volume",
                     volume, "files", (json_int_t)extent.files, "due",
                     (json_int_t)due, "version", (json_int_t)extent.head,
                     "checked", last != NULL, "at", last == NULL ? NULL : at,
                     "whole", whole && !is_behind, "broken", is_broken);
    if (json_array_append_new(q->volumes, line) != 0)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    return 0;
}

static bool is_asked(const struct query *q, const char *volume)
{
    size_t len = q->site == NULL ? 0 : strlen(q->site);

    return q->site == NULL ||
           (strncmp(volume, q->site, len) == 0 && volume[len] == '/');
}

/* The store's volumes, and those that were in it. */
static int ask_all(struct query *q, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(json_decref) json_t *seen = json_object();
    const char *volume;
    json_t *last;

    /* Of a root that is gone: none; those it had are told as broken. */
    if (dir_exists(q->root) && store_list_damaged(q->store, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (json_object_set_new(seen, names.names[i], json_true()) != 0)
            return err_set(err, ERR_NOMEM, "report: out of memory");
        if (is_asked(q, names.names[i]) &&
            ask_volume(q, names.names[i], err) != 0)
            return -1;
    }
    json_object_foreach(q->history->known, volume, last)
    {
        if (json_object_get(seen, volume) == NULL && is_asked(q, volume) &&
            ask_volume(q, volume, err) != 0)
            return -1;
    }
    return 0;
}

static void print_volumes(const struct query *q)
{
    json_t *line;
    size_t i;

    json_array_foreach(q->volumes, i, line)
    {
        const char *at = json_get_text(line, "at", NULL);
        const char *state = json_is_true(json_object_get(line, "broken"))
                                ? "broken"
                            : at == NULL                       ? "never"
                            : json_get_int(line, "due", 0) > 0 ? "due"
                                                               : "whole";

        (void)printf("%-7s %-20s %6lld files, %6lld due  %s\n", state,
                     at == NULL ? "-" : at,
                     (long long)json_get_int(line, "files", 0),
                     (long long)json_get_int(line, "due", 0),
                     json_get_text(line, "volume", ""));
    }
}

static void print_plain(const struct query *q)
{
    print_volumes(q);
    if (q->due == 0 && q->volumes_due == 0)
        (void)printf("all %llu files were checked in the last %ld days\n",
                     (unsigned long long)q->files, q->days);
    else
        (void)printf("%llu of %llu files, in %llu volumes, were not checked in "
                     "the last %ld days\n",
                     (unsigned long long)q->due, (unsigned long long)q->files,
                     (unsigned long long)q->volumes_due, q->days);
    if (q->broken > 0)
        (void)printf("%llu volumes are broken\n",
                     (unsigned long long)q->broken);
    if (json_array_size(q->losses) > 0)
        (void)printf("%zu acknowledged as lost: `tefter loss list'\n",
                     json_array_size(q->losses));
    if (q->history->begun != NULL)
        (void)printf("the run of %s did not come to its end: `tefter verify "
                     "--resume` goes on with it\n",
                     json_get_text(q->history->begun, "at", ""));
    if (q->history->unreadable > 0)
        (void)printf("%zu lines of the record of checks cannot be read\n",
                     q->history->unreadable);
}

static int print_json(const struct query *q, struct err *err)
{
    CLEANUP(json_decref)
    json_t *answer = json_pack(
        "{s:i, s:s, s:b, s:I, s:I, s:I, s:I, s:s?, s:I, s:O, s:O}", "days",
        (int)q->days, "since", q->since, "complete",
        q->due == 0 && q->volumes_due == 0, "files", (json_int_t)q->files,
        "due", (json_int_t)q->due, "volumes_due", (json_int_t)q->volumes_due,
        "broken", (json_int_t)q->broken, "unfinished_since",
        json_get_text(q->history->begun, "at", NULL), "unreadable_lines",
        (json_int_t)q->history->unreadable, "volumes", q->volumes, "losses",
        q->losses);

    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    return json_print(stdout, answer, err);
}

int verify_report(const struct archive *archive, const struct verify_options *o,
                  struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(fixity_history_fini) struct fixity_history history = {NULL};
    CLEANUP(json_decref) json_t *volumes = json_array();
    CLEANUP(json_decref) json_t *losses = NULL;
    struct query q = {.history = &history,
                      .root = archive->store,
                      .site = o->site,
                      .days = o->older_than_days == DAYS_UNSET
                                  ? DAYS_USUAL
                                  : o->older_than_days,
                      .volumes = volumes};

    verify_days_ago(q.days, q.since);
    if (store_open_damaged(archive->store, &store, err) != 0 ||
        fixity_history_read(archive->fixity, &history, err) != 0)
        return -1;
    q.store = store;
    losses = known_losses(&history, o->site);
    if (losses == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    q.losses = losses;
    if (ask_all(&q, err) != 0)
        return -1;
    if (o->words.json && print_json(&q, err) != 0)
        return -1;
    if (!o->words.json)
        print_plain(&q);
    return q.broken > 0 ? EXIT_FIXITY : EXIT_DONE;
}
