import { expect, test } from 'vitest';
import { type ArmReading, type Load, loads, type Round } from './arms.ts';
import { costFigures } from './cost-figures.ts';

function reading(cpuUsPerRequest: number, p99Us: number, agent?: number): ArmReading {
  const others = { p50Us: 1, lateP99Us: 1, serverBusy: 0.1 };
  return { ...others, cpuUsPerRequest, p99Us, agentMillicoresPer1kRps: agent, agentWaitRatio: undefined };
}

function all(make: (index: number) => ArmReading): Record<Load, ArmReading> {
  return Object.fromEntries(loads.map((load, index) => [load, make(index)])) as Record<Load, ArmReading>; // Proof: each load is there.
}

/** A machine that is `drift` times slower in every arm of this round. */
function round(drift: number): Round {
  const at = (requestsPerSecond: number) => ({ requestsPerSecond, serverBusy: 1 });
  return {
    arms: {
      off: all(() => reading(10 * drift, 100 * drift)),
      on: all((index) => reading((11 + index) * drift, 104 * drift, 10 * (index + 1))),
      noop: { tinyHttps: reading(10.5 * drift, 1) },
      stats: { tinyHttp: reading(16.5 * drift, 1) },
      again: { pageHttps: reading(10.1 * drift, 99 * drift) },
    },
    throughput: {
      off: { http: at(70_000 / drift), https: at(50_000 / drift) },
      on: { http: at(63_000 / drift), https: at(40_000 / drift) },
    },
  };
}

const facts = { agentPeakRssMiB: [101, 120, 99], storedRequests: 9_990, loggedRequests: 10_000 };

test('every figure is what its two arms say, whatever the machine does between rounds', () => {
  const figures = costFigures([round(1), round(3), round(0.5)], facts);
  const expected = {
    tinyHttpCpuRatio: 1.1,
    tinyHttpsCpuRatio: 1.2,
    pageHttpCpuRatio: 1.3,
    pageHttpsCpuRatio: 1.4,
    tinyHttpsNoopRatio: 1.05,
    syscallStatsCpuRatio: 1.5,
    httpP99Ratio: 1.04,
    httpsP99Ratio: 1.04,
    httpThroughputRatio: 0.9,
    httpsThroughputRatio: 0.8,
    controlRatio: 1.01,
    controlP99Ratio: 0.99,
    agentMillicoresPer1kRps: 25,
    agentRssMiB: 120,
    completeness: 0.999,
  };
  expect(Object.keys(figures)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(figures[name], name).toBeCloseTo(value, 9);
});

test('one spoilt round of three moves nothing', () => {
  const spoilt = { ...round(1), arms: { ...round(1).arms, on: all(() => reading(900, 9_000, 10)) } };
  expect(costFigures([round(1), spoilt, round(2)], facts)['tinyHttpCpuRatio']).toBeCloseTo(1.1, 9);
});
