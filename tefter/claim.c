/* SPDX-License-Identifier: MIT */
#include "tefter/claim.h"

#include <fcntl.h>
#include <string.h>

#include "common/json.h"
#include "ingest/quarantine.h"
#include "tefter/plan.h"
#include "tefter/rescan.h"

/* One batch being judged. */
struct judge {
    struct pipeline *p;
    const struct batch *batch;
    bool allow_repeats;
    struct package *package; /* of the volume asked for last: pages come by
                                volume; NULL when it has none */
    char volume[ID_SIZE];    /* that was asked for last */
};

static void judge_fini_at(struct judge *j)
{
    package_close(j->package);
}

/* --- quarantine --- */

static int write_reason(const char *quarantined, const char *batch,
                        const struct page *page, const char *reason,
                        struct err *err)
{
    CLEANUP(json_decref)
    json_t *json = json_pack("{s:s, s:s, s:s, s:i, s:s}", "batch", batch,
                             "page", page->id, "file", page->original_name,
                             "image", (int)page->image, "reason", reason);
    char path[PATH_SIZE];

    if (json == NULL)
        return err_set(err, ERR_NOMEM, "quarantine: out of memory");
    if (path_format(path, err, "%s.reason.json", quarantined) != 0)
        return -1;
    return json_write_durable(path, json, err);
}

int claim_quarantine(const struct pipeline *p, const char *batch,
                     const struct page *page, const char *reason,
                     struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char staged[PATH_SIZE], master[PATH_SIZE];
    char dir[PATH_SIZE], path[PATH_SIZE];

    if (path_format(staged, err, "%s/%s", p->archive->staging, batch) != 0 ||
        batch_master_path(staged, page, master, err) != 0 ||
        path_format(dir, err, "%s/%s", p->archive->quarantine, batch) != 0 ||
        dir_make(dir, err) != 0 ||
        quarantine_path(p->archive->quarantine, batch, page->original_name,
                        path, err) != 0)
        return -1;
    fd = open(master, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, "%s", master);
    if (file_copy_durable(fd, master, path, NULL, err) != 0)
        return -1;
    return write_reason(path, batch, page, reason, err);
}

/* --- one page --- */

/* Text as one word of a shell. */
static void add_quoted(struct buf *out, const char *text)
{
    buf_puts(out, "'");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buf_puts(out, "'\\''");
        else
            buf_add(out, text, 1);
    }
    buf_puts(out, "'");
}

static int open_volume(struct judge *j, const char *volume, struct err *err)
{
    if (strcmp(j->volume, volume) == 0)
        return 0;
    package_close(STEAL(j->package));
    j->volume[0] = '\0';
    if (package_open(j->p->store, volume, &j->package, err) != 0 &&
        err->kind != ERR_ABSENT)
        return -1;
    (void)snprintf(j->volume, sizeof(j->volume), "%s", volume);
    return 0;
}

/* The page that stands in the place; NULL when it is free. */
static const struct page *held_page(const struct judge *j,
                                    const struct page *page)
{
    long i = j->package == NULL ? -1 : package_find(j->package, page->number);

    return i < 0 ? NULL : package_page(j->package, (size_t)i);
}

static bool is_same_scan(const struct page *page, const char *sha256,
                         uint32_t image)
{
    return strcmp(page->digests.sha256, sha256) == 0 && page->image == image;
}

static void say_same(const struct page *page, struct page_claim *claim)
{
    claim->state = PAGE_DUPLICATE;
    (void)snprintf(claim->reason, sizeof(claim->reason),
                   "these very bytes are %s already", page->id);
}

/* Another scan of the page: where it is from, its bytes, and what has to be
 * before another may take its place. True also when it is kept meanwhile. */
struct other_scan {
    const char *from_what, *from;
    const char *sha256;
    const char *before;
};

