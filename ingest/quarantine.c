/* SPDX-License-Identifier: MIT */
#include "ingest/quarantine.h"

#include <string.h>

#include "common/json.h"
#include "ingest/identifier.h"

/* NAME_MAX is 255, and a suffix and a temporary name must fit beside it. */
#define MAX_NAME 180u

static void add_flat(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '/')
            buf_puts(out, "~");
        else if (*name == '~')
            buf_puts(out, "%7e");
        else if (*name == '%')
            buf_puts(out, "%25");
        else
            buf_add(out, name, 1);
    }
}

/* A long name is cut and told apart by its digest. */
static int flat_name(const char *name, struct buf *out, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];

    add_flat(out, name);
    if (out->len > MAX_NAME) {
        if (digest_bytes(out->data, out->len, DIGEST_SHA256, hex, err) != 0)
            return -1;
        out->len = MAX_NAME;
        while (out->len > 0 &&
               ((unsigned char)out->data[out->len] & 0xc0) == 0x80)
            out->len--;
        buf_printf(out, "-%.12s", hex);
    }
    /* "." and ".." cannot be: they are not listed. */
    return out->failed || out->len == 0
               ? err_set(err, ERR_NOMEM, "quarantine: out of memory")
               : 0;
}

static int write_reason(const char *path, const struct quarantine_entry *e,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *reason = NULL;
    json_t *findings = NULL;

    if (findings_to_json(&e->file->findings, &findings, err) != 0)
        return -1;
    reason = json_pack("{s:s, s:s, s:s, s:s, s:o}", "file", e->file->name,
                       "batch", e->batch, "source", e->source, "received_utc",
                       e->received_utc, "findings", findings);
    if (reason == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (e->digests != NULL &&
        (json_object_set_new(reason, "sha256",
                             json_string(e->digests->sha256)) != 0 ||
         json_object_set_new(reason, "size_bytes",
                             json_integer(e->digests->size_bytes)) != 0))
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    return json_write_durable(path, reason, err);
}

int quarantine_path(const char *root, const char *batch, const char *file,
                    char out[PATH_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf name = BUF_INIT;

    if (flat_name(file, &name, err) != 0)
        return -1;
    return path_format(out, err, "%s/%s/%s", root, batch, name.data);
}

int quarantine_put(const char *root, const struct quarantine_entry *entry,
                   const char *from, struct err *err)
{
    CLEANUP(buf_fini) struct buf name = BUF_INIT;
    char path[PATH_SIZE];

    if (flat_name(entry->file->name, &name, err) != 0 ||
        path_format(path, err, "%s/%s", root, entry->batch) != 0 ||
        dir_make(path, err) != 0 ||
        path_format(path, err, "%s/%s/%s.reason.json", root, entry->batch,
                    name.data) != 0 ||
        write_reason(path, entry, err) != 0)
        return -1;
    if (from == NULL)
        return 0;
    if (path_format(path, err, "%s/%s/%s", root, entry->batch, name.data) != 0)
        return -1;
    /* What waited in staging was not synced there. */
    return file_sync(from, err) != 0 ? -1 : file_move_durable(from, path, err);
}
