/* SPDX-License-Identifier: MIT */
#include "store/dip.h"

#include <string.h>

#include "store/dc.h"
#include "store/export.h"
#include "store/mets.h"
#include "store/mets_words.h"
#include "store/ocfl.h"
#include "store/premis_words.h"
#include "store/store.h"

#define DIP_PROFILE "https://earkdip.dilcis.eu/profile/E-ARK-DIP-v2-2-0.xml"
#define ENTITY      "representations/access"
#define METS_ACCESS ENTITY "/METS.xml"
#define DATA        ENTITY "/data/"
#define SOFTWARE    "Tefter " TEFTER_VERSION

static const struct premis_term creation = {"cre", "creation"};
static const struct premis_term dissemination = {"dis", "dissemination"};

/* What an id in METS begins with. */
static const char *const kind_ids[] = {
    [DIP_IMAGE] = "image", [DIP_TEXT] = "alto", [DIP_RECORDS] = "records"};

struct making {
    const struct dip *dip;
    const struct contents *contents;
    const char *created; /* of the version it is made from */
    char uuid[URN_UUID_SIZE];
    char top[64]; /* uuid-... */
    struct parcel *parcel;
};

static int add_file(const struct making *m, const char *path,
                    const struct buf *bytes, struct file_digests *out,
                    struct err *err)
{
    out->size_bytes = (int64_t)bytes->len;
    if (digest_bytes(buf_str(bytes), bytes->len, DIGEST_SHA256, out->sha256,
                     err) != 0 ||
        digest_bytes(buf_str(bytes), bytes->len, DIGEST_SHA512, out->sha512,
                     err) != 0)
        return -1;
    return parcel_add_bytes(m->parcel, path, buf_str(bytes), bytes->len, err);
}

static void start(struct xml_writer *w, const struct making *m, const char *id)
{
    const struct volume *v = m->contents->volume;

    mets_start(w, &(struct mets_head){
                      .id = id,
                      .label = v->title[0] == '\0' ? v->id : v->title,
                      .profile = DIP_PROFILE,
                      .package_type = "DIP",
                      .created = m->created,
                      .software = SOFTWARE,
                  });
}

/* The representation */

static void write_file(struct xml_writer *w, const struct making *m,
                       const struct dip_page *p, const struct dip_file *f)
{
    xml_start(w, "file");
    xml_attrf(w, "ID", "%s-%04u", kind_ids[f->kind], p->page->number);
    xml_attrf(w, "GROUPID", "page-%04u", p->page->number);
    mets_facts(w, f->mime, &f->digests, m->created);
    xml_start(w, "FLocat");
    xml_attr(w, "LOCTYPE", "URL");
    xml_attr(w, "xlink:type", "simple");
    xml_attrf(w, "xlink:href", "data/%s", f->name);
    xml_end(w);
    xml_end(w);
}

static void write_files(struct xml_writer *w, const struct making *m)
{
    xml_start(w, "fileSec");
    xml_attr(w, "ID", "files");
    xml_start(w, "fileGrp");
    xml_attr(w, "ID", "group-data");
    xml_attr(w, "USE", "Data");
    for (size_t i = 0; i < m->dip->page_count; i++) {
        const struct dip_page *p = &m->dip->pages[i];

        for (size_t k = 0; k < p->file_count; k++)
            write_file(w, m, p, &p->files[k]);
    }
    xml_end(w);
    xml_end(w);
}

/* ORDER counts what is here; LABEL says which page of the volume it is. */
static void write_page(struct xml_writer *w, const struct dip_page *p,
                       size_t order)
{
    xml_start(w, "div");
    xml_attrf(w, "ID", "page-%04u", p->page->number);
    xml_attr(w, "TYPE", "page");
    xml_attrf(w, "ORDER", "%zu", order);
    if (p->page->label[0] != '\0')
        xml_attr(w, "ORDERLABEL", p->page->label);
    xml_attr(w, "LABEL", p->page->id);
    for (size_t i = 0; i < p->file_count; i++) {
        xml_start(w, "fptr");
        xml_attrf(w, "FILEID", "%s-%04u", kind_ids[p->files[i].kind],
                  p->page->number);
        xml_end(w);
    }
    xml_end(w);
}

