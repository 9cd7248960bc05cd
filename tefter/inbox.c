/* SPDX-License-Identifier: MIT */
#include "tefter/inbox.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/text.h"
#include "ingest/inbox_report.h"
#include "ingest/quarantine.h"
#include "ingest/spare_name.h"
#include "ingest/unpack.h"
#include "tefter/dropped.h"

#define EVENT_MASK                                                          \
    (IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | \
     IN_DELETE | IN_ATTRIB)
#define MAX_NAMED    5u /* files set aside, in a note */
#define MAX_FAILURES 3u /* of one thing; from then on the pause is the same */
#define LOOSE_NAME                                                           \
    "(loose files)"                /* what lies in a site's folder by itself \
                                    */
#define FOLDER_NAME "(the folder)" /* that cannot be looked into */

/* One thing in the inbox, as long as this process runs. */
struct item {
    char site[256];
    char name[256];
    char fingerprint[DIGEST_HEX_SIZE];
    char cut[DIGEST_HEX_SIZE]; /* the fingerprint that ended too early */
    char cut_reason[512];
    double changed_s; /* when it was first seen as it is now */
    double seen_s;    /* when it was first seen at all       */
    double looked_s;
    double again_s; /* not before, for something else failed  */
    unsigned failures;
    bool is_here;  /* seen in this look                      */
    bool is_open;  /* pages of what was taken are not kept   */
    bool is_dirty; /* an event came since it was looked at   */
};

/* A site's folder, or the inbox itself: what disk it is on. */
struct site {
    char name[256];
    dev_t device;
    bool was_mount; /* it was the root of a disk or share of its own */
};

struct inbox {
    struct pipeline *p;
    struct inbox_options options;
    struct lock *lock;
    int events_fd; /* -1: polling only */
    size_t *owner; /* watch descriptor -> 1 + index of its item; 0 none */
    size_t owner_count;
    struct item *items;
    size_t count;
    struct site *sites;
    size_t site_count;
    double next_s; /* of the look that is under way */
    bool is_news;  /* the web does not know all of it yet */
};

static const char *const note_ends[] = {
    [INBOX_WAITING] = NULL,
    [INBOX_OVERDUE] = ".WAITING.txt",
    [INBOX_TAKEN] = ".TAKEN.txt",
    [INBOX_REFUSED] = ".REFUSED.txt",
};

int inbox_options_read(const struct archive *archive, struct inbox_options *out,
                       struct err *err)
{
    int64_t poll = 10, settle = 30, patience = 60, recheck = 10;
    const struct conf *conf = archive->conf;
    const char *events = conf_text(conf, "inbox.events", "yes");

    if (conf_int(conf, "inbox.poll_seconds", 1, 3600, &poll, err) != 0 ||
        conf_int(conf, "inbox.settle_seconds", 0, 86400, &settle, err) != 0 ||
        conf_int(conf, "inbox.patience_minutes", 0, 100000, &patience, err) ||
        conf_int(conf, "inbox.recheck_minutes", 0, 100000, &recheck, err) != 0)
        return -1;
    if (strcmp(events, "yes") != 0 && strcmp(events, "no") != 0)
        return err_set(err, ERR_INPUT,
                       "tefter.conf: inbox.events is '%s', expected yes or no",
                       events);
    *out = (struct inbox_options){
        .poll_s = (double)poll,
        .settle_s = (double)settle,
        .patience_s = (double)patience * 60,
        .recheck_s = (double)recheck * 60,
        .use_events = strcmp(events, "yes") == 0,
    };
    return 0;
}

int inbox_open(struct pipeline *p, const struct inbox_options *options,
               struct inbox **out, struct err *err)
{
    CLEANUP(inbox_close) struct inbox *inbox = calloc(1, sizeof(*inbox));
    char path[PATH_SIZE];

