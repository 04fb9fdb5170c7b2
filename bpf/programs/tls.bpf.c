// SPDX-License-Identifier: GPL-2.0
/*
 * Plaintext from OpenSSL and its kin. User space chooses the instructions to probe and says by cookie
 * which function each belongs to and where its arguments or its result are at that place. These programs
 * may be interrupted by each other on one processor: no per-CPU memory but counters with atomic adds.
 */
#include "lib/policy.h"
#include "lib/tls_cookie.h"
#include "lib/walk.h"
#include "maps/connections.h"
#include "maps/tls_bindings.h"
#include "maps/tls_calls.h"

INLINE void forget_object(u32 tgid, u64 object)
{
	struct tls_object_key key = { .object = object, .tgid = tgid };
	bpf_map_delete_elem(&tls_bindings, &key);
}

/* A handshake or shutdown inside a read or write of the same object is part of that call. */
INLINE bool is_part_of_call(u64 thread, u32 function, u64 object)
{
	if (function < TLS_HANDSHAKE)
		return false;
	struct tls_call *outer = bpf_map_lookup_elem(&tls_calls, &thread);
	return outer && outer->object == object && outer->function < TLS_HANDSHAKE;
}

SEC("uprobe")
int tls_enter(struct pt_regs *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx);
	u32 tgid = current_target();
	if (tgid == 0)
		return 0;
	u32 function = COOKIE_FUNCTION(cookie);
	u64 object = argument_at(ctx, cookie, 0);
	if (function == TLS_FREE) {
		forget_object(tgid, object);
		return 0;
	}
	u64 thread = bpf_get_current_pid_tgid();
	if (is_part_of_call(thread, function, object))
		return 0;
	struct tls_call call = { .object = object, .function = function, .layout = COOKIE_LAYOUT(cookie) };
	if (function < TLS_HANDSHAKE)
		call.buffer = argument_at(ctx, cookie, 1);
	if (function == TLS_READ_EX || function == TLS_WRITE_EX)
		call.count_address = argument_at(ctx, cookie, 3);
	bpf_map_update_elem(&tls_calls, &thread, &call, BPF_ANY);
	return 0;
}

/* Bytes that the call moved. Results are ints: widening before the test would make a failure 4 GiB. */
INLINE u32 moved_bytes(const struct tls_call *call, s32 result)
{
	u64 count = 0;
	if (result <= 0 || call->function >= TLS_HANDSHAKE)
		return 0;
	if (call->function == TLS_READ || call->function == TLS_WRITE)
		return result;
	bpf_probe_read_user(&count, sizeof(count), (const void *)call->count_address);
	return count > 0x7fffffff ? 0 : count;
}

INLINE struct connection *bound_connection(u32 tgid, u64 object)
{
	struct tls_object_key key = { .object = object, .tgid = tgid };
	u64 *sock = bpf_map_lookup_elem(&tls_bindings, &key);
	if (!sock)
		return NULL;
	u64 address = *sock;
	struct connection *connection = bpf_map_lookup_elem(&connections, &address);
	if (!connection || connection->tls_object != object || connection->tls_process != tgid)
		return NULL;
	return connection;
}

INLINE void count_unbound(u64 count)
{
	struct counters *counted = count_captured(SOURCE_TLS_DATA, 1, count);
	if (counted)
		count_dropped(counted, DROP_TLS_UNBOUND, 1, count);
}

INLINE void ship_plaintext(const struct tls_call *call, u32 tgid, u32 count)
{
	u32 direction = call->function == TLS_READ || call->function == TLS_READ_EX ? DIRECTION_RECEIVED
										    : DIRECTION_SENT;
	struct connection *connection = bound_connection(tgid, call->object);
	if (!connection) {
		count_unbound(count);
		return;
	}
	struct stretch stretch = {
		.connection_id = connection->connection_id,
		.position = __sync_fetch_and_add(&connection->tls_position[direction & 1], count),
		.pid = tgid,
		.source = SOURCE_TLS_DATA,
		.direction = direction,
	};
	if (connection->verdict == VERDICT_DROP)
		return;
	if (count <= SEGMENT_BYTES && count <= capture_limit_bytes) {
		ship_piece(&stretch, call->buffer, count);
		return;
	}
	struct memory memory = { .base = call->buffer, .left_in_piece = count };
	walk(&stretch, &memory, count);
}

SEC("uprobe")
int tls_exit(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct tls_call *pending = bpf_map_lookup_elem(&tls_calls, &thread);
	if (!pending)
		return 0;
	u64 cookie = bpf_get_attach_cookie(ctx);
	/* The place may lie in code that other functions reach too. */
	if (pending->function != COOKIE_FUNCTION(cookie))
		return 0;
	struct tls_call call = *pending;
	bpf_map_delete_elem(&tls_calls, &thread);
	u32 count = moved_bytes(&call, result_at(ctx, cookie));
	if (count > 0)
		ship_plaintext(&call, current_tgid(), count);
	return 0;
}
