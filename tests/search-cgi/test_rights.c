/* SPDX-License-Identifier: MIT */
/*
 * Who gets what: every address of the web and every command of the program, for
 * every kind of reader, of every series and every state that a record can be
 * in, against tables that were written by hand from the domain's table of roles
 * (docs/access-rules.md). An address or a command that stands in no table fails
 * the test.
 *
 * Asked is the program itself (dispatch), or, with HTTP in the environment,
 * over HTTP the server that `tefter serve` starts; the tables are the same.
 *
 * The archive is one that shows the public its old registers: who is named
 * there has died. A page costs notaries 2.00 euro.
 */
#include <errno.h>
#include <signal.h>

#include "access/access_internal.h"
#include "access/ledger.h"
#include "search-cgi/dispatch.h"
#include "search-cgi/route.h"
#include "tests/search-cgi/form_volume.h"
#include "tests/search-cgi/over_http.h"

#define OLD_REGISTER "odesos/family-register/1890-001"
#define OLD_TAX      "mladost/local-tax/1957-035"
#define OFFICE_A     "121830616"
#define OFFICE_B     "831661388"

static struct archive *archive;
static struct web *web;
static int port; /* of the server; 0: there is none, dispatch is asked */

/* ---- readers ----------------------------------------------------------- */

enum { READERS = 16 };

/* In the order of the columns of all tables. */
static const struct {
    char letter;
    const char *who;
} columns[READERS] = {
    {'p', "public"},
    {'o', "operator"},
    {'c', "clerk"},
    {'n', "notary, exempt from fees, with a ground"},
    {'k', "bank, with a ground"},
    {'b', "bailiff, with a ground"},
    {'a', "auditor"},
    {'m', "administrator"},
    {'e', "notary whose days are over"},
    {'q', "notary who has stated no ground"},
    {'u', "notary who has still the code he was handed"},
    {'A', "notary of office A, its manager, who has bought"},
    {'C', "his colleague in office A"},
    {'B', "notary of office B"},
    {'T', "program of the colleague's, with a ground"},
    {'t', "the same program without a ground"},
};

struct asker {
    char cookie[160], csrf[SESSION_TOKEN_SIZE], bearer[128];
    bool states_ground; /* in headers */
    char name[64];
};
static struct asker readers[READERS];

static void set_session(struct access *access, struct asker *reader,
                        const char *identifier)
{
    char token[SESSION_TOKEN_SIZE];
    struct account account;
    struct err err;

    assert_ok(session_begin(access, identifier, CODE_OF_ALL, "", token, &err),
              err);
    assert_ok(session_account(access, token, &account, reader->csrf, &err),
              err);
    (void)snprintf(reader->cookie, sizeof(reader->cookie), "tefter_session=%s",
                   token);
    if (strcmp(reader->name, "no-ground") != 0 &&
        strcmp(account.role, ROLE_NONE) != 0)
        web_state_ground(access, account.role, token);
}

/* A form of who is not logged in has the token of a cookie. */
static void set_public(struct asker *reader)
{
    access_random_token(reader->csrf);
    (void)snprintf(reader->cookie, sizeof(reader->cookie), "tefter_form=%s",
                   reader->csrf);
}

static void set_bearer(struct access *access, struct asker *reader,
                       const char *identifier)
{
    char token[MACHINE_TOKEN_SIZE], day[DAY_TEXT_SIZE];
    struct err err;

    access_day(access_now_ms(access) + (int64_t)7 * 24 * 3600 * 1000, day);
    assert_ok(
        machine_token_add(access, identifier, reader->name, day, token, &err),
        err);
    (void)snprintf(reader->bearer, sizeof(reader->bearer), "Bearer %s", token);
}

static void add_notary(struct access *access, const char *identifier,
                       const char *office, bool manages, bool must_change)
{
    struct account a = {.name = "Нотариус",
                        .role = "notary",
                        .manages = manages,
                        .must_change = must_change};
    struct err err;

    (void)snprintf(a.identifier, sizeof(a.identifier), "%s", identifier);
    (void)snprintf(a.organisation, sizeof(a.organisation), "%s", office);
    assert_ok(account_add(access, &a, CODE_OF_ALL, &err), err);
}

static void add_office(struct access *access, const char *id)
{
    static const struct office office = {"", "", "Договор 1/2026"};
    struct organisation o = {.name = "Кантора", .role = "notary"};
    struct err err;

    (void)snprintf(o.id, sizeof(o.id), "%s", id);
    assert_ok(organisation_add(access, &o, &office, &err), err);
    assert_ok(ledger_top_up(access, id, 1000, "TRF", &err), err);
}

static void make_readers(void)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    add_office(access, OFFICE_A);
    add_office(access, OFFICE_B);
    add_notary(access, "expired", "", false, false);
    add_notary(access, "no-ground", "", false, false);
    add_notary(access, "new", "", false, true);
    add_notary(access, "a-manager", OFFICE_A, true, false);
    add_notary(access, "a-colleague", OFFICE_A, false, false);
    add_notary(access, "b-user", OFFICE_B, false, false);
    assert_ok(access_dismiss(access, "expired", "отписан", &err), err);
    for (int i = 0; i < READERS; i++) {
        static const char *const names[READERS] = {
            "public",      "operator",  "clerk",   "notary",
            "bank",        "bailiff",   "auditor", "admin",
            "expired",     "no-ground", "new",     "a-manager",
            "a-colleague", "b-user",    "program", "silent"};

        (void)snprintf(readers[i].name, sizeof(readers[i].name), "%s",
                       names[i]);
        if (i == 0)
            set_public(&readers[i]);
        else if (i >= 14)
            set_bearer(access, &readers[i], "a-colleague");
        else
            set_session(access, &readers[i], names[i]);
    }
    readers[14].states_ground = true;
}

/* ---- asking ------------------------------------------------------------ */

struct body {
    const char *text;
    size_t at;
};

static size_t read_body(void *from, char *out, size_t size)
{
    struct body *b = from;
    size_t left = strlen(b->text) - b->at;
    size_t n = left < size ? left : size;

    memcpy(out, b->text + b->at, n);
    b->at += n;
    return n;
}

static char *line(const char *name, const char *value)
{
    char *text = NULL;

    assert_true(asprintf(&text, "%s=%s", name, value) > 0);
    return text;
}

static void add_header(struct buf *out, const char *name, const char *value)
{
    if (value[0] != '\0')
        buf_printf(out, "%s: %s\r\n", name, value);
}