/* The place is another scan's: offer what replaces it. */
static int say_other_scan(const struct judge *j, const struct page *page,
                          const struct other_scan *other,
                          struct page_claim *claim, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char path[PATH_SIZE];

    if (quarantine_path(j->p->archive->quarantine, j->batch->id,
                        page->original_name, path, err) != 0)
        return -1;
    buf_printf(&text,
               "page %s is another scan already (%s %s, sha256 "
               "%.12s..., this one %.12s...); to put this one in its place%s: "
               "tefter ingest --replace %s ",
               page->id, other->from_what, other->from, other->sha256,
               page->digests.sha256, other->before, page->id);
    add_quoted(&text, path);
    buf_puts(&text, "; to keep both, give this one a page number of its own");
    if (text.failed)
        return err_set(err, ERR_NOMEM, "batch: out of memory");
    claim->state = PAGE_SET_ASIDE;
    (void)snprintf(claim->reason, sizeof(claim->reason), "%.1000s",
                   buf_str(&text));
    return 0;
}

/* A blank page may have the bytes of any other: a fax code has one way to say
 * white. It is a page of its volume all the same. */
static bool is_blank(const struct page *page)
{
    for (size_t i = 0; i < page->findings.count; i++) {
        if (strcmp(page->findings.items[i].rule, "quality-blank") == 0)
            return true;
    }
    return false;
}

static void say_same_bytes(const struct judge *j, const struct page *page,
                           const char *other, const char *where,
                           struct page_claim *claim)
{
    if (is_blank(page)) {
        (void)snprintf(claim->reason, sizeof(claim->reason),
                       "blank, with the very bytes of page %s%.500s; kept as a "
                       "page of its own",
                       other, where);
        return;
    }
    claim->state = PAGE_REPEATED;
    (void)snprintf(
        claim->reason, sizeof(claim->reason),
        "these very bytes are page %s already%.500s; they are not kept "
        "twice. If the wrong file was copied, scan this page and "
        "give it again; if it rightly stands in both places: tefter "
        "batch retry --allow-duplicates %s",
        other, where, j->batch->id);
}

static void say_nothing_to_replace(const struct page *page,
                                   struct page_claim *claim)
{
    claim->state = PAGE_SET_ASIDE;
    (void)snprintf(claim->reason, sizeof(claim->reason),
                   "it is to replace page %s, and the archive has no such page "
                   "(yet): give it without replace",
                   page->id);
}

/* The place itself: claim->state stays PAGE_RECEIVED when it may be had. */
static int claim_place(struct judge *j, const struct page *page,
                       struct page_claim *claim, struct err *err)
{
    const struct page *held;
    struct page_bytes other;

    if (open_volume(j, page->volume, err) != 0)
        return -1;
    held = held_page(j, page);
    if (held != NULL && is_same_scan(page, held->digests.sha256, held->image)) {
        say_same(page, claim);
        return 0;
    }
    if (held != NULL && page->replaces == 0)
        return say_other_scan(j, page,
                              &(struct other_scan){"received",
                                                   held->received_utc,
                                                   held->digests.sha256, ""},
                              claim, err);
    if (queue_find_pending(j->p->queue, j->batch->id, page->id, &other, err))
        return -1;
    if (other.sha256[0] != '\0' &&
        !is_same_scan(page, other.sha256, other.image))
        return say_other_scan(
            j, page,
            &(struct other_scan){"of batch", other.batch, other.sha256,
                                 ", when that is kept (tefter work)"},
            claim, err);
    if (other.sha256[0] != '\0')
        say_same(page, claim);
    else if (held == NULL && page->replaces != 0)
        say_nothing_to_replace(page, claim);
    return 0;
}

/* The bytes, wherever they are. */
static int claim_bytes(struct judge *j, const struct page *page,
                       struct page_claim *claim, struct err *err)
{
    char found[ID_SIZE];
    struct page_place waiting;
    char where[128];

    if (catalogue_find_bytes(j->p->catalogue, page, found, err) != 0)
        return -1;
    if (found[0] != '\0') {
        say_same_bytes(j, page, found, "", claim);
        return 0;
    }
    if (queue_find_bytes(j->p->queue, page, &waiting, err) != 0)
        return -1;
    (void)snprintf(where, sizeof(where), " (of batch %s)", waiting.batch);
    if (waiting.page[0] != '\0')
        say_same_bytes(j, page, waiting.page, where, claim);
    return 0;
}

static int claim_page(struct judge *j, const struct page *page,
                      struct page_claim *claim, struct err *err)
{
    *claim = (struct page_claim){.state = PAGE_RECEIVED};
    if (claim_place(j, page, claim, err) != 0)
        return -1;
    return claim->state != PAGE_RECEIVED || j->allow_repeats
               ? 0
               : claim_bytes(j, page, claim, err);
}

