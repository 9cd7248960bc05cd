/* SPDX-License-Identifier: MIT */
#include "access/euro.h"

#include <stdio.h>
#include <string.h>

#define CENTS 100

void euro_format(int64_t cents, char out[EURO_SIZE])
{
    uint64_t whole = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;

    (void)snprintf(out, EURO_SIZE, "%s%llu.%02llu", cents < 0 ? "-" : "",
                   (unsigned long long)(whole / CENTS),
                   (unsigned long long)(whole % CENTS));
}

/* Digits from *at on, no more than fit; -1: there is none, or too many. */
static int64_t read_digits(const char **at)
{
    int64_t n = -1;

    for (; **at >= '0' && **at <= '9'; (*at)++) {
        n = (n < 0 ? 0 : n) * 10 + (**at - '0');
        if (n > EURO_MAX_CENTS)
            return -1;
    }
    return n;
}

int euro_parse(const char *text, int64_t *cents, struct err *err)
{
    const char *at = text;
    int64_t whole = read_digits(&at), part = 0;

    if (whole >= 0 && (*at == '.' || *at == ',')) {
        size_t len = strlen(++at);

        part = len == 1 || len == 2 ? read_digits(&at) : -1;
        if (len == 1)
            part *= 10;
    }
    if (whole < 0 || part < 0 || *at != '\0' ||
        whole * CENTS + part > EURO_MAX_CENTS)
        return err_set(err, ERR_USAGE,
                       "'%.40s': a sum in euro is expected, as 1.50", text);
    *cents = whole * CENTS + part;
    return 0;
}
