/* SPDX-License-Identifier: MIT */
#include "search-cgi/iiif_image.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "search-cgi/jpeg_file.h"
#include "search-cgi/png_file.h"
#include "search-cgi/scale.h"

/* Where output pixels go: the byte of pixel (x, y), before it is mirrored and
 * turned, is data + start + x * right + y * down. */
struct placement {
    ptrdiff_t start, right, down;
};

/* A part that is shown of a masked page. */
struct opening {
    struct quad quad;
    struct rect bounds;
};

/* What one answer is made with. */
struct painter {
    struct pyramid *pyramid;
    const struct iiif_plan *plan;
    const struct iiif_mask *mask; /* or NULL */
    struct pyramid_level level;
    unsigned level_number;
    unsigned channels_in, channels; /* bytes a pixel of tiles, of the answer */
    struct scaler *scaler;
    struct raster *picture;
    struct placement to;
    uint8_t *band; /* one row of tiles */
    size_t band_stride;
    bool *shown;              /* of a masked row, pixel by pixel */
    struct opening *openings; /* of a mask, those that the answer may show */
    size_t opening_count;
};

const char *iiif_format_type(enum iiif_format format)
{
    return format == FORMAT_PNG ? "image/png" : "image/jpeg";
}

unsigned iiif_level_for(const struct pyramid *p, const struct iiif_plan *plan)
{
    unsigned best = 0;

    for (unsigned n = 1; n < pyramid_level_count(p); n++) {
        if (pyramid_side((uint32_t)plan->region.w, n) >= plan->out_w &&
            pyramid_side((uint32_t)plan->region.h, n) >= plan->out_h)
            best = n;
    }
    return best;
}

/* Does a span of the full picture begin and end with tile number *tile of a
 * level, a tile that is not cut off by the picture's edge? */
static bool is_whole_tile(int32_t from, int32_t length, unsigned level,
                          uint32_t *tile)
{
    int64_t span = (int64_t)TILE_PX << level;

    *tile = (uint32_t)(from / span);
    return length == span && from % span == 0;
}

bool iiif_is_stored_tile(const struct pyramid *p, const struct iiif_plan *plan,
                         struct tile_at *at)
{
    unsigned level = iiif_level_for(p, plan);
    struct pyramid_level l = pyramid_level(p, level);
    bool is_grey_enough =
        plan->quality == QUALITY_DEFAULT || plan->quality == QUALITY_COLOR ||
        (plan->quality == QUALITY_GRAY && l.form == RASTER_GREY);

    at->level = level;
    return l.is_jpeg && is_grey_enough && plan->format == FORMAT_JPG &&
           !plan->mirror && plan->turn_cw_deg == 0 && plan->out_w == TILE_PX &&
           plan->out_h == TILE_PX &&
           is_whole_tile(plan->region.x, plan->region.w, level, &at->column) &&
           is_whole_tile(plan->region.y, plan->region.h, level, &at->row);
}

/* A span of the full picture on a level. What reaches the picture's edge
 * reaches the level's edge, though that lies up to a pixel further out. */
static struct scale_axis axis_of(int32_t from, int32_t length, uint32_t full,
                                 uint32_t side, unsigned level, uint32_t out)
{
    double scale = (double)((uint64_t)1 << level);
    double origin = from / scale;
    double end =
        (uint32_t)(from + length) == full ? side : (from + length) / scale;

    return (struct scale_axis){origin, end - origin, side, out};
}

static int make_scaler(struct painter *a, struct err *err)
{
    const struct iiif_plan *plan = a->plan;
    struct pyramid_level full = pyramid_level(a->pyramid, 0);
    struct scale_axis x =
        axis_of(plan->region.x, plan->region.w, full.width_px,
                a->level.width_px, a->level_number, plan->out_w);
    struct scale_axis y =
        axis_of(plan->region.y, plan->region.h, full.height_px,
                a->level.height_px, a->level_number, plan->out_h);

    return scaler_new(&x, &y, a->channels, &a->scaler, err);
}

