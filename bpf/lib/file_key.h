// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_FILE_KEY_H
#define TOMTE_LIB_FILE_KEY_H

#include "lib/common.h"
#include "maps/target_executables.h"

INLINE void file_key_of(struct file *file, struct file_key *key)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	key->inode = BPF_CORE_READ(inode, i_ino);
	key->device = BPF_CORE_READ(inode, i_sb, s_dev);
}

#endif
