/* SPDX-License-Identifier: MIT */
#include "store/contents.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/json_split.h"
#include "store/mix.h"

#define FORMAT_NAME    "tefter-volume"
#define FORMAT_VERSION 1

int contents_new(const char *uuid, const struct volume *volume,
                 struct contents **out, struct err *err)
{
    CLEANUP(contents_free) struct contents *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", volume->id);
    if (snprintf(c->uuid, sizeof(c->uuid), "%s", uuid) >= (int)sizeof(c->uuid))
        return err_set(err, ERR_INPUT, "%s: not a package id", uuid);
    if (volume_copy(volume, &c->volume, err) != 0)
        return -1;
    *out = STEAL(c);
    return 0;
}

static void packed_page_fini(struct packed_page *p)
{
    page_free(p->page);
    division_list_fini(&p->divisions);
}

void contents_free(struct contents *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->page_count; i++)
        packed_page_fini(&c->pages[i]);
    for (size_t i = 0; i < c->revision_count; i++) {
        free(c->revisions[i].message);
        free(c->revisions[i].software);
    }
    for (size_t i = 0; i < c->superseded_count; i++)
        packed_page_fini(&c->superseded[i]);
    for (size_t i = 0; i < c->repair_count; i++) {
        free(c->repairs[i].from);
        name_list_fini(&c->repairs[i].mended);
        name_list_fini(&c->repairs[i].removed);
    }
    free(c->repairs);
    amendment_list_fini(&c->amendments);
    enclosure_list_fini(&c->enclosures);
    loss_list_fini(&c->losses);
    free(c->superseded);
    free(c->pages);
    free(c->revisions);
    volume_free(c->volume);
    free(c);
}

static int take_text(char **known, const char *newer, struct err *err)
{
    char *copy;

    if (newer == NULL || newer[0] == '\0' || strcmp(*known, newer) == 0)
        return 0;
    copy = strdup(newer);
    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "volume record: out of memory");
    free(*known);
    *known = copy;
    return 0;
}

int contents_update_volume(struct contents *c, const struct volume *newer,
                           struct err *err)
{
    struct volume *known = c->volume;

    if (strcmp(known->id, newer->id) != 0)
        return err_set(err, ERR_INPUT,
                       "the package is of the volume %s, not %s", known->id,
                       newer->id);
    if (take_text(&known->title, newer->title, err) != 0 ||
        take_text(&known->shelfmark, newer->shelfmark, err) != 0 ||
        take_text(&known->date_from, newer->date_from, err) != 0)
        return -1;
    return take_text(&known->date_to, newer->date_to, err);
}

static struct packed_page *new_slot(struct contents *c)
{
    struct packed_page *grown;
    size_t cap = c->page_cap == 0 ? 64 : c->page_cap * 2;
    size_t bytes;

    if (c->page_count == c->page_cap) {
        if (__builtin_mul_overflow(cap, sizeof(*grown), &bytes))
            return NULL;
        grown = realloc(c->pages, bytes);
        if (grown == NULL)
            return NULL;
        c->pages = grown;
        c->page_cap = cap;
    }
    memset(&c->pages[c->page_count], 0, sizeof(*c->pages));
    return &c->pages[c->page_count];
}

static struct reading reading_of(const struct page_text *text)
{
    struct reading r = {
        .width_px = text->width_px,
        .height_px = text->height_px,
        .mirrored = text->mirrored,
        .blank = text->blank,
        .turn_cw_deg = text->turn_cw_deg,
        .skew_cw_deg = text->skew_cw_deg,
        .skew_confidence = text->skew_confidence,
        .mean_confidence = text->mean_confidence,
        .words = text->word_count,
        .lines = text->line_count,
        .blocks = text->block_count,
    };

    memcpy(r.language, text->language, sizeof(r.language));
    memcpy(r.software, text->software, sizeof(r.software));
    memcpy(r.read_utc, text->read_utc, sizeof(r.read_utc));
    return r;
}

