/* SPDX-License-Identifier: MIT */
/*
 * samples/truth.h - the truth of a page as JSON: what is written where.
 *
 * {
 *   "id": file stem, "file": name, "size": [w, h] of the file,
 *   "page": [w, h] of the paper, "angle_ccw_deg": skew of the paper,
 *   "turned_deg": how far the picture was then turned clockwise,
 *   "margins": [left, top, right, bottom] of scanner border before turning,
 *   "old": pre-1945 spelling, "blank": nothing written,
 *   what the sheet's notes say: "fault", "form", "warp", ...
 *   "text": all cells in order, "cells": [
 *     {"text": "" if empty, "kind": "printed" | "typed" | "hand",
 *      "region": "head" | "table" | "text" | "margin", "row", "col" (-1: none),
 *      "side": "L" | "R" on a spread,
 *      "box": [left, top, right, bottom] on the straight paper,
 *      "quad": its four corners in the file, clockwise from the text's own
 *              top left}]
 * }
 */
#ifndef SAMPLES_TRUTH_H
#define SAMPLES_TRUTH_H

#include "samples/sheet.h"

enum spelling { SPELLING_MODERN, SPELLING_OLD };

/** Write the truth; @return 0, or -1 when it cannot be written. */
int truth_write(const struct sheet *sheet, const char *stem,
                enum spelling spelling, const char *path);

#endif
