/* SPDX-License-Identifier: MIT */
/*
 * tests/ingest/stage.h - a batch folder, an archive's folders, and archives
 * made of entries that no honest program writes.
 */
#ifndef TESTS_INGEST_STAGE_H
#define TESTS_INGEST_STAGE_H

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>

#include "ingest/ingest.h"
#include "tests/ingest/made_tiff.h"
#include "tests/unit.h"

struct stage {
    char dir[PATH_SIZE];    /* the test's own                */
    char source[PATH_SIZE]; /* DIR/Box 7: where files go     */
    char staging[PATH_SIZE];
    char quarantine[PATH_SIZE];
    struct ingest_request request;
};

static inline void stage_make(void **state, struct stage *s)
{
    struct err err;

    assert_ok(path_format(s->dir, &err, "%s", (char *)*state), err);
    assert_ok(path_format(s->source, &err, "%s/Box 7", s->dir), err);
    assert_ok(path_format(s->staging, &err, "%s/staging", s->dir), err);
    assert_ok(path_format(s->quarantine, &err, "%s/quarantine", s->dir), err);
    assert_ok(dir_make(s->source, &err), err);
    assert_ok(dir_make(s->staging, &err), err);
    s->request = (struct ingest_request){.source = s->source,
                                         .staging = s->staging,
                                         .quarantine = s->quarantine,
                                         .site = "odesos",
                                         .series = "family-register",
                                         .title = "",
                                         .language = "bul"};
}

static inline void stage_put(const struct stage *s, const char *name,
                             const void *bytes, size_t len)
{
    char path[PATH_SIZE], dir[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", s->source, name), err);
    assert_ok(
        path_format(dir, &err, "%.*s", (int)(path_base(path) - path - 1), path),
        err);
    assert_ok(dir_make(dir, &err), err);
    assert_ok(file_write_durable(path, bytes, len, &err), err);
}

static inline void stage_put_text(const struct stage *s, const char *name,
                                  const char *text)
{
    stage_put(s, name, text, strlen(text));
}

static inline void stage_put_scan(const struct stage *s, const char *name,
                                  char value)
{
    CLEANUP(buf_fini) struct buf b = BUF_INIT;

    made_good_page(&b, value);
    stage_put(s, name, b.data, b.len);
}

static inline struct batch *stage_take(struct stage *s, const char *source)
{
    struct batch *batch = NULL;
    struct err err;

    s->request.source = source;
    assert_ok(ingest_batch(&s->request, NULL, &batch, &err), err);
    return batch;
}

/* Forget what was staged, so that the same can be taken in again. */
static inline void stage_clear(const struct stage *s)
{
    struct err err;

    assert_ok(dir_remove(s->staging, &err), err);
    assert_ok(dir_make(s->staging, &err), err);
}

/* The intake refuses it for this reason, and nothing stays staged. */
static inline void stage_refuses(struct stage *s, const char *source,
                                 const char *reason)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    struct batch *batch = NULL;
    struct err err, err2;

    s->request.source = source;
    assert_int_equal(ingest_batch(&s->request, NULL, &batch, &err), -1);
    assert_null(batch);
    if (err.kind != ERR_INPUT || strstr(err.msg, reason) == NULL)
        fail_msg("kind %d: %s\nexpected: %s", err.kind, err.msg, reason);
    assert_ok(dir_list_all(s->staging, &names, &err2), err2);
    for (size_t i = 0; i < names.count; i++)
        assert_string_equal(names.names[i], ".lock");
}

static inline const struct batch_file *stage_file(const struct batch *batch,
                                                  const char *name)
{
    for (size_t i = 0; i < batch->file_count; i++) {
        if (strcmp(batch->files[i].name, name) == 0)
            return &batch->files[i];
    }
    fail_msg("no file %s in the batch", name);
    return NULL;
}

/* The file has this verdict, and one of its findings has the word. */
static inline void stage_expect(const struct batch *batch, const char *name,
                                enum file_verdict verdict, const char *word)
{
    const struct batch_file *file = stage_file(batch, name);

