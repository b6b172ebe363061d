/* flvload: many viewers of HTTP-FLV streams, in one thread; every byte of framing is checked.
 *
 *     flvload -n VIEWERS -r JOINS_PER_SECOND -d SECONDS [-p PATIENCE] [-w SETTLE] [-B MS]
 *             (URL | -f FILE_OF_URLS)
 *
 * Viewers join at the given rate; all get up to PATIENCE seconds to see a picture, then they
 * settle; then the window opens, in which delay, gaps and bytes count. "open" and "close" are printed on lines of their own when the window does so (the
 * caller samples the server's CPU), a JSON object with the result afterwards.
 *
 * Delay comes from rtmppub's stamp: wall clock and number of the frame, see stamp.h.
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
#include <unistd.h>

#include "figures.h"
#include "stamp.h"

enum { HEAD_BYTES = 4096, CAPTURED = 96, READ_BYTES = 1 << 18, DELAY_BUCKETS = 60000 };
enum { MAX_TAG = 16 << 20, STALL_NS = 1000000000 };

enum phase { IDLE, CONNECTING, HEAD, BODY, ENDED };
enum part { FILE_HEADER, TAG_HEADER, TAG_BODY, TAG_TAIL };
enum chunk { SIZE_LINE, DATA, DATA_END, LAST };
enum failure { NONE, NOT_CONNECTED, BAD_STATUS, CLOSED, BAD_CHUNK, BAD_HEADER, BAD_TAG, FAILURES };
static const char *const failure_names[FAILURES] = {
    "none", "connect", "http_status", "closed", "chunk_framing", "flv_header", "tag_framing"};

struct target {
    struct sockaddr_in address;
    char *request;
};

struct viewer {
    int fd;
    enum phase phase;
    enum failure failure;
    const struct target *target;
    int64_t joined, first_byte, first_keyframe, keyframe_age, last_media;
    uint64_t bytes;  /* of body, inside the window */

    bool chunked, chunk_has_digits;
    enum chunk chunk;
    uint64_t chunk_left;

    enum part part;
    uint32_t have, left, size;
    uint8_t gathered[16], body[CAPTURED];
    uint8_t type;
    int64_t timestamp, last_timestamp;
    bool saw_frame, has_number, stalled;
    uint32_t number;

    uint32_t head_bytes;
    char head[HEAD_BYTES];
};

static struct {
    uint64_t pictures, bad_tail, not_keyframe_first, backward, dropped, repeated, stalls, delays, bytes;
    int64_t longest_gap;
    int http_status;
    uint32_t histogram[DELAY_BUCKETS]; /* one bucket a millisecond */
} seen;

static int epoll;
static int64_t window_open, window_close; /* on the wall clock, like the stamps */
static volatile sig_atomic_t stopping;

static void stop(int number) { (void)number, stopping = 1; }

static bool in_window(int64_t now) { return now >= window_open && now < window_close; }

static void end(struct viewer *v, enum failure failure)
{
    if (v->fd >= 0)
        close(v->fd);
    v->fd = -1;
    v->phase = ENDED;
    v->failure = failure;
}

/* --- FLV --- */

static void note_gap(struct viewer *v, int64_t now)
{
    int64_t since = v->last_media > window_open ? v->last_media : window_open;
    int64_t gap = now - since;
    if (!v->last_media || gap <= 0)
        return;
    if (gap > seen.longest_gap)
        seen.longest_gap = gap;
    if (gap > STALL_NS)
        seen.stalls++, v->stalled = true;
}

static void note_stamp(struct viewer *v, const struct stamp *stamp, int64_t now)
{
    if (v->has_number && stamp->number > v->number + 1)
        seen.dropped += stamp->number - v->number - 1;
    else if (v->has_number && stamp->number <= v->number)
        seen.repeated++;
    v->number = stamp->number;
    v->has_number = true;
    /* Frames older than the viewer came from the server's cache: that is not delay. */
    if (stamp->time < v->joined || !in_window(now))
        return;
    int64_t bucket = (now - stamp->time) / 1000000;
    seen.histogram[bucket < 0 ? 0 : bucket < DELAY_BUCKETS ? bucket : DELAY_BUCKETS - 1]++;
    seen.delays++;
}

