/* SPDX-License-Identifier: MIT */
#include "store/ocfl_rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"

/* What stands where in a finding. */
struct place {
    struct check *check;
    struct judged_inventory *inv;
};

bool version_name_parse(const char *name, struct version_name *out)
{
    size_t len = strlen(name);
    unsigned long number;

    if (name[0] != 'v' || len < 2 || len > 10 ||
        strspn(name + 1, "0123456789") != len - 1)
        return false;
    number = strtoul(name + 1, NULL, 10);
    if (number == 0)
        return false;
    out->number = (unsigned)number;
    out->digits = (unsigned)len - 1;
    out->is_padded = name[1] == '0';
    return true;
}

bool ocfl_digest_kind(const char *name, enum digest_kind *out)
{
    static const struct {
        const char *name;
        enum digest_kind kind;
    } known[] = {
        {"sha512", DIGEST_SHA512},
        {"sha256", DIGEST_SHA256},
        {"md5", DIGEST_MD5},
        {"sha1", DIGEST_SHA1},
        {"blake2b-512", DIGEST_BLAKE2B_512},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(name, known[i].name) == 0) {
            *out = known[i].kind;
            return true;
        }
    }
    return false;
}

static size_t hex_length(enum digest_kind kind)
{
    switch (kind) {
    case DIGEST_MD5:
        return 32;
    case DIGEST_SHA1:
        return 40;
    case DIGEST_SHA256:
        return 64;
    default:
        return 128;
    }
}

json_t *inventory_member(const struct judged_inventory *inv, const char *key)
{
    json_t *value = json_object_get(inv->json, key);

    return json_is_object(value) ? value : NULL;
}

json_t *inventory_version(const struct judged_inventory *inv, const char *name)
{
    json_t *value = json_object_get(inventory_member(inv, "versions"), name);

    return json_is_object(value) ? value : NULL;
}

/* A finding about the inventory: an error, or a warning. */
static void broken(const struct place *p, const char *code, const char *fmt,
                   ...) __attribute__((format(printf, 3, 4)));
static void warned(const struct place *p, const char *code, const char *fmt,
                   ...) __attribute__((format(printf, 3, 4)));
