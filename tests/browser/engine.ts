// The private engine, spoken to as a person in a shell does.

import { execFileSync } from 'node:child_process';

const host = process.env.LONGSHORE_TEST_ENGINE ?? '';
if (!host.startsWith('unix:///')) {
  throw new Error('these tests need a private engine: run `cargo xtask test --only browser`, which starts one');
}

export const engine = {
  host,

  /** Runs a docker command; gives what it printed. */
  docker(...args: string[]): string {
    const env = { ...process.env, DOCKER_HOST: host, DOCKER_CONTEXT: undefined };
    return execFileSync('docker', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  },
};

let next = 0;

/** A container of one test, removed when the test ends. */
export class Container {
  private constructor(
    readonly name: string,
    readonly id: string,
  ) {}

  static run(label: string, ...args: string[]): Container {
    return Container.make('run', label, args);
  }

  static create(label: string, ...args: string[]): Container {
    return Container.make('create', label, args);
  }

  private static make(verb: 'run' | 'create', label: string, args: string[]): Container {
    const name = `${label}-${process.pid}-${next++}`;
    const printed = engine.docker(verb, ...(verb === 'run' ? ['-d'] : []), '--name', name, ...args);
    return new Container(name, printed.split('\n').at(-1)!);
  }

  /** One field of `docker inspect`, by a template; empty when it is gone. */
  inspect(template: string): string {
    try {
      return engine.docker('inspect', '--format', template, this.id);
    } catch {
      return '';
    }
  }

  get state(): string {
    return this.inspect('{{.State.Status}}');
  }

  exec(...command: string[]): string {
    return engine.docker('exec', this.id, ...command);
  }

  remove(): void {
    try {
      engine.docker('rm', '--force', '--volumes', this.id);
    } catch {
      // It is gone already.
    }
  }
}
