-- SPDX-License-Identifier: MIT
-- Organisations, roles with their days, tokens of machines, certificates, and
-- restricted entries. Since version 10 of access.sqlite; part of it in new
-- ones. Days are YYYY-MM-DD in UTC. A column audit is the seq of the entry that
-- tells of the row.

-- A notary's office, a bank's branch. Its users are accounts, known by name; it
-- pays for them, and what it has bought is open to them and to nobody else. Its
-- id is none of an account: both are payers.
CREATE TABLE organisation (
    id            TEXT NOT NULL PRIMARY KEY, -- EIK or register number
    name          TEXT NOT NULL,
    role          TEXT NOT NULL REFERENCES role (id), -- of all its users
    created_utc_s INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE account ADD COLUMN organisation TEXT NOT NULL DEFAULT ''; -- or none
-- 1: keeps the accounts of his organisation.
ALTER TABLE account ADD COLUMN manages INTEGER NOT NULL DEFAULT 0;
-- 1: the code is still the one that was handed out; it is changed before
-- anything else can be done with it.
ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_of_organisation ON account (organisation)
    WHERE organisation <> '';

-- From when till when somebody has his role, and by what document; of a
-- holder's rows the last one counts. Who has none has it without end; outside
-- the days the role is 'none', which has no rights.
CREATE TABLE appointment (
    audit    INTEGER NOT NULL PRIMARY KEY, -- kind appointed or dismissed, about
                             -- the holder: "ROLE from=DAY to=DAY DOCUMENT"
    holder   TEXT NOT NULL,  -- account.identifier or organisation.id
    role     TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL,  -- the last one; '' no end
    document TEXT NOT NULL   -- number and date of what proves it, or, of a
                             -- dismissal, the reason
);
CREATE INDEX appointment_of_holder ON appointment (holder, audit);

-- With such a token a program works on behalf of an account, under the same
-- rules. It cannot be had from this table.
CREATE TABLE machine_token (
    token_hash    BLOB NOT NULL PRIMARY KEY, -- BLAKE2b of the token
    account       INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,  -- what the officer calls it
    to_day        TEXT NOT NULL,  -- the last one
    created_utc_s INTEGER NOT NULL,
    UNIQUE (account, name)
) WITHOUT ROWID;

-- Certificates of TLS clients that log in as an account. The web server checks
-- that one is valid; here stands whose it is.
CREATE TABLE certificate (
    fingerprint   TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the DER, hex
    account       INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_utc_s INTEGER NOT NULL
) WITHOUT ROWID;

-- 1: begun with a certificate, for which no code is needed.
ALTER TABLE session ADD COLUMN by_certificate INTEGER NOT NULL DEFAULT 0;

-- Pages with a restricted entry (an adoption): not there for whom no right says
-- 'restricted'.
CREATE TABLE restricted (
    page   TEXT NOT NULL PRIMARY KEY,
    series TEXT NOT NULL,          -- of the page
    audit  INTEGER NOT NULL UNIQUE -- kind restricted, about the page: the reason
) WITHOUT ROWID;

-- Of who acts for an organisation. When it is not '', it is one more netstring
-- at the end of what hash is over, behind that of ground, '' or not.
ALTER TABLE audit ADD COLUMN organisation TEXT NOT NULL DEFAULT '';

INSERT OR IGNORE INTO rights (role, series, action, condition)
SELECT column1, '*', column2, column3 FROM (VALUES
    ('clerk', 'restricted', ''), ('admin', 'restricted', ''),
    ('notary', 'manage', 'own-organisation'),
    ('bank', 'manage', 'own-organisation'),
    ('bailiff', 'manage', 'own-organisation'))
WHERE column1 IN (SELECT id FROM role);

CREATE TRIGGER appointment_is_not_changed BEFORE UPDATE ON appointment
BEGIN SELECT RAISE(ABORT, 'an appointment is not changed: make another'); END;
CREATE TRIGGER appointment_is_not_removed BEFORE DELETE ON appointment
BEGIN SELECT RAISE(ABORT, 'an appointment is not removed: make another'); END;
