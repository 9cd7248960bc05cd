/* SPDX-License-Identifier: MIT */
#include "search-cgi/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/translate.h"
#include "search-cgi/viewer_auth.h"

#define PRESENTATION "http://iiif.io/api/presentation/3/context.json"
#define SEARCH       "http://iiif.io/api/search/2/context.json"
/* A volume is named in the language of its archive. */
#define OWN_LANGUAGE "bg"

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "manifest: out of memory");
}

/* --- language maps (4.4) --- */

static json_t *in_own_language(const char *text)
{
    return json_pack("{s:[s]}", OWN_LANGUAGE, text);
}

static json_t *in_none(const char *text)
{
    return json_pack("{s:[s]}", "none", text);
}

static json_t *in_both(const char *msgid)
{
    return json_pack("{s:[s], s:[s]}", language_code(LANGUAGE_BG),
                     translate(LANGUAGE_BG, msgid), language_code(LANGUAGE_EN),
                     translate(LANGUAGE_EN, msgid));
}

/* --- addresses --- */

static json_t *address(const char *base, const char *path, const char *id,
                       const char *tail)
{
    return json_sprintf("%s%s%s%s", base, path, id, tail);
}

static json_t *canvas_id(const char *base, const char *page)
{
    const char *number = strrchr(page, '/');

    return number == NULL ? NULL
                          : json_sprintf("%s/volume/%.*s/canvas%s", base,
                                         (int)(number - page), page, number);
}

/* A page's picture, with what stands behind it. */
static json_t *picture_id(const char *base, const char *page, const char *tail)
{
    CLEANUP(buf_fini) struct buf id = BUF_INIT;

    percent_encode(&id, page);
    return id.failed ? NULL : address(base, "/iiif/", buf_str(&id), tail);
}

/* --- canvases --- */

struct size {
    int w, h;
};

static bool is_turned(const struct page_row *page)
{
    return page->mirrored || page->turn_cw_deg != 0;
}

static struct size upright_size(const struct page_row *page)
{
    struct size s = {(int)page->width_px, (int)page->height_px};

    return page->turn_cw_deg % 180 == 0 ? s : (struct size){s.h, s.w};
}

/* From the master onto the canvas: mirrored left to right, then turned
 * (ocr/page_text.h). */
static struct rect upright_rect(const struct page_row *page, struct rect r)
{
    int w = (int)page->width_px, h = (int)page->height_px;

    if (page->mirrored)
        r.x = w - r.x - r.w;
    switch (page->turn_cw_deg) {
    case 90:
        return (struct rect){h - r.y - r.h, r.x, r.h, r.w};
    case 180:
        return (struct rect){w - r.x - r.w, h - r.y - r.h, r.w, r.h};
    case 270:
        return (struct rect){r.y, w - r.x - r.w, r.h, r.w};
    default:
        return r;
    }
}

/* Where the pictures are, and how a viewer gets to those that are not for
 * everybody (Authorization Flow 2.0, section 3.1). */
static json_t *service_of(const char *base, const struct page_row *page,
                          bool is_open)
{
    json_t *service =
        json_pack("[{s:o*, s:s, s:s}]", "id", picture_id(base, page->id, ""),
                  "type", "ImageService3", "profile", "level2");

    if (!is_open && service != NULL)
        (void)json_object_set_new(json_array_get(service, 0), "service",
                                  viewer_services(base, page->id));
    return service;
}

static json_t *picture_of(const char *base, const struct page_row *page,
                          bool is_open)
{
    return json_pack("{s:o, s:s, s:s, s:i, s:i, s:o}", "id",
                     picture_id(base, page->id, "/full/max/0/default.jpg"),
                     "type", "Image", "format", "image/jpeg", "width",
                     (int)page->width_px, "height", (int)page->height_px,
                     "service", service_of(base, page, is_open));
}

/* A picture that is stored as it was scanned is turned by whoever shows it
 * (Web Annotation Data Model, section 4; the ImageApiSelector of IIIF). */
static json_t *body_of(const char *base, const struct page_row *page,
                       bool is_open)
{
    json_t *picture = picture_of(base, page, is_open);

    if (!is_turned(page))
        return picture;
    return json_pack(
        "{s:s, s:o, s:{s:s, s:o}}", "type", "SpecificResource", "source",
        picture, "selector", "type", "ImageApiSelector", "rotation",
        json_sprintf("%s%d", page->mirrored ? "!" : "", page->turn_cw_deg));
}

