/* SPDX-License-Identifier: MIT */
#include "store/bag_check.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/bagit.h"
#include "common/json.h"
#include "common/text.h"
#include "store/check.h"

#define TAG_MAX_BYTES ((size_t)512 << 20)
#define DEPTH_MAX     64
#define BLOCK_BYTES   (1 << 17)

struct bag_check {
    struct check base;
    unsigned major, minor; /* of bagit.txt; 1.0 when it cannot be told */
    char encoding[64];
    json_t *files;             /* path below the bag -> size in bytes */
    json_t *folded;            /* text_casefold of a path -> path */
    json_t *expected;          /* path -> {algorithm: digest} */
    json_t *payload_manifests; /* name -> {path: true}, those that are known */
    uint64_t payload_bytes, payload_files;
    uint64_t excused_files; /* BAGW6: listed, and not there */
};

static bool is_draft(const struct bag_check *b)
{
    return b->major == 0;
}

static void keep(struct bag_check *b, json_t *object, const char *key,
                 json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        b->base.failed = true;
}

/* ---- what is there ---- */

static void take_file(struct bag_check *b, const char *path, int64_t bytes)
{
    CLEANUP(free) char *folded = text_casefold(path);

    if (!text_is_utf8(path, strlen(path))) {
        check_rule(&b->base, "BAG7", path,
                   "its name is not UTF-8: no manifest can list it");
        return;
    }
    keep(b, b->files, path, json_integer(bytes));
    if (folded != NULL)
        keep(b, b->folded, folded, json_string(path));
    if (strncmp(path, BAGIT_PAYLOAD, 5) == 0) {
        b->payload_files++;
        b->payload_bytes += (uint64_t)bytes;
    }
}

static void walk(struct bag_check *b, const char *folder, int depth)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char full[PATH_SIZE], path[PATH_SIZE];
    struct stat st;
    struct err err;

    if (path_format(full, &err, "%s/%s", b->base.dir, folder) != 0 ||
        dir_list_all(full, &names, &err) != 0) {
        check_fault(&b->base, FAULT_UNREADABLE, "BAG10", folder, "%s", err.msg);
        return;
    }
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, &err, "%s%s%s", folder,
                        folder[0] == '\0' ? "" : "/", names.names[i]) != 0 ||
            path_format(full, &err, "%s/%s", b->base.dir, path) != 0)
            check_fault(&b->base, FAULT_UNREADABLE, "BAG10", folder, "%s",
                        err.msg);
        else if (lstat(full, &st) != 0)
            check_fault(&b->base, FAULT_UNREADABLE, "BAG10", path,
                        "cannot be looked at: %s", strerror(errno));
        else if (S_ISREG(st.st_mode))
            take_file(b, path, st.st_size);
        else if (!S_ISDIR(st.st_mode))
            check_rule(&b->base, "BAG10", path,
                       "is neither a file nor a folder; a bag holds nothing "
                       "else");
        else if (depth >= DEPTH_MAX)
            check_rule(&b->base, "BAG10", path,
                       "folders lie more than %d deep; this one was not "
                       "looked into",
                       DEPTH_MAX);
        else
            walk(b, path, depth + 1);
    }
}

/* ---- tag files ---- */

/* The bytes in UTF-8; false after a finding. */
static bool read_tag(struct bag_check *b, const char *name,
                     const char *encoding, struct buf *out)
{
    CLEANUP(buf_fini) struct buf raw = BUF_INIT;
    char path[PATH_SIZE], part[4096];
    size_t left, room;
    char *in, *to;
    struct err err;
    iconv_t cd;

    if (path_format(path, &err, "%s/%s", b->base.dir, name) != 0 ||
        file_read(path, TAG_MAX_BYTES, &raw, &err) != 0) {
        check_fault(&b->base, FAULT_UNREADABLE, "BAG3", name, "%s", err.msg);
        return false;
    }
    cd = iconv_open("UTF-8", encoding);
    if (cd == (iconv_t)-1) {
        check_rule(&b->base, "BAG3", name,
                   "the encoding '%s' of bagit.txt is not known here",
                   encoding);
        return false;
    }
    in = raw.data;
    left = raw.len;
    while (left > 0) {
        to = part;
        room = sizeof(part);
        if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
            check_rule(&b->base, "BAG3", name, "is not %s at byte %zu",
                       encoding, raw.len - left);
            (void)iconv_close(cd);
            return false;
        }
        buf_add(out, part, sizeof(part) - room);
    }
    (void)iconv_close(cd);
    if (out->failed) {
        b->base.failed = true;
        return false;
    }
    if (out->len != strlen(buf_str(out))) {
        check_rule(&b->base, "BAG3", name, "holds a NUL at byte %zu",
                   strlen(buf_str(out)));
        return false;
    }
    return true;
}

