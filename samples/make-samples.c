/* SPDX-License-Identifier: MIT */
/* Make the sample batch: OUTDIR/batch/ (scans, batch.csv), OUTDIR/truth/. */
#include "common/digest.h"
#include "samples/pages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 4096
#define STEM_SIZE 64

static int format_path(char path[PATH_SIZE], const char *root,
                       const char *folder, const char *stem, const char *suffix)
{
    int len = snprintf(path, PATH_SIZE, "%s/%s%s%s%s", root, folder,
                       *stem != '\0' ? "/" : "", stem, suffix);

    return len > 0 && len < PATH_SIZE ? 0 : -1;
}

static int make_folder(const char *root, const char *folder)
{
    char path[PATH_SIZE];

    if (format_path(path, root, folder, "", "") != 0)
        return -1;
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

static int write_picture(struct sheet *sheet, enum encoding encoding,
                         const char *path)
{
    struct picture *picture = picture_from_sheet(sheet);
    int status;

    if (picture == NULL)
        return -1;
    picture_degrade(picture, sheet);
    status = picture_write(picture, encoding, path);
    picture_free(picture);
    return status;
}

static int make_page(const struct page *page, const char *root,
                     const char *stem)
{
    char tiff_path[PATH_SIZE];
    char truth_path[PATH_SIZE];
    struct sheet *sheet;
    int status = -1;

    if (format_path(tiff_path, root, "batch", stem, ".tif") != 0 ||
        format_path(truth_path, root, "truth", stem, ".json") != 0)
        return -1;
    sheet = sheet_new(page->size, &page->look, stem);
    if (sheet == NULL)
        return -1;
    page->draw(sheet);
    if (!sheet->failed)
        status = write_picture(sheet, page->encoding, tiff_path);
    if (status == 0)
        status = truth_write(sheet, stem, page->spelling, truth_path);
    sheet_free(sheet);
    return status;
}

/* No value holds a quotation mark, so that a pair around titles is enough. */
static int write_row(FILE *csv, const struct page *page, const char *root,
                     const char *stem)
{
    const struct volume *volume = page->volume;
    char path[PATH_SIZE];
    char hex[DIGEST_HEX_SIZE];
    struct err err;
    int written;

    if (format_path(path, root, "batch", stem, ".tif") != 0)
        return -1;
    if (digest_file(path, DIGEST_SHA256, hex, &err) != 0)
        return -1;
    written = fprintf(csv, "%s.tif,%s,%d,%s,%s,\"%s\",%s,%s,%s,%s,%s,%s,%s\r\n",
                      stem, volume->id, page->number, volume->series,
                      volume->site, volume->title, volume->shelfmark,
                      volume->date_from, volume->date_to, volume->operator_id,
                      volume->device, page->scanned_at, hex);
    return written > 0 ? 0 : -1;
}

static int make_all(FILE *csv, const char *root)
{
    if (fputs("file,volume,page,series,site,title,shelfmark,date_from,date_to,"
              "operator,device,scanned_at,sha256\r\n",
              csv) < 0)
        return -1;
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        char stem[STEM_SIZE];

        snprintf(stem, sizeof(stem), "%s-%03d", PAGES[i].volume->id,
                 PAGES[i].number);
        if (make_page(&PAGES[i], root, stem) != 0 ||
            write_row(csv, &PAGES[i], root, stem) != 0) {
            fprintf(stderr, "make-samples: page %s failed\n", stem);
            return -1;
        }
        printf("%s\n", stem);
    }
    return 0;
}

int main(int argc, char **argv)
{
    char path[PATH_SIZE];
    FILE *csv;
    int status;

    if (argc != 2 || argv[1][0] == '-') {
        fprintf(stderr, "Usage: make-samples OUTDIR\n"
                        "Example: make-samples samples\n");
        return 2;
    }
    if (make_folder(argv[1], "batch") != 0 ||
        make_folder(argv[1], "truth") != 0 ||
        format_path(path, argv[1], "batch", "batch", ".csv") != 0) {
        fprintf(stderr, "make-samples: %s: cannot make folders\n", argv[1]);
        return 1;
    }
    csv = fopen(path, "w");
    if (csv == NULL) {
        perror(path);
        return 1;
    }
    status = make_all(csv, argv[1]);
    if (fclose(csv) != 0)
        status = -1;
    return status == 0 ? 0 : 1;
}
