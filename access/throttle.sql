-- SPDX-License-Identifier: MIT
-- Wrong codes of late. Since version 2 of access.sqlite; part of it in new ones.

-- How often log-in failed, so that codes cannot be tried in a row. A row is
-- written before the code is looked at, and taken back when it was right.
CREATE TABLE login_failure (
    subject     BLOB NOT NULL PRIMARY KEY, -- BLAKE2b of the place and of the
                                           -- identifier typed, there is such an
                                           -- account or not; of the place alone:
                                           -- all that were typed there
    failures    INTEGER NOT NULL,          -- so many, since then
    since_utc_s INTEGER NOT NULL,          -- seconds since 1970 UTC
    until_utc_s INTEGER NOT NULL           -- nothing is tried before
) WITHOUT ROWID;
