/* SPDX-License-Identifier: MIT */
/*
 * People and programs at the door: the code that is changed at the first
 * log-in, the organisation that keeps its own users, tokens, certificates, and
 * what the auditor is told of who has seen a person.
 */
#include "access/ledger.h"
#include "tests/search-cgi/form_volume.h"

#define OFFICE   "121830616"
#define OTHER    "831661388"
#define REGISTER "odesos/family-register/1890-001"
#define TAX      "mladost/local-tax/1957-034/0001"

static struct archive *archive;

static struct access *open_access(void)
{
    struct access *access = NULL;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    return access;
}

static char *get(const char *cookie, const char *uri)
{
    return web_ask(
        archive->dir,
        &(struct ask){.uri = uri, .cookie = cookie, .language = "en"});
}

/* What stands behind a text, up to a character; "" when it is not there. The
 * caller frees it. */
static char *behind(const char *answer, const char *start, const char *end)
{
    const char *at = strstr(answer, start);

    if (at == NULL)
        return strdup("");
    at += strlen(start);
    return strndup(at, strcspn(at, end));
}

static char *post(const char *cookie, const char *uri, const char *fields)
{
    CLEANUP(free) char *page = get(cookie, "/code");
    CLEANUP(free) char *csrf = behind(page, "name=\"csrf\" value=\"", "\"");
    CLEANUP(free) char *form = NULL;

    assert_true(asprintf(&form, "csrf=%s&%s", csrf, fields) > 0);
    return web_ask(archive->dir, &(struct ask){.method = "POST",
                                               .uri = uri,
                                               .cookie = cookie,
                                               .form = form,
                                               .language = "en"});
}

static int post_status(const char *cookie, const char *uri, const char *fields)
{
    CLEANUP(free) char *answer = post(cookie, uri, fields);

    return web_status(answer);
}

static int status_of(const char *cookie, const char *uri)
{
    CLEANUP(free) char *answer = get(cookie, uri);

    return web_status(answer);
}

static char *cookie_of(const char *identifier, const char *code)
{
    CLEANUP(access_close) struct access *access = open_access();
    char token[SESSION_TOKEN_SIZE];
    char *cookie = NULL;
    struct err err;

    assert_ok(session_begin(access, identifier, code, "", token, &err), err);
    assert_true(asprintf(&cookie, "tefter_session=%s", token) > 0);
    return cookie;
}

static void add_office(const char *id)
{
    static const struct office office = {"", "", "Договор 1/2026"};
    CLEANUP(access_close) struct access *access = open_access();
    struct organisation o = {.name = "Кантора", .role = "notary"};
    struct account a = {.name = "Управител", .role = "notary", .manages = true};
    struct err err;

    (void)snprintf(o.id, sizeof(o.id), "%s", id);
    assert_ok(organisation_add(access, &o, &office, &err), err);
    (void)snprintf(a.identifier, sizeof(a.identifier), "head-of-%s", id);
    memcpy(a.organisation, o.id, sizeof(a.organisation));
    assert_ok(account_add(access, &a, CODE_OF_ALL, &err), err);
}

/* The manager adds a user, who puts his own code in place of the one that was
 * handed to him before he sees anything else. */
static void user__changes_the_code_before_anything_else(void **state)
{
    CLEANUP(free) char *head = cookie_of("head-of-" OFFICE, CODE_OF_ALL);
    CLEANUP(free)
    char *added = post(head, "/organisation/add",
                       "identifier=7505121238&name=%D0%98%D0%B2%D0%B0%D0%BD");
    CLEANUP(free) char *code = behind(added, "<strong class=\"id\">", "<");
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *first = NULL;
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *changed = NULL;

    (void)state;
    assert_int_equal(web_status(added), 200);
    assert_int_equal(strlen(code), CODE_SIZE - 1);
    cookie = cookie_of("7505121238", code);
    first = get(cookie, "/volumes?x=1");
    assert_int_equal(web_status(first), 303);
    assert_non_null(
        strstr(first, "\nLocation: /code?back=%2Fvolumes%3Fx%3D1\r"));
    assert_int_equal(status_of(cookie, "/code"), 200);
    assert_int_equal(status_of(cookie, "/iiif/x/info.json"), 303);
    assert_int_equal(post_status(cookie, "/organisation/add", "x=1"), 303);
    assert_int_equal(post_status(cookie, "/code",
                                 "old=wrong-one&new=12345678&again=12345678"),
                     400);
    assert_true(asprintf(&form,
                         "old=%s&new=12345678&again=12345678&back=/account",
                         code) > 0);
    changed = post(cookie, "/code", form);
    assert_int_equal(web_status(changed), 303);
    assert_non_null(strstr(changed, "\nLocation: /account\r"));
    assert_int_equal(status_of(cookie, "/account"), 200);
    /* What is his is the office's, and the office is not his to keep. */
    assert_int_equal(status_of(cookie, "/organisation"), 403);
}

