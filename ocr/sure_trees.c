/* SPDX-License-Identifier: MIT */
#include "ocr/sure_trees.h"

const struct trees sure_trees = {0, NULL, 0};
