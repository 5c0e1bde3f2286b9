/* The graph that `bench` wrote for the reference kernels: two sparse matrices by rows.
 *
 * File, little-endian: "VBG1", u32 authors, u32 items, u32 ego, u64 trust edges, u64 interactions,
 * then for trust and for interactions u32 offsets[authors + 1], u32 columns[edges],
 * f64 weights[edges]. Columns ascend inside a row; weights are positive and finite. */
#ifndef REFERENCE_GRAPH_H
#define REFERENCE_GRAPH_H

#include <stddef.h>
#include <stdint.h>

struct rows {
    uint32_t count;
    uint64_t entries;
    uint32_t *offsets;
    uint32_t *columns;
    double *weights;
    /* One over the sum of each row; 0 for an empty one. Made when the file is read. */
    double *scales;
};

struct graph {
    uint32_t authors;
    uint32_t items;
    uint32_t ego;
    struct rows trust;
    struct rows interactions;
};

/* What a kernel answers: `count` is what was done (items ranked, steps walked), `result` the numbers that
 * `bench` compares, allocated by the kernel and freed by main. */
struct answer {
    uint64_t count;
    double *result;
    size_t length;
};

/* A kernel reads its parameters from `arguments` (numbers as text) and fills the answer. 0 on success. */
typedef int (*kernel)(const struct graph *, int count, char **arguments, struct answer *);

int tsalsa(const struct graph *, int count, char **arguments, struct answer *);
int graphjet_walk(const struct graph *, int count, char **arguments, struct answer *);

/* Memory or the end of the program with a message. */
void *need(size_t count, size_t size);

#endif
