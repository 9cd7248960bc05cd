/* SPDX-License-Identifier: MIT */
#include "tefter/verify_sum.h"

#include <string.h>

#include "common/json.h"

int verify_sum_init(struct verify_sum *sum, bool json, struct err *err)
{
    *sum = (struct verify_sum){.json = json};
    sum->faults = json_array();
    sum->broken = json_array();
    if (sum->faults == NULL || sum->broken == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return 0;
}

void verify_sum_fini(struct verify_sum *sum)
{
    json_decref(sum->faults);
    json_decref(sum->broken);
}

bool verify_sum_is_broken(const struct verify_sum *sum)
{
    return json_array_size(sum->broken) > 0;
}

static json_t *fault_to_json(const struct fault *fault, const char *volume)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "volume", volume, "kind",
                     fault_kind_name(fault->kind), "code", fault->code, "path",
                     fault->path, "message", fault->message);
}

json_t *verify_entry(const char *volume, const struct fault_report *report)
{
    CLEANUP(json_decref) json_t *faults = json_array();
    json_t *entry = json_object();

    for (size_t i = 0; i < report->count; i++) {
        if (json_array_append_new(
                faults, fault_to_json(&report->faults[i],
                                      volume == NULL ? "store" : volume)) != 0)
            return json_decref(entry), NULL;
    }
    if ((volume != NULL &&
         (json_object_set_new(entry, "volume", json_string(volume)) != 0 ||
          json_object_set_new(entry, "version",
                              json_integer(report->version)) != 0)) ||
        json_object_set_new(entry, "files",
                            json_integer((json_int_t)report->files)) != 0 ||
        json_object_set_new(entry, "bytes",
                            json_integer((json_int_t)report->bytes)) != 0 ||
        json_object_set_new(entry, "whole",
                            json_boolean(!fault_report_is_broken(report))) ||
        json_object_set(entry, "faults", faults) != 0)
        return json_decref(entry), NULL;
    return entry;
}

static void print_fault(const json_t *fault)
{
    const char *code = json_get_text(fault, "code", "");

    (void)printf(
        "%-10s %s: %s: %s%s%s\n", json_get_text(fault, "kind", ""),
        json_get_text(fault, "volume", ""), json_get_text(fault, "path", ""),
        json_get_text(fault, "message", ""), code[0] == '\0' ? "" : " ", code);
}

static void count_fault(const json_t *fault, uint64_t counts[FAULT_KINDS])
{
    const char *kind = json_get_text(fault, "kind", "");

    for (int k = 0; k < FAULT_KINDS; k++)
        counts[k] += strcmp(kind, fault_kind_name((enum fault_kind)k)) == 0;
}

/* {"missing": N, ...} behind what the object has; NULL: out of memory. */
static json_t *add_counts(json_t *object, const uint64_t counts[FAULT_KINDS])
{
    for (int k = 0; k < FAULT_KINDS; k++) {
        if (json_object_set_new(object, fault_kind_name((enum fault_kind)k),
                                json_integer((json_int_t)counts[k])) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static int add_broken(struct verify_sum *sum, const json_t *entry,
                      const uint64_t counts[FAULT_KINDS], struct err *err)
{
    const char *volume = json_get_text(entry, "volume", "store");
    json_t *line = json_pack("{s:s}", "volume", volume);

    if (json_array_append_new(sum->broken, add_counts(line, counts)) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return 0;
}

int verify_sum_add(struct verify_sum *sum, const json_t *entry, struct err *err)
{
    const json_t *faults = json_object_get(entry, "faults");
    uint64_t counts[FAULT_KINDS] = {0};
    json_t *fault;
    size_t i;

    sum->volumes += json_object_get(entry, "volume") != NULL;
    sum->files += (uint64_t)json_get_int(entry, "files", 0);
    sum->bytes += (uint64_t)json_get_int(entry, "bytes", 0);
    json_array_foreach(faults, i, fault)
    {
        count_fault(fault, counts);
        if (!sum->json)
            print_fault(fault);
        else if (json_array_append(sum->faults, fault) != 0)
            return err_set(err, ERR_NOMEM, "verify: out of memory");
    }
    for (int k = 0; k < FAULT_KINDS; k++)
        sum->counts[k] += counts[k];
    return json_is_true(json_object_get(entry, "whole"))
               ? 0
               : add_broken(sum, entry, counts, err);
}

static void print_counts(const json_t *counts)
{
    const char *between = "";

    for (int k = 0; k < FAULT_KINDS; k++) {
        const char *name = fault_kind_name((enum fault_kind)k);
        json_int_t n = json_get_int(counts, name, 0);

        if (n > 0)
            (void)printf("%s%lld %s", between, (long long)n, name);
        if (n > 0)
            between = ", ";
    }
    (void)printf("\n");
}

/* Was something broken, and is nothing now? */
static bool is_whole_now(const struct verify_sum *sum,
                         const struct verify_mended *mended)
{
    return verify_sum_is_broken(sum) && mended->repairs != NULL &&
           mended->left == 0;
}

static void print_plain(const struct verify_sum *sum,
                        const struct verify_mended *mended,
                        const json_t *counts)
{
    bool is_mended = is_whole_now(sum, mended);
    bool is_broken = verify_sum_is_broken(sum) && !is_mended;
    const json_t *line;
    size_t i;

    json_array_foreach(sum->broken, i, line)
    {
        (void)printf(
            "%s %s: ", mended->repairs != NULL ? "was broken" : "broken    ",
            json_get_text(line, "volume", ""));
        print_counts(line);
    }
    (void)printf("%s: %llu volumes, %llu files of content, %llu bytes\n",
                 is_broken   ? "broken"
                 : is_mended ? "whole now"
                             : "whole",
                 (unsigned long long)sum->volumes,
                 (unsigned long long)sum->files,
                 (unsigned long long)sum->bytes);
    if (sum->counts[FAULT_ACKNOWLEDGED] > 0)
        (void)printf("%llu acknowledged as lost: `tefter loss list'\n",
                     (unsigned long long)sum->counts[FAULT_ACKNOWLEDGED]);
    if (!verify_sum_is_broken(sum))
        return;
    (void)printf("%zu %s: ", json_array_size(sum->broken),
                 mended->repairs != NULL ? "found broken" : "broken");
    print_counts(counts);
    if (mended->repairs == NULL)
        return;
    if (is_mended)
        (void)printf("all of it is mended\n");
    else
        (void)printf("%zu broken still\n", mended->left);
}

static int add_mended(json_t *answer, const struct verify_mended *mended)
{
    if (mended->repairs == NULL)
        return 0;
    return json_object_set(answer, "repairs", mended->repairs) != 0 ||
                   json_object_set_new(answer, "whole_now",
                                       json_boolean(mended->left == 0)) != 0
               ? -1
               : 0;
}

int verify_sum_print(const struct verify_sum *sum,
                     const struct verify_mended *mended, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    CLEANUP(json_decref)
    json_t *counts = add_counts(json_object(), sum->counts);

    if (counts != NULL && !sum->json) {
        print_plain(sum, mended, counts);
        return 0;
    }
    answer = json_pack(
        "{s:b, s:I, s:I, s:I, s:O, s:O, s:O}", "whole",
        !verify_sum_is_broken(sum), "volumes", (json_int_t)sum->volumes,
        "files", (json_int_t)sum->files, "bytes", (json_int_t)sum->bytes,
        "counts", counts, "broken", sum->broken, "faults", sum->faults);
    if (answer == NULL || add_mended(answer, mended) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return json_print(stdout, answer, err);
}
