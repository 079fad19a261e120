import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SEAL = /^[0-9a-f]{32}\.[0-9a-f]{64}$/;

/**
 * Stands for a secret where it may not be written down, so that another one
 * is noticed: a random salt and the secret's slow hash under it (scrypt, as
 * passwords are often short), both in hexadecimal, `SALT.HASH`.
 */
export function sealOf(secret: string): string {
  return sealWith(secret, randomBytes(SALT_BYTES));
}

/** Whether a seal is this secret's; false for what is no seal. */
export function isSealOf(seal: string, secret: string): boolean {
  if (!SEAL.test(seal)) return false;
  const salt = Buffer.from(seal.slice(0, 2 * SALT_BYTES), 'hex');
  return timingSafeEqual(
    Buffer.from(seal),
    Buffer.from(sealWith(secret, salt))
  );
}

function sealWith(secret: string, salt: Buffer): string {
  const hash = scryptSync(secret, salt, HASH_BYTES);
  return `${salt.toString('hex')}.${hash.toString('hex')}`;
}
