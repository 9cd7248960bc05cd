/* SPDX-License-Identifier: MIT */
#include "search-cgi/strip.h"

/* So many heights of a word are shown: its own line, and the rims of those
 * above and below. */
#define LINE_HEIGHTS 3
/* Of a word that is read as a speck a strip would show nothing. */
#define LEAST_HEIGHT_PX 60

static struct rect turned(struct rect r)
{
    return (struct rect){r.y, r.x, r.h, r.w};
}

static bool has_size(struct rect r)
{
    return r.w > 0 && r.h > 0;
}

/* On one line: the middle of each lies within the height of the other. */
static bool is_beside(struct rect a, struct rect b)
{
    int32_t a_middle = a.y + a.h / 2, b_middle = b.y + b.h / 2;

    return a_middle >= b.y && a_middle <= b.y + b.h && b_middle >= a.y &&
           b_middle <= a.y + a.h;
}

static struct rect box_at(const struct rect *boxes, size_t i, bool sideways)
{
    return sideways ? turned(boxes[i]) : boxes[i];
}

static int32_t height_of(struct rect line)
{
    int32_t h = line.h * LINE_HEIGHTS;

    return h < LEAST_HEIGHT_PX ? LEAST_HEIGHT_PX : h;
}

/* From the left end of the words on the line of this one to the right end, in
 * its height; of words too far away for a strip nothing.
 * @param found  how many they are */
static struct rect line_of(const struct rect *boxes, size_t count,
                           bool sideways, size_t of, size_t *found)
{
    struct rect line = box_at(boxes, of, sideways);
    int32_t right = line.x + line.w;

    *found = 1;
    for (size_t i = 0; i < count; i++) {
        struct rect box = box_at(boxes, i, sideways);
        int32_t left = box.x < line.x ? box.x : line.x;
        int32_t end = box.x + box.w > right ? box.x + box.w : right;

        if (i == of || !has_size(box) || !is_beside(line, box) ||
            end - left + line.h > STRIP_MOST_WIDE * height_of(line))
            continue;
        ++*found;
        line.x = left;
        right = end;
    }
    line.w = right - line.x;
    return line;
}

/* The line, with room round it. */
static struct rect widened(struct rect line)
{
    int32_t h = height_of(line), least = h * STRIP_SHAPE;
    int32_t w = line.w + line.h > least ? line.w + line.h : least;
    int32_t x, y;

    x = line.x + line.w / 2 - w / 2;
    y = line.y + line.h / 2 - h / 2;
    return (struct rect){x < 0 ? 0 : x, y < 0 ? 0 : y, w, h};
}

struct rect strip_of(const struct rect *boxes, size_t count, bool sideways)
{
    struct rect best = {0, 0, 0, 0};
    size_t most = 0;

    for (size_t i = 0; i < count; i++) {
        size_t found = 0;
        struct rect line;

        if (!has_size(boxes[i]))
            continue;
        line = line_of(boxes, count, sideways, i, &found);
        if (found > most) {
            most = found;
            best = line;
        }
    }
    if (most == 0)
        return best;
    return sideways ? turned(widened(best)) : widened(best);
}
