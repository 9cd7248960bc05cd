/* SPDX-License-Identifier: MIT */
#include "common/conf_check.h"

#include <stdbool.h>
#include <string.h>

#include "common/buf.h"

/* What stands for a key in a line of a commented file: "key = " or "# key = ".
 * Its length; 0 when it is another line. */
static size_t key_in_line(const char *line, const char **key)
{
    size_t len;

    if (line[0] == '#')
        line += line[1] == ' ' ? 2 : 1;
    len = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");
    *key = line;
    return len > 0 && strncmp(line + len, " =", 2) == 0 ? len : 0;
}

/* What a commented file says of one section. */
struct section {
    const char *name; /* not NUL-terminated */
    size_t len;       /* 0: what stands before the first [section] */
    bool is_there;
    struct buf keys; /* "a, b, c" */
};

/* Is there this key in the section? If not, out says what is. */
static bool look_in_section(const char *known, const char *wanted,
                            struct section *out)
{
    bool is_here = out->is_there = out->len == 0;

    while (*known != '\0') {
        const char *key;
        size_t len = key_in_line(known, &key);

        if (known[0] == '[')
            is_here = out->len > 0 &&
                      strncmp(known + 1, out->name, out->len) == 0 &&
                      known[1 + out->len] == ']';
        out->is_there = out->is_there || is_here;
        if (is_here && len > 0) {
            if (strlen(wanted) == len && memcmp(wanted, key, len) == 0)
                return true;
            buf_puts(&out->keys, out->keys.len > 0 ? ", " : "");
            buf_add(&out->keys, key, len);
        }
        known += strcspn(known, "\n");
        known += *known == '\n';
    }
    return false;
}

static int refuse_key(const char *path, unsigned line, const char *name,
                      const struct section *s, struct err *err)
{
    if (!s->is_there)
        return err_set(err, ERR_INPUT,
                       "%s:%u: there is no section [%.*s], and no setting '%s' "
                       "in it",
                       path, line, (int)s->len, s->name, name);
    if (s->len == 0)
        return err_set(err, ERR_INPUT,
                       "%s:%u: there is no setting '%s'; before the first "
                       "[section] there are: %s",
                       path, line, name, buf_str(&s->keys));
    return err_set(err, ERR_INPUT,
                   "%s:%u: there is no setting '%s'; in [%.*s] there are: %s",
                   path, line, name, (int)s->len, s->name, buf_str(&s->keys));
}

int conf_check(const struct conf *conf, const char *path, const char *known,
               struct err *err)
{
    for (size_t i = 0; i < conf_count(conf); i++) {
        struct conf_entry e = conf_at(conf, i);
        const char *point = strrchr(e.key, '.');
        const char *name = point == NULL ? e.key : point + 1;
        struct section s = {
            .name = e.key,
            .len = point == NULL ? 0 : (size_t)(point - e.key),
            .keys = BUF_INIT,
        };
        int rc = look_in_section(known, name, &s)
                     ? 0
                     : refuse_key(path, e.line, name, &s, err);

        buf_fini(&s.keys);
        if (rc != 0)
            return -1;
    }
    return 0;
}
