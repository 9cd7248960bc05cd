/* SPDX-License-Identifier: MIT */
#include "store/premis_words.h"

#include <inttypes.h>
#include <string.h>

#include "store/store.h"

#define LOC "http://id.loc.gov/vocabulary/preservation/"

static const struct premis_term outcome_success = {"suc", "success"};

const char *premis_software_of(const struct contents *c, unsigned version)
{
    for (size_t i = 0; i < c->revision_count; i++) {
        if (c->revisions[i].version == version)
            return c->revisions[i].software;
    }
    return c->revisions[c->revision_count - 1].software;
}

const char *premis_created_of(const struct contents *c, unsigned version)
{
    for (size_t i = 0; i < c->revision_count; i++) {
        if (c->revisions[i].version == version)
            return c->revisions[i].created_utc;
    }
    return c->revisions[c->revision_count - 1].created_utc;
}

const char *premis_reader_of(const struct contents *c,
                             const struct packed_page *p)
{
    return p->reading.software[0] == '\0' ? premis_software_of(c, p->version)
                                          : p->reading.software;
}

/* Identifiers: prefix is the name of the element that holds it, without
 * "Identifier". */
void premis_start_identifier(struct xml_writer *w, const char *prefix,
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

void premis_end_identifier(struct xml_writer *w)
{
    xml_end(w);
    xml_end(w);
}

/* A thing in the package: the volume id, "/", its path. */
void premis_start_local(struct xml_writer *w, const char *prefix,
                        const struct contents *c, const char *path)
{
    premis_start_identifier(w, prefix, "local");
    xml_text(w, c->volume->id);
    xml_text(w, "/");
    xml_text(w, path);
    xml_end(w);
}

void premis_local(struct xml_writer *w, const char *prefix,
                  const struct contents *c, const char *path)
{
    premis_start_local(w, prefix, c, path);
    xml_end(w);
}

void premis_start_relationship(struct xml_writer *w, const char *type,
                               const char *subtype)
{
    xml_start(w, "relationship");
    xml_element(w, "relationshipType", type);
    xml_element(w, "relationshipSubType", subtype);
}

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

void premis_start_characteristics(struct xml_writer *w,
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

void premis_start_object(struct xml_writer *w, const char *type)
{
    xml_start(w, "object");
    xml_attr(w, "xsi:type", type);
}

void premis_term(struct xml_writer *w, const char *element,
                 const char *authority, const struct premis_term *term)
{
    xml_start(w, element);
    xml_attr(w, "authority", authority);
    xml_attrf(w, "authorityURI", LOC "%s", authority);
    xml_attrf(w, "valueURI", LOC "%s/%s", authority, term->code);
    xml_text(w, term->label);
    xml_end(w);
}

void premis_start_event(struct xml_writer *w, const struct contents *c,
                        const struct premis_term *term, const char *key,
                        const char *when)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;
    char id[URN_UUID_SIZE];

    buf_printf(&detail, "event/%s/%s", term->code, key);
    uuid_of_name(c->volume->id, buf_str(&detail), id);
    xml_start(w, "event");
    premis_start_identifier(w, "event", "UUID");
    xml_text(w, id);
    premis_end_identifier(w);
    premis_term(w, "eventType", "eventType", term);
    xml_element(w, "eventDateTime", when);
}

void premis_detail(struct xml_writer *w, const char *text)
{
    xml_start(w, "eventDetailInformation");
    xml_element(w, "eventDetail", text);
    xml_end(w);
}

void premis_success(struct xml_writer *w)
{
    xml_start(w, "eventOutcomeInformation");
    premis_term(w, "eventOutcome", "eventOutcome", &outcome_success);
    xml_end(w);
}

void premis_agent_link(struct xml_writer *w, const char *kind, const char *name,
                       const char *role)
{
    xml_start(w, "linkingAgentIdentifier");
    xml_element(w, "linkingAgentIdentifierType", "local");
    xml_elementf(w, "linkingAgentIdentifierValue", "%s:%s", kind, name);
    xml_element(w, "linkingAgentRole", role);
    xml_end(w);
}

void premis_object_link(struct xml_writer *w, const struct contents *c,
                        const char *path, const char *role)
{
    premis_start_local(w, "linkingObject", c, path);
    if (role != NULL)
        xml_element(w, "linkingObjectRole", role);
    xml_end(w);
}

void premis_start(struct xml_writer *w)
{
    xml_start(w, "premis");
    xml_attr(w, "xmlns", "http://www.loc.gov/premis/v3");
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:schemaLocation",
             "http://www.loc.gov/premis/v3 "
             "http://www.loc.gov/standards/premis/premis.xsd");
    xml_attr(w, "version", "3.0");
}

void premis_agent(struct xml_writer *w, const char *kind, const char *name)
{
    const char *space = strrchr(name, ' ');
    bool has_version = strcmp(kind, "software") == 0 && space != NULL;

    xml_start(w, "agent");
    premis_start_identifier(w, "agent", "local");
    xml_text(w, kind);
    xml_text(w, ":");
    xml_text(w, name);
    premis_end_identifier(w);
    xml_elementf(w, "agentName", "%.*s",
                 has_version ? (int)(space - name) : (int)strlen(name), name);
    xml_element(w, "agentType", kind);
    if (has_version)
        xml_element(w, "agentVersion", space + 1);
    xml_end(w);
}
