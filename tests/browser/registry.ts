// A real registry, Debian's docker-registry, on the machine's side of the engine's link, behind a relay that
// can be slowed down.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { promisify } from 'node:util';

import { engine } from './engine';

let next = 0;

export class Registry {
  /** Bytes a second that pass to the engine; 0 for as many as there are. */
  limit = 0;
  private readonly pushed: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly relay: Server,
    private readonly upstream: number,
  ) {
    relay.on('connection', (client) => this.pass(client));
  }

  static async start(): Promise<Registry> {
    const folder = mkdtempSync(join(tmpdir(), 'ls-registry-'));
    const port = await freePort();
    const config = join(folder, 'config.yml');
    writeFileSync(
      config,
      `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n` +
        `storage: {filesystem: {rootdirectory: ${folder}}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
    );
    const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    await listens(port);
    const link = readFileSync(join(process.env.LONGSHORE_TEST_ENGINE_DIR!, 'address'), 'utf8').trim();
    const relay = createServer();
    await new Promise<void>((resolve) => relay.listen(0, link.replace(/\d+$/, '1'), resolve));
    return new Registry(child, folder, relay, port);
  }

  /** Where the engine finds it. */
  get address(): string {
    const { address, port } = this.relay.address() as AddressInfo;
    return `${address}:${port}`;
  }

  /** Pushes an image with a layer of so many random bytes, and removes it from the engine. Its full name. */
  async push(name: string, bytes: number): Promise<string> {
    const full = `${this.address}/${name}`;
    const made = `made-${process.pid}-${next++}`;
    engine.docker('run', '--name', made, 'busybox', 'sh', '-c', `head -c ${bytes} /dev/urandom >/filling`);
    const changes = ['EXPOSE 80', 'ENV GREETING=hello', 'USER nobody', 'CMD ["sleep", "600"]'];
    engine.docker('commit', ...changes.flatMap((change) => ['--change', change]), made, full);
    engine.docker('rm', '--force', made);
    await docker('push', full);
    engine.docker('rmi', '--force', full);
    this.pushed.push(full);
    return full;
  }

  /** Pulls as a person in a shell does. */
  async pull(image: string): Promise<void> {
    await docker('pull', image);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.relay.close();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
    for (const image of this.pushed) {
      try {
        engine.docker('rmi', '--force', image);
      } catch {
        // It was never pulled.
      }
    }
  }

  private pass(client: Socket): void {
    const registry = connect(this.upstream, '127.0.0.1');
    for (const socket of [client, registry]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    }
    // What the registry has sent still passes when it has ended; what the engine leaves is left.
    client.on('error', () => registry.destroy()).on('close', () => registry.destroy());
    registry.on('error', () => client.destroy());
    const slow = new Transform({
      transform: (data: Buffer, _encoding, done) => {
        // This is what is slow about a slow registry; nothing is waited for by it.
        if (this.limit > 0) setTimeout(() => done(null, data), (data.length / this.limit) * 1000);
        else done(null, data);
      },
    });
    client.pipe(registry);
    registry.pipe(slow).pipe(client);
  }
}

/** What passes the relay passes this process, which must not stand still meanwhile. */
async function docker(...args: string[]): Promise<void> {
  const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONTEXT: undefined };
  await promisify(execFile)('docker', args, { env });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry does not listen');
}
