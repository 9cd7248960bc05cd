/* SPDX-License-Identifier: MIT */
#include "ocr/alto.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "common/file.h"
#include "common/xml.h"

#define ALTO_NS  "http://www.loc.gov/standards/alto/ns-v4#"
#define ALTO_XSD "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"

/* The tag of blocks that hold something that was not read. */
#define UNREAD_TAG "unread"

#define ALTO_MAX_BYTES ((size_t)64 << 20)
#define COORDINATE_MAX (1 << 29)

/* Numbers in XML have a decimal point whatever the locale of the process. */
struct c_numbers {
    locale_t c, before;
};

static int c_numbers_begin(struct c_numbers *n, struct err *err)
{
    n->c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (n->c == (locale_t)0)
        return err_set(err, ERR_NOMEM, "alto: out of memory");
    n->before = uselocale(n->c);
    return 0;
}

static void c_numbers_end_at(const struct c_numbers *n)
{
    if (n->c == (locale_t)0)
        return;
    (void)uselocale(n->before);
    freelocale(n->c);
}

static bool quad_is_bounds(struct quad q)
{
    const struct point *c = q.corner;

    return c[0].x == c[3].x && c[1].x == c[2].x && c[0].y == c[1].y &&
           c[2].y == c[3].y && c[0].x <= c[1].x && c[0].y <= c[3].y;
}

static void write_bounds(struct xml_writer *w, struct quad quad)
{
    struct rect r = quad_bounds(quad);

    xml_attrf(w, "HPOS", "%d", r.x);
    xml_attrf(w, "VPOS", "%d", r.y);
    xml_attrf(w, "WIDTH", "%d", r.w);
    xml_attrf(w, "HEIGHT", "%d", r.h);
}

static void write_shape(struct xml_writer *w, struct quad quad)
{
    const struct point *c = quad.corner;

    if (quad_is_bounds(quad))
        return;
    xml_start(w, "Shape");
    xml_start(w, "Polygon");
    xml_attrf(w, "POINTS", "%d,%d %d,%d %d,%d %d,%d", c[0].x, c[0].y, c[1].x,
              c[1].y, c[2].x, c[2].y, c[3].x, c[3].y);
    xml_end(w);
    xml_end(w);
}

static void write_word(struct xml_writer *w, const struct page_text *text,
                       size_t i)
{
    const struct text_word *word = &text->words[i];

    xml_start(w, "String");
    xml_attrf(w, "ID", "W%zu", i + 1);
    xml_attr(w, "CONTENT", word->text);
    write_bounds(w, word->quad);
    xml_attrf(w, "WC", "%u.%02u", word->confidence / 100,
              word->confidence % 100);
    write_shape(w, word->quad);
    xml_end(w);
}

static void write_line(struct xml_writer *w, const struct page_text *text,
                       size_t i)
{
    const struct text_line *line = &text->lines[i];

    xml_start(w, "TextLine");
    xml_attrf(w, "ID", "L%zu", i + 1);
    write_bounds(w, line->quad);
    write_shape(w, line->quad);
    for (size_t n = 0; n < line->word_count; n++) {
        if (n > 0) {
            xml_start(w, "SP");
            xml_end(w);
        }
        write_word(w, text, line->first_word + n);
    }
    xml_end(w);
}

static void write_block(struct xml_writer *w, const struct page_text *text,
                        size_t i)
{
    const struct text_block *block = &text->blocks[i];

    xml_start(w, "TextBlock");
    xml_attrf(w, "ID", "B%zu", i + 1);
    if (block->unread)
        xml_attr(w, "TAGREFS", UNREAD_TAG);
    write_bounds(w, block->quad);
    write_shape(w, block->quad);
    for (size_t n = 0; n < block->line_count; n++)
        write_line(w, text, block->first_line + n);
    xml_end(w);
}

