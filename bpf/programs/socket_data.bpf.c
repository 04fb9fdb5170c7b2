// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes that processes move through TCP sockets, taken when the system call returns: then the result
 * says how many there truly were, and the memory is resident, since the kernel has just copied it.
 */
#include "lib/socket_io.h"
#include "lib/syscall.h"

/* The head of struct user_msghdr (include/linux/socket.h): a stable interface of the kernel. */
struct user_message {
	u64 name;
	u64 name_length;
	u64 vector;
	u64 vector_count;
};

/* struct mmsghdr: a message header of 56 bytes, then how many bytes it moved. */
#define MMSG_STRIDE 64
#define MMSG_LENGTH_OFFSET 56
/* Messages of one call that are looked at; the rest is counted as lost. */
#define MMSG_MESSAGES 16

INLINE int handle_message(u32 direction, int fd, const void *message, long result)
{
	struct user_message header;
	if (result <= 0)
		return 0;
	if (bpf_probe_read_user(&header, sizeof(header), message) != 0)
		return handle_unreadable(direction, fd, result);
	return handle_vector(direction, fd, (const void *)header.vector, header.vector_count, result);
}

static __noinline int handle_mmsg_element(u32 direction, int fd, const void *element)
{
	u32 length = 0;
	bpf_probe_read_user(&length, sizeof(length), element + MMSG_LENGTH_OFFSET);
	return handle_message(direction, fd, element, length);
}

INLINE int handle_messages(u32 direction, int fd, const void *messages, long result)
{
	for (u32 i = 0; i < MMSG_MESSAGES; i++) {
		if (i >= result)
			break;
		handle_mmsg_element(direction, fd, messages + i * MMSG_STRIDE);
	}
	return 0;
}

SEC("tp/syscalls/sys_exit_read")
int exit_read(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_buffer(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_write")
int exit_write(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_buffer(DIRECTION_SENT, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_readv")
int exit_readv(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_vector(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs),
			     ARGUMENT_3(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_writev")
int exit_writev(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_vector(DIRECTION_SENT, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ARGUMENT_3(regs),
			     ctx->ret);
}

SEC("tp/syscalls/sys_exit_recvfrom")
int exit_recvfrom(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	u32 flags = ARGUMENT_4(regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	if (flags & MSG_TRUNC) /* tcp(7): the bytes are thrown away. */
		return handle_unreadable(DIRECTION_RECEIVED, ARGUMENT_1(regs), ctx->ret);
	return handle_buffer(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_sendto")
int exit_sendto(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_buffer(DIRECTION_SENT, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_recvmsg")
int exit_recvmsg(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	u32 flags = ARGUMENT_3(regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	if (flags & MSG_TRUNC)
		return handle_unreadable(DIRECTION_RECEIVED, ARGUMENT_1(regs), ctx->ret);
	return handle_message(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_sendmsg")
int exit_sendmsg(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_message(DIRECTION_SENT, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_recvmmsg")
int exit_recvmmsg(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	if (ARGUMENT_4(regs) & (MSG_PEEK | MSG_ERRQUEUE | MSG_TRUNC))
		return 0;
	return handle_messages(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_sendmmsg")
int exit_sendmmsg(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	return handle_messages(DIRECTION_SENT, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), ctx->ret);
}

SEC("tp/syscalls/sys_exit_sendfile64")
int exit_sendfile64(struct trace_event_raw_sys_exit *ctx)
{
	return handle_unreadable(DIRECTION_SENT, ARGUMENT_1(saved_registers()), ctx->ret);
}

SEC("tp/syscalls/sys_exit_splice")
int exit_splice(struct trace_event_raw_sys_exit *ctx)
{
	struct pt_regs *regs = saved_registers();
	handle_unreadable(DIRECTION_RECEIVED, ARGUMENT_1(regs), ctx->ret);
	return handle_unreadable(DIRECTION_SENT, ARGUMENT_3(regs), ctx->ret);
}
