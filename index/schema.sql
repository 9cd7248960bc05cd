-- SPDX-License-Identifier: MIT
--
-- catalogue.sqlite: what the store holds, made findable. Every row is derived
-- from the packages by index/put.c, and by nothing else: the file can be
-- deleted and made again (`tefter reindex`). Whoever opens it must register
-- Tefter's tokenizer first (index/fts.h), so the sqlite3 shell can read all
-- tables but word_index.

-- meta: by what rules this file was made. A program that has other rules does
-- not read it, but asks for a rebuild.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY, -- 'schema', 'tokenizer'
    value INTEGER NOT NULL  -- version number; written when the file is made
) WITHOUT ROWID;

-- volume: one row for each package, as its newest version says.
CREATE TABLE volume (
    key        INTEGER PRIMARY KEY, -- only inside this file; differs after a
                                    -- rebuild, so nothing outside refers to it
    id         TEXT NOT NULL UNIQUE,-- site/series/number
    site       TEXT NOT NULL,       -- the parts of id: where it was scanned,
    series     TEXT NOT NULL,       -- which archive it is of (this decides who
    number     TEXT NOT NULL,       -- may see it), and which one it is
    title      TEXT NOT NULL,       -- as received; '' = not known, so the rest
    shelfmark  TEXT NOT NULL,
    date_from  TEXT NOT NULL,       -- '1938' or '1938-05-01', as received
    date_to    TEXT NOT NULL,
    year       INTEGER NOT NULL,    -- of date_from; 0 = not known
    year_to    INTEGER NOT NULL,    -- of date_to, else year; never below year
    version    INTEGER NOT NULL,    -- of the package: 1 = v1
    uuid       TEXT NOT NULL,       -- of the package, urn:uuid:...
    -- Sums over its pages, so that lists and coverage need not visit them. A
    -- page either has words, or is blank, or could not be read.
    pages           INTEGER NOT NULL DEFAULT 0,
    pages_with_text INTEGER NOT NULL DEFAULT 0,
    pages_blank     INTEGER NOT NULL DEFAULT 0,
    words           INTEGER NOT NULL DEFAULT 0,
    read_px         INTEGER NOT NULL DEFAULT 0,
    doubtful_px     INTEGER NOT NULL DEFAULT 0,
    unread_px       INTEGER NOT NULL DEFAULT 0,
    -- The fields of its records, by where their values are from (see field).
    fields_read     INTEGER NOT NULL DEFAULT 0, -- 'ocr'
    fields_keyed    INTEGER NOT NULL DEFAULT 0, -- 'keyed' or 'corrected'
    fields_unread   INTEGER NOT NULL DEFAULT 0, -- 'unread'
    -- What "not found" means in it: 'unread' nothing in it can be found by
    -- words; 'ocr' only what a machine read; 'keyed' some of it was keyed by
    -- people; 'verified' every field of every record was.
    state           TEXT NOT NULL DEFAULT 'unread'
);

-- Newest first: the order of an answer to an empty query.
CREATE INDEX volume_newest ON volume (year DESC, id);

-- page: one row for each page of these.
CREATE TABLE page (
    -- The year of the volume times 2^28, plus a number counting up: pages of
    -- one decade are one range of keys, and so one range of word_index.
    key             INTEGER PRIMARY KEY,
    volume_key      INTEGER NOT NULL REFERENCES volume (key),
    number          INTEGER NOT NULL, -- place in the volume, from 1
    label           TEXT NOT NULL,    -- number as written on the paper, or ''
    original_name   TEXT NOT NULL,    -- path in the batch as received
    width_px        INTEGER NOT NULL, -- of the master as stored
    height_px       INTEGER NOT NULL,
    -- How to turn the master to look at it (ocr/page_text.h).
    mirrored        INTEGER NOT NULL, -- 0 or 1
    turn_cw_deg     INTEGER NOT NULL, -- 0, 90, 180, 270
    skew_cw_deg     REAL NOT NULL,
    -- What the reader said.
    blank           INTEGER NOT NULL, -- 0 or 1
    mean_confidence INTEGER NOT NULL, -- 0 to 100; 0 when there is no word
    words           INTEGER NOT NULL, -- words as read, between spaces
    -- How much of what stands on it was read: areas of words that are sure
    -- and doubtful, and of what was seen and not read (ocr/page_text.h).
    read_px         INTEGER NOT NULL,
    doubtful_px     INTEGER NOT NULL,
    unread_px       INTEGER NOT NULL,
    language        TEXT NOT NULL,    -- it was read in: 'bul', 'eng'
    -- What the row was made from: as long as these stay, the row stays.
    master_sha256   TEXT NOT NULL,
    master_image    INTEGER NOT NULL, -- which image of the master, from 0
    alto_sha256     TEXT NOT NULL,
    records_sha256  TEXT NOT NULL,    -- of the file its records are from, or ''
    -- Until when somebody on it may live (index/closure.h), as 19381231: the
    -- last birth of who is not told to have died, and the last death. 0 nobody
    -- is told of; 99991231 it is not known.
    born_to         INTEGER NOT NULL,
    died_to         INTEGER NOT NULL,
    UNIQUE (volume_key, number)
);

