/* SPDX-License-Identifier: MIT */
/*
 * forms: the forms that pages are read by, and what comes of one.
 */
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "ingest/raster.h"
#include "ocr/form_fill.h"
#include "ocr/overlay.h"
#include "ocr/reader.h"
#include "tefter/archive_forms.h"
#include "tefter/command.h"
#include "tefter/record_words.h"

/* Those built in, and the archive's own when there is an archive. Without
 * --archive none need be. */
static int open_forms(const struct context *context, struct form_set **out,
                      struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;

    if (archive_open(context->archive_dir, &archive, err) == 0)
        return archive_forms(archive, out, err);
    if (context->archive_dir != NULL || err->kind != ERR_ABSENT)
        return -1;
    return form_set_new(out, err);
}

static json_t *form_json(const struct form *form)
{
    json_t *labels = json_array();
    json_t *columns = json_array();
    json_t *titles = json_array();

    for (size_t i = 0; i < form->titles.count; i++)
        (void)json_array_append_new(titles,
                                    json_string(form->titles.at[i].text));
    for (size_t i = 0; i < form->label_count; i++)
        (void)json_array_append_new(
            labels,
            json_pack("{s:s, s:s}", "field", form->labels[i].part.field, "type",
                      value_type_name(form->labels[i].part.type)));
    for (size_t i = 0; i < form->column_count; i++)
        (void)json_array_append_new(
            columns,
            json_pack("{s:s, s:s}", "field", form->columns[i].part.field,
                      "type", value_type_name(form->columns[i].part.type)));
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:s, s:o}", "form",
                     form->id, "name", form->name, "file", form->origin,
                     "titles", titles, "page_record", form->page_record,
                     "labels", labels, "row_record", form->row_record,
                     "columns", columns);
}

static int list_forms(const struct context *context, bool json, struct err *err)
{
    CLEANUP(form_set_free) struct form_set *set = NULL;
    CLEANUP(json_decref) json_t *list = json_array();

    if (open_forms(context, &set, err) != 0)
        return -1;
    for (size_t i = 0; i < form_set_count(set); i++) {
        const struct form *form = form_set_at(set, i);

        if (json)
            (void)json_array_append_new(list, form_json(form));
        else
            (void)printf("%s\t%s\t%zu labels, %zu columns\t%s\n", form->id,
                         form->name, form->label_count, form->column_count,
                         form->origin);
    }
    return json ? json_print(stdout, list, err) : 0;
}

/* A file, a folder, or all that the archive reads by. */
static int check_forms(const struct context *context, const char *path,
                       struct err *err)
{
    CLEANUP(form_set_free) struct form_set *set = NULL;
    int rc;

    if (path == NULL) {
        if (open_forms(context, &set, err) != 0)
            return -1;
        (void)printf("%zu forms, all as the schema wants them\n",
                     form_set_count(set));
        return 0;
    }
    if (form_set_new(&set, err) != 0)
        return -1;
    if (dir_exists(path))
        rc = form_set_read_dir(set, path, err);
    else
        rc = form_set_read_file(set, path, err);
    if (rc == 0)
        (void)printf("%s: as the schema wants it\n", path);
    return rc;
}

/* What a scan's records are, without an archive taking it in.
 * @param overlay  picture to write; NULL: none */
static int try_page(const struct context *context, const char *file,
                    const char *overlay, bool json, struct err *err)
{
    const struct reader_options options = READER_OPTIONS_INIT;
    CLEANUP(form_set_free) struct form_set *set = NULL;
    CLEANUP(reader_close) struct reader *reader = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(json_decref) json_t *list = json_array();

    if (open_forms(context, &set, err) != 0 ||
        raster_read_tiff(file, 0, &raster, err) != 0 ||
        reader_open(&options, &reader, err) != 0 ||
        reader_read(reader, raster, "auto", &text, NULL, err) != 0 ||
        form_fill(set, text, &records, err) != 0)
        return -1;
    if (records == NULL)
        return err_set(err, ERR_INPUT,
                       "%s: no ruled form was found on it: there are no cells",
                       file);
    if (overlay != NULL &&
        overlay_write(raster, text, records, overlay, err) != 0)
        return -1;
    if (!json) {
        records_print(records, path_base(file));
        return 0;
    }
    return records_add_json(records, path_base(file), list, err) != 0
               ? -1
               : json_print(stdout, list, err);
}

static int run(const struct context *context, const struct words *words,
               struct err *err)
{
    const char *verb = words->items[0];

    if (strcmp(verb, "list") == 0 && words->count == 1)
        return list_forms(context, words->json, err);
    if (strcmp(verb, "check") == 0 && words->count <= 2)
        return check_forms(context, words->count > 1 ? words->items[1] : NULL,
                           err);
    if (strcmp(verb, "try") == 0 && words->count >= 2)
        return try_page(context, words->items[1],
                        words->count > 2 ? words->items[2] : NULL, words->json,
                        err);
    return err_set(err, ERR_USAGE,
                   "expected list, check and a file or folder, or try and a "
                   "scan");
}

int command_forms(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    CLEANUP(free) char **items = NULL;
    struct words words;

    if (words_read(argc, argv, "list\ncheck [FILE|DIR]\ntry SCAN [PICTURE]",
                   "The forms that pages are read by: those built in, and the "
                   "archive's own in ARCHIVE/forms/. `try` reads a scan and "
                   "prints the records that come of it; the picture shows "
                   "them, drawn over the page."
                   "\vExample:\n"
                   "  tefter forms check archive/forms\n"
                   "  tefter --archive archive forms try scan.tif form.png",
                   1, 3, &words, err) != 0)
        return -1;
    items = words.items;
    return run(context, &words, err);
}
