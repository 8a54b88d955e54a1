/* The operations of tests/instructions/bare.c through the C library. */
#include <rawipc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OP __attribute__((noinline, noclone))

OP int op_pipe_send(int fd, const void *msg, size_t n) { return rawipc_pipe_send(fd, msg, n, NULL, NULL); }
OP ssize_t op_pipe_recv(int fd, void *buf, size_t n) { return rawipc_pipe_recv(fd, buf, n, NULL, NULL); }
OP int op_fifo_send(int fd, const void *msg, size_t n) { return rawipc_pipe_send(fd, msg, n, NULL, NULL); }
OP ssize_t op_fifo_recv(int fd, void *buf, size_t n) { return rawipc_pipe_recv(fd, buf, n, NULL, NULL); }
OP ssize_t op_stream_send(int fd, const void *msg, size_t n) { return rawipc_stream_write(fd, msg, n, NULL, NULL); }
OP ssize_t op_stream_recv(int fd, void *buf, size_t n) { return rawipc_stream_read(fd, buf, n, NULL, NULL); }
OP int op_seqpacket_send(rawipc_seqpacket *s, const void *msg, size_t n) { return rawipc_seqpacket_send(s, msg, n, NULL, NULL); }
OP ssize_t op_seqpacket_recv(rawipc_seqpacket *s, void *buf, size_t n) { return rawipc_seqpacket_recv(s, buf, n, NULL, NULL); }
OP int op_datagram_send(rawipc_datagram *s, const void *msg, size_t n) { return rawipc_datagram_send(s, msg, n, NULL, NULL); }
OP ssize_t op_datagram_recv(rawipc_datagram *s, void *buf, size_t n) { return rawipc_datagram_recv(s, buf, n, NULL, NULL); }
OP int op_ring_send(rawipc_ring_producer *p, const void *msg, size_t n) { return rawipc_ring_send(p, msg, n, NULL, NULL); }
OP ssize_t op_ring_recv(rawipc_ring_consumer *c, void *buf, size_t n) { return rawipc_ring_recv(c, buf, n, NULL, NULL); }

/* The known-bad twin: a sender that adds up what it sends. */
OP int op_twin_send(int fd, const void *msg, size_t n)
{
    volatile unsigned char sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (unsigned char)(sum + ((const unsigned char *)msg)[i]);
    return rawipc_pipe_send(fd, msg, n, NULL, NULL);
}

static void check(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    check(argc == 3, "through TIMES FIFO");
    long times = atol(argv[1]);
    int receiver, sender, stream[2];
    rawipc_seqpacket seqpacket[2];
    rawipc_datagram datagram[2];
    rawipc_ring_producer producer;
    rawipc_ring_consumer consumer;
    check(rawipc_pipe_packet_pair(&receiver, &sender, NULL) == 0, "pipe");
    check(rawipc_fifo_create(argv[2], NULL) == 0, "fifo");
    int from = rawipc_fifo_open_receiver(argv[2], NULL), to = rawipc_fifo_open_sender(argv[2], NULL, NULL);
    check(from >= 0 && to >= 0 && rawipc_fifo_remove(argv[2], NULL) == 0, "fifo");
    check(rawipc_stream_pair(&stream[0], &stream[1], NULL) == 0, "stream");
    check(rawipc_seqpacket_pair(&seqpacket[0], &seqpacket[1], NULL) == 0, "seqpacket");
    check(rawipc_datagram_pair(&datagram[0], &datagram[1], NULL) == 0, "datagram");
    check(rawipc_ring_pair(&producer, &consumer, 65536, NULL) == 0, "ring");

    static char msg[64] = "as many bytes as a cache line has", buf[65536];
    for (long i = 0; i < times; i++) {
        check(op_pipe_send(sender, msg, 64) == 0 && op_pipe_recv(receiver, buf, 4096) == 64, "pipe");
        check(op_twin_send(sender, msg, 64) == 0 && rawipc_pipe_recv(receiver, buf, 4096, NULL, NULL) == 64, "twin");
        check(op_fifo_send(to, msg, 64) == 0 && op_fifo_recv(from, buf, 4096) == 64, "fifo");
        check(op_stream_send(stream[0], msg, 64) == 64 && op_stream_recv(stream[1], buf, 65536) == 64, "stream");
        check(op_seqpacket_send(&seqpacket[0], msg, 64) == 0, "seqpacket");
        check(op_seqpacket_recv(&seqpacket[1], buf, 65536) == 64, "seqpacket");
        check(op_datagram_send(&datagram[0], msg, 64) == 0, "datagram");
        check(op_datagram_recv(&datagram[1], buf, 65536) == 64, "datagram");
        check(op_ring_send(&producer, msg, 64) == 0 && op_ring_recv(&consumer, buf, 65536) == 64, "ring");
    }
    return 0;
}
