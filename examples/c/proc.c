/*
 * What a process holds, as ls -l /proc/PID/fd shows it. With a process's number: all of that; without: the two ends of
 * a pipe of its own.
 *
 *     cc proc.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(const rawipc_error *error)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
}

int main(int argc, char **argv)
{
    int read_end, write_end;
    rawipc_error error;
    if (rawipc_pipe_pair(&read_end, &write_end, &error) < 0)
        return failed(&error);

    int process = argc > 1 ? rawipc_proc_open(atoi(argv[1]), &error) : rawipc_proc_own(&error);
    if (process < 0)
        return failed(&error);
    char names[1024];
    rawipc_proc_table table;
    if (rawipc_proc_table_open(&table, process, names, sizeof names, &error) < 0)
        return failed(&error);

    static char text[RAWIPC_PROC_LINK_MAX];
    rawipc_proc_entry entry;
    int more;
    while ((more = rawipc_proc_table_next(&table, &entry, text, sizeof text, &error)) > 0) {
        char reads = entry.access & RAWIPC_PROC_READ ? 'r' : '-';
        char writes = entry.access & RAWIPC_PROC_WRITE ? 'w' : '-';
        if (argc > 1)
            printf("l%c%cx------ %d -> %s\n", reads, writes, entry.fd, entry.file.text);
        else if (entry.fd == read_end || entry.fd == write_end)
            printf("l%c%cx------ -> %.6s…]\n", reads, writes, entry.file.text);
    }
    rawipc_proc_table_close(&table, NULL);
    rawipc_fd_close(process);
    return more < 0 ? failed(&error) : 0;
}

// prints: lr-x------ -> pipe:[…]
// prints: l-wx------ -> pipe:[…]
