/* SPDX-License-Identifier: MIT */
/* Our own packages break no rule; and each rule is found when it is broken. */
#include "store/eark_check.h"

#include <string.h>

#include "tests/store/made.h"

/* A package of two pages as a folder: the state of its one version. */
static void make_package(const char *dir, char out[PATH_SIZE])
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    struct err err;

    made_version(dir, store, MADE_VOLUME, 1, 2);
    assert_ok(
        path_format(out, &err, "%s/store/" MADE_OBJECT "/v1/content", dir),
        err);
}

static bool has_code(const struct fault_report *report, const char *code)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->faults[i].code, code) == 0)
            return true;
    }
    return false;
}

static void eark_check__finds_nothing_in_what_we_write(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char package[PATH_SIZE];
    struct err err;

    make_package(*state, package);
    assert_ok(eark_check(package, &report, &err), err);
    if (report.count > 0)
        fail_msg("%s %s: %s", report.faults[0].code, report.faults[0].path,
                 report.faults[0].message);
    assert_true(report.files >= 9);
}

/* What lies elsewhere is not of the package, whatever its METS lists. */
static void eark_check__follows_no_link(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char package[PATH_SIZE], from[PATH_SIZE], to[PATH_SIZE];
    struct err err;

    make_package(*state, package);
    assert_ok(path_format(from, &err, "%s/metadata", package), err);
    assert_ok(path_format(to, &err, "%s/elsewhere", (char *)*state), err);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink(to, from), 0);
    assert_ok(eark_check(package, &report, &err), err);
    assert_true(has_code(&report, "CSIPSTR1"));
}

/* It SHOULD be listed (CSIP58): told, and no breach. */
static void eark_check__tells_files_that_no_mets_lists(void **state)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char package[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    make_package(*state, package);
    assert_ok(path_format(path, &err, "%s/representations/master/data/stray",
                          package),
              err);
    assert_ok(file_write_durable(path, "x", 1, &err), err);
    assert_ok(eark_check(package, &report, &err), err);
    assert_int_equal(report.count, 1);
    assert_string_equal(report.faults[0].code, "CSIP58");
    assert_string_equal(report.faults[0].path,
                        "representations/master/data/stray");
    assert_false(fault_report_is_broken(&report));
}

struct breach {
    const char *code, *file, *from, *to;
};

#define ROOT   "METS.xml"
#define MASTER "representations/master/METS.xml"

