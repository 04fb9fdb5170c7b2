import { medianRatio, type Pair } from '../measure/pairs.ts';
import { median } from '../measure/statistics.ts';
import { type ArmName, type ArmReading, type Load, loads, type Round } from './arms.ts';

/** What stands beside the rounds. */
export interface CostFacts {
  readonly agentPeakRssMiB: readonly number[];
  readonly storedRequests: number;
  readonly loggedRequests: number;
}

/** The figures of `cost`, by the names that every reader of its JSON knows. */
export function costFigures(rounds: readonly Round[], facts: CostFacts): Readonly<Record<string, number>> {
  const cpu = (load: Load, changed: ArmName, base: ArmName): number =>
    medianRatio(pairsOf(rounds, load, { changed, base }), (reading) => reading.cpuUsPerRequest);
  const p99 = (load: Load, changed: ArmName): number =>
    medianRatio(pairsOf(rounds, load, { changed, base: 'off' }), (reading) => reading.p99Us);
  return {
    tinyHttpCpuRatio: cpu('tinyHttp', 'on', 'off'),
    tinyHttpsCpuRatio: cpu('tinyHttps', 'on', 'off'),
    pageHttpCpuRatio: cpu('pageHttp', 'on', 'off'),
    pageHttpsCpuRatio: cpu('pageHttps', 'on', 'off'),
    tinyHttpsNoopRatio: cpu('tinyHttps', 'noop', 'off'),
    syscallStatsCpuRatio: cpu('tinyHttp', 'stats', 'on'),
    httpP99Ratio: p99('pageHttp', 'on'),
    httpsP99Ratio: p99('pageHttps', 'on'),
    httpThroughputRatio: throughputRatio(rounds, 'http'),
    httpsThroughputRatio: throughputRatio(rounds, 'https'),
    controlRatio: cpu('pageHttps', 'again', 'off'),
    controlP99Ratio: p99('pageHttps', 'again'),
    agentMillicoresPer1kRps: agentMillicores(rounds),
    agentRssMiB: Math.max(...facts.agentPeakRssMiB),
    completeness: facts.storedRequests / facts.loggedRequests,
  };
}

/** Rounds in which both arms ran this load. */
export function pairsOf(
  rounds: readonly Round[],
  load: Load,
  names: { readonly changed: ArmName; readonly base: ArmName },
): Pair<ArmReading>[] {
  return rounds.flatMap(({ arms }) => {
    const base = arms[names.base]?.[load];
    const changed = arms[names.changed]?.[load];
    return base === undefined || changed === undefined ? [] : [{ base, changed }];
  });
}

function throughputRatio(rounds: readonly Round[], scheme: 'http' | 'https'): number {
  const pairs = rounds.map(({ throughput: { off, on } }) => ({ base: off[scheme], changed: on[scheme] }));
  return medianRatio(pairs, (reading) => reading.requestsPerSecond);
}

/** Mean of the four loads, each the median of its rounds. */
function agentMillicores(rounds: readonly Round[]): number {
  const byLoad = loads.map((load) => agentMillicoresOf(rounds, load));
  return byLoad.reduce((sum, value) => sum + value, 0) / byLoad.length;
}

export function agentMillicoresOf(rounds: readonly Round[], load: Load): number {
  return median(rounds.flatMap(({ arms }) => arms.on?.[load]?.agentMillicoresPer1kRps ?? []));
}