int contents_add_page(struct contents *c, const struct page *page,
                      unsigned version, const struct file_digests *alto,
                      const struct page_text *text, struct err *err)
{
    struct packed_page *slot = new_slot(c);

    if (slot == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", page->id);
    if (page_copy(page, &slot->page, err) != 0)
        return -1;
    slot->version = version;
    slot->read_version = version;
    slot->alto = *alto;
    slot->reading = reading_of(text);
    c->page_count++;
    return 0;
}

void contents_read_again(struct contents *c, size_t i, unsigned version,
                         const struct file_digests *alto,
                         const struct page_text *text,
                         struct amendment *amendment)
{
    struct packed_page *p = &c->pages[i];

    *amendment = (struct amendment){
        .version = version, .kind = AMENDMENT_READING, .page = p->page->number};
    memcpy(amendment->software, p->reading.software,
           sizeof(amendment->software));
    memcpy(amendment->language, p->reading.language,
           sizeof(amendment->language));
    memcpy(amendment->read_utc, p->reading.read_utc,
           sizeof(amendment->read_utc));
    amendment->read_version = p->read_version;
    amendment->had_records = p->has_records;
    p->read_version = version;
    p->alto = *alto;
    p->reading = reading_of(text);
}

static struct packed_page *add_superseded(struct contents *c)
{
    struct packed_page *grown;
    size_t bytes;

    if (__builtin_mul_overflow(c->superseded_count + 1, sizeof(*grown), &bytes))
        return NULL;
    grown = realloc(c->superseded, bytes);
    if (grown == NULL)
        return NULL;
    c->superseded = grown;
    grown += c->superseded_count;
    memset(grown, 0, sizeof(*grown));
    return grown;
}

int contents_replace_page(struct contents *c, const struct page *page,
                          unsigned version, const struct file_digests *alto,
                          const struct page_text *text, struct err *err)
{
    struct packed_page *slot = c->pages;
    struct packed_page *old;
    struct page *copy = NULL;

    while (slot < c->pages + c->page_count &&
           slot->page->number != page->number)
        slot++;
    if (slot == c->pages + c->page_count)
        return err_set(err, ERR_ABSENT, "the volume has no page %u to replace",
                       page->number);
    old = add_superseded(c);
    if (old == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", page->id);
    if (page_copy(page, &copy, err) != 0)
        return -1;
    *old = *slot;
    old->replaced = version;
    c->superseded_count++;
    *slot = (struct packed_page){.page = copy,
                                 .version = version,
                                 .read_version = version,
                                 .alto = *alto,
                                 .reading = reading_of(text)};
    return 0;
}

int contents_set_records(struct packed_page *page,
                         const struct file_digests *digests,
                         const struct page_records *records, struct err *err)
{
    division_list_fini(&page->divisions);
    page->has_records = records != NULL;
    if (records == NULL)
        return 0;
    page->records = *digests;
    return divisions_of_records(records, &page->divisions, err);
}

int contents_divisions(const struct contents *c, struct volume_division **out,
                       size_t *count, struct err *err)
{
    CLEANUP(free)
    const struct division_list **pages =
        calloc(c->page_count + 1, sizeof(*pages));

    if (pages == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", c->volume->id);
    for (size_t i = 0; i < c->page_count; i++)
        pages[i] = &c->pages[i].divisions;
    return divisions_join(pages, c->page_count, out, count, err);
}

bool contents_uses_master(const struct contents *c, const char *master)
{
    for (size_t i = 0; i < c->page_count; i++) {
        if (strcmp(c->pages[i].page->master, master) == 0)
            return true;
    }
    return false;
}

const struct packed_page *contents_successor(const struct contents *c,
                                             const struct packed_page *old)
{
    const struct packed_page *end = c->superseded + c->superseded_count;

    for (const struct packed_page *p = old + 1; p < end; p++) {
        if (p->page->number == old->page->number)
            return p;
    }
    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].page->number == old->page->number)
            return &c->pages[i];
    }
    return NULL;
}

bool contents_is_owner(const struct contents *c, const struct packed_page *p)
{
    if (p->replaced == 0)
        return &c->pages[p->owner] == p;
    if (contents_uses_master(c, p->page->master))
        return false;
    for (const struct packed_page *q = c->superseded; q < p; q++) {
        if (strcmp(q->page->master, p->page->master) == 0)
            return false;
    }
    return true;
}

