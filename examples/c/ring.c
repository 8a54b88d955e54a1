/*
 * A ring between a parent and its child: whole messages in shared memory, no syscall while both are awake.
 *
 *     cc ring.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 100000 };

static int produce(rawipc_ring_producer *producer)
{
    for (uint32_t i = 0; i < MESSAGES; i++) {
        if (rawipc_ring_send(producer, &i, sizeof i, NULL, NULL) < 0)
            return 1;
    }
    return 0;
}

int main(void)
{
    rawipc_error error;
    rawipc_ring_producer producer;
    rawipc_ring_consumer consumer;
    /* Two seconds for any one message. */
    rawipc_wait wait_for = { sizeof wait_for, RAWIPC_WAIT_AT_MOST, 2000000000, NULL };
    uint64_t sum = 0;
    uint32_t number, received = 0;
    ssize_t len;
    int status;

    if (rawipc_ring_pair(&producer, &consumer, 1 << 16, &error) < 0) {
        fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
        return 1;
    }
    if (fork() == 0) {
        rawipc_ring_consumer_close(&consumer, NULL);
        _exit(produce(&producer));
    }
    rawipc_ring_producer_close(&producer, NULL);

    /* 0 is the end: the child is gone, and all that it sent has come. */
    while ((len = rawipc_ring_recv(&consumer, &number, sizeof number, &wait_for, &error)) > 0) {
        sum += number;
        received++;
    }
    if (len < 0) {
        fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
        return 1;
    }
    rawipc_ring_consumer_close(&consumer, NULL);
    wait(&status);
    printf("%u messages, sum %llu\n", (unsigned)received, (unsigned long long)sum);
    return received != MESSAGES || status != 0;
}

// prints: 100000 messages, sum 4999950000
