/* SPDX-License-Identifier: MIT */
#include "store/own_check.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/xml.h"
#include "ocr/alto.h"
#include "ocr/record_xml.h"
#include "store/check.h"
#include "store/mets.h"
#include "store/mets_xsd.h"
#include "store/mix.h"
#include "store/mix_xsd.h"
#include "store/premis.h"
#include "store/premis_xsd.h"
#include "store/quality.h"
#include "store/store.h"

#define QUALITY_MAX_BYTES ((size_t)1 << 30)

#define DC_NS    "http://purl.org/dc/elements/1.1/"
#define TERMS_NS "http://purl.org/dc/terms/"

struct own {
    struct check base;
    const struct inventory *inv; /* NULL: files lie as they are called */
    const struct contents *contents;
};

/* False when it is not there, which is told by other rules. */
static bool locate(const struct own *o, const char *logical,
                   char out[PATH_SIZE])
{
    const char *content =
        o->inv == NULL ? logical : inventory_content(o->inv, logical);
    struct err ignored;

    return content != NULL &&
           path_format(out, &ignored, "%s/%s", o->base.dir, content) == 0 &&
           file_exists(out);
}

/* Messages of readers begin with the path, "PATH: " or "PATH:LINE: "; a finding
 * has the path beside it. */
static void not_of_form(struct own *o, const char *logical, const char *path,
                        const struct err *why)
{
    const char *message = why->msg;
    const char *before = "";
    size_t len = strlen(path);

    if (strncmp(message, path, len) == 0 && message[len] == ':') {
        message += len + 1;
        before = *message == ' ' ? "" : "line ";
        message += strspn(message, " ");
    }
    check_rule(&o->base, "IMP9", logical, "%s%s", before, message);
}

/* Dublin Core */

static bool is_dc_name(const char *name)
{
    static const char names[] =
        " title creator subject description publisher contributor date type "
        "format identifier source language relation coverage rights ";
    char word[64];

    (void)snprintf(word, sizeof(word), " %.60s ", name);
    return strstr(names, word) != NULL;
}

static bool is_term_name(const char *name)
{
    static const char names[] =
        " alternative tableOfContents abstract created valid available issued "
        "modified dateAccepted dateCopyrighted dateSubmitted extent medium "
        "isVersionOf hasVersion isReplacedBy replaces isRequiredBy requires "
        "isPartOf hasPart isReferencedBy references isFormatOf hasFormat "
        "conformsTo spatial temporal audience accrualMethod "
        "accrualPeriodicity accrualPolicy instructionalMethod provenance "
        "rightsHolder mediator educationLevel accessRights license "
        "bibliographicCitation ";
    char word[64];

    (void)snprintf(word, sizeof(word), " %.60s ", name);
    return is_dc_name(name) || strstr(names, word) != NULL;
}

static bool is_dc_element(const xmlNode *node)
{
    const char *ns = node->ns == NULL ? "" : (const char *)node->ns->href;
    const char *name = (const char *)node->name;

    return (strcmp(ns, DC_NS) == 0 && is_dc_name(name)) ||
           (strcmp(ns, TERMS_NS) == 0 && is_term_name(name));
}

static bool has_element(const xmlNode *node)
{
    for (node = node->children; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE)
            return true;
    }
    return false;
}

static bool is_xsi(const xmlAttr *attribute)
{
    return attribute->ns != NULL &&
           strcmp((const char *)attribute->ns->href,
                  "http://www.w3.org/2001/XMLSchema-instance") == 0;
}

/* What the schema knows of attributes: xml:lang; and what is of no schema. */
static bool has_strange_attribute(const xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (!is_xsi(a) && (a->ns == NULL ||
                           strcmp((const char *)a->ns->href,
                                  (const char *)XML_XML_NAMESPACE) != 0 ||
                           strcmp((const char *)a->name, "lang") != 0))
            return true;
    }
    return false;
}

