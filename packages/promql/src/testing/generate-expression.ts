import type { Random } from '@tomte/testkit';

const counters = ['http_requests_total', 'latency_seconds_count', 'latency_seconds_sum', 'seldom'];
const gauges = ['temperature', 'memory_bytes', 'up', 'build_info', 'odd_values'];
const labels = ['service_name', 'method', 'status', 'zone', 'room', 'kind', 'version'];
const matchers = [
  'service_name="cart"',
  'service_name!="cart"',
  'service_name=~"c.*"',
  'service_name!~".*ch.*"',
  'method="GET"',
  'status=~"4..|5.."',
  'zone="z0"',
  'kind!=""',
];
const durations = ['30s', '1m', '2m', '5m', '13m', '45m'];
const overCounter = ['rate', 'increase', 'irate', 'resets', 'changes'];
const overGauge = [
  ...['avg', 'min', 'max', 'sum', 'count', 'stddev', 'stdvar', 'last', 'first', 'present'].map(
    (name) => `${name}_over_time`,
  ),
  ...['delta', 'idelta', 'deriv', 'changes', 'resets'],
];
const unaries = [
  'abs',
  'ceil',
  'floor',
  'sgn',
  'sqrt',
  'ln',
  'round',
  'timestamp',
  'exp',
  'sort_desc',
  'minute',
];
const aggregations = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];

/** Texts that are mostly right PromQL over the synthetic series, from one seed the same. */
export class ExpressionGenerator {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    return this.#vector(3);
  }

  #oneOf(...ways: readonly (() => string)[]): string {
    return this.#random.pick(ways)();
  }

  #chance(parts: number): boolean {
    return this.#random.below(parts) === 0;
  }

  #vector(depth: number): string {
    if (depth === 0) return this.#selector([...counters, ...gauges]);
    return this.#oneOf(
      () => this.#overRange(depth),
      () => this.#overRange(depth),
      () => this.#aggregate(depth),
      () => this.#aggregate(depth),
      () => `${this.#random.pick(unaries)}(${this.#vector(depth - 1)})`,
      () => this.#withScalar(depth),
      () => this.#twoVectors(depth),
      () => this.#twoVectors(depth),
      () => `-${this.#selector(gauges)}`,
      () => this.#selector([...counters, ...gauges]),
      () => this.#histogram(),
    );
  }

  #selector(names: readonly string[]): string {
    const chosen = this.#chance(2) ? `{${this.#random.pick(matchers)}}` : '';
    return `${this.#random.pick(names)}${chosen}${this.#shift()}`;
  }

  #shift(): string {
    if (this.#chance(6)) return ` offset ${this.#random.pick(['1m', '-1m', '7m', '30s'])}`;
    return this.#chance(12)
      ? ` @ ${this.#random.pick(['start()', 'end()', '1768438800', '1768440017.25'])}`
      : '';
  }

  #overRange(depth: number): string {
    const isCounter = this.#chance(2);
    const func = this.#random.pick(isCounter ? overCounter : overGauge);
    const range = this.#random.pick(durations);
    if (this.#chance(4)) {
      const step = this.#random.pick(['', '15s', '1m', '40s']);
      const inner = this.#chance(2) ? this.#vector(depth - 1) : this.#selector(gauges);
      return `${func}((${inner})[${range}:${step}]${this.#shift()})`;
    }
    const name = this.#random.pick(isCounter ? counters : gauges);
    const chosen = this.#chance(2) ? `{${this.#random.pick(matchers)}}` : '';
    return `${func}(${name}${chosen}[${range}]${this.#shift()})`;
  }

  #grouping(): string {
    if (this.#chance(4)) return '';
    const names = [...new Set([this.#random.pick(labels), this.#random.pick(labels)])].join(', ');
    return ` ${this.#chance(3) ? 'without' : 'by'} (${names}) `;
  }

  #aggregate(depth: number): string {
    const inner = this.#vector(depth - 1);
    return this.#oneOf(
      () => `${this.#random.pick(aggregations)}${this.#grouping()}(${inner})`,
      () => `${this.#random.pick(aggregations)}${this.#grouping()}(${inner})`,
      () => `quantile${this.#grouping()}(0.${this.#random.below(100)}, ${inner})`,
      () =>
        `${this.#random.pick(['topk', 'bottomk'])}${this.#grouping()}(${1 + this.#random.below(4)}, ${inner})`,
    );
  }

  #withScalar(depth: number): string {
    const operator = this.#random.pick(['+', '-', '*', '/', '%', '^', '>', '<=', '!=', '> bool', '== bool']);
    const scalar = this.#random.pick(['2', '-0.5', '10', '100', 'time()', 'scalar(up{service_name="cart"})']);
    const vector = `(${this.#vector(depth - 1)})`;
    return this.#chance(3) ? `${scalar} ${operator} ${vector}` : `${vector} ${operator} ${scalar}`;
  }

  #twoVectors(depth: number): string {
    const operator = this.#random.pick(['+', '-', '*', '/', '>', '<', '== bool', 'and', 'or', 'unless']);
    const isSet = ['and', 'or', 'unless'].includes(operator);
    const names = this.#random.pick(['service_name', 'service_name, method', 'zone', '']);
    const word = this.#chance(3) ? 'ignoring' : 'on';
    const grouped =
      isSet || this.#chance(2)
        ? ''
        : this.#random.pick([' group_left', ' group_right', ' group_left (zone)']);
    const matching = this.#chance(3) ? '' : ` ${word} (${names})${grouped}`;
    return `(${this.#vector(depth - 1)}) ${operator}${matching} (${this.#vector(depth - 1)})`;
  }

  #histogram(): string {
    const range = this.#random.pick(durations);
    const by = this.#random.pick(['le', 'le, service_name']);
    const quantile = `0.${this.#random.below(1_000)}`;
    return `histogram_quantile(${quantile}, sum by (${by}) (rate(latency_seconds_bucket[${range}])))`;
  }
}
