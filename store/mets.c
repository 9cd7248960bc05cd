/* SPDX-License-Identifier: MIT */
#include "store/mets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "store/mets_words.h"
#include "store/mix.h"
#include "store/premis_words.h"
#include "store/quality.h"

/* The requirement AIPM2 gives this address, host and all. */
#define AIP_PROFILE   "https://earkdip.dilcis.eu/profile/E-ARK-AIP-v2-2-0.xml"
#define SCHEMA_FOLDER "schemas"
#define MASTER_PREFIX "representations/master/"

struct part_form {
    const char *path;
    const char *id; /* xs:ID in the root METS */
    const char *mime;
};

static const struct part_form part_forms[METS_PART_COUNT] = {
    [METS_PART_DC] = {DC_XML, "dmd-dc", "application/xml"},
    [METS_PART_VOLUME] = {VOLUME_JSON, "dmd-volume", "application/json"},
    [METS_PART_PREMIS] = {PREMIS_XML, "amd-premis", "application/xml"},
    [METS_PART_QUALITY] = {QUALITY_JSON, "amd-quality", "application/json"},
    [METS_PART_SCHEMA] = {SCHEMA_FOLDER "/records.xsd", "schema-records",
                          "application/xml"},
    [METS_PART_MASTER] = {METS_MASTER_XML, "mets-master", "application/xml"},
    [METS_PART_OCR] = {METS_OCR_XML, "mets-ocr", "application/xml"},
};

const char *mets_part_path(enum mets_part part)
{
    return part_forms[part].path;
}

static const struct revision *newest(const struct contents *c)
{
    return &c->revisions[c->revision_count - 1];
}

/* What all METS of a package begin with. */
static void start_mets(struct xml_writer *w, const struct contents *c,
                       const char *id)
{
    const char *title = c->volume->title;

    mets_start(w, &(struct mets_head){
                      .id = id,
                      .label = title[0] == '\0' ? c->volume->id : title,
                      .profile = AIP_PROFILE,
                      .package_type = "AIP",
                      .created = c->revisions[0].created_utc,
                      .modified =
                          c->revision_count > 1 ? newest(c)->created_utc : NULL,
                      .software = newest(c)->software,
                  });
}

/* Root METS */

static void write_md_ref(struct xml_writer *w, enum mets_part part,
                         const char *type, const char *other,
                         const struct contents *c,
                         const struct file_digests *digests)
{
    mets_link(w, "mdRef", part_forms[part].path);
    xml_attr(w, "MDTYPE", type);
    if (other != NULL)
        xml_attr(w, "OTHERMDTYPE", other);
    if (part == METS_PART_PREMIS)
        xml_attr(w, "MDTYPEVERSION", "3.0");
    mets_facts(w, part_forms[part].mime, digests, newest(c)->created_utc);
    xml_end(w);
}

#define ENCLOSED_ID "amd-submission-%zu-%zu"

/* A file that came with a submission: whence the scans are, in the words of
 * whoever made it. */
static void write_enclosed(struct xml_writer *w, const struct contents *c,
                           size_t i, size_t f, struct err *err)
{
    const struct enclosure *e = &c->enclosures.items[i];
    const char *created = premis_created_of(c, e->version);
    char path[PATH_SIZE];

    if (enclosure_path(e, &e->files[f], path, err) != 0)
        return; /* the file itself was written under it */
    xml_start(w, "digiprovMD");
    xml_attrf(w, "ID", ENCLOSED_ID, i + 1, f + 1);
    xml_attr(w, "CREATED", created);
    xml_attr(w, "STATUS", "CURRENT");
    mets_link_path(w, "mdRef", path);
    xml_attr(w, "MDTYPE", "OTHER");
    xml_attr(w, "OTHERMDTYPE", "SUBMISSION");
    mets_facts(w, enclosed_file_mime(&e->files[f]), &e->files[f].digests,
               created);
    xml_end(w);
    xml_end(w);
}

static void write_all_enclosed(struct xml_writer *w, const struct contents *c,
                               struct err *err)
{
    for (size_t i = 0; i < c->enclosures.count; i++) {
        for (size_t f = 0; f < c->enclosures.items[i].count; f++)
            write_enclosed(w, c, i, f, err);
    }
}

