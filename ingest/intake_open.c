/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/text.h"
#include "ingest/intake.h"
#include "ingest/quarantine.h"

int intake_no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "batch: out of memory");
}

bool language_is_name(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyz_+")] == '\0';
}

static int check_request(const struct ingest_request *request, struct err *err)
{
    if (!slug_is_valid(request->site) || !slug_is_valid(request->series))
        return err_set(err, ERR_USAGE,
                       "site \"%s\" and series \"%s\": each is 1 to 64 of a-z "
                       "0-9 . _ -, starting with a letter or digit",
                       request->site, request->series);
    if (!language_is_name(request->language))
        return err_set(err, ERR_USAGE,
                       "language \"%s\" is not a language's name; expected one "
                       "as auto, bul or bul+eng",
                       request->language);
    return 0;
}

static int take_rules(struct intake *in)
{
    if (in->request->rules == NULL &&
        rule_book_new(&in->own_rules, in->err) != 0)
        return -1;
    in->rules = in->own_rules != NULL ? in->own_rules : in->request->rules;
    return 0;
}

static void take_slug(struct intake *in, const char *name)
{
    struct err why;

    if (slug_from_name(name, in->slug, &why) != 0)
        memcpy(in->slug, "batch", sizeof("batch"));
}

static int take_source_name(struct intake *in, const char *given)
{
    in->batch->source = text_visible(given);
    return in->batch->source == NULL ? intake_no_memory(in->err) : 0;
}

int intake_set_batch_aside(struct intake *in, enum rule rule, char *name,
                           const char *copy, const char *digest,
                           const struct err *why)
{
    struct batch_file file = {.name = name, .verdict = VERDICT_REJECT};
    struct quarantine_entry entry = {
        .batch = in->batch->id,
        .source = in->batch->source,
        .received_utc = in->batch->received_utc,
        .file = &file,
        .digests = copy == NULL ? NULL : &in->csv_digests,
    };
    int rc;

    (void)snprintf(in->batch->id, sizeof(in->batch->id), "%s-%.12s", in->slug,
                   digest);
    rc = rule_broken(in->rules, &file.findings, rule, -1, 0, in->err, "%s",
                     why->msg);
    if (rc == 0)
        rc = quarantine_put(in->request->quarantine, &entry, copy, in->err);
    finding_list_fini(&file.findings);
    if (rc == 0)
        *in->err = *why;
    return -1;
}

/* An archive or a bag that is refused stays where it is; only the reason goes
 * to quarantine. */
/* The reason stands behind the name of the batch; what says why mostly begins
 * with its path, which would be the name again. */
static const char *without_path(const char *message, const char *base)
{
    const char *colon = strstr(message, ": ");
    size_t len = strlen(base);

    return colon != NULL && (size_t)(colon - message) > len &&
                   colon[-(ptrdiff_t)len - 1] == '/' &&
                   memcmp(colon - len, base, len) == 0
               ? colon + 2
               : message;
}

static int refuse_source(struct intake *in, const struct err *why)
{
    CLEANUP(free)
    char *name = text_visible(path_base(in->request->source));
    char hex[DIGEST_HEX_SIZE];
    struct err reason = *why;

    if (name == NULL || take_source_name(in, in->request->source) != 0)
        return intake_no_memory(in->err);
    if (*name == '\0' ||
        digest_bytes(in->request->source, strlen(in->request->source),
                     DIGEST_SHA256, hex, in->err) != 0) {
        *in->err = *why;
        return -1;
    }
    (void)err_set(&reason, why->kind, "%s",
                  without_path(why->msg, path_base(in->request->source)));
    return intake_set_batch_aside(in, RULE_BATCH_ARCHIVE, name, NULL, hex,
                                  &reason);
}

static int open_source(struct intake *in)
{
    const struct ingest_request *request = in->request;
    struct unpack_limits limits = UNPACK_LIMITS_INIT;
    char work[PATH_SIZE];
    struct err why;

    if (request->replacement_count > 0)
        return source_open_files(request->replacements,
                                 request->replacement_count, &in->source,
                                 in->err);
    if (request->archive_files > 0)
        limits.max_files = request->archive_files;
    if (request->archive_ratio > 0)
        limits.max_ratio = request->archive_ratio;
    if (staging_unpack_path(in->staging, work, in->err) != 0)
        return -1;
    if (source_open(request->source, work, &limits, in->rules, in->progress,
                    &in->source, &why) == 0)
        return 0;
    if (why.kind == ERR_CUT && !request->may_grow)
        why.kind = ERR_INPUT;
    if (why.kind == ERR_INPUT && file_exists(request->source))
        return refuse_source(in, &why);
    *in->err = why;
    return -1;
}

int intake_open(struct intake *in)
{
    if (check_request(in->request, in->err) != 0 || take_rules(in) != 0)
        return -1;
    in->batch = calloc(1, sizeof(*in->batch));
    if (in->batch == NULL)
        return intake_no_memory(in->err);
    clock_now_rfc3339(in->batch->received_utc);
    memcpy(in->batch->site, in->request->site, strlen(in->request->site) + 1);
    in->batch->allow_repeats = in->request->allow_repeats;
    take_slug(in, in->request->source == NULL ? "rescan"
                                              : path_base(in->request->source));
    if (staging_begin(in->request->staging, in->slug, &in->staging, in->err) !=
            0 ||
        open_source(in) != 0)
        return -1;
    if (*in->effective.title == '\0' && source_bag(in->source) != NULL)
        in->effective.title = bag_title(source_bag(in->source));
    take_slug(in, source_name(in->source));
    return take_source_name(in, source_given(in->source));
}