/* The answer begins as one of the program's does. */
static char *ask_server(const struct asker *reader, enum method method,
                        const char *uri, const char *form)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(free) char *answer = NULL;
    char *text = NULL;

    /* HTTP/1.0: the body comes in one piece. */
    buf_printf(&out, "%s %s HTTP/1.0\r\n", method_name(method), uri);
    add_header(&out, "Host", "archive.example");
    add_header(&out, "Accept-Language", "en");
    add_header(&out, "Cookie", reader->cookie);
    add_header(&out, "Authorization", reader->bearer);
    if (reader->states_ground)
        buf_puts(&out, "Tefter-Ground: notarial-case\r\n"
                       "Tefter-Case: 7/2026\r\n");
    if (method == METHOD_POST)
        buf_printf(&out,
                   "Content-Type: application/x-www-form-urlencoded\r\n"
                   "Content-Length: %zu\r\n",
                   strlen(form));
    buf_printf(&out, "\r\n%s", form);
    answer = http_exchange(port, buf_str(&out));
    assert_memory_equal(answer, "HTTP/1.", 7);
    assert_true(asprintf(&text, "Status: %s", answer + strlen("HTTP/1.0 ")) >
                0);
    return text;
}

/* Its bytes that are 0 as spaces, for the answer is a string. */
static void add_file(struct buf *out, const struct file_part *file)
{
    char block[4096];
    int64_t at = file->at;

    while (file->fd >= 0 && at < file->at + file->len) {
        ssize_t n = pread(file->fd, block, sizeof(block), at);

        assert_true(n > 0);
        for (ssize_t i = 0; i < n; i++)
            block[i] = block[i] == '\0' ? ' ' : block[i];
        buf_add(out, block, (size_t)n);
        at += n;
    }
    if (file->fd >= 0)
        (void)close(file->fd);
}

/* The answer; the caller frees it. */
static char *ask_program(const struct asker *reader, enum method method,
                         const char *uri, const char *form)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct body body = {form, 0};
    char length[24];
    char *env[16] = {NULL};
    struct file_part file;
    size_t n = 0;
    struct err err;

    (void)snprintf(length, sizeof(length), "%zu", strlen(form));
    env[n++] = line("REQUEST_METHOD", method_name(method));
    env[n++] = line("REQUEST_URI", uri);
    env[n++] = line("HTTP_HOST", "archive.example");
    env[n++] = line("HTTP_ACCEPT_LANGUAGE", "en");
    env[n++] = line("HTTP_COOKIE", reader->cookie);
    if (reader->bearer[0] != '\0')
        env[n++] = line("HTTP_AUTHORIZATION", reader->bearer);
    if (reader->states_ground) {
        env[n++] = line("HTTP_TEFTER_GROUND", "notarial-case");
        env[n++] = line("HTTP_TEFTER_CASE", "7/2026");
    }
    if (method == METHOD_POST) {
        env[n++] = line("CONTENT_LENGTH", length);
        env[n++] = line("CONTENT_TYPE", "application/x-www-form-urlencoded");
    }
    assert_ok(dispatch(web, env, read_body, &body, &out, &file, &err), err);
    add_file(&out, &file);
    while (n > 0)
        free(env[--n]);
    return buf_steal(&out);
}

static char *ask(const struct asker *reader, enum method method,
                 const char *uri, const char *form)
{
    return (port != 0 ? ask_server : ask_program)(reader, method, uri, form);
}

/* ---- records ----------------------------------------------------------- */

/* What a reader gets of a record, by a letter:
 *
 *   W all of its page           R single rows, paid for or free
 *   P all of it, as paid for    r single rows, each to be paid for first
 *   $ all of it, when paid for  - nothing: it is not there
 *   x no: his role does nothing of the kind
 *   g the question on what ground he looks
 *   u the form for a code of his own */
#define LETTERS "WPR$r-xgu"

struct subject {
    const char *page;  /* id                                       */
    const char *word;  /* that is on it alone; "" it is blank      */
    bool rows;         /* are its rows known?                      */
    const char *state; /* for the message                          */
    const char *letters;
};

/* clang-format off */
static const struct subject subjects[] = {
    /*                                                            pocnkbam equABCTt */
    {OLD_REGISTER "/0001", "Древниев", true, "register, open, published",
                                                              "WxWR-RxW" "xguRRrRx"},
    {OLD_REGISTER "/0002", "Живиев", true, "register, closed, published",
                                                              "-xWR-RxW" "xgurrrrx"},
    {OLD_REGISTER "/0003", "Осиновиев", true, "register, restricted, published",
                                                              "-xW---xW" "xgu----x"},
    {"odesos/family-register/1938-012/0001", "тайнасемейна", false, "register, rows not known",
                                                              "-xWR-RxW" "xgurrrrx"},
    {OLD_TAX "/0001", "Платиев", true, "tax, open",
                                                              "-xWWWWxW" "xguPP$Px"},
    {"mladost/local-tax/1957-034/0001", "тайнаданъчна", false, "tax, closed",
                                                              "-xWWWWxW" "xgu$$$$x"},
    {OLD_TAX "/0002", "Скритиев", true, "tax, restricted",
                                                              "-xW---xW" "xgu----x"},
    {"primorski/technical/1979-107/0001", "тайнатехническа", false, "technical, published",
                                                              "WxWWWWxW" "xgu$$$$x"},
    {"primorski/technical/1981-002/0001", "тайнанеиздадена", false, "technical, not published",
                                                              "-xWWWWxW" "xgu$$$$x"},
    {"primorski/technical/1979-107/0002", "", false, "technical, restricted, published",
                                                              "-xW---xW" "xgu----x"},
};
/* clang-format on */
#define SUBJECTS (sizeof(subjects) / sizeof(*subjects))

static const struct form_page tax_pages[] = {
    {{"Платиев", "Данъчниев", "Имотниев", "Дворниев"}, "1838-01-01"},
    {{"Скритиев", "Затулиев", "Тихиев", "Немиев"}, "1838-01-01"},
};

/* What each letter comes to at the addresses that are about a record. Where the
 * rows are not known, there is none to open: the second line of a row address.
 * A post offers 0.01 euro, which nothing costs, so that nothing is charged. */
struct address {
    enum method method;
    const char *pattern; /* of the table of routes                      */
    bool of_row;         /* {id} is a row's; {record} always is one     */
    int status[9];       /* W P R $ r - x g u                           */
};

#define PAGE   "/page/{site}/{series}/{number}/{page}"
#define VOLUME "/volume/{site}/{series}/{number}"
#define IIIF   "/iiif/{id}"

