/* SPDX-License-Identifier: MIT */
/*
 * Money: a page is paid for once, what is not shown costs nothing, and every
 * cent follows from the audit trail.
 */
#include "access/ledger.h"

#include <string.h>
#include <sys/wait.h>

#include "tests/access/database.h"

#define PAGE  "odesos/family-register/1938-012/0007"
#define OTHER "odesos/family-register/1938-012/0008"
#define TAX   "mladost/local-tax/1957-034/0001"
#define HOUR  ((int64_t)3600 * 1000)
#define DAY   (24 * HOUR)
#define PRICE 150
#define CODE  "a code of one's own"

static const struct account notary = {
    .id = 1, .identifier = "notary-1", .name = "Н", .role = "notary"};
static const struct account bank = {
    .id = 2, .identifier = "bank-1", .name = "Б", .role = "bank"};

static void set_price(struct access *access, const char *role,
                      const char *series, int64_t cents)
{
    struct price p = {.cents = cents};
    struct err err;

    (void)snprintf(p.role, sizeof(p.role), "%s", role);
    (void)snprintf(p.series, sizeof(p.series), "%s", series);
    assert_ok(price_set(access, &p, &err), err);
}

static void act_as(struct access *access, const struct account *who)
{
    access_act_as(access, who->identifier, who->role, "192.0.2.7");
    access_on_ground(access, "notarial-case", "123/2026");
}

/* A notary with 10.00, a bank that may owe 5.00; family pages cost 1.50, tax
 * pages 2.00. */
static struct access *make(const char *dir)
{
    struct access *access = open_in(dir);
    struct err err;

    assert_ok(account_add(access, &notary, CODE, &err), err);
    assert_ok(account_add(access, &bank, CODE, &err), err);
    set_price(access, "notary", "*", 200);
    set_price(access, "notary", "family-register", PRICE);
    set_price(access, "bank", "local-tax", 200);
    assert_ok(ledger_top_up(access, "notary-1", 1000, "TRF 77/2026", &err),
              err);
    assert_ok(
        terms_set(access, "bank-1", &(struct terms){TERMS_POSTPAID, 500}, &err),
        err);
    act_as(access, &notary);
    return access;
}

static int64_t has(struct access *access, const char *payer)
{
    int64_t cents = -1;
    struct err err;

    assert_ok(ledger_balance(access, payer, &cents, &err), err);
    return cents;
}

static struct gate gate_of(struct access *access, const struct account *who,
                           const char *page)
{
    struct gate gate;
    struct err err;

    assert_ok(charge_gate(access, who, page, &gate, &err), err);
    return gate;
}

static enum charge_result buy(struct access *access, const struct account *who,
                              const char *page, int64_t cents)
{
    enum charge_result result;
    struct err err;

    act_as(access, who);
    assert_ok(charge_make(access, who, page, cents, &result, &err), err);
    return result;
}

static void show(struct access *access, const struct account *who,
                 const char *page)
{
    struct err err;

    act_as(access, who);
    assert_ok(
        charge_show(access, who, page, AUDIT_OPEN, false, "q=Иванов", &err),
        err);
}

static struct ledger_sum assert_sound(struct access *access)
{
    struct ledger_sum sum;
    int64_t count;
    struct err err;

    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    return sum;
}

static void assert_unsound(struct access *access, const char *said)
{
    struct ledger_sum sum;
    struct err err;

    if (ledger_verify(access, &sum, &err) == 0)
        fail_msg("sound, and not: %s", said);
    assert_int_equal(err.kind, ERR_CHECKSUM);
    if (strstr(err.msg, said) == NULL)
        fail_msg("'%s' is not in: %s", said, err.msg);
}