static void check_declaration(struct bag_check *b)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    const char *version, *encoding;
    struct bagit_lines l = {NULL, NULL, 0};
    const char *first, *second;
    bool strict;

    if (json_object_get(b->files, BAGIT_TXT) == NULL) {
        check_fault(&b->base, FAULT_MISSING, "BAG1", BAGIT_TXT,
                    "every bag has one");
        return;
    }
    if (!read_tag(b, BAGIT_TXT, "UTF-8", &text))
        return;
    l.at = text.data;
    first = bagit_next_line(&l) ? l.line : NULL;
    second = bagit_next_line(&l) ? l.line : NULL;
    version = bagit_value(first, "BagIt-Version", BAGIT_LAX);
    if (version == NULL || !bagit_version(version, &b->major, &b->minor)) {
        check_rule(&b->base, "BAG1", BAGIT_TXT,
                   "line 1 is '%s', not 'BagIt-Version: 1.0'",
                   first == NULL ? "" : first);
        return;
    }
    if (b->major > 1 || (b->major == 1 && b->minor > 0))
        check_rule(&b->base, "BAG1", BAGIT_TXT,
                   "is of BagIt %u.%u; 0.93 to 1.0 are known here", b->major,
                   b->minor);
    strict = !is_draft(b);
    if (strict && bagit_value(first, "BagIt-Version", BAGIT_STRICT) == NULL)
        check_rule(&b->base, "BAG1", BAGIT_TXT,
                   "line 1 is '%s': 1.0 allows one space, behind the colon",
                   first);
    encoding = bagit_value(second, "Tag-File-Character-Encoding",
                           strict ? BAGIT_STRICT : BAGIT_LAX);
    if (encoding == NULL || encoding[0] == '\0' ||
        strlen(encoding) >= sizeof(b->encoding)) {
        check_rule(&b->base, "BAG1", BAGIT_TXT,
                   "line 2 is '%s', not 'Tag-File-Character-Encoding: UTF-8'",
                   second == NULL ? "" : second);
        return;
    }
    (void)snprintf(b->encoding, sizeof(b->encoding), "%s", encoding);
    b->encoding[strcspn(b->encoding, " \t")] = '\0';
    if (bagit_next_line(&l))
        check_rule(&b->base, "BAG1", BAGIT_TXT, "has more than two lines");
}

/* ---- manifests ---- */

/* No leading '/', no '~' that a shell would take for a home, no "..", no drive
 * letter; backslashes are what other systems part folders with. */
static bool stays_inside(const char *path)
{
    const char *part = path;

    if (path[0] == '\0' || path[0] == '/' || path[0] == '~' ||
        strchr(path, '\\') != NULL ||
        (isalpha((unsigned char)path[0]) && path[1] == ':'))
        return false;
    while (part != NULL) {
        if (strcmp(part, "..") == 0 || strncmp(part, "../", 3) == 0)
            return false;
        part = strchr(part, '/');
        if (part != NULL)
            part++;
    }
    return true;
}

struct manifest {
    const char *name;
    const struct bagit_algorithm *algorithm;
    bool is_payload;
    json_t *listed; /* path -> true */
};

static void expect(struct bag_check *b, const struct manifest *m,
                   const char *path, const char *digest, unsigned line)
{
    const char *algorithm = m->algorithm->name;
    json_t *digests = json_object_get(b->expected, path);
    bool is_twice = json_object_get(m->listed, path) != NULL;

    if (digests == NULL) {
        digests = json_object();
        keep(b, b->expected, path, digests);
    }
    if (is_twice &&
        strcasecmp(json_get_text(digests, algorithm, ""), digest) != 0)
        check_rule(&b->base, "BAG5", path,
                   "is listed twice, with different digests, the second time "
                   "in %s:%u",
                   m->name, line);
    else if (is_twice && !is_draft(b))
        check_rule(&b->base, "BAG5", path,
                   "is listed twice, the second time in %s:%u", m->name, line);
    else if (is_twice)
        check_warn(&b->base, "BAGW3", path,
                   "is listed twice, the second time in %s:%u", m->name, line);
    if (!is_twice)
        keep(b, digests, algorithm, json_string(digest));
    keep(b, m->listed, path, json_true());
}

