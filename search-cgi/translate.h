/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/translate.h - the interface's words in the reader's language, by
 * gettext. The English text is the message id, so English needs no catalogue;
 * po/bg.po is compiled to share/tefter/locale/bg/LC_MESSAGES/tefter.mo.
 */
#ifndef SEARCH_CGI_TRANSLATE_H
#define SEARCH_CGI_TRANSLATE_H

#include "search-cgi/request.h"

/* Once a process. Without the translations everything is in English. */
void translate_init(const char *share);
/* Borrowed for the life of the process, or msgid itself. */
const char *translate(enum language language, const char *msgid);
const char *translate_count(enum language language, const char *one,
                            const char *many, unsigned long count);

#endif
