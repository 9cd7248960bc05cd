/* SPDX-License-Identifier: MIT */
#include "ingest/page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "ingest/record_json.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const struct record_field volume_fields[] = {
    RECORD_FIELD("volume", FIELD_CHARS, struct volume, id),
    RECORD_FIELD("title", FIELD_TEXT, struct volume, title),
    RECORD_FIELD("shelfmark", FIELD_TEXT, struct volume, shelfmark),
    RECORD_FIELD("date_from", FIELD_TEXT, struct volume, date_from),
    RECORD_FIELD("date_to", FIELD_TEXT, struct volume, date_to),
};
static const struct record_table volume_table = {"volume", volume_fields,
                                                 COUNT(volume_fields)};

static const struct record_field page_fields[] = {
    RECORD_FIELD("page", FIELD_CHARS, struct page, id),
    RECORD_FIELD("volume", FIELD_CHARS, struct page, volume),
    RECORD_FIELD("number", FIELD_UINT, struct page, number),
    RECORD_FIELD("label", FIELD_TEXT, struct page, label),
    RECORD_FIELD("original_name", FIELD_TEXT, struct page, original_name),
    RECORD_FIELD("master", FIELD_TEXT, struct page, master),
    RECORD_FIELD("image", FIELD_UINT, struct page, image),
    RECORD_FIELD("sha256", FIELD_CHARS, struct page, digests.sha256),
    RECORD_FIELD("sha512", FIELD_CHARS, struct page, digests.sha512),
    RECORD_FIELD("size_bytes", FIELD_INT64, struct page, digests.size_bytes),
    RECORD_FIELD("width_px", FIELD_UINT, struct page, width_px),
    RECORD_FIELD("height_px", FIELD_UINT, struct page, height_px),
    RECORD_FIELD("xres_dpi", FIELD_REAL, struct page, xres_dpi),
    RECORD_FIELD("yres_dpi", FIELD_REAL, struct page, yres_dpi),
    RECORD_FIELD("bits_per_sample", FIELD_UINT, struct page, bits_per_sample),
    RECORD_FIELD("samples_per_pixel", FIELD_UINT, struct page,
                 samples_per_pixel),
    RECORD_FIELD("compression", FIELD_TEXT, struct page, compression),
    RECORD_FIELD("orientation", FIELD_UINT, struct page, orientation),
    RECORD_FIELD("language", FIELD_TEXT, struct page, language),
    RECORD_FIELD("operator", FIELD_TEXT, struct page, operator_id),
    RECORD_FIELD("device", FIELD_TEXT, struct page, device),
    RECORD_FIELD("scanned_at", FIELD_TEXT, struct page, scanned_at),
    RECORD_FIELD("received_utc", FIELD_CHARS, struct page, received_utc),
};
/* Absent in records that were written before there were pictures. */
static const struct record_field picture_field[] = {
    RECORD_FIELD("picture", FIELD_TEXT, struct page, picture),
};
static const struct record_table picture_table = {"page", picture_field, 1};

/* Only where it is not 0: older records have none. */
static const struct record_field ratio_field[] = {
    RECORD_FIELD("res_ratio", FIELD_REAL, struct page, res_ratio),
};
static const struct record_table ratio_table = {"page", ratio_field, 1};

static const struct record_table page_table = {"page", page_fields,
                                               COUNT(page_fields)};
/* Only where it is not 0: records of before there were rescans have none. */
static const struct record_field rescan_field[] = {
    RECORD_FIELD("replaces", FIELD_UINT, struct page, replaces),
};
static const struct record_table rescan_table = {"page", rescan_field, 1};

static const char *const severity_names[] = {"info", "warning", "error"};

const char *severity_name(enum severity severity)
{
    return severity_names[severity];
}

static int severity_from_name(const char *name, enum severity *out)
{
    for (size_t i = 0; name != NULL && i < COUNT(severity_names); i++) {
        if (strcmp(name, severity_names[i]) == 0) {
            *out = (enum severity)i;
            return 0;
        }
    }
    return -1;
}

static void finding_fini(struct finding *f)
{
    free(f->rule);
    free(f->message);
}

