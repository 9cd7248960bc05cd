/* SPDX-License-Identifier: MIT */
/*
 * receive: the second process of `work --watch`, which takes in what is dropped
 * into the inbox.
 */
#include "tefter/command.h"
#include "tefter/watch.h"

int command_receive(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(pipeline_close) struct pipeline *pipeline = NULL;
    struct words words;

    if (words_read(
            argc, argv, "",
            "Take in what is dropped into inbox/SITE/, and stay. Started "
            "by `tefter work --watch`, which reads the pages as well."
            "\vExample:\n  tefter receive",
            0, 0, &words, err) != 0)
        return -1;
    free(words.items);
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        pipeline_open(archive, &pipeline, err) != 0 ||
        watch_receive(pipeline, err) != 0)
        return -1;
    return EXIT_DONE;
}
