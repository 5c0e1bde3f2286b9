/* GraphJet's walk: `width` walkers take turns, so that their reads of memory overlap.
 *
 * Walk k draws from the SplitMix64 stream that is seeded by word k of the stream of the seed. At an author one
 * word decides whether it stops, one which of its items comes next; at an item one word which of its
 * authors, every edge as likely as any other.
 *
 * Arguments: alpha walks seed width. Result: how often walks came to each item; count: the steps. The
 * way back is built at the first call, which the caller does not time. */
#include "graph.h"

#include <math.h>
#include <stdlib.h>

#define GAMMA 0x9E3779B97F4A7C15u
#define WIDEST 256

struct lane {
    uint64_t state;
    uint32_t vertex;
    uint32_t entry;
};

static uint64_t mixed(uint64_t z)
{
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline uint64_t word(struct lane *lane) { return mixed(lane->state += GAMMA); }

static struct rows holders_of(const struct graph *g)
{
    const struct rows *a = &g->interactions;
    struct rows back = {g->items, a->entries, need((size_t)g->items + 1, sizeof(uint32_t)),
                        need(a->entries, sizeof(uint32_t)), NULL, NULL};
    uint32_t *at = need((size_t)g->items + 1, sizeof *at);
    for (uint64_t k = 0; k < a->entries; k++) back.offsets[a->columns[k] + 1]++;
    for (uint32_t i = 0; i < g->items; i++) back.offsets[i + 1] += back.offsets[i];
    for (uint32_t i = 0; i < g->items; i++) at[i] = back.offsets[i];
    for (uint32_t u = 0; u < g->authors; u++)
        for (uint32_t k = a->offsets[u]; k < a->offsets[u + 1]; k++)
            back.columns[at[a->columns[k]]++] = u;
    free(at);
    return back;
}

static void choose(struct lane *lanes, int active, const uint32_t *restrict offsets)
{
    for (int l = 0; l < active; l++) {
        uint64_t w = word(&lanes[l]);
        uint32_t first = offsets[lanes[l].vertex], end = offsets[lanes[l].vertex + 1];
        lanes[l].entry = first + (uint32_t)((unsigned __int128)w * (end - first) >> 64);
    }
}

int graphjet_walk(const struct graph *g, int count, char **arguments, struct answer *answer)
{
    static struct rows back;
    if (count != 4) return 1;
    double alpha = atof(arguments[0]);
    uint64_t walks = strtoull(arguments[1], NULL, 10), seed = strtoull(arguments[2], NULL, 10);
    int width = atoi(arguments[3]), active = 0;
    if (alpha <= 0 || alpha > 1 || width < 1 || width > WIDEST) return 1;
    const struct rows *forth = &g->interactions;
    if (forth->offsets[g->ego] == forth->offsets[g->ego + 1]) return 1;
    if (!back.offsets) back = holders_of(g);
    const uint32_t *restrict columns = forth->columns, *restrict sources = back.columns;
    uint32_t *restrict counts = need(g->items, sizeof *counts);
    uint64_t stop_below = (uint64_t)ceil(alpha * 0x1p53), next = 0, steps = 0;
    struct lane lanes[WIDEST];
    while (active < width && next < walks)
        lanes[active++] = (struct lane){mixed(seed + ++next * GAMMA), g->ego, 0};
    while (active) {
        for (int l = 0; l < active;) {
            if (word(&lanes[l]) >> 11 >= stop_below)
                l++;
            else if (next < walks)
                lanes[l] = (struct lane){mixed(seed + ++next * GAMMA), g->ego, 0};
            else
                lanes[l] = lanes[--active];
        }
        choose(lanes, active, forth->offsets);
        for (int l = 0; l < active; l++) {
            lanes[l].vertex = columns[lanes[l].entry];
            counts[lanes[l].vertex]++;
        }
        choose(lanes, active, back.offsets);
        for (int l = 0; l < active; l++) lanes[l].vertex = sources[lanes[l].entry];
        steps += 2 * (uint64_t)active;
    }
    answer->count = steps;
    answer->length = g->items;
    answer->result = need(g->items, sizeof(double));
    for (uint32_t i = 0; i < g->items; i++) answer->result[i] = counts[i];
    free(counts);
    return 0;
}
