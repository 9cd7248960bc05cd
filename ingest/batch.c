/* SPDX-License-Identifier: MIT */
#include "ingest/batch.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "ingest/record_json.h"

#define BATCH_FILE "batch.json"
#define PAGES_FILE "pages.jsonl"
#define MAX_PAGES  10000000

static const struct record_field batch_fields[] = {
    RECORD_FIELD("batch", FIELD_CHARS, struct batch, id),
    RECORD_FIELD("source", FIELD_TEXT, struct batch, source),
    RECORD_FIELD("site", FIELD_CHARS, struct batch, site),
    RECORD_FIELD("received_utc", FIELD_CHARS, struct batch, received_utc),
};
static const struct record_table batch_table = {
    "batch", batch_fields, sizeof(batch_fields) / sizeof(*batch_fields)};

static const char *const verdict_names[] = {"accept", "warn", "reject",
                                            "ignore"};

const char *verdict_name(enum file_verdict v)
{
    return verdict_names[v];
}

void batch_file_fini(struct batch_file *file)
{
    free(file->name);
    finding_list_fini(&file->findings);
    free(file->qualities);
    free(file->views);
    file->name = NULL;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    record_fini(&batch_table, batch);
    for (size_t i = 0; i < batch->file_count; i++)
        batch_file_fini(&batch->files[i]);
    for (size_t i = 0; i < batch->volume_count; i++)
        volume_free(batch->volumes[i]);
    for (size_t i = 0; i < batch->page_count; i++)
        page_free(batch->pages[i]);
    free(batch->files);
    free(batch->volumes);
    free(batch->pages);
    free(batch);
}

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, BATCH_FILE ": out of memory");
}

static int file_to_json(const struct batch_file *file, json_t *array,
                        struct err *err)
{
    json_t *findings = NULL;
    json_t *item;

    if (findings_to_json(&file->findings, &findings, err) != 0)
        return -1;
    item = json_pack("{s:s, s:s, s:I, s:o}", "file", file->name, "verdict",
                     verdict_name(file->verdict), "images",
                     (json_int_t)file->image_count, "findings", findings);
    return json_array_append_new(array, item) != 0 ? no_memory(err) : 0;
}

static int files_to_json(const struct batch *batch, json_t *object,
                         struct err *err)
{
    json_t *array = json_array();

    if (json_object_set_new(object, "files", array) != 0)
        return no_memory(err);
    for (size_t i = 0; i < batch->file_count; i++) {
        if (file_to_json(&batch->files[i], array, err) != 0)
            return -1;
    }
    return 0;
}

static int volumes_to_json(const struct batch *batch, json_t *object,
                           struct err *err)
{
    json_t *array = json_array();

    if (json_object_set_new(object, "volumes", array) != 0)
        return no_memory(err);
    for (size_t i = 0; i < batch->volume_count; i++) {
        json_t *item = NULL;

        if (volume_to_json(batch->volumes[i], &item, err) != 0)
            return -1;
        if (json_array_append_new(array, item) != 0)
            return no_memory(err);
    }
    return 0;
}

/* One page a line: a batch may have many thousands, and neither writer nor
 * reader has to hold them all as JSON. */
static int add_page_line(const struct page *page, struct buf *out,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(free) char *line = NULL;

    if (page_to_json(page, &json, err) != 0)
        return -1;
    line = json_dumps(json, JSON_COMPACT);
    if (line == NULL)
        return no_memory(err);
    buf_puts(out, line);
    buf_puts(out, "\n");
    return 0;
}

static int write_pages(const char *staged_dir, const struct batch *batch,
                       struct err *err)
{
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    char path[PATH_SIZE];

    for (size_t i = 0; i < batch->page_count; i++) {
        if (add_page_line(batch->pages[i], &lines, err) != 0)
            return -1;
    }
    if (lines.failed)
        return no_memory(err);
    if (path_format(path, err, "%s/" PAGES_FILE, staged_dir) != 0)
        return -1;
    return file_write_durable(path, buf_str(&lines), lines.len, err);
}

