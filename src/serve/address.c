/* Addresses and URLs as people write them in a policy, and words as nginx reads them. Nothing is resolved here. */
#include <arpa/inet.h>
#include <string.h>

#include "serve/inner.h"

static bool is_host_byte(unsigned char c, bool ip6)
{
    return bawn_is_alnum(c) || c == '.' || c == '-' || (ip6 && c == ':');
}

/* A number of 1 to 65535, a port for one. */
static bool parse_number(uint16_t *out, bawn_slice s)
{
    unsigned n = 0;

    if (s.len == 0 || s.len > 5)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!bawn_is_digit((unsigned char)s.ptr[i]))
            return false;
        n = n * 10 + (unsigned)(s.ptr[i] - '0');
    }
    *out = (uint16_t)n;
    return n > 0 && n < 65536;
}

/* 127.0.0.0/8 (RFC 1122 3.2.1.3) in four decimal parts, ::1 (RFC 4291 2.5.3), localhost (RFC 6761 6.3). */
static bool is_loopback(bawn_slice host)
{
    size_t parts = 1, digits = 0;

    if (bawn_slice_eq_nocase(host, BAWN_LIT("localhost")) || bawn_slice_is(host, "::1"))
        return true;
    if (!bawn_slice_starts(host, BAWN_LIT("127.")))
        return false;
    for (size_t i = 0; i < host.len; i++) {
        if (host.ptr[i] == '.') {
            parts += digits > 0 ? 1u : 9u;
            digits = 0;
        } else if (!bawn_is_digit((unsigned char)host.ptr[i]) || ++digits > 3) {
            return false;
        }
    }
    return parts == 4 && digits > 0;
}

static bool parse_host(bawn_serve_host *out, bawn_slice text, uint16_t default_port)
{
    size_t end = 0;

    *out = (bawn_serve_host){ .port = default_port };
    if (text.len > 0 && text.ptr[0] == '[') {
        end = bawn_slice_find(text, BAWN_LIT("]"));
        if (end == text.len)
            return false;
        out->ip6 = true;
        out->host = bawn_slice_of(text.ptr + 1, end - 1);
        end++;
    } else {
        while (end < text.len && text.ptr[end] != ':')
            end++;
        out->host = bawn_slice_of(text.ptr, end);
    }
    for (size_t i = 0; i < out->host.len; i++)
        if (!is_host_byte((unsigned char)out->host.ptr[i], out->ip6))
            return false;
    out->loopback = is_loopback(out->host);
    if (out->host.len == 0 || (end < text.len && text.ptr[end] != ':'))
        return false;
    return end < text.len ? parse_number(&out->port, bawn_slice_of(text.ptr + end + 1, text.len - end - 1))
                          : default_port > 0;
}

bool bawn_serve_parse_address(bawn_serve_host *out, bawn_slice text) { return parse_host(out, text, 0); }

bool bawn_serve_parse_url(bawn_serve_url *out, bawn_slice text)
{
    static const bawn_slice plain = { "http://", 7 }, secure = { "https://", 8 };
    size_t begin, end;

    *out = (bawn_serve_url){ .tls = bawn_slice_starts(text, secure) };
    if (!out->tls && !bawn_slice_starts(text, plain))
        return false;
    begin = end = out->tls ? secure.len : plain.len;
    while (end < text.len && text.ptr[end] != '/')
        end++;
    out->authority = bawn_slice_of(text.ptr + begin, end - begin);
    out->path = bawn_slice_of(text.ptr + end, text.len - end);
    while (out->path.len > 0 && out->path.ptr[out->path.len - 1] == '/')
        out->path.len--;
    for (size_t i = 0; i < out->path.len; i++)
        if ((unsigned char)out->path.ptr[i] <= ' ' || strchr("?#\"\\$;{}", out->path.ptr[i]))
            return false;
    return parse_host(&out->host, out->authority, out->tls ? 443 : 80);
}

bool bawn_serve_is_network(bawn_slice text)
{
    size_t slash = bawn_slice_find(text, BAWN_LIT("/"));
    unsigned char bytes[sizeof(struct in6_addr)];
    char host[INET6_ADDRSTRLEN];
    uint16_t bits = 1;

    if (slash >= sizeof host || memchr(text.ptr, '\0', slash))
        return false;
    memcpy(host, text.ptr, slash);
    host[slash] = '\0';
    bool ip4 = inet_pton(AF_INET, host, bytes) == 1;
    if (!ip4 && inet_pton(AF_INET6, host, bytes) != 1)
        return false;
    return slash == text.len || (parse_number(&bits, bawn_slice_of(text.ptr + slash + 1, text.len - slash - 1)) &&
                                 bits <= (ip4 ? 32 : 128));
}

bool bawn_serve_is_name(bawn_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!bawn_is_alnum((unsigned char)s.ptr[i]) && (s.ptr[i] == 0 || !strchr("_-.", s.ptr[i])))
            return false;
    return s.len > 0 && s.len <= 64;
}

bool bawn_serve_quote(bawn_buf *out, bawn_slice s)
{
    bawn_buf_byte(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == '$')
            return false;
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            bawn_buf_byte(out, '\\');
        bawn_buf_byte(out, s.ptr[i]);
    }
    return bawn_buf_byte(out, '"');
}

uint64_t bawn_serve_number(const bawn_node *parent, const char *key, uint64_t otherwise)
{
    const bawn_node *n = bawn_node_get(parent, key);
    return n ? n->integer : otherwise;
}