    if (inbox == NULL)
        return err_set(err, ERR_NOMEM, "inbox: out of memory");
    inbox->events_fd = -1;
    inbox->p = p;
    inbox->options = *options;
    inbox->is_news = true;
    if (path_format(path, err, "%s/inbox.lock", p->archive->dir) != 0 ||
        lock_acquire(path, LOCK_TRY, &inbox->lock, err) != 0)
        return -1;
    if (options->use_events)
        inbox->events_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    *out = STEAL(inbox);
    return 0;
}

void inbox_close(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    if (inbox->events_fd >= 0)
        (void)close(inbox->events_fd);
    lock_release(inbox->lock);
    free(inbox->owner);
    free(inbox->sites);
    free(inbox->items);
    free(inbox);
}

/* --- events --- */

static void note_owner(struct inbox *inbox, int wd, size_t owner)
{
    size_t need = (size_t)wd + 1;
    size_t *grown;

    if (need > inbox->owner_count) {
        need += need / 2 + 64;
        grown = realloc(inbox->owner, need * sizeof(*grown));
        if (grown == NULL)
            return;
        memset(grown + inbox->owner_count, 0,
               (need - inbox->owner_count) * sizeof(*grown));
        inbox->owner = grown;
        inbox->owner_count = need;
    }
    inbox->owner[wd] = owner;
}

/* The folder and what is below it. Watching one again changes nothing; one
 * that cannot be watched is polled. @param owner  1 + index of the item */
static void watch_tree(struct inbox *inbox, const char *path, size_t owner,
                       unsigned depth)
{
    CLEANUP(close_dir) DIR *dir = NULL;
    const struct dirent *entry;
    char inner[PATH_SIZE];
    struct err err;
    int wd;

    if (inbox->events_fd < 0)
        return;
    wd = inotify_add_watch(inbox->events_fd, path, EVENT_MASK);
    if (wd < 0)
        return;
    note_owner(inbox, wd, owner);
    if (depth == 0)
        return;
    dir = opendir(path);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            path_format(inner, &err, "%s/%s", path, entry->d_name) == 0)
            watch_tree(inbox, inner, owner, depth - 1);
    }
}

static void take_event(struct inbox *inbox, const struct inotify_event *event)
{
    size_t owner;

    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        for (size_t i = 0; i < inbox->count; i++)
            inbox->items[i].is_dirty = true;
        return;
    }
    if (event->wd < 0 || (size_t)event->wd >= inbox->owner_count)
        return;
    owner = inbox->owner[event->wd];
    if (owner > 0 && owner <= inbox->count)
        inbox->items[owner - 1].is_dirty = true;
}

static void drain_events(struct inbox *inbox)
{
    char block[8192] __attribute__((aligned(8)));
    ssize_t n;

    while (inbox->events_fd >= 0 &&
           (n = read(inbox->events_fd, block, sizeof(block))) > 0) {
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)(block + at);

            take_event(inbox, event);
            at += (ssize_t)sizeof(*event) + (ssize_t)event->len;
        }
    }
}

void inbox_wait(struct inbox *inbox, double seconds)
{
    struct pollfd p = {.fd = inbox->events_fd, .events = POLLIN};
    const int pause_ms = 500; /* a copy makes events by the thousand */

    if (poll(&p, inbox->events_fd < 0 ? 0 : 1, (int)(seconds * 1000) + 1) > 0) {
        (void)poll(NULL, 0, pause_ms);
        drain_events(inbox);
    }
}

/* --- items --- */

