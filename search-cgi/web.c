/* SPDX-License-Identifier: MIT */
#include "search-cgi/web.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/log.h"
#include "ocr/record_xml.h"
#include "search-cgi/pyramid_cache.h"
#include "search-cgi/translate.h"

struct web {
    char share[PATH_SIZE];
    struct archive *archive; /* all NULL until asked for */
    struct stat settings;    /* of tefter.conf, as it was looked at last;
                                not yet by who opened the archive */
    struct access *access;
    struct store *store;
    struct catalogue *catalogue;
    dev_t catalogue_device; /* which file is open: a reindex puts another */
    ino_t catalogue_inode;  /* one in its place                           */
    struct package *package;
    struct page_records *records;
    char records_path[PATH_SIZE];
    struct pyramid_held pyramid;
    int client; /* where the answer goes to; -1: nowhere      */
};

void web_set_client(struct web *web, int fd)
{
    web->client = fd;
}

/* The other end of a socket or of a pipe that is written to. */
bool web_client_is_gone(void *arg)
{
    const struct web *web = arg;
    struct pollfd poll_fd = {web->client, POLLRDHUP, 0};

    return web->client >= 0 && poll(&poll_fd, 1, 0) == 1 &&
           (poll_fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* bin/search.cgi -> share/tefter */
static int find_share(char out[PATH_SIZE], struct err *err)
{
    const char *given = getenv("TEFTER_SHARE");

    return given != NULL && given[0] != '\0'
               ? path_format(out, err, "%s", given)
               : program_share(out, err);
}

int web_open(struct web **out, struct err *err)
{
    CLEANUP(web_close) struct web *web = calloc(1, sizeof(*web));

    if (web == NULL)
        return err_set(err, ERR_NOMEM, "web: out of memory");
    web->client = -1;
    if (find_share(web->share, err) != 0)
        return -1;
    translate_init(web->share);
    *out = STEAL(web);
    return 0;
}

void web_close(struct web *web)
{
    if (web == NULL)
        return;
    pyramid_held_fini(&web->pyramid);
    page_records_free(web->records);
    package_close(web->package);
    catalogue_close(web->catalogue);
    store_close(web->store);
    access_close(web->access);
    archive_close(web->archive);
    free(web);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
           a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Its paths are those of the same folder: what is open stays open. */
void web_begin_request(struct web *web)
{
    CLEANUP(archive_close) struct archive *anew = NULL;
    char path[PATH_SIZE];
    bool is_first = web->settings.st_ino == 0;
    struct stat now;
    struct err err;

    if (web->archive == NULL ||
        path_format(path, &err, "%s/tefter.conf", web->archive->dir) != 0 ||
        stat(path, &now) != 0 || is_same_file(&now, &web->settings))
        return;
    web->settings = now;
    if (archive_open(web->archive->dir, &anew, &err) != 0) {
        log_error("the settings of before stay in force: %s", err.msg);
        return;
    }
    archive_close(web->archive);
    web->archive = STEAL(anew);
    if (!is_first)
        log_info("settings=%s are read again", path);
}

const char *web_share(const struct web *web)
{
    return web->share;
}

/* ERR_ABSENT of what must be there is a fault of ours, not the reader's. */
static int our_fault(struct err *err)
{
    if (err->kind == ERR_ABSENT || err->kind == ERR_INPUT ||
        err->kind == ERR_USAGE)
        err->kind = ERR_IO;
    return -1;
}

int web_archive(struct web *web, const struct archive **out, struct err *err)
{
    if (web->archive == NULL && archive_open(NULL, &web->archive, err) != 0)
        return our_fault(err);
    *out = web->archive;
    return 0;
}

int web_access(struct web *web, struct access **out, struct err *err)
{
    const struct archive *archive = NULL;

    if (web_archive(web, &archive, err) != 0)
        return -1;
    if (web->access == NULL &&
        access_open(archive->access, &web->access, err) != 0)
        return err->kind == ERR_BUSY ? -1 : our_fault(err);
    *out = web->access;
    return 0;
}

int web_store(struct web *web, struct store **out, struct err *err)
{
    const struct archive *archive = NULL;

    if (web_archive(web, &archive, err) != 0)
        return -1;
    if (web->store == NULL && store_open(archive->store, &web->store, err) != 0)
        return our_fault(err);
    *out = web->store;
    return 0;
}

int web_package(struct web *web, const char *volume, const struct package **out,
                struct err *err)
{
    struct store *store = NULL;

    if (web->package == NULL ||
        strcmp(package_volume(web->package)->id, volume) != 0 ||
        !package_is_current(web->package)) {
        package_close(STEAL(web->package));
        if (web_store(web, &store, err) != 0 ||
            package_open(store, volume, &web->package, err) != 0)
            return -1;
    }
    *out = web->package;
    return 0;
}

/* A file of a package never changes: what was read of it stays true. */
int web_records(struct web *web, const struct package *package, size_t index,
                const struct page_records **out, struct err *err)
{
    char path[PATH_SIZE];

    *out = NULL;
    if (!package_has_records(package, index))
        return 0;
    if (package_records_path(package, index, path, err) != 0)
        return -1;
    if (web->records == NULL || strcmp(web->records_path, path) != 0) {
        page_records_free(STEAL(web->records));
        if (records_read(path, &web->records, err) != 0)
            return -1;
        memcpy(web->records_path, path, sizeof(path));
    }
    *out = web->records;
    return 0;
}

int web_package_page(struct web *web, const char *volume, uint32_t number,
                     const struct package **package, size_t *index,
                     struct err *err)
{
    long i;

    if (web_package(web, volume, package, err) != 0)
        return -1;
    i = package_find(*package, number);
    if (i < 0)
        return err_set(err, ERR_ABSENT, "%s has no page %u", volume, number);
    *index = (size_t)i;
    return 0;
}

struct pyramid_held *web_pyramid(struct web *web)
{
    return &web->pyramid;
}

static void forget_replaced_catalogue(struct web *web, const char *path)
{
    struct stat st;

    if (web->catalogue == NULL ||
        (stat(path, &st) == 0 && st.st_dev == web->catalogue_device &&
         st.st_ino == web->catalogue_inode))
        return;
    catalogue_close(web->catalogue);
    web->catalogue = NULL;
}

int web_catalogue(struct web *web, struct catalogue **out, struct err *err)
{
    const struct archive *archive = NULL;
    struct stat st;

    if (web_archive(web, &archive, err) != 0)
        return -1;
    forget_replaced_catalogue(web, archive->catalogue);
    if (web->catalogue == NULL) {
        if (stat(archive->catalogue, &st) != 0)
            return err_set(err, ERR_ABSENT, "%s: nothing was indexed yet",
                           archive->catalogue);
        if (catalogue_open(archive->catalogue, CATALOGUE_READ, &web->catalogue,
                           err) != 0)
            return err->kind == ERR_BUSY ? -1 : our_fault(err);
        web->catalogue_device = st.st_dev;
        web->catalogue_inode = st.st_ino;
    }
    *out = web->catalogue;
    return 0;
}

int web_scope(struct web *web, const struct request *request,
              enum action action, struct scope *out, struct err *err)
{
    const struct archive *archive = NULL;
    struct access *access = NULL;

    if (web_archive(web, &archive, err) != 0 ||
        web_access(web, &access, err) != 0)
        return -1;
    return scope_read(out, archive->conf, access, request->account.role, action,
                      err);
}

int web_gate(struct web *web, const struct request *request, const char *id,
             struct gate *out, struct err *err)
{
    struct access *access = NULL;

    return web_access(web, &access, err) != 0
               ? -1
               : charge_gate(access, &request->account, id, out, err);
}