/* Takes over rule and message, also when it fails. */
static int append(struct finding_list *list, struct finding f, struct err *err)
{
    struct finding *grown = NULL;
    size_t bytes;

    if (f.rule != NULL && f.message != NULL &&
        !__builtin_mul_overflow(list->count + 1, sizeof(*grown), &bytes))
        grown = realloc(list->items, bytes);
    if (grown == NULL) {
        finding_fini(&f);
        return err_set(err, ERR_NOMEM, "findings: out of memory");
    }
    list->items = grown;
    list->items[list->count++] = f;
    return 0;
}

int finding_add(struct finding_list *list, const char *rule,
                enum severity severity, int image, int tag, struct err *err,
                const char *fmt, ...)
{
    struct finding f = {strdup(rule), severity, image, tag, NULL, {0}};
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&f.message, fmt, ap) < 0)
        f.message = NULL;
    va_end(ap);
    return append(list, f, err);
}

void finding_set_box(struct finding_list *list, struct finding_box box)
{
    if (list->count > 0)
        list->items[list->count - 1].box = box;
}

int finding_copy(struct finding_list *list, const struct finding *f,
                 struct err *err)
{
    if (finding_add(list, f->rule, f->severity, f->image, f->tag, err, "%s",
                    f->message) != 0)
        return -1;
    finding_set_box(list, f->box);
    return 0;
}

void finding_list_fini(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        finding_fini(&list->items[i]);
    free(list->items);
    *list = (struct finding_list){NULL, 0};
}

enum severity finding_list_worst(const struct finding_list *list)
{
    enum severity worst = SEVERITY_INFO;

    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].severity > worst)
            worst = list->items[i].severity;
    }
    return worst;
}

int finding_list_append(struct finding_list *list,
                        const struct finding_list *from, struct err *err)
{
    for (size_t i = 0; i < from->count; i++) {
        if (finding_copy(list, &from->items[i], err) != 0)
            return -1;
    }
    return 0;
}

static json_t *box_to_json(struct finding_box box)
{
    return json_pack("[I, I, I, I]", (json_int_t)box.x, (json_int_t)box.y,
                     (json_int_t)box.w, (json_int_t)box.h);
}

static int box_from_json(const json_t *array, struct finding_box *out,
                         struct err *err)
{
    uint32_t *const parts[] = {&out->x, &out->y, &out->w, &out->h};

    *out = (struct finding_box){0};
    if (array == NULL)
        return 0;
    for (size_t i = 0; i < COUNT(parts); i++) {
        const json_t *n = json_array_get(array, i);

        if (!json_is_integer(n) || json_integer_value(n) < 0 ||
            json_integer_value(n) > UINT32_MAX)
            return err_set(err, ERR_INPUT,
                           "finding: the key \"box\" is not four whole "
                           "numbers");
        *parts[i] = (uint32_t)json_integer_value(n);
    }
    return 0;
}

int findings_to_json(const struct finding_list *list, json_t **out,
                     struct err *err)
{
    CLEANUP(json_decref) json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++) {
        const struct finding *f = &list->items[i];
        json_t *item =
            json_pack("{s:s, s:s, s:o, s:i, s:i, s:s}", "rule", f->rule,
                      "severity", severity_name(f->severity), "page",
                      f->image < 0 ? json_null() : json_integer(f->image + 1LL),
                      "image", f->image, "tag", f->tag, "message", f->message);

        if (json_array_append_new(array, item) != 0)
            return err_set(err, ERR_INPUT, "finding %s: not UTF-8", f->rule);
        if (f->box.w > 0 &&
            json_object_set_new(item, "box", box_to_json(f->box)) != 0)
            return err_set(err, ERR_NOMEM, "findings: out of memory");
    }
    if (array == NULL)
        return err_set(err, ERR_NOMEM, "findings: out of memory");
    *out = STEAL(array);
    return 0;
}

static int finding_from_json(const json_t *item, struct finding_list *list,
                             struct err *err)
{
    const char *rule = json_get_text(item, "rule", NULL);
    const char *message = json_get_text(item, "message", NULL);
    json_int_t image = json_get_int(item, "image", -1);
    json_int_t tag = json_get_int(item, "tag", 0);
    enum severity severity;
    struct finding_box box;

