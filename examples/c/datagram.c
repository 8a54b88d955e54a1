/*
 * A log: many write to one name, nobody connects, and the reader learns who wrote.
 *
 *     cc datagram.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
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

/* A writer with a name of its own, by which the reader knows it. */
static int writer(const rawipc_address *log, const char *path, const char *line)
{
    rawipc_address address;
    rawipc_datagram socket;
    if (rawipc_address_path(&address, path, &error) < 0 || rawipc_datagram_bind(&socket, &address, &error) < 0)
        return failed("bind");
    int wrong = 0;
    if (rawipc_datagram_send_to(&socket, log, line, strlen(line), NULL, &error) < 0)
        wrong = failed("send");
    rawipc_datagram_close(&socket, NULL);
    return wrong;
}

int main(void)
{
    rawipc_address address;
    rawipc_datagram log;
    if (rawipc_address_path(&address, "log.sock", &error) < 0)
        return failed("address");
    /* The group may write too, where the umask lets it. */
    if (rawipc_datagram_bind_with(&log, &address, 0660, &error) < 0)
        return failed("bind");

    static const char *const lines[] = { "it is cold", "it is dark" };
    static const char *const paths[] = { "north.sock", "night.sock" };
    int wrong = 0;
    for (int i = 0; i < 2 && !wrong; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(writer(&address, paths[i], lines[i]));

        char buf[128];
        rawipc_address from;
        rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
        ssize_t len = rawipc_datagram_recv_from(&log, buf, sizeof buf, &from, &wait, &error);
        if (len < 0)
            wrong = failed("receive");
        else
            printf("%s: %.*s\n", rawipc_address_as_path(&from), (int)len, buf);

        int status;
        wrong |= pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0;
    }
    rawipc_datagram_close(&log, NULL);
    return wrong;
}

// prints: north.sock: it is cold
// prints: night.sock: it is dark
