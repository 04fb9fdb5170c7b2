// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_TLS_WALKS_H
#define TOMTE_MAPS_TLS_WALKS_H

#include "lib/common.h"

/* What the SSL object itself says of a binding that is about to be made. */
enum tls_walk {
	TLS_WALK_AGREES = 0,
	/* Its BIO has the descriptor of something else: the binding is refused. */
	TLS_WALK_DISAGREES = 1,
	/* The library's structures could not be told from its code. */
	TLS_WALK_LAYOUT_UNKNOWN = 2,
	/* Its BIO moves bytes by other means than a descriptor: memory, a pair, the program's own. */
	TLS_WALK_NO_DESCRIPTOR = 3,
	TLS_WALK_READ_FAULT = 4,
	TLS_WALK_COUNT = 5,
};

/* How many bindings ended so, by enum tls_walk. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TLS_WALK_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} tls_walks SEC(".maps");

#endif
