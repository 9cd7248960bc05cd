/* SPDX-License-Identifier: MIT */
/*
 * Damage planted at random: bits flipped, files cut, emptied, lost, swapped,
 * put where they do not belong, inventories and whole objects lost. All of it
 * is found, all of it is mended from a replica, and every file is in the end
 * what it was. With a replica that is damaged too, what cannot be mended is
 * still told, and nothing wrong takes its place.
 *
 * DAMAGE=1000 plants so many (60 otherwise); SEED=N another sequence.
 */
#include <string.h>
#include <sys/stat.h>

#include "common/json.h"
#include "store/repair.h"
#include "store/replica.h"
#include "store/store.h"
#include "tests/store/made.h"

#define PLACES_A_ROUND 6
#define VOLUMES        3

static const char *const volume_ids[VOLUMES] = {
    MADE_VOLUME, "odesos/family-register/1938-013", "topoli/local-tax/7"};

static uint64_t random_state = 0x9e3779b97f4a7c15u;

/* xorshift64: the same sequence everywhere. */
static uint64_t next_random(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

static unsigned long from_environment(const char *name, unsigned long usual)
{
    const char *text = getenv(name);

    return text == NULL ? usual : strtoul(text, NULL, 10);
}

/* Files below a folder -> their SHA-512. */
static void list_files(const char *dir, const char *below, json_t *out)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE], rel[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", dir, below), err);
    assert_ok(dir_list_all(path, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        assert_ok(path_format(rel, &err, "%s%s%s", below,
                              *below == '\0' ? "" : "/", names.names[i]),
                  err);
        assert_ok(path_format(path, &err, "%s/%s", dir, rel), err);
        if (dir_exists(path)) {
            list_files(dir, rel, out);
            continue;
        }
        assert_ok(digest_file(path, DIGEST_SHA512, hex, &err), err);
        assert_int_equal(json_object_set_new(out, rel, json_string(hex)), 0);
    }
}

/* Files of objects only, chosen by place in the sorted list. */
static const char *pick_file(json_t *files)
{
    for (;;) {
        uint64_t n = next_random(json_object_size(files));
        const char *path;
        json_t *digest;

        json_object_foreach(files, path, digest)
        {
            if (n-- == 0)
                break;
        }
        if (strchr(path, '/') != NULL && strncmp(path, "ext", 3) != 0)
            return path;
    }
}

enum damage {
    BIT_FLIPPED,
    CUT,
    EMPTIED,
    LOST,
    SWAPPED,
    STRAY,
    INVENTORY_LOST,
    OBJECT_LOST,
    DAMAGE_KINDS
};

static void read_all(const char *path, struct buf *out)
{
    struct err err;

    assert_ok(file_read(path, 1 << 24, out, &err), err);
}

static void write_all(const char *path, const struct buf *bytes)
{
    struct err err;

    (void)chmod(path, 0644);
    assert_ok(file_write_durable(path, buf_str(bytes), bytes->len, &err), err);
}

static void flip_bit(const char *path)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    read_all(path, &bytes);
    if (bytes.len == 0)
        return;
    bytes.data[next_random(bytes.len)] ^= (char)(1 << next_random(8));
    write_all(path, &bytes);
}

static void cut(const char *path, bool to_nothing)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    read_all(path, &bytes);
    if (bytes.len > 0)
        bytes.len = to_nothing ? 0 : (size_t)next_random(bytes.len);
    write_all(path, &bytes);
}

static void swap(const char *one, const char *other)
{
    char spare[PATH_SIZE];
    struct err err;

    assert_ok(path_format(spare, &err, "%s.spare", one), err);
    assert_int_equal(rename(one, spare), 0);
    assert_int_equal(rename(other, one), 0);
    assert_int_equal(rename(spare, other), 0);
}

/* The object's folder of a path below the store: 3 + 3 + 3 + 64 and slashes. */
#define OBJECT_PATH_LEN 76