static json_t *thumbnail_of(const char *base, const struct page_row *page,
                            bool is_open)
{
    char tail[64];

    (void)snprintf(tail, sizeof(tail), "/full/!%d,%d/%s%d/default.jpg",
                   THUMBNAIL_PX, THUMBNAIL_PX, page->mirrored ? "!" : "",
                   page->turn_cw_deg);
    return json_pack("[{s:o, s:s, s:s, s:o}]", "id",
                     picture_id(base, page->id, tail), "type", "Image",
                     "format", "image/jpeg", "service",
                     service_of(base, page, is_open));
}

/* What is printed on the page is what people call it. */
static json_t *label_of(const struct page_row *page)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "%u", page->number);
    return in_none(page->label[0] == '\0' ? text : page->label);
}

static json_t *painting_of(const char *base, const struct page_row *page,
                           bool is_open)
{
    json_t *canvas = canvas_id(base, page->id);

    return json_pack("[{s:o, s:s, s:[{s:o, s:s, s:s, s:o, s:o}]}]", "id",
                     json_sprintf("%s/page", json_string_value(canvas)), "type",
                     "AnnotationPage", "items", "id",
                     json_sprintf("%s/picture", json_string_value(canvas)),
                     "type", "Annotation", "motivation", "painting", "body",
                     body_of(base, page, is_open), "target", canvas);
}

static const struct page_row *find_page(const struct volume_row *row,
                                        const char *id)
{
    for (int64_t i = 0; i < row->page_count; i++) {
        if (strcmp(row->pages[i].id, id) == 0)
            return &row->pages[i];
    }
    return NULL;
}

static bool page_is_open(const struct manifest_of *of,
                         const struct page_row *page)
{
    return of->open == NULL || find_page(of->open, page->id) != NULL;
}

/* The page as METS and ALTO keep it. */
static json_t *source_of(const char *base, const char *path, const char *tail,
                         const char *profile, const char *label)
{
    return json_pack("[{s:o, s:s, s:o, s:s, s:s}]", "id",
                     json_sprintf("%s%s%s", base, path, tail), "type",
                     "Dataset", "label", in_none(label), "format",
                     "application/xml", "profile", profile);
}

static json_t *alto_of(const char *base, const char *page)
{
    CLEANUP(buf_fini) struct buf path = BUF_INIT;

    buf_printf(&path, "/page/%s", page);
    return path.failed
               ? NULL
               : source_of(base, buf_str(&path), "/alto.xml",
                           "http://www.loc.gov/standards/alto/", "ALTO");
}

static json_t *mets_of(const char *base, const char *volume)
{
    CLEANUP(buf_fini) struct buf path = BUF_INIT;

    buf_printf(&path, "/volume/%s", volume);
    return path.failed ? NULL
                       : source_of(base, buf_str(&path), "/mets.xml",
                                   "http://www.loc.gov/METS/", "METS");
}

/* The volume to be read or printed elsewhere (3.4). */
static json_t *pdf_of(const char *base, const char *volume)
{
    return json_pack("[{s:o, s:s, s:o, s:s}]", "id",
                     address(base, "/volume/", volume, "/volume.pdf"), "type",
                     "Text", "label", in_both("The volume as PDF"), "format",
                     "application/pdf");
}

static json_t *canvas_of(const struct manifest_of *of,
                         const struct page_row *page)
{
    struct size size = upright_size(page);
    bool is_open = page_is_open(of, page);

    return json_pack(
        "{s:o, s:s, s:o, s:i, s:i, s:[{s:o, s:s, s:o, s:s}], s:o, s:o, s:o*}",
        "id", canvas_id(of->base, page->id), "type", "Canvas", "label",
        label_of(page), "width", size.w, "height", size.h, "homepage", "id",
        address(of->base, "/page/", page->id, ""), "type", "Text", "label",
        in_both("Page"), "format", "text/html", "thumbnail",
        thumbnail_of(of->base, page, is_open), "items",
        painting_of(of->base, page, is_open), "seeAlso",
        of->has_alto ? alto_of(of->base, page->id) : NULL);
}

/* --- volumes --- */

static void add_fact(json_t *facts, const char *msgid, const char *text)
{
    if (text[0] != '\0')
        (void)json_array_append_new(facts, json_pack("{s:o, s:o}", "label",
                                                     in_both(msgid), "value",
                                                     in_own_language(text)));
}

static json_t *facts_of(const struct volume *v)
{
    json_t *facts = json_array();
    char years[2 * 64];

    (void)snprintf(years, sizeof(years), "%.60s%s%.60s", v->date_from,
                   v->date_to[0] == '\0' ? "" : "–", v->date_to);
    add_fact(facts, "Identifier", v->id);
    add_fact(facts, "Years", years);
    add_fact(facts, "Shelf mark", v->shelfmark);
    return facts;
}

