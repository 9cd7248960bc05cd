/* SPDX-License-Identifier: MIT */
#include "store/eark_check.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/tree.h"
#include "common/xml.h"
#include "store/check.h"
#include "store/eark_refs.h"

#define METS_NAME "METS.xml"

/* A rule holds when, for each node that `of` finds, `must` is true. */
struct rule {
    const char *code;
    const char *of;
    const char *must;
    const char *message;
};

#define AGENT "m:agent[@ROLE='CREATOR']"
#define TYPED "m:agent[@ROLE='CREATOR' and @TYPE='OTHER']"
#define SOFTWARE \
    "m:agent[@ROLE='CREATOR' and @TYPE='OTHER' and @OTHERTYPE='SOFTWARE']"
#define HDR        "/m:mets/m:metsHdr"
#define GROUP      "/m:mets/m:fileSec//m:fileGrp"
#define FILES      "/m:mets/m:fileSec//m:file"
#define MAP        "/m:mets/m:structMap[@LABEL='CSIP']"
#define TOP        MAP "/m:div"
#define PART(name) TOP "/m:div[@LABEL='" name "']"
#define MPTR       TOP "/m:div/m:mptr"

static const struct rule rules[] = {
    {"CSIP1", "/m:mets", "string(@OBJID) != ''", "mets has no OBJID"},
    {"CSIP2", "/m:mets", "string(@TYPE) != ''", "mets has no TYPE"},
    {"CSIP2", "/m:mets[translate(@TYPE,'other','OTHER')='OTHER']",
     "string(@csip:OTHERTYPE) != ''",
     "TYPE is other, and csip:OTHERTYPE does not say what"},
    {"CSIP4", "/m:mets[@csip:CONTENTINFORMATIONTYPE='OTHER']",
     "string(@csip:OTHERCONTENTINFORMATIONTYPE) != ''",
     "csip:CONTENTINFORMATIONTYPE is OTHER, and nothing says what"},
    {"CSIP6", "/m:mets", "string(@PROFILE) != ''", "mets has no PROFILE"},
    {"CSIP117", "/m:mets", "count(m:metsHdr) = 1", "there is no metsHdr"},
    {"CSIP7", HDR, "string(@CREATEDATE) != ''", "metsHdr has no CREATEDATE"},
    {"CSIP9", HDR,
     "@csip:OAISPACKAGETYPE = 'SIP' or @csip:OAISPACKAGETYPE = 'AIP' or "
     "@csip:OAISPACKAGETYPE = 'DIP' or @csip:OAISPACKAGETYPE = 'AIU' or "
     "@csip:OAISPACKAGETYPE = 'AIC'",
     "csip:OAISPACKAGETYPE is not SIP, AIP, DIP, AIU or AIC"},
    {"CSIP10", HDR, "m:agent", "there is no agent"},
    {"CSIP11", HDR "[m:agent]", AGENT, "no agent has the ROLE CREATOR"},
    {"CSIP12", HDR "[" AGENT "]", TYPED, "no creator has the TYPE OTHER"},
    {"CSIP13", HDR "[" TYPED "]", SOFTWARE,
     "no creator has the OTHERTYPE SOFTWARE"},
    {"CSIP14", HDR "[" SOFTWARE "]", SOFTWARE "[normalize-space(m:name) != '']",
     "the software that made the package has no name"},
    {"CSIP15", HDR "[" SOFTWARE "]",
     SOFTWARE "[count(m:note) = 1 and normalize-space(m:note) != '']",
     "the software that made the package has not one note with text"},
    {"CSIP16", HDR "[" SOFTWARE "/m:note]",
     SOFTWARE "/m:note[@csip:NOTETYPE = 'SOFTWARE VERSION']",
     "csip:NOTETYPE of the software's note is not SOFTWARE VERSION"},
    {"CSIP18", "/m:mets/m:dmdSec", "string(@ID) != ''", "dmdSec has no ID"},
    {"CSIP19", "/m:mets/m:dmdSec", "string(@CREATED) != ''",
     "dmdSec has no CREATED"},
    {"CSIP20", "/m:mets/m:dmdSec[@STATUS]",
     "@STATUS = 'CURRENT' or @STATUS = 'SUPERSEDED'",
     "STATUS is neither CURRENT nor SUPERSEDED"},
    {"CSIP33", "/m:mets/m:amdSec/m:digiprovMD", "string(@ID) != ''",
     "digiprovMD has no ID"},
    {"CSIP34", "/m:mets/m:amdSec/m:digiprovMD[@STATUS]",
     "@STATUS = 'CURRENT' or @STATUS = 'SUPERSEDED'",
     "STATUS is neither CURRENT nor SUPERSEDED"},
    {"CSIP46", "/m:mets/m:amdSec/m:rightsMD", "string(@ID) != ''",
     "rightsMD has no ID"},
    {"CSIP47", "/m:mets/m:amdSec/m:rightsMD[@STATUS]",
     "@STATUS = 'CURRENT' or @STATUS = 'SUPERSEDED'",
     "STATUS is neither CURRENT nor SUPERSEDED"},
    {"CSIP59", "/m:mets/m:fileSec", "string(@ID) != ''", "fileSec has no ID"},
    {"CSIP62", GROUP "[starts-with(@USE, 'Representations')]",
     "string(@csip:CONTENTINFORMATIONTYPE) != ''",
     "a file group of representations has no csip:CONTENTINFORMATIONTYPE"},
    {"CSIP63", GROUP "[@csip:CONTENTINFORMATIONTYPE='OTHER']",
     "string(@csip:OTHERCONTENTINFORMATIONTYPE) != ''",
     "csip:CONTENTINFORMATIONTYPE is OTHER, and nothing says what"},
    {"CSIP63", GROUP "[@csip:OTHERCONTENTINFORMATIONTYPE]",
     "@csip:CONTENTINFORMATIONTYPE = 'OTHER'",
     "says another type of content, and csip:CONTENTINFORMATIONTYPE is not "
     "OTHER"},
    {"CSIP64", GROUP, "string(@USE) != ''", "fileGrp has no USE"},
    {"CSIP64", GROUP "[@USE != '']",
     "starts-with(@USE, 'Documentation') or starts-with(@USE, 'Schemas') or "
     "starts-with(@USE, 'Representations') or starts-with(@USE, 'Metadata') "
     "or starts-with(@USE, 'Data') or starts-with(@USE, 'data')",
     "USE is none of the names that CSIP knows"},
    {"CSIP65", GROUP, "string(@ID) != ''", "fileGrp has no ID"},
    {"CSIP66", GROUP, ".//m:file", "fileGrp has no file"},
    {"CSIP67", FILES, "string(@ID) != ''", "file has no ID"},
    {"CSIP76", FILES, "count(m:FLocat) = 1", "file has not one FLocat"},
    {"CSIP80", "/m:mets", "m:structMap", "there is no structMap"},
    {"CSIP80", "/m:mets", "count(m:structMap[@LABEL='CSIP']) = 1",
     "there is not one structMap with the LABEL CSIP"},
    {"CSIP81", MAP, "@TYPE = 'PHYSICAL'", "TYPE is not PHYSICAL"},
    {"CSIP83", MAP, "string(@ID) != ''", "structMap has no ID"},
    {"CSIP84", MAP, "count(m:div) = 1", "structMap has not one div"},
    {"CSIP85", TOP, "string(@ID) != ''", "the main div has no ID"},
    {"CSIP86", TOP, "@LABEL = /m:mets/@OBJID",
     "the LABEL of the main div is not the OBJID"},
    {"CSIP88", TOP, "count(m:div[@LABEL='Metadata']) = 1",
     "the main div has not one div Metadata"},
    {"CSIP89", PART("Metadata"), "string(@ID) != ''", "the div has no ID"},
    {"CSIP93", TOP, "count(m:div[@LABEL='Documentation']) <= 1",
     "there are several divs Documentation"},
    {"CSIP94", PART("Documentation"), "string(@ID) != ''", "the div has no ID"},
    {"CSIP96", GROUP "[@USE='Documentation']",
     "@ID = " TOP "//m:fptr/@FILEID or @ID = " MPTR "/@xlink:title",
     "the file group is not in the structMap"},
    {"CSIP116", PART("Documentation") "/m:fptr",
     "@FILEID = " GROUP "[@USE='Documentation']/@ID",
     "FILEID is not that of a file group Documentation"},
    {"CSIP97", TOP, "count(m:div[@LABEL='Schemas']) <= 1",
     "there are several divs Schemas"},
    {"CSIP98", PART("Schemas"), "string(@ID) != ''", "the div has no ID"},
    {"CSIP100", GROUP "[@USE='Schemas']",
     "@ID = " TOP "//m:fptr/@FILEID or @ID = " MPTR "/@xlink:title",
     "the file group is not in the structMap"},
    {"CSIP118", PART("Schemas") "/m:fptr",
     "@FILEID = " GROUP "[@USE='Schemas']/@ID",
     "FILEID is not that of a file group Schemas"},
    {"CSIP102", PART("Representations"), "string(@ID) != ''",
     "the div has no ID"},
    {"CSIP104", GROUP "[starts-with(@USE, 'Representations')]",
     "@ID = " TOP "//m:fptr/@FILEID or @ID = " MPTR "/@xlink:title",
     "the file group is not in the structMap"},
    {"CSIP119", PART("Representations") "/m:fptr",
     "@FILEID = " GROUP "[starts-with(@USE, 'Representations')]/@ID",
     "FILEID is not that of a file group of representations"},
    {"CSIP106", TOP "/m:div", "string(@ID) != ''", "the div has no ID"},
    {"CSIP107", TOP "/m:div", "string(@LABEL) != ''", "the div has no LABEL"},
    {"CSIP108", MPTR, "string(@xlink:title) != ''", "mptr has no xlink:title"},
    {"CSIP110", MPTR, "string(@xlink:href) != ''", "mptr has no xlink:href"},
    {"CSIP111", MPTR, "@xlink:type = 'simple'",
     "xlink:type of mptr is not simple"},
    {"CSIP112", MPTR, "@LOCTYPE = 'URL'", "LOCTYPE of mptr is not URL"},
};

