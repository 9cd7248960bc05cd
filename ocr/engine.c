/* SPDX-License-Identifier: MIT */
#include "ocr/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "ocr/alphabet.h"
#include "ocr/tesseract_load.h"

#define DEFAULT_DPI 300

/* Set by the first engine_open. */
static const struct tesseract *tess;

struct engine {
    TessBaseAPI *api;
    char language[32];
    char lacks[ALPHABET_SIZE];
};

static int no_model(const struct engine *engine, const char *tessdata,
                    struct err *err)
{
    const char *folder =
        tessdata != NULL ? tessdata : tess->TessBaseAPIGetDatapath(engine->api);

    return err_set(
        err, ERR_USAGE,
        "the language '%s': Tesseract has no model of it in %s: install the "
        "package tesseract-ocr-%s and run `tefter batch retry`; `tesseract "
        "--list-langs` shows what there is, --language or `language` in "
        "tefter.conf chooses of it for further batches",
        engine->language,
        folder != NULL && folder[0] != '\0' ? folder : "its folder of models",
        engine->language);
}

/* Where our own models are: $TEFTER_MODELS, else share/tefter/models beside the
 * folder of the running program. */
static int own_models(char out[PATH_SIZE], struct err *err)
{
    const char *named = getenv("TEFTER_MODELS");
    char share[PATH_SIZE];

    if (named != NULL && named[0] != '\0')
        return path_format(out, err, "%s", named);
    return program_share(share, err) != 0
               ? -1
               : path_format(out, err, "%s/models", share);
}

static int start(struct engine *engine, const char *tessdata, struct err *err)
{
    char own[PATH_SIZE];

    /* Tesseract splits each line among four threads, which wait for each
     * other in a busy loop: four times the CPU time for nothing when there is
     * a process for every core. With no active level it stays in this one. */
    tess->omp_set_max_active_levels(0);
    engine->api = tess->TessBaseAPICreate();
    if (engine->api == NULL)
        return err_set(err, ERR_NOMEM, "tesseract: out of memory");
    (void)tess->TessBaseAPISetVariable(engine->api, "debug_file", "/dev/null");
    if (tessdata == NULL && engine_reads_raw(engine)) {
        if (own_models(own, err) != 0)
            return -1;
        tessdata = own;
    }
    if (tess->TessBaseAPIInit3(engine->api, tessdata, engine->language) != 0)
        return no_model(engine, tessdata, err);
    if (strcmp(engine->language, "osd") == 0) /* writes nothing */
        return 0;
    /* What is read badly would be tried again as white on black. */
    if (engine_reads_raw(engine))
        (void)tess->TessBaseAPISetVariable(engine->api, "invert_threshold",
                                           "0");
    return alphabet_missing(tess->TessBaseAPIGetDatapath(engine->api),
                            engine->language, engine->lacks, err);
}

int engine_open(const char *tessdata, const char *language, struct engine **out,
                struct err *err)
{
    struct engine *engine;
    int n;

    if (tesseract_load(&tess, err) != 0)
        return -1;
    engine = calloc(1, sizeof(*engine));
    if (engine == NULL)
        return err_set(err, ERR_NOMEM, "tesseract: out of memory");
    n = snprintf(engine->language, sizeof(engine->language), "%s", language);
    if (n <= 0 || (size_t)n >= sizeof(engine->language)) {
        engine_close(engine);
        return err_set(err, ERR_USAGE, "'%.40s' is no language of Tesseract's",
                       language);
    }
    if (start(engine, tessdata, err) != 0) {
        engine_close(engine);
        return -1;
    }
    *out = engine;
    return 0;
}

void engine_close(struct engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->api != NULL) {
        tess->TessBaseAPIEnd(engine->api);
        tess->TessBaseAPIDelete(engine->api);
    }
    free(engine);
}

const char *engine_language(const struct engine *engine)
{
    return engine->language;
}

const char *engine_lacks(const struct engine *engine)
{
    return engine->lacks;
}

void engine_software(char *out, size_t size)
{
    struct err err;

    if (tesseract_load(&tess, &err) == 0)
        (void)snprintf(out, size, "tesseract %s", tess->TessVersion());
    else /* whoever read nothing may do without it */
        (void)snprintf(out, size, "tesseract");
}

/* One word of the iterator. What page_text refuses (white space inside, a
 * character XML cannot hold) is no word. */
