// Light and dark: by the system, or as chosen; and the phone layout.

import { containerUrl, expect, test } from './fixtures';

const lightness = (element: Element) => {
  const canvas = document.createElement('canvas').getContext('2d')!;
  canvas.fillStyle = getComputedStyle(element).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return (red! + green! + blue!) / 765;
};

test.describe('a dark system', () => {
  test.use({ colorScheme: 'dark' });

  test('gets dark pages', async ({ signedIn: page }) => {
    expect(await page.locator('body').evaluate(lightness)).toBeLessThan(0.3);
  });
});

test('the choice counts more than the system, and stays', async ({ signedIn: page }) => {
  expect(await page.locator('body').evaluate(lightness)).toBeGreaterThan(0.8);
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('group', { name: 'Theme' }).first().getByText('Dark', { exact: true }).click();
  await expect.poll(() => page.locator('body').evaluate(lightness)).toBeLessThan(0.3);
  await page.reload();
  await expect.poll(() => page.locator('body').evaluate(lightness)).toBeLessThan(0.3);
});

test.describe('a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('shows list and container page without scrolling sideways', async ({ signedIn: page, longshore, dock }) => {
    const container = dock.run('a-container-with-quite-a-long-name-for-a-phone', 'busybox', 'sleep', '3600');
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.goto(`${longshore.url}/environments/local/containers`);
    await expect(page.getByRole('link', { name: container.name, exact: true })).toBeVisible();
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.getByRole('link', { name: container.name, exact: true }).click();
    await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
    for (const tab of ['', 'logs', 'terminal', 'inspect']) {
      await page.goto(containerUrl(longshore, container, tab));
      await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
      expect(await sideways(), tab).toBeLessThanOrEqual(0);
    }
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Containers/ })).toBeVisible();
  });
});
