/*
 * ngx_http_bawn_inflate.c: answers that an upstream compressed although it was asked for identity (RULINGS R23).
 *
 * gzip (RFC 1952, by zlib) and br (RFC 7932, by libbrotlidec), one coding, one member. Bombs: past 1 MiB, more than
 * 200 bytes out for a byte in is refused; the sink has the limit in absolute size. Bytes after the end, or an end
 * that does not come, are errors: an answer that two readers could read differently is not passed on.
 */
#include "ngx_http_bawn.h"

#include <brotli/decode.h>
#include <zlib.h>

#define BAWN_INFLATE_RATIO  200
#define BAWN_INFLATE_FREE   (1024 * 1024)
#define BAWN_INFLATE_BLOCK  8192


struct ngx_http_bawn_inflate_s {
    z_stream             zlib;
    BrotliDecoderState  *brotli;           /* NULL: gzip */
    uint64_t             in, out;
    unsigned             ended:1;
    unsigned             any:1;            /* a byte has come */
};


static void
ngx_http_bawn_inflate_free(void *data)
{
    ngx_http_bawn_inflate_t  *z = data;

    if (z->brotli) {
        BrotliDecoderDestroyInstance(z->brotli);
    } else {
        (void) inflateEnd(&z->zlib);
    }
}


ngx_http_bawn_inflate_t *
ngx_http_bawn_inflate_new(ngx_http_request_t *r, ngx_str_t *coding)
{
    ngx_uint_t                gzip, br;
    ngx_pool_cleanup_t       *cln;
    ngx_http_bawn_inflate_t  *z;

    gzip = (coding->len == 4 && ngx_strncasecmp(coding->data, (u_char *) (uintptr_t) "gzip", 4) == 0)
           || (coding->len == 6 && ngx_strncasecmp(coding->data, (u_char *) (uintptr_t) "x-gzip", 6) == 0);
    br = coding->len == 2 && ngx_strncasecmp(coding->data, (u_char *) (uintptr_t) "br", 2) == 0;

    if (!gzip && !br) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_bawn_inflate_t));
    if (cln == NULL) {
        return NULL;
    }

    z = cln->data;
    ngx_memzero(z, sizeof(ngx_http_bawn_inflate_t));

    if (br) {
        z->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
        if (z->brotli == NULL) {
            return NULL;
        }

    } else if (inflateInit2(&z->zlib, MAX_WBITS + 16) != Z_OK) {
        return NULL;
    }

    cln->handler = ngx_http_bawn_inflate_free;

    return z;
}


static ngx_int_t
ngx_http_bawn_bomb(ngx_http_bawn_inflate_t *z)
{
    return z->out > BAWN_INFLATE_FREE && z->out / BAWN_INFLATE_RATIO > z->in;
}


/* One block of output. NGX_OK: more may follow; NGX_DONE: the coding's end; NGX_AGAIN: input is used up. */
static ngx_int_t
ngx_http_bawn_gunzip_block(ngx_http_bawn_inflate_t *z, u_char *out, size_t *n)
{
    int  rc;

    z->zlib.next_out = out;
    z->zlib.avail_out = (uInt) *n;
    rc = inflate(&z->zlib, Z_NO_FLUSH);
    *n -= z->zlib.avail_out;

    if (rc == Z_STREAM_END) {
        return z->zlib.avail_in ? NGX_ERROR : NGX_DONE;
    }
    if (rc != Z_OK && rc != Z_BUF_ERROR) {
        return NGX_ERROR;
    }

    return z->zlib.avail_out ? NGX_AGAIN : NGX_OK;
}


static ngx_int_t
ngx_http_bawn_unbrotli_block(ngx_http_bawn_inflate_t *z, const uint8_t **in, size_t *avail, u_char *out, size_t *n)
{
    size_t               room;
    uint8_t             *p;
    BrotliDecoderResult  rc;

    room = *n;
    p = out;
    rc = BrotliDecoderDecompressStream(z->brotli, avail, in, &room, &p, NULL);
    *n -= room;

    switch (rc) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return *avail ? NGX_ERROR : NGX_DONE;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return NGX_AGAIN;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return NGX_OK;
    default:
        return NGX_ERROR;
    }
}


ngx_int_t
ngx_http_bawn_inflate(ngx_http_bawn_inflate_t *z, ngx_http_bawn_ctx_t *ctx, u_char *in, size_t n,
    ngx_http_bawn_sink_pt sink)
{
    u_char          block[BAWN_INFLATE_BLOCK];
    size_t          got, avail;
    ngx_int_t       rc;
    const uint8_t  *p;

    if (z->ended) {
        return NGX_ERROR;
    }

    z->any = 1;
    z->in += n;
    p = in;
    avail = n;
    z->zlib.next_in = in;
    z->zlib.avail_in = (uInt) n;

    do {
        got = sizeof(block);
        rc = z->brotli ? ngx_http_bawn_unbrotli_block(z, &p, &avail, block, &got)
                       : ngx_http_bawn_gunzip_block(z, block, &got);

        z->out += got;

        if (rc == NGX_ERROR || ngx_http_bawn_bomb(z)) {
            ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                          "the upstream's compressed answer is %s", rc == NGX_ERROR ? "broken" : "a bomb");
            return NGX_ERROR;
        }

        if (got && sink(ctx, block, got) != NGX_OK) {
            return NGX_ERROR;
        }

    } while (rc == NGX_OK);

    z->ended = (rc == NGX_DONE);

    return NGX_OK;
}


ngx_int_t
ngx_http_bawn_inflate_ended(ngx_http_bawn_inflate_t *z)
{
    return z->ended || !z->any ? NGX_OK : NGX_ERROR;
}
