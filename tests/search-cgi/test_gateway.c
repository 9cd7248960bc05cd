/* SPDX-License-Identifier: MIT */
/*
 * Paying by card, against a gateway of our own that speaks as ePay.bg documents
 * it: what is signed is taken once, whatever is forged, repeated, late, altered
 * or out of order changes nothing that it should not.
 */
#include "access/gateway.h"
#include "access/ledger.h"
#include "tests/search-cgi/gateway.h"

static struct archive *archive;

static char *ask(const char *uri, const char *cookie, const char *form)
{
    return web_ask(archive->dir,
                   &(struct ask){.method = form == NULL ? "GET" : "POST",
                                 .uri = uri,
                                 .cookie = cookie,
                                 .form = form,
                                 .language = "en"});
}

static int64_t has(const char *payer)
{
    CLEANUP(access_close) struct access *access = NULL;
    int64_t cents = -1;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(ledger_balance(access, payer, &cents, &err), err);
    return cents;
}

static struct ledger_sum assert_sound(void)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct ledger_sum sum;
    int64_t count;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    return sum;
}

/* The notary asks to pay; the page that leads to the gateway. */
static char *begin(const char *sum)
{
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *account = ask("/account", cookie, NULL);
    CLEANUP(free) char *token = sim_field(account, "csrf");
    CLEANUP(free) char *form = NULL;

    assert_true(asprintf(&form, "csrf=%s&sum=%s", token, sum) > 0);
    return ask("/account/pay", cookie, form);
}

static struct sim_bill bill(const char *sum)
{
    CLEANUP(free) char *page = begin(sum);
    struct sim_bill out;

    assert_int_equal(web_status(page), 200);
    assert_true(sim_register(page, &out));
    return out;
}

/* What the gateway is answered: the status of the line, or an error. */
static void assert_answer(const char *invoice, const char *status,
                          const char *secret, const char *expected)
{
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    CLEANUP(buf_fini) struct buf want = BUF_INIT;
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *answer = NULL;

    buf_printf(&lines,
               "INVOICE=%s:STATUS=%s:PAY_TIME=20261126101500:STAN=000123:"
               "BCODE=A1B2C3\n",
               invoice, status);
    form = sim_notification(buf_str(&lines), secret);
    answer = ask("/gateway/epay", NULL, form);
    assert_int_equal(web_status(answer), 200);
    if (strncmp(expected, "ERR=", 4) == 0)
        buf_printf(&want, "%s\n", expected);
    else
        buf_printf(&want, "INVOICE=%s:STATUS=%s\n", invoice, expected);
    assert_string_equal(web_body(answer), buf_str(&want));
}

static void payment__comes_in_once(void **state)
{
    struct sim_bill b = bill("20,50");
    int64_t before = has("notary");

    (void)state;
    assert_string_equal(b.amount, "20.50");
    assert_string_equal(b.currency, "EUR");
    assert_int_equal(strlen(b.expires), strlen("26.11.2026 10:15:00"));
    assert_answer(b.invoice, "PAID", SIM_SECRET, "OK");
    assert_int_equal(has("notary"), before + 2050);
    for (int i = 0; i < 3; i++) /* it is repeated until it is answered */
        assert_answer(b.invoice, "PAID", SIM_SECRET, "OK");
    assert_int_equal(has("notary"), before + 2050);
    assert_sound();
}

static void notification__that_is_forged_changes_nothing(void **state)
{
    static const char valid[] = "ERR=Not valid CHECKSUM";
    struct sim_bill b = bill("5");
    int64_t before = has("notary");
    CLEANUP(free) char *none = NULL;
    CLEANUP(free) char *altered = NULL;
    CLEANUP(free) char *form = NULL;
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    char *at;

    (void)state;
    assert_answer(b.invoice, "PAID", "another secret word, long enough", valid);
    assert_answer(b.invoice, "PAID", "", valid);
    none = ask("/gateway/epay", NULL, "encoded=&checksum=");
    assert_string_equal(web_body(none), "ERR=Not valid CHECKSUM\n");
    /* Signed for one status, sent with another. */
    buf_printf(&lines, "INVOICE=%s:STATUS=DENIED\n", b.invoice);
    form = sim_notification(buf_str(&lines), SIM_SECRET);
    at = strstr(form, "%");
    at[2] = at[2] == '4' ? '5' : '4';
    altered = ask("/gateway/epay", NULL, form);
    assert_string_equal(web_body(altered), "ERR=Not valid CHECKSUM\n");
    assert_int_equal(has("notary"), before);
    assert_sound();
}