/* What a SIP, an AIP, a DIP is besides, by the profiles of 2.2.0; of the root
 * METS alone. An address of a profile may name any version of it. */
#define IS(type)                                             \
    "/m:mets[m:metsHdr/@csip:OAISPACKAGETYPE='" type "' or " \
    "contains(@PROFILE, '/E-ARK-" type "')]"
#define PROFILE(host, type)                                                 \
    "starts-with(@PROFILE, 'https://" host ".dilcis.eu/profile/E-ARK-" type \
    "') and (contains(@PROFILE, 'E-ARK-" type ".xml') or "                  \
    "contains(@PROFILE, 'E-ARK-" type "-v'))"
#define OF_TYPE(type) "m:metsHdr/@csip:OAISPACKAGETYPE = '" type "'"
#define SUBMITTER                                           \
    "m:agent[@ROLE='CREATOR' and (@TYPE='ORGANIZATION' or " \
    "@TYPE='INDIVIDUAL')]"
#define NOTE_IS_CODE                                        \
    "not(m:note[@csip:NOTETYPE != 'IDENTIFICATIONCODE' or " \
    "not(@csip:NOTETYPE)])"

static const struct rule type_rules[] = {
    {"SIP2", IS("SIP"), PROFILE("earksip", "SIP"),
     "PROFILE is not the address of E-ARK SIP's"},
    {"SIP4", IS("SIP"), OF_TYPE("SIP"), "csip:OAISPACKAGETYPE is not SIP"},
    {"SIP15", IS("SIP") "/m:metsHdr", SUBMITTER,
     "no agent is who submits: a CREATOR that is an ORGANIZATION or an "
     "INDIVIDUAL"},
    {"SIP18", IS("SIP") "/m:metsHdr/" SUBMITTER,
     "normalize-space(m:name) != ''", "a creator has no name"},
    {"SIP20",
     IS("SIP") "/m:metsHdr/m:agent[@ROLE='CREATOR' and @TYPE='ORGANIZATION']",
     NOTE_IS_CODE, "csip:NOTETYPE of its note is not IDENTIFICATIONCODE"},
    {"SIP28", IS("SIP") "/m:metsHdr/m:agent[@ROLE='PRESERVATION']",
     "@TYPE = 'ORGANIZATION'", "who preserves is not an ORGANIZATION"},
    {"SIP29", IS("SIP") "/m:metsHdr/m:agent[@ROLE='PRESERVATION']",
     "normalize-space(m:name) != ''", "who preserves has no name"},
    {"SIP31", IS("SIP") "/m:metsHdr/m:agent[@ROLE='PRESERVATION']",
     NOTE_IS_CODE, "csip:NOTETYPE of its note is not IDENTIFICATIONCODE"},
    {"AIPM2", IS("AIP"),
     PROFILE("earkdip", "AIP") " or " PROFILE("earkaip", "AIP"),
     "PROFILE is not the address of E-ARK AIP's"},
    {"AIPM3", IS("AIP"), OF_TYPE("AIP"), "csip:OAISPACKAGETYPE is not AIP"},
    {"AIPM5", IS("AIP"), "m:amdSec/m:digiprovMD/m:mdRef",
     "no digiprovMD leads to where the package comes from"},
    {"DIP2", IS("DIP"), PROFILE("earkdip", "DIP"),
     "PROFILE is not the address of E-ARK DIP's"},
    {"DIP3", IS("DIP"), OF_TYPE("DIP"), "csip:OAISPACKAGETYPE is not DIP"},
};

