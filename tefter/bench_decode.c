/* SPDX-License-Identifier: MIT */
/*
 * tefter-bench-decode FILE... - libtiff merely decodes: every strip and tile
 * of every directory of every file, in one process, without a check, without
 * confinement, its messages thrown away. `tefter bench check` measures
 * `tefter check` against it.
 */
#include <stdlib.h>
#include <tiffio.h>

#define MAX_BLOCK_BYTES ((tmsize_t)512 << 20)

static void decode_blocks(TIFF *tif, void *block, tmsize_t bytes)
{
    if (TIFFIsTiled(tif)) {
        for (uint32_t i = 0; i < TIFFNumberOfTiles(tif); i++)
            (void)TIFFReadEncodedTile(tif, i, block, bytes);
    } else {
        for (uint32_t i = 0; i < TIFFNumberOfStrips(tif); i++)
            (void)TIFFReadEncodedStrip(tif, i, block, bytes);
    }
}

static void decode_file(const char *path)
{
    TIFF *tif = TIFFOpen(path, "r");

    if (tif == NULL)
        return;
    do {
        tmsize_t bytes =
            TIFFIsTiled(tif) ? TIFFTileSize(tif) : TIFFStripSize(tif);
        void *block =
            bytes > 0 && bytes <= MAX_BLOCK_BYTES ? malloc((size_t)bytes) : 0;

        if (block != NULL)
            decode_blocks(tif, block, bytes);
        free(block);
    } while (TIFFReadDirectory(tif) == 1);
    TIFFClose(tif);
}

int main(int argc, char **argv)
{
    (void)TIFFSetErrorHandler(NULL);
    (void)TIFFSetWarningHandler(NULL);
    for (int i = 1; i < argc; i++)
        decode_file(argv[i]);
    return 0;
}
