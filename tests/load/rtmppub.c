/* rtmppub: publishes a clip over RTMP in real time and for ever, a stamp in every frame (stamp.h).
 *
 *     rtmppub -i CLIP.flv [-r STREAMS_PER_SECOND] (URL | -f FILE_OF_URLS)
 *
 * One thread, any number of streams, until SIGINT or SIGTERM. Prints "publishing" once all are
 * accepted, and at the end a JSON object: how many are still alive, how late frames were sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "figures.h"
#include "stamp.h"

enum { CHUNK = 4096, HANDSHAKE_BYTES = 1536, INPUT_BYTES = 16384, MAX_STREAMS = 1000 };
enum { MAX_BACKLOG = 64 << 20, ACCEPT_SECONDS = 20 };
enum { SET_CHUNK_SIZE = 1, AUDIO = 8, VIDEO = 9, DATA = 18, COMMAND = 20 };
enum { CONNECT = 1, CREATE_STREAM = 2, PUBLISH = 3 }; /* transactions */

enum state { WAITING, GREETING, ASKING, PUBLISHING, LOST };

struct tag {
    uint8_t type;
    uint32_t time, size;
    const uint8_t *body;
};

struct stream {
    enum state state;
    int fd;
    char host[64], app[128], key[256];
    unsigned port;
    int64_t start;
    uint32_t next, loops, frames, id;
    bool waits_for_room;

    uint8_t *out;
    size_t out_from, out_to, out_size;

    uint8_t in[INPUT_BYTES], message[INPUT_BYTES];
    uint32_t in_bytes, in_chunk, message_bytes, message_size;
    uint8_t message_type;
};

static struct { struct tag *tags; uint32_t count, head, length; } clip; /* `head` tags are sent once */
static struct stream streams[MAX_STREAMS];
static int streams_count, epoll;
static int64_t worst_late;
static size_t worst_backlog;
static volatile sig_atomic_t stopping;

static void stop(int number) { (void)number, stopping = 1; }

static uint32_t big_endian(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    while (bytes--)
        value = value << 8 | *at++;
    return value;
}

static void write_big_endian(uint8_t *at, uint32_t value, int bytes)
{
    while (bytes--)
        at[bytes] = (uint8_t)value, value >>= 8;
}

static void lose(struct stream *s, const char *why)
{
    fprintf(stderr, "rtmppub: stream %ld lost: %s\n", (long)(s - streams), why);
    close(s->fd);
    s->fd = -1;
    s->state = LOST;
}

/* --- Sending --- */

static void append(struct stream *s, const void *data, size_t size)
{
    if (s->out_to + size > s->out_size) {
        memmove(s->out, s->out + s->out_from, s->out_to - s->out_from);
        s->out_to -= s->out_from, s->out_from = 0;
    }
    if (s->out_to + size > s->out_size) {
        s->out_size = (s->out_to + size) * 2;
        s->out = realloc(s->out, s->out_size);
        if (!s->out)
            abort();
    }
    memcpy(s->out + s->out_to, data, size);
    s->out_to += size;
}

static void flush(struct stream *s)
{
    while (s->out_from < s->out_to) {
        ssize_t sent = send(s->fd, s->out + s->out_from, s->out_to - s->out_from, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            lose(s, strerror(errno));
            return;
        }
        if (sent < 0)
            break;
        s->out_from += (size_t)sent;
    }
    size_t backlog = s->out_to - s->out_from;
    if (backlog > worst_backlog)
        worst_backlog = backlog;
    if (backlog > MAX_BACKLOG) {
        lose(s, "the server does not read");
        return;
    }
    if ((backlog > 0) != s->waits_for_room) {
        s->waits_for_room = backlog > 0;
        uint32_t wanted = EPOLLIN | (s->waits_for_room ? EPOLLOUT : 0u);
        epoll_ctl(epoll, EPOLL_CTL_MOD, s->fd, &(struct epoll_event){wanted, {.ptr = s}});
    }
}

static void send_message(struct stream *s, uint8_t type, uint32_t time, const uint8_t *body, uint32_t size)
{
    uint8_t lane = type == SET_CHUNK_SIZE ? 2 : type == COMMAND ? 3 : type == AUDIO ? 4 : 6;
    uint8_t header[12] = {lane};
    write_big_endian(header + 1, time, 3); /* runs end long before 2^24 ms, which are 4.6 hours */
    write_big_endian(header + 4, size, 3);
    header[7] = type;
    header[8] = type == SET_CHUNK_SIZE ? 0 : (uint8_t)s->id; /* little-endian, and small */
    append(s, header, sizeof header);
    for (uint32_t sent = 0; sent < size; sent += CHUNK) {
        uint8_t more = 0xc0 | lane;
        if (sent)
            append(s, &more, 1);
        append(s, body + sent, size - sent < CHUNK ? size - sent : CHUNK);
    }
}

