// SPDX-License-Identifier: GPL-2.0
/*
 * Built for its BTF alone: one variable of each type that user space decodes. clang describes in BTF
 * only what a global refers to, and the objects themselves need no such globals.
 */
#include "maps/connections.h"
#include "maps/process_policy.h"
#include "maps/target_executables.h"
#include "maps/tls_calls.h"
#include "maps/tls_walks.h"
#include "events/connection_event.h"
#include "events/counters.h"
#include "events/data_event.h"
#include "events/exec_event.h"
#include "events/exit_event.h"
#include "events/mapping_event.h"
#include "events/syscall_counts.h"
#include "events/verdict_request.h"

struct connection_event type_connection_event;
struct counters type_counters;
struct data_event type_data_event;
struct exec_event type_exec_event;
struct exit_event type_exit_event;
struct mapping_event type_mapping_event;
struct event_header type_event_header;
struct file_key type_file_key;
struct syscall_key type_syscall_key;
struct syscall_counts type_syscall_counts;
struct verdict_request type_verdict_request;

enum event_type type_event_type;
enum event_source type_event_source;
enum drop_reason type_drop_reason;
enum direction type_direction;
enum connection_event_kind type_connection_event_kind;
enum connection_role type_connection_role;
enum process_policy_value type_process_policy;
enum verdict type_verdict;
enum tls_function type_tls_function;
enum tls_walk type_tls_walk;
