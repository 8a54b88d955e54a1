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

/* memory */

static size_t valid__offset(void) { return 0; }
static const char *valid__name(void) { return "name"; }

static size_t valid__rawipc_map_anonymous__len(void) { return 65536; }
static size_t valid__rawipc_memfd_create__len(void) { return 65536; }
static size_t valid__rawipc_file_create__len(void) { return 65536; }

static void valid__rawipc_map(rawipc_map *map) { made(rawipc_map_anonymous(map, 4096, NULL)); }
static void valid__rawipc_memfd(rawipc_memfd *memfd) { made(rawipc_memfd_create(memfd, "valid", 4096, NULL)); }

static void valid__rawipc_read_only_map(rawipc_read_only_map *map)
{
    static rawipc_memfd memfd;
    valid__rawipc_memfd(&memfd);
    made(rawipc_memfd_map_read_only(&memfd, map, NULL));
}

static int valid__rawipc_memfd_attach__fd(void)
{
    static rawipc_memfd memfd;
    valid__rawipc_memfd(&memfd);
    return made(rawipc_memfd_into_fd(&memfd, NULL));
}

static void valid__rawipc_file(rawipc_file *file)
{
    unlink("file");
    made(rawipc_file_create(file, "file", 4096, NULL));
}

static const char *valid__rawipc_file_create__path(void) { unlink("file"); return "file"; }

static const char *file_path(void)
{
    static rawipc_file file;
    valid__rawipc_file(&file);
    return "file";
}

static const char *valid__rawipc_file_open__path(void) { return file_path(); }
static const char *valid__rawipc_file_remove__path(void) { return file_path(); }

/* ring */

static rawipc_ring_producer producer;
static rawipc_ring_consumer consumer;

static size_t valid__capacity(void) { return 4096; }
static uint32_t valid__pauses(void) { return 3; }
static uint32_t valid__yields(void) { return 3; }

/* Its other end stays open. */
static void valid__rawipc_ring_producer(rawipc_ring_producer *to)
{
    made(rawipc_ring_pair(to, &consumer, 4096, NULL));
}

static void valid__rawipc_ring_consumer(rawipc_ring_consumer *to)
{
    made(rawipc_ring_pair(&producer, to, 4096, NULL));
    made(rawipc_ring_send(&producer, "hello", 5, NULL, NULL));
}

/* What the other side of a ring may do to its own region: a word of each that is called so. */
static void overwrite(const char *name, unsigned long offset, uint32_t word)
{
    char line[512];
    unsigned long start, end;
    FILE *maps = fopen("/proc/self/maps", "r");
    made(maps == NULL ? -1 : 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        /* Not what is mapped of it a second time. */
        if (strstr(line, name) && strstr(line, " rw-s 00000000 ") && sscanf(line, "%lx-%lx", &start, &end) == 2
            && end - start > offset)
            *(volatile uint32_t *)(start + offset) = word;
    }
    fclose(maps);
}

static void valid__rawipc_ring_producer_corruption__producer(rawipc_ring_producer *to)
{
    static char large[2000];
    valid__rawipc_ring_producer(to);
    overwrite("rawipc-consumer", 128, 3);
    while (rawipc_ring_try_send(to, large, sizeof large, NULL) >= 0)
        continue;
}

static void valid__rawipc_ring_consumer_corruption__consumer(rawipc_ring_consumer *to)
{
    made(rawipc_ring_pair(&producer, to, 4096, NULL));
    overwrite("rawipc-producer", 4100, UINT32_MAX);
    overwrite("rawipc-producer", 4096, 0xb5d39ce1);
    made(rawipc_ring_try_recv(to, NULL, 0, NULL) == -EBADMSG ? 0 : -1);
}

static void valid__rawipc_ring_slot(rawipc_ring_slot *slots) { (void)slots; }

/* With a message in the ring in its first slot. */
static void valid__rawipc_ring_many(rawipc_ring_many *many)
{
    static rawipc_ring_slot slots[4];
    rawipc_ring_consumer first;
    made(rawipc_ring_pair(&producer, &first, 4096, NULL));
    made(rawipc_ring_send(&producer, "hello", 5, NULL, NULL));
    made(rawipc_ring_many_new(many, slots, 4, NULL));
    made((int)rawipc_ring_many_admit(many, &first, NULL));
}

static void valid__rawipc_ring_many_corruption__many(rawipc_ring_many *many)
{
    rawipc_ring_received received;
    valid__rawipc_ring_many(many);
    overwrite("rawipc-producer", 4100, UINT32_MAX);
    overwrite("rawipc-producer", 4096, 0xb5d39ce1);
    made(rawipc_ring_many_try_recv(many, &received, NULL, 0, NULL));
}

/* ring: what was reserved, what was read, and batches */

static size_t valid__size(void) { return 5; }
static size_t valid__rawipc_ring_copy__offset(void) { return 0; }
static size_t valid__rawipc_ring_copy__len(void) { return 5; }

static void reserved(rawipc_ring_producer *to)
{
    void *at;
    valid__rawipc_ring_producer(to);
    made(rawipc_ring_reserve(to, &at, 8, NULL, NULL));
}

