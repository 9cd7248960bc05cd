/* SPDX-License-Identifier: MIT */
/* Made-up values. All persons and numbers are invented. */
#include <stdio.h>
#include <string.h>

#include "samples/layouts.h"

#define WORDS 10

/* The words of one set. */
struct words {
    const char *men[WORDS], *women[WORDS], *families[WORDS];
    const char *places[WORDS], *trades[WORDS], *streets[WORDS];
    const char *remarks[WORDS];
};

static const struct words SETS[2] = {
    {{"Иван", "Петър", "Георги", "Христо", "Стоян", "Димитър", "Тодор",
      "Никола", "Васил", "Ангел"},
     {"Мария", "Пенка", "Райна", "Стефка", "Йорданка", "Елена", "Невена",
      "Тодорка", "Злата", "Анка"},
     {"Ковачев", "Маринов", "Калчев", "Дончев", "Върбанов", "Желев", "Щерев",
      "Южаков", "Ламбов", "Цонев"},
     {"Варна", "с. Авренъ", "Провадия", "с. Голица", "Добрич", "с. Невша",
      "Балчик", "с. Приселци", "Шумен", "Русе"},
     {"земеделец", "обущар", "шивачка", "домакиня", "ученик", "зидар",
      "учителка", "рибар", "хлебар", "кантонер"},
     {"Драгоман", "Цар Асен", "Рибарска", "Морска", "Преслав", "Дебър", "Ружа",
      "Дунав", "Кракра", "Битоля"},
     {"преселен от Бургас", "изселен в Русе", "войник, набор 1936",
      "бракът разтрогнат", "виж стр. 112", "пенсионер", "умрял 3.II.1940 г.",
      "осиновен", "живее в София", "вдовица от 1951 г."}},
    {{"Борис", "Кирил", "Захари", "Любен", "Методи", "Рангел", "Спас", "Филип",
      "Юрдан", "Щерю"},
     {"Василка", "Господинка", "Дафинка", "Жечка", "Кераца", "Люба",
      "Парашкева", "Султана", "Цветана", "Ирина"},
     {"Абаджиев", "Бъчваров", "Гагов", "Друмев", "Кючуков", "Мутафов",
      "Пехливанов", "Сарафов", "Чакъров", "Шишманов"},
     {"Бургас", "с. Каменар", "Созопол", "с. Тополи", "Несебър", "с. Звездица",
      "Айтос", "с. Казашко", "Разград", "Силистра"},
     {"градинар", "млекар", "бъчвар", "работничка", "шофьор", "тъкачка",
      "келнер", "моряк", "счетоводител", "дърводелец"},
     {"Крайбрежна", "Опълченска", "Шипка", "Бдин", "Козлодуй", "Сливница",
      "Железничар", "Юрий Венелин", "Охрид", "Хан Крум"},
     {"зачислен от Айтос", "починал 12.IX.1944 г.", "по молба № 318",
      "в чужбина от 1947 г.", "разведена", "влиза в партида 27", "служи",
      "неграмотна", "на издръжка", "прехвърлен"}},
};

static const char *const RELATIONS[] = {"глава",  "съпруга", "син",
                                        "дъщеря", "майка",   "внук"};
static const char *const STATUSES[] = {"женен", "омъжена", "неженен", "вдовица",
                                       "разведен"};
static const char *const FAITHS[] = {"изт. правосл.", "мохамеданско",
                                     "католическо", "арменско"};
static const char *const MONTHS[] = {"I",   "II",   "III", "IV", "V",  "VI",
                                     "VII", "VIII", "IX",  "X",  "XI", "XII"};

static int pick(struct sheet *sheet, int below)
{
    return (int)sheet_random(sheet, 0, below);
}

/* Names end in -а for women; the row's parity decides, as good as any. */
static void make_name(struct sheet *sheet, const struct words *w, int row,
                      char *out)
{
    int is_woman = row % 2;
    const char *first =
        is_woman ? w->women[pick(sheet, WORDS)] : w->men[pick(sheet, WORDS)];

    snprintf(out, VALUE_SIZE, "%s %s%s %s%s", first, w->men[pick(sheet, 3)],
             is_woman ? "ова" : "ов", w->families[pick(sheet, WORDS)],
             is_woman ? "а" : "");
}

static void make_date(struct sheet *sheet, char *out)
{
    int day = 1 + pick(sheet, 28);
    int month = pick(sheet, 12);
    int year = 1880 + pick(sheet, 90);

    if (pick(sheet, 3) == 0)
        snprintf(out, VALUE_SIZE, "%02d.%02d.%d г.", day, month + 1, year);
    else
        snprintf(out, VALUE_SIZE, "%d.%s.%d г.", day, MONTHS[month], year);
}

static void make_number(struct sheet *sheet, enum value kind, char *out)
{
    switch (kind) {
    case VALUE_AREA:
        snprintf(out, VALUE_SIZE, "%d,%d", 40 + pick(sheet, 900),
                 pick(sheet, 10));
        return;
    case VALUE_MONEY:
        snprintf(out, VALUE_SIZE, "%d %03d", 1 + pick(sheet, 90),
                 pick(sheet, 1000));
        return;
    case VALUE_EGN: /* no check digit: nobody's number */
        snprintf(out, VALUE_SIZE, "%02d%02d%02d%04d", pick(sheet, 70),
                 1 + pick(sheet, 12), 1 + pick(sheet, 28), pick(sheet, 10000));
        return;
    default:
        snprintf(out, VALUE_SIZE, "%d", 1901 + pick(sheet, 88));
    }
}

static const char *make_word(struct sheet *sheet, const struct words *w,
                             enum value kind, int row)
{
    switch (kind) {
    case VALUE_SEX:
        return row % 2 ? "ж" : "м";
    case VALUE_PLACE:
        return w->places[pick(sheet, WORDS)];
    case VALUE_RELATION:
        return row == 0 ? "глава" : RELATIONS[pick(sheet, 6)];
    case VALUE_STATUS:
        return STATUSES[pick(sheet, 5)];
    case VALUE_FAITH:
        return FAITHS[pick(sheet, 4)];
    case VALUE_TRADE:
        return w->trades[pick(sheet, WORDS)];
    default:
        return w->remarks[pick(sheet, WORDS)];
    }
}

void value_make(struct sheet *sheet, enum set set, enum value kind, int row,
                char out[VALUE_SIZE])
{
    const struct words *w = &SETS[set];

    switch (kind) {
    case VALUE_NUMBER:
        snprintf(out, VALUE_SIZE, "%d", row + 1);
        return;
    case VALUE_NAME:
        make_name(sheet, w, row, out);
        return;
    case VALUE_DATE:
        make_date(sheet, out);
        return;
    case VALUE_STREET:
        snprintf(out, VALUE_SIZE, "ул. %s %d", w->streets[pick(sheet, WORDS)],
                 1 + pick(sheet, 120));
        return;
    case VALUE_AREA:
    case VALUE_MONEY:
    case VALUE_YEAR:
    case VALUE_EGN:
        make_number(sheet, kind, out);
        return;
    default:
        snprintf(out, VALUE_SIZE, "%s", make_word(sheet, w, kind, row));
    }
}
