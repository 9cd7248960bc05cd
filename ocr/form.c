/* SPDX-License-Identifier: MIT */
#include "ocr/form.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/xml.h"
#include "ocr/building_tax_xml.h"
#include "ocr/family_register_xml.h"
#include "ocr/form_xsd.h"
#include "ocr/household_book_xml.h"
#include "ocr/property_tax_xml.h"

struct form_set {
    struct form **at; /* by id */
    size_t count;
};

static void texts_fini(struct form_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->at[i].text);
    free(texts->at);
}

static void form_free(struct form *form)
{
    if (form == NULL)
        return;
    for (size_t i = 0; i < form->label_count; i++)
        texts_fini(&form->labels[i].texts);
    for (size_t i = 0; i < form->column_count; i++)
        texts_fini(&form->columns[i].headings);
    texts_fini(&form->titles);
    texts_fini(&form->total_texts);
    free(form->labels);
    free(form->columns);
    free(form->name);
    free(form->origin);
    free(form);
}

DEFINE_CLEANUP(struct form, form_free)

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "form: out of memory");
}

static size_t count_children(const xmlNode *parent, const char *name)
{
    size_t count = 0;

    for (const xmlNode *at = xml_child(parent, name); at != NULL;
         at = xml_next(at, name))
        count++;
    return count;
}

/* The schema said that the attribute is there, and how long it may be. */
static int take_name(const xmlNode *node, const char *attribute,
                     char out[FORM_NAME_SIZE], struct err *err)
{
    CLEANUP(free) char *value = xml_get_attr(node, attribute);

    if (value == NULL)
        return no_memory(err);
    (void)snprintf(out, FORM_NAME_SIZE, "%s", value);
    return 0;
}

static int take_part(const xmlNode *node, struct form_part *out,
                     struct err *err)
{
    CLEANUP(free) char *type = xml_get_attr(node, "type");

    out->type = VALUE_TEXT;
    if (type != NULL && !value_type_of(type, &out->type))
        return err_set(err, ERR_INPUT, "'%s' is no type of a field", type);
    return take_name(node, "field", out->field, err);
}

static int take_text(const xmlNode *node, struct form_text *out,
                     struct err *err)
{
    CLEANUP(free) char *above = xml_get_attr(node, "above");

    out->text = xml_get_text(node);
    if (out->text == NULL)
        return no_memory(err);
    likeness_key(out->text, LIKENESS_PLAIN, &out->key);
    likeness_key(above == NULL ? "" : above, LIKENESS_PLAIN, &out->above);
    if (out->key.count == 0)
        return err_set(err, ERR_INPUT,
                       "line %ld: '%s' has neither letters nor digits to be "
                       "found by",
                       xmlGetLineNo(node), out->text);
    return 0;
}

static int take_texts(const xmlNode *parent, const char *name,
                      struct form_texts *out, struct err *err)
{
    size_t count = count_children(parent, name);

    out->at = calloc(count + 1, sizeof(*out->at));
    if (out->at == NULL)
        return no_memory(err);
    for (const xmlNode *at = xml_child(parent, name); at != NULL;
         at = xml_next(at, name)) {
        if (take_text(at, &out->at[out->count++], err) != 0)
            return -1;
    }
    return 0;
}

static int take_page(const xmlNode *page, struct form *form, struct err *err)
{
    if (page == NULL)
        return 0;
    form->labels =
        calloc(count_children(page, "label") + 1, sizeof(*form->labels));
    if (form->labels == NULL)
        return no_memory(err);
    for (const xmlNode *at = xml_child(page, "label"); at != NULL;
         at = xml_next(at, "label")) {
        struct form_label *label = &form->labels[form->label_count++];

        if (take_part(at, &label->part, err) != 0 ||
            take_texts(at, "text", &label->texts, err) != 0)
            return -1;
    }
    return take_name(page, "record", form->page_record, err);
}

static int take_column(const xmlNode *node, struct form_column *out,
                       struct err *err)
{
    CLEANUP(free) char *role = xml_get_attr(node, "is");
    const xmlNode *rest = xml_child(node, "rest");

    out->role = role == NULL                 ? FORM_PLAIN
                : strcmp(role, "order") == 0 ? FORM_ORDER
                                             : FORM_HEAD;
    if (take_part(node, &out->part, err) != 0 ||
        take_texts(node, "heading", &out->headings, err) != 0 ||
        (rest != NULL && take_part(rest, &out->rest, err) != 0))
        return -1;
    if (rest != NULL && out->part.type != VALUE_DATE)
        return err_set(err, ERR_INPUT,
                       "line %ld: only a column of type date can have a rest",
                       xmlGetLineNo(rest));
    return 0;
}

static int take_total(const xmlNode *node, struct form *form, struct err *err)
{
    if (node == NULL)
        return 0;
    if (take_texts(node, "text", &form->total_texts, err) != 0 ||
        take_name(node, "field", form->total.field, err) != 0 ||
        take_name(node, "column", form->total_column, err) != 0)
        return -1;
    for (size_t i = 0; i < form->column_count; i++) {
        if (strcmp(form->columns[i].part.field, form->total_column) == 0) {
            form->total.type = form->columns[i].part.type;
            return 0;
        }
    }
    return err_set(err, ERR_INPUT,
                   "line %ld: the total is of the column '%s', and there is "
                   "none of that field",
                   xmlGetLineNo(node), form->total_column);
}