/* --- a batch --- */

static int by_bytes(const void *a, const void *b, void *arg)
{
    const struct batch *batch = arg;
    const struct page *x = batch->pages[*(const size_t *)a];
    const struct page *y = batch->pages[*(const size_t *)b];
    int rc = strcmp(x->digests.sha256, y->digests.sha256);

    if (rc == 0)
        rc = (x->image > y->image) - (x->image < y->image);
    return rc != 0 ? rc : (*(const size_t *)a > *(const size_t *)b) * 2 - 1;
}

/* The same bytes twice in one batch: the first page of them has them. */
static int claim_within(const struct judge *j, struct page_claim *claims,
                        struct err *err)
{
    const struct batch *b = j->batch;
    CLEANUP(free) size_t *order = calloc(b->page_count + 1, sizeof(*order));
    size_t first = 0;
    char where[PATH_SIZE];

    if (order == NULL)
        return err_set(err, ERR_NOMEM, "batch: out of memory");
    for (size_t i = 0; i < b->page_count; i++)
        order[i] = i;
    qsort_r(order, b->page_count, sizeof(*order), by_bytes,
            (void *)(uintptr_t)b);
    for (size_t i = 1; i < b->page_count; i++) {
        const struct page *one = b->pages[order[first]];
        const struct page *page = b->pages[order[i]];

        if (!is_same_scan(page, one->digests.sha256, one->image)) {
            first = i;
            continue;
        }
        if (claims[order[first]].state != PAGE_RECEIVED)
            first = i;
        else if (claims[order[i]].state == PAGE_RECEIVED) {
            (void)snprintf(where, sizeof(where), " (the file %.200s)",
                           one->original_name);
            say_same_bytes(j, page, one->id, where, &claims[order[i]]);
        }
    }
    return 0;
}

static int quarantine_all(const struct judge *j,
                          const struct page_claim *claims, struct err *err)
{
    for (size_t i = 0; i < j->batch->page_count; i++) {
        if (claims[i].state == PAGE_SET_ASIDE &&
            claim_quarantine(j->p, j->batch->id, j->batch->pages[i],
                             claims[i].reason, err) != 0)
            return -1;
    }
    return 0;
}

static bool are_all_new(const struct page_claim *claims, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (claims[i].state != PAGE_RECEIVED)
            return false;
    }
    return true;
}

/* Who gave a scan that is to take another's place. */
static int note_rescan(struct judge *j, const struct page *page,
                       const struct page_claim *claim, struct err *err)
{
    const struct page *held;

    if (page->replaces == 0 || claim->state != PAGE_RECEIVED)
        return 0;
    if (open_volume(j, page->volume, err) != 0)
        return -1;
    held = held_page(j, page);
    return held == NULL ? 0
                        : rescan_note(j->p, AUDIT_RESCAN, j->batch->id, page,
                                      held, 0, err);
}

static int note_rescans(struct judge *j, const struct page_claim *claims,
                        struct err *err)
{
    for (size_t i = 0; i < j->batch->page_count; i++) {
        if (note_rescan(j, j->batch->pages[i], &claims[i], err) != 0)
            return -1;
    }
    return 0;
}

int claim_batch(struct pipeline *p, const struct batch *batch, struct err *err)
{
    CLEANUP(free)
    struct page_claim *claims = calloc(batch->page_count + 1, sizeof(*claims));
    CLEANUP(judge_fini)
    struct judge j = {
        .p = p, .batch = batch, .allow_repeats = batch->allow_repeats};

    if (claims == NULL)
        return err_set(err, ERR_NOMEM, "batch: out of memory");
    for (size_t i = 0; i < batch->page_count; i++) {
        if (claim_page(&j, batch->pages[i], &claims[i], err) != 0)
            return -1;
    }
    if (!j.allow_repeats && claim_within(&j, claims, err) != 0)
        return -1;
    /* Before the queue knows: a kill in between means that it is done again. */
    if (quarantine_all(&j, claims, err) != 0 ||
        note_rescans(&j, claims, err) != 0)
        return -1;
    if (queue_add_batch(p->queue, batch, claims, err) != 0)
        return -1;
    return are_all_new(claims, batch->page_count)
               ? 0
               : plan_report_outcome(p->archive, p->queue, batch->id, err);
}

