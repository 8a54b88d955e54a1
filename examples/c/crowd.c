/*
 * One task that serves many: each client says a word, and hears how many have spoken before it. One client too many is
 * refused, and one that says nothing is shown the door.
 *
 *     cc crowd.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <rawipc.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEATS = 3, SPEAKERS = 2 };

static rawipc_error error;

/* What the server keeps of each client, at the number of its seat. */
static rawipc_seqpacket sockets[SEATS];
static rawipc_crowd_seat seats[SEATS];

static int failed(const char *what)
{
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(&error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

static void let_go(rawipc_crowd *crowd, const rawipc_crowd_member *member)
{
    if (rawipc_crowd_remove(crowd, member, NULL) >= 0)
        rawipc_seqpacket_close(&sockets[member->index], NULL);
}

static int answer(rawipc_crowd *crowd, const rawipc_crowd_member *member, int spoken)
{
    rawipc_seqpacket *socket = &sockets[member->index];
    char word[32], text[64];
    ssize_t len = rawipc_seqpacket_try_recv(socket, word, sizeof word, &error);
    if (len == -EAGAIN)
        return 0;
    int n = snprintf(text, sizeof text, "%d before you", spoken);
    if (len > 0 && rawipc_seqpacket_try_send(socket, text, (size_t)n, &error) == 0) {
        rawipc_crowd_start_clock(crowd, member, NULL);
        return 1;
    }
    let_go(crowd, member); /* gone, hostile, or too slow for us */
    return 0;
}

/* Until nobody is left. */
static int serve(rawipc_listener *listener)
{
    rawipc_crowd crowd;
    /* Whoever says nothing for a tenth of a second is late. */
    if (rawipc_crowd_new(&crowd, listener, seats, SEATS, 100000000, &error) < 0)
        return failed("crowd");
    int spoken = 0, refused = 0, late = 0, wrong = 0;
    do {
        rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 5000000000, NULL };
        rawipc_crowd_event event;
        rawipc_crowd_member member;
        if (rawipc_crowd_next(&crowd, &event, &wait, &error) < 0) {
            wrong = failed("next");
            break;
        }
        switch (event.kind) {
        case RAWIPC_CROWD_ARRIVED:
            if (rawipc_crowd_admit(&crowd, event.fd, RAWIPC_EVENT_READABLE, RAWIPC_TRIGGER_LEVEL, &member, &error) < 0)
                close(event.fd);
            else
                rawipc_seqpacket_assume(&sockets[member.index], event.fd, NULL);
            break;
        case RAWIPC_CROWD_READY:
            spoken += answer(&crowd, &event.member, spoken);
            break;
        case RAWIPC_CROWD_LATE:
            late++;
            let_go(&crowd, &event.member);
            break;
        case RAWIPC_CROWD_REFUSED:
            refused++;
            break;
        }
    } while (refused == 0 || rawipc_crowd_len(&crowd, NULL) > 0);
    rawipc_crowd_close(&crowd, NULL);
    printf("%d have spoken, %d refused, %s late\n", spoken, refused, late > 0 ? "somebody was" : "nobody was");
    return wrong;
}

static int client(const rawipc_address *address)
{
    rawipc_seqpacket socket[SEATS + 1];
    for (int i = 0; i < SEATS + 1; i++)
        if (rawipc_seqpacket_connect(&socket[i], address, NULL, &error) < 0)
            return failed("connect");
    for (int i = 0; i < SPEAKERS; i++) {
        char text[64];
        ssize_t len = -1;
        if (rawipc_seqpacket_send(&socket[i], "word", 4, NULL, &error) < 0
            || (len = rawipc_seqpacket_recv(&socket[i], text, sizeof text, NULL, &error)) <= 0)
            return failed("speak");
        printf("%.*s\n", (int)len, text);
    }
    fflush(stdout);
    /* The others say nothing until they are sent away. */
    char nothing[8];
    for (int i = SPEAKERS; i < SEATS + 1; i++)
        if (rawipc_seqpacket_recv(&socket[i], nothing, sizeof nothing, NULL, &error) != 0)
            return 1;
    return 0;
}

int main(void)
{
    rawipc_address address;
    rawipc_listener listener;
    char name[64];
    int len = snprintf(name, sizeof name, "crowd %ld", (long)getpid());
    if (rawipc_address_abstract_name(&address, name, (size_t)len, &error) < 0
        || rawipc_listener_bind(&listener, RAWIPC_LISTENER_SEQPACKET, &address, NULL, &error) < 0)
        return failed("bind");
    pid_t pid = fork();
    if (pid == 0) {
        rawipc_listener_close(&listener, NULL);
        _exit(client(&address));
    }
    int wrong = pid < 0 || serve(&listener);
    int status;
    return pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || wrong;
}

// prints: 0 before you
// prints: 1 before you
// prints: 2 have spoken, 1 refused, somebody was late
