/* SPDX-License-Identifier: MIT */
#include "store/premis_parts.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_KEY_SIZE 128

static const struct premis_term imaging = {"ima", "imaging"};
static const struct premis_term ingestion = {"ing", "ingestion"};
static const struct premis_term digest_calculation = {
    "mes", "message digest calculation"};
static const struct premis_term metadata_extraction = {"mee",
                                                       "metadata extraction"};
static const struct premis_term validation = {"val", "validation"};
static const struct premis_term creation = {"cre", "creation"};
static const struct premis_term modification = {"mod", "modification"};
static const struct premis_term package_creation = {
    "ipc", "information package creation"};
static const struct premis_term fixity_check = {"fix", "fixity check"};
static const struct premis_term unpacking = {"unp", "unpacking"};
static const struct premis_term recovery = {"rec", "recovery"};
static const struct premis_term success = {"suc", "success"};
static const struct premis_term failure = {"fai", "fail"};
static const struct premis_term warning = {"war", "warning"};

/* Pages that one event is of: same version, same key. */
struct group {
    const struct packed_page *const *pages;
    size_t count;
};

static const char *received(const struct contents *c,
                            const struct packed_page *p)
{
    return p->page->received_utc[0] == '\0' ? premis_created_of(c, p->version)
                                            : p->page->received_utc;
}

static void write_master_links(struct xml_writer *w, const struct contents *c,
                               struct group g)
{
    char path[PATH_SIZE];

    for (size_t i = 0; i < g.count; i++) {
        premis_master_path(g.pages[i], path, sizeof(path));
        premis_object_link(w, c, path, NULL);
    }
}

/* What was done to the masters of a group by Tefter itself. */
static void write_master_event(struct xml_writer *w, const struct contents *c,
                               struct group g, const struct premis_term *term,
                               const char *detail)
{
    const struct packed_page *first = g.pages[0];
    char key[EVENT_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%u/%s", first->version,
                   received(c, first));
    premis_start_event(w, c, term, key, received(c, first));
    premis_detail(w, detail);
    premis_success(w);
    premis_agent_link(w, "software", premis_software_of(c, first->version),
                      "executing program");
    write_master_links(w, c, g);
    xml_end(w);
}

static void write_ingestion(struct xml_writer *w, const struct contents *c,
                            struct group g)
{
    write_master_event(w, c, g, &ingestion,
                       "Taken from a batch into the archive, byte for byte.");
    write_master_event(w, c, g, &digest_calculation,
                       "SHA-256 and SHA-512 computed while it was received.");
    write_master_event(w, c, g, &metadata_extraction,
                       "Technical metadata taken from the TIFF header, the "
                       "image measured; kept as MIX 2.0 and in the quality "
                       "report.");
}

static void write_clean_validation(struct xml_writer *w,
                                   const struct contents *c, struct group g)
{
    write_master_event(w, c, g, &validation,
                       "Identified as TIFF, structure checked, image decoded; "
                       "nothing was found.");
}

