// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_MAPPING_H
#define TOMTE_LIB_MAPPING_H

#include "events/mapping_event.h"
#include "lib/emit.h"
#include "lib/file_key.h"
#include "lib/policy.h"
#include "lib/socket.h"
#include "maps/dull_files.h"

#define PROT_EXEC 0x4

/* Code of a file was mapped at `address`: user space looks whether there is something to probe. */
static __noinline int handle_mapping(int fd, u64 address, u64 length)
{
	struct file_key key = {};
	u32 tgid = current_target();
	if (tgid == 0)
		return 0;
	struct file *file = file_of_fd(fd);
	if (!file)
		return 0;
	file_key_of(file, &key);
	if (bpf_map_lookup_elem(&dull_files, &key))
		return 0;
	struct mapping_event *event = reserve_lifecycle(mapping_event, tgid, EVENT_MAPPING);
	if (!event)
		return 0;
	event->inode = key.inode;
	event->device = key.device;
	event->start_address = address;
	event->length_bytes = length;
	event->_pad = 0;
	submit(event);
	return 0;
}

#endif
