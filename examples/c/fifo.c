/*
 * Two processes that share nothing but a path: a server makes a FIFO there, and a client finds it.
 *
 *     cc fifo.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed(const rawipc_error *error)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
}

/* Waits a second for a reader, if need be, and talks to nobody else's FIFO. */
static int client(const char *path)
{
    rawipc_error error;
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 1000000000, NULL };
    int sender = rawipc_fifo_open_sender(path, &wait, &error);
    if (sender < 0)
        return failed(&error);
    if (rawipc_pipe_send(sender, "first", 5, &wait, &error) < 0 || rawipc_pipe_send(sender, "second", 6, &wait, &error) < 0)
        return failed(&error);
    return 0;
}

int main(void)
{
    char path[64], buf[RAWIPC_PIPE_BUF];
    rawipc_error error;
    snprintf(path, sizeof path, "/tmp/rawipc-fifo-%d", (int)getpid());

    /* One that a killed predecessor left is as good as a new one. */
    if (rawipc_fifo_ensure(path, &error) < 0)
        return failed(&error);
    int receiver = rawipc_fifo_open_receiver(path, &error);
    if (receiver < 0)
        return failed(&error);

    pid_t pid = fork();
    if (pid == 0) {
        close(receiver);
        _exit(client(path));
    }

    /* Before the first client came, this waits for it; 0 says that the last one is gone. */
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    ssize_t len;
    while ((len = rawipc_pipe_recv(receiver, buf, sizeof buf, &wait, &error)) > 0)
        printf("%.*s\n", (int)len, buf);
    if (len < 0)
        return failed(&error);
    printf("no client is left\n");
    close(receiver);
    if (rawipc_fifo_remove(path, &error) < 0)
        return failed(&error);

    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
}

// prints: first
// prints: second
// prints: no client is left
