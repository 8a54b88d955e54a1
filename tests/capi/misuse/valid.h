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

/* socket: names in the case's own directory, and what listens behind them */

static const char *socket_path(void)
{
    unlink("socket");
    unlink("socket.lock");
    return "socket";
}

static const char *valid__rawipc_address_path__path(void) { return "socket"; }

static void valid__rawipc_address(rawipc_address *address)
{
    made(rawipc_address_path(address, socket_path(), NULL));
}

static void valid__rawipc_address_as_abstract__address(rawipc_address *address)
{
    made(rawipc_address_abstract_name(address, "name", 4, NULL));
}

static void listen_at(rawipc_address *address, uint32_t kind)
{
    static rawipc_listener listener;
    valid__rawipc_address(address);
    made(rawipc_listener_bind(&listener, kind, address, NULL, NULL));
}

static void valid__rawipc_stream_connect__address(rawipc_address *address) { listen_at(address, RAWIPC_LISTENER_STREAM); }
static void valid__rawipc_stream_try_connect__address(rawipc_address *address) { listen_at(address, RAWIPC_LISTENER_STREAM); }
static void valid__rawipc_seqpacket_connect__address(rawipc_address *address) { listen_at(address, RAWIPC_LISTENER_SEQPACKET); }
static void valid__rawipc_seqpacket_try_connect__address(rawipc_address *address) { listen_at(address, RAWIPC_LISTENER_SEQPACKET); }