static void notification__of_what_is_not_asked_for_is_no_money(void **state)
{
    int64_t before = has("notary");

    (void)state;
    assert_answer("999999", "PAID", SIM_SECRET, "NO");
    assert_answer("0", "PAID", SIM_SECRET, "NO");
    assert_int_equal(has("notary"), before);
    assert_sound();
}

static void payment__that_comes_late_is_money_all_the_same(void **state)
{
    struct sim_bill b = bill("7.00");
    int64_t before = has("notary");

    (void)state;
    assert_answer(b.invoice, "EXPIRED", SIM_SECRET, "OK");
    assert_answer(b.invoice, "EXPIRED", SIM_SECRET, "OK");
    assert_answer(b.invoice, "DENIED", SIM_SECRET, "OK");
    assert_int_equal(has("notary"), before);
    assert_answer(b.invoice, "PAID", SIM_SECRET, "OK");
    assert_int_equal(has("notary"), before + 700);
    /* What is paid is not denied afterwards. */
    assert_answer(b.invoice, "DENIED", SIM_SECRET, "OK");
    assert_int_equal(has("notary"), before + 700);
    assert_sound();
}

/* Several invoices in one notification, good lines and bad ones. */
static void notification__is_answered_line_by_line(void **state)
{
    struct sim_bill a = bill("1.00"), b = bill("2.00");
    int64_t before = has("notary");
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    CLEANUP(buf_fini) struct buf want = BUF_INIT;
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *answer = NULL;

    (void)state;
    buf_printf(&lines,
               "INVOICE=%s:STATUS=PAID\r\nINVOICE=%s:STATUS=STOLEN\n"
               "INVOICE=77777:STATUS=PAID\nnonsense\n"
               "INVOICE=%s:STATUS=PAID:STAN=<script>:BCODE=x;y\n",
               a.invoice, a.invoice, b.invoice);
    form = sim_notification(buf_str(&lines), SIM_SECRET);
    answer = ask("/gateway/epay", NULL, form);
    buf_printf(&want,
               "INVOICE=%s:STATUS=OK\nINVOICE=%s:STATUS=ERR\n"
               "INVOICE=77777:STATUS=NO\nINVOICE=0:STATUS=ERR\n"
               "INVOICE=%s:STATUS=OK\n",
               a.invoice, a.invoice, b.invoice);
    assert_string_equal(web_body(answer), buf_str(&want));
    assert_int_equal(has("notary"), before + 300);
    assert_sound();
}

static void pay__takes_a_sum_and_a_form_of_ours(void **state)
{
    static const char *const wrong[] = {"0.99", "10000.01", "x", "-5", ""};
    CLEANUP(free) char *cookie = web_log_in(archive, "notary");
    CLEANUP(free) char *no_token = ask("/account/pay", cookie, "sum=20");
    CLEANUP(free) char *page = NULL;

    (void)state;
    assert_int_equal(web_status(no_token), 403);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        CLEANUP(free) char *answer = begin(wrong[i]);

        assert_int_equal(web_status(answer), 400);
    }
    /* The browser lets that page's form go there, and no other's. */
    page = begin("20");
    assert_non_null(
        strstr(page, "form-action 'self' https://demo.epay.bg/\r\n"));
    {
        CLEANUP(free) char *account = ask("/account", cookie, NULL);

        assert_non_null(strstr(account, "form-action 'self'\r\n"));
        assert_non_null(strstr(account, "Pay by card"));
    }
    assert_sound();
}

