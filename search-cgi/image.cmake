# The image side: page pyramids and the IIIF Image API over them. Pure
# functions; the routes are in search_cgi.
add_library(search_image STATIC
    iiif_image.c iiif_info.c iiif_request.c jpeg_file.c png_file.c pyramid.c
    pyramid_cache.c pyramid_make.c scale.c tiff_file.c)
target_link_libraries(search_image PUBLIC common raster
    PRIVATE PkgConfig::libtiff PkgConfig::libjpeg PkgConfig::libpng m)
