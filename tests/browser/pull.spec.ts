// Images of the form: those that are here, those that are pulled, and the jobs that pull them.

import { engine } from './engine';
import { expect, expectAccessible, test } from './fixtures';
import { Registry } from './registry';

const RUN = '/environments/local/run';
const JOBS = '/environments/local/jobs';
const MB = 1024 * 1024;
let next = 0;

const it = test.extend<{ registry: Registry; name: string }>({
  registry: async ({}, use) => {
    const registry = await Registry.start();
    await use(registry);
    await registry.stop();
  },
  name: async ({ registry }, use) => {
    // Removed before the registry's images are.
    void registry;
    const name = `pull-${process.pid}-${next++}`;
    await use(name);
    try {
      engine.docker('rm', '--force', '--volumes', name);
    } catch {
      // It was never made.
    }
  },
});

const inspect = (name: string, template: string) => engine.docker('inspect', '--format', template, name);

it('an image that is not here is pulled over a reload, and its container made', async ({
  signedIn: page,
  longshore,
  registry,
  name,
}) => {
  const image = await registry.push(`shop-${name}:1`, 4 * MB);
  registry.limit = 150 * 1024;
  await page.goto(longshore.url + RUN);
  const field = page.getByRole('combobox', { name: 'Image' });
  await field.fill(image);
  await expect(page.getByText(`${image} is not on this engine.`)).toBeVisible();
  await page.getByRole('button', { name: 'Pull it' }).click();
  const whole = page.getByRole('progressbar', { name: `Pull ${image}` });
  await expect(whole).toBeVisible();
  await expect(page.getByRole('progressbar', { name: /^Layer / }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: '1 job under way' })).toBeVisible();

  await page.reload();
  await expect(field).toHaveValue(image);
  await expect(whole).toBeVisible();
  await expectAccessible(page, 'a pull under way');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('The container is made as soon as the image is here.')).toBeVisible();
  registry.limit = 0;
  await expect(page).toHaveURL(new RegExp(`/containers/${name}/terminal\\?attached=1$`), { timeout: 30_000 });
  await expect.poll(() => inspect(name, '{{.State.Status}} {{.Config.Image}}')).toBe(`running ${image}`);

  await page.getByRole('link', { name: 'Jobs' }).click();
  await expect(page).toHaveURL(new RegExp(`${JOBS}$`));
  const ended = page.getByRole('region', { name: 'Ended' }).getByRole('listitem').filter({ hasText: image });
  await expect(ended).toContainText('Done');
  await expect(ended).toContainText('by admin');
  await page.goto(`${longshore.url}/commands`);
  const pulled = page.getByRole('list', { name: 'Commands of this session' }).getByRole('listitem').last();
  await expect(pulled).toContainText(`docker pull ${image}`);
  await expect(pulled).toContainText('Done');
});

it('what an image has is said, and its ports are offered', async ({ signedIn: page, longshore, registry, name }) => {
  const image = await registry.push(`has-${name}:1`, 1000);
  await registry.pull(image);
  await page.goto(longshore.url + RUN);
  const field = page.getByRole('combobox', { name: 'Image' });
  // Found while one types, chosen by keys.
  await field.fill(`has-${name}`);
  await expect(page.getByRole('option', { name: image })).toBeVisible();
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(field).toHaveValue(image);
  await expect(page.getByRole('listbox', { name: 'Images here' })).toBeHidden();

  await expect(page.getByText(/^Here as .*sha256:/)).toBeVisible();
  await expect(page.getByText('Empty for the image’s own: sleep 600')).toBeVisible();
  const facts = page.getByRole('group').filter({ hasText: 'What the image has' }).first();
  await expect(facts).toContainText('nobody');
  await page.getByText(/^\d+ variables?$/).click();
  await expect(page.getByText('GREETING=hello')).toBeVisible();
  await page.getByRole('button', { name: 'Publish 80/tcp' }).click();
  await expect(page.getByLabel('--publish, 1', { exact: true })).toHaveValue('8080:80');
  await expect(page.getByRole('button', { name: 'Publish 80/tcp' })).toHaveCount(0);
  await expectAccessible(page, 'an image that is here');
});

it('a pull is cancelled on the page of jobs, and what fails says what to do', async ({
  signedIn: page,
  longshore,
  registry,
  name,
}) => {
  const image = await registry.push(`slow-${name}:1`, 8 * MB);
  registry.limit = 100 * 1024;
  await page.goto(longshore.url + RUN);
  const field = page.getByRole('combobox', { name: 'Image' });
  await field.fill(image);
  await page.getByRole('combobox', { name: 'Platform' }).selectOption('linux/amd64');
  await page.getByRole('button', { name: 'Pull it' }).click();
  await page.getByRole('link', { name: '1 job under way' }).click();
  const running = page.getByRole('region', { name: 'Under way' }).getByRole('listitem').filter({ hasText: image });
  await expect(running.getByRole('progressbar', { name: `Pull ${image}` })).toBeVisible();
  await expectAccessible(page, 'jobs');
  await running.getByRole('button', { name: 'Cancel' }).click();
  const ended = page.getByRole('region', { name: 'Ended' }).getByRole('listitem').filter({ hasText: image });
  await expect(ended).toContainText('admin ended it before it was done.');
  await expect(page.getByRole('link', { name: 'Jobs', exact: true })).toBeVisible();
  await page.goto(`${longshore.url}/commands`);
  const said = page.getByRole('list', { name: 'Commands of this session' }).getByRole('listitem').first();
  await expect(said).toContainText(`docker pull --platform=linux/amd64 ${image}`);
  await expect(said).toContainText('it was ended before it was done. Docker has no command for that');

  await page.goto(longshore.url + RUN);
  const missing = `${registry.address}/no-such:1`;
  await field.fill(missing);
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('The image was not pulled')).toBeVisible();
  await expect(page.getByText(`${registry.address} has no image ${missing}. Check its name and its tag.`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pull again' })).toBeVisible();
  expect(() => inspect(name, '{{.Id}}')).toThrow();
});