static void add(const struct place *p, enum fault_kind kind, const char *code,
                const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static void add(const struct place *p, enum fault_kind kind, const char *code,
                const char *fmt, va_list ap)
{
    CLEANUP(free) char *text = NULL;

    if (vasprintf(&text, fmt, ap) < 0)
        p->check->failed = true;
    else
        check_fault(p->check, kind, code, p->inv->path, "%s", text);
}

static void broken(const struct place *p, const char *code, const char *fmt,
                   ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(p, FAULT_RULE, code, fmt, ap);
    va_end(ap);
}

static void warned(const struct place *p, const char *code, const char *fmt,
                   ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(p, FAULT_WARNING, code, fmt, ap);
    va_end(ap);
}

/* Single values */

/* RFC 3986 section 3: a scheme, ":", and something. */
static bool is_uri(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t scheme = strcspn(text, ":");

    if (text[scheme] == '\0' || text[scheme + 1] == '\0' ||
        strchr(letters, text[0]) == NULL)
        return false;
    for (size_t i = 1; i < scheme; i++) {
        if (strchr(letters, text[i]) == NULL &&
            strchr("0123456789+-.", text[i]) == NULL)
            return false;
    }
    return strpbrk(text, " \"<>\\^`{|}\n\t") == NULL;
}

/* Digits at text as a number from low to high; *text moves behind them. */
static bool take_number(const char **text, int digits, int low, int high)
{
    int value = 0;

    for (int i = 0; i < digits; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        value = value * 10 + (**text - '0');
    }
    return value >= low && value <= high;
}

static bool take_char(const char **text, const char *any_of)
{
    if (**text == '\0' || strchr(any_of, **text) == NULL)
        return false;
    (*text)++;
    return true;
}

/* RFC 3339 section 5.6 date-time. */
static bool is_date_time(const char *t)
{
    if (!take_number(&t, 4, 0, 9999) || !take_char(&t, "-") ||
        !take_number(&t, 2, 1, 12) || !take_char(&t, "-") ||
        !take_number(&t, 2, 1, 31) || !take_char(&t, "Tt") ||
        !take_number(&t, 2, 0, 23) || !take_char(&t, ":") ||
        !take_number(&t, 2, 0, 59) || !take_char(&t, ":") ||
        !take_number(&t, 2, 0, 60))
        return false;
    if (take_char(&t, ".")) {
        size_t digits = strspn(t, "0123456789");

        if (digits == 0)
            return false;
        t += digits;
    }
    if (take_char(&t, "Zz"))
        return *t == '\0';
    return take_char(&t, "+-") && take_number(&t, 2, 0, 23) &&
           take_char(&t, ":") && take_number(&t, 2, 0, 59) && *t == '\0';
}

static bool is_digest(const char *text, enum digest_kind kind)
{
    size_t len = hex_length(kind);

    return strlen(text) == len && strspn(text, "0123456789abcdefABCDEF") == len;
}

/* Sets of paths and digests */

struct text_list {
    const char **texts; /* borrowed */
    size_t count, cap;
};

static void text_list_fini_at(struct text_list *l)
{
    free(l->texts);
}

static void add_text(struct check *c, struct text_list *l, const char *text)
{
    size_t cap = l->cap == 0 ? 64 : l->cap * 2;
    const char **grown;

    if (l->count == l->cap) {
        grown = realloc(l->texts, cap * sizeof(*grown));
        if (grown == NULL) {
            c->failed = true;
            return;
        }
        l->texts = grown;
        l->cap = cap;
    }
    l->texts[l->count++] = text;
}

/* Bytes, but '/' before everything else, so that what lies below a path comes
 * directly behind it. */
static int by_path(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;

    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    int left = *x == '/' ? 1 : *x == '\0' ? 0 : *x + 1;
    int right = *y == '/' ? 1 : *y == '\0' ? 0 : *y + 1;

    return left - right;
}

static int by_letters(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Paths must be unique, and none the folder of another. */
static void check_paths_apart(const struct place *p, struct text_list *l,
                              const char *code, const char *what)
{
    if (l->count > 1)
        qsort(l->texts, l->count, sizeof(*l->texts), by_path);
    for (size_t i = 1; i < l->count; i++) {
        const char *before = l->texts[i - 1];
        size_t len = strlen(before);

        if (strcmp(before, l->texts[i]) == 0)
            broken(p, code, "the %s path '%s' is listed twice", what, before);
        else if (strncmp(before, l->texts[i], len) == 0 &&
                 l->texts[i][len] == '/')
            broken(p, code,
                   "the %s path '%s' is a file, and the folder of '%s'", what,
                   before, l->texts[i]);
    }
}

static void check_digests_apart(const struct place *p, json_t *block,
                                const char *code, const char *what)
{
    __attribute__((cleanup(text_list_fini_at))) struct text_list l = {0};
    const char *digest;
    json_t *paths;

    json_object_foreach(block, digest, paths) add_text(p->check, &l, digest);
    if (l.count > 1)
        qsort(l.texts, l.count, sizeof(*l.texts), by_letters);
    for (size_t k = 1; k < l.count; k++) {
        if (strcasecmp(l.texts[k - 1], l.texts[k]) == 0)
            broken(p, code, "the digest %.16s... is in the %s twice",
                   l.texts[k], what);
    }
}

static bool part_is_bad(const char *part, size_t len)
{
    return len == 0 || (len == 1 && part[0] == '.') ||
           (len == 2 && part[0] == '.' && part[1] == '.');
}

/* Neither a leading nor a trailing '/' (ends), and no part that is empty, "."
 * or ".." (parts). */
static void check_path_form(const struct place *p, const char *path,
                            const char *ends, const char *parts,
                            const char *what)
{
    const char *at = path;
    const char *end = path + strlen(path);

    if (at == end || at[0] == '/' || end[-1] == '/')
        broken(p, ends, "the %s path '%s' is empty, or begins or ends with '/'",
               what, path);
    at += at < end && at[0] == '/';
    end -= at < end && end[-1] == '/';
    while (at < end) {
        size_t len = strcspn(at, "/");

        if (part_is_bad(at, len)) {
            broken(p, parts,
                   "the %s path '%s' has a part that is empty, '.' or '..'",
                   what, path);
            return;
        }
        at += len + 1;
    }
}

/* Below a version of this inventory, and its content folder (E042). */
static bool is_under_content(const struct judged_inventory *inv,
                             const char *path)
{
    size_t version = strcspn(path, "/");
    size_t folder = strlen(inv->content_folder);
    char name[16];

    if (path[version] == '\0' || version >= sizeof(name))
        return false;
    (void)snprintf(name, sizeof(name), "%.*s", (int)version, path);
    return json_object_get(inventory_member(inv, "versions"), name) != NULL &&
           strncmp(path + version + 1, inv->content_folder, folder) == 0 &&
           path[version + 1 + folder] == '/';
}

/* Blocks of digest -> [paths]: the manifest, and each one in fixity. */

static void check_content_path(const struct place *p, const char *path,
                               bool is_manifest)
{
    check_path_form(p, path, "E100", "E099", "content");
    if (is_manifest && path[0] != '/' && !is_under_content(p->inv, path))
        broken(p, "E042",
               "the content path '%s' is not below a version's %s folder", path,
               p->inv->content_folder);
}

static void check_digest_form(const struct place *p, const char *digest,
                              enum digest_kind kind, bool is_known,
                              const char *what)
{
    if (is_known && !is_digest(digest, kind))
        broken(p, kind == DIGEST_SHA256 ? "E030" : "E031",
               "'%.40s' in the %s is not a digest of %zu hex digits", digest,
               what, hex_length(kind));
}

static void check_manifest(const struct place *p)
{
    __attribute__((cleanup(text_list_fini_at))) struct text_list l = {0};
    json_t *manifest = json_object_get(p->inv->json, "manifest");
    const char *digest;
    json_t *paths;

    if (manifest == NULL) {
        broken(p, "E041", "there is no manifest");
        return;
    }
    if (!json_is_object(manifest)) {
        broken(p, "E106", "the manifest is not a JSON object");
        return;
    }
    json_object_foreach(manifest, digest, paths)
    {
        check_digest_form(p, digest, p->inv->digest, p->inv->digest_is_known,
                          "manifest");
        if (!json_is_array(paths) || json_array_size(paths) == 0)
            broken(p, "E092", "manifest: %.16s... has no list of content paths",
                   digest);
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path == NULL) {
                broken(p, "E092", "manifest: a path of %.16s... is not text",
                       digest);
                continue;
            }
            check_content_path(p, path, true);
            add_text(p->check, &l, path);
        }
    }
    check_digests_apart(p, manifest, "E096", "manifest");
    check_paths_apart(p, &l, "E101", "content");
}

