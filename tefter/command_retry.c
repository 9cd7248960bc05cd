/* SPDX-License-Identifier: MIT */
/*
 * batch retry: pages that were set aside are judged again.
 */
#include <stdlib.h>

#include "common/json.h"
#include "tefter/batch_words.h"
#include "tefter/claim.h"
#include "tefter/command.h"
#include "tefter/own_site.h"

struct retry_arguments {
    const char *batch;
    const char **pages;
    size_t page_count;
    bool allow_duplicates, json;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct retry_arguments *a = state->input;

    switch (key) {
    case 'd':
        a->allow_duplicates = true;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->batch == NULL)
            a->batch = arg;
        else
            a->pages[a->page_count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->batch == NULL)
            argp_error(state, "which batch?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int tell(struct queue *queue, const struct retry_arguments *a,
                const struct retry *retry, struct err *err)
{
    CLEANUP(json_decref)
    json_t *answer =
        json_pack("{s:s, s:I, s:I}", "batch", a->batch, "waiting",
                  (json_int_t)retry->waiting, "kept", (json_int_t)retry->kept);

    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (!a->json)
        (void)printf("%lld pages wait again; `tefter work` reads them\n",
                     (long long)retry->waiting);
    if (batch_words_open_pages(queue, a->batch, a->json ? answer : NULL, err))
        return -1;
    return a->json ? json_print(stdout, answer, err) : 0;
}

static int retry_batch(const struct context *context,
                       const struct retry_arguments *a, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(pipeline_close) struct pipeline *pipeline = NULL;
    struct retry retry = {.allow_repeats = a->allow_duplicates,
                          .pages = a->page_count > 0 ? a->pages : NULL,
                          .page_count = a->page_count};
    struct batch_row *row = NULL;
    size_t count = 0;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        own_site_check(archive, a->batch, err) != 0 ||
        pipeline_open(archive, &pipeline, err) != 0 ||
        queue_batches(pipeline->queue, a->batch, &row, &count, err) != 0)
        return -1;
    batch_rows_free(row, count);
    if (claim_retry(pipeline, a->batch, &retry, err) != 0 ||
        tell(pipeline->queue, a, &retry, err) != 0)
        return -1;
    return retry.kept > 0 ? EXIT_SET_ASIDE : EXIT_DONE;
}

int batch_retry(const struct context *context, int argc, char **argv,
                struct err *err)
{
    static const struct argp_option options[] = {
        {"allow-duplicates", 'd', NULL, 0,
         "take pages in whose very bytes are another page already", 0},
        JSON_OPTION,
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "BATCH [PAGE...]",
        "Judge the pages of a batch again that were set aside, or only these: "
        "they wait to be read, or stay, each with its reason."
        "\vExit status 3 when some stay.\n\nExample:\n"
        "  tefter batch retry box-12-0123456789ab\n"
        "  tefter batch retry --allow-duplicates box-12-0123456789ab "
        "odesos/family-register/1938-012/0007",
        NULL,
        NULL,
        NULL};
    static char name[] = "tefter batch retry";
    struct retry_arguments a = {.page_count = 0};
    int rc;

    argv[0] = name; /* what its --help calls it */
    a.pages = calloc((size_t)argc + 1, sizeof(*a.pages));
    if (a.pages == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        rc = err_set(err, ERR_USAGE, "cannot read the arguments");
    else
        rc = retry_batch(context, &a, err);
    free(a.pages);
    return rc;
}
