/*
 * src/every.rs in C: two processes without a libc, and every mechanism between them.
 *
 *     cc -std=c11 -Os -ffreestanding -fno-stack-protector -nostdlib -static -Wl,--gc-sections -o every every.c \
 *         $(pkg-config --cflags --libs rawipc) -lrawipc_mem
 *
 * The child puts a message into each, and then serves a remote call. The reply tells the parent that all the others are
 * there: it has one place to wait in.
 */
#include <rawipc.h>

/* The start, and the calls that are no business of rawipc's. */
#if defined(__x86_64__)
enum { SYS_write = 1, SYS_clone = 56, SYS_wait4 = 61, SYS_exit_group = 231 };

__asm__(".globl _start\n_start:\n\tcall start\n");

static long call(long number, long a, long b, long c, long d)
{
    long answer;
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return answer;
}
#elif defined(__aarch64__)
enum { SYS_write = 64, SYS_clone = 220, SYS_wait4 = 260, SYS_exit_group = 94 };

__asm__(".globl _start\n_start:\n\tbl start\n");

static long call(long number, long a, long b, long c, long d)
{
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x8 __asm__("x8") = number;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x8) : "memory");
    return x0;
}
#endif

enum { SIGCHLD = 17, ADD = 1 };

_Noreturn static void leave(int status)
{
    for (;;)
        call(SYS_exit_group, status, 0, 0, 0);
}

static void say(const char *text, ssize_t len)
{
    call(SYS_write, 1, (long)text, len, 0);
}

/* Whoever gives up leaves, and the kernel closes what is open. */
static ssize_t or_leave(ssize_t answer)
{
    if (answer < 0)
        leave((int)-answer);
    return answer;
}

/* A literal and its length. */
#define TEXT(literal) literal, sizeof literal - 1

static const char fifo[] = "freestanding.fifo"; /* in the directory that the program is started in */

/* Serves one call, and ends the process. */
_Noreturn static void serve(int receiver, int sender)
{
    char inbox[RAWIPC_PIPE_BUF], outbox[16], room[16];
    rawipc_rpc_channel channel;
    rawipc_rpc_server server;
    or_leave(rawipc_rpc_channel_pipes(&channel, receiver, sender, NULL));
    or_leave(rawipc_rpc_server_new(&server, &channel, inbox, sizeof inbox, outbox, sizeof outbox, NULL));

    uint32_t method, a, b;
    rawipc_unpacker args;
    rawipc_packer sum;
    if (or_leave(rawipc_rpc_server_next(&server, &method, &args, NULL, NULL)) == 0 || method != ADD)
        leave(1);
    or_leave(rawipc_unpacker_u32(&args, &a, NULL));
    or_leave(rawipc_unpacker_u32(&args, &b, NULL));
    or_leave(rawipc_packer_new(&sum, room, sizeof room, NULL));
    or_leave(rawipc_packer_u32(&sum, a + b, NULL));
    or_leave(rawipc_rpc_server_reply(&server, &sum, NULL, NULL));
    leave(0);
}

/* Has 2 and 3 added by the other process. */
static uint32_t ask(int receiver, int sender)
{
    char buf[RAWIPC_PIPE_BUF], room[16];
    rawipc_rpc_channel channel;
    rawipc_rpc_client client;
    or_leave(rawipc_rpc_channel_pipes(&channel, receiver, sender, NULL));
    or_leave(rawipc_rpc_client_new(&client, &channel, buf, sizeof buf, NULL));

    rawipc_packer args;
    rawipc_unpacker result;
    uint32_t sum;
    or_leave(rawipc_packer_new(&args, room, sizeof room, NULL));
    or_leave(rawipc_packer_u32(&args, 2, NULL));
    or_leave(rawipc_packer_u32(&args, 3, NULL));
    or_leave(rawipc_rpc_client_call(&client, ADD, &args, &result, NULL, NULL, NULL));
    or_leave(rawipc_unpacker_u32(&result, &sum, NULL));
    return sum;
}

_Noreturn void start(void);

_Noreturn void start(void)
{
    /* What a child inherits is made before it. */
    int from_pipe, to_pipe, requests, to_server, replies, to_client, stream, child_stream;
    rawipc_map map;
    rawipc_ring_producer producer;
    rawipc_ring_consumer consumer;
    rawipc_seqpacket seqpacket, child_seqpacket;
    rawipc_datagram datagram, child_datagram;
    or_leave(rawipc_pipe_packet_pair(&from_pipe, &to_pipe, NULL));
    or_leave(rawipc_pipe_packet_pair(&requests, &to_server, NULL));
    or_leave(rawipc_pipe_packet_pair(&replies, &to_client, NULL));
    or_leave(rawipc_map_anonymous(&map, 4096, NULL));
    or_leave(rawipc_ring_pair(&producer, &consumer, 4096, NULL));
    or_leave(rawipc_stream_pair(&stream, &child_stream, NULL));
    or_leave(rawipc_seqpacket_pair(&seqpacket, &child_seqpacket, NULL));
    or_leave(rawipc_datagram_pair(&datagram, &child_datagram, NULL));
    or_leave(rawipc_fifo_ensure(fifo, NULL));
    int from_fifo = (int)or_leave(rawipc_fifo_open_receiver(fifo, NULL));

    /* Without CLONE_VM and without a stack of its own, the child has a copy of everything. */
    long child = or_leave(call(SYS_clone, SIGCHLD, 0, 0, 0));
    if (child == 0) {
        or_leave(rawipc_pipe_try_send(to_pipe, TEXT("pipe: from the child\n"), NULL));
        int to_fifo = (int)or_leave(rawipc_fifo_open_sender(fifo, NULL, NULL));
        or_leave(rawipc_pipe_try_send(to_fifo, TEXT("fifo: from the child\n"), NULL));
        or_leave(rawipc_map_write(&map, 0, TEXT("map: from the child\n"), NULL));
        or_leave(rawipc_ring_try_send(&producer, TEXT("ring: from the child\n"), NULL));
        or_leave(rawipc_stream_try_write(child_stream, TEXT("stream: from the child\n"), NULL));
        or_leave(rawipc_seqpacket_try_send(&child_seqpacket, TEXT("seqpacket: from the child\n"), NULL));
        or_leave(rawipc_datagram_try_send(&child_datagram, TEXT("datagram: from the child\n"), NULL));
        serve(requests, to_client);
    }

    if (ask(replies, to_server) != 5)
        leave(1);
    say(TEXT("call: 2 + 3 = 5\n"));
    char buf[RAWIPC_SEQPACKET_LIMIT]; /* what a socket's message can be at most */
    say(buf, or_leave(rawipc_pipe_try_recv(from_pipe, buf, sizeof buf, NULL)));
    say(buf, or_leave(rawipc_pipe_try_recv(from_fifo, buf, sizeof buf, NULL)));
    or_leave(rawipc_map_read(&map, 0, buf, sizeof "map: from the child\n" - 1, NULL));
    say(buf, sizeof "map: from the child\n" - 1);
    say(buf, or_leave(rawipc_ring_try_recv(&consumer, buf, sizeof buf, NULL)));
    say(buf, or_leave(rawipc_stream_try_read(stream, buf, sizeof buf, NULL)));
    say(buf, or_leave(rawipc_seqpacket_try_recv(&seqpacket, buf, sizeof buf, NULL)));
    say(buf, or_leave(rawipc_datagram_try_recv(&datagram, buf, sizeof buf, NULL)));
    or_leave(rawipc_fifo_remove(fifo, NULL));
    int status = 1;
    call(SYS_wait4, child, (long)&status, 0, 0);
    leave(status != 0);
}
