/* tsalsa as a C programmer would write it from docs/ranking.md, sections A to E: trust by power iteration,
 * groups by the dominator tree, the item walk, concentration, scores, order.
 *
 * Arguments: alpha_trust alpha_salsa epsilon exponent tau floor. Result: the score of every item; count: the
 * items with a score. Requires an ego with items and a network that is not young. */
#include "graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(size_t count) { return need(count, sizeof(double)); }

/* A: normalised visits of a trust walk from the ego. */
static double *trust_of(const struct graph *g, double alpha, double epsilon)
{
    const struct rows *t = &g->trust;
    double *mass = numbers(g->authors), *next = numbers(g->authors), *visits = numbers(g->authors);
    int limit = (int)ceil(log(epsilon * alpha) / log(1 - alpha));
    mass[g->ego] = visits[g->ego] = 1;
    for (int step = 0; step < limit; step++) {
        memset(next, 0, g->authors * sizeof(double));
        for (uint32_t u = 0; u < g->authors; u++) {
            double push = mass[u] * t->scales[u] * (1 - alpha);
            if (push <= 0) continue;
            for (uint32_t k = t->offsets[u]; k < t->offsets[u + 1]; k++)
                next[t->columns[k]] += push * t->weights[k];
        }
        double *other = mass;
        mass = next;
        next = other;
        double rest = 0;
        for (uint32_t u = 0; u < g->authors; u++) {
            visits[u] += mass[u];
            rest += mass[u];
        }
        if (rest * (1 - alpha) < epsilon * alpha) break;
    }
    double total = 0;
    for (uint32_t u = 0; u < g->authors; u++) total += visits[u];
    for (uint32_t u = 0; u < g->authors; u++) visits[u] /= total;
    free(mass);
    free(next);
    return visits;
}

/* B: the child of the ego above each author in the dominator tree (Cooper, Harvey & Kennedy 2001);
 * UINT32_MAX out of reach. */
static uint32_t *groups_of(const struct graph *g)
{
    const struct rows *t = &g->trust;
    uint32_t n = g->authors, top = 0, depth = 0;
    uint32_t *post = need(n, sizeof *post), *number = need(n, sizeof *number);
    uint32_t *stack = need(n, sizeof *stack), *at = need(n, sizeof *at);
    char *seen = need(n, 1);
    stack[depth++] = g->ego;
    at[g->ego] = t->offsets[g->ego];
    seen[g->ego] = 1;
    while (depth) {
        uint32_t u = stack[depth - 1];
        if (at[u] < t->offsets[u + 1]) {
            uint32_t v = t->columns[at[u]++];
            if (seen[v]) continue;
            seen[v] = 1;
            at[v] = t->offsets[v];
            stack[depth++] = v;
        } else {
            number[u] = top;
            post[top++] = u;
            depth--;
        }
    }
    uint32_t *first = need((size_t)n + 1, sizeof *first), *from = need(t->entries, sizeof *from);
    for (uint32_t u = 0; u < n; u++)
        if (seen[u])
            for (uint32_t k = t->offsets[u]; k < t->offsets[u + 1]; k++) first[t->columns[k] + 1]++;
    for (uint32_t u = 0; u < n; u++) first[u + 1] += first[u];
    memcpy(at, first, n * sizeof *at);
    for (uint32_t u = 0; u < n; u++)
        if (seen[u])
            for (uint32_t k = t->offsets[u]; k < t->offsets[u + 1]; k++) from[at[t->columns[k]]++] = u;
    uint32_t *idom = need(n, sizeof *idom), *group = need(n, sizeof *group);
    for (uint32_t p = 0; p < top; p++) idom[p] = UINT32_MAX;
    idom[top - 1] = top - 1;
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t p = top - 1; p-- > 0;) {
            uint32_t found = UINT32_MAX;
            for (uint32_t k = first[post[p]]; k < first[post[p] + 1]; k++) {
                uint32_t q = number[from[k]];
                if (idom[q] == UINT32_MAX) continue;
                if (found == UINT32_MAX) {
                    found = q;
                    continue;
                }
                while (q != found) {
                    while (q < found) q = idom[q];
                    while (found < q) found = idom[found];
                }
            }
            if (idom[p] != found) {
                idom[p] = found;
                changed = 1;
            }
        }
    }
    for (uint32_t u = 0; u < n; u++) group[u] = UINT32_MAX;
    group[g->ego] = g->ego;
    for (uint32_t p = top - 1; p-- > 0;)
        group[post[p]] = idom[p] == top - 1 ? post[p] : group[post[idom[p]]];
    free(post), free(number), free(stack), free(at), free(seen), free(first), free(from), free(idom);
    return group;
}

