/* A certificate for clients that insist on TLS to this machine: boto3 sends no bearer token over plain HTTP. It is for localhost and
 * the loopback addresses alone, signed by itself, and kept in the state folder: a client trusts it by its file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "serve/inner.h"

#define DAYS 825L                       /* as long as common clients believe one (Apple, CA/Browser Forum before 2020) */
#define RENEW_DAYS 30L
#define DAY 86400L

/* Whether the file's certificate is good for some time yet. */
static bool is_good(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *x = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    time_t soon = time(NULL) + RENEW_DAYS * DAY;
    bool good = x && X509_cmp_time(X509_get0_notAfter(x), &soon) > 0;

    X509_free(x);
    if (file)
        fclose(file);
    return good;
}

static bool extend(X509 *x, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = e && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

static bool fill(X509 *x, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(x);
    uint8_t serial[16];
    BIGNUM *number;

    if (getentropy(serial, sizeof serial) != 0)
        return false;
    serial[0] &= 0x7F;
    number = BN_bin2bn(serial, sizeof serial, NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) && X509_set_version(x, X509_VERSION_3) &&
              X509_gmtime_adj(X509_getm_notBefore(x), -DAY) && X509_gmtime_adj(X509_getm_notAfter(x), DAYS * DAY) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) &&
              X509_set_issuer_name(x, name) && X509_set_pubkey(x, key) &&
              extend(x, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
              extend(x, NID_basic_constraints, "critical,CA:FALSE") && extend(x, NID_ext_key_usage, "serverAuth") &&
              X509_sign(x, key, EVP_sha256());
    BN_free(number);
    return ok;
}

/* Written beside, then renamed: nginx never meets half of it. */
static bool write_pem(const char *path, mode_t mode, const X509 *x, const EVP_PKEY *key)
{
    char fresh[4096];
    int n = snprintf(fresh, sizeof fresh, "%s.new", path);

    if (n < 0 || (size_t)n >= sizeof fresh)
        return false;
    unlink(fresh);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = x ? PEM_write_X509(file, x) : PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    ok = fclose(file) == 0 && ok;
    return ok && rename(fresh, path) == 0;
}

static bool make(const char *certificate, const char *secret)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    bool ok = key && x && fill(x, key) && write_pem(secret, 0600, NULL, key) && write_pem(certificate, 0644, x, NULL);

    X509_free(x);
    EVP_PKEY_free(key);
    return ok;
}

bool bawn_serve_certificate(const char *state, bawn_error *err)
{
    char folder[4096], certificate[4096], secret[4096];
    bool fits = snprintf(folder, sizeof folder, "%s/tls", state) < (int)sizeof folder &&
                snprintf(certificate, sizeof certificate, "%s/tls/localhost.pem", state) < (int)sizeof certificate &&
                snprintf(secret, sizeof secret, "%s/tls/localhost.key", state) < (int)sizeof secret;

    if (!fits)
        return bawn_error_set(err, BAWN_E_USAGE, "the state folder's path is too long");
    if (is_good(certificate) && access(secret, R_OK) == 0)
        return true;
    if (!bawn_serve_make_folder(folder, NULL, err))
        return false;
    return make(certificate, secret) || bawn_error_set(err, BAWN_E_IO, "cannot make the certificate %s: no room, or no right to write "
                                                       "there", certificate);
}