static void check_fixity_block(const struct place *p, const char *algorithm,
                               json_t *block)
{
    __attribute__((cleanup(text_list_fini_at))) struct text_list l = {0};
    enum digest_kind kind = DIGEST_MD5;
    bool is_known = ocfl_digest_kind(algorithm, &kind);
    const char *digest;
    json_t *paths;

    if (!json_is_object(block)) {
        broken(p, "E057", "fixity: %s is not a JSON object", algorithm);
        return;
    }
    check_digests_apart(p, block, "E097", "fixity block");
    json_object_foreach(block, digest, paths)
    {
        if (is_known && !is_digest(digest, kind))
            broken(p, "E057", "fixity: '%.40s' is not a digest of %s", digest,
                   algorithm);
        if (!json_is_array(paths))
            broken(p, "E057", "fixity: %s: %.16s... has no list of paths",
                   algorithm, digest);
        for (size_t i = 0; i < json_array_size(paths); i++) {
            const char *path = json_string_value(json_array_get(paths, i));

            if (path == NULL) {
                broken(p, "E057", "fixity: a path of %.16s... is not text",
                       digest);
                continue;
            }
            check_content_path(p, path, false);
            add_text(p->check, &l, path);
        }
    }
    check_paths_apart(p, &l, "E101", "fixity");
}

static void check_fixity(const struct place *p)
{
    json_t *fixity = json_object_get(p->inv->json, "fixity");
    const char *algorithm;
    json_t *block;

    if (fixity == NULL)
        return;
    if (!json_is_object(fixity)) {
        broken(p, p->inv->spec_minor == 0 ? "E057" : "E111",
               "fixity is not a JSON object");
        return;
    }
    json_object_foreach(fixity, algorithm, block)
        check_fixity_block(p, algorithm, block);
}

/* Versions */

static void check_logical_paths(const struct place *p, const char *name,
                                const char *digest, json_t *paths,
                                struct text_list *l)
{
    if (!json_is_array(paths) || json_array_size(paths) == 0)
        broken(p, "E051", "%s: %.16s... has no list of logical paths", name,
               digest);
    for (size_t i = 0; i < json_array_size(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));

        if (path == NULL) {
            broken(p, "E051", "%s: a logical path is not text", name);
            continue;
        }
        check_path_form(p, path, "E053", "E052", "logical");
        add_text(p->check, l, path);
    }
}

