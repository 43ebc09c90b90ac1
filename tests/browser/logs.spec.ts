// The log page: searched, coloured, cut, downloaded, and quick with many lines.

import { engine } from './engine';
import { containerUrl, expect, test } from './fixtures';

test('search counts hits, and only safe colours get through', async ({ signedIn: page, longshore, dock }) => {
  const script = String.raw`printf '\033[31mred alert\033[0m plain\n'; printf 'title\033]0;owned\007 after\n'; for i in 1 2 3; do echo needle $i; done; echo '<img src=x onerror="document.title=1">'; sleep 3600`;
  const container = dock.run('colours', 'busybox', 'sh', '-c', script);
  await page.goto(containerUrl(longshore, container, 'logs'));
  const log = page.getByRole('log');
  await expect(log).toContainText('red alert plain');
  const red = log.getByText('red alert', { exact: true });
  const [own, around] = await red.evaluate((element) => [
    getComputedStyle(element).color,
    getComputedStyle(element.parentElement!).color,
  ]);
  expect(own, 'it is coloured').not.toBe(around);
  await expect(log).toContainText('<img src=x onerror=');
  await expect(log.locator('img')).toHaveCount(0);
  await expect(page).not.toHaveTitle(/owned|^1$/);
  expect(await log.innerText()).not.toContain('\u001b');

  await page.getByRole('searchbox', { name: 'Search in the log' }).fill('needle');
  await expect(page.getByRole('region', { name: 'Logs' }).getByText('3', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Regular expression' }).click();
  await page.getByRole('searchbox', { name: 'Search in the log' }).fill('needle [12]');
  await expect(page.getByRole('region', { name: 'Logs' }).getByText('2', { exact: true })).toBeVisible();
});

test('stderr is told apart and can be looked at alone', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('outputs', 'busybox', 'sh', '-c', 'echo to-stdout; echo to-stderr >&2; sleep 3600');
  await page.goto(containerUrl(longshore, container, 'logs'));
  const log = page.getByRole('log');
  await expect(log).toContainText('to-stdout');
  await expect(log).toContainText('to-stderr');
  await page.getByRole('button', { name: 'stderr', exact: true }).click();
  await expect(log).toContainText('to-stderr');
  await expect(log).not.toContainText('to-stdout');
});

test('a download is the log', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('download', 'busybox', 'sh', '-c', 'for i in 1 2 3 4 5; do echo line $i; done; sleep 3600');
  await page.goto(containerUrl(longshore, container, 'logs'));
  await expect(page.getByRole('log')).toContainText('line 5');
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: /^Download/ }).click();
  const download = await started;
  const chunks: Buffer[] = [];
  for await (const chunk of (await download.createReadStream())!) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toContain('line 5');
});

test('200,000 lines leave the page quick', async ({ signedIn: page, longshore, dock }) => {
  test.slow();
  const container = dock.run('many', 'busybox', 'sh', '-c', 'i=0; while [ $i -lt 200000 ]; do echo "the line $i of many"; i=$((i+1)); done; sleep 3600');
  // All is there before it is read: of what comes faster than it is drawn, lines may be skipped and marked.
  await expect.poll(() => engine.docker('logs', '--tail', '1', container.name), { timeout: 60_000 }).toContain('199999');
  await page.goto(containerUrl(longshore, container, 'logs'));
  await page.getByRole('combobox', { name: 'Part of the log' }).selectOption({ label: 'All lines' });
  await expect(page.getByRole('log')).toContainText('the line 199999 of many', { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Logs' })).toContainText(/200[,.\s]?000/);
  const elements = await page.getByRole('log').locator('*').count();
  expect(elements, 'only the visible lines are in the page').toBeLessThan(3000);
  // Scrolling from end to beginning, the page must keep answering: no frame takes a quarter second.
  const longest = await page.getByRole('log').evaluate(async (log) => {
    let scrolled: Element = log;
    while (scrolled.scrollHeight <= scrolled.clientHeight && scrolled.parentElement) scrolled = scrolled.parentElement;
    let worst = 0;
    for (let step = 0; step <= 20; step++) {
      const start = performance.now();
      scrolled.scrollTop = scrolled.scrollHeight * (1 - step / 20);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      worst = Math.max(worst, performance.now() - start);
    }
    return worst;
  });
  expect(longest).toBeLessThan(500);
});
