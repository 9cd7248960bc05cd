/* SPDX-License-Identifier: MIT */
#include "search-cgi/pyramid_cache.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "common/file.h"
#include "tests/search-cgi/picture.h"

#define MAKERS 5

static const char *const keys[] = {
    "00000000000000000000000000000000000000000000000000000000000000aa",
    "11111111111111111111111111111111111111111111111111111111111111bb",
    "22222222222222222222222222222222222222222222222222222222222222cc",
};

/* A folder of a cache, and a master beside it: any TIFF will do, and a
 * pyramid is one. */
struct place {
    char cache_dir[PATH_SIZE];
    char master[PATH_SIZE];
    struct pyramid_cache cache;
    struct pyramid_held held;
};

static void place_fini_at(struct place *place)
{
    pyramid_held_fini(&place->held);
}

static void make_place(const char *dir, struct place *place)
{
    struct raster *r = make_smooth(RASTER_GREY, 1400, 1100);
    char temp[PATH_SIZE];
    struct err err;

    assert_ok(path_format(place->cache_dir, &err, "%s/cache", dir), err);
    assert_ok(path_format(place->master, &err, "%s/master.tif", dir), err);
    assert_ok(path_format(temp, &err, "%s/.tmp-master", dir), err);
    assert_ok(pyramid_make_from(r, temp, place->master, &err), err);
    raster_free(r);
    place->cache = (struct pyramid_cache){
        .dir = place->cache_dir,
        .max_bytes = (uint64_t)1 << 30,
        .limits = PYRAMID_LIMITS,
        .held = &place->held,
    };
}

static void make_one(const struct place *place, const char *sha256)
{
    struct pyramid *p = NULL;
    struct err err;

    assert_ok(pyramid_cache_make(&place->cache, (struct pyramid_key){sha256, 0},
                                 place->master, &p, &err),
              err);
}

static bool is_there(const struct place *place, const char *sha256)
{
    struct pyramid *p = NULL;
    struct err err;

    if (pyramid_cache_find(&place->cache, (struct pyramid_key){sha256, 0}, &p,
                           &err) != 0) {
        assert_int_equal(err.kind, ERR_ABSENT);
        return false;
    }
    return true;
}

/* Files in the cache folder that are neither locks nor "." and "..". */
static size_t count_files(const struct place *place)
{
    CLEANUP(close_dir) DIR *dir = opendir(place->cache_dir);
    struct dirent *d;
    size_t n = 0;

    assert_non_null(dir);
    while ((d = readdir(dir)) != NULL)
        n += strncmp(d->d_name, ".lock", 5) != 0 &&
             strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    return n;
}

/* Pretend that it was used last so many hours ago. */
static void set_used(const struct place *place, const char *name, int hours_ago)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - 3600L * hours_ago},
                                {.tv_sec = time(NULL) - 3600L * hours_ago}};
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", place->cache_dir, name), err);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void set_key_used(const struct place *place, const char *sha256,
                         int hours_ago)
{
    char name[128];

    (void)snprintf(name, sizeof(name), "%s-0.tif", sha256);
    set_used(place, name, hours_ago);
}

static void pyramid_cache_find__says_absent_before_it_is_made(void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};

    make_place(*state, &place);
    assert_false(is_there(&place, keys[0]));
    make_one(&place, keys[0]);
    assert_true(is_there(&place, keys[0]));
    assert_false(is_there(&place, keys[1]));
    assert_int_equal(count_files(&place), 1);
}

static void pyramid_cache_find__refuses_a_key_that_is_no_digest(void **state)
{
    struct pyramid *p = NULL;
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    struct err err;

    make_place(*state, &place);
    assert_int_equal(pyramid_cache_find(
                         &place.cache,
                         (struct pyramid_key){"../../etc/passwd", 0}, &p, &err),
                     -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void pyramid_cache_make__replaces_a_damaged_pyramid(void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    char path[PATH_SIZE];
    struct err err;

    make_place(*state, &place);
    make_one(&place, keys[0]);
    assert_ok(path_format(path, &err, "%s/%s-0.tif", place.cache_dir, keys[0]),
              err);
    assert_ok(file_write_durable(path, "garbage", 7, &err), err);
    assert_false(is_there(&place, keys[0]));
    make_one(&place, keys[0]);
    assert_true(is_there(&place, keys[0]));
}

/* Asked for again it is the same one; another file in its place is another. */
static void pyramid_cache_find__holds_the_last_one(void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    struct pyramid *first;
    char path[PATH_SIZE];
    struct err err;

    make_place(*state, &place);
    make_one(&place, keys[0]);
    first = place.held.pyramid;
    assert_true(is_there(&place, keys[0]));
    assert_ptr_equal(place.held.pyramid, first);
    assert_ok(path_format(path, &err, "%s/%s-0.tif", place.cache_dir, keys[0]),
              err);
    assert_int_equal(unlink(path), 0);
    assert_false(is_there(&place, keys[0]));
    make_one(&place, keys[1]);
    make_one(&place, keys[0]);
    pyramid_cache_forget(&place.cache, (struct pyramid_key){keys[0], 0});
    assert_null(place.held.pyramid);
    assert_false(is_there(&place, keys[0]));
    assert_true(is_there(&place, keys[1]));
}

static void pyramid_cache_make__removes_the_longest_unused(void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    char path[PATH_SIZE];
    struct err err;

    make_place(*state, &place);
    make_one(&place, keys[0]);
    make_one(&place, keys[1]);
    set_key_used(&place, keys[0], 20);
    set_key_used(&place, keys[1], 30);
    assert_true(is_there(&place, keys[1])); /* used: now the newer one */
    assert_ok(path_format(path, &err, "%s/%s-0.tif", place.cache_dir, keys[0]),
              err);
    place.cache.max_bytes = (uint64_t)file_size(path) * 5 / 2;
    make_one(&place, keys[2]);
    assert_false(is_there(&place, keys[0]));
    assert_true(is_there(&place, keys[1]));
    assert_true(is_there(&place, keys[2]));
}

static void pyramid_cache_make__keeps_the_newest_whatever_the_bound(
    void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};

    make_place(*state, &place);
    place.cache.max_bytes = 1;
    make_one(&place, keys[0]);
    make_one(&place, keys[1]);
    assert_false(is_there(&place, keys[0]));
    assert_true(is_there(&place, keys[1]));
    assert_int_equal(count_files(&place), 1);
}

static void pyramid_cache_make__removes_what_a_killed_maker_left(void **state)
{
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    char path[PATH_SIZE];
    struct err err;

    make_place(*state, &place);
    make_one(&place, keys[0]);
    assert_ok(path_format(path, &err, "%s/.tmp-1-old.tif", place.cache_dir),
              err);
    assert_ok(file_write_durable(path, "x", 1, &err), err);
    set_used(&place, ".tmp-1-old.tif", 5);
    assert_ok(path_format(path, &err, "%s/.tmp-2-new.tif", place.cache_dir),
              err);
    assert_ok(file_write_durable(path, "x", 1, &err), err);
    make_one(&place, keys[1]);
    assert_true(file_exists(path));
    assert_int_equal(count_files(&place), 3);
}

static void pyramid_cache_make__leaves_nothing_when_the_master_is_bad(
    void **state)
{
    struct pyramid *p = NULL;
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    struct err err;

    make_place(*state, &place);
    assert_ok(file_write_durable(place.master, "II*\0 no tiff", 12, &err), err);
    assert_int_equal(pyramid_cache_make(&place.cache,
                                        (struct pyramid_key){keys[0], 0},
                                        place.master, &p, &err),
                     -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "master.tif"));
    assert_int_equal(count_files(&place), 0);
    assert_null(p);
}

