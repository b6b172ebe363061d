/* What both load programs count with. */
#ifndef STREAIR_FIGURES_H
#define STREAIR_FIGURES_H
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static inline double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static inline void allow_many_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static inline int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Print one member of a JSON object, and a comma. Sorts `values`. */
static inline void print_spread(const char *name, double *values, size_t count)
{
    if (!count) {
        printf("\"%s\": null, ", name);
        return;
    }
    qsort(values, count, sizeof *values, ascending);
    printf("\"%s\": {\"min\": %.1f, \"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}, ", name, values[0],
           values[count / 2], values[(size_t)((double)(count - 1) * .99)], values[count - 1]);
}
#endif
