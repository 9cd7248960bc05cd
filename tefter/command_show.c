/* SPDX-License-Identifier: MIT */
/*
 * volume, page: what the archive holds.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/space.h"
#include "ingest/raster.h"
#include "ocr/alphabet.h"
#include "ocr/alto.h"
#include "ocr/overlay.h"
#include "ocr/record_xml.h"
#include "ocr/upright.h"
#include "tefter/command.h"
#include "tefter/noted.h"
#include "tefter/page_history.h"
#include "tefter/view.h"

/* Shares of what stands there, in percent; null when nothing does. */
static json_t *coverage_json(const struct extent *c)
{
    if (c->read_px + c->doubtful_px + c->unread_px == 0)
        return json_null();
    return json_pack("{s:i, s:i, s:i}", "read",
                     (int)extent_percent(c, c->read_px), "doubtful",
                     (int)extent_percent(c, c->doubtful_px), "unread",
                     (int)extent_percent(c, c->unread_px));
}

static void coverage_print(const struct extent *c)
{
    if (c->read_px + c->doubtful_px + c->unread_px == 0)
        (void)printf("nothing to read");
    else
        (void)printf("%u%% read, %u%% doubtful, %u%% unread",
                     extent_percent(c, c->read_px),
                     extent_percent(c, c->doubtful_px),
                     extent_percent(c, c->unread_px));
}

static json_t *volume_row_json(const struct volume_row *row)
{
    const struct volume *v = row->volume;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:I, s:o}",
                     "volume", v->id, "site", v->site, "series", v->series,
                     "title", v->title, "shelfmark", v->shelfmark, "date_from",
                     v->date_from, "date_to", v->date_to, "year",
                     row->year == 0 ? json_null() : json_integer(row->year),
                     "pages", (json_int_t)row->page_count, "coverage_percent",
                     coverage_json(&row->extent));
}

/* "2039-03-14", "unknown", or null: it is open to who may see what is
 * published. */
static json_t *closure_json(const struct view *v, const struct page_row *row)
{
    char until[CLOSURE_TEXT_SIZE];
    char volume[ID_SIZE];
    struct volume_id id;
    uint32_t number;
    struct err err;

    if (page_id_parse(row->id, volume, &number, &err) != 0 ||
        volume_id_parse(volume, &id, &err) != 0)
        return json_null();
    switch (
        closure_until(&v->granted.closure, id.series, row->lifetimes, until)) {
    case CLOSURE_OPEN:
        return json_null();
    case CLOSURE_CLOSED:
        return json_string(until);
    default:
        return json_string("unknown");
    }
}

static json_t *page_row_json(const struct view *v, const struct page_row *row)
{
    return json_pack(
        "{s:s, s:i, s:i, s:s, s:s, s:i, s:i, s:b, s:i, s:f, s:b, s:i, s:I, "
        "s:o, s:o}",
        "page", row->id, "order", (int)row->order, "number", (int)row->number,
        "label", row->label, "original_name", row->original_name, "width_px",
        (int)row->width_px, "height_px", (int)row->height_px, "mirrored",
        (int)row->mirrored, "turn_cw_deg", row->turn_cw_deg, "skew_cw_deg",
        row->skew_cw_deg, "blank", (int)row->blank, "mean_confidence",
        (int)row->mean_confidence, "words", (json_int_t)row->words,
        "coverage_percent", coverage_json(&row->extent), "closed_until",
        closure_json(v, row));
}

static int volumes_print(const struct volume_rows *rows, bool json,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();

    for (size_t i = 0; i < rows->count; i++) {
        const struct volume_row *row = &rows->items[i];

        if (json)
            (void)json_array_append_new(list, volume_row_json(row));
        else
            (void)printf("%s\t%lld pages\t%s\n", row->volume->id,
                         (long long)row->page_count, row->volume->title);
    }
    return json ? json_print(stdout, list, err) : 0;
}

