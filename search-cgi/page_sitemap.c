/* SPDX-License-Identifier: MIT */
/* What search engines are told: where to look, and where not. */
#include "search-cgi/harvest.h"
#include "search-cgi/pages.h"
#include "search-cgi/server_address.h"
#include "search-cgi/view.h"

int page_sitemap(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(harvest_fini) struct harvest harvest = HARVEST_INIT;
    CLEANUP(buf_fini) struct buf base = BUF_INIT;

    if (model_new("sitemap", web, request, &model, err) != 0 ||
        server_address(web, request, &base, err) != 0 ||
        harvest_volumes(web, request, &harvest, err) != 0)
        return -1;
    model_set(model_root(model), "base", buf_str(&base));
    for (size_t i = 0; i < harvest.count; i++) {
        struct node node = model_add(model_root(model), "volume");
        char since[CLOCK_RFC3339_SIZE];

        harvest_stamp(harvest.items[i].since_utc_s, since);
        model_set(node, "id", harvest.items[i].volume->id);
        model_set(node, "since", since);
    }
    return view_render_xml(web, request, model, "application/xml", response,
                           err);
}

/* RFC 9309. Searches are without number, and pictures are large. */
int page_robots(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf base = BUF_INIT;

    if (server_address(web, request, &base, err) != 0)
        return -1;
    buf_puts(&response->body, "User-agent: *\n"
                              "Disallow: /*?\n"
                              "Disallow: /iiif/\n"
                              "Disallow: /*/volume.pdf$\n"
                              "Disallow: /login\n"
                              "Disallow: /ground\n");
    buf_printf(&response->body, "Sitemap: %s/sitemap.xml\n", buf_str(&base));
    return 0;
}