static struct item *find_item(struct inbox *inbox, const char *site,
                              const char *name)
{
    struct item *grown;

    for (size_t i = 0; i < inbox->count; i++) {
        if (strcmp(inbox->items[i].site, site) == 0 &&
            strcmp(inbox->items[i].name, name) == 0)
            return &inbox->items[i];
    }
    grown = realloc(inbox->items, (inbox->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return NULL;
    inbox->items = grown;
    grown += inbox->count++;
    *grown = (struct item){.seen_s = clock_monotonic_s(), .looked_s = -1e9};
    (void)snprintf(grown->site, sizeof(grown->site), "%s", site);
    (void)snprintf(grown->name, sizeof(grown->name), "%s", name);
    return grown;
}

static int item_path(const struct inbox *inbox, const struct item *item,
                     const char *end, char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%s%s%s%s", inbox->p->archive->inbox,
                       item->site, *item->site == '\0' ? "" : "/", item->name,
                       end);
}

static bool is_note(const char *name)
{
    for (size_t i = 0; i < INBOX_STATE_COUNT; i++) {
        size_t len = strlen(name);
        size_t cut = note_ends[i] == NULL ? 0 : strlen(note_ends[i]);

        if (cut > 0 && len > cut && strcmp(name + len - cut, note_ends[i]) == 0)
            return true;
    }
    return false;
}

/* But for the note of that state; INBOX_STATE_COUNT: all of them. */
static void remove_notes(const struct inbox *inbox, const struct item *item,
                         enum inbox_state but)
{
    char path[PATH_SIZE];
    struct err err;

    for (int i = 0; i < INBOX_STATE_COUNT; i++) {
        if (note_ends[i] != NULL && i != (int)but &&
            item_path(inbox, item, note_ends[i], path, &err) == 0)
            (void)file_remove(path, &err);
    }
}

/* The note beside it, and no other of ours. A share that cannot be written to
 * has none: the queue knows all the same. */
static void write_note(const struct inbox *inbox, const struct item *item,
                       const struct inbox_row *row)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    remove_notes(inbox, item, row->state);
    if (note_ends[row->state] == NULL)
        return;
    buf_printf(&text, "%s %s: %s%s%s\n", row->since_utc,
               inbox_state_name(row->state), row->batch,
               row->batch[0] != '\0' && row->reason[0] != '\0' ? ": " : "",
               row->reason);
    if (row->state == INBOX_TAKEN)
        buf_printf(&text, "What was taken lies safe in the archive; %s\n",
                   item->is_open
                       ? "leave this folder or file here until it is settled "
                         "what becomes of what is not kept."
                       : "this folder or file and this note may be deleted.");
    if (item_path(inbox, item, note_ends[row->state], path, &err) != 0 ||
        file_write_durable(path, buf_str(&text), text.len, &err) != 0)
        log_warn("inbox=%s/%s no note can be written beside it: %s", item->site,
                 item->name, err.msg);
}

/* Each once: a state that is entered is said, one that lasts is not. */
static void say(const struct inbox_row *row, bool is_entered)
{
    if (row->state == INBOX_OVERDUE && is_entered)
        (void)fprintf(stderr,
                      "tefter: inbox/%s/%s is not complete since %s: %s; it is "
                      "taken in as soon as it is\n",
                      row->site, row->name, row->since_utc, row->reason);
    if (row->state == INBOX_REFUSED)
        (void)fprintf(stderr, "tefter: inbox/%s/%s is refused: %s\n", row->site,
                      row->name, row->reason);
}

/* What became of an item: to the queue, to people, and to the share. Nothing
 * happens when all of it is known. reason may lie in err. */
static int tell(struct inbox *inbox, const struct item *item,
                enum inbox_state state, const char *batch, const char *reason,
                struct err *err)
{
    struct inbox_row row = {.state = state};
    struct inbox_row before = {.state = INBOX_STATE_COUNT};
    struct err lookup;

