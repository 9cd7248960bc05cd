/* SPDX-License-Identifier: MIT */
#include "tefter/verify_known.h"

#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "index/catalogue.h"
#include "store/verify.h"

/* A catalogue_visit. */
static int note_version(void *arg, const char *volume, unsigned version,
                        struct err *err)
{
    return json_object_set_new(arg, volume, json_integer(version)) == 0
               ? 0
               : err_set(err, ERR_NOMEM, "verify: out of memory");
}

json_t *known_by_catalogue(const struct archive *archive)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    json_t *known = json_object();
    struct err err;

    if (known == NULL || !file_exists(archive->catalogue))
        return known;
    if (catalogue_open(archive->catalogue, CATALOGUE_READ, &catalogue, &err) !=
            0 ||
        catalogue_each(catalogue, note_version, known, &err) != 0)
        log_warn("the catalogue is not asked which volumes there were: %s",
                 err.msg);
    return known;
}

static bool is_kind(const json_t *fault, enum fault_kind kind)
{
    return strcmp(json_get_text(fault, "kind", ""), fault_kind_name(kind)) == 0;
}

bool known_is_loss(const json_t *fault)
{
    /* A rule breaks by what is lost: without its record a volume is none. */
    bool is_of_file = is_kind(fault, FAULT_RULE) &&
                      json_get_text(fault, "path", "")[0] != '\0';

    return is_of_file || is_kind(fault, FAULT_MISSING) ||
           is_kind(fault, FAULT_ALTERED) || is_kind(fault, FAULT_UNREADABLE);
}

static int add_version(const json_t *entry, json_int_t known, struct err *err)
{
    json_t *faults = json_object_get(entry, "faults");
    char folder[16], message[256];

    (void)snprintf(folder, sizeof(folder), "v%u", (unsigned)known);
    if (fixity_faults_have(faults, folder))
        return 0;
    (void)snprintf(message, sizeof(message),
                   "the catalogue has version %u of the volume, and the newest "
                   "now is %u: what came after it is lost, also from the "
                   "record of checks",
                   (unsigned)known,
                   (unsigned)json_get_int(entry, "version", 0));
    return json_array_append_new(
               faults, json_pack("{s:s, s:s, s:s, s:s, s:s}", "volume",
                                 json_get_text(entry, "volume", ""), "kind",
                                 fault_kind_name(FAULT_MISSING), "code", "PKG7",
                                 "path", folder, "message", message)) == 0
               ? 0
               : err_set(err, ERR_NOMEM, "verify: out of memory");
}

static int acknowledge(json_t *fault, const json_t *loss, struct err *err)
{
    CLEANUP(buf_fini) struct buf message = BUF_INIT;

    buf_printf(&message, "%s (acknowledged by %s on %s: %s)",
               json_get_text(fault, "message", ""),
               json_get_text(loss, "by", ""), json_get_text(loss, "at", ""),
               json_get_text(loss, "reason", ""));
    return message.failed ||
                   json_object_set_new(
                       fault, "kind",
                       json_string(fault_kind_name(FAULT_ACKNOWLEDGED))) != 0 ||
                   json_object_set_new(fault, "message",
                                       json_string(buf_str(&message))) != 0
               ? err_set(err, ERR_NOMEM, "verify: out of memory")
               : 0;
}

static int acknowledge_all(const struct fixity_history *history,
                           const json_t *entry, bool *is_broken,
                           struct err *err)
{
    const json_t *faults = json_object_get(entry, "faults");
    const char *volume = json_get_text(entry, "volume", "");
    json_t *fault;
    size_t i;

    json_array_foreach(faults, i, fault)
    {
        const json_t *loss =
            known_is_loss(fault)
                ? fixity_history_loss(history, volume,
                                      json_get_text(fault, "path", ""))
                : NULL;

        if (loss != NULL && acknowledge(fault, loss, err) != 0)
            return -1;
        *is_broken = *is_broken || !(is_kind(fault, FAULT_WARNING) ||
                                     is_kind(fault, FAULT_ACKNOWLEDGED));
    }
    return 0;
}

int known_complete(const struct fixity_history *history,
                   const json_t *catalogue, json_t *entry, struct err *err)
{
    const char *volume = json_get_text(entry, "volume", "");
    json_int_t head = json_get_int(entry, "version", 0);
    json_int_t known = json_integer_value(json_object_get(catalogue, volume));
    bool is_broken = false;

    if (head > 0 && known > head && add_version(entry, known, err) != 0)
        return -1;
    if (acknowledge_all(history, entry, &is_broken, err) != 0)
        return -1;
    return json_object_set_new(entry, "whole", json_boolean(!is_broken)) == 0
               ? 0
               : err_set(err, ERR_NOMEM, "verify: out of memory");
}

static bool is_of_site(const char *site, const char *volume)
{
    size_t len = site == NULL ? 0 : strlen(site);

    return site == NULL ||
           (strncmp(volume, site, len) == 0 && volume[len] == '/');
}

static int add_losses(json_t *list, const char *volume, json_t *paths)
{
    const char *path;
    json_t *loss;

    json_object_foreach(paths, path, loss)
    {
        if (json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:s, s:s}", "volume", volume, "path",
                          path, "at", json_get_text(loss, "at", ""), "by",
                          json_get_text(loss, "by", ""), "reason",
                          json_get_text(loss, "reason", ""))) != 0)
            return -1;
    }
    return 0;
}

json_t *known_losses(const struct fixity_history *history, const char *site)
{
    CLEANUP(json_decref) json_t *list = json_array();
    const char *volume;
    json_t *paths;

    if (list == NULL)
        return NULL;
    json_object_foreach(history->losses, volume, paths)
    {
        if (is_of_site(site, volume) && add_losses(list, volume, paths) != 0)
            return NULL;
    }
    return STEAL(list);
}
