/* SPDX-License-Identifier: MIT */
/*
 * samples/layouts.h - forms of many kinds, as data: what is printed on each,
 * how it is ruled, and what is filled in. Those of one set share no layout, no
 * font and no names with those of the other: what is tuned on one is measured
 * on the other.
 */
#ifndef SAMPLES_LAYOUTS_H
#define SAMPLES_LAYOUTS_H

#include "samples/draw.h"

#define LAYOUT_COLUMNS 14
#define LAYOUT_FIELDS  6
#define VALUE_SIZE     256

enum set { SET_LOOK, SET_JUDGE };

enum value {
    VALUE_NUMBER, /* of the row */
    VALUE_NAME,
    VALUE_SEX,
    VALUE_DATE,
    VALUE_PLACE,
    VALUE_RELATION,
    VALUE_STATUS,
    VALUE_FAITH,
    VALUE_TRADE,
    VALUE_REMARK,
    VALUE_AREA,
    VALUE_MONEY,
    VALUE_YEAR,
    VALUE_EGN,
    VALUE_STREET,
    VALUE_COUNT
};

struct column {
    const char *heading;
    const char *above; /* heading of the storey above, shared by neighbours */
    double weight;     /* of its width                                      */
    enum value value;
};

enum rule_style {
    RULE_NONE,
    RULE_PLAIN,
    RULE_DOTTED,
    RULE_BROKEN,
    RULE_FADED,
    RULE_DOUBLE
};

enum arrangement {
    ARRANGE_TABLE, /* columns of headings and rows                   */
    ARRANGE_BOXES  /* boxes with a printed caption and a value in it */
};

struct layout {
    const char *name, *title, *under;
    enum arrangement arrangement;
    struct size page;
    const char *fields[LAYOUT_FIELDS]; /* labels above the table  */
    enum value field_values[LAYOUT_FIELDS];
    struct column columns[LAYOUT_COLUMNS];
    double row_h;      /* px                                       */
    double row_spread; /* rows are higher by up to this share      */
    int household;     /* rows in one, 0: none                     */
    enum rule_style across, between, down; /* rows, households, columns */
    enum rule_style frame;
    const char *foot;
};

extern const struct layout *const LAYOUTS[2];
extern const size_t LAYOUT_COUNTS[2];
extern const char *const PRINT_FONTS[2][5];
extern const struct typewriter TYPEWRITERS[2][3];
#define HANDS_OF_SET 5
/* For learning to tell hands from type: of set look alone. */
#define MORE_TYPEWRITERS_COUNT 14
extern const struct typewriter MORE_TYPEWRITERS[MORE_TYPEWRITERS_COUNT];
extern const char *const HANDS[2][HANDS_OF_SET];

/** A made-up value of a kind, from the words of a set. */
void value_make(struct sheet *sheet, enum set set, enum value kind, int row,
                char out[VALUE_SIZE]);

/** What a form is filled with, and how. */
struct filling {
    const struct layout *layout;
    enum set set;
    enum rule_style across, down; /* RULE_NONE: as the layout says */
    const char *hand;             /* NULL: no cell is filled by hand */
    double hand_share, empty_share;
    int filled_rows;
    enum { EXTRA_NONE, EXTRA_STAMP, EXTRA_STRUCK, EXTRA_MARGIN } extra;
};

/** Draw and fill the form. */
void form_draw(struct sheet *sheet, const struct filling *filling);

#endif
