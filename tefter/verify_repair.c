/* SPDX-License-Identifier: MIT */
#include "tefter/verify_repair.h"

#include "common/json.h"
#include "store/repair.h"
#include "store/replica.h"
#include "tefter/verify_known.h"
#include "tefter/verify_sum.h"

static json_t *names_json(const struct name_list *names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names->count; i++) {
        if (json_array_append_new(list, json_string(names->names[i])) != 0)
            (void)json_array_append_new(list, json_string("(not UTF-8)"));
    }
    return list;
}

static void print_repair(const char *volume, const struct repair *repair,
                         const char *reason)
{
    if (reason != NULL)
        (void)printf("not mended %s: %s\n", volume, reason);
    else
        (void)printf("mended     %s: %zu put in place, %zu taken out%s%s\n",
                     volume, repair->mended.count, repair->removed.count,
                     file_exists(repair->aside) ? "; what was damaged is in "
                                                : "",
                     file_exists(repair->aside) ? repair->aside : "");
}

static int note_repair(struct mending *m, const char *volume,
                       const struct repair *repair, const char *reason,
                       struct err *err)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:o, s:o, s:s?, s:b, s:s?}", "volume", volume,
                  "from", m->replica_dir, "mended", names_json(&repair->mended),
                  "removed", names_json(&repair->removed), "aside",
                  file_exists(repair->aside) ? repair->aside : NULL, "whole",
                  reason == NULL, "reason", reason);

    if (json_array_append(m->repairs, entry) != 0) {
        json_decref(entry);
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    }
    if (!m->json)
        print_repair(volume, repair, reason);
    m->left += reason != NULL;
    return fixity_log_add(m->log, "repair", entry, err);
}

/* What the volume is now, so that `verify --report` need not wait for the next
 * run of checks. */
static int note_check(struct mending *m, const char *volume,
                      const struct repair *repair, struct err *err)
{
    CLEANUP(json_decref) json_t *entry = verify_entry(volume, &repair->left);

    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    return known_complete(m->history, m->catalogue, entry, err) != 0
               ? -1
               : fixity_log_add(m->log, "check", STEAL(entry), err);
}

/* Is all that is still wrong acknowledged as lost? */
static int is_whole(const struct mending *m, const char *volume,
                    const struct fault_report *left, bool *out, struct err *err)
{
    CLEANUP(json_decref) json_t *entry = verify_entry(volume, left);

    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "repair: out of memory");
    if (known_complete(m->history, m->catalogue, entry, err) != 0)
        return -1;
    *out = json_is_true(json_object_get(entry, "whole"));
    return 0;
}

/* The first thing that is still wrong, in words. */
static void tell_left(const struct fault_report *left, char *out, size_t size)
{
    size_t i = 0;

    while (i < left->count && left->faults[i].kind == FAULT_WARNING)
        i++;
    (void)snprintf(out, size, "%s: %s, and %zu more", left->faults[i].path,
                   left->faults[i].message, left->count - i - 1);
}

static int mend_one(struct mending *m, const struct store *replica,
                    const char *volume, struct err *err)
{
    CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;
    char left[1024] = ""; /* why it is not whole */
    bool whole = false, is_done;
    struct err why;

    if (repair_volume(m->store, volume, replica, m->archive->damaged, &m->means,
                      &repair, &why) != 0)
        return note_repair(m, volume, &repair, why.msg, err);
    if (verify_compare_version(&repair.left, m->known(m->known_arg, volume),
                               err) != 0 ||
        is_whole(m, volume, &repair.left, &whole, err) != 0)
        return -1;
    is_done = repair.mended.count + repair.removed.count > 0;
    if (!whole)
        tell_left(&repair.left, left, sizeof(left));
    else if (is_done &&
             repair_record(m->store, volume, &repair, m->replica_dir, &why))
        (void)snprintf(left, sizeof(left), "%s", why.msg);
    if (note_check(m, volume, &repair, err) != 0)
        return -1;
    if (whole && !is_done && fault_report_is_broken(&repair.left))
        return 0; /* of what was acknowledged the replica has no copy either */
    return note_repair(m, volume, &repair, left[0] == '\0' ? NULL : left, err);
}

int verify_repair_root(struct mending *m, json_t *volumes, struct err *err)
{
    CLEANUP(repair_fini) struct repair repair = REPAIR_INIT;
    CLEANUP(name_list_fini) struct name_list moved = {NULL, 0};
    struct err why;
    int rc = repair_root(m->store, m->archive->damaged, &moved, &repair, &why);

    for (size_t i = 0; i < moved.count; i++) {
        if (json_object_set_new(volumes, moved.names[i], json_true()) != 0)
            return err_set(err, ERR_NOMEM, "repair: out of memory");
    }
    return note_repair(m, "store", &repair, rc == 0 ? NULL : why.msg, err);
}

int verify_repair(struct mending *m, const json_t *volumes, struct err *err)
{
    CLEANUP(store_close) struct store *replica = NULL;
    const char *volume;
    json_t *mark;

    if (replica_open(m->replica_dir, &replica, err) != 0)
        return -1;
    json_object_foreach((json_t *)(uintptr_t)volumes, volume, mark)
    {
        if (mend_one(m, replica, volume, err) != 0)
            return -1;
    }
    return 0;
}

int verify_replica_volumes(const struct archive *archive,
                           const char *replica_dir, json_t **out,
                           struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(store_close) struct store *replica = NULL;
    CLEANUP(json_decref) json_t *volumes = json_object();

    if (replica_is_apart(replica_dir, archive->store, err) != 0 ||
        replica_open(replica_dir, &replica, err) != 0 ||
        store_list(replica, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        struct volume_extent extent = {0, 0, 0};
        struct err ignored;

        (void)verify_extent(replica, names.names[i], 0, &extent, &ignored);
        if (json_object_set_new(volumes, names.names[i],
                                json_integer(extent.head)) != 0)
            return err_set(err, ERR_NOMEM, "repair: out of memory");
    }
    *out = STEAL(volumes);
    return 0;
}
