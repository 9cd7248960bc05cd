/* SPDX-License-Identifier: MIT */
#include "tefter/verdict.h"

#include "common/json.h"

int verdict_to_json(const struct batch_file *file, json_t **out,
                    struct err *err)
{
    json_t *findings = NULL;

    if (findings_to_json(&file->findings, &findings, err) != 0)
        return -1;
    *out = json_pack("{s:s, s:s, s:o}", "file", file->name, "verdict",
                     verdict_name(file->verdict), "findings", findings);
    if (*out == NULL)
        return err_set(err, ERR_NOMEM, "verdict: out of memory");
    return 0;
}

static void add_finding(struct buf *out, const json_t *finding)
{
    json_int_t page = json_get_int(finding, "page", 0);
    json_int_t tag = json_get_int(finding, "tag", 0);

    if (page > 0)
        buf_printf(out, "page %lld: ", (long long)page);
    if (tag > 0)
        buf_printf(out, "tag %lld: ", (long long)tag);
    buf_printf(out, "%s [%s]", json_get_text(finding, "message", ""),
               json_get_text(finding, "rule", ""));
}

void verdict_add_text(struct buf *out, const json_t *verdict)
{
    const json_t *findings = json_object_get(verdict, "findings");
    const char *name = json_get_text(verdict, "verdict", "");
    const char *file = json_get_text(verdict, "file", "");
    const json_t *finding;
    size_t i;

    if (json_array_size(findings) == 0)
        buf_printf(out, "%-7s %s", name, file);
    json_array_foreach(findings, i, finding)
    {
        buf_printf(out, "%s%-7s %s: ", i == 0 ? "" : "\n", name, file);
        add_finding(out, finding);
    }
}