    (void)snprintf(row.site, sizeof(row.site), "%s", item->site);
    (void)snprintf(row.name, sizeof(row.name), "%s", item->name);
    (void)snprintf(row.batch, sizeof(row.batch), "%s", batch);
    (void)snprintf(row.reason, sizeof(row.reason), "%s", reason);
    memcpy(row.fingerprint, item->fingerprint, sizeof(row.fingerprint));
    clock_now_rfc3339(row.since_utc);
    if (queue_inbox_find(inbox->p->queue, item->site, item->name, &before,
                         &lookup) != 0 &&
        lookup.kind != ERR_ABSENT) {
        *err = lookup;
        return -1;
    }
    if (before.state == state &&
        strcmp(before.fingerprint, row.fingerprint) == 0 &&
        (state == INBOX_TAKEN || strcmp(before.reason, row.reason) == 0))
        return 0;
    /* waiting since it was first seen, whatever else came to it */
    if (state <= INBOX_OVERDUE && before.state <= INBOX_OVERDUE)
        memcpy(row.since_utc, before.since_utc, sizeof(row.since_utc));
    if (queue_inbox_put(inbox->p->queue, &row, err) != 0)
        return -1;
    inbox->is_news = true;
    say(&row, before.state != state);
    if (before.state != state || state == INBOX_TAKEN)
        write_note(inbox, item, &row);
    return 0;
}

/* --- taking --- */

static int site_slug(const struct item *item, char out[SLUG_SIZE],
                     struct err *err)
{
    return slug_from_name(item->site, out, err);
}

/* It cannot be a batch, unless it went away or changed meanwhile: then the
 * next look says more. */
static int refuse(struct inbox *inbox, const struct item *item,
                  const char *path, struct err *err)
{
    struct dropped now;
    struct err ignored;

    if (dropped_look(path, &now, &ignored) != 0 ||
        strcmp(now.fingerprint, item->fingerprint) != 0)
        return 0;
    return tell(inbox, item, INBOX_REFUSED, "", err->msg, err);
}

/* Links, pipes and what cannot be read are set aside without their bytes. */
static bool is_kept_aside(const struct inbox *inbox, const struct batch *batch,
                          const struct batch_file *file)
{
    char path[PATH_SIZE];
    struct err err;

    return quarantine_path(inbox->p->archive->quarantine, batch->id, file->name,
                           path, &err) == 0 &&
           file_exists(path);
}

/* What was taken, and by name what was set aside, as far as it fits. */
static void tell_counts(const struct inbox *inbox, struct item *item,
                        const struct batch *batch, struct buf *out)
{
    const char *before = ": ";
    size_t rejected = 0, named = 0, unread = 0;

    for (size_t i = 0; i < batch->file_count; i++) {
        if (batch->files[i].verdict != VERDICT_REJECT)
            continue;
        rejected++;
        unread += !is_kept_aside(inbox, batch, &batch->files[i]);
    }
    item->is_open = unread > 0;
    buf_printf(out, "%zu files, %zu pages, %zu files set aside",
               batch->file_count, batch->page_count, rejected);
    for (size_t i = 0; i < batch->file_count && named < MAX_NAMED; i++) {
        if (batch->files[i].verdict != VERDICT_REJECT)
            continue;
        buf_printf(out, "%s%.150s", before, batch->files[i].name);
        before = ", ";
        named++;
    }
    if (named > 0)
        buf_printf(out, "%s; `tefter batch show %s` says why",
                   named < rejected ? ", ..." : "", batch->id);
    if (unread > 0)
        buf_printf(out,
                   "; %zu of them could not be read, and the archive has no "
                   "copy of them",
                   unread);
}

/* What became of the pages, where not all are new in a place of their own. */
static int tell_claims(const struct inbox *inbox, struct item *item,
                       const struct batch *batch, struct buf *out,
                       struct err *err)
{
    struct batch_row *row = NULL;
    size_t count = 0;
    int64_t held, open;

    if (queue_batches(inbox->p->queue, batch->id, &row, &count, err) != 0)
        return -1;
    held = row->pages[PAGE_DUPLICATE];
    open = row->pages[PAGE_REPEATED] + row->pages[PAGE_SET_ASIDE];
    batch_rows_free(row, count);
    item->is_open = item->is_open || open > 0;
    if (held > 0)
        buf_printf(out, "; %lld of the pages were there already",
                   (long long)held);
    if (open > 0)
        buf_printf(out,
                   "; %lld of the pages are NOT kept, for their bytes or their "
                   "places are other pages': `tefter batch show %s` says what "
                   "to do",
                   (long long)open, batch->id);
    return 0;
}

