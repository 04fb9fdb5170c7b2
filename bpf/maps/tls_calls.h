// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_TLS_CALLS_H
#define TOMTE_MAPS_TLS_CALLS_H

#include "lib/common.h"

enum tls_function {
	TLS_READ = 0,
	TLS_WRITE = 1,
	TLS_READ_EX = 2,
	TLS_WRITE_EX = 3,
	TLS_HANDSHAKE = 4,
	TLS_SHUTDOWN = 5,
	TLS_FREE = 6,
};

/* A call into the TLS library that has not returned. */
struct tls_call {
	__u64 object;
	__u64 buffer;
	/* Of the _ex pair: where the library writes how many bytes it moved. */
	__u64 count_address;
	__u32 function;
	/* As in the cookie of the entry (lib/tls_cookie.h). */
	__u32 layout;
};

/*
 * Keyed by thread (pid_tgid), since a call stays on its thread. A plain hash, since an LRU would throw out
 * calls that block for long; an entry whose exit was missed is overwritten by the thread's next call.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct tls_call);
} tls_calls SEC(".maps");

#endif
