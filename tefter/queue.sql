-- SPDX-License-Identifier: MIT
-- queue.sqlite: work in progress. Written by one process at a time (the holder
-- of queue.lock); filled from staging/*/batch.json and again from there when
-- it is lost. No personal data: identifiers, states and reasons only.

-- A batch that was taken in.
CREATE TABLE IF NOT EXISTS batch (
    id            TEXT PRIMARY KEY, -- ingest/batch.h says how it is made
    source        TEXT NOT NULL,    -- the folder it came from, made visible
    received_utc  TEXT NOT NULL,    -- RFC 3339
    finished_utc  TEXT              -- NULL while pages wait for work
);

-- Each file of a batch with ingest's verdict.
CREATE TABLE IF NOT EXISTS file (
    batch     TEXT NOT NULL REFERENCES batch (id),
    place     INTEGER NOT NULL,     -- in listing order, from 0
    name      TEXT NOT NULL,        -- path below the batch folder
    verdict   TEXT NOT NULL,        -- accept, warn, reject, ignore
    findings  TEXT NOT NULL,        -- JSON array, as `check --json` prints it
    PRIMARY KEY (batch, place)
) WITHOUT ROWID;

-- Each accepted page and how far it has come.
CREATE TABLE IF NOT EXISTS page (
    batch   TEXT NOT NULL REFERENCES batch (id),
    id      TEXT NOT NULL,          -- site/series/number/0001
    volume  TEXT NOT NULL,
    name    TEXT NOT NULL,          -- the file it came in
    sha256  TEXT NOT NULL,          -- of that file
    image   INTEGER NOT NULL,       -- which image of that file, from 0
    state   TEXT NOT NULL CHECK (state IN (
                'received',         -- staged, to be read
                'read',             -- its result lies in its unit
                'packed',           -- in a package and in the catalogue
                'duplicate',        -- these bytes are this very page already
                'repeated',         -- these bytes are another page; see reason
                'set-aside',        -- could not be read or kept; see reason
                'discarded')),      -- one of both, given up by an operator
    reason  TEXT NOT NULL DEFAULT '',
    unit    INTEGER,                -- the unit that reads it
    times   TEXT NOT NULL DEFAULT '{}', -- CPU seconds by stage, JSON
    PRIMARY KEY (batch, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS page_state ON page (state, batch, volume);
CREATE INDEX IF NOT EXISTS page_id ON page (id);
CREATE INDEX IF NOT EXISTS page_sha256 ON page (sha256);

-- A unit of work: some pages of one volume (tefter/unit.h).
CREATE TABLE IF NOT EXISTS unit (
    batch     TEXT NOT NULL REFERENCES batch (id),
    number    INTEGER NOT NULL,     -- from 1; staging/BATCH/units/0001
    volume    TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('ready', 'done')),
    failures  INTEGER NOT NULL DEFAULT 0, -- runs that brought no result at all
    PRIMARY KEY (batch, number)
) WITHOUT ROWID;

-- What lies in inbox/SITE/ and what became of it (tefter/inbox.h). The row of
-- what was taken stays when its folder is gone, so that it is known when it
-- comes back with a share; any other row goes with it.
CREATE TABLE IF NOT EXISTS inbox (
    site        TEXT NOT NULL,      -- name of the folder in inbox/
    name        TEXT NOT NULL,      -- of the folder or archive in it
    state       TEXT NOT NULL CHECK (state IN (
                    'waiting',      -- not complete yet; see reason
                    'overdue',      -- the same, for longer than it should
                    'taken',        -- it is the batch `batch`
                    'refused')),    -- it cannot be a batch; see reason
    fingerprint TEXT NOT NULL,      -- of names, sizes, times when that was said
    batch       TEXT NOT NULL DEFAULT '',
    reason      TEXT NOT NULL DEFAULT '',
    since_utc   TEXT NOT NULL,      -- when it was first seen as it is
    PRIMARY KEY (site, name)
) WITHOUT ROWID;
