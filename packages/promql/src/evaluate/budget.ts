import { MAX_SAMPLES, MAX_VALUES, MAX_WINDOW_SAMPLES } from '../limits.ts';
import { limitError } from '../promql-error.ts';

/** What one query may cost; each of its bounds ends the query with PROMQL_LIMIT. */
export class Budget {
  #values = 0;
  #samples = 0;
  #windowSamples = 0;

  chargeValues(count: number): void {
    this.#values += count;
    if (this.#values > MAX_VALUES) throw limitError(`the query computes more than ${MAX_VALUES} values`);
  }

  chargeSamples(count: number): void {
    this.#samples += count;
    if (this.#samples > MAX_SAMPLES) throw limitError(`the query reads more than ${MAX_SAMPLES} samples`);
  }

  chargeWindow(count: number): void {
    this.#windowSamples += count;
    if (this.#windowSamples > MAX_WINDOW_SAMPLES) {
      throw limitError(`the ranges of the query hold more than ${MAX_WINDOW_SAMPLES} samples together`);
    }
  }
}
