/* SPDX-License-Identifier: MIT */
#include "search-cgi/contact_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/json.h"
#include "search-cgi/param.h"

#define PICTURE_MAX_BYTES ((size_t)256 << 10)

/* One image of one file of the batch, and the page that became of it. */
struct card {
    size_t file;
    uint32_t image;
    const struct page *page; /* NULL: set aside */
    enum severity worst;     /* of its findings */
    bool has_findings;
};

struct cards {
    struct card *items;
    size_t count;
};

static void cards_fini_at(struct cards *cards)
{
    free(cards->items);
}

static int by_file(const void *a, const void *b)
{
    const struct page *x = *(const struct page *const *)a;
    const struct page *y = *(const struct page *const *)b;
    int order = strcmp(x->original_name, y->original_name);

    return order != 0 ? order : (x->image > y->image) - (x->image < y->image);
}

/* The batch's pages by file and image. The caller frees the array. */
static const struct page **sort_pages(const struct batch *batch)
{
    const struct page **pages = calloc(batch->page_count + 1, sizeof(*pages));

    if (pages == NULL)
        return NULL;
    for (size_t i = 0; i < batch->page_count; i++)
        pages[i] = batch->pages[i];
    if (batch->page_count > 0)
        qsort(pages, batch->page_count, sizeof(*pages), by_file);
    return pages;
}

static const struct page *find_page(const struct page *const *pages,
                                    size_t count, const char *file,
                                    uint32_t image)
{
    size_t lo = 0, hi = count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(file, pages[mid]->original_name);

        if (order == 0 && image == pages[mid]->image)
            return pages[mid];
        if (order < 0 || (order == 0 && image < pages[mid]->image))
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* A finding of the whole file is said at its first image. */
static bool is_of(const struct finding *finding, uint32_t image)
{
    return finding->image == (int)image || (finding->image < 0 && image == 0);
}

static void judge(struct card *card, const struct batch_file *file)
{
    for (size_t i = 0; i < file->findings.count; i++) {
        const struct finding *f = &file->findings.items[i];

        if (!is_of(f, card->image))
            continue;
        card->has_findings = true;
        if (f->severity > card->worst)
            card->worst = f->severity;
    }
}

static int collect(const struct batch *batch, struct cards *out,
                   struct err *err)
{
    CLEANUP(free) const struct page **pages = sort_pages(batch);
    size_t room = 1;

    for (size_t i = 0; i < batch->file_count; i++)
        room += batch->files[i].image_count + (size_t)1;
    out->items = calloc(room, sizeof(*out->items));
    if (pages == NULL || out->items == NULL)
        return err_set(err, ERR_NOMEM, "contact sheet: out of memory");
    for (size_t i = 0; i < batch->file_count; i++) {
        const struct batch_file *file = &batch->files[i];
        uint32_t images = file->image_count > 0 ? file->image_count : 1;

        for (uint32_t k = 0; file->verdict != VERDICT_IGNORE && k < images;
             k++) {
            struct card *card = &out->items[out->count++];

            *card = (struct card){
                .file = i,
                .image = k,
                .page = find_page(pages, batch->page_count, file->name, k)};
            judge(card, file);
        }
    }
    return 0;
}

static bool is_open(const struct contact_sheet *sheet, const struct page *page)
{
    const struct page_outcome *outcome =
        page == NULL ? NULL : batch_outcome_find(sheet->outcome, page->id);

    return outcome != NULL && page_outcome_is_open(outcome);
}

static bool is_wanted(const struct contact_sheet *sheet,
                      const struct card *card)
{
    return !sheet->only_findings || card->worst > SEVERITY_INFO ||
           is_open(sheet, card->page) ||
           sheet->batch->files[card->file].verdict == VERDICT_REJECT;
}

/* --- one card --- */

struct size {
    uint32_t w, h;
};

/* Where a part of the stored image is when the orientation is applied (TIFF
 * 6.0, Orientation): 2 to 4 mirror and turn it round, 5 to 8 put it on its
 * side. */
static struct finding_box upright_box(struct finding_box b, struct size stored,
                                      unsigned orientation)
{
    uint32_t right = stored.w - b.x - b.w;
    uint32_t below = stored.h - b.y - b.h;

    switch (orientation) {
    case 2:
        return (struct finding_box){right, b.y, b.w, b.h};
    case 3:
        return (struct finding_box){right, below, b.w, b.h};
    case 4:
        return (struct finding_box){b.x, below, b.w, b.h};
    case 5:
        return (struct finding_box){b.y, b.x, b.h, b.w};
    case 6:
        return (struct finding_box){below, b.x, b.h, b.w};
    case 7:
        return (struct finding_box){below, right, b.h, b.w};
    case 8:
        return (struct finding_box){b.y, right, b.h, b.w};
    default:
        return b;
    }
}

static bool lies_in(struct finding_box b, struct size size)
{
    return b.w > 0 && b.h > 0 && b.x <= size.w && b.w <= size.w - b.x &&
           b.y <= size.h && b.h <= size.h - b.y;
}

static void add_finding(struct node parent, const struct finding *f,
                        const struct page *page)
{
    struct node node = model_add(parent, "finding");

    model_set(node, "rule", f->rule);
    model_set(node, "severity", severity_name(f->severity));
    model_set(node, "message", f->message);
    if (page != NULL &&
        lies_in(f->box, (struct size){page->width_px, page->height_px})) {
        struct finding_box b =
            upright_box(f->box, (struct size){page->width_px, page->height_px},
                        page->orientation);

        model_setf(node, "x", "%u", b.x);
        model_setf(node, "y", "%u", b.y);
        model_setf(node, "w", "%u", b.w);
        model_setf(node, "h", "%u", b.h);
    }
}

static void embed(struct node node, const char *path)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(buf_fini) struct buf address = BUF_INIT;
    struct err err;

    if (file_read(path, PICTURE_MAX_BYTES, &bytes, &err) != 0)
        return; /* a sheet without one picture is still a sheet */
    buf_puts(&address, "data:image/jpeg;base64,");
    base64_add(&address, bytes.data, bytes.len);
    model_set(node, "picture", buf_str(&address));
}

