/* SPDX-License-Identifier: MIT */
#include "store/premis_parts.h"

#include <string.h>

#define MASTER_ENTITY "representations/master"
#define OCR_ENTITY    "representations/ocr"

static void write_volume(struct xml_writer *w, const struct contents *c)
{
    premis_start_object(w, "intellectualEntity");
    premis_start_identifier(w, "object", "UUID");
    xml_text(w, c->uuid);
    premis_end_identifier(w);
    premis_start_identifier(w, "object", "local");
    xml_text(w, c->volume->id);
    premis_end_identifier(w);
    if (c->volume->title[0] != '\0')
        xml_element(w, "originalName", c->volume->title);
    xml_end(w);
}

static void write_representation(struct xml_writer *w, const struct contents *c,
                                 const char *path)
{
    premis_start_object(w, "representation");
    premis_local(w, "object", c, path);
    premis_start_relationship(w, "structural", "represents");
    premis_start_identifier(w, "relatedObject", "UUID");
    xml_text(w, c->uuid);
    premis_end_identifier(w);
    xml_end(w);
    xml_end(w);
}

static void write_part_of(struct xml_writer *w, const struct contents *c,
                          const char *representation)
{
    premis_start_relationship(w, "structural", "is included in");
    premis_local(w, "relatedObject", c, representation);
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
        premis_start_relationship(w, "replacement",
                                  is_old ? "is superseded by" : "supersedes");
        premis_master_path(is_old ? new : old, path, sizeof(path));
        premis_local(w, "relatedObject", c, path);
        xml_end(w);
    }
}

static void write_master(struct xml_writer *w, const struct contents *c,
                         const struct packed_page *p)
{
    char path[PATH_SIZE];

    premis_master_path(p, path, sizeof(path));
    premis_start_object(w, "file");
    premis_local(w, "object", c, path);
    premis_start_characteristics(w, &p->page->digests, "image/tiff", "6.0");
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

/* A file that was made of another of the same page. */
struct derived {
    const char *path, *source; /* logical paths */
    const struct file_digests *digests;
    const char *format, *version;
    const char *software; /* that made it */
};

static void write_derived(struct xml_writer *w, const struct contents *c,
                          const struct packed_page *p, const struct derived *d)
{
    premis_start_object(w, "file");
    premis_local(w, "object", c, d->path);
    premis_start_characteristics(w, d->digests, d->format, d->version);
    xml_end(w);
    xml_start(w, "creatingApplication");
    xml_element(w, "creatingApplicationName", d->software);
    if (p->reading.read_utc[0] != '\0')
        xml_element(w, "dateCreatedByApplication", p->reading.read_utc);
    xml_end(w);
    xml_end(w);
    write_part_of(w, c, OCR_ENTITY);
    premis_start_relationship(w, "derivation", "has source");
    premis_local(w, "relatedObject", c, d->source);
    xml_end(w);
    xml_end(w);
}

static void write_reading(struct xml_writer *w, const struct contents *c,
                          const struct packed_page *p)
{
    char master[PATH_SIZE], alto[PATH_SIZE], records[PATH_SIZE];

    premis_master_path(p, master, sizeof(master));
    premis_alto_path(p, alto, sizeof(alto));
    write_derived(w, c, p,
                  &(struct derived){alto, master, &p->alto, "ALTO", "4.4",
                                    premis_reader_of(c, p)});
    if (!p->has_records)
        return;
    premis_records_path(p, records, sizeof(records));
    write_derived(w, c, p,
                  &(struct derived){records, alto, &p->records,
                                    "Tefter records", "1",
                                    premis_software_of(c, p->read_version)});
}

/* What came with a submission, as it was called there. */
static void write_enclosed(struct xml_writer *w, const struct contents *c,
                           const struct enclosure *e,
                           const struct enclosed_file *f)
{
    char path[PATH_SIZE];
    struct err ignored;

    if (enclosure_path(e, f, path, &ignored) != 0)
        return; /* the file itself was written under it */
    premis_start_object(w, "file");
    premis_local(w, "object", c, path);
    premis_start_characteristics(w, &f->digests, enclosed_file_mime(f), NULL);
    xml_end(w);
    xml_end(w);
    xml_element(w, "originalName", f->path);
    premis_start_relationship(w, "structural", "is included in");
    premis_start_identifier(w, "relatedObject", "UUID");
    xml_text(w, c->uuid);
    premis_end_identifier(w);
    xml_end(w);
    xml_end(w);
}

void premis_objects(struct xml_writer *w, const struct contents *c)
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
    for (size_t i = 0; i < c->page_count; i++)
        write_reading(w, c, &c->pages[i]);
    for (size_t i = 0; i < c->enclosures.count; i++) {
        const struct enclosure *e = &c->enclosures.items[i];

        for (size_t f = 0; f < e->count; f++)
            write_enclosed(w, c, e, &e->files[f]);
    }
}
