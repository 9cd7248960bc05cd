/* SPDX-License-Identifier: MIT */
#include "search-cgi/translate.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#include "common/file.h"

#define DOMAIN "tefter"

/* gettext looks nothing up in the locale "C". C.UTF-8 is on every Debian, and
 * LANGUAGE then says which translation is meant, with no locale of that
 * language installed. Only this category: numbers stay as they are. */
void translate_init(const char *share)
{
    char folder[PATH_SIZE];
    struct err err;

    (void)setlocale(LC_MESSAGES, "C.UTF-8");
    (void)setenv("LANGUAGE", "bg", 1);
    if (path_format(folder, &err, "%s/locale", share) != 0)
        return;
    (void)bindtextdomain(DOMAIN, folder);
    (void)bind_textdomain_codeset(DOMAIN, "UTF-8");
}

const char *translate(enum language language, const char *msgid)
{
    /* The empty id stands for the catalogue's own header. */
    if (language == LANGUAGE_EN || msgid[0] == '\0')
        return msgid;
    return dgettext(DOMAIN, msgid);
}

const char *translate_count(enum language language, const char *one,
                            const char *many, unsigned long count)
{
    if (language == LANGUAGE_EN)
        return count == 1 ? one : many;
    return dngettext(DOMAIN, one, many, count);
}
