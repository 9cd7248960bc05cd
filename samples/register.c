/* SPDX-License-Identifier: MIT */
/* The family registers of 1938 (old spelling) and 1957. */
#include "samples/draw.h"
#include "samples/forms.h"

#define COLUMNS     9
#define ROWS        8
#define LEFT_PX     75
#define TABLE_Y     560
#define HEADING_H   130
#define ROW_H       170
#define TABLE_END_Y (TABLE_Y + HEADING_H + ROWS * ROW_H)

/* One row as typed: number, name, sex, birth, relation to the head, marital
 * status, religion, occupation, notes. */
struct row {
    const char *cells[COLUMNS];
};

/* The printed words of one issue of the form. */
struct form {
    const char *title, *under;
    const char *labels[5]; /* municipality, quarter, street, number, leaf */
    const char *columns[COLUMNS];
    const char *drawn_up, *ring, *town;
};

struct family {
    const struct form *form;
    const char *values[5]; /* what is typed behind the labels */
    const char *page;      /* page number in the corner */
    const char *date;      /* of drawing up */
    struct row rows[ROWS]; /* those without a number stay empty */
};

static const double WIDTHS[COLUMNS] = {120, 640, 110, 520, 320,
                                       320, 390, 380, 558};

static const struct form FORM_1938 = {
    "СЕМЕЕНЪ РЕГИСТЪРЪ",
    "на постоянното население въ общината",
    {"Община", "Кварталъ", "Улица", "Домъ №", "Листъ №"},
    {"№ по\nредъ", "Собствено, бащино\nи фамилно име", "Полъ",
     "Дата и мѣсто\nна раждането", "Отношение\nкъмъ главата",
     "Семейно\nположение", "Вѣроизповѣдание", "Занятие", "Забележки"},
    "Съставилъ:",
    "ВАРНЕНСКА ГРАДСКА ОБЩИНА * ",
    "ВАРНА"};

static const struct form FORM_1957 = {
    "СЕМЕЕН РЕГИСТЪР",
    "на населението с постоянно местожителство",
    {"Нар. съвет", "Район", "Улица", "Дом №", "Лист №"},
    {"№ по\nред", "Име, презиме\nи фамилия", "Пол", "Дата и място\nна раждане",
     "Отношение\nкъм главата", "Семейно\nположение", "Вероизповедание",
     "Занятие", "Бележки"},
    "Съставил:",
    "ГРАДСКИ НАРОДЕН СЪВЕТ * ",
    "ВАРНА"};

static const struct family COOPER = {
    &FORM_1938,
    {"Варна", "Одесосъ", "Драгоманъ", "14", "112"},
    "112",
    "6.V.1938 г.",
    {{{"1", "Иванъ Петровъ Тодоровъ", "м", "14.III.1889 г.,\nс. Авренъ",
       "глава", "жененъ", "изт. правосл.", "бъчваръ",
       "преселенъ отъ\nс. Авренъ"}},
     {{"2", "Марийка Стоянова Тодорова", "ж", "2.XI.1894 г.,\nгр. Варна",
       "съпруга", "омѫжена", "изт. правосл.", "домакиня", ""}},
     {{"3", "Петъръ Ивановъ Тодоровъ", "м", "7.I.1916 г.,\nгр. Варна", "синъ",
       "нежененъ", "изт. правосл.", "желѣзничарь", "войникъ, наборъ 1936"}},
     {{"4", "Райна Иванова Тодорова", "ж", "21.V.1919 г.,\nгр. Варна", "дъщеря",
       "неомѫжена", "изт. правосл.", "шивачка", "омѫжена на\n12.IX.1939 г."}},
     {{"5", "Стефанъ Ивановъ Тодоровъ", "м", "30.VIII.1923 г.,\nгр. Варна",
       "синъ", "нежененъ", "изт. правосл.", "ученикъ", ""}},
     {{"6", "Недѣлка Петрова Тодорова", "ж", "1861 г.,\nс. Голица", "майка",
       "вдовица", "изт. правосл.", "", "умрѣла на\n3.II.1940 г."}}}};

