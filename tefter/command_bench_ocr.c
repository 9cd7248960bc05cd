/* SPDX-License-Identifier: MIT */
/*
 * bench ocr: pages whose truth is known, read in three ways side by side, and
 * what each got wrong.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/progress.h"
#include "tefter/bench_reading.h"
#include "tefter/command.h"
#include "tefter/ocr_score.h"
#include "tefter/row_score.h"

#define GROUP_SIZE 32
#define SKEW_DEG   0.1 /* a page counts as level within this */

struct arguments {
    char **files;
    int count;
    const char *truth;    /* folder; NULL: "truth" beside the page     */
    const char *words;    /* folder for what was read; NULL: not kept  */
    const char *by;       /* key of the truth; NULL: start of the name */
    const char *language; /* what we read with            */
    const char *stock;    /* and what it is compared with */
    bool json, ours_only;
};

/* What one way of reading made of some pages. */
struct sums {
    struct score score;
    struct row_score rows;
    double cpu_s, image_s;
    int64_t failed;
    int64_t level, level_of; /* pages made level, of those with an angle */
};

struct group {
    char name[GROUP_SIZE];
    struct sums of[READING_WAYS];
};

struct bench {
    const struct arguments *a;
    struct reader *reader;
    struct form_set *forms;
    char dir[PATH_SIZE];
    struct group total;
    struct group *groups;
    size_t group_count;
    int set_aside; /* pages without a truth */
};

/* File name without folder and suffix. */
static void stem_of(const char *file, char *out, size_t size)
{
    char *dot;

    (void)snprintf(out, size, "%s", path_base(file));
    dot = strrchr(out, '.');
    if (dot != NULL)
        *dot = '\0';
}

static int read_truth(const struct arguments *a, const char *file, json_t **out,
                      struct err *err)
{
    char stem[256], path[PATH_SIZE];
    size_t folder = (size_t)(path_base(file) - file);

    stem_of(file, stem, sizeof(stem));
    if (a->truth != NULL
            ? path_format(path, err, "%s/%s.json", a->truth, stem) != 0
            : path_format(path, err, "%.*struth/%s.json", (int)folder, file,
                          stem) != 0)
        return -1;
    return json_read_file(path, out, err);
}

