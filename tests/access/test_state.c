/* SPDX-License-Identifier: MIT */
/*
 * Who may what is what the audit trail tells, and whatever somebody writes into
 * the tables by hand, or takes out of them, is named.
 */
#include "access/state_verify.h"

#include <string.h>

#include "access/audit.h"
#include "tests/access/database.h"

#define CODE   "ae1f-55c0-77d2-90be"
#define VOLUME "odesos/technical/1962-005"
#define PAGE   "odesos/family-register/1938-012/0007"
#define PRINT  "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"
#define EGN    "7505121238"
#define EIK    "121858220"

static void assert_as_told(struct access *access)
{
    CLEANUP(state_faults_fini) struct state_faults faults = {NULL, 0};
    struct err err;

    assert_ok(state_verify(access, &faults, &err), err);
    for (size_t i = 0; i < faults.count; i++)
        print_error("%s: expected '%s', found '%s'\n", faults.items[i].table,
                    faults.items[i].expected, faults.items[i].found);
    assert_int_equal(faults.count, 0);
}

/* What an archive has after a while. */
static void live(struct access *access)
{
    const struct office office = {"2026-01-01", "", "Заповед 7"};
    struct account clerk = {
        .identifier = "clerk", .name = "К", .role = "clerk"};
    struct account scanner = {
        .identifier = "op", .name = "О", .role = "operator", .site = "odesos"};
    struct account member = {.identifier = EGN,
                             .name = "Н",
                             .role = "notary",
                             .organisation = EIK,
                             .manages = true};
    const struct organisation org = {
        .id = EIK, .name = "Кантора site=x", .role = "notary"};
    char secret[TOTP_SECRET_SIZE], token[MACHINE_TOKEN_SIZE];
    char session[SESSION_TOKEN_SIZE];
    struct err err;

    assert_ok(account_add(access, &clerk, CODE, &err), err);
    assert_ok(account_add_for(access, &scanner, &office, CODE, &err), err);
    assert_ok(organisation_add(access, &org, &office, &err), err);
    assert_ok(account_add(access, &member, CODE, &err), err);
    assert_ok(access_appoint(access, "op", "clerk", &office, &err), err);
    assert_ok(access_dismiss(access, "op", "отписан", &err), err);
    assert_ok(access_appoint(access, EIK, "bailiff", &office, &err), err);
    assert_ok(access_grant(access,
                           &(struct right){"clerk", "local-tax", "audit", ""},
                           &err),
              err);
    assert_ok(
        access_revoke(access,
                      &(struct right){"notary", "technical", "view", "ground"},
                      &err),
        err);
    assert_ok(access_publish(access, VOLUME, &err), err);
    assert_ok(access_restrict(access, PAGE, "осиновяване", &err), err);
    assert_ok(access_ground_add(access, "clerk", "request", &err), err);
    assert_ok(access_ground_remove(access, "bank", "customer-consent", &err),
              err);
    assert_ok(role_require_factor(access, "clerk", false, &err), err);
    assert_ok(machine_user_bind(access, "clerk", "ivan", &err), err);
    assert_ok(certificate_add(access, "clerk", PRINT, &err), err);
    assert_ok(
        machine_token_add(access, "clerk", "каса 1", "2026-12-31", token, &err),
        err);
    assert_ok(account_issue_code(access, "op", CODE, &err), err);
    assert_ok(session_begin(access, "clerk", CODE, "", session, &err), err);
    assert_ok(account_set_totp(access, EGN, secret, &err), err);
}

static void state_verify__finds_a_new_and_a_used_archive_as_told(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    assert_as_told(access);
    live(access);
    assert_as_told(access);
    assert_ok(account_remove(access, "clerk", &err), err);
    assert_ok(account_add(access,
                          &(struct account){.identifier = "clerk",
                                            .name = "К",
                                            .role = "auditor",
                                            .is_again = true},
                          CODE, &err),
              err);
    assert_ok(access_withdraw(access, VOLUME, &err), err);
    assert_ok(access_unrestrict(access, PAGE, "грешка", &err), err);
    assert_ok(machine_user_unbind(access, "ivan", &err), err);
    assert_ok(account_remove_totp(access, EGN, &err), err);
    assert_as_told(access);
}

