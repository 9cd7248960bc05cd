/* SPDX-License-Identifier: MIT */
/*
 * Writers that die: at every point by construction, at random points by kill
 * -9, for want of room on the disk, and by both at once. After store_recover
 * every object is valid, and every version that was acknowledged is there.
 * KILLS: so many kills of each kind (80, and 20 on a full disk); SEED: which.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "store/fixity_log.h"
#include "store/store.h"
#include "store/verify.h"
#include "tests/store/made.h"

#define KILLS        80
#define KILLS_FULL   20
#define FULL_OPTIONS "size=4m,nr_inodes=2000"
#define FULL_MOST    400 /* KiB that are left at most */
#define DISK_OPTIONS "size=512k,nr_inodes=400"

static void under(const char *dir, const char *name, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s", dir, name), err);
}

static void copy_file(const char *dir, const char *from, const char *to)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    under(dir, from, path);
    assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
    under(dir, to, path);
    assert_ok(file_write_durable(path, bytes.data, bytes.len, &err), err);
}

/* What a writer leaves in the work folder when it dies. */
static void leave_work(const char *dir)
{
    char path[PATH_SIZE];
    struct err err;

    under(dir, "store.work/" MADE_HASH "/v3/content", path);
    assert_ok(dir_make(path, &err), err);
}

static void assert_valid(const char *dir)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(store_close) struct store *store = NULL;
    char root[PATH_SIZE];
    struct err err;

    under(dir, "store", root);
    assert_ok(store_open(root, &store, &err), err);
    made_verify(store, &report);
    for (size_t i = 0; i < report.count; i++)
        print_message("%s %s: %s\n", report.faults[i].code,
                      report.faults[i].path, report.faults[i].message);
    assert_int_equal(report.count, 0);
}

static void assert_no_work(const char *dir)
{
    CLEANUP(name_list_fini) struct name_list left = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    under(dir, "store.work", path);
    if (!dir_exists(path))
        return;
    assert_ok(dir_list_all(path, &left, &err), err);
    for (size_t i = 0; i < left.count; i++)
        assert_non_null(strstr(left.names[i], ".lock"));
}

static unsigned version_of(const struct store *store, const char *volume)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    if (package_open(store, volume, &package, &err) != 0) {
        assert_int_equal(err.kind, ERR_ABSENT);
        return 0;
    }
    return package_version(package);
}

/* Every point at which a writer can die, made by hand */

static void recover__undoes_a_version_without_inventory(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_version(*state, store, MADE_VOLUME, 2, 2);
    copy_file(*state, "store/" MADE_OBJECT "/v1/inventory.json",
              "store/" MADE_OBJECT "/inventory.json");
    copy_file(*state, "store/" MADE_OBJECT "/v1/inventory.json.sha512",
              "store/" MADE_OBJECT "/inventory.json.sha512");
    leave_work(*state);
    /* A reader sees the version before. */
    assert_int_equal(version_of(store, MADE_VOLUME), 1);
    assert_ok(store_recover(store, &err), err);
    assert_int_equal(version_of(store, MADE_VOLUME), 1);
    under(*state, "store/" MADE_OBJECT "/v2", path);
    assert_false(file_exists(path));
    assert_valid(*state);
    assert_no_work(*state);
}

/* Killed between the last rename and the line in the record of checks. */
static void recover__records_what_was_published(void **state)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(store_close) struct store *store = made_store(*state);
    char path[PATH_SIZE];
    struct err err;

    under(*state, "fixity.jsonl", path);
    assert_ok(store_keep_record(store, path, &err), err);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_version(*state, store, MADE_VOLUME, 2, 2);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(fixity_history_version(&h, MADE_VOLUME), 2);
    fixity_history_fini(&h);
    assert_ok(file_remove(path, &err), err);
    leave_work(*state);
    assert_ok(store_recover(store, &err), err);
    assert_ok(fixity_history_read(path, &h, &err), err);
    assert_int_equal(fixity_history_version(&h, MADE_VOLUME), 2);
}

static void recover__finishes_a_version_without_sidecar(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_version(*state, store, MADE_VOLUME, 2, 2);
    copy_file(*state, "store/" MADE_OBJECT "/v1/inventory.json.sha512",
              "store/" MADE_OBJECT "/inventory.json.sha512");
    leave_work(*state);
    /* A reader sees the new version already. */
    assert_int_equal(version_of(store, MADE_VOLUME), 2);
    assert_ok(store_recover(store, &err), err);
    assert_int_equal(version_of(store, MADE_VOLUME), 2);
    assert_valid(*state);
    assert_no_work(*state);
}