/* Links: where they are, and the number of the rule of their LOCTYPE; those of
 * xlink:type, href and of the facts follow in the order of `facts`. */
struct link_rules {
    const char *of;    /* elements with xlink:href */
    const char *holds; /* XPath from there to what has the facts */
    unsigned loctype, type, href;
    unsigned facts[6];
    unsigned mdtype; /* 0: has none */
};

static const char *const fact_names[6] = {"MIMETYPE", "SIZE",         "CREATED",
                                          "CHECKSUM", "CHECKSUMTYPE", NULL};

static const struct link_rules links[] = {
    {"/m:mets/m:dmdSec/m:mdRef", ".", 22, 23, 24, {26, 27, 28, 29, 30}, 25},
    {"/m:mets/m:amdSec/m:digiprovMD/m:mdRef",
     ".",
     36,
     37,
     38,
     {40, 41, 42, 43, 44},
     39},
    {"/m:mets/m:amdSec/m:rightsMD/m:mdRef",
     ".",
     49,
     50,
     51,
     {53, 54, 55, 56, 57},
     52},
    {FILES "/m:FLocat", "..", 77, 78, 79, {68, 69, 70, 71, 72}, 0},
};

enum fact { FACT_MIME, FACT_SIZE, FACT_CREATED, FACT_SUM, FACT_SUMTYPE };

