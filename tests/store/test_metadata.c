/* SPDX-License-Identifier: MIT */
/*
 * METS, PREMIS, Dublin Core and ALTO of a package with everything in it that a
 * batch can bring: valid by the official schemas, and every reference inside
 * them leads somewhere.
 */
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "store/mix.h"
#include "store/own_check.h"
#include "store/quality.h"
#include "store/store.h"
#include "tests/store/made.h"

#define SCHEMAS SHARED_DIR "/schemas"

/* A page of a batch that says much, and was accepted with warnings. */
static void add_told_page(const char *dir, struct draft *draft, uint32_t number)
{
    CLEANUP(page_free) struct page *p = made_page(dir, MADE_VOLUME, number);
    struct err err;

    made_text(&p->label, "[iii] <\"&'>");
    made_text(&p->operator_id, "op-7");
    made_text(&p->device, "Плосък скенер A3");
    made_text(&p->scanned_at, "2026-11-17T09:00:00+02:00");
    assert_ok(finding_add(&p->findings, "tiff-resolution", SEVERITY_WARNING, 0,
                          282, &err, "no resolution; expected 300 dpi"),
              err);
    assert_ok(finding_add(&p->findings, "tiff-name", SEVERITY_INFO, 1, 0, &err,
                          "a name with \x01 in it"),
              err);
    assert_ok(made_add_page(dir, draft, p, &err), err);
}

/* Two pages of one file. */
static void add_double(const char *dir, struct draft *draft, uint32_t number)
{
    CLEANUP(page_free) struct page *a = made_page(dir, MADE_VOLUME, number);
    CLEANUP(page_free) struct page *b = made_page(dir, MADE_VOLUME, number + 1);
    struct err err;

    b->digests = a->digests;
    b->image = 1;
    made_text(&b->master, a->master);
    made_text(&a->device, "Книжен скенер");
    made_text(&b->device, "Книжен скенер");
    assert_ok(made_add_page(dir, draft, a, &err), err);
    assert_ok(made_add_page(dir, draft, b, &err), err);
}

/* Versions 1 (pages 1 to 4, of which 3 and 4 are one file) and 2 (page 5). */
static void make_rich_package(const char *dir)
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add(dir, draft, MADE_VOLUME, 1, &err), err);
    add_told_page(dir, draft, 2);
    add_double(dir, draft, 3);
    assert_ok(draft_commit(draft, "batch <first> & \"only\"", &err), err);
    draft_abandon(STEAL(draft));
    assert_ok(draft_begin(store, v, &draft, &err), err);
    add_told_page(dir, draft, 5);
    assert_ok(draft_commit(draft, "batch two", &err), err);
}

static void in_version(const char *dir, int version, const char *name,
                       char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/store/" MADE_OBJECT "/v%d/content/%s",
                          dir, version, name),
              err);
}

static xmlDoc *parse(const char *dir, int version, const char *name)
{
    char path[PATH_SIZE];
    xmlDoc *doc = NULL;
    struct err err;

    in_version(dir, version, name, path);
    assert_ok(xml_parse_file(path, &doc, &err), err);
    return doc;
}

static void assert_valid_by(const char *dir, int version, const char *schema,
                            const char *name)
{
    CLEANUP(buf_fini) struct buf command = BUF_INIT;
    char path[PATH_SIZE];

    in_version(dir, version, name, path);
    buf_printf(&command,
               "XML_CATALOG_FILES='%s/catalog.xml' xmllint --nonet --noout "
               "--schema '%s' '%s' 2>'%s/xmllint.log' || "
               "{ cat '%s/xmllint.log'; exit 1; }",
               SCHEMAS, schema, path, dir, dir);
    if (system(buf_str(&command)) != 0)
        fail_msg("%s is not valid", path);
}

/* By an official one. */
static void assert_valid(const char *dir, int version, const char *schema,
                         const char *name)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, SCHEMAS "/%s", schema), err);
    assert_valid_by(dir, version, path, name);
}

