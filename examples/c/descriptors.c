/*
 * A descriptor travels with a message: a helper opens a file for whoever asks, if it is of the same user.
 *
 *     cc descriptors.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <rawipc.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static rawipc_error error;

static int failed(const char *what)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(&error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

static int help(rawipc_seqpacket *socket)
{
    unsigned char room[RAWIPC_FDS_HEAD + sizeof(int)];
    rawipc_fd_refs refs;
    char path[256];
    if (rawipc_peer_is_same_user(rawipc_seqpacket_fd(socket, NULL), &error) != 1)
        return failed("the peer");
    ssize_t len = rawipc_seqpacket_recv(socket, path, sizeof path - 1, NULL, &error);
    if (len <= 0)
        return failed("receive");
    path[len] = 0;

    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || rawipc_fd_refs_new(&refs, room, sizeof room, &error) < 0
        || rawipc_fd_refs_push(&refs, file, &error) < 0
        || rawipc_seqpacket_send_with_fds(socket, "here", 4, &refs, NULL, &error) < 0)
        return failed("send");
    return close(file);
}

static int ask(rawipc_seqpacket *socket, const char *path)
{
    /* Room for one descriptor, and no more. */
    unsigned char room[RAWIPC_FDS_HEAD + sizeof(int)];
    rawipc_fd_slots slots;
    char answer[16];
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    if (rawipc_fd_slots_new(&slots, room, sizeof room, &error) < 0
        || rawipc_seqpacket_send(socket, path, strlen(path), NULL, &error) < 0
        || rawipc_seqpacket_recv_with_fds(socket, answer, sizeof answer, &slots, &wait, &error) <= 0)
        return failed("ask");
    int file = rawipc_fd_slots_take(&slots, 0, &error);
    /* Whatever else came is closed. */
    rawipc_fd_slots_close(&slots, NULL);
    if (file < 0)
        return failed("no descriptor");

    char byte;
    printf("%s, and it is %s\n", path, read(file, &byte, 1) == 0 ? "empty" : "not what we thought");
    return close(file);
}

int main(void)
{
    rawipc_seqpacket ours, theirs;
    if (rawipc_seqpacket_pair(&ours, &theirs, &error) < 0)
        return failed("pair");
    pid_t pid = fork();
    if (pid == 0) {
        rawipc_seqpacket_close(&ours, NULL);
        _exit(help(&theirs));
    }
    rawipc_seqpacket_close(&theirs, NULL);
    int wrong = ask(&ours, "/dev/null");
    rawipc_seqpacket_close(&ours, NULL);
    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || wrong;
}

// prints: /dev/null, and it is empty
