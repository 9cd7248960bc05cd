/* SPDX-License-Identifier: MIT */
#include "tefter/volume_pdf.h"

#include <lcms2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xml.h"
#include "tefter/access_copy.h"
#include "tefter/pdf_file.h"
#include "tefter/pdf_font.h"

#define POINTS_AN_INCH 72.0
#define UNKNOWN_DPI    300.0
#define SIDE_MOST_PT   14400.0 /* ISO 32000-1, annex C */
#define ICC_VERSION    2.1
#define PNG_HEAD       8 /* bytes before the first chunk */
#define PNG_CHUNK      12
#define CREATED_SIZE   32

/* Where the drawing of a file stands. */
struct drawing {
    const struct given *given;
    struct pdf_file *file;
    unsigned root, info, pages, font, profile;
    unsigned *page_numbers; /* objects, in order */
};

static void drawing_fini_at(struct drawing *d)
{
    pdf_file_free(d->file);
    free(d->page_numbers);
}

/* The newest version's time: "2026-11-26T10:15:00Z". */
static const char *created(const struct drawing *d)
{
    return package_created(d->given->package);
}

/* ---- colours ---- */

/* sRGB as an ICC profile of version 2, without the moment it was made. */
static int write_profile(struct drawing *d, struct err *err)
{
    static const unsigned char made[12] = {0x07, 0xEA, 0, 1, 0, 1};
    cmsHPROFILE srgb = cmsCreate_sRGBProfile();
    CLEANUP(free) unsigned char *bytes = NULL;
    cmsUInt32Number len = 0;
    bool is_made;

    if (srgb == NULL)
        return err_set(err, ERR_LIBRARY, "lcms2: cannot make sRGB");
    cmsSetProfileVersion(srgb, ICC_VERSION);
    is_made = cmsSaveProfileToMem(srgb, NULL, &len) &&
              (bytes = malloc(len)) != NULL &&
              cmsSaveProfileToMem(srgb, bytes, &len);
    cmsCloseProfile(srgb);
    if (!is_made)
        return err_set(err, ERR_LIBRARY, "lcms2: cannot write sRGB");
    memcpy(bytes + 24, made, sizeof(made)); /* ICC.1, 7.2.1: date and time */
    pdf_file_flate(d->file, d->profile, "/N 3", bytes, len);
    return 0;
}

/* ---- pictures ---- */

static uint32_t be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

/* The compressed pixels of a PNG are, joined, just what FlateDecode with PNG's
 * predictors reads (ISO 32000-1, 7.4.4.4). */
static void join_png(const struct buf *png, struct buf *out)
{
    const unsigned char *bytes = (const unsigned char *)png->data;

    for (size_t at = PNG_HEAD; at + PNG_CHUNK <= png->len;) {
        size_t len = be32(bytes + at);

        if (len > png->len - at - PNG_CHUNK)
            return;
        if (memcmp(bytes + at + 4, "IDAT", 4) == 0)
            buf_add(out, bytes + at + 8, len);
        at += len + PNG_CHUNK;
    }
}

static unsigned write_picture(struct drawing *d, const struct access_copy *copy)
{
    unsigned number = pdf_file_reserve(d->file);
    CLEANUP(buf_fini) struct buf entries = BUF_INIT, pixels = BUF_INIT;

    buf_printf(&entries, "/Type /XObject /Subtype /Image /Width %u /Height %u",
               copy->width_px, copy->height_px);
    if (copy->format == FORMAT_JPG) {
        buf_printf(&entries,
                   " /BitsPerComponent 8 /ColorSpace /Device%s "
                   "/Filter /DCTDecode",
                   copy->has_colour ? "RGB" : "Gray");
        pdf_file_stream(d->file, number, buf_str(&entries), copy->bytes.data,
                        copy->bytes.len);
        return number;
    }
    join_png(&copy->bytes, &pixels);
    buf_printf(&entries,
               " /BitsPerComponent 1 /ColorSpace /DeviceGray "
               "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 1 "
               "/BitsPerComponent 1 /Columns %u >>",
               copy->width_px);
    pdf_file_stream(d->file, number, buf_str(&entries), buf_str(&pixels),
                    pixels.len);
    return number;
}

/* ---- pages ---- */

