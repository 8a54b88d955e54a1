/*
 * Whole messages both ways, between a server and whoever connects to it. The name is an abstract one: no file, and no
 * permissions either.
 *
 *     cc seqpacket.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
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

static int client(const rawipc_address *address)
{
    static const char *const fruits[] = { "fig", "pomegranate" };
    rawipc_seqpacket socket;
    if (rawipc_seqpacket_connect(&socket, address, NULL, &error) < 0)
        return failed("connect");
    int wrong = 0;
    for (size_t i = 0; i < 2 && !wrong; i++) {
        char answer[64];
        ssize_t len = -1;
        if (rawipc_seqpacket_send(&socket, fruits[i], strlen(fruits[i]), NULL, &error) < 0
            || (len = rawipc_seqpacket_recv(&socket, answer, sizeof answer, NULL, &error)) < 0)
            wrong = failed("talk");
        else
            printf("the answer: %.*s\n", (int)len, answer);
    }
    fflush(stdout);
    rawipc_seqpacket_close(&socket, NULL);
    return wrong;
}

static int serve(rawipc_seqpacket *socket)
{
    /* Too small on purpose: a message that does not fit stays, and we are told how long it is. */
    char small[4], large[16], answer[64];
    for (;;) {
        char *buf = small;
        ssize_t len = rawipc_seqpacket_recv(socket, buf, sizeof small, NULL, &error);
        if (len == -EMSGSIZE && error.needed <= sizeof large) {
            buf = large;
            len = rawipc_seqpacket_recv(socket, buf, sizeof large, NULL, &error);
        }
        if (len <= 0)
            return len < 0 ? failed("receive") : 0; /* 0: the client is gone */
        int n = snprintf(answer, sizeof answer, "%.*s has %zd letters", (int)len, buf, len);
        if (rawipc_seqpacket_send(socket, answer, (size_t)n, NULL, &error) < 0)
            return failed("send");
    }
}

int main(void)
{
    rawipc_address address;
    rawipc_listener listener;
    char name[64];
    int len = snprintf(name, sizeof name, "fruits %ld", (long)getpid());
    if (rawipc_address_abstract_name(&address, name, (size_t)len, &error) < 0
        || rawipc_listener_bind(&listener, RAWIPC_LISTENER_SEQPACKET, &address, NULL, &error) < 0)
        return failed("bind");

    pid_t pid = fork();
    if (pid == 0)
        _exit(client(&address));

    rawipc_seqpacket socket;
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    int wrong = 1;
    if (pid > 0 && rawipc_listener_accept_seqpacket(&listener, &socket, &wait, &error) == 0) {
        wrong = serve(&socket);
        rawipc_seqpacket_close(&socket, NULL);
    }
    rawipc_listener_close(&listener, NULL);

    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || wrong;
}

// prints: the answer: fig has 3 letters
// prints: the answer: pomegranate has 11 letters
