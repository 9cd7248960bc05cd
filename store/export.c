/* SPDX-License-Identifier: MIT */
#include "store/export.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "store/contents.h"
#include "store/ocfl.h"
#include "store/store.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define DATE_LEN            10 /* of 2026-11-26T... */

struct exporting {
    struct object_place place;
    struct inventory *inv;
    struct contents *contents;
    struct parcel *parcel;
    char folder[64]; /* uuid-... */
    struct buf manifest;
    struct err err; /* the first, of an inventory_each */
    bool failed;
};

static void exporting_fini_at(struct exporting *x)
{
    inventory_free(x->inv);
    contents_free(x->contents);
    parcel_free(x->parcel);
    buf_fini(&x->manifest);
}

static const struct revision *newest(const struct exporting *x)
{
    return &x->contents->revisions[x->contents->revision_count - 1];
}

time_t export_moment(const char *rfc3339)
{
    struct tm tm = {.tm_sec = 0};

    return strptime(rfc3339, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL ? 0
                                                                : timegm(&tm);
}

/* The OCFL object */

/* An inventory_content_visit. */
static int add_content(void *arg, const char *sha512, const char *path,
                       struct err *err)
{
    struct exporting *x = arg;
    char from[PATH_SIZE];

    if (path_format(from, err, "%s/%s", x->place.dir, path) != 0)
        return -1;
    return parcel_add_file(x->parcel, path, from, sha512, err);
}

/* A small file as it is, and not through its digest: it has none. */
static int add_as_is(struct exporting *x, const char *path, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char from[PATH_SIZE];

    if (path_format(from, err, "%s/%s", x->place.dir, path) != 0 ||
        file_read(from, INVENTORY_MAX_BYTES, &bytes, err) != 0)
        return -1;
    return parcel_add_bytes(x->parcel, path, buf_str(&bytes), bytes.len, err);
}

static int add_pair(struct exporting *x, const char *folder, struct err *err)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "%s" INVENTORY_NAME, folder);
    if (add_as_is(x, path, err) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s" SIDECAR_NAME, folder);
    return add_as_is(x, path, err);
}

static int collect_object(struct exporting *x, struct err *err)
{
    char folder[16];

    if (parcel_new(x->place.hash, export_moment(newest(x)->created_utc),
                   &x->parcel, err) != 0 ||
        add_as_is(x, OCFL_OBJECT_DECLARATION, err) != 0 ||
        add_pair(x, "", err) != 0)
        return -1;
    for (unsigned v = 1; v <= inventory_head(x->inv); v++) {
        (void)snprintf(folder, sizeof(folder), "v%u/", v);
        if (add_pair(x, folder, err) != 0)
            return -1;
    }
    return inventory_each_content(x->inv, add_content, x, err);
}

/* The bag */

/* An inventory_visit. */
static void add_payload(void *arg, const char *logical)
{
    struct exporting *x = arg;
    const char *content = inventory_content(x->inv, logical);
    const char *sha512 = inventory_digest(x->inv, logical);
    char path[PATH_SIZE], from[PATH_SIZE];

    if (x->failed)
        return;
    x->failed =
        path_format(path, &x->err, "data/%s/%s", x->folder, logical) != 0 ||
        path_format(from, &x->err, "%s/%s", x->place.dir, content) != 0 ||
        parcel_add_file(x->parcel, path, from, sha512, &x->err) != 0;
    buf_printf(&x->manifest, "%s  %s\n", sha512, path);
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of the digests, which is as good as any and always the same. */
static int sort_lines(const struct buf *lines, struct buf *out, struct err *err)
{
    CLEANUP(free) char *text = strdup(buf_str(lines));
    CLEANUP(free) char **list = NULL;
    size_t count = 0;

    for (const char *at = buf_str(lines); *at != '\0'; at++)
        count += *at == '\n';
    list = calloc(count + 1, sizeof(*list));
    if (text == NULL || list == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    count = 0;
    for (char *at = text, *end; *at != '\0'; at = end + 1) {
        end = strchr(at, '\n');
        *end = '\0';
        list[count++] = at;
    }
    qsort(list, count, sizeof(*list), by_line);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s\n", list[i]);
    return out->failed ? err_set(err, ERR_NOMEM, "export: out of memory") : 0;
}

/* A tag file, and its line in the tag manifest. */
static int add_tag(struct exporting *x, const char *name,
                   const struct buf *text, struct buf *tags, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];

    if (digest_bytes(buf_str(text), text->len, DIGEST_SHA512, hex, err) != 0)
        return -1;
    buf_printf(tags, "%s  %s\n", hex, name);
    return parcel_add_bytes(x->parcel, name, buf_str(text), text->len, err);
}

static void write_info(const struct exporting *x, uint64_t bytes,
                       uint64_t files, struct buf *out)
{
    buf_printf(out, "Bagging-Date: %.*s\n", DATE_LEN, newest(x)->created_utc);
    buf_printf(out, "Bag-Software-Agent: Tefter %s\n", TEFTER_VERSION);
    buf_printf(out, "External-Identifier: %s\n", x->contents->uuid);
    buf_printf(out, "Internal-Sender-Identifier: %s\n",
               x->contents->volume->id);
    buf_printf(out, "Payload-Oxum: %" PRIu64 ".%" PRIu64 "\n", bytes, files);
}

static int collect_bag(struct exporting *x, struct err *err)
{
    CLEANUP(buf_fini) struct buf declaration = BUF_INIT, info = BUF_INIT;
    CLEANUP(buf_fini) struct buf manifest = BUF_INIT, tags = BUF_INIT;
    uint64_t bytes, files;

    if (parcel_new(x->folder, export_moment(newest(x)->created_utc), &x->parcel,
                   err))
        return -1;
    inventory_each(x->inv, add_payload, x);
    if (x->failed) {
        *err = x->err;
        return -1;
    }
    bytes = parcel_bytes(x->parcel);
    files = parcel_files(x->parcel);
    buf_puts(&declaration, "BagIt-Version: 1.0\n"
                           "Tag-File-Character-Encoding: UTF-8\n");
    write_info(x, bytes, files, &info);
    if (sort_lines(&x->manifest, &manifest, err) != 0 ||
        add_tag(x, "bag-info.txt", &info, &tags, err) != 0 ||
        add_tag(x, "bagit.txt", &declaration, &tags, err) != 0 ||
        add_tag(x, "manifest-sha512.txt", &manifest, &tags, err) != 0)
        return -1;
    return parcel_add_bytes(x->parcel, "tagmanifest-sha512.txt", buf_str(&tags),
                            tags.len, err);
}

int export_volume(const struct store *store, const char *volume,
                  enum export_kind kind, struct parcel **out, struct err *err)
{
    __attribute__((cleanup(exporting_fini_at))) struct exporting x = {
        .failed = false};

    if (store_locate(store, volume, &x.place, err) != 0)
        return -1;
    if (!dir_exists(x.place.dir))
        return err_set(err, ERR_ABSENT, "the volume %s has no package", volume);
    if (inventory_open(x.place.dir, &x.inv, err) != 0 ||
        package_read_contents(x.place.dir, x.inv, &x.contents, err) != 0)
        return err_add(err, "volume %s", volume);
    (void)snprintf(x.folder, sizeof(x.folder), "uuid-%.36s",
                   x.place.id + strlen("urn:uuid:"));
    if ((kind == EXPORT_OCFL ? collect_object(&x, err) : collect_bag(&x, err)))
        return err_add(err, "volume %s", volume);
    *out = STEAL(x.parcel);
    return 0;
}