static const struct family FISHER = {
    &FORM_1938,
    {"Варна", "Одесосъ", "Рибарска", "3", "113"},
    "113",
    "6.V.1938 г.",
    {{{"1", "Хараламби Костовъ Мирчевъ", "м", "10.II.1880 г.,\nгр. Созополъ",
       "глава", "жененъ", "изт. правосл.", "рибарь", "преселенъ отъ Бургасъ"}},
     {{"2", "Деспина Янева Мирчева", "ж", "неизв. 1886 г.,\nгр. Несебъръ",
       "съпруга", "омѫжена", "изт. правосл.", "домакиня", ""}},
     {{"3", "Коста Хараламбовъ Мирчевъ", "м", "1.IV.1908 г.,\nгр. Варна",
       "синъ", "жененъ", "изт. правосл.", "мотористъ", ""}},
     {{"4", "Зоица Димитрова Мирчева", "ж", "19.VII.1912 г.,\nгр. Балчикъ",
       "снаха", "омѫжена", "изт. правосл.", "шапкарка",
       "бракъ № 44 отъ\n1933 г."}},
     {{"5", "Хараламби Костовъ Мирчевъ", "м", "27.XII.1934 г.,\nгр. Варна",
       "внукъ", "нежененъ", "изт. правосл.", "", ""}},
     {{"6", "Калиопа Хараламбова Мирчева", "ж", "8.IX.1915 г.,\nгр. Варна",
       "дъщеря", "неомѫжена", "изт. правосл.", "телефонистка",
       "изселена въ София"}}}};

static const struct family BAKER = {
    &FORM_1957,
    {"Варна", "Одесос", "Цар Асен", "27", "34"},
    "34",
    "11.X.1957 г.",
    {{{"1", "Георги Стоянов Вълчински", "м", "23.IV.1909 г.,\nгр. Провадия",
       "глава", "женен", "изт. правосл.", "хлебар", "пенсионер от 1969 г."}},
     {{"2", "Анастасия Николова Вълчинска", "ж", "6.XII.1914 г.,\nгр. Варна",
       "съпруга", "омъжена", "изт. правосл.", "домакиня", ""}},
     {{"3", "Стоян Георгиев Вълчински", "м", "18.II.1936 г.,\nгр. Варна", "син",
       "женен", "изт. правосл.", "корабостроител", "брак № 318 от 1960 г."}},
     {{"4", "Красимира Тодорова Вълчинска", "ж", "9.VIII.1938 г.,\nгр. Добрич",
       "снаха", "омъжена", "изт. правосл.", "лаборантка", ""}},
     {{"5", "Невена Георгиева Вълчинска", "ж", "30.I.1942 г.,\nгр. Варна",
       "дъщеря", "неомъжена", "изт. правосл.", "цигуларка", "изселена в Русе"}},
     {{"6", "Николина Стоянова Вълчинска", "ж", "14.X.1961 г.,\nгр. Варна",
       "внучка", "неомъжена", "", "", ""}},
     {{"7", "Пенка Василева Вълчинска", "ж", "1883 г.,\nс. Невша", "майка",
       "вдовица", "изт. правосл.", "", "починала на 2.III.1959 г."}}}};

static const struct family CARTER = {
    &FORM_1957,
    {"Варна", "Одесос", "Козлодуй", "8", "35"},
    "35",
    "12.X.1957 г.",
    {{{"1", "Атанас Илиев Коларски", "м", "3.V.1902 г.,\nгр. Каварна", "глава",
       "женен", "изт. правосл.", "каруцар", ""}},
     {{"2", "Ставра Иванова Коларска", "ж", "17.VI.1907 г.,\nс. Шабла",
       "съпруга", "омъжена", "изт. правосл.", "домакиня", ""}},
     {{"3", "Илия Атанасов Коларски", "м", "20.VII.1931 г.,\nгр. Варна", "син",
       "женен", "изт. правосл.", "стрелочник", "брак № 77 от 1955 г."}},
     {{"4", "Донка Пенева Коларска", "ж", "5.III.1933 г.,\nс. Суха река",
       "снаха", "омъжена", "изт. правосл.", "предачка", ""}},
     {{"5", "Атанас Илиев Коларски", "м", "29.XI.1956 г.,\nгр. Варна", "внук",
       "неженен", "", "", "удостоверение № 610"}}}};