static void on_frame(struct viewer *v, int64_t now)
{
    bool keyframe = v->body[0] >> 4 == 1;
    struct stamp stamp;
    bool stamped = find_stamp(v->body, v->size < CAPTURED ? v->size : CAPTURED, &stamp);
    if (!v->saw_frame && !keyframe)
        seen.not_keyframe_first++;
    v->saw_frame = true;
    if (keyframe && !v->first_keyframe) {
        v->first_keyframe = now;
        seen.pictures++;
        v->keyframe_age = stamped ? now - stamp.time : 0;
    }
    if (stamped)
        note_stamp(v, &stamp, now);
}

static void on_tag(struct viewer *v, int64_t now)
{
    if (v->type == 18) /* Metadata keep no clock. */
        return;
    if (v->timestamp < v->last_timestamp)
        seen.backward++;
    v->last_timestamp = v->timestamp;
    if (in_window(now))
        note_gap(v, now);
    v->last_media = now;
    /* H.264, and a frame rather than a sequence header (0) or end of sequence (2). */
    if (v->type == 9 && v->size > 5 && (v->body[0] & 0x8f) == 7 && v->body[1] == 1)
        on_frame(v, now);
}

static enum failure on_tag_header(struct viewer *v)
{
    const uint8_t *h = v->gathered;
    v->type = h[0];
    v->size = v->left = h[1] << 16 | h[2] << 8 | h[3];
    v->timestamp = (uint32_t)h[7] << 24 | h[4] << 16 | h[5] << 8 | h[6];
    bool known = v->type == 8 || v->type == 9 || v->type == 18;
    return known && v->size <= MAX_TAG && !h[8] && !h[9] && !h[10] ? NONE : BAD_TAG;
}

static enum failure on_gathered(struct viewer *v)
{
    static const uint8_t no_tag_before[4];
    const uint8_t *g = v->gathered;
    v->have = 0;
    switch (v->part) {
    case FILE_HEADER:
        v->part = TAG_HEADER;
        /* "FLV", version 1, flags for audio and video only, nine bytes long. */
        return memcmp(g, "FLV\1", 4) || g[4] & ~5 || memcmp(g + 5, "\0\0\0\t", 4) ||
                       memcmp(g + 9, no_tag_before, 4) ? BAD_HEADER : NONE;
    case TAG_HEADER:
        v->part = TAG_BODY;
        return on_tag_header(v);
    default:
        v->part = TAG_HEADER;
        if (((uint32_t)g[0] << 24 | g[1] << 16 | g[2] << 8 | g[3]) != v->size + 11)
            seen.bad_tail++;
        return NONE;
    }
}

static void take_body(struct viewer *v, const uint8_t *data, size_t size)
{
    uint32_t offset = v->size - v->left;
    if (offset < CAPTURED)
        memcpy(v->body + offset, data, size < CAPTURED - offset ? size : CAPTURED - offset);
    v->left -= size;
}

static enum failure feed_flv(struct viewer *v, const uint8_t *data, size_t size, int64_t now)
{
    static const uint8_t lengths[] = {[FILE_HEADER] = 13, [TAG_HEADER] = 11, [TAG_TAIL] = 4};
    if (in_window(now))
        v->bytes += size, seen.bytes += size;
    while (size) {
        size_t wanted = v->part == TAG_BODY ? v->left : lengths[v->part] - v->have;
        size_t taken = size < wanted ? size : wanted;
        if (v->part == TAG_BODY) {
            take_body(v, data, taken);
        } else {
            memcpy(v->gathered + v->have, data, taken);
            v->have += taken;
            if (taken == wanted) {
                enum failure failure = on_gathered(v);
                if (failure)
                    return failure;
            }
        }
        data += taken, size -= taken;
        /* Looked at here, so that an empty body counts too. */
        if (v->part == TAG_BODY && !v->left) {
            on_tag(v, now);
            v->part = TAG_TAIL;
        }
    }
    return NONE;
}