static void metadata__is_valid_by_the_official_schemas(void **state)
{
    need_shared();
    make_rich_package(*state);
    for (int version = 1; version <= 2; version++) {
        assert_valid(*state, version, "package.xsd", "METS.xml");
        assert_valid(*state, version, "package.xsd",
                     "representations/master/METS.xml");
        assert_valid(*state, version, "package.xsd",
                     "representations/ocr/METS.xml");
        assert_valid(*state, version, "package.xsd",
                     "metadata/preservation/premis.xml");
        assert_valid(*state, version, "xsd/qualifieddc.xsd",
                     "metadata/descriptive/dc.xml");
    }
    assert_valid(*state, 1, "package.xsd", "representations/ocr/data/0001.xml");
    assert_valid(*state, 2, "package.xsd", "representations/ocr/data/0005.xml");
    assert_valid(*state, 1, "package.xsd", MIX_FOLDER "mix-0001.xml");
    assert_valid(*state, 1, "package.xsd", MIX_FOLDER "mix-0002.xml");
    assert_valid(*state, 2, "package.xsd", MIX_FOLDER "mix-0005.xml");
}

/* What the official schemas allow of ours, our own rules for what comes in do,
 * too. */
static void metadata__is_what_an_import_takes(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(contents_free) struct contents *contents = NULL;
    char object[PATH_SIZE];
    struct err err;

    make_rich_package(*state);
    assert_ok(
        path_format(object, &err, "%s/store/" MADE_OBJECT, (char *)*state),
        err);
    assert_ok(inventory_open(object, &inv, &err), err);
    assert_ok(package_read_contents(object, inv, &contents, &err), err);
    assert_ok(own_check(object, inv, contents, &report, &err), err);
    assert_ok(own_check_history(object, 2, &report, &err), err);
    if (report.count > 0)
        fail_msg("%s %s: %s", report.faults[0].code, report.faults[0].path,
                 report.faults[0].message);
}

/* Every value that is written from an enumeration of MIX, or a date. */
static void mix__is_valid_whatever_the_page_is(void **state)
{
    static const char *const dates[] = {"",
                                        "1999",
                                        "2026-11-17",
                                        "2026-11-17T09:00:00+02:00",
                                        "2026?",
                                        "2026-13-01",
                                        "2026-02-29",
                                        "2024-02-29",
                                        "2026-11-17T24:60:00Z",
                                        "2026-11-17T09:00:00+15:00",
                                        "0000-01-01"};
    CLEANUP(page_free) struct page *p = NULL;
    char folder[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    need_shared();
    p = made_page(*state, MADE_VOLUME, 1);
    assert_ok(path_format(folder, &err, "%s/store/" MADE_OBJECT "/v1/content",
                          (char *)*state),
              err);
    assert_ok(dir_make(folder, &err), err);
    assert_ok(path_format(path, &err, "%s/mix.xml", folder), err);
    for (unsigned i = 0; i <= 12; i++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

        p->orientation = i;
        p->xres_dpi = i * 100 + 0.5 * (i % 2);
        p->yres_dpi = 300;
        p->samples_per_pixel = i % 4;
        made_text(&p->scanned_at, dates[i % 11]);
        made_text(&p->compression, i % 2 == 0 ? "unknown" : "jpeg");
        assert_ok(mix_format(
                      p,
                      (struct mix_header){(enum byte_order)(i % 3), (int)i - 1},
                      &bytes, &err),
                  err);
        assert_ok(file_write(path, bytes.data, bytes.len, &err), err);
        assert_valid(*state, 1, "package.xsd", "mix.xml");
        assert_valid_by(*state, 1, SAMPLES_DIR "/../store/mix.xsd", "mix.xml");
    }
}

/* Header, and a directory whose second entry is PhotometricInterpretation. */
static void write_tiff(const char *path, bool is_big_endian, bool is_big_tiff,
                       unsigned photometric)
{
    static const unsigned tags[2] = {256, 262};
    unsigned char b[96] = {0};
    size_t ifd = is_big_tiff ? 16 : 8, entry = ifd + (is_big_tiff ? 8 : 2);
    struct err err;

#define PUT(at, value)                            \
    (b[(at) + (is_big_endian ? 0 : 1)] =          \
         (unsigned char)((unsigned)(value) >> 8), \
     b[(at) + (is_big_endian ? 1 : 0)] = (unsigned char)(value))
#define LAST(at, len) ((at) + (is_big_endian ? (len)-2 : 0))
    memcpy(b, is_big_endian ? "MM" : "II", 2);
    PUT(2, is_big_tiff ? 43 : 42);
    PUT(LAST(is_big_tiff ? 8 : 4, is_big_tiff ? 8 : 4), ifd);
    PUT(LAST(ifd, is_big_tiff ? 8 : 2), 2);
    for (int i = 0; i < 2; i++) {
        PUT(entry, tags[i]);
        PUT(entry + 2, 3);
        PUT(LAST(entry + 4, is_big_tiff ? 8 : 4), 1);
        PUT(entry + (is_big_tiff ? 12 : 8), i == 0 ? 100 : photometric);
        entry += is_big_tiff ? 20 : 12;
    }
    assert_ok(file_write(path, b, sizeof(b), &err), err);
}

static void mix_read_header__reads_both_orders_and_sizes(void **state)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/x.tif", (char *)*state), err);
    for (unsigned i = 0; i < 4; i++) {
        struct mix_header header;

        write_tiff(path, i % 2 == 1, i >= 2, 2 + i);
        header = mix_read_header(path);
        assert_int_equal(header.order,
                         i % 2 == 1 ? BYTE_ORDER_BIG : BYTE_ORDER_LITTLE);
        assert_int_equal(header.photometric, 2 + i);
    }
    /* Cut short, it does not say. */
    for (off_t len = 0; len < 58; len++) {
        write_tiff(path, false, true, 2);
        assert_int_equal(truncate(path, len), 0);
        assert_int_equal(mix_read_header(path).photometric, -1);
    }
}