/* A page's group: a key of its truth, else the letters its name starts with. */
static void name_group(const struct bench *bench, const char *file,
                       const json_t *truth, char out[GROUP_SIZE])
{
    const json_t *value =
        bench->a->by == NULL ? NULL : json_object_get(truth, bench->a->by);

    if (json_is_string(value))
        (void)snprintf(out, GROUP_SIZE, "%s", json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out, GROUP_SIZE, "%lld",
                       (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(out, GROUP_SIZE, "%s",
                       json_is_true(value) ? "yes" : "no");
    else if (bench->a->by != NULL)
        (void)snprintf(out, GROUP_SIZE, "-");
    else {
        stem_of(file, out, GROUP_SIZE);
        out[strcspn(out, "-_.0123456789")] = '\0';
    }
}

static int group_named(struct bench *bench, const char *name,
                       struct group **out, struct err *err)
{
    struct group *grown;

    for (size_t i = 0; i < bench->group_count; i++) {
        if (strcmp(bench->groups[i].name, name) == 0) {
            *out = &bench->groups[i];
            return 0;
        }
    }
    grown = realloc(bench->groups, (bench->group_count + 1) * sizeof(*grown));
    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    bench->groups = grown;
    *out = &grown[bench->group_count++];
    **out = (struct group){.of = {{.cpu_s = 0}}};
    (void)snprintf((*out)->name, GROUP_SIZE, "%s", name);
    return 0;
}

static void sums_add(struct sums *to, const struct sums *from)
{
    score_add(&to->score, &from->score);
    to->rows.rows += from->rows.rows;
    to->rows.right += from->rows.right;
    to->cpu_s += from->cpu_s;
    to->image_s += from->image_s;
    to->failed += from->failed;
    to->level += from->level;
    to->level_of += from->level_of;
}

/* The words as score.py of the register pages takes them. */
static int keep_words(const struct bench *bench, const char *file,
                      enum reading_way way, const struct score_word *words,
                      size_t count, struct err *err)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char stem[256], path[PATH_SIZE];

    if (bench->a->words == NULL)
        return 0;
    stem_of(file, stem, sizeof(stem));
    for (size_t i = 0; i < count; i++) {
        if (words[i].text != NULL)
            buf_printf(&out, "%.17g\t%.17g\t%.17g\t%.17g\t%u\t-\t%s\n",
                       words[i].x, words[i].y, words[i].w, words[i].h,
                       words[i].confidence, words[i].text);
    }
    if (out.failed)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    if (path_format(path, err, "%s/%s", bench->a->words,
                    reading_way_name(way)) != 0 ||
        dir_make(path, err) != 0 ||
        path_format(path, err, "%s/%s/%s.tsv", bench->a->words,
                    reading_way_name(way), stem) != 0)
        return -1;
    return file_write_durable(path, buf_str(&out), out.len, err);
}

static void judge_skew(const struct page_text *text, const json_t *truth,
                       struct sums *sums)
{
    double angle = json_get_real(truth, "angle_ccw_deg", 0);
    double off = text == NULL ? 90 : text->skew_cw_deg - angle;

    if (json_is_true(json_object_get(truth, "blank")) ||
        json_object_get(truth, "warp") != NULL)
        return;
    sums->level = fabs(off) <= SKEW_DEG;
    sums->level_of = 1;
}

/* One page read in one way. */
static int run_way(const struct bench *bench, const char *file,
                   const json_t *truth, enum reading_way way, struct sums *sums,
                   struct err *err)
{
    const struct reading_job job = {bench->reader, bench->forms, file,
                                    way == READING_TEFTER ? bench->a->language
                                                          : bench->a->stock,
                                    bench->dir};
    __attribute__((cleanup(reading_fini_at))) struct reading r = {.cpu_s = 0};
    CLEANUP(free) struct score_word *words = NULL;
    size_t count = 0;

    if (reading_init(&r, &job, way, err) != 0)
        return -1;
    if (r.text == NULL)
        (void)fprintf(stderr, "tefter bench: %s: %s: %s\n", file,
                      reading_way_title(way), r.failure);
    if (r.text != NULL && score_words_of(r.text, &words, &count, err) != 0)
        return -1;
    sums->cpu_s = r.cpu_s;
    sums->image_s = r.image_s;
    sums->failed = r.text == NULL;
    if (way != READING_TESSERACT)
        judge_skew(r.text, truth, sums);
    if (score_page(truth, words, count, &sums->score, err) != 0 ||
        (way == READING_TEFTER &&
         row_score_page(truth, r.records, &sums->rows, err) != 0))
        return -1;
    return keep_words(bench, file, way, words, count, err);
}

/* Our way with the stock model is our way, when that is what we read with. */
static bool is_left_out(const struct arguments *a, int way)
{
    return way != READING_TEFTER &&
           (a->ours_only ||
            (way == READING_STOCK && strcmp(a->language, a->stock) == 0));
}

static int run_page(struct bench *bench, const char *file, struct err *err)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    char name[GROUP_SIZE];
    struct group *group = NULL;

    if (read_truth(bench->a, file, &truth, err) != 0) {
        (void)fprintf(stderr, "tefter bench: %s: no truth: %s\n", file,
                      err->msg);
        bench->set_aside++;
        return 0;
    }
    name_group(bench, file, truth, name);
    if (group_named(bench, name, &group, err) != 0)
        return -1;
    for (int way = 0; way < READING_WAYS; way++) {
        struct sums sums = {.cpu_s = 0};

        if (is_left_out(bench->a, way))
            continue;
        if (run_way(bench, file, truth, (enum reading_way)way, &sums, err) != 0)
            return err_add(err, "%s", file);
        sums_add(&group->of[way], &sums);
        sums_add(&bench->total.of[way], &sums);
    }
    return 0;
}

/* The figures of the table: what each is called, and how it is had. */
static double share(int64_t part, int64_t whole)
{
    return whole == 0 ? NAN : 100.0 * (double)part / (double)whole;
}

static double error_of(const struct sums *s, enum score_class class)
{
    return share(s->score.of[class].edits, s->score.of[class].chars);
}

static double cell_error(const struct sums *s)
{
    return error_of(s, SCORE_READABLE);
}

static double filled_exact(const struct sums *s)
{
    return share(s->score.of[SCORE_FILLED].exact,
                 s->score.of[SCORE_FILLED].cells);
}

static double digit_error(const struct sums *s)
{
    return error_of(s, SCORE_DIGITS);
}