static void manager__keeps_his_own_users_alone(void **state)
{
    CLEANUP(free) char *head = cookie_of("head-of-" OFFICE, CODE_OF_ALL);
    CLEANUP(free) char *other = cookie_of("head-of-" OTHER, CODE_OF_ALL);
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *others = NULL;
    CLEANUP(free) char *taken = NULL;

    (void)state;
    assert_int_equal(
        post_status(head, "/organisation/add", "identifier=clerk-2&name=x"),
        200);
    page = get(head, "/organisation");
    others = get(other, "/organisation");
    assert_non_null(strstr(page, "clerk-2"));
    assert_null(strstr(others, "clerk-2"));
    taken = post(other, "/organisation/add", "identifier=clerk-2&name=x");
    assert_int_equal(web_status(taken), 400);
    assert_non_null(strstr(taken, "clerk-2 was not added"));
    assert_int_equal(
        post_status(head, "/organisation/add", "identifier=7505121234&name=x"),
        400);
    assert_int_equal(
        post_status(other, "/organisation/remove", "identifier=clerk-2"), 404);
    assert_int_equal(
        post_status(other, "/organisation/code", "identifier=clerk-2"), 404);
    assert_int_equal(
        post_status(head, "/organisation/remove", "identifier=clerk"), 404);
    assert_int_equal(
        post_status(head, "/organisation/remove", "identifier=head-of-" OFFICE),
        404);
    assert_int_equal(
        post_status(head, "/organisation/remove", "identifier=clerk-2"), 200);
}

/* ---- the administrator ------------------------------------------------- */

static bool tells(const char *answer, const char *text)
{
    return strstr(answer, text) != NULL;
}

/* What an answer says, and with which status. */
static void assert_says(char *answer, int status, const char *text)
{
    if (web_status(answer) != status || !tells(answer, text))
        fail_msg("%d with “%s” was expected: %s", status, text, answer);
    free(answer);
}

static void role_of(const char *identifier, char role[SLUG_SIZE],
                    struct appointment *office)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;
    struct err err;

    assert_ok(account_list(access, NULL, &accounts, &count, &err), err);
    (void)snprintf(role, SLUG_SIZE, "gone");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(accounts[i].identifier, identifier) != 0)
            continue;
        (void)snprintf(role, SLUG_SIZE, "%s", accounts[i].role);
        assert_ok(account_office(access, &accounts[i], office, &err), err);
    }
}

static void administrator__adds_an_account_by_the_rules_of_the_command(
    void **state)
{
    CLEANUP(free) char *admin = cookie_of("admin", CODE_OF_ALL);
    CLEANUP(free) char *added = NULL;
    CLEANUP(free) char *code = NULL;
    CLEANUP(free) char *cookie = NULL;
    CLEANUP(free) char *list = NULL;
    struct appointment office;
    char role[SLUG_SIZE];

    (void)state;
    assert_says(post(admin, "/accounts/add",
                     "identifier=7505121234&name=x&chosen-role=clerk"),
                400, "is no personal or company number");
    assert_says(post(admin, "/accounts/add",
                     "identifier=736&name=%3Cb%3Ex&chosen-role=notary"),
                400, "The document is missing");
    assert_says(post(admin, "/accounts/add",
                     "identifier=clerk&name=x&chosen-role=clerk"),
                400, "There is an account or organisation");
    assert_says(post(admin, "/accounts/add",
                     "identifier=736&name=x&chosen-role=notary&document=Z1&"
                     "from=2999-01-02&to=2999-01-01"),
                400, "Please look at the fields");
    assert_says(post(admin, "/accounts/add",
                     "identifier=736&name=x&chosen-role=public"),
                400, "Please look at the fields");
    assert_int_equal(post_status(admin, "/accounts/add",
                                 "identifier=736&name=x&organisation=nobody"),
                     404);
    added = post(admin, "/accounts/add",
                 "identifier=736&name=%3Cb%3ENotary&chosen-role=notary&"
                 "document=Z1&to=2999-12-31");
    assert_int_equal(web_status(added), 200);
    assert_true(tells(added, "&lt;b&gt;Notary"));
    code = behind(added, "<strong class=\"id secret\">", "<");
    assert_int_equal(strlen(code), CODE_SIZE - 1);
    cookie = cookie_of("736", code);
    assert_int_equal(status_of(cookie, "/volumes"), 303);
    role_of("736", role, &office);
    assert_string_equal(role, "notary");
    assert_string_equal(office.to, "2999-12-31");
    /* What was shown once is shown once. */
    list = get(admin, "/accounts/show?identifier=736");
    assert_true(tells(list, "2999-12-31"));
    assert_false(tells(list, code));
}

