/* SPDX-License-Identifier: MIT */
#include "store/submission.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"
#include "common/xml.h"
#include "store/check.h"
#include "store/mets.h"

#define DC_ELEMENTS "http://purl.org/dc/elements/1.1/"
#define DC_TERMS    "http://purl.org/dc/terms/"

struct mets_walk {
    const char *package;
    const char *mets; /* below it */
    struct submission *s;
    json_t *orders; /* of this METS: file ID -> [ORDER, ORDERLABEL] */
    struct err *err;
    bool failed;
};

void submission_free(struct submission *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++) {
        free(s->scans[i].path);
    }
    free(s->scans);
    free(s->id);
    free(s->title);
    free(s->reference);
    free(s->representation);
    free(s);
}

static int out_of_memory(struct mets_walk *r)
{
    r->failed = true;
    return err_set(r->err, ERR_NOMEM, "import: out of memory");
}

/* Structural maps: which file is which page */

static void note_order(struct mets_walk *r, const xmlNode *div)
{
    CLEANUP(free) char *order = xml_get_attr(div, "ORDER");

    if (order == NULL)
        return;
    for (const xmlNode *f = xml_child(div, "fptr"); f != NULL;
         f = xml_next(f, "fptr")) {
        CLEANUP(free) char *id = xml_get_attr(f, "FILEID");

        if (id != NULL && json_object_get(r->orders, id) == NULL &&
            json_object_set_new(
                r->orders, id,
                json_integer((json_int_t)strtoul(order, NULL, 10))) != 0)
            (void)out_of_memory(r);
    }
}

static void note_orders(struct mets_walk *r, const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (xmlStrcmp(node->name, BAD_CAST "div") == 0)
            note_order(r, node);
        note_orders(r, node->children);
    }
}

/* Files */

static bool is_tiff(const char *path, const char *mime)
{
    const char *dot = strrchr(path_base(path), '.');

    return (mime != NULL && strcasecmp(mime, "image/tiff") == 0) ||
           (dot != NULL &&
            (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0));
}

static void add_scan(struct mets_walk *r, const char *path, const xmlNode *file)
{
    CLEANUP(free) char *id = xml_get_attr(file, "ID");
    CLEANUP(free) char *sum = xml_get_attr(file, "CHECKSUM");
    CLEANUP(free) char *kind = xml_get_attr(file, "CHECKSUMTYPE");
    const json_t *order = id == NULL ? NULL : json_object_get(r->orders, id);
    struct submission *s = r->s;
    struct submission_scan *grown =
        realloc(s->scans, (s->count + 1) * sizeof(*grown));
    struct submission_scan *scan;

    if (grown == NULL) {
        (void)out_of_memory(r);
        return;
    }
    s->scans = grown;
    scan = &grown[s->count++];
    *scan = (struct submission_scan){.path = strdup(path), .order = 0};
    scan->order = (unsigned long)json_integer_value(order);
    if (sum != NULL && kind != NULL && strcmp(kind, "SHA-256") == 0)
        (void)snprintf(scan->sha256, sizeof(scan->sha256), "%.64s", sum);
    if (scan->path == NULL)
        (void)out_of_memory(r);
}

/* A file that two METS list is one. */
static bool is_known(const struct submission *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->scans[i].path, path) == 0)
            return true;
    }
    return false;
}

static void take_file(struct mets_walk *r, const xmlNode *file)
{
    const xmlNode *link = xml_child(file, "FLocat");
    CLEANUP(free) char *mime = xml_get_attr(file, "MIMETYPE");
    CLEANUP(free)
    char *href = link == NULL ? NULL : xml_get_attr(link, "href");
    char path[PATH_SIZE];

    if (href == NULL || eark_href_path(r->mets, href, path) != 0)
        return;
    if (is_tiff(path, mime) && !is_known(r->s, path))
        add_scan(r, path, file);
}