/* used gets each digest of the state. */
static void check_state(const struct place *p, const char *name, json_t *state,
                        json_t *used)
{
    __attribute__((cleanup(text_list_fini_at))) struct text_list l = {0};
    json_t *manifest = inventory_member(p->inv, "manifest");
    const char *digest;
    json_t *paths;

    if (!json_is_object(state)) {
        broken(p, "E050", "%s: the state is not a JSON object", name);
        return;
    }
    json_object_foreach(state, digest, paths)
    {
        if (json_object_get(manifest, digest) == NULL)
            broken(p, "E050", "%s: the digest %.16s... is not in the manifest",
                   name, digest);
        if (json_object_set_new(used, digest, json_true()) != 0)
            p->check->failed = true;
        check_logical_paths(p, name, digest, paths, &l);
    }
    check_paths_apart(p, &l, "E095", "logical");
}

static void check_user(const struct place *p, const char *name, json_t *user)
{
    const char *user_name = json_get_text(user, "name", NULL);
    json_t *address = json_object_get(user, "address");

    if (!json_is_object(user) || user_name == NULL || user_name[0] == '\0') {
        broken(p, "E054", "%s: the user has no name", name);
        return;
    }
    if (address == NULL)
        warned(p, "W008", "%s: the user has no address", name);
    else if (!json_is_string(address) || !is_uri(json_string_value(address)))
        warned(p, "W009", "%s: the address of the user is not a URI", name);
}

static void check_version(const struct place *p, const char *name,
                          json_t *version, json_t *used)
{
    json_t *created = json_object_get(version, "created");
    json_t *state = json_object_get(version, "state");
    json_t *message = json_object_get(version, "message");
    json_t *user = json_object_get(version, "user");

    if (!json_is_object(version)) {
        broken(p, "E047", "%s is not a JSON object", name);
        return;
    }
    if (created == NULL)
        broken(p, "E048", "%s: 'created' is missing", name);
    else if (!json_is_string(created) ||
             !is_date_time(json_string_value(created)))
        broken(p, "E049",
               "%s: 'created' is not an RFC 3339 date and time with seconds "
               "and time zone",
               name);
    if (state == NULL)
        broken(p, "E048", "%s: 'state' is missing", name);
    else
        check_state(p, name, state, used);
    if (message == NULL || user == NULL)
        warned(p, "W007", "%s: 'message' or 'user' is missing", name);
    if (message != NULL && !json_is_string(message))
        broken(p, "E094", "%s: 'message' is not text", name);
    if (user != NULL)
        check_user(p, name, user);
}

struct name_habit {
    unsigned highest, count, digits;
    bool seen_padded, seen_plain, is_uneven;
};

static void learn_name(struct name_habit *h, const struct version_name *v)
{
    h->is_uneven |= v->is_padded && h->digits != 0 && v->digits != h->digits;
    if (v->is_padded && h->digits == 0)
        h->digits = v->digits;
    h->seen_padded |= v->is_padded;
    h->seen_plain |= !v->is_padded;
    h->highest = v->number > h->highest ? v->number : h->highest;
    h->count++;
}

static void check_habit(const struct place *p, const struct name_habit *h)
{
    if (h->count == 0)
        broken(p, "E008", "there are no versions");
    else if (h->count != h->highest)
        broken(p, "E010",
               "%u versions are listed, the highest is %u: the "
               "sequence has gaps",
               h->count, h->highest);
    if (h->seen_padded && h->seen_plain) {
        broken(p, "E011",
               "some version names are zero-padded and some do not "
               "begin with a zero");
        broken(p, "E013", "version names do not keep one convention");
    }
    if (h->is_uneven)
        broken(p, "E012", "zero-padded version names differ in length");
    if (h->seen_padded)
        warned(p, "W001", "version names are zero-padded");
}

static void check_head(const struct place *p, const struct name_habit *h)
{
    json_t *head = json_object_get(p->inv->json, "head");
    struct version_name v;

    if (head == NULL) {
        broken(p, "E036", "'head' is missing");
        return;
    }
    if (!json_is_string(head) ||
        !version_name_parse(json_string_value(head), &v) ||
        v.number != h->highest ||
        json_object_get(inventory_member(p->inv, "versions"),
                        json_string_value(head)) == NULL) {
        broken(p, "E040", "'head' is not the name of the newest version");
        return;
    }
    p->inv->head = v.number;
}

/* OCFL 1.1: a manifest says nothing that no version needs. */
static void check_all_used(const struct place *p, json_t *used)
{
    const char *digest;
    json_t *paths;

    if (p->inv->spec_minor == 0)
        return;
    json_object_foreach(inventory_member(p->inv, "manifest"), digest, paths)
    {
        if (json_object_get(used, digest) == NULL)
            broken(p, "E107",
                   "the digest %.16s... of the manifest is in no version",
                   digest);
    }
}

