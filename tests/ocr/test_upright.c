/* SPDX-License-Identifier: MIT */
#include "ocr/upright.h"

#include <fcntl.h>
#include <string.h>

#include "tests/unit.h"

static const struct page_text as_is;

static struct raster *paper(enum raster_form form, uint32_t width,
                            uint32_t height)
{
    struct raster *raster = NULL;
    struct err err;

    assert_ok(raster_new(form, width, height, &raster, &err), err);
    memset(raster->data, form == RASTER_BITONAL ? 0 : 230,
           height * raster->stride_bytes);
    raster->orientation = 1;
    return raster;
}

static uint32_t big_endian(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
           b[3];
}

static void in_dir(void *dir, const char *name, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/%s", (char *)dir, name), err);
}

static void upright_write__turns_the_picture(void **state)
{
    const struct page_text turned = {.turn_cw_deg = 90, .mirrored = true};
    CLEANUP(raster_free) struct raster *raster = paper(RASTER_RGB, 300, 200);
    CLEANUP(buf_fini) struct buf png = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    in_dir(*state, "up.png", path);
    assert_ok(upright_write(raster, &turned, path, &err), err);
    assert_ok(file_read(path, 1 << 20, &png, &err), err);
    assert_memory_equal(png.data, "\x89PNG", 4);
    assert_int_equal(big_endian(png.data + 16), 200);
    assert_int_equal(big_endian(png.data + 20), 300);
}

/* x.jpg was a PNG. */
static void upright_write__writes_what_the_ending_says(void **state)
{
    static const struct {
        const char *name, *start;
        size_t len;
    } files[] = {
        {"a.png", "\x89PNG", 4},       {"a.jpg", "\xff\xd8\xff", 3},
        {"a.JPEG", "\xff\xd8\xff", 3}, {"a.b.tif", "II*\0", 4},
        {"a.tiff", "II*\0", 4},
    };
    static const enum raster_form forms[] = {RASTER_BITONAL, RASTER_GREY,
                                             RASTER_RGB};

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        for (size_t f = 0; f < 3; f++) {
            CLEANUP(raster_free)
            struct raster *raster = paper(forms[f], 300, 200);
            CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
            char path[PATH_SIZE];
            struct err err;

            in_dir(*state, files[i].name, path);
            assert_ok(upright_write(raster, &as_is, path, &err), err);
            assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
            assert_true(bytes.len > files[i].len);
            assert_memory_equal(bytes.data, files[i].start, files[i].len);
        }
    }
}

static void upright_write__keeps_every_pixel_in_a_tiff(void **state)
{
    CLEANUP(raster_free)
    struct raster *raster = paper(RASTER_BITONAL, 300, 200);
    CLEANUP(raster_free) struct raster *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    for (uint32_t y = 10; y < 90; y++)
        raster->data[y * raster->stride_bytes + y / 8] = 0xa5;
    in_dir(*state, "a.tif", path);
    assert_ok(upright_write(raster, &as_is, path, &err), err);
    assert_ok(raster_read_tiff(path, 0, &back, &err), err);
    assert_int_equal(back->form, RASTER_BITONAL);
    assert_int_equal(back->width_px, 300);
    assert_int_equal(back->height_px, 200);
    for (uint32_t y = 0; y < 200; y++)
        assert_memory_equal(back->data + y * back->stride_bytes,
                            raster->data + y * raster->stride_bytes, 37);
}

static void upright_write__refuses_other_endings(void **state)
{
    static const char *const names[] = {"a", "a.gif", "png", "a.png.", "a.bmp"};
    CLEANUP(raster_free) struct raster *raster = paper(RASTER_GREY, 30, 20);

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char path[PATH_SIZE];
        struct err err;

        in_dir(*state, names[i], path);
        assert_int_equal(upright_check_name(path, &err), -1);
        assert_int_equal(upright_write(raster, &as_is, path, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, ".tif"));
        assert_false(file_exists(path));
    }
}

/* "Info in pixRotate", "Error in fopenWriteStream" */
static void upright_write__says_nothing_but_its_error(void **state)
{
    const struct page_text level = {.skew_cw_deg = 1.5};
    CLEANUP(raster_free)
    struct raster *raster = paper(RASTER_BITONAL, 300, 200);
    CLEANUP(buf_fini) struct buf said = BUF_INIT;
    char path[PATH_SIZE], log[PATH_SIZE];
    int before = dup(STDERR_FILENO), fd;
    struct err good, bad;
    int rc[2];

    in_dir(*state, "log", log);
    in_dir(*state, "a.png", path);
    fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && before >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    rc[0] = upright_write(raster, &level, path, &good);
    rc[1] = upright_write(raster, &level, "/no/such/folder/p.png", &bad);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    (void)close(before);
    (void)close(fd);
    assert_ok(rc[0], good);
    assert_int_equal(rc[1], -1);
    assert_int_equal(bad.kind, ERR_IO);
    assert_non_null(strstr(bad.msg, "/no/such/folder/p.png: No such file"));
    assert_ok(file_read(log, 1 << 20, &said, &good), good);
    assert_string_equal(buf_str(&said), "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(upright_write__turns_the_picture),
        unit_test_in_dir(upright_write__writes_what_the_ending_says),
        unit_test_in_dir(upright_write__keeps_every_pixel_in_a_tiff),
        unit_test_in_dir(upright_write__refuses_other_endings),
        unit_test_in_dir(upright_write__says_nothing_but_its_error),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