static void take_files(struct mets_walk *r, const xmlNode *node)
{
    for (; node != NULL && !r->failed; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (xmlStrcmp(node->name, BAD_CAST "file") == 0)
            take_file(r, node);
        take_files(r, node->children);
    }
}

static int read_mets(struct mets_walk *r, xmlDoc **out)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    CLEANUP(json_decref) json_t *orders = json_object();
    char path[PATH_SIZE];
    const xmlNode *root;

    if (path_format(path, r->err, "%s/%s", r->package, r->mets) != 0 ||
        xml_parse_file(path, &doc, r->err) != 0)
        return -1;
    r->orders = orders;
    root = xmlDocGetRootElement(doc);
    for (const xmlNode *map = xml_child(root, "structMap"); map != NULL;
         map = xml_next(map, "structMap"))
        note_orders(r, map->children);
    for (const xmlNode *sec = xml_child(root, "fileSec"); sec != NULL;
         sec = xml_next(sec, "fileSec"))
        take_files(r, sec->children);
    if (r->failed)
        return -1;
    if (out != NULL)
        *out = STEAL(doc);
    return 0;
}

/* What the package is */

static char *text_or_none(char *text)
{
    return text == NULL ? strdup("") : text;
}

static char *find_reference(const xmlNode *root)
{
    const xmlNode *header = xml_child(root, "metsHdr");
    const xmlNode *id =
        header == NULL ? NULL : xml_child(header, "altRecordID");

    for (; id != NULL; id = xml_next(id, "altRecordID")) {
        CLEANUP(free) char *type = xml_get_attr(id, "TYPE");

        if (type != NULL && strcmp(type, "REFERENCECODE") == 0)
            return xml_get_text(id);
    }
    return NULL;
}

static bool is_dc_title(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           xmlStrcmp(node->name, BAD_CAST "title") == 0 &&
           (xmlStrcmp(node->ns->href, BAD_CAST DC_ELEMENTS) == 0 ||
            xmlStrcmp(node->ns->href, BAD_CAST DC_TERMS) == 0);
}

/* The first that has text, in document order; NULL. The depth is small: the
 * parser limits it. */
static char *find_title(const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        char *title = is_dc_title(node) ? xml_get_text(node) : NULL;

        if (title != NULL && title[strspn(title, " \t\r\n")] != '\0')
            return title;
        free(title);
        title = find_title(node->children);
        if (title != NULL)
            return title;
    }
    return NULL;
}

static char *read_title(const char *package, const char *href)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    char below[PATH_SIZE], path[PATH_SIZE];
    struct err ignored;

    if (eark_href_path("METS.xml", href, below) != 0 ||
        path_format(path, &ignored, "%s/%s", package, below) != 0 ||
        xml_parse_file(path, &doc, &ignored) != 0)
        return NULL;
    return find_title(xmlDocGetRootElement(doc));
}

/* Of the Dublin Core that the package's METS leads to. */
static char *find_dc_title(const char *package, const xmlNode *root)
{
    char *title = NULL;

    for (const xmlNode *section = xml_child(root, "dmdSec");
         title == NULL && section != NULL;
         section = xml_next(section, "dmdSec")) {
        const xmlNode *ref = xml_child(section, "mdRef");
        CLEANUP(free)
        char *type = ref == NULL ? NULL : xml_get_attr(ref, "MDTYPE");
        CLEANUP(free)
        char *href = ref == NULL ? NULL : xml_get_attr(ref, "href");

        if (type != NULL && href != NULL && strcmp(type, "DC") == 0)
            title = read_title(package, href);
    }
    return title;
}

/* METS says it in its LABEL, or leaves it to the description. */
static char *find_package_title(const char *package, const xmlNode *root)
{
    char *label = xml_get_attr(root, "LABEL");

    if (label != NULL && label[0] != '\0')
        return label;
    free(label);
    return find_dc_title(package, root);
}