/* DILCIS vocabularies of CSIP 2.2.0. */
static const char *const content_categories[] = {
    "Textual works \xe2\x80\x93 Print",
    "Textual works \xe2\x80\x93 Digital",
    "Textual works \xe2\x80\x93 Electronic Serials",
    "Digital Musical Composition (score-based representations)",
    "Musical Scores - Print",
    "Musical Scores - Digital",
    "Photographs \xe2\x80\x93 Print",
    "Photographs \xe2\x80\x93 Digital",
    "Other Graphic Images \xe2\x80\x93 Print",
    "Other Graphic Images \xe2\x80\x93 Digital",
    "Microforms",
    "Audio \xe2\x80\x93 On Tangible Medium (digital or analog)",
    "Audio \xe2\x80\x93 Media-independent (digital)",
    "Motion Pictures \xe2\x80\x93 Digital and Physical Media",
    "Video \xe2\x80\x93 File-based and Physical Media",
    "Software",
    "Software and Video Games",
    "Email",
    "Datasets",
    "Geospatial Data",
    "Geographic Information System (GIS) - Vector Data",
    "GIS Raster and Georeferenced Images",
    "GIS Vector and Raster Combined",
    "Non-GIS Cartographic",
    "2D and 3D Computer Aided Design",
    "Design (schematics, architectural drawings) - Print",
    "Scanned 3D Objects (output from photogrammetry scanning)",
    "Databases",
    "Websites",
    "Web Archives",
    "Collection",
    "Event",
    "Image",
    "Interactive resource",
    "Moving image",
    "Sound",
    "Still image",
    "Text",
    "Physical object",
    "Service",
    "Mixed",
    "Other",
    "OTHER",
    NULL};

static const char *const content_types[] = {"ERMS",
                                            "SIARD1",
                                            "SIARD2",
                                            "SIARDDK",
                                            "GeoData",
                                            "citscarchival_v1_0",
                                            "cscarchival_v1_0",
                                            "citserms_v2_1",
                                            "citserms_v3_0",
                                            "citspremis_v1_0",
                                            "cspremis_v1_0",
                                            "citsehpj_v1_0",
                                            "citsehpj_v2_0",
                                            "citsehcr_v1_0",
                                            "citssiard_v1_0",
                                            "citsgeospatial_v3_0",
                                            "cits3dpm_v1_0",
                                            "MIXED",
                                            "OTHER",
                                            NULL};

struct eark {
    struct check base;
    const char *mets; /* path below the package */
    xmlXPathContext *xpath;
    bool is_root;
};

static void xpath_free_at(xmlXPathContext **at)
{
    if (*at != NULL)
        xmlXPathFreeContext(*at);
}

static void xpath_object_free_at(xmlXPathObject **at)
{
    if (*at != NULL)
        xmlXPathFreeObject(*at);
}

static void breaks(struct eark *e, const char *code, const xmlNode *node,
                   const char *message)
{
    check_rule(&e->base, code, e->mets, "line %ld: %s", xmlGetLineNo(node),
               message);
}

static void breaks_number(struct eark *e, unsigned number, const xmlNode *node,
                          const char *message)
{
    char code[16];

    (void)snprintf(code, sizeof(code), "CSIP%u", number);
    breaks(e, code, node, message);
}