/* "DIGEST  PATH" */
static void take_line(struct bag_check *b, const struct manifest *m, char *line,
                      unsigned number)
{
    CLEANUP(free) char *decoded = NULL;
    struct bagit_listed parts;
    const char *path;

    if (!bagit_split_listed(line, &parts)) {
        check_rule(&b->base, "BAG3", m->name,
                   "line %u is '%s', not a digest, a space and a path", number,
                   line);
        return;
    }
    line[parts.hex_length] = '\0';
    path = parts.path;
    if (parts.has_star)
        check_warn(&b->base, "BAGW2", m->name,
                   "line %u has the '*' of md5sum before the path", number);
    if (parts.has_dot)
        check_warn(&b->base, "BAGW1", m->name,
                   "line %u has './' before the path", number);
    decoded = strdup(path);
    if (decoded == NULL) {
        b->base.failed = true;
        return;
    }
    /* Drafts did not say %25; a name that is there as written is meant. */
    bagit_decode_path(decoded);
    if (!is_draft(b) || json_object_get(b->files, path) == NULL)
        path = decoded;
    if (!stays_inside(path) ||
        (strncmp(path, BAGIT_PAYLOAD, 5) == 0) != m->is_payload)
        check_rule(
            &b->base, "BAG4", m->name, "line %u: '%s' is not %s", number, path,
            m->is_payload ? "a path below data/" : "a tag file of this bag");
    else
        expect(b, m, path, line, number);
}

static void take_manifest(struct bag_check *b, const struct manifest *m)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct bagit_lines l = {NULL, NULL, 0};

    if (!read_tag(b, m->name, b->encoding, &text))
        return;
    l.at = text.data;
    if (l.at != NULL && strncmp(l.at, "\xEF\xBB\xBF", 3) == 0)
        l.at += 3;
    while (bagit_next_line(&l)) {
        if (l.line[0] != '\0')
            take_line(b, m, l.line, l.number);
    }
}

/* "manifest-sha512.txt" */
static void consider_manifest(struct bag_check *b, const char *name)
{
    struct bagit_manifest is = bagit_manifest_of_name(name);
    struct manifest m = {.name = name,
                         .algorithm = is.algorithm,
                         .is_payload = is.of == BAGIT_OF_PAYLOAD};

    if (is.of == BAGIT_OF_NOTHING)
        return;
    if (m.algorithm == NULL) {
        check_warn(&b->base, "BAGW5", name,
                   "'%.*s' is not known here: it was not compared",
                   is.said_length, is.said);
        return;
    }
    m.listed = json_object();
    take_manifest(b, &m);
    if (m.is_payload)
        keep(b, b->payload_manifests, name, m.listed);
    else
        json_decref(m.listed);
}

static void take_manifests(struct bag_check *b)
{
    const char *name;
    json_t *value;

    json_object_foreach(b->files, name, value) consider_manifest(b, name);
    if (json_object_size(b->payload_manifests) == 0)
        check_rule(&b->base, "BAG2", "",
                   "has no payload manifest (manifest-sha512.txt) that can be "
                   "compared");
}

/* ---- files against manifests ---- */

static bool is_of_a_desktop(const char *path)
{
    static const char *const names[] = {".DS_Store", "Thumbs.db",
                                        "desktop.ini"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(path_base(path), names[i]) == 0)
            return true;
    }
    return false;
}

