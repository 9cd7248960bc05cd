/* SPDX-License-Identifier: MIT */
/*
 * tests/search-cgi/gateway.h - a payment gateway as ePay.bg documents its own
 * (kb.epay.bg): it checks the request that a browser brings, and makes the
 * notifications of what became of it. Written from the documents, with OpenSSL,
 * and without a line of access/gateway.c.
 */
#ifndef TESTS_SEARCH_CGI_GATEWAY_H
#define TESTS_SEARCH_CGI_GATEWAY_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/search-cgi/web_archive.h"

#define SIM_MERCHANT "D123456789"
#define SIM_SECRET \
    "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"

/* A bill as the gateway has registered it. */
struct sim_bill {
    char invoice[32], amount[32], currency[8], expires[32];
};

static inline void sim_sign(const char *secret, const char *encoded,
                            char out[41])
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    assert_non_null(HMAC(EVP_sha1(), secret, (int)strlen(secret),
                         (const unsigned char *)encoded, strlen(encoded), raw,
                         &len));
    for (unsigned int i = 0; i < len; i++)
        (void)snprintf(out + (size_t)2 * i, 3, "%02x", raw[i]);
}

/* The value of a hidden field of the form that the browser shows. */
static inline char *sim_field(const char *html, const char *name)
{
    char start[64];
    const char *at;

    (void)snprintf(start, sizeof(start), "name=\"%s\" value=\"", name);
    at = strstr(html, start);
    assert_non_null(at);
    at += strlen(start);
    return strndup(at, strcspn(at, "\""));
}

static inline void sim_line(const char *text, const char *name, char *out,
                            size_t size)
{
    CLEANUP(free) char *start = NULL;
    const char *at;

    assert_true(asprintf(&start, "%s=", name) > 0);
    at = strncmp(text, start, strlen(start)) == 0 ? text : NULL;
    if (at == NULL) {
        CLEANUP(free) char *inner = NULL;

        assert_true(asprintf(&inner, "\n%s=", name) > 0);
        at = strstr(text, inner);
        assert_non_null(at);
        at++;
    }
    at += strlen(start);
    (void)snprintf(out, size, "%.*s", (int)strcspn(at, "\n"), at);
}

/* The browser brings the form: false when it is not signed by the merchant. */
static inline bool sim_register(const char *html, struct sim_bill *out)
{
    CLEANUP(free) char *encoded = sim_field(html, "ENCODED");
    CLEANUP(free) char *checksum = sim_field(html, "CHECKSUM");
    unsigned char text[1024] = "";
    char expected[41], merchant[32];
    int len;

    sim_sign(SIM_SECRET, encoded, expected);
    if (strcmp(expected, checksum) != 0)
        return false;
    assert_true(strlen(encoded) < sizeof(text));
    len = EVP_DecodeBlock(text, (unsigned char *)encoded, (int)strlen(encoded));
    assert_true(len > 0);
    sim_line((char *)text, "MIN", merchant, sizeof(merchant));
    assert_string_equal(merchant, SIM_MERCHANT);
    sim_line((char *)text, "INVOICE", out->invoice, sizeof(out->invoice));
    sim_line((char *)text, "AMOUNT", out->amount, sizeof(out->amount));
    sim_line((char *)text, "CURRENCY", out->currency, sizeof(out->currency));
    sim_line((char *)text, "EXP_TIME", out->expires, sizeof(out->expires));
    return true;
}

/* The body of a notification of these lines, signed by this secret. */
static inline char *sim_notification(const char *lines, const char *secret)
{
    unsigned char encoded[4096];
    char checksum[41];
    CLEANUP(buf_fini) struct buf form = BUF_INIT;

    assert_true(strlen(lines) < 2048);
    (void)EVP_EncodeBlock(encoded, (const unsigned char *)lines,
                          (int)strlen(lines));
    sim_sign(secret, (char *)encoded, checksum);
    buf_puts(&form, "encoded=");
    for (const char *c = (char *)encoded; *c != '\0'; c++)
        buf_printf(&form, "%%%02X", (unsigned char)*c);
    buf_printf(&form, "&checksum=%s", checksum);
    return buf_steal(&form);
}

#endif
