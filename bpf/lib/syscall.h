// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_SYSCALL_H
#define TOMTE_LIB_SYSCALL_H

#include "lib/common.h"

/* Arguments of the system call that is about to return: they are still in the saved registers. */
#if defined(__TARGET_ARCH_x86)
#define SYSCALL_NUMBER(regs) ((u32)(regs)->orig_ax)
#define ARGUMENT_1(regs) ((regs)->di)
#define ARGUMENT_2(regs) ((regs)->si)
#define ARGUMENT_3(regs) ((regs)->dx)
#define ARGUMENT_4(regs) ((regs)->r10)
#define ARGUMENT_5(regs) ((regs)->r8)

enum syscall_number {
	NR_READ = 0,
	NR_WRITE = 1,
	NR_MMAP = 9,
	NR_READV = 19,
	NR_WRITEV = 20,
	NR_SENDFILE = 40,
	NR_ACCEPT = 43,
	NR_SENDTO = 44,
	NR_RECVFROM = 45,
	NR_SENDMSG = 46,
	NR_RECVMSG = 47,
	NR_EXECVE = 59,
	NR_SPLICE = 275,
	NR_ACCEPT4 = 288,
	NR_RECVMMSG = 299,
	NR_SENDMMSG = 307,
	NR_EXECVEAT = 322,
};

/* arch/x86/include/asm/thread_info.h: TS_COMPAT */
#define IS_32_BIT_CALL(task) ((task)->thread_info.status & 2)
#else
#define SYSCALL_NUMBER(regs) ((u32)(regs)->syscallno)
/* x0 already holds the result; the kernel keeps the first argument apart. */
#define ARGUMENT_1(regs) ((regs)->orig_x0)
#define ARGUMENT_2(regs) ((regs)->user_regs.regs[1])
#define ARGUMENT_3(regs) ((regs)->user_regs.regs[2])
#define ARGUMENT_4(regs) ((regs)->user_regs.regs[3])
#define ARGUMENT_5(regs) ((regs)->user_regs.regs[4])

enum syscall_number {
	NR_READ = 63,
	NR_WRITE = 64,
	NR_READV = 65,
	NR_WRITEV = 66,
	NR_SENDFILE = 71,
	NR_SPLICE = 76,
	NR_ACCEPT = 202,
	NR_SENDTO = 206,
	NR_RECVFROM = 207,
	NR_SENDMSG = 211,
	NR_RECVMSG = 212,
	NR_EXECVE = 221,
	NR_MMAP = 222,
	NR_ACCEPT4 = 242,
	NR_RECVMMSG = 243,
	NR_SENDMMSG = 269,
	NR_EXECVEAT = 281,
};

/* arch/arm64/include/asm/thread_info.h: TIF_32BIT */
#define IS_32_BIT_CALL(task) ((task)->thread_info.flags & (1ul << 22))
#endif

#endif
