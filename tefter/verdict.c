/* SPDX-License-Identifier: MIT */
#include "tefter/verdict.h"

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
                        bool is_first, struct said said)
{
    buf_printf(out, "%s%-7s %s: %s: ", is_first ? "" : "\n", verdict, file,
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
    const json_t *finding;
    size_t i;

    if (json_array_size(findings) == 0)
        buf_printf(out, "%-7s %s", name, file);
    json_array_foreach(findings, i, finding)
        add_finding(out, name, file, i == 0,
                    (struct said){json_get_int(finding, "page", 0),
                                  json_get_int(finding, "tag", 0),
                                  json_get_text(finding, "severity", ""),
                                  json_get_text(finding, "message", ""),
                                  json_get_text(finding, "rule", "")});
}

void verdict_add_file(struct buf *out, const struct batch_file *file)
{
    const char *name = verdict_name(file->verdict);

    if (file->findings.count == 0)
        buf_printf(out, "%-7s %s", name, file->name);
    for (size_t i = 0; i < file->findings.count; i++) {
        const struct finding *f = &file->findings.items[i];

        add_finding(out, name, file->name, i == 0,
                    (struct said){f->image + 1LL, f->tag,
                                  severity_name(f->severity), f->message,
                                  f->rule});
    }
}
