/* SPDX-License-Identifier: MIT */
/*
 * What came with a submission's scans is kept byte for byte, in METS and
 * PREMIS, in every later version too, and once.
 */
#include <string.h>
#include <unistd.h>

#include "common/tree.h"
#include "store/contents.h"
#include "store/mets.h"
#include "tests/store/made.h"

#define SCHEMAS SHARED_DIR "/schemas"
#define BATCH   "sip-0a1b2c3d4e5f"
#define KEPT    ENCLOSURE_FOLDER BATCH "/"
#define ODD     "documentation/опис & 100 %.txt"

static const struct {
    const char *path, *bytes;
} files[] = {
    {"METS.xml", "<mets OBJID='urn:x:1'/>\r\n"},
    {"metadata/preservation/premis.xml", "<premis/>"},
    {"representations/a/METS.xml", "<mets OBJID='a'/>"},
    {ODD, "както е предадено"},
    {"schemas/empty.xsd", ""},
    /* The same bytes again: OCFL keeps them once, under both names. */
    {"metadata/preservation/copy.xml", "<premis/>"},
};
#define FILES (sizeof(files) / sizeof(*files))

static void made_submission(const char *dir, char out[PATH_SIZE])
{
    char path[PATH_SIZE], parent[PATH_SIZE];
    struct err err;

    assert_ok(path_format(out, &err, "%s/submission", dir), err);
    for (size_t i = 0; i < FILES; i++) {
        assert_ok(path_format(path, &err, "%s/%s", out, files[i].path), err);
        assert_ok(path_format(parent, &err, "%.*s",
                              (int)(path_base(path) - path), path),
                  err);
        assert_ok(dir_make(parent, &err), err);
        assert_ok(file_write_durable(path, files[i].bytes,
                                     strlen(files[i].bytes), &err),
                  err);
    }
}

static void commit_page(const char *dir, struct store *store, uint32_t page,
                        const char *submission)
{
    CLEANUP(volume_free) struct volume *v = made_volume(MADE_VOLUME);
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    struct err err;

    assert_ok(draft_begin(store, v, &draft, &err), err);
    assert_ok(made_add(dir, draft, MADE_VOLUME, page, &err), err);
    if (submission != NULL)
        assert_ok(draft_enclose(draft, BATCH, submission, &err), err);
    assert_ok(draft_commit(draft, "batch " BATCH, &err), err);
}

static size_t count_of(const char *dir, int version, const char *logical,
                       const char *what)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    size_t count = 0;

    made_read(dir, version, logical, &text);
    for (const char *at = buf_str(&text); (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* By the official schema, when it is there. */
static void assert_valid(const char *dir, int version, const char *logical)
{
    CLEANUP(buf_fini) struct buf command = BUF_INIT;

    if (!dir_exists(SCHEMAS)) {
        unit_skipped++;
        return;
    }
    buf_printf(&command,
               "XML_CATALOG_FILES='%s/catalog.xml' xmllint --nonet --noout "
               "--schema '%s/package.xsd' '%s/store/" MADE_OBJECT
               "/v%d/content/%s' 2>&1",
               SCHEMAS, SCHEMAS, dir, version, logical);
    assert_int_equal(system(buf_str(&command)), 0);
}

static void enclosure__is_kept_byte_for_byte(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char submission[PATH_SIZE];

    made_submission(*state, submission);
    commit_page(*state, store, 1, submission);
    made_assert_whole(store);
    for (size_t i = 0; i + 1 < FILES; i++) {
        CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
        char logical[PATH_SIZE];

        /* Names are in order: the copy's bytes are those under "copy.xml". */
        (void)snprintf(logical, sizeof(logical), KEPT "%s",
                       i == 1 ? files[FILES - 1].path : files[i].path);
        made_read(*state, 1, logical, &bytes);
        assert_string_equal(buf_str(&bytes), files[i].bytes);
    }
    assert_int_equal(
        count_of(*state, 1, METS_XML, "OTHERMDTYPE=\"SUBMISSION\""), FILES);
    assert_int_equal(count_of(*state, 1, METS_XML, "%20%26%20100%20%25.txt\""),
                     1);
    assert_int_equal(count_of(*state, 1, PREMIS_XML, "urn:x:1"), 1);
    assert_int_equal(count_of(*state, 1, PREMIS_XML, ">unpacking<"), 1);
    assert_valid(*state, 1, METS_XML);
    assert_valid(*state, 1, PREMIS_XML);
}

static void enclosure__stays_in_later_versions(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char submission[PATH_SIZE];

    made_submission(*state, submission);
    commit_page(*state, store, 1, submission);
    commit_page(*state, store, 2, NULL);
    made_assert_whole(store);
    assert_int_equal(
        count_of(*state, 2, METS_XML, "OTHERMDTYPE=\"SUBMISSION\""), FILES);
    assert_int_equal(count_of(*state, 2, PREMIS_XML, ">unpacking<"), 1);
}

/* The rest of a batch's pages, after the first were packed or a kill. */
static void enclosure__of_one_batch_is_kept_once(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    char submission[PATH_SIZE];

    made_submission(*state, submission);
    commit_page(*state, store, 1, submission);
    made_submission(*state, submission);
    commit_page(*state, store, 2, submission);
    made_assert_whole(store);
    assert_int_equal(
        count_of(*state, 2, METS_XML, "OTHERMDTYPE=\"SUBMISSION\""), FILES);
}

static void enclosure__that_is_lost_is_missed(void **state)
{
    CLEANUP(store_close) struct store *store = made_store(*state);
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    char submission[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    made_submission(*state, submission);
    commit_page(*state, store, 1, submission);
    assert_ok(path_format(path, &err, "%s/store/" MADE_OBJECT "/v1/content/%s",
                          (char *)*state, KEPT ODD),
              err);
    assert_int_equal(unlink(path), 0);
    made_verify(store, &report);
    assert_true(fault_report_is_broken(&report));
}

static void tree_list__names_what_is_no_file(void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char submission[PATH_SIZE], path[PATH_SIZE];
    struct err err;

    made_submission(*state, submission);
    assert_ok(tree_list(submission, &names, &err), err);
    assert_int_equal(names.count, FILES);
    assert_string_equal(names.names[0], "METS.xml");
    assert_string_equal(names.names[1], ODD);
    name_list_fini(&names);
    assert_ok(path_format(path, &err, "%s/schemas/link", submission), err);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(tree_list(submission, &names, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "schemas/link"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(enclosure__is_kept_byte_for_byte),
        unit_test_in_dir(enclosure__stays_in_later_versions),
        unit_test_in_dir(enclosure__of_one_batch_is_kept_once),
        unit_test_in_dir(enclosure__that_is_lost_is_missed),
        unit_test_in_dir(tree_list__names_what_is_no_file),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
