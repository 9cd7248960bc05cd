/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "common/json.h"
#include "index/search.h"
#include "index/word_line.h"
#include "ocr/record_xml.h"
#include "tests/index/dump.h"
#include "tests/store/made.h"

#define OTHER_VOLUME "mladost/local-tax/55"

static void catalogue_path_in(const char *dir, const char *name,
                              char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s.sqlite", dir, name), err);
}

static struct catalogue *open_catalogue(const char *path,
                                        enum catalogue_mode mode)
{
    struct catalogue *c = NULL;
    struct err err;

    assert_ok(catalogue_open(path, mode, &c, &err), err);
    return c;
}

/* As the pipeline does after each commit. */
static void put_newest(struct catalogue *c, const struct store *store,
                       const char *volume)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    assert_ok(package_open(store, volume, &package, &err), err);
    assert_ok(catalogue_put(c, package, &err), err);
}

static int64_t found(struct catalogue *c, const char *query)
{
    static const char *const series[] = {"family-register", "local-tax"};
    const struct search_scope scope = {.series = series, .series_count = 2};
    const struct search_request request = {.query = query};
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    struct err err;

    assert_ok(search_run(c, &scope, &request, &answer, &err), err);
    return answer->total;
}

static void check_same(struct catalogue *a, struct catalogue *b)
{
    CLEANUP(buf_fini) struct buf x = BUF_INIT;
    CLEANUP(buf_fini) struct buf y = BUF_INIT;

    dump_catalogue(a, &x);
    dump_catalogue(b, &y);
    assert_non_null(strstr(buf_str(&x), "лист"));
    assert_string_equal(buf_str(&x), buf_str(&y));
}

static void catalogue_put__takes_what_the_package_says(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];

    made_version(*state, store, MADE_VOLUME, 1, 3);
    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 3);
    assert_int_equal(found(c, "лист2"), 1);
}

static void catalogue_put__follows_versions(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];

    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    made_version(*state, store, MADE_VOLUME, 2, 3);
    put_newest(c, store, MADE_VOLUME);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 2);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    put_newest(c, store, MADE_VOLUME);
    assert_int_equal(found(c, "лист"), 3);
}

static void catalogue_rebuild__equals_what_was_filled_page_by_page(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *grown = NULL;
    CLEANUP(catalogue_close) struct catalogue *rebuilt = NULL;
    char path[PATH_SIZE], other[PATH_SIZE];
    struct err err;

    catalogue_path_in(*state, "grown", path);
    grown = open_catalogue(path, CATALOGUE_WRITE);
    made_version(*state, store, MADE_VOLUME, 2, 3);
    put_newest(grown, store, MADE_VOLUME);
    made_version(*state, store, OTHER_VOLUME, 1, 2);
    put_newest(grown, store, OTHER_VOLUME);
    made_version(*state, store, MADE_VOLUME, 1, 1);
    put_newest(grown, store, MADE_VOLUME);

    catalogue_path_in(*state, "rebuilt", other);
    assert_ok(catalogue_rebuild(other, store, NULL, &err), err);
    rebuilt = open_catalogue(other, CATALOGUE_WRITE);
    check_same(grown, rebuilt);
}

#define STEPS      60
#define MOST_PAGES 12u
#define HISTORY_OF 3u

