/* SPDX-License-Identifier: MIT */
#include "ocr/tesseract_load.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Of the interface that tesseract/capi.h of version 5 declares. */
#define LIBRARY "libtesseract.so.5"

/* Where each function's pointer is in struct tesseract. */
static const struct {
    const char *name;
    size_t offset;
} functions[] = {
#define X(function) {#function, offsetof(struct tesseract, function)},
    TESSERACT_FUNCTIONS(X)
#undef X
};

/* POSIX wants a pointer to an object to become one to a function; ISO C has no
 * cast for that. */
static int find_all(void *library, struct tesseract *out, struct err *err)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        void *at = dlsym(library, functions[i].name);

        if (at == NULL)
            return err_set(err, ERR_LIBRARY,
                           "%s has no %s: install the version that this "
                           "program was built with",
                           LIBRARY, functions[i].name);
        memcpy((char *)out + functions[i].offset, &at, sizeof(at));
    }
    return 0;
}

int tesseract_load(const struct tesseract **out, struct err *err)
{
    static struct tesseract loaded;
    static bool is_loaded;
    void *library;

    *out = &loaded;
    if (is_loaded)
        return 0;
    library = dlopen(LIBRARY, RTLD_NOW);
    if (library == NULL)
        return err_set(err, ERR_LIBRARY,
                       "Tesseract cannot be loaded: %s; install the package "
                       "libtesseract5",
                       dlerror());
    if (find_all(library, &loaded, err) != 0)
        return -1;
    is_loaded = true;
    return 0;
}