    if (rule == NULL)
        return err_set(err, ERR_INPUT,
                       "finding: the key \"rule\" is not a text");
    if (message == NULL)
        return err_set(err, ERR_INPUT,
                       "finding: the key \"message\" is not a text");
    if (severity_from_name(json_get_text(item, "severity", NULL), &severity))
        return err_set(err, ERR_INPUT,
                       "finding: the key \"severity\" is not info, warning or "
                       "error");
    if (image < -1 || image > INT32_MAX || tag < 0 || tag > UINT16_MAX)
        return err_set(err, ERR_INPUT,
                       "finding: the key \"image\" or \"tag\" is out of range");
    if (box_from_json(json_object_get(item, "box"), &box, err) != 0 ||
        finding_add(list, rule, severity, (int)image, (int)tag, err, "%s",
                    message) != 0)
        return -1;
    finding_set_box(list, box);
    return 0;
}

int findings_from_json(const json_t *json, struct finding_list *out,
                       struct err *err)
{
    struct finding_list list = {NULL, 0};
    const json_t *item;
    size_t i;

    if (!json_is_array(json))
        return err_set(err, ERR_INPUT, "the key \"findings\" is not a list");
    json_array_foreach(json, i, item)
    {
        if (finding_from_json(item, &list, err) != 0) {
            finding_list_fini(&list);
            return -1;
        }
    }
    *out = list;
    return 0;
}

struct volume *volume_new(void)
{
    CLEANUP(volume_free) struct volume *volume = calloc(1, sizeof(*volume));
    struct err err;

    if (volume == NULL || record_init(&volume_table, volume, &err) != 0)
        return NULL;
    return STEAL(volume);
}

void volume_free(struct volume *volume)
{
    if (volume == NULL)
        return;
    record_fini(&volume_table, volume);
    free(volume);
}

struct page *page_new(void)
{
    CLEANUP(page_free) struct page *page = calloc(1, sizeof(*page));
    struct err err;

    if (page == NULL || record_init(&page_table, page, &err) != 0 ||
        record_init(&picture_table, page, &err) != 0)
        return NULL;
    return STEAL(page);
}

void page_free(struct page *page)
{
    if (page == NULL)
        return;
    record_fini(&page_table, page);
    record_fini(&picture_table, page);
    finding_list_fini(&page->findings);
    free(page);
}

int page_copy(const struct page *page, struct page **out, struct err *err)
{
    CLEANUP(page_free) struct page *copy = page_new();

    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "page %s: out of memory", page->id);
    copy->replaces = page->replaces;
    copy->res_ratio = page->res_ratio;
    copy->quality = page->quality;
    if (record_copy(&page_table, page, copy, err) != 0 ||
        record_copy(&picture_table, page, copy, err) != 0 ||
        finding_list_append(&copy->findings, &page->findings, err) != 0)
        return -1;
    *out = STEAL(copy);
    return 0;
}

/* site, series and number stand in the id; they are never stored twice. */
static int split_id(struct volume *volume, struct err *err)
{
    struct volume_id id;

    if (volume_id_parse(volume->id, &id, err) != 0)
        return err_add(err, "volume: the key \"volume\"");
    memcpy(volume->site, id.site, sizeof(id.site));
    memcpy(volume->series, id.series, sizeof(id.series));
    memcpy(volume->number, id.number, sizeof(id.number));
    return 0;
}

int volume_copy(const struct volume *volume, struct volume **out,
                struct err *err)
{
    CLEANUP(volume_free) struct volume *copy = volume_new();

    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "volume %s: out of memory", volume->id);
    if (record_copy(&volume_table, volume, copy, err) != 0)
        return -1;
    memcpy(copy->site, volume->site, sizeof(copy->site));
    memcpy(copy->series, volume->series, sizeof(copy->series));
    memcpy(copy->number, volume->number, sizeof(copy->number));
    *out = STEAL(copy);
    return 0;
}

struct page_view page_view_of(const struct page *p)
{
    bool turned = p->orientation >= 5;

    return (struct page_view){
        .width_px = turned ? p->height_px : p->width_px,
        .height_px = turned ? p->width_px : p->height_px,
        .xres_dpi = turned ? p->yres_dpi : p->xres_dpi,
        .yres_dpi = turned ? p->xres_dpi : p->yres_dpi,
        .bitonal = p->bits_per_sample == 1 && p->samples_per_pixel == 1,
    };
}

double page_pixel_stretch(const struct page *p)
{
    if (p->res_ratio > 0)
        return 1 / p->res_ratio;
    return p->xres_dpi > 0 && p->yres_dpi > 0 ? p->xres_dpi / p->yres_dpi : 1;
}