/* --- HTTP --- */

static enum failure on_chunk_byte(struct viewer *v, char c)
{
    if (v->chunk == DATA_END) {
        if (c == '\n')
            v->chunk = SIZE_LINE, v->chunk_left = 0, v->chunk_has_digits = false;
        return c == '\r' || c == '\n' ? NONE : BAD_CHUNK;
    }
    if (c == '\r')
        return v->chunk_has_digits ? NONE : BAD_CHUNK;
    if (c == '\n') {
        v->chunk = v->chunk_left ? DATA : LAST;
        return v->chunk_has_digits ? NONE : BAD_CHUNK;
    }
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 87 : -1;
    v->chunk_left = v->chunk_left << 4 | (uint64_t)digit;
    v->chunk_has_digits = true;
    return digit < 0 || v->chunk_left > 1u << 30 ? BAD_CHUNK : NONE;
}

static enum failure feed_body(struct viewer *v, const uint8_t *data, size_t size, int64_t now)
{
    enum failure failure = NONE;
    if (!v->chunked)
        return feed_flv(v, data, size, now);
    while (size && !failure) {
        if (v->chunk == LAST)
            return CLOSED;
        if (v->chunk != DATA) {
            failure = on_chunk_byte(v, (char)*data++), size--;
            continue;
        }
        size_t taken = size < v->chunk_left ? size : v->chunk_left;
        failure = feed_flv(v, data, taken, now);
        data += taken, size -= taken, v->chunk_left -= taken;
        if (!v->chunk_left)
            v->chunk = DATA_END;
    }
    return failure;
}

static enum failure feed_head(struct viewer *v, const uint8_t *data, size_t size, int64_t now)
{
    size_t room = HEAD_BYTES - 1 - v->head_bytes, before = v->head_bytes;
    size_t taken = size < room ? size : room;
    memcpy(v->head + before, data, taken);
    v->head_bytes += taken;
    v->head[v->head_bytes] = 0;
    char *finish = strstr(v->head, "\r\n\r\n");
    if (!finish)
        return v->head_bytes == HEAD_BYTES - 1 ? BAD_STATUS : NONE;
    finish[2] = 0;
    int status = 0;
    if (sscanf(v->head, "HTTP/1.1 %d", &status) != 1 || status != 200) {
        seen.http_status = status;
        return BAD_STATUS;
    }
    v->chunked = strcasestr(v->head, "\r\ntransfer-encoding: chunked\r\n") != NULL;
    v->phase = BODY;
    size_t used = finish + 4 - v->head - before;
    return feed_body(v, data + used, size - used, now);
}

static void on_readable(struct viewer *v)
{
    static uint8_t buffer[READ_BYTES];
    ssize_t size = recv(v->fd, buffer, sizeof buffer, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        end(v, CLOSED);
        return;
    }
    int64_t now = wall_clock();
    if (!v->first_byte)
        v->first_byte = now;
    enum failure failure = (v->phase == HEAD ? feed_head : feed_body)(v, buffer, (size_t)size, now);
    if (failure)
        end(v, failure);
}

static void on_connected(struct viewer *v)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    size_t size = strlen(v->target->request);
    /* A fresh socket's buffer always holds a request of this size. */
    if (error || send(v->fd, v->target->request, size, MSG_NOSIGNAL) != (ssize_t)size) {
        end(v, NOT_CONNECTED);
        return;
    }
    v->phase = HEAD;
    epoll_ctl(epoll, EPOLL_CTL_MOD, v->fd, &(struct epoll_event){EPOLLIN, {.ptr = v}});
}