int batch_write(const char *staged_dir, const struct batch *batch,
                struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    char path[PATH_SIZE];

    if (object == NULL)
        return no_memory(err);
    if (path_format(path, err, "%s/" BATCH_FILE, staged_dir) != 0 ||
        record_to_json(&batch_table, batch, object, err) != 0 ||
        files_to_json(batch, object, err) != 0 ||
        volumes_to_json(batch, object, err) != 0 ||
        write_pages(staged_dir, batch, err) != 0)
        return -1;
    if (json_object_set_new(object, "page_count",
                            json_integer((json_int_t)batch->page_count)) != 0)
        return no_memory(err);
    if (batch->allow_repeats &&
        json_object_set_new(object, "allow_repeats", json_true()) != 0)
        return no_memory(err);
    return json_write_durable(path, object, err);
}

static int verdict_from_name(const char *name, enum file_verdict *out)
{
    for (size_t i = 0; i < sizeof(verdict_names) / sizeof(*verdict_names);
         i++) {
        if (name != NULL && strcmp(name, verdict_names[i]) == 0) {
            *out = (enum file_verdict)i;
            return 0;
        }
    }
    return -1;
}

static int file_from_json(const json_t *item, struct batch_file *file,
                          struct err *err)
{
    const char *name = json_get_text(item, "file", NULL);
    json_int_t images = json_get_int(item, "images", 0);

    if (name == NULL)
        return err_set(err, ERR_INPUT, "the key \"file\" is not a text");
    if (verdict_from_name(json_get_text(item, "verdict", NULL),
                          &file->verdict) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: the key \"verdict\" is not accept, warn, reject or "
                       "ignore",
                       name);
    if (images < 0 || images > UINT32_MAX)
        return err_set(err, ERR_INPUT, "%s: the key \"images\" is out of range",
                       name);
    file->image_count = (uint32_t)images;
    file->name = strdup(name);
    if (file->name == NULL)
        return no_memory(err);
    return findings_from_json(json_object_get(item, "findings"),
                              &file->findings, err);
}

/* A list of the object and room for its items: NULL items when it is empty. */
static int get_list(const json_t *object, const char *key, size_t item_size,
                    const json_t **list, void **items, struct err *err)
{
    *list = json_object_get(object, key);
    if (!json_is_array(*list))
        return err_set(err, ERR_INPUT, "the key \"%s\" is not a list", key);
    *items = calloc(json_array_size(*list) + 1, item_size);
    return *items == NULL ? no_memory(err) : 0;
}

static int files_from_json(const json_t *object, struct batch *batch,
                           struct err *err)
{
    const json_t *list = NULL;
    void *items = NULL;

    if (get_list(object, "files", sizeof(*batch->files), &list, &items, err))
        return -1;
    batch->files = items;
    for (size_t i = 0; i < json_array_size(list); i++) {
        batch->file_count = i + 1;
        batch->files[i].place = i;
        if (file_from_json(json_array_get(list, i), &batch->files[i], err) != 0)
            return -1;
    }
    return 0;
}

static int volumes_from_json(const json_t *object, struct batch *batch,
                             struct err *err)
{
    const json_t *list = NULL;
    void *items = NULL;

    if (get_list(object, "volumes", sizeof(*batch->volumes), &list, &items,
                 err) != 0)
        return -1;
    batch->volumes = items;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (volume_from_json(json_array_get(list, i), &batch->volumes[i],
                             err) != 0)
            return -1;
        batch->volume_count = i + 1;
    }
    return 0;
}

/* A line of pages.jsonl. */
static int take_page_line(struct batch *batch, size_t expected,
                          const char *line, size_t len, struct err *err)
{
    json_error_t why;
    CLEANUP(json_decref) json_t *json = json_loadb(line, len, 0, &why);

    if (json == NULL)
        return err_set(err, ERR_INPUT, "not JSON: %s", why.text);
    if (batch->page_count == expected)
        return err_set(err, ERR_INPUT, "more than the %zu pages of " BATCH_FILE,
                       expected);
    if (page_from_json(json, &batch->pages[batch->page_count], err) != 0)
        return -1;
    batch->page_count++;
    return 0;
}

