/* SPDX-License-Identifier: MIT */
#include "tefter/pdf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>
#include <zlib.h>

#define FILE_MODE    0644
#define REPLACEMENT  0xFFFDu
#define BMP_LAST     0xFFFF
#define OBJECTS_MORE 1024

/* Four bytes above 127 tell that the file is binary (ISO 19005-2, 6.1.2). */
static const char header[] = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";

struct pdf_file {
    FILE *to;
    long *offsets; /* of object i + 1; 0: not written yet */
    unsigned count, cap;
    struct err failure; /* the first */
    bool failed;
};

static void fail(struct pdf_file *f, enum err_kind kind, const char *what)
{
    if (!f->failed)
        (void)err_set(&f->failure, kind, "PDF: %s", what);
    f->failed = true;
}

int pdf_file_new(const char *path, struct pdf_file **out, struct err *err)
{
    CLEANUP(pdf_file_free) struct pdf_file *f = calloc(1, sizeof(*f));
    int fd;

    if (f == NULL)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return err_set_errno(err, "cannot make %s", path);
    f->to = fdopen(fd, "wb");
    if (f->to == NULL) {
        (void)close(fd);
        return err_set_errno(err, "cannot make %s", path);
    }
    if (fwrite(header, 1, sizeof(header) - 1, f->to) != sizeof(header) - 1)
        fail(f, ERR_IO, strerror(errno));
    *out = STEAL(f);
    return 0;
}

void pdf_file_free(struct pdf_file *f)
{
    if (f == NULL)
        return;
    if (f->to != NULL)
        (void)fclose(f->to);
    free(f->offsets);
    free(f);
}

unsigned pdf_file_reserve(struct pdf_file *f)
{
    if (f->count == f->cap) {
        unsigned cap = f->cap + OBJECTS_MORE + f->cap / 2;
        long *grown = realloc(f->offsets, cap * sizeof(*grown));

        if (grown == NULL) {
            fail(f, ERR_NOMEM, "out of memory");
            return 1;
        }
        f->offsets = grown;
        f->cap = cap;
    }
    f->offsets[f->count++] = 0;
    return f->count;
}

static void put(struct pdf_file *f, const void *bytes, size_t len)
{
    if (!f->failed && fwrite(bytes, 1, len, f->to) != len)
        fail(f, ERR_IO, strerror(errno));
}

static void put_text(struct pdf_file *f, const char *text)
{
    put(f, text, strlen(text));
}

static void begin(struct pdf_file *f, unsigned number)
{
    char line[32];

    if (f->failed)
        return;
    f->offsets[number - 1] = ftell(f->to);
    (void)snprintf(line, sizeof(line), "%u 0 obj\n", number);
    put_text(f, line);
}

void pdf_file_object(struct pdf_file *f, unsigned number, const char *fmt, ...)
{
    va_list args;

    begin(f, number);
    va_start(args, fmt);
    if (!f->failed && vfprintf(f->to, fmt, args) < 0)
        fail(f, ERR_IO, strerror(errno));
    va_end(args);
    put_text(f, "\nendobj\n");
}

void pdf_file_stream(struct pdf_file *f, unsigned number, const char *entries,
                     const void *bytes, size_t len)
{
    char line[64];

    begin(f, number);
    put_text(f, "<< ");
    put_text(f, entries);
    (void)snprintf(line, sizeof(line), " /Length %zu >>\nstream\n", len);
    put_text(f, line);
    put(f, bytes, len);
    put_text(f, "\nendstream\nendobj\n");
}

void pdf_file_flate(struct pdf_file *f, unsigned number, const char *entries,
                    const void *bytes, size_t len)
{
    uLongf packed_len = compressBound((uLong)len);
    CLEANUP(free) unsigned char *packed = malloc(packed_len);
    CLEANUP(buf_fini) struct buf all = BUF_INIT;

    buf_printf(&all, "%s /Filter /FlateDecode", entries);
    if (packed == NULL || all.failed ||
        compress2(packed, &packed_len, bytes, (uLong)len, Z_BEST_COMPRESSION) !=
            Z_OK)
        fail(f, ERR_NOMEM, "out of memory");
    else
        pdf_file_stream(f, number, buf_str(&all), packed, packed_len);
}

/* Each entry is 20 bytes long (ISO 32000-1, 7.5.4). */
static void put_table(struct pdf_file *f)
{
    char line[32];

    (void)snprintf(line, sizeof(line), "xref\n0 %u\n", f->count + 1);
    put_text(f, line);
    put_text(f, "0000000000 65535 f \n");
    for (unsigned i = 0; i < f->count; i++) {
        if (f->offsets[i] == 0)
            fail(f, ERR_LIBRARY, "an object was reserved and not written");
        (void)snprintf(line, sizeof(line), "%010ld 00000 n \n", f->offsets[i]);
        put_text(f, line);
    }
}

int pdf_file_finish(struct pdf_file *f, unsigned root, unsigned info,
                    const char *id, struct err *err)
{
    long at = f->failed ? 0 : ftell(f->to);

    if (!f->failed)
        put_table(f);
    if (!f->failed && fprintf(f->to,
                              "trailer\n<< /Size %u /Root %u 0 R /Info %u 0 R "
                              "/ID [<%s> <%s>] >>\nstartxref\n%ld\n%%%%EOF\n",
                              f->count + 1, root, info, id, id, at) < 0)
        fail(f, ERR_IO, strerror(errno));
    if (!f->failed && (fflush(f->to) != 0 || fsync(fileno(f->to)) != 0))
        fail(f, ERR_IO, strerror(errno));
    if (!f->failed)
        return 0;
    *err = f->failure;
    return -1;
}

size_t pdf_code_units(const char *utf8, struct buf *out)
{
    size_t count = 0;

    while (*utf8 != '\0') {
        utf8proc_int32_t c;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)utf8, -1, &c);

        if (n <= 0)
            n = 1;
        /* Neither may be what a code stands for (ISO 19005-2, 6.2.11.7.2). */
        if (c <= 0 || c > BMP_LAST || c == 0xFEFF || c == 0xFFFE)
            c = REPLACEMENT;
        buf_printf(out, "%04X", (unsigned)c);
        utf8 += n;
        count++;
    }
    return count;
}

void pdf_text(const char *utf8, struct buf *out)
{
    buf_puts(out, "<FEFF");
    (void)pdf_code_units(utf8, out);
    buf_puts(out, ">");
}
