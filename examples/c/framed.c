/*
 * Messages larger than the pipe that they go through, read where they lie.
 *
 *     cc framed.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGEST = 1 << 20 };

static char message[LARGEST], room[LARGEST + RAWIPC_FRAME_HEAD];
static rawipc_error error;

static int failed(const char *what)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(&error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

static int child(int write_end)
{
    rawipc_frame_sender sender;
    if (rawipc_frame_sender_sole(&sender, RAWIPC_FRAME_PIPE, write_end, LARGEST, &error) < 0)
        return failed("sender");
    int wrong = 0;
    for (size_t len = 1024; len <= LARGEST && !wrong; len *= 32) {
        memset(message, 'x', len);
        if (rawipc_frame_sender_send(&sender, message, len, NULL, &error) < 0)
            wrong = failed("send");
    }
    rawipc_frame_sender_close(&sender, NULL);
    return wrong;
}

int main(void)
{
    int read_end, write_end;
    if (rawipc_pipe_pair(&read_end, &write_end, &error) < 0)
        return failed("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        close(read_end);
        _exit(child(write_end));
    }
    close(write_end);

    rawipc_frame_receiver receiver;
    if (rawipc_frame_receiver_new(&receiver, RAWIPC_FRAME_PIPE, read_end, room, sizeof room, &error) < 0)
        return failed("receiver");
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    const void *msg;
    ssize_t len;
    while ((len = rawipc_frame_receiver_recv_in_place(&receiver, &msg, &wait, &error)) > 0)
        printf("%zd bytes, the last is %c\n", len, ((const char *)msg)[len - 1]);
    if (len < 0)
        return failed("receive");
    rawipc_frame_receiver_close(&receiver, NULL);

    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
}

// prints: 1024 bytes, the last is x
// prints: 32768 bytes, the last is x
// prints: 1048576 bytes, the last is x