/* A page's paper: points a pixel of the master, and its size. */
struct paper {
    double x_pt, y_pt;
    double width_pt, height_pt;
};

static struct paper paper_of(const struct page *page)
{
    double xres = page->xres_dpi > 1 ? page->xres_dpi : UNKNOWN_DPI;
    double yres =
        page->yres_dpi > 1 ? page->yres_dpi : xres * page_pixel_stretch(page);
    struct paper p = {POINTS_AN_INCH / xres, POINTS_AN_INCH / yres, 0, 0};
    double most = fmax(page->width_px * p.x_pt, page->height_px * p.y_pt);

    if (most > SIDE_MOST_PT) {
        p.x_pt *= SIDE_MOST_PT / most;
        p.y_pt *= SIDE_MOST_PT / most;
    }
    p.width_pt = page->width_px * p.x_pt;
    p.height_pt = page->height_px * p.y_pt;
    return p;
}

/* From a corner to another, in points, upwards. */
struct arrow {
    double x, y, length;
};

static struct arrow arrow_of(const struct paper *p, struct point from,
                             struct point to)
{
    struct arrow a = {(to.x - from.x) * p->x_pt, (from.y - to.y) * p->y_pt, 0};

    a.length = hypot(a.x, a.y);
    return a;
}

/* As wide and as high as it is on the picture, with a space behind it. */
static void put_word(const struct paper *p, const struct text_word *word,
                     struct buf *out)
{
    struct point at = word->quad.corner[3];
    struct arrow along = arrow_of(p, at, word->quad.corner[2]);
    struct arrow up = arrow_of(p, at, word->quad.corner[0]);
    CLEANUP(buf_fini) struct buf codes = BUF_INIT;
    size_t count = pdf_code_units(word->text, &codes);

    if (along.length < 1e-3 || up.length < 1e-3 || count == 0)
        return;
    buf_printf(out,
               "/F %.3f Tf %.3f Tz %.5f %.5f %.5f %.5f %.3f %.3f Tm "
               "<%s0020> Tj\n",
               up.length,
               100 * along.length /
                   ((double)count * PDF_FONT_WIDTH * up.length),
               along.x / along.length, along.y / along.length, up.x / up.length,
               up.y / up.length, at.x * p->x_pt, p->height_pt - at.y * p->y_pt,
               buf_str(&codes));
}

/* A mirrored page is turned over, picture and text alike. Text render mode 3
 * paints nothing. */
static void draw_content(const struct page_text *text, const struct paper *p,
                         struct buf *out)
{
    if (text->mirrored)
        buf_printf(out, "-1 0 0 1 %.3f 0 cm\n", p->width_pt);
    buf_printf(out, "q %.3f 0 0 %.3f 0 0 cm /Im Do Q\n", p->width_pt,
               p->height_pt);
    if (text->word_count == 0)
        return;
    buf_puts(out, "BT\n3 Tr\n");
    for (size_t i = 0; i < text->word_count; i++)
        put_word(p, &text->words[i], out);
    buf_puts(out, "ET\n");
}

static int draw_page(struct drawing *d, size_t i, struct err *err)
{
    __attribute__((cleanup(access_copy_fini_at))) struct access_copy copy =
        ACCESS_COPY_INIT;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(buf_fini) struct buf content = BUF_INIT;
    struct paper paper = paper_of(given_page(d->given, i));
    struct iiif_mask storage = {NULL, 0};
    const struct iiif_mask *mask;
    unsigned picture, drawn = pdf_file_reserve(d->file);
    int rc;

    if (given_text(d->given, i, &text, err) != 0 ||
        given_mask(d->given, &storage, &mask, err) != 0)
        return -1;
    rc = access_copy_make(d->given->archive, d->given->package,
                          d->given->pages[i], mask, &copy, err);
    free(storage.quads);
    if (rc != 0)
        return -1;
    picture = write_picture(d, &copy);
    draw_content(text, &paper, &content);
    if (content.failed)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    pdf_file_flate(d->file, drawn, "", content.data, content.len);
    pdf_file_object(d->file, d->page_numbers[i],
                    "<< /Type /Page /Parent %u 0 R /MediaBox [0 0 %.3f %.3f] "
                    "/Rotate %d /Contents %u 0 R /Resources << /XObject << "
                    "/Im %u 0 R >> /Font << /F %u 0 R >> >> >>",
                    d->pages, paper.width_pt, paper.height_pt,
                    text->turn_cw_deg, drawn, picture, d->font);
    return 0;
}