/* "tesseract 5.3.0": the version is what stands behind the last space. */
static void write_software(struct xml_writer *w, const char *software)
{
    const char *space = strrchr(software, ' ');
    int name_len =
        space == NULL ? (int)strlen(software) : (int)(space - software);

    xml_start(w, "processingSoftware");
    xml_elementf(w, "softwareName", "%.*s", name_len, software);
    if (space != NULL)
        xml_element(w, "softwareVersion", space + 1);
    xml_end(w);
}

static void write_straightening(struct xml_writer *w,
                                const struct page_text *text, uint32_t image)
{
    xml_start(w, "Processing");
    xml_attr(w, "ID", "straightening");
    xml_element(w, "processingCategory", "preOperation");
    xml_element(w, "processingStepDescription",
                "The image was flipped left to right if mirrored, turned and "
                "levelled for reading; places are those on the untouched file");
    xml_elementf(w, "processingStepSettings",
                 "image=%u mirrored=%s turn_cw_deg=%d skew_cw_deg=%.17g "
                 "skew_confidence=%.17g blank=%s",
                 image, text->mirrored ? "yes" : "no", text->turn_cw_deg,
                 text->skew_cw_deg, text->skew_confidence,
                 text->blank ? "yes" : "no");
    xml_end(w);
}

static void write_reading(struct xml_writer *w, const struct page_text *text)
{
    xml_start(w, "Processing");
    xml_attr(w, "ID", "reading");
    xml_element(w, "processingCategory", "contentGeneration");
    if (text->read_utc[0] != '\0')
        xml_element(w, "processingDateTime", text->read_utc);
    if (text->lacks[0] == '\0')
        xml_elementf(w, "processingStepSettings", "language=%s",
                     text->language);
    else
        xml_elementf(w, "processingStepSettings", "language=%s lacks=%s",
                     text->language, text->lacks);
    write_software(w, text->software);
    xml_end(w);
}

static void write_description(struct xml_writer *w,
                              const struct page_text *text,
                              const struct alto_source *source)
{
    xml_start(w, "Description");
    xml_element(w, "MeasurementUnit", "pixel");
    xml_start(w, "sourceImageInformation");
    xml_element(w, "fileName", source->file_name);
    xml_element(w, "fileIdentifier", source->page_id);
    xml_end(w);
    write_straightening(w, text, source->image);
    write_reading(w, text);
    xml_end(w);
}

static void write_tags(struct xml_writer *w, const struct page_text *text)
{
    bool any = false;

    for (size_t i = 0; i < text->block_count; i++)
        any = any || text->blocks[i].unread;
    if (!any)
        return;
    xml_start(w, "Tags");
    xml_start(w, "OtherTag");
    xml_attr(w, "ID", UNREAD_TAG);
    xml_attr(w, "LABEL", UNREAD_TAG);
    xml_attr(w, "DESCRIPTION",
             "Something stands here, as writing by hand, that was not read");
    xml_end(w);
    xml_end(w);
}

/* Tesseract's names of two or three letters are ISO 639 codes, which are
 * language tags (BCP 47); "Cyrillic" or "bul+eng" as a whole are not. Our own
 * model reads Bulgarian. */
static bool is_language_tag(const char *name, size_t len)
{
    return (len == 2 || len == 3) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz") >= len;
}

static void write_languages(struct xml_writer *w, const char *language)
{
    size_t len = strcspn(language, "+");

    if (strcmp(language, "tefter") == 0)
        xml_attr(w, "LANG", "bul");
    else if (is_language_tag(language, len))
        xml_attrf(w, "LANG", "%.*s", (int)len, language);
}

