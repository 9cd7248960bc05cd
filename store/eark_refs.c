/* SPDX-License-Identifier: MIT */
#include "store/eark_refs.h"

#include <string.h>

#include "common/json.h"
#include "common/tree.h"
#include "common/xml.h"

#define METS_NS   "http://www.loc.gov/METS/"
#define METS_NAME "METS.xml"
#define SPACES    " \t\r\n"

struct refs {
    struct check *check;
    const char *mets;
    json_t *ids; /* of the document -> true */
};

typedef void visit_element(struct refs *r, xmlNode *node);

/* Elements of METS itself: what is wrapped in it has names of its own. */
static void walk(struct refs *r, xmlNode *node, visit_element *visit)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || node->ns == NULL ||
            xmlStrcmp(node->ns->href, BAD_CAST METS_NS) != 0)
            continue;
        visit(r, node);
        walk(r, node->children, visit);
    }
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE &&
           xmlStrcmp(node->name, BAD_CAST name) == 0;
}

static bool is_labelled(const xmlNode *node, const char *label)
{
    CLEANUP(free) char *is = xml_get_attr(node, "LABEL");

    return is != NULL && strcmp(is, label) == 0;
}

/* The rule that says that the div's ID is unique. */
static const char *rule_of_div(const xmlNode *div)
{
    static const char *const parts[][2] = {{"Metadata", "CSIP89"},
                                           {"Documentation", "CSIP94"},
                                           {"Schemas", "CSIP98"},
                                           {"Representations", "CSIP102"}};
    const xmlNode *map = div->parent;

    if (is_named(map, "structMap"))
        return is_labelled(map, "CSIP") ? "CSIP85" : "CSIPSTR4";
    if (map == NULL || !is_named(map->parent, "structMap") ||
        !is_labelled(map->parent, "CSIP"))
        return "CSIPSTR4";
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        if (is_labelled(div, parts[i][0]))
            return parts[i][1];
    }
    return "CSIP106";
}

static const char *rule_of_id(const xmlNode *node)
{
    static const char *const rules[][2] = {
        {"dmdSec", "CSIP18"},   {"digiprovMD", "CSIP33"},
        {"rightsMD", "CSIP46"}, {"fileSec", "CSIP59"},
        {"fileGrp", "CSIP65"},  {"file", "CSIP67"},
        {"structMap", "CSIP83"}};

    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        if (is_named(node, rules[i][0]))
            return rules[i][1];
    }
    return is_named(node, "div") ? rule_of_div(node) : "CSIPSTR4";
}

/* A visit_element. */
static void take_id(struct refs *r, xmlNode *node)
{
    CLEANUP(free) char *id = xml_get_attr(node, "ID");

    if (id == NULL)
        return;
    if (json_object_get(r->ids, id) != NULL)
        check_rule(r->check, rule_of_id(node), r->mets,
                   "line %ld: the ID '%.100s' is there twice",
                   xmlGetLineNo(node), id);
    else if (json_object_set_new(r->ids, id, json_true()) != 0)
        r->check->failed = true;
}

static const char *rule_of_reference(const xmlNode *node, const char *attribute)
{
    if (is_named(node, "div") && strcmp(rule_of_div(node), "CSIP89") == 0)
        return strcmp(attribute, "ADMID") == 0 ? "CSIP91" : "CSIP92";
    return "CSIPSTR4";
}

/* The fptr of these divs has a rule of its own: CSIP116, CSIP118, CSIP119. */
static bool is_judged_apart(const xmlNode *node)
{
    const char *rule =
        is_named(node->parent, "div") ? rule_of_div(node->parent) : "";

    return is_named(node, "fptr") &&
           (strcmp(rule, "CSIP94") == 0 || strcmp(rule, "CSIP98") == 0 ||
            strcmp(rule, "CSIP102") == 0);
}

/* Each of the words of an attribute is the ID of something. */
static void check_reference(struct refs *r, const xmlNode *node,
                            const char *attribute)
{
    CLEANUP(free) char *text = xml_get_attr(node, attribute);
    char *rest = NULL;

    for (char *id = text == NULL ? NULL : strtok_r(text, SPACES, &rest);
         id != NULL; id = strtok_r(NULL, SPACES, &rest)) {
        if (json_object_get(r->ids, id) == NULL)
            check_rule(r->check, rule_of_reference(node, attribute), r->mets,
                       "line %ld: %s '%.100s' is the ID of nothing",
                       xmlGetLineNo(node), attribute, id);
    }
}

/* A visit_element. */
static void check_references(struct refs *r, xmlNode *node)
{
    check_reference(r, node, "ADMID");
    check_reference(r, node, "DMDID");
    if (!is_judged_apart(node))
        check_reference(r, node, "FILEID");
    if (is_named(node, "smLink")) {
        check_reference(r, node, "from");
        check_reference(r, node, "to");
    }
}

void eark_check_refs(struct check *c, const char *mets, xmlDoc *doc)
{
    CLEANUP(json_decref) json_t *ids = json_object();
    struct refs r = {c, mets, ids};

    c->failed = c->failed || ids == NULL;
    walk(&r, xmlDocGetRootElement(doc), take_id);
    walk(&r, xmlDocGetRootElement(doc), check_references);
}

/* A visit_element; ids are the paths that are listed. */
static void note_link(struct refs *r, xmlNode *node)
{
    char path[PATH_SIZE];
    CLEANUP(free) char *href = xml_get_attr(node, "href");

    if (href == NULL || eark_href_path(r->mets, href, path) != 0)
        return;
    /* A name that is not UTF-8 is none that XML could state. */
    (void)json_object_set_new(r->ids, path, json_true());
}

void eark_note_listed(struct check *c, const char *mets, xmlDoc *doc,
                      json_t *listed)
{
    struct refs r = {c, mets, listed};

    walk(&r, xmlDocGetRootElement(doc), note_link);
}

/* METS.xml of the package, or of a representation. */
static bool is_mets(const char *path)
{
    static const char folder[] = "representations/";
    const char *inside;

    if (strcmp(path, METS_NAME) == 0)
        return true;
    if (strncmp(path, folder, strlen(folder)) != 0)
        return false;
    inside = strchr(path + strlen(folder), '/');
    return inside != NULL && strcmp(inside + 1, METS_NAME) == 0;
}

int eark_check_listed(struct check *c, const json_t *listed, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};

    if (tree_list(c->dir, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        if (!is_mets(files.names[i]) &&
            json_object_get(listed, files.names[i]) == NULL)
            check_warn(c, "CSIP58", files.names[i],
                       "is in the package, and no METS lists it");
    }
    return check_end(c, err);
}