/* ---- what the document says of itself ---- */

static const char *title_of(const struct drawing *d)
{
    const struct volume *v = package_volume(d->given->package);

    return v->title[0] == '\0' ? v->id : v->title;
}

/* rdf:Alt of one language. */
static void write_alternative(struct xml_writer *w, const char *name,
                              const char *text)
{
    xml_start(w, name);
    xml_start(w, "rdf:Alt");
    xml_start(w, "rdf:li");
    xml_attr(w, "xml:lang", "x-default");
    xml_text(w, text);
    xml_end(w);
    xml_end(w);
    xml_end(w);
}

static int format_xmp(const struct drawing *d, struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "x:xmpmeta");
    xml_attr(w, "xmlns:x", "adobe:ns:meta/");
    xml_start(w, "rdf:RDF");
    xml_attr(w, "xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#");
    xml_start(w, "rdf:Description");
    xml_attr(w, "rdf:about", "");
    xml_attr(w, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
    xml_attr(w, "xmlns:xmp", "http://ns.adobe.com/xap/1.0/");
    xml_attr(w, "xmlns:pdf", "http://ns.adobe.com/pdf/1.3/");
    xml_attr(w, "xmlns:pdfaid", "http://www.aiim.org/pdfa/ns/id/");
    xml_element(w, "pdfaid:part", "2");
    xml_element(w, "pdfaid:conformance", "U");
    xml_element(w, "dc:format", "application/pdf");
    xml_element(w, "dc:identifier", d->given->of);
    write_alternative(w, "dc:title", title_of(d));
    xml_element(w, "xmp:CreateDate", created(d));
    xml_element(w, "xmp:ModifyDate", created(d));
    xml_element(w, "xmp:CreatorTool", "Tefter " TEFTER_VERSION);
    xml_element(w, "pdf:Producer", "Tefter " TEFTER_VERSION);
    return xml_finish(w, out, err);
}