int contents_add_revision(struct contents *c, unsigned version,
                          const char *created_utc, const char *message,
                          const char *software, struct err *err)
{
    struct revision *grown, *r;
    size_t bytes;

    if (__builtin_mul_overflow(c->revision_count + 1, sizeof(*grown), &bytes) ||
        (grown = realloc(c->revisions, bytes)) == NULL)
        return err_set(err, ERR_NOMEM, "revision: out of memory");
    c->revisions = grown;
    r = &grown[c->revision_count];
    *r = (struct revision){.version = version,
                           .message = strdup(message),
                           .software = strdup(software)};
    c->revision_count++;
    if (r->message == NULL || r->software == NULL)
        return err_set(err, ERR_NOMEM, "revision: out of memory");
    if (snprintf(r->created_utc, sizeof(r->created_utc), "%s", created_utc) >=
        (int)sizeof(r->created_utc))
        return err_set(err, ERR_INPUT,
                       "revision %u: created '%s' is not RFC 3339 in UTC",
                       version, created_utc);
    return 0;
}

static int copy_names(const struct name_list *from, struct name_list *to,
                      struct err *err)
{
    to->names = calloc(from->count + 1, sizeof(*to->names));
    if (to->names == NULL)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    for (; to->count < from->count; to->count++) {
        to->names[to->count] = strdup(from->names[to->count]);
        if (to->names[to->count] == NULL)
            return err_set(err, ERR_NOMEM, "repair: out of memory");
    }
    return 0;
}

int contents_add_repair(struct contents *c, unsigned version,
                        const struct name_list *mended,
                        const struct name_list *removed, const char *from,
                        struct err *err)
{
    struct repair_note *grown, *r;
    size_t bytes;

    if (__builtin_mul_overflow(c->repair_count + 1, sizeof(*grown), &bytes) ||
        (grown = realloc(c->repairs, bytes)) == NULL)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    c->repairs = grown;
    r = &grown[c->repair_count++];
    *r = (struct repair_note){.version = version, .from = strdup(from)};
    if (r->from == NULL)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    return copy_names(mended, &r->mended, err) != 0
               ? -1
               : copy_names(removed, &r->removed, err);
}

static int by_number(const void *a, const void *b)
{
    const struct packed_page *x = a;
    const struct packed_page *y = b;

    return (x->page->number > y->page->number) -
           (x->page->number < y->page->number);
}

/* Pointers into the ordered array: of one master, the lowest comes first. */
static int by_master(const void *a, const void *b)
{
    const struct packed_page *x = *(struct packed_page *const *)a;
    const struct packed_page *y = *(struct packed_page *const *)b;
    int order = strcmp(x->page->master, y->page->master);

    return order != 0 ? order : (x > y) - (x < y);
}

int contents_order(struct contents *c, struct err *err)
{
    CLEANUP(free) struct packed_page **order = NULL;

    if (c->page_count == 0)
        return 0;
    order = calloc(c->page_count, sizeof(*order));
    if (order == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", c->volume->id);
    qsort(c->pages, c->page_count, sizeof(*c->pages), by_number);
    for (size_t i = 0; i < c->page_count; i++)
        order[i] = &c->pages[i];
    qsort(order, c->page_count, sizeof(*order), by_master);
    for (size_t i = 0; i < c->page_count; i++) {
        if (i > 0 &&
            strcmp(order[i]->page->master, order[i - 1]->page->master) == 0)
            order[i]->owner = order[i - 1]->owner;
        else
            order[i]->owner = (size_t)(order[i] - c->pages);
    }
    return 0;
}

long contents_find(const struct contents *c, uint32_t number)
{
    size_t low = 0;
    size_t high = c->page_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        uint32_t here = c->pages[mid].page->number;

        if (here == number)
            return (long)mid;
        if (here < number)
            low = mid + 1;
        else
            high = mid;
    }
    return -1;
}

int contents_master_path(const struct page *page, char out[PATH_SIZE],
                         struct err *err)
{
    return path_format(out, err, MASTER_FOLDER "%s", page->master);
}

int contents_alto_path(const struct page *page, char out[PATH_SIZE],
                       struct err *err)
{
    return path_format(out, err, ALTO_FOLDER "%04u.xml", page->number);
}

int contents_records_path(const struct page *page, char out[PATH_SIZE],
                          struct err *err)
{
    return path_format(out, err, ALTO_FOLDER "%04u.records.xml", page->number);
}

/* JSON */

static int set_new(json_t *object, const char *key, json_t *value,
                   struct err *err)
{
    if (value == NULL || json_object_set_new(object, key, value) != 0)
        return err_set(err, ERR_NOMEM,
                       "volume.json: cannot write the key '%s' (out of memory, "
                       "or not UTF-8)",
                       key);
    return 0;
}