static void administrator__changes_an_account(void **state)
{
    CLEANUP(free) char *admin = cookie_of("admin", CODE_OF_ALL);
    CLEANUP(free) char *again = NULL;
    CLEANUP(free) char *secret = NULL;
    CLEANUP(free) char *totp = NULL;
    struct appointment office;
    char role[SLUG_SIZE];

    (void)state;
    assert_int_equal(
        post_status(admin, "/accounts/add",
                    "identifier=737&name=x&chosen-role=bailiff&document=Z1"),
        200);
    assert_says(post(admin, "/accounts/appoint",
                     "identifier=737&chosen-role=notary&document="),
                400, "The document is missing");
    assert_says(post(admin, "/accounts/appoint",
                     "identifier=737&chosen-role=notary&document=Z2&"
                     "from=2999-01-01"),
                200, "The role is given");
    role_of("737", role, &office);
    assert_string_equal(role, ROLE_NONE);
    assert_string_equal(office.from, "2999-01-01");
    assert_says(post(admin, "/accounts/dismiss", "identifier=737&document=out"),
                200, "has no role from now on");
    totp = post(admin, "/accounts/totp", "identifier=737");
    secret = behind(totp, "<strong class=\"id secret\">", "<");
    assert_int_equal(strlen(secret), 32);
    assert_says(post(admin, "/accounts/totp-remove", "identifier=737"), 200,
                "are asked of 737 no more");
    assert_says(post(admin, "/accounts/totp-remove", "identifier=737"), 400,
                "No one-time codes are asked of 737");
    again = post(admin, "/accounts/code", "identifier=737");
    assert_true(tells(again, "Code of 737, shown only now"));
    assert_int_equal(post_status(admin, "/accounts/code", "identifier=nobody"),
                     404);
    assert_int_equal(post_status(admin, "/accounts/nothing", "identifier=737"),
                     404);
    assert_int_equal(post_status(admin, "/accounts/remove", "identifier=737"),
                     400);
    assert_says(post(admin, "/accounts/remove", "sure=yes&identifier=737"), 200,
                "737 is removed");
    role_of("737", role, &office);
    assert_string_equal(role, "gone");
    assert_says(post(admin, "/accounts/remove", "sure=yes&identifier=admin"),
                400, "your own account");
    assert_says(post(admin, "/accounts/dismiss", "identifier=admin&document=x"),
                400, "your own account");
    role_of("admin", role, &office);
    assert_string_equal(role, "admin");
}

#define NEW_OFFICE "103010004"

