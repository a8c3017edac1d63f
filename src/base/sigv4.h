/* sigv4.h: AWS Signature Version 4: what a request to AWS must carry to be believed. No clock, no environment, no network:
 * all of it is handed in. One signer for whatever in Bawn speaks to AWS.
 *
 * Source: "Create a signed AWS API request", AWS Identity and Access Management User Guide. keeps: R36 */
#ifndef BAWN_BASE_SIGV4_H
#define BAWN_BASE_SIGV4_H

#include "base/base.h"

#define BAWN_SIGV4_SECRET_MAX 256                 /* bytes of a secret key; AWS's have 40 */
#define BAWN_SIGV4_EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no body */

typedef struct { bawn_slice name, value; } bawn_sigv4_header;

/* Who signs. Borrowed. */
typedef struct { bawn_slice access_key, secret_key, session_token /* empty: none */; } bawn_aws_credentials;

/* Reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as the environment has them (NULL or "": not set);
 * *out borrows them. False, BAWN_E_USAGE: one is missing or cannot stand in a header; the message names the variable and
 * holds no value. */
bool bawn_aws_credentials_read(bawn_aws_credentials *out, const char *access_key, const char *secret_key,
                               const char *session_token, bawn_error *);

/* A request as it goes on the wire. Borrowed. */
typedef struct {
    bawn_slice method;                            /* "POST" */
    bawn_slice path;                              /* "/model/amazon.nova-lite-v1%3A0/converse"; no query */
    bawn_slice query;                             /* without its `?`; empty: none */
    const bawn_sigv4_header *headers;             /* in any order and case, `host` among them */
    size_t n_headers;
    bawn_slice payload_hash;                      /* SHA-256 of the body, 64 lower-case hex digits; or UNSIGNED-PAYLOAD */
    bawn_aws_credentials who;
    bawn_slice region, service;                   /* "eu-central-1"; "bedrock" (the name for signing, not the host's) */
    uint64_t time_s;                              /* seconds since the UNIX epoch, within five minutes of AWS's clock */
} bawn_sigv4_request;

/* Headers to add, names in lower case, instead of any of these names in the request: authorization, x-amz-date;
 * x-amz-security-token with a token; x-amz-content-sha256 for S3 and with a payload_hash that is none. Values live in
 * the arena or are the request's. */
typedef struct { bawn_sigv4_header headers[4]; size_t n; } bawn_sigv4_added;

/* Signs every header of the request but those that this adds and those that proxies change (connection, user-agent,
 * transfer-encoding, ...). A name given twice is one header, its values joined by commas in their order. O(n log n) of its
 * bytes. Keys leave no copy behind. False, *out undefined: BAWN_E_USAGE (no host; a value that cannot stand in a header,
 * a path that does not begin with `/`; a hash that is none), BAWN_E_NO_MEMORY. */
bool bawn_sigv4_sign(bawn_sigv4_added *out, bawn_arena *, const bawn_sigv4_request *, bawn_error *);

#endif
