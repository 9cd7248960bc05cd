/* SPDX-License-Identifier: MIT */
#include "tefter/verdict.h"

#include <string.h>

#include "common/json.h"

static int qualities_to_json(const struct batch_file *file, json_t *verdict,
                             struct err *err)
{
    json_t *list = json_array();

    if (json_object_set_new(verdict, "pages", list) != 0)
        return err_set(err, ERR_NOMEM, "verdict: out of memory");
    for (uint32_t i = 0; i < file->image_count; i++) {
        json_t *quality = NULL;

        if (page_quality_to_json(&file->qualities[i], &quality, err) != 0)
            return -1;
        /* It is for comparing pages, not for looking at. */
        (void)json_object_del(quality, INK_MAP_KEY);
        if (json_array_append_new(list, quality) != 0)
            return err_set(err, ERR_NOMEM, "verdict: out of memory");
    }
    return 0;
}

int verdict_to_json(const struct batch_file *file, json_t **out,
                    struct err *err)
{
    CLEANUP(json_decref) json_t *verdict = NULL;
    json_t *findings = NULL;

    if (findings_to_json(&file->findings, &findings, err) != 0)
        return -1;
    verdict = json_pack("{s:s, s:s, s:o}", "file", file->name, "verdict",
                        verdict_name(file->verdict), "findings", findings);
    if (verdict == NULL)
        return err_set(err, ERR_NOMEM, "verdict: out of memory");
    if (file->qualities != NULL && qualities_to_json(file, verdict, err) != 0)
        return -1;
    *out = STEAL(verdict);
    return 0;
}

/* page and tag: 0 when there is none. */
struct said {
    long long page, tag;
    const char *severity, *message, *rule;
};

static void add_finding(struct buf *out, const char *verdict, const char *file,
                        struct said said)
{
    buf_printf(out, "%s%-7s %s: %s: ", out->len == 0 ? "" : "\n", verdict, file,
               said.severity);
    if (said.page > 0)
        buf_printf(out, "page %lld: ", said.page);
    if (said.tag > 0)
        buf_printf(out, "tag %lld: ", said.tag);
    buf_printf(out, "%s [%s]", said.message, said.rule);
}

void verdict_add_text(struct buf *out, const json_t *verdict)
{
    const json_t *findings = json_object_get(verdict, "findings");
    const char *name = json_get_text(verdict, "verdict", "");
    const char *file = json_get_text(verdict, "file", "");
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;
    const json_t *finding;
    size_t i;

    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
        const char *wanted = severity_name((enum severity)severity);

        json_array_foreach(findings, i, finding)
        {
            const char *found = json_get_text(finding, "severity", "");

            if (strcmp(found, wanted) == 0)
                add_finding(&lines, name, file,
                            (struct said){json_get_int(finding, "page", 0),
                                          json_get_int(finding, "tag", 0),
                                          found,
                                          json_get_text(finding, "message", ""),
                                          json_get_text(finding, "rule", "")});
        }
    }
    if (lines.len == 0)
        buf_printf(&lines, "%-7s %s", name, file);
    out->failed = out->failed || lines.failed;
    buf_puts(out, buf_str(&lines));
}

void verdict_add_file(struct buf *out, const struct batch_file *file)
{
    const char *name = verdict_name(file->verdict);
    CLEANUP(buf_fini) struct buf lines = BUF_INIT;

    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
        for (size_t i = 0; i < file->findings.count; i++) {
            const struct finding *f = &file->findings.items[i];

            if (f->severity == (enum severity)severity)
                add_finding(&lines, name, file->name,
                            (struct said){f->image + 1LL, f->tag,
                                          severity_name(f->severity),
                                          f->message, f->rule});
        }
    }
    if (lines.len == 0)
        buf_printf(&lines, "%-7s %s", name, file->name);
    out->failed = out->failed || lines.failed;
    buf_puts(out, buf_str(&lines));
}