static void quality__tells_each_page_and_what_was_found(void **state)
{
    CLEANUP(json_decref) json_t *report = NULL;
    char path[PATH_SIZE];
    const json_t *page;
    struct err err;

    make_rich_package(*state);
    in_version(*state, 2, QUALITY_JSON, path);
    assert_ok(json_read_file(path, &report, &err), err);
    assert_int_equal(json_array_size(json_object_get(report, "pages")), 5);
    assert_int_equal(json_get_int(report, "accepted", -1), 3);
    assert_int_equal(json_get_int(report, "warned", -1), 2);
    page = json_array_get(json_object_get(report, "pages"), 1);
    assert_string_equal(json_get_text(page, "page", ""), MADE_VOLUME "/0002");
    assert_string_equal(json_get_text(page, "verdict", ""), "warn");
    assert_int_equal(json_array_size(json_object_get(page, "findings")), 2);
    assert_non_null(json_object_get(page, "measures"));
}

/* Walking: calls visit for each element, in document order. */
typedef void visit_element(const xmlNode *node, void *arg);

static void each_element(const xmlNode *node, visit_element *visit, void *arg)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        visit(node, arg);
        each_element(node->children, visit, arg);
    }
}

static bool is_named(const xmlNode *node, const char *name)
{
    return xmlStrcmp(node->name, BAD_CAST name) == 0;
}

static void note_id(const xmlNode *node, void *arg)
{
    CLEANUP(free) char *id = xml_get_attr(node, "ID");

    if (id == NULL)
        return;
    if (json_object_get(arg, id) != NULL)
        fail_msg("the ID %s is there twice", id);
    assert_int_equal(json_object_set_new(arg, id, json_true()), 0);
}

static void follow_ids(const xmlNode *node, void *arg)
{
    static const char *const names[] = {"ADMID", "DMDID", "FILEID", "title"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        CLEANUP(free) char *ids = xml_get_attr(node, names[i]);

        for (char *id = ids; id != NULL && *id != '\0';) {
            size_t len = strcspn(id, " ");
            char one[64];

            (void)snprintf(one, sizeof(one), "%.*s", (int)len, id);
            if (json_object_get(arg, one) == NULL)
                fail_msg("%s names %s, which is nowhere", names[i], one);
            id += len + strspn(id + len, " ");
        }
    }
}