static void check_dc_child(struct own *o, const xmlNode *node, bool *is_named)
{
    CLEANUP(free) char *text = NULL;

    if (node->type == XML_TEXT_NODE && !xmlIsBlankNode(node))
        check_rule(&o->base, "IMP9", DC_XML,
                   "line %ld: text between the elements", xmlGetLineNo(node));
    if (node->type != XML_ELEMENT_NODE)
        return;
    if (!is_dc_element(node) || has_element(node) ||
        has_strange_attribute(node)) {
        check_rule(&o->base, "IMP9", DC_XML,
                   "line %ld: '%.100s' is no element of qualified Dublin Core, "
                   "or is not one of plain text",
                   xmlGetLineNo(node), (const char *)node->name);
        return;
    }
    text = xml_get_text(node);
    *is_named = *is_named ||
                (strcmp((const char *)node->name, "identifier") == 0 &&
                 text != NULL && strcmp(text, o->contents->volume->id) == 0);
}

static void check_dc(struct own *o)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    char path[PATH_SIZE];
    bool is_named = false;
    struct err why;

    if (!locate(o, DC_XML, path))
        return;
    if (xml_parse_file(path, &doc, &why) != 0) {
        not_of_form(o, DC_XML, path, &why);
        return;
    }
    const xmlNode *root = xmlDocGetRootElement(doc);

    if (strcmp((const char *)root->name, "qualifieddc") != 0 ||
        root->ns != NULL || has_strange_attribute(root)) {
        check_rule(&o->base, "IMP9", DC_XML,
                   "its element is not a plain 'qualifieddc'");
        return;
    }
    for (const xmlNode *n = root->children; n != NULL; n = n->next)
        check_dc_child(o, n, &is_named);
    if (!is_named)
        check_rule(&o->base, "IMP9", DC_XML, "does not name the volume %s",
                   o->contents->volume->id);
}

/* The quality report */

static int check_quality_page(const struct own *o, size_t i, const json_t *one,
                              struct err *err)
{
    const struct page *page = o->contents->pages[i].page;
    const char *verdict = json_get_text(one, "verdict", "");
    struct finding_list findings = {NULL, 0};
    struct page_quality quality;
    int rc;

    if (strcmp(json_get_text(one, "page", ""), page->id) != 0 ||
        strcmp(json_get_text(one, "master", ""), page->master) != 0 ||
        json_get_int(one, "image", 0) != (json_int_t)page->image + 1)
        return err_set(err, ERR_INPUT,
                       "is not about %s, which stands there in " VOLUME_JSON,
                       page->id);
    if (strcmp(verdict, "accept") != 0 && strcmp(verdict, "warn") != 0)
        return err_set(err, ERR_INPUT, "'verdict' is '%.40s'", verdict);
    if (!json_is_string(json_object_get(one, "received_utc")))
        return err_set(err, ERR_INPUT, "'received_utc' is missing");
    rc = findings_from_json(json_object_get(one, "findings"), &findings, err);
    if (rc == 0 && findings.count != page->findings.count)
        rc =
            err_set(err, ERR_INPUT, "has %zu findings; " VOLUME_JSON " has %zu",
                    findings.count, page->findings.count);
    finding_list_fini(&findings);
    return rc != 0 ? -1
                   : page_quality_from_json(json_object_get(one, "measures"),
                                            &quality, err);
}

static int check_quality_json(const struct own *o, const json_t *report,
                              struct err *err)
{
    const json_t *pages = json_object_get(report, "pages");
    json_t *one;
    size_t i;

    if (strcmp(json_get_text(report, "format", ""), "tefter-quality") != 0 ||
        json_get_int(report, "format_version", 0) != 1)
        return err_set(err, ERR_INPUT,
                       "'format' is not tefter-quality of version 1");
    if (strcmp(json_get_text(report, "volume", ""), o->contents->volume->id) !=
        0)
        return err_set(err, ERR_INPUT, "'volume' is not %s",
                       o->contents->volume->id);
    if (json_array_size(pages) != o->contents->page_count)
        return err_set(err, ERR_INPUT,
                       "'pages' has %zu; " VOLUME_JSON " has %zu",
                       json_array_size(pages), o->contents->page_count);
    json_array_foreach(pages, i, one)
    {
        if (check_quality_page(o, i, one, err) != 0)
            return err_add(err, "pages[%zu]", i);
    }
    if (json_get_int(report, "accepted", -1) < 0 ||
        json_get_int(report, "accepted", 0) +
                json_get_int(report, "warned", -1) !=
            (json_int_t)o->contents->page_count)
        return err_set(err, ERR_INPUT,
                       "'accepted' and 'warned' are not all pages");
    return 0;
}

