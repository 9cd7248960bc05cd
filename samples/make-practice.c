/* SPDX-License-Identifier: MIT */
/*
 * Make pages for a letter model to practise on, with their truth:
 * OUTDIR/NAME.tif, OUTDIR/truth/NAME.json. What has its truth already is not
 * made again. Fonts are those that fontconfig knows: give it a file of its
 * own (FONTCONFIG_FILE), so that none is among them that is kept for testing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples/practice.h"
#include "samples/scan.h"
#include "samples/truth.h"

#define PATH_SIZE 4096

/* Randomness before there is a sheet: splitmix64. */
static double roll(uint64_t *state, double low, double high)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) / 9007199254740992.0);
}

static struct look make_look(uint64_t *dice)
{
    struct look look = {
        .angle_ccw_deg = roll(dice, -3, 3),
        .paper_level = (int)roll(dice, 185, 246),
        .border_level = (int)roll(dice, 8, 60),
        .stain_count = (int)roll(dice, 0, 40),
    };

    for (int i = 0; i < SHEET_MARGIN; i++)
        look.margins[i] = (int)roll(dice, 100, 160);
    return look;
}

static int happens(struct sheet *sheet, double share)
{
    return sheet_random(sheet, 0, 1) < share;
}

/* One of the ways a picture becomes black and white, or none. */
static int set_tone(struct scan *scan, struct sheet *sheet, struct curl *curl)
{
    double at = sheet_random(sheet, 0, 1);

    if (at < 0.28) {
        scan->tone = TONE_BITONAL;
        scan->black_below = (int)sheet_random(sheet, 115, 165);
    } else if (at < 0.32) {
        scan_dither(scan);
    } else if (at < 0.36) {
        scan_screen(scan, sheet_random(sheet, 4.2, 6.5),
                    sheet_random(sheet, 0.2, 1.2));
    } else if (at < 0.40) {
        if (scan_shrink(scan, sheet, curl, 204.0 / 300,
                        happens(sheet, 0.3) ? 98.0 / 300 : 196.0 / 300) != 0)
            return -1;
        scan->tone = TONE_BITONAL;
        scan->black_below = 160;
    } else if (at < 0.5) {
        double by = sheet_random(sheet, 0.66, 0.95);

        if (scan_shrink(scan, sheet, curl, by, by) != 0)
            return -1;
    }
    return 0;
}

static int expose(struct scan *scan, struct sheet *sheet, struct curl *curl)
{
    if (happens(sheet, 0.2) &&
        scan_show_through(scan, sheet_random(sheet, 0.08, 0.3)) != 0)
        return -1;
    scan_light(scan, sheet_random(sheet, 0, 0.4));
    if (happens(sheet, 0.5) && scan_blur(scan, 1) != 0)
        return -1;
    if (happens(sheet, 0.15) && scan_blur(scan, 1) != 0)
        return -1;
    scan_grain(scan, sheet, sheet_random(sheet, 1, 16));
    if (happens(sheet, 0.1)) {
        curl->side = happens(sheet, 0.5) ? GUTTER_LEFT : GUTTER_RIGHT;
        curl->reach = sheet_random(sheet, 600, 1200);
        curl->rise = sheet_random(sheet, -30, 30);
        curl->squeeze = sheet_random(sheet, 10, 60);
        curl->wave = sheet_random(sheet, -7, 7);
        if (scan_curl(scan, sheet, curl) != 0)
            return -1;
    }
    return set_tone(scan, sheet, curl);
}

static int write_page(struct sheet *sheet, const char *stem, const char *root)
{
    char tiff[PATH_SIZE], truth[PATH_SIZE], whole[PATH_SIZE];
    struct curl curl = {.reach = 0};
    struct scan *scan = scan_from_sheet(sheet);
    int status = scan == NULL ? -1 : expose(scan, sheet, &curl);

    (void)snprintf(tiff, sizeof(tiff), "%s/%s.tif", root, stem);
    (void)snprintf(truth, sizeof(truth), "%s/truth/.%s.tmp", root, stem);
    (void)snprintf(whole, sizeof(whole), "%s/truth/%s.json", root, stem);
    if (status == 0)
        status = scan_write(scan, tiff);
    scan_free(scan);
    if (status == 0)
        status = truth_write(sheet, stem, SPELLING_MODERN, truth);
    return status != 0 ? status : rename(truth, whole);
}

static int is_made(const char *stem, const char *root)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/truth/%s.json", root, stem);
    return access(path, F_OK) == 0;
}

static int make_page(const struct faces *faces, const struct grammar *grammar,
                     unsigned number, const char *root)
{
    static const struct size sizes[] = {{A4_SHORT_PX, A4_LONG_PX},
                                        {A4_LONG_PX, A4_SHORT_PX}};
    char stem[64];
    uint64_t dice = number;
    struct look look = make_look(&dice);
    struct sheet *sheet;
    int status = 0;

    (void)snprintf(stem, sizeof(stem), "practice-%06u", number);
    if (is_made(stem, root))
        return 0;
    sheet = sheet_new(sizes[roll(&dice, 0, 1) < 0.5], &look, stem);
    if (sheet == NULL)
        return -1;
    practice_draw(sheet, faces, grammar);
    status = sheet->failed ? -1 : write_page(sheet, stem, root);
    sheet_free(sheet);
    return status;
}

static int make_folders(const char *root)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/truth", root);
    if (mkdir(root, 0777) != 0 && errno != EEXIST)
        return -1;
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct faces faces;
    struct grammar *grammar;
    unsigned count = argc == 5 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned first = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    int status = 0;

    if (count == 0) {
        fprintf(stderr, "Usage: make-practice OUTDIR COUNT FIRST GRAMMAR\n"
                        "Example: make-practice build/practice 10 0 "
                        "ocr/training/texts.grammar\n");
        return 2;
    }
    grammar = grammar_read(argv[4]);
    if (grammar == NULL)
        return 1;
    if (faces_find(&faces) != 0 || make_folders(argv[1]) != 0) {
        fprintf(stderr, "make-practice: %s: no fonts, or no folder\n", argv[1]);
        status = 1;
    }
    for (unsigned i = first; status == 0 && i < first + count; i++) {
        if (make_page(&faces, grammar, i, argv[1]) != 0) {
            fprintf(stderr, "make-practice: page %u failed\n", i);
            status = 1;
        }
    }
    faces_fini(&faces);
    grammar_free(grammar);
    return status;
}
