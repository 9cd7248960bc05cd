/* SPDX-License-Identifier: MIT */
/*
 * The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0
 * (https://www.openarchives.org/OAI/openarchivesprotocol.html): Dublin Core of
 * each volume that the public sees. A record's identifier is the address of its
 * page, its datestamp the moment since when it is published, its set the
 * series.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search-cgi/harvest.h"
#include "search-cgi/pages.h"
#include "search-cgi/server_address.h"
#include "search-cgi/view.h"

#define RECORDS_A_LIST 50u
#define PREFIX         "oai_dc"

enum argument {
    ARG_VERB,
    ARG_IDENTIFIER,
    ARG_PREFIX,
    ARG_FROM,
    ARG_UNTIL,
    ARG_SET,
    ARG_TOKEN,
    ARG_COUNT
};

static const char *const argument_names[ARG_COUNT] = {
    "verb",  "identifier", "metadataPrefix", "from",
    "until", "set",        "resumptionToken"};

#define BIT(arg) (1u << (arg))

enum verb {
    VERB_IDENTIFY,
    VERB_FORMATS,
    VERB_SETS,
    VERB_IDENTIFIERS,
    VERB_RECORDS,
    VERB_GET,
    VERB_COUNT
};

/* Section 4: what each verb must have and may have beside it. */
static const struct {
    const char *name;
    unsigned needs, takes;
} verbs[VERB_COUNT] = {
    [VERB_IDENTIFY] = {"Identify", 0, 0},
    [VERB_FORMATS] = {"ListMetadataFormats", 0, BIT(ARG_IDENTIFIER)},
    [VERB_SETS] = {"ListSets", 0, BIT(ARG_TOKEN)},
    [VERB_IDENTIFIERS] = {"ListIdentifiers", BIT(ARG_PREFIX),
                          BIT(ARG_FROM) | BIT(ARG_UNTIL) | BIT(ARG_SET)},
    [VERB_RECORDS] = {"ListRecords", BIT(ARG_PREFIX),
                      BIT(ARG_FROM) | BIT(ARG_UNTIL) | BIT(ARG_SET)},
    [VERB_GET] = {"GetRecord", BIT(ARG_PREFIX) | BIT(ARG_IDENTIFIER), 0},
};

/* A list, and from where on it is given. */
struct span {
    int64_t from_s, until_s; /* both within */
    char set[SLUG_SIZE];     /* "": all     */
    unsigned long offset;
};

struct oai {
    const char *args[ARG_COUNT]; /* NULL: not given */
    enum verb verb;
    struct span span;
    const struct harvest *harvest;
    const char *base;
    struct node root;
    bool failed; /* an error stands in the answer */
};

static void say(struct oai *o, const char *code, const char *text)
{
    model_set(model_text(o->root, "error", text), "code", code);
    o->failed = true;
}

/* --- what is asked --- */

static void take_argument(struct oai *o, const struct param *p)
{
    for (int i = 0; i < ARG_COUNT; i++) {
        if (strcmp(p->name, argument_names[i]) != 0)
            continue;
        if (o->args[i] != NULL)
            say(o, i == ARG_VERB ? "badVerb" : "badArgument",
                "an argument is there twice");
        o->args[i] = p->value;
        return;
    }
    if (strcmp(p->name, "lang") != 0)
        say(o, "badArgument", "there is no such argument");
}

static void take_arguments(struct oai *o, const struct param_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        take_argument(o, &list->items[i]);
}

static bool find_verb(struct oai *o)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        if (o->args[ARG_VERB] != NULL &&
            strcmp(o->args[ARG_VERB], verbs[i].name) == 0) {
            o->verb = (enum verb)i;
            return true;
        }
    }
    say(o, "badVerb", "verb is none of the six of OAI-PMH 2.0");
    return false;
}

static bool is_list(enum verb verb)
{
    return verb == VERB_IDENTIFIERS || verb == VERB_RECORDS;
}

/* A resumptionToken stands by itself (section 3.5). */
static void check_arguments(struct oai *o)
{
    unsigned given = 0;
    unsigned needs = verbs[o->verb].needs;
    unsigned takes = needs | verbs[o->verb].takes;

    for (int i = ARG_VERB + 1; i < ARG_COUNT; i++)
        given |= o->args[i] != NULL ? BIT(i) : 0;
    if (is_list(o->verb) && (given & BIT(ARG_TOKEN)) != 0)
        needs = takes = BIT(ARG_TOKEN);
    if ((given & ~takes) != 0)
        say(o, "badArgument", "an argument does not belong to this verb");
    if ((needs & ~given) != 0)
        say(o, "badArgument", "an argument of this verb is missing");
}