static void check_quality(struct own *o)
{
    CLEANUP(json_decref) json_t *report = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];
    json_error_t where;
    struct err why;

    if (!locate(o, QUALITY_JSON, path))
        return;
    if (file_read(path, QUALITY_MAX_BYTES, &bytes, &why) != 0) {
        not_of_form(o, QUALITY_JSON, path, &why);
        return;
    }
    report =
        json_loadb(buf_str(&bytes), bytes.len, JSON_REJECT_DUPLICATES, &where);
    if (report == NULL)
        check_rule(&o->base, "IMP9", QUALITY_JSON, "line %d: %s", where.line,
                   where.text);
    else if (check_quality_json(o, report, &why) != 0)
        check_rule(&o->base, "IMP9", QUALITY_JSON, "%s", why.msg);
}

/* What was read of a page */

static bool has_amendment(const struct contents *c, uint32_t page,
                          bool is_reading)
{
    for (size_t i = 0; i < c->amendments.count; i++) {
        const struct amendment *a = &c->amendments.items[i];

        if (a->page == page && (a->kind == AMENDMENT_READING) == is_reading)
            return true;
    }
    return false;
}

static void check_records(struct own *o, const struct packed_page *p)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;
    char logical[PATH_SIZE], path[PATH_SIZE];
    struct err why;

    if (!p->has_records || contents_records_path(p->page, logical, &why) != 0 ||
        !locate(o, logical, path))
        return;
    if (records_read(path, &records, &why) != 0)
        not_of_form(o, logical, path, &why);
    else if (page_records_entered(records) > 0 &&
             !has_amendment(o->contents, p->page->number, false))
        check_rule(&o->base, "IMP10", VOLUME_JSON,
                   "a person entered fields of %s, and no amendment says so",
                   p->page->id);
}

static void check_alto(struct own *o, const struct packed_page *p)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    char logical[PATH_SIZE], path[PATH_SIZE];
    struct err why;

    if (contents_alto_path(p->page, logical, &why) == 0 &&
        locate(o, logical, path) && alto_read(path, &text, &why) != 0)
        not_of_form(o, logical, path, &why);
}

/* -1: it cannot be judged. */
static int check_by_schema(struct own *o, const char *logical,
                           const char *schema, struct err *err)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    char path[PATH_SIZE];
    struct err why;

    if (!locate(o, logical, path) ||
        (xml_parse_file(path, &doc, &why) == 0 &&
         xml_validate(doc, schema, path, &why) == 0))
        return 0;
    if (why.kind != ERR_INPUT) {
        *err = why;
        return -1;
    }
    not_of_form(o, logical, path, &why);
    return 0;
}

static int check_all_mets(struct own *o, struct err *err)
{
    static const char *const names[] = {METS_XML, METS_MASTER_XML,
                                        METS_OCR_XML};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (check_by_schema(o, names[i], mets_xsd, err) != 0)
            return -1;
    }
    return 0;
}

static int check_mix(struct own *o, const struct packed_page *p,
                     struct err *err)
{
    char logical[PATH_SIZE];

    return p->mix.size_bytes == 0 ? 0
           : mix_path(p->page, logical, err) != 0
               ? -1
               : check_by_schema(o, logical, mix_xsd, err);
}

static int check_page(struct own *o, const struct packed_page *p,
                      struct err *err)
{
    check_alto(o, p);
    check_records(o, p);
    if (p->read_version != p->version &&
        !has_amendment(o->contents, p->page->number, true))
        check_rule(&o->base, "IMP10", VOLUME_JSON,
                   "%s was read again for version %u, and no amendment says so",
                   p->page->id, p->read_version);
    return check_mix(o, p, err);
}