static void mets__references_lead_somewhere(void **state)
{
    static const char *const files[] = {"METS.xml",
                                        "representations/master/METS.xml",
                                        "representations/ocr/METS.xml"};

    make_rich_package(*state);
    for (size_t i = 0; i < 3; i++) {
        CLEANUP(json_decref) json_t *ids = json_object();
        CLEANUP(xml_doc_free) xmlDoc *doc = parse(*state, 2, files[i]);

        each_element(xmlDocGetRootElement(doc), note_id, ids);
        each_element(xmlDocGetRootElement(doc), follow_ids, ids);
    }
}

struct pages_seen {
    int order;
    char file_ids[8][32];
    char labels[8][128];
};

static void note_page(const xmlNode *node, void *arg)
{
    CLEANUP(free) char *type = xml_get_attr(node, "TYPE");
    CLEANUP(free) char *order = xml_get_attr(node, "ORDER");
    CLEANUP(free) char *label = xml_get_attr(node, "LABEL");
    struct pages_seen *seen = arg;

    if (!is_named(node, "div") || type == NULL || strcmp(type, "page") != 0)
        return;
    CLEANUP(free) char *file = xml_get_attr(xml_child(node, "fptr"), "FILEID");
    assert_in_range(seen->order, 0, 7);
    (void)snprintf(seen->file_ids[seen->order], 32, "%s", file);
    (void)snprintf(seen->labels[seen->order], 128, "%s", label);
    seen->order++;
    assert_int_equal(atoi(order), seen->order);
}

static void mets__tells_the_order_of_the_pages(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *master = NULL;
    CLEANUP(xml_doc_free) xmlDoc *ocr = NULL;
    struct pages_seen masters = {0};
    struct pages_seen altos = {0};

    make_rich_package(*state);
    master = parse(*state, 2, "representations/master/METS.xml");
    ocr = parse(*state, 2, "representations/ocr/METS.xml");
    each_element(xmlDocGetRootElement(master), note_page, &masters);
    each_element(xmlDocGetRootElement(ocr), note_page, &altos);
    assert_int_equal(masters.order, 5);
    assert_int_equal(altos.order, 5);
    assert_string_equal(masters.file_ids[1], "master-0002");
    /* The fourth page is the second image of the third's file. */
    assert_string_equal(masters.file_ids[3], "master-0003");
    assert_string_equal(masters.labels[3],
                        MADE_VOLUME "/0004 (image 2 of 0003.tif)");
    assert_string_equal(altos.file_ids[3], "alto-0004");
}

/* PREMIS */

struct premis_seen {
    json_t *objects, *events, *agents;
    json_t *event_types; /* label -> how many */
    int file_objects;
};

static char *value_of(const xmlNode *node, const char *identifier,
                      const char *value)
{
    const xmlNode *id = xml_child(node, identifier);

    return id == NULL ? NULL : xml_get_text(xml_child(id, value));
}

static void note_premis(const xmlNode *node, void *arg)
{
    struct premis_seen *seen = arg;
    CLEANUP(free) char *id = NULL;

    if (is_named(node, "objectIdentifierValue")) {
        id = xml_get_text(node);
        assert_null(json_object_get(seen->objects, id));
        json_object_set_new(seen->objects, id, json_true());
    } else if (is_named(node, "event")) {
        id = value_of(node, "eventIdentifier", "eventIdentifierValue");
        assert_null(json_object_get(seen->events, id));
        json_object_set_new(seen->events, id, json_true());
        assert_non_null(xml_child(node, "linkingAgentIdentifier"));
        assert_non_null(xml_child(node, "linkingObjectIdentifier"));
        CLEANUP(free) char *type = xml_get_text(xml_child(node, "eventType"));
        json_int_t n = json_get_int(seen->event_types, type, 0);
        json_object_set_new(seen->event_types, type, json_integer(n + 1));
    } else if (is_named(node, "agent")) {
        id = value_of(node, "agentIdentifier", "agentIdentifierValue");
        assert_null(json_object_get(seen->agents, id));
        json_object_set_new(seen->agents, id, json_true());
    } else if (is_named(node, "objectCharacteristics")) {
        seen->file_objects++;
    }
}