static int stream_of(int type)
{
    int pair[2];
    made(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
    made((int)send(pair[1], "hello", 5, 0));
    return pair[0];
}

static int valid__stream(void) { return stream_of(SOCK_STREAM); }
static int valid__rawipc_stream_attach__fd(void) { return stream_of(SOCK_STREAM); }
static int valid__rawipc_seqpacket_attach__fd(void) { return stream_of(SOCK_SEQPACKET); }
static int valid__rawipc_datagram_attach__fd(void) { return stream_of(SOCK_DGRAM); }

static void valid__rawipc_seqpacket(rawipc_seqpacket *socket)
{
    static rawipc_seqpacket peer;
    made(rawipc_seqpacket_pair(socket, &peer, NULL));
    made(rawipc_seqpacket_send(&peer, "hello", 5, NULL, NULL));
}

static void valid__rawipc_datagram(rawipc_datagram *socket)
{
    static rawipc_datagram peer;
    made(rawipc_datagram_pair(socket, &peer, NULL));
    made(rawipc_datagram_send(&peer, "hello", 5, NULL, NULL));
}

/* One that receives, at a name of its own. */
static void bound_datagram(rawipc_address *address)
{
    static rawipc_datagram bound;
    valid__rawipc_address(address);
    made(rawipc_datagram_bind(&bound, address, NULL));
}

static void unbound_datagram(rawipc_datagram *socket) { made(rawipc_datagram_unbound(socket, NULL)); }

static void named_datagram(rawipc_datagram *socket)
{
    rawipc_address address;
    valid__rawipc_address(&address);
    made(rawipc_datagram_bind(socket, &address, NULL));
}

/* With something to read, from a sender without a name. */
static void receiving_datagram(rawipc_datagram *socket)
{
    static rawipc_datagram sender;
    rawipc_address address;
    valid__rawipc_address(&address);
    made(rawipc_datagram_bind(socket, &address, NULL));
    unbound_datagram(&sender);
    made(rawipc_datagram_send_to(&sender, &address, "hello", 5, NULL, NULL));
}

static void valid__rawipc_datagram_connect__address(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_connect_to__address(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_connect_to__socket(rawipc_datagram *s) { unbound_datagram(s); }
static void valid__rawipc_datagram_send_to__socket(rawipc_datagram *s) { unbound_datagram(s); }
static void valid__rawipc_datagram_send_to__to(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_try_send_to__socket(rawipc_datagram *s) { unbound_datagram(s); }
static void valid__rawipc_datagram_try_send_to__to(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_recv_from__socket(rawipc_datagram *s) { receiving_datagram(s); }
static void valid__rawipc_datagram_try_recv_from__socket(rawipc_datagram *s) { receiving_datagram(s); }
static void valid__rawipc_datagram_address__socket(rawipc_datagram *s) { named_datagram(s); }
static void valid__rawipc_datagram_remove__socket(rawipc_datagram *s) { named_datagram(s); }

static uint32_t valid__kind(void) { return RAWIPC_LISTENER_SEQPACKET; }

static void valid__rawipc_listener_options(rawipc_listener_options *options)
{
    *options = (rawipc_listener_options){ sizeof *options, RAWIPC_LISTENER_MODE | RAWIPC_LISTENER_BACKLOG, 0600, 5 };
}

/* One at which somebody waits already. */
static void listener_of(rawipc_listener *listener, uint32_t kind)
{
    static rawipc_seqpacket client;
    rawipc_address address;
    valid__rawipc_address(&address);
    made(rawipc_listener_bind(listener, kind, &address, NULL, NULL));
    if (kind == RAWIPC_LISTENER_STREAM)
        made(rawipc_stream_try_connect(&address, NULL));
    else
        made(rawipc_seqpacket_try_connect(&client, &address, NULL));
}

static void valid__rawipc_listener(rawipc_listener *l) { listener_of(l, RAWIPC_LISTENER_SEQPACKET); }
static void valid__rawipc_listener_accept_stream__listener(rawipc_listener *l) { listener_of(l, RAWIPC_LISTENER_STREAM); }
static void valid__rawipc_listener_try_accept_stream__listener(rawipc_listener *l) { listener_of(l, RAWIPC_LISTENER_STREAM); }

/* frame: a stream that a frame of five bytes has come out of */

static uint32_t valid__over(void) { return RAWIPC_FRAME_STREAM; }
static uint32_t valid__rawipc_frame_sender_shared__over(void) { return RAWIPC_FRAME_PIPE; }
static int valid__rawipc_frame_sender_shared__stream(void) { return valid__write_end(); }
static size_t valid__limit(void) { return 1024; }
static size_t valid__send_limit(void) { return 1024; }
static size_t valid__rawipc_frame_receiver_new__len(void) { return BUFFER; }
static size_t valid__rawipc_framed_new__len(void) { return BUFFER; }
static size_t valid__rawipc_frame_receiver_recv__len(void) { return BUFFER; }
static size_t valid__rawipc_frame_receiver_try_recv__len(void) { return BUFFER; }
static size_t valid__rawipc_framed_recv__len(void) { return BUFFER; }
static size_t valid__rawipc_framed_try_recv__len(void) { return BUFFER; }

static int framing_stream(void)
{
    int pair[2];
    made(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
    made((int)send(pair[1], "\5\0\0\0hello", 9, 0));
    return pair[0];
}

static unsigned char frames[BUFFER];

static void valid__rawipc_frame_sender(rawipc_frame_sender *sender)
{
    made(rawipc_frame_sender_sole(sender, RAWIPC_FRAME_STREAM, framing_stream(), 1024, NULL));
}

static void valid__rawipc_frame_receiver(rawipc_frame_receiver *receiver)
{
    made(rawipc_frame_receiver_new(receiver, RAWIPC_FRAME_STREAM, framing_stream(), frames, sizeof frames, NULL));
}

static void valid__rawipc_framed(rawipc_framed *framed)
{
    made(rawipc_framed_new(framed, framing_stream(), frames, sizeof frames, 1024, NULL));
}

/* rpc: over pipes in which the other side's first message lies: little endian, id, then method or status */

static int valid__value(void) { return 1; }
static uint32_t valid__method(void) { return 1; }
static uint32_t valid__failure(void) { return 1; }
static size_t valid__inbox_len(void) { return BUFFER; }
static size_t valid__outbox_len(void) { return BUFFER; }
static size_t valid__rawipc_rpc_client_new__len(void) { return BUFFER; }

static unsigned char packed[64], inbox[BUFFER], outbox[BUFFER];

static void valid__rawipc_packer(rawipc_packer *packer)
{
    made(rawipc_packer_new(packer, packed, sizeof packed, NULL));
}

/* Zeroes are a value of any type. */
static void valid__rawipc_unpacker(rawipc_unpacker *unpacker)
{
    made(rawipc_unpacker_new(unpacker, packed, 8, NULL));
}

static void valid__rawipc_unpacker_finish__unpacker(rawipc_unpacker *unpacker)
{
    made(rawipc_unpacker_new(unpacker, packed, 0, NULL));
}

static void channel_with(rawipc_rpc_channel *channel, const char *message, size_t len)
{
    int in[2], out[2];
    made(pipe2(in, O_DIRECT | O_NONBLOCK | O_CLOEXEC));
    made(pipe2(out, O_DIRECT | O_NONBLOCK | O_CLOEXEC));
    made((int)write(in[1], message, len));
    made(rawipc_rpc_channel_pipes(channel, in[0], out[1], NULL));
}

static void valid__rawipc_rpc_channel(rawipc_rpc_channel *channel) { channel_with(channel, "\1\0\0\0\0\0\0", 8); }

static void valid__rawipc_rpc_client(rawipc_rpc_client *client)
{
    rawipc_rpc_channel channel;
    valid__rawipc_rpc_channel(&channel);
    made(rawipc_rpc_client_new(client, &channel, inbox, sizeof inbox, NULL));
}

static void valid__rawipc_rpc_server(rawipc_rpc_server *server)
{
    rawipc_rpc_channel channel;
    channel_with(&channel, "\1\0\0\0\1\0\0", 8);
    made(rawipc_rpc_server_new(server, &channel, inbox, sizeof inbox, outbox, sizeof outbox, NULL));
}

static void server_that_was_asked(rawipc_rpc_server *server)
{
    rawipc_unpacker args;
    uint32_t method;
    valid__rawipc_rpc_server(server);
    made(rawipc_rpc_server_next(server, &method, &args, NULL, NULL));
}

static void valid__rawipc_rpc_server_reply__server(rawipc_rpc_server *s) { server_that_was_asked(s); }
static void valid__rawipc_rpc_server_fail__server(rawipc_rpc_server *s) { server_that_was_asked(s); }

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

/* socket: descriptors that travel, and who sent them */

static int valid__socket(void) { return stream_of(SOCK_STREAM); }

static void valid__rawipc_credentials(rawipc_credentials *credentials)
{
    *credentials = (rawipc_credentials){ getpid(), getuid(), getgid() };
}

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

static void valid__rawipc_datagram_send_to_with_fds__socket(rawipc_datagram *s) { unbound_datagram(s); }
static void valid__rawipc_datagram_send_to_with_fds__to(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_try_send_to_with_fds__socket(rawipc_datagram *s) { unbound_datagram(s); }
static void valid__rawipc_datagram_try_send_to_with_fds__to(rawipc_address *a) { bound_datagram(a); }
static void valid__rawipc_datagram_recv_from_with_fds__socket(rawipc_datagram *s) { receiving_datagram(s); }
static void valid__rawipc_datagram_try_recv_from_with_fds__socket(rawipc_datagram *s) { receiving_datagram(s); }

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

static const char *listening_path(uint32_t kind)
{
    rawipc_address address;
    listen_at(&address, kind);
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
    rawipc_address address;
    bound_datagram(&address);
    return "socket";
}
static const char *valid__rawipc_listener_bind_at__path(void) { return socket_path(); }
static const char *valid__rawipc_listener_take_over_at__path(void) { return socket_path(); }
static int valid__rawipc_seqpacket_assume__fd(void) { return stream_of(SOCK_SEQPACKET); }

static int valid__rawipc_listener_attach__fd(void)
{
    int fd = made(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0));
    struct sockaddr name = { AF_UNIX, "" };
    made(bind(fd, &name, sizeof(sa_family_t)));
    made(listen(fd, 5));
    return fd;
}

static void retired(rawipc_listener *listener)
{
    valid__rawipc_listener(listener);
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
    valid__rawipc_listener(&listener);
    made(rawipc_files_open_at(files, AT_FDCWD, ".", records, sizeof records, NULL));
    if (!strstr(this_case->function, "next"))
        made(rawipc_files_next(files, &file, NULL) - 1);
}

/* socket: a crowd, somebody at its door, and one member */

static rawipc_crowd_member first_member;

static int64_t valid__patience(void) { return -1; }
static void valid__rawipc_crowd_seat(rawipc_crowd_seat *seats) { (void)seats; }
static int valid__rawipc_crowd_admit__fd(void) { return stream_of(SOCK_STREAM); }

static void valid__rawipc_crowd(rawipc_crowd *crowd)
{
    static rawipc_crowd_seat seats[4];
    rawipc_listener listener;
    valid__rawipc_listener(&listener);
    made(rawipc_crowd_new(crowd, &listener, seats, 4, 1000000000, NULL));
    made(rawipc_crowd_admit(crowd, stream_of(SOCK_STREAM), RAWIPC_EVENT_READABLE, RAWIPC_TRIGGER_LEVEL, &first_member, NULL));
}

static void valid__rawipc_crowd_member(rawipc_crowd_member *member) { *member = first_member; }