int page_to_json(const struct page *page, json_t **out, struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    json_t *quality = NULL;
    json_t *findings = NULL;

    if (object == NULL)
        return err_set(err, ERR_NOMEM, "page %s: out of memory", page->id);
    if (record_to_json(&page_table, page, object, err) != 0 ||
        record_to_json(&picture_table, page, object, err) != 0 ||
        page_quality_to_json(&page->quality, &quality, err) != 0)
        return -1;
    if (json_object_set_new(object, "quality", quality) != 0)
        return err_set(err, ERR_NOMEM, "page %s: out of memory", page->id);
    if (findings_to_json(&page->findings, &findings, err) != 0)
        return -1;
    if (json_object_set_new(object, "findings", findings) != 0)
        return err_set(err, ERR_NOMEM, "page %s: out of memory", page->id);
    if (page->replaces != 0 &&
        record_to_json(&rescan_table, page, object, err) != 0)
        return -1;
    if (page->res_ratio > 0 &&
        record_to_json(&ratio_table, page, object, err) != 0)
        return -1;
    *out = STEAL(object);
    return 0;
}

static bool is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

/* What a number or a text alone cannot say: that the fields agree, and that
 * nothing in them leads a path astray. */
static int check_page(const struct page *page, struct err *err)
{
    char id[ID_SIZE];

    if (page_id_format(page->volume, page->number, id, err) != 0)
        return err_add(err, "page: the keys \"volume\" and \"number\"");
    if (strcmp(id, page->id) != 0)
        return err_set(err, ERR_INPUT,
                       "page: the key \"page\" is %s, by volume and number it "
                       "is %s",
                       page->id, id);
    if (!path_is_safe(page->master) || strchr(page->master, '/') != NULL)
        return err_set(err, ERR_INPUT,
                       "page: the key \"master\" is not a plain file name");
    if (!is_hex(page->digests.sha256, 64))
        return err_set(err, ERR_INPUT,
                       "page: the key \"sha256\" is not 64 hex digits");
    if (!is_hex(page->digests.sha512, 128))
        return err_set(err, ERR_INPUT,
                       "page: the key \"sha512\" is not 128 hex digits");
    if (*page->picture != '\0' &&
        (!path_is_safe(page->picture) || strchr(page->picture, '/') != NULL))
        return err_set(err, ERR_INPUT,
                       "page: the key \"picture\" is not a plain file name");
    if (page->orientation < 1 || page->orientation > 8)
        return err_set(err, ERR_INPUT,
                       "page: the key \"orientation\" is %u, not 1 to 8",
                       page->orientation);
    return 0;
}

int page_from_json(const json_t *json, struct page **out, struct err *err)
{
    CLEANUP(page_free) struct page *page = page_new();

    if (page == NULL)
        return err_set(err, ERR_NOMEM, "page: out of memory");
    if (record_from_json(&page_table, json, page, err) != 0 ||
        (json_object_get(json, "picture") != NULL &&
         record_from_json(&picture_table, json, page, err) != 0) ||
        check_page(page, err) != 0)
        return -1;
    if (json_object_get(json, "replaces") != NULL &&
        record_from_json(&rescan_table, json, page, err) != 0)
        return -1;
    if (json_object_get(json, "res_ratio") != NULL &&
        record_from_json(&ratio_table, json, page, err) != 0)
        return -1;
    if (page_quality_from_json(json_object_get(json, "quality"), &page->quality,
                               err) != 0 ||
        findings_from_json(json_object_get(json, "findings"), &page->findings,
                           err) != 0)
        return err_add(err, "page %s", page->id);
    *out = STEAL(page);
    return 0;
}

int volume_to_json(const struct volume *volume, json_t **out, struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();

    if (object == NULL)
        return err_set(err, ERR_NOMEM, "volume %s: out of memory", volume->id);
    if (record_to_json(&volume_table, volume, object, err) != 0)
        return -1;
    *out = STEAL(object);
    return 0;
}

int volume_from_json(const json_t *json, struct volume **out, struct err *err)
{
    CLEANUP(volume_free) struct volume *volume = volume_new();

    if (volume == NULL)
        return err_set(err, ERR_NOMEM, "volume: out of memory");
    if (record_from_json(&volume_table, json, volume, err) != 0 ||
        split_id(volume, err) != 0)
        return -1;
    *out = STEAL(volume);
    return 0;
}