static int volume_print(const struct view *v, const struct volume_row *row,
                        bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    json_t *pages;

    if (noted(v->archive, AUDIT_OPEN, false, row->volume->id, "", err) != 0)
        return -1;
    pages = json_array();
    for (int64_t i = 0; i < row->page_count; i++) {
        const struct page_row *page = &row->pages[i];

        (void)json_array_append_new(pages, page_row_json(v, page));
        if (json)
            continue;
        (void)printf("%s\t%s\t%lld words\t%u%% sure\t", page->id,
                     page->original_name, (long long)page->words,
                     page->mean_confidence);
        coverage_print(&page->extent);
        (void)printf("%s\n", page->blank ? "\tblank" : "");
    }
    if (!json) {
        (void)printf("%s\tall pages\t", row->volume->id);
        coverage_print(&row->extent);
        (void)printf("\n");
    }
    answer = volume_row_json(row);
    if (json_object_set_new(answer, "pages", pages) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    return json ? json_print(stdout, answer, err) : 0;
}

static int run_volume(const struct view *v, const struct words *words,
                      struct err *err)
{
    struct volume_rows rows = {NULL, 0};
    const char *verb = words->items[0];
    int rc;

    if (strcmp(verb, "list") == 0 && words->count == 1)
        rc = volume_list(v->catalogue, view_pages(v), &rows, err);
    else if (strcmp(verb, "show") == 0 && words->count == 2)
        rc = volume_show(v->catalogue, view_pages(v), words->items[1], &rows,
                         err);
    else
        return err_set(err, ERR_USAGE,
                       "expected list or published, or show, publish or "
                       "withdraw and a volume");
    if (rc == 0)
        rc = words->count == 1 ? volumes_print(&rows, words->json, err)
                               : volume_print(v, rows.items, words->json, err);
    volume_rows_fini(&rows);
    return rc;
}

/* What volumes there are can be listed on a full disk, too: no record is shown,
 * and nothing has to be noted. */
static int open_to_show(struct view *v, const struct context *context,
                        bool only_lists, struct err *err)
{
    if (view_open_own(v, context, NULL, err) == 0)
        return 0;
    if (!only_lists || v->archive == NULL ||
        !space_is_why(v->archive->dir, err))
        return -1;
    view_fini(v);
    *v = (struct view)VIEW_INIT;
    return view_open(v, context, err);
}

int command_volume(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(free) char **items = NULL;
    struct words words;

    if (words_read(argc, argv,
                   "list\nshow VOLUME\npublish VOLUME\nwithdraw VOLUME\n"
                   "published",
                   "Volumes and their pages; which of them are published."
                   "\vExample:\n"
                   "  tefter volume show odesos/family-register/1938-012\n"
                   "  tefter volume publish primorski/technical/1962-005",
                   1, 2, &words, err) != 0)
        return -1;
    items = words.items;
    if (strcmp(items[0], "published") == 0 ||
        strcmp(items[0], "publish") == 0 || strcmp(items[0], "withdraw") == 0)
        return volume_publication(context, &words, err);
    if (open_to_show(&v, context, strcmp(items[0], "list") == 0, err) != 0)
        return -1;
    return run_volume(&v, &words, err);
}

#define PAGE_WORDS_MAX 3

struct page_arguments {
    const char *words[PAGE_WORDS_MAX];
    int count;
    const char *page;
    const char *image; /* file to write */
    char what; /* 't' text, 'a' ALTO, 'i' image, 'o' overlay, 0 the record */
    bool json;
};

static error_t take_page_argument(int key, char *arg, struct argp_state *state)
{
    struct page_arguments *a = state->input;

    switch (key) {
    case 'i':
    case 'o':
        a->image = arg;
        a->what = (char)key;
        return 0;
    case 't':
    case 'a':
        a->what = (char)key;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->count == PAGE_WORDS_MAX)
            argp_error(state, "one word too many: '%s'", arg);
        a->words[a->count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Where a page's files lie: looked up in the store, the truth. */
struct page_files {
    char master[PATH_SIZE];
    char alto[PATH_SIZE];
    char records[PATH_SIZE]; /* "": it is no form */
    uint32_t image;
};

static int find_page(const struct archive *archive, const char *id,
                     struct page_files *out, struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *pkg = NULL;
    char volume[ID_SIZE];
    uint32_t number;
    long i;

    if (page_id_parse(id, volume, &number, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        package_open(store, volume, &pkg, err) != 0)
        return -1;
    i = package_find(pkg, number);
    if (i < 0)
        return err_set(err, ERR_ABSENT, "%s has no page %u", volume, number);
    out->image = package_page(pkg, (size_t)i)->image;
    if (package_master_path(pkg, (size_t)i, out->master, err) != 0)
        return -1;
    out->records[0] = '\0';
    if (package_has_records(pkg, (size_t)i) &&
        package_records_path(pkg, (size_t)i, out->records, err) != 0)
        return -1;
    return package_alto_path(pkg, (size_t)i, out->alto, err);
}

static int print_file(const char *path, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    if (file_read(path, (size_t)1 << 30, &bytes, err) != 0)
        return -1;
    (void)fwrite(bytes.data, 1, bytes.len, stdout);
    return 0;
}

static int print_text(const char *alto, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(free) char *plain = NULL;

    if (alto_read(alto, &text, err) != 0 ||
        page_text_plain(text, &plain, err) != 0)
        return -1;
    (void)printf("%s\n", plain);
    return 0;
}

static int write_image(const struct page_files *files, const char *path,
                       struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;

    if (alto_read(files->alto, &text, err) != 0 ||
        raster_read_tiff(files->master, files->image, &raster, err) != 0)
        return -1;
    return upright_write(raster, text, path, err);
}

static int write_overlay(const struct page_files *files, const char *path,
                         struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;

    if (alto_read(files->alto, &text, err) != 0 ||
        (files->records[0] != '\0' &&
         records_read(files->records, &records, err) != 0) ||
        raster_read_tiff(files->master, files->image, &raster, err) != 0)
        return -1;
    return overlay_write(raster, text, records, path, err);
}

static void print_earlier(const json_t *list)
{
    const json_t *scan;
    size_t i;

    json_array_foreach(list, i, scan)
    {
        (void)printf("earlier\t%s, received %s, replaced in version %lld: %s\n",
                     json_get_text(scan, "original_name", ""),
                     json_get_text(scan, "received_utc", ""),
                     (long long)json_get_int(scan, "replaced", 0),
                     json_get_text(scan, "file", ""));
    }
}

/* What only the ALTO says: letters that could not be read at all. */
static int find_lacks(const struct archive *archive, const char *id,
                      char out[ALPHABET_SIZE], struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct page_files files;

    if (find_page(archive, id, &files, err) != 0 ||
        alto_read(files.alto, &text, err) != 0)
        return -1;
    (void)snprintf(out, ALPHABET_SIZE, "%s", text->lacks);
    return 0;
}

static void print_closure(const json_t *until)
{
    if (json_is_string(until))
        (void)printf(
            "closed\t%s%s\n",
            strcmp(json_string_value(until), "unknown") == 0 ? "" : "until ",
            json_string_value(until));
}

static int print_record(const struct view *v, const struct page_arguments *a,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(json_decref) json_t *earlier = NULL;
    char lacks[ALPHABET_SIZE] = "";
    struct page_row row;

    if (page_show(v->catalogue, view_pages(v), a->page, &row, err) != 0)
        return -1;
    json = page_row_json(v, &row);
    if (page_history(v->archive, a->page, &earlier, err) != 0 ||
        find_lacks(v->archive, a->page, lacks, err) != 0 ||
        noted(v->archive, AUDIT_OPEN, false, a->page, "record", err) != 0 ||
        json_object_set_new(json, "model_lacks", json_string(lacks)) != 0 ||
        json_object_set(json, "earlier", earlier) != 0) {
        page_row_fini(&row);
        return -1;
    }
    if (!a->json) {
        (void)printf("page\t%s\nfile\t%s\npixels\t%u x %u\nturn\t%d degrees "
                     "clockwise, then %.2f\nwords\t%lld\nsure\t%u%%\n",
                     row.id, row.original_name, row.width_px, row.height_px,
                     row.turn_cw_deg, row.skew_cw_deg, (long long)row.words,
                     row.mean_confidence);
        (void)printf("coverage\t");
        coverage_print(&row.extent);
        (void)printf("\n");
        print_closure(json_object_get(json, "closed_until"));
        if (lacks[0] != '\0')
            (void)printf("not read\t%s: the model has none of these letters, "
                         "others stand for them\n",
                         lacks);
    }
    page_row_fini(&row);
    if (!a->json)
        print_earlier(earlier);
    return a->json ? json_print(stdout, json, err) : 0;
}

static const char *what_is_shown(char what)
{
    return what == 'a'   ? "alto"
           : what == 't' ? "text"
           : what == 'i' ? "image"
                         : "overlay";
}

static int run_page(const struct context *context,
                    const struct page_arguments *a, struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    struct page_files files;

    if (a->count != 2 || strcmp(a->words[0], "show") != 0)
        return page_restriction(context, a->words, a->count, a->json, err);
    if (((a->what == 'i' || a->what == 'o') &&
         upright_check_name(a->image, err) != 0) ||
        view_open_own(&v, context, NULL, err) != 0)
        return -1;
    if (a->what == 0)
        return print_record(&v, a, err);
    if (view_check_page(&v, a->page, err) != 0 ||
        find_page(v.archive, a->page, &files, err) != 0 ||
        noted(v.archive, AUDIT_OPEN, false, a->page, what_is_shown(a->what),
              err) != 0)
        return -1;
    if (a->what == 'a')
        return print_file(files.alto, err);
    if (a->what == 't')
        return print_text(files.alto, err);
    return a->what == 'o' ? write_overlay(&files, a->image, err)
                          : write_image(&files, a->image, err);
}

int command_page(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    static const struct argp_option options[] = {
        {"text", 't', NULL, 0, "print the page's running text", 0},
        {"alto", 'a', NULL, 0, "print the page's ALTO XML", 0},
        {"image", 'i', "FILE", 0,
         "write the straightened picture, as PNG, JPEG or TIFF by FILE's "
         "ending",
         0},
        {"overlay", 'o', "FILE", 0,
         "write the same with the form's grid, cells, types and confidence "
         "drawn over it",
         0},
        {"json", 'j', NULL, 0, "print the record as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_page_argument,
        "show PAGE\nrestrict PAGE REASON\nunrestrict PAGE REASON\nrestricted",
        "One page's record, text, ALTO XML, or straightened image; and which "
        "pages have a restricted entry (an adoption): they are there only for "
        "roles with the right 'restricted'."
        "\vExample:\n"
        "  tefter page show odesos/family-register/1938-012/0007 --text",
        NULL,
        NULL,
        NULL};
    struct page_arguments a = {.page = NULL};

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    a.page = a.words[1];
    return run_page(context, &a, err);
}
