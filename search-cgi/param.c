/* SPDX-License-Identifier: MIT */
#include "search-cgi/param.h"

#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that an escape at text stands for, or -1 when it is none. */
static int escaped_byte(const char *text, size_t left)
{
    int high;
    int low;

    if (left < 3 || text[0] != '%')
        return -1;
    high = hex_value(text[1]);
    low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int percent_decode(const char *text, size_t len, enum plus plus, char **out,
                   struct err *err)
{
    CLEANUP(free) char *decoded = malloc(len + 1);
    size_t n = 0;

    if (decoded == NULL)
        return err_set(err, ERR_NOMEM, "address: out of memory");
    for (size_t i = 0; i < len; i++) {
        int byte = escaped_byte(text + i, len - i);

        if (byte >= 0)
            i += 2;
        else if (text[i] == '+' && plus == PLUS_IS_SPACE)
            byte = ' ';
        else
            byte = (unsigned char)text[i];
        decoded[n++] = (char)byte;
    }
    decoded[n] = '\0';
    if (!text_is_utf8(decoded, n))
        return err_set(err, ERR_INPUT, "the address is not UTF-8 text");
    *out = STEAL(decoded);
    return 0;
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void percent_encode(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (is_unreserved(*text))
            buf_add(out, text, 1);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
    }
}

/* Takes both strings, also when it fails. */
static int take(struct param_list *list, char *name_owned, char *value_owned,
                struct err *err)
{
    CLEANUP(free) char *name = name_owned;
    CLEANUP(free) char *value = value_owned;
    struct param *grown;

    if (list->count >= PARAM_MAX_COUNT)
        return err_set(err, ERR_INPUT, "more than %d parameters",
                       PARAM_MAX_COUNT);
    grown = realloc(list->items, (list->count + 1) * sizeof(*grown));
    if (grown == NULL || name == NULL || value == NULL) {
        list->items = grown == NULL ? list->items : grown;
        return err_set(err, ERR_NOMEM, "parameters: out of memory");
    }
    list->items = grown;
    list->items[list->count++] = (struct param){STEAL(name), STEAL(value)};
    return 0;
}

int param_add(struct param_list *list, const char *name, const char *value,
              struct err *err)
{
    return take(list, strdup(name), strdup(value), err);
}

static int add_pair(const char *pair, size_t len, struct param_list *list,
                    struct err *err)
{
    const char *equals = memchr(pair, '=', len);
    size_t name_len = equals == NULL ? len : (size_t)(equals - pair);
    size_t value_at = equals == NULL ? len : name_len + 1;
    CLEANUP(free) char *name = NULL;
    CLEANUP(free) char *value = NULL;

    if (percent_decode(pair, name_len, PLUS_IS_SPACE, &name, err) != 0 ||
        percent_decode(pair + value_at, len - value_at, PLUS_IS_SPACE, &value,
                       err) != 0)
        return -1;
    return take(list, STEAL(name), STEAL(value), err);
}

int param_parse_query(const char *text, struct param_list *list,
                      struct err *err)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "&");

        if (len > 0 && add_pair(text, len, list, err) != 0)
            return -1;
        text += len;
        text += *text == '&';
    }
    return 0;
}

int param_parse_cookies(const char *text, struct param_list *list,
                        struct err *err)
{
    while (*text != '\0') {
        size_t len = strcspn(text, ";");
        const char *equals = memchr(text, '=', len);

        if (equals != NULL && text_is_utf8(text, len)) {
            size_t name_len = (size_t)(equals - text);

            if (take(list, strndup(text, name_len),
                     strndup(equals + 1, len - name_len - 1), err) != 0)
                return -1;
        }
        text += len;
        text += strspn(text, "; ");
    }
    return 0;
}

const char *param_get(const struct param_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0)
            return list->items[i].value;
    }
    return NULL;
}

void param_list_fini(struct param_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
    }
    free(list->items);
    *list = (struct param_list)PARAM_LIST_INIT;
}
