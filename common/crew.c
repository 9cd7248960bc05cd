/* SPDX-License-Identifier: MIT */
#include "common/crew.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/process.h"

#define CREW_MAX 256

/* A work that is shared out; lives on the stack of who called crew_each. */
struct work {
    crew_body *body;
    void *arg;
    size_t count, next; /* items, and the first that nobody has taken */
    size_t active;      /* that are being done */
    struct work *outer; /* shared out before this one */
};

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something to do, something done, or the end */
    struct work *newest;
    pthread_t threads[CREW_MAX];
    unsigned count; /* of threads, without the caller */
    bool ends;
};

/* The newest first: it is a part of an older one. Called with the lock. */
static struct work *find_work(const struct crew *crew)
{
    struct work *w = crew->newest;

    while (w != NULL && w->next >= w->count)
        w = w->outer;
    return w;
}

/* Do one item; the lock is held before and after. */
static void do_item(struct crew *crew, struct work *w)
{
    size_t i = w->next++;

    w->active++;
    (void)pthread_mutex_unlock(&crew->lock);
    w->body(w->arg, i);
    (void)pthread_mutex_lock(&crew->lock);
    if (--w->active == 0 && w->next >= w->count)
        (void)pthread_cond_broadcast(&crew->changed);
}

static void *help(void *arg)
{
    struct crew *crew = arg;
    struct work *w;

    (void)pthread_mutex_lock(&crew->lock);
    while (!crew->ends) {
        w = find_work(crew);
        if (w == NULL)
            (void)pthread_cond_wait(&crew->changed, &crew->lock);
        else
            do_item(crew, w);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return NULL;
}

int crew_new(unsigned threads, struct crew **out, struct err *err)
{
    CLEANUP(crew_free) struct crew *crew = calloc(1, sizeof(*crew));
    int rc;

    if (crew == NULL)
        return err_set(err, ERR_NOMEM, "threads: out of memory");
    if (threads == 0)
        threads = process_cores();
    if (threads > CREW_MAX)
        threads = CREW_MAX;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->changed, NULL);
    while (crew->count + 1 < threads) {
        rc = pthread_create(&crew->threads[crew->count], NULL, help, crew);
        if (rc != 0)
            return err_set(err, ERR_IO, "cannot start a thread: %s",
                           strerror(rc));
        crew->count++;
    }
    *out = STEAL(crew);
    return 0;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->ends = true;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->count; i++)
        (void)pthread_join(crew->threads[i], NULL);
    (void)pthread_cond_destroy(&crew->changed);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}

unsigned crew_size(const struct crew *crew)
{
    return crew == NULL ? 1 : crew->count + 1;
}

/* Other works may have been shared out, and be going on, since this one. */
static void take_back(struct crew *crew, const struct work *w)
{
    struct work **at = &crew->newest;

    while (*at != w)
        at = &(*at)->outer;
    *at = w->outer;
}

void crew_each(struct crew *crew, size_t count, crew_body *body, void *arg)
{
    struct work w = {body, arg, count, 0, 0, NULL};

    if (crew == NULL || crew->count == 0 || count < 2) {
        for (size_t i = 0; i < count; i++)
            body(arg, i);
        return;
    }
    (void)pthread_mutex_lock(&crew->lock);
    w.outer = crew->newest;
    crew->newest = &w;
    (void)pthread_cond_broadcast(&crew->changed);
    while (w.next < w.count)
        do_item(crew, &w);
    while (w.active > 0)
        (void)pthread_cond_wait(&crew->changed, &crew->lock);
    take_back(crew, &w);
    (void)pthread_mutex_unlock(&crew->lock);
}