static void write_pages(struct xml_writer *w, const struct making *m)
{
    xml_start(w, "structMap");
    xml_attr(w, "ID", "pages");
    xml_attr(w, "TYPE", "PHYSICAL");
    xml_attr(w, "LABEL", "Pages");
    xml_start(w, "div");
    xml_attr(w, "ID", "volume");
    xml_attr(w, "TYPE", "volume");
    xml_attr(w, "LABEL", m->dip->of);
    for (size_t i = 0; i < m->dip->page_count; i++)
        write_page(w, &m->dip->pages[i], i + 1);
    xml_end(w);
    xml_end(w);
}

static int add_representation(const struct making *m, struct file_digests *out,
                              struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    start(w, m, "access");
    write_files(w, m);
    mets_start_csip_map(w, "access");
    xml_end(w);
    mets_data_div(w);
    mets_end_csip_map(w);
    write_pages(w, m);
    return xml_finish(w, &bytes, err) != 0
               ? -1
               : add_file(m, METS_ACCESS, &bytes, out, err);
}

/* PREMIS */

static void write_uuid(struct xml_writer *w, const char *element,
                       const char *uuid)
{
    premis_start_identifier(w, element, "UUID");
    xml_text(w, uuid);
    premis_end_identifier(w);
}

static void write_objects(struct xml_writer *w, const struct making *m)
{
    premis_start_object(w, "intellectualEntity");
    write_uuid(w, "object", m->uuid);
    premis_start_relationship(w, "derivation", "has source");
    write_uuid(w, "relatedObject", m->contents->uuid);
    xml_end(w);
    xml_end(w);
    premis_start_object(w, "representation");
    premis_local(w, "object", m->contents, ENTITY);
    premis_start_relationship(w, "structural", "represents");
    write_uuid(w, "relatedObject", m->uuid);
    xml_end(w);
    xml_end(w);
}

static void write_event(struct xml_writer *w, const struct making *m,
                        const struct premis_term *term, const char *detail)
{
    premis_start_event(w, m->contents, term, m->uuid, m->created);
    premis_detail(w, detail);
    premis_success(w);
    premis_agent_link(w, "software", SOFTWARE, "executing program");
    premis_object_link(w, m->contents, ENTITY, "outcome");
    xml_end(w);
}

static int add_premis(const struct making *m, struct file_digests *out,
                      struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT, detail = BUF_INIT;
    unsigned version =
        m->contents->revisions[m->contents->revision_count - 1].version;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    premis_start(w);
    write_objects(w, m);
    write_event(w, m, &creation,
                "Access copies made from the masters: what the reader may not "
                "see of a picture is white, and absent from the text.");
    buf_printf(&detail, "Of version %u of the package %s: %s, for %s%s.",
               version, m->contents->uuid, m->dip->of,
               m->dip->role[0] == '\0' ? "the archive's own use" : "the role ",
               m->dip->role);
    write_event(w, m, &dissemination, buf_str(&detail));
    premis_agent(w, "software", SOFTWARE);
    return xml_finish(w, &bytes, err) != 0
               ? -1
               : add_file(m, PREMIS_XML, &bytes, out, err);
}

/* The root */

static void write_md(struct xml_writer *w, const struct making *m,
                     const char *element, const char *id, const char *path,
                     const char *type, const struct file_digests *digests)
{
    xml_start(w, element);
    xml_attr(w, "ID", id);
    xml_attr(w, "CREATED", m->created);
    xml_attr(w, "STATUS", "CURRENT");
    mets_link(w, "mdRef", path);
    xml_attr(w, "MDTYPE", type);
    if (strcmp(type, "PREMIS") == 0)
        xml_attr(w, "MDTYPEVERSION", "3.0");
    mets_facts(w, "application/xml", digests, m->created);
    xml_end(w);
    xml_end(w);
}