/* The packet (XMP part 1, 7.3) stands in place of an XML declaration. */
static int write_xmp(struct drawing *d, unsigned number, struct err *err)
{
    CLEANUP(buf_fini) struct buf xml = BUF_INIT, packet = BUF_INIT;
    const char *body;

    if (format_xmp(d, &xml, err) != 0)
        return -1;
    body = strstr(buf_str(&xml), "<x:xmpmeta");
    buf_puts(&packet, "<?xpacket begin=\"\xEF\xBB\xBF\" "
                      "id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    buf_puts(&packet, body == NULL ? "" : body);
    buf_puts(&packet, "<?xpacket end=\"r\"?>");
    pdf_file_stream(d->file, number, "/Type /Metadata /Subtype /XML",
                    buf_str(&packet), packet.len);
    return 0;
}

/* "D:20261126101500Z" of "2026-11-26T10:15:00Z" */
static void format_date(const char *rfc3339, char out[CREATED_SIZE])
{
    size_t n = 0;

    out[n++] = 'D';
    out[n++] = ':';
    for (; *rfc3339 != '\0' && n + 2 < CREATED_SIZE; rfc3339++) {
        if (*rfc3339 >= '0' && *rfc3339 <= '9')
            out[n++] = *rfc3339;
    }
    out[n++] = 'Z';
    out[n] = '\0';
}

static void write_info(struct drawing *d)
{
    CLEANUP(buf_fini) struct buf title = BUF_INIT;
    char date[CREATED_SIZE];

    pdf_text(title_of(d), &title);
    format_date(created(d), date);
    pdf_file_object(d->file, d->info,
                    "<< /Title %s /Creator (Tefter " TEFTER_VERSION
                    ") /Producer (Tefter " TEFTER_VERSION
                    ") /CreationDate (%s) /ModDate (%s) >>",
                    buf_str(&title), date, date);
}

/* What is printed on the paper; else the page's number in the volume. */
static unsigned write_labels(struct drawing *d)
{
    unsigned number = pdf_file_reserve(d->file);
    CLEANUP(buf_fini) struct buf list = BUF_INIT;
    char own[16];

    for (size_t i = 0; i < d->given->count; i++) {
        const struct page *page = given_page(d->given, i);

        (void)snprintf(own, sizeof(own), "%u", page->number);
        buf_printf(&list, "%zu << /P ", i);
        pdf_text(page->label[0] == '\0' ? own : page->label, &list);
        buf_puts(&list, " >>\n");
    }
    pdf_file_object(d->file, number, "<< /Nums [%s] >>", buf_str(&list));
    return number;
}

/* One node of all pages: readers find a page in it by its place. */
static void write_page_tree(struct drawing *d)
{
    CLEANUP(buf_fini) struct buf kids = BUF_INIT;

    for (size_t i = 0; i < d->given->count; i++)
        buf_printf(&kids, "%u 0 R\n", d->page_numbers[i]);
    pdf_file_object(d->file, d->pages,
                    "<< /Type /Pages /Count %zu /Kids [%s] >>", d->given->count,
                    buf_str(&kids));
}

static int write_root(struct drawing *d, struct err *err)
{
    unsigned xmp = pdf_file_reserve(d->file);
    unsigned labels = write_labels(d);

    if (write_profile(d, err) != 0 || write_xmp(d, xmp, err) != 0)
        return -1;
    write_page_tree(d);
    write_info(d);
    pdf_file_object(
        d->file, d->root,
        "<< /Type /Catalog /Pages %u 0 R /Metadata %u 0 R /PageLabels %u 0 R "
        "/Lang (bg) /ViewerPreferences << /DisplayDocTitle true >> "
        "/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 "
        "/OutputConditionIdentifier (sRGB IEC61966-2.1) "
        "/Info (sRGB IEC61966-2.1) /RegistryName (http://www.color.org) "
        "/DestOutputProfile %u 0 R >>] >>",
        d->pages, xmp, labels, d->profile);
    return 0;
}

/* Which file this is: the package's version, for whom, of what. */
static int make_id(const struct drawing *d, char out[33], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char hex[DIGEST_HEX_SIZE];

    buf_printf(&text, "%s %u %s %s", package_uuid(d->given->package),
               package_version(d->given->package), d->given->role,
               d->given->of);
    for (size_t i = 0; i < d->given->count; i++)
        buf_printf(&text, " %u", given_page(d->given, i)->number);
    if (digest_bytes(buf_str(&text), text.len, DIGEST_SHA256, hex, err) != 0)
        return -1;
    (void)snprintf(out, 33, "%.32s", hex);
    return 0;
}

static int draw(struct drawing *d, struct err *err)
{
    char id[33];

    d->root = pdf_file_reserve(d->file);
    d->info = pdf_file_reserve(d->file);
    d->pages = pdf_file_reserve(d->file);
    d->profile = pdf_file_reserve(d->file);
    d->font = pdf_font_write(d->file);
    for (size_t i = 0; i < d->given->count; i++)
        d->page_numbers[i] = pdf_file_reserve(d->file);
    for (size_t i = 0; i < d->given->count; i++) {
        if (draw_page(d, i, err) != 0)
            return -1;
    }
    if (write_root(d, err) != 0 || make_id(d, id, err) != 0)
        return -1;
    return pdf_file_finish(d->file, d->root, d->info, id, err);
}

int volume_pdf(const struct given *g, const char *path, struct err *err)
{
    __attribute__((cleanup(drawing_fini_at))) struct drawing d = {.given = g};
    char temp[PATH_SIZE];
    struct err ignored;
    int rc;

    if (file_exists(path))
        return err_set(err, ERR_EXISTS, "%s is there already", path);
    d.page_numbers = calloc(g->count, sizeof(*d.page_numbers));
    if (d.page_numbers == NULL)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    if (path_format(temp, err, "%.*s" TEMP_PREFIX "%ld-%s",
                    (int)(path_base(path) - path), path, (long)getpid(),
                    path_base(path)) != 0 ||
        pdf_file_new(temp, &d.file, err) != 0)
        return -1;
    rc = draw(&d, err);
    if (rc == 0)
        rc = file_move_durable(temp, path, err);
    if (rc != 0)
        (void)file_remove(temp, &ignored);
    return rc;
}
