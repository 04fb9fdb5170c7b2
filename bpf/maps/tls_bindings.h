// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_TLS_BINDINGS_H
#define TOMTE_MAPS_TLS_BINDINGS_H

#include "lib/common.h"

/* Addresses repeat across processes, so the process belongs to the key; objects move between its threads. */
struct tls_object_key {
	__u64 object;
	__u32 tgid;
	__u32 _pad;
};

/* SSL object → address of the struct sock. As many as connections; deleted with the sock or by SSL_free. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, struct tls_object_key);
	__type(value, __u64);
} tls_bindings SEC(".maps");

#endif
