import { createHmac } from 'node:crypto';

/** How many scopes can be asked for at once; each has a user and a database of its own. */
export const TENANT_SLOTS = 32;

/** A user of ClickHouse who can read the databases of one slot, of which one has views at any time, and nothing else. */
export interface TenantSlot {
  readonly user: string;
  /** How the names of its databases begin; an owner follows. */
  readonly prefix: string;
}

/** To one owner's database: once that is gone the login opens nothing, whoever has the slot then. */
export interface TenantLogin {
  readonly user: string;
  readonly database: string;
}

/** A slot, from 1. Nobody but the API ever logs in so: the password is the same for all of them. */
function tenantSlot(database: string, slot: number): TenantSlot {
  const user = `${database}_tenant_${slot}`;
  return { user, prefix: `${user}_` };
}

export function tenantSlots(database: string): readonly TenantSlot[] {
  return Array.from({ length: TENANT_SLOTS }, (_, index) => tenantSlot(database, index + 1));
}

/** What the embedded server gives them: whoever knows its main password needs no other secret. */
export function tenantPasswordOf(adminPassword: string): string {
  return createHmac('sha256', adminPassword).update('tenants').digest('hex');
}