/* From its making to its end, with a user, by what the pages say. */
static void administrator__keeps_organisations(void **state)
{
    CLEANUP(free) char *admin = cookie_of("admin", CODE_OF_ALL);
    CLEANUP(free) char *none = get(admin, "/organisations");
    CLEANUP(free) char *list = NULL;
    CLEANUP(free) char *choice = NULL;

    (void)state;
    assert_false(tells(none, NEW_OFFICE));
    assert_says(post(admin, "/organisations/add",
                     "identifier=103010005&name=x&chosen-role=bank&document=x"),
                400, "is no personal or company number");
    assert_says(post(admin, "/organisations/add",
                     "identifier=" NEW_OFFICE "&name=x&chosen-role=bank"),
                400, "The document is missing");
    assert_says(post(admin, "/organisations/add",
                     "identifier=clerk&name=x&chosen-role=bank&document=x"),
                400, "There is an account or organisation");
    assert_says(post(admin, "/organisations/add",
                     "identifier=" NEW_OFFICE "&name=%3Cb%3EBranch&"
                     "chosen-role=bank&document=C1&to=2999-12-31"),
                200, "&lt;b&gt;Branch");
    list = get(admin, "/organisations");
    assert_true(tells(list, "/organisations/show?identifier=" NEW_OFFICE));
    choice = get(admin, "/accounts?organisation=" NEW_OFFICE);
    assert_true(tells(choice, "value=\"" NEW_OFFICE "\" selected"));
    assert_int_equal(post_status(admin, "/accounts/add",
                                 "identifier=new-manager&name=x&manages=yes&"
                                 "organisation=" NEW_OFFICE),
                     200);
    assert_says(get(admin, "/organisations/show?identifier=" NEW_OFFICE), 200,
                "/accounts/show?identifier=new-manager");
    assert_says(
        post(admin, "/organisations/remove", "sure=yes&identifier=" NEW_OFFICE),
        400, "when it has no users any more");
    assert_says(post(admin, "/organisations/appoint",
                     "identifier=" NEW_OFFICE
                     "&chosen-role=bank&document=C2&to=2998-12-31"),
                200, "2998-12-31");
    assert_says(post(admin, "/organisations/dismiss",
                     "identifier=" NEW_OFFICE "&document="),
                400, "The document is missing");
    assert_says(post(admin, "/organisations/dismiss",
                     "identifier=" NEW_OFFICE "&document=over"),
                200, "its users can log in, and see nothing");
    assert_int_equal(post_status(admin, "/accounts/remove",
                                 "sure=yes&identifier=new-manager"),
                     200);
    assert_int_equal(
        post_status(admin, "/organisations/remove", "identifier=" NEW_OFFICE),
        400);
    assert_says(
        post(admin, "/organisations/remove", "sure=yes&identifier=" NEW_OFFICE),
        200, NEW_OFFICE " is removed");
    assert_int_equal(post_status(admin, "/organisations/remove",
                                 "sure=yes&identifier=" NEW_OFFICE),
                     404);
    assert_int_equal(
        post_status(admin, "/organisations/nothing", "identifier=" OFFICE),
        404);
}

/* Each step in the trail, by who took it. */
static void organisation__is_kept_in_the_trail(void **state)
{
    static const char *const kinds[] = {"organisation-added", "appointed",
                                        "dismissed", "organisation-removed"};
    CLEANUP(access_close) struct access *access = open_access();
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};

        assert_ok(audit_list(access,
                             &(struct audit_filter){.kind = kinds[i],
                                                    .about = NEW_OFFICE,
                                                    .who = "admin"},
                             &list, &err),
                  err);
        assert_true(list.count >= 1);
    }
}

/* A program that works for him keeps neither accounts nor prices. */
static void administrator__has_no_program_that_makes_accounts(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    char token[MACHINE_TOKEN_SIZE], bearer[128];
    char moment[CLOCK_RFC3339_SIZE], day[11];
    struct err err;

    (void)state;
    clock_rfc3339(time(NULL) + (time_t)7 * 24 * 3600, moment);
    (void)snprintf(day, sizeof(day), "%.10s", moment);
    assert_ok(machine_token_add(access, "admin", "x", day, token, &err), err);
    (void)snprintf(bearer, sizeof(bearer), "Bearer %s", token);
    {
        CLEANUP(free)
        char *added = web_ask(
            archive->dir,
            &(struct ask){.method = "POST",
                          .uri = "/accounts/add",
                          .bearer = bearer,
                          .form = "identifier=x&name=x&chosen-role=admin"});
        CLEANUP(free)
        char *priced = web_ask(
            archive->dir,
            &(struct ask){.method = "POST",
                          .uri = "/prices/set",
                          .bearer = bearer,
                          .form = "chosen-role=bank&chosen-series=*&sum=1"});

        assert_int_equal(web_status(added), 404);
        assert_int_equal(web_status(priced), 404);
    }
}

static void administrator__sets_prices_and_changes_none(void **state)
{
    CLEANUP(free) char *admin = cookie_of("admin", CODE_OF_ALL);
    CLEANUP(free) char *page = NULL;
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(free) struct price *prices = NULL;
    size_t before = 0, count = 0;
    struct err err;

    (void)state;
    assert_ok(price_list(access, &prices, &before, &err), err);
    free(prices);
    prices = NULL;
    assert_says(post(admin, "/prices/set",
                     "chosen-role=bank&chosen-series=*&what=view&sum=1,x"),
                400, "No price was set: the sum");
    assert_says(post(admin, "/prices/set",
                     "chosen-role=bank&chosen-series=*&what=view&sum=1&"
                     "from=2001-01-01"),
                400, "No price was set: days");
    assert_says(post(admin, "/prices/set",
                     "chosen-role=bank&chosen-series=*&what=row&sum=1,50&"
                     "to=2999-12-31"),
                200, "The price is set.");
    assert_says(post(admin, "/prices/set",
                     "chosen-role=bank&chosen-series=*&what=row&sum=1.75"),
                200, "The price is set.");
    assert_ok(price_list(access, &prices, &count, &err), err);
    assert_int_equal(count, before + 2);
    assert_int_equal(prices[before].cents, 150);
    assert_string_equal(prices[before].to, "2999-12-31");
    assert_string_equal(prices[before].action, "row");
    page = get(admin, "/prices");
    assert_true(tells(page, ">1.75<"));
    assert_true(tells(page, "another was set since"));
}