/* clang-format off */
static const struct address addresses[] = {
    /*                                            W    P    R    $    r    -    x    g    u */
    {METHOD_GET, PAGE, false,
                                             {200, 200, 200, 402, 200, 404, 403, 303, 303}},
    {METHOD_GET, PAGE "/boxes", false,
                                             {200, 200, 404, 402, 404, 404, 403, 303, 303}},
    {METHOD_GET, PAGE "/form", false,
                                             {200, 200, 404, 402, 404, 404, 403, 303, 303}},
    {METHOD_GET, PAGE "/alto.xml", false,
                                             {200, 200, 404, 402, 404, 404, 403, 303, 303}},
    {METHOD_POST, PAGE "/open", false,
                                             {303, 303, 404, 409, 404, 404, 403, 303, 303}},
    {METHOD_GET, PAGE "/row/{record}", true,
                                             {200, 402, 200, 402, 402, 404, 403, 303, 303}},
    {METHOD_POST, PAGE "/row/{record}/open", true,
                                             {303, 409, 303, 409, 409, 404, 403, 303, 303}},
    {METHOD_GET, IIIF, false,
                                             {303, 303, 404, 402, 404, 404, 404, 404, 303}},
    {METHOD_GET, IIIF "/info.json", false,
                                             {200, 200, 404, 402, 404, 404, 404, 404, 303}},
    {METHOD_GET, IIIF "/{region}/{size}/{rotation}/{quality}", false,
                                             {200, 200, 404, 402, 404, 404, 404, 404, 303}},
    {METHOD_GET, IIIF "/probe", false,
                                             {200, 200, 200, 200, 200, 200, 200, 200, 200}},
    {METHOD_GET, IIIF "/probe", true,
                                             {200, 200, 200, 200, 200, 200, 200, 200, 200}},
    {METHOD_GET, IIIF, true,
                                             {303, 402, 303, 402, 402, 404, 404, 404, 303}},
    {METHOD_GET, IIIF "/info.json", true,
                                             {200, 402, 200, 402, 402, 404, 404, 404, 303}},
    {METHOD_GET, IIIF "/{region}/{size}/{rotation}/{quality}", true,
                                             {200, 402, 200, 402, 402, 404, 404, 404, 303}},
};
/* clang-format on */
#define ADDRESSES (sizeof(addresses) / sizeof(*addresses))

/* The parts of a page's address, by name. The caller frees it. */
static char *part_of(const char *name, const struct subject *s, bool of_row)
{
    static const char *const fixed[][2] = {{"record", "r02"},
                                           {"region", "full"},
                                           {"size", "max"},
                                           {"rotation", "0"},
                                           {"quality", "default.jpg"},
                                           {"batch", "2026-11-26-x"},
                                           {"picture", "0001.jpg"},
                                           {"change", "remove"},
                                           {"file*", "style.css"}};
    static const char *const places[] = {"site", "series", "number", "page"};
    const char *at = s->page;
    char *text = NULL;

    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        if (strcmp(name, fixed[i][0]) == 0)
            return strdup(fixed[i][1]);
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        if (strcmp(name, places[i]) == 0)
            return strndup(at, strcspn(at, "/"));
        at += strcspn(at, "/") + 1;
    }
    assert_string_equal(name, "id");
    {
        CLEANUP(buf_fini) struct buf id = BUF_INIT;

        percent_encode(&id, s->page);
        assert_true(
            asprintf(&text, "%s%s", buf_str(&id), of_row ? "%2Fr02" : "") > 0);
    }
    return text;
}

/* The pattern with its braces filled in. The caller frees it. */
static char *fill_in(const char *pattern, const struct subject *s, bool of_row)
{
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;

    while (*pattern != '\0') {
        size_t len = strcspn(pattern, "{");

        buf_add(&uri, pattern, len);
        pattern += len;
        if (*pattern == '{') {
            size_t end = strcspn(pattern, "}");
            CLEANUP(free) char *name = strndup(pattern + 1, end - 1);
            CLEANUP(free) char *part = part_of(name, s, of_row);

            buf_puts(&uri, part);
            pattern += end + 1;
        }
    }
    return buf_steal(&uri);
}

static int expected_status(const struct address *a, const struct subject *s,
                           char letter)
{
    int status = a->status[strchr(LETTERS, letter) - LETTERS];
    bool sees = strchr("WPR$r", letter) != NULL;

    /* A probe tells the status in its answer (test_viewer.c). */
    if (strstr(a->pattern, "/probe") != NULL)
        return status;
    return a->of_row && !s->rows && sees ? 404 : status;
}

/* Nothing of a record stands in an answer to who may not have it. */
static void assert_silent(const char *answer, const struct subject *s,
                          const char *message)
{
    if ((s->word[0] != '\0' && strstr(answer, s->word) != NULL) ||
        strstr(answer, "Content-Type: image/") != NULL)
        fail_msg("%s: tells of it", message);
}

static void check_record(const struct address *a, const struct subject *s,
                         size_t r)
{
    CLEANUP(free) char *uri = fill_in(a->pattern, s, a->of_row);
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *message = NULL;
    char letter = s->letters[r];
    int status, expected = expected_status(a, s, letter);

    assert_true(asprintf(&form, "csrf=%s&cents=1&q=x", readers[r].csrf) > 0);
    answer =
        ask(&readers[r], a->method, uri, a->method == METHOD_POST ? form : "");
    status = web_status(answer);
    assert_true(asprintf(&message, "%s: %s %s as %s", s->state,
                         method_name(a->method), uri, columns[r].who) > 0);
    if (status != expected)
        fail_msg("%s: %d, not %d", message, status, expected);
    if (strchr("WPR", letter) == NULL || status != 200)
        assert_silent(answer, s, message);
}

static void record__is_for_whom_the_table_says(void **state)
{
    (void)state;
    for (size_t s = 0; s < SUBJECTS; s++) {
        assert_int_equal(strlen(subjects[s].letters), READERS);
        for (size_t r = 0; r < READERS; r++) {
            for (size_t a = 0; a < ADDRESSES; a++)
                check_record(&addresses[a], &subjects[s], r);
        }
    }
}

/* ---- who corrects -------------------------------------------------------- */

/* Whose role has the right, of a record that he sees and whose rows are known;
 * all others have no such right. Nothing that is sent is a change. */
static int correct_status(const struct subject *s, size_t r, enum method method)
{
    if (columns[r].letter == 'u')
        return 303;
    if (strchr("cm", columns[r].letter) == NULL)
        return 403;
    return !s->rows ? 404 : method == METHOD_POST ? 303 : 200;
}