-- What is open of a volume to who sees no closed pages: sums without reading
-- the rows themselves.
CREATE INDEX page_open ON page (volume_key, born_to, died_to, words, blank,
                                read_px, doubtful_px, unread_px);

-- By its bytes: is a scan that comes in another page already? The first 64 bits
-- are enough to find it, the rest is compared.
CREATE INDEX page_master ON page (substr(master_sha256, 1, 16));

-- page_line: what ranking asks of each page, packed, so that it need not look
-- up a million rows: of 4096 pages of neighbouring keys (a chunk) a row for
-- each part. index/page_line.h.
CREATE TABLE page_line (
    key   INTEGER PRIMARY KEY, -- page.key / 4096 * 8 + part
    cells BLOB NOT NULL
);

-- word_line: the pages of a chunk that have a word, where these are many, and
-- how often each: index/word_line.h. Made of body, and only to be quicker than
-- word_index; answers are the same without it.
CREATE TABLE word_line (
    word  TEXT NOT NULL,    -- a key of index/fold.h; or its first one to three
                            -- letters with a * behind: all words that begin so
    chunk INTEGER NOT NULL, -- page.key / 4096
    lines BLOB NOT NULL,
    PRIMARY KEY (word, chunk)
) WITHOUT ROWID;

-- word_chunk: every chunk that ever had a page.
CREATE TABLE word_chunk (
    chunk INTEGER PRIMARY KEY,
    state INTEGER NOT NULL -- of its word_lines: 0 none were made; 1 they hold;
                           -- 2 pages came or went since
);

-- name_word: the words that name somebody or something, folded: they begin
-- with a capital, or stand in a field of type name or place.
CREATE TABLE name_word (
    key   INTEGER PRIMARY KEY, -- only inside this file
    word  TEXT NOT NULL UNIQUE, -- a key of index/fold.h, of 4 to 24 letters
    pages INTEGER NOT NULL      -- how many have it
);

-- misread: how each of these is found when it was misread: index/misread.h.
CREATE TABLE misread (
    hash     INTEGER NOT NULL, -- of its skeleton, with or without one letter
    word_key INTEGER NOT NULL, -- of name_word
    PRIMARY KEY (hash, word_key)
) WITHOUT ROWID;

-- record: one row for each row of a form that was recognised on a page: a
-- person of a family register, a declaration, a drawing. Its identifier is
-- that of the page and its number: .../0007/r03.
CREATE TABLE record (
    key      INTEGER PRIMARY KEY,
    page_key INTEGER NOT NULL REFERENCES page (key),
    number   INTEGER NOT NULL, -- its place on the page, from 1
    form     TEXT NOT NULL,    -- id of the form definition that it was read by
    -- The years its dates speak of, for "who is told of in 1938": from the
    -- earliest to the latest of them; 0 = it has no date that could be read.
    year     INTEGER NOT NULL,
    year_to  INTEGER NOT NULL,
    UNIQUE (page_key, number)
);

-- field: one cell of these.
CREATE TABLE field (
    record_key INTEGER NOT NULL REFERENCES record (key),
    place      INTEGER NOT NULL, -- order in the record, from 1
    name       TEXT NOT NULL,    -- as the form definition calls it
    type       TEXT NOT NULL,    -- 'name' 'date' 'place' 'egn' 'number'
                                 -- 'money' 'text'
    text       TEXT NOT NULL,    -- as read or keyed, shown to people; '' unread
    value      TEXT NOT NULL,    -- as meant, in one spelling; '' = as text says
    -- Of a date that is understood: the first and the last day it can mean,
    -- YYYY-MM-DD ('1938' is 1938-01-01 to 1938-12-31); of anything else ''.
    date_from  TEXT NOT NULL,
    date_to    TEXT NOT NULL,
    confidence INTEGER NOT NULL, -- 0 to 100
    origin     TEXT NOT NULL,    -- 'ocr' a machine read it; 'keyed' a person
                                 -- typed it; 'corrected' a person changed what
                                 -- was read; 'unread' nobody has read it yet
    x INTEGER NOT NULL,          -- its box, in pixels of the master
    y INTEGER NOT NULL,
    w INTEGER NOT NULL,
    h INTEGER NOT NULL,
    PRIMARY KEY (record_key, place)
) WITHOUT ROWID;

-- body: the text of a page and where its words stand; apart from page, so
-- that lists do not read over it. Besides the running text it has the values
-- of its records' fields, by kind: record after record, a space between.
CREATE TABLE body (
    key    INTEGER PRIMARY KEY REFERENCES page (key),
    text   TEXT NOT NULL, -- words as written, one space between; what is shown
    layout BLOB NOT NULL, -- the box of each of them: index/layout.h
    name   TEXT NOT NULL, -- fields of type name
    place  TEXT NOT NULL, -- place
    egn    TEXT NOT NULL, -- egn
    number TEXT NOT NULL, -- number, money
    other  TEXT NOT NULL  -- date, text
);

-- word_index: which folded words (index/fold.h) stand where in which text. It
-- reads the texts from body and keeps none itself; so they must be taken out
-- with the 'delete' command before they are changed there.
CREATE VIRTUAL TABLE word_index USING fts5 (
    text, name, place, egn, number, other,
    content = 'body',
    content_rowid = 'key',
    tokenize = 'tefter'
);