static bool is_frame(const struct tag *tag)
{
    return tag->type == VIDEO && tag->size > AVC_HEADER && (tag->body[0] & 15) == 7 && tag->body[1] == 1;
}

static void send_tag(struct stream *s, const struct tag *tag, uint32_t time)
{
    static const uint8_t set_data_frame[] = "\x02\x00\x0d@setDataFrame";
    static uint8_t stamped[4 << 20];
    if (tag->type == DATA && tag->size < CHUNK) {
        memcpy(stamped, set_data_frame, 16);
        memcpy(stamped + 16, tag->body, tag->size);
        send_message(s, DATA, time, stamped, tag->size + 16);
        return;
    }
    if (!is_frame(tag) || tag->size + STAMP_BYTES > sizeof stamped) {
        send_message(s, tag->type, time, tag->body, tag->size);
        return;
    }
    uint32_t before = stamp_offset(tag->body, tag->size);
    memcpy(stamped, tag->body, before);
    memcpy(stamped + before + STAMP_BYTES, tag->body + before, tag->size - before);
    write_stamp(stamped + before, (struct stamp){wall_clock(), s->frames++});
    send_message(s, VIDEO, time, stamped, tag->size + STAMP_BYTES);
}

/* --- AMF0 and commands --- */

static uint8_t *amf_text(uint8_t *at, const char *text)
{
    size_t size = strlen(text);
    *at = 2;
    write_big_endian(at + 1, (uint32_t)size, 2);
    memcpy(at + 3, text, size);
    return at + 3 + size;
}

static uint8_t *amf_number(uint8_t *at, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, 8);
    *at = 0;
    write_big_endian(at + 1, (uint32_t)(bits >> 32), 4);
    write_big_endian(at + 5, (uint32_t)bits, 4);
    return at + 9;
}

static uint8_t *amf_member(uint8_t *at, const char *name, const char *text)
{
    /* A member's name is a text without the marker in front. */
    uint8_t *value = amf_text(at, name);
    memmove(at, at + 1, (size_t)(value - at - 1));
    return amf_text(value - 1, text);
}

static void send_connect(struct stream *s)
{
    uint8_t body[1024], chunk[4];
    char url[300];
    snprintf(url, sizeof url, "rtmp://%s:%u/%s", s->host, s->port, s->app);
    write_big_endian(chunk, CHUNK, 4);
    send_message(s, SET_CHUNK_SIZE, 0, chunk, 4);
    uint8_t *at = amf_number(amf_text(body, "connect"), CONNECT);
    *at++ = 3;
    at = amf_member(at, "app", s->app);
    at = amf_member(at, "type", "nonprivate");
    at = amf_member(at, "flashVer", "FMLE/3.0 (compatible; rtmppub)");
    at = amf_member(at, "tcUrl", url);
    memcpy(at, "\0\0\t", 3);
    send_message(s, COMMAND, 0, body, (uint32_t)(at + 3 - body));
}

static void send_create_stream(struct stream *s)
{
    uint8_t body[64], *at = amf_number(amf_text(body, "createStream"), CREATE_STREAM);
    *at++ = 5;
    send_message(s, COMMAND, 0, body, (uint32_t)(at - body));
}

static void send_publish(struct stream *s)
{
    uint8_t body[512], *at = amf_number(amf_text(body, "publish"), PUBLISH);
    *at++ = 5;
    at = amf_text(amf_text(at, s->key), "live");
    send_message(s, COMMAND, 0, body, (uint32_t)(at - body));
}

static void begin(struct stream *s)
{
    s->state = PUBLISHING;
    s->start = wall_clock();
    for (s->next = 0; s->next < clip.head; s->next++)
        send_tag(s, &clip.tags[s->next], 0);
}

static double read_number(const uint8_t *at)
{
    uint64_t bits = (uint64_t)big_endian(at, 4) << 32 | big_endian(at + 4, 4);
    double number;
    memcpy(&number, &bits, 8);
    return number;
}

static bool says(const struct stream *s, const char *words)
{
    return memmem(s->message, s->message_size, words, strlen(words)) != NULL;
}

