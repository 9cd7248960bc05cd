-- SPDX-License-Identifier: MIT
-- On what ground people look. Since version 5 of access.sqlite; part of it in
-- new ones.

-- Which grounds a role may state, each with the number of a case. A right whose
-- condition is 'ground' holds only while the session has one.
CREATE TABLE ground (
    role TEXT NOT NULL REFERENCES role (id),
    id   TEXT NOT NULL,  -- a slug
    PRIMARY KEY (role, id)
) WITHOUT ROWID;
INSERT INTO ground VALUES
    ('notary', 'notarial-case'),
    ('bank', 'customer-consent'),
    ('bailiff', 'enforcement-case');

ALTER TABLE session ADD COLUMN ground TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN case_number TEXT NOT NULL DEFAULT '';

-- Ground and case number, divided by a space; '' when none was stated. When it
-- is not '', it is one more netstring at the end of what hash is over.
ALTER TABLE audit ADD COLUMN ground TEXT NOT NULL DEFAULT '';

-- Until now these roles looked without saying why.
UPDATE OR REPLACE rights SET condition = 'ground'
WHERE role IN (SELECT role FROM ground) AND condition = ''
AND action IN ('search', 'view');
