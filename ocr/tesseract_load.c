/* SPDX-License-Identifier: MIT */
#include "ocr/tesseract_load.h"

#include <dlfcn.h>
#include <string.h>

/* Of the interface that tesseract/capi.h of version 5 declares. */
#define LIBRARY "libtesseract.so.5"

/* POSIX wants a pointer to an object to become one to a function; ISO C has no
 * cast for that. */
static int find(void *library, const char *name, void *function, size_t size,
                struct err *err)
{
    void *at = dlsym(library, name);

    if (at == NULL)
        return err_set(err, ERR_LIBRARY,
                       "%s has no %s: install the version "
                       "that this program was built with",
                       LIBRARY, name);
    memcpy(function, &at, size);
    return 0;
}

int tesseract_load(const struct tesseract **out, struct err *err)
{
    static struct tesseract functions;
    static bool is_loaded;
    void *library;

    *out = &functions;
    if (is_loaded)
        return 0;
    library = dlopen(LIBRARY, RTLD_NOW);
    if (library == NULL)
        return err_set(err, ERR_LIBRARY,
                       "Tesseract cannot be loaded: %s; install the package "
                       "libtesseract5",
                       dlerror());
#define X(function)                                   \
    if (find(library, #function, &functions.function, \
             sizeof(functions.function), err) != 0)   \
        return -1;
    TESSERACT_FUNCTIONS(X)
#undef X
    is_loaded = true;
    return 0;
}
