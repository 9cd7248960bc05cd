/* SPDX-License-Identifier: MIT */
#include "store/mets_words.h"

#include <inttypes.h>
#include <string.h>

/* CSIP vocabulary of content categories; the dash is U+2013. */
#define CONTENT_CATEGORY "Textual works \xe2\x80\x93 Print"

/* CSIP9 to CSIP15: one software agent that made the package, its version as
 * the one note. */
static void write_agent(struct xml_writer *w, const char *software)
{
    const char *space = strrchr(software, ' ');
    int len = space == NULL ? (int)strlen(software) : (int)(space - software);

    xml_start(w, "agent");
    xml_attr(w, "ROLE", "CREATOR");
    xml_attr(w, "TYPE", "OTHER");
    xml_attr(w, "OTHERTYPE", "SOFTWARE");
    xml_elementf(w, "name", "%.*s", len, software);
    xml_start(w, "note");
    xml_attr(w, "csip:NOTETYPE", "SOFTWARE VERSION");
    xml_text(w, space == NULL ? "unknown" : space + 1);
    xml_end(w);
    xml_end(w);
}

static void write_header(struct xml_writer *w, const struct mets_head *head)
{
    xml_start(w, "metsHdr");
    xml_attr(w, "CREATEDATE", head->created);
    if (head->modified != NULL)
        xml_attr(w, "LASTMODDATE", head->modified);
    xml_attr(w, "csip:OAISPACKAGETYPE", head->package_type);
    write_agent(w, head->software);
    xml_end(w);
}

void mets_start(struct xml_writer *w, const struct mets_head *head)
{
    xml_start(w, "mets");
    xml_attr(w, "xmlns", "http://www.loc.gov/METS/");
    xml_attr(w, "xmlns:xlink", "http://www.w3.org/1999/xlink");
    xml_attr(w, "xmlns:csip", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS");
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:schemaLocation",
             "http://www.loc.gov/METS/ "
             "http://www.loc.gov/standards/mets/mets.xsd "
             "https://DILCIS.eu/XML/METS/CSIPExtensionMETS "
             "https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd");
    xml_attr(w, "OBJID", head->id);
    xml_attr(w, "LABEL", head->label);
    xml_attr(w, "TYPE", CONTENT_CATEGORY);
    xml_attr(w, "PROFILE", head->profile);
    xml_attr(w, "csip:CONTENTINFORMATIONTYPE", "MIXED");
    write_header(w, head);
}

/* The attributes that mdRef and file share. */
void mets_facts(struct xml_writer *w, const char *mime,
                const struct file_digests *digests, const char *created)
{
    xml_attr(w, "MIMETYPE", mime);
    xml_attrf(w, "SIZE", "%" PRId64, digests->size_bytes);
    xml_attr(w, "CREATED", created);
    xml_attr(w, "CHECKSUM", digests->sha256);
    xml_attr(w, "CHECKSUMTYPE", "SHA-256");
}

void mets_link(struct xml_writer *w, const char *element, const char *href)
{
    xml_start(w, element);
    xml_attr(w, "LOCTYPE", "URL");
    xml_attr(w, "xlink:type", "simple");
    xml_attr(w, "xlink:href", href);
}

void mets_link_path(struct xml_writer *w, const char *element, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    CLEANUP(buf_fini) struct buf href = BUF_INIT;

    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            buf_add(&href, path, 1);
        else
            buf_printf(&href, "%%%02X", (unsigned)(unsigned char)*path);
    }
    mets_link(w, element, buf_str(&href));
}

void mets_start_csip_map(struct xml_writer *w, const char *id)
{
    xml_start(w, "structMap");
    xml_attr(w, "ID", "csip");
    xml_attr(w, "TYPE", "PHYSICAL");
    xml_attr(w, "LABEL", "CSIP");
    xml_start(w, "div");
    xml_attr(w, "ID", "csip-package");
    xml_attr(w, "LABEL", id);
    xml_start(w, "div");
    xml_attr(w, "ID", "csip-metadata");
    xml_attr(w, "LABEL", "Metadata");
}

void mets_representation_div(struct xml_writer *w, const char *name,
                             const char *mets_path)
{
    xml_start(w, "div");
    xml_attrf(w, "ID", "csip-%s", name);
    xml_attrf(w, "LABEL", "Representations/%s", name);
    mets_link(w, "mptr", mets_path);
    xml_attrf(w, "xlink:title", "group-%s", name);
    xml_end(w);
    xml_end(w);
}

void mets_data_div(struct xml_writer *w)
{
    xml_start(w, "div");
    xml_attr(w, "ID", "csip-data");
    xml_attr(w, "LABEL", "Data");
    xml_start(w, "fptr");
    xml_attr(w, "FILEID", "group-data");
    xml_end(w);
    xml_end(w);
}

void mets_end_csip_map(struct xml_writer *w)
{
    xml_end(w);
    xml_end(w);
}