static void recover__removes_folders_made_for_an_object(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char path[PATH_SIZE];
    struct err err;

    under(*state, "store/" MADE_OBJECT, path);
    *strrchr(path, '/') = '\0';
    assert_ok(dir_make(path, &err), err);
    leave_work(*state);
    assert_ok(store_recover(store, &err), err);
    assert_valid(*state);
    assert_no_work(*state);
}

static void recover__leaves_a_living_writer_alone(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add(*state, draft, MADE_VOLUME, 1, &err), err);
    assert_ok(store_recover(store, &err), err);
    assert_ok(draft_commit(draft, "alive", &err), err);
    assert_int_equal(version_of(store, MADE_VOLUME), 1);
    assert_valid(*state);
}

static void recover__does_not_mend_what_it_did_not_break(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    struct draft *draft = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    under(*state, "store/" MADE_OBJECT "/inventory.json", path);
    assert_ok(file_write_durable(path, "{}", 2, &err), err);
    leave_work(*state);
    assert_ok(store_recover(store, &err), err);
    assert_int_equal(file_size(path), 2);
    assert_int_equal(draft_begin(store, v, &draft, &err), -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
}

static void draft_begin__mends_after_a_dead_writer(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);

    made_version(*state, store, MADE_VOLUME, 1, 1);
    made_version(*state, store, MADE_VOLUME, 2, 2);
    copy_file(*state, "store/" MADE_OBJECT "/v1/inventory.json",
              "store/" MADE_OBJECT "/inventory.json");
    leave_work(*state);
    made_version(*state, store, MADE_VOLUME, 2, 3);
    assert_int_equal(version_of(store, MADE_VOLUME), 2);
    assert_valid(*state);
    assert_no_work(*state);
}

/* Random points */

/* In the child: version after version of one volume, each acknowledged by a
 * byte in the pipe. */
static void write_for_ever(const char *dir, const char *volume, int ack_fd)
{
    CLEANUP(store_close) struct store *store = NULL;
    char root[PATH_SIZE];
    struct err err;
    uint32_t page;

    under(dir, "store", root);
    assert_ok(store_open(root, &store, &err), err);
    page = 2 * version_of(store, volume) + 1;
    for (;; page += 2) {
        made_version(dir, store, volume, page, page + 1);
        if (write(ack_fd, "k", 1) != 1)
            return;
    }
}

/* Start a writer, kill it after that time, and count what it acknowledged. */
typedef void writer(const char *dir, const char *volume, int ack_fd);

static unsigned kill_the(writer *write_on, const char *dir, const char *volume,
                         useconds_t after_us)
{
    int ends[2];
    unsigned acknowledged = 0;
    char byte;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        write_on(dir, volume, ends[1]);
        _exit(1);
    }
    (void)close(ends[1]);
    (void)usleep(after_us);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    while (read(ends[0], &byte, 1) == 1)
        acknowledged++;
    (void)close(ends[0]);
    return acknowledged;
}

static void assert_pages(const struct store *store, const char *volume,
                         unsigned versions)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    if (versions == 0)
        return;
    assert_ok(package_open(store, volume, &package, &err), err);
    assert_int_equal(package_page_count(package), 2 * (size_t)versions);
}

/* Microseconds that a version takes here and now. */
static long time_a_version(const char *dir, struct store *store)
{
    double begin_s = clock_monotonic_s();

    made_version(dir, store, "odesos/technical/warm-up", 1, 2);
    return (long)((clock_monotonic_s() - begin_s) * 1e6);
}

/* How many objects have something that was left undone. */
static unsigned count_left(const char *dir)
{
    CLEANUP(name_list_fini) struct name_list left = {NULL, 0};
    char work[PATH_SIZE];
    unsigned count = 0;
    struct err err;

    under(dir, "store.work", work);
    if (dir_list(work, &left, &err) != 0)
        return 0;
    for (size_t i = 0; i < left.count; i++)
        count += strstr(left.names[i], ".lock") == NULL;
    return count;
}

static int number_of(const char *variable, int otherwise)
{
    const char *text = getenv(variable);

    return text == NULL ? otherwise : atoi(text);
}

