// French: the browser decides, a menu changes it, and it stays.

import { expect, test } from './fixtures';

test.describe('a French browser', () => {
  test.use({ locale: 'fr-FR' });

  test('is spoken to in French', async ({ page, context, longshore }) => {
    await page.goto(longshore.url);
    await expect(page.getByRole('button', { name: 'Se connecter' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    await longshore.signIn(context.request, 'admin');
    await page.goto(`${longshore.url}/environments/local/containers`);
    await expect(page.getByRole('heading', { name: 'Conteneurs', level: 1 })).toBeVisible();
    expect(await page.locator('body').innerText()).not.toMatch(/\b(Running|Stopped|Containers|Sign out|Overview)\b/);
  });
});

test('the menu changes it, and the choice stays', async ({ signedIn: page, longshore }) => {
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByText('Français', { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(page.getByRole('link', { name: /^Conteneurs/ }).first()).toBeVisible();
  await page.goto(`${longshore.url}/environments/local/containers`);
  await expect(page.getByRole('heading', { name: 'Conteneurs', level: 1 })).toBeVisible();
  // The choice follows the person, so the tests after this one would be spoken to in French.
  await page.getByRole('button', { name: /menu du compte/i }).click();
  await page.getByText('English', { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
