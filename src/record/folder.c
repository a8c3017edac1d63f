/* folder.c: the spool's folder: names of files, which tell their order, and who has one open. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/frame.h"

enum { STAMP = 25, SUFFIX = 6 };                          /* "20261123T150405.123456789" and ".spool" */

bool bawn_spool_io_error(bawn_error *err, int code, const char *what, const char *file)
{
    char text[128];
    int number = errno;

    bawn_error_set(err, code, "cannot %s %s: %s", what, file, strerror_r(number, text, sizeof text));
    return bawn_error_at(err, file, 0, 0);
}

/* The first 8 hex digits of the kernel's boot id: two boots never share a file. */
void bawn_spool_boot(char out[9])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, out, 8) != 8)
        memcpy(out, "00000000", 8);
    out[8] = '\0';
    if (fd >= 0)
        close(fd);
}

void bawn_spool_name(char out[BAWN_SPOOL_NAME], const char boot[9], int worker, uint64_t now_ns)
{
    char t[28] = "";

    bawn_time_rfc3339(t, now_ns);
    snprintf(out, BAWN_SPOOL_NAME, "%s-%d-%.4s%.2s%.2sT%.2s%.2s%.2s.%09u.spool", boot, worker, t, t + 5, t + 8, t + 11,
             t + 14, t + 17, (unsigned)(now_ns % 1000000000u));
}

const char *bawn_spool_stamp(const char *name)
{
    size_t len = strlen(name);
    const char *dash = strrchr(name, '-');

    if (len >= 256 || len < STAMP + SUFFIX || strcmp(name + len - SUFFIX, ".spool") != 0)
        return NULL;
    return dash && strlen(dash) == 1 + STAMP + SUFFIX ? dash + 1 : NULL;
}

int bawn_spool_compare(const void *a, const void *b)
{
    int by_start = strcmp(bawn_spool_stamp(a), bawn_spool_stamp(b));

    return by_start ? by_start : strcmp(a, b);
}

bool bawn_spool_make_folder(const char *folder, bawn_error *err)
{
    char path[4096];
    size_t len = strlen(folder);

    if (len == 0 || len >= sizeof path)
        return bawn_error_set(err, BAWN_E_IO, "the record's folder needs a path of 1 to %zu bytes", sizeof path - 1);
    memcpy(path, folder, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0750) < 0 && errno != EEXIST)
            return bawn_spool_io_error(err, BAWN_E_IO, "make the folder", path);
        path[i] = folder[i];
    }
    return true;
}

static bool add_name(bawn_spool_names *list, const char *name)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 16;
        char (*names)[256] = bawn_realloc(list->names, cap * sizeof *names);

        if (!names)
            return false;
        list->names = names;
        list->cap = cap;
    }
    memcpy(list->names[list->n++], name, strlen(name) + 1);
    return true;
}

bool bawn_spool_list(bawn_spool_names *out, const char *folder, bawn_error *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    *out = (bawn_spool_names){ 0 };
    if (!dir)
        return bawn_spool_io_error(err, BAWN_E_IO, "read the record's folder", folder);
    while ((entry = readdir(dir)) != NULL) {
        if (!bawn_spool_stamp(entry->d_name))
            continue;
        if (!add_name(out, entry->d_name)) {
            closedir(dir);
            bawn_spool_names_free(out);
            return bawn_error_set(err, BAWN_E_NO_MEMORY, "no memory for the names of spool files");
        }
    }
    closedir(dir);
    if (out->n > 1)
        qsort(out->names, out->n, sizeof *out->names, bawn_spool_compare);
    return true;
}

void bawn_spool_names_free(bawn_spool_names *list)
{
    bawn_free(list->names);
    *list = (bawn_spool_names){ 0 };
}

bool bawn_spool_is_free(int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return false;
    flock(fd, LOCK_UN);
    return true;
}