/* Splitmix64: the same history on every machine. */
static uint64_t throw(uint64_t * state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static const char *const history_words[] = {
    "лист", "Иванъ", "Иванова", "бѣлъ", "домъ", "Варна", "Тодоровъ", "1938"};

static const char *a_word(uint64_t *state)
{
    return history_words[throw(state) %
                         (sizeof(history_words) / sizeof(*history_words))];
}

static struct page_text *random_reading(uint64_t *state, uint32_t number)
{
    struct page_text *t = made_reading(number);
    struct quad quad = {{{70, 20}, {90, 20}, {90, 40}, {70, 40}}};
    struct err err;

    for (unsigned i = 0; i < 2 + throw(state) % 6; i++)
        assert_ok(page_text_add_word(t, a_word(state), 90, quad, &err), err);
    page_text_finish(t);
    return t;
}

static void add_field(uint64_t *state, struct form_record *record,
                      const char *name, enum value_type type, const char *value)
{
    struct record_field field = {
        .type = type,
        .valid = true,
        .confidence = 99,
        .origin = (enum record_origin)(throw(state) % RECORD_UNREAD),
        .box = {10, 20, 30, 40}};
    struct err err;

    field.name = strdup(name);
    field.text = strdup(value);
    field.value = strdup(value);
    assert_ok(form_record_add(record, &field, &err), err);
    free(field.name);
    free(field.text);
    free(field.value);
}

/* A person read, keyed or corrected, some born so late that the page closes. */
static void random_records(uint64_t *state, const char *dir,
                           const struct page *p, char out[PATH_SIZE])
{
    CLEANUP(page_records_free)
    struct page_records *records = page_records_new();
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct form_record *record;
    struct err err;

    record = page_records_add(records, "family-register", "person");
    assert_non_null(record);
    add_field(state, record, "name", VALUE_NAME, a_word(state));
    add_field(state, record, "birth_date", VALUE_DATE,
              throw(state) % 2 == 0 ? "1850" : "1938-03-14");
    assert_ok(
        path_format(out, &err, "%s/scans/%04u.records.xml", dir, p->number),
        err);
    assert_ok(records_write(records, p->id, &bytes, &err), err);
    assert_ok(file_write_durable(out, bytes.data, bytes.len, &err), err);
}

/* A page that is new, or takes the place of one. */
static void put_random_page(uint64_t *state, const char *dir,
                            struct draft *draft, const char *volume,
                            uint32_t number, bool is_new)
{
    CLEANUP(page_free) struct page *p = made_page(dir, volume, number);
    CLEANUP(page_text_free)
    struct page_text *text = random_reading(state, number);
    char master[PATH_SIZE], alto[PATH_SIZE], records[PATH_SIZE];
    char bytes[64], name[64];
    bool has_records;
    struct err err;

    (void)snprintf(bytes, sizeof(bytes), "II*. scan %llu\n",
                   (unsigned long long) throw(state));
    made_file(dir, p->master, bytes, &p->digests);
    (void)snprintf(name, sizeof(name), "%04u-%.8s.tif", number,
                   p->digests.sha256);
    made_file(dir, name, bytes, &p->digests);
    made_text(&p->master, name);
    p->replaces = !is_new;
    made_path(dir, p->master, master);
    made_alto(dir, p, text, alto);
    has_records = throw(state) % 3 != 0;
    if (has_records)
        random_records(state, dir, p, records);
    if (!is_new) {
        assert_ok(draft_replace_page(draft, p, master, alto, text,
                                     has_records ? records : NULL, &err),
                  err);
        return;
    }
    assert_ok(draft_add_page(draft, p, master, alto, text, &err), err);
    if (has_records)
        assert_ok(draft_add_records(draft, p, records, &err), err);
}

/* The next version of a volume: new pages, or one that is scanned or keyed
 * again. @param pages  it has so far */
static void random_version(uint64_t *state, const char *dir,
                           struct store *store, const char *volume,
                           uint32_t *pages)
{
    CLEANUP(volume_free) struct volume *v = made_volume(volume);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    bool grows = *pages == 0 || (*pages < MOST_PAGES && throw(state) % 2 == 0);
    unsigned count = grows ? 1 + (unsigned)(throw(state) % 3) : 1;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    for (; count > 0; count--)
        put_random_page(
            state, dir, draft, volume,
            grows ? ++*pages : 1 + (uint32_t)(throw(state) % *pages), grows);
    assert_ok(draft_commit(draft, "a step", &err), err);
}

static char *answer_of(struct catalogue *c, const struct search_scope *scope,
                       const char *query)
{
    const struct search_request request = {.query = query, .budget_ms = 60000};
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    struct err err;
    char *text;

    assert_ok(search_run(c, scope, &request, &answer, &err), err);
    assert_ok(search_answer_to_json(answer, &json, &err), err);
    text = json_dumps(json, JSON_SORT_KEYS);
    assert_non_null(text);
    return text;
}

/* For who sees all, and who sees single volumes but for closed pages. */
static void check_same_answers(struct catalogue *a, struct catalogue *b)
{
    static const char *const queries[] = {"лист",        "иван",   "иван*",
                                          "бял дом",     "-иван",  "",
                                          "име:иванова", "годоров"};
    static const char *const series[] = {"family-register", "local-tax"};
    static const char *const volumes[] = {MADE_VOLUME};
    const struct closure closure = {.series = {"family-register"},
                                    .series_count = 1,
                                    .born_by = 19000101,
                                    .died_by = 19000101};
    const struct search_scope all = {.series = series, .series_count = 2};
    const struct search_scope limited = {
        .volumes = volumes, .volume_count = 1, .closure = &closure};

    for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
        for (int k = 0; k < 2; k++) {
            const struct search_scope *scope = k == 0 ? &all : &limited;
            CLEANUP(free) char *x = answer_of(a, scope, queries[i]);
            CLEANUP(free) char *y = answer_of(b, scope, queries[i]);

            assert_string_equal(x, y);
        }
}

static void catalogue_rebuild__equals_a_random_history(void **state)
{
    static const char *const volumes[HISTORY_OF] = {
        MADE_VOLUME, OTHER_VOLUME, "odesos/family-register/1938-013"};
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *grown = NULL;
    CLEANUP(catalogue_close) struct catalogue *rebuilt = NULL;
    char path[PATH_SIZE], other[PATH_SIZE];
    uint32_t pages[HISTORY_OF] = {0};
    uint64_t dice = 1938;
    struct err err;

    catalogue_path_in(*state, "grown", path);
    catalogue_path_in(*state, "rebuilt", other);
    grown = open_catalogue(path, CATALOGUE_WRITE);
    for (int step = 0; step < STEPS; step++) {
        size_t i = throw(&dice) % HISTORY_OF;

        random_version(&dice, *state, store, volumes[i], &pages[i]);
        put_newest(grown, store, volumes[i]);
        if (throw(&dice) % 8 == 0)
            assert_ok(word_lines_make(catalogue_db(grown), 0, &err), err);
    }
    assert_ok(catalogue_rebuild(other, store, NULL, &err), err);
    rebuilt = open_catalogue(other, CATALOGUE_WRITE);
    check_same(grown, rebuilt);
    check_same_answers(grown, rebuilt);
    assert_ok(db_exec(catalogue_db(grown),
                      "INSERT INTO word_index (word_index, rank)"
                      " VALUES ('integrity-check', 1)",
                      &err),
              err);
}

/* Who has the old one open sees the new one without opening it again, with the
 * write-ahead log of the old one still there. */
static void catalogue_rebuild__replaces_it_under_open_connections(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *writer = NULL;
    CLEANUP(catalogue_close) struct catalogue *reader = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    made_version(*state, store, OTHER_VOLUME, 1, 2);
    catalogue_path_in(*state, "catalogue", path);
    writer = open_catalogue(path, CATALOGUE_WRITE);
    put_newest(writer, store, OTHER_VOLUME);
    reader = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(reader, "лист"), 2);

    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    assert_int_equal(found(reader, "лист"), 4);
    assert_int_equal(found(writer, "лист"), 4);
    made_version(*state, store, OTHER_VOLUME, 3, 3);
    put_newest(writer, store, OTHER_VOLUME);
    assert_int_equal(found(reader, "лист"), 5);
    assert_ok(db_exec(catalogue_db(writer),
                      "INSERT INTO word_index (word_index, rank)"
                      " VALUES ('integrity-check', 1)",
                      &err),
              err);
}

