/* SPDX-License-Identifier: MIT */
/* Forms of labels and typed values: tax declarations and a building permit. */
#include "samples/draw.h"
#include "samples/forms.h"

#include <stddef.h>

#define LEFT_PX  160
#define WIDTH_PX 2160
#define COLUMNS  5
#define LINES    7

/* A labelled box of a form, as parts of the form's width from its left. */
struct entry {
    double from, label_to, to;
    const char *label, *value;
};

/* A row of the ruled form: up to two labelled boxes. */
struct line {
    struct entry entries[2];
};

struct declaration {
    const char *title, *under, *office, *page;
    struct line owner[6];
    const char *table_title;
    const char *columns[COLUMNS];
    const char *cells[LINES][COLUMNS];
    struct line due[2];
    const char *date, *ring;
};

static const struct place HEAD = {REGION_HEAD, -1, -1, 0};

static const double WIDTHS[COLUMNS] = {130, 830, 380, 380, 440};

/* The numbers of person and firm keep their check digit, and are plainly
 * invented: 111111111+0, 99999999+5. */
static const struct declaration PERSON = {
    "ДЕКЛАРАЦИЯ",
    "за облагане на сгради и места с данък и такса смет",
    "Градски народен съвет Варна, район Приморски",
    "1",
    {{{{0, 0.14, 0.5, "Партида №", "4418"},
       {0.5, 0.68, 1, "Дата", "19.IV.1979 г."}}},
     {{{0, 0.3, 1, "Име, презиме, фамилия", "Пенка Радославова Кюркчиева"}}},
     {{{0, 0.14, 0.5, "ЕГН", "1111111110"},
       {0.5, 0.68, 1, "Паспорт №", "А 031775"}}},
     {{{0, 0.3, 1, "Постоянен адрес", "гр. Варна, ул. Подвис № 19"}}},
     {{{0, 0.3, 1, "Адрес на имота", "гр. Варна, местност Траката 206"}}},
     {{{0, 0.3, 1, "Начин на придобиване", "наследство от баща, 1953 г."}}}},
    "Раздел II. Описание на имота",
    {"№", "Вид на обекта", "Площ\nкв. м.", "Година на\nстроеж", "Оценка\nлв."},
    {{"1", "вилна сграда", "64", "1958", "5 120,00"},
     {"2", "лятна кухня", "18", "1961", "430,00"},
     {"3", "навес за дърва", "11", "1966", "95,50"},
     {"4", "кладенец", "", "1959", "210,00"},
     {"5", "лозе и овощна градина", "1 250", "", "1 875,00"},
     {"", "", "", "", ""},
     {"", "Всичко", "", "", "7 730,50"}},
    {{{{0, 0.2, 0.5, "Данък, лв.", "46,40"},
       {0.5, 0.72, 1, "Квитанция №", "70231"}}},
     {{{0, 0.2, 1, "Бележки", "платено на две вноски"}}}},
    "Варна, 19.IV.1979 г.",
    "ГРАДСКИ НАРОДЕН СЪВЕТ * "};

static const struct declaration FIRM = {
    "ДАНЪЧНА ДЕКЛАРАЦИЯ",
    "по чл. 14 от Закона за местните данъци и такси",
    "Община Варна, район Приморски, служба Местни данъци",
    "2",
    {{{{0, 0.14, 0.5, "Партида №", "9052"},
       {0.5, 0.68, 1, "Дата", "30.06.1998 г."}}},
     {{{0, 0.3, 1, "Наименование на фирмата", "ООД Белослава Консерв"}}},
     {{{0, 0.14, 0.5, "БУЛСТАТ", "999999995"},
       {0.5, 0.68, 1, "Фирм. дело", "1027/1994"}}},
     {{{0, 0.3, 1, "Седалище", "гр. Варна, бул. Княз Борис 388"}}},
     {{{0, 0.3, 1, "Адрес на имота", "гр. Варна, Западна складова зона"}}},
     {{{0, 0.3, 1, "Начин на придобиване", "покупка, нотар. акт № 77/1996"}}}},
    "Таблица 1. Земя, сгради и съоръжения",
    {"№", "Вид на обекта", "Площ\nкв. м.", "Година на\nстроеж",
     "Оценка\nхил. лв."},
    {{"1", "консервен цех", "840", "1971", "34 518"},
     {"2", "хладилен склад", "310", "1974", "11 690"},
     {"3", "трафопост", "24", "1971", "1 205"},
     {"4", "портиерна", "15", "1983", "388"},
     {"5", "застроен терен", "4 600", "", "27 600"},
     {"", "", "", "", ""},
     {"", "Всичко", "", "", "75 401"}},
    {{{{0, 0.2, 0.5, "Данък, лв.", "150 802"},
       {0.5, 0.72, 1, "Квитанция №", "18846"}}},
     {{{0, 0.2, 1, "Бележки", "обектът не е ипотекиран"}}}},
    "Варна, 30.06.1998 г.",
    "ОБЩИНА ВАРНА * РАЙОН ПРИМОРСКИ * "};

