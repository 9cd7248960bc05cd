/* SPDX-License-Identifier: MIT */
#include "store/premis.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "store/store.h"

#define LOC            "http://id.loc.gov/vocabulary/preservation/"
#define MASTER_ENTITY  "representations/master"
#define OCR_ENTITY     "representations/ocr"
#define EVENT_KEY_SIZE 128

/* LoC preservation event types (id.loc.gov, eventType). */
struct term {
    const char *code;
    const char *label;
};

static const struct term imaging = {"ima", "imaging"};
static const struct term ingestion = {"ing", "ingestion"};
static const struct term digest_calculation = {"mes",
                                               "message digest calculation"};
static const struct term metadata_extraction = {"mee", "metadata extraction"};
static const struct term validation = {"val", "validation"};
static const struct term creation = {"cre", "creation"};
static const struct term modification = {"mod", "modification"};
static const struct term package_creation = {"ipc",
                                             "information package creation"};
static const struct term fixity_check = {"fix", "fixity check"};
static const struct term recovery = {"rec", "recovery"};
static const struct term failure = {"fai", "fail"};
static const struct term success = {"suc", "success"};
static const struct term warning = {"war", "warning"};

/* Pages that one event is of: same version, same key. */
struct group {
    const struct packed_page *const *pages;
    size_t count;
};

static const char *software_of(const struct contents *c, unsigned version)
{
    for (size_t i = 0; i < c->revision_count; i++) {
        if (c->revisions[i].version == version)
            return c->revisions[i].software;
    }
    return c->revisions[c->revision_count - 1].software;
}

static const char *created_of(const struct contents *c, unsigned version)
{
    for (size_t i = 0; i < c->revision_count; i++) {
        if (c->revisions[i].version == version)
            return c->revisions[i].created_utc;
    }
    return c->revisions[c->revision_count - 1].created_utc;
}

static const char *received(const struct contents *c,
                            const struct packed_page *p)
{
    return p->page->received_utc[0] == '\0' ? created_of(c, p->version)
                                            : p->page->received_utc;
}

static const char *reader_of(const struct contents *c,
                             const struct packed_page *p)
{
    return p->reading.software[0] == '\0' ? software_of(c, p->version)
                                          : p->reading.software;
}

/* Identifiers: prefix is the name of the element that holds it, without
 * "Identifier". */
static void start_identifier(struct xml_writer *w, const char *prefix,
                             const char *type)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "%sIdentifier", prefix);
    xml_start(w, name);
    (void)snprintf(name, sizeof(name), "%sIdentifierType", prefix);
    xml_element(w, name, type);
    (void)snprintf(name, sizeof(name), "%sIdentifierValue", prefix);
    xml_start(w, name);
}

static void end_identifier(struct xml_writer *w)
{
    xml_end(w);
    xml_end(w);
}

/* A thing in the package: the volume id, "/", its path. */
static void start_local(struct xml_writer *w, const char *prefix,
                        const struct contents *c, const char *path)
{
    start_identifier(w, prefix, "local");
    xml_text(w, c->volume->id);
    xml_text(w, "/");
    xml_text(w, path);
    xml_end(w);
}

static void write_local(struct xml_writer *w, const char *prefix,
                        const struct contents *c, const char *path)
{
    start_local(w, prefix, c, path);
    xml_end(w);
}

static void master_path(const struct packed_page *p, char *out, size_t size)
{
    (void)snprintf(out, size, MASTER_FOLDER "%s", p->page->master);
}

static void alto_path(const struct packed_page *p, char *out, size_t size)
{
    (void)snprintf(out, size, ALTO_FOLDER "%04u.xml", p->page->number);
}

static void records_path(const struct packed_page *p, char *out, size_t size)
{
    (void)snprintf(out, size, ALTO_FOLDER "%04u.records.xml", p->page->number);
}

