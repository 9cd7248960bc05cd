/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json.h"
#include "ingest/record_json.h"
#include "ingest/tiff_check.h"

void tiff_report_fini(struct tiff_report *report)
{
    finding_list_fini(&report->findings);
    free(report->images);
    *report = (struct tiff_report){.image_count = 0};
}

static const struct record_field image_fields[] = {
    RECORD_FIELD("width_px", FIELD_UINT, struct tiff_image, width_px),
    RECORD_FIELD("height_px", FIELD_UINT, struct tiff_image, height_px),
    RECORD_FIELD("xres_dpi", FIELD_REAL, struct tiff_image, xres_dpi),
    RECORD_FIELD("yres_dpi", FIELD_REAL, struct tiff_image, yres_dpi),
    RECORD_FIELD("bits", FIELD_UINT, struct tiff_image, bits),
    RECORD_FIELD("samples", FIELD_UINT, struct tiff_image, samples),
    RECORD_FIELD("orientation", FIELD_UINT, struct tiff_image, orientation),
    RECORD_FIELD("compression", FIELD_CHARS, struct tiff_image, compression),
};
static const struct record_table image_table = {
    "image", image_fields, sizeof(image_fields) / sizeof(*image_fields)};

int tiff_report_to_json(const struct tiff_report *report, json_t **out,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    json_t *images = json_array();
    json_t *findings = NULL;

    if (json_object_set_new(object, "images", images) != 0)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    for (size_t i = 0; i < report->image_count; i++) {
        json_t *image = json_object();

        if (json_array_append_new(images, image) != 0)
            return err_set(err, ERR_NOMEM, "report: out of memory");
        if (record_to_json(&image_table, &report->images[i], image, err) != 0)
            return -1;
    }
    if (findings_to_json(&report->findings, &findings, err) != 0)
        return -1;
    if (json_object_set_new(object, "findings", findings) != 0)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    *out = STEAL(object);
    return 0;
}

int tiff_report_from_json(const json_t *json, struct tiff_report *out,
                          struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};
    const json_t *images = json_object_get(json, "images");
    size_t count = json_array_size(images);

    if (findings_from_json(json_object_get(json, "findings"), &r.findings,
                           err) != 0)
        return -1;
    r.images = calloc(count + 1, sizeof(*r.images));
    if (r.images == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    for (size_t i = 0; i < count; i++) {
        if (record_from_json(&image_table, json_array_get(images, i),
                             &r.images[i], err) != 0)
            return -1;
    }
    r.image_count = count;
    *out = r;
    r = (struct tiff_report){.image_count = 0};
    return 0;
}
