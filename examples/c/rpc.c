/*
 * A remote call. `rpc server PATH` serves a client, `rpc client PATH` calls; either can be a program
 * in Rust as well. Without arguments it is both, in two processes.
 *
 *     cc -o rpc rpc.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <rawipc.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that the two sides share: the numbers of the methods, and what they take and give. */
enum {
    ADD = 1,   /* u32, u32 -> u64 */
    GREET = 2, /* text -> text */
};

static rawipc_error error;

static int failed(const char *what)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(&error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

/* The methods. What was not there, or did not fit, is told by the last call about it: only that is looked at. */
static uint32_t run(uint32_t method, rawipc_unpacker *args, rawipc_packer *result)
{
    switch (method) {
    case ADD: {
        uint32_t a = 0, b = 0;
        rawipc_unpacker_u32(args, &a, NULL);
        rawipc_unpacker_u32(args, &b, NULL);
        if (rawipc_unpacker_finish(args, NULL) < 0)
            return RAWIPC_RPC_BAD_ARGUMENTS;
        rawipc_packer_u64(result, (uint64_t)a + b, NULL);
        return 0;
    }
    case GREET: {
        const char *who;
        ssize_t len = rawipc_unpacker_str(args, &who, NULL);
        if (rawipc_unpacker_finish(args, NULL) < 0)
            return RAWIPC_RPC_BAD_ARGUMENTS;
        char text[128];
        int n = snprintf(text, sizeof text, "hello, %.*s", (int)len, who);
        rawipc_packer_str(result, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1, NULL);
        return 0;
    }
    default:
        return RAWIPC_RPC_UNKNOWN_METHOD;
    }
}

/* Serves one client, until it is gone. */
static int serve(rawipc_seqpacket *socket)
{
    static char inbox[RAWIPC_SEQPACKET_LIMIT];
    char outbox[256], room[256];
    rawipc_rpc_channel channel;
    rawipc_rpc_server server;
    if (rawipc_rpc_channel_seqpacket(&channel, socket, &error) < 0
        || rawipc_rpc_server_new(&server, &channel, inbox, sizeof inbox, outbox, sizeof outbox, &error) < 0)
        return failed("server");

    int asked;
    uint32_t method;
    rawipc_unpacker args;
    while ((asked = rawipc_rpc_server_next(&server, &method, &args, NULL, &error)) > 0) {
        rawipc_packer result;
        rawipc_packer_new(&result, room, sizeof room, NULL);
        uint32_t failure = run(method, &args, &result);
        int answered = failure == 0 ? rawipc_rpc_server_reply(&server, &result, NULL, &error)
                                    : rawipc_rpc_server_fail(&server, failure, NULL, &error);
        if (answered < 0 && answered != -EMSGSIZE) /* which the client was told of */
            return answered == -EPIPE ? 0 : failed("reply");
    }
    return asked < 0 ? failed("next") : 0;
}

static int call(rawipc_seqpacket *socket)
{
    static char buf[RAWIPC_SEQPACKET_LIMIT];
    char room[256];
    rawipc_rpc_channel channel;
    rawipc_rpc_client client;
    if (rawipc_rpc_channel_seqpacket(&channel, socket, &error) < 0
        || rawipc_rpc_client_new(&client, &channel, buf, sizeof buf, &error) < 0)
        return failed("client");
    /* A second for each call. */
    rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 1000000000, NULL };
    rawipc_packer args;
    rawipc_unpacker result;

    uint64_t sum;
    rawipc_packer_new(&args, room, sizeof room, NULL);
    rawipc_packer_u32(&args, UINT32_MAX, NULL);
    rawipc_packer_u32(&args, 1, NULL);
    if (rawipc_rpc_client_call(&client, ADD, &args, &result, NULL, &wait, &error) < 0)
        return failed("add");
    rawipc_unpacker_u64(&result, &sum, NULL);
    if (rawipc_unpacker_finish(&result, &error) < 0)
        return failed("the sum");
    printf("%lu\n", (unsigned long)sum);

    const char *text;
    rawipc_packer_new(&args, room, sizeof room, NULL);
    rawipc_packer_str(&args, "world", 5, NULL);
    if (rawipc_rpc_client_call(&client, GREET, &args, &result, NULL, &wait, &error) < 0)
        return failed("greet");
    ssize_t len = rawipc_unpacker_str(&result, &text, &error);
    if (len < 0)
        return failed("the greeting");
    printf("%.*s\n", (int)len, text);

    uint32_t failure;
    if (rawipc_rpc_client_call(&client, 99, NULL, &result, &failure, &wait, &error) != -EREMOTEIO
        || failure != RAWIPC_RPC_UNKNOWN_METHOD)
        return failed("a method that nobody knows");
    printf("no method 99\n");
    return 0;
}

static int server(const char *path)
{
    rawipc_address address;
    rawipc_listener listener;
    if (rawipc_address_path(&address, path, &error) < 0
        || rawipc_listener_bind(&listener, RAWIPC_LISTENER_SEQPACKET, &address, NULL, &error) < 0)
        return failed(path);
    rawipc_seqpacket socket;
    int wrong = 1;
    if (rawipc_listener_accept_seqpacket(&listener, &socket, NULL, &error) < 0)
        failed("accept");
    else {
        wrong = serve(&socket);
        rawipc_seqpacket_close(&socket, NULL);
    }
    rawipc_listener_close(&listener, NULL);
    return wrong;
}

static int client(const char *path)
{
    rawipc_address address;
    rawipc_seqpacket socket;
    if (rawipc_address_path(&address, path, &error) < 0
        || rawipc_seqpacket_connect(&socket, &address, NULL, &error) < 0)
        return failed(path);
    int wrong = call(&socket);
    rawipc_seqpacket_close(&socket, NULL);
    return wrong;
}

static int both(void)
{
    rawipc_seqpacket ours, theirs;
    if (rawipc_seqpacket_pair(&ours, &theirs, &error) < 0)
        return failed("pair");
    pid_t pid = fork();
    if (pid == 0) {
        rawipc_seqpacket_close(&ours, NULL);
        _exit(serve(&theirs));
    }
    rawipc_seqpacket_close(&theirs, NULL);
    int wrong = call(&ours);
    rawipc_seqpacket_close(&ours, NULL);
    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || wrong;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "server") == 0)
        return server(argv[2]);
    if (argc == 3 && strcmp(argv[1], "client") == 0)
        return client(argv[2]);
    return both();
}

// prints: 4294967296
// prints: hello, world
// prints: no method 99