static xmlXPathObject *ask(struct eark *e, xmlNode *node, const char *text)
{
    e->xpath->node = node;
    xmlXPathObject *answer = xmlXPathEval(BAD_CAST text, e->xpath);

    e->base.failed = e->base.failed || answer == NULL;
    return answer;
}

/* Calls judge for each node that an XPath finds. */
typedef void judge_node(struct eark *e, xmlNode *node, const void *arg);

static void each_node(struct eark *e, const char *of, judge_node *judge,
                      const void *arg)
{
    __attribute__((cleanup(xpath_object_free_at))) xmlXPathObject *found =
        ask(e, (xmlNode *)e->xpath->doc, of);

    if (found == NULL || found->nodesetval == NULL)
        return;
    for (int i = 0; i < found->nodesetval->nodeNr; i++)
        judge(e, found->nodesetval->nodeTab[i], arg);
}

static void judge_rule(struct eark *e, xmlNode *node, const void *arg)
{
    const struct rule *rule = arg;
    __attribute__((cleanup(xpath_object_free_at))) xmlXPathObject *answer =
        ask(e, node, rule->must);

    if (answer != NULL && !xmlXPathCastToBoolean(answer))
        breaks(e, rule->code, node, rule->message);
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

/* Vocabularies, and the date that may not lie ahead */

static void judge_root(struct eark *e, xmlNode *node, const void *arg)
{
    CLEANUP(free) char *type = xml_get_attr(node, "TYPE");
    CLEANUP(free) char *content = xml_get_attr(node, "CONTENTINFORMATIONTYPE");

    (void)arg;
    if (type != NULL && *type != '\0' && !is_one_of(type, content_categories))
        breaks(e, "CSIP2", node, "TYPE is not of the vocabulary");
    if (content != NULL && !is_one_of(content, content_types))
        breaks(e, "CSIP4", node,
               "csip:CONTENTINFORMATIONTYPE is not of the vocabulary");
    if (content == NULL && !e->is_root)
        breaks(e, "CSIP4", node,
               "a representation has no csip:CONTENTINFORMATIONTYPE");
}

static void judge_header(struct eark *e, xmlNode *node, const void *arg)
{
    CLEANUP(free) char *date = xml_get_attr(node, "LASTMODDATE");
    char now[CLOCK_RFC3339_SIZE];

    (void)arg;
    clock_now_rfc3339(now);
    /* To the day: the time zone may be any. */
    if (date != NULL && strncmp(date, now, 10) > 0)
        breaks(e, "CSIP8", node, "LASTMODDATE lies ahead");
}

static bool has_folder(const struct eark *e, const char *name)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char dir[PATH_SIZE];
    struct err err;

    if (path_format(dir, &err, "%s/%.*s", e->base.dir,
                    (int)(path_base(e->mets) - e->mets), e->mets) != 0)
        return false;
    for (const char *part = name; *part != '\0';) {
        size_t len = strcspn(part, "/"), i = 0;

        name_list_fini(&names);
        if (dir_list_all(dir, &names, &err) != 0)
            return false;
        while (i < names.count && (strlen(names.names[i]) != len ||
                                   strncasecmp(names.names[i], part, len) != 0))
            i++;
        size_t end = strlen(dir);
        if (i == names.count || end + len + 2 > sizeof(dir))
            return false;
        (void)snprintf(dir + end, sizeof(dir) - end, "/%s", names.names[i]);
        part += len + (part[len] == '/');
    }
    return dir_exists(dir);
}

static void judge_group(struct eark *e, xmlNode *node, const void *arg)
{
    CLEANUP(free) char *use = xml_get_attr(node, "USE");
    CLEANUP(free) char *content = xml_get_attr(node, "CONTENTINFORMATIONTYPE");
    CLEANUP(free)
    char *other = xml_get_attr(node, "OTHERCONTENTINFORMATIONTYPE");

    (void)arg;
    if (content != NULL && !is_one_of(content, content_types))
        breaks(e, "CSIP62", node,
               "csip:CONTENTINFORMATIONTYPE is not of the vocabulary");
    if (other != NULL && is_one_of(other, content_types))
        breaks(e, "CSIP63", node,
               "the other type of content is one of the vocabulary");
    if (use != NULL && *use != '\0' && !has_folder(e, use))
        breaks(e, "CSIP64", node, "USE names no folder of the package");
}

/* Links */

