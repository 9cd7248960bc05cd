-- SPDX-License-Identifier: MIT
-- Prices, and the ledger of what was charged. Since version 6 of access.sqlite;
-- part of it in new ones. Sums are whole euro cents, moments milliseconds since
-- 1970 UTC, days YYYY-MM-DD in UTC. Each row of the first four tables is told
-- of by one entry of the audit trail, and its column audit is that entry's seq.

-- What opening a page costs. Of the rows that were set when a page is opened,
-- and whose days have it, the last one set for the series counts, and the last
-- one set for '*' where there is none for the series. A role that no row is for
-- pays nothing; one that rows are for, of which none counts, opens nothing.
CREATE TABLE price (
    audit    INTEGER NOT NULL PRIMARY KEY, -- kind price-set, about the role:
                              -- "ACTION SERIES cents=N from=DAY to=DAY", or to=-
    role     TEXT NOT NULL,
    series   TEXT NOT NULL,   -- or '*'
    action   TEXT NOT NULL,   -- 'view' a page; since version 7 'row' and
                              -- 'household' of one, which cost what a page
                              -- does where they have no price of their own
    cents    INTEGER NOT NULL CHECK (cents >= 0), -- 0: the role is exempt
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL    -- the last one; '' no end
);

CREATE INDEX price_of_role ON price (role, series);

-- How somebody pays; of his rows the last one counts. Who has none pays
-- beforehand.
CREATE TABLE terms (
    audit       INTEGER NOT NULL PRIMARY KEY, -- kind terms-set, about the payer:
                                     -- "KIND limit=N"
    payer       TEXT NOT NULL,    -- account.identifier, or organisation.id
    kind        TEXT NOT NULL CHECK (kind IN ('prepaid', 'postpaid', 'exempt')),
    limit_cents INTEGER NOT NULL CHECK (limit_cents >= 0) -- of postpaid: how
                                  -- much may be owed; else 0
);

CREATE INDEX terms_of_payer ON terms (payer, audit);

-- For how long a page that was paid for can be opened again; the last row
-- counts, 24 hours before the first.
CREATE TABLE opening_window (
    audit INTEGER NOT NULL PRIMARY KEY, -- kind window-set: "hours=N"
    hours INTEGER NOT NULL CHECK (hours BETWEEN 1 AND 8760)
);

-- Double entry: cents go from the account debit to the account credit.
-- Accounts: 'payer:ID' what somebody has with us (below 0: owes), 'fees:SERIES'
-- what was earned, 'bank' what was received (below 0), 'gateway' the same
-- through the payment gateway (since version 8).
CREATE TABLE ledger (
    seq       INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, ... without gaps
    at_utc_ms INTEGER NOT NULL,
    kind      TEXT NOT NULL,    -- charge    payer to fees: a page was opened
                                -- reversal  back: it could not be shown
                                -- refund    back: an officer said so
                                -- top-up    bank to payer: he has paid
                                -- pay-out   back: his money was returned
    debit     TEXT NOT NULL,
    credit    TEXT NOT NULL,
    cents     INTEGER NOT NULL CHECK (cents > 0),
    charge    INTEGER NOT NULL, -- of reversal and refund: seq of the charge;
                                -- else 0
    audit     INTEGER NOT NULL UNIQUE, -- of the same kind
    text      TEXT NOT NULL,    -- item, reason, or the transfer's reference
    -- SHA-256 over the hash of the entry before (32 zero bytes before the
    -- first) and all columns in this order, each as a netstring (audit.sql).
    -- The audit entry tells it, so that the signed trail vouches for it: its
    -- detail begins "ledger=SEQ hash=HEX cents=N charge=SEQ until=MS ", until
    -- being that of the purchase, else 0.
    hash      BLOB NOT NULL,
    CHECK (debit <> credit)
);
CREATE INDEX ledger_of_debit ON ledger (debit, seq);
CREATE INDEX ledger_of_credit ON ledger (credit, seq);
CREATE INDEX ledger_of_charge ON ledger (charge) WHERE charge <> 0;

-- What each account of the ledger has: credits less debits. Follows from the
-- ledger; kept so that nobody need add it up.
CREATE TABLE balance (
    account TEXT NOT NULL PRIMARY KEY,
    cents   INTEGER NOT NULL
) WITHOUT ROWID;

-- What was charged, and what came of it: one row a charge.
CREATE TABLE purchase (
    charge       INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (seq),
    payer        TEXT NOT NULL,
    item         TEXT NOT NULL,    -- id of the page; with /r03 behind it, of
                                   -- that row; with /h01, of that household
    from_utc_ms  INTEGER NOT NULL,
    until_utc_ms INTEGER NOT NULL, -- the first moment that it is not open
    delivered    INTEGER,  -- audit.seq of the first time it was shown; or NULL
    reversed     INTEGER,  -- ledger.seq of its reversal; or NULL
    CHECK (delivered IS NULL OR reversed IS NULL)
);
CREATE INDEX purchase_of_payer ON purchase (payer, item, until_utc_ms);
CREATE INDEX purchase_pending ON purchase (until_utc_ms)
    WHERE delivered IS NULL AND reversed IS NULL;

CREATE TRIGGER price_is_not_changed BEFORE UPDATE ON price
BEGIN SELECT RAISE(ABORT, 'a price is not changed: set another'); END;
CREATE TRIGGER price_is_not_removed BEFORE DELETE ON price
BEGIN SELECT RAISE(ABORT, 'a price is not removed: set another'); END;
CREATE TRIGGER terms_are_not_changed BEFORE UPDATE ON terms
BEGIN SELECT RAISE(ABORT, 'terms are not changed: set others'); END;
CREATE TRIGGER terms_are_not_removed BEFORE DELETE ON terms
BEGIN SELECT RAISE(ABORT, 'terms are not removed: set others'); END;
CREATE TRIGGER window_is_not_changed BEFORE UPDATE ON opening_window
BEGIN SELECT RAISE(ABORT, 'a window is not changed: set another'); END;
CREATE TRIGGER window_is_not_removed BEFORE DELETE ON opening_window
BEGIN SELECT RAISE(ABORT, 'a window is not removed: set another'); END;
CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER ledger_is_not_removed BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'nothing is removed from the ledger'); END;
CREATE TRIGGER purchase_is_not_removed BEFORE DELETE ON purchase
BEGIN SELECT RAISE(ABORT, 'a purchase is not removed'); END;
CREATE TRIGGER purchase_is_settled_once BEFORE UPDATE ON purchase
WHEN OLD.delivered IS NOT NULL OR OLD.reversed IS NOT NULL
    OR OLD.charge <> NEW.charge OR OLD.payer <> NEW.payer
    OR OLD.item <> NEW.item OR OLD.from_utc_ms <> NEW.from_utc_ms
    OR OLD.until_utc_ms <> NEW.until_utc_ms
BEGIN SELECT RAISE(ABORT, 'a purchase is settled once, and never changed'); END;