static void write_group(struct xml_writer *w, const struct making *m,
                        const struct file_digests *digests)
{
    xml_start(w, "fileSec");
    xml_attr(w, "ID", "files");
    xml_start(w, "fileGrp");
    xml_attr(w, "ID", "group-access");
    xml_attr(w, "USE", "Representations/access");
    xml_attr(w, "csip:CONTENTINFORMATIONTYPE", "MIXED");
    xml_start(w, "file");
    xml_attr(w, "ID", "mets-access");
    mets_facts(w, "application/xml", digests, m->created);
    mets_link(w, "FLocat", METS_ACCESS);
    xml_end(w);
    xml_end(w);
    xml_end(w);
    xml_end(w);
}

static int add_root(const struct making *m, const struct file_digests *dc,
                    const struct file_digests *premis,
                    const struct file_digests *access, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct file_digests ignored;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    start(w, m, m->uuid);
    write_md(w, m, "dmdSec", "dmd-dc", DC_XML, "DC", dc);
    xml_start(w, "amdSec");
    write_md(w, m, "digiprovMD", "amd-premis", PREMIS_XML, "PREMIS", premis);
    xml_end(w);
    write_group(w, m, access);
    mets_start_csip_map(w, m->uuid);
    xml_attr(w, "DMDID", "dmd-dc");
    xml_attr(w, "ADMID", "amd-premis");
    xml_end(w);
    mets_representation_div(w, "access", METS_ACCESS);
    mets_end_csip_map(w);
    return xml_finish(w, &bytes, err) != 0
               ? -1
               : add_file(m, METS_XML, &bytes, &ignored, err);
}

static int add_all_pages(const struct making *m, struct err *err)
{
    char path[PATH_SIZE];

    for (size_t i = 0; i < m->dip->page_count; i++) {
        const struct dip_page *p = &m->dip->pages[i];

        for (size_t k = 0; k < p->file_count; k++) {
            if (path_format(path, err, DATA "%s", p->files[k].name) != 0 ||
                parcel_add_file(m->parcel, path, p->files[k].from,
                                p->files[k].digests.sha512, err) != 0)
                return -1;
        }
    }
    return 0;
}

static const char *picture_type(const struct dip *dip)
{
    for (size_t i = 0; i < dip->page_count; i++) {
        for (size_t k = 0; k < dip->pages[i].file_count; k++) {
            if (dip->pages[i].files[k].kind == DIP_IMAGE)
                return dip->pages[i].files[k].mime;
        }
    }
    return "image/jpeg";
}

static int collect(const struct making *m, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct file_digests dc, premis, access;
    const struct dc_package described = {
        m->contents->volume, m->uuid, picture_type(m->dip), m->dip->page_count};

    if (add_all_pages(m, err) != 0 || dc_format(&described, &bytes, err) != 0 ||
        add_file(m, DC_XML, &bytes, &dc, err) != 0 ||
        add_premis(m, &premis, err) != 0 ||
        add_representation(m, &access, err) != 0)
        return -1;
    return add_root(m, &dc, &premis, &access, err);
}

static void name_package(struct making *m)
{
    const struct contents *c = m->contents;
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "dip/%u/%s/%s",
               c->revisions[c->revision_count - 1].version, m->dip->role,
               m->dip->of);
    for (size_t i = 0; i < m->dip->page_count; i++)
        buf_printf(&detail, "/%u", m->dip->pages[i].page->number);
    uuid_of_name(c->volume->id, buf_str(&detail), m->uuid);
    (void)snprintf(m->top, sizeof(m->top), "uuid-%.36s",
                   m->uuid + strlen("urn:uuid:"));
}

int dip_collect(const struct store *store, const char *volume,
                const struct dip *dip, struct parcel **out, struct err *err)
{
    CLEANUP(contents_free) struct contents *contents = NULL;
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(parcel_free) struct parcel *parcel = NULL;
    struct making m = {.dip = dip};
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0 ||
        inventory_open(place.dir, &inv, err) != 0 ||
        package_read_contents(place.dir, inv, &contents, err) != 0)
        return err_add(err, "volume %s", volume);
    m.contents = contents;
    m.created = contents->revisions[contents->revision_count - 1].created_utc;
    name_package(&m);
    if (parcel_new(m.top, export_moment(m.created), &parcel, err) != 0)
        return -1;
    m.parcel = parcel;
    if (collect(&m, err) != 0)
        return err_add(err, "volume %s", volume);
    *out = STEAL(parcel);
    return 0;
}
