/** One a line; what each is about follows the hash. */
export const handPicked: readonly string[] = `
1
-1
1e3 + 0x1F - 1_000
5m
Inf
-Inf
NaN
1 + 2 * 3 ^ 2 ^ 0.5
-1 ^ 2
2 * -1 ^ 2
-2 ^ 2 ^ 0.5
(1 - 2) % 3
7 % -4
5.5 % 2
2 atan2 3
1 > bool 0
1 == bool NaN
"a text"
'a\\tb\\u00e9\\x41'
time()
pi()
vector(1)
vector(time())
scalar(vector(7))
scalar(up)
scalar(up{service_name="cart"})
up
up{service_name="cart"}
up{service_name!="cart"}
up{service_name=~"c.*"}
up{service_name!~"c.*"}
up{service_name=~"cart|search"}
up{service_name=~"art"}
up{missing=""}
up{missing!=""}
up{missing=~".*"}
up{service_name=~".+",service_name!="cart"}
{__name__="up"}
{__name__=~"up|temperature"}
{"up", service_name="cart"}
{service_name="cart"}
nothing_of_this_name
events_total{path="/a b\\"c\\\\d"}
up offset 1m
up offset -1m
up offset 90s
up @ 1768438800
up @ 1768438800.5 offset 30s
up @ start()
up @ end()
up offset 5m @ end()
seldom
seldom offset 1m
seldom @ 1768438800
http_requests_total[1m]
seldom[2h]
up[1m] offset 1m
up[2m:30s]
up[5m:]
rate(http_requests_total[5m])
rate(http_requests_total[15s])
rate(http_requests_total[16s])
rate(http_requests_total[30s])
rate(http_requests_total[1h])
rate(http_requests_total[5m] offset 10m)
rate(http_requests_total[5m] @ 1768438800)
rate(http_requests_total[5m] @ end())
rate(seldom[10m])
rate(seldom[2h])
increase(http_requests_total[5m])
increase(http_requests_total[1m30s])
increase(seldom[30m])
irate(http_requests_total[5m])
irate(seldom[12m])
delta(temperature[10m])
delta(memory_bytes[5m])
idelta(temperature[1m])
deriv(memory_bytes[10m])
deriv(build_info[5m])
deriv(odd_values[5m])
predict_linear(memory_bytes[10m], 3600)
predict_linear(memory_bytes[10m] offset 5m, 600)
predict_linear(memory_bytes[10m] @ 1768438800, 600)
changes(up[10m])
changes(odd_values[10m])
resets(http_requests_total[2h])
resets(temperature[10m])
avg_over_time(temperature[10m])
avg_over_time(odd_values[10m])
avg_over_time(odd_values{kind="huge"}[1h])
sum_over_time(temperature[10m])
sum_over_time(odd_values[5m])
min_over_time(temperature[10m])
min_over_time(odd_values[5m])
max_over_time(temperature[10m])
max_over_time(odd_values[5m])
count_over_time(seldom[1h])
count_over_time(up[15s])
count_over_time(up[14s])
stddev_over_time(temperature[10m])
stdvar_over_time(temperature[10m])
stddev_over_time(odd_values[10m])
quantile_over_time(0.9, temperature[10m])
quantile_over_time(0, temperature[10m])
quantile_over_time(1, temperature[10m])
quantile_over_time(2, temperature[10m])
quantile_over_time(-1, temperature[10m])
quantile_over_time(NaN, temperature[10m])
quantile_over_time(0.3, odd_values[5m])
last_over_time(seldom[10m])
first_over_time(seldom[20m])
present_over_time(seldom[10m])
absent_over_time(seldom[1m])
absent_over_time(nothing{a="b",c=~"d",e="f",e="g"}[5m])
absent(seldom)
absent(nothing{a="b"})
absent(nothing{a="b",a="c",d="e"})
absent(sum(nothing))
absent(up{service_name="cart"})
absent(rate(nothing{a="b"}[5m]))
abs(temperature)
ceil(temperature)
floor(temperature)
round(temperature)
round(temperature, 5)
round(temperature, 0.1)
round(temperature, -3)
round(temperature, 0)
exp(temperature)
ln(temperature)
log2(memory_bytes)
log10(memory_bytes)
sqrt(temperature)
sgn(temperature)
sgn(odd_values)
abs(odd_values)
ceil(odd_values)
round(odd_values)
sin(temperature)
cos(temperature)
tan(temperature)
asin(up)
acos(up)
atan(temperature)
sinh(up)
cosh(up)
tanh(temperature)
asinh(temperature)
acosh(memory_bytes)
atanh(up)
deg(temperature)
rad(temperature)
clamp(temperature, -10, 10)
clamp(temperature, 10, -10)
clamp(odd_values, 0, 1)
clamp(odd_values, -Inf, +Inf)
clamp_min(temperature, 0)
clamp_max(temperature, 0)
clamp_min(odd_values, 0)
clamp_max(odd_values, NaN)
clamp_min(temperature, scalar(up{service_name="cart"}))
minute()
hour()
day_of_week()
day_of_month()
day_of_year()
days_in_month()
month()
year()
hour(vector(1e9))
minute(vector(-90))
day_of_week(vector(1234567890))
days_in_month(vector(951782400))
day_of_year(vector(951868800))
month(vector(0))
year(vector(4102444800))
timestamp(up)
timestamp(seldom)
timestamp(up offset 1m)
timestamp(up @ 1768438800)
timestamp(sum(up))
timestamp(timestamp(up))
timestamp((up))
sort(temperature)
sort_desc(temperature)
sort(odd_values)
sort_desc(odd_values)
label_replace(up, "short", "$1", "service_name", "(..).*")
label_replace(up, "short", "${1}-x$$", "service_name", "(.)(?P<rest>.*)")
label_replace(up, "rest", "$rest", "service_name", "(.)(?P<rest>.*)")
label_replace(up, "short", "$1x", "service_name", "(.).*")
label_replace(up, "new", "constant", "", "")
label_replace(up, "service_name", "", "service_name", ".*")
label_replace(up, "new", "$1", "service_name", "nothing(.*)")
label_replace(up, "service_name", "same", "service_name", ".*")
label_replace(up, "__name__", "renamed", "", "")
label_replace(up, "a", "b", "c", "(")
label_replace(rate(http_requests_total[5m]), "__name__", "rate_of", "", "")
label_join(temperature, "joined", "-", "service_name", "zone", "nothing")
label_join(temperature, "joined", ",")
label_join(temperature, "zone", "", "nothing")
label_join(up, "service_name", "", "nothing")
sum(up)
sum by (service_name) (http_requests_total)
sum(http_requests_total) by (service_name, method)
sum without (service_name) (http_requests_total)
sum without () (up)
sum by () (up)
sum by (nothing) (up)
sum by (__name__) ({__name__=~"up|temperature"})
avg(temperature)
avg by (zone) (temperature)
avg(odd_values{kind="huge"})
avg(odd_values)
sum(odd_values)
min(odd_values)
max(odd_values)
min(temperature)
max by (zone) (temperature)
count(up)
count by (status) (http_requests_total)
count(nothing)
group(up)
group by (zone) (temperature)
stddev(temperature)
stdvar by (zone) (temperature)
stddev(odd_values)
topk(2, temperature)
topk by (zone) (1, temperature)
topk(0, temperature)
topk(-1, temperature)
topk(2.9, temperature)
topk(100, temperature)
topk(scalar(up{service_name="cart"}) + 1, temperature)
topk(NaN, temperature)
topk(1e30, temperature)
bottomk(2, temperature)
bottomk without (room, service_name) (1, temperature)
topk(3, odd_values)
bottomk(3, odd_values)
quantile(0.5, temperature)
quantile by (zone) (0.9, temperature)
quantile(1.5, temperature)
quantile(-0.1, temperature)
quantile(NaN, temperature)
quantile(0.5, odd_values)
count_values("value", up)
count_values by (service_name) ("value", http_requests_total)
count_values without (service_name) ("value", up)
count_values("value", odd_values)
count_values("service_name", up)
count_values("", up)
-temperature
+temperature
-(up)
-odd_values
- -1
--temperature
temperature + 1
1 - temperature
temperature * 2 / 3
temperature ^ 2
2 ^ up
temperature % 7
10 % temperature
temperature atan2 2
temperature / 0
0 / up
temperature > 0
temperature < 0
0 < temperature
temperature >= bool 0
0 == bool up
up == 1
1 == up
up != bool 1
temperature > NaN
odd_values == odd_values
odd_values != bool odd_values
up + up
up * on (service_name) build_info
temperature + on (service_name) memory_bytes
temperature + ignoring (room) memory_bytes
temperature * on (service_name) up
temperature + up
temperature > on (service_name) up
temperature > bool on (service_name) up
temperature > ignoring (room, zone) up
http_requests_total * on (service_name) up
http_requests_total * on (service_name) group_left () up
http_requests_total * on (service_name) group_left (version, team) build_info
http_requests_total > on (service_name) group_left up
http_requests_total > bool on (service_name) group_left up
up * on (service_name) group_right http_requests_total
build_info * on (service_name) group_right (version) http_requests_total
build_info * on (service_name) group_left (version) http_requests_total
up / ignoring (method, status) group_right http_requests_total
up + on () build_info
sum(up) + on () group_right build_info
sum by (service_name) (http_requests_total) / on () group_left sum(http_requests_total)
rate(http_requests_total{status="500"}[5m]) / ignoring (status) rate(http_requests_total{status="200"}[5m])
sum by (service_name) (rate(http_requests_total{status="500"}[5m])) / sum by (service_name) (rate(http_requests_total[5m]))
http_requests_total / ignoring (status, method) group_left http_requests_total{status="200",method="GET"}
up and build_info
up and on (service_name) build_info
up and on (service_name) temperature > 0
up and on () (temperature > 60)
up or temperature
up or on (service_name) temperature
up or on () temperature
(up == 0) or (up == 1)
up unless on (service_name) (temperature > 0)
up unless up
up unless on () vector(1)
http_requests_total and ignoring (method) http_requests_total{method="GET"}
http_requests_total unless ignoring (method) http_requests_total{status="200"}
vector(1) or up
vector(1) and up
temperature or vector(0)
up and up or temperature unless memory_bytes
up == 1 and temperature > 0 or build_info
histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))
histogram_quantile(0.5, sum by (le) (rate(latency_seconds_bucket[5m])))
histogram_quantile(0.99, sum by (le, service_name) (increase(latency_seconds_bucket[10m])))
histogram_quantile(0, latency_seconds_bucket)
histogram_quantile(1, latency_seconds_bucket)
histogram_quantile(1.1, latency_seconds_bucket)
histogram_quantile(-0.1, latency_seconds_bucket)
histogram_quantile(NaN, latency_seconds_bucket)
histogram_quantile(0.9, up)
histogram_quantile(0.9, latency_seconds_bucket{le!="+Inf"})
histogram_quantile(0.9, latency_seconds_bucket{le="+Inf"})
histogram_quantile(0.9, latency_seconds_bucket and on () vector(1))
histogram_quantile(0.5, -latency_seconds_bucket)
histogram_quantile(0.5, abs(temperature) * on () group_left label_replace(vector(1), "le", "1", "", ""))
histogram_quantile(scalar(up{service_name="cart"}), latency_seconds_bucket)
histogram_fraction(0, 0.1, rate(latency_seconds_bucket[5m]))
histogram_fraction(0.02, 0.7, latency_seconds_bucket)
histogram_fraction(-1, 10, latency_seconds_bucket)
histogram_fraction(1, 0, latency_seconds_bucket)
histogram_fraction(NaN, 1, latency_seconds_bucket)
histogram_count(up)
histogram_sum(latency_seconds_bucket)
histogram_avg(up)
histogram_stddev(up)
rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])
max_over_time(rate(http_requests_total[1m])[10m:])
max_over_time(rate(http_requests_total[1m])[10m:30s])
max_over_time(rate(http_requests_total[1m])[10m:37s] offset 3m)
sum_over_time(up[10m:15s])
sum_over_time((up == 1)[10m:15s])
avg_over_time(time()[5m:30s])
avg_over_time(vector(time())[5m:7s])
rate(sum(http_requests_total)[10m:1m])
quantile_over_time(0.5, (temperature > 0)[30m:1m])
min_over_time(max_over_time(temperature[2m:15s])[20m:1m])
avg_over_time(temperature[10m:1m] @ 1768438800)
avg_over_time(temperature[10m:1m] @ end() offset 2m)
sum_over_time((temperature @ 1768438800)[5m:1m])
sum_over_time((temperature @ start())[5m:1m])
avg_over_time((rate(http_requests_total[5m] @ end()))[10m:1m])
last_over_time(timestamp(seldom)[20m:15s])
count_over_time(temperature[1h:7m])
absent_over_time(seldom[10m:1m])
absent_over_time((up > 5)[10m:1m])
deriv(rate(http_requests_total[2m])[20m:])
changes((up)[30m:45s])
(((up)))
rate((http_requests_total[5m]))
sum(rate(http_requests_total[5m])) without (method)
topk(3, sum by (service_name, method) (rate(http_requests_total[5m])))
100 * (1 - avg by (service_name) (avg_over_time(up[30m])))
sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
label_replace(sum by (service_name) (up), "svc", "$1", "service_name", "(.*)") * on (svc) group_left label_replace(build_info, "svc", "$1", "service_name", "(.*)")
{__name__=~"http_.*|up"} * 2
rate({__name__=~".*_total"}[5m])
increase({__name__=~"up|temperature",service_name="cart"}[5m])
sum({__name__=~".+"})
max_over_time({__name__=~"up|temperature"}[5m])
last_over_time({__name__=~"up|temperature"}[5m])
abs({__name__=~"up|temperature"})
up{
rate(up)
rate(up[5m])[1m:]
sum(up[5m])
up[5m] + 1
1 == 1
1 and 2
up and 1
up[0s]
up offset 5m offset 1m
up @ 1 @ 2
foo(up)
sum(up, up)
topk(up)
topk("a", up)
count_values(1, up)
{}
{a=~".*"}
{__name__=~".*"}
up + bool up
up * on (service_name) group_left (service_name) build_info
up and on (a) group_left up
clamp(up, 1)
label_join(up, "a")
rate(up[5m:])
vector("a")
scalar(1)
abs(1)
"a" + 1
time() offset 5m
sum(up) offset 5m
sum(up)[5m]
up{service_name=~"("}
up{__name__="up"}
-"a"
up[5m:]
up[1m:0s]
# a comment
up # and another
sum by (service_name,) (up)
up{service_name="cart",}
sum()
SUM(up)
up AND up
Rate(up[5m])
up @ NaN
up @ Inf
1 +
+
)
up)
up up
1..2
""
`
  .split('\n')
  .filter((line) => line.trim() !== '');
