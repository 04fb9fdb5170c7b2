// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_SYSCALL_H
#define TOMTE_LIB_SYSCALL_H

#include "lib/common.h"

/*
 * Arguments of the system call that is about to return: they are still in the task's saved registers,
 * so no program at the entry is needed. bpf_task_pt_regs: kernel 5.15.
 */
INLINE struct pt_regs *saved_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
}

#if defined(__TARGET_ARCH_x86)
#define ARGUMENT_1(regs) ((regs)->di)
#define ARGUMENT_2(regs) ((regs)->si)
#define ARGUMENT_3(regs) ((regs)->dx)
#define ARGUMENT_4(regs) ((regs)->r10)
#define ARGUMENT_5(regs) ((regs)->r8)
#else
/* x0 already holds the result; the kernel keeps the first argument apart. */
#define ARGUMENT_1(regs) ((regs)->orig_x0)
#define ARGUMENT_2(regs) ((regs)->user_regs.regs[1])
#define ARGUMENT_3(regs) ((regs)->user_regs.regs[2])
#define ARGUMENT_4(regs) ((regs)->user_regs.regs[3])
#define ARGUMENT_5(regs) ((regs)->user_regs.regs[4])
#endif

#endif
