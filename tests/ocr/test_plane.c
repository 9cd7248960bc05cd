/* SPDX-License-Identifier: MIT */
#include "ocr/plane.h"

#include <math.h>

#include "tests/unit.h"

static void assert_maps(struct affine a, double x, double y, double to_x,
                        double to_y)
{
    assert_true(fabs(a.xx * x + a.xy * y + a.x0 - to_x) < 1e-9);
    assert_true(fabs(a.yx * x + a.yy * y + a.y0 - to_y) < 1e-9);
}

static void affine_turn__moves_corners_clockwise(void **state)
{
    (void)state;
    assert_maps(affine_turn(0, 30, 20), 0, 0, 0, 0);
    assert_maps(affine_turn(90, 30, 20), 0, 0, 20, 0);
    assert_maps(affine_turn(90, 30, 20), 30, 20, 0, 30);
    assert_maps(affine_turn(180, 30, 20), 0, 0, 30, 20);
    assert_maps(affine_turn(270, 30, 20), 0, 0, 0, 30);
    assert_maps(affine_turn(270, 30, 20), 30, 0, 0, 0);
}

static void affine_rotate__is_clockwise_to_the_eye(void **state)
{
    struct affine quarter = affine_rotate(acos(-1.0) / 2, 10, 10);

    (void)state;
    assert_maps(quarter, 10, 10, 10, 10);
    assert_maps(quarter, 10, 0, 20, 10); /* 12 o'clock goes to 3 */
}

static void affine_inverse__undoes_every_step(void **state)
{
    struct affine a = affine_mirror(100);

    (void)state;
    a = affine_then(a, affine_turn(270, 100, 50));
    a = affine_then(a, affine_scale(2, 0.5));
    a = affine_then(a, affine_rotate(0.03, 40, 70));
    a = affine_then(a, affine_shift(-3, 8));
    a = affine_then(a, affine_inverse(a));
    assert_maps(a, 0, 0, 0, 0);
    assert_maps(a, 17, -4, 17, -4);
}

static void affine_quad__keeps_the_order_of_corners(void **state)
{
    struct quad q =
        affine_quad(affine_turn(90, 30, 20), (struct rect){1, 2, 10, 5});

    (void)state;
    assert_int_equal(q.corner[0].x, 18);
    assert_int_equal(q.corner[0].y, 1);
    assert_int_equal(q.corner[1].x, 18);
    assert_int_equal(q.corner[1].y, 11);
    assert_int_equal(q.corner[3].x, 13);
    assert_int_equal(q.corner[3].y, 1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affine_turn__moves_corners_clockwise),
        cmocka_unit_test(affine_rotate__is_clockwise_to_the_eye),
        cmocka_unit_test(affine_inverse__undoes_every_step),
        cmocka_unit_test(affine_quad__keeps_the_order_of_corners),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