static json_t *reading_to_json(const struct reading *r)
{
    return json_pack(
        "{s:i, s:i, s:b, s:b, s:i, s:f, s:f, s:s, s:s, s:s, s:i, s:I, s:I, "
        "s:I}",
        "width", (int)r->width_px, "height", (int)r->height_px, "mirrored",
        r->mirrored, "blank", r->blank, "turn_cw_deg", r->turn_cw_deg,
        "skew_cw_deg", r->skew_cw_deg, "skew_confidence", r->skew_confidence,
        "language", r->language, "software", r->software, "read_utc",
        r->read_utc, "mean_confidence", (int)r->mean_confidence, "words",
        (json_int_t)r->words, "lines", (json_int_t)r->lines, "blocks",
        (json_int_t)r->blocks);
}

static json_t *digests_to_json(const struct file_digests *d, const char *path)
{
    return json_pack("{s:s, s:s, s:s, s:I}", "path", path, "sha256", d->sha256,
                     "sha512", d->sha512, "size", (json_int_t)d->size_bytes);
}

static int mix_to_json(const struct packed_page *p, json_t *object,
                       struct err *err)
{
    char path[PATH_SIZE];

    if (p->mix.size_bytes == 0)
        return 0;
    return mix_path(p->page, path, err) != 0
               ? -1
               : set_new(object, "mix", digests_to_json(&p->mix, path), err);
}

static int packed_to_json(const struct packed_page *p, json_t **out,
                          struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    char master[PATH_SIZE], alto[PATH_SIZE], records[PATH_SIZE];
    json_t *page = NULL;

    if (contents_master_path(p->page, master, err) != 0 ||
        contents_alto_path(p->page, alto, err) != 0 ||
        contents_records_path(p->page, records, err) != 0 ||
        set_new(object, "version", json_integer(p->version), err) != 0 ||
        page_to_json(p->page, &page, err) != 0 ||
        set_new(object, "page", page, err) != 0 ||
        set_new(object, "master", json_string(master), err) != 0 ||
        set_new(object, "alto", digests_to_json(&p->alto, alto), err) != 0 ||
        (p->has_records &&
         set_new(object, "records", digests_to_json(&p->records, records),
                 err) != 0) ||
        (p->divisions.count > 0 &&
         set_new(object, "divisions", divisions_to_json(&p->divisions), err) !=
             0) ||
        mix_to_json(p, object, err) != 0 ||
        set_new(object, "reading", reading_to_json(&p->reading), err) != 0)
        return -1;
    if (p->read_version != p->version &&
        set_new(object, "read_version", json_integer(p->read_version), err))
        return -1;
    if (p->replaced > 0 &&
        set_new(object, "replaced", json_integer(p->replaced), err) != 0)
        return -1;
    *out = STEAL(object);
    return 0;
}

static int pages_to_json(const struct packed_page *pages, size_t count,
                         json_t *into, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        json_t *one = NULL;

        if (packed_to_json(&pages[i], &one, err) != 0)
            return -1;
        if (json_array_append_new(into, one) != 0)
            return err_set(err, ERR_NOMEM, "volume.json: out of memory");
    }
    return 0;
}

static int superseded_to_json(const struct contents *c, json_t *object,
                              struct err *err)
{
    json_t *list;

    if (c->superseded_count == 0)
        return 0;
    list = json_array();
    return set_new(object, "superseded", list, err) != 0
               ? -1
               : pages_to_json(c->superseded, c->superseded_count, list, err);
}

static int revisions_to_json(const struct contents *c, json_t *into,
                             struct err *err)
{
    for (size_t i = 0; i < c->revision_count; i++) {
        const struct revision *r = &c->revisions[i];
        json_t *one = json_pack("{s:i, s:s, s:s, s:s}", "version",
                                (int)r->version, "created", r->created_utc,
                                "message", r->message, "software", r->software);

        if (one == NULL || json_array_append_new(into, one) != 0)
            return err_set(err, ERR_INPUT,
                           "version %u: its message is not UTF-8", r->version);
    }
    return 0;
}

