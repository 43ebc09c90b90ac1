// What a person sees when something is not there: the engine, the console, the page's own newer version.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { engine } from './engine';
import { expect, test } from './fixtures';
import { Longshore } from './longshore';

/** A socket before the engine, which can be taken away. */
class Line {
  private server?: Server;
  private readonly open = new Set<Socket>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'ls-line-'));
  readonly path = join(this.folder, 'engine.sock');

  async up(): Promise<void> {
    const server = createServer((client) => {
      const upstream = connect(engine.host.slice('unix://'.length));
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        this.open.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => this.open.delete(from));
      }
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
  }

  down(): void {
    this.server?.close();
    for (const socket of this.open) socket.destroy();
  }

  remove(): void {
    this.down();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test('an engine that goes away and comes back is shown by itself', async ({ page, context, dock }) => {
  const line = new Line();
  await line.up();
  const longshore = await Longshore.start('--docker-host', `unix://${line.path}`);
  try {
    await longshore.setUp(context.request);
    await page.goto(longshore.url);
    const main = page.getByRole('main');
    await expect(main.getByText('Connected', { exact: true })).toBeVisible();
    line.down();
    await expect(main.getByText('Connected', { exact: true })).toHaveCount(0, { timeout: 3000 });
    await line.up();
    await expect(main.getByText('Connected', { exact: true })).toBeVisible();
    const container = dock.idle('healed');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Containers/ }).click();
    await expect(page.getByRole('link', { name: container.name, exact: true })).toBeVisible();
  } finally {
    await longshore.stop();
    line.remove();
  }
});

test('a console that was away is taken up again without a reload', async ({ signedIn: page, context, longshore, dock }) => {
  await page.goto(`${longshore.url}/environments/local/containers`);
  await expect(page.getByRole('heading', { name: 'Containers', level: 1 })).toBeVisible();
  // What the page fetches ahead of its need would fail, and be logged, if it were cut off meanwhile.
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  const container = dock.idle('meanwhile');
  await context.setOffline(false);
  await expect(page.getByRole('link', { name: container.name, exact: true })).toBeVisible({ timeout: 45_000 });
});

test('what is only read is asked for again where the network failed', async ({ signedIn: page, longshore }) => {
  let asked = 0;
  await page.route('**/api/v1/audit?*', (route) => {
    asked += 1;
    return asked === 1 ? route.abort('connectionreset') : route.continue();
  });
  await page.goto(`${longshore.url}/audit`);
  const rows = page.getByRole('table', { name: 'Audit log' }).getByRole('row');
  await expect(rows.filter({ hasText: 'Sign in' }).first()).toBeVisible();
  expect(asked).toBe(2);
});