static void record__is_corrected_by_who_may(void **state)
{
    static const enum method methods[] = {METHOD_GET, METHOD_POST};

    (void)state;
    for (size_t i = 0; i < SUBJECTS * READERS * 2; i++) {
        const struct subject *s = &subjects[i / 2 / READERS];
        size_t r = i / 2 % READERS;
        CLEANUP(free)
        char *uri = fill_in(PAGE "/correct/{record}", s, false);
        CLEANUP(free) char *form = NULL;
        CLEANUP(free) char *answer = NULL;
        int due = correct_status(s, r, methods[i % 2]);

        assert_true(asprintf(&form, "csrf=%s", readers[r].csrf) > 0);
        answer = ask(&readers[r], methods[i % 2], uri,
                     methods[i % 2] == METHOD_POST ? form : "");
        if (web_status(answer) != due)
            fail_msg("%s: %s as %s: %d, not %d", s->state, uri, columns[r].who,
                     web_status(answer), due);
        if (due != 200)
            assert_silent(answer, s, uri);
    }
}

/* ---- what is found, and listed ----------------------------------------- */

static bool sees(char letter)
{
    return strchr("WPR$r", letter) != NULL;
}

/* Searching: who sees of a record anything at all finds it, by its word; for
 * all others there are no hits. The volume's page lists it, or does not. */
static void record__is_found_by_who_sees_it_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUBJECTS; i++) {
        const struct subject *s = &subjects[i];
        CLEANUP(buf_fini) struct buf uri = BUF_INIT;

        if (s->word[0] == '\0')
            continue;
        buf_puts(&uri, "/?format=json&q=");
        percent_encode(&uri, s->word);
        for (size_t r = 0; r < READERS; r++) {
            char letter = s->letters[r];
            CLEANUP(free)
            char *answer = ask(&readers[r], METHOD_GET, buf_str(&uri), "");
            bool found = strstr(answer, "\"total\": 1,") != NULL;

            if (web_status(answer) != (strchr("xgu", letter) ? 403 : 200) ||
                found != sees(letter) ||
                (strstr(answer, s->page) != NULL) != sees(letter))
                fail_msg("%s: %s finds %s: %s", s->state, columns[r].who,
                         s->word, answer);
        }
    }
}

/* clang-format off */
/* Of each volume: 2 its page, 4 it is not there, x g u as above; and the same
 * of what is told of it to viewers, who are told of whole pages alone. */
static const struct {
    const char *volume;
    const char *letters, *whole;
} volumes[] = {
    /*                                   pocnkbam equABCTt      pocnkbam equABCTt */
    {OLD_REGISTER,                       "2x2242x2" "xgu2222x", "2x2444x2" "xgu4444x"},
    {"odesos/family-register/1938-012",  "4x2242x2" "xgu2222x", "4x2444x2" "xgu4444x"},
    {OLD_TAX,                            "4x2222x2" "xgu2222x", "4x2222x2" "xgu2222x"},
    {"mladost/local-tax/1957-034",       "4x2222x2" "xgu2222x", "4x2222x2" "xgu2222x"},
    {"primorski/technical/1979-107",     "2x2222x2" "xgu2222x", "2x2222x2" "xgu2222x"},
    {"primorski/technical/1981-002",     "4x2222x2" "xgu2222x", "4x2222x2" "xgu2222x"},
};
/* clang-format on */
#define VOLUMES (sizeof(volumes) / sizeof(*volumes))

static int status_of_letter(char letter)
{
    return letter == '2'   ? 200
           : letter == '4' ? 404
           : letter == 'x' ? 403
                           : 303;
}

static bool is_in(const char *page, const char *volume)
{
    return strncmp(page, volume, strlen(volume)) == 0;
}

/* Does the answer name the page, as viewers are told of it? */
static bool has_canvas(const char *answer, const char *page)
{
    CLEANUP(free) char *canvas = NULL;

    assert_true(asprintf(&canvas, "/canvas%s", strrchr(page, '/')) > 0);
    return strstr(answer, canvas) != NULL;
}

/* A household stands on each page of the register: of who does not pay, as many
 * ranges as pages that he sees; else none, for its file's number is on the
 * page.
 */
static void check_ranges(const char *answer, size_t seen, const char *who)
{
    size_t ranges = 0;

    for (const char *at = answer; (at = strstr(at, "\"Range\"")) != NULL; at++)
        ranges++;
    if (ranges != (strstr(who, "notary") != NULL ? 0 : seen))
        fail_msg("%zu ranges of %zu pages as %s", ranges, seen, who);
}

static void check_manifest(size_t v, size_t r)
{
    size_t seen = 0;
    char letter = volumes[v].whole[r];
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *answer = NULL;

    assert_true(asprintf(&uri, "/volume/%s/manifest.json", volumes[v].volume) >
                0);
    answer = ask(&readers[r], METHOD_GET, uri, "");
    if (web_status(answer) != status_of_letter(letter))
        fail_msg("%s as %s: %d", uri, columns[r].who, web_status(answer));
    for (size_t s = 0; s < SUBJECTS; s++) {
        const char *page = subjects[s].page;

        if (is_in(page, volumes[v].volume) &&
            has_canvas(answer, page) !=
                (letter == '2' && sees(subjects[s].letters[r])))
            fail_msg("%s in %s as %s", page, uri, columns[r].who);
        seen += is_in(page, volumes[v].volume) && letter == '2' &&
                sees(subjects[s].letters[r]);
    }
    if (strcmp(volumes[v].volume, OLD_REGISTER) == 0)
        check_ranges(answer, seen, columns[r].who);
}

/* The METS tells of every page: it is for whom none is withheld from. */
static void check_mets(size_t v, size_t r)
{
    char letter = volumes[v].whole[r];
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *answer = NULL;
    bool whole = letter == '2';

    for (size_t s = 0; s < SUBJECTS; s++)
        if (is_in(subjects[s].page, volumes[v].volume) &&
            !sees(subjects[s].letters[r]))
            whole = false;
    assert_true(asprintf(&uri, "/volume/%s/mets.xml", volumes[v].volume) > 0);
    answer = ask(&readers[r], METHOD_GET, uri, "");
    if (web_status(answer) !=
        (letter == '2' && !whole ? 404 : status_of_letter(letter)))
        fail_msg("%s as %s: %d", uri, columns[r].who, web_status(answer));
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        count++;
    return count;
}

/* Until it is made. */
static char *ask_pdf(const struct asker *reader, const char *uri)
{
    for (int i = 0;; i++) {
        char *answer = ask(reader, METHOD_GET, uri, "");

        if (web_status(answer) != 202)
            return answer;
        free(answer);
        assert_true(i < 100);
    }
}

