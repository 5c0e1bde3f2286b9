/* The reference kernels in plain C: what `make bench` divides our times by.
 *
 * reference GRAPH    reads the graph, then answers each line of standard input
 *   KERNEL OUT ARGUMENTS...
 * by running the kernel once and printing
 *   NANOSECONDS COUNT
 * OUT is a file that takes the result as f64, or - for none; writing it is not timed. */
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    kernel run;
} kernels[] = {
    {"tsalsa", tsalsa},
    {"walk", graphjet_walk},
};

static void fail(const char *message, const char *what)
{
    fprintf(stderr, "reference: %s: %s\n", message, what);
    exit(1);
}

void *need(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory) fail("no memory for", "an array");
    return memory;
}

static void take(void *into, size_t size, size_t count, FILE *file)
{
    if (fread(into, size, count, file) != count) fail("the graph file is cut short", "fread");
}

static void take_rows(struct rows *rows, FILE *file)
{
    rows->offsets = need((size_t)rows->count + 1, sizeof(uint32_t));
    rows->columns = need(rows->entries, sizeof(uint32_t));
    rows->weights = need(rows->entries, sizeof(double));
    rows->scales = need(rows->count, sizeof(double));
    take(rows->offsets, sizeof(uint32_t), (size_t)rows->count + 1, file);
    take(rows->columns, sizeof(uint32_t), rows->entries, file);
    take(rows->weights, sizeof(double), rows->entries, file);
    for (uint32_t row = 0; row < rows->count; row++) {
        double sum = 0;
        for (uint32_t k = rows->offsets[row]; k < rows->offsets[row + 1]; k++)
            sum += rows->weights[k];
        rows->scales[row] = sum > 0 ? 1 / sum : 0;
    }
}

static struct graph read_graph(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot open", path);
    char magic[4];
    struct graph graph;
    take(magic, 1, 4, file);
    if (memcmp(magic, "VBG1", 4) != 0) fail("not a graph file", path);
    take(&graph.authors, sizeof graph.authors, 1, file);
    take(&graph.items, sizeof graph.items, 1, file);
    take(&graph.ego, sizeof graph.ego, 1, file);
    graph.trust.count = graph.interactions.count = graph.authors;
    take(&graph.trust.entries, sizeof(uint64_t), 1, file);
    take(&graph.interactions.entries, sizeof(uint64_t), 1, file);
    take_rows(&graph.trust, file);
    take_rows(&graph.interactions, file);
    fclose(file);
    return graph;
}

/* Time of the processor, not of the clock on the wall: others share the machine. */
static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void keep(const char *path, const struct answer *answer)
{
    FILE *file = fopen(path, "wb");
    if (!file) fail("cannot write", path);
    if (fwrite(answer->result, sizeof(double), answer->length, file) != answer->length)
        fail("cannot write", path);
    fclose(file);
}

static void serve(const struct graph *graph, char *line)
{
    char *words[16];
    int count = 0;
    for (char *word = strtok(line, " \n"); word && count < 16; word = strtok(NULL, " \n"))
        words[count++] = word;
    if (count < 2) fail("a request is", "KERNEL OUT ARGUMENTS...");
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        if (strcmp(kernels[k].name, words[0]) != 0) continue;
        struct answer answer = {0, NULL, 0};
        uint64_t begin = now();
        if (kernels[k].run(graph, count - 2, words + 2, &answer) != 0)
            fail("wrong arguments for", words[0]);
        uint64_t end = now();
        if (strcmp(words[1], "-") != 0) keep(words[1], &answer);
        free(answer.result);
        printf("%llu %llu\n", (unsigned long long)(end - begin), (unsigned long long)answer.count);
        fflush(stdout);
        return;
    }
    fail("no such kernel", words[0]);
}

int main(int count, char **arguments)
{
    if (count != 2) fail("usage", "reference GRAPH");
    struct graph graph = read_graph(arguments[1]);
    char line[1024];
    while (fgets(line, sizeof line, stdin)) serve(&graph, line);
    return 0;
}
