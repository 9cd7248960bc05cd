/* SPDX-License-Identifier: MIT */
#include "store/quality.h"

#include <stdlib.h>

#include "common/json.h"

static bool is_warned(const struct page *page)
{
    return finding_list_worst(&page->findings) >= SEVERITY_WARNING &&
           page->findings.count > 0;
}

static int page_report(const struct page *page, json_t *into, struct err *err)
{
    json_t *findings = NULL;
    json_t *measures = NULL;
    json_t *one;

    if (findings_to_json(&page->findings, &findings, err) != 0)
        return -1;
    if (page_quality_to_json(&page->quality, &measures, err) != 0) {
        json_decref(findings);
        return -1;
    }
    one = json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:o}", "page", page->id,
                    "master", page->master, "image", (int)page->image + 1,
                    "received_utc", page->received_utc, "verdict",
                    is_warned(page) ? "warn" : "accept", "findings", findings,
                    "measures", measures);
    if (one == NULL || json_array_append_new(into, one) != 0)
        return err_set(err, ERR_NOMEM, "%s: out of memory", page->id);
    return 0;
}

int quality_format(const struct contents *c, struct buf *out, struct err *err)
{
    CLEANUP(json_decref) json_t *pages = json_array();
    CLEANUP(json_decref) json_t *report = NULL;
    CLEANUP(free) char *text = NULL;
    size_t warned = 0;

    for (size_t i = 0; i < c->page_count; i++) {
        if (page_report(c->pages[i].page, pages, err) != 0)
            return -1;
        warned += is_warned(c->pages[i].page);
    }
    report =
        json_pack("{s:s, s:i, s:s, s:I, s:I, s:O}", "format", "tefter-quality",
                  "format_version", 1, "volume", c->volume->id, "accepted",
                  (json_int_t)(c->page_count - warned), "warned",
                  (json_int_t)warned, "pages", pages);
    if (report == NULL || (text = json_dumps(report, JSON_INDENT(1))) == NULL)
        return err_set(err, ERR_NOMEM, QUALITY_JSON ": out of memory");
    buf_puts(out, text);
    buf_puts(out, "\n");
    return out->failed ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}