static void wake_in(struct inbox *inbox, double seconds)
{
    if (seconds < inbox->next_s)
        inbox->next_s = seconds > 0.05 ? seconds : 0.05;
}

/* Not complete: it waits, and when it waits for too long somebody is told. */
static int wait_for(struct inbox *inbox, struct item *item, const char *reason,
                    struct err *err)
{
    double waited_s = clock_monotonic_s() - item->seen_s;
    bool overdue = waited_s >= inbox->options.patience_s;
    struct inbox_row row;

    if (!overdue)
        wake_in(inbox, inbox->options.patience_s - waited_s);
    /* Overdue before this process began is overdue. */
    if (queue_inbox_find(inbox->p->queue, item->site, item->name, &row, err) ==
        0)
        overdue = overdue || row.state == INBOX_OVERDUE;
    else if (err->kind != ERR_ABSENT)
        return -1;
    return tell(inbox, item, overdue ? INBOX_OVERDUE : INBOX_WAITING, "",
                reason, err);
}

/* Something else failed: a disk is full, a share went away. It is tried again
 * at once, and then ever more seldom, for what was unpacked is unpacked anew.
 */
static int try_later(struct inbox *inbox, struct item *item, struct err *err)
{
    double pause_s = inbox->options.poll_s * (1u << item->failures);
    struct err why = *err;

    if (item->failures < MAX_FAILURES)
        item->failures++;
    item->again_s = clock_monotonic_s() + pause_s - inbox->options.poll_s;
    (void)wait_for(inbox, item, why.msg, err);
    *err = why;
    return err_add(err, "inbox/%s/%s", item->site, item->name);
}

/* It is read again only once something has come to it. */
static int wait_for_rest(struct inbox *inbox, struct item *item,
                         struct err *err)
{
    memcpy(item->cut, item->fingerprint, sizeof(item->cut));
    (void)snprintf(item->cut_reason, sizeof(item->cut_reason), "%.500s",
                   err->msg);
    return wait_for(inbox, item, item->cut_reason, err);
}

static int take(struct inbox *inbox, struct item *item, struct err *err)
{
    CLEANUP(progress_end)
    struct progress *progress = progress_new("taking in", "files", 0);
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct batch_defaults defaults = {.may_grow = true};
    char site[SLUG_SIZE], path[PATH_SIZE];
    CLEANUP(buf_fini) struct buf counts = BUF_INIT;

    if (site_slug(item, site, err) != 0)
        return tell(inbox, item, INBOX_REFUSED, "", err->msg, err);
    if (item_path(inbox, item, "", path, err) != 0)
        return -1;
    defaults.site = site;
    if (pipeline_receive(inbox->p, path, &defaults, progress, &batch, err) ==
        0) {
        (void)printf("batch %s: taken in from inbox/%s/%s: %zu files, %zu "
                     "pages\n",
                     batch->id, item->site, item->name, batch->file_count,
                     batch->page_count);
        (void)fflush(stdout);
        tell_counts(inbox, item, batch, &counts);
        if (tell_claims(inbox, item, batch, &counts, err) != 0)
            return -1;
        return tell(inbox, item, INBOX_TAKEN, batch->id, buf_str(&counts), err);
    }
    if (err->kind == ERR_EXISTS)
        return tell(inbox, item, INBOX_TAKEN, batch->id,
                    "these very files were taken in before, and are not kept "
                    "twice",
                    err);
    if (err->kind == ERR_INPUT || err->kind == ERR_USAGE)
        return refuse(inbox, item, path, err);
    if (err->kind == ERR_CUT)
        return wait_for_rest(inbox, item, err);
    return try_later(inbox, item, err);
}

/* Is the row of what was done with it still true? */
static int is_done(struct inbox *inbox, const struct item *item, bool *done,
                   struct err *err)
{
    struct inbox_row row;