static void write_warned_validation(struct xml_writer *w,
                                    const struct contents *c, struct group g)
{
    const struct packed_page *p = g.pages[0];
    char key[EVENT_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%u/page/%u", p->version, p->page->number);
    premis_start_event(w, c, &validation, key, received(c, p));
    premis_detail(w, "Identified as TIFF, structure checked, image decoded.");
    xml_start(w, "eventOutcomeInformation");
    premis_term(w, "eventOutcome", "eventOutcome", &warning);
    for (size_t i = 0; i < p->page->findings.count; i++) {
        const struct finding *f = &p->page->findings.items[i];

        xml_start(w, "eventOutcomeDetail");
        if (f->image > 0)
            xml_elementf(w, "eventOutcomeDetailNote", "%s: image %d: %s",
                         f->rule, f->image + 1, f->message);
        else
            xml_elementf(w, "eventOutcomeDetailNote", "%s: %s", f->rule,
                         f->message);
        xml_end(w);
    }
    xml_end(w);
    premis_agent_link(w, "software", premis_software_of(c, p->version),
                      "executing program");
    write_master_links(w, c, g);
    xml_end(w);
}

static void write_imaging(struct xml_writer *w, const struct contents *c,
                          struct group g)
{
    const struct page *page = g.pages[0]->page;
    CLEANUP(buf_fini) struct buf key = BUF_INIT;
    char when[64];

    buf_printf(&key, "%u/%s/%s/%s", g.pages[0]->version, page->scanned_at,
               page->operator_id, page->device);
    /* EDTF: some time before it was received. */
    if (page->scanned_at[0] == '\0')
        (void)snprintf(when, sizeof(when), "unknown/%s",
                       received(c, g.pages[0]));
    premis_start_event(w, c, &imaging, buf_str(&key),
                       page->scanned_at[0] == '\0' ? when : page->scanned_at);
    premis_detail(w, "Scanned, as the batch says.");
    if (page->operator_id[0] != '\0')
        premis_agent_link(w, "person", page->operator_id, "implementer");
    if (page->device[0] != '\0')
        premis_agent_link(w, "hardware", page->device, "executing device");
    write_master_links(w, c, g);
    xml_end(w);
}

/* The span of time of a group's readings: one moment, or EDTF from/to. */
static void span_of(const struct contents *c, struct group g, char *out,
                    size_t size)
{
    const char *low = NULL;
    const char *high = NULL;

    for (size_t i = 0; i < g.count; i++) {
        const char *at = g.pages[i]->reading.read_utc;

        if (at[0] == '\0')
            at = premis_created_of(c, g.pages[i]->version);
        if (low == NULL || strcmp(at, low) < 0)
            low = at;
        if (high == NULL || strcmp(at, high) > 0)
            high = at;
    }
    if (strcmp(low, high) == 0)
        (void)snprintf(out, size, "%s", low);
    else
        (void)snprintf(out, size, "%s/%s", low, high);
}

static void write_reading(struct xml_writer *w, const struct contents *c,
                          struct group g)
{
    const struct packed_page *first = g.pages[0];
    char key[EVENT_KEY_SIZE], when[64], text[128], path[PATH_SIZE];

    (void)snprintf(key, sizeof(key), "%u/%s/%s", first->read_version,
                   premis_reader_of(c, first), first->reading.language);
    span_of(c, g, when, sizeof(when));
    premis_start_event(w, c, &creation, key, when);
    (void)snprintf(text, sizeof(text),
                   "Text recognised with the models '%s' and written as ALTO.",
                   first->reading.language);
    premis_detail(w, text);
    premis_success(w);
    premis_agent_link(w, "software", premis_reader_of(c, first),
                      "executing program");
    for (size_t i = 0; i < g.count; i++) {
        const struct packed_page *p = g.pages[i];

        if (i == 0 ||
            strcmp(p->page->master, g.pages[i - 1]->page->master) != 0) {
            premis_master_path(p, path, sizeof(path));
            premis_object_link(w, c, path, "source");
        }
        if (p->replaced > 0) /* in the earlier version only */
            continue;
        premis_alto_path(p, path, sizeof(path));
        premis_object_link(w, c, path, "outcome");
    }
    xml_end(w);
}

/* What a form's cells say, from the text that was read. */
static void write_filling(struct xml_writer *w, const struct contents *c,
                          struct group g)
{
    const struct packed_page *first = g.pages[0];
    char key[EVENT_KEY_SIZE], when[64], path[PATH_SIZE];

    (void)snprintf(key, sizeof(key), "%u/records", first->read_version);
    span_of(c, g, when, sizeof(when));
    premis_start_event(w, c, &creation, key, when);
    premis_detail(w, "Records made of the form's cells as they were read.");
    premis_success(w);
    premis_agent_link(w, "software", premis_software_of(c, first->version),
                      "executing program");
    for (size_t i = 0; i < g.count; i++) {
        if (g.pages[i]->replaced > 0) { /* both in the earlier version only */
            premis_master_path(g.pages[i], path, sizeof(path));
            premis_object_link(w, c, path, NULL);
            continue;
        }
        premis_alto_path(g.pages[i], path, sizeof(path));
        premis_object_link(w, c, path, "source");
        premis_records_path(g.pages[i], path, sizeof(path));
        premis_object_link(w, c, path, "outcome");
    }
    xml_end(w);
}

/* A new scan of a page: the old one is the source, the new one the outcome. */
static void write_replacement(struct xml_writer *w, const struct contents *c,
                              const struct packed_page *old)
{
    const struct packed_page *new = contents_successor(c, old);
    char key[EVENT_KEY_SIZE], path[PATH_SIZE];

    if (new == NULL)
        return;
    (void)snprintf(key, sizeof(key), "%u/page/%u", old->replaced,
                   old->page->number);
    premis_start_event(w, c, &modification, key,
                       premis_created_of(c, old->replaced));
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail",
                 "A new scan takes the place of page %u; the earlier one stays "
                 "in version %u of the package.",
                 old->page->number, old->replaced - 1);
    xml_end(w);
    premis_success(w);
    premis_agent_link(w, "software", premis_software_of(c, old->replaced),
                      "executing program");
    premis_master_path(old, path, sizeof(path));
    premis_object_link(w, c, path, "source");
    premis_master_path(new, path, sizeof(path));
    premis_object_link(w, c, path, "outcome");
    xml_end(w);
}