/* ---- programs ---------------------------------------------------------- */

static char *program(const char *bearer, const char *uri, const char *form,
                     const char *ground)
{
    return web_ask(archive->dir,
                   &(struct ask){.method = form == NULL ? "GET" : "POST",
                                 .uri = uri,
                                 .form = form,
                                 .bearer = bearer,
                                 .ground = ground,
                                 .number = ground == NULL ? NULL : "9/2026",
                                 .accept = "application/json"});
}

static int program_status(const char *bearer, const char *uri, const char *form,
                          const char *ground)
{
    CLEANUP(free) char *answer = program(bearer, uri, form, ground);

    return web_status(answer);
}

static void program__pays_and_states_its_ground_as_people_do(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    CLEANUP(free) char *bearer = NULL;
    CLEANUP(free) char *offer = NULL;
    CLEANUP(free) char *unknown = NULL;
    char token[MACHINE_TOKEN_SIZE], moment[CLOCK_RFC3339_SIZE], day[11];
    struct price price = {.role = "notary", .series = "*", .cents = 200};
    struct ledger_sum sum;
    int64_t has;
    struct err err;

    (void)state;
    clock_rfc3339(time(NULL) + (time_t)7 * 24 * 3600, moment);
    (void)snprintf(day, sizeof(day), "%.10s", moment);
    assert_ok(price_set(access, &price, &err), err);
    assert_ok(ledger_top_up(access, OTHER, 300, "TRF", &err), err);
    assert_ok(machine_token_add(access, "head-of-" OTHER, "програма", day,
                                token, &err),
              err);
    assert_true(asprintf(&bearer, "bearer %s", token) > 0);
    assert_int_equal(program_status(bearer, "/page/" TAX, NULL, NULL), 403);
    assert_int_equal(
        program_status(bearer, "/page/" TAX, NULL, "enforcement-case"), 400);
    offer = program(bearer, "/page/" TAX, NULL, "notarial-case");
    assert_int_equal(web_status(offer), 402);
    assert_non_null(strstr(offer, "\"price_cents\": 200"));
    assert_int_equal(program_status(bearer, "/page/" TAX "/open", "cents=200",
                                    "notarial-case"),
                     303);
    assert_int_equal(
        program_status(bearer, "/page/" TAX, NULL, "notarial-case"), 200);
    assert_int_equal(program_status(bearer, "/organisation", NULL, NULL), 403);
    assert_ok(ledger_balance(access, OTHER, &has, &err), err);
    assert_int_equal(has, 100);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_ok(audit_list(
                  access,
                  &(struct audit_filter){.kind = "open", .organisation = OTHER},
                  &list, &err),
              err);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].ground, "notarial-case 9/2026");
    assert_string_equal(list.items[0].who, "head-of-" OTHER);
    bearer[20] = bearer[20] == 'a' ? 'b' : 'a';
    unknown = program(bearer, "/page/" TAX, NULL, "notarial-case");
    assert_int_equal(web_status(unknown), 401);
    assert_non_null(strstr(unknown, "\nWWW-Authenticate: Bearer\r"));
}

/* What stands in the answer of a refusal. */
struct told {
    const char *bearer, *uri, *accept, *ground;
    int status;
    const char *type, *says;
};

static void check_told(const struct told *t)
{
    CLEANUP(free) char *type = NULL;
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir,
                &(struct ask){.uri = t->uri,
                              .bearer = t->bearer,
                              .accept = t->accept,
                              .ground = t->ground,
                              .number = t->ground == NULL ? NULL : "9/2026"});

    assert_true(asprintf(&type, "\nContent-Type: %s", t->type) > 0);
    if (web_status(answer) != t->status || strstr(answer, type) == NULL ||
        strstr(answer, t->says) == NULL)
        fail_msg("%s as %s: %d %s %s are expected:\n%s", t->uri,
                 t->accept == NULL ? "whatever" : t->accept, t->status, t->type,
                 t->says, answer);
}

