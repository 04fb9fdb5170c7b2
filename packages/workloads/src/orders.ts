import { join } from 'node:path';
import type { Launcher, LaunchedProgram } from './launch.ts';
import { type PythonService, startPython, startPythonService } from './python-service.ts';

export interface Orders {
  /** Behind nginx's /orders/. */
  readonly orders: PythonService;
  /** What orders ask before they answer. */
  readonly stock: PythonService;
}

export interface OrdersOptions {
  readonly launcher: Launcher;
  readonly directory: string;
  /** From then on (ms since the epoch) one order in five waits for the stock. */
  readonly slowFromMs: number;
}

/** Two services, one of which becomes a slow dependency of the other. */
export async function startOrders({ launcher, directory, slowFromMs }: OrdersOptions): Promise<Orders> {
  const slowFrom = String(slowFromMs / 1_000);
  const stock = await startPythonService(launcher, directory, { name: 'stock', args: [slowFrom] });
  const args = [String(stock.port)];
  return { stock, orders: await startPythonService(launcher, directory, { name: 'orders', args }) };
}

export interface ShopperOptions {
  readonly launcher: Launcher;
  readonly directory: string;
  /** Of nginx, plain. */
  readonly port: number;
  readonly prefix: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
}

export interface Shopper {
  readonly accessLog: string;
  readonly program: LaunchedProgram;
}

/** A client that looks at orders for so long. */
export async function startShopper(options: ShopperOptions): Promise<Shopper> {
  const { launcher, directory, prefix } = options;
  const accessLog = join(directory, `${prefix}.client.log`);
  const numbers = [String(options.ratePerSecond), String(options.seconds)];
  const args = [String(options.port), prefix, ...numbers, accessLog];
  const program = await startPython(launcher, 'shopper.py', args, join(directory, `${prefix}.client.out`));
  return { accessLog, program };
}