/* Amendments: one event for all pages to which the same was done. */

static int amendment_order(const void *a, const void *b)
{
    const struct amendment *x = *(const struct amendment *const *)a;
    const struct amendment *y = *(const struct amendment *const *)b;
    int order = (x->version > y->version) - (x->version < y->version);

    if (order == 0)
        order = (x->kind > y->kind) - (x->kind < y->kind);
    if (order == 0)
        order = strcmp(x->by, y->by);
    if (order == 0)
        order = strcmp(x->software, y->software);
    return order != 0 ? order : strcmp(x->language, y->language);
}

static int amendment_page_order(const void *a, const void *b)
{
    const struct amendment *x = *(const struct amendment *const *)a;
    const struct amendment *y = *(const struct amendment *const *)b;
    int order = amendment_order(a, b);

    return order != 0 ? order : (x->page > y->page) - (x->page < y->page);
}

/* What was done to the fields of some pages together. */
struct amended {
    unsigned long fields, review;
};

static void describe_amendment(struct xml_writer *w, const struct amendment *a,
                               struct amended n)
{
    xml_start(w, "eventDetailInformation");
    switch (a->kind) {
    case AMENDMENT_ENTRY:
        xml_elementf(w, "eventDetail",
                     "%lu fields of records were entered or corrected by a "
                     "person; what they said before stays in version %u of the "
                     "package.",
                     n.fields, a->version - 1);
        break;
    case AMENDMENT_CARRIED:
        xml_elementf(w, "eventDetail",
                     "%lu fields that people had entered on the earlier scan "
                     "were taken over to the records of the new one, without "
                     "their places on the picture; %lu of them are marked to "
                     "be looked at again, because the form is not the same "
                     "there. The records of before stay in version %u of the "
                     "package.",
                     n.fields, n.review, a->version - 1);
        break;
    default:
        xml_elementf(w, "eventDetail",
                     "Read again; the readings of before, by %s with the "
                     "models '%s', stay in version %u of the package. %lu "
                     "fields that people had entered were kept.",
                     a->software, a->language, a->version - 1, n.fields);
    }
    xml_end(w);
}

/* Records go when a new scan takes the page's place; its ALTO is there always.
 */
static void amended_path(const struct contents *c, const struct amendment *a,
                         char *out, size_t size)
{
    long i = contents_find(c, a->page);
    bool is_records =
        a->kind != AMENDMENT_READING && i >= 0 && c->pages[i].has_records;

    (void)snprintf(out, size,
                   is_records ? ALTO_FOLDER "%04u.records.xml"
                              : ALTO_FOLDER "%04u.xml",
                   a->page);
}

static void write_amendment(struct xml_writer *w, const struct contents *c,
                            const struct amendment *const *group, size_t count)
{
    const struct amendment *first = group[0];
    bool is_entry = first->kind == AMENDMENT_ENTRY;
    struct amended n = {0, 0};
    CLEANUP(buf_fini) struct buf key = BUF_INIT;
    char path[PATH_SIZE];

    for (size_t i = 0; i < count; i++) {
        n.fields += group[i]->fields;
        n.review += group[i]->review;
    }
    buf_printf(&key, "%u/%s/%s", first->version,
               amendment_kind_name(first->kind),
               is_entry ? first->by : first->software);
    if (first->kind == AMENDMENT_READING)
        buf_printf(&key, "/%s", first->language);
    premis_start_event(w, c, &modification, buf_str(&key),
                       premis_created_of(c, first->version));
    describe_amendment(w, first, n);
    premis_success(w);
    if (is_entry)
        premis_agent_link(w, "person", first->by, "implementer");
    premis_agent_link(w, "software", premis_software_of(c, first->version),
                      "executing program");
    for (size_t i = 0; i < count; i++) {
        amended_path(c, group[i], path, sizeof(path));
        premis_object_link(w, c, path, "outcome");
    }
    xml_end(w);
}

static int write_amendments(struct xml_writer *w, const struct contents *c,
                            struct err *err)
{
    const struct amendment_list *list = &c->amendments;
    CLEANUP(free)
    const struct amendment **sorted = calloc(list->count + 1, sizeof(*sorted));
    size_t begin = 0;

