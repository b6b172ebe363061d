/* The stamp that rtmppub puts into every frame and flvload looks for.
 *
 * One SEI NAL unit (user_data_unregistered) with the wall clock in nanoseconds and the frame's number,
 * both in hexadecimal digits: without zero bytes it needs no emulation prevention. Decoders
 * ignore it, servers pass it on. It is the first NAL unit of the frame, or the second after a delimiter.
 */
#ifndef STREAIR_STAMP_H
#define STREAIR_STAMP_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define STAMP_MARK "\x06\x05\x28" "streair-bench-01" /* SEI, kind 5, 40 bytes, 16 of them our name */
enum { STAMP_MARK_BYTES = 19, STAMP_NAL_BYTES = 44, STAMP_BYTES = 4 + STAMP_NAL_BYTES };
enum { AVC_HEADER = 5, DELIMITER = 9 };

struct stamp {
    int64_t time;
    uint32_t number;
};

static inline int64_t wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

/* Return where in the video message `body` the stamp belongs. */
static inline uint32_t stamp_offset(const uint8_t *body, uint32_t size)
{
    uint32_t first = AVC_HEADER;
    if (size > first + 10 && (body[first + 4] & 31) == DELIMITER)
        first += 4 + body[first + 3];
    return first;
}

/* Write the stamp with its length in front, STAMP_BYTES in all. */
static inline void write_stamp(uint8_t *at, struct stamp stamp)
{
    static const uint8_t length[4] = {0, 0, 0, STAMP_NAL_BYTES};
    char digits[25];
    snprintf(digits, sizeof digits, "%016lx%08x", (unsigned long)stamp.time, stamp.number);
    memcpy(at, length, 4);
    memcpy(at + 4, STAMP_MARK, STAMP_MARK_BYTES);
    memcpy(at + 4 + STAMP_MARK_BYTES, digits, 24);
    at[STAMP_BYTES - 1] = 0x80; /* the stop bit */
}

static inline uint64_t from_digits(const uint8_t *digits, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 4 | (uint64_t)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    return value;
}

/* Find the stamp in the first `size` bytes of a video message. */
static inline bool find_stamp(const uint8_t *body, uint32_t size, struct stamp *stamp)
{
    uint32_t at = stamp_offset(body, size) + 4;
    if (size < at + STAMP_NAL_BYTES || memcmp(body + at, STAMP_MARK, STAMP_MARK_BYTES) != 0)
        return false;
    stamp->time = (int64_t)from_digits(body + at + STAMP_MARK_BYTES, 16);
    stamp->number = (uint32_t)from_digits(body + at + STAMP_MARK_BYTES + 16, 8);
    return true;
}
#endif
