/* Valid arguments, made anew for each case in its own process.
 *
 * An argument that is no pointer comes from `valid__FUNCTION__PARAMETER()` or, for all functions that name it so,
 * `valid__PARAMETER()`. What a handle or a struct of type rawipc_thing holds is put there by
 * `valid__FUNCTION__PARAMETER(rawipc_thing *)` or `valid__rawipc_thing(rawipc_thing *)`. Paths come from
 * `valid__path()` and are relative to a directory of the case's own user. Nothing made here blocks: there is something
 * to read, and room to write. */

static int made(int result)
{
    if (result < 0) {
        fprintf(stderr, "%s: a valid argument: %d\n", this_case->function, result);
        _exit(5);
    }
    return result;
}

/* Buffers and their lengths. */

static size_t valid__len(void) { return 5; }
static size_t valid__head_len(void) { return 2; }
static size_t valid__body_len(void) { return 3; }

/* error, wait */

static void valid__rawipc_error(rawipc_error *error)
{
    *error = (rawipc_error){ .code = EAGAIN };
}

static void valid__rawipc_wait(rawipc_wait *wait)
{
    *wait = (rawipc_wait){ sizeof *wait, RAWIPC_WAIT_AT_MOST, 1000000, NULL };
}

static void valid__rawipc_poll_fd(rawipc_poll_fd *fd)
{
    int end, other;
    made(rawipc_pipe_pair(&other, &end, NULL));
    for (int i = 0; i < 5; i++)
        fd[i] = (rawipc_poll_fd){ end, RAWIPC_EVENT_WRITABLE, 0 };
}

/* fd */

static int valid__fd(void) { return made(open(".", O_RDONLY)); }
static int valid__stdio(void) { return 0; }
static int valid__dir(void) { return AT_FDCWD; }

/* pipe */

static int ends[2];

static void pipe_of(int flags)
{
    made(pipe2(ends, flags | O_NONBLOCK | O_CLOEXEC));
    made((int)write(ends[1], "hello", 5));
}

static int valid__read_end(void) { pipe_of(0); return ends[0]; }
static int valid__write_end(void) { pipe_of(0); return ends[1]; }
static int valid__receiver(void) { pipe_of(O_DIRECT); return ends[0]; }
static int valid__sender(void) { pipe_of(O_DIRECT); return ends[1]; }
static int valid__end(void) { return valid__read_end(); }
static size_t valid__bytes(void) { return 65536; }

static int valid__rawipc_pipe_attach_read_end__fd(void) { return valid__read_end(); }
static int valid__rawipc_pipe_attach_write_end__fd(void) { return valid__write_end(); }
static int valid__rawipc_pipe_attach_receiver__fd(void) { return valid__receiver(); }
static int valid__rawipc_pipe_attach_sender__fd(void) { return valid__sender(); }
static size_t valid__rawipc_pipe_recv__len(void) { return RAWIPC_PIPE_BUF; }
static size_t valid__rawipc_pipe_try_recv__len(void) { return RAWIPC_PIPE_BUF; }

/* fifo */

static uint32_t valid__mode(void) { return 0600; }
static int64_t valid__owner(void) { return RAWIPC_FIFO_MINE; }

static const char *new_path(void) { unlink("new"); return "new"; }

/* A FIFO that somebody has open at both ends, with something in it. */
static const char *fifo_path(void)
{
    unlink("fifo");
    made(mkfifo("fifo", 0600));
    made(open("fifo", O_RDWR | O_NONBLOCK));
    return "fifo";
}

static const char *valid__path(void)
{
    const char *verb = this_case->function + strlen("rawipc_fifo_");
    return strncmp(verb, "create", 6) == 0 ? new_path() : fifo_path();
}

/* socket: addresses */

static const char *valid__rawipc_address_path__path(void) { return "a.sock"; }

/* A name that nobody else has. */
static void name_of(rawipc_address *address)
{
    static int count;
    char name[64];
    int len = snprintf(name, sizeof name, "misuse %d %d", (int)getpid(), count++);
    made(rawipc_address_abstract_name(address, name, (size_t)len, NULL));
}