static int read_pages(const char *staged_dir, size_t expected,
                      struct batch *batch, struct err *err)
{
    CLEANUP(close_stream) FILE *file = NULL;
    CLEANUP(free) char *line = NULL;
    char path[PATH_SIZE];
    size_t room = 0, number = 0;
    ssize_t len;

    if (path_format(path, err, "%s/" PAGES_FILE, staged_dir) != 0)
        return -1;
    batch->pages = calloc(expected + 1, sizeof(*batch->pages));
    file = fopen(path, "re");
    if (batch->pages == NULL || file == NULL)
        return err_set_errno(err, "cannot read %s", path);
    while ((len = getline(&line, &room, file)) > 0) {
        number++;
        if (take_page_line(batch, expected, line, (size_t)len, err) != 0)
            return err_add(err, "%s: line %zu", path, number);
    }
    if (batch->page_count != expected)
        return err_set(err, ERR_INPUT, "%s: has %zu pages, expected %zu", path,
                       batch->page_count, expected);
    return 0;
}

static int from_json(const json_t *object, struct batch **out, struct err *err)
{
    CLEANUP(batch_free) struct batch *batch = calloc(1, sizeof(*batch));

    if (batch == NULL)
        return no_memory(err);
    if (record_init(&batch_table, batch, err) != 0 ||
        record_from_json(&batch_table, object, batch, err) != 0 ||
        files_from_json(object, batch, err) != 0 ||
        volumes_from_json(object, batch, err) != 0)
        return -1;
    batch->allow_repeats =
        json_is_true(json_object_get(object, "allow_repeats"));
    if (!path_is_safe(batch->id) || strchr(batch->id, '/') != NULL)
        return err_set(err, ERR_INPUT, "the key \"batch\" is not a batch id");
    *out = STEAL(batch);
    return 0;
}

int batch_read_head(const char *staged_dir, struct batch **out,
                    size_t *page_count, struct err *err)
{
    CLEANUP(json_decref) json_t *object = NULL;
    char path[PATH_SIZE];
    json_int_t pages;

    if (path_format(path, err, "%s/" BATCH_FILE, staged_dir) != 0 ||
        json_read_file(path, &object, err) != 0)
        return -1;
    pages = json_get_int(object, "page_count", -1);
    if (pages < 0 || pages > MAX_PAGES)
        return err_set(err, ERR_INPUT,
                       "%s: the key \"page_count\" is not a number of pages",
                       path);
    *page_count = (size_t)pages;
    return from_json(object, out, err) != 0 ? err_add(err, "%s", path) : 0;
}

int batch_read(const char *staged_dir, struct batch **out, struct err *err)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    size_t pages = 0;

    if (batch_read_head(staged_dir, &batch, &pages, err) != 0 ||
        read_pages(staged_dir, pages, batch, err) != 0)
        return -1;
    *out = STEAL(batch);
    return 0;
}

void batch_picture_name(size_t file, uint32_t image,
                        char out[PICTURE_NAME_SIZE])
{
    (void)snprintf(out, PICTURE_NAME_SIZE, "%06zu-%04u.jpg", file, image);
}

int batch_picture_path(const char *staged_dir, const char *name,
                       char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/" PICTURES_FOLDER "/%s", staged_dir, name);
}

int batch_master_path(const char *staged_dir, const struct page *page,
                      char out[PATH_SIZE], struct err *err)
{
    char folder[ID_SIZE];
    size_t i = 0;

    for (; page->volume[i] != '\0'; i++)
        folder[i] = page->volume[i] == '/' ? '~' : page->volume[i];
    folder[i] = '\0';
    return path_format(out, err, "%s/masters/%s/%s", staged_dir, folder,
                       page->master);
}