    if (sorted == NULL)
        return err_set(err, ERR_NOMEM, "premis: out of memory");
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->items[i];
    qsort(sorted, list->count, sizeof(*sorted), amendment_page_order);
    for (size_t i = 1; i <= list->count; i++) {
        if (i < list->count && amendment_order(&sorted[i], &sorted[begin]) == 0)
            continue;
        write_amendment(w, c, sorted + begin, i - begin);
        begin = i;
    }
    return 0;
}

/* The scans were taken out of what somebody submitted. */
static void write_unpacking(struct xml_writer *w, const struct contents *c,
                            const struct enclosure *e)
{
    CLEANUP(buf_fini) struct buf key = BUF_INIT;
    char path[PATH_SIZE];
    struct err ignored;

    buf_printf(&key, "%u/%s", e->version, e->batch);
    premis_start_event(w, c, &unpacking, buf_str(&key),
                       premis_created_of(c, e->version));
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail",
                 "The scans of batch %s were taken out of the submission %s, "
                 "an E-ARK package of another maker, after it was checked by "
                 "CSIP 2.2. Its METS and PREMIS, and what else it has beside "
                 "its content, %zu files, are kept byte for byte.",
                 e->batch, e->id, e->count);
    xml_end(w);
    premis_success(w);
    premis_agent_link(w, "software", premis_software_of(c, e->version),
                      "executing program");
    for (size_t i = 0; i < e->count; i++) {
        if (enclosure_path(e, &e->files[i], path, &ignored) == 0)
            premis_object_link(w, c, path, "outcome");
    }
    xml_end(w);
}

static void write_package_creation(struct xml_writer *w,
                                   const struct contents *c,
                                   const struct revision *r)
{
    char key[32];

    (void)snprintf(key, sizeof(key), "%u", r->version);
    premis_start_event(w, c, &package_creation, key, r->created_utc);
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail", "Version %u of the package: %s", r->version,
                 r->message);
    xml_end(w);
    premis_success(w);
    premis_agent_link(w, "software", r->software, "executing program");
    premis_start_identifier(w, "linkingObject", "UUID");
    xml_text(w, c->uuid);
    xml_end(w);
    xml_element(w, "linkingObjectRole", "outcome");
    xml_end(w);
    xml_end(w);
}

static void write_volume_link(struct xml_writer *w, const struct contents *c)
{
    premis_start_identifier(w, "linkingObject", "UUID");
    xml_text(w, c->uuid);
    xml_end(w);
    xml_end(w);
}

/* One note a file: few are damaged at a time. */
static void write_notes(struct xml_writer *w, const struct name_list *paths,
                        const char *what)
{
    for (size_t i = 0; i < paths->count; i++) {
        xml_start(w, "eventOutcomeDetail");
        xml_elementf(w, "eventOutcomeDetailNote", "%s: %s", what,
                     paths->names[i][0] == '\0' ? "the whole object"
                                                : paths->names[i]);
        xml_end(w);
    }
}

