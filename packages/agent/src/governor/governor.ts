/** What is captured, from everything to nothing but counts; the names of `agent_status.governor_step`. */
export const governorSteps = ['bodies', 'headers', 'sampled', 'counts'] as const;
export type GovernorStep = (typeof governorSteps)[number];

/** What a row carries at each step; below `headers` whole streams lose their payload too (`govern`). */
export function detailOf(step: GovernorStep): 'bodies' | 'headers' | 'none' {
  return step === 'bodies' || step === 'headers' ? step : 'none';
}

export interface Budget {
  /** Of one CPU, in thousandths. */
  readonly cpuMillicores: number;
  /** Of what would be free if the agent ended: `Usage.ownBytes`. */
  readonly memoryBytes: number;
}

export interface Usage {
  readonly cpuMillicores: number;
  /** All that is resident: with the runtime's code, which every Node process of the machine shares. */
  readonly rssBytes: number;
  /** What it takes for itself: its anonymous memory and its ring buffers. */
  readonly ownBytes: number;
}

/** What is resident stays below 150 MiB: the rings count here whole, the runtime's code does not. */
export const defaultBudget: Budget = { cpuMillicores: 500, memoryBytes: 192 * 1024 * 1024 };

/** Readings over the budget in a row before a step down: one busy second is none. */
const READINGS_TO_STEP_DOWN = 3;
/** Readings well under it in a row before a step up: slowly, or it would swing. */
const READINGS_TO_STEP_UP = 30;
/** Share of the budget that counts as well under it. */
const CALM_RATIO = 0.7;
/** Memory does not shrink when work does, so near its ceiling it holds the step. */
const CALM_MEMORY_RATIO = 0.95;

/** Below it the governor may step up again. */
export function calmMemoryBytes(budget: Budget): number {
  return budget.memoryBytes * CALM_MEMORY_RATIO;
}

export interface StepChange {
  readonly from: GovernorStep;
  readonly to: GovernorStep;
  readonly why: string;
}

/** Sheds work when the agent costs more than it may. A pure decision: readings in, steps out. */
export class Governor {
  readonly #budget: Budget;
  #index = 0;
  #overCount = 0;
  #calmCount = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get step(): GovernorStep {
    return governorSteps[this.#index] ?? 'counts';
  }

  /** One reading, taken about once a second. */
  observe(usage: Usage): StepChange | undefined {
    const over = this.#overBudget(usage);
    this.#overCount = over === '' ? 0 : this.#overCount + 1;
    this.#calmCount = this.#isCalm(usage) ? this.#calmCount + 1 : 0;
    if (this.#overCount >= READINGS_TO_STEP_DOWN && this.#index < governorSteps.length - 1)
      return this.#move(1, over);
    if (this.#calmCount >= READINGS_TO_STEP_UP && this.#index > 0)
      return this.#move(-1, 'well under the budget');
    return undefined;
  }

  #overBudget({ cpuMillicores, ownBytes }: Usage): string {
    if (cpuMillicores > this.#budget.cpuMillicores) {
      return `${Math.round(cpuMillicores)} millicores of ${this.#budget.cpuMillicores}`;
    }
    if (ownBytes > this.#budget.memoryBytes) {
      return `${Math.round(ownBytes / 1_048_576)} MiB of ${Math.round(this.#budget.memoryBytes / 1_048_576)}`;
    }
    return '';
  }

  #isCalm({ cpuMillicores, ownBytes }: Usage): boolean {
    const isCpuCalm = cpuMillicores < this.#budget.cpuMillicores * CALM_RATIO;
    return isCpuCalm && ownBytes < calmMemoryBytes(this.#budget);
  }

  #move(by: number, why: string): StepChange {
    const from = this.step;
    this.#index += by;
    this.#overCount = 0;
    this.#calmCount = 0;
    return { from, to: this.step, why };
  }
}
