// SPDX-License-Identifier: GPL-2.0
/*
 * What user space says of a probed place, in one cookie:
 *   bits 0..7    enum tls_function
 *   entry: bits 8..12, 13..17, 18..22, 23..27: register of arguments 1 to 4
 *          bits 28..37, 38..47: offset / 8 of rbio and wbio in the SSL object; 48..55, 56..57: that of
 *          num and of the method in a BIO; all 0 when one of them is not known
 *   exit:  bit 8: the result is an int in the frame when eax is positive; bits 9..13: base register,
 *          bits 32..63: signed displacement. Otherwise the result is eax (w0).
 */
#ifndef TOMTE_LIB_TLS_COOKIE_H
#define TOMTE_LIB_TLS_COOKIE_H

#include "lib/common.h"

#define COOKIE_FUNCTION(cookie) (0xff & (u32)(cookie))
#define COOKIE_LAYOUT(cookie) ((u32)((cookie) >> 28) & 0x3fffffff)
#define LAYOUT_RBIO(layout) ((0x3ff & (layout)) * 8)
#define LAYOUT_WBIO(layout) (((layout) >> 10 & 0x3ff) * 8)
#define LAYOUT_NUM(layout) (((layout) >> 20 & 0xff) * 8)
#define LAYOUT_METHOD(layout) (((layout) >> 28 & 3) * 8)
#define COOKIE_RESULT_IN_FRAME (1ul << 8)

/*
 * One load for each case: merged into a load from a computed offset, they would be what the verifier
 * calls a modified context.
 */
#define REGISTER(number, field)                                                                                \
	case number: {                                                                                         \
		u64 value = ctx->field;                                                                        \
		HIDE(value);                                                                                   \
		return value;                                                                                  \
	}

#if defined(__TARGET_ARCH_x86)
/* Numbered as in machine code: rax rcx rdx rbx rsp rbp rsi rdi r8 … r15. */
INLINE u64 register_at(struct pt_regs *ctx, u32 number)
{
	switch (number) {
		REGISTER(0, ax)
		REGISTER(1, cx)
		REGISTER(2, dx)
		REGISTER(3, bx)
		REGISTER(4, sp)
		REGISTER(5, bp)
		REGISTER(6, si)
		REGISTER(7, di)
		REGISTER(8, r8)
		REGISTER(9, r9)
		REGISTER(10, r10)
		REGISTER(12, r12)
		REGISTER(13, r13)
		REGISTER(14, r14)
		REGISTER(15, r15)
	}
	return 0;
}
#else
/* x0 to x3 only: the planner moves no arguments on this architecture. */
INLINE u64 register_at(struct pt_regs *ctx, u32 number)
{
	switch (number) {
		REGISTER(0, user_regs.regs[0])
		REGISTER(1, user_regs.regs[1])
		REGISTER(2, user_regs.regs[2])
		REGISTER(3, user_regs.regs[3])
	}
	return 0;
}
#endif

INLINE u64 argument_at(struct pt_regs *ctx, u64 cookie, u32 index)
{
	return register_at(ctx, cookie >> (8 + 5 * index) & 31);
}

INLINE s32 result_at(struct pt_regs *ctx, u64 cookie)
{
	s32 result = register_at(ctx, 0);
	if (!(cookie & COOKIE_RESULT_IN_FRAME) || result <= 0)
		return result;
	u64 base = register_at(ctx, cookie >> 9 & 31);
	s64 displacement = (s32)(cookie >> 32);
	result = 0;
	bpf_probe_read_user(&result, sizeof(result), (const void *)(base + displacement));
	return result;
}

#endif
