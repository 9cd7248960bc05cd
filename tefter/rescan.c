/* SPDX-License-Identifier: MIT */
#include "tefter/rescan.h"

int rescan_note(const struct pipeline *p, enum audit_kind kind,
                const char *batch, const struct page *page,
                const struct page *held, unsigned version, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "batch=%s ", batch);
    if (version > 0)
        buf_printf(&detail, "version=%u ", version);
    buf_printf(&detail, "sha256=%s instead-of=%s", page->digests.sha256,
               held->digests.sha256);
    return detail.failed
               ? err_set(err, ERR_NOMEM, "audit trail: out of memory")
               : audit_note(p->access, kind, page->id, buf_str(&detail), err);
}