static void invoices__are_listed_with_their_status(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(free) struct invoice *list = NULL;
    size_t count = 0, paid = 0;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(invoice_list(access, &list, &count, &err), err);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list[i].number, i + 1);
        assert_string_equal(list[i].payer, "notary");
        paid += strcmp(list[i].status, "paid") == 0;
    }
    assert_int_equal(paid, 4);
    assert_true(count > paid);
}

/* As an intruder would: the money of an invoice that was never paid. */
static void ledger_verify__finds_invoices_that_were_altered(void **state)
{
    static const char *const alterations[] = {
        "UPDATE invoice SET cents = cents + 1 WHERE number = 1",
        "UPDATE invoice SET payer = 'bank' WHERE number = 1",
        "DELETE FROM invoice WHERE number = 2",
        "DELETE FROM invoice_status WHERE number = 1",
        "UPDATE invoice_status SET status = 'denied' WHERE number = 1",
        "UPDATE invoice_status SET number = 2 WHERE number = 1",
        "INSERT INTO invoice_status VALUES (2, 'paid', 1)"};
    CLEANUP(db_close) struct db *db = NULL;
    struct err err;

    (void)state;
    assert_ok(db_open(archive->access, DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db,
                      "PRAGMA foreign_keys = OFF;"
                      "DROP TRIGGER invoice_is_not_changed;"
                      "DROP TRIGGER invoice_is_not_removed;"
                      "DROP TRIGGER invoice_status_is_not_changed;"
                      "DROP TRIGGER invoice_status_is_not_removed",
                      &err),
              err);
    for (size_t i = 0; i < sizeof(alterations) / sizeof(*alterations); i++) {
        CLEANUP(access_close) struct access *access = NULL;
        CLEANUP(buf_fini) struct buf command = BUF_INIT;
        struct ledger_sum sum;
        char copy[PATH_SIZE];

        assert_ok(path_format(copy, &err, "%s-copy", archive->access), err);
        (void)unlink(copy);
        buf_printf(&command, "VACUUM INTO '%s'", copy);
        assert_ok(db_exec(db, buf_str(&command), &err), err);
        assert_ok(access_open(copy, &access, &err), err);
        assert_ok(ledger_verify(access, &sum, &err), err);
        access_close(STEAL(access));
        {
            CLEANUP(db_close) struct db *other = NULL;

            assert_ok(db_open(copy, DB_WRITE, &other, &err), err);
            assert_ok(db_exec(other, "PRAGMA foreign_keys = OFF", &err), err);
            assert_ok(db_exec(other, alterations[i], &err), err);
        }
        assert_ok(access_open(copy, &access, &err), err);
        if (ledger_verify(access, &sum, &err) != -1)
            fail_msg("not found: %s", alterations[i]);
        assert_int_equal(err.kind, ERR_CHECKSUM);
    }
}

static int set_up(void)
{
    static const char conf[] = "[gateway]\nmerchant = " SIM_MERCHANT
                               "\naddress = https://demo.epay.bg/\n";
    char path[PATH_SIZE];
    struct access *access = NULL;
    struct price p = {.role = "notary", .series = "*", .cents = 100};
    struct err err;
    int rc;

    if (path_format(path, &err, "%s/tefter.conf", archive->dir) != 0 ||
        file_write_durable(path, conf, strlen(conf), &err) != 0 ||
        path_format(path, &err, "%s-gateway-secret", archive->access) != 0 ||
        file_write_durable(path, SIM_SECRET "\n", strlen(SIM_SECRET) + 1,
                           &err) != 0 ||
        access_open(archive->access, &access, &err) != 0)
        return -1;
    rc = price_set(access, &p, &err);
    access_close(access);
    return rc;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payment__comes_in_once),
        cmocka_unit_test(notification__that_is_forged_changes_nothing),
        cmocka_unit_test(notification__of_what_is_not_asked_for_is_no_money),
        cmocka_unit_test(payment__that_comes_late_is_money_all_the_same),
        cmocka_unit_test(notification__is_answered_line_by_line),
        cmocka_unit_test(pay__takes_a_sum_and_a_form_of_ours),
        cmocka_unit_test(invoices__are_listed_with_their_status),
        cmocka_unit_test(ledger_verify__finds_invoices_that_were_altered),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    if (set_up() != 0)
        return 1;
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