/* Of the pages that the reader sees without paying for them, and of no others:
 * as many as the manifest tells him of. A page of the PDF has its own line. */
static void check_pdf(size_t v, size_t r)
{
    char letter = volumes[v].whole[r];
    CLEANUP(free) char *uri = NULL;
    CLEANUP(free) char *list_uri = NULL;
    CLEANUP(free) char *answer = NULL;
    CLEANUP(free) char *list = NULL;
    bool pays = strchr("ACBT", columns[r].letter) != NULL;
    bool given = letter == '2' && !pays;

    assert_true(asprintf(&uri, "/volume/%s/volume.pdf", volumes[v].volume) > 0);
    assert_true(
        asprintf(&list_uri, "/volume/%s/manifest.json", volumes[v].volume) > 0);
    answer = ask_pdf(&readers[r], uri);
    list = ask(&readers[r], METHOD_GET, list_uri, "");
    if (web_status(answer) !=
        (letter == '2' && pays ? 404 : status_of_letter(letter)))
        fail_msg("%s as %s: %d", uri, columns[r].who, web_status(answer));
    if ((strstr(list, "/volume.pdf\"") != NULL) != given)
        fail_msg("%s in the manifest as %s", uri, columns[r].who);
    if (port == 0 && given) /* over HTTP the string ends in the pictures */
        assert_int_equal(count_of(answer, "<< /Type /Page /Parent"),
                         count_of(list, "\"AnnotationPage\""));
}

static void check_find(size_t v, const struct subject *s, size_t r)
{
    char letter = volumes[v].whole[r];
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;
    CLEANUP(free) char *answer = NULL;

    buf_printf(&uri, "/volume/%s/find.json?q=", volumes[v].volume);
    percent_encode(&uri, s->word);
    answer = ask(&readers[r], METHOD_GET, buf_str(&uri), "");
    if (web_status(answer) != status_of_letter(letter) ||
        has_canvas(answer, s->page) != (letter == '2' && sees(s->letters[r])))
        fail_msg("%s: %s as %s: %d", s->state, buf_str(&uri), columns[r].who,
                 web_status(answer));
}

/* Manifests, and what is found by them. */
static void viewer__is_told_of_whole_pages_alone(void **state)
{
    (void)state;
    for (size_t v = 0; v < VOLUMES; v++) {
        assert_int_equal(strlen(volumes[v].whole), READERS);
        for (size_t r = 0; r < READERS; r++) {
            CLEANUP(free)
            char *list =
                ask(&readers[r], METHOD_GET, "/volumes/collection.json", "");

            if ((strstr(list, volumes[v].volume) != NULL) !=
                (volumes[v].whole[r] == '2'))
                fail_msg("%s in the collection as %s", volumes[v].volume,
                         columns[r].who);
            check_manifest(v, r);
            check_mets(v, r);
            check_pdf(v, r);
            for (size_t s = 0; s < SUBJECTS; s++) {
                if (is_in(subjects[s].page, volumes[v].volume) &&
                    subjects[s].word[0] != '\0')
                    check_find(v, &subjects[s], r);
            }
        }
    }
}

static void check_sru(const struct subject *s, size_t r)
{
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;
    CLEANUP(free) char *answer = NULL;
    bool answers = strchr(s->letters, 'u') != &s->letters[r];

    buf_puts(&uri, "/sru?version=1.2&operation=searchRetrieve&query=");
    percent_encode(&uri, s->word);
    answer = ask(&readers[r], METHOD_GET, buf_str(&uri), "");
    if ((strstr(answer, s->page) != NULL) != (answers && sees(s->letters[0])))
        fail_msg("%s: %s as %s", s->state, buf_str(&uri), columns[r].who);
}

/* Whoever asks: the column of the public. */
static void harvester__is_told_what_the_public_sees(void **state)
{
    static const char *const lists[] = {
        "/sitemap.xml", "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc"};

    (void)state;
    for (size_t r = 0; r < READERS; r++) {
        for (size_t s = 0; s < SUBJECTS; s++) {
            if (subjects[s].word[0] != '\0')
                check_sru(&subjects[s], r);
        }
        for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
            CLEANUP(free)
            char *answer = ask(&readers[r], METHOD_GET, lists[i], "");

            for (size_t v = 0; v < VOLUMES; v++) {
                if ((strstr(answer, volumes[v].volume) != NULL) !=
                    (volumes[v].whole[0] == '2'))
                    fail_msg("%s in %s as %s", volumes[v].volume, lists[i],
                             columns[r].who);
            }
        }
    }
}

static void volume__lists_what_its_reader_sees(void **state)
{
    (void)state;
    for (size_t v = 0; v < VOLUMES; v++) {
        CLEANUP(free) char *uri = NULL;

        assert_true(asprintf(&uri, "/volume/%s", volumes[v].volume) > 0);
        assert_int_equal(strlen(volumes[v].letters), READERS);
        for (size_t r = 0; r < READERS; r++) {
            char letter = volumes[v].letters[r];
            CLEANUP(free) char *answer = ask(&readers[r], METHOD_GET, uri, "");
            CLEANUP(free)
            char *list = ask(&readers[r], METHOD_GET, "/volumes", "");
            int expected = status_of_letter(letter);

            if (web_status(answer) != expected)
                fail_msg("%s as %s: %d, not %d", uri, columns[r].who,
                         web_status(answer), expected);
            if ((strstr(list, uri) != NULL) != (letter == '2'))
                fail_msg("%s in /volumes as %s", uri, columns[r].who);
            for (size_t s = 0; s < SUBJECTS; s++) {
                const char *page = subjects[s].page;

                if (is_in(page, volumes[v].volume) &&
                    (strstr(answer, page) != NULL) !=
                        (letter == '2' && sees(subjects[s].letters[r])))
                    fail_msg("%s in its volume as %s", page, columns[r].who);
            }
        }
    }
}

/* ---- addresses that are about no record -------------------------------- */

/* For each column: 2 200, n 204, 3 303, b 400, f 403, 4 404. Forms: of the csrf
 * token and what stands here. */
