/** What dashboards ask, and what the rest of the language makes of our own series. */
const hand: readonly string[] = `
http_server_request_duration_seconds_count
http_server_request_duration_seconds_bucket{le="0.1"}
sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))
sum by (service_name, http_response_status_code) (rate(http_server_request_duration_seconds_count[2m]))
sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) / sum(rate(http_server_request_duration_seconds_count[5m]))
histogram_quantile(0.95, sum by (le, service_name) (rate(http_server_request_duration_seconds_bucket[5m])))
histogram_quantile(0.5, sum by (le) (increase(http_client_request_duration_seconds_bucket[10m])))
histogram_fraction(0, 0.1, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))
sum by (service_name) (rate(http_server_request_duration_seconds_sum[5m])) / sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))
sum by (outcome) (increase(tomte_requests_total[30m]))
rate(tomte_request_bytes_total[5m]) + on (service_name) rate(tomte_response_bytes_total[5m])
topk(2, sum by (http_request_method) (rate(http_client_request_duration_seconds_count[5m])))
increase(tomte_connections_total[20m])
rate(tomte_connection_sent_bytes_total[5m])
rate(tomte_syscalls_total[1m])
rate(tomte_syscall_seconds_total[2m])
tomte_agent_up
tomte_agent_up == 0
changes(tomte_agent_up[1h])
tomte_agent_memory_bytes
avg_over_time(tomte_agent_cpu_cores[10m])
rate(tomte_agent_captured_events_total[5m])
resets(tomte_agent_captured_events_total[2h])
increase(tomte_lost_events_total[1h])
tomte_lost_bytes_total
resets(http_server_request_duration_seconds_count[2h])
absent(http_server_request_duration_seconds_count{service_name="nobody"})
absent_over_time(http_server_request_duration_seconds_count{service_name="cart"}[1m])
count by (__name__) ({service_name="cart"})
{__name__=~"http_.*_count",service_name!="cart"}
max_over_time(sum(rate(http_server_request_duration_seconds_count[1m]))[30m:1m])
timestamp(http_server_request_duration_seconds_count)
http_server_request_duration_seconds_count offset 20m
rate(http_server_request_duration_seconds_count[5m] @ end())
sum without (le) (http_server_request_duration_seconds_bucket{le="+Inf"}) - http_server_request_duration_seconds_count
`
  .split('\n')
  .filter((line) => line !== '');

const names = [
  'http_server_request_duration_seconds_count',
  'http_server_request_duration_seconds_sum',
  'http_server_request_duration_seconds_bucket{le=~"0.025|0.1|\\\\+Inf"}',
  'http_client_request_duration_seconds_count{http_response_status_code!~"2.."}',
  'tomte_requests_total',
  'tomte_response_bytes_total',
  'tomte_connections_total{end_reason="closed"}',
  'tomte_syscalls_total',
  'tomte_agent_captured_events_total',
];
const functions = [
  ...['rate', 'increase', 'irate', 'resets', 'changes', 'delta', 'deriv', 'idelta'],
  ...[
    'max_over_time',
    'min_over_time',
    'avg_over_time',
    'count_over_time',
    'last_over_time',
    'stddev_over_time',
  ],
];
const ranges = ['40s', '1m', '5m', '45m'];

/** Each function of each kind of our series over each range, summed or not: more than 500. */
export const metricExpressions: readonly string[] = [
  ...hand,
  ...names.flatMap((name) =>
    functions.flatMap((func, index) =>
      ranges.map((range, at) => {
        const call = `${func}(${name}[${range}])`;
        return (index + at) % 3 === 0 ? `sum by (service_name) (${call})` : call;
      }),
    ),
  ),
];