static void on_command(struct stream *s)
{
    const uint8_t *body = s->message;
    uint32_t name = s->message_size > 12 && body[0] == 2 ? big_endian(body + 1, 2) : 0;
    if (!name || s->message_size < name + 12)
        return;
    double transaction = read_number(body + name + 4);
    if (says(s, "_error") || says(s, "NetStream.Publish.BadName") || says(s, "NetStream.Publish.Denied")) {
        lose(s, "refused");
    } else if (says(s, "_result") && transaction == CONNECT) {
        send_create_stream(s);
    } else if (says(s, "_result") && transaction == CREATE_STREAM && s->message_size >= name + 22) {
        s->id = (uint32_t)read_number(body + name + 14); /* name, transaction, null, id */
        send_publish(s);
    } else if (says(s, "NetStream.Publish.Start") && s->state == ASKING) {
        begin(s);
    }
}

/* --- Receiving --- */

/* Take one whole chunk from `data`; return its size, 0 when it is not all there, -1 when it is wrong.
 * A server's answers come one after the other, so one message at a time is put together. */
static int take_chunk(struct stream *s, const uint8_t *data, uint32_t size)
{
    static const uint32_t lengths[] = {11, 7, 3, 0};
    if (!size)
        return 0;
    uint32_t format = data[0] >> 6, header = 1 + lengths[format];
    if ((data[0] & 63) < 2 || (size >= 4 && format < 3 && big_endian(data + 1, 3) == 0xffffff))
        return -1; /* lanes above 63 and times above 4.6 hours do not occur in answers */
    if (size < header)
        return 0;
    if (format < 2) {
        s->message_size = big_endian(data + 4, 3);
        s->message_type = data[7];
        s->message_bytes = 0;
    }
    uint32_t left = s->message_size - s->message_bytes, part = left < s->in_chunk ? left : s->in_chunk;
    if (s->message_size > INPUT_BYTES)
        return -1;
    if (size < header + part)
        return 0;
    memcpy(s->message + s->message_bytes, data + header, part);
    s->message_bytes += part;
    if (s->message_bytes == s->message_size) {
        s->message_bytes = 0;
        if (s->message_type == SET_CHUNK_SIZE && s->message_size == 4)
            s->in_chunk = big_endian(s->message, 4);
        else if (s->message_type == COMMAND)
            on_command(s);
    }
    return (int)(header + part);
}

static uint32_t take_handshake(struct stream *s)
{
    if (s->in_bytes < 1 + 2 * HANDSHAKE_BYTES)
        return 0;
    append(s, s->in + 1, HANDSHAKE_BYTES);
    s->state = ASKING;
    send_connect(s);
    return 1 + 2 * HANDSHAKE_BYTES;
}

static void on_input(struct stream *s)
{
    ssize_t size = recv(s->fd, s->in + s->in_bytes, sizeof s->in - s->in_bytes, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        lose(s, "the server closed the connection");
        return;
    }
    s->in_bytes += (uint32_t)size;
    uint32_t used = s->state == GREETING ? take_handshake(s) : 0;
    while (s->state != LOST && s->state != GREETING) {
        int taken = take_chunk(s, s->in + used, s->in_bytes - used);
        if (taken < 0)
            lose(s, "not RTMP");
        if (taken <= 0)
            break;
        used += (uint32_t)taken;
    }
    memmove(s->in, s->in + used, s->in_bytes - used);
    s->in_bytes -= used;
    if (s->state != LOST)
        flush(s);
}

/* --- The run --- */

static void greet(struct stream *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    inet_pton(AF_INET, s->host, &address.sin_addr);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    s->state = GREETING;
    s->in_chunk = 128;
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&address, sizeof address)) {
        lose(s, strerror(errno));
        return;
    }
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &(struct epoll_event){EPOLLIN, {.ptr = s}});
    uint8_t hello[1 + HANDSHAKE_BYTES] = {3};
    append(s, hello, sizeof hello);
    flush(s);
}

/* Send what is due; return when the next tag is. */
static int64_t send_due(struct stream *s, int64_t now)
{
    for (;;) {
        const struct tag *tag = &clip.tags[s->next];
        uint32_t time = s->loops * clip.length + tag->time;
        int64_t due = s->start + time * 1000000L;
        if (due > now || s->state != PUBLISHING)
            return due;
        if (now - due > worst_late)
            worst_late = now - due;
        send_tag(s, tag, time);
        flush(s);
        if (++s->next == clip.count)
            s->next = clip.head, s->loops++;
    }
}

static int64_t send_all_due(int64_t now)
{
    int64_t next = now + 10000000;
    for (struct stream *s = streams; s < streams + streams_count; s++) {
        int64_t due = s->state == PUBLISHING ? send_due(s, now) : next;
        next = due < next ? due : next;
    }
    return next;
}