static void pyramid_cache_make__leaves_nothing_when_the_maker_dies(void **state)
{
    struct pyramid *p = NULL;
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    struct err err;

    make_place(*state, &place);
    place.cache.limits.wall_s = 1e-6; /* killed before it can be done */
    assert_int_equal(pyramid_cache_make(&place.cache,
                                        (struct pyramid_key){keys[0], 0},
                                        place.master, &p, &err),
                     -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "ran longer than"));
    assert_int_equal(count_files(&place), 0);
}

/* In a child: make it, and say which file was then there. */
static void make_and_tell(const struct place *place, int fd)
{
    struct pyramid *p = NULL;
    struct stat st = {0};
    char path[PATH_SIZE];
    struct err err;

    if (pyramid_cache_make(&place->cache, (struct pyramid_key){keys[0], 0},
                           place->master, &p, &err) != 0 ||
        path_format(path, &err, "%s/%s-0.tif", place->cache_dir, keys[0]) !=
            0 ||
        stat(path, &st) != 0 ||
        write(fd, &st.st_ctim, sizeof(st.st_ctim)) != sizeof(st.st_ctim))
        _exit(1);
    _exit(0);
}

static void pyramid_cache_make__makes_it_once_for_all_who_ask(void **state)
{
    struct timespec told[MAKERS];
    CLEANUP(place_fini) struct place place = {.held = {.pyramid = NULL}};
    int ends[2];

    make_place(*state, &place);
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < MAKERS; i++) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0)
            make_and_tell(&place, ends[1]);
    }
    for (int i = 0; i < MAKERS; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(read(ends[0], told, sizeof(told)), sizeof(told));
    for (int i = 1; i < MAKERS; i++) {
        assert_int_equal(told[i].tv_sec, told[0].tv_sec);
        assert_int_equal(told[i].tv_nsec, told[0].tv_nsec);
    }
    assert_int_equal(count_files(&place), 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void pyramid_cache_bound__is_told_or_two_gibibytes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } told[] = {{"", (uint64_t)2 << 30},
                {"[web]\ncache_mebibytes = 5\n", (uint64_t)5 << 20}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(conf_free) struct conf *conf = NULL;
        uint64_t bytes = 77; /* whatever lies there */
        struct err err;

        assert_ok(conf_parse(told[i].text, "tefter.conf", &conf, &err), err);
        assert_ok(pyramid_cache_bound(conf, &bytes, &err), err);
        assert_int_equal(bytes, told[i].bytes);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pyramid_cache_bound__is_told_or_two_gibibytes),
        unit_test_in_dir(pyramid_cache_find__says_absent_before_it_is_made),
        unit_test_in_dir(pyramid_cache_find__refuses_a_key_that_is_no_digest),
        unit_test_in_dir(pyramid_cache_make__replaces_a_damaged_pyramid),
        unit_test_in_dir(pyramid_cache_find__holds_the_last_one),
        unit_test_in_dir(pyramid_cache_make__removes_the_longest_unused),
        unit_test_in_dir(
            pyramid_cache_make__keeps_the_newest_whatever_the_bound),
        unit_test_in_dir(pyramid_cache_make__removes_what_a_killed_maker_left),
        unit_test_in_dir(
            pyramid_cache_make__leaves_nothing_when_the_master_is_bad),
        unit_test_in_dir(
            pyramid_cache_make__leaves_nothing_when_the_maker_dies),
        unit_test_in_dir(pyramid_cache_make__makes_it_once_for_all_who_ask),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