    *done = false;
    if (queue_inbox_find(inbox->p->queue, item->site, item->name, &row, err))
        return err->kind == ERR_ABSENT ? 0 : -1;
    *done = (row.state == INBOX_TAKEN || row.state == INBOX_REFUSED) &&
            strcmp(row.fingerprint, item->fingerprint) == 0;
    return 0;
}

/* Complete by its names, and still: do its scans end where they should? */
static int take_whole(struct inbox *inbox, struct item *item, struct err *err)
{
    char path[PATH_SIZE], reason[320];

    if (item_path(inbox, item, "", path, err) != 0)
        return -1;
    dropped_find_cut(path, reason, sizeof(reason));
    return reason[0] != '\0' ? wait_for(inbox, item, reason, err)
                             : take(inbox, item, err);
}

static int judge(struct inbox *inbox, struct item *item,
                 const struct dropped *seen, struct err *err)
{
    double now_s = clock_monotonic_s();
    bool done = false;

    if (strcmp(item->fingerprint, seen->fingerprint) != 0) {
        memcpy(item->fingerprint, seen->fingerprint, sizeof(item->fingerprint));
        item->changed_s = now_s;
        item->again_s = 0;
        item->failures = 0;
    }
    if (is_done(inbox, item, &done, err) != 0)
        return -1;
    if (done) {
        item->seen_s = now_s; /* what comes to it later waits from then on */
        return 0;
    }
    if (!seen->is_complete)
        return wait_for(inbox, item, seen->reason, err);
    if (strcmp(item->cut, item->fingerprint) == 0)
        return wait_for(inbox, item, item->cut_reason, err);
    if (now_s - item->changed_s < inbox->options.settle_s) {
        wake_in(inbox, inbox->options.settle_s - (now_s - item->changed_s));
        return 0;
    }
    if (now_s < item->again_s)
        return 0;
    return take_whole(inbox, item, err);
}

/* Things that were taken are many, and are looked at when something happened
 * or from time to time. */
static bool may_skip(const struct inbox *inbox, const struct item *item)
{
    struct inbox_row row;
    struct err err;

    return !item->is_dirty &&
           clock_monotonic_s() - item->looked_s < inbox->options.recheck_s &&
           queue_inbox_find(inbox->p->queue, item->site, item->name, &row,
                            &err) == 0 &&
           (row.state == INBOX_TAKEN || row.state == INBOX_REFUSED) &&
           strcmp(row.fingerprint, item->fingerprint) == 0;
}

static int look_at(struct inbox *inbox, const char *site, const char *name,
                   struct err *err)
{
    struct item *item = find_item(inbox, site, name);
    struct dropped seen;
    char path[PATH_SIZE];

    if (item == NULL)
        return err_set(err, ERR_NOMEM, "inbox: out of memory");
    item->is_here = true;
    if (may_skip(inbox, item))
        return 0;
    if (item_path(inbox, item, "", path, err) != 0)
        return -1;
    item->is_dirty = false;
    watch_tree(inbox, path, (size_t)(item - inbox->items) + 1, 16);
    if (dropped_look(path, &seen, err) != 0)
        return err->kind == ERR_ABSENT
                   ? 0
                   : err_add(err, "inbox/%s/%s", site, name);
    item->looked_s = clock_monotonic_s();
    return judge(inbox, item, &seen, err);
}

/* --- sites --- */

/* Files that lie where no batch can be: told together, in one line. */
struct loose {
    size_t count;
    char first[256];
};

static int tell_loose(struct inbox *inbox, const char *site,
                      const struct loose *loose, struct err *err)
{
    CLEANUP(free) char *shown = text_visible(loose->first);
    struct item *item;
    char reason[512];

    if (loose->count == 0)
        return 0;
    item = find_item(inbox, site, LOOSE_NAME);
    if (item == NULL || shown == NULL)
        return err_set(err, ERR_NOMEM, "inbox: out of memory");
    item->is_here = true;
    (void)snprintf(reason, sizeof(reason),
                   "%zu files lie loose in inbox/%s (%.200s%s): put them into "
                   "a folder of their own in inbox/SITE/",
                   loose->count, site, shown, loose->count > 1 ? ", ..." : "");
    (void)snprintf(item->fingerprint, sizeof(item->fingerprint), "%zu",
                   loose->count);
    return wait_for(inbox, item, reason, err);
}

