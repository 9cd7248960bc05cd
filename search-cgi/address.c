/* SPDX-License-Identifier: MIT */
#include "search-cgi/address.h"

#include <string.h>

#include "ingest/identifier.h"

static int absent(struct err *err)
{
    return err_set(err, ERR_ABSENT, "there is nothing at this address");
}

int address_volume(const struct request *r, char out[ID_SIZE], struct err *err)
{
    struct err why;

    if (volume_id_format(request_part(r, "site"), request_part(r, "series"),
                         request_part(r, "number"), out, &why) != 0)
        return absent(err);
    return 0;
}

int address_page(const struct request *r, char out[ID_SIZE], struct err *err)
{
    char volume[ID_SIZE];
    char parsed[ID_SIZE];
    uint32_t number;
    struct err why;
    int n;

    if (address_volume(r, volume, err) != 0)
        return -1;
    n = snprintf(out, ID_SIZE, "%s/%s", volume, request_part(r, "page"));
    if (n < 0 || n >= ID_SIZE || page_id_parse(out, parsed, &number, &why) != 0)
        return absent(err);
    return 0;
}

int address_item(const struct request *r, struct item *out, struct err *err)
{
    const char *id = request_part(r, "id");
    const char *record = request_part(r, "record");
    char page[ID_SIZE], whole[ITEM_SIZE];
    int n;

    if (id[0] == '\0') {
        if (address_page(r, page, err) != 0)
            return -1;
        n = snprintf(whole, sizeof(whole), "%s%s%s", page,
                     record[0] == '\0' ? "" : "/", record);
        if (n < 0 || (size_t)n >= sizeof(whole))
            return absent(err);
        id = whole;
    }
    return item_parse(id, out) ? 0 : absent(err);
}

void address_item_path(const struct item *item, const char *query,
                       struct buf *out)
{
    buf_printf(out, "/page/%s", item->page);
    if (item->part != 0)
        buf_printf(out, "/row/%s", item->id + strlen(item->page) + 1);
    if (query[0] != '\0') {
        buf_puts(out, "?q=");
        percent_encode(out, query);
    }
}

void address_page_link(struct node node, const char *attribute,
                       const char *page, const char *query)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;

    buf_printf(&link, "/page/%s", page);
    if (query[0] != '\0') {
        buf_puts(&link, "?q=");
        percent_encode(&link, query);
    }
    model_set(node, attribute, buf_str(&link));
}

void address_picture(struct node node, const char *attribute, const char *page,
                     struct upright upright, unsigned side_px)
{
    char request[64];

    (void)snprintf(request, sizeof(request), "full/!%u,%u/%s%d/default.jpg",
                   side_px, side_px, upright.mirrored ? "!" : "",
                   upright.turn_cw_deg);
    address_image(node, attribute, page, request);
}

void address_strip(struct node node, const char *attribute, const char *page,
                   struct upright upright, struct rect strip, unsigned side_px)
{
    char request[128];

    (void)snprintf(request, sizeof(request),
                   "%d,%d,%d,%d/!%u,%u/%s%d/default.jpg", strip.x, strip.y,
                   strip.w, strip.h, side_px, side_px,
                   upright.mirrored ? "!" : "", upright.turn_cw_deg);
    address_image(node, attribute, page, request);
}

void address_image(struct node node, const char *attribute, const char *page,
                   const char *request)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;

    buf_puts(&link, "/iiif/");
    percent_encode(&link, page);
    buf_printf(&link, "/%s", request);
    model_set(node, attribute, buf_str(&link));
}