static void follow_premis(const xmlNode *node, void *arg)
{
    struct premis_seen *seen = arg;
    CLEANUP(free) char *id = xml_get_text(node);

    if (is_named(node, "linkingObjectIdentifierValue") ||
        is_named(node, "relatedObjectIdentifierValue")) {
        if (json_object_get(seen->objects, id) == NULL)
            fail_msg("there is no object %s", id);
    } else if (is_named(node, "linkingAgentIdentifierValue")) {
        if (json_object_get(seen->agents, id) == NULL)
            fail_msg("there is no agent %s", id);
    }
}

static void premis_open(struct premis_seen *seen, const xmlDoc *doc)
{
    const xmlNode *root = xmlDocGetRootElement((xmlDoc *)(uintptr_t)doc);

    *seen = (struct premis_seen){json_object(), json_object(), json_object(),
                                 json_object(), 0};
    each_element(root, note_premis, seen);
    each_element(root, follow_premis, seen);
}

static void premis_close(struct premis_seen *seen)
{
    json_decref(seen->objects);
    json_decref(seen->events);
    json_decref(seen->agents);
    json_decref(seen->event_types);
}

static void premis__references_lead_somewhere(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct premis_seen seen;

    make_rich_package(*state);
    doc = parse(*state, 2, "metadata/preservation/premis.xml");
    premis_open(&seen, doc);
    /* 4 master files of 5 pages, 5 ALTO. */
    assert_int_equal(seen.file_objects, 9);
    assert_non_null(json_object_get(seen.agents, "person:op-7"));
    assert_non_null(json_object_get(seen.agents, "hardware:Плосък скенер A3"));
    assert_non_null(json_object_get(seen.agents, "software:tesseract 5.3.0"));
    premis_close(&seen);
}

static void premis__has_an_event_for_each_thing_done(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct premis_seen seen;

    make_rich_package(*state);
    doc = parse(*state, 2, "metadata/preservation/premis.xml");
    premis_open(&seen, doc);
    /* Grouped by version; with warnings, one validation a page. */
    assert_int_equal(json_get_int(seen.event_types, "ingestion", 0), 2);
    assert_int_equal(
        json_get_int(seen.event_types, "message digest calculation", 0), 2);
    assert_int_equal(json_get_int(seen.event_types, "validation", 0), 3);
    assert_int_equal(json_get_int(seen.event_types, "imaging", 0), 3);
    assert_int_equal(json_get_int(seen.event_types, "creation", 0), 2);
    assert_int_equal(
        json_get_int(seen.event_types, "information package creation", 0), 2);
    premis_close(&seen);
}

static void premis__keeps_the_events_of_earlier_versions(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *first = NULL;
    CLEANUP(xml_doc_free) xmlDoc *second = NULL;
    struct premis_seen before, after;
    const char *id;
    json_t *value;

    make_rich_package(*state);
    first = parse(*state, 1, "metadata/preservation/premis.xml");
    second = parse(*state, 2, "metadata/preservation/premis.xml");
    premis_open(&before, first);
    premis_open(&after, second);
    assert_true(json_object_size(before.events) > 5);
    json_object_foreach(before.events, id, value)
        assert_non_null(json_object_get(after.events, id));
    premis_close(&before);
    premis_close(&after);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(metadata__is_valid_by_the_official_schemas),
        unit_test_in_dir(metadata__is_what_an_import_takes),
        unit_test_in_dir(mix__is_valid_whatever_the_page_is),
        unit_test_in_dir(mix_read_header__reads_both_orders_and_sizes),
        unit_test_in_dir(quality__tells_each_page_and_what_was_found),
        unit_test_in_dir(mets__references_lead_somewhere),
        unit_test_in_dir(mets__tells_the_order_of_the_pages),
        unit_test_in_dir(premis__references_lead_somewhere),
        unit_test_in_dir(premis__has_an_event_for_each_thing_done),
        unit_test_in_dir(premis__keeps_the_events_of_earlier_versions),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
