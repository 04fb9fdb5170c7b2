// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_TLS_WALK_H
#define TOMTE_LIB_TLS_WALK_H

#include "lib/socket.h"
#include "lib/tls_cookie.h"
#include "maps/tls_calls.h"
#include "maps/tls_walks.h"

/* <openssl/bio.h>: it has a descriptor; it hands on to the next of its chain. */
#define BIO_TYPE_DESCRIPTOR 0x100
#define BIO_TYPE_FILTER 0x200
/* A handshake has a buffer before the socket; two more are for programs that add their own. */
#define BIO_CHAIN_MAX 4

/* A read of the process's memory that answers nothing but "it could be read". */
#define READ_USER(to, address) (bpf_probe_read_user(&(to), sizeof(to), (const void *)(address)) == 0)

/* `num`, `ptr` and `next_bio` of struct bio_st: neighbours in every branch (user space has made sure). */
struct bio_tail {
	s32 num;
	u32 _pad;
	u64 ptr;
	u64 next;
};

INLINE enum tls_walk compare_descriptor(int fd, struct sock *sk)
{
	if (fd < 0) /* Not set: of the same type, but the program's own. */
		return TLS_WALK_NO_DESCRIPTOR;
	return sock_of_fd(fd) == sk ? TLS_WALK_AGREES : TLS_WALK_DISAGREES;
}

/*
 * SSL object → rbio or wbio → its descriptor → sock, which is compared instead of the number, since
 * descriptors may be duplicates. Some seven reads of 20 ns, once for a pair of object and connection.
 */
static __noinline u32 walk_object(struct sock *sk, u64 object, u32 layout, u32 direction)
{
	struct bio_tail tail = {};
	u64 bio = 0;
	if (layout == 0)
		return TLS_WALK_LAYOUT_UNKNOWN;
	u32 bio_at = direction == DIRECTION_SENT ? LAYOUT_WBIO(layout) : LAYOUT_RBIO(layout);
	if (!READ_USER(bio, object + bio_at))
		return TLS_WALK_READ_FAULT;
	for (u32 i = 0; i < BIO_CHAIN_MAX && bio != 0; i++) {
		u64 method = 0;
		u32 type = 0;
		if (!READ_USER(method, bio + LAYOUT_METHOD(layout)) || !READ_USER(type, method) ||
		    !READ_USER(tail, bio + LAYOUT_NUM(layout)))
			return TLS_WALK_READ_FAULT;
		if (!(type & BIO_TYPE_FILTER))
			return type & BIO_TYPE_DESCRIPTOR ? compare_descriptor(tail.num, sk)
							  : TLS_WALK_NO_DESCRIPTOR;
		bio = tail.next;
	}
	return TLS_WALK_NO_DESCRIPTOR;
}

/* False when the object says that it belongs to another socket. */
INLINE bool confirm_by_walk(struct sock *sk, const struct tls_call *call, u32 direction)
{
	u32 result = walk_object(sk, call->object, call->layout, direction);
	u64 *count = bpf_map_lookup_elem(&tls_walks, &result);
	if (count)
		__sync_fetch_and_add(count, 1);
	return result != TLS_WALK_DISAGREES;
}

#endif