static int describe(struct submission *s, const char *package,
                    const xmlDoc *doc, struct err *err)
{
    const xmlNode *root = xmlDocGetRootElement(doc);

    s->id = text_or_none(xml_get_attr(root, "OBJID"));
    s->title = text_or_none(find_package_title(package, root));
    s->reference = text_or_none(find_reference(root));
    return s->id == NULL || s->title == NULL || s->reference == NULL
               ? err_set(err, ERR_NOMEM, "import: out of memory")
               : 0;
}

/* Which of the representations */

/* "master" of "representations/master/data/1.tif"; "" when of none. */
static void name_of(const char *path, char out[NAME_MAX + 1])
{
    size_t len = strlen(REPRESENTATIONS);

    out[0] = '\0';
    if (strncmp(path, REPRESENTATIONS, len) == 0 &&
        strchr(path + len, '/') != NULL)
        (void)snprintf(out, NAME_MAX + 1, "%.*s", (int)strcspn(path + len, "/"),
                       path + len);
}

static bool is_preferred(const char *name)
{
    return strcasestr(name, "master") != NULL ||
           strcasestr(name, "preserv") != NULL ||
           strcasestr(name, "orig") != NULL;
}

static int choose(struct submission *s, struct err *err)
{
    char best[NAME_MAX + 1] = "", name[NAME_MAX + 1];
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        name_of(s->scans[i].path, name);
        if (i == 0 || (is_preferred(name) && !is_preferred(best)) ||
            (is_preferred(name) == is_preferred(best) &&
             strcmp(name, best) < 0))
            memcpy(best, name, sizeof(best));
    }
    for (size_t i = 0; i < s->count; i++) {
        name_of(s->scans[i].path, name);
        if (strcmp(name, best) == 0) {
            struct submission_scan scan = s->scans[kept];

            s->scans[kept++] = s->scans[i];
            s->scans[i] = scan;
        }
    }
    for (size_t i = kept; i < s->count; i++) {
        free(s->scans[i].path);
    }
    s->left_out = s->count - kept;
    s->count = kept;
    s->representation = strdup(best);
    return s->representation == NULL
               ? err_set(err, ERR_NOMEM, "import: out of memory")
               : 0;
}

static int by_page(const void *a, const void *b)
{
    const struct submission_scan *x = a, *y = b;

    if ((x->order == 0) != (y->order == 0))
        return x->order == 0 ? 1 : -1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return strverscmp(x->path, y->path);
}

static int read_representations(struct mets_walk *r)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char folder[PATH_SIZE], path[PATH_SIZE], mets[PATH_SIZE];
    struct err ignored;

    if (path_format(folder, r->err, "%s/" REPRESENTATIONS, r->package) != 0)
        return -1;
    (void)dir_list(folder, &names, &ignored); /* there may be none */
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(mets, r->err, REPRESENTATIONS "%s/" METS_XML,
                        names.names[i]) != 0 ||
            path_format(path, r->err, "%s/%s", r->package, mets) != 0)
            return -1;
        r->mets = mets;
        if (file_exists(path) && read_mets(r, NULL) != 0)
            return -1;
    }
    return 0;
}

int submission_read(const char *package, struct submission **out,
                    struct fault_report *report, struct err *err)
{
    CLEANUP(submission_free) struct submission *s = calloc(1, sizeof(*s));
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct check c = {report, package, "", false};
    struct mets_walk r = {.package = package, .s = s, .err = err};

    *out = NULL;
    if (s == NULL)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    /* The representations know the order of their files. */
    if (read_representations(&r) != 0)
        return -1;
    r.mets = METS_XML;
    if (read_mets(&r, &doc) != 0 || describe(s, package, doc, err) != 0 ||
        choose(s, err) != 0)
        return -1;
    if (s->count == 0) {
        check_rule(&c, "IMP2", METS_XML,
                   "no METS of the package lists a TIFF file: there is nothing "
                   "to take in");
        return check_end(&c, err);
    }
    qsort(s->scans, s->count, sizeof(*s->scans), by_page);
    *out = STEAL(s);
    return 0;
}