static void valid__rawipc_ring_commit__producer(rawipc_ring_producer *to) { reserved(to); }
static void valid__rawipc_ring_abandon__producer(rawipc_ring_producer *to) { reserved(to); }

static void is_read(rawipc_ring_consumer *to)
{
    const void *at;
    valid__rawipc_ring_consumer(to);
    made((int)rawipc_ring_read(to, &at, NULL, NULL));
}

static void valid__rawipc_ring_copy__consumer(rawipc_ring_consumer *to) { is_read(to); }
static void valid__rawipc_ring_done__consumer(rawipc_ring_consumer *to) { is_read(to); }

static void valid__rawipc_ring_message(rawipc_ring_message *msgs)
{
    msgs[0] = (rawipc_ring_message){ "hello", 5 };
}

/* A socket at whose other end a stranger has said who it is and passed what it brings: what it does, and with what. */
static int stranger(int role)
{
    static const char name[] = "rawring\2";
    int sockets[2], line[2], fds[5], n = 0;
    unsigned char hello[16] = { 0 };
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof fds)]; } control;
    struct iovec part = { hello, sizeof hello };
    struct msghdr message = { 0 };

    memcpy(hello, name, 8);
    hello[8] = (unsigned char)role;
    hello[10] = 12;
    hello[11] = role & 1 ? 12 : 0;
    for (int does = 1; does <= 2; does++) {
        if (!(role & does))
            continue;
        fds[n] = made(memfd_create("theirs", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        made(fallocate(fds[n], 0, 0, does == 1 ? 8192 : 4096));
        made(fcntl(fds[n++], F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | 0x10 /* F_SEAL_FUTURE_WRITE */));
        fds[n++] = made(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
        if (does == 1) {
            made(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line));
            fds[n++] = line[0];
        }
    }
    made(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
    memset(&control, 0, sizeof control);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
    CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
    CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
    CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), fds, (size_t)n * sizeof(int));
    made((int)sendmsg(sockets[1], &message, MSG_NOSIGNAL));
    return sockets[0];
}

static int valid__rawipc_ring_meet__socket(void) { return stranger(3); }
static int valid__rawipc_ring_producer_meet__socket(void) { return stranger(2); }
static int valid__rawipc_ring_consumer_meet__socket(void) { return stranger(1); }

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
    if (strstr(this_case->function, "_bind") || strstr(this_case->function, "_take_over"))
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

/* proc */

static int32_t valid__pid(void) { return getpid(); }
static int valid__process(void) { return made(rawipc_proc_own(NULL)); }
static int valid__rawipc_proc_fdinfo__fd(void) { return 1; }
static uint32_t valid__link(void) { return RAWIPC_PROC_EXE; }
static size_t valid__rawipc_proc_table_open__len(void) { return 256; }
static size_t valid__rawipc_proc_table_next__len(void) { return RAWIPC_PROC_LINK_MAX; }
static size_t valid__rawipc_proc_link__len(void) { return RAWIPC_PROC_LINK_MAX; }

static void valid__rawipc_proc_table(rawipc_proc_table *table)
{
    static unsigned char names[256];
    made(rawipc_proc_table_open(table, valid__process(), names, sizeof names, NULL));
}

/* seccomp */

static size_t valid__index(void) { return 0; }
static const char *valid__rawipc_seccomp_add__name(void) { return "RING_CONSUMER"; }
static const char *valid__call(void) { return "read"; }
static int valid__command(void) { return F_GETFL; }
static uint32_t valid__action(void) { return RAWIPC_SECCOMP_ERRNO; }
static int valid__code(void) { return EPERM; }
static size_t valid__count(void) { return 1; }
static size_t valid__rawipc_seccomp_filter_make__len(void) { return 64; }
static size_t valid__rawipc_seccomp_name__len(void) { return 32; }

static void valid__rawipc_seccomp_list(rawipc_seccomp_list *list) { made(rawipc_seccomp_add(list, "FD", NULL)); }
static void valid__rawipc_seccomp_instruction(rawipc_seccomp_instruction *instructions) { (void)instructions; }

static void valid__rawipc_seccomp_filter(rawipc_seccomp_filter *filter)
{
    static rawipc_seccomp_instruction room[RAWIPC_SECCOMP_ROOM];
    static const uint32_t own[] = { SYS_exit_group, SYS_brk, SYS_write };
    rawipc_seccomp_list list = { { 0 } };
    valid__rawipc_seccomp_list(&list);
    made((int)rawipc_seccomp_filter_make(filter, &list, own, 3, RAWIPC_SECCOMP_ERRNO, EPERM, room, RAWIPC_SECCOMP_ROOM, NULL));
}

/* wait: a set, in which a pipe is ready */

static uint32_t valid__events(void) { return RAWIPC_EVENT_READABLE; }
static uint32_t valid__trigger(void) { return RAWIPC_TRIGGER_LEVEL; }
static uint64_t valid__token(void) { return 7; }
static void valid__rawipc_ready(rawipc_ready *ready) { (void)ready; }
static int valid__rawipc_epoll_add__fd(void) { return valid__write_end(); }