/* clang-format off */
static const struct {
    enum method method;
    const char *pattern;
    const char *form;
    const char *statuses;
} others[] = {
    /*                                     pocnkbam equABCTt */
    {METHOD_GET, "/", "",                  "2f2222f2" "f332222f"},
    {METHOD_GET, "/suggest", "",           "2f2222f2" "f332222f"},
    {METHOD_GET, "/volumes", "",           "2f2222f2" "f332222f"},
    {METHOD_GET, "/volumes/collection.json", "",
                                           "2f2222f2" "f332222f"},
    {METHOD_GET, "/oai", "",               "22222222" "22222222"},
    {METHOD_POST, "/oai", "",              "22222222" "22222222"},
    {METHOD_GET, "/sru", "",               "22222222" "22322222"},
    {METHOD_GET, "/sitemap.xml", "",       "22222222" "22222222"},
    {METHOD_GET, "/robots.txt", "",        "22222222" "22222222"},
    {METHOD_GET, "/batches", "",           "f2fffff2" "ff3fffff"},
    {METHOD_GET, "/batch/{batch}", "",     "f4fffff4" "ff3fffff"},
    {METHOD_GET, "/batch/{batch}/picture/{picture}", "",
                                           "f4fffff4" "ff3fffff"},
    {METHOD_GET, "/batch/{batch}/scan/{picture}", "",
                                           "f4fffff4" "ff3fffff"},
    {METHOD_GET, "/account", "",           "22222222" "22322222"},
    {METHOD_GET, "/account/statement", "month",
                                           "4bbbbbbb" "fb3bbbbb"},
    {METHOD_POST, "/account/pay", "&sum=20.00",
                                           "44444444" "f4344444"},
    {METHOD_POST, "/gateway/epay", "",     "44444444" "44444444"},
    {METHOD_GET, "/audit", "",             "ffffff22" "ff3fffff"},
    {METHOD_GET, "/audit/person", "",      "ffffff22" "ff3fffff"},
    {METHOD_GET, "/rights", "",            "fffffff2" "ff3fffff"},
    {METHOD_GET, "/accounts", "",          "fffffff2" "ff3fffff"},
    {METHOD_GET, "/accounts/show", "",     "fffffff4" "ff3fffff"},
    {METHOD_POST, "/accounts/add", "&identifier=&name=",
                                           "fffffffb" "ff3fffff"},
    /* His own account, which he does not remove. */
    {METHOD_POST, "/accounts/{change}", "&identifier=admin",
                                           "fffffffb" "ff3fffff"},
    {METHOD_GET, "/organisations", "",     "fffffff2" "ff3fffff"},
    {METHOD_GET, "/organisations/show", "",
                                           "fffffff4" "ff3fffff"},
    {METHOD_POST, "/organisations/add", "&identifier=&name=",
                                           "fffffffb" "ff3fffff"},
    {METHOD_POST, "/organisations/{change}", "&identifier=nobody",
                                           "fffffff4" "ff3fffff"},
    {METHOD_GET, "/prices", "",            "fffffff2" "ff3fffff"},
    {METHOD_POST, "/prices/set", "&sum=",  "fffffffb" "ff3fffff"},
    {METHOD_GET, "/organisation", "",      "ffffffff" "ff32ffff"},
    {METHOD_POST, "/organisation/add", "&identifier=&name=",
                                           "ffffffff" "ff3bffff"},
    {METHOD_POST, "/organisation/code", "&identifier=b-user",
                                           "ffffffff" "ff34ffff"},
    {METHOD_POST, "/organisation/remove", "&identifier=b-user",
                                           "ffffffff" "ff34ffff"},
    {METHOD_GET, "/code", "",              "42222222" "22222244"},
    {METHOD_POST, "/code", "&old=x&new=long-enough&again=not-the-same",
                                           "4bbbbbbb" "bbbbbb44"},
    {METHOD_POST, "/account/session", "&session=0",
                                           "43333333" "33333344"},
    {METHOD_GET, "/second-factor", "",     "42222222" "22322244"},
    {METHOD_POST, "/second-factor", "&one-time=1",
                                           "4bbbbbbb" "bb3bbb44"},
    {METHOD_GET, "/ground", "",            "22222222" "22322222"},
    {METHOD_POST, "/ground", "&ground=none&case=1",
                                           "4bbbbbbb" "bb3bbb44"},
    {METHOD_GET, "/login", "",             "22222222" "22222222"},
    {METHOD_POST, "/login", "&code=not-a-code&identifier=",
                                           "ffffffff" "ffffffff"},
    {METHOD_POST, "/login/certificate", "",
                                           "bbbbbbbb" "bbbbbbbb"},
    {METHOD_OPTIONS, "/iiif/{id}/probe", "",
                                           "nnnnnnnn" "nnnnnnnn"},
    /* Without an origin: refused, or no request. */
    {METHOD_GET, "/viewer/access", "",     "ffffffff" "ff3fffff"},
    {METHOD_GET, "/viewer/token", "",      "bbbbbbbb" "bbbbbbbb"},
    {METHOD_GET, "/viewer/logout", "",     "22222222" "22222222"},
    {METHOD_GET, "/static/{file*}", "",    "22222222" "22222222"},
    /* The last: whoever does it is logged in no more. */
    {METHOD_POST, "/logout", "",           "33333333" "33333333"},
};
/* clang-format on */
#define OTHERS (sizeof(others) / sizeof(*others))

static int status_of(char letter)
{
    return letter == '2'   ? 200
           : letter == 'n' ? 204
           : letter == '3' ? 303
           : letter == 'b' ? 400
           : letter == 'f' ? 403
                           : 404;
}

static void check_other(size_t i, size_t r)
{
    bool posts = others[i].method == METHOD_POST;
    CLEANUP(free) char *uri = fill_in(others[i].pattern, &subjects[0], false);
    CLEANUP(free) char *form = NULL;
    CLEANUP(free) char *answer = NULL;
    int status, expected = status_of(others[i].statuses[r]);

    /* Wrong codes of one identifier would make the next one wait. */
    assert_true(asprintf(&form, "csrf=%s%s%s", readers[r].csrf, others[i].form,
                         strcmp(uri, "/login") == 0 ? readers[r].name : "") >
                0);
    answer = ask(&readers[r], others[i].method, uri, posts ? form : "");
    status = web_status(answer);
    if (status != expected)
        fail_msg("%s %s as %s: %d, not %d", method_name(others[i].method), uri,
                 columns[r].who, status, expected);
}

static void address__answers_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < OTHERS; i++) {
        assert_int_equal(strlen(others[i].statuses), READERS);
        for (size_t r = 0; r < READERS; r++)
            check_other(i, r);
    }
}

static bool is_same(const struct route *route, enum method method,
                    const char *pattern)
{
    return route->method == method && strcmp(route->pattern, pattern) == 0;
}

/* ---- who has still to enrol a second factor ----------------------------- */

/* What he gets all the same: the way to do it, the door, and what is the same
 * for everybody. */