static void charge__is_made_once_in_the_window(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct ledger_sum sum;

    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_DUE);
    assert_int_equal(gate_of(access, &notary, PAGE).cents, PRICE);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_HELD);
    show(access, &notary, PAGE);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_HELD);
    show(access, &notary, PAGE);
    assert_int_equal(has(access, "notary-1"), 850);
    assert_true(gate_of(access, &notary, PAGE).shown);
    assert_int_equal(gate_of(access, &notary, OTHER).state, GATE_DUE);
    assert_int_equal(gate_of(access, &bank, TAX).state, GATE_DUE);
    access->ahead_ms = DAY - HOUR;
    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_PAID);
    access->ahead_ms = DAY + HOUR;
    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_DUE);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    assert_int_equal(has(access, "notary-1"), 700);
    sum = assert_sound(access);
    assert_int_equal(sum.charges, 2);
    assert_int_equal(sum.shown, 2);
}

static void charge__takes_the_price_that_was_seen(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);

    assert_int_equal(buy(access, &notary, PAGE, PRICE - 1), CHARGE_CHANGED);
    assert_int_equal(buy(access, &notary, TAX, PRICE), CHARGE_CHANGED);
    assert_int_equal(buy(access, &notary, TAX, 200), CHARGE_MADE);
    set_price(access, "notary", "family-register", 175);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_CHANGED);
    assert_int_equal(buy(access, &notary, PAGE, 175), CHARGE_MADE);
    assert_int_equal(has(access, "notary-1"), 1000 - 200 - 175);
    assert_sound(access);
}

static void charge__passes_no_limit(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    char page[ID_SIZE];
    struct err err;

    for (int i = 1; i <= 2; i++) {
        (void)snprintf(page, sizeof(page), "mladost/local-tax/1957-034/%04d",
                       i);
        assert_int_equal(buy(access, &bank, page, 200), CHARGE_MADE);
    }
    assert_int_equal(buy(access, &bank, TAX "1", 200), CHARGE_SHORT);
    assert_int_equal(has(access, "bank-1"), -400);
    assert_ok(ledger_top_up(access, "bank-1", 100, "TRF 1", &err), err);
    assert_int_equal(buy(access, &bank, TAX "1", 200), CHARGE_MADE);
    assert_int_equal(has(access, "bank-1"), -500);
    /* Prepaid: not a cent below nothing. */
    assert_ok(
        terms_set(access, "bank-1", &(struct terms){TERMS_PREPAID, 0}, &err),
        err);
    assert_int_equal(buy(access, &bank, TAX "2", 200), CHARGE_SHORT);
    assert_sound(access);
}

static void charge__is_none_for_who_is_exempt(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;

    assert_ok(
        terms_set(access, "bank-1", &(struct terms){TERMS_EXEMPT, 0}, &err),
        err);
    assert_int_equal(gate_of(access, &bank, TAX).state, GATE_FREE);
    assert_int_equal(buy(access, &bank, TAX, 200), CHARGE_HELD);
    show(access, &bank, TAX);
    set_price(access, "notary", "technical", 0);
    assert_int_equal(
        gate_of(access, &notary, "primorski/technical/1979-107/0001").state,
        GATE_FREE);
    show(access, &notary, "primorski/technical/1979-107/0001");
    assert_int_equal(assert_sound(access).charges, 0);
}

static void charge__that_comes_to_nothing_is_given_back(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    int64_t count = -1;
    struct ledger_sum sum;
    struct err err;

    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    assert_ok(charge_fail(access, &notary, PAGE, CHARGE_FAILED, &err), err);
    assert_int_equal(has(access, "notary-1"), 1000);
    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_DUE);
    assert_ok(charge_fail(access, &notary, PAGE, CHARGE_FAILED, &err), err);
    assert_int_equal(has(access, "notary-1"), 1000);
    /* What was shown is not given back. */
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    assert_ok(charge_fail(access, &notary, PAGE, CHARGE_FAILED, &err), err);
    assert_int_equal(has(access, "notary-1"), 850);
    /* Nobody came for it. */
    assert_int_equal(buy(access, &notary, OTHER, PRICE), CHARGE_MADE);
    assert_ok(ledger_settle(access, &count, &err), err);
    assert_int_equal(count, 0);
    access->ahead_ms = DAY + HOUR;
    assert_unsound(access, "neither shown nor given back");
    assert_ok(ledger_settle(access, &count, &err), err);
    assert_int_equal(count, 1);
    assert_int_equal(has(access, "notary-1"), 850);
    sum = assert_sound(access);
    assert_int_equal(sum.reversals, 2);
}