static void start_relationship(struct xml_writer *w, const char *type,
                               const char *subtype)
{
    xml_start(w, "relationship");
    xml_element(w, "relationshipType", type);
    xml_element(w, "relationshipSubType", subtype);
}

/* Objects */

static void write_fixity(struct xml_writer *w, const char *code,
                         const char *label, const char *digest)
{
    xml_start(w, "fixity");
    xml_start(w, "messageDigestAlgorithm");
    xml_attr(w, "authority", "cryptographicHashFunctions");
    xml_attr(w, "authorityURI", LOC "cryptographicHashFunctions");
    xml_attrf(w, "valueURI", LOC "cryptographicHashFunctions/%s", code);
    xml_text(w, label);
    xml_end(w);
    xml_element(w, "messageDigest", digest);
    xml_end(w);
}

static void start_characteristics(struct xml_writer *w,
                                  const struct file_digests *digests,
                                  const char *format, const char *version)
{
    xml_start(w, "objectCharacteristics");
    write_fixity(w, "sha256", "SHA-256", digests->sha256);
    write_fixity(w, "sha512", "SHA-512", digests->sha512);
    xml_elementf(w, "size", "%" PRId64, digests->size_bytes);
    xml_start(w, "format");
    xml_start(w, "formatDesignation");
    xml_element(w, "formatName", format);
    xml_element(w, "formatVersion", version);
    xml_end(w);
}

static void start_object(struct xml_writer *w, const char *type)
{
    xml_start(w, "object");
    xml_attr(w, "xsi:type", type);
}

static void write_volume(struct xml_writer *w, const struct contents *c)
{
    start_object(w, "intellectualEntity");
    start_identifier(w, "object", "UUID");
    xml_text(w, c->uuid);
    end_identifier(w);
    start_identifier(w, "object", "local");
    xml_text(w, c->volume->id);
    end_identifier(w);
    if (c->volume->title[0] != '\0')
        xml_element(w, "originalName", c->volume->title);
    xml_end(w);
}

static void write_representation(struct xml_writer *w, const struct contents *c,
                                 const char *path)
{
    start_object(w, "representation");
    write_local(w, "object", c, path);
    start_relationship(w, "structural", "represents");
    start_identifier(w, "relatedObject", "UUID");
    xml_text(w, c->uuid);
    end_identifier(w);
    xml_end(w);
    xml_end(w);
}

static void write_part_of(struct xml_writer *w, const struct contents *c,
                          const char *representation)
{
    start_relationship(w, "structural", "is included in");
    write_local(w, "relatedObject", c, representation);
    xml_end(w);
}

/* Which scans this master took the place of, and which took its place. */
static void write_replacements(struct xml_writer *w, const struct contents *c,
                               const struct packed_page *p)
{
    char path[PATH_SIZE];

    for (size_t i = 0; i < c->superseded_count; i++) {
        const struct packed_page *old = &c->superseded[i];
        const struct packed_page *new = contents_successor(c, old);
        bool is_old = strcmp(old->page->master, p->page->master) == 0;

        if (new == NULL ||
            (!is_old && strcmp(new->page->master, p->page->master) != 0))
            continue;
        start_relationship(w, "replacement",
                           is_old ? "is superseded by" : "supersedes");
        master_path(is_old ? new : old, path, sizeof(path));
        write_local(w, "relatedObject", c, path);
        xml_end(w);
    }
}

static void write_master(struct xml_writer *w, const struct contents *c,
                         const struct packed_page *p)
{
    char path[PATH_SIZE];

    master_path(p, path, sizeof(path));
    start_object(w, "file");
    write_local(w, "object", c, path);
    start_characteristics(w, &p->page->digests, "image/tiff", "6.0");
    xml_start(w, "formatRegistry");
    xml_element(w, "formatRegistryName", "PRONOM");
    xml_element(w, "formatRegistryKey", "fmt/353");
    xml_element(w, "formatRegistryRole", "specification");
    xml_end(w);
    xml_end(w);
    xml_end(w);
    if (p->page->original_name[0] != '\0')
        xml_element(w, "originalName", p->page->original_name);
    write_part_of(w, c, MASTER_ENTITY);
    write_replacements(w, c, p);
    xml_end(w);
}