static const struct {
    enum method method;
    const char *pattern;
} let_through[] = {
    {METHOD_GET, "/second-factor"},
    {METHOD_POST, "/second-factor"},
    {METHOD_GET, "/login"},
    {METHOD_POST, "/login"},
    {METHOD_POST, "/login/certificate"},
    {METHOD_POST, "/logout"},
    {METHOD_GET, "/viewer/token"}, /* which tells that there is none */
    {METHOD_GET, "/viewer/logout"},
    {METHOD_GET, "/iiif/{id}/probe"}, /* by a token of a viewer's */
    {METHOD_OPTIONS, "/iiif/{id}/probe"},
    {METHOD_POST, "/gateway/epay"},
    {METHOD_GET, "/oai"},
    {METHOD_POST, "/oai"},
    {METHOD_GET, "/sitemap.xml"},
    {METHOD_GET, "/robots.txt"},
    {METHOD_GET, "/static/{file*}"},
};

static bool is_let_through(const struct route *route)
{
    for (size_t i = 0; i < sizeof(let_through) / sizeof(*let_through); i++) {
        if (is_same(route, let_through[i].method, let_through[i].pattern))
            return true;
    }
    return false;
}

/* An administrator, who may do most. */
static void enrolment__lets_nothing_else_through(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct asker held = {.name = "held"};
    struct account account = {
        .identifier = "held", .name = "Нов", .role = "admin"};
    size_t count = 0;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(account_add(access, &account, CODE_OF_ALL, &err), err);
    assert_ok(role_require_factor(access, "admin", true, &err), err);
    set_session(access, &held, "held");
    for (size_t i = 0; route_at(i) != NULL; i++) {
        const struct route *route = route_at(i);
        CLEANUP(free) char *uri = fill_in(route->pattern, &subjects[0], false);
        CLEANUP(free) char *form = NULL;
        CLEANUP(free) char *answer = NULL;

        if (is_let_through(route))
            continue;
        assert_true(asprintf(&form, "csrf=%s", held.csrf) > 0);
        answer = ask(&held, route->method, uri,
                     route->method == METHOD_POST ? form : "");
        if (web_status(answer) != 303 ||
            strstr(answer, "\nLocation: /second-factor?back=") == NULL)
            fail_msg("%s %s: %.200s", method_name(route->method), uri, answer);
        count++;
    }
    assert_true(count > 40);
    assert_ok(role_require_factor(access, "admin", false, &err), err);
}

/* ---- nothing is forgotten ---------------------------------------------- */

static bool is_walked(const struct route *route)
{
    for (size_t i = 0; i < ADDRESSES; i++) {
        if (is_same(route, addresses[i].method, addresses[i].pattern))
            return true;
    }
    for (size_t i = 0; i < OTHERS; i++) {
        if (is_same(route, others[i].method, others[i].pattern))
            return true;
    }
    return is_same(route, METHOD_GET, VOLUME) ||
           is_same(route, METHOD_GET, PAGE "/correct/{record}") ||
           is_same(route, METHOD_POST, PAGE "/correct/{record}") ||
           is_same(route, METHOD_GET, VOLUME "/manifest.json") ||
           is_same(route, METHOD_GET, VOLUME "/mets.xml") ||
           is_same(route, METHOD_GET, VOLUME "/volume.pdf") ||
           is_same(route, METHOD_GET, VOLUME "/find.json");
}

static void route__stands_in_a_table(void **state)
{
    size_t count = 0;

    (void)state;
    for (; route_at(count) != NULL; count++) {
        if (!is_walked(route_at(count)))
            fail_msg("%s %s stands in no table of this test: write down who "
                     "gets what there",
                     method_name(route_at(count)->method),
                     route_at(count)->pattern);
    }
    assert_true(count > 30);
}

/* ---- commands ---------------------------------------------------------- */

/* Who may give which is in tests/e2e/commands.test.mjs (decisions 0007, 0016).
 * Two of them show what a role would see, and have tests below: search and
 * export. */
static const char *const commands[] = {
    "init",      "digitize",     "ingest", "work",    "batch",  "volume",
    "page",      "records",      "forms",  "search",  "check",  "verify",
    "replicate", "export",       "import", "correct", "reread", "reindex",
    "account",   "organisation", "role",   "audit",   "price",  "ledger",
    "loss",      "training",     "serve",  "bench",   "unit",   "receive",
    "pdf"};

static char *run_tefter(const char *arguments)
{
    CLEANUP(free) char *line_text = NULL;
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char block[4096];
    FILE *from;
    size_t n;

    assert_true(asprintf(&line_text, "'%s' --archive '%s' %s", TEFTER,
                         archive->dir, arguments) > 0);
    from = popen(line_text, "r"); /* NOLINT(cert-env33-c): our own words */
    assert_non_null(from);
    while ((n = fread(block, 1, sizeof(block), from)) > 0)
        buf_add(&out, block, n);
    assert_int_equal(pclose(from), 0);
    return buf_steal(&out);
}

static bool is_in_table(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        if (strlen(commands[i]) == len && strncmp(commands[i], name, len) == 0)
            return true;
    }
    return false;
}

static void command__stands_in_the_table(void **state)
{
    CLEANUP(free) char *help = run_tefter("--help");
    const char *at = strstr(help, "Commands (");
    size_t count = 0;

    (void)state;
    assert_non_null(at);
    for (at = strchr(at, '\n') + 1; strncmp(at, "  ", 2) == 0;
         at = strchr(at, '\n') + 1) {
        size_t len = strcspn(at + 2, " \n");

        if (!is_in_table(at + 2, len))
            fail_msg("the command %.*s stands in no table of this test",
                     (int)len, at + 2);
        count++;
    }
    assert_int_equal(count, sizeof(commands) / sizeof(*commands));
}

/* The first eight columns are roles; on the command line they have a ground,
 * and nothing is paid. Whom the web does not let search finds nothing here. */
static void search_command__finds_what_the_role_would(void **state)
{
    (void)state;
    for (size_t s = 0; s < SUBJECTS; s++) {
        if (subjects[s].word[0] == '\0')
            continue;
        for (size_t r = 0; r < WEB_ROLES; r++) {
            CLEANUP(free) char *arguments = NULL;
            CLEANUP(free) char *answer = NULL;

            assert_true(asprintf(&arguments, "search --json --role %s %s",
                                 readers[r].name, subjects[s].word) > 0);
            answer = run_tefter(arguments);
            if ((strstr(answer, subjects[s].page) != NULL) !=
                sees(subjects[s].letters[r]))
                fail_msg("%s: --role %s: %s", subjects[s].state,
                         readers[r].name, answer);
        }
    }
}

