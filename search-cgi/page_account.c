/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static int add_rights(struct web *web, const struct request *request,
                      struct node root, struct err *err)
{
    CLEANUP(free) struct right *rights = NULL;
    struct access *access = NULL;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        access_rights_list(access, &rights, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct node right;

        if (strcmp(rights[i].role, request->account.role) != 0)
            continue;
        right = model_add(root, "right");
        model_set(right, "series", rights[i].series);
        model_set(right, "action", rights[i].action);
        model_set(right, "condition", rights[i].condition);
    }
    return 0;
}

int page_account(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("account", web, request, &model, err) != 0 ||
        add_rights(web, request, model_root(model), err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}