static void write_md_sections(struct xml_writer *w, const struct contents *c,
                              const struct file_digests *parts, struct err *err)
{
    static const enum mets_part descriptive[] = {METS_PART_DC,
                                                 METS_PART_VOLUME};

    for (size_t i = 0; i < 2; i++) {
        enum mets_part part = descriptive[i];
        bool is_dc = part == METS_PART_DC;

        xml_start(w, "dmdSec");
        xml_attr(w, "ID", part_forms[part].id);
        xml_attr(w, "CREATED", newest(c)->created_utc);
        xml_attr(w, "STATUS", "CURRENT");
        write_md_ref(w, part, is_dc ? "DC" : "OTHER",
                     is_dc ? NULL : "TEFTER-VOLUME", c, &parts[part]);
        xml_end(w);
    }
    xml_start(w, "amdSec");
    xml_start(w, "techMD");
    xml_attr(w, "ID", part_forms[METS_PART_QUALITY].id);
    xml_attr(w, "CREATED", newest(c)->created_utc);
    xml_attr(w, "STATUS", "CURRENT");
    write_md_ref(w, METS_PART_QUALITY, "OTHER", "TEFTER-QUALITY", c,
                 &parts[METS_PART_QUALITY]);
    xml_end(w);
    xml_start(w, "digiprovMD");
    xml_attr(w, "ID", part_forms[METS_PART_PREMIS].id);
    xml_attr(w, "CREATED", newest(c)->created_utc);
    xml_attr(w, "STATUS", "CURRENT");
    write_md_ref(w, METS_PART_PREMIS, "PREMIS", NULL, c,
                 &parts[METS_PART_PREMIS]);
    xml_end(w);
    write_all_enclosed(w, c, err);
    xml_end(w);
}

/* Ids of the administrative metadata, as IDREFS. */
static void write_admin_ids(struct xml_writer *w, const struct contents *c)
{
    CLEANUP(buf_fini) struct buf ids = BUF_INIT;

    buf_printf(&ids, "%s %s", part_forms[METS_PART_QUALITY].id,
               part_forms[METS_PART_PREMIS].id);
    for (size_t i = 0; i < c->enclosures.count; i++) {
        for (size_t f = 0; f < c->enclosures.items[i].count; f++)
            buf_printf(&ids, " " ENCLOSED_ID, i + 1, f + 1);
    }
    xml_attr(w, "ADMID", buf_str(&ids));
}

static void write_representation_group(struct xml_writer *w, const char *name,
                                       enum mets_part part,
                                       const struct contents *c,
                                       const struct file_digests *digests)
{
    xml_start(w, "fileGrp");
    xml_attrf(w, "ID", "group-%s", name);
    xml_attrf(w, "USE", "Representations/%s", name);
    xml_attr(w, "csip:CONTENTINFORMATIONTYPE", "MIXED");
    xml_start(w, "file");
    xml_attr(w, "ID", part_forms[part].id);
    mets_facts(w, part_forms[part].mime, digests, newest(c)->created_utc);
    mets_link(w, "FLocat", part_forms[part].path);
    xml_end(w);
    xml_end(w);
    xml_end(w);
}

/* CSIP113: what tells how files of ours are to be read. It changes with the
 * program alone. */
static void write_schema_group(struct xml_writer *w, const struct contents *c,
                               const struct file_digests *digests)
{
    xml_start(w, "fileGrp");
    xml_attr(w, "ID", "group-schemas");
    xml_attr(w, "USE", "Schemas");
    xml_start(w, "file");
    xml_attr(w, "ID", part_forms[METS_PART_SCHEMA].id);
    mets_facts(w, part_forms[METS_PART_SCHEMA].mime, digests,
               newest(c)->created_utc);
    mets_link(w, "FLocat", part_forms[METS_PART_SCHEMA].path);
    xml_end(w);
    xml_end(w);
    xml_end(w);
}

static void write_schema_div(struct xml_writer *w)
{
    xml_start(w, "div");
    xml_attr(w, "ID", "csip-schemas");
    xml_attr(w, "LABEL", "Schemas");
    xml_start(w, "fptr");
    xml_attr(w, "FILEID", "group-schemas");
    xml_end(w);
    xml_end(w);
}

int mets_format_root(const struct contents *c,
                     const struct file_digests parts[METS_PART_COUNT],
                     struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    start_mets(w, c, c->uuid);
    write_md_sections(w, c, parts, err);
    xml_start(w, "fileSec");
    xml_attr(w, "ID", "files");
    if (parts[METS_PART_SCHEMA].size_bytes > 0)
        write_schema_group(w, c, &parts[METS_PART_SCHEMA]);
    write_representation_group(w, "master", METS_PART_MASTER, c,
                               &parts[METS_PART_MASTER]);
    write_representation_group(w, "ocr", METS_PART_OCR, c,
                               &parts[METS_PART_OCR]);
    xml_end(w);
    mets_start_csip_map(w, c->uuid);
    xml_attrf(w, "DMDID", "%s %s", part_forms[METS_PART_DC].id,
              part_forms[METS_PART_VOLUME].id);
    write_admin_ids(w, c);
    xml_end(w);
    if (parts[METS_PART_SCHEMA].size_bytes > 0)
        write_schema_div(w);
    mets_representation_div(w, "master", METS_MASTER_XML);
    mets_representation_div(w, "ocr", METS_OCR_XML);
    mets_end_csip_map(w);
    return xml_finish(w, out, err);
}