static const struct line PERMIT[] = {
    {{{0, 0.28, 1, "Възложител", "Кооперация Рибарска дружба"}}},
    {{{0, 0.28, 1, "Вид на документа", "Разрешение за строеж"}}},
    {{{0, 0.28, 0.5, "Номер", "118"}, {0.5, 0.68, 1, "Дата", "17.05.2002 г."}}},
    {{{0, 0.28, 1, "Обект", "Преустройство на хранилище с ледарница"}}},
    {{{0, 0.28, 1, "Адрес", "гр. Варна, ул. Крайбрежна № 5"}}},
    {{{0, 0.28, 0.5, "УПИ", "IV-212"}, {0.5, 0.68, 1, "Квартал", "48"}}},
    {{{0, 0.28, 0.5, "РЗП", "186 кв.м."}, {0.5, 0.68, 1, "Категория", "пета"}}},
};

static const char *const CONDITIONS[] = {
    "Разрешава се преустройството на съществуващото рибарско хранилище при "
    "спазване на одобрения архитектурен проект и на следните условия:",
    "1. Да се открие строителна площадка и да се определи строителна линия и "
    "ниво в присъствието на общинската администрация.",
    "2. Да не се засягат подпорната стена, кеят и дъждоприемната шахта, а "
    "тротоарът да се възстанови в първоначалния му вид.",
    "3. Разрешението губи действие, ако строежът не започне в срок от три "
    "години от влизането му в сила.",
    "Настоящото разрешение се издаде в три еднообразни екземпляра и подлежи "
    "на обжалване в четиринадесетдневен срок.",
};

static void draw_entry(struct sheet *sheet, const struct entry *entry,
                       struct place place, double y, double h)
{
    struct type type = {38, ALIGN_LEFT, WEIGHT_PLAIN};
    double left = LEFT_PX + entry->from * WIDTH_PX;
    double middle = LEFT_PX + entry->label_to * WIDTH_PX;
    double right = LEFT_PX + entry->to * WIDTH_PX;

    draw_frame(sheet, (struct box){left, y, right - left, h}, 3);
    draw_rule(sheet, (struct point){middle, y}, (struct point){middle, y + h},
              3);
    draw_printed(sheet,
                 (struct box){left + 16, y + 4, middle - left - 20, h - 8},
                 type, place, entry->label);
    place.col++;
    draw_typed(sheet,
               (struct box){middle + 4, y + 4, right - middle - 8, h - 8},
               ALIGN_LEFT, 0, place, entry->value);
}

/* Draws a block of lines and returns where the page goes on. */
static double draw_lines(struct sheet *sheet, const struct line *lines,
                         int count, int row, double y)
{
    const double h = 96;

    for (int i = 0; i < count; i++) {
        for (int j = 0; j < 2; j++) {
            struct place place = {REGION_TABLE, row + i, 2 * j, 0};

            if (lines[i].entries[j].label != NULL)
                draw_entry(sheet, &lines[i].entries[j], place, y, h);
        }
        y += h;
    }
    return y;
}

static void draw_table_row(struct sheet *sheet, const char *const *cells,
                           struct place place, double y, double h)
{
    static const enum align aligns[COLUMNS] = {
        ALIGN_CENTER, ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTER, ALIGN_RIGHT};
    struct type type = {36, ALIGN_CENTER, WEIGHT_PLAIN};
    int heading = place.col < 0;
    double x = LEFT_PX;