/* PREMIS: what it tells, as keys with words for people */

static char *text_of(const xmlNode *parent, const char *first,
                     const char *second)
{
    const xmlNode *node = xml_child(parent, first);

    if (node != NULL && second != NULL)
        node = xml_child(node, second);
    return node == NULL ? NULL : xml_get_text(node);
}

static int note(json_t *told, const struct buf *key, const struct buf *words)
{
    return key->failed || words->failed ||
                   json_object_set_new(told, buf_str(key),
                                       json_string(buf_str(words))) != 0
               ? -1
               : 0;
}

static int note_object(json_t *told, const xmlNode *object)
{
    CLEANUP(buf_fini) struct buf words = BUF_INIT;
    CLEANUP(free)
    char *id = text_of(object, "objectIdentifier", "objectIdentifierValue");

    buf_printf(&words, "the object %s", id == NULL ? "" : id);
    return note(told, &words, &words);
}

/* What the event was done to is part of it: of some pages done together one can
 * be left out. */
static int note_event(json_t *told, const xmlNode *event)
{
    CLEANUP(free)
    char *id = text_of(event, "eventIdentifier", "eventIdentifierValue");
    CLEANUP(free) char *type = text_of(event, "eventType", NULL);
    CLEANUP(free) char *when = text_of(event, "eventDateTime", NULL);
    CLEANUP(buf_fini) struct buf words = BUF_INIT;
    CLEANUP(buf_fini) struct buf name = BUF_INIT;
    const xmlNode *link = xml_child(event, "linkingObjectIdentifier");

    buf_puts(&name, id == NULL ? "" : id);
    buf_printf(&words, "the event '%s' of %s (%s)", type == NULL ? "" : type,
               when == NULL ? "" : when, id == NULL ? "" : id);
    if (note(told, &name, &words) != 0)
        return -1;
    for (; link != NULL; link = xml_next(link, "linkingObjectIdentifier")) {
        CLEANUP(buf_fini) struct buf key = BUF_INIT;
        CLEANUP(buf_fini) struct buf of = BUF_INIT;
        CLEANUP(free)
        char *to = text_of(link, "linkingObjectIdentifierValue", NULL);

        buf_printf(&key, "%s %s", buf_str(&name), to == NULL ? "" : to);
        buf_printf(&of, "%s, done to %s", buf_str(&words),
                   to == NULL ? "" : to);
        if (note(told, &key, &of) != 0)
            return -1;
    }
    return 0;
}

static int note_told(const xmlDoc *doc, json_t *told)
{
    const xmlNode *root = xmlDocGetRootElement((xmlDoc *)(uintptr_t)doc);
    const xmlNode *node = xml_child(root, "object");

    for (; node != NULL; node = xml_next(node, "object")) {
        if (note_object(told, node) != 0)
            return -1;
    }
    node = xml_child(root, "event");
    for (; node != NULL; node = xml_next(node, "event")) {
        if (note_event(told, node) != 0)
            return -1;
    }
    return 0;
}

static void compare_told(struct own *o, json_t *told, const json_t *other,
                         const char *lacking, const char *telling)
{
    const char *key;
    json_t *words;

    json_object_foreach(told, key, words)
    {
        if (json_object_get(other, key) == NULL)
            check_rule(&o->base, "IMP10", lacking, "lacks what %s tells: %s",
                       telling, json_string_value(words));
    }
}

/* What the PREMIS that we write of this record tells. */
static int read_recorded(const struct own *o, json_t *recorded, struct err *err)
{
    CLEANUP(xml_doc_free) xmlDoc *ours = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    if (premis_format(o->contents, &bytes, err) != 0 ||
        xml_parse(buf_str(&bytes), bytes.len, PREMIS_XML, &ours, err) != 0)
        return -1;
    return note_told(ours, recorded) == 0
               ? 0
               : err_set(err, ERR_NOMEM, PREMIS_XML ": out of memory");
}

