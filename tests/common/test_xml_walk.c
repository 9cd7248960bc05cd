/* SPDX-License-Identifier: MIT */
#include "common/xml_walk.h"

#include <string.h>

#include "common/xml.h"
#include "tests/unit.h"

/* An xml_visit: each name, with its attribute "a" when it has one. */
static void note(void *arg, const char *name, const struct xml_attrs *attrs)
{
    CLEANUP(buf_fini) struct buf value = BUF_INIT;
    struct buf *seen = arg;

    buf_printf(seen, "%s", name);
    if (xml_attrs_get(attrs, "a", &value))
        buf_printf(seen, "=%s", buf_str(&value));
    buf_puts(seen, ";");
}

static int walk(const char *dir, const char *text, struct buf *seen,
                struct err *err)
{
    char path[PATH_SIZE];

    assert_ok(path_format(path, err, "%s/x.xml", dir), *err);
    assert_ok(file_write_durable(path, text, strlen(text), err), *err);
    return xml_walk_file(path, note, seen, err);
}

static void xml_walk__visits_elements_in_order(void **state)
{
    CLEANUP(buf_fini) struct buf seen = BUF_INIT;
    struct err err;

    assert_ok(walk(*state,
                   "<m:x xmlns:m='urn:m' xmlns:l='urn:l'><m:y l:a='1' b='2'>"
                   "t</m:y><!-- <z/> --><y a=''/><![CDATA[<z/>]]></m:x>",
                   &seen, &err),
              err);
    assert_string_equal(buf_str(&seen), "x;y=1;y=;");
}

static void xml_walk__reads_attributes_as_xml_parse_does(void **state)
{
    static const char text[] =
        "<x a='&amp;amp; &#x436;&#38;&lt;&quot;&apos;\n\t&#10;.' />";
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    CLEANUP(buf_fini) struct buf seen = BUF_INIT;
    CLEANUP(buf_fini) struct buf expected = BUF_INIT;
    struct err err;

    assert_ok(xml_parse(text, strlen(text), "x", &doc, &err), err);
    CLEANUP(free) char *a = xml_get_attr(xmlDocGetRootElement(doc), "a");
    buf_printf(&expected, "x=%s;", a);
    assert_ok(walk(*state, text, &seen, &err), err);
    assert_string_equal(buf_str(&seen), buf_str(&expected));
}

static void xml_walk__says_where_xml_is_broken(void **state)
{
    static const char *const texts[] = {"", "<x>\n<y a='1'/>\n</z>", "<x>", "x",
                                        "<x a='1' a='2'/>"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        CLEANUP(buf_fini) struct buf seen = BUF_INIT;
        struct err err;

        assert_int_equal(walk(*state, texts[i], &seen, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.msg, "x.xml:"));
        assert_non_null(strstr(err.msg, "not well-formed"));
    }
}

/* Neither what lies beside the document nor what it multiplies comes in. */
static void xml_walk__brings_in_no_entities(void **state)
{
    CLEANUP(buf_fini) struct buf seen = BUF_INIT;
    char secret[PATH_SIZE];
    struct err err;

    assert_ok(path_format(secret, &err, "%s/secret.xml", (char *)*state), err);
    assert_ok(file_write_durable(secret, "<secret/>", 9, &err), err);
    (void)walk(*state,
               "<!DOCTYPE x [<!ENTITY e SYSTEM 'secret.xml'>"
               "<!ENTITY n 'nnnn'>]><x a='.&n;'>&e;</x>",
               &seen, &err);
    assert_null(strstr(buf_str(&seen), "secret"));
    assert_null(strstr(buf_str(&seen), "nnnn"));
}

static void xml_walk__of_no_file_is_absent(void **state)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/none.xml", (char *)*state), err);
    assert_int_equal(xml_walk_file(path, note, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(xml_walk__visits_elements_in_order),
        unit_test_in_dir(xml_walk__reads_attributes_as_xml_parse_does),
        unit_test_in_dir(xml_walk__says_where_xml_is_broken),
        unit_test_in_dir(xml_walk__brings_in_no_entities),
        unit_test_in_dir(xml_walk__of_no_file_is_absent),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
