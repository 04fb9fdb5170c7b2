// SPDX-License-Identifier: GPL-2.0
/*
 * What processes do by system calls, taken when the call returns: then the result says how many bytes
 * there truly were, the arguments are still in the saved registers, and the memory is resident, since
 * the kernel has just copied it. One program for all calls: a raw hook costs every call 75 ns, where a
 * tracepoint of its own would cost the call 150 ns and all others 35.
 */
#include "lib/accept.h"
#include "lib/mapping.h"
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
/* Messages of one call that are looked at; the verifier bounds it. What more it moved is not counted. */
#define MMSG_MESSAGES 16

static __noinline int handle_message(u32 direction, int fd, const void *message, long result)
{
	struct user_message header;
	if (result <= 0)
		return 0;
	if (bpf_probe_read_user(&header, sizeof(header), message) != 0) /* A vector that nobody can read. */
		return handle_vector(direction, fd, NULL, 1, result);
	return handle_vector(direction, fd, (const void *)header.vector, header.vector_count, result);
}

static __noinline int handle_messages(u32 direction, int fd, const void *messages, long result)
{
	for (u32 i = 0; i < MMSG_MESSAGES; i++) {
		u32 length = 0;
		const void *element = messages + i * MMSG_STRIDE;
		if (i >= result)
			break;
		bpf_probe_read_user(&length, sizeof(length), element + MMSG_LENGTH_OFFSET);
		handle_message(direction, fd, element, length);
	}
	return 0;
}

INLINE int handle_receive(struct pt_regs *regs, long result)
{
	u32 flags = ARGUMENT_4(regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	if (flags & MSG_TRUNC) /* tcp(7): the bytes are thrown away. */
		return handle_length(DIRECTION_RECEIVED, ARGUMENT_1(regs), result);
	return handle_buffer(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), result);
}

INLINE int handle_receive_message(struct pt_regs *regs, long result)
{
	u32 flags = ARGUMENT_3(regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	if (flags & MSG_TRUNC)
		return handle_length(DIRECTION_RECEIVED, ARGUMENT_1(regs), result);
	return handle_message(DIRECTION_RECEIVED, ARGUMENT_1(regs), (void *)ARGUMENT_2(regs), result);
}

/* Calls of which a result of 0 moves nothing. */
INLINE int handle_moved(struct pt_regs *regs, u32 number, long result)
{
	int fd = ARGUMENT_1(regs);
	void *memory = (void *)ARGUMENT_2(regs);
	switch (number) {
	case NR_READ:
		return handle_buffer(DIRECTION_RECEIVED, fd, memory, result);
	case NR_WRITE:
	case NR_SENDTO:
		return handle_buffer(DIRECTION_SENT, fd, memory, result);
	case NR_READV:
		return handle_vector(DIRECTION_RECEIVED, fd, memory, ARGUMENT_3(regs), result);
	case NR_WRITEV:
		return handle_vector(DIRECTION_SENT, fd, memory, ARGUMENT_3(regs), result);
	case NR_RECVFROM:
		return handle_receive(regs, result);
	case NR_RECVMSG:
		return handle_receive_message(regs, result);
	case NR_SENDMSG:
		return handle_message(DIRECTION_SENT, fd, memory, result);
	case NR_RECVMMSG:
		if (ARGUMENT_4(regs) & (MSG_PEEK | MSG_ERRQUEUE | MSG_TRUNC))
			return 0;
		return handle_messages(DIRECTION_RECEIVED, fd, memory, result);
	case NR_SENDMMSG:
		return handle_messages(DIRECTION_SENT, fd, memory, result);
	case NR_SENDFILE:
		return handle_length(DIRECTION_SENT, fd, result);
	case NR_SPLICE:
		handle_length(DIRECTION_RECEIVED, fd, result);
		return handle_length(DIRECTION_SENT, ARGUMENT_3(regs), result);
	}
	return 0;
}

SEC("tp_btf/sys_exit")
int call_return(u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	long result = (long)ctx[1];
	if (result < 0)
		return 0;
	u32 number = SYSCALL_NUMBER(regs);
	if (IS_32_BIT_CALL(bpf_get_current_task_btf())) /* Its numbers are others. */
		return 0;
	if (number == NR_ACCEPT || number == NR_ACCEPT4)
		return handle_accept(result);
	if (number == NR_MMAP) {
		if (!(ARGUMENT_3(regs) & PROT_EXEC) || (int)ARGUMENT_5(regs) < 0)
			return 0;
		return handle_mapping(ARGUMENT_5(regs), result, ARGUMENT_2(regs));
	}
	return result == 0 ? 0 : handle_moved(regs, number, result);
}