static bool is_media_type(const char *text)
{
    static const char *const tops[] = {
        "application", "audio",     "font", "example", "image", "message",
        "model",       "multipart", "text", "video",   NULL};
    const char *slash = strchr(text, '/');
    char top[16];

    if (slash == NULL || slash[1] == '\0' || strchr(slash + 1, '/') != NULL ||
        (size_t)(slash - text) >= sizeof(top))
        return false;
    (void)snprintf(top, sizeof(top), "%.*s", (int)(slash - text), text);
    return is_one_of(top, tops);
}

int eark_href_path(const char *mets, const char *href, char out[PATH_SIZE])
{
    char relative[PATH_SIZE];
    struct err ignored;
    size_t n = 0;

    if (strncmp(href, "file:///", 8) == 0)
        href += 8;
    else if (strncmp(href, "file:", 5) == 0)
        href += 5;
    if (strncmp(href, "./", 2) == 0)
        href += 2;
    for (; *href != '\0' && n + 1 < PATH_SIZE; href++) {
        char hex[3] = {0};

        if (*href != '%' || href[1] == '\0' || href[2] == '\0') {
            relative[n++] = *href;
            continue;
        }
        memcpy(hex, href + 1, 2);
        relative[n++] = (char)strtoul(hex, NULL, 16);
        href += 2;
    }
    relative[n] = '\0';
    return path_is_safe(relative)
               ? path_format(out, &ignored, "%.*s%s",
                             (int)(path_base(mets) - mets), mets, relative)
               : -1;
}

static bool digest_of_type(const char *type, enum digest_kind *out)
{
    static const struct {
        const char *name;
        enum digest_kind kind;
    } kinds[] = {{"MD5", DIGEST_MD5},
                 {"SHA-1", DIGEST_SHA1},
                 {"SHA-256", DIGEST_SHA256},
                 {"SHA-384", DIGEST_SHA384},
                 {"SHA-512", DIGEST_SHA512}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(type, kinds[i].name) == 0) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static void judge_file(struct eark *e, xmlNode *node,
                       const struct link_rules *r, const char *path,
                       const char *const facts[])
{
    char hex[DIGEST_HEX_SIZE], message[PATH_SIZE + 64];
    enum digest_kind kind;
    struct err err;

    e->base.report->files++;
    e->base.report->bytes += (uint64_t)file_size(path);
    if (facts[FACT_SIZE] != NULL &&
        strtoll(facts[FACT_SIZE], NULL, 10) != file_size(path)) {
        (void)snprintf(message, sizeof(message),
                       "SIZE is %.30s, and %s has %lld", facts[FACT_SIZE],
                       path_base(path), (long long)file_size(path));
        breaks_number(e, r->facts[FACT_SIZE], node, message);
    }
    if (facts[FACT_SUM] == NULL || facts[FACT_SUMTYPE] == NULL ||
        !digest_of_type(facts[FACT_SUMTYPE], &kind))
        return;
    if (digest_file(path, kind, hex, &err) != 0)
        check_fault(&e->base, FAULT_UNREADABLE, "", e->mets, "%s", err.msg);
    else if (strcasecmp(hex, facts[FACT_SUM]) != 0) {
        (void)snprintf(message, sizeof(message),
                       "CHECKSUM is not that of the file %s", path_base(path));
        breaks_number(e, r->facts[FACT_SUM], node, message);
    }
}

static void judge_target(struct eark *e, xmlNode *node,
                         const struct link_rules *r, const char *href,
                         const char *const facts[])
{
    char below[PATH_SIZE], path[PATH_SIZE], message[PATH_SIZE + 64];
    struct err err;

    if (eark_href_path(e->mets, href, below) != 0 ||
        path_format(path, &err, "%s/%s", e->base.dir, below) != 0 ||
        !file_exists(path)) {
        (void)snprintf(message, sizeof(message),
                       "xlink:href leads to no file: %.200s", href);
        breaks_number(e, r->href, node, message);
        return;
    }
    judge_file(e, node, r, path, facts);
}

static void judge_facts(struct eark *e, xmlNode *node,
                        const struct link_rules *r, char *const facts[])
{
    char message[64];

    for (int i = 0; fact_names[i] != NULL; i++) {
        if (facts[i] != NULL && *facts[i] != '\0')
            continue;
        (void)snprintf(message, sizeof(message), "has no %s", fact_names[i]);
        breaks_number(e, r->facts[i], node, message);
    }
    if (facts[FACT_MIME] != NULL && *facts[FACT_MIME] != '\0' &&
        !is_media_type(facts[FACT_MIME]))
        breaks_number(e, r->facts[FACT_MIME], node,
                      "MIMETYPE is not a media type");
}

static void judge_link(struct eark *e, xmlNode *node, const void *arg)
{
    const struct link_rules *r = arg;
    CLEANUP(free) char *loctype = xml_get_attr(node, "LOCTYPE");
    CLEANUP(free) char *href = xml_get_attr(node, "href");
    CLEANUP(free) char *type = xml_get_attr(node, "type");
    CLEANUP(free) char *mdtype = xml_get_attr(node, "MDTYPE");
    const xmlNode *holder = strcmp(r->holds, ".") == 0 ? node : node->parent;
    char *facts[6] = {NULL};

    for (int i = 0; fact_names[i] != NULL; i++)
        facts[i] = xml_get_attr(holder, fact_names[i]);
    if (loctype == NULL || strcmp(loctype, "URL") != 0)
        breaks_number(e, r->loctype, node, "LOCTYPE is not URL");
    if (type == NULL || strcmp(type, "simple") != 0)
        breaks_number(e, r->type, node, "xlink:type is not simple");
    if (r->mdtype != 0 && (mdtype == NULL || *mdtype == '\0'))
        breaks_number(e, r->mdtype, node, "has no MDTYPE");
    judge_facts(e, node, r, facts);
    if (href == NULL || *href == '\0')
        breaks_number(e, r->href, node, "has no xlink:href");
    else
        judge_target(e, node, r, href, (const char *const *)facts);
    for (int i = 0; fact_names[i] != NULL; i++)
        free(facts[i]);
}

/* What lies in the folders and METS must tell */

static size_t count_files(const struct eark *e, const char *folder)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char dir[PATH_SIZE];
    struct err err;

    if (path_format(dir, &err, "%s/%.*s%s", e->base.dir,
                    (int)(path_base(e->mets) - e->mets), e->mets,
                    folder) != 0 ||
        dir_list(dir, &names, &err) != 0)
        return 0;
    return names.count;
}

