# SPDX-License-Identifier: MIT
# The image side: page pyramids and the IIIF Image API over them. Pure
# functions; the routes are in search_cgi.
add_library(search_image STATIC
    iiif_image.c iiif_info.c iiif_request.c jpeg_file.c png_file.c pyramid.c
    pyramid_cache.c pyramid_make.c scale.c tiff_file.c)
target_link_libraries(search_image PUBLIC common raster
    PRIVATE PkgConfig::libtiff PkgConfig::libjpeg PkgConfig::libpng m)

# The zoom in the browser, from npm (package.json names the exact version).
set(OPENSEADRAGON ${PROJECT_SOURCE_DIR}/node_modules/openseadragon)
if(NOT EXISTS ${OPENSEADRAGON}/build/openseadragon/openseadragon.min.js)
    message(FATAL_ERROR "OpenSeadragon is missing. Run this, then try again:\n"
        "  npm install --prefix ${PROJECT_SOURCE_DIR} --no-audit --no-fund")
endif()
foreach(file build/openseadragon/openseadragon.min.js LICENSE.txt)
    get_filename_component(name ${file} NAME)
    set(copy ${PROJECT_BINARY_DIR}/share/tefter/static/openseadragon/${name})
    add_custom_command(OUTPUT ${copy}
        COMMAND ${CMAKE_COMMAND} -E copy ${OPENSEADRAGON}/${file} ${copy}
        DEPENDS ${OPENSEADRAGON}/${file})
    list(APPEND SHARE_FILES ${copy})
    if(name MATCHES "\\.js$")
        add_packed(${copy} SHARE_FILES)
    endif()
endforeach()
