-- SPDX-License-Identifier: MIT
-- access.sqlite: who may do what. With the packages in store/ it is the only
-- truth of an archive: nothing else can make it again, so it is backed up, and
-- every commit is on the disk before it is acknowledged (turn.c). The audit trail stands in tables of its own
-- (audit.sql), prices and the ledger in others (money.sql).

-- These are the tables of version 1; access.c lays what came later on top
-- (throttle.sql: version 2, audit.sql: version 3, publish.sql: version 4,
-- ground.sql: version 5, money.sql: version 6, rows.sql: version 7,
-- gateway.sql: version 8, second_factor.sql: version 9, people.sql: version
-- 10, log_in.sql: version 11, pictured.sql: version 12), in new files and in old ones, and counts up
-- PRAGMA user_version.

-- The kinds of people. Filled from rights.tsv when the file is made.
CREATE TABLE role (
    id TEXT NOT NULL PRIMARY KEY  -- a slug: clerk, notary, ...; public is
                                  -- whoever is not logged in
) WITHOUT ROWID;

-- The series that exist. A right for '*' is a right for each of these; a
-- series that is not here is seen by nobody. The first ones come with
-- rights.tsv, further ones from access_add_series when volumes are taken in.
CREATE TABLE series (
    id TEXT NOT NULL PRIMARY KEY  -- a slug: family-register, local-tax, ...
) WITHOUT ROWID;

-- One row allows one thing; what no row allows is denied.
CREATE TABLE rights (
    role      TEXT NOT NULL REFERENCES role (id),
    series    TEXT NOT NULL,      -- a series.id, or '*'
    action    TEXT NOT NULL,      -- search, view, row, ingest, correct, audit, admin
    condition TEXT NOT NULL,      -- '' none; 'own-site': only at the account's
                                  -- own site; 'published': only of volumes in
                                  -- the table published; 'ground': only while
                                  -- the session has one
    PRIMARY KEY (role, action, series, condition)
) WITHOUT ROWID;

-- People known by name. Written by `tefter account`.
CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    identifier    TEXT NOT NULL UNIQUE,  -- EGN, EIK, register number or user
                                         -- name; what is typed at log-in
    name          TEXT NOT NULL,         -- of the person, to be shown
    role          TEXT NOT NULL REFERENCES role (id),
    site          TEXT NOT NULL,         -- an operator's site, or ''
    code_hash     TEXT NOT NULL,         -- of the unique code: libsodium's
                                         -- argon2id string with salt and costs
    created_utc_s INTEGER NOT NULL       -- seconds since 1970 UTC
);

-- Who is logged in at the moment. Neither the token of the cookie nor that of
-- the forms can be had from this table.
CREATE TABLE session (
    token_hash      BLOB NOT NULL PRIMARY KEY,  -- BLAKE2b of the token
    account         INTEGER NOT NULL
                    REFERENCES account (id) ON DELETE CASCADE,
    created_utc_s   INTEGER NOT NULL,
    last_used_utc_s INTEGER NOT NULL            -- to the minute
) WITHOUT ROWID;
CREATE INDEX session_of_account ON session (account);