static size_t count_nodes(struct eark *e, const char *of)
{
    __attribute__((cleanup(xpath_object_free_at))) xmlXPathObject *found =
        ask(e, (xmlNode *)e->xpath->doc, of);

    return found == NULL || found->nodesetval == NULL
               ? 0
               : (size_t)found->nodesetval->nodeNr;
}

static void judge_folders(struct eark *e)
{
    const xmlNode *root = xmlDocGetRootElement(e->xpath->doc);
    size_t described = count_files(e, "metadata/descriptive");
    size_t preserved = count_files(e, "metadata/preservation");

    if (described > 0 && count_nodes(e, "/m:mets/m:dmdSec") == 0)
        breaks(e, "CSIP17", root,
               "metadata/descriptive has files, and there is no dmdSec");
    else if (described > 0 && count_nodes(e, "/m:mets/m:dmdSec/m:mdRef") == 0)
        breaks(e, "CSIP21", root,
               "metadata/descriptive has files, and no mdRef leads there");
    if (preserved > 0 && count_nodes(e, "/m:mets/m:amdSec") == 0)
        breaks(e, "CSIP31", root,
               "metadata/preservation has files, and there is no amdSec");
    else if (count_nodes(e, "/m:mets/m:amdSec/m:digiprovMD") < preserved)
        breaks(e, "CSIP32", root,
               "not every file of metadata/preservation has a digiprovMD");
    if (count_files(e, "documentation") > 0 &&
        count_nodes(e, GROUP "[starts-with(@USE,'Documentation')]") == 0)
        breaks(e, "CSIP60", root,
               "documentation has files, and there is no file group of them");
    if (count_files(e, "schemas") > 0 &&
        count_nodes(e, GROUP "[starts-with(@USE,'Schemas')]") == 0)
        breaks(e, "CSIP113", root,
               "schemas has files, and there is no file group of them");
    if (count_files(e, "representations") > 0 &&
        count_nodes(e, GROUP "[starts-with(@USE,'Representations')]") == 0)
        breaks(e, "CSIP114", root,
               "there are representations, and no file group of them");
}

/* Is the id one of those that an attribute of the Metadata div lists? */
static void judge_listed(struct eark *e, xmlNode *node, const void *arg)
{
    const char *attribute = arg;
    CLEANUP(free) char *id = xml_get_attr(node, "ID");
    CLEANUP(buf_fini) struct buf test = BUF_INIT;

    if (id == NULL || strchr(id, '\'') != NULL)
        return;
    buf_printf(&test,
               "contains(concat(' ', normalize-space(" PART(
                   "Metadata") "/@%s), ' '), ' %s ')",
               attribute, id);
    __attribute__((cleanup(xpath_object_free_at))) xmlXPathObject *answer =
        ask(e, node, buf_str(&test));
    if (answer != NULL && !xmlXPathCastToBoolean(answer))
        breaks(e, "CSIP91", node,
               "its ID is not in the ADMID of the div Metadata");
}