static double head_error(const struct sums *s)
{
    return error_of(s, SCORE_HEAD);
}

static double junk_share(const struct sums *s)
{
    return share(s->score.of[SCORE_EMPTY].edits,
                 s->score.of[SCORE_READABLE].chars);
}

static double stray_share(const struct sums *s)
{
    return share(s->score.stray, s->score.of[SCORE_READABLE].chars);
}

static double words_found(const struct sums *s)
{
    return share(s->score.words_common, s->score.words_true);
}

static double words_right(const struct sums *s)
{
    return share(s->score.words_common, s->score.words_read);
}

static double hand_unread(const struct sums *s)
{
    return share(s->score.hand_unread, s->score.of[SCORE_HAND].cells);
}

static double type_unread(const struct sums *s)
{
    return share(s->score.type_unread, s->score.of[SCORE_FILLED].cells);
}

static double old_letters(const struct sums *s)
{
    return share(s->score.old_letters.right, s->score.old_letters.all);
}

static double roman_dates(const struct sums *s)
{
    return share(s->score.roman_dates.right, s->score.roman_dates.all);
}

static double rows_right(const struct sums *s)
{
    return share(s->rows.right, s->rows.rows);
}

static double made_level(const struct sums *s)
{
    return share(s->level, s->level_of);
}

static double cpu_per_page(const struct sums *s)
{
    return s->score.pages == 0 ? NAN : s->cpu_s / (double)s->score.pages;
}

static double pages_per_minute(const struct sums *s)
{
    return s->cpu_s > 0 ? 60 * (double)s->score.pages / s->cpu_s : NAN;
}

static double image_share(const struct sums *s)
{
    return s->cpu_s > 0 && s->image_s > 0 ? 100 * s->image_s / s->cpu_s : NAN;
}

struct measure {
    const char *key, *title, *unit;
    double (*of)(const struct sums *);
};

static const struct measure measures[] = {
    {"cell_error_percent", "cell characters wrong", "%", cell_error},
    {"filled_exact_percent", "filled cells exactly read", "%", filled_exact},
    {"digit_error_percent", "all-digit cells, characters wrong", "%",
     digit_error},
    {"head_error_percent", "headings, characters wrong", "%", head_error},
    {"junk_percent", "junk in empty cells, of all chars", "%", junk_share},
    {"stray_percent", "text outside cells, of all chars", "%", stray_share},
    {"old_letters_percent", "yat and yus read", "%", old_letters},
    {"roman_dates_percent", "dates with Roman months right", "%", roman_dates},
    {"words_found_percent", "words found", "%", words_found},
    {"words_right_percent", "words right", "%", words_right},
    {"hand_unread_percent", "hand-written cells left unread", "%", hand_unread},
    {"type_unread_percent", "other filled cells marked unread", "%",
     type_unread},
    {"rows_right_percent", "rows joined into the right record", "%",
     rows_right},
    {"level_percent", "made level within 0.1 degree", "%", made_level},
    {"cpu_s_per_page", "CPU s/page", "", cpu_per_page},
    {"pages_per_core_minute", "pages/core-minute", "", pages_per_minute},
    {"image_share_percent", "image work, of its CPU", "%", image_share},
};
#define MEASURES (sizeof(measures) / sizeof(*measures))
#define IN_GROUP 5 /* so many of them also by group */

static void print_figure(double figure, const char *unit, int width)
{
    if (isnan(figure))
        (void)printf("%*s", width, "-");
    else
        (void)printf("%*.2f%s", width - (int)strlen(unit), figure, unit);
}

static void print_total(const struct bench *bench)
{
    (void)printf("%-36s", "");
    for (int way = 0; way < READING_WAYS; way++)
        (void)printf("%18s", reading_way_title((enum reading_way)way));
    (void)printf("\n");
    for (size_t i = 0; i < MEASURES; i++) {
        (void)printf("%-36s", measures[i].title);
        for (int way = 0; way < READING_WAYS; way++)
            print_figure(measures[i].of(&bench->total.of[way]),
                         measures[i].unit, 18);
        (void)printf("\n");
    }
}