/* What is said of a volume where it is one of a list. */
static json_t *entry_of(const char *base, const struct volume *v)
{
    return json_pack("{s:o, s:s, s:o}", "id",
                     address(base, "/volume/", v->id, "/manifest.json"), "type",
                     "Manifest", "label",
                     in_own_language(v->title[0] == '\0' ? v->id : v->title));
}

static json_t *homepage_of(const char *base, const struct volume *v)
{
    return json_pack("[{s:o, s:s, s:o, s:s}]", "id",
                     address(base, "/volume/", v->id, ""), "type", "Text",
                     "label",
                     in_own_language(v->title[0] == '\0' ? v->id : v->title),
                     "format", "text/html");
}

static int add_canvases(const struct manifest_of *of, json_t *manifest)
{
    const struct volume_row *row = of->row;
    json_t *items = json_array();

    if (json_object_set_new(manifest, "items", items) != 0)
        return -1;
    for (int64_t i = 0; i < row->page_count; i++) {
        if (json_array_append_new(items, canvas_of(of, &row->pages[i])) != 0)
            return -1;
    }
    return row->page_count == 0
               ? 0
               : json_object_set_new(
                     manifest, "thumbnail",
                     thumbnail_of(of->base, &row->pages[0],
                                  page_is_open(of, &row->pages[0])));
}

/* --- ranges (5.4) --- */

/* A kind that the archive's own forms have brought is told as it is. */
static json_t *division_label(const struct division *d)
{
    const char *msgid = strcmp(d->kind, "household") == 0  ? "Household"
                        : strcmp(d->kind, "taxpayer") == 0 ? "Taxpayer"
                                                           : NULL;
    const char *space = d->file[0] == '\0' ? "" : " ";

    if (msgid == NULL)
        return json_pack("{s:[o]}", "none",
                         json_sprintf("%s%s%s", d->kind, space, d->file));
    return json_pack(
        "{s:[o], s:[o]}", language_code(LANGUAGE_BG),
        json_sprintf("%s%s%s", translate(LANGUAGE_BG, msgid), space, d->file),
        language_code(LANGUAGE_EN),
        json_sprintf("%s%s%s", translate(LANGUAGE_EN, msgid), space, d->file));
}

/* Those of its pages that the reader sees; NULL: none of them. */
static json_t *range_of(const struct manifest_of *of,
                        const struct volume_division *d, size_t on_page)
{
    CLEANUP(json_decref) json_t *canvases = json_array();
    const struct page *first = package_page(of->package, d->first);

    for (size_t p = d->first; p <= d->last; p++) {
        const char *id = package_page(of->package, p)->id;

        if (find_page(of->row, id) != NULL)
            (void)json_array_append_new(
                canvases, json_pack("{s:o, s:s}", "id", canvas_id(of->base, id),
                                    "type", "Canvas"));
    }
    if (json_array_size(canvases) == 0)
        return NULL;
    return json_pack("{s:o, s:s, s:o, s:O}", "id",
                     json_sprintf("%s/volume/%s/range/%04u.%zu", of->base,
                                  of->row->volume->id, first->number, on_page),
                     "type", "Range", "label", division_label(d->what), "items",
                     canvases);
}

static int add_ranges(const struct manifest_of *of, json_t *manifest,
                      struct err *err)
{
    CLEANUP(free) struct volume_division *divisions = NULL;
    CLEANUP(json_decref) json_t *ranges = json_array();
    size_t count = 0, on_page = 0;

    if (of->package == NULL)
        return 0;
    if (package_divisions(of->package, &divisions, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        json_t *range;

        on_page = i > 0 && divisions[i].first == divisions[i - 1].first
                      ? on_page + 1
                      : 1;
        range = range_of(of, &divisions[i], on_page);
        if (range != NULL)
            (void)json_array_append_new(ranges, range);
    }
    return json_array_size(ranges) == 0 ||
                   json_object_set(manifest, "structures", ranges) == 0
               ? 0
               : no_memory(err);
}

static int add_service(const struct manifest_of *of, json_t *manifest)
{
    return json_object_set_new(
        manifest, "service",
        json_pack(
            "[{s:o, s:s}]", "id",
            address(of->base, "/volume/", of->row->volume->id, "/find.json"),
            "type", "SearchService2"));
}

int manifest_of_volume(const struct manifest_of *of, json_t **out,
                       struct err *err)
{
    const struct volume *v = of->row->volume;
    /* The context comes first (4.6). */
    CLEANUP(json_decref)
    json_t *m = json_pack("{s:s}", "@context", PRESENTATION);
    CLEANUP(json_decref) json_t *entry = entry_of(of->base, v);

