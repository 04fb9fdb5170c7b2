// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_COMMON_H
#define TOMTE_LIB_COMMON_H

#include "vmlinux/vmlinux.h"
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#define INLINE static __always_inline
/*
 * A global function: the verifier proves it once and on its own, instead of at each call with all that
 * the caller knows, which for a loop over sizes means more than a million steps. Its pointers may be NULL.
 */
#define GLOBAL __attribute__((noinline))

/* Numbers that the kernel's headers keep in macros, which BTF does not carry. */
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define IPPROTO_TCP 6

/* include/net/tcp_states.h */
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_SYN_RECV 3
#define TCP_CLOSE 7
#define TCP_CLOSE_WAIT 8

/* include/linux/socket.h */
#define MSG_PEEK 0x2
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000

#define ECONNRESET 104
#define EPIPE 32

/*
 * Hides a value's history from the compiler, so that the bound which is tested next is tested on the
 * very register that the helper gets (clang 14 otherwise reuses an older check that the verifier has
 * forgotten after a spill).
 */
#define HIDE(value) asm volatile("" : "+r"(value))

char LICENSE[] SEC("license") = "GPL";

#endif
