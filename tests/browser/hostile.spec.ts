// Whatever an engine says is shown as text: markup in labels, variables, commands and lines runs nothing.

import { containerUrl, expect, test } from './fixtures';

const MARKUP = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'{{7*7}}`;

test('markup is text wherever it is shown', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('hostile', '-l', `evil=${MARKUP}`, '-l', `com.docker.compose.project=${MARKUP}`, '-e', `EVIL=${MARKUP}`, 'busybox', 'sh', '-c', `echo '${MARKUP.replaceAll("'", '')}'; sleep 3600`, MARKUP);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`${longshore.url}/environments/local/containers`);
  await expect(page.getByRole('main')).toContainText('<img src=x');
  for (const tab of ['', 'logs', 'inspect']) {
    await page.goto(containerUrl(longshore, container, tab));
    await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
    if (tab !== 'inspect') await expect(page.getByRole('main')).toContainText('<img src=x');
    await expect(page.locator('img[src="x"]')).toHaveCount(0);
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('hostile');
  await expect(page.getByRole('option').first()).toBeVisible();
  await expect(page).not.toHaveTitle(/owned/);
  expect(dialogs).toEqual([]);
});

test('nothing is stored in the browser that a thief could use', async ({ signedIn: page, context }) => {
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(stored).not.toMatch(/token|session|password/i);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const cookies = await context.cookies();
  expect(cookies.map(({ name }) => name)).toEqual(['__Host-longshore']);
});
