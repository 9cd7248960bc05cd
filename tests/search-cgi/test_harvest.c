/* SPDX-License-Identifier: MIT */
/*
 * What harvesters and search engines are given, by OAI-PMH 2.0, SRU 1.2,
 * sitemaps.org and RFC 9309: of what the public sees, and of nothing else,
 * whoever asks.
 */
#include "tests/search-cgi/web_archive.h"

#include "common/xml.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#define BASE      "http://archive.example"
#define PUBLISHED "primorski/technical/1979-107"
#define CLOSED    "odesos/family-register/1938-012"
#define PUBLIC    0
#define CLERK     2
#define ADMIN     7
#define DC        "&metadataPrefix=oai_dc"
#define MANY      60 /* more than one list holds */

static struct archive *archive;
static char *cookies[WEB_ROLES];

static char *get(size_t role, const char *uri)
{
    return web_ask(archive->dir,
                   &(struct ask){.uri = uri, .cookie = cookies[role]});
}

/* The answer as a tree; what a role other than the public is told is compared
 * with that by the test of it. */
static xmlDoc *ask_xml(const char *path, const char *arguments)
{
    CLEANUP(free) char *answer = NULL;
    char uri[512];
    const char *body;
    xmlDoc *doc;

    (void)snprintf(uri, sizeof(uri), "%s?%s", path, arguments);
    answer = get(PUBLIC, uri);
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "Content-Type: text/xml; charset=utf-8"));
    body = web_body(answer);
    doc = xmlReadMemory(body, (int)strlen(body), path, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    return doc;
}

static xmlDoc *oai(const char *arguments)
{
    return ask_xml("/oai", arguments);
}

static xmlDoc *sru(const char *arguments)
{
    return ask_xml("/sru", arguments);
}

/* string(expression), with these prefixes. The caller frees it. */
static char *value(xmlDoc *doc, const char *expression)
{
    xmlXPathContext *context = xmlXPathNewContext(doc);
    xmlXPathObject *found;
    char *text;

    assert_non_null(context);
    (void)xmlXPathRegisterNs(context, BAD_CAST "o",
                             BAD_CAST "http://www.openarchives.org/OAI/2.0/");
    (void)xmlXPathRegisterNs(context, BAD_CAST "s",
                             BAD_CAST "http://www.loc.gov/zing/srw/");
    (void)xmlXPathRegisterNs(context, BAD_CAST "diag",
                             BAD_CAST
                             "http://www.loc.gov/zing/srw/diagnostic/");
    (void)xmlXPathRegisterNs(context, BAD_CAST "zr",
                             BAD_CAST "http://explain.z3950.org/dtd/2.0/");
    (void)xmlXPathRegisterNs(context, BAD_CAST "dc",
                             BAD_CAST "http://purl.org/dc/elements/1.1/");
    found = xmlXPathEvalExpression(BAD_CAST expression, context);
    assert_non_null(found);
    text = (char *)xmlXPathCastToString(found);
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return text;
}

static void expect(xmlDoc *doc, const char *expression, const char *text)
{
    CLEANUP(free) char *found = value(doc, expression);

    if (strcmp(found, text) != 0)
        fail_msg("%s is \"%s\", not \"%s\"", expression, found, text);
}

static void expect_error(const char *arguments, const char *code)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = oai(arguments);

    expect(doc, "//o:error/@code", code);
    expect(doc, "count(//o:error)", "1");
    /* Section 3.6: the arguments are not repeated when they are wrong. */
    expect(doc, "count(//o:request/@*) = 0",
           strcmp(code, "badVerb") == 0 || strcmp(code, "badArgument") == 0
               ? "true"
               : "false");
}

