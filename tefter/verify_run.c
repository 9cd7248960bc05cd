/* SPDX-License-Identifier: MIT */
#include "tefter/verify_run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "store/fixity_log.h"
#include "tefter/verify_known.h"
#include "tefter/verify_repair.h"
#include "tefter/verify_sum.h"

#define S_A_DAY     86400
#define PERCENT_ALL 100

struct run {
    const struct archive *archive;
    const struct verify_options *options;
    struct store *store;
    struct fixity_log *log; /* NULL: it may not be written */
    struct fixity_history history;
    struct verify_sum sum;
    struct verify_means means;
    /* {"site", "before", "volumes": [...]}: as kept in the log's "begin" */
    json_t *selection;
    json_t *chosen;    /* volume -> true; NULL: not by name */
    json_t *seen;      /* volume -> true: that the store has */
    json_t *replica;   /* volume -> its version in the replica; NULL */
    json_t *catalogue; /* volume -> its version in the catalogue */
    json_t *broken;    /* volume -> true: found so now */
    bool root_is_broken;
};

static void run_fini_at(struct run *r)
{
    fixity_history_fini(&r->history);
    verify_sum_fini(&r->sum);
    fixity_log_close(r->log);
    crew_free(r->means.crew);
    pace_free(r->means.pace);
    store_close(r->store);
    json_decref(r->selection);
    json_decref(r->chosen);
    json_decref(r->seen);
    json_decref(r->replica);
    json_decref(r->catalogue);
    json_decref(r->broken);
}

void verify_days_ago(long days, char out[CLOCK_RFC3339_SIZE])
{
    clock_rfc3339(time(NULL) - (time_t)days * S_A_DAY, out);
}

/* Choice */

static bool is_of_site(const char *site, const char *volume)
{
    size_t len = site == NULL ? 0 : strlen(site);

    return site == NULL ||
           (strncmp(volume, site, len) == 0 && volume[len] == '/');
}

/* A verify_known: by the record of checks, or by the replica. */
static unsigned known_version(const void *arg, const char *volume)
{
    const struct run *r = arg;
    unsigned here = fixity_history_version(&r->history, volume);
    json_int_t there = json_integer_value(json_object_get(r->replica, volume));

    return there > (json_int_t)here ? (unsigned)there : here;
}

/* Is there a file of the volume that was not checked since then? */
static bool is_due(const struct run *r, const char *volume, const char *before)
{
    const json_t *last = json_object_get(r->history.last, volume);
    unsigned version = (unsigned)json_get_int(last, "version", 0);
    struct volume_extent extent;
    struct err err;

    return !json_is_true(json_object_get(last, "whole")) ||
           strcmp(json_get_text(last, "at", ""), before) < 0 ||
           verify_extent(r->store, volume, version, &extent, &err) != 0 ||
           extent.files_after > 0;
}

static bool is_selected(const struct run *r, const char *volume)
{
    const char *before = json_get_text(r->selection, "before", NULL);

    if (r->chosen != NULL)
        return json_object_get(r->chosen, volume) != NULL;
    return is_of_site(json_get_text(r->selection, "site", NULL), volume) &&
           (before == NULL || is_due(r, volume, before));
}

/* A verify_wants. */
static bool wants_volume(void *arg, const char *volume)
{
    const struct run *r = arg;

    (void)json_object_set_new(r->seen, volume, json_true());
    if (r->options->resume &&
        json_object_get(r->history.begun_last, volume) != NULL)
        return false;
    return is_selected(r, volume);
}

