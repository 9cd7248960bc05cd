/* SPDX-License-Identifier: MIT */
/*
 * Who has which role from when till when, for whom he acts, and by what means
 * he is known: codes, tokens, certificates.
 */
#include "access/access_internal.h"
#include "access/ledger.h"
#include "tests/access/database.h"

#include <liboath/oath.h>
#include <string.h>

#define CODE   "верен и дълъг код"
#define BANK   "121830616"
#define OFFICE "831661388"
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define ITEM   "odesos/family-register/1938-012/0001"

static const struct office without_end = {"", "", "Договор 12/2026"};

/* An organisation and two of its users, the first its manager. */
static void add_organisation(struct access *access, const char *id,
                             const char *role, const struct office *office)
{
    struct organisation o = {.name = "Клон"};
    struct account a = {.name = "Име"};
    struct err err;

    (void)snprintf(o.id, sizeof(o.id), "%s", id);
    (void)snprintf(o.role, sizeof(o.role), "%s", role);
    assert_ok(organisation_add(access, &o, office, &err), err);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(a.identifier, sizeof(a.identifier), "%s-%d", id, i);
        memcpy(a.role, o.role, sizeof(a.role));
        memcpy(a.organisation, o.id, sizeof(a.organisation));
        a.manages = i == 0;
        assert_ok(account_add(access, &a, CODE, &err), err);
    }
}

static struct account log_in(struct access *access, const char *identifier)
{
    char token[SESSION_TOKEN_SIZE], csrf[SESSION_TOKEN_SIZE];
    struct account account;
    struct err err;

    assert_ok(session_begin(access, identifier, CODE, "", token, &err), err);
    assert_ok(session_account(access, token, &account, csrf, &err), err);
    return account;
}

static const char *day_in(struct access *access, int days,
                          char out[DAY_TEXT_SIZE])
{
    access_day(access_now_ms(access) + days * DAY_MS, out);
    return out;
}

/* ---- numbers ----------------------------------------------------------- */