    if (json_object_update(m, entry) != 0 ||
        json_object_set_new(m, "metadata", facts_of(v)) != 0 ||
        json_object_set_new(m, "homepage", homepage_of(of->base, v)) != 0 ||
        (of->has_mets &&
         json_object_set_new(m, "seeAlso", mets_of(of->base, v->id)) != 0) ||
        (of->has_pdf &&
         json_object_set_new(m, "rendering", pdf_of(of->base, v->id)) != 0) ||
        add_service(of, m) != 0 || add_canvases(of, m) != 0)
        return no_memory(err);
    if (add_ranges(of, m, err) != 0)
        return -1;
    *out = STEAL(m);
    return 0;
}

int manifest_of_list(const char *base, const struct volume_rows *rows,
                     json_t **out, struct err *err)
{
    CLEANUP(json_decref)
    json_t *list =
        json_pack("{s:s, s:o, s:s, s:o, s:[]}", "@context", PRESENTATION, "id",
                  address(base, "/volumes/collection.json", "", ""), "type",
                  "Collection", "label", in_both("Volumes"), "items");

    for (size_t i = 0; i < rows->count; i++) {
        if (json_array_append_new(json_object_get(list, "items"),
                                  entry_of(base, rows->items[i].volume)) != 0)
            return no_memory(err);
    }
    if (list == NULL)
        return no_memory(err);
    *out = STEAL(list);
    return 0;
}

/* --- hits --- */

/* What stands round the words, as written. */
static json_t *text_of(const struct hit *hit)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    for (size_t i = 0; i < hit->snippet_count; i++)
        buf_puts(&text, hit->snippet[i].text);
    return text.failed
               ? NULL
               : json_pack("{s:s, s:s, s:s}", "type", "TextualBody", "value",
                           buf_str(&text), "format", "text/plain");
}

/* The place of a word is not told of a page that is yet to be paid: the hit is
 * then somewhere on it. */
static json_t *page_annotation(const char *base, const struct page_row *page,
                               const struct hit *hit)
{
    CLEANUP(json_decref) json_t *canvas = canvas_id(base, page->id);

    return json_pack("{s:o, s:s, s:s, s:o, s:O}", "id",
                     json_sprintf("%s/word", json_string_value(canvas)), "type",
                     "Annotation", "motivation", "supplementing", "body",
                     text_of(hit), "target", canvas);
}

static json_t *annotation_of(const char *base, const struct page_row *page,
                             const struct hit *hit, struct rect box)
{
    struct rect r = upright_rect(page, box);
    CLEANUP(json_decref) json_t *canvas = canvas_id(base, page->id);

    return json_pack(
        "{s:o, s:s, s:s, s:o, s:o}", "id",
        json_sprintf("%s/word/%d,%d,%d,%d", json_string_value(canvas), r.x, r.y,
                     r.w, r.h),
        "type", "Annotation", "motivation", "supplementing", "body",
        text_of(hit), "target",
        json_sprintf("%s#xywh=%d,%d,%d,%d", json_string_value(canvas), r.x, r.y,
                     r.w, r.h));
}

static int add_annotations(const char *base, const struct page_row *page,
                           const struct hit *hit, json_t *list)
{
    if (hit->box_count == 0)
        return json_array_append_new(list, page_annotation(base, page, hit));
    for (size_t b = 0; b < hit->box_count; b++) {
        if (json_array_append_new(
                list, annotation_of(base, page, hit, hit->boxes[b])) != 0)
            return -1;
    }
    return 0;
}

int manifest_of_hits(const char *base, const char *query,
                     const struct volume_row *row,
                     const struct search_answer *answer, json_t **out,
                     struct err *err)
{
    CLEANUP(json_decref)
    json_t *list = json_pack("{s:s, s:o, s:s, s:[]}", "@context", SEARCH, "id",
                             address(base, query, "", ""), "type",
                             "AnnotationPage", "items");

    for (size_t i = 0; i < answer->hit_count; i++) {
        const struct hit *hit = &answer->hits[i];
        const struct page_row *page = find_page(row, hit->page);

        if (page != NULL &&
            add_annotations(base, page, hit, json_object_get(list, "items")) !=
                0)
            return no_memory(err);
    }
    if (list == NULL)
        return no_memory(err);
    *out = STEAL(list);
    return 0;
}