static int count_state(enum state state)
{
    int count = 0;
    for (int i = 0; i < streams_count; i++)
        count += streams[i].state == state;
    return count;
}

static void serve(double streams_per_second)
{
    struct epoll_event events[256];
    int64_t start = wall_clock();
    bool announced = false;
    for (int greeted = 0; !stopping;) {
        int64_t now = wall_clock();
        while (greeted < streams_count && now >= start + (int64_t)(greeted / streams_per_second * 1e9))
            greet(&streams[greeted++]);
        if (count_state(LOST) == streams_count)
            return;
        if (!announced && count_state(PUBLISHING) == streams_count)
            announced = puts("publishing") > 0;
        if (!announced && now > start + (int64_t)((ACCEPT_SECONDS + streams_count / streams_per_second) * 1e9))
            return;
        int64_t left = send_all_due(now) - wall_clock();
        struct timespec pause = {0, left > 0 ? left : 0};
        int count = epoll_pwait2(epoll, events, 256, &pause, NULL);
        for (int i = 0; i < count; i++) {
            struct stream *s = events[i].data.ptr;
            if (s->state != LOST && events[i].events & EPOLLOUT)
                flush(s);
            if (s->state != LOST && events[i].events & ~(uint32_t)EPOLLOUT)
                on_input(s);
        }
    }
}

static void fail(const char *why)
{
    fprintf(stderr, "rtmppub: %s\n", why);
    exit(1);
}

static void read_clip(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        fail("cannot read the clip");
    long size = ftell(file);
    uint8_t *data = malloc((size_t)size);
    rewind(file);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size || size < 13 || memcmp(data, "FLV", 3))
        fail("the clip is not FLV");
    clip.tags = calloc((size_t)size / 15 + 1, sizeof *clip.tags);
    for (long at = 13; at + 15 <= size;) {
        const uint8_t *h = data + at;
        struct tag tag = {h[0], big_endian(h + 4, 3) | (uint32_t)h[7] << 24, big_endian(h + 1, 3), h + 11};
        at += 15 + (long)tag.size;
        bool ends = tag.type == VIDEO && tag.size > 1 && tag.body[1] == 2;
        bool is_head = tag.type == DATA || (tag.type == VIDEO && !is_frame(&tag)) ||
                       (tag.type == AUDIO && tag.size > 1 && tag.body[0] >> 4 == 10 && !tag.body[1]);
        if (at > size || ends)
            continue;
        if (is_head && clip.head != clip.count)
            continue; /* repeated headers would only confuse the order */
        clip.tags[clip.count++] = tag;
        clip.head += is_head;
        if (!is_head && tag.time + 33 > clip.length)
            clip.length = tag.time + 33;
    }
    fclose(file);
    if (clip.count == clip.head)
        fail("the clip is empty");
}

static void add_stream(const char *url)
{
    struct stream *s = &streams[streams_count++];
    if (sscanf(url, "rtmp://%63[0-9.]:%u/%127[^/]/%255s", s->host, &s->port, s->app, s->key) != 4)
        fail("addresses look like rtmp://A.B.C.D:PORT/APP/KEY");
}

int main(int argc, char **argv)
{
    double rate = 10;
    const char *file = NULL;
    for (int option; (option = getopt(argc, argv, "i:r:f:")) != -1;) {
        switch (option) {
        case 'i': read_clip(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'f': file = optarg; break;
        default: return 1;
        }
    }
    char line[600];
    FILE *lines = file ? fopen(file, "r") : NULL;
    while (lines && streams_count < MAX_STREAMS && fgets(line, sizeof line, lines))
        add_stream(line);
    if (!file && argv[optind])
        add_stream(argv[optind]);
    if (!clip.count || !streams_count)
        fail("give a clip (-i) and an address");
    signal(SIGINT, stop), signal(SIGTERM, stop);
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_many_files();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    serve(rate);
    uint64_t frames = 0;
    for (int i = 0; i < streams_count; i++)
        frames += streams[i].frames;
    printf("{\"streams\": %d, \"alive\": %d, \"frames\": %lu, \"worst_late_ms\": %.1f, "
           "\"worst_backlog\": %zu, \"cpu_s\": %.2f}\n", streams_count, count_state(PUBLISHING), frames,
           (double)worst_late / 1e6, worst_backlog, cpu_seconds());
    return count_state(PUBLISHING) == streams_count ? 0 : 2;
}