/* Of who needs no ground: whole pages, as files. */
static void export_command__gives_what_the_role_would_see(void **state)
{
    static const size_t roles[] = {0, 2, 7}; /* public, clerk, admin */
    size_t given = 0;

    (void)state;
    for (size_t s = 0; s < SUBJECTS; s++) {
        for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
            size_t r = roles[i];
            CLEANUP(free) char *run = NULL;
            bool is_given;

            assert_true(asprintf(&run,
                                 "'%s' --archive '%s' export --as pdf --role "
                                 "%s %s '%s/%zu-%zu.pdf' 2>/dev/null",
                                 TEFTER, archive->dir, readers[r].name,
                                 subjects[s].page, archive->dir, s, r) > 0);
            is_given = system(run) == 0; /* NOLINT(cert-env33-c): our words */
            if (is_given != sees(subjects[s].letters[r]))
                fail_msg("%s: export as %s", subjects[s].state,
                         readers[r].name);
            given += is_given;
        }
    }
    assert_in_range(given, 3, 3 * SUBJECTS - 3);
}

/* A word is suggested to nobody who would not find it. */
static void suggest__says_no_word_of_what_is_not_seen(void **state)
{
    size_t said = 0;

    (void)state;
    for (size_t s = 0; s < SUBJECTS; s++) {
        const char *word = subjects[s].word;

        for (size_t r = 0; r < READERS && word[0] != '\0'; r++) {
            CLEANUP(buf_fini) struct buf uri = BUF_INIT;
            CLEANUP(free) char *begin = strndup(word, strlen(word) - 2);
            CLEANUP(free) char *answer = NULL;

            buf_puts(&uri, "/suggest?q=");
            percent_encode(&uri, begin);
            answer = ask(&readers[r], METHOD_GET, buf_str(&uri), "");
            if (web_status(answer) == 200 && strstr(answer, word) != NULL &&
                !sees(subjects[s].letters[r]))
                fail_msg("%s: %s as %s", subjects[s].state, buf_str(&uri),
                         columns[r].who);
            said += strstr(answer, word) != NULL;
        }
    }
    assert_true(said > 0);
}

/* ---- the archive ------------------------------------------------------- */

static void make_rules(const char *dir)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct price price = {.role = "notary", .series = "*", .cents = 200};
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    form_register_add(dir, archive, access, OLD_REGISTER);
    assert_ok(access_restrict(access, OLD_TAX "/0002", "осиновяване", &err),
              err);
    assert_ok(access_restrict(access, "primorski/technical/1979-107/0002",
                              "осиновяване", &err),
              err);
    assert_ok(price_set(access, &price, &err), err);
    assert_ok(
        terms_set(access, "notary", &(struct terms){TERMS_EXEMPT, 0}, &err),
        err);
}

/* Office A has bought a row of the open register, and the open tax page. */
static void buy(void)
{
    static const char *const bought[] = {OLD_REGISTER "/0001/r02",
                                         OLD_TAX "/0001"};
    CLEANUP(access_close) struct access *access = NULL;
    enum charge_result result;
    struct account account = {.id = 1,
                              .identifier = "a-manager",
                              .role = "notary",
                              .organisation = OFFICE_A};
    struct err err;

    assert_ok(access_open(archive->access, &access, &err), err);
    access_act_for(access, &account, "192.0.2.1");
    for (size_t i = 0; i < sizeof(bought) / sizeof(*bought); i++) {
        assert_ok(charge_make(access, &account, bought[i], 200, &result, &err),
                  err);
        assert_int_equal(result, CHARGE_MADE);
    }
}

/* Nothing of the walk has cost anybody anything, and all of it is proved. */
static void walk__leaves_trail_and_ledger_sound(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    struct ledger_sum sum;
    int64_t count, has;
    struct err err;

    (void)state;
    assert_ok(access_open(archive->access, &access, &err), err);
    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_ok(ledger_verify(access, &sum, &err), err);
    assert_int_equal(sum.charges, 2);
    assert_int_equal(sum.shown, 2);
    assert_ok(ledger_balance(access, OFFICE_A, &has, &err), err);
    assert_int_equal(has, 600);
    assert_ok(ledger_balance(access, OFFICE_B, &has, &err), err);
    assert_int_equal(has, 1000);
    print_message("%lld entries in the trail\n", (long long)count);
}

/* ---- the server -------------------------------------------------------- */

static pid_t start_server(void)
{
    char number[16];
    pid_t child;

    port = http_free_port();
    (void)snprintf(number, sizeof(number), "%d", port);
    child = fork();
    assert_true(child >= 0);
    if (child != 0)
        return child;
    if (freopen("/dev/null", "w", stderr) == NULL) /* its log */
        _exit(126);
    (void)execl(TEFTER, TEFTER, "--archive", archive->dir, "serve", "--port",
                number, (char *)NULL);
    _exit(127);
}

static void end_server(pid_t server)
{
    int status;

    if (server > 0 && kill(server, SIGTERM) == 0)
        (void)waitpid(server, &status, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route__stands_in_a_table),
        cmocka_unit_test(command__stands_in_the_table),
        cmocka_unit_test(record__is_for_whom_the_table_says),
        cmocka_unit_test(record__is_corrected_by_who_may),
        cmocka_unit_test(record__is_found_by_who_sees_it_alone),
        cmocka_unit_test(volume__lists_what_its_reader_sees),
        cmocka_unit_test(viewer__is_told_of_whole_pages_alone),
        cmocka_unit_test(harvester__is_told_what_the_public_sees),
        cmocka_unit_test(search_command__finds_what_the_role_would),
        cmocka_unit_test(export_command__gives_what_the_role_would_see),
        cmocka_unit_test(suggest__says_no_word_of_what_is_not_seen),
        cmocka_unit_test(walk__leaves_trail_and_ledger_sound),
        cmocka_unit_test(enrolment__lets_nothing_else_through),
        cmocka_unit_test(address__answers_as_the_table_says),
    };
    void *dir = NULL;
    pid_t server = 0;
    struct err err;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    form_volume_add(dir, archive,
                    &(struct web_volume){OLD_TAX, "Данък", "1957", ""},
                    tax_pages, sizeof(tax_pages) / sizeof(*tax_pages));
    make_rules(dir);
    make_readers();
    buy();
    if (setenv("TEFTER_ARCHIVE", archive->dir, 1) != 0 ||
        setenv("TEFTER_SHARE", SHARE_DIR, 1) != 0 || web_open(&web, &err) != 0)
        return 1;
    if (getenv("HTTP") != NULL)
        server = start_server();
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    end_server(server);
    web_close(web);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