static void check_rebuilds_over(const char *dir, const void *bytes, size_t len)
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(dir, store, MADE_VOLUME, 1, 2);
    catalogue_path_in(dir, "catalogue", path);
    assert_ok(file_write_durable(path, bytes, len, &err), err);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    c = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(c, "лист"), 2);
}

static void catalogue_rebuild__replaces_what_is_no_database(void **state)
{
    static const char garbage[8192] = "not a database at all";

    check_rebuilds_over(*state, garbage, sizeof(garbage));
}

static void catalogue_rebuild__replaces_an_empty_file(void **state)
{
    check_rebuilds_over(*state, "", 0);
}

static void catalogue_rebuild__replaces_a_catalogue_of_another_version(
    void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(catalogue_close) struct catalogue *c = NULL;
    char path[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 2);
    catalogue_path_in(*state, "catalogue", path);
    c = open_catalogue(path, CATALOGUE_WRITE);
    assert_ok(db_exec(catalogue_db(c), "UPDATE meta SET value = 99", &err),
              err);
    catalogue_close(STEAL(c));
    assert_int_equal(catalogue_open(path, CATALOGUE_READ, &c, &err), -1);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    c = open_catalogue(path, CATALOGUE_READ);
    assert_int_equal(found(c, "лист"), 2);
}

static void catalogue_rebuild__leaves_nothing_beside(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char path[PATH_SIZE], beside[PATH_SIZE];
    struct err err;

    made_version(*state, store, MADE_VOLUME, 1, 1);
    catalogue_path_in(*state, "catalogue", path);
    assert_ok(path_format(beside, &err, "%s.rebuild", path), err);
    assert_ok(file_write_durable(beside, "left by a kill", 14, &err), err);
    assert_ok(catalogue_rebuild(path, store, NULL, &err), err);
    assert_false(file_exists(beside));
}

static void catalogue_rebuild__is_done_by_one_at_a_time(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE], name[PATH_SIZE];
    struct err err;

    catalogue_path_in(*state, "catalogue", path);
    assert_ok(path_format(name, &err, "%s.rebuild.lock", path), err);
    assert_ok(lock_acquire(name, LOCK_TRY, &lock, &err), err);
    assert_int_equal(catalogue_rebuild(path, store, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(catalogue_put__takes_what_the_package_says),
        unit_test_in_dir(catalogue_put__follows_versions),
        unit_test_in_dir(
            catalogue_rebuild__equals_what_was_filled_page_by_page),
        unit_test_in_dir(catalogue_rebuild__equals_a_random_history),
        unit_test_in_dir(catalogue_rebuild__replaces_it_under_open_connections),
        unit_test_in_dir(catalogue_rebuild__replaces_what_is_no_database),
        unit_test_in_dir(catalogue_rebuild__replaces_an_empty_file),
        unit_test_in_dir(
            catalogue_rebuild__replaces_a_catalogue_of_another_version),
        unit_test_in_dir(catalogue_rebuild__leaves_nothing_beside),
        unit_test_in_dir(catalogue_rebuild__is_done_by_one_at_a_time),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