static void charge_show__refuses_what_is_not_paid(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;

    assert_int_equal(
        charge_show(access, &notary, PAGE, AUDIT_OPEN, false, "", &err), -1);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_sound(access);
}

/* A picture that is asked for without the page is a delivery, too; also when
 * the page was seen for nothing a moment before. */
static void charge_show__counts_a_picture_as_delivery(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    assert_ok(account_add(access, &notary, CODE, &err), err);
    assert_ok(ledger_top_up(access, "notary-1", 1000, "TRF 1", &err), err);
    show(access, &notary, PAGE);
    set_price(access, "notary", "*", PRICE);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    assert_ok(charge_show(access, &notary, PAGE, AUDIT_IMAGE, true, "", &err),
              err);
    assert_true(gate_of(access, &notary, PAGE).shown);
    assert_int_equal(assert_sound(access).shown, 1);
}

static void refund__is_an_officers_with_a_reason(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;
    int64_t charge;

    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    charge = gate_of(access, &notary, PAGE).charge;
    access_act_as(access, "@officer", "", "");
    assert_int_equal(ledger_refund(access, charge, 0, "", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(ledger_refund(access, charge + 7, 0, "x", &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(ledger_refund(access, charge, 50, "wrong page", &err), err);
    assert_int_equal(ledger_refund(access, charge, 101, "again", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_ok(ledger_refund(access, charge, 0, "the rest", &err), err);
    assert_int_equal(ledger_refund(access, charge, 0, "more", &err), -1);
    assert_int_equal(has(access, "notary-1"), 1000);
    assert_int_equal(ledger_pay_out(access, "notary-1", 1001, "T", &err), -1);
    assert_ok(ledger_pay_out(access, "notary-1", 1000, "TRF 9", &err), err);
    assert_int_equal(has(access, "notary-1"), 0);
    assert_int_equal(assert_sound(access).refunds, 2);
}

static void price__is_checked_and_never_of_yesterday(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    static const struct price wrong[] = {
        {.role = "nobody", .series = "*"},
        {.role = "public", .series = "*"},
        {.role = "bank", .series = "unknown"},
        {.role = "bank", .series = "*", .cents = -1},
        {.role = "bank", .series = "*", .from = "2020-01-01"},
        {.role = "bank", .series = "*", .from = "2099-02-30"},
        {.role = "bank", .series = "*", .from = "2099-2-3"},
        {.role = "bank",
         .series = "*",
         .from = "2099-05-02",
         .to = "2099-05-01"},
    };
    struct err err;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(price_set(access, &wrong[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
    assert_int_equal(price_set_window(access, 0, &err), -1);
    assert_int_equal(price_set_window(access, 8761, &err), -1);
    assert_sound(access);
}

static void price__counts_on_its_days_only(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct price p = {.role = "bank", .series = "technical", .cents = 300};
    const char *page = "primorski/technical/1979-107/0001";
    struct err err;

    access_day(access_now_ms(access) + DAY, p.from);
    access_day(access_now_ms(access) + 2 * DAY, p.to);
    assert_int_equal(gate_of(access, &bank, page).state, GATE_FREE);
    assert_ok(price_set(access, &p, &err), err);
    assert_int_equal(gate_of(access, &bank, page).state, GATE_OVER);
    assert_int_equal(buy(access, &bank, page, 300), CHARGE_OVER);
    access->ahead_ms = DAY;
    assert_int_equal(gate_of(access, &bank, page).cents, 300);
    assert_int_equal(buy(access, &bank, page, 300), CHARGE_MADE);
    show(access, &bank, page);
    access->ahead_ms = 3 * DAY;
    assert_int_equal(gate_of(access, &bank, page).state, GATE_OVER);
    assert_sound(access);
}

static void window__is_what_was_set(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;

    assert_ok(price_set_window(access, 48, &err), err);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    access->ahead_ms = 2 * DAY - HOUR;
    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_PAID);
    access->ahead_ms = 2 * DAY + HOUR;
    assert_int_equal(gate_of(access, &notary, PAGE).state, GATE_DUE);
    assert_sound(access);
}

static void statement__adds_up(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    CLEANUP(statement_fini) struct statement st = STATEMENT_INIT;
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;
    char day[DAY_TEXT_SIZE], month[8];
    struct err err;

    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    assert_ok(ledger_top_up(access, "notary-1", 5, "=1+\"1\"", &err), err);
    access_day(access_now_ms(access), day);
    (void)snprintf(month, sizeof(month), "%.7s", day);
    assert_ok(statement_make(access, "notary-1", month, &st, &err), err);
    assert_int_equal(st.before_cents, 0);
    assert_int_equal(st.entries.count, 3);
    assert_int_equal(st.after_cents, 855);
    assert_ok(statement_csv(&st, &csv, &err), err);
    assert_non_null(strstr(buf_str(&csv),
                           "charge,\"" PAGE "\",\"notary-1\",\"notarial-case "
                           "123/2026\",-1.50,8.50\r\n"));
    assert_non_null(strstr(buf_str(&csv), ",\"'=1+\"\"1\"\"\","));
    assert_non_null(strstr(buf_str(&csv), ",,after,,,,,8.55\r\n"));
    statement_fini(&st);
    assert_int_equal(statement_make(access, "notary-1", "2026-13", &st, &err),
                     -1);
    assert_int_equal(statement_make(access, "nobody", month, &st, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void ledger__has_no_way_to_change_or_remove(void **state)
{
    static const char *const tries[] = {
        "UPDATE ledger SET cents = 1",          "DELETE FROM ledger",
        "UPDATE price SET cents = 1",           "DELETE FROM price",
        "UPDATE terms SET limit_cents = 1",     "DELETE FROM terms",
        "UPDATE purchase SET payer = 'x'",      "DELETE FROM purchase",
        "UPDATE purchase SET delivered = NULL", "DELETE FROM opening_window"};
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;

    assert_ok(price_set_window(access, 24, &err), err);
    assert_int_equal(buy(access, &notary, PAGE, PRICE), CHARGE_MADE);
    show(access, &notary, PAGE);
    for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++)
        assert_int_equal(db_exec(access->db, tries[i], &err), -1);
    assert_sound(access);
}

/* Sums of money as people write them. */
static void euro__reads_what_it_writes(void **state)
{
    static const struct {
        const char *text;
        int64_t cents;
    } good[] = {{"0", 0},
                {"1", 100},
                {"1.5", 150},
                {"1,50", 150},
                {"0.05", 5},
                {"1234.56", 123456},
                {"1000000000", EURO_MAX_CENTS}};
    static const char *const bad[] = {
        "",    "-1",   "1.", "1.234", "1 000",         ".5",
        "1e3", "1.5x", " 1", "+1",    "1000000000.01", "99999999999999999999"};
    char text[EURO_SIZE];
    int64_t cents;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        assert_ok(euro_parse(good[i].text, &cents, &err), err);
        assert_int_equal(cents, good[i].cents);
        euro_format(cents, text);
        assert_ok(euro_parse(text, &cents, &err), err);
        assert_int_equal(cents, good[i].cents);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(euro_parse(bad[i], &cents, &err), -1);
    euro_format(-5, text);
    assert_string_equal(text, "-0.05");
    euro_format(-1250, text);
    assert_string_equal(text, "-12.50");
}

static void buy_and_exit(const char *dir, int count)
{
    struct access *access = open_in(dir);
    enum charge_result result;
    char page[ID_SIZE];
    struct err err;

    act_as(access, &notary);
    for (int i = 0; i < count; i++) {
        (void)snprintf(page, sizeof(page),
                       "odesos/family-register/1938-012/%04d", i % 5 + 1);
        if (charge_make(access, &notary, page, PRICE, &result, &err) != 0 ||
            charge_show(access, &notary, page, AUDIT_OPEN, false, "", &err) !=
                0)
            _exit(1);
    }
    access_close(access);
    _exit(0);
}

static void charge__is_one_for_many_who_buy_at_once(void **state)
{
    struct access *access = make(*state);
    struct ledger_sum sum;
    int status;

    access_close(access);
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
            buy_and_exit(*state, 20);
    }
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    access = open_in(*state);
    sum = assert_sound(access);
    assert_int_equal(sum.charges, 5);
    assert_int_equal(sum.shown, 5);
    assert_int_equal(has(access, "notary-1"), 1000 - 5 * PRICE);
    access_close(access);
}

/* ---- planted alterations ---------------------------------------------- */

/* As an intruder would, first of all. */
static void drop_guards(struct access *access)
{
    run(access, "DROP TRIGGER price_is_not_changed;"
                "DROP TRIGGER price_is_not_removed;"
                "DROP TRIGGER terms_are_not_changed;"
                "DROP TRIGGER terms_are_not_removed;"
                "DROP TRIGGER window_is_not_changed;"
                "DROP TRIGGER window_is_not_removed;"
                "DROP TRIGGER ledger_is_not_changed;"
                "DROP TRIGGER ledger_is_not_removed;"
                "DROP TRIGGER purchase_is_not_removed;"
                "DROP TRIGGER purchase_is_settled_once;"
                "DROP TRIGGER audit_is_not_changed;"
                "DROP TRIGGER audit_is_not_removed;"
                "PRAGMA foreign_keys = OFF");
}

/* What can be done to a row of each table; # is its key. And in which field of
 * it that is found; the row's own key is what the question tells. */
static const struct {
    const char *table, *key, *sql, *field, *named;
} alterations[] = {
    {"ledger", "seq", "UPDATE ledger SET cents = cents + 1 WHERE seq = #",
     "cents", "SELECT #"},
    {"ledger", "seq", "UPDATE ledger SET debit = debit || 'x' WHERE seq = #",
     "debit, credit or text", "SELECT #"},
    {"ledger", "seq",
     "UPDATE ledger SET credit = 'payer:bank-1', debit = 'bank' WHERE seq = #",
     "debit, credit or text", "SELECT #"},
    {"ledger", "seq", "UPDATE ledger SET text = text || '.' WHERE seq = #",
     "debit, credit or text", "SELECT #"},
    {"ledger", "seq",
     "UPDATE ledger SET at_utc_ms = at_utc_ms - 1 WHERE seq = #", "at_utc_ms",
     "SELECT #"},
    {"ledger", "seq", "UPDATE ledger SET kind = 'pay-out' WHERE seq = #",
     "kind", "SELECT #"},
    {"ledger", "seq", "UPDATE ledger SET hash = zeroblob(32) WHERE seq = #",
     "hash", "SELECT #"},
    {"ledger", "seq", "UPDATE ledger SET charge = charge + 1 WHERE seq = #",
     "charge", "SELECT #"},
    {"ledger", "seq", "DELETE FROM ledger WHERE seq = #", "row", "SELECT #"},
    {"ledger", "seq", /* replayed */
     "INSERT INTO ledger SELECT (SELECT max(seq) + 1 FROM ledger), at_utc_ms,"
     " kind, debit, credit, cents, charge, -seq, text, hash FROM ledger"
     " WHERE seq = #",
     "row", "SELECT max(seq) + 1 FROM ledger"},
    {"ledger", "seq", /* two change places */
     "UPDATE ledger SET seq = -seq WHERE seq IN (#, # % 9 + 1);"
     "UPDATE ledger SET seq = # + # % 9 + 1 + seq WHERE seq < 0",
     NULL, "SELECT min(#, # % 9 + 1)"},
    {"balance", "rowid",
     "UPDATE balance SET cents = cents + 1 WHERE account = "
     "(SELECT account FROM balance LIMIT 1 OFFSET #)",
     "cents", "SELECT account FROM balance LIMIT 1 OFFSET #"},
    {"balance", "rowid",
     "DELETE FROM balance WHERE account = "
     "(SELECT account FROM balance LIMIT 1 OFFSET #)",
     "row", "SELECT account FROM balance LIMIT 1 OFFSET #"},
    {"price", "audit", "UPDATE price SET cents = cents + 1 WHERE audit = #",
     "told", "SELECT #"},
    {"price", "audit",
     "UPDATE price SET from_day = '2020-01-01' WHERE audit = #", "told",
     "SELECT #"},
    {"price", "audit", "UPDATE price SET role = 'clerk' WHERE audit = #",
     "told", "SELECT #"},
    {"price", "audit", "DELETE FROM price WHERE audit = #", "row", "SELECT #"},
    {"terms", "audit", "UPDATE terms SET limit_cents = 9999 WHERE audit = #",
     "told", "SELECT #"},
    {"terms", "audit", "UPDATE terms SET kind = 'exempt' WHERE audit = #",
     "told", "SELECT #"},
    {"terms", "audit", "DELETE FROM terms WHERE audit = #", "row", "SELECT #"},
    {"purchase", "charge",
     "UPDATE purchase SET until_utc_ms = until_utc_ms + 1 WHERE charge = #",
     "until_utc_ms", "SELECT #"},
    {"purchase", "charge",
     "UPDATE purchase SET payer = 'bank-1' WHERE charge = #", "payer",
     "SELECT #"},
    {"purchase", "charge",
     "UPDATE purchase SET item = 'a/b/c/0001' WHERE charge = #", "item",
     "SELECT #"},
    {"purchase", "charge",
     "UPDATE purchase SET delivered = iif(delivered IS NULL AND reversed IS "
     "NULL, 1, NULL) WHERE charge = # AND reversed IS NULL",
     "delivered", "SELECT #"},
    {"purchase", "charge", "DELETE FROM purchase WHERE charge = #", "row",
     "SELECT #"},
};
#define ALTERATIONS (sizeof(alterations) / sizeof(*alterations))

/* A ledger with some of everything. */
static void fill(struct access *access, int pages)
{
    char page[ID_SIZE];
    struct err err;

    assert_ok(ledger_top_up(access, "notary-1", 1000000, "TRF 2", &err), err);
    for (int i = 1; i <= pages; i++) {
        (void)snprintf(page, sizeof(page),
                       "odesos/family-register/1938-012/%04d", i);
        assert_int_equal(buy(access, &notary, page, PRICE), CHARGE_MADE);
        if (i % 7 == 3) {
            assert_ok(charge_fail(access, &notary, page, CHARGE_FAILED, &err),
                      err);
            continue;
        }
        if (i % 7 != 5)
            show(access, &notary, page);
        if (i % 7 == 1)
            assert_ok(ledger_refund(access,
                                    gate_of(access, &notary, page).charge, 1,
                                    "error", &err),
                      err);
    }
}

/* The keys of a table's rows, up to max. */
static size_t keys_of(struct access *access, const char *table, const char *key,
                      long long *out, size_t max)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char sql[160];
    size_t n = 0;
    struct err err;

    if (strcmp(table, "balance") == 0) {
        for (; n < 4 && n < max; n++)
            out[n] = (long long)n;
        return n;
    }
    (void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s ORDER BY 1", key,
                   table);
    assert_ok(db_prepare(access->db, sql, &s, &err), err);
    while (n < max && stmt_step(s, &err) == 1)
        out[n++] = stmt_int(s, 0);
    return n;
}

static const char *with_key(struct buf *out, const char *sql, long long key)
{
    for (; *sql != '\0'; sql++) {
        if (*sql == '#')
            buf_printf(out, "%lld", key);
        else
            buf_add(out, sql, 1);
    }
    return buf_str(out);
}

/* The key of the row that an alteration is about, before it is made; "" there
 * is none. */
static void find_named(struct access *access, const char *question,
                       long long key, char *out, size_t size)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(buf_fini) struct buf sql = BUF_INIT;
    struct err err;

    assert_ok(db_prepare(access->db, with_key(&sql, question, key), &s, &err),
              err);
    (void)snprintf(out, size, "%s",
                   stmt_step(s, &err) == 1 ? stmt_text(s, 0) : "");
}

/* Table, row and field are named, with what should stand there and what does.
 */
static void assert_named(const struct ledger_fault *f, size_t a, const char *id,
                         const char *sql)
{
    if (strcmp(f->table, alterations[a].table) != 0 || strcmp(f->id, id) != 0 ||
        (alterations[a].field != NULL &&
         strcmp(f->field, alterations[a].field) != 0) ||
        strcmp(f->expected, f->found) == 0)
        fail_msg("%s: named as %s %s %s, expected %s, found %s", sql, f->table,
                 f->id, f->field, f->expected, f->found);
}

/* Each alone, each found and named. $ALTERED_PAGES is how many pages are opened
 * first. */
static void ledger_verify__names_every_planted_alteration(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    const char *wanted = getenv("ALTERED_PAGES");
    int pages = wanted == NULL ? 14 : atoi(wanted);
    long long keys[400];
    size_t planted = 0;
    struct ledger_sum sum;
    struct err err;

    fill(access, pages);
    assert_sound(access);
    drop_guards(access);
    for (size_t a = 0; a < ALTERATIONS; a++) {
        size_t n = keys_of(access, alterations[a].table, alterations[a].key,
                           keys, 400);

        assert_true(n > 0);
        for (size_t k = 0; k < n; k++) {
            CLEANUP(buf_fini) struct buf text = BUF_INIT;
            const char *sql = with_key(&text, alterations[a].sql, keys[k]);
            char id[160];

            find_named(access, alterations[a].named, keys[k], id, sizeof(id));
            run(access, "BEGIN");
            run(access, sql);
            if (db_changes(access->db) > 0) {
                err = (struct err){.kind = ERR_NONE};
                if (ledger_verify(access, &sum, &err) != -1)
                    fail_msg("not found: %s", sql);
                assert_int_equal(err.kind, ERR_CHECKSUM);
                assert_named(&sum.fault, a, id, sql);
                planted++;
            }
            run(access, "ROLLBACK");
        }
    }
    print_message("%zu alterations planted, each named\n", planted);
    assert_sound(access);
}

/* Who writes both chains anew, signature and all, must still keep to prices
 * and windows. */
static void ledger_verify__finds_what_is_signed_and_wrong(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);
    struct err err;

    /* Shown without having been paid for. */
    assert_ok(audit_note(access, AUDIT_OPEN, PAGE, "", &err), err);
    assert_unsound(access, "had not been paid for");
}

static void ledger_verify__finds_a_fee_that_no_price_explains(void **state)
{
    CLEANUP(access_close) struct access *access = make(*state);

    drop_guards(access);
    run(access, "UPDATE price SET cents = 151 WHERE series = "
                "'family-register'");
    assert_int_equal(buy(access, &notary, PAGE, 151), CHARGE_MADE);
    assert_unsound(access, "another sum was due");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(charge__is_made_once_in_the_window),
        unit_test_in_dir(charge__takes_the_price_that_was_seen),
        unit_test_in_dir(charge__passes_no_limit),
        unit_test_in_dir(charge__is_none_for_who_is_exempt),
        unit_test_in_dir(charge__that_comes_to_nothing_is_given_back),
        unit_test_in_dir(charge_show__refuses_what_is_not_paid),
        unit_test_in_dir(charge_show__counts_a_picture_as_delivery),
        unit_test_in_dir(refund__is_an_officers_with_a_reason),
        unit_test_in_dir(price__is_checked_and_never_of_yesterday),
        unit_test_in_dir(price__counts_on_its_days_only),
        unit_test_in_dir(window__is_what_was_set),
        unit_test_in_dir(statement__adds_up),
        unit_test_in_dir(ledger__has_no_way_to_change_or_remove),
        cmocka_unit_test(euro__reads_what_it_writes),
        unit_test_in_dir(charge__is_one_for_many_who_buy_at_once),
        unit_test_in_dir(ledger_verify__names_every_planted_alteration),
        unit_test_in_dir(ledger_verify__finds_what_is_signed_and_wrong),
        unit_test_in_dir(ledger_verify__finds_a_fee_that_no_price_explains),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
