// The console as a child process: over TLS, on a port and in a data folder of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { APIRequestContext } from '@playwright/test';

import { engine } from './engine';

export const PASSWORD = 'six tall cranes at dawn';

export class Longshore {
  private printed = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    }
  }

  static async start(...args: string[]): Promise<Longshore> {
    const folder = mkdtempSync(join(tmpdir(), 'ls-browser-'));
    const binary = process.env.LONGSHORE_BIN ?? join(import.meta.dirname, '../../target/debug/longshore');
    const unless = (flag: string, value: string) => (args.includes(flag) ? [] : [flag, value]);
    const child = spawn(
      binary,
      [
        'serve',
        '--data',
        folder,
        ...unless('--listen', '127.0.0.1:0'),
        ...unless('--docker-host', engine.host),
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const longshore = new Longshore(child, folder);
    await longshore.said(/Longshore is at (\S+)/);
    return longshore;
  }

  /** Waits for something that it prints; gives the first group. */
  async said(pattern: RegExp): Promise<string> {
    for (let attempt = 0; attempt < 400; attempt++) {
      const found = pattern.exec(this.printed);
      if (found) return found[1]!;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the console did not say ${pattern}:\n${this.printed}`);
  }

  /** Where it is, without a slash at the end. */
  get url(): string {
    return /Longshore is at (\S+)/.exec(this.printed)![1]!.replace(/\/$/, '');
  }

  get log(): string {
    return this.printed;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A call of the API as the page makes it; the cookies are the context's. */
  async call(request: APIRequestContext, method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await request.fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { 'x-longshore': '1', origin: new URL(this.url).origin },
      ...(body === undefined ? {} : { data: body }),
    });
    if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`);
    const text = await reply.text();
    return text === '' ? null : JSON.parse(text);
  }

  /** Makes the administrator `admin`; signs them in. */
  async setUp(request: APIRequestContext): Promise<void> {
    const code = await this.said(/Setup code: (\S+)/);
    await this.call(request, 'POST', '/setup', { code, name: 'admin', password: PASSWORD });
  }

  async signIn(request: APIRequestContext, name: string): Promise<void> {
    await this.call(request, 'POST', '/session', { name, password: PASSWORD });
  }
}