static const struct family NURSE = {
    &FORM_1957,
    {"Варна", "Одесос", "Козлодуй", "8", "36"},
    "36",
    "12.X.1957 г.",
    {{{"1", "Хюсеин Мехмедов Алиев", "м", "11.IX.1911 г.,\nс. Ветрино", "глава",
       "женен", "мохамеданско", "градинар", ""}},
     {{"2", "Фатме Ахмедова Алиева", "ж", "4.IV.1916 г.,\nгр. Шумен", "съпруга",
       "омъжена", "мохамеданско", "тютюнничка", ""}},
     {{"3", "Айше Хюсеинова Алиева", "ж", "22.VIII.1939 г.,\nгр. Варна",
       "дъщеря", "неомъжена", "мохамеданско", "акушерка", "диплома № 2051"}},
     {{"4", "Мехмед Хюсеинов Алиев", "м", "1.I.1944 г.,\nгр. Варна", "син",
       "неженен", "мохамеданско", "ученик", ""}}}};

static const struct family TAILOR = {
    &FORM_1957,
    {"Варна", "Одесос", "Сливница", "61", "37"},
    "37",
    "14.X.1957 г.",
    {{{"1", "Агоп Киркоров Терзиян", "м", "15.VII.1898 г.,\nгр. Родосто",
       "глава", "вдовец", "арм. григор.", "шивач", "заселен през 1922 г."}},
     {{"2", "Хрипсиме Агопова Терзиян", "ж", "26.V.1927 г.,\nгр. Варна",
       "дъщеря", "разведена", "арм. григор.", "счетоводител", ""}},
     {{"3", "Гарабед Агопов Терзиян", "м", "12.XI.1930 г.,\nгр. Варна", "син",
       "женен", "арм. григор.", "часовникар", "брак № 205 от 1954 г."}},
     {{"4", "Маргарита Симеонова Терзиян", "ж", "7.II.1934 г.,\nгр. Силистра",
       "снаха", "омъжена", "изт. правосл.", "библиотекарка", ""}},
     {{"5", "Киркор Гарабедов Терзиян", "м", "31.X.1956 г.,\nгр. Варна", "внук",
       "неженен", "", "", ""}}}};

static void draw_head(struct sheet *sheet, const struct family *family,
                      double x, char side)
{
    static const struct box boxes[5] = {{LEFT_PX, 330, 760, 76},
                                        {905, 330, 760, 76},
                                        {LEFT_PX, 430, 1590, 76},
                                        {1735, 430, 560, 76},
                                        {2665, 430, 768, 76}};
    static const double label_w[5] = {240, 230, 240, 180, 190};
    const struct form *form = family->form;
    struct place place = {REGION_HEAD, -1, -1, side};
    struct type title = {92, ALIGN_CENTER, WEIGHT_BOLD};
    struct type under = {42, ALIGN_CENTER, WEIGHT_PLAIN};
    struct type corner = {44, ALIGN_RIGHT, WEIGHT_PLAIN};
    double corner_x = x + 3200; /* the outer one */

    draw_printed(sheet, (struct box){x + 700, 110, 2108, 120}, title, place,
                 form->title);
    draw_printed(sheet, (struct box){x + 700, 234, 2108, 60}, under, place,
                 form->under);
    if (side == 'L') {
        corner.align = ALIGN_LEFT;
        corner_x = x + LEFT_PX;
    }
    draw_printed(sheet, (struct box){corner_x, 90, 220, 60}, corner, place,
                 family->page);
    for (int i = 0; i < 5; i++) {
        struct box box = boxes[i];

        box.x += x;
        draw_field(sheet, box, label_w[i], form->labels[i], family->values[i],
                   side);
    }
}

static void draw_grid(struct sheet *sheet, double left)
{
    double x = left;
    double y = TABLE_Y + HEADING_H;

    draw_frame(sheet, (struct box){left, TABLE_Y, 3358, TABLE_END_Y - TABLE_Y},
               6);
    for (int row = 0; row < ROWS; row++) {
        draw_rule(sheet, (struct point){left, y},
                  (struct point){left + 3358, y}, row == 0 ? 5 : 3);
        y += ROW_H;
    }
    for (int column = 0; column < COLUMNS - 1; column++) {
        x += WIDTHS[column];
        draw_rule(sheet, (struct point){x, TABLE_Y},
                  (struct point){x, TABLE_END_Y}, 3);
    }
}

