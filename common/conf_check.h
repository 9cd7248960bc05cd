/* SPDX-License-Identifier: MIT */
/*
 * common/conf_check.h - are all settings of a file settings that there are? A
 * misspelt one would have no effect, and nobody would notice.
 */
#ifndef COMMON_CONF_CHECK_H
#define COMMON_CONF_CHECK_H

#include "common/conf.h"

/**
 * @param path   of the file, for messages
 * @param known  the commented file with all keys, as people get it: each stands
 *               there as `key = value` or `# key = value` under its [section],
 *               so that what is documented and what is known cannot differ
 * @return 0, or -1 with ERR_INPUT, which names file, line and key, and the keys
 *         that there are
 */
int conf_check(const struct conf *conf, const char *path, const char *known,
               struct err *err);

#endif
