// An authenticator app: the codes are made here, not by the console.

import { createHmac } from 'node:crypto';

import { expect } from '@playwright/test';

/** The code that an authenticator app shows, so many steps from now: RFC 6238, SHA-1, six digits. */
export async function code(secret: string, steps: number): Promise<string> {
  // Not at the very end of a step, when the console may be in the next one.
  await expect.poll(() => (Date.now() / 1000) % 30, { timeout: 10_000 }).toBeLessThan(26);
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19]! & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
