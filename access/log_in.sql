-- SPDX-License-Identifier: MIT
-- Whose log-in needs a second factor, and how it is enrolled; where sessions
-- come from; users of the machine; what somebody has searched for. Since
-- version 11 of access.sqlite; part of it in new ones.

-- 1: an account of the role that has no second factor can do nothing but enrol
-- one. Of every role that people log in as, until somebody says otherwise
-- (`tefter role second-factor`).
ALTER TABLE role ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 1;
UPDATE role SET second_factor = 0 WHERE id = 'public';

-- The secret that the session's owner is shown, to enrol with it; sealed as
-- second_factor.sealed is. NULL: none was asked for, or it is taken.
ALTER TABLE session ADD COLUMN offered BLOB;

-- Where the session was begun: network address; '' not told.
ALTER TABLE session ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- Which account a user of this machine has at the command line. The identifier
-- stays when the account is removed: its user may do nothing then.
CREATE TABLE machine_user (
    name       TEXT NOT NULL PRIMARY KEY, -- as passwd(5) has it
    identifier TEXT NOT NULL              -- account.identifier
) WITHOUT ROWID;

-- A charge names the search that led to it (access/charge.c).
CREATE INDEX audit_of_searcher ON audit (who, seq) WHERE kind = 'search';
