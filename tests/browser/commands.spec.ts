// The commands behind what is done, kept in the tab, and the script that does the same again.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { engine } from './engine';
import { containerUrl, expect, test } from './fixtures';

/** An absent list and an empty one are the same. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).map(([name, inner]) => [name, pruned(inner)] as const);
  const empty = (inner: unknown) =>
    inner === null || inner === '' || (typeof inner === 'object' && Object.keys(inner).length === 0);
  return Object.fromEntries(kept.filter(([, inner]) => !empty(inner)));
}

/** What the engine says of a container, without what differs between any two. */
function said(name: string): unknown {
  const [document] = JSON.parse(engine.docker('inspect', name)) as Record<string, Record<string, unknown>>[];
  const { Config, HostConfig, Name } = document!;
  const { Hostname, Labels, ...config } = Config as Record<string, unknown>;
  const labels = { ...(Labels as Record<string, string>) };
  for (const label of Object.keys(labels)) if (label.includes('longshore')) delete labels[label];
  const { ContainerIDFile, ConsoleSize, ...host } = HostConfig as Record<string, unknown>;
  const state = (document!.State as Record<string, unknown>).Status;
  return pruned({ Name, config, labels, host, state });
}

async function saved(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a script' }).click();
  const folder = mkdtempSync(join(tmpdir(), 'ls-script-'));
  const file = join(folder, 'script.sh');
  await (await download).saveAs(file);
  const text = readFileSync(file, 'utf8');
  rmSync(folder, { recursive: true });
  return text;
}

function runScript(script: string): void {
  const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONTEXT: undefined };
  execFileSync('sh', ['-s'], { input: script, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function fillByLine(page: Page, url: string, line: string): Promise<void> {
  await page.goto(`${url}/environments/local/run`);
  await page.getByRole('textbox', { name: 'Paste a docker run command' }).fill(line);
  await page.getByRole('button', { name: 'Fill the form' }).click();
}

test('what a session did is done again by its script, and ends at the sign-out', async ({ signedIn: page, longshore }) => {
  test.slow();
  const [first, second] = [`said-a-${process.pid}`, `said-b-${process.pid}`];
  const idle = `sh -c 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done'`;
  try {
    await fillByLine(page, longshore.url, `docker run -d --name ${first} -e "WORDS=it's \\$HOME" -l a=b -m 64m busybox ${idle}`);
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page.locator('.toast', { hasText: `docker run -d --name ${first}` })).toBeVisible();
    // Attached: it is made and started, since a script must not wait for its end.
    await fillByLine(page, longshore.url, `docker run --rm -it --name ${second} busybox sh`);
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page).toHaveURL(new RegExp(`${second}/terminal`));
    await expect.poll(() => page.evaluate(() => sessionStorage.getItem('longshore.commands'))).toContain('attach');

    await page.goto(`${longshore.url}/environments/local/containers/${first}`);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.locator('.toast', { hasText: `docker stop ${first}` })).toBeVisible();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('button', { name: 'Rename…' }).click();
    await page.getByLabel('New name').fill(`${first}-renamed`);
    await expect(page.getByRole('dialog').locator('.command-line')).toContainText(`docker rename ${first} ${first}-renamed`);
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await expect(page.locator('.toast', { hasText: `docker rename` })).toBeVisible();

    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('link', { name: 'Commands of this session' }).click();
    const list = page.getByRole('list', { name: 'Commands of this session' });
    await expect(list.getByRole('listitem')).toHaveCount(6);
    await expect(list.getByRole('listitem').first()).toContainText(`docker rename ${first} ${first}-renamed`);
    await expect(list.getByRole('listitem').last()).toContainText(`-e 'WORDS=it'\\''s $HOME'`);
    // They outlive a reload.
    await page.reload();
    await expect(list.getByRole('listitem')).toHaveCount(6);

    const script = await saved(page);
    expect(script.startsWith('#!/bin/sh\n')).toBe(true);
    expect(script).toContain('\nset -eu\n');
    const names = [`${first}-renamed`, second];
    const before = names.map(said);
    for (const name of names) engine.docker('rm', '--force', name);
    runScript(script);
    expect(names.map(said)).toEqual(before);

    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    expect(await page.evaluate(() => sessionStorage.getItem('longshore.commands'))).toBeNull();
  } finally {
    for (const name of [first, `${first}-renamed`, second]) {
      try {
        engine.docker('rm', '--force', name);
      } catch {
        // It is gone already.
      }
    }
  }
});

test('what failed is marked, and a comment in the script', async ({ signedIn: page, longshore, dock }) => {
  const taken = dock.create('said-taken', 'busybox');
  await page.goto(`${longshore.url}/environments/local/run`);
  const name = `said-late-${process.pid}`;
  await page.getByRole('textbox', { name: 'Paste a docker run command' }).fill(`docker run -d --name ${name} --runtime no-such-runtime busybox`);
  await page.getByRole('button', { name: 'Fill the form' }).click();
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('The container was not made').first()).toBeVisible();
  await page.goto(containerUrl(longshore, taken));
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await expect(page.getByRole('dialog').locator('.command-line')).toContainText(`docker rm ${taken.name}`);
  await page.getByRole('checkbox').check();
  await expect(page.getByRole('dialog').locator('.command-line')).toContainText(`docker rm --volumes ${taken.name}`);
  await page.getByRole('button', { name: 'Remove the container' }).click();
  await expect(page.locator('.toast', { hasText: 'docker rm' })).toBeVisible();
  await page.goto(`${longshore.url}/commands`);
  const list = page.getByRole('list', { name: 'Commands of this session' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await expect(list.getByRole('listitem').last()).toContainText(/Failed: .*no-such-runtime/);
  const script = await saved(page);
  expect(script).toMatch(new RegExp(`^# docker create --name ${name} --runtime no-such-runtime busybox$`, 'm'));
  expect(script).toMatch(new RegExp(`^docker rm --volumes ${taken.name}$`, 'm'));
  await page.getByRole('button', { name: 'Forget these commands' }).click();
  await expect(page.getByText('Nothing was done yet')).toBeVisible();
});

test('a terminal, a log and an inspection show their commands', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('said-views');
  await page.goto(containerUrl(longshore, container, 'logs'));
  await expect(page.getByText(`docker logs -f`)).toContainText(container.name);
  await page.goto(containerUrl(longshore, container, 'inspect'));
  await expect(page.getByText(`docker inspect ${container.name}`)).toBeVisible();
  await page.goto(containerUrl(longshore, container, 'terminal'));
  await expect(page.getByText(`docker exec -it ${container.name} `)).toBeVisible();
  // Noted once it runs.
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem('longshore.commands'))).toContain('exec');
  await page.goto(`${longshore.url}/commands`);
  await expect(page.getByRole('list', { name: 'Commands of this session' })).toContainText('A conversation in the terminal');
});
