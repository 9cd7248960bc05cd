/* SPDX-License-Identifier: MIT */
#include "ingest/spare_name.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool ends_with(const char *name, const char *const *ends, size_t count)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < count; i++) {
        size_t cut = strlen(ends[i]);

        if (len > cut && strcasecmp(name + len - cut, ends[i]) == 0)
            return true;
    }
    return false;
}

/* rsync writes 0001.tif as .0001.tif.aB3dEf first. */
static bool is_rsync_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return name[0] == '.' && dot != NULL && dot != name && strlen(dot) == 7 &&
           strchr(name + 1, '.') != dot &&
           strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789") == 6;
}

bool name_is_transfer(const char *name)
{
    static const char *const ends[] = {".part",       ".partial",  ".filepart",
                                       ".crdownload", ".download", ".tmp"};

    return ends_with(name, ends, sizeof(ends) / sizeof(*ends)) ||
           strncmp(name, ".~", 2) == 0 || strncmp(name, "~$", 2) == 0 ||
           is_rsync_name(name);
}

bool name_is_spare(const char *name)
{
    static const char *const ends[] = {".bak", ".old", ".orig", "~"};

    return ends_with(name, ends, sizeof(ends) / sizeof(*ends)) ||
           name_is_transfer(name);
}
