-- SPDX-License-Identifier: MIT
-- The audit trail: who did or saw what. Since version 3 of access.sqlite.
-- Written by access/audit.c alone; nothing in it is ever changed or removed.

-- One entry. hash is SHA-256 over the hash of the entry before (32 zero bytes
-- before the first) and then seq, at_utc_ms, kind, who, role, origin, subject
-- and detail, numbers as decimal text, each as a netstring: its length in
-- bytes, a colon, its bytes, a comma; then ground, when it is not empty
-- (ground.sql). So whoever has the entries can check
-- them without this program.
CREATE TABLE audit (
    seq       INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, ... without gaps
    at_utc_ms INTEGER NOT NULL, -- milliseconds since 1970 UTC
    kind      TEXT NOT NULL,    -- one of access/audit.h
    who       TEXT NOT NULL,    -- identifier of the account; '' when not
                                -- logged in; @name: a user of this machine, at
                                -- the command line
    role      TEXT NOT NULL,    -- of the account; '' at the command line
    origin    TEXT NOT NULL,    -- network address; '' at the command line
    subject   TEXT NOT NULL,    -- page, volume, account or path it is about
    detail    TEXT NOT NULL,    -- what was asked, and what was shown
    hash      BLOB NOT NULL
);
CREATE INDEX audit_of_subject ON audit (subject, at_utc_ms);

-- A slip of our own or of a hand at sqlite3 stops here. Who means it can drop
-- a trigger: that is what the chain is for.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'nothing is removed from the audit trail'); END;

-- The end of the chain, so that entries missing at the end are noticed. One
-- row; none before the first entry. signature: see audit_head.
CREATE TABLE audit_tip (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL
);

-- The end of the chain at the end of each day that has entries, to be printed
-- and kept elsewhere. Written with the first entry of a later day.
-- signature: Ed25519 (RFC 8032) of the text
-- "tefter audit head SEQ HASH\n", HASH in lower-case hex, by the key in
-- access.sqlite-audit-key, which lies outside the database.
CREATE TABLE audit_head (
    day       TEXT NOT NULL PRIMARY KEY, -- 2026-11-26, in UTC
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB NOT NULL
) WITHOUT ROWID;
