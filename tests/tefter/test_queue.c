/* SPDX-License-Identifier: MIT */
#include "tefter/queue.h"

#include <string.h>

#include "tests/unit.h"

static struct queue *open_in(const char *dir)
{
    struct queue *queue = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/queue.sqlite", dir), err);
    assert_ok(queue_open(path, &queue, &err), err);
    return queue;
}

static struct page *make_page(unsigned number)
{
    struct page *page = page_new();

    (void)snprintf(page->volume, sizeof(page->volume), "a/b/c");
    (void)snprintf(page->id, sizeof(page->id), "a/b/c/%04u", number);
    page->number = number;
    (void)snprintf(page->digests.sha256, sizeof(page->digests.sha256),
                   "sha-of-%u", number);
    return page;
}

/* A batch of three pages of one volume, and one file that was rejected. */
static struct batch *make_batch(const char *id)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    (void)snprintf(batch->id, sizeof(batch->id), "%s", id);
    batch->source = strdup("/scans/x");
    batch->files = calloc(1, sizeof(*batch->files));
    batch->files[0] = (struct batch_file){.name = strdup("bad.tif"),
                                          .verdict = VERDICT_REJECT};
    batch->file_count = 1;
    batch->pages = calloc(3, sizeof(struct page *));
    for (unsigned i = 0; i < 3; i++)
        batch->pages[i] = make_page(i + 1);
    batch->page_count = 3;
    return batch;
}

static const struct page_claim all_received[3] = {
    {PAGE_RECEIVED, ""}, {PAGE_RECEIVED, ""}, {PAGE_RECEIVED, ""}};

static size_t count_pages(struct queue *queue, const char *batch,
                          enum page_state state)
{
    CLEANUP(name_list_fini) struct name_list pages = {NULL, 0};
    struct err err;

    assert_ok(queue_pages(queue, batch, 0, state, &pages, &err), err);
    return pages.count;
}

static void queue_add_batch__takes_a_batch_once(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    struct batch_row *rows = NULL;
    size_t count = 0;
    struct err err;

    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_batches(queue, NULL, &rows, &count, &err), err);
    assert_int_equal(count, 1);
    assert_int_equal(rows->files, 1);
    assert_int_equal(rows->rejected, 1);
    assert_int_equal(rows->pages[PAGE_RECEIVED], 3);
    batch_rows_free(rows, count);
    assert_int_equal(queue_batches(queue, "b-2", &rows, &count, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void queue_find_pending__sees_other_batches_only(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    struct page_bytes found;
    struct err err;

    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_find_pending(queue, "b-1", "a/b/c/0001", &found, &err),
              err);
    assert_string_equal(found.sha256, "");
    assert_ok(queue_find_pending(queue, "b-2", "a/b/c/0001", &found, &err),
              err);
    assert_string_equal(found.sha256, "sha-of-1");
}

static void queue__leads_pages_from_received_to_packed(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    CLEANUP(free) struct batch_volume *volumes = NULL;
    CLEANUP(free) struct unit_row *units = NULL;
    CLEANUP(unit_map_free) struct unit_map *read = NULL;
    struct unit_row unit = {"b-1", 1, "a/b/c", 0};
    const char *ids[] = {"a/b/c/0001", "a/b/c/0002", "a/b/c/0003"};
    size_t count;
    struct err err;

    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_add_unit(queue, &unit, ids, 3, &err), err);
    assert_ok(queue_ready_units(queue, &units, &count, &err), err);
    assert_int_equal(count, 1);
    assert_ok(queue_set_page(queue, "b-1", ids[0], PAGE_READ, "", "{}", &err),
              err);
    /* One page still waits: the volume is not finished. */
    assert_ok(queue_finished_volumes(queue, &volumes, &count, &err), err);
    assert_int_equal(count, 0);
    assert_ok(queue_set_page(queue, "b-1", ids[1], PAGE_READ, "", "{}", &err),
              err);
    assert_ok(queue_set_page(queue, "b-1", ids[2], PAGE_SET_ASIDE, "crashed",
                             "{}", &err),
              err);
    free(STEAL(volumes));
    assert_ok(queue_finished_volumes(queue, &volumes, &count, &err), err);
    assert_int_equal(count, 1);
    assert_string_equal(volumes[0].volume, "a/b/c");
    assert_ok(queue_read_pages(queue, "b-1", "a/b/c", &read, &err), err);
    assert_int_equal(unit_map_find(read, ids[1]), 1);
    assert_int_equal(unit_map_find(read, ids[2]), 0);
    assert_ok(
        queue_move_pages(queue, "b-1", "a/b/c", PAGE_READ, PAGE_PACKED, &err),
        err);
    assert_int_equal(count_pages(queue, "b-1", PAGE_PACKED), 2);
}

/* A unit killed once in each of many runs lost its pages to quarantine. */
static void queue_forgive_units__makes_a_new_run_a_new_chance(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    CLEANUP(free) struct unit_row *units = NULL;
    struct unit_row unit = {"b-1", 1, "a/b/c", 0};
    const char *ids[] = {"a/b/c/0001"};
    size_t count;
    struct err err;

    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_add_unit(queue, &unit, ids, 1, &err), err);
    assert_ok(queue_unit_failed(queue, &unit, &err), err);
    assert_ok(queue_ready_units(queue, &units, &count, &err), err);
    assert_int_equal(units[0].failures, 1);
    free(STEAL(units));
    assert_ok(queue_forgive_units(queue, &err), err);
    assert_ok(queue_ready_units(queue, &units, &count, &err), err);
    assert_int_equal(units[0].failures, 0);
}