/* A day or a second (section 3.3.1); the end of a day is its last second. */
static bool read_time(const char *text, bool is_end, int64_t *out)
{
    bool is_day = strlen(text) == strlen("2026-01-01");
    struct tm t = {0};
    const char *end =
        strptime(text, is_day ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &t);

    if (end == NULL || *end != '\0' ||
        (!is_day && strlen(text) != strlen("2026-01-01T00:00:00Z")))
        return false;
    *out = (int64_t)timegm(&t) + (is_day && is_end ? 86399 : 0);
    return true;
}

static void read_span(struct oai *o)
{
    const char *from = o->args[ARG_FROM];
    const char *until = o->args[ARG_UNTIL];

    o->span = (struct span){.until_s = INT64_MAX};
    if ((from != NULL && !read_time(from, false, &o->span.from_s)) ||
        (until != NULL && !read_time(until, true, &o->span.until_s)))
        say(o, "badArgument",
            "from and until are YYYY-MM-DD or "
            "YYYY-MM-DDThh:mm:ssZ");
    else if (from != NULL && until != NULL && strlen(from) != strlen(until))
        say(o, "badArgument", "from and until are not of one granularity");
    else if (o->span.from_s > o->span.until_s)
        say(o, "badArgument", "from is later than until");
    if (o->args[ARG_SET] != NULL &&
        (size_t)snprintf(o->span.set, SLUG_SIZE, "%s", o->args[ARG_SET]) >=
            SLUG_SIZE)
        say(o, "badArgument", "there is no such set");
}

/* offset.from.until.set: all that the next part of the list depends on. */
static void write_token(const struct span *s, unsigned long offset, char *out,
                        size_t size)
{
    (void)snprintf(out, size, "%lu.%lld.%lld.%s", offset, (long long)s->from_s,
                   (long long)s->until_s, s->set);
}

static void read_token(struct oai *o)
{
    const char *token = o->args[ARG_TOKEN];
    char again[128];
    long long from, until;
    char *end;

    o->span.offset = strtoul(token, &end, 10);
    from = *end == '.' ? strtoll(end + 1, &end, 10) : 0;
    until = *end == '.' ? strtoll(end + 1, &end, 10) : 0;
    o->span.from_s = from;
    o->span.until_s = until;
    (void)snprintf(o->span.set, SLUG_SIZE, "%s", *end == '.' ? end + 1 : "");
    /* Ours is what we would write. */
    write_token(&o->span, o->span.offset, again, sizeof(again));
    if (o->span.offset == 0 || strcmp(again, token) != 0)
        say(o, "badResumptionToken", "the token is none of ours");
}

/* --- what is answered --- */

static void add_volume(struct oai *o, const struct harvested *item)
{
    const struct volume *v = item->volume;
    struct node node = model_add(o->root, "volume");
    char since[CLOCK_RFC3339_SIZE];

    harvest_stamp(item->since_utc_s, since);
    model_set(node, "id", v->id);
    model_set(node, "since", since);
    model_set(node, "series", v->series);
    model_set(node, "title", v->title[0] == '\0' ? v->id : v->title);
    model_set(node, "shelfmark", v->shelfmark);
    model_set(node, "from", v->date_from);
    model_set(node, "to", v->date_to);
}

static bool is_within(const struct span *s, const struct harvested *item)
{
    return item->since_utc_s >= s->from_s && item->since_utc_s <= s->until_s &&
           (s->set[0] == '\0' || strcmp(s->set, item->volume->series) == 0);
}

/* The last part of a list that came in parts has an empty token. */
static void add_token(struct oai *o, unsigned long given, unsigned long size)
{
    unsigned long next = o->span.offset + given;
    char text[128] = "";
    struct node token;

    if (next >= size && o->span.offset == 0)
        return;
    if (next < size)
        write_token(&o->span, next, text, sizeof(text));
    token = model_text(o->root, "token", text);
    model_setf(token, "size", "%lu", size);
    model_setf(token, "cursor", "%lu", o->span.offset);
}

static void add_list(struct oai *o)
{
    unsigned long size = 0, given = 0;

    for (size_t i = 0; i < o->harvest->count; i++) {
        const struct harvested *item = &o->harvest->items[i];

        if (!is_within(&o->span, item))
            continue;
        if (size >= o->span.offset && given < RECORDS_A_LIST) {
            add_volume(o, item);
            given++;
        }
        size++;
    }
    if (given == 0 && o->span.offset > 0)
        say(o, "badResumptionToken", "the list has become shorter");
    else if (given == 0)
        say(o, "noRecordsMatch", "there is no such record");
    else
        add_token(o, given, size);
}

