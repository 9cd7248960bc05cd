/* SPDX-License-Identifier: MIT */
#include "tefter/sheet.h"

#include <string.h>

#include "search-cgi/contact_sheet.h"
#include "search-cgi/view.h"

#define STYLE_MAX_BYTES ((size_t)1 << 20)

static const char *user_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "bg", 2) == 0 ? "bg" : "en";
    }
    return "en";
}

static size_t no_body(void *from, char *out, size_t size)
{
    (void)from;
    (void)out;
    (void)size;
    return 0;
}

/* What a browser of that language would ask. */
static int make_request(struct request *out, struct err *err)
{
    char language[] = "HTTP_ACCEPT_LANGUAGE=xx";
    char *env[] = {(char[]){"REQUEST_METHOD=GET"}, (char[]){"REQUEST_URI=/"},
                   language, NULL};

    memcpy(language + sizeof(language) - 3, user_language(), 2);
    return request_read(env, no_body, NULL, out, err);
}

static int add_style(struct node root, const struct web *web, struct err *err)
{
    CLEANUP(buf_fini) struct buf css = BUF_INIT;
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/static/style.css", web_share(web)) != 0 ||
        file_read(path, STYLE_MAX_BYTES, &css, err) != 0)
        return -1;
    (void)model_text(root, "style", buf_str(&css));
    return 0;
}

int sheet_make(const struct archive *archive, const char *id,
               const struct batch_outcome *outcome, struct buf *out,
               struct err *err)
{
    CLEANUP(web_close) struct web *web = NULL;
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(batch_free) struct batch *batch = NULL;
    CLEANUP(request_fini) struct request request = {.method = METHOD_GET};
    CLEANUP(response_fini) struct response response = RESPONSE_INIT;
    char dir[PATH_SIZE];
    struct contact_sheet sheet = {
        .dir = dir,
        .outcome = outcome,
        .pictures = SHEET_EMBEDDED,
        .web = conf_text(archive->conf, "web.address", "http://127.0.0.1:8080"),
    };

    if (batch_report_find(archive->staging, archive->reports, id, dir, err) !=
            0 ||
        batch_read(dir, &batch, err) != 0 || web_open(&web, err) != 0 ||
        make_request(&request, err) != 0 ||
        model_new("sheet", web, &request, &model, err) != 0 ||
        add_style(model_root(model), web, err) != 0)
        return -1;
    sheet.batch = batch;
    if (contact_sheet_add(model_root(model), &sheet, err) != 0 ||
        view_render(web, &request, model, &response, err) != 0)
        return -1;
    buf_add(out, response.body.data, response.body.len);
    return out->failed ? err_set(err, ERR_NOMEM, "sheet: out of memory") : 0;
}
