/* SPDX-License-Identifier: MIT */
#include "store/premis.h"

#include <string.h>

#include "common/json.h"
#include "store/premis_parts.h"

/* Agents */

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
    premis_agent(w, kind, name);
    return 0;
}

static int note_scan_agents(struct xml_writer *w, json_t *seen,
                            const struct contents *c,
                            const struct packed_page *p, struct err *err)
{
    if (!premis_is_scan_told(c, p))
        return 0;
    if (note_agent(w, seen, "person", p->page->operator_id, err) != 0)
        return -1;
    return note_agent(w, seen, "hardware", p->page->device, err);
}

/* Who read pages before. */
static int note_earlier_readers(struct xml_writer *w, json_t *seen,
                                const struct contents *c, struct err *err)
{
    CLEANUP(free) struct packed_page *list = NULL;
    size_t count;

    if (premis_earlier_readings(c, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (note_agent(w, seen, "software", premis_reader_of(c, &list[i]), err))
            return -1;
    }
    return 0;
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
        if (note_agent(w, seen, "software", premis_reader_of(c, &c->pages[i]),
                       err) ||
            note_scan_agents(w, seen, c, &c->pages[i], err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->amendments.count; i++) {
        if (note_agent(w, seen, "person", c->amendments.items[i].by, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->losses.count; i++) {
        if (note_agent(w, seen, "person", c->losses.items[i].by, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < c->superseded_count; i++) {
        if (note_agent(w, seen, "software",
                       premis_reader_of(c, &c->superseded[i]), err) != 0 ||
            note_scan_agents(w, seen, c, &c->superseded[i], err) != 0)
            return -1;
    }
    return note_earlier_readers(w, seen, c, err);
}

int premis_format(const struct contents *c, struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    premis_start(w);
    premis_objects(w, c);
    if (premis_events(w, c, err) != 0 || write_agents(w, c, err) != 0)
        return -1;
    return xml_finish(w, out, err);
}
