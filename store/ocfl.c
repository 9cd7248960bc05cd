/* SPDX-License-Identifier: MIT */
#include "store/ocfl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/json.h"

#define INVENTORY_MAX_BYTES ((size_t)1 << 30)
#define OPEN_ATTEMPTS       20
#define OPEN_PAUSE_NS       10000000L /* 10 ms */

/* Who makes versions: Tefter itself, by the namespace of its package ids. */
#define USER_NAME    "Tefter"
#define USER_ADDRESS "urn:uuid:a151a45d-ce3c-4b6c-abb5-aa402a4cae96"

struct inventory {
    json_t *json;
    json_t *state; /* logical path -> digest, of the newest version */
    unsigned head;
};

static int no_memory(const struct inventory *inv, struct err *err)
{
    return err_set(err, ERR_NOMEM, "inventory of %s: out of memory",
                   inventory_id(inv));
}

int inventory_new(const char *id, struct inventory **out, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = calloc(1, sizeof(*inv));

    if (inv == NULL)
        return err_set(err, ERR_NOMEM, "inventory of %s: out of memory", id);
    inv->state = json_object();
    inv->json = json_pack("{s:s, s:s, s:s, s:s, s:{}, s:{}}", "id", id, "type",
                          OCFL_TYPE_1_1, "digestAlgorithm", "sha512", "head",
                          "v0", "manifest", "versions");
    if (inv->json == NULL || inv->state == NULL)
        return err_set(err, ERR_NOMEM, "inventory of %s: out of memory", id);
    *out = STEAL(inv);
    return 0;
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL)
        return;
    json_decref(inv->json);
    json_decref(inv->state);
    free(inv);
}

const char *inventory_id(const struct inventory *inv)
{
    return json_get_text(inv->json, "id", "");
}

unsigned inventory_head(const struct inventory *inv)
{
    return inv->head;
}

const char *inventory_digest(const struct inventory *inv, const char *logical)
{
    return json_get_text(inv->state, logical, NULL);
}

const char *inventory_content(const struct inventory *inv, const char *logical)
{
    const char *digest = inventory_digest(inv, logical);
    const json_t *manifest = json_object_get(inv->json, "manifest");

    if (digest == NULL)
        return NULL;
    return json_string_value(
        json_array_get(json_object_get(manifest, digest), 0));
}

void inventory_each(const struct inventory *inv, inventory_visit *visit,
                    void *arg)
{
    const char *logical;
    json_t *digest;

    json_object_foreach(inv->state, logical, digest) visit(arg, logical);
}

int inventory_each_content(const struct inventory *inv,
                           inventory_content_visit *visit, void *arg,
                           struct err *err)
{
    json_t *manifest = json_object_get(inv->json, "manifest");
    const char *digest;
    json_t *paths;

    json_object_foreach(manifest, digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path == NULL || !path_is_safe(path) ||
                strlen(digest) >= DIGEST_HEX_SIZE)
                return err_set(err, ERR_INPUT,
                               "the manifest of %s has a path or digest that "
                               "is none",
                               inventory_id(inv));
            if (visit(arg, digest, path, err) != 0)
                return -1;
        }
    }
    return 0;
}

void inventory_count(const struct inventory *inv, unsigned version,
                     uint64_t *files, uint64_t *after)
{
    json_t *manifest = json_object_get(inv->json, "manifest");
    const char *digest;
    json_t *paths;

    *files = 0;
    *after = 0;
    json_object_foreach(manifest, digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            (*files)++;
            if (path != NULL && path[0] == 'v')
                *after += strtoul(path + 1, NULL, 10) > version;
        }
    }
}

bool sidecar_is_ours(const struct buf *sidecar)
{
    size_t len = strspn(buf_str(sidecar), "0123456789abcdef");

    return len == DIGEST_HEX_SIZE - 1 &&
           strcmp(buf_str(sidecar) + len, " " INVENTORY_NAME "\n") == 0;
}