static void identifier__has_the_check_digit_that_it_must_have(void **state)
{
    static const char *const good[] = {"7505121238", "121830616", "831661388",
                                       "1234",       "notary-7",  "75051212"};
    static const char *const bad[] = {"7505121234", "121830617",
                                      "1218306160002"};
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_ok(identifier_check(good[i], &err), err);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_int_equal(identifier_check(bad[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

/* ---- appointments ------------------------------------------------------ */

static void role__holds_on_its_days_alone(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    struct account a = {.identifier = "736", .role = "notary", .name = "Н"};
    char token[SESSION_TOKEN_SIZE], csrf[SESSION_TOKEN_SIZE];
    struct office office;
    struct err err;

    office = (struct office){day_in(access, 1, first), day_in(access, 2, last),
                             "Заповед РД-7/2026"};
    assert_ok(account_add_for(access, &a, &office, CODE, &err), err);
    assert_ok(session_begin(access, "736", CODE, "", token, &err), err);
    for (int day = 0; day <= 3; day++) {
        access->ahead_ms = day * DAY_MS;
        assert_ok(session_account(access, token, &a, csrf, &err), err);
        assert_string_equal(a.role,
                            day == 1 || day == 2 ? "notary" : ROLE_NONE);
    }
    assert_int_equal(access_may(access, ROLE_NONE, ACTION_SEARCH, &err), 0);
}

static void role__is_given_anew_and_taken_away(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct account a = {.identifier = "736", .role = "notary", .name = "Н"};
    struct appointment last;
    struct err err;

    assert_ok(account_add(access, &a, CODE, &err), err);
    assert_string_equal(log_in(access, "736").role, "notary");
    assert_ok(access_dismiss(access, "736", "отписан 5/2026", &err), err);
    assert_string_equal(log_in(access, "736").role, ROLE_NONE);
    assert_ok(access_appoint(access, "736", "bailiff", &without_end, &err),
              err);
    assert_string_equal(log_in(access, "736").role, "bailiff");
    assert_ok(access_appointment(access, "736", &last, &err), err);
    assert_string_equal(last.document, without_end.document);
    /* Without a document, on no day, as what there is none of. */
    assert_int_equal(access_appoint(access, "736", "bailiff",
                                    &(struct office){"", "", ""}, &err),
                     -1);
    assert_int_equal(access_appoint(access, "736", "bailiff",
                                    &(struct office){"2026-02-30", "", "Д"},
                                    &err),
                     -1);
    assert_int_equal(access_appoint(access, "736", "none", &without_end, &err),
                     -1);
    assert_int_equal(
        access_appoint(access, "737", "bailiff", &without_end, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    /* Another person has another identifier; whoever comes again under his own
     * has his role anew. */
    assert_ok(access_dismiss(access, "736", "отписан 6/2026", &err), err);
    assert_ok(account_remove(access, "736", &err), err);
    assert_int_equal(account_add(access, &a, CODE, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    a.is_again = true;
    assert_ok(account_add(access, &a, CODE, &err), err);
    assert_string_equal(log_in(access, "736").role, "notary");
}

/* Money, purchases and past go with an identifier: what was an account is no
 * organisation, nor the other way round, and none begins anew unasked. */
static void identifier__is_one_payers(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct account a = {.identifier = "736", .role = "notary", .name = "Н"};
    struct organisation o = {.id = "736", .name = "К", .role = "notary"};
    struct err err;

    assert_ok(account_add(access, &a, CODE, &err), err);
    assert_ok(account_remove(access, "736", &err), err);
    o.is_again = true;
    assert_int_equal(organisation_add(access, &o, &without_end, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    memcpy(o.id, BANK, sizeof(BANK));
    o.is_again = false;
    assert_ok(organisation_add(access, &o, &without_end, &err), err);
    assert_ok(organisation_remove(access, BANK, &err), err);
    memcpy(a.identifier, BANK, sizeof(BANK));
    a.is_again = true;
    assert_int_equal(account_add(access, &a, CODE, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_int_equal(organisation_add(access, &o, &without_end, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    o.is_again = true;
    assert_ok(organisation_add(access, &o, &without_end, &err), err);
}

static void organisation__gives_its_users_their_role(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct account a = {.identifier = "x", .role = "clerk", .name = "Н"};
    struct err err;

    add_organisation(access, BANK, "bank", &without_end);
    assert_string_equal(log_in(access, BANK "-1").role, "bank");
    assert_true(log_in(access, BANK "-0").manages);
    assert_false(log_in(access, BANK "-1").manages);
    /* Nobody is a clerk because he works in a bank. */
    memcpy(a.organisation, BANK, sizeof(BANK));
    assert_int_equal(account_add(access, &a, CODE, &err), -1);
    assert_int_equal(
        access_appoint(access, BANK "-1", "clerk", &without_end, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_ok(access_dismiss(access, BANK "-1", "напуснал", &err), err);
    assert_string_equal(log_in(access, BANK "-1").role, ROLE_NONE);
    assert_string_equal(log_in(access, BANK "-0").role, "bank");
    assert_ok(access_dismiss(access, BANK, "договорът изтече", &err), err);
    assert_string_equal(log_in(access, BANK "-0").role, ROLE_NONE);
    assert_int_equal(organisation_remove(access, BANK, &err), -1);
    assert_ok(account_remove(access, BANK "-0", &err), err);
    assert_ok(account_remove(access, BANK "-1", &err), err);
    assert_ok(organisation_remove(access, BANK, &err), err);
}

/* One of them pays, his colleague is shown it, another office is not; and what
 * the trail says of it proves the ledger. */
static void purchase__is_the_organisations(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct price price = {.role = "notary", .series = "*", .cents = 200};
    enum charge_result result;
    struct account first, second, other;
    struct ledger_sum sum;
    struct gate gate;
    int64_t has;
    struct err err;

    add_organisation(access, BANK, "notary", &without_end);
    add_organisation(access, OFFICE, "notary", &without_end);
    assert_ok(price_set(access, &price, &err), err);
    assert_ok(ledger_top_up(access, BANK, 500, "TRF 1", &err), err);
    assert_ok(ledger_top_up(access, OFFICE, 500, "TRF 2", &err), err);
    first = log_in(access, BANK "-0");
    second = log_in(access, BANK "-1");
    other = log_in(access, OFFICE "-0");
    access_act_for(access, &first, "192.0.2.1");
    assert_ok(charge_make(access, &first, ITEM, 200, &result, &err), err);
    assert_int_equal(result, CHARGE_MADE);
    assert_ok(charge_gate(access, &second, ITEM, &gate, &err), err);
    assert_int_equal(gate.state, GATE_PAID);
    assert_ok(charge_gate(access, &other, ITEM, &gate, &err), err);
    assert_int_equal(gate.state, GATE_DUE);
    access_act_for(access, &second, "192.0.2.2");
    assert_ok(charge_show(access, &second, ITEM, AUDIT_OPEN, false, "", &err),
              err);
    access_act_for(access, &other, "192.0.2.3");
    assert_int_equal(
        charge_show(access, &other, ITEM, AUDIT_OPEN, false, "", &err), -1);
    assert_ok(ledger_balance(access, BANK, &has, &err), err);
    assert_int_equal(has, 300);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_int_equal(sum.shown, 1);
}

/* ---- codes ------------------------------------------------------------- */

static void code__is_changed_by_who_knows_the_old_one(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct account a = {.identifier = "736",
                        .role = "notary",
                        .name = "Н",
                        .must_change = true};
    char token[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
    char csrf[SESSION_TOKEN_SIZE];
    struct err err;

    assert_ok(account_add(access, &a, CODE, &err), err);
    assert_ok(session_begin(access, "736", CODE, "", token, &err), err);
    assert_ok(session_begin(access, "736", CODE, "", other, &err), err);
    assert_ok(session_account(access, token, &a, csrf, &err), err);
    assert_true(a.must_change);
    assert_int_equal(
        account_change_code(access, token, "not it, surely", "нов код", &err),
        -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(account_change_code(access, token, CODE, CODE, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(account_change_code(access, token, CODE, "къс", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_ok(account_change_code(access, token, CODE, "нов и дълъг", &err),
              err);
    assert_ok(session_account(access, token, &a, csrf, &err), err);
    assert_false(a.must_change);
    assert_int_not_equal(a.id, 0);
    assert_ok(session_account(access, other, &a, csrf, &err), err);
    assert_int_equal(a.id, 0);
    assert_int_equal(session_begin(access, "736", CODE, "", other, &err), -1);
    /* Lost: another one is handed out, and changed again. */
    assert_ok(account_issue_code(access, "736", CODE, &err), err);
    assert_true(log_in(access, "736").must_change);
}

/* ---- tokens and certificates ------------------------------------------- */

static void token__is_the_accounts_until_its_day(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    char token[MACHINE_TOKEN_SIZE], day[DAY_TEXT_SIZE];
    struct account a;
    struct err err;

    add_organisation(access, BANK, "bank", &without_end);
    assert_ok(machine_token_add(access, BANK "-1", "кредитна система",
                                day_in(access, 3, day), token, &err),
              err);
    assert_int_equal(machine_token_add(access, BANK "-1", "кредитна система",
                                       day, token + 0, &err),
                     -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_int_equal(machine_token_add(access, BANK "-1", "за дълго",
                                       day_in(access, 800, day), token, &err),
                     -1);
    assert_ok(machine_token_account(access, token, &a, &err), err);
    assert_string_equal(a.identifier, BANK "-1");
    assert_string_equal(a.role, "bank");
    assert_ok(
        account_state_ground(access, &a, "customer-consent", "7/2026", &err),
        err);
    assert_int_equal(
        account_state_ground(access, &a, "enforcement-case", "7/2026", &err),
        -1);
    token[20] ^= 1;
    assert_int_equal(machine_token_account(access, token, &a, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    token[20] ^= 1;
    access->ahead_ms = 4 * DAY_MS;
    assert_int_equal(machine_token_account(access, token, &a, &err), -1);
    access->ahead_ms = 0;
    assert_ok(machine_token_remove(access, BANK "-1", "кредитна система", &err),
              err);
    assert_int_equal(machine_token_account(access, token, &a, &err), -1);
}

/* DER that begins as a certificate does; what it says nobody here reads. */
static const char pem[] = "Bag Attributes\n-----BEGIN CERTIFICATE-----\n"
                          "MAMCAQE=\n-----END CERTIFICATE-----\n";

static void certificate__logs_in_whose_it_is(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    char fingerprint[FINGERPRINT_SIZE], again[FINGERPRINT_SIZE];
    char token[SESSION_TOKEN_SIZE], csrf[SESSION_TOKEN_SIZE];
    struct account a;
    struct err err;

    add_organisation(access, BANK, "bank", &without_end);
    assert_ok(certificate_fingerprint(pem, fingerprint, &err), err);
    assert_ok(certificate_fingerprint(strstr(pem, "-----"), again, &err), err);
    assert_string_equal(fingerprint, again);
    assert_int_equal(certificate_fingerprint("MAMCAQE=", again, &err), -1);
    assert_int_equal(
        session_begin_certificate(access, fingerprint, token, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(certificate_add(access, BANK "-1", fingerprint, &err), err);
    assert_int_equal(certificate_add(access, BANK "-0", fingerprint, &err), -1);
    assert_ok(session_begin_certificate(access, fingerprint, token, &err), err);
    assert_ok(session_account(access, token, &a, csrf, &err), err);
    assert_string_equal(a.identifier, BANK "-1");
    assert_ok(certificate_remove(access, fingerprint, &err), err);
    assert_ok(session_account(access, token, &a, csrf, &err), err);
    assert_int_equal(a.id, 0);
}

/* ---- restricted -------------------------------------------------------- */

static void restricted__is_for_whom_a_right_says_so(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    static const char *const hidden_from[] = {"public", "operator", "notary",
                                              "bank",   "bailiff",  "auditor"};
    static const char *const seen_by[] = {"clerk", "admin"};
    struct err err;

    assert_int_equal(access_restrict(access, "no page", "осиновяване", &err),
                     -1);
    assert_int_equal(access_restrict(access, ITEM, "", &err), -1);
    assert_ok(access_restrict(access, ITEM, "осиновяване", &err), err);
    assert_int_equal(access_restrict(access, ITEM, "пак", &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    for (size_t i = 0; i < sizeof(hidden_from) / sizeof(*hidden_from); i++) {
        CLEANUP(access_series_fini) struct series_list list = {NULL, 0};

        assert_ok(access_restricted(access, hidden_from[i], &list, &err), err);
        assert_int_equal(list.count, 1);
    }
    for (size_t i = 0; i < sizeof(seen_by) / sizeof(*seen_by); i++) {
        CLEANUP(access_series_fini) struct series_list list = {NULL, 0};

        assert_ok(access_restricted(access, seen_by[i], &list, &err), err);
        assert_int_equal(list.count, 0);
    }
    assert_ok(access_unrestrict(access, ITEM, "съдебно решение", &err), err);
    assert_int_equal(access_unrestrict(access, ITEM, "пак", &err), -1);
}

/* ---- gates ------------------------------------------------------------- */

/* A writer that was stopped with its turn makes others wait, but not for ever;
 * and when it goes on, so do they. */
static void gate__is_waited_at_but_not_for_ever(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct lock *stopped = NULL;
    char path[PATH_SIZE];
    double began_s = clock_monotonic_s();
    struct err err;

    access->gate_ms = 300;
    assert_ok(path_format(path, &err, "%s-turn", access->path), err);
    assert_ok(lock_acquire(path, LOCK_TRY, &stopped, &err), err);
    assert_int_equal(audit_note(access, AUDIT_LOGIN, "x", "", &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_true(clock_monotonic_s() - began_s >= 0.3);
    assert_int_equal(audit_note(access, AUDIT_LOGIN, "x", "", &err), -1);
    lock_release(stopped);
    assert_ok(audit_note(access, AUDIT_LOGIN, "x", "", &err), err);
}

/* ---- a stolen database ------------------------------------------------- */

static bool holds(const struct buf *bytes, const void *what, size_t size)
{
    return memmem(bytes->data, bytes->len, what, size) != NULL;
}

/* Everything that lets somebody in, as people and programs have it; and the
 * file without the keys beside it. */
static void stolen_database__lets_nobody_in(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(access_close) struct access *stolen = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char session[SESSION_TOKEN_SIZE], csrf[SESSION_TOKEN_SIZE];
    char machine[MACHINE_TOKEN_SIZE], day[DAY_TEXT_SIZE];
    char totp[TOTP_SECRET_SIZE], copy[PATH_SIZE], path[PATH_SIZE];
    struct account a;
    char *secret = NULL;
    size_t secret_len = 0;
    struct err err;

    add_organisation(access, BANK, "bank", &without_end);
    assert_ok(session_begin(access, BANK "-0", CODE, "", session, &err), err);
    assert_ok(session_account(access, session, &a, csrf, &err), err);
    assert_ok(machine_token_add(access, BANK "-1", "програма",
                                day_in(access, 3, day), machine, &err),
              err);
    assert_ok(account_set_totp(access, BANK "-1", totp, &err), err);
    assert_int_equal(
        oath_base32_decode(totp, strlen(totp), &secret, &secret_len), OATH_OK);
    assert_ok(db_exec(access->db, "PRAGMA wal_checkpoint(TRUNCATE)", &err),
              err);
    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_ok(file_read(path, 1 << 24, &bytes, &err), err);
    assert_false(holds(&bytes, CODE, strlen(CODE)));
    assert_false(holds(&bytes, session, 32));
    assert_false(holds(&bytes, csrf, 32));
    assert_false(holds(&bytes, machine + 7, 32));
    assert_false(holds(&bytes, totp, strlen(totp)));
    assert_false(holds(&bytes, secret, secret_len));
    free(secret);
    /* The hashes that are there are not taken in place of what they are of. */
    assert_ok(path_format(copy, &err, "%s/stolen.sqlite", (char *)*state), err);
    assert_ok(file_write_durable(copy, bytes.data, bytes.len, &err), err);
    assert_ok(access_open(copy, &stolen, &err), err);
    {
        CLEANUP(stmt_free) struct stmt *s = NULL;

        assert_ok(db_prepare(stolen->db,
                             "SELECT code_hash FROM account UNION ALL"
                             " SELECT lower(hex(token_hash)) FROM session"
                             " UNION ALL SELECT lower(hex(token_hash))"
                             " FROM machine_token",
                             &s, &err),
                  err);
        while (stmt_step(s, &err) == 1) {
            char text[256];

            (void)snprintf(text, sizeof(text), "%s", stmt_text(s, 0));
            assert_ok(session_account(stolen, text, &a, csrf, &err), err);
            assert_int_equal(a.id, 0);
        }
    }
    /* One-time codes cannot be made from it: the key lies elsewhere. */
    assert_int_equal(
        session_begin(stolen, BANK "-1", CODE, "000000", session, &err), -1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifier__has_the_check_digit_that_it_must_have),
        unit_test_in_dir(role__holds_on_its_days_alone),
        unit_test_in_dir(role__is_given_anew_and_taken_away),
        unit_test_in_dir(identifier__is_one_payers),
        unit_test_in_dir(organisation__gives_its_users_their_role),
        unit_test_in_dir(purchase__is_the_organisations),
        unit_test_in_dir(code__is_changed_by_who_knows_the_old_one),
        unit_test_in_dir(token__is_the_accounts_until_its_day),
        unit_test_in_dir(certificate__logs_in_whose_it_is),
        unit_test_in_dir(restricted__is_for_whom_a_right_says_so),
        unit_test_in_dir(gate__is_waited_at_but_not_for_ever),
        unit_test_in_dir(stolen_database__lets_nobody_in),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