static json_t *names_to_json(const struct name_list *names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names->count; i++) {
        /* A stray file's name may be anything; its bytes are set aside. */
        if (json_array_append_new(list, json_string(names->names[i])) != 0 &&
            json_array_append_new(list, json_string("(not UTF-8)")) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int repairs_to_json(const struct contents *c, json_t *object,
                           struct err *err)
{
    json_t *list;

    if (c->repair_count == 0)
        return 0;
    list = json_array();
    if (set_new(object, "repairs", list, err) != 0)
        return -1;
    for (size_t i = 0; i < c->repair_count; i++) {
        const struct repair_note *r = &c->repairs[i];
        json_t *one =
            json_pack("{s:i, s:s, s:o, s:o}", "version", (int)r->version,
                      "from", r->from, "mended", names_to_json(&r->mended),
                      "removed", names_to_json(&r->removed));

        if (one == NULL || json_array_append_new(list, one) != 0)
            return err_set(err, ERR_INPUT,
                           "repair: the replica's name is not UTF-8");
    }
    return 0;
}

int contents_to_json(const struct contents *c, json_t **out, struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    json_t *pages = json_array();
    json_t *revisions = json_array();
    json_t *volume = NULL;

    if (set_new(object, "format", json_string(FORMAT_NAME), err) != 0 ||
        set_new(object, "format_version", json_integer(FORMAT_VERSION), err) ||
        set_new(object, "uuid", json_string(c->uuid), err) != 0 ||
        volume_to_json(c->volume, &volume, err) != 0 ||
        set_new(object, "volume", volume, err) != 0) {
        json_decref(pages);
        json_decref(revisions);
        return -1;
    }
    if (set_new(object, "revisions", revisions, err) != 0) {
        json_decref(pages);
        return -1;
    }
    if (set_new(object, "pages", pages, err) != 0 ||
        revisions_to_json(c, revisions, err) != 0 ||
        pages_to_json(c->pages, c->page_count, pages, err) != 0 ||
        superseded_to_json(c, object, err) != 0 ||
        repairs_to_json(c, object, err) != 0 ||
        (c->amendments.count > 0 &&
         set_new(object, "amendments", amendments_to_json(&c->amendments),
                 err) != 0) ||
        (c->enclosures.count > 0 &&
         set_new(object, "submissions", enclosures_to_json(&c->enclosures),
                 err) != 0) ||
        (c->losses.count > 0 &&
         set_new(object, "losses", losses_to_json(&c->losses), err) != 0))
        return -1;
    *out = STEAL(object);
    return 0;
}

static int get_text(const json_t *object, const char *key, char *out,
                    size_t size, struct err *err)
{
    const char *text = json_get_text(object, key, NULL);

    if (text == NULL)
        return err_set(err, ERR_INPUT, "'%s' is missing or not text", key);
    if (snprintf(out, size, "%s", text) >= (int)size)
        return err_set(err, ERR_INPUT, "'%s' is longer than %zu bytes: %.80s",
                       key, size - 1, text);
    return 0;
}

static int get_whole(const json_t *object, const char *key, json_int_t max,
                     json_int_t *out, struct err *err)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number > max)
        return err_set(err, ERR_INPUT,
                       "'%s' is not a whole number from 0 to %lld", key,
                       (long long)max);
    *out = number;
    return 0;
}

static int get_digests(const json_t *object, struct file_digests *out,
                       struct err *err)
{
    json_int_t size = 0;

    if (get_text(object, "sha256", out->sha256, sizeof(out->sha256), err) ||
        get_text(object, "sha512", out->sha512, sizeof(out->sha512), err) ||
        get_whole(object, "size", INT64_MAX, &size, err) != 0)
        return -1;
    out->size_bytes = size;
    return 0;
}

static int get_counts(const json_t *object, struct reading *r, struct err *err)
{
    json_int_t n[7];
    static const struct {
        const char *key;
        json_int_t max;
    } fields[] = {
        {"width", UINT32_MAX},    {"height", UINT32_MAX}, {"turn_cw_deg", 359},
        {"mean_confidence", 100}, {"words", INT64_MAX},   {"lines", INT64_MAX},
        {"blocks", INT64_MAX},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (get_whole(object, fields[i].key, fields[i].max, &n[i], err) != 0)
            return -1;
    }
    r->width_px = (uint32_t)n[0];
    r->height_px = (uint32_t)n[1];
    r->turn_cw_deg = (int)n[2];
    r->mean_confidence = (unsigned)n[3];
    r->words = (uint64_t)n[4];
    r->lines = (uint64_t)n[5];
    r->blocks = (uint64_t)n[6];
    return 0;
}