static void add_picture(const struct contact_sheet *sheet, struct node node,
                        const struct card *card)
{
    CLEANUP(buf_fini) struct buf address = BUF_INIT;
    char name[PICTURE_NAME_SIZE], path[PATH_SIZE];
    struct err err;

    batch_picture_name(sheet->batch->files[card->file].place, card->image,
                       name);
    if (batch_picture_path(sheet->dir, name, path, &err) != 0 ||
        !file_exists(path))
        return;
    if (sheet->pictures == SHEET_EMBEDDED) {
        if (sheet->batch->page_count <= SHEET_MAX_EMBEDDED ||
            card->worst > SEVERITY_INFO)
            embed(node, path);
        return;
    }
    buf_puts(&address, "/batch/");
    percent_encode(&address, sheet->batch->id);
    model_setf(node, "picture", "%s/picture/%s", buf_str(&address), name);
    if (card->page != NULL && strcmp(card->page->picture, name) == 0)
        model_setf(node, "scan", "%s/scan/%s", buf_str(&address), name);
}

/* Sizes are those of the upright picture. */
static void add_page(const struct contact_sheet *sheet, struct node node,
                     const struct page *page)
{
    const struct page_outcome *outcome =
        batch_outcome_find(sheet->outcome, page->id);
    bool on_its_side = page->orientation >= 5;
    double stretch = page_pixel_stretch(page);

    model_set(node, "page", page->id);
    model_setf(node, "number", "%u", page->number);
    model_set(node, "label", page->label);
    model_setf(node, "width", "%u",
               on_its_side ? page->height_px : page->width_px);
    model_setf(node, "height", "%u",
               on_its_side ? page->width_px : page->height_px);
    model_setf(node, "stretch", "%.4f", on_its_side ? 1 / stretch : stretch);
    if (outcome == NULL)
        return;
    model_set(node, "state", outcome->state);
    model_set(node, "reason", outcome->reason);
    if (sheet->web != NULL && strcmp(outcome->state, "packed") == 0)
        model_setf(node, "href", "%s/page/%s", sheet->web, page->id);
}

static void add_card(const struct contact_sheet *sheet, struct node root,
                     const struct card *card)
{
    const struct batch_file *file = &sheet->batch->files[card->file];
    struct node node = model_add(root, "card");

    model_setf(node, "anchor", "%zu-%u", file->place, card->image);
    model_set(node, "file", file->name);
    if (file->image_count > 1)
        model_setf(node, "image", "%u", card->image + 1);
    model_set(node, "verdict", verdict_name(file->verdict));
    model_set(node, "worst",
              card->has_findings ? severity_name(card->worst) : "");
    if (card->page != NULL)
        add_page(sheet, node, card->page);
    add_picture(sheet, node, card);
    for (size_t i = 0; i < file->findings.count; i++) {
        if (is_of(&file->findings.items[i], card->image))
            add_finding(node, &file->findings.items[i], card->page);
    }
}

/* --- the whole --- */

/* How many findings of each rule there are, the worst first. */
struct rule_count {
    const struct finding *first;
    size_t count;
};

static int by_weight(const void *a, const void *b)
{
    const struct rule_count *x = a;
    const struct rule_count *y = b;

    if (x->first->severity != y->first->severity)
        return x->first->severity < y->first->severity ? 1 : -1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->first->rule, y->first->rule);
}

#define MAX_RULES 256