/* NULL: none that anybody may see. */
static const struct harvested *find_record(const struct oai *o)
{
    static const char middle[] = "/volume/";
    const char *id = o->args[ARG_IDENTIFIER];
    size_t len = strlen(o->base);

    if (strncmp(id, o->base, len) != 0 ||
        strncmp(id + len, middle, strlen(middle)) != 0)
        return NULL;
    id += len + strlen(middle);
    for (size_t i = 0; i < o->harvest->count; i++) {
        if (strcmp(o->harvest->items[i].volume->id, id) == 0)
            return &o->harvest->items[i];
    }
    return NULL;
}

static void add_record(struct oai *o)
{
    const struct harvested *item = find_record(o);

    if (item == NULL)
        say(o, "idDoesNotExist", "there is no such record");
    else
        add_volume(o, item);
}

static void add_formats(struct oai *o)
{
    if (o->args[ARG_IDENTIFIER] != NULL && find_record(o) == NULL)
        say(o, "idDoesNotExist", "there is no such record");
    else
        (void)model_add(o->root, "format");
}

static bool is_earlier_set(const struct oai *o, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(o->harvest->items[k].volume->series,
                   o->harvest->items[i].volume->series) == 0)
            return true;
    }
    return false;
}

static void add_sets(struct oai *o)
{
    if (o->args[ARG_TOKEN] != NULL)
        say(o, "badResumptionToken", "the sets are one list");
    for (size_t i = 0; i < o->harvest->count; i++) {
        if (!is_earlier_set(o, i))
            model_set(model_add(o->root, "set"), "spec",
                      o->harvest->items[i].volume->series);
    }
    if (o->harvest->count == 0)
        say(o, "noSetHierarchy", "nothing is published yet");
}

/* Whom to write to: what tefter.conf says, else the postmaster of the server,
 * whom every domain has (RFC 2142 section 5). */
static void add_identity(struct oai *o, const struct conf *conf)
{
    struct node node = model_add(o->root, "identify");
    const char *host = strstr(o->base, "://");
    const char *mail = conf_text(conf, "web.mail", "");
    char earliest[CLOCK_RFC3339_SIZE];

    host = host == NULL ? o->base : host + 3;
    harvest_stamp(o->harvest->count == 0 ? 0 : o->harvest->items[0].since_utc_s,
                  earliest);
    model_set(node, "name", conf_text(conf, "web.name", "Tefter"));
    if (mail[0] != '\0')
        model_set(node, "mail", mail);
    else
        model_setf(node, "mail", "postmaster@%.*s", (int)strcspn(host, ":/"),
                   host);
    model_set(node, "earliest", earliest);
}

static void add_answer(struct oai *o, const struct conf *conf)
{
    if (o->args[ARG_PREFIX] != NULL &&
        strcmp(o->args[ARG_PREFIX], PREFIX) != 0) {
        say(o, "cannotDisseminateFormat", "records are given as oai_dc");
        return;
    }
    switch (o->verb) {
    case VERB_IDENTIFY:
        add_identity(o, conf);
        return;
    case VERB_FORMATS:
        add_formats(o);
        return;
    case VERB_SETS:
        add_sets(o);
        return;
    case VERB_GET:
        add_record(o);
        return;
    default:
        add_list(o);
    }
}

static void understand(struct oai *o, const struct request *request)
{
    struct node asked = model_add(o->root, "asked");

    take_arguments(o, &request->query);
    take_arguments(o, &request->form);
    for (int i = 0; i < ARG_COUNT; i++) {
        if (o->args[i] != NULL)
            model_set(asked, argument_names[i], o->args[i]);
    }
    if (!find_verb(o))
        return;
    check_arguments(o);
    if (o->failed)
        return;
    if (is_list(o->verb) && o->args[ARG_TOKEN] != NULL)
        read_token(o);
    else
        read_span(o);
}

int page_oai(struct web *web, const struct request *request,
             struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(harvest_fini) struct harvest harvest = HARVEST_INIT;
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    const struct archive *archive = NULL;
    struct oai o = {.harvest = &harvest};
    char now[CLOCK_RFC3339_SIZE];

    if (model_new("oai", web, request, &model, err) != 0 ||
        server_address(web, request, &base, err) != 0 ||
        web_archive(web, &archive, err) != 0 ||
        harvest_volumes(web, request, &harvest, err) != 0)
        return -1;
    clock_now_rfc3339(now);
    o.base = buf_str(&base);
    o.root = model_root(model);
    model_set(o.root, "base", o.base);
    model_set(o.root, "now", now);
    understand(&o, request);
    if (!o.failed)
        add_answer(&o, archive->conf);
    return view_render_xml(web, request, model, "text/xml; charset=utf-8",
                           response, err);
}
