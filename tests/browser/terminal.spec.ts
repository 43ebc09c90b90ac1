// The terminal page, beyond what the flow shows: size, exit, a container without a shell.

import { containerUrl, expect, test } from './fixtures';
import { terminalText } from './terminal';

test('it has the size of its window and follows it', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('size');
  await page.goto(containerUrl(longshore, container, 'terminal'));
  const input = page.getByRole('textbox', { name: 'Terminal input' });
  await input.focus();
  await expect.poll(() => terminalText(page)).toContain('#');
  const size = async () => {
    await page.keyboard.type('echo size $(stty size)\n');
    let found: RegExpMatchArray | undefined;
    await expect
      .poll(async () => {
        found = [...(await terminalText(page)).matchAll(/size (\d+) (\d+)/g)].at(-1);
        return found;
      })
      .toBeTruthy();
    return [Number(found![1]), Number(found![2])] as const;
  };
  const [rows, columns] = await size();
  expect(columns).toBeGreaterThan(80);
  expect(rows).toBeGreaterThan(15);
  await page.setViewportSize({ width: 1000, height: 600 });
  await input.focus();
  await expect(async () => {
    const [fewer, narrower] = await size();
    expect(narrower).toBeLessThan(columns);
    expect(fewer).toBeLessThan(rows);
  }).toPass();
});

test('the exit code is shown and a new session offered', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('exit');
  await page.goto(containerUrl(longshore, container, 'terminal'));
  await page.getByRole('textbox', { name: 'Terminal input' }).focus();
  await expect.poll(() => terminalText(page)).toContain('#');
  await page.keyboard.type('exit 7\n');
  await expect(page.getByText('Ended with code 7')).toBeVisible();
  await page.getByRole('button', { name: 'Open a new session' }).click();
  await expect.poll(() => terminalText(page), { message: 'another prompt' }).toMatch(/A new session begins here[^]*#/);
  await page.getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.type('echo $((40 + 2))nd\n');
  await expect.poll(() => terminalText(page)).toContain('42nd');
});

test('a container without a shell says so', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('shellless', 'hello:1.0');
  await page.goto(containerUrl(longshore, container, 'terminal'));
  await expect(page.getByText('This container has no shell')).toBeVisible();
});