static void write_page(struct xml_writer *w, const struct page_text *text,
                       const struct alto_source *source)
{
    xml_start(w, "Page");
    xml_attr(w, "ID", "P1");
    xml_attrf(w, "PHYSICAL_IMG_NR", "%u", source->number);
    xml_attrf(w, "WIDTH", "%u", text->width_px);
    xml_attrf(w, "HEIGHT", "%u", text->height_px);
    xml_attrf(w, "ROTATION", "%d", text->turn_cw_deg);
    write_languages(w, text->language);
    xml_attrf(w, "PC", "%u.%02u", text->mean_confidence / 100,
              text->mean_confidence % 100);
    xml_attr(w, "PROCESSINGREFS", "straightening reading");
    xml_start(w, "PrintSpace");
    xml_attr(w, "HPOS", "0");
    xml_attr(w, "VPOS", "0");
    xml_attrf(w, "WIDTH", "%u", text->width_px);
    xml_attrf(w, "HEIGHT", "%u", text->height_px);
    for (size_t i = 0; i < text->block_count; i++)
        write_block(w, text, i);
    xml_end(w);
    xml_end(w);
}

int alto_write(const struct page_text *text, const struct alto_source *source,
               struct buf *out, struct err *err)
{
    __attribute__((cleanup(c_numbers_end_at))) struct c_numbers numbers = {0};
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (c_numbers_begin(&numbers, err) != 0 || xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "alto");
    xml_attr(w, "xmlns", ALTO_NS);
    xml_attr(w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml_attr(w, "xsi:schemaLocation", ALTO_NS " " ALTO_XSD);
    xml_attr(w, "SCHEMAVERSION", "4.4");
    write_description(w, text, source);
    write_tags(w, text);
    xml_start(w, "Layout");
    write_page(w, text, source);
    return xml_finish(w, out, err);
}

/* What is being read, for messages. */
struct reading {
    const char *path;
    struct page_text *text;
};

static int refuse(const struct reading *r, const xmlNode *node,
                  const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s:%ld: %s: %s", r->path,
                   xmlGetLineNo(node), (const char *)node->name, what);
}

/* An attribute's value, borrowed from the document; NULL when absent or not
 * plain text. */
static const char *attr_of(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        const xmlNode *value = a->children;

        if (xmlStrcmp(a->name, (const xmlChar *)name) != 0)
            continue;
        if (value == NULL)
            return "";
        return value->type == XML_TEXT_NODE && value->next == NULL
                   ? (const char *)value->content
                   : NULL;
    }
    return NULL;
}

/* A whole number at *at, which moves behind it. */
static bool take_int(const char **at, long long min, long long max,
                     long long *value)
{
    char *end;

    errno = 0;
    *value = strtoll(*at, &end, 10);
    if (end == *at || errno != 0 || *value < min || *value > max)
        return false;
    *at = end;
    return true;
}

static int read_int(const struct reading *r, const xmlNode *node,
                    const char *name, long long min, long long max,
                    long long *value, struct err *err)
{
    const char *at = attr_of(node, name);
    char what[128];

    if (at != NULL && take_int(&at, min, max, value) && *at == '\0')
        return 0;
    (void)snprintf(what, sizeof(what), "%s is not a whole number %lld to %lld",
                   name, min, max);
    return refuse(r, node, what, err);
}

/* "0.93", as WC and PC were written, to 93. */
static int read_hundredths(const struct reading *r, const xmlNode *node,
                           const char *name, unsigned *value, struct err *err)
{
    const char *at = attr_of(node, name);
    char *end = NULL;
    double v = at == NULL ? -1 : strtod(at, &end);

    if (!(v >= 0 && v <= 1) || end == at || *end != '\0')
        return refuse(r, node, "a confidence is not a number 0 to 1", err);
    *value = (unsigned)lround(v * 100);
    return 0;
}

static bool take_corners(const char *at, struct quad *out)
{
    for (int i = 0; i < 4; i++) {
        long long x;
        long long y;

        if (!take_int(&at, -COORDINATE_MAX, COORDINATE_MAX, &x) ||
            *at++ != ',' ||
            !take_int(&at, -COORDINATE_MAX, COORDINATE_MAX, &y) ||
            *at != (i == 3 ? '\0' : ' '))
            return false;
        out->corner[i] = (struct point){(int32_t)x, (int32_t)y};
    }
    return true;
}