bool sidecar_matches(const char *dir, const struct buf *inventory)
{
    CLEANUP(buf_fini) struct buf sidecar = BUF_INIT;
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    struct err err;
    size_t len;

    if (path_format(path, &err, "%s/" SIDECAR_NAME, dir) != 0 ||
        file_read(path, SIDECAR_SIZE, &sidecar, &err) != 0 ||
        digest_bytes(buf_str(inventory), inventory->len, DIGEST_SHA512, hex,
                     &err) != 0)
        return false;
    len = strlen(hex);
    return sidecar.len > len && memcmp(sidecar.data, hex, len) == 0 &&
           strcmp(sidecar.data + len, " " INVENTORY_NAME "\n") == 0;
}

/* Turn the newest version's state round: logical path -> digest. */
static int read_state(struct inventory *inv, const char *name, struct err *err)
{
    const json_t *version =
        json_object_get(json_object_get(inv->json, "versions"), name);
    json_t *state = json_object_get(version, "state");
    const char *digest;
    json_t *paths;

    if (!json_is_object(state))
        return err_set(err, ERR_INPUT, "version %s has no state", name);
    json_object_foreach(state, digest, paths)
    {
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path == NULL ||
                json_object_set_new(inv->state, path, json_string(digest)) != 0)
                return err_set(err, ERR_INPUT,
                               "version %s: a logical path is not text", name);
        }
    }
    return 0;
}

int inventory_parse(const struct buf *bytes, struct inventory **out,
                    struct err *err)
{
    json_error_t e;
    CLEANUP(json_decref)
    json_t *json =
        json_loadb(buf_str(bytes), bytes->len, JSON_REJECT_DUPLICATES, &e);

    if (json == NULL)
        return err_set(err, ERR_INPUT, "%d:%d: not JSON: %s", e.line, e.column,
                       e.text);
    return inventory_from_json(json, out, err);
}

