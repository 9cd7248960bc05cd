/* SPDX-License-Identifier: MIT */
/*
 * access/gateway.h - topping up an account by card, through a payment gateway:
 * the payer's browser takes a signed request to the gateway, and the gateway
 * tells us, signed, what came of it. Spoken is ePay.bg's protocol as it is
 * published (kb.epay.bg, "Payment request" and "Payment Notification"): base64
 * of lines, and HMAC-SHA1 of that by a secret word. Nothing outside gateway.c
 * knows it.
 *
 *     gateway_read(conf, access_path, &gateway, err);
 *     gateway_invoice(access, payer, cents, &number, err);
 *     gateway_request(access, &gateway, number, &encoded, checksum, err);
 *     ... the gateway posts ...
 *     gateway_notify(access, &gateway, encoded, checksum, &answer, err);
 */
#ifndef ACCESS_GATEWAY_H
#define ACCESS_GATEWAY_H

#include "access/access.h"
#include "common/buf.h"
#include "common/conf.h"

#define GATEWAY_CHECKSUM_SIZE 41 /* SHA-1 in hex and NUL */

struct gateway {
    char merchant[32]; /* gateway.merchant: the number it knows us by       */
    char address[256]; /* gateway.address: where browsers take the request  */
    char secret[129];  /* first line of access.sqlite-gateway-secret: a file
                          of its own, so that the database does not sign    */
};
/* ERR_ABSENT: there is none (no gateway.merchant); ERR_INPUT names what is
 * wrong. */
int gateway_read(const struct conf *conf, const char *access_path,
                 struct gateway *out, struct err *err);

#define INVOICE_MIN_CENTS 100
#define INVOICE_MAX_CENTS 1000000
/* What a payer wants to pay, for a day. ERR_USAGE: the sum; ERR_ABSENT: no such
 * account. */
int gateway_invoice(struct access *access, const char *payer, int64_t cents,
                    int64_t *number, struct err *err);
/* The fields ENCODED and CHECKSUM of the form. ERR_ABSENT: no such invoice. */
int gateway_request(struct access *access, const struct gateway *gateway,
                    int64_t number, struct buf *encoded,
                    char checksum[GATEWAY_CHECKSUM_SIZE], struct err *err);
/* A notification. What is not signed by the gateway changes nothing. What was
 * taken already is taken again without effect.
 * @param answer  one line an invoice, for the gateway; appended
 * @return 0 also for what is refused; -1 when it could not be kept: the gateway
 *         repeats it until it has an answer */
int gateway_notify(struct access *access, const struct gateway *gateway,
                   const char *encoded, const char *checksum,
                   struct buf *answer, struct err *err);

struct invoice {
    int64_t number, cents, expires_utc_ms;
    char payer[64];
    char status[16]; /* "open", "paid", "denied", "expired" */
};
/* By number. The caller frees *out. */
int invoice_list(struct access *access, struct invoice **out, size_t *count,
                 struct err *err);

#endif
