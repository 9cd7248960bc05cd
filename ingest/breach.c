/* SPDX-License-Identifier: MIT */
#include "ingest/breach.h"

#define MAX_FINDINGS ((size_t)1000)
/* Errors, too, have an end: a page is not made worse by the next thousand. */
#define MAX_ERRORS ((size_t)5000)

static bool has_room(const struct breach_log *log, enum rule rule)
{
    size_t max = rule_severity(log->rules, rule) == SEVERITY_ERROR
                     ? MAX_ERRORS
                     : MAX_FINDINGS;

    return log->findings->count < max;
}

int breach(struct breach_log *log, enum rule rule, int tag, const char *fmt,
           ...)
{
    va_list ap;
    int rc;

    if (rule_is_off(log->rules, rule))
        return 0;
    if (!has_room(log, rule)) {
        log->dropped++;
        return 0;
    }
    va_start(ap, fmt);
    rc = rule_broken_v(log->rules, log->findings, rule, log->image, tag,
                       log->err, fmt, ap);
    va_end(ap);
    return rc;
}

int breach_end(struct breach_log *log)
{
    if (log->dropped == 0)
        return 0;
    return rule_broken(log->rules, log->findings, RULE_MORE, -1, 0, log->err,
                       "%zu more findings are not listed", log->dropped);
}
