/* SPDX-License-Identifier: MIT */
/*
 * tefter/command.h - the commands of the one program. Each is a function with
 * the arguments behind its name; argp (glibc) reads them. Results go to
 * stdout, everything else to stderr.
 */
#ifndef TEFTER_COMMAND_H
#define TEFTER_COMMAND_H

#include <argp.h>
#include <stdbool.h>

#include "common/err.h"
#include "store/archive.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_SET_ASIDE = 3, /* done, but some pages were set aside */
    EXIT_FIXITY = 4     /* fixity broken                       */
};

/* What stands in front of the command's name. */
struct context {
    const char *archive_dir; /* --archive, or NULL */
};

/* @return an exit status, or -1 with err set: the caller says it. */
typedef int command_run(const struct context *context, int argc, char **argv,
                        struct err *err);

command_run command_init;
command_run command_ingest;
command_run command_work;
command_run command_digitize;
command_run command_batch;
command_run command_volume;
command_run command_page;
command_run command_check;
command_run command_records;
command_run command_forms;
command_run command_search;
command_run command_verify;
command_run command_replicate;
command_run command_loss;
command_run command_export;
command_run command_import;
command_run command_correct;
command_run command_reread;
command_run command_reindex;
command_run command_account;
command_run command_organisation;
command_run command_role;
command_run command_audit;
command_run command_price;
command_run command_ledger;
command_run command_training;
command_run command_serve;
command_run command_bench;
command_run command_bench_check;   /* bench check */
command_run command_bench_ocr;     /* bench ocr */
command_run command_bench_quality; /* bench quality */
command_run command_unit;
command_run command_receive;
command_run command_pdf;
command_run batch_retry; /* `batch retry` */

/* A row of argp options that most commands have. */
#define JSON_OPTION                                         \
    {                                                       \
        "json", 'j', NULL, 0, "print the answer as JSON", 0 \
    }

/* What most commands share: their positional words and --json. */
struct words {
    char **items; /* borrowed from argv */
    int count;
    bool json;
};

/* Read the options of a command that has none but --json, and take the other
 * words. Usage errors end the program with status 2, --help with 0.
 * @param min, max  how many words there may be; max < 0: any number */
int words_read(int argc, char **argv, const char *args_doc, const char *doc,
               int min, int max, struct words *out, struct err *err);
/* The same for a command that lists nothing: no --json, so many words. */
int words_read_plain(int argc, char **argv, const char *args_doc,
                     const char *doc, int count, struct words *out,
                     struct err *err);

/* Options that are kept as they are given: as text, or that they were. A list
 * of them ends with key 0. */
struct kept_option {
    int key;
    const char **text; /* NULL: it has none */
    bool *flag;
};
/* ARGP_ERR_UNKNOWN: it is none of them. */
error_t option_keep(const struct kept_option *options, int key,
                    const char *arg);
/* One more word; one too many ends the program. */
void word_keep(const char **words, int max, int *count, const char *arg,
               struct argp_state *state);

/* `volume publish`, `withdraw` and `published`. */
int volume_publication(const struct context *context, const struct words *words,
                       struct err *err);
/* `page restrict`, `unrestrict` and `restricted`; ERR_USAGE: it is none of
 * them. */
int page_restriction(const struct context *context, const char *const *words,
                     int count, bool json, struct err *err);

#endif