/* @param is_good  set when it is of its form */
static int read_told(struct own *o, const char *path, json_t *told,
                     bool *is_good, struct err *err)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct err why;

    if (xml_parse_file(path, &doc, &why) != 0 ||
        xml_validate(doc, premis_xsd, path, &why) != 0) {
        if (why.kind != ERR_INPUT) {
            *err = why;
            return -1;
        }
        not_of_form(o, PREMIS_XML, path, &why);
        return 0;
    }
    *is_good = true;
    return note_told(doc, told) == 0
               ? 0
               : err_set(err, ERR_NOMEM, PREMIS_XML ": out of memory");
}

/* One document after the other: of a large volume each is large. */
static int check_premis(struct own *o, struct err *err)
{
    CLEANUP(json_decref) json_t *told = json_object();
    CLEANUP(json_decref) json_t *recorded = json_object();
    char path[PATH_SIZE];
    bool is_good = false;

    if (!locate(o, PREMIS_XML, path))
        return 0;
    if (read_told(o, path, told, &is_good, err) != 0)
        return -1;
    if (!is_good)
        return 0;
    if (read_recorded(o, recorded, err) != 0)
        return -1;
    compare_told(o, told, recorded, VOLUME_JSON, "PREMIS");
    compare_told(o, recorded, told, PREMIS_XML, "the record of the volume");
    return 0;
}

/* Every package of ours has these. */
static void check_there(struct own *o)
{
    static const char *const names[] = {DC_XML, PREMIS_XML, QUALITY_JSON};
    char path[PATH_SIZE];

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!locate(o, names[i], path))
            check_fault(&o->base, FAULT_MISSING, "IMP9", names[i],
                        "every package of ours has one");
    }
}

int own_check(const char *dir, const struct inventory *inv,
              const struct contents *contents, struct fault_report *report,
              struct err *err)
{
    struct own o = {{report, dir, "", false}, inv, contents};

    check_there(&o);
    check_dc(&o);
    check_quality(&o);
    if (check_all_mets(&o, err) != 0)
        return -1;
    for (size_t i = 0; i < contents->page_count; i++) {
        if (check_page(&o, &contents->pages[i], err) != 0)
            return -1;
    }
    if (contents->revision_count == 0)
        check_rule(&o.base, "IMP10", VOLUME_JSON, "has no 'revisions'");
    else if (check_premis(&o, err) != 0)
        return -1;
    return check_end(&o.base, err);
}

/* Versions of an object */

struct succession {
    struct check base;
    const struct contents *older, *newer;
    unsigned version; /* of the newer */
};

static void forgets(struct succession *s, const char *what)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "v%u: " VOLUME_JSON, s->version);
    check_rule(&s->base, "IMP10", path, "lacks what version %u tells: %s",
               s->version - 1, what);
}

static bool has_revisions(const struct succession *s)
{
    const struct contents *a = s->older, *b = s->newer;

    for (size_t i = 0; i < a->revision_count; i++) {
        if (i >= b->revision_count ||
            a->revisions[i].version != b->revisions[i].version ||
            strcmp(a->revisions[i].created_utc, b->revisions[i].created_utc) !=
                0 ||
            strcmp(a->revisions[i].message, b->revisions[i].message) != 0)
            return false;
    }
    return true;
}

static bool is_same_scan(const struct page *a, const struct page *b)
{
    return a->number == b->number && strcmp(a->master, b->master) == 0 &&
           strcmp(a->digests.sha512, b->digests.sha512) == 0;
}

static bool has_superseded(const struct succession *s)
{
    const struct contents *a = s->older, *b = s->newer;

    for (size_t i = 0; i < a->superseded_count; i++) {
        if (i >= b->superseded_count ||
            !is_same_scan(a->superseded[i].page, b->superseded[i].page))
            return false;
    }
    return true;
}

