/* SPDX-License-Identifier: MIT */
/*
 * common/bagit.h - how the tag files of a BagIt bag are written (RFC 8493, and
 * the drafts 0.93 to 0.97 before it): lines, names of manifests, their lines,
 * values of bag-info.txt. What a fault means is for those to say who take a
 * bag in (ingest/bag.h) or judge one (store/bag_check.h).
 */
#ifndef COMMON_BAGIT_H
#define COMMON_BAGIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"

#define BAGIT_TXT     "bagit.txt"
#define BAGIT_INFO    "bag-info.txt"
#define BAGIT_FETCH   "fetch.txt"
#define BAGIT_PAYLOAD "data/"

/* A text and the line that was taken from it last. The text is cut up. */
struct bagit_lines {
    char *at; /* what is left; NULL: nothing */
    char *line;
    unsigned number; /* of line, from 1 */
};
/* Lines end with LF, CR, or both (section 2.1). False at the end. */
bool bagit_next_line(struct bagit_lines *lines);

struct bagit_algorithm {
    const char *name; /* as most manifests have it */
    enum digest_kind kind;
    size_t hex_length;
};
#define BAGIT_ALGORITHMS 7
extern const struct bagit_algorithm bagit_algorithms[BAGIT_ALGORITHMS];

enum bagit_manifest_of { BAGIT_OF_NOTHING, BAGIT_OF_PAYLOAD, BAGIT_OF_TAGS };
struct bagit_manifest {
    enum bagit_manifest_of of;
    const struct bagit_algorithm *algorithm; /* NULL: not known here */
    const char *said; /* the algorithm as the name has it; borrowed */
    int said_length;
};
/* What a file of the bag's folder is by its name: manifest-ALGORITHM.txt or
 * tagmanifest-ALGORITHM.txt, in upper or lower case. */
struct bagit_manifest bagit_manifest_of_name(const char *name);

/* "DIGEST  PATH": the parts of a manifest's line. */
struct bagit_listed {
    const char *hex;
    int hex_length;
    char *path;    /* in the line, as written, behind "*" and "./" */
    bool has_star; /* of md5sum --binary */
    bool has_dot;
};
/* False when it is not of that form; the line is not changed. */
bool bagit_split_listed(char *line, struct bagit_listed *out);

/* "URL LENGTH PATH" of fetch.txt. False when it is not of that form. */
struct bagit_fetched {
    const char *url;
    int url_length;
    char *path;
};
bool bagit_split_fetched(char *line, struct bagit_fetched *out);

/* Section 2.1.3: %0D, %0A and %25 stand for CR, LF and %; in place. */
void bagit_decode_path(char *path);

/* How exactly a label is taken: 1.0 wants in bagit.txt no space before the
 * colon and one behind it. */
enum bagit_spacing { BAGIT_LAX, BAGIT_STRICT };
/* What stands behind "LABEL:", borrowed; NULL when the line (or NULL) is
 * another. */
const char *bagit_value(const char *line, const char *label,
                        enum bagit_spacing spacing);
/* "1.0": digits, a dot, digits. */
bool bagit_version(const char *text, unsigned *major, unsigned *minor);
/* Payload-Oxum, "BYTES.FILES". */
bool bagit_oxum(const char *text, uint64_t *bytes, uint64_t *files);

#endif
