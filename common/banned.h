/* SPDX-License-Identifier: MIT */
/*
 * common/banned.h - functions that Tefter does not call: they cannot be told
 * the size of what they write, or keep state that all callers share. Included
 * by the compiler into every file of ours.
 */
#ifndef COMMON_BANNED_H
#define COMMON_BANNED_H

#include <stdio.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison gmtime localtime ctime asctime

#endif
