// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_MAPS_DATA_RING_H
#define TOMTE_MAPS_DATA_RING_H

#include "lib/common.h"

/* Bytes of the streams. User space sets the size before load: it must hold what arrives between two drains. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} data_ring SEC(".maps");

#endif