static void plant(const char *store, json_t *files, enum damage kind)
{
    const char *rel = pick_file(files);
    const char *other_rel = pick_file(files);
    char path[PATH_SIZE], other[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", store, rel), err);
    assert_ok(path_format(other, &err, "%s/%s", store, other_rel), err);
    if (!file_exists(path) || !file_exists(other) ||
        (kind == SWAPPED && strcmp(path, other) == 0))
        return; /* lost by an earlier one */
    switch (kind) {
    case BIT_FLIPPED:
        flip_bit(path);
        return;
    case CUT:
    case EMPTIED:
        cut(path, kind == EMPTIED);
        return;
    case LOST:
        assert_ok(file_remove(path, &err), err);
        return;
    case SWAPPED:
        swap(path, other);
        return;
    case STRAY:
        assert_ok(path_format(other, &err, "%.*s/Thumbs.db",
                              (int)(path_base(path) - path) - 1, path),
                  err);
        assert_ok(file_write_durable(other, "x", 1, &err), err);
        return;
    case INVENTORY_LOST:
        assert_ok(path_format(path, &err, "%s/%.*s/%sinventory.json%s", store,
                              OBJECT_PATH_LEN, rel,
                              next_random(2) == 0 ? "" : "v1/",
                              next_random(2) == 0 ? "" : ".sha512"),
                  err);
        assert_ok(file_remove(path, &err), err);
        return;
    default:
        assert_ok(
            path_format(path, &err, "%s/%.*s", store, OBJECT_PATH_LEN, rel),
            err);
        if (next_random(4) == 0) /* more seldom than the others */
            assert_ok(dir_remove(path, &err), err);
    }
}

static int copy_visit(void *arg, const char *volume,
                      const struct replica_copy *copy, const struct err *why,
                      struct err *err);
static const struct replica_walk copying = {.visit = copy_visit};

struct world {
    const char *dir;
    char root[PATH_SIZE], other[PATH_SIZE], damaged[PATH_SIZE];
    struct store *store, *replica;
    json_t *files; /* of the store as they should be */
};

static int copy_visit(void *arg, const char *volume,
                      const struct replica_copy *copy, const struct err *why,
                      struct err *err)
{
    (void)arg;
    (void)copy;
    (void)err;
    if (why != NULL)
        fail_msg("%s: %s", volume, why->msg);
    return 0;
}

static void open_world(struct world *w, const char *dir)
{
    struct err err;

    w->dir = dir;
    w->store = made_store(dir);
    assert_ok(path_format(w->root, &err, "%s/store", dir), err);
    assert_ok(path_format(w->other, &err, "%s/replica", dir), err);
    assert_ok(path_format(w->damaged, &err, "%s/damaged", dir), err);
    for (uint32_t v = 0; v < VOLUMES; v++) {
        made_version(dir, w->store, volume_ids[v], 1, 3);
        for (uint32_t more = 0; more < v; more++)
            made_version(dir, w->store, volume_ids[v], 4 + more, 4 + more);
    }
    assert_ok(replica_make(w->other, &w->replica, &err), err);
    assert_ok(replica_copy_store(w->store, w->replica, &copying, &err), err);
    w->files = json_object();
    list_files(w->root, "", w->files);
}

static void close_world_at(struct world *w)
{
    store_close(w->store);
    store_close(w->replica);
    json_decref(w->files);
}

/* Which objects did the check find broken? hash -> true. */
struct found {
    const struct world *world;
    json_t *objects;
};

static int take_found(void *arg, const char *volume,
                      const struct fault_report *report, struct err *err)
{
    const struct found *f = arg;
    struct object_place place;

    if (volume != NULL && fault_report_is_broken(report)) {
        assert_ok(store_locate(f->world->store, volume, &place, err), *err);
        assert_int_equal(
            json_object_set_new(f->objects, place.hash, json_true()), 0);
    }
    for (size_t i = 0; volume == NULL && i < report->count; i++) {
        if (strlen(report->faults[i].path) >= OBJECT_PATH_LEN)
            assert_int_equal(json_object_setn_new(f->objects,
                                                  report->faults[i].path + 12,
                                                  64, json_true()),
                             0);
    }
    return 0;
}

static void find_broken(const struct world *w, json_t *objects)
{
    struct found found = {w, objects};
    const struct verify_walk walk = {.visit = take_found, .arg = &found};
    struct err err;

    assert_ok(verify_store(w->store, &walk, &err), err);
}

/* Is there a file of the object that is not what it was? */
static bool is_harmed(const struct world *w, json_t *now, const char *hash,
                      char harmed[PATH_SIZE])
{
    json_t *const lists[] = {w->files, now};
    const char *path;
    json_t *digest;

    for (size_t i = 0; i < 2; i++) {
        json_object_foreach(lists[i], path, digest)
        {
            json_t *other = json_object_get(lists[1 - i], path);

            if (strstr(path, hash) != NULL &&
                (other == NULL || !json_equal(other, digest))) {
                (void)snprintf(harmed, PATH_SIZE, "%s", path);
                return true;
            }
        }
    }
    return false;
}

static void assert_found(const struct world *w, json_t *broken)
{
    CLEANUP(json_decref) json_t *now = json_object();
    char harmed[PATH_SIZE] = "";
    struct object_place place;
    struct err err;

    list_files(w->root, "", now);
    for (int v = 0; v < VOLUMES; v++) {
        assert_ok(store_locate(w->store, volume_ids[v], &place, &err), err);
        bool is_found = json_object_get(broken, place.hash) != NULL ||
                        !dir_exists(place.dir);

        if (is_found != is_harmed(w, now, place.hash, harmed))
            fail_msg("%s (%s) is %s, and was %s", volume_ids[v], harmed,
                     is_found ? "whole" : "harmed",
                     is_found ? "found broken" : "not found");
    }
}

/* Mend what is broken; returns how many volumes are whole again, or were. */
static int mend_all(const struct world *w, json_t *broken)
{
    const struct verify_means alone = VERIFY_MEANS_INIT;
    struct object_place place;
    struct err err;
    int whole = 0;

    for (int v = 0; v < VOLUMES; v++) {
        CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;

        assert_ok(store_locate(w->store, volume_ids[v], &place, &err), err);
        if (json_object_get(broken, place.hash) == NULL &&
            dir_exists(place.dir)) {
            whole++;
            continue;
        }
        if (repair_volume(w->store, volume_ids[v], w->replica, w->damaged,
                          &alone, &repair, &err) == 0 &&
            !fault_report_is_broken(&repair.left))
            whole++;
        else
            print_message("left: %s\n", repair.left.count > 0
                                            ? repair.left.faults[0].path
                                            : err.msg);
    }
    return whole;
}

static void assert_as_it_was(const struct world *w)
{
    CLEANUP(json_decref) json_t *now = json_object();
    const char *path;
    json_t *digest;

    list_files(w->root, "", now);
    json_object_foreach(w->files, path, digest)
    {
        if (!json_equal(json_object_get(now, path), digest))
            fail_msg("%s is not what it was", path);
    }
    json_object_foreach(now, path, digest)
    {
        if (json_object_get(w->files, path) == NULL)
            fail_msg("%s was not there", path);
    }
}

static void damage__is_found_and_mended(void **state)
{
    __attribute__((cleanup(close_world_at))) struct world w = {.dir = NULL};
    unsigned long places = from_environment("DAMAGE", 60);

    random_state += from_environment("SEED", 0);
    open_world(&w, *state);
    for (unsigned long done = 0; done < places;) {
        CLEANUP(json_decref) json_t *broken = json_object();
        unsigned long count = 1 + next_random(PLACES_A_ROUND);

        for (unsigned long i = 0; i < count; i++, done++)
            plant(w.root, w.files, (enum damage)next_random(DAMAGE_KINDS));
        find_broken(&w, broken);
        assert_found(&w, broken);
        assert_int_equal(mend_all(&w, broken), VOLUMES);
        assert_as_it_was(&w);
    }
}

/* What differs from what it was is told; nothing else is. */
static void damage__is_never_mended_with_what_is_wrong(void **state)
{
    __attribute__((cleanup(close_world_at))) struct world w = {.dir = NULL};
    unsigned long places = from_environment("DAMAGE", 60) / 4;
    char pristine[PATH_SIZE], command[7 * PATH_SIZE];
    struct err err;

    random_state += from_environment("SEED", 0);
    open_world(&w, *state);
    assert_ok(path_format(pristine, &err, "%s/pristine", w.dir), err);
    (void)snprintf(command, sizeof(command), "cp -a '%s' '%s'", w.root,
                   pristine);
    assert_int_equal(system(command), 0);
    for (unsigned long done = 0; done < places;) {
        CLEANUP(json_decref) json_t *broken = json_object();
        CLEANUP(json_decref) json_t *after = json_object();
        char other[PATH_SIZE];

        assert_ok(path_format(other, &err, "%s/store", w.other), err);
        for (int i = 0; i < PLACES_A_ROUND; i++, done++) {
            plant(w.root, w.files, (enum damage)next_random(INVENTORY_LOST));
            plant(other, w.files, (enum damage)next_random(INVENTORY_LOST));
        }
        find_broken(&w, broken);
        assert_found(&w, broken);
        (void)mend_all(&w, broken);
        find_broken(&w, after);
        assert_found(&w, after);
        (void)snprintf(command, sizeof(command),
                       "rm -rf '%s' '%s' && cp -a '%s' '%s' && cp -a '%s' '%s'",
                       w.root, other, pristine, w.root, pristine, other);
        assert_int_equal(system(command), 0);
    }
}

/* Another year, and a digest that fits it. */
static void forge_inventory(const char *folder)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(buf_fini) struct buf sidecar = BUF_INIT;
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err err;
    char *at;

    assert_ok(path_format(path, &err, "%s/inventory.json", folder), err);
    read_all(path, &bytes);
    at = strstr(bytes.data, "\"created\"");
    assert_non_null(at);
    at = strchr(at, '2'); /* of 20.. */
    assert_non_null(at);
    *at = '1';
    write_all(path, &bytes);
    assert_ok(digest_bytes(bytes.data, bytes.len, DIGEST_SHA512, hex, &err),
              err);
    buf_printf(&sidecar, "%s inventory.json\n", hex);
    assert_ok(path_format(path, &err, "%s/inventory.json.sha512", folder), err);
    write_all(path, &sidecar);
}

