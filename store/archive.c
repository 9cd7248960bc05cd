/* SPDX-License-Identifier: MIT */
#include "store/archive.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/conf_check.h"
#include "store/package.h"

/* What a new archive gets, and the table of all keys there are: conf_check. */
static const char conf_text_default[] =
    "# tefter.conf - this archive's settings. Every key has a default, shown\n"
    "# here; take away the # in front of a line to change it.\n"
    "\n"
    "# Where scans come from and what they are, when a batch does not say.\n"
    "# site = odesos\n"
    "# series = family-register\n"
    "\n"
    "# What pages are read with: auto (Bulgarian, or English when that fits\n"
    "# better), tefter (our own model of Bulgarian letters), or Tesseract's\n"
    "# names of models: bul, eng, bul+eng, ...\n"
    "# language = auto\n"
    "\n"
    "# Series whose keyed and corrected lines may be given for teaching a "
    "letter\n"
    "# model (tefter training export), with spaces between: none.\n"
    "# training_series =\n"
    "\n"
    "# What scans are judged by, where that differs from what is built in.\n"
    "# rules = rules.conf\n"
    "\n"
    "[work]\n"
    "# Processes that check and read pages; 0 = one a core.\n"
    "# jobs = 0\n"
    "# A page that takes longer, or more memory, is set aside.\n"
    "# page_seconds = 120\n"
    "# page_mebibytes = 2048\n"
    "# Pages that one reading process takes before it is replaced.\n"
    "# unit_pages = 32\n"
    "\n"
    "[ingest]\n"
    "# What a tar or zip may unpack to: so many entries, and so many times "
    "its\n"
    "# own size. More is refused as a bomb.\n"
    "# archive_files = 200000\n"
    "# archive_ratio = 250\n"
    "\n"
    "[inbox]\n"
    "# tefter work --watch takes what is dropped into inbox/SITE/ when all of "
    "it\n"
    "# is there and nothing about it changed for so long.\n"
    "# settle_seconds = 30\n"
    "# What is not complete after so long is reported.\n"
    "# patience_minutes = 60\n"
    "# How often to look when the folder gives no events (network shares), "
    "and\n"
    "# how often at what was taken already.\n"
    "# poll_seconds = 10\n"
    "# recheck_minutes = 10\n"
    "# events = yes\n"
    "\n"
    "[closure]\n"
    "# Series that tell of persons; a page of these is closed to who sees "
    "only\n"
    "# what is published for so many years from a birth, or from a death.\n"
    "# series = family-register local-tax\n"
    "# birth_years = 100\n"
    "# death_years = 20\n"
    "\n"
    "[money]\n"
    "# Who stands at the head of a statement.\n"
    "# issuer =\n"
    "\n"
    "[gateway]\n"
    "# The merchant's number at the payment gateway; without it nobody pays "
    "by\n"
    "# card. The secret word stands in access.sqlite-gateway-secret.\n"
    "# merchant =\n"
    "# address = https://www.epay.bg/\n"
    "\n"
    "[web]\n"
    "# What tefter serve listens on.\n"
    "# port = 8080\n"
    "# The address people reach it by, for links in files and IIIF ids;\n"
    "# without it the name by which the browser asks.\n"
    "# address = https://archive.example\n"
    "# Who answers harvesters, and where he is written to.\n"
    "# name = Tefter\n"
    "# mail =\n"
    "# Viewers on other sites that may show what is not public to who is\n"
    "# logged in here: their origins, with spaces between (docs/iiif.md).\n"
    "# viewers =\n"
    "# The page pyramids kept in cache/, together.\n"
    "# cache_mebibytes = 2048\n"
    "# The volumes kept there as PDF, together.\n"
    "# pdf_mebibytes = 2048\n";

static const char rules_text[] =
    "# rules.conf - how this archive judges its scans, where that differs\n"
    "# from the rules built into the program. `tefter check --list-rules`\n"
    "# prints them all: what each checks, why, what to do, its thresholds.\n"
    "#\n"
    "# A section is a rule; severity is error (the file is set aside),\n"
    "# warning, info or off. Rules that are fixed stay errors. Examples:\n"
    "#\n"
    "# [tiff-resolution]\n"
    "# severity = error\n"
    "#\n"
    "# [tiff-compression]\n"
    "# severity = error\n"
    "# allowed = none g4 lzw\n"
    "#\n"
    "# [tiff-resolution-range]\n"
    "# severity = warning\n"
    "# min_dpi = 300\n";

