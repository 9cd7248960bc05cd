/* SPDX-License-Identifier: MIT */
/*
 * replicate: the store once more, on another disk or share.
 */
#include "common/json.h"
#include "common/progress.h"
#include "common/text.h"
#include "store/fixity_log.h"
#include "store/replica.h"
#include "tefter/command.h"
#include "tefter/noted.h"

enum { KEY_READ = 256 };

struct replicating {
    struct fixity_log *log;
    struct fixity_history history;
    const char *to;
    bool is_read;
    json_t *copied, *refused;
    uint64_t volumes, files, bytes;
    bool json;
};

static int note_copied(struct replicating *r, const char *volume,
                       const struct replica_copy *copy, struct err *err)
{
    json_t *entry =
        json_pack("{s:s, s:i, s:s, s:I, s:I}", "volume", volume, "version",
                  (int)copy->version, "to", r->to, "files",
                  (json_int_t)copy->files, "bytes", (json_int_t)copy->bytes);

    if (json_array_append(r->copied, entry) != 0) {
        json_decref(entry);
        return err_set(err, ERR_NOMEM, "replicate: out of memory");
    }
    if (!r->json)
        (void)printf("copied     %s: version %u, %llu files, %llu bytes\n",
                     volume, copy->version, (unsigned long long)copy->files,
                     (unsigned long long)copy->bytes);
    r->files += copy->files;
    r->bytes += copy->bytes;
    return fixity_log_add(r->log, "replicate", entry, err);
}

static int note_refused(struct replicating *r, const char *volume,
                        const struct err *why, struct err *err)
{
    if (!r->json)
        (void)printf("not copied %s: %s\n", volume, why->msg);
    if (json_array_append_new(
            r->refused,
            json_pack("{s:s, s:s}", "volume", volume, "reason", why->msg)) != 0)
        return err_set(err, ERR_NOMEM, "replicate: out of memory");
    return 0;
}

/* A replica_visit. */
static int take_volume(void *arg, const char *volume,
                       const struct replica_copy *copy, const struct err *why,
                       struct err *err)
{
    struct replicating *r = arg;

    r->volumes++;
    if (why != NULL)
        return note_refused(r, volume, why, err);
    return copy->files == 0 ? 0 : note_copied(r, volume, copy, err);
}

static int print_answer(const struct replicating *r, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (!r->json) {
        (void)printf("%s: %llu volumes, %zu of them copied (%llu files, %llu "
                     "bytes), %zu not\n",
                     r->to, (unsigned long long)r->volumes,
                     json_array_size(r->copied), (unsigned long long)r->files,
                     (unsigned long long)r->bytes, json_array_size(r->refused));
        return 0;
    }
    answer = json_pack("{s:s, s:I, s:I, s:I, s:O, s:O}", "replica", r->to,
                       "volumes", (json_int_t)r->volumes, "files",
                       (json_int_t)r->files, "bytes", (json_int_t)r->bytes,
                       "copied", r->copied, "not_copied", r->refused);
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "replicate: out of memory");
    return json_print(stdout, answer, err);
}

/* A verify_known. */
static unsigned known_version(const void *arg, const char *volume)
{
    const struct replicating *r = arg;

    return fixity_history_version(&r->history, volume);
}

/* All there is goes to where the trail does not reach. */
static int note(const struct archive *archive, const char *to, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_puts(&detail, "as=replica to=");
    text_add_visible(&detail, to);
    return detail.failed ? err_set(err, ERR_NOMEM, "replica: out of memory")
                         : noted(archive, AUDIT_EXPORT, false, "*",
                                 buf_str(&detail), err);
}

static int replicate(const struct archive *archive, struct replicating *r,
                     struct err *err)
{
    CLEANUP(progress_end) struct progress *progress = NULL;
    CLEANUP(crew_free) struct crew *crew = NULL;
    CLEANUP(store_close) struct store *from = NULL;
    CLEANUP(store_close) struct store *to = NULL;
    CLEANUP(lock_release) struct lock *lock = NULL;
    struct replica_walk walk = {.known = known_version,
                                .is_read = r->is_read,
                                .visit = take_volume,
                                .arg = r};
    uint64_t count = 0;

    if (store_open(archive->store, &from, err) != 0 ||
        replica_is_apart(r->to, archive->store, err) != 0 ||
        replica_lock(r->to, &lock, err) != 0 ||
        replica_make(r->to, &to, err) != 0 ||
        store_count(from, &count, err) != 0 || note(archive, r->to, err) != 0 ||
        crew_new(0, &crew, err) != 0)
        return -1;
    progress = progress_new("copying", "volumes", count);
    walk.progress = progress;
    walk.means.crew = crew;
    return replica_copy_store(from, to, &walk, err);
}

static error_t take_option(int key, char *arg, struct argp_state *state)
{
    struct replicating *r = state->input;

    switch (key) {
    case KEY_READ:
        r->is_read = true;
        return 0;
    case 'j':
        r->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (r->to != NULL)
            argp_error(state, "one folder is expected");
        r->to = arg;
        return 0;
    case ARGP_KEY_END:
        if (r->to == NULL)
            argp_error(state, "a folder is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int replicate_into(const struct context *context, struct replicating *r,
                          struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;
    int rc;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        fixity_history_read(archive->fixity, &r->history, err) != 0)
        return -1;
    rc = fixity_log_open(archive->fixity, NULL, &log, err);
    r->log = log;
    if (rc == 0)
        rc = replicate(archive, r, err);
    if (rc == 0)
        rc = print_answer(r, err);
    fixity_history_fini(&r->history);
    if (rc != 0)
        return -1;
    return json_array_size(r->refused) > 0 ? EXIT_FIXITY : EXIT_DONE;
}

int command_replicate(const struct context *context, int argc, char **argv,
                      struct err *err)
{
    static const struct argp_option options[] = {
        {"read", KEY_READ, NULL, 0,
         "read all that the replica has, and compare it with its digests; "
         "without it: names, sizes and inventories",
         0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_option,
        "DIR",
        "Copy what is new in the store into a replica in DIR, on another disk "
        "or share: DIR/store, an OCFL storage root of its own. A volume that "
        "has something new is checked first, compared while it is read, read "
        "again after it was written, and put in place whole. What was broken "
        "off is gone on with. What is damaged here is not copied, and what is "
        "damaged there is told: exit status 4."
        "\vExamples:\n  tefter replicate /mnt/second-disk/archive\n"
        "  tefter replicate --read /mnt/second-disk/archive",
        NULL,
        NULL,
        NULL};
    CLEANUP(json_decref) json_t *copied = json_array();
    CLEANUP(json_decref) json_t *refused = json_array();
    struct replicating r = {.copied = copied, .refused = refused};

    if (argp_parse(&argp, argc, argv, 0, NULL, &r) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    return replicate_into(context, &r, err);
}
