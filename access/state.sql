-- SPDX-License-Identifier: MIT
-- Who may what as the audit trail tells it (told_TABLE), and as the tables have
-- it (held_TABLE), each row as a text k in the words of the entry. Made anew in
-- each connection that verifies; nothing of it is in the file. state_verify.c
-- fills first_right from rights.tsv and holds the one against the other.
--
-- Of what is added and removed again the last entry counts: where max(seq) is
-- asked for, SQLite takes the other columns from that row ("Bare columns in an
-- aggregate query").

CREATE TEMP TABLE IF NOT EXISTS first_right (
    k TEXT NOT NULL -- "ROLE ACTION SERIES[ CONDITION]"
);

-- right-granted, right-revoked: about the role, "ACTION SERIES[ CONDITION]"
CREATE TEMP VIEW IF NOT EXISTS last_right AS
SELECT subject || ' ' || detail AS k, kind, max(seq) FROM audit
WHERE kind IN ('right-granted', 'right-revoked') GROUP BY subject, detail;
CREATE TEMP VIEW IF NOT EXISTS told_rights AS
SELECT k FROM last_right WHERE kind = 'right-granted'
UNION SELECT k FROM first_right WHERE k NOT IN (SELECT k FROM last_right);
CREATE TEMP VIEW IF NOT EXISTS held_rights AS
SELECT role || ' ' || action || ' ' || series
    || iif(condition = '', '', ' ' || condition) AS k FROM rights;

-- second-factor: about the role, "required" or "optional"
CREATE TEMP VIEW IF NOT EXISTS last_factor_rule AS
SELECT subject, detail, max(seq) FROM audit WHERE kind = 'second-factor'
GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS told_role AS
SELECT role || ' ' || coalesce(
    (SELECT detail FROM last_factor_rule WHERE subject = role),
    iif(role = 'public', 'optional', 'required')) AS k
FROM (SELECT DISTINCT substr(k, 1, instr(k, ' ') - 1) AS role FROM first_right);
CREATE TEMP VIEW IF NOT EXISTS held_role AS
SELECT id || ' ' || iif(second_factor, 'required', 'optional') AS k FROM role;

-- ground-added, ground-removed: about the role, the ground
CREATE TEMP VIEW IF NOT EXISTS last_ground AS
SELECT subject || ' ' || detail AS k, kind, max(seq) FROM audit
WHERE kind IN ('ground-added', 'ground-removed') GROUP BY subject, detail;
CREATE TEMP VIEW IF NOT EXISTS told_ground AS
SELECT k FROM last_ground WHERE kind = 'ground-added'
UNION SELECT column1 FROM (VALUES -- ground.sql
    ('notary notarial-case'), ('bank customer-consent'),
    ('bailiff enforcement-case'))
WHERE column1 NOT IN (SELECT k FROM last_ground);
CREATE TEMP VIEW IF NOT EXISTS held_ground AS
SELECT role || ' ' || id AS k FROM ground;

-- published, withdrawn: about the volume, SITE/SERIES/NUMBER
CREATE TEMP VIEW IF NOT EXISTS last_published AS
SELECT subject, kind, substr(subject, instr(subject, '/') + 1) AS rest, max(seq)
FROM audit WHERE kind IN ('published', 'withdrawn') GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS told_published AS
SELECT subject || ' in ' || substr(rest, 1, instr(rest, '/') - 1) AS k
FROM last_published WHERE kind = 'published';
CREATE TEMP VIEW IF NOT EXISTS held_published AS
SELECT volume || ' in ' || series AS k FROM published;

-- restricted, unrestricted: about the page, SITE/SERIES/NUMBER/PAGE
CREATE TEMP VIEW IF NOT EXISTS last_restricted AS
SELECT subject, kind, substr(subject, instr(subject, '/') + 1) AS rest,
    max(seq) AS seq
FROM audit WHERE kind IN ('restricted', 'unrestricted') GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS told_restricted AS
SELECT subject || ' in ' || substr(rest, 1, instr(rest, '/') - 1)
    || ' by entry ' || seq AS k
FROM last_restricted WHERE kind = 'restricted';
CREATE TEMP VIEW IF NOT EXISTS held_restricted AS
SELECT page || ' in ' || series || ' by entry ' || audit AS k FROM restricted;

-- account-added: about the account, "ROLE[ of ORGANISATION][ manager]
-- site=SITE code=HEX", of earlier versions without what stands behind the
-- manager. appointed: about it or its organisation, "ROLE from=DAY to=DAY
-- DOCUMENT", gives another role.
CREATE TEMP VIEW IF NOT EXISTS last_account AS
SELECT subject AS identifier, detail, kind, max(seq) AS seq FROM audit
WHERE kind IN ('account-added', 'account-removed') GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS added_account AS
SELECT identifier, seq,
    substr(detail, 1, instr(detail || ' ', ' ') - 1) AS role,
    iif(instr(detail, ' site=') = 0,
        substr(detail, instr(detail || ' ', ' ')) || ' site=' || coalesce(
            (SELECT site FROM account
             WHERE account.identifier = last_account.identifier), ''),
        substr(detail, instr(detail, ' '), length(detail) - instr(detail, ' ')
            + 1 - length(' code=01234567890123456789012345678901'))) AS rest
FROM last_account WHERE kind = 'account-added';
CREATE TEMP VIEW IF NOT EXISTS appointed_as AS
SELECT seq, subject AS holder, substr(detail, 1, instr(detail, ' ') - 1) AS role
FROM audit WHERE kind = 'appointed';
CREATE TEMP VIEW IF NOT EXISTS told_account AS
SELECT a.identifier || ' ' || coalesce(
    (SELECT p.role FROM appointed_as p
     WHERE p.holder = iif(c.organisation = '', c.identifier, c.organisation)
     AND p.seq > a.seq ORDER BY p.seq DESC LIMIT 1), a.role) || a.rest AS k
FROM added_account a LEFT JOIN account c ON c.identifier = a.identifier;
CREATE TEMP VIEW IF NOT EXISTS held_account AS
SELECT identifier || ' ' || role
    || iif(organisation = '', '', ' of ' || organisation)
    || iif(manages, ' manager', '') || ' site=' || site AS k FROM account;

-- organisation-added, organisation-removed: about it, its name
CREATE TEMP VIEW IF NOT EXISTS last_organisation AS
SELECT subject, detail, kind, max(seq) AS seq FROM audit
WHERE kind IN ('organisation-added', 'organisation-removed') GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS told_organisation AS
SELECT o.subject || ' ' || coalesce(
    (SELECT p.role FROM appointed_as p WHERE p.holder = o.subject
     AND p.seq > o.seq ORDER BY p.seq DESC LIMIT 1), '?')
    || ' ' || o.detail AS k
FROM last_organisation o WHERE o.kind = 'organisation-added';
CREATE TEMP VIEW IF NOT EXISTS held_organisation AS
SELECT id || ' ' || role || ' ' || name AS k FROM organisation;

-- appointed, dismissed: each has its row
CREATE TEMP VIEW IF NOT EXISTS told_appointment AS
SELECT seq || ' ' || subject || ' ' || detail AS k FROM audit
WHERE kind IN ('appointed', 'dismissed');
CREATE TEMP VIEW IF NOT EXISTS held_appointment AS
SELECT audit || ' ' || holder || ' ' || role || ' from=' || from_day || ' to='
    || iif(to_day = '', '-', to_day) || ' ' || document AS k FROM appointment;

-- user-bound, user-unbound: about the account, the user of the machine
CREATE TEMP VIEW IF NOT EXISTS last_machine_user AS
SELECT detail || ' ' || subject AS k, kind, max(seq) FROM audit
WHERE kind IN ('user-bound', 'user-unbound') GROUP BY detail;
CREATE TEMP VIEW IF NOT EXISTS told_machine_user AS
SELECT k FROM last_machine_user WHERE kind = 'user-bound';
CREATE TEMP VIEW IF NOT EXISTS held_machine_user AS
SELECT name || ' ' || identifier AS k FROM machine_user;

-- What belongs to an account goes with it: entries from before it was added
-- anew tell of nothing any more.

-- token-added: about the account, "to=DAY id=HEX NAME"; token-removed: "NAME"
CREATE TEMP VIEW IF NOT EXISTS last_machine_token AS
SELECT subject, detail, kind, max(seq) AS seq FROM audit
WHERE kind IN ('token-added', 'token-removed')
GROUP BY subject, iif(kind = 'token-removed', detail, substr(detail, 1
    + length('to=2026-11-28 id=0123456789abcdef ')));
CREATE TEMP VIEW IF NOT EXISTS told_machine_token AS
SELECT t.subject || ' ' || t.detail AS k FROM last_machine_token t
JOIN added_account a ON a.identifier = t.subject AND a.seq < t.seq
WHERE t.kind = 'token-added';
CREATE TEMP VIEW IF NOT EXISTS held_machine_token AS
SELECT coalesce(identifier, '?') || ' to=' || to_day || ' id='
    || substr(lower(hex(token_hash)), 1, 16) || ' ' || t.name AS k
FROM machine_token t LEFT JOIN account ON account.id = t.account;

-- certificate-added, certificate-removed: about the account, the fingerprint
CREATE TEMP VIEW IF NOT EXISTS last_certificate AS
SELECT subject, detail, kind, max(seq) AS seq FROM audit
WHERE kind IN ('certificate-added', 'certificate-removed') GROUP BY detail;
CREATE TEMP VIEW IF NOT EXISTS told_certificate AS
SELECT c.subject || ' ' || c.detail AS k FROM last_certificate c
JOIN added_account a ON a.identifier = c.subject AND a.seq < c.seq
WHERE c.kind = 'certificate-added';
CREATE TEMP VIEW IF NOT EXISTS held_certificate AS
SELECT coalesce(identifier, '?') || ' ' || fingerprint AS k
FROM certificate c LEFT JOIN account ON account.id = c.account;

-- totp-set, totp-removed: about the account
CREATE TEMP VIEW IF NOT EXISTS last_second_factor AS
SELECT subject, kind, max(seq) AS seq FROM audit
WHERE kind IN ('totp-set', 'totp-removed') GROUP BY subject;
CREATE TEMP VIEW IF NOT EXISTS told_second_factor AS
SELECT f.subject AS k FROM last_second_factor f
JOIN added_account a ON a.identifier = f.subject AND a.seq < f.seq
WHERE f.kind = 'totp-set';
CREATE TEMP VIEW IF NOT EXISTS held_second_factor AS
SELECT coalesce(identifier, '?') AS k
FROM second_factor f LEFT JOIN account ON account.id = f.account;

-- login: about the account, "session=HEX[ certificate]". Sessions end without
-- an entry: what is told counts only where there is a row.
CREATE TEMP VIEW IF NOT EXISTS held_session AS
SELECT coalesce(identifier, '?') || ' '
    || substr(lower(hex(token_hash)), 1, 16) AS k
FROM session s LEFT JOIN account ON account.id = s.account;
CREATE TEMP VIEW IF NOT EXISTS told_session AS
SELECT subject || ' ' || substr(detail, 1 + length('session='), 16) AS k
FROM audit WHERE kind = 'login'
INTERSECT SELECT k FROM held_session;

-- account-added, code-issued, code-changed: "...code=HEX" at the end, the first
-- 16 bytes of SHA-256 of the hash that is kept. Who puts the hash of a code of
-- his own in its place is seen by that.
CREATE TEMP VIEW IF NOT EXISTS told_code AS
SELECT identifier, code_hash, (SELECT substr(detail, -32) FROM audit
    WHERE kind IN ('account-added', 'code-issued', 'code-changed')
    AND subject = identifier AND instr(detail, 'code=') > 0
    ORDER BY seq DESC LIMIT 1) AS hex FROM account;
