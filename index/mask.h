/* SPDX-License-Identifier: MIT */
/*
 * index/mask.h - personal numbers in what is shown before a page is opened.
 *
 * An EGN or LNCh is ten digits. One that was misread is still most of
 * somebody's number, so that neither date nor check digit is asked about: of
 * every run of exactly ten digits the last four are covered.
 */
#ifndef INDEX_MASK_H
#define INDEX_MASK_H

/* "7505121234" becomes "750512****", in place. */
void mask_numbers(char *text);

#endif