static int get_reading(const json_t *object, struct reading *r, struct err *err)
{
    if (!json_is_object(object))
        return err_set(err, ERR_INPUT, "'reading' is missing");
    r->mirrored = json_is_true(json_object_get(object, "mirrored"));
    r->blank = json_is_true(json_object_get(object, "blank"));
    r->skew_cw_deg = json_get_real(object, "skew_cw_deg", 0);
    r->skew_confidence = json_get_real(object, "skew_confidence", 0);
    if (get_text(object, "language", r->language, sizeof(r->language), err) ||
        get_text(object, "software", r->software, sizeof(r->software), err) ||
        get_text(object, "read_utc", r->read_utc, sizeof(r->read_utc), err))
        return -1;
    return get_counts(object, r, err);
}

/* A path that a page's record states is the one that its page gives. */
static int check_path(const char *stated, const char *own, struct err *err)
{
    return stated == NULL || strcmp(stated, own) == 0
               ? 0
               : err_set(err, ERR_INPUT, "the path %.80s is not the page's: %s",
                         stated, own);
}

static int check_paths(const json_t *object, const struct page *page,
                       struct err *err)
{
    char own[PATH_SIZE];

    if (contents_master_path(page, own, err) != 0 ||
        check_path(json_get_text(object, "master", NULL), own, err) != 0 ||
        contents_alto_path(page, own, err) != 0 ||
        check_path(json_get_text(json_object_get(object, "alto"), "path", NULL),
                   own, err) != 0 ||
        contents_records_path(page, own, err) != 0 ||
        check_path(
            json_get_text(json_object_get(object, "records"), "path", NULL),
            own, err) != 0 ||
        mix_path(page, own, err) != 0)
        return -1;
    return check_path(
        json_get_text(json_object_get(object, "mix"), "path", NULL), own, err);
}

static int get_packed(const json_t *object, struct packed_page *slot,
                      struct err *err)
{
    json_int_t version = 0;

    if (get_whole(object, "version", UINT32_MAX, &version, err) != 0 ||
        get_digests(json_object_get(object, "alto"), &slot->alto, err) != 0 ||
        get_reading(json_object_get(object, "reading"), &slot->reading, err))
        return -1;
    slot->version = (unsigned)version;
    slot->read_version = (unsigned)version;
    if (json_object_get(object, "read_version") != NULL) {
        if (get_whole(object, "read_version", UINT32_MAX, &version, err) != 0)
            return -1;
        slot->read_version = (unsigned)version;
    }
    slot->has_records = json_object_get(object, "records") != NULL;
    if (slot->has_records &&
        get_digests(json_object_get(object, "records"), &slot->records, err))
        return -1;
    if (divisions_from_json(json_object_get(object, "divisions"),
                            &slot->divisions, err) != 0)
        return -1;
    if (json_object_get(object, "mix") != NULL &&
        get_digests(json_object_get(object, "mix"), &slot->mix, err) != 0)
        return -1;
    if (page_from_json(json_object_get(object, "page"), &slot->page, err) ==
            0 &&
        check_paths(object, slot->page, err) == 0)
        return 0;
    packed_page_fini(slot); /* it is not counted yet */
    return -1;
}

