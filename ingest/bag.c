/* SPDX-License-Identifier: MIT */
#include "ingest/bag.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/bagit.h"
#include "common/text.h"
#include "ingest/batch_csv.h"
#include "ingest/rules.h"

#define MAX_TAG_BYTES ((size_t)256 << 20)

/* One line of a manifest. */
struct listed {
    char *path; /* below data/; of a tag manifest, below the bag */
    char *hex;
    enum digest_kind kind;
    const char *manifest; /* its name; borrowed from the bag's names */
    unsigned line;
};

struct listed_list {
    struct listed *items;
    size_t count, cap;
};

struct bag {
    const struct rule_book *rules; /* borrowed; NULL: nothing is found */
    char dir[PATH_SIZE];
    struct name_list names; /* in the bag's folder */
    struct listed_list payload, tags;
    struct listed_list fetch; /* hex is the URL */
    size_t *files;            /* first line of each path, into payload */
    size_t file_count;
    size_t manifests; /* payload manifests that could be used */
    char *title;
    int64_t oxum_bytes, oxum_files; /* -1 not told */
    struct batch_file *tag_files;
    size_t tag_count;
};

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "bag: out of memory");
}

static void listed_fini(struct listed_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].hex);
    }
    free(list->items);
}

void bag_free(struct bag *bag)
{
    if (bag == NULL)
        return;
    listed_fini(&bag->payload);
    listed_fini(&bag->tags);
    listed_fini(&bag->fetch);
    for (size_t i = 0; i < bag->tag_count; i++)
        batch_file_fini(&bag->tag_files[i]);
    free(bag->tag_files);
    free(bag->files);
    free(bag->title);
    name_list_fini(&bag->names);
    free(bag);
}

bool bag_is(const char *dir)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/" BAGIT_TXT, dir) == 0 &&
           file_exists(path);
}

/* --- lines --- */

/* The lines of a tag file, with its name for messages. */
struct lines {
    const char *name;
    struct bagit_lines l;
};

static bool next_line(struct lines *l)
{
    return bagit_next_line(&l->l);
}

static int bad_line(const struct lines *l, struct err *err, const char *what)
{
    CLEANUP(free)
    char *shown = text_visible(l->l.line == NULL ? "" : l->l.line);

    return err_set(err, ERR_INPUT, "%s:%u: \"%.100s\": %s", l->name,
                   l->l.number, shown == NULL ? "" : shown, what);
}

/* A tag file as UTF-8 text; ERR_INPUT says file and line. */
static int read_text(const struct bag *bag, const char *name, struct buf *out,
                     struct err *err)
{
    char path[PATH_SIZE];
    struct err why;
    unsigned line = 1;

    if (path_format(path, err, "%s/%s", bag->dir, name) != 0)
        return -1;
    buf_puts(out, "");
    if (file_read(path, MAX_TAG_BYTES, out, &why) != 0)
        return err_set(err, why.kind == ERR_NOMEM ? ERR_NOMEM : ERR_INPUT,
                       "%s:1: cannot be read: %s", name, why.msg);
    if (out->len == 0 ||
        (text_is_utf8(out->data, out->len) && strlen(out->data) == out->len))
        return 0;
    for (size_t i = 0; i < out->len && text_is_utf8(out->data, i + 1); i++)
        line += out->data[i] == '\n';
    return err_set(err, ERR_INPUT,
                   "%s:%u: not UTF-8 from here on; expected UTF-8, as "
                   "Tag-File-Character-Encoding says",
                   name, line);
}

/* --- bagit.txt --- */

static bool is_version(const char *text)
{
    unsigned major, minor;

    return text != NULL && bagit_version(text, &major, &minor) &&
           ((major == 1 && minor == 0) ||
            (major == 0 && minor >= 93 && minor <= 97));
}

static int read_declaration(const struct bag *bag, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct lines l = {.name = BAGIT_TXT};
    const char *encoding;

    if (read_text(bag, BAGIT_TXT, &text, err) != 0)
        return -1;
    l.l.at = text.data;
    if (!next_line(&l) ||
        !is_version(bagit_value(l.l.line, "BagIt-Version", BAGIT_STRICT)))
        return bad_line(&l, err,
                        "expected BagIt-Version: 1.0 (or 0.93 to 0.97)");
    encoding =
        next_line(&l)
            ? bagit_value(l.l.line, "Tag-File-Character-Encoding", BAGIT_STRICT)
            : NULL;
    if (encoding == NULL || strcasecmp(encoding, "UTF-8") != 0)
        return bad_line(&l, err, "expected Tag-File-Character-Encoding: UTF-8");
    return 0;
}

