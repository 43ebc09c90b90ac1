// The list of containers: live, filtered and sorted by the address, acted on alone and in bulk.

import { containerUrl, expect, test } from './fixtures';

const LIST = '/environments/local/containers';

test('filter, sort and grouping live in the address', async ({ signedIn: page, longshore, dock }) => {
  const [first, second] = [dock.idle('alpha'), dock.create('beta', 'busybox')];
  await page.goto(longshore.url + LIST);
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  await expect(link(first.name)).toBeVisible();
  await expect(link(second.name)).toBeVisible();

  await page.getByRole('searchbox', { name: 'Filter by name, image or label' }).fill('alpha');
  await expect(link(second.name)).toHaveCount(0);
  await expect(page).toHaveURL(/alpha/);
  await page.reload();
  await expect(link(first.name)).toBeVisible();
  await expect(link(second.name)).toHaveCount(0);

  await page.goto(longshore.url + LIST);
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect(page).toHaveURL(/name/i);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', /ascending|descending/);
});

test('the first page draws its icons without the parts that come later', async ({ signedIn: page, longshore, dock }) => {
  const containers = [dock.idle('runs'), dock.create('waits', 'busybox')];
  await page.goto(longshore.url + LIST);
  for (const { name } of containers) await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
  const missing = await page.evaluate(() =>
    [...document.querySelectorAll('svg use')].map((use) => use.getAttribute('href')!).filter((href) => !document.querySelector(href)),
  );
  expect(missing).toEqual([]);
  await expect(page.locator('#later-icons')).toHaveCount(0);
});

test('each action is done and shown', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('acts');
  await page.goto(longshore.url + LIST);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
  await expect(row).toContainText('Running');

  const menu = async (item: string) => {
    await row.getByRole('button', { name: `More actions for ${container.name}` }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).or(page.getByRole('button', { name: item, exact: true })).last().click();
  };
  await menu('Pause');
  await expect(row).toContainText('Paused');
  expect(container.state).toBe('paused');
  await menu('Resume');
  await expect(row).toContainText('Running');
  await row.getByRole('button', { name: `Stop ${container.name}` }).click();
  await expect(row).toContainText('Finished');
  expect(container.state).toBe('exited');
  await row.getByRole('button', { name: `Start ${container.name}` }).click();
  await expect(row).toContainText('Running');
});

test('removing asks first, and names what goes', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.create('goes', 'busybox');
  await page.goto(longshore.url + LIST);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
  await row.getByRole('button', { name: `More actions for ${container.name}` }).click();
  await page.getByRole('menuitem', { name: /^Remove/ }).or(page.getByRole('button', { name: /^Remove…?$/ })).last().click();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  await expect(dialog).toContainText(container.name);
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  expect(container.state).toBe('created');

  await row.getByRole('button', { name: `More actions for ${container.name}` }).click();
  await page.getByRole('menuitem', { name: /^Remove/ }).or(page.getByRole('button', { name: /^Remove…?$/ })).last().click();
  await dialog.getByRole('button', { name: 'Remove the container' }).click();
  await expect(row).toHaveCount(0);
  expect(container.state).toBe('');
});

test('several at once, with a result for each', async ({ signedIn: page, longshore, dock }) => {
  const containers = [dock.idle('bulk'), dock.idle('bulk'), dock.idle('bulk')];
  await page.goto(longshore.url + LIST);
  for (const { name } of containers) {
    await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
  }
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  for (const container of containers) {
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
    await expect(row).toContainText('Finished');
    expect(container.state).toBe('exited');
  }
});

test('a container that is removed elsewhere says so on its page', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.idle('removed');
  await page.goto(containerUrl(longshore, container));
  await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
  container.remove();
  await expect(page.getByText(`${container.name} has been removed`)).toBeVisible();
});

test('a port is a link', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('ports', '-p', '8080', 'busybox', 'sleep', '3600');
  const port = container.inspect('{{(index (index .NetworkSettings.Ports "8080/tcp") 0).HostPort}}');
  await page.goto(longshore.url + LIST);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
  const link = row.getByRole('link', { name: new RegExp(port) });
  await expect(link).toHaveAttribute('href', new RegExp(`:${port}/?$`));
});

test('figures of running containers appear', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('busy', 'busybox', 'sh', '-c', 'while :; do :; done');
  await page.goto(longshore.url + LIST);
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
  await expect(row).toContainText(/\d\s?%/);
  await expect(row).toContainText(/\d\s?[KM]i?B/);
});

test('inspect is searchable and has the raw document', async ({ signedIn: page, longshore, dock }) => {
  const container = dock.run('inspect', '-e', 'HARBOUR=north-quay', 'busybox', 'sleep', '3600');
  await page.goto(containerUrl(longshore, container, 'inspect'));
  await expect(page.getByRole('tree')).toContainText('HostConfig');
  await page.getByRole('textbox', { name: 'Filter by key or value' }).or(page.getByRole('searchbox', { name: 'Filter by key or value' })).fill('north-quay');
  await expect(page.getByRole('tree')).toContainText('HARBOUR=north-quay');
  await expect(page.getByRole('treeitem', { name: /^HostConfig/ })).toHaveCount(0);
  await page.getByText('JSON', { exact: true }).click();
  await expect(page.getByRole('main')).toContainText('"Id"');
});