static int set_paths(struct archive *a, struct err *err)
{
    if (path_format(a->inbox, err, "%s/inbox", a->dir) != 0 ||
        path_format(a->quarantine, err, "%s/quarantine", a->dir) != 0 ||
        path_format(a->staging, err, "%s/staging", a->dir) != 0 ||
        path_format(a->reports, err, "%s/reports", a->dir) != 0 ||
        path_format(a->store, err, "%s/store", a->dir) != 0 ||
        path_format(a->cache, err, "%s/cache", a->dir) != 0 ||
        path_format(a->catalogue, err, "%s/catalogue.sqlite", a->dir) != 0 ||
        path_format(a->queue, err, "%s/queue.sqlite", a->dir) != 0 ||
        path_format(a->fixity, err, "%s/fixity.jsonl", a->dir) != 0 ||
        path_format(a->damaged, err, "%s/damaged", a->dir) != 0)
        return -1;
    return path_format(a->access, err, "%s/access.sqlite", a->dir);
}

static int set_rules(struct archive *a, struct err *err)
{
    const char *rules = conf_text(a->conf, "rules", "rules.conf");

    return *rules == '/' ? path_format(a->rules, err, "%s", rules)
                         : path_format(a->rules, err, "%s/%s", a->dir, rules);
}

static int make_parts(const struct archive *a, struct err *err)
{
    char conf[PATH_SIZE], rules[PATH_SIZE];

    if (dir_make(a->inbox, err) != 0 || dir_make(a->quarantine, err) != 0 ||
        dir_make(a->staging, err) != 0 || dir_make(a->reports, err) != 0 ||
        dir_make(a->cache, err) != 0 || store_init(a->store, err) != 0 ||
        path_format(conf, err, "%s/tefter.conf", a->dir) != 0 ||
        path_format(rules, err, "%s/rules.conf", a->dir) != 0 ||
        file_write_durable(rules, rules_text, strlen(rules_text), err) != 0)
        return -1;
    /* Last, because its presence is what makes the folder an archive. */
    return file_write_durable(conf, conf_text_default,
                              strlen(conf_text_default), err);
}

int archive_init(const char *dir, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(archive_close) struct archive *a = calloc(1, sizeof(*a));

    if (a == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", dir);
    if (dir_make(dir, err) != 0 || dir_list(dir, &names, err) != 0)
        return -1;
    if (names.count > 0)
        return err_set(err, ERR_EXISTS,
                       "%s is not empty: an archive is made in a new or "
                       "empty folder",
                       dir);
    if (path_format(a->dir, err, "%s", dir) != 0 || set_paths(a, err) != 0)
        return -1;
    return make_parts(a, err);
}

static bool has_conf(const char *dir)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/tefter.conf", dir) == 0 &&
           file_exists(path);
}

/* The nearest folder with a tefter.conf, from the present one upwards. */
static int find_upwards(char out[PATH_SIZE], struct err *err)
{
    char *slash;

    if (getcwd(out, PATH_SIZE) == NULL)
        return err_set_errno(err, "cannot tell the present folder");
    while (!has_conf(out)) {
        slash = strrchr(out, '/');
        if (slash == NULL || slash == out)
            return err_set(err, ERR_ABSENT,
                           "no archive: neither --archive nor TEFTER_ARCHIVE "
                           "is given, and no parent folder has a tefter.conf; "
                           "`tefter init DIR` makes one");
        *slash = '\0';
    }
    return 0;
}

static int resolve(const char *dir, char out[PATH_SIZE], struct err *err)
{
    char *real;

    if (dir == NULL)
        dir = getenv("TEFTER_ARCHIVE");
    if (dir == NULL || dir[0] == '\0')
        return find_upwards(out, err);
    if (!has_conf(dir))
        return err_set(err, ERR_ABSENT,
                       "%s is not an archive: it has no tefter.conf; "
                       "`tefter init %s` makes one",
                       dir, dir);
    real = realpath(dir, NULL);
    if (real == NULL)
        return err_set_errno(err, "%s", dir);
    int rc = path_format(out, err, "%s", real);
    free(real);
    return rc;
}

int archive_open(const char *dir, struct archive **out, struct err *err)
{
    CLEANUP(archive_close) struct archive *a = calloc(1, sizeof(*a));
    char conf[PATH_SIZE];

    if (a == NULL)
        return err_set(err, ERR_NOMEM, "archive: out of memory");
    if (resolve(dir, a->dir, err) != 0 || set_paths(a, err) != 0 ||
        path_format(conf, err, "%s/tefter.conf", a->dir) != 0 ||
        conf_read(conf, &a->conf, err) != 0 ||
        conf_check(a->conf, conf, conf_text_default, err) != 0 ||
        set_rules(a, err) != 0)
        return -1;
    *out = STEAL(a);
    return 0;
}

void archive_close(struct archive *archive)
{
    if (archive == NULL)
        return;
    conf_free(archive->conf);
    free(archive);
}
