// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_EVENTS_VERDICT_REQUEST_H
#define TOMTE_EVENTS_VERDICT_REQUEST_H

#include "types.h"

/* Argument of set_verdict: user space decides about one generation of a sock. */
struct verdict_request {
	exact_t sock;
	__u64 connection_id;
	/* enum verdict */
	__u64 verdict;
};

#endif
