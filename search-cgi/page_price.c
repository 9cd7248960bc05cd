/* SPDX-License-Identifier: MIT */
/*
 * What a page costs, before it is opened; and the form that opens it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

/* A page that this reader may see, and its volume. */
struct offer {
    struct item item;
    struct page_row page;
    struct volume_rows rows;
};
#define OFFER_INIT                                 \
    {                                              \
        .page = {.number = 0}, .rows = { NULL, 0 } \
    }

static void offer_fini_at(struct offer *offer)
{
    page_row_fini_at(&offer->page);
    rows_fini_at(&offer->rows);
}

static int find_offer(struct web *web, const struct request *request,
                      struct offer *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    const struct page_records *records = NULL;
    struct catalogue *catalogue = NULL;

    if (address_item(request, &out->item, err) != 0 ||
        web_scope(web, request, out->item.part == 0 ? ACTION_VIEW : ACTION_ROW,
                  &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, out->item.page, &out->page, err) !=
            0)
        return -1;
    if (out->item.part != 0 &&
        (item_records(web, &out->item, &records, err) != 0 ||
         item_check(&out->item, records, err) != 0))
        return -1;
    return volume_show(catalogue, &scope.search, out->item.volume, &out->rows,
                       err);
}

static void set_euro(struct node node, const char *name, int64_t cents)
{
    char text[EURO_SIZE];

    euro_format(cents, text);
    model_set(node, name, text);
}

/* What he has, and whether it reaches. */
static int add_means(struct web *web, const struct request *request,
                     struct node offer, int64_t price_cents, struct err *err)
{
    const char *payer = account_payer(&request->account);
    struct access *access = NULL;
    struct terms terms;
    int64_t has, hours;

    if (web_access(web, &access, err) != 0 ||
        terms_find(access, payer, &terms, err) != 0 ||
        ledger_balance(access, payer, &has, err) != 0 ||
        price_window(access, &hours, err) != 0)
        return -1;
    set_euro(offer, "balance", has);
    model_set(offer, "terms", terms_kind_name(terms.kind));
    model_setf(offer, "hours", "%lld", (long long)hours);
    if (terms.kind == TERMS_POSTPAID)
        set_euro(offer, "limit", terms.limit_cents);
    if (has - price_cents < -terms.limit_cents)
        model_set(offer, "short", "yes");
    return 0;
}

/* Which row or household it is, and where its form goes. */
static void add_item(struct node node, const struct item *item)
{
    CLEANUP(buf_fini) struct buf path = BUF_INIT;

    address_item_path(item, "", &path);
    model_setf(node, "open", "%s/open", buf_str(&path));
    if (item->part != 0)
        model_setf(node, item->part == 'r' ? "row" : "household", "%u",
                   item->record);
}

/* @param notice  "changed", "short", or NULL */
static int show_offer(struct web *web, const struct request *request,
                      const struct offer *offer, const struct gate *gate,
                      const char *query, const char *notice,
                      struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node node;

    if (model_new("price", web, request, &model, err) != 0)
        return -1;
    node = model_add(model_root(model), "offer");
    model_set(node, "page", offer->item.id);
    model_setf(node, "number", "%u", offer->page.number);
    model_set(node, "query", query);
    add_item(node, &offer->item);
    for (size_t i = 0; i < offer->rows.count; i++) {
        model_set(node, "title", offer->rows.items[i].volume->title);
        model_set(node, "series", offer->rows.items[i].volume->series);
        model_setf(node, "volume", "/volume/%s", offer->item.volume);
    }
    if (notice != NULL)
        model_set(node, "notice", notice);
    if (gate->state == GATE_DUE) {
        model_setf(node, "cents", "%lld", (long long)gate->cents);
        set_euro(node, "price", gate->cents);
        if (add_means(web, request, node, gate->cents, err) != 0)
            return -1;
    }
    return view_render(web, request, model, response, err);
}

static int offer_json(const struct offer *offer, const struct gate *gate,
                      struct response *response, struct err *err)
{
    CLEANUP(json_decref)
    json_t *json = json_pack(
        "{s:s, s:o}", "page", offer->item.id, "price_cents",
        gate->state == GATE_DUE ? json_integer((json_int_t)gate->cents)
                                : json_null());

    if (json == NULL)
        return err_set(err, ERR_NOMEM, "price: out of memory");
    return response_json(response, json, err);
}

int page_price(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    CLEANUP(offer_fini) struct offer offer = OFFER_INIT;

    if (find_offer(web, request, &offer, err) != 0)
        return -1;
    if (request->told == AS_XML) {
        page_error(web, request, 402, response);
        return 0;
    }
    response->status = 402;
    return request->told == AS_JSON
               ? offer_json(&offer, &request->gate, response, err)
               : show_offer(web, request, &offer, &request->gate,
                            request_query(request, "q"), NULL, response, err);
}

static int redirect_to_page(const struct item *item, const char *query,
                            struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf to = BUF_INIT;

    address_item_path(item, query, &to);
    if (to.failed)
        return err_set(err, ERR_NOMEM, "price: out of memory");
    response_redirect(response, buf_str(&to));
    return 0;
}

/* The price that stood in the form; -1: none did. */
static int64_t read_cents(const char *text)
{
    char *end = NULL;
    long long cents = strtoll(text, &end, 10);

    return text[0] == '\0' || *end != '\0' || cents < 0 ? -1 : cents;
}

/* It was not opened: the offer as it stands now, with the reason. */
static int offer_again(struct web *web, const struct request *request,
                       const struct offer *offer, enum charge_result result,
                       struct response *response, struct err *err)
{
    struct access *access = NULL;
    struct gate gate;

    if (web_access(web, &access, err) != 0 ||
        charge_gate(access, &request->account, offer->item.id, &gate, err) != 0)
        return -1;
    response->status = result == CHARGE_CHANGED ? 409 : 402;
    return request->told == AS_JSON
               ? offer_json(offer, &gate, response, err)
               : show_offer(web, request, offer, &gate,
                            request_form(request, "q"),
                            result == CHARGE_CHANGED ? "changed"
                            : result == CHARGE_SHORT ? "short"
                                                     : NULL,
                            response, err);
}

int page_open_post(struct web *web, const struct request *request,
                   struct response *response, struct err *err)
{
    CLEANUP(offer_fini) struct offer offer = OFFER_INIT;
    const char *query = request_form(request, "q"); /* for the way back */
    enum charge_result result = CHARGE_HELD;
    struct access *access = NULL;

    if (find_offer(web, request, &offer, err) != 0 ||
        web_access(web, &access, err) != 0)
        return -1;
    if (request->account.id != 0 &&
        charge_make(access, &request->account, offer.item.id,
                    read_cents(request_form(request, "cents")), &result,
                    err) != 0)
        return -1;
    return result == CHARGE_MADE || result == CHARGE_HELD
               ? redirect_to_page(&offer.item, query, response, err)
               : offer_again(web, request, &offer, result, response, err);
}
