import { createHmac } from 'node:crypto';

/** How many scopes can be asked for at once; each has a user and a database of its own. */
export const TENANT_SLOTS = 32;

/** A user of ClickHouse who can read one database and nothing else. */
export interface TenantLogin {
  readonly user: string;
  /** Of the same name as the user: it holds the views of one scope. */
  readonly database: string;
}

/** The login of a slot, from 1. Nobody but the API ever logs in so: the password is the same for all of them. */
function tenantLogin(database: string, slot: number): TenantLogin {
  const user = `${database}_tenant_${slot}`;
  return { user, database: user };
}

export function tenantLogins(database: string): readonly TenantLogin[] {
  return Array.from({ length: TENANT_SLOTS }, (_, index) => tenantLogin(database, index + 1));
}

/** What the embedded server gives them: whoever knows its main password needs no other secret. */
export function tenantPasswordOf(adminPassword: string): string {
  return createHmac('sha256', adminPassword).update('tenants').digest('hex');
}
