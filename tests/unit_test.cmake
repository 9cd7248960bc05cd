# SPDX-License-Identifier: MIT
# unit_test(FOLDER NAME LIBRARY...): tests/FOLDER/test_NAME.c becomes the test
# FOLDER.NAME. A test that cannot run here (no ../shared) exits with 77.
function(unit_test folder name)
    set(target test_${folder}_${name})
    add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${folder}/test_${name}.c)
    target_link_libraries(${target} PRIVATE ${ARGN} PkgConfig::cmocka)
    target_compile_definitions(${target} PRIVATE
        SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared"
        SAMPLES_DIR="${PROJECT_SOURCE_DIR}/samples")
    add_test(NAME ${folder}.${name} COMMAND ${target})
    set_tests_properties(${folder}.${name} PROPERTIES
        SKIP_RETURN_CODE 77 TIMEOUT 900 LABELS ${folder})
endfunction()
pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET GLOBAL cmocka)
