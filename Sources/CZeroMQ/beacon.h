#ifndef VOUCHBIRD_BEACON_H
#define VOUCHBIRD_BEACON_H

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams to one multicast group of IPv4. Addresses are words in the machine's byte order; glibc's
   sockaddr types would need casts of pointers on the Swift side, so they stay here. */

/* Own addresses of interfaces that are up, at most `most`. Returns how many. */
static inline int vb_own_addresses(uint32_t *addresses, int most) {
    struct ifaddrs *list = NULL;
    int count = 0;
    if (getifaddrs(&list) != 0) return 0;
    for (struct ifaddrs *each = list; each && count < most; each = each->ifa_next) {
        if (!each->ifa_addr || each->ifa_addr->sa_family != AF_INET) continue;
        if (!(each->ifa_flags & IFF_UP)) continue;
        addresses[count++] = ntohl(((struct sockaddr_in *)each->ifa_addr)->sin_addr.s_addr);
    }
    freeifaddrs(list);
    return count;
}

/* A socket that hears the port, with others of this machine, and nothing of groups that it did not join.
   -1 and errno otherwise. */
static inline int vb_beacon_open(uint16_t port) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int yes = 1, no = 0, near = 1, room = 64 << 10;
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_ANY);
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) != 0
        || setsockopt(descriptor, IPPROTO_IP, 49 /* IP_MULTICAST_ALL */, &no, sizeof no) != 0
        || setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_TTL, &near, sizeof near) != 0
        || bind(descriptor, (struct sockaddr *)&name, sizeof name) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* Joins the group on the interface that has the address. 0, or -1 and errno; joined before is 0. */
static inline int vb_beacon_join(int descriptor, uint32_t group, uint32_t own) {
    struct ip_mreqn request;
    memset(&request, 0, sizeof request);
    request.imr_multiaddr.s_addr = htonl(group);
    request.imr_address.s_addr = htonl(own);
    if (setsockopt(descriptor, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0) return 0;
    return errno == EADDRINUSE ? 0 : -1;
}

/* Sends over the interface that has the address, and from it. 0, or -1 and errno. */
static inline int vb_beacon_send(
    int descriptor, uint32_t own, uint32_t group, uint16_t port, const uint8_t *bytes, size_t count) {
    struct in_addr from;
    from.s_addr = htonl(own);
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(group);
    if (setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) != 0) return -1;
    ssize_t sent = sendto(descriptor, bytes, count, 0, (struct sockaddr *)&name, sizeof name);
    return sent == (ssize_t)count ? 0 : -1;
}

/* Takes one datagram: its length, cut off at `most`, and who sent it; -1 when none waits. */
static inline ssize_t vb_beacon_receive(int descriptor, uint8_t *bytes, size_t most, uint32_t *from) {
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    ssize_t count = recvfrom(descriptor, bytes, most, 0, (struct sockaddr *)&name, &length);
    if (count >= 0) *from = ntohl(name.sin_addr.s_addr);
    return count;
}

#endif
