/* SPDX-License-Identifier: MIT */
/*
 * Paying by card: the form that the reader's browser takes to the gateway, and
 * what the gateway tells us when it is done.
 */
#include "access/gateway.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static int find_gateway(struct web *web, struct gateway *out, struct err *err)
{
    const struct archive *archive = NULL;

    if (web_archive(web, &archive, err) != 0)
        return -1;
    if (gateway_read(archive->conf, archive->access, out, err) == 0)
        return 0;
    if (err->kind != ERR_ABSENT)
        err->kind = ERR_IO; /* ours, and not the reader's */
    return -1;
}

static int show_form(struct web *web, const struct request *request,
                     const struct gateway *gateway, int64_t number,
                     int64_t cents, struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(buf_fini) struct buf encoded = BUF_INIT;
    char checksum[GATEWAY_CHECKSUM_SIZE], sum[EURO_SIZE];
    struct access *access = NULL;
    struct node form;

    if (web_access(web, &access, err) != 0 ||
        gateway_request(access, gateway, number, &encoded, checksum, err) !=
            0 ||
        model_new("pay", web, request, &model, err) != 0)
        return -1;
    euro_format(cents, sum);
    form = model_add(model_root(model), "form");
    model_set(form, "address", gateway->address);
    model_set(form, "encoded", buf_str(&encoded));
    model_set(form, "checksum", checksum);
    model_set(form, "sum", sum);
    buf_puts(&response->form_to, gateway->address);
    return view_render(web, request, model, response, err);
}

int page_pay_post(struct web *web, const struct request *request,
                  struct response *response, struct err *err)
{
    struct access *access = NULL;
    struct gateway gateway;
    int64_t cents, number;

    if (request->account.id == 0)
        return err_set(err, ERR_ABSENT, "who is not logged in pays nothing");
    if (find_gateway(web, &gateway, err) != 0 ||
        euro_parse(request_form(request, "sum"), &cents, err) != 0 ||
        web_access(web, &access, err) != 0 ||
        gateway_invoice(access, account_payer(&request->account), cents,
                        &number, err) != 0)
        return -1;
    return show_form(web, request, &gateway, number, cents, response, err);
}

/* Its documents write the names of the fields both ways. */
static const char *either(const struct request *request, const char *lower,
                          const char *upper)
{
    const char *value = request_form(request, lower);

    return value[0] != '\0' ? value : request_form(request, upper);
}

int page_gateway_post(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    struct access *access = NULL;
    struct gateway gateway;

    if (find_gateway(web, &gateway, err) != 0 ||
        web_access(web, &access, err) != 0)
        return -1;
    access_act_as(access, "@gateway", "", request->origin);
    access_on_ground(access, "", "");
    return gateway_notify(
        access, &gateway, either(request, "encoded", "ENCODED"),
        either(request, "checksum", "CHECKSUM"), &response->body, err);
}
