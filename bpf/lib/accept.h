// SPDX-License-Identifier: GPL-2.0
#ifndef TOMTE_LIB_ACCEPT_H
#define TOMTE_LIB_ACCEPT_H

#include "lib/connection.h"
#include "lib/policy.h"

/* A server's connection begins here: before, nobody holds it. */
static __noinline int handle_accept(long fd)
{
	u32 pid = current_target();
	if (pid == 0)
		return 0;
	struct sock *sk = sock_of_fd(fd);
	if (!sk || !is_tcp(sk))
		return 0;
	struct connection *connection = start_connection(sk, pid, ID_CONTEXT_SYSCALL);
	if (!connection)
		return 0;
	connection->role = ROLE_SERVER;
	connection->is_from_start = true;
	remember_sequences(connection, sk, 0, 0);
	announce(sk, connection, CONNECTION_OPENED);
	return 0;
}

#endif
