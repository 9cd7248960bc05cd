/* SPDX-License-Identifier: MIT */
#include "ocr/form.h"

#include <string.h>

#include "tests/unit.h"

#define HEAD "<form xmlns=\"urn:tefter:form:1\" "

static void write_form(void *dir, const char *name, const char *xml,
                       char path[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", (char *)dir, name), err);
    assert_ok(file_write_durable(path, xml, strlen(xml), &err), err);
}

static const struct form *form_named(const struct form_set *set, const char *id)
{
    for (size_t i = 0; i < form_set_count(set); i++) {
        if (strcmp(form_set_at(set, i)->id, id) == 0)
            return form_set_at(set, i);
    }
    return NULL;
}

static void form_set_new__has_two_registers_and_two_declarations(void **state)
{
    static const char *const ids[] = {"building-tax", "family-register",
                                      "household-book", "property-tax"};
    CLEANUP(form_set_free) struct form_set *set = NULL;
    struct err err;

    (void)state;
    assert_ok(form_set_new(&set, &err), err);
    assert_int_equal(form_set_count(set), 4);
    for (size_t i = 0; i < 4; i++) {
        const struct form *form = form_set_at(set, i);

        assert_string_equal(form->id, ids[i]);
        assert_true(form->column_count >= 5 && form->label_count >= 5);
        assert_true(form->years.from < form->years.to);
    }
}

static void form_set_read_dir__adds_and_takes_the_place(void **state)
{
    CLEANUP(form_set_free) struct form_set *set = NULL;
    char path[PATH_SIZE];
    struct err err;

    write_form(*state, "bees.xml",
               HEAD "id=\"bees\" name=\"Пчели\"><title>ПЧЕЛИН</title>"
                    "<table record=\"hive\"><column field=\"number\">"
                    "<heading>№</heading></column></table></form>",
               path);
    write_form(*state, "own.xml",
               HEAD "id=\"property-tax\" name=\"Наша\"><title>ДАНЪК</title>"
                    "<page record=\"owner\"><label field=\"name\" "
                    "type=\"name\"><text>Име</text></label></page></form>",
               path);
    write_form(*state, "notes.txt", "no form", path);
    assert_ok(form_set_new(&set, &err), err);
    assert_ok(form_set_read_dir(set, *state, &err), err);
    assert_int_equal(form_set_count(set), 5);
    assert_non_null(form_named(set, "bees"));
    assert_string_equal(form_named(set, "property-tax")->name, "Наша");
    assert_int_equal(form_named(set, "property-tax")->column_count, 0);
    assert_ok(form_set_read_dir(set, "/nowhere/forms", &err), err);
}

/* A form that is wrong says where, and what was expected. */
static void form_set_read_file__says_what_is_wrong(void **state)
{
    static const struct {
        const char *xml, *says;
    } rows[] = {
        {"no xml", "not well-formed"},
        {"<form/>", "form"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title>\n<page record=\"r\">\n"
              "<label field=\"a\" type=\"colour\"><text>A</text></label>"
              "</page></form>",
         ":3: "},
        {HEAD "id=\"Голям\" name=\"X\"><title>X</title></form>", "id"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title></form>", "labels"},
        {HEAD "id=\"unknown\" name=\"X\"><title>X</title><page record=\"r\">"
              "<label field=\"a\"><text>A</text></label></page></form>",
         "kept"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title><page record=\"r\">"
              "<label field=\"a\"><text>A</text></label>"
              "<label field=\"a\"><text>B</text></label></page></form>",
         "one-field"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title><table record=\"r\">"
              "<column field=\"a\"><heading>—</heading></column>"
              "</table></form>",
         "letters"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title><table record=\"r\">"
              "<column field=\"a\"><heading>A</heading><rest field=\"b\"/>"
              "</column></table></form>",
         "only a column of type date"},
        {HEAD "id=\"x\" name=\"X\"><title>X</title><table record=\"r\">"
              "<column field=\"a\"><heading>A</heading></column>"
              "<total field=\"t\" column=\"c\"><text>T</text></total>"
              "</table></form>",
         "'c'"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        CLEANUP(form_set_free) struct form_set *set = NULL;
        char path[PATH_SIZE];
        struct err err;

        write_form(*state, "x.xml", rows[i].xml, path);
        assert_ok(form_set_new(&set, &err), err);
        assert_int_equal(form_set_read_file(set, path, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        if (strstr(err.msg, rows[i].says) == NULL ||
            strstr(err.msg, path) == NULL)
            fail_msg("%zu: '%s' does not say '%s'", i, err.msg, rows[i].says);
        assert_int_equal(form_set_count(set), 4);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_set_new__has_two_registers_and_two_declarations),
        unit_test_in_dir(form_set_read_dir__adds_and_takes_the_place),
        unit_test_in_dir(form_set_read_file__says_what_is_wrong),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