static int read_polygon(const struct reading *r, const xmlNode *shape,
                        struct quad *out, struct err *err)
{
    const xmlNode *polygon = xml_child(shape, "Polygon");
    const char *points = polygon == NULL ? NULL : attr_of(polygon, "POINTS");

    if (points == NULL || !take_corners(points, out))
        return refuse(r, shape, "not a Polygon of four points x,y", err);
    return 0;
}

static int read_quad(const struct reading *r, const xmlNode *node,
                     struct quad *out, struct err *err)
{
    const xmlNode *shape = xml_child(node, "Shape");
    long long x = 0, y = 0, w = 0, h = 0;
    int32_t x0, y0, x1, y1;

    if (shape != NULL)
        return read_polygon(r, shape, out, err);
    if (read_int(r, node, "HPOS", -COORDINATE_MAX, COORDINATE_MAX, &x, err) ||
        read_int(r, node, "VPOS", -COORDINATE_MAX, COORDINATE_MAX, &y, err) ||
        read_int(r, node, "WIDTH", 0, COORDINATE_MAX - x, &w, err) ||
        read_int(r, node, "HEIGHT", 0, COORDINATE_MAX - y, &h, err))
        return -1;
    x0 = (int32_t)x;
    y0 = (int32_t)y;
    x1 = (int32_t)(x + w);
    y1 = (int32_t)(y + h);
    *out = (struct quad){{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}};
    return 0;
}

static int read_word(const struct reading *r, const xmlNode *node,
                     struct err *err)
{
    const char *content = attr_of(node, "CONTENT");
    struct quad quad = {{{0, 0}}};
    unsigned confidence = 0;

    if (content == NULL)
        return refuse(r, node, "has no CONTENT", err);
    if (read_quad(r, node, &quad, err) != 0 ||
        read_hundredths(r, node, "WC", &confidence, err) != 0)
        return -1;
    if (page_text_add_word(r->text, content, confidence, quad, err) == 0)
        return 0;
    return err->kind == ERR_NOMEM
               ? -1
               : refuse(r, node, "CONTENT is not one word", err);
}

static int read_line(const struct reading *r, const xmlNode *node,
                     struct err *err)
{
    struct quad quad = {{{0, 0}}};

    if (xml_child(node, "String") == NULL)
        return refuse(r, node, "has no String", err);
    if (read_quad(r, node, &quad, err) != 0 ||
        page_text_begin_line(r->text, err) != 0)
        return -1;
    for (const xmlNode *word = xml_child(node, "String"); word != NULL;
         word = xml_next(word, "String")) {
        if (read_word(r, word, err) != 0)
            return -1;
    }
    r->text->lines[r->text->line_count - 1].quad = quad;
    return 0;
}

static int read_unread(const struct reading *r, const xmlNode *node,
                       struct err *err)
{
    struct quad quad = {{{0, 0}}};

    if (xml_child(node, "TextLine") != NULL)
        return refuse(r, node, "is unread, and has a TextLine", err);
    if (read_quad(r, node, &quad, err) != 0)
        return -1;
    if (page_text_add_unread(r->text, quad, err) == 0)
        return 0;
    return err->kind == ERR_NOMEM ? -1
                                  : refuse(r, node, "lies on no scan", err);
}

static int read_block(const struct reading *r, const xmlNode *node,
                      struct err *err)
{
    struct quad quad = {{{0, 0}}};
    const char *tags = attr_of(node, "TAGREFS");

