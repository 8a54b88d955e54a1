/*
 * A child answers its parent through a pipe, message by message. Each keeps one end and closes the other.
 *
 *     cc pipe.c $(pkg-config --cflags --libs rawipc)
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

static int child(int sender)
{
    rawipc_error error;
    for (int i = 1; i <= 3; i++) {
        char msg[32];
        int len = snprintf(msg, sizeof msg, "message %d", i);
        if (rawipc_pipe_send(sender, msg, (size_t)len, NULL, &error) < 0)
            return failed(&error);
    }
    return 0;
}

int main(void)
{
    int receiver, sender;
    rawipc_error error;
    if (rawipc_pipe_packet_pair(&receiver, &sender, &error) < 0)
        return failed(&error);

    pid_t pid = fork();
    if (pid == 0) {
        close(receiver);
        _exit(child(sender));
    }
    close(sender);

    /* Five seconds for all of them together. */
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    rawipc_wait_fix(&wait, NULL);

    char buf[RAWIPC_PIPE_BUF];
    ssize_t len;
    while ((len = rawipc_pipe_recv(receiver, buf, sizeof buf, &wait, &error)) > 0)
        printf("%.*s\n", (int)len, buf);
    if (len < 0)
        return failed(&error);
    printf("the child is gone\n");
    close(receiver);

    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
}

// prints: message 1
// prints: message 2
// prints: message 3
// prints: the child is gone
