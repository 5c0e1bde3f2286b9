#ifndef VOUCHBIRD_CZEROMQ_SHIM_H
#define VOUCHBIRD_CZEROMQ_SHIM_H

#include <linux/filter.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <zmq.h>
#include "beacon.h"

/* zmq.h keeps this option behind its draft switch; the release library knows it by number. */
#define VB_ZMQ_ZAP_ENFORCE_DOMAIN 93

/* Bytes that a TCP connection has brought in, in order, and bytes that the other end has acknowledged:
   tcpi_bytes_received and tcpi_bytes_acked of struct tcp_info, at bytes 128 and 120 since Linux 4.1. glibc's own
   declaration of the struct ends before them, and <linux/tcp.h> collides with glibc's, so they are read by
   their offset. Returns 0 or -1. */
static inline int vb_tcp_bytes(int descriptor, uint64_t *received, uint64_t *acknowledged) {
    unsigned char info[136];
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, 6 /* IPPROTO_TCP */, 11 /* TCP_INFO */, info, &length) != 0) return -1;
    if (length < sizeof info) return -1;
    memcpy(received, info + 128, sizeof *received);
    memcpy(acknowledged, info + 120, sizeof *acknowledged);
    return 0;
}

/* Bytes that wait in the kernel's receive queue, or -1. */
static inline int vb_unread_bytes(int descriptor) {
    int unread = 0;
    return ioctl(descriptor, FIONREAD, &unread) == 0 ? unread : -1;
}

/* The kernel's number of a socket, never used twice while the machine is up; 0 when not a socket. */
static inline uint64_t vb_socket_cookie(int descriptor) {
    uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    if (getsockopt(descriptor, SOL_SOCKET, 57 /* SO_COOKIE */, &cookie, &length) != 0) return 0;
    return cookie;
}

/* Puts a classic BPF program (socket(7), SO_ATTACH_FILTER) in front of a socket, in place of the one before. An
   instruction is code | jt << 16 | jf << 24 | k << 32. Returns 0, or -1 and errno. */
static inline int vb_attach_filter(int descriptor, const uint64_t *instructions, int count) {
    struct sock_filter code[1024];
    if (count < 1 || count > 1024) return -1;
    for (int i = 0; i < count; i++) {
        code[i].code = (uint16_t)instructions[i];
        code[i].jt = (uint8_t)(instructions[i] >> 16);
        code[i].jf = (uint8_t)(instructions[i] >> 24);
        code[i].k = (uint32_t)(instructions[i] >> 32);
    }
    struct sock_fprog program = {(unsigned short)count, code};
    return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static inline void vb_detach_filter(int descriptor) {
    int unused = 0;
    setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

/* Packets that a socket did not take since it was made, by its filter or for want of room (SO_MEMINFO since Linux
   4.12). 0 where the kernel does not say. */
static inline uint32_t vb_socket_drops(int descriptor) {
    uint32_t memory[9] = {0};
    socklen_t length = sizeof memory;
    if (getsockopt(descriptor, SOL_SOCKET, 55 /* SO_MEMINFO */, memory, &length) != 0) return 0;
    return memory[8];
}

#endif