    if (tags != NULL && strcmp(tags, UNREAD_TAG) == 0)
        return read_unread(r, node, err);
    if (xml_child(node, "TextLine") == NULL)
        return refuse(r, node, "has no TextLine", err);
    if (read_quad(r, node, &quad, err) != 0 ||
        page_text_begin_block(r->text, err) != 0)
        return -1;
    for (const xmlNode *line = xml_child(node, "TextLine"); line != NULL;
         line = xml_next(line, "TextLine")) {
        if (read_line(r, line, err) != 0)
            return -1;
    }
    r->text->blocks[r->text->block_count - 1].quad = quad;
    return 0;
}

static int read_page(const struct reading *r, const xmlNode *page,
                     struct err *err)
{
    const xmlNode *space = xml_child(page, "PrintSpace");
    long long width = 0;
    long long height = 0;

    if (space == NULL)
        return refuse(r, page, "has no PrintSpace", err);
    if (read_int(r, page, "WIDTH", 0, UINT32_MAX, &width, err) != 0 ||
        read_int(r, page, "HEIGHT", 0, UINT32_MAX, &height, err) != 0 ||
        read_hundredths(r, page, "PC", &r->text->mean_confidence, err) != 0)
        return -1;
    r->text->width_px = (uint32_t)width;
    r->text->height_px = (uint32_t)height;
    for (const xmlNode *block = xml_child(space, "TextBlock"); block != NULL;
         block = xml_next(block, "TextBlock")) {
        if (read_block(r, block, err) != 0)
            return -1;
    }
    return 0;
}

/* The value of key in "key=value key=value", or NULL. Not terminated: it ends
 * at the next space. */
static const char *setting(const char *settings, const char *key)
{
    size_t len = strlen(key);

    for (const char *at = strstr(settings, key); at != NULL;
         at = strstr(at + 1, key)) {
        if ((at == settings || at[-1] == ' ') && at[len] == '=')
            return at + len + 1;
    }
    return NULL;
}

static bool setting_flag(const char *settings, const char *key, bool *out)
{
    const char *value = setting(settings, key);

    if (value == NULL)
        return false;
    *out = strncmp(value, "yes", 3) == 0;
    return *out || strncmp(value, "no", 2) == 0;
}

static bool setting_real(const char *settings, const char *key, double *out)
{
    const char *value = setting(settings, key);
    char *end;

    if (value == NULL)
        return false;
    *out = strtod(value, &end);
    return end != value && isfinite(*out);
}

static bool setting_turn(const char *settings, int *out)
{
    double deg;

    if (!setting_real(settings, "turn_cw_deg", &deg) ||
        (deg != 0 && deg != 90 && deg != 180 && deg != 270))
        return false;
    *out = (int)deg;
    return true;
}

/* The text of a child element, "" when there is none; NULL only when out of
 * memory. */
static char *child_text(const xmlNode *node, const char *name)
{
    const xmlNode *child = xml_child(node, name);

    return child == NULL ? strdup("") : xml_get_text(child);
}

static int read_straightening(const struct reading *r, const xmlNode *step,
                              struct err *err)
{
    CLEANUP(free) char *settings = child_text(step, "processingStepSettings");
    struct page_text *t = r->text;

    if (settings == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", r->path);
    if (!setting_flag(settings, "mirrored", &t->mirrored) ||
        !setting_turn(settings, &t->turn_cw_deg) ||
        !setting_real(settings, "skew_cw_deg", &t->skew_cw_deg) ||
        !setting_real(settings, "skew_confidence", &t->skew_confidence) ||
        !setting_flag(settings, "blank", &t->blank))
        return refuse(r, step, "a setting is missing or out of its range", err);
    return 0;
}

static bool keep(char *to, size_t size, const char *from)
{
    int n = snprintf(to, size, "%s", from);

    return n >= 0 && (size_t)n < size;
}

/* A value of the settings, which ends at the next space. */
static bool keep_setting(const char *settings, const char *key, char *to,
                         size_t size)
{
    const char *value = setting(settings, key);
    int n = value == NULL
                ? -1
                : snprintf(to, size, "%.*s", (int)strcspn(value, " "), value);

    return n >= 0 && (size_t)n < size;
}

static int read_software(const struct reading *r, const xmlNode *step,
                         struct err *err)
{
    const xmlNode *software = xml_child(step, "processingSoftware");
    CLEANUP(free) char *name = NULL;
    CLEANUP(free) char *version = NULL;
    int n;

