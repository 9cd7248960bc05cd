# SPDX-License-Identifier: MIT
# embed_text(TARGET FILE NAME): FILE's text becomes the C string NAME in the
# generated header FOLDER/NAME.h, e.g. `#include "tefter/queue_sql.h"`.
function(embed_text target file name)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR
        BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE folder)
    set(header ${PROJECT_BINARY_DIR}/generated/${folder}/${name}.h)
    file(READ ${source} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    file(CONFIGURE OUTPUT ${header} CONTENT
        "/* Made from @folder@/@file@; do not edit. */
static const unsigned char @name@_bytes[] = { @bytes@0x00 };
#define @name@ ((const char *)@name@_bytes)
" @ONLY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/generated)
endfunction()
