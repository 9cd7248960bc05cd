-- SPDX-License-Identifier: MIT
-- What was shown in words, and whose picture never was, is given back, too.
-- Since version 12 of access.sqlite; part of it in new ones.

-- As in money.sql, but that a purchase may be delivered and reversed: when the
-- audit trail has no picture of the item for this charge (kind image, detail
-- "charge=N picture"). ledger_verify holds it to that.
CREATE TABLE purchase_anew (
    charge       INTEGER NOT NULL PRIMARY KEY REFERENCES ledger (seq),
    payer        TEXT NOT NULL,
    item         TEXT NOT NULL,
    from_utc_ms  INTEGER NOT NULL,
    until_utc_ms INTEGER NOT NULL,
    delivered    INTEGER,  -- audit.seq of the first time something of it was
                           -- shown; or NULL
    reversed     INTEGER   -- ledger.seq of its reversal; or NULL
);
INSERT INTO purchase_anew SELECT charge, payer, item, from_utc_ms, until_utc_ms,
    delivered, reversed FROM purchase;
DROP TABLE purchase;
ALTER TABLE purchase_anew RENAME TO purchase;
CREATE INDEX purchase_of_payer ON purchase (payer, item, until_utc_ms);
CREATE INDEX purchase_pending ON purchase (until_utc_ms)
    WHERE delivered IS NULL AND reversed IS NULL;

CREATE TRIGGER purchase_is_not_removed BEFORE DELETE ON purchase
BEGIN SELECT RAISE(ABORT, 'a purchase is not removed'); END;
CREATE TRIGGER purchase_is_settled_once BEFORE UPDATE ON purchase
WHEN OLD.reversed IS NOT NULL
    OR (OLD.delivered IS NOT NULL AND OLD.delivered IS NOT NEW.delivered)
    OR OLD.charge <> NEW.charge OR OLD.payer <> NEW.payer
    OR OLD.item <> NEW.item OR OLD.from_utc_ms <> NEW.from_utc_ms
    OR OLD.until_utc_ms <> NEW.until_utc_ms
BEGIN SELECT RAISE(ABORT, 'a purchase is settled once, and never changed'); END;
