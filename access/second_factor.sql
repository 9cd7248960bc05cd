-- SPDX-License-Identifier: MIT
-- One-time codes. Since version 9 of access.sqlite; part of it in new ones.

-- Whoever has a row here logs in with a one-time code (TOTP, RFC 6238: SHA-1,
-- six digits, 30 seconds) behind his code. Written by `tefter account totp`.
CREATE TABLE second_factor (
    account   INTEGER NOT NULL PRIMARY KEY
              REFERENCES account (id) ON DELETE CASCADE,
    sealed    BLOB NOT NULL,     -- the secret, by libsodium's secretbox with the
                                 -- key in access.sqlite-seal-key: nonce, box
    last_step INTEGER NOT NULL   -- of the last code that was taken: none is
                                 -- taken twice
) WITHOUT ROWID;