static void check_versions(const struct place *p)
{
    CLEANUP(json_decref) json_t *used = json_object();
    json_t *versions = json_object_get(p->inv->json, "versions");
    struct name_habit habit = {0};
    struct version_name v;
    const char *name;
    json_t *version;

    if (versions == NULL) {
        broken(p, "E041", "there is no 'versions' block");
    } else if (!json_is_object(versions)) {
        broken(p, "E044", "'versions' is not a JSON object");
    } else {
        json_object_foreach(versions, name, version)
        {
            if (version_name_parse(name, &v))
                learn_name(&habit, &v);
            else
                broken(p, "E046", "'%s' is not the name of a version", name);
            check_version(p, name, version, used);
        }
        check_habit(p, &habit);
        check_all_used(p, used);
    }
    check_head(p, &habit);
}

/* The rest */

static void check_id(const struct place *p)
{
    json_t *id = json_object_get(p->inv->json, "id");

    if (id == NULL)
        broken(p, "E036", "'id' is missing");
    else if (!json_is_string(id) || json_string_length(id) == 0)
        broken(p, "E037", "'id' is not text, or empty");
    else if (!is_uri(json_string_value(id)))
        warned(p, "W005", "the id '%s' is not a URI", json_string_value(id));
}

static void check_type(const struct place *p)
{
    json_t *type = json_object_get(p->inv->json, "type");
    const char *text = json_string_value(type);

    p->inv->spec_minor = 1;
    if (type == NULL)
        broken(p, "E036", "'type' is missing");
    else if (text != NULL &&
             strcmp(text, "https://ocfl.io/1.0/spec/#inventory") == 0)
        p->inv->spec_minor = 0;
    else if (text == NULL ||
             strcmp(text, "https://ocfl.io/1.1/spec/#inventory") != 0)
        broken(p, "E038",
               "'type' is not the inventory's URI of OCFL 1.0 or 1.1");
}

static void check_algorithm(const struct place *p)
{
    json_t *algorithm = json_object_get(p->inv->json, "digestAlgorithm");
    const char *name = json_string_value(algorithm);

    if (algorithm == NULL) {
        broken(p, "E036", "'digestAlgorithm' is missing");
        return;
    }
    if (name == NULL ||
        (strcmp(name, "sha512") != 0 && strcmp(name, "sha256") != 0)) {
        broken(p, "E025", "'digestAlgorithm' is not sha512 or sha256");
        return;
    }
    p->inv->digest_is_known = ocfl_digest_kind(name, &p->inv->digest);
    if (strcmp(name, "sha256") == 0)
        warned(p, "W004", "'digestAlgorithm' is sha256, and should be sha512");
}

static void check_content_folder(const struct place *p)
{
    json_t *folder = json_object_get(p->inv->json, "contentDirectory");
    const char *name = json_string_value(folder);

    if (folder == NULL)
        return;
    if (name == NULL || name[0] == '\0')
        broken(p, "E108", "'contentDirectory' is not the name of a folder");
    else if (strchr(name, '/') != NULL)
        broken(p, "E017", "'contentDirectory' is '%s' and has a '/'", name);
    else if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        broken(p, "E018", "'contentDirectory' is '%s'", name);
    else
        p->inv->content_folder = name;
}

static void check_keys(const struct place *p)
{
    static const char *const known[] = {
        "id",       "type",     "digestAlgorithm", "head", "contentDirectory",
        "manifest", "versions", "fixity"};
    const char *key;
    json_t *value;

    json_object_foreach(p->inv->json, key, value)
    {
        bool is_known = false;

        for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
            is_known |= strcmp(key, known[i]) == 0;
        if (!is_known)
            broken(p, "E102", "the key '%s' is not one of OCFL's", key);
    }
}

void judge_inventory(struct check *c, struct judged_inventory *inv)
{
    struct place p = {c, inv};
    json_error_t e;

    inv->content_folder = "content";
    inv->json = json_loadb(buf_str(&inv->bytes), inv->bytes.len,
                           JSON_REJECT_DUPLICATES, &e);
    if (inv->json == NULL || !json_is_object(inv->json)) {
        if (inv->json == NULL)
            broken(&p, "E033", "%d:%d: not JSON: %s", e.line, e.column, e.text);
        else
            broken(&p, "E033", "not a JSON object");
        json_decref(STEAL(inv->json));
        return;
    }
    check_keys(&p);
    check_id(&p);
    check_type(&p);
    check_algorithm(&p);
    check_content_folder(&p);
    check_manifest(&p);
    check_versions(&p);
    check_fixity(&p);
}

void judged_inventory_fini(struct judged_inventory *inv)
{
    json_decref(inv->json);
    buf_fini(&inv->bytes);
    inv->json = NULL;
}
