// SPDX-License-Identifier: GPL-2.0
/*
 * The life of TCP connections. A client's begins when its SYN leaves, a server's when it is accepted;
 * both end when the kernel destroys the sock, so that what the process still reads after TCP's own end
 * (a half-closed socket in TIME_WAIT) belongs to the same connection and comes before its last event.
 */
#include "events/verdict_request.h"
#include "lib/connection.h"
#include "lib/policy.h"

INLINE void handle_syn_sent(struct sock *sk)
{
	/* connect(2) runs here, so `current` is the client. */
	u32 pid = current_target();
	if (pid == 0)
		return;
	struct connection *connection = start_connection(sk, pid, ID_CONTEXT_STATE);
	if (!connection) {
		struct counters *counted = count_captured(SOURCE_LIFECYCLE, 1, 0);
		if (counted)
			count_dropped(counted, DROP_MAP_FULL, 1, 0);
		return;
	}
	connection->role = ROLE_CLIENT;
	connection->is_connecting = true;
	connection->is_from_start = true;
	connection->connect_start_ns = bpf_ktime_get_ns();
}

INLINE void handle_established(struct sock *sk, struct connection *connection)
{
	connection->is_connecting = false;
	remember_sequences(connection, sk, 0, 0);
	announce(sk, connection, CONNECTION_OPENED);
}

/*
 * TCP's own end. From ESTABLISHED or CLOSE_WAIT no orderly way leads straight to CLOSE: either side has
 * reset. Any other error (a timeout) is kept as it is.
 */
INLINE void handle_close(struct sock *sk, struct connection *connection, int old_state)
{
	int error = BPF_CORE_READ(sk, sk_err);
	connection->error_number = error;
	connection->closed_ns = bpf_ktime_get_ns();
	if (connection->is_connecting) {
		end_connection(sk, connection, CONNECTION_FAILED);
		return;
	}
	bool is_abrupt = old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT;
	connection->is_reset = error == ECONNRESET || error == EPIPE || (error == 0 && is_abrupt);
}

SEC("tp_btf/inet_sock_set_state")
int set_state(u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	int old_state = (int)ctx[1];
	int new_state = (int)ctx[2];
	if (new_state != TCP_SYN_SENT && new_state != TCP_ESTABLISHED && new_state != TCP_CLOSE)
		return 0;
	if (new_state == TCP_SYN_SENT) {
		if (is_tcp(sk))
			handle_syn_sent(sk);
		return 0;
	}
	u64 key = (u64)sk;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);
	if (!connection)
		return 0;
	if (new_state == TCP_CLOSE)
		handle_close(sk, connection, old_state);
	else if (connection->is_connecting)
		handle_established(sk, connection);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int destroy_sock(u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	u64 key = (u64)sk;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);
	if (connection)
		end_connection(sk, connection, CONNECTION_CLOSED);
	return 0;
}

/* Run by user space (BPF_PROG_TEST_RUN): a verdict counts for that generation of the sock only. */
SEC("syscall")
int set_verdict(struct verdict_request *request)
{
	u64 key = request->sock;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);
	if (!connection || connection->connection_id != request->connection_id)
		return 1;
	connection->verdict = request->verdict;
	return 0;
}