int inventory_from_json(json_t *json, struct inventory **out, struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = calloc(1, sizeof(*inv));
    const char *head;
    char *end;

    if (inv == NULL || (inv->state = json_object()) == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    inv->json = json_incref(json);
    if (strcmp(json_get_text(inv->json, "type", ""), OCFL_TYPE_1_1) != 0 ||
        strcmp(json_get_text(inv->json, "digestAlgorithm", ""), "sha512") != 0)
        return err_set(err, ERR_INPUT, "not an OCFL 1.1 inventory of sha512");
    head = json_get_text(inv->json, "head", "");
    if (head[0] != 'v' || head[1] < '1' || head[1] > '9')
        return err_set(err, ERR_INPUT, "head is '%.40s', not v1, v2, ...",
                       head);
    inv->head = (unsigned)strtoul(head + 1, &end, 10);
    if (*end != '\0')
        return err_set(err, ERR_INPUT, "head is '%.40s', not v1, v2, ...",
                       head);
    if (read_state(inv, head, err) != 0)
        return -1;
    *out = STEAL(inv);
    return 0;
}

/* The root inventory, when its own sidecar or its version folder's states its
 * digest; ERR_CHECKSUM otherwise. */
static int open_once(const char *object_dir, struct inventory **out,
                     struct err *err)
{
    CLEANUP(inventory_free) struct inventory *inv = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char path[PATH_SIZE], version_dir[PATH_SIZE];
    struct err parse_err;
    bool matches;

    if (path_format(path, err, "%s/" INVENTORY_NAME, object_dir) != 0 ||
        file_read(path, INVENTORY_MAX_BYTES, &bytes, err) != 0)
        return -1;
    matches = sidecar_matches(object_dir, &bytes);
    if (inventory_parse(&bytes, &inv, &parse_err) != 0) {
        if (!matches)
            return err_set(err, ERR_CHECKSUM,
                           "%s does not match its sidecar, and cannot be "
                           "read: %.300s",
                           path, parse_err.msg);
        return err_set(err, parse_err.kind, "%s: %.300s", path, parse_err.msg);
    }
    if (path_format(version_dir, err, "%s/v%u", object_dir, inv->head) != 0)
        return -1;
    if (!matches && !sidecar_matches(version_dir, &bytes))
        return err_set(err, ERR_CHECKSUM, "%s does not match its sidecar",
                       path);
    *out = STEAL(inv);
    return 0;
}

int inventory_open(const char *object_dir, struct inventory **out,
                   struct err *err)
{
    const struct timespec pause = {0, OPEN_PAUSE_NS};
    struct err last = {ERR_NONE, ""};

    for (int i = 0; i < OPEN_ATTEMPTS; i++) {
        if (open_once(object_dir, out, &last) == 0)
            return 0;
        if (last.kind != ERR_CHECKSUM)
            break;
        (void)nanosleep(&pause, NULL);
    }
    *err = last;
    return -1;
}

int inventory_begin(struct inventory *inv, struct err *err)
{
    json_t *versions = json_object_get(inv->json, "versions");
    char name[16];

    (void)snprintf(name, sizeof(name), "v%u", inv->head + 1);
    if (json_object_set_new(inv->json, "head", json_string(name)) != 0 ||
        json_object_set_new(versions, name, json_object()) != 0)
        return no_memory(inv, err);
    inv->head++;
    return 0;
}

int inventory_put(struct inventory *inv, const char *logical,
                  const char *sha512, bool *is_new, struct err *err)
{
    json_t *manifest = json_object_get(inv->json, "manifest");
    char content[PATH_SIZE];

    if (path_format(content, err, "v%u/content/%s", inv->head, logical) != 0)
        return -1;
    *is_new = json_object_get(manifest, sha512) == NULL;
    if (*is_new &&
        json_object_set_new(manifest, sha512, json_pack("[s]", content)) != 0)
        return no_memory(inv, err);
    if (json_object_set_new(inv->state, logical, json_string(sha512)) != 0)
        return no_memory(inv, err);
    return 0;
}

int inventory_drop(struct inventory *inv, const char *logical, struct err *err)
{
    if (json_object_del(inv->state, logical) != 0)
        return err_set(err, ERR_USAGE, "%s is not in the version", logical);
    return 0;
}

const char *inventory_bytes(const struct inventory *inv, const char *sha512)
{
    const json_t *manifest = json_object_get(inv->json, "manifest");

    return json_string_value(
        json_array_get(json_object_get(manifest, sha512), 0));
}

/* digest -> logical paths, as the inventory wants it. */
static json_t *format_state(const struct inventory *inv)
{
    CLEANUP(json_decref) json_t *state = json_object();
    const char *logical;
    json_t *digest, *paths;

    json_object_foreach(inv->state, logical, digest)
    {
        paths = json_object_get(state, json_string_value(digest));
        if (paths == NULL) {
            paths = json_array();
            if (json_object_set_new(state, json_string_value(digest), paths))
                return NULL;
        }
        if (json_array_append_new(paths, json_string(logical)) != 0)
            return NULL;
    }
    return STEAL(state);
}

int inventory_seal(struct inventory *inv, const char *created_utc,
                   const char *message, struct err *err)
{
    json_t *versions = json_object_get(inv->json, "versions");
    json_t *state = format_state(inv);
    json_t *block;
    char name[16];

    if (state == NULL)
        return no_memory(inv, err);
    (void)snprintf(name, sizeof(name), "v%u", inv->head);
    block = json_pack("{s:s, s:s, s:{s:s, s:s}, s:o}", "created", created_utc,
                      "message", message, "user", "name", USER_NAME, "address",
                      USER_ADDRESS, "state", state);
    if (block == NULL || json_object_set_new(versions, name, block) != 0)
        return err_set(err, ERR_USAGE,
                       "version message of %s is not UTF-8, or out of memory",
                       inventory_id(inv));
    return 0;
}

int inventory_format(const struct inventory *inv, struct buf *bytes,
                     char sidecar[SIDECAR_SIZE], struct err *err)
{
    CLEANUP(free) char *text = json_dumps(inv->json, JSON_INDENT(1));
    char hex[DIGEST_HEX_SIZE];

    if (text == NULL)
        return no_memory(inv, err);
    buf_puts(bytes, text);
    buf_puts(bytes, "\n");
    if (bytes->failed)
        return no_memory(inv, err);
    if (digest_bytes(buf_str(bytes), bytes->len, DIGEST_SHA512, hex, err) != 0)
        return -1;
    (void)snprintf(sidecar, SIDECAR_SIZE, "%s " INVENTORY_NAME "\n", hex);
    return 0;
}
