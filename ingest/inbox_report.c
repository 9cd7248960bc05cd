/* SPDX-License-Identifier: MIT */
#include "ingest/inbox_report.h"

#include "common/file.h"
#include "common/json.h"

#define INBOX_FILE "inbox.json"

int inbox_report_write(const char *reports, const json_t *list, struct err *err)
{
    char path[PATH_SIZE];

    if (dir_make(reports, err) != 0 ||
        path_format(path, err, "%s/" INBOX_FILE, reports) != 0)
        return -1;
    return json_write_durable(path, list, err);
}

int inbox_report_read(const char *reports, json_t **out, struct err *err)
{
    CLEANUP(json_decref) json_t *list = NULL;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/" INBOX_FILE, reports) != 0 ||
        (file_exists(path) && json_read_file(path, &list, err) != 0))
        return -1;
    *out = json_is_array(list) ? STEAL(list) : json_array();
    return *out == NULL ? err_set(err, ERR_NOMEM, "inbox: out of memory") : 0;
}
