-- SPDX-License-Identifier: MIT
-- What is published. Since version 4 of access.sqlite; part of it in new ones.

-- A right whose condition is 'published' holds for these volumes alone.
CREATE TABLE published (
    volume      TEXT NOT NULL PRIMARY KEY, -- site/series/number
    series      TEXT NOT NULL,             -- of the volume
    since_utc_s INTEGER NOT NULL           -- seconds since 1970 UTC
) WITHOUT ROWID;

-- Until now the public saw every volume of the series it was let into.
UPDATE OR REPLACE rights SET condition = 'published'
WHERE role = 'public' AND condition = '' AND action IN ('search', 'view');