static struct placement placement_of(const struct iiif_plan *plan,
                                     const struct raster *picture,
                                     unsigned channels)
{
    ptrdiff_t px = channels;
    ptrdiff_t row = (ptrdiff_t)picture->stride_bytes;
    ptrdiff_t last_x = (ptrdiff_t)(plan->out_w - 1);
    ptrdiff_t last_y = (ptrdiff_t)(plan->out_h - 1);
    struct placement to = {0, px, row};

    if (plan->turn_cw_deg == 90)
        to = (struct placement){last_y * px, row, -px};
    else if (plan->turn_cw_deg == 180)
        to = (struct placement){last_y * row + last_x * px, -px, -row};
    else if (plan->turn_cw_deg == 270)
        to = (struct placement){last_x * row, -row, px};
    if (plan->mirror) {
        to.start += last_x * to.right;
        to.right = -to.right;
    }
    return to;
}

static int make_picture(struct painter *a, struct err *err)
{
    bool lies = a->plan->turn_cw_deg % 180 != 0;

    if (raster_new(a->channels == 3 ? RASTER_RGB : RASTER_GREY,
                   lies ? a->plan->out_h : a->plan->out_w,
                   lies ? a->plan->out_w : a->plan->out_h, &a->picture,
                   err) != 0)
        return -1;
    a->to = placement_of(a->plan, a->picture, a->channels);
    return 0;
}

/* scaler_row */
static void place_row(void *arg, uint32_t y, const uint8_t *pixels)
{
    struct painter *a = arg;
    uint8_t *to = a->picture->data + a->to.start + (ptrdiff_t)y * a->to.down;

    if (a->to.right == (ptrdiff_t)a->channels) {
        memcpy(to, pixels, (size_t)a->plan->out_w * a->channels);
        return;
    }
    for (uint32_t x = 0; x < a->plan->out_w; x++) {
        memcpy(to, pixels, a->channels);
        pixels += a->channels;
        to += a->to.right;
    }
}

/* Luma of ITU-R BT.601, in place: what JPEG's own grey is. */
static void make_grey(uint8_t *row, uint32_t count)
{
    for (uint32_t x = 0; x < count; x++) {
        const uint8_t *rgb = row + (size_t)x * 3;

        row[x] = (uint8_t)((19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] +
                            32768U) >>
                           16);
    }
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - ((a % b != 0) & ((a < 0) != (b < 0)));
}

/* A stretch of a row, both ends within. */
struct stretch {
    int64_t from, to;
};

/* What of the stretch, at this height, is on the inner side of the edge from a
 * to b: where (b - a) x (point - a), turned by way, is not below 0. */
static void cut(struct stretch *s, struct point a, struct point b, int64_t y,
                int way)
{
    int64_t rise = way * (int64_t)(b.y - a.y);
    int64_t at = way * (int64_t)(b.x - a.x) * (y - a.y) + rise * (int64_t)a.x;

    /* at - rise * x >= 0 */
    if (rise > 0) {
        int64_t last = floor_div(at, rise);

        s->to = last < s->to ? last : s->to;
    } else if (rise < 0) {
        int64_t first = -floor_div(at, -rise);

        s->from = first > s->from ? first : s->from;
    } else if (at < 0) {
        s->to = s->from - 1;
    }
}

/* What lies in the quad at both heights, whichever way its corners go round: it
 * is convex, and so that is one stretch. Empty: to is less than from. */
static struct stretch inside(const struct opening *o, int64_t top,
                             int64_t bottom)
{
    const struct quad *q = &o->quad;
    struct rect bounds = o->bounds;
    struct stretch found = {0, -1};

    for (int way = -1; way <= 1; way += 2) {
        struct stretch s = {bounds.x, (int64_t)bounds.x + bounds.w};

        for (int i = 0; i < 4; i++) {
            cut(&s, q->corner[i], q->corner[(i + 1) % 4], top, way);
            cut(&s, q->corner[i], q->corner[(i + 1) % 4], bottom, way);
        }
        if (s.to > s.from)
            found = s;
    }
    return found;
}

/* Pixels of a level's row that lie in the quad with all they were made of. */
static void show_quad(const struct painter *a, const struct opening *o,
                      uint32_t first, uint32_t count, uint32_t y)
{
    unsigned n = a->level_number;
    int64_t top = (int64_t)y << n, bottom = ((int64_t)y + 1) << n;
    struct stretch s;
    int64_t from, end;

    if (bottom > o->bounds.y + o->bounds.h || top < o->bounds.y)
        return;
    s = inside(o, top, bottom);
    from = -floor_div(-s.from, (int64_t)1 << n) - first;
    end = floor_div(s.to, (int64_t)1 << n) - first;
    from = from < 0 ? 0 : from;
    end = end > count ? count : end;
    if (s.to > s.from && end > from)
        memset(a->shown + from, true, (size_t)(end - from) * sizeof(*a->shown));
}