/* Ours write No with a Cyrillic о (ocr/training/label.h). */
static void put_latin(char *word)
{
    for (char *at = strstr(word, "Nо"); at != NULL; at = strstr(at, "Nо")) {
        at[1] = 'o';
        memmove(at + 2, at + 3, strlen(at + 3) + 1);
    }
}

static int add_word(const TessResultIterator *it, const struct engine_job *job,
                    struct page_text *text, struct err *err)
{
    char *word = tess->TessResultIteratorGetUTF8Text(it, RIL_WORD);
    float confidence = tess->TessResultIteratorConfidence(it, RIL_WORD);
    int left, top, right, bottom, rc;

    if (word == NULL)
        return 0;
    if (!tess->TessPageIteratorBoundingBox(
            tess->TessResultIteratorGetPageIteratorConst(it), RIL_WORD, &left,
            &top, &right, &bottom)) {
        tess->TessDeleteText(word);
        return 0;
    }
    put_latin(word);
    confidence = confidence < 0 ? 0 : confidence > 100 ? 100 : confidence;
    rc = page_text_add_word(
        text, word, (unsigned)(confidence + 0.5F),
        affine_quad(job->to_master,
                    (struct rect){left, top, right - left, bottom - top}),
        err);
    tess->TessDeleteText(word);
    return rc != 0 && err->kind == ERR_NOMEM ? -1 : 0;
}

static int add_words(TessResultIterator *it, const struct engine_job *job,
                     struct page_text *text, struct err *err)
{
    const TessPageIterator *page =
        tess->TessResultIteratorGetPageIteratorConst(it);

    do {
        if (tess->TessPageIteratorIsAtBeginningOf(page, RIL_BLOCK) &&
            job->layout == ENGINE_PAGE && page_text_begin_block(text, err) != 0)
            return -1;
        if (tess->TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE) &&
            page_text_begin_line(text, err) != 0)
            return -1;
        if (add_word(it, job, text, err) != 0)
            return -1;
    } while (tess->TessResultIteratorNext(it, RIL_WORD));
    return 0;
}

static void set_picture(struct engine *engine, PIX *pix, double dpi,
                        TessPageSegMode mode)
{
    tess->TessBaseAPISetPageSegMode(engine->api, mode);
    tess->TessBaseAPISetImage2(engine->api, pix);
    tess->TessBaseAPISetSourceResolution(
        engine->api, dpi == 0 ? DEFAULT_DPI : (int)(dpi + 0.5));
}

bool engine_reads_raw(const struct engine *engine)
{
    return strncmp(engine->language, ENGINE_OWN, strlen(ENGINE_OWN)) == 0;
}

static TessPageSegMode mode_of(const struct engine *engine,
                               enum engine_layout layout)
{
    if (layout == ENGINE_PAGE)
        return PSM_AUTO;
    return engine_reads_raw(engine) ? PSM_RAW_LINE : PSM_SINGLE_LINE;
}

int engine_read(struct engine *engine, const struct engine_job *job,
                struct page_text *text, struct err *err)
{
    TessResultIterator *it;
    int rc = 0;

    set_picture(engine, job->pix, job->dpi, mode_of(engine, job->layout));
    if (tess->TessBaseAPIRecognize(engine->api, NULL) != 0) {
        tess->TessBaseAPIClear(engine->api);
        return err_set(err, ERR_LIBRARY, "tesseract: recognition failed");
    }
    it = tess->TessBaseAPIGetIterator(engine->api);
    if (it != NULL) {
        rc = add_words(it, job, text, err);
        tess->TessResultIteratorDelete(it);
    }
    tess->TessBaseAPIClear(engine->api);
    return rc;
}

void engine_orient(struct engine *engine, PIX *pix, double dpi, int *cw_deg,
                   double *confidence)
{
    int deg = 0;
    float sure = 0;
    float script_sure = 0;
    const char *script = NULL;

    set_picture(engine, pix, dpi, PSM_OSD_ONLY);
    *cw_deg = 0;
    *confidence = 0;
    if (tess->TessBaseAPIDetectOrientationScript(engine->api, &deg, &sure,
                                                 &script, &script_sure) &&
        deg % 90 == 0) {
        *cw_deg = (360 - deg % 360) % 360;
        *confidence = (double)sure;
    }
    tess->TessBaseAPIClear(engine->api);
}