/* --- manifests --- */

static int add_listed(struct listed_list *list, struct listed item,
                      struct err *err)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 256 : list->cap * 2;
        struct listed *grown = realloc(list->items, cap * sizeof(*grown));

        if (grown != NULL) {
            list->items = grown;
            list->cap = cap;
        }
    }
    if (list->count == list->cap || item.path == NULL || item.hex == NULL) {
        free(item.path);
        free(item.hex);
        return no_memory(err);
    }
    list->items[list->count++] = item;
    return 0;
}

/* Stays in its folder: whatever characters its parts have. */
static bool is_below(const char *path)
{
    while (true) {
        size_t len = strcspn(path, "/");

        if (len == 0 || (len == 1 && path[0] == '.') ||
            (len == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (path[len] == '\0')
            return true;
        path += len + 1;
    }
}

/* Is it "digest path", with a digest of that kind? */
static bool is_manifest_line(char *line,
                             const struct bagit_algorithm *algorithm,
                             struct bagit_listed *out)
{
    return bagit_split_listed(line, out) &&
           (size_t)out->hex_length == algorithm->hex_length;
}

static int take_manifest_line(struct lines *l, const char *manifest,
                              const struct bagit_manifest *m,
                              struct listed_list *list, struct err *err)
{
    bool is_payload = m->of == BAGIT_OF_PAYLOAD;
    size_t skip = is_payload ? strlen(BAGIT_PAYLOAD) : 0;
    struct bagit_listed parts;

    if (!is_manifest_line(l->l.line, m->algorithm, &parts))
        return bad_line(l, err,
                        "expected the digest in hexadecimal, white space, and "
                        "a path");
    bagit_decode_path(parts.path);
    if (is_payload && strncmp(parts.path, BAGIT_PAYLOAD, skip) != 0)
        return bad_line(l, err, "expected a path that begins with data/");
    if (!is_below(parts.path))
        return bad_line(l, err, "the path leads out of the bag");
    return add_listed(
        list,
        (struct listed){strdup(parts.path + skip),
                        strndup(parts.hex, (size_t)parts.hex_length),
                        m->algorithm->kind, manifest, l->l.number},
        err);
}

static struct batch_file *tag_file(struct bag *bag, const char *name)
{
    struct batch_file *grown;

    for (size_t i = 0; i < bag->tag_count; i++) {
        if (strcmp(bag->tag_files[i].name, name) == 0)
            return &bag->tag_files[i];
    }
    grown = realloc(bag->tag_files, (bag->tag_count + 1) * sizeof(*grown));
    if (grown == NULL)
        return NULL;
    bag->tag_files = grown;
    grown += bag->tag_count;
    *grown = (struct batch_file){.name = text_visible(name),
                                 .verdict = VERDICT_IGNORE};
    if (grown->name == NULL)
        return NULL;
    bag->tag_count++;
    return grown;
}

static int say_of_tag(struct bag *bag, const char *name, enum rule rule,
                      struct err *err, const char *message)
{
    struct batch_file *file = tag_file(bag, name);

    if (file == NULL)
        return no_memory(err);
    return rule_broken(bag->rules, &file->findings, rule, -1, 0, err, "%s",
                       message);
}

/* RFC 8493 section 2.2.1: a bag need not have a tag manifest, and no page
 * depends on it. What cannot be read of one is said, of its lines once. */
static int say_of_tag_line(struct bag *bag, const struct lines *l,
                           unsigned *said, struct err *err)
{
    struct err why;

    if ((*said)++ > 0)
        return 0;
    (void)bad_line(l, &why,
                   "the line cannot be read: expected the digest in "
                   "hexadecimal, white space, and a path; what it vouched for "
                   "is not checked");
    return say_of_tag(bag, l->name, RULE_BAG_TAG, err, why.msg);
}

static int read_manifest(struct bag *bag, const char *name,
                         const struct bagit_manifest *m, struct err *err)
{
    bool of_tags = m->of == BAGIT_OF_TAGS;
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct listed_list *list = of_tags ? &bag->tags : &bag->payload;
    struct lines l = {.name = name};
    struct bagit_listed parts;
    unsigned said = 0;
    struct err why;

    if (read_text(bag, name, &text, &why) != 0) {
        if (of_tags && why.kind == ERR_INPUT)
            return say_of_tag(bag, name, RULE_BAG_TAG, err, why.msg);
        *err = why;
        return -1;
    }
    l.l.at = text.data;
    while (next_line(&l)) {
        bool is_said =
            of_tags && !is_manifest_line(l.l.line, m->algorithm, &parts);

        if (*l.l.line == '\0')
            continue;
        if ((is_said ? say_of_tag_line(bag, &l, &said, err)
                     : take_manifest_line(&l, name, m, list, err)) != 0)
            return -1;
    }
    return 0;
}

static int take_manifest(struct bag *bag, const char *name, struct err *err)
{
    struct bagit_manifest m = bagit_manifest_of_name(name);

    if (m.of == BAGIT_OF_NOTHING)
        return 0;
    if (m.algorithm == NULL)
        return say_of_tag(bag, name, RULE_BAG_ALGORITHM, err,
                          "its kind of digest is not known here and was not "
                          "checked; known are sha512, sha384, sha256, sha224, "
                          "blake2b512, sha1, md5");
    bag->manifests += m.of == BAGIT_OF_PAYLOAD;
    return read_manifest(bag, name, &m, err);
}

static int by_path(const void *a, const void *b)
{
    const struct listed *x = a;
    const struct listed *y = b;
    int rc = strcmp(x->path, y->path);

    if (rc != 0)
        return rc;
    rc = strcmp(x->manifest, y->manifest);
    return rc != 0 ? rc : (x->line > y->line) - (x->line < y->line);
}

/* Two lines of one manifest for one file: which counts cannot be told. */
static int check_twice(const struct listed_list *list, struct err *err)
{
    for (size_t i = 1; i < list->count; i++) {
        const struct listed *a = &list->items[i - 1];
        const struct listed *b = &list->items[i];

        if (strcmp(a->path, b->path) == 0 &&
            strcmp(a->manifest, b->manifest) == 0 &&
            strcasecmp(a->hex, b->hex) != 0)
            return err_set(err, ERR_INPUT,
                           "%s:%u: \"%.100s\" is listed in line %u already, "
                           "with another digest",
                           b->manifest, b->line, b->path, a->line);
    }
    return 0;
}

static int index_files(struct bag *bag, struct err *err)
{
    bag->files = calloc(bag->payload.count + 1, sizeof(*bag->files));
    if (bag->files == NULL)
        return no_memory(err);
    for (size_t i = 0; i < bag->payload.count; i++) {
        if (i == 0 || strcmp(bag->payload.items[i].path,
                             bag->payload.items[i - 1].path) != 0)
            bag->files[bag->file_count++] = i;
    }
    return 0;
}

static int read_manifests(struct bag *bag, struct err *err)
{
    for (size_t i = 0; i < bag->names.count; i++) {
        if (take_manifest(bag, bag->names.names[i], err) != 0)
            return -1;
    }
    if (bag->manifests == 0)
        return err_set(err, ERR_CUT, /* it may be on its way */
                       BAGIT_TXT ":1: the bag has no manifest that can be "
                                 "checked; expected manifest-sha512.txt, "
                                 "-sha256, -sha1 or -md5");
    if (bag->payload.count > 1)
        qsort(bag->payload.items, bag->payload.count,
              sizeof(*bag->payload.items), by_path);
    if (check_twice(&bag->payload, err) != 0)
        return -1;
    return index_files(bag, err);
}

/* --- tag files --- */

static bool carries_the_batch(const char *name)
{
    return strcmp(name, BAGIT_TXT) == 0 || strcmp(name, BATCH_CSV_NAME) == 0 ||
           strncmp(name, "manifest-", 9) == 0;
}

static int say_altered(struct bag *bag, const struct listed *tag,
                       const char *found, struct err *err)
{
    char message[512];

    (void)snprintf(message, sizeof(message),
                   "%s:%u: the file has the digest %.40s, the manifest says "
                   "%.40s: it was altered after the bag was made",
                   tag->manifest, tag->line, found, tag->hex);
    if (carries_the_batch(tag->path))
        return err_set(err, ERR_INPUT, "%s: %s", tag->path, message);
    return say_of_tag(bag, tag->path, RULE_BAG_TAG, err, message);
}

static int check_tag(struct bag *bag, const struct listed *tag, struct err *err)
{
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err why;

    if (path_format(path, err, "%s/%s", bag->dir, tag->path) != 0)
        return -1;
    if (digest_file(path, tag->kind, hex, &why) == 0)
        return strcasecmp(hex, tag->hex) == 0 ? 0
                                              : say_altered(bag, tag, hex, err);
    if (carries_the_batch(tag->path))
        return err_set(err, ERR_INPUT, "%s:%u: %s: cannot be read: %s",
                       tag->manifest, tag->line, tag->path, why.msg);
    return say_of_tag(bag, tag->path, RULE_BAG_TAG, err,
                      "the tag manifest lists it, but it is not there or "
                      "cannot be read");
}

static void take_oxum(struct bag *bag, const char *value)
{
    uint64_t bytes, files;

    if (bagit_oxum(value, &bytes, &files) && bytes <= INT64_MAX &&
        files <= INT64_MAX) {
        bag->oxum_bytes = (int64_t)bytes;
        bag->oxum_files = (int64_t)files;
    }
}

static int take_info(struct bag *bag, const char *line, struct err *err)
{
    const char *oxum = bagit_value(line, "Payload-Oxum", BAGIT_LAX);
    const char *title = bagit_value(line, "External-Description", BAGIT_LAX);
    char *copy;

    if (oxum != NULL)
        take_oxum(bag, oxum);
    if (title == NULL || *bag->title != '\0')
        return 0;
    copy = strdup(title);
    if (copy == NULL)
        return no_memory(err);
    free(bag->title);
    bag->title = copy;
    return 0;
}

static int read_info(struct bag *bag, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct lines l = {.name = BAGIT_INFO};
    char path[PATH_SIZE];
    struct err why;

    if (path_format(path, err, "%s/" BAGIT_INFO, bag->dir) != 0)
        return -1;
    if (!file_exists(path))
        return 0;
    if (tag_file(bag, BAGIT_INFO) == NULL)
        return no_memory(err);
    if (read_text(bag, BAGIT_INFO, &text, &why) != 0)
        return say_of_tag(bag, BAGIT_INFO, RULE_BAG_TAG, err, why.msg);
    l.l.at = text.data;
    while (next_line(&l)) {
        if (take_info(bag, l.l.line, err) != 0)
            return -1;
    }
    return 0;
}

/* "URL LENGTH data/path": only what it names is remembered. */
static int read_fetch(struct bag *bag, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct lines l = {.name = BAGIT_FETCH};
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/" BAGIT_FETCH, bag->dir) != 0)
        return -1;
    if (!file_exists(path))
        return 0;
    if (read_text(bag, BAGIT_FETCH, &text, err) != 0)
        return -1;
    l.l.at = text.data;
    while (next_line(&l)) {
        struct bagit_fetched f;

        if (*l.l.line == '\0')
            continue;
        if (!bagit_split_fetched(l.l.line, &f) ||
            strncmp(f.path, BAGIT_PAYLOAD, strlen(BAGIT_PAYLOAD)) != 0)
            return bad_line(&l, err,
                            "expected an address, a length and a path "
                            "that begins with data/");
        bagit_decode_path(f.path);
        if (add_listed(&bag->fetch,
                       (struct listed){strdup(f.path + strlen(BAGIT_PAYLOAD)),
                                       strndup(f.url, (size_t)f.url_length),
                                       DIGEST_MD5, BAGIT_FETCH, l.l.number},
                       err) != 0)
            return -1;
    }
    if (bag->fetch.count > 1)
        qsort(bag->fetch.items, bag->fetch.count, sizeof(*bag->fetch.items),
              by_path);
    return say_of_tag(bag, BAGIT_FETCH, RULE_FILE_IGNORED, err,
                      "nothing is fetched from a network; files it names "
                      "belong into the bag");
}

static int read_bag(struct bag *bag, struct err *err)
{
    if (read_declaration(bag, err) != 0 ||
        dir_list(bag->dir, &bag->names, err) != 0 ||
        read_manifests(bag, err) != 0)
        return -1;
    for (size_t i = 0; i < bag->tags.count; i++) {
        if (check_tag(bag, &bag->tags.items[i], err) != 0)
            return -1;
    }
    return read_info(bag, err) != 0 ? -1 : read_fetch(bag, err);
}

int bag_read(const char *dir, const struct rule_book *rules, struct bag **out,
             struct err *err)
{
    CLEANUP(bag_free) struct bag *bag = calloc(1, sizeof(*bag));

    if (bag == NULL || (bag->title = strdup("")) == NULL)
        return no_memory(err);
    bag->rules = rules;
    bag->oxum_bytes = bag->oxum_files = -1;
    if (path_format(bag->dir, err, "%s", dir) != 0 || read_bag(bag, err) != 0)
        return -1;
    *out = STEAL(bag);
    return 0;
}

/* --- payload --- */

const char *bag_title(const struct bag *bag)
{
    return bag->title;
}

size_t bag_file_count(const struct bag *bag)
{
    return bag->file_count;
}

const char *bag_file(const struct bag *bag, size_t i)
{
    return bag->payload.items[bag->files[i]].path;
}

/* Index of the first line about the path; count when there is none. */
static size_t find_listed(const struct listed_list *list, const char *path)
{
    size_t lo = 0;
    size_t hi = list->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(list->items[mid].path, path) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < list->count && strcmp(list->items[lo].path, path) == 0
               ? lo
               : list->count;
}

bool bag_lists(const struct bag *bag, const char *path)
{
    return find_listed(&bag->payload, path) < bag->payload.count;
}

int bag_say_missing(const struct bag *bag, const char *path,
                    struct finding_list *findings, struct err *err)
{
    size_t i = find_listed(&bag->payload, path);
    size_t f = find_listed(&bag->fetch, path);
    const struct listed *line = &bag->payload.items[i];

    if (f < bag->fetch.count)
        return rule_broken(bag->rules, findings, RULE_BATCH_MISSING, -1, 0, err,
                           "%s:%u: the file is listed, but it is not in the "
                           "bag: " BAGIT_FETCH
                           ":%u names %.200s, and nothing is "
                           "fetched from a network; put it into the bag",
                           line->manifest, line->line, bag->fetch.items[f].line,
                           bag->fetch.items[f].hex);
    return rule_broken(bag->rules, findings, RULE_BATCH_MISSING, -1, 0, err,
                       "%s:%u: the file is listed, but it is not in the bag; "
                       "copy the bag again",
                       line->manifest, line->line);
}

static int digest_of(enum digest_kind kind, const char *copy,
                     const struct file_digests *known,
                     char out[DIGEST_HEX_SIZE], struct err *err)
{
    if (kind == DIGEST_SHA256 || kind == DIGEST_SHA512) {
        memcpy(out, kind == DIGEST_SHA256 ? known->sha256 : known->sha512,
               DIGEST_HEX_SIZE);
        return 0;
    }
    return digest_file(copy, kind, out, err);
}

int bag_check_file(const struct bag *bag, const char *path, const char *copy,
                   const struct file_digests *known,
                   struct finding_list *findings, struct err *err)
{
    size_t first = find_listed(&bag->payload, path);
    size_t i = first;
    char hex[DIGEST_HEX_SIZE];

    for (; i < bag->payload.count; i++) {
        const struct listed *l = &bag->payload.items[i];

        if (strcmp(l->path, path) != 0)
            break;
        if (digest_of(l->kind, copy, known, hex, err) != 0)
            return -1;
        if (strcasecmp(hex, l->hex) != 0 &&
            rule_broken(bag->rules, findings, RULE_BATCH_DIGEST, -1, 0, err,
                        "%s:%u: the file has the digest %s, the manifest says "
                        "%s: it was altered after the bag was made, copy it "
                        "again",
                        l->manifest, l->line, hex, l->hex) != 0)
            return -1;
    }
    if (i == first)
        return rule_broken(bag->rules, findings, RULE_BATCH_NOT_LISTED, -1, 0,
                           err,
                           "the file is in no manifest of the bag; make the "
                           "bag again with it");
    if (i - first < bag->manifests)
        return rule_broken(bag->rules, findings, RULE_BAG_ALGORITHM, -1, 0, err,
                           "the file is in %zu of the bag's %zu manifests; "
                           "expected in all (RFC 8493 section 3)",
                           i - first, bag->manifests);
    return 0;
}

int bag_check_sum(struct bag *bag, int64_t bytes, int64_t files,
                  struct err *err)
{
    char message[256];

    if (bag->oxum_bytes < 0 ||
        (bag->oxum_bytes == bytes && bag->oxum_files == files))
        return 0;
    (void)snprintf(message, sizeof(message),
                   "Payload-Oxum says %" PRId64 " bytes in %" PRId64
                   " files, found are %" PRId64 " in %" PRId64,
                   bag->oxum_bytes, bag->oxum_files, bytes, files);
    return say_of_tag(bag, BAGIT_INFO, RULE_BAG_TAG, err, message);
}

size_t bag_tag_count(const struct bag *bag)
{
    return bag->tag_count;
}

const struct batch_file *bag_tag(const struct bag *bag, size_t i)
{
    return &bag->tag_files[i];
}
