/* SPDX-License-Identifier: MIT */
#include "common/xml.h"

#include <string.h>

#include "tests/unit.h"

static void xml__writes_what_it_reads_back(void **state)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct err err;

    (void)state;
    assert_ok(xml_writer_new(&w, &err), err);
    xml_start(w, "page");
    xml_attrf(w, "n", "%d", 7);
    xml_element(w, "word", "<ѣ & \"");
    xml_element(w, "absent", NULL);
    xml_element(w, "word",
                "a\x01"
                "b\xff");
    assert_ok(xml_finish(w, &out, &err), err);
    assert_ok(xml_parse(buf_str(&out), out.len, "x", &doc, &err), err);
    xmlNode *page = xmlDocGetRootElement(doc);
    CLEANUP(free) char *n = xml_get_attr(page, "n");
    xmlNode *word = xml_child(page, "word");
    CLEANUP(free) char *first = xml_get_text(word);
    CLEANUP(free) char *second = xml_get_text(xml_next(word, "word"));
    assert_string_equal(n, "7");
    assert_string_equal(first, "<ѣ & \"");
    assert_string_equal(second, "a\xef\xbf\xbd"
                                "b\xef\xbf\xbd");
    assert_null(xml_child(page, "absent"));
}

static void xml_parse__names_line_and_what_is_wrong(void **state)
{
    xmlDoc *doc = NULL;
    struct err err;

    (void)state;
    assert_int_equal(xml_parse("<a>\n</b>", 8, "p.xml", &doc, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "p.xml:2:"));
}

static void xml_parse__substitutes_no_entity(void **state)
{
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    const char *bomb = "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
                       "<a>&e;</a>";
    struct err err;

    (void)state;
    assert_ok(xml_parse(bomb, strlen(bomb), "x", &doc, &err), err);
    CLEANUP(free) char *text = xml_get_text(xmlDocGetRootElement(doc));
    assert_null(strstr(text, "root"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml__writes_what_it_reads_back),
        cmocka_unit_test(xml_parse__names_line_and_what_is_wrong),
        cmocka_unit_test(xml_parse__substitutes_no_entity),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