static void print_groups(const struct bench *bench, const struct measure *m)
{
    (void)printf("\n%-36s", m->title);
    for (int way = 0; way < READING_WAYS; way++)
        (void)printf("%18s", reading_way_title((enum reading_way)way));
    (void)printf("%8s\n", "pages");
    for (size_t i = 0; i < bench->group_count; i++) {
        const struct group *group = &bench->groups[i];

        (void)printf("  %-34s", group->name);
        for (int way = 0; way < READING_WAYS; way++)
            print_figure(m->of(&group->of[way]), m->unit, 18);
        (void)printf("%8lld\n",
                     (long long)group->of[READING_TEFTER].score.pages);
    }
}

/* How often what is given with a confidence is right. */
static void print_reliability(const struct bench *bench)
{
    (void)printf("\n%-36s%18s%18s\n", "confidence of a cell", "cells",
                 "exactly right");
    for (int i = SCORE_BINS - 1; i >= 0; i--) {
        const struct tally *t =
            &bench->total.of[READING_TEFTER].score.by_confidence[i];

        (void)printf("  %3d to %-27d%18lld", i * 10,
                     i == SCORE_BINS - 1 ? 100 : i * 10 + 9,
                     (long long)t->cells);
        print_figure(share(t->exact, t->cells), "%", 18);
        (void)printf("\n");
    }
}

static int print_table(const struct bench *bench)
{
    const struct sums *ours = &bench->total.of[READING_TEFTER];

    (void)printf("%lld pages, %lld characters in %lld cells\n\n",
                 (long long)ours->score.pages,
                 (long long)ours->score.of[SCORE_ALL].chars,
                 (long long)ours->score.of[SCORE_ALL].cells);
    print_total(bench);
    for (size_t i = 0; i < IN_GROUP; i++)
        print_groups(bench, &measures[i]);
    print_reliability(bench);
    return 0;
}

static json_t *tally_json(const struct tally *t)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "edits", (json_int_t)t->edits,
                     "chars", (json_int_t)t->chars, "exact",
                     (json_int_t)t->exact, "cells", (json_int_t)t->cells);
}

static json_t *sums_json(const struct sums *s)
{
    json_t *out =
        json_pack("{s:I, s:I, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:I}", "pages",
                  (json_int_t)s->score.pages, "failed", (json_int_t)s->failed,
                  "cpu_s", s->cpu_s, "image_s", s->image_s, "stray_chars",
                  (json_int_t)s->score.stray, "junk_cells",
                  (json_int_t)s->score.junk_cells, "hand_unread",
                  (json_int_t)s->score.hand_unread, "words_true",
                  (json_int_t)s->score.words_true, "words_read",
                  (json_int_t)s->score.words_read, "words_common",
                  (json_int_t)s->score.words_common);
    json_t *cells = json_object();
    json_t *rows = json_pack("{s:I, s:I}", "rows", (json_int_t)s->rows.rows,
                             "right", (json_int_t)s->rows.right);
    json_t *bins = json_array();

    for (int i = 0; i < SCORE_CLASSES; i++)
        (void)json_object_set_new(cells, score_class_name((enum score_class)i),
                                  tally_json(&s->score.of[i]));
    (void)json_object_set_new(out, "cells", cells);
    (void)json_object_set_new(out, "rows", rows);
    (void)json_object_set_new(out, "type_unread",
                              json_integer(s->score.type_unread));
    (void)json_object_set_new(out, "by_confidence", bins);
    for (int i = 0; i < SCORE_BINS; i++)
        (void)json_array_append_new(bins,
                                    tally_json(&s->score.by_confidence[i]));
    for (size_t i = 0; i < MEASURES; i++) {
        double figure = measures[i].of(s);

        (void)json_object_set_new(out, measures[i].key,
                                  isnan(figure) ? json_null()
                                                : json_real(figure));
    }
    return out;
}

static json_t *group_json(const struct bench *bench, const struct group *group)
{
    json_t *out = json_object();

    for (int way = 0; way < READING_WAYS; way++) {
        if (!bench->a->ours_only || way == READING_TEFTER)
            (void)json_object_set_new(out,
                                      reading_way_name((enum reading_way)way),
                                      sums_json(&group->of[way]));
    }
    return out;
}

static int print_json(const struct bench *bench, struct err *err)
{
    CLEANUP(json_decref) json_t *out = json_object();
    json_t *groups = json_object();

    (void)json_object_set_new(out, "total", group_json(bench, &bench->total));
    for (size_t i = 0; i < bench->group_count; i++)
        (void)json_object_set_new(groups, bench->groups[i].name,
                                  group_json(bench, &bench->groups[i]));
    (void)json_object_set_new(out, "groups", groups);
    return json_print(stdout, out, err);
}

