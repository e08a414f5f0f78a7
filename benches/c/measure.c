// Runs a program with its output passed through, and writes to a file how many nanoseconds it took and the most kibibytes
// of memory that it had: `measure FILE PROGRAM`. A process of its own, as a child's peak starts with the size of the
// process that it is made from, and this one is small.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    long long begin = now();
    pid_t child = fork();
    if (child < 0) return 3;
    if (child == 0) {
        execv(arguments[2], arguments + 2);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) return 3;
    long long time = now() - begin;
    FILE *file = fopen(arguments[1], "w");
    if (!file) return 4;
    fprintf(file, "%lld %ld\n", time, usage.ru_maxrss);
    if (fclose(file) != 0) return 4;
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1;
}
