// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_SOCKET_H
#define TOMTE_LIB_SOCKET_H

#include "lib/common.h"

/*
 * The task and what hangs on it by typed pointers are read by plain loads, which the kernel guards; only
 * beyond the table of files, whose elements have no type for the verifier, by the helper (15 ns each).
 */
INLINE struct file *file_of_fd(int fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	struct fdtable *table = task->files->fdt;
	struct file *file = NULL;
	if (fd < 0 || (u32)fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	return file;
}

/* The neighbours `file` and `sk` of struct socket. */
struct socket_pair {
	struct file *file;
	struct sock *sk;
};

INLINE void read_socket(struct socket *socket, struct socket_pair *pair)
{
	u32 file_at = bpf_core_field_offset(struct socket, file);
	if (bpf_core_field_offset(struct socket, sk) == file_at + sizeof(pair->file)) {
		bpf_probe_read_kernel(pair, sizeof(*pair), (void *)socket + file_at);
		return;
	}
	pair->file = BPF_CORE_READ(socket, file);
	pair->sk = BPF_CORE_READ(socket, sk);
}

/* The socket behind a descriptor: only a socket's private data points back to the file. */
INLINE struct sock *sock_of_fd(int fd)
{
	struct socket_pair pair = {};
	struct file *file = file_of_fd(fd);
	if (!file)
		return NULL;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	if (!socket)
		return NULL;
	read_socket(socket, &pair);
	return pair.file == file ? pair.sk : NULL;
}

INLINE bool is_tcp(struct sock *sk)
{
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return false;
	/* A raw socket may carry TCP's number, but is no stream. */
	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP && BPF_CORE_READ(sk, sk_type) == SOCK_STREAM;
}

/* Bytes that the process has taken from TCP, and given to it, in the life of the socket; FIN and SYN may add one. */
INLINE u64 taken_bytes(struct tcp_sock *tcp)
{
	return BPF_CORE_READ(tcp, bytes_received) -
	       (u32)(BPF_CORE_READ(tcp, rcv_nxt) - BPF_CORE_READ(tcp, copied_seq));
}

INLINE u64 given_bytes(struct tcp_sock *tcp)
{
	return BPF_CORE_READ(tcp, bytes_acked) +
	       (u32)(BPF_CORE_READ(tcp, write_seq) - BPF_CORE_READ(tcp, snd_una));
}

#endif