/* One read, all digests. False after a finding. */
static bool hash_once(struct bag_check *b, const char *path,
                      const json_t *digests,
                      char out[BAGIT_ALGORITHMS][DIGEST_HEX_SIZE])
{
    struct digest *running[BAGIT_ALGORITHMS] = {NULL};
    CLEANUP(free) unsigned char *block = malloc(BLOCK_BYTES);
    CLEANUP(close_fd) int fd = -1;
    char full[PATH_SIZE];
    ssize_t n = 0;
    struct err err;
    int rc = path_format(full, &err, "%s/%s", b->base.dir, path);

    if (rc == 0 && block == NULL)
        rc = err_set(&err, ERR_NOMEM, "out of memory");
    if (rc == 0 && (fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
        rc = err_set_errno(&err, "cannot be opened");
    for (size_t i = 0; rc == 0 && i < BAGIT_ALGORITHMS; i++) {
        if (json_object_get(digests, bagit_algorithms[i].name) != NULL)
            rc = digest_new(bagit_algorithms[i].kind, &running[i], &err);
    }
    while (rc == 0 && (n = read(fd, block, BLOCK_BYTES)) > 0) {
        b->base.report->bytes += (uint64_t)n;
        for (size_t i = 0; rc == 0 && i < BAGIT_ALGORITHMS; i++) {
            if (running[i] != NULL)
                rc = digest_add(running[i], block, (size_t)n, &err);
        }
    }
    if (rc == 0 && n < 0)
        rc = err_set_errno(&err, "cannot be read");
    for (size_t i = 0; i < BAGIT_ALGORITHMS; i++) {
        if (rc == 0 && running[i] != NULL)
            rc = digest_hex(running[i], out[i], &err);
        digest_free(running[i]);
    }
    if (rc != 0)
        check_fault(&b->base, FAULT_UNREADABLE, "BAG10", path, "%s", err.msg);
    return rc == 0;
}

static void compare(struct bag_check *b, const char *path, const char *listed,
                    const json_t *digests)
{
    char found[BAGIT_ALGORITHMS][DIGEST_HEX_SIZE];

    if (!hash_once(b, path, digests, found))
        return;
    b->base.report->files++;
    for (size_t i = 0; i < BAGIT_ALGORITHMS; i++) {
        const char *digest =
            json_get_text(digests, bagit_algorithms[i].name, NULL);

        if (digest != NULL && strcasecmp(digest, found[i]) != 0)
            check_fault(&b->base, FAULT_ALTERED, "BAG8", listed,
                        "its %s is %s; the manifest says %s",
                        bagit_algorithms[i].name, found[i], digest);
    }
}

/* A name that is listed, and there in another spelling at most. */
static void compare_other_name(struct bag_check *b, const char *path,
                               const json_t *digests)
{
    CLEANUP(free) char *folded = text_casefold(path);
    const char *other =
        folded == NULL ? NULL : json_get_text(b->folded, folded, NULL);

    if (other != NULL) {
        check_warn(&b->base, "BAGW4", path,
                   "is there as '%s', which differs in case or in Unicode "
                   "normalization",
                   other);
        compare(b, other, path, digests);
    } else if (is_of_a_desktop(path)) {
        b->excused_files++;
        check_warn(&b->base, "BAGW6", path,
                   "is listed and not there; a desktop makes it for itself");
    } else {
        check_fault(&b->base, FAULT_MISSING, "BAG6", path,
                    "is listed and not there%s",
                    json_object_get(b->files, BAGIT_FETCH) == NULL
                        ? ""
                        : "; nothing is fetched by fetch.txt");
    }
}

static void compare_all(struct bag_check *b)
{
    const char *path;
    json_t *digests;

    json_object_foreach(b->expected, path, digests)
    {
        if (json_object_get(b->files, path) != NULL) {
            if (is_of_a_desktop(path))
                check_warn(&b->base, "BAGW6", path,
                           "a desktop makes it for itself");
            compare(b, path, path, digests);
        } else {
            compare_other_name(b, path, digests);
        }
    }
}

/* Is it listed in another spelling (BAGW4)? */
static bool is_listed_folded(const json_t *folded_list, const char *path)
{
    CLEANUP(free) char *folded = text_casefold(path);

    return folded != NULL && json_object_get(folded_list, folded) != NULL;
}

/* Every payload file is in a manifest; in 1.0, in each. */
static void check_listed(struct bag_check *b, const char *path,
                         const json_t *folded_list)
{
    const char *name;
    json_t *listed;
    size_t count = 0;

    json_object_foreach(b->payload_manifests, name, listed)
    {
        if (json_object_get(listed, path) != NULL)
            count++;
        else if (!is_draft(b) && json_object_get(b->expected, path) != NULL)
            check_rule(&b->base, "BAG7", path,
                       "is not in %s; each payload manifest lists every file",
                       name);
    }
    if (count == 0 && json_object_get(b->expected, path) == NULL &&
        !is_listed_folded(folded_list, path))
        check_fault(&b->base, FAULT_EXTRA, "BAG7", path,
                    "is there, and in no payload manifest");
}

static void check_complete(struct bag_check *b)
{
    CLEANUP(json_decref) json_t *folded_list = json_object();
    const char *path;
    json_t *value;

    if (json_object_size(b->payload_manifests) == 0)
        return;
    json_object_foreach(b->expected, path, value)
    {
        CLEANUP(free) char *folded = text_casefold(path);

        if (folded != NULL)
            keep(b, folded_list, folded, json_true());
    }
    json_object_foreach(b->files, path, value)
    {
        if (strncmp(path, BAGIT_PAYLOAD, 5) == 0)
            check_listed(b, path, folded_list);
    }
}

/* ---- bag-info.txt, fetch.txt ---- */

static void check_oxum(struct bag_check *b, const char *name, const char *value)
{
    uint64_t bytes, files;

    if (!bagit_oxum(value, &bytes, &files)) {
        check_rule(&b->base, "BAG3", name,
                   "Payload-Oxum is '%s', not BYTES.FILES", value);
        return;
    }
    /* What an excused file held is not known. */
    if (files != b->payload_files + b->excused_files ||
        (b->excused_files == 0 && bytes != b->payload_bytes))
        check_rule(&b->base, "BAG9", name,
                   "Payload-Oxum is %" PRIu64 ".%" PRIu64 "; there are %" PRIu64
                   ".%" PRIu64,
                   bytes, files, b->payload_bytes, b->payload_files);
}

static void check_info(struct bag_check *b)
{
    const char *name = BAGIT_INFO;
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct bagit_lines l = {NULL, NULL, 0};
    const char *value;

    if (is_draft(b) && b->minor < 96)
        name = "package-info.txt";
    if (json_object_get(b->files, name) == NULL ||
        !read_tag(b, name, b->encoding, &text))
        return;
    l.at = text.data;
    while (bagit_next_line(&l)) {
        value = bagit_value(l.line, "Payload-Oxum", BAGIT_LAX);
        if (value != NULL)
            check_oxum(b, name, value);
        else if (l.line[0] != '\0' && l.line[0] != ' ' && l.line[0] != '\t' &&
                 strchr(l.line, ':') == NULL)
            check_rule(&b->base, "BAG3", name,
                       "line %u is '%s', not LABEL: VALUE", l.number, l.line);
    }
}

static void check_fetch(struct bag_check *b)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct bagit_lines l = {NULL, NULL, 0};
    struct bagit_fetched f;

    if (json_object_get(b->files, BAGIT_FETCH) == NULL ||
        !read_tag(b, BAGIT_FETCH, b->encoding, &text))
        return;
    l.at = text.data;
    while (bagit_next_line(&l)) {
        if (l.line[0] == '\0')
            continue;
        if (!bagit_split_fetched(l.line, &f)) {
            check_rule(&b->base, "BAG3", BAGIT_FETCH,
                       "line %u is '%s', not URL LENGTH PATH", l.number,
                       l.line);
            continue;
        }
        bagit_decode_path(f.path);
        if (strncmp(f.path, BAGIT_PAYLOAD, strlen(BAGIT_PAYLOAD)) != 0 ||
            !stays_inside(f.path))
            check_rule(&b->base, "BAG4", BAGIT_FETCH,
                       "line %u: '%s' is not a path below data/", l.number,
                       f.path);
    }
}

int bag_check(const char *dir, struct fault_report *report, struct err *err)
{
    CLEANUP(json_decref) json_t *files = json_object();
    CLEANUP(json_decref) json_t *folded = json_object();
    CLEANUP(json_decref) json_t *expected = json_object();
    CLEANUP(json_decref) json_t *manifests = json_object();
    struct bag_check b = {
        .base = {report, dir, "", false},
        .major = 1,
        .encoding = "UTF-8",
        .files = files,
        .folded = folded,
        .expected = expected,
        .payload_manifests = manifests,
    };
    char data[PATH_SIZE];

    if (!file_exists(dir))
        return err_set(err, ERR_ABSENT, "%s: there is no such folder", dir);
    if (!dir_exists(dir)) {
        check_rule(&b.base, "BAG1", "", "is a file: a bag is a folder");
        return check_end(&b.base, err);
    }
    if (path_format(data, err, "%s/data", dir) != 0)
        return -1;
    walk(&b, "", 0);
    check_declaration(&b);
    if (!dir_exists(data))
        check_rule(&b.base, "BAG2", "", "has no folder data/");
    take_manifests(&b);
    compare_all(&b);
    check_complete(&b);
    check_info(&b);
    check_fetch(&b);
    return check_end(&b.base, err);
}