    for (int i = 0; i < COLUMNS; i++) {
        struct box box = {x + 4, y + 4, WIDTHS[i] - 8, h - 8};

        place.col = i;
        draw_frame(sheet, (struct box){x, y, WIDTHS[i], h}, 2);
        if (heading)
            draw_printed(sheet, box, type, place, cells[i]);
        else
            draw_typed(sheet, box, aligns[i], 0, place, cells[i]);
        x += WIDTHS[i];
    }
}

static double draw_table(struct sheet *sheet, const struct declaration *tax,
                         int row, double y)
{
    draw_table_row(sheet, tax->columns,
                   (struct place){REGION_TABLE, row, -1, 0}, y, 116);
    y += 116;
    for (int i = 0; i < LINES; i++) {
        draw_table_row(sheet, tax->cells[i],
                       (struct place){REGION_TABLE, row + 1 + i, 0, 0}, y, 88);
        y += 88;
    }
    return y;
}

static void draw_titles(struct sheet *sheet, const char *title,
                        const char *under, const char *office, const char *page)
{
    struct type big = {84, ALIGN_CENTER, WEIGHT_BOLD};
    struct type small = {42, ALIGN_CENTER, WEIGHT_PLAIN};
    struct type corner = {42, ALIGN_RIGHT, WEIGHT_PLAIN};

    draw_printed(sheet, (struct box){2020, 120, 300, 56}, corner, HEAD, page);
    draw_printed(sheet, (struct box){LEFT_PX, 210, WIDTH_PX, 60}, small, HEAD,
                 office);
    draw_printed(sheet, (struct box){LEFT_PX, 320, WIDTH_PX, 110}, big, HEAD,
                 title);
    draw_printed(sheet, (struct box){LEFT_PX, 440, WIDTH_PX, 60}, small, HEAD,
                 under);
}

static void draw_signing(struct sheet *sheet, const char *date,
                         const char *label, const char *ring, double y)
{
    struct type type = {38, ALIGN_LEFT, WEIGHT_PLAIN};

    draw_typed(sheet, (struct box){LEFT_PX, y, 800, 80}, ALIGN_LEFT, 0, HEAD,
               date);
    draw_printed(sheet, (struct box){1360, y, 270, 80}, type, HEAD, label);
    draw_rule(sheet, (struct point){1630, y + 76}, (struct point){2300, y + 76},
              2);
    draw_signature(sheet, (struct point){1700, y + 56}, 280);
    draw_stamp(sheet, (struct point){1120, y + 170}, 175, ring, "ВАРНА");
}

static void draw_declaration(struct sheet *sheet, const struct declaration *tax)
{
    struct type section = {44, ALIGN_LEFT, WEIGHT_BOLD};
    double y = 580;

    draw_titles(sheet, tax->title, tax->under, tax->office, tax->page);
    y = draw_lines(sheet, tax->owner, 6, 0, y) + 60;
    draw_printed(sheet, (struct box){LEFT_PX, y, WIDTH_PX, 70}, section, HEAD,
                 tax->table_title);
    y = draw_table(sheet, tax, 6, y + 90) + 60;
    y = draw_lines(sheet, tax->due, 2, 7 + LINES, y) + 120;
    draw_signing(sheet, tax->date, "Декларатор:", tax->ring, y);
}

void draw_tax_person(struct sheet *sheet)
{
    draw_declaration(sheet, &PERSON);
}

void draw_tax_firm(struct sheet *sheet)
{
    draw_declaration(sheet, &FIRM);
}

void draw_building_permit(struct sheet *sheet)
{
    struct type text = {46, ALIGN_LEFT, WEIGHT_PLAIN};
    double y = 580;
    int line = 0;

    draw_titles(sheet, "РАЗРЕШЕНИЕ ЗА СТРОЕЖ",
                "по чл. 148 от Закона за устройство на територията",
                "Община Варна, дирекция Архитектура и градоустройство", "1");
    y = draw_lines(sheet, PERMIT, 7, 0, y) + 90;
    for (size_t i = 0; i < sizeof(CONDITIONS) / sizeof(CONDITIONS[0]); i++) {
        struct box box = {LEFT_PX, y, WIDTH_PX, 0};

        y += draw_paragraph(sheet, box, text, &line, CONDITIONS[i]) + 24;
    }
    draw_signing(sheet, "Варна, 17.05.2002 г.",
                 "Гл. архитект:", "ОБЩИНА ВАРНА * АРХИТЕКТУРА * ", y + 120);
}