/* C: visits of the item walk; `authors` takes the visits of authors, `popularity` that of items. */
static double *walk(const struct graph *g, const double *trust, double alpha, double epsilon,
                    double *authors, double *popularity)
{
    const struct rows *a = &g->interactions;
    double *items = numbers(g->items), *fresh = numbers(g->items), *waiting = numbers(g->items);
    int rounds = (int)ceil(log(epsilon) / log(1 - alpha));
    for (uint32_t u = 0; u < g->authors; u++)
        for (uint32_t k = a->offsets[u]; k < a->offsets[u + 1]; k++)
            popularity[a->columns[k]] += trust[u] * a->scales[u] * a->weights[k];
    authors[g->ego] = 1;
    for (uint32_t k = a->offsets[g->ego]; k < a->offsets[g->ego + 1]; k++)
        fresh[a->columns[k]] += (1 - alpha) * a->scales[g->ego] * a->weights[k];
    for (int round = 1; round < rounds; round++) {
        for (uint32_t i = 0; i < g->items; i++) {
            items[i] += fresh[i];
            waiting[i] = popularity[i] > 0 ? fresh[i] / popularity[i] : 0;
            fresh[i] = 0;
        }
        for (uint32_t u = 0; u < g->authors; u++) {
            if (trust[u] <= 0) continue;
            double sum = 0;
            for (uint32_t k = a->offsets[u]; k < a->offsets[u + 1]; k++)
                sum += a->weights[k] * waiting[a->columns[k]];
            double mass = trust[u] * a->scales[u] * sum;
            authors[u] += mass;
            double push = mass * a->scales[u] * (1 - alpha);
            if (push <= 0) continue;
            for (uint32_t k = a->offsets[u]; k < a->offsets[u + 1]; k++)
                fresh[a->columns[k]] += push * a->weights[k];
        }
    }
    for (uint32_t i = 0; i < g->items; i++) items[i] += fresh[i];
    free(fresh);
    free(waiting);
    return items;
}

/* D: the largest group's part of what others than the ego contribute to each item. */
static double *concentration(const struct graph *g, const double *authors, const uint32_t *group)
{
    const struct rows *a = &g->interactions;
    double *total = numbers(g->items), *largest = numbers(g->items), *current = numbers(g->items);
    uint32_t *start = need((size_t)g->authors + 1, sizeof *start);
    uint32_t *member = need(g->authors, sizeof *member);
    uint32_t *touched = need(g->items, sizeof *touched);
    for (uint32_t u = 0; u < g->authors; u++)
        if (group[u] != UINT32_MAX && u != g->ego) start[group[u] + 1]++;
    for (uint32_t u = 0; u < g->authors; u++) start[u + 1] += start[u];
    for (uint32_t u = 0; u < g->authors; u++)
        if (group[u] != UINT32_MAX && u != g->ego) member[start[group[u]]++] = u;
    uint32_t place = 0;
    for (uint32_t h = 0; h < g->authors; h++) {
        size_t count = 0;
        for (; place < start[h]; place++) {
            uint32_t u = member[place];
            double rate = authors[u] * a->scales[u];
            if (rate <= 0) continue;
            for (uint32_t k = a->offsets[u]; k < a->offsets[u + 1]; k++) {
                uint32_t i = a->columns[k];
                if (current[i] == 0) touched[count++] = i;
                current[i] += rate * a->weights[k];
            }
        }
        for (size_t k = 0; k < count; k++) {
            uint32_t i = touched[k];
            total[i] += current[i];
            if (current[i] > largest[i]) largest[i] = current[i];
            current[i] = 0;
        }
    }
    for (uint32_t i = 0; i < g->items; i++) largest[i] = total[i] > 0 ? largest[i] / total[i] : 0;
    free(total), free(current), free(start), free(member), free(touched);
    return largest;
}

struct ranked {
    double key;
    uint32_t item;
};

static int better(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->key != b->key) return a->key > b->key ? -1 : 1;
    return a->item < b->item ? -1 : 1;
}

int tsalsa(const struct graph *g, int count, char **arguments, struct answer *answer)
{
    if (count != 6) return 1;
    double alpha_trust = atof(arguments[0]), alpha = atof(arguments[1]), epsilon = atof(arguments[2]);
    double exponent = atof(arguments[3]), tau = atof(arguments[4]), floor = atof(arguments[5]);
    double *trust = trust_of(g, alpha_trust, epsilon);
    uint32_t *group = groups_of(g);
    double *authors = numbers(g->authors), *popularity = numbers(g->items);
    double *items = walk(g, trust, alpha, epsilon, authors, popularity);
    double *voices = concentration(g, authors, group);
    double *score = numbers(g->items), total = 0;
    struct ranked *order = need(g->items, sizeof *order);
    size_t listed = 0;
    for (uint32_t i = 0; i < g->items; i++) total += items[i];
    for (uint32_t i = 0; i < g->items; i++) {
        double ramp = (voices[i] - tau) / (1 - tau);
        double factor = 1 - (ramp < 0 ? 0 : ramp > 1 ? 1 : ramp);
        if (items[i] <= 0) continue;
        score[i] = items[i] / total * (factor > floor ? factor : floor) / pow(popularity[i], exponent);
        order[listed].key = round(score[i] * 1e12);
        order[listed++].item = i;
    }
    qsort(order, listed, sizeof *order, better);
    answer->count = listed;
    answer->result = score;
    answer->length = g->items;
    free(trust), free(group), free(authors), free(popularity), free(items), free(voices), free(order);
    return 0;
}