static const struct breach breaches[] = {
    {"CSIPSTR4", ROOT, "</mets>", "</mats>"},
    /* There twice; and references that lead to nothing. */
    {"CSIP18", ROOT, "ID=\"dmd-volume\"", "ID=\"dmd-dc\""},
    {"CSIP33", ROOT, "digiprovMD ID=\"amd-premis\"",
     "digiprovMD ID=\"amd-quality\""},
    {"CSIP65", ROOT, "ID=\"group-ocr\"", "ID=\"group-master\""},
    {"CSIP67", MASTER, "ID=\"master-0002\"", "ID=\"master-0001\""},
    {"CSIPSTR4", MASTER, "ID=\"page-0002\"", "ID=\"page-0001\""},
    {"CSIPSTR4", MASTER, "FILEID=\"master-0002\"", "FILEID=\"master-0003\""},
    {"CSIPSTR4", MASTER, "ADMID=\"tech-0002\"", "ADMID=\"tech-0003\""},
    {"CSIP91", MASTER, "ADMID=\"tech-0001 tech-0002\"",
     "ADMID=\"tech-0001 tech-0003\""},
    {"CSIP92", ROOT, "DMDID=\"dmd-dc dmd-volume\"",
     "DMDID=\"dmd-dc dmd-nothing\""},
    {"CSIPSTR4", "representations/ocr/METS.xml", "to=\"volume\"",
     "to=\"nothing\""},
    {"CSIP1", ROOT, " OBJID=\"urn", " LABEL2=\"urn"},
    {"CSIP2", ROOT, "Textual works", "Textile works"},
    {"CSIP2", MASTER, " TYPE=\"Textual", " TIPE=\"Textual"},
    {"CSIP4", ROOT, "INFORMATIONTYPE=\"MIXED\"", "INFORMATIONTYPE=\"MUXED\""},
    {"CSIP6", ROOT, " PROFILE=", " PROFYLE="},
    {"CSIP117", ROOT, "metsHdr", "metsHat"},
    {"CSIP7", ROOT, " CREATEDATE=", " CREATODATE="},
    {"CSIP9", ROOT, "PACKAGETYPE=\"AIP\"", "PACKAGETYPE=\"ZIP\""},
    {"CSIP11", ROOT, "ROLE=\"CREATOR\"", "ROLE=\"EDITOR\""},
    {"CSIP12", ROOT, "TYPE=\"OTHER\" OTHERTYPE", "TYPE=\"INDIV\" OTHERTYPE"},
    {"CSIP13", ROOT, "OTHERTYPE=\"SOFTWARE\"", "OTHERTYPE=\"HARDWARE\""},
    {"CSIP14", ROOT, "<name>Tefter</name>", "<name></name>"},
    {"CSIP15", ROOT, "SOFTWARE VERSION\">",
     "SOFTWARE VERSION\"> </note><note>"},
    {"CSIP16", ROOT, "SOFTWARE VERSION", "SOFTWARE AVERSION"},
    {"CSIP17", ROOT, "dmdSec", "dmdSack"},
    {"CSIP19", ROOT, "ID=\"dmd-dc\" CREATED=", "ID=\"dmd-dc\" CREATOR="},
    {"CSIP20", ROOT, "STATUS=\"CURRENT\"", "STATUS=\"CURRANT\""},
    {"CSIP22", ROOT, "LOCTYPE=\"URL\"", "LOCTYPE=\"URN\""},
    {"CSIP23", ROOT, "xlink:type=\"simple\"", "xlink:type=\"sample\""},
    {"CSIP24", ROOT, "descriptive/dc.xml", "descriptive/cd.xml"},
    {"CSIP26", ROOT, "application/xml", "application-xml"},
    {"CSIP27", ROOT, " SIZE=\"", " SIZE=\"1"},
    {"CSIP29", ROOT, " CHECKSUM=\"", " CHECKSUM=\"0"},
    {"CSIP30", ROOT, "CHECKSUMTYPE", "CHECKSUMTIPE"},
    {"CSIP32", ROOT, "digiprovMD", "digiproxMD"},
    {"CSIP38", ROOT, "preservation/premis.xml", "preservation/prems.xml"},
    {"CSIP59", ROOT, "fileSec ID=", "fileSec ADI="},
    {"CSIP62", ROOT, "Representations/master\" csip:CONTENT",
     "Representations/master\" csip:CONTEND"},
    {"CSIP64", ROOT, "USE=\"Representations/master\"",
     "USE=\"Representations/mister\""},
    {"CSIP66", MASTER, "<fileGrp ID=\"group-data\" USE=\"Data\">",
     "<fileGrp ID=\"group-none\" USE=\"Data\"></fileGrp>"
     "<fileGrp ID=\"group-data\" USE=\"Data\">"},
    {"CSIP68", MASTER, "MIMETYPE=\"image/tiff\"", "MIMETYPE=\"tiff\""},
    {"CSIP69", MASTER, " SIZE=\"", " SAIZE=\""},
    {"CSIP71", MASTER, " CHECKSUM=\"", " CHEKSUM=\""},
    {"CSIP77", MASTER, "<FLocat LOCTYPE=\"URL\"", "<FLocat LOCTYPE=\"ARK\""},
    {"CSIP79", MASTER, "data/0002.tif", "data/0003.tif"},
    {"CSIP80", ROOT, "LABEL=\"CSIP\"", "LABEL=\"CSAP\""},
    {"CSIP81", ROOT, "TYPE=\"PHYSICAL\"", "TYPE=\"METAPHYSICAL\""},
    {"CSIP86", ROOT, "ID=\"csip-package\" LABEL=\"urn",
     "ID=\"csip-package\" LABEL=\"arn"},
    {"CSIP88", ROOT, "LABEL=\"Metadata\"", "LABEL=\"Matedata\""},
    {"CSIP91", ROOT, "amd-premis\"/>", "amd-promis\"/>"},
    {"CSIP108", ROOT, "xlink:title=", "xlink:tittle="},
    {"CSIP114", ROOT, "USE=\"Representations/", "USE=\"Data/"},
    {"AIPM2", ROOT, "E-ARK-AIP-v2", "E-ARK-AIP_v2"},
    {"AIPM3", ROOT, "PACKAGETYPE=\"AIP\"", "PACKAGETYPE=\"AIU\""},
    {"AIPM5", ROOT, "digiprovMD", "digiproxMD"},
    {"SIP2", ROOT, "PACKAGETYPE=\"AIP\"", "PACKAGETYPE=\"SIP\""},
    {"SIP4", ROOT, "profile/E-ARK-AIP", "profile/E-ARK-SIP"},
    {"SIP15", ROOT, "PACKAGETYPE=\"AIP\"", "PACKAGETYPE=\"SIP\""},
    {"DIP2", ROOT, "PACKAGETYPE=\"AIP\"", "PACKAGETYPE=\"DIP\""},
    {"DIP3", ROOT, "profile/E-ARK-AIP", "profile/E-ARK-DIP"},
};

static void replace_all(const struct buf *in, const struct breach *b,
                        struct buf *out)
{
    const char *at = buf_str(in);
    const char *hit;
    size_t count = 0;

    for (; (hit = strstr(at, b->from)) != NULL; count++) {
        buf_add(out, at, (size_t)(hit - at));
        buf_puts(out, b->to);
        at = hit + strlen(b->from);
    }
    if (count == 0)
        fail_msg("%s: there is no '%s' in %s", b->code, b->from, b->file);
    buf_puts(out, at);
}

static void eark_check__finds_each_breach_by_its_number(void **state)
{
    char package[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    make_package(*state, package);
    for (size_t i = 0; i < sizeof(breaches) / sizeof(*breaches); i++) {
        CLEANUP(fault_report_fini)
        struct fault_report report = FAULT_REPORT_INIT;
        CLEANUP(buf_fini) struct buf good = BUF_INIT;
        CLEANUP(buf_fini) struct buf bad = BUF_INIT;
        const struct breach *b = &breaches[i];

        assert_ok(path_format(path, &err, "%s/%s", package, b->file), err);
        assert_ok(file_read(path, 1 << 20, &good, &err), err);
        replace_all(&good, b, &bad);
        assert_ok(file_write_durable(path, bad.data, bad.len, &err), err);
        assert_ok(eark_check(package, &report, &err), err);
        if (!has_code(&report, b->code))
            fail_msg("%s was not found", b->code);
        assert_ok(file_write_durable(path, good.data, good.len, &err), err);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(eark_check__finds_nothing_in_what_we_write),
        unit_test_in_dir(eark_check__tells_files_that_no_mets_lists),
        unit_test_in_dir(eark_check__follows_no_link),
        unit_test_in_dir(eark_check__finds_each_breach_by_its_number),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
