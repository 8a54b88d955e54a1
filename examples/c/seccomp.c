/*
 * A child that can write to its pipe, leave, and do nothing else.
 *
 *     cc seccomp.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock_down(void)
{
    rawipc_seccomp_list list = { { 0 } };
    rawipc_seccomp_instruction instructions[RAWIPC_SECCOMP_ROOM];
    rawipc_seccomp_filter filter;

    return rawipc_seccomp_add(&list, "PIPE_WRITER", NULL) < 0 || rawipc_seccomp_add(&list, "EXIT", NULL) < 0
        || rawipc_seccomp_filter_make(&filter, &list, NULL, 0, RAWIPC_SECCOMP_KILL, 0, instructions,
                                      RAWIPC_SECCOMP_ROOM, NULL) < 0
        || rawipc_seccomp_filter_install(&filter, NULL) < 0;
}

int main(void)
{
    rawipc_error error;
    int read_end, write_end, status;
    char buf[64];
    ssize_t len;
    pid_t child;

    if (rawipc_pipe_pair(&read_end, &write_end, &error) < 0) {
        fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
        return 1;
    }
    child = fork();
    if (child == 0) {
        if (lock_down())
            _exit(1);
        rawipc_pipe_write_all(write_end, "I can do this", 13, NULL, NULL);
        getppid(); /* not on the list */
        _exit(0);
    }
    rawipc_fd_close(write_end);
    len = rawipc_pipe_read(read_end, buf, sizeof buf, NULL, &error);
    waitpid(child, &status, 0);
    printf("%.*s: and then %s\n", (int)(len < 0 ? 0 : len), buf,
           WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? "SIGSYS" : "nothing happened");
    return !(len == 13 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

// prints: I can do this: and then SIGSYS