    if (software == NULL)
        return refuse(r, step, "has no processingSoftware", err);
    name = child_text(software, "softwareName");
    version = child_text(software, "softwareVersion");
    if (name == NULL || version == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", r->path);
    n = snprintf(r->text->software, sizeof(r->text->software), "%s%s%s", name,
                 xml_child(software, "softwareVersion") == NULL ? "" : " ",
                 version);
    if (n < 0 || (size_t)n >= sizeof(r->text->software))
        return refuse(r, software, "the name is too long", err);
    return 0;
}

static int read_reading(const struct reading *r, const xmlNode *step,
                        struct err *err)
{
    CLEANUP(free) char *settings = child_text(step, "processingStepSettings");
    CLEANUP(free) char *when = child_text(step, "processingDateTime");

    if (settings == NULL || when == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", r->path);
    if (!keep_setting(settings, "language", r->text->language,
                      sizeof(r->text->language)) ||
        (setting(settings, "lacks") != NULL &&
         !keep_setting(settings, "lacks", r->text->lacks,
                       sizeof(r->text->lacks))) ||
        !keep(r->text->read_utc, sizeof(r->text->read_utc), when))
        return refuse(r, step, "no language, or a value is too long", err);
    return read_software(r, step, err);
}

static const xmlNode *processing(const xmlNode *description, const char *id)
{
    for (const xmlNode *step = xml_child(description, "Processing");
         step != NULL; step = xml_next(step, "Processing")) {
        const char *have = attr_of(step, "ID");

        if (have != NULL && strcmp(have, id) == 0)
            return step;
    }
    return NULL;
}

static int read_description(const struct reading *r, const xmlNode *node,
                            struct err *err)
{
    const xmlNode *straightening = processing(node, "straightening");
    const xmlNode *reading = processing(node, "reading");

    if (straightening == NULL || reading == NULL)
        return refuse(r, node,
                      "no Processing 'straightening' and 'reading': not an "
                      "ALTO file of Tefter",
                      err);
    if (read_straightening(r, straightening, err) != 0)
        return -1;
    return read_reading(r, reading, err);
}

static int read_alto(const struct reading *r, const xmlNode *root,
                     struct err *err)
{
    const xmlNode *description = xml_child(root, "Description");
    const xmlNode *layout = xml_child(root, "Layout");
    const xmlNode *page = layout == NULL ? NULL : xml_child(layout, "Page");

    if (xmlStrcmp(root->name, BAD_CAST "alto") != 0 || root->ns == NULL ||
        xmlStrcmp(root->ns->href, BAD_CAST ALTO_NS) != 0)
        return refuse(r, root, "not an ALTO 4 file", err);
    if (description == NULL || page == NULL)
        return refuse(r, root, "no Description, or no Layout/Page", err);
    if (read_description(r, description, err) != 0)
        return -1;
    return read_page(r, page, err);
}

int alto_read(const char *path, struct page_text **out, struct err *err)
{
    __attribute__((cleanup(c_numbers_end_at))) struct c_numbers numbers = {0};
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    struct reading r = {path, text};

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (c_numbers_begin(&numbers, err) != 0 ||
        file_read(path, ALTO_MAX_BYTES, &bytes, err) != 0 ||
        xml_parse(buf_str(&bytes), bytes.len, path, &doc, err) != 0)
        return -1;
    if (xmlGetIntSubset(doc) != NULL)
        return err_set(err, ERR_INPUT, "%s: has a DTD; ALTO has none", path);
    if (read_alto(&r, xmlDocGetRootElement(doc), err) != 0)
        return -1;
    *out = STEAL(text);
    return 0;
}