    if (file->verdict != verdict)
        fail_msg("%s: %s: %s", name, verdict_name(file->verdict),
                 file->findings.count > 0 ? file->findings.items[0].message
                                          : "");
    if (word == NULL)
        return;
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strstr(file->findings.items[i].message, word) != NULL)
            return;
    }
    fail_msg("%s: no finding with \"%s\", but %s", name, word,
             file->findings.count > 0 ? file->findings.items[0].message
                                      : "none");
}

/* --- archives --- */

/* One entry: a type of AE_IF..., and for links where they lead. */
struct made_member {
    const char *name;
    unsigned type;
    const char *link;
    const void *bytes;
    size_t len;
};

enum made_kind { MADE_TAR, MADE_GZ, MADE_BZ2, MADE_XZ, MADE_ZSTD, MADE_ZIP };

static inline struct archive *made_archive_open(const char *path,
                                                enum made_kind kind)
{
    struct archive *a = archive_write_new();

    assert_non_null(a);
    if (kind == MADE_ZIP)
        (void)archive_write_set_format_zip(a);
    else
        (void)archive_write_set_format_pax_restricted(a);
    if (kind == MADE_GZ)
        (void)archive_write_add_filter_gzip(a);
    else if (kind == MADE_BZ2)
        (void)archive_write_add_filter_bzip2(a);
    else if (kind == MADE_XZ)
        (void)archive_write_add_filter_xz(a);
    else if (kind == MADE_ZSTD)
        (void)archive_write_add_filter_zstd(a);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    return a;
}

static inline void made_archive_add(struct archive *a,
                                    const struct made_member *m)
{
    struct archive_entry *e = archive_entry_new();

    archive_entry_set_pathname(e, m->name);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_mtime(e, 1795000000, 0);
    if (m->type == 0)
        archive_entry_set_hardlink(e, m->link);
    else
        archive_entry_set_filetype(e, m->type);
    if (m->type == AE_IFLNK)
        archive_entry_set_symlink(e, m->link);
    if (m->type == AE_IFREG)
        archive_entry_set_size(e, (la_int64_t)m->len);
    assert_true(archive_write_header(a, e) >= ARCHIVE_WARN);
    if (m->type == AE_IFREG && m->len > 0)
        assert_int_equal(archive_write_data(a, m->bytes, m->len), m->len);
    archive_entry_free(e);
}

static inline void made_archive(const char *path, enum made_kind kind,
                                const struct made_member *members, size_t count)
{
    struct archive *a = made_archive_open(path, kind);

    for (size_t i = 0; i < count; i++)
        made_archive_add(a, &members[i]);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
}

/* A folder as tar(1) or zip(1) would pack it; prefix "" or "Box 7/" or "./". */
static inline void made_archive_of(const char *path, enum made_kind kind,
                                   const char *folder, const char *prefix)
{
    struct archive *a = made_archive_open(path, kind);
    struct archive *disk = archive_read_disk_new();
    size_t skip = strlen(folder) + 1;

    assert_int_equal(archive_read_disk_open(disk, folder), ARCHIVE_OK);
    for (;;) {
        struct archive_entry *e = archive_entry_new();
        char name[PATH_SIZE];
        char block[8192];
        const char *at;
        la_ssize_t n;
        int fd;

        if (archive_read_next_header2(disk, e) != ARCHIVE_OK) {
            archive_entry_free(e);
            break;
        }
        (void)archive_read_disk_descend(disk);
        at = archive_entry_pathname(e);
        (void)snprintf(name, sizeof(name), "%s%s", prefix,
                       strlen(at) > skip ? at + skip : "");
        fd = open(archive_entry_sourcepath(e), O_RDONLY | O_CLOEXEC);
        archive_entry_set_pathname(e, name);
        if (*name != '\0') {
            assert_true(archive_write_header(a, e) >= ARCHIVE_WARN);
            while (archive_entry_filetype(e) == AE_IFREG &&
                   (n = read(fd, block, sizeof(block))) > 0)
                assert_int_equal(archive_write_data(a, block, (size_t)n), n);
        }
        (void)close(fd);
        archive_entry_free(e);
    }
    (void)archive_read_free(disk);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
}

#endif