static void count_finding(struct rule_count *rules, size_t *n,
                          const struct finding *f)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(rules[i].first->rule, f->rule) == 0) {
            rules[i].count++;
            return;
        }
    }
    if (*n < MAX_RULES)
        rules[(*n)++] = (struct rule_count){f, 1};
}

static void add_rules(struct node root, const struct batch *batch)
{
    struct rule_count rules[MAX_RULES];
    size_t n = 0;

    for (size_t i = 0; i < batch->file_count; i++) {
        const struct batch_file *file = &batch->files[i];

        for (size_t k = 0;
             file->verdict != VERDICT_IGNORE && k < file->findings.count; k++)
            count_finding(rules, &n, &file->findings.items[k]);
    }
    if (n > 0)
        qsort(rules, n, sizeof(*rules), by_weight);
    for (size_t i = 0; i < n; i++) {
        struct node node = model_add(root, "rule");

        model_set(node, "id", rules[i].first->rule);
        model_set(node, "severity", severity_name(rules[i].first->severity));
        model_setf(node, "count", "%zu", rules[i].count);
    }
}

static size_t count_open(const struct contact_sheet *sheet)
{
    size_t count = 0;

    for (size_t i = 0; i < sheet->batch->page_count; i++)
        count += is_open(sheet, sheet->batch->pages[i]);
    return count;
}

/* What came after its states were written down is not in them. */
static bool is_in_work(const struct batch_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++) {
        if (strcmp(outcome->items[i].state, "received") == 0 ||
            strcmp(outcome->items[i].state, "read") == 0)
            return true;
    }
    return false;
}

static void add_head(struct node root, const struct contact_sheet *sheet,
                     size_t cards)
{
    const struct batch *b = sheet->batch;
    struct node node = model_add(root, "batch");
    size_t verdicts[VERDICT_IGNORE + 1] = {0};

    for (size_t i = 0; i < b->file_count; i++)
        verdicts[b->files[i].verdict]++;
    model_set(node, "id", b->id);
    model_set(node, "source", b->source);
    model_set(node, "site", b->site);
    model_set(node, "received", b->received_utc);
    model_setf(node, "files", "%zu", b->file_count - verdicts[VERDICT_IGNORE]);
    model_setf(node, "pages", "%zu", b->page_count);
    model_setf(node, "warned", "%zu", verdicts[VERDICT_WARN]);
    model_setf(node, "rejected", "%zu", verdicts[VERDICT_REJECT]);
    model_setf(node, "ignored", "%zu", verdicts[VERDICT_IGNORE]);
    model_setf(node, "unkept", "%zu", count_open(sheet));
    model_setf(node, "cards", "%zu", cards);
    if (sheet->has_elsewhere)
        model_set(node, "elsewhere", "yes");
    if (sheet->only_findings)
        model_set(node, "only-findings", "yes");
    if (sheet->outcome->count == 0 || is_in_work(sheet->outcome))
        model_set(node, "in-work", "yes");
}

static bool has_volume(const struct batch *batch, const char *id)
{
    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->id, id) == 0)
            return true;
    }
    return false;
}

/* What was seen of whole volumes once their pages were read. */
static int add_volumes(struct node root, const struct contact_sheet *sheet,
                       struct err *err)
{
    CLEANUP(json_decref) json_t *volumes = NULL;
    const json_t *findings, *finding;
    const char *volume;
    size_t i;

    if (batch_report_volumes(sheet->dir, &volumes, err) != 0)
        return -1;
    json_object_foreach(volumes, volume, findings)
    {
        if (!has_volume(sheet->batch, volume))
            continue;
        json_array_foreach(findings, i, finding)
        {
            struct node node = model_add(root, "volume");

            model_set(node, "id", volume);
            model_set(node, "rule", json_get_text(finding, "rule", ""));
            model_set(node, "severity", json_get_text(finding, "severity", ""));
            model_set(node, "message", json_get_text(finding, "message", ""));
        }
    }
    return 0;
}

int contact_sheet_add(struct node root, const struct contact_sheet *sheet,
                      struct err *err)
{
    CLEANUP(cards_fini) struct cards cards = {NULL, 0};
    size_t wanted = 0;
    size_t end = sheet->count == 0 ? SIZE_MAX : sheet->first + sheet->count;

    if (collect(sheet->batch, &cards, err) != 0)
        return -1;
    for (size_t i = 0; i < cards.count; i++)
        wanted += is_wanted(sheet, &cards.items[i]);
    add_head(root, sheet, wanted);
    add_rules(root, sheet->batch);
    if (add_volumes(root, sheet, err) != 0)
        return -1;
    wanted = 0;
    for (size_t i = 0; i < cards.count; i++) {
        if (!is_wanted(sheet, &cards.items[i]))
            continue;
        if (wanted >= sheet->first && wanted < end)
            add_card(sheet, root, &cards.items[i]);
        wanted++;
    }
    return 0;
}