static void oai__says_what_is_wrong(void **state)
{
    static const struct {
        const char *arguments, *code;
    } table[] = {
        {"", "badVerb"},
        {"verb=Nothing", "badVerb"},
        {"verb=identify", "badVerb"},
        {"verb=Identify&verb=Identify", "badVerb"},
        {"verb=Identify&from=2026-01-01", "badArgument"},
        {"verb=Identify&set2=x", "badArgument"},
        {"verb=ListRecords", "badArgument"},
        {"verb=ListRecords" DC "&from=2026", "badArgument"},
        {"verb=ListRecords" DC "&from=2026-02-30x", "badArgument"},
        {"verb=ListRecords" DC "&from=2026-01-01&until=2025-01-01",
         "badArgument"},
        {"verb=ListRecords" DC "&from=2020-01-01&until=2030-01-01T00:00:00Z",
         "badArgument"},
        {"verb=ListRecords" DC "&resumptionToken=x", "badArgument"},
        {"verb=GetRecord" DC, "badArgument"},
        {"verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"},
        {"verb=ListRecords" DC "&set=nothing", "noRecordsMatch"},
        {"verb=ListRecords" DC "&until=2001-01-01", "noRecordsMatch"},
        {"verb=ListRecords&resumptionToken=x", "badResumptionToken"},
        {"verb=ListRecords&resumptionToken=50.0.9.x", "badResumptionToken"},
        {"verb=ListRecords&resumptionToken=050.0.9.x", "badResumptionToken"},
        {"verb=ListSets&resumptionToken=x", "badResumptionToken"},
        {"verb=GetRecord" DC "&identifier=x", "idDoesNotExist"},
        {"verb=GetRecord" DC "&identifier=" BASE "/volume/" CLOSED,
         "idDoesNotExist"},
        {"verb=ListMetadataFormats&identifier=" BASE "/volume/" CLOSED,
         "idDoesNotExist"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        expect_error(table[i].arguments, table[i].code);
}

static void oai__gives_a_record(void **state)
{
    CLEANUP(xml_doc_free)
    xmlDoc *doc =
        oai("verb=GetRecord" DC "&identifier=" BASE "/volume/" PUBLISHED);

    (void)state;
    expect(doc, "count(//o:record)", "1");
    expect(doc, "//o:identifier", BASE "/volume/" PUBLISHED);
    expect(doc, "//o:setSpec", "technical");
    expect(doc, "//dc:title", web_volumes[WEB_PUBLISHED].title);
    expect(doc, "//dc:date", "1979");
    expect(doc, "//dc:relation", BASE "/volume/" PUBLISHED "/manifest.json");
    expect(doc, "string-length(//o:datestamp)", "20");
    expect(doc, "//o:request/@identifier", BASE "/volume/" PUBLISHED);
}

static void oai__says_who_it_is(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = oai("verb=Identify");
    CLEANUP(xml_doc_free) xmlDoc *record = oai("verb=ListIdentifiers" DC);
    CLEANUP(free) char *earliest = value(doc, "//o:earliestDatestamp");

    (void)state;
    expect(doc, "//o:baseURL", BASE "/oai");
    expect(doc, "//o:adminEmail", "postmaster@archive.example");
    expect(record, "//o:header[1]/o:datestamp", earliest);
}

/* A clerk sees all volumes on the pages, and no more than anybody here. */
static void harvest__is_the_same_for_everybody(void **state)
{
    static const char *const addresses[] = {
        "/oai?verb=ListRecords" DC, "/oai?verb=ListSets", "/sitemap.xml",
        "/sru?operation=searchRetrieve&query=%D0%BE%D0%B1%D1%89%D0%BE",
        "/oai?verb=GetRecord" DC "&identifier=" BASE "/volume/" CLOSED};

    (void)state;
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
        CLEANUP(free) char *anybody = get(PUBLIC, addresses[i]);
        CLEANUP(free) char *clerk = get(CLERK, addresses[i]);
        const char *a = strstr(anybody, "<request");
        const char *c = strstr(clerk, "<request");

        assert_string_equal(a == NULL ? web_body(anybody) : a,
                            c == NULL ? web_body(clerk) : c);
        assert_null(strstr(clerk, "<dc:identifier>" CLOSED));
        assert_null(strstr(clerk, "Заглавие-семейно"));
        assert_null(strstr(clerk, web_volumes[3].id)); /* not published */
    }
}

static void sitemap__names_what_is_published(void **state)
{
    CLEANUP(free) char *map = get(PUBLIC, "/sitemap.xml");
    CLEANUP(free) char *robots = get(PUBLIC, "/robots.txt");

    (void)state;
    assert_non_null(strstr(map, "Content-Type: application/xml"));
    assert_non_null(strstr(map, "<loc>" BASE "/volume/" PUBLISHED "</loc>"));
    assert_non_null(strstr(robots, "Sitemap: " BASE "/sitemap.xml\n"));
}

static void oai__understands_posted_forms(void **state)
{
    CLEANUP(free)
    char *answer =
        web_ask(archive->dir, &(struct ask){.method = "POST",
                                            .uri = "/oai",
                                            .form = "verb=Identify"});

    (void)state;
    assert_int_equal(web_status(answer), 200);
    assert_non_null(strstr(answer, "<Identify>"));
}

static void sru__finds_what_is_published(void **state)
{
    CLEANUP(xml_doc_free)
    xmlDoc *doc = sru("operation=searchRetrieve&version=1.2&query="
                      "%D0%BE%D0%B1%D1%89%D0%BE"); /* общо */

    (void)state;
    expect(doc, "//s:numberOfRecords", "1"); /* of four volumes */
    expect(doc, "//dc:identifier", BASE "/page/" PUBLISHED "/0001");
    expect(doc, "//dc:title", web_volumes[WEB_PUBLISHED].title);
    expect(doc, "//s:recordPosition", "1");
    expect(doc, "count(//s:nextRecordPosition)", "0");
}

static void sru__says_what_is_wrong(void **state)
{
    static const struct {
        const char *arguments, *number;
    } table[] = {
        {"operation=scan", "4"},
        {"operation=searchRetrieve&version=2.0&query=a", "5"},
        {"operation=searchRetrieve&query=a&startRecord=0", "6"},
        {"operation=searchRetrieve&query=a&maximumRecords=x", "6"},
        {"operation=searchRetrieve", "7"},
        {"operation=searchRetrieve&query=a&nonsense=1", "8"},
        {"operation=searchRetrieve&query=a%20and", "10"},
        {"operation=searchRetrieve&query=dc.creator%3Da", "16"},
        {"operation=searchRetrieve&query=%D0%BE%D0%B1%D1%89%D0%BE"
         "&startRecord=7",
         "61"},
        {"operation=searchRetrieve&query=a&recordSchema=marcxml", "66"},
        {"operation=searchRetrieve&query=a&recordPacking=string", "71"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(xml_doc_free) xmlDoc *doc = sru(table[i].arguments);
        char uri[64];

        (void)snprintf(uri, sizeof(uri), "info:srw/diagnostic/1/%s",
                       table[i].number);
        expect(doc, "//diag:uri", uri);
    }
}

static void sru__explains_itself(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = sru("");

    (void)state;
    expect(doc, "//zr:host", "archive.example");
    expect(doc, "//zr:port", "80");
    expect(doc, "count(//diag:uri)", "0");
}

static void sru__stands_in_the_audit_trail(void **state)
{
    CLEANUP(xml_doc_free)
    xmlDoc *doc =
        sru("operation=searchRetrieve&query=%D0%BE%D0%B1%D1%89%D0%BE");
    CLEANUP(free) char *trail = get(ADMIN, "/audit?format=json");

    (void)state;
    expect(doc, "//s:numberOfRecords", "1");
    assert_non_null(strstr(trail, "/sru?operation=searchRetrieve"));
    assert_non_null(strstr(trail, "shown: " PUBLISHED "/0001"));
}

/* Many volumes, published. */
static void add_many(void)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    char made[PATH_SIZE];
    struct err err;

    assert_ok(path_format(made, &err, "%s/../made", archive->dir), err);
    assert_ok(store_open(archive->store, &store, &err), err);
    assert_ok(
        catalogue_open(archive->catalogue, CATALOGUE_WRITE, &catalogue, &err),
        err);
    assert_ok(access_open(archive->access, &access, &err), err);
    for (int i = 1; i < MANY; i++) {
        char id[64];
        struct web_volume v = {id, "Много", "1990", "общо"};

        (void)snprintf(id, sizeof(id), "odesos/technical/1990-%03d", i);
        web_add_volume(made, store, catalogue, &v);
        assert_ok(access_publish(access, id, &err), err);
    }
}

static void oai__gives_a_long_list_in_parts(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *first = NULL;
    CLEANUP(xml_doc_free) xmlDoc *second = NULL;
    CLEANUP(xml_doc_free) xmlDoc *day = NULL;
    CLEANUP(free) char *token = NULL;
    char arguments[256];

    (void)state;
    add_many();
    first = oai("verb=ListIdentifiers" DC "&set=technical");
    expect(first, "count(//o:header)", "50");
    expect(first, "//o:resumptionToken/@completeListSize", "60");
    expect(first, "//o:resumptionToken/@cursor", "0");
    token = value(first, "//o:resumptionToken");
    (void)snprintf(arguments, sizeof(arguments),
                   "verb=ListIdentifiers&resumptionToken=%s", token);
    second = oai(arguments);
    expect(second, "count(//o:header)", "10");
    expect(second, "//o:resumptionToken", "");
    expect(second, "//o:resumptionToken/@cursor", "50");
    expect(second, "//o:header[last()]/o:identifier",
           BASE "/volume/odesos/technical/1990-059");
    day = oai("verb=ListIdentifiers" DC "&from=2020-01-01&until=2199-12-31");
    expect(day, "//o:resumptionToken/@completeListSize", "60");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oai__says_what_is_wrong),
        cmocka_unit_test(oai__gives_a_record),
        cmocka_unit_test(oai__says_who_it_is),
        cmocka_unit_test(oai__understands_posted_forms),
        cmocka_unit_test(harvest__is_the_same_for_everybody),
        cmocka_unit_test(sitemap__names_what_is_published),
        cmocka_unit_test(sru__finds_what_is_published),
        cmocka_unit_test(sru__says_what_is_wrong),
        cmocka_unit_test(sru__explains_itself),
        cmocka_unit_test(sru__stands_in_the_audit_trail),
        cmocka_unit_test(oai__gives_a_long_list_in_parts),
    };
    void *dir = NULL;
    int rc;

    if (unit_make_dir(&dir) != 0)
        return 1;
    web_archive_make(dir, &archive);
    for (size_t r = 0; r < WEB_ROLES; r++)
        cookies[r] = web_log_in(archive, web_roles[r]);
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    for (size_t r = 0; r < WEB_ROLES; r++)
        free(cookies[r]);
    archive_close(archive);
    return unit_remove_dir(&dir) != 0 ? 1 : rc;
}
