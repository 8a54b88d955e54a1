/*
 * A server of bytes: it turns what its clients say into capitals, and serves them one after the other. Its socket is a
 * file that only this user can connect to, and that nobody finds when the server has gone.
 *
 *     cc stream.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <ctype.h>
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

/* Until the client says no more. */
static int serve(int client)
{
    char buf[64];
    ssize_t len;
    while ((len = rawipc_stream_read(client, buf, sizeof buf, NULL, &error)) > 0) {
        for (ssize_t i = 0; i < len; i++)
            buf[i] = (char)toupper((unsigned char)buf[i]);
        if (rawipc_stream_write_all(client, buf, (size_t)len, NULL, &error) < 0)
            return failed("the client is gone");
    }
    return len < 0 ? failed("read") : 0;
}

static int ask(const rawipc_address *address, const char *text)
{
    /* No longer than five seconds for all that follows. */
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
    rawipc_wait_fix(&wait, NULL);

    int stream = rawipc_stream_connect(address, &wait, &error);
    if (stream < 0)
        return failed("connect");
    char buf[64];
    ssize_t len = -1;
    if (rawipc_stream_write_all(stream, text, strlen(text), &wait, &error) < 0
        || rawipc_stream_shutdown_write(stream, &error) < 0
        || (len = rawipc_stream_read_exact(stream, buf, sizeof buf, &wait, &error)) < 0)
        failed("ask");
    close(stream);
    if (len < 0)
        return 1;
    printf("%s -> %.*s\n", text, (int)len, buf);
    fflush(stdout);
    return 0;
}

int main(void)
{
    rawipc_address address;
    rawipc_listener listener;
    char path[64];
    snprintf(path, sizeof path, "capitals-%ld.sock", (long)getpid());
    if (rawipc_address_path(&address, path, &error) < 0
        || rawipc_listener_bind(&listener, RAWIPC_LISTENER_STREAM, &address, NULL, &error) < 0)
        return failed("bind");

    pid_t pid = fork();
    if (pid == 0)
        _exit(ask(&address, "hello") || ask(&address, "and good-bye"));

    int wrong = pid < 0;
    for (int i = 0; i < 2 && !wrong; i++) {
        rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
        int client = rawipc_listener_accept_stream(&listener, &wait, &error);
        wrong = client < 0 ? failed("accept") : serve(client);
        if (client >= 0)
            close(client);
    }
    rawipc_listener_close(&listener, NULL);

    int status;
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || wrong)
        return 1;
    printf("the file is %s\n", access(path, F_OK) < 0 ? "gone" : "still there");
    return 0;
}

// prints: hello -> HELLO
// prints: and good-bye -> AND GOOD-BYE
// prints: the file is gone