static void recover__loses_nothing_to_kills_at_random(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    long version_us = time_a_version(*state, store);
    unsigned acknowledged = 0, left = 0, finished = 0;
    int kills = number_of("KILLS", KILLS);
    struct err err;

    for (int i = 0; i < kills; i++) {
        useconds_t after_us = (useconds_t)(random() % (2 * version_us + 1));
        char volume[ID_SIZE];
        unsigned before, done, now;

        /* By turns the first version of a volume, and the next of one. */
        (void)snprintf(volume, sizeof(volume), "odesos/local-tax/%d", i);
        if (i % 2 == 1)
            made_version(*state, store, volume, 1, 2);
        before = version_of(store, volume);
        done = kill_the(write_for_ever, *state, volume, after_us);
        left += count_left(*state);
        assert_ok(store_recover(store, &err), err);
        assert_no_work(*state);
        now = version_of(store, volume);
        /* At most one was made and could not be acknowledged any more. */
        assert_in_range(now, before + done, before + done + 1);
        assert_pages(store, volume, now);
        acknowledged += done;
        finished += now - before - done;
        if (i % 8 == 7)
            assert_valid(*state);
    }
    assert_valid(*state);
    print_message("%d kills: %u versions acknowledged, %u more were whole, "
                  "%u times something was left to undo or finish\n",
                  kills, acknowledged, finished, left);
}

static void draft_begin__tells_a_second_writer_that_it_is_busy(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *first = NULL;
    struct draft *second = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &first, &err), err);
    assert_int_equal(draft_begin(store, v, &second, &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_non_null(strstr(err.msg, MADE_VOLUME));
    /* The one who was turned away touched nothing. */
    assert_ok(made_add(*state, first, MADE_VOLUME, 1, &err), err);
    assert_ok(draft_commit(first, "alone", &err), err);
    assert_valid(*state);
}

/* A full disk */

static void fill_disk(const char *dir, long leave_kib)
{
    char path[PATH_SIZE];
    static const char block[1024];
    int fd;
    long written = 0;

    under(dir, "disk/filler", path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof(block)) == (ssize_t)sizeof(block))
        written++;
    assert_true(written > leave_kib);
    assert_int_equal(ftruncate(fd, (written - leave_kib) * 1024), 0);
    (void)close(fd);
}

static int commit_two(const char *dir, struct store *store, const char *volume,
                      uint32_t first, struct err *err)
{
    CLEANUP(volume_free) struct volume *v = made_volume(volume);
    CLEANUP(draft_abandon) struct draft *draft = NULL;

    if (draft_begin(store, v, &draft, err) != 0 ||
        made_add(dir, draft, volume, first, err) != 0 ||
        made_add(dir, draft, volume, first + 1, err) != 0)
        return -1;
    return draft_commit(draft, "on a full disk", err);
}

/* Versions are tried with ever more room, from none at all to enough. */
static void commit_with_little_room(const char *dir, struct store *store)
{
    unsigned failed = 0, committed = 0;
    char disk[PATH_SIZE], filler[PATH_SIZE];
    struct err err;

    under(dir, "disk", disk);
    under(dir, "disk/filler", filler);
    for (long kib = 0; committed < 2; kib += 4) {
        unsigned before = version_of(store, MADE_VOLUME);

        fill_disk(dir, kib);
        if (commit_two(dir, store, MADE_VOLUME, 2 * before + 1, &err) == 0) {
            committed++;
            assert_int_equal(version_of(store, MADE_VOLUME), before + 1);
            kib = 0;
        } else {
            failed++;
            assert_int_equal(err.kind, ERR_IO);
            assert_int_equal(version_of(store, MADE_VOLUME), before);
        }
        assert_valid(disk);
        assert_ok(file_remove(filler, &err), err);
        assert_ok(store_recover(store, &err), err);
        assert_valid(disk);
        assert_no_work(disk);
    }
    print_message("%u versions failed for want of room\n", failed);
    assert_true(failed > 4);
}

static void draft_commit__survives_a_full_disk(void **state)
{
    CLEANUP(store_close) struct store *store = NULL;
    char disk[PATH_SIZE];
    struct err err;

    under(*state, "disk", disk);
    assert_ok(dir_make(disk, &err), err);
    if (mount("tmpfs", disk, "tmpfs", 0, DISK_OPTIONS) != 0) {
        print_message("skipped: this user may not mount a small disk\n");
        skip();
    }
    store = made_store(disk);
    commit_with_little_room(*state, store);
}