static void queue_retry_page__makes_pages_wait_again(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    CLEANUP(name_list_fini) struct name_list done = {NULL, 0};
    CLEANUP(name_list_fini) struct name_list open = {NULL, 0};
    const struct page_claim claims[3] = {
        {PAGE_DUPLICATE, ""}, {PAGE_SET_ASIDE, "why"}, {PAGE_REPEATED, "why"}};
    const struct page_claim waits = {PAGE_RECEIVED, ""};
    const struct page_claim stays = {PAGE_REPEATED, "still"};
    struct err err;

    assert_ok(queue_add_batch(queue, batch, claims, &err), err);
    assert_ok(queue_finished_batches(queue, &done, &err), err);
    assert_int_equal(done.count, 1);
    name_list_fini(&done);
    assert_ok(queue_finish_batch(queue, "b-1", &err), err);
    assert_ok(queue_retry_page(queue, "b-1", "a/b/c/0003", &stays, &err), err);
    assert_ok(queue_finished_batches(queue, &done, &err), err);
    assert_int_equal(done.count, 0);
    assert_ok(queue_retry_page(queue, "b-1", "a/b/c/0002", &waits, &err), err);
    assert_ok(queue_unplanned_pages(queue, "b-1", &open, &err), err);
    assert_int_equal(open.count, 1);
    assert_int_equal(count_pages(queue, "b-1", PAGE_REPEATED), 1);
}

/* A queue as the first release made it, with a page in it. */
static void queue_open__takes_an_older_queue_over(void **state)
{
    static const char old[] =
        "CREATE TABLE batch (id TEXT PRIMARY KEY, source TEXT NOT NULL,"
        " received_utc TEXT NOT NULL, finished_utc TEXT);"
        "CREATE TABLE page (batch TEXT NOT NULL REFERENCES batch (id),"
        " id TEXT NOT NULL, volume TEXT NOT NULL, name TEXT NOT NULL,"
        " sha256 TEXT NOT NULL, image INTEGER NOT NULL, state TEXT NOT NULL"
        " CHECK (state IN ('received', 'packed')), reason TEXT NOT NULL"
        " DEFAULT '', unit INTEGER, times TEXT NOT NULL DEFAULT '{}',"
        " PRIMARY KEY (batch, id)) WITHOUT ROWID;"
        "CREATE INDEX page_state ON page (state, batch, volume);"
        "CREATE INDEX page_id ON page (id);"
        "INSERT INTO batch VALUES ('b-0', '/x', '2026-01-01T00:00:00Z', NULL);"
        "INSERT INTO page (batch, id, volume, name, sha256, image, state)"
        " VALUES ('b-0', 'a/b/c/0009', 'a/b/c', '9.tif', 'x', 0, 'packed');";
    CLEANUP(queue_close) struct queue *queue = NULL;
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    const struct page_claim claims[3] = {
        {PAGE_REPEATED, "why"}, {PAGE_RECEIVED, ""}, {PAGE_RECEIVED, ""}};
    struct db *db = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/queue.sqlite", (char *)*state), err);
    assert_ok(db_open(path, DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db, old, &err), err);
    db_close(db);
    queue = open_in(*state);
    assert_int_equal(count_pages(queue, "b-0", PAGE_PACKED), 1);
    assert_ok(queue_add_batch(queue, batch, claims, &err), err);
    assert_int_equal(count_pages(queue, "b-1", PAGE_REPEATED), 1);
    queue_close(STEAL(queue));
    queue = open_in(*state);
    assert_int_equal(count_pages(queue, "b-0", PAGE_PACKED), 1);
}

static void queue_find_bytes__sees_other_places_that_wait(void **state)
{
    CLEANUP(queue_close) struct queue *queue = open_in(*state);
    CLEANUP(batch_free) struct batch *batch = make_batch("b-1");
    struct page_place found;
    struct err err;

    assert_ok(queue_add_batch(queue, batch, all_received, &err), err);
    assert_ok(queue_find_bytes(queue, batch->pages[0], &found, &err), err);
    assert_string_equal(found.page, "");
    (void)snprintf(batch->pages[0]->id, sizeof(batch->pages[0]->id),
                   "a/b/d/0001");
    assert_ok(queue_find_bytes(queue, batch->pages[0], &found, &err), err);
    assert_string_equal(found.page, "a/b/c/0001");
    assert_string_equal(found.batch, "b-1");
    assert_ok(queue_set_page(queue, "b-1", "a/b/c/0001", PAGE_SET_ASIDE, "", "",
                             &err),
              err);
    assert_ok(queue_find_bytes(queue, batch->pages[0], &found, &err), err);
    assert_string_equal(found.page, "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(queue_add_batch__takes_a_batch_once),
        unit_test_in_dir(queue_open__takes_an_older_queue_over),
        unit_test_in_dir(queue_find_bytes__sees_other_places_that_wait),
        unit_test_in_dir(queue_find_pending__sees_other_batches_only),
        unit_test_in_dir(queue__leads_pages_from_received_to_packed),
        unit_test_in_dir(queue_forgive_units__makes_a_new_run_a_new_chance),
        unit_test_in_dir(queue_retry_page__makes_pages_wait_again),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
