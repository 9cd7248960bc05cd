/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "store/check.h"

void fault_report_fini(struct fault_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->faults[i].path);
        free(report->faults[i].message);
    }
    free(report->faults);
    *report = (struct fault_report)FAULT_REPORT_INIT;
}

const char *fault_kind_name(enum fault_kind kind)
{
    static const char *const names[] = {
        [FAULT_MISSING] = "missing",
        [FAULT_ALTERED] = "altered",
        [FAULT_EXTRA] = "extra",
        [FAULT_UNREADABLE] = "unreadable",
        [FAULT_RULE] = "rule",
        [FAULT_WARNING] = "warning",
        [FAULT_ACKNOWLEDGED] = "acknowledged",
    };

    return names[kind];
}

bool fault_report_is_broken(const struct fault_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        if (report->faults[i].kind != FAULT_WARNING &&
            report->faults[i].kind != FAULT_ACKNOWLEDGED)
            return true;
    }
    return false;
}

/* Room for one more: the array grows by doubling, so that the count alone says
 * when it is full. */
static int make_room(struct fault_report *report)
{
    size_t count = report->count;
    size_t bytes;
    struct fault *grown;

    if (count != 0 && (count & (count - 1)) != 0)
        return 0;
    if (__builtin_mul_overflow(count == 0 ? 1 : count * 2, sizeof(*grown),
                               &bytes))
        return -1;
    grown = realloc(report->faults, bytes);
    if (grown == NULL)
        return -1;
    report->faults = grown;
    return 0;
}

void check_fault(struct check *c, enum fault_kind kind, const char *code,
                 const char *path, const char *fmt, ...)
{
    CLEANUP(free) char *text = NULL;
    CLEANUP(buf_fini) struct buf place = BUF_INIT;
    struct fault fault = {.kind = kind, .path = NULL};
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = vasprintf(&text, fmt, ap);
    va_end(ap);
    text_add_visible(&place, c->prefix);
    text_add_visible(&place, path);
    if (rc < 0 || place.failed || make_room(c->report) != 0) {
        c->failed = true;
        return;
    }
    (void)snprintf(fault.code, sizeof(fault.code), "%s", code);
    fault.path = strdup(buf_str(&place));
    fault.message = text_visible(text);
    if (fault.path == NULL || fault.message == NULL) {
        free(fault.path);
        free(fault.message);
        c->failed = true;
        return;
    }
    c->report->faults[c->report->count++] = fault;
}

int check_end(const struct check *c, struct err *err)
{
    if (c->failed)
        return err_set(err, ERR_NOMEM, "%s: out of memory while checking",
                       c->dir);
    return 0;
}

int fault_report_append(struct fault_report *to, struct fault_report *from,
                        struct err *err)
{
    for (size_t i = 0; i < from->count; i++) {
        if (make_room(to) != 0)
            return err_set(err, ERR_NOMEM, "findings: out of memory");
        to->faults[to->count++] = from->faults[i];
        from->faults[i].path = NULL;
        from->faults[i].message = NULL;
    }
    to->files += from->files;
    to->bytes += from->bytes;
    to->version = from->version;
    from->count = 0;
    return 0;
}