static void draw_cell(struct sheet *sheet, const struct family *family,
                      struct box box, struct place place)
{
    const char *text;
    int centred = place.col == 0 || place.col == 2;

    if (place.row == 0) {
        draw_printed(sheet, box, (struct type){36, ALIGN_CENTER, WEIGHT_PLAIN},
                     place, family->form->columns[place.col]);
        return;
    }
    text = family->rows[place.row - 1].cells[place.col];
    draw_typed(sheet, box, centred ? ALIGN_CENTER : ALIGN_LEFT, 2, place,
               text != NULL ? text : "");
}

static void draw_rows(struct sheet *sheet, const struct family *family,
                      double left, char side)
{
    for (int row = 0; row <= ROWS; row++) {
        struct box box = {left, TABLE_Y, 0, HEADING_H};

        if (row > 0) {
            box.y += HEADING_H + (row - 1) * ROW_H;
            box.h = ROW_H;
        }
        for (int column = 0; column < COLUMNS; column++) {
            struct place place = {REGION_TABLE, row, column, side};
            struct box inner;

            box.w = WIDTHS[column];
            inner = (struct box){box.x + 4, box.y + 4, box.w - 8, box.h - 8};
            draw_cell(sheet, family, inner, place);
            box.x += box.w;
        }
    }
}

static void draw_foot(struct sheet *sheet, const struct family *family,
                      double x, char side)
{
    const struct form *form = family->form;
    struct place place = {REGION_HEAD, -1, -1, side};
    struct type type = {38, ALIGN_LEFT, WEIGHT_PLAIN};
    double y = TABLE_END_Y + 90;

    draw_field(sheet, (struct box){x + LEFT_PX, y, 700, 76}, 200, "Варна,",
               family->date, side);
    draw_printed(sheet, (struct box){x + 2300, y, 260, 76}, type, place,
                 form->drawn_up);
    draw_rule(sheet, (struct point){x + 2560, y + 70},
              (struct point){x + 3300, y + 70}, 2);
    draw_signature(sheet, (struct point){x + 2680, y + 50}, 300);
    draw_stamp(sheet, (struct point){x + 1750, y + 50}, 165, form->ring,
               form->town);
}

static void draw_family(struct sheet *sheet, const struct family *family,
                        double x, char side)
{
    draw_head(sheet, family, x, side);
    draw_grid(sheet, x + LEFT_PX);
    draw_rows(sheet, family, x + LEFT_PX, side);
    draw_foot(sheet, family, x, side);
}

void draw_register_cooper(struct sheet *sheet)
{
    draw_family(sheet, &COOPER, 0, 0);
}

void draw_register_fisher(struct sheet *sheet)
{
    draw_family(sheet, &FISHER, 0, 0);
}

void draw_register_baker(struct sheet *sheet)
{
    draw_family(sheet, &BAKER, 0, 0);
}

void draw_register_tailor(struct sheet *sheet)
{
    draw_family(sheet, &TAILOR, 0, 0);
}

/* The paper bends into the binding, and the light with it. */
static void draw_gutter(struct sheet *sheet)
{
    double x = A4_LONG_PX;
    double reach = 150;
    cairo_pattern_t *shade =
        cairo_pattern_create_linear(x - reach, 0, x + reach, 0);

    cairo_pattern_add_color_stop_rgba(shade, 0, 0, 0, 0, 0);
    cairo_pattern_add_color_stop_rgba(shade, 0.42, 0, 0, 0, 0.22);
    cairo_pattern_add_color_stop_rgba(shade, 0.5, 0, 0, 0, 0.62);
    cairo_pattern_add_color_stop_rgba(shade, 0.55, 0, 0, 0, 0.18);
    cairo_pattern_add_color_stop_rgba(shade, 1, 0, 0, 0, 0);
    cairo_set_source(sheet->cr, shade);
    cairo_rectangle(sheet->cr, x - reach, 0, 2 * reach, A4_SHORT_PX);
    cairo_fill(sheet->cr);
    cairo_pattern_destroy(shade);
}

void draw_register_spread(struct sheet *sheet)
{
    draw_gutter(sheet);
    draw_family(sheet, &CARTER, 0, 'L');
    draw_family(sheet, &NURSE, A4_LONG_PX, 'R');
}

void draw_nothing(struct sheet *sheet)
{
    (void)sheet;
}