static int valid__set(void)
{
    int set = made(rawipc_epoll_create(NULL));
    made(rawipc_epoll_add(set, valid__read_end(), RAWIPC_EVENT_READABLE, RAWIPC_TRIGGER_LEVEL, 7, NULL));
    return set;
}

/* The one that is in the set, which was made before. */
static int valid__rawipc_epoll_change__fd(void) { return ends[0]; }
static int valid__rawipc_epoll_remove__fd(void) { return ends[0]; }

/* socket: paths, and what lies there */

static const char *socket_path(void)
{
    unlink("socket");
    unlink("socket.lock");
    return "socket";
}

/* A listener at a path, where somebody waits to be accepted. */
static void listen_at_path(rawipc_listener *listener, uint32_t kind)
{
    rawipc_address address;
    made(rawipc_address_path(&address, socket_path(), NULL));
    made(rawipc_listener_bind(listener, kind, &address, NULL, NULL));
    int client = made(socket(AF_UNIX, kind == RAWIPC_LISTENER_STREAM ? SOCK_STREAM : SOCK_SEQPACKET, 0));
    made(connect(client, (struct sockaddr *)&address, address.len));
}

static const char *listening_path(uint32_t kind)
{
    static rawipc_listener listener;
    listen_at_path(&listener, kind);
    return "socket";
}

static const char *valid__rawipc_socket_behind_at__path(void) { return listening_path(RAWIPC_LISTENER_STREAM); }
static const char *valid__rawipc_stream_connect_at__path(void) { return listening_path(RAWIPC_LISTENER_STREAM); }
static const char *valid__rawipc_stream_try_connect_at__path(void) { return listening_path(RAWIPC_LISTENER_STREAM); }
static const char *valid__rawipc_seqpacket_connect_at__path(void) { return listening_path(RAWIPC_LISTENER_SEQPACKET); }
static const char *valid__rawipc_seqpacket_try_connect_at__path(void) { return listening_path(RAWIPC_LISTENER_SEQPACKET); }
static const char *valid__rawipc_datagram_bind_at__path(void) { return socket_path(); }
static const char *valid__rawipc_datagram_connect_at__path(void)
{
    static rawipc_datagram bound;
    rawipc_address address;
    made(rawipc_address_path(&address, socket_path(), NULL));
    made(rawipc_datagram_bind(&bound, &address, NULL));
    return "socket";
}
static const char *valid__rawipc_listener_bind_at__path(void) { return socket_path(); }
static const char *valid__rawipc_listener_take_over_at__path(void) { return socket_path(); }
static int valid__rawipc_seqpacket_assume__fd(void) { return one_of_two(SOCK_SEQPACKET); }

static int valid__rawipc_listener_attach__fd(void)
{
    int fd = made(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    struct sockaddr name = { AF_UNIX, "" };
    made(bind(fd, &name, sizeof(sa_family_t)));
    made(listen(fd, 5));
    return fd;
}

static void valid__rawipc_listener_retire__listener(rawipc_listener *l) { listen_at_path(l, RAWIPC_LISTENER_STREAM); }

static void retired(rawipc_listener *listener)
{
    listen_at_path(listener, RAWIPC_LISTENER_STREAM);
    made(rawipc_listener_retire(listener, NULL));
}

static void valid__rawipc_listener_accept_last__listener(rawipc_listener *l) { retired(l); }
static void valid__rawipc_listener_try_accept_last__listener(rawipc_listener *l) { retired(l); }

/* socket: files; the one that listens was told */

static size_t valid__records_len(void) { return 4096; }
static const char *valid__rawipc_files_open_at__path(void) { return "."; }

static void valid__rawipc_files(rawipc_files *files)
{
    static unsigned char records[4096];
    static rawipc_listener listener;
    rawipc_socket_file file;
    listen_at_path(&listener, RAWIPC_LISTENER_STREAM);
    made(rawipc_files_open_at(files, AT_FDCWD, ".", records, sizeof records, NULL));
    if (!strstr(this_case->function, "next"))
        made(rawipc_files_next(files, &file, NULL) - 1);
}

/* socket: a crowd, somebody at its door, and one member */

static rawipc_crowd_member first_member;

static int64_t valid__patience(void) { return -1; }
static void valid__rawipc_crowd_seat(rawipc_crowd_seat *seats) { (void)seats; }
static int valid__rawipc_crowd_admit__fd(void) { return one_of_two(SOCK_STREAM); }

static void valid__rawipc_crowd(rawipc_crowd *crowd)
{
    static rawipc_crowd_seat seats[4];
    rawipc_listener listener;
    valid__rawipc_listener(&listener);
    made(rawipc_crowd_new(crowd, &listener, seats, 4, 1000000000, NULL));
    made(rawipc_crowd_admit(crowd, one_of_two(SOCK_STREAM), RAWIPC_EVENT_READABLE, RAWIPC_TRIGGER_LEVEL, &first_member, NULL));
}

static void valid__rawipc_crowd_member(rawipc_crowd_member *member) { *member = first_member; }