static int get_page(const json_t *object, struct contents *c, struct err *err)
{
    struct packed_page *slot = new_slot(c);

    if (slot == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (get_packed(object, slot, err) != 0)
        return -1;
    c->page_count++;
    return 0;
}

static int get_superseded(const json_t *object, struct contents *c,
                          struct err *err)
{
    struct packed_page *slot = add_superseded(c);
    json_int_t replaced = 0;

    if (slot == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (get_whole(object, "replaced", UINT32_MAX, &replaced, err) != 0 ||
        get_packed(object, slot, err) != 0)
        return -1;
    c->superseded_count++;
    slot->replaced = (unsigned)replaced;
    return replaced > 0
               ? 0
               : err_set(err, ERR_INPUT, "'replaced' is not a version");
}

static int get_revision(const json_t *object, struct contents *c,
                        struct err *err)
{
    json_int_t version = 0;

    if (get_whole(object, "version", UINT32_MAX, &version, err) != 0)
        return -1;
    return contents_add_revision(c, (unsigned)version,
                                 json_get_text(object, "created", ""),
                                 json_get_text(object, "message", ""),
                                 json_get_text(object, "software", ""), err);
}

static int get_names(const json_t *array, struct name_list *out,
                     struct err *err)
{
    out->names = calloc(json_array_size(array) + 1, sizeof(*out->names));
    if (out->names == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (; out->count < json_array_size(array); out->count++) {
        const char *name = json_string_value(json_array_get(array, out->count));

        if (name == NULL)
            return err_set(err, ERR_INPUT, "a path is not text");
        out->names[out->count] = strdup(name);
        if (out->names[out->count] == NULL)
            return err_set(err, ERR_NOMEM, "out of memory");
    }
    return 0;
}

static int get_repair(const json_t *object, struct contents *c, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list mended = {NULL, 0};
    CLEANUP(name_list_fini) struct name_list removed = {NULL, 0};
    json_int_t version = 0;

    if (get_whole(object, "version", UINT32_MAX, &version, err) != 0 ||
        get_names(json_object_get(object, "mended"), &mended, err) != 0 ||
        get_names(json_object_get(object, "removed"), &removed, err) != 0)
        return -1;
    return contents_add_repair(c, (unsigned)version, &mended, &removed,
                               json_get_text(object, "from", ""), err);
}

static int get_amendment(const json_t *object, struct contents *c,
                         struct err *err)
{
    struct amendment amendment;

    return amendment_from_json(object, &amendment, err) != 0
               ? -1
               : amendment_add(&c->amendments, &amendment, err);
}

static int get_enclosure(const json_t *object, struct contents *c,
                         struct err *err)
{
    return enclosure_from_json(object, &c->enclosures, err);
}

static int get_loss(const json_t *object, struct contents *c, struct err *err)
{
    return loss_from_json(object, &c->losses, err);
}

typedef int get_item(const json_t *item, struct contents *c, struct err *err);

static int get_items(const json_t *json, const char *key, get_item *get,
                     struct contents *c, struct err *err)
{
    const json_t *array = json_object_get(json, key);

    if (!json_is_array(array))
        return err_set(err, ERR_INPUT, "'%s' is missing or not a list", key);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (get(json_array_get(array, i), c, err) != 0)
            return err_add(err, "%s[%zu]", key, i);
    }
    return 0;
}

/* Page by page: of a large volume they are nearly all there is to read. */
static int get_pages(const struct json_split *split, struct contents *c,
                     struct err *err)
{
    for (size_t i = 0; i < split->count; i++) {
        CLEANUP(json_decref) json_t *page = NULL;

        if (json_split_item(split, i, &page, err) != 0 ||
            get_page(page, c, err) != 0)
            return err_add(err, "pages[%zu]", i);
    }
    return json_is_array(json_object_get(split->rest, "pages"))
               ? 0
               : err_set(err, ERR_INPUT, "'pages' is missing or not a list");
}

static int get_contents(const struct json_split *split, struct contents **out,
                        struct err *err)
{
    CLEANUP(contents_free) struct contents *c = NULL;
    CLEANUP(volume_free) struct volume *volume = NULL;
    const json_t *json = split->rest;

    if (strcmp(json_get_text(json, "format", ""), FORMAT_NAME) != 0 ||
        json_get_int(json, "format_version", 0) != FORMAT_VERSION)
        return err_set(err, ERR_INPUT,
                       "'format' is not " FORMAT_NAME " of version %d: made by "
                       "another program, or a newer one",
                       FORMAT_VERSION);
    if (volume_from_json(json_object_get(json, "volume"), &volume, err) != 0 ||
        contents_new(json_get_text(json, "uuid", ""), volume, &c, err) != 0 ||
        get_items(json, "revisions", get_revision, c, err) != 0 ||
        get_pages(split, c, err) != 0 ||
        (json_object_get(json, "superseded") != NULL &&
         get_items(json, "superseded", get_superseded, c, err) != 0) ||
        (json_object_get(json, "repairs") != NULL &&
         get_items(json, "repairs", get_repair, c, err) != 0) ||
        (json_object_get(json, "amendments") != NULL &&
         get_items(json, "amendments", get_amendment, c, err) != 0) ||
        (json_object_get(json, "submissions") != NULL &&
         get_items(json, "submissions", get_enclosure, c, err) != 0) ||
        (json_object_get(json, "losses") != NULL &&
         get_items(json, "losses", get_loss, c, err) != 0) ||
        contents_order(c, err) != 0)
        return -1;
    *out = STEAL(c);
    return 0;
}

int contents_parse(const struct buf *bytes, struct contents **out,
                   struct err *err)
{
    CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;

    if (json_split(bytes, "pages", &split, err) != 0)
        return -1;
    return get_contents(&split, out, err);
}
