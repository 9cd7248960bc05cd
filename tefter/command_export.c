/* SPDX-License-Identifier: MIT */
/*
 * export: volumes that leave the archive: as they are kept (bag, ocfl), or what
 * somebody may have of them (dip, pdf).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/audit.h"
#include "common/json.h"
#include "common/log.h"
#include "store/export.h"
#include "tefter/command.h"
#include "tefter/dip_export.h"
#include "tefter/volume_pdf.h"

enum { KEY_TAR = 256, KEY_ZIP, KEY_AS, KEY_ROLE, KEY_GROUND, KEY_CASE };

struct export_options {
    const char *out;
    const char *kind;
    struct given_request given; /* .of is the volume, page or row */
    enum parcel_form form;
    bool json;
};

struct export_counts {
    uint64_t pages, withheld; /* of dip and pdf */
    uint64_t files, bytes;
};

static bool is_given_away(const struct export_options *o)
{
    return strcmp(o->kind, "dip") == 0 || strcmp(o->kind, "pdf") == 0;
}

static bool kind_is_known(const char *kind)
{
    static const char *const kinds[] = {"ocfl", "bag", "dip", "pdf"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

static void check_options(const struct export_options *o,
                          struct argp_state *state)
{
    if (o->out == NULL)
        argp_error(state, "a volume, and where it goes, are expected");
    if (!is_given_away(o) && (o->given.role != NULL || o->given.ground != NULL))
        argp_error(state, "--role is for --as dip and --as pdf: a package as "
                          "it is kept holds everything");
    if (o->given.role == NULL && o->given.ground != NULL)
        argp_error(state, "--ground and --case belong to a --role");
    if (strcmp(o->kind, "pdf") == 0 && o->form != PARCEL_FOLDER)
        argp_error(state, "a PDF is one file: no --tar, no --zip");
}

static error_t take_export_option(int key, char *arg, struct argp_state *state)
{
    struct export_options *o = state->input;
    const struct kept_option options[] = {
        {KEY_ROLE, &o->given.role, NULL},
        {KEY_GROUND, &o->given.ground, NULL},
        {KEY_CASE, &o->given.case_number, NULL},
        {'j', NULL, &o->json},
        {0}};

    switch (key) {
    case KEY_AS:
        if (!kind_is_known(arg))
            argp_error(state, "'%s': --as is bag, ocfl, dip or pdf", arg);
        o->kind = arg;
        return 0;
    case KEY_TAR:
        o->form = PARCEL_TAR;
        return 0;
    case KEY_ZIP:
        o->form = PARCEL_ZIP;
        return 0;
    case ARGP_KEY_ARG:
        if (o->out != NULL)
            argp_error(state, "one volume, and where it goes, are expected");
        if (o->given.of == NULL)
            o->given.of = arg;
        else
            o->out = arg;
        return 0;
    case ARGP_KEY_END:
        check_options(o, state);
        return 0;
    default:
        return option_keep(options, key, arg);
    }
}

static void print_line(const struct export_options *o,
                       const struct export_counts *n)
{
    (void)printf("%s: %s, ", o->out, o->given.of);
    if (is_given_away(o))
        (void)printf("%llu pages%s, ", (unsigned long long)n->pages,
                     n->withheld == 0 ? "" : " that may be given");
    if (n->withheld > 0)
        (void)printf("%llu withheld, ", (unsigned long long)n->withheld);
    (void)printf("%llu %s, %llu bytes\n", (unsigned long long)n->files,
                 n->files == 1 ? "file" : "files",
                 (unsigned long long)n->bytes);
}

static int print_export(const struct export_options *o,
                        const struct export_counts *n, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (!o->json) {
        print_line(o, n);
        return 0;
    }
    answer = json_pack("{s:s, s:s, s:s, s:I, s:I}", "volume", o->given.of, "as",
                       o->kind, "out", o->out, "files", (json_int_t)n->files,
                       "bytes", (json_int_t)n->bytes);
    if (answer == NULL ||
        (is_given_away(o) &&
         (json_object_set_new(answer, "pages",
                              json_integer((json_int_t)n->pages)) != 0 ||
          json_object_set_new(answer, "withheld",
                              json_integer((json_int_t)n->withheld)) != 0)))
        return err_set(err, ERR_NOMEM, "export: out of memory");
    return json_print(stdout, answer, err);
}

/* A package as it is kept holds all there is, earlier versions included: who
 * has an account here needs the right to all of the archive. */
static int check_kept(const struct archive *archive,
                      const struct export_options *o, struct access **out,
                      struct err *err)
{
    char what[32];

    (void)snprintf(what, sizeof(what), "tefter export --as %.8s", o->kind);
    return access_open(archive->access, out, err) != 0
               ? -1
               : machine_user_check(*out, ACTION_ADMIN, what, err);
}

static int note_kept(struct access *access, const struct export_options *o,
                     struct err *err)
{
    char detail[16];

    (void)snprintf(detail, sizeof(detail), "as=%.8s", o->kind);
    return audit_note(access, AUDIT_EXPORT, o->given.of, detail, err);
}

static int export_kept(const struct context *context,
                       const struct export_options *o, struct export_counts *n,
                       struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(parcel_free) struct parcel *parcel = NULL;
    CLEANUP(store_close) struct store *store = NULL;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        check_kept(archive, o, &access, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        export_volume(store, o->given.of,
                      strcmp(o->kind, "ocfl") == 0 ? EXPORT_OCFL : EXPORT_BAG,
                      &parcel, err) != 0 ||
        note_kept(access, o, err) != 0 ||
        parcel_write(parcel, o->form, o->out, err) != 0)
        return -1;
    n->files = parcel_files(parcel);
    n->bytes = parcel_bytes(parcel);
    return 0;
}

static int export_given(const struct context *context,
                        const struct export_options *o, struct export_counts *n,
                        struct err *err)
{
    __attribute__((cleanup(given_fini_at))) struct given g = {.count = 0};
    struct dip_counts made;

    if (given_open(&g, context, &o->given, err) != 0)
        return -1;
    if (file_exists(o->out))
        return err_set(err, ERR_EXISTS, "%s is there already", o->out);
    /* A damaged page goes to nobody, and is not noted as given. */
    if (package_check_pages(g.package, g.pages, g.count, err) != 0 ||
        given_note(&g, o->kind, err) != 0)
        return -1;
    n->pages = g.count;
    n->withheld = g.withheld;
    if (strcmp(o->kind, "pdf") == 0) {
        if (volume_pdf(&g, o->out, err) != 0)
            return -1;
        n->files = 1;
        n->bytes = (uint64_t)file_size(o->out);
        return 0;
    }
    if (dip_export(&g, o->form, o->out, &made, err) != 0)
        return -1;
    n->files = made.files;
    n->bytes = made.bytes;
    return 0;
}

/* .tmp-PID-OUT of a process that does not live any more: an export that was
 * killed. */
static bool is_left_behind(const char *name)
{
    const char *pid = name + strlen(TEMP_PREFIX);
    size_t digits;

    if (strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) != 0)
        return false;
    digits = strspn(pid, "0123456789");
    return digits > 0 && digits < 10 && pid[digits] == '-' &&
           kill((pid_t)strtol(pid, NULL, 10), 0) != 0 && errno == ESRCH;
}

/* A whole volume may lie there, hidden by its name. Of others it stays, and
 * whatever cannot be removed is no reason not to export. */
static void sweep_beside(const char *out)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    int len = (int)(path_base(out) - out);
    char dir[PATH_SIZE], path[PATH_SIZE];
    struct stat st;
    struct err err;

    if (path_format(dir, &err, "%.*s", len > 0 ? len : 1,
                    len > 0 ? out : ".") != 0 ||
        dir_list_all(dir, &names, &err) != 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (is_left_behind(names.names[i]) &&
            path_format(path, &err, "%s/%s", dir, names.names[i]) == 0 &&
            lstat(path, &st) == 0 && st.st_uid == geteuid() &&
            dir_remove(path, &err) != 0)
            log_warn("%s", err.msg);
    }
}

