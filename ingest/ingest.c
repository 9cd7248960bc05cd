/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include "ingest/intake.h"
#include "ingest/quality_intake.h"

static void intake_fini(struct intake *in)
{
    source_close(in->source);
    staging_abandon(in->staging);
    rule_book_free(in->own_rules);
    listing_fini(&in->listing);
    batch_csv_free(in->csv);
    batch_free(in->batch);
}

static inline void intake_fini_at(struct intake *in)
{
    intake_fini(in);
}

static int run(struct intake *in, struct batch **out)
{
    if (intake_open(in) != 0 || intake_list(in) != 0 ||
        intake_receive(in) != 0 || intake_make_id(in) != 0 ||
        intake_refuse_twice(in, out) != 0 || intake_check(in) != 0 ||
        plan_pages(in->request, source_name(in->source), &in->listing,
                   in->batch, in->err) != 0 ||
        quality_judge_scans(in->request, &in->listing, in->progress, in->err) !=
            0 ||
        intake_accept(in) != 0 || source_check(in->source, in->err) != 0)
        return -1;
    if (intake_judge(in) != 0 ||
        (in->request->enclosure != NULL &&
         staging_enclose(in->staging, in->request->enclosure, in->err) != 0) ||
        staging_commit(in->staging, in->batch, in->err) != 0)
        return -1;
    *out = STEAL(in->batch);
    return 0;
}

int ingest_batch(const struct ingest_request *request,
                 struct progress *progress, struct batch **out, struct err *err)
{
    CLEANUP(intake_fini)
    struct intake in = {
        .effective = *request, .progress = progress, .err = err};

    in.request = &in.effective;
    if (run(&in, out) == 0)
        return 0;
    /* What seems to be the batch's fault is none when its share went away. */
    if (err->kind == ERR_INPUT && in.source != NULL)
        (void)source_check(in.source, err);
    return -1;
}