/* With a socket of this type behind it. */
static int bound(rawipc_address *address, int type)
{
    name_of(address);
    int fd = made(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    made(bind(fd, (struct sockaddr *)address, address->len));
    if (type != SOCK_DGRAM)
        made(listen(fd, 5));
    return fd;
}

static void valid__rawipc_address(rawipc_address *address)
{
    if (strstr(this_case->function, "_bind"))
        name_of(address);
    else
        bound(address, strstr(this_case->function, "_datagram_") ? SOCK_DGRAM
                       : strstr(this_case->function, "_seqpacket_") ? SOCK_SEQPACKET : SOCK_STREAM);
}

/* socket: streams, and any */

/* One of two, with something to read. */
static int one_of_two(int type)
{
    int pair[2];
    made(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
    made((int)write(pair[1], "hello", 5));
    return pair[0];
}

static int valid__stream(void) { return one_of_two(SOCK_STREAM); }
static int valid__socket(void) { return one_of_two(SOCK_STREAM); }
static int valid__rawipc_stream_attach__fd(void) { return one_of_two(SOCK_STREAM); }
static int valid__rawipc_seqpacket_attach__fd(void) { return one_of_two(SOCK_SEQPACKET); }
static int valid__rawipc_datagram_attach__fd(void) { return one_of_two(SOCK_DGRAM); }

/* socket: handles */

static void valid__rawipc_seqpacket(rawipc_seqpacket *socket)
{
    made(rawipc_seqpacket_attach(socket, one_of_two(SOCK_SEQPACKET), NULL));
}

static void valid__rawipc_datagram(rawipc_datagram *socket)
{
    made(rawipc_datagram_attach(socket, one_of_two(SOCK_DGRAM), NULL));
}

static uint32_t valid__kind(void) { return RAWIPC_LISTENER_STREAM; }

static void valid__rawipc_listener_options(rawipc_listener_options *options)
{
    *options = (rawipc_listener_options){ sizeof *options, RAWIPC_LISTENER_MODE | RAWIPC_LISTENER_BACKLOG, 0600, 5 };
}

/* With somebody to accept. */
static void valid__rawipc_listener(rawipc_listener *listener)
{
    rawipc_address address;
    name_of(&address);
    int streams = !strstr(this_case->function, "seqpacket") && !strstr(this_case->function, "credentials");
    uint32_t kind = streams ? RAWIPC_LISTENER_STREAM : RAWIPC_LISTENER_SEQPACKET;
    made(rawipc_listener_bind(listener, kind, &address, NULL, NULL));
    int client = made(socket(AF_UNIX, streams ? SOCK_STREAM : SOCK_SEQPACKET, 0));
    made(connect(client, (struct sockaddr *)&address, address.len));
}

static void valid__rawipc_credentials(rawipc_credentials *credentials)
{
    *credentials = (rawipc_credentials){ getpid(), getuid(), getgid() };
}

/* socket: descriptors that travel */

static size_t valid__at(void) { return 0; }
static size_t valid__rawipc_fd_refs_new__len(void) { return RAWIPC_FDS_HEAD + 5; }
static size_t valid__rawipc_fd_slots_new__len(void) { return RAWIPC_FDS_HEAD + 5; }

static void valid__rawipc_fd_refs(rawipc_fd_refs *refs)
{
    static unsigned char room[RAWIPC_FDS_HEAD + 2 * sizeof(int)];
    made(rawipc_fd_refs_new(refs, room, sizeof room, NULL));
    made(rawipc_fd_refs_push(refs, 2, NULL));
}

/* Empty where something is to come, or else with what came. */
static void valid__rawipc_fd_slots(rawipc_fd_slots *slots)
{
    static unsigned char room[RAWIPC_FDS_HEAD + 2 * sizeof(int)];
    static rawipc_seqpacket from, to;
    rawipc_fd_refs refs;
    char buf[8];
    made(rawipc_fd_slots_new(slots, room, sizeof room, NULL));
    if (strstr(this_case->function, "_with_fds"))
        return;
    valid__rawipc_fd_refs(&refs);
    made(rawipc_seqpacket_pair(&from, &to, NULL));
    made(rawipc_seqpacket_pass_credentials(&to, NULL));
    made(rawipc_seqpacket_send_with_fds(&from, "hello", 5, &refs, NULL, NULL));
    made((int)rawipc_seqpacket_recv_with_fds(&to, buf, sizeof buf, slots, NULL, NULL));
}

/* frame */

static uint32_t valid__over(void) { return RAWIPC_FRAME_PIPE; }
static size_t valid__limit(void) { return 100; }
static size_t valid__send_limit(void) { return 100; }
static int valid__rawipc_frame_sender_sole__stream(void) { return valid__write_end(); }
static int valid__rawipc_frame_sender_shared__stream(void) { return valid__write_end(); }
static int valid__rawipc_frame_receiver_new__stream(void) { return valid__read_end(); }

static void valid__rawipc_frame_sender(rawipc_frame_sender *sender)
{
    pipe_of(0);
    made(rawipc_frame_sender_sole(sender, RAWIPC_FRAME_PIPE, ends[1], 100, NULL));
}

static const char frame[] = "\5\0\0\0hello\5\0\0\0again";

static void valid__rawipc_frame_receiver(rawipc_frame_receiver *receiver)
{
    static char buf[100];
    made(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    made((int)write(ends[1], frame, sizeof frame - 1));
    made(rawipc_frame_receiver_new(receiver, RAWIPC_FRAME_PIPE, ends[0], buf, sizeof buf, NULL));
}

static void valid__rawipc_framed(rawipc_framed *framed)
{
    static char buf[100];
    made(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
    made((int)write(ends[1], frame, sizeof frame - 1));
    made(rawipc_framed_new(framed, ends[0], buf, sizeof buf, 100, NULL));
}

/* rpc */

static int valid__value(void) { return 1; }
static uint32_t valid__method(void) { return 1; }
static uint32_t valid__failure(void) { return 1; }
static size_t valid__rawipc_rpc_client_new__len(void) { return RAWIPC_PIPE_BUF; }
static size_t valid__rawipc_rpc_server_new__inbox_len(void) { return RAWIPC_PIPE_BUF; }
static size_t valid__rawipc_rpc_server_new__outbox_len(void) { return 100; }

static void valid__rawipc_packer(rawipc_packer *packer)
{
    static char buf[100];
    made(rawipc_packer_new(packer, buf, sizeof buf, NULL));
    made(rawipc_packer_u32(packer, 1, NULL));
}

/* Two, as bytes or text; or an integer, or a bool. */
static void valid__rawipc_unpacker(rawipc_unpacker *unpacker)
{
    int is_bool = strstr(this_case->function, "_bool") != NULL;
    made(rawipc_unpacker_new(unpacker, is_bool ? "\1" : "\2\0\0\0hi\0", is_bool ? 1 : 8, NULL));
}

static void valid__rawipc_unpacker_finish__unpacker(rawipc_unpacker *unpacker)
{
    made(rawipc_unpacker_new(unpacker, "", 0, NULL));
}

/* A request or a reply waits, and each fits the other: number 1, method or status 0. */
static void valid__rawipc_rpc_channel(rawipc_rpc_channel *channel)
{
    int in[2], out[2];
    made(pipe2(in, O_NONBLOCK | O_CLOEXEC | O_DIRECT));
    made(pipe2(out, O_NONBLOCK | O_CLOEXEC | O_DIRECT));
    made((int)write(in[1], "\1\0\0\0\0\0\0\0", 8));
    made(rawipc_rpc_channel_pipes(channel, in[0], out[1], NULL));
}

static void valid__rawipc_rpc_client(rawipc_rpc_client *client)
{
    static char buf[RAWIPC_PIPE_BUF];
    rawipc_rpc_channel channel;
    valid__rawipc_rpc_channel(&channel);
    made(rawipc_rpc_client_new(client, &channel, buf, sizeof buf, NULL));
}

/* With a request to be answered, where it is. */
static void valid__rawipc_rpc_server(rawipc_rpc_server *server)
{
    static char inbox[RAWIPC_PIPE_BUF], outbox[100];
    rawipc_rpc_channel channel;
    valid__rawipc_rpc_channel(&channel);
    made(rawipc_rpc_server_new(server, &channel, inbox, sizeof inbox, outbox, sizeof outbox, NULL));
    uint32_t method;
    rawipc_unpacker args;
    if (!strstr(this_case->function, "next"))
        made(rawipc_rpc_server_next(server, &method, &args, NULL, NULL));
}