/* Representation METS */

static const char *moment_or(const char *moment, const char *fallback)
{
    return moment[0] == '\0' ? fallback : moment;
}

static void write_file(struct xml_writer *w, const struct contents *c,
                       enum representation which, const struct packed_page *p)
{
    bool is_master = which == REPRESENTATION_MASTER;
    const char *made = is_master ? p->page->received_utc : p->reading.read_utc;

    xml_start(w, "file");
    xml_attrf(w, "ID", "%s-%04u", is_master ? "master" : "alto",
              p->page->number);
    xml_attrf(w, "GROUPID", "page-%04u", p->page->number);
    if (is_master)
        xml_attrf(w, "ADMID", "tech-%04u", p->page->number);
    mets_facts(w, is_master ? "image/tiff" : "application/xml",
               is_master ? &p->page->digests : &p->alto,
               moment_or(made, c->revisions[0].created_utc));
    xml_start(w, "FLocat");
    xml_attr(w, "LOCTYPE", "URL");
    xml_attr(w, "xlink:type", "simple");
    if (is_master)
        xml_attrf(w, "xlink:href", "data/%s", p->page->master);
    else
        xml_attrf(w, "xlink:href", "data/%04u.xml", p->page->number);
    xml_end(w);
    xml_end(w);
}

static void write_records(struct xml_writer *w, const struct contents *c,
                          const struct packed_page *p)
{
    xml_start(w, "file");
    xml_attrf(w, "ID", "records-%04u", p->page->number);
    xml_attrf(w, "GROUPID", "page-%04u", p->page->number);
    mets_facts(w, "application/xml", &p->records,
               moment_or(p->reading.read_utc, c->revisions[0].created_utc));
    xml_start(w, "FLocat");
    xml_attr(w, "LOCTYPE", "URL");
    xml_attr(w, "xlink:type", "simple");
    xml_attrf(w, "xlink:href", "data/%04u.records.xml", p->page->number);
    xml_end(w);
    xml_end(w);
}

/* One MIX file a master. */
static void write_tech(struct xml_writer *w, const struct contents *c,
                       const struct packed_page *p, struct err *err)
{
    const char *created =
        moment_or(p->page->received_utc, c->revisions[0].created_utc);
    char path[PATH_SIZE];

    if (mix_path(p->page, path, err) != 0)
        return; /* the master's own path is longer, and was written */
    xml_start(w, "techMD");
    xml_attrf(w, "ID", "tech-%04u", p->page->number);
    xml_attr(w, "CREATED", created);
    xml_attr(w, "STATUS", "CURRENT");
    mets_link(w, "mdRef", path + strlen(MASTER_PREFIX));
    xml_attr(w, "MDTYPE", "NISOIMG");
    xml_attr(w, "MDTYPEVERSION", "2.0");
    mets_facts(w, "application/xml", &p->mix, created);
    xml_end(w);
    xml_end(w);
}

static void write_all_tech(struct xml_writer *w, const struct contents *c,
                           struct err *err)
{
    xml_start(w, "amdSec");
    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].owner == i)
            write_tech(w, c, &c->pages[i], err);
    }
    xml_end(w);
}

/* The ids of write_all_tech, as IDREFS. */
static void write_tech_ids(struct xml_writer *w, const struct contents *c)
{
    CLEANUP(buf_fini) struct buf ids = BUF_INIT;

    for (size_t i = 0; i < c->page_count; i++) {
        if (c->pages[i].owner == i)
            buf_printf(&ids, "%stech-%04u", ids.len == 0 ? "" : " ",
                       c->pages[i].page->number);
    }
    xml_attr(w, "ADMID", buf_str(&ids));
}

static void write_files(struct xml_writer *w, const struct contents *c,
                        enum representation which)
{
    xml_start(w, "fileSec");
    xml_attr(w, "ID", "files");
    xml_start(w, "fileGrp");
    xml_attr(w, "ID", "group-data");
    xml_attr(w, "USE", "Data");
    for (size_t i = 0; i < c->page_count; i++) {
        if (which == REPRESENTATION_OCR || c->pages[i].owner == i)
            write_file(w, c, which, &c->pages[i]);
        if (which == REPRESENTATION_OCR && c->pages[i].has_records)
            write_records(w, c, &c->pages[i]);
    }
    xml_end(w);
    xml_end(w);
}

static void write_page_div(struct xml_writer *w, const struct contents *c,
                           enum representation which, size_t i)
{
    const struct page *page = c->pages[i].page;