static bool is_batch(const char *path, const char *name, bool *is_loose)
{
    struct stat st;

    *is_loose = false;
    if (name[0] == '.' || is_note(name) || stat(path, &st) != 0)
        return false;
    if (S_ISDIR(st.st_mode))
        return true;
    if (S_ISREG(st.st_mode) &&
        (unpack_is_named(name) || name_is_transfer(name)))
        return true;
    *is_loose = true;
    return false;
}

/* Is it on another disk than the folder that it lies in? */
static bool is_mount(const char *dir, const struct stat *st)
{
    char path[PATH_SIZE];
    struct stat parent;
    struct err ignored;

    return path_format(path, &ignored, "%s/..", dir) == 0 &&
           stat(path, &parent) == 0 && parent.st_dev != st->st_dev;
}

/* Say when a site's folder is on another disk than it was: what lay there is
 * hidden by a mount, or gone with one. ERR_IO when a share is not mounted any
 * more: what waited there is not forgotten for that. */
static int check_site(struct inbox *inbox, const char *name, const char *dir,
                      struct err *err)
{
    struct site *site = inbox->sites;
    struct stat st;

    if (stat(dir, &st) != 0)
        return err_set_errno(err, "inbox/%s went away", name);
    while (site < inbox->sites + inbox->site_count &&
           strcmp(site->name, name) != 0)
        site++;
    if (site == inbox->sites + inbox->site_count) {
        site = realloc(inbox->sites, (inbox->site_count + 1) * sizeof(*site));
        if (site == NULL)
            return err_set(err, ERR_NOMEM, "inbox: out of memory");
        inbox->sites = site;
        site += inbox->site_count++;
        *site = (struct site){.device = st.st_dev};
        (void)snprintf(site->name, sizeof(site->name), "%s", name);
    } else if (site->was_mount && !is_mount(dir, &st)) {
        return err_set(
            err, ERR_IO,
            "the share of inbox/%s is not mounted any more; mount it "
            "again, or, if it is not to come back, start `tefter "
            "work --watch` anew",
            name);
    } else if (site->device != st.st_dev) {
        (void)fprintf(stderr,
                      "tefter: inbox/%s is on another disk than before: was a "
                      "share mounted, or did one go away?\n",
                      name);
        site->device = st.st_dev;
    }
    site->was_mount = is_mount(dir, &st);
    return 0;
}

/* It stands in the list of what waits until it can be looked into again. */
static void tell_away(struct inbox *inbox, const char *site,
                      const struct err *why)
{
    struct item *item = find_item(inbox, site, FOLDER_NAME);
    struct err ignored;

    if (item == NULL)
        return;
    item->is_here = true;
    (void)snprintf(item->fingerprint, sizeof(item->fingerprint), "away");
    (void)wait_for(inbox, item, why->msg, &ignored);
}

static int look_at_site(struct inbox *inbox, const char *site, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct loose loose = {0, ""};
    char dir[PATH_SIZE], path[PATH_SIZE];
    bool is_loose;
    struct err why;
    int rc = 0;

    if (path_format(dir, err, "%s/%s", inbox->p->archive->inbox, site) != 0)
        return -1;
    if (check_site(inbox, site, dir, err) != 0 ||
        dir_list(dir, &names, err) != 0) {
        tell_away(inbox, site, err);
        return -1;
    }
    watch_tree(inbox, dir, 0, 0);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.names[i];

        if (path_format(path, err, "%s/%s", dir, name) != 0)
            return -1;
        if (is_batch(path, name, &is_loose) && strlen(name) < 256) {
            /* What is wrong with one does not hold up the others. */
            if (look_at(inbox, site, name, &why) != 0) {
                *err = why;
                rc = -1;
            }
        } else if (is_loose && loose.count++ == 0) {
            (void)snprintf(loose.first, sizeof(loose.first), "%s", name);
        }
    }
    if (tell_loose(inbox, site, &loose, &why) != 0) {
        *err = why;
        rc = -1;
    }
    return rc;
}

