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
/* The kernel takes no more messages in a call than 1024 (UIO_MAXIOV): so many batches of so many. */
#define MMSG_BATCHES 16
#define MMSG_BATCH 64

/* Of `message` 0 the bytes were thrown away. Global, as the next one: the verifier goes through each once. */
GLOBAL int handle_message(u32 direction, int fd, u64 message, u64 length)
{
	struct user_message header;
	if (message == 0)
		return handle_length(direction, fd, length);
	if (bpf_probe_read_user(&header, sizeof(header), (const void *)message) != 0)
		return handle_vector(direction, fd, NULL, 1, length); /* A vector that nobody can read. */
	return handle_vector(direction, fd, (const void *)header.vector, header.vector_count, length);
}

/* How many of the `count` messages it has handled; it ends at a length that cannot be read. */
GLOBAL u32 handle_batch(u32 direction, int fd, u64 messages, u32 count, u32 is_discarded)
{
	u32 i = 0;
	for (; i < MMSG_BATCH && i < count; i++) {
		u64 message = messages + i * MMSG_STRIDE;
		u32 length = 0;
		if (bpf_probe_read_user(&length, sizeof(length),
					(const void *)(message + MMSG_LENGTH_OFFSET)) != 0)
			break;
		handle_message(direction, fd, is_discarded ? 0 : message, length);
	}
	return i;
}

/* Behind a length that cannot be read all would be put at a wrong position: the rest is counted as lost. */
static __noinline int handle_messages(u32 direction, int fd, u64 messages, u32 count, u32 is_discarded)
{
	for (u32 batch = 0; batch < MMSG_BATCHES && count > 0; batch++) {
		u32 wanted = least(count, MMSG_BATCH);
		u32 handled = handle_batch(direction, fd, messages, wanted, is_discarded);
		if (handled < wanted)
			return count_unreadable(fd, count - handled);
		messages += MMSG_BATCH * MMSG_STRIDE;
		count -= wanted;
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
	return handle_message(DIRECTION_RECEIVED, ARGUMENT_1(regs), ARGUMENT_2(regs), result);
}

INLINE int handle_receive_messages(struct pt_regs *regs, long result)
{
	u32 flags = ARGUMENT_4(regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	return handle_messages(DIRECTION_RECEIVED, ARGUMENT_1(regs), ARGUMENT_2(regs), result,
			       flags & MSG_TRUNC);
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
		return handle_message(DIRECTION_SENT, fd, ARGUMENT_2(regs), result);
	case NR_RECVMMSG:
		return handle_receive_messages(regs, result);
	case NR_SENDMMSG:
		return handle_messages(DIRECTION_SENT, fd, ARGUMENT_2(regs), result, false);
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
