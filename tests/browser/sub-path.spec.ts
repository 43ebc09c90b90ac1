// Behind a real nginx under a sub-path: pages, assets, links and WebSockets.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from './fixtures';
import { Longshore } from './longshore';
import { terminalText } from './terminal';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static start(port: number, upstream: string): Nginx {
    const folder = mkdtempSync(join(tmpdir(), 'ls-nginx-'));
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
       http {
         access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b;
         fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
         map $http_upgrade $connection_upgrade { default upgrade; '' close; }
         server {
           listen 127.0.0.1:${port};
           location /tools/dock/ {
             proxy_pass ${upstream}; proxy_http_version 1.1; proxy_buffering off;
             proxy_set_header Host $http_host;
             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
             proxy_set_header Upgrade $http_upgrade;
             proxy_set_header Connection $connection_upgrade;
           }
         }
       }`,
    );
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
    return new Nginx(spawn('nginx', args, { stdio: 'ignore' }), folder);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test('everything works under a sub-path', async ({ page, dock }) => {
  expect(spawnSync('nginx', ['-v']).error, 'nginx, which `cargo xtask test` installs or asks for').toBeUndefined();
  const [port, inner] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}/tools/dock`;
  const longshore = await Longshore.start('--listen', `127.0.0.1:${inner}`, '--plain-http', '--public-url', url);
  const nginx = Nginx.start(port, `http://127.0.0.1:${inner}`);
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  try {
    await expect(async () => expect((await page.request.get(`${url}/healthz`)).ok()).toBe(true)).toPass();
    await page.goto(`${url}/`);
    await longshore.setUp(page.context().request);
    await page.goto(`${url}/`);
    await expect(page.getByRole('main').getByText('Connected', { exact: true })).toBeVisible();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Containers/ }).click();
    const container = dock.chatty('sub');
    await page.getByRole('link', { name: container.name, exact: true }).click();
    await expect(page).toHaveURL(`${url}/environments/local/containers/${container.name}`);
    const views = page.getByRole('navigation', { name: `Views of ${container.name}` });
    await views.getByRole('link', { name: 'Logs' }).click();
    await expect(page.getByRole('log')).toContainText('line number');
    await views.getByRole('link', { name: 'Terminal' }).click();
    await page.getByRole('textbox', { name: 'Terminal input' }).focus();
    await expect.poll(() => terminalText(page)).toContain('#');
    await page.reload();
    await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
    expect(elsewhere, 'requests that left the sub-path').toEqual([]);
  } finally {
    // What the page still loads would be cut.
    await page.goto('about:blank');
    await nginx.stop();
    await longshore.stop();
  }
});
