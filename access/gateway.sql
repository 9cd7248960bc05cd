-- SPDX-License-Identifier: MIT
-- Payments through a gateway. Since version 8 of access.sqlite; part of it in
-- new ones.

-- What payers asked to pay. Nothing in it is changed or removed.
CREATE TABLE invoice (
    number         INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3, ...; what the
                                                 -- gateway knows it by
    payer          TEXT NOT NULL,    -- account.identifier
    cents          INTEGER NOT NULL CHECK (cents > 0),
    expires_utc_ms INTEGER NOT NULL, -- the gateway takes no money afterwards
    audit          INTEGER NOT NULL UNIQUE -- kind invoice, about the payer:
                                     -- "number=N cents=N expires=MS"
);

-- What the gateway said of them: at most one of each status. What it said
-- again is not said twice. A payment may follow on the others: money that came
-- late is money.
CREATE TABLE invoice_status (
    number INTEGER NOT NULL REFERENCES invoice (number),
    status TEXT NOT NULL CHECK (status IN ('paid', 'denied', 'expired')),
    audit  INTEGER NOT NULL UNIQUE, -- paid: kind top-up, with an entry of the
                                    -- ledger from 'gateway' to the payer whose
                                    -- text begins "invoice N"; else kind
                                    -- invoice-unpaid: "number=N STATUS"
    PRIMARY KEY (number, status)
) WITHOUT ROWID;

CREATE TRIGGER invoice_is_not_changed BEFORE UPDATE ON invoice
BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END;
CREATE TRIGGER invoice_is_not_removed BEFORE DELETE ON invoice
BEGIN SELECT RAISE(ABORT, 'an invoice is not removed'); END;
CREATE TRIGGER invoice_status_is_not_changed BEFORE UPDATE ON invoice_status
BEGIN SELECT RAISE(ABORT, 'what the gateway said is never changed'); END;
CREATE TRIGGER invoice_status_is_not_removed BEFORE DELETE ON invoice_status
BEGIN SELECT RAISE(ABORT, 'what the gateway said is not removed'); END;