static void write_alto(struct xml_writer *w, const struct contents *c,
                       const struct packed_page *p)
{
    char path[PATH_SIZE], source[PATH_SIZE];

    alto_path(p, path, sizeof(path));
    master_path(p, source, sizeof(source));
    start_object(w, "file");
    write_local(w, "object", c, path);
    start_characteristics(w, &p->alto, "ALTO", "4.4");
    xml_end(w);
    xml_start(w, "creatingApplication");
    xml_element(w, "creatingApplicationName", reader_of(c, p));
    if (p->reading.read_utc[0] != '\0')
        xml_element(w, "dateCreatedByApplication", p->reading.read_utc);
    xml_end(w);
    xml_end(w);
    write_part_of(w, c, OCR_ENTITY);
    start_relationship(w, "derivation", "has source");
    write_local(w, "relatedObject", c, source);
    xml_end(w);
    xml_end(w);
}

static void write_records(struct xml_writer *w, const struct contents *c,
                          const struct packed_page *p)
{
    char path[PATH_SIZE], source[PATH_SIZE];

    records_path(p, path, sizeof(path));
    alto_path(p, source, sizeof(source));
    start_object(w, "file");
    write_local(w, "object", c, path);
    start_characteristics(w, &p->records, "Tefter records", "1");
    xml_end(w);
    xml_start(w, "creatingApplication");
    xml_element(w, "creatingApplicationName", software_of(c, p->version));
    if (p->reading.read_utc[0] != '\0')
        xml_element(w, "dateCreatedByApplication", p->reading.read_utc);
    xml_end(w);
    xml_end(w);
    write_part_of(w, c, OCR_ENTITY);
    start_relationship(w, "derivation", "has source");
    write_local(w, "relatedObject", c, source);
    xml_end(w);
    xml_end(w);
}

static void write_objects(struct xml_writer *w, const struct contents *c)
{
    write_volume(w, c);
    write_representation(w, c, MASTER_ENTITY);
    write_representation(w, c, OCR_ENTITY);
    for (size_t i = 0; i < c->page_count; i++) {
        if (contents_is_owner(c, &c->pages[i]))
            write_master(w, c, &c->pages[i]);
    }
    for (size_t i = 0; i < c->superseded_count; i++) {
        if (contents_is_owner(c, &c->superseded[i]))
            write_master(w, c, &c->superseded[i]);
    }
    for (size_t i = 0; i < c->page_count; i++) {
        write_alto(w, c, &c->pages[i]);
        if (c->pages[i].has_records)
            write_records(w, c, &c->pages[i]);
    }
}

/* Events */

static void write_term(struct xml_writer *w, const char *element,
                       const char *authority, const struct term *term)
{
    xml_start(w, element);
    xml_attr(w, "authority", authority);
    xml_attrf(w, "authorityURI", LOC "%s", authority);
    xml_attrf(w, "valueURI", LOC "%s/%s", authority, term->code);
    xml_text(w, term->label);
    xml_end(w);
}

static void start_event(struct xml_writer *w, const struct contents *c,
                        const struct term *term, const char *key,
                        const char *when)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;
    char id[URN_UUID_SIZE];

    buf_printf(&detail, "event/%s/%s", term->code, key);
    uuid_of_name(c->volume->id, buf_str(&detail), id);
    xml_start(w, "event");
    start_identifier(w, "event", "UUID");
    xml_text(w, id);
    end_identifier(w);
    write_term(w, "eventType", "eventType", term);
    xml_element(w, "eventDateTime", when);
}

static void write_detail(struct xml_writer *w, const char *text)
{
    xml_start(w, "eventDetailInformation");
    xml_element(w, "eventDetail", text);
    xml_end(w);
}