/* What is whole by its own digest is not therefore true: most witnesses, or
 * what the newest version tells of the earlier ones, decide. */
static void repair_volume__believes_no_forged_inventory(void **state)
{
    static const char *const forged[] = {"", "/v3", "/v1", "/v2"};
    __attribute__((cleanup(close_world_at))) struct world w = {.dir = NULL};
    const struct verify_means alone = VERIFY_MEANS_INIT;
    struct object_place place;
    char folder[PATH_SIZE];
    struct err err;

    open_world(&w, *state);
    assert_ok(store_locate(w.store, volume_ids[2], &place, &err), err);
    for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++) {
        CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;

        assert_ok(path_format(folder, &err, "%s%s", place.dir, forged[i]), err);
        forge_inventory(folder);
        assert_ok(repair_volume(w.store, volume_ids[2], w.replica, w.damaged,
                                &alone, &repair, &err),
                  err);
        assert_as_it_was(&w);
    }
}

/* Both of the object's say one thing, both of the replica's another. */
static void repair_volume__does_not_choose_between_two_claims(void **state)
{
    __attribute__((cleanup(close_world_at))) struct world w = {.dir = NULL};
    CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;
    CLEANUP(json_decref) json_t *before = json_object();
    CLEANUP(json_decref) json_t *after = json_object();
    const struct verify_means alone = VERIFY_MEANS_INIT;
    struct object_place place;
    char folder[PATH_SIZE];
    struct err err;

    open_world(&w, *state);
    assert_ok(store_locate(w.store, volume_ids[2], &place, &err), err);
    forge_inventory(place.dir);
    assert_ok(path_format(folder, &err, "%s/v3", place.dir), err);
    forge_inventory(folder);
    list_files(w.root, "", before);
    assert_int_equal(repair_volume(w.store, volume_ids[2], w.replica, w.damaged,
                                   &alone, &repair, &err),
                     -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
    assert_non_null(strstr(err.msg, "two inventories of version 3"));
    list_files(w.root, "", after);
    assert_true(json_equal(before, after));
}

static void repair_record__makes_a_version_that_says_it(void **state)
{
    __attribute__((cleanup(close_world_at))) struct world w = {.dir = NULL};
    CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(buf_fini) struct buf premis = BUF_INIT;
    const struct verify_means alone = VERIFY_MEANS_INIT;
    const char *lost = "v1/content/representations/master/data/0002.tif";
    char path[PATH_SIZE];
    struct err err;

    open_world(&w, *state);
    assert_ok(path_format(path, &err, "%s/" MADE_OBJECT "/%s", w.root, lost),
              err);
    flip_bit(path);
    assert_ok(repair_volume(w.store, MADE_VOLUME, w.replica, w.damaged, &alone,
                            &repair, &err),
              err);
    assert_int_equal(repair.mended.count, 1);
    assert_string_equal(repair.mended.names[0], lost);
    /* The damaged one is kept. */
    assert_ok(path_format(path, &err, "%s/%s", repair.aside, lost), err);
    assert_true(file_exists(path));
    assert_ok(
        repair_record(w.store, MADE_VOLUME, &repair, "disk \"B\" & <c>", &err),
        err);
    made_verify(w.store, &report);
    assert_int_equal(report.count, 0);
    assert_ok(package_open(w.store, MADE_VOLUME, &package, &err), err);
    assert_int_equal(package_version(package), 2);
    assert_int_equal(package_page_count(package), 3);
    assert_ok(path_format(path, &err,
                          "%s/" MADE_OBJECT
                          "/v2/content/metadata/preservation/premis.xml",
                          w.root),
              err);
    read_all(path, &premis);
    assert_non_null(strstr(premis.data, ">recovery<"));
    assert_non_null(strstr(premis.data, ">fixity check<"));
    assert_non_null(strstr(premis.data, lost));
    /* A later version still says it, and the replica takes both. */
    made_version(w.dir, w.store, MADE_VOLUME, 9, 9);
    buf_clear(&premis);
    assert_ok(path_format(path, &err,
                          "%s/" MADE_OBJECT
                          "/v3/content/metadata/preservation/premis.xml",
                          w.root),
              err);
    read_all(path, &premis);
    assert_non_null(strstr(premis.data, ">recovery<"));
    assert_ok(replica_copy_store(w.store, w.replica, &copying, &err), err);
    made_verify(w.replica, &report);
    assert_int_equal(report.count, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(damage__is_found_and_mended),
        unit_test_in_dir(damage__is_never_mended_with_what_is_wrong),
        unit_test_in_dir(repair_volume__believes_no_forged_inventory),
        unit_test_in_dir(repair_volume__does_not_choose_between_two_claims),
        unit_test_in_dir(repair_record__makes_a_version_that_says_it),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