    xml_start(w, "div");
    xml_attrf(w, "ID", "page-%04u", page->number);
    xml_attr(w, "TYPE", "page");
    xml_attrf(w, "ORDER", "%zu", i + 1);
    if (page->label[0] != '\0')
        xml_attr(w, "ORDERLABEL", page->label);
    if (page->image > 0)
        xml_attrf(w, "LABEL", "%s (image %u of %s)", page->id, page->image + 1,
                  page->master);
    else
        xml_attr(w, "LABEL", page->id);
    xml_start(w, "fptr");
    if (which == REPRESENTATION_MASTER)
        xml_attrf(w, "FILEID", "master-%04u",
                  c->pages[c->pages[i].owner].page->number);
    else
        xml_attrf(w, "FILEID", "alto-%04u", page->number);
    xml_end(w);
    if (which == REPRESENTATION_OCR && c->pages[i].has_records) {
        xml_start(w, "fptr");
        xml_attrf(w, "FILEID", "records-%04u", page->number);
        xml_end(w);
    }
    xml_end(w);
}

struct map_head {
    const char *id, *type, *label;
    const char *volume_id, *volume_label; /* of its first div, the volume */
};

/* A structural map, down to the div of the volume: both are left open. */
static void start_map(struct xml_writer *w, const struct map_head *head)
{
    xml_start(w, "structMap");
    xml_attr(w, "ID", head->id);
    xml_attr(w, "TYPE", head->type);
    xml_attr(w, "LABEL", head->label);
    xml_start(w, "div");
    xml_attr(w, "ID", head->volume_id);
    xml_attr(w, "TYPE", "volume");
    xml_attr(w, "LABEL", head->volume_label);
}

static void write_page_map(struct xml_writer *w, const struct contents *c,
                           enum representation which)
{
    start_map(w, &(struct map_head){"pages", "PHYSICAL", "Pages", "volume",
                                    c->volume->id});
    for (size_t i = 0; i < c->page_count; i++)
        write_page_div(w, c, which, i);
    xml_end(w);
    xml_end(w);
}

/* Links from what it is to the pages that it stands on. */
static void write_links(struct xml_writer *w, const struct contents *c,
                        const struct volume_division *divisions, size_t count)
{
    xml_start(w, "structLink");
    xml_start(w, "smLink");
    xml_attr(w, "xlink:from", "logical-volume");
    xml_attr(w, "xlink:to", "volume");
    xml_end(w);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = divisions[i].first; p <= divisions[i].last; p++) {
            xml_start(w, "smLink");
            xml_attrf(w, "xlink:from", "division-%zu", i + 1);
            xml_attrf(w, "xlink:to", "page-%04u", c->pages[p].page->number);
            xml_end(w);
        }
    }
    xml_end(w);
}

/* What the volume holds, however it is spread over pages. */
static int write_logical_map(struct xml_writer *w, const struct contents *c,
                             struct err *err)
{
    CLEANUP(free) struct volume_division *divisions = NULL;
    size_t count = 0;

    if (contents_divisions(c, &divisions, &count, err) != 0)
        return -1;
    start_map(
        w, &(struct map_head){
               "divisions", "LOGICAL", "Divisions", "logical-volume",
               c->volume->title[0] == '\0' ? c->volume->id : c->volume->title});
    for (size_t i = 0; i < count; i++) {
        const struct division *d = divisions[i].what;

        xml_start(w, "div");
        xml_attrf(w, "ID", "division-%zu", i + 1);
        xml_attr(w, "TYPE", d->kind);
        xml_attrf(w, "ORDER", "%zu", i + 1);
        if (d->file[0] != '\0')
            xml_attr(w, "ORDERLABEL", d->file);
        xml_attr(w, "LABEL", d->form);
        xml_end(w);
    }
    xml_end(w);
    xml_end(w);
    write_links(w, c, divisions, count);
    return 0;
}

int mets_format_representation(const struct contents *c,
                               enum representation which, struct buf *out,
                               struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    const char *name = which == REPRESENTATION_MASTER ? "master" : "ocr";

    if (xml_writer_new(&w, err) != 0)
        return -1;
    start_mets(w, c, name);
    if (which == REPRESENTATION_MASTER)
        write_all_tech(w, c, err);
    write_files(w, c, which);
    mets_start_csip_map(w, name);
    if (which == REPRESENTATION_MASTER)
        write_tech_ids(w, c);
    xml_end(w);
    mets_data_div(w);
    mets_end_csip_map(w);
    write_page_map(w, c, which);
    if (which == REPRESENTATION_OCR && write_logical_map(w, c, err) != 0)
        return -1;
    return xml_finish(w, out, err);
}