/* Tiles of a level, those of the ends not among them. */
struct tile_span {
    uint32_t left, right, top, bottom;
};

static bool touches(const struct painter *a, const struct rect *r,
                    struct tile_span t)
{
    int64_t side = (int64_t)TILE_PX << a->level_number;

    return r->w > 0 && r->h > 0 && r->x < t.right * side &&
           r->x + (int64_t)r->w > t.left * side && r->y < t.bottom * side &&
           r->y + (int64_t)r->h > t.top * side;
}

static struct tile_span tiles_of(const struct painter *a)
{
    return (struct tile_span){
        scaler_first_column(a->scaler) / TILE_PX,
        (scaler_end_column(a->scaler) + TILE_PX - 1) / TILE_PX,
        scaler_first_row(a->scaler) / TILE_PX,
        (scaler_end_row(a->scaler) + TILE_PX - 1) / TILE_PX};
}

/* Of a mask's many quads a tile has few. */
static int find_openings(struct painter *a, struct err *err)
{
    const struct iiif_mask *mask = a->mask;

    if (mask == NULL)
        return 0;
    a->openings = calloc(mask->count + 1, sizeof(*a->openings));
    if (a->openings == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for a mask");
    for (size_t i = 0; i < mask->count; i++) {
        struct rect bounds = quad_bounds(mask->quads[i]);

        if (touches(a, &bounds, tiles_of(a)))
            a->openings[a->opening_count++] =
                (struct opening){mask->quads[i], bounds};
    }
    return 0;
}

/* What is not shown of a row is white, stretch by stretch.
 * @param first  the row's first pixel on the level */
static void mask_row(const struct painter *a, uint8_t *row, uint32_t first,
                     uint32_t count, uint32_t y)
{
    const bool *end = a->shown + count;

    memset(a->shown, 0, count * sizeof(*a->shown));
    for (size_t i = 0; i < a->opening_count; i++)
        show_quad(a, &a->openings[i], first, count, y);
    for (const bool *at = a->shown; at != NULL && at < end;) {
        const bool *next = memchr(at, true, (size_t)(end - at));
        size_t hidden = (size_t)((next == NULL ? end : next) - at);

        memset(row + (size_t)(at - a->shown) * a->channels_in, 255,
               hidden * a->channels_in);
        at = next == NULL ? NULL : memchr(next, false, (size_t)(end - next));
    }
}

/* Can anything of this tile be shown? */
static bool may_show(const struct painter *a, uint32_t column, uint32_t row)
{
    struct tile_span tile = {column, column + 1, row, row + 1};

    for (size_t i = 0; i < a->opening_count; i++) {
        if (touches(a, &a->openings[i].bounds, tile))
            return true;
    }
    return a->mask == NULL;
}

/* Of a masked page most tiles are white whatever is on them: those are not
 * decoded. @return 1 there is something to be shown, 0 all of it is white */
static int read_band(struct painter *a, uint32_t tile_row, uint32_t from,
                     uint32_t end, struct err *err)
{
    int any = 0;

    for (uint32_t column = from; column < end; column++) {
        struct tile_at at = {a->level_number, column, tile_row};
        uint8_t *to =
            a->band + (size_t)(column - from) * TILE_PX * a->channels_in;

        if (may_show(a, column, tile_row)) {
            any = 1;
            if (pyramid_tile_read(a->pyramid, at, to, a->band_stride, err) != 0)
                return -1;
            continue;
        }
        for (uint32_t y = 0; y < TILE_PX; y++)
            memset(to + y * a->band_stride, 255,
                   (size_t)TILE_PX * a->channels_in);
    }
    return any;
}

/* One row of tiles through the scaler into the picture. */
static int paint_band(struct painter *a, struct tile_span tiles,
                      uint32_t tile_row, struct err *err)
{
    uint32_t first = scaler_first_column(a->scaler);
    uint32_t left = tiles.left * TILE_PX;
    uint32_t count = (tiles.right - tiles.left) * TILE_PX;
    uint32_t top = tile_row * TILE_PX;
    int any = read_band(a, tile_row, tiles.left, tiles.right, err);

    if (any < 0)
        return -1;
    for (uint32_t y = top; y < top + TILE_PX; y++) {
        uint8_t *row = a->band + (size_t)(y - top) * a->band_stride;

        if (y < scaler_first_row(a->scaler) || y >= scaler_end_row(a->scaler))
            continue;
        if (a->mask != NULL && any == 1)
            mask_row(a, row, left, count, y);
        if (a->channels < a->channels_in)
            make_grey(row, count);
        scaler_push(a->scaler, row + (size_t)(first - left) * a->channels,
                    place_row, a);
    }
    return 0;
}

static int paint(struct painter *a, struct err *err)
{
    struct tile_span tiles = tiles_of(a);
    size_t columns = tiles.right - tiles.left;

    a->band_stride = columns * TILE_PX * a->channels_in;
    a->band = malloc(a->band_stride * TILE_PX);
    a->shown = calloc(columns * TILE_PX, sizeof(*a->shown));
    if (a->band == NULL || a->shown == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for a row of tiles");
    for (uint32_t row = tiles.top; row < tiles.bottom; row++)
        if (paint_band(a, tiles, row, err) != 0)
            return -1;
    return 0;
}

/* The grey value that parts a histogram best: Otsu's. What is above it is
 * paper. */
static unsigned otsu_threshold(const uint64_t histogram[256], uint64_t total)
{
    double sum = 0, below_sum = 0, best = -1;
    uint64_t below = 0;
    unsigned threshold = 127;

    for (unsigned v = 0; v < 256; v++)
        sum += (double)v * (double)histogram[v];
    for (unsigned v = 0; v < 255; v++) {
        double gap;

        below += histogram[v];
        below_sum += (double)v * (double)histogram[v];
        if (below == 0 || below == total)
            continue;
        gap = below_sum / (double)below -
              (sum - below_sum) / (double)(total - below);
        gap = gap * gap * (double)below * (double)(total - below);
        if (gap > best) {
            best = gap;
            threshold = v;
        }
    }
    return threshold;
}

static void make_bitonal(struct raster *picture, bool source_is_bitonal)
{
    size_t len = picture->stride_bytes * picture->height_px;
    uint64_t histogram[256] = {0};
    unsigned threshold = 127;

    if (!source_is_bitonal) {
        for (size_t i = 0; i < len; i++)
            histogram[picture->data[i]]++;
        threshold = otsu_threshold(histogram, len);
    }
    for (size_t i = 0; i < len; i++)
        picture->data[i] = picture->data[i] > threshold ? 255 : 0;
}

static int encode(const struct painter *a, struct buf *out, struct err *err)
{
    bool bitonal_page = pyramid_level(a->pyramid, 0).form == RASTER_BITONAL;
    bool still_bitonal =
        a->level.form == RASTER_BITONAL && scaler_is_copy(a->scaler);
    bool bits = a->plan->quality == QUALITY_BITONAL || still_bitonal;

    if (a->plan->quality == QUALITY_BITONAL && !still_bitonal)
        make_bitonal(a->picture, bitonal_page);
    if (a->plan->format == FORMAT_PNG)
        return png_file_encode(a->picture, bits ? 1 : 8, out, err);
    return jpeg_file_encode(a->picture, IIIF_JPEG_QUALITY, out, err);
}

static int make_answer(struct painter *a, struct buf *out, struct err *err)
{
    if (make_scaler(a, err) != 0 || make_picture(a, err) != 0 ||
        find_openings(a, err) != 0 || paint(a, err) != 0)
        return -1;
    return encode(a, out, err);
}

int iiif_image(struct pyramid *p, const struct iiif_plan *plan,
               const struct iiif_mask *mask, struct buf *out, struct err *err)
{
    bool with_colour =
        plan->quality == QUALITY_DEFAULT || plan->quality == QUALITY_COLOR;
    struct painter a = {.pyramid = p, .plan = plan, .mask = mask};
    struct tile_at at;
    int rc;

    if (mask == NULL && iiif_is_stored_tile(p, plan, &at))
        return pyramid_tile_jpeg(p, at, out, err);
    a.level_number = iiif_level_for(p, plan);
    a.level = pyramid_level(p, a.level_number);
    a.channels_in = a.level.form == RASTER_RGB ? 3 : 1;
    a.channels = with_colour ? a.channels_in : 1;
    rc = make_answer(&a, out, err);
    scaler_free(a.scaler);
    raster_free(a.picture);
    free(a.band);
    free(a.shown);
    free(a.openings);
    return rc;
}
