/* SPDX-License-Identifier: MIT */
/*
 * tests/index/dump.h - all that a catalogue says, as one text: every table in
 * a defined order, keys replaced by the ids they stand for. Two catalogues of
 * the same content have the same dump, however they came to it.
 */
#ifndef TESTS_INDEX_DUMP_H
#define TESTS_INDEX_DUMP_H

#include "common/buf.h"
#include "index/catalogue.h"
#include "tests/unit.h"

static const char *const dump_sql[] = {
    "SELECT name, value FROM meta ORDER BY name",
    "SELECT id, site, series, number, title, shelfmark, date_from, date_to,"
    " year, year_to, version, uuid, pages, pages_with_text, pages_blank, words,"
    " fields_read, fields_keyed, fields_unread, state"
    " FROM volume ORDER BY id",
    "SELECT v.id, p.number, p.label, p.original_name, p.width_px, p.height_px,"
    " p.mirrored, p.turn_cw_deg, p.skew_cw_deg, p.blank, p.mean_confidence,"
    " p.words, p.language, p.master_sha256, p.master_image, p.alto_sha256,"
    " p.records_sha256, p.born_to, p.died_to, p.key >> 28, b.text, "
    "hex(b.layout), b.name, b.place,"
    " b.egn, b.number, b.other"
    " FROM page p LEFT JOIN volume v ON v.key = p.volume_key"
    " LEFT JOIN body b ON b.key = p.key ORDER BY v.id, p.number",
    "SELECT count(*) FROM body",
    "SELECT v.id, p.number, r.number, r.form, r.year, r.year_to, f.place,"
    " f.name, f.type, f.text, f.value, f.date_from, f.date_to, f.confidence,"
    " f.origin, f.x, f.y, f.w, f.h"
    " FROM record r LEFT JOIN field f ON f.record_key = r.key"
    " LEFT JOIN page p ON p.key = r.page_key"
    " LEFT JOIN volume v ON v.key = p.volume_key"
    " ORDER BY v.id, p.number, r.number, f.place",
    "SELECT count(*) FROM field",
    "SELECT word, pages FROM name_word ORDER BY word",
    "SELECT m.hash, w.word FROM misread m LEFT JOIN name_word w"
    " ON w.key = m.word_key ORDER BY m.hash, w.word",
    "SELECT w.term, v.id, p.number, w.col, w.offset FROM temp.word w"
    " LEFT JOIN page p ON p.key = w.doc"
    " LEFT JOIN volume v ON v.key = p.volume_key"
    " ORDER BY w.term, v.id, p.number, w.col, w.offset",
};

static inline void dump_statement(struct db *db, const char *sql,
                                  struct buf *out)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;
    int rc;

    assert_ok(db_prepare(db, sql, &s, &err), err);
    while ((rc = stmt_step(s, &err)) == 1) {
        for (int i = 0; i < 32; i++) /* beyond the last column: "" */
            buf_printf(out, "%s\t", stmt_text(s, i));
        buf_puts(out, "\n");
    }
    assert_ok(rc, err);
}

static inline void dump_catalogue(struct catalogue *c, struct buf *out)
{
    struct db *db = catalogue_db(c);
    struct err err;

    assert_ok(db_exec(db,
                      "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING"
                      " fts5vocab('main', 'word_index', 'instance')",
                      &err),
              err);
    for (size_t i = 0; i < sizeof(dump_sql) / sizeof(*dump_sql); i++)
        dump_statement(db, dump_sql[i], out);
    assert_false(out->failed);
}

#endif