/* What an intruder does with sqlite3, and the row that is then named. */
static const struct planted {
    const char *sql, *table, *row;
} planted[] = {
    {"INSERT INTO rights VALUES ('public', '*', 'view', '')", "rights",
     "public view *"},
    {"UPDATE rights SET condition = '' WHERE role = 'notary'"
     " AND action = 'search' AND series = 'local-tax'",
     "rights", "notary search local-tax"},
    {"DELETE FROM rights WHERE role = 'clerk' AND action = 'audit'", "rights",
     "clerk audit local-tax"},
    {"DELETE FROM rights WHERE role = 'auditor'", "rights", "auditor audit *"},
    {"INSERT INTO rights VALUES ('notary', 'technical', 'view', 'ground')",
     "rights", "notary view technical ground"},
    {"UPDATE role SET second_factor = 0 WHERE id = 'notary'", "role",
     "notary optional"},
    {"INSERT INTO role VALUES ('boss', 0)", "role", "boss optional"},
    {"INSERT INTO ground VALUES ('notary', 'curiosity')", "ground",
     "notary curiosity"},
    {"DELETE FROM ground WHERE id = 'notarial-case'", "ground",
     "notary notarial-case"},
    {"INSERT INTO published VALUES ('odesos/family-register/1938-012',"
     " 'family-register', 1)",
     "published", "odesos/family-register/1938-012 in family-register"},
    {"UPDATE published SET series = 'family-register'", "published",
     VOLUME " in family-register"},
    {"DELETE FROM published", "published", VOLUME " in technical"},
    {"DELETE FROM restricted", "restricted", PAGE " in family-register"},
    {"UPDATE restricted SET page = page || '1'", "restricted",
     PAGE "1 in family-register"},
    {"UPDATE account SET role = 'admin' WHERE identifier = 'clerk'", "account",
     "clerk admin site="},
    {"UPDATE account SET site = 'primorski' WHERE identifier = 'op'", "account",
     "op clerk site=primorski"},
    {"UPDATE account SET organisation = '' WHERE identifier = '" EGN "'",
     "account", EGN " bailiff manager site="},
    {"UPDATE account SET code_hash = (SELECT code_hash FROM account"
     " WHERE identifier = 'op') WHERE identifier = 'clerk'",
     "account", "clerk code="},
    {"INSERT INTO account (identifier, name, role, site, code_hash,"
     " created_utc_s) VALUES ('ghost', 'x', 'admin', '', 'x', 1)",
     "account", "ghost admin site="},
    {"DELETE FROM account WHERE identifier = 'op'", "account", "op "},
    {"UPDATE organisation SET role = 'notary'", "organisation", EIK " notary "},
    {"UPDATE organisation SET name = 'x'", "organisation", EIK " bailiff x"},
    {"DROP TRIGGER appointment_is_not_removed;"
     "DELETE FROM appointment WHERE from_day > to_day AND to_day <> ''",
     "appointment", ""},
    {"INSERT INTO appointment VALUES (9999, 'op', 'clerk', '2026-01-01', '',"
     " 'x')",
     "appointment", "9999 op clerk from=2026-01-01 to=- x"},
    {"INSERT INTO machine_user VALUES ('eve', 'clerk')", "machine_user",
     "eve clerk"},
    {"DELETE FROM machine_user", "machine_user", "ivan clerk"},
    {"UPDATE machine_token SET to_day = '2027-12-31'", "machine_token",
     "clerk to=2027-12-31 id="},
    {"UPDATE machine_token SET token_hash = x'00'", "machine_token",
     "clerk to=2026-12-31 id=00 "},
    {"UPDATE certificate SET account = (SELECT id FROM account"
     " WHERE identifier = 'op')",
     "certificate", "op " PRINT},
    {"UPDATE certificate SET fingerprint = 'ff'", "certificate", "clerk ff"},
    {"DELETE FROM second_factor", "second_factor", EGN},
    {"INSERT INTO second_factor SELECT id, x'00', 0 FROM account"
     " WHERE identifier = 'op'",
     "second_factor", "op"},
    {"INSERT INTO session (token_hash, account, created_utc_s,"
     " last_used_utc_s) SELECT x'0011223344556677', id, 1, 1 FROM account"
     " WHERE identifier = 'op'",
     "session", "op 0011223344556677"},
    {"UPDATE session SET account = (SELECT id FROM account"
     " WHERE identifier = 'op')",
     "session", "op "},
};

static bool is_named(const struct state_faults *faults, const struct planted *p)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct state_fault *f = &faults->items[i];

        if (strcmp(f->table, p->table) == 0 &&
            (strncmp(f->found, p->row, strlen(p->row)) == 0 ||
             strncmp(f->expected, p->row, strlen(p->row)) == 0))
            return true;
    }
    return false;
}

static void state_verify__names_every_planted_row(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    live(access);
    run(access, "PRAGMA foreign_keys=OFF");
    for (size_t i = 0; i < sizeof(planted) / sizeof(*planted); i++) {
        CLEANUP(state_faults_fini) struct state_faults faults = {NULL, 0};

        run(access, "SAVEPOINT planted");
        run(access, planted[i].sql);
        assert_ok(state_verify(access, &faults, &err), err);
        if (!is_named(&faults, &planted[i]))
            fail_msg("not named: %s", planted[i].sql);
        run(access, "ROLLBACK TO planted; RELEASE planted");
    }
    assert_as_told(access);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(state_verify__finds_a_new_and_a_used_archive_as_told),
        unit_test_in_dir(state_verify__names_every_planted_row),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
