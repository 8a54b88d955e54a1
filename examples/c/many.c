/*
 * Many children and one reader: a ring each, and whose a message is. No child can do anything to another's ring.
 *
 *     cc many.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 20, MESSAGES = 1000 };

static rawipc_error error;

static int failed(void)
{
    fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
    return 1;
}

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
    static rawipc_ring_slot slots[CHILDREN];
    /* Two seconds for any one message. */
    rawipc_wait wait_for = { sizeof wait_for, RAWIPC_WAIT_AT_MOST, 2000000000, NULL };
    rawipc_ring_many many;
    rawipc_ring_received received;
    uint32_t number, next[CHILDREN] = { 0 };
    unsigned in_order = 0, ends = 0;
    int status;

    if (rawipc_ring_many_new(&many, slots, CHILDREN, &error) < 0)
        return failed();
    for (int i = 0; i < CHILDREN; i++) {
        rawipc_ring_producer producer;
        rawipc_ring_consumer consumer;
        if (rawipc_ring_pair(&producer, &consumer, 1 << 14, &error) < 0)
            return failed();
        if (fork() == 0) {
            /* Or the parent would not hear of the end of those before. */
            rawipc_ring_many_close(&many, NULL);
            rawipc_ring_consumer_close(&consumer, NULL);
            _exit(produce(&producer));
        }
        rawipc_ring_producer_close(&producer, NULL);
        if (rawipc_ring_many_admit(&many, &consumer, &error) < 0)
            return failed();
    }

    /* -ENOTCONN: nobody is left. */
    while (rawipc_ring_many_len(&many, NULL) > 0) {
        if (rawipc_ring_many_recv(&many, &received, &number, sizeof number, &wait_for, &error) < 0)
            return failed();
        if (received.kind == RAWIPC_RING_MESSAGE)
            in_order += number == next[received.from]++;
        else if (received.kind == RAWIPC_RING_END)
            ends++;
        else
            return 1;
    }
    rawipc_ring_many_close(&many, NULL);
    while (wait(&status) > 0) {
        if (status != 0)
            return 1;
    }
    printf("%u messages in order, %u ends\n", in_order, ends);
    return 0;
}

// prints: 20000 messages in order, 20 ends