static int run_all(struct bench *bench, struct err *err)
{
    const struct arguments *a = bench->a;
    CLEANUP(progress_end)
    struct progress *progress =
        progress_new("reading", "pages", (uint64_t)a->count);

    for (int i = 0; i < a->count; i++) {
        if (run_page(bench, a->files[i], err) != 0)
            return -1;
        progress_set(progress, (uint64_t)i + 1);
    }
    return 0;
}

static int bench_in(const struct arguments *a, const char *dir, struct err *err)
{
    CLEANUP(reader_close) struct reader *reader = NULL;
    CLEANUP(form_set_free) struct form_set *forms = NULL;
    const struct reader_options options = READER_OPTIONS_INIT;
    struct bench bench = {.a = a};
    int rc = -1;

    if (path_format(bench.dir, err, "%s", dir) != 0 ||
        form_set_new(&forms, err) != 0 ||
        reader_open(&options, &reader, err) != 0 ||
        reader_prepare(reader, a->language, err) != 0 ||
        (!a->ours_only && reader_prepare(reader, a->stock, err) != 0))
        return -1;
    bench.reader = reader;
    bench.forms = forms;
    if (run_all(&bench, err) == 0) {
        if (bench.total.of[READING_TEFTER].score.pages == 0)
            rc = err_set(err, ERR_INPUT, "no page with a truth");
        else
            rc = a->json ? print_json(&bench, err) : print_table(&bench);
    }
    free(bench.groups);
    if (rc != 0)
        return -1;
    return bench.set_aside > 0 ? EXIT_SET_ASIDE : EXIT_DONE;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case 't':
        a->truth = arg;
        return 0;
    case 'w':
        a->words = arg;
        return 0;
    case 'b':
        a->by = arg;
        return 0;
    case 'l':
        a->language = a->stock = arg;
        return 0;
    case 's':
        a->stock = arg;
        return 0;
    case 'o':
        a->ours_only = true;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        a->files[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0)
            argp_error(state, "expected: FILE...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option ocr_options[] = {
    {"truth", 't', "DIR", 0,
     "folder of the truths, NAME.json for NAME.tif (default: the folder "
     "'truth' beside each page)",
     0},
    {"by", 'b', "KEY", 0,
     "group pages by this key of their truth (default: by the letters their "
     "names start with)",
     0},
    {"language", 'l', "LANG", 0,
     "what all of them read with (ours with tefter, the others with bul)", 0},
    {"stock", 's', "LANG", 0,
     "behind --language: what the others read with, if not that", 0},
    {"ours-only", 'o', NULL, 0, "read in our own way only", 0},
    {"words", 'w', "DIR", 0,
     "keep the words read, WAY/NAME.tsv: middle x and y, width, height, "
     "confidence, -, text",
     0},
    {"json", 'j', NULL, 0, "print the figures as JSON", 0},
    {0}};

static const struct argp ocr_argp = {
    ocr_options,
    take_argument,
    "FILE...",
    "Read pages whose truth is known: as tesseract --psm 3 does, as it does on "
    "our cleaned and level page, as we do with its model, and as `tefter work` "
    "does; count the errors."
    "\vThe first page of each file is read. CPU seconds are those of a page's "
    "own process: tesseract loads its model in each, ours in the process they "
    "are forked from.\n\nExample:\n  tefter bench ocr samples/batch/*.tif "
    "--truth samples/truth",
    NULL,
    NULL,
    NULL};

int command_bench_ocr(const struct context *context, int argc, char **argv,
                      struct err *err)
{
    struct arguments a = {.language = "tefter", .stock = "bul"};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    static char name[] = "tefter bench ocr";
    struct err ignored;
    int rc;

    (void)context;
    argv[0] = name;
    program_invocation_name = name;
    a.files = calloc((size_t)argc + 1, sizeof(char *));
    if (a.files == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&ocr_argp, argc, argv, 0, NULL, &a) != 0 ||
        mkdtemp(dir) == NULL)
        rc = err_set_errno(err, "cannot make a folder for the bench");
    else {
        rc = bench_in(&a, dir, err);
        (void)dir_remove(dir, &ignored);
    }
    free(a.files);
    return rc;
}