/* What is gone is forgotten, unless it was taken: it may come back. */
static int forget_gone(struct inbox *inbox, struct err *err)
{
    CLEANUP(free) struct inbox_row *rows = NULL;
    size_t count = 0;

    if (queue_inbox(inbox->p->queue, INBOX_OPEN, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = find_item(inbox, rows[i].site, rows[i].name);

        if (item == NULL || item->is_here)
            continue;
        remove_notes(inbox, item, INBOX_STATE_COUNT);
        inbox->is_news = true;
        if (queue_inbox_remove(inbox->p->queue, rows[i].site, rows[i].name,
                               err) != 0)
            return -1;
    }
    return 0;
}

/* A site may be a link to a share, which then went away. */
static bool is_link(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static int look_at_all(struct inbox *inbox, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list sites = {NULL, 0};
    struct loose loose = {0, ""};
    char path[PATH_SIZE];
    struct err ignored;
    int rc = 0;

    if (check_site(inbox, "", inbox->p->archive->inbox, err) != 0 ||
        dir_list(inbox->p->archive->inbox, &sites, err) != 0) {
        tell_away(inbox, "", err);
        return -1;
    }
    watch_tree(inbox, inbox->p->archive->inbox, 0, 0);
    for (size_t i = 0; i < sites.count; i++) {
        const char *name = sites.names[i];
        struct err why;

        if (path_format(path, err, "%s/%s", inbox->p->archive->inbox, name))
            return -1;
        if (name[0] == '.' || strlen(name) >= 256)
            continue;
        if (!dir_exists(path) && !is_link(path)) {
            if (!is_note(name) && loose.count++ == 0)
                (void)snprintf(loose.first, sizeof(loose.first), "%s", name);
            continue;
        }
        /* One share that went away does not hold up the others. */
        if (look_at_site(inbox, name, &why) != 0) {
            *err = why;
            rc = -1;
        }
    }
    return tell_loose(inbox, "", &loose, rc == 0 ? err : &ignored) != 0 ? -1
                                                                        : rc;
}

/* For the web, which does not read the queue. */
static int publish(struct inbox *inbox, struct err *err)
{
    CLEANUP(free) struct inbox_row *rows = NULL;
    CLEANUP(json_decref) json_t *list = json_array();
    size_t count = 0;

    if (queue_inbox(inbox->p->queue, INBOX_OPEN, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(free) char *name = text_visible(rows[i].name);
        CLEANUP(free) char *site = text_visible(rows[i].site);

        if (json_array_append_new(list,
                                  json_pack("{s:s?, s:s?, s:s, s:s, s:s}",
                                            "site", site, "name", name, "state",
                                            inbox_state_name(rows[i].state),
                                            "since_utc", rows[i].since_utc,
                                            "reason", rows[i].reason)) != 0)
            return err_set(err, ERR_NOMEM, "inbox: out of memory");
    }
    if (inbox_report_write(inbox->p->archive->reports, list, err) != 0)
        return -1;
    inbox->is_news = false;
    return 0;
}

int inbox_look(struct inbox *inbox, double *next_s, struct err *err)
{
    struct err why;
    int rc;

    drain_events(inbox);
    inbox->next_s = inbox->options.poll_s;
    for (size_t i = 0; i < inbox->count; i++)
        inbox->items[i].is_here = false;
    rc = look_at_all(inbox, err);
    if (rc == 0)
        rc = forget_gone(inbox, err);
    if (inbox->is_news && publish(inbox, &why) != 0) {
        *err = rc == 0 ? why : *err;
        rc = -1;
    }
    *next_s = inbox->next_s;
    return rc;
}
