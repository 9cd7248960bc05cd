/* SPDX-License-Identifier: MIT */
#include "ingest/tag_table.h"

#include <stddef.h>

#include "ingest/tiff_source.h"

#define BIT(type)  (1u << (type))
#define BYTE       BIT(TYPE_BYTE)
#define ASCII      BIT(TYPE_ASCII)
#define SHORT      BIT(TYPE_SHORT)
#define LONG       BIT(TYPE_LONG)
#define RATIONAL   BIT(TYPE_RATIONAL)
#define UNDEFINED  BIT(TYPE_UNDEFINED)
#define IFD        (BIT(TYPE_IFD) | LONG)
#define NUMBER     (SHORT | LONG)
#define BLOB       (BYTE | UNDEFINED)
#define ANY_NUMBER (~(ASCII | UNDEFINED))
#define NO_CHOICE  1, 0

/* Sorted by tag. */
static const struct tag_row rows[] = {
    /* 1, 2, 4: TIFF 6.0; 8, 16: DNG 1.7 */
    {TAG_NEW_SUBFILE_TYPE, "NewSubfileType", LONG, 1, 0, 31},
    {255, "SubfileType", SHORT, 1, 1, 3},
    {TAG_WIDTH, "ImageWidth", NUMBER, 1, NO_CHOICE},
    {TAG_LENGTH, "ImageLength", NUMBER, 1, NO_CHOICE},
    {TAG_BITS, "BitsPerSample", SHORT, COUNT_SAMPLES, NO_CHOICE},
    {259, "Compression", SHORT, 1, NO_CHOICE},
    {TAG_PHOTOMETRIC, "PhotometricInterpretation", SHORT, 1, NO_CHOICE},
    {263, "Threshholding", SHORT, 1, 1, 3},
    {264, "CellWidth", SHORT, 1, NO_CHOICE},
    {265, "CellLength", SHORT, 1, NO_CHOICE},
    {266, "FillOrder", SHORT, 1, 1, 2},
    {269, "DocumentName", ASCII, COUNT_ANY, NO_CHOICE},
    {270, "ImageDescription", ASCII, COUNT_ANY, NO_CHOICE},
    {271, "Make", ASCII, COUNT_ANY, NO_CHOICE},
    {272, "Model", ASCII, COUNT_ANY, NO_CHOICE},
    {TAG_STRIP_OFFSETS, "StripOffsets", NUMBER, COUNT_ANY, NO_CHOICE},
    {TAG_ORIENTATION, "Orientation", SHORT, 1, 1, 8},
    {TAG_SAMPLES, "SamplesPerPixel", SHORT, 1, NO_CHOICE},
    {278, "RowsPerStrip", NUMBER, 1, NO_CHOICE},
    {TAG_STRIP_BYTES, "StripByteCounts", NUMBER, COUNT_ANY, NO_CHOICE},
    {280, "MinSampleValue", SHORT, COUNT_SAMPLES, NO_CHOICE},
    {281, "MaxSampleValue", SHORT, COUNT_SAMPLES, NO_CHOICE},
    {282, "XResolution", RATIONAL, 1, NO_CHOICE},
    {283, "YResolution", RATIONAL, 1, NO_CHOICE},
    {284, "PlanarConfiguration", SHORT, 1, 1, 2},
    {285, "PageName", ASCII, COUNT_ANY, NO_CHOICE},
    {286, "XPosition", RATIONAL, 1, NO_CHOICE},
    {287, "YPosition", RATIONAL, 1, NO_CHOICE},
    {TAG_FREE_OFFSETS, "FreeOffsets", LONG, COUNT_ANY, NO_CHOICE},
    {TAG_FREE_BYTES, "FreeByteCounts", LONG, COUNT_ANY, NO_CHOICE},
    {290, "GrayResponseUnit", SHORT, 1, 1, 5},
    {291, "GrayResponseCurve", SHORT, COUNT_ANY, NO_CHOICE},
    {292, "T4Options", LONG, 1, 0, 7},
    {293, "T6Options", LONG, 1, 0, 3},
    {296, "ResolutionUnit", SHORT, 1, 1, 3},
    {297, "PageNumber", SHORT, 2, NO_CHOICE},
    {301, "TransferFunction", SHORT, COUNT_ANY, NO_CHOICE},
    {305, "Software", ASCII, COUNT_ANY, NO_CHOICE},
    {TAG_DATE_TIME, "DateTime", ASCII, 20, NO_CHOICE},
    {315, "Artist", ASCII, COUNT_ANY, NO_CHOICE},
    {316, "HostComputer", ASCII, COUNT_ANY, NO_CHOICE},
    {317, "Predictor", SHORT, 1, 1, 3}, /* 3: TIFF TechNote 3 */
    {318, "WhitePoint", RATIONAL, 2, NO_CHOICE},
    {319, "PrimaryChromaticities", RATIONAL, 6, NO_CHOICE},
    {320, "ColorMap", SHORT, COUNT_COLOUR_MAP, NO_CHOICE},
    {321, "HalftoneHints", SHORT, 2, NO_CHOICE},
    {322, "TileWidth", NUMBER, 1, NO_CHOICE},
    {323, "TileLength", NUMBER, 1, NO_CHOICE},
    {TAG_TILE_OFFSETS, "TileOffsets", LONG, COUNT_ANY, NO_CHOICE},
    {TAG_TILE_BYTES, "TileByteCounts", NUMBER, COUNT_ANY, NO_CHOICE},
    {326, "BadFaxLines", NUMBER, 1, NO_CHOICE}, /* RFC 2306 */
    {327, "CleanFaxData", SHORT, 1, 0, 2},
    {328, "ConsecutiveBadFaxLines", NUMBER, 1, NO_CHOICE},
    {TAG_SUB_IFDS, "SubIFDs", IFD, COUNT_ANY, NO_CHOICE},
    {332, "InkSet", SHORT, 1, 1, 2},
    {333, "InkNames", ASCII, COUNT_ANY, NO_CHOICE},
    {334, "NumberOfInks", SHORT, 1, NO_CHOICE},
    {336, "DotRange", BYTE | SHORT, COUNT_ANY, NO_CHOICE},
    {337, "TargetPrinter", ASCII, COUNT_ANY, NO_CHOICE},
    /* BYTE in the text of section 18, SHORT in Appendix A */
    {338, "ExtraSamples", BYTE | SHORT, COUNT_ANY, 0, 2},
    {339, "SampleFormat", SHORT, COUNT_SAMPLES, 1, 6},
    {340, "SMinSampleValue", ANY_NUMBER, COUNT_SAMPLES, NO_CHOICE},
    {341, "SMaxSampleValue", ANY_NUMBER, COUNT_SAMPLES, NO_CHOICE},
    {342, "TransferRange", SHORT, 6, NO_CHOICE},
    {347, "JPEGTables", UNDEFINED, COUNT_ANY, NO_CHOICE},
    {512, "JPEGProc", SHORT, 1, NO_CHOICE},
    {TAG_JPEG_OFFSET, "JPEGInterchangeFormat", LONG, 1, NO_CHOICE},
    {TAG_JPEG_BYTES, "JPEGInterchangeFormatLength", LONG, 1, NO_CHOICE},
    {515, "JPEGRestartInterval", SHORT, 1, NO_CHOICE},
    {517, "JPEGLosslessPredictors", SHORT, COUNT_SAMPLES, NO_CHOICE},
    {518, "JPEGPointTransforms", SHORT, COUNT_SAMPLES, NO_CHOICE},
    {519, "JPEGQTables", LONG, COUNT_SAMPLES, NO_CHOICE},
    {520, "JPEGDCTables", LONG, COUNT_SAMPLES, NO_CHOICE},
    {521, "JPEGACTables", LONG, COUNT_SAMPLES, NO_CHOICE},
    {529, "YCbCrCoefficients", RATIONAL, 3, NO_CHOICE},
    {530, "YCbCrSubSampling", SHORT, 2, NO_CHOICE},
    {531, "YCbCrPositioning", SHORT, 1, 1, 2},
    /* LONG in section 20, RATIONAL in Appendix A */
    {532, "ReferenceBlackWhite", RATIONAL | LONG, 6, NO_CHOICE},
    {700, "XMP", BLOB, COUNT_ANY, NO_CHOICE},
    {32781, "ImageID", ASCII, COUNT_ANY, NO_CHOICE},
    {33432, "Copyright", ASCII, COUNT_ANY, NO_CHOICE},
    /* LONG in many files of Photoshop */
    {33723, "IPTC", BLOB | LONG, COUNT_ANY, NO_CHOICE},
    {34377, "Photoshop", BLOB, COUNT_ANY, NO_CHOICE},
    {TAG_EXIF, "ExifIFD", IFD, 1, NO_CHOICE},
    {TAG_ICC, "ICCProfile", BLOB, COUNT_ANY, NO_CHOICE},
    {TAG_GPS, "GPSInfoIFD", IFD, 1, NO_CHOICE},
    {37724, "ImageSourceData", BLOB, COUNT_ANY, NO_CHOICE},
};

const struct tag_row *tag_row(uint16_t tag)
{
    size_t lo = 0, hi = sizeof(rows) / sizeof(*rows);

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (rows[mid].tag == tag)
            return &rows[mid];
        if (rows[mid].tag < tag)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const char *tag_name(uint16_t tag)
{
    const struct tag_row *row = tag_row(tag);

    return row == NULL ? "a private tag" : row->name;
}

bool tag_allows_type(const struct tag_row *row, uint16_t type, bool is_big)
{
    if (type >= 32)
        return false;
    if ((row->types & BIT(type)) != 0)
        return true;
    return is_big && (type == TYPE_LONG8 || type == TYPE_IFD8) &&
           (row->types & LONG) != 0;
}
