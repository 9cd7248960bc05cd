/* SPDX-License-Identifier: MIT */
#include "ingest/page_quality.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "ingest/record_json.h"

#define COUNTED(member) \
    RECORD_FIELD(#member, FIELD_UINT, struct page_quality, member)
#define REAL(member) \
    RECORD_FIELD(#member, FIELD_REAL, struct page_quality, member)
#define SIGNED(member) \
    RECORD_FIELD(#member, FIELD_SIGNED, struct page_quality, member)

static const struct record_field fields[] = {
    COUNTED(measured),         REAL(width_mm),
    REAL(height_mm),           COUNTED(text_marks),
    COUNTED(text_lines),       REAL(rule_length_mm),
    REAL(ink_share),           REAL(edge_width_px),
    REAL(narrow_gap_share),    REAL(gap_balance),
    REAL(paper_level),         REAL(ink_level),
    REAL(clipped_light_share), REAL(clipped_dark_share),
    SIGNED(skew_cw_deg),       REAL(skew_confidence),
    COUNTED(border_top_px),    COUNTED(border_right_px),
    COUNTED(border_bottom_px), COUNTED(border_left_px),
    COUNTED(cut_top),          COUNTED(cut_right),
    COUNTED(cut_bottom),       COUNTED(cut_left),
    SIGNED(sideways),          SIGNED(upright),
    REAL(show_through_share),  REAL(gutter),
};
static const struct record_table table = {"quality", fields,
                                          sizeof(fields) / sizeof(*fields)};

/* Empty, or as ink_map_make() writes it. */
static bool is_map(const char *map)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(map);

    return len == 0 || (len == INK_MAP_SIZE - 1 &&
                        (*map == 'w' || *map == 'h') && map[1] >= '0' &&
                        map[1] <= '9' && strspn(map + 2, digits) == len - 2);
}

/* NULL reads as "". */
static int take_map(const char *map, struct page_quality *out, struct err *err)
{
    size_t len = map == NULL ? 0 : strlen(map);

    if (map != NULL && !is_map(map))
        return err_set(err, ERR_INPUT, "quality: no ink map");
    if (map != NULL)
        memcpy(out->ink_map, map, len + 1);
    return 0;
}

int page_quality_to_json(const struct page_quality *quality, json_t **out,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();

    if (object == NULL)
        return err_set(err, ERR_NOMEM, "quality: out of memory");
    if (record_to_json(&table, quality, object, err) != 0)
        return -1;
    if (quality->ink_map[0] != '\0' &&
        json_object_set_new(object, INK_MAP_KEY,
                            json_string(quality->ink_map)) != 0)
        return err_set(err, ERR_NOMEM, "quality: out of memory");
    *out = STEAL(object);
    return 0;
}

int page_quality_from_json(const json_t *json, struct page_quality *out,
                           struct err *err)
{
    struct page_quality q = {.measured = 0};

    if (json != NULL &&
        (record_from_json(&table, json, &q, err) != 0 ||
         take_map(json_string_value(json_object_get(json, INK_MAP_KEY)), &q,
                  err) != 0))
        return -1;
    *out = q;
    return 0;
}

/* --- one line of text --- */

void page_quality_to_text(const struct page_quality *quality, struct buf *out)
{
    for (size_t i = 0; i < table.count; i++) {
        const char *at = (const char *)quality + fields[i].offset;
        uint32_t count;
        uint64_t bits;

        if (fields[i].kind == FIELD_UINT) {
            memcpy(&count, at, sizeof(count));
            buf_printf(out, "%" PRIx32 " ", count);
        } else {
            memcpy(&bits, at, sizeof(bits));
            buf_printf(out, "%" PRIx64 " ", bits);
        }
    }
    buf_puts(out, quality->ink_map);
}

/* A figure that could not have been measured is none. */
static bool take_figure(const struct record_field *field, uint64_t bits,
                        char *at)
{
    uint32_t count = (uint32_t)bits;
    double value;

    if (field->kind == FIELD_UINT) {
        memcpy(at, &count, sizeof(count));
        return bits <= UINT32_MAX;
    }
    memcpy(&value, &bits, sizeof(value));
    memcpy(at, &value, sizeof(value));
    return isfinite(value) && fabs(value) <= 1e9 &&
           (value >= 0 || field->kind == FIELD_SIGNED);
}

int page_quality_from_text(const char *line, struct page_quality *out,
                           struct err *err)
{
    struct page_quality q = {.measured = 0};

    for (size_t i = 0; i < table.count; i++) {
        char *end = NULL;
        uint64_t bits;

        errno = 0;
        bits = strtoull(line, &end, 16);
        if (end == line || *end != ' ' || errno != 0 ||
            !take_figure(&fields[i], bits, (char *)&q + fields[i].offset))
            return err_set(err, ERR_INPUT, "quality: no figure for %s",
                           fields[i].key);
        line = end + 1;
    }
    if (take_map(line, &q, err) != 0)
        return -1;
    *out = q;
    return 0;
}