static void judge_mets(struct eark *e)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        each_node(e, rules[i].of, judge_rule, &rules[i]);
    for (size_t i = 0;
         e->is_root && i < sizeof(type_rules) / sizeof(*type_rules); i++)
        each_node(e, type_rules[i].of, judge_rule, &type_rules[i]);
    each_node(e, "/m:mets", judge_root, NULL);
    each_node(e, HDR, judge_header, NULL);
    each_node(e, GROUP, judge_group, NULL);
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
        each_node(e, links[i].of, judge_link, &links[i]);
    each_node(e, "/m:mets/m:amdSec/m:digiprovMD|/m:mets/m:amdSec/m:rightsMD",
              judge_listed, "ADMID");
    judge_folders(e);
}

/* @param listed  gets the files that it lists */
static int check_mets(const char *dir, const char *mets, bool is_root,
                      json_t *listed, struct fault_report *report,
                      struct err *err)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    __attribute__((cleanup(xpath_free_at))) xmlXPathContext *xpath = NULL;
    struct eark e = {{report, dir, "", false}, mets, NULL, is_root};
    char path[PATH_SIZE];
    struct err why;

    if (path_format(path, err, "%s/%s", dir, mets) != 0)
        return -1;
    if (xml_parse_file(path, &doc, &why) != 0) {
        check_rule(&e.base, "CSIPSTR4", mets, "%s", why.msg);
        return check_end(&e.base, err);
    }
    xpath = xmlXPathNewContext(doc);
    if (xpath == NULL ||
        xmlXPathRegisterNs(xpath, BAD_CAST "m",
                           BAD_CAST "http://www.loc.gov/METS/") != 0 ||
        xmlXPathRegisterNs(xpath, BAD_CAST "xlink",
                           BAD_CAST "http://www.w3.org/1999/xlink") != 0 ||
        xmlXPathRegisterNs(xpath, BAD_CAST "csip",
                           BAD_CAST
                           "https://DILCIS.eu/XML/METS/CSIPExtensionMETS") != 0)
        return err_set(err, ERR_LIBRARY, "libxml2: cannot ask by XPath");
    e.xpath = xpath;
    if (count_nodes(&e, "/m:mets") == 0)
        check_rule(&e.base, "CSIPSTR4", mets, "is not a METS document");
    else {
        judge_mets(&e);
        eark_check_refs(&e.base, mets, doc);
        eark_note_listed(&e.base, mets, doc, listed);
    }
    return check_end(&e.base, err);
}

/* CSIPSTR1: what a link leads to lies elsewhere. */
static bool is_one_folder(struct check *c)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};
    struct err why;

    if (tree_list(c->dir, &files, &why) == 0)
        return true;
    check_rule(c, "CSIPSTR1", "", "%s", why.msg);
    return false;
}

int eark_check(const char *dir, struct fault_report *report, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(json_decref) json_t *listed = json_object();
    struct check c = {report, dir, "", false};
    char path[PATH_SIZE], folder[PATH_SIZE];
    struct err ignored;

    if (!file_exists(dir))
        return err_set(err, ERR_ABSENT, "%s: there is no such folder", dir);
    if (!dir_exists(dir)) {
        check_rule(&c, "CSIPSTR1", "", "is a file: a package is a folder");
        return check_end(&c, err);
    }
    if (!is_one_folder(&c))
        return check_end(&c, err);
    if (path_format(path, err, "%s/" METS_NAME, dir) != 0 ||
        path_format(folder, err, "%s/representations", dir) != 0)
        return -1;
    if (!file_exists(path)) {
        check_rule(&c, "CSIPSTR4", METS_NAME,
                   "the package has no file of that name");
        return check_end(&c, err);
    }
    if (check_mets(dir, METS_NAME, true, listed, report, err) != 0)
        return -1;
    (void)dir_list(folder, &names, &ignored); /* there may be none */
    for (size_t i = 0; i < names.count; i++) {
        char mets[PATH_SIZE];

        if (path_format(mets, err, "representations/%s/" METS_NAME,
                        names.names[i]) != 0 ||
            path_format(path, err, "%s/%s", dir, mets) != 0)
            return -1;
        if (file_exists(path) &&
            check_mets(dir, mets, false, listed, report, err) != 0)
            return -1;
    }
    return eark_check_listed(&c, listed, err);
}
