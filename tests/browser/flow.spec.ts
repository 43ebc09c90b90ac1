// The whole way of a first user: set up, look, read logs, type in a terminal, stop, sign out.

import { expect, test as base, watch } from './fixtures';
import { Longshore, PASSWORD } from './longshore';
import { terminalText } from './terminal';

// A console of its own, not set up yet.
const test = base.extend<{ fresh: Longshore }>({
  fresh: async ({}, use) => {
    const longshore = await Longshore.start();
    await use(longshore);
    await longshore.stop();
  },
});

test('from the setup code to a closed socket', async ({ page, fresh, dock }) => {
  await test.step('set up', async () => {
    await page.goto(fresh.url);
    await expect(page.getByRole('heading', { name: 'Set up Longshore' })).toBeVisible();
    await page.getByLabel('One-time setup code').fill('AAAA-BBBB-CCCC');
    await page.getByLabel('User name of the administrator').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await expect(page.getByText('The setup code is wrong, used or expired')).toBeVisible();

    await page.getByLabel('One-time setup code').fill(await fresh.said(/Setup code: (\S+)/));
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await expect(page.getByRole('main').getByText('Connected', { exact: true })).toBeVisible();
  });

  await test.step('sign out and in', async () => {
    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText(/do not belong together/)).toBeVisible();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('main').getByText('Connected', { exact: true })).toBeVisible();
  });

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Containers/ }).click();
  await expect(page.getByRole('heading', { name: 'Containers', level: 1 })).toBeVisible();

  const container = dock.chatty('flow');
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
  await test.step('a container started in a shell appears by itself', async () => {
    await expect(row).toBeVisible();
    await expect(row).toContainText('Running');
  });

  await test.step('its logs follow', async () => {
    await row.getByRole('link', { name: container.name, exact: true }).click();
    await page.getByRole('navigation', { name: `Views of ${container.name}` }).getByRole('link', { name: 'Logs' }).click();
    const log = page.getByRole('log');
    await expect(log.getByText(/^line number \d+$/).last()).toBeVisible();
    const shown = async () => Number(/\d+$/.exec((await log.getByText(/^line number \d+$/).last().textContent())!)![0]);
    const before = await shown();
    await expect.poll(shown, { message: 'later lines come by themselves' }).toBeGreaterThan(before + 5);
  });

  await test.step('a terminal runs what is typed', async () => {
    await page.getByRole('navigation', { name: `Views of ${container.name}` }).getByRole('link', { name: 'Terminal' }).click();
    await page.getByRole('textbox', { name: 'Terminal input' }).focus();
    await expect.poll(() => terminalText(page), { message: 'a prompt' }).toContain('#');
    await page.keyboard.type('id\n');
    await expect.poll(() => terminalText(page)).toContain('uid=0(root)');
  });

  await test.step('stopped, it shows as exited', async () => {
    await page.getByRole('main').getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByRole('main').getByRole('button', { name: 'Start', exact: true })).toBeVisible();
    expect(container.state).toBe('exited');
    await page.goto(`${fresh.url}/environments/local/containers`);
    await expect(row).toContainText('Finished');
  });

  await test.step('signing out closes the socket', async () => {
    // The page that stood until now takes its socket along before this one's are counted.
    await page.goto('about:blank');
    let [opened, open] = [0, 0];
    page.on('websocket', (socket) => {
      if (!socket.url().endsWith('/api/v1/live')) return;
      opened += 1;
      open += 1;
      socket.on('close', () => (open -= 1));
    });
    await page.goto(`${fresh.url}/environments/local/containers`);
    await expect(row).toBeVisible();
    await expect.poll(() => opened, { message: 'the live socket is open' }).toBeGreaterThan(0);
    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => open, { message: 'sockets that still stand' }).toBe(0);
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    // Over the blank page to the list.
    await page.goBack();
    await page.goBack();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByText(container.name)).toHaveCount(0);
  });
});

test('another tab of the same person is signed out too', async ({ context, longshore }) => {
  await longshore.signIn(context.request, 'admin');
  const [one, two] = [await context.newPage(), await context.newPage()];
  const troubles = [watch(one), watch(two)];
  for (const page of [one, two]) {
    await page.goto(longshore.url);
    await expect(page.getByRole('button', { name: /account menu/ })).toBeVisible();
  }
  await one.getByRole('button', { name: /account menu/ }).click();
  await one.getByRole('button', { name: 'Sign out' }).click();
  await expect(two.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(troubles.flat()).toEqual([]);
});