static void program__is_told_why_not_in_its_own_words(void **state)
{
    static const char json[] = "application/problem+json";
    static const char xml[] = "application/problem+xml";
    static const char ground[] = "\"reason\": \"ground\"";
    CLEANUP(access_close) struct access *access = open_access();
    char token[MACHINE_TOKEN_SIZE], moment[CLOCK_RFC3339_SIZE], day[11];
    char bearer[128];
    struct err err;

    (void)state;
    clock_rfc3339(time(NULL) + (time_t)7 * 24 * 3600, moment);
    (void)snprintf(day, sizeof(day), "%.10s", moment);
    assert_ok(machine_token_add(access, "head-of-" OTHER, "друга програма", day,
                                token, &err),
              err);
    (void)snprintf(bearer, sizeof(bearer), "Bearer %s", token);

    const struct told refusals[] = {
        {bearer, "/?q=x", "application/json", NULL, 403, json, ground},
        {bearer, "/page/" TAX, NULL, NULL, 403, json, ground},
        {bearer, "/page/" TAX, "text/xml", NULL, 403, xml,
         "<reason>ground</reason>"},
        {bearer, "/page/" TAX, "text/html", NULL, 403, "text/html", "/ground"},
        {bearer, "/organisation", NULL, NULL, 403, json,
         "\"reason\": \"role\""},
        {bearer, "/page/" TAX "9", NULL, "notarial-case", 404, json,
         "\"title\": \"Not Found\""},
        {bearer, "/page/" TAX "9/alto.xml", NULL, "notarial-case", 404, xml,
         "<status>404</status>"},
        {"Bearer tefter-0", "/?q=x", NULL, NULL, 401, json,
         "\"title\": \"Unauthorized\""},
        {NULL, "/iiif/a%2Fb%2Fc%2F0001/info.json", "*/*", NULL, 404, json,
         "\"status\": 404"},
        {NULL, "/iiif/a%2Fb%2Fc%2F0001/full/max/0/default.jpg", "text/html",
         NULL, 404, "text/html", "<h1>"},
        {NULL, "/volume/a/b/c/manifest.json", NULL, NULL, 404, json,
         "\"status\": 404"},
        {NULL, "/volume/a/b/c", NULL, NULL, 404, "text/html", "<h1>"},
        {NULL, "/nothing", "application/json", NULL, 404, json,
         "\"status\": 404"},
        {NULL, "/page/a/b/c/1/alto.xml", NULL, NULL, 404, xml,
         "<title>Not Found</title>"},
    };
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
        check_told(&refusals[i]);
}

/* ---- certificates ------------------------------------------------------ */

#define PEM                         \
    "-----BEGIN CERTIFICATE-----\n" \
    "MAMCAQE=\n"                    \
    "-----END CERTIFICATE-----\n"

static char *log_in_by(const char *verified, const char *certificate,
                       const char *false_certificate)
{
    static const char cookie[] = "tefter_form=0123456789abcdef0123456789abcdef"
                                 "0123456789abcdef0123456789abcdef";
    static const char form[] = "csrf=0123456789abcdef0123456789abcdef"
                               "0123456789abcdef0123456789abcdef&back=/account";

    return web_ask(archive->dir,
                   &(struct ask){.method = "POST",
                                 .uri = "/login/certificate",
                                 .cookie = cookie,
                                 .form = form,
                                 .verified = verified,
                                 .certificate = certificate,
                                 .false_certificate = false_certificate,
                                 .language = "en"});
}