static void join(struct viewer *v)
{
    v->joined = wall_clock();
    v->phase = CONNECTING;
    v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const struct sockaddr *address = (const struct sockaddr *)&v->target->address;
    if (v->fd < 0 || (connect(v->fd, address, sizeof v->target->address) && errno != EINPROGRESS)) {
        end(v, NOT_CONNECTED);
        return;
    }
    setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    epoll_ctl(epoll, EPOLL_CTL_ADD, v->fd, &(struct epoll_event){EPOLLOUT, {.ptr = v}});
}

/* --- Result --- */

static void print_delay(void)
{
    static const double shares[] = {.5, .9, .99, .999, 1};
    static const char *const names[] = {"p50", "p90", "p99", "p999", "max"};
    printf(seen.delays ? "\"delay_ms\": {\"frames\": %lu" : "\"delay_ms\": null", seen.delays);
    uint64_t below = 0;
    for (int bucket = 0, share = 0; seen.delays && bucket < DELAY_BUCKETS && share < 5; bucket++) {
        below += seen.histogram[bucket];
        for (; share < 5 && (double)below >= shares[share] * (double)seen.delays; share++)
            printf(", \"%s\": %d", names[share], bucket + 1); /* at most that many */
    }
    printf(seen.delays ? "}, " : ", ");
}

static void print_result(const struct viewer *viewers, int count, double seconds, double cpu)
{
    double *first_byte = calloc((size_t)count * 4, sizeof *first_byte);
    double *keyframe = first_byte + count, *age = keyframe + count, *rate = age + count;
    int bytes = 0, playing = 0, failed = 0, stalled = 0, failures[FAILURES] = {0};
    for (const struct viewer *v = viewers; v < viewers + count; v++) {
        if (v->first_byte)
            first_byte[bytes++] = (double)(v->first_byte - v->joined) / 1e6;
        failed += v->failure || !v->first_keyframe;
        failures[v->failure]++;
        stalled += v->stalled;
        if (!v->first_keyframe)
            continue;
        rate[playing] = (double)v->bytes * 8 / 1000 / seconds;
        age[playing] = (double)v->keyframe_age / 1e6;
        keyframe[playing++] = (double)(v->first_keyframe - v->joined) / 1e6;
    }
    printf("{\"viewers\": %d, \"playing\": %d, \"failed\": %d, ", count, playing, failed);
    for (int i = 1; i < FAILURES; i++)
        printf("\"fail_%s\": %d, ", failure_names[i], failures[i]);
    printf("\"http_status\": %d, ", seen.http_status);
    uint64_t errors = seen.bad_tail + seen.not_keyframe_first + seen.backward + seen.repeated;
    for (int i = BAD_CHUNK; i < FAILURES; i++)
        errors += (uint64_t)failures[i];
    printf("\"flv_errors\": %lu, \"err_previous_size\": %lu, \"err_not_keyframe_first\": %lu, "
           "\"dts_backward\": %lu, \"frames_repeated\": %lu, \"frames_dropped\": %lu, ",
           errors, seen.bad_tail, seen.not_keyframe_first, seen.backward, seen.repeated, seen.dropped);
    printf("\"stalls\": %lu, \"stalled_viewers\": %d, \"max_gap_ms\": %.1f, ", seen.stalls, stalled,
           (double)seen.longest_gap / 1e6);
    print_spread("first_byte_ms", first_byte, (size_t)bytes);
    print_spread("first_keyframe_ms", keyframe, (size_t)playing);
    print_spread("first_keyframe_age_ms", age, (size_t)playing);
    print_spread("kbit_per_second", rate, (size_t)playing);
    print_delay();
    printf("\"bytes\": %lu, \"window_s\": %.3f, \"loader_cpu\": %.3f}\n", seen.bytes, seconds, cpu);
    free(first_byte);
}

/* --- The run --- */