/* What store/repair.h did: the check that found it, and the recovery. */
static void write_repair(struct xml_writer *w, const struct contents *c,
                         const struct repair_note *r, bool is_recovery)
{
    char key[EVENT_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%u/repair", r->version);
    premis_start_event(w, c, is_recovery ? &recovery : &fixity_check, key,
                       premis_created_of(c, r->version));
    xml_start(w, "eventDetailInformation");
    if (is_recovery)
        xml_elementf(w, "eventDetail",
                     "Files that were damaged were taken again from the "
                     "replica %s, byte for byte as the OCFL inventory states "
                     "them; what belonged to no version was taken out.",
                     r->from);
    else
        xml_element(w, "eventDetail",
                    "Every file of the OCFL object compared with the digest "
                    "that the inventory states.");
    xml_end(w);
    xml_start(w, "eventOutcomeInformation");
    premis_term(w, "eventOutcome", "eventOutcome",
                is_recovery ? &success : &failure);
    write_notes(w, &r->mended,
                is_recovery ? "taken again" : "missing or altered");
    write_notes(w, &r->removed, is_recovery ? "taken out" : "extra");
    xml_end(w);
    premis_agent_link(w, "software", premis_software_of(c, r->version),
                      "executing program");
    write_volume_link(w, c);
    xml_end(w);
}

/* What a check found, and nobody can mend. */
static void write_loss(struct xml_writer *w, const struct contents *c,
                       const struct loss *loss)
{
    char key[EVENT_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%u/loss", loss->version);
    premis_start_event(w, c, &fixity_check, key,
                       premis_created_of(c, loss->version));
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail",
                 "Files of the OCFL object are missing or damaged, and no good "
                 "copy of them is known; %s acknowledged the loss: %s",
                 loss->by, loss->reason);
    xml_end(w);
    xml_start(w, "eventOutcomeInformation");
    premis_term(w, "eventOutcome", "eventOutcome", &failure);
    write_notes(w, &loss->paths, "lost");
    xml_end(w);
    premis_agent_link(w, "person", loss->by, "implementer");
    premis_agent_link(w, "software", premis_software_of(c, loss->version),
                      "executing program");
    write_volume_link(w, c);
    xml_end(w);
}

/* Grouping: pages that a filter takes, brought together by a key. */

typedef bool page_filter(const struct contents *c, const struct packed_page *p);
typedef int page_order(const struct packed_page *a,
                       const struct packed_page *b);
typedef void group_writer(struct xml_writer *w, const struct contents *c,
                          struct group g);

static int by_version(const struct packed_page *a, const struct packed_page *b)
{
    return (a->version > b->version) - (a->version < b->version);
}

static int by_receipt(const struct packed_page *a, const struct packed_page *b)
{
    int order = by_version(a, b);

    return order != 0 ? order
                      : strcmp(a->page->received_utc, b->page->received_utc);
}

static int by_page(const struct packed_page *a, const struct packed_page *b)
{
    return (a->page->number > b->page->number) -
           (a->page->number < b->page->number);
}

static int by_scan(const struct packed_page *a, const struct packed_page *b)
{
    int order = by_version(a, b);

    if (order == 0)
        order = strcmp(a->page->scanned_at, b->page->scanned_at);
    if (order == 0)
        order = strcmp(a->page->operator_id, b->page->operator_id);
    return order != 0 ? order : strcmp(a->page->device, b->page->device);
}

static int by_read_version(const struct packed_page *a,
                           const struct packed_page *b)
{
    return (a->read_version > b->read_version) -
           (a->read_version < b->read_version);
}

static int by_reader(const struct packed_page *a, const struct packed_page *b)
{
    int order = by_read_version(a, b);

    if (order == 0)
        order = strcmp(a->reading.software, b->reading.software);
    return order != 0 ? order
                      : strcmp(a->reading.language, b->reading.language);
}

/* Masters, those of earlier scans too: what was done to them was done. */
static bool is_owner(const struct contents *c, const struct packed_page *p)
{
    return contents_is_owner(c, p);
}

static bool is_clean_owner(const struct contents *c,
                           const struct packed_page *p)
{
    return is_owner(c, p) && p->page->findings.count == 0;
}

static bool is_warned(const struct contents *c, const struct packed_page *p)
{
    return p->page->findings.count > 0 && (p->replaced == 0 || is_owner(c, p));
}

bool premis_is_scan_told(const struct contents *c, const struct packed_page *p)
{
    return is_owner(c, p) &&
           (p->page->operator_id[0] != '\0' || p->page->device[0] != '\0');
}

/* Also what was read of an earlier scan: it was read. */
static bool is_read(const struct contents *c, const struct packed_page *p)
{
    (void)c;
    return p->read_version > 0;
}

static bool is_form(const struct contents *c, const struct packed_page *p)
{
    return is_read(c, p) && p->has_records;
}

static int in_group_order(const void *a, const void *b, void *order)
{
    const struct packed_page *x = *(const struct packed_page *const *)a;
    const struct packed_page *y = *(const struct packed_page *const *)b;
    int key = (*(page_order **)order)(x, y);

    if (key == 0)
        key = by_page(x, y);
    return key != 0 ? key : (x > y) - (x < y);
}

/* Pages, or readings of them, that are in no list of the contents. */
struct others {
    const struct packed_page *pages;
    size_t count;
};

static int write_groups_with(struct xml_writer *w, const struct contents *c,
                             struct others others, page_filter *filter,
                             page_order *order, group_writer *write,
                             struct err *err)
{
    CLEANUP(free) const struct packed_page **pages = NULL;
    size_t count = 0;
    size_t begin = 0;

    pages = calloc(c->page_count + c->superseded_count + others.count + 1,
                   sizeof(const struct packed_page *));
    if (pages == NULL)
        return err_set(err, ERR_NOMEM, "premis: out of memory");
    for (size_t i = 0; i < c->page_count; i++) {
        if (filter(c, &c->pages[i]))
            pages[count++] = &c->pages[i];
    }
    for (size_t i = 0; i < c->superseded_count; i++) {
        if (filter(c, &c->superseded[i]))
            pages[count++] = &c->superseded[i];
    }
    for (size_t i = 0; i < others.count; i++) {
        if (filter(c, &others.pages[i]))
            pages[count++] = &others.pages[i];
    }
    qsort_r(pages, count, sizeof(*pages), in_group_order, &order);
    for (size_t i = 1; i <= count; i++) {
        if (i < count && order(pages[i], pages[begin]) == 0)
            continue;
        write(w, c, (struct group){pages + begin, i - begin});
        begin = i;
    }
    return 0;
}

static int write_groups(struct xml_writer *w, const struct contents *c,
                        page_filter *filter, page_order *order,
                        group_writer *write, struct err *err)
{
    return write_groups_with(w, c, (struct others){NULL, 0}, filter, order,
                             write, err);
}

/* The scan of that number that stood just before a version; NULL. */
static const struct packed_page *scan_before(const struct contents *c,
                                             uint32_t number, unsigned version)
{
    for (size_t i = 0; i < c->superseded_count; i++) {
        const struct packed_page *p = &c->superseded[i];

        if (p->page->number == number && p->version < version &&
            p->replaced >= version)
            return p;
    }
    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].page->number == number && c->pages[i].version < version)
            return &c->pages[i];
    }
    return NULL;
}