static void certificate__lets_in_whom_the_server_has_verified(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(free) char *unknown = log_in_by("SUCCESS", PEM, NULL);
    CLEANUP(free) char *failed = NULL;
    CLEANUP(free) char *header = NULL;
    CLEANUP(free) char *known = NULL;
    CLEANUP(free) char *token = NULL;
    char fingerprint[FINGERPRINT_SIZE];
    struct err err;

    (void)state;
    assert_int_equal(web_status(unknown), 403);
    assert_non_null(strstr(unknown, "bound to no account"));
    assert_ok(certificate_fingerprint(PEM, fingerprint, &err), err);
    assert_ok(certificate_add(access, "head-of-" OFFICE, fingerprint, &err),
              err);
    failed = log_in_by("FAILED:unable to verify", PEM, NULL);
    assert_int_equal(web_status(failed), 400);
    header = log_in_by(NULL, NULL,
                       "-----BEGIN CERTIFICATE----- MAMCAQE= "
                       "-----END CERTIFICATE-----");
    assert_int_equal(web_status(header), 400);
    known = log_in_by("SUCCESS", PEM, NULL);
    assert_int_equal(web_status(known), 303);
    token = web_cookie(known, "tefter_session");
    assert_non_null(token);
    {
        CLEANUP(free) char *cookie = NULL;
        CLEANUP(free) char *page = NULL;

        assert_true(asprintf(&cookie, "tefter_session=%s", token) > 0);
        page = get(cookie, "/account");
        assert_non_null(strstr(page, "head-of-" OFFICE));
    }
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

/* ---- sessions ----------------------------------------------------------- */

/* The id behind the n-th button that ends one. */
static char *session_button(const char *page, int n)
{
    static const char start[] = "name=\"session\" value=\"";
    const char *at = page;

    for (int i = 0; i <= n; i++) {
        at = strstr(at, start);
        assert_non_null(at);
        at += sizeof(start) - 1;
    }
    return strndup(at, strcspn(at, "\""));
}

static bool is_known(const char *cookie)
{
    CLEANUP(free) char *page = get(cookie, "/account");

    return strstr(page, "You are not logged in") == NULL;
}

static char *end_form(const char *id)
{
    char *form = NULL;

    assert_true(asprintf(&form, "identifier=clerk&session=%s", id) > 0);
    return form;
}

static void session__is_ended_by_its_owner_and_nobody_else(void **state)
{
    CLEANUP(free) char *one = cookie_of("clerk", CODE_OF_ALL);
    CLEANUP(free) char *two = cookie_of("clerk", CODE_OF_ALL);
    CLEANUP(free) char *three = cookie_of("clerk", CODE_OF_ALL);
    CLEANUP(free) char *bank = cookie_of("bank", CODE_OF_ALL);
    CLEANUP(free) char *page = get(one, "/account");
    CLEANUP(free) char *id = session_button(page, 0);
    CLEANUP(free) char *form = end_form(id);

    (void)state;
    assert_int_equal(count_of(page, "End the session begun"), 2);
    assert_true(tells(page, "this one"));
    assert_int_equal(strlen(id), 16);
    assert_int_equal(post_status(bank, "/account/session", form), 303);
    assert_true(is_known(two) && is_known(three));
    assert_int_equal(post_status(one, "/account/session", form), 303);
    assert_true(is_known(one));
    assert_true(is_known(two) != is_known(three));
    assert_int_equal(post_status(one, "/account/session", "session=others"),
                     303);
    assert_true(is_known(one));
    assert_false(is_known(two) || is_known(three));
}

static void session__is_ended_by_who_keeps_the_accounts(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    CLEANUP(free) char *clerk = cookie_of("clerk", CODE_OF_ALL);
    CLEANUP(free) char *admin = cookie_of("admin", CODE_OF_ALL);
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *id = NULL;
    CLEANUP(free) char *form = NULL;
    struct err err;

    (void)state;
    page = get(admin, "/accounts/show?identifier=clerk");
    id = session_button(page, 0);
    form = end_form(id);
    assert_says(post(admin, "/accounts/session", form), 200,
                "The session is over");
    assert_says(
        post(admin, "/accounts/session", "identifier=clerk&session=all"), 200,
        "The session is over");
    assert_false(is_known(clerk));
    free(page);
    page = get(admin, "/accounts/show?identifier=clerk");
    assert_true(tells(page, "Nobody is logged in under this account"));
    assert_ok(audit_list(access,
                         &(struct audit_filter){.kind = "session-revoked",
                                                .who = "admin"},
                         &list, &err),
              err);
    assert_true(list.count >= 1);
    assert_string_equal(list.items[0].subject, "clerk");
    assert_string_equal(list.items[0].detail, id);
}

/* ---- days -------------------------------------------------------------- */

static void dismissed__is_told_so_and_shown_nothing(void **state)
{
    CLEANUP(access_close) struct access *access = open_access();
    CLEANUP(free) char *cookie = cookie_of("notary", CODE_OF_ALL);
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *account = NULL;
    struct err err;

    (void)state;
    assert_int_equal(status_of(cookie, "/volumes"), 303); /* a ground first */
    assert_ok(access_dismiss(access, "notary", "отписан", &err), err);
    page = get(cookie, "/volumes");
    account = get(cookie, "/account");
    assert_int_equal(web_status(page), 403);
    assert_non_null(strstr(page, "Your role has not begun, or is over."));
    assert_non_null(strstr(account, "no role at present"));
    assert_int_equal(status_of(cookie, "/account/statement?month=2026-11"),
                     403);
}

/* ---- who has seen a person --------------------------------------------- */

static const struct form_page pages[] = {
    {{"Видяниев", "Съседниев", "Третиев", "Чуждиев"}, "1838-01-01"},
};

/* Видяниев is row 2, of household 1; Чуждиев row 5, of none. */
static void auditor__is_told_who_has_seen_a_person(void **state)
{
    static const char person[] =
        "/audit/person?q=%D0%92%D0%B8%D0%B4%D1%8F%D0%BD%D0%B8%D0%B5%D0%B2";
    CLEANUP(free) char *clerk = web_log_in(archive, "clerk");
    CLEANUP(free) char *bailiff = web_log_in(archive, "bailiff");
    CLEANUP(free) char *auditor = web_log_in(archive, "auditor");
    CLEANUP(free) char *before = get(auditor, person);
    CLEANUP(free) char *page = NULL;
    CLEANUP(free) char *csv = NULL;
    CLEANUP(free) char *row = NULL;
    CLEANUP(free) char *list = NULL;
    CLEANUP(free) char *uri = NULL;

    (void)state;
    assert_non_null(strstr(before, REGISTER "/0001/r02"));
    assert_non_null(strstr(before, "Nobody has seen it."));
    assert_null(strstr(before, "Съседниев")); /* no page is shown to him */
    assert_int_equal(status_of(bailiff, "/page/" REGISTER "/0001/row/r05"),
                     200);
    assert_int_equal(status_of(bailiff, "/page/" REGISTER "/0001/row/r02"),
                     200);
    assert_int_equal(status_of(bailiff, "/page/" REGISTER "/0001/row/h01"),
                     200);
    assert_int_equal(status_of(clerk, "/page/" REGISTER "/0001"), 200);
    assert_int_equal(
        status_of(clerk,
                  "/?q=%D0%92%D0%B8%D0%B4%D1%8F%D0%BD%D0%B8%D0%B5%D0%B2"),
        200);
    page = get(auditor, person);
    assert_non_null(strstr(page, "the whole page"));
    assert_non_null(strstr(page, "the household"));
    assert_non_null(strstr(page, "among the hits of a search"));
    assert_non_null(strstr(page, "enforcement case 123/2026"));
    assert_true(asprintf(&uri, "%s&format=csv", person) > 0);
    csv = get(auditor, uri);
    assert_int_equal(count_of(web_body(csv), "\r\n"), 1 + 4);
    assert_non_null(strstr(csv, "attachment; filename=\"disclosed.csv\""));
    row = get(auditor, "/audit/person?format=csv&q=" REGISTER "/0001/r05");
    assert_int_equal(count_of(web_body(row), "\r\n"), 1 + 3);
    list = get(auditor, "/audit?format=csv&kind=trail-read");
    assert_int_equal(count_of(web_body(list), "records=1 person="), 4);
    free(list);
    list = get(auditor, "/audit?format=csv&kind=trail-read");
    assert_int_equal(count_of(web_body(list), "entries=4 as=csv"), 1);
    assert_int_equal(status_of(clerk, person), 403);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user__changes_the_code_before_anything_else),
        cmocka_unit_test(
            administrator__adds_an_account_by_the_rules_of_the_command),
        cmocka_unit_test(administrator__changes_an_account),
        cmocka_unit_test(administrator__keeps_organisations),
        cmocka_unit_test(organisation__is_kept_in_the_trail),
        cmocka_unit_test(administrator__has_no_program_that_makes_accounts),
        cmocka_unit_test(administrator__sets_prices_and_changes_none),
        cmocka_unit_test(manager__keeps_his_own_users_alone),
        cmocka_unit_test(program__pays_and_states_its_ground_as_people_do),
        cmocka_unit_test(program__is_told_why_not_in_its_own_words),
        cmocka_unit_test(certificate__lets_in_whom_the_server_has_verified),
        cmocka_unit_test(session__is_ended_by_its_owner_and_nobody_else),
        cmocka_unit_test(session__is_ended_by_who_keeps_the_accounts),
        cmocka_unit_test(dismissed__is_told_so_and_shown_nothing),
        cmocka_unit_test(auditor__is_told_who_has_seen_a_person),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    form_volume_add(dir, archive,
                    &(struct web_volume){REGISTER, "Стар", "1890", ""}, pages,
                    1);
    add_office(OFFICE);
    add_office(OTHER);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
