/* SPDX-License-Identifier: MIT */
/*
 * samples/forms.h - the pages themselves: what is printed and typed on each.
 * All persons, firms, addresses and numbers are invented.
 */
#ifndef SAMPLES_FORMS_H
#define SAMPLES_FORMS_H

#include "samples/sheet.h"

/** Family register of 1938, old spelling: printed instruction to the clerk. */
void draw_register_rules(struct sheet *sheet);

/** Family register of 1938, old spelling: two families, a page each. */
void draw_register_cooper(struct sheet *sheet);
void draw_register_fisher(struct sheet *sheet);

/** Family register of 1957: one family a page. */
void draw_register_baker(struct sheet *sheet);
void draw_register_tailor(struct sheet *sheet);

/** Family register of 1957: two families side by side, with the gutter. */
void draw_register_spread(struct sheet *sheet);

/** The back of a leaf, with nothing on it. */
void draw_nothing(struct sheet *sheet);

/** Tax declarations of 1979 (a person) and 1998 (a firm). */
void draw_tax_person(struct sheet *sheet);
void draw_tax_firm(struct sheet *sheet);

/** Building file: the permit of 2002 and the typed description of 1962. */
void draw_building_permit(struct sheet *sheet);
void draw_building_description(struct sheet *sheet);

#endif