static int random_below(size_t bound, size_t *out, struct err *err)
{
    uint64_t n = 0;

    if (getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
        return err_set_errno(err, "cannot choose at random");
    *out =
        (size_t)(n % bound); /* bound is far below 2^64: no bias to speak of */
    return 0;
}

/* Of a root that is gone: none. */
static int list_volumes(const struct run *r, struct name_list *out,
                        struct err *err)
{
    return dir_exists(r->archive->store)
               ? store_list_damaged(r->store, out, err)
               : 0;
}

static size_t sample_size(const struct verify_options *o, size_t of)
{
    double n = o->sample;

    if (o->sample_is_percent)
        n = (double)of * o->sample / PERCENT_ALL;
    if (n > 0 && n < 1)
        n = 1;
    return n >= (double)of ? of : (size_t)(n + 0.5);
}

/* The first ones of a shuffled list (Fisher and Yates). */
static int draw_sample(struct run *r, struct name_list *from, struct err *err)
{
    json_t *list = json_object_get(r->selection, "volumes");
    size_t count = 0;

    for (size_t i = 0; i < from->count; i++) {
        if (!is_selected(r, from->names[i]))
            continue;
        char *kept = from->names[count];
        from->names[count++] = from->names[i];
        from->names[i] = kept;
    }
    size_t wanted = sample_size(r->options, count);
    for (size_t i = 0; i < wanted; i++) {
        size_t k = 0;

        if (random_below(count - i, &k, err) != 0)
            return -1;
        char *drawn = from->names[i + k];
        from->names[i + k] = from->names[i];
        from->names[i] = drawn;
        if (json_array_append_new(list, json_string(drawn)) != 0)
            return err_set(err, ERR_NOMEM, "verify: out of memory");
    }
    return 0;
}

static int choose_sample(struct run *r, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list all = {NULL, 0};

    if (json_object_set_new(r->selection, "volumes", json_array()) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    if (list_volumes(r, &all, err) != 0)
        return -1;
    return draw_sample(r, &all, err);
}

static int choose_named(struct run *r, struct err *err)
{
    const struct words *words = &r->options->words;
    json_t *list = json_array();

    if (json_object_set_new(r->selection, "volumes", list) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    for (int i = 0; i < words->count; i++) {
        struct volume_extent extent;
        struct err why;

        if (verify_extent(r->store, words->items[i], 0, &extent, &why) != 0 &&
            why.kind != ERR_CHECKSUM && why.kind != ERR_INPUT &&
            json_object_get(r->history.known, words->items[i]) == NULL &&
            json_object_get(r->catalogue, words->items[i]) == NULL)
            return err_set(err, why.kind, "the volume %s has no package",
                           words->items[i]);
        if (json_array_append_new(list, json_string(words->items[i])) != 0)
            return err_set(err, ERR_USAGE, "'%s' is not UTF-8",
                           words->items[i]);
    }
    return 0;
}

/* The names of a selection as keys. */
static int index_chosen(struct run *r, struct err *err)
{
    const json_t *list = json_object_get(r->selection, "volumes");
    json_t *name;
    size_t i;

    if (list == NULL)
        return 0;
    r->chosen = json_object();
    json_array_foreach(list, i, name)
    {
        if (json_object_set_new(r->chosen, json_string_value(name),
                                json_true()) != 0)
            return err_set(err, ERR_NOMEM, "verify: out of memory");
    }
    return 0;
}

/* A site that is mistyped would be whole for years. */
static int check_site(const struct run *r, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list all = {NULL, 0};
    const char *site = r->options->site, *name;
    json_t *last;

    if (list_volumes(r, &all, err) != 0)
        return -1;
    for (size_t i = 0; i < all.count; i++) {
        if (is_of_site(site, all.names[i]))
            return 0;
    }
    json_object_foreach(r->history.known, name, last)
    {
        if (is_of_site(site, name)) /* there was one */
            return 0;
    }
    json_object_foreach(r->catalogue, name, last)
    {
        if (is_of_site(site, name))
            return 0;
    }
    return err_set(err, ERR_USAGE,
                   "no volume is of the site '%s'; `tefter volume list` tells "
                   "which there are",
                   site);
}

static int choose_anew(struct run *r, struct err *err)
{
    const struct verify_options *o = r->options;
    char before[CLOCK_RFC3339_SIZE];
    int rc = 0;

    r->selection = json_object();
    if (o->site != NULL)
        rc = json_object_set_new(r->selection, "site", json_string(o->site));
    if (o->older_than_days != DAYS_UNSET) {
        verify_days_ago(o->older_than_days, before);
        rc |= json_object_set_new(r->selection, "before", json_string(before));
    }
    if (r->selection == NULL || rc != 0)
        return err_set(err, ERR_USAGE, "the site is not UTF-8");
    if (o->site != NULL && check_site(r, err) != 0)
        return -1;
    if (o->words.count > 0)
        rc = choose_named(r, err);
    else if (o->sample > 0)
        rc = choose_sample(r, err);
    return rc != 0 ? -1 : index_chosen(r, err);
}

/* What the broken-off run found counts as found by this one. */
static int choose_again(struct run *r, struct err *err)
{
    const char *volume;
    json_t *entry;

    if (r->history.begun == NULL)
        return err_set(err, ERR_ABSENT,
                       "the last run came to its end: there is nothing to "
                       "resume");
    r->selection = json_incref(json_object_get(r->history.begun, "selection"));
    json_object_foreach(r->history.begun_last, volume, entry)
    {
        if (verify_sum_add(&r->sum, entry, err) != 0)
            return -1;
    }
    return index_chosen(r, err);
}

/* Running */

static int keep_entry(struct run *r, const char *event, json_t *entry,
                      struct err *err)
{
    int rc;

    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    rc = verify_sum_add(&r->sum, entry, err);
    if (rc == 0)
        return fixity_log_add(r->log, event, entry, err);
    json_decref(entry);
    return -1;
}

/* A verify_visit. */
static int take_report(void *arg, const char *volume,
                       const struct fault_report *report, struct err *err)
{
    struct run *r = arg;
    CLEANUP(json_decref) json_t *entry = verify_entry(volume, report);

    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    if (volume == NULL) {
        r->root_is_broken = fault_report_is_broken(report);
        return keep_entry(r, "root", STEAL(entry), err);
    }
    if (known_complete(&r->history, r->catalogue, entry, err) != 0)
        return -1;
    if ((!json_is_true(json_object_get(entry, "whole")) ||
         (r->options->repair_from != NULL && fault_report_is_broken(report))) &&
        json_object_set_new(r->broken, volume, json_true()) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return keep_entry(r, "check", STEAL(entry), err);
}

/* @param last  the line that knows it; or its version, in replica or catalogue
 */
static int take_lost(struct run *r, const char *volume, const json_t *last,
                     const char *whence, struct err *err)
{
    const char *at = json_get_text(last, "at", "");
    bool was_missed = at[0] != '\0' && json_get_int(last, "version", 0) == 0;
    char place[] = "", message[256];
    struct fault fault = {FAULT_MISSING, "", place, message};
    const struct fault_report report = {.faults = &fault, .count = 1};

    (void)snprintf(message, sizeof(message),
                   "the volume is not in the store, or cannot be told; %s%s",
                   was_missed ? "it was missed before, on " : whence, at);
    return take_report(r, volume, &report, err);
}

/* What was published, checked or replicated, and is in the store no more. */
/* What was acknowledged as lost is looked for again when a replica has it. */
static bool is_acknowledged(const struct run *r, const char *volume)
{
    return json_object_get(r->replica, volume) == NULL &&
           fixity_history_loss(&r->history, volume, "") != NULL;
}

static int report_lost_of(struct run *r, json_t *known, const char *whence,
                          struct err *err)
{
    const char *volume;
    json_t *last;

    json_object_foreach(known, volume, last)
    {
        bool is_done = r->options->resume &&
                       json_object_get(r->history.begun_last, volume) != NULL;

        if (json_object_get(r->seen, volume) == NULL && !is_done &&
            json_object_get(r->broken, volume) == NULL &&
            is_selected(r, volume) && !is_acknowledged(r, volume) &&
            take_lost(r, volume, last, whence, err) != 0)
            return -1;
    }
    return 0;
}

static int report_lost(struct run *r, struct err *err)
{
    if (report_lost_of(r, r->history.known, "it was on ", err) != 0 ||
        report_lost_of(r, r->replica, "it was when it was replicated", err))
        return -1;
    return report_lost_of(r, r->catalogue,
                          "the catalogue has it, of which the record of checks "
                          "tells nothing",
                          err);
}

/* What the broken-off run found broken is mended by the one that goes on. */
static int add_begun(struct run *r, struct err *err)
{
    const char *volume;
    json_t *entry;

    if (!r->options->resume)
        return 0;
    json_object_foreach(r->history.begun_last, volume, entry)
    {
        if (!json_is_true(json_object_get(entry, "whole")) &&
            json_object_set_new(r->broken, volume, json_true()) != 0)
            return err_set(err, ERR_NOMEM, "verify: out of memory");
    }
    return 0;
}

static int open_log(struct run *r, struct err *err)
{
    const char *run = r->options->resume
                          ? json_get_text(r->history.begun, "run", NULL)
                          : NULL;
    struct err why;

    if (fixity_log_open(r->archive->fixity, run, &r->log, &why) != 0) {
        /* Whoever may only read can still check. */
        log_warn("the checks are not recorded: %s", why.msg);
        return 0;
    }
    if (run != NULL)
        return 0;
    return fixity_log_add(r->log, "begin",
                          json_pack("{s:O}", "selection", r->selection), err);
}

static int check_all(struct run *r, struct err *err)
{
    CLEANUP(progress_end) struct progress *progress = NULL;
    struct verify_walk walk = {.means = r->means,
                               .wants = wants_volume,
                               .known = known_version,
                               .visit = take_report,
                               .arg = r};
    uint64_t count = json_object_size(r->chosen);

    if (r->chosen == NULL && dir_exists(r->archive->store) &&
        store_count(r->store, &count, err) != 0)
        return -1;
    progress = progress_new("verifying", "volumes", count);
    walk.progress = progress;
    if (verify_store(r->store, &walk, err) != 0 || report_lost(r, err) != 0 ||
        fixity_log_add(r->log, "end", json_object(), err) != 0)
        return -1;
    return fixity_log_sync(r->log, err);
}

/* A root that is damaged, or gone, is something to be told. */
static int open_store(struct run *r, struct err *err)
{
    const char *replica = r->options->repair_from;

    if (replica != NULL &&
        verify_replica_volumes(r->archive, replica, &r->replica, err) != 0)
        return -1;
    if (store_open_damaged(r->archive->store, &r->store, err) != 0)
        return -1;
    return store_keep_record(r->store, r->archive->fixity, err);
}

static int open_run(struct run *r, struct err *err)
{
    const struct verify_options *o = r->options;

    if (open_store(r, err) != 0 ||
        fixity_history_read(r->archive->fixity, &r->history, err) != 0 ||
        verify_sum_init(&r->sum, o->words.json, err) != 0 ||
        crew_new((unsigned)o->jobs, &r->means.crew, err) != 0)
        return -1;
    r->seen = json_object();
    r->catalogue = known_by_catalogue(r->archive);
    r->broken = json_object();
    if (o->bytes_a_second > 0)
        r->means.pace = pace_new(o->bytes_a_second);
    if (r->seen == NULL || r->broken == NULL || r->catalogue == NULL ||
        (o->bytes_a_second > 0 && r->means.pace == NULL))
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return o->resume ? choose_again(r, err) : choose_anew(r, err);
}

/* A verify_wants. */
static bool wants_nothing(void *arg, const char *volume)
{
    (void)arg;
    (void)volume;
    return false;
}

/* A verify_visit: of the root alone, nothing is counted twice. */
static int take_root_again(void *arg, const char *volume,
                           const struct fault_report *report, struct err *err)
{
    struct run *r = arg;

    (void)volume;
    r->root_is_broken = fault_report_is_broken(report);
    return fixity_log_add(r->log, "root", verify_entry(NULL, report), err);
}

/* What seemed to be no volume may have been one that is mended now. */
static int look_at_root_again(struct run *r, struct err *err)
{
    const struct verify_walk walk = {
        .wants = wants_nothing, .visit = take_root_again, .arg = r};

    return verify_store(r->store, &walk, err);
}

/* The root first: without it no volume can be written. What it had at a wrong
 * place is checked like what was found broken. */
static int repair_all_of(struct run *r, struct mending *m, struct err *err)
{
    if (add_begun(r, err) != 0)
        return -1;
    if (r->root_is_broken && (verify_repair_root(m, r->broken, err) != 0 ||
                              look_at_root_again(r, err) != 0))
        return -1;
    if (verify_repair(m, r->broken, err) != 0)
        return -1;
    return r->root_is_broken ? look_at_root_again(r, err) : 0;
}

/* Mend what was found; the answer's "repairs" say what came of it. */
static int repair_all(struct run *r, json_t *repairs, size_t *left,
                      struct err *err)
{
    struct mending m = {.archive = r->archive,
                        .store = r->store,
                        .replica_dir = r->options->repair_from,
                        .log = r->log,
                        .means = r->means,
                        .known = known_version,
                        .known_arg = r,
                        .history = &r->history,
                        .catalogue = r->catalogue,
                        .json = r->options->words.json,
                        .repairs = repairs};

    if (repair_all_of(r, &m, err) != 0)
        return -1;
    *left = m.left + r->root_is_broken;
    return fixity_log_sync(r->log, err);
}

int verify_run(const struct archive *archive, const struct verify_options *o,
               struct err *err)
{
    __attribute__((cleanup(run_fini_at))) struct run r = {.archive = archive,
                                                          .options = o};
    CLEANUP(json_decref) json_t *repairs = NULL;
    size_t left = 0;

    if (open_run(&r, err) != 0 || open_log(&r, err) != 0 ||
        check_all(&r, err) != 0)
        return -1;
    left = json_array_size(r.sum.broken);
    if (o->repair_from != NULL) {
        repairs = json_array();
        if (repair_all(&r, repairs, &left, err) != 0)
            return -1;
    }
    const struct verify_mended mended = {repairs, left};

    if (verify_sum_print(&r.sum, &mended, err) != 0)
        return -1;
    return left > 0 ? EXIT_FIXITY : EXIT_DONE;
}