/* --- again --- */

static bool is_chosen(const struct retry *retry, const char *page)
{
    if (retry->pages == NULL)
        return true;
    for (size_t i = 0; i < retry->page_count; i++) {
        if (strcmp(retry->pages[i], page) == 0)
            return true;
    }
    return false;
}

static const struct page *find_page(const struct batch *batch, const char *id)
{
    for (size_t i = 0; i < batch->page_count; i++) {
        if (strcmp(batch->pages[i]->id, id) == 0)
            return batch->pages[i];
    }
    return NULL;
}

/* Its copy stays in quarantine; its reason then says that it counts no more. If
 * it is set aside again, that is a new reason. */
static int mark_retried(const struct judge *j, const struct page *page,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *reason = NULL;
    char quarantined[PATH_SIZE], path[PATH_SIZE];
    char now[CLOCK_RFC3339_SIZE];

    if (quarantine_path(j->p->archive->quarantine, j->batch->id,
                        page->original_name, quarantined, err) != 0 ||
        path_format(path, err, "%s.reason.json", quarantined) != 0)
        return -1;
    if (!file_exists(path)) /* repeated bytes are not in quarantine */
        return 0;
    if (json_read_file(path, &reason, err) != 0)
        return -1;
    clock_now_rfc3339(now);
    if (json_object_set_new(reason, "retried_utc", json_string(now)) != 0)
        return err_set(err, ERR_NOMEM, "quarantine: out of memory");
    return json_write_durable(path, reason, err);
}

static int retry_page(struct judge *j, struct retry *retry, const char *id,
                      struct err *err)
{
    const struct page *page = find_page(j->batch, id);
    struct page_claim claim;

    if (page == NULL || !is_chosen(retry, id))
        return 0;
    if (claim_page(j, page, &claim, err) != 0 ||
        note_rescan(j, page, &claim, err) != 0 ||
        queue_retry_page(j->p->queue, j->batch->id, id, &claim, err) != 0 ||
        (claim.state == PAGE_RECEIVED && mark_retried(j, page, err) != 0))
        return -1;
    retry->waiting += claim.state == PAGE_RECEIVED;
    retry->kept += claim.state != PAGE_RECEIVED;
    return 0;
}

static int retry_state(struct judge *j, struct retry *retry,
                       enum page_state state, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list pages = {NULL, 0};

    if (queue_pages(j->p->queue, j->batch->id, 0, state, &pages, err) != 0)
        return -1;
    for (size_t i = 0; i < pages.count; i++) {
        if (retry_page(j, retry, pages.names[i], err) != 0)
            return -1;
    }
    return 0;
}

static int check_chosen(const struct batch *batch, const struct retry *retry,
                        struct err *err)
{
    for (size_t i = 0; i < retry->page_count; i++) {
        if (find_page(batch, retry->pages[i]) == NULL)
            return err_set(err, ERR_ABSENT, "batch %s has no page %s",
                           batch->id, retry->pages[i]);
    }
    return 0;
}

int claim_retry(struct pipeline *p, const char *id, struct retry *retry,
                struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    CLEANUP(batch_free) struct batch *batch = NULL;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/receive.lock", p->archive->dir) != 0 ||
        lock_acquire(path, LOCK_WAIT, &lock, err) != 0 ||
        path_format(path, err, "%s/%s", p->archive->staging, id) != 0)
        return -1;
    retry->waiting = retry->kept = 0;
    if (batch_read(path, &batch, err) != 0) {
        if (err->kind != ERR_ABSENT)
            return -1;
        return retry->page_count == 0
                   ? 0
                   : err_set(err, ERR_ABSENT,
                             "no page of %s is set aside: nothing of it is to "
                             "be tried again",
                             id);
    }
    CLEANUP(judge_fini)
    struct judge j = {
        .p = p, .batch = batch, .allow_repeats = retry->allow_repeats};
    if (check_chosen(batch, retry, err) != 0 ||
        retry_state(&j, retry, PAGE_SET_ASIDE, err) != 0 ||
        retry_state(&j, retry, PAGE_REPEATED, err) != 0)
        return -1;
    return plan_report_outcome(p->archive, p->queue, id, err);
}