static bool has_amendments(const struct succession *s)
{
    const struct amendment_list *a = &s->older->amendments;
    const struct amendment_list *b = &s->newer->amendments;

    for (size_t i = 0; i < a->count; i++) {
        if (i >= b->count || a->items[i].version != b->items[i].version ||
            a->items[i].kind != b->items[i].kind ||
            a->items[i].page != b->items[i].page ||
            strcmp(a->items[i].by, b->items[i].by) != 0)
            return false;
    }
    return true;
}

static bool has_repairs(const struct succession *s)
{
    const struct contents *a = s->older, *b = s->newer;

    for (size_t i = 0; i < a->repair_count; i++) {
        if (i >= b->repair_count ||
            a->repairs[i].version != b->repairs[i].version ||
            strcmp(a->repairs[i].from, b->repairs[i].from) != 0)
            return false;
    }
    return true;
}

static bool has_submissions(const struct succession *s)
{
    const struct enclosure_list *a = &s->older->enclosures;
    const struct enclosure_list *b = &s->newer->enclosures;

    for (size_t i = 0; i < a->count; i++) {
        if (i >= b->count || strcmp(a->items[i].batch, b->items[i].batch) != 0)
            return false;
    }
    return true;
}

static bool has_losses(const struct succession *s)
{
    const struct loss_list *a = &s->older->losses;
    const struct loss_list *b = &s->newer->losses;

    for (size_t i = 0; i < a->count; i++) {
        if (i >= b->count || a->items[i].version != b->items[i].version ||
            a->items[i].paths.count != b->items[i].paths.count)
            return false;
    }
    return true;
}

/* The scan stands still, or is one that was replaced. */
static bool has_scan(const struct contents *c, const struct page *page)
{
    long at = contents_find(c, page->number);

    if (at >= 0 && is_same_scan(c->pages[at].page, page))
        return true;
    for (size_t i = 0; i < c->superseded_count; i++) {
        if (is_same_scan(c->superseded[i].page, page))
            return true;
    }
    return false;
}

static void compare_versions(struct succession *s)
{
    char what[ID_SIZE + 32];

    if (!has_revisions(s))
        forgets(s, "'revisions'");
    if (!has_superseded(s))
        forgets(s, "'superseded'");
    if (!has_amendments(s))
        forgets(s, "'amendments'");
    if (!has_repairs(s))
        forgets(s, "'repairs'");
    if (!has_submissions(s))
        forgets(s, "'submissions'");
    if (!has_losses(s))
        forgets(s, "'losses'");
    for (size_t i = 0; i < s->older->page_count; i++) {
        const struct page *page = s->older->pages[i].page;

        if (has_scan(s->newer, page))
            continue;
        (void)snprintf(what, sizeof(what), "the scan of %s", page->id);
        forgets(s, what);
    }
}

/* volume.json of one version, by the inventory that the version has. */
static int read_version(const char *object_dir, unsigned version,
                        struct contents **out, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/v%u/" INVENTORY_NAME, object_dir, version) !=
            0 ||
        file_read(path, VOLUME_JSON_MAX_BYTES, &bytes, err) != 0 ||
        inventory_parse(&bytes, &inv, err) != 0)
        return -1;
    return package_read_contents(object_dir, inv, out, err);
}

int own_check_history(const char *object_dir, unsigned head,
                      struct fault_report *report, struct err *err)
{
    CLEANUP(contents_free) struct contents *older = NULL;
    struct check c = {report, object_dir, "", false};
    char folder[16];

    for (unsigned v = 1; v <= head; v++) {
        CLEANUP(contents_free) struct contents *newer = NULL;
        struct err why;

        if (read_version(object_dir, v, &newer, &why) != 0) {
            (void)snprintf(folder, sizeof(folder), "v%u", v);
            check_rule(&c, "IMP10", folder, "cannot be read as a package: %s",
                       why.msg);
            return check_end(&c, err);
        }
        if (older != NULL) {
            struct succession s = {c, older, newer, v};

            compare_versions(&s);
            c.failed = s.base.failed;
        }
        contents_free(older);
        older = STEAL(newer);
    }
    return check_end(&c, err);
}