/* Tries again when the disk is full, as work --watch does, and says each
 * version that it was told is there. */
static void try_for_ever(const char *dir, const char *volume, int ack_fd)
{
    CLEANUP(store_close) struct store *store = NULL;
    char root[PATH_SIZE];
    struct err err;
    uint32_t page;

    under(dir, "disk/store", root);
    if (store_open(root, &store, &err) != 0)
        _exit(1);
    page = 2 * version_of(store, volume) + 1;
    for (;;) {
        if (commit_two(dir, store, volume, page, &err) != 0)
            continue;
        page += 2;
        if (write(ack_fd, "k", 1) != 1)
            return;
    }
}

/* One kill while there is little room. Whatever was made of the volume goes at
 * the end, for the disk is small. */
static unsigned kill_on_full_disk(const char *dir, struct store *store,
                                  const char *volume, long version_us)
{
    char disk[PATH_SIZE], filler[PATH_SIZE], object[PATH_SIZE];
    unsigned before, done, now;
    struct object_place place;
    struct err err;

    under(dir, "disk", disk);
    under(dir, "disk/filler", filler);
    if (random() % 2 == 1)
        assert_ok(commit_two(dir, store, volume, 1, &err), err);
    before = version_of(store, volume);
    fill_disk(dir, random() % FULL_MOST);
    done = kill_the(try_for_ever, dir, volume,
                    (useconds_t)(random() % (12 * version_us + 1)));
    assert_ok(file_remove(filler, &err), err);
    assert_ok(store_recover(store, &err), err);
    now = version_of(store, volume);
    assert_in_range(now, before + done, before + done + 1);
    assert_pages(store, volume, now);
    assert_valid(disk);
    assert_no_work(disk);
    assert_ok(store_locate(store, volume, &place, &err), err);
    assert_ok(path_format(object, &err, "%s", place.dir), err);
    assert_ok(dir_remove(object, &err), err);
    store_prune(store, object);
    return done;
}

static void recover__loses_nothing_to_kills_on_a_full_disk(void **state)
{
    CLEANUP(store_close) struct store *store = NULL;
    int kills = number_of("KILLS", KILLS_FULL);
    unsigned acknowledged = 0;
    char disk[PATH_SIZE], volume[ID_SIZE];
    double begun_s;
    long version_us;
    struct err err;

    under(*state, "disk", disk);
    assert_ok(dir_make(disk, &err), err);
    if (mount("tmpfs", disk, "tmpfs", 0, FULL_OPTIONS) != 0) {
        print_message("skipped: this user may not mount a small disk\n");
        skip();
    }
    store = made_store(disk);
    begun_s = clock_monotonic_s();
    assert_ok(commit_two(*state, store, "odesos/technical/warm-up", 1, &err),
              err);
    version_us = (long)((clock_monotonic_s() - begun_s) * 1e6);
    for (int i = 0; i < kills; i++) {
        (void)snprintf(volume, sizeof(volume), "odesos/local-tax/%d", i);
        acknowledged += kill_on_full_disk(*state, store, volume, version_us);
    }
    print_message("%d kills on a full disk: %u versions acknowledged, all of "
                  "them there\n",
                  kills, acknowledged);
}

static int remove_disk_and_dir(void **state)
{
    char disk[PATH_SIZE];

    under(*state, "disk", disk);
    (void)umount2(disk, MNT_DETACH);
    return unit_remove_dir(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(recover__undoes_a_version_without_inventory),
        unit_test_in_dir(recover__records_what_was_published),
        unit_test_in_dir(recover__finishes_a_version_without_sidecar),
        unit_test_in_dir(recover__removes_folders_made_for_an_object),
        unit_test_in_dir(recover__leaves_a_living_writer_alone),
        unit_test_in_dir(recover__does_not_mend_what_it_did_not_break),
        unit_test_in_dir(draft_begin__mends_after_a_dead_writer),
        unit_test_in_dir(draft_begin__tells_a_second_writer_that_it_is_busy),
        unit_test_in_dir(recover__loses_nothing_to_kills_at_random),
        cmocka_unit_test_setup_teardown(draft_commit__survives_a_full_disk,
                                        unit_make_dir, remove_disk_and_dir),
        cmocka_unit_test_setup_teardown(
            recover__loses_nothing_to_kills_on_a_full_disk, unit_make_dir,
            remove_disk_and_dir),
    };

    srandom((unsigned)number_of("SEED", (int)getpid()));

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
