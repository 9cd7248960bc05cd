/* SPDX-License-Identifier: MIT */
#include "store/dc.h"

#include <string.h>

#include "common/xml.h"

#define SCHEMA "http://dublincore.org/schemas/xmls/qdc/2008/02/11/"

static void write_known(struct xml_writer *w, const char *name,
                        const char *text)
{
    if (text[0] != '\0')
        xml_element(w, name, text);
}

/* W3CDTF has no spans; ISO 8601's "from/to" is what catalogues write. */
static void write_dates(struct xml_writer *w, const struct volume *v)
{
    if (v->date_from[0] != '\0' && v->date_to[0] != '\0' &&
        strcmp(v->date_from, v->date_to) != 0)
        xml_elementf(w, "dcterms:temporal", "%s/%s", v->date_from, v->date_to);
    else
        write_known(w, "dcterms:temporal",
                    v->date_from[0] == '\0' ? v->date_to : v->date_from);
}

int dc_format(const struct dc_package *package, struct buf *out,
              struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    const struct volume *v = package->volume;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "qualifieddc");
    xml_attr(w, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
    xml_attr(w, "xmlns:dcterms", "http://purl.org/dc/terms/");
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:noNamespaceSchemaLocation", SCHEMA "qualifieddc.xsd");
    xml_element(w, "dc:identifier", v->id);
    xml_element(w, "dc:identifier", package->uuid);
    xml_element(w, "dc:title", v->title[0] == '\0' ? v->id : v->title);
    xml_element(w, "dc:type", "Text");
    xml_element(w, "dc:format", package->mime);
    write_known(w, "dc:source", v->shelfmark);
    write_dates(w, v);
    xml_elementf(w, "dcterms:extent", "%zu pages", package->pages);
    xml_elementf(w, "dcterms:isPartOf", "%s/%s", v->site, v->series);
    write_known(w, "dcterms:provenance", v->site);
    return xml_finish(w, out, err);
}
