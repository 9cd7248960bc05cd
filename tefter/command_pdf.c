/* SPDX-License-Identifier: MIT */
/*
 * pdf: a volume's pages as one PDF/A in the archive's cache, for the reading
 * room, which starts it and says which pages its reader may see. Nothing leaves
 * the archive by it, so that nothing is noted here: who is given the file is.
 */
#include <stdlib.h>

#include "search-cgi/pdf_cache.h"
#include "tefter/command.h"
#include "tefter/volume_pdf.h"

/* One that has just been made is what was wanted. */
static int make(const struct archive *archive, const struct given *g,
                const char *path, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    struct err ignored;

    if (pdf_cache_begin(path, &lock, err) != 0)
        return -1;
    if (file_exists(path))
        return 0;
    if (package_check_pages(g->package, g->pages, g->count, err) != 0 ||
        volume_pdf(g, path, err) != 0) {
        pdf_cache_fail(path, err->msg);
        return -1;
    }
    /* That others could not be removed is no fault of this one. */
    (void)pdf_cache_trim(archive, path, &ignored);
    return 0;
}

static int run(const struct context *context, const char *volume,
               const char *pages, struct err *err)
{
    __attribute__((cleanup(given_fini_at))) struct given g = {.count = 0};
    char path[PATH_SIZE];

    if (given_open(&g, context, &(struct given_request){.of = volume}, err) ||
        given_choose(&g, pages, err) != 0 ||
        pdf_cache_path(g.archive, g.package, pages, path, err) != 0 ||
        make(g.archive, &g, path, err) != 0)
        return -1;
    (void)printf("%s\n", path);
    return EXIT_DONE;
}

int command_pdf(const struct context *context, int argc, char **argv,
                struct err *err)
{
    struct words words;
    int rc;

    if (words_read_plain(
            argc, argv, "VOLUME PAGES",
            "Make a PDF/A of these pages of a volume in the archive's cache. "
            "Started by the reading room, for who may see them; for a file of "
            "your own there is `tefter export --as pdf'."
            "\vExample:\n  tefter pdf primorski/technical/1979-107 1-12,14",
            2, &words, err) != 0)
        return -1;
    rc = run(context, words.items[0], words.items[1], err);
    free(words.items);
    return rc;
}