int premis_earlier_readings(const struct contents *c, struct packed_page **out,
                            size_t *count, struct err *err)
{
    struct packed_page *list =
        calloc(c->amendments.count + 1, sizeof(struct packed_page));

    if (list == NULL)
        return err_set(err, ERR_NOMEM, "premis: out of memory");
    *count = 0;
    for (size_t i = 0; i < c->amendments.count; i++) {
        const struct amendment *a = &c->amendments.items[i];
        const struct packed_page *scan =
            a->kind == AMENDMENT_READING && a->read_version > 0
                ? scan_before(c, a->page, a->version)
                : NULL;
        struct packed_page *p = &list[*count];

        if (scan == NULL)
            continue;
        *p = *scan;
        p->replaced = a->version;
        p->read_version = a->read_version;
        p->has_records = a->had_records;
        memcpy(p->reading.software, a->software, sizeof(p->reading.software));
        memcpy(p->reading.language, a->language, sizeof(p->reading.language));
        memcpy(p->reading.read_utc, a->read_utc, sizeof(p->reading.read_utc));
        (*count)++;
    }
    *out = list;
    return 0;
}

static int write_readings(struct xml_writer *w, const struct contents *c,
                          struct err *err)
{
    CLEANUP(free) struct packed_page *list = NULL;
    struct others earlier = {NULL, 0};

    if (premis_earlier_readings(c, &list, &earlier.count, err) != 0)
        return -1;
    earlier.pages = list;
    return write_groups_with(w, c, earlier, is_read, by_reader, write_reading,
                             err) != 0
               ? -1
               : write_groups_with(w, c, earlier, is_form, by_read_version,
                                   write_filling, err);
}

int premis_events(struct xml_writer *w, const struct contents *c,
                  struct err *err)
{
    if (write_groups(w, c, premis_is_scan_told, by_scan, write_imaging, err) !=
            0 ||
        write_groups(w, c, is_owner, by_receipt, write_ingestion, err) != 0 ||
        write_groups(w, c, is_clean_owner, by_receipt, write_clean_validation,
                     err) != 0 ||
        write_groups(w, c, is_warned, by_page, write_warned_validation, err) ||
        write_readings(w, c, err) != 0 || write_amendments(w, c, err) != 0)
        return -1;
    for (size_t i = 0; i < c->enclosures.count; i++)
        write_unpacking(w, c, &c->enclosures.items[i]);
    for (size_t i = 0; i < c->superseded_count; i++)
        write_replacement(w, c, &c->superseded[i]);
    for (size_t i = 0; i < c->repair_count; i++) {
        write_repair(w, c, &c->repairs[i], false);
        write_repair(w, c, &c->repairs[i], true);
    }
    for (size_t i = 0; i < c->losses.count; i++)
        write_loss(w, c, &c->losses.items[i]);
    for (size_t i = 0; i < c->revision_count; i++)
        write_package_creation(w, c, &c->revisions[i]);
    return 0;
}