static struct target parse_url(const char *url)
{
    char host[64], path[512];
    unsigned port;
    if (sscanf(url, "http://%63[0-9.]:%u%511s", host, &port, path) != 3) {
        fprintf(stderr, "flvload: not http://A.B.C.D:PORT/PATH: %s\n", url);
        exit(1);
    }
    struct target target = {{.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}, NULL};
    inet_pton(AF_INET, host, &target.address.sin_addr);
    if (asprintf(&target.request, "GET %s HTTP/1.1\r\nHost: %s:%u\r\nAccept: */*\r\n\r\n", path, host,
                 port) < 0)
        exit(1);
    return target;
}

static struct target *read_targets(const char *file, const char *url, int *count)
{
    static struct target targets[10000];
    char line[600];
    FILE *lines = file ? fopen(file, "r") : NULL;
    if (!lines && !url) {
        perror(file ? file : "flvload: no URL");
        exit(1);
    }
    while (lines && *count < 10000 && fgets(line, sizeof line, lines))
        targets[(*count)++] = parse_url(line);
    if (!lines)
        targets[(*count)++] = parse_url(url);
    return targets;
}

static void serve_events(int timeout_ms)
{
    struct epoll_event events[1024];
    int count = epoll_wait(epoll, events, 1024, timeout_ms);
    for (int i = 0; i < count; i++) {
        struct viewer *v = events[i].data.ptr;
        if (v->phase == CONNECTING)
            on_connected(v);
        else if (v->phase != ENDED)
            on_readable(v);
    }
}

/* Serve until `until`; -B rests between rounds, so that many small writes arrive as one read. */
static void run_until(int64_t until, int rest_ms)
{
    int64_t now = wall_clock();
    do {
        int64_t left = until > now ? (until - now) / 1000000 + 1 : 0;
        serve_events(left < 10 ? (int)left : 10);
        int64_t rest = now + rest_ms * 1000000L - wall_clock();
        if (rest_ms && rest > 0)
            usleep((useconds_t)(rest / 1000));
        now = wall_clock();
    } while (now < until && !stopping);
}

int main(int argc, char **argv)
{
    int count = 1, rest = 0, targets_count = 0, option;
    double rate = 100, seconds = 10, patience = 0, settle = 3;
    const char *file = NULL;
    while ((option = getopt(argc, argv, "n:r:d:p:w:B:f:")) != -1) {
        switch (option) {
        case 'n': count = atoi(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'd': seconds = atof(optarg); break;
        case 'p': patience = atof(optarg); break;
        case 'w': settle = atof(optarg); break;
        case 'B': rest = atoi(optarg); break;
        case 'f': file = optarg; break;
        default: return 1;
        }
    }
    struct target *targets = read_targets(file, argv[optind], &targets_count);
    allow_many_files();
    signal(SIGINT, stop), signal(SIGTERM, stop);
    setvbuf(stdout, NULL, _IOLBF, 0);
    epoll = epoll_create1(EPOLL_CLOEXEC);

    struct viewer *viewers = calloc((size_t)count, sizeof *viewers);
    int64_t start = wall_clock();
    window_open = INT64_MAX;
    for (int i = 0; i < count; i++) {
        run_until(start + (int64_t)(i / rate * 1e9), 0);
        viewers[i].fd = -1;
        viewers[i].target = &targets[i % targets_count];
        join(&viewers[i]);
    }
    int64_t latest = start + (int64_t)((count / rate + patience) * 1e9);
    while (seen.pictures < (uint64_t)count && wall_clock() < latest && !stopping)
        run_until(wall_clock() + 10000000, rest);
    window_open = wall_clock() + (int64_t)(settle * 1e9);
    window_close = window_open + (int64_t)(seconds * 1e9);
    run_until(window_open, rest);
    printf("open\n");
    double cpu = -cpu_seconds();
    run_until(window_close, rest);
    cpu += cpu_seconds();
    printf("close\n");
    for (struct viewer *v = viewers; v < viewers + count; v++)
        if (v->phase == BODY)
            note_gap(v, window_close);
    print_result(viewers, count, seconds, cpu / seconds);
    return 0;
}
