/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/text.h"
#include "ingest/intake.h"

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const struct scan *const *)a)->path,
                  (*(const struct scan *const *)b)->path);
}

/* Lines "digest, two spaces, path, NUL", in the order of the paths, composed:
 * a name that went through an archive or a Macintosh is the same name. */
static int digest_listing(const struct intake *in, struct digest *d)
{
    size_t count = in->listing.count;
    CLEANUP(free)
    const struct scan **order = calloc(count + 1, sizeof(*order));

    if (order == NULL)
        return intake_no_memory(in->err);
    for (size_t i = 0; i < count; i++)
        order[i] = &in->listing.scans[i];
    qsort(order, count, sizeof(*order), by_path);
    for (size_t i = 0; i < count; i++) {
        const struct scan *s = order[i];
        CLEANUP(free) char *composed = text_nfc(s->path);
        const char *path = composed == NULL ? s->path : composed;
        const char *sha256 = s->is_list    ? in->csv_digests.sha256
                             : s->has_copy ? s->digests.sha256
                                           : "-";

        if (!s->is_scan && !s->is_list)
            continue;
        if (digest_add(d, sha256, strlen(sha256), in->err) != 0 ||
            digest_add(d, "  ", 2, in->err) != 0 ||
            digest_add(d, path, strlen(path) + 1, in->err) != 0)
            return -1;
    }
    return 0;
}

/* A rescan is also of its page, and of what the volume was then. */
static int digest_replacements(const struct intake *in, struct digest *d)
{
    for (size_t i = 0; i < in->request->replacement_count; i++) {
        const struct ingest_replacement *r = &in->request->replacements[i];
        char text[ID_SIZE + 64];
        int len = snprintf(text, sizeof(text), "%s/%u@v%u", r->volume,
                           r->number, r->version);

        if (digest_add(d, text, (size_t)len + 1, in->err) != 0)
            return -1;
    }
    return 0;
}

/* The same scans given for another series or site are another batch. */
static int digest_options(const struct intake *in, struct digest *d)
{
    const struct ingest_request *r = in->request;
    const char *const texts[] = {r->site, r->series, r->title, r->language};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (digest_add(d, texts[i], strlen(texts[i]) + 1, in->err) != 0)
            return -1;
    }
    return 0;
}

int intake_make_id(struct intake *in)
{
    CLEANUP(digest_free) struct digest *d = NULL;
    char hex[DIGEST_HEX_SIZE];

    if (digest_new(DIGEST_SHA256, &d, in->err) != 0 ||
        digest_listing(in, d) != 0 || digest_replacements(in, d) != 0 ||
        digest_options(in, d) != 0 || digest_hex(d, hex, in->err) != 0)
        return -1;
    (void)snprintf(in->batch->id, sizeof(in->batch->id), "%s-%.12s", in->slug,
                   hex);
    return 0;
}

static bool is_known(const struct name_list *known, const char *id)
{
    size_t lo = 0;
    size_t hi = known == NULL ? 0 : known->count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int rc = strcmp(known->names[mid], id);

        if (rc == 0)
            return true;
        if (rc < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

int intake_refuse_twice(struct intake *in, struct batch **out)
{
    char path[PATH_SIZE];

    if (path_format(path, in->err, "%s/%s", in->request->staging,
                    in->batch->id) != 0)
        return -1;
    if (file_exists(path)) {
        if (batch_read(path, out, in->err) != 0)
            return -1;
    } else if (is_known(in->request->known, in->batch->id)) {
        *out = STEAL(in->batch);
    } else {
        return 0;
    }
    return err_set(in->err, ERR_EXISTS,
                   "%s: this very batch was taken in already, as %s",
                   (*out)->source, (*out)->id);
}