static void write_success(struct xml_writer *w)
{
    xml_start(w, "eventOutcomeInformation");
    write_term(w, "eventOutcome", "eventOutcome", &success);
    xml_end(w);
}

static void write_agent_link(struct xml_writer *w, const char *kind,
                             const char *name, const char *role)
{
    xml_start(w, "linkingAgentIdentifier");
    xml_element(w, "linkingAgentIdentifierType", "local");
    xml_elementf(w, "linkingAgentIdentifierValue", "%s:%s", kind, name);
    xml_element(w, "linkingAgentRole", role);
    xml_end(w);
}

static void write_object_link(struct xml_writer *w, const struct contents *c,
                              const char *path, const char *role)
{
    start_local(w, "linkingObject", c, path);
    if (role != NULL)
        xml_element(w, "linkingObjectRole", role);
    xml_end(w);
}

static void write_master_links(struct xml_writer *w, const struct contents *c,
                               struct group g)
{
    char path[PATH_SIZE];

    for (size_t i = 0; i < g.count; i++) {
        master_path(g.pages[i], path, sizeof(path));
        write_object_link(w, c, path, NULL);
    }
}

/* What was done to the masters of a group by Tefter itself. */
static void write_master_event(struct xml_writer *w, const struct contents *c,
                               struct group g, const struct term *term,
                               const char *detail)
{
    const struct packed_page *first = g.pages[0];
    char key[EVENT_KEY_SIZE];

    (void)snprintf(key, sizeof(key), "%u/%s", first->version,
                   received(c, first));
    start_event(w, c, term, key, received(c, first));
    write_detail(w, detail);
    write_success(w);
    write_agent_link(w, "software", software_of(c, first->version),
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
    start_event(w, c, &validation, key, received(c, p));
    write_detail(w, "Identified as TIFF, structure checked, image decoded.");
    xml_start(w, "eventOutcomeInformation");
    write_term(w, "eventOutcome", "eventOutcome", &warning);
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
    write_agent_link(w, "software", software_of(c, p->version),
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
    start_event(w, c, &imaging, buf_str(&key),
                page->scanned_at[0] == '\0' ? when : page->scanned_at);
    write_detail(w, "Scanned, as the batch says.");
    if (page->operator_id[0] != '\0')
        write_agent_link(w, "person", page->operator_id, "implementer");
    if (page->device[0] != '\0')
        write_agent_link(w, "hardware", page->device, "executing device");
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
            at = created_of(c, g.pages[i]->version);
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

    (void)snprintf(key, sizeof(key), "%u/%s/%s", first->version,
                   reader_of(c, first), first->reading.language);
    span_of(c, g, when, sizeof(when));
    start_event(w, c, &creation, key, when);
    (void)snprintf(text, sizeof(text),
                   "Text recognised with the models '%s' and written as ALTO.",
                   first->reading.language);
    write_detail(w, text);
    write_success(w);
    write_agent_link(w, "software", reader_of(c, first), "executing program");
    for (size_t i = 0; i < g.count; i++) {
        const struct packed_page *p = g.pages[i];

        if (i == 0 ||
            strcmp(p->page->master, g.pages[i - 1]->page->master) != 0) {
            master_path(p, path, sizeof(path));
            write_object_link(w, c, path, "source");
        }
        alto_path(p, path, sizeof(path));
        write_object_link(w, c, path, "outcome");
    }
    xml_end(w);
}

/* What a form's cells say, from the text that was read. */
static void write_filling(struct xml_writer *w, const struct contents *c,
                          struct group g)
{
    const struct packed_page *first = g.pages[0];
    char key[EVENT_KEY_SIZE], when[64], path[PATH_SIZE];

    (void)snprintf(key, sizeof(key), "%u/records", first->version);
    span_of(c, g, when, sizeof(when));
    start_event(w, c, &creation, key, when);
    write_detail(w, "Records made of the form's cells as they were read.");
    write_success(w);
    write_agent_link(w, "software", software_of(c, first->version),
                     "executing program");
    for (size_t i = 0; i < g.count; i++) {
        alto_path(g.pages[i], path, sizeof(path));
        write_object_link(w, c, path, "source");
        records_path(g.pages[i], path, sizeof(path));
        write_object_link(w, c, path, "outcome");
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
    start_event(w, c, &modification, key, created_of(c, old->replaced));
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail",
                 "A new scan takes the place of page %u; the earlier one stays "
                 "in version %u of the package.",
                 old->page->number, old->replaced - 1);
    xml_end(w);
    write_success(w);
    write_agent_link(w, "software", software_of(c, old->replaced),
                     "executing program");
    master_path(old, path, sizeof(path));
    write_object_link(w, c, path, "source");
    master_path(new, path, sizeof(path));
    write_object_link(w, c, path, "outcome");
    xml_end(w);
}

static void write_package_creation(struct xml_writer *w,
                                   const struct contents *c,
                                   const struct revision *r)
{
    char key[32];

    (void)snprintf(key, sizeof(key), "%u", r->version);
    start_event(w, c, &package_creation, key, r->created_utc);
    xml_start(w, "eventDetailInformation");
    xml_elementf(w, "eventDetail", "Version %u of the package: %s", r->version,
                 r->message);
    xml_end(w);
    write_success(w);
    write_agent_link(w, "software", r->software, "executing program");
    start_identifier(w, "linkingObject", "UUID");
    xml_text(w, c->uuid);
    xml_end(w);
    xml_element(w, "linkingObjectRole", "outcome");
    xml_end(w);
    xml_end(w);
}

static void write_volume_link(struct xml_writer *w, const struct contents *c)
{
    start_identifier(w, "linkingObject", "UUID");
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
    start_event(w, c, is_recovery ? &recovery : &fixity_check, key,
                created_of(c, r->version));
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
    write_term(w, "eventOutcome", "eventOutcome",
               is_recovery ? &success : &failure);
    write_notes(w, &r->mended,
                is_recovery ? "taken again" : "missing or altered");
    write_notes(w, &r->removed, is_recovery ? "taken out" : "extra");
    xml_end(w);
    write_agent_link(w, "software", software_of(c, r->version),
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

static int by_reader(const struct packed_page *a, const struct packed_page *b)
{
    int order = by_version(a, b);

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

static bool is_scan_told(const struct contents *c, const struct packed_page *p)
{
    return is_owner(c, p) &&
           (p->page->operator_id[0] != '\0' || p->page->device[0] != '\0');
}

/* The ALTO of an earlier scan is in the earlier version only. */
static bool is_present(const struct contents *c, const struct packed_page *p)
{
    (void)c;
    return p->replaced == 0;
}

static bool is_form(const struct contents *c, const struct packed_page *p)
{
    return is_present(c, p) && p->has_records;
}

static int in_group_order(const void *a, const void *b, void *order)
{
    const struct packed_page *x = *(const struct packed_page *const *)a;
    const struct packed_page *y = *(const struct packed_page *const *)b;
    int key = (*(page_order **)order)(x, y);

    return key != 0 ? key : (x > y) - (x < y);
}

static int write_groups(struct xml_writer *w, const struct contents *c,
                        page_filter *filter, page_order *order,
                        group_writer *write, struct err *err)
{
    CLEANUP(free) const struct packed_page **pages = NULL;
    size_t count = 0;
    size_t begin = 0;

    pages = calloc(c->page_count + c->superseded_count + 1,
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
    qsort_r(pages, count, sizeof(*pages), in_group_order, &order);
    for (size_t i = 1; i <= count; i++) {
        if (i < count && order(pages[i], pages[begin]) == 0)
            continue;
        write(w, c, (struct group){pages + begin, i - begin});
        begin = i;
    }
    return 0;
}

static int write_events(struct xml_writer *w, const struct contents *c,
                        struct err *err)
{
    if (write_groups(w, c, is_scan_told, by_scan, write_imaging, err) != 0 ||
        write_groups(w, c, is_owner, by_receipt, write_ingestion, err) != 0 ||
        write_groups(w, c, is_clean_owner, by_receipt, write_clean_validation,
                     err) != 0 ||
        write_groups(w, c, is_warned, by_page, write_warned_validation, err) ||
        write_groups(w, c, is_present, by_reader, write_reading, err) != 0 ||
        write_groups(w, c, is_form, by_version, write_filling, err) != 0)
        return -1;
    for (size_t i = 0; i < c->superseded_count; i++)
        write_replacement(w, c, &c->superseded[i]);
    for (size_t i = 0; i < c->repair_count; i++) {
        write_repair(w, c, &c->repairs[i], false);
        write_repair(w, c, &c->repairs[i], true);
    }
    for (size_t i = 0; i < c->revision_count; i++)
        write_package_creation(w, c, &c->revisions[i]);
    return 0;
}

/* Agents */

static void write_agent(struct xml_writer *w, const char *kind,
                        const char *name)
{
    const char *space = strrchr(name, ' ');
    bool has_version = strcmp(kind, "software") == 0 && space != NULL;

    xml_start(w, "agent");
    start_identifier(w, "agent", "local");
    xml_text(w, kind);
    xml_text(w, ":");
    xml_text(w, name);
    end_identifier(w);
    xml_elementf(w, "agentName", "%.*s",
                 has_version ? (int)(space - name) : (int)strlen(name), name);
    xml_element(w, "agentType", kind);
    if (has_version)
        xml_element(w, "agentVersion", space + 1);
    xml_end(w);
}

/* Each agent once, the first time it is seen. */
static int note_agent(struct xml_writer *w, json_t *seen, const char *kind,
                      const char *name, struct err *err)
{
    CLEANUP(buf_fini) struct buf key = BUF_INIT;

    if (name[0] == '\0')
        return 0;
    buf_printf(&key, "%s:%s", kind, name);
    if (json_object_get(seen, buf_str(&key)) != NULL)
        return 0;
    if (json_object_set_new(seen, buf_str(&key), json_true()) != 0)
        return err_set(err, ERR_NOMEM,
                       "agent '%s' is not UTF-8, or out of memory", name);
    write_agent(w, kind, name);
    return 0;
}

static int note_scan_agents(struct xml_writer *w, json_t *seen,
                            const struct contents *c,
                            const struct packed_page *p, struct err *err)
{
    if (!is_scan_told(c, p))
        return 0;
    if (note_agent(w, seen, "person", p->page->operator_id, err) != 0)
        return -1;
    return note_agent(w, seen, "hardware", p->page->device, err);
}

static int write_agents(struct xml_writer *w, const struct contents *c,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *seen = json_object();

    for (size_t i = 0; i < c->revision_count; i++) {
        if (note_agent(w, seen, "software", c->revisions[i].software, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->page_count; i++) {
        if (note_agent(w, seen, "software", reader_of(c, &c->pages[i]), err) ||
            note_scan_agents(w, seen, c, &c->pages[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->superseded_count; i++) {
        if (note_scan_agents(w, seen, c, &c->superseded[i], err) != 0)
            return -1;
    }
    return 0;
}

int premis_format(const struct contents *c, struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "premis");
    xml_attr(w, "xmlns", "http://www.loc.gov/premis/v3");
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:schemaLocation",
             "http://www.loc.gov/premis/v3 "
             "http://www.loc.gov/standards/premis/premis.xsd");
    xml_attr(w, "version", "3.0");
    write_objects(w, c);
    if (write_events(w, c, err) != 0 || write_agents(w, c, err) != 0)
        return -1;
    return xml_finish(w, out, err);
}