static int take_table(const xmlNode *table, struct form *form, struct err *err)
{
    if (table == NULL)
        return 0;
    form->columns =
        calloc(count_children(table, "column") + 1, sizeof(*form->columns));
    if (form->columns == NULL)
        return no_memory(err);
    for (const xmlNode *at = xml_child(table, "column"); at != NULL;
         at = xml_next(at, "column")) {
        if (take_column(at, &form->columns[form->column_count++], err) != 0)
            return -1;
    }
    if (take_name(table, "record", form->row_record, err) != 0)
        return -1;
    return take_total(xml_child(table, "total"), form, err);
}

static int take_years(const xmlNode *node, struct value_years *out,
                      struct err *err)
{
    CLEANUP(free) char *from = node == NULL ? NULL : xml_get_attr(node, "from");
    CLEANUP(free) char *to = node == NULL ? NULL : xml_get_attr(node, "to");

    if (node == NULL)
        return 0;
    if (from == NULL || to == NULL)
        return no_memory(err);
    out->from = atoi(from);
    out->to = atoi(to);
    return 0;
}

static int take_form(const xmlNode *root, const char *origin, struct form *form,
                     struct err *err)
{
    form->origin = strdup(origin);
    form->name = xml_get_attr(root, "name");
    if (form->origin == NULL || form->name == NULL)
        return no_memory(err);
    if (take_name(root, "id", form->id, err) != 0 ||
        take_texts(root, "title", &form->titles, err) != 0 ||
        take_years(xml_child(root, "years"), &form->years, err) != 0 ||
        take_page(xml_child(root, "page"), form, err) != 0 ||
        take_table(xml_child(root, "table"), form, err) != 0)
        return -1;
    if (strcmp(form->id, FORM_UNKNOWN) == 0)
        return err_set(err, ERR_INPUT,
                       "the id '" FORM_UNKNOWN "' is kept for pages whose form "
                       "nobody described");
    if (form->label_count == 0 && form->column_count == 0)
        return err_set(err, ERR_INPUT,
                       "a form needs a page of labels, or a table");
    return 0;
}

/* By id; a later one takes the place of an earlier. Owns the form. */
static int put_form(struct form_set *set, struct form *form, struct err *err)
{
    size_t i = 0;
    struct form **grown;

    while (i < set->count && strcmp(set->at[i]->id, form->id) < 0)
        i++;
    if (i < set->count && strcmp(set->at[i]->id, form->id) == 0) {
        form_free(set->at[i]);
        set->at[i] = form;
        return 0;
    }
    grown = realloc(set->at, (set->count + 1) * sizeof(struct form *));
    if (grown == NULL) {
        form_free(form);
        return no_memory(err);
    }
    memmove(grown + i + 1, grown + i, (set->count - i) * sizeof(*grown));
    grown[i] = form;
    set->at = grown;
    set->count++;
    return 0;
}

static int add_doc(struct form_set *set, xmlDoc *doc, const char *origin,
                   struct err *err)
{
    CLEANUP(form_free) struct form *form = calloc(1, sizeof(*form));

    if (form == NULL)
        return no_memory(err);
    if (xml_validate(doc, form_xsd, origin, err) != 0)
        return -1;
    if (take_form(xmlDocGetRootElement(doc), origin, form, err) != 0)
        return err_add(err, "%s", origin);
    return put_form(set, STEAL(form), err);
}

int form_set_read_file(struct form_set *set, const char *path, struct err *err)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;

    if (xml_parse_file(path, &doc, err) != 0)
        return -1;
    return add_doc(set, doc, path, err);
}

int form_set_read_dir(struct form_set *set, const char *dir, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];

    if (!dir_exists(dir))
        return 0;
    if (dir_list(dir, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *dot = strrchr(names.names[i], '.');

        if (names.names[i][0] == '.' || dot == NULL || strcmp(dot, ".xml") != 0)
            continue;
        if (path_format(path, err, "%s/%s", dir, names.names[i]) != 0 ||
            form_set_read_file(set, path, err) != 0)
            return -1;
    }
    return 0;
}

int form_set_new(struct form_set **out, struct err *err)
{
    const char *const built_in[] = {building_tax_xml, family_register_xml,
                                    household_book_xml, property_tax_xml};
    CLEANUP(form_set_free) struct form_set *set = calloc(1, sizeof(*set));

    if (set == NULL)
        return no_memory(err);
    for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++) {
        CLEANUP(xml_doc_free) xmlDoc *doc = NULL;

        if (xml_parse(built_in[i], strlen(built_in[i]), "built in", &doc,
                      err) != 0 ||
            add_doc(set, doc, "built in", err) != 0)
            return -1;
    }
    *out = STEAL(set);
    return 0;
}

void form_set_free(struct form_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        form_free(set->at[i]);
    free(set->at);
    free(set);
}

size_t form_set_count(const struct form_set *set)
{
    return set->count;
}

const struct form *form_set_at(const struct form_set *set, size_t i)
{
    return i < set->count ? set->at[i] : NULL;
}