static const struct argp_option options[] = {
    {"as", KEY_AS, "KIND", 0,
     "bag (as without it): a BagIt bag that holds the E-ARK package of the "
     "newest version; ocfl: the object with all its versions; dip: an E-ARK "
     "DIP of access copies; pdf: a PDF/A-2u with text",
     0},
    {"tar", KEY_TAR, NULL, 0, "write a tar instead of a folder", 0},
    {"zip", KEY_ZIP, NULL, 0, "write a zip instead of a folder", 0},
    {"role", KEY_ROLE, "ROLE", 0,
     "of dip and pdf: only what this role may have, noted in the audit trail "
     "(default: everything)",
     0},
    {"ground", KEY_GROUND, "ID", 0, "why the role looks", 0},
    {"case", KEY_CASE, "NUMBER", 0, "for which case", 0},
    JSON_OPTION,
    {0}};

int command_export(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp argp = {
        options,
        take_export_option,
        "VOLUME OUT",
        "Write a volume to OUT, which must not exist yet; as dip or pdf also a "
        "page, or a row or household of it (PAGE/r03, PAGE/h01) with all else "
        "masked. Every file is compared with its digest on the way. The same "
        "volume gives the same bytes each time."
        "\vExamples:\n"
        "  tefter export odesos/family-register/1938-012 --tar 1938-012.tar\n"
        "  tefter export primorski/technical/1979-107 --as pdf --role public "
        "1979-107.pdf",
        NULL,
        NULL,
        NULL};
    struct export_options o = {.kind = "bag", .form = PARCEL_FOLDER};
    struct export_counts n = {0, 0, 0, 0};
    int rc;

    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    sweep_beside(o.out);
    rc = is_given_away(&o) ? export_given(context, &o, &n, err)
                           : export_kept(context, &o, &n, err);
    return rc != 0 || print_export(&o, &n, err) != 0 ? -1 : EXIT_DONE;
}
